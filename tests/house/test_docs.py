"""What the documents say exists: files, links, verbs, commands, layers."""
import os
import pathlib
import re
import shlex
import subprocess
import sys

import tap

TREE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TREE / "tools"))
import check_layers  # noqa: E402

DOCUMENTS = sorted(TREE.glob("*.md")) + sorted((TREE / "docs").glob("*.md"))


def _mentions(pattern):
    """Pairs (document, first group) of each match."""
    return [(d.name, m.group(1)) for d in DOCUMENTS for m in re.finditer(pattern, d.read_text(), re.MULTILINE)]


def every_link_leads_to_a_file():
    links = [(d, target) for d, target in _mentions(r"\]\(([^)#]+)[^)]*\)") if "://" not in target]
    assert links
    for document, target in links:
        assert (TREE / target).exists() or (TREE / "docs" / target).exists(), (document, target)


def every_path_named_is_there():
    paths = _mentions(r"`((?:src|cli|include|tests|tools|bench|examples|deps|data|docs)/[\w./-]*\w/?)`")
    assert paths
    for document, path in paths:
        if not re.search("[A-Z]{3}", path):  # MODULE, NAME: a pattern
            assert (TREE / path).exists(), (document, path)


def every_verb_of_run_shown_is_one():
    verbs = set(re.findall(r"^([a-z]+)\)$", (TREE / "run").read_text(), flags=re.MULTILINE)) | {"help"}
    shown = _mentions(r"\./run +([a-z]+)")
    assert shown
    for document, verb in shown:
        assert verb in verbs, (document, verb)


def every_command_shown_is_one():
    commands = set(re.findall(r"^COMMAND\((\w+)\)", (TREE / "cli/commands.h").read_text(), flags=re.MULTILINE))
    shown = _mentions(r"(?:^ *|`|[/&] ?)breakeven ([a-z]+)(?![\w.]*\()")
    assert shown
    for document, command in shown:
        assert command in commands, (document, command)


def every_command_in_the_readme_runs():
    text = (TREE / "README.md").read_text()
    lines = [line.split(" #")[0].strip() for line in
             re.findall(r"`(breakeven [^`]+)`", text) + re.findall(r"^    (breakeven .*)$", text, re.MULTILINE)]
    assert len(lines) >= 6
    for line in lines:
        words = shlex.split(line)[1:] + (["--budget", "1ms"] if " study " in line and " -- " not in line else [])
        if "--load" in words:  # needs the installed library; tests/study/ loads that example
            continue
        result = subprocess.run([os.environ["BREAKEVEN"], *words], cwd=TREE, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert result.returncode == 0 and result.stdout, (line, result.stderr)


def the_layer_table_is_the_checkers():
    rows = re.findall(r"^\| `src/(\w+)/` \|[^|]*\| ([^|]*) \|$", (TREE / "ARCHITECTURE.md").read_text(), re.MULTILINE)
    assert {name for name, _ in rows} == {p.name for p in (TREE / "src").iterdir() if p.is_dir()}
    for name, allowed in rows:
        if name != "base":  # which stands on libraries alone
            assert allowed.split(", ") == check_layers.LAYERS[name], name


tap.run(__name__)
