/* openmp.c: a parallel loop under each of OpenMP's schedules, with the chunk that is its default.
 * The same object runs on GCC's and on LLVM's runtime. */
#include "harness.h"

#include <string.h>

#define LOOP(kind, schedule_kind)                                                                  \
    static void loop_##schedule_kind##_##kind(unsigned point, uint8_t *out, size_t n)              \
    {                                                                                              \
        (void)point;                                                                               \
        PRAGMA(omp parallel for schedule(schedule_kind))                                           \
        for (size_t i = 0; i < n; i++) {                                                           \
            out[i] = item_##kind(i, n);                                                            \
        }                                                                                          \
    }
#define PRAGMA(text) _Pragma(#text)

static inline uint8_t item_z(size_t i, size_t n)
{
    (void)i;
    (void)n;
    return 0;
}

#define STATIC(kind, ns) LOOP(kind, static)
#define DYNAMIC(kind, ns) LOOP(kind, dynamic)
#define GUIDED(kind, ns) LOOP(kind, guided)
ITEM_KINDS(STATIC)
ITEM_KINDS(DYNAMIC)
ITEM_KINDS(GUIDED)

static const struct {
    const char *name;
    sweep_loop *loop[ITEM_COUNT];
} variants[] = {
#define STATIC_ENTRY(kind, ns) loop_static_##kind,
#define DYNAMIC_ENTRY(kind, ns) loop_dynamic_##kind,
#define GUIDED_ENTRY(kind, ns) loop_guided_##kind,
    {"static", {ITEM_KINDS(STATIC_ENTRY)}},
    {"dynamic", {ITEM_KINDS(DYNAMIC_ENTRY)}},
    {"guided", {ITEM_KINDS(GUIDED_ENTRY)}},
};
static size_t variant;

static bool start(const char *name)
{
    for (variant = 0; variant < sizeof variants / sizeof variants[0]; variant++) {
        if (strcmp(name, variants[variant].name) == 0) {
            return true;
        }
    }
    return false;
}

static sweep_loop *loop(enum item_kind kind)
{
    return variants[variant].loop[kind];
}

static void each(unsigned point, size_t n, void (*body)(void *ctx, size_t i), void *ctx)
{
    (void)point;
#pragma omp parallel for
    for (size_t i = 0; i < n; i++) {
        body(ctx, i);
    }
}

const struct sweep_library sweep_library = {start, loop, each, NULL};
