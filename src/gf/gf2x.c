/* gf2x.c: polynomials over GF(2) as objects that grow: everything linear, and division. */
#include "gf/gf2x.h"

#include <stdlib.h>
#include <string.h>

enum { LIMBS_MAX = 1 << 26 }; /* 2^32 coefficients: a size that cannot be meant is no memory */

ptrdiff_t be__gf2_degree(const uint64_t *a, size_t n)
{
    while (n > 0 && a[n - 1] == 0) {
        n--;
    }
    return n ? (ptrdiff_t)(64 * n) - 1 - __builtin_clzll(a[n - 1]) : -1;
}

void be__gf2x_init(be__gf2x *a)
{
    *a = (be__gf2x){0};
}

void be__gf2x_clear(be__gf2x *a)
{
    free(a->limb);
    *a = (be__gf2x){0};
}

void be__gf2x_swap(be__gf2x *a, be__gf2x *b)
{
    be__gf2x t = *a;
    *a = *b;
    *b = t;
}

static void trim(be__gf2x *a, size_t n)
{
    while (n > 0 && a->limb[n - 1] == 0) {
        n--;
    }
    a->n = n;
}

bool be__gf2x_is_one(const be__gf2x *a)
{
    return a->n == 1 && a->limb[0] == 1;
}

bool be__gf2x_equal(const be__gf2x *a, const be__gf2x *b)
{
    return be__gf2x_compare(a, b) == 0;
}

int be__gf2x_compare(const be__gf2x *a, const be__gf2x *b)
{
    if (a->n != b->n) {
        return a->n < b->n ? -1 : 1;
    }
    for (size_t i = a->n; i-- > 0;) {
        if (a->limb[i] != b->limb[i]) {
            return a->limb[i] < b->limb[i] ? -1 : 1;
        }
    }
    return 0;
}

bool be__gf2x_reserve(be__gf2x *a, size_t n_limbs)
{
    if (n_limbs <= a->capacity) {
        return true;
    }
    if (n_limbs > LIMBS_MAX) {
        return false;
    }
    uint64_t *grown = realloc(a->limb, n_limbs * sizeof *grown);
    if (!grown) {
        return false;
    }
    a->limb = grown;
    a->capacity = n_limbs;
    return true;
}

bool be__gf2x_set_limbs(be__gf2x *r, const uint64_t *limbs, size_t n)
{
    if (!be__gf2x_reserve(r, n)) {
        return false;
    }
    if (n > 0) {
        memmove(r->limb, limbs, n * sizeof *limbs);
    }
    trim(r, n);
    return true;
}

bool be__gf2x_set(be__gf2x *r, const be__gf2x *a)
{
    return be__gf2x_set_limbs(r, a->limb, a->n);
}

bool be__gf2x_set_x(be__gf2x *r, size_t degree)
{
    r->n = 0;
    return be__gf2x_flip(r, degree);
}

bool be__gf2x_flip(be__gf2x *r, size_t i)
{
    if (!be__gf2x_reserve(r, i / 64 + 1)) {
        return false;
    }
    while (r->n <= i / 64) {
        r->limb[r->n++] = 0;
    }
    r->limb[i / 64] ^= UINT64_C(1) << i % 64;
    trim(r, r->n);
    return true;
}

bool be__gf2x_add(be__gf2x *r, const be__gf2x *a, const be__gf2x *b)
{
    if (a->n < b->n) {
        const be__gf2x *t = a;
        a = b;
        b = t;
    }
    size_t n = a->n, nb = b->n;
    if (!be__gf2x_reserve(r, n)) { /* a or b may be r, whose limbs may move: read them after it */
        return false;
    }
    for (size_t i = 0; i < nb; i++) {
        r->limb[i] = a->limb[i] ^ b->limb[i];
    }
    if (r != a && n > nb) {
        memcpy(r->limb + nb, a->limb + nb, (n - nb) * sizeof *r->limb);
    }
    trim(r, n);
    return true;
}

bool be__gf2x_mul(be__gf2x *r, const be__gf2x *a, const be__gf2x *b)
{
    if (a->n == 0 || b->n == 0) {
        r->n = 0;
        return true;
    }
    be__gf2x product = {0};
    bool ok = be__gf2x_reserve(&product, a->n + b->n) &&
              be__gf2_mul(product.limb, a->limb, a->n, b->limb, b->n);
    if (ok) {
        trim(&product, a->n + b->n);
        be__gf2x_swap(r, &product);
    }
    be__gf2x_clear(&product);
    return ok;
}

bool be__gf2x_sqr(be__gf2x *r, const be__gf2x *a)
{
    be__gf2x square = {0};
    if (!be__gf2x_reserve(&square, 2 * a->n)) {
        return false;
    }
    be__gf2_sqr(square.limb, a->limb, a->n);
    trim(&square, 2 * a->n);
    be__gf2x_swap(r, &square);
    be__gf2x_clear(&square);
    return true;
}

bool be__gf2x_shift_left(be__gf2x *r, const be__gf2x *a, size_t n)
{
    size_t limbs = n / 64, bits = n % 64, size = a->n;
    if (size == 0) {
        r->n = 0;
        return true;
    }
    if (!be__gf2x_reserve(r, size + limbs + 1)) {
        return false;
    }
    const uint64_t *from = a->limb;
    r->limb[size + limbs] = bits ? from[size - 1] >> (64 - bits) : 0;
    for (size_t i = size; i-- > 0;) {
        uint64_t below = bits && i > 0 ? from[i - 1] >> (64 - bits) : 0;
        r->limb[i + limbs] = from[i] << bits | below;
    }
    memset(r->limb, 0, limbs * sizeof *r->limb);
    trim(r, size + limbs + 1);
    return true;
}

