"""The largest object, whatever its colours, and nothing around it."""
from dsl import *
from constants import *


def solve(I):
    x1 = objects(I, F, T, T)
    x2 = argmax(x1, size)
    O = subgrid(x2, I)
    return O
