/* option_price.c: `breakeven option price FILE`. */
#include "cli.h"

#include <breakeven/option.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_SHOWN = 20, INPUT_BYTES_MAX = 1 << 30 };

static struct {
    bool csv;
} given;

/* A book and what its options cost. */
typedef struct priced {
    be_option_in in;
    size_t n;
    double *price;
    uint8_t *status;
    size_t refused;
    size_t first_refused;
} priced;

enum { N_COLUMNS = 6 };
static const char *const COLUMN_NAMES[N_COLUMNS] = {"spot", "strike", "years",
                                                    "vol",  "rate",   "dividend"};

static double column_value(const priced *p, size_t column, size_t row)
{
    const be_column columns[N_COLUMNS] = {p->in.spot, p->in.strike, p->in.years,
                                          p->in.vol,  p->in.rate,   p->in.dividend};
    return columns[column].first[row];
}

static const char *type_name(const priced *p, size_t row)
{
    return p->in.type.first[row] == BE_OPTION_CALL ? "call" : "put";
}

static const char *status_text(const priced *p, size_t row)
{
    return be_option_status_text((be_option_status)p->status[row]);
}

static void print_table(const priced *p, const cli_call *call)
{
    cli_table table;
    cli_table_init(&table, "lrrrrrrrl");
    cli_table_cell(&table, CLI_BOLD, "type");
    for (size_t c = 0; c < N_COLUMNS; c++) {
        cli_table_cell(&table, CLI_BOLD, "%s", COLUMN_NAMES[c]);
    }
    cli_table_cell(&table, CLI_BOLD, "price");
    cli_table_cell(&table, CLI_BOLD, "status");
    for (size_t i = 0; i < p->n && i < ROWS_SHOWN; i++) {
        bool refused = p->status[i] != BE_OPTION_OK;
        cli_table_cell(&table, CLI_PLAIN, "%s", type_name(p, i));
        for (size_t c = 0; c < N_COLUMNS; c++) {
            cli_table_cell(&table, CLI_PLAIN, "%.6g", column_value(p, c, i));
        }
        cli_table_cell(&table, CLI_BOLD, "%.10g", p->price[i]);
        cli_table_cell(&table, refused ? CLI_RED : CLI_PLAIN, "%s", status_text(p, i));
    }
    cli_table_print(&table, call);
    cli_table_clear(&table);
    if (p->n > ROWS_SHOWN) {
        cli_note(call, "%zu more options; --csv shows all", p->n - ROWS_SHOWN);
    }
}

/* In the shortest form that reads back exactly; nothing for NaN. */
static void add_number(be_text *text, double value)
{
    if (!isnan(value)) {
        be_json_writer number;
        be_json_init(&number, text, true);
        be_json_double(&number, value);
    }
}

