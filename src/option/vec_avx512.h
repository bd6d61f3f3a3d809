/* vec_avx512.h: vec_base.h's operations, eight lanes of AVX-512. */
#ifndef BE__OPTION_VEC_AVX512_H
#define BE__OPTION_VEC_AVX512_H

#include <immintrin.h>
#include <stdint.h>

enum { VEC_LANES = 8 };
typedef double vd __attribute__((vector_size(64)));
typedef __mmask8 vm;
typedef uint64_t vi __attribute__((vector_size(64)));

static inline vd vec_set(double x)
{
    return _mm512_set1_pd(x);
}

static inline vd vec_load(const double *p)
{
    return _mm512_loadu_pd(p);
}

static inline void vec_store(double *p, vd v)
{
    _mm512_storeu_pd(p, v);
}

static inline vd vec_fma(vd a, vd b, vd c)
{
    return _mm512_fmadd_pd(a, b, c);
}

static inline vd vec_rest(vd a, vd b, vd p)
{
    return _mm512_fmsub_pd(a, b, p);
}

static inline vd vec_abs(vd a)
{
    return (vd)((vi)a & INT64_MAX);
}

static inline vd vec_max(vd a, vd b)
{
    return _mm512_max_pd(a, b);
}

static inline vd vec_lookup16(const double *table, vi i)
{
    return _mm512_permutex2var_pd(_mm512_loadu_pd(table), (__m512i)i, _mm512_loadu_pd(table + 8));
}

static inline vd vec_sqrt(vd a)
{
    return _mm512_sqrt_pd(a);
}

static inline vm vec_lt(vd a, vd b)
{
    return _mm512_cmp_pd_mask(a, b, _CMP_LT_OQ);
}

static inline vm vec_le(vd a, vd b)
{
    return _mm512_cmp_pd_mask(a, b, _CMP_LE_OQ);
}

static inline vm vec_eq(vd a, vd b)
{
    return _mm512_cmp_pd_mask(a, b, _CMP_EQ_OQ);
}

static inline vm vec_and(vm a, vm b)
{
    return (vm)(a & b);
}

static inline vd vec_select(vm m, vd a, vd b)
{
    return _mm512_mask_blend_pd(m, b, a);
}

static inline unsigned vec_bits(vm m)
{
    return m;
}

#endif
