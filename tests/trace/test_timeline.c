/* test_timeline.c: what ran when, gaps, samples, and what stands out. */
#include "check.h"

#include "trace/timeline.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MS = 1000000 };

static be_tracer *tracer_on(size_t slices)
{
    be_tracer *tracer;
    be_tracer_config config = {.size = sizeof config, .slices = slices};
    CHECK(be_tracer_create(&config, &tracer) == BE_OK);
    be_tracer_enable(tracer, true);
    return tracer;
}

static be_trace_report *report_of(be_tracer *tracer)
{
    be_trace_report *report;
    CHECK(be_tracer_report(tracer, &report) == BE_OK);
    return report;
}

static void sleep_ms(long ms)
{
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * MS}, NULL);
}

/* ---- slices --------------------------------------------------------------------------------- */

static void coarser_slices_keep_count_and_busy_time_and_do_not_overlap(void **state)
{
    (void)state;
    enum { N = 5000, TRACKS = 3, PHASES = 4 };
    static be_trace_slice slices[N];
    static uint32_t table[16384];
    for (uint64_t seed = 0; seed < 20; seed++) {
        be_random random;
        be_random_init(&random, seed, 0);
        uint64_t clock[TRACKS] = {0}, busy = 0;
        for (size_t i = 0; i < N; i++) {
            uint32_t track = (uint32_t)be_random_below(&random, TRACKS);
            uint64_t length = be_random_below(&random, 50) == 0 ? 100000 : 1 + seed;
            clock[track] += be_random_below(&random, 200);
            slices[i] = (be_trace_slice){.begin_ns = clock[track],
                                         .end_ns = clock[track] + length,
                                         .busy_ns = length,
                                         .track = track,
                                         .what = (uint32_t)be_random_below(&random, PHASES),
                                         .count = 1};
            clock[track] += length;
            busy += length;
        }
        size_t most = 10 + 100 * seed;
        uint64_t resolution = 0, count = 0, end[TRACKS][PHASES] = {{0}}, kept = 0;
        size_t n = be__slices_coarsen(slices, N, most, &resolution, table, be__slices_table(N));
        CHECK_SAY(n <= (most > 12 ? most : 12) && n > 0 && resolution > 0, "seed %d: %zu",
                  (int)seed, n);
        for (size_t i = 0; i < n; i++) {
            const be_trace_slice *s = &slices[i];
            CHECK(s->begin_ns >= end[s->track][s->what] && s->end_ns > s->begin_ns);
            CHECK(s->busy_ns <= s->end_ns - s->begin_ns);
            end[s->track][s->what] = s->end_ns;
            count += s->count;
            kept += s->busy_ns;
        }
        CHECK(count == N && kept == busy);
    }
}

static void what_fits_is_kept_span_by_span(void **state)
{
    (void)state;
    static const be_phase outer = {"outer", false}, inner = {"inner", false};
    be_tracer *tracer = tracer_on(64);
    be_span_begin(tracer, &outer);
    for (int i = 0; i < 5; i++) {
        be_span_begin(tracer, &inner);
        be_span_end(tracer);
    }
    be_span_end(tracer);
    be_span_begin(tracer, &inner); /* still open */
    be_trace_report *report = report_of(tracer);
    const be_trace_slice *s;
    const be_trace_row *rows;
    const char *const *tracks;
    CHECK(be_trace_report_tracks(report, &tracks) == 1 && strcmp(tracks[0], "caller 0") == 0);
    CHECK(be_trace_report_rows(report, &rows) == 3);
    CHECK(be_trace_report_spans(report, &s) == 7);
    CHECK(strcmp(rows[s[0].what].name, "outer") == 0);
    for (size_t i = 1; i < 6; i++) {
        CHECK(s[i].what == 1 && s[i].count == 1 && s[i].busy_ns == s[i].end_ns - s[i].begin_ns);
        CHECK(s[i].begin_ns >= s[i - 1].begin_ns && s[i].end_ns <= s[0].end_ns);
    }
    CHECK(s[6].what == 2 && s[6].begin_ns >= s[0].end_ns);
    CHECK(be_trace_report_totals(report)->spans_resolution_ns == 0);
    be_trace_report_destroy(report);
    be_tracer_destroy(tracer);
}

