/* version.c: `breakeven version`. */
#include "cli.h"

static int run(cli_call *call, int argc, char **argv)
{
    (void)argv;
    if (argc > 0) {
        return cli_usage(call, "expected no operand");
    }
    printf("breakeven %s\n", be_version());
    return CLI_DONE;
}

static const cli_example EXAMPLES[] = {{"version", "the version of the library in use"}, {0}};

const cli_command command_version = {.name = "version",
                                     .summary = "show the version",
                                     .usage = (const char *const[]){"", NULL},
                                     .examples = EXAMPLES,
                                     .run = run};
