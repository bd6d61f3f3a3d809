/* algebra.h: the structure of a register as a linear map, from its factors to its cycles.
 *
 * The step of a register is a matrix A over GF(q). Its characteristic polynomial is a product of
 * powers g^e of irreducible polynomials, and the space of states splits accordingly; the part of g
 * is a sum of cyclic spaces GF(q)[x]/(g^k), the elementary divisors, whose k add up to e. A
 * register said by a polynomial has one for each g.
 */
#ifndef BE__LFSR_ALGEBRA_H
#define BE__LFSR_ALGEBRA_H

#include <breakeven/lfsr.h>

#include "gf/gf.h"
#include "lfsr/primes.h"

/* One irreducible factor of the characteristic polynomial. */
typedef struct be__divisor {
    be__poly poly;   /* monic */
    size_t exponent; /* in the characteristic polynomial */
    size_t *parts; /* [n_parts] elementary divisors poly^parts[i], falling; their sum is exponent */
    size_t n_parts;
    bool is_x;
    be__int order;    /* least N > 0 with x^N = 1 modulo poly; 0 for x. When not complete, */
    be__int multiple; /* this is known to be divisible by it, and `order` to divide it */
    bool complete;
} be__divisor;

typedef struct be__structure {
    be__field *field;
    size_t n; /* cells */
    be__poly characteristic;
    be__divisor *divisor; /* [n_divisors], x first, then by be__poly_compare */
    size_t n_divisors;
    /* For a step s -> s A + b: the least j such that some state s has (s A + b - s)(A - 1)^(j-1) =
     * 0. 1: there is a fixed point, and it is the linear register moved there. 0: b is not given.
     */
    size_t affine;
    bool complete; /* every order is exact */
} be__structure;

/* The arithmetic of a field. */
BE_CHECK be_status be__field_of(const be_lfsr_field *from, be__field **field, be_error *error);

/* Characteristic polynomial and elementary divisors. A matrix takes cubic time. */
BE_CHECK be_status be__structure_init(be__structure *s, const be_lfsr *lfsr,
                                      const be_cancel *cancel, be_error *error);
void be__structure_clear(be__structure *s); /* a zeroed one, too */

/* Fill in the orders. BE_OK also when some are not exact: s->complete says. */
BE_CHECK be_status be__structure_orders(be__structure *s, const be__effort *effort);

/* The order of x modulo an irreducible g over `field`, that is not x, from the primes of
 * q^(deg g) - 1. */
BE_CHECK be_status be__order_of_x(const be__field *field, const be__poly *g,
                                  const be__primes *primes, be__int *order, be__int *multiple,
                                  bool *complete);

/* Cycles of one length, and the states on them. */
typedef struct be__row {
    be__int length, states;
    uint32_t *level; /* [n_divisors] a state of such a cycle is annihilated by the product of
                        poly^level, and by no divisor of that */
} be__row;

typedef struct be__rows {
    be__row *item; /* by rising length */
    size_t n;
    size_t n_divisors;
    uint32_t *levels; /* behind the items' */
} be__rows;

/* Every length, from exact orders. BE_ELIMIT when there are more than `max`. */
BE_CHECK be_status be__rows_init(be__rows *rows, const be__structure *s, size_t max,
                                 const be_cancel *cancel);
void be__rows_clear(be__rows *rows);

/* *states[j]: how many states are first on a cycle after exactly j steps, j from 0 to *longest. */
BE_CHECK be_status be__tails(const be__structure *s, be__int **states, size_t *longest);

/* What proves the rows of a register said by a polynomial over a prime field, without a constant:
 * text for breakeven-verify. BE_EDOMAIN when some prime was not proved with that effort. */
BE_CHECK be_status be__certificate(const be__structure *s, const be__rows *rows,
                                   const be_lfsr *lfsr, const be__effort *effort, be_text *text);

/* The least e with p^e >= j. */
unsigned be__log_up(uint64_t p, uint64_t j);

#endif
