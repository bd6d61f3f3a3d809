/* lfsr_enumerate.c: `breakeven lfsr enumerate POLYNOMIAL`. */
#include "cli.h"

#include <breakeven/lfsr.h>

#include <string.h>

static void member(be_json_writer *json, const char *key, uint64_t value)
{
    be_json_key(json, key);
    be_json_u64(json, value);
}

static void write_json(const be_lfsr_census *census, be_text *text)
{
    char polynomial[BE_LFSR_TEXT_SIZE];
    be_lfsr_polynomial_format(census->polynomial, polynomial);
    be_json_writer json;
    be_json_init(&json, text, false);
    be_json_object(&json);
    be_json_key(&json, "schema");
    be_json_string(&json, "breakeven.lfsr.enumerate/1");
    be_json_key(&json, "polynomial");
    be_json_string(&json, polynomial);
    member(&json, "degree", census->degree);
    member(&json, "states", UINT64_C(1) << census->degree);
    member(&json, "cycles", census->n_cycles);

    be_json_key(&json, "lengths");
    be_json_array(&json);
    for (size_t i = 0; i < census->n_lengths; i++) {
        be_json_object(&json);
        member(&json, "length", census->lengths[i].length);
        member(&json, "cycles", census->lengths[i].cycles);
        be_json_object_end(&json);
    }
    be_json_array_end(&json);

    be_json_key(&json, "tails");
    be_json_array(&json);
    for (unsigned j = 1; j <= census->longest_tail; j++) {
        be_json_object(&json);
        member(&json, "steps", j);
        member(&json, "states", census->tail[j]);
        be_json_object_end(&json);
    }
    be_json_array_end(&json);
    be_json_object_end(&json);
    be_text_puts(text, "\n");
}

static int run(cli_call *call, int argc, char **argv)
{
    if (argc != 1) {
        return cli_usage(call, "expected one polynomial, got %d operands%s", argc,
                         argc > 1 ? "; one with blanks needs quotes" : "");
    }
    uint64_t polynomial;
    be_error error;
    be_status status = be_lfsr_polynomial_parse(argv[0], strlen(argv[0]), &polynomial, &error);
    if (status) {
        return cli_fail(call, status, &error, *argv[0] ? argv[0] : NULL);
    }
    be_lfsr_census census;
    be_for_options options = {.size = sizeof options, .cancel = cli_cancel(call), .error = &error};
    status = be_lfsr_cycles(cli_engine(call), polynomial, NULL, &options, &census);
    if (status) {
        return cli_fail(call, status, &error, NULL);
    }
    if (!call->json || strcmp(call->json, "-") != 0) {
        cli_presenter shown;
        cli_presenter_init(&shown, call);
        be_lfsr_census_present(&census, &shown.presenter);
        cli_presenter_clear(&shown);
    }
    if (!call->json) {
        return CLI_DONE;
    }
    be_text text;
    be_text_init(&text, NULL);
    write_json(&census, &text);
    int code = cli_write_json(call, &text);
    be_text_clear(&text);
    return code;
}

static const cli_example EXAMPLES[] = {
    {"lfsr enumerate x^16+x^12+x^5+1", "the cycles of the register behind a 16-bit CRC"},
    {"lfsr enumerate 24,7,2,1,0", "a polynomial by its exponents"},
    {"lfsr enumerate --json x^4+x^2+x", "a singular register, with its tails, for a program"},
    {0}};

const cli_command command_lfsr_enumerate = {
    .name = "enumerate",
    .summary = "the same by visiting every state of a register over GF(2)",
    .usage = (const char *const[]){"[OPTION...] POLYNOMIAL", NULL},
    .examples = EXAMPLES,
    .description =
        "POLYNOMIAL is the characteristic polynomial of the register, of degree 1 to 40: a sum "
        "such as x^4+x+1 or x**4+x+1, or a list of its exponents such as 4,1,0. "
        "x^4 + x + 1 stands for s[n+4] = s[n+1] + s[n].\n\n"
        "All 2^degree states are enumerated: 2^24 of them take some hundredths of a second, 2^32 "
        "some seconds. When x divides the polynomial, states lead to a cycle without being on "
        "one: these tails are counted by their steps to the cycle.",
    .uses = CLI_USES_ENGINE | CLI_USES_JSON,
    .run = run};
