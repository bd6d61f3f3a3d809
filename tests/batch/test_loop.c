/* test_loop.c: the loop gives the plain loop's answer for any split, and says what stopped it. */
#include "check.h"

#include <breakeven/batch.h>

#include <fenv.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const be_site SITE = BE_SITE("test");

static be_engine *engine_of(unsigned workers)
{
    be_engine_config config = {.size = sizeof config, .workers = workers};
    be_engine *engine;
    CHECK(be_engine_create(&config, &engine) == BE_OK);
    return engine;
}

static const unsigned WORKERS[] = {1, 2, 3, 8, 64};
static const be_force FORCES[] = {
    {BE_SCHEDULE_AUTO, 0, 0},      {BE_SCHEDULE_SEQUENTIAL, 0, 0}, {BE_SCHEDULE_STATIC, 0, 0},
    {BE_SCHEDULE_DYNAMIC, 0, 0},   {BE_SCHEDULE_DYNAMIC, 0, 1},    {BE_SCHEDULE_DYNAMIC, 5, 7},
    {BE_SCHEDULE_STATIC, 3, 1000},
};
enum {
    N_WORKERS = sizeof WORKERS / sizeof WORKERS[0],
    N_FORCES = sizeof FORCES / sizeof FORCES[0]
};

/* ---- every item once ---- */

struct marks {
    size_t n;
    uint8_t *times;
};

static uint32_t churn(size_t i, unsigned rounds)
{
    uint32_t x = (uint32_t)i;
    for (unsigned r = 0; r < rounds; r++) {
        x = x * 1664525u + 1013904223u;
    }
    return x;
}

static be_status mark(void *ctx, size_t begin, size_t end, be_worker *worker)
{
    struct marks *marks = ctx;
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        /* The last items are dear, so that ranges are stolen. */
        unsigned rounds = i >= marks->n - marks->n / 16 ? 900 : 9;
        marks->times[i] += churn(i, rounds) == 0xFFFFFFFF ? 2 : 1;
    }
    return BE_OK;
}

static void every_item_runs_once_for_any_split(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 2, 3, 7, 100, 1000, 65537};
    for (size_t w = 0; w < N_WORKERS; w++) {
        be_engine *engine = engine_of(WORKERS[w]);
        for (size_t f = 0; f < N_FORCES; f++) {
            for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
                struct marks marks = {sizes[s], calloc(sizes[s], 1)};
                be_for_options options = {.size = sizeof options, .force = &FORCES[f]};
                size_t done = 0;
                options.done = &done;
                for (int round = 1; round <= 3; round++) {
                    CHECK(be_for(engine, &SITE, sizes[s], mark, &marks, &options) == BE_OK);
                    CHECK(done == sizes[s]);
                    for (size_t i = 0; i < sizes[s]; i++) {
                        CHECK_SAY(marks.times[i] == round,
                                  "%u workers, force %zu, n %zu: item %zu ran %u times of %d",
                                  WORKERS[w], f, sizes[s], i, marks.times[i], round);
                    }
                }
                free(marks.times);
            }
        }
        be_engine_destroy(engine);
    }
}

static void automatic_loops_of_all_sizes_run_every_item_once(void **state)
{
    (void)state;
    be_engine *engine = engine_of(4);
    static uint8_t times[200000];
    for (size_t n = 0; n <= sizeof times; n = n * 2 + 1) {
        memset(times, 0, sizeof times);
        struct marks marks = {n, times};
        for (int round = 1; round <= 40; round++) {
            CHECK(be_for(engine, &SITE, n, mark, &marks, NULL) == BE_OK);
            for (size_t i = 0; i < n; i++) {
                CHECK_SAY(times[i] == round, "n %zu: item %zu ran %u times of %d", n, i, times[i],
                          round);
            }
        }
    }
    be_engine_destroy(engine);
}

static be_status count_items(void *ctx, size_t begin, size_t end, be_worker *worker)
{
    (void)worker;
    __atomic_fetch_add((size_t *)ctx, end - begin, __ATOMIC_RELAXED);
    return BE_OK;
}

