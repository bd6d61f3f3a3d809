/* test_battery.c: programs in a graph against the plain evaluator, one by one: outputs, errors,
 * their places, and fuel.
 *
 * The programs are made at random from the table of primitives: lines that call something with
 * constants, earlier variables and primitives, mostly of the right types, and mutants of earlier
 * programs, so that lines are shared. BREAKEVEN_ARC_FUZZ says how many (default 10,000).
 */
#include "check.h"

#include "arc/prims.h"

#include <breakeven/arc.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINES_MAX = 8, LINE_SIZE = 160, POOL = 32, ARENA = 1 << 16 };

static const be_arc_settings SMALL = {
    .fuel = 30000, .bytes = 4 << 20, .depth = 200, .items = 10000};

static const uint8_t FIRST[] = {0, 0, 8, 0, 5, 0, 8, 8, 0, 0, 3, 3, 0, 0, 0, 1, 0, 0, 1, 0};
static const uint8_t SECOND[] = {2, 2, 0, 2, 0, 0, 9, 0, 2};
static const uint8_t OUTPUT[] = {1};
static const be_arc_example PAIRS[] = {{{4, 5, FIRST}, {1, 1, OUTPUT}},
                                       {{3, 3, SECOND}, {1, 1, OUTPUT}}};

typedef struct source {
    size_t n;
    char line[LINES_MAX][LINE_SIZE];
    char type[LINES_MAX]; /* of what the line gives, as the table of primitives has it */
} source;

static const char *any_of(be_random *random, const char *const *words, size_t n)
{
    return words[be_random_below(random, n)];
}

#define ANY(random, words) any_of(random, words, sizeof(words) / sizeof(words)[0])

/* May a value of type `given` stand where `wanted` is? */
static bool suits(char given, char wanted)
{
    static const char *const KINDS[] = {"bin", "np", "GEQtTC", "OKsC", "oPEQsC", "dPQsC", "f"};
    if (given == wanted || wanted == 'x') {
        return true;
    }
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++) {
        if (strchr(KINDS[i], given) && strchr(KINDS[i], wanted)) {
            return true;
        }
    }
    return false;
}

/* An argument of a type, among the first n lines. */
static const char *argument(be_random *random, const source *s, char type, size_t n)
{
    static char text[POOL][24];
    static unsigned next;
    static const char *const INTS[] = {"ZERO", "ONE", "TWO", "THREE", "EIGHT", "NEG_ONE", "7", "T"};
    static const char *const PAIRS_OF[] = {"ORIGIN", "UNITY",      "DOWN",
                                           "LEFT",   "TWO_BY_TWO", "(3, -1)"};
    static const char *const OTHERS[] = {"()", "F", "None", "(I, I)", "(1, (2, 3))", "(4, 5, 4)"};
    char *out = text[next++ % POOL];
    uint64_t chance = be_random_below(random, 1000);
    for (int tries = 0; n > 0 && chance < 950 && tries < 6; tries++) {
        size_t i = be_random_below(random, n);
        if (suits(s->type[i], type)) {
            snprintf(out, sizeof text[0], "x%zu", i + 1);
            return out;
        }
    }
    if (chance < 4) {
        return "x1"; /* perhaps before it is there */
    }
    if (chance > 985) {
        return ANY(random, OTHERS);
    }
    switch (type) {
    case 'i':
    case 'n':
        return ANY(random, INTS);
    case 'b':
        return be_random_below(random, 2) ? "T" : "F";
    case 'p':
        return ANY(random, PAIRS_OF);
    case 'f':
        return be__prims[be_random_below(random, BE__PRIMS)].name;
    case 'O':
    case 'K':
        return be_random_below(random, 2) ? "fgpartition(I)" : "objects(I, T, T, T)";
    case 'o':
    case 'P':
        return be_random_below(random, 2) ? "asobject(I)" : "first(partition(I))";
    case 'd':
    case 's':
        return be_random_below(random, 2) ? "asindices(I)" : "ofcolor(I, EIGHT)";
    default:
        return "I";
    }
}

/* Line number n of a program: a call of a primitive, or of a variable, with a nested one at times.
 * Returns the type of what it gives. */
