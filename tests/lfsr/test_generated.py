"""src/lfsr/primes.inc is what its generator writes."""
import pathlib
import subprocess
import sys

import tap

TREE = pathlib.Path(__file__).resolve().parents[2]


def the_table_of_primes_is_written_again():
    made = subprocess.run([sys.executable, "tools/gen_primes.py", "tools/cunningham.txt"], cwd=TREE, check=True,
                          stdout=subprocess.PIPE, text=True).stdout
    assert made == (TREE / "src/lfsr/primes.inc").read_text(), \
        "run: python3 tools/gen_primes.py tools/cunningham.txt > src/lfsr/primes.inc"


tap.run(__name__)
