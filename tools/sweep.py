#!/usr/bin/env python3
"""Sweep the engine against the plain loop and its peers, and say where it stands.

    ./run bench sweep [--quick] [--modes hot,cold] [--only 'libgomp*'] ...
    tools/sweep.py BUILD ...       the same on a build folder
    tools/sweep.py --from FILE     no run: the summary of points written before by --csv

Every implementation runs in processes of its own (bench/sweep/), which take turns: one process for
each mode and kind of item, round after round. The figure of a point is the mean time of a call (all
time over all calls) in one launch, and of the launches the median. docs/engine.md has more.
"""
import argparse
import contextlib
import csv
import datetime
import fnmatch
import json
import os
import pathlib
import subprocess
import sys

import run_benches
import sweep_report

TREE = pathlib.Path(__file__).resolve().parents[1]
PASSIVE = {"OMP_WAIT_POLICY": "passive"}


class Implementation:
    """A driver, the variant it is told to be, and the environment it runs in."""

    def __init__(self, driver, variant, environment=None, quick=False):
        self.driver, self.variant, self.environment, self.quick = driver, variant, environment or {}, quick
        self.name = driver if variant in ("plain", "auto") and driver != "tbb" else f"{driver}-{variant}"
        self.name += "-passive" if environment else ""


IMPLEMENTATIONS = [Implementation("sequential", "plain", quick=True), Implementation("breakeven", "auto", quick=True)]
for runtime in "libgomp", "libomp":
    for schedule in "static", "dynamic", "guided":
        gcc = runtime == "libgomp"
        IMPLEMENTATIONS += [Implementation(runtime, schedule, quick=gcc),
                            Implementation(runtime, schedule, PASSIVE, quick=gcc and schedule == "static")]
for partitioner in "auto", "static", "simple":
    IMPLEMENTATIONS.append(Implementation("tbb", partitioner, quick=partitioner == "auto"))
for call in "each", "tile":
    IMPLEMENTATIONS.append(Implementation("pthreadpool", call))


# ---- places to run a driver in ----

class Unavailable(Exception):
    """Why this machine cannot be made hostile in some way."""


@contextlib.contextmanager
def quiet_place():
    yield None


@contextlib.contextmanager
def hog(build, cpu=None):
    """Another process that keeps a CPU busy: always the same one, or where the system puts it."""
    pin = None if cpu is None else lambda: os.sched_setaffinity(0, {cpu})
    process = subprocess.Popen([driver_path(build, "sequential"), "hog"], preexec_fn=pin)
    try:
        yield None
    finally:
        process.kill()
        process.wait()


def cgroup_folder():
    """(folder of this process in the hierarchy that has the CPU controller, its version)."""
    own = {}
    for line in pathlib.Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        own[controllers] = path
    for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines():
        before, after = line.split(" - ", 1)
        root, mount = before.split()[3:5]
        kind, _, options = after.split()[:3]
        if kind == "cgroup" and "cpu" in options.split(","):
            path = next(p for c, p in own.items() if "cpu" in c.split(","))
            return pathlib.Path(mount, os.path.relpath(path, root)), 1
    for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines():
        before, after = line.split(" - ", 1)
        root, mount = before.split()[3:5]
        if after.split()[0] == "cgroup2":
            return pathlib.Path(mount, os.path.relpath(own[""], root)), 2
    raise Unavailable("no cgroup hierarchy with the CPU controller")


@contextlib.contextmanager
def quota(cpus):
    """A new cgroup that may use so many CPUs; yields what a child calls to enter it."""
    period_us = 100000
    parent, version = cgroup_folder()
    group = parent / f"breakeven-sweep-{os.getpid()}"
    try:
        group.mkdir()
    except OSError as error:
        raise Unavailable(f"{group}: {error.strerror}") from error
    try:
        limit = group / ("cpu.cfs_quota_us" if version == 1 else "cpu.max")
        try:
            with open(limit, "r+") as file:
                file.write(f"{int(cpus * period_us)}" + (f" {period_us}" if version == 2 else ""))
        except OSError as error:
            raise Unavailable(f"{limit}: {error.strerror}") from error

        def enter():
            with open(group / "cgroup.procs", "w") as file:
                file.write("0")
        yield enter
    finally:
        group.rmdir()


# ---- what to run ----

class Step:
    """One process of every implementation: where, in which mode, with which points."""

    def __init__(self, mode, driver_mode, amount, points, timeout_s, place=quiet_place):
        self.mode, self.driver_mode, self.amount, self.points = mode, driver_mode, amount, points
        self.timeout_s, self.place = timeout_s, place


