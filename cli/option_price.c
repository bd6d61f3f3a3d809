/* option_price.c: `breakeven option price`, `greeks`, `iv` and `american`. */
#include "option_rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct {
    int method, quantities, units;
    bool percent, implied;
} given;

static double *numbers(size_t n)
{
    double *column = cli_allocate(NULL, n + 1, sizeof *column);
    for (size_t i = 0; i < n; i++) {
        column[i] = (double)NAN;
    }
    return column;
}

static const char *said(uint8_t status)
{
    return be_option_status_text((be_option_status)status);
}

static void results_clear(option_results *r)
{
    for (size_t c = 0; c < r->columns; c++) {
        free(r->value[c]);
    }
    free(r->status);
}

/* ---- price, greeks -------------------------------------------------------------------------- */

/* The quantities which[0, n) of all rows, one pass for each model and pay-off there is. */
static be_status evaluate(cli_call *call, const option_rows *rows, const be_option_quantity *which,
                          be_option_units units, option_results *r, be_error *error)
{
    be_for_options options = {.size = sizeof options, .cancel = cli_cancel(call), .error = error};
    be_status status = BE_OK;
    for (unsigned kind = 0; kind < BE_OPTION_MODEL_COUNT * BE_OPTION_PAYOFF_COUNT && !status;
         kind++) {
        option_batch b = option_rows_batch(rows, (be_option_model)(kind / BE_OPTION_PAYOFF_COUNT),
                                           (be_option_payoff)(kind % BE_OPTION_PAYOFF_COUNT));
        uint8_t *became = cli_allocate(NULL, b.n + 1, 1);
        double *value = cli_allocate(NULL, r->columns * b.n + 1, sizeof *value);
        be_option_out out = {.status = {became, 1}, .units = units};
        for (size_t c = 0; c < r->columns; c++) {
            out.value[which[c]] = (be_out_column){value + c * b.n, sizeof *value};
        }
        if (b.n > 0) {
            status = be_option_evaluate(cli_engine(call), &b.in, b.n, &out, &options);
        }
        for (size_t j = 0; j < b.n && !status; j++) {
            for (size_t c = 0; c < r->columns; c++) {
                r->value[c][b.row[j]] = value[c * b.n + j];
            }
            r->status[b.row[j]] = said(became[j]);
        }
        free(became);
        free(value);
        option_batch_clear(&b);
    }
    return status;
}

static const char *const UNITS[] = {"raw", "day", "trading-day", NULL};

static int show_quantities(cli_call *call, int argc, char **argv, const char *command,
                           const be_option_quantity *which, size_t n)
{
    option_rows rows;
    option_results r = {.command = command, .columns = n};
    be_error error;
    int code = option_rows_read(call, argc, argv, 1u << OPTION_VOL, &rows);
    if (code == CLI_DONE) {
        be_option_units units = {(double[]){0, 365, 252}[given.units], given.percent};
        for (size_t c = 0; c < n; c++) {
            r.name[c] = be_option_quantity_name(which[c]);
            r.value[c] = numbers(rows.n);
        }
        r.status = cli_allocate(NULL, rows.n + 1, sizeof *r.status);
        be_status status = evaluate(call, &rows, which, units, &r, &error);
        code = status ? cli_fail(call, status, &error, NULL) : option_rows_show(call, &rows, &r);
        results_clear(&r);
    }
    option_rows_clear(&rows);
    return code;
}

static int run_price(cli_call *call, int argc, char **argv)
{
    static const be_option_quantity PRICE[] = {BE_OPTION_PRICE};
    return show_quantities(call, argc, argv, "price", PRICE, 1);
}

static int run_greeks(cli_call *call, int argc, char **argv)
{
    be_option_quantity which[BE_OPTION_QUANTITY_COUNT];
    size_t n = (const size_t[]){7, 17, BE_OPTION_QUANTITY_COUNT}[given.quantities];
    for (size_t q = 0; q < n; q++) {
        which[q] = (be_option_quantity)q;
    }
    return show_quantities(call, argc, argv, "greeks", which, n);
}

/* ---- implied volatility --------------------------------------------------------------------- */

