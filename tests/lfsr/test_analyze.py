"""`breakeven lfsr analyze`: registers with known cycles, every format, and what it refuses."""
import csv
import io
import json
import os
import pathlib
import re
import subprocess
import tempfile
import xml.etree.ElementTree

import tap

# q, coefficients c_0 first, factors, cycles, states by length of tail. Computed with SageMath from the factors,
# and by walks over all states written in another language.
ORACLE = [
    (2, "1,1,0,1", "(x + 1)^2(x^2 + x + 1)", "1:2 2:1 3:2 6:1", "16"),
    (2, "1,1,1,0,0,0,0,0,1,1", "(x + 1)^8(x^2 + x + 1)", "1:2 2:1 3:2 4:3 6:1 8:30 12:3 24:30", "1024"),
    (2, "1,0,0,0,0,0,0,0", "(x + 1)^8", "1:2 2:1 4:3 8:30", "256"),
    (2, "0,0,0,0", "(x)^4", "1:1", "1 1 2 4 8"),
    (2, "0,0,1,1", "(x)^2(x^2 + x + 1)", "1:1 3:1", "4 4 8"),
    (2, "0,1,1,0", "(x)(x^3 + x + 1)", "1:1 7:1", "8 8"),
    (2, "1,1,0,0,0,0,1,0,1", "(x^2 + x + 1)(x^3 + x + 1)(x^4 + x + 1)", "1:1 3:1 7:1 15:4 21:1 105:4", "512"),
    (2, "1,0,1,0,1,0,0,0,0,0,0,1,0,0", "(x^2 + x + 1)(x^12 + x^11 + x^2 + x + 1)", "1:1 3:1 1365:12", "16384"),
    (2, "1,0,1,0,1,0,0,0,0,0,0,0,0,1,0,0", None, "1:1 3:1 5:3 7:1 15:3 21:1 35:3 105:3 127:1 381:1 635:3 889:1 "
     "1905:3 2667:1 4445:3 13335:3", "65536"),
    (2, "1,1,1,0,0,0,0,0,1,1,0,1,1,1,0", None, "1:1 1057:31", "32768"),
    (3, "1,2,1", "(x + 2)(x^2 + 1)", "1:3 4:6", "27"),
    (3, "1,0,0,1,0,0,0,0", None, "1:1 6560:1", "6561"),
    (3, "2,0,1,0", "(x^2 + 1)^2", "1:1 4:2 12:6", "81"),
    (5, "1,3,2,1", "(x^2 + x + 1)(x^2 + 3*x + 4)", "1:1 3:8 12:50", "625"),
    (4, "2,1,3", "(x^3 + 3*x^2 + x + 2)", "1:1 63:1", "64"),
    (4, "1,1,1", "(x + 1)^3", "1:4 2:6 4:12", "64"),
    (8, "2,0,1", None, "1:1 511:1", "512"),
    (9, "2,0,1", None, "1:1 26:28", "729"),
    (16, "2,1", None, "1:1 5:3 15:16", "256"),
    (25, "5,1", None, "1:1 624:1", "625"),
    (27, "3,1", None, "1:1 91:8", "729"),
]
CRC_64 = 0x42F0E1EBA9EA3693


