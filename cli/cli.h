/* cli.h: what the subcommands of `breakeven` stand on.
 *
 * Add a subcommand
 *   1. Write cli/NAME.c with `const cli_command command_NAME = {...};`, shaped like the sketch
 * below.
 *   2. Add the line COMMAND(NAME) to cli/commands.h.
 * Parsing, --help, did-you-mean, the man page, the completions of three shells, the name be-NAME
 * and the test of all of them follow from the table.
 *
 *     static struct {
 *         const char *input;
 *         uint64_t states;
 *         bool tails;
 *     } given = {.states = 1 << 20};                     (the defaults)
 *
 *     static const cli_option OPTIONS[] = {
 *         {"input", 'i', "FILE", "read the polynomials from FILE", .text = &given.input},
 *         {"states", 0, "N", "give up after N states (default 2^20)", .count = &given.states,
 *          .low = 1, .high = UINT64_C(1) << 40},
 *         {"tails", 0, NULL, "count states on tails apart", .flag = &given.tails},
 *         {0}};
 *
 *     static int run(cli_call *call, int argc, char **argv)
 *     {
 *         if (argc != 1) {
 *             return cli_usage(call, "expected one polynomial, got %d", argc);
 *         }
 *         be_for_options options = {.size = sizeof options, .cancel = cli_cancel(call)};
 *         be_error error;
 *         be_status status = be_lfsr_cycles(cli_engine(call), argv[0], ..., &options, &error);
 *         if (status) {
 *             return cli_fail(call, status, &error, NULL);
 *         }
 *         printf(...);                                   (results: stdout; everything else: not)
 *         return CLI_DONE;
 *     }
 *
 *     const cli_command command_lfsr = {
 *         .name = "lfsr",
 *         .summary = "cycle lengths of a shift register over GF(2)",
 *         .usage = (const char *const[]){"POLYNOMIAL", NULL},
 *         .examples = (const cli_example[]){{"lfsr 'x^4 + x + 1'", "one register"}, {0}},
 *         .uses = CLI_USES_ENGINE | CLI_USES_JSON,
 *         .options = OPTIONS,
 *         .run = run};
 *
 * A command with verbs (`breakeven option price`) lists them in .commands; it may have a run of its
 * own for operands that are no verb. A verb's source goes beside it and into cli/meson.build.
 *
 * This is a program, not a library: what cannot go on (no memory for the engine) ends it here, with
 * one line on stderr. Nothing in these functions is for use from several threads at once, except
 * cli_progress_add.
 */
#ifndef CLI_H
#define CLI_H

#include <breakeven/batch.h>
#include <breakeven/io.h>

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* ---- exit codes ----------------------------------------------------------------------------- */

enum {
    CLI_DONE = 0,
    CLI_FAILED = 1,       /* the work failed, or a check answered no */
    CLI_USAGE = 2,        /* bad usage or bad input */
    CLI_PARTIAL = 75,     /* partial and resumable */
    CLI_INTERRUPTED = 130 /* interrupted with nothing to resume */
};

/* The same in words, for the manual; ended by a NULL meaning. */
typedef struct cli_exit {
    int code;
    const char *meaning;
} cli_exit;

extern const cli_exit cli_exits[];

/* ---- tables --------------------------------------------------------------------------------- */

typedef struct cli_call cli_call;
typedef struct cli_command cli_command;

enum { CLI_LIST_MAX = 64, CLI_PATH_SIZE = 64 };

/* Counts from a list such as 1,2,4 or 1k,2^16. */
typedef struct cli_counts {
    size_t n;
    uint64_t values[CLI_LIST_MAX];
} cli_counts;

/* One option. Exactly one of the pointers says where its value goes and how it is read; the value
 * there before parsing is the default. A table ends with {0}. */
typedef struct cli_option {
    const char *name;     /* long name without the dashes */
    char letter;          /* short name, or 0 */
    const char *argument; /* name of its argument in help: FILE and DIR complete to files; NULL: it
                             is a flag; "[=FILE]" (brackets and all): may be left out */
    const char *help;     /* begins in lower case, ends without a full stop */

    bool *flag;                 /* set to true */
    const char **text;          /* as it is; "" when an optional argument was left out */
    uint64_t *count;            /* cli_parse_count, in [low, high] */
    uint64_t *nanoseconds;      /* cli_parse_duration: 200ms, 1.5s */
    cli_counts *counts;         /* cli_parse_counts, each in [low, high] */
    int *choice;                /* index into choices */
    uint64_t low, high;         /* of count and counts; both 0: any */
    const char *const *choices; /* ended by NULL */
    unsigned needs;             /* of the shared options alone: the CLI_USES_ bit that admits it */
} cli_option;

