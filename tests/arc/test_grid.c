/* test_grid.c: the operations on grids, alone and as candidates. */
#include "check.h"

#include "arc/candidate.h"

#include <breakeven/io.h>

#include <stdlib.h>
#include <string.h>

static unsigned step_named(const char *name)
{
    for (unsigned i = 0; i < BE__STEPS; i++) {
        if (strcmp(be__steps[i].name, name) == 0) {
            return i;
        }
    }
    fail_msg("no step is called %s", name);
    return 0;
}

/* "12/34" is the grid with rows 1 2 and 3 4. */
static be_grid grid_of(const char *text)
{
    be_grid grid = {.rows = 1, .columns = 0};
    size_t n = 0;
    for (; *text; text++) {
        if (*text == '/') {
            grid.rows++;
        } else {
            grid.cells[n++] = (uint8_t)(*text - '0');
        }
    }
    grid.columns = (uint8_t)(n / grid.rows);
    return grid;
}

/* A grid of random shape and cells; a third of the cells is background. */
static be_grid random_grid(be_random *random, unsigned side)
{
    be_grid grid = {.rows = (uint8_t)(1 + be_random_below(random, side)),
                    .columns = (uint8_t)(1 + be_random_below(random, side))};
    uint64_t colours = 1 + be_random_below(random, 9);
    for (size_t i = 0; i < BE_GRID_CELLS_MAX; i++) {
        uint64_t roll = be_random_below(random, 3 * colours);
        grid.cells[i] = (uint8_t)(roll < colours ? 0 : 1 + roll % colours);
    }
    return grid;
}

/* Steps by name, one after the other; true when all gave a grid. */
static bool chain(const be_grid *in, be_grid *out, size_t n, const char *const *names)
{
    be_grid now = *in;
    for (size_t i = 0; i < n; i++) {
        be_grid next;
        if (!be__step_run(step_named(names[i]), &now, &next)) {
            return false;
        }
        now = next;
    }
    *out = now;
    return true;
}

#define CHAIN(in, out, ...)                                                                        \
    chain(in, out, sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *),                         \
          (const char *[]){__VA_ARGS__})

