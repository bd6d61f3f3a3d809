/* fold.c: records into the tree, all lanes merged by time.
 *
 * The fold takes the records up to the moment it began. A lane's records are in order, so a heap of
 * lanes by their next record gives the merged order; the lane on top is read for as long as it
 * stays ahead of the next, which for a single thread is one straight run.
 */
#include "trace/tracer.h"

#include "os/clock.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* ---- durations ------------------------------------------------------------------------------ */

/* Eight buckets to a power of two, one to a tick below 8: the middle of a bucket is within 1/16 of
 * any duration in it. */
static size_t bucket_of(uint64_t ticks)
{
    if (ticks < 8) {
        return (size_t)ticks;
    }
    unsigned shift = 60 - (unsigned)__builtin_clzll(ticks);
    return shift * 8 + (size_t)(ticks >> shift);
}

uint64_t be__bucket_middle(size_t bucket)
{
    if (bucket < 8) {
        return bucket;
    }
    unsigned shift = (unsigned)(bucket / 8) - 1;
    uint64_t low = (uint64_t)(bucket - 8 * (size_t)shift) << shift;
    return low + ((UINT64_C(1) << shift) >> 1);
}

/* ---- the tree ------------------------------------------------------------------------------- */

static inline void advance(struct be__node *node, uint64_t tick)
{
    uint64_t passed = node->active ? tick - node->since : 0;
    node->since = tick;
    node->wall += passed;
    node->busy += passed * node->active;
    node->covered += node->children_active ? passed : 0;
}

void be__fold_advance(struct be__node *node, uint64_t tick)
{
    advance(node, tick);
}

static struct be__node *child_of(be_tracer *tracer, struct be__node *parent, const be_phase *phase)
{
    if (BE__LIKELY(parent->recent && parent->recent->phase == phase)) {
        return parent->recent;
    }
    struct be__node *child = parent->first_child;
    while (child && child->phase != phase) {
        child = child->next;
    }
    if (!child) {
        child = be__allocate_zeroed(tracer->allocator, 1, sizeof *child);
        if (!child) {
            return NULL;
        }
        child->phase = phase;
        child->parent = parent;
        child->id = tracer->n_nodes++;
        child->shortest = UINT64_MAX;
        child->since = tracer->clock;
        *(parent->last_child ? &parent->last_child->next : &parent->first_child) = child;
        parent->last_child = child;
    }
    parent->recent = child;
    return child;
}

/* Note that the lane has been in node; false when there is no memory to note it. */
static bool count_thread(struct be__lane *lane, struct be__node *node)
{
    size_t word = node->id / 64;
    if (BE__UNLIKELY(word >= lane->seen_words)) {
        size_t words = 2 * word + 2;
        uint64_t *seen = be__allocate_zeroed(lane->tracer->allocator, words, sizeof *seen);
        if (!seen) {
            return false;
        }
        if (lane->seen) {
            memcpy(seen, lane->seen, lane->seen_words * sizeof *seen);
        }
        be__release(lane->tracer->allocator, lane->seen, lane->seen_words, sizeof *seen);
        lane->seen = seen;
        lane->seen_words = words;
    }
    uint64_t bit = UINT64_C(1) << node->id % 64;
    node->threads += !(lane->seen[word] & bit);
    lane->seen[word] |= bit;
    return true;
}

static inline void open_gap(struct be__node *node, const struct be__node *left, uint64_t tick)
{
    node->bare_since = tick;
    node->left = left;
    node->bare_on = node->bare_all = 0;
}

static inline void enter(be_tracer *tracer, struct be__node *node, uint64_t tick)
{
    struct be__node *parent = node->parent;
    advance(node, tick);
    advance(parent, tick);
    if (parent->active && parent->children_active == 0) {
        be__gap_close(tracer, parent, node, tick);
    }
    if (node->active++ == 0) {
        open_gap(node, NULL, tick);
    }
    parent->children_active++;
    tracer->root.active = 1; /* until switched off; what follows the last span is cut again */
}

