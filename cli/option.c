/* option.c: `breakeven option`: its verbs. */
#include "cli.h"

extern const cli_command command_option_american, command_option_chain, command_option_greeks,
    command_option_grid, command_option_iv, command_option_price;
#if CLI_HAS_MPFR
extern const cli_command command_option_accuracy;
#endif

static const cli_command *const VERBS[] = {&command_option_price,
                                           &command_option_greeks,
                                           &command_option_iv,
                                           &command_option_american,
                                           &command_option_grid,
                                           &command_option_chain,
#if CLI_HAS_MPFR
                                           &command_option_accuracy,
#endif
                                           NULL};

static const cli_example EXAMPLES[] = {
    {"option price chain.csv", "what each option costs"},
    {"option american chain.csv", "the same, exercised when that is best"},
    {0}};

const cli_command command_option = {
    .name = "option",
    .summary = "prices, greeks and implied volatilities of options",
    .usage = (const char *const[]){"VERB [OPTION...] [FILE]", NULL},
    .examples = EXAMPLES,
    .uses = CLI_USES_ENGINE | CLI_USES_JSON,
    .commands = VERBS,
    .own_name = true,
};
