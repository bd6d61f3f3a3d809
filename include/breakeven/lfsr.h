/* lfsr.h: linear feedback shift registers over GF(2).
 *
 *     uint64_t polynomial;
 *     be_lfsr_census census;
 *     be_lfsr_polynomial_parse("x^16+x^12+x^5+1", 15, &polynomial, &error);
 *     be_lfsr_cycles(engine, polynomial, NULL, NULL, &census);
 *
 * Conventions, for everything here. A polynomial is a word whose bit i is the coefficient of x^i.
 * P = x^d + c_{d-1} x^{d-1} + ... + c_0 is the *characteristic* polynomial of the recurrence
 *
 *     s_{n+d} = c_{d-1} s_{n+d-1} + ... + c_1 s_{n+1} + c_0 s_n        (sums modulo 2)
 *
 * and a state is d consecutive bits of such a sequence, as a number with the oldest bit s_n as its
 * most significant one: one step shifts left and puts the new bit in at the right (the Fibonacci
 * form, which gives out the oldest bit). The Galois form of P, and both forms of the reciprocal
 * polynomial x^d P(1/x), which others call the feedback polynomial, have the same cycle lengths
 * when c_0 = 1.
 */
#ifndef BREAKEVEN_LFSR_H
#define BREAKEVEN_LFSR_H

#include <breakeven/batch.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    BE_LFSR_DEGREE_MAX = 40,
    BE_LFSR_LENGTHS_MAX = 768, /* no register of degree <= 40 has more different cycle lengths */
    BE_LFSR_TEXT_SIZE = 512    /* any word's polynomial as text, with its ending zero */
};

/* ---- polynomials ---------------------------------------------------------------------------- */

/* Read a polynomial of degree 1 to BE_LFSR_DEGREE_MAX from text[0, size): terms in any order,
 *
 *     x^16 + x^5 + x^3 + x^2 + 1      also x**16, and t, X or T for x
 *     16, 5, 3, 2, 0                  its exponents
 *
 * with blanks, tabs and line ends between any two signs. A term may occur once.
 *
 * BE_EINVAL with *error (may be NULL): the offset in bytes of what does not fit, and what was
 * expected there. Linear in size.
 */
BE_API BE_CHECK be_status be_lfsr_polynomial_parse(const char *text, size_t size,
                                                   uint64_t *polynomial, be_error *error);

/* "x^16 + x^5 + x^3 + x^2 + 1" into text: falling exponents; "0" when there is no term. Parsing it
 * gives the polynomial back. */
BE_API void be_lfsr_polynomial_format(uint64_t polynomial, char text[BE_LFSR_TEXT_SIZE]);

/* ---- the cycles of all states --------------------------------------------------------------- */

/* So many cycles of this length. */
typedef struct be_lfsr_length {
    uint64_t length;
    uint64_t cycles;
} be_lfsr_length;

/* Where the 2^degree states of a register lie. The zero state is one of the cycles of length 1.
 *
 *   sum of length * cycles over `lengths`  =  tail[0]
 *   sum of tail[0..longest_tail]           =  2^degree
 */
typedef struct be_lfsr_census {
    uint64_t polynomial;
    unsigned degree;
    unsigned longest_tail;                 /* 0 when every state is on a cycle (c_0 = 1) */
    uint64_t tail[BE_LFSR_DEGREE_MAX + 1]; /* [j]: states first on a cycle after exactly j steps */
    uint64_t n_cycles;                     /* sum of `cycles` below */
    size_t n_lengths;
    be_lfsr_length lengths[BE_LFSR_LENGTHS_MAX]; /* [0, n_lengths), by rising length */
} be_lfsr_census;

/* Enumerate the states of the register of a polynomial, and count cycles and tails.
 *
 *   polynomial   degree 1 to BE_LFSR_DEGREE_MAX; x may divide it (a singular register)
 *   allocator    NULL: malloc; holds be_lfsr_cycles_bytes(polynomial) during the call
 *   options      may be NULL; *done is 0 or, on success, the number of stretches (see cycles.c)
 *
 * No factoring, no orders: every state is passed over, 48 at a time. The number of states counted
 * is checked to be 2^degree at the end; BE_EMISMATCH if it were not. The census is the same for any
 * schedule. Besides, BE_EINVAL (degree), BE_ENOMEM, BE_ECANCEL, BE_EDEADLINE. Linear in 2^degree,
 * the constant depends on how many cycles are short: docs/lfsr.md has figures.
 */
BE_API BE_CHECK be_status be_lfsr_cycles(be_engine *engine, uint64_t polynomial,
                                         const be_allocator *allocator,
                                         const be_for_options *options, be_lfsr_census *census);

/* Bytes that call holds: 36 KiB and about 2^(degree/2 + 6), at most 101 MB. 0 for a degree out of
 * range. */
BE_API uint64_t be_lfsr_cycles_bytes(uint64_t polynomial);

/* Show a census: facts, then a table of cycle lengths, then, when there are tails, one of those. */
BE_API void be_lfsr_census_present(const be_lfsr_census *census, const be_presenter *presenter);

/* "lfsr.cycles": a census as a workload. n counts states and is rounded up to 2^d, d from 1 to 40.
 * input is a polynomial as text, which must have that degree d (or n is 0: whatever degree it has).
 * Without an input the seed draws one of degree d, with c_0 = 1 and divisible by x + 1, so that it
 * has several cycles. */
BE_API extern const be_workload be_lfsr_cycles_workload;

#ifdef __cplusplus
}
#endif
#endif
