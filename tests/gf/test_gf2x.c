/* test_gf2x.c: polynomials over GF(2), against products and divisions one bit at a time. */
#include "check.h"

#include "gf/gf.h"
#include "gf/kernel.h"

#include <stdlib.h>
#include <string.h>

static be__gf2x random_poly(be_random *random, size_t bits)
{
    be__gf2x a = {0};
    CHECK(be__gf2x_reserve(&a, bits / 64 + 1));
    for (size_t i = 0; i < bits / 64 + 1; i++) {
        a.limb[i] = be_random_u64(random);
    }
    a.limb[bits / 64] &= (UINT64_C(1) << bits % 64) - 1;
    CHECK(be__gf2x_set_limbs(&a, a.limb, bits / 64 + 1));
    return a;
}

static void slow_mul(uint64_t *r, const uint64_t *a, size_t na, const uint64_t *b, size_t nb)
{
    memset(r, 0, (na + nb) * sizeof *r);
    for (size_t i = 0; i < 64 * na; i++) {
        for (size_t j = 0; j < nb && a[i / 64] >> i % 64 & 1; j++) {
            r[i / 64 + j] ^= b[j] << i % 64;
            r[i / 64 + j + 1] ^= i % 64 ? b[j] >> (64 - i % 64) : 0;
        }
    }
}

static void every_product_is_the_one_computed_bit_by_bit(void **state)
{
    (void)state;
    enum { MAX = 70 };
    be_random random;
    be_random_init(&random, 1, 1);
    for (size_t na = 1; na <= MAX; na++) {
        for (size_t nb = 1; nb <= MAX; nb += 1 + nb / 8) {
            uint64_t a[MAX], b[MAX], r[2 * MAX], expected[2 * MAX];
            for (size_t i = 0; i < MAX; i++) {
                a[i] = be_random_u64(&random);
                b[i] = be_random_u64(&random);
            }
            slow_mul(expected, a, na, b, nb);
            CHECK(be__gf2_mul(r, a, na, b, nb));
            CHECK_SAY(!memcmp(r, expected, (na + nb) * sizeof *r), "%zu by %zu limbs", na, nb);
            slow_mul(expected, a, na, a, na);
            be__gf2_sqr(r, a, na);
            CHECK_SAY(!memcmp(r, expected, 2 * na * sizeof *r), "square of %zu limbs", na);
        }
    }
}

/* Every kernel this CPU has, on sizes up to beyond what one does in a piece. */
static void every_variant_agrees_with_base_to_the_bit(void **state)
{
    (void)state;
    enum { MAX = 140 };
    be_random random;
    be_random_init(&random, 1, 9);
    const be__gf2_kernel *base = be__gf2_kernel_variant[BE_ISA_BASE];
    for (int isa = 1; isa <= (int)be_cpu_best(); isa++) {
        const be__gf2_kernel *kernel = be__gf2_kernel_variant[isa];
        if (!kernel || (isa == BE_ISA_AVX512 && !be__cpu_has_vpclmul())) {
            continue;
        }
        for (size_t na = 1; na <= MAX; na++) {
            uint64_t a[MAX], b[MAX], r[2 * MAX + 1], s[2 * MAX + 1];
            for (size_t i = 0; i < MAX; i++) {
                a[i] = be_random_u64(&random) | -(uint64_t)(na % 5 == 0); /* all ones, too */
                b[i] = be_random_u64(&random);
            }
            for (size_t nb = 1; nb <= na; nb += 1 + nb / 12) {
                r[na + nb] = s[na + nb] = 42; /* and nothing is written behind */
                base->mul(r, a, na, b, nb);
                kernel->mul(s, a, na, b, nb);
                CHECK_SAY(!memcmp(r, s, (na + nb + 1) * sizeof *r), "isa %d: mul %zu by %zu", isa,
                          na, nb);
            }
            r[2 * na] = s[2 * na] = 42;
            base->sqr(r, a, na);
            kernel->sqr(s, a, na);
            CHECK_SAY(!memcmp(r, s, (2 * na + 1) * sizeof *r), "isa %d: sqr %zu", isa, na);
            uint64_t over = base->add_mul_1(r, a, na, b[0]);
            CHECK_SAY(over == kernel->add_mul_1(s, a, na, b[0]) &&
                          !memcmp(r, s, (2 * na + 1) * sizeof *r),
                      "isa %d: add_mul_1 %zu", isa, na);
            base->add(r, r, b, na);
            kernel->add(s, s, b, na);
            CHECK_SAY(!memcmp(r, s, (2 * na + 1) * sizeof *r), "isa %d: add %zu", isa, na);
            size_t h = (na + 1) / 2, high = na - h;
            for (size_t i = 0; i < 2 * na; i++) {
                r[i] = s[i] = be_random_u64(&random);
            }
            if (na > 1) {
                base->join(r, b, h, high);
                kernel->join(s, b, h, high);
            }
            CHECK_SAY(!memcmp(r, s, (2 * na + 1) * sizeof *r), "isa %d: join %zu", isa, na);
        }
    }
}

