/* gf2x_factor.c: factoring polynomials over GF(2).
 *
 * 1. Powers of x are split off; then square-free parts: with g = gcd(f, f'), f / g holds each
 *    irreducible factor of odd exponent once, and what has even exponents only is a square.
 * 2. Distinct degrees. x^(2^i) + x is the product of all irreducible polynomials whose degree
 *    divides i. For i rising, these are multiplied up modulo f, some dozens at a time, and one gcd
 *    tells whether any of those degrees occurs; only then are they told apart.
 * 3. Equal degrees d. For a random r, r + r^2 + r^4 + ... + r^(2^(d-1)) is 0 or 1 modulo each
 *    factor, with equal chance: a gcd parts them.
 *
 * Source: J. von zur Gathen, V. Shoup, "Computing Frobenius maps and factoring polynomials", 1992;
 * D. G. Cantor, H. Zassenhaus, "A new algorithm for factoring polynomials over finite fields",
 * 1981.
 */
#include "gf/gf2x.h"

#include <stdlib.h>
#include <string.h>

/* Degrees tried between two gcds: 16 for small f, where a gcd is cheap, more where it costs as much
 * as many products. */
static size_t block_size(size_t degree)
{
    return degree < 512 ? 16 : degree < 4096 ? 32 : 64;
}

void be__gf2x_factors_init(be__gf2x_factors *factors)
{
    *factors = (be__gf2x_factors){0};
}

void be__gf2x_factors_clear(be__gf2x_factors *factors)
{
    for (size_t i = 0; i < factors->n; i++) {
        be__gf2x_clear(&factors->item[i].poly);
    }
    free(factors->item);
    *factors = (be__gf2x_factors){0};
}

/* Takes poly over, which is zero then. */
static be_status add_factor(be__gf2x_factors *factors, be__gf2x *poly, size_t exponent)
{
    if (factors->n == factors->capacity) {
        size_t capacity = 2 * factors->capacity + 8;
        be__gf2x_factor *grown = realloc(factors->item, capacity * sizeof *grown);
        if (!grown) {
            return BE_ENOMEM;
        }
        factors->item = grown;
        factors->capacity = capacity;
    }
    factors->item[factors->n++] = (be__gf2x_factor){*poly, exponent};
    be__gf2x_init(poly);
    return BE_OK;
}

/* ---- equal degrees -------------------------------------------------------------------------- */

/* r = the trace r + r^2 + ... + r^(2^(d-1)) of a random element. */
static void random_trace(be__gf2x_mod *m, size_t d, be_random *random, uint64_t *r, uint64_t *term)
{
    size_t limbs = be__gf2x_mod_limbs(m);
    for (size_t i = 0; i < limbs; i++) {
        term[i] = be_random_u64(random);
    }
    be__gf2x_mod_reduce(m, term, term, limbs);
    memcpy(r, term, limbs * sizeof *r);
    for (size_t k = 1; k < d; k++) {
        be__gf2x_mod_sqr(m, term, term, 1);
        for (size_t i = 0; i < limbs; i++) {
            r[i] ^= term[i];
        }
    }
}

