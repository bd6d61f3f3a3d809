/* test_cycles.c: the census of cycles and tails, against worked examples, a plain walk and the
 * algebra. */
#include "check.h"
#include "reference.h"

#include <breakeven/lfsr.h>

#include <stdlib.h>
#include <string.h>

static be_engine *engine_of(unsigned workers)
{
    be_engine *engine = NULL;
    be_engine_config config = {.size = sizeof config, .workers = workers};
    CHECK(be_engine_create(&config, &engine) == BE_OK);
    return engine;
}

static uint64_t parsed(const char *text)
{
    uint64_t polynomial = 0;
    be_error error;
    be_status status = be_lfsr_polynomial_parse(text, strlen(text), &polynomial, &error);
    CHECK_SAY(!status, "offset %zu: expected %s", error.offset, error.expected);
    return polynomial;
}

/* "1:2 2:1 3:2 6:1", and behind a bar the states by length of tail. */
static const char *census_text(const be_lfsr_census *census)
{
    static char text[BE_LFSR_LENGTHS_MAX * 24];
    char *end = text;
    for (size_t i = 0; i < census->n_lengths; i++) {
        end +=
            sprintf(end, "%s%llu:%llu", i ? " " : "", (unsigned long long)census->lengths[i].length,
                    (unsigned long long)census->lengths[i].cycles);
    }
    for (unsigned j = 0; census->longest_tail && j <= census->longest_tail; j++) {
        end += sprintf(end, "%s%u:%llu", j ? " " : " | ", j, (unsigned long long)census->tail[j]);
    }
    return text;
}

static void check_equal(const be_lfsr_census *found, const be_lfsr_census *expected)
{
    if (memcmp(found, expected, sizeof *found) != 0) {
        print_error("polynomial %llx\n  found    %s\n", (unsigned long long)found->polynomial,
                    census_text(found));
        print_error("  expected %s\n", census_text(expected));
    }
    CHECK(memcmp(found, expected, sizeof *found) == 0);
}

/* Rows 1, 2, 4 to 7, 9 to 11 and 26 of our table of registers: computed once with SageMath from the
 * factors, and once by a walk written in another language. Row 9 is the question of
 * math.stackexchange.com/questions/872984; the primitive ones are textbook. */
static void worked_examples_come_out(void **state)
{
    (void)state;
    static const struct {
        const char *polynomial;
        const char *census;
    } examples[] = {
        {"x+1", "1:2"},
        {"x^2+x+1", "1:1 3:1"},
        {"x^3+x+1", "1:1 7:1"},
        {"x^4+x^3+x+1", "1:2 2:1 3:2 6:1"},
        {"x^10+x^9+x^8+x^2+x+1", "1:2 2:1 3:2 4:3 6:1 8:30 12:3 24:30"},
        {"x^8+1", "1:2 2:1 4:3 8:30"},
        {"x^4", "1:1 | 0:1 1:1 2:2 3:4 4:8"},
        {"x^4+x^3+x^2", "1:1 3:1 | 0:4 1:4 2:8"},
        {"x^4+x^2+x", "1:1 7:1 | 0:8 1:8"},
        {"x^9+x^8+x^6+x+1", "1:1 3:1 7:1 15:4 21:1 105:4"},
        {"x^14+x^11+x^4+x^2+1", "1:1 3:1 1365:12"},
        {"x^16+x^13+x^4+x^2+1", "1:1 3:1 5:3 7:1 15:3 21:1 35:3 105:3 127:1 381:1 635:3 889:1 "
                                "1905:3 2667:1 4445:3 13335:3"},
        {"x^15+x^13+x^12+x^11+x^9+x^8+x^2+x+1", "1:1 1057:31"},
        {"x^16+x^5+x^3+x^2+1", "1:1 65535:1"},
        {"x^20+x^3+1", "1:1 1048575:1"},
    };
    be_engine *engine = engine_of(1);
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        be_lfsr_census census;
        CHECK(!be_lfsr_cycles(engine, parsed(examples[i].polynomial), NULL, NULL, &census));
        CHECK_SAY(strcmp(census_text(&census), examples[i].census) == 0, "%s: %s",
                  examples[i].polynomial, census_text(&census));
    }
    be_engine_destroy(engine);
}

static void every_register_of_degree_up_to_10_equals_a_plain_walk(void **state)
{
    (void)state;
    be_engine *engine = engine_of(0);
    for (uint64_t polynomial = 2; polynomial < 1 << 11; polynomial++) {
        be_lfsr_census found, expected;
        CHECK(!be_lfsr_cycles(engine, polynomial, NULL, NULL, &found));
        reference_walk(polynomial, &expected);
        check_equal(&found, &expected);
    }
    be_engine_destroy(engine);
}

