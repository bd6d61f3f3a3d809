/* fault.c: the wrapped calls, and the runs; see fault.h. */
#include "fault.h"

#include "check.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum kind { MEMORY = 1, SYSTEM = 2 };

enum { FDS = 256, LIVE_MAX = 1 << 16, STUTTER_BYTES = 7 };

/* Every field under the lock: engines call from several threads. */
static struct {
    pthread_mutex_t lock;
    bool watching;
    bool stuttering;
    bool from_here_on;
    unsigned pauses;
    unsigned calls;    /* fallible calls so far */
    unsigned fails_at; /* the call that fails, from 1; 0: none */
    unsigned interrupts;
    unsigned failed; /* kinds that did fail */
    size_t n_live;
    void *live[LIVE_MAX]; /* memory our objects hold */
} fault = {.lock = PTHREAD_MUTEX_INITIALIZER};

static bool watching(void)
{
    return fault.watching && fault.pauses == 0;
}

/* Whether this call is to fail now. */
static bool fails(enum kind kind)
{
    pthread_mutex_lock(&fault.lock);
    bool hit = false;
    if (watching()) {
        fault.calls++;
        hit = fault.fails_at && (fault.calls == fault.fails_at ||
                                 (fault.from_here_on && fault.calls > fault.fails_at));
        fault.failed |= hit ? (unsigned)kind : 0;
    }
    pthread_mutex_unlock(&fault.lock);
    return hit;
}

static bool interrupted(void)
{
    pthread_mutex_lock(&fault.lock);
    bool hit = watching() && fault.stuttering && ++fault.interrupts % 2 == 1;
    pthread_mutex_unlock(&fault.lock);
    return hit;
}

static size_t shortened(size_t size)
{
    return watching() && fault.stuttering && size > STUTTER_BYTES ? STUTTER_BYTES : size;
}

static void *keep(void *memory)
{
    pthread_mutex_lock(&fault.lock);
    if (memory && watching()) {
        if (fault.n_live == LIVE_MAX) {
            abort();
        }
        fault.live[fault.n_live++] = memory;
    }
    pthread_mutex_unlock(&fault.lock);
    return memory;
}

static void forget(void *memory)
{
    pthread_mutex_lock(&fault.lock);
    for (size_t i = fault.n_live; i-- > 0;) {
        if (fault.live[i] == memory) {
            fault.live[i] = fault.live[--fault.n_live];
            break;
        }
    }
    pthread_mutex_unlock(&fault.lock);
}

void fault_pause(void)
{
    fault.pauses++;
}

void fault_resume(void)
{
    fault.pauses--;
}

/* ---- the wrapped calls ---------------------------------------------------------------------- */

/* WRAP(result, name, parameters, arguments, kind, errno, result when it fails) */
#define WRAP(type, name, parameters, arguments, kind, number, failure)                             \
    type __real_##name parameters;                                                                 \
    type __wrap_##name parameters;                                                                 \
    type __wrap_##name parameters                                                                  \
    {                                                                                              \
        if (fails(kind)) {                                                                         \
            errno = number;                                                                        \
            return failure;                                                                        \
        }                                                                                          \
        return __real_##name arguments;                                                            \
    }

/* The same for a call that a signal may interrupt. */
#define WRAP_INTERRUPTED(type, name, parameters, arguments, number)                                \
    type __real_##name parameters;                                                                 \
    type __wrap_##name parameters;                                                                 \
    type __wrap_##name parameters                                                                  \
    {                                                                                              \
        bool interrupt = interrupted();                                                            \
        if (interrupt || fails(SYSTEM)) {                                                          \
            errno = interrupt ? EINTR : number;                                                    \
            return -1;                                                                             \
        }                                                                                          \
        return __real_##name arguments;                                                            \
    }

