/* test_american.c: American values against an independent table, against three other methods, and
 * against what must hold for any option.
 *
 * One of the methods is here: Kim's equation in the form that the value meets the pay-off at the
 * boundary (the engine solves for its slope), by fixed-point iteration on a Chebyshev series in
 * sqrt(t), with the C library's functions. The environment variable BREAKEVEN_CONTRACTS sets how
 * many random contracts it is asked about; `./run test` asks few.
 */
#include "check.h"

#include <breakeven/cpu.h>
#include <breakeven/io.h>
#include <breakeven/option.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- the table ------------------------------------------------------------------------------ */

static void every_row_of_the_table_is_met(void **state)
{
    (void)state;
    enum { QUANTITY, TYPE, SPOT, STRIKE, YEARS, VOL, RATE, DIVIDEND, VALUE, N_FIELDS };
    static const char *const QUANTITIES[] = {"price", "delta", "gamma", "theta", "boundary", NULL};
    static const char *const TYPES[] = {"call", "put", NULL};
    static const be_csv_field FIELDS[N_FIELDS] = {
        {"quantity", true, QUANTITIES}, {"type", true, TYPES},    {"spot", true, NULL},
        {"strike", true, NULL},         {"years", true, NULL},    {"vol", true, NULL},
        {"rate", true, NULL},           {"dividend", true, NULL}, {"value", true, NULL}};
    be_text text;
    be_text_init(&text, NULL);
    be_error error = {0};
    be_csv *csv = NULL;
    be_status status = be_file_read(TEST_DATA "/american.csv", 1 << 24, &text, &error);
    status =
        status ? status : be_csv_parse(text.bytes, text.size, FIELDS, N_FIELDS, NULL, &csv, &error);
    CHECK_SAY(!status, "%zu: expected %s", error.line, error.expected);
    size_t n = be_csv_rows(csv);
    CHECK(n >= 60);
    const double *c[N_FIELDS];
    for (size_t f = 0; f < N_FIELDS; f++) {
        c[f] = be_csv_column(csv, f);
    }
    /* Absolute, of price, delta, gamma, theta and boundary; strikes are about 100. */
    static const double BOUND[BE_AMERICAN_BINOMIAL][5] = {{1e-5, 1e-6, 1e-5, 1e-4, 1e-4},
                                                          {1e-8, 1e-9, 1e-9, 1e-7, 1e-7},
                                                          {1e-11, 1e-12, 1e-12, 1e-10, 1e-9}};
    for (size_t i = 0; i < n; i++) {
        be_option o = {(be_option_type)c[TYPE][i],
                       c[SPOT][i],
                       c[STRIKE][i],
                       c[YEARS][i],
                       c[VOL][i],
                       c[RATE][i],
                       c[DIVIDEND][i],
                       0};
        for (int m = 0; m < BE_AMERICAN_BINOMIAL; m++) {
            be_american a;
            CHECK(be_option_american((be_american_method)m, &o, &a) == BE_OPTION_OK);
            const double values[] = {a.price, a.delta, a.gamma, a.theta, a.boundary};
            size_t q = (size_t)c[QUANTITY][i];
            double wrong = fabs(values[q] - c[VALUE][i]);
            CHECK_SAY(wrong <= BOUND[m][q], "row %zu, %s, %s: %.17g, wrong by %g", i,
                      be_american_method_name((be_american_method)m), QUANTITIES[q], values[q],
                      wrong);
        }
    }
    be_csv_destroy(csv);
    be_text_clear(&text);
}

/* ---- another method ------------------------------------------------------------------------- */

enum { TERMS = 40, POINTS = 56, VALUE_POINTS = 90, ROUNDS = 400 };

typedef struct rule {
    double at[VALUE_POINTS], weight[VALUE_POINTS];
} rule;

/* Gauss and Legendre's rule on (0, 1). */
static void gauss(int n, rule *r)
{
    for (int i = 0; i < n; i++) {
        double z = cos(3.141592653589793 * (i + 0.75) / (n + 0.5)), slope = 1;
        for (int k = 0; k < 50; k++) {
            double a = 1, b = 0;
            for (int j = 0; j < n; j++) {
                double next = ((2 * j + 1) * z * a - j * b) / (j + 1);
                b = a;
                a = next;
            }
            slope = n * (z * a - b) / (z * z - 1);
            z -= a / slope;
        }
        r->at[i] = (1 - z) / 2;
        r->weight[i] = 1 / ((1 - z * z) * slope * slope);
    }
}

static double cdf(double x)
{
    return 0.5 * erfc(-x * 0.70710678118654752);
}

typedef struct reference {
    double rate, yield, vol, years, start; /* of a put of strike 1; start: log of the boundary */
    double node[TERMS + 1], term[TERMS + 1], fall[TERMS + 1];
} reference;

static double fall_at(const reference *f, double x)
{
    double z = 2 * x - 1, b1 = 0, b2 = 0;
    for (int k = TERMS; k > 0; k--) {
        double b = 2 * z * b1 - b2 + f->term[k];
        b2 = b1;
        b1 = b;
    }
    return sqrt(fmax(z * b1 - b2 + f->term[0], 0));
}

