/* test_trace.c: spans, states, counters and reports on real threads. */
#include "check.h"

#include "os/clock.h"
#include "trace/account.h"

#include <breakeven/trace.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const be_phase A = {"a", false}, B = {"b", false}, C = {"c", false}, MEASURED = {"m", true};

/* ---- help ----------------------------------------------------------------------------------- */

/* Counts what is held, and says no from the allocation number `refuse_from` on. */
struct counting {
    be_allocator allocator;
    pthread_mutex_t lock;
    size_t held, allocations, refuse_from;
};

static void *count_allocate(void *user, size_t size)
{
    struct counting *counting = user;
    pthread_mutex_lock(&counting->lock);
    void *memory = counting->allocations++ < counting->refuse_from ? malloc(size) : NULL;
    counting->held += memory ? size : 0;
    pthread_mutex_unlock(&counting->lock);
    return memory;
}

static void count_release(void *user, void *memory, size_t size)
{
    struct counting *counting = user;
    pthread_mutex_lock(&counting->lock);
    counting->held -= size;
    pthread_mutex_unlock(&counting->lock);
    free(memory);
}

static void counting_init(struct counting *counting)
{
    *counting = (struct counting){.allocator = {count_allocate, count_release, counting},
                                  .lock = PTHREAD_MUTEX_INITIALIZER,
                                  .refuse_from = SIZE_MAX};
}

static be_tracer *tracer_on(void)
{
    be_tracer *tracer = NULL;
    CHECK(be_tracer_create(NULL, &tracer) == BE_OK);
    be_tracer_enable(tracer, true);
    return tracer;
}

static be_trace_report *report_of(be_tracer *tracer)
{
    be_trace_report *report = NULL;
    CHECK(be_tracer_report(tracer, &report) == BE_OK);
    return report;
}

/* The row at a path such as "a/b"; NULL when there is none. */
static const be_trace_row *row_at(const be_trace_report *report, const char *path)
{
    const be_trace_row *rows;
    size_t n = be_trace_report_rows(report, &rows);
    char here[512] = "";
    size_t ends[32] = {0}; /* of the path at each depth */
    for (size_t i = 0; i < n; i++) {
        if (rows[i].depth >= 32) {
            continue;
        }
        size_t start = rows[i].depth ? ends[rows[i].depth - 1] : 0;
        ends[rows[i].depth] = start + (size_t)snprintf(here + start, sizeof here - start, "%s%s",
                                                       start ? "/" : "", rows[i].name);
        if (strcmp(here, path) == 0) {
            return &rows[i];
        }
    }
    return NULL;
}

static void sleep_ms(long ms)
{
    const struct timespec t = {.tv_nsec = ms * 1000000};
    nanosleep(&t, NULL);
}

static void spin_us(uint64_t us)
{
    for (uint64_t end = be_now_ns() + us * 1000; be_now_ns() < end;) {
    }
}

/* What must hold in every report, whatever was recorded. `alone`: one thread recorded spans, so
 * that siblings never overlap. */
static void check_identities(const be_trace_report *report, bool alone)
{
    const be_trace_row *rows;
    size_t n = be_trace_report_rows(report, &rows);
    const be_trace_totals *totals = be_trace_report_totals(report);
    uint64_t spans = 0;
    for (size_t i = 0; i < n; i++) {
        const be_trace_row *row = &rows[i];
        uint64_t sum = 0, longest = 0, children = 0;
        for (size_t j = i + 1; j < n && rows[j].depth > row->depth; j++) {
            if (rows[j].depth == row->depth + 1) {
                children++;
                sum += rows[j].wall_ns;
                longest = rows[j].wall_ns > longest ? rows[j].wall_ns : longest;
            }
        }
        spans += row->count;
        uint64_t covered = row->wall_ns - row->unaccounted_ns;
        CHECK_SAY(row->leaf == (children == 0), "row %zu", i);
        CHECK_SAY(row->unaccounted_ns <= row->wall_ns, "row %zu", i);
        CHECK_SAY(row->leaf || covered <= sum + children, "row %zu: %llu > %llu", i,
                  (unsigned long long)covered, (unsigned long long)sum);
        CHECK_SAY(!alone || row->leaf || covered + children + 1 >= sum, "row %zu", i);
        CHECK_SAY(longest <= row->wall_ns || !alone, "row %zu", i);
        CHECK_SAY(row->busy_ns + 1 >= row->wall_ns, "row %zu", i);
        CHECK_SAY(row->busy_ns <= row->threads * (row->wall_ns + 1), "row %zu", i);
        CHECK_SAY(row->min_ns <= row->median_ns && row->median_ns <= row->max_ns, "row %zu", i);
    }
    CHECK(totals->spans == spans);
    CHECK(totals->unaccounted_ns <= totals->wall_ns);
    const be_trace_thread *threads;
    size_t n_threads = be_trace_report_threads(report, &threads);
    CHECK(totals->threads == n_threads);
    for (size_t i = 0; i < n_threads; i++) {
        uint64_t sum = 0;
        for (int state = 0; state < BE_STATE_COUNT; state++) {
            sum += threads[i].state_ns[state];
        }
        CHECK_SAY(sum == threads[i].life_ns, "%s", threads[i].name);
    }
}

