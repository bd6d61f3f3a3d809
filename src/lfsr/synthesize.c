/* synthesize.c: the shortest register of a sequence.
 *
 * Massey's algorithm reads symbol after symbol and keeps two connection polynomials, C and an older
 * B. Over GF(2) what it does next depends on two streams alone: U, the discrepancies C has from
 * here on, and V, those of B moved so that they begin here. With d the first bit of U, one step is
 *
 *   d = 0             U' = U / x         V' = V
 *   d = 1, 2 L > N    U' = (U + V) / x   V' = V
 *   d = 1, 2 L <= N   U' = (U + V) / x   V' = U,   L' = N + 1 - L
 *
 * where V begins with a 1 throughout; at the start U is the sequence, V is 1, B is 0. k steps need
 * the first k bits of both streams only, and amount to a matrix of polynomials of degree k. So k
 * steps are k / 2 steps, their matrix applied to the streams, k / 2 steps, and the product of both
 * matrices: all in multiplications. With x^k U' and x^k V' in place of U' and V' the matrices are
 * of polynomials,
 *
 *   [1 d]                  [1 1]
 *   [0 x]   and, swapped,  [x 0],
 *
 * and the first entry of the product of all is C. After k steps the first row has degree k - 1 at
 * most, and so has the second one divided by x, which is how it is kept: `rows` of k bits.
 */
#include "lfsr/machine.h"

#include <math.h>
#include <string.h>

/* ---- over GF(2) ----------------------------------------------------------------------------- */

/* Where Massey's algorithm is: N symbols read, of complexity L. */
typedef struct progress {
    size_t n_read;
    size_t complexity;
    size_t *profile;   /* [n] or NULL */
    uint64_t *scratch; /* a stack */
} progress;

/* k steps' matrix: entry [i][j] in words, the second row divided by x. */
typedef struct matrix {
    uint64_t *entry[2][2];
} matrix;

static uint64_t *take(progress *p, size_t n_words)
{
    uint64_t *words = p->scratch;
    p->scratch += n_words;
    return words;
}

static matrix take_matrix(progress *p, size_t n_words)
{
    matrix m;
    for (size_t i = 0; i < 4; i++) {
        m.entry[i / 2][i % 2] = take(p, n_words);
    }
    return m;
}

/* Words that steps() takes for k of them at a time: at each level two matrices, two products and
 * the streams' rests, and the levels below are of at most half the words and one more. */
static size_t scratch_words(size_t k)
{
    size_t words = 64;
    for (; k > 64; k = (k / 2 + 63) / 64 * 64) {
        words += 10 * ((k + 63) / 64 + 2);
    }
    return words;
}

/* Up to 64 steps, in words. */
static void few_steps(progress *p, size_t k, uint64_t u, uint64_t v, matrix *m)
{
    uint64_t a = 1, b = 0, c = 0, d = 0; /* rows (a b) and, before it is divided by x, (c' d') */
    bool first = true;                   /* c' = 0, d' = 1: not divisible by x yet */
    for (size_t i = 0; i < k; i++) {
        uint64_t c_now = first ? 0 : c << 1, d_now = first ? 1 : d << 1;
        uint64_t a_old = a, b_old = b;
        uint64_t bit = -(u & 1);
        bool swap = bit && 2 * p->complexity <= p->n_read;
        uint64_t u_old = u;
        u = (u ^ (v & bit)) >> 1;
        a ^= c_now & bit;
        b ^= d_now & bit;
        if (swap) {
            v = u_old;
            c = a_old;
            d = b_old;
            p->complexity = p->n_read + 1 - p->complexity;
        } else {
            c = c_now;
            d = d_now;
        }
        first = false;
        if (p->profile) {
            p->profile[p->n_read] = p->complexity;
        }
        p->n_read++;
    }
    m->entry[0][0][0] = a;
    m->entry[0][1][0] = b;
    m->entry[1][0][0] = c;
    m->entry[1][1][0] = d;
}

static void add_into(uint64_t *to, const uint64_t *from, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        to[i] ^= from[i];
    }
}

