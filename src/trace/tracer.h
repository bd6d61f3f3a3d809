/* trace/tracer.h: how a tracer is built.
 *
 *     thread  --spans, marks-->  lane: a ring of 16-byte records  --fold-->  one tree of nodes
 *
 * A thread writes records to its own lane and touches nothing shared. When its ring is full, it
 * takes the tracer's lock and folds the rings of all lanes, merged by time, into the tree. Since
 * the fold sees the spans of all threads in the order in which they happened, the union of a
 * phase's spans over threads is counted as it goes by: a node knows how many spans of it and of its
 * children are open, and adds up the time during which that is not zero. No interval is ever
 * stored, and nothing is approximated but the median.
 *
 * Beside the tree the fold keeps, where asked for, what a picture over time needs: slices of the
 * timeline and the longest gaps (timeline.c). The sampler is one more thread with a lane: what it
 * saw of another thread is merged by time like everything else, and so meets that thread's stack as
 * it was at that instant.
 *
 *     record.what   low three bits 0, 1: a be_phase pointer | BE__BEGIN, BE__NEXT
 *                   low three bits 7:    payload << 8 | one of the other kinds
 *
 * Merging is exact as long as a thread publishes a record before a later record of another thread
 * is folded. A fold only takes records up to its own beginning; a thread that was preempted between
 * reading the clock and publishing may still come late. Its record then counts from the merged
 * clock on, so that every identity of a report holds; wall is off by the lateness.
 */
#ifndef BE__TRACE_TRACER_H
#define BE__TRACE_TRACER_H

#include "base/base.h"
#include "trace/account.h"

#include <pthread.h>

enum {
    BE__RING = 2048,         /* records of a lane; a power of two */
    BE__RECORDS_AT_ONCE = 3, /* the most that one call writes */
    BE__CPU_NESTED = 16,     /* nested phases that may ask for CPU time */
    BE__BUCKETS = 496        /* of durations: see bucket_of */
};

enum be__kind {
    BE__BEGIN = 0, /* a span of the phase */
    BE__NEXT = 1,  /* the end of one and the begin of another */
    BE__END = 0x07,
    BE__MARK = 0x0f,    /* payload: be_state */
    BE__CONTEXT = 0x17, /* payload: serial */
    BE__ADOPT = 0x1f,   /* payload: lane << 32 | serial */
    BE__LEAVE = 0x27,
    BE__CPU = 0x2f, /* payload: the thread CPU clock, in ns, for the record that follows */
    BE__LOST =
        0x37, /* the thread lost its CPU since the record before; payload: thread CPU clock */
    BE__SAMPLE = 0x3f /* payload: slot of another lane << BE__SAMPLE_BITS | ns its thread was on the
                         CPU since its last sample */
};

enum { BE__SAMPLE_BITS = 36, BE__LOST_BLOCKED = 1 };

struct be__record {
    uint64_t tick;
    uint64_t what;
};

/* A phase at its place in the tree. Times are ticks. */
struct be__node {
    const be_phase *phase; /* NULL: the root */
    struct be__node *parent, *first_child, *last_child, *next;
    struct be__node *recent; /* child that was entered last */
    size_t id;
    unsigned threads;
    uint32_t slice; /* where its newest slice may be */
    uint64_t count, preempted;
    /* Integrals up to `since`. */
    uint64_t since;
    uint64_t active, children_active; /* frames open now, over all threads */
    uint64_t wall, busy, covered;     /* of active > 0; of active; of both > 0 */
    uint64_t cpu_ns;
    uint64_t waiting;   /* of busy: blocked, or in the engine's join */
    uint64_t displaced; /* of busy: pushed off the CPU */
    /* Since when no child of it is open, while it is; the child that was open last, NULL at its
     * beginning; what samples saw in that time. */
    uint64_t bare_since;
    const struct be__node *left;
    uint64_t bare_on, bare_all; /* ns */
    /* Of samples whose innermost span it was. */
    uint64_t samples;
    uint64_t sampled_on, sampled_all; /* ns */
    /* Of the spans that ended. */
    uint64_t ended, first, shortest, longest;
    uint64_t *histogram; /* [BE__BUCKETS], from the second on; NULL without memory, too */
};

enum be__frame_kind {
    BE__FRAME_SPAN,
    BE__FRAME_ADOPTED, /* entered on behalf of the thread whose context was adopted */
    BE__FRAME_MARKER,  /* the bottom of what was adopted; not an entry of its node */
    BE__FRAME_DROPPED  /* a span without memory for its node; the node is its parent's */
};

struct be__frame {
    struct be__node *node;
    uint64_t begin;
    uint64_t cpu_begin;
    uint32_t context; /* serial of the newest context taken with this frame on top; 0: none */
    uint8_t kind;
    bool has_cpu;
    bool preempted;
};

enum { BE__NAME_SIZE = 24 };

/* What is kept of a thread with a state account or slices, also after its end. */
struct be__life {
    struct be__life *next;
    char name[BE__NAME_SIZE];
    bool accounted;
    uint32_t track; /* its index among lives */
    uint64_t ticks[BE_STATE_COUNT];
    uint32_t slice[BE_STATE_COUNT]; /* where its newest slice of that state may be */
};

/* A part of the timeline, in ticks from the tracer's origin; what: a node's id, or a be_state. */
struct be__log {
    be_trace_slice *slices;
    uint32_t *table; /* for be__slices_coarsen */
    size_t n, capacity;
    uint64_t resolution;
    uint64_t least; /* what is shorter is left out */
    uint64_t lost;  /* how many were */
};

enum { BE__GAPS = 32 };

struct be__gap {
    const struct be__node *node, *after, *before; /* the last two NULL at an end of node */
    uint64_t begin, end;
    uint64_t on, all; /* ns that samples saw in it */
};

