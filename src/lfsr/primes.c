/* primes.c: the prime factors of p^m - 1, from a table, from algebra, and by search. */
#include "lfsr/primes.h"

#include <breakeven/lfsr.h>

#include "base/base.h"

#include <stdlib.h>
#include <string.h>

enum {
    TRIAL_STEPS = 1 << 14, /* divisors k d + 1 tried of Phi_d(p) */
    QUICK_STEPS = 1 << 14, /* of Pollard's rho, when there is no deadline */
    BATCH = 128            /* differences multiplied up between two gcds */
};

/* What is left of Phi_n(b) besides the primes of n and those of the row. */
typedef enum primes_rest { REST_ONE, REST_PRIME, REST_OPEN } primes_rest;

typedef struct primes_row {
    uint32_t at; /* in LIMBS */
    uint8_t n;
    uint8_t rest;
} primes_row;

typedef struct primes_base {
    uint16_t base;
    uint16_t n_rows; /* for n from 1 on */
    uint32_t row;
} primes_base;

#include "lfsr/primes.inc"

/* ---- lists ---------------------------------------------------------------------------------- */

void be__primes_init(be__primes *primes)
{
    *primes = (be__primes){.complete = true};
}

void be__primes_clear(be__primes *primes)
{
    for (size_t i = 0; i < primes->n; i++) {
        be__int_clear(&primes->item[i].value);
    }
    free(primes->item);
    be__primes_init(primes);
}

/* Append a value; its exponent is not known yet. */
static be_status append(be__primes *primes, const be__int *value, bool composite)
{
    if (primes->n == primes->capacity) {
        size_t capacity = 2 * primes->capacity + 16;
        be__prime *grown = realloc(primes->item, capacity * sizeof *grown);
        if (!grown) {
            return BE_ENOMEM;
        }
        primes->item = grown;
        primes->capacity = capacity;
    }
    be__prime *item = &primes->item[primes->n++];
    *item = (be__prime){.composite = composite};
    be__int_init_set(&item->value, value);
    primes->complete &= !composite;
    return BE_OK;
}

/* ---- cyclotomic values ---------------------------------------------------------------------- */

static size_t primes_of_size(size_t n, size_t primes[16])
{
    size_t count = 0;
    for (size_t p = 2; p * p <= n; p++) {
        if (n % p == 0) {
            primes[count++] = p;
            while (n % p == 0) {
                n /= p;
            }
        }
    }
    if (n > 1) {
        primes[count++] = n;
    }
    return count;
}

/* The product of (b^(n/s) - 1)^mu(s) over the square-free s that divide n. */
void be__cyclotomic(be__int *r, uint64_t b, size_t n)
{
    size_t primes[16], count = primes_of_size(n, primes);
    be__int below, term;
    be__int_init_u64(&below, 1);
    be__int_init(&term);
    be__int_set_u64(r, 1);
    for (size_t set = 0; set < (size_t)1 << count; set++) {
        size_t e = n;
        for (size_t i = 0; i < count; i++) {
            e /= set >> i & 1 ? primes[i] : 1;
        }
        be__int_pow(&term, b, e);
        be__int_sub_u64(&term, &term, 1);
        be__int *to = __builtin_popcountll(set) % 2 ? &below : r;
        be__int_mul(to, to, &term);
    }
    be__int_div(r, r, &below);
    be__int_clear(&below);
    be__int_clear(&term);
}

/* The same without the primes that divide n. Such a prime divides b^e - 1 for a smaller e too. */
static void primitive_part(be__int *r, uint64_t b, size_t n)
{
    size_t primes[16], count = primes_of_size(n, primes);
    be__int prime;
    be__int_init(&prime);
    be__cyclotomic(r, b, n);
    for (size_t i = 0; i < count; i++) {
        be__int_set_u64(&prime, primes[i]);
        be__int_remove(r, r, &prime);
    }
    be__int_clear(&prime);
}

/* ---- searching ------------------------------------------------------------------------------ */

static bool out_of_time(const be__effort *effort)
{
    return (effort->cancel && be_cancel_raised(effort->cancel)) ||
           (effort->deadline_ns && be_now_ns() >= effort->deadline_ns);
}

