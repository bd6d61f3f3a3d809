/* lfsr_synthesize.c: `breakeven lfsr synthesize`, `complexity` and `identify`: registers of files
 * of symbols. */
#include "lfsr_register.h"

#include <stdlib.h>
#include <string.h>

enum { INPUT_BYTES_MAX = 1 << 27 };

static const char *const BITS[] = {"text", "msb", "lsb", NULL};

static struct {
    int bits;
    uint64_t cells_max;
    bool all;
} given = {.cells_max = 128};

/* Symbols of the file at path, over the field of --field. */
typedef struct input {
    be_lfsr_field field;
    uint64_t *symbols;
    size_t n;
} input;

static int read_input(const cli_call *call, int argc, char **argv, size_t least, input *in)
{
    if (argc != 1) {
        return cli_usage(call, "expected one file of symbols, got %d", argc);
    }
    int code = cli_lfsr_field(call, &in->field);
    if (code) {
        return code;
    }
    be_text text;
    be_error error;
    be_text_init(&text, NULL);
    be_status status = be_file_read(argv[0], INPUT_BYTES_MAX, &text, &error);
    if (!status) {
        status =
            be_lfsr_symbols_parse(text.bytes, text.size, &in->field, (be_lfsr_packing)given.bits,
                                  NULL, &in->symbols, &in->n, &error);
    }
    be_text_clear(&text);
    if (!status && in->n < least) {
        be_lfsr_symbols_release(in->symbols, in->n, NULL);
        status = be_error_set(&error, BE_EINVAL, "at least %zu symbols, and there are %zu", least,
                              in->n);
    }
    return status ? cli_fail(call, status == BE_ELIMIT ? BE_EINVAL : status, &error, argv[0])
                  : CLI_DONE;
}

static void release(input *in)
{
    be_lfsr_symbols_release(in->symbols, in->n, NULL);
}

/* The polynomial s[0] + s[1] x + ..., or backwards, without leading zeros. */
static void add_polynomial(const be_lfsr_synthesis *s, bool backwards, be_text *text)
{
    size_t L = s->complexity, degree = L;
    uint64_t *c = cli_allocate(NULL, L + 1, sizeof *c);
    for (size_t i = 0; i <= L; i++) {
        c[i] = s->connection[backwards ? L - i : i];
    }
    while (degree > 0 && c[degree] == 0) {
        degree--;
    }
    be_lfsr_coefficients_format(c, degree, 'x', text);
    free(c);
}

static void key_polynomial(be_json_writer *json, const char *key, const be_lfsr_synthesis *s,
                           bool backwards)
{
    be_text text;
    be_text_init(&text, NULL);
    add_polynomial(s, backwards, &text);
    be_json_key(json, key);
    be_json_string_n(json, text.bytes ? text.bytes : "", text.size);
    be_text_clear(&text);
}

static void print_polynomial(const char *label, const be_lfsr_synthesis *s, bool backwards)
{
    be_text text;
    be_text_init(&text, NULL);
    add_polynomial(s, backwards, &text);
    printf("%s: %s\n", label, text.bytes ? text.bytes : "");
    be_text_clear(&text);
}

static void json_synthesis(be_json_writer *json, const be_lfsr_synthesis *s)
{
    be_json_key(json, "complexity");
    be_json_u64(json, s->complexity);
    be_json_key(json, "unique");
    be_json_bool(json, s->unique);
    key_polynomial(json, "connection", s, false);
    key_polynomial(json, "minimal", s, true);
}

static void print_synthesis(const be_lfsr_synthesis *s)
{
    printf("complexity: %zu%s\n", s->complexity,
           s->unique ? "" : " (of several registers: there are fewer than 2 L symbols)");
    print_polynomial("connection polynomial", s, false);
    print_polynomial("minimal polynomial", s, true);
}

/* Write the document that `members` fills in, or print. */
static int finish(const cli_call *call, be_text *document)
{
    be_text_puts(document, "\n");
    return cli_write_json(call, document);
}

static bool text_wanted(const cli_call *call)
{
    return !call->json || strcmp(call->json, "-") != 0;
}

