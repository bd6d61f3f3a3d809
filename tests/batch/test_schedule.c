/* test_schedule.c: the engine under perturbed schedules.
 *
 * Linked against a second build of the engine in which every step that another thread could see in
 * between is a point where this test may yield, spin or sleep, drawn from a seeded generator. The
 * same search must find two faults planted on purpose, or it proves nothing: a sleeper that does
 * not look again after saying that it sleeps, and a guest that looks at a job after giving it back.
 * Searches run in children, since what they find is a hang or a broken process.
 */
#include "check.h"

#include <breakeven/batch.h>

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "batch/schedule_fuzz.h"

enum { FOUND_RETURNED_JOB = 3, FOUND_HANG = 4, WRONG_RESULT = 5 };

static uint32_t run_seed;
static _Thread_local uint64_t generator;

static void perturb(void)
{
    if (!generator) {
        generator = ((uint64_t)run_seed << 32 | (uintptr_t)&generator) * 0x9E3779B97F4A7C15u | 1;
    }
    generator ^= generator << 13;
    generator ^= generator >> 7;
    generator ^= generator << 17;
    unsigned draw = (unsigned)(generator >> 40) % 256;
    if (draw < 24) {
        sched_yield();
    } else if (draw < 28) {
        usleep(draw);
    } else if (draw < 64) {
        for (volatile unsigned i = 0; i < 20 * draw; i++) {
        }
    }
}

static void returned_job_used(void)
{
    _exit(FOUND_RETURNED_JOB);
}

static const be_site SITE = BE_SITE("schedule");

struct loop {
    unsigned depth;
    be_engine *other; /* inner loops run on it by turns */
    size_t fail_at;   /* this item fails, */
    size_t cancel_at; /* this one raises the flag */
    be_cancel cancel;
    _Atomic uint64_t ran;
};

enum { NEVER = SIZE_MAX };

/* All ran, or what the loop was told to meet. */
static bool is_right(const struct loop *loop, size_t n, be_status status, size_t done)
{
    if (status == BE_OK) {
        return done == n && loop->ran == n && loop->fail_at >= n;
    }
    bool failed = status == BE_EDOMAIN && done == loop->fail_at;
    bool cancelled = status == BE_ECANCEL && loop->cancel_at < n && done <= loop->ran;
    return failed || cancelled;
}

static be_status body(void *ctx, size_t begin, size_t end, be_worker *worker)
{
    struct loop *loop = ctx;
    for (size_t i = begin; i < end; i++) {
        if (i == loop->fail_at) {
            return be_fail(worker, i, BE_EDOMAIN);
        }
        if (i == loop->cancel_at) {
            be_cancel_raise(&loop->cancel);
        }
        if (loop->depth && i % 8 == 0) {
            be_engine *mine = be_worker_engine(worker);
            struct loop inner = {.depth = loop->depth - 1,
                                 .other = mine,
                                 .fail_at = i % 24 ? NEVER : 7,
                                 .cancel_at = NEVER};
            be_force force = {BE_SCHEDULE_DYNAMIC, 3, 1};
            size_t done = 0;
            be_for_options options = {
                .size = sizeof options, .force = i % 16 ? NULL : &force, .done = &done};
            be_status status =
                be_for(i % 3 ? mine : loop->other, &SITE, 20, body, &inner, &options);
            if (!is_right(&inner, 20, status, done)) {
                _exit(WRONG_RESULT);
            }
        } else if (i % 16 == 3) {
            usleep(60); /* longer than the caller's patience: it goes to sleep */
        }
        loop->ran++;
    }
    return BE_OK;
}

static _Atomic int progress, seen = -1; /* lock-free: the handler may read them */