static void quotient_and_remainder_make_up_the_dividend(void **state)
{
    (void)state;
    be_random random;
    be_random_init(&random, 1, 2);
    for (int round = 0; round < 3000; round++) {
        be__gf2x a = random_poly(&random, be_random_below(&random, 700));
        be__gf2x b = random_poly(&random, be_random_below(&random, 400));
        be__gf2x q = {0}, r = {0}, sum = {0};
        CHECK(be__gf2x_flip(&b, 0));
        if (b.n == 0) {
            CHECK(be__gf2x_flip(&b, (size_t)round % 130));
        }
        CHECK(be__gf2x_divrem(&q, &r, &a, &b));
        CHECK(be__gf2x_degree(&r) < be__gf2x_degree(&b));
        CHECK(be__gf2x_mul(&sum, &q, &b) && be__gf2x_add(&sum, &sum, &r));
        CHECK_SAY(be__gf2x_equal(&sum, &a), "round %d", round);
        be__gf2x_clear(&a);
        be__gf2x_clear(&b);
        be__gf2x_clear(&q);
        be__gf2x_clear(&r);
        be__gf2x_clear(&sum);
    }
}

static void a_gcd_divides_and_is_a_multiple_of_any_planted_divisor(void **state)
{
    (void)state;
    be_random random;
    be_random_init(&random, 1, 3);
    for (int round = 0; round < 300; round++) {
        be__gf2x d = random_poly(&random, 1 + be_random_below(&random, 200));
        be__gf2x a = random_poly(&random, be_random_below(&random, 500));
        be__gf2x b = random_poly(&random, be_random_below(&random, 500));
        be__gf2x g = {0}, r = {0};
        CHECK(be__gf2x_mul(&a, &a, &d) && be__gf2x_mul(&b, &b, &d));
        CHECK(be__gf2x_gcd(&g, &a, &b));
        if (a.n > 0 || b.n > 0) {
            CHECK(be__gf2x_divrem(NULL, &r, &a, &g) && r.n == 0);
            CHECK(be__gf2x_divrem(NULL, &r, &b, &g) && r.n == 0);
            CHECK(be__gf2x_divrem(NULL, &r, &g, &d) && r.n == 0);
        } else {
            CHECK(g.n == 0);
        }
        be__gf2x_clear(&d);
        be__gf2x_clear(&a);
        be__gf2x_clear(&b);
        be__gf2x_clear(&g);
        be__gf2x_clear(&r);
    }
}

