/* arc_programs.h: what the verbs of `breakeven arc` share: programs and tasks from operands, and
 * running the ones on the others. */
#ifndef CLI_ARC_PROGRAMS_H
#define CLI_ARC_PROGRAMS_H

#include "cli.h"

#include <breakeven/arc.h>

/* ---- programs ------------------------------------------------------------------------------- */

typedef struct arc_program {
    const be_arc_programs *text;
    size_t index;
    const char *name; /* "solve_007bbfb7", or the file's name where the function's says nothing */
    const char *task; /* "007bbfb7", or "" */
    const char *path;
} arc_program;

typedef struct arc_programs {
    arc_program *items;
    size_t n, room;
    size_t n_refused; /* files that did not parse */
    struct arc_memory *memory;
} arc_programs;

/* The programs of a file ("-": standard input), or of the *.py files of a folder and the folders in
 * it. A file of a folder that does not parse is told on stderr, counted and passed by. Returns an
 * exit code, having said what went wrong. */
int arc_load_programs(const cli_call *call, const char *path, arc_programs *programs);
void arc_programs_clear(arc_programs *programs);

/* ---- tasks ---------------------------------------------------------------------------------- */

/* The tasks of operands: files, folders, "-", names of bundled tasks, names of files below the
 * folder in BREAKEVEN_ARC_DATA. Without any, those of that folder, or else the bundled ones. On
 * CLI_DONE *data is the caller's. Notes grids that are larger than 30x30. */
int arc_load_data(const cli_call *call, int argc, char **argv, be_arc_data **data);

#define ARC_TASKS_HELP                                                                             \
    "TASK is a JSON file in any of the public layouts (a task, a list of pairs, tasks by name, "   \
    "solutions behind their challenges), a folder of such files, - for standard input, or the "    \
    "name of a bundled task. Without any, the tasks of the folder in BREAKEVEN_ARC_DATA, or else " \
    "the bundled ones."

#define ARC_PROGRAMS_HELP                                                                          \
    "PROGRAMS is a file of programs in arc-dsl's Python form, or a folder of *.py files. A "       \
    "function solve_ID or verify_ID runs on the task ID; solve, or the function that --entry "     \
    "names, on the task its file is called after, or else on every task."

/* ---- runs ----------------------------------------------------------------------------------- */

/* One program on one task: pairs [first, first + n) of the runs. */
typedef struct arc_pairing {
    const arc_program *program;
    const be_arc_puzzle *task;
    size_t first;
} arc_pairing;

/* What came of one program on one pair. */
typedef struct arc_run {
    be_arc_result result; /* its cells are this run's own, or NULL where not kept */
    bool has_output;
    bool known; /* is the pair's output */
    bool match;
} arc_run;

typedef struct arc_runs {
    arc_pairing *pairings;
    size_t n_pairings;
    arc_run *runs;
    size_t n_runs;
    size_t n_alone; /* programs whose task is not there */
} arc_runs;

/* Which programs meet which tasks, nothing run yet. everywhere: each program runs on each task. */
void arc_pair_up(const arc_programs *programs, const be_arc_data *data, bool everywhere,
                 arc_runs *runs);

/* Run them all. keep_cells: keep the outputs. Returns an exit code. */
int arc_run_pairings(cli_call *call, const be_arc_settings *settings, bool keep_cells,
                     arc_runs *runs);
void arc_runs_clear(arc_runs *runs);

/* Note on stderr the programs whose task is not there. */
void arc_note_alone(const cli_call *call, const arc_runs *runs);

/* ---- in words and JSON ---------------------------------------------------------------------- */

/* What a run came to: "right", "wrong: 3 of 9 cells", "TypeError in rot90, line 3". */
enum { ARC_WORDS_SIZE = 128 };
const char *arc_run_words(char words[ARC_WORDS_SIZE], const arc_run *run,
                          const be_arc_grid *expected);

/* A grid as an array of arrays. */
void arc_write_cells(be_json_writer *json, uint32_t rows, uint32_t columns, const int32_t *cells);

/* {"split", "index", "output", "match", "error", "fuel"} of pair number `pair` of a task. brief:
 * without the output. */
void arc_write_run(be_json_writer *json, const be_arc_puzzle *task, size_t pair,
                   const arc_run *run);

/* The data set's hash in 32 digits. */
enum { ARC_HASH_SIZE = 33 };
const char *arc_hash_words(char words[ARC_HASH_SIZE], const be_arc_data *data);

/* The options that say how programs are run, as the verbs' tables have them: the values given, and
 * one line for each option. */
typedef struct arc_options {
    const char *entry;
    uint64_t fuel, bytes;
    int order;
    bool pruned;
} arc_options;

extern arc_options arc_given;

// clang-format off
#define ARC_OPTIONS                                                                                \
    {"entry", 'e', "NAME", "run the function NAME and no other", .text = &arc_given.entry},        \
    {"fuel", 0, "N", "steps a run may take (default 20M)", .count = &arc_given.fuel, .low = 1,     \
     .high = UINT64_C(1) << 50},                                                                   \
    {"memory", 0, "BYTES", "memory a run may take (default 64Mi)", .count = &arc_given.bytes,      \
     .low = 1 << 16, .high = UINT64_C(1) << 34},                                                   \
    {"order", 0, "ORDER", "how sets iterate: cpython (default) or sorted",                         \
     .choice = &arc_given.order, .choices = arc_orders},                                           \
    {"pruned", 0, NULL, "leave out lines that the returned value does not depend on",              \
     .flag = &arc_given.pruned}
// clang-format on

extern const char *const arc_orders[];

/* What arc_given says. */
be_arc_settings arc_settings(void);

/* `arc run --stream`: lines {"id", "src"} and lines {"id", "input"}, answered {"id", "out"}. */
int arc_run_stream(cli_call *call, const char *programs, const char *pairs);

#endif
