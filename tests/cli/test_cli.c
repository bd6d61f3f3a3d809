/* test_cli.c: drives the built program, whose path is in the variable BREAKEVEN, and holds what it
 * prints against its own option tables. */
#include "check.h"

#include "../../cli/cli.h"

#include <breakeven/cpu.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { WORDS_MAX = 16, OUTPUT_MAX = 1 << 20 };

typedef struct outcome {
    int code; /* exit status; 128 + the signal that killed it */
    char *out;
    char *err;
} outcome;

static char *contents(int file)
{
    char *text = malloc(OUTPUT_MAX + 1);
    ssize_t n = text ? pread(file, text, OUTPUT_MAX, 0) : -1;
    CHECK(n >= 0);
    text[n] = '\0';
    return text;
}

static int scratch_file(void)
{
    char name[] = "/tmp/breakeven-test-XXXXXX";
    int file = mkostemp(name, O_CLOEXEC);
    CHECK(file >= 0 && unlink(name) == 0);
    return file;
}

/* Run words[0, ...NULL), found through PATH; out (-1: collect it) is its stdout. Code 127 and no
 * output when there is no such program. */
static outcome run_words(const char *file, const char *const *words, int out)
{
    outcome o = {.code = 127};
    int out_file = out < 0 ? scratch_file() : out, err_file = scratch_file();
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out_file, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, err_file, STDERR_FILENO);
    pid_t child;
    int status = 0;
    char *arguments[WORDS_MAX + 1] = {0};
    for (size_t i = 0; words[i] && i < WORDS_MAX; i++) {
        memcpy(&arguments[i], &words[i], sizeof words[i]);
    }
    if (posix_spawnp(&child, file, &actions, NULL, arguments, environ) == 0) {
        CHECK(waitpid(child, &status, 0) == child);
        o.code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    }
    posix_spawn_file_actions_destroy(&actions);
    o.out = out < 0 ? contents(out_file) : NULL;
    o.err = contents(err_file);
    if (out < 0) {
        close(out_file);
    }
    close(err_file);
    return o;
}

static const char *program(void)
{
    const char *path = getenv("BREAKEVEN");
    CHECK_SAY(path, "BREAKEVEN must name the program");
    return path;
}

/* The program with words parted by blanks. */
static outcome run_to(const char *line, int out)
{
    char copy[512];
    const char *words[WORDS_MAX + 1] = {program()};
    size_t n = 1;
    snprintf(copy, sizeof copy, "%s", line);
    for (char *word = strtok(copy, " "); word && n < WORDS_MAX; word = strtok(NULL, " ")) {
        words[n++] = word;
    }
    return run_words(program(), words, out);
}

static outcome run(const char *line)
{
    return run_to(line, -1);
}

static void clear(outcome *o)
{
    free(o->out);
    free(o->err);
}

static bool is_one_line(const char *text)
{
    return *text && strchr(text, '\n') == text + strlen(text) - 1;
}

/* ---- the tables ----------------------------------------------------------------------------- */

typedef void check_command(const cli_command *command, const char *path);

/* Every command with its path, "" for breakeven itself. */
static void for_each_command(const cli_command *command, const char *path, check_command *check)
{
    check(command, path);
    for (size_t i = 0; command->commands && command->commands[i]; i++) {
        char below[CLI_PATH_SIZE];
        int length = snprintf(below, sizeof below, "%s%s%s", path, *path ? " " : "",
                              command->commands[i]->name);
        CHECK(length > 0 && (size_t)length < sizeof below);
        for_each_command(command->commands[i], below, check);
    }
}

static const cli_option *find_option(const cli_command *command, const char *name, size_t length)
{
    for (int table = 0; table < 2; table++) {
        for (const cli_option *o = table ? cli_shared_options : command->options; o && o->name;
             o++) {
            if (strlen(o->name) == length && memcmp(o->name, name, length) == 0 &&
                cli_admits(command, o)) {
                return o;
            }
        }
    }
    return NULL;
}

static unsigned n_destinations(const cli_option *o)
{
    return !!o->flag + !!o->text + !!o->count + !!o->counts + !!o->nanoseconds + !!o->choice;
}

