/* test_public.c: the public ARC tasks, where they are: in the folder that BREAKEVEN_ARC_DATA names,
 * or else beside the source tree. */
#include "check.h"

#include <breakeven/arc.h>

#include <stdlib.h>
#include <string.h>
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

/* Tasks whose public solvers are one of our steps. */
static void one_step_solves_the_tasks_known_for_it(void **state)
{
    (void)state;
    static const struct {
        const char *task, *words;
    } known[] = {
        {"1cf80156", "crop"},         {"3c9b0459", "rot180"},       {"67a3c6ac", "vmirror"},
        {"68b16354", "hmirror"},      {"6d0aefbc", "hreflect"},     {"6fa7a44f", "vreflect"},
        {"74dd1130", "dmirror"},      {"9172f3a0", "upscale(3)"},   {"a416b8f3", "hrepeat"},
        {"b1948b0a", "replace(6,2)"}, {"c8f0f002", "replace(7,5)"}, {"d511f180", "switch(5,8)"},
        {"ed36ccf7", "rot270"},       {"c59eb873", "upscale(2)"},   {"007bbfb7", "selftile"},
        {"00d62c1b", "enclosed(4)"},  {"1e0a9b12", "fall"},         {"6f8cd79b", "frame(8)"},
        {"4347f46a", "hollow"},
    };
    be_arc_tasks tasks = {0};
    be_engine *engine;
    be_arc_scoring *scoring;
    CHECK(be_arc_tasks_load(&tasks, data, NULL) == BE_OK);
    CHECK(be_engine_create(NULL, &engine) == BE_OK);
    CHECK(be_arc_scoring_create(&tasks, 43, NULL, &scoring, NULL) == BE_OK);
    CHECK(be_arc_scoring_run(scoring, engine, NULL) == BE_OK);
    size_t found = 0;
    for (size_t t = 0; t < tasks.count; t++) {
        for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
            if (strcmp(known[i].task, tasks.task[t].name) == 0) {
                size_t best;
                char words[BE_ARC_WORDS_SIZE];
                CHECK(be_arc_scoring_best(scoring, t, &best, 1) == 1);
                be_arc_describe(best, words);
                be_arc_score score = be_arc_scoring_score(scoring, t, best);
                CHECK_SAY(strcmp(words, known[i].words) == 0, "%s: %s", known[i].task, words);
                CHECK_SAY(score.solved == tasks.task[t].n_train &&
                              score.tests == tasks.task[t].n_test,
                          "%s: %u train, %u test pairs", words, score.solved, score.tests);
                found++;
            }
        }
    }
    CHECK(getenv("BREAKEVEN_ARC_DATA") || found == sizeof known / sizeof known[0]);
    be_arc_scoring_destroy(scoring);
    be_engine_destroy(engine);
    be_arc_tasks_clear(&tasks);
}

static const struct CMUnitTest tests[] = {
    TEST(every_task_is_read),
    TEST(one_step_solves_the_tasks_known_for_it),
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
