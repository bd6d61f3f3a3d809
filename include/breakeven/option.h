/* option.h: prices of European options.
 *
 * Units everywhere: spot, strike and price in one currency; years from now to expiry; vol per
 * square root of a year, 0.2 for 20 %; rate and dividend yield per year, continuously compounded,
 * 0.05 for 5 %.
 */
#ifndef BREAKEVEN_OPTION_H
#define BREAKEVEN_OPTION_H

#include <breakeven/batch.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum be_option_type {
    BE_OPTION_CALL, /* the right to buy at the strike */
    BE_OPTION_PUT   /* the right to sell at the strike */
} be_option_type;

/* What became of one option. Where several things are wrong, the first in this order is told. */
typedef enum be_option_status {
    BE_OPTION_OK,
    BE_OPTION_NAN,          /* an input is not a number */
    BE_OPTION_BAD_TYPE,     /* neither a call nor a put */
    BE_OPTION_BAD_SPOT,     /* negative or infinite */
    BE_OPTION_BAD_STRIKE,   /* negative or infinite */
    BE_OPTION_BAD_YEARS,    /* negative or infinite */
    BE_OPTION_BAD_VOL,      /* negative or infinite */
    BE_OPTION_BAD_RATE,     /* infinite, or |rate * years| > 100,000 */
    BE_OPTION_BAD_DIVIDEND, /* infinite, or |dividend * years| > 100,000 */
    BE_OPTION_OVERFLOW,     /* the price is larger than a double can be */
    BE_OPTION_STATUS_COUNT
} be_option_status;

/* A short phrase for a status, such as "strike is negative or infinite". Never NULL. */
BE_API const char *be_option_status_text(be_option_status status);

/* ---- Black-Scholes-Merton ------------------------------------------------------------------- */

/* One option. */
typedef struct be_bsm {
    be_option_type type;
    double spot;     /* >= 0 */
    double strike;   /* >= 0 */
    double years;    /* >= 0 */
    double vol;      /* >= 0 */
    double rate;     /* any sign */
    double dividend; /* any sign */
} be_bsm;

/* Price one option; NaN unless *status (may be NULL) becomes BE_OPTION_OK.
 *
 * The limits are prices too: years 0 gives exactly max(spot - strike, 0) for a call and
 * max(strike - spot, 0) for a put; vol 0 the discounted pay-off at the forward; strike 0 makes a
 * call worth spot * exp(-dividend * years), spot 0 a put strike * exp(-rate * years).
 *
 * Within 2 ulp of the exact price of the given doubles, for prices of 1e-300 and more and
 * vol * sqrt(years) >= 1e-8, in the rounding mode "to nearest": the worst of 56,000 against 50
 * digits was 1.3; tests/data/bsm.csv holds 600 such. The same bits on every machine. No memory.
 *
 * Source: R. C. Merton, "Theory of rational option pricing", 1973; docs/option.md has the rest.
 */
BE_API double be_option_bsm_price(const be_bsm *option, be_option_status *status);

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

/* A struct of columns. rate and dividend may have first == NULL: 0 for all. */
typedef struct be_bsm_in {
    be_byte_column type; /* be_option_type, one byte each */
    be_column spot;
    be_column strike;
    be_column years;
    be_column vol;
    be_column rate;
    be_column dividend;
} be_bsm_in;

/* Where results go: contiguous arrays, each of which may be NULL, and overlap no input. */
typedef struct be_option_out {
    double *price;   /* NaN where the status is not BE_OPTION_OK */
    uint8_t *status; /* be_option_status, one byte each */
} be_option_out;

/* Price n options: out->price[i] and out->status[i] are what be_option_bsm_price gives for item i,
 * bit for bit, however the work is split over the engine's workers. A bad item spoils only its own
 * slot.
 *
 * options (may be NULL) carry cancellation, a deadline, and how many items are complete. Returns
 * BE_OK, BE_EINVAL when a column that must be there is not, BE_ECANCEL or BE_EDEADLINE. Linear in
 * n; takes no memory.
 */
BE_API BE_CHECK be_status be_option_bsm(be_engine *engine, const be_bsm_in *in, size_t n,
                                        const be_option_out *out, const be_for_options *options);

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

/* Its columns, for be_option_bsm; they live as long as the book. */
BE_API be_bsm_in be_option_book_columns(const be_option_book *book);

/* "option.bsm": price n options. `input` is a CSV file whose rows are taken again from the first
 * when n is more; without one the book is be_option_book_random. Results are 9 bytes an option. */
BE_API extern const be_workload be_option_bsm_workload;

#ifdef __cplusplus
}
#endif
#endif
