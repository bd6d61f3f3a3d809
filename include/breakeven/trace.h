/* trace.h: where the wall time went, and what nobody accounted for.
 *
 * A tracer collects spans and counters from any number of threads. A phase is a name the caller
 * declares once, as a static object; a span is one stretch of wall time spent in a phase on one
 * thread. Spans nest. For each phase the report gives wall time, and for a phase in which several
 * threads worked the busy sum with its thread count, parallelism = busy / wall, idle, and
 * unaccounted = wall - union of its children, as a row of its own. Wall time is never added up
 * across threads.
 *
 * Cost on a machine whose time stamp counter takes c ns to read: begin + end = 2 c, chained = c,
 * disabled = one load and one branch. A thread's full buffer is folded into the tree of phases at
 * once, which about doubles the average price of a span that encloses nothing; so spans are dropped
 * only when memory runs out, and then they are counted and shown. bench/trace.c measures all of it.
 */
#ifndef BREAKEVEN_TRACE_H
#define BREAKEVEN_TRACE_H

#include <breakeven/base.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct be_tracer be_tracer;

/* A named phase. `cpu` asks for thread CPU time at both ends too (about 1 us a span, at most 16
 * such phases inside each other): for phases that last milliseconds. Static storage; the name is
 * not copied. */
typedef struct be_phase {
    const char *name;
    bool cpu;
} be_phase;

/* Counters kept per tracer, summed over threads. */
typedef enum be_counter {
    BE_COUNT_ITEMS,      /* items of all loops */
    BE_COUNT_CALLS,      /* loops run */
    BE_COUNT_PARALLEL,   /* of them, loops in which a helper took part */
    BE_COUNT_DUPLICATES, /* items removed by de-duplication */
    BE_COUNT_MEMO_HITS,  /* items answered by a memo */
    BE_COUNT_CLAIMS,     /* ranges taken from one's own share */
    BE_COUNT_STEALS,     /* ranges taken from another's share */
    BE_COUNT_WAKES,      /* parked helpers woken */
    BE_COUNT_UNINVITED,  /* invitations withdrawn before the helper had started */
    BE_COUNT_RESCUES,    /* preempted helpers pulled over to the waiting caller's CPU */
    BE_COUNTER_COUNT
} be_counter;

BE_API const char *be_counter_name(be_counter counter);

/* Where each tick of a thread went; the engine keeps these for its own threads and for callers
 * while a tracer is on. Per thread the sum equals the thread's life in the trace: from its first
 * loop or invitation on, less the time in which the tracer was off. */
typedef enum be_state {
    BE_STATE_BODY,      /* inside the caller's function */
    BE_STATE_CLAIM,     /* taking a range of one's own share */
    BE_STATE_STEAL,     /* looking for or taking another's share */
    BE_STATE_WAKE,      /* inviting and waking helpers */
    BE_STATE_JOIN,      /* waiting for helpers to hand back what they hold */
    BE_STATE_SPIN,      /* looking for an invitation, on the CPU */
    BE_STATE_PARKED,    /* asleep in the kernel */
    BE_STATE_PREEMPTED, /* in the body by the clock, but off the CPU (lower bound; see
                           be_tracer_witness) */
    BE_STATE_OUTSIDE,   /* not in the engine at all */
    BE_STATE_COUNT
} be_state;

BE_API const char *be_state_name(be_state state);

typedef struct be_tracer_config {
    size_t size;                   /* sizeof(be_tracer_config) */
    const be_allocator *allocator; /* NULL: malloc */
    size_t slices; /* room for so many slices of the timeline, twice (of spans, of states), about
                      100 bytes each; 0: no timeline is kept */
} be_tracer_config;

/* config may be NULL. A new tracer is off. Takes about 40 KiB for itself and for each thread that
 * uses it; a thread gives its share back when it ends. A child of fork() has a copy, in which the
 * other threads' spans end with the fork. BE_ESYSTEM: the process has no thread-specific key left
 * (about 1,000 tracers at a time). */
BE_API BE_CHECK be_status be_tracer_create(const be_tracer_config *config, be_tracer **tracer);

/* No thread may be using it; threads that did may live on, or have ended. tracer may be NULL. */
BE_API void be_tracer_destroy(be_tracer *tracer);

/* Switch on or off, at any time, from any thread. Spans open when it is switched off end there; a
 * span that began while it was off is not seen, and neither is its end. Time that it was off is in
 * no figure. */
BE_API void be_tracer_enable(be_tracer *tracer, bool on);

/* The first member of a tracer, so that "is it on" costs one load in the caller. */
struct be_tracer_switch {
    int on;
};

static inline bool be_tracer_on(const be_tracer *tracer)
{
    return tracer && __atomic_load_n(&((const struct be_tracer_switch *)(const void *)tracer)->on,
                                     __ATOMIC_RELAXED);
}

