#!/usr/bin/env python3
"""Write tests/data/bsm.csv to standard output: option prices with 50 digits, for tests.

Needs mpmath. The formula is the textbook's, S e^(-qT) Phi(d1) - K e^(-rT) Phi(d2), at a working
precision that its cancellation does not reach, and shares nothing with the library's evaluation.
Inputs are doubles, written so that they read back exactly; the price is written as the double
nearest to it and the rest, so that an error can be told in fractions of an ulp.
"""
import random

from mpmath import erfc, exp, log, mp, mpf, sqrt

mp.dps = 50
TINY, HUGE = mpf("1e-300"), mpf("1e300")


def normal(x):
    return erfc(-x / sqrt(mpf(2))) / 2


def price(kind, spot, strike, years, vol, rate, dividend):
    s, k, t, v, r, q = map(mpf, (spot, strike, years, vol, rate, dividend))
    sign = 1 if kind == "call" else -1
    forward, discounted = s * exp(-q * t), k * exp(-r * t)
    if v == 0 or t == 0 or s == 0 or k == 0:
        return max(sign * (forward - discounted), mpf(0))
    for digits in (100, 500):  # enough for a price of 1e-300 at the second try
        mp.dps = digits
        forward, discounted = s * exp(-q * t), k * exp(-r * t)
        deviation = v * sqrt(t)
        d1 = log(forward / discounted) / deviation + deviation / 2
        d2 = d1 - deviation
        value = sign * (forward * normal(sign * d1) - discounted * normal(sign * d2))
        if value > max(forward, discounted) * mpf(10) ** (50 - digits):
            break
    mp.dps = 50
    return +value


def log_uniform(rng, low, high):
    return float(mpf(low) * exp(mpf(rng.random()) * log(mpf(high) / mpf(low))))


def usual(rng):
    """What is traded."""
    return (rng.uniform(80, 120), 100.0, rng.uniform(0.1, 2), rng.uniform(0.1, 0.4), 0.05, 0.0)


def wide(rng):
    """Every input over its range."""
    return (log_uniform(rng, 1e-3, 1e6), log_uniform(rng, 1e-3, 1e6), log_uniform(rng, 1e-4, 100),
            log_uniform(rng, 1e-2, 5), rng.uniform(-0.2, 0.3), rng.uniform(-0.2, 0.3))


def near(rng):
    """Spot next to strike, little time or volatility: where R(u) - R(v) would cancel."""
    strike = log_uniform(rng, 1, 1e4)
    deviation = log_uniform(rng, 1e-8, 0.1)
    years = log_uniform(rng, 1e-6, 1)
    spot = strike * (1 + rng.uniform(-6, 6) * deviation)
    return (spot, strike, years, deviation / years ** 0.5, rng.uniform(-0.01, 0.01) * deviation, 0.0)


def carried(rng):
    """Forward next to the strike though spot is not."""
    years, rate = rng.uniform(0.5, 10), rng.uniform(-0.3, 0.3)
    deviation = log_uniform(rng, 1e-8, 0.1)
    spot = float(100 * exp(-mpf(rate) * years) * (1 + rng.uniform(-6, 6) * deviation))
    return (spot, 100.0, years, deviation / years ** 0.5, rate, 0.0)


def tail(rng):
    """Far out of the money: prices down to 1e-300."""
    distance, deviation = rng.uniform(8, 37), log_uniform(rng, 1e-3, 1)
    ratio = float(exp(mpf(distance * deviation)))
    return (100.0 / ratio, 100.0, 1.0, deviation, rng.uniform(-0.05, 0.05), rng.uniform(0, 0.05))


def volatile(rng):
    """Deviations of more than one, where the price nears its upper bound."""
    return (rng.uniform(50, 200), 100.0, rng.uniform(1, 30), rng.uniform(0.5, 3),
            rng.uniform(-0.05, 0.1), rng.uniform(0, 0.05))


LIMITS = [
    (100.0, 100.0, 1.0, 0.2, 0.05, 0.0),
    (110.0, 100.0, 0.0, 0.2, 0.05, 0.02),
    (100.0, 110.0, 0.0, 0.2, 0.05, 0.02),
    (100.0, 100.0, 0.0, 0.2, 0.05, 0.02),
    (100.0, 100.0, 1.0, 0.0, 0.05, 0.0),
    (100.0, 100.0, 1.0, 0.0, 0.0, 0.0),
    (100.0, 0.0, 2.0, 0.3, 0.05, 0.03),
    (0.0, 100.0, 2.0, 0.3, 0.05, 0.03),
    (0.0, 0.0, 2.0, 0.3, 0.05, 0.03),
    (100.0, 100.0, 1.0, 0.2, 0.05, 0.05),
    (100.0, 100.0, 1e6, 0.2, 0.05, 0.0),
    (100.0, 100.0, 1.0, 1e3, 0.05, 0.02),
    (100.0, 100.0, 1e-10, 0.2, 0.05, 0.0),
    (1e-15, 1e-15, 1.0, 0.2, 0.05, 0.0),
    (1e300, 1e299, 1.0, 0.2, 0.05, 0.0),
    (1e-290, 1e-291, 1.0, 0.2, 0.05, 0.0),
    (100.0, 100.0, 1.0, 0.2, 50.0, 49.0),
    (100.0, 100.0, 10.0, 0.2, -50.0, -50.0),
    (1e8, 100.0, 1.0, 0.2, 0.05, 0.0),
]


def main():
    rng = random.Random(1973)
    rows = [(kind, *limit) for limit in LIMITS for kind in ("call", "put")]
    for family in (usual, wide, near, carried, tail, volatile):
        for i in range(100):
            rows.append(("call" if i % 2 else "put", *family(rng)))
    print("# Written by: python3 tools/gen_bsm_oracle.py > tests/data/bsm.csv")
    print("# The exact price of the given doubles is price + rest, to 30 digits.")
    print("type,spot,strike,years,vol,rate,dividend,price,rest")
    for row in rows:
        exact = price(*row)
        if exact != 0 and not TINY < exact < HUGE:
            continue
        nearest = float(exact)
        print(",".join([row[0]] + [repr(x) for x in row[1:]] +
                       [repr(nearest), repr(float(exact - mpf(nearest)))]))


if __name__ == "__main__":
    main()
