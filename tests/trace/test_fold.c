/* test_fold.c: the fold against a model, on records with chosen ticks.
 *
 * Lanes are made by threads that then stand still; the test writes their rings itself. The model
 * keeps, per lane, the list of open frames, and looks at all of them anew for every interval
 * between two records: slow and plain, where the fold counts up and down.
 */
#include "check.h"

#include "os/clock.h"
#include "trace/tracer.h"

#include <pthread.h>
#include <string.h>

enum { LANES = 4, PHASES = 3, DEPTH = 6, NODES = 4096, RECORDS = 3000, CONTEXTS = 3 };

static const be_phase phases[PHASES] = {{"0", false}, {"1", false}, {"2", false}};

struct model_node {
    int parent; /* -1: a root */
    int phase;
    uint64_t wall, busy, covered, count, ended, longest;
    bool seen[LANES];
};

struct model_frame {
    int node; /* -1: a marker under nothing */
    bool marker, adopted;
    uint64_t begin;
    uint64_t identity;
};

struct model {
    struct model_node nodes[NODES];
    int n_nodes;
    struct model_frame frames[LANES][64];
    int n_frames[LANES];
    uint64_t identities;
    uint64_t last_tick;
};

static int model_child(struct model *model, int parent, int phase)
{
    for (int i = 0; i < model->n_nodes; i++) {
        if (model->nodes[i].parent == parent && model->nodes[i].phase == phase) {
            return i;
        }
    }
    CHECK(model->n_nodes < NODES);
    model->nodes[model->n_nodes] = (struct model_node){.parent = parent, .phase = phase};
    return model->n_nodes++;
}

/* Add the interval up to tick to everything that was open in it. */
static void model_pass(struct model *model, uint64_t tick)
{
    static uint64_t open[NODES];
    static bool child_open[NODES];
    memset(open, 0, sizeof open);
    memset(child_open, 0, sizeof child_open);
    for (int l = 0; l < LANES; l++) {
        for (int f = 0; f < model->n_frames[l]; f++) {
            const struct model_frame *frame = &model->frames[l][f];
            if (!frame->marker) {
                open[frame->node]++;
                int parent = model->nodes[frame->node].parent;
                if (parent >= 0) {
                    child_open[parent] = true;
                }
            }
        }
    }
    uint64_t passed = tick - model->last_tick;
    for (int i = 0; i < model->n_nodes; i++) {
        model->nodes[i].busy += open[i] * passed;
        model->nodes[i].wall += open[i] ? passed : 0;
        model->nodes[i].covered += open[i] && child_open[i] ? passed : 0;
    }
    model->last_tick = tick;
}

static void model_push(struct model *model, int lane, struct model_frame frame)
{
    CHECK(model->n_frames[lane] < 64);
    frame.identity = ++model->identities;
    model->frames[lane][model->n_frames[lane]++] = frame;
    if (!frame.marker) {
        model->nodes[frame.node].seen[lane] = true;
    }
}

static struct model_frame *model_top(struct model *model, int lane)
{
    return model->n_frames[lane] ? &model->frames[lane][model->n_frames[lane] - 1] : NULL;
}

static void model_pop(struct model *model, int lane, uint64_t tick)
{
    struct model_frame frame = *model_top(model, lane);
    model->n_frames[lane]--;
    if (!frame.marker && !frame.adopted) {
        struct model_node *node = &model->nodes[frame.node];
        node->ended++;
        node->longest = tick - frame.begin > node->longest ? tick - frame.begin : node->longest;
    }
}

static void model_begin(struct model *model, int lane, int phase, uint64_t tick)
{
    struct model_frame *top = model_top(model, lane);
    int node = model_child(model, top ? top->node : -1, phase);
    model->nodes[node].count++;
    model_push(model, lane, (struct model_frame){.node = node, .begin = tick});
}

static void model_end(struct model *model, int lane, uint64_t tick)
{
    struct model_frame *top = model_top(model, lane);
    if (top && !top->marker && !top->adopted) {
        model_pop(model, lane, tick);
    }
}

static bool model_is_in(const struct model *model, int lane, int node)
{
    for (int f = 0; f < model->n_frames[lane]; f++) {
        if (!model->frames[lane][f].marker && model->frames[lane][f].node == node) {
            return true;
        }
    }
    return node < 0;
}

