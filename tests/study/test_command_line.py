"""`breakeven study` and `breakeven demo`, driven as a user would."""
import json
import os
import subprocess
import sys
import tempfile

import tap

BREAKEVEN = os.environ["BREAKEVEN"]
OBJECTS = os.environ["WORKLOAD_OBJECTS"]


def _run(*words, code=0, **options):
    done = subprocess.run([BREAKEVEN, *words], capture_output=True, text=True, timeout=120, **options)
    assert done.returncode == code, (words, done.returncode, done.stdout, done.stderr)
    return done


def _one_line(done):
    assert done.stdout == "" and done.stderr.count("\n") <= 2, (done.stdout, done.stderr)
    return done.stderr


def _study_json(*words):
    document = json.loads(_run("study", "--json", *words).stdout)
    assert document["schema"] == "breakeven.study/1"
    return document


def a_workload_is_studied_over_the_sizes_given():
    document = _study_json("--sizes", "2^3..2^5,100,1k", "--runs", "2", "engine.even")
    assert [p["n"] for p in document["subjects"][0]["points"]] == [8, 16, 32, 100, 1000]


def settings_follow_workers_and_grain():
    document = _study_json("--sizes", "100", "--workers", "4,1,4", "--grain", "7", "--runs", "1", "engine.tail")
    settings = document["subjects"][0]["points"][0]["settings"]
    assert [s["name"] for s in settings] == ["sequential", "automatic", "static", "grain 7", "1 worker", "4 workers"]


def the_table_names_every_setting_and_the_machine():
    text = _run("study", "engine.even", "--sizes", "100", "--runs", "6", "--explain").stdout
    for part in "sequential", "automatic", "static", "measured on", "T(w) = W/w + b w", "CPU":
        assert part in text, (part, text)


def an_unknown_workload_is_answered_with_near_names():
    assert "engine.even" in _one_line(_run("study", "engine.evne", code=2))
    assert "workload" in _one_line(_run("study", code=2))


def malformed_sizes_are_answered_with_what_was_expected():
    for sizes in "", ",", "1,", "x", "0", "5..4", "1..", "..5", "1..2^63,7,7..2^63", "9" * 300, "1,,2", "-1", "1...2":
        assert "expected" in _one_line(_run("study", "engine.even", "--sizes", sizes, code=2)), sizes


def a_size_beyond_memory_is_refused_with_the_figure():
    assert "PiB" in _one_line(_run("study", "engine.even", "--sizes", "10,100T", code=2))


def sleep_is_timed_as_a_user_of_hyperfine_expects():
    document = _study_json("--runs", "3", "--", "sleep", "0.0{n}")
    points = document["subjects"][0]["points"]
    assert [p["settings"][0]["command"] for p in points] == ["sleep 0.01", "sleep 0.02", "sleep 0.04"]
    assert all(p["settings"][0]["wall_ns"]["min"] >= p["n"] * 1e7 for p in points)


def the_hyperfine_export_is_written_beside():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "out.json")
        _run("study", "-r", "2", "--export-json", path, "--", "true")
        with open(path, encoding="utf-8") as file:
            (result,) = json.load(file)["results"]
        assert result["command"] == "true" and len(result["times"]) == 2 and result["exit_codes"] == [0, 0]


def a_failing_command_is_told_unless_ignored():
    assert "exit code 1" in _one_line(_run("study", "--", "false", code=1))
    _run("study", "-i", "-r", "1", "--", "false")
    assert "cannot start ./absent" in _one_line(_run("study", "--", "./absent", code=1))


def the_output_of_a_command_shows_only_when_asked():
    assert "hello" not in _run("study", "-r", "1", "--json", "--", "echo", "hello").stdout.replace('hello"', "")
    assert "hello\n" in _run("study", "-r", "1", "--show-output", "--", "echo", "hello").stdout


def options_that_would_do_nothing_are_refused():
    _run("study", "--grain", "3", "--", "true", code=2)
    _run("study", "--sizes", "3", "--", "true", code=2)
    _run("study", "--ignore-failure", "engine.even", code=2)


def a_shared_object_brings_its_own_workloads():
    document = _study_json("--load", f"{OBJECTS}/example_workload.so", "--sizes", "50", "--runs", "2")
    assert document["subjects"][0]["name"] == "collatz.steps"
    _run("study", "--load", "example_workload.so", "--sizes", "50", "-r", "1", cwd=OBJECTS)
    _run("study", "--load", f"{OBJECTS}/no_list.so", code=2)
    _run("study", "--load", f"{OBJECTS}/absent.so", code=1)
    _run("study", "--load", f"{OBJECTS}/example_workload.so", "collatz.step", code=2)


