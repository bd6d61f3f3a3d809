"""The functions of vollib, with its argument orders and units.

>>> from breakeven.option.vollib import black_scholes, implied_volatility, vega
>>> round(black_scholes("c", 100, 90, .5, .01, .2), 10)
12.111581435

Flag first and sigma last; the dividend yield q, where there is one, after it. vega and rho are per
1 %, theta per day of a year of 365. Flags may be arrays, as all arguments may.
"""

from . import _ufuncs
from . import implied_vol as _implied_vol

__all__ = ["black", "black_scholes", "black_scholes_merton", "delta", "gamma", "implied_volatility",
           "implied_volatility_merton", "implied_volatility_of_discounted_option_price", "rho",
           "theta", "vega"]


def black_scholes(flag, S, K, t, r, sigma):
    """Price under Black-Scholes."""
    return _ufuncs.price(S, K, t, sigma, r, type=flag, model="black-scholes")


def black_scholes_merton(flag, S, K, t, r, sigma, q):
    """Price under Black-Scholes-Merton with dividend yield q."""
    return _ufuncs.price(S, K, t, sigma, r, dividend=q, type=flag)


def black(flag, F, K, t, r, sigma):
    """Price of an option on a forward, under Black 1976."""
    return _ufuncs.price(F, K, t, sigma, r, type=flag, model="black-76")


def delta(flag, S, K, t, r, sigma, q=0.0):
    """dV/dS."""
    return _ufuncs.delta(S, K, t, sigma, r, dividend=q, type=flag)


def gamma(flag, S, K, t, r, sigma, q=0.0):
    """d2V/dS2."""
    return _ufuncs.gamma(S, K, t, sigma, r, dividend=q, type=flag)


def vega(flag, S, K, t, r, sigma, q=0.0):
    """dV/dsigma, per 1 %."""
    return _ufuncs.vega(S, K, t, sigma, r, dividend=q, type=flag, percent=True)


def theta(flag, S, K, t, r, sigma, q=0.0):
    """-dV/dt, per day."""
    return _ufuncs.theta(S, K, t, sigma, r, dividend=q, type=flag, days_per_year=365)


def rho(flag, S, K, t, r, sigma, q=0.0):
    """dV/dr, per 1 %."""
    return _ufuncs.rho(S, K, t, sigma, r, dividend=q, type=flag, percent=True)


def implied_volatility(price, S, K, t, r, flag):
    """The sigma at which the price is Black-Scholes'; the flag comes last here."""
    return _implied_vol(price, S, K, t, r, type=flag, model="black-scholes")


def implied_volatility_merton(price, S, K, t, r, q, flag):
    """The sigma at which the price is Black-Scholes-Merton's."""
    return _implied_vol(price, S, K, t, r, dividend=q, type=flag)


def implied_volatility_of_discounted_option_price(discounted_option_price, F, K, r, t, flag):
    """The sigma at which the price is Black's; r comes before t here."""
    return _implied_vol(discounted_option_price, F, K, t, r, type=flag, model="black-76")
