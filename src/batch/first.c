/* first.c: the k lowest items that satisfy a predicate.
 *
 * Items are looked at in waves that double what has been looked at, so that at most about as many
 * are looked at in vain. Inside a range the predicate is asked for a chunk at a time, an eighth of
 * what lies before it, and a range that has all the hits still wanted ends there and lets every
 * range above it end too. Ranges that follow one another count on: run by one thread, a search
 * looks at an eighth too much at most.
 *
 * An item above the k-th hit has no say, not even by failing: the plain loop would never have seen
 * it. So the answer is the same for any schedule.
 */
#include "batch/toolkit.h"

#include <stdatomic.h>
#include <string.h>

enum {
    WAVE_MIN = 64,
    WAVE_AT_HAND = 4096, /* hits of a wave up to this live on the stack */
    WAVE_MAX = 1 << 20
};

struct search {
    be_predicate *predicate;
    void *ctx;
    size_t first;         /* item of the wave's first hit byte */
    size_t wanted;        /* hits still wanted when the wave began */
    uint8_t *hits;        /* of this wave */
    _Atomic size_t limit; /* wanted hits are known below this position: nobody needs those above */
    _Atomic uint64_t prefix; /* all below its low half is looked at, with its high half of hits */
};

/* Only saves work, and carries no data: the hits are read after be_for has joined. */
static void lower_limit(struct search *s, size_t position)
{
    size_t limit = atomic_load_explicit(&s->limit, memory_order_relaxed);
    while (position < limit &&
           !atomic_compare_exchange_weak_explicit(&s->limit, &limit, position, memory_order_relaxed,
                                                  memory_order_relaxed)) {
    }
}

static be_status look(void *ctx, size_t begin, size_t end, be_worker *worker)
{
    struct search *s = ctx;
    /* Only the range that begins where the prefix ends carries it on. Relaxed, as above. */
    uint64_t prefix = atomic_load_explicit(&s->prefix, memory_order_relaxed);
    bool carries_on = (uint32_t)prefix == begin;
    size_t seen = carries_on ? (size_t)(prefix >> 32) : 0;
    size_t chunk;
    for (size_t at = begin; at < end; at += chunk) {
        if (at >= atomic_load_explicit(&s->limit, memory_order_relaxed)) {
            return BE_OK;
        }
        chunk = 1 + (s->first + at) / 8;
        chunk = chunk < end - at ? chunk : end - at;
        size_t item = s->first + at;
        be_status status = s->predicate(s->ctx, item, item + chunk, s->hits + at, worker);
        if (status) {
            return be_fail(worker, be__worker_failed_item(worker) - s->first, status);
        }
        for (size_t i = at; i < at + chunk; i++) {
            seen += s->hits[i];
        }
        if (carries_on) {
            atomic_store_explicit(&s->prefix, (uint64_t)seen << 32 | (at + chunk),
                                  memory_order_relaxed);
        }
        if (seen >= s->wanted) {
            lower_limit(s, at + chunk);
            return BE_OK;
        }
    }
    return BE_OK;
}

be_status be_first(be_engine *engine, const be_site *site, size_t n, be_predicate *predicate,
                   void *ctx, size_t k, size_t *found, size_t *count, const be_for_options *options)
{
    struct be__stage stage;
    be__stage_init(&stage, options);
    uint8_t at_hand[WAVE_AT_HAND];
    size_t capacity = sizeof at_hand;
    struct search s = {.predicate = predicate, .ctx = ctx, .hits = at_hand};
    size_t n_found = 0;
    size_t done = 0;
    size_t failed_item = BE_NO_ITEM;
    be_status status = BE_OK;

    while (!status && n_found < k && s.first < n) {
        size_t wave = s.first < WAVE_MIN ? WAVE_MIN : s.first < WAVE_MAX ? s.first : WAVE_MAX;
        wave = wave < n - s.first ? wave : n - s.first;
        if (wave > capacity) {
            capacity = n < WAVE_MAX ? n : WAVE_MAX;
            s.hits = be__engine_allocate(engine, capacity, 1);
            if (!s.hits) {
                status = BE_ENOMEM;
                break;
            }
        }
        memset(s.hits, 0, wave);
        s.wanted = k - n_found;
        s.limit = wave;
        s.prefix = 0;
        status = be_for(engine, site, wave, look, &s, &stage.inner);
        for (size_t i = 0; i < stage.done && n_found < k; i++) {
            if (s.hits[i]) {
                found[n_found++] = s.first + i;
            }
        }
        done = s.first + stage.done;
        if (status && stage.error.item != BE_NO_ITEM) {
            failed_item = s.first + stage.error.item;
        }
        s.first += wave;
    }
    if (s.hits && s.hits != at_hand) {
        be__engine_release(engine, s.hits, capacity, 1);
    }
    *count = n_found;
    if (n_found == k) {
        return be__stage_end(&stage, BE_OK, k ? found[k - 1] + 1 : 0, BE_NO_ITEM);
    }
    return be__stage_end(&stage, status, done, failed_item);
}
