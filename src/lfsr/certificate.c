/* certificate.c: what proves a census, for verify/breakeven_verify.c, whose head describes the
 * form.
 *
 * A prime P above 2^32 is proved by Pocklington's theorem: the prime factors of P - 1 found have to
 * multiply to at least the cube root of P, and are proved themselves first.
 */
#include "base/base.h"
#include "lfsr/algebra.h"

#include <stdlib.h>

enum { WITNESSES = 1000 };

/* The primes that have a line already. */
typedef struct proofs {
    be__int *proved;
    size_t n;
    size_t capacity;
    const be__effort *effort;
    be_text *text;
} proofs;

static void add_int(be_text *text, const be__int *a)
{
    be_lfsr_integer integer;
    integer.limb = be__int_limbs(a, &integer.n);
    be_text_puts(text, " ");
    be_lfsr_integer_format(integer, text);
}

static bool is_proved(const proofs *p, const be__int *n)
{
    for (size_t i = 0; i < p->n; i++) {
        if (be__int_compare(&p->proved[i], n) == 0) {
            return true;
        }
    }
    return false;
}

static be_status remember(proofs *p, const be__int *n)
{
    if (p->n == p->capacity) {
        size_t capacity = 2 * p->capacity + 64;
        be__int *grown = realloc(p->proved, capacity * sizeof *grown);
        if (!grown) {
            return BE_ENOMEM;
        }
        p->proved = grown;
        p->capacity = capacity;
    }
    be__int_init_set(&p->proved[p->n++], n);
    return BE_OK;
}

/* Whether F = part is enough: F^3 >= P. */
static bool is_enough(const be__int *part, const be__int *n)
{
    be__int cube;
    be__int_init(&cube);
    be__int_pow_int(&cube, part, 3);
    bool enough = be__int_compare(&cube, n) >= 0;
    be__int_clear(&cube);
    return enough;
}

/* a^((n-1)/r) - 1 is coprime to n for each prime r in the list, and a^(n-1) = 1. */
static bool is_witness(uint64_t a, const be__int *n, const be__primes *primes)
{
    be__int base, less, e, power;
    be__int_init_u64(&base, a);
    be__int_init(&less);
    be__int_init(&e);
    be__int_init(&power);
    be__int_sub_u64(&less, n, 1);
    be__int_powm(&power, &base, &less, n);
    bool yes = be__int_compare_u64(&power, 1) == 0;
    for (size_t i = 0; i < primes->n && yes; i++) {
        be__int_div(&e, &less, &primes->item[i].value);
        be__int_powm(&power, &base, &e, n);
        if (be__int_compare_u64(&power, 0) > 0) {
            be__int_sub_u64(&power, &power, 1);
        }
        be__int_gcd(&power, &power, n);
        yes = be__int_compare_u64(&power, 1) == 0;
    }
    be__int_clear(&base);
    be__int_clear(&less);
    be__int_clear(&e);
    be__int_clear(&power);
    return yes;
}

static be_status prove(proofs *p, const be__int *n);

/* Keep of the factors of n - 1 those that can be proved, until there are enough. */
static be_status prove_factors(proofs *p, const be__int *n, be__primes *primes, bool *enough)
{
    be__int part, rest;
    be__int_init_u64(&part, 1);
    be__int_init(&rest);
    be__int_sub_u64(&rest, n, 1);
    size_t kept = 0;
    be_status status = BE_OK;
    for (size_t i = 0; i < primes->n && !status; i++) {
        be__prime *item = &primes->item[i];
        be_status proof =
            item->composite || is_enough(&part, n) ? BE_EDOMAIN : prove(p, &item->value);
        if (!proof) {
            for (unsigned long e = be__int_remove(&rest, &rest, &item->value); e > 0; e--) {
                be__int_mul(&part, &part, &item->value);
            }
            be__prime swap = primes->item[kept];
            primes->item[kept++] = *item;
            *item = swap;
        } else if (proof != BE_EDOMAIN) {
            status = proof;
        }
    }
    for (size_t i = kept; i < primes->n; i++) {
        be__int_clear(&primes->item[i].value);
    }
    primes->n = kept;
    *enough = is_enough(&part, n);
    be__int_clear(&part);
    be__int_clear(&rest);
    return status;
}

/* A line for the prime n, after those it needs. BE_EDOMAIN when n - 1 was not factored far enough.
 */
