"""`breakeven lfsr enumerate`: the text, the JSON, the labels, the journal, and what it refuses."""
import array
import json
import os
import pathlib
import subprocess
import tempfile

import tap


def _run(*arguments):
    return subprocess.run([os.environ["BREAKEVEN"], "lfsr", "enumerate", *arguments], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _json(*arguments):
    result = _run("-q", "--json", *arguments)
    assert result.returncode == 0, result
    return json.loads(result.stdout)


def the_text_lists_cycles_and_tails():
    result = _run("-q", "x^5+x^4+x^2+x")  # x times row 1 of the worked examples
    assert result.returncode == 0 and not result.stderr, result
    facts, cycles, tails = result.stdout.strip().split("\n\n")
    assert facts.splitlines()[:3] == ["states: 32", "on cycles: 16", "cycles: 6"]
    assert [line.split() for line in cycles.splitlines()[1:]] == [
        ["1", "2", "2"], ["2", "1", "2"], ["3", "2", "6"], ["6", "1", "6"]]
    assert tails.splitlines() == ["16 states 0 steps from a cycle", "16 states 1 steps from a cycle"]


def the_json_says_the_same_for_every_notation_and_worker_count():
    documents = [_json("-j", workers, notation) for workers in ("1", "3")
                 for notation in ("x^4+x^3+x^2", "x**2 + x**3 + x**4", "4,3,2")]
    digest = documents[0]["digest"]
    for document in documents:
        assert document == {"schema": "breakeven.lfsr.enumerate/1", "states": 16, "cycles": 2, "lengths": [
            {"length": 1, "cycles": 1}, {"length": 3, "cycles": 1}], "tails": [4, 4, 8], "digest": digest}
    assert _json("x^4+x^3+1")["digest"] != digest


def labels_and_a_journal_go_to_files():
    with tempfile.TemporaryDirectory() as folder:
        labels, journal = pathlib.Path(folder) / "l", pathlib.Path(folder) / "j"
        document = _json("--labels", str(labels), "--journal", str(journal), "x^4+x^3+x+1")
        numbers = array.array("I", labels.read_bytes())
        assert sorted(numbers.count(n) for n in set(numbers)) == [1, 1, 2, 3, 3, 6]
        assert _json("--journal", str(journal), "x^4+x^3+x+1") == document
        result = _run("--journal", str(journal), "x^4+x+1")
        assert result.returncode == 2 and "not of another" in result.stderr and not result.stdout, result


def bad_input_gets_one_line_that_says_where_and_what():
    for register, line in {
            "x^4+": "x^4+: byte 5: expected x or a number",
            "4,4,1": "4,4,1: byte 3: expected an exponent other than 4, given before",
            "y^4": "y^4: expected a polynomial, a list, a hexadecimal word, a matrix or the name of a preset",
            "": "expected a register such as x^4 + x + 1, 4,1,0, taps:4,3, 4'h3 or prbs7"}.items():
        result = _run(register)
        assert result.returncode == 2 and not result.stdout, result
        assert result.stderr == f"breakeven: {line}\n", result.stderr


def what_fits_no_memory_is_refused_with_the_figure():
    result = _run("-q", "x^50+x^4+x^3+x^2+1")
    assert result.returncode == 2 and "TiB" in result.stderr and "lfsr cycles" in result.stderr, result


def a_polynomial_torn_apart_by_the_shell_is_told_so():
    result = _run("x^4", "+", "x", "+", "1")
    assert result.returncode == 2 and "needs quotes" in result.stderr, result
    assert _run().returncode == 2


tap.run(__name__)
