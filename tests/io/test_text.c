/* test_text.c: growing texts, and the failures that stick to them. */
#include "check.h"

#include <breakeven/io.h>

#include <stdlib.h>
#include <string.h>

static void an_empty_text_is_already_ended_by_a_zero(void **state)
{
    (void)state;
    be_text text;
    be_text_init(&text, NULL);
    CHECK(text.size == 0 && strcmp(text.bytes, "") == 0);
    be_text_clear(&text);
    CHECK(text.size == 0 && strcmp(text.bytes, "") == 0);
}

static void pieces_of_any_size_join_to_the_whole(void **state)
{
    (void)state;
    enum { WHOLE = 20000 };
    char *whole = malloc(WHOLE);
    be_random random;
    be_random_init(&random, 1, 0);
    for (size_t i = 0; i < WHOLE; i++) {
        whole[i] = (char)be_random_u32(&random);
    }
    be_text text;
    be_text_init(&text, NULL);
    for (size_t i = 0; i < WHOLE;) {
        size_t piece = (size_t)be_random_below(&random, 300);
        piece = piece < WHOLE - i ? piece : WHOLE - i;
        be_text_add(&text, whole + i, piece);
        i += piece;
        CHECK(text.size == i && text.bytes[i] == '\0');
    }
    CHECK(be_text_status(&text) == BE_OK);
    CHECK(memcmp(text.bytes, whole, WHOLE) == 0);
    be_text_clear(&text);
    free(whole);
}

static void printf_appends_what_snprintf_writes(void **state)
{
    (void)state;
    be_text text;
    be_text_init(&text, NULL);
    be_text_puts(&text, "<");
    for (int width = 0; width < 600; width += 37) {
        size_t before = text.size;
        be_text_printf(&text, "%*d|%s", width, 42, "end");
        char expected[700];
        snprintf(expected, sizeof expected, "%*d|%s", width, 42, "end");
        CHECK_SAY(strcmp(text.bytes + before, expected) == 0, "width %d", width);
    }
    CHECK(be_text_status(&text) == BE_OK);
    be_text_clear(&text);
}

static void the_cap_is_reached_exactly_and_not_passed(void **state)
{
    (void)state;
    be_text text;
    be_text_init(&text, NULL);
    text.cap = 1000;
    for (int i = 0; i < 100; i++) {
        be_text_puts(&text, "0123456789");
    }
    CHECK(be_text_status(&text) == BE_OK && text.size == 1000);
    be_text_puts(&text, "x");
    CHECK(be_text_status(&text) == BE_ELIMIT && text.size == 1000);
    be_text_puts(&text, "");
    CHECK(be_text_status(&text) == BE_ELIMIT);
    be_text_clear(&text);
    CHECK(be_text_status(&text) == BE_OK);
}

struct meter {
    size_t held;
    size_t limit;
};

static void *metered_allocate(void *user, size_t size)
{
    struct meter *meter = user;
    if (size > meter->limit - meter->held) {
        return NULL;
    }
    meter->held += size;
    return malloc(size);
}

static void metered_release(void *user, void *memory, size_t size)
{
    struct meter *meter = user;
    meter->held -= size;
    free(memory);
}

static void all_memory_comes_from_the_allocator_and_goes_back(void **state)
{
    (void)state;
    struct meter meter = {0, 100000};
    be_allocator allocator = {metered_allocate, metered_release, &meter};
    be_text text;
    be_text_init(&text, &allocator);
    while (!be_text_status(&text)) {
        be_text_puts(&text, "some more of it ");
    }
    CHECK(be_text_status(&text) == BE_ENOMEM);
    CHECK(text.size % 16 == 0 && text.size >= 16384 && strlen(text.bytes) == text.size);
    size_t size = text.size;
    be_text_printf(&text, "%d", 1);
    CHECK(text.size == size);
    be_text_clear(&text);
    CHECK(meter.held == 0);
}

static const struct CMUnitTest tests[] = {
    TEST(an_empty_text_is_already_ended_by_a_zero),
    TEST(pieces_of_any_size_join_to_the_whole),
    TEST(printf_appends_what_snprintf_writes),
    TEST(the_cap_is_reached_exactly_and_not_passed),
    TEST(all_memory_comes_from_the_allocator_and_goes_back),
};
RUN_TESTS(tests)