static void more_items_than_32_bits_are_counted(void **state)
{
    (void)state;
    be_engine *engine = engine_of(3);
    size_t n = ((size_t)1 << 34) + 5, sum = 0;
    CHECK(be_for(engine, &SITE, n, count_items, &sum, NULL) == BE_OK);
    CHECK(sum == n);
    be_engine_destroy(engine);
}

static void as_many_items_as_there_are_numbers_are_counted(void **state)
{
    (void)state;
    be_engine *engine = engine_of(3);
    size_t sum = 0, done = 0;
    be_for_options options = {.size = sizeof options, .done = &done};
    CHECK(be_for(engine, &SITE, SIZE_MAX, count_items, &sum, &options) == BE_OK);
    CHECK(sum == SIZE_MAX && done == SIZE_MAX);
    be_engine_destroy(engine);
}

static void options_of_an_older_header_are_read_as_far_as_they_go(void **state)
{
    (void)state;
    be_engine *engine = engine_of(2);
    size_t sum = 0;
    be_for_options options;
    memset(&options, 0xA5, sizeof options); /* whoever reads further crashes */
    options.size = offsetof(be_for_options, deadline_ns);
    options.cancel = NULL;
    CHECK(be_for(engine, &SITE, 5000, count_items, &sum, &options) == BE_OK);
    CHECK(sum == 5000);
    be_engine_destroy(engine);
}

/* ---- errors ---- */

struct failing {
    size_t first, second; /* items that fail */
    uint8_t *ran;
};

static be_status fail_twice(void *ctx, size_t begin, size_t end, be_worker *worker)
{
    struct failing *f = ctx;
    for (size_t i = begin; i < end; i++) {
        if (i == f->first) {
            return be_fail(worker, i, BE_EDOMAIN);
        }
        if (i == f->second) {
            return be_fail(worker, i, BE_EIO);
        }
        churn(i, 50);
        f->ran[i] = 1;
    }
    return BE_OK;
}

static void the_lowest_failure_wins_and_all_below_it_are_done(void **state)
{
    (void)state;
    enum { N = 20000 };
    static uint8_t ran[N];
    for (size_t w = 0; w < N_WORKERS; w++) {
        be_engine *engine = engine_of(WORKERS[w]);
        for (size_t f = 0; f < N_FORCES; f++) {
            for (size_t first = 0; first < N; first += 3333) {
                memset(ran, 0, sizeof ran);
                struct failing failing = {first, N - 1 - first / 2, ran};
                size_t lowest = failing.first < failing.second ? failing.first : failing.second;
                be_error error = {.status = BE_OK};
                size_t done = 0;
                be_for_options options = {
                    .size = sizeof options, .force = &FORCES[f], .error = &error, .done = &done};
                be_status status = be_for(engine, &SITE, N, fail_twice, &failing, &options);
                CHECK_SAY(status == (lowest == failing.first ? BE_EDOMAIN : BE_EIO),
                          "%u workers, force %zu, first %zu: status %d", WORKERS[w], f, first,
                          (int)status);
                CHECK(error.status == status && error.item == lowest && done == lowest);
                for (size_t i = 0; i < lowest; i++) {
                    CHECK_SAY(ran[i], "item %zu below the failure did not run", i);
                }
            }
        }
        be_engine_destroy(engine);
    }
}

/* ---- cancel and deadline ---- */

struct cancelling {
    be_cancel cancel;
    size_t at;
    uint8_t *ran;
};

static be_status cancel_at(void *ctx, size_t begin, size_t end, be_worker *worker)
{
    struct cancelling *c = ctx;
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        if (i == c->at) {
            be_cancel_raise(&c->cancel);
        }
        churn(i, 3000);
        c->ran[i] = 1;
    }
    return BE_OK;
}

