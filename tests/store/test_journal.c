/* test_journal.c: what was committed is there; what was not may be; nothing else ever is. */
#include "check.h"
#include "folder.h"

#include <breakeven/store.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const be_hash128 JOB = {1, 2}, OTHER_JOB = {1, 3};

/* Reads records whose payload is the decimal begin, repeated `kind` times, and counts them. */
typedef struct seen {
    uint64_t n;
    bool wrong;
} seen;

static size_t payload_of(uint64_t i, char *text)
{
    size_t n = 0;
    for (uint64_t k = 0; k < i % 7; k++) {
        n += (size_t)sprintf(text + n, "%llu,", (unsigned long long)i);
    }
    return n;
}

static be_status take(void *user, uint32_t kind, uint64_t begin, uint64_t end, const void *payload,
                      size_t size)
{
    seen *s = user;
    char text[256];
    s->wrong = s->wrong || begin != s->n || end != begin + 1 || kind != begin % 7 ||
               size != payload_of(begin, text) || memcmp(payload, text, size) != 0;
    s->n++;
    return BE_OK;
}

static be_journal *opened(seen *s)
{
    be_journal *journal = NULL;
    be_error error;
    *s = (seen){0};
    be_status status = be_journal_open("j", JOB, take, s, &journal, &error);
    CHECK_SAY(!status, "expected %s", error.expected);
    CHECK(!s->wrong);
    return journal;
}

static void append(be_journal *journal, uint64_t from, uint64_t to)
{
    char text[256];
    for (uint64_t i = from; i < to; i++) {
        size_t size = payload_of(i, text);
        CHECK(!be_journal_append(journal, (uint32_t)(i % 7), i, i + 1, text, size, NULL));
    }
}

static void records_come_back_in_order_and_more_follow(void **state)
{
    (void)state;
    seen s;
    for (uint64_t n = 0; n < 5; n++) {
        be_journal *journal = opened(&s);
        CHECK(s.n == 100 * n);
        append(journal, 100 * n, 100 * (n + 1));
        CHECK(!be_journal_commit(journal, NULL));
        be_journal_close(journal);
    }
}

static void a_restart_replaces_all_at_its_commit_and_nothing_before(void **state)
{
    (void)state;
    seen s;
    be_journal *journal = opened(&s);
    append(journal, 0, 50);
    CHECK(!be_journal_commit(journal, NULL));
    CHECK(!be_journal_restart(journal, NULL));
    append(journal, 0, 3);
    be_journal_close(journal); /* not committed: as if it had not been */
    CHECK(access("j.new", F_OK) != 0);
    journal = opened(&s);
    CHECK(s.n == 50);
    CHECK(!be_journal_restart(journal, NULL));
    append(journal, 0, 3);
    CHECK(!be_journal_commit(journal, NULL));
    append(journal, 3, 5);
    CHECK(!be_journal_commit(journal, NULL));
    be_journal_close(journal);
    journal = opened(&s);
    CHECK(s.n == 5);
    be_journal_close(journal);
}

/* Cut the file at every length, and damage every byte: a prefix of the records is read, and
 * appending goes on from there. */
static void any_damage_leaves_a_prefix(void **state)
{
    (void)state;
    seen s;
    be_journal *journal = opened(&s);
    append(journal, 0, 9);
    be_journal_close(journal);
    char whole[1024];
    int fd = open("j", O_RDONLY);
    size_t size = (size_t)read(fd, whole, sizeof whole);
    close(fd);
    for (size_t at = 0; at < size; at++) {
        for (int damage = 0; damage < 2; damage++) {
            char bytes[1024];
            memcpy(bytes, whole, size);
            bytes[at] = (char)(bytes[at] ^ 0x10);
            fd = open("j", O_WRONLY | O_TRUNC);
            CHECK(write(fd, bytes, damage ? size : at) == (ssize_t)(damage ? size : at));
            close(fd);
            s = (seen){0};
            be_status status = be_journal_open("j", JOB, take, &s, &journal, NULL);
            CHECK(!s.wrong && s.n <= 9);
            if (status) {
                CHECK_SAY(at < 48 && status == BE_EINVAL, "byte %zu", at);
                continue;
            }
            uint64_t n = s.n;
            append(journal, n, n + 2);
            be_journal_close(journal);
            journal = opened(&s);
            CHECK_SAY(s.n == n + 2, "byte %zu", at);
            be_journal_close(journal);
        }
    }
}

