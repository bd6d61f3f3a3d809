/* test_csv.c: what the CSV reader takes, and what it says about what it refuses. */
#include "check.h"

#include <breakeven/io.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>

static const char *const SIDES[] = {"buy", "sell", NULL};
static const be_csv_field FIELDS[] = {
    {"side", false, SIDES}, {"price", true, NULL}, {"size", false, NULL}};
enum { SIDE, PRICE, SIZE, N_FIELDS };

static be_csv *parsed(const char *text)
{
    be_csv *csv = NULL;
    be_error error = {0};
    be_status status = be_csv_parse(text, strlen(text), FIELDS, N_FIELDS, NULL, &csv, &error);
    CHECK_SAY(status == BE_OK, "%s: line %zu offset %zu: %s", text, error.line, error.offset,
              error.expected);
    return csv;
}

static void columns_come_in_any_order_and_rows_in_the_files(void **state)
{
    (void)state;
    be_csv *csv = parsed("price,side\n1.5,sell\n-2e-1,buy\n");
    CHECK(be_csv_rows(csv) == 2);
    CHECK(be_csv_column(csv, PRICE)[0] == 1.5 && be_csv_column(csv, PRICE)[1] == -0.2);
    CHECK(be_csv_column(csv, SIDE)[0] == 1 && be_csv_column(csv, SIDE)[1] == 0);
    CHECK(!be_csv_column(csv, SIZE) && !be_csv_column(csv, N_FIELDS));
    be_csv_destroy(csv);
}

static void blanks_comments_empty_lines_and_crlf_do_not_matter(void **state)
{
    (void)state;
    be_csv *csv =
        parsed("\xEF\xBB\xBF# quotes\r\n\r\n price ,\tsize\r\n  1 , 2\t\r\n # 9,9\n \n3,4");
    CHECK(be_csv_rows(csv) == 2);
    CHECK(be_csv_column(csv, PRICE)[1] == 3 && be_csv_column(csv, SIZE)[0] == 2);
    be_csv_destroy(csv);
}

static void a_header_alone_is_an_empty_table(void **state)
{
    (void)state;
    be_csv *csv = parsed("price");
    CHECK(be_csv_rows(csv) == 0 && be_csv_column(csv, PRICE));
    be_csv_destroy(csv);
}

static void numbers_are_read_to_the_last_bit(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double value;
    } CASES[] = {
        {"0.1", 0.1},
        {"+.5", 0.5},
        {"5.", 5},
        {"-0", 0},
        {"1.7976931348623157e308", 0x1.fffffffffffffp1023},
        {"4.9406564584124654e-324", 0x1p-1074},
        {"1e-400", 0},
        {"9007199254740993", 9007199254740992}, /* halfway: to even */
        {"1E+2", 100},
        {"10.450583572185567", 10.450583572185567},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char text[64];
        snprintf(text, sizeof text, "price\n%s\n", CASES[i].text);
        be_csv *csv = parsed(text);
        CHECK_SAY(be_csv_column(csv, PRICE)[0] == CASES[i].value, "%s", CASES[i].text);
        be_csv_destroy(csv);
    }
}

static void the_callers_locale_does_not_matter_and_is_put_back(void **state)
{
    (void)state;
    locale_t own = newlocale(LC_ALL_MASK, "de_DE.UTF-8", (locale_t)0); /* 1,5 */
    if (!own) {
        own = newlocale(LC_ALL_MASK, "C", (locale_t)0);
        own = duplocale(own);
    }
    CHECK(own);
    locale_t before = uselocale(own);
    be_csv *csv = parsed("price\n1.5\n");
    CHECK(be_csv_column(csv, PRICE)[0] == 1.5);
    be_csv_destroy(csv);
    CHECK(uselocale((locale_t)0) == own);
    CHECK(be_csv_parse("price\n1,5\n", 10, FIELDS, N_FIELDS, NULL, &csv, NULL) == BE_EINVAL);
    CHECK(uselocale((locale_t)0) == own);
    uselocale(before);
    freelocale(own);
}