static void a_cancelled_loop_tells_its_complete_prefix(void **state)
{
    (void)state;
    enum { N = 5000 };
    static uint8_t ran[N];
    for (size_t w = 0; w < N_WORKERS; w++) {
        be_engine *engine = engine_of(WORKERS[w]);
        for (size_t at = 0; at < N; at += 999) {
            memset(ran, 0, sizeof ran);
            struct cancelling c = {.at = at, .ran = ran};
            size_t done = N + 1;
            be_for_options options = {.size = sizeof options, .cancel = &c.cancel, .done = &done};
            be_status status = be_for(engine, &SITE, N, cancel_at, &c, &options);
            CHECK(status == (done == N ? BE_OK : BE_ECANCEL));
            for (size_t i = 0; i < done; i++) {
                CHECK_SAY(ran[i], "%u workers: item %zu of %zu is missing", WORKERS[w], i, done);
            }
        }
        be_engine_destroy(engine);
    }
}

static void a_cancelled_loop_stops_under_every_force(void **state)
{
    (void)state;
    enum { N = 5000 };
    static uint8_t ran[N];
    for (size_t w = 0; w < N_WORKERS; w++) {
        be_engine *engine = engine_of(WORKERS[w]);
        for (size_t f = 0; f < N_FORCES; f++) {
            struct cancelling c = {.at = N, .ran = ran};
            be_cancel_raise(&c.cancel);
            size_t done = N;
            be_for_options options = {
                .size = sizeof options, .cancel = &c.cancel, .force = &FORCES[f], .done = &done};
            CHECK(be_for(engine, &SITE, N, cancel_at, &c, &options) == BE_ECANCEL);
            CHECK(done == 0);
        }
        be_engine_destroy(engine);
    }
}

static void a_deadline_that_is_over_runs_nothing(void **state)
{
    (void)state;
    be_engine *engine = engine_of(2);
    uint8_t times[100] = {0};
    struct marks marks = {100, times};
    size_t done = 1;
    be_for_options options = {.size = sizeof options, .deadline_ns = 1, .done = &done};
    CHECK(be_for(engine, &SITE, 100, mark, &marks, &options) == BE_EDEADLINE);
    CHECK(done == 0);
    be_engine_destroy(engine);
}

static be_status slow_item(void *ctx, size_t begin, size_t end, be_worker *worker)
{
    uint8_t *ran = ctx;
    for (size_t i = begin; i < end; i++) {
        if (be_worker_cancelled(worker)) {
            return be_fail(worker, i, BE_EDEADLINE);
        }
        usleep(200);
        ran[i] = 1;
    }
    return BE_OK;
}

static void a_deadline_stops_a_long_loop(void **state)
{
    (void)state;
    be_engine *engine = engine_of(3);
    static uint8_t ran[100000];
    size_t done = 0;
    be_for_options options = {
        .size = sizeof options, .deadline_ns = be_now_ns() + 20000000, .done = &done};
    CHECK(be_for(engine, &SITE, sizeof ran, slow_item, ran, &options) == BE_EDEADLINE);
    CHECK(done < sizeof ran / 10);
    for (size_t i = 0; i < done; i++) {
        CHECK_SAY(ran[i], "item %zu of %zu", i, done);
    }
    be_engine_destroy(engine);
}

/* ---- nesting and concurrency ---- */

struct nest {
    unsigned depth;
    uint64_t *leaves;
};

static be_status descend(void *ctx, size_t begin, size_t end, be_worker *worker)
{
    struct nest *nest = ctx;
    for (size_t i = begin; i < end; i++) {
        if (nest->depth == 0) {
            churn(i, 2000);
            __atomic_fetch_add(nest->leaves, 1, __ATOMIC_RELAXED);
            continue;
        }
        struct nest inner = {nest->depth - 1, nest->leaves};
        /* Two children on the upper levels, then one: depth without an explosion. */
        size_t children = nest->depth > 54 ? 2 : 1;
        be_status status = be_for(be_worker_engine(worker), &SITE, children, descend, &inner, NULL);
        if (status != BE_OK) {
            return be_fail(worker, i, status);
        }
    }
    return BE_OK;
}

