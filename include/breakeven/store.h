/* store.h: what outlives a process. */
#ifndef BREAKEVEN_STORE_H
#define BREAKEVEN_STORE_H

#include <breakeven/io.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- the journal ---------------------------------------------------------------------------- */

/* An append-only file of records, for a long job to resume from: what was committed is there after
 * any end of the process, a crash of the machine included.
 *
 *     be_journal_open("job.journal", digest_of_the_job, take_record, &job, &journal, &error);
 *     ... work ...
 *     be_journal_append(journal, KIND, begin, end, results, size, &error);
 *     be_journal_commit(journal, &error);          from now on this cannot be lost
 *
 * One process at a time writes a journal. Records that were appended but not committed may be there
 * or not, but never without those before them. */
typedef struct be_journal be_journal;

/* A record as it was appended: what was done of [begin, end), in the writer's own encoding. payload
 * is valid during the call. What it returns ends the reading, and the opening, unless BE_OK. */
typedef be_status be_journal_reader(void *user, uint32_t kind, uint64_t begin, uint64_t end,
                                    const void *payload, size_t size);

enum { BE_JOURNAL_PAYLOAD_MAX = 1 << 26 };

/* Open the journal at path, or make an empty one, and hand each of its records to reader, in order.
 * What follows the last whole record (its checksum covers it and all before it) is cut off.
 *
 *   job     stands for the work and all its inputs: a journal of another job is not touched
 *
 * BE_EINVAL: a file that is no journal, of another job, or in use by another process. BE_EIO,
 * BE_ENOMEM. *error may be NULL. */
BE_API BE_CHECK be_status be_journal_open(const char *path, be_hash128 job,
                                          be_journal_reader *reader, void *user,
                                          be_journal **journal, be_error *error);
BE_API void be_journal_close(be_journal *journal); /* may be NULL; commits nothing */

/* Add a record. size is at most BE_JOURNAL_PAYLOAD_MAX; the payload may be NULL when it is 0. After
 * a failure of this or any function below, all further calls fail alike: what the file holds is
 * then known only to the next be_journal_open. */
BE_API BE_CHECK be_status be_journal_append(be_journal *journal, uint32_t kind, uint64_t begin,
                                            uint64_t end, const void *payload, size_t size,
                                            be_error *error);

/* Wait until all that was appended is on the disk: one flush, so many records a commit cost little
 * more than one. A flush that failed is not tried again: the system may have dropped the data. */
BE_API BE_CHECK be_status be_journal_commit(be_journal *journal, be_error *error);

/* What is appended from now on replaces, at the next commit and at once, all records before it:
 * it goes to a file beside, "path.new", which is then renamed. */
BE_API BE_CHECK be_status be_journal_restart(be_journal *journal, be_error *error);

/* ---- the history of measurements ------------------------------------------------------------ */

/* An SQLite database of medians that studies found, one row a setting a study. The file can be
 * opened with sqlite3: table `measured`. Several processes may add to it. */
typedef struct be_history be_history;

typedef struct be_history_entry {
    uint64_t begun_s;    /* seconds since 1970, UTC */
    const char *machine; /* the CPU's name */
    const char *version; /* of Breakeven */
    const char *subject; /* a workload, or a command */
    uint64_t n;
    const char *setting;
    double median_ns, low_ns, high_ns; /* wall time and its interval; NaN: not known */
} be_history_entry;

/* Open the history at path, or make an empty one. A file that is no database is renamed to
 * "path.damaged" first. BE_EIO, with what SQLite said; BE_EINVAL: made by a later version;
 * BE_ENOMEM. *error may be NULL, here and below. */
BE_API BE_CHECK be_status be_history_open(const char *path, be_history **history, be_error *error);
BE_API void be_history_close(be_history *history); /* may be NULL */

/* Add n rows: all of them, or none. Waits up to 5 s for other writers. On the disk on return. */
BE_API BE_CHECK be_status be_history_add(be_history *history, const be_history_entry *entries,
                                         size_t n, be_error *error);

/* A row; its texts are valid during the call. What it returns ends the reading unless BE_OK. */
typedef be_status be_history_reader(void *user, const be_history_entry *entry);

/* Hand the rows of a subject (NULL: of all) to reader, by subject, n, setting, then time. */
BE_API BE_CHECK be_status be_history_read(be_history *history, const char *subject,
                                          be_history_reader *reader, void *user, be_error *error);

#ifdef __cplusplus
}
#endif
#endif
