/* test_synthesize.c: registers of sequences. */
#include "check.h"

#include <breakeven/lfsr.h>

#include <stdlib.h>
#include <string.h>

static be_lfsr_field field_of(uint64_t q)
{
    be_lfsr_field field;
    CHECK(be_lfsr_field_init(q, 0, &field, NULL) == BE_OK);
    return field;
}

/* Massey's algorithm over GF(2), a bit at a time. */
static size_t plain_complexity(const uint64_t *s, size_t n, size_t *profile)
{
    uint8_t *c = calloc(n + 2, 1), *b = calloc(n + 2, 1), *kept = malloc(n + 2);
    size_t L = 0, m = 1;
    c[0] = b[0] = 1;
    for (size_t t = 0; t < n; t++) {
        uint64_t d = s[t];
        for (size_t i = 1; i <= L; i++) {
            d ^= c[i] & s[t - i];
        }
        memcpy(kept, c, n + 2);
        for (size_t i = 0; d && i + m < n + 2; i++) {
            c[i + m] ^= b[i];
        }
        if (d && 2 * L <= t) {
            memcpy(b, kept, n + 2);
            L = t + 1 - L;
            m = 0;
        }
        m++;
        profile[t] = L;
    }
    free(c);
    free(b);
    free(kept);
    return L;
}

/* The register begun with the first L symbols gives all of them out. */
static void check_replays(const be_lfsr_field *field, const uint64_t *s, size_t n,
                          const be_lfsr_synthesis *found)
{
    CHECK(found->connection[0] == 1 && found->unique == (2 * found->complexity <= n));
    if (found->complexity == 0) {
        for (size_t i = 0; i < n; i++) {
            CHECK(s[i] == 0);
        }
        return;
    }
    be_lfsr lfsr;
    CHECK(!be_lfsr_synthesis_register(field, found, &lfsr));
    uint64_t *state = malloc(lfsr.n * sizeof *state), *again = malloc(n * sizeof *again);
    memcpy(state, s, lfsr.n * sizeof *state);
    CHECK(!be_lfsr_sequence(&lfsr, state, n, again));
    CHECK(memcmp(s, again, n * sizeof *again) == 0);
    free(state);
    free(again);
    be_lfsr_clear(&lfsr);
}

static void worked_examples_come_out(void **state)
{
    (void)state;
    static const struct {
        const char *digits;
        size_t complexity;
    } cases[] = {
        {"", 0},           {"0", 0},       {"1", 1},          {"00000000", 0},
        {"0000010001", 6}, /* which SageMath once said to be 1 */
        {"00000001", 8},   {"1111111", 1}, {"0101010101", 2}, {"000100110101111", 4},
        {"10110", 2},
    };
    be_lfsr_field field = field_of(2);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint64_t s[64];
        size_t n = strlen(cases[i].digits);
        for (size_t k = 0; k < n; k++) {
            s[k] = (uint64_t)(cases[i].digits[k] - '0');
        }
        be_lfsr_synthesis found;
        CHECK(!be_lfsr_synthesize(&field, s, n, NULL, NULL, &found));
        CHECK_SAY(found.complexity == cases[i].complexity, "%s: %zu", cases[i].digits,
                  found.complexity);
        check_replays(&field, s, n, &found);
        be_lfsr_synthesis_clear(&found);
    }
}

static void every_length_up_to_300_equals_the_plain_algorithm(void **state)
{
    (void)state;
    be_lfsr_field field = field_of(2);
    be_random random;
    be_random_init(&random, 12, 0);
    for (size_t n = 1; n <= 300; n++) {
        for (int round = 0; round < 4; round++) {
            uint64_t s[300];
            size_t profile[300], plain[300];
            for (size_t i = 0; i < n; i++) {
                s[i] = be_random_below(&random, round == 1 ? 12 : 2) == 1;
            }
            be_lfsr_synthesis found;
            CHECK(!be_lfsr_synthesize(&field, s, n, NULL, profile, &found));
            CHECK_SAY(found.complexity == plain_complexity(s, n, plain), "n %zu", n);
            CHECK_SAY(memcmp(profile, plain, n * sizeof *plain) == 0, "n %zu", n);
            check_replays(&field, s, n, &found);
            be_lfsr_synthesis_clear(&found);
        }
    }
}

