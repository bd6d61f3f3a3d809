"""What the points of a sweep say: goals and what was reached, the implementations beside each other.

A point is a dictionary of strings with the columns of tools/sweep.py. `summarise` makes plain data of
them, fit for JSON; `render` makes text or Markdown of that.
"""
import math
import statistics

HOSTILE = {
    "hog": "another process keeps a CPU busy",
    "hog-pinned": "another process keeps the last CPU busy",
    "quota-1": "a cgroup quota of one CPU",
    "quota-half": "a cgroup quota of half a CPU",
    "stuck": "threads that never start",
}
MODES = ["hot", "cold", *HOSTILE, "idle", "nested", "callers"]
US, MS = 1e3, 1e6
OURS, PLAIN = "breakeven", "sequential"
NEVER = math.inf


def mean_ns(row):
    return float(row["total_ns"]) / int(row["calls"]) if int(row["calls"]) else NEVER


class Points:
    """Rows by (mode, implementation, kind, n), one a launch."""

    def __init__(self, rows):
        self.rows = {}
        for row in rows:
            key = row["mode"], row["implementation"], row["kind"], int(row["n"])
            self.rows.setdefault(key, []).append(row)
        self.implementations = list(dict.fromkeys(row["implementation"] for row in rows))

    def of(self, mode, implementation=PLAIN):
        """[(kind, n)] of a mode, items of changing cost and empty loops left out."""
        return [(k, n) for m, i, k, n in self.rows if (m, i) == (mode, implementation) and k in "abcde"]

    def has(self, mode):
        return any(m == mode for m, *_ in self.rows)

    def get(self, mode, implementation, kind, n, value=mean_ns):
        """The median over the launches; None where it was not measured."""
        rows = self.rows.get((mode, implementation, kind, n))
        return statistics.median(map(value, rows)) if rows else None

    def best(self, mode, kind, n, value=mean_ns):
        """(time, implementation) of the plain loop and all peers."""
        return min((time, i) for i in self.implementations if i != OURS
                   for time in [self.get(mode, i, kind, n, value)] if time is not None)


def median_ns(row):
    return float(row["median_ns"]) if int(row["calls"]) else NEVER


def geometric_mean(ratios):
    return math.exp(statistics.fmean(map(math.log, ratios))) if ratios and NEVER not in ratios else (
        NEVER if ratios else None)


def worst(pairs):
    """The pair (value, what) with the largest value, or (None, None)."""
    return max(pairs, key=lambda pair: pair[0], default=(None, None))


class Goals:
    def __init__(self):
        self.list = []

    def add(self, name, goal, limit, pairs, unit="x"):
        """All pairs (value, where) must stay within the limit."""
        pairs = [p for p in pairs if p[0] is not None]
        if pairs:
            value, where = worst(pairs)
            self.list.append({"name": name, "goal": goal, "limit": limit, "unit": unit, "reached": value, "worst": where,
                              "points": len(pairs), "within": sum(v <= limit for v, _ in pairs)})


# ---- hot and cold ----

def hot_goals(points, goals):
    below, middle, above = [], [], []
    for kind, n in points.of("hot"):
        ours, (best, by) = points.get("hot", OURS, kind, n), points.best("hot", kind, n)
        work = points.get("hot", PLAIN, kind, n)
        where = f"{kind}:{n} {ns(ours)}, {by} {ns(best)}"
        if work < US:
            below.append((ours - best, where))
        else:
            (middle if work <= 20 * US else above).append((ours / best, where))
    goals.add("hot, below 1 us of work", "best + 5 ns", 5, below, "ns over")
    goals.add("hot, 1 to 20 us", "1.15 x best", 1.15, middle)
    goals.add("hot, above 20 us", "1.03 x best", 1.03, above)
    ratios = ratios_to_best(points, "hot", OURS)
    goals.add("hot, geometric mean", "1.02 x best", 1.02,
              [(geometric_mean([r for r, _ in ratios]), f"of {len(ratios)} points")])


def cold_goals(points, goals):
    plain, best = [], []
    for kind, n in points.of("cold"):
        ours, work = points.get("cold", OURS, kind, n), points.get("cold", PLAIN, kind, n)
        plain.append(((ours - 1.03 * work) / US, f"{kind}:{n} {ns(ours)}, {PLAIN} {ns(work)}"))
        if work > 200 * US:
            time, by = points.best("cold", kind, n)
            best.append((ours / time, f"{kind}:{n} {ns(ours)}, {by} {ns(time)}"))
    goals.add("cold", "1.03 x sequential + 0.3 us", 0.3, plain, "us over")
    goals.add("cold, above 200 us of work", "1.10 x best", 1.10, best)