static inline void leave(be_tracer *tracer, struct be__node *node, uint64_t tick)
{
    struct be__node *parent = node->parent;
    advance(node, tick);
    advance(parent, tick);
    if (--node->active == 0 && node->first_child && node->children_active == 0) {
        be__gap_close(tracer, node, NULL, tick);
    }
    if (--parent->children_active == 0) {
        open_gap(parent, node, tick);
    }
    if (parent == &tracer->root && parent->children_active == 0) {
        tracer->wall_at_last_end = parent->wall;
    }
}

/* ---- frames --------------------------------------------------------------------------------- */

/* A new frame on top; NULL when there is no memory, or was none for one below. */
static struct be__frame *push(struct be__lane *lane)
{
    if (lane->unpushed == 0 && lane->n_frames == lane->frames_capacity) {
        const be_allocator *allocator = lane->tracer->allocator;
        size_t capacity = lane->frames_capacity ? 2 * lane->frames_capacity : 32;
        struct be__frame *frames = be__allocate(allocator, capacity, sizeof *frames);
        if (frames) {
            if (lane->frames) {
                memcpy(frames, lane->frames, lane->n_frames * sizeof *frames);
            }
            be__release(allocator, lane->frames, lane->frames_capacity, sizeof *frames);
            lane->frames = frames;
            lane->frames_capacity = capacity;
        }
    }
    if (lane->unpushed > 0 || lane->n_frames == lane->frames_capacity) {
        return NULL;
    }
    assert(lane->frames); /* as n_frames < frames_capacity */
    struct be__frame *frame = &lane->frames[lane->n_frames++];
    *frame = (struct be__frame){0};
    return frame;
}

static struct be__frame *top_of(struct be__lane *lane)
{
    return lane->n_frames ? &lane->frames[lane->n_frames - 1] : NULL;
}

static void drop(be_tracer *tracer)
{
    __atomic_fetch_add(&tracer->dropped, 1, __ATOMIC_RELAXED);
}

static void begin(struct be__lane *lane, const be_phase *phase, uint64_t tick)
{
    be_tracer *tracer = lane->tracer;
    struct be__frame *top = top_of(lane);
    struct be__node *parent = top ? top->node : &tracer->root;
    struct be__frame *frame = push(lane);
    if (!frame) {
        lane->unpushed++;
        drop(tracer);
        return;
    }
    struct be__node *node = child_of(tracer, parent, phase);
    if (!node || !count_thread(lane, node)) {
        drop(tracer);
        frame->kind = BE__FRAME_DROPPED;
        frame->node = parent;
        return;
    }
    frame->kind = BE__FRAME_SPAN;
    frame->node = node;
    frame->begin = tick;
    frame->has_cpu = lane->cpu_known && phase->cpu;
    frame->cpu_begin = lane->cpu_now;
    enter(tracer, node, tick);
    node->count++;
}

static void log_span(struct be__lane *lane, const struct be__frame *frame, uint64_t tick)
{
    be_tracer *tracer = lane->tracer;
    const struct be__life *life = tracer->spans.capacity ? be__fold_life(lane) : NULL;
    if (life) {
        be__log_add(&tracer->spans, &frame->node->slice, life->track, (uint32_t)frame->node->id,
                    frame->begin - tracer->origin, tick - tracer->origin);
    }
}

/* Most phases of a large tree are met once: one duration needs no histogram. */
static void count_duration(be_tracer *tracer, struct be__node *node, uint64_t ticks)
{
    if (BE__UNLIKELY(node->ended == 2 && !node->histogram)) {
        node->histogram = be__allocate_zeroed(tracer->allocator, BE__BUCKETS, sizeof(uint64_t));
        if (node->histogram) {
            uint64_t first = node->first;
            node->histogram[bucket_of(first)]++;
        }
    }
    if (node->histogram) {
        node->histogram[bucket_of(ticks)]++;
    }
}

/* Close the top frame, of any kind. */
static void pop(struct be__lane *lane, uint64_t tick)
{
    const struct be__frame *frame = &lane->frames[--lane->n_frames];
    struct be__node *node = frame->node;
    if (frame->kind == BE__FRAME_SPAN || frame->kind == BE__FRAME_ADOPTED) {
        leave(lane->tracer, node, tick);
        log_span(lane, frame, tick);
    }
    if (frame->kind == BE__FRAME_SPAN) {
        uint64_t ticks = tick - frame->begin;
        node->first = node->ended++ == 0 ? ticks : node->first;
        node->shortest = ticks < node->shortest ? ticks : node->shortest;
        node->longest = ticks > node->longest ? ticks : node->longest;
        count_duration(lane->tracer, node, ticks);
        node->preempted += frame->preempted;
        if (frame->has_cpu && lane->cpu_known) {
            node->cpu_ns += lane->cpu_now - frame->cpu_begin;
        }
    }
    if (frame->preempted && lane->n_frames) {
        top_of(lane)->preempted = true;
    }
}

