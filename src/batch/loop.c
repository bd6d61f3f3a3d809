/* loop.c: be_for, from the call to its answer.
 *
 * The caller starts at once, on its own, and asks for help when that pays (invite.c). Every thread
 * in the loop has a share, a range of its own, and claims pieces from its front: about a fiftieth
 * of a millisecond's worth, less towards the end. One whose share is empty takes the upper half of
 * the largest other share. A guest that has not started when nothing is left is un-invited. A guest
 * that has lost its CPU while the caller waits is pulled over to the caller's.
 */
#include <string.h>

#include "batch/call.h"
#include "batch/learn.h"
#include "batch/schedule_fuzz.h"
#include "cpu/float_mode.h"
#include "os/clock.h"
#include "os/park.h"
#include "os/rseq.h"
#include "trace/account.h"

/* One call in so many of those too short to be timed is timed all the same: one in SAMPLE_OFTEN of
 * those near the line, where a clock weighs less and a change matters more. */
enum { SAMPLE = 64, SAMPLE_OFTEN = 16 };

/* The innermost loop whose body this thread is in. */
static _Thread_local struct be__job *innermost;

/* ---- the guest's part ---- */

static bool descends(const struct be__job *job, const struct be__job *from)
{
    while (job && job != from) {
        job = job->parent;
    }
    return job != NULL;
}

/* A guest's part of the job. A caller that waits for `within` (NULL: a helper) may find an
 * invitation that was meant for whoever held its party before: it does nothing for a stranger. */
void be__loop_join_in(struct be__job *job, struct be__party *party, const struct be__job *within)
{
    BE__JOB_CHECK(job);
    if (within && !descends(job, within)) {
        return;
    }
    struct be__share *own = NULL;
    for (unsigned g = 0; !own; g++) {
        own = job->guest[g] == party ? &job->share[g + 1] : NULL;
    }
    struct be__share *from = job->one_share ? &job->share[0] : own;
    struct be__job *outer = innermost;
    uint32_t float_mode = be__float_mode();
    be__float_mode_set(job->float_mode);
    innermost = job;
    be_tracer *tracer = job->engine->tracer;
    be_state before = be__account_mark(tracer, BE_STATE_CLAIM);
    be__trace_adopt(tracer, job->context);

    be_worker worker = {.engine = job->engine, .party = party, .job = job};
    double cost = job->cost;
    uint64_t now = be__ticks();
    while (!be__stopped(job)) {
        uint64_t begin, end;
        if (be__claim(job, from, cost, &begin, &end)) {
            now = be__run(job, own, &worker, begin, end, now, &cost);
        } else if (!job->fixed_shares && be__steal(job, own, cost > job->cost ? cost : job->cost)) {
            now = be__ticks();
        } else {
            break;
        }
    }

    be__trace_leave(tracer);
    be__account_mark(tracer, before);
    innermost = outer;
    be__float_mode_set(float_mode);
    BE__JOB_CHECK(job);
}

/* ---- the join ---- */

struct wait_for {
    const struct be__party *self;
    const struct be__party *guest;
    const struct be__job *job;
};

static bool may_go_on(const void *what)
{
    const struct wait_for *wait = what;
    return be__pool_has_left(wait->guest, wait->job) || be__pool_has_mail(wait->self);
}

/* Help with what the caller waits for, and with nothing else. Spins about as long as a wake-up
 * takes, then sleeps, pulling a guest that has lost its CPU over to this one first. */
static void wait_for_guest(struct be__call *call, struct be__party *guest)
{
    struct be__job *job = call->job;
    struct be__party *self = call->worker.party;
    struct wait_for wait = {self, guest, job};
    uint64_t patience = be__pool_patience(job->engine);
    uint64_t start = be__ticks();
    bool slept = false;
    atomic_store_explicit(&self->state, BE__WAITING, memory_order_seq_cst);
    while (!be__pool_has_left(guest, job)) {
        if (be__pool_has_mail(self)) {
            be__pool_take_mail(self, job);
            start = be__ticks();
        } else if (be__ticks() - start < patience) {
            be__relax();
        } else {
            if (!slept &&
                be__witness_fired_at(atomic_load_explicit(&guest->witness, memory_order_relaxed))) {
                be__pool_rescue(guest, be__cpu_id());
                call->rescues++;
            }
            slept = true;
            be__pool_park(self, may_go_on, &wait);
            atomic_store_explicit(&self->state, BE__WAITING, memory_order_seq_cst);
        }
    }
    atomic_store_explicit(&self->state, BE__AWAY, memory_order_seq_cst);
}

