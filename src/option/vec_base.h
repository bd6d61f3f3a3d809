/* vec_base.h: vectors of doubles for kernel.inc, two lanes of the compiler's own.
 *
 * The three vec_*.h define the same names, each operation rounding once per lane:
 *
 *     vd, vi, vm, VEC_LANES        doubles, their bits, a mask, how many lanes
 *     vec_set(x), vec_load(p), vec_store(p, v)                   p at any alignment
 *     vec_fma(a, b, c), vec_sqrt(a), vec_abs(a), vec_max(a, b)   and + - * / of the language
 *     vec_lt(a, b), vec_le(a, b), vec_and(m, m), vec_eq(a, b)    false for what is not a number
 *     vec_select(m, a, b)          a where m, else b
 *     vec_bits(m)                  bit i is lane i
 *     vec_rest(a, b, p)            a b - p exactly, for p near a b
 *     vec_lookup16(table, i)       table[i] for i modulo 16
 *
 * Here vec_fma rounds twice, as a CPU without that instruction does: the base variant keeps a bound
 * of its own, and AVX2 and AVX-512 agree to the bit.
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
typedef uint64_t vi __attribute__((vector_size(16)));

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

static inline vd vec_fma(vd a, vd b, vd c)
{
    return a * b + c;
}

/* Source: T. J. Dekker, "A floating-point technique for extending the available precision", 1971.
 */
static inline vd vec_rest(vd a, vd b, vd p)
{
    const vd splitter = {0x1p27 + 1, 0x1p27 + 1};
    vd a_big = a * splitter, b_big = b * splitter;
    vd a_high = a_big - (a_big - a), b_high = b_big - (b_big - b);
    vd a_low = a - a_high, b_low = b - b_high, product = a * b;
    vd rest = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low;
    return (product - p) + rest;
}

static inline vd vec_abs(vd a)
{
    return (vd)((vi)a & INT64_MAX);
}

static inline vd vec_max(vd a, vd b)
{
    return (vd){a[0] > b[0] ? a[0] : b[0], a[1] > b[1] ? a[1] : b[1]};
}

static inline vd vec_lookup16(const double *table, vi i)
{
    return (vd){table[i[0] & 15], table[i[1] & 15]};
}

static inline vd vec_sqrt(vd a)
{
    return (vd){sqrt(a[0]), sqrt(a[1])};
}

/* Lane by lane: gcc 12 with sanitizers fails on masks of its own vectors. */
static inline vm vec_lt(vd a, vd b)
{
    return (vm){-(int64_t)(a[0] < b[0]), -(int64_t)(a[1] < b[1])};
}

static inline vm vec_le(vd a, vd b)
{
    return (vm){-(int64_t)(a[0] <= b[0]), -(int64_t)(a[1] <= b[1])};
}

static inline vm vec_eq(vd a, vd b)
{
    return (vm){-(int64_t)(a[0] == b[0]), -(int64_t)(a[1] == b[1])};
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
