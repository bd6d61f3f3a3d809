/* tracer.c: tracers, their lanes, and what happens to both when a thread ends or the process forks.
 *
 * A thread finds its lane through a thread-specific key of the tracer, whose destructor folds and
 * releases the lane when the thread ends. All tracers are in one list, for fork alone: it must not
 * happen in the middle of a fold, and in the child the lanes of the other threads have no owner.
 */
#include "trace/tracer.h"

#include "os/clock.h"
#include "os/rseq.h"

#include <stddef.h>
#include <string.h>

const char *be_counter_name(be_counter counter)
{
    static const char *const names[BE_COUNTER_COUNT] = {
        [BE_COUNT_ITEMS] = "items",
        [BE_COUNT_CALLS] = "calls",
        [BE_COUNT_PARALLEL] = "parallel calls",
        [BE_COUNT_DUPLICATES] = "duplicates",
        [BE_COUNT_MEMO_HITS] = "memo hits",
        [BE_COUNT_CLAIMS] = "claims",
        [BE_COUNT_STEALS] = "steals",
        [BE_COUNT_WAKES] = "wakes",
        [BE_COUNT_UNINVITED] = "uninvited",
        [BE_COUNT_RESCUES] = "rescues",
    };
    return (unsigned)counter < BE_COUNTER_COUNT ? names[counter] : "unknown counter";
}

const char *be_state_name(be_state state)
{
    static const char *const names[BE_STATE_COUNT] = {
        [BE_STATE_BODY] = "body",       [BE_STATE_CLAIM] = "claim",
        [BE_STATE_STEAL] = "steal",     [BE_STATE_WAKE] = "wake",
        [BE_STATE_JOIN] = "join",       [BE_STATE_SPIN] = "spin",
        [BE_STATE_PARKED] = "parked",   [BE_STATE_PREEMPTED] = "preempted",
        [BE_STATE_OUTSIDE] = "outside",
    };
    return (unsigned)state < BE_STATE_COUNT ? names[state] : "unknown state";
}

/* ---- lanes ---------------------------------------------------------------------------------- */

/* Under the lock. */
static void release_lane(struct be__lane *lane)
{
    be_tracer *tracer = lane->tracer;
    for (int i = 0; i < BE_COUNTER_COUNT; i++) {
        uint64_t count = __atomic_load_n(&lane->counters[i], __ATOMIC_RELAXED);
        __atomic_fetch_add(&tracer->counters[i], count, __ATOMIC_RELAXED);
    }
    tracer->lanes[lane->slot] = NULL;
    be__release(tracer->allocator, lane->frames, lane->frames_capacity, sizeof *lane->frames);
    be__release(tracer->allocator, lane->seen, lane->seen_words, sizeof *lane->seen);
    be__release(tracer->allocator, lane, 1, sizeof *lane);
}

static void end_of_thread(void *argument)
{
    struct be__lane *lane = argument;
    be_tracer *tracer = lane->tracer;
    be__lane_forget(lane);
    pthread_mutex_lock(&tracer->lock);
    be__fold_close(lane, be__fold(tracer));
    release_lane(lane);
    pthread_mutex_unlock(&tracer->lock);
}

/* Under the lock: a slot without a lane; n_slots when there is none and no memory for more. */
static size_t free_slot(be_tracer *tracer)
{
    size_t n = tracer->n_slots, slot = 0;
    while (slot < n && tracer->lanes[slot]) {
        slot++;
    }
    if (slot < n) {
        return slot;
    }
    size_t more = n ? 2 * n : 8;
    struct be__lane **lanes =
        be__allocate_zeroed(tracer->allocator, more, sizeof(struct be__lane *));
    struct be__lane **heap =
        be__allocate_zeroed(tracer->allocator, more, sizeof(struct be__lane *));
    if (!lanes || !heap) {
        be__release(tracer->allocator, lanes, more, sizeof *lanes);
        be__release(tracer->allocator, heap, more, sizeof *heap);
        return n;
    }
    for (size_t i = 0; i < n; i++) {
        lanes[i] = tracer->lanes[i];
    }
    be__release(tracer->allocator, tracer->lanes, n, sizeof *lanes);
    be__release(tracer->allocator, tracer->heap, n, sizeof *heap);
    tracer->lanes = lanes;
    tracer->heap = heap;
    tracer->n_slots = more;
    return n;
}

