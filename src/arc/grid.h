/* grid.h: the operations on grids, one by one. */
#ifndef BE__ARC_GRID_H
#define BE__ARC_GRID_H

#include <breakeven/arc.h>

/* What an operation is given: the input with its height and width, its two arguments, and where the
 * result goes, which is never the input. */
typedef struct be__call {
    const be_grid *in;
    ptrdiff_t h, w;
    unsigned a, b;
    be_grid *out;
} be__call;

/* A step: an operation with its arguments, a line of ops.def. */
typedef struct be__step {
    const char *name;
    unsigned arity;
    unsigned a, b;
    bool (*run)(const be__call *call); /* false: no grid, and *out is undefined */
} be__step;

/* The steps are numbered by line of ops.def. */
enum {
#define OP(name, arity, a, b, words) +1 /* NOLINT(bugprone-macro-parentheses): a sum of ones */
    BE__STEPS = 0
#include "arc/ops.def"
#undef OP
};

extern const be__step be__steps[BE__STEPS];

/* Bytes of a grid that mean something: what is compared and hashed. */
static inline size_t be__grid_bytes(const be_grid *grid)
{
    return offsetof(be_grid, cells) + (size_t)grid->rows * grid->columns;
}

static inline bool be__step_run(unsigned step, const be_grid *in, be_grid *out)
{
    const be__step *s = &be__steps[step];
    return s->run(&(be__call){in, in->rows, in->columns, s->a, s->b, out});
}

#endif
