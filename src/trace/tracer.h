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
    BE__LOST = 0x37 /* the thread lost its CPU since the record before; payload: thread CPU clock,
                       or 0 when it has no state account */
};

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
    uint64_t count, preempted;
    /* Integrals up to `since`. */
    uint64_t since;
    uint64_t active, children_active; /* frames open now, over all threads */
    uint64_t wall, busy, covered;     /* of active > 0; of active; of both > 0 */
    uint64_t cpu_ns;
    /* Of the spans that ended. */
    uint64_t ended, shortest, longest;
    uint64_t histogram[BE__BUCKETS];
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

/* What is kept of a thread with a state account, also after its end. */
struct be__life {
    struct be__life *next;
    char name[24];
    uint64_t ticks[BE_STATE_COUNT];
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
    uint64_t state_off;     /* ticks off the CPU since then */
    uint64_t cpu_base;      /* the CPU clock ... */
    uint64_t cpu_base_tick; /* ... at this tick; on the CPU ever since, but for what LOST tells */
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

/* tracer.c: this thread's lane, made on first use; NULL when memory ran out. */
struct be__lane *be__lane_find(be_tracer *tracer, unsigned worker);
/* span.c: the calling thread's lane is about to go. */
void be__lane_forget(const struct be__lane *lane);

#endif
