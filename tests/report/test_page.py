"""The report page as a file: what it holds, and that nothing in it can reach out or run by itself."""
import hashlib
import base64
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import tap

SOURCES = pathlib.Path(__file__).resolve().parents[2] / "report"
BREAKEVEN = os.environ["BREAKEVEN"]
HOSTILE = "</script><b>x<!--<script>\u2028\"'&\\u003c"
_work = tempfile.TemporaryDirectory()
WORK = pathlib.Path(_work.name)


def _run(*words, code=0, **options):
    done = subprocess.run([BREAKEVEN, *map(str, words)], capture_output=True, text=True, timeout=120, **options)
    assert done.returncode == code, (words, done.returncode, done.stdout[:500], done.stderr)
    return done


def _page(document):
    """The page of a document, as text."""
    if "without the report page" in subprocess.run([BREAKEVEN, "report", "-"], input="{}", capture_output=True, text=True).stderr:
        raise tap.Skip("built without D3's modules")
    return _run("report", "-", input=json.dumps(document)).stdout


def _data(page):
    return re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL).group(1)


def the_page_holds_the_document_unchanged():
    document = {"schema": "breakeven.study/1", "title": HOSTILE, HOSTILE: [1.5e-7, 2**53, None, True, "\x7f\u00e9\U0001f600"]}
    page = _page(document)
    assert json.loads(_data(page)) == document
    assert "<" not in _data(page)


def a_study_writes_the_page_of_its_run_with_its_own_json_inside():
    _page({"schema": "breakeven.study/1"})
    _run("study", "engine.even", "--sizes", "8,64", "--runs", "2", "--json=run.json", "--report", "run.html", cwd=WORK)
    run = json.loads(_data((WORK / "run.html").read_text()))
    assert run["schema"] == "breakeven.run/1" and run["command_line"][1:3] == ["study", "engine.even"]
    assert run["study"] == json.loads((WORK / "run.json").read_text())
    _run("report", "run.json", "-o", "again.html", cwd=WORK)
    _run("report", "run.json", cwd=WORK)
    assert (WORK / "run.html").read_bytes() == (WORK / "again.html").read_bytes()


def any_command_writes_its_profile_as_a_page():
    _page({"schema": "breakeven.run/1"})
    _run("arc", "score", "--profile=profile.html", cwd=WORK)
    run = json.loads(_data((WORK / "profile.html").read_text()))
    assert run["command_line"][1:3] == ["arc", "score"] and run["profile"]["phases"][0]["name"] == "breakeven arc score"


def scripts_and_styles_are_those_the_policy_names():
    page = _page({"schema": "breakeven.run/1"})
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page).group(1)
    assert "default-src 'none'" in policy and "unsafe" not in policy
    inline = re.findall(r"<(?:script|style)>(.*?)</(?:script|style)>", page, re.DOTALL)
    assert len(inline) == 3
    for text in inline:
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert len(re.findall("sha256-", policy)) == 3


def the_page_names_no_address_to_load_from():
    page = _page({"schema": "breakeven.run/1"})
    assert not re.search(r"<(?:link|img|iframe|object|embed|base)\b|\ssrc=|@import|url\(", re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL))


def our_scripts_never_make_markup_of_text():
    for script in sorted(SOURCES.glob("*.js")):
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|\.html\(", script.read_text()), script


def what_is_no_document_of_ours_is_refused_with_its_place():
    for text, told in [("{", "line 1"), ("[]", "schema"), ('{"schema": "breakeven.cycles/1"}', "schema"), ('{"schema": 1}', "schema"), ("", "line 1"), ('{"schema": "breakeven.study/1"} x', "1:")]:
        (WORK / "bad.json").write_text(text)
        done = _run("report", "bad.json", code=2, cwd=WORK)
        assert done.stdout == "" and done.stderr.count("\n") == 1 and "bad.json" in done.stderr, (text, done.stderr)
        assert not (WORK / "bad.html").exists()
    _run("report", "missing.json", code=1, cwd=WORK)
    _run("report", code=2, cwd=WORK)
    _run("report", "a.json", "b.json", code=2, cwd=WORK)


def _build(libraries):
    return subprocess.run([sys.executable, SOURCES / "build.py", SOURCES, libraries, WORK / "built.html", WORK / "built.inc"],
                          capture_output=True, text=True)


def without_d3_the_build_says_so_and_goes_on():
    done = _build(WORK / "nowhere")
    assert done.returncode == 0 and "without the report page" in done.stderr
    assert "PAGE_HEAD[] = {\n0}" in (WORK / "built.inc").read_text()


def a_library_comes_after_those_it_stands_on_and_cannot_end_its_element():
    needs = {"d3-array": ["internmap"], "internmap": [], "d3-selection": [], "d3-scale": ["d3-array"], "d3-axis": [], "d3-shape": ["d3-path"],
             "d3-path": [], "d3-hierarchy": []}
    for name, others in needs.items():
        (WORK / "node" / name / "dist").mkdir(parents=True)
        (WORK / "node" / name / "dist" / f"{name}.js").write_text(f"/* library {name}; */")
        (WORK / "node" / name / "package.json").write_text(json.dumps({"dependencies": dict.fromkeys(others, "1")}))
    assert _build(WORK / "node").returncode == 0
    found = re.findall(r"library ([\w-]+);", (WORK / "built.html").read_text())
    assert sorted(found) == sorted(needs), found
    for name, others in needs.items():
        assert all(found.index(other) < found.index(name) for other in others)
    (WORK / "node/d3-axis/dist/d3-axis.js").write_text("'</script>'")
    done = _build(WORK / "node")
    assert done.returncode != 0 and "script holds what would end it" in done.stderr


tap.run(__name__)
