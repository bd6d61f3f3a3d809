/* arc.c: `breakeven arc`: score candidates on ARC tasks, and show tasks. */
#include "cli.h"

#include <breakeven/arc.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

extern const cli_command command_arc_check, command_arc_prim, command_arc_prims, command_arc_run;
extern const cli_command command_arc_equal, command_arc_minimize, command_arc_order;
extern const cli_command command_arc_serve, command_arc_show, command_arc_trace;

/* ---- which tasks ---------------------------------------------------------------------------- */

/* Forget the tasks from `first` on, except those called `name`. */
static void keep_named(be_arc_tasks *tasks, size_t first, const char *name)
{
    size_t kept = first;
    for (size_t t = first; t < tasks->count; t++) {
        if (strcmp(tasks->task[t].name, name) == 0) {
            tasks->task[kept++] = tasks->task[t];
        } else {
            be_arc_task_clear(&tasks->task[t]);
        }
    }
    tasks->count = kept;
}

/* An operand: a file, a folder, "-", or the name of a bundled task. */
static int load_operand(const cli_call *call, const char *operand, be_arc_tasks *tasks)
{
    struct stat about;
    size_t before = tasks->count;
    if (stat(operand, &about) != 0 && !strchr(operand, '/') && strcmp(operand, "-") != 0) {
        be_status status = be_arc_tasks_bundled(tasks);
        if (status) {
            return cli_fail(call, status, NULL, NULL);
        }
        keep_named(tasks, before, operand);
        if (tasks->count > before) {
            return CLI_DONE;
        }
    }
    be_error error;
    be_status status = be_arc_tasks_load(tasks, operand, &error);
    return status ? cli_fail(call, status, &error, operand) : CLI_DONE;
}

/* The tasks of the operands; without any, those BREAKEVEN_ARC_DATA names; without that, the bundled
 * ones. */
static int load_tasks(const cli_call *call, int argc, char **argv, be_arc_tasks *tasks)
{
    int code = CLI_DONE;
    for (int i = 0; i < argc && code == CLI_DONE; i++) {
        code = load_operand(call, argv[i], tasks);
    }
    if (argc > 0) {
        return code;
    }
    const char *folder = getenv("BREAKEVEN_ARC_DATA");
    if (folder && *folder) {
        be_error error;
        be_status status = be_arc_tasks_load(tasks, folder, &error);
        return status ? cli_fail(call, status, &error, folder) : CLI_DONE;
    }
    be_status status = be_arc_tasks_bundled(tasks);
    return status ? cli_fail(call, status, NULL, NULL) : CLI_DONE;
}

/* ---- score ---------------------------------------------------------------------------------- */

enum { BEST_MAX = 100 };

static struct {
    uint64_t candidates;
    uint64_t best;
} given = {.candidates = 2000, .best = 1};

static size_t known_tests(const be_arc_task *task)
{
    size_t known = 0;
    for (size_t p = 0; p < task->n_test; p++) {
        known += task->pairs[task->n_train + p].has_output;
    }
    return known;
}

static size_t count_solved(const be_arc_scoring *scoring, const be_arc_tasks *tasks)
{
    size_t solved = 0;
    for (size_t t = 0; t < tasks->count; t++) {
        solved += be_arc_scoring_solvers(scoring, t) > 0;
    }
    return solved;
}

