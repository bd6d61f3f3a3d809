/* render.c: a report as plain text. */
#include "base/base.h"

#include <breakeven/trace.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { LINE_SIZE = 240, DURATION_SIZE = 16, NAME_MIN = 16, NAME_MAX = 40 };

struct page {
    be_trace_line *line;
    void *user;
    int name_width;
};

/* Three or four significant digits and a unit. */
static const char *duration(char text[DURATION_SIZE], uint64_t ns)
{
    static const struct {
        double ns;
        const char *name;
    } units[] = {{1e9, "s"}, {1e6, "ms"}, {1e3, "us"}, {1, "ns"}};
    size_t i = 0;
    while (i < BE__COUNT_OF(units) - 1 && (double)ns < units[i].ns) {
        i++;
    }
    double value = (double)ns / units[i].ns;
    int digits = ns < 1000 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
    snprintf(text, DURATION_SIZE, "%.*f %s", digits, value, units[i].name);
    return text;
}

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
    char text[DURATION_SIZE];
    int indent = indent_of(depth);
    say(page, "%*s%-*.*s %9s %9s %5.1f %%", indent, "", page->name_width - indent,
        page->name_width - indent, "(unaccounted)", "", duration(text, ns), percent(ns, wall_ns));
}

static void say_phase(const struct page *page, const be_trace_row *row, uint64_t parent_wall_ns)
{
    char wall[DURATION_SIZE], busy[DURATION_SIZE], idle[DURATION_SIZE], cpu[DURATION_SIZE];
    char low[DURATION_SIZE], middle[DURATION_SIZE], high[DURATION_SIZE];
    int indent = indent_of(row->depth);
    say(page, "%*s%-*.*s %9llu %9s %5.1f %% %9s x %-3u %5.2f %9s %9s %9s %9s %9s %9llu", indent, "",
        page->name_width - indent, page->name_width - indent, row->name,
        (unsigned long long)row->count, duration(wall, row->wall_ns),
        percent(row->wall_ns, parent_wall_ns), duration(busy, row->busy_ns), row->threads,
        row->wall_ns ? (double)row->busy_ns / (double)row->wall_ns : 0,
        duration(idle, row->idle_ns), row->cpu_ns ? duration(cpu, row->cpu_ns) : "-",
        duration(low, row->min_ns), duration(middle, row->median_ns), duration(high, row->max_ns),
        (unsigned long long)row->preempted);
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

static void say_tree(struct page *page, const be_trace_report *report)
{
    const be_trace_totals *totals = be_trace_report_totals(report);
    const be_trace_row *rows;
    size_t n = be_trace_report_rows(report, &rows);
    page->name_width = NAME_MIN;
    for (size_t i = 0; i < n; i++) {
        size_t width = (size_t)indent_of(rows[i].depth) + strlen(rows[i].name);
        width = width < NAME_MAX ? width : NAME_MAX;
        page->name_width = page->name_width < (int)width ? (int)width : page->name_width;
    }
    say(page, "%-*s %9s %9s %7s %9s %5s %5s %9s %9s %9s %9s %9s %9s", page->name_width, "phase",
        "count", "wall", "share", "busy", "x thr", "par", "idle", "cpu", "min", "median", "max",
        "lost cpu");
    for (size_t i = 0; i < n; i++) {
        size_t parent = parent_of(rows, n, i);
        say_phase(page, &rows[i], parent < n ? rows[parent].wall_ns : totals->wall_ns);
        /* Whoever has its last descendant here gets its remainder below it. */
        unsigned next_depth = i + 1 < n ? rows[i + 1].depth : 0;
        for (; parent < n && rows[parent].depth >= next_depth;
             parent = parent_of(rows, n, parent)) {
            say_unaccounted(page, rows[parent].depth + 1, rows[parent].unaccounted_ns,
                            rows[parent].wall_ns);
        }
    }
    say_unaccounted(page, 0, totals->unaccounted_ns, totals->wall_ns);
    char wall[DURATION_SIZE];
    say(page, "%-*s %9llu %9s", page->name_width, "all", (unsigned long long)totals->spans,
        duration(wall, totals->wall_ns));
}

static void say_threads(struct page *page, const be_trace_report *report)
{
    const be_trace_thread *threads;
    size_t n = be_trace_report_threads(report, &threads);
    if (n == 0) {
        return;
    }
    char text[LINE_SIZE], cell[DURATION_SIZE];
    int length = snprintf(text, sizeof text, "%-*s %9s", NAME_MIN, "thread", "life");
    for (int state = 0; state < BE_STATE_COUNT; state++) {
        length += snprintf(text + length, sizeof text - (size_t)length, " %9s",
                           be_state_name((be_state)state));
    }
    say(page, "%s", "");
    say(page, "%s", text);
    for (size_t i = 0; i < n; i++) {
        length = snprintf(text, sizeof text, "%-*s %9s", NAME_MIN, threads[i].name,
                          duration(cell, threads[i].life_ns));
        for (int state = 0; state < BE_STATE_COUNT; state++) {
            uint64_t ns = threads[i].state_ns[state];
            length += snprintf(text + length, sizeof text - (size_t)length, " %9s",
                               ns ? duration(cell, ns) : "-");
        }
        say(page, "%s", text);
    }
}

void be_trace_render(const be_trace_report *report, be_trace_line *line, void *user)
{
    struct page page = {line, user, 0};
    const be_trace_totals *totals = be_trace_report_totals(report);
    say_tree(&page, report);
    say_threads(&page, report);
    say(&page, "%s", "");
    for (int c = 0; c < BE_COUNTER_COUNT; c++) {
        if (totals->counters[c]) {
            say(&page, "%-16s %llu", be_counter_name((be_counter)c),
                (unsigned long long)totals->counters[c]);
        }
    }
    char cost[DURATION_SIZE];
    say(&page, "looking cost about %s (%llu spans); %llu dropped for want of memory",
        duration(cost, totals->overhead_ns), (unsigned long long)totals->spans,
        (unsigned long long)totals->dropped);
    say(&page, "%s",
        be_tracer_witness() == BE_WITNESS_RSEQ
            ? "lost cpu: spans in which the kernel took the CPU or sent a signal (told by rseq; "
              "time stolen by a host is invisible)"
            : "lost cpu: unknown, this process has no rseq; preempted time is counted as body");
}