static void a_million_spans_fit_into_a_small_timeline(void **state)
{
    (void)state;
    static const be_phase phases[] = {{"a", false}, {"b", false}, {"c", false}};
    be_tracer *tracer = tracer_on(128);
    for (int i = 0; i < 300000; i++) {
        be_span_begin(tracer, &phases[0]);
        be_span_begin(tracer, &phases[1 + i % 2]);
        be_span_end(tracer);
        be_span_end(tracer);
    }
    be_trace_report *report = report_of(tracer);
    const be_trace_slice *s;
    size_t n = be_trace_report_spans(report, &s);
    uint64_t count = 0;
    for (size_t i = 0; i < n; i++) {
        count += s[i].count;
    }
    const be_trace_totals *totals = be_trace_report_totals(report);
    CHECK(n <= 128 && n > 3 && count == 600000 && totals->slices_lost == 0);
    CHECK(totals->spans_resolution_ns > 0);
    be_trace_report_destroy(report);
    be_tracer_destroy(tracer);
}

/* ---- every level adds up -------------------------------------------------------------------- */

static void busy_is_self_and_the_children_at_every_level(void **state)
{
    (void)state;
    static const be_phase phases[] = {{"a", false}, {"b", false}, {"c", false}, {"d", false}};
    be_tracer *tracer = tracer_on(0);
    be_random random;
    be_random_init(&random, 7, 0);
    int depth = 0;
    for (int i = 0; i < 20000; i++) {
        bool deeper = depth == 0 || (depth < 5 && be_random_below(&random, 2));
        if (deeper) {
            be_span_begin(tracer, &phases[be_random_below(&random, 4)]);
        } else {
            be_span_end(tracer);
        }
        depth += deeper ? 1 : -1;
    }
    be_trace_report *report = report_of(tracer);
    const be_trace_row *rows;
    size_t n = be_trace_report_rows(report, &rows);
    CHECK(n > 100);
    for (size_t i = 0; i < n; i++) {
        uint64_t busy = rows[i].self_ns, wall = 0;
        for (size_t k = i + 1; k < n && rows[k].depth > rows[i].depth; k++) {
            busy += rows[k].depth == rows[i].depth + 1 ? rows[k].busy_ns : 0;
            wall += rows[k].depth == rows[i].depth + 1 ? rows[k].wall_ns : 0;
        }
        CHECK(rows[i].busy_ns == busy);
        CHECK(rows[i].waiting_ns + rows[i].displaced_ns <= rows[i].busy_ns);
        CHECK(rows[i].idle_ns == rows[i].threads * rows[i].wall_ns - rows[i].busy_ns);
        /* One thread: the union of the children is their sum, to a nanosecond each. */
        CHECK(rows[i].leaf || rows[i].wall_ns - rows[i].unaccounted_ns <= wall + n);
    }
    be_trace_report_destroy(report);
    be_tracer_destroy(tracer);
}

/* ---- planted losses ------------------------------------------------------------------------- */

static const be_trace_finding *find(const be_trace_finding *findings, size_t n,
                                    be_finding_kind kind, const char *text)
{
    for (size_t i = 0; i < n; i++) {
        if (findings[i].kind == kind && strstr(findings[i].text, text)) {
            return &findings[i];
        }
    }
    return NULL;
}

