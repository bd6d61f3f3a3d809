/* dedup.c: find equal items.
 *
 * The keys are hashed by the engine's workers. Then one thread walks the items in order through an
 * open-addressing table of item numbers: an item finds the number of an equal one before it, or
 * puts in its own, so what is found is always the lowest. The table is at most half full.
 */
#include "batch/toolkit.h"

#include <string.h>

struct keys {
    be_key *key;
    void *ctx;
    be_hash128 *hashes;
};

static be_status hash_keys(void *ctx, size_t begin, size_t end, be_worker *worker)
{
    (void)worker;
    const struct keys *k = ctx;
    for (size_t i = begin; i < end; i++) {
        const void *bytes;
        size_t size;
        k->key(k->ctx, i, &bytes, &size);
        k->hashes[i] = be_hash(bytes, size);
    }
    return BE_OK;
}

static bool same_key(const struct keys *k, size_t i, size_t j)
{
    if (k->hashes[i].low != k->hashes[j].low || k->hashes[i].high != k->hashes[j].high) {
        return false;
    }
    const void *bytes_i, *bytes_j;
    size_t size_i, size_j;
    k->key(k->ctx, i, &bytes_i, &size_i);
    k->key(k->ctx, j, &bytes_j, &size_j);
    return size_i == size_j && (size_i == 0 || memcmp(bytes_i, bytes_j, size_i) == 0);
}

/* The item in the table that equals i, or i itself, put in now. A slot holds item + 1; 0: free. */
static size_t find_or_add(uint32_t *table, size_t mask, const struct keys *k, size_t i)
{
    for (size_t at = (size_t)k->hashes[i].low & mask;; at = (at + 1) & mask) {
        if (table[at] == 0) {
            table[at] = (uint32_t)(i + 1);
            return i;
        }
        if (same_key(k, i, table[at] - 1)) {
            return table[at] - 1;
        }
    }
}

be_status be_dedup(be_engine *engine, const be_site *site, size_t n, be_key *key, void *ctx,
                   size_t *first, size_t *unique, size_t *count)
{
    if (n >= UINT32_MAX) {
        return BE_ELIMIT;
    }
    size_t slots = 1;
    while (slots < 2 * n) {
        slots *= 2;
    }
    struct keys keys = {key, ctx, be__engine_allocate(engine, n, sizeof *keys.hashes)};
    uint32_t *table = be__engine_allocate(engine, slots, sizeof *table);
    be_status status = BE_ENOMEM;
    if (keys.hashes && table) {
        status = be_for(engine, site, n, hash_keys, &keys, NULL);
    }
    if (!status) {
        memset(table, 0, slots * sizeof *table);
        size_t n_unique = 0;
        for (size_t i = 0; i < n; i++) {
            first[i] = find_or_add(table, slots - 1, &keys, i);
            if (first[i] == i) {
                if (unique) {
                    unique[n_unique] = i;
                }
                n_unique++;
            }
        }
        *count = n_unique;
        be_count(be_engine_tracer(engine), BE_COUNT_DUPLICATES, n - n_unique);
    }
    be__engine_release(engine, table, slots, sizeof *table);
    be__engine_release(engine, keys.hashes, n, sizeof *keys.hashes);
    return status;
}