/* ---- spans ---------------------------------------------------------------------------------- */

static void spans_nest_and_repeat(void **state)
{
    (void)state;
    be_tracer *tracer = tracer_on();
    uint64_t start = be_now_ns();
    be_span_begin(tracer, &A);
    for (int i = 0; i < 3; i++) {
        be_span_begin(tracer, &B);
        spin_us(200);
        be_span_next(tracer, &C);
        spin_us(100);
        be_span_end(tracer);
    }
    be_span_end(tracer);
    uint64_t passed = be_now_ns() - start;
    be_trace_report *report = report_of(tracer);
    check_identities(report, true);
    const be_trace_row *a = row_at(report, "a"), *b = row_at(report, "a/b"),
                       *c = row_at(report, "a/c");
    CHECK(a && b && c && a->count == 1 && b->count == 3 && c->count == 3);
    CHECK(a->threads == 1 && a->depth == 0 && c->depth == 1);
    CHECK(a->wall_ns <= passed && b->wall_ns >= 590000 && c->wall_ns >= 290000);
    CHECK(b->min_ns >= 195000 && b->max_ns <= passed);
    CHECK(a->wall_ns >= b->wall_ns + c->wall_ns);
    CHECK(be_trace_report_totals(report)->spans == 7);
    CHECK(be_trace_report_totals(report)->dropped == 0);
    CHECK(be_trace_report_totals(report)->overhead_ns > 0);
    be_trace_report_destroy(report);
    be_tracer_destroy(tracer);
}

static void random_trees_add_up(void **state)
{
    (void)state;
    static const be_phase phases[5] = {
        {"0", false}, {"1", false}, {"2", false}, {"3", false}, {"4", true}};
    for (uint64_t seed = 0; seed < 20; seed++) {
        be_tracer *tracer = tracer_on();
        be_random random;
        be_random_init(&random, seed, 0);
        uint64_t begun = 0;
        for (int i = 0, depth = 0; i < 20000; i++) {
            const be_phase *phase = &phases[be_random_below(&random, i % 50 ? 4 : 5)];
            uint64_t kind = be_random_below(&random, 5);
            if (kind == 0) {
                be_span_next(tracer, phase);
                depth += depth == 0;
                begun++;
            } else if (kind <= 2 && depth < 6) {
                be_span_begin(tracer, phase);
                depth++;
                begun++;
            } else {
                be_span_end(tracer);
                depth -= depth > 0;
            }
        }
        be_trace_report *report = report_of(tracer);
        check_identities(report, true);
        CHECK(be_trace_report_totals(report)->spans == begun);
        CHECK(be_trace_report_totals(report)->dropped == 0);
        be_trace_report_destroy(report);
        be_tracer_destroy(tracer);
    }
}

static void an_end_without_a_begin_is_ignored(void **state)
{
    (void)state;
    be_tracer *tracer = tracer_on();
    be_span_end(tracer);
    be_span_end(tracer);
    be_span_begin(tracer, &A);
    be_span_end(tracer);
    be_span_end(tracer);
    be_span_begin(tracer, &B);
    be_span_end(tracer);
    be_trace_report *report = report_of(tracer);
    check_identities(report, true);
    CHECK(row_at(report, "a")->count == 1 && row_at(report, "b")->count == 1);
    be_trace_report_destroy(report);
    be_tracer_destroy(tracer);
}

