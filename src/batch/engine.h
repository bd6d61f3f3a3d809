/* batch/engine.h: the engine's own structures.
 *
 *   engine --- sites      what was learned at each place that calls a loop
 *          |-- parties    every thread that may work: helpers for good, callers by lease
 *          '-- job        one running loop, on the stack of the thread that called it
 *                '-- shares   one range of items for each thread in it
 *
 * A helper is reached through its party's mailbox, which lives as long as the engine. A helper may
 * touch a job only between accepting it there and taking it out; the caller returns only when its
 * job is in no mailbox any more. So nothing on a caller's stack is ever touched
 * after the call.
 */
#ifndef BE__BATCH_ENGINE_H
#define BE__BATCH_ENGINE_H

#include <breakeven/batch.h>

#include <pthread.h>
#include <stdatomic.h>

#include "base/base.h"
#include "batch/toolkit.h"
#include "os/cpus.h"
#include "trace/account.h"

enum {
    BE__LINE = 64,              /* bytes that travel between CPUs together */
    BE__PARTIES_PER_LOOP = 128, /* threads in one loop, the caller counted */
    BE__COST_CLASSES = 32,      /* item counts of two octaves share one learned cost */
    BE__FRONT_SITES = 16,       /* a power of two */
    BE__LETTERS = 2,            /* jobs in a mailbox: at work on, and next in line */
    BE__DECISIONS = 4096,
    BE__RECORDS_PER_BLOCK = 64
};

#define BE__COST_LEAST 1e-3f /* a coarse clock may see none */
#define BE__COST_MOST 3e38f  /* anything above stands for "not known" */

/* ---- what was learned at a site ---- */

struct be__site_state {
    _Alignas(BE__LINE) const be_site *site;
    /* All that a call far too short for a helper needs, on this line: one of n items, n in
     * [short_least, short_least + short_span), is one call of the body without a clock, as long as
     * `untimed` lasts. The range is the part of the size class met last that is short. */
    _Atomic size_t short_least, short_span;
    _Atomic int64_t untimed, granted; /* calls left, of so many, until one is timed again */
    /* Statistics; plain counts, some lost when threads call the same site at the same instant. */
    _Atomic uint64_t items;
    _Atomic uint64_t counted; /* calls, without those of the present grant */
    _Atomic uint64_t timed;
    _Atomic uint64_t parallel;
    /* Ticks an item costs on one thread, by size class of the call; infinite: not known. `last` is
     * the observation before, for the median of three that makes the next one. */
    _Atomic float cost[BE__COST_CLASSES];
    _Atomic float last[BE__COST_CLASSES];
    /* Cost of an item in the dearest claim over the mean: how fine claims must get at the end. */
    _Atomic float unevenness, last_unevenness;
    /* Body time of an item with one helper at work over body time alone: 1 when threads do not
     * hinder one another, 2 when two are no faster than one. Measured where a few calls alone are
     * followed by calls together, and in trials: number `next_trial` of the calls that could go
     * parallel, ever fewer. `streak` counts calls in a row, alone up, together down. */
    _Atomic float inflation, last_inflation;
    _Atomic float suspect; /* an inflation seen once, too high to be believed at once; 0: none */
    _Atomic uint32_t could_go, next_trial;
    _Atomic int streak;
};

struct be__site_table {
    struct be__site_table *older; /* smaller ones that readers may still walk */
    size_t mask;
    _Atomic(struct be__site_state *) slot[];
};

/* ---- threads ---- */

enum be__party_state {
    BE__AWAY,    /* at work, or not leased */
    BE__LOOKING, /* spinning on its mailbox */
    BE__PARKED,  /* asleep on its epoch */
    BE__WAITING  /* spinning in a join: takes descendants of its job only */
};

struct be__slot_state {
    struct be__slot_state *next;
    const be_slot *slot;
    void *memory;
};

