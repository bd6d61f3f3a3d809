/* workload.c: option.bsm, a book priced by the engine.
 *
 * The results lie in one piece of memory, n prices and after them n statuses, so that their digest
 * is one hash.
 */
#include "option/book.h"

#include <breakeven/io.h>

#include "base/base.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    RESULT_BYTES = sizeof(double) + 1,
    INPUT_BYTES_MAX = 1 << 30,
    ROWS_SHOWN = 5,
    TEXT_SIZE = 96
};

struct instance {
    const be_allocator *allocator;
    be_option_book *book;
    size_t n;
    double *price;
    uint8_t *status;
};

static be_status bytes(const be_workload_request *request, uint64_t *bytes_held, be_error *error)
{
    const uint64_t each = BE__OPTION_BYTES + RESULT_BYTES;
    if (request->n > PTRDIFF_MAX / each) {
        return be_error_set(error, BE_ELIMIT, "at most %" PRIu64 " options", PTRDIFF_MAX / each);
    }
    *bytes_held = sizeof(struct instance) + each * request->n;
    return BE_OK;
}

static be_status read_book(const be_workload_request *request, be_option_book **book,
                           be_error *error)
{
    be_option_book *rows = NULL;
    be_text text;
    be_text_init(&text, request->allocator);
    be_status status = be_file_read(request->input, INPUT_BYTES_MAX, &text, error);
    if (!status) {
        status = be_option_book_parse(text.bytes, text.size, request->allocator, &rows, error);
    }
    if (!status && be_option_book_size(rows) == 0) {
        status = be_error_set(error, BE_EINVAL, "an option below the header");
    }
    if (!status) {
        status = be__option_book_create(request->n, request->allocator, book, error);
    }
    if (!status) {
        be__option_book_repeat(*book, rows);
    }
    be_option_book_destroy(rows);
    be_text_clear(&text);
    return status;
}

static void destroy(void *instance)
{
    struct instance *w = instance;
    if (w) {
        be_option_book_destroy(w->book);
        be__release(w->allocator, w->price, w->n, RESULT_BYTES);
        be__release(w->allocator, w, 1, sizeof *w);
    }
}

static be_status create(const be_workload_request *request, void **instance, be_error *error)
{
    uint64_t held;
    be_status status = bytes(request, &held, error);
    if (status) {
        return status;
    }
    struct instance *w = be__allocate_zeroed(request->allocator, 1, sizeof *w);
    if (!w) {
        return be_error_set(error, BE_ENOMEM, "memory for option.bsm");
    }
    w->allocator = request->allocator;
    w->n = request->n;
    w->price = be__allocate_zeroed(request->allocator, w->n, RESULT_BYTES);
    if (!w->price) {
        status = be_error_set(error, BE_ENOMEM, "memory for %zu prices", w->n);
        goto fail;
    }
    w->status = (uint8_t *)(w->price + w->n);
    status = request->input
                 ? read_book(request, &w->book, error)
                 : be_option_book_random(w->n, request->seed, request->allocator, &w->book, error);
    if (status) {
        goto fail;
    }
    *instance = w;
    return BE_OK;

fail:
    destroy(w);
    return status;
}

static size_t items(const void *instance)
{
    return ((const struct instance *)instance)->n;
}

static be_status run(be_engine *engine, void *instance, const be_for_options *options)
{
    struct instance *w = instance;
    be_option_in in = be_option_book_columns(w->book);
    be_option_out out = {.value[BE_OPTION_PRICE] = {w->price, sizeof *w->price},
                         .status = {w->status, 1}};
    return be_option_evaluate(engine, &in, w->n, &out, options);
}

static be_hash128 digest(const void *instance)
{
    const struct instance *w = instance;
    return be_hash(w->price, w->n * RESULT_BYTES);
}

/* ---- showing the result --------------------------------------------------------------------- */

static void show_fact(const be_presenter *to, const char *label, const char *format, ...)
    BE_PRINTF(3, 4);

static void show_fact(const be_presenter *to, const char *label, const char *format, ...)
{
    char text[TEXT_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    to->fact(to->user, label, text);
}

static void show_number(const be_presenter *to, double value, int digits)
{
    char text[TEXT_SIZE];
    snprintf(text, sizeof text, "%.*g", digits, value);
    to->table_cell(to->user, text);
}

static void show_rows(const struct instance *w, const be_presenter *to)
{
    static const char *const HEADING[] = {"type", "spot",     "strike", "years", "vol",
                                          "rate", "dividend", "price",  "status"};
    be_option_in in = be_option_book_columns(w->book);
    const double *const columns[] = {in.spot.first, in.strike.first, in.years.first,
                                     in.vol.first,  in.rate.first,   in.dividend.first};
    to->table_begin(to->user, "the first options", HEADING, BE__COUNT_OF(HEADING));
    for (size_t i = 0; i < w->n && i < ROWS_SHOWN; i++) {
        to->table_cell(to->user, in.type.first[i] == BE_OPTION_CALL ? "call" : "put");
        for (size_t c = 0; c < BE__COUNT_OF(columns); c++) {
            show_number(to, columns[c][i], 6);
        }
        show_number(to, w->price[i], 10);
        to->table_cell(to->user, be_option_status_text((be_option_status)w->status[i]));
    }
    to->table_end(to->user);
}

static void present(const void *instance, const be_presenter *to)
{
    const struct instance *w = instance;
    be_option_in in = be_option_book_columns(w->book);
    size_t calls = 0, refused = 0;
    double sum = 0;
    for (size_t i = 0; i < w->n; i++) {
        bool priced = w->status[i] == BE_OPTION_OK;
        calls += in.type.first[i] == BE_OPTION_CALL;
        refused += !priced;
        sum += priced ? w->price[i] : 0;
    }
    show_fact(to, "options", "%zu: %zu calls, %zu puts", w->n, calls, w->n - calls);
    show_fact(to, "refused", "%zu", refused);
    show_fact(to, "value of one each", "%.10g", sum);
    show_rows(w, to);
}

/* ---- results as bytes: the prices of a range, then its statuses ----------------------------- */

static size_t encode(const void *instance, size_t begin, size_t end, void *bytes_out,
                     size_t capacity)
{
    const struct instance *w = instance;
    size_t n = end - begin;
    if (n > 0 && capacity >= n * RESULT_BYTES) {
        char *to = bytes_out;
        memcpy(to, w->price + begin, n * sizeof *w->price);
        memcpy(to + n * sizeof *w->price, w->status + begin, n);
    }
    return n * RESULT_BYTES;
}

static be_status decode(void *instance, size_t begin, size_t end, const void *bytes_in, size_t size)
{
    struct instance *w = instance;
    if (begin > end || end > w->n || size != (end - begin) * RESULT_BYTES) {
        return BE_EINVAL;
    }
    size_t n = end - begin;
    const char *from = bytes_in;
    memcpy(w->price + begin, from, n * sizeof *w->price);
    memcpy(w->status + begin, from + n * sizeof *w->price, n);
    return BE_OK;
}

const be_workload be_option_bsm_workload = {
    .size = sizeof(be_workload),
    .name = "option.bsm",
    .summary = "price European options under Black-Scholes-Merton",
    .size_unit = "options",
    .demo_small = 2,
    .demo_large = 200000,
    .bytes = bytes,
    .create = create,
    .destroy = destroy,
    .items = items,
    .run = run,
    .digest = digest,
    .present = present,
    .encode = encode,
    .decode = decode,
};