static void a_report_counts_open_spans_up_to_now(void **state)
{
    (void)state;
    be_tracer *tracer = tracer_on();
    be_span_begin(tracer, &A);
    spin_us(300);
    be_trace_report *first = report_of(tracer);
    check_identities(first, true);
    CHECK(row_at(first, "a")->wall_ns >= 290000 && row_at(first, "a")->max_ns == 0);
    spin_us(300);
    be_span_end(tracer);
    be_trace_report *second = report_of(tracer);
    CHECK(row_at(second, "a")->wall_ns >= 590000 && row_at(second, "a")->count == 1);
    CHECK(row_at(second, "a")->max_ns >= 590000);
    be_trace_report_destroy(first);
    be_trace_report_destroy(second);
    be_tracer_destroy(tracer);
}

static void time_switched_off_is_in_no_figure(void **state)
{
    (void)state;
    be_tracer *tracer = tracer_on();
    be_span_begin(tracer, &A);
    spin_us(200);
    uint64_t begin_off = be_now_ns();
    be_tracer_enable(tracer, false);
    be_span_begin(tracer, &B); /* not seen */
    sleep_ms(20);
    be_tracer_enable(tracer, true);
    uint64_t off = be_now_ns() - begin_off;
    be_span_end(tracer); /* of what was not seen */
    be_span_end(tracer); /* of what the switch has closed */
    be_span_begin(tracer, &C);
    spin_us(200);
    be_span_end(tracer);
    be_trace_report *report = report_of(tracer);
    check_identities(report, true);
    const be_trace_totals *totals = be_trace_report_totals(report);
    CHECK(row_at(report, "a")->count == 1 && !row_at(report, "b"));
    CHECK(row_at(report, "c")->count == 1); /* a root, not inside what was closed */
    CHECK(totals->wall_ns < off && totals->wall_ns >= 390000);
    be_trace_report_destroy(report);
    be_tracer_destroy(tracer);
}

static void switched_off_nothing_is_taken_or_seen(void **state)
{
    (void)state;
    struct counting counting;
    counting_init(&counting);
    be_tracer *tracer;
    CHECK(be_tracer_create(&(be_tracer_config){.size = sizeof(be_tracer_config),
                                               .allocator = &counting.allocator},
                           &tracer) == BE_OK);
    size_t allocations = counting.allocations;
    for (int i = 0; i < 10000; i++) {
        be_span_begin(tracer, &A);
        be_span_next(tracer, &B);
        be_count(tracer, BE_COUNT_ITEMS, 1);
        CHECK(be__account_mark(tracer, BE_STATE_BODY) == BE_STATE_OUTSIDE);
        be__trace_adopt(tracer, be__trace_context(tracer));
        be__trace_leave(tracer);
        be_span_end(tracer);
        be_span_begin(NULL, &A);
        be_span_end(NULL);
    }
    CHECK(counting.allocations == allocations);
    be_trace_report *report = report_of(tracer);
    const be_trace_row *rows;
    CHECK(be_trace_report_rows(report, &rows) == 0);
    CHECK(be_trace_report_totals(report)->wall_ns == 0);
    CHECK(be_trace_report_totals(report)->counters[BE_COUNT_ITEMS] == 0);
    CHECK(be_trace_report_totals(report)->threads == 0);
    be_trace_report_destroy(report);
    be_tracer_destroy(tracer);
    CHECK(counting.held == 0);
}

static void cpu_time_is_told_apart_from_wall_time(void **state)
{
    (void)state;
    be_tracer *tracer = tracer_on();
    be_span_begin(tracer, &MEASURED);
    be_span_begin(tracer, &A);
    sleep_ms(20);
    be_span_end(tracer);
    spin_us(2000);
    be_span_end(tracer);
    be_trace_report *report = report_of(tracer);
    const be_trace_row *row = row_at(report, "m");
    CHECK(row->cpu_ns > 0 && row->cpu_ns + 15000000 < row->wall_ns);
    CHECK(row_at(report, "m/a")->cpu_ns == 0);
    be_trace_report_destroy(report);
    be_tracer_destroy(tracer);
}

static void a_span_that_slept_has_lost_its_cpu(void **state)
{
    (void)state;
    if (be_tracer_witness() == BE_WITNESS_NONE) {
        SKIP("no rseq on this machine");
    }
    be_tracer *tracer = tracer_on();
    for (int i = 0; i < 10; i++) {
        be_span_begin(tracer, &A);
        be_span_begin(tracer, &B);
        sleep_ms(1);
        be_span_end(tracer);
        be_span_end(tracer);
    }
    for (int i = 0; i < 1000; i++) {
        be_span_begin(tracer, &C);
        be_span_end(tracer);
    }
    be_trace_report *report = report_of(tracer);
    CHECK(row_at(report, "a")->preempted == 10);
    CHECK(row_at(report, "a/b")->preempted == 10);
    CHECK_SAY(row_at(report, "c")->preempted < 100, "%llu of 1000",
              (unsigned long long)row_at(report, "c")->preempted);
    be_trace_report_destroy(report);
    be_tracer_destroy(tracer);
}

