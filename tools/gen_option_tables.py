#!/usr/bin/env python3
"""Write src/option/tables.inc to standard output: logarithms and the Mills ratio.

Needs mpmath. Everything is computed with 60 digits and rounded once.
"""
from mpmath import cos, erfc, exp, floor, log, mp, mpf, nstr, pi, sqrt

mp.dps = 60

LOG_STEPS = 64       # table entries per unit of the significand
LOG_FIRST = 45       # 45/64 < sqrt(1/2)
LOG_LAST = 91        # 91/64 > sqrt(2)
MILLS_CENTRE = mpf(5) / 2
MILLS_LEFT = mpf(-1) / 2
MILLS_DEGREE = 36
LOW_DEGREE = 3       # terms written in q = 1 - w


def pair(x):
    """x as the sum of two doubles."""
    high = float(x)
    return high, float(x - mpf(high))


def text(x):
    return float(x).hex()


def mills(z):
    """(1 - Phi(z)) / phi(z)."""
    if z < 60:
        return sqrt(pi / 2) * exp(z * z / 2) * erfc(z / sqrt(mpf(2)))
    tail = mpf(0)
    for k in range(60, 0, -1):
        tail = k / (z + tail)
    return 1 / (z + tail)


def chebyshev(function, left, right, degree):
    """Coefficients of the interpolant of `function` on [left, right], first one halved already."""
    n = degree + 1
    angles = [pi * (2 * k + 1) / (2 * n) for k in range(n)]
    values = [function((cos(a) * (right - left) + right + left) / 2) for a in angles]
    out = [2 * sum(v * cos(j * a) for v, a in zip(values, angles)) / n for j in range(n)]
    out[0] /= 2
    return out


def monomials(coefficients, left, right):
    """The same polynomial in powers of its argument."""
    scale, shift = 2 / (right - left), -(right + left) / (right - left)
    total = [mpf(0)] * len(coefficients)
    before, now = [mpf(1)], [shift, scale]
    for c in coefficients:
        for i, t in enumerate(before):
            total[i] += c * t
        after = [mpf(0)] * (len(now) + 1)
        for i, t in enumerate(now):
            after[i] += 2 * shift * t
            after[i + 1] += 2 * scale * t
        for i, t in enumerate(before):
            after[i] -= t
        before, now = now, after
    return total


def mills_polynomial():
    """Powers of w = (z - c) / (z + c) that give the Mills ratio for z >= MILLS_LEFT."""
    c = MILLS_CENTRE

    def at(w):
        return mills(c * (1 + w) / (1 - w)) if w < 1 else mpf(0)

    left = (MILLS_LEFT - c) / (MILLS_LEFT + c)
    return monomials(chebyshev(at, left, mpf(1), MILLS_DEGREE), left, mpf(1))


def main():
    print("/* Written by: python3 tools/gen_option_tables.py > src/option/tables.inc */")
    print("enum { LOG_STEPS = %d, LOG_FIRST = %d };" % (LOG_STEPS, LOG_FIRST))
    print("/* Near i / LOG_STEPS for i = LOG_FIRST, ...: a reciprocal r of 11 bits and -log(r) as a")
    print(" * sum of two doubles. Around 1 r is 1, so that the logarithm keeps its relative accuracy. */")
    print("static const struct log_entry {\n    double reciprocal, high, low;\n} LOG_TABLE[] = {")
    for i in range(LOG_FIRST, LOG_LAST + 1):
        reciprocal = floor(mpf(LOG_STEPS) / i * 1024 + mpf(1) / 2) / 1024
        high, low = pair(-log(reciprocal))
        print("    {%s, %s, %s}," % (text(reciprocal), text(high), text(low)))
    print("};")

    p = mills_polynomial()
    assert abs(sum(p)) < mpf(10) ** -16
    # p_1 w + p_2 w^2 + p_3 w^3 in powers of q = 1 - w; the constant makes the whole 0 at q = 0.
    low = [-(p[1] + 2 * p[2] + 3 * p[3]), p[2] + 3 * p[3], -p[3]]
    high = [mpf(0)] * (LOW_DEGREE + 1) + p[LOW_DEGREE + 1:]
    print("/* Mills ratio for z >= %s: with q = 2c / (z + c), w = 1 - q, it is" % nstr(MILLS_LEFT, 3))
    print(" * sum q^(k+1) Q[k] + sum w^(2k) EVEN[k] + sum w^(2k+1) ODD[k] - AT_INFINITY; Q as sums of")
    print(" * two doubles. */")
    print("static const double MILLS_CENTRE = %s;" % nstr(MILLS_CENTRE, 3))
    print("static const double MILLS_AT_INFINITY = %s;" % text(sum(high)))
    print("static const be__pair MILLS_Q[] = {")
    for v in low:
        print("    {%s, %s}," % tuple(map(text, pair(v))))
    print("};")
    for name, values in (("MILLS_EVEN", high[0::2]), ("MILLS_ODD", high[1::2])):
        print("static const double %s[] = {" % name)
        for v in values:
            print("    %s, /* %s */" % (text(v), nstr(v, 3)))
        print("};")


main()
