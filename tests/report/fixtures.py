"""Documents of runs that a page must show: docs/report.md says what they are made of."""
import math
import random

HOSTILE = "</script><b>x</b><img src=x onerror=alert(1)>\u202e\u2028\"'&<!--<script>"
STATES = ["body", "claim", "steal", "wake", "join", "spin", "parked", "preempted", "outside"]

MACHINE = {
    "cpu": "AMD EPYC", "cpus": 2, "virtual_cpus": True, "workers": 2, "workers_limit": "affinity", "cpu_quota": None,
    "memory_bytes": 24822620160, "system": "Linux 6.1.0 x86_64", "compiler": "gcc 12.2.0", "clock": "time stamp counter",
    "clock_ns": 10.275, "isa": "avx2"}


def run(**members):
    """A breakeven.run/1 of which nothing but `members` is known."""
    return {"schema": "breakeven.run/1", "version": "0.1.0", "title": "breakeven arc score",
            "command_line": ["breakeven", "arc", "score"], "begun": "2026-01-31T12:00:00Z", "elapsed_ns": 12000000,
            "exit_code": 0, "error": None, "seed": 1, "machine": dict(MACHINE), "warnings": [], "study": None, "compare": None,
            "profile": None, **members}


# ---- studies ------------------------------------------------------------------------------------------


def _summary(median, spread, samples):
    return {"min": median * (1 - spread), "median": median, "median_low": median * (1 - spread / 3) if samples > 5 else None,
            "median_high": median * (1 + spread / 3) if samples > 5 else None,
            "confidence": 0.9601463714394647 if samples > 5 else 0.5, "mean": median * 1.01, "max": median * (1 + 2 * spread),
            "sd": median * spread / 2, "total": median * samples}


def _setting(name, schedule, workers, median, spread, samples, cpus):
    return {"name": name, "command": None, "schedule": schedule, "workers": workers, "grain": None,
            "oversubscribed": (workers or 0) > cpus, "samples": samples, "wall_ns": _summary(median, spread, samples),
            "cpu_ns": _summary(median * (workers or 1), spread, samples), "ratio": 1.0}


