/* register.c: registers as values: fields, their making, and the step as a matrix. */
#include "lfsr/register.h"

#include <stdio.h>
#include <string.h>

/* ---- fields --------------------------------------------------------------------------------- */

uint64_t be__lfsr_negate(const be_lfsr_field *field, uint64_t a)
{
    if (field->p == 2) {
        return a;
    }
    uint64_t negated = 0, place = 1;
    for (; a; a /= field->p, place *= field->p) {
        negated += (field->p - a % field->p) % field->p * place;
    }
    return negated;
}

uint64_t be__lfsr_add(const be_lfsr_field *field, uint64_t a, uint64_t b)
{
    if (field->p == 2) {
        return a ^ b;
    }
    uint64_t sum = 0, place = 1;
    for (; a || b; a /= field->p, b /= field->p, place *= field->p) {
        sum += (a % field->p + b % field->p) % field->p * place;
    }
    return sum;
}

static be_status make_field(const be_lfsr_field *field, be__field **made, be_error *error)
{
    uint32_t digits[BE__FIELD_DEGREE_MAX + 2]; /* one more than fits, so that it is refused */
    size_t n = 0;
    for (uint64_t left = field->modulus; left && n < BE__COUNT_OF(digits); left /= field->p) {
        digits[n++] = (uint32_t)(left % field->p);
    }
    return be__field_create(field->q, n ? digits : NULL, n, made, error);
}

be_status be__lfsr_field(const be_lfsr_field *field, be__field **made)
{
    return make_field(field, made, NULL);
}

be_status be_lfsr_field_init(uint64_t q, uint64_t modulus, be_lfsr_field *field, be_error *error)
{
    uint64_t p;
    unsigned k;
    if (!be__prime_power(q, &p, &k)) {
        return be_error_set(error, BE_EINVAL,
                            "a field of q elements, q a prime below 2^31 or a power of one, and "
                            "%llu is neither",
                            (unsigned long long)q);
    }
    be_lfsr_field wanted = {.q = q, .p = p, .k = k, .modulus = modulus};
    be__field *made;
    be_status status = make_field(&wanted, &made, error);
    if (status) {
        return status;
    }
    *field = (be_lfsr_field){.q = q, .p = p, .k = k};
    for (unsigned i = k + 1; k > 1 && i-- > 0;) {
        field->modulus = field->modulus * p + made->modulus[i];
    }
    be__field_destroy(made);
    return BE_OK;
}

void be_lfsr_field_format(const be_lfsr_field *field, char text[BE_LFSR_MODULUS_TEXT_SIZE])
{
    char *end = text;
    *end = '\0';
    uint64_t place = field->q;
    for (unsigned i = field->k + 1; field->k > 1 && i-- > 0; place /= field->p) {
        unsigned long long digit = field->modulus / place % field->p;
        if (digit == 0) {
            continue;
        }
        end += sprintf(end, "%s", end > text ? " + " : "");
        if (digit > 1 || i == 0) {
            end += sprintf(end, "%llu%s", digit, i ? "*" : "");
        }
        if (i > 0) {
            end += i > 1 ? sprintf(end, "a^%u", i) : sprintf(end, "a");
        }
    }
}

/* ---- making --------------------------------------------------------------------------------- */

void be_lfsr_clear(be_lfsr *lfsr)
{
    be__release(lfsr->allocator, lfsr->coefficients, lfsr->n, sizeof(uint64_t));
    be__release(lfsr->allocator, lfsr->matrix, lfsr->n * lfsr->n, sizeof(uint64_t));
    be__release(lfsr->allocator, lfsr->constant, lfsr->n, sizeof(uint64_t));
    *lfsr = (be_lfsr){0};
}

be_status be__lfsr_make(const be_lfsr_field *field, be_lfsr_form form, size_t n, bool constant,
                        const be_allocator *allocator, be_lfsr *lfsr)
{
    be_lfsr made = {.field = *field, .form = form, .n = n, .allocator = allocator};
    bool is_matrix = form == BE_LFSR_MATRIX;
    uint64_t **cells = is_matrix ? &made.matrix : &made.coefficients;
    *cells = be__allocate_zeroed(allocator, is_matrix ? n * n : n, sizeof(uint64_t));
    if (constant) {
        made.constant = be__allocate_zeroed(allocator, n, sizeof(uint64_t));
    }
    if (!*cells || (constant && !made.constant)) {
        be_lfsr_clear(&made);
        return BE_ENOMEM;
    }
    *lfsr = made;
    return BE_OK;
}

