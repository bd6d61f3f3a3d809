/* npy.c: arrays as NumPy keeps them in files.
 *
 * "\x93NUMPY", two bytes of version, the header's length (2 bytes in version 1, else 4), the header
 * (a Python dictionary of three entries, in whatever order and spacing), then the data:
 *
 *     {'descr': [('spot', '<f8'), ('type', '|S4')], 'fortran_order': False, 'shape': (3,), }
 *     {'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), }
 */
#include "io/io.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct reader {
    const char *start, *at, *end;
    const char *expected; /* what was missing at `at`, once something was */
} reader;

static bool lacks(reader *r, const char *expected)
{
    r->expected = r->expected ? r->expected : expected;
    return false;
}

static void skip_space(reader *r)
{
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\n' || *r->at == '\t')) {
        r->at++;
    }
}

static bool peek(reader *r, char c)
{
    skip_space(r);
    return r->at < r->end && *r->at == c;
}

static bool take(reader *r, char c, const char *expected)
{
    if (!peek(r, c)) {
        return lacks(r, expected);
    }
    r->at++;
    return true;
}

/* A string in single or double quotes, without escapes. */
static bool string(reader *r, char *text, size_t size)
{
    char quote = peek(r, '"') ? '"' : '\'';
    if (!take(r, quote, "a string in quotes")) {
        return false;
    }
    size_t n = 0;
    while (r->at < r->end && *r->at != quote) {
        if (*r->at == '\\' || n + 1 >= size) {
            return lacks(r, "a name of at most 63 characters, without escapes");
        }
        text[n++] = *r->at++;
    }
    text[n] = '\0';
    return take(r, quote, "the end of the string");
}

static bool number(reader *r, size_t *value)
{
    skip_space(r);
    const char *first = r->at;
    size_t sum = 0;
    while (r->at < r->end && *r->at >= '0' && *r->at <= '9') {
        if (sum > (SIZE_MAX - 9) / 10) {
            return lacks(r, "a size that memory can hold");
        }
        sum = sum * 10 + (size_t)(*r->at++ - '0');
    }
    *value = sum;
    return r->at > first || lacks(r, "a number");
}

/* "<f8" and its like. */
static bool element(reader *r, be_npy_field *field)
{
    char text[16];
    const char *place = r->at;
    if (!string(r, text, sizeof text)) {
        return false;
    }
    static const char *const KNOWN[] = {"<f8", "<f4", "<i8", "<i4", "<i2", "|i1", "<u8",
                                        "<u4", "<u2", "|u1", "|b1", "<i1", "<u1", NULL};
    for (size_t k = 0; KNOWN[k]; k++) {
        if (strcmp(text, KNOWN[k]) == 0) {
            field->kind = text[1];
            field->size = (unsigned)(text[2] - '0');
            return true;
        }
    }
    if ((text[0] == '|' || text[0] == '<') && text[1] == 'S' && strlen(text) <= 5 &&
        strspn(text + 2, "0123456789") == strlen(text) - 2 && text[2]) {
        field->kind = 'S';
        field->size = (unsigned)strtoul(text + 2, NULL, 10);
        return true;
    }
    r->at = place;
    return lacks(r, "a type such as '<f8', '<i4', '|b1' or '|S4'");
}

/* A list of (name, type), or one type. */
static bool descr(reader *r, be_npy *npy, bool *structured, size_t *row_size)
{
    *structured = peek(r, '[');
    npy->fields = 0;
    *row_size = 0;
    if (!*structured) {
        npy->field[0] = (be_npy_field){.kind = 0};
        return element(r, &npy->field[0]);
    }
    if (!take(r, '[', "a list of fields")) {
        return false;
    }
    while (!peek(r, ']')) {
        if (npy->fields == BE_NPY_FIELDS_MAX) {
            return lacks(r, "at most 64 fields");
        }
        be_npy_field *field = &npy->field[npy->fields];
        *field = (be_npy_field){.offset = *row_size};
        if (!take(r, '(', "a field ('name', 'type')") ||
            !string(r, field->name, sizeof field->name) || !take(r, ',', "a comma") ||
            !element(r, field) || !take(r, ')', "the end of the field")) {
            return false;
        }
        *row_size += field->size;
        npy->fields++;
        if (!peek(r, ']') && !take(r, ',', "a comma or the end of the list")) {
            return false;
        }
    }
    return take(r, ']', "the end of the list") && (npy->fields > 0 || lacks(r, "a field at least"));
}

