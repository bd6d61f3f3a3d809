/* gf2x_mul_avx512.c: products over GF(2) with VPCLMULQDQ: four products of two limbs at once. */
#include "gf/kernel.h"

#include <immintrin.h>
#include <string.h>

enum {
    UNITS_MAX = 32, /* of 128 bits, in what mul_units() does in one piece */
    MARGIN = 4      /* units of zeros that a vector may reach beyond either end of a */
};

/* In each unit, the low limb becomes the sum of both. */
static inline __m512i fold(__m512i a)
{
    return _mm512_xor_si512(a, _mm512_unpackhi_epi64(a, a));
}

/* The first n limbs, n <= 8; zeros behind them. */
static inline __m512i load_some(const uint64_t *a, size_t n)
{
    return _mm512_maskz_loadu_epi64((__mmask8)((1U << n) - 1), a);
}

static inline void store_some(uint64_t *r, __m512i a, size_t n)
{
    _mm512_mask_storeu_epi64(r, (__mmask8)((1U << n) - 1), a);
}

static inline size_t up_to_8(size_t n)
{
    return n < 8 ? n : 8;
}

/* r[0, na + nb) = a * b, nb <= na <= 2 UNITS_MAX limbs.
 *
 * A unit is two limbs; four neighbouring units of the result are found at a time. Unit c is the sum
 * of a[c - j] b[j]: for four neighbouring c that is a vector of four neighbouring units of a, times
 * one unit of b in all places. Each product of units is made of Karatsuba's three, of which the
 * middle ones are put together after summing. */
static void mul_units(uint64_t *r, const uint64_t *a, size_t na, const uint64_t *b, size_t nb)
{
    uint64_t plain_a[2 * (UNITS_MAX + 2 * MARGIN)], fold_a[2 * (UNITS_MAX + 2 * MARGIN)];
    uint64_t plain_b[2 * UNITS_MAX + 8], fold_b[2 * UNITS_MAX + 8];
    __m512i zero = _mm512_setzero_si512(), below = zero;
    _mm512_storeu_si512(plain_a, zero);
    _mm512_storeu_si512(fold_a, zero);
    size_t i = 0;
    for (; i < na; i += 8) {
        __m512i x = load_some(a + i, up_to_8(na - i));
        _mm512_storeu_si512(plain_a + 8 + i, x);
        _mm512_storeu_si512(fold_a + 8 + i, fold(x));
    }
    _mm512_storeu_si512(plain_a + 8 + i, zero);
    _mm512_storeu_si512(fold_a + 8 + i, zero);
    for (size_t j = 0; j < nb; j += 8) {
        __m512i y = load_some(b + j, up_to_8(nb - j));
        _mm512_storeu_si512(plain_b + j, y);
        _mm512_storeu_si512(fold_b + j, fold(y));
    }
    size_t units_a = (na + 1) / 2, units_b = (nb + 1) / 2;
    for (size_t c = 0; 2 * c < na + nb; c += 4) {
        size_t first = c + 1 > units_a ? c + 1 - units_a : 0;
        size_t end = c + 4 < units_b ? c + 4 : units_b;
        __m512i low = zero, high = zero, middle = zero;
        for (size_t j = first; j < end; j++) {
            size_t at = 8 + 2 * c - 2 * j; /* j <= c + 3: not before the margin */
            __m512i x = _mm512_loadu_si512(plain_a + at), fold_x = _mm512_loadu_si512(fold_a + at);
            __m512i y = _mm512_broadcast_i32x4(_mm_loadu_si128((const void *)(plain_b + 2 * j)));
            __m512i fold_y =
                _mm512_broadcast_i32x4(_mm_loadu_si128((const void *)(fold_b + 2 * j)));
            low = _mm512_xor_si512(low, _mm512_clmulepi64_epi128(x, y, 0x00));
            high = _mm512_xor_si512(high, _mm512_clmulepi64_epi128(x, y, 0x11));
            middle = _mm512_xor_si512(middle, _mm512_clmulepi64_epi128(fold_x, fold_y, 0x00));
        }
        middle = _mm512_ternarylogic_epi64(middle, low, high, 0x96);         /* the sum of three */
        __m512i up = _mm512_xor_si512(high, _mm512_bsrli_epi128(middle, 8)); /* for unit c + 1 */
        __m512i here = _mm512_ternarylogic_epi64(low, _mm512_bslli_epi128(middle, 8),
                                                 _mm512_alignr_epi64(up, below, 6), 0x96);
        store_some(r + 2 * c, here, up_to_8(na + nb - 2 * c));
        below = up;
    }
}