static void what_does_not_parse_is_answered_with_line_offset_and_what_was_expected(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t line, offset;
        const char *expected;
    } CASES[] = {
        {"", 1, 0, "a header line with column names"},
        {"# nothing else\n", 2, 0, "a header line with column names"},
        {"price,prize\n", 1, 6, "a column's name: side, price, size"},
        {"price,\n", 1, 6, "a column's name: side, price, size"},
        {"price,size, price\n", 1, 12, "column \"price\" once"},
        {"size\n1\n", 1, 4, "a column \"price\""},
        {"price\n1\n\nx\n", 4, 0, "a number such as 0.25 or 1e-3"},
        {"price,size\n1,\n", 2, 2, "a number such as 0.25 or 1e-3"},
        {"price,size\n1, 2 3\n", 2, 3, "a number such as 0.25 or 1e-3"},
        {"price\n1,2\n", 2, 1, "the end of the line after 1 cells"},
        {"price,size\n1\n", 2, 1, "a comma and a cell for column \"size\""},
        {"price\nnan\n", 2, 0, "a number such as 0.25 or 1e-3"},
        {"price\n-inf\n", 2, 0, "a number such as 0.25 or 1e-3"},
        {"price\n0x10\n", 2, 0, "a number such as 0.25 or 1e-3"},
        {"price\n1e\n", 2, 0, "a number such as 0.25 or 1e-3"},
        {"price\n.\n", 2, 0, "a number such as 0.25 or 1e-3"},
        {"price\n\"1\"\n", 2, 0, "a number such as 0.25 or 1e-3"},
        {"price\n1e309\n", 2, 0, "a number below 1.8e308"},
        {"price\n-1e309\n", 2, 0, "a number below 1.8e308"},
        {"side,price\nhold,1\n", 2, 0, "one of: buy, sell"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        be_csv *csv = NULL;
        be_error error = {0};
        be_status status = be_csv_parse(CASES[i].text, strlen(CASES[i].text), FIELDS, N_FIELDS,
                                        NULL, &csv, &error);
        CHECK_SAY(status == BE_EINVAL && !csv && error.line == CASES[i].line &&
                      error.offset == CASES[i].offset &&
                      strcmp(error.expected, CASES[i].expected) == 0,
                  "case %zu: status %d, line %zu, offset %zu, \"%s\"", i, (int)status, error.line,
                  error.offset, error.expected);
    }
}

static void more_fields_than_fit_are_refused(void **state)
{
    (void)state;
    be_csv *csv = NULL;
    CHECK(be_csv_parse("price\n", 6, FIELDS, 0, NULL, &csv, NULL) == BE_EINVAL);
    CHECK(be_csv_parse("price\n", 6, FIELDS, BE_CSV_FIELDS_MAX + 1, NULL, &csv, NULL) == BE_EINVAL);
}

struct budget {
    size_t left; /* allocations that still succeed */
    size_t held;
};

static void *take(void *user, size_t size)
{
    struct budget *budget = user;
    if (budget->left == 0) {
        return NULL;
    }
    budget->left--;
    budget->held++;
    return malloc(size);
}

static void give_back(void *user, void *memory, size_t size)
{
    (void)size;
    ((struct budget *)user)->held--;
    free(memory);
}

static void each_allocation_may_fail_and_nothing_stays(void **state)
{
    (void)state;
    static const char TEXT[] = "price,size\n1,2\n";
    for (size_t allowed = 0;; allowed++) {
        struct budget budget = {allowed, 0};
        be_allocator allocator = {take, give_back, &budget};
        be_csv *csv = NULL;
        be_status status =
            be_csv_parse(TEXT, strlen(TEXT), FIELDS, N_FIELDS, &allocator, &csv, NULL);
        if (status == BE_OK) {
            CHECK(allowed == 2);
            be_csv_destroy(csv);
            CHECK(budget.held == 0);
            break;
        }
        CHECK(status == BE_ENOMEM && budget.held == 0);
    }
}

static const struct CMUnitTest TESTS[] = {
    TEST(columns_come_in_any_order_and_rows_in_the_files),
    TEST(blanks_comments_empty_lines_and_crlf_do_not_matter),
    TEST(a_header_alone_is_an_empty_table),
    TEST(numbers_are_read_to_the_last_bit),
    TEST(the_callers_locale_does_not_matter_and_is_put_back),
    TEST(what_does_not_parse_is_answered_with_line_offset_and_what_was_expected),
    TEST(more_fields_than_fit_are_refused),
    TEST(each_allocation_may_fail_and_nothing_stays),
};
RUN_TESTS(TESTS)
