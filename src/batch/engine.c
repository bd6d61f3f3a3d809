/* engine.c: the sequential loop behind the engine's interface, first of all. */
#include <breakeven/batch.h>

#include "base/base.h"
#include "batch/toolkit.h"

struct be_engine {
    const be_allocator *allocator;
    be_tracer *tracer;
};

struct be_worker {
    be_engine *engine;
    const be_for_options *options;
    size_t failed_item;
    _Alignas(64) unsigned char scratch[1 << 16];
};

be_status be_engine_create(const be_engine_config *config, be_engine **engine)
{
    const be_allocator *allocator =
        config && config->allocator ? config->allocator : be_allocator_default();
    be_engine *e = be__allocate_zeroed(allocator, 1, sizeof *e);
    if (!e) {
        return BE_ENOMEM;
    }
    e->allocator = allocator;
    e->tracer = config ? config->tracer : NULL;
    *engine = e;
    return BE_OK;
}

void be_engine_destroy(be_engine *engine)
{
    if (engine) {
        be__release(engine->allocator, engine, 1, sizeof *engine);
    }
}

void be_engine_describe(be_engine *engine, be_engine_info *info)
{
    (void)engine;
    *info = (be_engine_info){.workers = 1};
}

be_tracer *be_engine_tracer(be_engine *engine)
{
    return engine->tracer;
}

const char *be_reason_text(be_reason reason)
{
    (void)reason;
    return "the predicted work does not repay a hand-over";
}

size_t be_engine_decisions(be_engine *engine, be_decision *decisions, size_t capacity)
{
    (void)engine;
    (void)decisions;
    (void)capacity;
    return 0;
}

void be_engine_site(be_engine *engine, const be_site *site, be_site_stats *stats)
{
    (void)engine;
    (void)site;
    *stats = (be_site_stats){0};
}

void be_engine_force(be_engine *engine, const be_force *force)
{
    (void)engine;
    (void)force;
}

be_status be_for(be_engine *engine, const be_site *site, size_t n, be_body *body, void *ctx,
                 const be_for_options *options)
{
    (void)site;
    be_worker worker = {.engine = engine, .options = options, .failed_item = 0};
    be_status status = n ? body(ctx, 0, n, &worker) : BE_OK;
    if (options && options->done) {
        *options->done = status ? worker.failed_item : n;
    }
    if (status && options) {
        be_error_set(options->error, status, "%s", be_status_text(status));
        if (options->error) {
            options->error->item = worker.failed_item;
        }
    }
    return status;
}

be_status be_fail(be_worker *worker, size_t item, be_status status)
{
    worker->failed_item = item;
    return status;
}

size_t be__worker_failed_item(const be_worker *worker)
{
    return worker->failed_item;
}

void *be__engine_allocate(be_engine *engine, size_t n, size_t size)
{
    return be__allocate(engine->allocator, n, size);
}

void be__engine_release(be_engine *engine, void *memory, size_t n, size_t size)
{
    be__release(engine->allocator, memory, n, size);
}

be_arena be_worker_scratch(be_worker *worker)
{
    return be_arena_over(worker->scratch, sizeof worker->scratch);
}

bool be_worker_cancelled(const be_worker *worker)
{
    return worker->options && worker->options->cancel && be_cancel_raised(worker->options->cancel);
}

be_engine *be_worker_engine(const be_worker *worker)
{
    return worker->engine;
}