static void mul(uint64_t *r, const uint64_t *a, size_t na, const uint64_t *b, size_t nb)
{
    if (na == 1) {
        __m128i x = _mm_cvtsi64_si128((long long)*a), y = _mm_cvtsi64_si128((long long)*b);
        _mm_storeu_si128((void *)r, _mm_clmulepi64_si128(x, y, 0x00));
        return;
    }
    if (na <= 2 * UNITS_MAX) {
        mul_units(r, a, na, b, nb);
        return;
    }
    /* Pieces of both that fit, their products summed up. */
    uint64_t product[4 * UNITS_MAX];
    memset(r, 0, (na + nb) * sizeof *r);
    for (size_t j = 0; j < nb; j += 2 * UNITS_MAX) {
        size_t n_y = nb - j < 2 * UNITS_MAX ? nb - j : 2 * UNITS_MAX;
        for (size_t i = 0; i < na; i += 2 * UNITS_MAX) {
            size_t n_x = na - i < 2 * UNITS_MAX ? na - i : 2 * UNITS_MAX;
            if (n_x < n_y) {
                mul_units(product, b + j, n_y, a + i, n_x);
            } else {
                mul_units(product, a + i, n_x, b + j, n_y);
            }
            for (size_t k = 0; k < n_x + n_y; k++) {
                r[i + j + k] ^= product[k];
            }
        }
    }
}

static void sqr(uint64_t *r, const uint64_t *a, size_t n)
{
    /* The squares of the limbs 0 2 4 6 and 1 3 5 7, each of two limbs, into order. */
    const __m512i front = _mm512_set_epi64(11, 10, 3, 2, 9, 8, 1, 0);
    const __m512i back = _mm512_set_epi64(15, 14, 7, 6, 13, 12, 5, 4);
    for (size_t i = 0; i < n; i += 8) {
        size_t some = up_to_8(n - i);
        __m512i x = load_some(a + i, some);
        __m512i even = _mm512_clmulepi64_epi128(x, x, 0x00);
        __m512i odd = _mm512_clmulepi64_epi128(x, x, 0x11);
        store_some(r + 2 * i, _mm512_permutex2var_epi64(even, front, odd), up_to_8(2 * some));
        if (some > 4) {
            store_some(r + 2 * i + 8, _mm512_permutex2var_epi64(even, back, odd), 2 * some - 8);
        }
    }
}

static uint64_t add_mul_1(uint64_t *r, const uint64_t *a, size_t n, uint64_t w)
{
    __m512i y = _mm512_set1_epi64((long long)w), below = _mm512_setzero_si512();
    uint64_t carry = 0;
    for (size_t i = 0; i < n; i += 8) {
        size_t some = up_to_8(n - i);
        __m512i x = load_some(a + i, some);
        __m512i even = _mm512_clmulepi64_epi128(x, y, 0x00);
        __m512i odd = _mm512_clmulepi64_epi128(x, y, 0x01); /* belongs one limb higher */
        __m512i moved = _mm512_alignr_epi64(odd, below, 7);
        __m512i sum = _mm512_ternarylogic_epi64(even, moved, load_some(r + i, some), 0x96);
        store_some(r + i, sum, some);
        below = odd;
        if (some < 8) { /* the limb that goes above is at `some` */
            uint64_t limbs[8];
            _mm512_storeu_si512(limbs, _mm512_xor_si512(even, moved));
            return limbs[some];
        }
    }
    if (n > 0) {
        uint64_t limbs[8];
        _mm512_storeu_si512(limbs, below);
        carry = limbs[7];
    }
    return carry;
}

static void add(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n)
{
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        _mm512_storeu_si512(r + i,
                            _mm512_xor_si512(_mm512_loadu_si512(a + i), _mm512_loadu_si512(b + i)));
    }
    if (i < n) {
        __m512i sum = _mm512_xor_si512(load_some(a + i, n - i), load_some(b + i, n - i));
        store_some(r + i, sum, n - i);
    }
}

static void join(uint64_t *r, const uint64_t *middle, size_t h, size_t high)
{
    uint64_t *r1 = r + h, *r2 = r + 2 * h, *r3 = r + 3 * h;
    size_t n_top = 2 * high - h;
    for (size_t i = 0; i < h; i += 8) {
        size_t some = up_to_8(h - i), top = i < n_top ? up_to_8(n_top - i) : 0;
        __m512i inner = _mm512_xor_si512(load_some(r1 + i, some), load_some(r2 + i, some));
        __m512i low = _mm512_xor_si512(load_some(r + i, some), load_some(middle + i, some));
        __m512i last = _mm512_xor_si512(load_some(r3 + i, top), load_some(middle + h + i, some));
        store_some(r1 + i, _mm512_xor_si512(inner, low), some);
        store_some(r2 + i, _mm512_xor_si512(inner, last), some);
    }
}

const be__gf2_kernel be__gf2_kernel_avx512 = {
    .mul = mul, .sqr = sqr, .add_mul_1 = add_mul_1, .add = add, .join = join, .karatsuba_from = 48};
