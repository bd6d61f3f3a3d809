/* test_notation.c: one register said in many ways, and the presets. */
#include "check.h"

#include <breakeven/lfsr.h>

#include <string.h>

static be_lfsr_field field_of(uint64_t q)
{
    be_lfsr_field field;
    CHECK(be_lfsr_field_init(q, 0, &field, NULL) == BE_OK);
    return field;
}

/* The register as "fibonacci 1,1,0,1" (c_0 first) or "matrix 0110", with "+ constant" and "~". */
static void describe(const be_lfsr *lfsr, char *out)
{
    static const char *const FORM[] = {"fibonacci", "galois", "matrix"};
    out += sprintf(out, "%s ", FORM[lfsr->form]);
    size_t n = lfsr->form == BE_LFSR_MATRIX ? lfsr->n * lfsr->n : lfsr->n;
    const uint64_t *c = lfsr->form == BE_LFSR_MATRIX ? lfsr->matrix : lfsr->coefficients;
    for (size_t i = 0; i < n; i++) {
        out += sprintf(out, i ? ",%d" : "%d", (int)c[i]);
    }
    for (size_t i = 0; lfsr->constant && i < lfsr->n; i++) {
        out += sprintf(out, i ? ",%d" : " + %d", (int)lfsr->constant[i]);
    }
    sprintf(out, "%s", lfsr->inverted ? " ~" : "");
}

static const char *read_as(const char *text, uint64_t q)
{
    static char said[1 << 16];
    be_lfsr_field field = field_of(q);
    be_lfsr lfsr;
    be_lfsr_reading took;
    be_error error;
    if (be_lfsr_parse(text, strlen(text), &field, NULL, NULL, &lfsr, &took, &error)) {
        sprintf(said, "%zu: %s", error.offset, error.expected);
        return said;
    }
    describe(&lfsr, said);
    be_lfsr_clear(&lfsr);
    return said;
}

