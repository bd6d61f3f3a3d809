/* normal.h: the functions a normal distribution is made of, in the vectors of a vec_*.h, which is
 * to be included first. A lane's bits depend on that lane's numbers alone, and are the same for
 * AVX2 and AVX-512.
 */
#ifndef BE__OPTION_NORMAL_H
#define BE__OPTION_NORMAL_H

#include <stdint.h>

typedef int64_t vec_words __attribute__((vector_size(VEC_LANES * 8)));

static inline vd vec_min(vd a, vd b)
{
    return vec_select(vec_lt(a, b), a, b);
}

/* e^x for |x| <= 700, and for smaller x as at -700; within 1 ulp. */
static inline vd exponential(vd x)
{
    static const double SHIFT = 0x1.8p52 + 1023, BY_LN2 = 0x1.71547652b82fep0;
    static const double LN2_HIGH = 0x1.62e42fefap-1, LN2_LOW = 0x1.cf79abc9e3b3ap-40;
    x = vec_max(x, vec_set(-700));
    vd shifted = vec_fma(x, vec_set(BY_LN2), vec_set(SHIFT));
    vd count = shifted - SHIFT;
    vd f = vec_fma(count, vec_set(-LN2_HIGH), x);
    f = vec_fma(count, vec_set(-LN2_LOW), f);
    /* 1 / k!: at |f| <= log(2) / 2 what is left out is below 2^-54. */
    vd g = f * f, h = g * g;
    vd p = vec_fma(f, vec_set(1.0 / 6227020800), vec_set(1.0 / 479001600));
    vd p3 = vec_fma(f, vec_set(1.0 / 39916800), vec_set(1.0 / 3628800));
    vd p2 = vec_fma(f, vec_set(1.0 / 362880), vec_set(1.0 / 40320));
    vd p1 = vec_fma(f, vec_set(1.0 / 5040), vec_set(1.0 / 720));
    vd p0 = vec_fma(f, vec_set(1.0 / 120), vec_set(1.0 / 24));
    vd c = vec_fma(f, vec_set(1.0 / 6), vec_set(0.5));
    p = vec_fma(g, p, p3);
    p1 = vec_fma(g, p2, p1);
    c = vec_fma(g, p0, c);
    p = vec_fma(h, p, p1);
    p = vec_fma(h, p, c);
    p = vec_fma(g, p, f);
    vec_words scale = (vec_words)shifted << 52;
    return vec_fma((vd)scale, p, (vd)scale);
}

/* (1 - Phi(x)) e^(x^2 / 2) for x >= 0, within 2 ulp. */
static inline vd scaled_tail(vd x, const double coefficient[25])
{
    vd below = x + 4.5;
    vd t = (x - 4.5) / below, u = t * t;
    vd even = vec_set(coefficient[24]), odd = vec_set(coefficient[23]);
    for (int k = 22; k >= 0; k -= 2) {
        even = vec_fma(even, u, vec_set(coefficient[k]));
    }
    for (int k = 21; k >= 1; k -= 2) {
        odd = vec_fma(odd, u, vec_set(coefficient[k]));
    }
    return vec_fma(odd, t, even) / below;
}

/* Phi(x), given bell = e^(-x^2 / 2). */
static inline vd normal(vd x, vd bell, const double coefficient[25])
{
    vd tail = bell * scaled_tail(vec_abs(x), coefficient);
    return vec_select(vec_lt(x, vec_set(0)), tail, 1 - tail);
}

#endif
