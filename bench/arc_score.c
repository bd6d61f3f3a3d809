/* arc_score.c: what does the scoring gain over running each candidate alone, on one thread and on
 * two, and from how many candidates on?
 *
 * The baseline runs every candidate from its first step on every pair, one thread, and finds no
 * duplicates. The scoring shares the steps that neighbouring candidates begin with and leaves out
 * those with the same words, and in return finds and confirms those that behave alike. Input: the
 * bundled tasks, or the folder given.
 */
#include <breakeven/arc.h>

#include <stdio.h>
#include <stdlib.h>

enum { ROUNDS = 5 };

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "arc_score: %s\n", what);
    exit(1);
}

/* One number for all scores: two ways that differ in one score hardly agree in it. */
static uint64_t mix(uint64_t sum, size_t task, size_t candidate, be_arc_score score)
{
    const uint64_t words[4] = {sum, task, candidate,
                               (uint64_t)score.likeness << 32 | score.solved << 16 | score.tests};
    return be_hash(words, sizeof words).low;
}

static be_arc_score score_alone(const be_arc_task *task, size_t candidate)
{
    be_arc_score score = {0};
    for (size_t p = 0; p < task->n_train + task->n_test; p++) {
        be_grid grid;
        bool gave = be_arc_apply(candidate, &task->pairs[p].input, &grid);
        unsigned likeness =
            gave && task->pairs[p].has_output ? be_grid_likeness(&grid, &task->pairs[p].output) : 0;
        if (p < task->n_train) {
            score.likeness += likeness;
            score.solved += likeness == 1000;
        } else {
            score.tests += likeness == 1000;
        }
    }
    return score;
}

static int by_time(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        be_force force;
    } VARIANTS[] = {
        {"alone", {0}},
        {"sequential", {.schedule = BE_SCHEDULE_SEQUENTIAL}},
        {"two", {.schedule = BE_SCHEDULE_STATIC, .workers = 2}},
        {"auto", {.schedule = BE_SCHEDULE_AUTO}},
    };
    enum { N_VARIANTS = sizeof VARIANTS / sizeof VARIANTS[0] };
    be_engine *engine;
    be_arc_tasks tasks = {0};
    if (be_engine_create(NULL, &engine) ||
        (argc > 1 ? be_arc_tasks_load(&tasks, argv[1], NULL) : be_arc_tasks_bundled(&tasks))) {
        die("no tasks");
    }
    printf("name,variant,n,min_ns,median_ns,max_ns\n");
    static const size_t SIZES[] = {1, 8, 43, 200, 1000, 5000, 20000};
    for (size_t i = 0; i < sizeof SIZES / sizeof SIZES[0]; i++) {
        size_t n = SIZES[i];
        uint64_t ns[N_VARIANTS][ROUNDS];
        be_arc_scoring *scoring;
        if (be_arc_scoring_create(&tasks, n, NULL, &scoring, NULL)) {
            die("no memory");
        }
        for (int round = 0; round < ROUNDS; round++) {
            uint64_t expected = 0;
            for (size_t v = 0; v < N_VARIANTS; v++) {
                be_for_options options = {.size = sizeof options, .force = &VARIANTS[v].force};
                uint64_t sum = 0, begin = be_now_ns();
                if (v > 0 && be_arc_scoring_run(scoring, engine, &options)) {
                    die("the scoring failed");
                }
                uint64_t ran = be_now_ns() - begin;
                for (size_t t = 0; t < tasks.count; t++) {
                    for (size_t c = 0; c < n; c++) {
                        sum = mix(sum, t, c,
                                  v > 0 ? be_arc_scoring_score(scoring, t, c)
                                        : score_alone(&tasks.task[t], c));
                    }
                }
                ns[v][round] = v > 0 ? ran : be_now_ns() - begin;
                expected = v > 0 ? expected : sum;
                if (sum != expected) {
                    die("the two ways differ");
                }
            }
        }
        for (size_t v = 0; v < N_VARIANTS; v++) {
            qsort(ns[v], ROUNDS, sizeof ns[v][0], by_time);
            printf("arc_score,%s,%zu,%llu,%llu,%llu\n", VARIANTS[v].name, n,
                   (unsigned long long)ns[v][0], (unsigned long long)ns[v][ROUNDS / 2],
                   (unsigned long long)ns[v][ROUNDS - 1]);
        }
        fflush(stdout);
        be_arc_scoring_destroy(scoring);
    }
    be_arc_tasks_clear(&tasks);
    be_engine_destroy(engine);
    return 0;
}
