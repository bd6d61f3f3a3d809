/* test_locale.c: numbers in JSON and CSV have a point, whatever the locale's is: a comma, or a
 * character of two bytes. The locales are made here, with the C library's localedef; where that
 * cannot be done, the tests are skipped. */
#include "check.h"

#include <breakeven/io.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/breakeven-test-XXXXXX";

static int make_locales(void **state)
{
    (void)state;
    static const char *const points[][2] = {{"comma", "<U002C>"}, {"momayyez", "<U066B>"}};
    if (!mkdtemp(folder) || chdir(folder)) {
        return -1;
    }
    for (size_t i = 0; i < 2; i++) {
        FILE *file = fopen("source", "w");
        fprintf(file,
                "escape_char /\nLC_NUMERIC\ndecimal_point \"%s\"\nthousands_sep \"\"\n"
                "grouping -1\nEND LC_NUMERIC\nLC_CTYPE\nEND LC_CTYPE\n",
                points[i][1]);
        fclose(file);
        char command[100];
        snprintf(command, sizeof command,
                 "localedef -c --no-archive -f UTF-8 -i ./source ./%s >/dev/null 2>&1",
                 points[i][0]);
        (void)!system(command); /* it warns by its status; whether it worked is seen on use */
    }
    return setenv("LOCPATH", folder, 1);
}

static int remove_locales(void **state)
{
    (void)state;
    char command[60];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return chdir("/") || system(command);
}

static void check_point(const char *locale, const char *point)
{
    if (!setlocale(LC_NUMERIC, locale)) {
        skip();
    }
    char half[8], expected[8];
    snprintf(half, sizeof half, "%.1f", 0.5);
    snprintf(expected, sizeof expected, "0%s5", point);
    assert_string_equal(half, expected);

    static const double numbers[] = {1.5, -0.1, 1e300, 5e-324, 1.0 / 3, 1e15 + 0.5};
    be_text text;
    be_text_init(&text, NULL);
    be_json_writer writer;
    be_json_init(&writer, &text, true);
    be_json_array(&writer);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        be_json_double(&writer, numbers[i]);
    }
    be_json_array_end(&writer);
    assert_string_equal(text.bytes,
                        "[1.5,-0.1,1e+300,5e-324,0.3333333333333333,1000000000000000.5]");
    be_json *json;
    CHECK(be_json_parse(text.bytes, text.size, &json, NULL) == BE_OK);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        CHECK_SAY(be_json_number(be_json_at(be_json_root(json), i)) == numbers[i], "number %zu", i);
    }
    be_json_destroy(json);
    be_text_clear(&text);

    static const char table[] = "x\n1.5\n-1e-3\n";
    be_csv_field field = {"x", true, NULL};
    be_csv *csv;
    CHECK(be_csv_parse(table, strlen(table), &field, 1, NULL, &csv, NULL) == BE_OK);
    CHECK(be_csv_column(csv, 0)[0] == 1.5 && be_csv_column(csv, 0)[1] == -1e-3);
    be_csv_destroy(csv);

    snprintf(half, sizeof half, "%.1f", 0.5);
    assert_string_equal(half, expected); /* the caller's locale is as it was */
    setlocale(LC_NUMERIC, "C");
}

static void a_locale_with_a_comma_changes_nothing(void **state)
{
    (void)state;
    check_point("comma", ",");
}

static void a_locale_with_a_point_of_two_bytes_changes_nothing(void **state)
{
    (void)state;
    check_point("momayyez", "\xD9\xAB");
}

static const struct CMUnitTest tests[] = {
    TEST(a_locale_with_a_comma_changes_nothing),
    TEST(a_locale_with_a_point_of_two_bytes_changes_nothing),
};

int main(void)
{
    return cmocka_run_group_tests(tests, make_locales, remove_locales) != 0;
}
