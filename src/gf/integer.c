/* integer.c: integers of any size: GMP, behind this file. */
#include "gf/integer.h"

_Static_assert(GMP_LIMB_BITS == 64 && GMP_NAIL_BITS == 0, "limbs of 64 bits");
_Static_assert(sizeof(mp_limb_t) == sizeof(uint64_t), "limbs of 64 bits");
_Static_assert(sizeof(unsigned long) == sizeof(uint64_t), "GMP's unsigned long takes a uint64_t");

void be__int_init(be__int *a)
{
    mpz_init(a->z);
}

void be__int_init_u64(be__int *a, uint64_t value)
{
    mpz_init_set_ui(a->z, value);
}

void be__int_init_set(be__int *a, const be__int *b)
{
    mpz_init_set(a->z, b->z);
}

void be__int_clear(be__int *a)
{
    mpz_clear(a->z);
}

void be__int_set(be__int *r, const be__int *a)
{
    mpz_set(r->z, a->z);
}

void be__int_set_u64(be__int *r, uint64_t value)
{
    mpz_set_ui(r->z, value);
}

void be__int_swap(be__int *a, be__int *b)
{
    mpz_swap(a->z, b->z);
}

void be__int_add(be__int *r, const be__int *a, const be__int *b)
{
    mpz_add(r->z, a->z, b->z);
}

void be__int_add_u64(be__int *r, const be__int *a, uint64_t b)
{
    mpz_add_ui(r->z, a->z, b);
}

void be__int_sub(be__int *r, const be__int *a, const be__int *b)
{
    mpz_sub(r->z, a->z, b->z);
}

void be__int_sub_u64(be__int *r, const be__int *a, uint64_t b)
{
    mpz_sub_ui(r->z, a->z, b);
}

void be__int_mul(be__int *r, const be__int *a, const be__int *b)
{
    mpz_mul(r->z, a->z, b->z);
}

void be__int_mul_u64(be__int *r, const be__int *a, uint64_t b)
{
    mpz_mul_ui(r->z, a->z, b);
}

void be__int_div(be__int *r, const be__int *a, const be__int *b)
{
    mpz_tdiv_q(r->z, a->z, b->z);
}

void be__int_mod(be__int *r, const be__int *a, const be__int *b)
{
    mpz_tdiv_r(r->z, a->z, b->z);
}

uint64_t be__int_mod_u64(const be__int *a, uint64_t b)
{
    return mpz_fdiv_ui(a->z, b);
}

unsigned long be__int_remove(be__int *r, const be__int *a, const be__int *b)
{
    return mpz_remove(r->z, a->z, b->z);
}

void be__int_gcd(be__int *r, const be__int *a, const be__int *b)
{
    mpz_gcd(r->z, a->z, b->z);
}

void be__int_lcm(be__int *r, const be__int *a, const be__int *b)
{
    mpz_lcm(r->z, a->z, b->z);
}

void be__int_pow(be__int *r, uint64_t base, uint64_t exponent)
{
    mpz_ui_pow_ui(r->z, base, exponent);
}

void be__int_pow_int(be__int *r, const be__int *base, uint64_t exponent)
{
    mpz_pow_ui(r->z, base->z, exponent);
}

void be__int_powm(be__int *r, const be__int *base, const be__int *exponent, const be__int *modulus)
{
    mpz_powm(r->z, base->z, exponent->z, modulus->z);
}

bool be__int_sqrt(be__int *r, const be__int *a)
{
    bool exact = mpz_perfect_square_p(a->z);
    mpz_sqrt(r->z, a->z);
    return exact;
}

int be__int_compare(const be__int *a, const be__int *b)
{
    return mpz_cmp(a->z, b->z);
}

int be__int_compare_u64(const be__int *a, uint64_t b)
{
    return mpz_cmp_ui(a->z, b);
}

bool be__int_divides(const be__int *divisor, const be__int *a)
{
    return mpz_divisible_p(a->z, divisor->z);
}

size_t be__int_bits(const be__int *a)
{
    return mpz_sgn(a->z) ? mpz_sizeinbase(a->z, 2) : 0;
}

bool be__int_fits_u64(const be__int *a)
{
    return mpz_fits_ulong_p(a->z);
}

uint64_t be__int_u64(const be__int *a)
{
    return mpz_get_ui(a->z);
}

const uint64_t *be__int_limbs(const be__int *a, size_t *n)
{
    *n = mpz_size(a->z);
    return (const uint64_t *)mpz_limbs_read(a->z);
}

void be__int_set_limbs(be__int *r, const uint64_t *limbs, size_t n)
{
    mpz_import(r->z, n, -1, sizeof *limbs, 0, 0, limbs);
}

size_t be__int_text_size(const be__int *a)
{
    return mpz_sizeinbase(a->z, 10) + 1;
}

void be__int_text(const be__int *a, char *text)
{
    mpz_get_str(text, 10, a->z);
}

bool be__int_parse(be__int *r, const char *text, size_t size)
{
    if (size == 0) {
        return false;
    }
    mpz_set_ui(r->z, 0);
    for (size_t i = 0; i < size; i += 19) {
        uint64_t chunk = 0, scale = 1;
        for (size_t j = i; j < size && j < i + 19; j++) {
            if (text[j] < '0' || text[j] > '9') {
                return false;
            }
            chunk = 10 * chunk + (uint64_t)(text[j] - '0');
            scale *= 10;
        }
        mpz_mul_ui(r->z, r->z, scale);
        mpz_add_ui(r->z, r->z, chunk);
    }
    return true;
}

bool be__int_is_probable_prime(const be__int *a)
{
    return mpz_probab_prime_p(a->z, 25) != 0;
}
