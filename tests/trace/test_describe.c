/* test_describe.c: what is said of the clocks and counters of this machine. */
#include "check.h"

#include "os/clock.h"
#include <breakeven/trace.h>

#include <string.h>

static void the_clock_is_described_as_it_reads(void **state)
{
    (void)state;
    be_clock_info info;
    be_clock_describe(&info);
    CHECK(info.counter == (be__clock_kind == BE__CLOCK_COUNTER));
    double ratio = info.ns_per_tick / be__ns_per_tick();
    CHECK_SAY(ratio > 0.99 && ratio < 1.01, "ns per tick %g", info.ns_per_tick);
    CHECK_SAY(info.read_ns > 0.05 && info.read_ns < 5000, "price %g ns", info.read_ns);
}

static void counters_work_or_are_refused_with_a_reason(void **state)
{
    (void)state;
    be_error error = {.expected = ""};
    be_status status = be_counters_check(&error);
    CHECK(status == BE_OK || status == BE_ESYSTEM);
    CHECK((status == BE_ESYSTEM) == (error.expected[0] != '\0'));
    CHECK(be_counters_check(NULL) == status);
}

static const struct CMUnitTest tests[] = {
    TEST(the_clock_is_described_as_it_reads),
    TEST(counters_work_or_are_refused_with_a_reason),
};
RUN_TESTS(tests)
