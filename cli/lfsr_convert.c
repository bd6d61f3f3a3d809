/* lfsr_convert.c: `breakeven lfsr convert REGISTER`: one register in every notation. */
#include "lfsr_register.h"

#include <stdlib.h>
#include <string.h>

static struct {
    const char *to;
    bool presets;
    const char *name;
    uint64_t width;
    const char *seed;
    uint64_t clocks;
} given = {.name = "lfsr", .width = 1, .clocks = 64};

static const char *const LANGUAGES[] = {"c", "verilog", "vhdl"};
enum { N_LANGUAGES = 3 };

/* Every notation, by the name --to knows it by. */
static const struct notation {
    const char *name;
    be_lfsr_reading reading;
} NOTATIONS[] = {
    {"polynomial", {.kind = BE_LFSR_KIND_POLYNOMIAL}},
    {"feedback", {.kind = BE_LFSR_KIND_POLYNOMIAL, .polarity = BE_LFSR_FEEDBACK}},
    {"exponents", {.kind = BE_LFSR_KIND_EXPONENTS}},
    {"taps", {.kind = BE_LFSR_KIND_TAPS, .polarity = BE_LFSR_FEEDBACK}},
    {"coefficients", {.kind = BE_LFSR_KIND_COEFFICIENTS}},
    {"normal", {.kind = BE_LFSR_KIND_HEX, .hex = BE_LFSR_HEX_NORMAL}},
    {"reversed", {.kind = BE_LFSR_KIND_HEX, .hex = BE_LFSR_HEX_REVERSED}},
    {"koopman", {.kind = BE_LFSR_KIND_HEX, .hex = BE_LFSR_HEX_KOOPMAN}},
    {"full", {.kind = BE_LFSR_KIND_HEX, .hex = BE_LFSR_HEX_FULL}},
    {"preset", {.kind = BE_LFSR_KIND_PRESET}},
    {"matrix", {.kind = BE_LFSR_KIND_MATRIX}},
};
enum { N_NOTATIONS = sizeof NOTATIONS / sizeof NOTATIONS[0], MATRIX_SHOWN = 8 };

/* "feedback: x^3 + x^2 + 1": what reads back without any option. */
static be_status write_notation(const be_lfsr *lfsr, const struct notation *notation, be_text *text)
{
    be_text body;
    be_text_init(&body, NULL);
    be_status status = be_lfsr_format(lfsr, &notation->reading, 'x', &body);
    if (!status) {
        bool prefix = notation->reading.kind != BE_LFSR_KIND_MATRIX &&
                      notation->reading.kind != BE_LFSR_KIND_PRESET;
        be_text_printf(text, "%s%s%s", prefix ? notation->name : "", prefix ? ":" : "", body.bytes);
        status = be_text_status(text);
    }
    be_text_clear(&body);
    return status;
}

static void write_json(const be_lfsr *lfsr, be_text *text)
{
    char modulus[BE_LFSR_MODULUS_TEXT_SIZE];
    be_lfsr_field_format(&lfsr->field, modulus);
    static const char *const FORM[] = {"fibonacci", "galois", "matrix"};
    be_json_writer json;
    be_json_init(&json, text, false);
    be_json_object(&json);
    be_json_key(&json, "schema");
    be_json_string(&json, "breakeven.lfsr.convert/1");
    be_json_key(&json, "field");
    be_json_object(&json);
    be_json_key(&json, "q");
    be_json_u64(&json, lfsr->field.q);
    be_json_key(&json, "modulus");
    *modulus ? be_json_string(&json, modulus) : be_json_null(&json);
    be_json_object_end(&json);
    be_json_key(&json, "cells");
    be_json_u64(&json, lfsr->n);
    be_json_key(&json, "form");
    be_json_string(&json, FORM[lfsr->form]);
    be_json_key(&json, "notations");
    be_json_object(&json);
    for (size_t i = 0; i < N_NOTATIONS; i++) {
        be_text value;
        be_text_init(&value, NULL);
        if (!write_notation(lfsr, &NOTATIONS[i], &value)) {
            be_json_key(&json, NOTATIONS[i].name);
            be_json_string(&json, value.bytes);
        }
        be_text_clear(&value);
    }
    be_json_object_end(&json);
    be_json_object_end(&json);
    be_text_puts(text, "\n");
}

