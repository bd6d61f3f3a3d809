"""`breakeven option price`: the table, the CSV, the JSON, and what it refuses."""
import csv
import io
import json
import os
import subprocess

import tap

BOOK = """type,spot,strike,years,vol,rate
call,100,100,1,0.2,0.05
put,100,100,1,0.2,0.05
call,100,150,0.25,0.2,0.05
"""
PRICES = [10.450583572185568, 5.573526022256968, 0.00011838419451409933]


def _run(*arguments, text=BOOK):
    return subprocess.run([os.environ["BREAKEVEN"], "option", "price", *arguments], input=text,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _near(a, b):
    return abs(a - b) <= 1e-15 * abs(b)


def the_table_has_a_line_an_option():
    result = _run("-")
    assert result.returncode == 0 and not result.stderr, result
    heading, *rows = [line.split() for line in result.stdout.splitlines()]
    assert heading == ["type", "spot", "strike", "years", "vol", "rate", "dividend", "price", "status"]
    assert [row[7:] for row in rows] == [["10.45058357", "priced"], ["5.573526022", "priced"],
                                         ["0.0001183841945", "priced"]]
    assert rows[1][:7] == ["put", "100", "100", "1", "0.2", "0.05", "0"]


def the_csv_gives_back_the_book_and_every_digit_of_the_prices():
    result = _run("--csv", "-")
    assert result.returncode == 0 and not result.stderr, result
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert all(_near(float(row["price"]), price) for row, price in zip(rows, PRICES, strict=True))
    assert [row["vol"] for row in rows] == ["0.2", "0.2", "0.2"] and rows[2]["dividend"] == "0"


def the_json_says_the_same_for_every_worker_count():
    answers = {_run("--json", "-j", workers, "-").stdout for workers in ("1", "2", "5")}
    assert len(answers) == 1
    answer = json.loads(answers.pop())
    assert answer["schema"] == "breakeven.option.price/1"
    assert (answer["options"], answer["refused"]) == (3, 0)
    assert all(_near(r["price"], price) for r, price in zip(answer["results"], PRICES, strict=True))


def a_long_book_is_cut_on_the_screen_only():
    text = "spot,strike,years,vol\n" + "100,100,1,0.2\n" * 50
    result = _run("-", text=text)
    assert result.returncode == 0 and len(result.stdout.splitlines()) == 21
    assert result.stderr == "30 more options; --csv shows all\n", result.stderr
    assert len(_run("--csv", "-", text=text).stdout.splitlines()) == 51


def an_option_out_of_range_is_told_apart_and_fails_the_command():
    text = BOOK + "put,100,100,1,-0.2,0.05\nput,-1,100,1,0.2,0.05\n"
    result = _run("--json", "-", text=text)
    assert result.returncode == 1
    assert result.stderr == ("2 of 5 options refused; the first is option 4: "
                             "vol is negative or infinite\n"), result.stderr
    answer = json.loads(result.stdout)
    assert answer["refused"] == 2 and _near(answer["results"][0]["price"], PRICES[0])
    assert answer["results"][3] == {"price": None, "status": "vol is negative or infinite"}
    assert _run("--csv", "-", text=text).stdout.splitlines()[-1].endswith(",,spot is negative or infinite")


def bad_input_gets_one_line_that_says_where_and_what():
    for text, line in {
            BOOK.replace("0.2,", "0,2,", 1): "2:19: expected the end of the line after 6 cells",
            BOOK.replace("put,100", "put,1OO"): "3:5: expected a number such as 0.25 or 1e-3",
            BOOK.replace("call", "Call"): "2:1: expected one of: call, put",
            BOOK.replace("vol", "sigma"): "1:24: expected a column's name: "
                                          "spot, strike, years, vol, rate, dividend, type",
            "spot,strike,vol\n": "1:16: expected a column \"years\"",
            "": "1:1: expected a header line with column names"}.items():
        result = _run("-", text=text)
        assert result.returncode == 2 and not result.stdout, result
        assert result.stderr == f"breakeven: -:{line}\n", result.stderr


def files_that_are_not_there_and_operands_that_are_too_many_are_refused():
    result = _run("/nonexistent/chain.csv")
    assert result.returncode == 1 and "/nonexistent/chain.csv" in result.stderr, result
    assert len(result.stderr.splitlines()) == 1
    assert _run().returncode == 2 and _run("a", "b").returncode == 2
    assert _run("--csv", "--json", "-").returncode == 2


tap.run(__name__)
