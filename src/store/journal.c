/* journal.c: an append-only file of checksummed records with one writer.
 *
 *     header   magic, version, job, sum                   the sum of the three before it
 *     record   size, kind, begin, end, sum, payload       padded with zeros to 8 bytes
 *     ...
 *     zeros    preallocated: a flush need not write the file's size and place each time
 *
 * A record's sum is a hash of the sum before it, its fields and its payload. So a record is good
 * only behind the very records it was written behind: what an older life of the file left beyond
 * the end is never taken for a continuation, and zeros are no record. Reading stops at the first
 * sum that is wrong, and cuts off there.
 */
#include <breakeven/store.h>

#include "base/base.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { VERSION = 1, STEP = 4 << 20, PATH_SHOWN = 60 };
static const char MAGIC[8] = {'B', 'E', 'J', 'O', 'U', 'R', 'N', 'L'};

typedef struct header {
    char magic[8];
    uint64_t version;
    be_hash128 job;
    be_hash128 sum;
} header;

typedef struct record {
    uint32_t size;
    uint32_t kind;
    uint64_t begin;
    uint64_t end;
    be_hash128 sum;
} record;

struct be_journal {
    char *path;
    char *beside; /* path.new */
    int fd;       /* the file that is appended to */
    int old;      /* between a restart and its commit: the file that is to be replaced, else -1 */
    be_hash128 job;
    be_hash128 sum;     /* of the last record, or the header */
    uint64_t at;        /* where the next record goes */
    uint64_t allocated; /* bytes preallocated */
    be_status status;   /* of the first call that failed */
};

static be_status system_said(be_error *error, const char *verb, const char *path)
{
    const char *reason = strerror(errno);
    size_t length = strlen(path);
    const char *shown = length > PATH_SHOWN ? path + length - PATH_SHOWN : path;
    return be_error_set(error, BE_EIO, "cannot %s the journal %s%s: %s", verb,
                        shown == path ? "" : "...", shown, reason);
}

/* ---- bytes ---------------------------------------------------------------------------------- */

static bool write_all(int fd, const void *bytes, size_t size)
{
    const char *b = bytes;
    while (size > 0) {
        ssize_t put = write(fd, b, size);
        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put <= 0) {
            return false;
        }
        b += put;
        size -= (size_t)put;
    }
    return true;
}

/* As many bytes as there are, up to size; -1 on failure. */
static ssize_t read_all(int fd, void *bytes, size_t size)
{
    char *b = bytes;
    size_t done = 0;
    while (done < size) {
        ssize_t got = read(fd, b + done, size - done);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return -1;
        }
        if (got == 0) {
            break;
        }
        done += (size_t)got;
    }
    return (ssize_t)done;
}

static bool flush(int fd)
{
    int failed;
    do {
        failed = fsync(fd);
    } while (failed && errno == EINTR);
    return !failed;
}

static be_hash128 sum_of(be_hash128 before, const record *r, const void *payload)
{
    struct {
        be_hash128 before, payload;
        uint64_t begin, end;
        uint32_t size, kind;
    } all = {before, be_hash(payload ? payload : "", r->size), r->begin, r->end, r->size, r->kind};
    return be_hash(&all, sizeof all);
}

static size_t padding(size_t size)
{
    return (8 - size % 8) % 8;
}

static bool same_hash(be_hash128 a, be_hash128 b)
{
    return a.low == b.low && a.high == b.high;
}

/* The file's own name is on the disk once its folder is. */
static bool flush_folder(const char *path)
{
    char *folder = strdup(path);
    if (!folder) {
        return false;
    }
    char *slash = strrchr(folder, '/');
    if (slash) {
        slash[slash == folder] = '\0';
    }
    int fd;
    do {
        fd = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    } while (fd < 0 && errno == EINTR);
    free(folder);
    bool flushed = fd >= 0 && flush(fd);
    if (fd >= 0) {
        close(fd);
    }
    return flushed;
}

/* ---- opening -------------------------------------------------------------------------------- */

