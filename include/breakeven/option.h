/* option.h: values, sensitivities and implied volatilities of European and American options.
 *
 * Units everywhere: spot, forward, strike and price in one currency; years from now to expiry; vol
 * per square root of a year, 0.2 for 20 % (under Bachelier in currency per square root of a year);
 * rate and dividend yield per year, continuously compounded, 0.05 for 5 %.
 *
 *     be_option_in in = {.model = BE_OPTION_MERTON,
 *                        .spot = {spot, 8}, .strike = {strike, 8}, .years = {years, 8},
 *                        .vol = {vol, 8}, .rate = {&rate, 0}};       // one rate for all
 *     be_option_out out = {.value[BE_OPTION_PRICE] = {price, 8},
 *                          .value[BE_OPTION_DELTA] = {delta, 8}};     // what is wanted, in one
 * pass be_option_evaluate(engine, &in, n, &out, NULL);
 *
 * Results are the same bits for any split, worker count, alignment, stride and place in a column,
 * and for AVX2 and AVX-512; the functions of one option give the same bits as a column. A bad item
 * spoils only its own slot. docs/option.md has the formulas and what accuracy was measured.
 */
#ifndef BREAKEVEN_OPTION_H
#define BREAKEVEN_OPTION_H

#include <breakeven/batch.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- what is priced ------------------------------------------------------------------------- */

typedef enum be_option_model {
    BE_OPTION_BLACK_SCHOLES,    /* spot; no yield */
    BE_OPTION_BLACK_76,         /* `spot` is the forward or future */
    BE_OPTION_MERTON,           /* spot with a dividend yield: Black-Scholes-Merton */
    BE_OPTION_GARMAN_KOHLHAGEN, /* spot exchange rate; `dividend` is the foreign rate */
    BE_OPTION_BACHELIER,        /* `spot` is the forward, normally distributed; any sign */
    BE_OPTION_DISPLACED,        /* `spot` is the forward; forward + shift is lognormal */
    BE_OPTION_MODEL_COUNT
} be_option_model;

typedef enum be_option_payoff {
    BE_OPTION_VANILLA, /* max(spot - strike, 0), or max(strike - spot, 0) for a put */
    BE_OPTION_CASH,    /* 1 when the option ends in the money */
    BE_OPTION_ASSET,   /* the spot when it does */
    BE_OPTION_PAYOFF_COUNT
} be_option_payoff;

typedef enum be_option_type {
    BE_OPTION_CALL, /* the right to buy at the strike */
    BE_OPTION_PUT   /* the right to sell at the strike */
} be_option_type;

/* What became of one option. Where several things are wrong, the first in this order is told. */
typedef enum be_option_status {
    BE_OPTION_OK,
    BE_OPTION_NAN,             /* an input is not a number */
    BE_OPTION_BAD_TYPE,        /* neither a call nor a put */
    BE_OPTION_BAD_SPOT,        /* negative or infinite; shifted below 0; under Bachelier infinite */
    BE_OPTION_BAD_STRIKE,      /* the same of the strike */
    BE_OPTION_BAD_YEARS,       /* negative or infinite */
    BE_OPTION_BAD_VOL,         /* negative or infinite */
    BE_OPTION_BAD_RATE,        /* infinite, or |rate * years| > 100,000 */
    BE_OPTION_BAD_DIVIDEND,    /* infinite, or |dividend * years| > 100,000 */
    BE_OPTION_BAD_SHIFT,       /* infinite */
    BE_OPTION_OVERFLOW,        /* the price is larger than a double can be */
    BE_OPTION_BELOW_INTRINSIC, /* implied vol: the price is less than the option without any vol */
    BE_OPTION_NO_TIME_VALUE,   /* implied vol: it is exactly that; the vol is 0 */
    BE_OPTION_ABOVE_MAXIMUM,   /* implied vol: it is what no finite vol reaches */
    BE_OPTION_NO_TIME,         /* implied vol: years is 0 and every vol gives one price */
    BE_OPTION_STATUS_COUNT
} be_option_status;

