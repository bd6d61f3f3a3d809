/* matrix.c: dense square matrices over GF(q). */
#include "gf/field.h"

#include <stdlib.h>
#include <string.h>

/* r[0, n) += w * a[0, n). */
static void add_scaled(const be__field *f, uint32_t *r, const uint32_t *a, size_t n, uint32_t w)
{
    for (size_t i = 0; i < n && w; i++) {
        r[i] = be__field_add(f, r[i], be__field_mul(f, a[i], w));
    }
}

static void swap_rows(uint32_t *a, uint32_t *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t t = a[i];
        a[i] = b[i];
        b[i] = t;
    }
}

/* To Hessenberg form by similarity: column by column, what lies below the subdiagonal goes. */
static void to_hessenberg(const be__field *f, uint32_t *h, size_t n)
{
    for (size_t c = 0; c + 2 < n; c++) {
        size_t pivot = c + 1;
        while (pivot < n && h[pivot * n + c] == 0) {
            pivot++;
        }
        if (pivot == n) {
            continue;
        }
        if (pivot != c + 1) {
            swap_rows(h + pivot * n, h + (c + 1) * n, n);
            for (size_t i = 0; i < n; i++) {
                uint32_t t = h[i * n + pivot];
                h[i * n + pivot] = h[i * n + c + 1];
                h[i * n + c + 1] = t;
            }
        }
        uint32_t inverse = be__field_inv(f, h[(c + 1) * n + c]);
        for (size_t i = c + 2; i < n; i++) {
            uint32_t w = be__field_mul(f, h[i * n + c], inverse);
            if (w == 0) {
                continue;
            }
            /* Row i -= w row c+1, so column c+1 += w column i. */
            add_scaled(f, h + i * n, h + (c + 1) * n, n, be__field_neg(f, w));
            for (size_t j = 0; j < n; j++) {
                uint32_t *to = &h[j * n + c + 1];
                *to = be__field_add(f, *to, be__field_mul(f, w, h[j * n + i]));
            }
        }
    }
}

/* The leading k by k minors of x I - H, for k rising:
 *     p_k = (x - h_kk) p_{k-1} - sum over i < k of h_ik h_{i+1,i} ... h_{k,k-1} p_{i-1}
 * Source: H. Cohen, "A course in computational algebraic number theory", 1993, algorithm 2.2.9. */
bool be__matrix_characteristic(const be__field *f, const uint32_t *a, size_t n, be__poly *charpoly)
{
    uint32_t *h = malloc(n * n * sizeof *h);
    uint32_t *p = calloc((n + 1) * (n + 1), sizeof *p); /* row k: the coefficients of p_k */
    bool ok = h && p;
    if (ok) {
        memcpy(h, a, n * n * sizeof *h);
        to_hessenberg(f, h, n);
        p[0] = 1;
        for (size_t k = 1; k <= n; k++) {
            uint32_t *to = p + k * (n + 1);
            const uint32_t *before = to - (n + 1);
            memcpy(to + 1, before, k * sizeof *to);
            uint32_t product = 1;
            for (size_t i = k; i >= 1; i--) {
                uint32_t w = be__field_mul(f, h[(i - 1) * n + k - 1], product);
                add_scaled(f, to, p + (i - 1) * (n + 1), i, be__field_neg(f, w));
                if (i > 1) {
                    product = be__field_mul(f, product, h[(i - 1) * n + i - 2]);
                }
            }
        }
        ok = be__poly_set_coefficients(charpoly, p + n * (n + 1), n + 1);
    }
    free(h);
    free(p);
    return ok;
}

void be__matrix_mul(const be__field *f, uint32_t *r, const uint32_t *a, const uint32_t *b, size_t n)
{
    memset(r, 0, n * n * sizeof *r);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < n; k++) {
            add_scaled(f, r + i * n, b + k * n, n, a[i * n + k]);
        }
    }
}

bool be__matrix_eval(const be__field *f, uint32_t *r, const be__poly *g, const uint32_t *a,
                     size_t n)
{
    uint32_t *t = malloc(n * n * sizeof *t);
    if (!t) {
        return false;
    }
    memset(r, 0, n * n * sizeof *r);
    for (size_t k = g->n; k-- > 0;) { /* Horner's rule */
        memcpy(t, r, n * n * sizeof *t);
        be__matrix_mul(f, r, t, a, n);
        for (size_t i = 0; i < n; i++) {
            r[i * n + i] = be__field_add(f, r[i * n + i], g->c[k]);
        }
    }
    free(t);
    return true;
}

bool be__matrix_rank(const be__field *f, const uint32_t *a, size_t n_rows, size_t n_columns,
                     size_t *rank)
{
    uint32_t *m = malloc(n_rows * n_columns * sizeof *m);
    if (!m) {
        return false;
    }
    memcpy(m, a, n_rows * n_columns * sizeof *m);
    size_t done = 0;
    for (size_t c = 0; c < n_columns && done < n_rows; c++) {
        size_t pivot = done;
        while (pivot < n_rows && m[pivot * n_columns + c] == 0) {
            pivot++;
        }
        if (pivot == n_rows) {
            continue;
        }
        uint32_t *row = m + done * n_columns;
        swap_rows(m + pivot * n_columns, row, n_columns);
        uint32_t inverse = be__field_inv(f, row[c]);
        for (size_t i = done + 1; i < n_rows; i++) {
            uint32_t w = be__field_mul(f, m[i * n_columns + c], inverse);
            add_scaled(f, m + i * n_columns, row, n_columns, be__field_neg(f, w));
        }
        done++;
    }
    free(m);
    *rank = done;
    return true;
}