struct be__lane *be__lane_find(be_tracer *tracer, unsigned worker)
{
    struct be__lane *lane = pthread_getspecific(tracer->key);
    if (lane) {
        return lane;
    }
    lane = be__allocate_zeroed(tracer->allocator, 1, sizeof *lane);
    if (!lane) {
        return NULL;
    }
    lane->tracer = tracer;
    lane->worker = worker;
    lane->limit = BE__RING - 2 * (size_t)BE__RECORDS_AT_ONCE;
    pthread_getcpuclockid(pthread_self(), &lane->cpu_clock);
    pthread_mutex_lock(&tracer->lock);
    size_t slot = free_slot(tracer);
    bool made = slot < tracer->n_slots && pthread_setspecific(tracer->key, lane) == 0;
    if (made) {
        lane->slot = (uint32_t)slot;
        tracer->lanes[slot] = lane;
    }
    pthread_mutex_unlock(&tracer->lock);
    if (!made) {
        be__release(tracer->allocator, lane, 1, sizeof *lane);
        return NULL;
    }
    return lane;
}

/* ---- fork ----------------------------------------------------------------------------------- */

static struct {
    pthread_mutex_t lock;
    be_tracer *first;
} all = {PTHREAD_MUTEX_INITIALIZER, NULL};

static void before_fork(void)
{
    pthread_mutex_lock(&all.lock);
    for (be_tracer *tracer = all.first; tracer; tracer = tracer->after) {
        pthread_mutex_lock(&tracer->sampler.lock);
        pthread_mutex_lock(&tracer->lock);
    }
}

static void after_fork(void)
{
    for (be_tracer *tracer = all.first; tracer; tracer = tracer->after) {
        pthread_mutex_unlock(&tracer->lock);
        pthread_mutex_unlock(&tracer->sampler.lock);
    }
    pthread_mutex_unlock(&all.lock);
}

static void after_fork_in_child(void)
{
    for (be_tracer *tracer = all.first; tracer; tracer = tracer->after) {
        struct be__lane *survivor = pthread_getspecific(tracer->key);
        be__sampler_forget(tracer);
        if (survivor) {
            pthread_getcpuclockid(pthread_self(), &survivor->cpu_clock);
        }
        uint64_t now = be__fold(tracer);
        for (size_t i = 0; i < tracer->n_slots; i++) {
            struct be__lane *lane = tracer->lanes[i];
            if (lane && lane != survivor) {
                be__fold_close(lane, now);
                release_lane(lane);
            }
        }
    }
    after_fork();
}

static void watch_forks(void)
{
    pthread_atfork(before_fork, after_fork, after_fork_in_child);
}

/* ---- tracers -------------------------------------------------------------------------------- */

/* From 1, never twice in a process; a thread's cache is 0 when it holds nothing. */
static uint64_t new_generation(void)
{
    static uint64_t last;
    return __atomic_add_fetch(&last, 1, __ATOMIC_RELAXED);
}

enum { SLICES_MIN = 64 };