/* to[0, n) = from[0, n_from) >> shift, filled up with zeros. */
static void shift_right(uint64_t *to, size_t n, const uint64_t *from, size_t n_from, size_t shift)
{
    size_t words = shift / 64, bits = shift % 64;
    for (size_t i = 0; i < n; i++) {
        uint64_t low = i + words < n_from ? from[i + words] : 0;
        uint64_t high = i + words + 1 < n_from ? from[i + words + 1] : 0;
        to[i] = bits ? low >> bits | high << (64 - bits) : low;
    }
}

static void shift_left_1(uint64_t *a, size_t n)
{
    for (size_t i = n; i-- > 1;) {
        a[i] = a[i] << 1 | a[i - 1] >> 63;
    }
    a[0] <<= 1;
}

/* r[0, n_a + n_b) = a b + c d, with scratch as large. */
static bool sum_of_products(uint64_t *r, const uint64_t *a, const uint64_t *c, size_t n_a,
                            const uint64_t *b, const uint64_t *d, size_t n_b, uint64_t *scratch)
{
    if (!be__gf2_mul(r, a, n_a, b, n_b) || !be__gf2_mul(scratch, c, n_a, d, n_b)) {
        return false;
    }
    add_into(r, scratch, n_a + n_b);
    return true;
}

/* k steps, k a multiple of 64 except at the very end, for streams u and v of at least k bits. Of
 * the matrix its second row is only made when asked for. False: no memory. */
static bool steps(progress *p, size_t k, const uint64_t *u, const uint64_t *v, bool second_row,
                  matrix *m)
{
    if (k <= 64) {
        few_steps(p, k, u[0], v[0], m);
        return true;
    }
    size_t half = (k / 2 + 63) / 64 * 64, rest = k - half;
    size_t n = (k + 63) / 64, n_half = half / 64, n_rest = n - n_half;
    uint64_t *floor = p->scratch;
    matrix one = take_matrix(p, n_half), two = take_matrix(p, n_rest);
    uint64_t *product = take(p, n + n_half), *other = take(p, n + n_half);
    uint64_t *u_rest = take(p, n_rest), *v_rest = take(p, n_rest);
    bool fits = steps(p, half, u, v, true, &one) &&
                sum_of_products(product, u, v, n, one.entry[0][0], one.entry[0][1], n_half, other);
    if (fits) {
        shift_right(u_rest, n_rest, product, n, half);
        fits = sum_of_products(product, u, v, n, one.entry[1][0], one.entry[1][1], n_half, other);
    }
    if (fits) { /* the row lacks a factor x */
        shift_right(v_rest, n_rest, product, n, half - 1);
        fits = steps(p, rest, u_rest, v_rest, second_row, &two);
    }
    for (int j = 0; j < 2 && fits; j++) {
        uint64_t *lower = one.entry[1][j]; /* times x it may be a bit too long: in `carry` */
        uint64_t carry = lower[n_half - 1] >> 63;
        shift_left_1(lower, n_half);
        for (int i = 0; i < 1 + second_row && fits; i++) {
            fits = sum_of_products(product, one.entry[0][j], lower, n_half, two.entry[i][0],
                                   two.entry[i][1], n_rest, other);
            if (carry) {
                add_into(product + n_half, two.entry[i][1], n_rest);
            }
            memcpy(m->entry[i][j], product, n * sizeof *product);
        }
    }
    p->scratch = floor;
    return fits;
}

static be_status synthesize_bits(const uint64_t *symbols, size_t n, size_t *profile,
                                 be_lfsr_synthesis *s)
{
    size_t n_words = (n + 63) / 64, size = 6 * n_words + scratch_words(n);
    uint64_t *memory = be__allocate_zeroed(s->allocator, size, sizeof *memory);
    if (!memory) {
        return BE_ENOMEM;
    }
    progress p = {.profile = profile, .scratch = memory};
    uint64_t *u = take(&p, n_words), *v = take(&p, n_words);
    matrix all = take_matrix(&p, n_words);
    for (size_t i = 0; i < n; i++) {
        u[i / 64] |= symbols[i] << i % 64;
    }
    v[0] = 1;
    bool fits = steps(&p, n, u, v, false, &all);
    if (fits) {
        s->complexity = p.complexity;
        s->connection = be__allocate(s->allocator, s->complexity + 1, sizeof *s->connection);
        fits = s->connection != NULL;
    }
    for (size_t i = 0; fits && i <= s->complexity; i++) {
        s->connection[i] = i / 64 < n_words ? be__lfsr_bit(all.entry[0][0], i) : 0;
    }
    be__release(s->allocator, memory, size, sizeof *memory);
    return fits ? BE_OK : BE_ENOMEM;
}

