/* map.c: compute each distinct item once.
 *
 *     items      A  B  A  C  B  D        duplicates:  find the first of each     be_dedup
 *     unique     A  B     C     D        known:       ask the memo               one loop
 *     to do      A        C              compute:     the caller's body          one loop
 *     items      A  B  A  C  B  D        copy:        to the duplicates          one loop
 *
 * Every list is ascending, so the lowest failing position is the lowest failing item.
 */
#include "batch/toolkit.h"

#include <string.h>

struct map {
    be_key *key;
    const be_memo *memo;
    be_body *body;
    void *ctx;
    unsigned char *values;
    size_t value_size;
    size_t *first;  /* [n]: the lowest item with the same key */
    size_t *list;   /* the unique items, then what is left of them to do */
    uint8_t *known; /* [unique]: the memo had it */
};

static void *value_of(const struct map *m, size_t item)
{
    return m->values + item * m->value_size;
}

static be_status ask_memo(void *ctx, size_t begin, size_t end, be_worker *worker)
{
    (void)worker;
    const struct map *m = ctx;
    for (size_t at = begin; at < end; at++) {
        const void *key;
        size_t key_size;
        m->key(m->ctx, m->list[at], &key, &key_size);
        m->known[at] =
            m->memo->get(m->memo->user, key, key_size, value_of(m, m->list[at]), m->value_size);
    }
    return BE_OK;
}

static be_status compute(void *ctx, size_t begin, size_t end, be_worker *worker)
{
    const struct map *m = ctx;
    for (size_t at = begin; at < end; at++) {
        size_t item = m->list[at];
        be_status status = m->body(m->ctx, item, item + 1, worker);
        if (status) {
            return be_fail(worker, at, status);
        }
        if (m->memo) {
            const void *key;
            size_t key_size;
            m->key(m->ctx, item, &key, &key_size);
            m->memo->put(m->memo->user, key, key_size, value_of(m, item), m->value_size);
        }
    }
    return BE_OK;
}

static be_status copy(void *ctx, size_t begin, size_t end, be_worker *worker)
{
    (void)worker;
    const struct map *m = ctx;
    for (size_t i = begin; i < end; i++) {
        if (m->first[i] != i) {
            memcpy(value_of(m, i), value_of(m, m->first[i]), m->value_size);
        }
    }
    return BE_OK;
}

/* Keep in the list what the memo did not know; returns how many that are. */
static size_t keep_unknown(struct map *m, size_t count)
{
    size_t kept = 0;
    for (size_t at = 0; at < count; at++) {
        if (!m->known[at]) {
            m->list[kept++] = m->list[at];
        }
    }
    return kept;
}

static be_status run(be_engine *engine, const be_site *site, struct map *m, size_t n,
                     be_map_stats *stats, struct be__stage *stage)
{
    static const be_site key_site = BE_SITE("be_map_unique: hash keys");
    static const be_site memo_site = BE_SITE("be_map_unique: ask the memo");
    static const be_site copy_site = BE_SITE("be_map_unique: copy to duplicates");

    size_t n_unique;
    be_status status = be_dedup(engine, &key_site, n, m->key, m->ctx, m->first, m->list, &n_unique);
    size_t to_do = n_unique;
    if (!status && m->memo) {
        status = be_for(engine, &memo_site, n_unique, ask_memo, m, &stage->inner);
        to_do = status ? n_unique : keep_unknown(m, n_unique);
        be_count(be_engine_tracer(engine), BE_COUNT_MEMO_HITS, n_unique - to_do);
    }
    if (status) {
        return be__stage_end(stage, status, 0, BE_NO_ITEM);
    }
    status = be_for(engine, site, to_do, compute, m, &stage->inner);
    size_t done = stage->done < to_do ? m->list[stage->done] : n;
    bool item_failed = status && stage->error.item != BE_NO_ITEM;
    size_t item = item_failed ? m->list[stage->error.item] : BE_NO_ITEM;

    /* What is done is done in full: the duplicates below a failure or a cancellation too. */
    be_status copied = be_for(engine, &copy_site, done, copy, m, NULL);
    if (copied) {
        return be__stage_end(stage, copied, 0, BE_NO_ITEM);
    }
    if (!status && stats) {
        *stats = (be_map_stats){n - n_unique, n_unique - to_do, to_do};
    }
    return be__stage_end(stage, status, done, item);
}

be_status be_map_unique(be_engine *engine, const be_site *site, size_t n, be_key *key,
                        const be_memo *memo, be_body *body, void *ctx, void *values,
                        size_t value_size, be_map_stats *stats, const be_for_options *options)
{
    struct be__stage stage;
    be__stage_init(&stage, options);
    struct map m = {.key = key, .memo = memo, .body = body, .ctx = ctx, .values = values};
    m.value_size = value_size;
    m.first = be__engine_allocate(engine, n, sizeof *m.first);
    m.list = be__engine_allocate(engine, n, sizeof *m.list);
    m.known = be__engine_allocate(engine, n, sizeof *m.known);
    be_status status = BE_ENOMEM;
    if (m.first && m.list && m.known) {
        status = run(engine, site, &m, n, stats, &stage);
    } else {
        be__stage_end(&stage, status, 0, BE_NO_ITEM);
    }
    be__engine_release(engine, m.known, n, sizeof *m.known);
    be__engine_release(engine, m.list, n, sizeof *m.list);
    be__engine_release(engine, m.first, n, sizeof *m.first);
    return status;
}
