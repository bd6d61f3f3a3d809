/* invite.c: when to ask for help, and whom.
 *
 * What the caller knows of the site's cost, and later what it sees while running, says how much
 * work W is left. With k helpers the rest takes
 *
 *     T(k) = W (1 + (f - 1) k) / (k + 1) + k o
 *
 * where o is the learned cost of one hand-over, kept apart for helpers that are looking for mail
 * (hot) and helpers that are asleep (cold), and f is how much dearer items of this site become when
 * a helper works beside the caller: 1 for pure computation, 2 where both wait for the same memory
 * or lock. Helpers are invited when W - T(k) is worth it, and when the credit allows: see
 * outcome.c.
 */
#include "batch/call.h"
#include "batch/learn.h"
#include "batch/schedule_fuzz.h"
#include "os/clock.h"
#include "os/rseq.h"
#include "trace/account.h"

/* T(k) above. */
static double parallel_time(double work, double overhead, double inflation, unsigned k)
{
    return work * (1 + (inflation - 1) * k) / (k + 1) + k * overhead;
}

/* How many helpers the rest of the loop repays: the next one as long as it takes off more than it
 * costs, and none for a gain below a fifth of their cost or a thirtieth of the work. */
unsigned be__worth(double work, double overhead, double inflation, unsigned most)
{
    unsigned k = 1;
    while (k < most && parallel_time(work, overhead, inflation, k + 1) <
                           parallel_time(work, overhead, inflation, k)) {
        k++;
    }
    double gain = work - parallel_time(work, overhead, inflation, k);
    return gain > k * overhead / 5 && gain > work / 30 ? k : 0;
}

double be__cold_cost(be_engine *engine)
{
    bool none = atomic_load_explicit(&engine->n_helpers, memory_order_relaxed) == 0;
    return atomic_load_explicit(&engine->cold, memory_order_relaxed) +
           (none ? engine->start_cost : 0);
}

/* Looking for mail, and from another CPU than the caller's, or it is not running at all. */
static bool is_hot(const struct be__party *party, int cpu)
{
    return !be__pool_has_mail(party) &&
           atomic_load_explicit(&party->state, memory_order_relaxed) == BE__LOOKING &&
           atomic_load_explicit(&party->cpu, memory_order_relaxed) != cpu;
}

/* Give the party the upper `units` of the caller's share and invite it. */
static void add_guest(struct be__call *call, struct be__party *party, uint64_t units, int cpu)
{
    struct be__job *job = call->job;
    unsigned g = job->n_guests;
    uint64_t begin = 0;
    uint64_t taken = job->one_share ? 0 : be__cut(&job->share[0], units, &begin);
    be__share_init(&job->share[g + 1], begin, begin + taken);
    job->guest[g] = party;
    /* pairs with the acquire in be__steal: a thief sees the new share whole */
    atomic_store_explicit(&job->n_shares, g + 2, memory_order_release);
    job->n_guests = g + 1;
    BE__YIELD();
    bool woken = false;
    if (!be__pool_invite(job, party, cpu, &woken)) {
        job->guest[g] = NULL;
        return;
    }
    call->invited++;
    call->wakes += woken;
}

static bool ensure_owner(struct be__call *call)
{
    struct be__job *job = call->job;
    if (!call->worker.party) {
        call->worker.party = be__party_lease(job->engine);
    }
    if (call->worker.party) {
        /* pairs with the acquire in be__invite_if_it_pays, in a loop inside this one */
        atomic_store_explicit(&job->owner, call->worker.party, memory_order_release);
    }
    return call->worker.party != NULL;
}

/* Why nobody was asked, unless somebody was before. */
static void refuse(struct be__call *call, be_reason reason)
{
    if (call->invited == 0) {
        call->reason = reason;
    }
}

/* Every so often, ever more rarely, a call is run the other way round: alone where helpers seem to
 * pay, with helpers where they seem not to. A long loop is alone for its first eighth only, and not
 * at all where items differ much: its first eighth would tell nothing of the rest. */
static enum be__trial next_trial(struct be__call *call, double work, bool gains)
{
    struct be__job *job = call->job;
    struct be__site_state *site = job->site;
    if (job->share[0].units > 0) {
        return BE__NO_TRIAL;
    }
    uint32_t number = atomic_fetch_add_explicit(&site->could_go, 1, memory_order_relaxed) + 1;
    uint32_t next = atomic_load_explicit(&site->next_trial, memory_order_relaxed);
    if (number < next) {
        return BE__NO_TRIAL;
    }
    /* A wrong verdict against helpers costs more than a trial with them. */
    uint32_t later = !gains || next == 0 ? number + 128 : next < 4096 ? 4 * next : next + 4096;
    atomic_store_explicit(&site->next_trial, later, memory_order_relaxed);
    if (!gains) {
        return BE__TRIAL_TOGETHER;
    }
    if (work < 100 * job->claim_ticks) {
        return BE__TRIAL_ALONE;
    }
    bool uneven = atomic_load_explicit(&site->unevenness, memory_order_relaxed) > 2;
    return uneven ? BE__NO_TRIAL : BE__TRIAL_EIGHTH;
}