/* What a command does: both texts on one line each. `line` is without the program's name. */
typedef struct cli_example {
    const char *line;
    const char *what;
} cli_example;

/* Shared options that only some commands have a use for; the others refuse them. */
enum {
    CLI_USES_ENGINE = 1, /* -j, --workers */
    CLI_USES_SEED = 2,   /* --seed */
    CLI_USES_JSON = 4    /* --json[=FILE] */
};

struct cli_command {
    const char *name;
    const char *summary;         /* begins in lower case, ends without a full stop */
    const char *const *usage;    /* what may follow the name, one form a line; ended by NULL */
    const cli_example *examples; /* ended by {0} */
    const char *description;     /* paragraphs parted by an empty line; may be NULL */
    unsigned uses;               /* CLI_USES_ bits */
    const cli_option *options;   /* may be NULL */
    const cli_command *const *commands; /* its verbs, ended by NULL; may be NULL */
    bool own_name;                      /* also installed as be-NAME */
    /* Operands argv[0, argc); returns an exit code. May be NULL when there are verbs. */
    int (*run)(cli_call *call, int argc, char **argv);
};

/* ---- one call of a command ------------------------------------------------------------------ */

/* What the shared options said. */
struct cli_call {
    const cli_command *command;
    char path[CLI_PATH_SIZE]; /* "breakeven option price" */
    bool quiet;               /* errors only on stderr */
    bool color;               /* stdout takes colours */
    bool terminal;            /* stdout is a terminal */
    unsigned width;           /* columns of stdout; UINT_MAX when it is no terminal */
    unsigned workers;         /* asked for; 0: the engine's choice */
    const char *workers_by;   /* who asked: "-j", "BREAKEVEN_WORKERS", or NULL */
    uint64_t seed;            /* 1 unless given */
    const char *json;         /* NULL: not asked for; "-": in place of the text; else a file */
    be_tracer *tracer;        /* for be_span_begin; NULL unless --profile */
    bool separated;           /* "--" stood in front of the operands */
    int argc;                 /* of the process, as it was started */
    char **argv;
    uint64_t begun_s;  /* seconds since 1970 */
    uint64_t begun_ns; /* on be_now_ns's clock */
};

/* The call's engine: made on first use from -j, BREAKEVEN_WORKERS and --profile; never NULL. */
be_engine *cli_engine(cli_call *call);

/* Raised by the first Ctrl-C (or SIGTERM) from now on; the second one kills. A command that never
 * asks for it is killed by the first. Hand it to every be_for_options. */
const be_cancel *cli_cancel(cli_call *call);

/* One line "breakeven: FILE:LINE:COLUMN: expected ..." on stderr for a status and what is known
 * beside it; error and file may be NULL, and the file is left out where the error's text names it
 * (BE_EIO). Returns the exit code that fits. */
int cli_fail(const cli_call *call, be_status status, const be_error *error, const char *file);

/* The last line that cli_fail or cli_usage wrote, without "breakeven: "; NULL when there is none.
 */
const char *cli_error_line(void);

/* One line on stderr and where to read more; returns CLI_USAGE. */
int cli_usage(const cli_call *call, const char *format, ...) BE_PRINTF(2, 3);

/* One line on stderr, unless --quiet: a remark, never a result. */
void cli_note(const cli_call *call, const char *format, ...) BE_PRINTF(2, 3);

/* The folder for caches, which may not be there yet; false when neither XDG_CACHE_HOME nor HOME
 * says where it is. */
bool cli_cache_folder(char *path, size_t size);

/* Write a JSON document where --json said; returns an exit code, having said what went wrong. The
 * document's first member is "schema": "breakeven.NAME/1". */
int cli_write_json(const cli_call *call, const be_text *text);

/* ---- names and numbers ---------------------------------------------------------------------- */

enum { CLI_SUGGESTION_SIZE = 200 };

/* The names (ended by NULL) nearest to a mistyped one as "; did you mean a, b or c?", or "". */
const char *cli_suggest(char suggestion[CLI_SUGGESTION_SIZE], const char *given,
                        const char *const *names);

/* 42, 0x2a, 16k (thousands), 16Ki (1,024s), 1M, 1Gi, 2^10, 1e6; in [low, high], 0 and 0 for any.
 * *error may be NULL. */
be_status cli_parse_count(const char *text, uint64_t low, uint64_t high, uint64_t *value,
                          be_error *error);

