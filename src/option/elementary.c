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

be__power be__exp(be__pair x)
{
    /* log 2 in two parts, the first of 25 bits: k * LOG2_HIGH is exact for |k| <= 2^28. */
    static const double LOG2_HIGH = 0x1.62e42fp-1, LOG2_LOW = 0x1.df473de6af279p-26;
    static const double ONE_BY_LOG2 = 0x1.71547652b82fep+0;
    static const double TAYLOR[] = {
        1.0 / 2,         1.0 / 6,          1.0 / 24,         1.0 / 120,     1.0 / 720,
        1.0 / 5040,      1.0 / 40320,      1.0 / 362880,     1.0 / 3628800, 1.0 / 39916800,
        1.0 / 479001600, 1.0 / 6227020800, 1.0 / 87178291200};

    double k = floor(x.high * ONE_BY_LOG2 + 0.5);
    be__pair r = be__sum(x.high - k * LOG2_HIGH, x.low - k * LOG2_LOW);
    double series = 0;
    for (size_t i = BE__COUNT_OF(TAYLOR); i-- > 0;) {
        series = series * r.high + TAYLOR[i];
    }
    double rest = r.high * r.high * series + r.low * (1 + r.high);
    return (be__power){(int)k, be__sum_ordered(r.high, rest)};
}

be__pair be__log_ratio(double a, double b)
{
    static const be__pair LOG2 = {0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56};
    static const be__pair HALF = {0.5, 0}, THIRD = {0x1.5555555555555p-2, 0x1.5555555555555p-56};
    enum { LOG_TERMS = 13 };

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
    double tail = 0;
    for (int i = LOG_TERMS; i > 4; i--) {
        tail = 1.0 / i - z.high * tail;
    }
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

    double value = 0, divided = 0;
    for (size_t i = BE__COUNT_OF(MILLS_W); i-- > 0;) {
        divided = divided * wv + value;
        value = value * wu + MILLS_W[i];
    }
    for (int i = 0; i < MILLS_W_FIRST; i++) {
        divided = divided * wv + value;
        value = value * wu;
    }

    /* The low powers are written in q, where all their terms are positive; they are the most of it
     * and get the extra bits. A step in q is the opposite step in w. */
    const be__pair *Q = MILLS_Q;
    be__pair sum = be__add(qu, qv);
    be__pair squares = be__add(be__multiply(qu, sum), be__multiply(qv, qv));
    be__pair slope = be__add(be__multiply(Q[1], sum), be__multiply(Q[2], squares));
    slope = be__add(Q[0], be__add(slope, (be__pair){-divided, 0}));
    be__pair q_span = be__divide(be__multiply(be__multiply(qu, qv), span), two_c);

    be__pair at_u = be__add(Q[1], be__multiply(qu, Q[2]));
    at_u = be__multiply(qu, be__add(Q[0], be__multiply(qu, at_u)));
    return (be__mills){
        .at_u = be__add(at_u, (be__pair){value - MILLS_AT_INFINITY, 0}),
        .fall = be__multiply(slope, q_span),
    };
}