/* One worked example for each operation. */
static void each_operation_does_its_example(void **state)
{
    (void)state;
    static const struct {
        const char *name, *in, *out; /* out NULL: no grid */
    } examples[] = {
        {"identity", "12/34", "12/34"},
        {"rot90", "123/456", "41/52/63"},
        {"rot180", "123/456", "654/321"},
        {"rot270", "123/456", "36/25/14"},
        {"dmirror", "123/456", "14/25/36"},
        {"vmirror", "123/456", "321/654"},
        {"cmirror", "123/456", "63/52/41"},
        {"hmirror", "123/456", "456/123"},
        {"tophalf", "12/34/56", "12"},
        {"tophalf", "12", NULL},
        {"bottomhalf", "12/34/56", "56"},
        {"lefthalf", "123/456", "1/4"},
        {"lefthalf", "1/2", NULL},
        {"righthalf", "123/456", "3/6"},
        {"trim", "123/456/789", "5"},
        {"trim", "12/34", NULL},
        {"crop", "0000/0100/0020", "10/02"},
        {"crop", "00/00", NULL},
        {"largest", "1000/0203/0003", "10/02"},
        {"largest", "1002/0000/3004", "1"},
        {"largest", "1002/0002/3300", "2/2"},
        {"largest", "0", NULL},
        {"smallest", "1100/0004/5550", "11"},
        {"smallest", "0", NULL},
        {"compress", "1213/1111/1415", "23/45"},
        {"compress", "11/11", NULL},
        {"squeeze", "1122/1122/3311", "12/31"},
        {"period", "12121/34343/12121", "12/34"},
        {"period", "123/456", "123/456"},
        {"downscale", "123/456/789", "13/79"},
        {"upscale", "12", "1122/1122"},
        {"upscale", "1234567890123456", NULL},
        {"hrepeat", "12/34", "1212/3434"},
        {"vrepeat", "12/34", "12/34/12/34"},
        {"hreflect", "12/34", "1221/3443"},
        {"vreflect", "12/34", "12/34/34/12"},
        {"selftile", "02/30", "0002/0030/0200/3000"},
        {"selftile", "111111", NULL},
        {"both", "110502/010534", "100/010"},
        {"both", "120013", "020"},
        {"either", "120013", "123"},
        {"either", "0025304", "302"},
        {"differ", "120013", "103"},
        {"differ", "1", NULL},
        {"fall", "120/003/000", "000/000/123"},
        {"fall", "10/20", "10/20"},
        {"hollow", "1111/1211/1111", "1111/1001/1111"},
        {"hollow", "111/101/111", "111/101/111"},
        {"hollow", "010/111/010", "010/101/010"},
        {"invert", "012/220", "200/002"},
        {"invert", "00", "00"},
        {"unify", "012/220", "022/220"},
        {"unify", "0210", "0110"},
        {"enclosed", "111/101/111", "111/141/111"},
        {"enclosed", "110/101/111", "110/141/111"},
        {"enclosed", "101/101/111", "101/101/111"},
        {"frame", "111/111/111", "888/818/888"},
        {"replace", "123", "223"},
        {"switch", "123", "213"},
    };
    bool seen[BE__STEPS] = {false};
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        be_grid in = grid_of(examples[i].in);
        be_grid out;
        unsigned step = step_named(examples[i].name);
        bool gave = be__step_run(step, &in, &out);
        CHECK_SAY(gave == (examples[i].out != NULL), "%s of %s", examples[i].name, examples[i].in);
        if (gave) {
            be_grid expected = grid_of(examples[i].out);
            CHECK_SAY(be_grid_equal(&out, &expected), "%s of %s", examples[i].name, examples[i].in);
        }
        seen[step] = true;
    }
    for (unsigned i = 0; i < BE__STEPS; i++) {
        CHECK_SAY(seen[step_named(be__steps[i].name)], "%s has no example", be__steps[i].name);
    }
}

/* Calls of the operations that our set shares with the public DSL, and what its Python primitives
 * gave. */
static void shared_operations_give_what_the_public_dsl_gives(void **state)
{
    (void)state;
    be_text text;
    be_text_init(&text, NULL);
    be_json *json;
    CHECK(be_file_read(ARC_PRIMITIVES, 1 << 20, &text, NULL) == BE_OK);
    CHECK(be_json_parse(text.bytes, text.size, &json, NULL) == BE_OK);
    const be_json_value *calls = be_json_root(json);
    CHECK(be_json_size(calls) == 127);
    for (size_t i = 0; i < be_json_size(calls); i++) {
        const be_json_value *call = be_json_at(calls, i);
        const be_json_value *args = be_json_get(call, "args");
        const be_json_value *side[2] = {be_json_get(call, "in"), be_json_get(call, "out")};
        be_grid grid[2] = {{0}};
        for (int k = 0; k < 2; k++) {
            grid[k].rows = (uint8_t)be_json_size(side[k]);
            grid[k].columns = (uint8_t)be_json_size(be_json_at(side[k], 0));
            for (size_t j = 0; j < (size_t)grid[k].rows * grid[k].columns; j++) {
                grid[k].cells[j] = (uint8_t)be_json_integer(
                    be_json_at(be_json_at(side[k], j / grid[k].columns), j % grid[k].columns));
            }
        }
        const be__step *step = &be__steps[step_named(be_json_text(be_json_get(call, "op")))];
        be_grid out;
        bool gave = step->run(&(be__call){&grid[0], grid[0].rows, grid[0].columns,
                                          (unsigned)be_json_integer(be_json_at(args, 0)),
                                          (unsigned)be_json_integer(be_json_at(args, 1)), &out});
        CHECK_SAY(gave == (be_json_typeof(side[1]) != BE_JSON_NULL), "call %zu, %s", i, step->name);
        CHECK_SAY(!gave || be_grid_equal(&out, &grid[1]), "call %zu, %s", i, step->name);
    }
    be_json_destroy(json);
    be_text_clear(&text);
}