static void two_tracers_on_one_thread_keep_apart(void **state)
{
    (void)state;
    be_tracer *one = tracer_on(), *two = tracer_on();
    for (int i = 0; i < 5000; i++) {
        be_span_begin(one, &A);
        be_span_begin(two, &B);
        be_span_end(one);
        be_span_end(two);
    }
    be_trace_report *of_one = report_of(one), *of_two = report_of(two);
    CHECK(row_at(of_one, "a")->count == 5000 && !row_at(of_one, "b"));
    CHECK(row_at(of_two, "b")->count == 5000 && !row_at(of_two, "a"));
    be_trace_report_destroy(of_one);
    be_trace_report_destroy(of_two);
    be_tracer_destroy(one);
    be_tracer *three = tracer_on(); /* may lie where the first one lay */
    be_span_begin(three, &C);
    be_span_end(three);
    be_trace_report *of_three = report_of(three);
    CHECK(row_at(of_three, "c")->count == 1 && be_trace_report_totals(of_three)->spans == 1);
    be_trace_report_destroy(of_three);
    be_tracer_destroy(two);
    be_tracer_destroy(three);
}

/* ---- threads -------------------------------------------------------------------------------- */

struct work {
    be_tracer *tracer;
    be__span_context context;
    unsigned worker;
    int spans;
    pthread_barrier_t *barrier;
};

static void *work(void *argument)
{
    struct work *work = argument;
    if (work->worker) {
        be__trace_worker(work->worker);
    }
    pthread_barrier_wait(work->barrier);
    be__account_mark(work->tracer, BE_STATE_SPIN);
    be__trace_adopt(work->tracer, work->context);
    for (int i = 0; i < work->spans; i++) {
        be__account_mark(work->tracer, BE_STATE_BODY);
        be_span_begin(work->tracer, &B);
        be_count(work->tracer, BE_COUNT_ITEMS, 2);
        be_span_end(work->tracer);
        be__account_mark(work->tracer, BE_STATE_CLAIM);
    }
    be_span_begin(work->tracer, &C); /* left open: leave closes it */
    be__trace_leave(work->tracer);
    be_span_begin(work->tracer, &C); /* outside of the caller's phase, and open when it ends */
    return NULL;
}

enum { HELPERS = 3, SPANS = 20000 };

static void helpers_work_inside_the_callers_phase(void **state)
{
    (void)state;
    be_tracer *tracer = tracer_on();
    pthread_barrier_t barrier;
    pthread_barrier_init(&barrier, NULL, HELPERS + 1);
    uint64_t start = be_now_ns();
    be_span_begin(tracer, &A);
    be_span_begin(tracer, &B);
    be__span_context context = be__trace_context(tracer);
    be_span_begin(tracer, &C); /* the caller's own body has gone on */
    pthread_t threads[HELPERS];
    struct work works[HELPERS];
    for (unsigned i = 0; i < HELPERS; i++) {
        works[i] = (struct work){tracer, context, i + 1, SPANS, &barrier};
        CHECK(pthread_create(&threads[i], NULL, work, &works[i]) == 0);
    }
    be_state before = be__account_mark(tracer, BE_STATE_JOIN);
    CHECK(before == BE_STATE_OUTSIDE);
    pthread_barrier_wait(&barrier);
    for (int i = 0; i < HELPERS; i++) {
        be_trace_report *report = report_of(tracer); /* while they run */
        check_identities(report, false);
        be_trace_report_destroy(report);
        pthread_join(threads[i], NULL);
    }
    CHECK(be__account_mark(tracer, before) == BE_STATE_JOIN);
    be_span_end(tracer);
    be_span_end(tracer);
    be_span_end(tracer);
    be_trace_report *report = report_of(tracer);
    uint64_t passed = be_now_ns() - start;
    check_identities(report, false);
    CHECK(row_at(report, "a")->threads == HELPERS + 1 && row_at(report, "a")->count == 1);
    CHECK(row_at(report, "a/b")->threads == HELPERS + 1 && row_at(report, "a/b")->count == 1);
    CHECK(row_at(report, "a/b/b")->count == HELPERS * SPANS);
    CHECK(row_at(report, "a/b/b")->threads == HELPERS);
    CHECK(row_at(report, "a/b/c")->count == HELPERS + 1);
    CHECK(row_at(report, "c")->count == HELPERS);
    CHECK(row_at(report, "a/b")->wall_ns <= passed);
    CHECK(row_at(report, "a/b")->busy_ns > row_at(report, "a/b")->wall_ns);
    CHECK(be_trace_report_totals(report)->counters[BE_COUNT_ITEMS] == 2 * HELPERS * SPANS);
    CHECK(be_trace_report_totals(report)->dropped == 0);
    const be_trace_thread *lives;
    CHECK(be_trace_report_threads(report, &lives) == HELPERS + 1);
    int workers = 0;
    for (int i = 0; i <= HELPERS; i++) {
        workers += strncmp(lives[i].name, "worker ", 7) == 0;
        CHECK(lives[i].life_ns > 0 && lives[i].life_ns <= passed);
    }
    CHECK(workers == HELPERS);
    be_trace_report_destroy(report);
    be_tracer_destroy(tracer);
    pthread_barrier_destroy(&barrier);
}