static void transform(reference *f)
{
    for (int k = 0; k <= TERMS; k++) {
        double sum = 0;
        for (int j = 0; j <= TERMS; j++) {
            double h = f->fall[j] * f->fall[j] * (j == 0 || j == TERMS ? 0.5 : 1);
            sum += h * cos(3.141592653589793 * j * k / TERMS);
        }
        f->term[k] = sum * 2 / TERMS * (k == 0 || k == TERMS ? 0.5 : 1);
    }
}

/* The boundary, with times t = years x^5 and the quadrature in y, u = t y^5 (6 - 5 y). False when
 * the iteration did not settle. */
static bool settle(reference *f)
{
    static rule r;
    if (r.weight[0] == 0) {
        gauss(POINTS, &r);
    }
    double q = f->yield, rate = f->rate, vol = f->vol;
    for (int j = 0; j <= TERMS; j++) {
        f->node[j] = (1 + cos(3.141592653589793 * j / TERMS)) / 2;
        f->fall[j] = 0.9 * vol * sqrt(f->years * pow(f->node[j], 5));
    }
    for (int round = 0; round < ROUNDS; round++) {
        transform(f);
        double moved = 0, next[TERMS];
        for (int i = 0; i < TERMS; i++) {
            double t = f->years * pow(f->node[i], 5), log_b = f->start - f->fall[i];
            double s = vol * sqrt(t), up = (log_b + (rate - q) * t) / s + s / 2;
            double n = exp(-rate * t) * cdf(up - s), d = exp(-q * t) * cdf(up);
            for (int k = 0; k < POINTS; k++) {
                double y = r.at[k], y4 = y * y * y * y;
                double left = (1 - y) * (1 - y) * (1 + 2 * y + 3 * y * y + 4 * y * y * y + 5 * y4);
                double weight = r.weight[k] * t * 30 * y4 * (1 - y), v = t * left;
                double then = fall_at(f, f->node[i] * y * pow(6 - 5 * y, 0.2));
                double w = vol * sqrt(v), to = (then - f->fall[i] + (rate - q) * v) / w + w / 2;
                n += weight * rate * exp(-rate * v) * cdf(to - w);
                d += weight * q * exp(-q * v) * cdf(to);
            }
            double fall = f->start - log(n / d);
            next[i] = fall > 0 ? fall : f->fall[i] / 2;
            moved = fmax(moved, fabs(next[i] - f->fall[i]) * f->node[i] * f->node[i]);
        }
        for (int i = 0; i < TERMS; i++) {
            f->fall[i] = next[i];
        }
        if (!(moved < 1e10)) {
            return false;
        }
        if (moved < 1e-13) {
            transform(f);
            return true;
        }
    }
    return false;
}

static double reference_value(const reference *f, double log_spot)
{
    static rule r;
    if (r.weight[0] == 0) {
        gauss(VALUE_POINTS, &r);
    }
    if (log_spot <= f->start - f->fall[0]) {
        return 1 - exp(log_spot);
    }
    double q = f->yield, rate = f->rate, spot = exp(log_spot), s = f->vol * sqrt(f->years);
    double up = (log_spot + (rate - q) * f->years) / s + s / 2;
    double value = exp(-rate * f->years) * cdf(s - up) - spot * exp(-q * f->years) * cdf(-up);
    for (int k = 0; k < VALUE_POINTS; k++) {
        /* Both ends finely: u = y^5 (126 - 420 y + 540 y^2 - 315 y^3 + 70 y^4). */
        double y = r.at[k], z = 1 - y;
        double u = pow(y, 5) * (126 + y * (-420 + y * (540 + y * (-315 + y * 70))));
        double rest = pow(z, 5) * (126 + z * (-420 + z * (540 + z * (-315 + z * 70))));
        double v = f->years * rest, weight = f->years * r.weight[k] * 630 * pow(y * z, 4);
        double w = f->vol * sqrt(v);
        double to = (log_spot - f->start + fall_at(f, pow(u, 0.2)) + (rate - q) * v) / w + w / 2;
        value += weight * (rate * exp(-rate * v) * cdf(w - to) - q * spot * exp(-q * v) * cdf(-to));
    }
    return value;
}

static double between(be_random *random, double low, double high)
{
    return low + (high - low) * be_random_unit(random);
}

/* Contract i: regimes in turn, spots within 30 % of the strike, a day to four years, vols of 5 % to
 * 100 %; every eighth spot lies next to the boundary. The put it stands for goes to *f. */
