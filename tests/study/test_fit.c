/* test_fit.c: the cost of a worker, and the size where parallel starts to win. */
#include "check.h"

#include <breakeven/study.h>

#include <math.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static bool within(double a, double b, double part)
{
    return fabs(a - b) <= part * fabs(b);
}

/* A 14-bit register: 2.085 s alone; 2.280, 3.840, 6.689 s with 2, 4, 8 processes. By hand:
 * the sum of w (T - W/w) is 67.177, of w^2 84. */
static const be_scaling REGISTER[] = {{2, 2.280e9}, {4, 3.840e9}, {8, 6.689e9}};
static const double REGISTER_WORK = 2.085e9;

static void three_runs_of_a_register_give_800_ms_a_worker(void **state)
{
    (void)state;
    be_fit fit;
    CHECK(be_study_fit(REGISTER_WORK, REGISTER, 3, &fit) == BE_OK);
    CHECK_SAY(within(fit.per_worker_ns.value, 67.177e9 / 84, 1e-4), "%g", fit.per_worker_ns.value);
    CHECK(fabs(fit.per_worker_ns.value - 0.80e9) < 0.005e9);
    CHECK(fit.counts == 3 && fit.largest_workers == 8 && !fit.extended);
    /* Residuals -0.362, 0.120, 0.031: standard error 0.0295, times 4.303 for two degrees. */
    CHECK(within(fit.per_worker_ns.low, 0.673e9, 0.002) &&
          within(fit.per_worker_ns.high, 0.927e9, 0.002));

    /* What the same b says of break-even: 4 b = 3.2 s for two workers, 16/3 b for four. */
    double work;
    CHECK(be_study_work_to_pay(&fit, 2, &work) == BE_OK && within(work, 3.2e9, 0.01));
    CHECK(be_study_work_to_pay(&fit, 4, &work) == BE_OK && within(work, 16.0 / 3 * 0.8e9, 0.01));
}

static void predictions_stop_at_twice_the_largest_count_tried(void **state)
{
    (void)state;
    be_fit fit;
    CHECK(be_study_fit(REGISTER_WORK, REGISTER, 3, &fit) == BE_OK);
    double wall = 0;
    CHECK(be_study_predict(&fit, 16, &wall) == BE_OK);
    CHECK(within(wall, REGISTER_WORK / 16 + 16 * fit.per_worker_ns.value, 1e-12));
    CHECK(be_study_predict(&fit, 1, &wall) == BE_OK && wall == REGISTER_WORK);
    wall = -1;
    CHECK(be_study_predict(&fit, 16.01, &wall) == BE_ELIMIT);
    CHECK(be_study_predict(&fit, 0.5, &wall) == BE_EINVAL);
    CHECK(be_study_predict(&fit, (double)NAN, &wall) == BE_EINVAL);
    CHECK(be_study_work_to_pay(&fit, 17, &wall) == BE_ELIMIT);
    CHECK(be_study_work_to_pay(&fit, 1, &wall) == BE_EINVAL);
    CHECK(wall == -1);
}

static void two_counts_give_no_interval(void **state)
{
    (void)state;
    be_fit fit;
    CHECK(be_study_fit(REGISTER_WORK, REGISTER, 2, &fit) == BE_OK);
    CHECK(isnan(fit.per_worker_ns.low) && isnan(fit.per_worker_ns.high));
    const be_scaling alone[] = {{1, 2e9}, {2, 2e9}, {4, 3e9}};
    CHECK(be_study_fit(REGISTER_WORK, alone, 3, &fit) == BE_OK);
    CHECK(fit.counts == 3 && isnan(fit.per_worker_ns.low));
}

static void nothing_to_fit_is_refused(void **state)
{
    (void)state;
    be_fit fit;
    const be_scaling alone = {1, 5};
    CHECK(be_study_fit(5, &alone, 1, &fit) == BE_EDOMAIN);
    CHECK(be_study_fit(5, NULL, 0, &fit) == BE_EDOMAIN);
    CHECK(be_study_fit(0, REGISTER, 3, &fit) == BE_EDOMAIN);
    CHECK(be_study_fit((double)NAN, REGISTER, 3, &fit) == BE_EDOMAIN);
}

