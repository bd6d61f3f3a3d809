"""The layers hold in the tree, and the checker sees each kind of violation."""
import pathlib
import subprocess
import sys
import tempfile

import tap

TREE = pathlib.Path(__file__).resolve().parents[2]


def _check(tree):
    result = subprocess.run([sys.executable, TREE / "tools/check_layers.py", tree],
                            stdout=subprocess.PIPE, text=True)
    return result.returncode, result.stdout


def _with(name, text):
    """What the checker says of a tree with this one file."""
    with tempfile.TemporaryDirectory() as tree:
        path = pathlib.Path(tree, name)
        path.parent.mkdir(parents=True)
        path.write_text(text)
        return _check(tree)


def the_tree_keeps_its_layers():
    status, said = _check(TREE)
    assert status == 0, said


def a_folder_may_include_what_is_below_it():
    status, said = _with("src/arc/x.c", '#include <breakeven/batch.h>\n#include "io/io.h"\n#include "grid.h"\n'
                         "#include <string.h>\n")
    assert (status, said) == (0, "")


def planted_violations_are_found_with_file_and_line():
    planted = {
        "src/base/x.c": '#include <stdio.h>\n#include "io/io.h"',
        "src/lfsr/x.c": '\n#include "arc/grid.h"',
        "src/option/x.c": "\n#include <breakeven/lfsr.h>",
        "src/batch/x.h": "\n#include <breakeven/arc.h>",
        "src/arc/x.c": "\n#include <breakeven/study.h>",
        "src/io/x.c": "\n#include <gmp.h>",
        "src/study/x.c": "\n#include <jansson.h>",
        "src/gf/x.c": "\n#include <breakeven/io.h>",
        "src/trace/x.c": "\n#if defined(__linux__)",
        "src/batch/y.c": "\n#ifdef __x86_64__",
        "src/os/x.c": "\n    __cpuid(1, a, b, c, d);",
        "src/lfsr/kernel.c": "\n__m256i x;",
        "src/option/kernel.c": "\n#include <immintrin.h>",
        "src/new/x.c": None,
        "include/breakeven/trace.h": "\n#include <breakeven/batch.h>",
        "include/breakeven/lfsr.h": "\n#include <gmp.h>",
        "include/breakeven/io.h": '\n#include "base/base.h"',
        "cli/main.c": '\n#include "base/base.h"',
        "examples/embed.c": '\n#include "batch/engine.h"',
    }
    for name, text in planted.items():
        line = 1 if text is None else 2
        status, said = _with(name, text or "int x;\n")
        assert status == 1 and said.startswith(f"{name}:{line}: "), (name, status, said)
        assert said.count("\n") == 1, said


def what_a_comment_or_a_feature_macro_says_is_no_violation():
    status, said = _with("src/lfsr/x.c", '/* #include "arc/x.h"\n__m256i */\n// _mm256_add\n'
                         "#ifdef __AVX2__\n#endif\n#if __has_include(<x.h>)\n#endif\n")
    assert (status, said) == (0, "")


def an_intrinsic_may_stand_in_a_file_named_for_it():
    status, said = _with("src/lfsr/diff_avx2.c", "#include <immintrin.h>\n__m256i x;\n")
    assert (status, said) == (0, "")


tap.run(__name__)
