/* test_map.c: each distinct item is computed once, and all have the values of the plain loop. */
#include "check.h"
#include "schedules.h"

#include <breakeven/batch.h>

#include <stdatomic.h>
#include <string.h>

static const be_site site = BE_SITE("test_map");

enum { ITEMS_MAX = 2000, KINDS_MAX = 3000 };

struct work {
    uint32_t kind[ITEMS_MAX]; /* the key; items of a kind have the same value */
    uint32_t bad_kind;
    uint64_t values[ITEMS_MAX];
    _Atomic unsigned computed[KINDS_MAX];
};

static void key_of(void *ctx, size_t i, const void **bytes, size_t *size)
{
    const struct work *work = ctx;
    *bytes = &work->kind[i];
    *size = sizeof work->kind[i];
}

static uint64_t value_of(uint32_t kind)
{
    return kind * UINT64_C(0x100000001B3) + 7;
}

static be_status body(void *ctx, size_t begin, size_t end, be_worker *worker)
{
    struct work *work = ctx;
    CHECK(end == begin + 1);
    if (work->kind[begin] == work->bad_kind) {
        return be_fail(worker, begin, BE_EDOMAIN);
    }
    work->computed[work->kind[begin]]++;
    work->values[begin] = value_of(work->kind[begin]);
    return BE_OK;
}

static void fill(struct work *work, uint64_t seed, uint32_t kinds)
{
    memset(work, 0, sizeof *work);
    work->bad_kind = UINT32_MAX;
    be_random random;
    be_random_init(&random, 11, seed);
    for (size_t i = 0; i < ITEMS_MAX; i++) {
        work->kind[i] = (uint32_t)be_random_below(&random, kinds);
    }
}

static size_t count_kinds(const struct work *work, size_t n)
{
    unsigned char seen[KINDS_MAX] = {0};
    size_t kinds = 0;
    for (size_t i = 0; i < n; i++) {
        kinds += !seen[work->kind[i]];
        seen[work->kind[i]] = 1;
    }
    return kinds;
}

static void check_values(const struct work *work, size_t n, unsigned times)
{
    for (size_t i = 0; i < n; i++) {
        CHECK_SAY(work->values[i] == value_of(work->kind[i]), "%s: item %zu", schedule_name(), i);
        CHECK(work->computed[work->kind[i]] == times);
    }
}

static void each_kind_is_computed_once(be_engine *engine)
{
    static const uint32_t kinds[] = {1, 10, 700, KINDS_MAX};
    static const size_t counts[] = {0, 1, 50, ITEMS_MAX};
    static struct work work;
    for (size_t i = 0; i < 16; i++) {
        size_t n = counts[i % 4];
        fill(&work, i, kinds[i / 4]);
        be_map_stats stats;
        size_t done = 77;
        be_for_options options = {.size = sizeof options, .done = &done};
        CHECK(be_map_unique(engine, &site, n, key_of, NULL, body, &work, work.values,
                            sizeof work.values[0], &stats, &options) == BE_OK);
        check_values(&work, n, 1);
        size_t unique = count_kinds(&work, n);
        CHECK_SAY(stats.computed == unique && stats.duplicates == n - unique &&
                      stats.memo_hits == 0 && done == n,
                  "%s: n %zu, %zu computed", schedule_name(), n, stats.computed);
    }
}

static void each_distinct_item_is_computed_once(void **state)
{
    (void)state;
    under_every_schedule(each_kind_is_computed_once);
}

static void a_second_round_is_remembered(be_engine *engine)
{
    static struct work work;
    be_memo_table *table;
    CHECK(be_memo_table_create(NULL, 1 << 20, &table) == BE_OK);
    be_memo memo = be_memo_table_memo(table);
    be_map_stats stats;
    fill(&work, 1, 300);
    size_t unique_half = count_kinds(&work, ITEMS_MAX / 2);
    size_t unique = count_kinds(&work, ITEMS_MAX);
    CHECK(be_map_unique(engine, &site, ITEMS_MAX / 2, key_of, &memo, body, &work, work.values,
                        sizeof work.values[0], &stats, NULL) == BE_OK);
    CHECK(stats.memo_hits == 0 && stats.computed == unique_half);
    memset(work.values, 0, sizeof work.values);
    CHECK(be_map_unique(engine, &site, ITEMS_MAX, key_of, &memo, body, &work, work.values,
                        sizeof work.values[0], &stats, NULL) == BE_OK);
    check_values(&work, ITEMS_MAX, 1);
    CHECK_SAY(stats.memo_hits == unique_half && stats.computed == unique - unique_half &&
                  stats.duplicates == ITEMS_MAX - unique,
              "%s: %zu hits, %zu computed", schedule_name(), stats.memo_hits, stats.computed);
    be_memo_table_destroy(table);
}