static void five_counts_recover_a_constant(void **state)
{
    (void)state;
    const double work = 1e6, a = 3e4, b = 700;
    const double workers[] = {1, 2, 3, 4, 8, 12};
    be_scaling points[COUNT_OF(workers)];
    for (size_t i = 0; i < COUNT_OF(workers); i++) {
        double w = workers[i];
        points[i] = (be_scaling){w, w == 1 ? work : work / w + a + b * w};
    }
    be_fit fit;
    CHECK(be_study_fit(work, points, COUNT_OF(workers), &fit) == BE_OK);
    CHECK(fit.extended && fit.counts == 6);
    CHECK_SAY(within(fit.constant_ns.value, a, 1e-6) &&
                  within(fit.per_worker_beside_ns.value, b, 1e-6),
              "a %g, b %g", fit.constant_ns.value, fit.per_worker_beside_ns.value);
    CHECK(fit.constant_ns.low <= fit.constant_ns.value &&
          fit.constant_ns.value <= fit.constant_ns.high);
    CHECK(be_study_fit(work, points, 4, &fit) == BE_OK && !fit.extended);
}

static double scalability(double work, double w, double sigma, double kappa)
{
    return work * (1 + sigma * (w - 1) + kappa * w * (w - 1)) / w;
}

static void five_counts_recover_the_scalability_law(void **state)
{
    (void)state;
    static const struct {
        double sigma, kappa;
    } cases[] = {{0.05, 0.001}, {0.2, 0}, {0, 0.02}, {0, 0}};
    for (size_t c = 0; c < COUNT_OF(cases); c++) {
        be_scaling points[6];
        for (int i = 0; i < 6; i++) {
            double w = 1 << i;
            points[i] = (be_scaling){w, scalability(1e9, w, cases[c].sigma, cases[c].kappa)};
        }
        be_fit fit;
        CHECK(be_study_fit(1e9, points, 6, &fit) == BE_OK);
        CHECK_SAY(fabs(fit.contention.value - cases[c].sigma) < 1e-9 &&
                      fabs(fit.coherency.value - cases[c].kappa) < 1e-9,
                  "case %zu: sigma %g, kappa %g", c, fit.contention.value, fit.coherency.value);
        if (c == 0) {
            CHECK(within(fit.peak_workers, sqrt(0.95 / 0.001), 1e-6));
        }
    }
}

/* Superlinear times would need a negative sigma. */
static void the_scalability_law_never_goes_negative(void **state)
{
    (void)state;
    be_scaling points[6];
    for (int i = 0; i < 6; i++) {
        double w = 1 << i;
        points[i] = (be_scaling){w, 1e9 / (w * (1 + 0.02 * (w - 1)))};
    }
    be_fit fit;
    CHECK(be_study_fit(1e9, points, 6, &fit) == BE_OK);
    CHECK(fit.contention.value >= 0 && fit.coherency.value >= 0);
    CHECK(fit.contention.low >= 0 && fit.coherency.low >= 0 && isinf(fit.peak_workers));
}

/* Gaussian noise by the sum of twelve uniform numbers. */
static double noise(be_random *random)
{
    double sum = -6;
    for (int i = 0; i < 12; i++) {
        sum += be_random_unit(random);
    }
    return sum;
}

static void the_interval_of_b_covers_it_as_often_as_it_says(void **state)
{
    (void)state;
    enum { TRIES = 4000 };
    int covered = 0;
    for (int i = 0; i < TRIES; i++) {
        be_random random;
        be_random_init(&random, 5, (uint64_t)i);
        be_scaling points[] = {{2, 0}, {3, 0}, {4, 0}, {8, 0}};
        for (size_t k = 0; k < COUNT_OF(points); k++) {
            double w = points[k].workers;
            points[k].wall_ns = 1e6 / w + 5e3 * w + 800 * noise(&random);
        }
        be_fit fit;
        CHECK(be_study_fit(1e6, points, COUNT_OF(points), &fit) == BE_OK);
        covered += fit.per_worker_ns.low <= 5e3 && 5e3 <= fit.per_worker_ns.high;
    }
    double part = (double)covered / TRIES;
    CHECK_SAY(fabs(part - 0.95) < 0.012, "covered %g", part);
}

/* ---- break-even ----------------------------------------------------------------------------- */

enum { SIZES = 8 };

/* 10 ns an item alone; half of that and 1 us with two: equal at 200 items. Intervals of +- part. */
static void curves(double part, double *sizes, be_estimate *sequential, be_estimate *parallel)
{
    for (int i = 0; i < SIZES; i++) {
        sizes[i] = 10 * pow(2, i);
        double s = 10 * sizes[i];
        double p = 5 * sizes[i] + 1000;
        sequential[i] = (be_estimate){s, s * (1 - part), s * (1 + part)};
        parallel[i] = (be_estimate){p, p * (1 - part), p * (1 + part)};
    }
}

