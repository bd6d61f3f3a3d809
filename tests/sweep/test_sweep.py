"""What the sweep makes of points whose figures are known, and that its drivers print what it reads."""
import csv
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile

import tap

TREE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TREE / "tools"))
import sweep  # noqa: E402
import sweep_report  # noqa: E402

BUILD = os.environ["BUILD"]
ABOUT = {"machine": "a machine", "cpus": 2, "virtual": True, "compiler": "a compiler", "commit": "c0ffee", "date": "today",
         "load_before": 0.5, "launches": 3, "quick": False, "absent": ["tbb"], "skipped": {"quota-1": "not permitted"}}


def _row(mode, implementation, kind, n, ns, launch=0, calls=10, **more):
    return {"mode": mode, "implementation": implementation, "launch": str(launch), "kind": kind, "n": str(n),
            "calls": str(calls), "total_ns": str(ns * calls), "median_ns": str(ns), "first_ns": str(ns),
            "cpu_ns": str(ns * calls), "wall_ns": str(ns * calls), "threads": "1", "errors": "", **more}


def _goal(summary, name):
    return next(g for g in summary["goals"] if g["name"] == name)


def a_figure_is_the_median_of_the_launches_means():
    rows = [_row("hot", "sequential", "b", 100, ns, launch) for launch, ns in enumerate((1000, 5000, 1100))]
    assert sweep_report.Points(rows).get("hot", "sequential", "b", 100) == 1100


def hot_points_are_held_against_the_best_in_their_regime():
    rows = []
    for n, plain, peer, ours in (10, 100, 90, 97), (1000, 10000, 8000, 8800), (10000, 100000, 50000, 60000):
        rows += [_row("hot", name, "b", n, ns) for name, ns in
                 (("sequential", plain), ("peer", peer), ("breakeven", ours))]
    summary = sweep_report.summarise(ABOUT, rows)
    below, middle, above = (_goal(summary, f"hot, {name}") for name in
                            ("below 1 us of work", "1 to 20 us", "above 20 us"))
    assert math.isclose(below["reached"], 7) and below["within"] == 0
    assert math.isclose(middle["reached"], 1.1) and middle["within"] == 1
    assert math.isclose(above["reached"], 1.2) and above["worst"].startswith("b:10000")
    mean = (97 / 90 * 1.1 * 1.2) ** (1 / 3)
    assert math.isclose(_goal(summary, "hot, geometric mean")["reached"], mean)
    peer = next(r for r in summary["standing"]["hot"] if r["implementation"] == "peer")
    assert peer["geometric_mean"] == 1 and peer["worst_to_sequential"][0] == 0.9


def our_own_time_is_never_the_best():
    rows = [_row("hot", "sequential", "b", 1000, 10000), _row("hot", "breakeven", "b", 1000, 5000)]
    assert _goal(sweep_report.summarise(ABOUT, rows), "hot, 1 to 20 us")["reached"] == 0.5


def a_hostile_total_is_taken_over_the_same_calls():
    rows = []
    for launch in range(3):
        rows += [_row("hog", "sequential", "c", 300, 1e6, launch, calls=100),
                 _row("hog", "breakeven", "c", 300, 1.5e6, launch, calls=100),
                 _row("hog", "peer", "c", 300, 2e6, launch, calls=10)]  # cut short
    summary = sweep_report.summarise(ABOUT, rows)
    assert math.isclose(_goal(summary, "hostile: another process keeps a CPU busy")["reached"], 150 - 103)
    peer = next(r for r in summary["hostile"] if r["implementation"] == "peer")
    assert (peer["ratio"], peer["excess_ms"]) == (2, 100)


def what_never_returned_is_said_and_is_no_number():
    rows = [_row("stuck", "sequential", "c", 300, 1000), _row("stuck", "breakeven", "c", 300, 1000),
            {"mode": "stuck", "implementation": "peer", "launch": "0", "kind": "c", "n": "300", "calls": "0"}]
    summary = sweep_report.summarise(ABOUT, rows)
    assert "never" in sweep_report.render(summary, False)
    peer = next(r for r in json.loads(json.dumps(sweep_report.as_json(summary), allow_nan=False))["hostile"]
                if r["implementation"] == "peer")
    assert peer["ratio"] == "never"


def prediction_errors_count_alike_on_both_sides():
    rows = [_row("hot", "sequential", "b", 1000, 10000), _row("hot", "breakeven", "b", 1000, 10000, errors="-20.0 3.0 10.0")]
    summary = sweep_report.summarise(ABOUT, rows)
    assert _goal(summary, "prediction error")["reached"] == 10
    assert math.isclose(summary["predictions"][0]["within_15_percent"], 2 / 3)


def the_summary_says_where_it_was_measured_and_what_was_left_out():
    for markdown in False, True:
        text = sweep_report.render(sweep_report.summarise(ABOUT, [_row("hot", "sequential", "b", 1000, 10000),
                                                                  _row("hot", "breakeven", "b", 1000, 10000)]), markdown)
        for words in "2 virtual CPUs", "a machine", "a compiler", "c0ffee", "tbb", "quota-1: not permitted":
            assert words in text, words
        assert ("| hot, 1 to 20 us | 1.15 x best | 1.00 x | yes |" in text) == markdown


def points_come_back_from_the_file_as_they_went():
    rows = [_row("hot", "sequential", "b", 1000, 10000)]
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "points.csv")
        sweep.write_csv(path, ABOUT, rows)
        about, points = sweep.read_csv(path)
    assert about == ABOUT and all(rows[0].items() <= p.items() for p in points) and len(points) == 1


def _driver(name, *arguments):
    path = sweep.driver_path(BUILD, name)
    if not path.exists():
        raise tap.Skip("this build has no drivers: it is instrumented")
    result = subprocess.run([path, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60)
    return result.returncode, list(csv.DictReader(result.stdout.splitlines())), result.stderr


def a_driver_prints_what_the_sweep_reads():
    for name, variant in ("sequential", "plain"), ("breakeven", "auto"):
        for mode in "hot", "cold":
            status, rows, said = _driver(name, variant, mode, "1", "z:0", "a:3", "e:100", "x:10")
            assert status == 0, said
            assert [(r["kind"], r["n"]) for r in rows] == [("z", "0"), ("a", "3"), ("e", "100"), ("x", "10")]
            assert set(rows[0]) <= set(sweep.COLUMNS) and all(int(r["calls"]) > 0 for r in rows)


def a_number_of_calls_is_kept_unless_time_is_up():
    _, (row,), _ = _driver("sequential", "plain", "total", "10000", "c:10:777")
    assert row["calls"] == "777"
    _, (row,), _ = _driver("sequential", "plain", "total", "1", "d:100:1000")
    assert int(row["calls"]) < 1000


def the_engine_returns_when_no_thread_ever_starts():
    status, rows, said = _driver("breakeven", "auto", "stuck", "2000", "c:30000:20")
    assert (status, rows[0]["calls"]) == (0, "20"), said
    assert int(rows[0]["threads"]) <= 2 * len(os.sched_getaffinity(0))


def nests_and_callers_give_the_plain_loops_bytes():
    for mode, point, kinds in ("nested", "d:65", ["flat", "nested"]), ("callers", "d:20", ["flat", "callers"]):
        status, rows, said = _driver("breakeven", "auto", mode, "1", point)
        assert (status, [r["kind"] for r in rows]) == (0, kinds), said


def a_point_that_is_none_is_refused():
    for point in "q:10", "a", "a:10:", "a:1x":
        status, _, said = _driver("sequential", "plain", "hot", "1", point)
        assert status == 1 and point in said, point


tap.run(__name__)