/* The end of a span; ignored where none is open, or none since the adoption. */
static void end(struct be__lane *lane, uint64_t tick)
{
    struct be__frame *top = top_of(lane);
    if (lane->unpushed > 0) {
        lane->unpushed--;
    } else if (top && (top->kind == BE__FRAME_SPAN || top->kind == BE__FRAME_DROPPED)) {
        pop(lane, tick);
    }
}

/* ---- adoption ------------------------------------------------------------------------------- */

/* The node of the frame that was on top when the context was taken, if that is still open: serials
 * grow, so it is the lowest frame whose newest context is not older. */
static struct be__node *context_node(be_tracer *tracer, uint64_t payload)
{
    uint32_t slot = (uint32_t)(payload >> 32), serial = (uint32_t)payload;
    struct be__lane *lane = slot < tracer->n_slots ? tracer->lanes[slot] : NULL;
    for (size_t i = 0; lane && i < lane->n_frames; i++) {
        uint32_t newest = lane->frames[i].context;
        if (newest != 0 && newest - serial < UINT32_MAX / 2) {
            return lane->frames[i].node;
        }
    }
    return &tracer->root;
}

static bool is_in(const struct be__lane *lane, const struct be__node *node)
{
    for (size_t i = 0; i < lane->n_frames; i++) {
        if (lane->frames[i].node == node && lane->frames[i].kind != BE__FRAME_MARKER) {
            return true;
        }
    }
    return node->parent == NULL;
}

/* Enter node, after those above it, as far as the lane is not in them. */
static void enter_path(struct be__lane *lane, struct be__node *node, uint64_t tick)
{
    if (is_in(lane, node)) {
        return;
    }
    enter_path(lane, node->parent, tick);
    struct be__frame *frame = push(lane);
    if (!frame || !count_thread(lane, node)) {
        drop(lane->tracer);
    }
    if (frame) {
        frame->node = node;
        frame->kind = BE__FRAME_ADOPTED;
        frame->begin = tick;
        enter(lane->tracer, node, tick);
    }
}

static void adopt(struct be__lane *lane, uint64_t payload, uint64_t tick)
{
    struct be__node *node = context_node(lane->tracer, payload);
    struct be__frame *marker = push(lane);
    if (!marker) {
        lane->unpushed++;
        drop(lane->tracer);
        return;
    }
    marker->kind = BE__FRAME_MARKER;
    marker->node = node;
    enter_path(lane, node, tick);
}

/* Close all down to the marker of the newest adoption; ignored where there is none. */
static void leave_adopted(struct be__lane *lane, uint64_t tick)
{
    if (lane->unpushed > 0) {
        lane->unpushed--;
        return;
    }
    size_t marker = lane->n_frames;
    while (marker > 0 && lane->frames[marker - 1].kind != BE__FRAME_MARKER) {
        marker--;
    }
    while (marker > 0 && lane->n_frames >= marker) {
        pop(lane, tick);
    }
}

/* ---- states --------------------------------------------------------------------------------- */

/* That long the lane's thread did not run in all that it has open. */
static void wait_in_frames(struct be__lane *lane, uint64_t ticks, bool blocked)
{
    for (size_t i = 0; i < lane->n_frames; i++) {
        const struct be__frame *frame = &lane->frames[i];
        if (frame->kind == BE__FRAME_SPAN || frame->kind == BE__FRAME_ADOPTED) {
            *(blocked ? &frame->node->waiting : &frame->node->displaced) += ticks;
        }
    }
}

static bool waits(be_state state)
{
    return state == BE_STATE_JOIN || state == BE_STATE_SPIN || state == BE_STATE_PARKED;
}