static void check_table(const cli_command *command, const char *path)
{
    char letters[256] = {0};
    CHECK_SAY(command->summary && command->usage && command->usage[0], "%s", path);
    CHECK_SAY(command->run || command->commands, "%s", path);
    const cli_example *examples[CLI_LIST_MAX];
    CHECK_SAY(cli_examples(command, examples) > 0, "%s has no example", path);
    for (int table = 0; table < 2; table++) {
        for (const cli_option *o = table ? cli_shared_options : command->options; o && o->name;
             o++) {
            CHECK_SAY(n_destinations(o) == 1, "%s --%s", path, o->name);
            CHECK_SAY(!o->flag == !!o->argument, "%s --%s", path, o->name);
            CHECK_SAY(!o->choice == !o->choices, "%s --%s", path, o->name);
            CHECK_SAY(o->help && *o->help && o->help[strlen(o->help) - 1] != '.', "%s --%s", path,
                      o->name);
            CHECK_SAY(!o->letter || !letters[(unsigned char)o->letter]++, "%s -%c twice", path,
                      o->letter);
            CHECK_SAY(!table || !command->options ||
                          find_option(command, o->name, strlen(o->name)) == o ||
                          !cli_admits(command, o),
                      "%s --%s twice", path, o->name);
        }
    }
}

static void tables_are_consistent(void **state)
{
    (void)state;
    for_each_command(&cli_root, "", check_table);
}

/* An example is `COMMAND [VERB] WORDS...`, perhaps with a shell's pipe behind. */
static void check_examples(const cli_command *command, const char *path)
{
    const cli_example *examples[CLI_LIST_MAX];
    for (size_t i = 0, n = cli_examples(command, examples); i < n; i++) {
        char line[512];
        snprintf(line, sizeof line, "%s", examples[i]->line);
        line[strcspn(line, "|>")] = '\0';
        const cli_command *named = &cli_root;
        bool ours = true;
        for (char *word = strtok(line, " "); word && ours; word = strtok(NULL, " ")) {
            const cli_command *verb = cli_find(named, word);
            named = verb ? verb : named;
            ours = strcmp(word, "--") != 0;
            if (ours && strncmp(word, "--", 2) == 0) {
                size_t length = strcspn(word + 2, "=");
                CHECK_SAY(find_option(named, word + 2, length), "%s: %s: %s", path,
                          examples[i]->line, word);
            }
        }
        CHECK_SAY(named != &cli_root, "%s: %s", path, examples[i]->line);
    }
}

static void examples_name_commands_and_options_that_exist(void **state)
{
    (void)state;
    for_each_command(&cli_root, "", check_examples);
}

/* ---- help ----------------------------------------------------------------------------------- */

static bool has_option(const cli_option *table, const char *name)
{
    while (table && table->name && strcmp(table->name, name) != 0) {
        table++;
    }
    return table && table->name;
}

static void check_help(const cli_command *command, const char *path)
{
    char line[CLI_PATH_SIZE + 16];
    snprintf(line, sizeof line, "%s --help", path);
    outcome o = run(line);
    CHECK_SAY(o.code == 0 && *o.err == '\0', "%s: %d %s", line, o.code, o.err);
    char *examples = strstr(o.out, "\nExamples\n"), *usage = strstr(o.out, "\nUsage\n");
    CHECK_SAY(examples && usage && examples < usage, "%s:\n%s", line, o.out);
    for (int table = 0; table < 2; table++) {
        for (const cli_option *option = table ? cli_shared_options : command->options;
             option && option->name; option++) {
            char name[64];
            snprintf(name, sizeof name, " --%s", option->name);
            /* A command may have an option of its own under a shared one's name. */
            bool shown = cli_admits(command, option) || has_option(command->options, option->name);
            CHECK_SAY(!strstr(o.out, name) == !shown, "%s: %s", line, name);
        }
    }
    for (size_t i = 0; command->commands && command->commands[i]; i++) {
        CHECK_SAY(strstr(o.out, command->commands[i]->summary), "%s: %s", line,
                  command->commands[i]->name);
    }
    snprintf(line, sizeof line, "help %s", path);
    outcome same = run(line);
    CHECK_SAY(same.code == 0 && strcmp(same.out, o.out) == 0, "%s", line);
    clear(&same);
    snprintf(line, sizeof line, "%s -h", path);
    outcome brief = run(line);
    CHECK_SAY(brief.code == 0 && strlen(brief.out) < strlen(o.out), "%s", line);
    clear(&brief);
    clear(&o);
}