/* f is a product of different irreducible polynomials of degree d; takes it over. */
static be_status split_equal(be__gf2x_factors *factors, be__gf2x *f, size_t d, size_t exponent,
                             be_random *random, const be_cancel *cancel)
{
    if ((size_t)be__gf2x_degree(f) == d) {
        return add_factor(factors, f, exponent);
    }
    be__gf2x_mod *m = be__gf2x_mod_create(f);
    be__gf2x part = {0}, trace = {0};
    uint64_t *term = m ? malloc(be__gf2x_mod_limbs(m) * sizeof *term) : NULL;
    be_status status = term && be__gf2x_reserve(&trace, be__gf2x_mod_limbs(m)) ? BE_OK : BE_ENOMEM;
    while (!status) {
        if (cancel && be_cancel_raised(cancel)) {
            status = BE_ECANCEL;
            break;
        }
        random_trace(m, d, random, trace.limb, term);
        size_t limbs = be__gf2x_mod_limbs(m);
        if (!be__gf2x_set_limbs(&trace, trace.limb, limbs) || !be__gf2x_gcd(&part, &trace, f)) {
            status = BE_ENOMEM;
        } else if (be__gf2x_degree(&part) > 0 && be__gf2x_degree(&part) < be__gf2x_degree(f)) {
            break;
        }
    }
    be__gf2x_mod_destroy(m);
    free(term);
    if (!status && !be__gf2x_divrem(f, NULL, f, &part)) {
        status = BE_ENOMEM;
    }
    if (!status) {
        status = split_equal(factors, &part, d, exponent, random, cancel);
    }
    if (!status) {
        status = split_equal(factors, f, d, exponent, random, cancel);
    }
    be__gf2x_clear(&part);
    be__gf2x_clear(&trace);
    return status;
}

/* ---- distinct degrees ----------------------------------------------------------------------- */

/* The state of the search: `rest` is what is left of f, and has no factor of a degree below `next`.
 */
typedef struct search {
    be__gf2x rest;
    be__gf2x_mod *m; /* modulo rest */
    size_t next;
    uint64_t *power;   /* x^(2^(next - 1)) mod rest */
    uint64_t *saved;   /* the same at the start of a block, modulo what was `rest` then */
    uint64_t *product; /* of x^(2^i) + x over the block */
    uint64_t *term;
    size_t limbs; /* what these have room for */
    size_t exponent;
    be__gf2x_factors *factors;
    be_random random;
    const be_cancel *cancel;
} search;

/* Go on modulo a new rest. */
static be_status set_rest(search *s, be__gf2x *rest)
{
    be__gf2x_swap(&s->rest, rest);
    be__gf2x_mod_destroy(s->m);
    s->m = NULL;
    if (be__gf2x_degree(&s->rest) > 0) {
        size_t before = s->limbs;
        s->m = be__gf2x_mod_create(&s->rest);
        if (!s->m) {
            return BE_ENOMEM;
        }
        be__gf2x_mod_reduce(s->m, s->power, s->power, before);
        s->limbs = be__gf2x_mod_limbs(s->m);
    }
    return BE_OK;
}

/* term = power + x. */
static void add_x(search *s)
{
    memcpy(s->term, s->power, s->limbs * sizeof *s->term);
    if (be__gf2x_degree(&s->rest) == 1) {
        s->term[0] ^= be__gf2x_bit(&s->rest, 0); /* x is 0 or 1 then */
    } else {
        s->term[0] ^= 2;
    }
}

/* Part off what gcd(a, rest) is; `common` receives it. */
static be_status part_off(search *s, const uint64_t *a, be__gf2x *common)
{
    be__gf2x residue = {0}, quotient = {0};
    bool ok = be__gf2x_set_limbs(&residue, a, s->limbs) && be__gf2x_gcd(common, &residue, &s->rest);
    be_status status = ok ? BE_OK : BE_ENOMEM;
    if (ok && be__gf2x_degree(common) > 0) {
        status =
            be__gf2x_divrem(&quotient, NULL, &s->rest, common) ? set_rest(s, &quotient) : BE_ENOMEM;
    }
    be__gf2x_clear(&residue);
    be__gf2x_clear(&quotient);
    return status;
}

/* `block` is a product of irreducible polynomials of degrees [first, end); saved[0, limbs) is
 * x^(2^(first - 1)) modulo a multiple of it. Find them degree by degree; uses block up. */
