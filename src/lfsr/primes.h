/* primes.h: the prime factors of p^m - 1. */
#ifndef BE__LFSR_PRIMES_H
#define BE__LFSR_PRIMES_H

#include <breakeven/batch.h>

#include "gf/integer.h"

/* How long and with what help to look for factors that no table has. */
typedef struct be__effort {
    const be_cancel *cancel; /* may be NULL */
    uint64_t deadline_ns;    /* of be_now_ns; 0: none beyond what is quick */
    const be__int *known;    /* [n_known] numbers that may be factors */
    size_t n_known;
} be__effort;

typedef struct be__prime {
    be__int value;
    unsigned long exponent;
    bool composite; /* not a prime, but its factors were not found */
} be__prime;

typedef struct be__primes {
    be__prime *item; /* by value */
    size_t n;
    size_t capacity;
    bool complete; /* none is composite */
} be__primes;

void be__primes_init(be__primes *primes);
void be__primes_clear(be__primes *primes);

/* Factor p^m - 1 for a prime p, m >= 1.
 *
 * p^m - 1 is the product of the cyclotomic values Phi_d(p) over the divisors d of m. Each is looked
 * up in the table (src/lfsr/primes.inc); what that lacks is split by Aurifeuille's identities,
 * effort->known, trial division, Pollard's rho and, where the build has it, GMP-ECM, until the
 * deadline. Every value is proved to be prime, but for those above some 300 digits that no table
 * has, which pass a BPSW test. BE_ENOMEM, BE_ECANCEL. */
BE_CHECK be_status be__primes_of_power(uint64_t p, size_t m, const be__effort *effort,
                                       be__primes *primes);

/* Factor any n > 1, with the same effort. */
BE_CHECK be_status be__primes_of(const be__int *n, const be__effort *effort, be__primes *primes);

/* The table itself, for its test: row n of base b, false beyond it. *rest_open: Phi_n(b), without
 * the primes given and those of n, is not one prime. */
bool be__primes_row(uint64_t b, size_t n, be__primes *primes, bool *rest_open);

/* Phi_n(b). */
void be__cyclotomic(be__int *r, uint64_t b, size_t n);

/* Decimal numbers from text[0, size), as be_lfsr_analyze_options has them; *numbers and *n start as
 * NULL and 0, and are to be cleared whatever is returned. BE_EINVAL with line and offset,
 * BE_ENOMEM. */
BE_CHECK be_status be__known_read(const char *text, size_t size, be__int **numbers, size_t *n,
                                  be_error *error);
void be__known_clear(be__int *numbers, size_t n);

#endif
