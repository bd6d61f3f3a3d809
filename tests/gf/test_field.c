/* test_field.c: finite fields, polynomials and matrices over them. */
#include "check.h"

#include "gf/gf.h"

#include <stdlib.h>
#include <string.h>

static const uint64_t Q[] = {2,  3,  4,  5,   7,   8,   9,   16,  25,   27,
                             49, 64, 81, 125, 243, 256, 343, 729, 65521};
enum { N_Q = sizeof Q / sizeof Q[0] };

static be__field *field_of(uint64_t q)
{
    be__field *f;
    be_error error = {0};
    be_status status = be__field_create(q, NULL, 0, &f, &error);
    CHECK_SAY(status == BE_OK, "GF(%u): %s", (unsigned)q, error.expected);
    return f;
}

static uint32_t element(be_random *random, const be__field *f)
{
    return (uint32_t)be_random_below(random, f->q);
}

static be__poly random_poly(be_random *random, const be__field *f, size_t n)
{
    be__poly a = {0};
    for (size_t i = 0; i < n; i++) {
        CHECK(be__poly_set_coefficient(&a, i, element(random, f)));
    }
    return a;
}

static void the_axioms_of_a_field_hold(void **state)
{
    (void)state;
    be_random random;
    be_random_init(&random, 2, 1);
    for (size_t i = 0; i < N_Q; i++) {
        be__field *f = field_of(Q[i]);
        for (int round = 0; round < 2000; round++) {
            uint32_t a = element(&random, f), b = element(&random, f), c = element(&random, f);
            CHECK(be__field_add(f, a, b) == be__field_add(f, b, a));
            CHECK(be__field_mul(f, a, b) == be__field_mul(f, b, a));
            CHECK(be__field_add(f, a, be__field_add(f, b, c)) ==
                  be__field_add(f, be__field_add(f, a, b), c));
            CHECK(be__field_mul(f, a, be__field_mul(f, b, c)) ==
                  be__field_mul(f, be__field_mul(f, a, b), c));
            CHECK(be__field_mul(f, a, be__field_add(f, b, c)) ==
                  be__field_add(f, be__field_mul(f, a, b), be__field_mul(f, a, c)));
            CHECK(be__field_add(f, a, be__field_neg(f, a)) == 0 && be__field_mul(f, a, 1) == a);
            CHECK(be__field_sub(f, be__field_add(f, a, b), b) == a && be__field_add(f, a, 0) == a);
            CHECK(a == 0 || be__field_mul(f, a, be__field_inv(f, a)) == 1);
            CHECK(be__field_pow(f, a, f->q) == a);
        }
        be__field_destroy(f);
    }
}

/* The moduli that docs/lfsr.md promises for the ten fields of the worked examples. */
static void the_root_of_the_modulus_is_p(void **state)
{
    (void)state;
    static const struct {
        uint64_t q;
        uint32_t modulus[5];
    } CONWAY[] = {{4, {1, 1, 1}},        {8, {1, 1, 0, 1}}, {9, {2, 2, 1}},
                  {16, {1, 1, 0, 0, 1}}, {25, {2, 4, 1}},   {27, {1, 2, 0, 1}}};
    for (size_t i = 0; i < sizeof CONWAY / sizeof CONWAY[0]; i++) {
        be__field *f = field_of(CONWAY[i].q);
        uint32_t value = 0;
        for (uint32_t k = 0; k <= f->k; k++) {
            CHECK(f->modulus[k] == CONWAY[i].modulus[k]);
            value =
                be__field_add(f, value, be__field_mul(f, f->modulus[k], be__field_pow(f, f->p, k)));
        }
        CHECK(value == 0);
        be__field_destroy(f);
    }
}

static void what_is_no_field_is_refused(void **state)
{
    (void)state;
    be__field *f;
    be_error error;
    const uint64_t none[] = {0, 1, 6, 12, 100, 131072, UINT64_C(4294967311), UINT64_MAX};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        CHECK(be__field_create(none[i], NULL, 0, &f, &error) == BE_EINVAL && error.expected[0]);
    }
    CHECK(be__field_create(4, (const uint32_t[]){1, 0, 1}, 3, &f, &error) == BE_EINVAL);
    CHECK(be__field_create(4, (const uint32_t[]){1, 1}, 2, &f, &error) == BE_EINVAL);
    CHECK(be__field_create(9, (const uint32_t[]){1, 3, 1}, 3, &f, &error) == BE_EINVAL);
    CHECK(be__field_create(9, (const uint32_t[]){1, 0, 2}, 3, &f, &error) == BE_EINVAL);
    CHECK(be__field_create(5, (const uint32_t[]){1, 1}, 2, &f, &error) == BE_EINVAL);
    /* Irreducible, though its root generates nothing: a^2 = -1 in GF(9). */
    CHECK(be__field_create(9, (const uint32_t[]){1, 0, 1}, 3, &f, &error) == BE_OK);
    CHECK(be__field_mul(f, 3, 3) == 2);
    be__field_destroy(f);
}

