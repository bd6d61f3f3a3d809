/* test_compare.c: verdicts and their intervals. */
#include "check.h"

#include <breakeven/study.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void the_interval_of_a_change_is_that_of_its_two_medians(void **state)
{
    (void)state;
    /* Alike on both sides: sqrt(2) times the half-width, on logarithms. */
    be_estimate old = {100, 100 / 1.1, 110}, new = {200, 200 / 1.1, 220};
    be_estimate change = be_compare_change(old, new);
    double half = pow(1.1, sqrt(2));
    CHECK(fabs(change.value - 1) < 1e-12);
    CHECK(fabs(change.low - (2 / half - 1)) < 1e-12 && fabs(change.high - (2 * half - 1)) < 1e-12);
    /* One side known exactly: the other's own interval. */
    change = be_compare_change((be_estimate){100, 100, 100}, (be_estimate){100, 90, 120});
    CHECK(fabs(change.low + 0.1) < 1e-12 && fabs(change.high - 0.2) < 1e-12);
    /* Changing sides turns the ratio over. */
    be_estimate there = be_compare_change(old, (be_estimate){150, 120, 160});
    be_estimate back = be_compare_change((be_estimate){150, 120, 160}, old);
    CHECK(fabs((1 + there.low) * (1 + back.high) - 1) < 1e-12);
    CHECK(isnan(be_compare_change(old, (be_estimate){1, (double)NAN, (double)NAN}).low));
}

