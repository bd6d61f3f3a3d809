/* jump.c: far along a sequence: jumps, periods of states, distances.
 *
 * Polynomials act on states: (c_0 + c_1 x + ...) s is the sum of c_i times the state i steps on.
 * With an added constant the same sums are right for states that carry one more cell, which is
 * always 1, and whose characteristic polynomial has one more factor x - 1. Let F be the
 * characteristic polynomial, that one included; F s = 0 for each s.
 *
 *   A jump by N is the polynomial x^N mod F.
 *   The period of s comes from its annihilator: F with each factor taken out as often as it still
 *   sends s to 0. A factor x left in it is a step of tail, and the rest has the order that the
 * orders of its factors give. A distance from s to t: find h with h s = t, by elimination; h is a
 * power of x modulo the annihilator of s, if there is one at all. Its logarithm is found prime by
 * prime of the period.
 */
#include "lfsr/machine.h"
#include "lfsr/primes.h"

#include <stdlib.h>
#include <string.h>

/* What each call works with. Vectors have `size` words: packed bits when q = 2, else an element
 * each; the cell that is always 1 is not kept. */
typedef struct orbit {
    const be_lfsr *lfsr;
    be__lfsr_machine machine;
    be__field *field;
    be_lfsr_analysis analysis;
    size_t size;
    size_t degree; /* of F */
} orbit;

static uint64_t *new_words(size_t n)
{
    return calloc(n ? n : 1, sizeof(uint64_t));
}

static void orbit_clear(orbit *o)
{
    be__lfsr_machine_clear(&o->machine);
    be__field_destroy(o->field);
    be_lfsr_analysis_clear(&o->analysis);
}

static be_status orbit_init(orbit *o, const be_lfsr *lfsr, be_lfsr_want want, uint64_t time_ns,
                            const be_cancel *cancel, be_error *error)
{
    *o = (orbit){.lfsr = lfsr, .degree = lfsr->n + (lfsr->constant != NULL)};
    be_lfsr_analyze_options options = {
        .size = sizeof options, .want = want, .time_ns = time_ns, .cancel = cancel};
    be_status status = be__lfsr_machine_init(lfsr, &o->machine);
    if (status) {
        return be_error_set(error, status, "memory for the register");
    }
    o->size = lfsr->field.q == 2 ? o->machine.n_words : lfsr->n;
    status = be__lfsr_field(&lfsr->field, &o->field);
    status = status ? status : be_lfsr_analyze(lfsr, &options, &o->analysis, error);
    if (status) {
        orbit_clear(o);
        return be_error_set(error, status, "memory, or time, for the polynomial");
    }
    return BE_OK;
}

/* ---- vectors -------------------------------------------------------------------------------- */

static be_status load(const orbit *o, const uint64_t *state, uint64_t *v, be_error *error)
{
    memset(v, 0, o->size * sizeof *v);
    for (size_t i = 0; i < o->lfsr->n; i++) {
        if (state[i] >= o->lfsr->field.q) {
            return be_error_set(error, BE_EINVAL, "a state with cells below q");
        }
        if (o->lfsr->field.q == 2) {
            v[i / 64] |= state[i] << i % 64;
        } else {
            v[i] = state[i];
        }
    }
    return BE_OK;
}

static void store(const orbit *o, const uint64_t *v, uint64_t *state)
{
    for (size_t i = 0; i < o->lfsr->n; i++) {
        state[i] = o->lfsr->field.q == 2 ? be__lfsr_bit(v, i) : v[i];
    }
}

static void step(const orbit *o, uint64_t *v)
{
    if (o->lfsr->field.q == 2) {
        be__lfsr_machine_step_bits(&o->machine, v);
    } else {
        be__lfsr_machine_step(&o->machine, v);
    }
}

/* a += c b */
static void add_multiple(const orbit *o, uint64_t *a, uint32_t c, const uint64_t *b)
{
    for (size_t i = 0; i < o->size && c; i++) {
        a[i] = o->lfsr->field.q == 2 ? a[i] ^ b[i]
                                     : be__field_add(o->field, (uint32_t)a[i],
                                                     be__field_mul(o->field, c, (uint32_t)b[i]));
    }
}

