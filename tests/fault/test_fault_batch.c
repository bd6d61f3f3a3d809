/* test_fault_batch.c: the engine and the stages on top of its loop while memory fails. */
#include "check.h"
#include "fault.h"

#include <breakeven/batch.h>

#include <string.h>

static const be_site site = BE_SITE("test_fault");

enum { ITEMS = 20000, HIT = 17777 };

static uint64_t values[ITEMS];

static void key_of(void *ctx, size_t i, const void **bytes, size_t *size)
{
    (void)ctx;
    static const char *const keys[] = {"one", "two", "three", "four", "five", "six", "seven"};
    *bytes = keys[i % 7];
    *size = strlen(keys[i % 7]);
}

static be_status fill(void *ctx, size_t begin, size_t end, be_worker *worker)
{
    (void)ctx;
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        values[i] = i;
    }
    return BE_OK;
}

static be_status loop(be_engine *engine)
{
    memset(values, 0, sizeof values);
    be_status status = be_for(engine, &site, ITEMS, fill, NULL, NULL);
    for (size_t i = 0; !status && i < ITEMS; i++) {
        CHECK(values[i] == i);
    }
    return status;
}

static be_status sum_leaf(void *ctx, size_t begin, size_t end, void *accumulator, be_worker *worker)
{
    (void)ctx;
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        *(uint64_t *)accumulator += i;
    }
    return BE_OK;
}

static void sum_join(void *ctx, void *left, const void *right)
{
    (void)ctx;
    *(uint64_t *)left += *(const uint64_t *)right;
}

static be_status reduce(be_engine *engine)
{
    uint64_t sum = 1;
    be_status status =
        be_reduce(engine, &site, ITEMS, 3, sum_leaf, sum_join, NULL, sizeof sum, &sum, NULL);
    CHECK(sum == (status ? 1 : (uint64_t)ITEMS * (ITEMS - 1) / 2));
    return status;
}

static be_status source(void *ctx, void *items, size_t capacity, size_t *count)
{
    size_t *produced = ctx;
    *count = 0;
    while (*count < capacity && *produced < ITEMS) {
        ((size_t *)items)[(*count)++] = (*produced)++;
    }
    return BE_OK;
}

static be_status sink(void *ctx, const void *items, size_t first, size_t begin, size_t end,
                      be_worker *worker)
{
    (void)ctx;
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        values[first + i] = ((const size_t *)items)[i];
    }
    return BE_OK;
}

static be_status stream(be_engine *engine)
{
    size_t produced = 0;
    memset(values, 0, sizeof values);
    be_status status =
        be_stream(engine, &site, source, sink, &produced, sizeof(size_t), 1000, NULL);
    for (size_t i = 0; !status && i < ITEMS; i++) {
        CHECK(values[i] == i);
    }
    return status;
}

static be_status is_the_hit(void *ctx, size_t begin, size_t end, uint8_t *hits, be_worker *worker)
{
    (void)ctx;
    (void)worker;
    if (begin <= HIT && HIT < end) {
        hits[HIT - begin] = 1;
    }
    return BE_OK;
}

static be_status first(be_engine *engine)
{
    size_t found = 0, count = 0;
    be_status status = be_first(engine, &site, ITEMS, is_the_hit, NULL, 1, &found, &count, NULL);
    CHECK(status ? count == 0 : count == 1 && found == HIT);
    return status;
}

static be_status dedup(be_engine *engine)
{
    static size_t first_equal[ITEMS];
    size_t unique[ITEMS], count = 0;
    be_status status = be_dedup(engine, &site, ITEMS, key_of, NULL, first_equal, unique, &count);
    CHECK(status ? count == 0 : count == 7 && first_equal[ITEMS - 1] == (ITEMS - 1) % 7);
    return status;
}

static be_status compute(void *ctx, size_t begin, size_t end, be_worker *worker)
{
    (void)ctx;
    (void)end;
    (void)worker;
    values[begin] = 100 + begin % 7;
    return BE_OK;
}

/* The memo fails on its own first, and then the map that uses it. */
static be_status map(be_engine *engine)
{
    be_memo_table *table;
    be_status status = be_memo_table_create(NULL, 1 << 18, &table);
    if (status) {
        return status;
    }
    be_memo memo = be_memo_table_memo(table);
    be_map_stats stats = {0};
    for (int round = 0; round < 2 && !status; round++) {
        memset(values, 0, sizeof values);
        status = be_map_unique(engine, &site, ITEMS, key_of, &memo, compute, NULL, values,
                               sizeof values[0], &stats, NULL);
        CHECK(status ||
              (stats.computed == (round ? 0 : 7) && values[ITEMS - 1] == 100 + (ITEMS - 1) % 7));
    }
    be_memo_table_destroy(table);
    return status;
}

/* One engine for all, so that what it allocated before is met in every state. */
static be_status everything(void)
{
    static be_status (*const stages[])(be_engine *) = {loop, reduce, stream, first, dedup, map};
    be_engine *engine;
    be_engine_config config = {.size = sizeof config, .workers = 1};
    be_status worst = be_engine_create(&config, &engine);
    if (worst) {
        return worst;
    }
    /* Looks for a CPU quota now rather than at a moment that depends on measured times. */
    be_engine_info info;
    be_engine_describe(engine, &info);
    for (size_t i = 0; i < sizeof stages / sizeof stages[0]; i++) {
        be_status status = stages[i](engine);
        worst = worst ? worst : status;
    }
    be_engine_destroy(engine);
    return worst;
}

static void engine_and_stages_survive_each_failing_call(void **state)
{
    (void)state;
    /* The engine does without what it would learn of each site, four, and record for all, and
     * without what the system would tell it of quotas. Which of them it asks for varies with time,
     * so one may be met twice under different numbers. */
    fault_everywhere(everything, 12, 2 * (4 + 1), FAULT_ANY);
}

/* The engine's memory cap is a failing allocator of another kind. */
static void the_memory_cap_is_a_status_in_every_stage(void **state)
{
    (void)state;
    static be_status (*const stages[])(be_engine *) = {loop, reduce, stream, first, dedup, map};
    bool refused = false;
    for (size_t cap = 1 << 10; cap <= 1 << 24; cap += cap / 2) {
        be_engine *engine;
        be_engine_config config = {.size = sizeof config, .workers = 1, .memory_cap = cap};
        if (be_engine_create(&config, &engine)) {
            continue;
        }
        bool all = true;
        for (size_t i = 0; i < sizeof stages / sizeof stages[0]; i++) {
            be_status status = stages[i](engine);
            CHECK_SAY(status == BE_OK || status == BE_ENOMEM, "cap %zu, stage %zu: %s", cap, i,
                      be_status_text(status));
            all = all && !status;
        }
        refused = refused || !all;
        CHECK_SAY(all || cap < 1 << 23, "cap %zu", cap);
        be_engine_destroy(engine);
    }
    CHECK(refused);
}

static const struct CMUnitTest tests[] = {
    TEST(engine_and_stages_survive_each_failing_call),
    TEST(the_memory_cap_is_a_status_in_every_stage),
};
RUN_TESTS(tests)