static bool shape(reader *r, size_t dimension[2], size_t *dimensions)
{
    *dimensions = 0;
    if (!take(r, '(', "a shape")) {
        return false;
    }
    while (!peek(r, ')')) {
        if (*dimensions == 2) {
            return lacks(r, "one or two dimensions");
        }
        if (!number(r, &dimension[(*dimensions)++])) {
            return false;
        }
        if (!peek(r, ')') && !take(r, ',', "a comma or the end of the shape")) {
            return false;
        }
    }
    r->at++;
    return *dimensions > 0 || lacks(r, "one or two dimensions");
}

/* The header's dictionary; lays the fields out over the data. */
static bool header(reader *r, be_npy *npy, size_t *bytes)
{
    bool structured = false, fortran = false;
    unsigned seen = 0;
    size_t row_size = 0, dimension[2] = {0, 1}, dimensions = 0;
    if (!take(r, '{', "a dictionary")) {
        return false;
    }
    while (!peek(r, '}')) {
        char key[16];
        if (!string(r, key, sizeof key) || !take(r, ':', "a colon")) {
            return false;
        }
        if (strcmp(key, "descr") == 0) {
            seen |= 1;
            if (!descr(r, npy, &structured, &row_size)) {
                return false;
            }
        } else if (strcmp(key, "fortran_order") == 0) {
            seen |= 2;
            skip_space(r);
            size_t left = (size_t)(r->end - r->at);
            fortran = left >= 4 && memcmp(r->at, "True", 4) == 0;
            if (!fortran && !(left >= 5 && memcmp(r->at, "False", 5) == 0)) {
                return lacks(r, "True or False");
            }
            r->at += fortran ? 4 : 5;
        } else if (strcmp(key, "shape") == 0) {
            seen |= 4;
            if (!shape(r, dimension, &dimensions)) {
                return false;
            }
        } else {
            return lacks(r, "the keys descr, fortran_order and shape");
        }
        if (!peek(r, '}') && !take(r, ',', "a comma or the end of the dictionary")) {
            return false;
        }
    }
    if (seen != 7) {
        return lacks(r, "descr, fortran_order and shape");
    }
    npy->rows = dimension[0];
    if (structured) {
        for (size_t f = 0; f < npy->fields; f++) {
            npy->field[f].stride = row_size;
        }
        return (dimensions == 1 && !__builtin_mul_overflow(row_size, npy->rows, bytes)) ||
               lacks(r, "one dimension of a structured array");
    }
    size_t columns = dimensions == 2 ? dimension[1] : 1;
    be_npy_field one = npy->field[0];
    if (columns == 0 || columns > BE_NPY_FIELDS_MAX || one.size == 0) {
        return lacks(r, "1 to 64 columns");
    }
    if (__builtin_mul_overflow((size_t)one.size * columns, npy->rows, bytes)) {
        return lacks(r, "a size that memory can hold");
    }
    npy->fields = columns;
    for (size_t f = 0; f < columns; f++) {
        npy->field[f] = one;
        npy->field[f].offset = one.size * (fortran ? f * npy->rows : f);
        npy->field[f].stride = one.size * (fortran ? 1 : columns);
    }
    return true;
}