static void join(struct be__call *call)
{
    struct be__job *job = call->job;
    uint64_t start = be__ticks();
    be__account_mark_at(job->engine->tracer, BE_STATE_JOIN, start);
    for (unsigned g = 0; g < job->n_guests; g++) {
        struct be__party *guest = job->guest[g];
        BE__YIELD();
        /* In a static split a guest owns its share, so even one that has not started is waited
         * for. */
        if (guest && job->fixed_shares) {
            wait_for_guest(call, guest);
        } else if (guest && be__pool_uninvite(guest, job)) {
            call->uninvited++;
        } else if (guest && !be__pool_has_left(guest, job)) {
            wait_for_guest(call, guest);
        }
    }
    call->waited += be__ticks() - start;
}

/* ---- the caller's part ---- */

static void work(struct be__call *call)
{
    struct be__job *job = call->job;
    struct be__share *own = &job->share[0];
    double cost = job->cost;
    uint64_t now = call->start;
    if (call->force) {
        be__invite_as_told(call);
        now = be__ticks();
    }
    do {
        while (!be__stopped(job)) {
            uint64_t begin, end;
            if (!call->force && cost > 0) {
                uint64_t before = call->waited;
                be__invite_if_it_pays(call, cost,
                                      now == call->start ? BE_REASON_PAYS : BE_REASON_PROMOTED);
                now = call->waited == before ? now : be__ticks();
            }
            if (be__claim(job, own, cost, &begin, &end)) {
                now = be__run(job, own, &call->worker, begin, end, now, &cost);
            } else if (job->n_guests && !job->fixed_shares &&
                       be__steal(job, own, cost > job->cost ? cost : job->cost)) {
                now = be__ticks();
            } else {
                break;
            }
        }
        if (job->n_guests) {
            join(call);
            now = be__ticks();
        }
        /* What is left now in any share has no thread: un-invited guests', or a last piece that
         * was not worth stealing. */
    } while (!be__stopped(job) && be__steal(job, own, 0));
}

/* ---- the call ---- */

/* A call that is timed; returns its number. */
static uint64_t count_call(struct be__site_state *site, size_t n)
{
    uint64_t number = be__site_calls(site);
    atomic_fetch_add_explicit(&site->counted, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&site->items, n, memory_order_relaxed);
    return number;
}

static be_status run_timed(be_engine *engine, const be_site *place, struct be__site_state *site,
                           size_t n, be_body *body, void *ctx, const be_for_options *options,
                           const be_force *force)
{
    struct be__job job; /* not cleared as a whole: most shares are never used */
    uint64_t number = count_call(site, n);
    double rate = be__ns_per_tick_known();
    double ticks_per_ns = rate > 0 ? 1 / rate : engine->guessed_ticks_per_ns;
    double item_cost = be__cost_guess(site, be__cost_class(n));
    BE__JOB_LIVES(&job);
    job.engine = engine;
    job.body = body;
    job.ctx = ctx;
    job.n = n;
    job.unit = n / UINT32_MAX + 1;
    job.options = options;
    job.site = site;
    job.parent = innermost;
    job.home = &innermost;
    job.units = (n - 1) / job.unit + 1;
    atomic_store_explicit(&job.owner, NULL, memory_order_relaxed);
    job.deadline_ns = options ? options->deadline_ns : 0;
    bool traced = be_tracer_on(engine->tracer) && place->phase.name;
    if (traced) {
        be_span_begin(engine->tracer, &place->phase);
    }
    job.context = be__trace_context(engine->tracer);
    job.float_mode = be__float_mode();
    job.fixed_grain = 0;
    job.fixed_shares = false;
    job.one_share = false;
    job.cost = item_cost * (double)job.unit;
    double unevenness = (double)atomic_load_explicit(&site->unevenness, memory_order_relaxed);
    job.claim_ticks = BE__CLAIM_NS * ticks_per_ns;
    job.least_claim_ticks = job.claim_ticks / (BE__CLAIM_RATIO * unevenness);
    job.steal_ticks = atomic_load_explicit(&engine->hot, memory_order_relaxed) / (2 * unevenness);
    atomic_store_explicit(&job.stop, BE_OK, memory_order_relaxed);
    atomic_store_explicit(&job.limit, n, memory_order_relaxed);
    atomic_store_explicit(&job.n_shares, 1, memory_order_relaxed);
    job.n_guests = 0;
    be__share_init(&job.share[0], 0, job.units);

    struct be__call call = {
        .job = &job,
        .site = place,
        .force = force,
        .reason = BE_REASON_SHORT,
        .sequential = item_cost * (double)n,
        .predicted = item_cost * (double)n,
        .worker = {.engine = engine, .job = &job},
    };
    job.call = &call;
    innermost = &job;
    if (job.parent && job.parent->home == job.home) {
        job.parent->call->around = true;
    }
    call.start = be__ticks();
    be_state before = be__account_mark_at(engine->tracer, BE_STATE_CLAIM, call.start);
    work(&call);
    struct be__outcome out = be__sum_up(&call);
    be__account_mark(engine->tracer, before);
    if (traced) {
        be_span_end(engine->tracer);
    }
    innermost = job.parent;
    if (call.worker.party) {
        be__party_return(call.worker.party);
    }
    BE__JOB_ENDS(&job);
    be__learn(&call, &out);
    if (!force) {
        be__warm_up(engine, call.start, out.ticks, out.helped != 0);
    }
    be__report(&call, &out, number);
    if (options && options->done) {
        *options->done = out.done;
    }
    if (out.status != BE_OK && options && options->error) {
        be_error_set(options->error, out.status, "%s", be_status_text(out.status));
        bool stopped = out.status == BE_ECANCEL || out.status == BE_EDEADLINE;
        options->error->item = out.failed && !stopped ? out.done : BE_NO_ITEM;
    }
    return out.status;
}

