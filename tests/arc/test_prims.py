"""Primitives against what CPython made of arc-dsl's: `breakeven arc prim` and `arc prims`.

tests/data/arc/prims.jsonl has calls with their results, every set in its order of iteration, and the
classes of errors; setorder.jsonl has set operations with order and hash. Where BREAKEVEN_ARC_DSL
names arc-dsl's solvers.py, the dsl.py beside it is run here on random calls and compared.
"""
import ast
import importlib.util
import json
import os
import pathlib
import random
import subprocess
import sys

import tap

TREE = pathlib.Path(__file__).resolve().parents[2]
VECTORS = TREE / "tests/data/arc"
CALLS = int(os.environ.get("BREAKEVEN_ARC_CALLS", 20000))


def _breakeven(*words, text=None):
    return subprocess.run([os.environ["BREAKEVEN"], "arc", *words], input=text,
                          capture_output=True, text=True)


def _answers(questions):
    text = "".join(json.dumps(question) + "\n" for question in questions)
    done = _breakeven("prim", "--vectors", "-", text=text)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def _compact(value):
    return json.dumps(value, separators=(",", ":"))


def _check(name, question_keys, answer_keys):
    rows = [json.loads(line) for line in (VECTORS / name).read_text().splitlines()]
    questions = [{key: row[key] for key in question_keys if key in row} for row in rows]
    for row, answer in zip(rows, _answers(questions), strict=True):
        wanted = {key: row[key] for key in answer_keys if key in row}
        assert answer == _compact(wanted), f"{_compact(row)[:300]}: {answer[:300]}"
    return rows


def every_primitive_gives_what_python_gives():
    rows = _check("prims.jsonl", ("fn", "a", "call"), ("r", "err"))
    names = {row["name"] for row in _reference()}
    assert {row["fn"] for row in rows} == names and len(names) == 160


def sets_iterate_and_hash_as_in_cpython():
    assert len(_check("setorder.jsonl", ("op", "a", "b"), ("order", "hash"))) > 200


# ---- the reference -----------------------------------------------------------------------------