/* A short phrase for a status, such as "strike is negative or infinite". Never NULL. */
BE_API const char *be_option_status_text(be_option_status status);

/* "black-scholes", "black-76", "merton", "garman-kohlhagen", "bachelier", "displaced". */
BE_API const char *be_option_model_name(be_option_model model);

/* What can be asked of an option. V is its price; derivatives hold all other inputs still. For a
 * model on a forward `spot` reads forward. */
typedef enum be_option_quantity {
    BE_OPTION_PRICE,
    BE_OPTION_DELTA,        /* dV / dspot */
    BE_OPTION_GAMMA,        /* d2V / dspot2 */
    BE_OPTION_VEGA,         /* dV / dvol */
    BE_OPTION_THETA,        /* -dV / dyears: what a year of waiting brings */
    BE_OPTION_RHO,          /* dV / drate */
    BE_OPTION_DIVIDEND_RHO, /* dV / ddividend, also called epsilon; 0 for a model on a forward */
    BE_OPTION_VANNA,        /* d2V / dspot dvol */
    BE_OPTION_VOLGA,        /* d2V / dvol2, also called vomma */
    BE_OPTION_CHARM,        /* -d2V / dspot dyears */
    BE_OPTION_VETA,         /* -d2V / dvol dyears */
    BE_OPTION_SPEED,        /* d3V / dspot3 */
    BE_OPTION_ZOMMA,        /* d3V / dspot2 dvol */
    BE_OPTION_COLOR,        /* -d3V / dspot2 dyears */
    BE_OPTION_ULTIMA,       /* d3V / dvol3 */
    BE_OPTION_DUAL_DELTA,   /* dV / dstrike */
    BE_OPTION_DUAL_GAMMA,   /* d2V / dstrike2 */
    /* The other deltas of the currency markets; BE_OPTION_DELTA is their spot delta. */
    BE_OPTION_FORWARD_DELTA,         /* delta in forwards: delta * e^(dividend * years) */
    BE_OPTION_PREMIUM_DELTA,         /* premium-adjusted: delta - V / spot */
    BE_OPTION_FORWARD_PREMIUM_DELTA, /* the same in forwards */
    BE_OPTION_QUANTITY_COUNT
} be_option_quantity;

/* "price", "delta", "gamma", ..., "forward_premium_delta". */
BE_API const char *be_option_quantity_name(be_option_quantity quantity);

/* ---- one option ----------------------------------------------------------------------------- */

typedef struct be_option {
    be_option_type type;
    double spot;     /* >= 0; the forward for models on one */
    double strike;   /* >= 0 */
    double years;    /* >= 0 */
    double vol;      /* >= 0 */
    double rate;     /* any sign */
    double dividend; /* any sign; Merton and Garman-Kohlhagen only */
    double shift;    /* any sign with spot + shift, strike + shift >= 0; displaced only */
} be_option;

/* Price one option; NaN unless *status (may be NULL) becomes BE_OPTION_OK.
 *
 * The limits are prices too: years 0 gives exactly max(spot - strike, 0) for a call and
 * max(strike - spot, 0) for a put; vol 0 the discounted pay-off at the forward; strike 0 makes a
 * call worth spot * exp(-dividend * years), spot 0 a put strike * exp(-rate * years).
 *
 * Within 4 ulp of the exact price of the given doubles, for prices of 1e-300 and more and
 * vol * sqrt(years) >= 1e-8, in the rounding mode "to nearest". No memory.
 *
 * Sources: R. C. Merton, "Theory of rational option pricing", 1973; F. Black, "The pricing of
 * commodity contracts", 1976; M. Garman and S. Kohlhagen, "Foreign currency option values", 1983;
 * L. Bachelier, "Theorie de la speculation", 1900; M. Rubinstein, "Displaced diffusion option
 * pricing", 1983.
 */
BE_API double be_option_price(be_option_model model, const be_option *option,
                              be_option_status *status);

