/* party.c: the threads that may take part, with their scratch and slots.
 *
 * Parties are made when first needed and freed with the engine, so a pointer to one is good for the
 * engine's life. A caller leases one for the length of a call; the one returned last is leased
 * first, so that set-up done in a slot is met again.
 */
#include <string.h>
#include <time.h>

#include "batch/engine.h"
#include "os/clock.h"

enum { SCRATCH_BYTES = 1 << 20 };

static struct be__party *create(be_engine *engine)
{
    unsigned char *start = be__engine_allocate(engine, 1, sizeof(struct be__party) + BE__LINE);
    if (!start) {
        return NULL;
    }
    struct be__party *party = (void *)(((uintptr_t)start + BE__LINE - 1) / BE__LINE * BE__LINE);
    memset(party, 0, sizeof *party);
    party->start = start;
    party->engine = engine;
    atomic_store_explicit(&party->avoids, BE__NOT_MOVED, memory_order_relaxed);
    pthread_mutex_lock(&engine->lock);
    party->all_next = engine->parties;
    engine->parties = party;
    pthread_mutex_unlock(&engine->lock);
    return party;
}

struct be__party *be__party_lease(be_engine *engine)
{
    /* pairs with the release in be__party_return */
    struct be__party *party =
        atomic_exchange_explicit(&engine->handy_party, NULL, memory_order_acquire);
    if (party) {
        return party;
    }
    be__pool_check_process(engine);
    pthread_mutex_lock(&engine->lock);
    party = engine->free_parties;
    if (party) {
        engine->free_parties = party->free_next;
    }
    pthread_mutex_unlock(&engine->lock);
    return party ? party : create(engine);
}

void be__party_return(struct be__party *party)
{
    be_engine *engine = party->engine;
    struct be__party *none = NULL;
    /* pairs with the acquire in be__party_lease */
    if (atomic_compare_exchange_strong_explicit(&engine->handy_party, &none, party,
                                                memory_order_release, memory_order_relaxed)) {
        return;
    }
    pthread_mutex_lock(&engine->lock);
    party->free_next = engine->free_parties;
    engine->free_parties = party;
    pthread_mutex_unlock(&engine->lock);
}

static uint64_t cpu_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

void be__party_anchor(struct be__party *party)
{
    party->anchor_ticks = be__ticks();
    party->anchor_cpu_ns = cpu_ns();
}

uint64_t be__party_real(struct be__party *party, uint64_t ticks, double guess)
{
    if (!party || !party->anchor_ticks || (double)ticks < party->engine->start_cost) {
        return guess < (double)ticks ? (uint64_t)guess : ticks;
    }
    uint64_t ticks_before = party->anchor_ticks, cpu_before = party->anchor_cpu_ns;
    be__party_anchor(party);
    double wall = (double)(party->anchor_ticks - ticks_before);
    double cpu = (double)(party->anchor_cpu_ns - cpu_before) / be__ns_per_tick();
    double lost = wall > cpu ? wall - cpu : 0;
    return lost < (double)ticks ? ticks - (uint64_t)lost : 0;
}

static size_t scratch_bytes(const be_engine *engine)
{
    return engine->scratch_bytes ? engine->scratch_bytes : SCRATCH_BYTES;
}

void be__parties_destroy(be_engine *engine)
{
    for (struct be__party *party = engine->parties, *next; party; party = next) {
        next = party->all_next;
        for (struct be__slot_state *state = party->slots, *after; state; state = after) {
            after = state->next;
            if (state->slot->fini) {
                state->slot->fini(state->memory);
            }
            be__engine_release(engine, state->memory, 1, state->slot->size);
            be__engine_release(engine, state, 1, sizeof *state);
        }
        be__engine_release(engine, party->scratch, 1, scratch_bytes(engine));
        be__engine_release(engine, party->start, 1, sizeof(struct be__party) + BE__LINE);
    }
}

/* ---- what a body may ask of its worker ---- */

static struct be__party *party_of(be_worker *worker)
{
    if (!worker->party) {
        worker->party = be__party_lease(worker->engine);
    }
    return worker->party;
}

be_arena be_worker_scratch(be_worker *worker)
{
    struct be__party *party = party_of(worker);
    size_t size = scratch_bytes(worker->engine);
    if (party && !party->scratch) {
        party->scratch = be__engine_allocate(worker->engine, 1, size);
    }
    return party && party->scratch ? be_arena_over(party->scratch, size) : be_arena_over(NULL, 0);
}

be_status be_worker_slot(be_worker *worker, const be_slot *slot, void *user, void **memory)
{
    struct be__party *party = party_of(worker);
    if (!party) {
        return BE_ENOMEM;
    }
    for (struct be__slot_state *state = party->slots; state; state = state->next) {
        if (state->slot == slot) {
            *memory = state->memory;
            return BE_OK;
        }
    }
    be_engine *engine = worker->engine;
    struct be__slot_state *state = be__engine_allocate(engine, 1, sizeof *state);
    void *fresh = be__engine_allocate(engine, 1, slot->size);
    be_status status = state && fresh ? BE_OK : BE_ENOMEM;
    if (status == BE_OK) {
        memset(fresh, 0, slot->size);
        status = slot->init ? slot->init(fresh, user) : BE_OK;
    }
    if (status != BE_OK) {
        be__engine_release(engine, fresh, 1, slot->size);
        be__engine_release(engine, state, 1, sizeof *state);
        return status;
    }
    *state = (struct be__slot_state){party->slots, slot, fresh};
    party->slots = state;
    *memory = fresh;
    return BE_OK;
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

be_engine *be_worker_engine(const be_worker *worker)
{
    return worker->engine;
}
