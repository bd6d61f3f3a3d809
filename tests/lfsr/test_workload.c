/* test_workload.c: lfsr.cycles as study and the demo see it. */
#include "check.h"
#include "reference.h"

#include <breakeven/lfsr.h>

#include <string.h>

static const be_workload *const WORKLOAD = &be_lfsr_cycles_workload;

static void *made(size_t n, uint64_t seed, const char *input)
{
    be_workload_request request = {.n = n, .seed = seed, .input = input};
    void *instance = NULL;
    be_error error;
    CHECK_SAY(!WORKLOAD->create(&request, &instance, &error), "%zu, %s", n, error.expected);
    return instance;
}

/* Keeps what is presented. */
typedef struct shown {
    char polynomial[BE_LFSR_TEXT_SIZE];
    char states[32];
    char cells[4096]; /* every cell and a blank */
    unsigned tables;
} shown;

static void show_fact(void *user, const char *label, const char *value)
{
    shown *s = user;
    if (strcmp(label, "polynomial") == 0) {
        snprintf(s->polynomial, sizeof s->polynomial, "%s", value);
    } else if (strcmp(label, "states") == 0) {
        snprintf(s->states, sizeof s->states, "%s", value);
    }
}

static void show_begin(void *user, const char *title, const char *const *columns, size_t n_columns)
{
    (void)title;
    (void)columns;
    (void)n_columns;
    ((shown *)user)->tables++;
}

static void show_cell(void *user, const char *text)
{
    shown *s = user;
    size_t used = strlen(s->cells);
    snprintf(s->cells + used, sizeof s->cells - used, "%s ", text);
}

static void show_end(void *user)
{
    (void)user;
}

static shown show(const void *instance)
{
    shown s = {.tables = 0};
    be_presenter presenter = {.user = &s,
                              .fact = show_fact,
                              .table_begin = show_begin,
                              .table_cell = show_cell,
                              .table_end = show_end};
    WORKLOAD->present(instance, &presenter);
    return s;
}

static void run(be_engine *engine, void *instance)
{
    CHECK(WORKLOAD->run(engine, instance, NULL) == BE_OK);
}

static void states_are_rounded_up_to_a_power_of_two(void **state)
{
    (void)state;
    static const struct {
        size_t n;
        const char *states;
    } sizes[] = {{1, "2"}, {2, "2"}, {3, "4"}, {4, "4"}, {1000, "1024"}, {1025, "2048"}};
    be_engine *engine;
    CHECK(be_engine_create(NULL, &engine) == BE_OK);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        void *instance = made(sizes[i].n, 1, NULL);
        run(engine, instance);
        shown s = show(instance);
        CHECK_SAY(strcmp(s.states, sizes[i].states) == 0, "%zu: %s", sizes[i].n, s.states);
        WORKLOAD->destroy(instance);
    }
    be_engine_destroy(engine);
}

static void a_census_is_presented_with_its_cycles_and_tails(void **state)
{
    (void)state;
    be_engine *engine;
    CHECK(be_engine_create(NULL, &engine) == BE_OK);
    void *instance = made(0, 1, "x^4+x^3+x+1");
    run(engine, instance);
    shown s = show(instance);
    CHECK(strcmp(s.polynomial, "x^4 + x^3 + x + 1") == 0 && s.tables == 1);
    CHECK_SAY(strcmp(s.cells, "1 2 2 2 1 2 3 2 6 6 1 6 ") == 0, "%s", s.cells);
    WORKLOAD->destroy(instance);

    instance = made(16, 1, "4,2,1");
    run(engine, instance);
    s = show(instance);
    CHECK_SAY(strcmp(s.cells, "1 1 1 7 1 7 0 8 1 8 ") == 0 && s.tables == 2, "%s", s.cells);
    WORKLOAD->destroy(instance);
    be_engine_destroy(engine);
}

static bool same(be_hash128 a, be_hash128 b)
{
    return a.low == b.low && a.high == b.high;
}

