/* poly.c: polynomials over GF(q), one coefficient a word, by the schoolbook. */
#include "gf/field.h"

#include <stdlib.h>
#include <string.h>

enum { COEFFICIENTS_MAX = 1 << 26 };

void be__poly_init(be__poly *a)
{
    *a = (be__poly){0};
}

void be__poly_clear(be__poly *a)
{
    free(a->c);
    *a = (be__poly){0};
}

void be__poly_swap(be__poly *a, be__poly *b)
{
    be__poly t = *a;
    *a = *b;
    *b = t;
}

static void trim(be__poly *a, size_t n)
{
    while (n > 0 && a->c[n - 1] == 0) {
        n--;
    }
    a->n = n;
}

bool be__poly_reserve(be__poly *a, size_t n)
{
    if (n <= a->capacity) {
        return true;
    }
    uint32_t *grown = n <= COEFFICIENTS_MAX ? realloc(a->c, n * sizeof *grown) : NULL;
    if (!grown) {
        return false;
    }
    a->c = grown;
    a->capacity = n;
    return true;
}

bool be__poly_set_coefficients(be__poly *r, const uint32_t *c, size_t n)
{
    if (!be__poly_reserve(r, n)) {
        return false;
    }
    if (n > 0) {
        memmove(r->c, c, n * sizeof *c);
    }
    trim(r, n);
    return true;
}

bool be__poly_set(be__poly *r, const be__poly *a)
{
    return be__poly_set_coefficients(r, a->c, a->n);
}

bool be__poly_set_coefficient(be__poly *r, size_t i, uint32_t c)
{
    if (!be__poly_reserve(r, i + 1)) {
        return false;
    }
    while (r->n <= i) {
        r->c[r->n++] = 0;
    }
    r->c[i] = c;
    trim(r, r->n);
    return true;
}

int be__poly_compare(const be__poly *a, const be__poly *b)
{
    if (a->n != b->n) {
        return a->n < b->n ? -1 : 1;
    }
    for (size_t i = a->n; i-- > 0;) {
        if (a->c[i] != b->c[i]) {
            return a->c[i] < b->c[i] ? -1 : 1;
        }
    }
    return 0;
}

bool be__poly_equal(const be__poly *a, const be__poly *b)
{
    return be__poly_compare(a, b) == 0;
}

bool be__poly_add(const be__field *f, be__poly *r, const be__poly *a, const be__poly *b)
{
    size_t na = a->n, nb = b->n, n = na > nb ? na : nb;
    if (!be__poly_reserve(r, n)) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        r->c[i] = be__field_add(f, i < na ? a->c[i] : 0, i < nb ? b->c[i] : 0);
    }
    trim(r, n);
    return true;
}

bool be__poly_sub(const be__field *f, be__poly *r, const be__poly *a, const be__poly *b)
{
    size_t na = a->n, nb = b->n, n = na > nb ? na : nb;
    if (!be__poly_reserve(r, n)) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        r->c[i] = be__field_sub(f, i < na ? a->c[i] : 0, i < nb ? b->c[i] : 0);
    }
    trim(r, n);
    return true;
}

/* r[0, n) += w * a[0, n). */
static void add_scaled(const be__field *f, uint32_t *r, const uint32_t *a, size_t n, uint32_t w)
{
    if (w == 0) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        r[i] = be__field_add(f, r[i], be__field_mul(f, a[i], w));
    }
}

bool be__poly_scale(const be__field *f, be__poly *r, const be__poly *a, uint32_t c)
{
    if (!be__poly_set(r, a)) {
        return false;
    }
    for (size_t i = 0; i < r->n; i++) {
        r->c[i] = be__field_mul(f, r->c[i], c);
    }
    trim(r, r->n);
    return true;
}

bool be__poly_mul(const be__field *f, be__poly *r, const be__poly *a, const be__poly *b)
{
    if (a->n == 0 || b->n == 0) {
        r->n = 0;
        return true;
    }
    be__poly product = {0};
    size_t n = a->n + b->n - 1;
    if (!be__poly_reserve(&product, n)) {
        return false;
    }
    memset(product.c, 0, n * sizeof *product.c);
    for (size_t i = 0; i < a->n; i++) {
        add_scaled(f, product.c + i, b->c, b->n, a->c[i]);
    }
    product.n = n;
    be__poly_swap(r, &product);
    be__poly_clear(&product);
    return true;
}

bool be__poly_divrem(const be__field *f, be__poly *q, be__poly *r, const be__poly *a,
                     const be__poly *b)
{
    if (a->n < b->n) {
        if (r && !be__poly_set(r, a)) {
            return false;
        }
        if (q) {
            q->n = 0;
        }
        return true;
    }
    be__poly rest = {0}, quotient = {0};
    size_t n = b->n - 1, n_q = a->n - n;
    bool ok = be__poly_set(&rest, a) && be__poly_reserve(&quotient, n_q);
    if (ok) {
        uint32_t inverse = be__field_inv(f, b->c[n]);
        for (size_t i = n_q; i-- > 0;) {
            uint32_t c = be__field_mul(f, rest.c[i + n], inverse);
            quotient.c[i] = c;
            add_scaled(f, rest.c + i, b->c, n, be__field_neg(f, c));
        }
        quotient.n = n_q;
        trim(&rest, n);
    }
    if (ok && q) {
        be__poly_swap(q, &quotient);
    }
    if (ok && r) {
        be__poly_swap(r, &rest);
    }
    be__poly_clear(&rest);
    be__poly_clear(&quotient);
    return ok;
}

bool be__poly_gcd(const be__field *f, be__poly *r, const be__poly *a, const be__poly *b)
{
    be__poly u = {0}, v = {0};
    bool ok = be__poly_set(&u, a) && be__poly_set(&v, b);
    while (ok && v.n > 0) {
        ok = be__poly_divrem(f, NULL, &u, &u, &v);
        be__poly_swap(&u, &v);
    }
    if (ok && u.n > 0) {
        ok = be__poly_scale(f, &u, &u, be__field_inv(f, u.c[u.n - 1]));
    }
    if (ok) {
        be__poly_swap(r, &u);
    }
    be__poly_clear(&u);
    be__poly_clear(&v);
    return ok;
}

bool be__poly_mul_mod(const be__field *f, be__poly *r, const be__poly *a, const be__poly *b,
                      const be__poly *m)
{
    return be__poly_mul(f, r, a, b) && be__poly_divrem(f, NULL, r, r, m);
}

bool be__poly_pow_mod(const be__field *f, be__poly *r, const be__poly *a, const uint64_t *e,
                      size_t n_e, const be__poly *m)
{
    be__poly base = {0}, power = {0};
    bool ok = be__poly_divrem(f, NULL, &base, a, m) && be__poly_set_coefficient(&power, 0, 1) &&
              be__poly_divrem(f, NULL, &power, &power, m);
    while (n_e > 0 && e[n_e - 1] == 0) {
        n_e--;
    }
    size_t bits = n_e ? 64 * n_e - (size_t)__builtin_clzll(e[n_e - 1]) : 0;
    for (size_t i = bits; ok && i-- > 0;) {
        ok = be__poly_mul_mod(f, &power, &power, &power, m);
        if (ok && e[i / 64] >> i % 64 & 1) {
            ok = be__poly_mul_mod(f, &power, &power, &base, m);
        }
    }
    if (ok) {
        be__poly_swap(r, &power);
    }
    be__poly_clear(&base);
    be__poly_clear(&power);
    return ok;
}
