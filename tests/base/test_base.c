/* test_base.c: status, errors, arenas, random numbers. */
#include "check.h"

#include <breakeven/base.h>

#include <string.h>

static void every_status_has_words(void **state)
{
    (void)state;
    for (int i = 0; i < BE_STATUS_COUNT; i++) {
        const char *text = be_status_text((be_status)i);
        CHECK_SAY(text && *text, "status %d", i);
        CHECK(strcmp(text, "unknown status") != 0);
    }
    CHECK(strcmp(be_status_text((be_status)99), "unknown status") == 0);
}

static void an_error_is_cut_at_a_whole_character(void **state)
{
    (void)state;
    for (size_t lead = 0; lead < 4; lead++) {
        char text[300] = "";
        memset(text, 'a', lead);
        for (size_t i = lead; i + 3 < sizeof text; i += 3) {
            memcpy(text + i, "\xE2\x82\xAC", 4); /* euro sign */
        }
        be_error error;
        CHECK(be_error_set(&error, BE_EINVAL, "%s", text) == BE_EINVAL);
        size_t length = strlen(error.expected);
        CHECK_SAY(length < BE_EXPECTED_SIZE && (length - lead) % 3 == 0, "lead %zu, length %zu",
                  lead, length);
        CHECK(error.item == BE_NO_ITEM);
    }
}

static void an_arena_never_gives_what_it_has_not(void **state)
{
    (void)state;
    _Alignas(64) unsigned char memory[256];
    be_arena arena = be_arena_over(memory + 1, 200);
    unsigned char *aligned = be_arena_take(&arena, 8, 64);
    CHECK(aligned == memory + 64);
    CHECK(be_arena_take(&arena, 200, 1) == NULL);
    CHECK(be_arena_left(&arena) == 129);
    CHECK(be_arena_take(&arena, 129, 1) == memory + 72);
    CHECK(be_arena_take(&arena, 1, 1) == NULL);
    CHECK(be_arena_take(&arena, 0, 1) != NULL);
}

/* Source: the known-answer file of Random123 1.14.0, "philox4x32 10". */
static void philox_matches_the_published_vectors(void **state)
{
    (void)state;
    static const struct {
        uint64_t seed, item, counter;
        uint32_t words[4];
    } vectors[] = {
        {0, 0, 0, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {UINT64_MAX, UINT64_MAX, UINT64_MAX, {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {0x299f31d0a4093822,
         0x0370734413198a2e,
         0x85a308d3243f6a88,
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        uint32_t words[4];
        be_random_block(vectors[i].seed, vectors[i].item, vectors[i].counter, words);
        CHECK_SAY(memcmp(words, vectors[i].words, sizeof words) == 0, "vector %zu: %08x %08x", i,
                  words[0], words[1]);
    }
}

static void random_below_stays_below_and_reaches_all(void **state)
{
    (void)state;
    be_random random;
    be_random_init(&random, 7, 0);
    unsigned seen[6] = {0};
    for (int i = 0; i < 6000; i++) {
        uint64_t value = be_random_below(&random, 6);
        CHECK(value < 6);
        seen[value]++;
        double unit = be_random_unit(&random);
        CHECK(unit >= 0 && unit < 1);
    }
    for (int i = 0; i < 6; i++) {
        CHECK_SAY(seen[i] > 850 && seen[i] < 1150, "value %d seen %u times", i, seen[i]);
    }
}

static void a_cancel_flag_is_raised_and_reset(void **state)
{
    (void)state;
    be_cancel cancel = {0};
    CHECK(!be_cancel_raised(&cancel));
    be_cancel_raise(&cancel);
    CHECK(be_cancel_raised(&cancel));
    be_cancel_reset(&cancel);
    CHECK(!be_cancel_raised(&cancel));
}

static const struct CMUnitTest tests[] = {
    TEST(every_status_has_words),
    TEST(an_error_is_cut_at_a_whole_character),
    TEST(an_arena_never_gives_what_it_has_not),
    TEST(philox_matches_the_published_vectors),
    TEST(random_below_stays_below_and_reaches_all),
    TEST(a_cancel_flag_is_raised_and_reset),
};
RUN_TESTS(tests)
