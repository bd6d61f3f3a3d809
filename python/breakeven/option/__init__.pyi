from typing import Any, Sequence
import numpy as np
from numpy.typing import ArrayLike

MODELS: tuple[str, ...]
QUANTITIES: tuple[str, ...]

def price(
    spot: ArrayLike, strike: ArrayLike, years: ArrayLike, vol: ArrayLike, rate: ArrayLike = 0.0,
    *, dividend: ArrayLike = 0.0, shift: ArrayLike = 0.0, type: Any = "call",
    model: str = "merton", payoff: str = "vanilla", out: Any = None, where: Any = True,
    days_per_year: float = 0, percent: bool = False,
    return_status: bool = False) -> Any: ...
def delta(
    spot: ArrayLike, strike: ArrayLike, years: ArrayLike, vol: ArrayLike, rate: ArrayLike = 0.0,
    *, dividend: ArrayLike = 0.0, shift: ArrayLike = 0.0, type: Any = "call",
    model: str = "merton", payoff: str = "vanilla", out: Any = None, where: Any = True,
    days_per_year: float = 0, percent: bool = False,
    return_status: bool = False) -> Any: ...
def gamma(
    spot: ArrayLike, strike: ArrayLike, years: ArrayLike, vol: ArrayLike, rate: ArrayLike = 0.0,
    *, dividend: ArrayLike = 0.0, shift: ArrayLike = 0.0, type: Any = "call",
    model: str = "merton", payoff: str = "vanilla", out: Any = None, where: Any = True,
    days_per_year: float = 0, percent: bool = False,
    return_status: bool = False) -> Any: ...
def vega(
    spot: ArrayLike, strike: ArrayLike, years: ArrayLike, vol: ArrayLike, rate: ArrayLike = 0.0,
    *, dividend: ArrayLike = 0.0, shift: ArrayLike = 0.0, type: Any = "call",
    model: str = "merton", payoff: str = "vanilla", out: Any = None, where: Any = True,
    days_per_year: float = 0, percent: bool = False,
    return_status: bool = False) -> Any: ...
def theta(
    spot: ArrayLike, strike: ArrayLike, years: ArrayLike, vol: ArrayLike, rate: ArrayLike = 0.0,
    *, dividend: ArrayLike = 0.0, shift: ArrayLike = 0.0, type: Any = "call",
    model: str = "merton", payoff: str = "vanilla", out: Any = None, where: Any = True,
    days_per_year: float = 0, percent: bool = False,
    return_status: bool = False) -> Any: ...
def rho(
    spot: ArrayLike, strike: ArrayLike, years: ArrayLike, vol: ArrayLike, rate: ArrayLike = 0.0,
    *, dividend: ArrayLike = 0.0, shift: ArrayLike = 0.0, type: Any = "call",
    model: str = "merton", payoff: str = "vanilla", out: Any = None, where: Any = True,
    days_per_year: float = 0, percent: bool = False,
    return_status: bool = False) -> Any: ...
def dividend_rho(
    spot: ArrayLike, strike: ArrayLike, years: ArrayLike, vol: ArrayLike, rate: ArrayLike = 0.0,
    *, dividend: ArrayLike = 0.0, shift: ArrayLike = 0.0, type: Any = "call",
    model: str = "merton", payoff: str = "vanilla", out: Any = None, where: Any = True,
    days_per_year: float = 0, percent: bool = False,
    return_status: bool = False) -> Any: ...
def vanna(
    spot: ArrayLike, strike: ArrayLike, years: ArrayLike, vol: ArrayLike, rate: ArrayLike = 0.0,
    *, dividend: ArrayLike = 0.0, shift: ArrayLike = 0.0, type: Any = "call",
    model: str = "merton", payoff: str = "vanilla", out: Any = None, where: Any = True,
    days_per_year: float = 0, percent: bool = False,
    return_status: bool = False) -> Any: ...
def volga(
    spot: ArrayLike, strike: ArrayLike, years: ArrayLike, vol: ArrayLike, rate: ArrayLike = 0.0,
    *, dividend: ArrayLike = 0.0, shift: ArrayLike = 0.0, type: Any = "call",
    model: str = "merton", payoff: str = "vanilla", out: Any = None, where: Any = True,
    days_per_year: float = 0, percent: bool = False,
    return_status: bool = False) -> Any: ...
def charm(
    spot: ArrayLike, strike: ArrayLike, years: ArrayLike, vol: ArrayLike, rate: ArrayLike = 0.0,
    *, dividend: ArrayLike = 0.0, shift: ArrayLike = 0.0, type: Any = "call",
    model: str = "merton", payoff: str = "vanilla", out: Any = None, where: Any = True,
    days_per_year: float = 0, percent: bool = False,
    return_status: bool = False) -> Any: ...
def veta(
    spot: ArrayLike, strike: ArrayLike, years: ArrayLike, vol: ArrayLike, rate: ArrayLike = 0.0,
    *, dividend: ArrayLike = 0.0, shift: ArrayLike = 0.0, type: Any = "call",
    model: str = "merton", payoff: str = "vanilla", out: Any = None, where: Any = True,
    days_per_year: float = 0, percent: bool = False,
    return_status: bool = False) -> Any: ...
def speed(
    spot: ArrayLike, strike: ArrayLike, years: ArrayLike, vol: ArrayLike, rate: ArrayLike = 0.0,
    *, dividend: ArrayLike = 0.0, shift: ArrayLike = 0.0, type: Any = "call",
    model: str = "merton", payoff: str = "vanilla", out: Any = None, where: Any = True,
    days_per_year: float = 0, percent: bool = False,
    return_status: bool = False) -> Any: ...