/* Pollard's rho in Brent's form, x -> x^2 + c. `factor` is a proper divisor on true. */
static bool rho(const be__int *n, uint64_t c, const be__effort *effort, be__int *factor)
{
    be__int x, y, saved, product, difference;
    be__int_init_u64(&y, 2);
    be__int_init(&x);
    be__int_init(&saved);
    be__int_init_u64(&product, 1);
    be__int_init(&difference);
    bool found = false, over = false;
    for (uint64_t length = 1, steps = 0; !found && !over; length *= 2) {
        be__int_set(&x, &y);
        for (uint64_t k = 0; k < length && !found && !over; k += BATCH) {
            be__int_set(&saved, &y);
            for (int step = 0; step < BATCH; step++) {
                be__int_mul(&y, &y, &y);
                be__int_add_u64(&y, &y, c);
                be__int_mod(&y, &y, n);
                bool less = be__int_compare(&x, &y) < 0;
                be__int_sub(&difference, less ? &y : &x, less ? &x : &y);
                be__int_mul(&product, &product, &difference);
                be__int_mod(&product, &product, n);
            }
            steps += BATCH;
            be__int_gcd(factor, &product, n);
            if (be__int_compare_u64(factor, 1) > 0) {
                found = be__int_compare(factor, n) < 0;
                over = !found;
            }
            over |= effort->deadline_ns ? out_of_time(effort) : steps > QUICK_STEPS;
        }
        /* All factors at once: go back to where the product was good, and step singly. */
        if (over && be__int_compare(factor, n) == 0) {
            for (int step = 0; step < BATCH && !found; step++) {
                be__int_mul(&saved, &saved, &saved);
                be__int_add_u64(&saved, &saved, c);
                be__int_mod(&saved, &saved, n);
                bool less = be__int_compare(&x, &saved) < 0;
                be__int_sub(&difference, less ? &saved : &x, less ? &x : &saved);
                be__int_gcd(factor, &difference, n);
                found = be__int_compare_u64(factor, 1) > 0 && be__int_compare(factor, n) < 0;
            }
        }
    }
    be__int_clear(&x);
    be__int_clear(&y);
    be__int_clear(&saved);
    be__int_clear(&product);
    be__int_clear(&difference);
    return found;
}

/* Elliptic curves with rising bounds, a curve at a time. */
static bool curves(const be__int *n, const be__effort *effort, be__int *factor)
{
    static const struct {
        uint64_t b1;
        unsigned n_curves; /* for factors of 20, 25, 30, 35, 40 digits; the documentation of
                              GMP-ECM */
    } stages[] = {{11000, 74}, {50000, 214}, {250000, 430}, {1000000, 904}, {3000000, 2350}};
    uint64_t seed = 1;
    for (size_t s = 0; s < BE__COUNT_OF(stages); s++) {
        for (unsigned i = 0; i < stages[s].n_curves; i++) {
            if (!effort->deadline_ns || out_of_time(effort)) {
                return false;
            }
            if (be__int_try_curve(n, stages[s].b1, seed++, factor)) {
                return true;
            }
        }
    }
    return false;
}

/* Phi_{m h}(p), h odd, divides C(y)^2 - p y D(y)^2, y = p^h: so it is a product of two, for p y is
 * a square. Source: J. Brillhart et al., "Factorizations of b^n +- 1", 1988, section III C 2. */
static const struct {
    uint32_t p, m, degree;
    int8_t c[7], d[7];
} AURIFEUILLE[] = {
    {2, 4, 1, {1, 1}, {1}},
    {3, 6, 1, {1, 1}, {1}},
    {5, 5, 2, {1, 3, 1}, {1, 1}},
    {7, 14, 3, {1, 3, 3, 1}, {1, 1, 1}},
    {11, 22, 5, {1, 5, -1, -1, 5, 1}, {1, 1, -1, 1, 1}},
    {13, 13, 6, {1, 7, 15, 19, 15, 7, 1}, {1, 3, 5, 5, 3, 1}},
};

/* The value at y of a polynomial that is positive there. */
static void evaluate(be__int *r, const int8_t *c, uint32_t degree, const be__int *y)
{
    be__int_set_u64(r, 0);
    for (uint32_t i = degree + 1; i-- > 0;) {
        be__int_mul(r, r, y);
        if (c[i] < 0) {
            be__int_sub_u64(r, r, (uint64_t)-c[i]);
        } else {
            be__int_add_u64(r, r, (uint64_t)c[i]);
        }
    }
}