be_status be_lfsr_init(const be_lfsr_field *field, const uint64_t *coefficients, size_t n,
                       const be_allocator *allocator, be_lfsr *lfsr, be_error *error)
{
    if (n == 0 || n > BE_LFSR_CELLS_MAX) {
        return be_error_set(error, BE_EINVAL, "1 to %d coefficients", BE_LFSR_CELLS_MAX);
    }
    for (size_t i = 0; i < n; i++) {
        if (coefficients[i] >= field->q) {
            return be_error_set(error, BE_EINVAL, "coefficients below q = %llu, and c_%zu is %llu",
                                (unsigned long long)field->q, i,
                                (unsigned long long)coefficients[i]);
        }
    }
    be_status status = be__lfsr_make(field, BE_LFSR_FIBONACCI, n, false, allocator, lfsr);
    if (status) {
        return be_error_set(error, status, "memory for %zu coefficients", n);
    }
    memcpy(lfsr->coefficients, coefficients, n * sizeof *coefficients);
    return BE_OK;
}

/* ---- the step as a matrix ------------------------------------------------------------------- */

uint64_t be__lfsr_entry(const be_lfsr *lfsr, size_t i, size_t j)
{
    size_t last = lfsr->n - 1;
    switch (lfsr->form) {
    case BE_LFSR_FIBONACCI:
        return j == last ? lfsr->coefficients[i] : i == j + 1;
    case BE_LFSR_GALOIS:
        return i == last ? lfsr->coefficients[j] : j == i + 1;
    case BE_LFSR_MATRIX:
        break;
    }
    return lfsr->matrix[i * lfsr->n + j];
}

/* The joined state is the two states one after the other, but with u + v in cell 0, where u and v
 * are the two outputs. With M = the two steps as blocks, T = "add cell v to cell u, then move u to
 * the front", the joined step is T^-1 M T. As T is sparse it is applied entry by entry. */
be_status be__lfsr_join(const be_lfsr *left, const be_lfsr *right, be_lfsr *joined)
{
    size_t n = left->n + right->n;
    size_t u = be__lfsr_output(left), v = left->n + be__lfsr_output(right);
    be_status status = be__lfsr_make(&left->field, BE_LFSR_MATRIX, n,
                                     left->constant || right->constant, left->allocator, joined);
    if (status) {
        return status;
    }
    uint64_t *m = joined->matrix, *b = joined->constant;
    for (size_t i = 0; i < n; i++) {
        const be_lfsr *of = i < left->n ? left : right;
        size_t begin = i < left->n ? 0 : left->n;
        for (size_t j = 0; j < of->n; j++) {
            m[i * n + begin + j] = be__lfsr_entry(of, i - begin, j);
        }
        if (of->constant) {
            b[i] = of->constant[i - begin];
        }
    }
    const be_lfsr_field *field = &joined->field;
    for (size_t i = 0; i < n; i++) { /* new cell u = old u + old v: columns */
        m[i * n + u] = be__lfsr_add(field, m[i * n + u], m[i * n + v]);
    }
    for (size_t j = 0; j < n; j++) { /* old u = new u - new v: rows */
        m[v * n + j] = be__lfsr_add(field, m[v * n + j], be__lfsr_negate(field, m[u * n + j]));
    }
    for (size_t i = 0; i < n && u > 0; i++) {
        uint64_t kept = m[i * n];
        m[i * n] = m[i * n + u];
        m[i * n + u] = kept;
    }
    for (size_t j = 0; j < n && u > 0; j++) {
        uint64_t kept = m[j];
        m[j] = m[u * n + j];
        m[u * n + j] = kept;
    }
    if (b) {
        b[u] = be__lfsr_add(field, b[u], b[v]);
        uint64_t kept = b[0];
        b[0] = b[u];
        b[u] = kept;
    }
    joined->inverted = left->inverted != right->inverted;
    return BE_OK;
}
