/* test_fault_io.c: texts, JSON and files while memory and the disk fail. */
#include "check.h"
#include "fault.h"

#include <breakeven/io.h>

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
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
    int failed = unlink("f") | chdir("/") | rmdir(*state);
    free(*state);
    return failed;
}

static be_status text_grows(void)
{
    be_text text;
    be_text_init(&text, NULL);
    for (int i = 0; i < 1000; i++) {
        be_text_printf(&text, "%d,", i);
    }
    be_status status = be_text_status(&text);
    CHECK(text.bytes[text.size] == '\0');
    CHECK(status || (text.size == 3890 && strcmp(text.bytes + 3882, "998,999,") == 0));
    be_text_clear(&text);
    return status;
}

static void a_text_survives_each_failing_call(void **state)
{
    (void)state;
    fault_everywhere(text_grows, 5, 0, 0);
}

static be_status json_goes_out_and_in(void)
{
    be_text text;
    be_text_init(&text, NULL);
    be_json_writer writer;
    be_json_init(&writer, &text, false);
    be_json_array(&writer);
    for (int i = 0; i < 500; i++) {
        be_json_object(&writer);
        be_json_key(&writer, "number");
        be_json_double(&writer, i + 0.5);
        be_json_object_end(&writer);
    }
    be_json_array_end(&writer);
    be_status status = be_text_status(&text);
    be_json *json = NULL;
    if (!status) {
        status = be_json_parse(text.bytes, text.size, &json, NULL);
    }
    CHECK(status ||
          be_json_number(be_json_get(be_json_at(be_json_root(json), 499), "number")) == 499.5);
    be_json_destroy(json);
    be_text_clear(&text);
    return status;
}

static void json_survives_each_failing_call(void **state)
{
    (void)state;
    fault_everywhere(json_goes_out_and_in, 5, 0, 0);
}

enum { OLD = 3, NEW = 100000 };

static char *new_content(void)
{
    char *bytes = malloc(NEW);
    for (size_t i = 0; i < NEW; i++) {
        bytes[i] = (char)(i * 7 + i / 251);
    }
    return bytes;
}

static size_t files_here(void)
{
    size_t n = 0;
    DIR *folder = opendir(".");
    while (readdir(folder)) {
        n++;
    }
    closedir(folder);
    return n - 2;
}

static void write_old_file(void)
{
    FILE *file = fopen("f", "w");
    CHECK(file && fwrite("old", 1, OLD, file) == OLD && fclose(file) == 0);
}

/* The old file or the whole new one, which it must be when the write succeeded. */
static void check_file(be_status status, const char *bytes)
{
    char *got = malloc(NEW + 1);
    FILE *file = fopen("f", "r");
    size_t size = file ? fread(got, 1, NEW + 1, file) : 0;
    bool is_old = size == OLD && memcmp(got, "old", OLD) == 0;
    bool is_new = size == NEW && memcmp(got, bytes, NEW) == 0;
    CHECK_SAY(is_new || (status && is_old), "%zu bytes after %s", size, be_status_text(status));
    CHECK_SAY(files_here() == 1, "%zu files", files_here());
    fclose(file);
    free(got);
}

static be_status file_is_replaced(void)
{
    fault_pause();
    char *bytes = new_content();
    write_old_file();
    fault_resume();
    be_error error = {0};
    be_status status = be_file_replace("f", bytes, NEW, &error);
    fault_pause();
    check_file(status, bytes);
    CHECK(error.status == status && (!status || strstr(error.expected, "f: ")));
    free(bytes);
    fault_resume();
    return status;
}

static void a_file_is_old_or_new_whatever_call_fails(void **state)
{
    (void)state;
    fault_everywhere(file_is_replaced, 10, 0, 1); /* the close of the folder */
    fault_stutter(file_is_replaced);
}

static be_status file_is_read(void)
{
    fault_pause();
    char *bytes = new_content();
    FILE *file = fopen("f", "w");
    CHECK(file && fwrite(bytes, 1, NEW, file) == NEW && fclose(file) == 0);
    be_text text;
    be_text_init(&text, NULL);
    fault_resume();
    be_status status = be_file_read("f", NEW, &text, NULL);
    CHECK(text.size == (status ? 0 : NEW) && memcmp(text.bytes, bytes, text.size) == 0);
    be_text_clear(&text);
    fault_pause();
    free(bytes);
    fault_resume();
    return status;
}

static void a_file_is_read_whole_or_not_whatever_call_fails(void **state)
{
    (void)state;
    fault_everywhere(file_is_read, 5, 0, 1); /* the close of what was read */
    fault_stutter(file_is_read);
}

static be_status device_is_written(void)
{
    return be_file_replace("/dev/null", "gone", 4, NULL);
}

static void a_device_is_written_or_not_whatever_call_fails(void **state)
{
    (void)state;
    fault_everywhere(device_is_written, 4, 0, 0);
    fault_stutter(device_is_written);
}

static be_status csv_is_parsed(void)
{
    static const char text[] = "a,b\n1,2\n3,4\n";
    static const be_csv_field fields[] = {{"a", true, NULL}, {"b", true, NULL}};
    be_csv *csv = NULL;
    be_error error = {0};
    be_status status = be_csv_parse(text, strlen(text), fields, 2, NULL, &csv, &error);
    CHECK(status ? error.status == status : be_csv_rows(csv) == 2 && be_csv_column(csv, 1)[1] == 4);
    be_csv_destroy(csv);
    return status;
}

static void csv_survives_each_failing_call(void **state)
{
    (void)state;
    fault_everywhere(csv_is_parsed, 2, 0, 0);
}

static const struct CMUnitTest tests[] = {
    TEST(a_text_survives_each_failing_call),
    TEST(json_survives_each_failing_call),
    TEST(csv_survives_each_failing_call),
    cmocka_unit_test_setup_teardown(a_file_is_old_or_new_whatever_call_fails, enter_folder,
                                    leave_folder),
    cmocka_unit_test_setup_teardown(a_file_is_read_whole_or_not_whatever_call_fails, enter_folder,
                                    leave_folder),
    TEST(a_device_is_written_or_not_whatever_call_fails),
};
RUN_TESTS(tests)
