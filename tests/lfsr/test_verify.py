"""breakeven-verify accepts what `lfsr cycles --certificate` writes, and refuses every false claim: also one
under a digest that fits."""
import ctypes
import ctypes.util
import os
import pathlib
import random
import subprocess
import tempfile

import tap

TREE = pathlib.Path(__file__).resolve().parents[2]
REGISTERS = [["x^4+x^3+x+1"], ["coefficients:0,0,1,1"], ["x+1"], ["x^8+1"], ["crc-64/ecma-182"], ["x^127+x+1"],
             ["x^89+x^38+1"], ["-f", "3", "coefficients:2,0,1,0"], ["-f", "5", "coefficients:1,3,2,1"],
             ["-f", "101", "x^3+x+7"], ["galois:x^16+x^12+x^5+1"]]


class Hash(ctypes.Structure):
    _fields_ = [("low", ctypes.c_uint64), ("high", ctypes.c_uint64)]


XXHASH = ctypes.CDLL(ctypes.util.find_library("xxhash") or "libxxhash.so.0")
XXHASH.XXH3_128bits.restype = Hash
XXHASH.XXH3_128bits.argtypes = [ctypes.c_char_p, ctypes.c_size_t]


def _certificate(arguments):
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "certificate")
        result = subprocess.run([os.environ["BREAKEVEN"], "lfsr", "cycles", "-q", "--certificate", file, *arguments],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        return result, file.read_text() if file.exists() else None


def _verdict(text):
    with tempfile.NamedTemporaryFile("w") as file:
        file.write(text)
        file.flush()
        # It gives its memory back by ending, which a sanitizer need not tell.
        result = subprocess.run([os.environ["VERIFY"], file.name], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                text=True, env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})
        assert result.returncode in (0, 1) and (result.returncode == 0) == (result.stdout == "accepted\n"), result
        return result.returncode == 0


def _signed(lines):
    """The lines with a digest that fits."""
    text = "".join(line + "\n" for line in lines)
    digest = XXHASH.XXH3_128bits(text.encode(), len(text))
    return text + f"digest {digest.high:016x}{digest.low:016x}\n"


def every_certificate_is_accepted():
    for register in REGISTERS:
        result, text = _certificate(register)
        assert result.returncode == 0 and _verdict(text), (register, result)
        assert _signed(text.splitlines()[:-1]) == text


def any_edit_is_refused_by_the_digest():
    _, text = _certificate(["crc-64/ecma-182"])
    rng = random.Random(1)
    for _ in range(60):
        at = rng.randrange(len(text))
        other = rng.choice("0123456789 \nx")
        if other != text[at]:
            assert not _verdict(text[:at] + other + text[at + 1:]), (at, other)
    assert not _verdict(text[:-1]) and not _verdict(text + "\n") and not _verdict("") and not _verdict(text + text)


def every_number_that_is_off_by_one_is_refused():
    for register in REGISTERS[:5] + REGISTERS[7:9]:
        lines = _certificate(register)[1].splitlines()[:-1]
        for i, line in enumerate(lines):
            words = line.split(" ")
            if words[0] == "prime":
                words = words[:2]  # another witness may do as well
            for k in range(1, len(words)):
                for change in (1, -1):
                    edited = line.split(" ")
                    edited[k] = str(int(edited[k]) + change)
                    changed = lines[:i] + [" ".join(edited)] + lines[i + 1:]
                    assert not _verdict(_signed(changed)), (register, changed[i])


def every_line_that_is_missing_or_doubled_is_refused():
    for register in REGISTERS[:5]:
        lines = _certificate(register)[1].splitlines()[:-1]
        for i, line in enumerate(lines):
            assert not _verdict(_signed(lines[:i] + lines[i + 1:])), (register, "without", line)
            if not line.startswith("prime"):
                assert not _verdict(_signed(lines[:i + 1] + lines[i:])), (register, "doubled", line)


def false_claims_are_refused():
    head = ["breakeven-certificate 1", "field 2"]
    true = head + ["register 1 0", "factor 2 1 1 1 1", "cycles 1 2", "cycles 2 1", "preperiod 0"]
    assert _verdict(_signed(true))
    false = {
        "a reducible factor": head + ["register 1 0", "factor 1 2 1 0 1 2 2", "cycles 1 2", "cycles 2 1", "preperiod 0"],
        "a factor given twice": head + ["register 1 0", "factor 1 1 1 1 1", "factor 1 1 1 1 1", "cycles 1 4",
                                        "preperiod 0"],
        "a multiple of the order": head + ["register 1 1", "prime 2", "prime 3", "factor 1 2 1 1 1 6 2 3",
                                           "cycles 1 1", "cycles 6 0", "preperiod 0"],
        "a prime of the order left out": head + ["register 1 1", "factor 1 2 1 1 1 3", "cycles 1 1", "cycles 3 1",
                                                 "preperiod 0"],
        "a composite field": ["breakeven-certificate 1", "field 4"] + true[2:],
        "a composite prime": true[:3] + ["prime 2047"] + true[3:],
        "a large composite": true[:3] + ["prime 2", "prime 3", "prime 10000000000000000000000005 2 2 3"] + true[3:],
        "a strong pseudoprime to base 2": true[:3] + ["prime 2", "prime 3", "prime 3825123056546413051 2 2 3"] + true[3:],
        "an unproved factor of P - 1": true[:3] + ["prime 4294967311 3 2"] + true[3:],
        "a negative number": true[:4] + ["cycles -1 2"] + true[5:],
        "words too many": true[:6] + ["preperiod 0 0"],
        "too high an exponent": head + ["register 1 0", "factor 3 1 1 1 1", "cycles 1 2", "cycles 2 1", "preperiod 0"],
        "a huge degree": head + ["register 1 0", "factor 1 4000000000 1 1 1"],
    }
    for name, lines in false.items():
        assert not _verdict(_signed(lines)), name


def what_no_certificate_covers_is_refused_with_a_line():
    for register in ["-f", "4", "coefficients:1,1,1"], ["[[0,1],[1,1]]"], ["xnor:coefficients:1,0,0,1"]:
        result, text = _certificate(register)
        assert result.returncode == 2 and text is None and "certificate" in result.stderr, result


def the_checker_is_short_and_shares_no_code():
    source = (TREE / "verify/breakeven_verify.c").read_text()
    assert len(source.splitlines()) < 400
    assert '#include "' not in source and "breakeven/" not in source


tap.run(__name__)
