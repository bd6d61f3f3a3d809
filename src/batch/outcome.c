/* outcome.c: what came of a call, and what is learned from it.
 *
 * Hand-overs are paid from an account. It earns a fiftieth of all sequential time and the time that
 * helpers took off the caller, and is charged what the caller lost by waking, by waiting, and of
 * its CPU beside helpers. In debt everything stays sequential; so whatever the system does to a
 * helper costs at most the first balance and the one wait that overdrew it.
 */
#include "batch/call.h"
#include "batch/learn.h"
#include "os/clock.h"
#include "os/rseq.h"

struct be__outcome be__sum_up(struct be__call *call)
{
    struct be__job *job = call->job;
    struct be__outcome out = {.ticks = be__ticks() - call->start};
    unsigned n_shares = atomic_load_explicit(&job->n_shares, memory_order_relaxed);
    size_t limit = atomic_load_explicit(&job->limit, memory_order_relaxed);
    out.done = limit;
    out.lost = call->around ? 0 : job->share[0].busy - job->share[0].real;
    for (unsigned i = 0; i < n_shares; i++) {
        struct be__share *share = &job->share[i];
        uint64_t range = atomic_load_explicit(&share->range, memory_order_relaxed);
        out.busy += share->busy;
        out.helped += i ? share->busy : 0;
        out.helped_real += i ? share->real : 0;
        out.clean_busy += share->clean_busy;
        out.clean_units += share->clean_units;
        out.units += share->units;
        out.largest = share->largest > out.largest ? share->largest : out.largest;
        out.dearest = (double)share->dearest > out.dearest ? (double)share->dearest : out.dearest;
        out.used += share->units > 0;
        out.claims += share->claims;
        out.steals += share->steals;
        if (share->status != BE_OK && share->failed_item == limit) {
            out.status = (be_status)share->status;
        }
        if (be__units_of(range) && (range & UINT32_MAX) * job->unit < out.done) {
            out.done = (size_t)(range & UINT32_MAX) * job->unit;
        }
    }
    /* Stopped short of the lowest failure: another may be lower still. */
    out.failed = out.status != BE_OK && out.done == limit;
    if (out.done < limit) {
        out.status = (be_status)atomic_load_explicit(&job->stop, memory_order_relaxed);
    }
    return out;
}

/* Remember how this call went in the site's streak, and tell whether its cost can be compared with
 * the cost known from at least two calls alone just before. */
static bool follows_calls_alone(struct be__site_state *site, bool alone)
{
    enum { NOT_COMPARABLE = -3, LONGEST = 100 };
    int streak = atomic_load_explicit(&site->streak, memory_order_relaxed);
    if (alone) {
        streak = streak < 0 ? 1 : streak < LONGEST ? streak + 1 : streak;
    } else {
        streak = streak >= 2 ? -1 : streak >= 0 ? NOT_COMPARABLE : streak - 1;
        streak = streak < NOT_COMPARABLE ? NOT_COMPARABLE : streak;
    }
    atomic_store_explicit(&site->streak, streak, memory_order_relaxed);
    return streak == -1 || streak == -2;
}

/* What an item of the call costs alone, by what it cost and the site's inflation, which is learned
 * first where this call tells something of it. */
static double learn_inflation(struct be__call *call, const struct be__outcome *out, double cost)
{
    struct be__job *job = call->job;
    struct be__site_state *site = job->site;
    double inflation = (double)atomic_load_explicit(&site->inflation, memory_order_relaxed);
    double known = be__cost_known(site, be__cost_class(job->n));
    unsigned guests = out->used - 1;
    bool comparable = follows_calls_alone(site, guests == 0) && known > 0;
    bool uneven = atomic_load_explicit(&site->unevenness, memory_order_relaxed) > 2;
    if (out->clean_units < out->units && known > 0 &&
        (comparable || (uneven && out->clean_units > 0))) {
        return known; /* the claims that lost their CPU may have been the cheap ones, or the dear */
    }
    float suspect = atomic_load_explicit(&site->suspect, memory_order_relaxed);
    if (comparable && cost > 3 * known) {
        /* Either threads hinder one another badly or this was other work: one call alone will tell.
         */
        atomic_store_explicit(&site->suspect, (float)(1 + (cost / known - 1) / guests),
                              memory_order_relaxed);
        atomic_store_explicit(&site->next_trial, 0, memory_order_relaxed);
        return known;
    }
    if (guests == 0 && suspect > 0) {
        if (cost < 1.5 * known) { /* it was not other work; believed when it is seen twice */
            be__learn_cost(&site->inflation, &site->last_inflation, suspect);
            atomic_store_explicit(&site->streak, 2, memory_order_relaxed);
        }
        atomic_store_explicit(&site->suspect, 0, memory_order_relaxed);
        return cost;
    }
    double seen = 0;
    if (call->trial == BE__TRIAL_ALONE && known > 0) {
        seen = inflation * known / cost;
    } else if (comparable) {
        seen = 1 + (cost / known - 1) / guests;
    } else if (guests > 0 && call->alone_units && out->clean_units > call->alone_units) {
        double alone = (double)call->alone_busy / (double)call->alone_units;
        double together = (double)(out->clean_busy - call->alone_busy) /
                          (double)(out->clean_units - call->alone_units);
        /* Where items differ much, the first ones may simply be cheap. */
        bool even = !uneven && call->alone_dearest < 2 * alone;
        seen = even ? 1 + (together / alone - 1) / guests : 0;
    }
    if (seen > 0) {
        be__learn_cost(&site->inflation, &site->last_inflation, seen < 1 ? 1 : (float)seen);
        inflation = (double)atomic_load_explicit(&site->inflation, memory_order_relaxed);
    }
    return comparable ? known : cost / (1 + (inflation - 1) * guests);
}