static void print_scores(const cli_call *call, const be_arc_scoring *scoring,
                         const be_arc_tasks *tasks)
{
    cli_table table;
    cli_table_init(&table, "lrlrrr");
    static const char *const HEADING[] = {"task",         "solvers",  "candidate",
                                          "train solved", "likeness", "tests met"};
    for (size_t i = 0; i < sizeof HEADING / sizeof HEADING[0]; i++) {
        cli_table_cell(&table, CLI_BOLD, "%s", HEADING[i]);
    }
    for (size_t t = 0; t < tasks->count; t++) {
        const be_arc_task *task = &tasks->task[t];
        size_t best[BEST_MAX], solvers = be_arc_scoring_solvers(scoring, t);
        size_t n = be_arc_scoring_best(scoring, t, best, given.best);
        for (size_t i = 0; i < n; i++) {
            be_arc_score score = be_arc_scoring_score(scoring, t, best[i]);
            cli_style style = score.solved == task->n_train ? CLI_GREEN : CLI_PLAIN;
            char words[BE_ARC_WORDS_SIZE];
            be_arc_describe(best[i], words);
            cli_table_cell(&table, CLI_PLAIN, "%s", i ? "" : task->name);
            if (i == 0) {
                cli_table_cell(&table, CLI_PLAIN, "%zu", solvers);
            } else {
                cli_table_cell(&table, CLI_PLAIN, "%s", "");
            }
            cli_table_cell(&table, style, "%s", words);
            cli_table_cell(&table, style, "%u of %zu", score.solved, task->n_train);
            cli_table_cell(&table, CLI_PLAIN, "%.1f %%",
                           score.likeness / (10.0 * (double)task->n_train));
            cli_table_cell(&table, CLI_PLAIN, "%u of %zu", score.tests, known_tests(task));
        }
    }
    cli_table_print(&table, call);
    cli_table_clear(&table);
    be_arc_scoring_info info;
    be_arc_scoring_describe(scoring, &info);
    printf("\n%zu of %zu tasks are solved on their train pairs. %zu candidates: %zu the same in "
           "words,\n%zu the same in effect, %zu distinct.\n",
           count_solved(scoring, tasks), info.tasks, info.candidates, info.literal, info.behaving,
           info.distinct);
}

static void write_member(be_json_writer *json, const char *key, uint64_t value)
{
    be_json_key(json, key);
    be_json_u64(json, value);
}

static void write_task(be_json_writer *json, const be_arc_scoring *scoring, size_t t,
                       const be_arc_task *task)
{
    be_json_object(json);
    be_json_key(json, "name");
    be_json_string(json, task->name);
    write_member(json, "train", task->n_train);
    write_member(json, "test", task->n_test);
    write_member(json, "test_known", known_tests(task));
    write_member(json, "solvers", be_arc_scoring_solvers(scoring, t));
    be_json_key(json, "best");
    be_json_array(json);
    size_t best[BEST_MAX];
    size_t n = be_arc_scoring_best(scoring, t, best, given.best);
    for (size_t i = 0; i < n; i++) {
        be_arc_score score = be_arc_scoring_score(scoring, t, best[i]);
        char words[BE_ARC_WORDS_SIZE];
        be_arc_describe(best[i], words);
        be_json_object(json);
        write_member(json, "candidate", best[i]);
        be_json_key(json, "words");
        be_json_string(json, words);
        write_member(json, "solved", score.solved);
        write_member(json, "likeness", score.likeness);
        write_member(json, "tests", score.tests);
        be_json_object_end(json);
    }
    be_json_array_end(json);
    be_json_object_end(json);
}

static int write_scores(const cli_call *call, const be_arc_scoring *scoring,
                        const be_arc_tasks *tasks)
{
    be_arc_scoring_info info;
    be_arc_scoring_describe(scoring, &info);
    be_text text;
    be_text_init(&text, NULL);
    be_json_writer json;
    be_json_init(&json, &text, false);
    be_json_object(&json);
    be_json_key(&json, "schema");
    be_json_string(&json, "breakeven.arc-score/1");
    write_member(&json, "pairs", info.pairs);
    write_member(&json, "candidates", info.candidates);
    write_member(&json, "same_words", info.literal);
    write_member(&json, "same_effect", info.behaving);
    write_member(&json, "distinct", info.distinct);
    write_member(&json, "solved_tasks", count_solved(scoring, tasks));
    be_json_key(&json, "tasks");
    be_json_array(&json);
    for (size_t t = 0; t < tasks->count; t++) {
        write_task(&json, scoring, t, &tasks->task[t]);
    }
    be_json_array_end(&json);
    be_json_object_end(&json);
    be_text_puts(&text, "\n");
    int code = cli_write_json(call, &text);
    be_text_clear(&text);
    return code;
}

