/* test_memo.c: a memo never tells a wrong value, forgets the oldest first, and keeps to its bytes.
 */
#include "check.h"
#include "weak_hash.h"

#include <breakeven/batch.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static be_memo_table *new_table(size_t bytes)
{
    be_memo_table *table;
    CHECK(be_memo_table_create(NULL, bytes, &table) == BE_OK);
    return table;
}

static uint64_t value_for(uint64_t key)
{
    return key * 0x9E3779B97F4A7C15u + 1;
}

static bool knows(be_memo *memo, uint64_t key)
{
    uint64_t value = 0;
    if (!memo->get(memo->user, &key, sizeof key, &value, sizeof value)) {
        return false;
    }
    CHECK_SAY(value == value_for(key), "key %llu", (unsigned long long)key);
    return true;
}

static void learn(be_memo *memo, uint64_t key)
{
    uint64_t value = value_for(key);
    memo->put(memo->user, &key, sizeof key, &value, sizeof value);
}

static void what_fits_is_remembered(void **state)
{
    (void)state;
    be_memo_table *table = new_table(1 << 20);
    be_memo memo = be_memo_table_memo(table);
    for (uint64_t key = 0; key < 5000; key++) {
        CHECK(!knows(&memo, key));
        learn(&memo, key);
    }
    for (uint64_t key = 0; key < 5000; key++) {
        CHECK_SAY(knows(&memo, key), "key %llu", (unsigned long long)key);
    }
    be_memo_table_destroy(table);
}

static void the_oldest_make_room_for_the_newest(void **state)
{
    (void)state;
    static const size_t sizes[] = {4096, 5000, 1 << 17, 1 << 19};
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        be_memo_table *table = new_table(sizes[s]);
        be_memo memo = be_memo_table_memo(table);
        uint64_t n = sizes[s];
        for (uint64_t key = 0; key < n; key++) {
            learn(&memo, key);
            CHECK(knows(&memo, key));
        }
        size_t known = 0;
        uint64_t oldest = n;
        for (uint64_t key = n; key-- > 0;) {
            if (knows(&memo, key)) {
                known++;
                oldest = key;
            }
        }
        /* An entry is 40 bytes of header, key and value; an eighth of the bytes is the index. The
         * shards fill at slightly different rates. */
        size_t fit = sizes[s] / 56;
        CHECK_SAY(known <= fit && known >= fit * 3 / 4 && n - oldest <= 2 * fit,
                  "%zu bytes: %zu known, %zu fit, oldest %llu", sizes[s], known, fit,
                  (unsigned long long)(n - oldest));
        be_memo_table_destroy(table);
    }
}

static void a_key_learned_again_takes_no_more_room(void **state)
{
    (void)state;
    be_memo_table *table = new_table(4096);
    be_memo memo = be_memo_table_memo(table);
    learn(&memo, 1);
    for (int i = 0; i < 10000; i++) {
        learn(&memo, 2);
    }
    CHECK(knows(&memo, 1) && knows(&memo, 2));
    uint64_t key = 2;
    uint64_t newer = 5;
    uint64_t value;
    memo.put(memo.user, &key, sizeof key, &newer, sizeof newer);
    CHECK(memo.get(memo.user, &key, sizeof key, &value, sizeof value) && value == 5);
    be_memo_table_destroy(table);
}

/* Keys and values of all sizes, over and over through a small ring, with a hash that tells little
 * apart, against an array of what was learned last. */
static void a_value_is_that_of_its_whole_key_or_unknown(void **state)
{
    (void)state;
    enum { KEYS = 64, VALUE_MAX = 700 };
    static const uint64_t masks[] = {0, 1, UINT64_MAX};
    for (size_t m = 0; m < 3; m++) {
        hash_mask = masks[m];
        be_memo_table *table = new_table(4096 + 1000 * m);
        be_memo memo = be_memo_table_memo(table);
        unsigned char key[KEYS] = {0}; /* key k is the first k bytes: all zero, of its own size */
        unsigned char value[KEYS][VALUE_MAX];
        size_t size[KEYS] = {0}; /* 0: never learned */
        be_random random;
        be_random_init(&random, 9, m);
        size_t hits = 0;
        for (int step = 0; step < 50000; step++) {
            size_t k = 1 + (size_t)be_random_below(&random, KEYS - 1);
            if (be_random_below(&random, 3) == 0) {
                size[k] = 1 + (size_t)be_random_below(&random, VALUE_MAX);
                memset(value[k], (int)be_random_below(&random, 256), size[k]);
                memo.put(memo.user, key, k, value[k], size[k]);
            }
            unsigned char got[VALUE_MAX];
            size_t wanted = size[k] ? size[k] : 1;
            if (memo.get(memo.user, key, k, got, wanted)) {
                hits++;
                CHECK_SAY(size[k] && memcmp(got, value[k], wanted) == 0, "step %d, key %zu", step,
                          k);
            }
            CHECK(!memo.get(memo.user, key, k, got, VALUE_MAX + 1));
        }
        CHECK_SAY(hits > 17000, "%zu hits", hits);
        be_memo_table_destroy(table);
    }
    hash_mask = UINT64_MAX;
}

static void what_is_too_large_is_not_kept_and_costs_nothing(void **state)
{
    (void)state;
    be_memo_table *table = new_table(4096);
    be_memo memo = be_memo_table_memo(table);
    learn(&memo, 1);
    unsigned char large[5000] = {0};
    memo.put(memo.user, large, 10, large, sizeof large);
    memo.put(memo.user, large, sizeof large, large, 10);
    memo.put(memo.user, large, sizeof large, large, SIZE_MAX - 100);
    CHECK(!memo.get(memo.user, large, 10, large, sizeof large));
    CHECK(knows(&memo, 1));
    be_memo_table_destroy(table);
    CHECK(be_memo_table_create(NULL, 4095, &table) == BE_EINVAL);
    be_memo_table_destroy(NULL);
}

enum { THREADS = 4, ROUNDS = 20000 };

struct user {
    be_memo memo;
    uint64_t seed;
    size_t hits;
};

static void *use_memo(void *argument)
{
    struct user *user = argument;
    be_random random;
    be_random_init(&random, 10, user->seed);
    for (int i = 0; i < ROUNDS; i++) {
        uint64_t key = be_random_below(&random, 2000);
        if (knows(&user->memo, key)) {
            user->hits++;
        } else {
            learn(&user->memo, key);
        }
    }
    return NULL;
}

static void threads_share_a_memo(void **state)
{
    (void)state;
    be_memo_table *table = new_table(1 << 17);
    pthread_t threads[THREADS];
    struct user users[THREADS];
    for (size_t t = 0; t < THREADS; t++) {
        users[t] = (struct user){be_memo_table_memo(table), t, 0};
        CHECK(pthread_create(&threads[t], NULL, use_memo, &users[t]) == 0);
    }
    size_t hits = 0;
    for (size_t t = 0; t < THREADS; t++) {
        pthread_join(threads[t], NULL);
        hits += users[t].hits;
    }
    CHECK_SAY(hits > THREADS * ROUNDS * 3 / 4, "%zu hits", hits);
    be_memo_table_destroy(table);
}

static const struct CMUnitTest tests[] = {
    TEST(what_fits_is_remembered),
    TEST(the_oldest_make_room_for_the_newest),
    TEST(a_key_learned_again_takes_no_more_room),
    TEST(a_value_is_that_of_its_whole_key_or_unknown),
    TEST(what_is_too_large_is_not_kept_and_costs_nothing),
    TEST(threads_share_a_memo),
};
RUN_TESTS(tests)
