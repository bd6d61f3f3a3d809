/* flint.c: what is left to FLINT: factoring over GF(q), q > 2, its list of Conway polynomials, and
 * proofs that a number is prime.
 * Works with FLINT 2.9 and 3. */
#include "gf/field.h"
#include "gf/integer.h"

#include <flint/fmpz.h>
#include <flint/fq_nmod.h>
#include <flint/fq_nmod_poly.h>
#include <flint/fq_nmod_poly_factor.h>
#include <flint/nmod_poly.h>
#include <flint/nmod_poly_factor.h>

#include <stdlib.h>

void be__poly_factors_init(be__poly_factors *factors)
{
    *factors = (be__poly_factors){0};
}

void be__poly_factors_clear(be__poly_factors *factors)
{
    for (size_t i = 0; i < factors->n; i++) {
        be__poly_clear(&factors->item[i].poly);
    }
    free(factors->item);
    *factors = (be__poly_factors){0};
}

static int by_poly(const void *a, const void *b)
{
    return be__poly_compare(&((const be__poly_factor *)a)->poly,
                            &((const be__poly_factor *)b)->poly);
}

static bool reserve_factors(be__poly_factors *found, size_t n)
{
    found->item = calloc(n ? n : 1, sizeof *found->item);
    found->capacity = n;
    return found->item != NULL;
}

static bool factor_prime(const be__field *field, be__poly_factors *found, const be__poly *f)
{
    nmod_poly_t poly;
    nmod_poly_factor_t factors;
    nmod_poly_init2(poly, field->p, (slong)f->n);
    for (size_t i = 0; i < f->n; i++) {
        nmod_poly_set_coeff_ui(poly, (slong)i, f->c[i]);
    }
    nmod_poly_factor_init(factors);
    nmod_poly_factor(factors, poly);
    bool ok = reserve_factors(found, (size_t)factors->num);
    for (slong i = 0; ok && i < factors->num; i++) {
        be__poly_factor *item = &found->item[found->n++];
        item->exponent = (size_t)factors->exp[i];
        for (slong j = nmod_poly_degree(factors->p + i); ok && j >= 0; j--) {
            uint32_t c = (uint32_t)nmod_poly_get_coeff_ui(factors->p + i, j);
            ok = be__poly_set_coefficient(&item->poly, (size_t)j, c);
        }
    }
    nmod_poly_factor_clear(factors);
    nmod_poly_clear(poly);
    return ok;
}

/* An element's base-p digits are the coefficients FLINT has. */
static void to_flint(const be__field *field, fq_nmod_t r, uint32_t element, const fq_nmod_ctx_t ctx)
{
    nmod_poly_t digits;
    nmod_poly_init(digits, field->p);
    for (slong i = 0; element; i++, element /= field->p) {
        nmod_poly_set_coeff_ui(digits, i, element % field->p);
    }
    fq_nmod_set_nmod_poly(r, digits, ctx);
    nmod_poly_clear(digits);
}

static uint32_t from_flint(const be__field *field, const fq_nmod_t a, const fq_nmod_ctx_t ctx)
{
    nmod_poly_t digits;
    nmod_poly_init(digits, field->p);
    fq_nmod_get_nmod_poly(digits, a, ctx);
    uint32_t element = 0;
    for (slong i = (slong)field->k - 1; i >= 0; i--) {
        element = element * field->p + (uint32_t)nmod_poly_get_coeff_ui(digits, i);
    }
    nmod_poly_clear(digits);
    return element;
}

static bool factor_extension(const be__field *field, be__poly_factors *found, const be__poly *f)
{
    nmod_poly_t modulus;
    nmod_poly_init(modulus, field->p);
    for (uint32_t i = 0; i <= field->k; i++) {
        nmod_poly_set_coeff_ui(modulus, (slong)i, field->modulus[i]);
    }
    fq_nmod_ctx_t ctx;
    fq_nmod_ctx_init_modulus(ctx, modulus, "a");
    fq_nmod_t c, lead;
    fq_nmod_init(c, ctx);
    fq_nmod_init(lead, ctx);
    fq_nmod_poly_t poly;
    fq_nmod_poly_init(poly, ctx);
    for (size_t i = 0; i < f->n; i++) {
        to_flint(field, c, f->c[i], ctx);
        fq_nmod_poly_set_coeff(poly, (slong)i, c, ctx);
    }
    fq_nmod_poly_factor_t factors;
    fq_nmod_poly_factor_init(factors, ctx);
    fq_nmod_poly_factor(factors, lead, poly, ctx);
    bool ok = reserve_factors(found, (size_t)factors->num);
    for (slong i = 0; ok && i < factors->num; i++) {
        be__poly_factor *item = &found->item[found->n++];
        item->exponent = (size_t)factors->exp[i];
        for (slong j = fq_nmod_poly_degree(factors->poly + i, ctx); ok && j >= 0; j--) {
            fq_nmod_poly_get_coeff(c, factors->poly + i, j, ctx);
            ok = be__poly_set_coefficient(&item->poly, (size_t)j, from_flint(field, c, ctx));
        }
    }
    fq_nmod_poly_factor_clear(factors, ctx);
    fq_nmod_poly_clear(poly, ctx);
    fq_nmod_clear(lead, ctx);
    fq_nmod_clear(c, ctx);
    fq_nmod_ctx_clear(ctx);
    nmod_poly_clear(modulus);
    return ok;
}

bool be__poly_factor_poly(const be__field *field, be__poly_factors *factors, const be__poly *f)
{
    be__poly_factors found = {0};
    bool ok = field->k == 1 ? factor_prime(field, &found, f) : factor_extension(field, &found, f);
    if (!ok) {
        be__poly_factors_clear(&found);
        return false;
    }
    qsort(found.item, found.n, sizeof *found.item, by_poly);
    be__poly_factors_clear(factors);
    *factors = found;
    return true;
}

bool be__conway(uint32_t p, unsigned k, uint32_t *modulus)
{
    fq_nmod_ctx_t ctx;
#if BE_HAVE_FLINT_CONWAY_UI /* later FLINT 3 has retired the other one */
    bool known = _fq_nmod_ctx_init_conway_ui(ctx, p, (slong)k, "a");
#else
    fmpz_t prime;
    fmpz_init_set_ui(prime, p);
    bool known = _fq_nmod_ctx_init_conway(ctx, prime, (slong)k, "a");
    fmpz_clear(prime);
#endif
    if (known) {
        for (unsigned i = 0; i <= k; i++) {
            modulus[i] = (uint32_t)nmod_poly_get_coeff_ui(fq_nmod_ctx_modulus(ctx), (slong)i);
        }
        fq_nmod_ctx_clear(ctx);
    }
    return known;
}

bool be__int_is_prime(const be__int *a)
{
    enum { PROVED_BITS = 1000 };
    if (!be__int_is_probable_prime(a) || be__int_bits(a) > PROVED_BITS) {
        return be__int_is_probable_prime(a);
    }
    if (be__int_fits_u64(a)) {
        return true;
    }
    fmpz_t n;
    fmpz_init(n);
    fmpz_set_mpz(n, a->z);
    bool prime = fmpz_is_prime(n) == 1;
    fmpz_clear(n);
    return prime;
}
