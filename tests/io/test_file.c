/* test_file.c: files read whole, and replaced whole or not at all: on a full disk, past a size
 * limit, through links, into devices. Each test works in a folder of its own. */
#include "check.h"

#include <breakeven/io.h>

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int enter_folder(void **state)
{
    char folder[] = "/tmp/breakeven-test-XXXXXX";
    if (!mkdtemp(folder) || chdir(folder)) {
        return -1;
    }
    *state = strdup(folder);
    return 0;
}

static int leave_folder(void **state)
{
    char command[100];
    snprintf(command, sizeof command, "rm -rf '%s'", (char *)*state);
    free(*state);
    return chdir("/") || system(command);
}

static size_t files_here(void)
{
    size_t n = 0;
    DIR *folder = opendir(".");
    for (struct dirent *entry; (entry = readdir(folder));) {
        n += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    }
    closedir(folder);
    return n;
}

static bool content_is(const char *path, const char *bytes, size_t size)
{
    be_text text;
    be_text_init(&text, NULL);
    be_status status = be_file_read(path, SIZE_MAX, &text, NULL);
    bool same = status == BE_OK && text.size == size && memcmp(text.bytes, bytes, size) == 0;
    be_text_clear(&text);
    return same;
}

static void put(const char *path, const char *string)
{
    CHECK(be_file_replace(path, string, strlen(string), NULL) == BE_OK);
}

static void what_was_written_is_read_back(void **state)
{
    (void)state;
    size_t sizes[] = {0, 1, 65535, 65536, 65537, 1000003};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        char *bytes = malloc(sizes[i] + 1);
        for (size_t j = 0; j < sizes[i]; j++) {
            bytes[j] = (char)(j * 31 + i);
        }
        CHECK(be_file_replace("f", bytes, sizes[i], NULL) == BE_OK);
        CHECK_SAY(content_is("f", bytes, sizes[i]), "size %zu", sizes[i]);
        CHECK(files_here() == 1);
        free(bytes);
    }
}

static void reading_adds_to_the_text_or_leaves_it(void **state)
{
    (void)state;
    put("f", "0123456789");
    be_text text;
    be_text_init(&text, NULL);
    be_text_puts(&text, "<");
    be_error error;
    CHECK(be_file_read("f", 10, &text, &error) == BE_OK);
    assert_string_equal(text.bytes, "<0123456789");
    CHECK(be_file_read("f", 9, &text, &error) == BE_ELIMIT);
    CHECK(strstr(error.expected, "at most 9 bytes in f"));
    assert_string_equal(text.bytes, "<0123456789");
    CHECK(be_file_read("missing", 9, &text, &error) == BE_EIO);
    assert_string_equal(error.expected, "cannot open missing: No such file or directory");
    CHECK(be_file_read(".", 9, &text, &error) == BE_EIO);
    assert_string_equal(error.expected, "cannot read .: Is a directory");
    assert_string_equal(text.bytes, "<0123456789");
    be_text_clear(&text);
    text.cap = 5;
    CHECK(be_file_read("f", 10, &text, &error) == BE_ELIMIT);
    CHECK(text.size == 0);
    be_text_clear(&text);
}

static void an_endless_file_is_refused_at_the_bound(void **state)
{
    (void)state;
    be_text text;
    be_text_init(&text, NULL);
    CHECK(be_file_read("/dev/zero", 100000, &text, NULL) == BE_ELIMIT);
    CHECK(text.size == 0 && text.capacity <= 4 * 100000);
    be_text_clear(&text);
}

static void a_long_name_leaves_room_for_the_reason(void **state)
{
    (void)state;
    char path[3000];
    memset(path, 'x', sizeof path);
    path[sizeof path - 1] = '\0';
    be_error error;
    CHECK(be_file_replace(path, "", 0, &error) == BE_EIO);
    CHECK_SAY(strstr(error.expected, "xxx: File name too long"), "%s", error.expected);
    char longer[9000];
    memset(longer, '/', sizeof longer);
    longer[sizeof longer - 1] = '\0';
    CHECK(be_file_replace(longer, "", 0, &error) == BE_EIO);
    CHECK(files_here() == 0);
}

static void the_mode_of_the_old_file_stays(void **state)
{
    (void)state;
    put("f", "old");
    CHECK(chmod("f", 0640) == 0);
    put("f", "new");
    struct stat now;
    CHECK(stat("f", &now) == 0);
    CHECK_SAY((now.st_mode & 07777) == 0640, "mode %o", now.st_mode);
    mode_t old_mask = umask(027);
    put("g", "new");
    umask(old_mask);
    CHECK(stat("g", &now) == 0);
    CHECK_SAY((now.st_mode & 07777) == 0640, "mode %o", now.st_mode);
}

static void a_symbolic_link_stays_and_its_file_is_replaced(void **state)
{
    (void)state;
    CHECK(mkdir("d", 0777) == 0);
    put("d/f", "old");
    CHECK(symlink("d/f", "link") == 0);
    put("link", "new");
    struct stat link;
    CHECK(lstat("link", &link) == 0 && S_ISLNK(link.st_mode));
    CHECK(content_is("d/f", "new", 3));
}