static void nesting_64_deep_makes_no_thread_beyond_the_pool(void **state)
{
    (void)state;
    for (unsigned workers = 1; workers <= 4; workers++) {
        be_engine *engine = engine_of(workers);
        uint64_t leaves = 0;
        struct nest nest = {64, &leaves};
        CHECK(be_for(engine, &SITE, 2, descend, &nest, NULL) == BE_OK);
        CHECK(leaves == 2 * 1024);
        be_engine_info info;
        be_engine_describe(engine, &info);
        CHECK_SAY(info.threads_started < workers, "%u helpers for %u workers", info.threads_started,
                  workers);
        be_engine_destroy(engine);
    }
}

/* An engine's loop inside another engine's: who works is always the callee's. */
struct meeting {
    be_engine *own, *other;
    const be_slot *slot;
    unsigned depth;
    uint64_t strangers;
};

struct slot_owner {
    be_engine *engine;
};

static be_status remember_engine(void *memory, void *user)
{
    ((struct slot_owner *)memory)->engine = user;
    return BE_OK;
}

static be_status meet(void *ctx, size_t begin, size_t end, be_worker *worker)
{
    struct meeting *m = ctx;
    for (size_t i = begin; i < end; i++) {
        void *memory = NULL;
        if (be_worker_slot(worker, m->slot, m->own, &memory) != BE_OK ||
            ((struct slot_owner *)memory)->engine != m->own || be_worker_engine(worker) != m->own) {
            __atomic_fetch_add(&m->strangers, 1, __ATOMIC_RELAXED);
        }
        churn(i, 3000);
        if (m->depth) {
            struct meeting inner = {m->other, m->own, m->slot, m->depth - 1, 0};
            be_status status = be_for(m->other, &SITE, 6, meet, &inner, NULL);
            __atomic_fetch_add(&m->strangers, inner.strangers, __ATOMIC_RELAXED);
            if (status != BE_OK) {
                return be_fail(worker, i, status);
            }
        }
    }
    return BE_OK;
}

static void engines_that_meet_keep_their_workers_apart(void **state)
{
    (void)state;
    static const be_slot slot = {"owner", sizeof(struct slot_owner), remember_engine, NULL};
    be_engine *one = engine_of(3), *two = engine_of(3);
    for (int round = 0; round < 20; round++) {
        struct meeting m = {one, two, &slot, 3, 0};
        CHECK(be_for(one, &SITE, 40, meet, &m, NULL) == BE_OK);
        CHECK_SAY(m.strangers == 0, "round %d: %zu strangers", round, (size_t)m.strangers);
    }
    be_engine_destroy(one);
    be_engine_destroy(two);
}

static void *caller(void *argument)
{
    enum { N = 3000 };
    uint8_t times[N] = {0};
    struct marks marks = {N, times};
    for (int round = 1; round <= 3; round++) {
        if (be_for(argument, &SITE, N, mark, &marks, NULL) != BE_OK) {
            return argument;
        }
        for (size_t i = 0; i < N; i++) {
            if (times[i] != round) {
                return argument;
            }
        }
    }
    return NULL;
}

static void a_thousand_callers_finish(void **state)
{
    (void)state;
    enum { CALLERS = 1000 };
    static pthread_t thread[CALLERS];
    be_engine *engine = engine_of(3);
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 256 * 1024);
    for (int i = 0; i < CALLERS; i++) {
        CHECK(pthread_create(&thread[i], &small, caller, engine) == 0);
    }
    for (int i = 0; i < CALLERS; i++) {
        void *failed;
        pthread_join(thread[i], &failed);
        CHECK_SAY(!failed, "caller %d", i);
    }
    pthread_attr_destroy(&small);
    be_engine_info info;
    be_engine_describe(engine, &info);
    CHECK(info.threads_started <= 2);
    be_engine_destroy(engine);
}