static void random_registers_equal_the_algebra_and_fill_all_states(void **state)
{
    (void)state;
    be_engine *engine = engine_of(0);
    be_random random;
    be_random_init(&random, 20, 0);
    for (int i = 0; i < 400; i++) {
        unsigned degree = 11 + (unsigned)be_random_below(&random, 8);
        uint64_t top = UINT64_C(1) << degree;
        uint64_t polynomial = top | (be_random_u64(&random) & (top - 1));
        if (i % 4) { /* three in four nonsingular */
            polynomial |= 1;
        }
        if (i % 5 == 0) { /* repeated factors: (x + 1)^2 times it, modulo the degree */
            polynomial = (polynomial ^ polynomial << 2) & (2 * top - 1);
            polynomial |= top;
        }
        be_lfsr_census found, expected;
        CHECK(!be_lfsr_cycles(engine, polynomial, NULL, NULL, &found));
        reference_algebra(polynomial, &expected);
        check_equal(&found, &expected);
        uint64_t on_cycles = 0, states = 0;
        for (size_t l = 0; l < found.n_lengths; l++) {
            on_cycles += found.lengths[l].length * found.lengths[l].cycles;
        }
        for (unsigned j = 0; j <= found.longest_tail; j++) {
            states += found.tail[j];
        }
        CHECK(on_cycles == found.tail[0] && states == top);
    }
    be_engine_destroy(engine);
}

/* Where the parts of the algorithm are at their edges: nothing but short cycles, no gate on any
 * long cycle, powers of x + 1, sequences interleaved from shorter ones, long tails, the greatest
 * degrees a test has time for. */
static void registers_of_extreme_structure_equal_the_algebra(void **state)
{
    (void)state;
    static const char *const extreme[] = {
        "19,0",
        "20,0",
        "21,14,7,0",
        "20,15,10,5,0",                                   /* order 25, five ones a period */
        "18,17,16,15,14,13,12,11,10,9,8,7,6,5,4,3,2,1,0", /* order 19 */
        "16,15,14,13,12,11,10,9,8,7,6,5,4,3,2,1,0",       /* order 17, two factors */
        "16,0",
        "20,16,4,0",
        "20,4,0",
        "21,3,0",
        "20,10,0",
        "20,17,3",
        "20,3,2",
        "20,19",
        "19,0",
        "20",
        "22,1,0",
        "23,5,0",
        "24,23,18,17,14,11,10,7,6,5,4,3,1,0", /* the CRC of OpenPGP, RFC 4880 */
        "24,13,5,0",
    };
    be_engine *engine = engine_of(0);
    for (size_t i = 0; i < sizeof extreme / sizeof extreme[0]; i++) {
        be_lfsr_census found, expected;
        CHECK(!be_lfsr_cycles(engine, parsed(extreme[i]), NULL, NULL, &found));
        reference_algebra(parsed(extreme[i]), &expected);
        check_equal(&found, &expected);
    }
    be_engine_destroy(engine);
}

static void every_schedule_and_worker_count_gives_the_same_census(void **state)
{
    (void)state;
    static const char *const registers[] = {"17,3,0", "16,12,5,0", "16,13,4,2,0", "16,0", "16,5,4"};
    for (size_t r = 0; r < sizeof registers / sizeof registers[0]; r++) {
        be_lfsr_census expected;
        reference_algebra(parsed(registers[r]), &expected);
        for (unsigned workers = 1; workers <= 5; workers++) {
            be_engine *engine = engine_of(workers);
            for (int s = BE_SCHEDULE_AUTO; s <= BE_SCHEDULE_DYNAMIC; s++) {
                for (size_t grain = 0; grain <= 343; grain = grain * 7 + 1) {
                    be_force force = {(be_schedule)s, workers, grain};
                    be_for_options options = {.size = sizeof options, .force = &force};
                    be_lfsr_census found;
                    CHECK(!be_lfsr_cycles(engine, parsed(registers[r]), NULL, &options, &found));
                    check_equal(&found, &expected);
                }
            }
            be_engine_destroy(engine);
        }
    }
}

/* The bound of the header. A length is 2^a m, m the least common multiple of orders of irreducible
 * factors. So there are at most 2^t values of m for t different orders above 1 among them, and
 * a <= ceil(log2 e) for multiplicities up to e. The cheapest way to t orders takes t of the least
 * degrees; the cheapest way to a multiplicity e is (x + 1)^e. An order n belongs to irreducibles of
 * the least degree m with n | 2^m - 1. */
