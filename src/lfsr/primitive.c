/* primitive.c: primitive polynomials of one degree.
 *
 * f of degree n is primitive when x^(q^n - 1) = 1 modulo f, and x^((q^n - 1) / r) is not 1 for each
 * prime r of q^n - 1. Then x has q^n - 1 different powers modulo f, so every residue but 0 is a
 * unit: f is irreducible, too. The constant term of such an f is, up to its sign, a product of n
 * conjugates and generates the units of GF(q), which spares testing most.
 */
#include "lfsr/algebra.h"

#include <stdlib.h>
#include <string.h>

struct be_lfsr_primitives {
    be__field *field;
    size_t n;
    be__primes primes; /* of q^n - 1 */
    be__primes units;  /* of q - 1 */
    be__int all;       /* q^n - 1 */
    be__int count;
    be__int exponent; /* scratch */
    be__poly poly;    /* scratch */
    be__gf2x binary;  /* scratch */
};

static void count_all(be_lfsr_primitives *p)
{
    /* phi(q^n - 1) / n. */
    be__int degree, less;
    be__int_init_u64(&degree, p->n);
    be__int_init(&less);
    be__int_set(&p->count, &p->all);
    for (size_t i = 0; i < p->primes.n; i++) {
        be__int_div(&p->count, &p->count, &p->primes.item[i].value);
        be__int_sub_u64(&less, &p->primes.item[i].value, 1);
        be__int_mul(&p->count, &p->count, &less);
    }
    be__int_div(&p->count, &p->count, &degree);
    be__int_clear(&degree);
    be__int_clear(&less);
}

be_status be_lfsr_primitives_create(const be_lfsr_field *field, size_t degree,
                                    const be_lfsr_analyze_options *options,
                                    be_lfsr_primitives **primitives, be_error *error)
{
    if (degree == 0 || degree > BE_LFSR_CELLS_MAX) {
        return be_error_set(error, BE_EINVAL, "a degree from 1 to %d", BE_LFSR_CELLS_MAX);
    }
    be_lfsr_primitives *p = calloc(1, sizeof *p);
    if (!p) {
        return be_error_set(error, BE_ENOMEM, "memory for a search");
    }
    p->n = degree;
    be__primes_init(&p->primes);
    be__primes_init(&p->units);
    be__int_init(&p->all);
    be__int_init(&p->count);
    be__int_init(&p->exponent);
    be__effort effort = {0};
    be__int *known = NULL;
    size_t n_known = 0;
    be_status status = be__field_of(field, &p->field, error);
    if (!status && options) {
        effort.cancel = options->cancel;
        effort.deadline_ns = options->time_ns ? be_now_ns() + options->time_ns : 0;
        if (options->known) {
            status = be__known_read(options->known, options->known_size, &known, &n_known, error);
            effort.known = known;
            effort.n_known = n_known;
        }
    }
    if (!status) {
        status = be__primes_of_power(p->field->p, p->field->k * degree, &effort, &p->primes);
        status =
            status ? status : be__primes_of_power(p->field->p, p->field->k, &effort, &p->units);
        if (status) {
            be_error_set(error, status, "%s", be_status_text(status));
        } else if (!p->primes.complete) {
            status = be_error_set(error, BE_EDOMAIN,
                                  "a degree n for which the primes of %u^n - 1 are known, or more "
                                  "time to find them",
                                  p->field->q);
        }
    }
    be__known_clear(known, n_known);
    if (status) {
        be_lfsr_primitives_destroy(p);
        return status;
    }
    be__int_pow(&p->all, p->field->q, degree);
    be__int_sub_u64(&p->all, &p->all, 1);
    count_all(p);
    *primitives = p;
    return BE_OK;
}

void be_lfsr_primitives_destroy(be_lfsr_primitives *p)
{
    if (p) {
        be__field_destroy(p->field);
        be__primes_clear(&p->primes);
        be__primes_clear(&p->units);
        be__int_clear(&p->all);
        be__int_clear(&p->count);
        be__int_clear(&p->exponent);
        be__poly_clear(&p->poly);
        be__gf2x_clear(&p->binary);
        free(p);
    }
}