static be_status tell_apart(search *s, be__gf2x *block, size_t limbs, size_t first, size_t end)
{
    search inner = {.power = malloc(2 * limbs * sizeof(uint64_t)), .limbs = limbs};
    if (!inner.power) {
        return BE_ENOMEM;
    }
    inner.term = inner.power + limbs;
    memcpy(inner.power, s->saved, limbs * sizeof *s->saved);
    be__gf2x found = {0};
    be_status status = set_rest(&inner, block);
    for (size_t d = first; !status && d < end && be__gf2x_degree(&inner.rest) > 0; d++) {
        if ((size_t)be__gf2x_degree(&inner.rest) < 2 * d) {
            status = add_factor(s->factors, &inner.rest, s->exponent);
            break;
        }
        be__gf2x_mod_sqr(inner.m, inner.power, inner.power, 1);
        add_x(&inner);
        status = part_off(&inner, inner.term, &found);
        if (!status && be__gf2x_degree(&found) > 0) {
            status = split_equal(s->factors, &found, d, s->exponent, &s->random, s->cancel);
        }
    }
    be__gf2x_clear(&found);
    be__gf2x_clear(&inner.rest);
    be__gf2x_mod_destroy(inner.m);
    free(inner.power);
    return status;
}

static be_status run_block(search *s)
{
    size_t degree = (size_t)be__gf2x_degree(&s->rest), first = s->next, limbs = s->limbs;
    size_t end = first + block_size(degree);
    memcpy(s->saved, s->power, limbs * sizeof *s->saved);
    memset(s->product, 0, limbs * sizeof *s->product);
    s->product[0] = 1;
    for (; s->next < end && 2 * s->next <= degree; s->next++) {
        be__gf2x_mod_sqr(s->m, s->power, s->power, 1);
        add_x(s);
        be__gf2x_mod_mul(s->m, s->product, s->product, s->term);
    }
    be__gf2x common = {0};
    be_status status = part_off(s, s->product, &common);
    if (!status && be__gf2x_degree(&common) > 0) {
        status = tell_apart(s, &common, limbs, first, s->next);
    }
    be__gf2x_clear(&common);
    return status;
}

/* f is square-free and not divisible by x; takes it over. */
static be_status split_square_free(be__gf2x_factors *factors, be__gf2x *f, size_t exponent,
                                   const be_cancel *cancel)
{
    if (be__gf2x_degree(f) < 1) {
        return BE_OK;
    }
    size_t limbs = f->n;
    search s = {.next = 1,
                .limbs = limbs,
                .exponent = exponent,
                .factors = factors,
                .cancel = cancel,
                .power = calloc(4 * limbs, sizeof(uint64_t))};
    if (!s.power) {
        return BE_ENOMEM;
    }
    s.saved = s.power + limbs;
    s.product = s.saved + limbs;
    s.term = s.product + limbs;
    s.power[0] = 2; /* x */
    be_random_init(&s.random, 1, limbs);
    be_status status = set_rest(&s, f);
    while (!status && 2 * s.next <= (size_t)be__gf2x_degree(&s.rest)) {
        status = cancel && be_cancel_raised(cancel) ? BE_ECANCEL : run_block(&s);
    }
    if (!status && be__gf2x_degree(&s.rest) > 0) {
        status = add_factor(factors, &s.rest, exponent);
    }
    be__gf2x_clear(&s.rest);
    be__gf2x_mod_destroy(s.m);
    free(s.power);
    return status;
}

/* ---- repeated factors ----------------------------------------------------------------------- */

static int by_poly(const void *a, const void *b)
{
    return be__gf2x_compare(&((const be__gf2x_factor *)a)->poly,
                            &((const be__gf2x_factor *)b)->poly);
}

/* f(0) = 1; f is used up. Each round finds what occurs with exactly an exponent of
 * scale * (odd number), then goes on with the square root of the rest. */
