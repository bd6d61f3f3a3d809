/* register.h: what the files about registers share. */
#ifndef BE__LFSR_REGISTER_H
#define BE__LFSR_REGISTER_H

#include <breakeven/lfsr.h>

#include "base/base.h"
#include "gf/gf.h"

/* The arithmetic of a field. BE_ENOMEM. */
BE_CHECK be_status be__lfsr_field(const be_lfsr_field *field, be__field **made);

/* -a and a + b in GF(q), digit by digit: the modulus plays no part. */
uint64_t be__lfsr_negate(const be_lfsr_field *field, uint64_t a);
uint64_t be__lfsr_add(const be_lfsr_field *field, uint64_t a, uint64_t b);

/* A register of n cells with zeroed arrays for its form (coefficients or matrix, and a constant
 * when asked for). BE_ENOMEM. */
BE_CHECK be_status be__lfsr_make(const be_lfsr_field *field, be_lfsr_form form, size_t n,
                                 bool constant, const be_allocator *allocator, be_lfsr *lfsr);

/* Entry A[i][j] of the step of any form, whatever it is kept as. */
uint64_t be__lfsr_entry(const be_lfsr *lfsr, size_t i, size_t j);

/* The cell whose value is given out. */
static inline size_t be__lfsr_output(const be_lfsr *lfsr)
{
    return lfsr->form == BE_LFSR_GALOIS ? lfsr->n - 1 : 0;
}

/* left and right side by side, as a matrix that gives out the sum of both: cell 0 holds the sum (it
 * takes the place of the left one's output cell, whose value it loses to no one: the map is
 * one-to-one). */
BE_CHECK be_status be__lfsr_join(const be_lfsr *left, const be_lfsr *right, be_lfsr *joined);

#endif
