/* profile.c: a trace as JSON for the report page, small enough to look at.
 *
 * However large the run was, at most so many rows, slices and decisions are written. Phases that
 * spent least are merged with their neighbours under the same parent: since a phase is never busier
 * than its parent, keeping the busiest keeps every parent of what is kept. Slices are coarsened as
 * in the trace itself (trace/timeline.h).
 */
#include "study/members.h"

#include "base/base.h"
#include "trace/timeline.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* PHASES are kept whole; each may have one row more, of its merged children. */
enum { PHASES = 3000, SLICES = 20000, DECISIONS = 1000, CROWDED_SHARE = 20 };

/* ---- phases --------------------------------------------------------------------------------- */

/* Where the rows of a report went. */
struct plan {
    const be_trace_row *rows;
    size_t n;
    size_t *parent; /* [n] row above; SIZE_MAX: a root */
    size_t *id;     /* [n] its own id, or that of the merged row it went into */
    bool *kept;     /* [n] */
    size_t *first;  /* [n_ids] the row, or the first of those merged */
    size_t n_ids;
};

static int descending(const void *left, const void *right)
{
    const uint64_t *a = left;
    const uint64_t *b = right;
    return (*a < *b) - (*a > *b);
}

/* The busy time a phase must exceed to be kept, or 0 when all are. */
static be_status threshold(const struct plan *plan, uint64_t *least)
{
    *least = 0;
    if (plan->n <= PHASES) {
        return BE_OK;
    }
    uint64_t *busy = be__allocate(NULL, plan->n, sizeof *busy);
    if (!busy) {
        return BE_ENOMEM;
    }
    for (size_t i = 0; i < plan->n; i++) {
        busy[i] = plan->rows[i].busy_ns;
    }
    qsort(busy, plan->n, sizeof *busy, descending);
    *least = busy[PHASES];
    be__release(NULL, busy, plan->n, sizeof *busy);
    return BE_OK;
}

static void plan_clear(struct plan *plan)
{
    be__release(NULL, plan->parent, plan->n, sizeof *plan->parent);
    be__release(NULL, plan->id, plan->n, sizeof *plan->id);
    be__release(NULL, plan->kept, plan->n, sizeof *plan->kept);
    be__release(NULL, plan->first, plan->n, sizeof *plan->first);
}

/* Ids in the order of the tree: a kept phase, the rows below it, then what was merged below it. */
static be_status plan_make(const be_trace_report *report, struct plan *plan)
{
    *plan = (struct plan){0};
    plan->n = be_trace_report_rows(report, &plan->rows);
    plan->parent = be__allocate(NULL, plan->n, sizeof *plan->parent);
    plan->id = be__allocate(NULL, plan->n, sizeof *plan->id);
    plan->kept = be__allocate(NULL, plan->n, sizeof *plan->kept);
    plan->first = be__allocate(NULL, plan->n, sizeof *plan->first);
    uint64_t least;
    if (!plan->parent || !plan->id || !plan->kept || !plan->first || threshold(plan, &least)) {
        plan_clear(plan);
        return BE_ENOMEM;
    }
    size_t merged_root = SIZE_MAX;
    for (size_t i = 0; i < plan->n; i++) {
        size_t parent = i ? i - 1 : SIZE_MAX;
        while (parent != SIZE_MAX && plan->rows[parent].depth >= plan->rows[i].depth) {
            parent = plan->parent[parent];
        }
        plan->parent[i] = parent;
        plan->kept[i] = (parent == SIZE_MAX || plan->kept[parent]) &&
                        (plan->n <= PHASES || plan->rows[i].busy_ns > least);
        if (!plan->kept[i] && parent != SIZE_MAX && !plan->kept[parent]) {
            plan->id[i] = plan->id[parent]; /* inside one that is merged */
            continue;
        }
        /* The first merged child of a parent makes the row, the others join it. */
        size_t id = plan->n_ids;
        for (size_t k = i; !plan->kept[i] && k-- > 0;) {
            if (plan->parent[k] == parent && !plan->kept[k]) {
                id = plan->id[k];
                break;
            }
            if (k == parent) {
                break;
            }
        }
        if (!plan->kept[i] && parent == SIZE_MAX) {
            id = merged_root != SIZE_MAX ? merged_root : id;
            merged_root = id;
        }
        plan->id[i] = id;
        if (id == plan->n_ids) {
            plan->first[plan->n_ids++] = i;
        }
    }
    return BE_OK;
}

