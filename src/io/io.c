#include <breakeven/io.h>

typedef int be__io_empty;
