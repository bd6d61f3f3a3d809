/* test_jump.c: jumps, periods of states and distances, against stepping. */
#include "check.h"
#include "reference.h"

#include <breakeven/lfsr.h>

#include <stdlib.h>
#include <string.h>

/* Small registers of every kind: all over q^n <= 5000. */
static be_lfsr random_register(be_random *random, int round)
{
    static const uint64_t FIELDS[] = {2, 3, 4, 5, 8, 9};
    be_lfsr_field field;
    uint64_t c[12], states = 1;
    CHECK(!be_lfsr_field_init(FIELDS[round % 6], 0, &field, NULL));
    size_t n = 0, most = 1 + be_random_below(random, 12);
    for (; n < most && states * field.q <= 5000; n++) {
        states *= field.q;
        c[n] = be_random_below(random, 3) ? be_random_below(random, field.q) : 0;
    }
    be_lfsr lfsr;
    CHECK(!be_lfsr_init(&field, c, n, NULL, &lfsr, NULL));
    lfsr.form = round & 8 ? BE_LFSR_GALOIS : BE_LFSR_FIBONACCI;
    if (round % 5 == 0) {
        lfsr.constant = malloc(n * sizeof *c);
        for (size_t i = 0; i < n; i++) {
            lfsr.constant[i] = be_random_below(random, field.q);
        }
    }
    if (round % 3 == 0) {
        be_text text;
        be_lfsr matrix;
        be_lfsr_reading took, reading = {.kind = BE_LFSR_KIND_MATRIX};
        be_text_init(&text, NULL);
        CHECK(!be_lfsr_format(&lfsr, &reading, 'x', &text));
        CHECK(!be_lfsr_parse(text.bytes, text.size, &field, NULL, NULL, &matrix, &took, NULL));
        be_text_clear(&text);
        be_lfsr_clear(&lfsr);
        lfsr = matrix;
        lfsr.matrix[be_random_below(random, n * n)] = be_random_below(random, field.q);
    }
    return lfsr;
}

static void random_state(be_random *random, const be_lfsr *lfsr, uint64_t *state)
{
    for (size_t i = 0; i < lfsr->n; i++) {
        state[i] = be_random_below(random, lfsr->field.q);
    }
}

/* The first step at which `from` meets `to`, or -1. */
static long walk(const be_lfsr *lfsr, const uint64_t *from, const uint64_t *to, long most)
{
    uint64_t s[12];
    memcpy(s, from, lfsr->n * sizeof *s);
    for (long i = 0; i <= most; i++) {
        if (memcmp(s, to, lfsr->n * sizeof *s) == 0) {
            return i;
        }
        CHECK(!be_lfsr_sequence(lfsr, s, 1, NULL));
    }
    return -1;
}

static void jumps_periods_and_distances_equal_stepping(void **state)
{
    (void)state;
    be_random random;
    be_random_init(&random, 77, 0);
    int reached = 0;
    for (int round = 0; round < 150; round++) {
        be_lfsr lfsr = random_register(&random, round);
        uint64_t s[12], t[12], jumped[12];
        random_state(&random, &lfsr, s);
        char steps[24];
        uint64_t n = be_random_below(&random, 300);
        sprintf(steps, "%llu", (unsigned long long)n);
        CHECK(!be_lfsr_jump(&lfsr, s, steps, strlen(steps), jumped, NULL));
        memcpy(t, s, sizeof t);
        CHECK(!be_lfsr_sequence(&lfsr, t, n, NULL));
        CHECK_SAY(memcmp(t, jumped, lfsr.n * sizeof *t) == 0, "round %d", round);

        be_text text;
        size_t tail;
        be_error error;
        be_text_init(&text, NULL);
        be_status status = be_lfsr_state_period(&lfsr, s, 0, NULL, &text, &tail, &error);
        CHECK_SAY(!status, "round %d: expected %s", round, error.expected);
        memcpy(t, s, sizeof t);
        CHECK(!be_lfsr_sequence(&lfsr, t, tail, NULL));
        memcpy(jumped, t, sizeof t);
        CHECK(!be_lfsr_sequence(&lfsr, jumped, 1, NULL));
        CHECK_SAY(walk(&lfsr, jumped, t, 6000) + 1 == atol(text.bytes), "round %d: %s", round,
                  text.bytes);
        if (tail > 0) { /* a step less is on no cycle */
            memcpy(t, s, sizeof t);
            CHECK(!be_lfsr_sequence(&lfsr, t, tail - 1, NULL));
            memcpy(jumped, t, sizeof t);
            CHECK(!be_lfsr_sequence(&lfsr, jumped, 1, NULL));
            CHECK(walk(&lfsr, jumped, t, 6000) == -1);
        }
        be_text_clear(&text);

        if (round % 2) {
            random_state(&random, &lfsr, t);
        } else {
            memcpy(t, s, sizeof t);
            CHECK(!be_lfsr_sequence(&lfsr, t, be_random_below(&random, 5000), NULL));
        }
        long expected = walk(&lfsr, s, t, 6000);
        status = be_lfsr_distance(&lfsr, s, t, 0, NULL, &text, &error);
        CHECK_SAY(status == (expected < 0 ? BE_EDOMAIN : BE_OK), "round %d: %s", round,
                  be_status_text(status));
        CHECK_SAY(status || atol(text.bytes) == expected, "round %d: %s, not %ld", round,
                  text.bytes, expected);
        reached += !status;
        be_text_clear(&text);
        be_lfsr_clear(&lfsr);
    }
    CHECK(reached > 70);
}