/* result = c v; the last cell, always 1, becomes *one. */
static be_status act(const orbit *o, const be__poly *c, const uint64_t *v, uint64_t *result,
                     uint32_t *one)
{
    uint64_t *at = new_words(o->size);
    if (!at) {
        return BE_ENOMEM;
    }
    memcpy(at, v, o->size * sizeof *at);
    memset(result, 0, o->size * sizeof *result);
    *one = 0;
    for (size_t i = 0; i < c->n; i++) {
        add_multiple(o, result, c->c[i], at);
        *one = be__field_add(o->field, *one, c->c[i]);
        step(o, at);
    }
    free(at);
    return BE_OK;
}

/* Whether c v = 0, the last cell included when there is one. */
static be_status annihilates(const orbit *o, const be__poly *c, const uint64_t *v, bool *yes)
{
    uint64_t *result = new_words(o->size);
    uint32_t one = 0;
    be_status status = result ? act(o, c, v, result, &one) : BE_ENOMEM;
    *yes = !o->lfsr->constant || one == 0;
    for (size_t i = 0; i < o->size && !status; i++) {
        *yes = *yes && result[i] == 0;
    }
    free(result);
    return status;
}

/* ---- polynomials ---------------------------------------------------------------------------- */

static bool set_coefficients(be__poly *p, const uint64_t *c, size_t n)
{
    bool fits = be__poly_reserve(p, n);
    p->n = 0;
    for (size_t i = n; i-- > 0 && fits;) {
        fits = c[i] == 0 || be__poly_set_coefficient(p, i, (uint32_t)c[i]);
    }
    return fits;
}

static bool x_minus_1(const orbit *o, be__poly *p)
{
    uint32_t c[2] = {be__field_neg(o->field, 1), 1};
    return be__poly_set_coefficients(p, c, 2);
}

/* F */
static bool whole(const orbit *o, be__poly *f)
{
    be__poly more;
    be__poly_init(&more);
    bool fits = set_coefficients(f, o->analysis.characteristic, o->lfsr->n + 1);
    if (fits && o->lfsr->constant) {
        fits = x_minus_1(o, &more) && be__poly_mul(o->field, f, f, &more);
    }
    be__poly_clear(&more);
    return fits;
}

/* Polynomials modulo m as arrays of words: limbs for q = 2, coefficients else. */
typedef struct ring {
    const be__field *field;
    const be__poly *m;
    be__gf2x_mod *bits;
    size_t size;
} ring;

static bool ring_init(ring *r, const orbit *o, const be__poly *m)
{
    *r = (ring){.field = o->field, .m = m, .size = m->n - 1};
    if (o->lfsr->field.q == 2) {
        be__gf2x f;
        be__gf2x_init(&f);
        bool fits = true;
        for (size_t i = 0; i < m->n && fits; i++) {
            fits = m->c[i] == 0 || be__gf2x_flip(&f, i);
        }
        r->bits = fits ? be__gf2x_mod_create(&f) : NULL;
        r->size = r->bits ? be__gf2x_mod_limbs(r->bits) : 0;
        be__gf2x_clear(&f);
        return r->bits != NULL;
    }
    return true;
}

static void ring_clear(ring *r)
{
    be__gf2x_mod_destroy(r->bits);
}

static bool from_poly(const ring *r, const be__poly *p, uint64_t *a)
{
    memset(a, 0, r->size * sizeof *a);
    for (size_t i = 0; i < p->n; i++) {
        if (r->bits) {
            a[i / 64] |= (uint64_t)p->c[i] << i % 64;
        } else {
            a[i] = p->c[i];
        }
    }
    return true;
}

static bool to_poly(const ring *r, const uint64_t *a, be__poly *p)
{
    size_t n = r->m->n - 1;
    bool fits = be__poly_reserve(p, n);
    p->n = 0;
    for (size_t i = n; i-- > 0 && fits;) {
        uint32_t c = r->bits ? be__lfsr_bit(a, i) : (uint32_t)a[i];
        fits = c == 0 || be__poly_set_coefficient(p, i, c);
    }
    return fits;
}