static void begin_document(be_json_writer *json, be_text *text, const char *schema)
{
    be_text_init(text, NULL);
    be_json_init(json, text, false);
    be_json_object(json);
    be_json_key(json, "schema");
    be_json_string(json, schema);
}

/* ---- synthesize ----------------------------------------------------------------------------- */

static int run_synthesize(cli_call *call, int argc, char **argv)
{
    input in;
    int code = read_input(call, argc, argv, 1, &in);
    if (code) {
        return code;
    }
    be_lfsr_synthesis s;
    be_status status = be_lfsr_synthesize(&in.field, in.symbols, in.n, NULL, NULL, &s);
    if (status) {
        code = cli_fail(call, status, NULL, argv[0]);
    } else {
        if (text_wanted(call)) {
            printf("symbols: %zu\n", in.n);
            print_synthesis(&s);
        }
        if (call->json) {
            be_text text;
            be_json_writer json;
            begin_document(&json, &text, "breakeven.lfsr.synthesize/1");
            be_json_key(&json, "symbols");
            be_json_u64(&json, in.n);
            json_synthesis(&json, &s);
            be_json_object_end(&json);
            code = finish(call, &text);
            be_text_clear(&text);
        }
        be_lfsr_synthesis_clear(&s);
    }
    release(&in);
    return code;
}

/* ---- complexity ----------------------------------------------------------------------------- */

static void print_profile(const size_t *profile, size_t n)
{
    printf("symbols,complexity\n");
    for (size_t i = 0; i < n; i++) {
        if (given.all || i == 0 || profile[i] != profile[i - 1] || i + 1 == n) {
            printf("%zu,%zu\n", i + 1, profile[i]);
        }
    }
}

static int run_complexity(cli_call *call, int argc, char **argv)
{
    input in;
    int code = read_input(call, argc, argv, 1, &in);
    if (code) {
        return code;
    }
    be_lfsr_synthesis s;
    size_t *profile = cli_allocate(NULL, in.n, sizeof *profile);
    be_status status = be_lfsr_synthesize(&in.field, in.symbols, in.n, NULL, profile, &s);
    if (status) {
        code = cli_fail(call, status, NULL, argv[0]);
    } else {
        if (text_wanted(call)) {
            print_profile(profile, in.n);
        }
        if (call->json) {
            be_text text;
            be_json_writer json;
            begin_document(&json, &text, "breakeven.lfsr.complexity/1");
            be_json_key(&json, "profile");
            be_json_array(&json);
            for (size_t i = 0; i < in.n; i++) {
                be_json_u64(&json, profile[i]);
            }
            be_json_array_end(&json);
            be_json_object_end(&json);
            code = finish(call, &text);
            be_text_clear(&text);
        }
        be_lfsr_synthesis_clear(&s);
    }
    free(profile);
    release(&in);
    return code;
}

/* ---- identify ------------------------------------------------------------------------------- */

static int run_identify(cli_call *call, int argc, char **argv)
{
    input in;
    int code = read_input(call, argc, argv, 32, &in);
    if (code) {
        return code;
    }
    be_lfsr_identification found;
    be_status status = in.field.q == 2
                           ? be_lfsr_identify(in.symbols, in.n, given.cells_max, NULL, &found)
                           : BE_EINVAL;
    if (status == BE_EDOMAIN) {
        cli_note(call, "no register of at most %llu cells explains these bits better than chance",
                 (unsigned long long)given.cells_max);
        code = CLI_FAILED;
    } else if (in.field.q != 2) {
        code = cli_usage(call, "identify looks for registers over GF(2)");
    } else if (status) {
        code = cli_fail(call, status, NULL, argv[0]);
    } else {
        if (text_wanted(call)) {
            print_synthesis(&found.synthesis);
            printf("checks satisfied: %zu of %zu\nwrong bits: %.3g %%\n", found.satisfied,
                   found.checks, 100 * found.error_rate);
        }
        if (call->json) {
            be_text text;
            be_json_writer json;
            begin_document(&json, &text, "breakeven.lfsr.identify/1");
            json_synthesis(&json, &found.synthesis);
            be_json_key(&json, "checks");
            be_json_u64(&json, found.checks);
            be_json_key(&json, "satisfied");
            be_json_u64(&json, found.satisfied);
            be_json_key(&json, "error_rate");
            be_json_double(&json, found.error_rate);
            be_json_object_end(&json);
            code = finish(call, &text);
            be_text_clear(&text);
        }
        be_lfsr_synthesis_clear(&found.synthesis);
    }
    release(&in);
    return code;
}