static void a_jump_by_a_sum_is_a_jump_after_a_jump(void **state)
{
    (void)state;
    static const char *const NAMES[] = {"x^521+x^32+1", "galois:crc-64", "xorshift64",
                                        "xnor:prbs31", "prbs7;prbs9"};
    for (int i = 0; i < 5; i++) {
        be_lfsr lfsr = parse_register(2, NAMES[i]);
        uint64_t a[600], b[600];
        be_lfsr_state_default(&lfsr, a);
        const char *one = "123456789012345678901234567890", *other = "98765432109876543210";
        const char *sum = "123456789111111111011111111100";
        CHECK(!be_lfsr_jump(&lfsr, a, sum, strlen(sum), b, NULL));
        CHECK(!be_lfsr_jump(&lfsr, a, one, strlen(one), a, NULL));
        CHECK(!be_lfsr_jump(&lfsr, a, other, strlen(other), a, NULL));
        CHECK_SAY(memcmp(a, b, lfsr.n * sizeof *a) == 0, "%s", NAMES[i]);
        be_lfsr_clear(&lfsr);
    }
}

/* 2^62 - 1 and 2^64 - 1 have no prime above 2^23: jumps that far are found again. */
static void the_distance_of_a_jump_is_the_jump(void **state)
{
    (void)state;
    static const char *const CASES[][2] = {{"x^64+x^4+x^3+x+1", "12345678901234567890"},
                                           {"galois:x^96+x^10+x^9+x^6+1", "1234567890123456789012"},
                                           {"prbs31", "2147483646"},
                                           {"xorshift64", "999999999999999999"}};
    for (int i = 0; i < 4; i++) {
        be_lfsr lfsr = parse_register(2, CASES[i][0]);
        uint64_t a[96], b[96];
        be_text text;
        be_error error;
        be_text_init(&text, NULL);
        be_lfsr_state_default(&lfsr, a);
        CHECK(!be_lfsr_jump(&lfsr, a, CASES[i][1], strlen(CASES[i][1]), b, NULL));
        be_status status = be_lfsr_distance(&lfsr, a, b, 0, NULL, &text, &error);
        CHECK_SAY(!status, "%s: expected %s", CASES[i][0], error.expected);
        CHECK_SAY(strcmp(text.bytes, CASES[i][1]) == 0, "%s: %s", CASES[i][0], text.bytes);
        be_text_clear(&text);
        be_lfsr_clear(&lfsr);
    }
}

static void a_number_that_is_none_is_refused(void **state)
{
    (void)state;
    be_lfsr lfsr = parse_register(2, "prbs7");
    uint64_t a[7] = {1};
    CHECK(be_lfsr_jump(&lfsr, a, "-1", 2, a, NULL) == BE_EINVAL);
    CHECK(be_lfsr_jump(&lfsr, a, "", 0, a, NULL) == BE_EINVAL);
    CHECK(be_lfsr_jump(&lfsr, a, "1e9", 3, a, NULL) == BE_EINVAL);
    a[3] = 2;
    CHECK(be_lfsr_jump(&lfsr, a, "1", 1, a, NULL) == BE_EINVAL);
    be_lfsr_clear(&lfsr);
}

static const struct CMUnitTest tests[] = {
    TEST(jumps_periods_and_distances_equal_stepping),
    TEST(a_jump_by_a_sum_is_a_jump_after_a_jump),
    TEST(the_distance_of_a_jump_is_the_jump),
    TEST(a_number_that_is_none_is_refused),
};
RUN_TESTS(tests)