struct be__party {
    /* Written by whoever invites. */
    _Alignas(BE__LINE) _Atomic uintptr_t mail[BE__LETTERS]; /* 0, a job, or a job | BE__ACCEPTED */
    _Atomic uint32_t state;                                 /* enum be__party_state */
    _Atomic uint32_t epoch;                                 /* what it sleeps on */
    _Atomic int cpu;                                        /* where it last looked from */
    /* Its own, or under the engine's lock. */
    _Alignas(BE__LINE) be_engine *engine;
    void *start;                 /* of its memory */
    struct be__party *all_next;  /* every party of the engine */
    struct be__party *free_next; /* leased parties that are free */
    struct be__slot_state *slots;
    void *scratch;
    const volatile uint64_t *_Atomic witness; /* a helper's preemption witness; NULL: none */
    pthread_t thread;
    unsigned number;                      /* of a helper, from 1: its name in reports */
    uint64_t anchor_ticks, anchor_cpu_ns; /* its clocks at the last look; 0: never */
    _Atomic int thread_id;
    _Atomic int avoids;          /* the CPU its affinity mask leaves out, or BE__NOT_MOVED, ... */
    _Atomic uint32_t idle_spins; /* spins in a row that found no mail */
};

enum { BE__ACCEPTED = 1 };

/* Values of be__party.avoids that are not a CPU. */
enum { BE__NOT_MOVED = -1, BE__NEXT_TO_CALLER = -2 };

/* ---- one running loop ---- */

/* A range of units [begin, end) in one word, so that owner and thief agree by one compare and swap;
 * a unit is one item unless there are more than 2^32. Ranges never come back, so a word that still
 * has the value one read is still the same range. */
struct be__share {
    _Alignas(BE__LINE) _Atomic uint64_t range;
    /* Written by the thread that works on it, read by the caller after the join. */
    uint64_t busy;        /* ticks in the body */
    uint64_t clean_busy;  /* of them, of claims in which the thread kept its CPU */
    uint32_t clean_units; /* units of those claims */
    uint32_t units;
    uint32_t largest; /* units of the largest claim */
    uint32_t claims;
    float dearest;   /* ticks a unit of the dearest clean claim */
    uint16_t steals; /* each halves a range, so they are few */
    uint16_t status; /* be_status of failed_item, the lowest that failed here */
    uint64_t real;   /* ticks in the body and on the CPU, as far as can be told */
    size_t failed_item;
};
_Static_assert(sizeof(struct be__share) == BE__LINE, "a share must not touch its neighbours' line");

struct be__call;

struct be__job {
#ifdef BE_SCHEDULE_FUZZ
    uint32_t lives;
#endif
    be_engine *engine;
    be_body *body;
    void *ctx;
    size_t n;
    size_t unit;                   /* items a unit */
    const be_for_options *options; /* may be NULL */
    struct be__site_state *site;
    struct be__job *parent;            /* the loop whose body called this one */
    struct be__job **home;             /* the calling thread's innermost loop */
    struct be__call *call;             /* the calling thread's view */
    uint64_t units;                    /* of the whole loop */
    _Atomic(struct be__party *) owner; /* the caller's party; NULL until it needs one */
    uint64_t deadline_ns;
    be__span_context context; /* under which guests' spans belong */
    uint32_t float_mode;
    uint32_t fixed_grain;     /* units a claim; 0: by time */
    bool fixed_shares;        /* nobody steals: a static split */
    bool one_share;           /* all claim from share 0 */
    double cost;              /* expected ticks a unit; 0: not known */
    double claim_ticks;       /* the most that one claim should take, */
    double least_claim_ticks; /* and the least, where there is a choice */
    double steal_ticks;       /* work below this is not worth a steal */
    _Atomic int stop;         /* BE_OK, BE_ECANCEL or BE_EDEADLINE */
    _Atomic size_t limit;     /* items from here on are not wanted: one before them failed */
    _Atomic unsigned n_shares;
    unsigned n_guests;
    struct be__party *guest[BE__PARTIES_PER_LOOP - 1]; /* guest g works on share g + 1 */
    struct be__share share[BE__PARTIES_PER_LOOP];
};

