/* decision.c: what was decided, kept in a ring, and told in words.
 *
 * Writers take a number and fill their record; an odd sequence says that it is being written. A
 * reader copies and looks at the sequence again, and leaves out what changed under its hands.
 */
#include <string.h>

#include "batch/engine.h"
#include "os/clock.h"

enum { WORDS = (sizeof(struct be__record) + sizeof(uint64_t) - 1) / sizeof(uint64_t) };

/* A place in the ring, one line. Its words are atomic, since a reader may copy while a writer
 * writes. */
struct place {
    _Alignas(BE__LINE) _Atomic uint64_t sequence; /* 2 * number + 2 when whole, odd while written */
    _Atomic uint64_t word[WORDS];
};
_Static_assert(sizeof(struct place) == BE__LINE, "two records must not share a line");

/* The ring is made in blocks, each by the first record in it: a page is all that a program with few
 * loops pays. */
static size_t block_bytes(void)
{
    return BE__RECORDS_PER_BLOCK * sizeof(struct place) + BE__LINE;
}

static struct place *line_up(void *start)
{
    return (void *)(((uintptr_t)start + BE__LINE - 1) / BE__LINE * BE__LINE);
}

/* The place of record `number`; NULL where its block is not there. */
static struct place *place_of(be_engine *engine, uint64_t number)
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

void be__record_add(be_engine *engine, const struct be__record *record)
{
    uint64_t number = atomic_fetch_add_explicit(&engine->n_records, 1, memory_order_relaxed);
    if (!place_of(engine, number)) {
        make_block(engine, number);
    }
    struct place *place = place_of(engine, number);
    if (!place) {
        return;
    }
    uint64_t word[WORDS] = {0};
    memcpy(word, record, sizeof *record);
    atomic_store_explicit(&place->sequence, 2 * number + 1, memory_order_relaxed);
    atomic_thread_fence(memory_order_release); /* odd before the words change */
    for (size_t i = 0; i < WORDS; i++) {
        atomic_store_explicit(&place->word[i], word[i], memory_order_relaxed);
    }
    /* pairs with the acquire in read_record */
    atomic_store_explicit(&place->sequence, 2 * number + 2, memory_order_release);
}

/* False when it is no longer there, or not there yet. */
static bool read_record(be_engine *engine, uint64_t number, struct be__record *record)
{
    const struct place *place = place_of(engine, number);
    uint64_t whole = 2 * number + 2;
    if (!place || atomic_load_explicit(&place->sequence, memory_order_acquire) != whole) {
        return false;
    }
    uint64_t word[WORDS];
    for (size_t i = 0; i < WORDS; i++) {
        word[i] = atomic_load_explicit(&place->word[i], memory_order_relaxed);
    }
    memcpy(record, word, sizeof *record);
    atomic_thread_fence(memory_order_acquire);
    return atomic_load_explicit(&place->sequence, memory_order_relaxed) == whole;
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
        struct be__record record;
        if (!read_record(engine, i, &record)) {
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
