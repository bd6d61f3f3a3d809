/* cycles.h: a census in three steps, so that a workload can repeat the middle one. */
#ifndef BE__LFSR_CYCLES_H
#define BE__LFSR_CYCLES_H

#include <breakeven/lfsr.h>

typedef struct be__lfsr_plan be__lfsr_plan;

/* The degree of a polynomial; 0 for 0, which has none. */
static inline unsigned be__lfsr_degree(uint64_t polynomial)
{
    return 63 - (unsigned)__builtin_clzll(polynomial | 1);
}

/* All the memory and tables of a census; the degree is in range. NULL: no memory. */
be__lfsr_plan *be__lfsr_plan_create(uint64_t polynomial, const be_allocator *allocator);
void be__lfsr_plan_destroy(be__lfsr_plan *plan); /* may be NULL */

/* Walks to do: items of the longest loop. */
size_t be__lfsr_plan_stretches(const be__lfsr_plan *plan);

/* As be_lfsr_cycles. */
be_status be__lfsr_plan_run(be_engine *engine, be__lfsr_plan *plan, const be_for_options *options,
                            be_lfsr_census *census);

#endif