static int score(cli_call *call, const be_arc_tasks *tasks)
{
    be_arc_scoring *scoring;
    be_error error;
    be_status status = be_arc_scoring_create(tasks, given.candidates, NULL, &scoring, &error);
    if (status) {
        return cli_fail(call, status, &error, "--candidates");
    }
    be_for_options options = {.size = sizeof options, .cancel = cli_cancel(call), .error = &error};
    cli_ticker ticker;
    cli_ticker_begin(&ticker, call, "arc score");
    status = be_arc_scoring_run(scoring, cli_engine(call), &options);
    cli_ticker_end(&ticker);
    int code = CLI_DONE;
    if (status) {
        code = cli_fail(call, status, NULL, NULL);
    } else {
        if (!call->json || strcmp(call->json, "-") != 0) {
            print_scores(call, scoring, tasks);
        }
        if (call->json) {
            code = write_scores(call, scoring, tasks);
        }
    }
    be_arc_scoring_destroy(scoring);
    return code;
}

static int run_score(cli_call *call, int argc, char **argv)
{
    be_arc_tasks tasks;
    be_arc_tasks_init(&tasks, NULL);
    int code = load_tasks(call, argc, argv, &tasks);
    if (code == CLI_DONE) {
        code = score(call, &tasks);
    }
    be_arc_tasks_clear(&tasks);
    return code;
}

static const cli_option SCORE_OPTIONS[] = {
    {"candidates", 'n', "N", "score the first N candidates (default 2000)",
     .count = &given.candidates, .low = 1, .high = UINT32_MAX},
    {"best", 'b', "K", "list the K best for each task (default 1)", .count = &given.best, .low = 1,
     .high = BEST_MAX},
    {0}};

static const cli_example SCORE_EXAMPLES[] = {
    {"arc score", "the best candidate for each task"},
    {"arc score data/training -n 50k", "a folder of tasks, 50,000 candidates"},
    {"arc score --best 5 turn", "the five best for one bundled task"},
    {"arc score --json=scores.json", "scores for a program to read"},
    {0}};

#define TASKS_USAGE                                                                                \
    (const char *const[])                                                                          \
    {                                                                                              \
        "[OPTION...] [FILE|FOLDER|NAME...]", NULL                                                  \
    }

#define TASKS_HELP                                                                                 \
    "FILE is a task in the public JSON format, - standard input; FOLDER holds such files, or "     \
    "folders of them; NAME is a bundled task. Without any, the tasks of the folder in "            \
    "BREAKEVEN_ARC_DATA, or else the bundled ones."

static const cli_command SCORE = {
    .name = "score",
    .summary = "run candidate transformations on tasks and list the best",
    .usage = TASKS_USAGE,
    .examples = SCORE_EXAMPLES,
    .description =
        "A candidate is up to three steps such as \"crop > upscale(2)\". The first 43 candidates "
        "have one step, the first 1,849 at most two, and there are 79,507. Those with the same "
        "words, and those that give the same on every input, count once.\n\n"
        "Solvers are the distinct candidates that meet all train outputs exactly. Likeness is the "
        "share of equal cells, over the train pairs. Candidates are ranked by train pairs solved, "
        "then likeness, then fewer steps; test outputs, where known, are only reported.\n\n" //
    TASKS_HELP,
    .uses = CLI_USES_ENGINE | CLI_USES_JSON,
    .options = SCORE_OPTIONS,
    .run = run_score};

/* ---- arc ------------------------------------------------------------------------------------ */

static const cli_example EXAMPLES[] = {{"arc score", "score 2,000 candidates on the bundled tasks"},
                                       {"arc run guess.py turn", "run a program on a task"},
                                       {"arc show turn", "draw a task"},
                                       {0}};

static const cli_command *const VERBS[] = {
    &command_arc_run,   &command_arc_check, &command_arc_serve,    &command_arc_trace,
    &command_arc_order, &command_arc_equal, &command_arc_minimize, &SCORE,
    &command_arc_show,  &command_arc_prim,  &command_arc_prims,    NULL};

const cli_command command_arc = {.name = "arc",
                                 .summary =
                                     "grids and tasks of the Abstraction and Reasoning Corpus",
                                 .usage = (const char *const[]){"COMMAND [OPTION...]", NULL},
                                 .examples = EXAMPLES,
                                 .commands = VERBS};