be_lfsr_integer be_lfsr_primitives_count(const be_lfsr_primitives *primitives)
{
    be_lfsr_integer count;
    count.limb = be__int_limbs(&primitives->count, &count.n);
    return count;
}

/* Whether (-1)^n c_0, the product of all roots, generates the units of GF(q). */
static bool fits(const be_lfsr_primitives *p, uint32_t c0)
{
    const be__field *f = p->field;
    uint32_t product = p->n % 2 ? be__field_neg(f, c0) : c0;
    for (size_t i = 0; i < p->units.n; i++) {
        uint64_t prime = be__int_u64(&p->units.item[i].value);
        if (be__field_pow(f, product, (f->q - 1) / prime) == 1) {
            return false;
        }
    }
    return product != 0;
}

/* Whether x^exponent = 1 modulo the ring's polynomial. */
static bool is_one(be__gf2x_mod *binary, be__poly_mod *other, const be__int *exponent, void *room)
{
    size_t n;
    const uint64_t *limbs = be__int_limbs(exponent, &n);
    if (binary) {
        be__gf2x_mod_pow_x(binary, room, limbs, n);
        return be__gf2x_mod_is_one(binary, room);
    }
    be__poly_mod_set_x(other, room);
    be__poly_mod_pow(other, room, room, limbs, n);
    return be__poly_mod_is_one(other, room);
}

be_status be_lfsr_primitives_test(be_lfsr_primitives *p, const uint64_t *c, bool *primitive)
{
    *primitive = false;
    if (c[p->n] != 1 || !fits(p, (uint32_t)c[0])) {
        return BE_OK;
    }
    be__gf2x_mod *binary = NULL;
    be__poly_mod *other = NULL;
    bool ok;
    if (p->field->q == 2) {
        ok = be__gf2x_reserve(&p->binary, p->n / 64 + 1);
        if (ok) {
            memset(p->binary.limb, 0, (p->n / 64 + 1) * sizeof(uint64_t));
            unsigned weight = 0;
            for (size_t i = 0; i <= p->n; i++) {
                p->binary.limb[i / 64] |= c[i] << i % 64;
                weight ^= (unsigned)c[i];
            }
            p->binary.n = p->n / 64 + 1;
            if (weight == 0 && p->n > 1) {
                return BE_OK; /* divisible by x + 1 */
            }
            binary = be__gf2x_mod_create(&p->binary);
        }
    } else {
        ok = be__poly_reserve(&p->poly, p->n + 1);
        for (size_t i = 0; ok && i <= p->n; i++) {
            p->poly.c[i] = (uint32_t)c[i];
        }
        p->poly.n = p->n + 1;
        if (ok) {
            other = be__poly_mod_create(p->field, &p->poly);
        }
    }
    void *room = calloc(p->n / 64 + 1, 64 * sizeof(uint32_t)); /* an element of either ring */
    ok = ok && (binary || other) && room;
    if (ok) {
        bool yes = is_one(binary, other, &p->all, room);
        for (size_t i = 0; i < p->primes.n && yes; i++) {
            be__int_div(&p->exponent, &p->all, &p->primes.item[i].value);
            yes = !is_one(binary, other, &p->exponent, room);
        }
        *primitive = yes;
    }
    free(room);
    be__gf2x_mod_destroy(binary);
    be__poly_mod_destroy(other);
    return ok ? BE_OK : BE_ENOMEM;
}

be_status be_lfsr_primitives_next(be_lfsr_primitives *p, const be_cancel *cancel, uint64_t *c)
{
    uint64_t *next = malloc((p->n + 1) * sizeof *next);
    if (!next) {
        return BE_ENOMEM;
    }
    memcpy(next, c, (p->n + 1) * sizeof *next);
    be_status status = BE_OK;
    bool found = false;
    while (!found && !status) {
        size_t i = 0;
        while (i < p->n && next[i] == p->field->q - 1) {
            next[i++] = 0;
        }
        if (i == p->n) {
            status = BE_EDOMAIN;
        } else if (cancel && be_cancel_raised(cancel)) {
            status = BE_ECANCEL;
        } else {
            next[i]++;
            status = be_lfsr_primitives_test(p, next, &found);
        }
    }
    if (!status) {
        memcpy(c, next, (p->n + 1) * sizeof *next);
    }
    free(next);
    return status;
}
