/* report.c: a snapshot of a tracer, in nanoseconds.
 *
 * Everything is brought up to one instant first; then ticks become nanoseconds by one factor. The
 * parts of a sum are rounded and the sum is made of them, so the identities hold to the unit.
 */
#include "trace/tracer.h"

#include "os/clock.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct be_trace_report {
    const be_allocator *allocator;
    size_t n_rows, n_threads, n_tracks, n_spans, n_states, n_gaps;
    size_t spans_capacity, states_capacity;
    be_trace_totals totals;
    be_trace_row *rows;
    size_t *row_of; /* [n_rows] by a node's id */
    be_trace_thread *threads;
    const char **tracks; /* [n_tracks], into names */
    char (*names)[BE__NAME_SIZE];
    be_trace_slice *spans, *states;
    be_trace_gap gaps[BE__GAPS];
};

/* What one span costs here and now, folding included: the best of a few batches on a tracer of its
 * own. */
static be_status price_of_span(const be_allocator *allocator, double *ns)
{
    static const be_phase phase = {"price", false};
    enum { BATCHES = 4, SPANS = 256 };
    be_tracer *tracer;
    be_status status = be_tracer_create(
        &(be_tracer_config){.size = sizeof(be_tracer_config), .allocator = allocator}, &tracer);
    if (status) {
        return status;
    }
    be_tracer_enable(tracer, true);
    uint64_t best = UINT64_MAX;
    for (int batch = 0; batch < BATCHES; batch++) {
        uint64_t start = be__ticks();
        for (int i = 0; i < SPANS; i++) {
            be_span_begin(tracer, &phase);
            be_span_end(tracer);
        }
        pthread_mutex_lock(&tracer->lock);
        be__fold(tracer);
        pthread_mutex_unlock(&tracer->lock);
        uint64_t ticks = be__ticks() - start;
        best = ticks < best ? ticks : best;
    }
    be_tracer_destroy(tracer);
    *ns = (double)best * be__ns_per_tick() / SPANS;
    return BE_OK;
}

/* The node after this one, depth first; counts depth along. */
static struct be__node *after(struct be__node *node, unsigned *depth)
{
    if (node->first_child) {
        ++*depth;
        return node->first_child;
    }
    while (node && !node->next) {
        node = node->parent;
        --*depth;
    }
    return node ? node->next : NULL;
}

/* Half of the spans that ended are not longer. */
static uint64_t median_of(const struct be__node *node)
{
    if (!node->histogram) {
        return node->longest;
    }
    uint64_t rank = (node->ended + 1) / 2, passed = 0;
    size_t bucket = 0;
    while ((passed += node->histogram[bucket]) < rank) {
        bucket++;
    }
    uint64_t ticks = be__bucket_middle(bucket);
    ticks = ticks < node->shortest ? node->shortest : ticks;
    return ticks > node->longest ? node->longest : ticks;
}

static be_trace_row row_of(const struct be__node *node, unsigned depth, double ns_per_tick)
{
    be_trace_row row = {
        .name = node->phase->name,
        .depth = depth,
        .threads = node->threads,
        .count = node->count,
        .wall_ns = (uint64_t)((double)node->wall * ns_per_tick),
        .busy_ns = (uint64_t)((double)node->busy * ns_per_tick),
        .cpu_ns = node->cpu_ns,
        .preempted = node->preempted,
        .leaf = !node->first_child,
    };
    uint64_t available = row.threads * row.wall_ns;
    row.idle_ns = available > row.busy_ns ? available - row.busy_ns : 0;
    uint64_t waiting_ns = (uint64_t)((double)node->waiting * ns_per_tick);
    row.waiting_ns = waiting_ns < row.busy_ns ? waiting_ns : row.busy_ns;
    uint64_t displaced_ns = (uint64_t)((double)node->displaced * ns_per_tick);
    uint64_t ran_or_displaced = row.busy_ns - row.waiting_ns;
    row.displaced_ns = displaced_ns < ran_or_displaced ? displaced_ns : ran_or_displaced;
    row.samples = node->samples;
    row.sampled_on_ns = node->sampled_on;
    row.sampled_off_ns = node->sampled_all - node->sampled_on;
    if (!row.leaf) {
        row.unaccounted_ns = row.wall_ns - (uint64_t)((double)node->covered * ns_per_tick);
    }
    if (node->ended) {
        row.min_ns = (uint64_t)((double)node->shortest * ns_per_tick);
        row.median_ns = (uint64_t)((double)median_of(node) * ns_per_tick);
        row.max_ns = (uint64_t)((double)node->longest * ns_per_tick);
    }
    return row;
}