/* All quantities of one option. Returns its status; when that is not BE_OPTION_OK all are NaN.
 * Where the pay-off has a kink (years or vol 0, forward = strike) derivatives may be infinite. */
BE_API be_option_status be_option_quantities(be_option_model model, be_option_payoff payoff,
                                             const be_option *option,
                                             double value[BE_OPTION_QUANTITY_COUNT]);

/* The volatility at which the model gives `price`; option->vol is not looked at.
 *
 * Every price strictly between the option's value without vol and the most it can be worth has one.
 * At the lower end the status is BE_OPTION_NO_TIME_VALUE and the vol 0; at the upper
 * BE_OPTION_ABOVE_MAXIMUM and infinity; outside, NaN with the reason. Vanilla options only. */
BE_API double be_option_implied_vol(be_option_model model, const be_option *option, double price,
                                    be_option_status *status);

/* ---- columns of options --------------------------------------------------------------------- */

/* A column: item i lies `i * stride` bytes after `first`, at any alignment; stride 0 is one value
 * for all items, a negative stride runs backwards. */
typedef struct be_column {
    const double *first;
    ptrdiff_t stride;
} be_column;

typedef struct be_byte_column {
    const uint8_t *first;
    ptrdiff_t stride;
} be_byte_column;

/* Where results go, at any alignment and stride but 0; first == NULL: not wanted. */
typedef struct be_out_column {
    double *first;
    ptrdiff_t stride;
} be_out_column;

typedef struct be_out_byte_column {
    uint8_t *first;
    ptrdiff_t stride;
} be_out_byte_column;

/* A struct of columns. type may have first == NULL: calls; rate, dividend and shift: 0 for all. */
typedef struct be_option_in {
    be_option_model model;
    be_option_payoff payoff;
    be_byte_column type; /* be_option_type, one byte each */
    be_column spot;
    be_column strike;
    be_column years;
    be_column vol; /* not looked at for implied volatilities */
    be_column rate;
    be_column dividend; /* Merton and Garman-Kohlhagen only */
    be_column shift;    /* displaced only */
} be_option_in;

/* In what units derivatives are told. Zeros are the raw ones: per 1.00 of vol, rate and yield, per
 * year. */
typedef struct be_option_units {
    double days_per_year; /* 365 or 252: theta, charm, veta and color per day */
    bool percent;         /* derivatives by vol, rate and yield per 0.01 */
} be_option_units;

/* The columns overlap no input and one another. */
typedef struct be_option_out {
    be_out_column value[BE_OPTION_QUANTITY_COUNT]; /* NaN where the status is not BE_OPTION_OK */
    be_out_byte_column status;                     /* be_option_status, one byte each */
    be_option_units units;
} be_option_out;

/* Items [begin, end) of the columns, on this thread: out gets what be_option_quantities gives for
 * each item, bit for bit. Only what is asked for is computed. Returns BE_EINVAL when model or
 * pay-off is none, or a column that must be there is not. Takes no memory, keeps no state. */
BE_API BE_CHECK be_status be_option_evaluate_range(const be_option_in *in, size_t begin, size_t end,
                                                   const be_option_out *out);

/* The same for n items on the engine's workers. options (may be NULL) carry cancellation, a
 * deadline, and how many items are complete. Returns BE_OK, BE_EINVAL as above, BE_ECANCEL or
 * BE_EDEADLINE. Linear in n. */
BE_API BE_CHECK be_status be_option_evaluate(be_engine *engine, const be_option_in *in, size_t n,
                                             const be_option_out *out,
                                             const be_for_options *options);

/* The implied vols of items [begin, end) on this thread, as be_option_implied_vol gives them. vol
 * and status may have first == NULL. Returns BE_EINVAL as above, or when the pay-off is a digital
 * one. */
BE_API BE_CHECK be_status be_option_implied_vol_range(const be_option_in *in, be_column price,
                                                      size_t begin, size_t end, be_out_column vol,
                                                      be_out_byte_column status);

