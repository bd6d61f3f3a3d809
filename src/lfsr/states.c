/* states.c: a state on a cycle of each length.
 *
 * In the part of a factor g with the largest elementary divisor g^k there is a state w that g^k
 * kills and g^(k-1) does not: what f / g^e makes of nearly any state, f being the characteristic
 * polynomial and e the exponent of g. Then g^(k-j) w is a state that g^j kills and g^(j-1) does
 * not, and the sum of one such state for each factor is on a cycle of the length that goes with
 * these j.
 *
 * With a constant, the sum is moved by a state z that is on the shortest possible cycle, found by
 * solving (z (A - 1) + b) (A - 1)^(j-1) = 0 for the least j there is.
 */
#include "lfsr/states.h"

#include <stdlib.h>
#include <string.h>

enum { TRIES = 100 };

static uint32_t dot(const be__field *f, const uint32_t *a, const uint64_t *b, size_t n)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        if (a[i] && b[i]) {
            sum = be__field_add(f, sum, be__field_mul(f, a[i], (uint32_t)b[i]));
        }
    }
    return sum;
}

/* r = s A, r is not s. */
static void step(const be__field *f, const be_lfsr *l, uint32_t *r, const uint32_t *s)
{
    size_t n = l->n;
    if (l->form == BE_LFSR_FIBONACCI) {
        memcpy(r, s + 1, (n - 1) * sizeof *r);
        r[n - 1] = dot(f, s, l->coefficients, n);
    } else if (l->form == BE_LFSR_GALOIS) {
        for (size_t i = 0; i < n; i++) {
            uint32_t back = be__field_mul(f, (uint32_t)l->coefficients[i], s[n - 1]);
            r[i] = be__field_add(f, i ? s[i - 1] : 0, back);
        }
    } else {
        memset(r, 0, n * sizeof *r);
        for (size_t i = 0; i < n; i++) {
            for (size_t j = 0; s[i] && j < n; j++) {
                uint32_t term = be__field_mul(f, s[i], (uint32_t)l->matrix[i * n + j]);
                r[j] = be__field_add(f, r[j], term);
            }
        }
    }
}

/* s = s g(A), by Horner's rule; scratch of 2n. */
static void apply(const be__field *f, const be_lfsr *l, const be__poly *g, uint32_t *s,
                  uint32_t *scratch)
{
    size_t n = l->n;
    uint32_t *sum = scratch, *next = scratch + n;
    memset(sum, 0, n * sizeof *sum);
    for (size_t k = g->n; k-- > 0;) {
        step(f, l, next, sum);
        for (size_t i = 0; i < n; i++) {
            sum[i] = be__field_add(f, next[i], be__field_mul(f, g->c[k], s[i]));
        }
    }
    memcpy(s, sum, n * sizeof *s);
}

static bool is_zero(const uint32_t *s, size_t n)
{
    uint32_t any = 0;
    for (size_t i = 0; i < n; i++) {
        any |= s[i];
    }
    return any == 0;
}

/* top = a state that g^k kills, and g^(k-1) does not, k = parts[0]. */
static be_status find_top(const be__structure *s, const be_lfsr *l, const be__divisor *divisor,
                          be_random *random, uint32_t *top, uint32_t *scratch)
{
    const be__field *f = s->field;
    size_t n = s->n;
    be__poly rest = {0}, t = {0};
    bool ok = be__poly_set(&rest, &s->characteristic);
    for (size_t i = 0; ok && i < divisor->exponent; i++) {
        ok = be__poly_divrem(f, &t, NULL, &rest, &divisor->poly);
        be__poly_swap(&rest, &t);
    }
    bool found = false;
    for (int attempt = 0; ok && !found && attempt < TRIES; attempt++) {
        for (size_t i = 0; i < n; i++) { /* 0 ... 01 and 10 ... 0 work for the two simple forms */
            bool unit = l->form == BE_LFSR_FIBONACCI ? i == n - 1 : i == 0;
            top[i] = l->form == BE_LFSR_MATRIX ? (uint32_t)be_random_below(random, f->q) : unit;
        }
        apply(f, l, &rest, top, scratch);
        uint32_t *killed = scratch + 2 * n;
        memcpy(killed, top, n * sizeof *top);
        for (size_t j = 1; j < divisor->parts[0]; j++) {
            apply(f, l, &divisor->poly, killed, scratch);
        }
        found = !is_zero(killed, n);
    }
    be__poly_clear(&rest);
    be__poly_clear(&t);
    return !ok ? BE_ENOMEM : found ? BE_OK : BE_EMISMATCH;
}