/* ---- over any field ------------------------------------------------------------------------- */

/* Massey's algorithm as he wrote it. c and b have n + 2 coefficients; b's are moved by `apart`. */
static be_status synthesize_symbols(const be__field *f, const uint64_t *symbols, size_t n,
                                    size_t *profile, be_lfsr_synthesis *s)
{
    const be_allocator *a = s->allocator;
    uint32_t *memory = be__allocate_zeroed(a, 3 * (n + 2), sizeof *memory);
    if (!memory) {
        return BE_ENOMEM;
    }
    uint32_t *c = memory, *b = c + n + 2, *kept = b + n + 2, last = 1;
    size_t complexity = 0, apart = 1, n_b = 1;
    c[0] = b[0] = 1;
    for (size_t t = 0; t < n; t++) {
        uint32_t d = (uint32_t)symbols[t];
        for (size_t i = 1; i <= complexity; i++) {
            d = be__field_add(f, d, be__field_mul(f, c[i], (uint32_t)symbols[t - i]));
        }
        bool longer = d && 2 * complexity <= t;
        if (d) {
            uint32_t by = be__field_neg(f, be__field_mul(f, d, be__field_inv(f, last)));
            if (longer) {
                memcpy(kept, c, (complexity + 1) * sizeof *c);
            }
            for (size_t i = 0; i < n_b && i + apart < n + 2; i++) {
                c[i + apart] = be__field_add(f, c[i + apart], be__field_mul(f, by, b[i]));
            }
        }
        if (longer) {
            memcpy(b, kept, (complexity + 1) * sizeof *c);
            n_b = complexity + 1;
            last = d;
            apart = 0;
            complexity = t + 1 - complexity;
        }
        apart++;
        if (profile) {
            profile[t] = complexity;
        }
    }
    s->complexity = complexity;
    s->connection = be__allocate(a, complexity + 1, sizeof *s->connection);
    for (size_t i = 0; s->connection && i <= complexity; i++) {
        s->connection[i] = c[i];
    }
    be__release(a, memory, 3 * (n + 2), sizeof *memory);
    return s->connection ? BE_OK : BE_ENOMEM;
}

be_status be_lfsr_synthesize(const be_lfsr_field *field, const uint64_t *symbols, size_t n,
                             const be_allocator *allocator, size_t *profile,
                             be_lfsr_synthesis *synthesis)
{
    be_lfsr_synthesis s = {.allocator = allocator};
    for (size_t i = 0; i < n; i++) {
        if (symbols[i] >= field->q) {
            return BE_EINVAL;
        }
    }
    be_status status;
    if (field->q == 2 && n > 0) {
        status = synthesize_bits(symbols, n, profile, &s);
    } else {
        be__field *f;
        status = be__lfsr_field(field, &f);
        if (!status) {
            status = synthesize_symbols(f, symbols, n, profile, &s);
            be__field_destroy(f);
        }
    }
    if (!status) {
        s.unique = 2 * s.complexity <= n;
        *synthesis = s;
    }
    return status;
}

void be_lfsr_synthesis_clear(be_lfsr_synthesis *s)
{
    be__release(s->allocator, s->connection, s->complexity + 1, sizeof *s->connection);
    *s = (be_lfsr_synthesis){0};
}

be_status be_lfsr_synthesis_register(const be_lfsr_field *field, const be_lfsr_synthesis *s,
                                     be_lfsr *lfsr)
{
    be_lfsr made;
    be_status status =
        be__lfsr_make(field, BE_LFSR_FIBONACCI, s->complexity, false, s->allocator, &made);
    if (status) {
        return status;
    }
    for (size_t i = 0; i < s->complexity; i++) {
        made.coefficients[i] = be__lfsr_negate(field, s->connection[s->complexity - i]);
    }
    *lfsr = made;
    return BE_OK;
}

/* ---- with errors ---------------------------------------------------------------------------- */

enum { SPARE = 16, STRETCHES_MAX = 4096 };
static const double Z_MIN = 8;

