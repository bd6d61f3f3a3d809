/* clock.c: which clock, and how long its tick is.
 *
 * The length of a tick is the slope between two pairs (ticks, CLOCK_MONOTONIC). The first pair, the
 * anchor, is taken together with the choice of the clock and never moves; the second is taken when
 * somebody asks, at most once each time the distance from the anchor has doubled.
 */
#include "os/clock.h"

#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

int be__clock_kind;

struct pair {
    uint64_t ticks;
    uint64_t ns;
};

enum { FIRST_BASELINE_NS = 20000 };

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct pair anchor;   /* written by choose(), before be__clock_kind */
static uint64_t length_bits; /* the double ns_per_tick; 0 bits: not measured yet */
static uint64_t refine_from; /* ticks at which the next measurement is due */

static uint64_t system_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

#if defined(__x86_64__)
static bool counter_usable(void)
{
    int permission = PR_TSC_SIGSEGV;
    if (prctl(PR_GET_TSC, &permission) != 0 || permission != PR_TSC_ENABLE) {
        return false;
    }
    int file = open("/sys/devices/system/clocksource/clocksource0/current_clocksource",
                    O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return false;
    }
    char name[16];
    ssize_t length = read(file, name, sizeof name);
    close(file);
    return length == 4 && memcmp(name, "tsc\n", 4) == 0;
}
#elif defined(__aarch64__)
static bool counter_usable(void)
{
    return true; /* the architecture makes cntvct_el0 constant and equal on all CPUs */
}
#else
static bool counter_usable(void)
{
    return false;
}
#endif

/* Both clocks at one instant: of a few tries the one whose two tick readings lie closest. */
static struct pair read_pair(void)
{
    struct pair best = {0};
    uint64_t narrowest = UINT64_MAX;
    for (int try = 0; try < 4; try++) {
        uint64_t before = be__ticks();
        uint64_t ns = system_ns();
        uint64_t width = be__ticks() - before;
        if (width < narrowest) {
            narrowest = width;
            best = (struct pair){before + width / 2, ns};
        }
    }
    return best;
}

static void choose(void)
{
    if (!counter_usable()) {
        __atomic_store_n(&be__clock_kind, BE__CLOCK_SYSTEM, __ATOMIC_RELEASE);
        return;
    }
    __atomic_store_n(&be__clock_kind, BE__CLOCK_COUNTER, __ATOMIC_RELEASE);
    anchor = read_pair();
}

uint64_t be__ticks_slow(void)
{
    if (__atomic_load_n(&be__clock_kind, __ATOMIC_RELAXED) == BE__CLOCK_UNKNOWN) {
        pthread_once(&once, choose);
        return be__ticks();
    }
    return system_ns();
}

/* Measure over everything since the anchor, spinning until that is at least `baseline` long. */
static double measure(uint64_t baseline_ns)
{
    struct pair now;
    do {
        now = read_pair();
    } while (now.ns - anchor.ns < baseline_ns);
    double length = (double)(now.ns - anchor.ns) / (double)(now.ticks - anchor.ticks);
    uint64_t bits;
    memcpy(&bits, &length, sizeof bits);
    __atomic_store_n(&length_bits, bits, __ATOMIC_RELAXED);
    return length;
}

double be__ns_per_tick_known(void)
{
    if (__atomic_load_n(&be__clock_kind, __ATOMIC_RELAXED) == BE__CLOCK_SYSTEM) {
        return 1;
    }
    uint64_t bits = __atomic_load_n(&length_bits, __ATOMIC_RELAXED);
    double length;
    memcpy(&length, &bits, sizeof length);
    return length;
}

double be__ns_per_tick(void)
{
    pthread_once(&once, choose); /* also orders this thread after the writing of the anchor */
    if (__atomic_load_n(&be__clock_kind, __ATOMIC_RELAXED) == BE__CLOCK_SYSTEM) {
        return 1;
    }
    double length = be__ns_per_tick_known();
    uint64_t now = be__ticks();
    uint64_t due = __atomic_load_n(&refine_from, __ATOMIC_RELAXED);
    if (BE__LIKELY(length > 0 && now < due)) {
        return length;
    }
    /* One thread takes each turn at refining; while it does, the others use what is known. On the
     * very first turn nothing is known, and each measures for itself. */
    uint64_t next = now + (now - anchor.ticks);
    bool mine = __atomic_compare_exchange_n(&refine_from, &due, next, false, __ATOMIC_RELAXED,
                                            __ATOMIC_RELAXED);
    return mine || !(length > 0) ? measure(FIRST_BASELINE_NS) : length;
}

uint64_t be__ticks_to_ns(uint64_t ticks)
{
    return (uint64_t)((double)ticks * be__ns_per_tick());
}

double be__ticks_per_ns_guess(void)
{
#if defined(__x86_64__)
    return 2.5;
#elif defined(__aarch64__)
    uint64_t hertz;
    __asm__("mrs %0, cntfrq_el0" : "=r"(hertz));
    return (double)hertz * 1e-9;
#else
    return 1;
#endif
}
