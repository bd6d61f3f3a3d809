/* test_first.c: the k lowest hits are those of the plain loop, and little is looked at in vain. */
#include "check.h"
#include "schedules.h"

#include <breakeven/batch.h>

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static const be_site site = BE_SITE("test_first");

enum { ITEMS_MAX = 20000 }; /* enough for waves whose hits do not fit the stack */

struct field {
    uint8_t hit[ITEMS_MAX]; /* 0, 1, or BAD */
    _Atomic size_t looked_at;
};

enum { BAD = 2 };

static be_status predicate(void *ctx, size_t begin, size_t end, uint8_t *hits, be_worker *worker)
{
    struct field *field = ctx;
    for (size_t i = begin; i < end; i++) {
        field->looked_at++;
        CHECK(hits[i - begin] == 0);
        if (field->hit[i] == BAD) {
            return be_fail(worker, i, BE_EDOMAIN);
        }
        hits[i - begin] = field->hit[i];
    }
    return BE_OK;
}

/* The plain loop. */
static be_status plain(const struct field *field, size_t n, size_t k, size_t *found, size_t *count,
                       size_t *done)
{
    *count = 0;
    for (*done = 0; *done < n && *count < k; ++*done) {
        if (field->hit[*done] == BAD) {
            return BE_EDOMAIN;
        }
        if (field->hit[*done]) {
            found[(*count)++] = *done;
        }
    }
    return BE_OK;
}

static void compare(be_engine *engine, struct field *field, size_t n, size_t k)
{
    size_t *expected = malloc((k + 1) * sizeof *expected);
    size_t *found = malloc((k + 1) * sizeof *found);
    size_t expected_count, expected_done, count = 77, done = 77;
    be_status expected_status = plain(field, n, k, expected, &expected_count, &expected_done);
    be_error error = {0};
    be_for_options options = {.size = sizeof options, .done = &done, .error = &error};
    be_status status = be_first(engine, &site, n, predicate, field, k, found, &count, &options);
    CHECK_SAY(status == expected_status && count == expected_count && done == expected_done &&
                  memcmp(found, expected, count * sizeof *found) == 0,
              "%s: n %zu, k %zu: status %d, count %zu, done %zu; expected %d, %zu, %zu",
              schedule_name(), n, k, (int)status, count, done, (int)expected_status, expected_count,
              expected_done);
    CHECK(!status || (error.status == status && error.item == expected_done));
    free(expected);
    free(found);
}

static struct field *random_field(uint64_t seed, unsigned one_in, unsigned bad_one_in)
{
    struct field *field = calloc(1, sizeof *field);
    be_random random;
    be_random_init(&random, 6, seed);
    for (size_t i = 0; i < ITEMS_MAX; i++) {
        field->hit[i] = be_random_below(&random, one_in) == 0;
        if (bad_one_in && be_random_below(&random, bad_one_in) == 0) {
            field->hit[i] = BAD;
        }
    }
    return field;
}

static void hits_are_those_of_the_plain_loop(be_engine *engine)
{
    static const size_t counts[] = {0, 1, 63, 64, 65, 1000, ITEMS_MAX};
    static const size_t wanted[] = {0, 1, 2, 10, 500, 40000};
    static const unsigned one_in[] = {1, 2, 50, 3000, 1000000};
    for (size_t i = 0; i < 5; i++) {
        struct field *clean = random_field(i, one_in[i], 0);
        struct field *mined = random_field(i, one_in[i], 2000);
        for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++) {
            for (size_t w = 0; w < sizeof wanted / sizeof wanted[0]; w++) {
                compare(engine, clean, counts[c], wanted[w]);
                compare(engine, mined, counts[c], wanted[w]);
            }
        }
        free(clean);
        free(mined);
    }
}

static void the_lowest_hits_are_found_under_any_schedule(void **state)
{
    (void)state;
    under_every_schedule(hits_are_those_of_the_plain_loop);
}

static void one_thread_looks_at_an_eighth_too_much_at_most(void **state)
{
    (void)state;
    be_engine *engine;
    be_engine_config config = {.size = sizeof config, .workers = 1};
    CHECK(be_engine_create(&config, &engine) == BE_OK);
    for (unsigned one_in = 1; one_in < 5000; one_in = one_in * 3 + 1) {
        struct field *field = random_field(one_in, one_in, 0);
        for (size_t k = 1; k < 600; k = 2 * k + 1) {
            field->looked_at = 0;
            size_t found[600], count;
            CHECK(be_first(engine, &site, ITEMS_MAX, predicate, field, k, found, &count, NULL) ==
                  BE_OK);
            size_t needed = count == k ? found[k - 1] + 1 : ITEMS_MAX;
            CHECK_SAY(field->looked_at >= needed && field->looked_at <= needed + needed / 8,
                      "one in %u, k %zu: %zu looked at, %zu needed", one_in, k, field->looked_at,
                      needed);
        }
        free(field);
    }
    be_engine_destroy(engine);
}

static void little_is_looked_at_in_vain(be_engine *engine)
{
    struct field *field = random_field(1, 1000, 0);
    for (size_t k = 1; k < 10; k++) {
        field->looked_at = 0;
        size_t found[10], count;
        CHECK(be_first(engine, &site, ITEMS_MAX, predicate, field, k, found, &count, NULL) ==
              BE_OK);
        CHECK(count == k);
        CHECK_SAY(field->looked_at <= 64 + 2 * (found[k - 1] + 1), "%s: %zu looked at, hit at %zu",
                  schedule_name(), field->looked_at, found[k - 1]);
    }
    free(field);
}

static void several_threads_look_at_about_twice_as_many_at_most(void **state)
{
    (void)state;
    under_every_schedule(little_is_looked_at_in_vain);
}

static void a_cancelled_search_keeps_what_it_has(be_engine *engine)
{
    struct field *field = random_field(2, 3, 0);
    be_cancel cancel = {0};
    be_cancel_raise(&cancel);
    size_t found[5], count = 77, done = 77;
    be_for_options options = {.size = sizeof options, .cancel = &cancel, .done = &done};
    CHECK(be_first(engine, &site, ITEMS_MAX, predicate, field, 5, found, &count, &options) ==
          BE_ECANCEL);
    CHECK_SAY(count == 0 && done == 0, "%s", schedule_name());
    free(field);
}

static void a_cancelled_search_says_so(void **state)
{
    (void)state;
    under_every_cut(a_cancelled_search_keeps_what_it_has);
}

static const struct CMUnitTest tests[] = {
    TEST(the_lowest_hits_are_found_under_any_schedule),
    TEST(one_thread_looks_at_an_eighth_too_much_at_most),
    TEST(several_threads_look_at_about_twice_as_many_at_most),
    TEST(a_cancelled_search_says_so),
};
RUN_TESTS(tests)
