/* test_sequence.c: what registers give out. */
#include "check.h"
#include "reference.h"

#include <breakeven/lfsr.h>

#include <string.h>

/* The symbols as digits. */
static const char *sequence_of(uint64_t q, const char *text, const char *start, size_t count)
{
    static char digits[1024];
    uint64_t state[64], symbols[1024];
    be_lfsr lfsr = parse_register(q, text);
    CHECK(be_lfsr_state_parse(&lfsr, start, strlen(start), state, NULL) == BE_OK);
    CHECK(be_lfsr_sequence(&lfsr, state, count, symbols) == BE_OK);
    for (size_t i = 0; i < count; i++) {
        digits[i] = (char)('0' + symbols[i]);
    }
    digits[count] = '\0';
    be_lfsr_clear(&lfsr);
    return digits;
}

static void worked_sequences_come_out(void **state)
{
    (void)state;
    static const struct {
        uint64_t q;
        const char *text, *start, *digits;
    } cases[] = {
        /* s[t+4] = s[t+1] + s[t], by hand */
        {2, "x^4+x+1", "0,0,0,1", "000100110101111000"},
        {2, "x^4+x+1", "0x8", "000100110101111000"},
        {2, "feedback:x^4+x+1", "0,0,0,1", "000111101011001000"},
        {2, "inverted:x^4+x+1", "0,0,0,1", "111011001010000111"},
        /* multiplication by x: 1, x, x^2, x^3, x+1; gives out the coefficient of x^3 */
        {2, "galois:x^4+x+1", "0x1", "000100110101111000"},
        {2, "xnor:x^2+x+1", "0x0", "00100100"},
        {2, "[[0,1],[1,1]]", "0x2", "01101101"},
        /* s[t+2] = s[t+1] + s[t] modulo 3: Fibonacci's numbers */
        {3, "x^2-x-1", "0,1", "0112022101120221"},
        {5, "x^2-x-1", "0,1", "01123033140443202241011230"},
        {4, "coefficients:2,1", "0,1", "0113102212"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t count = strlen(cases[i].digits);
        const char *digits = sequence_of(cases[i].q, cases[i].text, cases[i].start, count);
        CHECK_SAY(strcmp(digits, cases[i].digits) == 0, "%s: %s", cases[i].text, digits);
    }
}

/* Marsaglia's xorshift32, seed 1: bit i of the k-th word. */
static void xorshift_steps_as_its_three_lines_of_c(void **state)
{
    (void)state;
    be_lfsr lfsr = parse_register(2, "xorshift32");
    uint64_t cells[32];
    CHECK(be_lfsr_state_parse(&lfsr, "0x1", 3, cells, NULL) == BE_OK);
    uint32_t w = 1;
    for (int k = 0; k < 1000; k++) {
        CHECK(be_lfsr_sequence(&lfsr, cells, 1, NULL) == BE_OK);
        w ^= w << 13;
        w ^= w >> 17;
        w ^= w << 5;
        for (int i = 0; i < 32; i++) {
            CHECK(cells[i] == (w >> i & 1));
        }
    }
    be_lfsr_clear(&lfsr);
}

static void xorshift128_steps_as_marsaglia_wrote_it(void **state)
{
    (void)state;
    be_lfsr lfsr = parse_register(2, "xorshift128");
    uint32_t w[4] = {123456789, 362436069, 521288629, 88675123};
    uint64_t cells[128];
    for (int i = 0; i < 128; i++) {
        cells[i] = w[i / 32] >> i % 32 & 1;
    }
    for (int k = 0; k < 300; k++) {
        CHECK(be_lfsr_sequence(&lfsr, cells, 1, NULL) == BE_OK);
        uint32_t t = w[0] ^ w[0] << 11;
        memmove(w, w + 1, sizeof w - sizeof *w);
        w[3] = w[2] ^ w[2] >> 19 ^ t ^ t >> 8;
        for (int i = 0; i < 128; i++) {
            CHECK(cells[i] == (w[i / 32] >> i % 32 & 1));
        }
    }
    be_lfsr_clear(&lfsr);
}

/* Over several fields: packed words, element arithmetic and the matrix of the same step agree, and
 * the state of the other form gives out the same for ever. */
static void forms_and_matrices_agree_over_several_fields(void **state)
{
    (void)state;
    static const uint64_t FIELDS[] = {2, 3, 4, 9, 101, 2147483647};
    be_random random;
    be_random_init(&random, 9, 0);
    for (int round = 0; round < 300; round++) {
        be_lfsr_field field;
        CHECK(!be_lfsr_field_init(FIELDS[round % 6], 0, &field, NULL));
        size_t n = 1 + be_random_below(&random, round % 6 ? 12 : 150);
        uint64_t c[150], s[150], other[150], symbols[400], again[400];
        for (size_t i = 0; i < n; i++) {
            c[i] = be_random_below(&random, field.q);
            s[i] = be_random_below(&random, field.q);
        }
        be_lfsr lfsr, matrix;
        be_lfsr_reading took, reading = {.kind = BE_LFSR_KIND_MATRIX};
        CHECK(!be_lfsr_init(&field, c, n, NULL, &lfsr, NULL));
        lfsr.form = round & 1 ? BE_LFSR_GALOIS : BE_LFSR_FIBONACCI;
        CHECK(!be_lfsr_state_other(&lfsr, s, other));
        be_text text;
        be_text_init(&text, NULL);
        CHECK(!be_lfsr_format(&lfsr, &reading, 'x', &text));
        CHECK(!be_lfsr_parse(text.bytes, text.size, &field, NULL, NULL, &matrix, &took, NULL));
        be_text_clear(&text);
        uint64_t stepped[150];
        memcpy(stepped, s, sizeof stepped);
        CHECK(!be_lfsr_sequence(&lfsr, s, 400, symbols));
        CHECK(!be_lfsr_sequence(&matrix, stepped, 400, NULL));
        CHECK(memcmp(s, stepped, n * sizeof *s) == 0);
        lfsr.form = round & 1 ? BE_LFSR_FIBONACCI : BE_LFSR_GALOIS;
        CHECK(!be_lfsr_sequence(&lfsr, other, 400, again));
        CHECK_SAY(memcmp(symbols, again, sizeof symbols) == 0, "q %llu, n %zu",
                  (unsigned long long)field.q, n);
        be_lfsr_clear(&lfsr);
        be_lfsr_clear(&matrix);
    }
}

/* Sparse and dense polynomials, short and long outputs, every form: packed as they were stepped. */
static void packed_bits_are_the_sequence(void **state)
{
    (void)state;
    static const char *const NAMES[] = {"x^3+x+1",
                                        "prbs31",
                                        "galois:prbs23",
                                        "x^5+x^4+x^2+x+1",
                                        "x^70+x^5+x^3+x^2+1",
                                        "xnor:prbs9",
                                        "xorshift32",
                                        "x^4+x^2",
                                        "x^3",
                                        "x^13+x^12+x^11+x^8+x^7+x^6+x^5+x+1"};
    enum { WORDS = 1300 };
    static uint64_t words[WORDS], symbols[64 * WORDS];
    for (size_t k = 0; k < sizeof NAMES / sizeof NAMES[0]; k++) {
        for (size_t n = 1; n <= WORDS; n = n < 20 ? n + 1 : 2 * n + 7) {
            be_lfsr lfsr = parse_register(2, NAMES[k]);
            uint64_t cells[128];
            be_lfsr_state_default(&lfsr, cells);
            cells[0] = 0;
            CHECK(!be_lfsr_bits(&lfsr, cells, words, n));
            CHECK(!be_lfsr_sequence(&lfsr, cells, 64 * n, symbols));
            for (size_t i = 0; i < 64 * n; i++) {
                CHECK_SAY((words[i / 64] >> i % 64 & 1) == symbols[i], "%s, %zu words, bit %zu",
                          NAMES[k], n, i);
            }
            be_lfsr_clear(&lfsr);
        }
    }
    be_lfsr other = parse_register(3, "x^2-x-1");
    CHECK(be_lfsr_bits(&other, symbols, words, 1) == BE_EDOMAIN);
    be_lfsr_clear(&other);
}

static void a_state_that_does_not_fit_is_refused_with_its_place(void **state)
{
    (void)state;
    static const struct {
        uint64_t q;
        const char *text, *said;
    } cases[] = {
        {2, "1,0,1", "5: a comma: a state has a number for each of 4 cells"},
        {2, "1,0,1,1,0", "7: the end: a state has a number for each of 4 cells"},
        {2, "1,0,2,1", "4: a number below 2, or a word such as 0x1f"},
        {2, "0x1f", "2: a word of 4 bits, one for each cell"},
        {2, "0x", "2: a hexadecimal digit"},
        {2, "0xg", "2: a hexadecimal digit"},
        {3, "0x8", "1: a comma: a state has a number for each of 4 cells"},
        {3, "", "0: a number below 3"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        be_lfsr lfsr = parse_register(cases[i].q, cases[i].q == 2 ? "x^4+x+1" : "x^4+x+2");
        uint64_t cells[4];
        be_error error;
        char said[BE_EXPECTED_SIZE + 30];
        CHECK(be_lfsr_state_parse(&lfsr, cases[i].text, strlen(cases[i].text), cells, &error));
        sprintf(said, "%zu: %s", error.offset, error.expected);
        CHECK_SAY(strcmp(said, cases[i].said) == 0, "%s: %s", cases[i].text, said);
        be_lfsr_clear(&lfsr);
    }
}

static const struct CMUnitTest tests[] = {
    TEST(worked_sequences_come_out),
    TEST(xorshift_steps_as_its_three_lines_of_c),
    TEST(xorshift128_steps_as_marsaglia_wrote_it),
    TEST(forms_and_matrices_agree_over_several_fields),
    TEST(packed_bits_are_the_sequence),
    TEST(a_state_that_does_not_fit_is_refused_with_its_place),
};
RUN_TESTS(tests)