void be__fold_settle(struct be__lane *lane, uint64_t tick)
{
    if (!lane->in_state) {
        return;
    }
    uint64_t passed = tick - lane->state_since, off = 0;
    be_tracer *tracer = lane->tracer;
    if (waits(lane->folded_state)) {
        wait_in_frames(lane, passed, true);
    }
    if (tracer->states.capacity) {
        be__log_add(&tracer->states, &lane->life->slice[lane->folded_state], lane->life->track,
                    lane->folded_state, lane->state_since - tracer->origin, tick - tracer->origin);
    }
    if (lane->folded_state == BE_STATE_BODY) {
        off = lane->state_off < passed ? lane->state_off : passed;
    }
    lane->life->ticks[BE_STATE_PREEMPTED] += off;
    lane->life->ticks[lane->folded_state] += passed - off;
    lane->state_since = tick;
    lane->state_off = 0;
}

/* The thread was off the CPU somewhere since the last time this was told or its clock was first
 * read; everything it did between was on the CPU, so the difference of the clocks is the time it
 * was not. Their rates may differ a little: 1/1024 is taken off, which makes it a lower bound. */
static void lose_cpu(struct be__lane *lane, uint64_t payload, uint64_t tick)
{
    uint64_t cpu_ns = payload >> 1;
    struct be__frame *top = top_of(lane);
    if (top && lane->cpu_based) {
        top->preempted = true;
    }
    if (lane->cpu_based) {
        uint64_t passed = tick - lane->cpu_base_tick;
        double on = (double)(cpu_ns - lane->cpu_base) / be__ns_per_tick();
        uint64_t at_least = passed - passed / 1024;
        double off = (double)at_least - on;
        uint64_t ticks = off > 0 ? (uint64_t)off : 0;
        lane->state_off += lane->in_state ? ticks : 0;
        if (!lane->in_state || !waits(lane->folded_state)) {
            wait_in_frames(lane, ticks, payload & BE__LOST_BLOCKED);
        }
    }
    lane->cpu_based = true;
    lane->cpu_base = cpu_ns;
    lane->cpu_base_tick = tick;
}

struct be__life *be__fold_life(struct be__lane *lane)
{
    be_tracer *tracer = lane->tracer;
    if (lane->life) {
        return lane->life;
    }
    struct be__life *life = be__allocate_zeroed(tracer->allocator, 1, sizeof *life);
    if (!life) {
        return NULL;
    }
    if (lane->worker) {
        snprintf(life->name, sizeof life->name, "worker %u", lane->worker);
    } else {
        snprintf(life->name, sizeof life->name, "caller %u", tracer->n_callers++);
    }
    life->track = (uint32_t)tracer->n_lives++;
    *(tracer->last_life ? &tracer->last_life->next : &tracer->first_life) = life;
    tracer->last_life = life;
    lane->life = life;
    return life;
}

static void mark(struct be__lane *lane, be_state state, uint64_t tick)
{
    if (!be__fold_life(lane)) {
        drop(lane->tracer);
        return;
    }
    lane->life->accounted = true;
    if (!lane->in_state) {
        lane->in_state = true;
        lane->state_since = tick;
        lane->state_off = 0;
    }
    be__fold_settle(lane, tick);
    lane->folded_state = state;
}

/* ---- samples -------------------------------------------------------------------------------- */

static void sample(be_tracer *tracer, uint64_t payload, uint64_t tick)
{
    uint64_t slot = payload >> BE__SAMPLE_BITS;
    uint64_t on = payload & ((UINT64_C(1) << BE__SAMPLE_BITS) - 1);
    struct be__lane *lane = slot < tracer->n_slots ? tracer->lanes[slot] : NULL;
    if (!lane) {
        return;
    }
    if (lane->sampled_tick) {
        struct be__frame *top = top_of(lane);
        struct be__node *node = top ? top->node : &tracer->root;
        uint64_t all = (uint64_t)((double)(tick - lane->sampled_tick) * be__ns_per_tick());
        on = on < all ? on : all;
        node->samples++;
        node->sampled_on += on;
        node->sampled_all += all;
        node->bare_on += on;
        node->bare_all += all;
    }
    lane->sampled_tick = tick;
}

/* ---- merging -------------------------------------------------------------------------------- */

static enum be__kind kind_of(uint64_t what)
{
    return (enum be__kind)((what & 7) == 7 ? what & 0xff : what & 7);
}

