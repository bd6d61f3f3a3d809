/* gf2x_mod.c: arithmetic modulo a polynomial over GF(2), by Barrett's method.
 *
 * f, of degree n, is shifted left by s until F = x^s f has a degree 64 L. For A of degree below
 * 128 L, A = A1 x^(64 L) + A0,
 *
 *     floor(A / F) = floor(A1 mu / x^(64 L)),  mu = floor(x^(128 L) / F),
 *
 * exactly, there being no carries. F and mu both have x^(64 L) as their leading term, so either
 * product is one of L limbs and a copy. A product a b of two residues is reduced as x^s a b, and
 * the result shifted back by s.
 *
 * Source: P. Barrett, "Implementing the RSA public key encryption algorithm ...", 1986; for
 * polynomials: J.-F. Dhem, "Efficient modular reduction algorithm in F_q[x] ...", 2003.
 */
#include "gf/gf2x.h"

#include <stdlib.h>
#include <string.h>

enum {
    WINDOW_MAX = 5 /* bits of an exponent a multiplication takes */
};

struct be__gf2x_mod {
    size_t degree;
    size_t limbs; /* L */
    size_t shift; /* s, below 64 */
    /* One block of memory, whose parts follow. */
    uint64_t *f;        /* [L] F without its leading term */
    uint64_t *mu;       /* [L] likewise */
    uint64_t *product;  /* [2L] */
    uint64_t *quotient; /* [2L] */
    uint64_t *power;    /* [(2^(WINDOW_MAX - 1)) L] odd powers */
    uint64_t *scratch;
};

be__gf2x_mod *be__gf2x_mod_create(const be__gf2x *f)
{
    size_t degree = (size_t)be__gf2x_degree(f);
    size_t shift = (64 - degree % 64) % 64, limbs = (degree + shift) / 64;
    size_t n_scratch = be__gf2_mul_scratch(limbs);
    size_t n_power = limbs << (WINDOW_MAX - 1);
    be__gf2x_mod *m = malloc(sizeof *m + (6 * limbs + n_power + n_scratch) * sizeof(uint64_t));
    be__gf2x shifted = {0}, mu = {0};
    bool ok = m && be__gf2x_shift_left(&shifted, f, shift) && be__gf2x_set_x(&mu, 128 * limbs) &&
              be__gf2x_divrem(&mu, NULL, &mu, &shifted);
    if (ok) {
        m->degree = degree;
        m->limbs = limbs;
        m->shift = shift;
        m->f = (uint64_t *)(m + 1);
        m->mu = m->f + limbs;
        m->product = m->mu + limbs;
        m->quotient = m->product + 2 * limbs;
        m->power = m->quotient + 2 * limbs;
        m->scratch = m->power + n_power;
        memcpy(m->f, shifted.limb, limbs * sizeof *m->f);
        memcpy(m->mu, mu.limb, limbs * sizeof *m->mu);
    } else {
        free(m);
        m = NULL;
    }
    be__gf2x_clear(&shifted);
    be__gf2x_clear(&mu);
    return m;
}

void be__gf2x_mod_destroy(be__gf2x_mod *m)
{
    free(m);
}

size_t be__gf2x_mod_limbs(const be__gf2x_mod *m)
{
    return m->limbs;
}

size_t be__gf2x_mod_degree(const be__gf2x_mod *m)
{
    return m->degree;
}

/* r[0, L) = (a[0, 2L) mod f), for a of degree below 128 L - s. */
static void reduce_product(be__gf2x_mod *m, uint64_t *r, uint64_t *a)
{
    size_t n = m->limbs, s = m->shift;
    if (s > 0) {
        for (size_t i = 2 * n; i-- > 1;) {
            a[i] = a[i] << s | a[i - 1] >> (64 - s);
        }
        a[0] <<= s;
    }
    uint64_t *q = m->quotient + n;
    be__gf2_mul_n(m->quotient, a + n, m->mu, n, m->scratch);
    for (size_t i = 0; i < n; i++) {
        q[i] ^= a[n + i];
    }
    /* The high half is of no more use, and takes the product. */
    uint64_t *t = m->quotient;
    memcpy(a + n, q, n * sizeof *a);
    be__gf2_mul_n(t, a + n, m->f, n, m->scratch);
    for (size_t i = 0; i < n; i++) {
        a[i] ^= t[i];
    }
    for (size_t i = 0; s > 0 && i + 1 < n; i++) {
        r[i] = a[i] >> s | a[i + 1] << (64 - s);
    }
    if (s > 0) {
        r[n - 1] = a[n - 1] >> s;
    } else {
        memcpy(r, a, n * sizeof *r);
    }
}

void be__gf2x_mod_mul(be__gf2x_mod *m, uint64_t *r, const uint64_t *a, const uint64_t *b)
{
    be__gf2_mul_n(m->product, a, b, m->limbs, m->scratch);
    reduce_product(m, r, m->product);
}

