/* factor.c: the characteristic polynomial of a register, its factors and elementary divisors. */
#include "base/base.h"
#include "lfsr/algebra.h"
#include "lfsr/register.h"

#include <stdlib.h>
#include <string.h>

/* ---- the characteristic polynomial ---------------------------------------------------------- */

/* x^n - sum of c_i x^i. */
static bool from_coefficients(const be_lfsr *lfsr, be__structure *s)
{
    if (!be__poly_reserve(&s->characteristic, lfsr->n + 1)) {
        return false;
    }
    for (size_t i = 0; i < lfsr->n; i++) {
        s->characteristic.c[i] = be__field_neg(s->field, (uint32_t)lfsr->coefficients[i]);
    }
    s->characteristic.c[lfsr->n] = 1;
    s->characteristic.n = lfsr->n + 1;
    return true;
}

static uint32_t *matrix_of(const be_lfsr *lfsr)
{
    uint32_t *a = malloc(lfsr->n * lfsr->n * sizeof *a);
    for (size_t i = 0; a && i < lfsr->n * lfsr->n; i++) {
        a[i] = (uint32_t)lfsr->matrix[i];
    }
    return a;
}

/* ---- factors -------------------------------------------------------------------------------- */

/* The next divisor, with its integers. */
static be__divisor *add_divisor(be__structure *s, size_t exponent)
{
    be__divisor *divisor = &s->divisor[s->n_divisors++];
    divisor->exponent = exponent;
    be__int_init(&divisor->order);
    be__int_init(&divisor->multiple);
    return divisor;
}

static be_status take_binary(be__structure *s, const be__gf2x_factors *factors)
{
    for (size_t i = 0; i < factors->n; i++) {
        const be__gf2x *g = &factors->item[i].poly;
        be__divisor *to = add_divisor(s, factors->item[i].exponent);
        size_t n = (size_t)be__gf2x_degree(g) + 1;
        if (!be__poly_reserve(&to->poly, n)) {
            return BE_ENOMEM;
        }
        for (size_t j = 0; j < n; j++) {
            to->poly.c[j] = be__gf2x_bit(g, j);
        }
        to->poly.n = n;
    }
    return BE_OK;
}

static be_status factor_binary(be__structure *s, const be_cancel *cancel)
{
    be__gf2x f = {0};
    be__gf2x_factors factors;
    be__gf2x_factors_init(&factors);
    be_status status = be__gf2x_reserve(&f, s->n / 64 + 1) ? BE_OK : BE_ENOMEM;
    if (!status) {
        memset(f.limb, 0, (s->n / 64 + 1) * sizeof *f.limb);
        for (size_t i = 0; i <= s->n; i++) {
            f.limb[i / 64] |= (uint64_t)s->characteristic.c[i] << i % 64;
        }
        f.n = s->n / 64 + 1;
        status = be__gf2x_factor_poly(&factors, &f, cancel);
    }
    if (!status) {
        s->divisor = calloc(factors.n, sizeof *s->divisor);
        status = s->divisor ? take_binary(s, &factors) : BE_ENOMEM;
    }
    be__gf2x_factors_clear(&factors);
    be__gf2x_clear(&f);
    return status;
}

static be_status factor_other(be__structure *s)
{
    be__poly_factors factors;
    be__poly_factors_init(&factors);
    be_status status = BE_ENOMEM;
    if (be__poly_factor_poly(s->field, &factors, &s->characteristic)) {
        s->divisor = calloc(factors.n, sizeof *s->divisor);
        if (s->divisor) {
            for (size_t i = 0; i < factors.n; i++) {
                be__divisor *to = add_divisor(s, factors.item[i].exponent);
                be__poly_swap(&to->poly, &factors.item[i].poly);
            }
            status = BE_OK;
        }
    }
    be__poly_factors_clear(&factors);
    return status;
}

/* ---- elementary divisors -------------------------------------------------------------------- */

/* The kernel of g(A)^j has dimension deg g * sum over parts of min(part, j): so it grows from j - 1
 * to j by deg g for each part >= j. */
