/* cli.c: from argv to a command's run and back to an exit code.
 *
 * A command is found by walking down the tables: options are parsed up to the first operand, a verb
 * there leads one level down, and so on; the last level takes options and operands in any order.
 */
#include "profile.h"

#include <breakeven/cpu.h>

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <langinfo.h>
#include <limits.h>
#include <locale.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

static const char *const WHEN[] = {"auto", "always", "never", NULL};
enum { WHEN_AUTO, WHEN_ALWAYS, WHEN_NEVER };

/* What the shared options of this process said. */
static struct {
    bool help, version, quiet;
    bool brief; /* -h, not --help */
    int color;
    uint64_t workers, seed;
    const char *json, *profile;
    int profile_as;
    unsigned needs; /* CLI_USES_ bits of the options given */
} shared = {.seed = 1, .profile_as = -1};

enum { WORKERS_MAX = 1024 };

const cli_option cli_shared_options[] = {
    {"workers", 'j', "N", "let at most N threads work on one loop (also BREAKEVEN_WORKERS)",
     .count = &shared.workers, .low = 1, .high = WORKERS_MAX, .needs = CLI_USES_ENGINE},
    {"seed", 0, "N", "seed of all random numbers (default 1)", .count = &shared.seed,
     .needs = CLI_USES_SEED},
    {"json", 0, "[=FILE]", "write the result as JSON, to FILE or else in place of the text",
     .text = &shared.json, .needs = CLI_USES_JSON},
    {"profile", 0, "[=FILE]",
     "tell where the time went, in FILE or else on stderr; its ending chooses a format: .json the "
     "report, .pftrace, .trace.json, .speedscope.json, .folded, .pb.gz, else text",
     .text = &shared.profile},
    {"profile-as", 0, "FMT",
     "text, report, perfetto, chrome, speedscope, folded or pprof, whatever FILE ends in",
     .choice = &shared.profile_as, .choices = cli_profile_formats},
    {"quiet", 'q', NULL, "no progress and no remarks on stderr, only errors",
     .flag = &shared.quiet},
    {"color", 0, "WHEN", "auto, always or never (default auto: on a terminal without NO_COLOR)",
     .choice = &shared.color, .choices = WHEN},
    {"help", 'h', NULL, "show this text (-h: its short form)", .flag = &shared.help},
    {"version", 'V', NULL, "show the version", .flag = &shared.version},
    {0}};

/* ---- one line on stderr --------------------------------------------------------------------- */

/* A file name or an operand may hold anything: what would move the cursor or start a second line is
 * shown as '?'. */
static void say(const char *prefix, const char *text)
{
    char line[1024];
    int length = snprintf(line, sizeof line - 1, "%s%s", prefix, text);
    size_t n = length < 0 ? 0 : (size_t)length < sizeof line - 1 ? (size_t)length : sizeof line - 2;
    for (size_t i = 0; i < n; i++) {
        if ((unsigned char)line[i] < ' ' || line[i] == 0x7f) {
            line[i] = '?';
        }
    }
    line[n] = '\n';
    fwrite(line, 1, n + 1, stderr);
}

static char last_error[1000];

static void complain(const char *line)
{
    snprintf(last_error, sizeof last_error, "%s", line);
    say("breakeven: ", line);
}

const char *cli_error_line(void)
{
    return *last_error ? last_error : NULL;
}

int cli_usage(const cli_call *call, const char *format, ...)
{
    char what[800], line[1000];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    snprintf(line, sizeof line, "%s (see `%s --help`)", what, call->path);
    complain(line);
    return CLI_USAGE;
}

void cli_note(const cli_call *call, const char *format, ...)
{
    if (call->quiet) {
        return;
    }
    char line[1000];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    say("", line);
}

static int exit_code(be_status status)
{
    switch (status) {
    case BE_OK:
        return CLI_DONE;
    case BE_EINVAL:
        return CLI_USAGE;
    case BE_EDEADLINE:
        return CLI_PARTIAL;
    case BE_ECANCEL:
        return CLI_INTERRUPTED;
    default:
        return CLI_FAILED;
    }
}