static be_status prove(proofs *p, const be__int *n)
{
    if (is_proved(p, n)) {
        return BE_OK;
    }
    be__primes primes;
    be__primes_init(&primes);
    uint64_t witness = 0;
    if (be__int_compare_u64(n, UINT32_MAX) > 0) {
        be__int less;
        be__int_init(&less);
        be__int_sub_u64(&less, n, 1);
        bool enough = false;
        /* First what is quick; the time is for what really needs it. */
        be__effort quick = *p->effort;
        quick.deadline_ns = 0;
        be_status status = be__primes_of(&less, &quick, &primes);
        status = status ? status : prove_factors(p, n, &primes, &enough);
        if (!status && !enough && p->effort->deadline_ns) {
            status = be__primes_of(&less, p->effort, &primes);
            status = status ? status : prove_factors(p, n, &primes, &enough);
        }
        be__int_clear(&less);
        for (uint64_t a = 2; !status && enough && !witness && a < WITNESSES; a++) {
            witness = is_witness(a, n, &primes) ? a : 0;
        }
        if (status || !witness) {
            be__primes_clear(&primes);
            return status ? status : BE_EDOMAIN;
        }
    }
    be_text_puts(p->text, "prime");
    add_int(p->text, n);
    if (witness) {
        be_text_printf(p->text, " %llu", (unsigned long long)witness);
    }
    for (size_t i = 0; i < primes.n; i++) {
        add_int(p->text, &primes.item[i].value);
    }
    be_text_puts(p->text, "\n");
    be__primes_clear(&primes);
    return remember(p, n);
}

/* The line of a factor, and before it those of the primes of its order. */
static be_status add_factor(proofs *p, const be__structure *s, const be__divisor *divisor)
{
    be__primes primes;
    be__primes_init(&primes);
    size_t degree = (size_t)be__poly_degree(&divisor->poly);
    be_status status = BE_OK;
    if (!divisor->is_x) {
        status = be__primes_of_power(s->field->p, s->field->k * degree, p->effort, &primes);
    }
    for (size_t i = 0; i < primes.n && !status; i++) {
        if (be__int_divides(&primes.item[i].value, &divisor->order)) {
            status = prove(p, &primes.item[i].value);
        }
    }
    be_text_printf(p->text, "factor %zu %zu", divisor->exponent, degree);
    for (size_t i = 0; i <= degree; i++) {
        be_text_printf(p->text, " %u", divisor->poly.c[i]);
    }
    add_int(p->text, &divisor->order);
    for (size_t i = 0; i < primes.n; i++) {
        if (be__int_divides(&primes.item[i].value, &divisor->order)) {
            add_int(p->text, &primes.item[i].value);
        }
    }
    be_text_puts(p->text, "\n");
    be__primes_clear(&primes);
    return status;
}

be_status be__certificate(const be__structure *s, const be__rows *rows, const be_lfsr *lfsr,
                          const be__effort *effort, be_text *text)
{
    be_text_printf(text, "breakeven-certificate 1\nfield %u\nregister", s->field->q);
    for (size_t i = 0; i < s->n; i++) {
        be_text_printf(text, " %llu", (unsigned long long)lfsr->coefficients[i]);
    }
    be_text_puts(text, "\n");
    proofs p = {.effort = effort, .text = text};
    be_status status = BE_OK;
    size_t preperiod = 0;
    for (size_t i = 0; i < s->n_divisors && !status; i++) {
        preperiod += s->divisor[i].is_x ? s->divisor[i].exponent : 0;
        status = add_factor(&p, s, &s->divisor[i]);
    }
    be__int cycles;
    be__int_init(&cycles);
    for (size_t i = 0; i < rows->n && !status; i++) {
        be__int_div(&cycles, &rows->item[i].states, &rows->item[i].length);
        be_text_puts(text, "cycles");
        add_int(text, &rows->item[i].length);
        add_int(text, &cycles);
        be_text_puts(text, "\n");
    }
    be_text_printf(text, "preperiod %zu\n", preperiod);
    be_hash128 hash = be_hash(text->bytes, text->size);
    be_text_printf(text, "digest %016llx%016llx\n", (unsigned long long)hash.high,
                   (unsigned long long)hash.low);
    be__int_clear(&cycles);
    be__known_clear(p.proved, p.n);
    return status ? status : be_text_status(text);
}
