#!/usr/bin/env python3
"""Run the tests of a build folder and count their cases.

    tools/run_tests.py BUILD [PATTERN]

What Meson knows as a test is run, several at a time where it allows that. A test that speaks TAP
counts one per case; any other counts one: passed on exit 0, skipped on exit 77 (the last line it
printed is the reason), failed otherwise. A failed test's output is shown. The last line is
"N passed, N failed", with ", N skipped" where there are any; the exit status is 0 when none failed.
"""
import concurrent.futures
import fnmatch
import json
import os
import re
import signal
import subprocess
import sys
import time

RESULT = re.compile(r"(not )?ok\b\s*(\d+)?\s*(?:- )?(.*)")
SLOWER = 4  # a machine with other work, or a sanitizer, may take this many times the usual limit


class Outcome:
    def __init__(self, test):
        self.name = test["suite"][0].split(":")[-1] + "/" + test["name"] if test["suite"] else test["name"]
        self.passed = 0
        self.failed = []  # names of cases
        self.skipped = []  # reasons
        self.output = ""
        self.seconds = 0.0


def read_tap(outcome, status):
    """cmocka writes "not ok N # SKIP name"; its reason is the "# skip: ..." line before it."""
    planned = None
    seen = 0
    reason = None
    for line in outcome.output.splitlines():
        if line.startswith("# skip: "):
            reason = line[len("# skip: "):]
        elif re.match(r"1\.\.\d+", line):
            planned = int(line[3:].split()[0])
            skip_all = re.search(r"# SKIP\s*(.*)", line, re.IGNORECASE)
            if planned == 0 and skip_all:
                outcome.skipped.append(skip_all.group(1))
        else:
            result = RESULT.match(line)
            if not result:
                continue
            seen += 1
            skip = re.search(r"# SKIP\s*(.*)", line, re.IGNORECASE)
            if skip:
                outcome.skipped.append(reason or skip.group(1))
            elif result.group(1):
                outcome.failed.append(result.group(3) or result.group(2))
            else:
                outcome.passed += 1
            reason = None
    if planned is None or (planned != seen and not (planned == 0 and outcome.skipped)):
        outcome.failed.append(f"{seen} cases reported of {planned} planned, exit status {status}")
    elif status != 0 and not outcome.failed:
        outcome.failed.append(f"exit status {status}")


def run(test):
    outcome = Outcome(test)
    start = time.monotonic()
    process = subprocess.Popen(
        test["cmd"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env={**os.environ, **test["env"]}, cwd=test["workdir"], start_new_session=True)
    try:
        output, _ = process.communicate(timeout=test["timeout"] * SLOWER or None)
        timed_out = False
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        output, _ = process.communicate()
        timed_out = True
    outcome.seconds = time.monotonic() - start
    outcome.output = output.decode(errors="replace")
    status = process.returncode
    if test["protocol"] == "tap":
        read_tap(outcome, status)
    elif status == 77:
        outcome.skipped.append((outcome.output.strip().splitlines() or ["no reason given"])[-1])
    elif status == 0:
        outcome.passed = 1
    else:
        outcome.failed.append(f"exit status {status}")
    if timed_out:
        outcome.failed.append(f"stopped after {outcome.seconds:.0f} s")
    return outcome


def report(outcome):
    word = "FAIL" if outcome.failed else "ok  " if outcome.passed else "skip"
    cases = outcome.passed + len(outcome.failed) + len(outcome.skipped)
    print(f"{word} {outcome.name:32} {cases:5} case{'s' * (cases != 1):1} {outcome.seconds:7.1f} s", flush=True)
    if outcome.failed:
        print("     failed: " + "; ".join(outcome.failed))
        print("".join("     | " + line + "\n" for line in outcome.output.splitlines()), flush=True)


def main(build, pattern="*"):
    listing = subprocess.run(["meson", "introspect", "--tests", build], check=True, stdout=subprocess.PIPE)
    tests = [t for t in json.loads(listing.stdout)
             if fnmatch.fnmatch(t["name"], pattern) or fnmatch.fnmatch(Outcome(t).name, pattern)]
    outcomes = []
    together = [t for t in tests if t["is_parallel"]]
    with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        for future in concurrent.futures.as_completed([pool.submit(run, t) for t in together]):
            outcomes.append(future.result())
            report(outcomes[-1])
    for test in tests:
        if not test["is_parallel"]:
            outcomes.append(run(test))
            report(outcomes[-1])

    passed = sum(o.passed for o in outcomes)
    failed = sum(len(o.failed) for o in outcomes)
    skipped = [f"{o.name}: {reason}" for o in outcomes for reason in o.skipped]
    if skipped:
        print("skipped: " + "; ".join(sorted(skipped)))
    if passed + failed == 0:
        print("no test ran" + (f": none is named {pattern}" if not tests else ""), file=sys.stderr)
    print(f"{passed} passed, {failed} failed" + (f", {len(skipped)} skipped" if skipped else ""))
    return 0 if passed > 0 and failed == 0 else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
