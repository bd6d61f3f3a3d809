/* enumerate.c: all states of a map, each stepped; see be_lfsr_enumerate.
 *
 * One-to-one maps. A gate is a state that is a multiple of `every`. From each gate a walk goes to
 * the next one, the gate itself or another: a stretch. Stretches of a one-to-one map share no
 * states, so they can be walked in any order and by any thread; each writes where it ended and
 * after how many steps. Following these arrays gives the cycles that have a gate. A state that no
 * stretch passed is on a cycle without one; such a cycle is counted from its least state: a walk is
 * given up when it meets a lesser state than it began with, which is after a few steps on average.
 *
 * Ticking off. Setting a bit for each state in turn misses the cache each time. So states are
 * sorted by their high bits into buffers, one for each region of the bitmap; a full buffer is
 * worked off while its region is in the cache. Regions have locks, for threads share the bitmap.
 *
 * What proves what. All stretches together have as many steps as the bitmap has bits: no state was
 * passed twice. The other cycles are disjoint, having different least states, and pass only states
 * without a bit. Together they are as many as there are states: so each was visited, once.
 *
 * Other maps. The image of the image of ... all states shrinks until it is the set of the states on
 * cycles, on which the map is one-to-one: `core`, a bitmap. The number of images is the longest
 * tail.
 */
#include "lfsr/enumerate.h"

#include <breakeven/store.h>

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
    LANES = 8,         /* walks at a time, for one waits for its own last step */
    REGION_BITS = 22,  /* 512 KiB of bitmap */
    REGIONS_MAX = 256, /* or larger regions */
    BUFFER = 1 << 16,  /* states of one region */
    /* Buffers fill alike: a page and a line more between them, lest their ends fall on the same
     * sets of the caches and of the TLB. */
    BUFFER_STRIDE = BUFFER + (4096 + 64) / 4,
    SEGMENT = 1 << 25, /* states, about, between looks at the clock */
    PIECE = 1 << 19,   /* words of a bitmap or an array in a journal's record */
    STATE_BYTES_MAX_BITS = 44
};

enum { RECORD_BITMAP = 1, RECORD_NEXT, RECORD_STEPS, RECORD_WALKED, RECORD_LENGTHS, RECORD_REST };

/* Cycle lengths found, and a sum over cycles that stands for where they lie. Kept by one thread. */
typedef struct tally {
    be_lfsr_length *slot; /* [capacity] open addressing; length 0 is free */
    size_t capacity;      /* a power of two, or 0 */
    size_t n;
    uint64_t cycles, states;
    be_hash128 where;
} tally;

/* A thread's buffers. */
typedef struct bench {
    uint32_t fill[REGIONS_MAX];
    uint32_t *buffer; /* [regions][BUFFER] low bits of states */
    bool taken;
} bench;

/* A growing list of the least states of cycles without a gate, for labels. */
typedef struct leaders {
    uint64_t *state;
    size_t n;
    size_t capacity;
} leaders;

typedef struct enumeration {
    const be__lfsr_map *map;
    be_engine *engine;
    const be_allocator *allocator;
    const be_lfsr_enumerate_options *options;
    be_error *error;
    be_journal *journal;
    uint64_t n_words; /* of a bitmap */
    uint64_t n_gates;
    unsigned region_bits;
    unsigned n_regions;
    unsigned n_benches;
    bench *benches;
    pthread_mutex_t *locks; /* [n_regions] */
    uint64_t *bitmap;       /* what is ticked off into, now */
    uint64_t *visited;
    uint64_t *core;       /* NULL: all states */
    uint32_t *next;       /* [n_gates] */
    uint64_t *steps;      /* [n_gates] 0: no gate of the core */
    uint64_t walked;      /* gates done */
    uint64_t rest;        /* words searched for cycles without a gate */
    pthread_mutex_t lock; /* of what follows */
    tally found;
    leaders leaders;
    uint64_t *tails; /* [longest_tail + 1] */
    uint64_t longest_tail;
    uint64_t total, done; /* for progress, in states */
    uint64_t due_ns;
} enumeration;

/* ---- tallies -------------------------------------------------------------------------------- */

static void tally_clear(tally *t, const be_allocator *allocator)
{
    be__release(allocator, t->slot, t->capacity, sizeof *t->slot);
    *t = (tally){0};
}

static be_lfsr_length *slot_of(tally *t, uint64_t length)
{
    size_t i = (size_t)((length * UINT64_C(0x9E3779B97F4A7C15)) >> 20) & (t->capacity - 1);
    while (t->slot[i].length && t->slot[i].length != length) {
        i = (i + 1) & (t->capacity - 1);
    }
    return &t->slot[i];
}

static bool tally_lengths(tally *t, uint64_t length, uint64_t cycles, const be_allocator *allocator)
{
    if (2 * (t->n + 1) > t->capacity) {
        tally grown = *t;
        grown.capacity = t->capacity ? 2 * t->capacity : 64;
        grown.slot = be__allocate_zeroed(allocator, grown.capacity, sizeof *grown.slot);
        if (!grown.slot) {
            return false;
        }
        for (size_t i = 0; i < t->capacity; i++) {
            if (t->slot[i].length) {
                *slot_of(&grown, t->slot[i].length) = t->slot[i];
            }
        }
        be__release(allocator, t->slot, t->capacity, sizeof *t->slot);
        *t = grown;
    }
    be_lfsr_length *slot = slot_of(t, length);
    t->n += slot->length == 0;
    slot->length = length;
    slot->cycles += cycles;
    t->cycles += cycles;
    t->states += length * cycles;
    return true;
}

