/* test_reduce.c: reductions give the bits of the plain loop over their blocks. */
#include "check.h"
#include "schedules.h"

#include <breakeven/batch.h>

#include <stdlib.h>
#include <string.h>

static const be_site site = BE_SITE("test_reduce");

enum { ITEMS_MAX = 12000 };

/* Of all sizes: a sum of them depends on the order of the additions. */
static double numbers[ITEMS_MAX];

static int make_numbers(void **state)
{
    (void)state;
    be_random random;
    be_random_init(&random, 5, 0);
    for (size_t i = 0; i < ITEMS_MAX; i++) {
        double unit = be_random_unit(&random) - 0.5;
        numbers[i] = unit * (double)(UINT64_C(1) << be_random_below(&random, 60));
    }
    return 0;
}

static be_status sum_leaf(void *ctx, size_t begin, size_t end, void *accumulator, be_worker *worker)
{
    (void)ctx;
    (void)worker;
    double *sum = accumulator;
    for (size_t i = begin; i < end; i++) {
        *sum += numbers[i];
    }
    return BE_OK;
}

static void sum_join(void *ctx, void *left, const void *right)
{
    (void)ctx;
    *(double *)left += *(const double *)right;
}

static double plain_sum(size_t n, size_t block)
{
    double total = 0;
    for (size_t first = 0; first < n; first += block) {
        double sum = 0;
        for (size_t i = first; i < n && i < first + block; i++) {
            sum += numbers[i];
        }
        total = first == 0 ? sum : total + sum;
    }
    return total;
}

static void sums_have_the_bits_of_the_plain_loop(be_engine *engine)
{
    static const size_t counts[] = {0, 1, 2, 63, 1000, 4096, 4097, ITEMS_MAX};
    static const size_t blocks[] = {1, 3, 64, 5000, SIZE_MAX};
    for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++) {
        for (size_t b = 0; b < sizeof blocks / sizeof blocks[0]; b++) {
            size_t n = counts[c];
            size_t block = blocks[b];
            double expected = plain_sum(n, block < n ? block : n + 1);
            double sum = -1;
            size_t done = 77;
            be_for_options options = {.size = sizeof options, .done = &done};
            CHECK(be_reduce(engine, &site, n, block, sum_leaf, sum_join, NULL, sizeof sum, &sum,
                            &options) == BE_OK);
            CHECK_SAY(memcmp(&sum, &expected, sizeof sum) == 0 && done == n,
                      "%s: n %zu, block %zu: %a, expected %a", schedule_name(), n, block, sum,
                      expected);
        }
    }
}

static void a_sum_has_the_same_bits_for_any_schedule(void **state)
{
    (void)state;
    under_every_schedule(sums_have_the_bits_of_the_plain_loop);
}

/* The whole list of item numbers, in a fat accumulator: joining is neither commutative nor has it
 * the zeroed accumulator for its neutral element. */
enum { LIST_MAX = 300 };

struct list {
    size_t size;
    unsigned joins;
    unsigned short items[LIST_MAX];
};

static be_status list_leaf(void *ctx, size_t begin, size_t end, void *accumulator,
                           be_worker *worker)
{
    (void)ctx;
    (void)worker;
    struct list *list = accumulator;
    CHECK(list->size == 0 && list->joins == 0 && list->items[LIST_MAX - 1] == 0);
    for (size_t i = begin; i < end; i++) {
        list->items[list->size++] = (unsigned short)i;
    }
    return BE_OK;
}

static void list_join(void *ctx, void *left, const void *right)
{
    (void)ctx;
    struct list *list = left;
    const struct list *more = right;
    memcpy(list->items + list->size, more->items, more->size * sizeof more->items[0]);
    list->size += more->size;
    list->joins++;
}

static void lists_are_joined_in_order(be_engine *engine)
{
    for (size_t n = 1; n <= LIST_MAX; n += 13) {
        for (size_t block = 1; block <= n; block += 5) {
            struct list list;
            CHECK(be_reduce(engine, &site, n, block, list_leaf, list_join, NULL, sizeof list, &list,
                            NULL) == BE_OK);
            CHECK_SAY(list.size == n && list.joins == (n - 1) / block, "%s: n %zu, block %zu",
                      schedule_name(), n, block);
            for (size_t i = 0; i < n; i++) {
                CHECK(list.items[i] == i);
            }
        }
    }
}