static void help_names_every_option_and_shows_examples_first(void **state)
{
    (void)state;
    for_each_command(&cli_root, "", check_help);
}

static void a_missing_command_shows_the_short_help_and_fails(void **state)
{
    (void)state;
    outcome o = run("");
    CHECK(o.code == CLI_USAGE && strstr(o.out, "\nExamples\n") && strstr(o.out, "doctor"));
    clear(&o);
}

static void the_version_is_the_librarys(void **state)
{
    (void)state;
    char expected[64];
    snprintf(expected, sizeof expected, "breakeven %s\n", be_version());
    static const char *const LINES[] = {"--version", "-V", "version", "doctor --version"};
    for (size_t i = 0; i < sizeof LINES / sizeof LINES[0]; i++) {
        outcome o = run(LINES[i]);
        CHECK_SAY(o.code == 0 && strcmp(o.out, expected) == 0, "%s: %s", LINES[i], o.out);
        clear(&o);
    }
}

static void a_name_of_its_own_leads_to_the_command(void **state)
{
    (void)state;
    outcome direct = run("doctor --help");
    const char *words[] = {"/somewhere/be-doctor", "--help", NULL};
    outcome o = run_words(program(), words, -1);
    CHECK(o.code == 0 && strcmp(o.out, direct.out) == 0);
    clear(&o);
    clear(&direct);
}

/* ---- mistakes ------------------------------------------------------------------------------- */

