/* field.c: the elements of GF(q).
 *
 * A prime field computes with residues. Any other field has at most 2^16 elements, and tables of
 * logarithms to a primitive element g: products are sums of logarithms; for odd p, sums come from
 * Zech's logarithm, a + b = a (1 + b/a); for p = 2 they are XORs.
 */
#include "gf/field.h"

#include "base/base.h"

#include <stdlib.h>
#include <string.h>

bool be__prime_u64(uint64_t n)
{
    /* Miller and Rabin's test; to these bases no composite number below 2^64 passes it.
     * Source: J. Sinclair's seven bases, checked against Feitsma's list of pseudoprimes. */
    static const uint64_t bases[] = {2, 325, 9375, 28178, 450775, 9780504, 1795265022};
    if (n < 4 || n % 2 == 0) {
        return n == 2 || n == 3;
    }
    int twos = __builtin_ctzll(n - 1);
    for (size_t i = 0; i < BE__COUNT_OF(bases); i++) {
        uint64_t a = bases[i] % n, power = 1;
        if (a == 0) {
            continue;
        }
        for (uint64_t e = (n - 1) >> twos; e; e >>= 1) {
            if (e & 1) {
                power = (uint64_t)((be__u128)power * a % n);
            }
            a = (uint64_t)((be__u128)a * a % n);
        }
        bool passed = power == 1 || power == n - 1;
        for (int j = 1; j < twos && !passed; j++) {
            power = (uint64_t)((be__u128)power * power % n);
            passed = power == n - 1;
        }
        if (!passed) {
            return false;
        }
    }
    return true;
}

bool be__prime_power(uint64_t q, uint64_t *p, unsigned *k)
{
    if (be__prime_u64(q)) {
        *p = q;
        *k = 1;
        return true;
    }
    for (uint64_t d = 2; d < 65536 && d * d <= q; d++) {
        if (q % d == 0) {
            unsigned n = 0;
            while (q % d == 0) {
                q /= d;
                n++;
            }
            *p = d;
            *k = n;
            return q == 1;
        }
    }
    return false;
}

/* ---- making one ----------------------------------------------------------------------------- */

/* a times the element x of degree 1, in base-p digits. */
static uint32_t times_a(const be__field *f, uint32_t x)
{
    uint32_t top = f->q / f->p, carry = x / top, digits = x % top * f->p, r = 0;
    for (uint32_t scale = 1, i = 0; i < f->k; i++, scale *= f->p) {
        uint32_t digit = digits / scale % f->p;
        digit = (digit + (f->p - f->modulus[i]) % f->p * carry) % f->p;
        r += digit * scale;
    }
    return r;
}

static uint32_t add_digits(const be__field *f, uint32_t a, uint32_t b)
{
    if (f->p == 2) {
        return a ^ b;
    }
    uint32_t r = 0;
    for (uint32_t scale = 1; scale < f->q; scale *= f->p) {
        r += (a / scale + b / scale) % f->p * scale;
    }
    return r;
}

static uint32_t mul_digits(const be__field *f, uint32_t a, uint32_t b)
{
    uint32_t r = 0;
    for (uint32_t power = a; b; b /= f->p, power = times_a(f, power)) {
        for (uint32_t i = 0; i < b % f->p; i++) {
            r = add_digits(f, r, power);
        }
    }
    return r;
}

/* Fill exp and log from a primitive element. In a ring that is no field none has order q - 1: false
 * says the modulus is reducible. */
static bool make_logarithms(be__field *f)
{
    for (uint32_t g = f->p; g < f->q; g++) {
        uint32_t power = 1, i = 0;
        do {
            f->exp[i++] = (uint16_t)power;
            power = mul_digits(f, power, g);
        } while (power > 1 && i < f->q - 1);
        if (power == 1 && i == f->q - 1) {
            for (uint32_t j = 0; j < f->q - 1; j++) {
                f->log[f->exp[j]] = (uint16_t)j;
                f->exp[j + f->q - 1] = f->exp[j];
            }
            return true;
        }
    }
    return false;
}

static void make_zech(be__field *f)
{
    for (uint32_t i = 0; i < f->q - 1; i++) {
        uint32_t sum = add_digits(f, 1, f->exp[i]);
        f->zech[i] = (uint16_t)(sum ? f->log[sum] : f->q - 1);
    }
}

