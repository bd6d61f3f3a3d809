/* fault.h: what happens when memory runs out, or a file call fails, at each place in turn.
 *
 * The calls that can fail are replaced by the linker's --wrap in a test's executable, so every such
 * call of our objects is counted, and can be made to fail. A scenario is a piece of work that does
 * the same calls each time. It is run unhurt once, then once for every fallible call with that one
 * failing, then once for every one with all from there on failing.
 *
 *     static be_status scenario(void)
 *     {
 *         be_status status = be_something(...);
 *         if (!status) {
 *             CHECK(... the result is right, whatever failed ...);
 *         }
 *         ... clean up ...
 *         return status;
 *     }
 *
 * fault_everywhere holds it to this: no crash; no memory of our objects, and no file descriptor,
 * kept; BE_OK, or BE_ENOMEM only when memory failed, or BE_EIO or BE_ESYSTEM only when the system
 * did. What Jansson keeps, the address sanitizer's run sees.
 */
#ifndef TESTS_FAULT_FAULT_H
#define TESTS_FAULT_FAULT_H

#include <breakeven/base.h>

typedef be_status fault_scenario(void);

/* A CHECK fails when a promise is broken; when fewer than at_least calls could be made to fail, for
 * then the test would prove nothing; and when failures of more than harmless_memory allocations, or
 * harmless_system other calls, let the scenario return BE_OK all the same. */
enum { FAULT_ANY = 1 << 30 };
void fault_everywhere(fault_scenario *scenario, unsigned at_least, unsigned harmless_memory,
                      unsigned harmless_system);

/* Reads and writes move a few bytes at a time, and every call that may be interrupted is, once,
 * before it succeeds: the scenario must return BE_OK. */
void fault_stutter(fault_scenario *scenario);

/* Calls between these are neither counted nor hurt: a scenario's own setting up and looking. */
void fault_pause(void);
void fault_resume(void);

#endif
