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