int cli_fail(const cli_call *call, be_status status, const be_error *error, const char *file)
{
    (void)call;
    char line[1000] = "";
    size_t n = 0;
    const char *told = error && error->expected[0] ? error->expected : NULL;
    if (file && !(told && status == BE_EIO)) {
        n += (size_t)snprintf(line + n, sizeof line - n, "%.500s:", file);
    }
    if (error && error->line > 0) {
        n += (size_t)snprintf(line + n, sizeof line - n, "%s%zu:%zu:", n ? "" : "line ",
                              error->line, error->offset + 1);
    } else if (error && error->offset > 0) {
        n += (size_t)snprintf(line + n, sizeof line - n, "%sbyte %zu:", n ? " " : "",
                              error->offset + 1);
    } else if (error && error->item != BE_NO_ITEM) {
        n += (size_t)snprintf(line + n, sizeof line - n, "%sitem %zu:", n ? " " : "", error->item);
    }
    /* The library names what it expected, or, where the system spoke, tells what it said. */
    bool expected = told && (status == BE_EINVAL || status == BE_ELIMIT || status == BE_EDOMAIN) &&
                    strcmp(told, be_status_text(status)) != 0;
    snprintf(line + n, sizeof line - n, "%s%s%s", n ? " " : "", expected ? "expected " : "",
             told ? told : be_status_text(status));
    complain(line);
    return exit_code(status);
}

void cli_out_of_memory(void)
{
    say("breakeven: ", be_status_text(BE_ENOMEM));
    _exit(CLI_FAILED);
}

void *cli_allocate(void *old, size_t n, size_t size)
{
    void *memory = reallocarray(old, n ? n : 1, size);
    if (!memory) {
        cli_out_of_memory();
    }
    return memory;
}

/* ---- the engine, Ctrl-C --------------------------------------------------------------------- */

static be_engine *engine;

be_engine *cli_engine(cli_call *call)
{
    if (engine) {
        return engine;
    }
    be_engine_config config = {
        .size = sizeof config, .workers = call->workers, .tracer = call->tracer};
    be_status status = be_engine_create(&config, &engine);
    if (status) {
        _exit(cli_fail(call, status, NULL, NULL));
    }
    return engine;
}

static be_cancel cancel;

static void interrupted(int signal)
{
    (void)signal;
    be_cancel_raise(&cancel);
}

const be_cancel *cli_cancel(cli_call *call)
{
    (void)call;
    /* SA_RESETHAND: the second one finds the default action, which kills. */
    struct sigaction action = {.sa_handler = interrupted, .sa_flags = SA_RESETHAND | SA_RESTART};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    return &cancel;
}

/* ---- options -------------------------------------------------------------------------------- */

bool cli_admits(const cli_command *command, const cli_option *option)
{
    return (option->needs & ~command->uses) == 0;
}

enum { OPTIONS_MAX = 96, LONG_VALUE = 256 };

typedef struct option_set {
    int n;
    const cli_option *options[OPTIONS_MAX];
    struct option longs[OPTIONS_MAX + 1];
    char letters[2 * OPTIONS_MAX + 4];
    const char *names[OPTIONS_MAX + 1]; /* with dashes, for did-you-mean */
    char name_bytes[OPTIONS_MAX][40];
} option_set;

static bool argument_optional(const cli_option *option)
{
    return option->argument && option->argument[0] == '[';
}

static void add_options(option_set *set, const cli_option *table, size_t *n_letters)
{
    for (const cli_option *o = table; o && o->name && set->n < OPTIONS_MAX; o++) {
        int i = set->n++;
        set->options[i] = o;
        set->longs[i] = (struct option){.name = o->name,
                                        .has_arg = !o->argument           ? no_argument
                                                   : argument_optional(o) ? optional_argument
                                                                          : required_argument,
                                        .val = LONG_VALUE + i};
        snprintf(set->name_bytes[i], sizeof set->name_bytes[i], "--%s", o->name);
        set->names[i] = set->name_bytes[i];
        if (o->letter) {
            set->letters[(*n_letters)++] = o->letter;
            if (o->argument) {
                set->letters[(*n_letters)++] = ':';
            }
        }
    }
}

/* letters begins with '+' (stop at the first operand) and ':' (tell a missing argument apart). */
static void make_option_set(option_set *set, const cli_command *command)
{
    memset(set, 0, sizeof *set);
    size_t n_letters = 0;
    set->letters[n_letters++] = '+';
    set->letters[n_letters++] = ':';
    add_options(set, command->options, &n_letters);
    add_options(set, cli_shared_options, &n_letters);
}

