/* american_base.c: the American engine for every CPU of this architecture. */
#include "option/vec_base.h"

#define AMERICAN_KERNEL be__american_base
#include "option/american.inc"
