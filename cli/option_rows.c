/* option_rows.c: rows of options, in and out.
 *
 * A value comes from the row's cell, and where the file has no such column from the command line. A
 * cell that is no number is an error of the file, with its place; an empty one, and a number out of
 * range, leave the row without a price and with a reason.
 */
#include "option_rows.h"

#include "day_count.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { ROWS_SHOWN = 20 };

option_given option_rows_given;

/* Names that columns may have; the first is the one told. */
static const struct column {
    const char *names[4];
    const char *rule; /* for a cell */
} COLUMNS[OPTION_COLUMNS] = {
    [OPTION_MODEL] = {{"model"},
                      "a model: black-scholes, black-76, merton, garman-kohlhagen, "
                      "bachelier or displaced"},
    [OPTION_PAYOFF] = {{"payoff"}, "vanilla, cash or asset"},
    [OPTION_TYPE] = {{"type", "cp", "right"}, "call, put, c, p, 1 or -1"},
    [OPTION_SPOT] = {{"spot", "underlying"}, NULL},
    [OPTION_FORWARD] = {{"forward"}, NULL},
    [OPTION_STRIKE] = {{"strike"}, NULL},
    [OPTION_YEARS] = {{"years"}, NULL},
    [OPTION_EXPIRY] = {{"expiry", "expiration"}, "a date such as 2026-12-18, or 2026-12-18T16:00Z"},
    [OPTION_RATE] = {{"rate"}, NULL},
    [OPTION_DISCOUNT] = {{"discount_factor", "discount-factor"}, NULL},
    [OPTION_DIVIDEND] = {{"dividend_yield", "dividend", "dividend-yield"}, NULL},
    [OPTION_VOL] = {{"vol", "volatility"}, NULL},
    [OPTION_PRICE] = {{"price"}, NULL},
    [OPTION_BID] = {{"bid"}, NULL},
    [OPTION_ASK] = {{"ask"}, NULL},
    [OPTION_SHIFT] = {{"shift"}, NULL},
};

static int column_of(const char *name)
{
    for (int c = 0; c < OPTION_COLUMNS; c++) {
        for (int k = 0; k < 4 && COLUMNS[c].names[k]; k++) {
            if (strcasecmp(name, COLUMNS[c].names[k]) == 0) {
                return c;
            }
        }
    }
    return -1;
}

/* ---- in ------------------------------------------------------------------------------------- */

static bool read_model(const char *cell, uint8_t *model)
{
    static const struct {
        const char *name;
        be_option_model model;
    } MORE[] = {{"bs", BE_OPTION_BLACK_SCHOLES},
                {"bsm", BE_OPTION_MERTON},
                {"black76", BE_OPTION_BLACK_76},
                {"gk", BE_OPTION_GARMAN_KOHLHAGEN},
                {"normal", BE_OPTION_BACHELIER}};
    for (int m = 0; m < BE_OPTION_MODEL_COUNT; m++) {
        if (strcasecmp(cell, be_option_model_name((be_option_model)m)) == 0) {
            *model = (uint8_t)m;
            return true;
        }
    }
    for (size_t k = 0; k < sizeof MORE / sizeof *MORE; k++) {
        if (strcasecmp(cell, MORE[k].name) == 0) {
            *model = (uint8_t)MORE[k].model;
            return true;
        }
    }
    return false;
}

static bool read_type(const char *cell, uint8_t *type)
{
    bool call = strcasecmp(cell, "call") == 0 || strcasecmp(cell, "c") == 0 ||
                strcmp(cell, "1") == 0 || strcmp(cell, "+1") == 0;
    bool put =
        strcasecmp(cell, "put") == 0 || strcasecmp(cell, "p") == 0 || strcmp(cell, "-1") == 0;
    *type = put ? BE_OPTION_PUT : BE_OPTION_CALL;
    return call || put;
}

static bool read_payoff(const char *cell, uint8_t *payoff)
{
    static const char *const NAMES[] = {"vanilla", "cash", "asset"};
    for (uint8_t p = 0; p < BE_OPTION_PAYOFF_COUNT; p++) {
        if (strcasecmp(cell, NAMES[p]) == 0) {
            *payoff = p;
            return true;
        }
    }
    return false;
}

