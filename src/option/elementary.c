/* elementary.c: exp, log and the Mills ratio by reduction and polynomials.
 *
 * exp: x = k log 2 + r, |r| <= 0.35, and the Taylor series of e^r - 1.
 * log: a / b = 2^k m with m near 1; m r = 1 + z for a tabulated reciprocal r of few bits, so that z
 *   is exact and small; then the series of log(1 + z), its first terms with doubled precision.
 * Mills ratio: w = (z - c) / (z + c) maps [-0.5, inf) to [-1.5, 1], where R is smooth up to the
 *   end; R is one polynomial in w. What an option costs is a difference R(u) - R(v), which must
 *   not be formed by subtraction: u and v may agree in all their bits. A polynomial's divided
 *   difference (p(a) - p(b)) / (a - b) comes out of Horner's scheme, carrying along
 *   d' = d b + p, p' = p a + coefficient, and a - b is known in closed form.
 */
#include "option/elementary.h"

#include "base/base.h"
#include "option/tables.inc"

/* A polynomial's even coefficients and its odd ones are evaluated apart, in powers of x^2: two
 * chains of half the length, which the CPU runs side by side. */
static double horner(const double *coefficients, size_t n, double x)
{
    double value = 0;
    for (size_t i = n; i-- > 0;) {
        value = value * x + coefficients[i];
    }
    return value;
}

/* p(a), and the slope (p(a) - p(b)) / (a - b), which is p'(a) for a = b. */
typedef struct secant {
    double value;
    double slope;
} secant;

static secant secant_of(const double *coefficients, size_t n, double a, double b)
{
    secant s = {0, 0};
    for (size_t i = n; i-- > 0;) {
        s.slope = s.slope * b + s.value;
        s.value = s.value * a + coefficients[i];
    }
    return s;
}

be__power be__exp(be__pair x)
{
    /* log 2 in two parts, the first of 25 bits: k * LOG2_HIGH is exact for |k| <= 2^28. */
    static const double LOG2_HIGH = 0x1.62e42fp-1, LOG2_LOW = 0x1.df473de6af279p-26;
    static const double ONE_BY_LOG2 = 0x1.71547652b82fep+0;
    static const double TO_INTEGER = 0x1.8p52; /* added and taken away again, it rounds */
    /* (e^r - 1 - r) / r^2 */
    static const double EVEN[] = {1.0 / 2,       1.0 / 24,        1.0 / 720,        1.0 / 40320,
                                  1.0 / 3628800, 1.0 / 479001600, 1.0 / 87178291200};
    static const double ODD[] = {1.0 / 6,      1.0 / 120,      1.0 / 5040,
                                 1.0 / 362880, 1.0 / 39916800, 1.0 / 6227020800};

    double k = x.high * ONE_BY_LOG2 + TO_INTEGER - TO_INTEGER;
    be__pair r = be__sum(x.high - k * LOG2_HIGH, x.low - k * LOG2_LOW);
    double square = r.high * r.high;
    double series =
        horner(EVEN, BE__COUNT_OF(EVEN), square) + r.high * horner(ODD, BE__COUNT_OF(ODD), square);
    double rest = square * series + r.low * (1 + r.high);
    return (be__power){(int)k, be__sum_ordered(r.high, rest)};
}

be__pair be__log_ratio(double a, double b)
{
    static const be__pair LOG2 = {0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56};
    static const be__pair HALF = {0.5, 0}, THIRD = {0x1.5555555555555p-2, 0x1.5555555555555p-56};
    /* 1/5 - z/6 + z^2/7 - ... */
    static const double EVEN[] = {1.0 / 5, 1.0 / 7, 1.0 / 9, 1.0 / 11, 1.0 / 13};
    static const double ODD[] = {1.0 / 6, 1.0 / 8, 1.0 / 10, 1.0 / 12};

    int a_exponent, b_exponent;
    be__pair m =
        be__divide((be__pair){frexp(a, &a_exponent), 0}, (be__pair){frexp(b, &b_exponent), 0});
    double k = a_exponent - b_exponent;
    double scale = m.high > 0x1.6a09e667f3bcdp+0 ? 0.5 : m.high < 0x1.6a09e667f3bcdp-1 ? 2 : 1;
    k += scale == 0.5 ? 1 : scale == 2 ? -1 : 0;
    m = (be__pair){m.high * scale, m.low * scale};

    const struct log_entry *entry = &LOG_TABLE[(int)(m.high * LOG_STEPS + 0.5) - LOG_FIRST];
    be__pair z = be__product(m.high, entry->reciprocal);
    z = be__sum(z.high - 1, z.low + m.low * entry->reciprocal);

    /* log(1 + z) = z - z^2 (1/2 - z (1/3 - z (1/4 - z tail))), |z| < 0.012 */
    double square = z.high * z.high;
    double tail =
        horner(EVEN, BE__COUNT_OF(EVEN), square) - z.high * horner(ODD, BE__COUNT_OF(ODD), square);
    be__pair series = be__sum_ordered(1.0 / 4, -z.high * tail);
    series = be__add(THIRD, be__negate(be__multiply(z, series)));
    series = be__add(HALF, be__negate(be__multiply(z, series)));
    be__pair of_z = be__add(z, be__negate(be__multiply(be__multiply(z, z), series)));

    be__pair of_scale = be__multiply((be__pair){k, 0}, LOG2);
    return be__add(be__add(of_scale, (be__pair){entry->high, entry->low}), of_z);
}

be__mills be__mills_fall(be__pair u, be__pair v, be__pair span)
{
    const be__pair c = {MILLS_CENTRE, 0}, two_c = {2 * MILLS_CENTRE, 0};
    be__pair qu = be__divide(two_c, be__add(u, c)), qv = be__divide(two_c, be__add(v, c));
    double wu = 1 - qu.high, wv = 1 - qv.high;

    /* With p(w) = even(w^2) + w odd(w^2), by w_u^2 - w_v^2 = (w_u - w_v) (w_u + w_v): */
    secant even = secant_of(MILLS_EVEN, BE__COUNT_OF(MILLS_EVEN), wu * wu, wv * wv);
    secant odd = secant_of(MILLS_ODD, BE__COUNT_OF(MILLS_ODD), wu * wu, wv * wv);
    double high_value = even.value + wu * odd.value;
    double high_slope = odd.value + (wu + wv) * (even.slope + wv * odd.slope);

    /* The low powers are written in q, where all their terms are positive; they are the most of it
     * and get the extra bits. A step in q is the opposite step in w. */
    const be__pair *Q = MILLS_Q;
    be__pair sum = be__add(qu, qv);
    be__pair squares = be__add(be__multiply(qu, sum), be__multiply(qv, qv));
    be__pair slope = be__add(be__multiply(Q[1], sum), be__multiply(Q[2], squares));
    slope = be__add(Q[0], be__add(slope, (be__pair){-high_slope, 0}));
    be__pair q_span = be__divide(be__multiply(be__multiply(qu, qv), span), two_c);

    be__pair at_u = be__add(Q[1], be__multiply(qu, Q[2]));
    at_u = be__multiply(qu, be__add(Q[0], be__multiply(qu, at_u)));
    return (be__mills){
        .at_u = be__add(at_u, (be__pair){high_value - MILLS_AT_INFINITY, 0}),
        .fall = be__multiply(slope, q_span),
    };
}
