/* csv.c: a table of numbers from comma-separated text.
 *
 * Two passes over the lines: the first sees that each has as many cells as the header and counts
 * them, so that the table is allocated once and is at most 8 times the text; the second reads the
 * cells. A cursor stays on one line and knows where that line begins, which is what an error needs.
 */
#include <breakeven/io.h>

#include "base/base.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBER_SIZE = 128, LIST_SIZE = 100 };

struct be_csv {
    const be_allocator *allocator;
    size_t rows;
    size_t n_columns;
    size_t n_fields;
    double *columns[BE_CSV_FIELDS_MAX]; /* by field; NULL: not there */
    double *cells;                      /* column by column */
};

/* A stretch of the text: [at, end). */
typedef struct span {
    const char *at;
    const char *end;
} span;

typedef struct lines {
    const char *next; /* where the next line begins */
    const char *end;
    span line;     /* the current one, without its end */
    size_t number; /* of the current one, from 1 */
    be_error *error;
} lines;

static bool blank(char c)
{
    return c == ' ' || c == '\t';
}

static span trimmed(span s)
{
    while (s.at < s.end && blank(*s.at)) {
        s.at++;
    }
    while (s.at < s.end && blank(s.end[-1])) {
        s.end--;
    }
    return s;
}

static bool equals(span s, const char *word)
{
    size_t length = strlen(word);
    return (size_t)(s.end - s.at) == length && memcmp(s.at, word, length) == 0;
}

static lines lines_of(const char *text, size_t size, be_error *error)
{
    static const char MARK[] = "\xEF\xBB\xBF";
    const char *end = text + size;
    if (size >= 3 && memcmp(text, MARK, 3) == 0) {
        text += 3;
    }
    return (lines){.next = text, .end = end, .error = error};
}

/* Go to the next line that has something to say; false when there is none. */
static bool advance(lines *l)
{
    while (l->next < l->end) {
        const char *feed = memchr(l->next, '\n', (size_t)(l->end - l->next));
        l->line = (span){l->next, feed ? feed : l->end};
        l->next = feed ? feed + 1 : l->end;
        l->number++;
        if (l->line.at < l->line.end && l->line.end[-1] == '\r') {
            l->line.end--;
        }
        span content = trimmed(l->line);
        if (content.at < content.end && *content.at != '#') {
            return true;
        }
    }
    return false;
}

/* The cell that begins at `at` of the current line, and whether another one follows. */
static span cell_at(const lines *l, const char *at, bool *more)
{
    const char *comma = memchr(at, ',', (size_t)(l->line.end - at));
    *more = comma != NULL;
    return (span){at, comma ? comma : l->line.end};
}

#define EXPECTED(l, where, ...)                                                                    \
    be_error_at((l)->error, BE_EINVAL, (l)->number, (size_t)((where) - (l)->line.at), __VA_ARGS__)

/* ---- cells ---------------------------------------------------------------------------------- */

static const char *digits(const char *at, const char *end)
{
    while (at < end && *at >= '0' && *at <= '9') {
        at++;
    }
    return at;
}

/* Sign, digits with or without a point, exponent: what strtod takes in the C locale, less its
 * words and its hexadecimal. */
static bool is_decimal(span s)
{
    const char *at = s.at;
    if (at < s.end && (*at == '-' || *at == '+')) {
        at++;
    }
    const char *whole = at;
    at = digits(at, s.end);
    size_t n_digits = (size_t)(at - whole);
    if (at < s.end && *at == '.') {
        const char *fraction = at + 1;
        at = digits(fraction, s.end);
        n_digits += (size_t)(at - fraction);
    }
    if (n_digits == 0) {
        return false;
    }
    if (at < s.end && (*at == 'e' || *at == 'E')) {
        at++;
        if (at < s.end && (*at == '-' || *at == '+')) {
            at++;
        }
        const char *exponent = at;
        at = digits(at, s.end);
        if (at == exponent) {
            return false;
        }
    }
    return at == s.end;
}

/* The words parted by commas, as many as fit. */
static const char *listed(char list[LIST_SIZE], const char *const *words)
{
    size_t used = 0;
    list[0] = '\0';
    for (size_t i = 0; words[i]; i++) {
        size_t length = strlen(words[i]);
        if (used + length + 3 > LIST_SIZE) {
            break;
        }
        if (i > 0) {
            memcpy(list + used, ", ", 2);
            used += 2;
        }
        memcpy(list + used, words[i], length + 1);
        used += length;
    }
    return list;
}

static be_status read_word(const lines *l, span cell, const char *const *words, double *value)
{
    for (size_t i = 0; words[i]; i++) {
        if (equals(cell, words[i])) {
            *value = (double)i;
            return BE_OK;
        }
    }
    char list[LIST_SIZE];
    return EXPECTED(l, cell.at, "one of: %s", listed(list, words));
}

/* The thread's locale is C here. */
static be_status read_number(const lines *l, span cell, double *value)
{
    char digits_of[NUMBER_SIZE];
    size_t length = (size_t)(cell.end - cell.at);
    if (length >= NUMBER_SIZE || !is_decimal(cell)) {
        return EXPECTED(l, cell.at, "a number such as 0.25 or 1e-3");
    }
    memcpy(digits_of, cell.at, length);
    digits_of[length] = '\0';
    double number = strtod(digits_of, NULL);
    if (isinf(number)) {
        return EXPECTED(l, cell.at, "a number below 1.8e308");
    }
    *value = number;
    return BE_OK;
}

/* ---- lines ---------------------------------------------------------------------------------- */

