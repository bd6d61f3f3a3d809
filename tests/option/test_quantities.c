/* test_quantities.c: greeks, models, pay-offs and implied volatilities against an independent
 * table. */
#include "check.h"

#include <breakeven/io.h>
#include <breakeven/option.h>

#include <math.h>
#include <string.h>

enum {
    QUANTITY,
    MODEL,
    PAYOFF,
    TYPE,
    SPOT,
    STRIKE,
    YEARS,
    VOL,
    RATE,
    DIVIDEND,
    VALUE,
    N_FIELDS,
    IMPLIED_VOL = BE_OPTION_QUANTITY_COUNT
};

static double relative(double a, double b)
{
    return a == b ? 0 : fabs(a - b) / fabs(b);
}

static void every_row_of_the_table_is_met(void **state)
{
    (void)state;
    const char *quantities[BE_OPTION_QUANTITY_COUNT + 2] = {[IMPLIED_VOL] = "implied_vol"};
    const char *models[BE_OPTION_MODEL_COUNT + 1] = {0};
    static const char *const PAYOFFS[] = {"vanilla", "cash", "asset", NULL};
    static const char *const TYPES[] = {"call", "put", NULL};
    for (int q = 0; q < BE_OPTION_QUANTITY_COUNT; q++) {
        quantities[q] = be_option_quantity_name((be_option_quantity)q);
    }
    for (int m = 0; m < BE_OPTION_MODEL_COUNT; m++) {
        models[m] = be_option_model_name((be_option_model)m);
    }
    const be_csv_field fields[N_FIELDS] = {[QUANTITY] = {"quantity", true, quantities},
                                           [MODEL] = {"model", true, models},
                                           [PAYOFF] = {"payoff", true, PAYOFFS},
                                           [TYPE] = {"type", true, TYPES},
                                           [SPOT] = {"spot", true, NULL},
                                           [STRIKE] = {"strike", true, NULL},
                                           [YEARS] = {"years", true, NULL},
                                           [VOL] = {"vol", true, NULL},
                                           [RATE] = {"rate", true, NULL},
                                           [DIVIDEND] = {"dividend", true, NULL},
                                           [VALUE] = {"value", true, NULL}};
    be_text text;
    be_text_init(&text, NULL);
    be_error error = {0};
    be_csv *csv = NULL;
    be_status status = be_file_read(TEST_DATA "/option_quantities.csv", 1 << 24, &text, &error);
    if (!status) {
        status = be_csv_parse(text.bytes, text.size, fields, N_FIELDS, NULL, &csv, &error);
    }
    CHECK_SAY(!status, "line %zu: expected %s", error.line, error.expected);
    be_text_clear(&text);
    size_t rows = be_csv_rows(csv);
    CHECK(rows > 40);
    const double *column[N_FIELDS];
    for (size_t f = 0; f < N_FIELDS; f++) {
        column[f] = be_csv_column(csv, f);
    }
    double worst = 0;
    for (size_t i = 0; i < rows; i++) {
        be_option_model model = (be_option_model)column[MODEL][i];
        be_option o = {.type = (be_option_type)column[TYPE][i],
                       .spot = column[SPOT][i],
                       .strike = column[STRIKE][i],
                       .years = column[YEARS][i],
                       .vol = column[VOL][i],
                       .rate = column[RATE][i],
                       .dividend = column[DIVIDEND][i]};
        int quantity = (int)column[QUANTITY][i];
        double wanted = column[VALUE][i], got;
        be_option_status s;
        if (quantity == IMPLIED_VOL) {
            wanted = o.vol;
            got = be_option_implied_vol(model, &o, column[VALUE][i], &s);
        } else {
            double values[BE_OPTION_QUANTITY_COUNT];
            s = be_option_quantities(model, (be_option_payoff)column[PAYOFF][i], &o, values);
            got = values[quantity];
        }
        double gap = relative(got, wanted);
        CHECK_SAY(s == BE_OPTION_OK && gap < 1e-15, "row %zu (%s): %.17g instead of %.17g: %g",
                  i + 1, quantities[quantity], got, wanted, gap);
        worst = fmax(worst, gap);
    }
    print_message("# worst relative error of %zu rows: %.2g\n", rows, worst);
    be_csv_destroy(csv);
}

static double between(be_random *random, double low, double high)
{
    return low + (high - low) * be_random_unit(random);
}

/* A vol of a price's vol is that vol again, as far as the price's last bit tells. */
static void the_vol_of_a_price_gives_that_price_again(void **state)
{
    (void)state;
    for (int m = 0; m < BE_OPTION_MODEL_COUNT; m++) {
        for (uint64_t i = 0; i < 5000; i++) {
            be_random random;
            be_random_init(&random, 7 + (uint64_t)m, i);
            be_option o = {.type = (be_option_type)be_random_below(&random, 2),
                           .spot = between(&random, 50, 150),
                           .strike = 100,
                           .years = between(&random, 0.01, 3),
                           .vol = between(&random, 0.02, 1.5),
                           .rate = between(&random, -0.02, 0.1),
                           .dividend = between(&random, 0, 0.1),
                           .shift = between(&random, -10, 30)};
            if (m == BE_OPTION_BACHELIER) {
                o.vol *= 100;
                o.spot -= 80;
                o.strike -= 80;
            }
            be_option_model model = (be_option_model)m;
            be_option_status status;
            double price = be_option_price(model, &o, &status);
            CHECK(status == BE_OPTION_OK);
            double vol = be_option_implied_vol(model, &o, price, &status);
            if (status == BE_OPTION_BELOW_INTRINSIC || status == BE_OPTION_NO_TIME_VALUE) {
                continue; /* its time value is less than the price's last bit */
            }
            CHECK_SAY(status == BE_OPTION_OK, "%s %d: %s", be_option_model_name(model), (int)i,
                      be_option_status_text(status));
            o.vol = vol;
            double again = be_option_price(model, &o, &status);
            double vega_room = 4e-16 * o.vol * o.spot; /* what rounding the vol may move */
            CHECK_SAY(fabs(again - price) <= 6e-16 * price + fabs(vega_room) ||
                          relative(again, price) < 1e-13,
                      "%s %d: %.17g, %.17g", be_option_model_name(model), (int)i, again, price);
        }
    }
}