static void a_verdict_is_what_the_interval_allows(void **state)
{
    (void)state;
    const struct {
        be_estimate change;
        be_verdict verdict;
    } cases[] = {
        {{0.10, 0.02, 0.20}, BE_VERDICT_WORSE},
        {{-0.10, -0.2, -0.02}, BE_VERDICT_IMPROVED},
        {{0.01, -0.02, 0.04}, BE_VERDICT_SAME},
        {{0.02, 0.01, 0.03}, BE_VERDICT_SAME},
        {{0.10, -0.05, 0.30}, BE_VERDICT_UNSHOWN},
        {{0, -0.5, 0.5}, BE_VERDICT_UNSHOWN},
        {{0.3, (double)NAN, (double)NAN}, BE_VERDICT_UNSHOWN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CHECK_SAY(be_compare_verdict(cases[i].change, 0.05) == cases[i].verdict, "case %zu", i);
    }
}

/* In so many of 1,000 pairs of samples of the same distribution a difference must not be found more
 * often than the interval allows. */
static void the_same_is_rarely_called_worse_or_improved(void **state)
{
    (void)state;
    enum { PAIRS = 1000, SAMPLES = 21 };
    be_random random;
    be_random_init(&random, 3, 0);
    int found = 0;
    for (int pair = 0; pair < PAIRS; pair++) {
        be_summary sides[2];
        for (int side = 0; side < 2; side++) {
            double values[SAMPLES], sorted[SAMPLES];
            for (int i = 0; i < SAMPLES; i++) { /* skewed, as times are */
                values[i] = 100 - 20 * log(1 - be_random_unit(&random));
            }
            be_study_summarize(values, SAMPLES, sorted, &sides[side]);
        }
        be_estimate change = be_compare_change(sides[0].median, sides[1].median);
        be_verdict verdict = be_compare_verdict(change, 0);
        found += verdict == BE_VERDICT_WORSE || verdict == BE_VERDICT_IMPROVED;
    }
    CHECK_SAY(found <= PAIRS / 20, "%d of %d", found, PAIRS);
}

static be_text text_of(const char *string)
{
    be_text text;
    be_text_init(&text, NULL);
    be_text_puts(&text, string);
    return text;
}

#define STUDY(cpu, rows)                                                                           \
    "{\"schema\":\"breakeven.study/1\",\"machine\":{\"cpu\":\"" cpu                                \
    "\",\"cpus\":2,\"compiler\":\"gcc\"},"                                                         \
    "\"subjects\":[{\"name\":\"w\",\"points\":[{\"n\":8,\"settings\":[" rows "]}]}]}"
#define ROW(name, median, low, high)                                                               \
    "{\"name\":\"" name "\",\"wall_ns\":{\"median\":" #median ",\"median_low\":" #low              \
    ",\"median_high\":" #high "}}"

static void rows_are_matched_by_subject_size_and_setting(void **state)
{
    (void)state;
    be_text old = text_of(STUDY("a", ROW("sequential", 100, 99, 101) "," ROW(
                                         "static", 50, 49, 51) "," ROW("gone", 1, 1, 1)));
    be_text new = text_of("{\"schema\":\"breakeven.run/1\",\"study\":" STUDY(
        "b",
        ROW("static", 80, 79, 81) "," ROW("sequential", 100, 99, 101) "," ROW("new", 1, 1, 1)) "}");
    be_comparison *c;
    int which;
    be_error error;
    CHECK(be_compare_studies(&old, &new, 0.05, &c, &which, &error) == BE_OK);
    const be_compare_row *rows;
    CHECK(be_comparison_rows(c, &rows) == 2);
    CHECK(strcmp(rows[0].setting, "sequential") == 0 && rows[0].verdict == BE_VERDICT_SAME);
    CHECK(strcmp(rows[1].setting, "static") == 0 && rows[1].verdict == BE_VERDICT_WORSE);
    CHECK(rows[1].regression && !rows[0].regression && fabs(rows[1].change.value - 0.6) < 1e-12);
    const be_compare_totals *totals = be_comparison_totals(c);
    CHECK(totals->regressions == 1 && totals->only_old == 1 && totals->only_new == 1);
    CHECK(totals->other_machine && !totals->other_compiler);
    be_comparison_destroy(c);
    CHECK(be_compare_studies(&old, &new, 0.7, &c, &which, &error) == BE_OK);
    CHECK(be_comparison_totals(c)->regressions == 0);
    be_comparison_destroy(c);
    be_text_clear(&old);
    be_text_clear(&new);
}

static void what_is_no_study_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "{",
                                      "[]",
                                      "{\"schema\":\"breakeven.run/1\"}",
                                      "{\"schema\":\"breakeven.run/1\",\"study\":null}",
                                      "{\"schema\":7}",
                                      "{\"schema\":\"other/1\"}"};
    be_text good = text_of(STUDY("a", ROW("s", 1, 1, 1)));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        be_text text = text_of(bad[i]);
        be_comparison *c;
        int which;
        be_error error;
        CHECK(be_compare_studies(&good, &text, 0.05, &c, &which, &error) == BE_EINVAL);
        CHECK(which == 1 && error.expected[0]);
        CHECK(be_compare_studies(&text, &good, 0.05, &c, &which, &error) == BE_EINVAL &&
              which == 0);
        be_text_clear(&text);
    }
    /* Members of other types are no rows. */
    be_text odd =
        text_of("{\"schema\":\"breakeven.study/1\",\"subjects\":[1,{\"name\":2,\"points\":"
                "[{\"n\":-1,\"settings\":[{}]}]}]}");
    be_comparison *c;
    int which;
    CHECK(be_compare_studies(&odd, &good, 0.05, &c, &which, NULL) == BE_OK);
    const be_compare_row *rows;
    CHECK(be_comparison_rows(c, &rows) == 0 && be_comparison_totals(c)->only_new == 1);
    be_comparison_destroy(c);
    be_text_clear(&odd);
    be_text_clear(&good);
}

static const struct CMUnitTest tests[] = {
    TEST(the_interval_of_a_change_is_that_of_its_two_medians),
    TEST(a_verdict_is_what_the_interval_allows),
    TEST(the_same_is_rarely_called_worse_or_improved),
    TEST(rows_are_matched_by_subject_size_and_setting),
    TEST(what_is_no_study_is_refused),
};
RUN_TESTS(tests)