static header header_of(be_hash128 job)
{
    header h = {.version = VERSION, .job = job};
    memcpy(h.magic, MAGIC, sizeof h.magic);
    h.sum = be_hash(&h, offsetof(header, sum));
    return h;
}

static bool write_header(be_journal *j)
{
    header h = header_of(j->job);
    j->sum = h.sum;
    j->at = sizeof h;
    j->allocated = 0;
    return write_all(j->fd, &h, sizeof h);
}

/* Open path for this process alone; of a file made anew the caller writes the header. */
static be_status open_file(const char *path, int flags, int *fd, be_error *error)
{
    do {
        *fd = open(path, O_RDWR | O_CLOEXEC | flags, 0666);
    } while (*fd < 0 && errno == EINTR);
    if (*fd < 0) {
        return system_said(error, "open", path);
    }
    if (flock(*fd, LOCK_EX | LOCK_NB)) {
        be_status status =
            errno == EWOULDBLOCK
                ? be_error_set(error, BE_EINVAL, "a journal that no other process writes")
                : system_said(error, "lock", path);
        close(*fd);
        return status;
    }
    return BE_OK;
}

/* Hand over the records from behind the header on; j->at ends behind the last good one. */
static be_status read_records(be_journal *j, uint64_t file_size, be_journal_reader *reader,
                              void *user, be_error *error)
{
    record r;
    void *payload = NULL;
    be_status status = BE_OK;
    for (;;) {
        ssize_t got = read_all(j->fd, &r, sizeof r);
        if (got < 0) {
            status = system_said(error, "read", j->path);
            break;
        }
        if (got < (ssize_t)sizeof r || r.size > BE_JOURNAL_PAYLOAD_MAX ||
            j->at + sizeof r + r.size > file_size) {
            break;
        }
        size_t size = r.size + padding(r.size);
        free(payload);
        payload = malloc(size ? size : 1);
        if (!payload) {
            status = be_error_set(error, BE_ENOMEM, "memory for a record of %u bytes", r.size);
            break;
        }
        got = read_all(j->fd, payload, size);
        if (got < 0) {
            status = system_said(error, "read", j->path);
            break;
        }
        if (got < (ssize_t)size || !same_hash(r.sum, sum_of(j->sum, &r, payload))) {
            break;
        }
        j->at += sizeof r + size;
        j->sum = r.sum;
        status = reader(user, r.kind, r.begin, r.end, payload, r.size);
        if (status) {
            be_error_set(error, status, "records that fit the job");
            break;
        }
    }
    free(payload);
    return status;
}

static be_status read_journal(be_journal *j, be_journal_reader *reader, void *user, be_error *error)
{
    struct stat about;
    header h;
    if (fstat(j->fd, &about)) {
        return system_said(error, "look at", j->path);
    }
    ssize_t got = read_all(j->fd, &h, sizeof h);
    if (got < 0) {
        return system_said(error, "read", j->path);
    }
    header mine = header_of(j->job);
    if (got < (ssize_t)sizeof h && memcmp(&h, &mine, (size_t)got) == 0) {
        /* new, or its maker was stopped while writing the header */
        return lseek(j->fd, 0, SEEK_SET) == 0 && write_header(j) && flush(j->fd) &&
                       flush_folder(j->path)
                   ? BE_OK
                   : system_said(error, "write", j->path);
    }
    if (got < (ssize_t)sizeof h || memcmp(h.magic, MAGIC, sizeof h.magic) != 0 ||
        h.version != VERSION || !same_hash(h.sum, be_hash(&h, offsetof(header, sum)))) {
        return be_error_set(error, BE_EINVAL, "a journal, or no file at all");
    }
    if (!same_hash(h.job, j->job)) {
        return be_error_set(error, BE_EINVAL, "the journal of this job, not of another");
    }
    j->sum = h.sum;
    j->at = sizeof h;
    be_status status = read_records(j, (uint64_t)about.st_size, reader, user, error);
    if (!status && (ftruncate(j->fd, (off_t)j->at) || lseek(j->fd, (off_t)j->at, SEEK_SET) < 0)) {
        status = system_said(error, "cut", j->path);
    }
    return status;
}

