/* test_elementary.c: exp, log and the Mills ratio beyond double precision.
 *
 * Constants come from mpmath with 50 digits, as the double nearest and the double nearest to the
 * rest.
 */
#include "check.h"

#include "option/elementary.h"

#include <breakeven/base.h>

/* |a - b| relative to |b|, to more digits than a double has. */
static double relative(be__pair a, be__pair b)
{
    be__pair gap = be__add(a, be__negate(b));
    return fabs(gap.high / b.high);
}

static be__pair plain(double x)
{
    return (be__pair){x, 0};
}

static double log_uniform(be_random *random, double low, double high)
{
    return low * pow(high / low, be_random_unit(random));
}

static void logarithms_have_more_than_80_bits(void **state)
{
    (void)state;
    static const struct {
        double a, b;
        be__pair log;
    } CASES[] = {
        {3, 2, {0x1.9f323ecbf984cp-2, -0x1.a92e513217f5cp-59}},
        {127, 129, {-0x1.000155588891bp-6, 0x1.645e17581dd13p-61}},
        {0x1.0000000000001p0, 1, {0x1.fffffffffffffp-53, 0x1.5555555555554p-158}},
        {1e300, 1e-300, {0x1.5963447f87fb5p+10, 0x1.ab19e6d3210ddp-45}},
        {0x1p-1074, 0x1.fffffffffffffp1023, {-0x1.6b8e421b3d5d9p+10, -0x1.319dc8c15d3d0p-44}},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        be__pair got = be__log_ratio(CASES[i].a, CASES[i].b);
        double error = relative(got, CASES[i].log);
        CHECK_SAY(error < 0x1p-85, "log(%g / %g): error %g", CASES[i].a, CASES[i].b, error);
    }
    CHECK(be__log_ratio(0.1, 0.1).high == 0 && be__log_ratio(0.1, 0.1).low == 0);
}

static void logarithms_add_up(void **state)
{
    (void)state;
    be_random random;
    be_random_init(&random, 1, 0);
    for (int i = 0; i < 20000; i++) {
        double a = log_uniform(&random, 0.4, 2.5), b = log_uniform(&random, 0.4, 2.5);
        double c = log_uniform(&random, 1e-150, 1e150);
        be__pair sum = be__add(be__log_ratio(a, b), be__log_ratio(b, c));
        be__pair gap = be__add(sum, be__negate(be__log_ratio(a, c)));
        double size = fmax(1, fabs(sum.high));
        CHECK_SAY(fabs(gap.high) < 0x1p-84 * size, "%a %a %a: %g", a, b, c, gap.high);
    }
}

static void exp_undoes_log(void **state)
{
    (void)state;
    be_random random;
    be_random_init(&random, 2, 0);
    for (int i = 0; i < 20000; i++) {
        double a = log_uniform(&random, 1e-150, 1e150), b = log_uniform(&random, 1e-150, 1e150);
        be__power power = be__exp(be__log_ratio(a, b));
        be__pair scaled_b = {ldexp(b, power.exponent), 0};
        be__pair back = be__multiply(scaled_b, be__add(plain(1), power.less_one));
        CHECK_SAY(relative(back, plain(a)) < 0x1p-54, "%a %a: %g", a, b, relative(back, plain(a)));
        CHECK(fabs(power.less_one.high) <= 0.42);
    }
}

static void exp_of_little_keeps_its_digits(void **state)
{
    (void)state;
    for (double x = 0x1p-300; x < 0x1p-30; x *= 8) {
        be__power power = be__exp((be__pair){-x, 0});
        be__pair exact = {-x, x * x / 2};
        CHECK_SAY(power.exponent == 0 && relative(power.less_one, exact) < 0x1p-54, "%a", x);
    }
}

static void mills_ratios_agree_with_tabulated_ones(void **state)
{
    (void)state;
    /* R(u) = erfcx(u / sqrt 2) sqrt(pi / 2); erfcx from mpmath, 120 digits, rounded to 17. */
    static const be__pair ROOT_2_BY_PI = {0x1.9884533d43651p-1, -0x1.cbc0d30ebfd15p-55};
    static const struct {
        be__pair u;
        double erfcx;
    } CASES[] = {
        {{0, 0}, 1},
        {{0x1.6a09e667f3bcdp-1, -0x1.bdd3413b26456p-55}, 0.61569034419292587},
        {{0x1.c48c6001f0ac0p+2, -0x1.2d481189efd6bp-52}, 0.11070463773306863},
        {{0x1.26280b3476096p+5, 0x1.ab88b5ffe1cf5p-50}, 0.021683584850562907},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        be__mills mills = be__mills_fall(CASES[i].u, plain(1e4), plain(1e4 - CASES[i].u.high));
        be__pair got = be__multiply(mills.at_u, ROOT_2_BY_PI);
        CHECK_SAY(relative(got, plain(CASES[i].erfcx)) < 0x1p-52, "u %g: %.17g", CASES[i].u.high,
                  got.high);
    }
}

static void mills_falls_add_up(void **state)
{
    (void)state;
    be_random random;
    be_random_init(&random, 3, 0);
    for (int i = 0; i < 20000; i++) {
        double u = be_random_unit(&random) * 40 - 0.5;
        be__pair s = plain(log_uniform(&random, 1e-12, 10)), t = plain(s.high * 0.75);
        be__pair v = be__add(plain(u), s), w = be__add(v, t);
        be__mills first = be__mills_fall(plain(u), v, s), second = be__mills_fall(v, w, t);
        be__mills both = be__mills_fall(plain(u), w, be__add(s, t));
        be__pair sum = be__add(first.fall, second.fall);
        CHECK_SAY(relative(sum, both.fall) < 0x1p-51, "u %g s %g: %g", u, s.high,
                  relative(sum, both.fall));
        be__pair at_v = be__add(first.at_u, be__negate(first.fall));
        CHECK_SAY(fabs(at_v.high - second.at_u.high) < 0x1p-51 * first.at_u.high, "u %g s %g", u,
                  s.high);
    }
}

/* R' = z R - 1. */
static void mills_ratios_obey_their_differential_equation(void **state)
{
    (void)state;
    for (double u = -0.5; u < 6; u += 0.01) {
        be__pair s = plain(0x1p-60);
        be__mills mills = be__mills_fall(plain(u), plain(u), s);
        double slope = mills.fall.high / s.high;
        double expected = be__add(plain(1), be__multiply(plain(-u), mills.at_u)).high;
        CHECK_SAY(fabs(slope - expected) < 1e-14, "u %g: %.17g and %.17g", u, slope, expected);
    }
}

static const struct CMUnitTest TESTS[] = {
    TEST(logarithms_have_more_than_80_bits),
    TEST(logarithms_add_up),
    TEST(exp_undoes_log),
    TEST(exp_of_little_keeps_its_digits),
    TEST(mills_ratios_agree_with_tabulated_ones),
    TEST(mills_falls_add_up),
    TEST(mills_ratios_obey_their_differential_equation),
};
RUN_TESTS(TESTS)