static const cli_option *option_of(const option_set *set, int value)
{
    if (value >= LONG_VALUE) {
        return set->options[value - LONG_VALUE];
    }
    for (int i = 0; value && i < set->n; i++) {
        if (set->options[i]->letter == value) {
            return set->options[i];
        }
    }
    return NULL;
}

/* Put an option's argument where its table entry says. */
static be_status store(const cli_option *o, const char *text, be_error *error)
{
    if (o->flag) {
        *o->flag = true;
        return BE_OK;
    }
    if (o->text) {
        *o->text = text ? text : "";
        return BE_OK;
    }
    if (o->count) {
        return cli_parse_count(text, o->low, o->high, o->count, error);
    }
    if (o->counts) {
        return cli_parse_counts(text, o->low, o->high, o->counts, error);
    }
    if (o->nanoseconds) {
        return cli_parse_duration(text, o->nanoseconds, error);
    }
    for (int i = 0; o->choices[i]; i++) {
        if (strcmp(o->choices[i], text) == 0) {
            *o->choice = i;
            return BE_OK;
        }
    }
    char list[BE_EXPECTED_SIZE] = "";
    size_t n = 0;
    for (size_t i = 0; o->choices[i] && n < sizeof list; i++) {
        const char *between = i == 0 ? "" : o->choices[i + 1] ? ", " : " or ";
        n += (size_t)snprintf(list + n, sizeof list - n, "%s%s", between, o->choices[i]);
    }
    return be_error_set(error, BE_EINVAL, "%s", list);
}

static int bad_value(const cli_call *call, const char *name, const char *text,
                     const be_error *error)
{
    const char *rest = error->offset < strlen(text) ? text + error->offset : "";
    if (rest == text) {
        return cli_usage(call, "%s %.200s: expected %s", name, text, error->expected);
    }
    return cli_usage(call, "%s %.200s: expected %s at %s%.80s%s", name, text, error->expected,
                     *rest ? "\"" : "its end", rest, *rest ? "\"" : "");
}

/* Parse the options in front of the first operand (stop) or anywhere, leaving the operands in
 * argv[*first, argc). Returns an exit code. */
static int parse(cli_call *call, const cli_command *command, int argc, char **argv, bool stop,
                 int *first)
{
    static option_set set; /* large, and used by one thread */
    make_option_set(&set, command);
    opterr = 0;
    optind = 0; /* GNU: start afresh */
    for (;;) {
        int value = getopt_long(argc, argv, set.letters + (stop ? 0 : 1), set.longs, NULL);
        if (value == -1) {
            *first = optind;
            return CLI_DONE;
        }
        const cli_option *o = option_of(&set, value == ':' || value == '?' ? optopt : value);
        if (value == ':') {
            return cli_usage(call, "--%s needs an argument %s", o->name, o->argument);
        }
        if (value == '?' && o) {
            return cli_usage(call, "--%s takes no argument", o->name);
        }
        if (value == '?' && optopt) {
            return cli_usage(call, "unknown option -%c", optopt);
        }
        if (value == '?') {
            char name[80], suggestion[CLI_SUGGESTION_SIZE];
            snprintf(name, sizeof name, "%.*s", (int)strcspn(argv[optind - 1], "="),
                     argv[optind - 1]);
            return cli_usage(call, "unknown option %s%s", name,
                             cli_suggest(suggestion, name, set.names));
        }
        be_error error = {0};
        if (store(o, optarg, &error)) {
            char name[48];
            snprintf(name, sizeof name, "--%s", o->name);
            return bad_value(call, name, optarg, &error);
        }
        shared.needs |= o->needs;
        shared.brief |= value == 'h';
    }
}

/* ---- commands ------------------------------------------------------------------------------- */

const cli_command *cli_find(const cli_command *parent, const char *name)
{
    for (size_t i = 0; parent->commands && parent->commands[i]; i++) {
        if (strcmp(parent->commands[i]->name, name) == 0) {
            return parent->commands[i];
        }
    }
    return NULL;
}

static int unknown_command(const cli_call *call, const cli_command *parent, const char *name)
{
    const char *names[OPTIONS_MAX + 1] = {0};
    for (size_t i = 0; i < OPTIONS_MAX && parent->commands[i]; i++) {
        names[i] = parent->commands[i]->name;
    }
    char suggestion[CLI_SUGGESTION_SIZE];
    return cli_usage(call, "unknown command \"%.100s\"%s", name,
                     cli_suggest(suggestion, name, names));
}