static bool ring_mul(ring *r, uint64_t *to, const uint64_t *a, const uint64_t *b)
{
    if (r->bits) {
        be__gf2x_mod_mul(r->bits, to, a, b);
        return true;
    }
    be__poly x, y;
    be__poly_init(&x);
    be__poly_init(&y);
    bool fits = to_poly(r, a, &x) && to_poly(r, b, &y) &&
                be__poly_mul_mod(r->field, &x, &x, &y, r->m) && from_poly(r, &x, to);
    be__poly_clear(&x);
    be__poly_clear(&y);
    return fits;
}

/* to = a^e; a NULL: x^e. */
static bool ring_pow(ring *r, uint64_t *to, const uint64_t *a, const be__int *e)
{
    size_t n_e;
    const uint64_t *limbs = be__int_limbs(e, &n_e);
    if (r->bits) {
        if (a) {
            be__gf2x_mod_pow(r->bits, to, a, limbs, n_e);
        } else {
            be__gf2x_mod_pow_x(r->bits, to, limbs, n_e);
        }
        return true;
    }
    be__poly base;
    be__poly_init(&base);
    bool fits = a ? to_poly(r, a, &base) : be__poly_set_coefficient(&base, 1, 1);
    if (fits && !a) {
        fits = be__poly_divrem(r->field, NULL, &base, &base, r->m);
    }
    fits = fits && be__poly_pow_mod(r->field, &base, &base, limbs, n_e, r->m) &&
           from_poly(r, &base, to);
    be__poly_clear(&base);
    return fits;
}

/* ---- jump ----------------------------------------------------------------------------------- */

/* after = x^steps state. */
static be_status jump(const orbit *o, const uint64_t *v, const be__int *steps, uint64_t *after)
{
    be__poly f, power;
    ring r = {0};
    uint32_t one;
    be__poly_init(&f);
    be__poly_init(&power);
    uint64_t *x = NULL;
    bool fits = whole(o, &f) && ring_init(&r, o, &f);
    fits =
        fits && (x = new_words(r.size)) && ring_pow(&r, x, NULL, steps) && to_poly(&r, x, &power);
    be_status status = fits ? act(o, &power, v, after, &one) : BE_ENOMEM;
    free(x);
    ring_clear(&r);
    be__poly_clear(&f);
    be__poly_clear(&power);
    return status;
}

be_status be_lfsr_jump(const be_lfsr *lfsr, const uint64_t *state, const char *steps, size_t size,
                       uint64_t *after, be_error *error)
{
    orbit o;
    be__int n;
    be__int_init(&n);
    if (size > BE_LFSR_KNOWN_DIGITS_MAX || !be__int_parse(&n, steps, size)) {
        be__int_clear(&n);
        return be_error_set(error, BE_EINVAL, "a whole number of at most %d digits",
                            BE_LFSR_KNOWN_DIGITS_MAX);
    }
    be_status status = orbit_init(&o, lfsr, BE_LFSR_WANT_FACTORS, 0, NULL, error);
    if (status) {
        be__int_clear(&n);
        return status;
    }
    uint64_t *v = new_words(2 * o.size);
    status = v ? load(&o, state, v, error) : BE_ENOMEM;
    status = status ? status : jump(&o, v, &n, v + o.size);
    if (!status) {
        store(&o, v + o.size, after);
    } else if (status == BE_ENOMEM) {
        be_error_set(error, status, "memory for the jump");
    }
    free(v);
    orbit_clear(&o);
    be__int_clear(&n);
    return status;
}

/* ---- period --------------------------------------------------------------------------------- */