static be_status split(be__gf2x_factors *factors, be__gf2x *f, const be_cancel *cancel)
{
    be_status status = BE_OK;
    be__gf2x g = {0}, w = {0}, y = {0}, z = {0};
    for (size_t scale = 1; !status && be__gf2x_degree(f) > 0; scale *= 2) {
        /* w: every factor of odd exponent once. g: f without one of each. */
        bool ok = be__gf2x_derivative(&y, f) && be__gf2x_gcd(&g, f, &y) &&
                  be__gf2x_divrem(&w, NULL, f, &g);
        for (size_t k = 1; ok && !status && be__gf2x_degree(&w) > 0; k++) {
            ok = be__gf2x_gcd(&y, &w, &g) && be__gf2x_divrem(&z, NULL, &w, &y) &&
                 be__gf2x_divrem(&g, NULL, &g, &y);
            be__gf2x_swap(&w, &y);
            if (ok) {
                status = split_square_free(factors, &z, k * scale, cancel);
            }
        }
        if (!status && !(ok && be__gf2x_sqrt(f, &g))) {
            status = BE_ENOMEM;
        }
    }
    be__gf2x_clear(&g);
    be__gf2x_clear(&w);
    be__gf2x_clear(&y);
    be__gf2x_clear(&z);
    return status;
}

be_status be__gf2x_factor_poly(be__gf2x_factors *factors, const be__gf2x *f,
                               const be_cancel *cancel)
{
    be__gf2x_factors found = {0};
    be__gf2x rest = {0}, x = {0};
    size_t low = 0;
    while (!be__gf2x_bit(f, low)) {
        low++;
    }
    be_status status = BE_OK;
    if (low > 0) {
        status = be__gf2x_set_x(&x, 1) ? add_factor(&found, &x, low) : BE_ENOMEM;
    }
    if (!status) {
        status = be__gf2x_shift_right(&rest, f, low) ? split(&found, &rest, cancel) : BE_ENOMEM;
    }
    be__gf2x_clear(&rest);
    be__gf2x_clear(&x);
    if (status) {
        be__gf2x_factors_clear(&found);
        return status;
    }
    if (found.n > 1) {
        qsort(found.item, found.n, sizeof *found.item, by_poly);
    }
    be__gf2x_factors_clear(factors);
    *factors = found;
    return BE_OK;
}

/* f of degree n is irreducible when x^(2^n) = x modulo f, and for each prime p that divides n,
 * x^(2^(n/p)) + x has nothing in common with f. */
be_status be__gf2x_is_irreducible(const be__gf2x *f, bool *irreducible)
{
    size_t n = (size_t)be__gf2x_degree(f);
    if (n == 1) {
        *irreducible = true;
        return BE_OK;
    }
    *irreducible = false;
    if (!be__gf2x_bit(f, 0)) {
        return BE_OK;
    }
    be__gf2x_mod *m = be__gf2x_mod_create(f);
    be__gf2x power = {0}, common = {0};
    bool ok = m && be__gf2x_reserve(&power, f->n);
    if (ok) {
        size_t limbs = be__gf2x_mod_limbs(m), done = 0;
        uint64_t *a = power.limb;
        memset(a, 0, power.capacity * sizeof *a);
        a[0] = 2;
        bool passed = true;
        /* n / p rising: p from large to small. */
        for (size_t p = n; ok && passed && p >= 2; p--) {
            bool prime = n % p == 0;
            for (size_t t = 2; prime && t * t <= p; t++) {
                prime = p % t != 0;
            }
            if (!prime) {
                continue;
            }
            be__gf2x_mod_sqr(m, a, a, n / p - done);
            done = n / p;
            a[0] ^= 2;
            ok = be__gf2x_set_limbs(&power, a, limbs) && be__gf2x_gcd(&common, &power, f);
            passed = be__gf2x_is_one(&common);
            memset(a + power.n, 0, (limbs - power.n) * sizeof *a);
            a[0] ^= 2;
        }
        if (ok && passed) {
            be__gf2x_mod_sqr(m, a, a, n - done);
            a[0] ^= 2;
            *irreducible = be__gf2_degree(a, limbs) < 0;
        }
    }
    be__gf2x_mod_destroy(m);
    be__gf2x_clear(&power);
    be__gf2x_clear(&common);
    return ok ? BE_OK : BE_ENOMEM;
}