/* A list of such, parted by commas, at most CLI_LIST_MAX. */
be_status cli_parse_counts(const char *text, uint64_t low, uint64_t high, cli_counts *counts,
                           be_error *error);

/* 200ms, 1.5s, 2m, 1h, 10us, 5ns: the unit is asked for. */
be_status cli_parse_duration(const char *text, uint64_t *nanoseconds, be_error *error);

/* A duration in three digits and its unit, "1.25 ms", into text. */
enum { CLI_DURATION_SIZE = 24 };
const char *cli_format_duration(char text[CLI_DURATION_SIZE], double nanoseconds);

/* ---- the terminal --------------------------------------------------------------------------- */

typedef enum cli_style {
    CLI_PLAIN,
    CLI_BOLD,
    CLI_DIM,
    CLI_RED,
    CLI_GREEN,
    CLI_YELLOW,
    CLI_STYLE_COUNT
} cli_style;

/* The escape that starts a style (CLI_PLAIN ends them all); "" when stdout takes no colours. */
const char *cli_paint(const cli_call *call, cli_style style);

/* Columns that UTF-8 text takes on a terminal. */
size_t cli_text_width(const char *text);

/* The ten colours of ARC viewers, in the terminal's palette of 256: what a picture's cells are
 * drawn in. */
extern const uint8_t cli_cell_colors[10];

/* A table: cells in reading order, columns as wide as they need. On a terminal too narrow for it
 * the widest left-aligned columns are cut. `align` has a letter a column, l or r. */
typedef struct cli_table {
    const char *align;
    size_t n_columns;
    size_t n_cells;
    size_t capacity;
    struct cli_cell *cells;
} cli_table;

void cli_table_init(cli_table *table, const char *align);
void cli_table_clear(cli_table *table);
void cli_table_cell(cli_table *table, cli_style style, const char *format, ...) BE_PRINTF(3, 4);
/* The first row is the heading. */
void cli_table_print(const cli_table *table, const cli_call *call);

/* Progress on stderr: only on a terminal, not with --quiet, after a second, ten times a second at
 * most. cli_progress_add may be called from any thread. total 0: unknown. */
typedef struct cli_progress {
    const char *what;
    uint64_t total;
    uint64_t begin_ns;
    _Atomic uint64_t next_ns; /* when to draw again; UINT64_MAX: never */
    _Atomic uint64_t done;
    _Atomic bool drawn;
} cli_progress;

void cli_progress_begin(cli_progress *progress, const cli_call *call, const char *what,
                        uint64_t total);
void cli_progress_add(cli_progress *progress, uint64_t amount);
void cli_progress_end(cli_progress *progress);

/* The same for work that cannot say how far it is: after a second a thread shows how long it has
 * been at it, and how many CPUs at a time. Print nothing between begin and end. */
typedef struct cli_ticker {
    const char *what;
    uint64_t begin_ns;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool runs, stop, drawn;
} cli_ticker;

void cli_ticker_begin(cli_ticker *ticker, const cli_call *call, const char *what);
void cli_ticker_end(cli_ticker *ticker);

/* Shows a workload's result on stdout: facts, tables, pictures. Clear it afterwards. */
typedef struct cli_presenter {
    be_presenter presenter; /* what the workload is given */
    const cli_call *call;
    cli_table table;
    char align[CLI_LIST_MAX + 1];
} cli_presenter;

void cli_presenter_init(cli_presenter *presenter, const cli_call *call);
void cli_presenter_clear(cli_presenter *presenter);

/* ---- for main.c and the generators ---------------------------------------------------------- */

extern const cli_command cli_root;            /* `breakeven` itself: its verbs are the commands */
extern const cli_option cli_shared_options[]; /* taken by every command that .needs admits */

/* Parse, run, clean up, see that stdout was written; returns the exit code of the process. */
int cli_main(int argc, char **argv);

bool cli_admits(const cli_command *command, const cli_option *shared);
const cli_command *cli_find(const cli_command *parent, const char *name); /* or NULL */
/* Follow names[0, n) down from the root; what is left over is a mistake: NULL, having said so. */
const cli_command *cli_find_path(cli_call *call, int n, char **names, char path[CLI_PATH_SIZE]);
/* Its examples; of the root, the first of each command that works on an engine. At most
 * CLI_LIST_MAX; returns how many. */
size_t cli_examples(const cli_command *command, const cli_example *examples[CLI_LIST_MAX]);
void cli_print_help(const cli_call *call, const cli_command *command, const char *path, bool brief);

/* realloc that ends the program with its one line when there is no memory. */
void *cli_allocate(void *old, size_t n, size_t size);
_Noreturn void cli_out_of_memory(void);

#endif
