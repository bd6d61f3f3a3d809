/* span.c: what a thread writes to its own lane: the path that has to be fast.
 *
 * A begin, end or mark is one clock reading and one 16-byte record. The record is published by a
 * release store of `head`; nothing else is shared. Every call leaves room for one more in the ring,
 * so an end never has to fold before its record is out, and the time of a fold falls outside the
 * span that ended.
 */
#include "trace/tracer.h"

#include "os/clock.h"
#include "os/rseq.h"

#include <sys/resource.h>
#include <time.h>

/* The lane used last by this thread, and the generation of its tracer: generations are unique, so
 * one comparison tells that the tracer is that one, alive, and not switched since. */
static _Thread_local struct {
    uint64_t generation;
    struct be__lane *lane;
    unsigned worker;
} mine __attribute__((tls_model("initial-exec")));

void be__trace_worker(unsigned index)
{
    mine.worker = index;
}

void be__lane_forget(const struct be__lane *lane)
{
    if (mine.lane == lane) {
        mine.generation = 0;
    }
}

static __attribute__((noinline)) void fold_for_room(struct be__lane *lane)
{
    for (;;) {
        /* pairs with the release in be__fold: the slots below are read */
        size_t tail = __atomic_load_n(&lane->tail, __ATOMIC_ACQUIRE);
        lane->limit = tail + BE__RING - 2 * (size_t)BE__RECORDS_AT_ONCE;
        if (lane->head <= lane->limit) {
            return;
        }
        pthread_mutex_lock(&lane->tracer->lock);
        be__fold(lane->tracer);
        pthread_mutex_unlock(&lane->tracer->lock);
    }
}

static inline void make_room(struct be__lane *lane)
{
    if (BE__UNLIKELY(lane->head > lane->limit)) {
        fold_for_room(lane);
    }
}

static inline void put(struct be__lane *lane, uint64_t tick, uint64_t what)
{
    size_t head = lane->head;
    lane->ring[head % BE__RING] = (struct be__record){tick, what};
    /* pairs with the acquire in be__fold */
    __atomic_store_n(&lane->head, head + 1, __ATOMIC_RELEASE);
}

static inline uint64_t other(enum be__kind kind, uint64_t payload)
{
    return payload << 8 | (uint64_t)kind;
}

static uint64_t thread_cpu_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* How far this thread's CPU clock is, and whether it gave its CPU up of its own since that was told
 * last. */
static void tell_cpu(struct be__lane *lane, uint64_t tick)
{
    struct rusage usage = {0};
    getrusage(RUSAGE_THREAD, &usage);
    uint64_t blocked = usage.ru_nvcsw != lane->blocked ? BE__LOST_BLOCKED : 0;
    lane->blocked = usage.ru_nvcsw;
    put(lane, tick, other(BE__LOST, thread_cpu_ns() << 1 | blocked));
}

static __attribute__((noinline)) struct be__lane *find(be_tracer *tracer, uint64_t generation)
{
    struct be__lane *lane = be__lane_find(tracer, mine.worker);
    if (lane) {
        if (lane->generation != generation) {
            lane->generation = generation;
            lane->depth = 0;
            lane->n_cpu = 0;
            lane->state = BE_STATE_OUTSIDE;
            be__witness_arm();
            tell_cpu(lane, be__ticks()); /* where its clock stands */
            make_room(lane);
        }
        mine.generation = generation;
        mine.lane = lane;
    }
    return lane;
}

static inline struct be__lane *lane_of(be_tracer *tracer)
{
    uint64_t generation = __atomic_load_n(&tracer->generation, __ATOMIC_RELAXED);
    return BE__LIKELY(mine.generation == generation) ? mine.lane : find(tracer, generation);
}

static __attribute__((noinline)) void rearm(struct be__lane *lane, uint64_t tick, bool lost)
{
    be__witness_arm();
    if (lost) {
        tell_cpu(lane, tick);
    }
}

/* Look at the witness, then write. */
static inline void note(struct be__lane *lane, uint64_t tick, uint64_t what)
{
    const volatile uint64_t *word = be__witness_word();
    if (BE__LIKELY(word != NULL)) {
        uint64_t seen = __atomic_load_n(word, __ATOMIC_RELAXED);
        if (BE__UNLIKELY(seen != be__rseq_nowhere)) {
            rearm(lane, tick, seen == 0);
        }
    }
    put(lane, tick, what);
}

static __attribute__((noinline)) void begin_cpu(struct be__lane *lane, const be_phase *phase,
                                                enum be__kind kind)
{
    uint64_t tick = be__ticks();
    if (lane->n_cpu < BE__CPU_NESTED) {
        lane->cpu_depth[lane->n_cpu++] = lane->depth;
        put(lane, tick, other(BE__CPU, thread_cpu_ns()));
    }
    note(lane, tick, (uintptr_t)phase | (uint64_t)kind);
}

/* Whether the innermost span asked for CPU time; it does not any more. */
static inline bool ends_cpu(struct be__lane *lane)
{
    if (BE__LIKELY(lane->n_cpu == 0 || lane->cpu_depth[lane->n_cpu - 1] != lane->depth)) {
        return false;
    }
    lane->n_cpu--;
    return true;
}

