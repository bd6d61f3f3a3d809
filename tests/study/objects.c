/* objects.c: shared objects that must be refused; the build defines which one this is. */
#include <breakeven/batch.h>

#if defined(NO_LIST)

BE_API extern const int something_else;
const int something_else = 1;

#elif defined(EMPTY_LIST)

BE_API extern be_workload_list be_workloads;
be_workload_list be_workloads = {NULL};

#elif defined(OTHER_SIZE)

static const be_workload workload = {.size = sizeof(be_workload) - 8, .name = "old"};
BE_API extern be_workload_list be_workloads;
be_workload_list be_workloads = {&workload, NULL};

#elif defined(HALF_FILLED)

static const be_workload workload = {.size = sizeof(be_workload), .name = "half"};
BE_API extern be_workload_list be_workloads;
be_workload_list be_workloads = {&workload, NULL};

#endif
