/* candidate.h: candidates as programs of steps, and running many of them on one grid. */
#ifndef BE__ARC_CANDIDATE_H
#define BE__ARC_CANDIDATE_H

#include "arc/grid.h"

enum { BE__PROGRAM_MAX = 3, BE__CANDIDATES = BE__STEPS * BE__STEPS * BE__STEPS };

/* A candidate in its canonical form: no identity, no two symmetries side by side. Equal programs
 * have equal bytes. */
typedef struct be__program {
    uint8_t length;
    uint8_t step[BE__PROGRAM_MAX]; /* zeros after `length` */
} be__program;

be__program be__program_of(size_t candidate);

/* Runs one program after the other on one grid, and keeps what the steps of the last one gave:
 * programs that begin alike, one after the other, share the work. */
typedef struct be__walk {
    const be_grid *input;
    be__program program; /* step[0, length) of it is what `after` holds */
    bool gave[BE__PROGRAM_MAX];
    be_grid after[BE__PROGRAM_MAX]; /* the grid after each step, where it gave one */
} be__walk;

void be__walk_start(be__walk *walk, const be_grid *input);

/* What the program gives, or NULL for no grid; valid until the next call. */
const be_grid *be__walk_run(be__walk *walk, const be__program *program);

#endif