def sizes(item_ns, cap_ns, factors):
    """1, 3, 10, 30 ... items (or 1, 10, 100 ...), as long as they cost less than cap_ns and are at most 10^7."""
    return [f * 10**e for e in range(8) for f in factors if f * 10**e <= 1e7 and f * 10**e * item_ns <= cap_ns]


def plan(build, items, quick):
    factors, cap_ns = ((1,), 12e6) if quick else ((1, 3), 60e6)
    hot_ms, cold_calls, hostile_ms, never_s = (20, 5, 60, 2) if quick else (100, 12, 120, 5)
    kinds = {kind: sizes(ns, cap_ns, factors) for kind, ns in items.items() if kind != "z"}
    steps = []
    for kind, ns in kinds.items():
        steps.append(Step("hot", "hot", hot_ms, [f"{kind}:{n}" for n in ns], 240))
        steps.append(Step("cold", "cold", cold_calls, [f"{kind}:{n}" for n in ns], 240))
    steps.append(Step("hot", "hot", hot_ms, ["z:0", "z:1"], 60))
    steps.append(Step("hot", "hot", 3 * hot_ms, ["x:100", "x:1000"] + ([] if quick else ["x:10000"]), 60))

    def fixed(work_ms):
        loops = [("a", 1000), ("c", 300), ("c", 3000)]
        loops += [] if quick else [("c", 30), ("e", 1000), ("d", 100), ("c", 30000)]
        return [f"{kind}:{n}:{max(1, round(work_ms * 1e6 / (items[kind] * n)))}" for kind, n in loops]
    most = 4 if quick else 10  # times its share, before a slow peer is cut short
    last_cpu = max(os.sched_getaffinity(0))
    for mode, work_ms, place in [("hog", hostile_ms, lambda: hog(build)),
                                 ("hog-pinned", hostile_ms, lambda: hog(build, last_cpu)),
                                 ("quota-1", 2 * hostile_ms, lambda: quota(1)),
                                 ("quota-half", 2 * hostile_ms, lambda: quota(0.5))]:
        steps.append(Step(mode, "total", most * work_ms, fixed(work_ms), 120, place))
    steps.append(Step("stuck", "stuck", most * hostile_ms, fixed(hostile_ms), never_s))
    steps.append(Step("idle", "idle", 500 if quick else 2000, ["c:1000"], 30))
    steps.append(Step("nested", "nested", 100 if quick else 500, ["d:65"], 20))
    steps.append(Step("callers", "callers", 1 if quick else 3, ["d:1000"], 60))
    return steps


def driver_path(build, name):
    return pathlib.Path(build, "bench/sweep", f"sweep_{name}").resolve()


def read_items(build):
    result = subprocess.run([driver_path(build, "sequential"), "items"], check=True, stdout=subprocess.PIPE, text=True)
    return {row["kind"]: float(row["ns"]) for row in csv.DictReader(result.stdout.splitlines())}


def launch(build, implementation, step):
    """The lines of one process, and what it died of, if it did. May raise Unavailable."""
    command = [driver_path(build, implementation.driver), implementation.variant, step.driver_mode, str(step.amount)]
    with step.place() as enter:
        try:
            result = subprocess.run(command + step.points, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                    stderr=subprocess.PIPE, timeout=step.timeout_s, preexec_fn=enter,
                                    env={**os.environ, **implementation.environment})
        except subprocess.TimeoutExpired as late:
            return (late.stdout or b"").decode(), None
    failure = result.stderr.decode().strip() or f"exit status {result.returncode}" if result.returncode else None
    return result.stdout.decode(), failure


def run(build, steps, implementations, launches):
    """(points, {mode: why it could not be run})."""
    points, skipped = [], {}
    for number, step in enumerate(steps, 1):
        show(f"step {number} of {len(steps)}: {step.mode} {step.points[0].split(':')[0]}", True)
        for turn in range(launches):
            # Another one is first each time.
            first = turn % len(implementations)
            for implementation in implementations[first:] + implementations[:first]:
                if step.mode in skipped:
                    continue
                show(f"step {number} of {len(steps)}: {step.mode} {step.points[0].split(':')[0]}, "
                     f"launch {turn + 1} of {launches}, {implementation.name}")
                try:
                    text, failure = launch(build, implementation, step)
                except Unavailable as reason:
                    skipped[step.mode] = str(reason)
                    continue
                if failure:
                    raise SystemExit(f"sweep: {implementation.name}, {step.mode}: {failure}")
                rows = [{"mode": step.mode, "implementation": implementation.name, "launch": turn, **row}
                        for row in csv.DictReader(text.splitlines()) if row["errors"] is not None]
                # What a driver was killed in, and all after it, took zero calls: it never returned.
                if step.driver_mode in ("hot", "cold", "total", "stuck"):
                    names = [tuple(p.split(":")[:2]) for p in step.points[len(rows):]]
                else:
                    names = [] if rows else [(step.driver_mode, step.points[0].split(":")[1])]
                points += rows + [{"mode": step.mode, "implementation": implementation.name, "launch": turn,
                                   "kind": kind, "n": n, "calls": 0} for kind, n in names]
    show("")
    return points, skipped


