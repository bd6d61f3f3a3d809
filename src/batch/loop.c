/* loop.c: one loop: when to ask for help, how the range is shared, when it is done.
 *
 * The caller starts at once, on its own. What it knows of the site's cost, and later what it sees
 * while running, says how much work W is left. With k helpers the rest takes
 *
 *     T(k) = W (1 + (f - 1) k) / (k + 1) + k o
 *
 * where o is the learned cost of one hand-over, kept apart for helpers that are looking for mail
 * (hot) and helpers that are asleep (cold), and f is how much dearer items of this site become when
 * a helper works beside the caller: 1 for pure computation, 2 where both wait for the same memory
 * or lock. Helpers are invited when W - T(k) is worth it, and when the credit allows: hand-overs
 * are paid from an account that earns a fiftieth of all sequential time and the time helpers took
 * off the caller, and is charged what the caller lost by waking and waiting. In debt everything
 * stays sequential, so whatever the system does to a helper costs at most the first balance and the
 * one wait that overdrew it.
 *
 * Every thread in the loop has a share, a range of its own, and claims pieces from its front: about
 * a twentieth of a millisecond's worth, less towards the end. One whose share is empty takes the
 * upper half of the largest other share. A guest that has not started when nothing is left is
 * un-invited. A guest that has lost its CPU while the caller waits is pulled over to the caller's.
 */
#include <string.h>

#include "batch/engine.h"
#include "batch/learn.h"
#include "batch/schedule_fuzz.h"
#include "cpu/float_mode.h"
#include "os/clock.h"
#include "os/park.h"
#include "os/rseq.h"
#include "trace/account.h"

/* One call in so many of those too short to be timed is timed all the same. */
enum { SAMPLE = 32 };

/* The innermost loop whose body this thread is in. */
static _Thread_local struct be__job *innermost;

/* ---- shares ---- */

static uint64_t pack(uint64_t begin, uint64_t end)
{
    return begin | end << 32;
}

static uint64_t units_of(uint64_t range)
{
    uint64_t begin = range & UINT32_MAX, end = range >> 32;
    return end > begin ? end - begin : 0;
}

/* Units of the next claim when `rest` are left and one costs `cost` ticks. */
static uint64_t claim_size(const struct be__job *job, uint64_t rest, double cost)
{
    if (job->fixed_grain) {
        return job->fixed_grain < rest ? job->fixed_grain : rest;
    }
    if (cost <= 0) {
        return 1;
    }
    double most = job->claim_ticks / cost;
    double half = (double)rest / 2;
    double least = job->least_claim_ticks / cost;
    double units = most < half ? most : half;
    units = units > least ? units : least;
    return units < 1 ? 1 : units > (double)rest ? rest : (uint64_t)units;
}

/* Take units from the front. Relaxed order is enough for all of these: the word is everything two
 * threads must agree on, and the mailboxes order the rest. */
static bool claim(const struct be__job *job, struct be__share *share, double cost, uint64_t *begin,
                  uint64_t *end)
{
    uint64_t range = atomic_load_explicit(&share->range, memory_order_relaxed);
    for (;;) {
        uint64_t rest = units_of(range);
        if (rest == 0) {
            return false;
        }
        *begin = range & UINT32_MAX;
        *end = *begin + claim_size(job, rest, cost);
        BE__YIELD();
        if (atomic_compare_exchange_weak_explicit(&share->range, &range, pack(*end, range >> 32),
                                                  memory_order_relaxed, memory_order_relaxed)) {
            return true;
        }
    }
}

/* Take up to `want` units from the back. */
static uint64_t cut(struct be__share *share, uint64_t want, uint64_t *begin)
{
    uint64_t range = atomic_load_explicit(&share->range, memory_order_relaxed);
    for (;;) {
        uint64_t rest = units_of(range);
        uint64_t take = want < rest ? want : rest;
        if (take == 0) {
            return 0;
        }
        *begin = (range >> 32) - take;
        BE__YIELD();
        if (atomic_compare_exchange_weak_explicit(&share->range, &range,
                                                  pack(range & UINT32_MAX, *begin),
                                                  memory_order_relaxed, memory_order_relaxed)) {
            return take;
        }
    }
}

static uint64_t rest_of(struct be__share *share)
{
    return units_of(atomic_load_explicit(&share->range, memory_order_relaxed));
}

/* Move the upper half of the largest other share into one's own, which is empty. `cost` is what
 * these units may cost each, 0: unknown; not worth the trip: false. */
