/* score.c: candidates on tasks.
 *
 * Four loops, all on the engine:
 *
 *   1. be_dedup over the canonical programs: `todo` lists the candidates with words of their own.
 *   2. the main loop, item = task * n_todo + k: candidate todo[k] on one task. Within a range the
 *      pairs are the outer loop and the candidates the inner one, because a walk over candidates on
 *      one input shares the steps that neighbours begin with. Outputs are compared, hashed, and
 *      forgotten: all of them together would take gigabytes.
 *   3. be_dedup over each candidate's row of hashes: candidates that seem to behave alike.
 *   4. for each hit, both candidates once more on one task, every cell compared: the hash is fast,
 *      not collision resistant, and the inputs are strangers'.
 *
 * `same` is where a candidate is looked up from then on.
 */
#include "arc/candidate.h"

#include "base/base.h"

#include <string.h>

static const be_site WORDS_SITE = BE_SITE("arc: same words");
static const be_site SCORE_SITE = BE_SITE("arc: score");
static const be_site BEHAVIOUR_SITE = BE_SITE("arc: same behaviour");
static const be_site CONFIRM_SITE = BE_SITE("arc: confirm");

static const be_phase WORDS_PHASE = {"find equal words", true};
static const be_phase SCORE_PHASE = {"score", true};
static const be_phase BEHAVIOUR_PHASE = {"find equal behaviour", true};
static const be_phase CONFIRM_PHASE = {"confirm", true};

struct be_arc_scoring {
    const be_allocator *allocator;
    const be_arc_tasks *tasks;
    size_t pairs;
    size_t n;
    be__program *program; /* [n] */
    size_t *same;         /* [n] lowest candidate that does the same */
    size_t *todo;         /* [n], n_todo used: candidates with words of their own */
    size_t n_todo;
    size_t *twin; /* [n], n_todo used: lowest k' with the hashes of todo[k] */
    size_t *hit;  /* [n], n_hits used: the k with twin[k] < k */
    size_t n_hits;
    be_arc_score *score; /* [n * tasks] of candidate c on task t: at c * tasks + t */
    be_hash128 *gave;    /* [n * tasks] what it gave there, on all inputs */
    uint8_t *differs;    /* [tasks * n], task * n_hits + h: hit h gave something else there */
};

/* ---- making one ----------------------------------------------------------------------------- */

uint64_t be_arc_scoring_bytes(size_t tasks, size_t n)
{
    const be_arc_scoring *s = NULL;
    uint64_t each =
        sizeof *s->program + sizeof *s->same + sizeof *s->todo + sizeof *s->twin + sizeof *s->hit;
    uint64_t each_task = sizeof *s->score + sizeof *s->gave + sizeof *s->differs;
    return sizeof *s + n * (each + tasks * each_task);
}

be_status be_arc_scoring_create(const be_arc_tasks *tasks, size_t n, const be_allocator *allocator,
                                be_arc_scoring **scoring, be_error *error)
{
    if (tasks->count == 0) {
        return be_error_set(error, BE_EINVAL, "at least one task");
    }
    if (n < 1 || n > BE__CANDIDATES) {
        return be_error_set(error, BE_EINVAL, "1 to %d candidates", BE__CANDIDATES);
    }
    be_arc_scoring *s = be__allocate_zeroed(allocator, 1, sizeof *s);
    if (!s) {
        goto fail;
    }
    size_t cells = n * tasks->count;
    s->allocator = allocator;
    s->tasks = tasks;
    s->n = n;
    s->program = be__allocate(allocator, n, sizeof *s->program);
    s->same = be__allocate_zeroed(allocator, n, sizeof *s->same);
    s->todo = be__allocate(allocator, n, sizeof *s->todo);
    s->twin = be__allocate(allocator, n, sizeof *s->twin);
    s->hit = be__allocate(allocator, n, sizeof *s->hit);
    s->score = be__allocate_zeroed(allocator, cells, sizeof *s->score);
    s->gave = be__allocate(allocator, cells, sizeof *s->gave);
    s->differs = be__allocate(allocator, cells, sizeof *s->differs);
    if (!s->program || !s->same || !s->todo || !s->twin || !s->hit || !s->score || !s->gave ||
        !s->differs) {
        goto fail;
    }
    for (size_t t = 0; t < tasks->count; t++) {
        s->pairs += tasks->task[t].n_train + tasks->task[t].n_test;
    }
    for (size_t c = 0; c < n; c++) {
        s->program[c] = be__program_of(c);
    }
    *scoring = s;
    return BE_OK;

fail:
    be_arc_scoring_destroy(s);
    return be_error_set(error, BE_ENOMEM, "memory for %zu candidates on %zu tasks", n,
                        tasks->count);
}

