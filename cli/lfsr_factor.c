/* lfsr_factor.c: `breakeven lfsr factor REGISTER`. */
#include "lfsr_exact.h"

static int run(cli_call *call, int argc, char **argv)
{
    return cli_lfsr_exact_run(call, argc, argv, BE_LFSR_WANT_FACTORS, "breakeven.lfsr.factor/1",
                              NULL);
}

static const cli_option OPTIONS[] = {CLI_LFSR_OPTIONS, {0}};

static const cli_example EXAMPLES[] = {
    {"lfsr factor x^15+1", "over GF(2)"},
    {"lfsr factor -f 4 coefficients:1,1,1", "over GF(4)"},
    {"lfsr factor --json crc-64/ecma-182", "a preset, for a program"},
    {0}};

const cli_command command_lfsr_factor = {
    .name = "factor",
    .summary = "the irreducible factors of the characteristic polynomial",
    .usage = (const char *const[]){"[OPTION...] REGISTER", NULL},
    .examples = EXAMPLES,
    .description = cli_lfsr_register_help,
    .uses = CLI_USES_JSON,
    .options = OPTIONS,
    .run = run};
