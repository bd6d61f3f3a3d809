/* test_enumerate.c: every state stepped, against the algebra, which steps none. */
#include "check.h"
#include "reference.h"
#include "folder.h"
#include "lfsr/enumerate.h"

#include <breakeven/lfsr.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static be_engine *engine_of(unsigned workers)
{
    be_engine *engine = NULL;
    be_engine_config config = {.size = sizeof config, .workers = workers};
    CHECK(be_engine_create(&config, &engine) == BE_OK);
    return engine;
}

/* "1:2 2:1 | 0:8 1:8": cycles, and states by length of tail. */
static void describe(const be_lfsr_partition *p, char *out)
{
    for (size_t i = 0; i < p->n_lengths; i++) {
        out += sprintf(out, "%llu:%llu ", (unsigned long long)p->lengths[i].length,
                       (unsigned long long)p->lengths[i].cycles);
    }
    for (uint64_t j = 0; j <= p->longest_tail; j++) {
        out += sprintf(out, "| %llu ", (unsigned long long)p->tails[j]);
    }
}

static uint64_t small(be_lfsr_integer integer)
{
    CHECK(integer.n <= 1);
    return integer.n ? integer.limb[0] : 0;
}

static bool same_as_algebra(const be_lfsr *lfsr, const be_lfsr_partition *p)
{
    be_lfsr_analysis a;
    be_lfsr_analyze_options options = {.size = sizeof options, .want = BE_LFSR_WANT_CENSUS};
    CHECK(be_lfsr_analyze(lfsr, &options, &a, NULL) == BE_OK && a.complete);
    bool same = a.n_lengths == p->n_lengths && a.preperiod == p->longest_tail;
    for (size_t i = 0; i < p->n_lengths && same; i++) {
        same = small(a.census[i].length) == p->lengths[i].length &&
               small(a.census[i].cycles) == p->lengths[i].cycles;
    }
    for (uint64_t j = 0; j <= p->longest_tail && same; j++) {
        same = small(a.tails[j]) == p->tails[j];
    }
    be_lfsr_analysis_clear(&a);
    return same;
}

static void worked_examples_come_out(void **state)
{
    (void)state;
    static const struct {
        uint64_t q;
        const char *text, *is;
    } cases[] = {
        {2, "x^4+x^3+x+1", "1:2 2:1 3:2 6:1 | 16 "},
        {2, "x^4", "1:1 | 1 | 1 | 2 | 4 | 8 "},
        {2, "x^4+x^3+x^2", "1:1 3:1 | 4 | 4 | 8 "},
        {2, "galois:x^4+x^2+x", "1:1 7:1 | 8 | 8 "},
        {2, "x^16+x^13+x^4+x^2+1",
         "1:1 3:1 5:3 7:1 15:3 21:1 35:3 105:3 127:1 381:1 635:3 889:1 1905:3 2667:1 4445:3 "
         "13335:3 "
         "| 65536 "},
        {2, "coefficients:1,1,1,0,0,0,0,0,1,1,0,1,1,1,0", "1:1 1057:31 | 32768 "},
        {3, "coefficients:1,2,1", "1:3 4:6 | 27 "},
        {3, "coefficients:1,0,0,1,0,0,0,0", "1:1 6560:1 | 6561 "},
        {3, "coefficients:2,0,1,0", "1:1 4:2 12:6 | 81 "},
        {5, "coefficients:1,3,2,1", "1:1 3:8 12:50 | 625 "},
        {4, "coefficients:2,1,3", "1:1 63:1 | 64 "},
        {4, "coefficients:1,1,1", "1:4 2:6 4:12 | 64 "},
        {8, "coefficients:2,0,1", "1:1 511:1 | 512 "},
        {9, "coefficients:2,0,1", "1:1 26:28 | 729 "},
        {27, "coefficients:3,1", "1:1 91:8 | 729 "},
        /* XNOR: walks by hand in another language */
        {2, "xnor:coefficients:1,0,0,1", "1:1 15:1 | 16 "},
        {2, "xnor:coefficients:1,1,0,1", "4:1 12:1 | 16 "},
        {2, "xnor:coefficients:1,1,1", "4:2 | 8 "},
        {2, "x+1", "1:2 | 2 "},
    };
    be_engine *engine = engine_of(0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        be_lfsr lfsr = parse_register(cases[i].q, cases[i].text);
        be_lfsr_partition p;
        be_error error;
        be_status status = be_lfsr_enumerate(engine, &lfsr, NULL, &p, &error);
        CHECK_SAY(!status, "%s: expected %s", cases[i].text, error.expected);
        char said[1024];
        describe(&p, said);
        CHECK_SAY(strcmp(said, cases[i].is) == 0, "%s: %s", cases[i].text, said);
        CHECK_SAY(same_as_algebra(&lfsr, &p), "%s: %s", cases[i].text, said);
        be_lfsr_partition_clear(&p);
        be_lfsr_clear(&lfsr);
    }
    be_engine_destroy(engine);
}

