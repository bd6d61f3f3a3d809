/* arc.h: grids of the Abstraction and Reasoning Corpus, its tasks, and the scoring of candidate
 * transformations.
 *
 *     be_arc_tasks tasks;
 *     be_arc_scoring *scoring;
 *     be_arc_tasks_load("data/training", NULL, &tasks, &error);
 *     be_arc_scoring_create(&tasks, 10000, NULL, &scoring, &error);
 *     be_arc_scoring_run(scoring, engine, NULL);
 *     size_t n = be_arc_scoring_best(scoring, 0, best, 5);
 *
 * A task is a few pairs of grids, each an input and its output; what turns the inputs of the train
 * pairs into their outputs is to be found, and applied to the test inputs.
 */
#ifndef BREAKEVEN_ARC_H
#define BREAKEVEN_ARC_H

#include <breakeven/batch.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- grids ---------------------------------------------------------------------------------- */

enum { BE_GRID_SIDE_MAX = 30, BE_GRID_CELLS_MAX = BE_GRID_SIDE_MAX * BE_GRID_SIDE_MAX };

/* Colours 0-9, 1 to 30 rows of 1 to 30 columns, row by row without gaps. Cells past
 * rows * columns mean nothing. */
typedef struct be_grid {
    uint8_t rows;
    uint8_t columns;
    uint8_t cells[BE_GRID_CELLS_MAX];
} be_grid;

/* Same shape and same cells. */
BE_API bool be_grid_equal(const be_grid *a, const be_grid *b);

/* How alike two grids are, 0 to 1000: the share of equal cells in thousandths, rounded down, so
 * that 1000 means equal; 0 when the shapes differ. */
BE_API unsigned be_grid_likeness(const be_grid *a, const be_grid *b);

/* ---- tasks ---------------------------------------------------------------------------------- */

enum { BE_ARC_NAME_SIZE = 256, BE_ARC_PAIRS_MAX = 1024, BE_ARC_TASKS_MAX = 100000 };

typedef struct be_arc_pair {
    be_grid input;
    be_grid output;  /* meaningless unless has_output */
    bool has_output; /* true for every train pair */
} be_arc_pair;

typedef struct be_arc_task {
    char name[BE_ARC_NAME_SIZE]; /* such as "007bbfb7"; cut at its last whole byte that fits */
    size_t n_train;              /* pairs[0, n_train); at least 1 */
    size_t n_test;               /* pairs[n_train, n_train + n_test); at least 1 */
    be_arc_pair *pairs;
    const be_allocator *allocator;
} be_arc_task;

typedef struct be_arc_tasks {
    be_arc_task *task; /* task[0, count) */
    size_t count;
    size_t capacity;
    const be_allocator *allocator;
} be_arc_tasks;

/* Read a task from text[0, size), in the public format:
 *
 *     {"train": [{"input": GRID, "output": GRID}, ...], "test": [...]}
 *
 * where a GRID is an array of equally long rows of colours, and a test pair may lack its output.
 * Both lists have 1 to 1,024 pairs together. Other members of the task are ignored, other members
 * of a pair refused. allocator may be NULL (malloc).
 *
 * BE_EINVAL with the line, the offset in it and what was expected there; BE_ELIMIT for more pairs;
 * BE_ENOMEM. Linear in size. */
BE_API BE_CHECK be_status be_arc_task_parse(const char *name, const char *text, size_t size,
                                            const be_allocator *allocator, be_arc_task *task,
                                            be_error *error);
BE_API void be_arc_task_clear(be_arc_task *task);

/* Start a list; clear frees the tasks in it. A list that is all zeros is empty too. */
BE_API void be_arc_tasks_init(be_arc_tasks *tasks, const be_allocator *allocator);
BE_API void be_arc_tasks_clear(be_arc_tasks *tasks);

/* Add what path names to the list: one task file ("-": standard input), or the *.json files of a
 * folder and of the folders in it, in the order of their paths' bytes. A task is called like its
 * file, without ".json".
 *
 * The error of a file that is no task begins with its path. BE_EINVAL also for a folder without
 * tasks, BE_EIO for what cannot be read, BE_ELIMIT for a file over 4 MiB or more than 100,000
 * tasks. On failure the list is as before. */
