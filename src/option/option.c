#include <breakeven/option.h>

typedef int be__option_empty;
