/* lfsr_exact.c: analysing a register, and showing what came out. */
#include "lfsr_exact.h"

#include <string.h>

cli_lfsr_exact cli_lfsr_exact_given = {.time_ns = UINT64_C(10000000000)};

const char cli_lfsr_exact_help[] =
    "No state is visited: the answer follows from the factors of the characteristic polynomial and "
    "the primes of q^d - 1 for their degrees d. Those of 2^d - 1 are known for every d up to 820, "
    "those of 3^d - 1 up to 522. Where primes are missing, they are looked for until --time is "
    "over, and then what is proved is printed: a number that divides the order, and one that it "
    "divides. The exit code is 75, and --known helps the next time.";

int cli_lfsr_analyze(cli_call *call, const be_lfsr *lfsr, be_lfsr_want want,
                     be_lfsr_analysis *analysis)
{
    be_error error;
    be_text known;
    be_text_init(&known, NULL);
    const char *file = cli_lfsr_exact_given.known;
    be_lfsr_analyze_options options = {.size = sizeof options,
                                       .want = want,
                                       .time_ns = cli_lfsr_exact_given.time_ns,
                                       .cancel = cli_cancel(call)};
    be_status status = BE_OK;
    if (file) {
        status = be_file_read(file, CLI_LFSR_KNOWN_MAX, &known, &error);
        options.known = known.bytes ? known.bytes : "";
        options.known_size = known.size;
    }
    status = status ? status : be_lfsr_analyze(lfsr, &options, analysis, &error);
    be_text_clear(&known);
    return status ? cli_fail(call, status, &error, status == BE_EINVAL ? file : NULL) : CLI_DONE;
}

int cli_lfsr_verdict(const cli_call *call, const be_lfsr_analysis *analysis)
{
    if (analysis->complete) {
        return CLI_DONE;
    }
    cli_note(call, "partial: a factor of q^d - 1 is not known; --time gives more time, --known "
                   "takes factors");
    return CLI_PARTIAL;
}

/* ---- JSON ----------------------------------------------------------------------------------- */

static void json_integer(be_json_writer *json, be_lfsr_integer integer)
{
    be_text text;
    be_text_init(&text, NULL);
    be_lfsr_integer_format(integer, &text);
    be_json_string(json, text.bytes ? text.bytes : "");
    be_text_clear(&text);
}

static void json_polynomial(be_json_writer *json, const uint64_t *c, size_t degree)
{
    be_text text;
    be_text_init(&text, NULL);
    be_lfsr_coefficients_format(c, degree, 'x', &text);
    be_json_string(json, text.bytes ? text.bytes : "");
    be_text_clear(&text);
}

void cli_lfsr_json_field(be_json_writer *json, const be_lfsr_field *field)
{
    char modulus[BE_LFSR_MODULUS_TEXT_SIZE];
    be_lfsr_field_format(field, modulus);
    be_json_key(json, "field");
    be_json_object(json);
    be_json_key(json, "q");
    be_json_u64(json, field->q);
    be_json_key(json, "modulus");
    *modulus ? be_json_string(json, modulus) : be_json_null(json);
    be_json_object_end(json);
}

static void json_factors(be_json_writer *json, const be_lfsr_analysis *analysis, bool orders)
{
    be_json_key(json, "factors");
    be_json_array(json);
    for (size_t i = 0; i < analysis->n_factors; i++) {
        const be_lfsr_factor *factor = &analysis->factors[i];
        be_json_object(json);
        be_json_key(json, "poly");
        json_polynomial(json, factor->coefficients, factor->degree);
        be_json_key(json, "degree");
        be_json_u64(json, factor->degree);
        be_json_key(json, "exponent");
        be_json_u64(json, factor->exponent);
        if (factor->n_parts > 1) {
            be_json_key(json, "elementary_divisors");
            be_json_array(json);
            for (size_t k = 0; k < factor->n_parts; k++) {
                be_json_u64(json, factor->parts[k]);
            }
            be_json_array_end(json);
        }
        if (orders) {
            be_json_key(json, "order");
            factor->multiple.n == 0 || !factor->complete ? be_json_null(json)
                                                         : json_integer(json, factor->order);
        }
        if (orders && !factor->complete) {
            be_json_key(json, "order_divisor");
            json_integer(json, factor->order);
            be_json_key(json, "order_multiple");
            json_integer(json, factor->multiple);
        }
        be_json_object_end(json);
    }
    be_json_array_end(json);
}

