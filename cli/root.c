/* root.c: `breakeven` itself, whose verbs are the commands of commands.h. */
#include "cli.h"

#define COMMAND(name) extern const cli_command command_##name;
#include "commands.h"
#undef COMMAND

static const cli_command *const COMMANDS[] = {
#define COMMAND(name) &command_##name,
#include "commands.h"
#undef COMMAND
    NULL};

const cli_exit cli_exits[] = {{CLI_DONE, "done"},
                              {CLI_FAILED, "the work failed, or a check answered no"},
                              {CLI_USAGE, "bad usage or bad input"},
                              {CLI_PARTIAL, "partial and resumable"},
                              {CLI_INTERRUPTED, "interrupted with nothing to resume"},
                              {0}};

static const cli_example EXAMPLES[] = {
    {"doctor", "what this machine offers, and what decided the worker count"},
    {"help doctor", "the manual of one command"},
    {0}};

const cli_command cli_root = {
    .name = "breakeven",
    .summary = "LFSRs, options, ARC programs and loops, in parallel only when that pays",
    .usage = (const char *const[]){"COMMAND [OPTION...] [OPERAND...]", NULL},
    .examples = EXAMPLES,
    .uses = CLI_USES_ENGINE | CLI_USES_SEED | CLI_USES_JSON,
    .commands = COMMANDS};
