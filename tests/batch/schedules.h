/* schedules.h: run a law under many schedules: engines of several sizes, each forced in several
 * ways, and with be_for replaced (by the linker's --wrap) by one that cuts the items into random
 * ranges and runs them backwards, shuffled, or on three threads. */
#ifndef TESTS_BATCH_SCHEDULES_H
#define TESTS_BATCH_SCHEDULES_H

#include <breakeven/batch.h>

typedef void schedule_law(be_engine *engine);

void under_every_schedule(schedule_law *law);

/* Only those whose be_for looks at the cancel flag and the deadline before each short range. */
void under_every_cut(schedule_law *law);

/* Words for the schedule that runs now. */
const char *schedule_name(void);

#endif