/* period = lcm(period, order of g^exponent). */
static void add_order(const orbit *o, const be_lfsr_factor *g, size_t exponent, be__int *period)
{
    be__int order;
    be__int_init(&order);
    be__int_set_u64(&order, 1);
    if (g) {
        be__int_set_limbs(&order, g->order.limb, g->order.n);
    }
    for (size_t power = 1; power < exponent; power *= (size_t)o->lfsr->field.p) {
        be__int_mul_u64(&order, &order, o->lfsr->field.p);
    }
    be__int_lcm(period, period, &order);
    be__int_clear(&order);
}

/* Take g out of *m as often as it then still sends v to 0; *left is how often it stays. */
static be_status strip(const orbit *o, const uint64_t *v, const be__poly *g, size_t exponent,
                       be__poly *m, size_t *left)
{
    be__poly less;
    be__poly_init(&less);
    be_status status = BE_OK;
    *left = exponent;
    for (bool yes = true; *left > 0 && yes && !status;) {
        status = be__poly_divrem(o->field, &less, NULL, m, g) ? annihilates(o, &less, v, &yes)
                                                              : BE_ENOMEM;
        if (!status && yes) {
            be__poly_swap(m, &less);
            --*left;
        }
    }
    be__poly_clear(&less);
    return status;
}

static bool is_x_minus_1(const orbit *o, const be_lfsr_factor *g)
{
    return g->degree == 1 && g->coefficients[0] == be__field_neg(o->field, 1);
}

/* The annihilator of v, its period, and its tail. */
static be_status annihilator(const orbit *o, const uint64_t *v, be__poly *m, be__int *period,
                             size_t *tail)
{
    be__poly g;
    be__poly_init(&g);
    be_status status = whole(o, m) ? BE_OK : BE_ENOMEM;
    bool extra = o->lfsr->constant != NULL; /* a factor x - 1 not among the others yet */
    be__int_set_u64(period, 1);
    *tail = 0;
    for (size_t i = 0; i < o->analysis.n_factors && !status; i++) {
        const be_lfsr_factor *f = &o->analysis.factors[i];
        size_t exponent = f->exponent, left = 0;
        if (extra && is_x_minus_1(o, f)) {
            exponent++;
            extra = false;
        }
        status = set_coefficients(&g, f->coefficients, f->degree + 1) ? BE_OK : BE_ENOMEM;
        status = status ? status : strip(o, v, &g, exponent, m, &left);
        if (f->degree == 1 && f->coefficients[0] == 0) {
            *tail = left;
        } else if (left > 0) {
            status = status || f->complete ? status : BE_ELIMIT;
            add_order(o, f, left, period);
        }
    }
    if (!status && extra) {
        size_t left;
        status = x_minus_1(o, &g) ? strip(o, v, &g, 1, m, &left) : BE_ENOMEM;
    }
    be__poly_clear(&g);
    return status;
}

static be_status add_integer(const be__int *n, be_text *text)
{
    size_t size;
    const uint64_t *limbs = be__int_limbs(n, &size);
    be_lfsr_integer_format((be_lfsr_integer){limbs, size}, text);
    return be_text_status(text);
}

static be_status explain(be_status status, be_error *error)
{
    return status == BE_ENOMEM ? be_error_set(error, status, "memory for the state's orbit")
           : status == BE_ELIMIT
               ? be_error_set(error, status, "primes of q^d - 1 that were not found in this time")
               : status;
}

be_status be_lfsr_state_period(const be_lfsr *lfsr, const uint64_t *state, uint64_t time_ns,
                               const be_cancel *cancel, be_text *period, size_t *tail,
                               be_error *error)
{
    orbit o;
    be_status status = orbit_init(&o, lfsr, BE_LFSR_WANT_ORDER, time_ns, cancel, error);
    if (status) {
        return status;
    }
    be__poly m;
    be__int n;
    be__poly_init(&m);
    be__int_init(&n);
    uint64_t *v = new_words(o.size);
    status = v ? load(&o, state, v, error) : BE_ENOMEM;
    status = status ? status : annihilator(&o, v, &m, &n, tail);
    status = status ? status : add_integer(&n, period);
    free(v);
    be__int_clear(&n);
    be__poly_clear(&m);
    orbit_clear(&o);
    return explain(status, error);
}

/* ---- distance ------------------------------------------------------------------------------- */

