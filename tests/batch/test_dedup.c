/* test_dedup.c: equal items are found, against comparing all with all. */
#include "check.h"
#include "schedules.h"
#include "weak_hash.h"

#include <breakeven/batch.h>

#include <stdlib.h>
#include <string.h>

static const be_site site = BE_SITE("test_dedup");

enum { ITEMS_MAX = 1500, KEY_MAX = 6 };

struct keys {
    unsigned char bytes[ITEMS_MAX][KEY_MAX];
    size_t size[ITEMS_MAX];
};

static void key_of(void *ctx, size_t i, const void **bytes, size_t *size)
{
    const struct keys *keys = ctx;
    *bytes = keys->bytes[i];
    *size = keys->size[i];
}

/* Short keys over few letters: some empty, many equal, many one the beginning of another. */
static struct keys *random_keys(uint64_t seed, unsigned letters)
{
    struct keys *keys = calloc(1, sizeof *keys);
    be_random random;
    be_random_init(&random, 8, seed);
    for (size_t i = 0; i < ITEMS_MAX; i++) {
        keys->size[i] = (size_t)be_random_below(&random, KEY_MAX + 1);
        for (size_t j = 0; j < keys->size[i]; j++) {
            keys->bytes[i][j] = (unsigned char)be_random_below(&random, letters);
        }
    }
    return keys;
}

static size_t plain_first(const struct keys *keys, size_t i)
{
    size_t j = 0;
    while (keys->size[j] != keys->size[i] ||
           memcmp(keys->bytes[j], keys->bytes[i], keys->size[i]) != 0) {
        j++;
    }
    return j;
}

static void duplicates_are_those_of_the_plain_search(be_engine *engine)
{
    static const unsigned letters[] = {1, 2, 4, 256};
    static const size_t counts[] = {0, 1, 2, 100, ITEMS_MAX};
    for (size_t l = 0; l < 4; l++) {
        struct keys *keys = random_keys(l, letters[l]);
        for (size_t c = 0; c < 5; c++) {
            size_t first[ITEMS_MAX], unique[ITEMS_MAX], count = 77, again = 77;
            size_t n = counts[c];
            CHECK(be_dedup(engine, &site, n, key_of, keys, first, unique, &count) == BE_OK);
            size_t n_unique = 0;
            for (size_t i = 0; i < n; i++) {
                size_t expected = plain_first(keys, i);
                CHECK_SAY(first[i] == expected, "%s: n %zu, item %zu: %zu, expected %zu",
                          schedule_name(), n, i, first[i], expected);
                CHECK(expected != i || unique[n_unique++] == i);
            }
            CHECK(count == n_unique);
            CHECK(be_dedup(engine, &site, n, key_of, keys, first, NULL, &again) == BE_OK);
            CHECK(again == count);
        }
        free(keys);
    }
}

static void equal_items_are_found_under_any_schedule(void **state)
{
    (void)state;
    under_every_schedule(duplicates_are_those_of_the_plain_search);
}

static void unequal_items_with_equal_hashes_stay_apart(void **state)
{
    (void)state;
    be_engine *engine;
    CHECK(be_engine_create(NULL, &engine) == BE_OK);
    for (hash_mask = 15; hash_mask > 0; hash_mask >>= 1) {
        duplicates_are_those_of_the_plain_search(engine);
    }
    duplicates_are_those_of_the_plain_search(engine); /* one hash for all */
    hash_mask = UINT64_MAX;
    be_engine_destroy(engine);
}

static void more_items_than_the_table_can_number_are_refused(void **state)
{
    (void)state;
    be_engine *engine;
    CHECK(be_engine_create(NULL, &engine) == BE_OK);
    size_t first, count;
    CHECK(be_dedup(engine, &site, UINT32_MAX, key_of, NULL, &first, NULL, &count) == BE_ELIMIT);
    be_engine_destroy(engine);
}

static const struct CMUnitTest tests[] = {
    TEST(equal_items_are_found_under_any_schedule),
    TEST(unequal_items_with_equal_hashes_stay_apart),
    TEST(more_items_than_the_table_can_number_are_refused),
};
RUN_TESTS(tests)
