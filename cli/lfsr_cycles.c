/* lfsr_cycles.c: `breakeven lfsr cycles REGISTER`. */
#include "lfsr_exact.h"

#include <string.h>

static bool states;
static const char *certificate;

static int write_certificate(cli_call *call, const be_lfsr *lfsr, const be_lfsr_analysis *analysis)
{
    be_text text;
    be_error error;
    be_text_init(&text, NULL);
    be_lfsr_analyze_options options = {.size = sizeof options,
                                       .time_ns = cli_lfsr_exact_given.time_ns,
                                       .cancel = cli_cancel(call)};
    be_status status = be_lfsr_certificate(lfsr, analysis, &options, &text, &error);
    int code = CLI_DONE;
    if (!status) {
        status = be_file_replace(certificate, text.bytes, text.size, &error);
    }
    if (status) {
        code = cli_fail(call, status, &error, NULL);
        code = status == BE_EDOMAIN ? CLI_PARTIAL : code;
    }
    be_text_clear(&text);
    return code;
}

static int run(cli_call *call, int argc, char **argv)
{
    return cli_lfsr_exact_run(call, argc, argv, states ? BE_LFSR_WANT_STATES : BE_LFSR_WANT_CENSUS,
                              "breakeven.lfsr.cycles/1", certificate ? write_certificate : NULL);
}

static const cli_option OPTIONS[] = {
    {"states", 's', NULL, "show a state on a cycle of each length", .flag = &states},
    {"certificate", 'c', "FILE", "write what proves the answer, for breakeven-verify",
     .text = &certificate},
    CLI_LFSR_EXACT_OPTIONS,
    CLI_LFSR_OPTIONS,
    {0}};

static const cli_example EXAMPLES[] = {
    {"lfsr cycles x^16+x^12+x^5+1", "the cycles of the register behind a 16-bit CRC"},
    {"lfsr cycles --states -f 3 coefficients:1,2,1", "with a state on each, over GF(3)"},
    {"lfsr cycles --json x^4+x^3+x^2", "a singular register, with its tails, for a program"},
    {"lfsr cycles -c crc.txt crc-64/ecma-182", "with a proof; breakeven-verify crc.txt checks it"},
    {0}};

const cli_command command_lfsr_cycles = {
    .name = "cycles",
    .summary = "how many cycles there are of which length, and how many states on tails",
    .usage = (const char *const[]){"[OPTION...] REGISTER", NULL},
    .examples = EXAMPLES,
    .description = cli_lfsr_exact_help,
    .uses = CLI_USES_JSON,
    .options = OPTIONS,
    .run = run};