void be_arc_scoring_destroy(be_arc_scoring *s)
{
    if (!s) {
        return;
    }
    size_t cells = s->n * s->tasks->count;
    be__release(s->allocator, s->program, s->n, sizeof *s->program);
    be__release(s->allocator, s->same, s->n, sizeof *s->same);
    be__release(s->allocator, s->todo, s->n, sizeof *s->todo);
    be__release(s->allocator, s->twin, s->n, sizeof *s->twin);
    be__release(s->allocator, s->hit, s->n, sizeof *s->hit);
    be__release(s->allocator, s->score, cells, sizeof *s->score);
    be__release(s->allocator, s->gave, cells, sizeof *s->gave);
    be__release(s->allocator, s->differs, cells, sizeof *s->differs);
    be__release(s->allocator, s, 1, sizeof *s);
}

/* ---- the loops ------------------------------------------------------------------------------ */

static void key_of_words(void *ctx, size_t i, const void **bytes, size_t *size)
{
    const be_arc_scoring *s = ctx;
    *bytes = &s->program[i];
    *size = sizeof s->program[i];
}

static void key_of_behaviour(void *ctx, size_t k, const void **bytes, size_t *size)
{
    const be_arc_scoring *s = ctx;
    *bytes = &s->gave[s->todo[k] * s->tasks->count];
    *size = s->tasks->count * sizeof *s->gave;
}

/* Calls do_task for the part of [begin, end) that lies in each task of `each` items. */
static be_status task_by_task(be_arc_scoring *s, size_t each, size_t begin, size_t end,
                              void (*do_task)(be_arc_scoring *s, size_t t, size_t from, size_t to))
{
    while (begin < end) {
        size_t t = begin / each;
        size_t stop = (t + 1) * each < end ? (t + 1) * each : end;
        do_task(s, t, begin - t * each, stop - t * each);
        begin = stop;
    }
    return BE_OK;
}

/* Take what a candidate gave for one more input into the hash of its behaviour. */
static void fold(be_hash128 *gave, const be_grid *grid)
{
    be_hash128 both[2] = {*gave, {0}};
    if (grid) {
        both[1] = be_hash(grid, be__grid_bytes(grid));
    }
    *gave = be_hash(both, sizeof both);
}

static void score_task(be_arc_scoring *s, size_t t, size_t from, size_t to)
{
    const be_arc_task *task = &s->tasks->task[t];
    for (size_t k = from; k < to; k++) {
        size_t cell = s->todo[k] * s->tasks->count + t;
        s->score[cell] = (be_arc_score){0};
        s->gave[cell] = (be_hash128){0};
    }
    be__walk walk;
    for (size_t p = 0; p < task->n_train + task->n_test; p++) {
        const be_arc_pair *pair = &task->pairs[p];
        be__walk_start(&walk, &pair->input);
        for (size_t k = from; k < to; k++) {
            size_t cell = s->todo[k] * s->tasks->count + t;
            be_arc_score *score = &s->score[cell];
            const be_grid *grid = be__walk_run(&walk, &s->program[s->todo[k]]);
            unsigned likeness =
                grid && pair->has_output ? be_grid_likeness(grid, &pair->output) : 0;
            if (p < task->n_train) {
                score->likeness += likeness;
                score->solved += likeness == 1000;
            } else {
                score->tests += likeness == 1000;
            }
            fold(&s->gave[cell], grid);
        }
    }
}

