/* plain.h: the plain evaluator: a program's code, instruction by instruction, on one grid. */
#ifndef BE__ARC_PLAIN_H
#define BE__ARC_PLAIN_H

#include "arc/program.h"

/* What came of running a program. */
typedef struct be__answer {
    be__value value;       /* BE__RAISED when it raised */
    be__error_class error; /* why */
    int prim;              /* the primitive that raised, or -1 */
    uint32_t line;         /* of the program's text where it raised, from 1; 0 when it did not */
    uint32_t column;       /* from 0 */
    uint64_t fuel;         /* used */
} be__answer;

/* What a watcher is told after each assignment: the function, the slot, its value, the line. */
typedef void be__watch(void *user, uint32_t function, uint32_t slot, be__value value,
                       uint32_t line);

typedef struct be__plain_options {
    bool pruned;                         /* leave out what the value does not depend on */
    struct be_arc_primitive_cost *costs; /* as be_arc_runner_measure; may be NULL */
    be__watch *watch;                    /* may be NULL */
    void *user;                          /* the watcher's */
} be__plain_options;

/* Run program number `program` on the value `input`, which lives in m. The machine's fuel and depth
 * are used up from where they stand. The answer's value lives in m. */
BE_PRIVATE void be__plain_run(be__machine *m, const struct be_arc_programs *programs,
                              uint32_t program, be__value input, const be__plain_options *options,
                              be__answer *answer);

#endif
