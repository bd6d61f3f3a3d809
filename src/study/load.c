/* load.c: workloads from a shared object. */
#include "study/parts.h"

#include "base/base.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct be_study_library {
    void *handle;
};

/* A list compiled against another batch.h has entries of another size. */
static be_status check_list(const char *path, const be_workload *const *list, size_t *n,
                            be_error *error)
{
    size_t count = 0;
    for (; list[count]; count++) {
        const be_workload *w = list[count];
        if (w->size != sizeof *w) {
            return be_error_set(error, BE_EINVAL,
                                "%s: workload %zu of %zu bytes as in this version's batch.h, not "
                                "%zu: compile it again",
                                path, count, sizeof *w, w->size);
        }
        if (!w->name || !*w->name || !w->summary || !w->size_unit || !w->bytes || !w->create ||
            !w->destroy || !w->items || !w->run || !w->digest || !w->present) {
            return be_error_set(error, BE_EINVAL,
                                "%s: all members of workload %zu but encode and decode set", path,
                                count);
        }
    }
    if (count == 0) {
        return be_error_set(error, BE_EINVAL, "%s: at least one workload", path);
    }
    *n = count;
    return BE_OK;
}

be_status be_study_load(const char *path, be_study_library **library,
                        const be_workload *const **workloads, size_t *n, be_error *error)
{
    be_study_library *l = malloc(sizeof *l);
    if (!l) {
        return be_error_set(error, BE_ENOMEM, "memory to load %s", path);
    }
    be_status status;
    char here[PATH_MAX];
    snprintf(here, sizeof here, "./%s", path);
    /* The loader would look for a name without a slash among the system's libraries. */
    l->handle = dlopen(strchr(path, '/') ? path : here, RTLD_NOW | RTLD_LOCAL);
    if (!l->handle) {
        status = be_error_set(error, BE_EIO, "cannot load %s", dlerror());
        goto fail;
    }
    const be_workload *const *list = dlsym(l->handle, BE_WORKLOADS_SYMBOL);
    if (!list) {
        status = be_error_set(error, BE_EINVAL, "%s: a list named %s", path, BE_WORKLOADS_SYMBOL);
        goto fail;
    }
    status = check_list(path, list, n, error);
    if (status) {
        goto fail;
    }
    *library = l;
    *workloads = list;
    return BE_OK;

fail:
    be_study_unload(l);
    return status;
}

void be_study_unload(be_study_library *library)
{
    if (library) {
        if (library->handle) {
            dlclose(library->handle);
        }
        free(library);
    }
}
