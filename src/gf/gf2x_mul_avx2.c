/* gf2x_mul_avx2.c: products over GF(2) with PCLMULQDQ, one product of two limbs at a time. */
#include "gf/kernel.h"

#include <immintrin.h>
#include <string.h>

enum {
    UNITS_MAX = 32 /* of 128 bits, in what mul_units() does in one piece */
};

static inline __m128i load(const uint64_t *a)
{
    return _mm_loadu_si128((const __m128i *)(const void *)a);
}

static inline void store(uint64_t *r, __m128i a)
{
    _mm_storeu_si128((__m128i *)(void *)r, a);
}

static inline __m256i load4(const uint64_t *a)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)a);
}

/* The low limb becomes the sum of both. */
static inline __m128i fold(__m128i a)
{
    return _mm_xor_si128(a, _mm_unpackhi_epi64(a, a));
}

/* r[0, 2(na + nb)) = a * b, counted in units of two limbs; nb <= na <= UNITS_MAX. Column by column:
 * unit c of the result is the sum of a[c - j] b[j], each by Karatsuba's three products, of which
 * the middle ones are put together after summing. */
static void mul_units(uint64_t *r, const uint64_t *a, size_t na, const uint64_t *b, size_t nb)
{
    __m128i fold_a[UNITS_MAX], fold_b[UNITS_MAX];
    for (size_t i = 0; i < na; i++) {
        fold_a[i] = fold(load(a + 2 * i));
    }
    for (size_t j = 0; j < nb; j++) {
        fold_b[j] = fold(load(b + 2 * j));
    }
    __m128i carry = _mm_setzero_si128();
    for (size_t c = 0; c < na + nb; c++) {
        __m128i low = _mm_setzero_si128(), high = low, middle = low;
        size_t first = c + 1 > na ? c + 1 - na : 0, last = c < nb ? c : nb - 1;
        for (size_t j = first; j <= last; j++) {
            __m128i x = load(a + 2 * (c - j)), y = load(b + 2 * j);
            low = _mm_xor_si128(low, _mm_clmulepi64_si128(x, y, 0x00));
            high = _mm_xor_si128(high, _mm_clmulepi64_si128(x, y, 0x11));
            middle = _mm_xor_si128(middle, _mm_clmulepi64_si128(fold_a[c - j], fold_b[j], 0x00));
        }
        middle = _mm_xor_si128(middle, _mm_xor_si128(low, high));
        store(r + 2 * c, _mm_xor_si128(_mm_xor_si128(low, carry), _mm_slli_si128(middle, 8)));
        carry = _mm_xor_si128(high, _mm_srli_si128(middle, 8));
    }
}

static void mul(uint64_t *r, const uint64_t *a, size_t na, const uint64_t *b, size_t nb)
{
    if (na == 1) {
        store(r, _mm_clmulepi64_si128(_mm_cvtsi64_si128((long long)*a),
                                      _mm_cvtsi64_si128((long long)*b), 0x00));
        return;
    }
    if (na <= 2 * UNITS_MAX && na % 2 == 0 && nb % 2 == 0) {
        mul_units(r, a, na / 2, b, nb / 2);
        return;
    }
    /* Pieces of both that fit, their products summed up. An odd limb at the end gets a zero. */
    uint64_t x[2 * UNITS_MAX], y[2 * UNITS_MAX], product[4 * UNITS_MAX];
    memset(r, 0, (na + nb) * sizeof *r);
    for (size_t j = 0; j < nb; j += 2 * UNITS_MAX) {
        size_t n_y = nb - j < 2 * UNITS_MAX ? nb - j : 2 * UNITS_MAX;
        memcpy(y, b + j, n_y * sizeof *y);
        if (n_y % 2) {
            y[n_y] = 0;
        }
        for (size_t i = 0; i < na; i += 2 * UNITS_MAX) {
            size_t n_x = na - i < 2 * UNITS_MAX ? na - i : 2 * UNITS_MAX;
            memcpy(x, a + i, n_x * sizeof *x);
            if (n_x % 2) {
                x[n_x] = 0;
            }
            bool swap = n_x < n_y;
            mul_units(product, swap ? y : x, ((swap ? n_y : n_x) + 1) / 2, swap ? x : y,
                      ((swap ? n_x : n_y) + 1) / 2);
            for (size_t k = 0; k < n_x + n_y; k++) {
                r[i + j + k] ^= product[k];
            }
        }
    }
}

static void sqr(uint64_t *r, const uint64_t *a, size_t n)
{
    size_t i = 0;
    for (; i + 2 <= n; i += 2) {
        __m128i x = load(a + i);
        store(r + 2 * i, _mm_clmulepi64_si128(x, x, 0x00));
        store(r + 2 * i + 2, _mm_clmulepi64_si128(x, x, 0x11));
    }
    if (i < n) {
        __m128i x = _mm_cvtsi64_si128((long long)a[i]);
        store(r + 2 * i, _mm_clmulepi64_si128(x, x, 0x00));
    }
}

static uint64_t add_mul_1(uint64_t *r, const uint64_t *a, size_t n, uint64_t w)
{
    __m128i y = _mm_cvtsi64_si128((long long)w);
    uint64_t carry = 0;
    size_t i = 0;
    for (; i + 2 <= n; i += 2) {
        __m128i x = load(a + i), high = _mm_clmulepi64_si128(x, y, 0x01);
        __m128i here = _mm_xor_si128(_mm_clmulepi64_si128(x, y, 0x00), _mm_slli_si128(high, 8));
        here = _mm_xor_si128(here, _mm_cvtsi64_si128((long long)carry));
        store(r + i, _mm_xor_si128(load(r + i), here));
        carry = (uint64_t)_mm_extract_epi64(high, 1);
    }
    if (i < n) {
        __m128i product = _mm_clmulepi64_si128(_mm_cvtsi64_si128((long long)a[i]), y, 0x00);
        r[i] ^= (uint64_t)_mm_cvtsi128_si64(product) ^ carry;
        carry = (uint64_t)_mm_extract_epi64(product, 1);
    }
    return carry;
}

static void add(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n)
{
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        _mm256_storeu_si256((__m256i *)(void *)(r + i),
                            _mm256_xor_si256(load4(a + i), load4(b + i)));
    }
    for (; i < n; i++) {
        r[i] = a[i] ^ b[i];
    }
}

static void join(uint64_t *r, const uint64_t *middle, size_t h, size_t high)
{
    uint64_t *r1 = r + h, *r2 = r + 2 * h, *r3 = r + 3 * h;
    size_t i = 0;
    for (; i + 4 <= 2 * high - h; i += 4) {
        __m256i inner = _mm256_xor_si256(load4(r1 + i), load4(r2 + i));
        __m256i low = _mm256_xor_si256(load4(r + i), load4(middle + i));
        __m256i last = _mm256_xor_si256(load4(r3 + i), load4(middle + h + i));
        _mm256_storeu_si256((__m256i *)(void *)(r1 + i), _mm256_xor_si256(inner, low));
        _mm256_storeu_si256((__m256i *)(void *)(r2 + i), _mm256_xor_si256(inner, last));
    }
    for (; i < h; i++) {
        uint64_t inner = r1[i] ^ r2[i], top = h + i < 2 * high ? r3[i] : 0;
        r1[i] = inner ^ r[i] ^ middle[i];
        r2[i] = inner ^ top ^ middle[h + i];
    }
}

const be__gf2_kernel be__gf2_kernel_avx2 = {
    .mul = mul, .sqr = sqr, .add_mul_1 = add_mul_1, .add = add, .join = join, .karatsuba_from = 12};
