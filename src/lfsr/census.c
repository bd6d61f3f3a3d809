/* census.c: how many cycles of which length, from the orders of the factors.
 *
 * In the part of a factor g (of degree d, elementary divisors g^k_1, g^k_2, ...), g^j kills
 * q^(d * sum of min(k_i, j)) states. A state that g^j kills, and g^(j-1) does not, is on a cycle of
 * length ord(g) p^ceil(log_p j), or 1 for j = 0. A state of the whole space is a tuple of such
 * states, and returns after the least common multiple of their lengths.
 *
 * A constant b moves this to the states (s, 1) of one more dimension. Only the part of x - 1 can
 * differ: there (x - 1)^j kills none of them for j < s->affine, and for the others as many as it
 * kills of the linear register.
 *
 * The part of x holds the tails: x^j kills what returns to 0 within j steps.
 *
 * Source: B. Elspas, "The theory of autonomous linear sequential networks", 1959; R. Lidl,
 * H. Niederreiter, "Finite fields", chapter 8.
 */
#include "lfsr/algebra.h"

#include <stdlib.h>
#include <string.h>

unsigned be__log_up(uint64_t p, uint64_t j)
{
    unsigned e = 0;
    for (uint64_t power = 1; power < j; power *= p) {
        e++;
    }
    return e;
}

/* The sum of min(part, j). */
static size_t capped_sum(const be__divisor *divisor, size_t j)
{
    size_t sum = 0;
    for (size_t i = 0; i < divisor->n_parts; i++) {
        sum += divisor->parts[i] < j ? divisor->parts[i] : j;
    }
    return sum;
}

static bool is_x_minus_1(const be__structure *s, const be__divisor *divisor)
{
    return divisor->poly.n == 2 && divisor->poly.c[0] == be__field_neg(s->field, 1);
}

/* ---- lists of rows -------------------------------------------------------------------------- */

static bool rows_create(be__rows *rows, size_t capacity, size_t n_divisors)
{
    *rows = (be__rows){.n_divisors = n_divisors};
    rows->item = malloc(capacity * sizeof *rows->item);
    rows->levels = calloc(capacity * n_divisors + 1, sizeof *rows->levels);
    if (!rows->item || !rows->levels) {
        be__rows_clear(rows);
        return false;
    }
    return true;
}

void be__rows_clear(be__rows *rows)
{
    for (size_t i = 0; i < rows->n; i++) {
        be__int_clear(&rows->item[i].length);
        be__int_clear(&rows->item[i].states);
    }
    free(rows->item);
    free(rows->levels);
    *rows = (be__rows){0};
}

/* A row with 0 states and length 1, within the capacity. */
static be__row *rows_add(be__rows *rows)
{
    be__row *row = &rows->item[rows->n];
    row->level = rows->levels + rows->n * rows->n_divisors;
    be__int_init_u64(&row->length, 1);
    be__int_init(&row->states);
    rows->n++;
    return row;
}

static int by_length(const void *a, const void *b)
{
    return be__int_compare(&((const be__row *)a)->length, &((const be__row *)b)->length);
}

/* Sort, and make one row of those with the same length. */
static void rows_settle(be__rows *rows)
{
    if (rows->n == 0) {
        return;
    }
    qsort(rows->item, rows->n, sizeof *rows->item, by_length);
    size_t kept = 0;
    for (size_t i = 1; i < rows->n; i++) {
        be__row *row = &rows->item[i];
        if (by_length(&rows->item[kept], row) == 0) {
            be__int_add(&rows->item[kept].states, &rows->item[kept].states, &row->states);
            be__int_clear(&row->length);
            be__int_clear(&row->states);
        } else {
            rows->item[++kept] = *row;
        }
    }
    rows->n = kept + 1;
}

/* ---- one factor ----------------------------------------------------------------------------- */