/* Go down one level: the call is now one of command. */
static void descend(cli_call *call, const cli_command *command)
{
    size_t n = strlen(call->path);
    snprintf(call->path + n, sizeof call->path - n, "%s%s", n ? " " : "", command->name);
    call->command = command;
}

const cli_command *cli_find_path(cli_call *call, int n, char **names, char path[CLI_PATH_SIZE])
{
    cli_call found = *call;
    found.path[0] = '\0';
    descend(&found, &cli_root);
    for (int i = 0; i < n; i++) {
        const cli_command *next = cli_find(found.command, names[i]);
        if (!next && found.command->commands) {
            unknown_command(&found, found.command, names[i]);
            return NULL;
        }
        if (!next) {
            cli_usage(call, "%s has no commands", found.path);
            return NULL;
        }
        descend(&found, next);
    }
    memcpy(path, found.path, CLI_PATH_SIZE);
    return found.command;
}

/* BREAKEVEN_WORKERS counts where -j is silent. */
static int settle_workers(cli_call *call)
{
    const char *text = getenv("BREAKEVEN_WORKERS");
    call->workers_by = shared.workers ? "-j" : NULL;
    if (!shared.workers && text && *text) {
        be_error error = {0};
        if (cli_parse_count(text, 1, WORKERS_MAX, &shared.workers, &error)) {
            return bad_value(call, "BREAKEVEN_WORKERS", text, &error);
        }
        call->workers_by = "BREAKEVEN_WORKERS";
    }
    call->workers = (unsigned)shared.workers;
    return CLI_DONE;
}

/* BREAKEVEN_ISA limits the instructions of kernels: for comparing their variants. */
static int settle_isa(const cli_call *call)
{
    const char *text = getenv("BREAKEVEN_ISA");
    if (!text || !*text) {
        return CLI_DONE;
    }
    const char *names[BE_ISA_COUNT + 1] = {0};
    for (be_isa isa = BE_ISA_BASE; isa < BE_ISA_COUNT; isa++) {
        names[isa] = be_isa_name(isa);
        if (strcmp(text, names[isa]) != 0) {
            continue;
        }
        if (be_cpu_limit(isa)) {
            return cli_usage(call, "BREAKEVEN_ISA %s: this machine has %s at most", text,
                             be_isa_name(be_cpu_best()));
        }
        return CLI_DONE;
    }
    char suggestion[CLI_SUGGESTION_SIZE];
    return cli_usage(call, "BREAKEVEN_ISA %.40s: expected base, avx2 or avx512%s", text,
                     cli_suggest(suggestion, text, names));
}

static void settle_terminal(cli_call *call)
{
    const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");
    call->terminal = isatty(STDOUT_FILENO);
    bool capable = call->terminal && term && strcmp(term, "dumb") != 0;
    bool unwanted = no_color && *no_color;
    call->color =
        shared.color == WHEN_ALWAYS || (shared.color == WHEN_AUTO && capable && !unwanted);
    call->width = UINT_MAX;
    if (call->terminal) {
        struct winsize size = {0};
        uint64_t columns = 80;
        const char *text = getenv("COLUMNS");
        if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
            columns = size.ws_col;
        } else if (!text || cli_parse_count(text, 1, 10000, &columns, NULL)) {
            columns = 80;
        }
        call->width = (unsigned)columns;
    }
}

