/* decision.c: what was decided, kept in a ring, and told in words.
 *
 * Writers take a number and fill their record; an odd sequence says that it is being written. A
 * reader copies and looks at the sequence again, and leaves out what changed under its hands.
 */
#include <string.h>

#include "batch/engine.h"
#include "os/clock.h"

static size_t ring_bytes(void)
{
    return BE__DECISIONS * sizeof(struct be__record) + BE__LINE;
}

static struct be__record *line_up(void *start)
{
    return (void *)(((uintptr_t)start + BE__LINE - 1) / BE__LINE * BE__LINE);
}

/* The ring is made by the first record; without memory for it there are no records. */
static struct be__record *ring(be_engine *engine)
{
    void *start = atomic_load_explicit(&engine->records, memory_order_acquire);
    if (start) {
        return line_up(start);
    }
    void *fresh = be__engine_allocate(engine, 1, ring_bytes());
    if (!fresh) {
        return NULL;
    }
    memset(fresh, 0, ring_bytes());
    if (atomic_compare_exchange_strong_explicit(&engine->records, &start, fresh,
                                                memory_order_acq_rel, memory_order_acquire)) {
        return line_up(fresh);
    }
    be__engine_release(engine, fresh, 1, ring_bytes());
    return line_up(start);
}

void be__records_destroy(be_engine *engine)
{
    be__engine_release(engine, atomic_load_explicit(&engine->records, memory_order_relaxed), 1,
                       ring_bytes());
}

enum { WORDS = (sizeof(struct be__record) - sizeof(uint64_t)) / sizeof(uint64_t) };

/* Copy all but the sequence, a word at a time, since the other side may be writing. */
static void copy_words(struct be__record *to, const struct be__record *from)
{
    _Atomic uint64_t *t = &to->sequence + 1;
    const _Atomic uint64_t *f = &from->sequence + 1;
    for (size_t i = 0; i < WORDS; i++) {
        atomic_store_explicit(&t[i], atomic_load_explicit(&f[i], memory_order_relaxed),
                              memory_order_relaxed);
    }
}

void be__record_add(be_engine *engine, const struct be__record *record)
{
    struct be__record *records = ring(engine);
    if (!records) {
        return;
    }
    uint64_t number = atomic_fetch_add_explicit(&engine->n_records, 1, memory_order_relaxed);
    struct be__record *slot = &records[number % BE__DECISIONS];
    atomic_store_explicit(&slot->sequence, 2 * number + 1, memory_order_relaxed);
    atomic_thread_fence(memory_order_release); /* odd before the words change */
    copy_words(slot, record);
    /* pairs with the acquire in be_engine_decisions */
    atomic_store_explicit(&slot->sequence, 2 * number + 2, memory_order_release);
}

size_t be_engine_decisions(be_engine *engine, be_decision *decisions, size_t capacity)
{
    void *start = atomic_load_explicit(&engine->records, memory_order_acquire);
    uint64_t end = atomic_load_explicit(&engine->n_records, memory_order_relaxed);
    uint64_t newest = capacity < BE__DECISIONS ? capacity : BE__DECISIONS;
    double rate = end ? be__ns_per_tick() : 0;
    size_t count = 0;
    for (uint64_t i = end > newest ? end - newest : 0; start && i < end; i++) {
        const struct be__record *slot = &line_up(start)[i % BE__DECISIONS];
        struct be__record record;
        if (atomic_load_explicit(&slot->sequence, memory_order_acquire) != 2 * i + 2) {
            continue;
        }
        copy_words(&record, slot);
        atomic_thread_fence(memory_order_acquire);
        if (atomic_load_explicit(&slot->sequence, memory_order_relaxed) != 2 * i + 2) {
            continue;
        }
        decisions[count++] = (be_decision){
            .site = record.site,
            .call = record.call,
            .items = record.items,
            .predicted_ns = (double)record.predicted * rate,
            .sequential_ns = (double)record.sequential * rate,
            .actual_ns = (double)record.actual * rate,
            .invited = record.invited,
            .used = record.used,
            .grain = record.grain,
            .reason = (be_reason)record.reason,
            .replay = {.schedule = record.used > 1 ? BE_SCHEDULE_DYNAMIC : BE_SCHEDULE_SEQUENTIAL,
                       .workers = record.used,
                       .grain = record.used > 1 ? record.grain : 0},
        };
    }
    return count;
}

const char *be_reason_text(be_reason reason)
{
    static const char *const text[BE_REASON_COUNT] = {
        [BE_REASON_NONE] = "nothing to decide",
        [BE_REASON_SHORT] = "too little work to repay a hand-over",
        [BE_REASON_PAYS] = "the predicted work repays a hand-over",
        [BE_REASON_PROMOTED] = "more work turned up than a hand-over costs",
        [BE_REASON_DEBT] = "hand-overs have cost more than they gained lately",
        [BE_REASON_NO_HELPER] = "no helper is free",
        [BE_REASON_NO_GAIN] = "helpers were tried here and gained nothing",
        [BE_REASON_TRIAL] = "alone this once, to see what helpers gain here",
        [BE_REASON_FORCED] = "forced by the caller",
    };
    return (unsigned)reason < BE_REASON_COUNT ? text[reason] : text[BE_REASON_NONE];
}
