/* lfsr_analyze.c: `breakeven lfsr analyze FILE [Q]`: all there is to know of each row of a file. */
#include "lfsr_register.h"

#include <stdlib.h>
#include <string.h>

enum { INPUT_BYTES_MAX = 1 << 28 };

static struct {
    bool compat, csv, xml, latex, states;
    const char *output;
    uint64_t time_ns;
} given;

/* One register after the other, by any thread; each has its text. */
typedef struct job {
    const be_lfsr_rows *rows;
    be_lfsr_field field;
    be_lfsr_report_format format;
    const be_cancel *cancel;
    be_text *texts;   /* [rows] */
    bool *incomplete; /* [rows] */
} job;

static be_status analyze_row(const job *j, size_t i)
{
    size_t n;
    const uint64_t *coefficients = be_lfsr_rows_at(j->rows, i, &n);
    be_lfsr lfsr;
    be_lfsr_analysis analysis = {0};
    be_lfsr_analyze_options options = {.size = sizeof options,
                                       .want =
                                           given.states ? BE_LFSR_WANT_STATES : BE_LFSR_WANT_CENSUS,
                                       .time_ns = given.time_ns,
                                       .cancel = j->cancel};
    be_lfsr_report_options how = {.format = j->format, .row = i + 1};
    be_status status = be_lfsr_init(&j->field, coefficients, n, NULL, &lfsr, NULL);
    if (status) {
        return status;
    }
    status = be_lfsr_analyze(&lfsr, &options, &analysis, NULL);
    if (!status) {
        status = be_lfsr_report(&lfsr, &analysis, &how, &j->texts[i]);
        j->incomplete[i] = !analysis.complete;
        be_lfsr_analysis_clear(&analysis);
    }
    be_lfsr_clear(&lfsr);
    return status;
}

static be_status analyze_rows(void *ctx, size_t begin, size_t end, be_worker *worker)
{
    for (size_t i = begin; i < end; i++) {
        be_status status = analyze_row(ctx, i);
        if (status) {
            return be_fail(worker, i, status);
        }
    }
    return BE_OK;
}

static void join(const job *j, be_text *document)
{
    size_t n = be_lfsr_rows_count(j->rows);
    be_lfsr_report_begin(&j->field, j->format, document);
    for (size_t i = 0; i < n; i++) {
        if (i > 0) {
            be_lfsr_report_between(j->format, document);
        }
        be_text_add(document, j->texts[i].bytes, j->texts[i].size);
        be_text_clear(&j->texts[i]);
    }
    be_lfsr_report_end(j->format, document);
}

static int analyze(cli_call *call, const char *path, job *j)
{
    static const be_site SITE = BE_SITE("lfsr.analyze");
    size_t n = be_lfsr_rows_count(j->rows);
    j->cancel = cli_cancel(call);
    j->texts = cli_allocate(NULL, n, sizeof *j->texts);
    j->incomplete = cli_allocate(NULL, n, sizeof *j->incomplete);
    for (size_t i = 0; i < n; i++) {
        be_text_init(&j->texts[i], NULL);
    }
    be_error error;
    be_for_options options = {.size = sizeof options, .cancel = j->cancel, .error = &error};
    be_status status = be_for(cli_engine(call), &SITE, n, analyze_rows, j, &options);
    be_text document;
    be_text_init(&document, NULL);
    int code = CLI_DONE;
    if (!status) {
        join(j, &document);
        status = be_text_status(&document);
    }
    if (status) {
        code = cli_fail(call, status, NULL, path);
    } else if (j->format == BE_LFSR_REPORT_JSON) {
        code = cli_write_json(call, &document);
    } else if (given.output) {
        status = be_file_replace(given.output, document.bytes, document.size, &error);
        code = status ? cli_fail(call, status, &error, given.output) : CLI_DONE;
    } else {
        fwrite(document.bytes, 1, document.size, stdout);
    }
    for (size_t i = 0; i < n; i++) {
        if (code == CLI_DONE && j->incomplete[i]) {
            cli_note(call,
                     "register %zu: not all primes of its orders were found; --time 1m looks "
                     "longer",
                     i + 1);
            code = CLI_PARTIAL;
        }
        be_text_clear(&j->texts[i]);
    }
    be_text_clear(&document);
    free(j->texts);
    free(j->incomplete);
    return code;
}

