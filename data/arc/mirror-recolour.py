"""Left and right change places, and blue becomes red."""
from dsl import *
from constants import *


def solve(I):
    x1 = vmirror(I)
    O = replace(x1, ONE, TWO)
    return O