def ratios_to_best(points, mode, implementation, value=mean_ns, least=0):
    ratios = []
    for kind, n in points.of(mode):
        time = points.get(mode, implementation, kind, n, value)
        if time is not None and points.get(mode, PLAIN, kind, n) >= least:
            ratios.append((time / points.best(mode, kind, n, value)[0], f"{kind}:{n}"))
    return ratios


def standing(points, mode):
    """Every implementation beside the best of the others at each point, and beside the plain loop."""
    rows = []
    for implementation in points.implementations:
        ratios = ratios_to_best(points, mode, implementation)
        over = [r for r, _ in ratios_to_best(points, mode, implementation, least=US)]
        if not ratios:
            continue
        to_plain = [(points.get(mode, implementation, k, n) / points.get(mode, PLAIN, k, n), f"{k}:{n}")
                    for k, n in points.of(mode) if points.get(mode, implementation, k, n) is not None]
        medians = [r for r, _ in ratios_to_best(points, mode, implementation, median_ns)]
        rows.append({"implementation": implementation, "geometric_mean": geometric_mean([r for r, _ in ratios]),
                     "geometric_mean_of_medians": geometric_mean(medians),
                     "geometric_mean_from_1us": geometric_mean(over),
                     "worst_to_best": worst(ratios), "worst_to_sequential": worst(to_plain)})
    return rows


# ---- hostile ----

def sums(points, mode, implementation):
    """What the calls of each launch took together, in ns: calls that were cut short count at their mean."""
    totals = {}
    for (m, i, kind, n), rows in points.rows.items():
        if (m, i) == (mode, implementation):
            plain = points.rows[mode, PLAIN, kind, n]
            for row in rows:
                calls = int(plain[0]["calls"])
                totals[row["launch"]] = totals.get(row["launch"], 0) + calls * mean_ns(row)
    return totals


def hostile(points, goals):
    rows = []
    for mode, what in HOSTILE.items():
        if not points.has(mode):
            continue
        plain = sums(points, mode, PLAIN)
        for implementation in points.implementations:
            mine = sums(points, mode, implementation)
            both = sorted(mine.keys() & plain.keys())
            if both:
                rows.append({"mode": mode, "implementation": implementation,
                             "ratio": statistics.median(mine[b] / plain[b] for b in both),
                             "excess_ms": statistics.median((mine[b] - plain[b]) / MS for b in both)})
        mine = sums(points, mode, OURS)
        beyond = statistics.median((mine[b] - 1.03 * plain[b]) / MS for b in mine.keys() & plain.keys())
        goals.add(f"hostile: {what}", "1.03 x sequential + 25 ms", 25, [(beyond, "all calls of the process")], "ms over")
    return rows


# ---- the rest ----

def cpus_used(row):
    return float(row["cpu_ns"]) / float(row["wall_ns"]) if int(row["calls"]) else NEVER


def small_things(points, goals):
    """What every implementation has one number of."""
    rows = []
    for implementation in points.implementations:
        def value(mode, kind, n, of=mean_ns):
            return points.get(mode, implementation, kind, n, of)
        row = {"implementation": implementation, "empty_ns": value("hot", "z", 0), "one_ns": value("hot", "z", 1)}
        row["idle_us"] = value("idle", "c", 1000)
        row["idle_cpu"] = value("idle", "c", 1000, cpus_used)
        row["rest_cpu"] = value("idle", "rest", 0, cpus_used)
        for mode, n in ("nested", 65), ("callers", 1000):
            row[f"{mode}_ns"], row[f"{mode}_flat_ns"] = value(mode, mode, n), value(mode, "flat", n)
            row[f"{mode}_threads"] = value(mode, mode, n, lambda r: int(r.get("threads") or 0))
        rows.append(row)
    ours = next((r for r in rows if r["implementation"] == OURS), None)
    plain = next((r for r in rows if r["implementation"] == PLAIN), None)
    if not ours or not plain:
        return rows
    goals.add("empty call", "3 ns", 3, [(ours["empty_ns"], "n = 0"), (ours["one_ns"], "n = 1, with the call of the body")],
              "ns")
    if ours["idle_cpu"] is not None:
        # Useful: what the plain loop takes for the same calls.
        useful = points.get("idle", PLAIN, "c", 1000, lambda r: float(r["total_ns"]) / float(r["wall_ns"]))
        goals.add("idle, a loop of 72 us every ms", "1.3 x useful CPU + 0.02", 1.3 * useful + 0.02,
                  [(ours["idle_cpu"], f"useful {useful:.3f}, {PLAIN} {plain['idle_cpu']:.3f}")], "CPUs")
        goals.add("at rest", "no CPU", 0.0005, [(ours["rest_cpu"], "a second after the last call")], "CPUs")
    for mode, name in ("nested", "nested 64 deep"), ("callers", "1,000 callers at once"):
        if ours[f"{mode}_ns"] is not None:
            goals.add(name, "1.03 x a flat loop", 1.03, [(ours[f"{mode}_ns"] / ours[f"{mode}_flat_ns"],
                                                          f"{ours[mode + '_threads']:.0f} threads")])
    return rows


