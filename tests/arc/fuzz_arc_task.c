/* fuzz_arc_task.c: any bytes are a task whose every grid is a grid, or a refusal that points into
 * the text. */
#include <breakeven/arc.h>

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void check_grid(const be_grid *grid)
{
    must(grid->rows >= 1 && grid->rows <= BE_GRID_SIDE_MAX);
    must(grid->columns >= 1 && grid->columns <= BE_GRID_SIDE_MAX);
    for (size_t i = 0; i < (size_t)grid->rows * grid->columns; i++) {
        must(grid->cells[i] <= 9);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    be_arc_task task;
    be_error error;
    be_status status = be_arc_task_parse("fuzz", (const char *)data, size, NULL, &task, &error);
    if (status) {
        must(error.status == status && error.expected[0] && error.offset <= size);
        return 0;
    }
    must(task.n_train >= 1 && task.n_test >= 1);
    for (size_t i = 0; i < task.n_train + task.n_test; i++) {
        check_grid(&task.pairs[i].input);
        must(i >= task.n_train || task.pairs[i].has_output);
        if (task.pairs[i].has_output) {
            check_grid(&task.pairs[i].output);
        }
    }
    be_arc_task_clear(&task);
    return 0;
}