/* Pay into or out of the account, and draw the line below which calls are not timed. */
static void settle(be_engine *engine, int64_t earned)
{
    int64_t credit = atomic_fetch_add_explicit(&engine->credit, earned, memory_order_relaxed);
    if (credit + earned > engine->most_credit) {
        atomic_store_explicit(&engine->credit, engine->most_credit, memory_order_relaxed);
    }
    double hot = atomic_load_explicit(&engine->hot, memory_order_relaxed);
    double timing = BE__TIMED_NS * engine->guessed_ticks_per_ns;
    atomic_store_explicit(&engine->short_ticks, (float)(2.4 * (hot + 2 * timing)),
                          memory_order_relaxed);
}

static void forget_overheads(be_engine *engine, uint64_t ticks)
{
    double ticks_per_ns = engine->guessed_ticks_per_ns;
    be__forget(&engine->hot, BE__FIRST_HOT_NS * ticks_per_ns, (double)ticks);
    be__forget(&engine->cold, BE__FIRST_COLD_NS * ticks_per_ns, (double)ticks);
}

void be__learn(struct be__call *call, const struct be__outcome *out)
{
    struct be__job *job = call->job;
    be_engine *engine = job->engine;
    struct be__site_state *site = job->site;
    unsigned class = be__cost_class(job->n);
    if (out->clean_units || out->units) {
        /* Long items lose their CPU at some time: then the cost with what others took of it. */
        bool clean = out->clean_units > 0;
        double cost = (double)(clean ? out->clean_busy : out->busy) /
                      (double)(clean ? out->clean_units : out->units) / (double)job->unit;
        cost = cost > 0 ? cost : (double)BE__COST_LEAST;
        cost = learn_inflation(call, out, cost);
        be__learn_cost(&site->cost[class], &site->last[class], (float)cost);
        if (call->trial == BE__NO_TRIAL && clean && out->clean_busy) {
            double uneven = out->dearest * (double)out->clean_units / (double)out->clean_busy;
            be__learn_cost(&site->unevenness, &site->last_unevenness, (float)uneven);
        }
    }
    if (call->force) {
        return;
    }
    int64_t earned = (int64_t)((out->busy - out->helped) / BE__CREDIT_SHARE);
    if (call->invited) {
        /* T(k) = busy / (k + 1) + k o, solved for o. */
        double ticks = (double)(out->ticks - (call->invited_at - call->start));
        double busy = (double)(out->busy - call->busy_before);
        double overhead = (ticks - busy / (call->invited + 1)) / call->invited;
        _Atomic double *estimate = call->cold ? &engine->cold : &engine->hot;
        /* In a long loop the overhead drowns in the noise of the work. */
        if (busy < 50 * atomic_load_explicit(estimate, memory_order_relaxed)) {
            be__track(estimate, overhead);
        }
        /* What the guests took off the caller's hands, at what it costs alone. A CPU the caller
         * lost it lost to them, or to whom they drove from theirs. */
        double inflation = (double)atomic_load_explicit(&site->inflation, memory_order_relaxed);
        earned +=
            (int64_t)((double)out->helped_real / inflation) - (int64_t)(call->waited + out->lost);
    } else if (call->reason == BE_REASON_SHORT) {
        forget_overheads(engine, out->ticks);
    }
    settle(engine, earned);
}