/* The same for n items on the engine's workers. */
BE_API BE_CHECK be_status be_option_implied_vols(be_engine *engine, const be_option_in *in,
                                                 be_column price, size_t n, be_out_column vol,
                                                 be_out_byte_column status,
                                                 const be_for_options *options);

/* ---- American options ----------------------------------------------------------------------- */

/* How an American value is found. Errors are those of the price at strike 100, the largest of
 * some thousands of random contracts; docs/option.md says which, and how the methods work. Where
 * the exercise region has two ends (dividend < rate < 0 for a put) fast is up to 1e-2 and standard
 * up to 1e-5 away from the finest. */
typedef enum be_american_method {
    BE_AMERICAN_FAST,        /* collocation of the exercise boundary: 2e-5 */
    BE_AMERICAN_STANDARD,    /* the same: 1e-8 */
    BE_AMERICAN_EXACT,       /* the same: 1e-11 */
    BE_AMERICAN_BINOMIAL,    /* a tree, Leisen and Reimer's, 1001 steps: about 1e-2; a check */
    BE_AMERICAN_DIFFERENCES, /* finite differences, 800 x 400: about 1e-3; another check */
    BE_AMERICAN_METHOD_COUNT
} be_american_method;

/* "fast", "standard", "exact", "binomial", "differences". */
BE_API const char *be_american_method_name(be_american_method method);

/* An American option and its exercise boundary today. It is exercised at once where a put's spot is
 * at or below `boundary`, a call's at or above. A put with dividend < rate < 0, and a call with
 * rate < dividend < 0, are exercised only between `boundary` and `boundary_far`, and held on both
 * sides. NaN: there is no such boundary. The checking methods tell no boundaries. */
typedef struct be_american {
    double price;
    double delta; /* as in be_option_quantity, raw units */
    double gamma;
    double theta;
    double boundary;
    double boundary_far;
} be_american;

/* Value one American option under Merton's model; all NaN unless the status is BE_OPTION_OK.
 * option->shift is not looked at; |rate| * years and |dividend| * years are at most 500. years 0 is
 * the pay-off; vol 0 the best moment to exercise on the forward curve. 4 to 50 microseconds for the
 * methods by collocation, 10 to 250 with a yield above the rate. Takes no memory.
 *
 * Sources: I. Kim, "The analytic valuation of American options", 1990; L. Andersen, M. Lake and D.
 * Offengenden, "High-performance American option pricing", 2016; L. Andersen and M. Lake, "Fast
 * American option pricing: the double-boundary case", 2021.
 */
BE_API be_option_status be_option_american(be_american_method method, const be_option *option,
                                           be_american *value);

/* The same for one option at n spots, spot[i] in place of option->spot: the exercise boundary is
 * found once. BE_AMERICAN_FAST to BE_AMERICAN_EXACT only, else BE_EINVAL. */
BE_API BE_CHECK be_status be_option_american_spots(be_american_method method,
                                                   const be_option *option, size_t n,
                                                   const double *spot, be_american *value,
                                                   be_option_status *status);

/* The exercise boundary with years[i] in [0, option->years] left to expiry: boundary[i], and
 * boundary_far[i] where the exercise region has another end (be_american says when), else NaN.
 * Methods as above. *status may be NULL. */
BE_API BE_CHECK be_status be_option_american_boundary(be_american_method method,
                                                      const be_option *option, size_t n,
                                                      const double *years, double *boundary,
                                                      double *boundary_far,
                                                      be_option_status *status);

/* The volatility at which the American option costs `price`, to 1e-10; option->vol is not looked
 * at. Statuses as for be_option_implied_vol; the price of an option that is exercised at once is
 * its value without vol: BE_OPTION_NO_TIME_VALUE. 30 to 150 microseconds. */
BE_API double be_option_american_implied_vol(const be_option *option, double price,
                                             be_option_status *status);

