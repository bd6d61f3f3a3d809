#include <breakeven/study.h>

typedef int be__study_empty;
