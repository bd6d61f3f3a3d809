/* elementary.h: the functions a price is made of, more exact than double.
 *
 * A `be__pair` is the unevaluated sum of two doubles, |low| <= ulp(high) / 2: about 106 bits. Only
 * +, -, *, /, sqrt and fma are used, each rounded once by IEEE 754, so that every result has the
 * same bits on every machine; the C library's exp, log and erfc do not promise that.
 */
#ifndef BE__OPTION_ELEMENTARY_H
#define BE__OPTION_ELEMENTARY_H

#include <math.h>

typedef struct be__pair {
    double high;
    double low;
} be__pair;

/* a + b exactly, for |a| >= |b| or a = 0. */
static inline be__pair be__sum_ordered(double a, double b)
{
    double sum = a + b;
    return (be__pair){sum, b - (sum - a)};
}

/* a + b exactly. Source: D. Knuth, "The Art of Computer Programming", vol. 2, 4.2.2, theorem B. */
static inline be__pair be__sum(double a, double b)
{
    double sum = a + b;
    double of_b = sum - a;
    return (be__pair){sum, (a - (sum - of_b)) + (b - of_b)};
}

/* a * b exactly, unless the product comes near the end of the exponent range. */
static inline be__pair be__product(double a, double b)
{
    double product = a * b;
    return (be__pair){product, fma(a, b, -product)};
}

/* Within 2^-104 relative to |a| + |b|. */
static inline be__pair be__add(be__pair a, be__pair b)
{
    be__pair high = be__sum(a.high, b.high);
    return be__sum_ordered(high.high, high.low + (a.low + b.low));
}

/* Within 2^-102 relative. */
static inline be__pair be__multiply(be__pair a, be__pair b)
{
    be__pair high = be__product(a.high, b.high);
    return be__sum_ordered(high.high, high.low + (a.high * b.low + a.low * b.high));
}

/* Within 2^-102 relative. */
static inline be__pair be__divide(be__pair a, be__pair b)
{
    double high = a.high / b.high;
    double rest = fma(-high, b.high, a.high) + (a.low - high * b.low);
    return be__sum_ordered(high, rest / b.high);
}

static inline be__pair be__negate(be__pair a)
{
    return (be__pair){-a.high, -a.low};
}

/* e^x = 2^exponent * (1 + less_one), |less_one| <= 0.42: both e^x and e^x - 1 can be had from it
 * without cancellation. */
typedef struct be__power {
    int exponent;
    be__pair less_one;
} be__power;

/* For |x| <= 1e8. less_one is within 2^-54 relative, and so e^x within 2^-55. */
be__power be__exp(be__pair x);

/* log(a / b) for positive finite a and b, subnormal ones too: within 2^-85 of max(|log|, 1), and
 * exactly 0 for a = b. */
be__pair be__log_ratio(double a, double b);

/* The Mills ratio R(z) = (1 - Phi(z)) / phi(z) of the normal distribution at u, and how much it
 * falls from u to v. */
typedef struct be__mills {
    be__pair at_u;
    be__pair fall; /* R(u) - R(v) >= 0 */
} be__mills;

/* For -0.5 <= u <= v; `span` is v - u, which u and v may agree too well to tell. fall is within
 * 2^-52 relative however small span is; at_u within 2^-52 for u <= 40. */
be__mills be__mills_fall(be__pair u, be__pair v, be__pair span);

#endif
