/* test_polynomial.c: polynomials from text and back. */
#include "check.h"

#include <breakeven/lfsr.h>

#include <string.h>

static void every_notation_of_a_polynomial_reads_alike(void **state)
{
    (void)state;
    static const char *const same[] = {
        "x^16+x^5+x^3+x^2+1",
        "x**16 + x**5 + x**3 + x**2 + 1",
        "X^16 + t^5 + T ^ 3 +\tx ^2\n+ 1\r\n",
        "1 + x^2 + x^3 + x^5 + x^16",
        "x^0+x^2+x^3+x^5+x^016",
        "16,5,3,2,0",
        " 0 , 2,3 ,5,\t16\n",
    };
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        uint64_t polynomial = 0;
        be_status status = be_lfsr_polynomial_parse(same[i], strlen(same[i]), &polynomial, NULL);
        CHECK_SAY(!status, "notation %zu", i);
        CHECK_SAY(polynomial == 0x1002d, "notation %zu: %llx", i, (unsigned long long)polynomial);
    }
}

static void the_smallest_and_the_greatest_degree_are_taken(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t polynomial;
    } edges[] = {
        {"x", 2},
        {"2", 4},
        {"1,0", 3},
        {"1+x", 3},
        {"x^1", 2},
        {"x^40 + 1", (UINT64_C(1) << 40) + 1},
        {"40", UINT64_C(1) << 40},
    };
    for (size_t i = 0; i < sizeof edges / sizeof edges[0]; i++) {
        uint64_t polynomial = 0;
        be_status status =
            be_lfsr_polynomial_parse(edges[i].text, strlen(edges[i].text), &polynomial, NULL);
        CHECK_SAY(!status && polynomial == edges[i].polynomial, "%s: %d, %llx", edges[i].text,
                  (int)status, (unsigned long long)polynomial);
    }
}

static void a_malformed_polynomial_is_refused_with_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t offset;
        const char *expected;
    } refused[] = {
        {"", 0, "a polynomial such as x^4 + x + 1 or 4,1,0"},
        {" \n", 2, "a polynomial such as x^4 + x + 1 or 4,1,0"},
        {"y^4+1", 0, "x or 1"},
        {"+x", 0, "x or 1"},
        {"-x", 0, "x or 1"},
        {"x^4+", 4, "x or 1"},
        {"x^4++1", 4, "x or 1"},
        {"x^4+2", 4, "x or 1"},
        {"2+x", 0, "x or 1"},
        {"x^4+0", 4, "x or 1"},
        {"x^4-1", 3, "+ or the end"},
        {"x^4 1", 4, "+ or the end"},
        {"x^4,1", 3, "+ or the end"},
        {"xx", 1, "+ or the end"},
        {"x4", 1, "+ or the end"},
        {"1+x x", 4, "+ or the end"},
        {"x^", 2, "an exponent"},
        {"x^-1", 2, "an exponent"},
        {"x^ +1", 3, "an exponent"},
        {"x*4", 2, "the second * of **"},
        {"x* *4", 2, "the second * of **"},
        {"x*", 2, "the second * of **"},
        {"x^41+1", 2, "an exponent of at most 40"},
        {"x^99999999999999999999999999+1", 2, "an exponent of at most 40"},
        {"x^4294967297", 2, "an exponent of at most 40"},
        {"41,0", 0, "an exponent of at most 40"},
        {"x^4+x^4", 6, "an exponent other than 4, given before"},
        {"1+x+1", 4, "an exponent other than 0, given before"},
        {"x^3+x+x^1", 8, "an exponent other than 1, given before"},
        {"16,5,5,0", 5, "an exponent other than 5, given before"},
        {"16,,0", 3, "an exponent"},
        {"16,5,", 5, "an exponent"},
        {"16 5", 3, "a comma or the end"},
        {"16,x", 3, "an exponent"},
        {"16;5", 2, "a comma or the end"},
        {"1.5", 1, "a comma or the end"},
        {"0", 0, "a polynomial of degree 1 to 40"},
        {"1 ", 0, "a polynomial of degree 1 to 40"},
        {" x^0", 1, "a polynomial of degree 1 to 40"},
        {"\xEF\xBB\xBFx+1", 0, "x or 1"},
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        const char *text = refused[i].text;
        uint64_t polynomial = 77;
        be_error error;
        be_status status = be_lfsr_polynomial_parse(text, strlen(text), &polynomial, &error);
        CHECK_SAY(status == BE_EINVAL && error.status == BE_EINVAL, "'%s': %d", text, (int)status);
        CHECK_SAY(error.offset == refused[i].offset, "'%s': offset %zu", text, error.offset);
        CHECK_SAY(strcmp(error.expected, refused[i].expected) == 0, "'%s': %s", text,
                  error.expected);
        CHECK_SAY(polynomial == 77, "'%s' wrote its output", text);
    }
}

static void a_zero_byte_is_no_end(void **state)
{
    (void)state;
    uint64_t polynomial;
    be_error error;
    CHECK(be_lfsr_polynomial_parse("x+1\0", 4, &polynomial, &error) == BE_EINVAL);
    CHECK(error.offset == 3);
    CHECK(be_lfsr_polynomial_parse("\0x", 2, &polynomial, &error) == BE_EINVAL);
    CHECK(error.offset == 0);
    CHECK(be_lfsr_polynomial_parse("4,0\0", 4, &polynomial, &error) == BE_EINVAL);
    CHECK(error.offset == 3);
}

static void what_is_written_reads_back(void **state)
{
    (void)state;
    char text[BE_LFSR_TEXT_SIZE];
    be_lfsr_polynomial_format(0x1002d, text);
    CHECK(strcmp(text, "x^16 + x^5 + x^3 + x^2 + 1") == 0);
    be_lfsr_polynomial_format(3, text);
    CHECK(strcmp(text, "x + 1") == 0);
    be_lfsr_polynomial_format(0, text);
    CHECK(strcmp(text, "0") == 0);
    be_lfsr_polynomial_format(UINT64_MAX, text);
    CHECK(strncmp(text, "x^63 + x^62", 11) == 0 && strlen(text) < sizeof text);
    be_random random;
    be_random_init(&random, 1, 0);
    for (int i = 0; i < 10000; i++) {
        uint64_t polynomial = be_random_u64(&random) >> 23 | 2, again = 0;
        be_lfsr_polynomial_format(polynomial, text);
        CHECK_SAY(!be_lfsr_polynomial_parse(text, strlen(text), &again, NULL) &&
                      again == polynomial,
                  "%s", text);
    }
}

static const struct CMUnitTest tests[] = {
    TEST(every_notation_of_a_polynomial_reads_alike),
    TEST(the_smallest_and_the_greatest_degree_are_taken),
    TEST(a_malformed_polynomial_is_refused_with_its_place),
    TEST(a_zero_byte_is_no_end),
    TEST(what_is_written_reads_back),
};
RUN_TESTS(tests)
