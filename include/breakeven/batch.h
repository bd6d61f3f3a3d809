/* batch.h: run a function over n items, in parallel only when that pays.
 *
 *     static const be_site SITE = BE_SITE("prices");
 *
 *     static be_status body(void *ctx, size_t begin, size_t end, be_worker *worker)
 *     {
 *         struct prices *p = ctx;
 *         for (size_t i = begin; i < end; i++) {
 *             p->out[i] = price(p->in[i]);
 *         }
 *         return BE_OK;
 *     }
 *
 *     be_for(engine, &SITE, n, body, &prices, NULL);
 *
 * The engine measures what an item costs at this site and what handing work over costs on this
 * machine at this moment, and invites a helper only when the rest of the loop repays it. The caller
 * always works itself; a helper that has not started when the caller is done is un-invited, never
 * waited for. Results never depend on how the items were split: a body writes to places that belong
 * to its items, reductions run over fixed blocks in fixed order, random numbers depend on
 * (seed, item). Helpers take over the caller's rounding and denormal mode.
 *
 * Aim: beyond a few nanoseconds a call, the total of all calls of a process takes at most 1.03
 * times the sequential loop plus 25 ms, whatever else the machine is doing. docs/engine.md has what
 * was measured, also where it was missed.
 *
 * A running loop takes about 10 KiB of its caller's stack, one inside another as much again.
 *
 * Every function may be called from any thread, and from inside a body: an inner loop runs at once
 * and lends work to idle helpers only; waiting threads help only with what they wait for. A child
 * of fork() may go on using an engine made before it; it starts with no helpers. From inside a body
 * only a child that goes on to exec or _exit may be forked: the loop it was in has lost its
 * threads.
 */
#ifndef BREAKEVEN_BATCH_H
#define BREAKEVEN_BATCH_H

#include <breakeven/base.h>
#include <breakeven/trace.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct be_engine be_engine;
typedef struct be_worker be_worker;

/* A place in the program that calls a loop: what is learned is kept per site, in the engine. It
 * must outlive the engine and its tracer; a static const object is meant. A traced call that is not
 * too short to be timed is a span of the phase, which BE_SITE names after the site. */
typedef struct be_site {
    const char *name;
    be_phase phase; /* without a name there is no span */
} be_site;
#define BE_SITE(name)                                                                              \
    {                                                                                              \
        name,                                                                                      \
        {                                                                                          \
            name, false                                                                            \
        }                                                                                          \
    }

/* ---- the engine ----------------------------------------------------------------------------- */

typedef struct be_engine_config {
    size_t size;                   /* sizeof(be_engine_config) */
    unsigned workers;              /* threads that may work on one loop, the caller counted;
                                      0: max(1, min(affinity, floor(cgroup quota))). More than the
                                      machine has is obeyed, and shown in be_engine_info. */
    const be_allocator *allocator; /* NULL: malloc */
    size_t memory_cap;             /* bytes the engine may hold at once; 0: no cap */
    be_tracer *tracer;             /* may be NULL; must outlive the engine */
    size_t scratch_bytes;          /* arena of each worker; 0: 1 MiB, reserved on first use */
} be_engine_config;

/* Make an engine. Starts no thread and calibrates nothing: a program whose loops never pay for a
 * helper pays nothing for having one. config may be NULL. */
BE_API BE_CHECK be_status be_engine_create(const be_engine_config *config, be_engine **engine);

/* Ends its helpers and runs the fini of every worker slot. No loop may be running. May be NULL. */
BE_API void be_engine_destroy(be_engine *engine);

typedef enum be_limit {
    BE_LIMIT_AFFINITY, /* the CPUs this process may run on */
    BE_LIMIT_QUOTA,    /* the cgroup's CPU quota */
    BE_LIMIT_CONFIG    /* be_engine_config.workers */
} be_limit;

typedef struct be_engine_info {
    unsigned workers;         /* threads a loop may use now, the caller counted */
    be_limit limit;           /* what decided it */
    unsigned affinity;        /* CPUs in the affinity mask */
    double quota;             /* CPUs of the tightest cgroup quota; 0 when there is none */
    unsigned threads_started; /* helper threads alive */
    uint64_t memory;          /* bytes held */
    double clock_ns_per_tick; /* 0 before anything was timed */
    uint64_t hot_ns;          /* learned cost of handing work to a helper that is spinning */
    uint64_t cold_ns;         /* ... to one that is asleep */
    int64_t credit_ns;        /* what may be lost to hand-overs before loops stay sequential */
} be_engine_info;

BE_API void be_engine_describe(be_engine *engine, be_engine_info *info);
BE_API be_tracer *be_engine_tracer(be_engine *engine);

