/* cycles.c: where all 2^d states of a register lie, by enumeration.
 *
 * The plain way walks every cycle and ticks its states off in a bitmap. It cannot be split (one
 * cycle may hold nearly all states), and takes a cache miss per state once the bitmap has outgrown
 * the cache. Here nothing is ticked off, and no two walks ever meet.
 *
 * A state is d consecutive bits of a sequence, so 48 more bits of it are 48 steps: they are a
 * linear function of the state, five table look-ups and four XORs. That is the step below, "a
 * block"; each state passed over is a window of d bits somewhere in it.
 *
 * Take first a register with c_0 = 1: its step is a permutation, every state is on one cycle.
 *
 * Gates. Call a state a gate when it begins with a 1 and then `run` zeros. From each gate, walk to
 * the next one: a stretch. Stepping being injective, stretches do not share states, and they cover
 * exactly the cycles that have a gate. They are independent of each other, so the engine runs them
 * in any order; gates are dense in the numbers (the other d - 1 - run bits are free), so the
 * stretches are two plain arrays, to which gate and in how many steps. Following these arrays gives
 * the cycles, in one access for 2^(run + 1) states on average. A cycle of 2^d - 1 states is walked
 * by thousands of items that cost alike.
 *
 * The rest. If the stretches hold fewer than the 2^d - 1 non-zero states, the others lie on cycles
 * in which every run of zeros is shorter than `run`. In each of those one state is the least of
 * those that begin with a 1; call it u = 1q. Count the cycle when walking from u: a walk is given
 * up as soon as it meets a state that begins with 1 and is less than u, and counts if it comes back
 * to u. Few states have to be tried:
 *
 *   q is a prenecklace: no suffix of q is less than the prefix of q of the same length.
 *   For let q' be the suffix behind the first j bits, and z the number of zeros q begins with. If
 *   bit j - 1 is a 1, the state that starts there is 1q'..., not less than u. If it is a 0, look at
 *   its run of zeros in q. No run is longer than z, for u with a longer one behind its 1 would be
 *   less. So some zeros of the run being cut off, q' begins with fewer than z zeros and then a 1,
 *   and is greater than q; or it is nothing but zeros, at most z of them, and equals the prefix.
 *
 * There are about 2^d / (d - 1) prenecklaces of d - 1 bits, listed in rising order by Duval's rule
 * in a few instructions each, from any number on: the engine splits the range of q. A walk from a
 * prenecklace is as good as over after two blocks on average, since the least of m windows is hard
 * to stay.
 * Source: J.-P. Duval, "Generation d'une section des classes de conjugaison et arbre des mots de
 * Lyndon de longueur bornee", 1988.
 *
 * Singular registers. If P = x^k g, g(0) = 1, then bits from the k-th on follow the recurrence of
 * g: a state is on a cycle when all its bits do, and each cycle is one of the register of g, whose
 * states are the last d - k bits. The tail of a state is as long as 1 + the last place where its
 * first k bits break the rule of g; that place is looked up for every one of the 2^d states.
 *
 * The numbers of states found must sum up to 2^d; so a lost or doubled stretch cannot go unseen.
 */
#include "lfsr/cycles.h"

#include "base/base.h"

#include <stdlib.h>
#include <string.h>

enum {
    BLOCK = 48,           /* bits a look-up gives */
    RUN_MAX = 64 - BLOCK, /* so that a run and the 1 before it lie in one word with a block */
    BYTES = (BE_LFSR_DEGREE_MAX + 7) / 8,
    SLOTS = 1024, /* a power of two above BE_LFSR_LENGTHS_MAX: the table of lengths is never full */
    PREFIX_BITS = 12, /* the rest is split by the first bits of q */
    CHUNK_BITS = 10   /* tails are counted in chunks of so many states */
};

/* Cycle lengths found: open addressing, 0 is free. Only sums go in, so the order they come in does
 * not matter. */
typedef struct tally {
    be_lfsr_length slot[SLOTS];
} tally;

