/* completions.c: `breakeven completions SHELL` writes what a shell needs to complete our command
 * lines. Each script first finds out which command the line is about, the longest path of verbs
 * among its words; then it offers that command's verbs and options, the choices of an option, or
 * files. The names be-NAME complete as `breakeven NAME`. */
#include "cli.h"

#include <string.h>

typedef void visit_one(const cli_command *command, const char *path);

/* Every command, parents first; path is "" for breakeven itself, " lfsr", " option price". */
static void visit(const cli_command *command, const char *path, visit_one *one)
{
    one(command, path);
    for (size_t i = 0; command->commands && command->commands[i]; i++) {
        char below[CLI_PATH_SIZE];
        int length = snprintf(below, sizeof below, "%s %s", path, command->commands[i]->name);
        if (length > 0 && (size_t)length < sizeof below) {
            visit(command->commands[i], below, one);
        }
    }
}

/* The options a command takes, ours and the shared ones. */
typedef struct option_walk {
    const cli_command *command;
    const cli_option *next;
    bool shared;
} option_walk;

static const cli_option *next_option(option_walk *walk)
{
    for (;;) {
        if (!walk->next || !walk->next->name) {
            if (walk->shared) {
                return NULL;
            }
            walk->shared = true;
            walk->next = cli_shared_options;
            continue;
        }
        const cli_option *o = walk->next++;
        if (cli_admits(walk->command, o)) {
            return o;
        }
    }
}

static bool takes_argument(const cli_option *o)
{
    return o->argument && o->argument[0] != '[';
}

static bool names_files(const cli_option *o)
{
    return o->argument && (strstr(o->argument, "FILE") || strstr(o->argument, "DIR"));
}

/* In '...' of a shell. */
static void put_quoted(const char *text)
{
    for (; *text; text++) {
        fputs(*text == '\'' ? "'\\''" : (char[]){*text, '\0'}, stdout);
    }
}

static void put_own_names(void)
{
    for (size_t i = 0; cli_root.commands[i]; i++) {
        if (cli_root.commands[i]->own_name) {
            printf(" be-%s", cli_root.commands[i]->name);
        }
    }
}

/* ---- bash ----------------------------------------------------------------------------------- */

static void bash_path(const cli_command *command, const char *path)
{
    (void)command;
    printf("%s'%s'", *path ? "|" : "", path);
}

static void bash_words(const cli_command *command, const char *path)
{
    printf("    '%s') verbs='", path);
    for (size_t i = 0; command->commands && command->commands[i]; i++) {
        printf("%s%s", i ? " " : "", command->commands[i]->name);
    }
    printf("' options='");
    option_walk walk = {command, command->options, false};
    for (const cli_option *o = next_option(&walk); o; o = next_option(&walk)) {
        printf("--%s%s ", o->name, takes_argument(o) ? "=" : "");
    }
    printf("' ;;\n");
}

/* What may follow an option: patterns for 'path --name' and 'path -letter'. */
static void bash_arguments_of(const cli_option *table, const char *path)
{
    for (const cli_option *o = table; o && o->name; o++) {
        if (!o->argument) {
            continue;
        }
        printf("    %s' --%s'", path, o->name);
        if (o->letter) {
            printf("|%s' -%c'", path, o->letter);
        }
        printf(") argument='");
        for (size_t i = 0; o->choices && o->choices[i]; i++) {
            printf("%s%s", i ? " " : "", o->choices[i]);
        }
        printf("' takes=%s ;;\n", takes_argument(o) ? "yes" : "maybe");
    }
}

static void bash_arguments(const cli_command *command, const char *path)
{
    char quoted[CLI_PATH_SIZE + 2];
    snprintf(quoted, sizeof quoted, "'%s'", path);
    bash_arguments_of(command->options, quoted);
}