/* ---- decisions ------------------------------------------------------------------------------ */

/* How a loop may be run. A forced decision is obeyed even when it loses. */
typedef enum be_schedule {
    BE_SCHEDULE_AUTO,
    BE_SCHEDULE_SEQUENTIAL, /* one call of the body */
    BE_SCHEDULE_STATIC,     /* n / workers items each, no stealing */
    BE_SCHEDULE_DYNAMIC     /* every claim takes `grain` items */
} be_schedule;

typedef struct be_force {
    be_schedule schedule;
    unsigned workers; /* caller counted; 0: as many as the engine has. May exceed the CPUs. */
    size_t grain;     /* items a claim; 0: the engine's choice */
} be_force;

typedef enum be_reason {
    BE_REASON_NONE,
    BE_REASON_SHORT,     /* predicted work does not repay a hand-over */
    BE_REASON_PAYS,      /* it does */
    BE_REASON_PROMOTED,  /* it turned out to, while running */
    BE_REASON_DEBT,      /* the credit for hand-overs is used up */
    BE_REASON_NO_HELPER, /* all helpers are busy, or the engine has none */
    BE_REASON_NO_GAIN,   /* helpers were tried here and the loop was not faster (memory-bound) */
    BE_REASON_TRIAL,     /* run alone this once, to see what helpers gain here */
    BE_REASON_FORCED,    /* be_force said so */
    BE_REASON_COUNT
} be_reason;

/* One English sentence for a reason. */
BE_API const char *be_reason_text(be_reason reason);

/* What was decided for one loop, and what came of it. */
typedef struct be_decision {
    const be_site *site;
    uint64_t call; /* number of this call at its site, from 0 */
    size_t items;
    double predicted_ns;  /* wall time; 0 on a site's first call */
    double sequential_ns; /* predicted wall time had it stayed sequential */
    double actual_ns;
    unsigned invited; /* helpers asked */
    unsigned used;    /* threads that ran at least one item, the caller counted */
    size_t grain;     /* items of the largest claim */
    be_reason reason;
    be_force replay; /* pass as be_for_options.force to run it this way again */
} be_decision;

/* Copy the newest decisions, oldest first, at most `capacity`; returns how many. The engine keeps
 * the last 4,096. Calls too short to be timed leave none; be_site_stats counts them. */
BE_API size_t be_engine_decisions(be_engine *engine, be_decision *decisions, size_t capacity);

typedef struct be_site_stats {
    uint64_t calls;    /* all calls (some are missed when threads call at the same instant) */
    uint64_t timed;    /* of them, calls that left a decision */
    uint64_t parallel; /* of them, calls in which a helper ran items */
    uint64_t items;    /* items of all calls */
    double item_ns;    /* learned sequential cost of an item */
} be_site_stats;

BE_API void be_engine_site(be_engine *engine, const be_site *site, be_site_stats *stats);

/* Run every loop of this engine this way from now on; NULL: decide again. */
BE_API void be_engine_force(be_engine *engine, const be_force *force);

/* ---- the loop ------------------------------------------------------------------------------- */

/* Does items [begin, end). What it writes must depend on the items alone. On failure it returns
 * be_fail(worker, item, status), having finished the items of its range before `item`. */
typedef be_status be_body(void *ctx, size_t begin, size_t end, be_worker *worker);

typedef struct be_for_options {
    size_t size;             /* sizeof(be_for_options) */
    const be_cancel *cancel; /* may be NULL; looked at every 20 us or every item, what is longer */
    uint64_t deadline_ns;    /* on be_now_ns's clock; 0: none */
    const be_force *force;   /* NULL: the engine's */
    be_error *error;         /* may be NULL */
    size_t *done;            /* may be NULL; always written: items [0, *done) are complete. n on
                                success; the failing item after an error */
} be_for_options;

/* Run body over [0, n). options may be NULL.
 * Returns BE_OK, BE_ECANCEL, BE_EDEADLINE, or the status of the failing item with the lowest index:
 * items below it are complete, for any schedule. Allocates nothing once its site is known. */
BE_API BE_CHECK be_status be_for(be_engine *engine, const be_site *site, size_t n, be_body *body,
                                 void *ctx, const be_for_options *options);

/* Name the item that failed; returns status. */
BE_API be_status be_fail(be_worker *worker, size_t item, be_status status);

/* Scratch of this worker: by value, so it is whole again for the next call of the body. Empty when
 * there was no memory for it: takes then return NULL. */
BE_API be_arena be_worker_scratch(be_worker *worker);