static void a_forked_child_goes_on_with_no_helpers(void **state)
{
    (void)state;
#ifdef __SANITIZE_THREAD__
    SKIP("ThreadSanitizer ends a forked child that starts a thread");
#endif
    be_engine *engine = engine_of(3);
    static uint8_t times[50000];
    struct marks marks = {sizeof times, times};
    be_for_options options = {.size = sizeof options, .force = &FORCES[3]};
    CHECK(be_for(engine, &SITE, sizeof times, mark, &marks, &options) == BE_OK);
    pid_t child = fork();
    if (child == 0) {
        be_engine_info info;
        be_engine_describe(engine, &info);
        int wrong = info.threads_started != 0;
        wrong |= be_for(engine, &SITE, sizeof times, mark, &marks, &options) != BE_OK;
        be_engine_describe(engine, &info);
        wrong |= info.threads_started != 2;
        wrong |= times[0] != 2 || times[sizeof times - 1] != 2;
        be_engine_destroy(engine);
        _exit(wrong);
    }
    int result;
    CHECK(waitpid(child, &result, 0) == child);
    CHECK(WIFEXITED(result) && WEXITSTATUS(result) == 0);
    be_engine_destroy(engine);
}

/* ---- what a worker carries ---- */

static be_status round_up(void *ctx, size_t begin, size_t end, be_worker *worker)
{
    (void)worker;
    double *out = ctx;
    for (size_t i = begin; i < end; i++) {
        volatile double three = 3;
        out[i] = 1 / three;
        churn(i, 500);
    }
    return BE_OK;
}

static void helpers_round_as_the_caller_does(void **state)
{
    (void)state;
    enum { N = 4000 };
    static double out[N];
    be_engine *engine = engine_of(4);
    static const int modes[] = {FE_UPWARD, FE_DOWNWARD, FE_TONEAREST};
    for (size_t m = 0; m < 3; m++) {
        fesetround(modes[m]);
        volatile double three = 3;
        double expected = 1 / three;
        be_for_options options = {.size = sizeof options, .force = &FORCES[4]};
        be_status status = be_for(engine, &SITE, N, round_up, out, &options);
        fesetround(FE_TONEAREST);
        CHECK(status == BE_OK);
        for (size_t i = 0; i < N; i++) {
            CHECK_SAY(memcmp(&out[i], &expected, sizeof expected) == 0, "mode %zu, item %zu", m, i);
        }
    }
    be_engine_destroy(engine);
}

static int slots_made, slots_ended;

static be_status slot_init(void *memory, void *user)
{
    __atomic_fetch_add(&slots_made, 1, __ATOMIC_RELAXED);
    *(void **)memory = user;
    return BE_OK;
}

static void slot_fini(void *memory)
{
    (void)memory;
    slots_ended++;
}

static const be_slot SLOT = {"table", sizeof(void *), slot_init, slot_fini};

static be_status use_slot(void *ctx, size_t begin, size_t end, be_worker *worker)
{
    for (size_t i = begin; i < end; i++) {
        void *memory;
        be_status status = be_worker_slot(worker, &SLOT, ctx, &memory);
        be_arena scratch = be_worker_scratch(worker);
        unsigned char *bytes = be_arena_take(&scratch, 1000, 8);
        if (status != BE_OK || *(void **)memory != ctx || !bytes) {
            return be_fail(worker, i, BE_EMISMATCH);
        }
        memset(bytes, (int)i, 1000);
        churn(i, 300);
        for (int k = 0; k < 1000; k++) {
            if (bytes[k] != (unsigned char)i) {
                return be_fail(worker, i, BE_EMISMATCH);
            }
        }
    }
    return BE_OK;
}

static void a_slot_is_made_once_a_thread_and_ended_with_the_engine(void **state)
{
    (void)state;
    be_engine *engine = engine_of(3);
    slots_made = slots_ended = 0;
    int user = 0;
    for (int round = 0; round < 50; round++) {
        be_for_options options = {.size = sizeof options, .force = &FORCES[4]};
        CHECK(be_for(engine, &SITE, 500, use_slot, &user, &options) == BE_OK);
    }
    CHECK_SAY(slots_made >= 1 && slots_made <= 3, "%d slots", slots_made);
    be_engine_destroy(engine);
    CHECK(slots_ended == slots_made);
}

