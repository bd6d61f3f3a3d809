/* test_json_read.c: what the reader takes, what it refuses, and where it says it did. */
#include "check.h"

#include <breakeven/io.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static be_json *parse(const char *text)
{
    be_json *json = NULL;
    be_error error;
    be_status status = be_json_parse(text, strlen(text), &json, &error);
    CHECK_SAY(status == BE_OK, "%s: %s", text, error.expected);
    return json;
}

static void values_of_each_type_come_back(void **state)
{
    (void)state;
    be_json *json = parse(" {\"n\":null,\"b\":[true,false],\"i\":-9223372036854775808,\n"
                          "\"r\":2.5e3,\"s\":\"\\u20ac\\ud83d\\ude00\",\"o\":{}} ");
    const be_json_value *root = be_json_root(json);
    CHECK(be_json_typeof(root) == BE_JSON_OBJECT && be_json_size(root) == 6);
    CHECK(be_json_typeof(be_json_get(root, "n")) == BE_JSON_NULL);
    const be_json_value *list = be_json_get(root, "b");
    CHECK(be_json_typeof(list) == BE_JSON_ARRAY && be_json_size(list) == 2);
    CHECK(be_json_typeof(be_json_at(list, 0)) == BE_JSON_BOOL &&
          be_json_boolean(be_json_at(list, 0)));
    CHECK(be_json_typeof(be_json_at(list, 1)) == BE_JSON_BOOL &&
          !be_json_boolean(be_json_at(list, 1)));
    CHECK(be_json_typeof(be_json_get(root, "i")) == BE_JSON_INTEGER);
    CHECK(be_json_integer(be_json_get(root, "i")) == INT64_MIN);
    CHECK(be_json_number(be_json_get(root, "i")) == -0x1p63);
    CHECK(be_json_typeof(be_json_get(root, "r")) == BE_JSON_REAL);
    CHECK(be_json_number(be_json_get(root, "r")) == 2500);
    assert_string_equal(be_json_text(be_json_get(root, "s")), "\xE2\x82\xAC\xF0\x9F\x98\x80");
    CHECK(be_json_size(be_json_get(root, "o")) == 0);
    be_json_destroy(json);
}

static void the_wrong_type_and_nothing_are_answered_alike(void **state)
{
    (void)state;
    be_json *json = parse("[1]");
    const be_json_value *values[] = {NULL, be_json_root(json)};
    for (size_t i = 0; i < 2; i++) {
        CHECK(be_json_get(values[i], "k") == NULL);
        CHECK(be_json_at(values[i], 1) == NULL);
        CHECK(be_json_integer(values[i]) == 0);
        CHECK(isnan(be_json_number(values[i])));
        CHECK(!be_json_boolean(values[i]));
        CHECK(be_json_text(values[i]) == NULL);
        const char *key = NULL;
        CHECK(be_json_next(values[i], &key) == NULL && key == NULL);
    }
    CHECK(be_json_size(NULL) == 0 && be_json_typeof(NULL) == BE_JSON_NULL);
    be_json_destroy(json);
    be_json_destroy(NULL);
}

static void members_are_stepped_through_in_their_order(void **state)
{
    (void)state;
    enum { MEMBERS = 20000 };
    be_text text;
    be_text_init(&text, NULL);
    be_json_writer writer;
    be_json_init(&writer, &text, true);
    be_json_object(&writer);
    for (int i = 0; i < MEMBERS; i++) {
        char key[16];
        snprintf(key, sizeof key, "%x", i * 7919 % MEMBERS);
        be_json_key(&writer, key);
        be_json_i64(&writer, i);
    }
    be_json_object_end(&writer);
    be_json *json = parse(text.bytes);
    const char *key = NULL;
    int64_t seen = 0;
    for (const be_json_value *value; (value = be_json_next(be_json_root(json), &key));) {
        CHECK_SAY(be_json_integer(value) == seen, "%s", key);
        CHECK(strtol(key, NULL, 16) == seen * 7919 % MEMBERS);
        seen++;
    }
    CHECK(seen == MEMBERS);
    be_json_destroy(json);
    be_text_clear(&text);
}