static bool steal(struct be__job *job, struct be__share *own, double cost)
{
    be__account_mark(job->engine->tracer, BE_STATE_STEAL);
    unsigned n_shares = atomic_load_explicit(&job->n_shares, memory_order_acquire);
    for (;;) {
        struct be__share *victim = NULL;
        uint64_t most = 0;
        for (unsigned i = 0; i < n_shares; i++) {
            uint64_t rest = &job->share[i] == own ? 0 : rest_of(&job->share[i]);
            if (rest > most) {
                most = rest;
                victim = &job->share[i];
            }
        }
        if (!victim || (cost > 0 && (double)most * cost < job->steal_ticks)) {
            return false;
        }
        uint64_t begin;
        uint64_t taken = cut(victim, (most + 1) / 2, &begin);
        if (taken) {
            atomic_store_explicit(&own->range, pack(begin, begin + taken), memory_order_relaxed);
            own->steals++;
            return true;
        }
    }
}

/* ---- running ranges ---- */

/* Items from `item` on are no longer wanted. */
static void lower_limit(struct be__job *job, size_t item)
{
    size_t limit = atomic_load_explicit(&job->limit, memory_order_relaxed);
    while (item < limit &&
           !atomic_compare_exchange_weak_explicit(&job->limit, &limit, item, memory_order_relaxed,
                                                  memory_order_relaxed)) {
    }
}

/* Run units [begin, end) and return the ticks at its end; *cost becomes what a unit of it cost. */
static uint64_t run(struct be__job *job, struct be__share *share, be_worker *worker, uint64_t begin,
                    uint64_t end, uint64_t start, double *cost)
{
    size_t first = (size_t)begin * job->unit;
    size_t last = end * job->unit < job->n ? (size_t)end * job->unit : job->n;
    size_t limit = atomic_load_explicit(&job->limit, memory_order_relaxed);
    last = last < limit ? last : limit;
    if (first >= last) {
        return start;
    }
    worker->failed_item = BE_NO_ITEM;
    be__account_mark_at(job->engine->tracer, BE_STATE_BODY, start);
    be__witness_arm();
    be_status status = job->body(job->ctx, first, last, worker);
    bool kept_cpu = !be__witness_fired();
    uint64_t now = be__ticks();
    be__account_mark_at(job->engine->tracer, BE_STATE_CLAIM, now);
    uint64_t units = end - begin;
    share->busy += now - start;
    share->units += (uint32_t)units;
    share->largest = units > share->largest ? (uint32_t)units : share->largest;
    share->claims++;
    if (kept_cpu) {
        share->clean_busy += now - start;
        share->clean_units += (uint32_t)units;
        *cost = (double)(now - start) / (double)units;
        share->dearest = (float)*cost > share->dearest ? (float)*cost : share->dearest;
    }
    if (status != BE_OK) {
        size_t item = worker->failed_item;
        item = item < first || item >= last ? first : item;
        if (share->status == BE_OK || item < share->failed_item) {
            share->status = (uint16_t)status;
            share->failed_item = item;
        }
        lower_limit(job, item);
    }
    return now;
}

static bool stopped(struct be__job *job)
{
    if (atomic_load_explicit(&job->stop, memory_order_relaxed) != BE_OK) {
        return true;
    }
    be_status stop = BE_OK;
    if (job->options && job->options->cancel && be_cancel_raised(job->options->cancel)) {
        stop = BE_ECANCEL;
    } else if (job->deadline_ns && be_now_ns() >= job->deadline_ns) {
        stop = BE_EDEADLINE;
    }
    if (stop != BE_OK) {
        atomic_store_explicit(&job->stop, stop, memory_order_relaxed);
    }
    return stop != BE_OK;
}