static void a_gap_of_30_ms_is_named_with_its_neighbours(void **state)
{
    (void)state;
    static const be_phase run = {"run", false}, read = {"read", false}, write = {"write", false};
    be_tracer *tracer = tracer_on(1000);
    CHECK(be_tracer_sample(tracer, MS) == BE_OK);
    be_span_begin(tracer, &run);
    be_span_begin(tracer, &read);
    sleep_ms(5);
    be_span_end(tracer);
    sleep_ms(30);
    be_span_begin(tracer, &write);
    sleep_ms(5);
    be_span_end(tracer);
    be_span_end(tracer);
    be_trace_report *report = report_of(tracer);
    const be_trace_gap *gaps;
    CHECK(be_trace_report_gaps(report, &gaps) >= 1);
    CHECK(gaps[0].row == 0 && gaps[0].end_ns - gaps[0].begin_ns >= 30 * MS);
    CHECK(strcmp(gaps[0].after, "read") == 0 && strcmp(gaps[0].before, "write") == 0);
    /* It slept, which was seen unless this machine let the sampler wait for all of it. */
    CHECK_SAY(!(gaps[0].on_cpu >= 0.5), "%f", gaps[0].on_cpu);
    be_trace_finding findings[BE_FINDINGS_MAX];
    size_t n = be_trace_findings(report, findings);
    const be_trace_finding *gap = find(findings, n, BE_FINDING_GAP, "after read, before write");
    CHECK(gap && gap->row == 0 && gap->ns >= 30 * MS && strstr(gap->text, "of run "));
    be_trace_report_destroy(report);
    be_tracer_destroy(tracer);
}

/* A pool of one thread inside a loop of two: both wait for the one. */
struct pool {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int wanted, done;
    bool closed;
};