def _reference():
    done = _breakeven("prims", "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["primitives"]


def _encode(value):
    if isinstance(value, tuple):
        return {"t": [_encode(item) for item in value]}
    if isinstance(value, frozenset):
        return {"f": [_encode(item) for item in value]}
    return {"fn": value} if isinstance(value, str) else value


def _value(node):
    """What an argument of an example says, in the encoding of the vectors."""
    if isinstance(node, ast.Name):
        return {"fn": node.id}
    if isinstance(node, ast.Tuple):
        return {"t": [_value(item) for item in node.elts]}
    if isinstance(node, ast.Call) and node.func.id == "frozenset":
        return {"f": [_value(item) for item in node.args[0].elts]}
    if isinstance(node, ast.Call):
        return json.loads(_answers([_question(node)])[0])["r"]
    return ast.literal_eval(node)


def _question(call):
    if isinstance(call.func, ast.Call):
        return _question(call.func) | {"call": _value(call.args[0])}
    return {"fn": call.func.id, "a": [_value(argument) for argument in call.args]}


def every_example_of_the_reference_gives_what_it_says():
    rows = _reference()
    answers = _answers([_question(ast.parse(row["example"], mode="eval").body) for row in rows])
    for row, answer in zip(rows, answers, strict=True):
        gives = _value(ast.parse(row["gives"], mode="eval").body)
        assert json.loads(answer) == {"r": gives}, f"{row['example']}: {answer}"
        assert row["name"] in row["example"] and row["signature"].startswith(row["name"] + "(")


def the_page_of_primitives_is_what_the_command_prints():
    page = (TREE / "docs/arc-primitives.md").read_text()
    done = _breakeven("prims", "--markdown")
    assert done.stdout == page, "breakeven arc prims --markdown > docs/arc-primitives.md"


def a_call_prints_what_python_prints():
    assert _breakeven("prim", "rot90", "[[[1,2],[3,4]]]").stdout == "((3, 1), (4, 2))\n"
    assert _breakeven("prim", "initset", "[[5]]").stdout == "frozenset({(5,)})\n"
    done = _breakeven("prim", "first", '[{"f":[]}]')
    assert (done.returncode, done.stdout) == (1, "StopIteration\n")


def what_is_no_call_is_refused_in_one_line():
    for words, says in ((("prim", "rot9O"), "did you mean rot90?"),
                        (("prim", "rot90", "[1"), "ARGS-JSON"),
                        (("prim", "rot90", '[{"q":1}]'), '{"fn": "name"}'),
                        (("prim", "rot90", '{"t":[]}'), "an array of at most"),
                        (("prim", "rot90", '["a"]'), "an integer, true, false"),
                        (("prim",), "NAME"), (("prims", "rot90"), "arc prim rot90")):
        done = _breakeven(*words)
        assert done.returncode == 2 and not done.stdout, words
        assert says in done.stderr and done.stderr.count("\n") == 1, done.stderr
    done = _breakeven("prim", "increment", "[9000000000000000000]")
    assert done.returncode == 1 and "limit: integer size" in done.stderr, done.stderr
    done = _breakeven("prim", "--vectors", "-", text='{"fn":"size","a":[[1]]}\n\n{"fn":"siz"}\n')
    assert done.returncode == 2 and not done.stdout and ":3:" in done.stderr, done.stderr


# ---- random calls, and CPython -----------------------------------------------------------------


class _Maker:
    """Random arguments of the types a signature names, now and then of another."""

    def __init__(self, seed, functions):
        self.r = random.Random(seed)
        self.functions = functions

    def integer(self):
        return self.r.choice((0, 1, 2, 3, self.r.randint(-3, 9), self.r.randint(-40, 40)))

    def place(self, least=0):
        return self.r.randint(least, 9), self.r.randint(least, 9)

    def grid(self):
        h, w, colors = self.r.randint(1, 9), self.r.randint(1, 9), self.r.choice((1, 2, 3, 10))
        rows = [tuple(self.r.randrange(colors) for _ in range(w)) for _ in range(h)]
        return tuple(rows) if self.r.random() < 0.95 else tuple(rows[:-1] + [rows[-1][1:]])

    def places(self):
        return frozenset(self.place(-2) for _ in range(self.r.choice((0, 1, 2, 5, 20))))

    def cells(self):
        colors = self.r.choice(((3,), (1, 2, 8, 9), range(10)))
        return frozenset((self.r.choice(colors), place) for place in self.places())

    def make(self, kind):
        if self.r.random() < 0.04:
            kind = self.r.choice(("Any", "Integer", "Grid", "Object", "Indices", "Tuple",
                                  "Callable", "Objects", "IntegerTuple", "Boolean"))
        any_of = {"Any": ("Integer", "Grid", "Object", "IntegerTuple"),
                  "Numerical": ("Integer", "IntegerTuple"), "Patch": ("Object", "Indices"),
                  "Element": ("Grid", "Object"), "Piece": ("Grid", "Object", "Indices"),
                  "Container": ("Tuple", "Indices", "Objects", "Object", "IntegerSet"),
                  "FrozenSet": ("Indices", "Objects", "Object", "IntegerSet"),
                  "ContainerContainer": ("Objects", "Grid", "TupleTuple")}
        if kind in any_of:
            return self.make(self.r.choice(any_of[kind]))
        n = self.r.randint(0, 6)
        return {"Integer": self.integer, "Boolean": lambda: self.r.random() < 0.5,
                "IntegerTuple": lambda: self.place(-3), "Grid": self.grid, "Object": self.cells,
                "Indices": self.places, "Callable": lambda: self.r.choice(self.functions),
                "Objects": lambda: frozenset(self.cells() for _ in range(n)),
                "IntegerSet": lambda: frozenset(self.integer() for _ in range(n)),
                "Tuple": lambda: tuple(self.make("Numerical") for _ in range(n)),
                "TupleTuple": lambda: tuple(self.place() for _ in range(n))}[kind]()


def _kinds(row):
    inside = row["signature"].split("(", 1)[1].rsplit(") ->", 1)[0]
    return [part.split(": ")[1] for part in inside.split(", ")]


def random_calls_end_with_an_answer_whatever_their_arguments():
    rows = _reference()
    maker = _Maker(1, [row["name"] for row in rows])
    questions = []
    for _ in range(4000):
        row = maker.r.choice(rows)
        kinds = _kinds(row)
        if maker.r.random() < 0.1:
            kinds = [maker.r.choice(_kinds(maker.r.choice(rows))) for _ in kinds]
        question = {"fn": row["name"], "a": [_encode(maker.make(kind)) for kind in kinds]}
        if row["signature"].endswith("Callable"):
            question["call"] = _encode(maker.make("Any"))
        questions.append(question)
    for question, answer in zip(questions, _answers(questions), strict=True):
        assert set(json.loads(answer)) in ({"r"}, {"err"}), question


def random_calls_give_what_arc_dsl_gives_under_this_python():
    path = os.environ.get("BREAKEVEN_ARC_DSL")
    if not path:
        raise tap.Skip("BREAKEVEN_ARC_DSL does not name arc-dsl's solvers.py")
    folder = str(pathlib.Path(path).resolve().parent)
    sys.path.insert(0, folder)
    try:
        spec = importlib.util.spec_from_file_location("dsl", folder + "/dsl.py")
        dsl = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(dsl)
    finally:
        sys.path.remove(folder)

    def decode(value):
        if isinstance(value, dict):
            ((kind, inside),) = value.items()
            if kind == "fn":
                return getattr(dsl, inside)
            items = [decode(item) for item in inside]
            return tuple(items) if kind == "t" else frozenset(items)
        return value

    def encode(value):
        if isinstance(value, (tuple, frozenset)):
            return {"t" if isinstance(value, tuple) else "f": [encode(item) for item in value]}
        if callable(value):
            return {"fn": value.__name__ if value.__name__ != "<lambda>" else None}
        return value

    def run(question):
        try:
            result = getattr(dsl, question["fn"])(*map(decode, question["a"]))
            if "call" in question:
                result = result(decode(question["call"]))
            return {"r": encode(result)}
        except Exception as error:
            return {"err": type(error).__name__}

    rows = _reference()
    maker = _Maker(int(os.environ.get("BREAKEVEN_ARC_SEED", 2)), [row["name"] for row in rows])
    questions = []
    while len(questions) < CALLS:
        row = maker.r.choice(rows)
        question = {"fn": row["name"], "a": [_encode(maker.make(kind)) for kind in _kinds(row)]}
        if row["signature"].endswith("Callable"):
            question["call"] = _encode(maker.make("Any"))
        questions.append(question)
    wrong = []
    for question, answer in zip(questions, _answers(questions), strict=True):
        wanted = run(question)
        if '"fn"' in _compact(wanted):  # CPython orders functions by address
            answer, wanted = _compact(list(json.loads(answer))), list(wanted)
        if answer != _compact(wanted) and '"limit: ' not in answer:
            wrong.append((question, _compact(wanted), answer))
    for question, wanted, answer in wrong[:int(os.environ.get("BREAKEVEN_ARC_SHOW", 10))]:
        print("#", _compact(question)[:400], "\n#   wanted", wanted[:200], "\n#   got   ", answer[:200])
    assert not wrong, f"{len(wrong)} of {CALLS} differ"


tap.run(__name__)
