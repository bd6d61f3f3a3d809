/* poly_mod.c: arithmetic modulo a polynomial over GF(q), by the schoolbook, without allocating. */
#include "gf/field.h"

#include <stdlib.h>
#include <string.h>

enum { WINDOW = 4 };

struct be__poly_mod {
    const be__field *field;
    size_t degree;
    uint32_t *f;       /* [degree] the monic f without its leading term, negated */
    uint64_t *product; /* [2 degree] */
    uint32_t *power;   /* [(2^(WINDOW - 1)) degree] odd powers, then one more element */
};

be__poly_mod *be__poly_mod_create(const be__field *field, const be__poly *f)
{
    size_t degree = (size_t)be__poly_degree(f), n_power = (degree << (WINDOW - 1)) + degree;
    be__poly_mod *m =
        malloc(sizeof *m + 2 * degree * sizeof(uint64_t) + (degree + n_power) * sizeof(uint32_t));
    if (!m) {
        return NULL;
    }
    m->field = field;
    m->degree = degree;
    m->product = (uint64_t *)(m + 1);
    m->f = (uint32_t *)(m->product + 2 * degree);
    m->power = m->f + degree;
    uint32_t inverse = be__field_inv(field, f->c[degree]);
    for (size_t i = 0; i < degree; i++) {
        m->f[i] = be__field_neg(field, be__field_mul(field, f->c[i], inverse));
    }
    return m;
}

void be__poly_mod_destroy(be__poly_mod *m)
{
    free(m);
}

/* r[0, n) += w a[0, n). In a prime field below 2^16 sums are left to grow: below 2^63 for 2^31
 * terms, more than a polynomial has. */
static void accumulate(const be__field *field, uint64_t *r, const uint32_t *a, size_t n, uint32_t w)
{
    if (w == 0) {
        return;
    }
    if (field->k == 1 && field->p < 65536) {
        for (size_t i = 0; i < n; i++) {
            r[i] += (uint64_t)w * a[i];
        }
    } else {
        for (size_t i = 0; i < n; i++) {
            r[i] = be__field_add(field, (uint32_t)r[i], be__field_mul(field, w, a[i]));
        }
    }
}

static uint32_t settle(const be__field *field, uint64_t sum)
{
    return field->k == 1 ? (uint32_t)(sum % field->p) : (uint32_t)sum;
}

void be__poly_mod_mul(be__poly_mod *m, uint32_t *r, const uint32_t *a, const uint32_t *b)
{
    size_t n = m->degree;
    uint64_t *product = m->product;
    memset(product, 0, 2 * n * sizeof *product);
    for (size_t i = 0; i < n; i++) {
        accumulate(m->field, product + i, b, n, a[i]);
    }
    for (size_t i = 2 * n - 1; i-- > n;) {
        accumulate(m->field, product + i - n, m->f, n, settle(m->field, product[i]));
    }
    for (size_t i = 0; i < n; i++) {
        r[i] = settle(m->field, product[i]);
    }
}

void be__poly_mod_set_x(const be__poly_mod *m, uint32_t *r)
{
    memset(r, 0, m->degree * sizeof *r);
    if (m->degree == 1) {
        r[0] = m->f[0];
    } else {
        r[1] = 1;
    }
}

bool be__poly_mod_is_one(const be__poly_mod *m, const uint32_t *a)
{
    uint32_t other = a[0] ^ 1;
    for (size_t i = 1; i < m->degree; i++) {
        other |= a[i];
    }
    return other == 0;
}

void be__poly_mod_pow(be__poly_mod *m, uint32_t *r, const uint32_t *a, const uint64_t *e,
                      size_t n_e)
{
    size_t n = m->degree, bits = 64 * n_e;
    while (bits > 0 && !(e[(bits - 1) / 64] >> (bits - 1) % 64 & 1)) {
        bits--;
    }
    if (bits == 0) {
        memset(r, 0, n * sizeof *r);
        r[0] = 1;
        return;
    }
    size_t window = bits < 16 ? 1 : WINDOW, n_powers = (size_t)1 << (window - 1);
    uint32_t *power = m->power, *square = power + (n << (WINDOW - 1)); /* power[i] = a^(2 i + 1) */
    memcpy(power, a, n * sizeof *r);
    if (window > 1) {
        be__poly_mod_mul(m, square, power, power);
    }
    for (size_t i = 1; i < n_powers; i++) {
        be__poly_mod_mul(m, power + i * n, power + (i - 1) * n, square);
    }
    bool started = false;
    for (size_t at = bits; at > 0;) {
        if (!(e[(at - 1) / 64] >> (at - 1) % 64 & 1)) {
            be__poly_mod_mul(m, r, r, r); /* the highest bit is set: r has a value */
            at--;
            continue;
        }
        size_t low = at > window ? at - window : 0, value = 0;
        while (!(e[low / 64] >> low % 64 & 1)) {
            low++;
        }
        for (size_t i = at; i-- > low;) {
            value = 2 * value + (e[i / 64] >> i % 64 & 1);
        }
        if (started) {
            for (size_t i = low; i < at; i++) {
                be__poly_mod_mul(m, r, r, r);
            }
            be__poly_mod_mul(m, r, r, power + value / 2 * n);
        } else {
            memcpy(r, power + value / 2 * n, n * sizeof *r);
            started = true;
        }
        at = low;
    }
}