static int run(cli_call *call, int argc, char **argv)
{
    be_error error;
    if (argc < 1 || argc > 2) {
        return cli_usage(call, "expected a file and perhaps the size of the field, got %d operands",
                         argc);
    }
    if (given.compat + given.csv + given.xml + given.latex + !!call->json > 1) {
        return cli_usage(call, "expected one of --compat, --csv, --xml, --latex and --json");
    }
    if (given.output && call->json) {
        return cli_usage(call, "expected --json=FILE, not --json and --output");
    }
    if (argc == 2 &&
        cli_parse_count(argv[1], 2, INT32_MAX, &cli_lfsr_given_now.q, &error) != BE_OK) {
        return cli_usage(call, "the size of the field, '%s': expected %s", argv[1], error.expected);
    }
    job j = {.format = call->json     ? BE_LFSR_REPORT_JSON
                       : given.compat ? BE_LFSR_REPORT_COMPAT
                       : given.csv    ? BE_LFSR_REPORT_CSV
                       : given.xml    ? BE_LFSR_REPORT_XML
                       : given.latex  ? BE_LFSR_REPORT_LATEX
                                      : BE_LFSR_REPORT_TEXT};
    int code = cli_lfsr_field(call, &j.field);
    if (code) {
        return code;
    }
    be_text text;
    be_text_init(&text, NULL);
    be_lfsr_rows *rows = NULL;
    be_status status = be_file_read(argv[0], INPUT_BYTES_MAX, &text, &error);
    if (!status) {
        status = be_lfsr_rows_parse(text.bytes, text.size, &j.field, NULL, &rows, &error);
        status = status == BE_ELIMIT ? BE_EINVAL : status;
    }
    be_text_clear(&text);
    if (status) {
        return cli_fail(call, status, &error, argv[0]);
    }
    j.rows = rows;
    code = analyze(call, argv[0], &j);
    be_lfsr_rows_destroy(rows);
    return code;
}

static const cli_option OPTIONS[] = {
    {"field", 'f', "Q", "the same as the operand Q", .count = &cli_lfsr_given_now.q, .low = 2,
     .high = INT32_MAX},
    {"modulus", 0, "POLYNOMIAL", "what a is a root of in GF(p^k), such as a^2+a+1",
     .text = &cli_lfsr_given_now.modulus},
    {"compat", 0, NULL, "print with the labels of lfsr-seq", .flag = &given.compat},
    {"csv", 0, NULL, "print a line for each cycle length", .flag = &given.csv},
    {"xml", 0, NULL, "print XML", .flag = &given.xml},
    {"latex", 0, NULL, "print a LaTeX table a register", .flag = &given.latex},
    {"states", 0, NULL, "name a state on a cycle of each length", .flag = &given.states},
    {"time", 0, "DURATION", "look so long for primes that no table has (default: what is quick)",
     .nanoseconds = &given.time_ns},
    {"output", 'o', "FILE", "write there instead", .text = &given.output},
    {0}};

static const cli_example EXAMPLES[] = {
    {"lfsr analyze registers.csv", "rows of bits, such as 1,1,0,1"},
    {"lfsr analyze registers.csv 4 --json", "rows over GF(4), for a program"},
    {"lfsr analyze --compat registers.csv", "side by side with lfsr-seq"},
    {0}};

const cli_command command_lfsr_analyze = {
    .name = "analyze",
    .summary = "factor, order and cycles of each register of a file",
    .usage = (const char *const[]){"[OPTION...] FILE [Q]", NULL},
    .examples = EXAMPLES,
    .description =
        "FILE is CSV (- is standard input): a register a line, its coefficients "
        "c_0,c_1,...,c_{n-1} "
        "for s[t+n] = c_0 s[t] + ... + c_{n-1} s[t+n-1], so that 1,1,0,1 has the characteristic "
        "polynomial x^4 + x^3 + x + 1. Lines that begin with # are passed over. Rows may differ in "
        "length; each is a register of its own.\n\n"
        "Coefficients are numbers 0 to Q-1. Q is 2 unless given, and may be a power p^k of a "
        "prime: "
        "then a number's base-p digits, the lowest first, are the coefficients of 1, a, a^2, ..., "
        "and "
        "a is a root of the modulus that is printed.\n\n"
        "No state is visited, so the size does not matter much. When c_0 = 0 states lead to cycles "
        "without being on them: tails counts them by their steps. When an order needs primes of "
        "q^d - 1 that are not known, the exit code is 75, and bounds are printed.",
    .uses = CLI_USES_ENGINE | CLI_USES_JSON,
    .options = OPTIONS,
    .run = run};