static be_hash128 sum(be_hash128 a, be_hash128 b)
{
    be_hash128 s = {a.low + b.low, a.high + b.high};
    s.high += s.low < a.low;
    return s;
}

/* A cycle known by one of its states, which its length and the map determine. */
static bool tally_cycle(tally *t, uint64_t state, uint64_t length, const be_allocator *allocator)
{
    uint64_t both[2] = {state, length};
    t->where = sum(t->where, be_hash(both, sizeof both));
    return tally_lengths(t, length, 1, allocator);
}

static bool tally_merge(tally *to, const tally *from, const be_allocator *allocator)
{
    bool fits = true;
    for (size_t i = 0; i < from->capacity && fits; i++) {
        if (from->slot[i].length) {
            fits = tally_lengths(to, from->slot[i].length, from->slot[i].cycles, allocator);
        }
    }
    to->where = sum(to->where, from->where);
    return fits;
}

/* ---- ticking off ---------------------------------------------------------------------------- */

static void work_off(enumeration *e, bench *b, unsigned region)
{
    uint64_t *words = e->bitmap + ((uint64_t)region << e->region_bits) / 64;
    const uint32_t *states = b->buffer + (size_t)region * BUFFER_STRIDE;
    pthread_mutex_lock(&e->locks[region]);
    for (uint32_t i = 0; i < b->fill[region]; i++) {
        words[states[i] / 64] |= UINT64_C(1) << states[i] % 64;
    }
    pthread_mutex_unlock(&e->locks[region]);
    b->fill[region] = 0;
}

static inline void tick_off(enumeration *e, bench *b, uint64_t state)
{
    unsigned region = (unsigned)(state >> e->region_bits);
    uint32_t at = b->fill[region]++;
    b->buffer[(size_t)region * BUFFER_STRIDE + at] =
        (uint32_t)(state & ((UINT64_C(1) << e->region_bits) - 1));
    if (at + 1 == BUFFER) {
        work_off(e, b, region);
    }
}

static void work_off_all(enumeration *e)
{
    for (unsigned k = 0; k < e->n_benches; k++) {
        for (unsigned region = 0; region < e->n_regions; region++) {
            if (e->benches[k].fill[region]) {
                work_off(e, &e->benches[k], region);
            }
        }
    }
}

/* There are as many as the engine has workers; a forced loop with more waits here. */
static bench *take_bench(enumeration *e)
{
    for (;;) {
        pthread_mutex_lock(&e->lock);
        for (unsigned k = 0; k < e->n_benches; k++) {
            if (!e->benches[k].taken) {
                e->benches[k].taken = true;
                pthread_mutex_unlock(&e->lock);
                return &e->benches[k];
            }
        }
        pthread_mutex_unlock(&e->lock);
        sched_yield();
    }
}

static void give_bench(enumeration *e, bench *b)
{
    pthread_mutex_lock(&e->lock);
    b->taken = false;
    pthread_mutex_unlock(&e->lock);
}

static bool has(const uint64_t *bitmap, uint64_t state)
{
    return bitmap[state / 64] >> state % 64 & 1;
}

static bool in_core(const enumeration *e, uint64_t state)
{
    return !e->core || has(e->core, state);
}

/* The word's bits that are states at all. */
static uint64_t states_of_word(const enumeration *e, uint64_t word)
{
    uint64_t left = e->map->n_states - 64 * word;
    return left >= 64 ? UINT64_MAX : (UINT64_C(1) << left) - 1;
}

static uint64_t count_bits(const uint64_t *bitmap, uint64_t n_words)
{
    uint64_t bits = 0;
    for (uint64_t w = 0; w < n_words; w++) {
        bits += (uint64_t)__builtin_popcountll(bitmap[w]);
    }
    return bits;
}

/* ---- stretches ------------------------------------------------------------------------------ */

/* Walks under way, by lanes [0, n): they are short of their next gate. */
typedef struct walks {
    uint64_t state[LANES];
    uint64_t gate[LANES];  /* each began there */
    uint64_t since[LANES]; /* in this round */
    unsigned n;
} walks;

typedef uint64_t step_function(const be__lfsr_map *map, uint64_t state);

/* Walk from gates [begin, end), LANES at a time: in a round each takes a step. Inlined for each
 * kind of step. */
