"""`breakeven lfsr synthesize`, `complexity` and `identify` on files of symbols."""
import json
import os
import random
import subprocess

import tap


def _run(*arguments, data=b""):
    return subprocess.run([os.environ["BREAKEVEN"], "-q", "lfsr", *arguments], input=data, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE)


def _done(*arguments, data=b""):
    result = _run(*arguments, data=data)
    assert result.returncode == 0, result
    return result.stdout


def a_sequence_gives_back_its_register():
    for register, polynomial, connection in (("prbs7", "x^7 + x + 1", "x^7 + x^6 + 1"),
                                             ("galois:x^16+x^5+x^3+x^2+1", "x^16 + x^5 + x^3 + x^2 + 1", None)):
        for order in "text", "msb", "lsb":
            data = _done("sequence", "-n", "400", "--bits", order, register)
            document = json.loads(_done("synthesize", "--json", "--bits", order, "-", data=data))
            assert document["minimal"] == polynomial and document["unique"], document
            assert connection in (None, document["connection"]), document
    data = _done("sequence", "-n", "60", "-f", "9", "--coefficients", "2,0,1", "--state", "1,0,0")
    document = json.loads(_done("synthesize", "--json", "-f", "9", "-", data=data))
    assert document["complexity"] == 3 and document["schema"] == "breakeven.lfsr.synthesize/1", document


def the_profile_of_a_few_bits_is_the_textbooks():
    assert _done("complexity", "-", data=b"0000010001") == b"symbols,complexity\n1,0\n6,6\n10,6\n"
    assert _done("complexity", "--all", "-", data=b"0 1 1").split() == [
        b"symbols,complexity", b"1,0", b"2,2", b"3,2"]
    assert json.loads(_done("complexity", "--json", "-", data=b"011"))["profile"] == [0, 2, 2]


def a_scrambler_is_found_behind_errors():
    random.seed(4)
    data = bytearray(_done("sequence", "-n", "8000", "x^23+x^5+1").strip())
    for at in random.sample(range(8000), 80):
        data[at] ^= 1
    document = json.loads(_done("identify", "--json", "-", data=bytes(data)))
    assert document["minimal"] == "x^23 + x^5 + 1" and 0.005 < document["error_rate"] < 0.015, document
    noise = bytes(random.choice(b"01") for _ in range(8000))
    result = _run("identify", "-", data=noise)
    assert result.returncode == 1 and not result.stdout, result


def bad_input_is_refused_in_one_line():
    for arguments, data in ((["synthesize", "-"], b"0102"), (["synthesize", "-"], b""), (["identify", "-"], b"01"),
                            (["synthesize", "--bits", "msb", "-f", "3", "-"], b"01"), (["complexity"], b"")):
        result = _run(*arguments, data=data)
        assert result.returncode == 2 and not result.stdout and result.stderr.count(b"\n") == 1, result
    assert b"-:1:4: expected a symbol 0 to 1" in _run("synthesize", "-", data=b"0102").stderr


tap.run(__name__)
