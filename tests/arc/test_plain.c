/* The primitives on grids of bytes against the same on tuples of anything. */
#include "check.h"

#include "arc/points.h"
#include "arc/prims_plain.h"

#include <stdlib.h>

enum { MEMORY = 64 << 20, ROUNDS = 300 };

static be__machine machine;
static be_random dice;

static int start(void **state)
{
    *state = malloc(MEMORY);
    be__machine_init(&machine, *state, MEMORY, NULL);
    be_random_init(&dice, 7, 0);
    return *state == NULL;
}

static int stop(void **state)
{
    free(*state);
    return 0;
}

static int64_t roll(int64_t low, int64_t high)
{
    return low + (int64_t)be_random_below(&dice, (uint64_t)(high - low + 1));
}

static be__value random_grid(void)
{
    uint8_t cells[30 * 30];
    size_t rows = (size_t)roll(1, 30), columns = (size_t)roll(1, 30);
    int64_t colors = roll(0, 3) == 0 ? 9 : roll(0, 2);
    for (size_t k = 0; k < rows * columns; k++) {
        cells[k] = (uint8_t)roll(0, colors);
    }
    return be__grid_from_bytes(&machine, cells, rows, columns);
}

static be__value random_patch(bool object)
{
    be__value item[40];
    size_t n = (size_t)roll(0, 40);
    for (size_t k = 0; k < n; k++) {
        int64_t i = roll(-3, 20), j = roll(-3, 20);
        item[k] = object ? be__small_cell(roll(0, 9), i, j) : be__small_pair(i, j);
    }
    return be__set_of_items(&machine, item, n);
}

/* An argument for a letter of prims.def. */
static be__value random_argument(char type)
{
    switch (type) {
    case 'G':
    case 'E':
    case 'Q':
        return random_grid();
    case 'o':
        return random_patch(true);
    case 'P':
        return random_patch(roll(0, 1));
    case 'p':
        return be__small_pair(roll(-5, 12), roll(-5, 12));
    case 'b':
        return be__bool(roll(0, 1));
    default:
        return be__small(roll(0, 3) ? roll(0, 4) : roll(-3, 200));
    }
}

static const struct {
    unsigned prim;
    be__prim_run *plain;
} PAIRS[] = {
#define PAIR(name)                                                                                 \
    {                                                                                              \
        BE__PRIM_##name, be__plain_##name                                                          \
    }
    PAIR(mostcolor),  PAIR(leastcolor),  PAIR(colorcount), PAIR(palette),   PAIR(asindices),
    PAIR(ofcolor),    PAIR(crop),        PAIR(toobject),   PAIR(asobject),  PAIR(rot90),
    PAIR(rot180),     PAIR(rot270),      PAIR(hmirror),    PAIR(vmirror),   PAIR(dmirror),
    PAIR(cmirror),    PAIR(fill),        PAIR(paint),      PAIR(underfill), PAIR(underpaint),
    PAIR(hupscale),   PAIR(vupscale),    PAIR(upscale),    PAIR(downscale), PAIR(hconcat),
    PAIR(vconcat),    PAIR(hsplit),      PAIR(vsplit),     PAIR(cellwise),  PAIR(replace),
    PAIR(switch),     PAIR(index),       PAIR(canvas),     PAIR(trim),      PAIR(tophalf),
    PAIR(bottomhalf), PAIR(occurrences), PAIR(frontiers),  PAIR(compress),  PAIR(objects),
    PAIR(partition),  PAIR(fgpartition),
};

/* Equal values whose sets iterate alike. */
static bool same(be__value a, be__value b)
{
    be__view x, y;
    if (!be__is_set(a) && !be__is_tuple(a)) {
        return a == b;
    }
    CHECK(be__is_set(a) == be__is_set(b) && be__view_of(&machine, a, &x));
    CHECK(be__view_of(&machine, b, &y));
    bool alike = x.n == y.n && be__hash(a) == be__hash(b) && be__equal(a, b);
    for (size_t k = 0; alike && k < x.n; k++) {
        alike = same(x.item[k], y.item[k]);
    }
    return alike;
}

static void bytes_and_tuples_give_the_same(void **state)
{
    (void)state;
    for (size_t p = 0; p < BE__COUNT_OF(PAIRS); p++) {
        const be__prim_info *prim = &be__prims[PAIRS[p].prim];
        for (int round = 0; round < ROUNDS; round++) {
            be__machine_reset(&machine);
            be__value args[BE__ARITY_MAX];
            for (unsigned k = 0; k < prim->arity; k++) {
                args[k] = random_argument(prim->types[k]);
            }
            be__value fast = prim->run(&machine, args);
            be__error_class error = machine.error;
            be__machine_refuel(&machine);
            be__value plain = PAIRS[p].plain(&machine, args);
            if (error >= BE__FUEL_ERROR || machine.error >= BE__FUEL_ERROR) {
                continue; /* limits count what is made on the way, which differs */
            }
            CHECK_SAY(error == machine.error, "%s, round %d: %s, plainly %s", prim->name, round,
                      be__error_name(error), be__error_name(machine.error));
            CHECK_SAY(error || same(fast, plain), "%s, round %d", prim->name, round);
        }
    }
}

int main(int argc, char **argv)
{
    static const struct CMUnitTest tests[] = {TEST(bytes_and_tuples_give_the_same)};
    if (argc > 1) {
        cmocka_set_test_filter(argv[1]);
    }
    return cmocka_run_group_tests(tests, start, stop) != 0;
}
