/* vec_base.h: vectors of doubles for kernel.inc, two lanes of the compiler's own.
 *
 * The three vec_*.h define the same names, each operation rounding once per lane:
 *
 *     vd, vm, VEC_LANES            doubles, a mask, how many lanes
 *     vec_set(x), vec_load(p), vec_store(p, v)                   p at any alignment
 *     vec_fma(a, b, c), vec_sqrt(a), vec_abs(a), vec_max(a, b)   and + - * / of the language
 *     vec_lt(a, b), vec_le(a, b), vec_and(m, m), vec_or(m, m)    false for what is not a number
 *     vec_select(m, a, b)          a where m, else b
 *     vec_bits(m)                  bit i is lane i
 *     vec_fused                    whether vec_fma rounds once
 *
 * Here vec_fma rounds twice unless the CPU of this build has it: the base variant keeps a bound of
 * its own, and AVX2 and AVX-512 agree to the bit.
 */
#ifndef BE__OPTION_VEC_BASE_H
#define BE__OPTION_VEC_BASE_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { VEC_LANES = 2 };
typedef double vd __attribute__((vector_size(16)));
typedef int64_t vm __attribute__((vector_size(16)));

static inline vd vec_set(double x)
{
    return (vd){x, x};
}

static inline vd vec_load(const double *p)
{
    vd v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline void vec_store(double *p, vd v)
{
    memcpy(p, &v, sizeof v);
}

static inline vd vec_sqrt(vd a)
{
    return (vd){sqrt(a[0]), sqrt(a[1])};
}

static inline vm vec_lt(vd a, vd b)
{
    return a < b;
}

static inline vm vec_le(vd a, vd b)
{
    return a <= b;
}

static inline vm vec_eq(vd a, vd b)
{
    return a == b;
}

static inline vm vec_and(vm a, vm b)
{
    return a & b;
}

static inline vd vec_select(vm m, vd a, vd b)
{
    return (vd)((m & (vm)a) | (~m & (vm)b));
}

static inline unsigned vec_bits(vm m)
{
    return (unsigned)(m[0] & 1) | (unsigned)(m[1] & 2);
}

#endif
