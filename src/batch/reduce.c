/* reduce.c: one result from many items, the same bits for any schedule.
 *
 * The items fall into blocks that depend on n and `block` alone. A block's leaf fills its own
 * accumulator, whoever runs it; the accumulators are folded here, one after the other by index:
 *
 *     total = ((a0 + a1) + a2) + ...      never  (a0 + a1) + (a2 + a3)
 *
 * That takes an accumulator a block, so blocks run in waves of at most WAVE, the total of the waves
 * before standing in front of each.
 */
#include "base/base.h"
#include "batch/toolkit.h"

#include <string.h>

enum {
    WAVE = 4096,
    LINE = 64,          /* accumulators lie a cache line apart */
    AT_HAND = 32 * LINE /* so much fits the stack: a small reduction allocates nothing */
};

struct reduction {
    be_leaf *leaf;
    void *ctx;
    size_t n;
    size_t block;
    size_t result_size;
    size_t stride;
    size_t first_block;      /* of this wave */
    unsigned char *partials; /* of this wave */
};

static unsigned char *partial_of(const struct reduction *r, size_t b)
{
    return r->partials + b * r->stride;
}

/* A leaf names the item it failed at; be_for wants the block. The item waits in the accumulator,
 * which nobody reads after a failure. */
static be_status run_blocks(void *ctx, size_t begin, size_t end, be_worker *worker)
{
    const struct reduction *r = ctx;
    for (size_t b = begin; b < end; b++) {
        unsigned char *partial = partial_of(r, b);
        size_t first = (r->first_block + b) * r->block;
        size_t size = r->n - first < r->block ? r->n - first : r->block;
        memset(partial, 0, r->result_size);
        be_status status = r->leaf(r->ctx, first, first + size, partial, worker);
        if (status) {
            size_t item = be__worker_failed_item(worker);
            memcpy(partial, &item, sizeof item);
            return be_fail(worker, b, status);
        }
    }
    return BE_OK;
}

/* Tell where a wave stopped: at the failing item, or at the end of the complete blocks. */
static void tell(const struct reduction *r, const struct be__stage *stage, be_status status)
{
    size_t item = BE_NO_ITEM;
    size_t done = (r->first_block + stage->done) * r->block;
    if (stage->error.item != BE_NO_ITEM) {
        memcpy(&item, partial_of(r, stage->error.item), sizeof item);
        done = item;
    }
    be__stage_end(stage, status, done, item);
}

be_status be_reduce(be_engine *engine, const be_site *site, size_t n, size_t block, be_leaf *leaf,
                    be_join *join, void *ctx, size_t result_size, void *result,
                    const be_for_options *options)
{
    struct be__stage stage;
    be__stage_init(&stage, options);
    if (block == 0 || result_size > SIZE_MAX / (2 * WAVE) - LINE) {
        return be__stage_end(&stage, BE_EINVAL, 0, BE_NO_ITEM);
    }
    if (n == 0) {
        memset(result, 0, result_size);
        return be__stage_end(&stage, BE_OK, 0, BE_NO_ITEM);
    }
    struct reduction r = {.leaf = leaf, .ctx = ctx, .n = n, .block = block};
    r.result_size = result_size;
    r.stride = ((result_size ? result_size : 1) + LINE - 1) / LINE * LINE;
    size_t n_blocks = (n - 1) / block + 1;
    size_t wave = n_blocks < WAVE ? n_blocks : WAVE;

    _Alignas(LINE) unsigned char at_hand[AT_HAND];
    unsigned char *total = at_hand;
    bool allocated = (wave + 1) * r.stride > sizeof at_hand;
    if (allocated) {
        total = be__engine_allocate(engine, wave + 1, r.stride);
        if (!total) {
            return be__stage_end(&stage, BE_ENOMEM, 0, BE_NO_ITEM);
        }
    }
    r.partials = total + r.stride;

    be_status status = BE_OK;
    while (r.first_block < n_blocks) {
        size_t count = n_blocks - r.first_block < wave ? n_blocks - r.first_block : wave;
        status = be_for(engine, site, count, run_blocks, &r, &stage.inner);
        if (status) {
            tell(&r, &stage, status);
            break;
        }
        for (size_t b = 0; b < count; b++) {
            if (r.first_block + b == 0) {
                memcpy(total, partial_of(&r, b), result_size);
            } else {
                join(ctx, total, partial_of(&r, b));
            }
        }
        r.first_block += count;
    }
    if (!status) {
        memcpy(result, total, result_size);
        be__stage_end(&stage, BE_OK, n, BE_NO_ITEM);
    }
    if (allocated) {
        be__engine_release(engine, total, wave + 1, r.stride);
    }
    return status;
}
