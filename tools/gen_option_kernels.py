#!/usr/bin/env python3
"""Write src/option/kernel_tables.inc to standard output: what the vector kernels look up.

Needs mpmath. Everything is computed with 60 digits and rounded once.
"""
from mpmath import cos, exp, log, mp, mpf, pi, sqrt

from gen_option_tables import chebyshev, mills, monomials

mp.dps = 60

LOG_FIRST = mpf(45) / 64     # 16 intervals from here to twice that; one of them holds 1
LOG_BITS = 43                # bits behind the point of what is added to multiples of log 2
MILLS_CENTRE = mpf(5)
MILLS_LEFT = mpf(-1) / 2
MILLS_STEEP = mpf(9)         # y = MILLS_STEEP / (z + MILLS_CENTRE) - 1/2, from -1/2 to 3/2
MILLS_DEGREE = 21
# Two pieces of the y axis, near the money and far from it: middle, half its length.
PIECES = {"NEAR": (mpf(17) / 16, mpf(7) / 16), "FAR": (mpf(3) / 16, mpf(47) / 64)}
CURVE_DEGREE = 3


def text(x):
    return float(x).hex()


def array(name, numbers, comment):
    print("/* %s */" % comment)
    print("static const double %s[] = {" % name)
    for x in numbers:
        print("    %s," % text(x))
    print("};")


def cut(x):
    """x to LOG_BITS bits behind the point."""
    return mpf(int(mp.nint(x * 2**LOG_BITS))) / 2**LOG_BITS


def log_table():
    """For each sixteenth of a binary order a reciprocal of few bits and minus its logarithm."""
    rows = []
    for i in range(16):
        # The intervals are equal in the significand's bits: 1/32 below 1, 1/16 above.
        def edge(j):
            below = LOG_FIRST + mpf(j) / 32
            return below if below < 1 else 1 + (below - 1) * 2
        low, high = edge(i), edge(i + 1)
        r = mpf(1) if low < 1 < high else mpf(int(mp.nint(2 / (low + high) * 256))) / 256
        rows.append((r, cut(-log(r)), -log(r) - cut(-log(r)), max(abs(low * r - 1), abs(high * r - 1))))
    return rows


def log_tail(f):
    """(log(1 + f) - f + f^2 / 2) / f^3"""
    if abs(f) < mpf(10)**-8:
        return mpf(1) / 3 - f / 4 + f * f / 5
    return (log(1 + f) - f + f * f / 2) / f**3


def exp_tail_2(r):
    """(e^r - 1 - r) / r^2"""
    if abs(r) < mpf(10)**-8:
        return mpf(1) / 2 + r / 6 + r * r / 24
    return (exp(r) - 1 - r) / r**2


def exp_tail_3(r):
    """(e^r - 1 - r - r^2 / 2) / r^3"""
    return (exp_tail_2(r) - mpf(1) / 2) / r if abs(r) > mpf(10)**-8 else mpf(1) / 6 + r / 24


def place(y):
    """z where MILLS_STEEP / (z + MILLS_CENTRE) - 1/2 is y."""
    return MILLS_STEEP / (y + mpf(1) / 2) - MILLS_CENTRE


def scaled_mills(y):
    return mills(place(y)) / sqrt(2 * pi) if y > mpf(-1) / 2 else mpf(0)


def main():
    print("/* Written by: python3 tools/gen_option_kernels.py > src/option/kernel_tables.inc */")
    print("#define MILLS_CENTRE_V %s" % text(MILLS_CENTRE))
    print("#define MILLS_STEEP %s" % text(MILLS_STEEP))
    rows = log_table()
    reach = max(row[3] for row in rows)
    assert reach < mpf(1) / 30
    array("LOG_RECIPROCAL", [r[0] for r in rows],
          "Near 1 over the middle of the sixteenths of a binary order from 45/64 on, 8 bits each.")
    array("LOG_HIGH", [r[1] for r in rows],
          "Minus their logarithms, to %d bits behind the point," % LOG_BITS)
    array("LOG_LOW", [r[2] for r in rows], "and the rest.")
    print("#define LOG2_HIGH_V %s" % text(cut(log(2))))
    print("#define LOG2_LOW_V %s" % text(log(2) - cut(log(2))))
    array("LOG_TAIL", monomials(chebyshev(log_tail, -reach, reach, 9), -reach, reach),
          "(log(1 + f) - f + f^2 / 2) / f^3 in powers of f, |f| < 1/30")
    half = log(2) / 2
    array("EXP_TAIL_2", monomials(chebyshev(exp_tail_2, -half, half, 9), -half, half),
          "(e^r - 1 - r) / r^2 in powers of r, |r| <= log(2) / 2")
    array("EXP_TAIL_3", monomials(chebyshev(exp_tail_3, -half, half, 9), -half, half),
          "(e^r - 1 - r - r^2 / 2) / r^3, likewise")
    for name, (middle, reach) in PIECES.items():
        def local(x):
            return scaled_mills(middle + x)
        left = max(-reach, mpf(-1) / 2 - middle)
        powers = monomials(chebyshev(local, left, reach, MILLS_DEGREE), left, reach)
        print("#define %s_MIDDLE %s" % (name, text(middle)))
        print("#define %s_LOW %s" % (name, text(powers[1] - mpf(float(powers[1])))))
        array("MILLS_" + name, powers,
              "R(z) / sqrt(2 pi) in powers of y - %s, y = 9 / (z + 5) - 1/2" % mp.nstr(middle))

        def curve(x):
            return sum(k * (k - 1) * c * x**(k - 2) for k, c in enumerate(powers) if k > 1) / 2
        array("CURVE_" + name, monomials(chebyshev(curve, left, reach, CURVE_DEGREE), left, reach),
              "Half its second derivative, roughly.")


if __name__ == "__main__":
    main()