BE_API BE_CHECK be_status be_arc_tasks_load(be_arc_tasks *tasks, const char *path, be_error *error);

/* Add the library's own tasks, those of data/arc in the source tree. */
BE_API BE_CHECK be_status be_arc_tasks_bundled(be_arc_tasks *tasks);

/* ---- tasks for programs -----------------------------------------------------------------------
 */

/* Programs run on grids of any size, and on tasks in any of the public layouts. */

typedef struct be_arc_grid {
    uint32_t rows, columns; /* at least 1; more than 30 is accepted */
    const uint8_t *cells;   /* colours 0-9, row by row; NULL: no grid */
} be_arc_grid;

typedef struct be_arc_example {
    be_arc_grid input;
    be_arc_grid output; /* its cells are NULL where a test pair's output is not known */
} be_arc_example;

typedef struct be_arc_puzzle {
    const char *name; /* such as "007bbfb7" */
    size_t n_train;   /* pairs[0, n_train) */
    size_t n_test;    /* pairs[n_train, n_train + n_test) */
    be_arc_example *pairs;
} be_arc_puzzle;

/* A growing list of them. Where it is not being loaded, any number of threads may read it. */
typedef struct be_arc_data be_arc_data;

BE_API BE_CHECK be_status be_arc_data_create(const be_allocator *allocator, be_arc_data **data);
BE_API void be_arc_data_destroy(be_arc_data *data); /* may be NULL */

/* Add the tasks of the JSON document text[0, size), which is one of
 *
 *     {"train": [pair, ...], "test": [pair, ...]}     a task, called `name`
 *     [pair, ...]                                     the same: all its pairs are train pairs
 *     {"ID": task, ...}                               tasks by name ("challenges")
 *     {"ID": [grid, ...], ...}                        the outputs of the test pairs of tasks that
 *                                                     are there already ("solutions")
 *
 * where a pair is {"input": grid, "output": grid} and a grid an array of equally long arrays of
 * colours 0-9. Other members are passed over; a test pair may lack its output.
 *
 * BE_EINVAL with line, offset, what was expected and the path inside the document; BE_ELIMIT for a
 * grid of more than 2^18 cells; BE_ENOMEM. The list is then as before. Linear in size. */
BE_API BE_CHECK be_status be_arc_data_parse(be_arc_data *data, const char *name, const char *text,
                                            size_t size, be_error *error);

/* Add what path names: a document ("-": standard input), called like its file without ".json"; or
 * the *.json files of a folder and of the folders in it, in the order of their paths' bytes, those
 * that end in "solutions.json" last and a "sample_submission.json" not at all.
 *
 * As be_arc_data_parse; BE_EIO too, and BE_EINVAL for a folder without tasks. */
BE_API BE_CHECK be_status be_arc_data_load(be_arc_data *data, const char *path, be_error *error);

/* Add the library's own task of that name, all of them for NULL. BE_EDOMAIN: it has none. */
BE_API BE_CHECK be_status be_arc_data_bundled(be_arc_data *data, const char *name);

BE_API size_t be_arc_data_count(const be_arc_data *data);

/* task < count. Moves when more is loaded. */
BE_API const be_arc_puzzle *be_arc_data_task(const be_arc_data *data, size_t task);

/* The first task of that name; SIZE_MAX for none. */
BE_API size_t be_arc_data_find(const be_arc_data *data, const char *name);

/* How many of the grids have a side above 30. */
BE_API size_t be_arc_data_large(const be_arc_data *data);

/* What identifies the tasks: names, lists and grids, whatever layout and order they came in. */
BE_API be_hash128 be_arc_data_hash(const be_arc_data *data);

/* ---- programs ---------------------------------------------------------------------------------
 */