static void fold_record(struct be__lane *lane, struct be__record record)
{
    be_tracer *tracer = lane->tracer;
    uint64_t tick = record.tick > tracer->clock ? record.tick : tracer->clock;
    tracer->clock = tick;
    const be_phase *phase = (const be_phase *)(uintptr_t)(record.what & ~(uint64_t)7);
    uint64_t payload = record.what >> 8;
    switch (kind_of(record.what)) {
    case BE__BEGIN:
        begin(lane, phase, tick);
        break;
    case BE__NEXT:
        end(lane, tick);
        begin(lane, phase, tick);
        break;
    case BE__END:
        end(lane, tick);
        break;
    case BE__MARK:
        mark(lane, (be_state)payload, tick);
        break;
    case BE__CONTEXT:
        if (lane->n_frames) {
            top_of(lane)->context = (uint32_t)payload;
        }
        break;
    case BE__ADOPT:
        adopt(lane, payload, tick);
        break;
    case BE__LEAVE:
        leave_adopted(lane, tick);
        break;
    case BE__CPU:
        lane->cpu_known = true;
        lane->cpu_now = payload;
        return;
    case BE__LOST:
        lose_cpu(lane, payload, tick);
        return;
    case BE__SAMPLE:
        sample(tracer, payload, tick);
        return;
    }
    lane->cpu_known = false;
}

static uint64_t next_tick(const struct be__lane *lane)
{
    return lane->ring[lane->tail % BE__RING].tick;
}

static void sift_down(struct be__lane **heap, size_t n, size_t i)
{
    for (size_t child; (child = 2 * i + 1) < n; i = child) {
        child += child + 1 < n && next_tick(heap[child + 1]) < next_tick(heap[child]);
        if (next_tick(heap[i]) <= next_tick(heap[child])) {
            return;
        }
        struct be__lane *swap = heap[i];
        heap[i] = heap[child];
        heap[child] = swap;
    }
}

static bool has_next(const struct be__lane *lane, uint64_t now)
{
    return lane->tail < lane->end && next_tick(lane) <= now;
}

uint64_t be__fold(be_tracer *tracer)
{
    /* Read before any head: a record that caused another (a context, its adoption) is in its ring
     * by then if the other's tick is not later than now. */
    uint64_t now = be__ticks();
    struct be__lane **heap = tracer->heap;
    size_t n = 0;
    for (size_t i = 0; i < tracer->n_slots; i++) {
        struct be__lane *lane = tracer->lanes[i];
        if (!lane) {
            continue;
        }
        /* pairs with the release in put: the records below are written */
        lane->end = __atomic_load_n(&lane->head, __ATOMIC_ACQUIRE);
        if (!be_tracer_on(tracer)) {
            __atomic_store_n(&lane->tail, lane->end, __ATOMIC_RELEASE);
        } else if (has_next(lane, now)) {
            heap[n++] = lane;
        }
    }
    for (size_t i = n / 2; i-- > 0;) {
        sift_down(heap, n, i);
    }
    while (n > 0) {
        struct be__lane *lane = heap[0];
        uint64_t until = now;
        for (size_t child = 1; child <= 2 && child < n; child++) {
            uint64_t tick = next_tick(heap[child]);
            until = tick < until ? tick : until;
        }
        size_t tail = lane->tail;
        do {
            fold_record(lane, lane->ring[tail % BE__RING]);
            tail++;
        } while (tail < lane->end && lane->ring[tail % BE__RING].tick <= until);
        /* pairs with the acquire in fold_for_room: the slots are free again */
        __atomic_store_n(&lane->tail, tail, __ATOMIC_RELEASE);
        if (!has_next(lane, now)) {
            heap[0] = heap[--n];
        }
        sift_down(heap, n, 0);
    }
    tracer->clock = now > tracer->clock ? now : tracer->clock;
    return tracer->clock;
}

void be__fold_close(struct be__lane *lane, uint64_t tick)
{
    be__fold_settle(lane, tick); /* in the frames it has open */
    while (lane->n_frames) {
        pop(lane, tick);
    }
    lane->unpushed = 0;
    lane->in_state = false;
    lane->cpu_based = false;
    lane->sampled_tick = 0;
}