static void threads_that_ended_leave_their_figures_and_no_memory(void **state)
{
    (void)state;
    struct counting counting;
    counting_init(&counting);
    be_tracer *tracer;
    CHECK(be_tracer_create(&(be_tracer_config){.size = sizeof(be_tracer_config),
                                               .allocator = &counting.allocator},
                           &tracer) == BE_OK);
    be_tracer_enable(tracer, true);
    pthread_barrier_t barrier;
    pthread_barrier_init(&barrier, NULL, 1);
    size_t after_first = 0;
    for (int i = 0; i < 50; i++) {
        struct work w = {tracer, {0, 0}, 7, 10, &barrier};
        pthread_t thread;
        CHECK(pthread_create(&thread, NULL, work, &w) == 0);
        pthread_join(thread, NULL);
        after_first = i == 0 ? counting.held : after_first;
    }
    CHECK_SAY(counting.held < after_first + 50 * 200, "%zu bytes after one thread, %zu after 50",
              after_first, counting.held);
    be_trace_report *report = report_of(tracer);
    check_identities(report, false);
    CHECK(row_at(report, "b")->count == 500 && row_at(report, "b")->threads == 50);
    CHECK(row_at(report, "c")->count == 100);
    CHECK(be_trace_report_totals(report)->counters[BE_COUNT_ITEMS] == 1000);
    CHECK(be_trace_report_totals(report)->threads == 50);
    be_trace_report_destroy(report);
    be_tracer_destroy(tracer);
    pthread_barrier_destroy(&barrier);
    CHECK(counting.held == 0);
}

static void span_at_the_end(void *argument)
{
    be_span_begin(argument, &A);
    be_span_end(argument);
}

struct late {
    be_tracer *tracer;
    pthread_key_t key;
};

static void *set_key(void *argument)
{
    struct late *late = argument;
    CHECK(pthread_setspecific(late->key, late->tracer) == 0);
    span_at_the_end(late->tracer);
    return NULL;
}

static void a_destructor_of_the_thread_may_still_open_spans(void **state)
{
    (void)state;
    /* Keys are destroyed in order, so with one made before and one after the tracer's, one of the
     * two destructors comes after the lane has gone. */
    struct late late[2];
    CHECK(pthread_key_create(&late[0].key, span_at_the_end) == 0);
    be_tracer *tracer = tracer_on();
    CHECK(pthread_key_create(&late[1].key, span_at_the_end) == 0);
    for (int i = 0; i < 2; i++) {
        late[i].tracer = tracer;
        pthread_t thread;
        CHECK(pthread_create(&thread, NULL, set_key, &late[i]) == 0);
        pthread_join(thread, NULL);
        pthread_key_delete(late[i].key);
    }
    be_trace_report *report = report_of(tracer);
    CHECK(row_at(report, "a")->count == 4);
    be_trace_report_destroy(report);
    be_tracer_destroy(tracer);
}

static void *toggle(void *argument)
{
    struct work *work = argument;
    pthread_barrier_wait(work->barrier);
    for (int i = 0; i < 200; i++) {
        be_tracer_enable(work->tracer, i % 2);
        be_trace_report *report = report_of(work->tracer);
        check_identities(report, false);
        be_trace_report_destroy(report);
    }
    return NULL;
}

