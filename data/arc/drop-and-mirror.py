"""All cells fall down; then the mirror image is put beside them."""
from dsl import *
from constants import *


def solve(I):
    columns = dmirror(I)
    x2 = apply(lambda column: order(column, positive), columns)
    x3 = dmirror(x2)
    x4 = vmirror(x3)
    return hconcat(x3, x4)
