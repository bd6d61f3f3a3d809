/* gf/gf2x.h: polynomials over GF(2), 64 coefficients a limb.
 *
 * Coefficient i is bit i % 64 of limb i / 64. Three layers: limbs, arrays of a stated length;
 * be__gf2x, a polynomial that grows; be__gf2x_mod, everything modulo one polynomial.
 *
 * A bool returned says whether there was memory; after a false, outputs are valid objects of
 * unspecified value.
 */
#ifndef BE__GF2X_H
#define BE__GF2X_H

#include <breakeven/base.h>

/* ---- limbs ---------------------------------------------------------------------------------- */

/* r[0, na + nb) = a[0, na) * b[0, nb); na, nb > 0; r overlaps neither. Holds scratch beyond some
 * dozens of limbs: false when there is none. */
BE_CHECK bool be__gf2_mul(uint64_t *r, const uint64_t *a, size_t na, const uint64_t *b, size_t nb);

/* The same for n limbs each, with the caller's scratch of be__gf2_mul_scratch(n) limbs. */
void be__gf2_mul_n(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n, uint64_t *scratch);
size_t be__gf2_mul_scratch(size_t n);

/* r[0, 2n) = the square of a[0, n): its bits spread. r may not overlap a. */
void be__gf2_sqr(uint64_t *r, const uint64_t *a, size_t n);

/* r[0, n) ^= w * a[0, n), and returns the limb that goes above. */
uint64_t be__gf2_add_mul_1(uint64_t *r, const uint64_t *a, size_t n, uint64_t w);

/* The degree of a[0, n); -1 for zero. */
ptrdiff_t be__gf2_degree(const uint64_t *a, size_t n);

/* ---- a polynomial --------------------------------------------------------------------------- */

typedef struct be__gf2x {
    uint64_t *limb;
    size_t n; /* limbs in use: the last one is not 0; 0 for the zero polynomial */
    size_t capacity;
} be__gf2x;

void be__gf2x_init(be__gf2x *a); /* the zero polynomial; takes no memory */
void be__gf2x_clear(be__gf2x *a);
void be__gf2x_swap(be__gf2x *a, be__gf2x *b);

static inline ptrdiff_t be__gf2x_degree(const be__gf2x *a) /* -1 for zero */
{
    return a->n ? (ptrdiff_t)(64 * a->n) - 1 - __builtin_clzll(a->limb[a->n - 1]) : -1;
}

static inline unsigned be__gf2x_bit(const be__gf2x *a, size_t i)
{
    return i / 64 < a->n ? a->limb[i / 64] >> i % 64 & 1 : 0;
}

bool be__gf2x_is_one(const be__gf2x *a);
bool be__gf2x_equal(const be__gf2x *a, const be__gf2x *b);
/* By degree, then by the highest coefficient that differs: negative, 0, positive. */
int be__gf2x_compare(const be__gf2x *a, const be__gf2x *b);

BE_CHECK bool be__gf2x_reserve(be__gf2x *a, size_t n_limbs); /* keeps the value */
BE_CHECK bool be__gf2x_set(be__gf2x *r, const be__gf2x *a);
BE_CHECK bool be__gf2x_set_limbs(be__gf2x *r, const uint64_t *limbs, size_t n);
BE_CHECK bool be__gf2x_set_x(be__gf2x *r, size_t degree); /* x^degree */
BE_CHECK bool be__gf2x_flip(be__gf2x *r, size_t i);       /* r += x^i */

