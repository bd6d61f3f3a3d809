/* test_json_write.c: the writer's bytes, number by number and escape by escape. */
#include "check.h"

#include <breakeven/io.h>

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void start(be_json_writer *json, be_text *text, bool compact)
{
    be_text_init(text, NULL);
    be_json_init(json, text, compact);
}

static void write_sample(be_json_writer *json)
{
    be_json_object(json);
    be_json_key(json, "name");
    be_json_string(json, "a \"b\"");
    be_json_key(json, "empty");
    be_json_array(json);
    be_json_array_end(json);
    be_json_key(json, "list");
    be_json_array(json);
    be_json_u64(json, UINT64_MAX);
    be_json_i64(json, INT64_MIN);
    be_json_object(json);
    be_json_object_end(json);
    be_json_bool(json, true);
    be_json_bool(json, false);
    be_json_null(json);
    be_json_array_end(json);
    be_json_object_end(json);
}

static void the_layout_is_two_spaces_or_none(void **state)
{
    (void)state;
    be_text text;
    be_json_writer json;
    start(&json, &text, false);
    write_sample(&json);
    CHECK(be_text_status(&text) == BE_OK);
    assert_string_equal(text.bytes, "{\n"
                                    "  \"name\": \"a \\\"b\\\"\",\n"
                                    "  \"empty\": [],\n"
                                    "  \"list\": [\n"
                                    "    18446744073709551615,\n"
                                    "    -9223372036854775808,\n"
                                    "    {},\n"
                                    "    true,\n"
                                    "    false,\n"
                                    "    null\n"
                                    "  ]\n"
                                    "}");
    be_text_clear(&text);
    start(&json, &text, true);
    write_sample(&json);
    assert_string_equal(text.bytes, "{\"name\":\"a \\\"b\\\"\",\"empty\":[],\"list\":["
                                    "18446744073709551615,-9223372036854775808,{},true,false,"
                                    "null]}");
    be_text_clear(&text);
}

static void check_double(double value, const char *expected)
{
    be_text text;
    be_json_writer json;
    start(&json, &text, true);
    be_json_double(&json, value);
    CHECK_SAY(strcmp(text.bytes, expected) == 0, "%a: got %s, expected %s", value, text.bytes,
              expected);
    be_text_clear(&text);
}

static void doubles_have_as_few_digits_as_possible(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        {0.1, "0.1"},
        {1.0 / 3, "0.3333333333333333"},
        {0.1 + 0.2, "0.30000000000000004"},
        {3, "3"},
        {-2.5, "-2.5"},
        {1e21, "1e+21"},
        {1e-7, "1e-07"},
        {DBL_MAX, "1.7976931348623157e+308"},
        {DBL_MIN, "2.2250738585072014e-308"},
        {0x1p-1074, "5e-324"},
        {0x3p-1074, "1.5e-323"},
        {0.0, "0"},
        {-0.0, "-0.0"},
        {9007199254740993.0, "9007199254740992"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        check_double(cases[i].value, cases[i].text);
    }
    check_double((double)NAN, "null");
    check_double((double)INFINITY, "null");
    check_double(-(double)INFINITY, "null");
}

static void every_double_reads_back_to_the_bit(void **state)
{
    (void)state;
    be_random random;
    be_random_init(&random, 2, 0);
    for (int i = 0; i < 50000; i++) {
        union {
            uint64_t bits;
            double value;
        } written = {be_random_u64(&random)}, back;
        written.bits >>= i % 2 ? 0 : be_random_below(&random, 64); /* subnormals too */
        if (!isfinite(written.value)) {
            continue;
        }
        be_text text;
        be_json_writer json;
        start(&json, &text, true);
        be_json_double(&json, written.value);
        be_json *parsed;
        CHECK(be_json_parse(text.bytes, text.size, &parsed, NULL) == BE_OK);
        back.value = be_json_number(be_json_root(parsed));
        CHECK_SAY(back.bits == written.bits, "%a was written as %s", written.value, text.bytes);
        be_json_destroy(parsed);
        be_text_clear(&text);
    }
}

static void a_decimal_of_fifteen_digits_is_written_as_it_was(void **state)
{
    (void)state;
    be_random random;
    be_random_init(&random, 3, 0);
    for (int i = 0; i < 20000; i++) {
        char decimal[40];
        uint64_t digits = be_random_below(&random, 99999999) * 10 + 1 + be_random_below(&random, 9);
        snprintf(decimal, sizeof decimal, "0.%llu", 1000000000ull + digits);
        check_double(strtod(decimal, NULL), decimal);
    }
}

static void check_string(const char *bytes, size_t size, const char *expected)
{
    be_text text;
    be_json_writer json;
    start(&json, &text, true);
    be_json_string_n(&json, bytes, size);
    CHECK_SAY(strcmp(text.bytes, expected) == 0, "got %s, expected %s", text.bytes, expected);
    be_text_clear(&text);
}

