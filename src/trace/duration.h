/* trace/duration.h: times in the words of the tracer. */
#ifndef BE__TRACE_DURATION_H
#define BE__TRACE_DURATION_H

#include <breakeven/trace.h>

enum { BE__DURATION_SIZE = 16 };

/* Three or four significant digits and a unit; returns text. */
const char *be__trace_duration(char text[BE__DURATION_SIZE], uint64_t ns);

#endif