def zomma(
    spot: ArrayLike, strike: ArrayLike, years: ArrayLike, vol: ArrayLike, rate: ArrayLike = 0.0,
    *, dividend: ArrayLike = 0.0, shift: ArrayLike = 0.0, type: Any = "call",
    model: str = "merton", payoff: str = "vanilla", out: Any = None, where: Any = True,
    days_per_year: float = 0, percent: bool = False,
    return_status: bool = False) -> Any: ...
def color(
    spot: ArrayLike, strike: ArrayLike, years: ArrayLike, vol: ArrayLike, rate: ArrayLike = 0.0,
    *, dividend: ArrayLike = 0.0, shift: ArrayLike = 0.0, type: Any = "call",
    model: str = "merton", payoff: str = "vanilla", out: Any = None, where: Any = True,
    days_per_year: float = 0, percent: bool = False,
    return_status: bool = False) -> Any: ...
def ultima(
    spot: ArrayLike, strike: ArrayLike, years: ArrayLike, vol: ArrayLike, rate: ArrayLike = 0.0,
    *, dividend: ArrayLike = 0.0, shift: ArrayLike = 0.0, type: Any = "call",
    model: str = "merton", payoff: str = "vanilla", out: Any = None, where: Any = True,
    days_per_year: float = 0, percent: bool = False,
    return_status: bool = False) -> Any: ...
def dual_delta(
    spot: ArrayLike, strike: ArrayLike, years: ArrayLike, vol: ArrayLike, rate: ArrayLike = 0.0,
    *, dividend: ArrayLike = 0.0, shift: ArrayLike = 0.0, type: Any = "call",
    model: str = "merton", payoff: str = "vanilla", out: Any = None, where: Any = True,
    days_per_year: float = 0, percent: bool = False,
    return_status: bool = False) -> Any: ...
def dual_gamma(
    spot: ArrayLike, strike: ArrayLike, years: ArrayLike, vol: ArrayLike, rate: ArrayLike = 0.0,
    *, dividend: ArrayLike = 0.0, shift: ArrayLike = 0.0, type: Any = "call",
    model: str = "merton", payoff: str = "vanilla", out: Any = None, where: Any = True,
    days_per_year: float = 0, percent: bool = False,
    return_status: bool = False) -> Any: ...
def forward_delta(
    spot: ArrayLike, strike: ArrayLike, years: ArrayLike, vol: ArrayLike, rate: ArrayLike = 0.0,
    *, dividend: ArrayLike = 0.0, shift: ArrayLike = 0.0, type: Any = "call",
    model: str = "merton", payoff: str = "vanilla", out: Any = None, where: Any = True,
    days_per_year: float = 0, percent: bool = False,
    return_status: bool = False) -> Any: ...
def premium_delta(
    spot: ArrayLike, strike: ArrayLike, years: ArrayLike, vol: ArrayLike, rate: ArrayLike = 0.0,
    *, dividend: ArrayLike = 0.0, shift: ArrayLike = 0.0, type: Any = "call",
    model: str = "merton", payoff: str = "vanilla", out: Any = None, where: Any = True,
    days_per_year: float = 0, percent: bool = False,
    return_status: bool = False) -> Any: ...
def forward_premium_delta(
    spot: ArrayLike, strike: ArrayLike, years: ArrayLike, vol: ArrayLike, rate: ArrayLike = 0.0,
    *, dividend: ArrayLike = 0.0, shift: ArrayLike = 0.0, type: Any = "call",
    model: str = "merton", payoff: str = "vanilla", out: Any = None, where: Any = True,
    days_per_year: float = 0, percent: bool = False,
    return_status: bool = False) -> Any: ...
def implied_vol(
    price: ArrayLike, spot: ArrayLike, strike: ArrayLike, years: ArrayLike, rate: ArrayLike = 0.0,
    *, dividend: ArrayLike = 0.0, shift: ArrayLike = 0.0, type: Any = "call",
    model: str = "merton", payoff: str = "vanilla", out: Any = None, where: Any = True,
    days_per_year: float = 0, percent: bool = False,
    return_status: bool = False) -> Any: ...
def american_implied_vol(
    price: ArrayLike, spot: ArrayLike, strike: ArrayLike, years: ArrayLike, rate: ArrayLike = 0.0,
    *, dividend: ArrayLike = 0.0, shift: ArrayLike = 0.0, type: Any = "call",
    model: str = "merton", payoff: str = "vanilla", out: Any = None, where: Any = True,
    days_per_year: float = 0, percent: bool = False,
    return_status: bool = False) -> Any: ...
def greeks(
    spot: ArrayLike, strike: ArrayLike, years: ArrayLike, vol: ArrayLike, rate: ArrayLike = 0.0,
    *, which: Sequence[str] = ..., return_status: bool = False, **keywords: Any) -> dict[str, Any]: ...
def american(
    spot: ArrayLike, strike: ArrayLike, years: ArrayLike, vol: ArrayLike, rate: ArrayLike = 0.0,
    *, which: Sequence[str] = ("price",), return_status: bool = False, method: str = "standard",
    **keywords: Any) -> Any: ...
def status_text(status: int, /) -> str: ...
def types(values: Any) -> np.ndarray: ...
def ufunc(name: str, model: str = "merton") -> np.ufunc: ...
