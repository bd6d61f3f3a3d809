/* vec_avx2.h: vec_base.h's operations, four lanes of AVX2 and FMA. */
#ifndef BE__OPTION_VEC_AVX2_H
#define BE__OPTION_VEC_AVX2_H

#include <immintrin.h>
#include <stdint.h>

enum { VEC_LANES = 4 };
typedef double vd __attribute__((vector_size(32)));
typedef __m256d vm;
typedef uint64_t vi __attribute__((vector_size(32)));

static inline vd vec_set(double x)
{
    return _mm256_set1_pd(x);
}

static inline vd vec_load(const double *p)
{
    return _mm256_loadu_pd(p);
}

static inline void vec_store(double *p, vd v)
{
    _mm256_storeu_pd(p, v);
}

static inline vd vec_fma(vd a, vd b, vd c)
{
    return _mm256_fmadd_pd(a, b, c);
}

static inline vd vec_rest(vd a, vd b, vd p)
{
    return _mm256_fmsub_pd(a, b, p);
}

static inline vd vec_abs(vd a)
{
    return (vd)((vi)a & INT64_MAX);
}

static inline vd vec_max(vd a, vd b)
{
    return _mm256_max_pd(a, b);
}

static inline vd vec_lookup16(const double *table, vi i)
{
    return _mm256_i64gather_pd(table, (__m256i)(i & 15), 8);
}

static inline vd vec_sqrt(vd a)
{
    return _mm256_sqrt_pd(a);
}

static inline vm vec_lt(vd a, vd b)
{
    return _mm256_cmp_pd(a, b, _CMP_LT_OQ);
}

static inline vm vec_le(vd a, vd b)
{
    return _mm256_cmp_pd(a, b, _CMP_LE_OQ);
}

static inline vm vec_eq(vd a, vd b)
{
    return _mm256_cmp_pd(a, b, _CMP_EQ_OQ);
}

static inline vm vec_and(vm a, vm b)
{
    return _mm256_and_pd(a, b);
}

static inline vd vec_select(vm m, vd a, vd b)
{
    return _mm256_blendv_pd(b, a, m);
}

static inline unsigned vec_bits(vm m)
{
    return (unsigned)_mm256_movemask_pd(m);
}

#endif