static void json_orders(be_json_writer *json, const be_lfsr_analysis *analysis)
{
    be_json_key(json, "order");
    analysis->order.n && analysis->complete ? json_integer(json, analysis->order)
                                            : be_json_null(json);
    if (!analysis->complete) {
        be_json_key(json, "period_divisor");
        json_integer(json, analysis->period);
        be_json_key(json, "period_multiple");
        json_integer(json, analysis->multiple);
        return;
    }
    be_text preperiod; /* an integer that others read as a string, like the rest */
    be_text_init(&preperiod, NULL);
    be_text_printf(&preperiod, "%zu", analysis->preperiod);
    be_json_key(json, "preperiod");
    be_json_string(json, preperiod.bytes ? preperiod.bytes : "");
    be_text_clear(&preperiod);
    be_json_key(json, "eventual_period");
    json_integer(json, analysis->period);
    be_json_key(json, "primitive");
    be_json_bool(json, analysis->primitive);
}

static void json_census(be_json_writer *json, const be_lfsr *lfsr, const be_lfsr_analysis *analysis)
{
    be_json_key(json, "cycles");
    json_integer(json, analysis->n_cycles);
    be_json_key(json, "census");
    be_json_array(json);
    for (size_t i = 0; i < analysis->n_lengths; i++) {
        const be_lfsr_cycle_count *row = &analysis->census[i];
        be_json_object(json);
        be_json_key(json, "length");
        json_integer(json, row->length);
        be_json_key(json, "cycles");
        json_integer(json, row->cycles);
        if (row->state) {
            be_json_key(json, "state");
            be_json_array(json);
            for (size_t k = 0; k < lfsr->n; k++) {
                be_json_u64(json, row->state[k]);
            }
            be_json_array_end(json);
        }
        be_json_object_end(json);
    }
    be_json_array_end(json);
    be_json_key(json, "tails");
    be_json_array(json);
    for (size_t j = 0; j <= analysis->preperiod; j++) {
        be_json_object(json);
        be_json_key(json, "length");
        json_integer(json, (be_lfsr_integer){(const uint64_t[]){j}, j > 0});
        be_json_key(json, "states");
        json_integer(json, analysis->tails[j]);
        be_json_object_end(json);
    }
    be_json_array_end(json);
}

void cli_lfsr_json_analysis(be_json_writer *json, const be_lfsr *lfsr,
                            const be_lfsr_analysis *analysis, be_lfsr_want want)
{
    if (lfsr->coefficients) {
        be_json_key(json, "coefficients");
        be_json_array(json);
        for (size_t i = 0; i < lfsr->n; i++) {
            be_json_u64(json, lfsr->coefficients[i]);
        }
        be_json_array_end(json);
    }
    be_json_key(json, "characteristic");
    json_polynomial(json, analysis->characteristic, analysis->n);
    json_factors(json, analysis, want >= BE_LFSR_WANT_ORDER);
    be_json_key(json, "irreducible");
    be_json_bool(json, analysis->irreducible);
    if (want >= BE_LFSR_WANT_ORDER) {
        json_orders(json, analysis);
    }
    if (want >= BE_LFSR_WANT_CENSUS && analysis->complete) {
        json_census(json, lfsr, analysis);
    }
    be_json_key(json, "complete");
    be_json_bool(json, analysis->complete);
}

/* ---- text ----------------------------------------------------------------------------------- */

static void add_field(be_text *text, const be_lfsr_field *field)
{
    char modulus[BE_LFSR_MODULUS_TEXT_SIZE];
    be_lfsr_field_format(field, modulus);
    be_text_printf(text, "field: GF(%llu)%s%s\n", (unsigned long long)field->q,
                   *modulus ? ", a root of " : "", modulus);
}