void be__learn_alone(be_engine *engine, struct be__site_state *site, size_t n, uint64_t ticks,
                     bool clean)
{
    unsigned class = be__cost_class(n);
    follows_calls_alone(site, true);
    if (clean) {
        float cost = (float)ticks / (float)n;
        be__learn_cost(&site->cost[class], &site->last[class],
                       cost > BE__COST_LEAST ? cost : BE__COST_LEAST);
    }
    forget_overheads(engine, ticks);
    settle(engine, (int64_t)(ticks / BE__CREDIT_SHARE));
}

/* Calls that come close together may each be too short for a helper that sleeps and long enough for
 * one that is looking: now and then one wake-up ahead of need is worth it. When it is not, the next
 * is tried after twice the time. */
void be__warm_up(be_engine *engine, uint64_t start, uint64_t ticks, bool helped)
{
    uint64_t end = start + ticks;
    uint64_t gap = start - atomic_load_explicit(&engine->last_end, memory_order_relaxed);
    atomic_store_explicit(&engine->last_end, end, memory_order_relaxed);
    double wake = atomic_load_explicit(&engine->wake, memory_order_relaxed);
    if (helped) {
        atomic_store_explicit(&engine->warm_after, (uint64_t)(16 * wake), memory_order_relaxed);
        atomic_store_explicit(&engine->dense, 0, memory_order_relaxed);
        return;
    }
    double hot = atomic_load_explicit(&engine->hot, memory_order_relaxed);
    if (gap > ticks || be__worth((double)ticks, hot, 1, 1) == 0) {
        atomic_store_explicit(&engine->dense, 0, memory_order_relaxed);
        return;
    }
    uint64_t dense = atomic_load_explicit(&engine->dense, memory_order_relaxed) + ticks;
    uint64_t after = atomic_load_explicit(&engine->warm_after, memory_order_relaxed);
    if (dense > after && atomic_load_explicit(&engine->credit, memory_order_relaxed) > 0) {
        struct be__party *party =
            be__pool_check_workers(engine) > 1 ? be__pool_helper(engine, 0, true) : NULL;
        if (party && !be__pool_has_mail(party)) {
            be__pool_warm(party, be__cpu_id());
        }
        uint64_t spent = be__ticks() - end;
        atomic_fetch_sub_explicit(&engine->credit, (int64_t)spent, memory_order_relaxed);
        if (after < (uint64_t)(16 * wake) << 14) {
            atomic_store_explicit(&engine->warm_after, 2 * after, memory_order_relaxed);
        }
        dense = 0;
    }
    atomic_store_explicit(&engine->dense, dense, memory_order_relaxed);
}

static void count(const struct be__call *call, const struct be__outcome *out)
{
    be_tracer *tracer = call->job->engine->tracer;
    if (!be_tracer_on(tracer)) {
        return;
    }
    const struct {
        be_counter counter;
        uint64_t amount;
    } counts[] = {
        {BE_COUNT_ITEMS, call->job->n},        {BE_COUNT_CALLS, 1},
        {BE_COUNT_PARALLEL, out->helped != 0}, {BE_COUNT_CLAIMS, out->claims},
        {BE_COUNT_STEALS, out->steals},        {BE_COUNT_WAKES, call->wakes},
        {BE_COUNT_UNINVITED, call->uninvited}, {BE_COUNT_RESCUES, call->rescues},
    };
    for (size_t i = 0; i < BE__COUNT_OF(counts); i++) {
        if (counts[i].amount) {
            be_count(tracer, counts[i].counter, counts[i].amount);
        }
    }
}

void be__report(struct be__call *call, const struct be__outcome *out, uint64_t number)
{
    count(call, out);
    struct be__job *job = call->job;
    be_engine *engine = job->engine;
    struct be__site_state *site = job->site;
    atomic_fetch_add_explicit(&site->timed, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&site->parallel, out->helped != 0, memory_order_relaxed);
    be__record_add(engine, &(struct be__record){
                               .site = call->site,
                               .items = job->n,
                               .grain = out->largest * job->unit,
                               .predicted = (float)call->predicted,
                               .sequential = (float)call->sequential,
                               .actual = (float)out->ticks,
                               .call = (uint32_t)number,
                               .invited = (uint16_t)call->invited,
                               .used = (uint16_t)out->used,
                               .reason = (uint8_t)call->reason,
                               .schedule = (uint8_t)(call->force ? call->force->schedule : 0),
                           });
}