/* In a trial that has begun: whether the caller is to go on alone. */
static bool stays_alone(struct be__call *call)
{
    struct be__job *job = call->job;
    const struct be__share *own = &job->share[0];
    if (call->trial != BE__TRIAL_EIGHTH || call->invited_at) {
        return call->trial == BE__TRIAL_ALONE;
    }
    if (own->units < job->units / 8 && (double)own->busy < 50 * job->claim_ticks) {
        return true;
    }
    return false;
}

/* The outermost loop around this one that this thread called too and that has units left: the
 * largest work there is to give away. */
static struct be__job *oldest_with_work(struct be__job *job)
{
    struct be__job *oldest = NULL;
    for (struct be__job *outer = job->parent;
         outer && outer->home == job->home && outer->engine == job->engine; outer = outer->parent) {
        if (!outer->call->force && be__rest_of(&outer->share[0]) > 0) {
            oldest = outer;
        }
    }
    return oldest;
}

/* Who could help with `work` ticks that are left, and what a hand-over to them costs. */
struct helpers {
    struct be__party *party[BE__PARTIES_PER_LOOP - 1];
    unsigned n, n_hot; /* the hot ones come first */
    bool some_busy;
    double hot, cold; /* ticks a hand-over */
};

/* The hot ones first, then waiting callers of loops around this one, then those asleep. `most` may
 * still be invited, of the engine's `all`. */
static void choose_helpers(struct be__call *call, double work, double inflation, unsigned all,
                           unsigned most, int cpu, struct helpers *chosen)
{
    be_engine *engine = call->job->engine;
    bool cold_pays = be__worth(work, chosen->cold, inflation, most) > 0;
    unsigned wanted = be__worth(work, chosen->hot, inflation, most);
    for (unsigned i = 0; i < all && chosen->n < wanted; i++) {
        struct be__party *party = be__pool_helper(engine, i, false);
        if (party && is_hot(party, cpu)) {
            chosen->party[chosen->n++] = party;
        }
    }
    chosen->n_hot = chosen->n;
    struct be__job *outer = call->job->parent;
    for (; outer && chosen->n < wanted; outer = outer->parent) {
        /* A party's scratch and slots are its own engine's. */
        struct be__party *party = outer->engine == engine
                                      ? atomic_load_explicit(&outer->owner, memory_order_acquire)
                                      : NULL;
        if (!party || be__pool_has_mail(party)) {
            continue;
        }
        uint32_t state = atomic_load_explicit(&party->state, memory_order_relaxed);
        if (state == BE__WAITING) {
            chosen->party[chosen->n++] = party;
            chosen->n_hot++;
        } else if (state == BE__PARKED && cold_pays) {
            chosen->party[chosen->n++] = party;
        }
    }
    if (cold_pays) {
        wanted = be__worth(work, chosen->n_hot ? chosen->hot : chosen->cold, inflation, most);
    } else {
        wanted = chosen->n_hot;
    }
    for (unsigned i = 0; i < all && chosen->n < wanted; i++) {
        struct be__party *party = be__pool_helper(engine, i, true);
        if (!party || be__pool_has_mail(party)) {
            chosen->some_busy = true;
        } else if (!is_hot(party, cpu)) {
            chosen->party[chosen->n++] = party;
        }
    }
}

/* A helper at work that has nothing to do next: it is asked for a unit of a loop around the
 * innermost one, since when it is done nobody may be looking. */
static void choose_next_in_line(struct be__call *call, unsigned all, struct helpers *chosen)
{
    for (unsigned i = 0; i < all && chosen->n == 0; i++) {
        struct be__party *party = be__pool_helper(call->job->engine, i, false);
        if (party && be__pool_may_queue(party, call->job)) {
            chosen->party[chosen->n++] = party;
            chosen->n_hot++;
        }
    }
}

/* Give each of the chosen its part and invite it. */
static void invite(struct be__call *call, double work, double cost, double inflation, int cpu,
                   const struct helpers *chosen, be_reason pays)
{
    struct be__job *job = call->job;
    be_engine *engine = job->engine;
    double overhead = chosen->n_hot == chosen->n ? chosen->hot : chosen->cold;
    double part = (work - overhead) / (chosen->n + 1) / cost;
    uint64_t before = be__ticks();
    be__account_mark_at(engine->tracer, BE_STATE_WAKE, before);
    for (unsigned i = 0; i < chosen->n; i++) {
        add_guest(call, chosen->party[i], part < 1 ? 1 : (uint64_t)part, cpu);
    }
    uint64_t now = be__ticks();
    be__account_mark_at(engine->tracer, BE_STATE_CLAIM, now);
    call->reason = pays;
    if (!call->invited_at) {
        const struct be__share *own = &job->share[0];
        call->invited_at = before;
        call->busy_before = own->busy;
        call->alone_busy = own->clean_busy;
        call->alone_units = own->clean_units;
        call->alone_dearest = (double)own->dearest;
    }
    if (chosen->n_hot < chosen->n) {
        call->cold = true;
        be__track(&engine->wake, (double)(now - before) / (chosen->n - chosen->n_hot));
    }
    call->waited += now - before;
    if (pays == BE_REASON_PAYS) {
        call->predicted = parallel_time(work, overhead, inflation, chosen->n);
    }
}

