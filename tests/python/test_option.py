"""breakeven.option: NumPy's rules, the library's bits, proper exceptions."""
import csv
import doctest
import math
import multiprocessing
import os
import pathlib
import pickle
import signal
import threading
import time

import tap

try:
    import numpy as np
except ImportError:
    np = None
if np is not None:
    from breakeven import option
    from breakeven.option import vollib

DATA = pathlib.Path(os.environ["SOURCE"]) / "tests/data"


def _book(n, seed=1):
    rng = np.random.default_rng(seed)
    return (rng.uniform(80, 120, n), rng.uniform(90, 110, n), rng.uniform(0.1, 2, n),
            rng.uniform(0.1, 0.4, n), rng.uniform(-0.01, 0.06, n))


def _same(a, b):
    a, b = np.asarray(a), np.asarray(b)
    return a.shape == b.shape and a.dtype == b.dtype and a.tobytes() == b.tobytes()


def _raises(exception, words, call):
    try:
        call()
    except exception as e:
        assert words in str(e), str(e)
        return
    raise AssertionError(f"no {exception.__name__} about {words!r}")


def the_examples_in_the_docstrings_are_true():
    for module in (option, vollib):
        tried = doctest.testmod(module)
        assert tried.attempted and not tried.failed, (module.__name__, tried)


def prices_are_those_of_the_oracle():
    rows = list(csv.DictReader(line for line in (DATA / "option_oracle.csv").open()
                               if not line.startswith("#")))
    columns = {name: np.array([float(row[name]) for row in rows])
               for name in ("spot", "strike", "years", "vol", "rate", "dividend", "price")}
    got = option.price(columns["spot"], columns["strike"], columns["years"], columns["vol"],
                       columns["rate"], dividend=columns["dividend"],
                       type=[row["type"] for row in rows])
    assert len(rows) > 20
    assert (abs(got - columns["price"]) <= 2e-15 * columns["price"]).all()


def a_float_an_array_a_stride_and_a_ufunc_give_the_same_bits():
    spot, strike, years, vol, rate = _book(1001)
    whole = option.gamma(spot, strike, years, vol, rate)
    assert _same(whole[::3], option.gamma(spot[::3], strike[::3], years[::3], vol[::3], rate[::3]))
    assert _same(whole, option.ufunc("gamma")(np.uint8(0), spot, strike, years, vol, rate, 0., 0.))
    assert _same(whole[::-1], option.gamma(*(x[::-1] for x in (spot, strike, years, vol, rate))))
    one = [option.gamma(*(float(x) for x in row)) for row in zip(spot, strike, years, vol, rate)]
    assert all(type(x) is float for x in one) and _same(np.array(one), whole)


def arguments_broadcast_as_numpys_do():
    spot = np.linspace(80, 120, 7)[:, None]
    vol = np.linspace(0.1, 0.5, 5)
    surface = option.price(spot, 100, 1.0, vol, 0.05)
    assert surface.shape == (7, 5)
    assert surface[3, 2] == option.price(float(spot[3, 0]), 100, 1.0, float(vol[2]), 0.05)
    assert option.price(np.ones((2, 3, 4)), 1, 1, 0.2).shape == (2, 3, 4)
    assert option.price(np.empty(0), 1, 1, 0.2).shape == (0,)
    _raises(ValueError, "broadcast", lambda: option.price([1, 2], [1, 2, 3], 1, 0.2))


def out_where_and_float32_work():
    spot, strike, years, vol, rate = _book(100)
    out = np.full(100, -1.0)
    where = np.arange(100) % 2 == 0
    assert option.price(spot, strike, years, vol, rate, out=out, where=where) is out
    assert (out[1::2] == -1).all()
    assert _same(out[::2], option.price(spot, strike, years, vol, rate)[::2])
    single = option.price(*(x.astype(np.float32) for x in (spot, strike, years, vol, rate)))
    assert single.dtype == np.float32
    assert np.allclose(single, option.price(spot, strike, years, vol, rate), rtol=2e-5)


