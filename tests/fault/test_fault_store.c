/* test_fault_store.c: a journal while memory and the disk fail. */
#include "check.h"
#include "folder.h"
#include "fault.h"

#include <breakeven/store.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const be_hash128 JOB = {1, 2};

static be_status take(void *user, uint32_t kind, uint64_t begin, uint64_t end, const void *payload,
                      size_t size)
{
    uint64_t *n = user;
    CHECK(kind == 7 && end == begin + 1 && size == 5 && memcmp(payload, "hello", 5) == 0);
    CHECK(begin == *n);
    ++*n;
    return BE_OK;
}

/* Open, add three, commit, replace all by five, commit; then read, with nothing failing. */
static be_status journal_is_written(void)
{
    fault_pause();
    unlink("j");
    fault_resume();
    uint64_t n = 0, committed = 0;
    be_journal *journal = NULL;
    be_status status = be_journal_open("j", JOB, take, &n, &journal, NULL);
    for (uint64_t i = 0; i < 3 && !status; i++) {
        status = be_journal_append(journal, 7, i, i + 1, "hello", 5, NULL);
    }
    if (!status) {
        status = be_journal_commit(journal, NULL);
        committed = status ? 0 : 3;
    }
    if (!status) {
        status = be_journal_restart(journal, NULL);
    }
    for (uint64_t i = 0; i < 5 && !status; i++) {
        status = be_journal_append(journal, 7, i, i + 1, "hello", 5, NULL);
    }
    if (!status) {
        status = be_journal_commit(journal, NULL);
        committed = status ? committed : 5;
        if (status) {
            CHECK(be_journal_commit(journal, NULL) == status); /* and never tried again */
        }
    }
    be_journal_close(journal);
    fault_pause();
    n = 0;
    CHECK(be_journal_open("j", JOB, take, &n, &journal, NULL) == BE_OK);
    CHECK_SAY(n >= committed && n <= 5, "%d committed, %d there", (int)committed, (int)n);
    be_journal_close(journal);
    fault_resume();
    return status;
}

static void what_was_committed_is_there_whatever_call_fails(void **state)
{
    (void)state;
    fault_everywhere(journal_is_written, 20, 0, FAULT_ANY);
    fault_stutter(journal_is_written);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(what_was_committed_is_there_whatever_call_fails, enter_folder,
                                    leave_folder),
};
RUN_TESTS(tests)