static void long_sequences_give_back_their_register(void **state)
{
    (void)state;
    static const size_t SIZES[] = {1000, 4097, 20000, 65537};
    be_lfsr_field field = field_of(2);
    be_random random;
    be_random_init(&random, 13, 0);
    for (size_t k = 0; k < 4; k++) {
        size_t n = SIZES[k], cells = n / 2 - 7;
        uint64_t *c = malloc(cells * sizeof *c), *at = malloc(cells * sizeof *at);
        uint64_t *s = malloc(n * sizeof *s);
        for (size_t i = 0; i < cells; i++) {
            c[i] = i == 0 || be_random_below(&random, 2);
            at[i] = be_random_below(&random, 2);
        }
        be_lfsr lfsr;
        be_lfsr_synthesis found;
        CHECK(!be_lfsr_init(&field, c, cells, NULL, &lfsr, NULL));
        CHECK(!be_lfsr_sequence(&lfsr, at, n, s));
        CHECK(!be_lfsr_synthesize(&field, s, n, NULL, NULL, &found));
        CHECK_SAY(found.complexity <= cells && found.complexity + 20 > cells && found.unique,
                  "n %zu: %zu of %zu", n, found.complexity, cells);
        check_replays(&field, s, n, &found);
        be_lfsr_synthesis_clear(&found);
        be_lfsr_clear(&lfsr);
        free(c);
        free(at);
        free(s);
    }
}

static void other_fields_replay_and_give_back_their_register(void **state)
{
    (void)state;
    static const uint64_t FIELDS[] = {3, 4, 5, 9, 27, 65536, 2147483647};
    be_random random;
    be_random_init(&random, 14, 0);
    for (int round = 0; round < 140; round++) {
        be_lfsr_field field = field_of(FIELDS[round % 7]);
        uint64_t c[20], at[20], s[100];
        size_t cells = 1 + be_random_below(&random, 20), n = 1 + be_random_below(&random, 100);
        for (size_t i = 0; i < cells; i++) {
            c[i] = be_random_below(&random, field.q);
            at[i] = be_random_below(&random, field.q);
        }
        be_lfsr lfsr;
        be_lfsr_synthesis found;
        size_t profile[100];
        CHECK(!be_lfsr_init(&field, c, cells, NULL, &lfsr, NULL));
        CHECK(!be_lfsr_sequence(&lfsr, at, n, s));
        CHECK(!be_lfsr_synthesize(&field, s, n, NULL, profile, &found));
        CHECK(found.complexity <= cells && profile[n - 1] == found.complexity);
        check_replays(&field, s, n, &found);
        be_lfsr_synthesis_clear(&found);
        be_lfsr_clear(&lfsr);
    }
}

/* PRBS31 with each bit wrong with probability 1 in 50; random bits; a scrambler fed mostly zeros.
 */
