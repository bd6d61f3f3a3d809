/* help.c: --help from the tables, examples first; `breakeven help`. */
#include "cli.h"

#include <string.h>

enum { HELP_WIDTH_MAX = 96, GUTTER_MAX = 32, GUTTER_NARROW = 8 };

/* Print text from column `column` on, going on at `indent`, no line past `width`; ends the line. */
static void print_wrapped(const char *text, size_t column, size_t indent, size_t width)
{
    bool first = true;
    while (*text) {
        size_t spaces = strspn(text, " "), length = strcspn(text + spaces, " \n");
        if (!first && column + 1 + length > width) {
            printf("\n%*s", (int)indent, "");
            column = indent;
            first = true;
        }
        printf("%s%.*s", first ? "" : " ", (int)length, text + spaces);
        column += length + !first;
        first = false;
        text += spaces + length;
        if (text[0] == '\n' && text[1] == '\n') {
            printf("\n\n%*s", (int)indent, "");
            column = indent;
            first = true;
        }
        text += strspn(text, "\n");
    }
    putchar('\n');
}

static void option_left(char left[80], const cli_option *o)
{
    const char *argument = o->argument ? o->argument : "";
    const char *equals = *argument && *argument != '[' ? "=" : "";
    if (o->letter) {
        snprintf(left, 80, "-%c, --%s%s%s", o->letter, o->name, equals, argument);
    } else {
        snprintf(left, 80, "    --%s%s%s", o->name, equals, argument);
    }
}

/* Two columns: what it is called, in bold, and what it does. */
static void print_row(const cli_call *call, const char *left, const char *right, size_t gutter,
                      size_t width)
{
    size_t used = 2 + cli_text_width(left);
    printf("  %s%s%s", cli_paint(call, CLI_BOLD), left, cli_paint(call, CLI_PLAIN));
    if (used + 2 > gutter) {
        printf("\n%*s", (int)gutter, "");
    } else {
        printf("%*s", (int)(gutter - used), "");
    }
    print_wrapped(right, gutter, gutter, width);
}

static void heading(const cli_call *call, const char *text)
{
    printf("\n%s%s%s\n", cli_paint(call, CLI_YELLOW), text, cli_paint(call, CLI_PLAIN));
}

static size_t wider(size_t gutter, size_t length)
{
    size_t needed = length + 4;
    return needed > gutter && needed <= GUTTER_MAX ? needed : gutter;
}

static size_t options_gutter(size_t gutter, const cli_option *table, const cli_command *command)
{
    for (const cli_option *o = table; o && o->name; o++) {
        char left[80];
        option_left(left, o);
        gutter = cli_admits(command, o) ? wider(gutter, strlen(left)) : gutter;
    }
    return gutter;
}

static void print_options(const cli_call *call, const cli_command *command, const cli_option *table,
                          size_t gutter, size_t width)
{
    for (const cli_option *o = table; o && o->name; o++) {
        char left[80];
        option_left(left, o);
        if (cli_admits(command, o)) {
            print_row(call, left, o->help, gutter, width);
        }
    }
}

void cli_print_help(const cli_call *call, const cli_command *command, const char *path, bool brief)
{
    size_t width = call->width < HELP_WIDTH_MAX ? call->width : HELP_WIDTH_MAX;
    size_t gutter = options_gutter(12, command->options, command);
    gutter = brief ? gutter : options_gutter(gutter, cli_shared_options, command);
    for (size_t i = 0; command->commands && command->commands[i]; i++) {
        gutter = wider(gutter, strlen(command->commands[i]->name));
    }
    gutter = gutter > width / 2 ? GUTTER_NARROW : gutter; /* what it does begins a line below */

    printf("%s%s%s: ", cli_paint(call, CLI_BOLD), path, cli_paint(call, CLI_PLAIN));
    print_wrapped(command->summary, strlen(path) + 2, 2, width);

    heading(call, "Examples");
    const cli_example *examples[CLI_LIST_MAX];
    for (size_t i = 0, n = cli_examples(command, examples); i < n; i++) {
        printf("  %sbreakeven %s%s\n      ", cli_paint(call, CLI_BOLD), examples[i]->line,
               cli_paint(call, CLI_PLAIN));
        print_wrapped(examples[i]->what, 6, 6, width);
    }
    heading(call, "Usage");
    for (size_t i = 0; command->usage[i]; i++) {
        printf("  %s%s%s\n", path, *command->usage[i] ? " " : "", command->usage[i]);
    }
    if (command->commands) {
        heading(call, "Commands");
        for (size_t i = 0; command->commands[i]; i++) {
            print_row(call, command->commands[i]->name, command->commands[i]->summary, gutter,
                      width);
        }
    }
    if (!brief && command->description) {
        putchar('\n');
        print_wrapped(command->description, 0, 0, width);
    }
    if (command->options) {
        heading(call, "Options");
        print_options(call, command, command->options, gutter, width);
    }
    if (brief) {
        printf("\n`%s --help` tells all.\n", path);
        return;
    }
    heading(call, command->options ? "Shared options" : "Options");
    print_options(call, command, cli_shared_options, gutter, width);
    if (command == &cli_root) {
        heading(call, "Exit status");
        for (const cli_exit *e = cli_exits; e->meaning; e++) {
            char code[8];
            snprintf(code, sizeof code, "%d", e->code);
            print_row(call, code, e->meaning, gutter, width);
        }
        printf("\n`breakeven help COMMAND` shows the manual of a command.\n");
    }
}

static int run(cli_call *call, int argc, char **argv)
{
    char path[CLI_PATH_SIZE];
    const cli_command *command = cli_find_path(call, argc, argv, path);
    if (!command) {
        return CLI_USAGE;
    }
    cli_print_help(call, command, path, false);
    return CLI_DONE;
}

static const cli_example EXAMPLES[] = {
    {"help", "all commands"}, {"help doctor", "the same as `breakeven doctor --help`"}, {0}};

const cli_command command_help = {.name = "help",
                                  .summary = "show the manual of a command",
                                  .usage = (const char *const[]){"[COMMAND...]", NULL},
                                  .examples = EXAMPLES,
                                  .run = run};
