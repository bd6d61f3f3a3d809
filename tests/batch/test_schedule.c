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
    _Atomic uint64_t ran;
};

static be_status body(void *ctx, size_t begin, size_t end, be_worker *worker)
{
    struct loop *loop = ctx;
    for (size_t i = begin; i < end; i++) {
        if (loop->depth && i % 8 == 0) {
            struct loop inner = {.depth = loop->depth - 1};
            be_force force = {BE_SCHEDULE_DYNAMIC, 3, 1};
            be_for_options options = {.size = sizeof options, .force = i % 16 ? NULL : &force};
            be_status status = be_for(be_worker_engine(worker), &SITE, 20, body, &inner, &options);
            if (status != BE_OK || inner.ran != 20) {
                _exit(WRONG_RESULT);
            }
        } else if (i % 16 == 3) {
            usleep(60); /* longer than the caller's patience: it goes to sleep */
        }
        loop->ran++;
    }
    return BE_OK;
}

/* Loops until the time is over; never returns. An alarm that finds no progress is a hang. */
static volatile sig_atomic_t progress, seen = -1;

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
    static const be_force FORCES[] = {
        {BE_SCHEDULE_AUTO, 0, 0},
        {BE_SCHEDULE_DYNAMIC, 3, 1},
        {BE_SCHEDULE_STATIC, 3, 0},
        {BE_SCHEDULE_AUTO, 4, 0},
    };
    uint64_t end = be_now_ns() + (uint64_t)(seconds * 1e9);
    while (be_now_ns() < end) {
        be_engine_config config = {.size = sizeof config, .workers = 4};
        be_engine *engine;
        if (be_engine_create(&config, &engine) != BE_OK) {
            _exit(WRONG_RESULT);
        }
        for (int round = 0; round < 60; round++) {
            struct loop loop = {.depth = (unsigned)round % 3};
            be_for_options options = {.size = sizeof options, .force = &FORCES[round % 4]};
            size_t n = 1 + (size_t)round * 2;
            if (be_for(engine, &SITE, n, body, &loop, &options) != BE_OK || loop.ran != n) {
                _exit(WRONG_RESULT);
            }
            progress++;
        }
        be_engine_destroy(engine);
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