struct be__lfsr_plan {
    const be_allocator *allocator;
    uint64_t polynomial;
    unsigned degree;
    unsigned tail;      /* k: x^k divides P */
    unsigned core;      /* d - k, the degree of g */
    unsigned run;       /* zeros behind the 1 of a gate */
    size_t n_gates;     /* 2^(core - 1 - run); 0 when g = 1 */
    uint32_t *next;     /* [n_gates] the gate that follows */
    uint64_t *steps;    /* [n_gates] so many steps later; 0 once followed */
    tally found;        /* cycles but the one of the zero state */
    uint64_t on_cycles; /* states of the stretches */
    uint64_t tails[BE_LFSR_DEGREE_MAX + 1];
    uint64_t ahead[BYTES][256];       /* 48 bits, the oldest first, from each byte of a state */
    uint64_t breaks[1 << CHUNK_BITS]; /* breaks_of the low bits of a state */
};

/* ---- stepping ------------------------------------------------------------------------------- */

static uint64_t low_bits(unsigned n)
{
    return (UINT64_C(1) << n) - 1;
}

/* The next 48 bits of the sequence whose last bits, 40 or more or all there are, are `past`. */
static inline uint64_t block_after(const be__lfsr_plan *plan, uint64_t past)
{
    return plan->ahead[0][past & 255] ^ plan->ahead[1][past >> 8 & 255] ^
           plan->ahead[2][past >> 16 & 255] ^
           (plan->ahead[3][past >> 24 & 255] ^ plan->ahead[4][past >> 32 & 255]);
}

static void make_blocks(be__lfsr_plan *plan)
{
    uint64_t g = plan->polynomial >> plan->tail;
    uint64_t taps = 0; /* bit for bit of a state */
    for (unsigned i = 0; i < plan->core; i++) {
        taps |= (g >> i & 1) << (plan->core - 1 - i);
    }
    for (unsigned b = 0; b < plan->core; b++) {
        uint64_t past = UINT64_C(1) << b;
        for (int i = 0; i < BLOCK; i++) {
            past = past << 1 | (uint64_t)__builtin_parityll(past & taps);
        }
        plan->ahead[b / 8][1 << b % 8] = past & low_bits(BLOCK);
    }
    for (int byte = 0; byte < BYTES; byte++) {
        uint64_t *ahead = plan->ahead[byte];
        for (int v = 1; v < 256; v++) {
            ahead[v] = ahead[v & (v - 1)] ^ ahead[v & -v];
        }
    }
}

/* What finds windows that begin with a 1 and then `zeros` zeros. */
typedef struct finder {
    unsigned zeros;
    unsigned low; /* a window reaches so far below the last of those zeros */
    unsigned fold[4];
    uint64_t any; /* all ones when there are no zeros to look for */
} finder;

static finder find_runs(unsigned core, unsigned zeros)
{
    finder f = {.zeros = zeros, .low = core - 1 - zeros, .any = zeros ? 0 : UINT64_MAX};
    unsigned have = 1;
    for (int i = 0; i < 4 && have < zeros; i++) {
        f.fold[i] = have < zeros - have ? have : zeros - have;
        have += f.fold[i];
    }
    return f;
}

/* Bit i of the result: the window whose last bit is bit i of `block` begins that way. */
static inline uint64_t find(const finder *f, uint64_t past, uint64_t block)
{
    uint64_t ends = past << (BLOCK - f->low) | block >> f->low; /* of the run, at bit i */
    uint64_t runs = ~ends;
    runs &= runs >> f->fold[0];
    runs &= runs >> f->fold[1];
    runs &= runs >> f->fold[2];
    runs &= runs >> f->fold[3];
    return (runs | f->any) & ends >> f->zeros & low_bits(BLOCK);
}

/* The last bits of the sequence up to bit i of the block. */
static inline uint64_t past_at(uint64_t past, uint64_t block, unsigned i)
{
    return past << (BLOCK - i) | block >> i;
}

