"""./run on machines that lack something, and the test runner's count. The machine is a folder of
links to a few standard tools, and fakes for the others that write down how they were called."""
import json
import os
import pathlib
import pty
import re
import shutil
import subprocess
import sys
import tempfile

import tap

TREE = pathlib.Path(__file__).resolve().parents[2]
STANDARD = ["sh", "dirname", "sed", "grep", "tr", "cat", "mkdir", "env"]
TOOLS = ["cc", "meson", "ninja", "pkg-config"]
BUILD_TIER = [line.split()[0] for line in (TREE / "deps/debian.txt").read_text().splitlines() if line.split()[1] == "build"]


class _Machine:
    """A copy of the front door in a tree of its own, on a PATH of its own."""

    def __init__(self, user=0, tools=TOOLS, packages=None, sudo=True):
        self._folder = tempfile.TemporaryDirectory()
        self.tree = pathlib.Path(self._folder.name, "tree")
        self.bin = pathlib.Path(self._folder.name, "bin")
        self.calls = pathlib.Path(self._folder.name, "calls")
        self.bin.mkdir()
        self.calls.write_text("")
        shutil.copytree(TREE / "deps", self.tree / "deps")
        shutil.copy(TREE / "run", self.tree)
        for name in STANDARD:
            (self.bin / name).symlink_to(shutil.which(name))
        self.fake("id", f"echo {user}")
        for name in tools:
            self.fake(name, "")
        if packages is not None:
            self.fake("dpkg-query", "".join(f"echo installed {p}\n" for p in packages))
            self.fake("apt-get", "")
        if sudo:
            self.fake("sudo", '[ "$1" != -n ] || shift\n"$@"')
        if "meson" in tools:
            # What the demo ends in, so that a run that goes on can be told from one that stops.
            demo = pathlib.Path(self._folder.name, "breakeven")
            demo.write_text('#!/bin/sh\necho breakeven "$@"\n')
            demo.chmod(0o700)
            (self.bin / "ln").symlink_to(shutil.which("ln"))
            self.fake("meson", f"mkdir -p '{self.tree}/build/release/cli'\n"
                      f"ln -sf '{demo}' '{self.tree}/build/release/cli/breakeven'")

    def fake(self, name, script):
        path = self.bin / name
        path.write_text(f"#!/bin/sh\necho \"{name} $*\" >>'{self.calls}'\n{script}\n")
        path.chmod(0o700)

    def run(self, *arguments, **environment):
        result = subprocess.run([self.tree / "run", *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, env={"PATH": str(self.bin), **environment})
        return result.returncode, result.stdout, result.stderr

    def run_on_terminal(self, answer, *arguments):
        child, terminal = pty.fork()
        if child == 0:
            os.execve(self.tree / "run", [str(self.tree / "run"), *arguments], {"PATH": str(self.bin)})
        os.write(terminal, answer)
        said = b""
        while True:
            try:
                block = os.read(terminal, 4096)
            except OSError:  # the other end is gone
                break
            if not block:
                break
            said += block
        _, status = os.waitpid(child, 0)
        os.close(terminal)
        return os.waitstatus_to_exitcode(status), said.decode()

    def called(self, name):
        return [line for line in self.calls.read_text().splitlines() if line.split()[0] == name]


def every_script_is_clean_under_shellcheck():
    if not shutil.which("shellcheck"):
        raise tap.Skip("shellcheck is not installed")
    scripts = [TREE / "run", TREE / ".ci/run", *sorted((TREE / "tools").glob("*.sh"))]
    result = subprocess.run(["shellcheck", *scripts], stdout=subprocess.PIPE, text=True)
    assert result.returncode == 0, result.stdout


def without_a_verb_it_teaches_every_verb():
    status, said, _ = _Machine().run()
    verbs = re.findall(r"^([a-z]+)\)$", (TREE / "run").read_text(), flags=re.MULTILINE)
    assert status == 0 and len(verbs) >= 9
    for verb in verbs:
        assert f"./run {verb}" in said, verb


def an_unknown_verb_is_bad_usage():
    status, _, said = _Machine().run("zork")
    assert status == 2 and "'zork'" in said and "./run help" in said


def with_all_packages_there_nothing_is_installed_or_said_of_them():
    machine = _Machine(packages=BUILD_TIER)
    status, said, errors = machine.run("demo", "option", "two words")
    assert (status, said) == (0, "breakeven demo option two words\n"), errors
    assert "package" not in errors and not machine.called("apt-get")


def a_second_demo_configures_nothing():
    machine = _Machine(packages=BUILD_TIER)
    machine.run("demo")
    (machine.tree / "build/release/build.ninja").write_text("")
    machine.run("demo")
    assert len(machine.called("meson")) == 1


def root_installs_what_is_missing_and_no_more():
    machine = _Machine(packages=[p for p in BUILD_TIER if p not in ("libc6-dev", "ninja-build", "libjansson-dev")])
    status, said, errors = machine.run("demo")
    assert (status, said) == (0, "breakeven demo\n"), errors
    assert "Missing packages: libc6-dev ninja-build libjansson-dev\n" in errors
    assert machine.called("apt-get") == [
        "apt-get update -qq",
        "apt-get install -y --no-install-recommends libc6-dev ninja-build libjansson-dev -qq -o Dpkg::Use-Pty=0"]


def the_test_tier_comes_on_top_of_the_build_tier():
    machine = _Machine(packages=BUILD_TIER[1:])
    machine.fake("python3", "")
    machine.run("test")
    assert " gcc libcmocka-dev " in machine.called("apt-get")[1] + " "


def a_user_installs_by_sudo():
    machine = _Machine(user=1000, packages=BUILD_TIER[1:])
    machine.run("demo")
    assert [c for c in machine.called("sudo") if "install -y --no-install-recommends gcc" in c]


def who_cannot_install_is_told_the_exact_command():
    for tools, expected in ((TOOLS, 0), ([], 1)):
        machine = _Machine(user=1000, sudo=False, packages=BUILD_TIER[1:], tools=tools)
        status, _, errors = machine.run("demo")
        assert ("  sudo apt-get update && sudo apt-get install -y --no-install-recommends gcc\n") in errors
        assert status == expected and not machine.called("apt-get"), errors


def no_install_only_prints_the_command():
    for place in (("--no-install", "demo"), ("demo", "--no-install")):
        machine = _Machine(packages=BUILD_TIER[1:])
        status, said, errors = machine.run(*place)
        assert "  apt-get update && apt-get install -y --no-install-recommends gcc\n" in errors
        assert (status, said) == (0, "breakeven demo\n") and not machine.called("apt-get")


def a_failed_install_is_told_with_the_command():
    machine = _Machine(packages=BUILD_TIER[1:], tools=["cc", "ninja", "pkg-config"])
    machine.fake("apt-get", "exit 100")
    status, _, errors = machine.run("demo")
    assert status == 1 and "that failed" in errors and "without meson nothing can be built" in errors


def on_a_terminal_it_asks_once_and_takes_no_for_an_answer():
    machine = _Machine(packages=BUILD_TIER[1:])
    status, said = machine.run_on_terminal(b"n\n", "demo")
    assert said.count("[Y/n]") == 1 and not machine.called("apt-get") and status == 0
    status, said = machine.run_on_terminal(b"\n", "demo")
    assert said.count("[Y/n]") == 1 and len(machine.called("apt-get")) == 2 and status == 0


def with_yes_it_does_not_ask_on_a_terminal():
    machine = _Machine(packages=BUILD_TIER[1:])
    status, said = machine.run_on_terminal(b"", "demo", "--yes")
    assert "[Y/n]" not in said and len(machine.called("apt-get")) == 2 and status == 0


def where_there_is_no_debian_it_names_the_packages_and_goes_on_if_it_can():
    status, said, errors = _Machine().run("demo")
    assert (status, said) == (0, "breakeven demo\n") and "libxxhash-dev" in errors
    status, _, errors = _Machine(tools=["cc"]).run("demo")
    assert status == 1 and "libxxhash-dev" in errors and "without meson nothing can be built" in errors


def _count(*scripts, timeout=30):
    """What the test runner makes of these scripts: (exit status, lines)."""
    with tempfile.TemporaryDirectory() as folder:
        tests = [{"name": f"t{i}", "suite": ["breakeven:s"], "cmd": ["sh", "-c", script], "env": {}, "workdir": folder,
                  "timeout": timeout, "is_parallel": i % 2 == 0, "protocol": protocol}
                 for i, (protocol, script) in enumerate(scripts)]
        meson = pathlib.Path(folder, "meson")
        meson.write_text(f"#!/bin/sh\ncat <<'END'\n{json.dumps(tests)}\nEND\n")
        meson.chmod(0o700)
        result = subprocess.run([sys.executable, TREE / "tools/run_tests.py", folder], stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL, text=True,
                                env={**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"})
        return result.returncode, result.stdout.splitlines()


def the_last_line_counts_cases():
    assert _count(("tap", "echo 1..2; echo ok 1 - a; echo ok 2 - b"), ("exitcode", "exit 0"))[1][-1] == \
        "3 passed, 0 failed"


def a_failure_of_any_kind_is_counted_and_shown():
    status, lines = _count(
        ("tap", "echo 1..3; echo ok 1 - a; echo 'not ok 2 - it_bites'; echo the reason; echo ok 3 - c; exit 1"),
        ("tap", "echo 1..2; echo ok 1 - a"),  # ended early
        ("tap", "echo 1..1; echo ok 1 - a; kill -9 $$"),
        ("tap", "true"),
        ("exitcode", "exit 3"))
    assert (status, lines[-1]) == (1, "4 passed, 5 failed")
    text = "\n".join(lines)
    assert "failed: it_bites" in text and "| the reason" in text


def skips_are_counted_with_their_reasons_on_one_line():
    status, lines = _count(
        ("tap", "echo 1..2; echo ok 1 - a; echo 'ok 2 - b # SKIP no network'"),
        ("tap", "echo 1..1; echo '# skip: no second CPU'; echo 'not ok 1 # SKIP cmocka_says_it_so'"),
        ("exitcode", "echo no page browser; exit 77"))
    assert (status, lines[-1]) == (0, "1 passed, 0 failed, 3 skipped")
    assert lines[-2] == "skipped: s/t0: no network; s/t1: no second CPU; s/t2: no page browser"


def a_test_that_hangs_is_stopped_and_failed():
    status, lines = _count(("exitcode", "sleep 100 & sleep 100"), timeout=0.05)
    assert status == 1 and "stopped after" in "\n".join(lines)


def no_test_at_all_is_a_failure():
    assert _count() == (1, ["0 passed, 0 failed"])


tap.run(__name__)