/* The thread that samples: under `lock` of its own, which is taken before the tracer's. */
struct be__sampler {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    pthread_t thread;
    bool runs, stop;
    uint64_t period_ns;
    uint64_t looks; /* atomic, as what follows: rounds over all threads */
    uint64_t cpu_ns;
    uint64_t stretched_ns; /* the period that its own cost allows */
};

struct be__lane {
    /* The owning thread's, except where said. */
    be_tracer *tracer;
    uint64_t generation; /* the tracer's, when depth and what follows was last reset */
    size_t head;         /* records ever written; release by the owner, acquire by the fold */
    size_t limit;        /* there is room while head <= limit */
    unsigned worker;     /* 0: a caller */
    unsigned depth;
    unsigned n_cpu;
    unsigned cpu_depth[BE__CPU_NESTED]; /* depths of the open phases that ask for CPU time */
    uint32_t contexts;
    long blocked; /* times it gave up its CPU, when that was told last */
    bool accounted;
    be_state state;
    uint64_t counters[BE_COUNTER_COUNT]; /* relaxed: read by reports */
    struct be__record ring[BE__RING];
    /* The fold's: under the tracer's lock, except where said. */
    size_t tail; /* records ever folded; release by the fold, acquire by the owner */
    size_t end;  /* head as this fold saw it */
    uint32_t slot;
    struct be__frame *frames;
    size_t n_frames, frames_capacity;
    size_t unpushed; /* frames for which there was no memory, above the top one */
    uint64_t *seen;  /* bit set of the nodes this lane has been in */
    size_t seen_words;
    bool cpu_known; /* by the record before */
    uint64_t cpu_now;
    struct be__life *life;
    bool in_state;
    be_state folded_state;
    uint64_t state_since;
    uint64_t state_off; /* ticks off the CPU since then */
    bool cpu_based;
    uint64_t cpu_base;      /* the CPU clock ... */
    uint64_t cpu_base_tick; /* ... at this tick; on the CPU ever since, but for what LOST tells */
    /* The sampler's, under the tracer's lock. */
    clockid_t cpu_clock; /* of the owning thread; written before the lane is listed */
    bool samples;        /* it belongs to the sampler itself */
    bool sampled;
    uint64_t sampled_cpu_ns;
    uint64_t sampled_tick; /* the fold's */
};

struct be_tracer {
    struct be_tracer_switch power;
    uint64_t generation; /* unique in the process; new each time it is switched on */
    uint64_t dropped;    /* atomic */
    const be_allocator *allocator;
    pthread_key_t key;         /* the thread's lane */
    be_tracer *before, *after; /* all tracers, for fork */
    pthread_mutex_t lock;      /* over all below */
    struct be__lane **lanes;   /* [n_slots], with holes */
    struct be__lane **heap;    /* [n_slots], the fold's */
    size_t n_slots;
    struct be__node root;
    size_t n_nodes; /* without the root */
    struct be__life *first_life, *last_life;
    size_t n_lives;
    unsigned n_callers;
    uint64_t clock;                      /* tick of the last record folded */
    uint64_t wall_at_last_end;           /* root.wall when its last child ended */
    uint64_t counters[BE_COUNTER_COUNT]; /* of lanes that ended; atomic */
    bool begun;
    uint64_t origin; /* tick at which it was first switched on */
    struct be__log spans, states;
    struct be__gap gaps[BE__GAPS];
    size_t n_gaps;
    uint64_t gap_floor; /* what is not longer is not kept */
    struct be__sampler sampler;
};

/* fold.c, all under the lock. Fold what the lanes hold, or throw it away when the tracer is off;
 * returns now, at or after the merged clock. */
uint64_t be__fold(be_tracer *tracer);
/* Close all that a lane has open. */
void be__fold_close(struct be__lane *lane, uint64_t tick);
/* Bring integrals of node and states of lane up to tick. */
void be__fold_advance(struct be__node *node, uint64_t tick);
void be__fold_settle(struct be__lane *lane, uint64_t tick);
/* The middle of the durations in a bucket. */
uint64_t be__bucket_middle(size_t bucket);

/* The life of a lane's thread, made on first use; NULL without memory. */
struct be__life *be__fold_life(struct be__lane *lane);

/* timeline.c, under the lock. */
be_status be__log_init(struct be__log *log, const be_allocator *allocator, size_t capacity);
void be__log_clear(struct be__log *log, const be_allocator *allocator);
/* Add a stretch; *hint is where the newest slice of that track and that `what` may be. Stretches
 * shorter than the resolution join their neighbour; a full log is coarsened first. */
void be__log_add(struct be__log *log, uint32_t *hint, uint32_t track, uint32_t what, uint64_t begin,
                 uint64_t end);
/* No child of node was open since node->bare_since; now one is (before), or it ends (NULL). */
void be__gap_close(be_tracer *tracer, struct be__node *node, const struct be__node *before,
                   uint64_t tick);

/* sampler.c. Stop ends the sampler, if it runs; a child of fork forgets it. */
void be__sampler_init(be_tracer *tracer);
void be__sampler_destroy(be_tracer *tracer); /* stopped */
void be__sampler_stop(be_tracer *tracer);
void be__sampler_forget(be_tracer *tracer);
/* span.c: samples of all lanes, into the calling thread's. */
void be__sample_lanes(be_tracer *tracer);

/* tracer.c: this thread's lane, made on first use; NULL when memory ran out. */
struct be__lane *be__lane_find(be_tracer *tracer, unsigned worker);
/* span.c: the calling thread's lane is about to go. */
void be__lane_forget(const struct be__lane *lane);

#endif