static inline __attribute__((always_inline)) be_status
walk(enumeration *e, bench *b, uint64_t begin, uint64_t end, step_function *step, bool power_of_2)
{
    be__lfsr_map map = *e->map; /* a copy nobody else could change */
    walks w = {.n = 0};
    uint64_t gate = begin, mask = map.every - 1;
    uint64_t last_round = map.n_states + 1; /* one-to-one: no state twice, in one lane or in many */
    for (uint64_t round = 0;;) {
        for (; w.n < LANES && gate < end; gate++) {
            e->steps[gate] = 0;
            if (in_core(e, gate * map.every)) {
                w.state[w.n] = gate * map.every;
                w.gate[w.n] = gate;
                w.since[w.n++] = round;
            }
        }
        if (w.n == 0) {
            return BE_OK;
        }
        uint64_t nearest; /* 0 when a lane is at a gate */
        do {
            nearest = 1;
            unsigned n = w.n == LANES ? LANES : w.n; /* LANES: a constant, to unroll by */
            for (unsigned l = 0; l < n; l++) {
                uint64_t s = step(&map, w.state[l]);
                w.state[l] = s;
                tick_off(e, b, s);
                uint64_t off = power_of_2 ? s & mask : s % map.every;
                nearest = off ? nearest : 0;
            }
        } while (nearest && ++round < last_round);
        if (nearest) {
            return BE_EMISMATCH;
        }
        round++;
        for (unsigned l = w.n; l-- > 0;) {
            if (w.state[l] % map.every == 0) {
                e->next[w.gate[l]] = (uint32_t)(w.state[l] / map.every);
                e->steps[w.gate[l]] = round - w.since[l];
                w.n--;
                w.state[l] = w.state[w.n];
                w.gate[l] = w.gate[w.n];
                w.since[l] = w.since[w.n];
            }
        }
    }
}

static inline uint64_t step_fibonacci(const be__lfsr_map *map, uint64_t s)
{
    uint64_t out = (uint64_t)__builtin_parityll(s & map->taps);
    return (s >> 1 | out << (map->bits - 1)) ^ map->constant;
}

static inline uint64_t step_galois(const be__lfsr_map *map, uint64_t s)
{
    return (s << 1 & (map->n_states - 1)) ^ (map->taps & -(s >> (map->bits - 1))) ^ map->constant;
}

static be_status walk_range(void *ctx, size_t begin, size_t end, be_worker *worker)
{
    enumeration *e = ctx;
    bench *b = take_bench(e);
    be_status status;
    begin += e->walked;
    end += e->walked;
    switch (e->map->kind) {
    case BE__STEP_FIBONACCI:
        status = walk(e, b, begin, end, step_fibonacci, true);
        break;
    case BE__STEP_GALOIS:
        status = walk(e, b, begin, end, step_galois, true);
        break;
    case BE__STEP_TABLES:
        status = walk(e, b, begin, end, be__lfsr_map_step, true);
        break;
    default:
        status = walk(e, b, begin, end, be__lfsr_map_step, false);
    }
    give_bench(e, b);
    return status ? be_fail(worker, begin - e->walked, status) : BE_OK;
}

/* ---- the journal ---------------------------------------------------------------------------- */

static bool due(enumeration *e)
{
    return e->journal && be_now_ns() >= e->due_ns;
}

/* A checkpoint may take a twentieth of the time between two. */
static void set_due(enumeration *e, uint64_t took_ns)
{
    uint64_t every = e->options->checkpoint_ns ? e->options->checkpoint_ns : UINT64_C(10000000000);
    every = every > 20 * took_ns || e->options->checkpoint_ns ? every : 20 * took_ns;
    e->due_ns = be_now_ns() + every;
}

static be_status append_array(enumeration *e, uint32_t kind, const void *array, uint64_t n,
                              size_t size)
{
    be_status status = BE_OK;
    for (uint64_t at = 0; at < n && !status; at += PIECE) {
        uint64_t end = n - at < PIECE ? n : at + PIECE;
        status = be_journal_append(e->journal, kind, at, end, (const char *)array + at * size,
                                   (size_t)(end - at) * size, e->error);
    }
    return status;
}

/* All that is known of the stretches, in place of what the journal had. */
static be_status write_walks(enumeration *e)
{
    uint64_t begin_ns = be_now_ns();
    be_status status = be_journal_restart(e->journal, e->error);
    status = status ? status : append_array(e, RECORD_BITMAP, e->visited, e->n_words, 8);
    status = status ? status : append_array(e, RECORD_NEXT, e->next, e->walked, 4);
    status = status ? status : append_array(e, RECORD_STEPS, e->steps, e->walked, 8);
    if (!status) {
        status = be_journal_append(e->journal, RECORD_WALKED, 0, e->walked, NULL, 0, e->error);
    }
    status = status ? status : be_journal_commit(e->journal, e->error);
    set_due(e, be_now_ns() - begin_ns);
    return status;
}

/* All that is known once `rest` words, not none, were searched: the lengths, then the rest. */
static be_status write_rest(enumeration *e)
{
    const tally *t = &e->found;
    uint64_t where[2] = {t->where.low, t->where.high};
    be_status status = be_journal_append(e->journal, RECORD_LENGTHS, 0, t->capacity, t->slot,
                                         t->capacity * sizeof *t->slot, e->error);
    if (!status) {
        status =
            be_journal_append(e->journal, RECORD_REST, 0, e->rest, where, sizeof where, e->error);
    }
    status = status ? status : be_journal_commit(e->journal, e->error);
    set_due(e, 0);
    return status;
}

static be_status read_array(void *array, uint64_t n, size_t size, uint64_t begin, uint64_t end,
                            const void *payload, size_t payload_size)
{
    if (begin > end || end > n || payload_size != (end - begin) * size) {
        return BE_EINVAL;
    }
    memcpy((char *)array + begin * size, payload, payload_size);
    return BE_OK;
}