/* The states of the part of divisor i, by the length of their cycle. */
static bool part_init(be__rows *rows, const be__structure *s, size_t i)
{
    const be__divisor *divisor = &s->divisor[i];
    size_t degree = (size_t)be__poly_degree(&divisor->poly), first = 0, last = divisor->parts[0];
    bool moved = s->affine > 1 && is_x_minus_1(s, divisor);
    if (moved) {
        first = s->affine; /* what is killed by less has no states */
        last = last > first ? last : first;
    }
    if (!rows_create(rows, last - first + 1, s->n_divisors)) {
        return false;
    }
    be__int before, now;
    be__int_init(&before);
    be__int_init(&now);
    for (size_t j = first; j <= last; j++) {
        be__row *row = rows_add(rows);
        be__int_pow(&now, s->field->q, degree * capped_sum(divisor, j));
        be__int_sub(&row->states, &now, &before);
        be__int_swap(&before, &now);
        if (j > 0) {
            be__int_pow(&row->length, s->field->p, be__log_up(s->field->p, j));
            be__int_mul(&row->length, &row->length, &divisor->order);
        }
        row->level[i] = (uint32_t)j;
    }
    be__int_clear(&before);
    be__int_clear(&now);
    rows_settle(rows);
    return true;
}

/* ---- together ------------------------------------------------------------------------------- */

/* rows = all pairs of a row of its own and one of the part. */
static be_status combine(be__rows *rows, const be__rows *part, size_t max)
{
    be__rows pairs;
    if (rows->n > max / part->n) {
        return BE_ELIMIT;
    }
    if (!rows_create(&pairs, rows->n * part->n, rows->n_divisors)) {
        return BE_ENOMEM;
    }
    for (size_t i = 0; i < rows->n; i++) {
        for (size_t j = 0; j < part->n; j++) {
            const be__row *a = &rows->item[i], *b = &part->item[j];
            be__row *row = rows_add(&pairs);
            be__int_lcm(&row->length, &a->length, &b->length);
            be__int_mul(&row->states, &a->states, &b->states);
            for (size_t k = 0; k < rows->n_divisors; k++) {
                row->level[k] = a->level[k] | b->level[k]; /* one of them is 0 */
            }
        }
    }
    rows_settle(&pairs);
    be__rows_clear(rows);
    *rows = pairs;
    return BE_OK;
}

be_status be__rows_init(be__rows *rows, const be__structure *s, size_t max, const be_cancel *cancel)
{
    be__rows all;
    if (!rows_create(&all, 1, s->n_divisors)) {
        return BE_ENOMEM;
    }
    be__int_set_u64(&rows_add(&all)->states, 1);
    be_status status = BE_OK;
    for (size_t i = 0; i < s->n_divisors && !status; i++) {
        be__rows part;
        if (s->divisor[i].is_x) {
            continue;
        }
        status = part_init(&part, s, i) ? BE_OK : BE_ENOMEM;
        if (!status) {
            status = cancel && be_cancel_raised(cancel) ? BE_ECANCEL : combine(&all, &part, max);
            be__rows_clear(&part);
        }
    }
    if (status) {
        be__rows_clear(&all);
        return status;
    }
    *rows = all;
    return BE_OK;
}

be_status be__tails(const be__structure *s, be__int **states, size_t *longest)
{
    const be__divisor *x = s->n_divisors && s->divisor[0].is_x ? &s->divisor[0] : NULL;
    size_t last = x ? x->parts[0] : 0;
    be__int *made = malloc((last + 1) * sizeof *made);
    if (!made) {
        return BE_ENOMEM;
    }
    be__int within, before;
    be__int_init(&within);
    be__int_init(&before);
    for (size_t j = 0; j <= last; j++) {
        be__int_init(&made[j]);
        be__int_pow(&within, s->field->q, s->n - (x ? x->exponent - capped_sum(x, j) : 0));
        be__int_sub(&made[j], &within, &before);
        be__int_swap(&within, &before);
    }
    be__int_clear(&within);
    be__int_clear(&before);
    *states = made;
    *longest = last;
    return BE_OK;
}