/* Let a thread look at all traced threads every period_ns, or more rarely, down to every 10 ms, so
 * that it costs half a per cent of a CPU: in which span each is, and whether it runs or waits. That
 * tells what happens where no span is. It sends no signal and stops nobody. 0 ends it, as
 * be_tracer_destroy does; a child of fork() has none. Not from two threads at once. BE_ESYSTEM: no
 * thread could be made. */
BE_API BE_CHECK be_status be_tracer_sample(be_tracer *tracer, uint64_t period_ns);

BE_API void be_span_begin_on(be_tracer *tracer, const be_phase *phase);
BE_API void be_span_end_on(be_tracer *tracer);
BE_API void be_span_next_on(be_tracer *tracer, const be_phase *phase);
BE_API void be_count_on(be_tracer *tracer, be_counter counter, uint64_t amount);

/* Open a span of phase on this thread, inside the innermost open one. tracer may be NULL: off. */
static inline void be_span_begin(be_tracer *tracer, const be_phase *phase)
{
    if (be_tracer_on(tracer)) {
        be_span_begin_on(tracer, phase);
    }
}

/* Close the innermost open span of this thread; one that was never opened is ignored. */
static inline void be_span_end(be_tracer *tracer)
{
    if (be_tracer_on(tracer)) {
        be_span_end_on(tracer);
    }
}

/* Close the innermost span, if any, and open the next one at the same instant: one clock reading.
 */
static inline void be_span_next(be_tracer *tracer, const be_phase *phase)
{
    if (be_tracer_on(tracer)) {
        be_span_next_on(tracer, phase);
    }
}

static inline void be_count(be_tracer *tracer, be_counter counter, uint64_t amount)
{
    if (be_tracer_on(tracer)) {
        be_count_on(tracer, counter, amount);
    }
}

/* How preemption is told: by the kernel through rseq, or not at all. */
typedef enum be_witness {
    BE_WITNESS_NONE, /* rseq is not registered or failed its self-test: BE_STATE_PREEMPTED stays 0
                        and `preempted` below is unknown */
    BE_WITNESS_RSEQ
} be_witness;

/* Tries it out on first use, which takes about 60 us. */
BE_API be_witness be_tracer_witness(void);

/* One row of the tree, depth first, children after their parent, siblings by first occurrence. A
 * helper of a loop counts as working in the phases that its caller had open. */
typedef struct be_trace_row {
    const char *name;
    unsigned depth;          /* 0 for roots */
    unsigned threads;        /* threads that worked in this phase */
    uint64_t count;          /* spans, open ones included */
    uint64_t wall_ns;        /* time in which any thread worked in it: a union, not a sum */
    uint64_t busy_ns;        /* sum over all threads: "x threads", never wall */
    uint64_t cpu_ns;         /* thread CPU time, where the phase asks for it, else 0 */
    uint64_t self_ns;        /* of busy: in none of its children */
    uint64_t waiting_ns;     /* of busy: blocked, or waiting for helpers */
    uint64_t displaced_ns;   /* of busy: pushed off the CPU by others. Both are lower bounds, and
                                know of the kernel only what a witness tells */
    uint64_t idle_ns;        /* threads * wall - busy */
    uint64_t unaccounted_ns; /* wall - union of its children; 0 for a leaf */
    uint64_t min_ns, median_ns, max_ns; /* of spans that ended; median within 10 % */
    uint64_t preempted; /* spans in which the thread lost its CPU, or took a signal; 0 without a
                           witness */
    uint64_t samples;   /* of threads whose innermost span it was; the time they stand for: */
    uint64_t sampled_on_ns, sampled_off_ns; /* on the CPU, and off it */
    bool leaf;                              /* has no children */
} be_trace_row;

/* A stretch of the timeline, in ns since the tracer was first switched on: one span or one state of
 * one thread, or several neighbours that the resolution does not tell apart. */
typedef struct be_trace_slice {
    uint64_t begin_ns, end_ns;
    uint64_t busy_ns; /* sum of the lengths of what it stands for */
    uint32_t track;   /* index among the tracks: threads */
    uint32_t what;    /* of spans: index of the row; of states: a be_state */
    uint32_t count;   /* how many it stands for */
} be_trace_slice;

/* Time in which a phase was open on some thread and none of its children on any. */
typedef struct be_trace_gap {
    size_t row;         /* the phase; SIZE_MAX: time under no span at all */
    const char *after;  /* the child that ended there; NULL: the phase began */
    const char *before; /* the child that began at its end; NULL: the phase ended */
    uint64_t begin_ns, end_ns;
    double on_cpu; /* part of it that its threads ran, as sampled; NaN without a sample */
} be_trace_gap;

