"""`breakeven option accuracy`: errors against MPFR, within what the documents state."""
import json
import os
import subprocess

import tap

BREAKEVEN = os.environ["BREAKEVEN"]


def _rows(*arguments):
    result = subprocess.run([BREAKEVEN, "option", "accuracy", "--json", *arguments],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if "did you mean" in result.stderr or "expected a verb" in result.stderr:
        raise tap.Skip("built without MPFR (Debian: libmpfr-dev)")
    assert result.returncode == 0 and not result.stderr, result
    answer = json.loads(result.stdout)
    assert answer["schema"] == "breakeven.option.accuracy/1"
    return answer["rows"]


def prices_and_vols_are_within_their_bounds():
    rows = _rows("--items", "10000", "--seed", "11")
    prices = [row for row in rows if row["what"].startswith("price")]
    assert len(prices) == 7 and sum(row["judged"] for row in prices) > 60000, prices
    for row in prices:
        assert row["worst_ulp"] <= 4, row
    for row in rows:
        if row["what"].startswith("implied"):
            allowed = 3 if row["region"] == "market" else 16
            assert row["judged"] > 5000 and row["worst_ulp"] <= allowed, row


def every_greek_is_judged():
    rows = {row["what"] for row in _rows("--items", "200")}
    for greek in ("delta", "gamma", "vega", "theta", "rho", "dividend_rho", "vanna", "volga", "charm",
                  "veta", "speed", "zomma", "color", "ultima", "dual_delta", "dual_gamma"):
        assert f"{greek}, merton" in rows, greek


tap.run(__name__)