/* Sums of the connection polynomial over all bits, 64 at a time: those that are 0 are counted. */
static size_t satisfied_checks(const uint64_t *packed, size_t n, const be_lfsr_synthesis *s)
{
    size_t good = 0, L = s->complexity, n_words = (n + 63) / 64;
    for (size_t t = L; t < n; t += 64) {
        uint64_t sum = 0;
        for (size_t i = 0; i <= L; i++) {
            if (s->connection[i]) {
                size_t at = t - i, w = at / 64;
                sum ^= at % 64 ? packed[w] >> at % 64 |
                                     (w + 1 < n_words ? packed[w + 1] << (64 - at % 64) : 0)
                               : packed[w];
            }
        }
        size_t here = n - t < 64 ? n - t : 64;
        uint64_t valid = here == 64 ? UINT64_MAX : (UINT64_C(1) << here) - 1;
        good += (size_t)__builtin_popcountll(~sum & valid);
    }
    return good;
}

/* A check over `terms` bits fails when an odd number of them is wrong: with rate p that leaves
 * (1 + (1 - 2 p)^terms) / 2 of them satisfied. */
static double error_rate(double satisfied, size_t terms)
{
    double bias = 2 * satisfied - 1;
    return bias > 0 ? (1 - pow(bias, 1 / (double)terms)) / 2 : 0.5;
}

static void judge(const uint64_t *packed, size_t n, be_lfsr_synthesis *candidate,
                  be_lfsr_identification *best)
{
    be_lfsr_identification now = {.synthesis = *candidate, .checks = n - candidate->complexity};
    now.satisfied = satisfied_checks(packed, n, candidate);
    now.z = (2 * (double)now.satisfied - (double)now.checks) / sqrt((double)now.checks);
    size_t terms = 0;
    for (size_t i = 0; i <= candidate->complexity; i++) {
        terms += candidate->connection[i] != 0;
    }
    now.error_rate = error_rate((double)now.satisfied / (double)now.checks, terms);
    if (now.z > best->z) {
        be_lfsr_synthesis worse = best->synthesis;
        *best = now;
        *candidate = worse;
    }
    be_lfsr_synthesis_clear(candidate);
}

be_status be_lfsr_identify(const uint64_t *bits, size_t n, size_t cells_max,
                           const be_allocator *allocator, be_lfsr_identification *found)
{
    static const be_lfsr_field BITS = {2, 2, 1, 0};
    size_t n_words = (n + 63) / 64;
    be_lfsr_identification best = {.synthesis = {.allocator = allocator}, .z = Z_MIN};
    uint64_t *packed = be__allocate_zeroed(allocator, n_words, sizeof *packed);
    if (!packed) {
        return BE_ENOMEM;
    }
    be_status status = BE_OK;
    for (size_t i = 0; i < n && !status; i++) {
        status = bits[i] > 1 ? BE_EINVAL : BE_OK;
        packed[i / 64] |= (bits[i] & 1) << i % 64;
    }
    /* Short stretches are the likeliest to be free of errors, long ones may be needed: all sizes
     * are tried, for a short register may be right a little more often than a coin where a longer
     * one is right throughout. */
    for (size_t cells = 8; !status; cells *= 2) {
        cells = cells < cells_max ? cells : cells_max;
        size_t size = 2 * cells + SPARE;
        size_t apart = n / STRETCHES_MAX > size / 4 ? n / STRETCHES_MAX : size / 4;
        for (size_t at = 0; at + size <= n && !status; at += apart) {
            be_lfsr_synthesis s;
            status = be_lfsr_synthesize(&BITS, bits + at, size, allocator, NULL, &s);
            if (!status && s.complexity > 0 && s.complexity <= cells) {
                judge(packed, n, &s, &best);
            } else if (!status) {
                be_lfsr_synthesis_clear(&s);
            }
        }
        if (cells == cells_max) {
            break;
        }
    }
    be__release(allocator, packed, n_words, sizeof *packed);
    if (!status && !best.synthesis.connection) {
        status = BE_EDOMAIN;
    }
    if (status) {
        be_lfsr_synthesis_clear(&best.synthesis);
        return status;
    }
    *found = best;
    return BE_OK;
}