/* ---- memory ---- */

static void a_memory_cap_is_kept_and_loops_still_run(void **state)
{
    (void)state;
    for (size_t cap = 1; cap < 600000; cap = cap * 3 / 2 + 1) {
        be_engine_config config = {.size = sizeof config, .workers = 3, .memory_cap = cap};
        be_engine *engine;
        be_status status = be_engine_create(&config, &engine);
        if (status != BE_OK) {
            CHECK(status == BE_ENOMEM);
            continue;
        }
        uint8_t times[3000] = {0};
        struct marks marks = {3000, times};
        be_for_options options = {.size = sizeof options, .force = &FORCES[3]};
        CHECK(be_for(engine, &SITE, 3000, mark, &marks, &options) == BE_OK);
        CHECK(times[0] == 1 && times[2999] == 1);
        be_engine_info info;
        be_engine_describe(engine, &info);
        CHECK_SAY(info.memory <= cap || info.memory < 4096, "%zu of %zu bytes", (size_t)info.memory,
                  cap);
        be_engine_destroy(engine);
    }
}

/* ---- decisions ---- */

static void decisions_are_told_and_can_be_replayed(void **state)
{
    (void)state;
    be_engine *engine = engine_of(2);
    static uint8_t times[100000];
    struct marks marks = {sizeof times, times};
    for (int i = 0; i < 5; i++) {
        CHECK(be_for(engine, &SITE, sizeof times, mark, &marks, NULL) == BE_OK);
    }
    be_decision decisions[16];
    size_t n = be_engine_decisions(engine, decisions, 16);
    CHECK(n == 5);
    CHECK(decisions[0].predicted_ns <= 0 && decisions[4].predicted_ns > 0);
    for (size_t i = 0; i < n; i++) {
        CHECK(decisions[i].site == &SITE && decisions[i].items == sizeof times);
        CHECK(decisions[i].call == i && decisions[i].actual_ns > 0);
        CHECK(decisions[i].used >= 1 && decisions[i].grain >= 1);
        CHECK(be_reason_text(decisions[i].reason)[0] != '\0');
    }
    be_for_options options = {.size = sizeof options, .force = &decisions[4].replay};
    CHECK(be_for(engine, &SITE, sizeof times, mark, &marks, &options) == BE_OK);
    CHECK(be_engine_decisions(engine, decisions, 1) == 1);
    CHECK(decisions[0].reason == BE_REASON_FORCED || decisions[0].used == 1);
    be_site_stats stats;
    be_engine_site(engine, &SITE, &stats);
    CHECK(stats.calls == 6 && stats.timed == 6 && stats.items == 6 * sizeof times);
    CHECK(stats.item_ns > 0);
    be_engine_destroy(engine);
}

static be_status nothing(void *ctx, size_t begin, size_t end, be_worker *worker)
{
    (void)ctx;
    (void)begin;
    (void)end;
    (void)worker;
    return BE_OK;
}

static void work_that_never_pays_starts_no_thread(void **state)
{
    (void)state;
    be_engine *engine = engine_of(0);
    for (int i = 0; i < 100000; i++) {
        CHECK(be_for(engine, &SITE, 1, nothing, NULL, NULL) == BE_OK);
    }
    be_site_stats stats;
    be_engine_site(engine, &SITE, &stats);
    CHECK(stats.calls == 100000 && stats.parallel == 0);
    be_engine_info info;
    be_engine_describe(engine, &info);
    CHECK(info.threads_started == 0);
    be_engine_destroy(engine);
}

static void short_calls_obey_a_force_at_once(void **state)
{
    (void)state;
    be_engine *engine = engine_of(2);
    be_decision last;
    for (int round = 0; round < 20; round++) {
        for (int i = 0; i < 1000; i++) {
            CHECK(be_for(engine, &SITE, 3, nothing, NULL, NULL) == BE_OK);
        }
        be_engine_force(engine, &(be_force){BE_SCHEDULE_STATIC, 2, 0});
        CHECK(be_for(engine, &SITE, 3, nothing, NULL, NULL) == BE_OK);
        CHECK(be_engine_decisions(engine, &last, 1) == 1);
        CHECK(last.reason == BE_REASON_FORCED && last.used == 2);
        be_engine_force(engine, NULL);
    }
    be_engine_destroy(engine);
}