static inline be_status run_short(be_engine *engine, size_t n, be_body *body, void *ctx)
{
    be_worker worker;
    worker.engine = engine;
    worker.party = NULL;
    worker.job = NULL;
    be_status status = body(ctx, 0, n, &worker);
    if (BE__UNLIKELY(worker.party != NULL)) {
        be__party_return(worker.party);
    }
    return status;
}

/* Ticks the call should take alone; infinite when its cost is not known. */
static float expected(const struct be__site_state *site, size_t n)
{
    return atomic_load_explicit(&site->cost[be__cost_class(n)], memory_order_relaxed) * (float)n;
}

/* From here on be_for sees for itself that calls of this size class are short. */
static void call_short(be_engine *engine, struct be__site_state *site, size_t n, float line)
{
    unsigned class = be__cost_class(n);
    float cost = atomic_load_explicit(&site->cost[class], memory_order_relaxed);
    size_t least = (size_t)1 << 2 * class;
    float most = line / cost - (float)least;
    size_t span = most < (float)(3 * least) ? (size_t)most : 3 * least;
    atomic_store_explicit(&site->short_least, least, memory_order_relaxed);
    atomic_store_explicit(&site->short_span, span, memory_order_seq_cst);
    /* Either this sees the force, or be_engine_force's own store comes after ours. */
    if (atomic_load_explicit(&engine->forced, memory_order_seq_cst)) {
        atomic_store_explicit(&site->short_span, 0, memory_order_relaxed);
    }
}

/* Whether a call is short for sure, as call_short said; if so, it is counted. */
static inline bool is_short(struct be__site_state *site, size_t n)
{
    size_t above = n - atomic_load_explicit(&site->short_least, memory_order_relaxed);
    int64_t untimed = atomic_load_explicit(&site->untimed, memory_order_relaxed);
    if (BE__UNLIKELY(untimed <= 0 ||
                     above >= atomic_load_explicit(&site->short_span, memory_order_relaxed))) {
        return false;
    }
    uint64_t items = atomic_load_explicit(&site->items, memory_order_relaxed) + n;
    atomic_store_explicit(&site->items, items, memory_order_relaxed);
    atomic_store_explicit(&site->untimed, untimed - 1, memory_order_relaxed);
    return true;
}

/* A short call between two clock readings, to notice when it is short no more: that is believed at
 * once, since all that follows is that the next call is timed too. */
static be_status run_sampled(be_engine *engine, struct be__site_state *site, size_t n,
                             be_body *body, void *ctx)
{
    unsigned class = be__cost_class(n);
    float line = atomic_load_explicit(&engine->short_ticks, memory_order_relaxed);
    be__witness_arm();
    uint64_t start = be__ticks();
    be_status status = run_short(engine, n, body, ctx);
    uint64_t ticks = be__ticks() - start;
    float cost = (float)ticks / (float)n;
    cost = cost > BE__COST_LEAST ? cost : BE__COST_LEAST;
    if ((float)ticks > line) {
        atomic_store_explicit(&site->cost[class], cost, memory_order_relaxed);
        atomic_store_explicit(&site->short_span, 0, memory_order_relaxed);
    } else if (!be__witness_fired()) {
        be__learn_cost(&site->cost[class], &site->last[class], cost);
    }
    count_call(site, n);
    int64_t grant = ((float)ticks * 8 < line ? SAMPLE : SAMPLE_OFTEN) - 1;
    atomic_store_explicit(&site->counted, be__site_calls(site), memory_order_relaxed);
    atomic_store_explicit(&site->granted, grant, memory_order_relaxed);
    atomic_store_explicit(&site->untimed, grant, memory_order_relaxed);
    return status;
}

