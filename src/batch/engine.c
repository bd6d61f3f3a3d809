/* engine.c: making, describing and ending an engine. */
#include <string.h>
#include <sys/mman.h>

#include "batch/engine.h"
#include "batch/learn.h"
#include "batch/schedule_fuzz.h"
#include "os/clock.h"

#ifdef BE_SCHEDULE_FUZZ
struct be__schedule_fuzz be__schedule_fuzz;
#endif

static size_t page_size(void)
{
    return 4096;
}

be_status be_engine_create(const be_engine_config *config, be_engine **engine)
{
    be_engine_config c = {0};
    if (config) {
        memcpy(&c, config, config->size < sizeof c ? config->size : sizeof c);
    }
    const be_allocator *allocator = c.allocator ? c.allocator : be_allocator_default();
    void *start = be__allocate_zeroed(allocator, 1, sizeof(be_engine) + BE__LINE);
    if (!start) {
        return BE_ENOMEM;
    }
    be_engine *e = (void *)(((uintptr_t)start + BE__LINE - 1) / BE__LINE * BE__LINE);
    e->start = start;
    e->allocator = *allocator;
    e->memory_cap = c.memory_cap;
    e->memory = sizeof(be_engine) + BE__LINE;
    e->tracer = c.tracer;
    e->scratch_bytes = c.scratch_bytes;
    e->config_workers = c.workers;
    pthread_mutex_init(&e->lock, NULL);
    pthread_mutex_init(&e->pool_lock, NULL);

    be_status status = BE_ENOMEM;
    e->process =
        mmap(NULL, page_size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (e->process == MAP_FAILED) {
        e->process = NULL;
        goto fail;
    }
    /* Where the kernel cannot clear a page on fork (before 4.14) a child must make its own engine.
     */
    madvise(e->process, page_size(), MADV_WIPEONFORK);
    *e->process = 1;

    double ticks_per_ns = be__ticks_per_ns_guess();
    e->guessed_ticks_per_ns = ticks_per_ns;
    e->hot = BE__FIRST_HOT_NS * ticks_per_ns;
    e->cold = BE__FIRST_COLD_NS * ticks_per_ns;
    e->wake = BE__FIRST_WAKE_NS * ticks_per_ns;
    e->warm_after = (uint64_t)(16 * BE__FIRST_WAKE_NS * ticks_per_ns);
    e->start_cost = BE__START_NS * ticks_per_ns;
    e->most_credit = (int64_t)(BE__CREDIT_NS * ticks_per_ns);
    e->credit = e->most_credit;

    status = be__sites_init(e);
    if (status != BE_OK) {
        goto fail;
    }
    *engine = e;
    return BE_OK;

fail:
    be_engine_destroy(e);
    return status;
}

void be_engine_destroy(be_engine *engine)
{
    if (!engine) {
        return;
    }
    if (engine->process) {
        be__pool_check_process(engine);
        be__pool_stop(engine);
        munmap(engine->process, page_size());
    }
    be__parties_destroy(engine);
    be__sites_destroy(engine);
    be__records_destroy(engine);
    be__quota_close(&engine->quota);
    pthread_mutex_destroy(&engine->lock);
    pthread_mutex_destroy(&engine->pool_lock);
    be_allocator allocator = engine->allocator;
    be__release(&allocator, engine->start, 1, sizeof(be_engine) + BE__LINE);
}

static double load(const _Atomic double *value)
{
    return atomic_load_explicit(value, memory_order_relaxed);
}

void be_engine_describe(be_engine *engine, be_engine_info *info)
{
    be__pool_check_process(engine);
    be__pool_check_workers(engine);
    double rate = be__ns_per_tick();
    pthread_mutex_lock(&engine->pool_lock);
    *info = (be_engine_info){
        .workers = atomic_load_explicit(&engine->workers, memory_order_relaxed),
        .limit = engine->limit,
        .affinity = engine->affinity,
        .quota = engine->quota_cpus,
        .threads_started = atomic_load_explicit(&engine->n_helpers, memory_order_relaxed),
        .memory = atomic_load_explicit(&engine->memory, memory_order_relaxed),
        .clock_ns_per_tick = rate,
        .hot_ns = (uint64_t)(load(&engine->hot) * rate),
        .cold_ns = (uint64_t)(load(&engine->cold) * rate),
        .credit_ns =
            (int64_t)((double)atomic_load_explicit(&engine->credit, memory_order_relaxed) * rate),
    };
    pthread_mutex_unlock(&engine->pool_lock);
}

be_tracer *be_engine_tracer(be_engine *engine)
{
    return engine->tracer;
}

void be_engine_site(be_engine *engine, const be_site *site, be_site_stats *stats)
{
    struct be__site_state *state = be__site_find(engine, site);
    *stats = (be_site_stats){0};
    if (!state) {
        return;
    }
    stats->calls = be__site_calls(state);
    stats->timed = atomic_load_explicit(&state->timed, memory_order_relaxed);
    stats->parallel = atomic_load_explicit(&state->parallel, memory_order_relaxed);
    stats->items = atomic_load_explicit(&state->items, memory_order_relaxed);
    /* The size class that was seen last is not kept; the largest one is the one that matters. */
    for (unsigned i = 0; i < BE__COST_CLASSES; i++) {
        double cost = be__cost_known(state, i);
        if (cost > 0) {
            stats->item_ns = cost * be__ns_per_tick();
        }
    }
}

void be_engine_force(be_engine *engine, const be_force *force)
{
    pthread_mutex_lock(&engine->lock);
    if (force) {
        engine->force = *force;
    }
    atomic_store_explicit(&engine->forced, force != NULL, memory_order_seq_cst);
    be__sites_forget_short(engine);
    pthread_mutex_unlock(&engine->lock);
}
