"""Programs of arc-dsl against what CPython 3.11 made of them, by `breakeven arc run`.

tests/data/arc/programs.jsonl has random programs and expected.jsonl what came of each on four public
training grids; solvers_md5.jsonl has a digest of every output of arc-dsl's 400 solvers, which are
read from where BREAKEVEN_ARC_DSL says. The public tasks lie beside the source tree, or where
BREAKEVEN_ARC_DATA says.
"""
import hashlib
import json
import os
import pathlib
import random
import re
import subprocess
import tempfile

import tap

TREE = pathlib.Path(__file__).resolve().parents[2]
VECTORS = TREE / "tests/data/arc"


def _public():
    folder = pathlib.Path(os.environ.get("BREAKEVEN_ARC_DATA",
                                         TREE / "../shared/arc-agi-1/data/training"))
    if not (folder / "007bbfb7.json").is_file():
        raise tap.Skip("the public training tasks are not there")
    return folder


def _solvers():
    path = os.environ.get("BREAKEVEN_ARC_DSL")
    if not path:
        raise tap.Skip("BREAKEVEN_ARC_DSL does not name arc-dsl's solvers.py")
    return pathlib.Path(path)


def _lines(name):
    return [json.loads(line) for line in (VECTORS / name).read_text().splitlines()]


def _run(*words):
    done = subprocess.run([os.environ["BREAKEVEN"], "arc", "run", "--json", *map(str, words)],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["results"]


def random_programs_give_what_cpython_gives():
    public, folder = _public(), tempfile.TemporaryDirectory()
    expected, tasks = {}, {}
    for row in _lines("expected.jsonl"):
        name, split, index = row["in"]
        task = json.loads((public / f"{name}.json").read_text())
        expected.setdefault(row["id"], []).append(row)
        tasks.setdefault(row["id"], {"train": []})["train"].append(
            {"input": task[split][index]["input"], "output": [[0]]})
    root = pathlib.Path(folder.name)
    (root / "tasks.json").write_text(json.dumps(tasks))
    for row in (row for row in _lines("programs.jsonl") if row["id"] in tasks):
        (root / f"{row['id']}.py").write_text(row["src"])
    results = _run(root, root / "tasks.json")
    assert len(results) == len(tasks) == 154
    for result in results:
        for pair, row in zip(result["pairs"], expected[result["program"]], strict=True):
            case = (row["id"], row["in"], pair)
            if row["kind"] == "grid":
                assert pair["output"] == row["out"] and pair["error"] is None, case
            else:
                says = row["err"] if row["kind"] == "error" else "not a grid"
                assert pair["output"] is None and pair["error"]["class"] == says, case


def _digest(output):
    rows = "/".join("".join(map(str, row)) for row in output)
    return hashlib.md5(rows.encode()).hexdigest()[:12]


def every_output_of_the_400_solvers_has_its_digest():
    known = {row["task"]: row["r"] for row in _lines("solvers_md5.jsonl")}
    results = _run(_solvers(), _public())
    assert {result["task"] for result in results} == set(known)
    for result in results:
        for pair, digest in zip(result["pairs"], known[result["task"]], strict=True):
            case = (result["task"], pair["split"], pair["index"], pair["error"])
            assert _digest(pair["output"]) + "*" * (not pair["match"]) == digest, case


def _reformatted(text, seed):
    """The same program with other names, spaces, comments, line ends and joined lines."""
    chance = random.Random(seed)
    names = {}

    def renamed(match):
        word = match.group()
        if re.fullmatch(r"x\d+|O|I", word):
            return names.setdefault(word, f"v{chance.randrange(10 ** 9)}_{len(names)}")
        return word

    out = []
    for line in text.splitlines():
        if line.startswith("def "):
            names.clear()
        line = re.sub(r"[A-Za-z_]\w*", renamed, line)
        line = line.replace(", ", chance.choice([", ", ",", " ,\t", ",\n        # next\n  "]))
        line = line.replace("    ", "\t", 1) if line.startswith("    ") else line
        out += [line + chance.choice(["", "  # so", " "])] + [""] * chance.randrange(2)
    return chance.choice(["\n", "\r\n"]).join(out)


def names_and_layout_of_a_text_change_nothing():
    solvers, public = _solvers(), _public()
    with tempfile.TemporaryDirectory() as folder:
        other = pathlib.Path(folder) / "other.py"
        other.write_text(_reformatted(solvers.read_text(), 1), newline="")

        def table(path):
            return [(r["program"], [(p["output"], p["match"], p["fuel"]) for p in r["pairs"]])
                    for r in _run(path, public)]
        assert table(other) == table(solvers)


if __name__ == "__main__":
    tap.run(__name__)