static void phase_members(be_json_writer *json, const be_trace_row *row)
{
    text(json, "name", row->name);
    whole(json, "depth", row->depth);
    whole(json, "threads", row->threads);
    whole(json, "count", row->count);
    whole(json, "wall_ns", row->wall_ns);
    whole(json, "busy_ns", row->busy_ns);
    whole(json, "waiting_ns", row->waiting_ns);
    whole(json, "displaced_ns", row->displaced_ns);
    whole(json, "self_ns", row->self_ns);
    place(json, "cpu_ns", row->cpu_ns ? row->cpu_ns : SIZE_MAX);
    whole(json, "idle_ns", row->idle_ns);
    whole(json, "unaccounted_ns", row->unaccounted_ns);
    place(json, "min_ns", row->max_ns ? row->min_ns : SIZE_MAX);
    place(json, "median_ns", row->max_ns ? row->median_ns : SIZE_MAX);
    place(json, "max_ns", row->max_ns ? row->max_ns : SIZE_MAX);
    whole(json, "preempted", row->preempted);
}

/* The sum of the children of one parent that were merged. */
static be_trace_row merged_row(const struct plan *plan, size_t first, size_t *n)
{
    size_t parent = plan->parent[first], id = plan->id[first];
    be_trace_row sum = {.depth = plan->rows[first].depth, .leaf = true};
    *n = 0;
    for (size_t i = first; i < plan->n; i++) {
        const be_trace_row *row = &plan->rows[i];
        if (parent != SIZE_MAX && row->depth <= plan->rows[parent].depth) {
            break;
        }
        if (plan->id[i] != id) {
            continue;
        }
        ++*n;
        if (plan->parent[i] != parent) {
            continue; /* inside one that counts */
        }
        sum.threads = row->threads > sum.threads ? row->threads : sum.threads;
        sum.count += row->count;
        sum.wall_ns += row->wall_ns;
        sum.busy_ns += row->busy_ns;
        sum.waiting_ns += row->waiting_ns;
        sum.displaced_ns += row->displaced_ns;
        sum.preempted += row->preempted;
    }
    uint64_t most = parent == SIZE_MAX ? UINT64_MAX : plan->rows[parent].wall_ns;
    sum.wall_ns = sum.wall_ns < most ? sum.wall_ns : most;
    sum.self_ns = sum.busy_ns;
    uint64_t available = sum.threads * sum.wall_ns;
    sum.idle_ns = available > sum.busy_ns ? available - sum.busy_ns : 0;
    return sum;
}

static void write_phases(be_json_writer *json, const struct plan *plan)
{
    be_json_key(json, "phases");
    be_json_array(json);
    for (size_t id = 0; id < plan->n_ids; id++) {
        size_t first = plan->first[id], merged = 0;
        be_trace_row row = plan->rows[first];
        char name[48];
        if (!plan->kept[first]) {
            row = merged_row(plan, first, &merged);
            snprintf(name, sizeof name, "(%zu smaller)", merged);
            row.name = name;
        }
        size_t parent = plan->parent[first];
        be_json_object(json);
        whole(json, "id", id);
        place(json, "parent", parent == SIZE_MAX ? SIZE_MAX : plan->id[parent]);
        phase_members(json, &row);
        whole(json, "merged", merged);
        be_json_object_end(json);
    }
    be_json_array_end(json);
}

/* ---- threads, counters ---------------------------------------------------------------------- */

static void write_threads(be_json_writer *json, const be_trace_report *report)
{
    const be_trace_thread *threads;
    size_t n = be_trace_report_threads(report, &threads);
    be_json_key(json, "threads");
    be_json_array(json);
    for (size_t i = 0; i < n; i++) {
        be_json_object(json);
        text(json, "name", threads[i].name);
        whole(json, "life_ns", threads[i].life_ns);
        be_json_key(json, "states");
        be_json_object(json);
        for (int state = 0; state < BE_STATE_COUNT; state++) {
            whole(json, be_state_name((be_state)state), threads[i].state_ns[state]);
        }
        be_json_object_end(json);
        be_json_object_end(json);
    }
    be_json_array_end(json);
    be_json_key(json, "counters");
    be_json_object(json);
    const be_trace_totals *totals = be_trace_report_totals(report);
    for (int counter = 0; counter < BE_COUNTER_COUNT; counter++) {
        whole(json, be_counter_name((be_counter)counter), totals->counters[counter]);
    }
    be_json_object_end(json);
}

