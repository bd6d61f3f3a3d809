/* decision.c: what was decided, kept in a ring, and told in words.
 *
 * Writers take a number and fill their record; an odd sequence says that it is being written. A
 * reader copies and looks at the sequence again, and leaves out what changed under its hands.
 */
#include <string.h>

#include "batch/engine.h"
#include "os/clock.h"

/* The ring is made in blocks, each by the first record in it: a page is all that a program with few
 * loops pays. */
static size_t block_bytes(void)
{
    return BE__RECORDS_PER_BLOCK * sizeof(struct be__record) + BE__LINE;
}

static struct be__record *line_up(void *start)
{
    return (void *)(((uintptr_t)start + BE__LINE - 1) / BE__LINE * BE__LINE);
}

/* The place of record `number`; NULL where its block is not there. */
static struct be__record *slot_of(be_engine *engine, uint64_t number)
{
    size_t at = number % BE__DECISIONS;
    /* pairs with the release half in make_block */
    void *start =
        atomic_load_explicit(&engine->records[at / BE__RECORDS_PER_BLOCK], memory_order_acquire);
    return start ? &line_up(start)[at % BE__RECORDS_PER_BLOCK] : NULL;
}

/* Without memory for its block a record is not kept. */
static void make_block(be_engine *engine, uint64_t number)
{
    void *fresh = be__engine_allocate(engine, 1, block_bytes());
    void *none = NULL;
    if (!fresh) {
        return;
    }
    memset(fresh, 0, block_bytes());
    if (!atomic_compare_exchange_strong_explicit(
            &engine->records[number % BE__DECISIONS / BE__RECORDS_PER_BLOCK], &none, fresh,
            memory_order_acq_rel, memory_order_acquire)) {
        be__engine_release(engine, fresh, 1, block_bytes());
    }
}

void be__records_destroy(be_engine *engine)
{
    for (size_t i = 0; i < BE__DECISIONS / BE__RECORDS_PER_BLOCK; i++) {
        be__engine_release(engine, atomic_load_explicit(&engine->records[i], memory_order_relaxed),
                           1, block_bytes());
    }
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
    uint64_t number = atomic_fetch_add_explicit(&engine->n_records, 1, memory_order_relaxed);
    if (!slot_of(engine, number)) {
        make_block(engine, number);
    }
    struct be__record *slot = slot_of(engine, number);
    if (!slot) {
        return;
    }
    atomic_store_explicit(&slot->sequence, 2 * number + 1, memory_order_relaxed);
    atomic_thread_fence(memory_order_release); /* odd before the words change */
    copy_words(slot, record);
    /* pairs with the acquire in be_engine_decisions */
    atomic_store_explicit(&slot->sequence, 2 * number + 2, memory_order_release);
}

/* What makes the call run that way again. */
static be_force replay(const struct be__record *record)
{
    be_schedule schedule = record->schedule != BE_SCHEDULE_AUTO ? (be_schedule)record->schedule
                           : record->used > 1                   ? BE_SCHEDULE_DYNAMIC
                                                                : BE_SCHEDULE_SEQUENTIAL;
    bool claims = schedule == BE_SCHEDULE_DYNAMIC;
    return (be_force){schedule, record->used, claims ? (size_t)record->grain : 0};
}

size_t be_engine_decisions(be_engine *engine, be_decision *decisions, size_t capacity)
{
    uint64_t end = atomic_load_explicit(&engine->n_records, memory_order_relaxed);
    uint64_t newest = capacity < BE__DECISIONS ? capacity : BE__DECISIONS;
    double rate = end ? be__ns_per_tick() : 0;
    size_t count = 0;
    for (uint64_t i = end > newest ? end - newest : 0; i < end; i++) {
        const struct be__record *slot = slot_of(engine, i);
        struct be__record record;
        if (!slot || atomic_load_explicit(&slot->sequence, memory_order_acquire) != 2 * i + 2) {
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
            .replay = replay(&record),
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
