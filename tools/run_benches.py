#!/usr/bin/env python3
"""Run the benchmarks of a build folder, one after the other, and print their CSV.

    tools/run_benches.py BUILD [NAME...]

The first lines, which begin with #, say on which machine, with which compiler and from which commit;
a program's own comment lines are kept. What bench/meson.build declares with benchmark() is run.
"""
import datetime
import json
import os
import pathlib
import shlex
import subprocess
import sys


def output_of(*command):
    try:
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return ""


def machine():
    model = "unknown CPU"
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    virtual = " (virtual)" if "hypervisor" in pathlib.Path("/proc/cpuinfo").read_text() else ""
    system = os.uname()
    return f"{model}, {len(os.sched_getaffinity(0))} CPUs{virtual}, {system.sysname} {system.release}"


def commit():
    name = output_of("git", "rev-parse", "--short=12", "HEAD").strip() or "unknown"
    changed = output_of("git", "status", "--porcelain", "--untracked-files=no")
    return name + (" with uncommitted changes" if changed else "")


def compiler(build):
    commands = json.loads(pathlib.Path(build, "compile_commands.json").read_text())
    of_c = next(c["command"] for c in commands if c["file"].endswith(".c"))
    words = shlex.split(of_c)[:2]
    version = output_of(*(words if "ccache" in words[0] else words[:1]), "--version")
    return version.partition("\n")[0] or "unknown"


def main(build, *names):
    benches = json.loads(subprocess.run(["meson", "introspect", "--benchmarks", build], check=True,
                                        stdout=subprocess.PIPE).stdout)
    unknown = set(names) - {b["name"] for b in benches}
    if unknown or not benches:
        print(f"bench: there is no {', '.join(sorted(unknown)) or 'benchmark'}; "
              f"there are: {', '.join(b['name'] for b in benches)}", file=sys.stderr)
        return 2
    print(f"# machine: {machine()}\n# load before: {os.getloadavg()[0]:.2f}\n# compiler: {compiler(build)}\n"
          f"# commit: {commit()}\n# date: {datetime.date.today().isoformat()}")
    failed = []
    for bench in benches:
        if names and bench["name"] not in names:
            continue
        print(f"# benchmark: {bench['name']}", flush=True)
        result = subprocess.run(bench["cmd"], env={**os.environ, **bench["env"]}, cwd=bench["workdir"],
                                stdin=subprocess.DEVNULL)
        if result.returncode != 0:
            failed.append(f"{bench['name']} (exit status {result.returncode})")
    if failed:
        print("bench: failed: " + ", ".join(failed), file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
