/* test_traced.c: a traced loop accounts for every tick of every thread, under the caller's phase.
 */
#include "check.h"

#include <breakeven/batch.h>

#include <string.h>

static const be_site SITE = BE_SITE("traced");
static const be_phase OUTER = {"outer", false}, INNER = {"inner", false};

static be_status body(void *ctx, size_t begin, size_t end, be_worker *worker)
{
    be_tracer *tracer = be_engine_tracer(be_worker_engine(worker));
    for (size_t i = begin; i < end; i++) {
        be_span_begin(tracer, &INNER);
        uint64_t until = be_now_ns() + 100000;
        while (be_now_ns() < until) {
        }
        be_span_end(tracer);
    }
    (void)ctx;
    return BE_OK;
}

static uint64_t difference(uint64_t a, uint64_t b)
{
    return a > b ? a - b : b - a;
}

static void every_tick_of_every_thread_has_a_state(void **state)
{
    (void)state;
    enum { ITEMS = 300 };
    be_tracer *tracer;
    CHECK(be_tracer_create(NULL, &tracer) == BE_OK);
    be_engine_config config = {.size = sizeof config, .workers = 3, .tracer = tracer};
    be_engine *engine;
    CHECK(be_engine_create(&config, &engine) == BE_OK);
    be_tracer_enable(tracer, true);
    be_force force = {BE_SCHEDULE_DYNAMIC, 3, 1};
    be_for_options options = {.size = sizeof options, .force = &force};
    be_span_begin(tracer, &OUTER);
    CHECK(be_for(engine, &SITE, ITEMS, body, NULL, &options) == BE_OK);
    be_span_end(tracer);

    be_trace_report *report;
    CHECK(be_tracer_report(tracer, &report) == BE_OK);
    const be_trace_thread *threads;
    size_t n_threads = be_trace_report_threads(report, &threads);
    CHECK_SAY(n_threads >= 2, "%zu threads", n_threads);
    uint64_t body_ns = 0;
    for (size_t t = 0; t < n_threads; t++) {
        uint64_t sum = 0;
        for (int s = 0; s < BE_STATE_COUNT; s++) {
            sum += threads[t].state_ns[s];
        }
        CHECK_SAY(difference(sum, threads[t].life_ns) <= BE_STATE_COUNT, "%s: %zu of %zu ns",
                  threads[t].name, (size_t)sum, (size_t)threads[t].life_ns);
        body_ns += threads[t].state_ns[BE_STATE_BODY] + threads[t].state_ns[BE_STATE_PREEMPTED];
    }
    CHECK_SAY(body_ns >= ITEMS * (uint64_t)99000, "%zu ns in bodies", (size_t)body_ns);

    const be_trace_row *rows;
    size_t n_rows = be_trace_report_rows(report, &rows);
    CHECK(n_rows == 3 && strcmp(rows[0].name, "outer") == 0 && rows[0].depth == 0);
    /* The loop is a span itself. */
    CHECK(strcmp(rows[1].name, SITE.name) == 0 && rows[1].depth == 1 && rows[1].count == 1);
    CHECK(strcmp(rows[2].name, "inner") == 0 && rows[2].depth == 2 && rows[2].count == ITEMS);
    /* Helpers' spans lie under the caller's, and its wall time is the caller's own. */
    CHECK(rows[0].count == 1 && rows[0].threads >= rows[2].threads);
    CHECK(rows[2].wall_ns <= rows[0].wall_ns + 1000);
    const be_trace_totals *totals = be_trace_report_totals(report);
    CHECK(totals->counters[BE_COUNT_ITEMS] == ITEMS && totals->counters[BE_COUNT_CALLS] == 1);
    CHECK(totals->counters[BE_COUNT_CLAIMS] == ITEMS && totals->dropped == 0);
    be_trace_report_destroy(report);
    be_engine_destroy(engine);
    be_tracer_destroy(tracer);
}

static const struct CMUnitTest tests[] = {
    TEST(every_tick_of_every_thread_has_a_state),
};
RUN_TESTS(tests)