static be_status nap(void *ctx, size_t begin, size_t end, be_worker *worker)
{
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        usleep(*(unsigned *)ctx);
    }
    return BE_OK;
}

static void the_cost_of_items_that_always_lose_their_cpu_is_followed(void **state)
{
    (void)state;
    enum { NAPS = 8 };
    be_engine *engine = engine_of(1);
    static uint8_t times[4096];
    for (int i = 0; i < 20; i++) { /* teaches that items here differ */
        struct marks marks = {sizeof times, times};
        CHECK(be_for(engine, &SITE, sizeof times, mark, &marks, NULL) == BE_OK);
    }
    static unsigned microseconds[] = {2000, 100};
    double expected_ns[2];
    for (int k = 0; k < 2; k++) {
        be_decision last;
        for (int i = 0; i < 6; i++) {
            CHECK(be_for(engine, &SITE, NAPS, nap, &microseconds[k], NULL) == BE_OK);
        }
        CHECK(be_engine_decisions(engine, &last, 1) == 1);
        expected_ns[k] = last.sequential_ns;
    }
    CHECK_SAY(expected_ns[0] > NAPS * 1.9e6 && expected_ns[1] < NAPS * 1.9e6, "%.0f, then %.0f ns",
              expected_ns[0], expected_ns[1]);
    be_engine_destroy(engine);
}

static void many_sites_are_kept_apart(void **state)
{
    (void)state;
    enum { SITES = 500 };
    static be_site sites[SITES];
    be_engine *engine = engine_of(1);
    for (size_t round = 0; round < 2; round++) {
        for (size_t i = 0; i < SITES; i++) {
            for (size_t call = 0; call <= i; call++) {
                CHECK(be_for(engine, &sites[i], 1, nothing, NULL, NULL) == BE_OK);
            }
        }
    }
    for (size_t i = 0; i < SITES; i++) {
        be_site_stats stats;
        be_engine_site(engine, &sites[i], &stats);
        CHECK_SAY(stats.calls == 2 * (i + 1), "site %zu: %zu calls", i, (size_t)stats.calls);
    }
    be_engine_destroy(engine);
}

static const struct CMUnitTest tests[] = {
    TEST(every_item_runs_once_for_any_split),
    TEST(automatic_loops_of_all_sizes_run_every_item_once),
    TEST(more_items_than_32_bits_are_counted),
    TEST(as_many_items_as_there_are_numbers_are_counted),
    TEST(options_of_an_older_header_are_read_as_far_as_they_go),
    TEST(the_lowest_failure_wins_and_all_below_it_are_done),
    TEST(a_cancelled_loop_tells_its_complete_prefix),
    TEST(a_cancelled_loop_stops_under_every_force),
    TEST(a_deadline_that_is_over_runs_nothing),
    TEST(a_deadline_stops_a_long_loop),
    TEST(nesting_64_deep_makes_no_thread_beyond_the_pool),
    TEST(engines_that_meet_keep_their_workers_apart),
    TEST(a_thousand_callers_finish),
    TEST(a_forked_child_goes_on_with_no_helpers),
    TEST(helpers_round_as_the_caller_does),
    TEST(a_slot_is_made_once_a_thread_and_ended_with_the_engine),
    TEST(a_memory_cap_is_kept_and_loops_still_run),
    TEST(decisions_are_told_and_can_be_replayed),
    TEST(work_that_never_pays_starts_no_thread),
    TEST(short_calls_obey_a_force_at_once),
    TEST(the_cost_of_items_that_always_lose_their_cpu_is_followed),
    TEST(many_sites_are_kept_apart),
};
RUN_TESTS(tests)
