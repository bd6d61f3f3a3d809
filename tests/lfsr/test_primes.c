/* test_primes.c: the table of primes is what it claims to be, and the search finds what it must. */
#include "check.h"

#include "lfsr/primes.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    uint64_t base;
    size_t n;
} TABLES[] = {{2, 2700}, {3, 1400}, {5, 800}, {7, 700}, {11, 600}};
enum { N_TABLES = sizeof TABLES / sizeof TABLES[0] };

/* Every value given divides Phi_n(b), is 1 modulo n, and passes a primality test, and so does what
 * remains when the primes of n are taken out, unless the row says otherwise. With
 * BREAKEVEN_TEST_PRIMES=prove the primes of up to 1,000 bits are proved, not only tested. */
static void each_row_multiplies_to_its_cyclotomic_value(void **state)
{
    (void)state;
    const char *asked = getenv("BREAKEVEN_TEST_PRIMES");
    bool prove = asked && !strcmp(asked, "prove");
    size_t rows = 0, stride = asked ? 1 : 7;
    for (size_t t = 0; t < N_TABLES; t++) {
        for (size_t n = 1; n <= TABLES[t].n; n += n < 300 ? 1 : stride) {
            be__primes primes;
            be__int rest, divisor;
            bool open;
            be__primes_init(&primes);
            be__int_init(&rest);
            be__int_init(&divisor);
            CHECK(be__primes_row(TABLES[t].base, n, &primes, &open));
            be__cyclotomic(&rest, TABLES[t].base, n);
            for (size_t d = 2, left = n; left > 1; d++) {
                be__int_set_u64(&divisor, d);
                if (left % d == 0) {
                    be__int_remove(&rest, &rest, &divisor);
                }
                while (left % d == 0) {
                    left /= d;
                }
            }
            for (size_t i = 0; i < primes.n; i++) {
                const be__int *p = &primes.item[i].value;
                CHECK_SAY(be__int_remove(&rest, &rest, p) > 0, "%zu of Phi_%zu(%u)", i, n,
                          (unsigned)TABLES[t].base);
                CHECK_SAY(be__int_mod_u64(p, n) == (n > 1), "%zu of Phi_%zu(%u) modulo n", i, n,
                          (unsigned)TABLES[t].base);
                CHECK_SAY(prove ? be__int_is_prime(p) : be__int_is_probable_prime(p),
                          "%zu of Phi_%zu(%u) is composite", i, n, (unsigned)TABLES[t].base);
            }
            bool prime = be__int_compare_u64(&rest, 1) == 0 ||
                         (prove ? be__int_is_prime(&rest) : be__int_is_probable_prime(&rest));
            CHECK_SAY(prime == !open, "the rest of Phi_%zu(%u)", n, (unsigned)TABLES[t].base);
            rows++;
            be__int_clear(&rest);
            be__int_clear(&divisor);
            be__primes_clear(&primes);
        }
    }
    CHECK(rows > 1000);
    be__primes none;
    bool open;
    be__primes_init(&none);
    CHECK(!be__primes_row(13, 1, &none, &open) && !be__primes_row(2, 2701, &none, &open));
    be__primes_clear(&none);
}

/* Whatever the base, p^m - 1 is the product of what was found. */
static void primes_multiply_to_the_power_less_one(void **state)
{
    (void)state;
    static const struct {
        uint64_t p;
        size_t m;
    } POWERS[] = {{2, 1},  {2, 6},  {2, 60},  {2, 364},   {2, 1024}, {3, 2},         {3, 4},
                  {3, 5},  {7, 2},  {7, 4},   {13, 13},   {13, 20},  {17, 12},       {101, 6},
                  {31, 8}, {53, 4}, {257, 6}, {65537, 4}, {7919, 5}, {2147483647, 3}};
    for (size_t i = 0; i < sizeof POWERS / sizeof POWERS[0]; i++) {
        be__effort effort = {.deadline_ns = be_now_ns() + UINT64_C(60000000000)};
        be__primes primes;
        be__int product, power;
        be__primes_init(&primes);
        be__int_init_u64(&product, 1);
        be__int_init(&power);
        CHECK(be__primes_of_power(POWERS[i].p, POWERS[i].m, &effort, &primes) == BE_OK);
        CHECK_SAY(primes.complete, "%u^%zu - 1", (unsigned)POWERS[i].p, POWERS[i].m);
        for (size_t k = 0; k < primes.n; k++) {
            CHECK(be__int_is_probable_prime(&primes.item[k].value));
            CHECK(k == 0 || be__int_compare(&primes.item[k - 1].value, &primes.item[k].value) < 0);
            be__int_pow_int(&power, &primes.item[k].value, primes.item[k].exponent);
            be__int_mul(&product, &product, &power);
        }
        be__int_pow(&power, POWERS[i].p, POWERS[i].m);
        be__int_sub_u64(&power, &power, 1);
        CHECK_SAY(be__int_compare(&power, &product) == 0, "%u^%zu - 1", (unsigned)POWERS[i].p,
                  POWERS[i].m);
        be__int_clear(&product);
        be__int_clear(&power);
        be__primes_clear(&primes);
    }
}

/* Phi_11(1487) = 2534080803000671 * 20872832375422127, by PARI: too much for a quick look. */
static void what_is_not_found_is_marked_composite_and_given_factors_are_used(void **state)
{
    (void)state;
    be__int known[2]; /* the first of no use */
    be__int_init_u64(&known[0], UINT64_C(1000000007));
    be__int_init_u64(&known[1], UINT64_C(2534080803000671));
    be__primes primes;
    be__primes_init(&primes);
    CHECK(be__primes_of_power(1487, 11, &(be__effort){0}, &primes) == BE_OK);
    CHECK(!primes.complete && primes.item[primes.n - 1].composite);
    be__effort helped = {.known = known, .n_known = 2};
    CHECK(be__primes_of_power(1487, 11, &helped, &primes) == BE_OK);
    CHECK(primes.complete &&
          be__int_u64(&primes.item[primes.n - 1].value) == UINT64_C(20872832375422127));
    /* The least n for which the table leaves a rest of 2^n - 1 open. */
    CHECK(be__primes_of_power(2, 821, &(be__effort){0}, &primes) == BE_OK && !primes.complete);
    be__int_clear(&known[0]);
    be__int_clear(&known[1]);
    be__primes_clear(&primes);
}

static const struct CMUnitTest tests[] = {
    TEST(each_row_multiplies_to_its_cyclotomic_value),
    TEST(primes_multiply_to_the_power_less_one),
    TEST(what_is_not_found_is_marked_composite_and_given_factors_are_used),
};

RUN_TESTS(tests)
