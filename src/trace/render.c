/* render.c: a report as plain text. */
#include "trace/duration.h"

#include "base/base.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    LINE_SIZE = 260,
    NAME_MIN = 16,
    NAME_MAX = 40,
    TOP = 8,
    WIDTH = 120,
    ROWS = 200,
    SMALL = 1000
};

struct page {
    be_trace_line *line;
    void *user;
    int name_width;
};

static double percent(uint64_t part, uint64_t whole)
{
    return whole ? 100 * (double)part / (double)whole : 0;
}

static __attribute__((format(printf, 2, 3))) void say(const struct page *page, const char *format,
                                                      ...)
{
    char text[LINE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    for (size_t length = strlen(text); length > 0 && text[length - 1] == ' '; length--) {
        text[length - 1] = '\0';
    }
    page->line(page->user, text);
}

/* Deep rows stop moving right, so that their names stay readable. */
static int indent_of(unsigned depth)
{
    return depth < NAME_MAX / 4 ? 2 * (int)depth : NAME_MAX / 2;
}

static void say_unaccounted(const struct page *page, unsigned depth, uint64_t ns, uint64_t wall_ns)
{
    char text[BE__DURATION_SIZE];
    int indent = indent_of(depth);
    say(page, "%*s%-*.*s %9s %9s %5.1f %%", indent, "", page->name_width - indent,
        page->name_width - indent, "(unaccounted)", "", be__trace_duration(text, ns),
        percent(ns, wall_ns));
}

static void say_phase(const struct page *page, const be_trace_row *row, uint64_t parent_wall_ns)
{
    char wall[BE__DURATION_SIZE], busy[BE__DURATION_SIZE], idle[BE__DURATION_SIZE],
        cpu[BE__DURATION_SIZE];
    char waiting[BE__DURATION_SIZE], low[BE__DURATION_SIZE], middle[BE__DURATION_SIZE],
        high[BE__DURATION_SIZE];
    int indent = indent_of(row->depth);
    say(page, "%*s%-*.*s %9llu %9s %5.1f %% %9s x %-3u %5.2f %9s %9s %9s %9s %9s %9s %9llu", indent,
        "", page->name_width - indent, page->name_width - indent, row->name,
        (unsigned long long)row->count, be__trace_duration(wall, row->wall_ns),
        percent(row->wall_ns, parent_wall_ns), be__trace_duration(busy, row->busy_ns), row->threads,
        row->wall_ns ? (double)row->busy_ns / (double)row->wall_ns : 0,
        row->waiting_ns ? be__trace_duration(waiting, row->waiting_ns) : "-",
        be__trace_duration(idle, row->idle_ns),
        row->cpu_ns ? be__trace_duration(cpu, row->cpu_ns) : "-",
        be__trace_duration(low, row->min_ns), be__trace_duration(middle, row->median_ns),
        be__trace_duration(high, row->max_ns), (unsigned long long)row->preempted);
}

/* The row that row i lies under; n_rows when it is a root. */
static size_t parent_of(const be_trace_row *rows, size_t n_rows, size_t i)
{
    if (rows[i].depth == 0) {
        return n_rows;
    }
    size_t parent = i - 1;
    while (rows[parent].depth >= rows[i].depth) {
        parent--;
    }
    return parent;
}

/* Of a large tree only what is worth seeing: a phase is never longer than its parent, so what is
 * shown is a tree again. */
static bool is_shown(const be_trace_row *row, size_t n_rows, const be_trace_totals *totals)
{
    return n_rows <= ROWS || row->wall_ns > totals->wall_ns / SMALL;
}

static void say_tree(struct page *page, const be_trace_report *report)
{
    const be_trace_totals *totals = be_trace_report_totals(report);
    const be_trace_row *rows;
    size_t n = be_trace_report_rows(report, &rows);
    page->name_width = NAME_MIN;
    size_t hidden = 0;
    for (size_t i = 0; i < n; i++) {
        if (!is_shown(&rows[i], n, totals)) {
            hidden++;
            continue;
        }
        size_t width = (size_t)indent_of(rows[i].depth) + strlen(rows[i].name);
        width = width < NAME_MAX ? width : NAME_MAX;
        page->name_width = page->name_width < (int)width ? (int)width : page->name_width;
    }
    say(page, "%-*s %9s %9s %7s %9s %5s %5s %9s %9s %9s %9s %9s %9s %9s", page->name_width, "phase",
        "count", "wall", "share", "busy", "x thr", "par", "waiting", "idle", "cpu", "min", "median",
        "max", "lost cpu");
    for (size_t i = 0, next; i < n; i = next) {
        for (next = i + 1; next < n && !is_shown(&rows[next], n, totals); next++) {
        }
        if (!is_shown(&rows[i], n, totals)) {
            continue;
        }
        size_t parent = parent_of(rows, n, i);
        say_phase(page, &rows[i], parent < n ? rows[parent].wall_ns : totals->wall_ns);
        /* Whoever has its last descendant here gets its remainder below it. */
        unsigned next_depth = next < n ? rows[next].depth : 0;
        for (; parent < n && rows[parent].depth >= next_depth;
             parent = parent_of(rows, n, parent)) {
            say_unaccounted(page, rows[parent].depth + 1, rows[parent].unaccounted_ns,
                            rows[parent].wall_ns);
        }
    }
    say_unaccounted(page, 0, totals->unaccounted_ns, totals->wall_ns);
    if (hidden > 0) {
        say(page, "(%zu phases below 0.1 %% of the wall time are not shown)", hidden);
    }
    char wall[BE__DURATION_SIZE];
    say(page, "%-*s %9llu %9s", page->name_width, "all", (unsigned long long)totals->spans,
        be__trace_duration(wall, totals->wall_ns));
}

/* In lines of at most WIDTH, cut at a space; all but the first indented. */
static void say_wrapped(const struct page *page, const char *text)
{
    for (int indent = 0; *text; indent = 4) {
        size_t room = WIDTH - (size_t)indent, length = strlen(text), cut = length;
        if (length > room) {
            for (cut = room; cut > 0 && text[cut] != ' '; cut--) {
            }
            cut = cut > 0 ? cut : room;
        }
        say(page, "%*s%.*s", indent, "", (int)cut, text);
        text += cut + (text[cut] == ' ');
    }
}

static void say_findings(const struct page *page, const be_trace_report *report)
{
    be_trace_finding findings[BE_FINDINGS_MAX];
    size_t n = be_trace_findings(report, findings);
    if (n > 0) {
        say(page, "%s", "");
    }
    for (size_t i = 0; i < n; i++) {
        char text[BE_FINDING_SIZE + 32];
        snprintf(text, sizeof text, "%s: %s", be_finding_name(findings[i].kind), findings[i].text);
        say_wrapped(page, text);
    }
}

/* The phases that threads spent most time in themselves. */
static void say_top(const struct page *page, const be_trace_report *report)
{
    const be_trace_row *rows;
    size_t n = be_trace_report_rows(report, &rows), top[TOP], n_top = 0;
    uint64_t all = 0;
    for (size_t i = 0; i < n; i++) {
        all += rows[i].self_ns;
        size_t at = n_top;
        while (at > 0 && rows[top[at - 1]].self_ns < rows[i].self_ns) {
            at--;
        }
        if (at < TOP && rows[i].self_ns > 0) {
            n_top += n_top < TOP;
            memmove(&top[at + 1], &top[at], (n_top - 1 - at) * sizeof *top);
            top[at] = i;
        }
    }
    if (n_top < 2) {
        return;
    }
    say(page, "%s", "");
    say(page, "%-*s %9s %7s %9s   (time of threads in it and in none of its children)",
        page->name_width, "top self times", "self", "share", "waiting");
    for (size_t i = 0; i < n_top; i++) {
        const be_trace_row *row = &rows[top[i]];
        char self[BE__DURATION_SIZE], waiting[BE__DURATION_SIZE];
        say(page, "%-*.*s %9s %5.1f %% %9s", page->name_width, page->name_width, row->name,
            be__trace_duration(self, row->self_ns), percent(row->self_ns, all),
            row->waiting_ns ? be__trace_duration(waiting, row->waiting_ns) : "-");
    }
}

static void say_threads(struct page *page, const be_trace_report *report)
{
    const be_trace_thread *threads;
    size_t n = be_trace_report_threads(report, &threads);
    if (n == 0) {
        return;
    }
    char text[LINE_SIZE], cell[BE__DURATION_SIZE];
    int length = snprintf(text, sizeof text, "%-*s %9s", NAME_MIN, "thread", "life");
    for (int state = 0; state < BE_STATE_COUNT; state++) {
        length += snprintf(text + length, sizeof text - (size_t)length, " %9s",
                           be_state_name((be_state)state));
    }
    say(page, "%s", "");
    say(page, "%s", text);
    for (size_t i = 0; i < n; i++) {
        length = snprintf(text, sizeof text, "%-*s %9s", NAME_MIN, threads[i].name,
                          be__trace_duration(cell, threads[i].life_ns));
        for (int state = 0; state < BE_STATE_COUNT; state++) {
            uint64_t ns = threads[i].state_ns[state];
            length += snprintf(text + length, sizeof text - (size_t)length, " %9s",
                               ns ? be__trace_duration(cell, ns) : "-");
        }
        say(page, "%s", text);
    }
}

void be_trace_render(const be_trace_report *report, be_trace_line *line, void *user)
{
    struct page page = {line, user, 0};
    const be_trace_totals *totals = be_trace_report_totals(report);
    say_tree(&page, report);
    say_findings(&page, report);
    say_top(&page, report);
    say_threads(&page, report);
    say(&page, "%s", "");
    for (int c = 0; c < BE_COUNTER_COUNT; c++) {
        if (totals->counters[c]) {
            say(&page, "%-16s %llu", be_counter_name((be_counter)c),
                (unsigned long long)totals->counters[c]);
        }
    }
    char cost[BE__DURATION_SIZE];
    say(&page,
        "looking cost about %s, %.2f %% of the wall time (%llu spans, %llu rounds of samples); "
        "%llu "
        "dropped for want of memory",
        be__trace_duration(cost, totals->overhead_ns),
        percent(totals->overhead_ns, totals->wall_ns), (unsigned long long)totals->spans,
        (unsigned long long)totals->samples, (unsigned long long)totals->dropped);
    say(&page, "%s",
        be_tracer_witness() == BE_WITNESS_RSEQ
            ? "lost cpu: spans in which the kernel took the CPU or sent a signal (told by rseq; "
              "time stolen by a host is invisible)"
            : "lost cpu: unknown, this process has no rseq; preempted time is counted as body");
}
