/* american_avx2.c: the American engine in AVX2. */
#include "option/vec_avx2.h"

#define AMERICAN_KERNEL be__american_avx2
#include "option/american.inc"