static be_status read_lengths(enumeration *e, const be_lfsr_length *slot, size_t size)
{
    tally_clear(&e->found, e->allocator);
    for (size_t i = 0; i < size / sizeof *slot; i++) {
        if (slot[i].length &&
            !tally_lengths(&e->found, slot[i].length, slot[i].cycles, e->allocator)) {
            return BE_ENOMEM;
        }
    }
    return BE_OK;
}

static be_status read_rest(enumeration *e, uint64_t end, const void *payload, size_t size)
{
    uint64_t where[2];
    if (size != sizeof where || end > e->n_words) {
        return BE_EINVAL;
    }
    memcpy(where, payload, size);
    e->found.where = (be_hash128){where[0], where[1]};
    e->rest = end;
    return BE_OK;
}

static be_status read_record(void *user, uint32_t kind, uint64_t begin, uint64_t end,
                             const void *payload, size_t size)
{
    enumeration *e = user;
    switch (kind) {
    case RECORD_BITMAP:
        return read_array(e->visited, e->n_words, 8, begin, end, payload, size);
    case RECORD_NEXT:
        return read_array(e->next, e->n_gates, 4, begin, end, payload, size);
    case RECORD_STEPS:
        return read_array(e->steps, e->n_gates, 8, begin, end, payload, size);
    case RECORD_WALKED:
        e->walked = end;
        return end <= e->n_gates ? BE_OK : BE_EINVAL;
    case RECORD_LENGTHS: /* with labels the search is done again, for it names the cycles */
        return e->options->labels ? BE_OK : read_lengths(e, payload, size);
    case RECORD_REST:
        return e->options->labels ? BE_OK : read_rest(e, end, payload, size);
    default:
        return BE_EINVAL;
    }
}

/* ---- loops ---------------------------------------------------------------------------------- */

static void tell(enumeration *e, uint64_t states)
{
    e->done += states;
    if (e->options->progress) {
        e->options->progress(e->options->user, e->done, e->total);
    }
}

/* Items here begin cheap, while buffers fill, and cost several times as much from then on: what the
 * engine measures of the first ones would keep helpers away. So of a loop over many states its
 * workers are all asked for. */
static be_status loop(enumeration *e, const be_site *site, uint64_t n, be_body *body)
{
    enum { MANY = 1 << 22, CLAIMS = 256 };
    be_force force = {.schedule = BE_SCHEDULE_DYNAMIC, .grain = (size_t)(n / CLAIMS + 1)};
    bool many = e->map->n_states >= MANY;
    be_for_options options = {.size = sizeof options,
                              .cancel = e->options->cancel,
                              .force = many ? &force : NULL,
                              .error = e->error};
    be_status status = be_for(e->engine, site, (size_t)n, body, e, &options);
    if (status == BE_EMISMATCH) {
        be_error_set(e->error, status, "a step that takes no two states to one");
    }
    return status;
}

static be_status walk_all(enumeration *e)
{
    static const be_site SITE = BE_SITE("lfsr.enumerate.walk");
    uint64_t segment = SEGMENT / e->map->every;
    segment = segment < 1024 ? 1024 : segment;
    e->bitmap = e->visited;
    be_status status = BE_OK;
    tell(e, e->walked * e->map->every);
    while (e->walked < e->n_gates && !status) {
        uint64_t n = e->n_gates - e->walked < segment ? e->n_gates - e->walked : segment;
        status = loop(e, &SITE, n, walk_range);
        work_off_all(e);
        if (!status) {
            e->walked += n;
            tell(e, n * e->map->every);
        }
        if (status == BE_ECANCEL ? e->journal != NULL : !status && due(e)) {
            be_status written = write_walks(e);
            status = status ? status : written;
        }
    }
    return status;
}

/* Follow the stretches. Steps that were taken are marked by their highest bit, and unmarked after.
 */
static be_status join_stretches(enumeration *e)
{
    const uint64_t MARK = UINT64_C(1) << 63;
    uint64_t states = 0;
    for (uint64_t first = 0; first < e->n_gates; first++) {
        uint64_t length = 0, gate = first;
        while (e->steps[gate] != 0 && !(e->steps[gate] & MARK)) {
            length += e->steps[gate];
            e->steps[gate] |= MARK;
            gate = e->next[gate];
        }
        states += length;
        if (length && gate != first) {
            return be_error_set(e->error, BE_EMISMATCH, "stretches that close to cycles");
        }
        if (length && !tally_cycle(&e->found, first * e->map->every, length, e->allocator)) {
            return BE_ENOMEM;
        }
    }
    for (uint64_t gate = 0; gate < e->n_gates; gate++) {
        e->steps[gate] &= ~MARK;
    }
    return count_bits(e->visited, e->n_words) == states
               ? BE_OK
               : be_error_set(e->error, BE_EMISMATCH, "no state on two stretches");
}

/* ---- the rest ------------------------------------------------------------------------------- */

/* The length of the cycle of `first` when that is its least state, else 0. A state that a stretch
 * passed cannot be met. */