static void *call_all(void *argument)
{
    be_engine **engines = argument;
    static const be_force FORCES[] = {
        {BE_SCHEDULE_AUTO, 0, 0},
        {BE_SCHEDULE_DYNAMIC, 3, 1},
        {BE_SCHEDULE_STATIC, 3, 0},
        {BE_SCHEDULE_AUTO, 4, 0},
    };
    for (int round = 0; round < 60; round++) {
        size_t n = 1 + (size_t)round * 2, done = 0;
        struct loop loop = {.depth = (unsigned)round % 3,
                            .other = engines[1],
                            .fail_at = round % 5 == 4 ? n / 2 : NEVER,
                            .cancel_at = round % 7 == 6 ? n / 3 : NEVER};
        be_for_options options = {.size = sizeof options,
                                  .force = round % 3 ? &FORCES[round % 4] : NULL,
                                  .cancel = &loop.cancel,
                                  .done = &done};
        be_status status = be_for(engines[0], &SITE, n, body, &loop, &options);
        if (!is_right(&loop, n, status, done)) {
            _exit(WRONG_RESULT);
        }
        progress++;
    }
    return NULL;
}

/* Loops until the time is over; never returns. An alarm that finds no progress is a hang. */

static void watch(int signal_number)
{
    (void)signal_number;
    if (progress == seen) {
        _exit(FOUND_HANG);
    }
    seen = progress;
    alarm(4);
}

static void search(uint32_t seed, double seconds, enum be__plant plant)
{
    run_seed = seed;
    be__schedule_fuzz.yield = perturb;
    be__schedule_fuzz.plant = plant;
    be__schedule_fuzz.returned_job_used = returned_job_used;
    signal(SIGALRM, watch);
    alarm(4);
    uint64_t end = be_now_ns() + (uint64_t)(seconds * 1e9);
    while (be_now_ns() < end) {
        be_engine_config config = {.size = sizeof config, .workers = 4};
        be_engine *engines[2] = {NULL, NULL};
        if (be_engine_create(&config, &engines[0]) != BE_OK ||
            be_engine_create(&config, &engines[1]) != BE_OK) {
            _exit(WRONG_RESULT);
        }
        /* Two callers at once, on the same two engines. */
        pthread_t second;
        if (pthread_create(&second, NULL, call_all, engines) != 0) {
            _exit(WRONG_RESULT);
        }
        call_all(engines);
        pthread_join(second, NULL);
        be_engine_destroy(engines[0]);
        be_engine_destroy(engines[1]);
    }
    _exit(0);
}

static int outcome_of(uint32_t seed, double seconds, enum be__plant plant)
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        search(seed, seconds, plant);
    }
    int result = -1;
    CHECK(waitpid(child, &result, 0) == child);
    CHECK_SAY(WIFEXITED(result), "seed %u: ended by signal %d", seed, WTERMSIG(result));
    return WEXITSTATUS(result);
}

static double budget(void)
{
    const char *text = getenv("BREAKEVEN_FUZZ_SECONDS");
    return text ? strtod(text, NULL) : 4;
}

static void no_schedule_breaks_the_engine(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 3; seed++) {
        int outcome = outcome_of(seed, budget() / 3, BE__PLANT_NONE);
        CHECK_SAY(outcome == 0, "seed %u: outcome %d", seed, outcome);
    }
}

static void the_search_finds_a_lost_wake_up(void **state)
{
    (void)state;
    int outcome = outcome_of(1, 60, BE__PLANT_LOST_WAKE);
    CHECK_SAY(outcome == FOUND_HANG, "outcome %d", outcome);
}

static void the_search_finds_a_use_after_return(void **state)
{
    (void)state;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    SKIP("the sanitizer ends the program at the planted fault, before the search can tell");
#endif
    int outcome = outcome_of(1, 60, BE__PLANT_RETURNED_JOB);
    CHECK_SAY(outcome == FOUND_RETURNED_JOB, "outcome %d", outcome);
}

static const struct CMUnitTest tests[] = {
    TEST(no_schedule_breaks_the_engine),
    TEST(the_search_finds_a_lost_wake_up),
    TEST(the_search_finds_a_use_after_return),
};
RUN_TESTS(tests)