/* The programs of one text in arc-dsl's Python form, read but not run:
 *
 *     from dsl import *
 *     from constants import *
 *
 *     def solve_67a3c6ac(I):
 *         x1 = vmirror(I)
 *         O = replace(x1, TWO, THREE)
 *         return O
 *
 * Beyond such lines a text may have nested calls, keyword arguments, ints, True, False, None,
 * tuples, `a if c else b`, lambda, annotations, docstrings, constants and further functions, inside
 * of others too. Names mean what they mean in Python.
 */
typedef struct be_arc_programs be_arc_programs;

/* Parse text[0, size) into memory of `keep`, where the programs stay; at most 32 KiB and 64 bytes
 * per byte of text are taken, most often a seventh of that. A program is a function of the text's
 * own level called solve, solve_ID, verify or verify_ID; with an entry (else NULL) it is the
 * function of that name and no other.
 *
 * BE_EINVAL with line, offset and what was expected, which names a construct that is not part of
 * the form and the primitives nearest to an unknown name; BE_ELIMIT for more than 16 MiB, 200
 * brackets or expressions within one another, 20 functions within functions, 255 arguments or an
 * int beyond 61 bits; BE_ENOMEM for a full arena, which is then as before. Linear in size. Source:
 * the language of M. Hodel's arc-dsl, https://github.com/michaelhodel/arc-dsl. */
BE_API BE_CHECK be_status be_arc_parse(const char *text, size_t size, const char *entry,
                                       be_arena *keep, const be_arc_programs **programs,
                                       be_error *error);

BE_API size_t be_arc_programs_count(const be_arc_programs *programs);

/* "solve_67a3c6ac", and "67a3c6ac" or "": the task it is meant for. program < count. */
BE_API const char *be_arc_program_name(const be_arc_programs *programs, size_t program);
BE_API const char *be_arc_program_task(const be_arc_programs *programs, size_t program);

typedef enum be_arc_order {
    BE_ARC_ORDER_CPYTHON, /* sets iterate as in CPython 3.8 and later, whose order is deterministic
                           */
    BE_ARC_ORDER_SORTED   /* sets iterate in ascending order of their elements */
} be_arc_order;

/* How programs are run, and what one run may use up. Whatever the machine, whatever else runs: the
 * same run ends the same way. */
typedef struct be_arc_settings {
    uint64_t fuel;  /* steps: a call costs one, and one for every item of what it makes */
    uint64_t bytes; /* of memory */
    uint32_t depth; /* calls within calls; beyond it a RecursionError */
    uint32_t items; /* of one container, cells of one grid */
    be_arc_order order;
    bool pruned; /* leave out assignments that the returned value does not depend on; else, as in
                    Python, such a line may raise */
} be_arc_settings;

/* 20 million steps, 64 MiB, depth 980, 2^18 items, CPython's order, nothing pruned. */
BE_API extern const be_arc_settings be_arc_settings_default;

/* Where programs run: memory for one run at a time, of one thread at a time. */
typedef struct be_arc_runner be_arc_runner;

/* settings may be NULL. Holds settings->bytes of address space; pages are used as needed. */
BE_API BE_CHECK be_status be_arc_runner_create(const be_arc_settings *settings,
                                               const be_allocator *allocator,
                                               be_arc_runner **runner);
BE_API void be_arc_runner_destroy(be_arc_runner *runner); /* may be NULL */

/* What came of a run. */
typedef struct be_arc_result {
    uint32_t rows, columns;
    const int32_t *cells;  /* the output, row by row, until the runner's next run; NULL: none */
    const char *error;     /* why there is none: "TypeError" and so on as in Python, "limit: fuel",
                              "limit: bytes", "limit: integer size", "limit: container size", or
                              "not a grid" for a result of another kind; NULL with an output */
    const char *primitive; /* the one that raised the error, or NULL */
    uint32_t line, column; /* of the program's text where it was raised, from 1 and 0; 0: nowhere */
    uint64_t fuel;         /* steps used */
} be_arc_result;

/* Run a program on a grid. Whatever the program does, the result says it: there is no other
 * failure. */
BE_API void be_arc_run(be_arc_runner *runner, const be_arc_programs *programs, size_t program,
                       const be_arc_grid *input, be_arc_result *result);

