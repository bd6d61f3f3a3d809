/* test_task.c: what is a task, what is not and where it says so, and lists of tasks. */
#include "check.h"

#include <breakeven/arc.h>
#include <breakeven/io.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void a_task_is_read(void **state)
{
    (void)state;
    const char text[] = "{\"name\": [{\"]\": \"}\\\"\"}], \"test\": [{\"input\": [[9]]}],\n"
                        " \"train\": [{\"output\": [[1,2]], \"input\": [[3],[4]]},\n"
                        "  {\"in\\u0070ut\": [[5]], \"output\": [[6]]}]}";
    be_arc_task task;
    be_error error;
    be_status status = be_arc_task_parse("x", text, sizeof text - 1, NULL, &task, &error);
    CHECK_SAY(status == BE_OK, "line %zu, offset %zu: %s", error.line, error.offset,
              error.expected);
    CHECK(strcmp(task.name, "x") == 0 && task.n_train == 2 && task.n_test == 1);
    CHECK(task.pairs[0].input.rows == 2 && task.pairs[0].input.columns == 1);
    CHECK(task.pairs[0].input.cells[0] == 3 && task.pairs[0].input.cells[1] == 4);
    CHECK(task.pairs[0].output.rows == 1 && task.pairs[0].output.columns == 2);
    CHECK(task.pairs[0].output.cells[1] == 2 && task.pairs[0].has_output);
    CHECK(task.pairs[1].input.cells[0] == 5 && task.pairs[1].output.cells[0] == 6);
    CHECK(task.pairs[2].input.cells[0] == 9 && !task.pairs[2].has_output);
    be_arc_task_clear(&task);
}

/* A task of n train pairs of h x w cells of colour 1, with the last row's last cell replaced. */
static char *task_text(size_t n, size_t h, size_t w, const char *last)
{
    be_text text;
    be_text_init(&text, NULL);
    be_text_puts(&text, "{\"test\":[{\"input\":[[1]]}],\"train\":[");
    for (size_t p = 0; p < n; p++) {
        be_text_printf(&text, "%s{\"output\":[[1]],\"input\":[", p ? "," : "");
        for (size_t r = 0; r < h; r++) {
            be_text_puts(&text, r ? ",\n[" : "\n[");
            for (size_t c = 0; c < w; c++) {
                bool end = p == n - 1 && r == h - 1 && c == w - 1;
                be_text_printf(&text, "%s%s", c ? "," : "", end ? last : "1");
            }
            be_text_puts(&text, "]");
        }
        be_text_puts(&text, "]}");
    }
    be_text_puts(&text, "]}");
    CHECK(be_text_status(&text) == BE_OK);
    return text.bytes;
}

static be_status parse(const char *text, be_error *error)
{
    be_arc_task task;
    be_status status = be_arc_task_parse("x", text, strlen(text), NULL, &task, error);
    if (status == BE_OK) {
        be_arc_task_clear(&task);
    }
    return status;
}

#define PAIR "{\"input\":[[1]],\"output\":[[1]]}"

