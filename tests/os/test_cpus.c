/* test_cpus.c: the CPU quota is found at every ancestor, in both versions of cgroups. */
#include "check.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/cpus.h"

static char root[64];

static void put(const char *path, const char *text)
{
    char whole[512];
    snprintf(whole, sizeof whole, "%s%s", root, path);
    for (char *slash = whole + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        mkdir(whole, 0755);
        *slash = '/';
    }
    FILE *file = fopen(whole, "w");
    CHECK(file != NULL);
    fputs(text, file);
    fclose(file);
}

static int new_root(void **state)
{
    (void)state;
    strcpy(root, "/tmp/breakeven-cpus-XXXXXX");
    return mkdtemp(root) ? 0 : -1;
}

static int remove_root(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", root);
    return system(command);
}

static bool near(double a, double b)
{
    return a - b < 1e-9 && b - a < 1e-9;
}

static const char V2_MOUNT[] = "25 30 0:22 / /proc rw - proc proc rw\n"
                               "34 30 0:29 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n";

static void the_tightest_ancestor_decides_in_version_2(void **state)
{
    (void)state;
    put("/proc/self/cgroup", "0::/a/b/c\n");
    put("/proc/self/mountinfo", V2_MOUNT);
    put("/sys/fs/cgroup/a/b/c/cpu.max", "max 100000\n");
    put("/sys/fs/cgroup/a/b/cpu.max", "400000 100000\n");
    put("/sys/fs/cgroup/a/cpu.max", "150000 100000\n");
    be__quota quota = {0};
    CHECK(near(be__quota_read_under(&quota, root), 1.5));
    put("/sys/fs/cgroup/a/b/cpu.max", "50000 100000\n");
    CHECK_SAY(near(be__quota_read_under(&quota, root), 0.5), "a change is not seen");
    put("/sys/fs/cgroup/a/b/cpu.max", "max 100000\n");
    put("/sys/fs/cgroup/a/cpu.max", "max 100000\n");
    CHECK(be__quota_read_under(&quota, root) <= 0);
    be__quota_close(&quota);
}

static void version_1_is_read_where_cpu_is_mounted(void **state)
{
    (void)state;
    put("/proc/self/cgroup", "4:memory:/m\n3:cpu,cpuacct:/job\n0::/\n");
    put("/proc/self/mountinfo",
        "34 30 0:29 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
        "35 30 0:30 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct\n");
    put("/sys/fs/cgroup/cpu/job/cpu.cfs_quota_us", "250000\n");
    put("/sys/fs/cgroup/cpu/job/cpu.cfs_period_us", "100000\n");
    put("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n");
    put("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
    be__quota quota = {0};
    CHECK(near(be__quota_read_under(&quota, root), 2.5));
    be__quota_close(&quota);
}

static void a_container_sees_its_group_as_the_mounts_root(void **state)
{
    (void)state;
    put("/proc/self/cgroup", "0::/docker/x/inner\n");
    put("/proc/self/mountinfo", "34 30 0:29 /docker/x /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
    put("/sys/fs/cgroup/cpu.max", "200000 100000\n");
    put("/sys/fs/cgroup/inner/cpu.max", "300000 100000\n");
    be__quota quota = {0};
    CHECK(near(be__quota_read_under(&quota, root), 2));
    be__quota_close(&quota);
}

static void nothing_or_nonsense_is_no_quota(void **state)
{
    (void)state;
    be__quota quota = {0};
    CHECK(be__quota_read_under(&quota, root) <= 0);
    be__quota_close(&quota);
    put("/proc/self/cgroup", "garbage\n0:no\n0::/x\n:\n");
    put("/proc/self/mountinfo", V2_MOUNT);
    put("/sys/fs/cgroup/x/cpu.max", "banana 0\n");
    quota = (be__quota){0};
    CHECK(be__quota_read_under(&quota, root) <= 0);
    be__quota_close(&quota);
}

static void this_process_has_at_least_one_cpu(void **state)
{
    (void)state;
    be__thread_mask mask;
    CHECK(be__process_mask(&mask) >= 1);
    be__mask_only(&mask, 3);
    CHECK(!be__mask_without(&mask, 3));
    be__mask_only(&mask, 1000);
    CHECK(be__mask_without(&mask, 2000) && be__mask_without(&mask, -1));
}

#define IN_ROOT(name) cmocka_unit_test_setup_teardown(name, new_root, remove_root)

static const struct CMUnitTest tests[] = {
    IN_ROOT(the_tightest_ancestor_decides_in_version_2),
    IN_ROOT(version_1_is_read_where_cpu_is_mounted),
    IN_ROOT(a_container_sees_its_group_as_the_mounts_root),
    IN_ROOT(nothing_or_nonsense_is_no_quota),
    TEST(this_process_has_at_least_one_cpu),
};
RUN_TESTS(tests)
