"""What our shared libraries export: the functions and tables the public headers declare, under
version BREAKEVEN_0, and what they share among themselves, be__x, under BREAKEVEN_PRIVATE."""
import os
import pathlib
import re
import subprocess

import tap

TREE = pathlib.Path(__file__).resolve().parents[2]
LIBRARIES = os.environ["LIBRARIES"].split(":")


def _exported(library):
    """Pairs (name, version) of what a library defines for others; None: not the version's own name."""
    listing = subprocess.run(["nm", "-D", "--defined-only", "--with-symbol-versions", library],
                             check=True, stdout=subprocess.PIPE, text=True).stdout
    pairs = [re.split("@+", line.split()[-1]) + [""] for line in listing.splitlines()]
    return [(name, version) for name, version, *_ in pairs if not name.startswith("BREAKEVEN_")]


def _declared():
    """Names after BE_API in the public headers."""
    names = set()
    for header in (TREE / "include/breakeven").glob("*.h"):
        text = re.sub(r"/\*.*?\*/", "", header.read_text(), flags=re.DOTALL)
        for declaration in re.findall(r"^(?:extern )?BE_API\s+([^;]*);", text, flags=re.MULTILINE):
            names.add(re.search(r"\b(be_\w+)\s*(?:\(|\[|$)", declaration).group(1))
    return names


def only_our_names_are_visible():
    for library in LIBRARIES:
        for name, version in _exported(library):
            node = "BREAKEVEN_PRIVATE" if name.startswith("be__") else "BREAKEVEN_0"
            assert name.startswith("be_") and version == node, f"{library}: {name}@{version}"


def every_declared_name_is_exported_once_and_nothing_else_is():
    exported = [name for library in LIBRARIES for name, _ in _exported(library) if not name.startswith("be__")]
    assert len(exported) == len(set(exported)), sorted(n for n in exported if exported.count(n) > 1)
    declared = _declared()
    assert set(exported) == declared, (set(exported) - declared, declared - set(exported))


def each_library_has_a_soname_of_its_major_version():
    for library in LIBRARIES:
        dynamic = subprocess.run(["readelf", "-d", library], check=True, stdout=subprocess.PIPE, text=True).stdout
        name = pathlib.Path(library).name
        soname = re.search(r"SONAME.*\[(.*)\]", dynamic).group(1)
        assert re.fullmatch(r"libbreakeven(-\w+)?\.so\.\d+", soname) and name.startswith(soname), (name, soname)


def the_core_needs_the_c_library_and_xxhash_only():
    core = next(l for l in LIBRARIES if pathlib.Path(l).name.startswith("libbreakeven.so"))
    dynamic = subprocess.run(["readelf", "-d", core], check=True, stdout=subprocess.PIPE, text=True).stdout
    needed = set(re.findall(r"NEEDED.*\[(\w+)\.so", dynamic))
    assert needed <= {"libc", "libpthread", "libm", "libxxhash", "ld-linux-x86-64"}, needed


tap.run(__name__)
