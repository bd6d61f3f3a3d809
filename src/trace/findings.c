/* findings.c: what stands out in a report, in sentences.
 *
 * Each rule looks for one way in which wall time is lost without being seen: time that no span
 * covers, threads that are in a phase but wait there (a pool inside a pool, a lock, a disk),
 * threads that have nothing to do, and the profiler itself. A rule tells only what is worth a
 * twentieth of the wall time.
 */
#include "trace/duration.h"

#include "base/base.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    WORTH = 20,         /* a finding is at least this part of the wall time */
    WAITING_SHARE = 3,  /* ... and of its phase's busy time this part was waiting */
    CROWDED_SHARE = 3,  /* ... or pushed off the CPU */
    IDLE_SHARE = 4,     /* ... or of its phase's threads * wall */
    LOOKING_SHARE = 100 /* of the wall time */
};

struct list {
    be_trace_finding *findings;
    size_t n;
};

const char *be_finding_name(be_finding_kind kind)
{
    static const char *const names[] = {[BE_FINDING_GAP] = "gap",
                                        [BE_FINDING_WAITING] = "waiting",
                                        [BE_FINDING_CROWDED] = "crowded",
                                        [BE_FINDING_IDLE] = "idle",
                                        [BE_FINDING_LOOKING] = "looking"};
    return (size_t)kind < BE__COUNT_OF(names) ? names[kind] : "unknown finding";
}

const char *be__trace_duration(char text[BE__DURATION_SIZE], uint64_t ns)
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
    snprintf(text, BE__DURATION_SIZE, "%.*f %s", digits, value, units[i].name);
    return text;
}

/* Room for one more; the smallest goes when there is none. */
static be_trace_finding *add(struct list *list, be_finding_kind kind, size_t row, uint64_t ns)
{
    size_t at = list->n;
    if (at < BE_FINDINGS_MAX) {
        list->n++;
    } else {
        at = 0;
        for (size_t i = 1; i < BE_FINDINGS_MAX; i++) {
            at = list->findings[i].ns < list->findings[at].ns ? i : at;
        }
        if (list->findings[at].ns >= ns) {
            return NULL;
        }
    }
    list->findings[at] = (be_trace_finding){.kind = kind, .row = row, .ns = ns};
    return &list->findings[at];
}

/* The longest gap of a phase, or of what is under no span. */
static const be_trace_gap *longest_gap(const be_trace_report *report, size_t row)
{
    const be_trace_gap *gaps;
    size_t n = be_trace_report_gaps(report, &gaps);
    for (size_t i = 0; i < n; i++) {
        if (gaps[i].row == row) {
            return &gaps[i];
        }
    }
    return NULL;
}

static void tell_gap(const be_trace_report *report, struct list *list, size_t row, const char *name,
                     uint64_t unaccounted_ns)
{
    be_trace_finding *finding = add(list, BE_FINDING_GAP, row, unaccounted_ns);
    if (!finding) {
        return;
    }
    char all[BE__DURATION_SIZE], one[BE__DURATION_SIZE];
    int n = snprintf(finding->text, BE_FINDING_SIZE, "%s of %.60s %s",
                     be__trace_duration(all, unaccounted_ns), name ? name : "everything",
                     name ? "is in none of its phases" : "is under no span");
    const be_trace_gap *gap = longest_gap(report, row);
    if (!gap || n < 0) {
        return;
    }
    char at[BE__DURATION_SIZE], ran[40] = "";
    if (!isnan(gap->on_cpu)) {
        snprintf(ran, sizeof ran, ", %.0f %% of it on the CPU", 100 * gap->on_cpu);
    }
    snprintf(finding->text + n, BE_FINDING_SIZE - (size_t)n,
             "; the longest stretch: %s, %s %.40s, %s %.40s%s (at %s)",
             be__trace_duration(one, gap->end_ns - gap->begin_ns),
             gap->after ? "after" : "from its", gap->after ? gap->after : "begin",
             gap->before ? "before" : "to its", gap->before ? gap->before : "end", ran,
             be__trace_duration(at, gap->begin_ns));
}

/* Of a figure of a phase, what is in none of its children. */
static uint64_t own(const be_trace_row *rows, size_t n, size_t row, size_t figure)
{
    const uint64_t *all = (const uint64_t *)(const void *)((const char *)&rows[row] + figure);
    uint64_t rest = *all;
    for (size_t i = row + 1; i < n && rows[i].depth > rows[row].depth; i++) {
        const uint64_t *of = (const uint64_t *)(const void *)((const char *)&rows[i] + figure);
        if (rows[i].depth == rows[row].depth + 1) {
            rest -= *of < rest ? *of : rest;
        }
    }
    return rest;
}