static uint64_t length_from_least(enumeration *e, uint64_t first, be_status *status)
{
    uint64_t s = first, length = 0;
    do {
        s = be__lfsr_map_step(e->map, s);
        length++;
        if (has(e->visited, s) || length > e->map->n_states) {
            *status = BE_EMISMATCH;
            return 0;
        }
    } while (s > first);
    return s == first ? length : 0;
}

static bool keep_leader(leaders *l, uint64_t state, const be_allocator *allocator)
{
    if (l->n == l->capacity) {
        size_t capacity = l->capacity ? 2 * l->capacity : 256;
        uint64_t *more = be__allocate(allocator, capacity, sizeof *more);
        if (!more) {
            return false;
        }
        if (l->n) {
            memcpy(more, l->state, l->n * sizeof *more);
        }
        be__release(allocator, l->state, l->capacity, sizeof *more);
        l->state = more;
        l->capacity = capacity;
    }
    l->state[l->n++] = state;
    return true;
}

static be_status search_words(void *ctx, size_t begin, size_t end, be_worker *worker)
{
    enumeration *e = ctx;
    tally mine = {0};
    be_status status = BE_OK;
    for (uint64_t w = e->rest + begin; w < e->rest + end && !status; w++) {
        uint64_t left = ~e->visited[w] & (e->core ? e->core[w] : states_of_word(e, w));
        for (; left && !status; left &= left - 1) {
            uint64_t first = 64 * w + (uint64_t)__builtin_ctzll(left);
            uint64_t length = length_from_least(e, first, &status);
            if (length && !tally_cycle(&mine, first, length, e->allocator)) {
                status = BE_ENOMEM;
            }
            if (length && e->options->labels && !status) {
                pthread_mutex_lock(&e->lock);
                status = keep_leader(&e->leaders, first, e->allocator) ? BE_OK : BE_ENOMEM;
                pthread_mutex_unlock(&e->lock);
            }
        }
    }
    pthread_mutex_lock(&e->lock);
    if (!status && !tally_merge(&e->found, &mine, e->allocator)) {
        status = BE_ENOMEM;
    }
    pthread_mutex_unlock(&e->lock);
    tally_clear(&mine, e->allocator);
    return status ? be_fail(worker, begin, status) : BE_OK;
}

/* Segment by segment, so that a checkpoint has whole ones: a segment that was broken off leaves its
 * part of the tally behind, so the tally before it is kept. */
static be_status search_rest(enumeration *e)
{
    static const be_site SITE = BE_SITE("lfsr.enumerate.rest");
    uint64_t segment = SEGMENT / 64;
    be_status status = BE_OK;
    while (e->rest < e->n_words && !status) {
        uint64_t n = e->n_words - e->rest < segment ? e->n_words - e->rest : segment;
        tally before = {0};
        if (!tally_merge(&before, &e->found, e->allocator)) {
            status = BE_ENOMEM;
        }
        status = status ? status : loop(e, &SITE, n, search_words);
        if (status) {
            tally broken = e->found;
            e->found = before;
            before = broken;
        } else {
            e->rest += n;
        }
        tally_clear(&before, e->allocator);
        if (e->rest && (status == BE_ECANCEL ? e->journal != NULL : !status && due(e))) {
            be_status written = write_rest(e);
            status = status ? status : written;
        }
    }
    return status;
}

/* ---- memory ---------------------------------------------------------------------------------- */

/* Large pages for what is met in no order: a state each would else miss the TLB. Only a help. */
static void large_pages(void *memory, uint64_t size)
{
#ifdef MADV_HUGEPAGE
    const uintptr_t PAGE = 1 << 21;
    uintptr_t begin = ((uintptr_t)memory + PAGE - 1) & ~(PAGE - 1);
    uintptr_t end = ((uintptr_t)memory + size) & ~(PAGE - 1);
    if (begin < end) {
        (void)madvise((void *)begin, end - begin, MADV_HUGEPAGE);
    }
#else
    (void)memory;
    (void)size;
#endif
}

/* A bitmap without a bit; NULL when there is no memory. */
static uint64_t *new_bitmap(const enumeration *e)
{
    uint64_t *bitmap = be__allocate(e->allocator, e->n_words, sizeof *bitmap);
    if (bitmap) {
        large_pages(bitmap, 8 * e->n_words);
        memset(bitmap, 0, 8 * e->n_words);
    }
    return bitmap;
}

/* ---- maps that are not one-to-one ----------------------------------------------------------- */

static be_status image_words(void *ctx, size_t begin, size_t end, be_worker *worker)
{
    (void)worker;
    enumeration *e = ctx;
    bench *b = take_bench(e);
    for (uint64_t w = begin; w < end; w++) {
        uint64_t left = e->core ? e->core[w] : states_of_word(e, w);
        for (; left; left &= left - 1) {
            uint64_t s = 64 * w + (uint64_t)__builtin_ctzll(left);
            tick_off(e, b, be__lfsr_map_step(e->map, s));
        }
    }
    give_bench(e, b);
    return BE_OK;
}