/* From argv[0, argc), whose first is the name of `command`, to the exit code. */
static int dispatch(cli_call *call, int argc, char **argv)
{
    for (;;) {
        const cli_command *command = call->command;
        int first = 0;
        int code = parse(call, command, argc, argv, command->commands != NULL, &first);
        if (code) {
            return code;
        }
        const cli_command *verb =
            command->commands && first < argc ? cli_find(command, argv[first]) : NULL;
        if (verb) {
            descend(call, verb);
            argc -= first;
            argv += first;
            continue;
        }
        if (command->commands && command->run) {
            code = parse(call, command, argc, argv, false, &first);
        }
        if (code) {
            return code;
        }
        settle_terminal(call);
        if (shared.version) {
            printf("breakeven %s\n", be_version());
            return CLI_DONE;
        }
        if (shared.help) {
            cli_print_help(call, command, call->path, shared.brief);
            return CLI_DONE;
        }
        if (!command->run && first < argc) {
            return unknown_command(call, command, argv[first]);
        }
        if (!command->run) {
            cli_print_help(call, command, call->path, true);
            return CLI_USAGE;
        }
        for (const cli_option *o = cli_shared_options; o->name; o++) {
            if ((shared.needs & o->needs) && !cli_admits(command, o)) {
                return cli_usage(call, "`%s` has no use for --%s", call->path, o->name);
            }
        }
        code = settle_workers(call);
        code = code ? code : settle_isa(call);
        if (code) {
            return code;
        }
        call->separated = strcmp(argv[first - 1], "--") == 0;
        call->quiet = shared.quiet;
        call->seed = shared.seed;
        call->json = shared.json && !*shared.json ? "-" : shared.json;
        if (shared.profile_as >= 0 && !(shared.profile && *shared.profile)) {
            return cli_usage(call, "--profile-as needs --profile=FILE");
        }
        if (shared.profile) {
            cli_profile_begin(call, shared.profile, shared.profile_as);
        }
        code = command->run(call, argc - first, argv + first);
        return cli_profile_end(call, code, engine);
    }
}

/* Source: XDG Base Directory Specification 0.8; a relative path there is to be ignored. */
bool cli_cache_folder(char *path, size_t size)
{
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    int length = 0;
    if (cache && cache[0] == '/') {
        length = snprintf(path, size, "%s/breakeven", cache);
    } else if (home && home[0] == '/') {
        length = snprintf(path, size, "%s/.cache/breakeven", home);
    }
    return length > 0 && (size_t)length < size;
}

int cli_write_json(const cli_call *call, const be_text *text)
{
    if (text->status) {
        return cli_fail(call, text->status, NULL, NULL);
    }
    fflush(stdout);
    be_error error;
    be_status status = be_file_replace(call->json, text->bytes, text->size, &error);
    return status ? cli_fail(call, status, &error, call->json) : CLI_DONE;
}

/* ---- the process ---------------------------------------------------------------------------- */

/* A closed stdin, stdout or stderr would be the number of the next file opened. Opened the wrong
 * way round, it answers each use with an error. */
static void hold_standard_files(void)
{
    static const int wrong_way[] = {O_WRONLY, O_RDONLY, O_RDONLY};
    for (int file = 0; file <= STDERR_FILENO; file++) {
        if (fcntl(file, F_GETFD) < 0 && open("/dev/null", wrong_way[file]) < 0) {
            _exit(CLI_FAILED);
        }
    }
}

/* What was printed must have arrived; a full disk is not success. stdio forgets why an earlier
 * write failed: then one more byte is tried, to be told again. */
static int close_stdout(int code)
{
    bool failed = ferror(stdout);
    int reason = failed && write(STDOUT_FILENO, "\n", 1) < 0 ? errno : 0;
    if (fclose(stdout) != 0) {
        failed = true;
        reason = reason ? reason : errno;
    }
    if (!failed) {
        return code;
    }
    char line[200];
    snprintf(line, sizeof line, "standard output: %s", reason ? strerror(reason) : "write failed");
    say("breakeven: ", line);
    return code == CLI_DONE ? CLI_FAILED : code;
}

/* getopt moves the operands to the end. */
static char **copy_of(int argc, char **argv)
{
    char **copy = cli_allocate(NULL, (size_t)argc + 1, sizeof *copy);
    memcpy(copy, argv, ((size_t)argc + 1) * sizeof *copy);
    return copy;
}

int cli_main(int argc, char **argv)
{
    hold_standard_files();
    setlocale(LC_CTYPE, "");
    signal(SIGPIPE, SIG_DFL); /* a closed pipe ends us silently, whoever started us */

    cli_call call = {.width = UINT_MAX,
                     .argc = argc,
                     .argv = copy_of(argc, argv),
                     .begun_s = (uint64_t)time(NULL),
                     .begun_ns = be_now_ns()};
    descend(&call, &cli_root);
    const char *slash = argc > 0 ? strrchr(argv[0], '/') : NULL;
    const char *self = slash ? slash + 1 : argc > 0 ? argv[0] : "";
    const cli_command *named = strncmp(self, "be-", 3) == 0 ? cli_find(&cli_root, self + 3) : NULL;
    if (named) {
        descend(&call, named);
    }
    int code = close_stdout(dispatch(&call, argc, argv));
    be_engine_destroy(engine);
    be_tracer_destroy(call.tracer);
    free(call.argv);
    return code;
}