static void tell_waiting(struct list *list, const be_trace_row *row, size_t at, uint64_t waiting_ns)
{
    be_trace_finding *finding = add(list, BE_FINDING_WAITING, at, waiting_ns);
    if (!finding) {
        return;
    }
    char waited[BE__DURATION_SIZE], busy[BE__DURATION_SIZE];
    snprintf(finding->text, BE_FINDING_SIZE,
             row->threads > 1
                 ? "%.60s: its %u threads waited %s of the %s they were in it: for one another, a "
                   "lock or a device; more threads do not help there"
                 : "%.60s: its %u thread waited %s of the %s it was in it: for other threads, a "
                   "lock or a device",
             row->name, row->threads, be__trace_duration(waited, waiting_ns),
             be__trace_duration(busy, row->busy_ns));
}

static void tell_crowded(struct list *list, const be_trace_row *row, size_t at, uint64_t ns)
{
    be_trace_finding *finding = add(list, BE_FINDING_CROWDED, at, ns);
    if (!finding) {
        return;
    }
    char lost[BE__DURATION_SIZE], busy[BE__DURATION_SIZE];
    snprintf(finding->text, BE_FINDING_SIZE,
             "%.60s: others had the CPU for %s of the %s that its thread%s could have run: other "
             "work on this machine, or more threads than CPUs",
             row->name, be__trace_duration(lost, ns), be__trace_duration(busy, row->busy_ns),
             row->threads > 1 ? "s" : "");
}

static void tell_idle(struct list *list, const be_trace_row *row, size_t at)
{
    be_trace_finding *finding = add(list, BE_FINDING_IDLE, at, row->idle_ns);
    if (!finding) {
        return;
    }
    char idle[BE__DURATION_SIZE], wall[BE__DURATION_SIZE];
    snprintf(finding->text, BE_FINDING_SIZE,
             "%.60s: %u threads worked in it, but %.2f at a time on average; the others had %s x "
             "threads of its %s without work there",
             row->name, row->threads, (double)row->busy_ns / (double)row->wall_ns,
             be__trace_duration(idle, row->idle_ns), be__trace_duration(wall, row->wall_ns));
}

/* Most first. */
static int by_ns(const void *left, const void *right)
{
    const be_trace_finding *a = left;
    const be_trace_finding *b = right;
    return (a->ns < b->ns) - (a->ns > b->ns);
}

size_t be_trace_findings(const be_trace_report *report, be_trace_finding findings[BE_FINDINGS_MAX])
{
    struct list list = {findings, 0};
    const be_trace_totals *totals = be_trace_report_totals(report);
    const be_trace_row *rows;
    size_t n = be_trace_report_rows(report, &rows);
    uint64_t worth = totals->wall_ns / WORTH;
    if (totals->wall_ns == 0) {
        return 0;
    }
    if (totals->unaccounted_ns > worth) {
        tell_gap(report, &list, SIZE_MAX, NULL, totals->unaccounted_ns);
    }
    for (size_t i = 0; i < n; i++) {
        if (rows[i].unaccounted_ns > worth) {
            tell_gap(report, &list, i, rows[i].name, rows[i].unaccounted_ns);
        }
        uint64_t waiting = own(rows, n, i, offsetof(be_trace_row, waiting_ns));
        uint64_t displaced = own(rows, n, i, offsetof(be_trace_row, displaced_ns));
        if (waiting > worth && waiting > rows[i].busy_ns / WAITING_SHARE) {
            tell_waiting(&list, &rows[i], i, waiting);
        }
        if (displaced > worth && displaced > rows[i].busy_ns / CROWDED_SHARE) {
            tell_crowded(&list, &rows[i], i, displaced);
        }
        if (rows[i].threads > 1 && rows[i].idle_ns > worth &&
            rows[i].idle_ns > rows[i].threads * rows[i].wall_ns / IDLE_SHARE) {
            tell_idle(&list, &rows[i], i);
        }
    }
    if (totals->overhead_ns > totals->wall_ns / LOOKING_SHARE) {
        be_trace_finding *finding = add(&list, BE_FINDING_LOOKING, SIZE_MAX, totals->overhead_ns);
        char cost[BE__DURATION_SIZE];
        if (finding) {
            snprintf(finding->text, BE_FINDING_SIZE,
                     "looking cost %s, %.1f %% of the wall time: the figures of short phases are "
                     "inflated",
                     be__trace_duration(cost, totals->overhead_ns),
                     100 * (double)totals->overhead_ns / (double)totals->wall_ns);
        }
    }
    qsort(findings, list.n, sizeof *findings, by_ns);
    return list.n;
}
