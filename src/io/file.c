/* file.c: files read whole, and files that appear whole or not at all.
 *
 * A replacement is written under a name of its own in the target's directory, flushed, and renamed
 * over the target; then the directory is flushed, so the new name survives a crash too. Every way
 * out before the rename removes the file beside. What is no regular file (a pipe, /dev/null) has no
 * old content to keep and must not be replaced by a file: it is written to directly.
 */
#include "io/io.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_STEP = 1 << 16, NAMES_TRIED = 100, PATH_SHOWN = 80 };

static bool is_dash(const char *path)
{
    return strcmp(path, "-") == 0;
}

/* BE_EIO with "cannot read PATH: what errno says"; of a long path, its end. */
static be_status system_said(be_error *error, const char *verb, const char *path)
{
    const char *reason = strerror(errno);
    size_t length = strlen(path);
    const char *dots = length > PATH_SHOWN ? "..." : "";
    const char *shown = length > PATH_SHOWN ? path + length - PATH_SHOWN : path;
    return be_error_set(error, BE_EIO, "cannot %s %s%s: %s", verb, dots, shown, reason);
}

static int open_again(const char *path, int flags, mode_t mode)
{
    int fd;
    do {
        fd = open(path, flags | O_CLOEXEC, mode);
    } while (fd < 0 && errno == EINTR);
    return fd;
}

/* ---- reading -------------------------------------------------------------------------------- */

/* One byte more than allowed is asked for, so that "too long" is seen without reading it all. */
static be_status read_all(int fd, const char *name, size_t max_bytes, be_text *text,
                          be_error *error)
{
    size_t total = 0;
    for (;;) {
        size_t step = max_bytes - total < READ_STEP ? max_bytes - total + 1 : READ_STEP;
        if (!be__text_reserve(text, step)) {
            return be_error_set(error, text->status, "memory for the content of %s", name);
        }
        ssize_t got = read(fd, text->bytes + text->size, step);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return system_said(error, "read", name);
        }
        if (got == 0) {
            return BE_OK;
        }
        if ((size_t)got > max_bytes - total) {
            return be_error_set(error, BE_ELIMIT, "at most %zu bytes in %s", max_bytes, name);
        }
        total += (size_t)got;
        text->size += (size_t)got;
        text->bytes[text->size] = '\0';
    }
}

be_status be_file_read(const char *path, size_t max_bytes, be_text *text, be_error *error)
{
    const char *name = is_dash(path) ? "standard input" : path;
    int fd = is_dash(path) ? STDIN_FILENO : open_again(path, O_RDONLY, 0);
    if (fd < 0) {
        return system_said(error, "open", name);
    }
    size_t size_before = text->size;
    be_status status = read_all(fd, name, max_bytes, text, error);
    if (status && text->capacity) {
        text->size = size_before;
        text->bytes[text->size] = '\0';
    }
    if (fd != STDIN_FILENO) {
        close(fd);
    }
    return status;
}

/* ---- writing -------------------------------------------------------------------------------- */

static bool write_all(int fd, const void *bytes, size_t size)
{
    const char *next = bytes;
    while (size > 0) {
        ssize_t wrote = write(fd, next, size < SSIZE_MAX ? size : SSIZE_MAX);
        if (wrote < 0 && errno == EINTR) {
            continue;
        }
        if (wrote <= 0) {
            errno = wrote < 0 ? errno : EIO;
            return false;
        }
        next += wrote;
        size -= (size_t)wrote;
    }
    return true;
}

static bool flush(int fd)
{
    int failed;
    do {
        failed = fsync(fd);
    } while (failed && errno == EINTR);
    return !failed;
}

static be_status write_directly(const char *path, const void *bytes, size_t size, be_error *error)
{
    int fd = open_again(path, O_WRONLY, 0);
    if (fd < 0) {
        return system_said(error, "open", path);
    }
    bool wrote = write_all(fd, bytes, size);
    be_status status = wrote ? BE_OK : system_said(error, "write", path);
    if (close(fd) && !status) {
        status = system_said(error, "write", path);
    }
    return status;
}

/* The directory part of path with its slash, or "./"; false when it does not fit. */
static bool directory_of(const char *path, char directory[PATH_MAX])
{
    const char *slash = strrchr(path, '/');
    const char *from = slash ? path : "./";
    size_t length = slash ? (size_t)(slash - path) + 1 : 2;
    if (length >= PATH_MAX) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(directory, from, length);
    directory[length] = '\0';
    return true;
}

/* Create a file that was not there; its name goes to `beside`. The name is unique among the threads
 * of this process and the processes of this machine; one that a crash left behind is passed over.
 */
static int create_beside(const char *directory, char beside[PATH_MAX + 64])
{
    static unsigned counter;
    for (int i = 0; i < NAMES_TRIED; i++) {
        unsigned number = __atomic_fetch_add(&counter, 1, __ATOMIC_RELAXED);
        snprintf(beside, PATH_MAX + 64, "%s.breakeven-%ld-%u.tmp", directory, (long)getpid(),
                 number);
        int fd = open_again(beside, O_WRONLY | O_CREAT | O_EXCL, 0666);
        if (fd >= 0 || errno != EEXIST) {
            return fd;
        }
    }
    return -1;
}

/* A directory that may be written but not read cannot be flushed, and some file systems flush none;
 * neither is a failure of the write. */
static bool flush_directory(const char *directory)
{
    int fd = open_again(directory, O_RDONLY | O_DIRECTORY, 0);
    if (fd < 0) {
        return errno == EACCES;
    }
    bool done = flush(fd) || errno == EINVAL;
    int reason = errno;
    close(fd);
    errno = reason;
    return done;
}

/* `old` is what stands at target now, NULL when nothing does. */
static be_status replace_regular(const char *target, const struct stat *old, const void *bytes,
                                 size_t size, be_error *error)
{
    char directory[PATH_MAX];
    char beside[PATH_MAX + 64];
    if (!directory_of(target, directory)) {
        return system_said(error, "create", target);
    }
    int fd = create_beside(directory, beside);
    if (fd < 0) {
        return system_said(error, "create a file beside", target);
    }
    bool done = (!old || fchmod(fd, old->st_mode & 07777) == 0 || errno == EPERM) &&
                write_all(fd, bytes, size) && flush(fd);
    int reason = errno;
    if (close(fd) && done) {
        reason = errno;
        done = false;
    }
    if (done && rename(beside, target)) {
        reason = errno;
        done = false;
    }
    if (!done) {
        unlink(beside);
        errno = reason;
        return system_said(error, "write", target);
    }
    return flush_directory(directory) ? BE_OK : system_said(error, "flush the folder of", target);
}

be_status be_file_replace(const char *path, const void *bytes, size_t size, be_error *error)
{
    if (is_dash(path)) {
        bool wrote = write_all(STDOUT_FILENO, bytes, size);
        return wrote ? BE_OK : system_said(error, "write", "standard output");
    }
    struct stat old;
    if (stat(path, &old)) {
        return errno == ENOENT ? replace_regular(path, NULL, bytes, size, error)
                               : system_said(error, "write", path);
    }
    if (!S_ISREG(old.st_mode)) {
        return write_directly(path, bytes, size, error);
    }
    char target[PATH_MAX]; /* a symbolic link stays, the file it names is replaced */
    if (!realpath(path, target)) {
        return system_said(error, "write", path);
    }
    return replace_regular(target, &old, bytes, size, error);
}
