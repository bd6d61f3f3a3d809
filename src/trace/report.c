/* report.c: a snapshot of a tracer, in nanoseconds.
 *
 * Everything is brought up to one instant first; then ticks become nanoseconds by one factor. The
 * parts of a sum are rounded and the sum is made of them, so the identities hold to the unit.
 */
#include "trace/tracer.h"

#include "os/clock.h"

#include <string.h>

struct be_trace_report {
    const be_allocator *allocator;
    size_t n_rows, n_threads;
    be_trace_totals totals;
    be_trace_row *rows;
    be_trace_thread *threads;
    char (*names)[sizeof(((struct be__life *)0)->name)];
};

/* What one span costs here and now, folding included: the best of a few batches on a tracer of its
 * own. */
static be_status price_of_span(const be_allocator *allocator, double *ns)
{
    static const be_phase phase = {"price", false};
    enum { BATCHES = 4, SPANS = 256 };
    be_tracer *tracer;
    be_status status =
        be_tracer_create(&(be_tracer_config){sizeof(be_tracer_config), allocator}, &tracer);
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
    for (be_trace_row *row = report->rows; node; row++, node = after(node, &depth)) {
        be__fold_advance(node, now);
        *row = row_of(node, depth, ns_per_tick);
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
        be_trace_thread *thread = &report->threads[i];
        memcpy(report->names[i], life->name, sizeof life->name);
        thread->name = report->names[i];
        thread->life_ns = 0;
        for (int state = 0; state < BE_STATE_COUNT; state++) {
            thread->state_ns[state] = (uint64_t)((double)life->ticks[state] * ns_per_tick);
            thread->life_ns += thread->state_ns[state];
        }
    }
}

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
    totals->overhead_ns = (uint64_t)((double)totals->spans * price);
    totals->threads = (unsigned)tracer->n_lives;
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
    r->n_threads = tracer->n_lives;
    r->rows = be__allocate(tracer->allocator, r->n_rows, sizeof *r->rows);
    r->threads = be__allocate(tracer->allocator, r->n_threads, sizeof *r->threads);
    r->names = be__allocate(tracer->allocator, r->n_threads, sizeof *r->names);
    bool complete = r->rows && r->threads && r->names;
    if (complete) {
        take_rows(tracer, now, ns_per_tick, r);
        take_threads(tracer, now, ns_per_tick, r);
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
    be__release(report->allocator, report->rows, report->n_rows, sizeof *report->rows);
    be__release(report->allocator, report->threads, report->n_threads, sizeof *report->threads);
    be__release(report->allocator, report->names, report->n_threads, sizeof *report->names);
    be__release(report->allocator, report, 1, sizeof *report);
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