/* ---- the timeline --------------------------------------------------------------------------- */

typedef void write_cell(be_json_writer *json, const be_trace_slice *slice);

static void cell_track(be_json_writer *json, const be_trace_slice *slice)
{
    be_json_u64(json, slice->track);
}

static void cell_phase(be_json_writer *json, const be_trace_slice *slice)
{
    be_json_u64(json, slice->what);
}

static void cell_state(be_json_writer *json, const be_trace_slice *slice)
{
    be_json_string(json, be_state_name((be_state)slice->what));
}

static void cell_at(be_json_writer *json, const be_trace_slice *slice)
{
    be_json_u64(json, slice->begin_ns);
}

static void cell_length(be_json_writer *json, const be_trace_slice *slice)
{
    be_json_u64(json, slice->end_ns - slice->begin_ns);
}

static void cell_count(be_json_writer *json, const be_trace_slice *slice)
{
    be_json_u64(json, slice->count);
}

static void cell_busy(be_json_writer *json, const be_trace_slice *slice)
{
    be_json_u64(json, slice->busy_ns);
}

static void write_slices(be_json_writer *json, const char *key, const be_trace_slice *slices,
                         size_t n, bool states)
{
    const struct {
        const char *key;
        write_cell *cell;
    } columns[] = {
        {"track", cell_track}, {states ? "state" : "phase", states ? cell_state : cell_phase},
        {"at_ns", cell_at},    {"ns", cell_length},
        {"count", cell_count}, {"busy_ns", cell_busy}};
    be_json_key(json, key);
    be_json_object(json);
    for (size_t c = 0; c < BE__COUNT_OF(columns); c++) {
        be_json_key(json, columns[c].key);
        be_json_array(json);
        for (size_t i = 0; i < n; i++) {
            columns[c].cell(json, &slices[i]);
        }
        be_json_array_end(json);
    }
    be_json_object_end(json);
}

/* A copy of at most SLICES of them, those inside merged phases left out. plan: of spans, else NULL.
 */
static be_trace_slice *fewer(const be_trace_slice *slices, size_t n, const struct plan *plan,
                             size_t *n_left, uint64_t *resolution_ns)
{
    size_t n_table = be__slices_table(n);
    be_trace_slice *copy = be__allocate(NULL, n, sizeof *copy);
    uint32_t *table = be__allocate(NULL, n_table, sizeof *table);
    size_t left = 0;
    for (size_t i = 0; copy && table && i < n; i++) {
        be_trace_slice slice = slices[i];
        if (plan) {
            size_t row = slice.what, parent = plan->parent[row];
            if (!plan->kept[row] && parent != SIZE_MAX && !plan->kept[parent]) {
                continue;
            }
            slice.what = (uint32_t)plan->id[row];
        }
        copy[left++] = slice;
    }
    if (copy && table) {
        *n_left = be__slices_coarsen(copy, left, SLICES, resolution_ns, table, n_table);
    }
    be__release(NULL, table, n_table, sizeof *table);
    if (!table) {
        be__release(NULL, copy, n, sizeof *copy);
        return NULL;
    }
    return copy;
}

static bool write_timeline(be_json_writer *json, const be_trace_report *report,
                           const struct plan *plan)
{
    const be_trace_totals *totals = be_trace_report_totals(report);
    const be_trace_slice *spans, *states;
    const char *const *tracks;
    size_t n_spans = be_trace_report_spans(report, &spans), spans_left = 0;
    size_t n_states = be_trace_report_states(report, &states), states_left = 0;
    size_t n_tracks = be_trace_report_tracks(report, &tracks);
    uint64_t of_spans = totals->spans_resolution_ns, of_states = totals->states_resolution_ns;
    be_trace_slice *few_spans = fewer(spans, n_spans, plan, &spans_left, &of_spans);
    be_trace_slice *few_states = fewer(states, n_states, NULL, &states_left, &of_states);
    bool complete = few_spans && few_states;
    uint64_t begin_ns = n_spans ? UINT64_MAX : 0, end_ns = 0;
    for (size_t i = 0; i < n_spans; i++) {
        begin_ns = spans[i].begin_ns < begin_ns ? spans[i].begin_ns : begin_ns;
        end_ns = spans[i].end_ns > end_ns ? spans[i].end_ns : end_ns;
    }
    be_json_key(json, "timeline");
    be_json_object(json);
    whole(json, "begin_ns", begin_ns);
    whole(json, "end_ns", end_ns);
    whole(json, "resolution_ns", of_spans > of_states ? of_spans : of_states);
    be_json_key(json, "tracks");
    be_json_array(json);
    for (size_t i = 0; i < n_tracks; i++) {
        be_json_string(json, tracks[i]);
    }
    be_json_array_end(json);
    write_slices(json, "spans", few_spans, complete ? spans_left : 0, false);
    write_slices(json, "states", few_states, complete ? states_left : 0, true);
    be_json_object_end(json);
    be__release(NULL, few_spans, n_spans, sizeof *few_spans);
    be__release(NULL, few_states, n_states, sizeof *few_states);
    return complete;
}

