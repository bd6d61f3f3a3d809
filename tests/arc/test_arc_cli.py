"""`breakeven arc`, driven as a user does. The program is named by the variable BREAKEVEN."""
import json
import os
import pathlib
import subprocess
import tempfile

import tap

TREE = pathlib.Path(__file__).resolve().parents[2]
PAIR = '{"input":[[1,2]],"output":[[2,1]]}'


def _run(*words, text=None, **variables):
    env = {k: v for k, v in os.environ.items() if k != "BREAKEVEN_ARC_DATA"} | variables
    return subprocess.run([os.environ["BREAKEVEN"], "arc", *words], input=text, env=env,
                          capture_output=True, text=True)


def _scores(*words, **more):
    done = _run("score", "--json", *words, **more)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def without_operands_the_bundled_tasks_are_scored():
    scores = _scores()
    assert scores["schema"] == "breakeven.arc-score/1" and scores["candidates"] == 2000
    names = [path.stem for path in sorted((TREE / "data/arc").glob("*.json"))]
    assert [task["name"] for task in scores["tasks"]] == names
    assert scores["same_words"] + scores["same_effect"] + scores["distinct"] == 2000
    solvers = {task["name"]: task["solvers"] for task in scores["tasks"]}
    assert solvers["drop-and-mirror"] == 1 and solvers["count"] == 0
    assert scores["solved_tasks"] == sum(n > 0 for n in solvers.values())


def the_variable_names_a_folder():
    folder = str(TREE / "data/arc")
    assert _scores(BREAKEVEN_ARC_DATA=folder) == _scores() == _scores(folder)


def operands_are_files_folders_names_and_standard_input():
    turn = TREE / "data/arc/turn.json"
    by_name = _scores("turn", "-n", "100", "--best", "3")
    assert len(by_name["tasks"]) == 1 and len(by_name["tasks"][0]["best"]) == 3
    assert by_name["tasks"][0]["best"][0]["words"] == "rot90"
    assert _scores(str(turn), "-n", "100", "-b", "3") == by_name
    piped = _scores("-", "-n", "100", "-b", "3", text=turn.read_text())
    piped["tasks"][0]["name"] = "turn"
    assert piped == by_name
    assert len(_scores("turn", "enlarge")["tasks"]) == 2


def the_table_says_what_the_json_says():
    table, scores = _run("score").stdout, _scores()
    for task in scores["tasks"]:
        line = next(line for line in table.splitlines() if line.startswith(task["name"] + " "))
        best = task["best"][0]
        assert best["words"] in line and f'{best["solved"]} of {task["train"]}' in line, line
    assert f'{scores["solved_tasks"]} of {len(scores["tasks"])} tasks are solved' in table


def any_worker_count_says_the_same():
    assert _scores("-j", "1") == _scores("-j", "3")


def test_outputs_may_be_unknown():
    task = '{"train":[%s],"test":[{"input":[[3,4]]}]}' % PAIR
    best = _scores("-", text=task)["tasks"][0]
    assert best["test_known"] == 0 and best["best"][0]["solved"] == 1
    assert _run("show", "-", text=task).stdout.splitlines()[-1] == "3 4  ->  ?"


def bad_input_gets_one_line_and_status_2():
    with tempfile.TemporaryDirectory() as folder:
        bad = pathlib.Path(folder) / "bad.json"
        bad.write_text('{"train":[%s],\n "test":[{"input":[[1,11]]}]}' % PAIR)
        for operand, says in (bad, f"{bad}:2:23: expected a colour 0-9"), \
                             (folder, "2:23: expected a colour 0-9, in bad.json"):
            done = _run("score", str(operand))
            assert done.returncode == 2 and done.stdout == "", done
            assert done.stderr.count("\n") == 1 and says in done.stderr, done.stderr
        bad.unlink()
        done = _run("show", folder)
        assert done.returncode == 2 and "a folder with task files" in done.stderr
    assert _run("score", "/nowhere").returncode == 1
    assert _run("score", "-n", "0").returncode == 2
    assert _run("score", "-b", "101").returncode == 2


def help_tells_the_number_of_candidates():
    lines = (TREE / "src/arc/ops.def").read_text().splitlines()
    steps = sum(line.startswith("OP(") for line in lines)
    text = " ".join(_run("score", "--help").stdout.split())
    assert f"first {steps} candidates have one step" in text
    assert f"first {steps ** 2:,} at most two" in text and f"there are {steps ** 3:,}" in text
    assert _run("score", "turn", "-n", str(steps ** 3)).returncode == 0
    assert _run("score", "turn", "-n", str(steps ** 3 + 1)).returncode == 2


def show_draws_every_pair_in_digits_and_in_colour():
    plain = _run("show", "turn").stdout
    assert plain.count("turn, train") == 3 and plain.count("turn, test") == 1
    assert "1 2 0      0 2 0" in plain and "\x1b" not in plain
    colour = _run("show", "turn", "--color=always").stdout
    # The first input's rows 100 and 120 are one line: blue on blue, black on red, black on black.
    assert "38;5;27m\x1b[48;5;27m▀\x1b[38;5;16m\x1b[48;5;160m▀\x1b[38;5;16m\x1b[48;5;16m▀" in colour


tap.run(__name__)
