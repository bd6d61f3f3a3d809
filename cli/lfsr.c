/* lfsr.c: `breakeven lfsr`: its verbs. */
#include "cli.h"

extern const cli_command command_lfsr_analyze, command_lfsr_convert, command_lfsr_sequence;
extern const cli_command command_lfsr_synthesize, command_lfsr_complexity, command_lfsr_identify;
extern const cli_command command_lfsr_jump, command_lfsr_distance, command_lfsr_same_cycle;
extern const cli_command command_lfsr_period, command_lfsr_tail;
extern const cli_command command_lfsr_factor, command_lfsr_order, command_lfsr_cycles;
extern const cli_command command_lfsr_primitive, command_lfsr_enumerate;

static const cli_command *const VERBS[] = {&command_lfsr_analyze,  /* all there is to know */
                                           &command_lfsr_convert,  /* ways to say it */
                                           &command_lfsr_sequence, /* what it does */
                                           &command_lfsr_jump,
                                           &command_lfsr_distance,
                                           &command_lfsr_same_cycle,
                                           &command_lfsr_period,
                                           &command_lfsr_tail,
                                           &command_lfsr_synthesize, /* what did this */
                                           &command_lfsr_complexity,
                                           &command_lfsr_identify,
                                           &command_lfsr_factor, /* algebra */
                                           &command_lfsr_order,
                                           &command_lfsr_cycles,
                                           &command_lfsr_primitive,
                                           &command_lfsr_enumerate, /* no algebra */
                                           NULL};

static const cli_example EXAMPLES[] = {
    {"lfsr analyze registers.csv", "everything about each register of a file"},
    {"lfsr convert prbs31", "one register in every notation"},
    {"lfsr cycles x^16+x^12+x^5+1", "the cycles of the register behind a 16-bit CRC"},
    {0}};

const cli_command command_lfsr = {
    .name = "lfsr",
    .summary = "linear feedback shift registers: what they are, do and give out",
    .usage = (const char *const[]){"VERB [OPTION...] ...", NULL},
    .examples = EXAMPLES,
    .uses = CLI_USES_ENGINE | CLI_USES_JSON,
    .commands = VERBS,
    .own_name = true,
};
