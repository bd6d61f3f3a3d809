/* test_history.c: what was added is read again, in order, by us and by the sqlite3 program. */
#include "check.h"

#include <breakeven/store.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/history-XXXXXX";
static char path[64];

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/history-XXXXXX");
    CHECK(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/history.db", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    char damaged[80];
    snprintf(damaged, sizeof damaged, "%s.damaged", path);
    unlink(path);
    unlink(damaged);
    rmdir(folder);
    return 0;
}

static const be_history_entry entries[] = {
    {200, "cpu", "1", "b'; DROP TABLE measured; --", 8, "sequential", 5, 4, 6},
    {100, "cpu", "1", "a", 16, "static", 7.25, (double)NAN, (double)NAN},
    {300, "cpu", "1", "a", 8, "static", 9, 8, 10},
    {100, "cpu", "1", "a", 8, "static", 3, 2, 4},
};
static const int order[] = {3, 2, 1, 0};

struct seen {
    int n;
    bool all;
};

static be_status look(void *user, const be_history_entry *e)
{
    struct seen *seen = user;
    const be_history_entry *expected = &entries[order[seen->n++]];
    CHECK(e->begun_s == expected->begun_s && e->n == expected->n);
    CHECK(strcmp(e->subject, expected->subject) == 0 && strcmp(e->setting, expected->setting) == 0);
    CHECK(strcmp(e->machine, "cpu") == 0 && strcmp(e->version, "1") == 0);
    CHECK(e->median_ns == expected->median_ns && !isnan(e->low_ns) == !isnan(expected->low_ns));
    return seen->all ? BE_OK : BE_ECANCEL;
}

static void rows_come_back_by_subject_size_setting_and_time(void **state)
{
    (void)state;
    be_history *history;
    be_error error;
    CHECK(be_history_open(path, &history, &error) == BE_OK);
    CHECK(be_history_add(history, entries, 2, &error) == BE_OK);
    be_history_close(history);
    CHECK(be_history_open(path, &history, &error) == BE_OK);
    CHECK(be_history_add(history, entries + 2, 2, &error) == BE_OK);
    struct seen seen = {0, true};
    CHECK(be_history_read(history, NULL, look, &seen, &error) == BE_OK && seen.n == 4);
    seen = (struct seen){0, true};
    CHECK(be_history_read(history, "a", look, &seen, &error) == BE_OK && seen.n == 3);
    seen = (struct seen){0, true};
    CHECK(be_history_read(history, "none", look, &seen, &error) == BE_OK && seen.n == 0);
    seen = (struct seen){0, false};
    CHECK(be_history_read(history, NULL, look, &seen, &error) == BE_ECANCEL && seen.n == 1);
    be_history_close(history);

    char command[160], line[32] = "";
    snprintf(command, sizeof command, "sqlite3 %s 'select sum(median_ns) from measured' 2>&1",
             path);
    FILE *pipe = popen(command, "r");
    CHECK(pipe && fgets(line, sizeof line, pipe));
    if (pclose(pipe) != 0) {
        SKIP("needs the sqlite3 program");
    }
    CHECK_SAY(strcmp(line, "24.25\n") == 0, "%s", line);
}

static void a_damaged_history_is_moved_aside(void **state)
{
    (void)state;
    FILE *file = fopen(path, "w");
    CHECK(file != NULL);
    for (int i = 0; i < 1000; i++) {
        fputs("this is no database ", file);
    }
    fclose(file);
    be_history *history;
    be_error error;
    CHECK(be_history_open(path, &history, &error) == BE_OK);
    CHECK(be_history_add(history, entries, 4, &error) == BE_OK);
    be_history_close(history);
    char damaged[80];
    snprintf(damaged, sizeof damaged, "%s.damaged", path);
    CHECK(access(damaged, F_OK) == 0);
}

static void what_cannot_be_opened_is_told(void **state)
{
    (void)state;
    be_history *history;
    be_error error;
    CHECK(be_history_open("/no/such/folder/history.db", &history, &error) == BE_EIO);
    CHECK(strstr(error.expected, "/no/such/folder") != NULL);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(rows_come_back_by_subject_size_setting_and_time, make_folder,
                                    remove_folder),
    cmocka_unit_test_setup_teardown(a_damaged_history_is_moved_aside, make_folder, remove_folder),
    TEST(what_cannot_be_opened_is_told),
};
RUN_TESTS(tests)