/* Is the result this grid, shape and cells? False where either is none. */
BE_API bool be_arc_result_is(const be_arc_result *result, const be_arc_grid *grid);

/* The time spent in the calls that a program's own lines make, by the primitive called; what it
 * calls in turn is counted with it. */
typedef struct be_arc_primitive_cost {
    const char *name; /* "(closure)" for what rbind, compose and so on have made */
    uint64_t calls;
    uint64_t ns;
} be_arc_primitive_cost;

/* How many there are: the primitives, and one for closures. */
BE_API size_t be_arc_primitives(void);

/* From now on add what runs cost to costs[0, be_arc_primitives()), which must outlive the runner;
 * their names are set. NULL: no longer. */
BE_API void be_arc_runner_measure(be_arc_runner *runner, be_arc_primitive_cost *costs);

/* A value that a program stored in a variable, told while it runs. */
typedef struct be_arc_step {
    const char *function; /* whose line it is */
    const char *variable;
    uint32_t line;
    const char *text; /* the value as Python prints it; sets in their order of iteration */
    uint32_t rows, columns;
    const int32_t *cells; /* the value as a grid, if it is one, else NULL */
} be_arc_step;

typedef void be_arc_watch(void *user, const be_arc_step *step);

/* From now on tell every assignment of a run; a step is gone when `watch` returns. Fuel and result
 * stay the same, memory limits may be met sooner. NULL: no longer. */
BE_API void be_arc_runner_watch(be_arc_runner *runner, be_arc_watch *watch, void *user);

/* One run of many. */
typedef struct be_arc_job {
    const be_arc_programs *programs;
    size_t program;
    const be_arc_grid *input;
} be_arc_job;

/* Told the result of jobs[job], which is gone when this returns; on any thread, in any order, once
 * a job. */
typedef void be_arc_done(void *user, size_t job, const be_arc_result *result);

/* Run jobs[0, n) on the engine's workers. settings and options may be NULL. Each worker holds
 * settings->bytes of address space as long as the engine lives. BE_ECANCEL, BE_EDEADLINE or
 * BE_ENOMEM end it early; a program's failure is its result. */
BE_API BE_CHECK be_status be_arc_run_all(be_engine *engine, const be_arc_settings *settings,
                                         const be_arc_job *jobs, size_t n, be_arc_done *done,
                                         void *user, const be_for_options *options);

/* ---- many candidates on few inputs --------------------------------------------------------------
 */

/* Where the candidates of a search run: programs that are much alike, on the same pairs. Lines that
 * do the same on the same values are one node of a graph, whatever program they stand in, and are
 * worked out once for each pair. What a candidate does, the fuel it uses and its errors are those
 * of a run alone. One thread's. */
typedef struct be_arc_battery be_arc_battery;

/* pairs[0, n) must stay. settings may be NULL. Holds settings->bytes of address space for each
 * pair, and takes more from the allocator as the graph grows. */
BE_API BE_CHECK be_status be_arc_battery_create(const be_arc_settings *settings,
                                                const be_arc_example *pairs, size_t n,
                                                const be_allocator *allocator,
                                                be_arc_battery **battery);
BE_API void be_arc_battery_destroy(be_arc_battery *battery); /* may be NULL */

/* Run a program on pair number `pair`: as be_arc_run, but the cells last until the battery's next
 * call. BE_ENOMEM. */
BE_API BE_CHECK be_status be_arc_battery_run(be_arc_battery *battery,
                                             const be_arc_programs *programs, size_t program,
                                             size_t pair, be_arc_result *result);

/* What came of trying a program. */
typedef struct be_arc_trial {
    size_t tried;         /* pairs it was run on: the first of them */
    size_t met;           /* of those, pairs whose output it gives */
    uint64_t fuel;        /* used on them */
    be_hash128 behaviour; /* what it gave on them, grids and errors: alike for programs that do the
                             same */
} be_arc_trial;

/* Run a program on the pairs, in their order; early: up to the first whose output it does not give.
 * BE_ENOMEM. */