/* One value into row i; false when the text does not say one. */
static bool read_value(option_rows *rows, size_t i, int column, const char *text)
{
    switch (column) {
    case OPTION_MODEL:
        return read_model(text, &rows->model[i]);
    case OPTION_PAYOFF:
        return read_payoff(text, &rows->payoff[i]);
    case OPTION_TYPE:
        return read_type(text, &rows->type[i]);
    case OPTION_EXPIRY:
        return day_count_parse(text, true, &rows->expiry[i]);
    default:
        if (text[0] == '\0' || strcasecmp(text, "nan") == 0) {
            rows->value[column][i] = (double)NAN;
            return true;
        }
        return sheet_number(text, &rows->value[column][i]);
    }
}

static bool is_text(int column)
{
    return column == OPTION_MODEL || column == OPTION_PAYOFF || column == OPTION_TYPE ||
           column == OPTION_EXPIRY;
}

/* The sheet of a command line without a file: one row, a column for each option given. */
static void make_sheet(sheet *s)
{
    *s = (sheet){.file = "command line", .rows = 1};
    be_text_init(&s->text, NULL);
    s->cell = cli_allocate(NULL, OPTION_COLUMNS, sizeof *s->cell);
    s->line = cli_allocate(NULL, 1, sizeof *s->line);
    s->line[0] = 0;
    for (int c = 0; c < OPTION_COLUMNS; c++) {
        if (option_rows_given.text[c]) {
            s->name[s->columns] = COLUMNS[c].names[0];
            s->cell[s->columns++] = option_rows_given.text[c];
        }
    }
}

/* Which column of the options each column of the sheet is; -1 for one let through. */
static int match_columns(const cli_call *call, const sheet *s, int which[SHEET_COLUMNS_MAX])
{
    bool seen[OPTION_COLUMNS] = {false};
    for (size_t k = 0; k < s->columns; k++) {
        int c = which[k] = column_of(s->name[k]);
        if (c < 0 && !option_rows_given.extra) {
            const char *names[OPTION_COLUMNS + 1] = {NULL};
            for (int j = 0; j < OPTION_COLUMNS; j++) {
                names[j] = COLUMNS[j].names[0];
            }
            char suggestion[CLI_SUGGESTION_SIZE];
            return cli_usage(call, "%s: unknown column \"%s\"%s (--extra lets it through)", s->file,
                             s->name[k], cli_suggest(suggestion, s->name[k], names));
        }
        if (c >= 0 && seen[c]) {
            return cli_usage(call, "%s: the column \"%s\" is there twice", s->file,
                             COLUMNS[c].names[0]);
        }
        if (c >= 0) {
            seen[c] = true;
        }
    }
    return CLI_DONE;
}

static void *zeroed(size_t n, size_t size)
{
    void *memory = cli_allocate(NULL, n + 1, size);
    memset(memory, 0, (n + 1) * size);
    return memory;
}

static void allocate(option_rows *rows)
{
    rows->model = zeroed(rows->n, 1);
    rows->payoff = zeroed(rows->n, 1);
    rows->type = zeroed(rows->n, 1);
    rows->expiry = zeroed(rows->n, sizeof *rows->expiry);
    for (int c = 0; c < OPTION_COLUMNS; c++) {
        if (!is_text(c)) {
            rows->value[c] = zeroed(rows->n, sizeof(double));
        }
    }
}