static void what_the_memo_knows_is_not_computed_again(void **state)
{
    (void)state;
    under_every_schedule(a_second_round_is_remembered);
}

static void what_was_saved_is_counted_in_the_trace(void **state)
{
    (void)state;
    static struct work work;
    be_tracer *tracer;
    CHECK(be_tracer_create(NULL, &tracer) == BE_OK);
    be_tracer_enable(tracer, true);
    be_engine_config config = {.size = sizeof config, .tracer = tracer};
    be_engine *engine;
    CHECK(be_engine_create(&config, &engine) == BE_OK);
    be_memo_table *table;
    CHECK(be_memo_table_create(NULL, 1 << 20, &table) == BE_OK);
    be_memo memo = be_memo_table_memo(table);
    fill(&work, 2, 400);
    uint64_t duplicates = 0;
    uint64_t memo_hits = 0;
    for (size_t n = 500; n <= ITEMS_MAX; n += 500) {
        be_map_stats stats;
        CHECK(be_map_unique(engine, &site, n, key_of, &memo, body, &work, work.values,
                            sizeof work.values[0], &stats, NULL) == BE_OK);
        duplicates += stats.duplicates;
        memo_hits += stats.memo_hits;
    }
    be_trace_report *report;
    CHECK(be_tracer_report(tracer, &report) == BE_OK);
    const be_trace_totals *totals = be_trace_report_totals(report);
    CHECK(duplicates > 0 && totals->counters[BE_COUNT_DUPLICATES] == duplicates);
    CHECK(memo_hits > 0 && totals->counters[BE_COUNT_MEMO_HITS] == memo_hits);
    be_trace_report_destroy(report);
    be_memo_table_destroy(table);
    be_engine_destroy(engine);
    be_tracer_destroy(tracer);
}

static void items_below_a_failure_are_complete(be_engine *engine)
{
    static struct work work;
    for (uint64_t round = 0; round < 10; round++) {
        fill(&work, round, 100 + 100 * (uint32_t)round);
        work.bad_kind = work.kind[37 * round];
        size_t bad = 0;
        while (work.kind[bad] != work.bad_kind) {
            bad++;
        }
        size_t done = 77;
        be_error error;
        be_map_stats stats = {1, 2, 3};
        be_for_options options = {.size = sizeof options, .done = &done, .error = &error};
        be_status status = be_map_unique(engine, &site, ITEMS_MAX, key_of, NULL, body, &work,
                                         work.values, sizeof work.values[0], &stats, &options);
        CHECK_SAY(status == BE_EDOMAIN && done == bad && error.item == bad && stats.computed == 3,
                  "%s: status %d, done %zu, item %zu, expected %zu", schedule_name(), (int)status,
                  done, error.item, bad);
        check_values(&work, bad, 1);
    }
}

static void a_failure_names_its_item_and_leaves_those_below_complete(void **state)
{
    (void)state;
    under_every_schedule(items_below_a_failure_are_complete);
}

static void a_cancelled_map_does_nothing_more(be_engine *engine)
{
    static struct work work;
    fill(&work, 3, 500);
    be_cancel cancel = {0};
    be_cancel_raise(&cancel);
    size_t done = 77;
    be_for_options options = {.size = sizeof options, .cancel = &cancel, .done = &done};
    CHECK(be_map_unique(engine, &site, ITEMS_MAX, key_of, NULL, body, &work, work.values,
                        sizeof work.values[0], NULL, &options) == BE_ECANCEL);
    CHECK_SAY(done == 0, "%s: done %zu", schedule_name(), done);
}

static void a_cancelled_map_says_so(void **state)
{
    (void)state;
    under_every_cut(a_cancelled_map_does_nothing_more);
}

static const struct CMUnitTest tests[] = {
    TEST(each_distinct_item_is_computed_once),
    TEST(what_the_memo_knows_is_not_computed_again),
    TEST(what_was_saved_is_counted_in_the_trace),
    TEST(a_failure_names_its_item_and_leaves_those_below_complete),
    TEST(a_cancelled_map_says_so),
};
RUN_TESTS(tests)