/* Singular, repeated, affine and matrix registers among them. */
static void random_registers_equal_the_algebra(void **state)
{
    (void)state;
    static const uint64_t FIELDS[] = {2, 3, 4, 5, 7, 8, 9, 16, 25, 27};
    be_engine *engine = engine_of(0);
    be_random random;
    be_random_init(&random, 31, 0);
    for (int round = 0; round < 300; round++) {
        be_lfsr_field field;
        uint64_t c[20], states = 1;
        CHECK(!be_lfsr_field_init(FIELDS[round % 10], 0, &field, NULL));
        size_t n = 0, most = 1 + be_random_below(&random, 14);
        for (; n < most && states * field.q <= 1 << 14; n++) {
            states *= field.q;
            c[n] = be_random_below(&random, 3) ? be_random_below(&random, field.q) : 0;
        }
        be_lfsr lfsr;
        CHECK(!be_lfsr_init(&field, c, n, NULL, &lfsr, NULL));
        lfsr.form = round & 16 ? BE_LFSR_GALOIS : BE_LFSR_FIBONACCI;
        if (round % 3 == 0) {
            lfsr.constant = malloc(n * sizeof *c);
            for (size_t i = 0; i < n; i++) {
                lfsr.constant[i] = be_random_below(&random, field.q);
            }
        }
        if (round % 4 == 0) {
            be_text text;
            be_lfsr matrix;
            be_lfsr_reading took, reading = {.kind = BE_LFSR_KIND_MATRIX};
            be_text_init(&text, NULL);
            CHECK(!be_lfsr_format(&lfsr, &reading, 'x', &text));
            CHECK(!be_lfsr_parse(text.bytes, text.size, &field, NULL, NULL, &matrix, &took, NULL));
            be_text_clear(&text);
            be_lfsr_clear(&lfsr);
            lfsr = matrix;
            lfsr.matrix[be_random_below(&random, n * n)] = be_random_below(&random, field.q);
        }
        be_lfsr_partition p;
        be_error error;
        be_status status = be_lfsr_enumerate(engine, &lfsr, NULL, &p, &error);
        CHECK_SAY(!status, "round %d: expected %s", round, error.expected);
        CHECK_SAY(same_as_algebra(&lfsr, &p), "round %d, q %llu, n %zu", round,
                  (unsigned long long)field.q, n);
        be_lfsr_partition_clear(&p);
        be_lfsr_clear(&lfsr);
    }
    be_engine_destroy(engine);
}

/* A register whose step of one state is wrong. */
typedef struct planted {
    be__lfsr_map right;
    uint64_t at, to;
} planted;

static uint64_t wrong_step(const void *ctx, uint64_t state)
{
    const planted *p = ctx;
    return state == p->at ? p->to : be__lfsr_map_step(&p->right, state);
}