static int run_iv(cli_call *call, int argc, char **argv)
{
    option_rows rows;
    int code = option_rows_read(call, argc, argv, 1u << OPTION_PRICE, &rows);
    if (code != CLI_DONE) {
        option_rows_clear(&rows);
        return code;
    }
    option_results r = {.command = "iv", .columns = 1, .name = {"implied_vol"}};
    r.value[0] = numbers(rows.n);
    r.status = cli_allocate(NULL, rows.n + 1, sizeof *r.status);
    for (size_t i = 0; i < rows.n; i++) {
        r.status[i] = "implied vols are of vanilla options";
    }
    be_error error;
    be_for_options options = {.size = sizeof options, .cancel = cli_cancel(call), .error = &error};
    be_status status = BE_OK;
    for (unsigned m = 0; m < BE_OPTION_MODEL_COUNT && !status; m++) {
        option_batch b = option_rows_batch(&rows, (be_option_model)m, BE_OPTION_VANILLA);
        uint8_t *became = cli_allocate(NULL, b.n + 1, 1);
        double *vol = cli_allocate(NULL, b.n + 1, sizeof *vol);
        be_column price = {b.number + 7 * b.n, sizeof *vol};
        if (b.n > 0) {
            status = be_option_implied_vols(cli_engine(call), &b.in, price, b.n,
                                            (be_out_column){vol, sizeof *vol},
                                            (be_out_byte_column){became, 1}, &options);
        }
        for (size_t j = 0; j < b.n && !status; j++) {
            r.value[0][b.row[j]] = vol[j];
            r.status[b.row[j]] = said(became[j]);
        }
        free(became);
        free(vol);
        option_batch_clear(&b);
    }
    code = status ? cli_fail(call, status, &error, NULL) : option_rows_show(call, &rows, &r);
    results_clear(&r);
    option_rows_clear(&rows);
    return code;
}

/* ---- American options ----------------------------------------------------------------------- */

static int run_american(cli_call *call, int argc, char **argv)
{
    option_rows rows;
    unsigned needed = given.implied ? OPTION_PRICE : OPTION_VOL;
    int code = option_rows_read(call, argc, argv, 1u << needed, &rows);
    if (code != CLI_DONE) {
        option_rows_clear(&rows);
        return code;
    }
    static const char *const NAMES[] = {"price", "delta",    "gamma",
                                        "theta", "boundary", "boundary_far"};
    option_results r = {.command = "american", .columns = given.implied ? 1 : 6};
    for (size_t c = 0; c < r.columns; c++) {
        r.name[c] = given.implied ? "implied_vol" : NAMES[c];
        r.value[c] = numbers(rows.n);
    }
    r.status = cli_allocate(NULL, rows.n + 1, sizeof *r.status);
    for (size_t i = 0; i < rows.n; i++) {
        r.status[i] = "American values are of vanilla options on a lognormal spot or forward";
    }
    be_error error;
    be_for_options options = {.size = sizeof options, .cancel = cli_cancel(call), .error = &error};
    be_status status = BE_OK;
    for (unsigned m = 0; m <= BE_OPTION_GARMAN_KOHLHAGEN && !status; m++) {
        option_batch b = option_rows_batch(&rows, (be_option_model)m, BE_OPTION_VANILLA);
        uint8_t *became = cli_allocate(NULL, b.n + 1, 1);
        double *value = cli_allocate(NULL, 6 * b.n + 1, sizeof *value);
        be_out_column to[6];
        for (size_t c = 0; c < 6; c++) {
            to[c] = (be_out_column){value + c * b.n, sizeof *value};
        }
        be_american_out out = {
            to[0], to[1], to[2],       to[3],
            to[4], to[5], {became, 1}, {(double[]){0, 365, 252}[given.units], false}};
        if (b.n > 0 && given.implied) {
            be_column price = {b.number + 7 * b.n, sizeof *value};
            status = be_option_american_implied_vols(cli_engine(call), &b.in, price, b.n, to[0],
                                                     out.status, &options);
        } else if (b.n > 0) {
            status = be_option_americans(cli_engine(call), (be_american_method)given.method, &b.in,
                                         b.n, &out, &options);
        }
        for (size_t j = 0; j < b.n && !status; j++) {
            for (size_t c = 0; c < r.columns; c++) {
                r.value[c][b.row[j]] = value[c * b.n + j];
            }
            r.status[b.row[j]] = said(became[j]);
        }
        free(became);
        free(value);
        option_batch_clear(&b);
    }
    code = status ? cli_fail(call, status, &error, NULL) : option_rows_show(call, &rows, &r);
    results_clear(&r);
    option_rows_clear(&rows);
    return code;
}

/* ---- their tables --------------------------------------------------------------------------- */

#define INPUT_TEXT                                                                                 \
    "FILE is CSV with a header line (- is standard input) or a .npy array of named fields; "       \
    "without "                                                                                     \
    "FILE the command line describes one option. Columns, in any order: type (call or put), spot " \
    "or forward, strike, years or expiry (a date), rate or discount_factor, dividend_yield, vol, " \
    "price, shift, model, payoff (vanilla, cash or asset). What the file does not have may be "    \
    "given for all rows, as in --rate 0.05; without type all are calls, without rate or yield it " \
    "is 0. Rates and vols are per year, continuous, 0.05 for 5 %.\n\n"                             \
    "The output repeats the input and appends its columns, with 17 digits in CSV. A row with a "   \
    "number out of range keeps its place, without an answer and with the reason as its status; "   \
    "with --strict it is an error. A file that is no such table is refused as a whole, with the "  \
    "line where it goes wrong."

static const cli_option PRICE_OPTIONS[] = {OPTION_VOL_OPTION, OPTION_ROWS_OPTIONS, {0}};