/* Solve z M = target for square M by elimination on the transpose: rows of [M^T | target]. */
static bool solve(const be__field *f, const uint32_t *m, const uint32_t *target, size_t n,
                  uint32_t *z)
{
    size_t width = n + 1, done = 0;
    uint32_t *t = malloc(n * width * sizeof *t);
    size_t *pivot_of = malloc(n * sizeof *pivot_of);
    if (!t || !pivot_of) {
        free(t);
        free(pivot_of);
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            t[i * width + j] = m[j * n + i];
        }
        t[i * width + n] = target[i];
    }
    for (size_t c = 0; c < n; c++) {
        size_t row = done;
        while (row < n && t[row * width + c] == 0) {
            row++;
        }
        if (row == n) {
            continue;
        }
        uint32_t inverse = be__field_inv(f, t[row * width + c]);
        for (size_t j = 0; j < width; j++) {
            uint32_t swap = t[row * width + j];
            t[row * width + j] = t[done * width + j];
            t[done * width + j] = be__field_mul(f, swap, inverse);
        }
        for (size_t i = 0; i < n; i++) {
            uint32_t w = i == done ? 0 : be__field_neg(f, t[i * width + c]);
            for (size_t j = c; w && j < width; j++) {
                uint32_t *to = &t[i * width + j];
                *to = be__field_add(f, *to, be__field_mul(f, w, t[done * width + j]));
            }
        }
        pivot_of[done++] = c;
    }
    memset(z, 0, n * sizeof *z);
    for (size_t i = 0; i < done; i++) {
        z[pivot_of[i]] = t[i * width + n];
    }
    free(t);
    free(pivot_of);
    return true;
}

/* z with (z (A - 1) + b) (A - 1)^(j-1) = 0, j = s->affine. */
static be_status find_move(const be__structure *s, const be_lfsr *l, uint32_t *z, uint32_t *scratch)
{
    const be__field *f = s->field;
    size_t n = s->n;
    uint32_t *m = malloc(n * n * sizeof *m);
    be__poly x_minus_1 = {0};
    bool ok = m && be__poly_set_coefficient(&x_minus_1, 1, 1) &&
              be__poly_set_coefficient(&x_minus_1, 0, be__field_neg(f, 1));
    uint32_t *target = scratch + 2 * n;
    for (size_t i = 0; ok && i < n; i++) { /* row i is the image of unit i */
        uint32_t *row = m + i * n;
        memset(row, 0, n * sizeof *row);
        row[i] = 1;
        for (size_t j = 0; j < s->affine; j++) {
            apply(f, l, &x_minus_1, row, scratch);
        }
    }
    if (ok) {
        for (size_t i = 0; i < n; i++) {
            target[i] = be__field_neg(f, (uint32_t)l->constant[i]);
        }
        for (size_t j = 1; j < s->affine; j++) {
            apply(f, l, &x_minus_1, target, scratch);
        }
        ok = solve(f, m, target, n, z);
    }
    free(m);
    be__poly_clear(&x_minus_1);
    return ok ? BE_OK : BE_ENOMEM;
}

be_status be__states_of_rows(const be__structure *s, const be_lfsr *l, const be__rows *rows,
                             const be_cancel *cancel, uint64_t *states)
{
    const be__field *f = s->field;
    size_t n = s->n;
    if (s->affine && n > BE_LFSR_MATRIX_MAX) {
        return BE_ELIMIT;
    }
    uint32_t *top = malloc(5 * n * sizeof *top), *scratch = top + n, *move = top + 4 * n;
    if (!top) {
        return BE_ENOMEM;
    }
    be_status status = BE_OK;
    be_random random;
    be_random_init(&random, 1, n);
    memset(move, 0, n * sizeof *move);
    if (s->affine) {
        status = find_move(s, l, move, scratch);
    }
    for (size_t r = 0; r < rows->n; r++) {
        for (size_t i = 0; i < n; i++) {
            states[r * n + i] = move[i];
        }
    }
    for (size_t d = 0; d < s->n_divisors && !status; d++) {
        const be__divisor *divisor = &s->divisor[d];
        if (divisor->is_x) {
            continue;
        }
        status = find_top(s, l, divisor, &random, top, scratch);
        /* From the highest level down: each is g times the one above. */
        for (size_t level = divisor->parts[0]; level > 0 && !status; level--) {
            for (size_t r = 0; r < rows->n; r++) {
                for (size_t i = 0; rows->item[r].level[d] == level && i < n; i++) {
                    uint64_t *to = &states[r * n + i];
                    *to = be__field_add(f, (uint32_t)*to, top[i]);
                }
            }
            apply(f, l, &divisor->poly, top, scratch);
            status = cancel && be_cancel_raised(cancel) ? BE_ECANCEL : BE_OK;
        }
    }
    free(top);
    return status;
}