BE_API BE_CHECK be_status be_arc_battery_try(be_arc_battery *battery,
                                             const be_arc_programs *programs, size_t program,
                                             bool early, be_arc_trial *trial);

typedef struct be_arc_battery_info {
    size_t nodes;         /* of the graph */
    uint64_t asked;       /* nodes that programs asked for on a pair */
    uint64_t evaluations; /* of them, worked out; the others were known */
    uint64_t alone;       /* runs that were no straight line, or met a limit: done alone */
    uint64_t flushes;     /* times the graph was forgotten for room */
} be_arc_battery_info;

BE_API void be_arc_battery_describe(const be_arc_battery *battery, be_arc_battery_info *info);

/* ---- primitives -------------------------------------------------------------------------------
 */

/* What there is to know of a function that programs call. */
typedef struct be_arc_primitive {
    const char *name;
    const char *signature; /* "fill(grid: Grid, value: Integer, patch: Patch) -> Grid" */
    const char *meaning;   /* one sentence, without its full stop */
    const char *errors;    /* what it raises beyond what its arguments' functions do, or "" */
    const char *example;   /* "hconcat(((1,), (2,)), ((3,), (4,)))" */
    const char *gives;     /* what that gives, sets in their order of iteration */
} be_arc_primitive;

enum { BE_ARC_PRIMITIVE_SIZE = 160 };

/* How many there are. */
BE_API size_t be_arc_primitive_count(void);

/* The primitive of that name; SIZE_MAX for none. */
BE_API size_t be_arc_primitive_find(const char *name);

/* Describe primitive i < be_arc_primitive_count(); its signature is put together in memory. */
BE_API void be_arc_primitive_describe(size_t i, char memory[BE_ARC_PRIMITIVE_SIZE],
                                      be_arc_primitive *primitive);

struct be_text;

/* Answer one line of JSON with one (without its end of line), added to *answer:
 *
 *     {"fn": "first", "a": [{"f": [7, 3]}]}                {"r":3}
 *     {"fn": "first", "a": [{"f": []}]}                    {"err":"StopIteration"}, or a limit
 *     {"fn": "power", "a": [{"fn": "double"}, 3], "call": 1}      the function's value: {"r":8}
 *     {"op": "or", "a": [1, 2], "b": [9]}                  {"order":[1,2,9],"hash":...}
 *
 * Values are ints, true, false, null, {"t": [...]} or [...] for a tuple, {"f": [...]} for a
 * frozenset made by adding one by one and written in its order of iteration, {"fn": "name"} for a
 * primitive, {"x": "nan"}, "inf" and "-inf". Operations on the sets of the items a and b: "new"
 * (a), "set" (a copied), "gen" (a added anew in its order), "or", "insert", "and", "sub",
 * "subcopy".
 *
 * BE_EINVAL with what was expected where the line is no such question; BE_ELIMIT where its values
 * pass the runner's limits; the text's own failure. */
BE_API BE_CHECK be_status be_arc_vector(be_arc_runner *runner, const char *line, size_t size,
                                        struct be_text *answer, be_error *error);

/* The same for a primitive with its arguments args[0, size), a JSON array; the answer is what
 * Python would print: a value such as ((1, 2), frozenset({3})), and *raised NULL; or the name of an
 * error, *raised the same. */
BE_API BE_CHECK be_status be_arc_primitive_call(be_arc_runner *runner, size_t primitive,
                                                const char *args, size_t size,
                                                struct be_text *answer, const char **raised,
                                                be_error *error);

/* ---- candidates ----------------------------------------------------------------------------- */

/* A candidate is up to three steps, one after the other, such as "rot90 > replace(1,2)". The steps
 * are a table (src/arc/ops.def) that starts with "identity"; candidate i is i written with three
 * digits to the base of their number, first step first. So the candidates of one step come first,
 * then those of two, and many of them do the same. */

enum { BE_ARC_WORDS_SIZE = 64 };

/* How many candidates there are. */
BE_API size_t be_arc_candidates(void);

