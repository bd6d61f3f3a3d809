/* lfsr.c: `breakeven lfsr`: its verbs. */
#include "cli.h"

extern const cli_command command_lfsr_convert, command_lfsr_sequence, command_lfsr_cycles;

static const cli_command *const VERBS[] = {&command_lfsr_convert, &command_lfsr_sequence,
                                           &command_lfsr_cycles, NULL};

static const cli_example EXAMPLES[] = {
    {"lfsr cycles x^16+x^12+x^5+1", "the cycles of the register behind a 16-bit CRC"}, {0}};

const cli_command command_lfsr = {
    .name = "lfsr",
    .summary = "linear feedback shift registers over GF(2)",
    .usage = (const char *const[]){"VERB [OPTION...] POLYNOMIAL", NULL},
    .examples = EXAMPLES,
    .uses = CLI_USES_ENGINE | CLI_USES_JSON,
    .commands = VERBS,
    .own_name = true,
};
