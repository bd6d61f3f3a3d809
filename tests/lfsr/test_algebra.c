/* test_algebra.c: factors, orders and cycles from algebra, against worked examples and against
 * walking through every state. */
#include "check.h"

#include <breakeven/lfsr.h>

#include <stdlib.h>
#include <string.h>

static void register_of(be_lfsr *lfsr, const char *text, uint64_t q)
{
    be_lfsr_field field;
    be_lfsr_reading took;
    be_error error = {0};
    CHECK(be_lfsr_field_init(q, 0, &field, &error) == BE_OK);
    be_status status = be_lfsr_parse(text, strlen(text), &field, NULL, NULL, lfsr, &took, &error);
    CHECK_SAY(status == BE_OK, "%s: %s", text, error.expected);
}

/* "1:2 2:1" */
static void census_text(const be_lfsr_analysis *analysis, be_text *text)
{
    for (size_t i = 0; i < analysis->n_lengths; i++) {
        be_text_puts(text, i ? " " : "");
        be_lfsr_integer_format(analysis->census[i].length, text);
        be_text_puts(text, ":");
        be_lfsr_integer_format(analysis->census[i].cycles, text);
    }
    for (size_t j = 1; j <= analysis->preperiod; j++) {
        be_text_printf(text, "%s%zu:", j == 1 ? " tails " : " ", j);
        be_lfsr_integer_format(analysis->tails[j], text);
    }
}

static void worked_examples_come_out_as_published(void **state)
{
    (void)state;
    static const struct {
        uint64_t q;
        const char *text, *census, *order;
    } EXAMPLES[] = {
        {2, "coefficients:1,1,0,1", "1:2 2:1 3:2 6:1", "6"},
        {2, "coefficients:1,1,1,0,0,0,0,0,1,1", "1:2 2:1 3:2 4:3 6:1 8:30 12:3 24:30", "24"},
        {2, "coefficients:1,0,0,0,0,0,0,0", "1:2 2:1 4:3 8:30", "8"},
        {2, "coefficients:0,0,0,0", "1:1 tails 1:1 2:2 3:4 4:8", "0"},
        {2, "coefficients:0,0,1,1", "1:1 3:1 tails 1:4 2:8", "0"},
        {2, "coefficients:0,1,1,0", "1:1 7:1 tails 1:8", "0"},
        {2, "coefficients:1,1,0,0,0,0,1,0,1", "1:1 3:1 7:1 15:4 21:1 105:4", "105"},
        {2, "coefficients:1,0,1,0,1,0,0,0,0,0,0,1,0,0", "1:1 3:1 1365:12", "1365"},
        {2, "x^16+x^13+x^4+x^2+1",
         "1:1 3:1 5:3 7:1 15:3 21:1 35:3 105:3 127:1 381:1 635:3 889:1 1905:3 2667:1 4445:3 "
         "13335:3",
         "13335"},
        {3, "coefficients:1,2,1", "1:3 4:6", "4"},
        {3, "coefficients:1,0,0,1,0,0,0,0", "1:1 6560:1", "6560"},
        {3, "coefficients:2,0,1,0", "1:1 4:2 12:6", "12"},
        {5, "coefficients:1,3,2,1", "1:1 3:8 12:50", "12"},
        {4, "coefficients:2,1,3", "1:1 63:1", "63"},
        {4, "coefficients:1,1,1", "1:4 2:6 4:12", "4"},
        {8, "coefficients:2,0,1", "1:1 511:1", "511"},
        {9, "coefficients:2,0,1", "1:1 26:28", "26"},
        {27, "coefficients:3,1", "1:1 91:8", "91"},
        {16, "coefficients:2,1", "1:1 5:3 15:16", "15"},
        {25, "coefficients:5,1", "1:1 624:1", "624"},
        {2, "coefficients:1,1,1,0,0,0,0,0,1,1,0,1,1,1,0", "1:1 1057:31", "1057"},
        {2, "0x42F0E1EBA9EA3693/64",
         "1:2 2:1 32767:2147549186 65534:1073774593 131071:2 262142:1 4294803457:2147549186 "
         "8589606914:1073774593",
         "8589606914"},
        {2, "0x1EDC6F41/32", "1:2 2147483647:2", "2147483647"},
        {2, "0x04C11DB7/32", "1:1 4294967295:1", "4294967295"},
        {2, "x^128+x^7+x^2+x+1", "1:1 340282366920938463463374607431768211455:1",
         "340282366920938463463374607431768211455"},
        {2, "x^127+x+1", "1:1 170141183460469231731687303715884105727:1",
         "170141183460469231731687303715884105727"},
        {2, "xnor:coefficients:1,0,0,1", "1:1 15:1", "15"},
        {2, "xnor:coefficients:1,1,0,1", "4:1 12:1", "6"},
        {2, "xnor:coefficients:1,1,1", "4:2", "4"},
    };
    for (size_t i = 0; i < sizeof EXAMPLES / sizeof EXAMPLES[0]; i++) {
        be_lfsr lfsr;
        be_lfsr_analysis analysis;
        be_error error = {0};
        be_text text;
        be_text_init(&text, NULL);
        register_of(&lfsr, EXAMPLES[i].text, EXAMPLES[i].q);
        be_lfsr_analyze_options options = {.size = sizeof options, .want = BE_LFSR_WANT_CENSUS};
        be_status status = be_lfsr_analyze(&lfsr, &options, &analysis, &error);
        CHECK_SAY(status == BE_OK, "%s: %s", EXAMPLES[i].text, error.expected);
        census_text(&analysis, &text);
        CHECK_SAY(!strcmp(text.bytes, EXAMPLES[i].census), "%s: %s", EXAMPLES[i].text, text.bytes);
        be_text_clear(&text);
        be_lfsr_integer_format(analysis.order, &text);
        CHECK_SAY(!strcmp(text.bytes, EXAMPLES[i].order), "%s: %s", EXAMPLES[i].text, text.bytes);
        be_text_clear(&text);
        be_lfsr_analysis_clear(&analysis);
        be_lfsr_clear(&lfsr);
    }
}

