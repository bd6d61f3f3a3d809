/* test_fault_trace.c: spans while memory fails: none is lost without being counted. */
#include "check.h"
#include "fault.h"

#include <breakeven/trace.h>

#include <string.h>

enum { SPANS = 3000, NAMES = 40 };

static be_status spans_are_recorded(void)
{
    static be_phase phases[NAMES];
    static char names[NAMES][12];
    for (int i = 0; i < NAMES; i++) {
        snprintf(names[i], sizeof names[i], "phase %d", i);
        phases[i].name = names[i];
    }
    be_tracer *tracer;
    be_status status = be_tracer_create(NULL, &tracer);
    if (status) {
        return status;
    }
    be_tracer_enable(tracer, true);
    for (int i = 0; i < SPANS; i++) {
        be_span_begin(tracer, &phases[i % NAMES]);
        be_span_begin(tracer, &phases[i / 7 % NAMES]);
        be_span_end(tracer);
        be_span_end(tracer);
    }
    be_count(tracer, BE_COUNT_ITEMS, 5);
    be_tracer_enable(tracer, false);
    be_trace_report *report;
    status = be_tracer_report(tracer, &report);
    if (!status) {
        const be_trace_totals *totals = be_trace_report_totals(report);
        CHECK_SAY(totals->spans + totals->dropped == 2 * SPANS, "%llu spans, %llu dropped",
                  (unsigned long long)totals->spans, (unsigned long long)totals->dropped);
        be_trace_report_destroy(report);
    }
    be_tracer_destroy(tracer);
    return status;
}

static void spans_are_recorded_or_counted_as_dropped(void **state)
{
    (void)state;
    /* A dropped span is no failure, and locks are made so that the C library cannot refuse them. */
    fault_everywhere(spans_are_recorded, 10, FAULT_ANY, FAULT_ANY);
}

static const struct CMUnitTest tests[] = {
    TEST(spans_are_recorded_or_counted_as_dropped),
};
RUN_TESTS(tests)