static be_option contract(uint64_t i, reference *f)
{
    be_random random;
    be_random_init(&random, 11, i);
    double r = 0, q = 0;
    switch (i % 5) {
    case 0: /* no yield */
        r = between(&random, 0.001, 0.12);
        break;
    case 1: /* 0 < yield < rate */
        r = between(&random, 0.001, 0.1);
        q = r * be_random_unit(&random);
        break;
    case 2: /* 0 < rate < yield */
        r = between(&random, 0.01, 0.1);
        q = r * between(&random, 1.2, 3);
        break;
    case 3: /* yield < 0 <= rate */
        r = between(&random, 0, 0.1);
        q = between(&random, -0.1, -0.001);
        break;
    default: /* the same, or nearly */
        r = between(&random, 0.001, 0.08);
        q = i % 2 ? r : r * between(&random, 0.95, 1);
    }
    bool call = be_random_below(&random, 2);
    be_option o = {.type = call ? BE_OPTION_CALL : BE_OPTION_PUT,
                   .spot = 100 * exp(between(&random, -0.3, 0.3)),
                   .strike = 100,
                   .years = 0.003 * pow(4 / 0.003, be_random_unit(&random)),
                   .vol = 0.05 * pow(20, be_random_unit(&random)),
                   .rate = call ? q : r,
                   .dividend = call ? r : q};
    *f = (reference){
        .rate = r, .yield = q, .vol = o.vol, .years = o.years, .start = q > r ? log(r / q) : 0};
    return o;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* How far the engine may be off where the reference can tell, and where not: with
 * rate < yield < 2 rate, or a drift of many deviations, one series over all the time to expiry, as
 * here, is itself wrong by some 1e-8. */
static const double BOUND[2][BE_AMERICAN_BINOMIAL] = {{5e-5, 5e-8, 5e-10}, {5e-5, 1e-7, 1e-7}};

static void the_other_equation_for_the_boundary_gives_the_same_values(void **state)
{
    (void)state;
    const char *asked = getenv("BREAKEVEN_CONTRACTS");
    uint64_t n = asked ? strtoull(asked, NULL, 10) : 200;
    double *errors = calloc(2 * BE_AMERICAN_BINOMIAL * (n + 1), sizeof *errors);
    CHECK(errors && n > 0);
    uint64_t count[2] = {0};
    for (uint64_t i = 0; i < n; i++) {
        reference f;
        be_option o = contract(i, &f);
        if (!settle(&f)) {
            continue;
        }
        bool call = o.type == BE_OPTION_CALL;
        double edge = f.start - f.fall[0];
        if (i % 8 == 0) {
            o.spot = 100 * exp((call ? -1 : 1) * edge) * (1 + (i % 16 ? 1e-4 : 1e-9));
        }
        double unit = call ? o.spot : o.strike;
        double value =
            unit * reference_value(&f, log(call ? o.strike / o.spot : o.spot / o.strike));
        double drift = (f.rate - f.yield) / f.vol - f.vol / 2;
        int hard = (f.rate < f.yield && f.yield < 2 * f.rate) || drift * drift * f.years > 2;
        for (int m = 0; m < BE_AMERICAN_BINOMIAL; m++) {
            be_american a;
            CHECK(be_option_american((be_american_method)m, &o, &a) == BE_OPTION_OK);
            double wrong = fabs(a.price - value) * 100 / unit;
            errors[((uint64_t)hard * BE_AMERICAN_BINOMIAL + (uint64_t)m) * n + count[hard]] = wrong;
            if (wrong > BOUND[hard][m]) {
                print_message(
                    "# %s, %s: spot %.17g years %.17g vol %.17g rate %.17g dividend %.17g: "
                    "%.17g, not %.17g\n",
                    be_american_method_name((be_american_method)m), call ? "call" : "put", o.spot,
                    o.years, o.vol, o.rate, o.dividend, a.price, value);
            }
        }
        count[hard]++;
    }
    bool good = true;
    for (size_t k = 0; k < 2 * BE_AMERICAN_BINOMIAL; k++) {
        double *e = errors + k * n;
        size_t hard = k / BE_AMERICAN_BINOMIAL, m = k % BE_AMERICAN_BINOMIAL;
        qsort(e, count[hard], sizeof *e, by_size);
        double largest = count[hard] ? e[count[hard] - 1] : 0;
        good &= largest <= BOUND[hard][m];
        print_message("# %s, %llu contracts%s: error at strike 100, 99.9 %% %.1e, largest %.1e\n",
                      be_american_method_name((be_american_method)m),
                      (unsigned long long)count[hard],
                      hard ? " that are hard for the reference" : "",
                      count[hard] ? e[count[hard] * 999 / 1000] : 0, largest);
    }
    free(errors);
    CHECK(good);
    CHECK(count[0] + count[1] > n * 9 / 10 && count[0] > n / 4);
}

/* ---- trees and differences ------------------------------------------------------------------ */

static const double NONE = (double)NAN;

/* All regimes, the last ones with two boundaries: one where the region closes, one where not. */
static const be_option REGIMES[] = {
    {BE_OPTION_PUT, 100, 100, 1, 0.2, 0.05, 0, 0},
    {BE_OPTION_CALL, 95, 100, 0.5, 0.3, 0.03, 0.06, 0},
    {BE_OPTION_PUT, 105, 100, 2, 0.25, 0.04, 0.09, 0},
    {BE_OPTION_CALL, 100, 100, 1, 0.25, -0.03, 0.02, 0},
    {BE_OPTION_PUT, 100, 100, 1, 0.2, 0, -0.04, 0},
    {BE_OPTION_PUT, 100, 100, 1, 0.2, -0.02, 0.01, 0},
    {BE_OPTION_CALL, 100, 100, 1, 0.2, 0.05, 0, 0},
    {BE_OPTION_PUT, 75, 100, 1, 0.1, -0.01, -0.06, 0},
    {BE_OPTION_PUT, 95, 100, 5, 0.2, -0.005, -0.04, 0},
    {BE_OPTION_CALL, 110, 100, 4, 0.15, -0.05, -0.01, 0},
    {BE_OPTION_PUT, 60, 100, 0.5, 0.1, -0.03, -0.05, 0},
};
enum { N_REGIMES = sizeof REGIMES / sizeof *REGIMES };

static void trees_and_differences_agree_in_every_regime(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_REGIMES; i++) {
        be_american exact, tree, grid;
        CHECK(be_option_american(BE_AMERICAN_EXACT, &REGIMES[i], &exact) == BE_OPTION_OK);
        CHECK(be_option_american(BE_AMERICAN_BINOMIAL, &REGIMES[i], &tree) == BE_OPTION_OK);
        CHECK(be_option_american(BE_AMERICAN_DIFFERENCES, &REGIMES[i], &grid) == BE_OPTION_OK);
        CHECK_SAY(fabs(tree.price - exact.price) < 1e-2, "%zu: %.9g, tree %.9g", i, exact.price,
                  tree.price);
        CHECK_SAY(fabs(grid.price - exact.price) < 2e-3, "%zu: %.9g, differences %.9g", i,
                  exact.price, grid.price);
        CHECK_SAY(fabs(grid.delta - exact.delta) < 1e-3, "%zu: delta %.9g, %.9g", i, exact.delta,
                  grid.delta);
        CHECK_SAY(fabs(grid.gamma - exact.gamma) < 1e-3, "%zu: gamma %.9g, %.9g", i, exact.gamma,
                  grid.gamma);
        CHECK_SAY(fabs(grid.theta - exact.theta) < 2e-2, "%zu: theta %.9g, %.9g", i, exact.theta,
                  grid.theta);
        CHECK_SAY(fabs(tree.delta - exact.delta) < 5e-3 && fabs(tree.theta - exact.theta) < 0.1,
                  "%zu: %g %g", i, tree.delta, tree.theta);
    }
}

