/* os/counters.h: does the machine count CPU events for us? */
#ifndef BE__OS_COUNTERS_H
#define BE__OS_COUNTERS_H

#include "base/base.h"

/* Count instructions over a short loop of our own: BE_OK when some were counted, else BE_ESYSTEM
 * with why not. A counter that opens and stays at zero, as some virtual machines have it, is none.
 */
be_status be__counters_check(be_error *error);

#endif
