/* lfsr_primitive.c: `breakeven lfsr primitive`: test, next, count, list. */
#include "lfsr_exact.h"

#include <stdlib.h>
#include <string.h>

static uint64_t limit;

/* The primes of q^degree - 1, ready. */
static int open_degree(cli_call *call, const be_lfsr_field *field, size_t degree,
                       be_lfsr_primitives **primitives)
{
    be_error error;
    be_text known;
    be_text_init(&known, NULL);
    const char *file = cli_lfsr_exact_given.known;
    be_lfsr_analyze_options options = {.size = sizeof options,
                                       .time_ns = cli_lfsr_exact_given.time_ns,
                                       .cancel = cli_cancel(call)};
    be_status status = file ? be_file_read(file, CLI_LFSR_KNOWN_MAX, &known, &error) : BE_OK;
    if (!status && file) {
        options.known = known.bytes ? known.bytes : "";
        options.known_size = known.size;
    }
    status =
        status ? status : be_lfsr_primitives_create(field, degree, &options, primitives, &error);
    be_text_clear(&known);
    if (status) {
        int code = cli_fail(call, status, &error, status == BE_EINVAL ? file : NULL);
        return status == BE_EDOMAIN ? CLI_PARTIAL : code;
    }
    return CLI_DONE;
}

/* What a verb has to say: lines on stdout at once, and, when asked for, members of a document. */
typedef struct answer {
    const cli_call *call;
    be_text text;
    be_json_writer json;
} answer;

static void answer_begin(answer *a, const cli_call *call, const be_lfsr_field *field, size_t degree)
{
    a->call = call;
    be_text_init(&a->text, NULL);
    be_json_init(&a->json, &a->text, false);
    be_json_object(&a->json);
    be_json_key(&a->json, "schema");
    be_json_string(&a->json, "breakeven.lfsr.primitive/1");
    cli_lfsr_json_field(&a->json, field);
    be_json_key(&a->json, "degree");
    be_json_u64(&a->json, degree);
}

static int answer_end(answer *a, int code)
{
    be_json_object_end(&a->json);
    be_text_puts(&a->text, "\n");
    int written = a->call->json && code != CLI_USAGE ? cli_write_json(a->call, &a->text) : CLI_DONE;
    be_text_clear(&a->text);
    return written ? written : code;
}

/* One line, which is also a string in the document. */
static void say(answer *a, const be_text *line)
{
    const char *bytes = line->bytes ? line->bytes : "";
    if (a->call->json) {
        be_json_string(&a->json, bytes);
    }
    if (!a->call->json || strcmp(a->call->json, "-") != 0) {
        puts(bytes);
    }
}

static void say_polynomial(answer *a, const uint64_t *c, size_t degree)
{
    be_text text;
    be_text_init(&text, NULL);
    be_lfsr_coefficients_format(c, degree, 'x', &text);
    say(a, &text);
    be_text_clear(&text);
}

/* ---- verbs with a register ------------------------------------------------------------------ */

static int test(cli_call *call, int argc, char **argv)
{
    if (argc != 1) {
        return cli_usage(call, "expected one register, got %d operands", argc);
    }
    be_lfsr lfsr;
    be_lfsr_reading took;
    be_lfsr_analysis analysis;
    int code = cli_lfsr_register(call, argv[0], &lfsr, &took);
    if (code) {
        return code;
    }
    code = cli_lfsr_analyze(call, &lfsr, BE_LFSR_WANT_ORDER, &analysis);
    if (!code) {
        answer a;
        be_text text;
        be_text_init(&text, NULL);
        be_text_puts(&text, analysis.primitive      ? "primitive"
                            : !analysis.irreducible ? "no: reducible"
                            : analysis.complete     ? "no: irreducible, but of a smaller order"
                                                    : "irreducible; the order is not known");
        answer_begin(&a, call, &lfsr.field, lfsr.n);
        be_json_key(&a.json, "primitive");
        analysis.primitive || analysis.complete || !analysis.irreducible
            ? be_json_bool(&a.json, analysis.primitive)
            : be_json_null(&a.json);
        be_json_key(&a.json, "answer");
        say(&a, &text);
        be_text_clear(&text);
        code = analysis.primitive ? CLI_DONE : CLI_FAILED;
        if (analysis.irreducible && !analysis.complete) {
            code = cli_lfsr_verdict(call, &analysis);
        }
        code = answer_end(&a, code);
        be_lfsr_analysis_clear(&analysis);
    }
    be_lfsr_clear(&lfsr);
    return code;
}