static void a_planted_wrong_step_is_caught(void **state)
{
    (void)state;
    be_engine *engine = engine_of(2);
    be_lfsr lfsr = parse_register(2, "x^12+x^6+x^4+x+1");
    planted wrong = {.at = 0};
    CHECK(!be__lfsr_map_init(&lfsr, &wrong.right));
    be_random random;
    be_random_init(&random, 8, 0);
    for (int round = 0; round < 40; round++) {
        wrong.at = be_random_below(&random, 4096);
        wrong.to = be_random_below(&random, 4096);
        bool harmless = wrong.to == be__lfsr_map_step(&wrong.right, wrong.at);
        be__lfsr_map map = wrong.right;
        map.kind = BE__STEP_OTHER;
        map.other = wrong_step;
        map.ctx = &wrong;
        map.one_to_one = round & 1;
        be_lfsr_partition p;
        be_hash128 job = {0};
        be_status status = be__lfsr_enumerate_map(engine, &map, job, NULL, &p, NULL);
        if (status) {
            CHECK_SAY(status == BE_EMISMATCH && map.one_to_one && !harmless, "round %d: %s", round,
                      be_status_text(status));
            continue;
        }
        CHECK_SAY(same_as_algebra(&lfsr, &p) == harmless, "round %d", round);
        be_lfsr_partition_clear(&p);
    }
    be__lfsr_map_clear(&wrong.right);
    be_lfsr_clear(&lfsr);
    be_engine_destroy(engine);
}

static const char *const SEVERAL[] = {"x^17+x^3+1", "x^18+x^9+1", "galois:x^17+x^5+x^3+x",
                                      "xnor:x^17+x+1", "x^16+1"};
enum { N_SEVERAL = 5 };

static void every_schedule_gives_the_same_partition(void **state)
{
    (void)state;
    for (int i = 0; i < N_SEVERAL; i++) {
        be_lfsr lfsr = parse_register(2, SEVERAL[i]);
        be_hash128 first = {0};
        for (unsigned workers = 1; workers <= 4; workers++) {
            be_engine *engine = engine_of(workers);
            be_force force = {.schedule = BE_SCHEDULE_DYNAMIC, .workers = workers, .grain = 7};
            be_engine_force(engine, workers > 1 ? &force : NULL);
            be_lfsr_partition p;
            CHECK(!be_lfsr_enumerate(engine, &lfsr, NULL, &p, NULL));
            first = workers == 1 ? p.digest : first;
            CHECK_SAY(memcmp(&first, &p.digest, sizeof first) == 0, "%s, %u workers", SEVERAL[i],
                      workers);
            CHECK(same_as_algebra(&lfsr, &p));
            be_lfsr_partition_clear(&p);
            be_engine_destroy(engine);
        }
        be_lfsr_clear(&lfsr);
    }
}

/* A state and its successor have one label, as many labels as cycles, each cycle of its length. */
static void labels_part_the_states_into_the_cycles(void **state)
{
    (void)state;
    be_engine *engine = engine_of(2);
    for (int i = 0; i < N_SEVERAL; i++) {
        be_lfsr lfsr = parse_register(2, SEVERAL[i]);
        be__lfsr_map map;
        CHECK(!be__lfsr_map_init(&lfsr, &map));
        uint32_t *labels = malloc(map.n_states * sizeof *labels);
        be_lfsr_enumerate_options options = {.size = sizeof options, .labels = labels};
        be_lfsr_partition p;
        CHECK(!be_lfsr_enumerate(engine, &lfsr, &options, &p, NULL));
        uint8_t *used = calloc(p.n_cycles, 1);
        uint64_t n_used = 0;
        for (uint64_t s = 0; s < map.n_states; s++) {
            CHECK_SAY(labels[s] < p.n_cycles && labels[s] == labels[be__lfsr_map_step(&map, s)],
                      "%s: state %llu", SEVERAL[i], (unsigned long long)s);
            n_used += !used[labels[s]];
            used[labels[s]] = 1;
        }
        CHECK_SAY(n_used == p.n_cycles, "%s", SEVERAL[i]);
        be_lfsr_partition_clear(&p);
        be__lfsr_map_clear(&map);
        be_lfsr_clear(&lfsr);
        free(used);
        free(labels);
    }
    be_engine_destroy(engine);
}

typedef struct killer {
    uint64_t calls, at;
} killer;

static void kill_at(void *user, uint64_t done, uint64_t total)
{
    (void)done;
    (void)total;
    killer *k = user;
    if (++k->calls == k->at) {
        kill(getpid(), SIGKILL);
    }
}

