"""Every cell becomes four."""
from dsl import *
from constants import *


def solve(I):
    O = upscale(I, TWO)
    return O
