"""`breakeven arc run`, `check` and `serve`, driven as a user does."""
import json
import os
import pathlib
import subprocess
import tempfile
import zlib

import tap

TREE = pathlib.Path(__file__).resolve().parents[2]
OWN = str(TREE / "data/arc")
TURN = "def solve(I):\n    return rot90(I)\n"


def _run(*words, text=None, status=0):
    env = {k: v for k, v in os.environ.items() if k != "BREAKEVEN_ARC_DATA"}
    done = subprocess.run([os.environ["BREAKEVEN"], "arc", *map(str, words)], input=text, env=env,
                          capture_output=True, text=True)
    assert done.returncode == status, (done.returncode, done.stdout, done.stderr)
    return done


def _json(*words, **more):
    return json.loads(_run(*words, "--json", **more).stdout)


def _folder(**files):
    folder = tempfile.TemporaryDirectory()
    for name, text in files.items():
        (pathlib.Path(folder.name) / name.replace("__", ".")).write_text(text)
    return folder


def our_programs_solve_the_bundled_tasks():
    checked = _json("check", OWN, OWN)
    assert checked["schema"] == "breakeven.arc.check/1"
    names = [path.stem for path in sorted(pathlib.Path(OWN).glob("*.json"))]
    assert [p["task"] for p in checked["programs"]] == names
    assert checked["solved"] == len(names) and checked["right"] == checked["known"] > 0
    assert "8 solved, 0 wrong, 0 with errors" in _run("check", OWN).stdout


def the_document_has_every_pair():
    document = _json("run", f"{OWN}/turn.py", "turn")
    assert document["schema"] == "breakeven.arc.run/1" and len(document["data"]) == 32
    (result,) = document["results"]
    assert (result["program"], result["task"]) == ("turn", "turn")
    task = json.loads((TREE / "data/arc/turn.json").read_text())
    pairs = [("train", i, p) for i, p in enumerate(task["train"])] + \
            [("test", i, p) for i, p in enumerate(task["test"])]
    for pair, (split, index, example) in zip(result["pairs"], pairs, strict=True):
        assert list(pair) == ["split", "index", "output", "match", "error", "fuel"]
        assert (pair["split"], pair["index"]) == (split, index)
        assert pair["output"] == example["output"] and pair["match"] is True
        assert pair["error"] is None and pair["fuel"] > 0


def an_error_has_class_place_and_primitive():
    with _folder(bad__py="def solve(I):\n    x = 0\n    y = divide(1, x)\n    return I\n") as folder:
        pair = _json("run", f"{folder}/bad.py", "turn")["results"][0]["pairs"][0]
        assert pair["output"] is None and pair["match"] is False
        assert pair["error"] == {"class": "ZeroDivisionError", "line": 3, "column": 9,
                                 "primitive": "divide"}
        assert "ZeroDivisionError in divide, line 3" in _run("run", f"{folder}/bad.py", "turn").stdout
        pruned = _json("run", "--pruned", f"{folder}/bad.py", "turn")["results"][0]["pairs"][0]
        assert pruned["error"] is None
        short = _json("run", "--fuel", "1", f"{OWN}/crop-object.py")["results"][0]["pairs"][0]
        assert short["error"]["class"] == "limit: fuel" and short["fuel"] == 1
        assert _run("check", f"{folder}/bad.py", "turn", status=1).stdout


def any_worker_count_says_the_same():
    assert _json("run", OWN, "--all", "-j", "1") == _json("run", OWN, "--all", "-j", "3")


def programs_find_their_tasks_by_name():
    text = "def solve_turn(I): return rot90(I)\ndef verify_tile(I): return I\n" \
           "def solve_nobody(I): return I\ndef turned(I): return rot90(I)\n"
    with _folder(many__py=text) as folder:
        done = _run("run", f"{folder}/many.py", "turn", "tile", "--json")
        found = [(r["program"], r["task"]) for r in json.loads(done.stdout)["results"]]
        assert found == [("solve_turn", "turn"), ("verify_tile", "tile")]
        assert "1 programs were not run" in done.stderr
        chosen = _json("run", f"{folder}/many.py", "turn", "--entry", "turned")["results"]
        assert [(r["program"], r["task"]) for r in chosen] == [("many", "turn")]