static be_status tail_words(void *ctx, size_t begin, size_t end, be_worker *worker)
{
    (void)worker;
    enumeration *e = ctx;
    uint64_t *count = be__allocate_zeroed(e->allocator, e->longest_tail + 1, sizeof *count);
    if (!count) {
        return be_fail(worker, begin, BE_ENOMEM);
    }
    for (uint64_t w = begin; w < end; w++) {
        for (uint64_t left = states_of_word(e, w); left; left &= left - 1) {
            uint64_t s = 64 * w + (uint64_t)__builtin_ctzll(left), steps = 0;
            for (; !in_core(e, s); steps++) {
                s = be__lfsr_map_step(e->map, s);
            }
            count[steps]++;
        }
    }
    pthread_mutex_lock(&e->lock);
    for (uint64_t j = 0; j <= e->longest_tail; j++) {
        e->tails[j] += count[j];
    }
    pthread_mutex_unlock(&e->lock);
    be__release(e->allocator, count, e->longest_tail + 1, sizeof *count);
    return BE_OK;
}

/* core = the states on cycles; NULL stays when these are all. */
static be_status find_core(enumeration *e)
{
    static const be_site IMAGE = BE_SITE("lfsr.enumerate.image");
    uint64_t before = e->map->n_states;
    be_status status = BE_OK;
    while (!status && !e->map->one_to_one) {
        uint64_t *image = new_bitmap(e);
        if (!image) {
            return BE_ENOMEM;
        }
        e->bitmap = image;
        status = loop(e, &IMAGE, e->n_words, image_words);
        work_off_all(e);
        uint64_t now = count_bits(image, e->n_words);
        if (status || now == before) {
            be__release(e->allocator, image, e->n_words, sizeof *image);
            break;
        }
        be__release(e->allocator, e->core, e->n_words, sizeof *e->core);
        e->core = image;
        e->longest_tail++;
        before = now;
    }
    return status;
}

static be_status count_tails(enumeration *e)
{
    static const be_site TAILS = BE_SITE("lfsr.enumerate.tails");
    e->tails = be__allocate_zeroed(e->allocator, e->longest_tail + 1, sizeof *e->tails);
    if (!e->tails) {
        return BE_ENOMEM;
    }
    if (!e->core) {
        e->tails[0] = e->map->n_states;
        return BE_OK;
    }
    return loop(e, &TAILS, e->n_words, tail_words);
}

/* ---- labels --------------------------------------------------------------------------------- */

/* Cycles are numbered by the state they are known by: the least gate, or the least state. For the
 * gates, `next` is given up to hold their labels. */
typedef struct labelling {
    enumeration *e;
    uint32_t first_leader; /* label of leaders[0]; those after follow */
} labelling;

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static be_status label_stretches(void *ctx, size_t begin, size_t end, be_worker *worker)
{
    (void)worker;
    enumeration *e = ctx;
    for (uint64_t gate = begin; gate < end; gate++) {
        uint64_t s = gate * e->map->every;
        for (uint64_t k = 0; k < e->steps[gate]; k++) {
            e->options->labels[s] = e->next[gate];
            s = be__lfsr_map_step(e->map, s);
        }
    }
    return BE_OK;
}

static be_status label_leaders(void *ctx, size_t begin, size_t end, be_worker *worker)
{
    (void)worker;
    const labelling *l = ctx;
    enumeration *e = l->e;
    for (size_t i = begin; i < end; i++) {
        uint64_t s = e->leaders.state[i];
        do {
            e->options->labels[s] = l->first_leader + (uint32_t)i;
            s = be__lfsr_map_step(e->map, s);
        } while (s != e->leaders.state[i]);
    }
    return BE_OK;
}

static be_status label_tails(void *ctx, size_t begin, size_t end, be_worker *worker)
{
    (void)worker;
    enumeration *e = ctx;
    for (uint64_t w = begin; w < end; w++) {
        for (uint64_t left = states_of_word(e, w) & ~e->core[w]; left; left &= left - 1) {
            uint64_t first = 64 * w + (uint64_t)__builtin_ctzll(left), s = first;
            while (!in_core(e, s)) {
                s = be__lfsr_map_step(e->map, s);
            }
            e->options->labels[first] = e->options->labels[s];
        }
    }
    return BE_OK;
}

static be_status write_labels(enumeration *e)
{
    static const be_site STRETCHES = BE_SITE("lfsr.enumerate.labels");
    static const be_site LEADERS = BE_SITE("lfsr.enumerate.labels.rest");
    static const be_site TAILS = BE_SITE("lfsr.enumerate.labels.tails");
    const uint32_t NONE = UINT32_MAX;
    uint32_t n = 0;
    uint32_t *label = be__allocate(e->allocator, e->n_gates, sizeof *label);
    if (!label) {
        return BE_ENOMEM;
    }
    memset(label, 0xff, e->n_gates * sizeof *label);
    for (uint64_t first = 0; first < e->n_gates; first++) {
        uint64_t gate = first;
        for (; e->steps[gate] && label[gate] == NONE; gate = e->next[gate]) {
            label[gate] = n;
        }
        n += e->steps[first] && label[first] == n;
    }
    uint32_t *next = e->next;
    e->next = label;
    if (e->leaders.n) {
        qsort(e->leaders.state, e->leaders.n, sizeof *e->leaders.state, by_value);
    }
    labelling l = {e, n};
    be_for_options options = {
        .size = sizeof options, .cancel = e->options->cancel, .error = e->error};
    be_status status = loop(e, &STRETCHES, e->n_gates, label_stretches);
    if (!status) {
        status = be_for(e->engine, &LEADERS, e->leaders.n, label_leaders, &l, &options);
    }
    if (!status && e->core) {
        status = loop(e, &TAILS, e->n_words, label_tails);
    }
    e->next = next;
    be__release(e->allocator, label, e->n_gates, sizeof *label);
    return status;
}