static void print_all(const cli_call *call, const be_lfsr *lfsr)
{
    static const char *const FORM[] = {"Fibonacci", "Galois", "matrix"};
    char modulus[BE_LFSR_MODULUS_TEXT_SIZE];
    be_lfsr_field_format(&lfsr->field, modulus);
    printf("field: GF(%llu)%s%s\n", (unsigned long long)lfsr->field.q, *modulus ? ", " : "",
           modulus);
    printf("form: %s, %zu cells\n\n", FORM[lfsr->form], lfsr->n);
    cli_table table;
    cli_table_init(&table, "ll");
    cli_table_cell(&table, CLI_BOLD, "notation");
    cli_table_cell(&table, CLI_BOLD, "register");
    for (size_t i = 0; i < N_NOTATIONS; i++) {
        be_text text;
        be_text_init(&text, NULL);
        bool too_big = NOTATIONS[i].reading.kind == BE_LFSR_KIND_MATRIX && lfsr->n > MATRIX_SHOWN;
        if (!too_big && !write_notation(lfsr, &NOTATIONS[i], &text)) {
            cli_table_cell(&table, CLI_PLAIN, "%s", NOTATIONS[i].name);
            cli_table_cell(&table, CLI_PLAIN, "%s", text.bytes);
        }
        be_text_clear(&text);
    }
    cli_table_print(&table, call);
    cli_table_clear(&table);
}

static int print_presets(const cli_call *call)
{
    size_t n;
    const be_lfsr_preset *presets = be_lfsr_presets(&n);
    cli_table table;
    cli_table_init(&table, "llll");
    static const char *const HEAD[] = {"preset", "also", "register", "source"};
    for (size_t i = 0; i < 4; i++) {
        cli_table_cell(&table, CLI_BOLD, "%s", HEAD[i]);
    }
    for (size_t i = 0; i < n; i++) {
        cli_table_cell(&table, CLI_PLAIN, "%s", presets[i].name);
        cli_table_cell(&table, CLI_PLAIN, "%s", presets[i].alias ? presets[i].alias : "");
        cli_table_cell(&table, CLI_PLAIN, "%s%s", presets[i].inverted ? "inverted:" : "",
                       presets[i].text);
        cli_table_cell(&table, CLI_PLAIN, "%s", presets[i].source);
    }
    cli_table_print(&table, call);
    cli_table_clear(&table);
    return CLI_DONE;
}

static int emit(const cli_call *call, const be_lfsr *lfsr, be_lfsr_language language)
{
    uint64_t *seed = cli_allocate(NULL, lfsr->n, sizeof *seed);
    be_lfsr_state_default(lfsr, seed);
    be_error error;
    be_status status = BE_OK;
    if (given.seed) {
        status = be_lfsr_state_parse(lfsr, given.seed, strlen(given.seed), seed, &error);
    }
    be_text text;
    be_text_init(&text, NULL);
    if (!status) {
        be_lfsr_emission how = {language, given.name, (unsigned)given.width, seed, given.clocks};
        status = be_lfsr_emit(lfsr, &how, &text, &error);
        status = status == BE_EDOMAIN ? BE_EINVAL : status;
    }
    int code = CLI_DONE;
    if (status) {
        code = cli_fail(call, status, &error, NULL);
    } else {
        fwrite(text.bytes, 1, text.size, stdout);
    }
    be_text_clear(&text);
    free(seed);
    return code;
}

