/* share.c: the ranges of one loop: claimed from the front by their thread, taken from the back by
 * others.
 */
#include <string.h>

#include "batch/call.h"
#include "batch/schedule_fuzz.h"
#include "os/clock.h"
#include "os/rseq.h"
#include "trace/account.h"

/* ---- ranges ---- */

static uint64_t pack(uint64_t begin, uint64_t end)
{
    return begin | end << 32;
}

uint64_t be__units_of(uint64_t range)
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
    return !(units >= 1) ? 1 : units > (double)rest ? rest : (uint64_t)units;
}

/* Relaxed order is enough for all of these: the word is everything two
 * threads must agree on, and the mailboxes order the rest. */
bool be__claim(const struct be__job *job, struct be__share *share, double cost, uint64_t *begin,
               uint64_t *end)
{
    uint64_t range = atomic_load_explicit(&share->range, memory_order_relaxed);
    for (;;) {
        uint64_t rest = be__units_of(range);
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

uint64_t be__cut(struct be__share *share, uint64_t want, uint64_t *begin)
{
    uint64_t range = atomic_load_explicit(&share->range, memory_order_relaxed);
    for (;;) {
        uint64_t rest = be__units_of(range);
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

uint64_t be__rest_of(struct be__share *share)
{
    return be__units_of(atomic_load_explicit(&share->range, memory_order_relaxed));
}

bool be__steal(struct be__job *job, struct be__share *own, double cost)
{
    be__account_mark(job->engine->tracer, BE_STATE_STEAL);
    unsigned n_shares = atomic_load_explicit(&job->n_shares, memory_order_acquire);
    for (;;) {
        struct be__share *victim = NULL;
        uint64_t most = 0;
        for (unsigned i = 0; i < n_shares; i++) {
            uint64_t rest = &job->share[i] == own ? 0 : be__rest_of(&job->share[i]);
            if (rest > most) {
                most = rest;
                victim = &job->share[i];
            }
        }
        if (!victim || (cost > 0 && (double)most * cost < job->steal_ticks)) {
            return false;
        }
        uint64_t begin;
        uint64_t taken = be__cut(victim, (most + 1) / 2, &begin);
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

uint64_t be__run(struct be__job *job, struct be__share *share, be_worker *worker, uint64_t begin,
                 uint64_t end, uint64_t start, double *cost)
{
    size_t first = (size_t)begin * job->unit;
    size_t last = end > (job->n - 1) / job->unit ? job->n : (size_t)end * job->unit;
    size_t limit = atomic_load_explicit(&job->limit, memory_order_relaxed);
    last = last < limit ? last : limit;
    if (first >= last) { /* nor is anything above it wanted */
        uint64_t unwanted;
        be__cut(job->one_share ? &job->share[0] : share, UINT64_MAX, &unwanted);
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
    double seen = (double)(now - start) / (double)units;
    if (kept_cpu) {
        share->clean_busy += now - start;
        share->clean_units += (uint32_t)units;
        share->dearest = (float)seen > share->dearest ? (float)seen : share->dearest;
        *cost = seen;
    } else if (*cost <= 0) {
        *cost = seen; /* long items always lose their CPU at some time */
    }
    share->real +=
        kept_cpu ? now - start : be__party_real(worker->party, now - start, *cost * (double)units);
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

bool be__stopped(struct be__job *job)
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

void be__share_init(struct be__share *share, uint64_t begin, uint64_t end)
{
    memset(share, 0, sizeof *share);
    atomic_store_explicit(&share->range, pack(begin, end), memory_order_relaxed);
}
