#!/usr/bin/env python3
"""Hold the layers: who may include whom, and where system-dependent code may live.

    tools/check_layers.py [TREE]

Prints one line "file:line: what is wrong" per violation; exit status 1 when there is one.
"""
import pathlib
import re
import sys

# A folder of src/ and the folders whose headers, public or internal, it may include.
LAYERS = {
    "base": [],
    "os": ["base"],
    "cpu": ["base"],
    "io": ["base", "os"],
    "trace": ["base", "os"],
    "batch": ["base", "os", "cpu", "trace"],
    "store": ["base", "os", "io"],
    "study": ["base", "os", "io", "trace", "batch", "store"],
    "gf": ["base", "cpu"],
    "lfsr": ["base", "cpu", "io", "batch", "store", "gf"],
    "option": ["base", "cpu", "io", "batch"],
    "arc": ["base", "cpu", "io", "batch", "store"],
    "dist": ["base", "io", "batch", "store", "study"],
}
PUBLIC = ["base", "cpu", "io", "trace", "batch", "store", "study", "lfsr", "option", "arc"]

# Headers of other people's libraries, and the one folder that may name them.
LIBRARIES = {
    "xxhash.h": "base",
    "jansson.h": "io",
    "png.h": "io",
    "sqlite3.h": "store",
    "gmp.h": "gf",
    "flint/": "gf",
    "ecm.h": "gf",
    "mpi.h": "dist",
}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
CONDITION = re.compile(r"^\s*#\s*(?:if|ifdef|ifndef|elif)\b(.*)")
# What a condition may not ask outside os/: which system, which C library, which system call.
SYSTEM = re.compile(
    r"\b(_WIN32|_WIN64|__ANDROID__|__APPLE__|__BIONIC__|__CYGWIN__|__DragonFly__|__FreeBSD__|__GLIBC\w*|"
    r"__MACH__|__MINGW\d+__|__MUSL__|__NetBSD__|__NR_\w+|__OpenBSD__|__gnu_linux__|__linux\w*|__sun|"
    r"__unix\w*|_POSIX_\w+|SYS_\w+|linux|unix)\b")
# ... and outside os/ and cpu/: which processor. __AVX2__ and its like only say what the compiler may use.
PROCESSOR = re.compile(r"\b(__(?:x86_64|amd64|i386|aarch64|arm|riscv|powerpc|s390x|loongarch)\w*|_M_\w+)\b")
CPUID = re.compile(r"\b(__get_cpuid\w*|__cpuid\w*|__builtin_cpu_\w+|_?xgetbv)\b|\bcpuid\.h\b|\"\s*cpuid\b")
INTRINSIC = re.compile(r"\b_mm\d*_\w+|\b__m(?:64|128|256|512)\w*\b|\b\w+intrin\.h\b|\barm_neon\.h\b")
INTRINSIC_FILE = re.compile(r"_avx(2|512)\.[ch]$")

COMMENT_OR_LITERAL = re.compile(
    r"/\*.*?\*/" r"|//[^\n]*" r'|"(?:\\.|[^"\\\n])*"' r"|'(?:\\.|[^'\\\n])*'", re.DOTALL)


def code_lines(text):
    """The lines without their comments; strings stay, and so do line numbers."""
    def keep(match):
        return "\n" * match.group().count("\n") if match.group().startswith("/") else match.group()
    return COMMENT_OR_LITERAL.sub(keep, text).split("\n")


def folder_of(header, own):
    """Which folder of src/ a header belongs to; None when it is not ours."""
    public = re.fullmatch(r"breakeven/(\w+)\.h", header)
    if public:
        return public.group(1)
    if "/" in header:
        first = header.split("/")[0]
        return first if first in LAYERS or first in ("cli", "tests", "bench") else None
    return own


def include_violation(place, bracket, header):
    """place is ('src', folder), ('public', header), ('cli', None) or ('examples', None)."""
    kind, own = place
    for name, folder in LIBRARIES.items():
        if header == name or (name.endswith("/") and header.startswith(name)):
            return None if (kind, own) == ("src", folder) else f"<{header}> may be included in src/{folder}/ only"
    if bracket == "<" and not header.startswith("breakeven/"):
        return None
    target = folder_of(header, own)
    if kind == "src":
        if target is None or (target != own and target not in LAYERS[own]):
            allowed = ", ".join(LAYERS[own]) or "nothing of ours"
            return f'{own} may not include "{header}": it may include {allowed}'
    elif kind == "public":
        if not header.startswith("breakeven/"):
            return f'a public header may not include the internal "{header}"'
        if target not in LAYERS[own]:
            return f"breakeven/{own}.h may not include <{header}>: {own} stands on {', '.join(LAYERS[own])}"
    elif header.startswith("breakeven/"):
        if target not in PUBLIC:
            return f"there is no public header <{header}>"
    elif kind == "cli" and target not in ("cli", None):
        return f'cli may include public headers and its own, not "{header}"'
    elif kind == "examples":
        return f'an example may include public headers only, not "{header}"'
    return None


def place_of(path):
    parts = path.parts
    if parts[0] == "src" and len(parts) > 2:
        return ("src", parts[1])
    if parts[0] == "include":
        return ("public", path.stem)
    return (parts[0], None)


def violations(path, text):
    """Yields (line number, sentence) for one file; path is relative to the tree."""
    place = place_of(path)
    kind, own = place
    if kind in ("src", "public") and own not in LAYERS:
        yield 1, f"'{own}' is in no layer of tools/check_layers.py"
        return
    for number, line in enumerate(code_lines(text), 1):
        include = INCLUDE.match(line)
        if include:
            problem = include_violation(place, *include.groups())
            if problem:
                yield number, problem
        if kind != "src":
            continue
        condition = CONDITION.match(line)
        if condition and own != "os" and SYSTEM.search(condition.group(1)):
            yield number, f"a condition on {SYSTEM.search(condition.group(1)).group(1)} belongs in src/os/"
        if condition and own not in ("os", "cpu") and PROCESSOR.search(condition.group(1)):
            yield number, f"a condition on {PROCESSOR.search(condition.group(1)).group(1)} belongs in src/os/ or src/cpu/"
        if own != "cpu" and CPUID.search(line):
            yield number, "cpuid belongs in src/cpu/"
        if INTRINSIC.search(line) and not INTRINSIC_FILE.search(path.name):
            yield number, f"the intrinsic {INTRINSIC.search(line).group()} belongs in a file named *_avx2.c or *_avx512.c"


def check(tree):
    files = [p for top in ("src", "include", "cli", "examples")
             for p in sorted((tree / top).rglob("*")) if p.suffix in (".c", ".h", ".def", ".inc")]
    return [f"{p.relative_to(tree)}:{number}: {problem}"
            for p in files for number, problem in violations(p.relative_to(tree), p.read_text())], len(files)


def main(tree="."):
    problems, count = check(pathlib.Path(tree))
    for problem in problems:
        print(problem)
    if not count:
        print(f"{tree}: no sources here")
    return 1 if problems or not count else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