static void mistakes_get_one_line_and_the_nearest_name(void **state)
{
    (void)state;
    static const struct {
        const char *line, *says;
    } CASES[] = {
        {"docter", "unknown command \"docter\"; did you mean doctor?"},
        {"zzzzzz", "unknown command \"zzzzzz\" (see `breakeven --help`)"},
        {"help docter", "unknown command \"docter\"; did you mean doctor?"},
        {"help doctor x", "has no commands"},
        {"doctor --jsno",
         "unknown option --jsno; did you mean --json? (see `breakeven doctor --help`)"},
        {"--colour doctor", "unknown option --colour; did you mean --color?"},
        {"doctor -z", "unknown option -z"},
        {"doctor --color=red", "--color red: expected auto, always or never"},
        {"doctor --color", "--color needs an argument WHEN"},
        {"doctor --quiet=yes", "--quiet takes no argument"},
        {"doctor -j 0", "--workers 0: expected a whole number from 1 to 1024"},
        {"doctor -j 2x", "expected nothing more, or one of k, M, G, Ki, Mi, Gi at \"x\""},
        {"doctor -j 1e", "at \"e\""},
        {"doctor extra", "expected no operand, got \"extra\""},
        {"version --seed 3", "`breakeven version` has no use for --seed"},
        {"-j 2 version", "`breakeven version` has no use for --workers"},
        {"completions", "expected one shell"},
        {"completions zhs", "unknown shell \"zhs\"; did you mean zsh?"},
        {"man docter", "did you mean doctor?"},
        {"man doctor man", "expected one command, got 2"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        outcome o = run(CASES[i].line);
        CHECK_SAY(o.code == CLI_USAGE, "%s: %d", CASES[i].line, o.code);
        CHECK_SAY(*o.out == '\0' && is_one_line(o.err), "%s: %s%s", CASES[i].line, o.out, o.err);
        CHECK_SAY(strncmp(o.err, "breakeven: ", 11) == 0 && strstr(o.err, CASES[i].says), "%s: %s",
                  CASES[i].line, o.err);
        clear(&o);
    }
}

static void variables_with_nonsense_are_refused_by_name(void **state)
{
    (void)state;
    setenv("BREAKEVEN_WORKERS", "many", 1);
    outcome o = run("doctor");
    CHECK_SAY(o.code == CLI_USAGE && strstr(o.err, "BREAKEVEN_WORKERS many: expected"), "%s",
              o.err);
    clear(&o);
    o = run("doctor -j 1"); /* said on the line: the variable is not looked at */
    CHECK(o.code == 0);
    clear(&o);
    unsetenv("BREAKEVEN_WORKERS");

    setenv("BREAKEVEN_ISA", "avx", 1);
    o = run("doctor");
    CHECK_SAY(o.code == CLI_USAGE && is_one_line(o.err) && strstr(o.err, "did you mean avx2"), "%s",
              o.err);
    clear(&o);
    unsetenv("BREAKEVEN_ISA");
}

static void what_was_typed_cannot_move_the_cursor(void **state)
{
    (void)state;
    outcome o = run("do\x1b[2Jctor\nx\x7f");
    CHECK(o.code == CLI_USAGE && is_one_line(o.err));
    CHECK(!strchr(o.err, '\x1b') && !strchr(o.err, '\x7f') && strstr(o.err, "do?[2Jctor?x?"));
    clear(&o);
}

static void an_endless_word_is_cut(void **state)
{
    (void)state;
    char word[400];
    memset(word, 'a', sizeof word - 1);
    word[sizeof word - 1] = '\0';
    memcpy(word, "--", 2);
    outcome o = run(word);
    CHECK(o.code == CLI_USAGE && is_one_line(o.err));
    clear(&o);
    o = run(word + 2);
    CHECK(o.code == CLI_USAGE && is_one_line(o.err) && strlen(o.err) < 300);
    clear(&o);
}

/* ---- stdout --------------------------------------------------------------------------------- */

static void a_full_disk_is_told(void **state)
{
    (void)state;
    static const char *const LINES[] = {"--help", "version", "doctor", "doctor --json",
                                        "completions zsh"};
    for (size_t i = 0; i < sizeof LINES / sizeof LINES[0]; i++) {
        int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
        CHECK(full >= 0);
        outcome o = run_to(LINES[i], full);
        CHECK_SAY(o.code == CLI_FAILED && is_one_line(o.err) && strstr(o.err, strerror(ENOSPC)),
                  "%s: %d %s", LINES[i], o.code, o.err);
        clear(&o);
        close(full);
    }
}

static void a_closed_pipe_ends_silently(void **state)
{
    (void)state;
    signal(SIGPIPE, SIG_IGN); /* as some parents leave it */
    static const char *const LINES[] = {"--help", "doctor --json"};
    for (size_t i = 0; i < sizeof LINES / sizeof LINES[0]; i++) {
        int ends[2];
        CHECK(pipe2(ends, O_CLOEXEC) == 0);
        close(ends[0]);
        outcome o = run_to(LINES[i], ends[1]);
        CHECK_SAY(o.code == 128 + SIGPIPE && *o.err == '\0', "%s: %d %s", LINES[i], o.code, o.err);
        clear(&o);
        close(ends[1]);
    }
    signal(SIGPIPE, SIG_DFL);
}

static void a_closed_stdout_is_no_success(void **state)
{
    (void)state;
    char line[512];
    snprintf(line, sizeof line, "%s version >&-", program());
    const char *words[] = {"sh", "-c", line, NULL};
    outcome o = run_words("sh", words, -1);
    CHECK(o.code == CLI_FAILED && is_one_line(o.err));
    clear(&o);
}

/* In a child of its own: what the program does with stdin, stdout and stderr closed. */
static void closed_standard_files_are_not_given_to_others(void **state)
{
    (void)state;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        char *words[] = {(char[]){"breakeven"}, (char[]){"version"}, NULL};
        for (int i = 0; i <= STDERR_FILENO; i++) {
            close(i);
        }
        int code = cli_main(2, words);
        int next = open("/dev/null", O_RDWR); /* stdout, which cli_main closed in the end */
        _exit(code == CLI_FAILED && next == STDOUT_FILENO ? 0 : 1);
    }
    int status = 0;
    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    CHECK_SAY(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %x", (unsigned)status);
}

/* What the program prints on a terminal of 40 columns. */
static char *run_on_terminal(const char *line)
{
    int primary = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    CHECK(primary >= 0 && grantpt(primary) == 0 && unlockpt(primary) == 0);
    int terminal = open(ptsname(primary), O_RDWR | O_NOCTTY | O_CLOEXEC);
    struct winsize size = {.ws_row = 24, .ws_col = 40};
    CHECK(terminal >= 0 && ioctl(terminal, TIOCSWINSZ, &size) == 0);
    outcome o = run_to(line, terminal);
    CHECK(o.code == 0);
    clear(&o);
    close(terminal);
    char *text = malloc(OUTPUT_MAX + 1);
    size_t n = 0;
    for (ssize_t got; text && (got = read(primary, text + n, OUTPUT_MAX - n)) > 0;) {
        n += (size_t)got;
    }
    CHECK(text);
    text[n] = '\0';
    close(primary);
    return text;
}

static void colours_are_for_terminals_that_want_them(void **state)
{
    (void)state;
    static const struct {
        const char *line, *term, *no_color;
        bool terminal, colors;
    } CASES[] = {
        {"version --help", "xterm", "", true, true},
        {"version --help", "xterm", "", false, false},
        {"version --help", "dumb", "", true, false},
        {"version --help", "xterm", "1", true, false},
        {"version --help --color=always", "xterm", "1", true, true},
        {"version --help --color=always", "dumb", "", false, true},
        {"version --help --color=never", "xterm", "", true, false},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        setenv("TERM", CASES[i].term, 1);
        setenv("NO_COLOR", CASES[i].no_color, 1);
        outcome o = {0};
        char *text =
            CASES[i].terminal ? run_on_terminal(CASES[i].line) : (o = run(CASES[i].line), o.out);
        CHECK_SAY(!strchr(text, '\x1b') == !CASES[i].colors, "case %zu:\n%s", i, text);
        free(text);
        free(o.err);
    }
    unsetenv("NO_COLOR");
}

static void help_keeps_to_the_width_of_the_terminal(void **state)
{
    (void)state;
    setenv("TERM", "dumb", 1);
    char *text = run_on_terminal("doctor --help");
    const char *usage = strstr(text, "Usage"); /* an example is one line, however long */
    CHECK(usage);
    for (size_t length; *usage; usage += length + (usage[length] == '\n')) {
        length = strcspn(usage, "\n");
        size_t width = strcspn(usage, "\r\n");
        CHECK_SAY(width <= 40, "a line of %zu columns", width);
    }
    free(text);
}

/* ---- generated texts ------------------------------------------------------------------------ */

static const char *man_text; /* the page being looked at */

static void check_in_man(const cli_command *command, const char *path)
{
    for (int table = 0; table < 2; table++) {
        /* Verbs share the shared options of their page. */
        for (const cli_option *o = table ? cli_shared_options : command->options; o && o->name;
             o++) {
            char escaped[128] = "\\-\\-";
            size_t n = strlen(escaped);
            for (const char *p = o->name; *p; p++) {
                n += (size_t)snprintf(escaped + n, sizeof escaped - n, "%s%c",
                                      *p == '-' ? "\\" : "", *p);
            }
            CHECK_SAY(!cli_admits(command, o) || strstr(man_text, escaped), "%s: %s", path,
                      o->name);
        }
    }
}

static void the_man_page_of_a_command_has_every_option(void **state)
{
    (void)state;
    for (size_t i = 0; cli_root.commands[i]; i++) {
        char line[80];
        snprintf(line, sizeof line, "man %s", cli_root.commands[i]->name);
        outcome o = run(line);
        CHECK_SAY(o.code == 0 && strncmp(o.out, ".TH ", 4) == 0, "%s", line);
        man_text = o.out;
        for_each_command(cli_root.commands[i], cli_root.commands[i]->name, check_in_man);
        clear(&o);
    }
}

/* Write text to a file for another program to read; the caller unlinks it. */
static void write_file(char *name, const char *text)
{
    int file = mkostemp(name, O_CLOEXEC);
    CHECK(file >= 0 && write(file, text, strlen(text)) == (ssize_t)strlen(text));
    close(file);
}

static void man_pages_are_clean_roff(void **state)
{
    (void)state;
    bool checked = false;
    for (size_t i = 0; i == 0 || cli_root.commands[i - 1]; i++) {
        char line[80], name[] = "/tmp/breakeven-test-XXXXXX";
        snprintf(line, sizeof line, "man %s", i == 0 ? "" : cli_root.commands[i - 1]->name);
        outcome page = run(line);
        write_file(name, page.out);
        const char *words[] = {"groff", "-man", "-ww", "-z", name, NULL};
        outcome o = run_words("groff", words, -1);
        unlink(name);
        checked = o.code != 127;
        CHECK_SAY(!checked || (o.code == 0 && *o.err == '\0'), "%s: %s", line, o.err);
        clear(&o);
        clear(&page);
    }
    if (!checked) {
        SKIP("no groff");
    }
}

static void completions_parse_in_their_shells(void **state)
{
    (void)state;
    static const char *const SHELLS[] = {"bash", "zsh", "fish"};
    bool checked = false;
    for (size_t i = 0; i < sizeof SHELLS / sizeof SHELLS[0]; i++) {
        char line[80], name[] = "/tmp/breakeven-test-XXXXXX";
        snprintf(line, sizeof line, "completions %s", SHELLS[i]);
        outcome script = run(line);
        CHECK(script.code == 0);
        write_file(name, script.out);
        const char *words[] = {SHELLS[i], "-n", name, NULL};
        outcome o = run_words(SHELLS[i], words, -1);
        unlink(name);
        checked |= o.code != 127;
        CHECK_SAY(o.code == 127 || (o.code == 0 && *o.err == '\0'), "%s: %s", SHELLS[i], o.err);
        clear(&o);
        clear(&script);
    }
    if (!checked) {
        SKIP("no bash, zsh or fish");
    }
}

static void bash_completes_commands_options_and_choices(void **state)
{
    (void)state;
    static const struct {
        const char *words, *completions;
    } CASES[] = {{"breakeven doc", "doctor"},
                 {"breakeven doctor --js", "--json"},
                 {"breakeven doctor --se", ""},
                 {"breakeven doctor --color = al", "always"},
                 {"breakeven doctor --color ne", "never"},
                 {"breakeven -j 2 doctor --work", "--workers="},
                 {"be-doctor --js", "--json"},
                 {"breakeven doctor do", ""},
                 {"/usr/bin/breakeven doctor --vers", "--version"}};
    outcome script = run("completions bash");
    char name[] = "/tmp/breakeven-test-XXXXXX";
    write_file(name, script.out);
    clear(&script);
    bool checked = true;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0] && checked; i++) {
        char line[512], expected[80];
        snprintf(line, sizeof line,
                 "compopt() { :; }; . %s; COMP_WORDS=(%s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); "
                 "_breakeven; echo \"${COMPREPLY[@]}\"",
                 name, CASES[i].words);
        const char *words[] = {"bash", "-c", line, NULL};
        outcome o = run_words("bash", words, -1);
        snprintf(expected, sizeof expected, "%s\n", CASES[i].completions);
        checked = o.code != 127;
        CHECK_SAY(!checked || strcmp(o.out, expected) == 0, "%s: %s%s", CASES[i].words, o.out,
                  o.err);
        clear(&o);
    }
    unlink(name);
    if (!checked) {
        SKIP("no bash");
    }
}