static void switching_under_way_upsets_nothing(void **state)
{
    (void)state;
    be_tracer *tracer = tracer_on();
    pthread_barrier_t barrier;
    pthread_barrier_init(&barrier, NULL, HELPERS + 1);
    pthread_t threads[HELPERS + 1];
    struct work w = {tracer, {0, 0}, 0, SPANS, &barrier};
    for (int i = 0; i < HELPERS; i++) {
        CHECK(pthread_create(&threads[i], NULL, work, &w) == 0);
    }
    CHECK(pthread_create(&threads[HELPERS], NULL, toggle, &w) == 0);
    for (int i = 0; i <= HELPERS; i++) {
        pthread_join(threads[i], NULL);
    }
    be_trace_report *report = report_of(tracer);
    check_identities(report, false);
    be_trace_report_destroy(report);
    be_tracer_destroy(tracer);
    pthread_barrier_destroy(&barrier);
}

/* ---- states --------------------------------------------------------------------------------- */

static void every_tick_of_a_life_has_a_state(void **state)
{
    (void)state;
    be_tracer *tracer = tracer_on();
    uint64_t start = be__ticks();
    be__account_mark_at(tracer, BE_STATE_CLAIM, start);
    spin_us(100);
    be__account_mark(tracer, BE_STATE_BODY);
    spin_us(400);
    CHECK(be__account_mark(tracer, BE_STATE_PARKED) == BE_STATE_BODY);
    sleep_ms(2);
    be__account_mark(tracer, BE_STATE_OUTSIDE);
    be_tracer_enable(tracer, false);
    uint64_t life = be__ticks_to_ns(be__ticks() - start);
    be_trace_report *report = report_of(tracer);
    check_identities(report, true);
    const be_trace_thread *thread;
    CHECK(be_trace_report_threads(report, &thread) == 1);
    CHECK(strcmp(thread->name, "caller 0") == 0);
    CHECK(thread->state_ns[BE_STATE_CLAIM] >= 95000);
    CHECK(thread->state_ns[BE_STATE_BODY] + thread->state_ns[BE_STATE_PREEMPTED] >= 395000);
    CHECK(thread->state_ns[BE_STATE_PARKED] >= 1900000);
    CHECK(thread->state_ns[BE_STATE_STEAL] == 0);
    CHECK(thread->life_ns <= life + life / 100);
    be_trace_report_destroy(report);
    be_tracer_destroy(tracer);
}

static void a_body_that_slept_was_preempted(void **state)
{
    (void)state;
    if (be_tracer_witness() == BE_WITNESS_NONE) {
        SKIP("no rseq on this machine");
    }
    be_tracer *tracer = tracer_on();
    for (int i = 0; i < 5; i++) {
        be__account_mark(tracer, BE_STATE_BODY);
        spin_us(500);
        sleep_ms(10);
        be__account_mark(tracer, BE_STATE_PARKED);
        sleep_ms(10);
        be_tracer_enable(tracer, false);
        spin_us(12000); /* in no figure, and not taken for time on the CPU afterwards */
        be_tracer_enable(tracer, true);
    }
    be__account_mark(tracer, BE_STATE_OUTSIDE);
    be_trace_report *report = report_of(tracer);
    check_identities(report, true);
    const be_trace_thread *thread;
    CHECK(be_trace_report_threads(report, &thread) == 1);
    uint64_t lost = thread->state_ns[BE_STATE_PREEMPTED], body = thread->state_ns[BE_STATE_BODY];
    CHECK_SAY(lost >= 45000000, "preempted %llu ns", (unsigned long long)lost);
    CHECK_SAY(body > 0 && body + lost >= 52400000, "body %llu ns", (unsigned long long)body);
    CHECK(thread->state_ns[BE_STATE_PARKED] >= 50000000);
    be_trace_report_destroy(report);
    be_tracer_destroy(tracer);
}

/* ---- refusals and forks --------------------------------------------------------------------- */