def _run(*arguments, text=None):
    return subprocess.run([os.environ["BREAKEVEN"], "lfsr", "analyze", *arguments], input=text,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _done(*arguments, text):
    result = _run(*arguments, text=text)
    assert result.returncode == 0 and not result.stderr, result
    return result.stdout


def _register(document):
    cycles = " ".join(f"{c['length']}:{c['cycles']}" for c in document["census"])
    return cycles, " ".join(t["states"] for t in document["tails"])


def every_row_of_the_oracle_comes_out():
    for q in sorted({row[0] for row in ORACLE}):
        rows = [row for row in ORACLE if row[0] == q]
        document = json.loads(_done("--json", "-", str(q), text="".join(row[1] + "\n" for row in rows)))
        assert document["schema"] == "breakeven.lfsr.analyze/1" and document["field"]["q"] == q
        assert len(document["registers"]) == len(rows)
        for register, (_, coefficients, factors, cycles, tails) in zip(document["registers"], rows):
            assert _register(register) == (cycles, tails), (coefficients, register)
            assert register["complete"] and ",".join(map(str, register["coefficients"])) == coefficients
            said = "".join(f"({f['poly']})" + (f"^{f['exponent']}" if f["exponent"] > 1 else "")
                           for f in register["factors"])
            assert factors is None or said == factors, said


def a_register_too_large_to_walk_is_counted_exactly():
    row = ",".join(str(CRC_64 >> i & 1) for i in range(64))
    register = json.loads(_done("--json", "-", text=row))["registers"][0]
    assert _register(register)[0] == (
        "1:2 2:1 32767:2147549186 65534:1073774593 131071:2 262142:1 4294803457:2147549186 "
        "8589606914:1073774593"), register


def a_singular_register_has_no_order_but_an_eventual_period():
    register = json.loads(_done("--json", "-", text="0,0,1,1"))["registers"][0]
    assert (register["order"], register["preperiod"], register["eventual_period"]) == (None, "2", "3"), register
    assert register["factors"][0] == {"poly": "x", "exponent": 2, "order": None}


def every_format_says_the_same():
    text = "".join(row[1] + "\n" for row in ORACLE if row[0] == 2)
    registers = json.loads(_done("--json", "-", text=text))["registers"]
    rows = list(csv.DictReader(io.StringIO(_done("--csv", "-", text=text))))
    tree = xml.etree.ElementTree.fromstring(_done("--xml", "-", text=text))
    latex = _done("--latex", "-", text=text)
    plain = _done("-", text=text).split("\n\n")
    assert len(tree) == len(plain) == len(registers) == latex.count("\\begin{table}")
    for i, register in enumerate(registers):
        census = [(c["length"], c["cycles"]) for c in register["census"]]
        assert [(r["length"], r["cycles"]) for r in rows if r["row"] == str(i + 1)] == census
        assert [(c.get("length"), c.text) for c in tree[i].iter("cycles")] == census
        assert re.findall(r"^  (\d+) x (\d+)$", plain[i], re.MULTILINE) == census
        assert tree[i].find("characteristic").text == register["characteristic"]


def the_bytes_do_not_depend_on_the_workers():
    text = "".join(row[1] + "\n" for row in ORACLE if row[0] == 2) * 20
    for option in "--json", "--csv", "--xml", "--latex", "--compat":
        assert _done(option, "-j", "1", "-", text=text) == _done(option, "-j", "3", "-", text=text)


def compat_prints_the_labels_of_the_older_program():
    text = _done("--compat", "-", text="1,1,0,1")
    for line in ("** O(C) = 6 **", "PERIOD VALUES SUMMED : 16", "NO. STATE VECTORS : 16",
                 "t^4 + t^3 + t + 1 | O : 6", "factor 1 | O : 1 | (t + 1)^2", "Period 1: 2 sequences (33.3%)"):
        assert line in text.splitlines(), (line, text)
    assert re.findall(r"sequence \d+ \| T : (\d+)", text) == ["1", "6", "3", "2", "3", "1"]
    assert [line for line in text.splitlines() if line.startswith("** sequence")] == [
        "** sequence 2 | T : 6 | (1, 0, 0, 0) (0, 0, 0, 1) (0, 0, 1, 1) (0, 1, 1, 1) (1, 1, 1, 0) (1, 1, 0, 0)"]
    assert "[PRIMITIVE]" in _done("--compat", "-", text="1,1,0,0")


def a_state_named_for_a_length_lies_on_such_a_cycle():
    register = json.loads(_done("--json", "--states", "-", "3", text="1,2,1"))["registers"][0]
    for cycle in register["census"]:
        state, steps = list(cycle["state"]), 0
        while steps == 0 or state != cycle["state"]:
            state = state[1:] + [sum(c * s for c, s in zip((1, 2, 1), state)) % 3]
            steps += 1
        assert str(steps) == cycle["length"], cycle


def blanks_comments_byte_order_marks_and_line_ends_are_passed_over():
    plain = _done("--json", "-", text="1,1,0,1\n1,1\n")
    assert _done("--json", "-", text="\ufeff# two\r\n\r\n 1, 1 ,0,1\r\n\t1,1") == plain


def bad_input_gets_one_line_with_row_column_value_and_rule():
    cases = {
        ("", "2"): "1: expected a row of coefficients such as 1,1,0,1",
        ("# none\n", "2"): "1: expected a row of coefficients such as 1,1,0,1",
        ("1,1,0,1\n1,,1\n", "2"): "2:3: expected a whole number 0 to 1 in column 2, and there is ''",
        ("1,1,\n", "2"): "1:5: expected a whole number 0 to 1 in column 3, and there is ''",
        ("1,x\n", "2"): "1:3: expected a whole number 0 to 1 in column 2, and there is 'x'",
        ("1,-1\n", "3"): "1:3: expected a whole number 0 to 2 in column 2, and there is '-1'",
        ("1,+1\n", "3"): "1:3: expected a whole number 0 to 2 in column 2, and there is '+1'",
        ("1,1.5\n", "3"): "1:3: expected a whole number 0 to 2 in column 2, and there is '1.5'",
        ("1,4\n", "4"): "1:3: expected a whole number 0 to 3 in column 2, and there is '4'",
        ("1,99999999999999999999999\n", "4"):
            "1:3: expected a whole number 0 to 3 in column 2, and there is '99999999999999999999'",
        ("1;1\n", "2"): "1: expected a whole number 0 to 1 in column 1, and there is '1;1'",
    }
    for (text, q), line in cases.items():
        result = _run("-", q, text=text)
        assert result.returncode == 2 and not result.stdout, (text, result)
        said = re.sub(r"^breakeven: (-:|-: )?", "", result.stderr).strip()
        assert said in (line, line.replace(": expected", ":1: expected")), (said, line)
    for q in "1", "6", "1000000007000", "0x":
        result = _run("-", q, text="1,1")
        assert result.returncode == 2 and result.stderr.count("\n") <= 2 and not result.stdout, result
    for options in (["--csv", "--xml"], ["--modulus", "a^2+1", "-f", "4"], ["--modulus", "a^3+a+1", "-f", "4"]):
        assert _run(*options, "-", text="1,1").returncode == 2, options


def a_failure_leaves_no_file():
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "out.csv"
        assert _run("--csv", "-o", str(path), "-", text="1,1\n1,2\n").returncode == 2
        assert not list(pathlib.Path(folder).iterdir())
        assert _run("--csv", "-o", str(path), "-", text="1,1\n").returncode == 0 and path.read_text().count("\n") == 3
    assert _run("-o", "/nowhere/at/all", "-", text="1,1\n").returncode == 1


tap.run(__name__)