static void division_and_gcd_agree_with_multiplication(void **state)
{
    (void)state;
    be_random random;
    be_random_init(&random, 2, 2);
    for (int round = 0; round < 400; round++) {
        be__field *f = field_of(Q[round % N_Q]);
        be__poly a = random_poly(&random, f, 30), b = random_poly(&random, f, 12), q = {0}, r = {0};
        CHECK(be__poly_set_coefficient(&b, (size_t)round % 20, 1));
        CHECK(be__poly_divrem(f, &q, &r, &a, &b) && be__poly_degree(&r) < be__poly_degree(&b));
        CHECK(be__poly_mul(f, &q, &q, &b) && be__poly_add(f, &q, &q, &r) && be__poly_equal(&q, &a));
        CHECK(be__poly_mul(f, &q, &a, &b) && be__poly_gcd(f, &r, &q, &b));
        CHECK(be__poly_scale(f, &q, &b, be__field_inv(f, b.c[b.n - 1])));
        CHECK_SAY(be__poly_equal(&q, &r), "gcd(a b, b) is not b, round %d", round);

        /* (x^e)(x^e) = x^(2e) modulo b, by the two ways of computing. */
        if (be__poly_degree(&b) > 0) {
            be__poly_mod *m = be__poly_mod_create(f, &b);
            uint64_t e[2] = {be_random_u64(&random), be_random_below(&random, 1 << 20)};
            uint64_t twice[2] = {e[0] << 1, e[1] << 1 | e[0] >> 63};
            uint32_t x[20], y[20], z[20];
            be__poly xs = {0}, power = {0};
            CHECK(m && be__poly_set_coefficient(&xs, 1, 1));
            be__poly_mod_set_x(m, x);
            be__poly_mod_pow(m, y, x, e, 2);
            be__poly_mod_mul(m, y, y, y);
            be__poly_mod_pow(m, z, x, twice, 2);
            CHECK(!memcmp(y, z, (size_t)be__poly_degree(&b) * sizeof *y));
            CHECK(be__poly_pow_mod(f, &power, &xs, twice, 2, &b));
            for (size_t i = 0; i < (size_t)be__poly_degree(&b); i++) {
                CHECK(z[i] == (i < power.n ? power.c[i] : 0));
            }
            be__poly_mod_destroy(m);
            be__poly_clear(&xs);
            be__poly_clear(&power);
        }
        be__poly_clear(&a);
        be__poly_clear(&b);
        be__poly_clear(&q);
        be__poly_clear(&r);
        be__field_destroy(f);
    }
}

static void factors_multiply_to_the_whole(void **state)
{
    (void)state;
    be_random random;
    be_random_init(&random, 2, 3);
    for (int round = 0; round < 200; round++) {
        be__field *f = field_of(Q[round % N_Q]);
        be__poly a = random_poly(&random, f, 2 + (size_t)round % 14), product = {0};
        CHECK(be__poly_set_coefficient(&a, 2 + (size_t)round % 14, 1));
        CHECK(be__poly_mul(f, &a, &a, &a));
        be__poly_factors factors;
        be__poly_factors_init(&factors);
        CHECK(be__poly_factor_poly(f, &factors, &a) && be__poly_set_coefficient(&product, 0, 1));
        for (size_t i = 0; i < factors.n; i++) {
            CHECK(factors.item[i].exponent % 2 == 0); /* of a square */
            for (size_t e = 0; e < factors.item[i].exponent; e++) {
                CHECK(be__poly_mul(f, &product, &product, &factors.item[i].poly));
            }
        }
        CHECK_SAY(be__poly_equal(&product, &a), "round %d", round);
        be__poly_factors_clear(&factors);
        be__poly_clear(&a);
        be__poly_clear(&product);
        be__field_destroy(f);
    }
}

/* Cayley and Hamilton: a matrix is a root of its characteristic polynomial. And that of a block
 * triangular matrix is the product of those of its blocks. */
static void matrices_are_roots_of_their_characteristic_polynomial(void **state)
{
    (void)state;
    enum { N = 12, HALF = 5 };
    be_random random;
    be_random_init(&random, 2, 4);
    for (int round = 0; round < 100; round++) {
        be__field *f = field_of(Q[round % N_Q]);
        uint32_t a[N * N], value[N * N], upper[HALF * HALF], lower[(N - HALF) * (N - HALF)];
        for (size_t i = 0; i < N * N; i++) {
            bool cleared = i / N >= HALF && i % N < HALF;
            a[i] = cleared || be_random_below(&random, 3) == 0 ? 0 : element(&random, f);
        }
        for (size_t i = 0; i < N; i++) {
            for (size_t j = 0; j < N; j++) {
                if (i < HALF && j < HALF) {
                    upper[i * HALF + j] = a[i * N + j];
                } else if (i >= HALF && j >= HALF) {
                    lower[(i - HALF) * (N - HALF) + j - HALF] = a[i * N + j];
                }
            }
        }
        be__poly whole = {0}, p = {0}, q = {0};
        CHECK(be__matrix_characteristic(f, a, N, &whole) && be__poly_degree(&whole) == N);
        CHECK(be__matrix_eval(f, value, &whole, a, N));
        for (size_t i = 0; i < N * N; i++) {
            CHECK_SAY(value[i] == 0, "round %d", round);
        }
        CHECK(be__matrix_characteristic(f, upper, HALF, &p) &&
              be__matrix_characteristic(f, lower, N - HALF, &q) && be__poly_mul(f, &p, &p, &q));
        CHECK(be__poly_equal(&p, &whole));
        size_t rank;
        CHECK(be__matrix_rank(f, a, N, N, &rank) && (rank == N) == (whole.c[0] != 0));
        be__poly_clear(&whole);
        be__poly_clear(&p);
        be__poly_clear(&q);
        be__field_destroy(f);
    }
}

static const struct CMUnitTest tests[] = {
    TEST(the_axioms_of_a_field_hold),
    TEST(the_root_of_the_modulus_is_p),
    TEST(what_is_no_field_is_refused),
    TEST(division_and_gcd_agree_with_multiplication),
    TEST(factors_multiply_to_the_whole),
    TEST(matrices_are_roots_of_their_characteristic_polynomial),
};

RUN_TESTS(tests)