enum { PRIME_BITS_MAX = 50, BABY_STEPS_MAX = 1 << 23 };

/* h with h v = w, of degree less than m's, by elimination: rows are v, x v, ..., each reduced, with
 * what it is made of beside it. */
static be_status solve(const orbit *o, const uint64_t *v, const uint64_t *w, size_t d, be__poly *h,
                       bool *found)
{
    const be__field *f = o->field;
    size_t n = o->lfsr->n + 1, width = n + d;
    uint32_t *rows = calloc((d + 1) * width, sizeof *rows);
    uint64_t *at = new_words(o->size), *cells = new_words(o->lfsr->n);
    be_status status = rows && at && cells ? BE_OK : BE_ENOMEM;
    if (!status) {
        memcpy(at, v, o->size * sizeof *at);
    }
    for (size_t i = 0; i <= d && !status; i++) { /* row d is w */
        uint32_t *row = rows + i * width;
        store(o, i < d ? at : w, cells);
        for (size_t j = 0; j + 1 < n; j++) {
            row[j] = (uint32_t)cells[j];
        }
        row[n - 1] = o->lfsr->constant != NULL;
        if (i < d) {
            row[n + i] = 1;
            step(o, at);
        }
        for (size_t k = 0; k < i && k < d; k++) {
            const uint32_t *pivot = rows + k * width;
            size_t j = 0;
            while (j < n && !pivot[j]) {
                j++;
            }
            if (j < n && row[j]) {
                uint32_t by =
                    be__field_neg(f, be__field_mul(f, row[j], be__field_inv(f, pivot[j])));
                for (size_t c = j; c < width; c++) {
                    row[c] = be__field_add(f, row[c], be__field_mul(f, by, pivot[c]));
                }
            }
        }
    }
    *found = !status;
    for (size_t j = 0; j < n && !status; j++) {
        *found = *found && rows[d * width + j] == 0;
    }
    h->n = 0;
    for (size_t i = d; i-- > 0 && *found && !status;) {
        uint32_t c = be__field_neg(f, rows[d * width + n + i]);
        status = c == 0 || be__poly_set_coefficient(h, i, c) ? BE_OK : BE_ENOMEM;
    }
    free(rows);
    free(at);
    free(cells);
    return status;
}

/* Powers of an element by a hash of their words; the index is checked by who finds it. */
typedef struct table {
    uint64_t *hash; /* [size] 0: free */
    uint32_t *index;
    size_t size; /* a power of two */
} table;

static uint64_t hash_of(const ring *r, const uint64_t *a)
{
    return be_hash(a, r->size * sizeof *a).low | 1;
}

static void table_put(table *t, uint64_t hash, uint32_t index)
{
    size_t i = hash >> 1 & (t->size - 1);
    while (t->hash[i]) {
        i = (i + 1) & (t->size - 1);
    }
    t->hash[i] = hash;
    t->index[i] = index;
}

static bool table_get(const table *t, uint64_t hash, uint32_t *index)
{
    for (size_t i = hash >> 1 & (t->size - 1); t->hash[i]; i = (i + 1) & (t->size - 1)) {
        if (t->hash[i] == hash) {
            *index = t->index[i];
            return true;
        }
    }
    return false;
}

