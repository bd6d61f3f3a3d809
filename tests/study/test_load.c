/* test_load.c: workloads from shared objects, and those refused. argv of the build: the folder the
 * objects are in comes in WORKLOAD_OBJECTS. */
#include "check.h"

#include <breakeven/study.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static be_status load(const char *name, be_study_library **library,
                      const be_workload *const **workloads, size_t *n, be_error *error)
{
    char path[1000];
    snprintf(path, sizeof path, "%s/%s.so", getenv("WORKLOAD_OBJECTS"), name);
    return be_study_load(path, library, workloads, n, error);
}

static void the_example_loads_and_its_result_does_not_depend_on_the_split(void **state)
{
    (void)state;
    be_study_library *library;
    const be_workload *const *workloads;
    size_t n;
    CHECK(load("example_workload", &library, &workloads, &n, NULL) == BE_OK);
    CHECK(n == 1 && workloads[0]->size == sizeof(be_workload));
    const be_workload *w = workloads[0];
    be_workload_request request = {.n = 1000, .allocator = be_allocator_default()};
    uint64_t bytes;
    void *instance;
    be_error error;
    CHECK(w->bytes(&request, &bytes, &error) == BE_OK && bytes >= 1000);
    CHECK(w->create(&request, &instance, &error) == BE_OK);
    CHECK(w->items(instance) == 1000);
    be_engine *engine;
    CHECK(be_engine_create(NULL, &engine) == BE_OK);
    be_hash128 digest[3];
    for (int i = 0; i < 3; i++) {
        be_force force = {
            (be_schedule[]){BE_SCHEDULE_SEQUENTIAL, BE_SCHEDULE_STATIC, BE_SCHEDULE_DYNAMIC}[i],
            i ? 3 : 1, i == 2 ? 7 : 0};
        be_engine_force(engine, &force);
        CHECK(w->run(engine, instance, NULL) == BE_OK);
        digest[i] = w->digest(instance);
        CHECK(digest[i].low == digest[0].low && digest[i].high == digest[0].high);
    }
    be_engine_destroy(engine);
    w->destroy(instance);
    be_study_unload(library);
}

static void refused(const char *name, be_status wanted, const char *part)
{
    be_study_library *library;
    const be_workload *const *workloads;
    size_t n;
    be_error error;
    be_status status = load(name, &library, &workloads, &n, &error);
    CHECK_SAY(status == wanted, "%s: %s", name, be_status_text(status));
    CHECK_SAY(strstr(error.expected, part), "%s: %s", name, error.expected);
}

static void what_is_no_list_of_workloads_is_refused(void **state)
{
    (void)state;
    refused("absent", BE_EIO, "absent.so");
    refused("no_list", BE_EINVAL, BE_WORKLOADS_SYMBOL);
    refused("empty_list", BE_EINVAL, "at least one workload");
    refused("other_size", BE_EINVAL, "compile it again");
    refused("half_filled", BE_EINVAL, "all members");
}

static void unloading_nothing_is_fine(void **state)
{
    (void)state;
    be_study_unload(NULL);
}

static const struct CMUnitTest tests[] = {
    TEST(the_example_loads_and_its_result_does_not_depend_on_the_split),
    TEST(what_is_no_list_of_workloads_is_refused),
    TEST(unloading_nothing_is_fine),
};
RUN_TESTS(tests)