static void model_enter_path(struct model *model, int lane, int node)
{
    if (!model_is_in(model, lane, node)) {
        model_enter_path(model, lane, model->nodes[node].parent);
        model_push(model, lane, (struct model_frame){.node = node, .adopted = true});
    }
}

static void model_leave(struct model *model, int lane, uint64_t tick)
{
    bool adopted = false;
    for (int f = 0; f < model->n_frames[lane]; f++) {
        adopted |= model->frames[lane][f].marker;
    }
    for (bool marker = !adopted; !marker;) {
        marker = model_top(model, lane)->marker;
        model_pop(model, lane, tick);
    }
}

/* ---- lanes ---------------------------------------------------------------------------------- */

struct stand {
    be_tracer *tracer;
    pthread_barrier_t made, done;
};

static void *make_lane(void *argument)
{
    struct stand *stand = argument;
    be_count(stand->tracer, BE_COUNT_ITEMS, 1);
    pthread_barrier_wait(&stand->made);
    pthread_barrier_wait(&stand->done);
    return NULL;
}

static void put(struct be__lane *lane, uint64_t tick, enum be__kind kind, uint64_t payload)
{
    CHECK(lane->head - lane->tail < BE__RING);
    lane->ring[lane->head++ % BE__RING] = (struct be__record){tick, payload << 8 | (uint64_t)kind};
}

static void put_phase(struct be__lane *lane, uint64_t tick, enum be__kind kind, int phase)
{
    CHECK(lane->head - lane->tail < BE__RING);
    lane->ring[lane->head++ % BE__RING] =
        (struct be__record){tick, (uintptr_t)&phases[phase] | (uint64_t)kind};
}

static void fold_all(be_tracer *tracer, uint64_t newest)
{
    while (be__ticks() <= newest) {
    }
    pthread_mutex_lock(&tracer->lock);
    be__fold(tracer);
    pthread_mutex_unlock(&tracer->lock);
}

static void compare(struct model *model, const struct be__node *parent, int model_parent)
{
    for (const struct be__node *node = parent->first_child; node; node = node->next) {
        const struct model_node *expected =
            &model->nodes[model_child(model, model_parent, (int)(node->phase - phases))];
        unsigned threads = 0;
        for (int l = 0; l < LANES; l++) {
            threads += expected->seen[l];
        }
        CHECK(node->wall == expected->wall);
        CHECK(node->busy == expected->busy);
        CHECK(node->covered == expected->covered);
        CHECK(node->count == expected->count && node->ended == expected->ended);
        CHECK(node->longest == expected->longest);
        CHECK(node->threads == threads);
        compare(model, node, (int)(expected - model->nodes));
    }
}

/* A context and where it was taken: valid while that frame is open. */
struct context {
    int lane;
    uint32_t serial;
    int node;
    uint64_t identity;
};

static bool still_open(const struct model *model, const struct context *context)
{
    for (int f = 0; f < model->n_frames[context->lane]; f++) {
        if (model->frames[context->lane][f].identity == context->identity) {
            return true;
        }
    }
    return false;
}