/* ---- laws ----------------------------------------------------------------------------------- */

static void greeks_are_the_slopes_of_prices(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_REGIMES; i++) {
        be_option o = REGIMES[i];
        be_american at, up, down, later;
        double h = 1e-2, dt = 1e-4;
        CHECK(be_option_american(BE_AMERICAN_EXACT, &o, &at) == BE_OPTION_OK);
        o.spot += h;
        CHECK(be_option_american(BE_AMERICAN_EXACT, &o, &up) == BE_OPTION_OK);
        o.spot -= 2 * h;
        CHECK(be_option_american(BE_AMERICAN_EXACT, &o, &down) == BE_OPTION_OK);
        o.spot += h;
        double before = o.years;
        o.years = before - dt;
        CHECK(be_option_american(BE_AMERICAN_EXACT, &o, &later) == BE_OPTION_OK);
        double theta = later.price;
        o.years = before + dt;
        CHECK(be_option_american(BE_AMERICAN_EXACT, &o, &later) == BE_OPTION_OK);
        theta = (theta - later.price) / (2 * dt);
        double delta = (up.price - down.price) / (2 * h);
        double gamma = (up.price - 2 * at.price + down.price) / (h * h);
        CHECK_SAY(fabs(at.delta - delta) < 1e-6, "%zu: delta %.12g, %.12g", i, at.delta, delta);
        CHECK_SAY(fabs(at.gamma - gamma) < 1e-6, "%zu: gamma %.12g, %.12g", i, at.gamma, gamma);
        CHECK_SAY(fabs(at.theta - theta) < 1e-5, "%zu: theta %.12g, %.12g", i, at.theta, theta);
    }
}

static void an_american_option_is_worth_its_pay_off_and_the_european_one(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 2000; i++) {
        reference ignored;
        be_option o = contract(i, &ignored);
        be_option_status status;
        double european = be_option_price(BE_OPTION_MERTON, &o, &status);
        double now = o.type == BE_OPTION_CALL ? o.spot - o.strike : o.strike - o.spot;
        for (int m = 0; m < BE_AMERICAN_BINOMIAL; m++) {
            be_american a;
            CHECK(be_option_american((be_american_method)m, &o, &a) == BE_OPTION_OK);
            double slack = m == 0 ? 1e-5 : 1e-8;
            CHECK_SAY(a.price >= european - slack && a.price >= now,
                      "%llu: %.17g, european %.17g, pay-off %.17g", (unsigned long long)i, a.price,
                      european, now);
            CHECK(fabs(a.delta) <= 1 + 1e-6 && a.gamma > -1e-5);
        }
    }
}

