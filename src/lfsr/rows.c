/* rows.c: rows of coefficients from CSV. */
#include "lfsr/register.h"

#include <string.h>

struct be_lfsr_rows {
    const be_allocator *allocator;
    uint64_t *values; /* [capacity] of all rows, one row after the other */
    size_t capacity;
    size_t *ends; /* [row_capacity] index behind the last value of each row */
    size_t n_rows;
    size_t row_capacity;
};

typedef struct line {
    const char *begin; /* of the line, for offsets */
    const char *at;
    const char *end;
    size_t number;
} line;

static void skip_blanks(line *l)
{
    while (l->at < l->end && (*l->at == ' ' || *l->at == '\t')) {
        l->at++;
    }
}

/* What stands at the cursor up to the next comma, cut to a few characters that print. */
static const char *field_text(const line *l, char text[24])
{
    size_t n = 0;
    for (const char *c = l->at; c < l->end && *c != ',' && n < 20; c++) {
        text[n++] = *c >= ' ' && *c <= '~' ? *c : '?';
    }
    text[n] = '\0';
    return text;
}

static be_status read_value(line *l, const be_lfsr_field *field, size_t column, uint64_t *value,
                            be_error *error)
{
    skip_blanks(l);
    const char *begin = l->at;
    char seen[24];
    field_text(l, seen);
    uint64_t v = 0;
    for (; l->at < l->end && *l->at >= '0' && *l->at <= '9' && v < field->q; l->at++) {
        v = v * 10 + (uint64_t)(*l->at - '0');
    }
    const char *digits = l->at;
    skip_blanks(l);
    bool ends = l->at == l->end || *l->at == ',';
    if (digits == begin || !ends || v >= field->q) {
        return be_error_at(error, BE_EINVAL, l->number, (size_t)(begin - l->begin),
                           "a whole number 0 to %llu in column %zu, and there is '%s'",
                           (unsigned long long)(field->q - 1), column, seen);
    }
    *value = v;
    return BE_OK;
}

static be_status read_row(be_lfsr_rows *rows, line *l, const be_lfsr_field *field, size_t *n_values,
                          be_error *error)
{
    size_t first = *n_values;
    for (;;) {
        size_t column = *n_values - first;
        if (column == BE_LFSR_CELLS_MAX) {
            return be_error_at(error, BE_ELIMIT, l->number, (size_t)(l->at - l->begin),
                               "at most %d numbers in a row", BE_LFSR_CELLS_MAX);
        }
        be_status status = read_value(l, field, column + 1, &rows->values[*n_values], error);
        if (status) {
            return status;
        }
        ++*n_values;
        if (l->at == l->end) {
            rows->ends[rows->n_rows++] = *n_values;
            return BE_OK;
        }
        l->at++;
    }
}

static be_status read_lines(be_lfsr_rows *rows, const char *text, size_t size,
                            const be_lfsr_field *field, be_error *error)
{
    const char *end = text + size, *at = text;
    size_t n_values = 0, number = 0;
    if (size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        at += 3;
    }
    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        line l = {at, at, stop ? stop : end, ++number};
        at = stop ? stop + 1 : end;
        if (l.end > l.at && l.end[-1] == '\r') {
            l.end--;
        }
        skip_blanks(&l);
        if (l.at == l.end || *l.at == '#') {
            continue;
        }
        if (rows->n_rows == BE_LFSR_FILE_ROWS_MAX) {
            return be_error_at(error, BE_ELIMIT, number, 0, "at most %d rows",
                               BE_LFSR_FILE_ROWS_MAX);
        }
        be_status status = read_row(rows, &l, field, &n_values, error);
        if (status) {
            return status;
        }
    }
    return rows->n_rows ? BE_OK
                        : be_error_at(error, BE_EINVAL, number + !number, 0,
                                      "a row of coefficients such as 1,1,0,1");
}

be_status be_lfsr_rows_parse(const char *text, size_t size, const be_lfsr_field *field,
                             const be_allocator *allocator, be_lfsr_rows **rows, be_error *error)
{
    size_t n_lines = 1;
    for (const char *c = text; size && (c = memchr(c, '\n', size - (size_t)(c - text))); c++) {
        n_lines++;
    }
    be_lfsr_rows *made = be__allocate_zeroed(allocator, 1, sizeof *made);
    if (made) {
        made->allocator = allocator;
        made->capacity = size / 2 + 1; /* a number and a comma, or a line's end, are two bytes */
        made->row_capacity = n_lines < BE_LFSR_FILE_ROWS_MAX ? n_lines : BE_LFSR_FILE_ROWS_MAX;
        made->values = be__allocate(allocator, made->capacity, sizeof *made->values);
        made->ends = be__allocate(allocator, made->row_capacity, sizeof *made->ends);
    }
    be_status status = made && made->values && made->ends
                           ? read_lines(made, text, size, field, error)
                           : be_error_set(error, BE_ENOMEM, "memory for the rows");
    if (status) {
        be_lfsr_rows_destroy(made);
        return status;
    }
    *rows = made;
    return BE_OK;
}

void be_lfsr_rows_destroy(be_lfsr_rows *rows)
{
    if (rows) {
        be__release(rows->allocator, rows->values, rows->capacity, sizeof *rows->values);
        be__release(rows->allocator, rows->ends, rows->row_capacity, sizeof *rows->ends);
        be__release(rows->allocator, rows, 1, sizeof *rows);
    }
}

size_t be_lfsr_rows_count(const be_lfsr_rows *rows)
{
    return rows->n_rows;
}

const uint64_t *be_lfsr_rows_at(const be_lfsr_rows *rows, size_t i, size_t *n)
{
    size_t begin = i ? rows->ends[i - 1] : 0;
    *n = rows->ends[i] - begin;
    return rows->values + begin;
}