/* A call that is worth a record, and no helper: all are asleep, and it is too short to wake one. */
static be_status run_alone(be_engine *engine, struct be__site_state *site, size_t n, be_body *body,
                           void *ctx, double work)
{
    uint64_t number = count_call(site, n);
    bool traced = be_tracer_on(engine->tracer) && site->site && site->site->phase.name;
    if (BE__UNLIKELY(traced)) {
        be_span_begin(engine->tracer, &site->site->phase);
    }
    be__witness_arm();
    uint64_t start = be__ticks();
    be_status status = run_short(engine, n, body, ctx);
    uint64_t ticks = be__ticks() - start;
    bool fired = be__witness_fired();
    if (BE__UNLIKELY(traced)) {
        be_span_end(engine->tracer);
    }
    be__learn_alone(engine, site, n, ticks, !fired);
    be__warm_up(engine, start, ticks, false);
    atomic_fetch_add_explicit(&site->timed, 1, memory_order_relaxed);
    be__record_add(engine, &(struct be__record){
                               .site = site->site,
                               .items = n,
                               .grain = n,
                               .predicted = (float)work,
                               .sequential = (float)work,
                               .actual = (float)ticks,
                               .call = (uint32_t)number,
                               .used = 1,
                               .reason = BE_REASON_SHORT,
                           });
    return status;
}

/* Every call that be_for itself does not see to be short. */
static __attribute__((noinline)) be_status run_any(be_engine *engine, const be_site *place,
                                                   size_t n, be_body *body, void *ctx,
                                                   const be_for_options *options)
{
    if (n == 0) {
        if (options && options->done) {
            *options->done = 0;
        }
        return BE_OK;
    }
    be__pool_check_process(engine);
    struct be__site_state *site = be__site_find_or_add(engine, place);
    site = site ? site : &engine->homeless;
    be_for_options whole = {.size = 0};
    if (options && options->size < sizeof whole) { /* a caller built against an older header */
        memcpy(&whole, options, options->size);
        options = &whole;
    }
    be_force copy;
    const be_force *force = options ? options->force : NULL;
    if (!force && atomic_load_explicit(&engine->forced, memory_order_acquire)) {
        pthread_mutex_lock(&engine->lock);
        copy = engine->force;
        pthread_mutex_unlock(&engine->lock);
        force = &copy;
    }
    if (!options && !force) {
        float work = expected(site, n);
        float line = atomic_load_explicit(&engine->short_ticks, memory_order_relaxed);
        if (work < line) {
            call_short(engine, site, n, line);
            return is_short(site, n) ? run_short(engine, n, body, ctx)
                                     : run_sampled(engine, site, n, body, ctx);
        }
        /* Inside another loop somebody may be waiting who is awake, and in a dense stream of calls
         * somebody may be on the way. */
        if (work <= BE__COST_MOST && !innermost && !be_tracer_on(engine->tracer) &&
            atomic_load_explicit(&engine->n_awake, memory_order_relaxed) == 0 &&
            be__worth((double)work, be__cold_cost(engine), 1, 1) == 0 &&
            (float)(be__ticks() - atomic_load_explicit(&engine->last_end, memory_order_relaxed)) >
                work) {
            return run_alone(engine, site, n, body, ctx, (double)work);
        }
    }
    return run_timed(engine, place, site, n, body, ctx, options, force);
}

be_status be_for(be_engine *engine, const be_site *site, size_t n, be_body *body, void *ctx,
                 const be_for_options *options)
{
    if (n == 0 && !options) {
        return BE_OK;
    }
    struct be__site_state *met =
        atomic_load_explicit(be__site_front(engine, site), memory_order_acquire);
    if (BE__LIKELY(met->site == site && !options && is_short(met, n))) {
        return run_short(engine, n, body, ctx);
    }
    return run_any(engine, site, n, body, ctx, options);
}

bool be_worker_cancelled(const be_worker *worker)
{
    return worker->job && be__stopped(worker->job);
}