static void without_memory_spans_are_dropped_and_counted(void **state)
{
    (void)state;
    bool dropped = false, complete = false;
    for (size_t refuse_from = 0; !complete; refuse_from++) {
        struct counting counting;
        counting_init(&counting);
        counting.refuse_from = refuse_from;
        be_tracer *tracer;
        be_status status = be_tracer_create(
            &(be_tracer_config){.size = sizeof(be_tracer_config), .allocator = &counting.allocator},
            &tracer);
        if (status) {
            CHECK(status == BE_ENOMEM && counting.held == 0);
            continue;
        }
        be_tracer_enable(tracer, true);
        static be_phase many[200];
        for (int i = 0; i < 200; i++) {
            many[i].name = "many";
            be_span_begin(tracer, &many[i]);
            be__account_mark(tracer, BE_STATE_BODY);
            be__trace_adopt(tracer, be__trace_context(tracer));
            be_span_begin(tracer, &A);
            be_span_end(tracer);
            be__trace_leave(tracer);
        }
        for (int i = 0; i < 200; i++) {
            be_span_end(tracer);
        }
        be_span_begin(tracer, &B); /* balanced again, so a root */
        be_span_end(tracer);
        be_trace_report *report;
        status = be_tracer_report(tracer, &report);
        CHECK(status == BE_OK || (status == BE_ENOMEM && counting.allocations > refuse_from));
        counting.refuse_from = SIZE_MAX;
        if (status) {
            report = report_of(tracer);
        }
        const be_trace_totals *totals = be_trace_report_totals(report);
        check_identities(report, true);
        CHECK_SAY(totals->spans + totals->dropped >= 401, "%llu spans and %llu dropped",
                  (unsigned long long)totals->spans, (unsigned long long)totals->dropped);
        dropped |= totals->dropped > 0;
        complete = status == BE_OK && totals->dropped == 0;
        CHECK(!complete || (totals->spans == 401 && row_at(report, "b")));
        be_trace_report_destroy(report);
        be_tracer_destroy(tracer);
        CHECK_SAY(counting.held == 0, "refused from %zu: %zu bytes left", refuse_from,
                  counting.held);
    }
    CHECK(dropped);
}

struct forever {
    be_tracer *tracer;
    int quit;
};

static void *spans_forever(void *argument)
{
    struct forever *forever = argument;
    while (!__atomic_load_n(&forever->quit, __ATOMIC_RELAXED)) {
        be_span_begin(forever->tracer, &B);
        be_span_end(forever->tracer);
    }
    return NULL;
}

static void a_child_of_fork_goes_on_with_a_copy(void **state)
{
    (void)state;
    be_tracer *tracer = tracer_on();
    struct forever forever = {tracer, 0};
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, spans_forever, &forever) == 0);
    be_span_begin(tracer, &A);
    for (int i = 0; i < 10; i++) {
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            be_span_begin(tracer, &C);
            be_span_end(tracer);
            be_trace_report *report;
            bool fine = be_tracer_report(tracer, &report) == BE_OK && row_at(report, "a/c") &&
                        row_at(report, "a/c")->count == 1;
            const be_trace_row *b = fine ? row_at(report, "b") : NULL;
            uint64_t count = b ? b->count : 0;
            be_trace_report_destroy(report);
            sleep_ms(1);
            fine = fine && be_tracer_report(tracer, &report) == BE_OK;
            b = fine ? row_at(report, "b") : NULL;
            fine = fine && (b ? b->count : 0) == count; /* nobody writes there any more */
            be_trace_report_destroy(report);
            be_tracer_destroy(tracer);
            _exit(fine ? 0 : 1);
        }
        int status;
        CHECK(waitpid(child, &status, 0) == child);
        CHECK_SAY(WIFEXITED(status) && WEXITSTATUS(status) == 0, "child %d: status %x", i, status);
    }
    be_span_end(tracer);
    __atomic_store_n(&forever.quit, 1, __ATOMIC_RELAXED);
    pthread_join(thread, NULL);
    be_trace_report *report = report_of(tracer);
    check_identities(report, false);
    CHECK(row_at(report, "a")->count == 1 && !row_at(report, "a/c"));
    be_trace_report_destroy(report);
    be_tracer_destroy(tracer);
}

/* ---- text ----------------------------------------------------------------------------------- */

struct text {
    char bytes[1 << 15];
    size_t length, lines, longest;
};

static void add_line(void *user, const char *line)
{
    struct text *text = user;
    CHECK(strchr(line, '\n') == NULL);
    text->lines++;
    text->longest = strlen(line) > text->longest ? strlen(line) : text->longest;
    text->length += (size_t)snprintf(text->bytes + text->length, sizeof text->bytes - text->length,
                                     "%s\n", line);
    CHECK(text->length < sizeof text->bytes);
}

