/* fuzz_arc_data.c: any bytes are tasks whose every grid is a grid, or a refusal that points into
 * the text and leaves the list as it was. */
#include <breakeven/arc.h>

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void check_grid(const be_arc_grid *grid)
{
    must(grid->rows >= 1 && grid->columns >= 1);
    for (size_t i = 0; i < (size_t)grid->rows * grid->columns; i++) {
        must(grid->cells[i] <= 9);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const char *const SOLVED =
        "{\"a\": {\"train\": [{\"input\": [[1]], \"output\": [[2]]}], "
        "\"test\": [{\"input\": [[3]]}]}}";
    be_arc_data *data;
    be_error error = {0};
    must(be_arc_data_create(NULL, &data) == BE_OK);
    must(be_arc_data_parse(data, "", SOLVED, strlen(SOLVED), NULL) == BE_OK);
    be_status status = be_arc_data_parse(data, "fuzz", (const char *)bytes, size, &error);
    if (status) {
        must(error.status == status && error.expected[0] && error.offset <= size);
        must(be_arc_data_count(data) == 1);
    }
    for (size_t t = 0; t < be_arc_data_count(data); t++) {
        const be_arc_puzzle *task = be_arc_data_task(data, t);
        must(be_arc_data_find(data, task->name) <= t);
        for (size_t i = 0; i < task->n_train + task->n_test; i++) {
            check_grid(&task->pairs[i].input);
            must(i >= task->n_train || task->pairs[i].output.cells);
            if (task->pairs[i].output.cells) {
                check_grid(&task->pairs[i].output);
            }
        }
    }
    be_arc_data_hash(data);
    be_arc_data_destroy(data);
    return 0;
}
