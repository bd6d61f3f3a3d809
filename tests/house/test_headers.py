"""Each public header stands alone, in C17 and in C++17."""
import os
import pathlib
import subprocess

import tap

TREE = pathlib.Path(__file__).resolve().parents[2]
HEADERS = sorted((TREE / "include/breakeven").glob("*.h"))
STRICT = ["-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wundef", "-Werror", "-I", TREE / "include"]


def _compiles_alone(compiler, *options):
    assert HEADERS
    for header in HEADERS:
        # Twice: the second time proves the include guard.
        text = f"#include <breakeven/{header.name}>\n" * 2 + "extern int something;\n"
        result = subprocess.run([*compiler.split(), *options, *STRICT, "-"], input=text,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert result.returncode == 0, f"{header.name}:\n{result.stdout}"


def every_public_header_compiles_alone_as_c17():
    _compiles_alone(os.environ["CC"], "-x", "c", "-std=c17")


def every_public_header_compiles_alone_as_cxx17():
    if not os.environ["CXX"]:
        raise tap.Skip("no C++ compiler (package g++)")
    _compiles_alone(os.environ["CXX"], "-x", "c++", "-std=c++17", "-Wold-style-cast")


def the_version_in_base_h_is_the_projects():
    base = (TREE / "include/breakeven/base.h").read_text()
    numbers = [line.split()[2] for part in ("MAJOR", "MINOR", "PATCH")
               for line in base.splitlines() if line.startswith(f"#define BE_VERSION_{part} ")]
    assert ".".join(numbers) == os.environ["VERSION"], numbers


tap.run(__name__)