static char make_call(be_random *random, const source *s, size_t n, unsigned depth, char *out,
                      size_t size)
{
    bool variable = n > 0 && be_random_below(random, 10) == 0;
    const be__prim_info *prim = &be__prims[be_random_below(random, BE__PRIMS)];
    unsigned n_args = variable ? 1 + (unsigned)be_random_below(random, 2) : prim->arity;
    n_args += be_random_below(random, 100) == 0;
    size_t at =
        (size_t)snprintf(out, size, "%s(", variable ? argument(random, s, 'f', n) : prim->name);
    for (unsigned a = 0; a < n_args && at < size - 50; a++) {
        at += (size_t)snprintf(out + at, size - at, "%s", a ? ", " : "");
        if (depth == 0 && be_random_below(random, 12) == 0) {
            make_call(random, s, n, 1, out + at, size - at - 40);
            at += strlen(out + at);
        } else {
            char type = !variable && a < prim->arity ? prim->types[a] : 'G';
            at += (size_t)snprintf(out + at, size - at, "%s", argument(random, s, type, n));
        }
    }
    snprintf(out + at, size - at, ")");
    return variable ? 'x' : prim->result;
}

static void make_line(be_random *random, source *s, size_t i)
{
    s->type[i] = make_call(random, s, i, 0, s->line[i], LINE_SIZE);
}

static void make_program(be_random *random, source *s)
{
    s->n = 1 + be_random_below(random, LINES_MAX);
    for (size_t i = 0; i < s->n; i++) {
        make_line(random, s, i);
    }
}