def predictions(points, goals):
    """Absolute errors of what be_decision predicted, in percent, every point with as many as were kept."""
    rows, everything = [], []
    for mode in "hot", "cold":
        for changing in False, True:
            errors = [abs(float(e)) for (m, i, kind, n), point in points.rows.items()
                      if (m, i) == (mode, OURS) and kind != "z" and (kind == "x") == changing
                      for row in point for e in (row.get("errors") or "").split()]
            everything += errors
            if errors:
                rows.append({"mode": mode + (", items change" if changing else ""), "predictions": len(errors),
                             "median_percent": statistics.median(errors),
                             "within_15_percent": sum(e <= 15 for e in errors) / len(errors)})
    if everything:
        goals.add("prediction error", "median 15 %", 15,
                  [(statistics.median(everything), f"of {len(everything)} decisions")], "%")
    firsts = []
    for kind, n in points.of("hot"):
        ours, plain = (points.get("hot", i, kind, n, lambda r: float(r["first_ns"]) if int(r["calls"]) else NEVER)
                       for i in (OURS, PLAIN))
        if ours is not None and points.get("hot", PLAIN, kind, n) >= US:
            firsts.append(ours / plain)
    return rows, statistics.median(firsts) if firsts else None


def summarise(about, rows):
    points = Points(rows)
    goals = Goals()
    if points.has("hot"):
        hot_goals(points, goals)
    if points.has("cold"):
        cold_goals(points, goals)
    hostile_rows = hostile(points, goals)
    small = small_things(points, goals)
    errors, first = predictions(points, goals)
    quiet = [(float(r["cpu_ns"]), float(r["wall_ns"])) for key, rows_of in points.rows.items()
             if key[:2] == ("hot", PLAIN) for r in rows_of if int(r["calls"])]
    changing = [{"implementation": i, "n": n, "ratio": points.get("hot", i, "x", n) / points.best("hot", "x", n)[0]}
                for m, i, k, n in points.rows if (m, k) == ("hot", "x")]
    return {"schema": "breakeven-sweep/1", "about": about, "goals": goals.list,
            "had_its_cpu": sum(c for c, _ in quiet) / sum(w for _, w in quiet) if quiet else None,
            "standing": {mode: standing(points, mode) for mode in ("hot", "cold") if points.has(mode)},
            "hostile": hostile_rows, "small": small, "changing": changing, "predictions": errors,
            "first_call_to_sequential": first}


def as_json(value):
    """The summary with "never" for infinity, for which JSON has no number."""
    if isinstance(value, dict):
        return {k: as_json(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_json(v) for v in value]
    return "never" if value == NEVER else value


# ---- text ----

def ns(value):
    if value is None:
        return ""
    if value == NEVER:
        return "never"
    for unit, size in ("s", 1e9), ("ms", 1e6), ("us", 1e3):
        if value >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value:.3g} ns"


def times(value):
    if value is None:
        return ""
    return "never" if value == NEVER else f"{value:.2f}" if value < 100 else f"{value:,.0f}"


