/* lfsr_cycles.c: is the census by stretches (src/lfsr/cycles.c) faster than walking the cycles one
 * after the other with a bitmap of visited states, on one thread and on two?
 *
 * The baseline is that walk, one thread, in the Galois form, which steps fastest. Registers: one
 * cycle (primitive), a few long cycles and one of length 1 (a CRC generator), nothing but short
 * cycles (x^n + 1), and many lengths (drawn).
 */
#include <breakeven/lfsr.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 7 };

static const struct {
    const char *name;
    const char *polynomial;
} REGISTERS[] = {
    {"primitive-16", "16,5,3,2,0"},
    {"crc-ccitt-16", "16,12,5,0"},
    {"primitive-20", "20,3,0"},
    {"short-20", "20,0"},
    {"lengths-20", "20,9,5,0"},
    {"primitive-24", "24,7,2,1,0"},
    {"crc-24", "24,23,18,17,14,11,10,7,6,5,4,3,1,0"},
    {"short-24", "24,0"},
    {"lengths-24", "24,13,5,0"},
    {"primitive-28", "28,3,0"},
    {"lengths-28", "28,2,0"},
};

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "lfsr_cycles: %s\n", what);
    exit(1);
}

/* The baseline. Of the census it fills what can be compared: cycles, and a sum over them that tells
 * two different sets of lengths apart. */
typedef struct outline {
    uint64_t cycles;
    uint64_t squares;
} outline;

static outline walk_with_bitmap(uint64_t polynomial, unsigned degree)
{
    uint64_t top = UINT64_C(1) << (degree - 1), mask = 2 * top - 1;
    uint64_t *visited = calloc((size_t)(mask / 64 + 1), sizeof *visited);
    if (!visited) {
        die("no memory for the bitmap");
    }
    outline found = {0, 0};
    for (uint64_t first = 0; first <= mask; first++) {
        if (visited[first / 64] >> first % 64 & 1) {
            continue;
        }
        uint64_t state = first, length = 0;
        do {
            visited[state / 64] |= UINT64_C(1) << state % 64;
            state = (state << 1 & mask) ^ (-(state >> (degree - 1)) & polynomial & mask);
            length++;
        } while (state != first);
        found.cycles++;
        found.squares += length * length;
    }
    free(visited);
    return found;
}

static outline outline_of(const be_lfsr_census *census)
{
    outline found = {census->n_cycles, 0};
    for (size_t i = 0; i < census->n_lengths; i++) {
        const be_lfsr_length *l = &census->lengths[i];
        found.squares += l->length * l->length * l->cycles;
    }
    return found;
}

static int by_time(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

int main(void)
{
    static const struct {
        const char *name;
        be_force force;
    } VARIANTS[] = {
        {"bitmap", {0}},
        {"sequential", {.schedule = BE_SCHEDULE_SEQUENTIAL}},
        {"two", {.schedule = BE_SCHEDULE_DYNAMIC, .workers = 2}},
        {"auto", {.schedule = BE_SCHEDULE_AUTO}},
    };
    enum { N_VARIANTS = sizeof VARIANTS / sizeof VARIANTS[0] };
    be_engine *engine;
    if (be_engine_create(NULL, &engine)) {
        die("no engine");
    }
    printf("name,variant,n,min_ns,median_ns,max_ns\n");
    for (size_t r = 0; r < sizeof REGISTERS / sizeof REGISTERS[0]; r++) {
        uint64_t polynomial, ns[N_VARIANTS][ROUNDS];
        const char *text = REGISTERS[r].polynomial;
        if (be_lfsr_polynomial_parse(text, strlen(text), &polynomial, NULL)) {
            die(text);
        }
        unsigned degree = 0;
        while (polynomial >> degree > 1) {
            degree++;
        }
        int rounds = degree > 24 ? 1 : ROUNDS;
        outline expected = {0, 0};
        for (int round = 0; round < rounds; round++) {
            for (size_t v = 0; v < N_VARIANTS; v++) {
                be_lfsr_census census;
                outline found;
                uint64_t begin = be_now_ns();
                if (v == 0) {
                    found = walk_with_bitmap(polynomial, degree);
                    expected = found;
                } else {
                    be_for_options options = {.size = sizeof options, .force = &VARIANTS[v].force};
                    if (be_lfsr_cycles(engine, polynomial, NULL, &options, &census)) {
                        die("the census failed");
                    }
                    found = outline_of(&census);
                }
                ns[v][round] = be_now_ns() - begin;
                if (found.cycles != expected.cycles || found.squares != expected.squares) {
                    die("the two ways differ");
                }
            }
        }
        for (size_t v = 0; v < N_VARIANTS; v++) {
            qsort(ns[v], (size_t)rounds, sizeof ns[v][0], by_time);
            printf("%s,%s,%llu,%llu,%llu,%llu\n", REGISTERS[r].name, VARIANTS[v].name,
                   1ULL << degree, (unsigned long long)ns[v][0],
                   (unsigned long long)ns[v][rounds / 2], (unsigned long long)ns[v][rounds - 1]);
        }
        fflush(stdout);
    }
    be_engine_destroy(engine);
    return 0;
}
