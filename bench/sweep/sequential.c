/* sequential.c: the plain loop. */
#include "harness.h"

#include <string.h>

#define LOOP(kind, ns)                                                                             \
    static void loop_##kind(unsigned point, uint8_t *out, size_t n)                                \
    {                                                                                              \
        (void)point;                                                                               \
        items_##kind(out, n, 0, n);                                                                \
    }
ITEM_KINDS(LOOP)

static bool start(const char *variant)
{
    return strcmp(variant, "plain") == 0;
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
    for (size_t i = 0; i < n; i++) {
        body(ctx, i);
    }
}

const struct sweep_library sweep_library = {start, loop, each, NULL};