static void laws_hold_on_random_grids(void **state)
{
    (void)state;
    be_random random;
    be_random_init(&random, 11, 0);
    for (int round = 0; round < 2000; round++) {
        be_grid in = random_grid(&random, round % 2 ? 30 : 7);
        be_grid a, b;
        CHECK(CHAIN(&in, &a, "rot90", "rot90", "rot90", "rot90") && be_grid_equal(&a, &in));
        CHECK(CHAIN(&in, &a, "rot90", "rot270") && be_grid_equal(&a, &in));
        CHECK(CHAIN(&in, &a, "hmirror", "vmirror") && CHAIN(&in, &b, "rot180") &&
              be_grid_equal(&a, &b));
        CHECK(CHAIN(&in, &a, "fall", "fall") && CHAIN(&in, &b, "fall") && be_grid_equal(&a, &b));
        CHECK(CHAIN(&in, &a, "switch", "switch") && be_grid_equal(&a, &in));
        CHECK(CHAIN(&in, &a, "unify", "unify") && CHAIN(&in, &b, "unify") && be_grid_equal(&a, &b));
        if (CHAIN(&in, &a, "upscale", "downscale")) {
            CHECK(be_grid_equal(&a, &in));
        }
        if (CHAIN(&in, &a, "hrepeat", "lefthalf")) {
            CHECK(be_grid_equal(&a, &in));
            CHECK(CHAIN(&in, &a, "hreflect") && CHAIN(&in, &b, "hreflect", "vmirror") &&
                  be_grid_equal(&a, &b));
        }
        if (CHAIN(&in, &a, "crop")) {
            CHECK(CHAIN(&a, &b, "crop") && be_grid_equal(&a, &b));
        }
        if (CHAIN(&in, &a, "squeeze")) {
            CHECK(CHAIN(&a, &b, "squeeze") && be_grid_equal(&a, &b));
        }
        CHECK(CHAIN(&in, &a, "period") && a.rows <= in.rows && a.columns <= in.columns);
        for (size_t i = 0; i < (size_t)in.rows * in.columns; i++) {
            size_t r = i / in.columns % a.rows, c = i % in.columns % a.columns;
            CHECK(in.cells[i] == a.cells[r * a.columns + c]);
        }
    }
}

/* An operation that reads or writes past its grids is found by the sanitizers here; one that gives
 * a bad grid, by the checks. */
static void every_step_gives_a_grid_or_says_no(void **state)
{
    (void)state;
    be_random random;
    be_random_init(&random, 12, 0);
    be_grid *in = malloc(sizeof *in), *out = malloc(sizeof *out);
    for (int round = 0; round < 400; round++) {
        *in = random_grid(&random, 30);
        if (round % 4 == 0) { /* the extremes */
            in->rows = round % 8 ? 30 : 1;
            in->columns = round % 16 < 8 ? 30 : 1;
        }
        be_grid before = *in;
        for (unsigned step = 0; step < BE__STEPS; step++) {
            if (be__step_run(step, in, out)) {
                CHECK_SAY(out->rows >= 1 && out->rows <= 30 && out->columns >= 1 &&
                              out->columns <= 30,
                          "%s gave %ux%u", be__steps[step].name, out->rows, out->columns);
                for (size_t i = 0; i < (size_t)out->rows * out->columns; i++) {
                    CHECK_SAY(out->cells[i] <= 9, "%s", be__steps[step].name);
                }
            }
        }
        CHECK(be_grid_equal(in, &before));
    }
    free(in);
    free(out);
}

static void likeness_is_the_share_of_equal_cells(void **state)
{
    (void)state;
    be_grid a = grid_of("123/456"), b = grid_of("123/450"), c = grid_of("12/34");
    CHECK(be_grid_likeness(&a, &a) == 1000);
    CHECK(be_grid_likeness(&a, &b) == 833);
    CHECK(be_grid_likeness(&a, &c) == 0);
    CHECK(!be_grid_equal(&a, &b) && !be_grid_equal(&a, &c));
    be_grid d = a;
    d.cells[7] = 9; /* beyond its six cells */
    CHECK(be_grid_equal(&a, &d));
}

