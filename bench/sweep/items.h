/* sweep/items.h: the work of the sweep. Item i of n writes out[i]; what it costs depends on the
 * kind:
 *
 *     z    nothing, and writes nothing: the price of a call
 *     a    about 0.5 ns, two multiplications that overlap with the next item's
 *     b    about 10 ns
 *     c    about 72 ns
 *     d    about 10 us
 *     e    as b, but the last sixteenth of the items cost about 0.95 us each: six sevenths of the
 * work
 *
 * on a 3.7 GHz core; items.c has every kind's plain loop, one object for all implementations. An
 * OpenMP loop is written around the items themselves, as its users write it.
 */
#ifndef SWEEP_ITEMS_H
#define SWEEP_ITEMS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* KIND(letter, about how many nanoseconds an item takes in the mean) */
#define ITEM_KINDS(KIND)                                                                           \
    KIND(z, 0.01)                                                                                  \
    KIND(a, 0.55)                                                                                  \
    KIND(b, 10)                                                                                    \
    KIND(c, 72)                                                                                    \
    KIND(d, 10000)                                                                                 \
    KIND(e, 69)

#define ITEM_ENUM(kind, ns) ITEM_##kind,
enum item_kind { ITEM_KINDS(ITEM_ENUM) ITEM_COUNT };
#undef ITEM_ENUM

extern const double items_ns[ITEM_COUNT];

/* Rounds of dependent multiplications that make up an item. */
enum { ROUNDS_b = 24, ROUNDS_c = 85, ROUNDS_d = 9200, ROUNDS_tail = 880 };

static inline uint8_t item_rounds(size_t i, int rounds)
{
    uint64_t x = i;
    for (int r = 0; r < rounds; r++) {
        x = (x ^ UINT64_C(1442695040888963407)) * UINT64_C(6364136223846793005);
    }
    return (uint8_t)(x >> 56);
}

static inline uint8_t item_a(size_t i, size_t n)
{
    (void)n;
    uint64_t x = (i ^ UINT64_C(0x2545F4914F6CDD1D)) * UINT64_C(0x9E3779B97F4A7C15);
    return (uint8_t)((x ^ x >> 32) * UINT64_C(0xD6E8FEB86659FD93) >> 56);
}

static inline uint8_t item_b(size_t i, size_t n)
{
    (void)n;
    return item_rounds(i, ROUNDS_b);
}

static inline uint8_t item_c(size_t i, size_t n)
{
    (void)n;
    return item_rounds(i, ROUNDS_c);
}

static inline uint8_t item_d(size_t i, size_t n)
{
    (void)n;
    return item_rounds(i, ROUNDS_d);
}

static inline uint8_t item_e(size_t i, size_t n)
{
    return item_rounds(i, i < n - n / 16 ? ROUNDS_b : ROUNDS_tail);
}

/* The plain loop over items [begin, end) of n. */
#define ITEM_RANGE(kind, ns) void items_##kind(uint8_t *out, size_t n, size_t begin, size_t end);
ITEM_KINDS(ITEM_RANGE)
#undef ITEM_RANGE

#ifdef __cplusplus
}
#endif
#endif