static void a_journal_of_another_job_or_no_journal_is_not_touched(void **state)
{
    (void)state;
    seen s;
    be_journal *journal = opened(&s);
    append(journal, 0, 5);
    be_journal_close(journal);
    be_error error;
    CHECK(be_journal_open("j", OTHER_JOB, take, &s, &journal, &error) == BE_EINVAL);
    CHECK(strstr(error.expected, "not of another"));
    journal = opened(&s);
    CHECK(s.n == 5);
    be_journal_close(journal);
    FILE *file = fopen("j", "w");
    fprintf(file, "a diary, and longer than a journal's header of 48 bytes is\n");
    fclose(file);
    CHECK(be_journal_open("j", JOB, take, &s, &journal, &error) == BE_EINVAL);
    struct stat about;
    CHECK(stat("j", &about) == 0 && about.st_size == 59);
    CHECK(be_journal_open("no/such/folder", JOB, take, &s, &journal, &error) == BE_EIO);
}

static void a_second_writer_is_refused(void **state)
{
    (void)state;
    seen s;
    be_journal *journal = opened(&s), *second = NULL;
    be_error error;
    CHECK(be_journal_open("j", JOB, take, &s, &second, &error) == BE_EINVAL);
    CHECK(strstr(error.expected, "no other process"));
    be_journal_close(journal);
    be_journal_close(opened(&s));
}

/* A child appends and commits, telling after each commit how far it is, until it is killed. */
static void what_was_committed_survives_kill_9(void **state)
{
    (void)state;
    uint64_t told = 0;
    for (int round = 0; round < 20; round++) {
        int pipe_fds[2];
        CHECK(pipe(pipe_fds) == 0);
        pid_t child = fork();
        if (child == 0) {
            seen s = {0};
            be_journal *journal;
            if (be_journal_open("j", JOB, take, &s, &journal, NULL)) {
                _exit(1);
            }
            for (uint64_t i = s.n;; i++) {
                char text[256];
                size_t size = payload_of(i, text);
                if ((i % 50 == 49 && be_journal_restart(journal, NULL))) {
                    _exit(2);
                }
                for (uint64_t k = i % 50 == 49 ? 0 : i; k <= i; k++) {
                    size = payload_of(k, text);
                    if (be_journal_append(journal, (uint32_t)(k % 7), k, k + 1, text, size, NULL)) {
                        _exit(3);
                    }
                }
                if (be_journal_commit(journal, NULL) ||
                    write(pipe_fds[1], &i, sizeof i) != sizeof i) {
                    _exit(4);
                }
            }
        }
        close(pipe_fds[1]);
        for (int reads = 0; reads < 3 + round; reads++) {
            CHECK(read(pipe_fds[0], &told, sizeof told) == sizeof told);
        }
        kill(child, SIGKILL);
        uint64_t more;
        while (read(pipe_fds[0], &more, sizeof more) == sizeof more) {
            told = more;
        }
        close(pipe_fds[0]);
        int ended;
        CHECK(waitpid(child, &ended, 0) == child && WIFSIGNALED(ended));
        seen s;
        be_journal_close(opened(&s));
        CHECK_SAY(s.n > told, "%llu told, %llu there", (unsigned long long)told,
                  (unsigned long long)s.n);
    }
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)

static const struct CMUnitTest tests[] = {
    IN_FOLDER(records_come_back_in_order_and_more_follow),
    IN_FOLDER(a_restart_replaces_all_at_its_commit_and_nothing_before),
    IN_FOLDER(any_damage_leaves_a_prefix),
    IN_FOLDER(a_journal_of_another_job_or_no_journal_is_not_touched),
    IN_FOLDER(a_second_writer_is_refused),
    IN_FOLDER(what_was_committed_survives_kill_9),
};
RUN_TESTS(tests)