#define BAD "\xEF\xBF\xBD"

static void strings_escape_what_must_be_and_mend_what_is_no_utf8(void **state)
{
    (void)state;
    static const struct {
        const char *bytes, *expected;
    } cases[] = {
        {"", "\"\""},
        {"\"\\/\b\f\n\r\t", "\"\\\"\\\\/\\b\\f\\n\\r\\t\""},
        {"\x01\x1F\x7F", "\"\\u0001\\u001f\x7F\""},
        {"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80", "\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\""},
        {"a\xFF"
         "b",
         "\"a" BAD "b\""},
        {"\x80", "\"" BAD "\""},
        {"\xC0\xAF", "\"" BAD BAD "\""},                 /* overlong slash */
        {"\xE0\x80\xAF", "\"" BAD BAD BAD "\""},         /* overlong slash */
        {"\xED\xA0\x80", "\"" BAD BAD BAD "\""},         /* a surrogate */
        {"\xF4\x90\x80\x80", "\"" BAD BAD BAD BAD "\""}, /* beyond U+10FFFF */
        {"\xE2\x82", "\"" BAD BAD "\""},                 /* cut short */
        {"\xF0\x9F\x98", "\"" BAD BAD BAD "\""},
        {"\xE2\"", "\"" BAD "\\\"\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        check_string(cases[i].bytes, strlen(cases[i].bytes), cases[i].expected);
    }
    check_string("a\0b", 3, "\"a\\u0000b\"");
}

static void whatever_bytes_go_in_the_reader_takes_what_comes_out(void **state)
{
    (void)state;
    be_random random;
    be_random_init(&random, 4, 0);
    for (int i = 0; i < 20000; i++) {
        char bytes[12];
        size_t size = (size_t)be_random_below(&random, sizeof bytes + 1);
        for (size_t j = 0; j < size; j++) {
            bytes[j] = (char)(1 + be_random_below(&random, 255));
        }
        be_text text;
        be_json_writer json;
        start(&json, &text, true);
        be_json_string_n(&json, bytes, size);
        be_json *parsed;
        CHECK_SAY(be_json_parse(text.bytes, text.size, &parsed, NULL) == BE_OK, "%s", text.bytes);
        be_json_destroy(parsed);
        be_text_clear(&text);
    }
}

static void calls_out_of_place_fail_and_write_nothing_more(void **state)
{
    (void)state;
    be_text text;
    be_json_writer json;
    for (int wrong = 0; wrong < 6; wrong++) {
        start(&json, &text, true);
        switch (wrong) {
        case 0: /* a value without its key */
            be_json_object(&json);
            be_json_null(&json);
            break;
        case 1: /* a key in an array */
            be_json_array(&json);
            be_json_key(&json, "k");
            break;
        case 2: /* two keys */
            be_json_object(&json);
            be_json_key(&json, "k");
            be_json_key(&json, "l");
            break;
        case 3: /* the other end */
            be_json_object(&json);
            be_json_array_end(&json);
            break;
        case 4: /* an end with nothing open */
            be_json_object_end(&json);
            break;
        default: /* a key without its value */
            be_json_object(&json);
            be_json_key(&json, "k");
            be_json_object_end(&json);
        }
        CHECK_SAY(be_text_status(&text) == BE_EINVAL, "case %d", wrong);
        size_t size = text.size;
        be_json_null(&json);
        CHECK(text.size == size);
        be_text_clear(&text);
    }
}

static void sixty_four_levels_are_written_and_no_more(void **state)
{
    (void)state;
    be_text text;
    be_json_writer json;
    start(&json, &text, true);
    for (int i = 0; i < 64; i++) {
        be_json_array(&json);
    }
    CHECK(be_text_status(&text) == BE_OK);
    for (int i = 0; i < 64; i++) {
        be_json_array_end(&json);
    }
    CHECK(be_text_status(&text) == BE_OK && text.size == 128);
    be_text_clear(&text);
    start(&json, &text, true);
    for (int i = 0; i < 65; i++) {
        be_json_array(&json);
    }
    CHECK(be_text_status(&text) == BE_ELIMIT);
    be_text_clear(&text);
}

static const struct CMUnitTest tests[] = {
    TEST(the_layout_is_two_spaces_or_none),
    TEST(doubles_have_as_few_digits_as_possible),
    TEST(every_double_reads_back_to_the_bit),
    TEST(a_decimal_of_fifteen_digits_is_written_as_it_was),
    TEST(strings_escape_what_must_be_and_mend_what_is_no_utf8),
    TEST(whatever_bytes_go_in_the_reader_takes_what_comes_out),
    TEST(calls_out_of_place_fail_and_write_nothing_more),
    TEST(sixty_four_levels_are_written_and_no_more),
};
RUN_TESTS(tests)