static void fish_completes_commands_and_options(void **state)
{
    (void)state;
    static const struct {
        const char *line, *completion;
    } CASES[] = {{"breakeven doc", "doctor\t"},
                 {"breakeven doctor --js", "--json\t"},
                 {"breakeven doctor --color nev", "never\t"}};
    outcome script = run("completions fish");
    char name[] = "/tmp/breakeven-test-XXXXXX";
    write_file(name, script.out);
    clear(&script);
    bool checked = true;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0] && checked; i++) {
        char line[256];
        snprintf(line, sizeof line, "source %s; complete -C '%s'", name, CASES[i].line);
        const char *words[] = {"fish", "--no-config", "-c", line, NULL};
        outcome o = run_words("fish", words, -1);
        checked = o.code != 127;
        CHECK_SAY(!checked || strncmp(o.out, CASES[i].completion, strlen(CASES[i].completion)) == 0,
                  "%s: %s%s", CASES[i].line, o.out, o.err);
        clear(&o);
    }
    unlink(name);
    if (!checked) {
        skip();
    }
}

/* ---- doctor --------------------------------------------------------------------------------- */

static be_json *doctor_json(const char *line)
{
    outcome o = run(line);
    CHECK_SAY(o.code == 0 && *o.err == '\0', "%s: %s", line, o.err);
    be_json *json;
    be_error error;
    be_status status = be_json_parse(o.out, strlen(o.out), &json, &error);
    CHECK_SAY(status == BE_OK, "%zu:%zu: %s", error.line, error.offset, error.expected);
    clear(&o);
    return json;
}