static void shifts_roots_and_reversals_are_undone_by_their_inverse(void **state)
{
    (void)state;
    be_random random;
    be_random_init(&random, 1, 4);
    for (int round = 0; round < 1000; round++) {
        be__gf2x a = random_poly(&random, 1 + be_random_below(&random, 500)), b = {0};
        size_t n = be_random_below(&random, 300);
        CHECK(be__gf2x_shift_left(&b, &a, n) && be__gf2x_shift_right(&b, &b, n));
        CHECK(be__gf2x_equal(&a, &b));
        CHECK(be__gf2x_sqr(&b, &a) && be__gf2x_sqrt(&b, &b) && be__gf2x_equal(&a, &b));
        size_t degree = (size_t)be__gf2x_degree(&a) + n;
        CHECK(be__gf2x_reverse(&b, &a, degree));
        for (size_t i = 0; i <= degree; i++) {
            CHECK(be__gf2x_bit(&b, i) == be__gf2x_bit(&a, degree - i));
        }
        CHECK(be__gf2x_set_limbs(&b, b.limb, b.n) && be__gf2x_reverse(&b, &b, degree));
        CHECK(be__gf2x_equal(&a, &b));
        be__gf2x_clear(&a);
        be__gf2x_clear(&b);
    }
}

static void modular_arithmetic_agrees_with_division(void **state)
{
    (void)state;
    be_random random;
    be_random_init(&random, 1, 5);
    for (int round = 0; round < 400; round++) {
        size_t degree = 1 + be_random_below(&random, 400);
        be__gf2x f = random_poly(&random, degree), a = random_poly(&random, 900);
        be__gf2x b = random_poly(&random, degree), r = {0}, s = {0};
        CHECK(be__gf2x_flip(&f, degree));
        be__gf2x_mod *m = be__gf2x_mod_create(&f);
        CHECK(m && be__gf2x_mod_degree(m) == degree);
        size_t limbs = be__gf2x_mod_limbs(m);
        uint64_t u[16] = {0}, v[16] = {0}, w[16];
        be__gf2x_mod_reduce(m, u, a.limb, a.n);
        be__gf2x_mod_reduce(m, v, b.limb, b.n);
        CHECK(be__gf2x_divrem(NULL, &r, &a, &f) && be__gf2x_set_limbs(&s, u, limbs));
        CHECK_SAY(be__gf2x_equal(&r, &s), "reduce, round %d", round);

        be__gf2x_mod_mul(m, w, u, v);
        CHECK(be__gf2x_mul(&r, &r, &b) && be__gf2x_divrem(NULL, &r, &r, &f));
        CHECK(be__gf2x_set_limbs(&s, w, limbs) && be__gf2x_equal(&r, &s));

        be__gf2x_mod_mul_x(m, v, w);
        CHECK(be__gf2x_shift_left(&r, &r, 1) && be__gf2x_divrem(NULL, &r, &r, &f));
        CHECK(be__gf2x_set_limbs(&s, v, limbs) && be__gf2x_equal(&r, &s));

        /* a^e by squaring and multiplying, bit by bit. */
        uint64_t e[4] = {be_random_u64(&random), be_random_u64(&random), be_random_u64(&random), 0};
        size_t n_e = be_random_below(&random, 5);
        uint64_t power[16] = {0};
        uint64_t one[1] = {1};
        be__gf2x_mod_reduce(m, power, one, 1);
        for (size_t i = 64 * n_e; i-- > 0;) {
            be__gf2x_mod_sqr(m, power, power, 1);
            if (e[i / 64] >> i % 64 & 1) {
                be__gf2x_mod_mul(m, power, power, u);
            }
        }
        be__gf2x_mod_pow(m, w, u, e, n_e);
        CHECK_SAY(!memcmp(w, power, limbs * sizeof *w), "power, round %d", round);
        uint64_t x[1] = {2};
        be__gf2x_mod_reduce(m, u, x, 1);
        be__gf2x_mod_pow(m, w, u, e, n_e);
        be__gf2x_mod_pow_x(m, v, e, n_e);
        CHECK_SAY(!memcmp(v, w, limbs * sizeof *w), "power of x, round %d", round);
        be__gf2x_mod_destroy(m);
        be__gf2x_clear(&f);
        be__gf2x_clear(&a);
        be__gf2x_clear(&b);
        be__gf2x_clear(&r);
        be__gf2x_clear(&s);
    }
}

