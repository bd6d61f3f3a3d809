/* lfsr_work.c: what do the long jobs of lfsr cost?
 *
 *   synthesize   the register and the whole complexity profile of n random bits, one thread; both
 *                checked against the law that the profile ends in L and L is near n / 2
 *   enumerate    all 2^n states of a primitive register, ticked off, one worker and two; baseline:
 *                one thread walks the cycles one after the other with a bitmap of visited states
 *   bits         the sequence of a trinomial and a pentanomial into 512 KiB and 256 MiB, and what
 * it is summed up to; the last word is checked by a jump analyze      10,000 random rows of degree
 * 32: parsed, analysed, written as JSON
 */
#include <breakeven/lfsr.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 5, ROWS = 10000, DEGREE = 32 };

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "lfsr_work: %s\n", what);
    exit(1);
}

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void print(const char *name, const char *variant, uint64_t n, uint64_t *ns, size_t rounds)
{
    qsort(ns, rounds, sizeof *ns, by_value);
    printf("%s,%s,%llu,%llu,%llu,%llu\n", name, variant, (unsigned long long)n,
           (unsigned long long)ns[0], (unsigned long long)ns[rounds / 2],
           (unsigned long long)ns[rounds - 1]);
    fflush(stdout);
}

static be_engine *engine_of(unsigned workers)
{
    be_engine *engine = NULL;
    be_engine_config config = {.size = sizeof config, .workers = workers};
    if (be_engine_create(&config, &engine)) {
        die("no engine");
    }
    return engine;
}

/* ---- synthesize ----------------------------------------------------------------------------- */

static void synthesize(size_t n)
{
    static const be_lfsr_field BITS = {2, 2, 1, 0};
    uint64_t *bits = malloc(n * sizeof *bits), ns[ROUNDS];
    size_t *profile = malloc(n * sizeof *profile);
    if (!bits || !profile) {
        die("no memory for the bits");
    }
    be_random random;
    be_random_init(&random, 1, n);
    for (size_t i = 0; i < n; i++) {
        bits[i] = be_random_below(&random, 2);
    }
    for (int round = 0; round < ROUNDS; round++) {
        be_lfsr_synthesis s;
        uint64_t begin = be_now_ns();
        if (be_lfsr_synthesize(&BITS, bits, n, NULL, profile, &s)) {
            die("no register");
        }
        ns[round] = be_now_ns() - begin;
        if (s.complexity != profile[n - 1] || s.complexity > n / 2 + 50 ||
            s.complexity + 50 < n / 2) {
            die("the complexity of random bits is wrong");
        }
        be_lfsr_synthesis_clear(&s);
    }
    print("synthesize", "profile", n, ns, ROUNDS);
    free(bits);
    free(profile);
}

/* ---- bits ----------------------------------------------------------------------------------- */

static void bits(const char *name, const char *polynomial, size_t n_words)
{
    static const be_lfsr_field BITS = {2, 2, 1, 0};
    uint64_t ns[ROUNDS], state[64], after[64], last = 0, sum = 0;
    uint64_t *words = calloc(n_words, sizeof *words);
    be_lfsr lfsr;
    be_lfsr_reading took;
    char steps[24];
    if (!words ||
        be_lfsr_parse(polynomial, strlen(polynomial), &BITS, NULL, NULL, &lfsr, &took, NULL)) {
        die("no register");
    }
    be_lfsr_state_default(&lfsr, state);
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t begin = be_now_ns();
        if (be_lfsr_bits(&lfsr, state, words, n_words)) {
            die("no bits");
        }
        for (size_t i = 0; i < n_words; i++) {
            sum += words[i];
        }
        ns[round] = be_now_ns() - begin;
    }
    snprintf(steps, sizeof steps, "%llu", (unsigned long long)(64 * (n_words - 1)));
    if (be_lfsr_jump(&lfsr, state, steps, strlen(steps), after, NULL)) {
        die("no jump");
    }
    for (size_t i = 0; i < lfsr.n; i++) {
        last |= after[i] << i;
    }
    if (((words[n_words - 1] ^ last) & ((UINT64_C(1) << lfsr.n) - 1)) != 0 || sum == 0) {
        die("the last word is not where a jump leads");
    }
    print("bits", name, 64 * n_words, ns, ROUNDS);
    be_lfsr_clear(&lfsr);
    free(words);
}

/* ---- enumerate ------------------------------------------------------------------------------ */

static uint64_t naive(uint64_t taps, unsigned n)
{
    uint64_t mask = (UINT64_C(1) << n) - 1, cycles = 0;
    uint64_t *visited = calloc((size_t)(mask / 64 + 1), sizeof *visited);
    if (!visited) {
        die("no memory for the bitmap");
    }
    for (uint64_t first = 0; first <= mask; first++) {
        if (visited[first / 64] >> first % 64 & 1) {
            continue;
        }
        uint64_t s = first;
        do {
            visited[s / 64] |= UINT64_C(1) << s % 64;
            s = (s << 1 & mask) ^ (taps & -(s >> (n - 1)));
        } while (s != first);
        cycles++;
    }
    free(visited);
    return cycles;
}