/* The order of these fragments in the text. */
static void check_order(const char *text, const char *const *fragments)
{
    for (const char *at = text; *fragments; fragments++) {
        const char *found = strstr(at, *fragments);
        CHECK_SAY(found != NULL, "no '%s' in\n%s", *fragments, at);
        at = found + strlen(*fragments);
    }
}

static void the_text_shows_the_tree_and_what_is_unaccounted(void **state)
{
    (void)state;
    be_tracer *tracer = tracer_on();
    static const be_phase load = {"load", false}, parse = {"parse", false}, run = {"run", false};
    be_span_begin(tracer, &load);
    be_span_begin(tracer, &parse);
    spin_us(50);
    be_span_end(tracer);
    be_span_end(tracer);
    be_span_begin(tracer, &run);
    be_count(tracer, BE_COUNT_ITEMS, 12345);
    be__account_mark(tracer, BE_STATE_BODY);
    be_span_end(tracer);
    be_trace_report *report = report_of(tracer);
    struct text text = {.length = 0};
    be_trace_render(report, add_line, &text);
    check_order(text.bytes, (const char *const[]){
                                "phase", "\nload ", "\n  parse ", "\n  (unaccounted)", "\nrun ",
                                "\n(unaccounted)", "\nall ", "\nthread", "\ncaller 0", "\nitems",
                                "12345", "\nlooking cost", "(3 spans,", "\nlost cpu: ", NULL});
    CHECK(text.longest < 150);
    be_trace_report_destroy(report);
    be_tracer_destroy(tracer);
}

static void the_text_bears_deep_trees_long_names_and_nothing(void **state)
{
    (void)state;
    be_tracer *tracer = tracer_on();
    be_trace_report *empty = report_of(tracer);
    struct text text = {.length = 0};
    be_trace_render(empty, add_line, &text);
    CHECK(text.lines >= 4);
    char name[301];
    memset(name, 'x', 300);
    name[300] = '\0';
    const be_phase phase = {name, false};
    for (int i = 0; i < 50; i++) {
        be_span_begin(tracer, &phase);
    }
    be_tracer_enable(tracer, false);
    be_trace_report *deep = report_of(tracer);
    const be_trace_row *rows;
    CHECK(be_trace_report_rows(deep, &rows) == 50 && rows[49].depth == 49);
    text = (struct text){.length = 0};
    be_trace_render(deep, add_line, &text);
    CHECK(text.longest < 200);
    be_trace_report_destroy(deep);
    be_trace_report_destroy(empty);
    be_tracer_destroy(tracer);
}

static void every_state_and_counter_has_a_name(void **state)
{
    (void)state;
    for (int i = 0; i < BE_STATE_COUNT; i++) {
        CHECK(strcmp(be_state_name((be_state)i), "unknown state") != 0);
    }
    for (int i = 0; i < BE_COUNTER_COUNT; i++) {
        CHECK(strcmp(be_counter_name((be_counter)i), "unknown counter") != 0);
    }
    CHECK(strcmp(be_state_name(BE_STATE_COUNT), "unknown state") == 0);
    CHECK(strcmp(be_counter_name(BE_COUNTER_COUNT), "unknown counter") == 0);
}

static const struct CMUnitTest tests[] = {
    TEST(spans_nest_and_repeat),
    TEST(random_trees_add_up),
    TEST(an_end_without_a_begin_is_ignored),
    TEST(a_report_counts_open_spans_up_to_now),
    TEST(time_switched_off_is_in_no_figure),
    TEST(switched_off_nothing_is_taken_or_seen),
    TEST(cpu_time_is_told_apart_from_wall_time),
    TEST(a_span_that_slept_has_lost_its_cpu),
    TEST(two_tracers_on_one_thread_keep_apart),
    TEST(helpers_work_inside_the_callers_phase),
    TEST(threads_that_ended_leave_their_figures_and_no_memory),
    TEST(a_destructor_of_the_thread_may_still_open_spans),
    TEST(switching_under_way_upsets_nothing),
    TEST(every_tick_of_a_life_has_a_state),
    TEST(a_body_that_slept_was_preempted),
    TEST(without_memory_spans_are_dropped_and_counted),
    TEST(a_child_of_fork_goes_on_with_a_copy),
    TEST(the_text_shows_the_tree_and_what_is_unaccounted),
    TEST(the_text_bears_deep_trees_long_names_and_nothing),
    TEST(every_state_and_counter_has_a_name),
};
RUN_TESTS(tests)
