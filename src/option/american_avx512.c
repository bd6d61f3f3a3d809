/* american_avx512.c: the American engine in AVX-512. */
#include "option/vec_avx512.h"

#define AMERICAN_KERNEL be__american_avx512
#include "option/american.inc"