be_status be_tracer_create(const be_tracer_config *config, be_tracer **tracer)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, watch_forks);
    const be_allocator *allocator =
        config && config->allocator ? config->allocator : be_allocator_default();
    bool newer = config && config->size >= offsetof(be_tracer_config, slices) + sizeof(size_t);
    size_t slices = newer ? config->slices : 0;
    slices = slices == 0 || slices > SLICES_MIN ? slices : SLICES_MIN;
    if (slices > UINT32_MAX / 2) {
        return BE_EINVAL;
    }
    be_tracer *t = be__allocate_zeroed(allocator, 1, sizeof *t);
    if (!t) {
        return BE_ENOMEM;
    }
    t->allocator = allocator;
    t->generation = new_generation();
    if (pthread_key_create(&t->key, end_of_thread) != 0) {
        be__release(allocator, t, 1, sizeof *t);
        return BE_ESYSTEM;
    }
    if (slices && (be__log_init(&t->spans, allocator, slices) ||
                   be__log_init(&t->states, allocator, slices))) {
        be__log_clear(&t->spans, allocator);
        be__log_clear(&t->states, allocator);
        pthread_key_delete(t->key);
        be__release(allocator, t, 1, sizeof *t);
        return BE_ENOMEM;
    }
    pthread_mutex_init(&t->lock, NULL);
    be__sampler_init(t);
    pthread_mutex_lock(&all.lock);
    t->after = all.first;
    if (t->after) {
        t->after->before = t;
    }
    all.first = t;
    pthread_mutex_unlock(&all.lock);
    *tracer = t;
    return BE_OK;
}

static void release_children(be_tracer *tracer)
{
    struct be__node *node = tracer->root.first_child;
    while (node) {
        if (node->first_child) { /* its children first: cut them off, and come back */
            struct be__node *last = node->last_child;
            last->next = node->next;
            node->next = node->first_child;
            node->first_child = NULL;
            continue;
        }
        struct be__node *next = node->next;
        be__release(tracer->allocator, node->histogram, BE__BUCKETS, sizeof *node->histogram);
        be__release(tracer->allocator, node, 1, sizeof *node);
        node = next;
    }
}

void be_tracer_destroy(be_tracer *tracer)
{
    if (!tracer) {
        return;
    }
    be__sampler_stop(tracer);
    pthread_mutex_lock(&all.lock);
    *(tracer->before ? &tracer->before->after : &all.first) = tracer->after;
    if (tracer->after) {
        tracer->after->before = tracer->before;
    }
    pthread_mutex_unlock(&all.lock);
    pthread_key_delete(tracer->key);
    for (size_t i = 0; i < tracer->n_slots; i++) {
        if (tracer->lanes[i]) {
            release_lane(tracer->lanes[i]);
        }
    }
    be__release(tracer->allocator, tracer->lanes, tracer->n_slots, sizeof *tracer->lanes);
    be__release(tracer->allocator, tracer->heap, tracer->n_slots, sizeof *tracer->heap);
    release_children(tracer);
    for (struct be__life *life = tracer->first_life, *next; life; life = next) {
        next = life->next;
        be__release(tracer->allocator, life, 1, sizeof *life);
    }
    be__log_clear(&tracer->spans, tracer->allocator);
    be__log_clear(&tracer->states, tracer->allocator);
    be__sampler_destroy(tracer);
    pthread_mutex_destroy(&tracer->lock);
    be__release(tracer->allocator, tracer, 1, sizeof *tracer);
}

void be_tracer_enable(be_tracer *tracer, bool on)
{
    be__witness_available(); /* from here on, threads look at it */
    pthread_mutex_lock(&tracer->lock);
    if (on && !be_tracer_on(tracer)) {
        uint64_t now = be__fold(tracer); /* throws away what came in after the last switch */
        tracer->origin = tracer->begun ? tracer->origin : now;
        tracer->begun = true;
        __atomic_store_n(&tracer->generation, new_generation(), __ATOMIC_RELAXED);
        __atomic_store_n(&tracer->power.on, 1, __ATOMIC_RELAXED);
    } else if (!on && be_tracer_on(tracer)) {
        uint64_t now = be__fold(tracer);
        for (size_t i = 0; i < tracer->n_slots; i++) {
            if (tracer->lanes[i]) {
                be__fold_close(tracer->lanes[i], now);
            }
        }
        tracer->root.wall = tracer->wall_at_last_end;
        tracer->root.active = 0;
        __atomic_store_n(&tracer->power.on, 0, __ATOMIC_RELAXED);
    }
    pthread_mutex_unlock(&tracer->lock);
}
