/* test_fault_workloads.c: each domain's workload, from its making to its encoded result, and ARC
 * tasks from a folder, while memory and the disk fail. */
#include "check.h"
#include "fault.h"

#include <breakeven/arc.h>
#include <breakeven/lfsr.h>
#include <breakeven/option.h>
#include <breakeven/study.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const be_workload *workload;
static size_t workload_size;
static be_hash128 expected; /* the digest of a run that nothing hurt */
static bool expecting;

static be_status round_trip(void *instance)
{
    size_t n = workload->items(instance);
    size_t size = workload->encode(instance, 0, n, NULL, 0);
    fault_pause();
    unsigned char *bytes = malloc(size + 1);
    fault_resume();
    CHECK(workload->encode(instance, 0, n, bytes, size) == size);
    be_status status = workload->decode(instance, 0, n, bytes, size);
    fault_pause();
    free(bytes);
    fault_resume();
    return status;
}

static be_status run_workload(void)
{
    be_workload_request request = {
        .n = workload_size, .seed = 1, .allocator = be_allocator_default()};
    be_engine *engine = NULL;
    void *instance = NULL;
    be_error error = {0};
    be_engine_config config = {.size = sizeof config, .workers = 1};
    be_status status = be_engine_create(&config, &engine);
    if (!status) {
        status = workload->create(&request, &instance, &error);
    }
    if (!status) {
        status = workload->run(engine, instance, NULL);
    }
    if (!status && workload->encode) {
        status = round_trip(instance);
    }
    if (!status) {
        be_hash128 digest = workload->digest(instance);
        CHECK(!expecting || (digest.low == expected.low && digest.high == expected.high));
        expected = digest;
        expecting = true;
    }
    workload->destroy(instance);
    be_engine_destroy(engine);
    return status;
}

/* An engine does without what it would learn and record, a block for each site and one for all, and
 * without what the system would tell it of quotas. Which of them it asks for varies with time, so
 * one may be met twice under different numbers. */
static void check_workload(const be_workload *which, size_t size, unsigned sites)
{
    workload = which;
    workload_size = size;
    expecting = false;
    fault_everywhere(run_workload, 3, 2 * (sites + 1), FAULT_ANY);
}

static void lfsr_cycles_survives_each_failing_call(void **state)
{
    (void)state;
    check_workload(&be_lfsr_cycles_workload, 1 << 10, 3);
}

static void option_bsm_survives_each_failing_call(void **state)
{
    (void)state;
    check_workload(&be_option_bsm_workload, 100, 1);
}

static void arc_score_survives_each_failing_call(void **state)
{
    (void)state;
    check_workload(&be_arc_score_workload, 50, 4);
}

static void engine_workloads_survive_each_failing_call(void **state)
{
    (void)state;
    check_workload(&be_engine_even_workload, 100, 1);
    check_workload(&be_engine_tail_workload, 100, 1);
}

static int enter_folder(void **state)
{
    char folder[] = "/tmp/breakeven-test-XXXXXX";
    if (!mkdtemp(folder) || chdir(folder) || mkdir("tasks", 0777)) {
        return -1;
    }
    *state = strdup(folder);
    for (int i = 0; i < 12; i++) {
        char name[30];
        snprintf(name, sizeof name, "tasks/%d.json", i);
        FILE *file = fopen(name, "w");
        fputs("{\"train\":[{\"input\":[[0]],\"output\":[[1]]}],"
              "\"test\":[{\"input\":[[2]],\"output\":[[3]]}]}",
              file);
        fclose(file);
    }
    return 0;
}

static int leave_folder(void **state)
{
    char command[100];
    snprintf(command, sizeof command, "rm -rf '%s'", (char *)*state);
    free(*state);
    return chdir("/") || system(command);
}

static be_status tasks_are_loaded(void)
{
    be_arc_tasks tasks;
    be_arc_tasks_init(&tasks, NULL);
    be_error error = {0};
    be_status status = be_arc_tasks_load(&tasks, "tasks", &error);
    CHECK(status ? error.status == status : tasks.count == 12);
    be_arc_tasks_clear(&tasks);
    return status;
}

static void a_folder_of_tasks_is_loaded_or_not_whatever_call_fails(void **state)
{
    (void)state;
    /* Harmless is the close of each file. */
    fault_everywhere(tasks_are_loaded, 12 * 4, 0, 12);
    fault_stutter(tasks_are_loaded);
}

static const struct CMUnitTest tests[] = {
    TEST(lfsr_cycles_survives_each_failing_call),
    TEST(option_bsm_survives_each_failing_call),
    TEST(arc_score_survives_each_failing_call),
    TEST(engine_workloads_survive_each_failing_call),
    cmocka_unit_test_setup_teardown(a_folder_of_tasks_is_loaded_or_not_whatever_call_fails,
                                    enter_folder, leave_folder),
};
RUN_TESTS(tests)