static void take_rows(be_tracer *tracer, uint64_t now, double ns_per_tick, be_trace_report *report)
{
    unsigned depth = 0;
    struct be__node *node = tracer->root.first_child;
    for (size_t i = 0; node; i++, node = after(node, &depth)) {
        be__fold_advance(node, now);
        be_trace_row *row = &report->rows[i];
        report->row_of[node->id] = i;
        *row = row_of(node, depth, ns_per_tick);
        row->self_ns = row->busy_ns;
        if (depth > 0) {
            be_trace_row *parent = &report->rows[report->row_of[node->parent->id]];
            parent->self_ns -= row->busy_ns < parent->self_ns ? row->busy_ns : parent->self_ns;
        }
        report->totals.spans += row->count;
    }
}

static void take_threads(be_tracer *tracer, uint64_t now, double ns_per_tick,
                         be_trace_report *report)
{
    for (size_t i = 0; i < tracer->n_slots; i++) {
        if (tracer->lanes[i]) {
            be__fold_settle(tracer->lanes[i], now);
        }
    }
    size_t i = 0;
    for (const struct be__life *life = tracer->first_life; life; life = life->next, i++) {
        memcpy(report->names[i], life->name, sizeof life->name);
        report->tracks[i] = report->names[i];
        if (!life->accounted) {
            continue;
        }
        be_trace_thread *thread = &report->threads[report->n_threads++];
        thread->name = report->names[i];
        thread->life_ns = 0;
        for (int state = 0; state < BE_STATE_COUNT; state++) {
            thread->state_ns[state] = (uint64_t)((double)life->ticks[state] * ns_per_tick);
            thread->life_ns += thread->state_ns[state];
        }
    }
}

/* ---- the timeline --------------------------------------------------------------------------- */

/* Spans that are still open, which the log has not seen. */
static size_t open_spans(const be_tracer *tracer)
{
    size_t n = 0;
    for (size_t i = 0; i < tracer->n_slots; i++) {
        n += tracer->lanes[i] ? tracer->lanes[i]->n_frames : 0;
    }
    return tracer->spans.capacity ? n : 0;
}

static be_trace_slice slice_in_ns(be_trace_slice slice, double ns_per_tick)
{
    slice.begin_ns = (uint64_t)((double)slice.begin_ns * ns_per_tick);
    slice.end_ns = (uint64_t)((double)slice.end_ns * ns_per_tick);
    uint64_t busy_ns = (uint64_t)((double)slice.busy_ns * ns_per_tick);
    uint64_t all_ns = slice.end_ns - slice.begin_ns;
    slice.busy_ns = slice.count == 1 || busy_ns > all_ns ? all_ns : busy_ns;
    return slice;
}

/* By track, by begin; rows stand in the order of the tree, so an outer span comes before those in
 * it. */
static int by_place(const void *left, const void *right)
{
    const be_trace_slice *a = left;
    const be_trace_slice *b = right;
    if (a->track != b->track) {
        return a->track < b->track ? -1 : 1;
    }
    if (a->begin_ns != b->begin_ns) {
        return a->begin_ns < b->begin_ns ? -1 : 1;
    }
    return (a->what > b->what) - (a->what < b->what);
}

