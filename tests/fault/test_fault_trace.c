/* test_fault_trace.c: spans while memory fails: none is lost without being counted. */
#include "check.h"
#include "fault.h"

#include <breakeven/study.h>

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

static be_status a_profile_is_written(void)
{
    static const be_phase outer = {"outer", false}, inner = {"inner", false};
    be_tracer *tracer;
    be_tracer_config config = {.size = sizeof config, .slices = 64};
    be_status status = be_tracer_create(&config, &tracer);
    if (status) {
        return status;
    }
    be_tracer_enable(tracer, true);
    for (int i = 0; i < 200; i++) {
        be_span_begin(tracer, &outer);
        be_span_begin(tracer, &inner);
        be_span_end(tracer);
        be_span_end(tracer);
    }
    be_trace_report *report;
    status = be_tracer_report(tracer, &report);
    for (be_trace_format f = BE_TRACE_TEXT; !status && f < BE_TRACE_FORMAT_COUNT; f++) {
        be_text text;
        be_text_init(&text, NULL);
        if (f == BE_TRACE_RUN) {
            be_run run = {.size = sizeof run, .title = "run", .profile = report};
            be_run_json(&run, &text);
        } else {
            be_trace_export(report, f, "run", &text);
        }
        status = be_text_status(&text);
        CHECK(status || text.size > 0);
        be_text_clear(&text);
        if (status) {
            be_trace_report_destroy(report);
            report = NULL;
        }
    }
    if (!status) {
        be_trace_report_destroy(report);
    }
    be_tracer_destroy(tracer);
    return status;
}

static void a_profile_is_written_whole_or_refused(void **state)
{
    (void)state;
    fault_everywhere(a_profile_is_written, 30, FAULT_ANY, FAULT_ANY);
}

static be_status stacks_are_read(void)
{
    static const char script[] = "p 1 1.0: 5 cpu-clock:\n\t5 f (x)\n\t6 main (x)\n\n"
                                 "p 1 1.1: 5 cpu-clock:\n\t7 g (x)\n\t6 main (x)\n\n";
    be_stacks *stacks;
    be_status status = be_stacks_read(script, sizeof script - 1, &stacks, NULL);
    if (status) {
        return status;
    }
    be_text text;
    be_text_init(&text, NULL);
    be_stacks_json(stacks, "x", &text);
    status = be_text_status(&text);
    CHECK(status || strstr(text.bytes, "\"total\":[10,10,5,5]"));
    be_text_clear(&text);
    be_stacks_destroy(stacks);
    return status;
}

static void stacks_are_read_whole_or_refused(void **state)
{
    (void)state;
    fault_everywhere(stacks_are_read, 5, 0, 0);
}

static const struct CMUnitTest tests[] = {
    TEST(a_profile_is_written_whole_or_refused),
    TEST(stacks_are_read_whole_or_refused),
    TEST(spans_are_recorded_or_counted_as_dropped),
};
RUN_TESTS(tests)