/* Years from expiries, rates from discount factors, spot and model from forwards. */
static int complete(const cli_call *call, option_rows *rows)
{
    double **v = rows->value;
    if (rows->has[OPTION_EXPIRY]) {
        int64_t now = (int64_t)time(NULL);
        if (option_rows_given.now && !day_count_parse(option_rows_given.now, false, &now)) {
            return cli_usage(call, "--now is \"%s\"; expected %s", option_rows_given.now,
                             COLUMNS[OPTION_EXPIRY].rule);
        }
        for (size_t i = 0; i < rows->n; i++) {
            v[OPTION_YEARS][i] =
                day_count_years((day_count)option_rows_given.day_count, now, rows->expiry[i]);
        }
    }
    for (size_t i = 0; i < rows->n; i++) {
        double years = v[OPTION_YEARS][i];
        if (rows->has[OPTION_DISCOUNT]) {
            v[OPTION_RATE][i] = years > 0 ? -log(v[OPTION_DISCOUNT][i]) / years : 0;
        }
        if (!rows->has[OPTION_MODEL]) {
            rows->model[i] = rows->has[OPTION_FORWARD] && !rows->has[OPTION_SPOT]
                                 ? BE_OPTION_BLACK_76
                                 : BE_OPTION_MERTON;
        }
        bool on_forward = rows->model[i] == BE_OPTION_BLACK_76 ||
                          rows->model[i] == BE_OPTION_BACHELIER ||
                          rows->model[i] == BE_OPTION_DISPLACED;
        if (rows->has[OPTION_FORWARD]) {
            double forward = v[OPTION_FORWARD][i];
            if (!on_forward && rows->has[OPTION_SPOT] && years > 0) {
                v[OPTION_DIVIDEND][i] =
                    v[OPTION_RATE][i] - log(forward / v[OPTION_SPOT][i]) / years;
            } else {
                /* A spot model on a forward: the spot with no carry is worth the same. */
                v[OPTION_SPOT][i] = forward;
                v[OPTION_DIVIDEND][i] = on_forward ? 0 : v[OPTION_RATE][i];
                rows->model[i] = on_forward ? rows->model[i] : (uint8_t)BE_OPTION_BLACK_76;
            }
        }
    }
    return CLI_DONE;
}

/* A vol of 20 and a rate of 5 are mostly meant in percent. */
static void wonder(const cli_call *call, const option_rows *rows)
{
    const struct {
        int column;
        double most;
        const char *example;
    } LIMITS[] = {{OPTION_VOL, 5, "0.2 is 20 %"},
                  {OPTION_RATE, 1, "0.05 is 5 %"},
                  {OPTION_DIVIDEND, 1, "0.02 is 2 %"}};
    for (size_t k = 0; k < 3; k++) {
        int c = LIMITS[k].column;
        for (size_t i = 0; rows->has[c] && i < rows->n; i++) {
            bool normal = c == OPTION_VOL && rows->model[i] == BE_OPTION_BACHELIER;
            if (rows->value[c][i] > LIMITS[k].most && !normal) {
                cli_note(call, "row %zu: %s %g: percent? %s", i + 1, COLUMNS[c].names[0],
                         rows->value[c][i], LIMITS[k].example);
                break;
            }
        }
    }
}

static int check_columns(const cli_call *call, const option_rows *rows, unsigned needed)
{
    const bool *has = rows->has;
    bool quotes = needed & 1u << OPTION_BID; /* these bring their forwards */
    const char *missing = !quotes && !has[OPTION_SPOT] && !has[OPTION_FORWARD] ? "spot (or forward)"
                          : !has[OPTION_STRIKE]                                ? "strike"
                          : !has[OPTION_YEARS] && !has[OPTION_EXPIRY]          ? "years (or expiry)"
                          : needed & 1u << OPTION_VOL && !has[OPTION_VOL]      ? "vol"
                          : needed & 1u << OPTION_PRICE && !has[OPTION_PRICE]  ? "price"
                                                                               : NULL;
    if (missing) {
        return cli_usage(call, "%s: no column %s, nor an option of that name", rows->sheet.file,
                         missing);
    }
    if (has[OPTION_YEARS] && has[OPTION_EXPIRY]) {
        return cli_usage(call, "%s: expected years or expiry, got both", rows->sheet.file);
    }
    if (has[OPTION_RATE] && has[OPTION_DISCOUNT]) {
        return cli_usage(call, "%s: expected rate or discount_factor, got both", rows->sheet.file);
    }
    return CLI_DONE;
}

/* "a,b,c" into names; returns how many. */
static size_t part_names(char *list, const char **names)
{
    size_t n = 0;
    for (char *name = strtok(list, ","); name && n < SHEET_COLUMNS_MAX; name = strtok(NULL, ",")) {
        names[n++] = name;
    }
    return n;
}