def every_public_layout_is_the_same_data():
    turn = json.loads((TREE / "data/arc/turn.json").read_text())
    bare = {"train": turn["train"], "test": [{"input": p["input"]} for p in turn["test"]]}
    with _folder(turn__json=json.dumps(turn, indent=1), all__json=json.dumps({"turn": turn}),
                 challenges__json=json.dumps({"turn": bare}),
                 solutions__json=json.dumps({"turn": [p["output"] for p in turn["test"]]}),
                 list__json=json.dumps(turn["train"])) as folder:
        program = f"{OWN}/turn.py"
        documents = [_json("run", program, *tasks) for tasks in (
            ["turn"], [f"{folder}/turn.json"], [f"{folder}/all.json"],
            [f"{folder}/challenges.json", f"{folder}/solutions.json"])]
        assert all(document == documents[0] for document in documents)
        unknown = _json("run", program, f"{folder}/challenges.json")["results"][0]["pairs"][-1]
        assert unknown["match"] is None and unknown["output"] == turn["test"][0]["output"]
        assert len(_json("run", program, f"{folder}/list.json")["results"][0]["pairs"]) == 3


def larger_grids_are_accepted_with_a_note():
    pair = {"input": [[0] * 31], "output": [[0]] * 31}
    with _folder(wide__json=json.dumps({"train": [pair]})) as folder:
        done = _run("run", f"{OWN}/turn.py", f"{folder}/wide.json")
        assert "2 grids are larger than 30x30" in done.stderr and "right" in done.stdout


def a_submission_has_two_attempts_for_every_test_input():
    with _folder(turn__py=TURN, second__py=TURN.replace("rot90", "rot180")) as folder:
        out = pathlib.Path(folder) / "out.json"
        _run("check", folder, "turn", "tile", "--submission", out, status=1)
        submission = json.loads(out.read_text())
        task = json.loads((TREE / "data/arc/turn.json").read_text())
        assert list(submission) == ["turn", "tile"]
        assert [a["attempt_1"] for a in submission["turn"]] == [p["output"] for p in task["test"]]
        for name in submission:
            for attempts in submission[name]:
                assert list(attempts) == ["attempt_1", "attempt_2"]
        _run("check", f"{OWN}/turn.py", "turn", "--submission", out)
        again = json.loads(out.read_text())["turn"]
        assert all(a["attempt_1"] == a["attempt_2"] for a in again)


def serve_answers_line_by_line():
    def request(**members):
        return json.dumps(members) + "\n"
    text = request(id=1, src=TURN, tasks=["turn"]) + \
        request(id="b", src=TURN, tasks=["turn", "tile"], brief=True) + \
        request(id="c", src="def solve(I): return rot9(I)", tasks=["turn"]) + \
        request(id="d", src=TURN, tasks=["nope"]) + request(id="e") + "no JSON\n"
    lines = [json.loads(line) for line in _run("serve", text=text).stdout.splitlines()]
    assert [line["id"] for line in lines] == [1, "b", "b", "c", "d", "e", None]
    assert lines[0]["pairs"] == _json("run", f"{OWN}/turn.py", "turn")["results"][0]["pairs"]
    assert lines[1]["demos"] == [True] * 3 and lines[2]["demos"] == [False] * 3
    assert lines[3]["error"]["expected"].endswith("did you mean rot90?")
    assert all("error" in line for line in lines[3:])
    assert len(_run("serve", text=request(id=1, src=TURN)).stdout.splitlines()) == 8


