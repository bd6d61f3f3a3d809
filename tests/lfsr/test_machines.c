/* test_machines.c: random machines over ten fields, analysed by algebra and by walking from every
 * state. The walk has an arithmetic of its own, and knows nothing but the step's definition in
 * lfsr.h.
 *
 * BREAKEVEN_TEST_MACHINES=N tries N machines of up to 2^20 states instead of some hundred small
 * ones.
 */
#include "check.h"

#include <breakeven/lfsr.h>

#include <stdlib.h>
#include <string.h>

enum { CELLS_MAX = 20 };

/* ---- the walk ------------------------------------------------------------------------------- */

static uint64_t add(const be_lfsr_field *f, uint64_t a, uint64_t b)
{
    uint64_t sum = 0;
    for (uint64_t place = 1; place < f->q; place *= f->p) {
        sum += (a / place + b / place) % f->p * place;
    }
    return sum;
}

/* By shifting and adding: a times 1, a, a^2, ... */
static uint64_t mul(const be_lfsr_field *f, uint64_t a, uint64_t b)
{
    if (f->k == 1) {
        return a * b % f->p;
    }
    uint64_t r = 0;
    for (; b; b /= f->p) {
        for (uint64_t i = 0; i < b % f->p; i++) {
            r = add(f, r, a);
        }
        uint64_t shifted = a * f->p;
        while (shifted >= f->q) { /* less the modulus, digit by digit */
            uint64_t less = 0;
            for (uint64_t place = 1; place <= f->q; place *= f->p) {
                uint64_t digit = (shifted / place % f->p + f->p - f->modulus / place % f->p) % f->p;
                less += digit * place;
            }
            shifted = less;
        }
        a = shifted;
    }
    return r;
}

typedef struct machine {
    be_lfsr lfsr;
    uint64_t n_states;
    uint64_t *product; /* [q][q] */
    uint64_t *sum;
} machine;

static uint64_t times(const machine *m, uint64_t a, uint64_t b)
{
    return m->product[a * m->lfsr.field.q + b];
}

static uint64_t plus(const machine *m, uint64_t a, uint64_t b)
{
    return m->sum[a * m->lfsr.field.q + b];
}

/* The state after the one numbered `state`. */
static uint64_t step(const machine *m, uint64_t state)
{
    const be_lfsr *l = &m->lfsr;
    size_t n = l->n;
    uint64_t s[CELLS_MAX], t[CELLS_MAX] = {0}, q = l->field.q;
    for (size_t i = 0; i < n; i++, state /= q) {
        s[i] = state % q;
    }
    for (size_t i = 0; i < n; i++) {
        if (l->form == BE_LFSR_FIBONACCI) {
            t[n - 1] = plus(m, t[n - 1], times(m, l->coefficients[i], s[i]));
            if (i > 0) {
                t[i - 1] = s[i];
            }
        } else if (l->form == BE_LFSR_GALOIS) {
            t[i] = plus(m, i ? s[i - 1] : 0, times(m, l->coefficients[i], s[n - 1]));
        } else {
            for (size_t j = 0; j < n; j++) {
                t[j] = plus(m, t[j], times(m, s[i], l->matrix[i * n + j]));
            }
        }
    }
    uint64_t next = 0;
    for (size_t i = n; i-- > 0;) {
        next = next * q + (l->constant ? plus(m, t[i], l->constant[i]) : t[i]);
    }
    return next;
}

/* cycles[L]: how many of length L; tails[j]: states j steps before the cycle. [n_states + 1] each.
 */
static void walk(const machine *m, uint32_t *cycles, uint32_t *tails)
{
    size_t n = (size_t)m->n_states;
    uint32_t *next = malloc(n * sizeof *next), *seen = calloc(n, sizeof *seen);
    uint32_t *depth = malloc(n * sizeof *depth), *path = malloc(n * sizeof *path);
    CHECK(next && seen && depth && path);
    memset(cycles, 0, (n + 1) * sizeof *cycles);
    memset(tails, 0, (n + 1) * sizeof *tails);
    for (size_t i = 0; i < n; i++) {
        next[i] = (uint32_t)step(m, i);
    }
    for (size_t i = 0; i < n; i++) {
        uint32_t length = 0, s = (uint32_t)i, mark = (uint32_t)i + 1;
        for (; !seen[s]; s = next[s]) {
            seen[s] = mark;
            path[length++] = s;
        }
        if (seen[s] == mark) { /* came back to this walk: what follows s is a cycle */
            uint32_t at = length;
            while (path[at - 1] != s) {
                depth[path[--at]] = 0;
            }
            depth[path[--at]] = 0;
            cycles[length - at]++;
            tails[0] += length - at;
            length = at;
        }
        while (length-- > 0) {
            depth[path[length]] = depth[next[path[length]]] + 1;
            tails[depth[path[length]]]++;
        }
    }
    free(next);
    free(seen);
    free(depth);
    free(path);
}

/* ---- machines ------------------------------------------------------------------------------- */

