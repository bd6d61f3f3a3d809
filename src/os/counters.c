/* counters.c: one hardware counter, tried. */
#include "os/counters.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#if defined(__linux__)

#include <linux/perf_event.h>
#include <sys/syscall.h>

static int open_counter(void)
{
    struct perf_event_attr attr;
    memset(&attr, 0, sizeof attr);
    attr.type = PERF_TYPE_HARDWARE;
    attr.size = sizeof attr;
    attr.config = PERF_COUNT_HW_INSTRUCTIONS;
    attr.exclude_kernel = 1;
    attr.exclude_hv = 1;
    return (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

static const char *reason(void)
{
    switch (errno) {
    case EACCES:
    case EPERM:
        return "not permitted (kernel.perf_event_paranoid, or the container)";
    case ENOENT:
    case ENODEV:
    case EOPNOTSUPP:
        return "this CPU shows none, as in most virtual machines";
    case ENOSYS:
        return "not in this kernel";
    default:
        return strerror(errno);
    }
}

be_status be__counters_check(be_error *error)
{
    int file = open_counter();
    if (file < 0) {
        return be_error_set(error, BE_ESYSTEM, "%s", reason());
    }
    for (volatile int i = 0; i < 1000; i++) {
    }
    uint64_t count = 0;
    ssize_t got = read(file, &count, sizeof count);
    close(file);
    if (got != sizeof count || count == 0) {
        return be_error_set(error, BE_ESYSTEM, "they open, but count nothing");
    }
    return BE_OK;
}

#else

be_status be__counters_check(be_error *error)
{
    return be_error_set(error, BE_ESYSTEM, "not on this system");
}

#endif
