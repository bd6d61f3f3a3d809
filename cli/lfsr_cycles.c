/* lfsr_cycles.c: `breakeven lfsr cycles REGISTER`. */
#include "lfsr_exact.h"

static bool states;

static int run(cli_call *call, int argc, char **argv)
{
    return cli_lfsr_exact_run(call, argc, argv, states ? BE_LFSR_WANT_STATES : BE_LFSR_WANT_CENSUS,
                              "breakeven.lfsr.cycles/1");
}

static const cli_option OPTIONS[] = {
    {"states", 's', NULL, "show a state on a cycle of each length", .flag = &states},
    CLI_LFSR_EXACT_OPTIONS,
    CLI_LFSR_OPTIONS,
    {0}};

static const cli_example EXAMPLES[] = {
    {"lfsr cycles x^16+x^12+x^5+1", "the cycles of the register behind a 16-bit CRC"},
    {"lfsr cycles --states -f 3 coefficients:1,2,1", "with a state on each, over GF(3)"},
    {"lfsr cycles --json x^4+x^3+x^2", "a singular register, with its tails, for a program"},
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