static int read_sheet(cli_call *call, int argc, char **argv, sheet *s)
{
    if (argc > 1) {
        return cli_usage(call, "expected one file, got %d", argc);
    }
    if (argc == 0) {
        if (!option_rows_given.text[OPTION_STRIKE]) {
            return cli_usage(call, "expected a file, or --spot, --strike and so on");
        }
        make_sheet(s);
        return CLI_DONE;
    }
    const char *names[SHEET_COLUMNS_MAX];
    size_t n = 0;
    char *list = NULL;
    if (option_rows_given.columns) {
        size_t size = strlen(option_rows_given.columns) + 1;
        list = cli_allocate(NULL, size, 1);
        memcpy(list, option_rows_given.columns, size);
        n = part_names(list, names);
    }
    int code = sheet_read(call, argv[0], names, n, s);
    free(list);
    return code;
}

int option_rows_read(cli_call *call, int argc, char **argv, unsigned needed, option_rows *rows)
{
    *rows = (option_rows){.n = 0};
    if (option_rows_given.csv && call->json && strcmp(call->json, "-") == 0) {
        return cli_usage(call, "expected --csv or --json on standard output, got both");
    }
    int which[SHEET_COLUMNS_MAX];
    sheet *s = &rows->sheet;
    int code = read_sheet(call, argc, argv, s);
    if (code == CLI_DONE) {
        code = match_columns(call, s, which);
    }
    if (code != CLI_DONE) {
        return code;
    }
    rows->n = s->rows;
    allocate(rows);
    for (int c = 0; c < OPTION_COLUMNS; c++) {
        const char *text = option_rows_given.text[c];
        rows->has[c] = text != NULL;
        for (size_t i = 0; text && i < rows->n; i++) {
            if (!read_value(rows, i, c, text)) {
                return cli_usage(call, "--%s is \"%s\"; expected %s", COLUMNS[c].names[0], text,
                                 COLUMNS[c].rule ? COLUMNS[c].rule : "a number such as 0.25");
            }
        }
    }
    for (size_t k = 0; k < s->columns; k++) {
        for (size_t i = 0; which[k] >= 0 && i < rows->n; i++) {
            if (!read_value(rows, i, which[k], s->cell[i * s->columns + k])) {
                const char *rule = COLUMNS[which[k]].rule;
                return sheet_fail(call, s, i, k, rule ? rule : "a number such as 0.25 or 1e-3");
            }
        }
        if (which[k] >= 0) {
            rows->has[which[k]] = true;
        }
    }
    code = check_columns(call, rows, needed);
    if (code == CLI_DONE) {
        code = complete(call, rows);
    }
    if (code == CLI_DONE) {
        wonder(call, rows);
    }
    return code;
}

void option_rows_clear(option_rows *rows)
{
    sheet_clear(&rows->sheet);
    free(rows->model);
    free(rows->payoff);
    free(rows->type);
    free(rows->expiry);
    for (int c = 0; c < OPTION_COLUMNS; c++) {
        free(rows->value[c]);
    }
}

option_batch option_rows_batch(const option_rows *rows, be_option_model model,
                               be_option_payoff payoff)
{
    static const int NUMBERS[] = {OPTION_SPOT, OPTION_STRIKE,   OPTION_YEARS, OPTION_VOL,
                                  OPTION_RATE, OPTION_DIVIDEND, OPTION_SHIFT, OPTION_PRICE};
    option_batch b = {.n = 0};
    b.row = cli_allocate(NULL, rows->n + 1, sizeof *b.row);
    for (size_t i = 0; i < rows->n; i++) {
        if (rows->model[i] == model && rows->payoff[i] == payoff) {
            b.row[b.n++] = i;
        }
    }
    b.number = cli_allocate(NULL, 8 * b.n + 1, sizeof *b.number);
    b.type = cli_allocate(NULL, b.n + 1, 1);
    be_column column[8];
    for (size_t k = 0; k < 8; k++) {
        column[k] = (be_column){b.number + k * b.n, sizeof(double)};
        for (size_t j = 0; j < b.n; j++) {
            b.number[k * b.n + j] = rows->value[NUMBERS[k]][b.row[j]];
        }
    }
    for (size_t j = 0; j < b.n; j++) {
        b.type[j] = rows->type[b.row[j]];
    }
    b.in = (be_option_in){.model = model,
                          .payoff = payoff,
                          .type = {b.type, 1},
                          .spot = column[0],
                          .strike = column[1],
                          .years = column[2],
                          .vol = column[3],
                          .rate = column[4],
                          .dividend = column[5],
                          .shift = column[6]};
    return b;
}