static inline unsigned oldest(uint64_t hits)
{
    return 63 - (unsigned)__builtin_clzll(hits);
}

/* ---- counting lengths ----------------------------------------------------------------------- */

/* Slots are claimed and raised without order between them (relaxed): they are read after the loop,
 * and the end of be_for orders that. A table that is full, which lengths that are right cannot
 * make it, drops them, and then the sum of all states is wrong and says so. */
static void tally_add(tally *t, uint64_t length, uint64_t cycles)
{
    size_t i = (size_t)(length * UINT64_C(0x9E3779B97F4A7C15) >> 54);
    for (size_t probe = 0; probe < SLOTS; probe++, i = (i + 1) % SLOTS) {
        be_lfsr_length *slot = &t->slot[i];
        uint64_t there = __atomic_load_n(&slot->length, __ATOMIC_RELAXED);
        if (there == 0 && __atomic_compare_exchange_n(&slot->length, &there, length, false,
                                                      __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
            there = length;
        }
        if (there == length) {
            __atomic_fetch_add(&slot->cycles, cycles, __ATOMIC_RELAXED);
            return;
        }
    }
}

static int by_length(const void *a, const void *b)
{
    uint64_t x = ((const be_lfsr_length *)a)->length, y = ((const be_lfsr_length *)b)->length;
    return (x > y) - (x < y);
}

/* ---- stretches ------------------------------------------------------------------------------ */

static be_status walk_stretches(void *ctx, size_t begin, size_t end, be_worker *worker)
{
    (void)worker;
    be__lfsr_plan *plan = ctx;
    finder gates = find_runs(plan->core, plan->run);
    for (size_t gate = begin; gate < end; gate++) {
        uint64_t past = UINT64_C(1) << (plan->core - 1) | gate;
        uint64_t block = block_after(plan, past), steps = BLOCK, hits;
        while ((hits = find(&gates, past, block)) == 0) {
            past = past << BLOCK | block;
            block = block_after(plan, past);
            steps += BLOCK;
        }
        unsigned i = oldest(hits);
        plan->next[gate] = (uint32_t)(past_at(past, block, i) & (plan->n_gates - 1));
        plan->steps[gate] = steps - i;
    }
    return BE_OK;
}

static void follow_stretches(be__lfsr_plan *plan)
{
    for (size_t first = 0; first < plan->n_gates; first++) {
        uint64_t length = 0;
        for (size_t gate = first; plan->steps[gate]; gate = plan->next[gate]) {
            length += plan->steps[gate];
            plan->steps[gate] = 0;
        }
        if (length) {
            tally_add(&plan->found, length, 1);
            plan->on_cycles += length;
        }
    }
}

/* ---- the rest ------------------------------------------------------------------------------- */

/* The first n bits of y repeated for ever, y having p bits. */
static inline uint64_t repeat(uint64_t y, unsigned p, unsigned n)
{
    uint64_t q = y << (n - p);
    for (unsigned have = p; have < n; have *= 2) {
        q |= q >> have;
    }
    return q;
}

/* The least prenecklace of n bits that is not below x. The first p bits repeated are the longest
 * prefix of x that is one; where it breaks off with a 0, the least one beyond has a 1. */
static uint64_t prenecklace_from(uint64_t x, unsigned n)
{
    unsigned p = 1;
    for (unsigned i = 1; i < n; i++) {
        unsigned bit = x >> (n - 1 - i) & 1, before = x >> (n - 1 - i + p) & 1;
        if (bit < before) {
            return repeat(x >> (n - p), p, n);
        }
        p = bit > before ? i + 1 : p;
    }
    return x;
}

/* The one that follows q, which is not all ones: without its trailing ones, the last 0 made a 1,
 * and that repeated. */
static inline uint64_t prenecklace_after(uint64_t q, unsigned n)
{
    unsigned ones = (unsigned)__builtin_ctzll(~q);
    return repeat(q >> ones | 1, n - ones, n);
}

/* Length of the cycle of u = 1q, or 0 when it has a smaller state that begins with a 1. */
static inline uint64_t length_from_least(const be__lfsr_plan *plan, const finder *f, uint64_t u)
{
    uint64_t past = u;
    for (uint64_t steps = BLOCK;; steps += BLOCK) {
        uint64_t block = block_after(plan, past);
        for (uint64_t hits = find(f, past, block); hits;) {
            unsigned i = oldest(hits);
            uint64_t state = past_at(past, block, i) & low_bits(plan->core);
            if (state <= u) {
                return state == u ? steps - i : 0;
            }
            hits ^= UINT64_C(1) << i;
        }
        past = past << BLOCK | block;
    }
}

static unsigned prefix_bits(const be__lfsr_plan *plan)
{
    return plan->core - 1 < PREFIX_BITS ? plan->core - 1 : PREFIX_BITS;
}

static be_status walk_rest(void *ctx, size_t begin, size_t end, be_worker *worker)
{
    (void)worker;
    be__lfsr_plan *plan = ctx;
    unsigned n = plan->core - 1, shift = n - prefix_bits(plan);
    finder f = find_runs(plan->core, 0);
    be_lfsr_length same = {0}; /* equal lengths that came one after the other */
    for (size_t item = begin; item < end; item++) {
        /* Low prefixes have most of the prenecklaces: deal them out over the items. */
        uint64_t prefix = item * UINT64_C(0x9E3779B1) & low_bits(n - shift);
        uint64_t first = prefix << shift, least = UINT64_C(1) << (n - plan->run);
        uint64_t last = first | low_bits(shift);
        uint64_t q = prenecklace_from(first < least ? least : first, n);
        while (q <= last) {
            unsigned zeros = n - 1 - oldest(q);
            if (zeros != f.zeros) {
                f = find_runs(plan->core, zeros);
            }
            uint64_t length = length_from_least(plan, &f, UINT64_C(1) << n | q);
            if (length) {
                if (length != same.length && same.length) {
                    tally_add(&plan->found, same.length, same.cycles);
                    same.cycles = 0;
                }
                same.length = length;
                same.cycles++;
            }
            if (q == low_bits(n)) {
                break;
            }
            q = prenecklace_after(q, n);
        }
    }
    if (same.length) {
        tally_add(&plan->found, same.length, same.cycles);
    }
    return BE_OK;
}

/* ---- tails ---------------------------------------------------------------------------------- */

/* Bit b of the result: place k - 1 - b of the state breaks the recurrence of g; linear in state. */
static uint64_t breaks_of(const be__lfsr_plan *plan, uint64_t state)
{
    uint64_t g = plan->polynomial >> plan->tail, breaks = 0;
    for (unsigned i = 0; i <= plan->core; i++) {
        breaks ^= (g >> i & 1) ? state >> (plan->core - i) : 0;
    }
    return breaks & low_bits(plan->tail);
}

static unsigned chunk_bits(const be__lfsr_plan *plan)
{
    return plan->degree < CHUNK_BITS ? plan->degree : CHUNK_BITS;
}

static be_status count_tails(void *ctx, size_t begin, size_t end, be_worker *worker)
{
    (void)worker;
    be__lfsr_plan *plan = ctx;
    unsigned bits = chunk_bits(plan);
    uint64_t none = UINT64_C(1) << plan->tail;
    /* Four counts, for one that is raised again at once waits for its last sum. */
    uint64_t by_last_break[4][BE_LFSR_DEGREE_MAX + 1] = {{0}};
    for (size_t chunk = begin; chunk < end; chunk++) {
        uint64_t high = breaks_of(plan, (uint64_t)chunk << bits) | none;
        for (size_t low = 0; low < (size_t)1 << bits; low++) {
            by_last_break[low % 4][__builtin_ctzll(high ^ plan->breaks[low])]++;
        }
    }
    for (unsigned b = 0; b <= plan->tail; b++) {
        /* Sums again: see tally_add. */
        uint64_t sum =
            by_last_break[0][b] + by_last_break[1][b] + by_last_break[2][b] + by_last_break[3][b];
        __atomic_fetch_add(&plan->tails[plan->tail - b], sum, __ATOMIC_RELAXED);
    }
    return BE_OK;
}

/* ---- plan and census ------------------------------------------------------------------------ */

/* More zeros: fewer gates, longer stretches, more states left to the rest. Measured at degrees 16
 * to 28 the time is flat from d/2 - 5 to d/2 - 2. */
static unsigned run_of(unsigned core)
{
    unsigned run = core > 6 ? core / 2 - 3 : 0;
    return run < RUN_MAX ? run : RUN_MAX;
}

static void plan_shape(be__lfsr_plan *plan, uint64_t polynomial)
{
    plan->polynomial = polynomial;
    plan->degree = be__lfsr_degree(polynomial);
    plan->tail = (unsigned)__builtin_ctzll(polynomial);
    plan->core = plan->degree - plan->tail;
    plan->run = run_of(plan->core);
    plan->n_gates = plan->core ? (size_t)1 << (plan->core - 1 - plan->run) : 0;
}

static bool degree_fits(uint64_t polynomial)
{
    unsigned degree = be__lfsr_degree(polynomial);
    return degree >= 1 && degree <= BE_LFSR_DEGREE_MAX;
}

uint64_t be_lfsr_cycles_bytes(uint64_t polynomial)
{
    if (!degree_fits(polynomial)) {
        return 0;
    }
    be__lfsr_plan plan;
    plan_shape(&plan, polynomial);
    return sizeof plan + plan.n_gates * (sizeof *plan.next + sizeof *plan.steps);
}

be__lfsr_plan *be__lfsr_plan_create(uint64_t polynomial, const be_allocator *allocator)
{
    be__lfsr_plan *plan = be__allocate_zeroed(allocator, 1, sizeof *plan);
    if (!plan) {
        return NULL;
    }
    plan->allocator = allocator;
    plan_shape(plan, polynomial);
    plan->next = be__allocate(allocator, plan->n_gates, sizeof *plan->next);
    plan->steps = be__allocate(allocator, plan->n_gates, sizeof *plan->steps);
    if (!plan->next || !plan->steps) {
        be__lfsr_plan_destroy(plan);
        return NULL;
    }
    make_blocks(plan);
    for (uint64_t low = 0; plan->tail && low < UINT64_C(1) << chunk_bits(plan); low++) {
        plan->breaks[low] = breaks_of(plan, low);
    }
    return plan;
}

void be__lfsr_plan_destroy(be__lfsr_plan *plan)
{
    if (plan) {
        be__release(plan->allocator, plan->next, plan->n_gates, sizeof *plan->next);
        be__release(plan->allocator, plan->steps, plan->n_gates, sizeof *plan->steps);
        be__release(plan->allocator, plan, 1, sizeof *plan);
    }
}

size_t be__lfsr_plan_stretches(const be__lfsr_plan *plan)
{
    return plan->n_gates;
}

static const be_site STRETCHES = BE_SITE("lfsr.cycles: stretches");
static const be_site REST = BE_SITE("lfsr.cycles: the rest");
static const be_site TAILS = BE_SITE("lfsr.cycles: tails");

static const be_phase STRETCHES_PHASE = {"walk stretches", true};
static const be_phase FOLLOW_PHASE = {"follow stretches", false};
static const be_phase REST_PHASE = {"walk the rest", true};
static const be_phase TAILS_PHASE = {"count tails", true};
static const be_phase SUM_PHASE = {"add up", false};

static be_status enumerate(be_engine *engine, be__lfsr_plan *plan, const be_for_options *loop)
{
    be_tracer *tracer = be_engine_tracer(engine);
    be_status status = be_for(engine, &STRETCHES, plan->n_gates, walk_stretches, plan, loop);
    if (status) {
        return status;
    }
    be_span_next(tracer, &FOLLOW_PHASE);
    follow_stretches(plan);
    if (plan->on_cycles < low_bits(plan->core)) {
        be_span_next(tracer, &REST_PHASE);
        status = be_for(engine, &REST, (size_t)1 << prefix_bits(plan), walk_rest, plan, loop);
    }
    if (!status && plan->tail) {
        be_span_next(tracer, &TAILS_PHASE);
        status = be_for(engine, &TAILS, (size_t)1 << (plan->degree - chunk_bits(plan)), count_tails,
                        plan, loop);
    }
    return status;
}

/* The census from what was found, if it is all there. */
static be_status add_up(const be__lfsr_plan *plan, be_lfsr_census *census)
{
    uint64_t states = 0, on_cycles = 0;
    size_t n_lengths = 0;
    for (unsigned i = 0; i <= plan->tail; i++) {
        states += plan->tails[i];
    }
    for (size_t i = 0; i < SLOTS; i++) {
        on_cycles += plan->found.slot[i].length * plan->found.slot[i].cycles;
        n_lengths += plan->found.slot[i].length > 0;
    }
    if (states != UINT64_C(1) << plan->degree || on_cycles != plan->tails[0] ||
        n_lengths > BE_LFSR_LENGTHS_MAX) {
        return BE_EMISMATCH;
    }
    *census = (be_lfsr_census){
        .polynomial = plan->polynomial, .degree = plan->degree, .longest_tail = plan->tail};
    memcpy(census->tail, plan->tails, sizeof census->tail);
    for (size_t i = 0; i < SLOTS; i++) {
        if (plan->found.slot[i].length) {
            census->lengths[census->n_lengths++] = plan->found.slot[i];
            census->n_cycles += plan->found.slot[i].cycles;
        }
    }
    qsort(census->lengths, census->n_lengths, sizeof census->lengths[0], by_length);
    return BE_OK;
}

be_status be__lfsr_plan_run(be_engine *engine, be__lfsr_plan *plan, const be_for_options *options,
                            be_lfsr_census *census)
{
    be_for_options loop = {.size = sizeof loop};
    if (options) {
        memcpy(&loop, options, options->size < sizeof loop ? options->size : sizeof loop);
        loop.size = sizeof loop;
    }
    size_t *done = loop.done;
    loop.done = NULL;
    be_tracer *tracer = be_engine_tracer(engine);
    be_span_begin(tracer, &STRETCHES_PHASE);
    memset(&plan->found, 0, sizeof plan->found);
    memset(plan->tails, 0, sizeof plan->tails);
    plan->on_cycles = 0;
    tally_add(&plan->found, 1, 1); /* the zero state */
    if (plan->tail == 0) {
        plan->tails[0] = UINT64_C(1) << plan->degree;
    }

    be_status status = enumerate(engine, plan, &loop);
    if (!status) {
        be_span_next(tracer, &SUM_PHASE);
        status = add_up(plan, census);
        if (status) {
            be_error_set(loop.error, status, "2^%u states in cycles and tails", plan->degree);
        }
    }
    be_span_end(tracer);
    if (done) {
        *done = status ? 0 : plan->n_gates;
    }
    return status;
}

be_status be_lfsr_cycles(be_engine *engine, uint64_t polynomial, const be_allocator *allocator,
                         const be_for_options *options, be_lfsr_census *census)
{
    be_error *error = options ? options->error : NULL;
    if (!degree_fits(polynomial)) {
        return be_error_set(error, BE_EINVAL, "a polynomial of degree 1 to %d", BE_LFSR_DEGREE_MAX);
    }
    be__lfsr_plan *plan = be__lfsr_plan_create(polynomial, allocator);
    if (!plan) {
        return be_error_set(error, BE_ENOMEM, "%llu bytes of memory",
                            (unsigned long long)be_lfsr_cycles_bytes(polynomial));
    }
    be_status status = be__lfsr_plan_run(engine, plan, options, census);
    be__lfsr_plan_destroy(plan);
    return status;
}
