/* kernel_avx512.c: kernel.inc in the vectors of vec_avx512.h. */
#include "option/vec_avx512.h"

#define VARIANT(name) name##_avx512
#include "option/kernel.inc"