/* (x + 1)^2 (x^2 + x + 1) */
static void add_product(be_text *text, const be_lfsr_analysis *analysis)
{
    for (size_t i = 0; i < analysis->n_factors; i++) {
        const be_lfsr_factor *factor = &analysis->factors[i];
        be_text_puts(text, i ? " (" : "(");
        be_lfsr_coefficients_format(factor->coefficients, factor->degree, 'x', text);
        be_text_puts(text, ")");
        if (factor->exponent > 1) {
            be_text_printf(text, "^%zu", factor->exponent);
        }
    }
}

static void add_line(be_text *text, const char *name, be_lfsr_integer value)
{
    be_text_printf(text, "%s: ", name);
    be_lfsr_integer_format(value, text);
    be_text_puts(text, "\n");
}

static void add_orders(be_text *text, const be_lfsr_analysis *analysis)
{
    if (!analysis->complete) {
        be_text_puts(text, "order: not known exactly\n");
        add_line(text, "a divisor of the period", analysis->period);
        add_line(text, "a multiple of the period", analysis->multiple);
        return;
    }
    if (analysis->order.n) {
        add_line(text, "order", analysis->order);
    } else {
        be_text_puts(text, "order: none, the register is singular\n");
    }
    if (analysis->order.n != analysis->period.n || analysis->preperiod > 0 ||
        memcmp(analysis->order.limb, analysis->period.limb, analysis->order.n * sizeof(uint64_t)) !=
            0) {
        be_text_printf(text, "preperiod: %zu\n", analysis->preperiod);
        add_line(text, "eventual period", analysis->period);
    }
    be_text_printf(text, "primitive: %s\n", analysis->primitive ? "yes" : "no");
}

static void cell(cli_table *table, cli_style style, be_lfsr_integer value)
{
    be_text text;
    be_text_init(&text, NULL);
    be_lfsr_integer_format(value, &text);
    cli_table_cell(table, style, "%s", text.bytes ? text.bytes : "");
    be_text_clear(&text);
}

static void print_factors(const cli_call *call, const be_lfsr_analysis *analysis, bool orders)
{
    cli_table table;
    cli_table_init(&table, orders ? "rrrl" : "rrl");
    cli_table_cell(&table, CLI_BOLD, "degree");
    cli_table_cell(&table, CLI_BOLD, "exponent");
    if (orders) {
        cli_table_cell(&table, CLI_BOLD, "order");
    }
    cli_table_cell(&table, CLI_BOLD, "factor");
    for (size_t i = 0; i < analysis->n_factors; i++) {
        const be_lfsr_factor *factor = &analysis->factors[i];
        be_text text;
        be_text_init(&text, NULL);
        be_lfsr_coefficients_format(factor->coefficients, factor->degree, 'x', &text);
        cli_table_cell(&table, CLI_PLAIN, "%zu", factor->degree);
        cli_table_cell(&table, CLI_PLAIN, "%zu", factor->exponent);
        if (orders && factor->complete && factor->order.n) {
            cell(&table, CLI_PLAIN, factor->order);
        } else if (orders) {
            cli_table_cell(&table, CLI_PLAIN, factor->complete ? "none" : "unknown");
        }
        cli_table_cell(&table, CLI_PLAIN, "%s", text.bytes ? text.bytes : "");
        be_text_clear(&text);
    }
    cli_table_print(&table, call);
    cli_table_clear(&table);
}

static void print_census(const cli_call *call, const be_lfsr *lfsr,
                         const be_lfsr_analysis *analysis)
{
    cli_table table;
    bool states = analysis->n_lengths && analysis->census[0].state;
    cli_table_init(&table, states ? "rrl" : "rr");
    cli_table_cell(&table, CLI_BOLD, "length");
    cli_table_cell(&table, CLI_BOLD, "cycles");
    if (states) {
        cli_table_cell(&table, CLI_BOLD, "a state");
    }
    for (size_t i = 0; i < analysis->n_lengths; i++) {
        const be_lfsr_cycle_count *row = &analysis->census[i];
        cell(&table, CLI_PLAIN, row->length);
        cell(&table, CLI_PLAIN, row->cycles);
        if (states) {
            be_text text;
            be_text_init(&text, NULL);
            for (size_t k = 0; k < lfsr->n; k++) {
                be_text_printf(&text, k ? ",%llu" : "%llu", (unsigned long long)row->state[k]);
            }
            cli_table_cell(&table, CLI_PLAIN, "%s", text.bytes ? text.bytes : "");
            be_text_clear(&text);
        }
    }
    cli_table_print(&table, call);
    cli_table_clear(&table);
    if (analysis->preperiod == 0) {
        return;
    }
    printf("\ntails\n");
    cli_table_init(&table, "rr");
    cli_table_cell(&table, CLI_BOLD, "steps");
    cli_table_cell(&table, CLI_BOLD, "states");
    for (size_t j = 0; j <= analysis->preperiod; j++) {
        cli_table_cell(&table, CLI_PLAIN, "%zu", j);
        cell(&table, CLI_PLAIN, analysis->tails[j]);
    }
    cli_table_print(&table, call);
    cli_table_clear(&table);
}

