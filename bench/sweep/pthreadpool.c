/* pthreadpool.c: one pool of a thread a CPU. "each" calls the body for every item, "tile" for tiles
 * of items that last about as long as oneTBB advises. */
#include "harness.h"

#include <pthreadpool.h>
#include <string.h>

static const double tile_ns = 100e3 / 3;

static pthreadpool_t pool;
static bool tiles;

struct range {
    uint8_t *out;
    size_t n;
};

#define LOOP(kind, ns)                                                                             \
    static void item_body_##kind(void *ctx, size_t i)                                              \
    {                                                                                              \
        struct range *range = ctx;                                                                 \
        items_##kind(range->out, range->n, i, i + 1);                                              \
    }                                                                                              \
                                                                                                   \
    static void tile_body_##kind(void *ctx, size_t begin, size_t size)                             \
    {                                                                                              \
        struct range *range = ctx;                                                                 \
        items_##kind(range->out, range->n, begin, begin + size);                                   \
    }                                                                                              \
                                                                                                   \
    static void loop_##kind(unsigned point, uint8_t *out, size_t n)                                \
    {                                                                                              \
        (void)point;                                                                               \
        struct range range = {out, n};                                                             \
        if (tiles) {                                                                               \
            size_t tile = 1 + (size_t)(tile_ns / items_ns[ITEM_##kind]);                           \
            pthreadpool_parallelize_1d_tile_1d(pool, tile_body_##kind, &range, n, tile, 0);        \
        } else {                                                                                   \
            pthreadpool_parallelize_1d(pool, item_body_##kind, &range, n, 0);                      \
        }                                                                                          \
    }
ITEM_KINDS(LOOP)

static bool start(const char *variant)
{
    tiles = strcmp(variant, "tile") == 0;
    pool = pthreadpool_create(0);
    return pool && (tiles || strcmp(variant, "each") == 0);
}

static sweep_loop *loop(enum item_kind kind)
{
#define ENTRY(kind, ns) loop_##kind,
    static sweep_loop *const loops[] = {ITEM_KINDS(ENTRY)};
    return loops[kind];
}

static void each(unsigned point, size_t n, void (*body)(void *ctx, size_t i), void *ctx)
{
    (void)point;
    pthreadpool_parallelize_1d(pool, body, ctx, n, 0);
}

const struct sweep_library sweep_library = {start, loop, each, NULL};
