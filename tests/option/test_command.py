"""`breakeven option price`, `greeks`, `iv`, `american`: what goes in, comes out, and is refused."""
import csv
import io
import json
import os
import subprocess
import tempfile

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