static bool aurifeuille(const be__int *n, uint64_t p, size_t d, be__int *factor)
{
    for (size_t i = 0; i < BE__COUNT_OF(AURIFEUILLE); i++) {
        size_t m = AURIFEUILLE[i].m;
        if (AURIFEUILLE[i].p != p || d % m != 0 || d / m % 2 == 0) {
            continue;
        }
        size_t h = d / m;
        be__int y, c, root;
        be__int_init(&y);
        be__int_init(&c);
        be__int_init(&root);
        be__int_pow(&y, p, h);
        evaluate(&c, AURIFEUILLE[i].c, AURIFEUILLE[i].degree, &y);
        evaluate(factor, AURIFEUILLE[i].d, AURIFEUILLE[i].degree - 1, &y);
        be__int_pow(&root, p, (h + 1) / 2);
        be__int_mul(factor, factor, &root);
        be__int_add(factor, factor, &c);
        be__int_gcd(factor, factor, n);
        be__int_clear(&y);
        be__int_clear(&c);
        be__int_clear(&root);
        return be__int_compare_u64(factor, 1) > 0 && be__int_compare(factor, n) < 0;
    }
    return false;
}

static bool known(const be__int *n, const be__effort *effort, be__int *factor)
{
    for (size_t i = 0; i < effort->n_known; i++) {
        be__int_gcd(factor, n, &effort->known[i]);
        if (be__int_compare_u64(factor, 1) > 0 && be__int_compare(factor, n) < 0) {
            return true;
        }
    }
    return false;
}

/* Primitive prime factors of Phi_d(p) are 1 modulo d. */
static bool trial(const be__int *n, size_t d, be__int *factor)
{
    for (uint64_t k = 1; k <= TRIAL_STEPS; k++) {
        uint64_t candidate = k * d + 1;
        if (be__int_mod_u64(n, candidate) == 0 && be__int_compare_u64(n, candidate) != 0) {
            be__int_set_u64(factor, candidate);
            return true;
        }
    }
    return false;
}

/* Append the primes of n > 1, whose primes are 1 modulo d; it divides Phi_d(p), or p is 0. n is
 * used up. */
static be_status split(be__primes *primes, be__int *n, uint64_t p, size_t d,
                       const be__effort *effort)
{
    if (be__int_is_prime(n)) {
        return append(primes, n, false);
    }
    if (effort->cancel && be_cancel_raised(effort->cancel)) {
        return BE_ECANCEL;
    }
    be__int factor;
    be__int_init(&factor);
    bool found = be__int_sqrt(&factor, n) || aurifeuille(n, p, d, &factor) ||
                 known(n, effort, &factor) || trial(n, d, &factor);
    for (uint64_t c = 1; !found && c <= 3; c++) {
        be__effort quick = *effort; /* curves find more in the same time, from some size on */
        quick.deadline_ns = be__int_bits(n) <= 100 ? effort->deadline_ns : 0;
        found = rho(n, c, &quick, &factor);
    }
    found = found || curves(n, effort, &factor);
    be_status status;
    if (found) {
        be__int_div(n, n, &factor);
        status = split(primes, &factor, p, d, effort);
        if (!status) {
            status = split(primes, n, p, d, effort);
        }
    } else if (effort->cancel && be_cancel_raised(effort->cancel)) {
        status = BE_ECANCEL;
    } else {
        status = append(primes, n, true);
    }
    be__int_clear(&factor);
    return status;
}

/* ---- together ------------------------------------------------------------------------------- */

bool be__primes_row(uint64_t b, size_t n, be__primes *primes, bool *rest_open)
{
    for (size_t i = 0; i < BE__COUNT_OF(BASES); i++) {
        if (BASES[i].base != b || n > BASES[i].n_rows) {
            continue;
        }
        const primes_row *row = &ROWS[BASES[i].row + n - 1];
        const uint64_t *limb = LIMBS + row->at;
        be__int value;
        be__int_init(&value);
        bool ok = true;
        for (unsigned k = 0; ok && k < row->n; k++) {
            be__int_set_limbs(&value, limb + 1, (size_t)*limb);
            limb += 1 + *limb;
            ok = append(primes, &value, false) == BE_OK;
        }
        be__int_clear(&value);
        *rest_open = row->rest == REST_OPEN;
        return ok;
    }
    return false;
}

static be_status primes_of_cyclotomic(be__primes *primes, uint64_t p, size_t d,
                                      const be__effort *effort)
{
    be__int rest;
    be__int_init(&rest);
    primitive_part(&rest, p, d);
    size_t first = primes->n;
    bool rest_open = true;
    bool tabled = be__primes_row(p, d, primes, &rest_open);
    for (size_t i = first; i < primes->n; i++) {
        be__int_remove(&rest, &rest, &primes->item[i].value);
    }
    be_status status = BE_OK;
    if (be__int_compare_u64(&rest, 1) > 0) {
        status = tabled && !rest_open ? append(primes, &rest, false)
                                      : split(primes, &rest, p, d, effort);
    }
    be__int_clear(&rest);
    return status;
}