static void enumerate(const char *polynomial, unsigned n, int rounds)
{
    static const be_lfsr_field BITS = {2, 2, 1, 0};
    be_lfsr lfsr;
    be_lfsr_reading took;
    uint64_t ns[3][ROUNDS], taps = 0, cycles = 0;
    if (be_lfsr_parse(polynomial, strlen(polynomial), &BITS, NULL, NULL, &lfsr, &took, NULL)) {
        die("no register");
    }
    lfsr.form = BE_LFSR_GALOIS;
    for (unsigned i = 0; i < n; i++) {
        taps |= lfsr.coefficients[i] << i;
    }
    for (int round = 0; round < rounds; round++) {
        for (unsigned workers = 1; workers <= 2; workers++) {
            be_engine *engine = engine_of(workers);
            be_lfsr_partition p;
            uint64_t begin = be_now_ns();
            if (be_lfsr_enumerate(engine, &lfsr, NULL, &p, NULL)) {
                die("no partition");
            }
            ns[workers][round] = be_now_ns() - begin;
            cycles = p.n_cycles;
            be_lfsr_partition_clear(&p);
            be_engine_destroy(engine);
        }
        uint64_t begin = be_now_ns();
        if (naive(taps, n) != cycles) {
            die("the walk finds other cycles");
        }
        ns[0][round] = be_now_ns() - begin;
    }
    print("enumerate", "naive walk", n, ns[0], (size_t)rounds);
    print("enumerate", "one worker", n, ns[1], (size_t)rounds);
    print("enumerate", "two workers", n, ns[2], (size_t)rounds);
    be_lfsr_clear(&lfsr);
}

/* ---- analyze -------------------------------------------------------------------------------- */

typedef struct job {
    const be_lfsr_rows *rows;
    be_text *texts;
} job;

static be_status analyze_rows(void *ctx, size_t begin, size_t end, be_worker *worker)
{
    static const be_lfsr_field BITS = {2, 2, 1, 0};
    const job *j = ctx;
    for (size_t i = begin; i < end; i++) {
        size_t n;
        const uint64_t *row = be_lfsr_rows_at(j->rows, i, &n);
        be_lfsr lfsr;
        be_lfsr_analysis a;
        be_lfsr_analyze_options options = {.size = sizeof options, .want = BE_LFSR_WANT_CENSUS};
        be_lfsr_report_options how = {.format = BE_LFSR_REPORT_JSON, .row = i + 1};
        be_text_clear(&j->texts[i]);
        if (be_lfsr_init(&BITS, row, n, NULL, &lfsr, NULL) ||
            be_lfsr_analyze(&lfsr, &options, &a, NULL)) {
            return be_fail(worker, i, BE_ENOMEM);
        }
        be_status status = be_lfsr_report(&lfsr, &a, &how, &j->texts[i]);
        be_lfsr_analysis_clear(&a);
        be_lfsr_clear(&lfsr);
        if (status) {
            return be_fail(worker, i, status);
        }
    }
    return BE_OK;
}

static void analyze(unsigned workers)
{
    static const be_site SITE = BE_SITE("bench.analyze");
    static const be_lfsr_field BITS = {2, 2, 1, 0};
    uint64_t ns[ROUNDS];
    be_text csv;
    be_random random;
    be_text_init(&csv, NULL);
    be_random_init(&random, 2, 0);
    for (int i = 0; i < ROWS; i++) {
        for (int j = 0; j < DEGREE; j++) {
            be_text_printf(&csv, j ? ",%d" : "%d", (int)be_random_below(&random, 2));
        }
        be_text_puts(&csv, "\n");
    }
    job j = {.texts = malloc(ROWS * sizeof *j.texts)};
    for (int i = 0; i < ROWS && j.texts; i++) {
        be_text_init(&j.texts[i], NULL);
    }
    be_engine *engine = engine_of(workers);
    for (int round = 0; round < ROUNDS; round++) {
        be_lfsr_rows *rows;
        uint64_t begin = be_now_ns();
        if (!j.texts || be_lfsr_rows_parse(csv.bytes, csv.size, &BITS, NULL, &rows, NULL)) {
            die("no rows");
        }
        j.rows = rows;
        if (be_for(engine, &SITE, ROWS, analyze_rows, &j, NULL)) {
            die("no analysis");
        }
        be_text document;
        be_text_init(&document, NULL);
        for (int i = 0; i < ROWS; i++) {
            be_text_add(&document, j.texts[i].bytes, j.texts[i].size);
        }
        if (be_text_status(&document) ||
            be_file_replace("/dev/null", document.bytes, document.size, NULL)) {
            die("nothing written");
        }
        ns[round] = be_now_ns() - begin;
        be_text_clear(&document);
        be_lfsr_rows_destroy(rows);
    }
    print("analyze", workers == 1 ? "one worker" : "two workers", ROWS, ns, ROUNDS);
    for (int i = 0; i < ROWS; i++) {
        be_text_clear(&j.texts[i]);
    }
    free(j.texts);
    be_text_clear(&csv);
    be_engine_destroy(engine);
}

int main(int argc, char **argv)
{
    bool large = argc > 1 && strcmp(argv[1], "--large") == 0;
    printf("name,variant,n,min_ns,median_ns,max_ns\n");
    synthesize(100000);
    synthesize(1000000);
    bits("trinomial in cache", "31,3,0", 1 << 16);
    bits("pentanomial in cache", "32,7,3,2,0", 1 << 16);
    bits("trinomial to memory", "31,3,0", 1 << 25);
    bits("pentanomial to memory", "32,7,3,2,0", 1 << 25);
    analyze(1);
    analyze(2);
    enumerate("24,7,2,1,0", 24, ROUNDS);
    if (large) {
        enumerate("30,23,2,1,0", 30, 1);
    } else {
        enumerate("27,5,2,1,0", 27, 3);
    }
    return 0;
}
