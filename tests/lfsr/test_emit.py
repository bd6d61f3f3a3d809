"""Emitted C, Verilog and VHDL give out the sequence of `lfsr sequence`, in their own simulators."""
import os
import pathlib
import shutil
import subprocess
import tempfile

import tap

CASES = [  # register, bits a clock, other options
    ("prbs7", 1, []),
    ("prbs31", 8, []),
    ("galois:16'h1021", 5, ["--state", "0x8001"]),
    ("xnor:taps:8,6,5,4", 3, []),
    ("affine=1,0,1,0,0:galois:x^5+x^2+1", 7, []),
    ("x^70+x^5+1", 64, []),
    ("x^64+x^4+x^3+x+1", 100, ["--state", "0x123456789abcdef0"]),
    ("xorshift32", 2, []),
    ("x^3+x+1;x^4+x+1", 4, []),
    ("x", 2, []),
]


def _breakeven(*arguments):
    return subprocess.run([os.environ["BREAKEVEN"], "-q", "lfsr", *arguments], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=True).stdout


def _check(language, simulate):
    for number, (register, width, options) in enumerate(CASES):
        name = f"reg_{number}"
        source = _breakeven("convert", "--to", language, "--width", str(width), "--name", name, "--clocks", "50",
                            *options, register)
        expected = _breakeven("sequence", "-n", str(50 * width), *options, register).strip()
        with tempfile.TemporaryDirectory() as folder:
            lines = simulate(pathlib.Path(folder), name, source).split()
        assert len(lines) == 50 and {len(line) for line in lines} == {width}, (register, lines)
        assert "".join(lines) == expected, register


def _run(folder, *command):
    return subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=True).stdout


def c_gives_out_the_same_sequence_and_compiles_without_a_warning():
    def simulate(folder, name, source):
        (folder / "a.c").write_text(source)
        assert _run(folder, os.environ["CC"], "-std=c99", "-O1", "-Wall", "-Wextra", "-pedantic", "-Werror",
                    f"-D{name}_TEST", "a.c", "-o", "a") == ""
        return _run(folder, "./a")
    _check("c", simulate)


def verilog_gives_out_the_same_sequence_in_a_simulator():
    if not shutil.which("iverilog"):
        raise tap.Skip("there is no iverilog here")

    def simulate(folder, name, source):
        (folder / "a.v").write_text(source)
        assert _run(folder, "iverilog", "-g2005", "-Wall", "-Wno-timescale", "-s", f"{name}_tb", "-o", "a", "a.v") == ""
        return _run(folder, "vvp", "-n", "a")
    _check("verilog", simulate)


def vhdl_gives_out_the_same_sequence_in_a_simulator():
    if not shutil.which("ghdl"):
        raise tap.Skip("there is no ghdl here")

    def simulate(folder, name, source):
        (folder / "a.vhd").write_text(source)
        _run(folder, "ghdl", "-a", "--std=08", "a.vhd")
        _run(folder, "ghdl", "-e", "--std=08", f"{name}_tb")
        return _run(folder, "ghdl", "-r", "--std=08", f"{name}_tb")
    _check("vhdl", simulate)


tap.run(__name__)