static int next(cli_call *call, int argc, char **argv)
{
    if (argc != 1) {
        return cli_usage(call, "expected one register, got %d operands", argc);
    }
    be_lfsr lfsr;
    be_lfsr_reading took;
    be_lfsr_analysis analysis;
    int code = cli_lfsr_register(call, argv[0], &lfsr, &took);
    if (code) {
        return code;
    }
    code = cli_lfsr_analyze(call, &lfsr, BE_LFSR_WANT_FACTORS, &analysis);
    if (!code) {
        be_lfsr_primitives *primitives;
        code = open_degree(call, &lfsr.field, lfsr.n, &primitives);
        if (!code) {
            uint64_t *c = cli_allocate(NULL, lfsr.n + 1, sizeof *c);
            memcpy(c, analysis.characteristic, (lfsr.n + 1) * sizeof *c);
            be_status status = be_lfsr_primitives_next(primitives, cli_cancel(call), c);
            if (status == BE_EDOMAIN) {
                cli_note(call, "no primitive polynomial of degree %zu comes after this one",
                         lfsr.n);
                code = CLI_FAILED;
            } else {
                code = status ? cli_fail(call, status, NULL, NULL) : CLI_DONE;
            }
            if (!code) {
                answer a;
                answer_begin(&a, call, &lfsr.field, lfsr.n);
                be_json_key(&a.json, "next");
                say_polynomial(&a, c, lfsr.n);
                code = answer_end(&a, CLI_DONE);
            }
            free(c);
            be_lfsr_primitives_destroy(primitives);
        }
        be_lfsr_analysis_clear(&analysis);
    }
    be_lfsr_clear(&lfsr);
    return code;
}

/* ---- verbs with a degree -------------------------------------------------------------------- */

static int open_operand(cli_call *call, int argc, char **argv, be_lfsr_field *field,
                        uint64_t *degree, be_lfsr_primitives **primitives)
{
    be_error error;
    if (argc != 1) {
        return cli_usage(call, "expected one degree, got %d operands", argc);
    }
    be_status status = cli_parse_count(argv[0], 1, BE_LFSR_CELLS_MAX, degree, &error);
    if (status) {
        return cli_fail(call, status, &error, argv[0]);
    }
    int code = cli_lfsr_field(call, field);
    return code ? code : open_degree(call, field, (size_t)*degree, primitives);
}

static int count(cli_call *call, int argc, char **argv)
{
    be_lfsr_field field;
    uint64_t degree;
    be_lfsr_primitives *primitives;
    int code = open_operand(call, argc, argv, &field, &degree, &primitives);
    if (!code) {
        be_text text;
        be_text_init(&text, NULL);
        be_lfsr_integer_format(be_lfsr_primitives_count(primitives), &text);
        answer a;
        answer_begin(&a, call, &field, (size_t)degree);
        be_json_key(&a.json, "count");
        say(&a, &text);
        code = answer_end(&a, CLI_DONE);
        be_text_clear(&text);
        be_lfsr_primitives_destroy(primitives);
    }
    return code;
}

static int list(cli_call *call, int argc, char **argv)
{
    be_lfsr_field field;
    uint64_t degree;
    be_lfsr_primitives *primitives;
    int code = open_operand(call, argc, argv, &field, &degree, &primitives);
    if (code) {
        return code;
    }
    uint64_t *c = cli_allocate(NULL, (size_t)degree + 1, sizeof *c);
    memset(c, 0, ((size_t)degree + 1) * sizeof *c);
    c[degree] = 1;
    be_status status = BE_OK;
    answer a;
    answer_begin(&a, call, &field, (size_t)degree);
    be_json_key(&a.json, "polynomials");
    be_json_array(&a.json);
    for (uint64_t i = 0; !status && (limit == 0 || i < limit); i++) {
        status = be_lfsr_primitives_next(primitives, cli_cancel(call), c);
        if (!status) {
            say_polynomial(&a, c, (size_t)degree);
        }
    }
    be_json_array_end(&a.json);
    if (status && status != BE_EDOMAIN) {
        code = cli_fail(call, status, NULL, NULL);
        be_text_clear(&a.text);
    } else {
        code = answer_end(&a, CLI_DONE);
    }
    free(c);
    be_lfsr_primitives_destroy(primitives);
    return code;
}