static void share_init(struct be__share *share, uint64_t begin, uint64_t end)
{
    memset(share, 0, sizeof *share);
    atomic_store_explicit(&share->range, pack(begin, end), memory_order_relaxed);
}

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

    be_worker worker = {.engine = job->engine, .party = party, .job = job, .options = job->options};
    double cost = job->cost;
    uint64_t now = be__ticks();
    while (!stopped(job)) {
        uint64_t begin, end;
        if (claim(job, from, cost, &begin, &end)) {
            now = run(job, own, &worker, begin, end, now, &cost);
        } else if (job->steals && steal(job, own, cost > job->cost ? cost : job->cost)) {
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

/* ---- asking for help ---- */

/* Whether this call is run to learn what helpers cost one another at its site. */
enum trial {
    NO_TRIAL,
    TRIAL_ALONE,    /* no helpers, though they seem to pay */
    TRIAL_EIGHTH,   /* none for the first eighth */
    TRIAL_TOGETHER, /* helpers, though they seem not to pay */
};

/* The caller's view of its own loop. */
struct call {
    struct be__job *job;
    be_worker worker;
    const be_force *force; /* NULL: decide */
    be_reason reason;
    unsigned invited;
    bool cold; /* one of the guests was asleep when invited */
    uint64_t start;
    uint64_t invited_at;  /* when the first guests were invited; 0: none */
    uint64_t busy_before; /* the caller's busy ticks by then */
    uint64_t waited;      /* ticks lost in waking and waiting */
    double sequential;    /* ticks the loop should take alone; 0: not known */
    double predicted;     /* ... as it was decided to run it */
    enum trial trial;
    uint64_t alone_busy, alone_units; /* clean, of a long trial's first eighth */
    double alone_dearest;
    unsigned wakes, uninvited, rescues;
};

/* T(k) above. */
static double parallel_time(double work, double overhead, double inflation, unsigned k)
{
    return work * (1 + (inflation - 1) * k) / (k + 1) + k * overhead;
}

/* How many helpers the rest of the loop repays: the next one as long as it takes off more than it
 * costs, and none for a gain below a fifth of their cost or a thirtieth of the work. */
static unsigned worth(double work, double overhead, double inflation, unsigned most)
{
    unsigned k = 1;
    while (k < most && parallel_time(work, overhead, inflation, k + 1) <
                           parallel_time(work, overhead, inflation, k)) {
        k++;
    }
    double gain = work - parallel_time(work, overhead, inflation, k);
    return gain > k * overhead / 5 && gain > work / 30 ? k : 0;
}

static bool is_free(const struct be__party *party)
{
    return atomic_load_explicit(&party->mail, memory_order_relaxed) == 0;
}

/* Looking for mail, and from another CPU than the caller's, or it is not running at all. */
static bool is_hot(const struct be__party *party, int cpu)
{
    return atomic_load_explicit(&party->state, memory_order_relaxed) == BE__LOOKING &&
           atomic_load_explicit(&party->cpu, memory_order_relaxed) != cpu;
}

/* Give the party the upper `units` of the caller's share and invite it. */
static void add_guest(struct call *call, struct be__party *party, uint64_t units, int cpu)
{
    struct be__job *job = call->job;
    unsigned g = job->n_guests;
    uint64_t begin = 0;
    uint64_t taken = job->one_share ? 0 : cut(&job->share[0], units, &begin);
    share_init(&job->share[g + 1], begin, begin + taken);
    job->guest[g] = party;
    /* pairs with the acquire in steal: a thief sees the new share whole */
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

static bool ensure_owner(struct call *call)
{
    struct be__job *job = call->job;
    if (!call->worker.party) {
        call->worker.party = be__party_lease(job->engine);
    }
    if (call->worker.party) {
        /* relaxed: guests see it through the mailbox; descendants through their own job's guests */
        atomic_store_explicit(&job->owner, call->worker.party, memory_order_release);
    }
    return call->worker.party != NULL;
}

/* Why nobody was asked, unless somebody was before. */
static void refuse(struct call *call, be_reason reason)
{
    if (call->invited == 0) {
        call->reason = reason;
    }
}

/* Every so often, ever more rarely, a call is run the other way round: alone where helpers seem to
 * pay, with helpers where they seem not to. A long loop is alone for its first eighth only. Returns
 * whether the caller stays alone for now; *inflation becomes what the decision should assume. */
static bool stays_alone(struct call *call, double work, double hot, double *inflation)
{
    struct be__job *job = call->job;
    struct be__site_state *site = job->site;
    const struct be__share *own = &job->share[0];
    bool gains = worth(work, hot, *inflation, 1) > 0;
    if (own->units == 0) {
        uint32_t number = atomic_fetch_add_explicit(&site->could_go, 1, memory_order_relaxed) + 1;
        uint32_t next = atomic_load_explicit(&site->next_trial, memory_order_relaxed);
        if (number < next || job->n < 16) {
            call->trial = NO_TRIAL;
        } else {
            uint32_t later = next < 6 ? 2 * next : next < 1024 ? 4 * next : next + 4096;
            atomic_store_explicit(&site->next_trial, later, memory_order_relaxed);
            call->trial = !gains                          ? TRIAL_TOGETHER
                          : work < 100 * job->claim_ticks ? TRIAL_ALONE
                                                          : TRIAL_EIGHTH;
        }
        if (call->trial == TRIAL_EIGHTH) {
            job->fixed_grain = (uint32_t)(rest_of(&job->share[0]) / 16);
        }
    }
    switch (call->trial) {
    case TRIAL_TOGETHER:
        *inflation = 1;
        return false;
    case TRIAL_ALONE:
        return true;
    case TRIAL_EIGHTH:
        if (own->units < ((job->n - 1) / job->unit + 1) / 8 &&
            (double)own->busy < 50 * job->claim_ticks) {
            return true;
        }
        job->fixed_grain = 0;
        call->alone_busy = own->clean_busy;
        call->alone_units = own->clean_units;
        call->alone_dearest = (double)own->dearest;
        return false;
    case NO_TRIAL:
        break;
    }
    if (!gains) {
        refuse(call, BE_REASON_NO_GAIN);
    }
    return !gains;
}

/* Invite helpers for the rest of the loop if that pays: `cost` ticks a unit. */
static void consider(struct call *call, double cost, be_reason pays)
{
    struct be__job *job = call->job;
    be_engine *engine = job->engine;
    unsigned known = atomic_load_explicit(&engine->workers, memory_order_relaxed);
    if (known && job->n_guests + 1 >= known && known > 1) {
        return; /* everybody is here */
    }
    double work = (double)rest_of(&job->share[0]) * cost;
    double hot = atomic_load_explicit(&engine->hot, memory_order_relaxed);
    double inflation = (double)atomic_load_explicit(&job->site->inflation, memory_order_relaxed);
    if (worth(work, hot, 1, 1) == 0) {
        return;
    }
    unsigned helpers = be__pool_check_workers(engine, call->start) - 1;
    unsigned most = helpers > job->n_guests ? helpers - job->n_guests : 0;
    if (most == 0 || atomic_load_explicit(&engine->credit, memory_order_relaxed) < 0) {
        refuse(call, most == 0 ? BE_REASON_NO_HELPER : BE_REASON_DEBT);
        return;
    }
    if (stays_alone(call, work, hot, &inflation)) {
        return;
    }
    int cpu = be__cpu_id();
    double cold = atomic_load_explicit(&engine->cold, memory_order_relaxed);
    bool cold_pays = worth(work, cold, inflation, most) > 0;
    struct be__party *chosen[BE__PARTIES_PER_LOOP - 1];
    unsigned n_hot = 0, n_chosen = 0, wanted = worth(work, hot, inflation, most);
    bool busy = false;
    for (unsigned i = 0; i < helpers && n_chosen < wanted; i++) {
        struct be__party *party = be__pool_helper(engine, i, false);
        if (party && is_free(party) && is_hot(party, cpu)) {
            chosen[n_chosen++] = party;
        }
    }
    n_hot = n_chosen;
    for (struct be__job *outer = job->parent; outer && n_chosen < wanted; outer = outer->parent) {
        struct be__party *party = atomic_load_explicit(&outer->owner, memory_order_acquire);
        uint32_t state = party ? atomic_load_explicit(&party->state, memory_order_relaxed) : 0;
        if (state == BE__WAITING && is_free(party)) {
            chosen[n_chosen++] = party;
            n_hot++;
        } else if (state == BE__PARKED && is_free(party) && cold_pays) {
            chosen[n_chosen++] = party;
        }
    }
    wanted = cold_pays ? worth(work, n_hot ? hot : cold, inflation, most) : n_hot;
    for (unsigned i = 0; i < helpers && n_chosen < wanted; i++) {
        struct be__party *party = be__pool_helper(engine, i, true);
        if (!party || !is_free(party)) {
            busy = true;
        } else if (!is_hot(party, cpu)) {
            chosen[n_chosen++] = party;
        }
    }
    if (n_chosen == 0) {
        refuse(call, busy ? BE_REASON_NO_HELPER : BE_REASON_SHORT);
        return;
    }
    if (!ensure_owner(call)) {
        return;
    }
    double overhead = n_hot == n_chosen ? hot : cold;
    double part = (work - overhead) / (n_chosen + 1) / (work / (double)rest_of(&job->share[0]));
    uint64_t before = be__ticks();
    be__account_mark_at(engine->tracer, BE_STATE_WAKE, before);
    job->context = be__trace_context(engine->tracer);
    for (unsigned i = 0; i < n_chosen; i++) {
        add_guest(call, chosen[i], part < 1 ? 1 : (uint64_t)part, cpu);
    }
    uint64_t now = be__ticks();
    be__account_mark_at(engine->tracer, BE_STATE_CLAIM, now);
    call->reason = pays;
    if (!call->invited_at) {
        call->invited_at = before;
        call->busy_before = job->share[0].busy;
    }
    if (n_hot < n_chosen) {
        call->cold = true;
        be__track(&engine->wake, (double)(now - before) / (n_chosen - n_hot));
    }
    call->waited += now - before;
    if (pays == BE_REASON_PAYS) {
        call->predicted = parallel_time(work, overhead, inflation, n_chosen);
    }
}

/* What the caller asked for, whether or not it pays. */
static void obey(struct call *call)
{
    struct be__job *job = call->job;
    be_engine *engine = job->engine;
    const be_force *force = call->force;
    uint64_t units = rest_of(&job->share[0]);
    be__pool_check_workers(engine, call->start);
    unsigned workers = force->workers
                           ? force->workers
                           : atomic_load_explicit(&engine->workers, memory_order_relaxed);
    workers = workers < BE__PARTIES_PER_LOOP ? workers : BE__PARTIES_PER_LOOP;
    call->reason = BE_REASON_FORCED;
    if (force->schedule == BE_SCHEDULE_SEQUENTIAL || workers < 2) {
        job->fixed_grain = UINT32_MAX;
        return;
    }
    uint64_t grain = (force->grain + job->unit - 1) / job->unit;
    job->fixed_grain = grain > UINT32_MAX ? UINT32_MAX : (uint32_t)grain;
    if (force->schedule == BE_SCHEDULE_STATIC) {
        job->fixed_grain = UINT32_MAX;
        job->steals = false;
    } else if (force->schedule == BE_SCHEDULE_DYNAMIC) {
        job->one_share = true;
    }
    if (!ensure_owner(call)) {
        return;
    }
    int cpu = be__cpu_id();
    call->invited_at = be__ticks();
    call->cold = true;
    be__account_mark_at(engine->tracer, BE_STATE_WAKE, call->invited_at);
    job->context = be__trace_context(engine->tracer);
    for (unsigned i = 0; i + 1 < workers; i++) {
        struct be__party *party = be__pool_helper(engine, i, true);
        if (party && is_free(party)) {
            uint64_t begin = units * (workers - 1 - i) / workers;
            add_guest(call, party, rest_of(&job->share[0]) - begin, cpu);
        }
    }
}

/* ---- the join ---- */

struct wait_for {
    const struct be__party *self;
    const struct be__party *guest;
    uintptr_t accepted;
};

static bool over(const void *what)
{
    const struct wait_for *wait = what;
    return atomic_load_explicit(&wait->guest->mail, memory_order_seq_cst) != wait->accepted ||
           atomic_load_explicit(&wait->self->mail, memory_order_seq_cst) != 0;
}

/* Help with what the caller waits for, and with nothing else. */
static void wait_for_guest(struct call *call, struct be__party *guest)
{
    struct be__job *job = call->job;
    struct be__party *self = call->worker.party;
    struct wait_for wait = {self, guest, (uintptr_t)job | BE__ACCEPTED};
    uint64_t patience = (uint64_t)atomic_load_explicit(&job->engine->cold, memory_order_relaxed);
    uint64_t start = be__ticks();
    bool rescued = false;
    atomic_store_explicit(&self->state, BE__WAITING, memory_order_seq_cst);
    while (atomic_load_explicit(&guest->mail, memory_order_acquire) == wait.accepted) {
        if (!is_free(self)) {
            be__pool_take_mail(self, job);
            start = be__ticks();
            continue;
        }
        be__relax();
        if (be__ticks() - start < patience) {
            continue;
        }
        if (!rescued &&
            be__witness_fired_at(atomic_load_explicit(&guest->witness, memory_order_relaxed))) {
            be__pool_rescue(guest, be__cpu_id());
            call->rescues++;
        }
        rescued = true;
        be__pool_park(self, over, &wait);
        atomic_store_explicit(&self->state, BE__WAITING, memory_order_seq_cst);
    }
    atomic_store_explicit(&self->state, BE__AWAY, memory_order_seq_cst);
}

static void join(struct call *call)
{
    struct be__job *job = call->job;
    uint64_t start = be__ticks();
    be__account_mark_at(job->engine->tracer, BE_STATE_JOIN, start);
    for (unsigned g = 0; g < job->n_guests; g++) {
        struct be__party *guest = job->guest[g];
        if (!guest) {
            continue;
        }
        uintptr_t mail = (uintptr_t)job;
        BE__YIELD();
        if (job->steals || job->one_share) {
            if (atomic_compare_exchange_strong_explicit(
                    &guest->mail, &mail, 0, memory_order_acq_rel, memory_order_acquire)) {
                call->uninvited++;
                continue;
            }
        } else {
            /* A static split waits for every guest: it owns its share. */
            while (atomic_load_explicit(&guest->mail, memory_order_acquire) == (uintptr_t)job) {
                be__relax();
            }
        }
        if (atomic_load_explicit(&guest->mail, memory_order_acquire) ==
            ((uintptr_t)job | BE__ACCEPTED)) {
            wait_for_guest(call, guest);
        }
    }
    call->waited += be__ticks() - start;
}

/* ---- the caller's part ---- */

static void work(struct call *call)
{
    struct be__job *job = call->job;
    struct be__share *own = &job->share[0];
    bool decides = !call->force || call->force->schedule == BE_SCHEDULE_AUTO;
    double cost = job->cost;
    uint64_t now = call->start;
    if (call->force) {
        obey(call);
        now = be__ticks();
    }
    do {
        while (!stopped(job)) {
            uint64_t begin, end;
            if (decides && !call->force && cost > 0) {
                uint64_t before = call->waited;
                consider(call, cost, now == call->start ? BE_REASON_PAYS : BE_REASON_PROMOTED);
                now = call->waited == before ? now : be__ticks();
            }
            if (claim(job, own, cost, &begin, &end)) {
                now = run(job, own, &call->worker, begin, end, now, &cost);
            } else if (job->n_guests && job->steals &&
                       steal(job, own, cost > job->cost ? cost : job->cost)) {
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
    } while (!stopped(job) && steal(job, own, 0));
}

/* ---- what came of it ---- */

struct outcome {
    uint64_t ticks;        /* wall */
    uint64_t busy, helped; /* all bodies; of them, the guests' */
    uint64_t helped_units;
    uint64_t clean_busy, clean_units;
    uint64_t largest;
    double dearest;
    unsigned used;
    uint64_t claims, steals;
    size_t done;
    bool failed; /* an item did, rather than that the loop was stopped */
    be_status status;
};

static struct outcome sum_up(struct call *call)
{
    struct be__job *job = call->job;
    struct outcome out = {.ticks = be__ticks() - call->start};
    unsigned n_shares = atomic_load_explicit(&job->n_shares, memory_order_relaxed);
    size_t limit = atomic_load_explicit(&job->limit, memory_order_relaxed);
    out.done = limit;
    for (unsigned i = 0; i < n_shares; i++) {
        struct be__share *share = &job->share[i];
        uint64_t range = atomic_load_explicit(&share->range, memory_order_relaxed);
        out.busy += share->busy;
        out.helped += i ? share->busy : 0;
        out.helped_units += i ? share->units : 0;
        out.clean_busy += share->clean_busy;
        out.clean_units += share->clean_units;
        out.largest = share->largest > out.largest ? share->largest : out.largest;
        out.dearest = (double)share->dearest > out.dearest ? (double)share->dearest : out.dearest;
        out.used += share->units > 0;
        out.claims += share->claims;
        out.steals += share->steals;
        if (share->status != BE_OK && share->failed_item == limit) {
            out.status = (be_status)share->status;
        }
        if (units_of(range) && (range & UINT32_MAX) * job->unit < out.done) {
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

/* What an item of the call costs alone, by what it cost and the site's inflation, which is learned
 * first where this call was a trial of it. */
static double learn_inflation(struct call *call, const struct outcome *out, double cost)
{
    struct be__job *job = call->job;
    struct be__site_state *site = job->site;
    double inflation = (double)atomic_load_explicit(&site->inflation, memory_order_relaxed);
    double known = be__cost_known(site, be__cost_class(job->n));
    unsigned guests = out->used - 1;
    double seen = 0;
    if (call->trial == TRIAL_ALONE && known > 0 && guests == 0) {
        seen = inflation * known / cost;
    } else if (call->trial == TRIAL_TOGETHER && known > 0 && guests > 0) {
        seen = 1 + (cost / known - 1) / guests;
    } else if (call->trial == TRIAL_EIGHTH && guests > 0 && call->alone_units &&
               out->clean_units > call->alone_units) {
        double alone = (double)call->alone_busy / (double)call->alone_units;
        double together = (double)(out->clean_busy - call->alone_busy) /
                          (double)(out->clean_units - call->alone_units);
        /* Where items differ much, the first eighth may simply be a cheap one. */
        seen = call->alone_dearest < 1.5 * alone ? 1 + (together / alone - 1) / guests : 0;
    }
    if (seen > 0) {
        be__learn_cost(&site->inflation, &site->last_inflation, seen < 1 ? 1 : (float)seen);
        inflation = (double)atomic_load_explicit(&site->inflation, memory_order_relaxed);
    }
    return cost / (1 + (inflation - 1) * guests);
}

static void learn(struct call *call, const struct outcome *out)
{
    struct be__job *job = call->job;
    be_engine *engine = job->engine;
    struct be__site_state *site = job->site;
    unsigned class = be__cost_class(job->n);
    if (out->clean_units) {
        double cost = (double)out->clean_busy / (double)out->clean_units / (double)job->unit;
        cost = learn_inflation(call, out, cost);
        be__learn_cost(&site->cost[class], &site->last[class], (float)cost);
        /* Rises at once and falls slowly: a claim that is too fine costs little, one that is too
         * coarse can cost half the loop. */
        float uneven = (float)(out->dearest / (cost * (double)job->unit));
        float before = atomic_load_explicit(&site->unevenness, memory_order_relaxed);
        uneven = uneven > before ? uneven : before - (before - uneven) / 16;
        atomic_store_explicit(&site->unevenness, uneven, memory_order_relaxed);
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
        /* What the guests took off the caller's hands, at what it costs alone: their own clocks run
         * on while they are off the CPU. */
        double item_cost = be__cost_known(site, class);
        earned +=
            (int64_t)(item_cost * (double)(out->helped_units * job->unit)) - (int64_t)call->waited;
    } else if (call->reason == BE_REASON_SHORT) {
        double ticks_per_ns = (double)engine->most_credit / BE__CREDIT_NS;
        be__forget(&engine->hot, BE__FIRST_HOT_NS * ticks_per_ns, (double)out->ticks);
        be__forget(&engine->cold, BE__FIRST_COLD_NS * ticks_per_ns, (double)out->ticks);
    }
    int64_t credit = atomic_fetch_add_explicit(&engine->credit, earned, memory_order_relaxed);
    if (credit + earned > engine->most_credit) {
        atomic_store_explicit(&engine->credit, engine->most_credit, memory_order_relaxed);
    }
    double hot = atomic_load_explicit(&engine->hot, memory_order_relaxed);
    if (!atomic_load_explicit(&engine->forced, memory_order_relaxed)) {
        atomic_store_explicit(&engine->short_ticks, (float)(2.4 * hot), memory_order_relaxed);
    }
}

/* Calls that come close together may each be too short for a helper that sleeps and long enough for
 * one that is looking: now and then one wake-up ahead of need is worth it. When it is not, the next
 * is tried after twice the time. */
static void warm_up(struct call *call, const struct outcome *out)
{
    be_engine *engine = call->job->engine;
    uint64_t end = call->start + out->ticks;
    uint64_t gap = call->start - atomic_load_explicit(&engine->last_end, memory_order_relaxed);
    atomic_store_explicit(&engine->last_end, end, memory_order_relaxed);
    double wake = atomic_load_explicit(&engine->wake, memory_order_relaxed);
    if (out->helped) {
        atomic_store_explicit(&engine->warm_after, (uint64_t)(16 * wake), memory_order_relaxed);
        atomic_store_explicit(&engine->dense, 0, memory_order_relaxed);
        return;
    }
    double hot = atomic_load_explicit(&engine->hot, memory_order_relaxed);
    if (gap > out->ticks || worth((double)out->busy, hot, 1, 1) == 0) {
        atomic_store_explicit(&engine->dense, 0, memory_order_relaxed);
        return;
    }
    uint64_t dense = atomic_load_explicit(&engine->dense, memory_order_relaxed) + out->ticks;
    uint64_t after = atomic_load_explicit(&engine->warm_after, memory_order_relaxed);
    if (dense > after && atomic_load_explicit(&engine->credit, memory_order_relaxed) > 0) {
        struct be__party *party =
            be__pool_check_workers(engine, end) > 1 ? be__pool_helper(engine, 0, true) : NULL;
        if (party && is_free(party)) {
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

static void count(const struct call *call, const struct outcome *out)
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

static void report(struct call *call, const struct outcome *out, uint64_t number)
{
    struct be__job *job = call->job;
    be_engine *engine = job->engine;
    struct be__site_state *site = job->site;
    atomic_fetch_add_explicit(&site->timed, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&site->parallel, out->helped != 0, memory_order_relaxed);
    be__record_add(engine, &(struct be__record){
                               .site = site->site,
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

static be_status run_timed(be_engine *engine, struct be__site_state *site, size_t n, be_body *body,
                           void *ctx, const be_for_options *options, const be_force *force)
{
    struct be__job job; /* not cleared as a whole: most shares are never used */
    uint64_t number = atomic_load_explicit(&site->calls, memory_order_relaxed) - 1;
    double rate = be__ns_per_tick_known();
    double ticks_per_ns = rate > 0 ? 1 / rate : engine->guessed_ticks_per_ns;
    double item_cost = be__cost_known(site, be__cost_class(n));
    BE__JOB_LIVES(&job);
    job.engine = engine;
    job.body = body;
    job.ctx = ctx;
    job.n = n;
    job.unit = n / UINT32_MAX + 1;
    job.options = options;
    job.site = site;
    job.parent = innermost;
    atomic_store_explicit(&job.owner, NULL, memory_order_relaxed);
    job.deadline_ns = options ? options->deadline_ns : 0;
    job.context = (be__span_context){0, 0};
    job.float_mode = be__float_mode();
    job.fixed_grain = 0;
    job.steals = true;
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
    share_init(&job.share[0], 0, (n - 1) / job.unit + 1);

    struct call call = {
        .job = &job,
        .force = force,
        .reason = BE_REASON_SHORT,
        .sequential = item_cost * (double)n,
        .predicted = item_cost * (double)n,
        .worker = {.engine = engine, .job = &job, .options = options},
    };
    innermost = &job;
    call.start = be__ticks();
    be_state before = be__account_mark_at(engine->tracer, BE_STATE_CLAIM, call.start);
    work(&call);
    struct outcome out = sum_up(&call);
    be__account_mark(engine->tracer, before);
    innermost = job.parent;
    if (call.worker.party) {
        be__party_return(call.worker.party);
    }
    BE__JOB_ENDS(&job);
    learn(&call, &out);
    if (!force) {
        warm_up(&call, &out);
    }
    count(&call, &out);
    report(&call, &out, number);
    if (options && options->done) {
        *options->done = out.done;
    }
    if (out.status != BE_OK && options && options->error) {
        be_error_set(options->error, out.status, "%s", be_status_text(out.status));
        options->error->item = out.failed ? out.done : BE_NO_ITEM;
    }
    return out.status;
}

static inline be_status run_short(be_engine *engine, size_t n, be_body *body, void *ctx)
{
    be_worker worker;
    worker.engine = engine;
    worker.party = NULL;
    worker.job = NULL;
    worker.options = NULL;
    be_status status = body(ctx, 0, n, &worker);
    if (BE__UNLIKELY(worker.party != NULL)) {
        be__party_return(worker.party);
    }
    return status;
}

/* A short call between two clock readings, to notice when it is short no more. */
static be_status run_sampled(be_engine *engine, struct be__site_state *site, size_t n,
                             be_body *body, void *ctx)
{
    unsigned class = be__cost_class(n);
    be__witness_arm();
    uint64_t start = be__ticks();
    be_status status = run_short(engine, n, body, ctx);
    uint64_t ticks = be__ticks() - start;
    if (!be__witness_fired()) {
        be__learn_cost(&site->cost[class], &site->last[class], (float)ticks / (float)n);
    }
    return status;
}

static bool is_short(be_engine *engine, const struct be__site_state *site, size_t n)
{
    float cost = atomic_load_explicit(&site->cost[be__cost_class(n)], memory_order_relaxed);
    float limit = atomic_load_explicit(&engine->short_ticks, memory_order_relaxed);
    return cost * (float)(int64_t)n < limit;
}

static uint64_t count_call(struct be__site_state *site, size_t n)
{
    uint64_t call = atomic_load_explicit(&site->calls, memory_order_relaxed) + 1;
    uint64_t items = atomic_load_explicit(&site->items, memory_order_relaxed) + n;
    atomic_store_explicit(&site->calls, call, memory_order_relaxed);
    atomic_store_explicit(&site->items, items, memory_order_relaxed);
    return call;
}

/* Every call that is not simply one call of the body. */
static __attribute__((noinline)) be_status run_any(be_engine *engine, const be_site *site, size_t n,
                                                   be_body *body, void *ctx,
                                                   const be_for_options *options)
{
    if (n == 0) {
        if (options && options->done) {
            *options->done = 0;
        }
        return BE_OK;
    }
    be__pool_check_process(engine);
    struct be__site_state *state = be__site_find_or_add(engine, site);
    state = state ? state : &engine->homeless;
    count_call(state, n);
    if (!options && is_short(engine, state, n)) {
        return run_sampled(engine, state, n, body, ctx);
    }
    const be_force *force = options && options->force ? options->force : NULL;
    if (!force && atomic_load_explicit(&engine->forced, memory_order_acquire)) {
        force = &engine->force;
    }
    return run_timed(engine, state, n, body, ctx, options, force);
}

be_status be_for(be_engine *engine, const be_site *site, size_t n, be_body *body, void *ctx,
                 const be_for_options *options)
{
    struct be__site_state *state = be__site_find(engine, site);
    if (BE__LIKELY(state && n && !options && is_short(engine, state, n)) &&
        (atomic_load_explicit(&state->calls, memory_order_relaxed) + 1) % SAMPLE) {
        count_call(state, n);
        return run_short(engine, n, body, ctx);
    }
    return run_any(engine, site, n, body, ctx, options);
}

bool be_worker_cancelled(const be_worker *worker)
{
    const be_for_options *options = worker->options;
    return (worker->job && stopped(worker->job)) ||
           (options && options->cancel && be_cancel_raised(options->cancel));
}