static int print_csv(const priced *p, const cli_call *call)
{
    be_text text;
    be_text_init(&text, NULL);
    be_text_puts(&text, "type");
    for (size_t c = 0; c < N_COLUMNS; c++) {
        be_text_printf(&text, ",%s", COLUMN_NAMES[c]);
    }
    be_text_puts(&text, ",price,status\n");
    for (size_t i = 0; i < p->n; i++) {
        be_text_puts(&text, type_name(p, i));
        for (size_t c = 0; c < N_COLUMNS; c++) {
            be_text_puts(&text, ",");
            add_number(&text, column_value(p, c, i));
        }
        be_text_puts(&text, ",");
        add_number(&text, p->price[i]);
        be_text_printf(&text, ",%s\n", status_text(p, i));
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

static int write_json(const priced *p, const cli_call *call)
{
    be_text text;
    be_text_init(&text, NULL);
    be_json_writer json;
    be_json_init(&json, &text, false);
    be_json_object(&json);
    be_json_key(&json, "schema");
    be_json_string(&json, "breakeven.option.price/1");
    be_json_key(&json, "options");
    be_json_u64(&json, p->n);
    be_json_key(&json, "refused");
    be_json_u64(&json, p->refused);
    be_json_key(&json, "results");
    be_json_array(&json);
    for (size_t i = 0; i < p->n; i++) {
        be_json_object(&json);
        be_json_key(&json, "price");
        be_json_double(&json, p->price[i]);
        be_json_key(&json, "status");
        be_json_string(&json, status_text(p, i));
        be_json_object_end(&json);
    }
    be_json_array_end(&json);
    be_json_object_end(&json);
    be_text_puts(&text, "\n");
    int code = cli_write_json(call, &text);
    be_text_clear(&text);
    return code;
}

static int show(const priced *p, const cli_call *call)
{
    int code = CLI_DONE;
    if (given.csv) {
        code = print_csv(p, call);
    } else if (!call->json || strcmp(call->json, "-") != 0) {
        print_table(p, call);
    }
    if (code == CLI_DONE && call->json) {
        code = write_json(p, call);
    }
    if (code == CLI_DONE && p->refused > 0) {
        cli_note(call, "%zu of %zu options refused; the first is option %zu: %s", p->refused, p->n,
                 p->first_refused + 1, status_text(p, p->first_refused));
        code = CLI_FAILED;
    }
    return code;
}

static be_status read_book(const char *path, be_option_book **book, be_error *error)
{
    be_text text;
    be_text_init(&text, NULL);
    be_status status = be_file_read(path, INPUT_BYTES_MAX, &text, error);
    if (!status) {
        status = be_option_book_parse(text.bytes, text.size, NULL, book, error);
    }
    be_text_clear(&text);
    return status;
}

static int run(cli_call *call, int argc, char **argv)
{
    if (argc != 1) {
        return cli_usage(call, "expected one CSV file, got %d", argc);
    }
    if (given.csv && call->json && strcmp(call->json, "-") == 0) {
        return cli_usage(call, "expected --csv or --json on standard output, got both");
    }
    be_option_book *book;
    be_error error;
    be_status status = read_book(argv[0], &book, &error);
    if (status) {
        return cli_fail(call, status, &error, argv[0]);
    }
    priced p = {.in = be_option_book_columns(book), .n = be_option_book_size(book)};
    p.price = cli_allocate(NULL, p.n, sizeof *p.price);
    p.status = cli_allocate(NULL, p.n, sizeof *p.status);
    be_option_out out = {.value[BE_OPTION_PRICE] = {p.price, sizeof *p.price},
                         .status = {p.status, 1}};
    be_for_options options = {.size = sizeof options, .cancel = cli_cancel(call), .error = &error};
    status = be_option_evaluate(cli_engine(call), &p.in, p.n, &out, &options);
    int code;
    if (status) {
        code = cli_fail(call, status, &error, NULL);
    } else {
        for (size_t i = p.n; i-- > 0;) {
            if (p.status[i] != BE_OPTION_OK) {
                p.refused++;
                p.first_refused = i;
            }
        }
        code = show(&p, call);
    }
    free(p.price);
    free(p.status);
    be_option_book_destroy(book);
    return code;
}

static const cli_option OPTIONS[] = {
    {"csv", 0, NULL, "print all options as CSV, with price and status", .flag = &given.csv}, {0}};

static const cli_example EXAMPLES[] = {
    {"option price chain.csv", "what each option costs"},
    {"option price --csv chain.csv > prices.csv", "the same table with two more columns"},
    {"option price --json - < chain.csv", "from a pipe, for a program"},
    {0}};

const cli_command command_option_price = {
    .name = "price",
    .summary = "price European options under Black-Scholes-Merton",
    .usage = (const char *const[]){"[OPTION...] FILE", NULL},
    .examples = EXAMPLES,
    .description =
        "FILE is CSV with a header line (- is standard input). Columns: type (call or put), spot, "
        "strike, years to expiry, vol (per square root of a year, 0.2 for 20 %), rate and dividend "
        "(per year, continuously compounded, 0.05 for 5 %). Without the column type all options "
        "are calls; without rate or dividend it is 0.\n\n"
        "An option with a number out of range, such as a negative vol, has no price but a status "
        "that says why, spoils no other, and makes the exit code 1. What is no table of numbers is "
        "refused as a whole, with the line and the column where it goes wrong.",
    .uses = CLI_USES_ENGINE | CLI_USES_JSON,
    .options = OPTIONS,
    .run = run};
