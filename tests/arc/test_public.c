/* test_public.c: the public ARC tasks, where they are: in the folder that BREAKEVEN_ARC_DATA names,
 * or else beside the source tree. */
#include "check.h"

#include <breakeven/arc.h>

#include <stdlib.h>
#include <sys/stat.h>

static const char *data;

/* 1,718 is the number of pairs the public solvers of the 400 training tasks are checked on. */
static void every_task_is_read(void **state)
{
    (void)state;
    be_arc_tasks tasks = {0};
    be_error error;
    be_status status = be_arc_tasks_load(&tasks, data, &error);
    CHECK_SAY(status == BE_OK, "line %zu, offset %zu: expected %s", error.line, error.offset,
              error.expected);
    size_t pairs = 0;
    for (size_t t = 0; t < tasks.count; t++) {
        pairs += tasks.task[t].n_train + tasks.task[t].n_test;
    }
    if (!getenv("BREAKEVEN_ARC_DATA")) {
        CHECK_SAY(tasks.count == 400 && pairs == 1718, "%zu tasks, %zu pairs", tasks.count, pairs);
    }
    be_arc_tasks_clear(&tasks);
}

static const struct CMUnitTest tests[] = {
    TEST(every_task_is_read),
};

int main(void)
{
    const char *named = getenv("BREAKEVEN_ARC_DATA");
    struct stat about;
    data = named ? named : ARC_PUBLIC;
    if (stat(data, &about) != 0) {
        printf("1..0 # SKIP no public ARC tasks at %s; BREAKEVEN_ARC_DATA may name them\n", data);
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
