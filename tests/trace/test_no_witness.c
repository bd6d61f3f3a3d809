/* test_no_witness.c: run with GLIBC_TUNABLES=glibc.pthread.rseq=0. Without rseq everything says so,
 * and goes on. */
#include "check.h"

#include "os/rseq.h"

#include <breakeven/trace.h>

#include <sched.h>
#include <time.h>

static void without_rseq_there_is_no_witness(void **state)
{
    (void)state;
    CHECK(!be__witness_available());
    CHECK(be__witness_word() == NULL);
    be__witness_arm();
    const struct timespec t = {.tv_nsec = 1000};
    clock_nanosleep(CLOCK_MONOTONIC, 0, &t, NULL);
    CHECK(!be__witness_fired());
    CHECK(!be__witness_fired_at(NULL));
}

static void without_rseq_the_cpu_is_still_known(void **state)
{
    (void)state;
    cpu_set_t all;
    CHECK(sched_getaffinity(0, sizeof all, &all) == 0);
    int cpu = be__cpu_id();
    CHECK(cpu >= 0 && CPU_ISSET(cpu, &all));
}

static const struct CMUnitTest tests[] = {
    TEST(without_rseq_there_is_no_witness),
    TEST(without_rseq_the_cpu_is_still_known),
};
RUN_TESTS(tests)
