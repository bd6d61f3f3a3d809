/* ecm.c: factors of integers by elliptic curves: GMP-ECM, where the build has it. */
#include "gf/integer.h"

#if BE_HAVE_ECM
#include <ecm.h>

bool be__int_try_curve(const be__int *n, uint64_t b1, uint64_t seed, be__int *factor)
{
    ecm_params params;
    ecm_init(params);
    params->param = ECM_PARAM_SUYAMA;
    mpz_set_ui(params->sigma, seed + 5); /* sigma of 6 and more gives a curve */
    mpz_t divisor, number;
    mpz_init(divisor);
    mpz_init_set(number, n->z);
    int found = ecm_factor(divisor, number, (double)b1, params);
    bool proper = found > 0 && mpz_cmp_ui(divisor, 1) > 0 && mpz_cmp(divisor, n->z) < 0;
    if (proper) {
        mpz_set(factor->z, divisor);
    }
    mpz_clear(divisor);
    mpz_clear(number);
    ecm_clear(params);
    return proper;
}
#else
bool be__int_try_curve(const be__int *n, uint64_t b1, uint64_t seed, be__int *factor)
{
    (void)n;
    (void)b1;
    (void)seed;
    (void)factor;
    return false;
}
#endif