static void *serve(void *argument)
{
    struct pool *pool = argument;
    pthread_mutex_lock(&pool->lock);
    for (;;) {
        while (pool->done == pool->wanted && !pool->closed) {
            pthread_cond_wait(&pool->changed, &pool->lock);
        }
        if (pool->done == pool->wanted) {
            break;
        }
        pthread_mutex_unlock(&pool->lock);
        sleep_ms(2);
        pthread_mutex_lock(&pool->lock);
        pool->done++;
        pthread_cond_broadcast(&pool->changed);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

struct outer {
    be_tracer *tracer;
    struct pool *pool;
};

static void *outer_loop(void *argument)
{
    static const be_phase outer = {"outer loop", false}, inner = {"inner pool", false};
    struct outer *o = argument;
    be_span_begin(o->tracer, &outer);
    for (int i = 0; i < 10; i++) {
        be_span_begin(o->tracer, &inner);
        pthread_mutex_lock(&o->pool->lock);
        int mine = ++o->pool->wanted;
        pthread_cond_broadcast(&o->pool->changed);
        while (o->pool->done < mine) {
            pthread_cond_wait(&o->pool->changed, &o->pool->lock);
        }
        pthread_mutex_unlock(&o->pool->lock);
        be_span_end(o->tracer);
    }
    be_span_end(o->tracer);
    return NULL;
}

static void a_pool_starved_inside_a_loop_is_named(void **state)
{
    (void)state;
    if (be_tracer_witness() == BE_WITNESS_NONE) {
        SKIP("no witness of lost CPUs here");
    }
    struct pool pool = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    struct outer outer = {tracer_on(1000), &pool};
    pthread_t server, callers[2];
    CHECK(pthread_create(&server, NULL, serve, &pool) == 0);
    for (int i = 0; i < 2; i++) {
        CHECK(pthread_create(&callers[i], NULL, outer_loop, &outer) == 0);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(callers[i], NULL);
    }
    pthread_mutex_lock(&pool.lock);
    pool.closed = true;
    pthread_cond_broadcast(&pool.changed);
    pthread_mutex_unlock(&pool.lock);
    pthread_join(server, NULL);
    be_trace_report *report = report_of(outer.tracer);
    be_trace_finding findings[BE_FINDINGS_MAX];
    size_t n = be_trace_findings(report, findings);
    const be_trace_finding *waiting = find(findings, n, BE_FINDING_WAITING, "inner pool: its 2");
    CHECK(waiting != NULL && waiting->ns > 20 * MS);
    const be_trace_row *rows;
    CHECK(be_trace_report_rows(report, &rows) == 2);
    CHECK(rows[1].waiting_ns > rows[1].busy_ns / 2 && rows[0].waiting_ns >= rows[1].waiting_ns);
    be_trace_report_destroy(report);
    be_tracer_destroy(outer.tracer);
}

/* ---- the sampler ---------------------------------------------------------------------------- */

/* Of the phase that was met first, or second. */
static be_trace_row row_of(be_tracer *tracer, size_t row)
{
    be_trace_report *report = report_of(tracer);
    const be_trace_row *rows;
    CHECK(be_trace_report_rows(report, &rows) > row);
    be_trace_row copy = rows[row];
    be_trace_report_destroy(report);
    return copy;
}

static void samples_tell_running_from_waiting(void **state)
{
    (void)state;
    enum { WANTED = 8, TRIES = 2000 };
    static const be_phase works = {"works", false}, sleeps = {"sleeps", false};
    be_tracer *tracer = tracer_on(0);
    CHECK(be_tracer_sample(tracer, MS) == BE_OK);
    be_span_begin(tracer, &works);
    for (int i = 0; i < TRIES && row_of(tracer, 0).samples < WANTED; i++) {
        struct timespec begin, now;
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &begin);
        do {
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
        } while ((now.tv_sec - begin.tv_sec) * 1000 * MS + now.tv_nsec - begin.tv_nsec < 5 * MS);
    }
    be_span_next(tracer, &sleeps);
    for (int i = 0; i < TRIES && row_of(tracer, 1).samples < WANTED; i++) {
        sleep_ms(20);
    }
    be_span_end(tracer);
    CHECK(be_tracer_sample(tracer, 0) == BE_OK);
    be_trace_row worked = row_of(tracer, 0), slept = row_of(tracer, 1);
    CHECK(worked.samples >= WANTED && slept.samples >= WANTED);
    double all = (double)(worked.sampled_on_ns + worked.sampled_off_ns);
    double part_worked = (double)worked.sampled_on_ns / all;
    all = (double)(slept.sampled_on_ns + slept.sampled_off_ns);
    double part_slept = (double)slept.sampled_on_ns / all;
    CHECK_SAY(part_worked > part_slept, "%f on the CPU, %f asleep", part_worked, part_slept);
    be_trace_report *report = report_of(tracer);
    const be_trace_totals *totals = be_trace_report_totals(report);
    CHECK(totals->samples > 0 && totals->sampler_ns > 0 && totals->period_ns >= MS);
    CHECK(totals->overhead_ns >= totals->sampler_ns);
    be_trace_report_destroy(report);
    be_tracer_destroy(tracer);
}

static void a_child_of_fork_has_no_sampler_and_may_start_one(void **state)
{
    (void)state;
#ifdef __SANITIZE_THREAD__
    SKIP("the thread sanitizer ends a child of fork() that makes threads");
#endif
    static const be_phase phase = {"phase", false};
    be_tracer *tracer = tracer_on(100);
    CHECK(be_tracer_sample(tracer, MS) == BE_OK);
    be_span_begin(tracer, &phase);
    sleep_ms(3);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        be_trace_report *report;
        int bad = be_tracer_sample(tracer, MS) != BE_OK;
        sleep_ms(5);
        be_span_end(tracer);
        bad |= be_tracer_report(tracer, &report) != BE_OK;
        be_tracer_destroy(tracer);
        _exit(bad);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    be_tracer_destroy(tracer); /* ends the sampler */
}

static const struct CMUnitTest tests[] = {
    TEST(coarser_slices_keep_count_and_busy_time_and_do_not_overlap),
    TEST(what_fits_is_kept_span_by_span),
    TEST(a_million_spans_fit_into_a_small_timeline),
    TEST(busy_is_self_and_the_children_at_every_level),
    TEST(a_gap_of_30_ms_is_named_with_its_neighbours),
    TEST(a_pool_starved_inside_a_loop_is_named),
    TEST(samples_tell_running_from_waiting),
    TEST(a_child_of_fork_has_no_sampler_and_may_start_one),
};
RUN_TESTS(tests)
