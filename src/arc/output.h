/* output.h: a program's value as an output grid. */
#ifndef BE__ARC_OUTPUT_H
#define BE__ARC_OUTPUT_H

#include "arc/value.h"

#include <breakeven/arc.h>

/* Set rows, columns and cells, which are taken from m's arena, to those of a value that is a grid:
 * equally long, not empty tuples of ints in a tuple that is not empty. False, with the result as it
 * was, for any other; m->error says so where memory ran out. */
bool be__arc_output(be__machine *m, be__value value, be_arc_result *result);

#endif
