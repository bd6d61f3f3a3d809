/* kernel_base.c: kernel.inc in the vectors of vec_base.h. */
#include "option/vec_base.h"

#define VARIANT(name) name##_base
#include "option/kernel.inc"