static void what_is_refused_is_refused_at_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t line, offset;
        const char *expected;
    } cases[] = {
        {"", 1, 0, "ends too early"},
        {"  ", 1, 2, "ends too early"},
        {"[1,\n 2", 2, 2, "ends too early"},
        {"{\"a\":1}x", 1, 8, "the end of the JSON text"},
        {"[1,]", 1, 4, "a JSON value"},
        {"[1 2]", 1, 4, "',' or ']'"},
        {"[}", 1, 2, "a JSON value"},
        {"{1:2}", 1, 2, "a string or '}'"},
        {"{\"a\" 1}", 1, 6, "':'"},
        {"{\"a\":1 2}", 1, 8, "',' or '}'"},
        {"{\"a\":1,\n\"b\":{\"c\":1,\"c\":2}}", 2, 14, "a key that this object does not have"},
        {"[nul]", 1, 4, "a JSON value"},
        {"[NaN]", 1, 4, "a JSON value"},
        {"[01]", 1, 2, "a JSON value"},
        {"[+1]", 1, 2, "a JSON value"},
        {"[.5]", 1, 2, "a JSON value"},
        {"[1.]", 1, 3, "a JSON value"},
        {"[1e]", 1, 3, "a JSON value"},
        {"[0x10]", 1, 3, "',' or ']'"},
        {"[1e999]", 1, 6, "a finite number"},
        {"[9223372036854775808]", 1, 20, "an integer of 64 bits"},
        {"[\"\\x\"]", 1, 4, "a valid escape"},
        {"[\"\\u12g4\"]", 1, 7, "a valid escape"},
        {"[\"\\ud800\"]", 1, 9, "surrogate"},
        {"[\"\\udc00\"]", 1, 9, "surrogate"},
        {"[\"\\u0000\"]", 1, 9, "without \\u0000"},
        {"{\"\\u0000\":1}", 1, 9, "without \\u0000"},
        {"[\"a\nb\"]", 1, 3, "the end of the string"},
        {"[\"a\x01\"]", 1, 3, "control characters"},
        {"[\"open", 1, 6, "ends too early"},
        {"[\"\xFF\"]", 1, 2, "valid UTF-8"},
        {"[\"\xC0\xAF\"]", 1, 2, "valid UTF-8"},
        {"[\"\xED\xA0\x80\"]", 1, 2, "valid UTF-8"},
        {"\xEF\xBB\xBF[]", 1, 3, "a JSON value"},
        {"[1] // no", 1, 5, "the end of the JSON text"},
        {"'a'", 1, 1, "a JSON value"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        be_json *json = NULL;
        be_error error = {0};
        be_status status = be_json_parse(cases[i].text, strlen(cases[i].text), &json, &error);
        CHECK_SAY(status == BE_EINVAL && error.status == BE_EINVAL && json == NULL &&
                      error.line == cases[i].line && error.offset == cases[i].offset &&
                      strstr(error.expected, cases[i].expected),
                  "case %zu %s: status %d at %zu:%zu, expected %s", i, cases[i].text, (int)status,
                  error.line, error.offset, error.expected);
        CHECK(be_json_parse(cases[i].text, strlen(cases[i].text), &json, NULL) == status);
    }
}

static void a_zero_byte_in_the_text_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {"[1\0]", "[\0001]", "\"a\0b\"", "[tru\0e]", "\0[1]"};
    static const size_t sizes[] = {4, 4, 5, 7, 4};
    for (size_t i = 0; i < 5; i++) {
        be_json *json;
        CHECK_SAY(be_json_parse(texts[i], sizes[i], &json, NULL) == BE_EINVAL, "case %zu", i);
    }
}

static void nesting_is_bounded_at_64_and_brackets_in_strings_do_not_count(void **state)
{
    (void)state;
    enum { DEEP = 1000000 };
    char *text = malloc(DEEP + 1);
    be_json *json;
    be_error error;
    for (size_t depth = 63; depth <= 66; depth++) {
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        be_status status = be_json_parse(text, 2 * depth, &json, &error);
        CHECK_SAY(status == (depth <= 64 ? BE_OK : BE_ELIMIT), "depth %zu", depth);
        if (status) {
            CHECK(error.line == 1 && error.offset == 64);
        } else {
            be_json_destroy(json);
        }
    }
    memset(text, '[', DEEP);
    CHECK(be_json_parse(text, DEEP, &json, &error) == BE_ELIMIT);
    text[0] = text[1] = '"';
    text[1] = '\\';
    text[2] = '"';
    text[DEEP - 1] = '"';
    CHECK(be_json_parse(text, DEEP, &json, &error) == BE_OK);
    be_json_destroy(json);
    free(text);
}

static const struct CMUnitTest tests[] = {
    TEST(values_of_each_type_come_back),
    TEST(the_wrong_type_and_nothing_are_answered_alike),
    TEST(members_are_stepped_through_in_their_order),
    TEST(what_is_refused_is_refused_at_its_place),
    TEST(a_zero_byte_in_the_text_is_refused),
    TEST(nesting_is_bounded_at_64_and_brackets_in_strings_do_not_count),
};
RUN_TESTS(tests)
