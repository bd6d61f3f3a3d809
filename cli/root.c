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

const cli_command cli_root = {
    .name = "breakeven",
    .summary = "LFSRs, options, ARC programs and loops, in parallel only when that pays",
    .usage = (const char *const[]){"COMMAND [OPTION...] [OPERAND...]", NULL},
    .uses = CLI_USES_ENGINE | CLI_USES_SEED | CLI_USES_JSON,
    .commands = COMMANDS};

size_t cli_examples(const cli_command *command, const cli_example *examples[CLI_LIST_MAX])
{
    size_t n = 0;
    for (const cli_example *e = command->examples; e && e->line && n < CLI_LIST_MAX; e++) {
        examples[n++] = e;
    }
    for (size_t i = 0; command == &cli_root && COMMANDS[i] && n < CLI_LIST_MAX; i++) {
        if (COMMANDS[i]->uses & CLI_USES_ENGINE) {
            examples[n++] = COMMANDS[i]->examples;
        }
    }
    return n;
}