/* Leaving out identity and folding symmetries never changes what is done. */
static void a_canonical_program_does_what_its_digits_do(void **state)
{
    (void)state;
    be_random random;
    be_random_init(&random, 13, 0);
    for (int round = 0; round < 20000; round++) {
        size_t candidate =
            round < 512 ? (size_t)(round / 64 * BE__STEPS * BE__STEPS + round / 8 % 8 * BE__STEPS +
                                   round % 8) /* all triples of symmetries */
                        : be_random_below(&random, BE__CANDIDATES);
        be_grid in = random_grid(&random, 6), direct, next, result;
        const unsigned digit[3] = {(unsigned)(candidate / BE__STEPS / BE__STEPS),
                                   (unsigned)(candidate / BE__STEPS % BE__STEPS),
                                   (unsigned)(candidate % BE__STEPS)};
        bool gave = true;
        direct = in;
        for (int i = 0; gave && i < 3; i++) {
            gave = be__step_run(digit[i], &direct, &next);
            direct = gave ? next : direct;
        }
        CHECK_SAY(be_arc_apply(candidate, &in, &result) == gave, "candidate %zu", candidate);
        CHECK_SAY(!gave || be_grid_equal(&result, &direct), "candidate %zu", candidate);
    }
}

static void the_words_say_the_canonical_program(void **state)
{
    (void)state;
    const unsigned base = BE__STEPS;
    char words[BE_ARC_WORDS_SIZE];
    be_arc_describe(0, words);
    CHECK(strcmp(words, "identity") == 0);
    be_arc_describe((step_named("rot90") * base + step_named("rot90")) * base + step_named("crop"),
                    words);
    CHECK_SAY(strcmp(words, "rot180 > crop") == 0, "%s", words);
    be_arc_describe(step_named("vmirror") * base + step_named("vmirror"), words);
    CHECK_SAY(strcmp(words, "identity") == 0, "%s", words);
    be_arc_describe(
        (step_named("trim") * base + step_named("replace")) * base + step_named("upscale"), words);
    CHECK_SAY(strcmp(words, "trim > replace(1,2) > upscale(2)") == 0, "%s", words);
    for (size_t i = 0; i < be_arc_candidates(); i++) {
        be_arc_describe(i, words);
        CHECK_SAY(strlen(words) < BE_ARC_WORDS_SIZE - 8, "%s", words);
    }
}

/* Sharing what the programs before have in common changes nothing, in any order of programs. */
static void a_walk_gives_what_each_candidate_gives_alone(void **state)
{
    (void)state;
    be_random random;
    be_random_init(&random, 14, 0);
    static be__walk walk;
    for (int round = 0; round < 20; round++) {
        be_grid in = random_grid(&random, 9), alone;
        be__walk_start(&walk, &in);
        size_t candidate = 0;
        for (int i = 0; i < 3000; i++) {
            candidate =
                i % 7 ? (candidate + 1) % BE__CANDIDATES : be_random_below(&random, BE__CANDIDATES);
            be__program program = be__program_of(candidate);
            const be_grid *shared = be__walk_run(&walk, &program);
            bool gave = be_arc_apply(candidate, &in, &alone);
            CHECK_SAY(gave == (shared != NULL), "candidate %zu", candidate);
            CHECK_SAY(!gave || be_grid_equal(shared, &alone), "candidate %zu", candidate);
        }
    }
}

static const struct CMUnitTest tests[] = {
    TEST(each_operation_does_its_example),
    TEST(shared_operations_give_what_the_public_dsl_gives),
    TEST(laws_hold_on_random_grids),
    TEST(every_step_gives_a_grid_or_says_no),
    TEST(likeness_is_the_share_of_equal_cells),
    TEST(a_canonical_program_does_what_its_digits_do),
    TEST(the_words_say_the_canonical_program),
    TEST(a_walk_gives_what_each_candidate_gives_alone),
};
RUN_TESTS(tests)
