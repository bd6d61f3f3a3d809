"""Every C file is as clang-format writes it."""
import pathlib
import shutil
import subprocess

import tap

TREE = pathlib.Path(__file__).resolve().parents[2]


def every_c_file_is_formatted():
    # Another version formats some lines otherwise: only 14 decides.
    tool = shutil.which("clang-format-14")
    if not tool:
        raise tap.Skip("clang-format-14 is not installed")
    files = [p for top in ("include", "src", "cli", "tests", "bench", "examples")
             for p in sorted((TREE / top).rglob("*.[ch]"))]
    result = subprocess.run([tool, "--dry-run", "-Werror", *files], stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True)
    assert result.returncode == 0, "\n".join(
        line for line in result.stdout.splitlines() if ": error:" in line)


tap.run(__name__)
