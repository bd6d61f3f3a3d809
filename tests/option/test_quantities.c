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

static const struct CMUnitTest TESTS[] = {
    TEST(every_row_of_the_table_is_met),
};
RUN_TESTS(TESTS)
