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

#ifdef __cplusplus
}
#endif
#endif