struct be_worker {
    be_engine *engine;
    struct be__party *party; /* leased when the body first asks for scratch or a slot */
    struct be__job *job;     /* NULL on the shortest path */
    size_t failed_item;
};

/* A decision as it is kept, in ticks. */
struct be__record {
    const be_site *site;
    uint64_t items;
    uint64_t grain;
    float predicted, sequential, actual;
    uint32_t call;
    uint16_t invited, used;
    uint8_t reason, schedule; /* a be_schedule: how it was forced, or AUTO */
};

struct be_engine {
    /* Read by every call. */
    _Alignas(BE__LINE) _Atomic(struct be__site_table *) sites;
    _Atomic float short_ticks; /* work below this is not even timed */
    _Atomic bool forced;
    uint32_t *process; /* a page the kernel clears in the child of a fork; see pool.c */
    be_tracer *tracer;

    /* Sites met lately, by some bits of their address: the only line of the engine that a short
     * call reads. `homeless` stands for none. */
    _Alignas(BE__LINE) _Atomic(struct be__site_state *) front[BE__FRONT_SITES];

    /* Learned; ticks. Read and written by timed calls. */
    _Alignas(BE__LINE) _Atomic double hot; /* handing over to a helper that is looking */
    _Atomic double cold;                   /* ... to one that is parked */
    _Atomic double wake;                   /* the system call, on the caller's side */
    _Atomic int64_t credit;
    int64_t most_credit;
    _Atomic uint64_t dense;      /* sequential ticks of calls close together, helpers asleep */
    _Atomic uint64_t last_end;   /* when a timed call last ended */
    _Atomic uint64_t warm_after; /* dense ticks that are worth a warm-up wake */
    _Atomic uint64_t checked;    /* when the worker count was last looked at; 0: never */
    _Atomic unsigned workers;    /* threads a loop may use; 0: not looked at */
    _Atomic unsigned n_helpers;
    _Atomic int n_awake; /* helpers not asleep: without one a hand-over is a cold one */
    double start_cost;   /* of making a helper, in the same ticks */

    /* Rarely touched. */
    pthread_mutex_t lock;      /* sites and parties */
    pthread_mutex_t pool_lock; /* starting helpers, and the four lines after config_workers */
    be_allocator allocator;
    size_t memory_cap;
    _Atomic size_t memory;
    size_t scratch_bytes;
    void *start; /* of its memory */
    unsigned config_workers;
    uint64_t no_thread_until;       /* ticks; after a thread could not be made */
    double guessed_ticks_per_ns;    /* until the clock is calibrated */
    struct be__site_state homeless; /* for sites there was no memory for */
    be_limit limit;
    unsigned affinity;
    double quota_cpus;
    be__quota quota;
    be__thread_mask mask;
    be_force force;
    struct be__party *parties;
    struct be__party *free_parties;
    _Atomic(struct be__party *) handy_party; /* the one that was free last, without the lock */
    _Atomic(void *) records[BE__DECISIONS / BE__RECORDS_PER_BLOCK];
    _Atomic uint64_t n_records;
    _Atomic bool quit;
    _Atomic(struct be__party *) helper[BE__PARTIES_PER_LOOP - 1];
};

/* site.c */
be_status be__sites_init(be_engine *engine);
void be__site_state_init(struct be__site_state *state, const be_site *site);
/* The state of a site, or NULL when it has none yet. */
struct be__site_state *be__site_find(be_engine *engine, const be_site *site);
struct be__site_state *be__site_find_or_add(be_engine *engine, const be_site *site);
/* No call is short until the next one has looked whether loops are forced. Under the engine's lock.
 */
void be__sites_forget_short(be_engine *engine);
void be__sites_destroy(be_engine *engine);

/* Where the site is, if it was met lately. */
static inline _Atomic(struct be__site_state *) *be__site_front(be_engine *engine,
                                                               const be_site *site)
{
    uintptr_t at = (uintptr_t)site / sizeof *site;
    return &engine->front[(at ^ at / BE__FRONT_SITES) % BE__FRONT_SITES];
}

