/* tasks.c: lists of tasks, from files, folders, and the library itself. */
#include <breakeven/arc.h>
#include <breakeven/io.h>

#include "base/base.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FILE_BYTES_MAX = 4 << 20, PATH_SIZE = 4096 };

/* The bundled tasks, as the texts of their files. */
static const struct {
    const char *name, *text;
} bundled[] = {
#include "arc/bundled.inc"
};

void be_arc_tasks_init(be_arc_tasks *tasks, const be_allocator *allocator)
{
    *tasks = (be_arc_tasks){.allocator = allocator};
}

static void truncate_to(be_arc_tasks *tasks, size_t count)
{
    while (tasks->count > count) {
        be_arc_task_clear(&tasks->task[--tasks->count]);
    }
}

void be_arc_tasks_clear(be_arc_tasks *tasks)
{
    truncate_to(tasks, 0);
    be__release(tasks->allocator, tasks->task, tasks->capacity, sizeof *tasks->task);
    be_arc_tasks_init(tasks, tasks->allocator);
}

/* Room for one more. */
static be_status reserve(be_arc_tasks *tasks, be_error *error)
{
    if (tasks->count == BE_ARC_TASKS_MAX) {
        return be_error_set(error, BE_ELIMIT, "at most %d tasks", BE_ARC_TASKS_MAX);
    }
    if (tasks->count < tasks->capacity) {
        return BE_OK;
    }
    size_t capacity = tasks->capacity ? 2 * tasks->capacity : 16;
    be_arc_task *task = be__allocate(tasks->allocator, capacity, sizeof *task);
    if (!task) {
        return be_error_set(error, BE_ENOMEM, "memory for %zu tasks", capacity);
    }
    if (tasks->count > 0) {
        memcpy(task, tasks->task, tasks->count * sizeof *task);
    }
    be__release(tasks->allocator, tasks->task, tasks->capacity, sizeof *task);
    tasks->task = task;
    tasks->capacity = capacity;
    return BE_OK;
}

static be_status add(be_arc_tasks *tasks, const char *name, const char *text, size_t size,
                     be_error *error)
{
    be_status status = reserve(tasks, error);
    if (status == BE_OK) {
        status = be_arc_task_parse(name, text, size, tasks->allocator, &tasks->task[tasks->count],
                                   error);
    }
    tasks->count += status == BE_OK;
    return status;
}

static bool is_task_file(const char *name)
{
    size_t length = strlen(name);
    return length > 5 && strcmp(name + length - 5, ".json") == 0;
}

static be_status load_file(be_arc_tasks *tasks, const char *path, be_error *error)
{
    const char *slash = strrchr(path, '/');
    char name[BE_ARC_NAME_SIZE];
    snprintf(name, sizeof name, "%s", slash ? slash + 1 : path);
    if (is_task_file(name)) {
        name[strlen(name) - 5] = 0;
    }
    be_text text;
    be_text_init(&text, tasks->allocator);
    be_status status = be_file_read(path, FILE_BYTES_MAX, &text, error);
    if (status == BE_OK) {
        status = add(tasks, name, text.bytes, text.size, error);
    }
    be_text_clear(&text);
    return status;
}

static int not_hidden(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static be_status load_folder(be_arc_tasks *tasks, const char *folder, bool deeper, be_error *error);

/* An entry of a folder: a task, a folder of tasks, or neither. What is no regular file is passed
 * by, as opening it might wait for ever; so is a link that leads nowhere, unless called like a
 * task. */
static be_status load_entry(be_arc_tasks *tasks, const char *folder, const char *name, bool deeper,
                            be_error *error)
{
    char path[PATH_SIZE];
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= PATH_SIZE) {
        return be_error_set(error, BE_ELIMIT, "paths of at most %d bytes", PATH_SIZE - 1);
    }
    struct stat about;
    if (stat(path, &about) != 0) {
        if (errno == ENOENT && !is_task_file(name)) {
            return BE_OK;
        }
        return be_error_set(error, BE_EIO, "%s: %s", path, strerror(errno));
    }
    if (S_ISDIR(about.st_mode)) {
        return deeper ? load_folder(tasks, path, false, error) : BE_OK;
    }
    if (!S_ISREG(about.st_mode) || !is_task_file(name)) {
        return BE_OK;
    }
    be_error inner;
    be_status status = load_file(tasks, path, &inner);
    if (status && error) {
        *error = inner;
        if (inner.line > 0) {
            be_error_at(error, status, inner.line, inner.offset, "%s, in %s", inner.expected, name);
        }
    }
    return status;
}

static be_status load_folder(be_arc_tasks *tasks, const char *folder, bool deeper, be_error *error)
{
    struct dirent **entries;
    int n = scandir(folder, &entries, not_hidden, by_bytes);
    if (n < 0) {
        return be_error_set(error, errno == ENOMEM ? BE_ENOMEM : BE_EIO, "%s: %s", folder,
                            strerror(errno));
    }
    be_status status = BE_OK;
    for (int i = 0; i < n; i++) {
        if (status == BE_OK) {
            status = load_entry(tasks, folder, entries[i]->d_name, deeper, error);
        }
        free(entries[i]);
    }
    free(entries);
    return status;
}

be_status be_arc_tasks_load(be_arc_tasks *tasks, const char *path, be_error *error)
{
    size_t before = tasks->count;
    be_status status;
    struct stat about;
    if (stat(path, &about) == 0 && S_ISDIR(about.st_mode)) {
        status = load_folder(tasks, path, true, error);
        if (status == BE_OK && tasks->count == before) {
            status = be_error_set(error, BE_EINVAL, "a folder with task files (*.json)");
        }
    } else {
        status = load_file(tasks, path, error);
    }
    if (status) {
        truncate_to(tasks, before);
    }
    return status;
}

be_status be_arc_tasks_bundled(be_arc_tasks *tasks)
{
    size_t before = tasks->count;
    be_status status = BE_OK;
    for (size_t i = 0; i < BE__COUNT_OF(bundled) && status == BE_OK; i++) {
        status = add(tasks, bundled[i].name, bundled[i].text, strlen(bundled[i].text), NULL);
    }
    if (status) {
        truncate_to(tasks, before);
    }
    return status;
}
