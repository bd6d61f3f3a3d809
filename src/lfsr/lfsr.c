#include <breakeven/lfsr.h>

typedef int be__lfsr_empty;