/* Totals beside the tree. Every ns figure of one report is on one clock. */
typedef struct be_trace_totals {
    uint64_t wall_ns;        /* first span's begin to last span's end (to now while one is open) */
    uint64_t unaccounted_ns; /* wall not covered by any root span */
    uint64_t spans;
    uint64_t dropped;     /* spans lost because memory ran out */
    uint64_t overhead_ns; /* the cost of looking: spans * measured price of one span, and
                             sampler_ns */
    uint64_t sampler_ns;  /* CPU time of the sampler */
    uint64_t samples;     /* rounds of the sampler over all threads */
    uint64_t period_ns;   /* between two of them lately; 0: no sampler */
    uint64_t outside_samples, outside_on_ns, outside_off_ns; /* samples under no span */
    uint64_t spans_resolution_ns, states_resolution_ns; /* of the timeline; 0: all is told apart */
    uint64_t slices_lost;                               /* stretches that no room was left for */
    uint64_t counters[BE_COUNTER_COUNT];
    unsigned threads; /* threads with a state account */
} be_trace_totals;

typedef struct be_trace_thread {
    const char *name; /* "caller 0", "worker 1", ...: also the name of its track */
    uint64_t life_ns; /* equals the sum of state_ns */
    uint64_t state_ns[BE_STATE_COUNT];
} be_trace_thread;

typedef struct be_trace_report be_trace_report;

/* A snapshot of what was recorded so far; threads may go on. Free with be_trace_report_destroy. */
BE_API BE_CHECK be_status be_tracer_report(be_tracer *tracer, be_trace_report **report);
BE_API void be_trace_report_destroy(be_trace_report *report);
BE_API size_t be_trace_report_rows(const be_trace_report *report, const be_trace_row **rows);
BE_API size_t be_trace_report_threads(const be_trace_report *report,
                                      const be_trace_thread **threads);
BE_API const be_trace_totals *be_trace_report_totals(const be_trace_report *report);

/* The timeline, by track, then by begin, the outer of two spans first. A span or a state that is
 * open goes on to the end of the report. Empty without be_tracer_config.slices. */
BE_API size_t be_trace_report_tracks(const be_trace_report *report, const char *const **names);
BE_API size_t be_trace_report_spans(const be_trace_report *report, const be_trace_slice **slices);
BE_API size_t be_trace_report_states(const be_trace_report *report, const be_trace_slice **slices);

/* The longest gaps, at most 32, longest first. */
BE_API size_t be_trace_report_gaps(const be_trace_report *report, const be_trace_gap **gaps);

/* What stands out. */
typedef enum be_finding_kind {
    BE_FINDING_GAP,     /* much of a phase, or of everything, is under no span */
    BE_FINDING_WAITING, /* the threads in a phase mostly wait */
    BE_FINDING_CROWDED, /* the threads in a phase are mostly pushed off the CPU by others */
    BE_FINDING_IDLE,    /* of the threads that worked in a phase, some mostly had nothing to do */
    BE_FINDING_LOOKING  /* looking itself costs more than a hundredth */
} be_finding_kind;

enum { BE_FINDING_SIZE = 240, BE_FINDINGS_MAX = 16 };

typedef struct be_trace_finding {
    be_finding_kind kind;
    size_t row;                 /* the phase; SIZE_MAX: none */
    uint64_t ns;                /* how much; of WAITING and IDLE a sum over threads */
    char text[BE_FINDING_SIZE]; /* a sentence */
} be_trace_finding;

BE_API const char *be_finding_name(be_finding_kind kind); /* "gap", ... */

/* What is worth at least a twentieth of the wall time, most first; returns how many. */
BE_API size_t be_trace_findings(const be_trace_report *report,
                                be_trace_finding findings[BE_FINDINGS_MAX]);

/* The report as plain text for a terminal: the tree of phases, with a row "unaccounted" under each
 * phase that has children, what stands out, the top self-times, then states of threads, counters,
 * the cost of looking, preemption.
 * Calls line(user, text) for each line, in order, without a newline at its end. */
typedef void be_trace_line(void *user, const char *text);
BE_API void be_trace_render(const be_trace_report *report, be_trace_line *line, void *user);

/* Nanoseconds of CLOCK_MONOTONIC, from the time stamp counter where it is steady. */
BE_API uint64_t be_now_ns(void);

typedef struct be_clock_info {
    bool counter; /* ticks are the CPU's own counter, found steady; else CLOCK_MONOTONIC's ns */
    double ns_per_tick; /* calibrated against CLOCK_MONOTONIC */
    double read_ns;     /* price of one reading: half that of a span */
} be_clock_info;

/* Measures: takes about a millisecond. */
BE_API void be_clock_describe(be_clock_info *info);

/* Whether hardware event counters (instructions, cycles) work for this process: BE_OK, or
 * BE_ESYSTEM with why not in *error (may be NULL). */
BE_API BE_CHECK be_status be_counters_check(be_error *error);

#ifdef __cplusplus
}
#endif
#endif