static be_status make_extension(be__field *f, const uint32_t *modulus, size_t n_modulus,
                                be_error *error)
{
    if (!modulus) {
        if (!be__conway(f->p, f->k, f->modulus)) {
            return be_error_set(error, BE_EDOMAIN,
                                "a modulus, for no Conway polynomial of GF(%u^%u) is known", f->p,
                                f->k);
        }
    } else {
        bool fits = n_modulus == f->k + 1 && modulus[f->k] == 1;
        for (size_t i = 0; fits && i < n_modulus; i++) {
            fits = modulus[i] < f->p;
        }
        if (!fits) {
            return be_error_set(error, BE_EINVAL, "a monic modulus of degree %u over GF(%u)", f->k,
                                f->p);
        }
        memcpy(f->modulus, modulus, n_modulus * sizeof *modulus);
    }
    f->log = calloc(f->q, sizeof *f->log);
    f->exp = calloc(2 * (size_t)f->q, sizeof *f->exp);
    f->zech = calloc(f->q, sizeof *f->zech);
    if (!f->log || !f->exp || !f->zech) {
        return be_error_set(error, BE_ENOMEM, "memory for the tables of GF(%u)", f->q);
    }
    if (!make_logarithms(f)) {
        return be_error_set(error, BE_EINVAL, "an irreducible modulus");
    }
    make_zech(f);
    return BE_OK;
}

be_status be__field_create(uint64_t q, const uint32_t *modulus, size_t n_modulus, be__field **field,
                           be_error *error)
{
    uint64_t p = 0;
    unsigned k = 0;
    if (q > BE__FIELD_PRIME_MAX || !be__prime_power(q, &p, &k) ||
        (k > 1 && q > BE__FIELD_TABLE_MAX)) {
        return be_error_set(error, BE_EINVAL, "q a prime up to %d, or a power of a prime up to %d",
                            BE__FIELD_PRIME_MAX, BE__FIELD_TABLE_MAX);
    }
    if (k == 1 && modulus) {
        return be_error_set(error, BE_EINVAL, "no modulus, for GF(%u) is a prime field",
                            (unsigned)q);
    }
    be__field *f = calloc(1, sizeof *f);
    if (!f) {
        return be_error_set(error, BE_ENOMEM, "memory for a field");
    }
    *f = (be__field){.p = (uint32_t)p, .k = k, .q = (uint32_t)q};
    be_status status = k > 1 ? make_extension(f, modulus, n_modulus, error) : BE_OK;
    if (status) {
        be__field_destroy(f);
        return status;
    }
    *field = f;
    return BE_OK;
}

void be__field_destroy(be__field *field)
{
    if (field) {
        free(field->log);
        free(field->exp);
        free(field->zech);
        free(field);
    }
}

/* ---- using it ------------------------------------------------------------------------------- */

uint32_t be__field_add(const be__field *f, uint32_t a, uint32_t b)
{
    if (f->p == 2) {
        return a ^ b;
    }
    if (f->k == 1) {
        uint32_t sum = a + b; /* below 2^32 */
        return sum >= f->q ? sum - f->q : sum;
    }
    if (a == 0 || b == 0) {
        return a + b;
    }
    uint32_t n = f->q - 1, la = f->log[a], lb = f->log[b];
    uint32_t z = f->zech[lb >= la ? lb - la : lb + n - la];
    return z == n ? 0 : f->exp[la + z];
}

uint32_t be__field_neg(const be__field *f, uint32_t a)
{
    if (f->p == 2 || a == 0) {
        return a;
    }
    return f->k == 1 ? f->q - a : f->exp[f->log[a] + (f->q - 1) / 2]; /* -1 = g^((q-1)/2) */
}

uint32_t be__field_sub(const be__field *f, uint32_t a, uint32_t b)
{
    return be__field_add(f, a, be__field_neg(f, b));
}

uint32_t be__field_mul(const be__field *f, uint32_t a, uint32_t b)
{
    if (f->k == 1) {
        return (uint32_t)((uint64_t)a * b % f->q);
    }
    return a && b ? f->exp[f->log[a] + f->log[b]] : 0;
}

uint32_t be__field_inv(const be__field *f, uint32_t a)
{
    return f->k == 1 ? be__field_pow(f, a, f->q - 2) : f->exp[f->q - 1 - f->log[a]];
}

uint32_t be__field_pow(const be__field *f, uint32_t a, uint64_t e)
{
    uint32_t r = 1;
    for (; e; e >>= 1) {
        if (e & 1) {
            r = be__field_mul(f, r, a);
        }
        a = be__field_mul(f, a, a);
    }
    return r;
}