def tables(summary):
    """(title, header, rows) of everything that was measured."""
    goals = [[g["name"], g["goal"], f"{times(g['reached'])} {g['unit']}".replace("never x", "never"),
              "yes" if g["within"] == g["points"] else "no", f"{g['within']} of {g['points']}", g["worst"]]
             for g in summary["goals"]]
    yield "Goals", ["what", "goal", "worst", "reached", "points within", "worst point"], goals
    for mode, rows in summary["standing"].items():
        yield (f"{mode.capitalize()}: time over the best of the plain loop and all peers",
               ["", "geometric mean", "of medians", "from 1 us up", "worst", "at", "worst over sequential", "at"],
               [[r["implementation"], times(r["geometric_mean"]), times(r["geometric_mean_of_medians"]),
                 times(r["geometric_mean_from_1us"]), times(r["worst_to_best"][0]), r["worst_to_best"][1],
                 times(r["worst_to_sequential"][0]), r["worst_to_sequential"][1]] for r in rows])
    if summary["hostile"]:
        modes = list(dict.fromkeys(r["mode"] for r in summary["hostile"]))
        cell = {(r["implementation"], r["mode"]): r for r in summary["hostile"]}
        rows = []
        for implementation in dict.fromkeys(r["implementation"] for r in summary["hostile"]):
            cells = [cell.get((implementation, mode)) for mode in modes]
            rows.append([implementation] + ["" if c is None else "never" if c["ratio"] == NEVER else
                                            f"{times(c['ratio'])} ({c['excess_ms']:+,.0f} ms)" for c in cells])
        yield "Hostile: all calls over sequential ones, and what they took longer", ["", *modes], rows
    small = [[r["implementation"], ns(r["empty_ns"]), ns(r["one_ns"]),
              "" if r["idle_cpu"] is None else f"{times(r['idle_cpu'])}", ns(r["idle_us"]),
              "" if r["rest_cpu"] is None else f"{r['rest_cpu']:.4f}",
              ns(r["nested_flat_ns"]), ns(r["nested_ns"]), f"{r['nested_threads']:.0f}" if r["nested_threads"] else "",
              ns(r["callers_flat_ns"]), ns(r["callers_ns"]), f"{r['callers_threads']:.0f}" if r["callers_threads"] else ""]
             for r in summary["small"]]
    yield ("Calls, CPUs used, nesting and callers",
           ["", "n = 0", "n = 1", "CPUs at 1 kHz", "a call", "CPUs at rest", "65 leaves flat", "64 deep", "threads",
            "1 s flat", "1,000 callers", "threads"], small)
    if summary["changing"]:
        sizes = list(dict.fromkeys(r["n"] for r in summary["changing"]))
        cell = {(r["implementation"], r["n"]): r["ratio"] for r in summary["changing"]}
        yield ("Items whose cost changes every 16 calls: time over the best", ["", *(f"n = {n}" for n in sizes)],
               [[i, *(times(cell.get((i, n))) for n in sizes)]
                for i in dict.fromkeys(r["implementation"] for r in summary["changing"])])
    if summary["predictions"]:
        yield ("Predictions: absolute error of the wall time", ["", "decisions", "median", "within 15 %"],
               [[r["mode"], str(r["predictions"]), f"{r['median_percent']:.1f} %", f"{100 * r['within_15_percent']:.0f} %"]
                for r in summary["predictions"]])


def notes(summary):
    about = summary["about"]
    yield (f"Measured on {about['cpus']} {'virtual ' if about['virtual'] else ''}CPUs: {about['machine']}; "
           f"{about['compiler']}; commit {about['commit']}; {about['date']}; {about['launches']} launches a point"
           f"{', the quick selection of points' if about['quick'] else ''}.")
    if summary["had_its_cpu"] is not None:
        yield (f"The plain loop had a CPU for {100 * summary['had_its_cpu']:.1f} % of its time; the load average before "
               f"was {about['load_before']:.2f}.")
    if summary["first_call_to_sequential"] is not None:
        yield (f"A site's first call, about which nothing is known, took {times(summary['first_call_to_sequential'])} "
               "times the plain loop's first (median over the hot points from 1 us up).")
    if about["absent"]:
        yield f"Not installed when the build was set up: {', '.join(about['absent'])}."
    for mode, reason in about["skipped"].items():
        yield f"Skipped: {mode}: {reason}."


def render(summary, markdown):
    text = []
    for title, header, rows in tables(summary):
        if markdown:
            text += [f"**{title}**", "", "| " + " | ".join(header) + " |", "|---" * len(header) + "|"]
            text += ["| " + " | ".join(row) + " |" for row in rows] + [""]
        else:
            widths = [max(len(line[c]) for line in [header, *rows]) for c in range(len(header))]
            text += [title] + ["  " + "  ".join(cell.ljust(w) for cell, w in zip(line, widths)).rstrip()
                               for line in [header, *rows]] + [""]
    for note in notes(summary):
        text += [note, ""] if markdown else [note]
    return "\n".join(text).rstrip() + "\n"