/* Fill order[0, *n): which field each column of the header is. */
static be_status read_header(const lines *l, const be_csv_field *fields, size_t n_fields,
                             size_t order[BE_CSV_FIELDS_MAX], size_t *n)
{
    const char *names[BE_CSV_FIELDS_MAX + 1] = {0};
    char list[LIST_SIZE];
    for (size_t f = 0; f < n_fields; f++) {
        names[f] = fields[f].name;
    }
    bool seen[BE_CSV_FIELDS_MAX] = {0};
    bool more = true;
    *n = 0;
    for (const char *at = l->line.at; more;) {
        span raw = cell_at(l, at, &more);
        span name = trimmed(raw);
        size_t f = 0;
        while (f < n_fields && !equals(name, names[f])) {
            f++;
        }
        if (f == n_fields) {
            return EXPECTED(l, name.at, "a column's name: %s", listed(list, names));
        }
        if (seen[f]) {
            return EXPECTED(l, name.at, "column \"%s\" once", names[f]);
        }
        seen[f] = true;
        order[(*n)++] = f;
        at = raw.end + 1;
    }
    for (size_t f = 0; f < n_fields; f++) {
        if (fields[f].required && !seen[f]) {
            return EXPECTED(l, l->line.end, "a column \"%s\"", names[f]);
        }
    }
    return BE_OK;
}

/* Count the rows, each of which has a cell for every column. */
static be_status count_rows(lines l, const be_csv_field *fields, const size_t *order,
                            size_t n_columns, size_t *rows)
{
    for (*rows = 0; advance(&l); ++*rows) {
        bool more = true;
        const char *at = l.line.at;
        for (size_t c = 0; c < n_columns; c++) {
            if (!more) {
                return EXPECTED(&l, l.line.end, "a comma and a cell for column \"%s\"",
                                fields[order[c]].name);
            }
            at = cell_at(&l, at, &more).end + 1;
        }
        if (more) {
            return EXPECTED(&l, at - 1, "the end of the line after %zu cells", n_columns);
        }
    }
    return BE_OK;
}

static be_status read_row(const lines *l, const be_csv_field *fields, const size_t *order,
                          be_csv *csv, size_t row)
{
    const char *at = l->line.at;
    for (size_t c = 0; c < csv->n_columns; c++) {
        bool more;
        span raw = cell_at(l, at, &more);
        span cell = trimmed(raw);
        const be_csv_field *field = &fields[order[c]];
        double *value = &csv->columns[order[c]][row];
        be_status status =
            field->words ? read_word(l, cell, field->words, value) : read_number(l, cell, value);
        if (status) {
            return status;
        }
        at = raw.end + 1;
    }
    return BE_OK;
}

static be_status read_rows(lines *l, const be_csv_field *fields, const size_t *order, be_csv *csv)
{
    locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!c_locale) {
        return BE_ENOMEM;
    }
    locale_t before = uselocale(c_locale);
    be_status status = BE_OK;
    for (size_t row = 0; !status && advance(l); row++) {
        status = read_row(l, fields, order, csv, row);
    }
    uselocale(before);
    freelocale(c_locale);
    return status;
}

be_status be_csv_parse(const char *text, size_t size, const be_csv_field *fields, size_t n_fields,
                       const be_allocator *allocator, be_csv **csv, be_error *error)
{
    if (n_fields == 0 || n_fields > BE_CSV_FIELDS_MAX) {
        return be_error_set(error, BE_EINVAL, "1 to %d fields", BE_CSV_FIELDS_MAX);
    }
    lines l = lines_of(text, size, error);
    if (!advance(&l)) {
        return be_error_at(error, BE_EINVAL, l.number + 1, 0, "a header line with column names");
    }
    size_t order[BE_CSV_FIELDS_MAX];
    size_t n_columns;
    be_status status = read_header(&l, fields, n_fields, order, &n_columns);
    if (status) {
        return status;
    }

    size_t rows;
    status = count_rows(l, fields, order, n_columns, &rows);
    if (status) {
        return status;
    }
    be_csv *c = be__allocate_zeroed(allocator, 1, sizeof *c);
    if (!c) {
        return be_error_set(error, BE_ENOMEM, "memory for a table");
    }
    *c = (be_csv){
        .allocator = allocator, .rows = rows, .n_columns = n_columns, .n_fields = n_fields};
    c->cells = be__allocate(allocator, rows * n_columns, sizeof *c->cells);
    if (!c->cells) {
        status = be_error_set(error, BE_ENOMEM, "memory for %zu cells", rows * n_columns);
        goto fail;
    }
    for (size_t i = 0; i < n_columns; i++) {
        c->columns[order[i]] = c->cells + i * rows;
    }
    status = read_rows(&l, fields, order, c);
    if (status == BE_ENOMEM) {
        be_error_set(error, BE_ENOMEM, "memory for a locale");
    }
    if (status) {
        goto fail;
    }
    *csv = c;
    return BE_OK;

fail:
    be_csv_destroy(c);
    return status;
}

void be_csv_destroy(be_csv *csv)
{
    if (csv) {
        be__release(csv->allocator, csv->cells, csv->rows * csv->n_columns, sizeof *csv->cells);
        be__release(csv->allocator, csv, 1, sizeof *csv);
    }
}

size_t be_csv_rows(const be_csv *csv)
{
    return csv->rows;
}

const double *be_csv_column(const be_csv *csv, size_t field)
{
    return field < csv->n_fields ? csv->columns[field] : NULL;
}