static void bash(void)
{
    printf("# bash completion for breakeven, written by `breakeven completions bash`\n"
           "_breakeven() {\n"
           "    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
           "    local path='' verbs='' options='' argument='' takes='' equals='' "
           "word=${COMP_WORDS[0]##*/}\n"
           "    case $word in be-*) path=\" ${word#be-}\" ;; esac\n"
           "    for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
           "        case \"$path $word\" in\n"
           "        ");
    visit(&cli_root, "", bash_path);
    printf(") path=\"$path $word\" ;;\n"
           "        esac\n"
           "    done\n"
           "    # --name=value arrives as three words\n"
           "    if [[ $current == = ]]; then current='' equals=yes\n"
           "    elif [[ $before == = ]]; then before=${COMP_WORDS[COMP_CWORD-2]} equals=yes; fi\n"
           "    case \"$path $before\" in\n");
    visit(&cli_root, "", bash_arguments);
    bash_arguments_of(cli_shared_options, "*");
    printf("    esac\n"
           "    if [[ $takes == yes || $takes$equals == maybeyes ]]; then\n"
           "        mapfile -t COMPREPLY < <(compgen -W \"$argument\" -- \"$current\")\n"
           "        return\n"
           "    fi\n"
           "    case \"$path\" in\n");
    visit(&cli_root, "", bash_words);
    printf("    esac\n"
           "    if [[ $current == -* ]]; then verbs=$options; fi\n"
           "    mapfile -t COMPREPLY < <(compgen -W \"$verbs\" -- \"$current\")\n"
           "    if [[ ${COMPREPLY[0]:-} == --*= ]]; then compopt -o nospace; fi\n"
           "}\n"
           "complete -o bashdefault -o default -F _breakeven breakeven");
    put_own_names();
    printf("\n");
}

/* ---- zsh ------------------------------------------------------------------------------------ */

/* A spec of _arguments: [ ] : and the quote are its own. */
static void put_zsh(const char *text)
{
    for (; *text; text++) {
        if (strchr("[]:\\", *text)) {
            putchar('\\');
        }
        fputs(*text == '\'' ? "'\\''" : (char[]){*text, '\0'}, stdout);
    }
}

static void zsh_action(const cli_option *o)
{
    if (!o->argument) {
        return;
    }
    printf("%s", takes_argument(o) ? ":" : "::");
    put_zsh(takes_argument(o) ? o->argument : "FILE");
    printf(":");
    if (o->choices) {
        printf("(");
        for (size_t i = 0; o->choices[i]; i++) {
            printf("%s%s", i ? " " : "", o->choices[i]);
        }
        printf(")");
    } else if (names_files(o)) {
        printf("_files");
    }
}

static void zsh_command(const cli_command *command, const char *path)
{
    printf("    '%s')\n        specs=(\n", path);
    option_walk walk = {command, command->options, false};
    for (const cli_option *o = next_option(&walk); o; o = next_option(&walk)) {
        if (o->letter) {
            printf("            '(-%c --%s)'{-%c%s,--%s%s}'[", o->letter, o->name, o->letter,
                   takes_argument(o) ? "+" : "", o->name, o->argument ? "=" : "");
        } else {
            printf("            '--%s%s[", o->name,
                   takes_argument(o) ? "="
                   : o->argument     ? "=-"
                                     : "");
        }
        put_zsh(o->help);
        printf("]");
        zsh_action(o);
        printf("'\n");
    }
    printf("        )\n");
    if (command->commands) {
        printf("        verbs=(\n");
        for (size_t i = 0; command->commands[i]; i++) {
            printf("            '%s:", command->commands[i]->name);
            put_zsh(command->commands[i]->summary);
            printf("'\n");
        }
        printf("        )\n");
    }
    printf("        ;;\n");
}

static void zsh(void)
{
    printf("#compdef breakeven");
    put_own_names();
    printf("\n# zsh completion for breakeven, written by `breakeven completions zsh`\n"
           "_breakeven() {\n"
           "    local path_of='' word\n"
           "    local -a specs verbs\n"
           "    case ${words[1]:t} in be-*) path_of=\" ${${words[1]:t}#be-}\" ;; esac\n"
           "    for word in ${words[2,CURRENT-1]}; do\n"
           "        case \"$path_of $word\" in\n"
           "        ");
    visit(&cli_root, "", bash_path);
    printf(") path_of=\"$path_of $word\" ;;\n"
           "        esac\n"
           "    done\n"
           "    case \"$path_of\" in\n");
    visit(&cli_root, "", zsh_command);
    printf("    esac\n"
           "    if (( $#verbs )) && [[ $PREFIX != -* ]]; then _describe command verbs\n"
           "    else _arguments -S : $specs '*:operand:_files'; fi\n"
           "}\n"
           "if [[ $funcstack[1] == _breakeven ]]; then _breakeven \"$@\"; else compdef _breakeven "
           "breakeven");
    put_own_names();
    printf("; fi\n");
}

