"""A row of as many blue cells as there are objects."""
from dsl import *
from constants import *


def solve(I):
    objs = objects(grid=I, univalued=T, diagonal=F, without_bg=T)
    n = size(objs)
    return canvas(ONE, (1, n))