/* In what follows r may be an operand. */
BE_CHECK bool be__gf2x_add(be__gf2x *r, const be__gf2x *a, const be__gf2x *b);
BE_CHECK bool be__gf2x_mul(be__gf2x *r, const be__gf2x *a, const be__gf2x *b);
BE_CHECK bool be__gf2x_sqr(be__gf2x *r, const be__gf2x *a);
BE_CHECK bool be__gf2x_shift_left(be__gf2x *r, const be__gf2x *a, size_t n);  /* a x^n */
BE_CHECK bool be__gf2x_shift_right(be__gf2x *r, const be__gf2x *a, size_t n); /* a / x^n */
BE_CHECK bool be__gf2x_derivative(be__gf2x *r, const be__gf2x *a);
/* The square root of an a that is a square, which is when its derivative is 0. */
BE_CHECK bool be__gf2x_sqrt(be__gf2x *r, const be__gf2x *a);
/* x^degree a(1/x), for a degree not below a's. */
BE_CHECK bool be__gf2x_reverse(be__gf2x *r, const be__gf2x *a, size_t degree);

/* a = q b + r with deg r < deg b; b is not zero; q or r may be NULL, q is not r. */
BE_CHECK bool be__gf2x_divrem(be__gf2x *q, be__gf2x *r, const be__gf2x *a, const be__gf2x *b);

/* The greatest common divisor; of 0 and 0 it is 0. */
BE_CHECK bool be__gf2x_gcd(be__gf2x *r, const be__gf2x *a, const be__gf2x *b);

/* ---- modulo a polynomial -------------------------------------------------------------------- */

/* The ring GF(2)[x]/(f), deg f >= 1. Its elements are arrays of be__gf2x_mod_limbs(m) limbs, of
 * degree less than f's. It owns scratch: one thread at a time. In all functions r may be a or b. */
typedef struct be__gf2x_mod be__gf2x_mod;

be__gf2x_mod *be__gf2x_mod_create(const be__gf2x *f); /* NULL: no memory */
void be__gf2x_mod_destroy(be__gf2x_mod *m);           /* may be NULL */
size_t be__gf2x_mod_limbs(const be__gf2x_mod *m);
size_t be__gf2x_mod_degree(const be__gf2x_mod *m);

/* r = a mod f, for any length of a. */
void be__gf2x_mod_reduce(be__gf2x_mod *m, uint64_t *r, const uint64_t *a, size_t n);
void be__gf2x_mod_mul(be__gf2x_mod *m, uint64_t *r, const uint64_t *a, const uint64_t *b);
void be__gf2x_mod_mul_x(be__gf2x_mod *m, uint64_t *r, const uint64_t *a);
/* r = a^(2^times). */
void be__gf2x_mod_sqr(be__gf2x_mod *m, uint64_t *r, const uint64_t *a, size_t times);
/* r = a^e for e[0, n_e), and x^e. Cost: as many squarings as e has bits, and for a^e a product
 * every four or so. */
void be__gf2x_mod_pow(be__gf2x_mod *m, uint64_t *r, const uint64_t *a, const uint64_t *e,
                      size_t n_e);
void be__gf2x_mod_pow_x(be__gf2x_mod *m, uint64_t *r, const uint64_t *e, size_t n_e);
bool be__gf2x_mod_is_one(const be__gf2x_mod *m, const uint64_t *a);

/* ---- factoring ------------------------------------------------------------------------------ */

typedef struct be__gf2x_factor {
    be__gf2x poly; /* irreducible */
    size_t exponent;
} be__gf2x_factor;

typedef struct be__gf2x_factors {
    be__gf2x_factor *item; /* by be__gf2x_compare */
    size_t n;
    size_t capacity;
} be__gf2x_factors;

void be__gf2x_factors_init(be__gf2x_factors *factors);
void be__gf2x_factors_clear(be__gf2x_factors *factors);

/* Factor f, which is not zero. BE_ENOMEM; BE_ECANCEL when `cancel` (may be NULL) was raised. The
 * random choices are the same for the same f. */
BE_CHECK be_status be__gf2x_factor_poly(be__gf2x_factors *factors, const be__gf2x *f,
                                        const be_cancel *cancel);

/* Whether f, of degree >= 1, is irreducible, by Rabin's test; *irreducible is set on BE_OK. */
BE_CHECK be_status be__gf2x_is_irreducible(const be__gf2x *f, bool *irreducible);

#endif
