/* test_score.c: the scoring against a naive one, on the bundled tasks, for every schedule. */
#include "check.h"
#include "naive.h"

#include <stdlib.h>
#include <string.h>

static be_engine *engine;
static be_arc_tasks tasks;
static be_arc_scoring *all; /* every candidate there is, run once */

static int set_up(void **state)
{
    (void)state;
    return be_engine_create(NULL, &engine) || be_arc_tasks_bundled(&tasks) ||
           be_arc_scoring_create(&tasks, be_arc_candidates(), NULL, &all, NULL) ||
           be_arc_scoring_run(all, engine, NULL);
}

static int tear_down(void **state)
{
    (void)state;
    be_arc_scoring_destroy(all);
    be_arc_tasks_clear(&tasks);
    be_engine_destroy(engine);
    return 0;
}

static be_arc_scoring *scored(const be_arc_tasks *of, size_t n, const be_for_options *options)
{
    be_arc_scoring *scoring;
    CHECK(be_arc_scoring_create(of, n, NULL, &scoring, NULL) == BE_OK);
    CHECK(be_arc_scoring_run(scoring, engine, options) == BE_OK);
    return scoring;
}

static size_t task_named(const char *name)
{
    size_t t = 0;
    while (t < tasks.count && strcmp(tasks.task[t].name, name) != 0) {
        t++;
    }
    CHECK_SAY(t < tasks.count, "no bundled task is called %s", name);
    return t;
}

static void the_bundled_tasks_have_the_solvers_they_were_made_for(void **state)
{
    (void)state;
    static const struct {
        const char *task, *words;
    } made_for[] = {
        {"crop-object", "largest"}, {"drop-and-mirror", "hreflect > fall"},
        {"enlarge", "upscale(2)"},  {"halves", "differ"},
        {"tile", "selftile"},       {"mirror-recolour", "vmirror > replace(1,2)"},
        {"turn", "rot90"},
    };
    CHECK(tasks.count == 1 + sizeof made_for / sizeof made_for[0]);
    for (size_t i = 0; i < sizeof made_for / sizeof made_for[0]; i++) {
        size_t t = task_named(made_for[i].task), best;
        CHECK(be_arc_scoring_best(all, t, &best, 1) == 1);
        char words[BE_ARC_WORDS_SIZE];
        be_arc_describe(best, words);
        CHECK_SAY(strcmp(words, made_for[i].words) == 0, "%s: %s", made_for[i].task, words);
        be_arc_score score = be_arc_scoring_score(all, t, best);
        CHECK(score.solved == tasks.task[t].n_train && score.tests == tasks.task[t].n_test);
        CHECK(score.likeness == 1000 * tasks.task[t].n_train);
    }
    CHECK(be_arc_scoring_solvers(all, task_named("drop-and-mirror")) == 1);
    CHECK(be_arc_scoring_solvers(all, task_named("count")) == 0);
}

static void candidates_and_duplicates_add_up(void **state)
{
    (void)state;
    be_arc_scoring_info info;
    be_arc_scoring_describe(all, &info);
    CHECK(info.tasks == tasks.count && info.candidates == be_arc_candidates());
    CHECK(info.literal + info.behaving + info.distinct == info.candidates);
    CHECK_SAY(info.literal >= 1000 && info.behaving >= 1000 && info.distinct >= 1000,
              "%zu literal, %zu behaving, %zu distinct", info.literal, info.behaving,
              info.distinct);
    size_t distinct = 0;
    for (size_t c = 0; c < info.candidates; c++) {
        size_t same = be_arc_scoring_same(all, c);
        CHECK_SAY(same <= c && be_arc_scoring_same(all, same) == same, "candidate %zu", c);
        distinct += same == c;
    }
    CHECK(distinct == info.distinct);
}

/* All of the first two steps, and a sample of the rest. */
static void scores_are_those_of_each_candidate_alone(void **state)
{
    (void)state;
    be_random random;
    be_random_init(&random, 21, 0);
    for (size_t i = 0; i < 4000; i++) {
        size_t c = i < 2000 ? i : be_random_below(&random, be_arc_candidates());
        for (size_t t = 0; t < tasks.count; t++) {
            be_arc_score score = be_arc_scoring_score(all, t, c);
            be_arc_score alone = naive_score(&tasks.task[t], c);
            CHECK_SAY(score.likeness == alone.likeness && score.solved == alone.solved &&
                          score.tests == alone.tests,
                      "candidate %zu, task %zu", c, t);
        }
    }
}