static be_status run_with_journal(const be_lfsr *lfsr, killer *k, be_lfsr_partition *p)
{
    be_engine *engine = engine_of(1);
    be_lfsr_enumerate_options options = {
        .size = sizeof options, .journal = "j", .checkpoint_ns = 1, .progress = kill_at, .user = k};
    be_status status = be_lfsr_enumerate(engine, lfsr, &options, p, NULL);
    be_engine_destroy(engine);
    return status;
}

/* 2^27 states are eight segments of the walks and two of the rest; each process is killed after one
 * more of them, and a timer kills others at whatever moment. */
static void killed_at_any_moment_it_ends_in_the_same_digest(void **state)
{
    (void)state;
    be_lfsr lfsr = parse_register(2, "x^27+x^12+x^10+x^3+x^2+1");
    be_engine *engine = engine_of(1);
    be_lfsr_partition whole, p;
    CHECK(!be_lfsr_enumerate(engine, &lfsr, NULL, &whole, NULL));
    be_engine_destroy(engine);
    int deaths = 0;
    for (int round = 0;; round++) {
        CHECK(round < 40);
        pid_t child = fork();
        if (child == 0) {
            killer k = {.at = round % 2 ? 3 : 0};
            if (round % 2 == 0) {
                ualarm(100000 + 37000 * (useconds_t)(round % 7), 0);
                signal(SIGALRM, SIG_DFL);
            }
            be_status status = run_with_journal(&lfsr, &k, &p);
            _exit(status ? 1 : memcmp(&p.digest, &whole.digest, sizeof p.digest) ? 2 : 0);
        }
        int ended;
        CHECK(waitpid(child, &ended, 0) == child);
        if (WIFEXITED(ended)) {
            CHECK_SAY(WEXITSTATUS(ended) == 0, "round %d: exit %d", round, WEXITSTATUS(ended));
            break;
        }
        deaths++;
    }
    CHECK_SAY(deaths >= 3, "%d deaths", deaths);
    /* done: the journal alone gives it again, and is no other register's */
    killer nobody = {0};
    CHECK(!run_with_journal(&lfsr, &nobody, &p));
    CHECK(memcmp(&p.digest, &whole.digest, sizeof p.digest) == 0);
    be_lfsr_partition_clear(&p);
    be_lfsr other = parse_register(2, "x^27+x^5+x^2+x+1");
    CHECK(run_with_journal(&other, &nobody, &p) == BE_EINVAL);
    be_lfsr_partition_clear(&whole);
    be_lfsr_clear(&lfsr);
    be_lfsr_clear(&other);
}

static void what_fits_no_memory_is_refused_with_the_figure(void **state)
{
    (void)state;
    be_engine *engine = engine_of(1);
    be_lfsr_partition p;
    be_error error;
    be_lfsr large = parse_register(2, "x^50+x^4+x^3+x^2+1"), larger = parse_register(2, "crc-64");
    CHECK(be_lfsr_enumerate(engine, &large, NULL, &p, &error) == BE_ELIMIT);
    CHECK(strstr(error.expected, "1125899906842624") && strstr(error.expected, "census"));
    CHECK(be_lfsr_enumerate(engine, &larger, NULL, &p, &error) == BE_ELIMIT);
    CHECK(be_lfsr_enumerate_bytes(engine, &larger) == UINT64_MAX);
    CHECK(be_lfsr_enumerate_bytes(engine, &large) > UINT64_C(1) << 47);
    be_lfsr_clear(&large);
    be_lfsr_clear(&larger);
    be_engine_destroy(engine);
}

static const struct CMUnitTest tests[] = {
    TEST(worked_examples_come_out),
    TEST(random_registers_equal_the_algebra),
    TEST(a_planted_wrong_step_is_caught),
    TEST(every_schedule_gives_the_same_partition),
    TEST(labels_part_the_states_into_the_cycles),
    cmocka_unit_test_setup_teardown(killed_at_any_moment_it_ends_in_the_same_digest, enter_folder,
                                    leave_folder),
    TEST(what_fits_no_memory_is_refused_with_the_figure),
};
RUN_TESTS(tests)
