/* sheet.c: tables of text cells. The cells are cut out of the file's own bytes: each is ended where
 * its comma or line end stood, so that a table costs a pointer a cell. */
#include "sheet.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { INPUT_BYTES_MAX = 1 << 30 };

/* ---- CSV ------------------------------------------------------------------------------------ */

typedef struct cursor {
    char *at, *end, *line_start;
    size_t line;
} cursor;

static be_status wrong(const cursor *c, be_error *error, const char *expected)
{
    return be_error_at(error, BE_EINVAL, c->line, (size_t)(c->at - c->line_start), "%s", expected);
}

static bool at_line_end(const cursor *c)
{
    return c->at == c->end || *c->at == '\n' || (*c->at == '\r' && c->at[1] == '\n');
}

static void skip_spaces(cursor *c)
{
    while (c->at < c->end && (*c->at == ' ' || *c->at == '\t')) {
        c->at++;
    }
}

static void next_line(cursor *c)
{
    while (c->at < c->end && *c->at != '\n') {
        c->at++;
    }
    if (c->at < c->end) {
        c->at++;
        c->line++;
    }
    c->line_start = c->at;
}

/* Go to the next line that has cells; false at the end. */
static bool find_row(cursor *c)
{
    while (c->at < c->end) {
        skip_spaces(c);
        if (!at_line_end(c) && *c->at != '#') {
            return true;
        }
        next_line(c);
    }
    return false;
}

/* Cut the cell at the cursor, which goes to the comma or line end behind it; *cut is where the zero
 * belongs once that has been looked at. */
static be_status cut_cell(cursor *c, const char **cell, char **cut, be_error *error)
{
    skip_spaces(c);
    char *first = c->at, *last;
    if (c->at < c->end && *c->at == '"') {
        char *to = first;
        for (c->at++;; c->at++) {
            if (c->at == c->end || *c->at == '\n') {
                return wrong(c, error, "a closing quote");
            }
            if (*c->at == '"' && *++c->at != '"') {
                break;
            }
            *to++ = *c->at;
        }
        last = to;
        skip_spaces(c);
        if (!at_line_end(c) && *c->at != ',') {
            return wrong(c, error, "a comma or the end of the line after the closing quote");
        }
    } else {
        while (!at_line_end(c) && *c->at != ',') {
            if (*c->at == '\0') {
                return wrong(c, error, "text, not a zero byte");
            }
            c->at++;
        }
        last = c->at;
        while (last > first && (last[-1] == ' ' || last[-1] == '\t')) {
            last--;
        }
    }
    *cell = first;
    *cut = last;
    return BE_OK;
}

/* The cells of a row, at most `most`; the cursor goes behind the line. */
static be_status cut_row(cursor *c, const char **cell, size_t most, size_t *n, be_error *error)
{
    *n = 0;
    for (;;) {
        char *cut = c->at;
        if (*n == most) {
            char expected[80];
            snprintf(expected, sizeof expected, "the end of the line after %zu cells", most);
            c->at -= *c->at != '\0' && c->at > c->line_start;
            return wrong(c, error, expected);
        }
        be_status status = cut_cell(c, &cell[(*n)++], &cut, error);
        if (status) {
            return status;
        }
        bool comma = c->at < c->end && *c->at == ',';
        bool carriage = c->at < c->end && *c->at == '\r';
        char *behind = c->at + comma + carriage;
        if (!comma) {
            bool newline = behind < c->end;
            c->at = behind + newline;
            c->line += newline;
            *cut = '\0';
            c->line_start = c->at;
            return BE_OK;
        }
        *cut = '\0';
        c->at = behind;
    }
}

/* Spreadsheets of half the world write semicolons and decimal commas. */
static const char *other_separator(const cursor *c)
{
    bool comma = false, semicolon = false, tab = false;
    for (const char *p = c->at; p < c->end && *p != '\n'; p++) {
        comma |= *p == ',';
        semicolon |= *p == ';';
        tab |= *p == '\t' && p > c->at;
    }
    if (semicolon && !comma) {
        return "commas between columns and decimal points; this file has semicolons, and perhaps "
               "decimal commas: export it as CSV with commas";
    }
    return tab && !comma ? "commas between columns; this file has tabs" : NULL;
}

be_status sheet_parse_csv(be_text *text, sheet *s, be_error *error)
{
    *s = (sheet){.text = *text};
    be_text_init(text, NULL);
    be_text_puts(&s->text, ""); /* there is a final zero even for an empty file */
    if (s->text.status) {
        return s->text.status;
    }
    cursor c = {.at = s->text.bytes, .end = s->text.bytes + s->text.size, .line = 1};
    c.line_start = c.at;
    if (s->text.size >= 3 && memcmp(c.at, "\xef\xbb\xbf", 3) == 0) {
        c.at += 3;
    }
    if (!find_row(&c)) {
        return wrong(&c, error, "a header line with column names");
    }
    const char *other = other_separator(&c);
    if (other) {
        return wrong(&c, error, other);
    }
    be_status status = cut_row(&c, s->name, SHEET_COLUMNS_MAX, &s->columns, error);
    size_t capacity = 0;
    while (!status && find_row(&c)) {
        if (s->rows == capacity) {
            capacity = capacity ? capacity * 2 : 64;
            s->cell = cli_allocate(s->cell, capacity * s->columns, sizeof *s->cell);
            s->line = cli_allocate(s->line, capacity, sizeof *s->line);
        }
        size_t n, line = c.line;
        s->line[s->rows] = line;
        status = cut_row(&c, s->cell + s->rows * s->columns, s->columns, &n, error);
        if (!status && n < s->columns) {
            status = be_error_at(error, BE_EINVAL, line, 0, "%zu cells, as the header has; got %zu",
                                 s->columns, n);
        }
        s->rows++;
    }
    return status;
}

