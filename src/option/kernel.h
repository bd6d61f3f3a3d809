/* kernel.h: one loop over columns, compiled once for each instruction set. */
#ifndef BE__OPTION_KERNEL_H
#define BE__OPTION_KERNEL_H

#include <breakeven/option.h>

#include "cpu/isa.h"

/* What evaluate.c works out once a call. */
typedef struct be__option_plan {
    be_option_in in;
    be_option_out out;
    bool price_only; /* of vanilla options */
    bool yields;     /* the dividend column is not 0 throughout */
    bool scaled;     /* by `scale`: the units asked for */
    double scale[BE_OPTION_QUANTITY_COUNT];
} be__option_plan;

typedef void be__option_evaluate_fn(const be__option_plan *plan, size_t begin, size_t end);
extern be__option_evaluate_fn *const be__option_evaluate_variant[BE_ISA_COUNT];
be__option_evaluate_fn be__option_evaluate_base, be__option_evaluate_avx2,
    be__option_evaluate_avx512;

typedef void be__option_implied_fn(const be_option_in *in, be_column price, size_t begin,
                                   size_t end, be_out_column vol, be_out_byte_column status,
                                   bool yields);
extern be__option_implied_fn *const be__option_implied_variant[BE_ISA_COUNT];
be__option_implied_fn be__option_implied_base, be__option_implied_avx2, be__option_implied_avx512;

#endif