static be_status find_parts(const be__structure *s, be__divisor *divisor, const uint32_t *a,
                            const be_cancel *cancel)
{
    size_t n = s->n, degree = (size_t)be__poly_degree(&divisor->poly);
    divisor->parts = calloc(divisor->exponent, sizeof *divisor->parts);
    if (!divisor->parts) {
        return BE_ENOMEM;
    }
    if (!a || divisor->exponent == 1) {
        divisor->parts[0] = divisor->exponent;
        divisor->n_parts = 1;
        return BE_OK;
    }
    uint32_t *g = malloc(n * n * sizeof *g), *power = malloc(n * n * sizeof *power);
    uint32_t *t = malloc(n * n * sizeof *t);
    be_status status =
        g && power && t && be__matrix_eval(s->field, g, &divisor->poly, a, n) ? BE_OK : BE_ENOMEM;
    size_t before = 0;
    for (size_t j = 1; !status && before < divisor->exponent; j++) {
        if (cancel && be_cancel_raised(cancel)) {
            status = BE_ECANCEL;
            break;
        }
        if (j == 1) {
            memcpy(power, g, n * n * sizeof *g);
        } else {
            be__matrix_mul(s->field, t, power, g, n);
            uint32_t *swap = t;
            t = power;
            power = swap;
        }
        size_t rank;
        if (!be__matrix_rank(s->field, power, n, n, &rank)) {
            status = BE_ENOMEM;
            break;
        }
        size_t now = (n - rank) / degree, at_least_j = now - before;
        if (j == 1) {
            divisor->n_parts = at_least_j;
        }
        for (size_t i = 0; i < at_least_j; i++) {
            divisor->parts[i] = j;
        }
        before = now;
    }
    free(g);
    free(power);
    free(t);
    return status;
}

/* ---- the constant --------------------------------------------------------------------------- */

/* A register said by a polynomial P: the space is cyclic, and the image of A - 1 is what is killed
 * by one functional when (x - 1)^e divides P, e > 0. If b is in it there is a fixed point, and if
 * not, b is a unit there, and (A - 1)^(j-1) takes it to 0 first for j = e + 1. */
static bool affine_of_polynomial(be__structure *s, const be_lfsr *lfsr)
{
    const be__field *f = s->field;
    be__poly x_minus_1 = {0}, h = {0};
    bool ok = be__poly_set_coefficient(&x_minus_1, 1, 1) &&
              be__poly_set_coefficient(&x_minus_1, 0, be__field_neg(f, 1)) &&
              be__poly_divrem(f, &h, NULL, &s->characteristic, &x_minus_1);
    size_t e = 0;
    for (size_t i = 0; ok && i < s->n_divisors; i++) {
        if (be__poly_equal(&s->divisor[i].poly, &x_minus_1)) {
            e = s->divisor[i].exponent;
        }
    }
    if (ok) {
        /* Fibonacci: h(x) = P / (x - 1) takes a sequence to a constant one, so the step leaves the
         * sum of h_i s_i alone. Galois: (x - 1) divides b when the sum of its cells is 0. */
        uint32_t value = 0;
        for (size_t i = 0; i < s->n; i++) {
            uint32_t w = lfsr->form == BE_LFSR_GALOIS ? 1 : h.c[i];
            value = be__field_add(f, value, be__field_mul(f, w, (uint32_t)lfsr->constant[i]));
        }
        s->affine = e > 0 && value != 0 ? e + 1 : 1;
    }
    be__poly_clear(&x_minus_1);
    be__poly_clear(&h);
    return ok;
}

/* By ranks: b (A - 1)^(j-1) is in the space of the rows of (A - 1)^j. */
static bool affine_of_matrix(be__structure *s, const be_lfsr *lfsr, const uint32_t *a)
{
    const be__field *f = s->field;
    size_t n = s->n;
    uint32_t *m = malloc(n * n * sizeof *m), *t = malloc(n * n * sizeof *t);
    uint32_t *power = malloc((n + 1) * n * sizeof *power), *b = malloc(2 * n * sizeof *b);
    bool ok = m && t && power && b, found = false;
    if (ok) {
        memcpy(m, a, n * n * sizeof *m);
        for (size_t i = 0; i < n; i++) {
            m[i * n + i] = be__field_sub(f, m[i * n + i], 1);
            b[i] = (uint32_t)lfsr->constant[i];
        }
        memcpy(power, m, n * n * sizeof *m);
    }
    for (size_t j = 1; ok && !found; j++) {
        size_t rank, with_b;
        memcpy(power + n * n, b, n * sizeof *b);
        ok = be__matrix_rank(f, power, n, n, &rank) && be__matrix_rank(f, power, n + 1, n, &with_b);
        found = ok && rank == with_b;
        s->affine = j;
        be__matrix_mul(f, t, power, m, n);
        memcpy(power, t, n * n * sizeof *t);
        memset(b + n, 0, n * sizeof *b);
        for (size_t i = 0; i < n; i++) {
            for (size_t k = 0; k < n; k++) {
                b[n + k] = be__field_add(f, b[n + k], be__field_mul(f, b[i], m[i * n + k]));
            }
        }
        memcpy(b, b + n, n * sizeof *b);
    }
    free(m);
    free(t);
    free(power);
    free(b);
    return ok;
}