def serve_answers_before_it_reads_on():
    served = subprocess.Popen([os.environ["BREAKEVEN"], "arc", "serve", "turn"], text=True,
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    for i in range(3):
        served.stdin.write(json.dumps({"id": i, "src": TURN, "brief": True}) + "\n")
        served.stdin.flush()
        assert json.loads(served.stdout.readline())["id"] == i
    served.stdin.close()
    assert served.wait() == 0


def a_stream_of_pairs_is_answered_in_its_order():
    programs = [{"id": "turn", "src": TURN}, {"id": "none", "src": "def solve(I): return None"},
                {"id": "bad", "src": "def sol"}]
    pairs = [("turn", [[1, 2]]), ("bad", [[1]]), ("none", [[1]]), ("turn", [[3], [4]])] * 600
    outputs = {"[[1, 2]]": [[1], [2]], "[[3], [4]]": [[4, 3]]}
    with _folder(p__jsonl="".join(json.dumps(p) + "\n" for p in programs),
                 i__jsonl="".join(json.dumps({"id": i, "input": g}) + "\n" for i, g in pairs)) as f:
        done = _run("run", "--stream", f"{f}/p.jsonl", f"{f}/i.jsonl", "-j", "2")
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        expected = [{"id": i, "out": outputs.get(str(g)) if i == "turn" else None} for i, g in pairs]
        assert answers == expected


def a_trace_shows_every_line():
    text = "def solve(I):\n    x1 = rot90(I)\n    s = palette(x1)\n    O = canvas(NEG_ONE, (1, 2))\n" \
           "    return O\n"
    with _folder(p__py=text) as folder:
        shown = _run("trace", f"{folder}/p.py", "turn", "--test").stdout.splitlines()
    assert shown == ["p on turn, test 0", "line 2  x1  4x3", "    5 0 1", "    0 1 0", "    0 0 2",
                     "    0 0 3", "line 3  s = frozenset({0, 1, 2, 3, 5})", "line 4  O  1x2",
                     "    -1 -1", "wrong: 1x2, not 4x3"]
    assert "expected a pair below 3" in _run("trace", f"{OWN}/turn.py", "--pair", "3", status=2).stderr


def _decode_png(data):
    """Width, height, rows of palette numbers and the palette of an 8-bit picture."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, at = {}, 8
    while at < len(data):
        size = int.from_bytes(data[at:at + 4], "big")
        kind, body = data[at + 4:at + 8], data[at + 8:at + 8 + size]
        assert int.from_bytes(data[at + 8 + size:at + 12 + size], "big") == zlib.crc32(kind + body)
        chunks[kind] = body
        at += size + 12
    width, height = (int.from_bytes(chunks[b"IHDR"][i:i + 4], "big") for i in (0, 4))
    raw, above, rows = zlib.decompress(chunks[b"IDAT"]), bytes(width), []
    for y in range(height):
        line = raw[y * (width + 1):(y + 1) * (width + 1)]
        assert line[0] == 2
        above = bytes((a + b) % 256 for a, b in zip(above, line[1:]))
        rows.append(above)
    assert b"IEND" in chunks and len(raw) == height * (width + 1)
    return width, height, rows, chunks[b"PLTE"]


def pictures_have_every_cell():
    with _folder() as folder:
        png, svg = f"{folder}/t.png", f"{folder}/t.svg"
        _run("show", "halves", "--png", png, "--svg", svg)
        width, height, rows, palette = _decode_png(pathlib.Path(png).read_bytes())
        text = pathlib.Path(svg).read_text()
    assert len(palette) == 36 and f'width="{width}" height="{height}"' in text
    task = json.loads((TREE / "data/arc/halves.json").read_text())
    y, cells = 24, 0
    for pair in task["train"] + task["test"]:
        for grid, x in ((pair["input"], 24), (pair["output"], width - 24 - 3 * 12)):
            for r, row in enumerate(grid):
                for c, color in enumerate(row):
                    cells += 1
                    assert rows[y + 12 * r + 5][x + 12 * c + 5] == color
                    assert f'<rect x="{x + 12 * c}" y="{y + 12 * r}"' in text
        y += 24 + 12 * max(len(pair["input"]), len(pair["output"]))
    assert y == height and text.count("<rect") == cells + 1


def what_leans_on_the_order_of_sets_is_found():
    leans = "def solve(I):\n" \
            "    return canvas(first(insert(TEN, insert(THREE, initset(FOUR)))), UNITY)\n"
    with _folder(leans__py=leans, free__py=TURN) as folder:
        done = _run("order", f"{folder}/free.py", "turn")
        assert "0 of 4 results change" in done.stdout
        done = _run("order", f"{folder}/leans.py", "turn", status=1)
        assert "4 of 4 results change" in done.stdout


def equal_compares_on_every_input():
    with _folder(a__py=TURN, b__py="def solve(g):\n    return vmirror(dmirror(g))\n",
                 c__py="def solve(I): return rot180(I)\n") as folder:
        assert "0 of 32 results differ" in _run("equal", f"{folder}/a.py", f"{folder}/b.py").stdout
        assert "results differ" in _run("equal", f"{folder}/a.py", f"{folder}/c.py", status=1).stdout


def minimize_leaves_what_is_needed():
    fat = "from dsl import *\ndef solve(I):\n    x1 = identity(I)\n    x2 = rot90(x1)\n" \
          "    x3 = size(x2)\n    x4 = hmirror(x2)\n    x5 = hmirror(x4)\n    O = x5\n    return O\n"
    with _folder(fat__py=fat) as folder:
        thin = _run("minimize", f"{folder}/fat.py", "turn").stdout
        assert thin == "from dsl import *\ndef solve(I):\n    x2 = rot90(I)\n    return x2\n"
    for task in ("halves", "tile", "crop-object"):
        own = (TREE / f"data/arc/{task}.py").read_text()
        assert _run("minimize", f"{OWN}/{task}.py", task).stdout == own


def bad_input_gets_one_line_and_status_2():
    grid = '{"train":[{"input":%s,"output":[[1]]}]}'
    files = {"def solve(I):\n    x = rot9(I)\n    return x\n": "p.py:2:9: expected a primitive, a "
             "constant or a variable, not 'rot9'; did you mean rot90?",
             grid % "[[1,2],[3]]": "p.json:1:27: expected a row of 2, as the first one at "
             "$.train[0].input[1]",
             grid % "[[1,12]]": "expected a colour 0-9 at $.train[0].input[0][1]",
             grid % "[[1,0.5]]": "expected a colour 0-9 at $.train[0].input[0][1]",
             grid % "[[]]": "expected a row with at least one colour at $.train[0].input[0]",
             grid % "[]": "expected a grid with at least one row at $.train[0].input",
             '{"a":{"train":[]},"a":{}}': "expected a task",
             '{"a":[[[1]]]}': "expected solutions behind the file of their challenges at $.a",
             '{"train":[{"input":[[1]]}]}': "expected a train pair with an \"output\" at $.train[0]",
             '{"train":[{"input":[[1]],': "p.json:1:26: expected a key in quotes at $.train[0]"}
    for text, says in files.items():
        with _folder(p__py=TURN, p__json='{"train":[{"input":[[1]],"output":[[1]]}]}') as folder:
            (pathlib.Path(folder) / ("p.py" if text.startswith("def") else "p.json")).write_text(text)
            done = _run("run", f"{folder}/p.py", f"{folder}/p.json", status=2)
            assert done.stdout == "" and says in done.stderr and done.stderr.count("\n") == 1, \
                (text, done.stderr)
    assert "expected programs" in _run("run", status=2).stderr
    assert "/nowhere" in _run("run", "/nowhere/p.py", status=1).stderr


def a_folder_is_run_without_what_does_not_parse():
    with _folder(turn__py=TURN, worse__py="while 1: pass\n") as folder:
        done = _run("run", folder, "turn", "--json", status=2)
        assert [r["program"] for r in json.loads(done.stdout)["results"]] == ["turn"]
        assert f"{folder}/worse.py:1:1: expected" in done.stderr


if __name__ == "__main__":
    tap.run(__name__)
