/* trace/account.h: what the engine tells the tracer beside spans: the state of each of its threads,
 * and whose loop a helper is working for.
 *
 * States. Each mark says "from here on this thread is in that state"; the time since the mark
 * before belongs to the state before. So every tick from a thread's first mark on belongs to
 * exactly one state, and the states of a thread add up to its life. Nothing is attached or
 * detached: the first mark of a thread opens its account, the end of the thread closes it.
 *
 *     be_state outer = be__account_mark(tracer, BE_STATE_CLAIM);   entering a loop
 *     be__account_mark_at(tracer, BE_STATE_BODY, t0);              t0: ticks the engine read anyway
 *     be__account_mark_at(tracer, BE_STATE_CLAIM, t1);
 *     be__account_mark(tracer, outer);                             leaving it, also when nested
 *
 * BE_STATE_PREEMPTED is never marked: where the preemption witness has fired, the time off the CPU
 * in a body is found by reading the thread CPU clock, and moved there. A mark re-arms the witness
 * when it has fired and leaves it armed otherwise; who arms it for a purpose of his own does so
 * right after a mark, and looks before the next one.
 *
 * Contexts. A helper's spans belong under the phase that the caller had open when it called the
 * loop, and the helper's time counts as busy in that phase:
 *
 *     caller:  job->context = be__trace_context(tracer);           before it invites anybody
 *     helper:  be__trace_adopt(tracer, job->context);
 *              ... body, which may open and close spans, call loops, adopt again ...
 *              be__trace_leave(tracer);                            before it lets go of the job
 *
 * adopt and leave nest; leave closes what the body left open. A thread that waits and meanwhile
 * helps with a descendant of its own loop does the same.
 *
 * Every function: tracer may be NULL; off or NULL costs one predicted branch.
 */
#ifndef BE__TRACE_ACCOUNT_H
#define BE__TRACE_ACCOUNT_H

#include "os/clock.h"

#include <breakeven/trace.h>

/* Of the open spans of one thread at one moment. All zero: none. */
typedef struct be__span_context {
    uint32_t lane;
    uint32_t serial;
} be__span_context;

/* Name the calling thread "worker INDEX" (from 1) in reports. Threads that never call this are
 * callers, numbered by their first mark. */
void be__trace_worker(unsigned index);

be_state be__account_mark_on(be_tracer *tracer, be_state state, uint64_t ticks);
be__span_context be__trace_context_on(be_tracer *tracer);
void be__trace_adopt_on(be_tracer *tracer, be__span_context context);
void be__trace_leave_on(be_tracer *tracer);

/* Enter `state` at `ticks`, a reading of be__ticks on this thread not before its last mark.
 * Returns the state until then; BE_STATE_OUTSIDE before the first mark, and when off. */
static inline be_state be__account_mark_at(be_tracer *tracer, be_state state, uint64_t ticks)
{
    return be_tracer_on(tracer) ? be__account_mark_on(tracer, state, ticks) : BE_STATE_OUTSIDE;
}

/* The same, now. */
static inline be_state be__account_mark(be_tracer *tracer, be_state state)
{
    return be_tracer_on(tracer) ? be__account_mark_on(tracer, state, be__ticks())
                                : BE_STATE_OUTSIDE;
}

static inline be__span_context be__trace_context(be_tracer *tracer)
{
    return be_tracer_on(tracer) ? be__trace_context_on(tracer) : (be__span_context){0, 0};
}

static inline void be__trace_adopt(be_tracer *tracer, be__span_context context)
{
    if (be_tracer_on(tracer)) {
        be__trace_adopt_on(tracer, context);
    }
}

static inline void be__trace_leave(be_tracer *tracer)
{
    if (be_tracer_on(tracer)) {
        be__trace_leave_on(tracer);
    }
}

#endif
