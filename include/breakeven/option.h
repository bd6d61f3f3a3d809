#ifndef BREAKEVEN_OPTION_H
#define BREAKEVEN_OPTION_H

#include <breakeven/batch.h>

#endif