static void crossing_curves_break_even_where_they_cross(void **state)
{
    (void)state;
    double sizes[SIZES];
    be_estimate sequential[SIZES], parallel[SIZES];
    be_breakeven found;
    curves(0.02, sizes, sequential, parallel);
    be_study_breakeven(sizes, sequential, parallel, SIZES, &found);
    CHECK(found.kind == BE_BREAKEVEN_FOUND);
    CHECK_SAY(within(found.size.value, 200, 0.04), "%g", found.size.value);
    CHECK(found.below == 160 && found.above == 320);
    CHECK_SAY(found.size.low < found.size.value && found.size.value < found.size.high, "%g to %g",
              found.size.low, found.size.high);
    /* p (1 + x) = s (1 - x) at 1000 / (10 (1 - x) / (1 + x) - 5) items. */
    CHECK_SAY(within(found.size.high, 1000 / (10 * 0.98 / 1.02 - 5), 0.05), "%g", found.size.high);
}

static void curves_that_never_cross_are_not_reached_or_always(void **state)
{
    (void)state;
    double sizes[SIZES];
    be_estimate sequential[SIZES], parallel[SIZES];
    be_breakeven found;
    curves(0.02, sizes, sequential, parallel);
    be_study_breakeven(sizes, sequential, parallel, 4, &found);
    CHECK(found.kind == BE_BREAKEVEN_NOT_REACHED);
    be_study_breakeven(sizes + 5, sequential + 5, parallel + 5, 3, &found);
    CHECK(found.kind == BE_BREAKEVEN_ALWAYS);
    be_study_breakeven(sizes, sequential, parallel, 0, &found);
    CHECK(found.kind == BE_BREAKEVEN_UNKNOWN);
}

static void a_win_within_the_noise_is_no_win(void **state)
{
    (void)state;
    double sizes[SIZES];
    be_estimate sequential[SIZES], parallel[SIZES];
    be_breakeven found;
    curves(0.4, sizes, sequential, parallel); /* even at 1,280 items 0.58 < 0.6 / 1.4 is false */
    be_study_breakeven(sizes, sequential, parallel, SIZES, &found);
    CHECK(found.kind == BE_BREAKEVEN_NOT_REACHED);
}

static void an_early_win_that_is_lost_again_does_not_count(void **state)
{
    (void)state;
    const double sizes[] = {10, 100, 1000};
    const be_estimate sequential[] = {{100, 99, 101}, {100, 99, 101}, {1000, 990, 1010}};
    const be_estimate parallel[] = {{50, 49, 51}, {200, 199, 201}, {500, 490, 510}};
    be_breakeven found;
    be_study_breakeven(sizes, sequential, parallel, 3, &found);
    CHECK(found.kind == BE_BREAKEVEN_FOUND);
    CHECK_SAY(within(found.size.value, sqrt(100.0 * 1000), 1e-9), "%g", found.size.value);
    CHECK(found.below == 100 && found.above == 1000);
}

static void a_time_without_an_interval_wins_nothing(void **state)
{
    (void)state;
    const double none = (double)NAN;
    const double sizes[] = {10, 100, 1000};
    be_estimate sequential[] = {{100, 99, 101}, {1000, none, none}, {10000, 9900, 10100}};
    const be_estimate parallel[] = {{200, 199, 201}, {600, 590, 610}, {5000, 4900, 5100}};
    be_breakeven found;
    be_study_breakeven(sizes, sequential, parallel, 3, &found);
    CHECK(found.kind == BE_BREAKEVEN_FOUND && found.size.high == 1000);
    CHECK(found.size.value > 10 && found.size.value < 100);
    sequential[2] = (be_estimate){10000, none, none};
    be_study_breakeven(sizes, sequential, parallel, 3, &found);
    CHECK(found.kind == BE_BREAKEVEN_NOT_REACHED);
}

static const struct CMUnitTest tests[] = {
    TEST(three_runs_of_a_register_give_800_ms_a_worker),
    TEST(predictions_stop_at_twice_the_largest_count_tried),
    TEST(two_counts_give_no_interval),
    TEST(nothing_to_fit_is_refused),
    TEST(five_counts_recover_a_constant),
    TEST(five_counts_recover_the_scalability_law),
    TEST(the_scalability_law_never_goes_negative),
    TEST(the_interval_of_b_covers_it_as_often_as_it_says),
    TEST(crossing_curves_break_even_where_they_cross),
    TEST(curves_that_never_cross_are_not_reached_or_always),
    TEST(a_win_within_the_noise_is_no_win),
    TEST(a_time_without_an_interval_wins_nothing),
    TEST(an_early_win_that_is_lost_again_does_not_count),
};
RUN_TESTS(tests)
