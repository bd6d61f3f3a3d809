/* lfsr_order.c: `breakeven lfsr order REGISTER`. */
#include "lfsr_exact.h"

static int run(cli_call *call, int argc, char **argv)
{
    return cli_lfsr_exact_run(call, argc, argv, BE_LFSR_WANT_ORDER, "breakeven.lfsr.order/1", NULL);
}

static const cli_option OPTIONS[] = {CLI_LFSR_EXACT_OPTIONS, CLI_LFSR_OPTIONS, {0}};

static const cli_example EXAMPLES[] = {
    {"lfsr order x^521+x^32+1", "2^521 - 1: the polynomial is primitive"},
    {"lfsr order -f 3 coefficients:2,0,1,0", "a repeated factor over GF(3)"},
    {"lfsr order --known primes.txt x^1201+x^2+1", "with factors of one's own"},
    {0}};

const cli_command command_lfsr_order = {.name = "order",
                                        .summary = "after how many steps every state comes back",
                                        .usage =
                                            (const char *const[]){"[OPTION...] REGISTER", NULL},
                                        .examples = EXAMPLES,
                                        .description = cli_lfsr_exact_help,
                                        .uses = CLI_USES_JSON,
                                        .options = OPTIONS,
                                        .run = run};