static void one_register_is_read_in_every_notation(void **state)
{
    (void)state;
    static const struct {
        uint64_t q;
        const char *text;
        const char *is;
    } cases[] = {
        /* x^5 + x^2 + 1: s[t+5] = s[t+2] + s[t] */
        {2, "x^5+x^2+1", "fibonacci 1,0,1,0,0"},
        {2, " x**5 + x ** 2 + 1 ", "fibonacci 1,0,1,0,0"},
        {2, "1+T^2+T^5", "fibonacci 1,0,1,0,0"},
        {2, "5,2,0", "fibonacci 1,0,1,0,0"},
        {2, "exponents:0,2,5", "fibonacci 1,0,1,0,0"},
        {2, "coefficients:1,0,1,0,0", "fibonacci 1,0,1,0,0"},
        {2, "feedback:x^5+x^3+1", "fibonacci 1,0,1,0,0"},
        {2, "taps:5,3", "fibonacci 1,0,1,0,0"},
        {2, "characteristic:taps:5,2", "fibonacci 1,0,1,0,0"},
        {2, "5'h05", "fibonacci 1,0,1,0,0"},
        {2, "0x5/5", "fibonacci 1,0,1,0,0"},
        {2, "reversed:0x14/5", "fibonacci 1,0,1,0,0"},
        {2, "koopman:5'h12", "fibonacci 1,0,1,0,0"},
        {2, "full:6'h25", "fibonacci 1,0,1,0,0"},
        {2, "full:0x25", "fibonacci 1,0,1,0,0"},
        {2, "full:0x2_5/5", "fibonacci 1,0,1,0,0"},
        {2, "galois:5,2,0", "galois 1,0,1,0,0"},
        {2, "xnor:5,2,0", "fibonacci 1,0,1,0,0 + 0,0,0,0,1"},
        {2, "galois:xnor:5,2,0", "galois 1,0,1,0,0 + 1,0,1,0,0"},
        {2, "affine=1,0,0,1,1:inverted:5,2,0", "fibonacci 1,0,1,0,0 + 1,0,0,1,1 ~"},
        {2, "x^4+x^2", "fibonacci 0,0,1,0"},
        {2, "x", "fibonacci 0"},
        {2, "4", "fibonacci 0,0,0,0"},
        {2, "[[0,1],[1,1]]", "matrix 0,1,1,1"},
        {2, "affine=1,0:[ [0, 1], [1, 1] ]", "matrix 0,1,1,1 + 1,0"},
        /* w ^= w << 1, so bits 0,1,2 go to 01, 12, 2: rows; Marsaglia's step on three bits */
        {2, "xorshift:3,<<1", "matrix 1,1,0,0,1,1,0,0,1"},
        {2, "prbs7", "fibonacci 1,1,0,0,0,0,0"},
        {2, "PRBS15", "fibonacci 1,1,0,0,0,0,0,0,0,0,0,0,0,0,0 ~"},
        {2, "galois:prbs7", "galois 1,1,0,0,0,0,0"},
        {2, "crc-8", "galois 1,1,1,0,0,0,0,0"},
        /* u' = u + v steps with both parts: see the join */
        {2, "x+1;x+1", "matrix 1,0,0,1"},
        /* GF(3): P = x^3 - (2 x^2 + 1) = x^3 + x^2 + 2 */
        {3, "coefficients:1,0,2", "fibonacci 1,0,2"},
        {3, "x^3+x^2+2", "fibonacci 1,0,2"},
        {3, "x^3 - 2*x^2 - 1", "fibonacci 1,0,2"},
        {3, "1x^3+1*x**2+2", "fibonacci 1,0,2"},
        {3, "feedback:coefficients:2,0,1", "fibonacci 1,0,2"},
        {3, "feedback:1+x+2x^3", "fibonacci 1,0,2"},
        /* GF(4): -1 = 1 */
        {4, "x^2+2x+3", "fibonacci 3,2"},
        {9, "x^2+2x+3", "fibonacci 6,1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *said = read_as(cases[i].text, cases[i].q);
        CHECK_SAY(strcmp(said, cases[i].is) == 0, "%s is %s", cases[i].text, said);
    }
}

static void what_does_not_fit_is_refused_with_its_place(void **state)
{
    (void)state;
    static const struct {
        uint64_t q;
        const char *text;
        const char *is;
    } cases[] = {
        {2, "", "0: a register such as x^4 + x + 1, 4,1,0, taps:4,3, 4'h3 or prbs7"},
        {2, "taps:", "5: a register such as x^4 + x + 1, 4,1,0, taps:4,3, 4'h3 or prbs7"},
        {2, "1", "0: a polynomial of degree 1 or more"},
        {2, "x^4+x^4", "4: an exponent other than 4, given before"},
        {2, "4,1,1,0", "4: an exponent other than 1, given before"},
        {2, "taps:4,0", "7: a tap of 1 or more: stages are counted from 1"},
        {2, "taps:4,4", "7: an exponent other than 4, given before"},
        {2, "x^4+2", "4: an element of the field of at most 1"},
        {3, "2x^4+1", "0: a leading coefficient of 1"},
        {3, "0*x^4+1", "0: a leading coefficient other than 0"},
        {3, "feedback:x^4+2", "9: a feedback polynomial whose constant term is 1: s[t] itself"},
        {2, "x^70000", "2: an exponent of at most 65536"},
        {2, "0x1021", "6: a width, as in 0x1021/16"},
        {2, "0x11021/16", "2: a word of 16 bits, and it has 17"},
        {2, "koopman:0x1021/16", "10: a word with bit 15 set, for x^16"},
        {2, "full:0x1021/16", "7: a word with bit 16 set, for x^16"},
        {2, "16'b10", "3: 'h, as in 16'h1021"},
        {2, "0x/4", "2: a hexadecimal digit"},
        {2, "reversed:x^4+x+1", "9: a hexadecimal word, as normal, reversed, koopman and full say"},
        {2, "nonsense:x+1", "0: a word such as feedback:, taps:, galois: or koopman:"},
        {2, "prbs8",
         "0: a polynomial, a list, a hexadecimal word, a matrix or the name of a preset"},
        {2, "feedback:prbs7", "9: no word on the polynomial: a preset has its own"},
        {3, "prbs7", "0: GF(2): presets are registers of bits"},
        {3, "taps:4,1", "5: a polynomial or coefficients: this notation is for GF(2)"},
        {2, "[[0,1],[1]]", "9: 2 rows of 2 numbers, as the first has"},
        {2, "[[0,1]]", "6: 2 rows of 2 numbers, as the first has"},
        {2, "[[0,1],[1,1]", "12: 2 rows of 2 numbers, as the first has"},
        {2, "[[0,2],[1,1]]", "4: an element of the field of at most 1"},
        {2, "galois:[[1]]", "7: no word on polynomial or form: the step is the matrix"},
        {2, "affine=1,0:4,1,0", "10: a comma: the constant has one number for each of 4 cells"},
        {2, "x^4+", "4: x or a number"},
        {2, "x^4+x)", "5: +, - or the end"},
        {2, "4,,0", "2: an exponent"},
        {2, "coefficients:1,2", "15: an element of the field of at most 1"},
        {2, "xorshift:32,13", "12: << or >>"},
        {2, "xorshift:32,<<32", "14: a shift of at most 31"},
        {2, "x+1;", "4: a register such as x^4 + x + 1, 4,1,0, taps:4,3, 4'h3 or prbs7"},
        {2, "exponents:coefficients:1,2", "25: an element of the field of at most 1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *said = read_as(cases[i].text, cases[i].q);
        CHECK_SAY(strcmp(said, cases[i].is) == 0, "%s: %s", cases[i].text, said);
    }
}

/* Random registers over several fields: each notation that can say one is read back to it. */
static void what_is_written_reads_back_to_the_same_register(void **state)
{
    (void)state;
    static const uint64_t FIELDS[] = {2, 2, 2, 3, 4, 9, 101};
    be_random random;
    be_random_init(&random, 5, 0);
    unsigned said = 0;
    for (int round = 0; round < 2000; round++) {
        be_lfsr_field field = field_of(FIELDS[round % 7]);
        size_t n = 1 + be_random_below(&random, 40);
        uint64_t c[40];
        for (size_t i = 0; i < n; i++) {
            c[i] = be_random_below(&random, field.q);
        }
        be_lfsr lfsr, again;
        CHECK(!be_lfsr_init(&field, c, n, NULL, &lfsr, NULL));
        lfsr.form = round & 8 ? BE_LFSR_GALOIS : BE_LFSR_FIBONACCI;
        for (int kind = BE_LFSR_KIND_POLYNOMIAL; kind <= BE_LFSR_KIND_MATRIX; kind++) {
            be_lfsr_reading reading = {.kind = (be_lfsr_kind)kind,
                                       .polarity = (be_lfsr_polarity)be_random_below(&random, 2),
                                       .hex = (be_lfsr_hex)be_random_below(&random, 4)};
            reading.polarity_said =
                kind != BE_LFSR_KIND_MATRIX; /* where there is no polynomial to speak of */
            reading.hex_said = kind == BE_LFSR_KIND_HEX;
            be_text text;
            be_text_init(&text, NULL);
            if (be_lfsr_format(&lfsr, &reading, 'x', &text) == BE_OK) {
                be_lfsr_reading took;
                be_error error;
                be_status status = be_lfsr_parse(text.bytes, text.size, &field, &reading, NULL,
                                                 &again, &took, &error);
                CHECK_SAY(!status, "%s: at %zu expected %s", text.bytes, error.offset,
                          error.expected);
                char one[8192], other[8192];
                if (kind == BE_LFSR_KIND_MATRIX) { /* written once more: the same text */
                    be_text twice;
                    be_text_init(&twice, NULL);
                    CHECK(!be_lfsr_format(&again, &reading, 'x', &twice));
                    CHECK(strcmp(text.bytes, twice.bytes) == 0);
                    be_text_clear(&twice);
                } else {
                    describe(&lfsr, one);
                    describe(&again, other);
                    CHECK_SAY(strcmp(one, other) == 0, "%s: %s, not %s", text.bytes, other, one);
                }
                said++;
                be_lfsr_clear(&again);
            }
            be_text_clear(&text);
        }
        be_lfsr_clear(&lfsr);
    }
    CHECK_SAY(said > 5000, "%u said", said);
}

static void every_crc_has_its_check_value(void **state)
{
    (void)state;
    size_t n, crcs = 0;
    const be_lfsr_preset *presets = be_lfsr_presets(&n);
    for (size_t i = 0; i < n; i++) {
        if (presets[i].width > 0) {
            uint64_t crc = be_lfsr_crc(&presets[i], "123456789", 9);
            CHECK_SAY(crc == presets[i].check, "%s: %llx", presets[i].name,
                      (unsigned long long)crc);
            crcs++;
        }
    }
    CHECK(crcs > 40);
}

static void every_preset_is_found_by_its_name_and_read(void **state)
{
    (void)state;
    size_t n;
    const be_lfsr_preset *presets = be_lfsr_presets(&n);
    for (size_t i = 0; i < n; i++) {
        CHECK(be_lfsr_preset_find(presets[i].name, strlen(presets[i].name)) == &presets[i]);
        const char *said = read_as(presets[i].name, 2);
        CHECK_SAY(said[0] >= 'a', "%s: %s", presets[i].name, said);
    }
}

static void a_guess_is_explained_and_a_word_is_not(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *explained;
    } cases[] = {
        {"x^3+x+1",
         "taken as the characteristic polynomial; with --feedback the characteristic one is x^3 + "
         "x^2 + 1, and sequences run backwards"},
        {"characteristic:x^3+x+1", ""},
        {"taps:3,1", ""},
        {"prbs7", ""},
        {"[[1]]", ""},
    };
    be_lfsr_field field = field_of(2);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        be_lfsr lfsr;
        be_lfsr_reading took;
        be_text text;
        be_text_init(&text, NULL);
        CHECK(!be_lfsr_parse(cases[i].text, strlen(cases[i].text), &field, NULL, NULL, &lfsr, &took,
                             NULL));
        be_lfsr_explain(&lfsr, &took, &text);
        const char *said = text.size ? text.bytes : "";
        CHECK_SAY(strncmp(said, cases[i].explained, strlen(cases[i].explained)) == 0 &&
                      !*said == !*cases[i].explained,
                  "%s: %s", cases[i].text, said);
        be_text_clear(&text);
        be_lfsr_clear(&lfsr);
    }
}

static const struct CMUnitTest tests[] = {
    TEST(one_register_is_read_in_every_notation),
    TEST(what_does_not_fit_is_refused_with_its_place),
    TEST(what_is_written_reads_back_to_the_same_register),
    TEST(every_crc_has_its_check_value),
    TEST(every_preset_is_found_by_its_name_and_read),
    TEST(a_guess_is_explained_and_a_word_is_not),
};
RUN_TESTS(tests)