void be__gf2x_mod_sqr(be__gf2x_mod *m, uint64_t *r, const uint64_t *a, size_t times)
{
    if (times == 0 && r != a) {
        memcpy(r, a, m->limbs * sizeof *r);
    }
    for (size_t i = 0; i < times; i++) {
        be__gf2_sqr(m->product, i == 0 ? a : r, m->limbs);
        reduce_product(m, r, m->product);
    }
}

void be__gf2x_mod_mul_x(be__gf2x_mod *m, uint64_t *r, const uint64_t *a)
{
    size_t n = m->limbs, top = m->degree - 1;
    bool over = a[top / 64] >> top % 64 & 1;
    for (size_t i = n; i-- > 1;) {
        r[i] = a[i] << 1 | a[i - 1] >> 63;
    }
    r[0] = a[0] << 1;
    if (over) {
        /* f is F shifted right by s, and its leading term, if it is in these limbs, goes. */
        size_t s = m->shift;
        for (size_t i = 0; i < n; i++) {
            uint64_t above = i + 1 < n ? m->f[i + 1] : 1;
            r[i] ^= s ? m->f[i] >> s | above << (64 - s) : m->f[i];
        }
    }
}

void be__gf2x_mod_reduce(be__gf2x_mod *m, uint64_t *r, const uint64_t *a, size_t n)
{
    /* Horner's rule, L limbs at a time: r x^(64 L) + limbs has degree below n + 64 L. */
    size_t size = m->limbs, bytes = size * sizeof *r;
    uint64_t *high = m->power; /* r may be a */
    memset(high, 0, bytes);
    for (size_t end = n; end > 0;) {
        size_t take = end % size ? end % size : size;
        end -= take;
        memset(m->product, 0, 2 * bytes);
        memcpy(m->product, a + end, take * sizeof *r);
        memcpy(m->product + size, high, bytes);
        reduce_product(m, high, m->product);
    }
    memcpy(r, high, bytes);
}

bool be__gf2x_mod_is_one(const be__gf2x_mod *m, const uint64_t *a)
{
    uint64_t other = a[0] ^ 1;
    for (size_t i = 1; i < m->limbs; i++) {
        other |= a[i];
    }
    return other == 0;
}

static void set_one(const be__gf2x_mod *m, uint64_t *r)
{
    memset(r, 0, m->limbs * sizeof *r);
    r[0] = 1;
}

static size_t bits_of(const uint64_t *e, size_t n)
{
    return (size_t)(be__gf2_degree(e, n) + 1);
}

void be__gf2x_mod_pow(be__gf2x_mod *m, uint64_t *r, const uint64_t *a, const uint64_t *e,
                      size_t n_e)
{
    size_t size = m->limbs, bits = bits_of(e, n_e);
    if (bits == 0) {
        set_one(m, r);
        return;
    }
    /* Sliding windows: power[i] = a^(2 i + 1). */
    size_t window = bits < 8 ? 1 : bits < 32 ? 3 : bits < 128 ? 4 : WINDOW_MAX;
    uint64_t *power = m->power;
    memcpy(power, a, size * sizeof *r);
    if (window > 1) {
        uint64_t *square =
            power + ((size_t)1 << (window - 1)) * size - size; /* the last, yet free */
        be__gf2x_mod_sqr(m, square, a, 1);
        for (size_t i = 1; i < (size_t)1 << (window - 1); i++) {
            be__gf2x_mod_mul(m, power + i * size, power + (i - 1) * size, square);
        }
    }
    bool started = false;
    for (size_t at = bits; at > 0;) {
        if (!(e[(at - 1) / 64] >> (at - 1) % 64 & 1)) {
            be__gf2x_mod_sqr(m, r, r, 1); /* the highest bit is set: r has a value */
            at--;
            continue;
        }
        size_t low = at > window ? at - window : 0, value = 0;
        while (!(e[low / 64] >> low % 64 & 1)) {
            low++;
        }
        for (size_t i = at; i-- > low;) {
            value = 2 * value + (e[i / 64] >> i % 64 & 1);
        }
        if (started) {
            be__gf2x_mod_sqr(m, r, r, at - low);
            be__gf2x_mod_mul(m, r, r, power + value / 2 * size);
        } else {
            memcpy(r, power + value / 2 * size, size * sizeof *r);
            started = true;
        }
        at = low;
    }
}

void be__gf2x_mod_pow_x(be__gf2x_mod *m, uint64_t *r, const uint64_t *e, size_t n_e)
{
    /* Leading bits of e that still give a power below the degree of f cost nothing. */
    size_t bits = bits_of(e, n_e), done = 0, value = 0;
    while (done < bits) {
        size_t i = bits - 1 - done, next = 2 * value + (e[i / 64] >> i % 64 & 1);
        if (next >= m->degree) {
            break;
        }
        value = next;
        done++;
    }
    memset(r, 0, m->limbs * sizeof *r);
    r[value / 64] = UINT64_C(1) << value % 64;
    for (size_t i = bits - done; i-- > 0;) {
        be__gf2x_mod_sqr(m, r, r, 1);
        if (e[i / 64] >> i % 64 & 1) {
            be__gf2x_mod_mul_x(m, r, r);
        }
    }
}