static void duplicates_are_exactly_the_candidates_that_do_the_same(void **state)
{
    (void)state;
    for (size_t c = 0; c < 260; c++) {
        size_t lowest = 0;
        while (lowest < c && !naive_same(&tasks, lowest, c)) {
            lowest++;
        }
        CHECK_SAY(be_arc_scoring_same(all, c) == lowest, "candidate %zu does what %zu does", c,
                  lowest);
    }
    be_random random;
    be_random_init(&random, 22, 0);
    for (int i = 0; i < 500; i++) {
        size_t c = be_random_below(&random, be_arc_candidates());
        CHECK_SAY(naive_same(&tasks, be_arc_scoring_same(all, c), c), "candidate %zu", c);
    }
}

static void the_best_are_sorted_and_none_is_better(void **state)
{
    (void)state;
    enum { K = 7 };
    for (size_t t = 0; t < tasks.count; t++) {
        size_t best[K];
        CHECK(be_arc_scoring_best(all, t, best, K) == K);
        be_arc_score last = be_arc_scoring_score(all, t, best[K - 1]);
        for (size_t i = 1; i < K; i++) {
            be_arc_score a = be_arc_scoring_score(all, t, best[i - 1]);
            be_arc_score b = be_arc_scoring_score(all, t, best[i]);
            CHECK(a.solved > b.solved || (a.solved == b.solved && a.likeness >= b.likeness));
            CHECK(be_arc_scoring_same(all, best[i]) == best[i]);
        }
        size_t above = 0;
        for (size_t c = 0; c < be_arc_candidates(); c++) {
            be_arc_score s = be_arc_scoring_score(all, t, c);
            above +=
                be_arc_scoring_same(all, c) == c &&
                (s.solved > last.solved || (s.solved == last.solved && s.likeness > last.likeness));
        }
        CHECK_SAY(above < K, "task %zu: %zu are better than the last of %d", t, above, K);
    }
    be_arc_scoring *few = scored(&tasks, 3, NULL);
    size_t best[K];
    CHECK(be_arc_scoring_best(few, 0, best, K) == 3 && be_arc_scoring_best(few, 0, best, 0) == 0);
    be_arc_scoring_destroy(few);
}

static void every_schedule_gives_the_same_digest(void **state)
{
    (void)state;
    be_arc_scoring *plain = scored(&tasks, 3000, NULL);
    be_hash128 expected = be_arc_scoring_digest(plain);
    for (be_schedule schedule = BE_SCHEDULE_AUTO; schedule <= BE_SCHEDULE_DYNAMIC; schedule++) {
        for (unsigned workers = 1; workers <= 5; workers++) {
            for (size_t grain = 1; grain <= 10000; grain = grain * 9 + 4) {
                be_force force = {schedule, workers, grain};
                size_t done = 0;
                be_for_options options = {.size = sizeof options, .force = &force, .done = &done};
                CHECK(be_arc_scoring_run(plain, engine, &options) == BE_OK);
                be_hash128 digest = be_arc_scoring_digest(plain);
                CHECK_SAY(digest.low == expected.low && digest.high == expected.high,
                          "schedule %d, %u workers, grain %zu", (int)schedule, workers, grain);
                CHECK(done == 3000 * tasks.count);
            }
        }
    }
    be_arc_scoring_destroy(plain);
}

/* The same bits on every machine, with every compiler. Changes when ops.def or a bundled task does.
 */
static void the_digest_is_this_one(void **state)
{
    (void)state;
    be_hash128 digest = be_arc_scoring_digest(all);
    CHECK_SAY(digest.low == UINT64_C(0x4eda4af3ceb84a62) &&
                  digest.high == UINT64_C(0x76dbddf0ecee45a4),
              "%016llx %016llx", (unsigned long long)digest.low, (unsigned long long)digest.high);
}

/* Take all test outputs away, or replace them by others: only the verdict on the tests changes. */
static void test_outputs_change_the_verdict_alone(void **state)
{
    (void)state;
    enum { N = 2000, K = 20 };
    be_arc_tasks changed = {0};
    CHECK(be_arc_tasks_bundled(&changed) == BE_OK);
    for (size_t t = 0; t < changed.count; t++) {
        be_arc_task *task = &changed.task[t];
        for (size_t p = task->n_train; p < task->n_train + task->n_test; p++) {
            task->pairs[p].has_output = t % 2;
            task->pairs[p].output = (be_grid){.rows = 1, .columns = 1, .cells = {7}};
        }
    }
    be_arc_scoring *a = scored(&tasks, N, NULL), *b = scored(&changed, N, NULL);
    for (size_t t = 0; t < tasks.count; t++) {
        size_t best[2][K];
        CHECK(be_arc_scoring_best(a, t, best[0], K) == K);
        CHECK(be_arc_scoring_best(b, t, best[1], K) == K);
        CHECK(memcmp(best[0], best[1], sizeof best[0]) == 0);
        for (size_t c = 0; c < N; c++) {
            be_arc_score x = be_arc_scoring_score(a, t, c), y = be_arc_scoring_score(b, t, c);
            CHECK(x.solved == y.solved && x.likeness == y.likeness);
            CHECK(t % 2 || y.tests == 0);
            CHECK(be_arc_scoring_same(a, c) == be_arc_scoring_same(b, c));
        }
    }
    be_arc_scoring_destroy(a);
    be_arc_scoring_destroy(b);
    be_arc_tasks_clear(&changed);
}