void be__invite_if_it_pays(struct be__call *call, double cost, be_reason pays)
{
    struct be__job *job = call->job;
    be_engine *engine = job->engine;
    unsigned known = atomic_load_explicit(&engine->workers, memory_order_relaxed);
    if ((known > 1 && job->n_guests + 1 >= known) || stays_alone(call)) {
        return;
    }
    struct be__job *oldest = oldest_with_work(job);
    if (oldest) {
        uint64_t begun = oldest->units - be__rest_of(&oldest->share[0]);
        double seen = (double)(be__ticks() - oldest->call->start) / (double)begun;
        be__invite_if_it_pays(oldest->call, seen > oldest->cost ? seen : oldest->cost,
                              BE_REASON_PROMOTED);
    }
    uint64_t rest = be__rest_of(&job->share[0]);
    double work = (double)rest * cost;
    struct helpers chosen;
    chosen.n = chosen.n_hot = 0;
    chosen.some_busy = false;
    chosen.hot = atomic_load_explicit(&engine->hot, memory_order_relaxed);
    chosen.cold = be__cold_cost(engine);
    /* The last unit is the caller's, unless it is busy with a loop inside this one: giving it away
     * would be waiting for it. A cost that was only just seen is believed once as much has been
     * spent as a wrong belief would cost. */
    bool busy_inside = *job->home != job;
    if (rest < (busy_inside ? 1 : 2) || be__worth(work, chosen.hot, 1, 1) == 0 ||
        (call->sequential <= 0 && !busy_inside && (double)job->share[0].busy < chosen.cold)) {
        return;
    }
    unsigned all = be__pool_check_workers(engine) - 1;
    unsigned most = all > job->n_guests ? all - job->n_guests : 0;
    if (most == 0 || atomic_load_explicit(&engine->credit, memory_order_relaxed) < 0) {
        refuse(call, most == 0 ? BE_REASON_NO_HELPER : BE_REASON_DEBT);
        return;
    }
    double inflation = (double)atomic_load_explicit(&job->site->inflation, memory_order_relaxed);
    bool gains = be__worth(work, chosen.hot, inflation, 1) > 0;
    if (!gains) {
        call->trial = next_trial(call, work, gains);
        if (call->trial == BE__NO_TRIAL) {
            refuse(call, BE_REASON_NO_GAIN);
            return;
        }
        inflation = 1;
    }
    int cpu = be__cpu_id();
    choose_helpers(call, work, inflation, all, most, cpu, &chosen);
    if (busy_inside && chosen.n == 0) {
        choose_next_in_line(call, all, &chosen);
    }
    if (chosen.n == 0) {
        refuse(call, chosen.some_busy ? BE_REASON_NO_HELPER : BE_REASON_SHORT);
        return;
    }
    if (gains && call->trial == BE__NO_TRIAL) {
        call->trial = next_trial(call, work, gains);
        if (call->trial != BE__NO_TRIAL) {
            refuse(call, BE_REASON_TRIAL);
            return;
        }
    }
    if (ensure_owner(call)) {
        invite(call, work, cost, inflation, cpu, &chosen, pays);
    }
}

/* What the caller asked for, whether or not it pays. */
void be__invite_as_told(struct be__call *call)
{
    struct be__job *job = call->job;
    be_engine *engine = job->engine;
    const be_force *force = call->force;
    uint64_t units = be__rest_of(&job->share[0]);
    unsigned workers = be__pool_check_workers(engine);
    workers = force->workers ? force->workers : workers;
    workers = workers < BE__PARTIES_PER_LOOP ? workers : BE__PARTIES_PER_LOOP;
    call->reason = BE_REASON_FORCED;
    uint64_t grain = force->grain / job->unit + (force->grain % job->unit != 0);
    job->fixed_grain = grain > UINT32_MAX ? UINT32_MAX : (uint32_t)grain;
    if (force->schedule == BE_SCHEDULE_SEQUENTIAL) {
        job->fixed_grain = UINT32_MAX;
        workers = 1;
    } else if (force->schedule == BE_SCHEDULE_STATIC) {
        job->fixed_grain = UINT32_MAX;
        job->fixed_shares = true;
    } else if (force->schedule == BE_SCHEDULE_DYNAMIC) {
        job->one_share = true;
    }
    if (workers < 2 || !ensure_owner(call)) {
        return;
    }
    int cpu = be__cpu_id();
    call->invited_at = be__ticks();
    call->cold = true;
    be__account_mark_at(engine->tracer, BE_STATE_WAKE, call->invited_at);
    for (unsigned i = 0; i + 1 < workers; i++) {
        struct be__party *party = be__pool_helper(engine, i, true);
        if (party && !be__pool_has_mail(party)) {
            uint64_t begin = units * (workers - 1 - i) / workers;
            add_guest(call, party, be__rest_of(&job->share[0]) - begin, cpu);
        }
    }
}
