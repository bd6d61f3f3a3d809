/* man.c: `breakeven man` writes man pages from the option tables, in the man(7) macros. A command's
 * verbs are sections of its page. */
#include "cli.h"

#include <ctype.h>
#include <string.h>

/* Text as roff takes it literally. '-' would become a hyphen, which nobody can copy into a shell;
 * a line that begins with '.' or '\'' would be a request. */
static void put(const char *text)
{
    bool line_begins = true;
    for (; *text; text++) {
        if (line_begins && (*text == '.' || *text == '\'')) {
            fputs("\\&", stdout);
        }
        line_begins = false;
        switch (*text) {
        case '\\':
            fputs("\\e", stdout);
            break;
        case '-':
            fputs("\\-", stdout);
            break;
        case '^':
            fputs("\\(ha", stdout);
            break;
        case '~':
            fputs("\\(ti", stdout);
            break;
        case '\'':
            fputs("\\(aq", stdout);
            break;
        case '`':
            fputs("\\(ga", stdout);
            break;
        case '\n':
            fputs(text[1] == '\n' ? "\n.PP\n" : "\n", stdout);
            text += strspn(text, "\n") - 1;
            line_begins = true;
            break;
        default:
            putchar(*text);
        }
    }
}

static void put_section(const char *text)
{
    printf(".SH \"");
    for (; *text; text++) {
        putchar(toupper((unsigned char)*text));
    }
    printf("\"\n");
}

static void put_options(const cli_command *command, const cli_option *table)
{
    for (const cli_option *o = table; o && o->name; o++) {
        if (!cli_admits(command, o)) {
            continue;
        }
        printf(".TP\n");
        if (o->letter) {
            printf("\\fB\\-%c\\fR, ", o->letter);
        }
        printf("\\fB\\-\\-");
        put(o->name);
        printf("\\fR");
        if (o->argument && o->argument[0] == '[') { /* [=NAME] */
            printf("[=\\fI%.*s\\fR]", (int)strlen(o->argument) - 3, o->argument + 2);
        } else if (o->argument) {
            printf("=\\fI");
            put(o->argument);
            printf("\\fR");
        }
        putchar('\n');
        put(o->help);
        printf(".\n");
    }
}

static void put_usage(const cli_command *command, const char *path)
{
    for (size_t i = 0; command->usage[i]; i++) {
        printf("%s\\fB", i ? ".br\n" : "");
        put(path);
        printf("\\fR");
        printf(*command->usage[i] ? " " : "");
        put(command->usage[i]);
        putchar('\n');
    }
}

static void put_examples(const cli_command *command)
{
    const cli_example *examples[CLI_LIST_MAX];
    for (size_t i = 0, n = cli_examples(command, examples); i < n; i++) {
        printf(".TP\n\\fBbreakeven ");
        put(examples[i]->line);
        printf("\\fR\n");
        put(examples[i]->what);
        putchar('\n');
    }
}

static void put_verbs(const cli_command *command, const char *path)
{
    for (size_t i = 0; command->commands && command->commands[i]; i++) {
        const cli_command *verb = command->commands[i];
        char verb_path[CLI_PATH_SIZE];
        snprintf(verb_path, sizeof verb_path, "%s %s", path, verb->name);
        put_section(verb_path);
        put_usage(verb, verb_path);
        printf(".PP\n");
        put(verb->summary);
        printf(".\n");
        if (verb->description) {
            printf(".PP\n");
            put(verb->description);
            putchar('\n');
        }
        put_options(verb, verb->options);
        if (verb->examples) {
            printf(".SS Examples\n");
            put_examples(verb);
        }
        put_verbs(verb, verb_path);
    }
}

static void put_files_and_environment(void)
{
    static const char *const VARIABLES[][2] = {
        {"BREAKEVEN_WORKERS",
         "Threads that may work on one loop, where \\-\\-workers is not given."},
        {"BREAKEVEN_ISA",
         "The highest instruction level that kernels use: base, avx2 or avx512. Results do not "
         "depend on it."},
        {"NO_COLOR", "When not empty, no colours unless \\-\\-color=always."},
        {"XDG_CACHE_HOME", "Caches are kept in the folder breakeven below it."}};
    put_section("environment");
    for (size_t i = 0; i < sizeof VARIABLES / sizeof VARIABLES[0]; i++) {
        printf(".TP\n.B %s\n%s\n", VARIABLES[i][0], VARIABLES[i][1]);
    }
    put_section("exit status");
    for (const cli_exit *e = cli_exits; e->meaning; e++) {
        printf(".TP\n.B %d\n", e->code);
        put(e->meaning);
        printf(".\n");
    }
}

static void put_page(const cli_command *command, const char *path)
{
    char name[CLI_PATH_SIZE];
    snprintf(name, sizeof name, "%s", path);
    for (char *p = name; *p; p++) {
        *p = *p == ' ' ? '-' : *p;
    }
    printf(".TH \"");
    put(name);
    printf("\" 1 \"\" \"Breakeven %s\" \"User Commands\"\n.SH NAME\n", be_version());
    put(name);
    printf(" \\- ");
    put(command->summary);
    printf("\n.SH SYNOPSIS\n");
    put_usage(command, path);
    put_section("examples");
    put_examples(command);
    if (command->description) {
        put_section("description");
        put(command->description);
        putchar('\n');
    }
    if (command == &cli_root) {
        put_section("commands");
        for (size_t i = 0; command->commands[i]; i++) {
            printf(".TP\n\\fBbreakeven\\-%s\\fR(1)\n", command->commands[i]->name);
            put(command->commands[i]->summary);
            printf(".\n");
        }
    } else {
        put_verbs(command, path);
    }
    put_section("options");
    put_options(command, command->options);
    put_options(command, cli_shared_options);
    put_files_and_environment();
    put_section("see also");
    printf(command == &cli_root ? "\\fBbreakeven\\-help\\fR(1)\n" : "\\fBbreakeven\\fR(1)\n");
}

static int run(cli_call *call, int argc, char **argv)
{
    char path[CLI_PATH_SIZE];
    if (argc > 1) {
        return cli_usage(call, "expected one command, got %d", argc);
    }
    const cli_command *command = cli_find_path(call, argc, argv, path);
    if (!command) {
        return CLI_USAGE;
    }
    put_page(command, path);
    return CLI_DONE;
}

static const cli_example EXAMPLES[] = {
    {"man doctor | man -l -", "read the page of a command that is not installed"},
    {"man > breakeven.1", "the page of breakeven itself"},
    {0}};

const cli_command command_man = {.name = "man",
                                 .summary = "write a man page",
                                 .usage = (const char *const[]){"[COMMAND]", NULL},
                                 .examples = EXAMPLES,
                                 .run = run};