static void accumulators_of_any_size_are_joined_left_to_right(void **state)
{
    (void)state;
    under_every_schedule(lists_are_joined_in_order);
}

struct trap {
    size_t bad[2]; /* items that fail, ascending */
};

static be_status trap_leaf(void *ctx, size_t begin, size_t end, void *accumulator,
                           be_worker *worker)
{
    const struct trap *trap = ctx;
    for (size_t i = begin; i < end; i++) {
        if (i == trap->bad[0] || i == trap->bad[1]) {
            return be_fail(worker, i, i == trap->bad[0] ? BE_EDOMAIN : BE_EINVAL);
        }
        *(unsigned char *)accumulator = 1;
    }
    return BE_OK;
}

static void nothing_to_join(void *ctx, void *left, const void *right)
{
    (void)ctx;
    (void)left;
    (void)right;
}

static void the_lowest_failing_item_is_named(be_engine *engine)
{
    static const struct trap traps[] = {{{0, 9999}}, {{17, 18}}, {{4999, 5000}}, {{9999, 9999}}};
    static const size_t blocks[] = {1, 10, 3333, 100000};
    for (size_t t = 0; t < sizeof traps / sizeof traps[0]; t++) {
        for (size_t b = 0; b < sizeof blocks / sizeof blocks[0]; b++) {
            struct trap trap = traps[t];
            unsigned char result = 42;
            size_t done;
            be_error error;
            be_for_options options = {.size = sizeof options, .error = &error, .done = &done};
            be_status status = be_reduce(engine, &site, 10000, blocks[b], trap_leaf,
                                         nothing_to_join, &trap, 1, &result, &options);
            CHECK_SAY(status == BE_EDOMAIN && error.status == status && error.item == trap.bad[0] &&
                          done == trap.bad[0] && result == 42,
                      "%s: trap %zu, block %zu: status %d, item %zu, done %zu", schedule_name(), t,
                      blocks[b], (int)status, error.item, done);
        }
    }
}

static void a_failing_leaf_names_its_lowest_item(void **state)
{
    (void)state;
    under_every_schedule(the_lowest_failing_item_is_named);
}

static void a_cancelled_reduction_tells_its_whole_blocks(be_engine *engine)
{
    be_cancel cancel = {0};
    be_cancel_raise(&cancel);
    double sum = 7;
    size_t done = 77;
    be_error error;
    be_for_options options = {
        .size = sizeof options, .cancel = &cancel, .error = &error, .done = &done};
    CHECK(be_reduce(engine, &site, 1000, 10, sum_leaf, sum_join, NULL, sizeof sum, &sum,
                    &options) == BE_ECANCEL);
    CHECK_SAY(sum == 7 && done == 0 && error.item == BE_NO_ITEM, "%s", schedule_name());
}

static void a_cancelled_reduction_leaves_its_result_alone(void **state)
{
    (void)state;
    under_every_cut(a_cancelled_reduction_tells_its_whole_blocks);
}

static void blocks_of_nothing_and_sums_too_large_are_refused(void **state)
{
    (void)state;
    be_engine *engine;
    CHECK(be_engine_create(NULL, &engine) == BE_OK);
    double sum;
    be_error error;
    be_for_options options = {.size = sizeof options, .error = &error};
    CHECK(be_reduce(engine, &site, 5, 0, sum_leaf, sum_join, NULL, sizeof sum, &sum, &options) ==
          BE_EINVAL);
    CHECK(error.status == BE_EINVAL && error.item == BE_NO_ITEM);
    CHECK(be_reduce(engine, &site, 5, 1, sum_leaf, sum_join, NULL, SIZE_MAX / 4, &sum, &options) ==
          BE_EINVAL);
    be_engine_destroy(engine);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup(a_sum_has_the_same_bits_for_any_schedule, make_numbers),
    TEST(accumulators_of_any_size_are_joined_left_to_right),
    TEST(a_failing_leaf_names_its_lowest_item),
    TEST(a_cancelled_reduction_leaves_its_result_alone),
    TEST(blocks_of_nothing_and_sums_too_large_are_refused),
};
RUN_TESTS(tests)