static void what_cannot_be_written_is_left_alone(void **state)
{
    (void)state;
    be_error error;
    CHECK(be_file_replace("no/f", "x", 1, &error) == BE_EIO);
    assert_string_equal(error.expected,
                        "cannot create a file beside no/f: No such file or directory");
    CHECK(mkdir("d", 0777) == 0);
    CHECK(be_file_replace("d", "x", 1, &error) == BE_EIO);
    CHECK(be_file_replace("", "x", 1, &error) == BE_EIO);
    put("f", "file");
    CHECK(be_file_replace("f/x", "x", 1, &error) == BE_EIO);
    CHECK(files_here() == 2 && content_is("f", "file", 4));
}

static void devices_and_pipes_are_written_to_and_not_replaced(void **state)
{
    (void)state;
    put("/dev/null", "gone");
    struct stat device;
    CHECK(stat("/dev/null", &device) == 0 && S_ISCHR(device.st_mode));
    be_error error;
    CHECK(be_file_replace("/dev/full", "x", 1, &error) == BE_EIO);
    assert_string_equal(error.expected, "cannot write /dev/full: No space left on device");
    int ends[2];
    CHECK(pipe(ends) == 0);
    char name[40];
    snprintf(name, sizeof name, "/dev/fd/%d", ends[1]);
    put(name, "through");
    char got[8] = "";
    CHECK(read(ends[0], got, 7) == 7 && strcmp(got, "through") == 0);
    close(ends[0]);
    close(ends[1]);
}

/* Runs fn in a child, so that its limits, mounts and standard streams are its own. */
static int in_child(int (*fn)(void))
{
    pid_t child = fork();
    if (child == 0) {
        _exit(fn());
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
    return WEXITSTATUS(status);
}

enum { MEBIBYTE = 1 << 20, SKIPPED = 77 };

/* 0 when replacing an old small file by a MiB failed with words, left the old one and no other. */
static int a_mebibyte_fails(const char *reason)
{
    char *bytes = calloc(1, MEBIBYTE);
    be_error error;
    bool right = be_file_replace("f", bytes, MEBIBYTE, &error) == BE_EIO &&
                 strstr(error.expected, reason) && files_here() == 1 && content_is("f", "old", 3);
    free(bytes);
    return right ? 0 : 1;
}

/* The write that crosses the limit is short; the next one fails. */
static int past_a_size_limit(void)
{
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit limit = {100000, 100000};
    return setrlimit(RLIMIT_FSIZE, &limit) ? 1 : a_mebibyte_fails("File too large");
}

static void a_short_write_leaves_the_old_file_alone(void **state)
{
    (void)state;
    put("f", "old");
    CHECK(in_child(past_a_size_limit) == 0);
}

static int on_a_full_disk(void)
{
    if (unshare(CLONE_NEWNS | (geteuid() ? CLONE_NEWUSER : 0)) ||
        mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) || mkdir("disk", 0777) ||
        mount("tmpfs", "disk", "tmpfs", 0, "size=128k") || chdir("disk")) {
        return SKIPPED;
    }
    return be_file_replace("f", "old", 3, NULL) ? 1 : a_mebibyte_fails("No space left on device");
}

static void a_full_disk_leaves_the_old_file_alone(void **state)
{
    (void)state;
    int result = in_child(on_a_full_disk);
    if (result == SKIPPED) {
        SKIP("mounting a small disk wants root");
    }
    CHECK(result == 0);
}

static int streams_by_their_dash(void)
{
    int file = open("in", O_RDONLY);
    int out = open("out", O_WRONLY | O_CREAT, 0666);
    dup2(file, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    be_text text;
    be_text_init(&text, NULL);
    bool right = be_file_read("-", 100, &text, NULL) == BE_OK &&
                 be_file_replace("-", text.bytes, text.size, NULL) == BE_OK &&
                 content_is("out", "streamed", 8);
    be_text_clear(&text);
    be_error error;
    dup2(open("/dev/full", O_WRONLY), STDOUT_FILENO);
    right = right && be_file_replace("-", "x", 1, &error) == BE_EIO &&
            strcmp(error.expected, "cannot write standard output: No space left on device") == 0;
    close(STDIN_FILENO);
    right = right && be_file_read("-", 100, &text, &error) == BE_EIO &&
            strcmp(error.expected, "cannot read standard input: Bad file descriptor") == 0;
    return right ? 0 : 1;
}

static void a_dash_is_the_standard_stream(void **state)
{
    (void)state;
    put("in", "streamed");
    CHECK(in_child(streams_by_their_dash) == 0);
    CHECK(files_here() == 2);
}

#define TEST_IN_FOLDER(name) cmocka_unit_test_setup_teardown(name, enter_folder, leave_folder)

static const struct CMUnitTest tests[] = {
    TEST_IN_FOLDER(what_was_written_is_read_back),
    TEST_IN_FOLDER(reading_adds_to_the_text_or_leaves_it),
    TEST_IN_FOLDER(an_endless_file_is_refused_at_the_bound),
    TEST_IN_FOLDER(a_long_name_leaves_room_for_the_reason),
    TEST_IN_FOLDER(the_mode_of_the_old_file_stays),
    TEST_IN_FOLDER(a_symbolic_link_stays_and_its_file_is_replaced),
    TEST_IN_FOLDER(what_cannot_be_written_is_left_alone),
    TEST_IN_FOLDER(devices_and_pipes_are_written_to_and_not_replaced),
    TEST_IN_FOLDER(a_short_write_leaves_the_old_file_alone),
    TEST_IN_FOLDER(a_full_disk_leaves_the_old_file_alone),
    TEST_IN_FOLDER(a_dash_is_the_standard_stream),
};
RUN_TESTS(tests)