/* ---- gaps, findings, samples ---------------------------------------------------------------- */

static size_t id_of(const struct plan *plan, size_t row)
{
    return row == SIZE_MAX ? SIZE_MAX : plan->id[row];
}

static void write_gaps(be_json_writer *json, const be_trace_report *report, const struct plan *plan)
{
    const be_trace_gap *gaps;
    size_t n = be_trace_report_gaps(report, &gaps);
    be_json_key(json, "gaps");
    be_json_array(json);
    for (size_t i = 0; i < n; i++) {
        be_json_object(json);
        place(json, "phase", id_of(plan, gaps[i].row));
        whole(json, "at_ns", gaps[i].begin_ns);
        whole(json, "ns", gaps[i].end_ns - gaps[i].begin_ns);
        text(json, "after", gaps[i].after);
        text(json, "before", gaps[i].before);
        number(json, "on_cpu", gaps[i].on_cpu);
        be_json_object_end(json);
    }
    be_json_array_end(json);
}

static void write_findings(be_json_writer *json, const be_trace_report *report,
                           const struct plan *plan)
{
    be_trace_finding findings[BE_FINDINGS_MAX];
    size_t n = be_trace_findings(report, findings);
    be_json_key(json, "findings");
    be_json_array(json);
    for (size_t i = 0; i < n; i++) {
        be_json_object(json);
        text(json, "kind", be_finding_name(findings[i].kind));
        place(json, "phase", id_of(plan, findings[i].row));
        whole(json, "ns", findings[i].ns);
        text(json, "text", findings[i].text);
        be_json_object_end(json);
    }
    be_json_array_end(json);
}

static void write_sample(be_json_writer *json, size_t id, uint64_t samples, uint64_t on_ns,
                         uint64_t off_ns)
{
    be_json_object(json);
    place(json, "phase", id);
    whole(json, "samples", samples);
    whole(json, "on_cpu_ns", on_ns);
    whole(json, "off_cpu_ns", off_ns);
    be_json_object_end(json);
}

static void write_samples(be_json_writer *json, const be_trace_report *report,
                          const struct plan *plan)
{
    const be_trace_totals *totals = be_trace_report_totals(report);
    be_json_key(json, "samples");
    if (totals->samples == 0) {
        be_json_null(json);
        return;
    }
    be_json_object(json);
    whole(json, "period_ns", totals->period_ns);
    whole(json, "count", totals->samples);
    be_json_key(json, "rows");
    be_json_array(json);
    if (totals->outside_samples) {
        write_sample(json, SIZE_MAX, totals->outside_samples, totals->outside_on_ns,
                     totals->outside_off_ns);
    }
    for (size_t i = 0; i < plan->n; i++) {
        const be_trace_row *row = &plan->rows[i];
        if (row->samples && plan->kept[i]) {
            write_sample(json, plan->id[i], row->samples, row->sampled_on_ns, row->sampled_off_ns);
        }
    }
    be_json_array_end(json);
    be_json_object_end(json);
}

/* ---- decisions ------------------------------------------------------------------------------ */

static void write_decision(be_json_writer *json, const be_decision *d)
{
    be_json_object(json);
    text(json, "site", d->site->name);
    whole(json, "call", d->call);
    whole(json, "items", d->items);
    number(json, "predicted_ns", d->predicted_ns > 0 ? d->predicted_ns : (double)NAN);
    number(json, "sequential_ns", d->sequential_ns > 0 ? d->sequential_ns : (double)NAN);
    number(json, "actual_ns", d->actual_ns);
    whole(json, "invited", d->invited);
    whole(json, "used", d->used);
    whole(json, "grain", d->grain);
    text(json, "why", be_reason_text(d->reason));
    be_json_object_end(json);
}

