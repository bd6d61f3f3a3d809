/* batch/learn.h: estimates that follow the machine and are not thrown by one bad moment. */
#ifndef BE__BATCH_LEARN_H
#define BE__BATCH_LEARN_H

#include <stdatomic.h>

/* A claim takes at most BE__CLAIM_NS, which bounds how late a cancel is seen, and at least a
 * BE__CLAIM_RATIO-th of that, which keeps claims below a hundredth of the work. */
enum { BE__CLAIM_NS = 20000, BE__CLAIM_RATIO = 10 };

/* Credit: the first balance, also the most that can be saved up. About one slice of the system's
 * scheduler, or a single unlucky wait would decide for good. */
enum { BE__CREDIT_NS = 5000000, BE__CREDIT_SHARE = 50 };

/* Hand-over costs before anything was measured. */
enum { BE__FIRST_HOT_NS = 1000, BE__FIRST_COLD_NS = 50000, BE__FIRST_WAKE_NS = 5000 };

/* What a timed call costs more than a short one. */
enum { BE__TIMED_NS = 150 };

/* Making a thread and seeing it run; and the longest anybody spins, however dear a wake-up seems.
 */
enum { BE__START_NS = 100000, BE__SPIN_NS = 100000 };

/* Follow the median: a step of 4 % towards each observation, whatever its size. An average would be
 * thrown by a single observation that met a preemption. */
static inline void be__track(_Atomic double *estimate, double observed)
{
    double now = atomic_load_explicit(estimate, memory_order_relaxed);
    double next = observed > now ? now * 1.04 : now / 1.04;
    atomic_store_explicit(estimate, next > 1 ? next : 1, memory_order_relaxed);
}

/* An overhead that grew so high that nobody is invited any more is never measured again: let it
 * come back towards the usual one, so slowly that the trials cost about a hundredth. */
static inline void be__forget(_Atomic double *estimate, double usual, double ticks)
{
    double now = atomic_load_explicit(estimate, memory_order_relaxed);
    if (now > usual) {
        double part = ticks / (100 * usual);
        atomic_store_explicit(estimate, now / (1 + 0.04 * (part < 1 ? part : 1)),
                              memory_order_relaxed);
    }
}

static inline float be__median3(float a, float b, float c)
{
    float low = a < b ? a : b, high = a < b ? b : a;
    return c < low ? low : c > high ? high : c;
}

/* The median of the last two observations and the estimate: one outlier changes nothing, a real
 * change is believed when it is seen the second time. */
static inline void be__learn_cost(_Atomic float *estimate, _Atomic float *last, float observed)
{
    float now = atomic_load_explicit(estimate, memory_order_relaxed);
    float before = atomic_load_explicit(last, memory_order_relaxed);
    atomic_store_explicit(last, observed, memory_order_relaxed);
    atomic_store_explicit(estimate,
                          now <= BE__COST_MOST ? be__median3(now, before, observed) : observed,
                          memory_order_relaxed);
}

#endif
