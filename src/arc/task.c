/* task.c: one task from its JSON text.
 *
 * The text goes through the JSON reader first; what it says is then checked against the task
 * format. The reader's values do not know where they stood, so the checks keep a path (of child
 * numbers) to the value in hand, and the first refusal follows it through the text, which is known
 * to be JSON by then, to say line and offset.
 */
#include <breakeven/arc.h>
#include <breakeven/io.h>

#include "base/base.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A task's deepest value is task > list > pair > grid > row > colour. */
enum { PATH_MAX_DEPTH = 5 };

typedef struct reader {
    const char *text;
    size_t path[PATH_MAX_DEPTH]; /* numbers of children, from the root down */
    size_t depth;
    be_error *error;
} reader;

/* ---- where a value stands ------------------------------------------------------------------- */

static const char *past_space(const char *p)
{
    while (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r') { /* strspn wants a final zero */
        p++;
    }
    return p;
}

/* Past the value (or key) that starts at p. */
static const char *past_value(const char *p)
{
    size_t depth = 0;
    do {
        char c = *p++;
        if (c == '"') {
            for (; *p != '"'; p++) {
                p += *p == '\\';
            }
            p++;
        } else if (c == '[' || c == '{') {
            depth++;
        } else if (c == ']' || c == '}') {
            depth--;
        }
    } while (depth > 0 || !strchr(",:]} \t\n\r", *p));
    return p;
}

/* Child `index` of the array or object that starts at p. */
static const char *child(const char *p, size_t index)
{
    bool object = *p == '{';
    for (p = past_space(p + 1);; p = past_space(past_space(p) + 1)) { /* 1: the comma */
        if (object) {
            p = past_space(past_space(past_value(p)) + 1); /* 1: the colon */
        }
        if (index-- == 0) {
            return p;
        }
        p = past_value(p);
    }
}

