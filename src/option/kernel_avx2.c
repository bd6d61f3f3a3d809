/* kernel_avx2.c: kernel.inc in the vectors of vec_avx2.h. */
#include "option/vec_avx2.h"

#define VARIANT(name) name##_avx2
#include "option/kernel.inc"