static void prices_without_a_vol_say_why(void **state)
{
    (void)state;
    const be_option o = {.spot = 100, .strike = 50, .years = 1};
    static const struct {
        double price, vol;
        be_option_status status;
    } CASES[] = {{50, 0, BE_OPTION_NO_TIME_VALUE},
                 {49.999, (double)NAN, BE_OPTION_BELOW_INTRINSIC},
                 {-1, (double)NAN, BE_OPTION_BELOW_INTRINSIC},
                 {100, (double)INFINITY, BE_OPTION_ABOVE_MAXIMUM},
                 {101, (double)NAN, BE_OPTION_ABOVE_MAXIMUM},
                 {(double)INFINITY, (double)NAN, BE_OPTION_ABOVE_MAXIMUM},
                 {(double)NAN, (double)NAN, BE_OPTION_NAN}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        be_option_status status;
        double vol = be_option_implied_vol(BE_OPTION_MERTON, &o, CASES[i].price, &status);
        CHECK_SAY(status == CASES[i].status, "%g: %s", CASES[i].price,
                  be_option_status_text(status));
        CHECK_SAY(vol == CASES[i].vol || (isnan(vol) && isnan(CASES[i].vol)), "%g: %g",
                  CASES[i].price, vol);
    }
    be_option now = o;
    now.years = 0;
    be_option_status status;
    CHECK(isnan(be_option_implied_vol(BE_OPTION_MERTON, &now, 60, &status)));
    CHECK(status == BE_OPTION_NO_TIME);
}

/* Every input over all it can hold, in every model: a status or numbers, and never a neighbour
 * harmed (a column gives what one option gives). */
static void wild_inputs_are_told_or_priced(void **state)
{
    (void)state;
    static const double WILD[] = {0,
                                  -0.0,
                                  1,
                                  -1,
                                  100,
                                  (double)NAN,
                                  (double)INFINITY,
                                  -(double)INFINITY,
                                  5e-324,
                                  1e-310,
                                  1e308,
                                  -1e308,
                                  1e-300,
                                  1e300,
                                  1e6,
                                  50,
                                  -50,
                                  0.2,
                                  1e-8,
                                  99};
    enum { N_WILD = sizeof WILD / sizeof *WILD, N = 20000 };
    static double column[8][N], vol[N], price[N];
    static uint8_t type[N], status[N], implied[N];
    for (int m = 0; m < BE_OPTION_MODEL_COUNT; m++) {
        for (size_t i = 0; i < N; i++) {
            be_random random;
            be_random_init(&random, 99, i);
            for (size_t c = 0; c < 8; c++) {
                bool tame = be_random_below(&random, 3) > 0;
                double wild = WILD[be_random_below(&random, N_WILD)];
                column[c][i] = tame ? between(&random, 0.01, 1) : wild;
            }
            type[i] = (uint8_t)be_random_below(&random, 3);
        }
        be_option_in in = {.model = (be_option_model)m,
                           .type = {type, 1},
                           .spot = {column[0], 8},
                           .strike = {column[1], 8},
                           .years = {column[2], 8},
                           .vol = {column[3], 8},
                           .rate = {column[4], 8},
                           .dividend = {column[5], 8},
                           .shift = {column[6], 8}};
        be_option_out out = {.value[BE_OPTION_PRICE] = {price, 8}, .status = {status, 1}};
        CHECK(be_option_evaluate_range(&in, 0, N, &out) == BE_OK);
        CHECK(be_option_implied_vol_range(&in, (be_column){column[7], 8}, 0, N,
                                          (be_out_column){vol, 8},
                                          (be_out_byte_column){implied, 1}) == BE_OK);
        for (size_t i = 0; i < N; i++) {
            CHECK_SAY(isnan(price[i]) == (status[i] != BE_OPTION_OK), "model %d item %zu: %g, %s",
                      m, i, price[i], be_option_status_text((be_option_status)status[i]));
            CHECK_SAY(implied[i] != BE_OPTION_OK || vol[i] >= 0, "model %d item %zu: vol %g", m, i,
                      vol[i]);
            if (i % 50 == 0 && type[i] <= 1) {
                be_option o = {(be_option_type)type[i],
                               column[0][i],
                               column[1][i],
                               column[2][i],
                               column[3][i],
                               column[4][i],
                               column[5][i],
                               column[6][i]};
                be_option_status s;
                double alone = be_option_price((be_option_model)m, &o, &s);
                CHECK(s == status[i] && (isnan(alone) || alone == price[i]));
            }
        }
    }
}

static const struct CMUnitTest TESTS[] = {
    TEST(the_vol_of_a_price_gives_that_price_again),
    TEST(prices_without_a_vol_say_why),
    TEST(wild_inputs_are_told_or_priced),
    TEST(every_row_of_the_table_is_met),
};
RUN_TESTS(TESTS)
