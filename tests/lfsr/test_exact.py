"""`breakeven lfsr factor, order, cycles, primitive`: the text, the JSON, partial answers, refusals."""
import json
import os
import subprocess
import tempfile

import tap


def _run(*arguments):
    return subprocess.run([os.environ["BREAKEVEN"], "lfsr", *arguments], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _json(*arguments):
    result = _run(*arguments, "--json")
    assert result.returncode in (0, 75), result
    return json.loads(result.stdout)


def a_census_names_the_register_its_factors_and_cycles():
    result = _run("cycles", "-q", "x^4+x^3+x+1")
    assert result.returncode == 0, result
    facts, cycles = result.stdout.strip().split("\n\n")
    assert facts.splitlines() == ["field: GF(2)", "characteristic polynomial: x^4 + x^3 + x + 1",
                                  "factors: (x + 1)^2 (x^2 + x + 1)", "order: 6", "primitive: no", "cycles: 6"]
    assert [line.split() for line in cycles.splitlines()[2:]] == [["1", "2"], ["2", "1"], ["3", "2"], ["6", "1"]]


def the_json_has_every_number_as_a_string():
    census = _json("cycles", "-f", "4", "coefficients:1,1,1", "--states")
    assert census["schema"] == "breakeven.lfsr.cycles/1" and census["complete"]
    assert census["field"] == {"q": 4, "modulus": "a^2 + a + 1"}
    assert census["factors"] == [{"poly": "x + 1", "degree": 1, "exponent": 3, "order": "1"}]
    assert [(row["length"], row["cycles"]) for row in census["census"]] == [("1", "4"), ("2", "6"), ("4", "12")]
    assert census["census"][0]["state"] == [0, 0, 0]


def a_singular_register_has_no_order_but_a_period():
    answer = _json("cycles", "coefficients:0,0,1,1")
    assert answer["order"] is None and answer["preperiod"] == "2" and answer["eventual_period"] == "3"
    assert [row["states"] for row in answer["tails"]] == ["4", "4", "8"]


def a_matrix_gets_its_elementary_divisors():
    answer = _json("order", "[[1,0,0],[0,1,1],[0,0,1]]")
    assert answer["factors"] == [{"poly": "x + 1", "degree": 1, "exponent": 3, "elementary_divisors": [2, 1],
                                  "order": "1"}]
    assert answer["order"] == "2"


def an_unfactored_order_is_bounded_and_resumed_with_a_file_of_factors():
    # 1487^11 - 1 = 1486 * 2534080803000671 * 20872832375422127 is in no table; the polynomial is irreducible.
    register = ["order", "--time", "1ms", "--json", "-f", "1487", "x^11+x+14"]
    partial = _run(*register)
    assert partial.returncode == 75 and "partial" in partial.stderr, partial
    answer = json.loads(partial.stdout)
    order = 1487 ** 11 - 1
    assert not answer["complete"] and answer["order"] is None
    divisor, multiple = int(answer["period_divisor"]), int(answer["period_multiple"])
    assert order % divisor == 0 and multiple % order == 0 and divisor == 1486, answer
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as known:
        known.write("2534080803000671\n")
        known.flush()
        answer = _json(*register, "--known", known.name)
    assert answer["complete"] and int(answer["order"]) == order and answer["primitive"]


def a_file_of_factors_is_read_with_comments_and_refused_with_line_and_place():
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as known:
        known.write("# of 2^11 - 1\n23 89\n")
        known.flush()
        assert _run("order", "--known", known.name, "x^11+x^2+1").returncode == 0
        known.write("12x\n")
        known.flush()
        result = _run("order", "--known", known.name, "x^11+x^2+1")
        assert result.returncode == 2 and not result.stdout
        assert result.stderr.splitlines()[-1] == f"breakeven: {known.name}:3:3: expected a decimal digit", result.stderr
    result = _run("order", "--known", "/nowhere", "x^11+x^2+1")
    assert result.returncode == 1 and "/nowhere" in result.stderr, result


def primitive_polynomials_are_tested_counted_and_listed():
    assert _run("primitive", "test", "prbs31").stdout == "primitive\n"
    reducible = _run("primitive", "test", "x^4+1")
    assert reducible.returncode == 1 and reducible.stdout == "no: reducible\n"
    assert _run("primitive", "test", "x^4+x^3+x^2+x+1").stdout == "no: irreducible, but of a smaller order\n"
    for degree, number in (16, 2048), (31, 69273666), (1, 1):
        assert int(_run("primitive", "count", str(degree)).stdout) == number
    assert len(_run("primitive", "list", "10").stdout.splitlines()) == 60
    assert _run("primitive", "list", "-n", "2", "8").stdout.splitlines() == [
        "x^8 + x^4 + x^3 + x^2 + 1", "x^8 + x^5 + x^3 + x + 1"]
    assert len(_run("primitive", "list", "-f", "4", "3").stdout.splitlines()) == 12
    assert _run("primitive", "next", "x^64").stdout == "x^64 + x^4 + x^3 + x + 1\n"
    last = _run("primitive", "next", "x^4+x^3+1")
    assert last.returncode == 1 and "comes after" in last.stderr, last


def primitive_verbs_write_json():
    field = {"q": 2, "modulus": None}
    head = {"schema": "breakeven.lfsr.primitive/1", "field": field}
    assert _json("primitive", "count", "16") == head | {"degree": 16, "count": "2048"}
    assert _json("primitive", "list", "3") == head | {"degree": 3, "polynomials": ["x^3 + x + 1", "x^3 + x^2 + 1"]}
    assert _json("primitive", "next", "x^64") == head | {"degree": 64, "next": "x^64 + x^4 + x^3 + x + 1"}
    assert _json("primitive", "test", "prbs31") == head | {"degree": 31, "primitive": True, "answer": "primitive"}


def bad_input_gets_one_line():
    for arguments in (["cycles"], ["order", "x^4+"], ["primitive", "count", "0"], ["cycles", "-f", "6", "x+1"],
                      ["factor", "x^2+1", "x^3+1"], ["primitive", "list", "x"]):
        result = _run(*arguments)
        assert result.returncode == 2 and not result.stdout and "expected" in result.stderr, (arguments, result)


tap.run(__name__)