void option_batch_clear(option_batch *batch)
{
    free(batch->row);
    free(batch->number);
    free(batch->type);
}

/* ---- out ------------------------------------------------------------------------------------ */

/* A result's name, apart from any of the input's. */
static const char *told_name(const option_rows *rows, const option_results *r, size_t c,
                             char name[64])
{
    bool taken = false;
    for (size_t k = 0; k < rows->sheet.columns; k++) {
        taken |= strcasecmp(rows->sheet.name[k], r->name[c]) == 0;
    }
    snprintf(name, 64, "%s%s", r->name[c], taken ? "_computed" : "");
    return name;
}

static void print_table(const cli_call *call, const option_rows *rows, const option_results *r)
{
    const sheet *s = &rows->sheet;
    char align[SHEET_COLUMNS_MAX + 48];
    size_t columns = s->columns + r->columns + 1;
    memset(align, 'r', columns);
    align[columns - 1] = 'l';
    align[columns] = '\0';
    cli_table table;
    cli_table_init(&table, align);
    for (size_t k = 0; k < s->columns; k++) {
        cli_table_cell(&table, CLI_BOLD, "%s", s->name[k]);
    }
    char name[64];
    for (size_t c = 0; c < r->columns; c++) {
        cli_table_cell(&table, CLI_BOLD, "%s", told_name(rows, r, c, name));
    }
    cli_table_cell(&table, CLI_BOLD, "status");
    for (size_t i = 0; i < rows->n && i < ROWS_SHOWN; i++) {
        for (size_t k = 0; k < s->columns; k++) {
            cli_table_cell(&table, CLI_PLAIN, "%s", s->cell[i * s->columns + k]);
        }
        for (size_t c = 0; c < r->columns; c++) {
            double value = r->value[c][i];
            char text[32] = "";
            if (!isnan(value)) {
                snprintf(text, sizeof text, "%.10g", value);
            }
            cli_table_cell(&table, CLI_BOLD, "%s", text);
        }
        bool priced = strcmp(r->status[i], "priced") == 0;
        cli_table_cell(&table, priced ? CLI_PLAIN : CLI_RED, "%s", r->status[i]);
    }
    cli_table_print(&table, call);
    cli_table_clear(&table);
    if (rows->n > ROWS_SHOWN) {
        cli_note(call, "%zu more options; --csv shows all", rows->n - ROWS_SHOWN);
    }
}

/* A cell of CSV, in quotes where it must be. */
static void add_cell(be_text *text, const char *cell)
{
    if (!strpbrk(cell, ",\"\n")) {
        be_text_puts(text, cell);
        return;
    }
    be_text_puts(text, "\"");
    for (; *cell; cell++) {
        be_text_add(text, cell, 1);
        if (*cell == '"') {
            be_text_puts(text, "\"");
        }
    }
    be_text_puts(text, "\"");
}

static int print_csv(const cli_call *call, const option_rows *rows, const option_results *r)
{
    const sheet *s = &rows->sheet;
    be_text text;
    be_text_init(&text, NULL);
    for (size_t k = 0; k < s->columns; k++) {
        add_cell(&text, s->name[k]);
        be_text_puts(&text, ",");
    }
    for (size_t c = 0; c < r->columns; c++) {
        char name[64];
        be_text_printf(&text, "%s,", told_name(rows, r, c, name));
    }
    be_text_puts(&text, "status\n");
    for (size_t i = 0; i < rows->n; i++) {
        for (size_t k = 0; k < s->columns; k++) {
            add_cell(&text, s->cell[i * s->columns + k]);
            be_text_puts(&text, ",");
        }
        for (size_t c = 0; c < r->columns; c++) {
            if (!isnan(r->value[c][i])) {
                be_text_printf(&text, "%.17g", r->value[c][i]);
            }
            be_text_puts(&text, ",");
        }
        add_cell(&text, r->status[i]);
        be_text_puts(&text, "\n");
    }
    int code = CLI_DONE;
    if (text.status) {
        code = cli_fail(call, text.status, NULL, NULL);
    } else {
        fwrite(text.bytes, 1, text.size, stdout);
    }
    be_text_clear(&text);
    return code;
}