def read_only_and_swapped_inputs_are_taken():
    book = _book(50)
    expected = option.vega(*book)
    for x in book:
        x.flags.writeable = False
    assert _same(expected, option.vega(*book))
    assert _same(expected, option.vega(*(x.astype(">f8") for x in book)))


def types_are_said_in_many_ways():
    spot, strike, years, vol, rate = _book(4)
    ways = (["call", "put", "p", "C"], [1, -1, -1, 1], np.array([0, 1, 1, 0], np.uint8),
            np.array(["call", "PUT", "put", "c"], object), np.array([1.0, -1.0, -1.0, 1.0]))
    results = [option.price(spot, strike, years, vol, rate, type=way) for way in ways]
    assert all(_same(results[0], r) for r in results)
    assert results[0][0] == option.price(float(spot[0]), float(strike[0]), float(years[0]),
                                         float(vol[0]), float(rate[0]))
    _raises(ValueError, "'straddle'", lambda: option.price(spot, 1, 1, 0.2, type="straddle"))
    _raises(ValueError, "1 for a call or -1", lambda: option.price(spot, 1, 1, 0.2, type=[1, 2, 1, 1]))
    _raises(TypeError, "bool", lambda: option.price(spot, 1, 1, 0.2, type=np.array([True] * 4)))


def bad_arguments_are_named():
    _raises(TypeError, "'vol'", lambda: option.price(1, 2, 3))
    _raises(TypeError, "at most 5", lambda: option.price(1, 2, 3, 4, 5, 6))
    _raises(TypeError, "'volatility'", lambda: option.price(1, 2, 3, volatility=4))
    _raises(TypeError, "two values", lambda: option.price(1, 2, 3, 4, vol=4))
    _raises(ValueError, "black-76", lambda: option.price(1, 2, 3, 4, model="black"))
    _raises(ValueError, "payoff", lambda: option.implied_vol(1., 1, 1, 1, payoff="cash"))
    _raises(ValueError, "bachelier", lambda: option.american([1.], 1, 1, 1, model="bachelier"))
    _raises(ValueError, "twice", lambda: option.greeks(1, 1, 1, 1, which=("price", "price")))
    _raises(ValueError, "phi", lambda: option.greeks(1, 1, 1, 1, which=("phi",)))
    _raises(ValueError, "days_per_year", lambda: option.theta(1, 1, 1, 1, days_per_year=-1))
    _raises(TypeError, "", lambda: option.price("100", 1, 1, 1))


def a_bad_item_spoils_only_its_own_slot():
    spot = np.array([100., -1., 100., np.nan])
    price, status = option.price(spot, 100, 1, 0.2, return_status=True)
    assert status.dtype == np.uint8 and list(status) == [0, 3, 0, 1]
    assert list(np.isnan(price)) == [False, True, False, True] and price[0] == price[2]
    assert option.status_text(3).startswith("spot is negative")
    assert option.price(-1, 100, 1, 0.2, return_status=True)[1] == 3
    _raises(ValueError, "status", lambda: option.status_text(99))


def implied_vols_give_back_the_vol():
    spot, strike, years, vol, rate = _book(5000)
    price = option.price(spot, strike, years, vol, rate)
    found = option.implied_vol(price, spot, strike, years, rate)
    again = option.price(spot, strike, years, found, rate)
    assert np.allclose(again, price, rtol=1e-14)
    clear = option.vega(spot, strike, years, vol, rate) > 1
    assert clear.sum() > 4000 and np.allclose(found[clear], vol[clear], rtol=1e-12)
    value, status = option.implied_vol([0., 200.], 100, 90, 1, 0, return_status=True)
    assert np.isnan(value).all() and option.status_text(status[0]) != option.status_text(status[1])
    assert option.implied_vol(5., 100., 100., 1.) == option.implied_vol([5.], 100., 100., 1.)[0]


def greeks_in_one_pass_are_the_single_ones():
    book = _book(300)
    several = option.greeks(*book, which=option.QUANTITIES, type="put", return_status=True)
    assert list(several) == [*option.QUANTITIES, "status"]
    for name in option.QUANTITIES:
        assert _same(several[name], getattr(option, name)(*book, type="put")), name
    per_day = option.theta(*book, days_per_year=365)
    assert np.allclose(per_day * 365, option.theta(*book), rtol=1e-14)
    assert np.allclose(option.vega(*book, percent=True) * 100, option.vega(*book), rtol=1e-14)