static void a_scoring_out_of_range_is_refused(void **state)
{
    (void)state;
    be_arc_scoring *scoring;
    be_arc_tasks none = {0};
    be_error error;
    CHECK(be_arc_scoring_create(&none, 1, NULL, &scoring, &error) == BE_EINVAL);
    CHECK(strcmp(error.expected, "at least one task") == 0);
    CHECK(be_arc_scoring_create(&tasks, 0, NULL, &scoring, &error) == BE_EINVAL);
    CHECK(be_arc_scoring_create(&tasks, be_arc_candidates() + 1, NULL, &scoring, &error) ==
          BE_EINVAL);
    CHECK(be_arc_scoring_create(&tasks, SIZE_MAX, NULL, &scoring, NULL) == BE_EINVAL);
}

/* A cancelled run says how far it came, in (task, candidate) pairs, and what it says it has done is
 * done. */
static void a_cancelled_run_tells_what_is_complete(void **state)
{
    (void)state;
    enum { N = 500 };
    be_cancel cancel = {0};
    size_t done = SIZE_MAX;
    be_for_options options = {.size = sizeof options, .cancel = &cancel, .done = &done};
    be_arc_scoring *scoring;
    CHECK(be_arc_scoring_create(&tasks, N, NULL, &scoring, NULL) == BE_OK);
    be_cancel_raise(&cancel);
    CHECK(be_arc_scoring_run(scoring, engine, &options) == BE_ECANCEL);
    CHECK_SAY(done < N * tasks.count, "%zu done", done);
    be_cancel_reset(&cancel);
    CHECK(be_arc_scoring_run(scoring, engine, &options) == BE_OK && done == N * tasks.count);
    options.deadline_ns = 1;
    CHECK(be_arc_scoring_run(scoring, engine, &options) == BE_EDEADLINE && done < N * tasks.count);
    be_arc_scoring_destroy(scoring);
}

/* ---- as a workload -------------------------------------------------------------------------- */

struct counting {
    size_t requests, refuse, held, peak;
};

static void *counting_allocate(void *user, size_t size)
{
    struct counting *c = user;
    if (c->requests++ == c->refuse) {
        return NULL;
    }
    c->held += size;
    c->peak = c->held > c->peak ? c->held : c->peak;
    return malloc(size);
}

static void counting_release(void *user, void *memory, size_t size)
{
    ((struct counting *)user)->held -= size;
    free(memory);
}

static void the_workload_holds_what_it_says_and_gives_it_back(void **state)
{
    (void)state;
    const be_workload *w = &be_arc_score_workload;
    for (size_t refuse = 0;; refuse++) {
        struct counting counting = {.refuse = refuse};
        const be_allocator allocator = {counting_allocate, counting_release, &counting};
        be_workload_request request = {.n = 500, .allocator = &allocator};
        void *made = NULL;
        uint64_t bytes = 0;
        be_error error;
        be_status status = w->bytes(&request, &bytes, &error);
        CHECK(counting.held == 0);
        if (status == BE_OK) {
            status = w->create(&request, &made, &error);
        }
        if (status == BE_OK) {
            CHECK_SAY(counting.held == bytes, "%zu bytes held, %llu said", counting.held,
                      (unsigned long long)bytes);
        } else {
            CHECK_SAY(status == BE_ENOMEM && error.expected[0], "request %zu: %s", refuse,
                      error.expected);
        }
        w->destroy(made);
        CHECK_SAY(counting.held == 0, "request %zu: %zu bytes kept", refuse, counting.held);
        if (status == BE_OK) {
            CHECK(refuse > 10);
            return;
        }
    }
}

static void the_workload_runs_again_to_the_same_digest(void **state)
{
    (void)state;
    const be_workload *w = &be_arc_score_workload;
    be_workload_request request = {.n = 1000, .seed = 5};
    void *made;
    CHECK(w->create(&request, &made, NULL) == BE_OK);
    CHECK(w->items(made) == 1000 * tasks.count);
    CHECK(w->run(engine, made, NULL) == BE_OK);
    be_hash128 first = w->digest(made);
    CHECK(w->run(engine, made, NULL) == BE_OK);
    be_hash128 second = w->digest(made);
    be_arc_scoring *direct = scored(&tasks, 1000, NULL);
    be_hash128 third = be_arc_scoring_digest(direct);
    CHECK(first.low == second.low && first.high == second.high);
    CHECK(first.low == third.low && first.high == third.high);
    be_arc_scoring_destroy(direct);
    w->destroy(made);
}

