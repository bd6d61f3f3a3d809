/* test_clock.c: ticks, their length, and be_now_ns. */
#include "check.h"

#include "os/clock.h"
#include <breakeven/trace.h>

#include <pthread.h>
#include <time.h>

static uint64_t system_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void ticks_and_now_never_go_back(void **state)
{
    (void)state;
    uint64_t ticks = be__ticks(), now = be_now_ns();
    for (int i = 0; i < 200000; i++) {
        uint64_t t = be__ticks(), n = be_now_ns();
        CHECK_SAY(t >= ticks && n >= now, "step %d", i);
        ticks = t;
        now = n;
    }
    CHECK(be__clock_kind != BE__CLOCK_UNKNOWN);
}

static void now_is_the_monotonic_clock(void **state)
{
    (void)state;
    for (int i = 0; i < 1000; i++) {
        uint64_t before = system_ns(), now = be_now_ns(), after = system_ns();
        CHECK(before <= now && now <= after);
    }
}

/* A stretch measured on both clocks, reading ours inside the system's: ours must not be longer, and
 * over 20 ms the readings themselves and a preemption between them are the only slack. */
static void a_duration_in_ticks_is_the_system_clocks(void **state)
{
    (void)state;
    CHECK(be__ns_per_tick() > 0);
    for (int attempt = 0; attempt < 10; attempt++) {
        uint64_t outer = system_ns(), start = be__ticks();
        const struct timespec stretch = {.tv_nsec = 20000000};
        nanosleep(&stretch, NULL);
        uint64_t ticks = be__ticks() - start, system = system_ns() - outer;
        uint64_t ours = be__ticks_to_ns(ticks);
        double error = ((double)ours - (double)system) / (double)system;
        if (error > -1e-3 && error < 1e-3) {
            return;
        }
    }
    CHECK_SAY(false, "%.9f ns per tick is not the system's clock", be__ns_per_tick());
}

static void *measure(void *result)
{
    for (int i = 0; i < 1000; i++) {
        *(double *)result = be__ns_per_tick();
    }
    return NULL;
}

static void threads_agree_on_the_length_of_a_tick(void **state)
{
    (void)state;
    enum { THREADS = 4 };
    pthread_t threads[THREADS];
    double length[THREADS];
    for (int i = 0; i < THREADS; i++) {
        CHECK(pthread_create(&threads[i], NULL, measure, &length[i]) == 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        double ratio = length[i] / be__ns_per_tick();
        CHECK_SAY(ratio > 0.99 && ratio < 1.01, "thread %d: %g", i, length[i]);
    }
}

static const struct CMUnitTest tests[] = {
    TEST(threads_agree_on_the_length_of_a_tick),
    TEST(ticks_and_now_never_go_back),
    TEST(now_is_the_monotonic_clock),
    TEST(a_duration_in_ticks_is_the_system_clocks),
};
RUN_TESTS(tests)