static be_status score_range(void *ctx, size_t begin, size_t end, be_worker *worker)
{
    (void)worker;
    be_arc_scoring *s = ctx;
    return task_by_task(s, s->n_todo, begin, end, score_task);
}

static bool same_result(const be_grid *a, const be_grid *b)
{
    return a && b ? be_grid_equal(a, b) : a == b;
}

static void confirm_task(be_arc_scoring *s, size_t t, size_t from, size_t to)
{
    const be_arc_task *task = &s->tasks->task[t];
    uint8_t *differs = s->differs + t * s->n_hits;
    memset(differs + from, 0, to - from);
    be__walk late, early;
    for (size_t p = 0; p < task->n_train + task->n_test; p++) {
        be__walk_start(&late, &task->pairs[p].input);
        be__walk_start(&early, &task->pairs[p].input);
        for (size_t h = from; h < to; h++) {
            size_t k = s->hit[h];
            const be_grid *a = be__walk_run(&late, &s->program[s->todo[k]]);
            const be_grid *b = be__walk_run(&early, &s->program[s->todo[s->twin[k]]]);
            differs[h] |= !same_result(a, b);
        }
    }
}

static be_status confirm_range(void *ctx, size_t begin, size_t end, be_worker *worker)
{
    (void)worker;
    be_arc_scoring *s = ctx;
    return task_by_task(s, s->n_hits, begin, end, confirm_task);
}

/* Hit h is real when its two candidates gave the same on every task. */
static bool confirmed(const be_arc_scoring *s, size_t h)
{
    for (size_t t = 0; t < s->tasks->count; t++) {
        if (s->differs[t * s->n_hits + h]) {
            return false;
        }
    }
    return true;
}

/* Main-loop items in the caller's count: of (task, candidate), duplicates included. */
static size_t items_done(const be_arc_scoring *s, size_t done)
{
    size_t k = done % s->n_todo;
    return done / s->n_todo * s->n + (k ? s->todo[k] : 0);
}

static be_status run_loops(be_arc_scoring *s, be_engine *engine, be_for_options options,
                           size_t *done)
{
    be_tracer *tracer = be_engine_tracer(engine);
    options.done = done;
    be_status status =
        be_dedup(engine, &WORDS_SITE, s->n, key_of_words, s, s->same, s->todo, &s->n_todo);
    if (status) {
        return status;
    }
    be_span_next(tracer, &SCORE_PHASE);
    status = be_for(engine, &SCORE_SITE, s->tasks->count * s->n_todo, score_range, s, &options);
    *done = items_done(s, *done);
    if (status) {
        return status;
    }
    be_span_next(tracer, &BEHAVIOUR_PHASE);
    size_t distinct;
    status =
        be_dedup(engine, &BEHAVIOUR_SITE, s->n_todo, key_of_behaviour, s, s->twin, NULL, &distinct);
    if (status) {
        return status;
    }
    s->n_hits = 0;
    for (size_t k = 0; k < s->n_todo; k++) {
        s->hit[s->n_hits] = k;
        s->n_hits += s->twin[k] < k;
    }
    be_span_next(tracer, &CONFIRM_PHASE);
    options.done = NULL;
    return be_for(engine, &CONFIRM_SITE, s->tasks->count * s->n_hits, confirm_range, s, &options);
}