/* Write the candidate in words: identity left out, neighbouring turns and mirrorings as one.
 * Candidates with the same words do the same. candidate < be_arc_candidates(). */
BE_API void be_arc_describe(size_t candidate, char words[BE_ARC_WORDS_SIZE]);

/* Run a candidate on a grid. False when it gives no grid: some step's result would be empty or
 * larger than 30x30, or what the step looks for is not there. out must not be in. */
BE_API bool be_arc_apply(size_t candidate, const be_grid *in, be_grid *out);

/* ---- scoring -------------------------------------------------------------------------------- */

/* Candidates 0 to n - 1 on every pair of every task. */
typedef struct be_arc_scoring be_arc_scoring;

/* What one candidate does on one task. Only `tests` looks at the outputs of test pairs, and
 * nothing else depends on it. */
typedef struct be_arc_score {
    uint32_t likeness; /* sum over the train pairs of be_grid_likeness, 0 where there is no grid */
    uint16_t solved;   /* train pairs whose output is met exactly */
    uint16_t tests;    /* test pairs whose output is known and met exactly */
} be_arc_score;

typedef struct be_arc_scoring_info {
    size_t tasks;
    size_t pairs;      /* of all tasks, train and test */
    size_t candidates; /* n */
    size_t literal;    /* of them, candidates with the words of an earlier one: not run */
    size_t behaving;   /* of the rest, candidates that give what an earlier one gives, on every
                          input of every task */
    size_t distinct;   /* the others: candidates - literal - behaving */
} be_arc_scoring_info;

/* Bytes a scoring of n candidates on this many tasks holds. */
BE_API uint64_t be_arc_scoring_bytes(size_t tasks, size_t n);

/* tasks must stay as they are until destroy; at least one. BE_EINVAL unless
 * 1 <= n <= be_arc_candidates(). allocator may be NULL. */
BE_API BE_CHECK be_status be_arc_scoring_create(const be_arc_tasks *tasks, size_t n,
                                                const be_allocator *allocator,
                                                be_arc_scoring **scoring, be_error *error);
BE_API void be_arc_scoring_destroy(be_arc_scoring *scoring); /* may be NULL */

/* Find the candidates with the same words (be_dedup), run the rest, find those that behave alike
 * (be_dedup on hashes of what they gave, each hit confirmed by running both again and comparing
 * every cell). options may be NULL; its `done` counts (task, candidate) pairs, task by task. May be
 * run again, and gives the same. Linear in n times the number of pairs; allocates in be_dedup
 * alone. */
BE_API BE_CHECK be_status be_arc_scoring_run(be_arc_scoring *scoring, be_engine *engine,
                                             const be_for_options *options);

/* The rest answers for the last run. */

BE_API void be_arc_scoring_describe(const be_arc_scoring *scoring, be_arc_scoring_info *info);

/* The lowest candidate that does the same; candidate itself when it is distinct. */
BE_API size_t be_arc_scoring_same(const be_arc_scoring *scoring, size_t candidate);

BE_API be_arc_score be_arc_scoring_score(const be_arc_scoring *scoring, size_t task,
                                         size_t candidate);

/* How many distinct candidates solve every train pair of a task. */
BE_API size_t be_arc_scoring_solvers(const be_arc_scoring *scoring, size_t task);

/* The best distinct candidates for a task, best first, at most `capacity`; returns how many. More
 * train pairs solved is better, then more likeness, then fewer steps, then the lower number. */
BE_API size_t be_arc_scoring_best(const be_arc_scoring *scoring, size_t task, size_t *candidates,
                                  size_t capacity);

/* Hash of all scores and all duplicates found. */
BE_API be_hash128 be_arc_scoring_digest(const be_arc_scoring *scoring);

/* "arc.score": the above as a workload. n counts candidates; input is what be_arc_tasks_load takes,
 * NULL the bundled tasks; the seed plays no part, as nothing here is random. Results are not per
 * item (what is distinct depends on all), so encode and decode are NULL. */
BE_API extern const be_workload be_arc_score_workload;

#ifdef __cplusplus
}
#endif
#endif
