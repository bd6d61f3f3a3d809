"""The tasks in the library are those of data/arc."""
import pathlib
import subprocess
import sys

import tap

TREE = pathlib.Path(__file__).resolve().parents[2]


def bundled_inc_is_what_its_generator_writes():
    made = subprocess.run([sys.executable, "tools/gen_arc_bundled.py", "data/arc"], cwd=TREE,
                          stdout=subprocess.PIPE, check=True).stdout
    assert made == (TREE / "src/arc/bundled.inc").read_bytes(), \
        "run: python3 tools/gen_arc_bundled.py data/arc > src/arc/bundled.inc"


tap.run(__name__)
