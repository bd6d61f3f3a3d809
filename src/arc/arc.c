#include <breakeven/arc.h>

typedef int be__arc_empty;