static void write_site(be_json_writer *json, be_engine *engine, const be_site *site)
{
    be_site_stats stats;
    be_engine_site(engine, site, &stats);
    be_json_object(json);
    text(json, "site", site->name);
    whole(json, "calls", stats.calls);
    whole(json, "timed", stats.timed);
    whole(json, "parallel", stats.parallel);
    whole(json, "items", stats.items);
    number(json, "item_ns", stats.item_ns);
    be_json_object_end(json);
}

/* The sites are those of the decisions. */
static bool write_decisions(be_json_writer *json, be_engine *engine)
{
    be_decision *decisions = be__allocate(NULL, DECISIONS, sizeof *decisions);
    size_t n = engine && decisions ? be_engine_decisions(engine, decisions, DECISIONS) : 0;
    be_json_key(json, "decisions");
    be_json_array(json);
    for (size_t i = 0; i < n; i++) {
        if (decisions[i].site) {
            write_decision(json, &decisions[i]);
        }
    }
    be_json_array_end(json);
    be_json_key(json, "sites");
    be_json_array(json);
    for (size_t i = 0; i < n; i++) {
        size_t first = 0;
        while (decisions[first].site != decisions[i].site) {
            first++;
        }
        if (first == i && decisions[i].site) {
            write_site(json, engine, decisions[i].site);
        }
    }
    be_json_array_end(json);
    be__release(NULL, decisions, DECISIONS, sizeof *decisions);
    return decisions != NULL;
}

/* ---- the profile ---------------------------------------------------------------------------- */

bool be__profile_members(be_json_writer *json, const be_trace_report *report, be_engine *engine)
{
    struct plan plan;
    if (plan_make(report, &plan)) {
        return false;
    }
    const be_trace_totals *totals = be_trace_report_totals(report);
    whole(json, "wall_ns", totals->wall_ns);
    whole(json, "unaccounted_ns", totals->unaccounted_ns);
    whole(json, "spans", totals->spans);
    whole(json, "dropped", totals->dropped);
    whole(json, "looking_ns", totals->overhead_ns);
    write_phases(json, &plan);
    write_threads(json, report);
    bool complete = write_timeline(json, report, &plan);
    write_gaps(json, report, &plan);
    write_findings(json, report, &plan);
    write_samples(json, report, &plan);
    be_json_key(json, "native");
    be_json_null(json);
    complete &= write_decisions(json, engine);
    plan_clear(&plan);
    return complete;
}

/* ---- warnings ------------------------------------------------------------------------------- */

static void warn(be_json_writer *json, const char *kind, const char *sentence)
{
    be_json_object(json);
    text(json, "kind", kind);
    text(json, "text", sentence);
    be_json_object_end(json);
}

void be__profile_warnings(be_json_writer *json, const be_trace_report *report)
{
    const be_trace_totals *totals = be_trace_report_totals(report);
    const be_trace_row *rows;
    size_t n = be_trace_report_rows(report, &rows);
    uint64_t busy = 0, displaced = 0;
    for (size_t i = 0; i < n; i++) {
        busy += rows[i].depth == 0 ? rows[i].busy_ns : 0;
        displaced += rows[i].depth == 0 ? rows[i].displaced_ns : 0;
    }
    char sentence[160];
    if (displaced > busy / CROWDED_SHARE) {
        snprintf(
            sentence, sizeof sentence,
            "others had the CPU for %.0f %% of the time that its threads could have run: times "
            "of another run will differ",
            100 * (double)displaced / (double)busy);
        warn(json, "noise", sentence);
    }
    if (totals->dropped > 0) {
        snprintf(sentence, sizeof sentence, "%" PRIu64 " spans were lost for want of memory",
                 totals->dropped);
        warn(json, "dropped", sentence);
    }
    if (n > PHASES) {
        snprintf(sentence, sizeof sentence,
                 "of %zu phases the %d busiest are shown, the others merged", n, PHASES);
        warn(json, "cut", sentence);
    }
    if (totals->slices_lost > 0) {
        snprintf(sentence, sizeof sentence, "the timeline leaves out %" PRIu64 " short stretches",
                 totals->slices_lost);
        warn(json, "cut", sentence);
    }
}
