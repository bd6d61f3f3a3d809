/* gf/gf.h: arithmetic over finite fields, as the rest of the library uses it. */
#ifndef BE__GF_H
#define BE__GF_H

#include "gf/field.h"
#include "gf/gf2x.h"
#include "gf/integer.h"

#endif