static const be_json_value *at(const be_json *json, const char *object, const char *key)
{
    const be_json_value *outer = be_json_get(be_json_root(json), object);
    CHECK_SAY(outer, "%s", object);
    const be_json_value *value = key ? be_json_get(outer, key) : outer;
    CHECK_SAY(value, "%s.%s", object, key ? key : "");
    return value;
}

static void doctor_json_tells_the_machine(void **state)
{
    (void)state;
    be_json *json = doctor_json("doctor --json");
    CHECK(strcmp(be_json_text(at(json, "schema", NULL)), "breakeven.doctor/1") == 0);
    CHECK(strcmp(be_json_text(at(json, "version", NULL)), be_version()) == 0);
    CHECK(strcmp(be_json_text(at(json, "cpu", "isa_best")), be_isa_name(be_cpu_best())) == 0);
    CHECK(strcmp(be_json_text(at(json, "cpu", "isa")), be_isa_name(be_cpu_isa())) == 0);
    bool counters = be_counters_check(NULL) == BE_OK;
    CHECK(be_json_boolean(at(json, "cpu", "counters")) == counters);
    CHECK((be_json_typeof(at(json, "cpu", "counters_reason")) == BE_JSON_NULL) == counters);
    CHECK(be_json_integer(at(json, "workers", "count")) >= 1);
    CHECK(be_json_number(at(json, "clock", "read_ns")) > 0);
    CHECK(be_json_number(at(json, "clock", "ns_per_tick")) > 0);
    CHECK(!be_json_boolean(at(json, "stdout", "terminal")));
    be_json_destroy(json);
}

