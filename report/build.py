#!/usr/bin/env python3
"""Make the report page: one HTML file with a slot for the data, and that file as a C array.

    report/build.py SOURCES LIBRARIES OUT.html OUT.inc

SOURCES is this folder; LIBRARIES holds D3's modules as Debian and Ubuntu install them
(/usr/share/nodejs). The page's script and style are named by their hash in its content security
policy, so nothing else in it can ever run. Where a module is missing, OUT.inc holds an empty page
and the program says so when it is asked for one.
"""
import base64
import hashlib
import json
import pathlib
import sys

# D3's modules that the page names; those they stand on follow from their package.json.
MODULES = ["d3-array", "d3-selection", "d3-scale", "d3-axis", "d3-shape", "d3-hierarchy"]
# Ours, in the order they are read.
SCRIPTS = ["format.js", "dom.js", "model.js", "table.js", "chart.js", "summary.js", "subject.js",
           "phases.js", "flame.js", "timeline.js", "result.js", "page.js"]
SLOT = "@DATA@"
COPYRIGHT = pathlib.Path("/usr/share/doc/node-d3-selection/copyright")


def with_dependencies(folder, names, seen):
    """The names with those they stand on in front of them, each once."""
    for name in names:
        if name not in seen:
            seen.add(name)
            about = json.loads((folder / name / "package.json").read_text("utf-8"))
            yield from with_dependencies(folder, about.get("dependencies", {}), seen)
            yield name


def library(folder):
    """D3's modules in one text with their licence in front; raises OSError where one is missing."""
    parts = []
    for name in with_dependencies(folder, MODULES, set()):
        minified = folder / name / "dist" / f"{name}.min.js"
        parts.append((minified if minified.exists() else minified.with_name(f"{name}.js")).read_text("utf-8"))
    if COPYRIGHT.exists():
        parts.insert(0, "/*! D3, as packaged by Debian:\n" + COPYRIGHT.read_text("utf-8").replace("*/", "* /") + "*/")
    return "\n".join(parts)


def ours(sources):
    """Our scripts as one function: nothing of it is global."""
    return "(function () {\n'use strict';\n" + "".join((sources / name).read_text("utf-8") for name in SCRIPTS) + "})();"


def inline(text, element):
    """Text as the content of an element, which must not hold what would end it."""
    if "</" + element in text.lower() or "<!--" in text:
        sys.exit(f"report/build.py: a {element} holds what would end it")
    return text


def hashed(text):
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


def page(sources, libraries):
    parts = {
        "@STYLE@": inline((sources / "page.css").read_text("utf-8"), "style"),
        "@LIBRARY@": inline(library(libraries), "script"),
        "@SCRIPT@": inline(ours(sources), "script"),
    }
    scripts = hashed(parts["@LIBRARY@"]) + " " + hashed(parts["@SCRIPT@"])
    parts["@POLICY@"] = (f"default-src 'none'; script-src {scripts}; style-src {hashed(parts['@STYLE@'])}; "
                         "base-uri 'none'; form-action 'none'")
    html = (sources / "page.html").read_text("utf-8")
    for name, text in parts.items():
        before, after = html.split(name)
        html = before + text + after
    assert html.count(SLOT) == 1
    return html


def c_array(name, text):
    """Bytes, not a string: a compiler need not take long strings."""
    data = text.encode()
    rows = (",".join(map(str, data[i:i + 32])) for i in range(0, len(data), 32))
    return f"static const unsigned char {name}[] = {{\n" + ",\n".join([*rows, "0"]) + "};\n"


def main():
    sources, libraries, html_path, inc_path = map(pathlib.Path, sys.argv[1:])
    try:
        html = page(sources, libraries)
    except OSError as error:
        print(f"report/build.py: built without the report page: {error}", file=sys.stderr)
        html = SLOT
    head, tail = html.split(SLOT)
    html_path.write_text(html, "utf-8")
    inc_path.write_text("/* Written by report/build.py. */\n" + c_array("PAGE_HEAD", head) +
                        c_array("PAGE_TAIL", tail), "utf-8")


if __name__ == "__main__":
    main()