/* True when the loop was cancelled or its deadline is over: a body with long items may look, and
 * then returns be_fail(worker, item, BE_ECANCEL) for the first item it did not do. */
BE_API bool be_worker_cancelled(const be_worker *worker);

BE_API be_engine *be_worker_engine(const be_worker *worker);

/* State that each thread sets up once and keeps for the life of the engine (tables, library
 * contexts). A slot is a static object like a site. */
typedef struct be_slot {
    const char *name;
    size_t size;                                /* bytes, zeroed before init */
    be_status (*init)(void *state, void *user); /* may be NULL */
    void (*fini)(void *state);                  /* may be NULL; run by be_engine_destroy */
} be_slot;

/* The state of slot for this worker, made on first use, with `user` handed to init. Nobody else has
 * it while the body runs, an inner loop of the same thread included; later loops meet it again, so
 * there are as many as workers that ever ran at the same time. */
BE_API BE_CHECK be_status be_worker_slot(be_worker *worker, const be_slot *slot, void *user,
                                         void **state);

/* ---- on top of the loop --------------------------------------------------------------------- */

/* What follows runs be_for with a body of its own around the caller's function, which fails as a
 * body does: by be_fail with one of the items it was given. Each takes its memory from the engine's
 * allocator and gives it back, and may return BE_ENOMEM. options may be NULL; *done and error.item
 * count the caller's items. */

/* Fill *accumulator, zeroed by the engine before, from items [begin, end). */
typedef be_status be_leaf(void *ctx, size_t begin, size_t end, void *accumulator,
                          be_worker *worker);
/* Fold `right`, of later items, into `left`. */
typedef void be_join(void *ctx, void *left, const void *right);

/* Reduce [0, n) in blocks of `block` items (the last may be shorter), folded left to right by
 * index: the same bits for any schedule, the sequential one included. `block` is part of the
 * result's definition (>= 1, else BE_EINVAL); an accumulator is never joined with a zeroed one that
 * saw no item. result has result_size bytes and is zeroed when n is 0. Memory: result_size, rounded
 * up to 64, for each of at most 4,096 blocks at a time. */
BE_API BE_CHECK be_status be_reduce(be_engine *engine, const be_site *site, size_t n, size_t block,
                                    be_leaf *leaf, be_join *join, void *ctx, size_t result_size,
                                    void *result, const be_for_options *options);

/* Produce up to `capacity` items at items[0, capacity), each of the stream's item size; *count == 0
 * ends the stream. Called by one thread at a time, in order; after a failure not again. */
typedef be_status be_source(void *ctx, void *items, size_t capacity, size_t *count);
/* Do items [begin, end) of a window: items[begin] is item first + begin of the stream. What fails
 * is named by its index in the window. */
typedef be_status be_sink(void *ctx, const void *items, size_t first, size_t begin, size_t end,
                          be_worker *worker);

/* Run sink over the items of a source made on demand, at most max_in_flight (>= 1, else BE_EINVAL)
 * at a time. *done and error.item count from the stream's start; when the source fails, what it had
 * produced is done first, and error.item is the item that did not come. */
BE_API BE_CHECK be_status be_stream(be_engine *engine, const be_site *site, be_source *source,
                                    be_sink *sink, void *ctx, size_t item_size,
                                    size_t max_in_flight, const be_for_options *options);

/* Set hits[i - begin] to 1 where item i satisfies the predicate; all start at 0. */
typedef be_status be_predicate(void *ctx, size_t begin, size_t end, uint8_t *hits,
                               be_worker *worker);

/* The k lowest items of [0, n) that satisfy a predicate, ascending, whatever the schedule: writes
 * found[0, *count), *count <= k; *done is the k-th plus one, or n. Items past the k-th are looked
 * at in vain, by one thread an eighth more than were needed, by several about twice as many;
 * whether they fail does not matter. After a failure found holds the hits in [0, *done). */
BE_API BE_CHECK be_status be_first(be_engine *engine, const be_site *site, size_t n,
                                   be_predicate *predicate, void *ctx, size_t k, size_t *found,
                                   size_t *count, const be_for_options *options);

/* The key of item i: bytes that stay what and where they are until the call returns. Called from
 * any thread, more than once for an item. */
typedef void be_key(void *ctx, size_t i, const void **bytes, size_t *size);

/* Find equal items: first[i] is the lowest j <= i with the same key as i (hashed to 128 bits, then
 * compared in full). unique[0, *count) are the items with first[i] == i, ascending; unique may be
 * NULL. Takes at most 32 bytes an item meanwhile. n is below 2^32 - 1 (BE_ELIMIT). Expected time
 * linear in n. */
