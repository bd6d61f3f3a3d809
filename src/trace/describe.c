/* describe.c: what the clocks and counters of this machine are worth. */
#include <breakeven/trace.h>

#include "os/clock.h"
#include "os/counters.h"
#include "os/rseq.h"

/* The least of a few rounds: what lies above it is interruption. */
static double price_of_a_reading(void)
{
    enum { ROUNDS = 20, READINGS = 1000 };
    uint64_t least = UINT64_MAX;
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t begin = be__ticks(), end = begin;
        for (int i = 0; i < READINGS; i++) {
            end = be__ticks();
        }
        least = end - begin < least ? end - begin : least;
    }
    return (double)least * be__ns_per_tick() / READINGS;
}

void be_clock_describe(be_clock_info *info)
{
    double ns_per_tick = be__ns_per_tick();
    *info = (be_clock_info){.counter = __atomic_load_n(&be__clock_kind, __ATOMIC_RELAXED) ==
                                       BE__CLOCK_COUNTER,
                            .ns_per_tick = ns_per_tick,
                            .read_ns = price_of_a_reading()};
}

be_status be_counters_check(be_error *error)
{
    return be__counters_check(error);
}

be_witness be_tracer_witness(void)
{
    return be__witness_available() ? BE_WITNESS_RSEQ : BE_WITNESS_NONE;
}
