/* sampler.c: a thread that looks at the others from time to time, without stopping them.
 *
 * It reads each traced thread's CPU clock and writes down how far that went since the last look.
 * The fold merges this with the thread's own records by time, and so knows in which span, or in
 * none, the thread was, and whether it ran or waited there. No signal is sent, and the looked-at
 * threads do nothing for it. The period is stretched until looking costs at most 1 / PRICE of a
 * CPU.
 */
#include "trace/tracer.h"

#include <signal.h>
#include <time.h>

enum { PRICE = 200, LONGEST_NS = 10000000 };

static uint64_t clock_ns(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void *look(void *argument)
{
    be_tracer *tracer = argument;
    struct be__sampler *sampler = &tracer->sampler;
    pthread_mutex_lock(&sampler->lock);
    uint64_t next = clock_ns(CLOCK_MONOTONIC) + sampler->period_ns, settled = 0;
    while (!sampler->stop) {
        struct timespec until = {(time_t)(next / 1000000000u), (long)(next % 1000000000u)};
        if (pthread_cond_timedwait(&sampler->wake, &sampler->lock, &until) == 0) {
            continue; /* told to stop, or woken for nothing */
        }
        uint64_t period = sampler->period_ns;
        pthread_mutex_unlock(&sampler->lock);
        if (be_tracer_on(tracer)) {
            be__sample_lanes(tracer);
            __atomic_fetch_add(&sampler->looks, 1, __ATOMIC_RELAXED);
        }
        uint64_t cpu = clock_ns(CLOCK_THREAD_CPUTIME_ID);
        uint64_t looks = __atomic_load_n(&sampler->looks, __ATOMIC_RELAXED);
        __atomic_store_n(&sampler->cpu_ns, cpu, __ATOMIC_RELAXED);
        settled = looks <= 1 ? cpu : settled; /* the first look sets up its lane: once */
        uint64_t affordable = looks > 1 ? (cpu - settled) / (looks - 1) * PRICE : 0;
        affordable = affordable < LONGEST_NS ? affordable : LONGEST_NS;
        period = period > affordable ? period : affordable;
        __atomic_store_n(&sampler->stretched_ns, period, __ATOMIC_RELAXED);
        next = clock_ns(CLOCK_MONOTONIC) + period;
        pthread_mutex_lock(&sampler->lock);
    }
    pthread_mutex_unlock(&sampler->lock);
    return NULL;
}

be_status be_tracer_sample(be_tracer *tracer, uint64_t period_ns)
{
    struct be__sampler *sampler = &tracer->sampler;
    be__sampler_stop(tracer);
    if (period_ns == 0) {
        return BE_OK;
    }
    pthread_mutex_lock(&sampler->lock);
    sampler->period_ns = period_ns;
    sampler->stop = false;
    sigset_t all, before; /* signals of the process are none of its business */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    sampler->runs = pthread_create(&sampler->thread, NULL, look, tracer) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    be_status status = sampler->runs ? BE_OK : BE_ESYSTEM;
    pthread_mutex_unlock(&sampler->lock);
    return status;
}

void be__sampler_stop(be_tracer *tracer)
{
    struct be__sampler *sampler = &tracer->sampler;
    pthread_mutex_lock(&sampler->lock);
    bool runs = sampler->runs;
    sampler->stop = true;
    sampler->runs = false;
    pthread_cond_signal(&sampler->wake);
    pthread_mutex_unlock(&sampler->lock);
    if (runs) {
        pthread_join(sampler->thread, NULL);
    }
}

static void make_wake(struct be__sampler *sampler)
{
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&sampler->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

void be__sampler_init(be_tracer *tracer)
{
    pthread_mutex_init(&tracer->sampler.lock, NULL);
    make_wake(&tracer->sampler);
}

void be__sampler_destroy(be_tracer *tracer)
{
    pthread_cond_destroy(&tracer->sampler.wake);
    pthread_mutex_destroy(&tracer->sampler.lock);
}

void be__sampler_forget(be_tracer *tracer)
{
    make_wake(&tracer->sampler); /* the old one has a waiter that is not there */
    tracer->sampler.runs = false;
    tracer->sampler.stop = true;
}