/* ---- together ------------------------------------------------------------------------------- */

be_status be__field_of(const be_lfsr_field *from, be__field **field, be_error *error)
{
    uint32_t modulus[BE__FIELD_DEGREE_MAX + 1];
    size_t n = 0;
    for (uint64_t left = from->modulus; left && n <= BE__FIELD_DEGREE_MAX; left /= from->p) {
        modulus[n++] = (uint32_t)(left % from->p);
    }
    return be__field_create(from->q, n ? modulus : NULL, n, field, error);
}

static bool all_below(const uint64_t *elements, size_t n, uint64_t q)
{
    for (size_t i = 0; elements && i < n; i++) {
        if (elements[i] >= q) {
            return false;
        }
    }
    return true;
}

be_status be__structure_init(be__structure *s, const be_lfsr *lfsr, const be_cancel *cancel,
                             be_error *error)
{
    uint64_t q = lfsr->field.q;
    size_t n = lfsr->n;
    bool is_matrix = lfsr->form == BE_LFSR_MATRIX;
    if (n == 0 || n > (is_matrix ? BE_LFSR_MATRIX_MAX : BE_LFSR_CELLS_MAX) ||
        !(is_matrix ? lfsr->matrix : lfsr->coefficients) || !all_below(lfsr->coefficients, n, q) ||
        !all_below(lfsr->constant, n, q) || !all_below(lfsr->matrix, n * n, q)) {
        return be_error_set(error, BE_EINVAL, "a register of 1 to %d cells with elements below q",
                            is_matrix ? BE_LFSR_MATRIX_MAX : BE_LFSR_CELLS_MAX);
    }
    be__structure made = {.n = lfsr->n};
    uint32_t *a = NULL;
    be_status status = be__field_of(&lfsr->field, &made.field, error);
    if (status) {
        return status;
    }
    bool constant = false;
    for (size_t i = 0; lfsr->constant && i < lfsr->n; i++) {
        constant |= lfsr->constant[i] != 0;
    }
    status = BE_ENOMEM;
    if (lfsr->form == BE_LFSR_MATRIX) {
        a = matrix_of(lfsr);
        if (!a || !be__matrix_characteristic(made.field, a, made.n, &made.characteristic)) {
            goto done;
        }
    } else if (!from_coefficients(lfsr, &made)) {
        goto done;
    }
    status = made.field->q == 2 ? factor_binary(&made, cancel) : factor_other(&made);
    for (size_t i = 0; !status && i < made.n_divisors; i++) {
        be__divisor *divisor = &made.divisor[i];
        divisor->is_x = divisor->poly.n == 2 && divisor->poly.c[0] == 0;
        status = find_parts(&made, divisor, a, cancel);
    }
    if (!status && constant) {
        bool ok = a ? affine_of_matrix(&made, lfsr, a) : affine_of_polynomial(&made, lfsr);
        status = ok ? BE_OK : BE_ENOMEM;
    }
done:
    free(a);
    if (status) {
        be__structure_clear(&made);
        return be_error_set(error, status, "%s",
                            status == BE_ENOMEM ? "memory to factor in" : be_status_text(status));
    }
    *s = made;
    return BE_OK;
}

void be__structure_clear(be__structure *s)
{
    for (size_t i = 0; i < s->n_divisors; i++) {
        be__divisor *divisor = &s->divisor[i];
        be__poly_clear(&divisor->poly);
        be__int_clear(&divisor->order);
        be__int_clear(&divisor->multiple);
        free(divisor->parts);
    }
    free(s->divisor);
    be__poly_clear(&s->characteristic);
    be__field_destroy(s->field);
    *s = (be__structure){0};
}