static void polynomials_known_to_be_primitive_are_found_to_be(void **state)
{
    (void)state;
    static const char *const PRIMITIVE[] = {
        "x^128+x^7+x^2+x+1",
        "x^256+x^10+x^5+x^2+1",
        "x^521+x^32+1",
        "x^300+x^7+1",
        "x^127+x+1",
        "x^39+x^35+x^33+x^31+x^17+x^15+x^14+x^2+1",   /* LILI-128 */
        "x^89+x^83+x^80+x^55+x^53+x^42+x^39+x+1",     /* LILI-128 */
        "feedback:x^80+x^67+x^57+x^42+x^29+x^18+1",   /* Grain v1 */
        "feedback:x^128+x^121+x^90+x^58+x^47+x^32+1", /* Grain-128 */
    };
    for (size_t i = 0; i < sizeof PRIMITIVE / sizeof PRIMITIVE[0]; i++) {
        be_lfsr lfsr;
        be_lfsr_analysis analysis;
        register_of(&lfsr, PRIMITIVE[i], 2);
        CHECK(be_lfsr_analyze(&lfsr, NULL, &analysis, NULL) == BE_OK);
        CHECK_SAY(analysis.primitive && analysis.irreducible, "%s", PRIMITIVE[i]);
        be_lfsr_analysis_clear(&analysis);
        be_lfsr_clear(&lfsr);
    }
}

static void registers_that_are_none_are_refused(void **state)
{
    (void)state;
    be_lfsr lfsr;
    be_lfsr_analysis analysis;
    be_error error = {0};
    register_of(&lfsr, "x^4+x+1", 2);
    lfsr.coefficients[2] = 2;
    CHECK(be_lfsr_analyze(&lfsr, NULL, &analysis, &error) == BE_EINVAL && error.expected[0]);
    lfsr.coefficients[2] = 0;
    be_lfsr_analyze_options options = {.size = 1};
    CHECK(be_lfsr_analyze(&lfsr, &options, &analysis, &error) == BE_EINVAL);
    options = (be_lfsr_analyze_options){.size = sizeof options, .known = "12\n3a", .known_size = 5};
    CHECK(be_lfsr_analyze(&lfsr, &options, &analysis, &error) == BE_EINVAL && error.line == 2 &&
          error.offset == 1);
    be_cancel cancel = {0};
    be_cancel_raise(&cancel);
    options = (be_lfsr_analyze_options){
        .size = sizeof options, .want = BE_LFSR_WANT_CENSUS, .cancel = &cancel};
    CHECK(be_lfsr_analyze(&lfsr, &options, &analysis, &error) == BE_ECANCEL);
    be_lfsr_clear(&lfsr);
}

static const struct CMUnitTest tests[] = {
    TEST(worked_examples_come_out_as_published),
    TEST(polynomials_known_to_be_primitive_are_found_to_be),
    TEST(registers_that_are_none_are_refused),
};

RUN_TESTS(tests)
