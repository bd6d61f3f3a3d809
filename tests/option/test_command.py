"""`breakeven option price`, `greeks`, `iv`, `american`, `grid`, `chain`: what goes in, comes out, and is refused."""
import csv
import io
import json
import math
import os
import subprocess
import tempfile
from xml.etree import ElementTree

import tap

BOOK = """type,spot,strike,years,vol,rate
call,100,100,1,0.2,0.05
put,100,100,1,0.2,0.05
call,100,150,0.25,0.2,0.05
"""
PRICES = [10.450583572185568, 5.573526022256968, 0.00011838419451409933]


def _run(*arguments, text=BOOK, verb="price"):
    return subprocess.run([os.environ["BREAKEVEN"], "option", verb, *arguments], input=text,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _rows(*arguments, text=BOOK, verb="price"):
    result = _run("--csv", *arguments, text=text, verb=verb)
    assert result.returncode == 0 and not result.stderr, result
    return list(csv.DictReader(io.StringIO(result.stdout)))


def _near(a, b, within=1e-15):
    return abs(a - b) <= within * abs(b)


def the_table_has_a_line_an_option():
    result = _run("-")
    assert result.returncode == 0 and not result.stderr, result
    heading, *rows = [line.split() for line in result.stdout.splitlines()]
    assert heading == ["type", "spot", "strike", "years", "vol", "rate", "price", "status"]
    assert [row[6:] for row in rows] == [["10.45058357", "priced"], ["5.573526022", "priced"],
                                         ["0.0001183841945", "priced"]]
    assert rows[1][:6] == ["put", "100", "100", "1", "0.2", "0.05"]


def the_csv_repeats_the_input_as_it_is_and_appends_every_digit():
    rows = _rows("-", text=BOOK.replace("0.05", "5e-2"))
    assert all(_near(float(row["price"]), price) for row, price in zip(rows, PRICES, strict=True))
    assert [row["rate"] for row in rows] == ["5e-2"] * 3
    assert list(rows[0]) == ["type", "spot", "strike", "years", "vol", "rate", "price", "status"]
    again = _rows("-", text="price," + BOOK.replace("\nc", "\n1,c").replace("\np", "\n1,p"))
    assert _near(float(again[0]["price_computed"]), PRICES[0]) and again[0]["price"] == "1"


def the_json_says_the_same_for_every_worker_count():
    answers = {_run("--json", "-j", workers, "-").stdout for workers in ("1", "2", "5")}
    assert len(answers) == 1
    answer = json.loads(answers.pop())
    assert answer["schema"] == "breakeven.option.price/1"
    assert (answer["options"], answer["refused"]) == (3, 0)
    assert all(_near(r["price"], price) for r, price in zip(answer["results"], PRICES, strict=True))


def columns_come_in_any_order_and_spelling():
    text = "VOL,Type,rate,years,strike,forward\n0.2,C,0.05,1,100,105.12710963760242\n"
    assert _near(float(_rows("-", text=text)[0]["price"]), PRICES[0], 1e-14)
    text = "vol,type,discount_factor,years,strike,spot\n0.2,1,0.951229424500714,1,100,100\n0.2,-1,0.951229424500714,1,100,100\n"
    assert all(_near(float(row["price"]), p, 1e-14) for row, p in zip(_rows("-", text=text), PRICES))
    text = "\ufeff# a comment\r\n\r\n \"spot\" , strike,vol\r\n100,\t100 ,\"0.2\"\r\n"
    assert _near(float(_rows("--years", "1", "--rate", "0.05", "-", text=text)[0]["price"]), PRICES[0])


def the_command_line_alone_describes_an_option():
    rows = _rows("--type", "p", "--spot", "100", "--strike", "100", "--years", "1", "--vol", "0.2",
                 "--rate", "0.05")
    assert len(rows) == 1 and _near(float(rows[0]["price"]), PRICES[1])


def each_row_may_have_a_model_and_a_pay_off():
    text = ("model,payoff,type,spot,strike,years,vol,rate,dividend_yield\n"
            "black-76,vanilla,p,75,75,0.5,0.3,0.05,0\n"
            "bachelier,vanilla,c,100,100,1,20,0.05,0\n"
            "merton,cash,c,100,100,1,0.2,0.05,0.02\n"
            "merton,asset,p,100,100,1,0.2,0.05,0.02\n")
    want = [6.1788340676198604, 7.5897127159051457, 0.49458109105322352, 39.334752717199131]
    rows = _rows("-", text=text)
    assert all(_near(float(row["price"]), w, 1e-14) for row, w in zip(rows, want, strict=True)), rows


def greeks_have_units():
    row = _rows("-", verb="greeks")[0]
    day = _rows("--order", "third", "--per", "day", "--percent", "-", verb="greeks")[0]
    assert _near(float(row["vega"]), 37.524034691693789) and _near(float(day["vega"]), 0.37524034691693789)
    assert _near(float(day["theta"]) * 365, float(row["theta"])) and "ultima" in day
    assert "premium_delta" in _rows("--order", "all", "-", verb="greeks")[0]


def implied_vols_come_back_or_say_why_not():
    text = "price,spot,strike,years,rate\n10.450583572185568,100,100,1,0.05\n4,100,100,1,0.05\n"
    result = _run("--csv", "-", text=text, verb="iv")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert result.returncode == 0 and _near(float(rows[0]["implied_vol"]), 0.2)
    assert rows[1]["implied_vol"] == "" and "below" in rows[1]["status"]
    assert result.stderr.startswith("1 of 2 options have no answer; the first is option 2: the price")
    strict = _run("--strict", "-", text=text, verb="iv")
    assert strict.returncode == 2 and not strict.stdout
    assert strict.stderr == "breakeven: -:3: option 2: " + rows[1]["status"] + "\n"


def american_values_have_a_boundary_and_implied_vols():
    row = _rows("--method", "exact", "-", verb="american")[1]
    assert abs(float(row["price"]) - 6.0903705909600711) < 1e-11
    assert abs(float(row["boundary"]) - 80.875056967553749) < 1e-9
    tree = _rows("--method", "binomial", "-", verb="american")[1]
    assert abs(float(tree["price"]) - 6.0904) < 1e-2 and tree["boundary"] == ""
    text = "type,price,spot,strike,years,rate\nput,6.0903705909600711,100,100,1,0.05\n"
    assert abs(float(_rows("--implied", "-", text=text, verb="american")[0]["implied_vol"]) - 0.2) < 1e-10


def dates_become_years_by_the_convention_asked_for():
    text = "spot,strike,vol,expiry\n100,100,0.2,2028-02-29\n"
    def price(*arguments):
        return float(_rows(*arguments, "-", text=text)[0]["price"])
    def flat(years):
        return float(_rows("--years", repr(years), "-", text="spot,strike,vol\n100,100,0.2\n")[0]["price"])
    now = ("--now", "2026-12-31T18:00-06:00")  # the first of January in UTC
    assert _near(price(*now), flat(425 / 365), 1e-13)
    assert _near(price(*now, "--day-count", "act/360"), flat(425 / 360), 1e-13)
    assert _near(price(*now, "--day-count", "act/act"), flat(1 + 60 / 366), 1e-13)
    assert _near(price(*now, "--day-count", "30/360"), flat(1 + 60 / 360), 1e-13)
    today = text.replace("2028-02-29", "2026-12-31")
    row = _rows("--now", "2026-12-31T12:00Z", "-", text=today)[0]
    assert _near(float(row["price"]), flat(0.5 / 365), 1e-13)


def an_array_file_goes_in_and_out():
    with tempfile.TemporaryDirectory() as folder:
        path = folder + "/out.npy"
        result = _run("--npy", path, "-")
        assert result.returncode == 0, result
        rows = _rows(path)
        assert all(_near(float(row["price_computed"]), p) for row, p in zip(rows, PRICES, strict=True))
        assert rows[0]["rate"] == "0.05" and rows[1]["type"] == "-1"
        with open(path, "r+b") as file:
            file.truncate(200)
        broken = _run(path)
        assert broken.returncode == 2 and "bytes of data" in broken.stderr, broken


GRID = ("--type", "put", "--spot", "100", "--strike", "100", "--years", "0.5", "--vol", "0.2", "--rate", "0.03")


def a_grid_holds_what_price_and_american_say():
    for verb, more in (("price", ()), ("american", ("--american",))):
        rows = _rows(*GRID, "--spots", "80:120:3", "--vols", "-50%:50%:3", *more, verb="grid")
        assert len(rows) == 9 and [row["vol"] for row in rows[::3]] == ["0.10000000000000001", "0.20000000000000001", "0.30000000000000004"]
        one = _rows(*GRID[:2], "--spot", "120", *GRID[4:10][:4], "--vol", rows[8]["vol"], "--rate", "0.03",
                    *(("--method", "fast") if more else ()), verb=verb)
        assert _near(float(rows[8]["price"]), float(one[0]["price"]), 1e-14)


def a_grid_is_a_map_a_document_and_a_picture():
    text = _run(*GRID, verb="grid").stdout.splitlines()
    assert text[0].split()[:2] == ["vol\\spot", "80"] and len(text) == 10
    with tempfile.TemporaryDirectory() as folder:
        path = folder + "/surface.svg"
        result = _run(*GRID, "--json", "--svg", path, "--quantity", "vega", "--spots", "90:110:5", verb="grid")
        answer = json.loads(result.stdout)
        assert answer["schema"] == "breakeven.option.grid/1" and answer["quantity"] == "vega"
        assert len(answer["values"]) == 9 and all(len(row) == 5 for row in answer["values"])
        picture = ElementTree.parse(path).getroot()
        assert len(picture.findall("{http://www.w3.org/2000/svg}rect")) == 45
    for wrong in ("1:2", "120:80:5", "80:120:1", "80:120:2.5", "a:b:c", "80:120:99999"):
        assert _run(*GRID, "--spots", wrong, verb="grid").returncode == 2, wrong


def _quotes(american, spread=0.004):
    """Quotes around prices at spot 100, rate 0.04, yield 0.015, vol 0.25 - strike / 1000."""
    text = "type,strike,years,vol\n" + "".join(
        f"{kind},{strike},{years},{0.25 - strike / 1000}\n"
        for years in (0.25, 1) for strike in range(80, 121, 5) for kind in ("call", "put"))
    rows = _rows("--spot", "100", "--rate", "0.04", "--dividend-yield", "0.015", "-", text=text,
                 verb="american" if american else "price")
    lines = ["type,strike,years,bid,ask"]
    for row in rows:
        price, half = float(row["price"]), spread * (1 + float(row["price"]) / 10)
        lines.append(f"{row['type']},{row['strike']},{row['years']},{price - half!r},{price + half!r}")
    return lines


def a_chain_finds_the_forwards_and_the_vols():
    rows = _rows("-", text="\n".join(_quotes(False)) + "\n", verb="chain")
    for row in rows:
        forward = 100 * math.exp(0.025 * float(row["years"]))
        assert _near(float(row["forward"]), forward, 1e-9) and 0 < float(row["forward_error"]) < 0.05
        assert _near(float(row["discount_factor"]), math.exp(-0.04 * float(row["years"])), 1e-9)
        vol = 0.25 - float(row["strike"]) / 1000
        assert abs(float(row["implied_vol"]) - vol) < 1e-7
        assert not row["vol_bid"] or float(row["vol_bid"]) < vol < float(row["vol_ask"])


def a_chain_of_american_quotes_finds_the_yield_where_calls_and_puts_agree():
    result = _run("--csv", "--american", "--spot", "100", "--rate", "0.04", "-",
                  text="\n".join(_quotes(True)) + "\n", verb="chain")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert "the price is the option's value without vol" in rows[17]["status"]  # exercised today
    for row in rows[::2]:
        assert _near(float(row["forward"]), 100 * math.exp(0.025 * float(row["years"])), 1e-6)
        assert abs(float(row["implied_vol"]) - (0.25 - float(row["strike"]) / 1000)) < 1e-5, row


def a_chain_lists_the_quotes_it_rejects_and_why():
    lines = _quotes(False)
    kinds = {3: ",,", 5: ",5,4", 7: ",-1,1", 9: ",90,91"}
    for at, change in kinds.items():
        cells = lines[at].split(",")
        lines[at] = ",".join(cells[:3]) + change
    result = _run("--csv", "--rate", "0.04", "-", text="\n".join(lines) + "\n", verb="chain")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    reasons = [rows[at - 1]["status"] for at in kinds]
    assert reasons[:3] == ["no bid or no ask", "the ask is below the bid", "the bid is not above 0"], reasons
    assert reasons[3].startswith("off parity") and rows[9]["status"].startswith("off parity")
    assert result.returncode == 0 and result.stderr.startswith("5 of 36 options have no answer")
    assert _near(float(rows[0]["forward"]), 100 * math.exp(0.025 * 0.25), 1e-9)
    for wrong in ("type,strike,years\ncall,1,1\n", "type,strike,years,bid\ncall,1,1,1\n", "strike,years,bid,ask\n1,1,1,1\n"):
        assert _run("-", text=wrong, verb="chain").returncode == 2


def a_long_book_is_cut_on_the_screen_only():
    text = "spot,strike,years,vol\n" + "100,100,1,0.2\n" * 50
    result = _run("-", text=text)
    assert result.returncode == 0 and len(result.stdout.splitlines()) == 21
    assert result.stderr == "30 more options; --csv shows all\n", result.stderr
    assert len(_rows("-", text=text)) == 50


def an_option_out_of_range_keeps_its_place_and_says_why():
    text = BOOK + "put,100,100,1,-0.2,0.05\nput,-1,100,1,0.2,0.05\nput,,100,1,0.2,0.05\n"
    result = _run("--json", "-", text=text)
    assert result.returncode == 0
    assert result.stderr == ("3 of 6 options have no answer; the first is option 4: "
                             "vol is negative or infinite\n"), result.stderr
    answer = json.loads(result.stdout)
    assert answer["refused"] == 3 and _near(answer["results"][0]["price"], PRICES[0])
    assert answer["results"][3] == {"price": None, "status": "vol is negative or infinite"}
    assert answer["results"][5]["status"] == "an input is not a number"
    assert _run("--strict", "-", text=text).returncode == 2


def what_looks_like_percent_draws_a_remark():
    result = _run("-", text="spot,strike,years,vol,rate\n100,100,1,20,5\n")
    assert result.returncode == 0
    assert result.stderr == ("row 1: vol 20: percent? 0.2 is 20 %\n"
                             "row 1: rate 5: percent? 0.05 is 5 %\n"), result.stderr
    assert not _run("-", text="model,spot,strike,years,vol\nbachelier,100,100,1,20\n").stderr


def bad_input_gets_one_line_that_says_where_and_what():
    more = " (see `breakeven option price --help`)"
    for text, line in {
            BOOK.replace("0.2,", "0,2,", 1): "2:19: expected the end of the line after 6 cells",
            BOOK.replace("put,100", "put,1OO"): '3: spot is "1OO"; expected a number such as 0.25 or 1e-3',
            BOOK.replace("call", "cull"): '2: type is "cull"; expected call, put, c, p, 1 or -1',
            BOOK.replace("0.2,", "0x1p3,", 1): '2: vol is "0x1p3"; expected a number such as 0.25 or 1e-3',
            BOOK.replace("vol", "vool"): ' unknown column "vool"; did you mean vol? (--extra lets it through)' + more,
            BOOK.replace("vol", "rate"): ' the column "rate" is there twice' + more,
            BOOK.replace("put,100,", "put,"): "3:1: expected 6 cells, as the header has; got 5",
            BOOK.replace(",", ";"): "1:1: expected commas between columns and decimal points; this file has "
                                    "semicolons, and perhaps decimal commas: export it as CSV with commas",
            "spot,strike,vol\n": " no column years (or expiry), nor an option of that name" + more,
            'spot,"strike\n': "1:13: expected a closing quote",
            "spot,strike,vol,expiry\n1,1,1,2026-02-29\n":
                '2: expiry is "2026-02-29"; expected a date such as 2026-12-18, or 2026-12-18T16:00Z',
            "": "1:1: expected a header line with column names"}.items():
        result = _run("-", text=text)
        assert result.returncode == 2 and not result.stdout, result
        assert result.stderr == f"breakeven: -:{line}\n", (result.stderr, line)


def other_columns_come_through_when_asked():
    text = "symbol,spot,strike,years,vol\n\"A, B\",100,100,1,0.2\n"
    assert _run("-", text=text).returncode == 2
    row = _rows("--extra", "-", text=text)[0]
    assert row["symbol"] == "A, B" and row["status"] == "priced"


def files_that_are_not_there_and_operands_that_are_too_many_are_refused():
    result = _run("/nonexistent/chain.csv")
    assert result.returncode == 1 and "/nonexistent/chain.csv" in result.stderr, result
    assert len(result.stderr.splitlines()) == 1
    assert _run().returncode == 2 and _run("a", "b").returncode == 2
    assert _run("--csv", "--json", "-").returncode == 2


tap.run(__name__)