def point(n, item_ns=10.0, per_worker_ns=900.0, workers=(2,), spread=0.03, samples=40, cpus=2, narrow=True):
    """One size: T(w) = W/w + b w, and an engine that takes the better."""
    work = n * item_ns
    rng = random.Random(n)

    def about(ns):
        return round(ns * (1 + (rng.random() - 0.5) * spread), 3)

    times = {w: about(work / min(w, cpus) + per_worker_ns * w) for w in workers}
    best = min(times.values())
    settings = [_setting("sequential", "sequential", 1, about(work), spread, samples, cpus),
                _setting("automatic", "automatic", None, about(min(work, best)), spread, samples, cpus),
                _setting("static", "static", max(workers), about(best * 1.1), spread, samples, cpus)]
    settings += [_setting(f"{w} workers", "dynamic", w, ns, spread, samples, cpus) for w, ns in times.items()]
    pays = best < work
    return {"n": n, "items": n, "bytes": 16 * n, "digest": "0" * 32, "batch": 1, "settings": settings,
            "best": min(settings, key=lambda s: s["wall_ns"]["median"])["name"],
            "best_parallel": f"{min(times, key=times.get)} workers", "narrow": narrow, "concluded": abs(best - work) > spread * work,
            "fit": {"work_ns": work, "worker_counts": len(workers), "largest_workers": max(workers),
                    "per_worker_ns": {"value": per_worker_ns, "low": None, "high": None}},
            "decisions": [{"site": "engine.even", "why": "the predicted work repays a hand-over" if pays else "too little work to repay a hand-over",
                           "count": samples, "total_ns": work * samples, "median_error": 0.04,
                           "newest": {"items": n, "sequential_ns": work, "predicted_ns": min(work, best) * 1.05, "actual_ns": min(work, best),
                                      "invited": int(pays), "used": 1 + int(pays), "grain": max(1, n // 64)}}],
            "profile": profile(loops=5), "result": None}


def subject(name="engine.even", sizes=(8, 64, 512, 4096, 32768, 262144, 2097152), **options):
    points = [point(n, **options) for n in sizes]
    return {"name": name, "summary": "items of equal cost", "size_unit": "items", "points": points, "breakeven": "found",
            "breakeven_size": {"value": 361.2, "low": 340.0, "high": 390.5}, "breakeven_below": 64, "breakeven_above": 512,
            "predicted_at": sizes[0], "predicted_size": {"value": 355.0, "low": None, "high": None}}


def gives(name, result):
    """A workload of one size, and what it gave."""
    one = subject(name, sizes=(65536,))
    one["points"][0]["result"] = {"facts": [], "tables": [], "pictures": [], **result}
    return one


def study(*subjects):
    return {"schema": "breakeven.study/1", "version": "0.1.0", "kind": "workloads", "machine": dict(MACHINE),
            "settings": {"seed": 1, "input": None, "budget_ns": 30000000000, "precision": 0.02, "interval": "of the median, order statistics",
                         "min_rounds": 6, "max_rounds": 200, "warmups": 3},
            "elapsed_ns": 30000000000, "subjects": list(subjects)}


# ---- profiles -----------------------------------------------------------------------------------------


def phases(count, deep=12, seed=1, names=("solve", "apply", "score", "read", "hash", "walk", "merge", "sort", "claim")):
    """A tree of `count` phases on one thread, its times adding up: every parent's wall is its children's and its own."""
    rng = random.Random(seed)
    rows = [{"id": 0, "parent": None, "name": "run", "depth": 0}]
    open_rows = [0]
    while len(rows) < count:
        parent = open_rows[rng.randrange(len(open_rows))]
        rows.append({"id": len(rows), "parent": parent, "name": f"{rng.choice(names)} {rng.randrange(200)}", "depth": rows[parent]["depth"] + 1})
        if rows[-1]["depth"] < deep:
            open_rows.append(rows[-1]["id"])
    order = []
    children = [[] for _ in rows]
    for row in rows[1:]:
        children[row["parent"]].append(row["id"])
    stack = [0]
    while stack:
        order.append(stack.pop())
        stack.extend(reversed(children[order[-1]]))
    place = {old: new for new, old in enumerate(order)}
    tree = []
    for old in order:
        row = rows[old]
        tree.append({"id": place[old], "parent": None if row["parent"] is None else place[row["parent"]], "name": row["name"],
                     "depth": row["depth"], "threads": 1, "count": 1 + rng.randrange(20), "self_ns": rng.randrange(100, 100000),
                     "waiting_ns": 0, "displaced_ns": 0, "cpu_ns": None, "idle_ns": 0, "preempted": 0, "merged": 0})
    for row in tree:
        row["wall_ns"] = row["self_ns"]
    for row in reversed(tree):
        if row["parent"] is not None:
            tree[row["parent"]]["wall_ns"] += row["wall_ns"]
    inner = {row["parent"] for row in tree}
    for row in tree:
        row["busy_ns"] = row["wall_ns"]
        row["unaccounted_ns"] = row["self_ns"] if row["id"] in inner else 0
        row["min_ns"], row["median_ns"], row["max_ns"] = 10, row["wall_ns"] // row["count"], row["wall_ns"]
    return tree


def profile(workers=2, loops=40, rows=None):
    """Loops one after the other on `workers` threads, a third of the last ones starved, and a gap that no phase covers."""
    total = 12000000
    gap = (5000000, 1500000)
    names = ["run", "read the tasks", "apply candidates", "transform", "compare", "add up"]
    shape = [(0, None, 0), (1, 0, 1), (2, 0, 1), (3, 2, 2), (4, 2, 2), (5, 0, 1)]
    tracks = ["caller 0"] + [f"worker {i}" for i in range(1, workers)]
    spans = {name: [] for name in ("track", "phase", "at_ns", "ns", "count", "busy_ns")}
    states = {name: [] for name in ("track", "state", "at_ns", "ns", "count", "busy_ns")}
    rng = random.Random(workers)

    def add(table, *values):
        for name, value in zip(table, values):
            table[name].append(value)

    wall = [total, 1500000, 8000000, 0, 0, 400000]
    busy = [0] * 6
    lives = []
    for track in range(workers):
        mine = dict.fromkeys(STATES, 0)
        if track == 0:
            add(spans, track, 0, 0, total, 1, total)
            add(spans, track, 1, 100000, 1500000, 1, 1500000)
            add(spans, track, 5, 11500000, 400000, 1, 400000)
            busy[1] += 1500000
            busy[5] += 400000
        busy[0] += total if track == 0 else 8000000
        at = 1700000
        for loop in range(loops):
            length = (11400000 - 1700000 - gap[1]) // loops
            if at <= gap[0] < at + length:
                at += gap[1]
            worked = int(length * (0.95 if track == 0 or loop < loops * 2 // 3 else 0.3 * rng.random()))
            if track and loop == 0:
                add(states, track, "parked", 0, at, 1, at)
                mine["parked"] += at
            add(spans, track, 2, at, length, 1, worked)
            add(spans, track, 3, at, worked * 7 // 10, 12, worked * 7 // 10)
            add(spans, track, 4, at + worked * 7 // 10, worked * 3 // 10, 12, worked * 3 // 10)
            for state, begin, ns in (("body", at, worked), ("join" if track == 0 else "spin", at + worked, length - worked)):
                add(states, track, state, begin, ns, 1, ns)
                mine[state] += ns
            busy[2] += worked
            busy[3] += worked * 7 // 10
            busy[4] += worked * 3 // 10
            at += length
        lives.append({"name": tracks[track], "life_ns": sum(mine.values()), "states": mine})
    wall[3], wall[4] = 5900000, 3000000
    tree = []
    for id_, parent, depth in shape:
        threads = 1 if id_ in (1, 5) else workers
        tree.append({"id": id_, "parent": parent, "name": names[id_], "depth": depth, "threads": threads, "count": 1 if id_ < 2 else loops,
                     "wall_ns": wall[id_], "busy_ns": busy[id_], "waiting_ns": busy[id_] // 5 if id_ == 2 else 0, "displaced_ns": 0,
                     "self_ns": max(0, busy[id_] - sum(busy[i] for i, p, _ in shape if p == id_)), "cpu_ns": None,
                     "idle_ns": max(0, threads * wall[id_] - busy[id_]), "unaccounted_ns": {0: 2100000, 2: 300000}.get(id_, 0),
                     "min_ns": 1000, "median_ns": wall[id_] // loops, "max_ns": wall[id_] // 2, "preempted": 0, "merged": 0})
    return {"wall_ns": total, "unaccounted_ns": 0, "spans": 12345, "dropped": 0, "looking_ns": 246900, "phases": rows or tree,
            "threads": lives, "counters": {"items": 160000, "calls": loops, "parallel calls": loops, "steals": 17},
            "timeline": {"begin_ns": 0, "end_ns": total, "resolution_ns": 1000, "tracks": tracks, "spans": spans, "states": states},
            "gaps": [{"phase": 0, "at_ns": gap[0], "ns": gap[1], "after": "apply candidates", "before": "apply candidates", "on_cpu": 0.98}],
            "findings": [{"kind": "gap", "phase": 0, "ns": gap[1], "text": "1.5 ms of run is under no span: 98 % of it was on the CPU"},
                         {"kind": "waiting", "phase": 2, "ns": 900000, "text": "900 us of apply candidates its threads only wait for helpers of an inner loop"}],
            "samples": {"period_ns": 1000000, "count": 24, "rows": [{"phase": 3, "samples": 16, "on_cpu_ns": 16000000, "off_cpu_ns": 0},
                                                                    {"phase": None, "samples": 8, "on_cpu_ns": 7000000, "off_cpu_ns": 1000000}]},
            "native": {"source": "stacks.txt", "unit": "samples", "name": ["breakeven", "main", "score_range", "grid_equal"],
                       "parent": [-1, 0, 1, 2], "total": [90, 88, 80, 60], "self": [2, 8, 20, 60]},
            "decisions": [{"site": "arc.score", "call": i, "items": 4096, "predicted_ns": 200000 + 3000 * i, "sequential_ns": 400000,
                           "actual_ns": round(200000 * math.exp(0.3 * rng.random())), "invited": workers - 1, "used": workers, "grain": 64,
                           "why": "the predicted work repays a hand-over"} for i in range(loops)],
            "sites": [{"site": "arc.score", "calls": loops, "timed": loops, "parallel": loops, "items": 160000, "item_ns": 97.6}]}


CENSUS = {
    "facts": [{"label": "polynomial", "value": "x^16 + x^12 + x^5 + 1"}, {"label": "states", "value": "65,536"}],
    "tables": [{"title": "cycles by length", "columns": ["length", "cycles", "states"],
                "rows": [["1", "2", "2"], ["2", "1", "2"], ["7", "2", "14"], ["127", "36", "4,572"], ["32,767", "2", "65,534"]]}]}
SURFACE = {
    "tables": [{"title": "price by strike and years", "columns": ["strike", "0.25 years", "0.5 years", "1 year", "2 years"],
                "rows": [[str(k)] + [f"{max(0.0, 100 - k) + 8 * math.sqrt(t):.4f}" for t in (0.25, 0.5, 1, 2)] for k in range(80, 125, 5)]}]}
GRIDS = {
    "facts": [{"label": "best", "value": "flip_h, then recolor"}],
    "pictures": [{"title": f"task {t}, input", "rows": 6, "columns": 9, "cells": "".join(str((r + c + t) % 10) for r in range(6) for c in range(9))}
                 for t in range(4)]}


# ---- the fixtures -------------------------------------------------------------------------------------


def compare():
    def row(name, n, old, new, spread, verdict):
        def estimate(ns):
            return {"value": ns, "low": ns * (1 - spread), "high": ns * (1 + spread)}
        change = new / old - 1
        return {"subject": name, "n": n, "setting": "automatic", "old_ns": estimate(old), "new_ns": estimate(new),
                "change": {"value": change, "low": change - 2 * spread, "high": change + 2 * spread}, "verdict": verdict, "regression": verdict == "worse"}
    return {"baseline": "old.json", "tolerance": 0.03, "regressions": 1, "other_machine": True, "other_compiler": False, "only_old": 0, "only_new": 1,
            "rows": [row("engine.even", 64, 640.0, 826.0, 0.02, "worse"), row("engine.even", 4096, 41000.0, 40840.0, 0.004, "same"),
                     row("engine.tail", 4096, 90000.0, 138600.0, 0.4, "no difference shown"), row("engine.tail", 262144, 4.1e6, 3.3e6, 0.02, "improved")]}


def hostile():
    """Every text of a whole run, hostile."""
    def spoil(value):
        if isinstance(value, dict):
            return {key: v if key in ("schema", "breakeven", "schedule", "verdict", "kind", "begun", "cells", "state") else spoil(v) for key, v in value.items()}
        if isinstance(value, list):
            return [spoil(v) for v in value]
        return HOSTILE + value if isinstance(value, str) else value
    document = whole()
    document["study"]["subjects"][0]["name"] = "__proto__"
    return spoil(document)


def whole():
    """Everything at once."""
    return run(title="breakeven study engine.even", compare=compare(),
               study=study(subject(workers=(2, 4), cpus=2), gives("lfsr.cycles", CENSUS), gives("option.bsm", SURFACE), gives("arc.score", GRIDS)),
               profile=profile(), warnings=[{"kind": "oversubscribed", "text": "4 workers on 2 CPUs"}])


FIXTURES = {
    "empty": lambda: run(),
    "nothing": lambda: {"schema": "breakeven.run/1"},
    "failed": lambda: run(exit_code=1, error="breakeven: chain.csv:3:7: expected a number", elapsed_ns=1200000),
    "one-worker": lambda: run(profile=profile(workers=1)),
    "32-workers": lambda: run(profile=profile(workers=32), study=study(subject(workers=(2, 4, 8, 16, 32), cpus=32, per_worker_ns=200.0))),
    "hostile": hostile,
    "compared": lambda: {"schema": "breakeven.compare/1", **compare()},
    "noisy": lambda: study(subject(spread=0.6, narrow=False, samples=8), subject(name="engine.tail", sizes=(100,), samples=2, narrow=False)),
    "whole": whole,
}
