/* os/clock.h: the cheapest steady clock of this machine.
 *
 * A tick is one step of the CPU's own time counter where that runs at one speed on all CPUs: the
 * time stamp counter of x86-64 when the kernel itself keeps time with it (the kernel gives it up
 * when it catches it drifting), the virtual counter of aarch64. Elsewhere a tick is a nanosecond of
 * CLOCK_MONOTONIC. Differences of ticks are durations, also between threads. Reading is not
 * ordered with the instructions around it: it hides in their latency and may be off by as much.
 */
#ifndef BE__OS_CLOCK_H
#define BE__OS_CLOCK_H

#include "base/base.h"

/* What be__ticks reads; chosen by the first reading. */
typedef enum be__clock {
    BE__CLOCK_UNKNOWN,
    BE__CLOCK_COUNTER, /* the CPU's counter */
    BE__CLOCK_SYSTEM   /* CLOCK_MONOTONIC, in ns */
} be__clock;

extern int be__clock_kind; /* a be__clock; written once, see clock.c */

/* The first reading, and every reading of a machine without a usable counter. */
uint64_t be__ticks_slow(void);

/* Now, in ticks: the bare counter plus one predicted branch. */
static inline uint64_t be__ticks(void)
{
#if defined(__x86_64__)
    if (BE__LIKELY(__atomic_load_n(&be__clock_kind, __ATOMIC_RELAXED) == BE__CLOCK_COUNTER)) {
        return __builtin_ia32_rdtsc();
    }
#elif defined(__aarch64__)
    if (BE__LIKELY(__atomic_load_n(&be__clock_kind, __ATOMIC_RELAXED) == BE__CLOCK_COUNTER)) {
        uint64_t ticks;
        __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
        return ticks;
    }
#endif
    return be__ticks_slow();
}

/* Length of a tick. The first call may spin for 20 us, and knows it within about 0.2 %; a call
 * after twice the time since the first reading measures again over all of it, so that the error
 * falls as 20 ns / elapsed. Any thread; no locks. */
double be__ns_per_tick(void);

/* The same without ever spinning: 0 before be__ns_per_tick was called. */
double be__ns_per_tick_known(void);

/* Ticks a nanosecond before anything was measured, within a factor of two: for first thresholds. */
double be__ticks_per_ns_guess(void);

/* A duration. */
uint64_t be__ticks_to_ns(uint64_t ticks);

#endif