bool be__gf2x_shift_right(be__gf2x *r, const be__gf2x *a, size_t n)
{
    size_t limbs = n / 64, bits = n % 64, size = a->n;
    if (limbs >= size) {
        r->n = 0;
        return true;
    }
    if (!be__gf2x_reserve(r, size - limbs)) {
        return false;
    }
    const uint64_t *from = a->limb;
    for (size_t i = limbs; i < size; i++) {
        uint64_t above = bits && i + 1 < size ? from[i + 1] << (64 - bits) : 0;
        r->limb[i - limbs] = from[i] >> bits | above;
    }
    trim(r, size - limbs);
    return true;
}

bool be__gf2x_derivative(be__gf2x *r, const be__gf2x *a)
{
    if (!be__gf2x_shift_right(r, a, 1)) {
        return false;
    }
    for (size_t i = 0; i < r->n; i++) {
        r->limb[i] &= UINT64_C(0x5555555555555555);
    }
    trim(r, r->n);
    return true;
}

/* Bit 2 i of a goes to bit i. */
static uint64_t gather(uint64_t a)
{
    a &= UINT64_C(0x5555555555555555);
    a = (a | a >> 1) & UINT64_C(0x3333333333333333);
    a = (a | a >> 2) & UINT64_C(0x0F0F0F0F0F0F0F0F);
    a = (a | a >> 4) & UINT64_C(0x00FF00FF00FF00FF);
    a = (a | a >> 8) & UINT64_C(0x0000FFFF0000FFFF);
    return (a | a >> 16) & UINT64_C(0x00000000FFFFFFFF);
}

bool be__gf2x_sqrt(be__gf2x *r, const be__gf2x *a)
{
    size_t size = a->n;
    if (!be__gf2x_reserve(r, (size + 1) / 2)) {
        return false;
    }
    for (size_t i = 0; i < (size + 1) / 2; i++) {
        uint64_t high = 2 * i + 1 < size ? gather(a->limb[2 * i + 1]) : 0;
        r->limb[i] = gather(a->limb[2 * i]) | high << 32;
    }
    trim(r, (size + 1) / 2);
    return true;
}

static uint64_t reverse_bits(uint64_t a)
{
    a = (a >> 1 & UINT64_C(0x5555555555555555)) | (a & UINT64_C(0x5555555555555555)) << 1;
    a = (a >> 2 & UINT64_C(0x3333333333333333)) | (a & UINT64_C(0x3333333333333333)) << 2;
    a = (a >> 4 & UINT64_C(0x0F0F0F0F0F0F0F0F)) | (a & UINT64_C(0x0F0F0F0F0F0F0F0F)) << 4;
    return __builtin_bswap64(a);
}

bool be__gf2x_reverse(be__gf2x *r, const be__gf2x *a, size_t degree)
{
    size_t n = degree / 64 + 1, size = a->n;
    be__gf2x reversed = {0};
    if (!be__gf2x_reserve(&reversed, n)) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        reversed.limb[i] = n - 1 - i < size ? reverse_bits(a->limb[n - 1 - i]) : 0;
    }
    trim(&reversed, n);
    bool ok = be__gf2x_shift_right(r, &reversed, 64 * n - 1 - degree);
    be__gf2x_clear(&reversed);
    return ok;
}

/* ---- division ------------------------------------------------------------------------------- */

/* The low limb of floor(x^128 / (x^64 + d)), whose leading term is x^64. */
static uint64_t inverse_of(uint64_t d)
{
    uint64_t inverse = 0, rest = d; /* of x^128 + x^64 (x^64 + d), what is at x^64 and above */
    for (int i = 63; i >= 0; i--) {
        if (rest >> i & 1) {
            inverse |= UINT64_C(1) << i;
            rest ^= i ? d >> (64 - i) : 0;
        }
    }
    return inverse;
}

bool be__gf2x_divrem(be__gf2x *q, be__gf2x *r, const be__gf2x *a, const be__gf2x *b)
{
    ptrdiff_t da = be__gf2x_degree(a), db = be__gf2x_degree(b);
    if (da < db) {
        if (r && !be__gf2x_set(r, a)) {
            return false;
        }
        if (q) {
            q->n = 0;
        }
        return true;
    }
    /* Both shifted left until b is x^(64 n) and n limbs: the quotient stays, the remainder is
     * shifted too. Then a limb w of the rest at x^(64 i), i >= n, goes by subtracting
     * q x^(64 (i - n)) b with q = floor(w x^64 / (x^64 + b's highest limb)). */
    size_t shift = (64 - (size_t)db % 64) % 64, n = ((size_t)db + shift) / 64;
    be__gf2x d = {0}, rest = {0}, quotient = {0};
    bool ok = be__gf2x_shift_left(&d, b, shift) && be__gf2x_shift_left(&rest, a, shift) &&
              be__gf2x_reserve(&quotient, rest.n - n);
    if (ok) {
        uint64_t inverse = n > 0 ? inverse_of(d.limb[n - 1]) : 0;
        for (size_t i = rest.n; i-- > n;) {
            uint64_t w = rest.limb[i], low = 0;
            uint64_t limb = w ^ be__gf2_add_mul_1(&low, &w, 1, inverse);
            quotient.limb[i - n] = limb;
            be__gf2_add_mul_1(rest.limb + i - n, d.limb, n, limb);
        }
        trim(&quotient, rest.n - n);
        trim(&rest, n);
        ok = !r || be__gf2x_shift_right(r, &rest, shift);
    }
    if (ok && q) {
        be__gf2x_swap(q, &quotient);
    }
    be__gf2x_clear(&d);
    be__gf2x_clear(&rest);
    be__gf2x_clear(&quotient);
    return ok;
}