static void the_fold_agrees_with_the_model(void **state)
{
    (void)state;
    static struct model model;
    for (uint64_t seed = 0; seed < 12; seed++) {
        struct stand stand;
        CHECK(be_tracer_create(NULL, &stand.tracer) == BE_OK);
        be_tracer_enable(stand.tracer, true);
        be_tracer *tracer = stand.tracer;
        pthread_barrier_init(&stand.made, NULL, LANES + 1);
        pthread_barrier_init(&stand.done, NULL, LANES + 1);
        pthread_t threads[LANES];
        for (int l = 0; l < LANES; l++) {
            CHECK(pthread_create(&threads[l], NULL, make_lane, &stand) == 0);
        }
        pthread_barrier_wait(&stand.made);
        memset(&model, 0, sizeof model);
        be_random random;
        be_random_init(&random, seed, 0);
        struct context contexts[CONTEXTS] = {{0}}; /* identity 0 is never open */
        uint64_t adopted = 0;
        uint64_t tick = be__ticks();
        for (int i = 0; i < RECORDS; i++) {
            if (be_random_below(&random, 300) == 0) {
                fold_all(tracer, tick);
                tick = be__ticks(); /* records of the past come late, and are not this test */
            }
            tick += 1 + be_random_below(&random, 40);
            int l = (int)be_random_below(&random, LANES);
            struct be__lane *lane = tracer->lanes[l];
            int phase = (int)be_random_below(&random, PHASES);
            bool deep = model.n_frames[l] >= DEPTH;
            model_pass(&model, tick);
            switch (be_random_below(&random, 8)) {
            case 0:
            case 1:
            case 2:
                put_phase(lane, tick, deep ? BE__NEXT : BE__BEGIN, phase);
                if (deep) {
                    model_end(&model, l, tick);
                }
                model_begin(&model, l, phase, tick);
                break;
            case 3:
            case 4:
                put(lane, tick, BE__END, 0);
                model_end(&model, l, tick);
                break;
            case 5:
                if (model.n_frames[l]) {
                    put(lane, tick, BE__CONTEXT, ++lane->contexts);
                    contexts[be_random_below(&random, CONTEXTS)] =
                        (struct context){l, lane->contexts, model_top(&model, l)->node,
                                         model_top(&model, l)->identity};
                }
                break;
            case 6: {
                const struct context *context = &contexts[be_random_below(&random, CONTEXTS)];
                if (!deep && still_open(&model, context)) {
                    put(lane, tick, BE__ADOPT, (uint64_t)context->lane << 32 | context->serial);
                    model_push(&model, l,
                               (struct model_frame){.node = context->node, .marker = true});
                    model_enter_path(&model, l, context->node);
                    adopted++;
                }
                break;
            }
            default:
                put(lane, tick, BE__LEAVE, 0);
                model_leave(&model, l, tick);
            }
        }
        for (int l = 0; l < LANES; l++) { /* close everything, so that nothing runs on */
            while (model.n_frames[l]) {
                tick++;
                model_pass(&model, tick);
                bool spans = !model_top(&model, l)->marker && !model_top(&model, l)->adopted;
                put(tracer->lanes[l], tick, spans ? BE__END : BE__LEAVE, 0);
                (spans ? model_end : model_leave)(&model, l, tick);
            }
        }
        fold_all(tracer, tick);
        CHECK(tracer->n_nodes > 10 && adopted > 20);
        pthread_barrier_wait(&stand.done);
        for (int l = 0; l < LANES; l++) {
            pthread_join(threads[l], NULL);
        }
        CHECK((int)tracer->n_nodes == model.n_nodes);
        compare(&model, &tracer->root, -1);
        be_tracer_destroy(tracer);
        pthread_barrier_destroy(&stand.made);
        pthread_barrier_destroy(&stand.done);
    }
}

static void the_median_is_within_ten_per_cent(void **state)
{
    (void)state;
    for (uint64_t length = 1; length < UINT64_C(1) << 30; length += 1 + length / 7) {
        be_tracer *tracer;
        CHECK(be_tracer_create(NULL, &tracer) == BE_OK);
        be_tracer_enable(tracer, true);
        be_count(tracer, BE_COUNT_ITEMS, 1); /* makes the lane */
        struct be__lane *lane = tracer->lanes[0];
        lane->tail = lane->head; /* what its making wrote */
        /* Two short ones, one of `length`, two long ones: the ticks lie in the past. */
        const uint64_t lengths[] = {length, length / 2, 2 * length, 3 * length, 0};
        uint64_t tick = tracer->clock = be__ticks() - 10 * length;
        for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
            put_phase(lane, tick, BE__BEGIN, 0);
            tick += lengths[i];
            put(lane, tick, BE__END, 0);
        }
        be_trace_report *report;
        CHECK(be_tracer_report(tracer, &report) == BE_OK);
        const be_trace_row *row;
        CHECK(be_trace_report_rows(report, &row) == 1 && row->count == 5);
        double exact = (double)length * be__ns_per_tick();
        double error = ((double)row->median_ns - exact) / exact;
        CHECK_SAY((error < 0.1 && error > -0.1) || exact < 20, "%llu ticks: %llu ns, not %.1f ns",
                  (unsigned long long)length, (unsigned long long)row->median_ns, exact);
        CHECK(row->min_ns == 0);
        be_trace_report_destroy(report);
        be_tracer_destroy(tracer);
    }
}

static const struct CMUnitTest tests[] = {
    TEST(the_fold_agrees_with_the_model),
    TEST(the_median_is_within_ten_per_cent),
};
RUN_TESTS(tests)
