#ifndef BREAKEVEN_ARC_H
#define BREAKEVEN_ARC_H

#include <breakeven/batch.h>

#endif