/* ---- .npy ----------------------------------------------------------------------------------- */

be_status sheet_parse_npy(be_text *text, const char *const *names, size_t n, sheet *s,
                          be_error *error)
{
    *s = (sheet){.file = NULL};
    be_npy npy;
    be_status status = be_npy_parse(text->bytes, text->size, &npy, error);
    if (status) {
        return status;
    }
    if (npy.field[0].name[0] == '\0' && npy.fields != n) {
        return be_error_at(error, BE_EINVAL, 0, 0,
                           n ? "%zu columns, as --columns names"
                             : "named fields, or the names of the %zu columns with --columns",
                           n ? n : npy.fields);
    }
    /* Cells as text, each ended by a zero, then where they begin. */
    be_text_init(&s->text, NULL);
    for (size_t f = 0; f < npy.fields; f++) {
        be_text_puts(&s->text, npy.field[f].name[0] ? npy.field[f].name : names[f]);
        be_text_add(&s->text, "", 1);
    }
    for (size_t i = 0; i < npy.rows; i++) {
        for (size_t f = 0; f < npy.fields; f++) {
            char cell[32];
            double value = be_npy_number(&npy, i, f);
            if (npy.field[f].kind == 'S') {
                be_npy_string(&npy, i, f, cell, sizeof cell);
            } else if (isnan(value)) {
                cell[0] = '\0';
            } else {
                for (int digits = 15; digits <= 17; digits++) {
                    snprintf(cell, sizeof cell, "%.*g", digits, value);
                    digits += strtod(cell, NULL) == value ? 17 : 0;
                }
            }
            be_text_puts(&s->text, cell);
            be_text_add(&s->text, "", 1);
        }
    }
    if (s->text.status) {
        return s->text.status;
    }
    s->columns = npy.fields;
    s->rows = npy.rows;
    s->cell = cli_allocate(NULL, s->rows * s->columns + 1, sizeof *s->cell);
    s->line = cli_allocate(NULL, s->rows + 1, sizeof *s->line);
    const char *at = s->text.bytes;
    for (size_t f = 0; f < s->columns; f++, at += strlen(at) + 1) {
        s->name[f] = at;
    }
    for (size_t k = 0; k < s->rows * s->columns; k++, at += strlen(at) + 1) {
        s->cell[k] = at;
    }
    memset(s->line, 0, s->rows * sizeof *s->line);
    return BE_OK;
}

/* ---- both ----------------------------------------------------------------------------------- */

int sheet_read(const cli_call *call, const char *path, const char *const *names, size_t n, sheet *s)
{
    *s = (sheet){.file = path};
    be_text text;
    be_text_init(&text, NULL);
    be_error error;
    be_status status = be_file_read(path, INPUT_BYTES_MAX, &text, &error);
    if (!status) {
        bool npy = text.size >= 6 && memcmp(text.bytes, "\x93NUMPY", 6) == 0;
        status =
            npy ? sheet_parse_npy(&text, names, n, s, &error) : sheet_parse_csv(&text, s, &error);
        s->file = path;
    }
    be_text_clear(&text);
    if (status) {
        sheet_clear(s);
        return cli_fail(call, status, &error, path);
    }
    return CLI_DONE;
}

void sheet_clear(sheet *s)
{
    be_text_clear(&s->text);
    free(s->cell);
    free(s->line);
    s->cell = NULL;
    s->line = NULL;
}

bool sheet_number(const char *cell, double *value)
{
    static const char SHAPE[] = "+-.0123456789eE";
    char *end;
    if (cell[0] == '\0' || strspn(cell, SHAPE) != strlen(cell) || tolower(cell[0]) == 'e') {
        return false;
    }
    *value = strtod(cell, &end);
    return *end == '\0' && isfinite(*value);
}

int sheet_fail(const cli_call *call, const sheet *s, size_t row, size_t column, const char *rule)
{
    (void)call;
    const char *cell = s->cell[row * s->columns + column];
    fprintf(stderr, "breakeven: %s:", s->file);
    if (s->line[row]) {
        fprintf(stderr, "%zu: ", s->line[row]);
    } else {
        fprintf(stderr, " row %zu: ", row + 1);
    }
    fprintf(stderr, "%s is \"%.60s\"; expected %s\n", s->name[column], cell, rule);
    return CLI_USAGE;
}