/* ---- tables --------------------------------------------------------------------------------- */

static const cli_option REGISTER_OPTIONS[] = {CLI_LFSR_EXACT_OPTIONS, CLI_LFSR_OPTIONS, {0}};

static const cli_option COUNT_OPTIONS[] = {CLI_LFSR_EXACT_OPTIONS, CLI_LFSR_FIELD_OPTIONS, {0}};
static const cli_option LIST_OPTIONS[] = {
    {"limit", 'n', "N", "print N at most", .count = &limit, .low = 1, .high = UINT64_MAX},
    CLI_LFSR_EXACT_OPTIONS,
    CLI_LFSR_FIELD_OPTIONS,
    {0}};

static const cli_example TEST_EXAMPLES[] = {
    {"lfsr primitive test x^521+x^32+1", "exit code 0: it is"}, {0}};
static const cli_example NEXT_EXAMPLES[] = {{"lfsr primitive next x^64", "the first of degree 64"},
                                            {0}};
static const cli_example COUNT_EXAMPLES[] = {
    {"lfsr primitive count 31", "69273666"}, {"lfsr primitive count -f 9 4", "over GF(9)"}, {0}};
static const cli_example LIST_EXAMPLES[] = {
    {"lfsr primitive list 8", "all 16 of degree 8"},
    {"lfsr primitive list -n 5 100", "the first five of degree 100"},
    {0}};

static const cli_command TEST = {
    .name = "test",
    .summary = "whether the characteristic polynomial is primitive",
    .usage = (const char *const[]){"[OPTION...] REGISTER", NULL},
    .examples = TEST_EXAMPLES,
    .description = "The exit code is 0 when it is, 1 when it is not, 75 when that is not known.",
    .uses = CLI_USES_JSON,
    .options = REGISTER_OPTIONS,
    .run = test};
static const cli_command NEXT = {
    .name = "next",
    .summary = "the next primitive polynomial of the same degree",
    .usage = (const char *const[]){"[OPTION...] REGISTER", NULL},
    .examples = NEXT_EXAMPLES,
    .description = "Polynomials are ordered as numbers in base q, the leading coefficient first.",
    .uses = CLI_USES_JSON,
    .options = REGISTER_OPTIONS,
    .run = next};
static const cli_command COUNT = {.name = "count",
                                  .summary = "how many primitive polynomials of a degree there are",
                                  .usage = (const char *const[]){"[OPTION...] DEGREE", NULL},
                                  .examples = COUNT_EXAMPLES,
                                  .uses = CLI_USES_JSON,
                                  .options = COUNT_OPTIONS,
                                  .run = count};
static const cli_command LIST = {.name = "list",
                                 .summary = "all primitive polynomials of a degree",
                                 .usage = (const char *const[]){"[OPTION...] DEGREE", NULL},
                                 .examples = LIST_EXAMPLES,
                                 .uses = CLI_USES_JSON,
                                 .options = LIST_OPTIONS,
                                 .run = list};

static const cli_command *const VERBS[] = {&TEST, &NEXT, &COUNT, &LIST, NULL};

static const cli_example EXAMPLES[] = {{"lfsr primitive test prbs31", "is a polynomial primitive?"},
                                       {"lfsr primitive next x^64", "the first of degree 64"},
                                       {"lfsr primitive count 400", "a number of 118 digits"},
                                       {0}};

const cli_command command_lfsr_primitive = {
    .name = "primitive",
    .summary = "polynomials whose registers pass through all states but 0",
    .usage = (const char *const[]){"VERB [OPTION...] OPERAND", NULL},
    .examples = EXAMPLES,
    .commands = VERBS};