static int print_json(const cli_call *call, const option_rows *rows, const option_results *r,
                      size_t refused)
{
    be_text text;
    be_text_init(&text, NULL);
    be_json_writer json;
    be_json_init(&json, &text, false);
    be_json_object(&json);
    be_json_key(&json, "schema");
    char schema[64];
    snprintf(schema, sizeof schema, "breakeven.option.%s/1", r->command);
    be_json_string(&json, schema);
    be_json_key(&json, "options");
    be_json_u64(&json, rows->n);
    be_json_key(&json, "refused");
    be_json_u64(&json, refused);
    be_json_key(&json, "results");
    be_json_array(&json);
    for (size_t i = 0; i < rows->n; i++) {
        be_json_object(&json);
        for (size_t c = 0; c < r->columns; c++) {
            be_json_key(&json, r->name[c]);
            be_json_double(&json, r->value[c][i]);
        }
        be_json_key(&json, "status");
        be_json_string(&json, r->status[i]);
        be_json_object_end(&json);
    }
    be_json_array_end(&json);
    be_json_object_end(&json);
    be_text_puts(&text, "\n");
    int code = cli_write_json(call, &text);
    be_text_clear(&text);
    return code;
}

/* The numbers of the input, by their first names, and of the results. */
static int write_npy(const cli_call *call, const option_rows *rows, const option_results *r)
{
    const char *name[OPTION_COLUMNS + 40];
    const double *column[OPTION_COLUMNS + 40];
    size_t n = 0;
    double *type = zeroed(rows->n, sizeof *type);
    for (size_t i = 0; i < rows->n; i++) {
        type[i] = rows->type[i] == BE_OPTION_CALL ? 1 : -1;
    }
    name[n] = "type";
    column[n++] = type;
    for (int c = 0; c < OPTION_COLUMNS; c++) {
        if (rows->has[c] && !is_text(c)) {
            name[n] = COLUMNS[c].names[0];
            column[n++] = rows->value[c];
        }
    }
    char own[40][64];
    for (size_t c = 0; c < r->columns; c++) {
        name[n] = told_name(rows, r, c, own[c]);
        column[n++] = r->value[c];
    }
    be_text text;
    be_text_init(&text, NULL);
    be_npy_write(&text, rows->n, n, name, column);
    be_error error;
    be_status status = be_text_status(&text);
    if (!status) {
        status = be_file_replace(option_rows_given.npy, text.bytes, text.size, &error);
    }
    int code = status ? cli_fail(call, status, &error, option_rows_given.npy) : CLI_DONE;
    be_text_clear(&text);
    free(type);
    return code;
}

int option_rows_show(const cli_call *call, const option_rows *rows, const option_results *r)
{
    size_t refused = 0, first = 0;
    for (size_t i = rows->n; i-- > 0;) {
        if (strcmp(r->status[i], "priced") != 0) {
            refused++;
            first = i;
        }
    }
    if (refused && option_rows_given.strict) {
        const sheet *s = &rows->sheet;
        char where[32] = "";
        if (s->line[first]) {
            snprintf(where, sizeof where, ":%zu", s->line[first]);
        }
        fprintf(stderr, "breakeven: %s%s: option %zu: %s\n", s->file, where, first + 1,
                r->status[first]);
        return CLI_USAGE;
    }
    int code = CLI_DONE;
    if (option_rows_given.csv) {
        code = print_csv(call, rows, r);
    } else if (!call->json || strcmp(call->json, "-") != 0) {
        print_table(call, rows, r);
    }
    if (code == CLI_DONE && call->json) {
        code = print_json(call, rows, r, refused);
    }
    if (code == CLI_DONE && option_rows_given.npy) {
        code = write_npy(call, rows, r);
    }
    if (refused) {
        cli_note(call, "%zu of %zu options have no answer; the first is option %zu: %s", refused,
                 rows->n, first + 1, r->status[first]);
    }
    return code;
}
