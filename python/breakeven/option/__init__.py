"""Option prices, greeks and implied volatilities over arrays.

>>> from breakeven import option
>>> round(option.price(100, 105, 1.0, 0.2, 0.05), 12)
8.021352235143
>>> option.price(100, [95, 105], 1.0, 0.2, 0.05, type="put").round(4)
array([3.7133, 7.9004])
>>> round(option.implied_vol(8.021352235143176, 100, 105, 1.0, 0.05), 12)
0.2

Every quantity is a function of its own (`price`, `delta`, `gamma`, ...) over a NumPy ufunc: inputs
broadcast, `out` and `where` work, float32 stays float32, Python floats give a Python float. A bad
item is NaN in its own slot; `return_status=True` says why. `greeks` computes several at once.

Units: vol per square root of a year (0.2 is 20 %), rates per year and continuously compounded, time
in years. Derivatives are per 1.00 and per year unless `percent` and `days_per_year` say otherwise.
Large arrays are computed by several threads where that pays, with the same bits.
"""
import numpy as _np

from . import _ufuncs
from ._ufuncs import (american_implied_vol, charm, color, delta, dividend_rho, dual_delta,
                      dual_gamma, forward_delta, forward_premium_delta, gamma, implied_vol,
                      premium_delta, price, rho, speed, status_text, theta, ultima, vanna, vega,
                      veta, volga, zomma)

MODELS = ("black-scholes", "black-76", "merton", "garman-kohlhagen", "bachelier", "displaced")
QUANTITIES = ("price", "delta", "gamma", "vega", "theta", "rho", "dividend_rho", "vanna", "volga",
              "charm", "veta", "speed", "zomma", "color", "ultima", "dual_delta", "dual_gamma",
              "forward_delta", "premium_delta", "forward_premium_delta")

__all__ = [*QUANTITIES, "MODELS", "QUANTITIES", "american", "american_implied_vol", "greeks",
           "implied_vol", "status_text", "types", "ufunc"]

_WORDS = {"call": 0, "c": 0, "put": 1, "p": 1}


def types(values):
    """Calls and puts as the ufuncs take them: uint8, 0 for a call and 1 for a put.

    Parameters
    ----------
    values : array_like
        'call' or 'put', 'c' or 'p' in any case, or the numbers 1 (call) and -1 (put). An array of
        uint8 is returned as it is.

    Examples
    --------
    >>> types(["call", "P", "put"])
    array([0, 1, 1], dtype=uint8)
    >>> types([1, -1])
    array([0, 1], dtype=uint8)
    """
    values = _np.asarray(values)
    if values.dtype == _np.uint8:
        return values
    if values.dtype.kind in "iuf":
        wrong = (values != 1) & (values != -1)
        if wrong.any():
            raise ValueError(f"type must be 1 for a call or -1 for a put, not {values[wrong][0]}")
        return (values == -1).astype(_np.uint8)
    if values.dtype.kind not in "UO":
        raise TypeError(f"type must be words such as 'call' and 'put' or the numbers 1 and -1, "
                        f"not {values.dtype}")
    words, place = _np.unique(values.astype(str), return_inverse=True)
    codes = _np.empty(len(words), _np.uint8)
    for i, word in enumerate(words):
        code = _WORDS.get(word.strip().lower())
        if code is None:
            raise ValueError(f"type must be 'call' or 'put', not {str(word)!r}")
        codes[i] = code
    return codes[place].reshape(values.shape)


_ufuncs._set_converter(types)


def greeks(spot, strike, years, vol, rate=0.0, *,
           which=("price", "delta", "gamma", "vega", "theta", "rho"), return_status=False,
           **keywords):
    """Several quantities in one pass: little dearer than the price alone.

    Parameters
    ----------
    spot, strike, years, vol, rate : array_like
        As for `price`, like all further keywords.
    which : sequence of str
        Names from `QUANTITIES`, each at most once.

    Returns
    -------
    dict
        An array (or float) for each name, and "status" with ``return_status=True``.

    Examples
    --------
    >>> g = greeks(100, 105, 1.0, 0.2, 0.05, which=("price", "delta"))
    >>> round(g["delta"], 6)
    0.542228
    """
    which = tuple(which)
    answer = _ufuncs.greeks(which, spot, strike, years, vol, rate, return_status=return_status,
                            **keywords)
    names = (*which, "status") if return_status else which
    return dict(zip(names, answer if len(names) > 1 else (answer,)))


def american(spot, strike, years, vol, rate=0.0, *, which=("price",), return_status=False,
             method="standard", **keywords):
    """Value American options, which may be exercised at any time.

    Parameters
    ----------
    spot, strike, years, vol, rate : array_like
        As for `price`; `dividend` and `type` too. Models: 'black-scholes', 'black-76', 'merton',
        'garman-kohlhagen'.
    which : sequence of str
        "price", "delta", "gamma", "theta", and the exercise boundaries of today, "boundary" and
        "boundary_far".
    method : str
        'fast', 'standard' or 'exact': an error of 1e-5, 1e-8, 1e-11 at a strike of 100; 'binomial'
        and 'differences' are independent checks.

    Returns
    -------
    float, ndarray or dict
        The price when `which` asks for nothing else, or a dict by name.

    Examples
    --------
    >>> round(american(100, 105, 1.0, 0.2, 0.05, type="put"), 6)
    8.740172
    """
    which = tuple(which)
    answer = _ufuncs.american(which, spot, strike, years, vol, rate, return_status=return_status,
                              method=method, **keywords)
    if which == ("price",) and not return_status:
        return answer
    names = (*which, "status") if return_status else which
    return dict(zip(names, answer if len(names) > 1 else (answer,)))


def ufunc(name, model="merton"):
    """The NumPy ufunc behind a function: eight inputs, one output.

    Parameters
    ----------
    name : str
        One of `QUANTITIES`: inputs are (type, spot, strike, years, vol, rate, dividend, shift); or
        'implied_vol': (type, price, spot, strike, years, rate, dividend, shift).
    model : str
        One of `MODELS`.

    Examples
    --------
    >>> ufunc("price", "black-76").nin
    8
    """
    return _ufuncs.ufunc(name, model)
