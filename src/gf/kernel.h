/* gf/kernel.h: the inner loops over GF(2)[x], one version for each instruction set.
 *
 * All versions give the same bits. The public functions in gf2x_mul.c look theirs up at each call.
 */
#ifndef BE__GF_KERNEL_H
#define BE__GF_KERNEL_H

#include "cpu/isa.h"

typedef struct be__gf2_kernel {
    /* r[0, na + nb) = a[0, na) * b[0, nb), na >= nb > 0, quadratic; r overlaps neither. */
    void (*mul)(uint64_t *r, const uint64_t *a, size_t na, const uint64_t *b, size_t nb);
    /* As be__gf2_sqr and be__gf2_add_mul_1. */
    void (*sqr)(uint64_t *r, const uint64_t *a, size_t n);
    uint64_t (*add_mul_1)(uint64_t *r, const uint64_t *a, size_t n, uint64_t w);
    /* r[0, n) = a[0, n) + b[0, n); r may be either. */
    void (*add)(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n);
    /* With r = r0 + r1 X + r2 X^2 + r3 X^3 in pieces of h limbs, the last of 2 high - h, and middle
     * = m0 + m1 X: add (middle + (r0 + r1 X) + (r2 + r3 X)) X to it. */
    void (*join)(uint64_t *r, const uint64_t *middle, size_t h, size_t high);
    size_t karatsuba_from; /* limbs from which splitting in halves beats `mul` */
} be__gf2_kernel;

/* Indexed by be_isa; NULL where there is none. That of BE_ISA_AVX512 needs VPCLMULQDQ besides. */
extern const be__gf2_kernel *const be__gf2_kernel_variant[BE_ISA_COUNT];
const be__gf2_kernel *be__gf2_kernel_now(void);

extern const be__gf2_kernel be__gf2_kernel_avx2;
extern const be__gf2_kernel be__gf2_kernel_avx512;

#endif
