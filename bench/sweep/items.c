/* items.c: the plain loop of every kind of item. */
#include "items.h"

#define ITEM_NS(kind, ns) ns,
const double items_ns[ITEM_COUNT] = {ITEM_KINDS(ITEM_NS)};

void items_z(uint8_t *out, size_t n, size_t begin, size_t end)
{
    (void)out;
    (void)n;
    (void)begin;
    (void)end;
}

#define RANGE(kind)                                                                                \
    void items_##kind(uint8_t *out, size_t n, size_t begin, size_t end)                            \
    {                                                                                              \
        for (size_t i = begin; i < end; i++) {                                                     \
            out[i] = item_##kind(i, n);                                                            \
        }                                                                                          \
    }
RANGE(a)
RANGE(b)
RANGE(c)
RANGE(d)
RANGE(e)