static void take_spans(be_tracer *tracer, uint64_t now, double ns_per_tick, be_trace_report *report)
{
    for (size_t i = 0; i < tracer->spans.n; i++) {
        be_trace_slice slice = slice_in_ns(tracer->spans.slices[i], ns_per_tick);
        slice.what = (uint32_t)report->row_of[slice.what];
        report->spans[report->n_spans++] = slice;
    }
    for (size_t i = 0; i < tracer->n_slots && tracer->spans.capacity; i++) {
        const struct be__lane *lane = tracer->lanes[i];
        for (size_t f = 0; lane && lane->life && f < lane->n_frames; f++) {
            const struct be__frame *frame = &lane->frames[f];
            if (frame->kind != BE__FRAME_SPAN && frame->kind != BE__FRAME_ADOPTED) {
                continue;
            }
            report->spans[report->n_spans++] =
                slice_in_ns((be_trace_slice){.begin_ns = frame->begin - tracer->origin,
                                             .end_ns = now - tracer->origin,
                                             .busy_ns = now - frame->begin,
                                             .track = lane->life->track,
                                             .what = (uint32_t)report->row_of[frame->node->id],
                                             .count = 1},
                            ns_per_tick);
        }
    }
    qsort(report->spans, report->n_spans, sizeof *report->spans, by_place);
}

static void take_states(const be_tracer *tracer, double ns_per_tick, be_trace_report *report)
{
    for (size_t i = 0; i < tracer->states.n; i++) {
        report->states[report->n_states++] = slice_in_ns(tracer->states.slices[i], ns_per_tick);
    }
    qsort(report->states, report->n_states, sizeof *report->states, by_place);
}

static int by_length(const void *left, const void *right)
{
    const be_trace_gap *a = left;
    const be_trace_gap *b = right;
    uint64_t of_a = a->end_ns - a->begin_ns, of_b = b->end_ns - b->begin_ns;
    return (of_a < of_b) - (of_a > of_b);
}

static const char *name_of(const struct be__node *node)
{
    return node ? node->phase->name : NULL;
}

static void take_gaps(const be_tracer *tracer, double ns_per_tick, be_trace_report *report)
{
    for (size_t i = 0; i < tracer->n_gaps; i++) {
        const struct be__gap *gap = &tracer->gaps[i];
        uint64_t begin = gap->begin - tracer->origin, end = gap->end - tracer->origin;
        report->gaps[report->n_gaps++] = (be_trace_gap){
            .row = gap->node->phase ? report->row_of[gap->node->id] : SIZE_MAX,
            .after = name_of(gap->after),
            .before = name_of(gap->before),
            .begin_ns = (uint64_t)((double)begin * ns_per_tick),
            .end_ns = (uint64_t)((double)end * ns_per_tick),
            .on_cpu = gap->all ? (double)gap->on / (double)gap->all : (double)NAN,
        };
    }
    qsort(report->gaps, report->n_gaps, sizeof *report->gaps, by_length);
}

/* ---- totals --------------------------------------------------------------------------------- */

static void take_totals(be_tracer *tracer, uint64_t now, double ns_per_tick, double price,
                        be_trace_report *report)
{
    be_trace_totals *totals = &report->totals;
    be__fold_advance(&tracer->root, now);
    uint64_t wall = tracer->root.children_active ? tracer->root.wall : tracer->wall_at_last_end;
    totals->wall_ns = (uint64_t)((double)wall * ns_per_tick);
    totals->unaccounted_ns =
        totals->wall_ns - (uint64_t)((double)tracer->root.covered * ns_per_tick);
    totals->dropped = __atomic_load_n(&tracer->dropped, __ATOMIC_RELAXED);
    const struct be__sampler *sampler = &tracer->sampler;
    totals->sampler_ns = __atomic_load_n(&sampler->cpu_ns, __ATOMIC_RELAXED);
    totals->samples = __atomic_load_n(&sampler->looks, __ATOMIC_RELAXED);
    totals->period_ns = __atomic_load_n(&sampler->stretched_ns, __ATOMIC_RELAXED);
    totals->overhead_ns = (uint64_t)((double)totals->spans * price) + totals->sampler_ns;
    totals->outside_samples = tracer->root.samples;
    totals->outside_on_ns = tracer->root.sampled_on;
    totals->outside_off_ns = tracer->root.sampled_all - tracer->root.sampled_on;
    totals->spans_resolution_ns = (uint64_t)((double)tracer->spans.resolution * ns_per_tick);
    totals->states_resolution_ns = (uint64_t)((double)tracer->states.resolution * ns_per_tick);
    totals->slices_lost = tracer->spans.lost + tracer->states.lost;
    totals->threads = (unsigned)report->n_threads;
    for (int c = 0; c < BE_COUNTER_COUNT; c++) {
        totals->counters[c] = __atomic_load_n(&tracer->counters[c], __ATOMIC_RELAXED);
        for (size_t i = 0; i < tracer->n_slots; i++) {
            if (tracer->lanes[i]) {
                totals->counters[c] +=
                    __atomic_load_n(&tracer->lanes[i]->counters[c], __ATOMIC_RELAXED);
            }
        }
    }
}

