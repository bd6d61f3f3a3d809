"""`breakeven lfsr enumerate`: the text, the JSON, and what it refuses."""
import json
import os
import subprocess

import tap


def _run(*arguments):
    return subprocess.run([os.environ["BREAKEVEN"], "lfsr", "enumerate", *arguments], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def the_text_names_the_register_and_lists_cycles_and_tails():
    result = _run("x^5+x^4+x^2+x")  # x times row 1 of the worked examples
    assert result.returncode == 0 and not result.stderr, result
    facts, cycles, tails = result.stdout.strip().split("\n\n")
    assert facts.splitlines()[0] == "polynomial: x^5 + x^4 + x^2 + x"
    assert [line.split() for line in cycles.splitlines()[2:]] == [
        ["1", "2", "2"], ["2", "1", "2"], ["3", "2", "6"], ["6", "1", "6"]]
    assert [line.split() for line in tails.splitlines()[2:]] == [["0", "16"], ["1", "16"]]


def the_json_says_the_same_for_every_notation():
    expected = {"schema": "breakeven.lfsr.enumerate/1", "polynomial": "x^4 + x^3 + x^2", "degree": 4, "states": 16,
                "cycles": 2, "lengths": [{"length": 1, "cycles": 1}, {"length": 3, "cycles": 1}],
                "tails": [{"steps": 1, "states": 4}, {"steps": 2, "states": 8}]}
    for notation in "x^4+x^3+x^2", "x**2 + x**3 + x**4", "4,3,2":
        for workers in "1", "3":
            result = _run("--json", "-j", workers, notation)
            assert result.returncode == 0 and json.loads(result.stdout) == expected, result


def bad_input_gets_one_line_that_says_where_and_what():
    for polynomial, line in {
            "x^4+": "x^4+: byte 5: expected x or 1",
            "x^41+1": "x^41+1: byte 3: expected an exponent of at most 40",
            "4,4,1": "4,4,1: byte 3: expected an exponent other than 4, given before",
            "y^4": "y^4: expected x or 1",
            "": "expected a polynomial such as x^4 + x + 1 or 4,1,0"}.items():
        result = _run(polynomial)
        assert result.returncode == 2 and not result.stdout, result
        assert result.stderr == f"breakeven: {line}\n", result.stderr


def a_polynomial_torn_apart_by_the_shell_is_told_so():
    result = _run("x^4", "+", "x", "+", "1")
    assert result.returncode == 2 and "needs quotes" in result.stderr, result
    assert _run().returncode == 2


tap.run(__name__)
