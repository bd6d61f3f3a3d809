"""Breakeven: compute tools that go parallel only when that pays.

breakeven.option    prices, greeks and implied volatilities of options, as NumPy ufuncs

Breakeven is the size of a batch at which a second core starts to pay, not strike plus premium.
"""
import importlib

__all__ = ["option"]


def __getattr__(name):
    if name in __all__:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted([*globals(), *__all__])
