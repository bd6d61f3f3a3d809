/* runner.h: the inside of a be_arc_runner, for the library's own files. */
#ifndef BE__ARC_RUNNER_H
#define BE__ARC_RUNNER_H

#include "arc/value.h"

#include <breakeven/arc.h>

/* The machine of a runner. */
be__machine *be__runner_machine(be_arc_runner *runner);

#endif