void be_span_begin_on(be_tracer *tracer, const be_phase *phase)
{
    struct be__lane *lane = lane_of(tracer);
    if (BE__UNLIKELY(!lane)) {
        __atomic_fetch_add(&tracer->dropped, 1, __ATOMIC_RELAXED);
        return;
    }
    make_room(lane);
    lane->depth++;
    if (BE__UNLIKELY(phase->cpu)) {
        begin_cpu(lane, phase, BE__BEGIN);
    } else {
        note(lane, be__ticks(), (uintptr_t)phase | BE__BEGIN);
    }
}

void be_span_end_on(be_tracer *tracer)
{
    uint64_t tick = be__ticks();
    struct be__lane *lane = lane_of(tracer);
    if (BE__UNLIKELY(!lane)) {
        return;
    }
    if (BE__UNLIKELY(ends_cpu(lane))) {
        uint64_t cpu = thread_cpu_ns();
        tick = be__ticks(); /* outside the CPU reading, so that CPU time <= wall */
        put(lane, tick, other(BE__CPU, cpu));
    }
    lane->depth -= lane->depth > 0;
    note(lane, tick, BE__END);
    make_room(lane);
}

void be_span_next_on(be_tracer *tracer, const be_phase *phase)
{
    struct be__lane *lane = lane_of(tracer);
    if (BE__UNLIKELY(!lane)) {
        __atomic_fetch_add(&tracer->dropped, 1, __ATOMIC_RELAXED);
        return;
    }
    make_room(lane);
    lane->depth += lane->depth == 0;
    bool ends = ends_cpu(lane);
    if (BE__UNLIKELY(phase->cpu)) {
        begin_cpu(lane, phase, BE__NEXT); /* its reading serves both */
    } else {
        uint64_t cpu = ends ? thread_cpu_ns() : 0, tick = be__ticks();
        if (ends) {
            put(lane, tick, other(BE__CPU, cpu));
        }
        note(lane, tick, (uintptr_t)phase | BE__NEXT);
    }
}

void be_count_on(be_tracer *tracer, be_counter counter, uint64_t amount)
{
    struct be__lane *lane = lane_of(tracer);
    if (BE__LIKELY(lane != NULL)) {
        uint64_t *count = &lane->counters[counter];
        __atomic_store_n(count, *count + amount, __ATOMIC_RELAXED);
    } else {
        __atomic_fetch_add(&tracer->counters[counter], amount, __ATOMIC_RELAXED);
    }
}

be_state be__account_mark_on(be_tracer *tracer, be_state state, uint64_t tick)
{
    struct be__lane *lane = lane_of(tracer);
    if (BE__UNLIKELY(!lane)) {
        return BE_STATE_OUTSIDE;
    }
    be_state before = lane->state;
    lane->state = state;
    note(lane, tick, other(BE__MARK, (uint64_t)state));
    make_room(lane);
    return before;
}

be__span_context be__trace_context_on(be_tracer *tracer)
{
    struct be__lane *lane = lane_of(tracer);
    if (BE__UNLIKELY(!lane)) {
        return (be__span_context){0, 0};
    }
    lane->contexts += lane->contexts == UINT32_MAX ? 2 : 1; /* never 0 */
    note(lane, be__ticks(), other(BE__CONTEXT, lane->contexts));
    make_room(lane);
    return (be__span_context){lane->slot, lane->contexts};
}

void be__trace_adopt_on(be_tracer *tracer, be__span_context context)
{
    struct be__lane *lane = lane_of(tracer);
    if (BE__LIKELY(lane != NULL)) {
        note(lane, be__ticks(), other(BE__ADOPT, (uint64_t)context.lane << 32 | context.serial));
        make_room(lane);
    }
}

void be__trace_leave_on(be_tracer *tracer)
{
    struct be__lane *lane = lane_of(tracer);
    if (BE__LIKELY(lane != NULL)) {
        note(lane, be__ticks(), BE__LEAVE);
        make_room(lane);
    }
}

void be__sample_lanes(be_tracer *tracer)
{
    struct be__lane *own = lane_of(tracer);
    if (!own) {
        return;
    }
    pthread_mutex_lock(&tracer->lock);
    own->samples = true;
    size_t room = BE__RING / 2, n_slots = tracer->n_slots;
    for (size_t slot = 0; slot < n_slots && room > 0; slot++) {
        struct be__lane *lane = tracer->lanes[slot];
        struct timespec t;
        if (!lane || lane->samples || clock_gettime(lane->cpu_clock, &t) != 0) {
            continue;
        }
        uint64_t cpu = (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
        uint64_t on = lane->sampled ? cpu - lane->sampled_cpu_ns : 0;
        lane->sampled = true;
        lane->sampled_cpu_ns = cpu;
        put(own, be__ticks(), other(BE__SAMPLE, (uint64_t)slot << BE__SAMPLE_BITS | on));
        room--;
    }
    pthread_mutex_unlock(&tracer->lock);
    make_room(own);
}
