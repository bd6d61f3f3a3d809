/* breakeven.c: be_for, with a site for every point. */
#include "harness.h"

#include <breakeven/batch.h>

#include <stdlib.h>
#include <string.h>

enum { DECISIONS = 4096, ERRORS = 64 };

static be_engine *engine;
static be_site sites[SWEEP_POINTS];

struct range {
    uint8_t *out;
    size_t n;
};

static void must(be_status status)
{
    if (status != BE_OK) {
        abort();
    }
}

#define LOOP(kind, ns)                                                                             \
    static be_status body_##kind(void *ctx, size_t begin, size_t end, be_worker *worker)           \
    {                                                                                              \
        struct range *range = ctx;                                                                 \
        (void)worker;                                                                              \
        items_##kind(range->out, range->n, begin, end);                                            \
        return BE_OK;                                                                              \
    }                                                                                              \
                                                                                                   \
    static void loop_##kind(unsigned point, uint8_t *out, size_t n)                                \
    {                                                                                              \
        struct range range = {out, n};                                                             \
        must(be_for(engine, &sites[point], n, body_##kind, &range, NULL));                         \
    }
ITEM_KINDS(LOOP)

static bool start(const char *variant)
{
    for (size_t i = 0; i < SWEEP_POINTS; i++) {
        sites[i].name = "sweep";
    }
    return strcmp(variant, "auto") == 0 && be_engine_create(NULL, &engine) == BE_OK;
}

static sweep_loop *loop(enum item_kind kind)
{
#define ENTRY(kind, ns) loop_##kind,
    static sweep_loop *const loops[] = {ITEM_KINDS(ENTRY)};
    return loops[kind];
}

struct each {
    void (*body)(void *ctx, size_t i);
    void *ctx;
};

static be_status each_body(void *ctx, size_t begin, size_t end, be_worker *worker)
{
    struct each *each = ctx;
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        each->body(each->ctx, i);
    }
    return BE_OK;
}

static void each(unsigned point, size_t n, void (*body)(void *ctx, size_t i), void *ctx)
{
    struct each each = {body, ctx};
    must(be_for(engine, &sites[point], n, each_body, &each, NULL));
}

/* Errors of at most ERRORS predictions, evenly from those the engine remembers; the first call of a
 * site predicts nothing. */
static void explain(unsigned point, FILE *out)
{
    static be_decision decisions[DECISIONS];
    size_t n = be_engine_decisions(engine, decisions, DECISIONS), here = 0;
    for (size_t i = 0; i < n; i++) {
        if (decisions[i].site == &sites[point] && decisions[i].predicted_ns > 0) {
            decisions[here++] = decisions[i];
        }
    }
    be_site_stats stats;
    be_engine_site(engine, &sites[point], &stats);
    fprintf(out, "%llu,", (unsigned long long)stats.parallel);
    size_t step = here / ERRORS + 1;
    for (size_t i = 0; i < here; i += step) {
        const be_decision *d = &decisions[i];
        fprintf(out, "%s%.1f", i ? " " : "", 100 * (d->predicted_ns / d->actual_ns - 1));
    }
}

const struct sweep_library sweep_library = {start, loop, each, explain};