/* Coefficients or a matrix; often sparse, so that registers are singular and factors repeat. */
static void draw(be_random *random, unsigned bits_max, machine *m)
{
    static const uint64_t Q[] = {2, 3, 4, 5, 7, 8, 9, 16, 25, 27};
    be_lfsr *l = &m->lfsr;
    uint64_t limit = UINT64_C(1) << (1 + be_random_below(random, bits_max));
    memset(m, 0, sizeof *m);
    CHECK(be_lfsr_field_init(Q[be_random_below(random, 10)], 0, &l->field, NULL) == BE_OK);
    uint64_t q = l->field.q;
    m->n_states = q;
    l->n = 1;
    while (m->n_states * q <= limit && l->n < CELLS_MAX) {
        m->n_states *= q;
        l->n++;
    }
    l->form = (be_lfsr_form)be_random_below(random, 3);
    uint64_t density = 1 + be_random_below(random, 4);
    size_t n_cells = l->form == BE_LFSR_MATRIX ? l->n * l->n : l->n;
    uint64_t *cells = calloc(n_cells, sizeof *cells);
    CHECK(cells);
    for (size_t i = 0; i < n_cells; i++) {
        cells[i] = be_random_below(random, 4) < density ? be_random_below(random, q) : 0;
    }
    if (l->form != BE_LFSR_MATRIX) {
        l->coefficients = cells;
    } else {
        l->matrix = cells;
        for (size_t i = 0; i < l->n && density < 3; i++) { /* near the identity: many divisors */
            cells[i * l->n + i] = be_random_below(random, 3) ? 1 : cells[i * l->n + i];
        }
        for (size_t i = 0; i < l->n && density == 1; i++) {
            for (size_t j = 0; j < i; j++) {
                cells[i * l->n + j] = 0;
            }
        }
    }
    if (be_random_below(random, 3) == 0) {
        l->constant = calloc(l->n, sizeof *l->constant);
        CHECK(l->constant);
        for (size_t i = 0; i < l->n; i++) {
            l->constant[i] = be_random_below(random, 2) ? be_random_below(random, q) : 0;
        }
    }
    m->product = malloc((size_t)(q * q) * sizeof *m->product);
    m->sum = malloc((size_t)(q * q) * sizeof *m->sum);
    CHECK(m->product && m->sum);
    for (uint64_t a = 0; a < q; a++) {
        for (uint64_t b = 0; b < q; b++) {
            m->product[a * q + b] = mul(&l->field, a, b);
            m->sum[a * q + b] = add(&l->field, a, b);
        }
    }
}

static void machine_clear(machine *m)
{
    free(m->product);
    free(m->sum);
    free(m->lfsr.coefficients);
    free(m->lfsr.matrix);
    free(m->lfsr.constant);
}

static uint64_t small(be_lfsr_integer a)
{
    CHECK(a.n <= 1);
    return a.n ? a.limb[0] : 0;
}

static uint64_t gcd(uint64_t a, uint64_t b)
{
    return b ? gcd(b, a % b) : a;
}

static void compare(const machine *m, unsigned round)
{
    be_lfsr_analysis analysis;
    be_lfsr_analyze_options options = {.size = sizeof options, .want = BE_LFSR_WANT_STATES};
    CHECK(be_lfsr_analyze(&m->lfsr, &options, &analysis, NULL) == BE_OK && analysis.complete);
    size_t n = (size_t)m->n_states;
    uint32_t *cycles = malloc((n + 1) * sizeof *cycles), *tails = malloc((n + 1) * sizeof *tails);
    CHECK(cycles && tails);
    walk(m, cycles, tails);
    size_t row = 0, longest = 0;
    uint64_t period = 1;
    for (size_t length = 1; length <= n; length++) {
        if (cycles[length] == 0) {
            continue;
        }
        CHECK_SAY(row < analysis.n_lengths && small(analysis.census[row].length) == length &&
                      small(analysis.census[row].cycles) == cycles[length],
                  "machine %u: length %zu", round, length);
        uint64_t first = 0;
        for (size_t i = m->lfsr.n; i-- > 0;) {
            first = first * m->lfsr.field.q + analysis.census[row].state[i];
        }
        uint64_t state = step(m, first), steps = 1;
        while (state != first && steps <= length) {
            state = step(m, state);
            steps++;
        }
        CHECK_SAY(steps == length, "machine %u: the state given for length %zu", round, length);
        period = period / gcd(period, length) * length;
        row++;
    }
    CHECK_SAY(row == analysis.n_lengths, "machine %u: %zu lengths", round, analysis.n_lengths);
    for (size_t j = 0; j <= n; j++) {
        longest = tails[j] ? j : longest;
    }
    CHECK_SAY(longest == analysis.preperiod, "machine %u: preperiod", round);
    for (size_t j = 0; j <= longest; j++) {
        CHECK_SAY(small(analysis.tails[j]) == tails[j], "machine %u: tail %zu", round, j);
    }
    CHECK_SAY(small(analysis.period) == period, "machine %u: period %llu", round,
              (unsigned long long)period);
    free(cycles);
    free(tails);
    be_lfsr_analysis_clear(&analysis);
}

static void algebra_counts_the_cycles_that_walking_finds(void **state)
{
    (void)state;
    const char *asked = getenv("BREAKEVEN_TEST_MACHINES");
    unsigned n_machines = asked ? (unsigned)strtoul(asked, NULL, 10) : 1000;
    be_random random;
    be_random_init(&random, 1, n_machines);
    for (unsigned round = 0; round < n_machines; round++) {
        machine m;
        draw(&random, asked ? 20 : 13, &m);
        compare(&m, round);
        machine_clear(&m);
    }
}

static const struct CMUnitTest tests[] = {TEST(algebra_counts_the_cycles_that_walking_finds)};

RUN_TESTS(tests)
