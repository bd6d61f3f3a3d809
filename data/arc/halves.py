"""Blue where the two halves differ."""
from dsl import *
from constants import *


def solve(I):
    x1 = lefthalf(I)
    x2 = righthalf(I)
    x3 = cellwise(x1, x2, TWO)
    x4 = replace(x3, ONE, ZERO)
    O = replace(x4, TWO, ONE)
    return O