def an_american_put_is_worth_more_than_a_european_one():
    book = _book(200)
    american = option.american(*book, type="put")
    assert (american >= option.price(*book, type="put") * (1 - 1e-9)).all()
    both = option.american(*book, type="put", which=("price", "boundary"), method="fast")
    assert np.allclose(both["price"], american, atol=1e-4)
    vol = option.american_implied_vol(american, *book[:3], book[4], type="put")
    held = american > np.maximum(book[1] - book[0], 0) + 1e-6
    assert np.allclose(vol[held], book[3][held], atol=1e-8)


def vollib_keeps_its_orders_and_units():
    assert math.isclose(vollib.black_scholes("p", 100, 90, .5, .01, .2),
                        option.price(100, 90, .5, .2, .01, type="put"), rel_tol=1e-15)
    assert math.isclose(vollib.black_scholes_merton("c", 100, 90, .5, .01, .2, .03),
                        option.price(100, 90, .5, .2, .01, dividend=.03), rel_tol=1e-15)
    assert math.isclose(vollib.theta("c", 100, 90, .5, .01, .2) * 365,
                        option.theta(100, 90, .5, .2, .01), rel_tol=1e-14)
    price = vollib.black("c", 100, 90, .5, .01, .2)
    assert math.isclose(vollib.implied_volatility_of_discounted_option_price(price, 100, 90, .01, .5, "c"),
                        .2, rel_tol=1e-13)
    assert math.isclose(vollib.implied_volatility(vollib.black_scholes("c", 100, 90, .5, .01, .2),
                                                  100, 90, .5, .01, "c"), .2, rel_tol=1e-13)


def threads_agree():
    book = _book(20000)
    expected = option.price(*book)
    wrong = []

    def hammer():
        for _ in range(20):
            if not _same(expected, option.price(*book)):
                wrong.append(1)
    threads = [threading.Thread(target=hammer) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def _price_in_child(pipe, book):
    pipe.send_bytes(option.price(*book).tobytes())


def a_forked_child_goes_on():
    book = _book(50000)
    expected = option.price(*book)
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe()
    child = context.Process(target=_price_in_child, args=(there, book))
    child.start()
    assert here.recv_bytes() == expected.tobytes()
    child.join()


def control_c_stops_a_long_batch():
    def press():
        time.sleep(0.3)
        os.kill(os.getpid(), signal.SIGINT)
    threading.Thread(target=press).start()
    try:
        option.american(np.full(3_000_000, 100.), 100., 1.0, 0.2, 0.05, type="put", method="exact")
    except KeyboardInterrupt:
        return
    raise AssertionError("it went on")


def nothing_leaks():
    def resident():
        return int(pathlib.Path("/proc/self/statm").read_text().split()[1])
    book = _book(10)
    before = None
    for call in range(100_000):
        option.price(*book)
        option.price(100., 100., 1., .2, .05)
        if call % 100 == 0:
            option.greeks(*book, type="put")
            try:
                option.price(*book, type="x")
            except ValueError:
                pass
        if call == 10_000:
            before = resident()
    assert resident() - before < 256, "pages"


def pandas_series_stay_series():
    try:
        import pandas
    except ImportError:
        raise tap.Skip("pandas is not here")
    spot = pandas.Series([90., 100., 110.], index=list("abc"))
    price = option.price(spot, 100, 1, 0.2)
    assert list(price.index) == list("abc") and price["b"] == option.price(100., 100, 1, 0.2)


def ufuncs_know_their_names():
    ufunc = option.ufunc("delta", "bachelier")
    assert isinstance(ufunc, np.ufunc) and (ufunc.nin, ufunc.nout) == (8, 1)
    assert ufunc is option.ufunc("delta", "bachelier")
    assert "bachelier_delta" in repr(ufunc)
    assert pickle.loads(pickle.dumps(option.price)) is option.price


if np is None:
    print("1..1\nok 1 - numpy # SKIP NumPy is not here")
else:
    tap.run(__name__)