static void each_malformed_task_is_refused_where_it_is_malformed(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t line, offset;
        const char *expected;
    } cases[] = {
        {"[]", 1, 0, "a task: {\"train\": [pair, ...], \"test\": [pair, ...]}"},
        {"\n 7", 2, 1, "a task: {\"train\": [pair, ...], \"test\": [pair, ...]}"},
        {"{}", 1, 0, "a task with a list \"train\""},
        {"{\"train\":[" PAIR "]}", 1, 0, "a task with a list \"test\""},
        {"{\"train\":[],\"test\":[" PAIR "]}", 1, 9, "an array of pairs, at least one"},
        {"{\"train\":[" PAIR "],\n\"test\": {\"input\":[[1]]}}", 2, 8,
         "an array of pairs, at least one"},
        {"{\"train\":[" PAIR ", 5],\"test\":[" PAIR "]}", 1, 42,
         "a pair: {\"input\": grid, \"output\": grid}"},
        {"{\"train\":[{\"input\":[[1]]}],\"test\":[" PAIR "]}", 1, 10, "a pair with an \"output\""},
        {"{\"train\":[" PAIR "],\"test\":[" PAIR ",\n\n {\"output\":[[1]]}]}", 3, 1,
         "a pair with an \"input\""},
        {"{\"train\":[" PAIR "],\"test\":[{\"input\":[[1]],\"inptu\":[[1]]}]}", 1, 73,
         "no members but \"input\" and \"output\" in a pair"},
        {"{\"train\":[{\"input\":[],\"output\":[[1]]}],\"test\":[" PAIR "]}", 1, 19,
         "a grid: an array of 1 to 30 rows"},
        {"{\"train\":[{\"input\":\"]}\",\"output\":[[1]]}],\"test\":[" PAIR "]}", 1, 19,
         "a grid: an array of 1 to 30 rows"},
        {"{\"train\":[{\"input\":[[1],\n[]],\"output\":[[1]]}],\"test\":[" PAIR "]}", 2, 0,
         "a row of 1 to 30 colours"},
        {"{\"train\":[{\"input\":[[1],\n [1,2]],\"output\":[[1]]}],\"test\":[" PAIR "]}", 2, 1,
         "a row of 1 colours, as the first one"},
        {"{\"train\":[{\"input\":[[1,2],\n3],\"output\":[[1]]}],\"test\":[" PAIR "]}", 2, 0,
         "a row of 1 to 30 colours"},
        {"{\"train\":[{\"input\":[[1,2],[3,\n 10]],\"output\":[[1]]}],\"test\":[" PAIR "]}", 2, 1,
         "a colour 0-9"},
        {"{\"train\":[{\"input\":[[-1]],\"output\":[[1]]}],\"test\":[" PAIR "]}", 1, 21,
         "a colour 0-9"},
        {"{\"train\":[{\"input\":[[1, 2.0]],\"output\":[[1]]}],\"test\":[" PAIR "]}", 1, 24,
         "a colour 0-9"},
        {"{\"train\":[{\"input\":[[\"1\"]],\"output\":[[1]]}],\"test\":[" PAIR "]}", 1, 21,
         "a colour 0-9"},
        {"{\"train\":[{\"input\":[[null]],\"output\":[[1]]}],\"test\":[" PAIR "]}", 1, 21,
         "a colour 0-9"},
        {"{\"x\":{\"a\\\"]\":[{}, \"\\\\\"]},\"train\":[{\"input\":[[1]] , \"output\" : [ [ 4 , 11 "
         "] ]}],\"test\":[" PAIR "]}",
         1, 70, "a colour 0-9"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        be_error error;
        CHECK_SAY(parse(cases[i].text, &error) == BE_EINVAL, "case %zu", i);
        CHECK_SAY(error.line == cases[i].line && error.offset == cases[i].offset,
                  "case %zu: line %zu, offset %zu", i, error.line, error.offset);
        CHECK_SAY(strcmp(error.expected, cases[i].expected) == 0, "case %zu: %s", i,
                  error.expected);
        CHECK(parse(cases[i].text, NULL) == BE_EINVAL);
    }
}