/* ---- fish ----------------------------------------------------------------------------------- */

static void fish_command(const cli_command *command, const char *path)
{
    for (size_t i = 0; command->commands && command->commands[i]; i++) {
        printf("complete -c breakeven -f -n '__breakeven_at \"%s\"' -a %s -d '", path,
               command->commands[i]->name);
        put_quoted(command->commands[i]->summary);
        printf("'\n");
    }
    option_walk walk = {command, command->options, false};
    for (const cli_option *o = next_option(&walk); o; o = next_option(&walk)) {
        printf("complete -c breakeven -n '__breakeven_at \"%s\"' -l %s", path, o->name);
        if (o->letter) {
            printf(" -s %c", o->letter);
        }
        if (takes_argument(o)) {
            printf(" -r%s", names_files(o) ? "" : " -f");
        }
        if (o->choices) {
            printf(" -a '");
            for (size_t i = 0; o->choices[i]; i++) {
                printf("%s%s", i ? " " : "", o->choices[i]);
            }
            printf("'");
        }
        printf(" -d '");
        put_quoted(o->help);
        printf("'\n");
    }
}

static void fish_path(const cli_command *command, const char *path)
{
    (void)command;
    printf("%s'%s'", *path ? " " : "", path);
}

static void fish(void)
{
    printf("# fish completion for breakeven, written by `breakeven completions fish`\n"
           "function __breakeven_at\n"
           "    set -l path ''\n"
           "    set -l paths ");
    visit(&cli_root, "", fish_path);
    printf("\n"
           "    for word in (commandline -opc)[2..-1]\n"
           "        if contains -- \"$path $word\" $paths\n"
           "            set path \"$path $word\"\n"
           "        end\n"
           "    end\n"
           "    test \"$path\" = \"$argv[1]\"\n"
           "end\n");
    visit(&cli_root, "", fish_command);
    for (size_t i = 0; cli_root.commands[i]; i++) {
        const char *name = cli_root.commands[i]->name;
        if (cli_root.commands[i]->own_name) {
            printf("complete -c be-%s -w 'breakeven %s'\n", name, name);
        }
    }
}

/* ---- the command ---------------------------------------------------------------------------- */

static const struct shell {
    const char *name;
    void (*write)(void);
} SHELLS[] = {{"bash", bash}, {"zsh", zsh}, {"fish", fish}};

enum { SHELL_COUNT = sizeof SHELLS / sizeof SHELLS[0] };

static int run(cli_call *call, int argc, char **argv)
{
    if (argc != 1) {
        return cli_usage(call, "expected one shell: bash, zsh or fish");
    }
    const char *names[SHELL_COUNT + 1] = {0};
    for (size_t i = 0; i < SHELL_COUNT; i++) {
        if (strcmp(argv[0], SHELLS[i].name) == 0) {
            SHELLS[i].write();
            return CLI_DONE;
        }
        names[i] = SHELLS[i].name;
    }
    char suggestion[CLI_SUGGESTION_SIZE];
    return cli_usage(call, "unknown shell \"%.50s\"%s", argv[0],
                     cli_suggest(suggestion, argv[0], names));
}

static const cli_example EXAMPLES[] = {
    {"completions bash > ~/.local/share/bash-completion/completions/breakeven", "for bash"},
    {"completions zsh > ~/.zfunc/_breakeven", "for zsh, with ~/.zfunc in $fpath"},
    {"completions fish > ~/.config/fish/completions/breakeven.fish", "for fish"},
    {0}};

const cli_command command_completions = {
    .name = "completions",
    .summary = "write the completion script of a shell",
    .usage = (const char *const[]){"bash|zsh|fish", NULL},
    .examples = EXAMPLES,
    .description = "`meson install` puts all three where the shells look for them; this is for a "
                   "breakeven that was not installed.",
    .run = run};