be_status be_npy_parse(const void *bytes, size_t size, be_npy *npy, be_error *error)
{
    const unsigned char *b = bytes;
    if (size < 10 || memcmp(b, "\x93NUMPY", 6) != 0) {
        return be_error_at(error, BE_EINVAL, 0, 0, "a .npy file, which begins with \\x93NUMPY");
    }
    size_t version = b[6], start = version == 1 ? 10 : 12;
    if (version < 1 || version > 3 || size < start) {
        return be_error_at(error, BE_EINVAL, 0, 6, "version 1, 2 or 3 of the format");
    }
    size_t length = b[8] | (size_t)b[9] << 8;
    if (version > 1) {
        length |= (size_t)b[10] << 16 | (size_t)b[11] << 24;
    }
    if (length > size - start) {
        return be_error_at(error, BE_EINVAL, 0, 8, "a header of %zu bytes", length);
    }
    reader r = {.start = bytes, .at = (const char *)bytes + start};
    r.end = r.at + length;
    be_npy parsed = {.rows = 0};
    size_t needed = 0;
    if (!header(&r, &parsed, &needed)) {
        return be_error_at(error, BE_EINVAL, 0, (size_t)(r.at - r.start), "%s", r.expected);
    }
    if (needed > size - start - length) {
        return be_error_at(error, BE_EINVAL, 0, size, "%zu bytes of data after the header", needed);
    }
    parsed.data = b + start + length;
    *npy = parsed;
    return BE_OK;
}

double be_npy_number(const be_npy *npy, size_t row, size_t field)
{
    const be_npy_field *f = &npy->field[field];
    const unsigned char *p = npy->data + f->offset + row * f->stride;
    if (f->kind == 'f') {
        double wide;
        float narrow;
        if (f->size == sizeof narrow) {
            memcpy(&narrow, p, sizeof narrow);
            return (double)narrow;
        }
        memcpy(&wide, p, sizeof wide);
        return wide;
    }
    if (f->kind == 'S') {
        return (double)NAN;
    }
    uint64_t word = 0;
    for (unsigned k = 0; k < f->size; k++) {
        word |= (uint64_t)p[k] << (8 * k);
    }
    if (f->kind == 'i') {
        unsigned unused = 64 - 8 * f->size;
        return (double)((int64_t)(word << unused) >> unused);
    }
    return (double)word;
}

void be_npy_string(const be_npy *npy, size_t row, size_t field, char *text, size_t size)
{
    const be_npy_field *f = &npy->field[field];
    size_t n = f->kind == 'S' ? f->size : 0;
    n = n < size - 1 ? n : size - 1;
    memcpy(text, npy->data + f->offset + row * f->stride, n);
    text[n] = '\0';
}

void be_npy_write(be_text *text, size_t n, size_t columns, const char *const *name,
                  const double *const *column)
{
    enum { ALIGNMENT = 64, PREAMBLE = 10 };
    be_text head;
    be_text_init(&head, text->allocator);
    be_text_puts(&head, "{'descr': [");
    for (size_t c = 0; c < columns; c++) {
        be_text_printf(&head, "%s('%s', '<f8')", c ? ", " : "", name[c]);
    }
    be_text_printf(&head, "], 'fortran_order': False, 'shape': (%zu,), }", n);
    while ((PREAMBLE + head.size + 1) % ALIGNMENT != 0 && !head.status) {
        be_text_puts(&head, " ");
    }
    be_text_puts(&head, "\n");
    const char version[4] = {1, 0, (char)(head.size & 255), (char)(head.size >> 8)};
    be_text_add(text, "\x93NUMPY", 6);
    be_text_add(text, version, sizeof version);
    be_text_add(text, head.bytes, head.size);
    if (head.status) {
        text->status = head.status;
    }
    be_text_clear(&head);
    for (size_t i = 0; i < n; i++) {
        for (size_t c = 0; c < columns; c++) {
            be_text_add(text, (const char *)&column[c][i], sizeof(double));
        }
    }
}