BE_API BE_CHECK be_status be_dedup(be_engine *engine, const be_site *site, size_t n, be_key *key,
                                   void *ctx, size_t *first, size_t *unique, size_t *count);

/* A memo: what the caller passes to remember results across loops. get returns true and writes
 * value[0, value_size) when the key (compared in full) is known. Both from any thread. */
typedef struct be_memo {
    bool (*get)(void *user, const void *key, size_t key_size, void *value, size_t value_size);
    void (*put)(void *user, const void *key, size_t key_size, const void *value, size_t value_size);
    void *user;
} be_memo;

/* A memo in memory that takes `bytes` (>= 4096, else BE_EINVAL) at once, for its index and as many
 * of the newest entries as fit. One too large for a shard of it, a sixteenth at the least, is not
 * kept. allocator may be NULL. */
typedef struct be_memo_table be_memo_table;
BE_API BE_CHECK be_status be_memo_table_create(const be_allocator *allocator, size_t bytes,
                                               be_memo_table **table);
BE_API void be_memo_table_destroy(be_memo_table *table); /* may be NULL */
BE_API be_memo be_memo_table_memo(be_memo_table *table);

/* Compute values[i * value_size] for n items with keys: duplicates among them are computed once,
 * known ones are taken from memo (may be NULL), the rest run through body, whose indices are items
 * of the original n but only those that must be computed, one range [i, i + 1) at a time. stats
 * (may be NULL) tells what was saved. Takes at most 49 bytes an item meanwhile. */
typedef struct be_map_stats {
    size_t duplicates;
    size_t memo_hits;
    size_t computed;
} be_map_stats;

BE_API BE_CHECK be_status be_map_unique(be_engine *engine, const be_site *site, size_t n,
                                        be_key *key, const be_memo *memo, be_body *body, void *ctx,
                                        void *values, size_t value_size, be_map_stats *stats,
                                        const be_for_options *options);

/* ---- workloads ------------------------------------------------------------------------------ */

/* Where a workload shows its result: called in order, by one thread. */
typedef struct be_presenter {
    void *user;
    /* A fact: "period", "65535". */
    void (*fact)(void *user, const char *label, const char *value);
    /* A table: begin, then every cell row by row, then end. */
    void (*table_begin)(void *user, const char *title, const char *const *columns,
                        size_t n_columns);
    void (*table_cell)(void *user, const char *text);
    void (*table_end)(void *user);
    /* A picture of cells 0-9 (the ARC colours), row by row. */
    void (*picture)(void *user, const char *title, size_t rows, size_t columns,
                    const uint8_t *cells);
} be_presenter;

typedef struct be_workload_request {
    size_t n; /* size, in the workload's own unit */
    uint64_t seed;
    const char *input;             /* a polynomial, a folder, ...; NULL: the workload's own */
    const be_allocator *allocator; /* for everything the instance holds */
} be_workload_request;

/* What study, the demo and the distributed runner know of a domain. */
typedef struct be_workload {
    size_t size;           /* sizeof(be_workload) */
    const char *name;      /* "lfsr.cycles" */
    const char *summary;   /* one line */
    const char *size_unit; /* "states": what n counts */
    size_t demo_small;     /* a size at which parallel loses */
    size_t demo_large;     /* one at which two CPUs win */
    /* Bytes an instance of size n will hold; BE_ELIMIT with *error when n cannot be. */
    be_status (*bytes)(const be_workload_request *request, uint64_t *bytes, be_error *error);
    be_status (*create)(const be_workload_request *request, void **instance, be_error *error);
    void (*destroy)(void *instance); /* may be given NULL */
    /* Items of the instance's main loop: what encode and decode count. */
    size_t (*items)(const void *instance);
    /* Do the whole work; may be called again, and gives the same result. */
    be_status (*run)(be_engine *engine, void *instance, const be_for_options *options);
    /* Hash of the result of the last run. */
    be_hash128 (*digest)(const void *instance);
    void (*present)(const void *instance, const be_presenter *presenter);
    /* Results of items [begin, end) to bytes and back; encode returns the size it needs, and writes
     * only when capacity suffices. Both may be NULL where results are not per item. */
    size_t (*encode)(const void *instance, size_t begin, size_t end, void *bytes, size_t capacity);
    be_status (*decode)(void *instance, size_t begin, size_t end, const void *bytes, size_t size);
} be_workload;

/* What a library given to `breakeven study --load` exports: a list ended by NULL. */
#define BE_WORKLOADS_SYMBOL "be_workloads"
typedef const be_workload *const be_workload_list[];

#ifdef __cplusplus
}
#endif
#endif