void cli_lfsr_print_analysis(const cli_call *call, const be_lfsr *lfsr,
                             const be_lfsr_analysis *analysis, be_lfsr_want want)
{
    be_text text;
    be_text_init(&text, NULL);
    add_field(&text, &lfsr->field);
    be_text_puts(&text, "characteristic polynomial: ");
    be_lfsr_coefficients_format(analysis->characteristic, analysis->n, 'x', &text);
    be_text_puts(&text, "\n");
    bool census = want >= BE_LFSR_WANT_CENSUS && analysis->complete;
    if (census) {
        be_text_puts(&text, "factors: ");
        add_product(&text, analysis);
        be_text_puts(&text, "\n");
    }
    if (want >= BE_LFSR_WANT_ORDER) {
        add_orders(&text, analysis);
    }
    if (census) {
        add_line(&text, "cycles", analysis->n_cycles);
    }
    fputs(text.bytes ? text.bytes : "", stdout);
    be_text_clear(&text);
    if (!census) {
        printf("\nfactors\n");
        print_factors(call, analysis, want >= BE_LFSR_WANT_ORDER);
    } else {
        printf("\ncycles\n");
        print_census(call, lfsr, analysis);
    }
}

/* ---- a verb --------------------------------------------------------------------------------- */

static int write_json(const cli_call *call, const be_lfsr *lfsr, const be_lfsr_analysis *analysis,
                      be_lfsr_want want, const char *schema)
{
    be_text text;
    be_json_writer json;
    be_text_init(&text, NULL);
    be_json_init(&json, &text, false);
    be_json_object(&json);
    be_json_key(&json, "schema");
    be_json_string(&json, schema);
    cli_lfsr_json_field(&json, &lfsr->field);
    cli_lfsr_json_analysis(&json, lfsr, analysis, want);
    be_json_object_end(&json);
    be_text_puts(&text, "\n");
    int code = cli_write_json(call, &text);
    be_text_clear(&text);
    return code;
}

int cli_lfsr_exact_run(cli_call *call, int argc, char **argv, be_lfsr_want want, const char *schema,
                       int (*besides)(cli_call *, const be_lfsr *, const be_lfsr_analysis *))
{
    if (argc != 1) {
        return cli_usage(call, "expected one register, got %d operands%s", argc,
                         argc > 1 ? "; one with blanks needs quotes" : "");
    }
    be_lfsr lfsr;
    be_lfsr_reading took;
    be_lfsr_analysis analysis;
    int code = cli_lfsr_register(call, argv[0], &lfsr, &took);
    if (code) {
        return code;
    }
    code = cli_lfsr_analyze(call, &lfsr, want, &analysis);
    if (!code && besides && analysis.complete) {
        code = besides(call, &lfsr, &analysis);
        if (code) {
            be_lfsr_analysis_clear(&analysis);
        }
    }
    if (!code) {
        if (!call->json || strcmp(call->json, "-") != 0) {
            cli_lfsr_print_analysis(call, &lfsr, &analysis, want);
        }
        if (call->json) {
            code = write_json(call, &lfsr, &analysis, want, schema);
        }
        code = code ? code : cli_lfsr_verdict(call, &analysis);
        be_lfsr_analysis_clear(&analysis);
    }
    be_lfsr_clear(&lfsr);
    return code;
}
