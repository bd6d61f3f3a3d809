/* os/cpus.h: how many CPUs this process may really use, and on which a thread may run. */
#ifndef BE__OS_CPUS_H
#define BE__OS_CPUS_H

#include "base/base.h"

/* The files that hold the CPU quota of this process's cgroup and of each of its ancestors, version
 * 1 and 2. Zero-initialised is "not looked for yet". */
enum { BE__QUOTA_LEVELS = 16 };
typedef struct be__quota {
    int levels; /* -1 after a look that found none */
    struct {
        int limit;  /* open file: cpu.max, or cpu.cfs_quota_us */
        int period; /* open file: cpu.cfs_period_us, or -1 for version 2 */
    } level[BE__QUOTA_LEVELS];
} be__quota;

/* The tightest quota in CPUs, such as 0.5; 0 when there is none. Opens the files on the first call
 * and reads them again on each (some microseconds). */
BE_PRIVATE double be__quota_read(be__quota *quota);
BE_PRIVATE void be__quota_close(be__quota *quota);

/* The same for a tree elsewhere, for tests: root stands for "/". */
BE_PRIVATE double be__quota_read_under(be__quota *quota, const char *root);

/* A thread that can be moved. */
typedef struct be__thread_mask {
    unsigned char bits[128]; /* 1,024 CPUs, as sched_setaffinity wants them */
} be__thread_mask;

/* The process's own mask (its main thread's), and how many CPUs are in it; at least 1. */
BE_PRIVATE unsigned be__process_mask(be__thread_mask *mask);
BE_PRIVATE bool be__mask_without(be__thread_mask *mask, int cpu); /* false: nothing would be left */
BE_PRIVATE void be__mask_only(be__thread_mask *mask, int cpu);
BE_PRIVATE int be__thread_id(void);
BE_PRIVATE void be__thread_move(int thread_id, const be__thread_mask *mask);

#endif
