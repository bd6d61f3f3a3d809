#!/usr/bin/env python3
"""Write src/option/american_tables.inc to standard output: the Mills ratio for the lanes of the
American engine, and its collocation and quadrature nodes.

Needs mpmath. Everything is computed with 40 digits and rounded once.
"""
from mpmath import beta, betainc, chebyfit, cos, erfc, exp, legendre, mp, mpf, pi, sqrt

mp.dps = 40

MILLS_CENTRE = mpf(9) / 2
MILLS_DEGREE = 24
LEVELS = ((8, 12), (16, 24), (32, 48), (64, 80))
PRICE_NODES = (32, 80, 128)
LAYER = 8


def text(x):
    return float(x).hex()


def array(name, values):
    print(f"static const double {name}[{len(values)}] = {{")
    for i in range(0, len(values), 4):
        print("    " + " ".join(text(v) + "," for v in values[i:i + 4]))
    print("};")


def gauss_legendre(n):
    """Nodes in (0, 1), ascending, and weights."""
    out = []
    for i in range(n):
        z = cos(pi * (n - i - mpf(1) / 4) / (n + mpf(1) / 2))
        for _ in range(8):
            value, before = legendre(n, z), legendre(n - 1, z)
            slope = n * (z * value - before) / (z * z - 1)
            z -= value / slope
        out.append(((1 + z) / 2, 1 / ((1 - z * z) * slope * slope)))
    return out


def mills(x):
    """(1 - Phi(x)) / phi(x)."""
    if x < 60:
        return sqrt(pi / 2) * exp(x * x / 2) * erfc(x / sqrt(mpf(2)))
    tail = mpf(0)
    for k in range(60, 0, -1):
        tail = k / (x + tail)
    return 1 / (x + tail)


def scaled_mills(t):
    """(x + centre) R(x) / sqrt(2 pi) with t = (x - centre) / (x + centre)."""
    if t == 1:
        return 1 / sqrt(2 * pi)
    x = MILLS_CENTRE * (1 + t) / (1 - t)
    return (x + MILLS_CENTRE) * mills(x) / sqrt(2 * pi)


def spread(y, near, far):
    """The part of the integral of x^(near - 1) (1 - x)^(far - 1) that lies below y."""
    return betainc(near, far, 0, y, regularized=True)


def main():
    print("/* Written by: python3 tools/gen_american_tables.py > src/option/american_tables.inc */")
    print("/* (x + 9/2) (1 - Phi(x)) e^(x^2/2) in powers of (x - 9/2) / (x + 9/2). */")
    array("MILLS", chebyfit(scaled_mills, [-1, 1], MILLS_DEGREE + 1)[::-1])
    print("/* Square roots of the nodes' times: (1 + cos(pi i / n)) / 2, i < n. */")
    for n, _ in LEVELS:
        array(f"NODE_{n}", [(1 + cos(pi * i / n)) / 2 for i in range(n)])
    print("/* Gauss-Legendre in y on (0, 1) for an integral over u in (0, 1), u = y^4 (5 - 4 y): u, its")
    print(" * fourth root, 1 - u without cancellation, and the weight. */")
    for _, count in LEVELS:
        rows = gauss_legendre(count)
        array(f"EDGE_U_{count}", [y**4 * (5 - 4 * y) for y, _ in rows])
        array(f"EDGE_ROOT_{count}", [y * (5 - 4 * y)**(mpf(1) / 4) for y, _ in rows])
        array(f"EDGE_REST_{count}", [(1 - y)**2 * (1 + 2 * y + 3 * y**2 + 4 * y**3) for y, _ in rows])
        array(f"EDGE_WEIGHT_{count}", [20 * y**3 * (1 - y) * w for y, w in rows])
    print("/* The same for values, where a spot next to the edge makes a boundary layer at u = 1: there")
    print(" * 1 - u is like (1 - y)^8. */")
    for count in PRICE_NODES:
        rows = gauss_legendre(count)
        array(f"VALUE_U_{count}", [spread(y, 4, LAYER) for y, _ in rows])
        array(f"VALUE_REST_{count}", [spread(1 - y, LAYER, 4) for y, _ in rows])
        array(f"VALUE_WEIGHT_{count}",
              [w * y**3 * (1 - y)**(LAYER - 1) / beta(4, LAYER) for y, w in rows])


if __name__ == "__main__":
    main()
