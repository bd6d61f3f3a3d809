/* book.c: options in columns, read from CSV or made up.
 *
 * One piece of memory: six columns of n doubles each, in the order of the enum below, and after
 * them n bytes of types.
 */
#include "option/book.h"

#include <breakeven/io.h>

#include "base/base.h"

#include <string.h>

enum { SPOT, STRIKE, YEARS, VOL, RATE, DIVIDEND, N_COLUMNS };

struct be_option_book {
    const be_allocator *allocator;
    size_t n;
    double *columns; /* column c of option i at [c * n + i] */
    uint8_t *types;
};

static double *column(const be_option_book *book, size_t c)
{
    return book->columns + c * book->n;
}

be_status be__option_book_create(size_t n, const be_allocator *allocator, be_option_book **book,
                                 be_error *error)
{
    if (n > PTRDIFF_MAX / BE__OPTION_BYTES) {
        return be_error_set(error, BE_ELIMIT, "at most %zu options",
                            (size_t)PTRDIFF_MAX / BE__OPTION_BYTES);
    }
    be_option_book *b = be__allocate(allocator, 1, sizeof *b);
    double *columns = be__allocate_zeroed(allocator, n, BE__OPTION_BYTES);
    if (!b || !columns) {
        be__release(allocator, columns, n, BE__OPTION_BYTES);
        be__release(allocator, b, 1, sizeof *b);
        return be_error_set(error, BE_ENOMEM, "memory for %zu options", n);
    }
    *b = (be_option_book){.allocator = allocator,
                          .n = n,
                          .columns = columns,
                          .types = (uint8_t *)(columns + N_COLUMNS * n)};
    *book = b;
    return BE_OK;
}

void be_option_book_destroy(be_option_book *book)
{
    if (book) {
        be__release(book->allocator, book->columns, book->n, BE__OPTION_BYTES);
        be__release(book->allocator, book, 1, sizeof *book);
    }
}

be_status be_option_book_parse(const char *text, size_t size, const be_allocator *allocator,
                               be_option_book **book, be_error *error)
{
    static const char *const TYPES[] = {[BE_OPTION_CALL] = "call", [BE_OPTION_PUT] = "put", NULL};
    enum { TYPE = N_COLUMNS };
    static const be_csv_field FIELDS[] = {
        [SPOT] = {"spot", true, NULL},   [STRIKE] = {"strike", true, NULL},
        [YEARS] = {"years", true, NULL}, [VOL] = {"vol", true, NULL},
        [RATE] = {"rate", false, NULL},  [DIVIDEND] = {"dividend", false, NULL},
        [TYPE] = {"type", false, TYPES}};

    be_csv *csv;
    be_status status =
        be_csv_parse(text, size, FIELDS, BE__COUNT_OF(FIELDS), allocator, &csv, error);
    if (status) {
        return status;
    }
    size_t n = be_csv_rows(csv);
    be_option_book *b;
    status = be__option_book_create(n, allocator, &b, error);
    if (status) {
        goto out;
    }
    for (size_t c = 0; c < N_COLUMNS; c++) {
        const double *from = be_csv_column(csv, c);
        if (from) {
            memcpy(column(b, c), from, n * sizeof *from);
        }
    }
    const double *types = be_csv_column(csv, TYPE);
    for (size_t i = 0; types && i < n; i++) {
        b->types[i] = (uint8_t)types[i];
    }
    *book = b;

out:
    be_csv_destroy(csv);
    return status;
}

static double between(be_random *random, double low, double high)
{
    return low + (high - low) * be_random_unit(random);
}

be_status be_option_book_random(size_t n, uint64_t seed, const be_allocator *allocator,
                                be_option_book **book, be_error *error)
{
    be_option_book *b;
    be_status status = be__option_book_create(n, allocator, &b, error);
    if (status) {
        return status;
    }
    for (size_t i = 0; i < n; i++) {
        be_random random;
        be_random_init(&random, seed, i);
        column(b, SPOT)[i] = between(&random, 80, 120);
        column(b, STRIKE)[i] = 100;
        column(b, YEARS)[i] = between(&random, 0.1, 2);
        column(b, VOL)[i] = between(&random, 0.1, 0.4);
        column(b, RATE)[i] = 0.05;
        b->types[i] = be_random_below(&random, 2) ? BE_OPTION_PUT : BE_OPTION_CALL;
    }
    *book = b;
    return BE_OK;
}

void be__option_book_repeat(be_option_book *book, const be_option_book *from)
{
    for (size_t i = 0; i < book->n; i++) {
        size_t row = i % from->n;
        for (size_t c = 0; c < N_COLUMNS; c++) {
            column(book, c)[i] = column(from, c)[row];
        }
        book->types[i] = from->types[row];
    }
}

size_t be_option_book_size(const be_option_book *book)
{
    return book->n;
}

be_option_in be_option_book_columns(const be_option_book *book)
{
    const ptrdiff_t stride = sizeof(double);
    return (be_option_in){.model = BE_OPTION_MERTON,
                          .type = {book->types, 1},
                          .spot = {column(book, SPOT), stride},
                          .strike = {column(book, STRIKE), stride},
                          .years = {column(book, YEARS), stride},
                          .vol = {column(book, VOL), stride},
                          .rate = {column(book, RATE), stride},
                          .dividend = {column(book, DIVIDEND), stride}};
}
