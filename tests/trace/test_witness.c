/* test_witness.c: the preemption witness fires when the thread lost its CPU, and only then. The
 * cases are skipped where glibc or the kernel offers no rseq. */
#include "check.h"

#include "os/rseq.h"

#include <pthread.h>
#include <sched.h>
#include <time.h>
#include <unistd.h>

static void need_witness(void)
{
    if (!be__witness_available()) {
        SKIP("no rseq on this machine");
    }
}

static void sleep_ns(long ns)
{
    const struct timespec t = {.tv_nsec = ns};
    clock_nanosleep(CLOCK_MONOTONIC, 0, &t, NULL);
}

static void a_sleep_fires_it_every_time(void **state)
{
    (void)state;
    need_witness();
    for (int i = 0; i < 100; i++) {
        be__witness_arm();
        sleep_ns(1000000); /* a shorter one may be over before it began */
        CHECK_SAY(be__witness_fired(), "sleep %d", i);
    }
}

/* A preemption may hit any try, not most of them: 1000 tries of a microsecond. */
static void a_plain_loop_does_not_fire_it(void **state)
{
    (void)state;
    need_witness();
    int fired = 0;
    for (int i = 0; i < 1000; i++) {
        be__witness_arm();
        for (volatile int spin = 0; spin < 1000; spin++) {
        }
        fired += be__witness_fired();
    }
    CHECK_SAY(fired < 200, "fired %d times of 1000", fired);
}

static void a_system_call_that_does_not_block_does_not_fire_it(void **state)
{
    (void)state;
    need_witness();
    int fired = 0;
    for (int i = 0; i < 1000; i++) {
        be__witness_arm();
        getppid();
        fired += be__witness_fired();
    }
    CHECK_SAY(fired < 200, "fired %d times of 1000", fired);
}

static void a_migration_fires_it(void **state)
{
    (void)state;
    need_witness();
    cpu_set_t all, one;
    CHECK(sched_getaffinity(0, sizeof all, &all) == 0);
    if (CPU_COUNT(&all) < 2) {
        SKIP("one CPU only");
    }
    int here = sched_getcpu(), there = 0;
    while (there == here || !CPU_ISSET(there, &all)) {
        there++;
    }
    be__witness_arm();
    CPU_ZERO(&one);
    CPU_SET(there, &one);
    CHECK(sched_setaffinity(0, sizeof one, &one) == 0);
    bool fired = be__witness_fired();
    CHECK(be__cpu_id() == there);
    CHECK(sched_setaffinity(0, sizeof all, &all) == 0);
    CHECK(fired);
}

/* What another user of rseq in the process leaves behind tells nothing, and hurts nobody. */
static void a_foreign_word_is_no_evidence(void **state)
{
    (void)state;
    need_witness();
    static _Alignas(32) uint64_t foreign[4];
    foreign[1] = be__rseq_nowhere + 32; /* a range like ours, described elsewhere */
    foreign[2] = 8;
    foreign[3] = be__rseq_nowhere + 44;
    volatile uint64_t *word = (volatile uint64_t *)be__rseq_field(be__rseq_offset, BE__RSEQ_CS);
    int fired = 0;
    for (int i = 0; i < 100; i++) {
        be__witness_arm();
        *word = (uintptr_t)foreign;
        fired += be__witness_fired();
    }
    CHECK_SAY(fired < 20, "fired %d times of 100", fired);
    *word = (uintptr_t)foreign;
    sleep_ns(1000000);
    CHECK(be__witness_fired());
}

struct shared {
    const volatile uint64_t *word;
    int asleep, quit;
};

static void *arm_and_sleep(void *argument)
{
    struct shared *shared = argument;
    be__witness_arm();
    __atomic_store_n(&shared->word, be__witness_word(), __ATOMIC_RELEASE);
    while (!__atomic_load_n(&shared->asleep, __ATOMIC_ACQUIRE)) {
    }
    while (!__atomic_load_n(&shared->quit, __ATOMIC_ACQUIRE)) {
        sleep_ns(100000);
    }
    return NULL;
}

static void another_thread_can_look(void **state)
{
    (void)state;
    need_witness();
    struct shared shared = {0};
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, arm_and_sleep, &shared) == 0);
    const volatile uint64_t *word;
    while (!(word = __atomic_load_n(&shared.word, __ATOMIC_ACQUIRE))) {
    }
    CHECK(word != be__witness_word());
    __atomic_store_n(&shared.asleep, 1, __ATOMIC_RELEASE);
    while (!be__witness_fired_at(word)) { /* the thread sleeps, and never arms again */
    }
    __atomic_store_n(&shared.quit, 1, __ATOMIC_RELEASE);
    pthread_join(thread, NULL);
}

static const struct CMUnitTest tests[] = {
    TEST(a_sleep_fires_it_every_time),
    TEST(a_plain_loop_does_not_fire_it),
    TEST(a_system_call_that_does_not_block_does_not_fire_it),
    TEST(a_migration_fires_it),
    TEST(a_foreign_word_is_no_evidence),
    TEST(another_thread_can_look),
};
RUN_TESTS(tests)