static void at_the_boundary_value_and_slope_are_those_of_the_pay_off(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 300; i++) {
        reference ignored;
        be_option o = contract(i, &ignored);
        double t[3] = {0, o.years / 2, o.years}, edge[3], far[3];
        CHECK(be_option_american_boundary(BE_AMERICAN_EXACT, &o, 3, t, edge, far, NULL) == BE_OK);
        bool call = o.type == BE_OPTION_CALL;
        double sign = call ? 1 : -1;
        CHECK_SAY(sign * edge[0] < sign * edge[1] && sign * edge[1] < sign * edge[2],
                  "%llu: %g %g %g", (unsigned long long)i, edge[0], edge[1], edge[2]);
        CHECK(isnan(far[0]) && isnan(far[2]));
        be_american held, taken;
        o.spot = edge[2] * (1 - sign * 1e-6);
        CHECK(be_option_american(BE_AMERICAN_EXACT, &o, &held) == BE_OPTION_OK);
        double now = sign * (o.spot - o.strike);
        CHECK_SAY(fabs(held.price - now) < 1e-6 && fabs(held.delta - sign) < 1e-3,
                  "%llu: %.12g, %.12g, delta %.12g", (unsigned long long)i, held.price, now,
                  held.delta);
        o.spot = edge[2] * (1 + sign * 1e-9);
        CHECK(be_option_american(BE_AMERICAN_EXACT, &o, &taken) == BE_OPTION_OK);
        CHECK(taken.price == sign * (o.spot - o.strike) ||
              fabs(taken.price - sign * (o.spot - o.strike)) < 1e-13 * o.strike);
        CHECK(taken.delta == sign && taken.gamma == 0 && taken.theta == 0);
    }
}

static void spots_share_a_boundary_and_change_no_value(void **state)
{
    (void)state;
    double spot[50];
    be_american many[50], one;
    for (size_t r = 0; r < N_REGIMES; r++) {
        be_option o = REGIMES[r];
        for (int i = 0; i < 50; i++) {
            spot[i] = 60 + 2 * i;
        }
        be_option_status status;
        CHECK(be_option_american_spots(BE_AMERICAN_STANDARD, &o, 50, spot, many, &status) == BE_OK);
        CHECK(status == BE_OPTION_OK);
        for (int i = 0; i < 50; i++) {
            o.spot = spot[i];
            CHECK(be_option_american(BE_AMERICAN_STANDARD, &o, &one) == BE_OPTION_OK);
            CHECK(one.price == many[i].price && one.gamma == many[i].gamma);
        }
    }
    CHECK(be_option_american_spots(BE_AMERICAN_BINOMIAL, &REGIMES[0], 1, spot, many, NULL) ==
          BE_EINVAL);
}

static void every_variant_gives_the_same_values(void **state)
{
    (void)state;
    be_isa best = be_cpu_best();
    for (uint64_t i = 0; i < 400; i++) {
        reference ignored;
        be_option o = i < N_REGIMES ? REGIMES[i] : contract(i, &ignored);
        be_american a[BE_ISA_COUNT];
        for (be_isa isa = BE_ISA_BASE; isa <= best; isa++) {
            CHECK(be_cpu_limit(isa) == BE_OK);
            CHECK(be_option_american(BE_AMERICAN_STANDARD, &o, &a[isa]) == BE_OPTION_OK);
        }
        CHECK_SAY(fabs(a[BE_ISA_BASE].price - a[best].price) < 2e-8, "%llu: %.17g, base %.17g",
                  (unsigned long long)i, a[best].price, a[BE_ISA_BASE].price);
        for (be_isa isa = BE_ISA_AVX2; isa < best; isa++) {
            CHECK_SAY(memcmp(&a[isa], &a[best], sizeof a[best]) == 0, "%llu: %.17g and %.17g",
                      (unsigned long long)i, a[isa].price, a[best].price);
        }
    }
    CHECK(be_cpu_limit(best) == BE_OK);
}

static void columns_give_what_one_option_gives_for_every_worker_count(void **state)
{
    (void)state;
    enum { N = 300 };
    static be_option o[N];
    static double column[7][N], out[6][N], price[N];
    static uint8_t type[N], status[N];
    for (uint64_t i = 0; i < N; i++) {
        reference ignored;
        o[i] = contract(i, &ignored);
        if (i % 50 == 7) {
            o[i].vol = -1;
        }
        type[i] = (uint8_t)o[i].type;
        const double values[] = {o[i].spot, o[i].strike, o[i].years,
                                 o[i].vol,  o[i].rate,   o[i].dividend};
        for (int c = 0; c < 6; c++) {
            column[c][i] = values[c];
        }
    }
    be_option_in in = {.model = BE_OPTION_MERTON,
                       .type = {type, 1},
                       .spot = {column[0], 8},
                       .strike = {column[1], 8},
                       .years = {column[2], 8},
                       .vol = {column[3], 8},
                       .rate = {column[4], 8},
                       .dividend = {column[5], 8}};
    be_american_out to = {{out[0], 8}, {out[1], 8}, {out[2], 8}, {out[3], 8},
                          {out[4], 8}, {out[5], 8}, {status, 1}, {0, false}};
    for (unsigned workers = 1; workers <= 3; workers++) {
        be_engine_config config = {.size = sizeof config, .workers = workers};
        be_engine *engine;
        CHECK(be_engine_create(&config, &engine) == BE_OK);
        CHECK(be_option_americans(engine, BE_AMERICAN_FAST, &in, N, &to, NULL) == BE_OK);
        for (size_t i = 0; i < N; i++) {
            be_american a;
            CHECK(be_option_american(BE_AMERICAN_FAST, &o[i], &a) == (be_option_status)status[i]);
            const double values[] = {a.price, a.delta,    a.gamma,
                                     a.theta, a.boundary, a.boundary_far};
            for (int c = 0; c < 6; c++) {
                CHECK(memcmp(&values[c], &out[c][i], sizeof(double)) == 0);
            }
            price[i] = a.price;
        }
        be_column prices = {price, 8};
        CHECK(be_option_american_implied_vols(engine, &in, prices, N, to.delta, to.status, NULL) ==
              BE_OK);
        for (size_t i = 0; i < N; i++) {
            be_option_status s;
            double vol = be_option_american_implied_vol(&o[i], price[i], &s);
            CHECK(memcmp(&vol, &out[1][i], sizeof vol) == 0 && s == (be_option_status)status[i]);
        }
        in.model = BE_OPTION_BACHELIER;
        CHECK(be_option_americans(engine, BE_AMERICAN_FAST, &in, N, &to, NULL) == BE_EINVAL);
        in.model = BE_OPTION_MERTON;
        be_engine_destroy(engine);
    }
}