/* The e < prime with g^e = a, by baby steps and giant steps; BE_EDOMAIN when there is none. */
static be_status small_log(ring *r, const uint64_t *g, const uint64_t *a, uint64_t prime,
                           const be_cancel *cancel, uint64_t *e)
{
    uint64_t baby = 1;
    while (baby * baby < prime && baby < BABY_STEPS_MAX) {
        baby *= 2;
    }
    baby = baby < prime ? baby : prime;
    table t = {.size = 4};
    while (t.size < 2 * baby) {
        t.size *= 2;
    }
    t.hash = calloc(t.size, sizeof *t.hash);
    t.index = calloc(t.size, sizeof *t.index);
    uint64_t *at = new_words(3 * r->size), *giant = at + r->size, *power = giant + r->size;
    be__int exponent;
    be__int_init_u64(&exponent, 0);
    bool fits = t.hash && t.index && at && ring_pow(r, power, NULL, &exponent); /* 1 */
    for (uint64_t i = 0; i < baby && fits; i++) {
        table_put(&t, hash_of(r, power), (uint32_t)i);
        fits = ring_mul(r, power, power, g);
    }
    /* a g^(-baby k) = g^i for some k: g^-baby = g^(prime - baby) */
    be__int_set_u64(&exponent, prime - baby % prime);
    fits = fits && ring_pow(r, giant, g, &exponent);
    be_status status = fits ? BE_EDOMAIN : BE_ENOMEM;
    if (fits) {
        memcpy(at, a, r->size * sizeof *at);
    }
    for (uint64_t k = 0; fits && status == BE_EDOMAIN && k * baby < prime; k++) {
        uint32_t i;
        if (table_get(&t, hash_of(r, at), &i)) {
            *e = k * baby + i;
            status = BE_OK;
        } else if (k % 4096 == 0 && cancel && be_cancel_raised(cancel)) {
            status = BE_ECANCEL;
        } else {
            fits = ring_mul(r, at, at, giant);
            status = fits ? status : BE_ENOMEM;
        }
    }
    be__int_clear(&exponent);
    free(t.hash);
    free(t.index);
    free(at);
    return status;
}

/* What is known of the logarithm of h: h = x^(known + modulus e) for some e below `left`, and
 * modulus * left is the period. */
typedef struct logarithm {
    ring *r;
    const uint64_t *h;
    be__int period, known, modulus, left;
    const be_cancel *cancel;
} logarithm;

/* e modulo a prime that divides `left`: (h / x^known)^(left / prime) = (x^(period / prime))^e. */
static be_status one_digit(logarithm *l, const be__int *prime)
{
    ring *r = l->r;
    if (be__int_bits(prime) > PRIME_BITS_MAX) {
        return BE_ELIMIT;
    }
    uint64_t *g = new_words(2 * r->size), digit = 0;
    if (!g) {
        return BE_ENOMEM;
    }
    uint64_t *rest = g + r->size;
    be__int power;
    be__int_init(&power);
    be__int_div(&power, &l->period, prime);
    bool fits = ring_pow(r, g, NULL, &power);
    be__int_sub(&power, &l->period, &l->known); /* known < modulus <= period */
    fits = fits && ring_pow(r, rest, NULL, &power) && ring_mul(r, rest, rest, l->h);
    be__int_div(&l->left, &l->left, prime);
    fits = fits && ring_pow(r, rest, rest, &l->left);
    be_status status =
        fits ? small_log(r, g, rest, be__int_u64(prime), l->cancel, &digit) : BE_ENOMEM;
    be__int_mul_u64(&power, &l->modulus, digit);
    be__int_add(&l->known, &l->known, &power);
    be__int_mul(&l->modulus, &l->modulus, prime);
    be__int_clear(&power);
    free(g);
    return status;
}

static be_status all_digits_of(logarithm *l, const be__int *prime)
{
    be_status status = BE_OK;
    while (!status && be__int_divides(prime, &l->left)) {
        status = one_digit(l, prime);
    }
    return status;
}

/* Digit by digit, by the primes of the orders that the period is made of. */
static be_status find_log(const orbit *o, logarithm *l, const be__effort *effort)
{
    const be_lfsr_field *field = &o->lfsr->field;
    be__int p;
    be__int_init_u64(&p, field->p);
    be_status status = all_digits_of(l, &p);
    be__int_clear(&p);
    for (size_t i = 0; i < o->analysis.n_factors && !status; i++) {
        be__primes primes;
        be__primes_init(&primes);
        status = be__primes_of_power(field->p, field->k * o->analysis.factors[i].degree, effort,
                                     &primes);
        for (size_t k = 0; k < primes.n && !status; k++) {
            if (!primes.item[k].composite) {
                status = all_digits_of(l, &primes.item[k].value);
            }
        }
        be__primes_clear(&primes);
    }
    return status || be__int_compare_u64(&l->left, 1) == 0 ? status : BE_ELIMIT;
}