static const cli_example PRICE_EXAMPLES[] = {
    {"option price chain.csv", "what each option costs"},
    {"option price --csv chain.csv > prices.csv", "the same table with two more columns"},
    {"option price --json - < chain.csv", "from a pipe, for a program"},
    {"option price --type put --spot 100 --strike 95 --years 0.5 --vol 0.2 --rate 0.03",
     "one option"},
    {0}};

const cli_command command_option_price = {.name = "price",
                                          .summary = "price European options",
                                          .usage =
                                              (const char *const[]){"[OPTION...] [FILE]", NULL},
                                          .examples = PRICE_EXAMPLES,
                                          .description = INPUT_TEXT,
                                          .uses = CLI_USES_ENGINE | CLI_USES_JSON,
                                          .options = PRICE_OPTIONS,
                                          .run = run_price};

static const char *const QUANTITIES[] = {"first", "third", "all", NULL};

static const cli_option GREEKS_OPTIONS[] = {
    {"order", 0, "WHICH",
     "first: price to dividend_rho; third: all 16 derivatives; all: the currency deltas too",
     .choice = &given.quantities, .choices = QUANTITIES},
    {"per", 0, "UNIT",
     "theta, charm, veta and color per year (raw), day (365) or trading-day (252)",
     .choice = &given.units, .choices = UNITS},
    {"percent", 0, NULL, "derivatives by vol, rate and yield per 1 %", .flag = &given.percent},
    OPTION_VOL_OPTION,
    OPTION_ROWS_OPTIONS,
    {0}};

static const cli_example GREEKS_EXAMPLES[] = {
    {"option greeks chain.csv", "price, delta, gamma, vega, theta, rho, dividend_rho"},
    {"option greeks --order third --per day --percent --csv chain.csv",
     "all 16 derivatives, in a desk's units"},
    {0}};

const cli_command command_option_greeks = {.name = "greeks",
                                           .summary = "prices and their derivatives to third order",
                                           .usage =
                                               (const char *const[]){"[OPTION...] [FILE]", NULL},
                                           .examples = GREEKS_EXAMPLES,
                                           .description = INPUT_TEXT,
                                           .uses = CLI_USES_ENGINE | CLI_USES_JSON,
                                           .options = GREEKS_OPTIONS,
                                           .run = run_greeks};

#define PRICE_OPTION                                                                               \
    {                                                                                              \
        "price", 0, "X", "what the option costs", OPTION_GIVEN(OPTION_PRICE)                       \
    }

static const cli_option IV_OPTIONS[] = {PRICE_OPTION, OPTION_ROWS_OPTIONS, {0}};

static const cli_example IV_EXAMPLES[] = {
    {"option iv quotes.csv", "the vol behind each price"},
    {"option iv --price 10.45 --spot 100 --strike 100 --years 1 --rate 0.05", "one option"},
    {0}};

const cli_command command_option_iv = {.name = "iv",
                                       .summary = "implied volatilities of European options",
                                       .usage = (const char *const[]){"[OPTION...] [FILE]", NULL},
                                       .examples = IV_EXAMPLES,
                                       .description = INPUT_TEXT,
                                       .uses = CLI_USES_ENGINE | CLI_USES_JSON,
                                       .options = IV_OPTIONS,
                                       .run = run_iv};

static const char *const METHODS[] = {"fast", "standard", "exact", "binomial", "differences", NULL};

static const cli_option AMERICAN_OPTIONS[] = {
    {"method", 0, "NAME",
     "fast (2e-5), standard (1e-8), exact (1e-11); binomial and differences check them",
     .choice = &given.method, .choices = METHODS},
    {"implied", 0, NULL, "the vol behind each price instead", .flag = &given.implied},
    {"per", 0, "UNIT", "theta per year (raw), day (365) or trading-day (252)",
     .choice = &given.units, .choices = UNITS},
    OPTION_VOL_OPTION,
    PRICE_OPTION,
    OPTION_ROWS_OPTIONS,
    {0}};

static const cli_example AMERICAN_EXAMPLES[] = {
    {"option american chain.csv", "price, delta, gamma, theta and where to exercise"},
    {"option american --type put --spot 100 --strike 100 --years 1 --vol 0.2 --rate 0.05 "
     "--method exact",
     "one option, to 1e-11"},
    {"option american --implied quotes.csv", "the vols behind American prices"},
    {0}};

const cli_command command_option_american = {
    .name = "american",
    .summary = "American options: values, exercise boundary, implied volatility",
    .usage = (const char *const[]){"[OPTION...] [FILE]", NULL},
    .examples = AMERICAN_EXAMPLES,
    .description =
        "The boundary is where the option is exercised today: a put at that spot and below, a call "
        "there and above. boundary_far is the other end of the exercise region, which puts with "
        "dividend_yield < rate < 0 and calls with rate < dividend_yield < 0 have.\n\n" INPUT_TEXT,
    .uses = CLI_USES_ENGINE | CLI_USES_JSON,
    .options = AMERICAN_OPTIONS,
    .run = run_american};