static void the_limits_are_met_and_not_passed(void **state)
{
    (void)state;
    static const struct {
        size_t pairs, rows, columns;
        const char *last;
        be_status status;
        size_t line, offset;
    } cases[] = {
        {1, 30, 30, "9", BE_OK, 0, 0},
        {1, 31, 1, "1", BE_EINVAL, 1, 59},
        {1, 1, 31, "1", BE_EINVAL, 2, 0},
        {1, 30, 30, "10", BE_EINVAL, 31, 59},
        {1023, 1, 1, "1", BE_OK, 0, 0},
        {1024, 1, 1, "1", BE_ELIMIT, 1, 0},
        {3, 2, 2, "1,1", BE_EINVAL, 7, 0},
        {3, 2, 2, "1.5", BE_EINVAL, 7, 3},
        {1, 2, 2, "99999999999", BE_EINVAL, 3, 3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *text = task_text(cases[i].pairs, cases[i].rows, cases[i].columns, cases[i].last);
        be_error error = {0};
        be_status status = parse(text, &error);
        CHECK_SAY(status == cases[i].status, "case %zu: %s", i, error.expected);
        CHECK_SAY(error.line == cases[i].line && error.offset == cases[i].offset,
                  "case %zu: line %zu, offset %zu", i, error.line, error.offset);
        free(text);
    }
}

/* Cut a good task anywhere: never a task, always a place in the text. */
static void every_truncated_task_is_refused(void **state)
{
    (void)state;
    char *text = task_text(2, 3, 3, "5");
    size_t size = strlen(text);
    be_arc_task task;
    be_error error;
    for (size_t n = 0; n < size; n++) {
        char *part = malloc(n + 1);
        memcpy(part, text, n); /* memory of that size, so that a sanitizer sees a read too far */
        CHECK_SAY(be_arc_task_parse("x", part, n, NULL, &task, &error) == BE_EINVAL, "%zu bytes",
                  n);
        CHECK_SAY(error.line >= 1 && error.offset <= n, "%zu bytes", n);
        free(part);
    }
    CHECK(be_arc_task_parse("x", text, size, NULL, &task, &error) == BE_OK);
    be_arc_task_clear(&task);
    free(text);
}

/* An allocator that says no to request number `refuse`, and counts what is held. */
struct counting {
    size_t requests, refuse, held;
};

static void *counting_allocate(void *user, size_t size)
{
    struct counting *c = user;
    if (c->requests++ == c->refuse) {
        return NULL;
    }
    c->held += size;
    return malloc(size);
}

static void counting_release(void *user, void *memory, size_t size)
{
    struct counting *c = user;
    c->held -= size;
    free(memory);
}

static void each_refused_allocation_leaves_the_list_as_it_was(void **state)
{
    (void)state;
    for (size_t refuse = 0;; refuse++) {
        struct counting counting = {.refuse = refuse};
        const be_allocator allocator = {counting_allocate, counting_release, &counting};
        be_arc_tasks tasks;
        be_arc_tasks_init(&tasks, &allocator);
        be_status status = BE_OK;
        size_t whole = 0; /* tasks of the steps that succeeded */
        for (int step = 0; step < 3 && status == BE_OK; step++) {
            whole = tasks.count;
            be_error error;
            status = step == 1 ? be_arc_tasks_load(&tasks, ARC_BUNDLED, &error)
                               : be_arc_tasks_bundled(&tasks);
        }
        CHECK(status == BE_OK || (status == BE_ENOMEM && tasks.count == whole));
        be_arc_tasks_clear(&tasks);
        CHECK_SAY(counting.held == 0, "request %zu: %zu bytes kept", refuse, counting.held);
        if (status == BE_OK) {
            CHECK(refuse > 20 && counting.requests == refuse);
            return;
        }
    }
}

static void the_bundled_tasks_are_the_files_of_their_folder(void **state)
{
    (void)state;
    be_arc_tasks bundled = {0}, loaded = {0};
    CHECK(be_arc_tasks_bundled(&bundled) == BE_OK);
    CHECK(be_arc_tasks_load(&loaded, ARC_BUNDLED, NULL) == BE_OK);
    CHECK(bundled.count >= 6 && bundled.count == loaded.count);
    for (size_t t = 0; t < bundled.count; t++) {
        const be_arc_task *a = &bundled.task[t], *b = &loaded.task[t];
        CHECK_SAY(strcmp(a->name, b->name) == 0, "%s, %s", a->name, b->name);
        CHECK(a->n_train == b->n_train && a->n_test == b->n_test);
        for (size_t p = 0; p < a->n_train + a->n_test; p++) {
            CHECK(be_grid_equal(&a->pairs[p].input, &b->pairs[p].input));
            CHECK(be_grid_equal(&a->pairs[p].output, &b->pairs[p].output));
        }
    }
    be_arc_tasks_clear(&bundled);
    be_arc_tasks_clear(&loaded);
}

static void write_file(const char *path, const char *text)
{
    CHECK(be_file_replace(path, text, strlen(text), NULL) == BE_OK);
}

static void a_folder_is_loaded_in_the_order_of_its_names(void **state)
{
    (void)state;
    char folder[] = "/tmp/breakeven-test-XXXXXX";
    CHECK(mkdtemp(folder) && chdir(folder) == 0);
    const char *good = "{\"train\":[" PAIR "],\"test\":[" PAIR "]}";
    CHECK(mkdir("b", 0777) == 0 && mkdir("b/deep", 0777) == 0 && mkdir("empty", 0777) == 0);
    write_file("Z.json", good);
    write_file("a.json", good);
    write_file("b/1.json", good);
    write_file("b/deep/2.json", good);
    write_file("b.json", good);
    write_file("notes.txt", "none");
    write_file(".hidden.json", "none");
    CHECK(mkfifo("pipe.json", 0666) == 0 && symlink("nowhere", "link") == 0);

    be_arc_tasks tasks = {0};
    be_error error;
    CHECK(be_arc_tasks_load(&tasks, ".", &error) == BE_OK);
    static const char *const names[] = {"Z", "a", "1", "b"};
    CHECK_SAY(tasks.count == 4, "%zu tasks", tasks.count);
    for (size_t i = 0; i < 4; i++) {
        CHECK_SAY(strcmp(tasks.task[i].name, names[i]) == 0, "%s", tasks.task[i].name);
    }
    CHECK(be_arc_tasks_load(&tasks, "a.json", &error) == BE_OK);
    CHECK(tasks.count == 5 && strcmp(tasks.task[4].name, "a") == 0);

    CHECK(be_arc_tasks_load(&tasks, "empty", &error) == BE_EINVAL);
    CHECK(strcmp(error.expected, "a folder with task files (*.json)") == 0);
    CHECK(be_arc_tasks_load(&tasks, "missing.json", &error) == BE_EIO);
    CHECK(strstr(error.expected, "missing.json"));
    write_file("c.json", "\n[]");
    CHECK(be_arc_tasks_load(&tasks, ".", &error) == BE_EINVAL);
    CHECK_SAY(error.line == 2 && strstr(error.expected, ", in c.json"), "line %zu: %s", error.line,
              error.expected);
    CHECK(be_arc_tasks_load(&tasks, ".", NULL) == BE_EINVAL);
    CHECK(rename("link", "b/link.json") == 0);
    CHECK(be_arc_tasks_load(&tasks, "b", &error) == BE_EIO);
    CHECK_SAY(strncmp(error.expected, "b/link.json: ", 13) == 0, "%s", error.expected);
    CHECK(tasks.count == 5);
    be_arc_tasks_clear(&tasks);

    CHECK(system("rm -r Z.json a.json b b.json c.json empty notes.txt .hidden.json pipe.json") ==
          0);
    CHECK(chdir("/") == 0 && rmdir(folder) == 0);
}

static const struct CMUnitTest tests[] = {
    TEST(a_task_is_read),
    TEST(each_malformed_task_is_refused_where_it_is_malformed),
    TEST(the_limits_are_met_and_not_passed),
    TEST(every_truncated_task_is_refused),
    TEST(each_refused_allocation_leaves_the_list_as_it_was),
    TEST(the_bundled_tasks_are_the_files_of_their_folder),
    TEST(a_folder_is_loaded_in_the_order_of_its_names),
};
RUN_TESTS(tests)