static int by_value(const void *a, const void *b)
{
    return be__int_compare(&((const be__prime *)a)->value, &((const be__prime *)b)->value);
}

/* Sort, give the exponents in `whole`, and drop what was found twice; takes `found` over. */
static be_status settle(be__primes *found, const be__int *whole, be__primes *primes)
{
    if (found->n > 1) {
        qsort(found->item, found->n, sizeof *found->item, by_value);
    }
    be__int rest;
    be__int_init_set(&rest, whole);
    /* Primes first, so that a composite is left with what no prime takes. */
    for (int composite = 0; composite < 2; composite++) {
        for (size_t i = 0; i < found->n; i++) {
            be__prime *item = &found->item[i];
            if (item->composite == (composite != 0)) {
                item->exponent = be__int_remove(&rest, &rest, &item->value);
            }
        }
    }
    size_t kept = 0;
    for (size_t i = 0; i < found->n; i++) {
        if (found->item[i].exponent) {
            found->item[kept++] = found->item[i];
        } else {
            be__int_clear(&found->item[i].value);
        }
    }
    found->n = kept;
    bool all = be__int_compare_u64(&rest, 1) == 0;
    be__int_clear(&rest);
    if (!all) {
        be__primes_clear(found);
        return BE_EMISMATCH;
    }
    be__primes_clear(primes);
    *primes = *found;
    return BE_OK;
}

be_status be__primes_of_power(uint64_t p, size_t m, const be__effort *effort, be__primes *primes)
{
    be__primes found;
    be__primes_init(&found);
    be_status status = BE_OK;
    for (size_t d = 1; d <= m && !status; d++) {
        if (m % d == 0) {
            status = primes_of_cyclotomic(&found, p, d, effort);
        }
    }
    if (status) {
        be__primes_clear(&found);
        return status;
    }
    be__int whole;
    be__int_init(&whole);
    be__int_pow(&whole, p, m);
    be__int_sub_u64(&whole, &whole, 1);
    status = settle(&found, &whole, primes);
    be__int_clear(&whole);
    return status;
}

be_status be__primes_of(const be__int *n, const be__effort *effort, be__primes *primes)
{
    be__primes found;
    be__int rest;
    be__primes_init(&found);
    be__int_init_set(&rest, n);
    be_status status = split(&found, &rest, 0, 1, effort);
    if (status) {
        be__primes_clear(&found);
    } else {
        status = settle(&found, n, primes);
    }
    be__int_clear(&rest);
    return status;
}

/* ---- known factors -------------------------------------------------------------------------- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

be_status be__known_read(const char *text, size_t size, be__int **numbers, size_t *n,
                         be_error *error)
{
    be_status status = BE_OK;
    size_t line = 1, line_begin = 0, capacity = 0;
    for (size_t i = 0; i < size && !status;) {
        if (is_blank(text[i])) {
            if (text[i] == '\n') {
                line++;
                line_begin = i + 1;
            }
            i++;
            continue;
        }
        if (text[i] == '#') {
            while (i < size && text[i] != '\n') {
                i++;
            }
            continue;
        }
        size_t end = i;
        while (end < size && text[end] >= '0' && text[end] <= '9') {
            end++;
        }
        if (end == i || (end < size && !is_blank(text[end]))) {
            status = be_error_at(error, BE_EINVAL, line, end - line_begin, "a decimal digit");
        } else if (end - i > BE_LFSR_KNOWN_DIGITS_MAX) {
            status = be_error_at(error, BE_EINVAL, line, i - line_begin,
                                 "a number of at most %d digits", BE_LFSR_KNOWN_DIGITS_MAX);
        } else if (*n == capacity) {
            capacity = 2 * capacity + 16;
            be__int *grown = realloc(*numbers, capacity * sizeof *grown);
            if (!grown) {
                return be_error_set(error, BE_ENOMEM, "memory for the known factors");
            }
            *numbers = grown;
        }
        if (!status) {
            be__int_init(&(*numbers)[*n]);
            (void)!be__int_parse(&(*numbers)[(*n)++], text + i, end - i);
        }
        i = end;
    }
    return status;
}

void be__known_clear(be__int *numbers, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        be__int_clear(&numbers[i]);
    }
    free(numbers);
}