static void the_demo_scores_a_thousand_distinct_candidates(void **state)
{
    (void)state;
    be_arc_scoring *scoring = scored(&tasks, be_arc_score_workload.demo_large, NULL);
    be_arc_scoring_info info;
    be_arc_scoring_describe(scoring, &info);
    CHECK_SAY(info.distinct >= 1000, "%zu", info.distinct);
    CHECK(info.literal > 0 && info.behaving > 0);
    CHECK(be_arc_scoring_solvers(scoring, task_named("drop-and-mirror")) == 1);
    CHECK(be_arc_scoring_solvers(scoring, task_named("count")) == 0);
    be_arc_scoring_destroy(scoring);
}

static void bad_requests_are_refused(void **state)
{
    (void)state;
    const be_workload *w = &be_arc_score_workload;
    uint64_t bytes;
    void *made;
    be_error error;
    be_workload_request none = {.n = 0}, many = {.n = be_arc_candidates() + 1},
                        lost = {.n = 1, .input = "/nowhere/at/all"};
    CHECK(w->bytes(&none, &bytes, &error) == BE_ELIMIT);
    CHECK(w->bytes(&many, &bytes, &error) == BE_ELIMIT && strstr(error.expected, "candidates"));
    CHECK(w->create(&many, &made, &error) == BE_EINVAL);
    CHECK(w->bytes(&lost, &bytes, &error) == BE_EIO && strstr(error.expected, "/nowhere"));
    CHECK(w->create(&lost, &made, &error) == BE_EIO);
}

/* Counts what a presenter is told. */
struct told {
    size_t facts, tables, cells, columns, pictures;
    bool in_table;
};

static void on_fact(void *user, const char *label, const char *value)
{
    CHECK(*label && *value);
    ((struct told *)user)->facts++;
}

static void on_table_begin(void *user, const char *title, const char *const *columns,
                           size_t n_columns)
{
    struct told *told = user;
    CHECK(*title && *columns[0] && *columns[n_columns - 1] && !told->in_table);
    told->in_table = true;
    told->columns = n_columns;
    told->tables++;
}

static void on_table_cell(void *user, const char *text)
{
    CHECK(*text && ((struct told *)user)->in_table);
    ((struct told *)user)->cells++;
}

static void on_table_end(void *user)
{
    ((struct told *)user)->in_table = false;
}

static void on_picture(void *user, const char *title, size_t rows, size_t columns,
                       const uint8_t *cells)
{
    CHECK(*title && rows && columns && cells[rows * columns - 1] <= 9);
    ((struct told *)user)->pictures++;
}

static void the_presentation_is_whole(void **state)
{
    (void)state;
    const be_workload *w = &be_arc_score_workload;
    be_workload_request request = {.n = 50};
    void *made;
    CHECK(w->create(&request, &made, NULL) == BE_OK);
    CHECK(w->run(engine, made, NULL) == BE_OK);
    struct told told = {0};
    be_presenter presenter = {&told,         on_fact,      on_table_begin,
                              on_table_cell, on_table_end, on_picture};
    w->present(made, &presenter);
    CHECK(told.facts >= 5 && told.tables == 1 && !told.in_table && told.pictures == 2);
    CHECK(told.cells == told.columns * tasks.count);
    w->destroy(made);
}

static const struct CMUnitTest tests[] = {
    TEST(the_bundled_tasks_have_the_solvers_they_were_made_for),
    TEST(candidates_and_duplicates_add_up),
    TEST(scores_are_those_of_each_candidate_alone),
    TEST(duplicates_are_exactly_the_candidates_that_do_the_same),
    TEST(the_best_are_sorted_and_none_is_better),
    TEST(every_schedule_gives_the_same_digest),
    TEST(the_digest_is_this_one),
    TEST(test_outputs_change_the_verdict_alone),
    TEST(a_scoring_out_of_range_is_refused),
    TEST(a_cancelled_run_tells_what_is_complete),
    TEST(the_workload_holds_what_it_says_and_gives_it_back),
    TEST(the_workload_runs_again_to_the_same_digest),
    TEST(the_demo_scores_a_thousand_distinct_candidates),
    TEST(bad_requests_are_refused),
    TEST(the_presentation_is_whole),
};

int main(int argc, char **argv)
{
    if (argc > 1) {
        cmocka_set_test_filter(argv[1]);
    }
    return cmocka_run_group_tests(tests, set_up, tear_down) != 0;
}