/* ---- all of it ------------------------------------------------------------------------------ */

static void shape(enumeration *e)
{
    const be__lfsr_map *map = e->map;
    e->n_words = (map->n_states + 63) / 64;
    e->n_gates = map->n_states / map->every;
    e->region_bits = REGION_BITS;
    while ((map->n_states - 1) >> e->region_bits >= REGIONS_MAX) {
        e->region_bits++;
    }
    e->n_regions = (unsigned)((map->n_states - 1) >> e->region_bits) + 1;
}

static uint64_t bytes_of(const enumeration *e)
{
    uint64_t bitmaps = e->map->one_to_one ? 1 : 3;
    return bitmaps * 8 * e->n_words + 12 * e->n_gates +
           e->n_benches *
               (sizeof(bench) + (uint64_t)e->n_regions * BUFFER_STRIDE * sizeof(uint32_t)) +
           e->map->tables_size * 8;
}

static unsigned workers_of(be_engine *engine)
{
    be_engine_info info;
    be_engine_describe(engine, &info);
    return info.workers;
}

uint64_t be__lfsr_enumerate_map_bytes(const be__lfsr_map *map, unsigned workers)
{
    enumeration e = {.map = map, .n_benches = workers};
    shape(&e);
    return bytes_of(&e);
}

static be_status take_memory(enumeration *e)
{
    const be_allocator *a = e->allocator;
    e->visited = new_bitmap(e);
    e->next = be__allocate_zeroed(a, e->n_gates, sizeof *e->next);
    e->steps = be__allocate_zeroed(a, e->n_gates, sizeof *e->steps);
    e->benches = be__allocate_zeroed(a, e->n_benches, sizeof *e->benches);
    e->locks = be__allocate(a, e->n_regions, sizeof *e->locks);
    bool enough = e->visited && e->next && e->steps && e->benches && e->locks;
    for (unsigned k = 0; k < e->n_benches && enough; k++) {
        e->benches[k].buffer =
            be__allocate(a, (size_t)e->n_regions * BUFFER_STRIDE, sizeof *e->benches[k].buffer);
        enough = e->benches[k].buffer != NULL;
        if (enough) {
            large_pages(e->benches[k].buffer,
                        (uint64_t)e->n_regions * BUFFER_STRIDE * sizeof(uint32_t));
        }
    }
    if (!enough) {
        return be_error_set(e->error, BE_ENOMEM,
                            "%llu bytes of memory; the census of the algebra "
                            "needs none",
                            (unsigned long long)bytes_of(e));
    }
    return BE_OK;
}

static void give_memory(enumeration *e)
{
    const be_allocator *a = e->allocator;
    for (unsigned k = 0; k < e->n_benches && e->benches; k++) {
        be__release(a, e->benches[k].buffer, (size_t)e->n_regions * BUFFER_STRIDE,
                    sizeof(uint32_t));
    }
    be__release(a, e->benches, e->n_benches, sizeof *e->benches);
    be__release(a, e->locks, e->n_regions, sizeof *e->locks);
    be__release(a, e->visited, e->n_words, sizeof *e->visited);
    be__release(a, e->core, e->n_words, sizeof *e->core);
    be__release(a, e->next, e->n_gates, sizeof *e->next);
    be__release(a, e->steps, e->n_gates, sizeof *e->steps);
    be__release(a, e->leaders.state, e->leaders.capacity, sizeof *e->leaders.state);
    be__release(a, e->tails, e->longest_tail + 1, sizeof *e->tails);
    tally_clear(&e->found, a);
}

static int by_length(const void *a, const void *b)
{
    uint64_t x = ((const be_lfsr_length *)a)->length, y = ((const be_lfsr_length *)b)->length;
    return (x > y) - (x < y);
}

static be_hash128 digest_of(const be_lfsr_partition *p, be_hash128 where)
{
    uint64_t parts[8] = {p->states,       p->on_cycles, p->n_cycles,
                         p->longest_tail, where.low,    where.high};
    be_hash128 lengths = be_hash(p->lengths, p->n_lengths * sizeof *p->lengths);
    be_hash128 tails = be_hash(p->tails, (size_t)(p->longest_tail + 1) * sizeof *p->tails);
    parts[6] = lengths.low ^ tails.high;
    parts[7] = lengths.high ^ tails.low;
    return be_hash(parts, sizeof parts);
}

static be_status conclude(enumeration *e, be_lfsr_partition *partition)
{
    if (e->found.states != e->tails[0]) {
        return be_error_set(e->error, BE_EMISMATCH, "cycles of %llu states, and they have %llu",
                            (unsigned long long)e->tails[0], (unsigned long long)e->found.states);
    }
    be_lfsr_partition p = {.states = e->map->n_states,
                           .on_cycles = e->found.states,
                           .n_cycles = e->found.cycles,
                           .longest_tail = e->longest_tail,
                           .allocator = e->allocator};
    p.lengths = be__allocate(e->allocator, e->found.n, sizeof *p.lengths);
    if (!p.lengths) {
        return BE_ENOMEM;
    }
    for (size_t i = 0; i < e->found.capacity; i++) {
        if (e->found.slot[i].length) {
            p.lengths[p.n_lengths++] = e->found.slot[i];
        }
    }
    qsort(p.lengths, p.n_lengths, sizeof *p.lengths, by_length);
    p.tails = e->tails;
    e->tails = NULL;
    p.digest = digest_of(&p, e->found.where);
    *partition = p;
    return BE_OK;
}

