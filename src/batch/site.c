/* site.c: what was learned at each site, found by the site's address.
 *
 * An open-addressing table of pointers. Readers take no lock: entries are never removed, and a
 * table that grew too small stays readable until the engine is destroyed.
 */
#include <math.h>
#include <string.h>

#include "batch/engine.h"

/* Slots of the first table; and the first call run as a trial, see next_trial in invite.c. */
enum { FIRST_TABLE = 32, FIRST_TRIAL = 128 };

/* States are aligned to a line, which an allocator need not do: remember the true start. */
struct site_block {
    void *start;
};

void be__site_state_init(struct be__site_state *state, const be_site *site)
{
    memset(state, 0, sizeof *state);
    state->site = site;
    atomic_store_explicit(&state->unevenness, 1, memory_order_relaxed);
    atomic_store_explicit(&state->last_unevenness, 1, memory_order_relaxed);
    atomic_store_explicit(&state->inflation, 1, memory_order_relaxed);
    atomic_store_explicit(&state->last_inflation, 1, memory_order_relaxed);
    atomic_store_explicit(&state->next_trial, FIRST_TRIAL, memory_order_relaxed);
    for (unsigned i = 0; i < BE__COST_CLASSES; i++) {
        atomic_store_explicit(&state->cost[i], HUGE_VALF, memory_order_relaxed);
    }
}

static size_t block_size(void)
{
    return sizeof(struct be__site_state) + BE__LINE + sizeof(struct site_block);
}

static struct be__site_state *state_create(be_engine *engine, const be_site *site)
{
    unsigned char *start = be__engine_allocate(engine, 1, block_size());
    if (!start) {
        return NULL;
    }
    uintptr_t at = (uintptr_t)start + sizeof(struct site_block);
    struct be__site_state *state = (void *)((at + BE__LINE - 1) / BE__LINE * BE__LINE);
    be__site_state_init(state, site);
    ((struct site_block *)(void *)state)[-1].start = start;
    return state;
}

static size_t hash(const be_site *site)
{
    return (size_t)((uintptr_t)site / sizeof *site * UINT64_C(0x9E3779B97F4A7C15) >> 32);
}

struct be__site_state *be__site_find(be_engine *engine, const be_site *site)
{
    _Atomic(struct be__site_state *) *front = be__site_front(engine, site);
    struct be__site_state *met = atomic_load_explicit(front, memory_order_acquire);
    if (met->site == site) {
        return met;
    }
    /* pairs with the release in be__site_find_or_add */
    struct be__site_table *table = atomic_load_explicit(&engine->sites, memory_order_acquire);
    for (size_t i = hash(site);; i++) {
        struct be__site_state *state =
            atomic_load_explicit(&table->slot[i & table->mask], memory_order_acquire);
        if (!state) {
            return NULL;
        }
        if (state->site == site) {
            atomic_store_explicit(front, state, memory_order_release);
            return state;
        }
    }
}

static size_t table_size(size_t slots)
{
    return sizeof(struct be__site_table) + slots * sizeof(_Atomic(struct be__site_state *));
}

static void place(struct be__site_table *table, struct be__site_state *state)
{
    size_t i = hash(state->site) & table->mask;
    while (atomic_load_explicit(&table->slot[i], memory_order_relaxed)) {
        i = (i + 1) & table->mask;
    }
    /* pairs with the acquire in be__site_find */
    atomic_store_explicit(&table->slot[i], state, memory_order_release);
}

static struct be__site_table *table_create(be_engine *engine, size_t slots)
{
    struct be__site_table *table = be__engine_allocate(engine, 1, table_size(slots));
    if (table) {
        memset(table, 0, table_size(slots));
        table->mask = slots - 1;
    }
    return table;
}

be_status be__sites_init(be_engine *engine)
{
    for (unsigned i = 0; i < BE__FRONT_SITES; i++) {
        atomic_store_explicit(&engine->front[i], &engine->homeless, memory_order_relaxed);
    }
    be__site_state_init(&engine->homeless, NULL);
    struct be__site_table *table = table_create(engine, FIRST_TABLE);
    atomic_store_explicit(&engine->sites, table, memory_order_relaxed);
    return table ? BE_OK : BE_ENOMEM;
}

static size_t count(const struct be__site_table *table)
{
    size_t n = 0;
    for (size_t i = 0; i <= table->mask; i++) {
        n += atomic_load_explicit(&table->slot[i], memory_order_relaxed) != NULL;
    }
    return n;
}

struct be__site_state *be__site_find_or_add(be_engine *engine, const be_site *site)
{
    struct be__site_state *state = be__site_find(engine, site);
    if (state) {
        return state;
    }
    pthread_mutex_lock(&engine->lock);
    state = be__site_find(engine, site);
    struct be__site_table *table = atomic_load_explicit(&engine->sites, memory_order_relaxed);
    if (!state && 2 * (count(table) + 1) > table->mask) {
        struct be__site_table *larger = table_create(engine, 2 * (table->mask + 1));
        if (larger) {
            for (size_t i = 0; i <= table->mask; i++) {
                struct be__site_state *old =
                    atomic_load_explicit(&table->slot[i], memory_order_relaxed);
                if (old) {
                    place(larger, old);
                }
            }
            larger->older = table; /* readers may still walk it */
            atomic_store_explicit(&engine->sites, larger, memory_order_release);
            table = larger;
        }
    }
    if (!state && count(table) < table->mask) {
        state = state_create(engine, site);
        if (state) {
            place(table, state);
        }
    }
    pthread_mutex_unlock(&engine->lock);
    return state;
}

void be__sites_forget_short(be_engine *engine)
{
    struct be__site_table *table = atomic_load_explicit(&engine->sites, memory_order_relaxed);
    for (size_t i = 0; i <= table->mask; i++) {
        struct be__site_state *state = atomic_load_explicit(&table->slot[i], memory_order_relaxed);
        if (state) {
            atomic_store_explicit(&state->short_span, 0, memory_order_seq_cst);
        }
    }
}

void be__sites_destroy(be_engine *engine)
{
    struct be__site_table *table = atomic_load_explicit(&engine->sites, memory_order_relaxed);
    for (size_t i = 0; table && i <= table->mask; i++) {
        struct be__site_state *state = atomic_load_explicit(&table->slot[i], memory_order_relaxed);
        if (state) {
            be__engine_release(engine, ((struct site_block *)(void *)state)[-1].start, 1,
                               block_size());
        }
    }
    while (table) {
        struct be__site_table *older = table->older;
        be__engine_release(engine, table, 1, table_size(table->mask + 1));
        table = older;
    }
}
