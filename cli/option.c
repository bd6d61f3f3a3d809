/* option.c: `breakeven option`: its verbs. */
#include "cli.h"

extern const cli_command command_option_price;

static const cli_command *const VERBS[] = {&command_option_price, NULL};

static const cli_example EXAMPLES[] = {{"option price chain.csv", "what each option costs"}, {0}};

const cli_command command_option = {
    .name = "option",
    .summary = "prices of options",
    .usage = (const char *const[]){"VERB [OPTION...] FILE", NULL},
    .examples = EXAMPLES,
    .uses = CLI_USES_ENGINE | CLI_USES_JSON,
    .commands = VERBS,
    .own_name = true,
};
