#ifndef BREAKEVEN_LFSR_H
#define BREAKEVEN_LFSR_H

#include <breakeven/batch.h>

#endif