/* ---- implied volatility --------------------------------------------------------------------- */

static void the_implied_vol_is_the_vol_that_made_the_price(void **state)
{
    (void)state;
    double worst = 0;
    for (uint64_t i = 0; i < 600; i++) {
        reference ignored;
        be_option o = i < N_REGIMES ? REGIMES[i] : contract(i, &ignored);
        be_american a, up;
        double vol = o.vol;
        CHECK(be_option_american(BE_AMERICAN_EXACT, &o, &a) == BE_OPTION_OK);
        o.vol = vol * (1 + 1e-4);
        CHECK(be_option_american(BE_AMERICAN_EXACT, &o, &up) == BE_OPTION_OK);
        double vega = (up.price - a.price) / (vol * 1e-4);
        if (vega < 0.1) {
            continue; /* the price says little of the vol */
        }
        be_option_status status;
        double got = be_option_american_implied_vol(&o, a.price, &status);
        double bound = 1e-10 + 2e-8 / vega;
        worst = fmax(worst, fabs(got - vol));
        CHECK_SAY(status == BE_OPTION_OK && fabs(got - vol) < bound,
                  "%llu: %.17g, not %.17g, vega %g; %s", (unsigned long long)i, got, vol, vega,
                  be_option_status_text(status));
    }
    print_message("# worst %.2g\n", worst);
}

static void prices_without_a_vol_say_why(void **state)
{
    (void)state;
    be_option o = {BE_OPTION_PUT, 80, 100, 1, 0, 0.05, 0, 0};
    be_option_status status;
    CHECK(isnan(be_option_american_implied_vol(&o, 19.99, &status)) &&
          status == BE_OPTION_BELOW_INTRINSIC);
    CHECK(be_option_american_implied_vol(&o, 20, &status) == 0 &&
          status == BE_OPTION_NO_TIME_VALUE);
    CHECK(isinf(be_option_american_implied_vol(&o, 100, &status)) &&
          status == BE_OPTION_ABOVE_MAXIMUM);
    CHECK(isnan(be_option_american_implied_vol(&o, 100.01, &status)) &&
          status == BE_OPTION_ABOVE_MAXIMUM);
    CHECK(isnan(be_option_american_implied_vol(&o, NONE, &status)) && status == BE_OPTION_NAN);
    CHECK(be_option_american_implied_vol(&o, 20.0001, &status) > 0.05 && status == BE_OPTION_OK);
    CHECK(be_option_american_implied_vol(&o, 99.9, &status) > 5 && status == BE_OPTION_OK);
    o.years = 0;
    CHECK(isnan(be_option_american_implied_vol(&o, 21, &status)) && status == BE_OPTION_NO_TIME);
}

/* ---- limits and bad input ------------------------------------------------------------------- */

static void limits_are_prices_too(void **state)
{
    (void)state;
    be_american a;
    be_option o = {BE_OPTION_PUT, 90, 100, 0, 0.2, 0.05, 0, 0};
    CHECK(be_option_american(BE_AMERICAN_FAST, &o, &a) == BE_OPTION_OK && a.price == 10);
    o.years = 1;
    o.vol = 0;
    CHECK(be_option_american(BE_AMERICAN_FAST, &o, &a) == BE_OPTION_OK && a.price == 10);
    o.rate = -0.05; /* now it pays to wait: the strike grows and the spot falls on its forwards */
    CHECK(be_option_american(BE_AMERICAN_FAST, &o, &a) == BE_OPTION_OK);
    CHECK(fabs(a.price - (100 * exp(0.05) - 90)) < 1e-13);
    o = (be_option){BE_OPTION_PUT, 0, 100, 1, 0.2, 0.05, 0, 0};
    CHECK(be_option_american(BE_AMERICAN_FAST, &o, &a) == BE_OPTION_OK && a.price == 100);
    o = (be_option){BE_OPTION_CALL, 100, 0, 1, 0.2, 0.05, 0.03, 0};
    CHECK(be_option_american(BE_AMERICAN_FAST, &o, &a) == BE_OPTION_OK && a.price == 100);
    o = (be_option){BE_OPTION_CALL, 0, 100, 1, 0.2, 0.05, 0.03, 0};
    CHECK(be_option_american(BE_AMERICAN_FAST, &o, &a) == BE_OPTION_OK && a.price == 0);
}

/* Next to no vol the value is the best discounted pay-off on the forward curve; the engine gets
 * there without a jump. */
