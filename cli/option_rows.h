/* option_rows.h: options from a file or from the command line, and results beside them: what the
 * verbs of `breakeven option` share. */
#ifndef CLI_OPTION_ROWS_H
#define CLI_OPTION_ROWS_H

#include "sheet.h"

#include <breakeven/option.h>

/* What a column or an option of the command line can give. */
enum {
    OPTION_MODEL,
    OPTION_PAYOFF,
    OPTION_TYPE,
    OPTION_SPOT,
    OPTION_FORWARD,
    OPTION_STRIKE,
    OPTION_YEARS,
    OPTION_EXPIRY,
    OPTION_RATE,
    OPTION_DISCOUNT,
    OPTION_DIVIDEND,
    OPTION_VOL,
    OPTION_PRICE,
    OPTION_BID,
    OPTION_ASK,
    OPTION_SHIFT,
    OPTION_COLUMNS
};

/* What the command line gave, for the options of OPTION_ROWS_OPTIONS. */
typedef struct option_given {
    const char *text[OPTION_COLUMNS]; /* a value for all rows; NULL: not given */
    const char *now, *columns, *npy;
    int day_count;
    bool csv, strict, extra;
} option_given;

extern option_given option_rows_given;

#define OPTION_GIVEN(column) .text = &option_rows_given.text[column]
/* For tables of cli_option: what describes one option, and what files of them want as well. */
#define OPTION_ONE_OPTIONS                                                                         \
    {"model", 0, "MODEL",                                                                          \
     "black-scholes, black-76, merton, garman-kohlhagen, bachelier, "                              \
     "displaced (default: merton with a spot, black-76 with a forward)",                           \
     OPTION_GIVEN(OPTION_MODEL)},                                                                  \
        {"type", 0, "TYPE", "call or put, also c, p, 1, -1", OPTION_GIVEN(OPTION_TYPE)},           \
        {"spot", 0, "X", "what the underlying costs now", OPTION_GIVEN(OPTION_SPOT)},              \
        {"forward", 0, "X", "its forward instead", OPTION_GIVEN(OPTION_FORWARD)},                  \
        {"strike", 0, "X", "the strike", OPTION_GIVEN(OPTION_STRIKE)},                             \
        {"years", 0, "X", "years to expiry", OPTION_GIVEN(OPTION_YEARS)},                          \
        {"expiry", 0, "DATE", "2026-12-18 or 2026-12-18T16:00+01:00 instead",                      \
         OPTION_GIVEN(OPTION_EXPIRY)},                                                             \
        {"rate", 0, "X", "interest a year, continuous: 0.05 for 5 %", OPTION_GIVEN(OPTION_RATE)},  \
        {"discount-factor", 0, "X", "what 1 at expiry is worth now, instead",                      \
         OPTION_GIVEN(OPTION_DISCOUNT)},                                                           \
        {"dividend-yield", 0, "X", "yield a year, continuous", OPTION_GIVEN(OPTION_DIVIDEND)},     \
        {"shift", 0, "X", "of the displaced model", OPTION_GIVEN(OPTION_SHIFT)},                   \
        {"now", 0, "DATE", "when the years to --expiry begin (default: now)",                      \
         .text = &option_rows_given.now},                                                          \
        {"day-count",                                                                              \
         0,                                                                                        \
         "NAME",                                                                                   \
         "act/365f, act/360, 30/360 or act/act",                                                   \
         .choice = &option_rows_given.day_count,                                                   \
         .choices = day_count_names},                                                              \
    {                                                                                              \
        "csv", 0, NULL, "print all rows as CSV, inputs first", .flag = &option_rows_given.csv      \
    }
#define OPTION_ROWS_OPTIONS                                                                        \
    OPTION_ONE_OPTIONS,                                                                            \
        {"columns", 0, "NAMES", "names of the columns of a plain .npy array, parted by commas",    \
         .text = &option_rows_given.columns},                                                      \
        {"extra", 0, NULL, "let columns of other names through",                                   \
         .flag = &option_rows_given.extra},                                                        \
        {"strict", 0, NULL, "a row that cannot be priced is an error",                             \
         .flag = &option_rows_given.strict},                                                       \
    {                                                                                              \
        "npy", 0, "FILE", "write the numbers to a .npy file", .text = &option_rows_given.npy       \
    }
#define OPTION_VOL_OPTION                                                                          \
    {                                                                                              \
        "vol", 0, "X", "a year, 0.2 for 20 %", OPTION_GIVEN(OPTION_VOL)                            \
    }

typedef struct option_rows {
    sheet sheet; /* of the file, or made of the command line */
    size_t n;
    bool has[OPTION_COLUMNS];
    uint8_t *model, *payoff, *type;
    double *value[OPTION_COLUMNS]; /* the numbers; spot holds the forward of models on one */
    int64_t *expiry;               /* seconds since 1970, where there are expiries */
} option_rows;

/* Read the rows from the file argv[0], or without one from the command line alone. needed has a bit
 * for each of OPTION_VOL and OPTION_PRICE that must be there; with that of OPTION_BID no spot need
 * be. Returns an exit code, having said what went wrong. */
int option_rows_read(cli_call *call, int argc, char **argv, unsigned needed, option_rows *rows);
void option_rows_clear(option_rows *rows);

/* Columns over the rows `which`, n of them, in memory of the caller's: 8 doubles a row and a byte.
 */
typedef struct option_batch {
    size_t n;
    size_t *row;
    double *number;
    uint8_t *type;
    be_option_in in;
} option_batch;

/* The rows of one model and pay-off; n is 0 when there are none. Free with option_batch_clear. */
option_batch option_rows_batch(const option_rows *rows, be_option_model model,
                               be_option_payoff payoff);
void option_batch_clear(option_batch *batch);

/* Results to show beside the rows. */
typedef struct option_results {
    const char *command; /* "price": of the schema */
    size_t columns;
    const char *name[40];
    double *value[40];
    const char **status; /* [n]; "priced" where it went well */
} option_results;

/* Show rows and results as the command line asks: a table, CSV, JSON, .npy. Returns the exit code
 * of the command. */
int option_rows_show(const cli_call *call, const option_rows *rows, const option_results *results);

extern const char *const day_count_names[];

#endif