/* v is on a cycle: the least N with x^N v = w. */
static be_status distance_on_cycle(const orbit *o, const uint64_t *v, const uint64_t *w,
                                   const be__effort *effort, be__int *distance)
{
    be__poly m, h;
    be__poly_init(&m);
    be__poly_init(&h);
    logarithm l = {.cancel = effort->cancel};
    be__int *const numbers[] = {&l.period, &l.known, &l.modulus, &l.left};
    for (size_t i = 0; i < 4; i++) {
        be__int_init_u64(numbers[i], i == 2);
    }
    ring r = {0};
    size_t tail;
    bool found = false;
    uint64_t *words = NULL;
    be_status status = annihilator(o, v, &m, &l.period, &tail);
    if (!status) {
        status = solve(o, v, w, m.n - 1, &h, &found);
    }
    if (!status && !found) {
        status = BE_EDOMAIN;
    }
    if (!status && m.n > 1) { /* else v is 0, and so is w */
        bool fits = ring_init(&r, o, &m);
        words = fits ? new_words(2 * r.size) : NULL;
        status = words && from_poly(&r, &h, words) ? BE_OK : BE_ENOMEM;
        l.r = &r;
        l.h = words;
        be__int_set(&l.left, &l.period);
        status = status ? status : find_log(o, &l, effort);
        if (!status) { /* the digits exist; whether they are of h shows now */
            status = ring_pow(&r, words + r.size, NULL, &l.known) ? BE_OK : BE_ENOMEM;
            if (!status && memcmp(words, words + r.size, r.size * sizeof *words) != 0) {
                status = BE_EDOMAIN;
            }
        }
    }
    be__int_swap(distance, &l.known);
    for (size_t i = 0; i < 4; i++) {
        be__int_clear(numbers[i]);
    }
    free(words);
    ring_clear(&r);
    be__poly_clear(&m);
    be__poly_clear(&h);
    return status;
}

/* Along the tail step by step, then on the cycle. */
static be_status distance(const orbit *o, uint64_t *v, const uint64_t *w, const be__effort *effort,
                          be__int *steps)
{
    be__poly m;
    be__int period;
    size_t tail, walked = 0;
    be__poly_init(&m);
    be__int_init(&period);
    be_status status = annihilator(o, v, &m, &period, &tail);
    be__int_clear(&period);
    be__poly_clear(&m);
    for (; !status && walked < tail; walked++) {
        if (memcmp(v, w, o->size * sizeof *v) == 0) {
            be__int_set_u64(steps, walked);
            return BE_OK;
        }
        step(o, v);
    }
    status = status ? status : distance_on_cycle(o, v, w, effort, steps);
    be__int_add_u64(steps, steps, walked);
    return status;
}

be_status be_lfsr_distance(const be_lfsr *lfsr, const uint64_t *from, const uint64_t *to,
                           uint64_t time_ns, const be_cancel *cancel, be_text *steps,
                           be_error *error)
{
    orbit o;
    be_status status = orbit_init(&o, lfsr, BE_LFSR_WANT_ORDER, time_ns, cancel, error);
    if (status) {
        return status;
    }
    be__int n;
    be__int_init(&n);
    uint64_t *v = new_words(2 * o.size);
    be__effort effort = {.cancel = cancel, .deadline_ns = time_ns ? be_now_ns() + time_ns : 0};
    status = v ? load(&o, from, v, error) : BE_ENOMEM;
    status = status ? status : load(&o, to, v + o.size, error);
    status = status ? status : distance(&o, v, v + o.size, &effort, &n);
    status = status ? status : add_integer(&n, steps);
    free(v);
    be__int_clear(&n);
    orbit_clear(&o);
    if (status == BE_EDOMAIN) {
        be_error_set(error, status, "a state that the first one leads to");
    }
    return status == BE_ELIMIT
               ? be_error_set(error, status, "a period whose primes are known and below 2^%d",
                              PRIME_BITS_MAX)
               : explain(status, error);
}