static void a_register_is_identified_behind_wrong_bits(void **state)
{
    (void)state;
    enum { N = 20000 };
    be_lfsr_field field = field_of(2);
    uint64_t *s = malloc(N * sizeof *s), at[64];
    be_random random;
    be_random_init(&random, 15, 0);
    static const char *const NAMES[] = {"prbs31", "prbs7", "prbs15"};
    for (int k = 0; k < 3; k++) {
        be_lfsr lfsr;
        be_lfsr_reading took;
        be_lfsr_identification found;
        CHECK(!be_lfsr_parse(NAMES[k], strlen(NAMES[k]), &field, NULL, NULL, &lfsr, &took, NULL));
        lfsr.inverted = false;
        be_lfsr_state_default(&lfsr, at);
        CHECK(!be_lfsr_sequence(&lfsr, at, N, s));
        for (int i = 0; i < N; i++) {
            s[i] ^= be_random_below(&random, 50) == 0;
        }
        CHECK(!be_lfsr_identify(s, N, 64, NULL, &found));
        CHECK_SAY(found.synthesis.complexity == lfsr.n, "%s: %zu cells", NAMES[k],
                  found.synthesis.complexity);
        for (size_t i = 0; i < lfsr.n; i++) {
            CHECK(found.synthesis.connection[lfsr.n - i] == lfsr.coefficients[i]);
        }
        CHECK_SAY(found.error_rate > 0.015 && found.error_rate < 0.025, "%s: %g", NAMES[k],
                  found.error_rate);
        be_lfsr_synthesis_clear(&found.synthesis);
        be_lfsr_clear(&lfsr);
    }
    be_lfsr_identification found;
    for (int i = 0; i < N; i++) { /* y[t] = x[t] + y[t-18] + y[t-23] */
        s[i] = be_random_below(&random, 40) == 0;
        s[i] ^= i >= 18 ? s[i - 18] : (uint64_t)i & 1;
        s[i] ^= i >= 23 ? s[i - 23] : 0;
    }
    CHECK(!be_lfsr_identify(s, N, 64, NULL, &found));
    CHECK(found.synthesis.complexity == 23 && found.synthesis.connection[18] == 1);
    be_lfsr_synthesis_clear(&found.synthesis);
    for (int i = 0; i < N; i++) {
        s[i] = be_random_below(&random, 2);
    }
    CHECK(be_lfsr_identify(s, N, 64, NULL, &found) == BE_EDOMAIN);
    free(s);
}

static void symbols_are_read_in_each_packing(void **state)
{
    (void)state;
    static const struct {
        uint64_t q;
        be_lfsr_packing packing;
        const char *text, *is;
    } cases[] = {
        {2, BE_LFSR_SYMBOLS_TEXT, "0110\n1 0,1 # end 7\n1", "0 1 1 0 1 0 1 1 "},
        {3, BE_LFSR_SYMBOLS_TEXT, "012", "0 1 2 "},
        {27, BE_LFSR_SYMBOLS_TEXT, "12 3,26", "12 3 26 "},
        {2, BE_LFSR_SYMBOLS_MSB, "A", "0 1 0 0 0 0 0 1 "},
        {2, BE_LFSR_SYMBOLS_LSB, "A", "1 0 0 0 0 0 1 0 "},
        {2, BE_LFSR_SYMBOLS_TEXT, "01\n02", "2:1 a symbol 0 to 1"},
        {27, BE_LFSR_SYMBOLS_TEXT, "1 27", "1:2 a symbol 0 to 26"},
        {27, BE_LFSR_SYMBOLS_TEXT, "99999999999999999999999", "1:0 a symbol 0 to 26"},
        {2, BE_LFSR_SYMBOLS_TEXT, "0x1", "1:1 a symbol 0 to 1"},
        {3, BE_LFSR_SYMBOLS_MSB, "0", "0:0 GF(2), to have bits packed"},
        {2, BE_LFSR_SYMBOLS_TEXT, "", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        be_lfsr_field field = field_of(cases[i].q);
        uint64_t *s;
        size_t n;
        be_error error;
        char said[400] = "", *end = said;
        if (be_lfsr_symbols_parse(cases[i].text, strlen(cases[i].text), &field, cases[i].packing,
                                  NULL, &s, &n, &error)) {
            sprintf(said, "%zu:%zu %s", error.line, error.offset, error.expected);
        } else {
            for (size_t k = 0; k < n; k++) {
                end += sprintf(end, "%d ", (int)s[k]);
            }
            be_lfsr_symbols_release(s, n, NULL);
        }
        CHECK_SAY(strcmp(said, cases[i].is) == 0, "%s: %s", cases[i].text, said);
    }
}

static const struct CMUnitTest tests[] = {
    TEST(worked_examples_come_out),
    TEST(every_length_up_to_300_equals_the_plain_algorithm),
    TEST(long_sequences_give_back_their_register),
    TEST(other_fields_replay_and_give_back_their_register),
    TEST(a_register_is_identified_behind_wrong_bits),
    TEST(symbols_are_read_in_each_packing),
};
RUN_TESTS(tests)