/* All calls of the site so far. */
static inline uint64_t be__site_calls(const struct be__site_state *state)
{
    return atomic_load_explicit(&state->counted, memory_order_relaxed) +
           (uint64_t)(atomic_load_explicit(&state->granted, memory_order_relaxed) -
                      atomic_load_explicit(&state->untimed, memory_order_relaxed));
}

/* Ticks an item costs in calls of this size class; 0: not known. */
static inline double be__cost_known(const struct be__site_state *site, unsigned class)
{
    float cost = atomic_load_explicit(&site->cost[class], memory_order_relaxed);
    return cost <= BE__COST_MOST ? (double)cost : 0;
}

/* The same, from the nearest class that is known. */
static inline double be__cost_guess(const struct be__site_state *site, unsigned class)
{
    double cost = be__cost_known(site, class);
    for (unsigned off = 1; cost <= 0 && off < BE__COST_CLASSES; off++) {
        cost = class >= off ? be__cost_known(site, class - off) : 0;
        if (cost <= 0 && class + off < BE__COST_CLASSES) {
            cost = be__cost_known(site, class + off);
        }
    }
    return cost;
}

/* Size class of a call: two octaves each. */
static inline unsigned be__cost_class(size_t n)
{
    return (unsigned)(63 - __builtin_clzll((unsigned long long)n)) >> 1;
}

/* party.c */
struct be__party *be__party_lease(be_engine *engine); /* NULL: out of memory */
void be__party_return(struct be__party *party);
/* A helper's CPU clock is looked at when it wakes, and when a long claim lost the CPU: of `ticks`
 * since then, those it had the CPU. Without a clock reading, `guess` of them. */
void be__party_anchor(struct be__party *party);
uint64_t be__party_real(struct be__party *party, uint64_t ticks, double guess);
void be__parties_destroy(be_engine *engine);

/* pool.c */
/* At the start of every call that is not short: mends the engine in the child of a fork. */
void be__pool_check_process(be_engine *engine);
/* How many threads a loop may use, at least 1; looked at again when that is older than a second,
 * since a quota can change. */
unsigned be__pool_check_workers(be_engine *engine);
/* Helper number `index`, started when `create`; NULL when there is none. */
struct be__party *be__pool_helper(be_engine *engine, unsigned index, bool create);
/* A job in the mailbox, waiting or at work on. */
bool be__pool_has_mail(const struct be__party *party);
/* At work on another job, with nothing next in line. */
bool be__pool_may_queue(const struct be__party *party, const struct be__job *job);
/* Write the job into the party's mailbox and wake it if it sleeps; false when there is no room. */
bool be__pool_invite(struct be__job *job, struct be__party *party, int cpu, bool *woken);
/* Take the job out of the mailbox before the party has started on it. */
bool be__pool_uninvite(struct be__party *party, struct be__job *job);
/* Not in the mailbox any more: the party will not touch it again. */
bool be__pool_has_left(const struct be__party *party, const struct be__job *job);
/* Take part in a job in one's own mailbox, if there is one; a caller waiting in `within` only in
 * what descends from that. */
bool be__pool_take_mail(struct be__party *self, const struct be__job *within);
/* Sleep until notified, unless ready(what) says there is no need. */
void be__pool_park(struct be__party *party, bool (*ready)(const void *), const void *what);
/* Wake the party if it sleeps, after a sequentially consistent write it is looking for. */
bool be__pool_notify(struct be__party *party);
void be__pool_wake(struct be__party *party);
/* Ticks to spin for somebody before going to sleep: about what the wake-up will cost. */
uint64_t be__pool_patience(be_engine *engine);
/* Make a sleeping helper look for mail for a while. */
void be__pool_warm(struct be__party *party, int cpu);
/* Move a preempted guest to the caller's CPU. */
void be__pool_rescue(struct be__party *party, int cpu);
void be__pool_stop(be_engine *engine);

/* decision.c */
void be__record_add(be_engine *engine, const struct be__record *record);
void be__records_destroy(be_engine *engine);

/* loop.c */
void be__loop_join_in(struct be__job *job, struct be__party *party, const struct be__job *within);

#endif
