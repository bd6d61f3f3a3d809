/* test_stats.c: summaries of measured times. */
#include "check.h"

#include <breakeven/study.h>

#include <math.h>

static bool near(double a, double b)
{
    return fabs(a - b) <= 1e-9 * fmax(fabs(a), fabs(b));
}

/* Worked by hand: sum 40, squares of the differences from 5 add up to 32; both tails of
 * Binomial(8, 1/2) at 0 hold 2/256, at most 1 they hold 18/256 > 5 %. */
static void eight_values_are_summarised_as_by_hand(void **state)
{
    (void)state;
    const double values[] = {9, 4, 5, 2, 4, 7, 5, 4};
    double sorted[8];
    be_summary s;
    be_study_summarize(values, 8, sorted, &s);
    CHECK(s.n == 8 && s.min == 2 && s.max == 9 && s.total == 40 && s.mean == 5);
    CHECK(near(s.sd, sqrt(32.0 / 7)));
    CHECK(s.median.value == 4.5 && s.median.low == 2 && s.median.high == 9);
    CHECK(near(s.confidence, 1 - 2.0 / 256));
    for (int i = 1; i < 8; i++) {
        CHECK(sorted[i - 1] <= sorted[i]);
    }
}

static void one_value_has_no_interval(void **state)
{
    (void)state;
    double value = 3, sorted;
    be_summary s;
    be_study_summarize(&value, 1, &sorted, &s);
    CHECK(s.median.value == 3 && s.sd == 0 && s.total == 3 && s.confidence == 0);
    CHECK(isnan(s.median.low) && isnan(s.median.high));
}

static void values_may_be_sorted_in_place(void **state)
{
    (void)state;
    double values[] = {3, 1, 2};
    be_summary s;
    be_study_summarize(values, 3, values, &s);
    CHECK(s.median.value == 2 && values[0] == 1 && values[2] == 3);
    CHECK(s.median.low == 1 && s.median.high == 3 && near(s.confidence, 0.75));
}

/* Source: the table of ranks for the 95 % interval of a median in W. J. Conover, "Practical
 * Nonparametric Statistics", 3rd ed., table A3. */
static void ranks_of_the_interval_match_the_table(void **state)
{
    (void)state;
    static const struct {
        size_t n, rank; /* from 1 */
        double confidence;
    } table[] = {{6, 1, 0.9688},  {9, 2, 0.9609},  {12, 3, 0.9614},
                 {20, 6, 0.9586}, {25, 8, 0.9567}, {100, 40, 0.9648}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        double values[100], sorted[100];
        for (size_t k = 0; k < table[i].n; k++) {
            values[k] = (double)(table[i].n - k); /* n, ..., 1: the value is its rank */
        }
        be_summary s;
        be_study_summarize(values, table[i].n, sorted, &s);
        CHECK_SAY(s.median.low == (double)table[i].rank &&
                      s.median.high == (double)(table[i].n + 1 - table[i].rank) &&
                      fabs(s.confidence - table[i].confidence) < 1e-4,
                  "n %zu: [%g, %g], %g", table[i].n, s.median.low, s.median.high, s.confidence);
    }
}

static void the_interval_covers_the_median_as_often_as_it_says(void **state)
{
    (void)state;
    enum { TRIES = 4000, N = 25 };
    int covered = 0;
    for (int i = 0; i < TRIES; i++) {
        be_random random;
        be_random_init(&random, 11, (uint64_t)i);
        double values[N];
        for (int k = 0; k < N; k++) {
            double unit = be_random_unit(&random);
            values[k] = unit * unit; /* skewed; its median is 1/4 */
        }
        be_summary s;
        be_study_summarize(values, N, values, &s);
        covered += s.median.low <= 0.25 && 0.25 <= s.median.high;
    }
    double part = (double)covered / TRIES;
    CHECK_SAY(fabs(part - 0.9567) < 0.012, "covered %g", part);
}

static void many_values_do_not_underflow(void **state)
{
    (void)state;
    enum { N = 5000 };
    static double values[N];
    for (int i = 0; i < N; i++) {
        values[i] = i;
    }
    be_summary s;
    be_study_summarize(values, N, values, &s);
    /* n/2 -+ 0.98 sqrt(n) by the normal law. */
    CHECK_SAY(fabs(s.median.low - (2500 - 69.3)) < 2 && fabs(s.median.high - (2499 + 69.3)) < 2,
              "[%g, %g]", s.median.low, s.median.high);
    CHECK(s.confidence >= 0.95 && s.confidence < 0.955);
}

static const struct CMUnitTest tests[] = {
    TEST(eight_values_are_summarised_as_by_hand),
    TEST(one_value_has_no_interval),
    TEST(values_may_be_sorted_in_place),
    TEST(ranks_of_the_interval_match_the_table),
    TEST(the_interval_covers_the_median_as_often_as_it_says),
    TEST(many_values_do_not_underflow),
};
RUN_TESTS(tests)
