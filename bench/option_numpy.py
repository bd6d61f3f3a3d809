#!/usr/bin/env python3
"""What do prices, greeks and implied volatilities cost, against NumPy?

The baseline is the textbook's formula over arrays with scipy.special.ndtr, which is what one writes in
Python. Both sides work on the same five columns (spot 80-120, strike 100, years 0.1-2, vol 0.1-0.4,
rate 0.05); prices are compared before anything is timed, to what the formula is good for, and the vols
with those that made the prices. Variants: numpy; one core by instruction set; auto, the engine on all
CPUs. Rounds of all variants take turns. Times are for n options; divide by n.

    bench/option_numpy.py FOLDER        where libbreakeven.so and libbreakeven-option.so are
"""
import ctypes
import pathlib
import statistics
import sys
import time

try:
    import numpy
    from scipy.special import ndtr
except ImportError:
    print("# skipped: needs NumPy and SciPy (Debian: python3-scipy)")
    sys.exit(0)

QUANTITIES = 20
SIZES = (100, 1000, 10000, 100000, 1000000)


class Column(ctypes.Structure):
    _fields_ = [("first", ctypes.c_void_p), ("stride", ctypes.c_ssize_t)]


class In(ctypes.Structure):
    _fields_ = [("model", ctypes.c_int), ("payoff", ctypes.c_int)] + [
        (name, Column) for name in ("type", "spot", "strike", "years", "vol", "rate", "dividend", "shift")]


class Units(ctypes.Structure):
    _fields_ = [("days_per_year", ctypes.c_double), ("percent", ctypes.c_bool)]


class Out(ctypes.Structure):
    _fields_ = [("value", Column * QUANTITIES), ("status", Column), ("units", Units)]


def column(array):
    return Column(array.ctypes.data, array.strides[0])


def textbook(spot, strike, years, vol, rate):
    deviation = vol * numpy.sqrt(years)
    d1 = (numpy.log(spot / strike) + rate * years) / deviation + 0.5 * deviation
    return spot * ndtr(d1) - strike * numpy.exp(-rate * years) * ndtr(d1 - deviation)


def main():
    folder = pathlib.Path(sys.argv[1])
    core = ctypes.CDLL(folder / "libbreakeven.so", mode=ctypes.RTLD_GLOBAL)
    library = ctypes.CDLL(folder / "libbreakeven-option.so")
    size = ctypes.c_size_t
    library.be_option_evaluate_range.argtypes = [ctypes.POINTER(In), size, size, ctypes.POINTER(Out)]
    library.be_option_evaluate.argtypes = [ctypes.c_void_p, ctypes.POINTER(In), size, ctypes.POINTER(Out),
                                           ctypes.c_void_p]
    library.be_option_implied_vol_range.argtypes = [ctypes.POINTER(In), Column, size, size, Column, Column]
    engine = ctypes.c_void_p()
    assert core.be_engine_create(None, ctypes.byref(engine)) == 0
    best = core.be_cpu_best()
    names = {0: "base", 1: "avx2", 2: "avx512"}

    print("name,variant,n,min_ns,median_ns,max_ns")
    for n in SIZES:
        random = numpy.random.default_rng(1)
        spot, years, vol = random.uniform(80, 120, n), random.uniform(0.1, 2, n), random.uniform(0.1, 0.4, n)
        strike, rate = numpy.full(n, 100.0), numpy.full(n, 0.05)
        inputs = In(0, 0, Column(), *map(column, (spot, strike, years, vol, rate)))
        results = numpy.empty((QUANTITIES, n))
        vols = numpy.empty(n)
        price = textbook(spot, strike, years, vol, rate)

        def outputs(how_many):
            return Out((Column * QUANTITIES)(*map(column, results[:how_many])))

        def ours(how_many):
            out = outputs(how_many)
            return lambda: library.be_option_evaluate_range(inputs, 0, n, out)

        def implied():
            library.be_option_implied_vol_range(inputs, column(results[0]), 0, n, column(vols), Column())

        out = outputs(1)
        jobs = [("price", "numpy", None, lambda: textbook(spot, strike, years, vol, rate))]
        for isa in range(best + 1):
            jobs += [("price", names[isa], isa, ours(1)), ("price and 5 greeks", names[isa], isa, ours(6)),
                     ("price and 16 greeks", names[isa], isa, ours(17)),
                     ("implied vol", names[isa], isa, implied)]
        jobs.append(("price", "auto", best,
                     lambda: library.be_option_evaluate(engine, inputs, n, out, None)))
        for _, _, isa, job in jobs:
            if isa is not None:
                assert core.be_cpu_limit(isa) == 0
                results[0] = numpy.nan
                if job is implied:
                    ours(1)()
                job()
                assert (abs(results[0] - price) <= 1e-13 * spot).all(), "the two sides differ"
        # A vol is as good as its price, whose last bit may be more than the time value.
        assert numpy.median(abs(vols / vol - 1)) < 1e-14, "the vols differ"

        times = [[] for _ in jobs]
        for _ in range(9 if n > 10000 else 31):
            for (_, _, isa, job), taken in zip(jobs, times):
                if isa is not None:
                    core.be_cpu_limit(isa)
                begin = time.perf_counter_ns()
                job()
                taken.append(time.perf_counter_ns() - begin)
        for (name, variant, _, _), taken in zip(jobs, times):
            print(f"option {name},{variant},{n},{min(taken)},{int(statistics.median(taken))},{max(taken)}")


main()