/* ---- tables --------------------------------------------------------------------------------- */

#define INPUT_OPTIONS                                                                              \
    {"field",                                                                                      \
     'f',                                                                                          \
     "Q",                                                                                          \
     "symbols of GF(Q), Q a prime or a power of one (default 2)",                                  \
     .count = &cli_lfsr_given_now.q,                                                               \
     .low = 2,                                                                                     \
     .high = INT32_MAX},                                                                           \
        {"modulus", 0, "POLYNOMIAL", "what a is a root of in GF(p^k), such as a^2+a+1",            \
         .text = &cli_lfsr_given_now.modulus},                                                     \
    {                                                                                              \
        "bits", 0, "ORDER",                                                                        \
            "text: digits or numbers (the default); msb, lsb: packed bits, the "                   \
            "first in time as a byte's most or least significant one",                             \
            .choice = &given.bits, .choices = BITS                                                 \
    }

static const cli_option SYNTHESIZE_OPTIONS[] = {INPUT_OPTIONS, {0}};
static const cli_option COMPLEXITY_OPTIONS[] = {
    {"all", 0, NULL, "a line for each symbol, not only where it changes", .flag = &given.all},
    INPUT_OPTIONS,
    {0}};
static const cli_option IDENTIFY_OPTIONS[] = {
    {"cells", 0, "N", "look for registers of at most N cells (default 128)",
     .count = &given.cells_max, .low = 1, .high = 4096},
    INPUT_OPTIONS,
    {0}};

static const char INPUT_HELP[] = "FILE (- is standard input) has symbols: digits one after the "
                                 "other where there are at most ten, "
                                 "else numbers between blanks or commas; # begins a comment. "
                                 "--bits msb or lsb reads packed bits.";

const cli_command command_lfsr_synthesize = {
    .name = "synthesize",
    .summary = "the shortest register that gives out a sequence",
    .usage = (const char *const[]){"[OPTION...] FILE", NULL},
    .examples = (const cli_example[]){{"lfsr synthesize bits.txt", "by Berlekamp and Massey"},
                                      {"lfsr synthesize --bits msb capture.bin",
                                       "packed bits, the first as the highest"},
                                      {"lfsr synthesize -f 3 symbols.txt", "over GF(3)"},
                                      {0}},
    .description = INPUT_HELP,
    .uses = CLI_USES_JSON,
    .options = SYNTHESIZE_OPTIONS,
    .run = run_synthesize};

const cli_command command_lfsr_complexity = {
    .name = "complexity",
    .summary = "the linear complexity of every prefix of a sequence",
    .usage = (const char *const[]){"[OPTION...] FILE", NULL},
    .examples = (const cli_example[]){{"lfsr complexity bits.txt", "where it grows, as CSV"},
                                      {"lfsr complexity --all bits.txt > profile.csv",
                                       "a line for each symbol"},
                                      {0}},
    .description = INPUT_HELP,
    .uses = CLI_USES_JSON,
    .options = COMPLEXITY_OPTIONS,
    .run = run_complexity};

const cli_command command_lfsr_identify = {
    .name = "identify",
    .summary = "the register or scrambler behind bits of which some are wrong",
    .usage = (const char *const[]){"[OPTION...] FILE", NULL},
    .examples = (const cli_example[]){{"lfsr identify capture.txt", "a received sequence"},
                                      {"lfsr identify --cells 32 --bits lsb capture.bin",
                                       "packed, and a short register"},
                                      {0}},
    .description =
        "Stretches of the bits are taken for right, and the shortest register of each is "
        "checked against all bits; so some stretch of about 2 L + 20 bits must be without "
        "an error. A scrambler shows when what goes into it is biased.",
    .uses = CLI_USES_JSON,
    .options = IDENTIFY_OPTIONS,
    .run = run_identify};