def show(text, always=False):
    """One line that changes on a terminal; elsewhere a line of its own for what is always shown."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)
    elif always:
        print(text, file=sys.stderr, flush=True)


# ---- the file of points ----

COLUMNS = ["mode", "implementation", "launch", "kind", "n", "calls", "total_ns", "median_ns", "min_ns", "max_ns",
           "first_ns", "cpu_ns", "wall_ns", "threads", "parallel", "errors"]


def write_csv(path, about, points):
    with open(path, "w", newline="") as file:
        file.write(f"# {json.dumps(about)}\n")
        writer = csv.DictWriter(file, COLUMNS, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(points)


def read_csv(path):
    with open(path, newline="") as file:
        about = json.loads(file.readline().removeprefix("# "))
        return about, list(csv.DictReader(file))


def main(arguments):
    parser = argparse.ArgumentParser(prog="sweep", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", nargs="?", help="build folder")
    parser.add_argument("--from", dest="source", metavar="FILE", help="summarise these points, run nothing")
    parser.add_argument("--quick", action="store_true", help="fewer points, peers and calls: some minutes")
    parser.add_argument("--modes", metavar="LIST", help="only these: " + ",".join(sweep_report.MODES))
    parser.add_argument("--only", metavar="GLOB", default="*",
                        help="only these peers; the plain loop and the engine always run")
    parser.add_argument("--launches", type=int, default=3, metavar="N", help="processes a point is measured in (3)")
    parser.add_argument("--csv", metavar="FILE", help="write all points (BUILD/sweep.csv)")
    parser.add_argument("--json", metavar="FILE", help="write the summary")
    parser.add_argument("--markdown", action="store_true", help="print the summary as Markdown")
    options = parser.parse_args(arguments)
    if bool(options.build) == bool(options.source):
        parser.error("either a build folder or --from FILE")
    modes = options.modes.split(",") if options.modes else sweep_report.MODES
    if not set(modes) <= set(sweep_report.MODES):
        parser.error(f"--modes takes {','.join(sweep_report.MODES)}")
    if options.launches < 1:
        parser.error("--launches takes a number from 1")

    if options.source:
        try:
            about, points = read_csv(options.source)
        except (OSError, ValueError) as error:
            parser.error(f"{options.source}: no points of a sweep: {error}")
    elif not driver_path(options.build, "sequential").exists():
        parser.error(f"{options.build} has no drivers; ./run bench sweep builds them")
    else:
        wanted = [i for i in IMPLEMENTATIONS if i.driver in ("sequential", "breakeven") or
                  ((i.quick or not options.quick) and fnmatch.fnmatch(i.name, options.only))]
        here = [i for i in wanted if driver_path(options.build, i.driver).exists()]
        steps = [s for s in plan(options.build, read_items(options.build), options.quick) if s.mode in modes]
        load = os.getloadavg()[0]
        points, skipped = run(options.build, steps, here, options.launches)
        about = {"machine": run_benches.machine(), "cpus": len(os.sched_getaffinity(0)),
                 "virtual": "hypervisor" in pathlib.Path("/proc/cpuinfo").read_text(),
                 "compiler": run_benches.compiler(options.build), "commit": run_benches.commit(),
                 "date": datetime.date.today().isoformat(), "load_before": load, "launches": options.launches,
                 "quick": options.quick, "absent": sorted({i.driver for i in wanted} - {i.driver for i in here}),
                 "skipped": skipped}
    if options.csv or not options.source:
        write_csv(options.csv or pathlib.Path(options.build, "sweep.csv"), about, points)
    summary = sweep_report.summarise(about, points)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(sweep_report.as_json(summary), indent=1, allow_nan=False) + "\n")
    print(sweep_report.render(summary, options.markdown), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
