"""What the generators write is what is committed. SOURCE is the top of the tree."""
import os
import pathlib
import subprocess
import sys

import tap

SOURCE = pathlib.Path(os.environ["SOURCE"])


def _is_written_again(generator, committed):
    if subprocess.run([sys.executable, "-c", "import mpmath"], stderr=subprocess.DEVNULL).returncode:
        raise tap.Skip("needs mpmath (Debian: python3-mpmath)")
    again = subprocess.run([sys.executable, SOURCE / "tools" / generator], check=True,
                           stdout=subprocess.PIPE, text=True).stdout
    assert again == (SOURCE / committed).read_text(), f"{committed} differs"


def tables_inc_is_what_its_generator_writes():
    _is_written_again("gen_option_tables.py", "src/option/tables.inc")


def american_tables_inc_is_what_its_generator_writes():
    _is_written_again("gen_american_tables.py", "src/option/american_tables.inc")


def kernel_tables_inc_is_what_its_generator_writes():
    _is_written_again("gen_option_kernels.py", "src/option/kernel_tables.inc")


def bsm_csv_is_what_its_generator_writes():
    _is_written_again("gen_bsm_oracle.py", "tests/data/bsm.csv")


tap.run(__name__)
