/* workload.c: the scoring as "arc.score", one of the library's workloads. */
#include <breakeven/arc.h>

#include "base/base.h"

#include <stdarg.h>
#include <stdio.h>

typedef struct instance {
    const be_allocator *allocator;
    be_arc_tasks tasks;
    be_arc_scoring *scoring;
} instance;

static be_status load(const be_workload_request *request, be_arc_tasks *tasks, be_error *error)
{
    be_arc_tasks_init(tasks, request->allocator);
    if (request->input) {
        return be_arc_tasks_load(tasks, request->input, error);
    }
    be_status status = be_arc_tasks_bundled(tasks);
    return status ? be_error_set(error, status, "memory for the bundled tasks") : BE_OK;
}

static uint64_t bytes_of_tasks(const be_arc_tasks *tasks)
{
    uint64_t bytes = tasks->capacity * sizeof *tasks->task;
    for (size_t t = 0; t < tasks->count; t++) {
        bytes += (tasks->task[t].n_train + tasks->task[t].n_test) * sizeof *tasks->task[t].pairs;
    }
    return bytes;
}

static be_status bytes(const be_workload_request *request, uint64_t *bytes, be_error *error)
{
    if (request->n < 1 || request->n > be_arc_candidates()) {
        return be_error_set(error, BE_ELIMIT, "1 to %zu candidates", be_arc_candidates());
    }
    be_arc_tasks tasks;
    be_status status = load(request, &tasks, error);
    if (status == BE_OK) {
        *bytes = sizeof(instance) + bytes_of_tasks(&tasks) +
                 be_arc_scoring_bytes(tasks.count, request->n);
    }
    be_arc_tasks_clear(&tasks);
    return status;
}

static void destroy(void *made)
{
    instance *it = made;
    if (it) {
        be_arc_scoring_destroy(it->scoring);
        be_arc_tasks_clear(&it->tasks);
        be__release(it->allocator, it, 1, sizeof *it);
    }
}

static be_status create(const be_workload_request *request, void **made, be_error *error)
{
    instance *it = be__allocate_zeroed(request->allocator, 1, sizeof *it);
    if (!it) {
        return be_error_set(error, BE_ENOMEM, "memory for the workload");
    }
    it->allocator = request->allocator;
    be_status status = load(request, &it->tasks, error);
    if (status == BE_OK) {
        status =
            be_arc_scoring_create(&it->tasks, request->n, request->allocator, &it->scoring, error);
    }
    if (status) {
        destroy(it);
        return status;
    }
    *made = it;
    return BE_OK;
}

static be_arc_scoring_info describe(const instance *it)
{
    be_arc_scoring_info info;
    be_arc_scoring_describe(it->scoring, &info);
    return info;
}

static size_t items(const void *made)
{
    be_arc_scoring_info info = describe(made);
    return info.tasks * info.candidates;
}

static be_status run(be_engine *engine, void *made, const be_for_options *options)
{
    return be_arc_scoring_run(((instance *)made)->scoring, engine, options);
}

static be_hash128 digest(const void *made)
{
    return be_arc_scoring_digest(((const instance *)made)->scoring);
}

/* ---- showing it ----------------------------------------------------------------------------- */

static BE_PRINTF(3, 4) void fact(const be_presenter *to, const char *label, const char *format, ...)
{
    char value[64];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(value, sizeof value, format, arguments);
    va_end(arguments);
    to->fact(to->user, label, value);
}

static BE_PRINTF(2, 3) void cell(const be_presenter *to, const char *format, ...)
{
    char text[BE_ARC_NAME_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    to->table_cell(to->user, text);
}

static void present_task(const instance *it, size_t t, const be_presenter *to)
{
    const be_arc_task *task = &it->tasks.task[t];
    size_t best = 0, known = 0;
    be_arc_scoring_best(it->scoring, t, &best, 1);
    be_arc_score score = be_arc_scoring_score(it->scoring, t, best);
    char words[BE_ARC_WORDS_SIZE];
    be_arc_describe(best, words);
    for (size_t p = 0; p < task->n_test; p++) {
        known += task->pairs[task->n_train + p].has_output;
    }
    cell(to, "%s", task->name);
    cell(to, "%zu", be_arc_scoring_solvers(it->scoring, t));
    cell(to, "%s", words);
    cell(to, "%u of %zu", score.solved, task->n_train);
    cell(to, "%.1f %%", score.likeness / (10.0 * (double)task->n_train));
    cell(to, "%u of %zu", score.tests, known);
}

/* A test input of the first task that a candidate solves, and what that candidate makes of it. */
static void present_answer(const instance *it, const be_presenter *to)
{
    for (size_t t = 0; t < it->tasks.count; t++) {
        const be_arc_task *task = &it->tasks.task[t];
        const be_grid *in = &task->pairs[task->n_train].input;
        size_t best;
        be_grid out;
        be_arc_scoring_best(it->scoring, t, &best, 1);
        if (be_arc_scoring_score(it->scoring, t, best).solved == task->n_train &&
            be_arc_apply(best, in, &out)) {
            char title[BE_ARC_NAME_SIZE + 16];
            snprintf(title, sizeof title, "%s, test input", task->name);
            to->picture(to->user, title, in->rows, in->columns, in->cells);
            char words[BE_ARC_WORDS_SIZE];
            be_arc_describe(best, words);
            to->picture(to->user, words, out.rows, out.columns, out.cells);
            return;
        }
    }
}

static void present(const void *made, const be_presenter *to)
{
    static const char *const columns[] = {"task",   "solvers",  "best candidate",
                                          "solved", "likeness", "tests met"};
    const instance *it = made;
    be_arc_scoring_info info = describe(it);
    fact(to, "tasks", "%zu with %zu pairs", info.tasks, info.pairs);
    fact(to, "candidates", "%zu", info.candidates);
    fact(to, "the same in words", "%zu", info.literal);
    fact(to, "the same in effect", "%zu", info.behaving);
    fact(to, "distinct candidates", "%zu", info.distinct);
    to->table_begin(to->user, "the best candidate for each task", columns, BE__COUNT_OF(columns));
    for (size_t t = 0; t < it->tasks.count; t++) {
        present_task(it, t, to);
    }
    to->table_end(to->user);
    present_answer(it, to);
}

const be_workload be_arc_score_workload = {
    .size = sizeof(be_workload),
    .name = "arc.score",
    .summary = "score candidate transformations on ARC tasks",
    .size_unit = "candidates",
    .demo_small = 8,
    .demo_large = 20000,
    .bytes = bytes,
    .create = create,
    .destroy = destroy,
    .items = items,
    .run = run,
    .digest = digest,
    .present = present,
};