/* The value at the reader's path is not what was expected. */
static BE_PRINTF(3, 4) be_status refuse(const reader *r, be_status status, const char *format, ...)
{
    const char *p = past_space(r->text);
    for (size_t i = 0; i < r->depth; i++) {
        p = child(p, r->path[i]);
    }
    size_t line = 1;
    const char *line_start = r->text;
    for (const char *q = r->text; q < p; q++) {
        if (*q == '\n') {
            line++;
            line_start = q + 1;
        }
    }
    char expected[BE_EXPECTED_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(expected, sizeof expected, format, arguments);
    va_end(arguments);
    return be_error_at(r->error, status, line, (size_t)(p - line_start), "%s", expected);
}

/* ---- the format ----------------------------------------------------------------------------- */

static be_status read_row(reader *r, const be_json_value *row, uint8_t *cells, size_t columns)
{
    size_t size = be_json_size(row);
    if (be_json_typeof(row) != BE_JSON_ARRAY || size == 0 || size > BE_GRID_SIDE_MAX) {
        return refuse(r, BE_EINVAL, "a row of 1 to %d colours", BE_GRID_SIDE_MAX);
    }
    if (size != columns) {
        return refuse(r, BE_EINVAL, "a row of %zu colours, as the first one", columns);
    }
    for (size_t c = 0; c < size; c++) {
        const be_json_value *cell = be_json_at(row, c);
        int64_t colour = be_json_integer(cell);
        if (be_json_typeof(cell) != BE_JSON_INTEGER || colour < 0 || colour > 9) {
            r->path[r->depth++] = c;
            return refuse(r, BE_EINVAL, "a colour 0-9");
        }
        cells[c] = (uint8_t)colour;
    }
    return BE_OK;
}

static be_status read_grid(reader *r, const be_json_value *value, be_grid *grid)
{
    size_t rows = be_json_size(value);
    if (be_json_typeof(value) != BE_JSON_ARRAY || rows == 0 || rows > BE_GRID_SIDE_MAX) {
        return refuse(r, BE_EINVAL, "a grid: an array of 1 to %d rows", BE_GRID_SIDE_MAX);
    }
    size_t columns = be_json_size(be_json_at(value, 0));
    size_t depth = r->depth++;
    for (size_t i = 0; i < rows; i++) {
        r->path[depth] = i;
        be_status status = read_row(r, be_json_at(value, i), grid->cells + i * columns, columns);
        if (status) {
            return status;
        }
    }
    r->depth = depth;
    grid->rows = (uint8_t)rows;
    grid->columns = (uint8_t)columns;
    return BE_OK;
}

static be_status read_pair(reader *r, const be_json_value *value, bool train, be_arc_pair *pair)
{
    if (be_json_typeof(value) != BE_JSON_OBJECT) {
        return refuse(r, BE_EINVAL, "a pair: {\"input\": grid, \"output\": grid}");
    }
    bool has_input = false;
    size_t depth = r->depth++;
    r->path[depth] = 0;
    const char *key = NULL;
    for (const be_json_value *grid; (grid = be_json_next(value, &key)); r->path[depth]++) {
        bool input = strcmp(key, "input") == 0;
        if (!input && strcmp(key, "output") != 0) {
            return refuse(r, BE_EINVAL, "no members but \"input\" and \"output\" in a pair");
        }
        be_status status = read_grid(r, grid, input ? &pair->input : &pair->output);
        if (status) {
            return status;
        }
        has_input |= input;
        pair->has_output |= !input;
    }
    r->depth = depth;
    if (!has_input || (train && !pair->has_output)) {
        return refuse(r, BE_EINVAL, "a pair with an \"%s\"", has_input ? "output" : "input");
    }
    return BE_OK;
}

static be_status read_list(reader *r, const be_json_value *list, bool train, be_arc_pair *pairs)
{
    size_t depth = r->depth++;
    for (size_t i = 0; i < be_json_size(list); i++) {
        r->path[depth] = i;
        be_status status = read_pair(r, be_json_at(list, i), train, &pairs[i]);
        if (status) {
            return status;
        }
    }
    r->depth = depth;
    return BE_OK;
}

/* The two lists of a task, with their child numbers. */
typedef struct lists {
    const be_json_value *list[2]; /* train, test */
    size_t number[2];
} lists;

static const char *const LIST_NAME[2] = {"train", "test"};

static be_status find_lists(reader *r, const be_json_value *root, lists *found)
{
    if (be_json_typeof(root) != BE_JSON_OBJECT) {
        return refuse(r, BE_EINVAL, "a task: {\"train\": [pair, ...], \"test\": [pair, ...]}");
    }
    size_t number = 0;
    const char *key = NULL;
    for (const be_json_value *value; (value = be_json_next(root, &key)); number++) {
        for (int k = 0; k < 2; k++) {
            if (strcmp(key, LIST_NAME[k]) == 0) {
                found->list[k] = value;
                found->number[k] = number;
            }
        }
    }
    for (int k = 0; k < 2; k++) {
        if (!found->list[k]) {
            return refuse(r, BE_EINVAL, "a task with a list \"%s\"", LIST_NAME[k]);
        }
        r->depth = 1;
        r->path[0] = found->number[k];
        if (be_json_typeof(found->list[k]) != BE_JSON_ARRAY || be_json_size(found->list[k]) == 0) {
            return refuse(r, BE_EINVAL, "an array of pairs, at least one");
        }
        r->depth = 0;
    }
    return BE_OK;
}

static be_status read_task(reader *r, const be_json_value *root, be_arc_task *task)
{
    lists found = {0};
    be_status status = find_lists(r, root, &found);
    if (status) {
        return status;
    }
    task->n_train = be_json_size(found.list[0]);
    task->n_test = be_json_size(found.list[1]);
    size_t n_pairs = task->n_train + task->n_test;
    if (n_pairs > BE_ARC_PAIRS_MAX) {
        return refuse(r, BE_ELIMIT, "a task of at most %d pairs", BE_ARC_PAIRS_MAX);
    }
    task->pairs = be__allocate_zeroed(task->allocator, n_pairs, sizeof *task->pairs);
    if (!task->pairs) {
        return be_error_set(r->error, BE_ENOMEM, "memory for %zu pairs of grids", n_pairs);
    }
    r->depth = 1;
    for (int k = 0; k < 2 && status == BE_OK; k++) {
        r->path[0] = found.number[k];
        status = read_list(r, found.list[k], k == 0, task->pairs + (k ? task->n_train : 0));
    }
    return status;
}

be_status be_arc_task_parse(const char *name, const char *text, size_t size,
                            const be_allocator *allocator, be_arc_task *task, be_error *error)
{
    be_json *json;
    be_status status = be_json_parse(text, size, &json, error);
    if (status) {
        return status;
    }
    be_arc_task t = {.allocator = allocator};
    snprintf(t.name, sizeof t.name, "%s", name);
    reader r = {.text = text, .error = error};
    status = read_task(&r, be_json_root(json), &t);
    be_json_destroy(json);
    if (status) {
        be_arc_task_clear(&t);
        return status;
    }
    *task = t;
    return BE_OK;
}

void be_arc_task_clear(be_arc_task *task)
{
    be__release(task->allocator, task->pairs, task->n_train + task->n_test, sizeof *task->pairs);
    task->pairs = NULL;
}
