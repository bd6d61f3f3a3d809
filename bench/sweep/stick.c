/* stick.c: a machine on which a new thread never gets to run. The program's own pthread_create
 * comes before the C library's, for the libraries it is linked with too. */
#include "harness.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

typedef int create_fn(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *),
                      void *argument);

static atomic_bool sticks;

void sweep_stick_threads(void)
{
    atomic_store(&sticks, true);
}

static void *never_start(void *argument)
{
    for (;;) {
        pause();
    }
    return argument;
}

__attribute__((visibility("default"))) int pthread_create(pthread_t *thread,
                                                          const pthread_attr_t *attributes,
                                                          void *(*start)(void *), void *argument)
{
    create_fn *create;
    *(void **)&create = dlsym(RTLD_NEXT, "pthread_create");
    if (!create) {
        abort();
    }
    return create(thread, attributes, atomic_load(&sticks) ? never_start : start, argument);
}