static void little_vol_and_little_time_come_to_their_limits(void **state)
{
    (void)state;
    for (int k = 2; k < 13; k++) {
        for (size_t i = 0; i < N_REGIMES; i++) {
            be_option o = REGIMES[i];
            be_american a, still;
            o.vol = pow(10, -k);
            CHECK(be_option_american(BE_AMERICAN_STANDARD, &o, &a) == BE_OPTION_OK);
            be_option without = o;
            without.vol = 0;
            CHECK(be_option_american(BE_AMERICAN_STANDARD, &without, &still) == BE_OPTION_OK);
            CHECK_SAY(a.price >= still.price - 1e-7 &&
                          a.price <= still.price + 60 * o.vol * sqrt(o.years) + 1e-7,
                      "regime %zu, vol %g: %.17g, without %.17g", i, o.vol, a.price, still.price);
            o = REGIMES[i];
            o.years = pow(10, -k);
            CHECK(be_option_american(BE_AMERICAN_STANDARD, &o, &a) == BE_OPTION_OK);
            double now = o.type == BE_OPTION_CALL ? o.spot - o.strike : o.strike - o.spot;
            now = now > 0 ? now : 0;
            CHECK_SAY(a.price >= now - 1e-10 && a.price <= now + 60 * o.vol * sqrt(o.years) + 1e-10,
                      "regime %zu, years %g: %.17g", i, o.years, a.price);
        }
    }
}

static void bad_inputs_are_named(void **state)
{
    (void)state;
    const be_option good = {BE_OPTION_PUT, 100, 100, 1, 0.2, 0.05, 0.01, 0};
    const double bad[] = {NONE, -1, (double)INFINITY, -(double)INFINITY};
    for (int method = 0; method < BE_AMERICAN_METHOD_COUNT; method++) {
        for (int field = 0; field < 6; field++) {
            for (int b = 0; b < 4; b++) {
                be_option o = good;
                double *fields[] = {&o.spot, &o.strike, &o.years, &o.vol, &o.rate, &o.dividend};
                if (b == 1 && field >= 4) {
                    continue; /* rates may be negative */
                }
                *fields[field] = bad[b];
                be_american a;
                be_option_status status = be_option_american((be_american_method)method, &o, &a);
                be_option_status expected =
                    b == 0 ? BE_OPTION_NAN : (be_option_status)(BE_OPTION_BAD_SPOT + field);
                CHECK_SAY(status == expected && isnan(a.price) && isnan(a.theta),
                          "field %d, %g: status %d", field, bad[b], (int)status);
            }
        }
        be_option o = good;
        o.type = (be_option_type)7;
        be_american a;
        CHECK(be_option_american((be_american_method)method, &o, &a) == BE_OPTION_BAD_TYPE);
    }
    be_option o = good;
    o.rate = 600;
    be_american a;
    CHECK(be_option_american(BE_AMERICAN_FAST, &o, &a) == BE_OPTION_BAD_RATE);
}

/* Whatever the numbers, an answer between the pay-off and the most it can be. */
static void wild_inputs_have_prices_within_their_bounds(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 4000; i++) {
        be_random random;
        be_random_init(&random, 5, i);
        be_option o = {.type = be_random_below(&random, 2) ? BE_OPTION_CALL : BE_OPTION_PUT,
                       .spot = pow(10, between(&random, -6, 6)),
                       .strike = pow(10, between(&random, -6, 6)),
                       .years = pow(10, between(&random, -9, 2.5)),
                       .vol = pow(10, between(&random, -6, 1.3)),
                       .rate = between(&random, -1, 1),
                       .dividend = between(&random, -1, 1)};
        if (i % 3 == 0) {
            o.spot = o.strike * exp(between(&random, -0.1, 0.1));
            o.rate /= 20;
            o.dividend /= 20;
        }
        be_american a;
        be_option_status status = be_option_american(BE_AMERICAN_FAST, &o, &a);
        CHECK(status == BE_OPTION_OK);
        bool call = o.type == BE_OPTION_CALL;
        double now = call ? o.spot - o.strike : o.strike - o.spot;
        double most = call ? o.spot * exp(fmax(-o.dividend * o.years, 0))
                           : o.strike * exp(fmax(-o.rate * o.years, 0));
        double slack = 1e-6 * (o.strike + o.spot) + 1e-6 * most;
        CHECK_SAY(a.price >= now - slack && a.price <= most + slack,
                  "%s spot %.17g strike %.17g years %.17g vol %.17g rate %.17g dividend %.17g: %g",
                  call ? "call" : "put", o.spot, o.strike, o.years, o.vol, o.rate, o.dividend,
                  a.price);
    }
}

/* ---- cash dividends ------------------------------------------------------------------------- */

/* Hull, "Options, futures, and other derivatives", the example of a European call on a share with
 * two dividends of 0.50: 3.67. */
static void escrowed_dividends_give_the_textbook_example(void **state)
{
    (void)state;
    be_option o = {BE_OPTION_CALL, 40, 40, 0.5, 0.3, 0.09, 0, 0};
    const be_cash_dividend dividends[] = {{2.0 / 12, 0.5}, {5.0 / 12, 0.5}};
    be_american a;
    CHECK(be_option_cash_dividends(BE_DIVIDEND_ESCROWED, false, &o, 2, dividends, &a) ==
          BE_OPTION_OK);
    CHECK_SAY(fabs(a.price - 3.67) < 0.005, "%g", a.price);
}