static void no_register_has_more_lengths_than_a_census_has_room_for(void **state)
{
    (void)state;
    unsigned degrees[64], n = 0; /* rising; all orders of degree <= 10 */
    for (unsigned m = 2; m <= 10; m++) {
        for (unsigned order = 3; order < 1u << m; order += 2) {
            unsigned least = 1;
            for (unsigned power = 2; power != 1; power = 2 * power % order) {
                least++;
            }
            if (least == m) {
                degrees[n++] = m;
            }
        }
    }
    CHECK(n < 64 && degrees[0] == 2 && degrees[1] == 3 && degrees[n - 1] == 10);
    uint64_t most = 0;
    for (unsigned e = 1; e <= BE_LFSR_DEGREE_MAX; e++) {
        unsigned powers = 1; /* values of a */
        while (1u << (powers - 1) < e) {
            powers++;
        }
        unsigned left = BE_LFSR_DEGREE_MAX - (e > 1 ? e : 0), t = 0;
        for (; t < n && degrees[t] <= left; t++) {
            left -= degrees[t];
        }
        uint64_t bound = (uint64_t)powers << t;
        most = bound > most ? bound : most;
    }
    CHECK_SAY(most == BE_LFSR_LENGTHS_MAX, "%llu", (unsigned long long)most);
}

static void a_degree_out_of_range_is_refused(void **state)
{
    (void)state;
    be_engine *engine = engine_of(1);
    static const uint64_t refused[] = {0, 1, UINT64_C(1) << 41, UINT64_MAX};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        be_lfsr_census census = {.degree = 77};
        be_error error;
        be_for_options options = {.size = sizeof options, .error = &error};
        CHECK(be_lfsr_cycles(engine, refused[i], NULL, &options, &census) == BE_EINVAL);
        CHECK(strcmp(error.expected, "a polynomial of degree 1 to 40") == 0);
        CHECK(census.degree == 77);
        CHECK(be_lfsr_cycles_bytes(refused[i]) == 0);
    }
    be_engine_destroy(engine);
}

/* Counts what is held, and says no after `left` calls. */
typedef struct counting {
    size_t left;
    uint64_t held;
    uint64_t most;
} counting;

static void *count_allocate(void *user, size_t size)
{
    counting *c = user;
    if (c->left == 0) {
        return NULL;
    }
    c->left--;
    c->held += size;
    c->most = c->held > c->most ? c->held : c->most;
    return malloc(size);
}

static void count_release(void *user, void *memory, size_t size)
{
    ((counting *)user)->held -= size;
    free(memory);
}

static void a_census_holds_what_it_says_and_survives_each_allocation_failing(void **state)
{
    (void)state;
    be_engine *engine = engine_of(1);
    be_status status = BE_ENOMEM;
    for (size_t allowed = 0; status == BE_ENOMEM; allowed++) {
        counting c = {.left = allowed};
        be_allocator allocator = {count_allocate, count_release, &c};
        be_error error = {.status = BE_OK};
        be_for_options options = {.size = sizeof options, .error = &error};
        be_lfsr_census census;
        status = be_lfsr_cycles(engine, parsed("16,12,5,0"), &allocator, &options, &census);
        CHECK(c.held == 0);
        if (status) {
            CHECK(status == BE_ENOMEM && error.status == BE_ENOMEM);
        } else {
            CHECK(c.most == be_lfsr_cycles_bytes(parsed("16,12,5,0")) && allowed == 3);
        }
    }
    CHECK(status == BE_OK);
    CHECK(be_lfsr_cycles_bytes(parsed("40,0")) <= 101000000);
    be_engine_destroy(engine);
}

static void a_raised_cancel_flag_leaves_the_census_alone(void **state)
{
    (void)state;
    be_engine *engine = engine_of(1);
    be_cancel cancel = {0};
    be_cancel_raise(&cancel);
    size_t done = 77;
    be_for_options options = {.size = sizeof options, .cancel = &cancel, .done = &done};
    be_lfsr_census census = {.degree = 77};
    be_status status = be_lfsr_cycles(engine, parsed("16,12,5,0"), NULL, &options, &census);
    CHECK_SAY(status == BE_ECANCEL, "%s", be_status_text(status));
    CHECK(census.degree == 77 && done == 0);
    be_engine_destroy(engine);
}

static const struct CMUnitTest tests[] = {
    TEST(worked_examples_come_out),
    TEST(every_register_of_degree_up_to_10_equals_a_plain_walk),
    TEST(random_registers_equal_the_algebra_and_fill_all_states),
    TEST(registers_of_extreme_structure_equal_the_algebra),
    TEST(every_schedule_and_worker_count_gives_the_same_census),
    TEST(no_register_has_more_lengths_than_a_census_has_room_for),
    TEST(a_degree_out_of_range_is_refused),
    TEST(a_census_holds_what_it_says_and_survives_each_allocation_failing),
    TEST(a_raised_cancel_flag_leaves_the_census_alone),
};
RUN_TESTS(tests)
