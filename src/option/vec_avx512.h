/* vec_avx512.h: vec_base.h's operations, eight lanes of AVX-512. */
#ifndef BE__OPTION_VEC_AVX512_H
#define BE__OPTION_VEC_AVX512_H

#include <immintrin.h>

enum { VEC_LANES = 8 };
typedef double vd __attribute__((vector_size(64)));
typedef __mmask8 vm;

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