/* A call on a share that pays once is only ever exercised just before that: its value is one
 * integral over the spot at that moment, here by the trapezoidal rule. */
static double call_by_integral(be_dividend_model model, bool american, const be_option *o,
                               be_cash_dividend d)
{
    enum { STEPS = 20000 };
    bool escrowed = model == BE_DIVIDEND_ESCROWED;
    double net = escrowed ? o->spot - d.amount * exp(-o->rate * d.years) : o->spot;
    double s = o->vol * sqrt(d.years), sum = 0, left = o->years - d.years;
    for (int i = 0; i <= STEPS; i++) {
        double z = -9 + 18.0 * i / STEPS;
        double spot = net * exp((o->rate - o->vol * o->vol / 2) * d.years + s * z);
        double after = escrowed ? spot : fmax(spot - d.amount, 0);
        double before = escrowed ? spot + d.amount : spot;
        be_option rest = *o;
        rest.spot = after;
        rest.years = left;
        double value = be_option_price(BE_OPTION_MERTON, &rest, NULL);
        if (american && before - o->strike > value) {
            value = before - o->strike;
        }
        sum += value * exp(-z * z / 2);
    }
    return exp(-o->rate * d.years) * sum * (18.0 / STEPS) * 0.39894228040143268;
}

static void one_dividend_agrees_with_an_integral(void **state)
{
    (void)state;
    const be_option OPTIONS[] = {{BE_OPTION_CALL, 100, 100, 1, 0.25, 0.05, 0, 0},
                                 {BE_OPTION_CALL, 110, 100, 0.5, 0.4, 0.02, 0, 0},
                                 {BE_OPTION_CALL, 90, 100, 2, 0.15, 0.08, 0, 0}};
    const be_cash_dividend DIVIDENDS[] = {{0.6, 7}, {0.45, 12}, {1.1, 3}};
    for (int i = 0; i < 3; i++) {
        for (int model = 0; model < 2; model++) {
            for (int american = 0; american < 2; american++) {
                be_american a;
                CHECK(be_option_cash_dividends((be_dividend_model)model, american, &OPTIONS[i], 1,
                                               &DIVIDENDS[i], &a) == BE_OPTION_OK);
                double value =
                    call_by_integral((be_dividend_model)model, american, &OPTIONS[i], DIVIDENDS[i]);
                CHECK_SAY(fabs(a.price - value) < 5e-3, "%d, model %d, american %d: %.9g, %.9g", i,
                          model, american, a.price, value);
            }
        }
    }
}

static void dividends_of_nothing_change_nothing(void **state)
{
    (void)state;
    const be_cash_dividend none[] = {{0.25, 0}, {0.5, 0}};
    for (int model = 0; model < 2; model++) {
        be_american with, exact;
        CHECK(be_option_cash_dividends((be_dividend_model)model, true, &REGIMES[0], 2, none,
                                       &with) == BE_OPTION_OK);
        CHECK(be_option_american(BE_AMERICAN_EXACT, &REGIMES[0], &exact) == BE_OPTION_OK);
        CHECK_SAY(fabs(with.price - exact.price) < 2e-3, "%.9g, %.9g", with.price, exact.price);
    }
}

static void dividends_that_cannot_be_are_refused(void **state)
{
    (void)state;
    const be_cash_dividend bad[][2] = {{{0.5, 1}, {0.25, 1}}, {{0.5, 1}, {1.5, 1}},
                                       {{-0.1, 1}, {0.5, 1}}, {{0.1, -1}, {0.5, 1}},
                                       {{0.1, 99}, {0.5, 9}}, {{0.1, NONE}, {0.5, 1}}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        be_american a;
        CHECK_SAY(be_option_cash_dividends(BE_DIVIDEND_SPOT, true, &REGIMES[0], 2, bad[i], &a) ==
                          BE_OPTION_BAD_DIVIDEND &&
                      isnan(a.price),
                  "%zu", i);
    }
}

static const struct CMUnitTest TESTS[] = {
    TEST(every_row_of_the_table_is_met),
    TEST(the_other_equation_for_the_boundary_gives_the_same_values),
    TEST(trees_and_differences_agree_in_every_regime),
    TEST(greeks_are_the_slopes_of_prices),
    TEST(an_american_option_is_worth_its_pay_off_and_the_european_one),
    TEST(at_the_boundary_value_and_slope_are_those_of_the_pay_off),
    TEST(spots_share_a_boundary_and_change_no_value),
    TEST(every_variant_gives_the_same_values),
    TEST(columns_give_what_one_option_gives_for_every_worker_count),
    TEST(the_implied_vol_is_the_vol_that_made_the_price),
    TEST(prices_without_a_vol_say_why),
    TEST(limits_are_prices_too),
    TEST(little_vol_and_little_time_come_to_their_limits),
    TEST(bad_inputs_are_named),
    TEST(wild_inputs_have_prices_within_their_bounds),
    TEST(escrowed_dividends_give_the_textbook_example),
    TEST(one_dividend_agrees_with_an_integral),
    TEST(dividends_of_nothing_change_nothing),
    TEST(dividends_that_cannot_be_are_refused),
};
RUN_TESTS(TESTS)