be_status be__lfsr_enumerate_map(be_engine *engine, const be__lfsr_map *map, be_hash128 job,
                                 const be_lfsr_enumerate_options *options,
                                 be_lfsr_partition *partition, be_error *error)
{
    static const be_lfsr_enumerate_options NONE = {0};
    be_error said = {.item = BE_NO_ITEM};
    enumeration e = {.map = map,
                     .engine = engine,
                     .options = options ? options : &NONE,
                     .error = &said,
                     .n_benches = workers_of(engine),
                     .total = map->n_states};
    e.allocator = e.options->allocator;
    shape(&e);
    if (map->n_states >> STATE_BYTES_MAX_BITS || e.n_gates > UINT32_MAX) {
        return be_error_set(error, BE_ELIMIT,
                            "fewer states: %llu need %llu bytes; the census of the algebra needs "
                            "none",
                            (unsigned long long)map->n_states, (unsigned long long)bytes_of(&e));
    }
    pthread_mutex_init(&e.lock, NULL);
    be_status status = take_memory(&e);
    for (unsigned r = 0; r < e.n_regions && !status; r++) {
        pthread_mutex_init(&e.locks[r], NULL);
    }
    if (!status && e.options->journal) {
        status = be_journal_open(e.options->journal, job, read_record, &e, &e.journal, e.error);
        set_due(&e, 0);
    }
    status = status ? status : find_core(&e);
    status = status ? status : count_tails(&e);
    status = status ? status : walk_all(&e);
    if (!status && e.journal && e.rest == 0) {
        status = write_walks(&e);
    }
    bool joined = e.rest > 0; /* then the journal's tally has the stretches, too */
    if (!status && !joined) {
        status = join_stretches(&e);
    }
    status = status ? status : search_rest(&e);
    if (!status && e.journal) {
        status = write_rest(&e);
    }
    if (!status && e.options->labels) {
        status = e.found.cycles <= UINT32_MAX
                     ? write_labels(&e)
                     : be_error_set(e.error, BE_ELIMIT, "fewer cycles, to label them in 32 bits");
    }
    status = status ? status : conclude(&e, partition);
    if (status && !said.expected[0]) {
        be_error_set(&said, status, "memory for the cycles");
    }
    if (status && error) {
        *error = said;
    }
    be_journal_close(e.journal);
    for (unsigned r = 0; r < e.n_regions && e.locks; r++) {
        pthread_mutex_destroy(&e.locks[r]);
    }
    pthread_mutex_destroy(&e.lock);
    give_memory(&e);
    return status;
}

/* The register and all its numbers. */
static be_status job_of(const be_lfsr *lfsr, be_hash128 *job)
{
    be_text text;
    be_text_init(&text, lfsr->allocator);
    be_lfsr_reading reading = {.kind = BE_LFSR_KIND_MATRIX};
    be_text_printf(&text, "lfsr.enumerate/1 %llu %llu %d ", (unsigned long long)lfsr->field.q,
                   (unsigned long long)lfsr->field.modulus, (int)lfsr->form);
    be_status status = be_lfsr_format(lfsr, &reading, 'x', &text);
    if (!status) {
        *job = be_hash(text.bytes, text.size);
    }
    be_text_clear(&text);
    return status;
}

be_status be_lfsr_enumerate(be_engine *engine, const be_lfsr *lfsr,
                            const be_lfsr_enumerate_options *options, be_lfsr_partition *partition,
                            be_error *error)
{
    be__lfsr_map map;
    be_hash128 job;
    be_status status = be__lfsr_map_init(lfsr, &map);
    if (status) {
        return be_error_set(
            error, status,
            status == BE_ELIMIT
                ? "fewer states: a bit for each of these fits no memory; the census "
                  "of the algebra needs none"
                : "memory for the register");
    }
    status = job_of(lfsr, &job);
    if (!status) {
        status = be__lfsr_enumerate_map(engine, &map, job, options, partition, error);
    }
    be__lfsr_map_clear(&map);
    return status;
}

void be_lfsr_partition_clear(be_lfsr_partition *p)
{
    be__release(p->allocator, p->lengths, p->n_lengths, sizeof *p->lengths);
    be__release(p->allocator, p->tails, (size_t)(p->longest_tail + 1), sizeof *p->tails);
    *p = (be_lfsr_partition){0};
}

uint64_t be_lfsr_enumerate_bytes(be_engine *engine, const be_lfsr *lfsr)
{
    be__lfsr_map map;
    if (be__lfsr_map_init(lfsr, &map)) {
        return UINT64_MAX;
    }
    uint64_t bytes = be__lfsr_enumerate_map_bytes(&map, workers_of(engine));
    be__lfsr_map_clear(&map);
    return bytes;
}
