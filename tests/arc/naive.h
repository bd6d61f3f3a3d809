/* naive.h: what the tests of the scoring compare with: one candidate after the other, nothing
 * shared. */
#ifndef TESTS_ARC_NAIVE_H
#define TESTS_ARC_NAIVE_H

#include <breakeven/arc.h>

/* Do two candidates give the same on every input of every task? */
static inline bool naive_same(const be_arc_tasks *tasks, size_t a, size_t b)
{
    for (size_t t = 0; t < tasks->count; t++) {
        const be_arc_task *task = &tasks->task[t];
        for (size_t p = 0; p < task->n_train + task->n_test; p++) {
            be_grid x, y;
            bool gave = be_arc_apply(a, &task->pairs[p].input, &x);
            if (be_arc_apply(b, &task->pairs[p].input, &y) != gave ||
                (gave && !be_grid_equal(&x, &y))) {
                return false;
            }
        }
    }
    return true;
}

static inline be_arc_score naive_score(const be_arc_task *task, size_t candidate)
{
    be_arc_score score = {0};
    for (size_t p = 0; p < task->n_train + task->n_test; p++) {
        const be_arc_pair *pair = &task->pairs[p];
        be_grid grid;
        if (!pair->has_output || !be_arc_apply(candidate, &pair->input, &grid)) {
            continue;
        }
        bool met = be_grid_equal(&grid, &pair->output);
        if (p < task->n_train) {
            score.likeness += be_grid_likeness(&grid, &pair->output);
            score.solved += met;
        } else {
            score.tests += met;
        }
    }
    return score;
}

#endif