#define WRAP_MEMORY(name, parameters, arguments)                                                   \
    void *__real_##name parameters;                                                                \
    void *__wrap_##name parameters;                                                                \
    void *__wrap_##name parameters                                                                 \
    {                                                                                              \
        if (fails(MEMORY)) {                                                                       \
            errno = ENOMEM;                                                                        \
            return NULL;                                                                           \
        }                                                                                          \
        return keep(__real_##name arguments);                                                      \
    }

WRAP_MEMORY(malloc, (size_t size), (size))
WRAP_MEMORY(calloc, (size_t n, size_t size), (n, size))
WRAP_MEMORY(aligned_alloc, (size_t align, size_t size), (align, size))

void *__real_realloc(void *memory, size_t size);
void *__wrap_realloc(void *memory, size_t size);

void *__wrap_realloc(void *memory, size_t size)
{
    if (fails(MEMORY)) {
        errno = ENOMEM;
        return NULL;
    }
    void *moved = __real_realloc(memory, size);
    if (moved) {
        forget(memory);
        keep(moved);
    }
    return moved;
}

void __real_free(void *memory);
void __wrap_free(void *memory);

void __wrap_free(void *memory)
{
    if (memory) {
        forget(memory);
    }
    __real_free(memory);
}

/* With 64-bit file offsets the C library gives some calls other names; both are wrapped. */
WRAP(void *, mmap, (void *address, size_t size, int protection, int flags, int fd, off_t offset),
     (address, size, protection, flags, fd, offset), MEMORY, ENOMEM, MAP_FAILED)
WRAP(void *, mmap64, (void *address, size_t size, int protection, int flags, int fd, off_t offset),
     (address, size, protection, flags, fd, offset), MEMORY, ENOMEM, MAP_FAILED)
WRAP(int, pthread_mutex_init, (pthread_mutex_t * mutex, const pthread_mutexattr_t *attributes),
     (mutex, attributes), SYSTEM, EAGAIN, EAGAIN)
WRAP(int, pthread_create,
     (pthread_t * thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument),
     (thread, attributes, start, argument), SYSTEM, EAGAIN, EAGAIN)
WRAP(int, pthread_key_create, (pthread_key_t * key, void (*destroy)(void *)), (key, destroy),
     SYSTEM, EAGAIN, EAGAIN)
WRAP(FILE *, fopen, (const char *path, const char *mode), (path, mode), SYSTEM, EIO, NULL)
WRAP(FILE *, fopen64, (const char *path, const char *mode), (path, mode), SYSTEM, EIO, NULL)
WRAP_INTERRUPTED(int, open, (const char *path, int flags, mode_t mode), (path, flags, mode), EIO)
WRAP_INTERRUPTED(int, open64, (const char *path, int flags, mode_t mode), (path, flags, mode), EIO)
WRAP_INTERRUPTED(ssize_t, read, (int fd, void *bytes, size_t size), (fd, bytes, shortened(size)),
                 EIO)
WRAP_INTERRUPTED(ssize_t, write, (int fd, const void *bytes, size_t size),
                 (fd, bytes, shortened(size)), ENOSPC)
WRAP_INTERRUPTED(int, fsync, (int fd), (fd), EIO)
WRAP(int, rename, (const char *from, const char *to), (from, to), SYSTEM, EIO, -1)
WRAP(int, flock, (int fd, int operation), (fd, operation), SYSTEM, ENOLCK, -1)
WRAP(int, fchmod, (int fd, mode_t mode), (fd, mode), SYSTEM, EIO, -1)
WRAP(int, ftruncate, (int fd, off_t size), (fd, size), SYSTEM, EIO, -1)
WRAP(int, stat, (const char *path, struct stat *about), (path, about), SYSTEM, EIO, -1)
WRAP(int, stat64, (const char *path, struct stat *about), (path, about), SYSTEM, EIO, -1)
WRAP(char *, realpath, (const char *path, char *resolved), (path, resolved), SYSTEM, EIO, NULL)
WRAP(int, scandir,
     (const char *path, struct dirent ***entries, int (*wanted)(const struct dirent *),
      int (*order)(const struct dirent **, const struct dirent **)),
     (path, entries, wanted, order), SYSTEM, EIO, -1)
WRAP(int, scandir64,
     (const char *path, struct dirent ***entries, int (*wanted)(const struct dirent *),
      int (*order)(const struct dirent **, const struct dirent **)),
     (path, entries, wanted, order), SYSTEM, EIO, -1)

/* A close that fails has closed: that is how Linux does it. */
int __real_close(int fd);
int __wrap_close(int fd);

int __wrap_close(int fd)
{
    bool failed = fails(SYSTEM);
    int result = __real_close(fd);
    if (failed) {
        errno = EIO;
        return -1;
    }
    return result;
}

/* ---- the runs ------------------------------------------------------------------------------- */

static unsigned open_fds(void)
{
    unsigned n = 0;
    for (int fd = 0; fd < FDS; fd++) {
        n += fcntl(fd, F_GETFD) >= 0;
    }
    return n;
}

static be_status run(fault_scenario *scenario, unsigned fails_at, bool from_here_on)
{
    unsigned fds = open_fds();
    fault.calls = fault.failed = fault.interrupts = 0;
    fault.pauses = 0; /* a CHECK that failed in the scenario before may have left some */
    fault.n_live = 0;
    fault.fails_at = fails_at;
    fault.from_here_on = from_here_on;
    fault.watching = true;
    be_status status = scenario();
    fault.watching = false;
    CHECK_SAY(fault.n_live == 0, "call %u%s: %zu blocks of memory are kept", fails_at,
              from_here_on ? " and on" : "", fault.n_live);
    CHECK_SAY(open_fds() == fds, "call %u%s: file descriptors are kept", fails_at,
              from_here_on ? " and on" : "");
    return status;
}

/* Whether a status fits what failed. An engine's calls vary a little with time, so the call that is
 * to fail may not come: then nothing failed. */
static bool fits(be_status status)
{
    return status == BE_OK || (status == BE_ENOMEM && fault.failed & MEMORY) ||
           ((status == BE_EIO || status == BE_ESYSTEM) && fault.failed & SYSTEM);
}

void fault_everywhere(fault_scenario *scenario, unsigned at_least, unsigned harmless_memory,
                      unsigned harmless_system)
{
    run(scenario, 0, false); /* what is done once in a process is done now */
    be_status status = run(scenario, 0, false);
    unsigned calls = fault.calls;
    CHECK_SAY(status == BE_OK, "unhurt: %s", be_status_text(status));
    unsigned hit = 0, harmless[MEMORY + SYSTEM] = {0};
    for (unsigned call = 1; call <= calls; call++) {
        status = run(scenario, call, true);
        CHECK_SAY(fits(status), "call %u and on: %s", call, be_status_text(status));
        status = run(scenario, call, false);
        CHECK_SAY(fits(status), "call %u: %s", call, be_status_text(status));
        hit += fault.failed != 0;
        harmless[fault.failed] += status == BE_OK;
    }
    CHECK_SAY(hit >= at_least, "%u fallible calls", hit);
    CHECK_SAY(harmless[MEMORY] <= harmless_memory && harmless[SYSTEM] <= harmless_system,
              "of %u calls, %u allocations and %u others fail without a word", hit,
              harmless[MEMORY], harmless[SYSTEM]);
}

void fault_stutter(fault_scenario *scenario)
{
    fault.stuttering = true;
    be_status status = run(scenario, 0, false);
    fault.stuttering = false;
    CHECK_SAY(status == BE_OK, "%s", be_status_text(status));
}
