/* gf2x_mul.c: products of polynomials over GF(2): the portable kernels, and Karatsuba's method
 * over whichever kernel this CPU has. */
#include "gf/gf2x.h"

#include "base/base.h"
#include "gf/kernel.h"

#include <stdlib.h>
#include <string.h>

/* ---- portable kernels ----------------------------------------------------------------------- */

/* The product of two limbs, four bits of b at a time. */
static be__u128 mul_word(const be__u128 multiples[16], uint64_t b)
{
    be__u128 r = 0;
    for (int shift = 60; shift >= 0; shift -= 4) {
        r = r << 4 ^ multiples[b >> shift & 15];
    }
    return r;
}

static void make_multiples(be__u128 multiples[16], uint64_t a)
{
    multiples[0] = 0;
    multiples[1] = a;
    for (int i = 2; i < 16; i += 2) {
        multiples[i] = multiples[i / 2] << 1;
        multiples[i + 1] = multiples[i] ^ a;
    }
}

static uint64_t add_mul_1_base(uint64_t *r, const uint64_t *a, size_t n, uint64_t w)
{
    be__u128 multiples[16];
    make_multiples(multiples, w);
    uint64_t carry = 0;
    for (size_t i = 0; i < n; i++) {
        be__u128 product = mul_word(multiples, a[i]);
        r[i] ^= (uint64_t)product ^ carry;
        carry = (uint64_t)(product >> 64);
    }
    return carry;
}

static void mul_base(uint64_t *r, const uint64_t *a, size_t na, const uint64_t *b, size_t nb)
{
    memset(r, 0, na * sizeof *r);
    for (size_t j = 0; j < nb; j++) {
        r[na + j] = add_mul_1_base(r + j, a, na, b[j]);
    }
}

/* Bit i of a goes to bit 2 i. */
static uint64_t spread(uint64_t a)
{
    a &= UINT64_C(0xFFFFFFFF);
    a = (a | a << 16) & UINT64_C(0x0000FFFF0000FFFF);
    a = (a | a << 8) & UINT64_C(0x00FF00FF00FF00FF);
    a = (a | a << 4) & UINT64_C(0x0F0F0F0F0F0F0F0F);
    a = (a | a << 2) & UINT64_C(0x3333333333333333);
    return (a | a << 1) & UINT64_C(0x5555555555555555);
}

static void sqr_base(uint64_t *r, const uint64_t *a, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        r[2 * i] = spread(a[i]);
        r[2 * i + 1] = spread(a[i] >> 32);
    }
}

static void add_base(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        r[i] = a[i] ^ b[i];
    }
}

static void join_base(uint64_t *r, const uint64_t *middle, size_t h, size_t high)
{
    for (size_t i = 0; i < h; i++) {
        uint64_t inner = r[h + i] ^ r[2 * h + i], top = h + i < 2 * high ? r[3 * h + i] : 0;
        r[h + i] = inner ^ r[i] ^ middle[i];
        r[2 * h + i] = inner ^ top ^ middle[h + i];
    }
}

static const be__gf2_kernel base = {.mul = mul_base,
                                    .sqr = sqr_base,
                                    .add_mul_1 = add_mul_1_base,
                                    .add = add_base,
                                    .join = join_base,
                                    .karatsuba_from = 8};

const be__gf2_kernel *const be__gf2_kernel_variant[BE_ISA_COUNT] = {
    [BE_ISA_BASE] = &base,
#if BE_HAVE_GF_KERNELS
    [BE_ISA_AVX2] = &be__gf2_kernel_avx2,
    [BE_ISA_AVX512] = &be__gf2_kernel_avx512,
#endif
};

const be__gf2_kernel *be__gf2_kernel_now(void)
{
    be_isa isa = be__cpu_best();
    if (isa == BE_ISA_AVX512 && !be__cpu_has_vpclmul()) {
        isa = BE_ISA_AVX2;
    }
    const be__gf2_kernel *kernel = be__gf2_kernel_variant[isa];
    return kernel ? kernel : &base;
}

/* ---- Karatsuba ------------------------------------------------------------------------------ */

/* Each level of karatsuba() below takes 4 h limbs for halves of h = (n + 1) / 2, and h shrinks to
 * a single limb at the least. */
size_t be__gf2_mul_scratch(size_t n)
{
    size_t limbs = 0;
    while (n > 1) {
        n = (n + 1) / 2;
        limbs += 4 * n;
    }
    return limbs;
}

/* With a = a1 X + a0, b = b1 X + b0, X = x^(64 h):
 *     a b = a1 b1 X^2 + ((a1 + a0)(b1 + b0) + a1 b1 + a0 b0) X + a0 b0
 * The high halves are a limb shorter when n is odd. */
static void karatsuba(const be__gf2_kernel *k, uint64_t *r, const uint64_t *a, const uint64_t *b,
                      size_t n, uint64_t *scratch)
{
    if (n < k->karatsuba_from || n < 2) {
        k->mul(r, a, n, b, n);
        return;
    }
    size_t h = (n + 1) / 2, high = n - h;
    uint64_t *middle = scratch, *sa = scratch + 2 * h, *sb = sa + h, *rest = sb + h;
    k->add(sa, a, a + h, high);
    k->add(sb, b, b + h, high);
    if (high < h) {
        sa[high] = a[high];
        sb[high] = b[high];
    }
    karatsuba(k, middle, sa, sb, h, rest);
    karatsuba(k, r, a, b, h, rest);
    karatsuba(k, r + 2 * h, a + h, b + h, high, rest);
    k->join(r, middle, h, high);
}

void be__gf2_mul_n(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n, uint64_t *scratch)
{
    karatsuba(be__gf2_kernel_now(), r, a, b, n, scratch);
}

bool be__gf2_mul(uint64_t *r, const uint64_t *a, size_t na, const uint64_t *b, size_t nb)
{
    const be__gf2_kernel *k = be__gf2_kernel_now();
    if (na < nb) {
        const uint64_t *swap = a;
        size_t n_swap = na;
        a = b, na = nb;
        b = swap, nb = n_swap;
    }
    if (nb < k->karatsuba_from) {
        k->mul(r, a, na, b, nb);
        return true;
    }
    /* The longer one in pieces as long as the shorter one. */
    size_t n_scratch = be__gf2_mul_scratch(nb), n_piece = na > nb ? 3 * nb : 0;
    uint64_t *scratch = malloc((n_scratch + n_piece) * sizeof *scratch);
    if (!scratch) {
        return false;
    }
    uint64_t *product = scratch + n_scratch, *padded = product + 2 * nb;
    karatsuba(k, r, a, b, nb, scratch);
    for (size_t i = nb; i < na; i += nb) {
        size_t n = na - i < nb ? na - i : nb;
        const uint64_t *piece = a + i;
        if (n < nb) {
            memcpy(padded, piece, n * sizeof *padded);
            memset(padded + n, 0, (nb - n) * sizeof *padded);
            piece = padded;
        }
        karatsuba(k, product, piece, b, nb, scratch);
        k->add(r + i, r + i, product, nb);
        memcpy(r + i + nb, product + nb, n * sizeof *r);
    }
    free(scratch);
    return true;
}

void be__gf2_sqr(uint64_t *r, const uint64_t *a, size_t n)
{
    be__gf2_kernel_now()->sqr(r, a, n);
}

uint64_t be__gf2_add_mul_1(uint64_t *r, const uint64_t *a, size_t n, uint64_t w)
{
    return be__gf2_kernel_now()->add_mul_1(r, a, n, w);
}