static void factors_are_irreducible_and_multiply_to_the_whole(void **state)
{
    (void)state;
    be_random random;
    be_random_init(&random, 1, 6);
    for (int round = 0; round < 400; round++) {
        be__gf2x f = random_poly(&random, 1 + be_random_below(&random, round % 8 ? 40 : 500));
        be__gf2x g = {0}, product = {0};
        CHECK(f.n > 0 || be__gf2x_flip(&f, 3));
        for (int i = 0; i < round % 4; i++) { /* repeated factors */
            be__gf2x t = random_poly(&random, 1 + be_random_below(&random, 12));
            CHECK(t.n > 0 || be__gf2x_flip(&t, 1));
            for (int j = 0; j <= i; j++) {
                CHECK(be__gf2x_mul(&f, &f, &t));
            }
            be__gf2x_clear(&t);
        }
        be__gf2x_factors factors;
        be__gf2x_factors_init(&factors);
        CHECK(be__gf2x_factor_poly(&factors, &f, NULL) == BE_OK);
        CHECK(be__gf2x_set_x(&product, 0));
        for (size_t i = 0; i < factors.n; i++) {
            bool irreducible;
            CHECK(be__gf2x_is_irreducible(&factors.item[i].poly, &irreducible) == BE_OK);
            CHECK_SAY(irreducible, "round %d, factor %zu", round, i);
            CHECK(i == 0 || be__gf2x_compare(&factors.item[i - 1].poly, &factors.item[i].poly) < 0);
            for (size_t j = 0; j < factors.item[i].exponent; j++) {
                CHECK(be__gf2x_mul(&product, &product, &factors.item[i].poly));
            }
        }
        CHECK_SAY(be__gf2x_equal(&product, &f), "round %d", round);
        be__gf2x_factors_clear(&factors);
        be__gf2x_clear(&f);
        be__gf2x_clear(&g);
        be__gf2x_clear(&product);
    }
}

/* Of the 2^d monic polynomials of degree d, (1/d) sum over e | d of mu(d/e) 2^e are irreducible. */
static void as_many_polynomials_are_irreducible_as_moebius_says(void **state)
{
    (void)state;
    static const unsigned expected[] = {0, 2, 1, 2, 3, 6, 9, 18, 30, 56, 99, 186, 335};
    for (unsigned d = 1; d < sizeof expected / sizeof expected[0]; d++) {
        unsigned found = 0, by_factoring = 0;
        for (uint64_t word = UINT64_C(1) << d; word < UINT64_C(2) << d; word++) {
            be__gf2x f = {0};
            be__gf2x_factors factors;
            bool irreducible;
            be__gf2x_factors_init(&factors);
            CHECK(be__gf2x_set_limbs(&f, &word, 1));
            CHECK(be__gf2x_is_irreducible(&f, &irreducible) == BE_OK);
            CHECK(be__gf2x_factor_poly(&factors, &f, NULL) == BE_OK);
            found += irreducible;
            by_factoring += factors.n == 1 && factors.item[0].exponent == 1;
            be__gf2x_factors_clear(&factors);
            be__gf2x_clear(&f);
        }
        CHECK_SAY(found == expected[d] && by_factoring == found, "degree %u: %u, %u", d, found,
                  by_factoring);
    }
}

static const struct CMUnitTest tests[] = {
    TEST(every_product_is_the_one_computed_bit_by_bit),
    TEST(every_variant_agrees_with_base_to_the_bit),
    TEST(quotient_and_remainder_make_up_the_dividend),
    TEST(a_gcd_divides_and_is_a_multiple_of_any_planted_divisor),
    TEST(shifts_roots_and_reversals_are_undone_by_their_inverse),
    TEST(modular_arithmetic_agrees_with_division),
    TEST(factors_are_irreducible_and_multiply_to_the_whole),
    TEST(as_many_polynomials_are_irreducible_as_moebius_says),
};

RUN_TESTS(tests)