static void a_digest_tells_registers_apart_and_repeats(void **state)
{
    (void)state;
    be_engine *engine;
    CHECK(be_engine_create(NULL, &engine) == BE_OK);
    be_hash128 digests[6];
    static const char *const inputs[6] = {"12,0", "12,6,4,1,0",   "12,7,6,5,3,1,0",
                                          "12,6", "12,8,7,6,5,3", NULL};
    for (int i = 0; i < 6; i++) {
        void *instance = made(1 << 12, 1, inputs[i]);
        run(engine, instance);
        digests[i] = WORKLOAD->digest(instance);
        run(engine, instance);
        CHECK(same(digests[i], WORKLOAD->digest(instance)));
        for (int j = 0; j < i; j++) {
            CHECK_SAY(!same(digests[i], digests[j]), "%d and %d", i, j);
        }
        WORKLOAD->destroy(instance);
    }
    be_engine_destroy(engine);
}

static void a_seed_draws_a_nonsingular_multiple_of_x_plus_1(void **state)
{
    (void)state;
    be_engine *engine;
    CHECK(be_engine_create(NULL, &engine) == BE_OK);
    char first[BE_LFSR_TEXT_SIZE] = "";
    unsigned different = 0;
    for (uint64_t seed = 0; seed < 50; seed++) {
        size_t degree = 1 + seed % 12;
        void *instance = made((size_t)1 << degree, seed, NULL);
        run(engine, instance);
        shown s = show(instance);
        uint64_t polynomial;
        CHECK(!be_lfsr_polynomial_parse(s.polynomial, strlen(s.polynomial), &polynomial, NULL));
        CHECK(polynomial >> degree == 1 && (polynomial & 1));
        CHECK_SAY(__builtin_parityll(polynomial) == 0, "seed %d: %s", (int)seed, s.polynomial);
        different += degree == 12 && strcmp(s.polynomial, first) != 0;
        if (degree == 12) {
            memcpy(first, s.polynomial, sizeof first);
        }
        WORKLOAD->destroy(instance);
    }
    CHECK(different == 4);
    be_engine_destroy(engine);
}

static void a_size_or_polynomial_that_cannot_be_is_refused(void **state)
{
    (void)state;
    static const struct {
        size_t n;
        const char *input;
        be_status status;
        const char *expected;
        size_t offset;
    } refused[] = {
        {0, NULL, BE_EINVAL, "at least one state", 0},
        {((size_t)1 << 40) + 1, NULL, BE_ELIMIT, "at most 1099511627776 states, not 1099511627777",
         0},
        {SIZE_MAX, "4,1,0", BE_ELIMIT, "at most 1099511627776 states, not 18446744073709551615", 0},
        {32, "4,1,0", BE_EINVAL, "16 states, which is what this polynomial has, not 32", 0},
        {16, "x^4+", BE_EINVAL, "x or 1", 4},
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        be_workload_request request = {.n = refused[i].n, .seed = 1, .input = refused[i].input};
        be_error error[2];
        void *instance = NULL;
        uint64_t bytes = 77;
        CHECK(WORKLOAD->bytes(&request, &bytes, &error[0]) == refused[i].status);
        CHECK(WORKLOAD->create(&request, &instance, &error[1]) == refused[i].status);
        for (int e = 0; e < 2; e++) {
            CHECK_SAY(strcmp(error[e].expected, refused[i].expected) == 0 &&
                          error[e].offset == refused[i].offset,
                      "%s", error[e].expected);
        }
        CHECK(bytes == 77 && instance == NULL);
    }
    WORKLOAD->destroy(NULL);
}

static void bytes_are_known_before_anything_is_allocated(void **state)
{
    (void)state;
    be_workload_request request = {.n = (size_t)1 << 40, .seed = 1};
    uint64_t bytes = 0;
    CHECK(WORKLOAD->bytes(&request, &bytes, NULL) == BE_OK);
    CHECK_SAY(bytes > 50000000 && bytes < 110000000, "%llu", (unsigned long long)bytes);
    request.n = 1024;
    CHECK(WORKLOAD->bytes(&request, &bytes, NULL) == BE_OK && bytes < 100000);
}

static const struct CMUnitTest tests[] = {
    TEST(states_are_rounded_up_to_a_power_of_two),
    TEST(a_census_is_presented_with_its_cycles_and_tails),
    TEST(a_digest_tells_registers_apart_and_repeats),
    TEST(a_seed_draws_a_nonsingular_multiple_of_x_plus_1),
    TEST(a_size_or_polynomial_that_cannot_be_is_refused),
    TEST(bytes_are_known_before_anything_is_allocated),
};
RUN_TESTS(tests)
