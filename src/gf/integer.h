/* gf/integer.h: integers of any size, over GMP. integer.c and flint.c alone look inside.
 *
 * GMP ends the process when it gets no memory, so callers bound sizes before they compute.
 * All are non-negative unless a subtraction made them negative, which callers avoid.
 */
#ifndef BE__INTEGER_H
#define BE__INTEGER_H

#include <breakeven/base.h>

#include <gmp.h>

typedef struct be__int {
    mpz_t z;
} be__int;

void be__int_init(be__int *a); /* 0 */
void be__int_init_u64(be__int *a, uint64_t value);
void be__int_init_set(be__int *a, const be__int *b);
void be__int_clear(be__int *a);
void be__int_set(be__int *r, const be__int *a);
void be__int_set_u64(be__int *r, uint64_t value);
void be__int_swap(be__int *a, be__int *b);

void be__int_add(be__int *r, const be__int *a, const be__int *b);
void be__int_add_u64(be__int *r, const be__int *a, uint64_t b);
void be__int_sub(be__int *r, const be__int *a, const be__int *b); /* a >= b */
void be__int_sub_u64(be__int *r, const be__int *a, uint64_t b);   /* a >= b */
void be__int_mul(be__int *r, const be__int *a, const be__int *b);
void be__int_mul_u64(be__int *r, const be__int *a, uint64_t b);
void be__int_div(be__int *r, const be__int *a, const be__int *b); /* rounded down */
void be__int_mod(be__int *r, const be__int *a, const be__int *b);
uint64_t be__int_mod_u64(const be__int *a, uint64_t b);
/* Divide by b as often as it goes; returns how often. */
unsigned long be__int_remove(be__int *r, const be__int *a, const be__int *b);
void be__int_gcd(be__int *r, const be__int *a, const be__int *b);
void be__int_lcm(be__int *r, const be__int *a, const be__int *b);
void be__int_pow(be__int *r, uint64_t base, uint64_t exponent); /* base^exponent */
void be__int_pow_int(be__int *r, const be__int *base, uint64_t exponent);
void be__int_powm(be__int *r, const be__int *base, const be__int *exponent, const be__int *modulus);
bool be__int_sqrt(be__int *r, const be__int *a); /* rounded down; true when exact */

int be__int_compare(const be__int *a, const be__int *b);
int be__int_compare_u64(const be__int *a, uint64_t b);
bool be__int_divides(const be__int *divisor, const be__int *a);
size_t be__int_bits(const be__int *a); /* 0 for 0 */
bool be__int_fits_u64(const be__int *a);
uint64_t be__int_u64(const be__int *a); /* the low 64 bits */

/* A view of the limbs, least first; valid until a changes. */
const uint64_t *be__int_limbs(const be__int *a, size_t *n);
void be__int_set_limbs(be__int *r, const uint64_t *limbs, size_t n);

/* Decimal text. be__int_text_size counts the ending zero, and may be one too many. Reading takes
 * digits only: false for anything else. */
size_t be__int_text_size(const be__int *a);
void be__int_text(const be__int *a, char *text);
BE_CHECK bool be__int_parse(be__int *r, const char *text, size_t size);

/* A strong pseudoprime test to several bases and a Lucas test (BPSW): no composite number that
 * passes is known, and none below 2^64 does. */
bool be__int_is_probable_prime(const be__int *a);

/* Proved by FLINT (below 2^64 by that test, then by APRCL) for numbers of up to 1,000 bits; beyond
 * that the same as be__int_is_probable_prime. */
bool be__int_is_prime(const be__int *a);

/* One elliptic curve, chosen by `seed`, with the bound b1: true when it gave a proper divisor of n.
 * Always false in a build without GMP-ECM. */
bool be__int_try_curve(const be__int *n, uint64_t b1, uint64_t seed, be__int *factor);

#endif