static void doctor_obeys_the_isa_override(void **state)
{
    (void)state;
    for (be_isa isa = BE_ISA_BASE; isa < BE_ISA_COUNT; isa++) {
        setenv("BREAKEVEN_ISA", be_isa_name(isa), 1);
        if (isa <= be_cpu_best()) {
            be_json *json = doctor_json("doctor --json");
            CHECK(strcmp(be_json_text(at(json, "cpu", "isa")), be_isa_name(isa)) == 0);
            be_json_destroy(json);
        } else {
            outcome o = run("doctor");
            CHECK(o.code == CLI_USAGE && strstr(o.err, "this machine has"));
            clear(&o);
        }
    }
    unsetenv("BREAKEVEN_ISA");
}

static void doctor_finds_the_cache_as_xdg_says(void **state)
{
    (void)state;
    static const struct {
        const char *xdg, *home, *cache;
    } CASES[] = {{"/x/cache", "/home/a", "/x/cache/breakeven"},
                 {"", "/home/a", "/home/a/.cache/breakeven"},
                 {"relative", "/home/a", "/home/a/.cache/breakeven"},
                 {"", "", NULL}};
    char *home = getenv("HOME") ? strdup(getenv("HOME")) : NULL;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        setenv("XDG_CACHE_HOME", CASES[i].xdg, 1);
        setenv("HOME", CASES[i].home, 1);
        be_json *json = doctor_json("doctor --json");
        const char *cache = be_json_text(at(json, "system", "cache"));
        CHECK_SAY(CASES[i].cache ? cache && strcmp(cache, CASES[i].cache) == 0 : !cache,
                  "case %zu: %s", i, cache ? cache : "null");
        be_json_destroy(json);
    }
    unsetenv("XDG_CACHE_HOME");
    setenv("HOME", home ? home : "", 1);
    free(home);
}

