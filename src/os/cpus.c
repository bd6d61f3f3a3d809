/* cpus.c: affinity and cgroup quota.
 *
 * A quota holds for a cgroup and everything under it, so the tightest one on the way to the root
 * decides. The way is found from /proc/self/cgroup (which group) and /proc/self/mountinfo (where
 * its hierarchy is mounted, and from which group on): inside a container the mount may show only
 * the lower part, and what is not mounted cannot be read.
 */
#include "os/cpus.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A number from a small file, or -1 for "max", "-1" and whatever is not a number. */
static double number_at(int file, double *second)
{
    char text[64];
    ssize_t size = pread(file, text, sizeof text - 1, 0);
    if (size <= 0) {
        return -1;
    }
    text[size] = '\0';
    char *rest;
    long long first = strtoll(text, &rest, 10);
    if (rest == text) {
        return -1;
    }
    if (second) {
        *second = (double)strtoll(rest, NULL, 10);
    }
    return (double)first;
}

static void add_level(be__quota *quota, const char *folder)
{
    char path[4200];
    if (quota->levels == BE__QUOTA_LEVELS) {
        return;
    }
    snprintf(path, sizeof path, "%s/cpu.max", folder);
    int limit = open(path, O_RDONLY | O_CLOEXEC);
    int period = -1;
    if (limit < 0) {
        snprintf(path, sizeof path, "%s/cpu.cfs_quota_us", folder);
        limit = open(path, O_RDONLY | O_CLOEXEC);
        if (limit < 0) {
            return;
        }
        snprintf(path, sizeof path, "%s/cpu.cfs_period_us", folder);
        period = open(path, O_RDONLY | O_CLOEXEC);
        if (period < 0) {
            close(limit);
            return;
        }
    }
    quota->level[quota->levels].limit = limit;
    quota->level[quota->levels].period = period;
    quota->levels++;
}

/* Does the comma-separated list hold the word? */
static bool lists(const char *list, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = list; at; at = strchr(at, ',')) {
        at += *at == ',';
        if (strncmp(at, word, length) == 0 && (at[length] == ',' || at[length] == '\0')) {
            return true;
        }
    }
    return false;
}

/* Where is the hierarchy (version 2, or version 1's "cpu") mounted, and which group does the mount
 * show as its root? */
static bool find_mount(const char *root, bool version2, char mount[1024], char top[1024])
{
    char path[1100];
    char *line = NULL;
    size_t capacity = 0;
    bool found = false;
    snprintf(path, sizeof path, "%s/proc/self/mountinfo", root);
    FILE *file = fopen(path, "re");
    while (file && !found && getline(&line, &capacity, file) > 0) {
        char type[64], options[512];
        char *dash = strstr(line, " - ");
        found = dash && sscanf(line, "%*s %*s %*s %1023s %1023s", top, mount) == 2 &&
                sscanf(dash, " - %63s %*s %511s", type, options) == 2 &&
                (version2 ? strcmp(type, "cgroup2") == 0
                          : strcmp(type, "cgroup") == 0 && lists(options, "cpu"));
    }
    free(line);
    if (file) {
        fclose(file);
    }
    return found;
}

static void add_hierarchy(be__quota *quota, const char *root, bool version2, const char *group)
{
    char mount[1024], top[1024], folder[4096];
    if (!find_mount(root, version2, mount, top)) {
        return;
    }
    size_t shown = strcmp(top, "/") == 0 ? 0 : strlen(top);
    bool below = strncmp(group, top, shown) == 0 && (group[shown] == '/' || group[shown] == '\0');
    snprintf(folder, sizeof folder, "%s%s%s", root, mount, below ? group + shown : "");
    size_t stop = strlen(root) + strlen(mount);
    for (size_t length = strlen(folder); length >= stop; length--) {
        if (folder[length] == '\0' || folder[length] == '/') {
            folder[length] = '\0';
            if (folder[length - 1] != '/') {
                add_level(quota, folder);
            }
        }
    }
}

static void find_levels(be__quota *quota, const char *root)
{
    char path[1100];
    char *line = NULL;
    size_t capacity = 0;
    snprintf(path, sizeof path, "%s/proc/self/cgroup", root);
    FILE *file = fopen(path, "re");
    while (file && getline(&line, &capacity, file) > 0) {
        line[strcspn(line, "\n")] = '\0';
        char *controllers = strchr(line, ':');
        char *group = controllers ? strchr(controllers + 1, ':') : NULL;
        if (!group) {
            continue;
        }
        *group++ = '\0';
        controllers++;
        if (*controllers == '\0') {
            add_hierarchy(quota, root, true, group);
        } else if (lists(controllers, "cpu")) {
            add_hierarchy(quota, root, false, group);
        }
    }
    free(line);
    if (file) {
        fclose(file);
    }
    if (quota->levels == 0) {
        quota->levels = -1;
    }
}

double be__quota_read_under(be__quota *quota, const char *root)
{
    if (quota->levels == 0) {
        find_levels(quota, root);
    }
    double tightest = 0;
    for (int i = 0; i < quota->levels; i++) {
        double period = 0;
        double limit = number_at(quota->level[i].limit, &period);
        if (quota->level[i].period >= 0) {
            period = number_at(quota->level[i].period, NULL);
        }
        if (limit > 0 && period > 0 && (tightest == 0 || limit / period < tightest)) {
            tightest = limit / period;
        }
    }
    return tightest;
}

double be__quota_read(be__quota *quota)
{
    return be__quota_read_under(quota, "");
}

void be__quota_close(be__quota *quota)
{
    for (int i = 0; i < quota->levels; i++) {
        close(quota->level[i].limit);
        if (quota->level[i].period >= 0) {
            close(quota->level[i].period);
        }
    }
    quota->levels = 0;
}

unsigned be__process_mask(be__thread_mask *mask)
{
    memset(mask, 0, sizeof *mask);
    if (syscall(SYS_sched_getaffinity, getpid(), sizeof mask->bits, mask->bits) < 0) {
        memset(mask, 0xFF, sizeof *mask); /* more CPUs than fit: any of them */
        long online = sysconf(_SC_NPROCESSORS_ONLN);
        return online > 0 ? (unsigned)online : 1;
    }
    unsigned count = 0;
    for (size_t i = 0; i < sizeof mask->bits; i++) {
        count += (unsigned)__builtin_popcount(mask->bits[i]);
    }
    return count ? count : 1;
}

bool be__mask_without(be__thread_mask *mask, int cpu)
{
    if (cpu >= 0 && (size_t)cpu < 8 * sizeof mask->bits) {
        mask->bits[cpu / 8] &= (unsigned char)~(1u << (cpu % 8));
    }
    for (size_t i = 0; i < sizeof mask->bits; i++) {
        if (mask->bits[i]) {
            return true;
        }
    }
    return false;
}

void be__mask_only(be__thread_mask *mask, int cpu)
{
    memset(mask, 0, sizeof *mask);
    if ((size_t)cpu >= 8 * sizeof mask->bits) {
        return; /* an empty mask, which the kernel refuses */
    }
    mask->bits[cpu / 8] = (unsigned char)(1u << (cpu % 8));
}

int be__thread_id(void)
{
    return (int)syscall(SYS_gettid);
}

/* A mask that the kernel refuses (a cpuset shrank meanwhile) leaves the thread where it was. */
void be__thread_move(int thread_id, const be__thread_mask *mask)
{
    syscall(SYS_sched_setaffinity, thread_id, sizeof mask->bits, mask->bits);
}
