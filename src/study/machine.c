/* machine.c: what the figures were measured on. */
#include "study/parts.h"

#include "base/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>

/* ---- small files of the system -------------------------------------------------------------- */

/* The first line of a file that begins with `key`, without the key and the blanks and colon after
 * it; false when there is none. An empty key reads the first line. */
static bool read_line(const char *path, const char *key, char *value, size_t size)
{
    FILE *file = fopen(path, "re");
    if (!file) {
        return false;
    }
    char *line = NULL;
    size_t capacity = 0;
    bool found = false;
    while (!found && getline(&line, &capacity, file) > 0) {
        if (strncmp(line, key, strlen(key)) == 0) {
            const char *text = line + strlen(key);
            text += strspn(text, " \t:");
            snprintf(value, size, "%.*s", (int)strcspn(text, "\n"), text);
            found = true;
        }
    }
    free(line);
    fclose(file);
    return found;
}

static bool read_number(const char *path, const char *key, uint64_t *value)
{
    char text[32];
    if (!read_line(path, key, text, sizeof text)) {
        return false;
    }
    char *end;
    *value = strtoull(text, &end, 10);
    return end != text; /* "max" is no number */
}

/* ---- memory --------------------------------------------------------------------------------- */

/* What one level of one hierarchy leaves: limit - use. */
static uint64_t left_at(const char *folder, const char *limit_name, const char *use_name)
{
    char path[600];
    uint64_t limit, use;
    snprintf(path, sizeof path, "%s/%s", folder, limit_name);
    if (!read_number(path, "", &limit)) {
        return UINT64_MAX;
    }
    snprintf(path, sizeof path, "%s/%s", folder, use_name);
    if (!read_number(path, "", &use)) {
        return limit;
    }
    return limit > use ? limit - use : 0;
}

/* The least that this process's group and its ancestors leave (cgroup version 2). Inside a
 * container the path may be another one than the one seen; the files at the top are then the right
 * ones. */
static uint64_t left_by_groups(void)
{
    static const char top[] = "/sys/fs/cgroup";
    char group[400];
    if (!read_line("/proc/self/cgroup", "0::", group, sizeof group)) {
        group[0] = '\0';
    }
    uint64_t least = UINT64_MAX;
    for (;;) {
        char folder[500];
        snprintf(folder, sizeof folder, "%s%s", top, group);
        uint64_t left = left_at(folder, "memory.max", "memory.current");
        least = left < least ? left : least;
        char *slash = strrchr(group, '/');
        if (!slash) {
            return least;
        }
        *slash = '\0';
    }
}

uint64_t be__memory_free(void)
{
    uint64_t least = UINT64_MAX;
    uint64_t kib;
    if (read_number("/proc/meminfo", "MemAvailable", &kib)) {
        least = kib * 1024;
    }
    uint64_t groups = left_by_groups();
    least = groups < least ? groups : least;
    groups = left_at("/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes");
    least = groups < least ? groups : least;
    struct rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
        limit.rlim_cur < least) {
        least = limit.rlim_cur;
    }
    return least;
}

/* ---- the machine ---------------------------------------------------------------------------- */

static const char *compiler(void)
{
#if defined(__clang__)
    return "clang " __clang_version__;
#else
    return "gcc " __VERSION__;
#endif
}

be_status be_machine_describe(unsigned engine_workers, be_machine *machine)
{
    be_engine *engine;
    be_engine_config config = {.size = sizeof config, .workers = engine_workers};
    be_status status = be_engine_create(&config, &engine);
    if (status) {
        return status;
    }
    be_engine_info info;
    be_engine_describe(engine, &info);
    be_engine_destroy(engine);

    be_clock_info clock;
    be_clock_describe(&clock);
    *machine = (be_machine){.cpus = info.affinity ? info.affinity : 1,
                            .workers = info.workers,
                            .limit = info.limit,
                            .quota = info.quota,
                            .clock_ns = clock.read_ns,
                            .memory_bytes = be__memory_free()};
    if (info.quota > 0 && info.quota < machine->cpus) {
        machine->cpus = info.quota < 1 ? 1 : (unsigned)info.quota;
    }
    if (!read_line("/proc/cpuinfo", "model name", machine->cpu, sizeof machine->cpu)) {
        snprintf(machine->cpu, sizeof machine->cpu, "unknown");
    }
    char flags[8192];
    machine->virtual_cpus =
        read_line("/proc/cpuinfo", "flags", flags, sizeof flags) && strstr(flags, " hypervisor");
    snprintf(machine->clock, sizeof machine->clock, "%s",
             clock.counter ? "time stamp counter" : "CLOCK_MONOTONIC");
    snprintf(machine->compiler, sizeof machine->compiler, "%s", compiler());
    struct utsname system;
    if (uname(&system) == 0) {
        snprintf(machine->system, sizeof machine->system, "%.30s %.40s %.20s", system.sysname,
                 system.release, system.machine);
    }
    return BE_OK;
}
