/* order.c: the order of x modulo an irreducible polynomial, from the primes of q^d - 1.
 *
 * x^(q^d - 1) = 1. For q^d - 1 = product of r_i^e_i, the exponent of r_i in the order is the least
 * e with y^(r_i^e) = 1, where y = x^(product of the others). These y are computed in a tree: for
 * each half of the primes, raise to the product of the other half, and go on with that half. So the
 * cost is one exponentiation with q^d - 1 for each level, log2 of the number of primes.
 *
 * A factor c whose primes are not known is treated like one: if y = 1, no prime of c is in the
 * order. If not, some are, and nothing more is said: the order is a multiple of what the others
 * give, and divides that times c.
 */
#include "lfsr/algebra.h"

#include <stdlib.h>
#include <string.h>

/* The group in which powers are taken: one of the two is there. */
typedef struct group {
    be__gf2x_mod *binary;
    be__poly_mod *other;
    size_t bytes; /* of an element */
    const be__primes *primes;
    be__int *order, *multiple;
    be__int exponent; /* scratch */
    bool complete;
} group;

static void power(group *g, void *r, const void *a, const be__int *e)
{
    size_t n;
    const uint64_t *limbs = be__int_limbs(e, &n);
    if (g->binary) {
        be__gf2x_mod_pow(g->binary, r, a, limbs, n);
    } else {
        be__poly_mod_pow(g->other, r, a, limbs, n);
    }
}

static bool is_one(const group *g, const void *a)
{
    return g->binary ? be__gf2x_mod_is_one(g->binary, a) : be__poly_mod_is_one(g->other, a);
}

/* The exponent of one prime, from its y. */
static void settle(group *g, const be__prime *prime, unsigned char *y)
{
    for (unsigned long e = 0; e < prime->exponent && !is_one(g, y); e++) {
        be__int_mul(g->multiple, g->multiple, &prime->value);
        if (prime->composite) {
            g->complete = false;
        } else {
            be__int_mul(g->order, g->order, &prime->value);
        }
        power(g, y, y, &prime->value);
    }
}

/* a has an order made of primes [begin, end) only; `room` is for an element a level. */
static void descend(group *g, const unsigned char *a, size_t begin, size_t end, unsigned char *room)
{
    if (end - begin == 1) {
        memcpy(room, a, g->bytes);
        settle(g, &g->primes->item[begin], room);
        return;
    }
    size_t middle = begin + (end - begin) / 2;
    for (int half = 0; half < 2; half++) {
        size_t from = half ? begin : middle, to = half ? middle : end;
        be__int_set_u64(&g->exponent, 1);
        for (size_t i = from; i < to; i++) {
            for (unsigned long e = 0; e < g->primes->item[i].exponent; e++) {
                be__int_mul(&g->exponent, &g->exponent, &g->primes->item[i].value);
            }
        }
        power(g, room, a, &g->exponent);
        if (!is_one(g, room)) {
            descend(g, room, half ? middle : begin, half ? end : middle, room + g->bytes);
        }
    }
}

be_status be__order_of_x(const be__field *field, const be__poly *poly, const be__primes *primes,
                         be__int *order, be__int *multiple, bool *complete)
{
    enum { LEVELS = 40 }; /* of a tree over at most 2^38 primes */
    size_t degree = (size_t)be__poly_degree(poly);
    group g = {.primes = primes, .order = order, .multiple = multiple, .complete = true};
    be__gf2x binary = {0};
    unsigned char *room = NULL;
    bool ok;
    if (field->q == 2) {
        ok = be__gf2x_reserve(&binary, degree / 64 + 1);
        for (size_t i = 0; ok && i <= degree; i++) {
            ok = poly->c[i] == 0 || be__gf2x_flip(&binary, i);
        }
        ok = ok && (g.binary = be__gf2x_mod_create(&binary)) != NULL;
        g.bytes = (degree + 63) / 64 * sizeof(uint64_t);
    } else {
        ok = (g.other = be__poly_mod_create(field, poly)) != NULL;
        g.bytes = degree * sizeof(uint32_t);
    }
    ok = ok && (room = calloc(LEVELS, g.bytes)) != NULL;
    if (ok) {
        be__int_set_u64(order, 1);
        be__int_set_u64(multiple, 1);
        be__int_init(&g.exponent);
        if (g.binary) {
            const uint64_t one[1] = {1};
            be__gf2x_mod_pow_x(g.binary, (uint64_t *)(void *)room, one, 1);
        } else {
            be__poly_mod_set_x(g.other, (uint32_t *)(void *)room);
        }
        if (primes->n > 0) {
            descend(&g, room, 0, primes->n, room + g.bytes);
        }
        be__int_clear(&g.exponent);
        *complete = g.complete;
    }
    free(room);
    be__gf2x_mod_destroy(g.binary);
    be__poly_mod_destroy(g.other);
    be__gf2x_clear(&binary);
    return ok ? BE_OK : BE_ENOMEM;
}

be_status be__structure_orders(be__structure *s, const be__effort *effort)
{
    be__primes primes; /* of the degree before: divisors come sorted by degree */
    be__primes_init(&primes);
    size_t degree = 0;
    be_status status = BE_OK;
    s->complete = true;
    for (size_t i = 0; i < s->n_divisors && !status; i++) {
        be__divisor *divisor = &s->divisor[i];
        if (divisor->is_x) {
            divisor->complete = true;
            continue;
        }
        if ((size_t)be__poly_degree(&divisor->poly) != degree) {
            degree = (size_t)be__poly_degree(&divisor->poly);
            status = be__primes_of_power(s->field->p, s->field->k * degree, effort, &primes);
        }
        if (!status) {
            status = be__order_of_x(s->field, &divisor->poly, &primes, &divisor->order,
                                    &divisor->multiple, &divisor->complete);
            s->complete &= divisor->complete;
        }
    }
    be__primes_clear(&primes);
    return status;
}
