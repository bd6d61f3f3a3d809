/* gf/field.h: finite fields GF(q), and polynomials and matrices over them.
 *
 * q = p^k. An element is a number below q: its base-p digits, least first, are the coefficients of
 * 1, a, a^2, ..., where a is a root of the modulus; in a prime field that is the residue itself.
 *
 * A bool returned says whether there was memory.
 */
#ifndef BE__FIELD_H
#define BE__FIELD_H

#include <breakeven/base.h>

enum {
    BE__FIELD_PRIME_MAX = 0x7FFFFFFF, /* the largest q of a prime field */
    BE__FIELD_TABLE_MAX = 65536,      /* and of any other */
    BE__FIELD_DEGREE_MAX = 16
};

/* ---- the field ------------------------------------------------------------------------------ */

typedef struct be__field {
    uint32_t p, k, q;
    uint32_t modulus[BE__FIELD_DEGREE_MAX + 1]; /* monic, coefficients from that of 1 on; k > 1 */
    /* For k > 1, to the base of some primitive element g: */
    uint16_t *log;  /* [q] of each element but 0 */
    uint16_t *exp;  /* [2q] g^i */
    uint16_t *zech; /* [q] odd p: log(1 + g^i); q - 1 where that is 0 */
} be__field;

/* GF(q). `modulus` has the coefficients of 1, a, ..., a^k, each below p; NULL stands for the Conway
 * polynomial. BE_EINVAL with *error (may be NULL) when q is no prime power or out of range, or the
 * modulus is not monic of degree k and irreducible; BE_EDOMAIN when no Conway polynomial is known;
 * BE_ENOMEM. */
BE_CHECK be_status be__field_create(uint64_t q, const uint32_t *modulus, size_t n_modulus,
                                    be__field **field, be_error *error);
void be__field_destroy(be__field *field); /* may be NULL */

/* Whether q = p^k, and of which. */
bool be__prime_power(uint64_t q, uint64_t *p, unsigned *k);
bool be__prime_u64(uint64_t n);

uint32_t be__field_add(const be__field *f, uint32_t a, uint32_t b);
uint32_t be__field_neg(const be__field *f, uint32_t a);
uint32_t be__field_sub(const be__field *f, uint32_t a, uint32_t b);
uint32_t be__field_mul(const be__field *f, uint32_t a, uint32_t b);
uint32_t be__field_inv(const be__field *f, uint32_t a); /* a is not 0 */
uint32_t be__field_pow(const be__field *f, uint32_t a, uint64_t e);

/* ---- polynomials ---------------------------------------------------------------------------- */

typedef struct be__poly {
    uint32_t *c; /* c[i] is the coefficient of x^i */
    size_t n;    /* coefficients in use: the last one is not 0; 0 for the zero polynomial */
    size_t capacity;
} be__poly;

void be__poly_init(be__poly *a); /* zero; takes no memory */
void be__poly_clear(be__poly *a);
void be__poly_swap(be__poly *a, be__poly *b);
BE_CHECK bool be__poly_reserve(be__poly *a, size_t n);
BE_CHECK bool be__poly_set(be__poly *r, const be__poly *a);
BE_CHECK bool be__poly_set_coefficients(be__poly *r, const uint32_t *c, size_t n);
BE_CHECK bool be__poly_set_coefficient(be__poly *r, size_t i, uint32_t c);
bool be__poly_equal(const be__poly *a, const be__poly *b);
/* By degree, then by the highest coefficient that differs. */
int be__poly_compare(const be__poly *a, const be__poly *b);

static inline ptrdiff_t be__poly_degree(const be__poly *a) /* -1 for zero */
{
    return (ptrdiff_t)a->n - 1;
}

/* In what follows r may be an operand. Products and divisions are quadratic. */
BE_CHECK bool be__poly_add(const be__field *f, be__poly *r, const be__poly *a, const be__poly *b);
BE_CHECK bool be__poly_sub(const be__field *f, be__poly *r, const be__poly *a, const be__poly *b);
BE_CHECK bool be__poly_mul(const be__field *f, be__poly *r, const be__poly *a, const be__poly *b);
BE_CHECK bool be__poly_scale(const be__field *f, be__poly *r, const be__poly *a, uint32_t c);
/* a = q b + r with deg r < deg b; b is not zero; q or r may be NULL. */
BE_CHECK bool be__poly_divrem(const be__field *f, be__poly *q, be__poly *r, const be__poly *a,
                              const be__poly *b);
BE_CHECK bool be__poly_gcd(const be__field *f, be__poly *r, const be__poly *a,
                           const be__poly *b); /* monic */
/* The ring GF(q)[x]/(f), deg f >= 1: its elements are arrays of deg f coefficients. It keeps the
 * field and owns scratch: one thread at a time. In all functions r may be a or b. */
typedef struct be__poly_mod be__poly_mod;

be__poly_mod *be__poly_mod_create(const be__field *field, const be__poly *f); /* NULL: no memory */
void be__poly_mod_destroy(be__poly_mod *m);                                   /* may be NULL */
void be__poly_mod_mul(be__poly_mod *m, uint32_t *r, const uint32_t *a, const uint32_t *b);
void be__poly_mod_set_x(const be__poly_mod *m, uint32_t *r);
bool be__poly_mod_is_one(const be__poly_mod *m, const uint32_t *a);
/* r = a^e for e[0, n_e), the least limb first. */
void be__poly_mod_pow(be__poly_mod *m, uint32_t *r, const uint32_t *a, const uint64_t *e,
                      size_t n_e);

BE_CHECK bool be__poly_mul_mod(const be__field *f, be__poly *r, const be__poly *a,
                               const be__poly *b, const be__poly *m);
/* a^e mod m for the exponent e[0, n_e), least limb first. */
BE_CHECK bool be__poly_pow_mod(const be__field *f, be__poly *r, const be__poly *a,
                               const uint64_t *e, size_t n_e, const be__poly *m);

typedef struct be__poly_factor {
    be__poly poly; /* monic, irreducible */
    size_t exponent;
} be__poly_factor;

typedef struct be__poly_factors {
    be__poly_factor *item; /* by be__poly_compare */
    size_t n;
    size_t capacity;
} be__poly_factors;

void be__poly_factors_init(be__poly_factors *factors);
void be__poly_factors_clear(be__poly_factors *factors);

/* Factor f over GF(q), of degree >= 1; its leading coefficient is dropped. By FLINT. */
BE_CHECK bool be__poly_factor_poly(const be__field *field, be__poly_factors *factors,
                                   const be__poly *f);

/* The Conway polynomial of GF(p^k), k >= 2, into modulus[0, k]; false when none is known. */
bool be__conway(uint32_t p, unsigned k, uint32_t *modulus);

/* ---- matrices ------------------------------------------------------------------------------- */

/* n rows of n elements; entry (i, j) is at[i * n + j]. */

/* charpoly = det(x I - A), monic of degree n. Cubic in n. */
BE_CHECK bool be__matrix_characteristic(const be__field *f, const uint32_t *a, size_t n,
                                        be__poly *charpoly);
/* r = a b, all different. */
void be__matrix_mul(const be__field *f, uint32_t *r, const uint32_t *a, const uint32_t *b,
                    size_t n);
/* r = g(a). */
BE_CHECK bool be__matrix_eval(const be__field *f, uint32_t *r, const be__poly *g, const uint32_t *a,
                              size_t n);
/* The rank of an n_rows by n_columns matrix. */
BE_CHECK bool be__matrix_rank(const be__field *f, const uint32_t *a, size_t n_rows,
                              size_t n_columns, size_t *rank);

#endif