be_status be_journal_open(const char *path, be_hash128 job, be_journal_reader *reader, void *user,
                          be_journal **journal, be_error *error)
{
    be_journal *j = calloc(1, sizeof *j);
    if (!j) {
        return be_error_set(error, BE_ENOMEM, "memory for a journal");
    }
    *j = (be_journal){.fd = -1, .old = -1, .job = job};
    size_t length = strlen(path) + 1;
    j->path = strdup(path);
    j->beside = malloc(length + 4);
    be_status status = BE_OK;
    if (!j->path || !j->beside) {
        status = be_error_set(error, BE_ENOMEM, "memory for a journal");
    } else {
        snprintf(j->beside, length + 4, "%s.new", path);
        status = open_file(path, O_CREAT, &j->fd, error);
        j->fd = status ? -1 : j->fd;
        status = status ? status : read_journal(j, reader, user, error);
    }
    if (status) {
        be_journal_close(j);
        return status;
    }
    *journal = j;
    return BE_OK;
}

void be_journal_close(be_journal *j)
{
    if (!j) {
        return;
    }
    if (j->old >= 0) { /* a restart that was never committed */
        close(j->old);
        unlink(j->beside);
    }
    if (j->fd >= 0) {
        close(j->fd);
    }
    free(j->path);
    free(j->beside);
    free(j);
}

/* ---- writing -------------------------------------------------------------------------------- */

static be_status failed_before(const be_journal *j, be_error *error)
{
    return be_error_set(error, j->status, "a journal that did not fail before");
}

be_status be_journal_append(be_journal *j, uint32_t kind, uint64_t begin, uint64_t end,
                            const void *payload, size_t size, be_error *error)
{
    static const char ZEROS[8];
    if (j->status) {
        return failed_before(j, error);
    }
    if (size > BE_JOURNAL_PAYLOAD_MAX) {
        return be_error_set(error, BE_EINVAL, "a payload of at most %d bytes",
                            BE_JOURNAL_PAYLOAD_MAX);
    }
    record r = {.size = (uint32_t)size, .kind = kind, .begin = begin, .end = end};
    r.sum = sum_of(j->sum, &r, payload);
    uint64_t behind = j->at + sizeof r + size + padding(size);
    if (behind > j->allocated) {
        /* Only a help, which some file systems cannot give. */
        uint64_t more = (behind / STEP + 1) * STEP;
        (void)posix_fallocate(j->fd, (off_t)j->at, (off_t)(more - j->at));
        j->allocated = more;
    }
    if (!write_all(j->fd, &r, sizeof r) || !write_all(j->fd, payload, size) ||
        !write_all(j->fd, ZEROS, padding(size))) {
        return j->status = system_said(error, "write", j->path);
    }
    j->at = behind;
    j->sum = r.sum;
    return BE_OK;
}

be_status be_journal_commit(be_journal *j, be_error *error)
{
    if (j->status) {
        return failed_before(j, error);
    }
    if (!flush(j->fd)) {
        return j->status = system_said(error, "flush", j->path);
    }
    if (j->old < 0) {
        return BE_OK;
    }
    if (rename(j->beside, j->path) || !flush_folder(j->path)) {
        return j->status = system_said(error, "replace", j->path);
    }
    close(j->old);
    j->old = -1;
    return BE_OK;
}

be_status be_journal_restart(be_journal *j, be_error *error)
{
    if (j->status) {
        return failed_before(j, error);
    }
    if (j->old >= 0) {
        return be_error_set(error, BE_EINVAL, "a commit after the last restart");
    }
    int fd;
    be_status status = open_file(j->beside, O_CREAT | O_TRUNC, &fd, error);
    if (status) {
        return j->status = status;
    }
    j->old = j->fd;
    j->fd = fd;
    return write_header(j) ? BE_OK : (j->status = system_said(error, "write", j->beside));
}