static size_t print_program(be_random *random, const source *s, char *text, size_t size)
{
    size_t at = (size_t)snprintf(text, size, "def solve(I):\n");
    for (size_t i = 0; i < s->n; i++) {
        at += (size_t)snprintf(text + at, size - at, "    x%zu = %s\n", i + 1, s->line[i]);
    }
    size_t result = s->n - 1; /* the last grid, if there is one */
    for (size_t i = s->n; i-- > 0 && s->type[result] != 'G';) {
        result = s->type[i] == 'G' ? i : result;
    }
    result = be_random_below(random, 10) ? result : be_random_below(random, s->n);
    return at + (size_t)snprintf(text + at, size - at, "    return x%zu\n", result + 1);
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static void check_same(const be_arc_result *a, const be_arc_result *b, const char *text)
{
    bool same = a->rows == b->rows && a->columns == b->columns && a->fuel == b->fuel &&
                a->line == b->line && a->column == b->column && same_text(a->error, b->error) &&
                same_text(a->primitive, b->primitive) && !a->cells == !b->cells &&
                (!a->cells ||
                 memcmp(a->cells, b->cells, (size_t)a->rows * a->columns * sizeof *a->cells) == 0);
    CHECK_SAY(same,
              "%s\nalone:  %ux%u, %s in %s, line %u, fuel %llu\nshared: %ux%u, %s in %s, line %u, "
              "fuel %llu",
              text, a->rows, a->columns, a->error, a->primitive, a->line,
              (unsigned long long)a->fuel, b->rows, b->columns, b->error, b->primitive, b->line,
              (unsigned long long)b->fuel);
}

static void compare(const be_arc_settings *settings, uint64_t seed, size_t n)
{
    be_arc_runner *runner;
    be_arc_battery *battery;
    CHECK(be_arc_runner_create(settings, NULL, &runner) == BE_OK);
    CHECK(be_arc_battery_create(settings, PAIRS, 2, NULL, &battery) == BE_OK);
    static source pool[POOL];
    void *memory = malloc(ARENA);
    size_t grids = 0;
    for (size_t i = 0; i < n; i++) {
        be_random random;
        be_random_init(&random, seed, i);
        source *s = &pool[be_random_below(&random, POOL)];
        if (s->n == 0 || be_random_below(&random, 6) == 0) {
            make_program(&random, s);
        } else {
            size_t line = be_random_below(&random, s->n);
            make_line(&random, s, line);
        }
        char text[4000];
        size_t size = print_program(&random, s, text, sizeof text);
        be_arena arena = be_arena_over(memory, ARENA);
        const be_arc_programs *programs;
        be_error error;
        if (be_arc_parse(text, size, NULL, &arena, &programs, &error)) {
            continue; /* a variable that nothing assigns */
        }
        for (size_t k = 0; k < 2; k++) {
            be_arc_result alone, shared;
            be_arc_run(runner, programs, 0, &PAIRS[k].input, &alone);
            CHECK(be_arc_battery_run(battery, programs, 0, k, &shared) == BE_OK);
            check_same(&alone, &shared, text);
            grids += alone.cells != NULL;
        }
    }
    be_arc_battery_info info;
    be_arc_battery_describe(battery, &info);
    print_message("# %zu grids; %zu nodes, %llu steps, %llu worked out, %llu runs alone, %llu "
                  "flushes\n",
                  grids, info.nodes, (unsigned long long)info.asked,
                  (unsigned long long)info.evaluations, (unsigned long long)info.alone,
                  (unsigned long long)info.flushes);
    CHECK(grids > 0 && info.evaluations < info.asked);
    be_arc_battery_destroy(battery);
    be_arc_runner_destroy(runner);
    free(memory);
}

static void random_programs_do_the_same_shared_and_alone(void **state)
{
    (void)state;
    const char *asked = getenv("BREAKEVEN_ARC_FUZZ");
    compare(&SMALL, 1, asked ? strtoull(asked, NULL, 10) : 10000);
}

static void pruned_and_sorted_ones_do_too(void **state)
{
    (void)state;
    be_arc_settings settings = SMALL;
    settings.pruned = true;
    compare(&settings, 2, 2000);
    settings.order = BE_ARC_ORDER_SORTED;
    compare(&settings, 3, 2000);
}

static const be_arc_programs *parse(const char *text)
{
    static unsigned char memory[4][ARENA];
    static unsigned next;
    be_arena arena = be_arena_over(memory[next++ % 4], ARENA);
    const be_arc_programs *programs;
    CHECK(be_arc_parse(text, strlen(text), NULL, &arena, &programs, NULL) == BE_OK);
    return programs;
}

static void functions_made_twice_are_not_equal(void **state)
{
    (void)state;
    static const char *const TEXT = "def solve(I):\n    f = compose(first, last)\n"
                                    "    g = compose(first, last)\n    a = identity(f)\n"
                                    "    return ((equality(f, g), equality(f, a)),)\n";
    be_arc_battery *battery;
    CHECK(be_arc_battery_create(&SMALL, PAIRS, 2, NULL, &battery) == BE_OK);
    for (int i = 0; i < 3; i++) {
        be_arc_result result;
        CHECK(be_arc_battery_run(battery, parse(TEXT), 0, 0, &result) == BE_OK);
        CHECK(result.cells && result.cells[0] == 0 && result.cells[1] == 1);
    }
    be_arc_battery_destroy(battery);
}

static void trials_stop_early_and_tell_behaviours_apart(void **state)
{
    (void)state;
    be_arc_battery *battery;
    CHECK(be_arc_battery_create(&SMALL, PAIRS, 2, NULL, &battery) == BE_OK);
    be_arc_trial a, b;
    const be_arc_programs *black = parse("def solve(I): return canvas(ONE, UNITY)");
    CHECK(be_arc_battery_try(battery, black, 0, true, &a) == BE_OK);
    CHECK(a.tried == 2 && a.met == 2 && a.fuel > 0);
    CHECK(be_arc_battery_try(battery, parse("def solve(I):\n O = ((ONE,),)\n return O"), 0, false,
                             &b) == BE_OK);
    CHECK(b.met == 2 && memcmp(&a.behaviour, &b.behaviour, sizeof a.behaviour) == 0);
    CHECK(be_arc_battery_try(battery, parse("def solve(I): return rot90(I)"), 0, true, &b) ==
          BE_OK);
    CHECK(b.tried == 1 && b.met == 0);
    CHECK(memcmp(&a.behaviour, &b.behaviour, sizeof a.behaviour) != 0);
    CHECK(be_arc_battery_try(battery, parse("def solve(I): return first(())"), 0, false, &b) ==
          BE_OK);
    CHECK(b.tried == 2 && b.met == 0);
    const be_arc_programs *branching = parse("def solve(I): return ((1,),) if T else I");
    CHECK(be_arc_battery_try(battery, branching, 0, false, &b) == BE_OK);
    CHECK(b.met == 2 && memcmp(&a.behaviour, &b.behaviour, sizeof a.behaviour) == 0);
    be_arc_battery_info info;
    be_arc_battery_describe(battery, &info);
    CHECK(info.alone == 2);
    be_arc_battery_destroy(battery);
}

static const struct CMUnitTest TESTS[] = {
    TEST(random_programs_do_the_same_shared_and_alone),
    TEST(pruned_and_sorted_ones_do_too),
    TEST(functions_made_twice_are_not_equal),
    TEST(trials_stop_early_and_tell_behaviours_apart),
};

RUN_TESTS(TESTS)
