"""The grid, turned by a quarter."""
from dsl import *
from constants import *


def solve(I):
    O = rot90(I)
    return O
