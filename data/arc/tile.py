"""A copy of the grid in the place of each of its coloured cells."""
from dsl import *
from constants import *


def beside(g, n):
    return dmirror(merge(repeat(dmirror(g), n)))


def solve(I):
    n = height(I)
    tiles = beside(merge(repeat(I, n)), n)
    gaps = ofcolor(upscale(I, n), ZERO)
    return fill(tiles, ZERO, gaps)