def reports_are_written_whole_or_not_at_all():
    with tempfile.TemporaryDirectory() as folder:
        _run("study", "engine.even", "--sizes", "9", "--runs", "1", "--markdown", "r.md", "--json=r.json", cwd=folder)
        assert sorted(os.listdir(folder)) == ["r.json", "r.md"]
        assert "absent" in _run("study", "engine.even", "--sizes", "9", "--runs", "1", "--markdown", "absent/r.md",
                                code=1, cwd=folder).stderr


def the_demo_prints_a_summary_and_writes_both_reports():
    with tempfile.TemporaryDirectory() as folder:
        done = _run("demo", "engine", "--budget", "2s", cwd=folder)
        assert "forced to be parallel" in done.stdout and "engine.tail" in done.stdout
        with open(os.path.join(folder, "report.json"), encoding="utf-8") as file:
            assert [s["name"] for s in json.load(file)["subjects"]] == ["engine.even", "engine.tail"]
        with open(os.path.join(folder, "report.md"), encoding="utf-8") as file:
            assert "| engine.even |" in file.read()
    assert "engine" in _one_line(_run("demo", "enigne", code=2))


def _scaled(document, factor):
    """The same study, every wall time so many times as long."""
    for subject in document["subjects"]:
        for point in subject["points"]:
            for setting in point["settings"]:
                wall = setting["wall_ns"]
                for key in "median", "median_low", "median_high":
                    wall[key] *= factor
    return document


def a_regression_beside_a_baseline_is_told_by_the_exit_code():
    with tempfile.TemporaryDirectory() as folder:
        base, fast, slow = (os.path.join(folder, name) for name in ("base.json", "fast.json", "slow.json"))
        study = ["study", "--sizes", "64", "--runs", "8", "--no-history", "engine.even"]
        _run(*study, "--json=" + base)
        with open(base, encoding="utf-8") as file:
            document = json.load(file)
        for path, factor in ((fast, 1e-4), (slow, 1e8)):  # the first is so much faster, the second slower
            with open(path, "w", encoding="utf-8") as file:
                json.dump(_scaled(document, factor), file)
        worse = _run(*study, "--baseline", fast, code=1)
        assert "worse: a regression" in worse.stdout
        better = _run(*study, "--baseline", slow, "--report", os.path.join(folder, "page.html"))
        assert "improved" in better.stdout and "regression\n" not in better.stdout
        _run("study", "compare", fast, base, code=1)
        _run("study", "compare", base, base)
        compared = json.loads(_run("study", "compare", "--json", slow, base).stdout)
        assert compared["schema"] == "breakeven.compare/1" and compared["regressions"] == 0
        assert compared["rows"] and {row["verdict"] for row in compared["rows"]} == {"improved"}
        assert compared["only_old"] == 0 and compared["other_machine"] is False
        assert "--tolerance 5x" in _one_line(_run("study", "compare", "--tolerance", "5x", base, base, code=2))
        _run("study", "compare", base, os.path.join(folder, "none.json"), code=1)
        with open(slow, "w", encoding="utf-8") as file:
            file.write("{}")
        assert "slow.json" in _one_line(_run("study", "compare", base, slow, code=2))


def every_study_is_in_the_history_unless_told_not():
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "XDG_CACHE_HOME": folder}
        study = ["study", "--sizes", "64", "--runs", "1", "engine.even"]
        assert "no history yet" in _run("study", "history", env=environment).stderr
        _run(*study, "--no-history", env=environment)
        assert not os.path.exists(os.path.join(folder, "breakeven"))
        for _ in range(3):
            _run(*study, env=environment)
        rows = _run("study", "history", "engine.even", env=environment).stdout.splitlines()
        sequential = [row for row in rows if " sequential " in row]
        assert len(sequential) == 1 and sequential[0].split()[3] == "3", rows
        assert sequential[0].split()[-1].strip("▁▂▃▄▅▆▇█") == ""
        assert _run("study", "history", "no.such", env=environment).stdout == ""


def speed_ups_are_drawn_where_there_is_more_than_one_size():
    shown = _run("study", "--sizes", "8,64", "--runs", "1", "--no-history", "engine.even").stdout
    assert "times as fast as sequential" in shown and "│" in shown and "best forced" in shown
    assert "│" not in _run("study", "--sizes", "8", "--runs", "1", "--no-history", "engine.even").stdout


tap.run(__name__)