be_status be_arc_scoring_run(be_arc_scoring *s, be_engine *engine, const be_for_options *options)
{
    be_for_options given = {0};
    if (options) {
        memcpy(&given, options, options->size < sizeof given ? options->size : sizeof given);
    }
    given.size = sizeof given;
    size_t done = 0;
    be_span_begin(be_engine_tracer(engine), &WORDS_PHASE);
    be_status status = run_loops(s, engine, given, &done);
    be_span_end(be_engine_tracer(engine));
    if (given.done) {
        *given.done = done;
    }
    if (status) {
        return status;
    }
    size_t n_confirmed = 0;
    for (size_t h = 0; h < s->n_hits; h++) {
        if (confirmed(s, h)) {
            s->same[s->todo[s->hit[h]]] = s->todo[s->twin[s->hit[h]]];
            s->hit[n_confirmed++] = s->hit[h];
        }
    }
    s->n_hits = n_confirmed;
    for (size_t c = 0; c < s->n; c++) {
        s->same[c] = s->same[s->same[c]];
    }
    return BE_OK;
}

/* ---- the answers ---------------------------------------------------------------------------- */

void be_arc_scoring_describe(const be_arc_scoring *s, be_arc_scoring_info *info)
{
    *info = (be_arc_scoring_info){.tasks = s->tasks->count,
                                  .pairs = s->pairs,
                                  .candidates = s->n,
                                  .literal = s->n - s->n_todo,
                                  .behaving = s->n_hits,
                                  .distinct = s->n_todo - s->n_hits};
}

size_t be_arc_scoring_same(const be_arc_scoring *s, size_t candidate)
{
    return s->same[candidate];
}

be_arc_score be_arc_scoring_score(const be_arc_scoring *s, size_t task, size_t candidate)
{
    return s->score[s->same[candidate] * s->tasks->count + task];
}

size_t be_arc_scoring_solvers(const be_arc_scoring *s, size_t task)
{
    size_t solvers = 0;
    for (size_t c = 0; c < s->n; c++) {
        solvers += s->same[c] == c &&
                   be_arc_scoring_score(s, task, c).solved == s->tasks->task[task].n_train;
    }
    return solvers;
}

/* Does a rank before b, where a is the higher number? */
static bool better(const be_arc_scoring *s, size_t task, size_t a, size_t b)
{
    be_arc_score x = be_arc_scoring_score(s, task, a);
    be_arc_score y = be_arc_scoring_score(s, task, b);
    if (x.solved != y.solved) {
        return x.solved > y.solved;
    }
    if (x.likeness != y.likeness) {
        return x.likeness > y.likeness;
    }
    return s->program[a].length < s->program[b].length;
}

size_t be_arc_scoring_best(const be_arc_scoring *s, size_t task, size_t *candidates,
                           size_t capacity)
{
    size_t n = 0;
    for (size_t c = 0; c < s->n; c++) {
        if (s->same[c] != c) {
            continue;
        }
        size_t place = n;
        while (place > 0 && better(s, task, c, candidates[place - 1])) {
            place--;
        }
        if (place < capacity) {
            n += n < capacity;
            memmove(candidates + place + 1, candidates + place,
                    (n - 1 - place) * sizeof *candidates);
            candidates[place] = c;
        }
    }
    return n;
}

/* Bytes on their way into a hash, the same on every machine: each block starts with the hash of the
 * blocks before it. */
typedef struct digest {
    size_t used;
    uint8_t block[4096];
} digest;

static void add(digest *d, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        d->block[d->used++] = (uint8_t)(value >> (8 * i));
    }
}

static void add_score(digest *d, be_arc_score score)
{
    add(d, score.likeness, 4);
    add(d, score.solved, 2);
    add(d, score.tests, 2);
    if (d->used + 32 > sizeof d->block) {
        be_hash128 hash = be_hash(d->block, d->used);
        d->used = 0;
        add(d, hash.low, 8);
        add(d, hash.high, 8);
    }
}

be_hash128 be_arc_scoring_digest(const be_arc_scoring *s)
{
    digest d = {0};
    for (size_t c = 0; c < s->n; c++) {
        add(&d, s->same[c], 8);
        for (size_t t = 0; t < s->tasks->count; t++) {
            add_score(&d, be_arc_scoring_score(s, t, c));
        }
    }
    return be_hash(d.block, d.used);
}