static void json_goes_to_a_file_beside_the_text(void **state)
{
    (void)state;
    char folder[] = "/tmp/breakeven-test-XXXXXX", line[80], path[64];
    CHECK(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/doctor.json", folder);
    snprintf(line, sizeof line, "doctor --json=%s", path);
    outcome o = run(line);
    CHECK(o.code == 0 && strstr(o.out, "Processor"));
    clear(&o);
    be_text text;
    be_text_init(&text, NULL);
    CHECK(be_file_read(path, 1 << 20, &text, NULL) == BE_OK);
    be_json *json;
    CHECK(be_json_parse(text.bytes, text.size, &json, NULL) == BE_OK);
    be_json_destroy(json);
    be_text_clear(&text);
    unlink(path);
    rmdir(folder);

    o = run("doctor --json=/no/such/folder/x");
    CHECK_SAY(o.code == CLI_FAILED && is_one_line(o.err) && strstr(o.err, "/no/such/folder/x"),
              "%s", o.err);
    clear(&o);
}

/* ---- --profile ------------------------------------------------------------------------------ */

static void a_profile_names_the_command_and_keeps_off_stdout(void **state)
{
    (void)state;
    outcome plain = run("man man"), o = run("man man --profile");
    CHECK(o.code == 0 && strcmp(o.out, plain.out) == 0);
    CHECK_SAY(strstr(o.err, "breakeven man ") && strstr(o.err, "unaccounted"), "%s", o.err);
    clear(&o);
    clear(&plain);
}

static void a_profile_goes_to_the_file_that_was_named(void **state)
{
    (void)state;
    char name[] = "/tmp/breakeven-test-XXXXXX", line[80];
    write_file(name, "");
    snprintf(line, sizeof line, "version --profile=%s", name);
    outcome o = run(line);
    CHECK(o.code == 0 && *o.err == '\0');
    clear(&o);
    be_text text;
    be_text_init(&text, NULL);
    CHECK(be_file_read(name, 1 << 20, &text, NULL) == BE_OK);
    CHECK_SAY(strstr(text.bytes, "breakeven version "), "%s", text.bytes);
    be_text_clear(&text);
    unlink(name);

    o = run("version --profile=/no/such/folder/x");
    CHECK_SAY(o.code == CLI_FAILED && is_one_line(o.err) && strstr(o.err, "/no/such/folder/x"),
              "%s", o.err);
    clear(&o);
}

static const struct CMUnitTest TESTS[] = {TEST(tables_are_consistent),
                                          TEST(examples_name_commands_and_options_that_exist),
                                          TEST(help_names_every_option_and_shows_examples_first),
                                          TEST(a_missing_command_shows_the_short_help_and_fails),
                                          TEST(the_version_is_the_librarys),
                                          TEST(a_name_of_its_own_leads_to_the_command),
                                          TEST(mistakes_get_one_line_and_the_nearest_name),
                                          TEST(variables_with_nonsense_are_refused_by_name),
                                          TEST(what_was_typed_cannot_move_the_cursor),
                                          TEST(an_endless_word_is_cut),
                                          TEST(a_full_disk_is_told),
                                          TEST(a_closed_pipe_ends_silently),
                                          TEST(a_closed_stdout_is_no_success),
                                          TEST(closed_standard_files_are_not_given_to_others),
                                          TEST(colours_are_for_terminals_that_want_them),
                                          TEST(help_keeps_to_the_width_of_the_terminal),
                                          TEST(the_man_page_of_a_command_has_every_option),
                                          TEST(man_pages_are_clean_roff),
                                          TEST(completions_parse_in_their_shells),
                                          TEST(bash_completes_commands_options_and_choices),
                                          TEST(fish_completes_commands_and_options),
                                          TEST(doctor_json_tells_the_machine),
                                          TEST(doctor_obeys_the_isa_override),
                                          TEST(doctor_finds_the_cache_as_xdg_says),
                                          TEST(json_goes_to_a_file_beside_the_text),
                                          TEST(a_profile_names_the_command_and_keeps_off_stdout),
                                          TEST(a_profile_goes_to_the_file_that_was_named)};

RUN_TESTS(TESTS)