static int convert(const cli_call *call, const be_lfsr *lfsr)
{
    be_text text;
    be_text_init(&text, NULL);
    int code = CLI_DONE;
    if (call->json) {
        write_json(lfsr, &text);
        code = cli_write_json(call, &text);
    } else if (!given.to) {
        print_all(call, lfsr);
    } else {
        const char *names[N_LANGUAGES + N_NOTATIONS + 1] = {NULL};
        size_t i = 0;
        for (size_t k = 0; k < N_NOTATIONS; k++) {
            names[k] = NOTATIONS[k].name;
        }
        for (size_t k = 0; k < N_LANGUAGES; k++) {
            names[N_NOTATIONS + k] = LANGUAGES[k];
        }
        while (names[i] && strcmp(names[i], given.to) != 0) {
            i++;
        }
        if (names[i] && i >= N_NOTATIONS) {
            code = emit(call, lfsr, (be_lfsr_language)(i - N_NOTATIONS));
        } else if (!names[i]) {
            char suggestion[CLI_SUGGESTION_SIZE];
            code = cli_usage(call, "--to: there is no notation '%s'%s", given.to,
                             cli_suggest(suggestion, given.to, names));
        } else {
            be_status status = write_notation(lfsr, &NOTATIONS[i], &text);
            be_error error;
            if (status == BE_EDOMAIN) {
                be_error_set(&error, BE_EINVAL, "a register that %s can say", given.to);
                code = cli_fail(call, BE_EINVAL, &error, NULL);
            } else if (status) {
                code = cli_fail(call, status, NULL, NULL);
            } else {
                printf("%s\n", text.bytes);
            }
        }
    }
    be_text_clear(&text);
    return code;
}

static int run(cli_call *call, int argc, char **argv)
{
    if (given.presets) {
        return argc == 0 ? print_presets(call)
                         : cli_usage(call, "expected no register beside --presets");
    }
    if (argc != 1) {
        return cli_usage(call, "expected one register, got %d operands%s", argc,
                         argc > 1 ? "; one with blanks needs quotes" : "");
    }
    be_lfsr lfsr;
    be_lfsr_reading took;
    int code = cli_lfsr_register(call, argv[0], &lfsr, &took);
    if (code) {
        return code;
    }
    code = convert(call, &lfsr);
    be_lfsr_clear(&lfsr);
    return code;
}

static const cli_option OPTIONS[] = {
    {"to", 't', "NOTATION",
     "print this one only: polynomial, feedback, exponents, taps, "
     "coefficients, normal, reversed, koopman, full, preset, matrix; "
     "or the source of it in c, verilog, vhdl",
     .text = &given.to},
    {"width", 0, "W", "bits a clock of the source (default 1)", .count = &given.width, .low = 1,
     .high = BE_LFSR_EMIT_WIDTH_MAX},
    {"state", 0, "STATE", "what the source resets to (default all ones, with a constant all zeros)",
     .text = &given.seed},
    {"name", 0, "NAME", "what the source calls it (default lfsr)", .text = &given.name},
    {"clocks", 0, "N", "what its test bench runs (default 64)", .count = &given.clocks, .low = 1,
     .high = UINT64_C(1) << 30},
    {"presets", 0, NULL, "list the registers known by name", .flag = &given.presets},
    CLI_LFSR_OPTIONS,
    {0}};

static const cli_example EXAMPLES[] = {
    {"lfsr convert prbs7", "a preset in every notation"},
    {"lfsr convert --to koopman 16'h1021", "a CRC polynomial as Koopman writes it"},
    {"lfsr convert --to taps x^16+x^5+x^3+x^2+1", "the stages that are summed"},
    {"lfsr convert --to verilog --width 8 --name prbs prbs31",
     "a byte a clock, and its test bench"},
    {"lfsr convert -f 3 --to feedback 2,0,1 --coefficients", "a row of coefficients over GF(3)"},
    {0}};

const cli_command command_lfsr_convert = {
    .name = "convert",
    .summary = "say a register in every notation",
    .usage = (const char *const[]){"[OPTION...] REGISTER", "--presets", NULL},
    .examples = EXAMPLES,
    .description = cli_lfsr_register_help,
    .uses = CLI_USES_JSON,
    .options = OPTIONS,
    .run = run};
