/* test_no_witness.c: run with GLIBC_TUNABLES=glibc.pthread.rseq=0. Without rseq everything says so,
 * and goes on. */
#include "check.h"

#include "os/rseq.h"
#include "trace/account.h"

#include <breakeven/trace.h>

#include <sched.h>
#include <string.h>
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

static void keep_last_line(void *user, const char *text)
{
    snprintf(user, 200, "%s", text);
}

static void without_rseq_a_report_says_that_preemption_is_unknown(void **state)
{
    (void)state;
    CHECK(be_tracer_witness() == BE_WITNESS_NONE);
    be_tracer *tracer;
    CHECK(be_tracer_create(NULL, &tracer) == BE_OK);
    be_tracer_enable(tracer, true);
    static const be_phase phase = {"phase", false};
    be_span_begin(tracer, &phase);
    be__account_mark(tracer, BE_STATE_BODY);
    const struct timespec t = {.tv_nsec = 5000000};
    nanosleep(&t, NULL);
    be__account_mark(tracer, BE_STATE_OUTSIDE);
    be_span_end(tracer);
    be_trace_report *report;
    CHECK(be_tracer_report(tracer, &report) == BE_OK);
    const be_trace_row *rows;
    CHECK(be_trace_report_rows(report, &rows) == 1 && rows[0].preempted == 0);
    CHECK(rows[0].wall_ns >= 5000000);
    const be_trace_thread *threads;
    CHECK(be_trace_report_threads(report, &threads) == 1);
    CHECK(threads[0].state_ns[BE_STATE_PREEMPTED] == 0);
    CHECK(threads[0].state_ns[BE_STATE_BODY] >= 4900000);
    char last[200];
    be_trace_render(report, keep_last_line, last);
    CHECK_SAY(strstr(last, "unknown") != NULL, "%s", last);
    be_trace_report_destroy(report);
    be_tracer_destroy(tracer);
}

static const struct CMUnitTest tests[] = {
    TEST(without_rseq_a_report_says_that_preemption_is_unknown),
    TEST(without_rseq_there_is_no_witness),
    TEST(without_rseq_the_cpu_is_still_known),
};
RUN_TESTS(tests)