be_status be_tracer_report(be_tracer *tracer, be_trace_report **report)
{
    double price;
    be_status status = price_of_span(tracer->allocator, &price);
    if (status) {
        return status;
    }
    be_trace_report *r = be__allocate_zeroed(tracer->allocator, 1, sizeof *r);
    if (!r) {
        return BE_ENOMEM;
    }
    r->allocator = tracer->allocator;
    double ns_per_tick = be__ns_per_tick();
    pthread_mutex_lock(&tracer->lock);
    uint64_t now = be__fold(tracer);
    r->n_rows = tracer->n_nodes;
    r->n_tracks = tracer->n_lives;
    r->spans_capacity = tracer->spans.n + open_spans(tracer);
    r->states_capacity = tracer->states.capacity; /* settling may add some */
    const be_allocator *allocator = tracer->allocator;
    r->rows = be__allocate(allocator, r->n_rows, sizeof *r->rows);
    r->row_of = be__allocate(allocator, r->n_rows, sizeof *r->row_of);
    r->threads = be__allocate(allocator, r->n_tracks, sizeof *r->threads);
    r->tracks = be__allocate(allocator, r->n_tracks, sizeof(const char *));
    r->names = be__allocate(allocator, r->n_tracks, sizeof *r->names);
    r->spans = be__allocate(allocator, r->spans_capacity, sizeof *r->spans);
    r->states = be__allocate(allocator, r->states_capacity, sizeof *r->states);
    bool complete =
        r->rows && r->row_of && r->threads && r->tracks && r->names && r->spans && r->states;
    if (complete) {
        take_rows(tracer, now, ns_per_tick, r);
        take_threads(tracer, now, ns_per_tick, r);
        take_spans(tracer, now, ns_per_tick, r);
        take_states(tracer, ns_per_tick, r);
        take_gaps(tracer, ns_per_tick, r);
        take_totals(tracer, now, ns_per_tick, price, r);
    }
    pthread_mutex_unlock(&tracer->lock);
    if (!complete) {
        be_trace_report_destroy(r);
        return BE_ENOMEM;
    }
    *report = r;
    return BE_OK;
}

void be_trace_report_destroy(be_trace_report *report)
{
    if (!report) {
        return;
    }
    const be_allocator *allocator = report->allocator;
    be__release(allocator, report->rows, report->n_rows, sizeof *report->rows);
    be__release(allocator, report->row_of, report->n_rows, sizeof *report->row_of);
    be__release(allocator, report->threads, report->n_tracks, sizeof *report->threads);
    be__release(allocator, (void *)report->tracks, report->n_tracks, sizeof(const char *));
    be__release(allocator, report->names, report->n_tracks, sizeof *report->names);
    be__release(allocator, report->spans, report->spans_capacity, sizeof *report->spans);
    be__release(allocator, report->states, report->states_capacity, sizeof *report->states);
    be__release(allocator, report, 1, sizeof *report);
}

size_t be_trace_report_tracks(const be_trace_report *report, const char *const **names)
{
    *names = report->tracks;
    return report->n_tracks;
}

size_t be_trace_report_spans(const be_trace_report *report, const be_trace_slice **slices)
{
    *slices = report->spans;
    return report->n_spans;
}

size_t be_trace_report_states(const be_trace_report *report, const be_trace_slice **slices)
{
    *slices = report->states;
    return report->n_states;
}

size_t be_trace_report_gaps(const be_trace_report *report, const be_trace_gap **gaps)
{
    *gaps = report->gaps;
    return report->n_gaps;
}

size_t be_trace_report_rows(const be_trace_report *report, const be_trace_row **rows)
{
    *rows = report->rows;
    return report->n_rows;
}

size_t be_trace_report_threads(const be_trace_report *report, const be_trace_thread **threads)
{
    *threads = report->threads;
    return report->n_threads;
}

const be_trace_totals *be_trace_report_totals(const be_trace_report *report)
{
    return &report->totals;
}