/* A cash amount that the spot's owner is paid `years` from now. */
typedef struct be_cash_dividend {
    double years;
    double amount;
} be_cash_dividend;

typedef enum be_dividend_model {
    BE_DIVIDEND_ESCROWED, /* the spot less the present worth of the dividends is lognormal */
    BE_DIVIDEND_SPOT      /* the spot is lognormal between dividends, and falls by each */
} be_dividend_model;

/* Value an option, American or held to expiry, whose spot pays n cash dividends, in order of time,
 * between now and expiry. option->rate discounts them; option->dividend is a yield beside them.
 *
 * Escrowed and European: Merton's formula at the net spot, to its accuracy. Otherwise finite
 * differences, 800 x 400: about 1e-3 at strike 100, some milliseconds. A dividend larger than the
 * spot at its date takes what is there. BE_OPTION_BAD_DIVIDEND for dividends out of order, out of
 * time, negative, or together worth more than the spot; BE_OPTION_BAD_VOL for
 * vol * sqrt(years) <= 1e-6. No boundaries are told. */
BE_API be_option_status be_option_cash_dividends(be_dividend_model model, bool american,
                                                 const be_option *option, size_t n,
                                                 const be_cash_dividend *dividend,
                                                 be_american *value);

/* Where results over columns go; each may be absent. */
typedef struct be_american_out {
    be_out_column price, delta, gamma, theta, boundary, boundary_far;
    be_out_byte_column status;
    be_option_units units;
} be_american_out;

/* be_option_american for n items on the engine's workers; in->model is Black-Scholes, Black-76,
 * Merton or Garman-Kohlhagen, in->payoff vanilla. BE_EINVAL otherwise; the rest as for
 * be_option_evaluate. */
BE_API BE_CHECK be_status be_option_americans(be_engine *engine, be_american_method method,
                                              const be_option_in *in, size_t n,
                                              const be_american_out *out,
                                              const be_for_options *options);

/* be_option_american_implied_vol for n items. */
BE_API BE_CHECK be_status be_option_american_implied_vols(be_engine *engine, const be_option_in *in,
                                                          be_column price, size_t n,
                                                          be_out_column vol,
                                                          be_out_byte_column status,
                                                          const be_for_options *options);

/* ---- books of options ----------------------------------------------------------------------- */

/* n options in columns, in memory of their own. */
typedef struct be_option_book be_option_book;

/* Read a book from CSV, as be_csv_parse takes it: columns spot, strike, years and vol, and any of
 * type (call or put; without the column all are calls), rate and dividend (0). Numbers out of range
 * are taken as they are; pricing refuses them one by one. Returns BE_EINVAL with line and place in
 * *error (may be NULL), or BE_ENOMEM. */
BE_API BE_CHECK be_status be_option_book_parse(const char *csv, size_t size,
                                               const be_allocator *allocator, be_option_book **book,
                                               be_error *error);

/* Make up n options: strike 100, rate 0.05, no dividend, spot uniform in [80, 120), years in
 * [0.1, 2), vol in [0.1, 0.4), as many puts as calls in the mean. Option i depends on (seed, i)
 * alone. Returns BE_ELIMIT when no memory could hold n, or BE_ENOMEM. */
BE_API BE_CHECK be_status be_option_book_random(size_t n, uint64_t seed,
                                                const be_allocator *allocator,
                                                be_option_book **book, be_error *error);

BE_API void be_option_book_destroy(be_option_book *book); /* may be NULL */
BE_API size_t be_option_book_size(const be_option_book *book);

/* Its columns, for be_option_evaluate, under BE_OPTION_MERTON; they live as long as the book. */
BE_API be_option_in be_option_book_columns(const be_option_book *book);

/* "option.bsm": price n options. `input` is a CSV file whose rows are taken again from the first
 * when n is more; without one the book is be_option_book_random. Results are 9 bytes an option. */
BE_API extern const be_workload be_option_bsm_workload;

#ifdef __cplusplus
}
#endif
#endif
