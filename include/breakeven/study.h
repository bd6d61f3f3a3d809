#ifndef BREAKEVEN_STUDY_H
#define BREAKEVEN_STUDY_H

#include <breakeven/batch.h>

#endif
