/* schedules.c: see schedules.h. */
#include "schedules.h"

#include "check.h"

#include "batch/toolkit.h"

#include <pthread.h>
#include <stdlib.h>

enum { THREADS = 3, THREAD_ITEMS = 32 }; /* fewer items are not worth the threads */

enum cut { CUT_NONE, CUT_BACKWARDS, CUT_SHUFFLED, CUT_THREADS, CUT_COUNT };

static enum cut cut;
static char name[120];

const char *schedule_name(void)
{
    return name;
}

/* ---- be_for, cut ---------------------------------------------------------------------------- */

be_status __wrap_be_for(be_engine *engine, const be_site *site, size_t n, be_body *body, void *ctx,
                        const be_for_options *options);
be_status __real_be_for(be_engine *engine, const be_site *site, size_t n, be_body *body, void *ctx,
                        const be_for_options *options);

struct range {
    struct cut_loop *loop;
    size_t begin, end;
    size_t failed_item;
    be_status status;
    bool complete;
};

struct cut_loop {
    be_engine *engine;
    const be_site *site;
    be_body *body;
    void *ctx;
    const be_for_options *options;
    struct range *ranges;
    size_t *order;
    size_t n_ranges;
};

static be_status run_range(void *ctx, size_t begin, size_t end, be_worker *worker)
{
    (void)begin;
    (void)end;
    struct range *range = ctx;
    range->status = range->loop->body(range->loop->ctx, range->begin, range->end, worker);
    range->failed_item = be__worker_failed_item(worker);
    range->complete = range->status == BE_OK;
    return BE_OK;
}

static void run_share(struct cut_loop *loop, size_t first, size_t step)
{
    for (size_t i = first; i < loop->n_ranges; i += step) {
        const be_for_options *o = loop->options;
        bool stopped = o && ((o->cancel && be_cancel_raised(o->cancel)) ||
                             (o->deadline_ns && be_now_ns() >= o->deadline_ns));
        struct range *range = &loop->ranges[loop->order[i]];
        if (!stopped && __real_be_for(loop->engine, loop->site, 1, run_range, range, NULL)) {
            abort();
        }
    }
}

struct share {
    struct cut_loop *loop;
    size_t first;
};

static void *run_thread(void *argument)
{
    const struct share *share = argument;
    run_share(share->loop, share->first, THREADS);
    return NULL;
}

static void run_threads(struct cut_loop *loop)
{
    pthread_t threads[THREADS];
    struct share shares[THREADS];
    for (size_t t = 0; t < THREADS; t++) {
        shares[t] = (struct share){loop, t};
        if (pthread_create(&threads[t], NULL, run_thread, &shares[t])) {
            abort();
        }
    }
    for (size_t t = 0; t < THREADS; t++) {
        pthread_join(threads[t], NULL);
    }
}

/* Ranges of 1 to 2 n / 16 items, in the order in which they will run. */
static void make_ranges(struct cut_loop *loop, size_t n)
{
    static unsigned calls;
    be_random random;
    be_random_init(&random, 99, __atomic_fetch_add(&calls, 1, __ATOMIC_RELAXED));
    loop->ranges = calloc(n, sizeof *loop->ranges);
    loop->order = calloc(n, sizeof *loop->order);
    for (size_t at = 0; at < n; loop->n_ranges++) {
        size_t size = 1 + (size_t)be_random_below(&random, n / 8 + 1);
        size_t end = size < n - at ? at + size : n;
        loop->ranges[loop->n_ranges] = (struct range){.loop = loop, .begin = at, .end = end};
        at = end;
    }
    for (size_t i = 0; i < loop->n_ranges; i++) {
        size_t j = cut == CUT_BACKWARDS ? 0 : (size_t)be_random_below(&random, i + 1);
        loop->order[i] = loop->order[j];
        loop->order[j] = i;
    }
    if (cut == CUT_BACKWARDS) {
        for (size_t i = 0; i < loop->n_ranges; i++) {
            loop->order[i] = loop->n_ranges - 1 - i;
        }
    }
}

/* The first range that is not complete decides, as be_for promises. */
static be_status finish(const struct cut_loop *loop, size_t n)
{
    be_status status = BE_OK;
    size_t done = n;
    size_t item = BE_NO_ITEM;
    for (size_t i = 0; i < loop->n_ranges; i++) {
        const struct range *range = &loop->ranges[i];
        if (range->status) {
            status = range->status;
            done = item = range->failed_item;
            break;
        }
        if (!range->complete) {
            bool cancelled = loop->options->cancel && be_cancel_raised(loop->options->cancel);
            status = cancelled ? BE_ECANCEL : BE_EDEADLINE;
            done = range->begin;
            break;
        }
    }
    if (loop->options && loop->options->done) {
        *loop->options->done = done;
    }
    if (status && loop->options && loop->options->error) {
        be_error_set(loop->options->error, status, "cut");
        loop->options->error->item = item;
    }
    return status;
}

be_status __wrap_be_for(be_engine *engine, const be_site *site, size_t n, be_body *body, void *ctx,
                        const be_for_options *options)
{
    if (cut == CUT_NONE || n == 0) {
        return __real_be_for(engine, site, n, body, ctx, options);
    }
    struct cut_loop loop = {engine, site, body, ctx, options, NULL, NULL, 0};
    make_ranges(&loop, n);
    if (cut == CUT_THREADS && n >= THREAD_ITEMS) {
        run_threads(&loop);
    } else {
        run_share(&loop, 0, 1);
    }
    be_status status = finish(&loop, n);
    free(loop.ranges);
    free(loop.order);
    return status;
}

/* ---- the schedules -------------------------------------------------------------------------- */

static void run_law(schedule_law *law, unsigned workers, const be_force *force, const char *how)
{
    static const char *const cut_name[] = {"whole", "backwards", "shuffled", "on three threads"};
    be_engine_config config = {.size = sizeof config, .workers = workers};
    be_engine *engine;
    CHECK(be_engine_create(&config, &engine) == BE_OK);
    be_engine_force(engine, force);
    snprintf(name, sizeof name, "%u workers, %s, %s", workers, how, cut_name[cut]);
    law(engine);
    be_engine_destroy(engine);
}

void under_every_schedule(schedule_law *law)
{
    static const struct {
        const char *name;
        be_force force;
    } forced[] = {
        {"sequential", {BE_SCHEDULE_SEQUENTIAL, 0, 0}},
        {"static", {BE_SCHEDULE_STATIC, 0, 0}},
        {"dynamic, grain 1", {BE_SCHEDULE_DYNAMIC, 0, 1}},
        {"dynamic, grain 7", {BE_SCHEDULE_DYNAMIC, 0, 7}},
    };
    static const unsigned workers[] = {1, 2, 3, 8};
    cut = CUT_NONE;
    for (size_t w = 0; w < sizeof workers / sizeof workers[0]; w++) {
        run_law(law, workers[w], NULL, "automatic");
        for (size_t f = 0; f < sizeof forced / sizeof forced[0]; f++) {
            run_law(law, workers[w], &forced[f].force, forced[f].name);
        }
    }
    under_every_cut(law);
}

void under_every_cut(schedule_law *law)
{
    for (cut = CUT_BACKWARDS; cut < CUT_COUNT; cut++) {
        run_law(law, 1, NULL, "automatic");
    }
    cut = CUT_NONE;
}
