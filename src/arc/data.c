/* data.c: tasks as programs meet them: grids of any size, in every layout they are published in.
 *
 * Grids and names lie in blocks that grow with what is loaded and are freed together. A table finds
 * a task by its name; of two with one name it knows the first.
 */
#include <breakeven/arc.h>
#include <breakeven/io.h>

#include "base/base.h"
#include "io/json_pull.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    FILE_BYTES_MAX = 1 << 28,
    PATH_SIZE = 4096,
    BLOCK_BYTES = 1 << 18,
    CELLS_MAX = 1 << 18, /* of one grid */
    PAIRS_MAX = 1 << 20  /* of one task */
};

/* The bundled tasks, as the texts of their files. */
static const struct {
    const char *name, *text;
} bundled[] = {
#include "arc/bundled.inc"
};

typedef struct block {
    struct block *next;
    size_t size;
    be_arena left;
} block;

/* A vector of pairs or cells in the making. */
typedef struct scratch {
    void *items;
    size_t room; /* bytes */
} scratch;

struct be_arc_data {
    const be_allocator *allocator;
    be_arc_puzzle *tasks;
    size_t count, room;
    uint32_t *table; /* 1 + number of the first task of a name, by hash; 0: none */
    size_t slots;
    size_t n_large; /* grids beyond 30x30 */
    block *blocks;
    scratch cells, pairs;
};

be_status be_arc_data_create(const be_allocator *allocator, be_arc_data **data)
{
    be_arc_data *d = be__allocate_zeroed(allocator, 1, sizeof *d);
    if (!d) {
        return BE_ENOMEM;
    }
    d->allocator = allocator;
    *data = d;
    return BE_OK;
}

void be_arc_data_destroy(be_arc_data *data)
{
    if (!data) {
        return;
    }
    for (block *b = data->blocks; b;) {
        block *next = b->next;
        be__release(data->allocator, b, 1, b->size);
        b = next;
    }
    be__release(data->allocator, data->tasks, data->room, sizeof *data->tasks);
    be__release(data->allocator, data->table, data->slots, sizeof *data->table);
    be__release(data->allocator, data->cells.items, 1, data->cells.room);
    be__release(data->allocator, data->pairs.items, 1, data->pairs.room);
    be__release(data->allocator, data, 1, sizeof *data);
}

size_t be_arc_data_count(const be_arc_data *data)
{
    return data->count;
}

const be_arc_puzzle *be_arc_data_task(const be_arc_data *data, size_t task)
{
    return &data->tasks[task];
}

size_t be_arc_data_large(const be_arc_data *data)
{
    return data->n_large;
}

/* ---- memory --------------------------------------------------------------------------------- */

static be_status no_memory(be_error *error)
{
    return be_error_set(error, BE_ENOMEM, "memory for the tasks");
}

/* Memory that lasts as long as the data. */
static void *keep(be_arc_data *d, size_t size)
{
    void *taken = d->blocks ? be_arena_take(&d->blocks->left, size, 8) : NULL;
    if (taken) {
        return taken;
    }
    size_t bytes = sizeof(block) + (size + 8 > BLOCK_BYTES ? size + 8 : BLOCK_BYTES);
    block *b = be__allocate(d->allocator, 1, bytes);
    if (!b) {
        return NULL;
    }
    *b = (block){.next = d->blocks, .size = bytes};
    b->left = be_arena_over(b + 1, bytes - sizeof *b);
    d->blocks = b;
    return be_arena_take(&b->left, size, 8);
}

/* Room for size bytes at items; what is there stays. */
static bool make_room(be_arc_data *d, scratch *s, size_t size)
{
    if (size <= s->room) {
        return true;
    }
    size_t room = 2 * size + 4096;
    void *items = be__allocate(d->allocator, 1, room);
    if (!items) {
        return false;
    }
    if (s->room > 0) {
        memcpy(items, s->items, s->room);
    }
    be__release(d->allocator, s->items, 1, s->room);
    *s = (scratch){items, room};
    return true;
}

/* ---- finding -------------------------------------------------------------------------------- */

static uint32_t *slot_of(const be_arc_data *d, const char *name, size_t size)
{
    size_t at = (size_t)be_hash(name, size).low;
    for (;; at++) {
        uint32_t *slot = &d->table[at & (d->slots - 1)];
        if (*slot == 0) {
            return slot;
        }
        const char *known = d->tasks[*slot - 1].name;
        if (strlen(known) == size && memcmp(known, name, size) == 0) {
            return slot;
        }
    }
}

size_t be_arc_data_find(const be_arc_data *data, const char *name)
{
    uint32_t *slot = data->slots > 0 ? slot_of(data, name, strlen(name)) : NULL;
    return slot && *slot ? *slot - 1 : SIZE_MAX;
}

static void enter_names(be_arc_data *d)
{
    memset(d->table, 0, d->slots * sizeof *d->table);
    for (size_t i = 0; i < d->count; i++) {
        uint32_t *slot = slot_of(d, d->tasks[i].name, strlen(d->tasks[i].name));
        *slot = *slot ? *slot : (uint32_t)i + 1;
    }
}

static be_status add_task(be_arc_data *d, const be_arc_puzzle *task, be_error *error)
{
    if (d->count == BE_ARC_TASKS_MAX) {
        return be_error_set(error, BE_ELIMIT, "at most %d tasks", BE_ARC_TASKS_MAX);
    }
    if (d->count == d->room) {
        size_t room = d->room ? 2 * d->room : 64;
        be_arc_puzzle *tasks = be__allocate(d->allocator, room, sizeof *tasks);
        uint32_t *table = be__allocate(d->allocator, 2 * room, sizeof *table);
        if (!tasks || !table) {
            be__release(d->allocator, tasks, room, sizeof *tasks);
            be__release(d->allocator, table, 2 * room, sizeof *table);
            return no_memory(error);
        }
        if (d->count > 0) {
            memcpy(tasks, d->tasks, d->count * sizeof *tasks);
        }
        be__release(d->allocator, d->tasks, d->room, sizeof *d->tasks);
        be__release(d->allocator, d->table, d->slots, sizeof *d->table);
        d->tasks = tasks;
        d->table = table;
        d->room = room;
        d->slots = 2 * room;
        enter_names(d);
    }
    uint32_t *slot = slot_of(d, task->name, strlen(task->name));
    d->tasks[d->count++] = *task;
    *slot = *slot ? *slot : (uint32_t)d->count;
    return BE_OK;
}

static void truncate_to(be_arc_data *d, size_t count)
{
    if (d->count > count) {
        d->count = count;
        enter_names(d);
    }
}

static const char *keep_name(be_arc_data *d, const char *name, size_t size)
{
    char *kept = keep(d, size + 1);
    if (kept) {
        memcpy(kept, name, size);
        kept[size] = '\0';
    }
    return kept;
}

/* ---- grids ---------------------------------------------------------------------------------- */

/* Colours as the public files write them, "5, 0, 3]": as many as look like that. The cursor stays
 * where be__pull_next goes on. */
static size_t read_plain_colors(be__pull *pull, uint8_t *cells, size_t room)
{
    const char *p = pull->cursor;
    size_t n = 0;
    while (n < room && pull->end - p >= 2 && (unsigned char)(p[0] - '0') <= 9 &&
           (p[1] == ',' || p[1] == ']')) {
        cells[n++] = (uint8_t)(p[0] - '0');
        pull->cursor = p + 1;
        if (p[1] == ']') {
            break;
        }
        p += 2;
        p += p < pull->end && *p == ' ';
    }
    be__pull_level *level = &pull->level[pull->depth - 1];
    level->begun = n > 0;
    level->index = n > 0 ? n - 1 : 0;
    return n;
}

/* One row behind the `used` cells of those before it. */
static be_status read_row(be_arc_data *d, be__pull *pull, size_t used, size_t *columns)
{
    be_status status = be__pull_enter(pull, '[', "a row: an array of colours 0-9");
    if (status) {
        return status;
    }
    size_t room = d->cells.room - used;
    size_t n = read_plain_colors(pull, (uint8_t *)d->cells.items + used, room);
    for (;;) {
        bool more;
        int64_t color;
        status = be__pull_next(pull, &more);
        if (status || !more) {
            break;
        }
        status = be__pull_int(pull, "a colour 0-9", &color);
        if (status == BE_OK && (color < 0 || color > 9)) {
            pull->cursor--; /* back onto the number */
            status = be__pull_refuse(pull, BE_EINVAL, "a colour 0-9");
        }
        if (status == BE_OK && used + n == CELLS_MAX) {
            status = be__pull_refuse(pull, BE_ELIMIT, "a grid of at most %d cells", CELLS_MAX);
        }
        if (status == BE_OK && !make_room(d, &d->cells, used + n + 1)) {
            status = no_memory(pull->error);
        }
        if (status) {
            break;
        }
        ((uint8_t *)d->cells.items)[used + n++] = (uint8_t)color;
    }
    *columns = n;
    return status;
}

static be_status read_grid(be_arc_data *d, be__pull *pull, be_arc_grid *grid)
{
    be_status status = be__pull_enter(pull, '[', "a grid: an array of rows of colours 0-9");
    size_t rows = 0, columns = 0, used = 0;
    bool more = true;
    if (status == BE_OK && !make_room(d, &d->cells, BE_GRID_CELLS_MAX)) {
        status = no_memory(pull->error);
    }
    while (status == BE_OK && (status = be__pull_next(pull, &more)) == BE_OK && more) {
        size_t n = 0;
        be__pull_peek(pull);
        const char *row = pull->cursor;
        status = read_row(d, pull, used, &n);
        if (status == BE_OK && (n == 0 || (rows > 0 && n != columns))) {
            pull->cursor = row;
            status = n == 0 ? be__pull_refuse(pull, BE_EINVAL, "a row with at least one colour")
                            : be__pull_refuse(pull, BE_EINVAL, "a row of %zu, as the first one",
                                              columns);
        }
        columns = n;
        used += n;
        rows++;
    }
    if (status == BE_OK && rows == 0) {
        status = be__pull_refuse(pull, BE_EINVAL, "a grid with at least one row");
    }
    if (status) {
        return status;
    }
    uint8_t *cells = keep(d, used);
    if (!cells) {
        return no_memory(pull->error);
    }
    memcpy(cells, d->cells.items, used);
    *grid = (be_arc_grid){.rows = (uint32_t)rows, .columns = (uint32_t)columns, .cells = cells};
    d->n_large += rows > BE_GRID_SIDE_MAX || columns > BE_GRID_SIDE_MAX;
    return BE_OK;
}

/* ---- tasks ---------------------------------------------------------------------------------- */

static be_status read_pair(be_arc_data *d, be__pull *pull, be_arc_example *pair)
{
    *pair = (be_arc_example){0};
    be_status status = be__pull_enter(pull, '{', "a pair: {\"input\": grid, \"output\": grid}");
    bool more;
    while (status == BE_OK && (status = be__pull_next(pull, &more)) == BE_OK && more) {
        be_arc_grid *grid = be__pull_key_is(pull, "input")    ? &pair->input
                            : be__pull_key_is(pull, "output") ? &pair->output
                                                              : NULL;
        if (grid && grid->cells) {
            status = be__pull_refuse(pull, BE_EINVAL, "each member once");
        } else if (grid) {
            status = read_grid(d, pull, grid);
        } else {
            status = be__pull_skip(pull);
        }
    }
    if (status == BE_OK && !pair->input.cells) {
        status = be__pull_refuse(pull, BE_EINVAL, "a pair with an \"input\"");
    }
    return status;
}

/* An array of pairs, behind the `before` that are in d->pairs. */
static be_status read_pairs(be_arc_data *d, be__pull *pull, bool train, size_t before, size_t *n)
{
    be_status status = be__pull_enter(pull, '[', "an array of pairs");
    bool more;
    *n = 0;
    while (status == BE_OK && (status = be__pull_next(pull, &more)) == BE_OK && more) {
        be_arc_example pair;
        status = read_pair(d, pull, &pair);
        if (status == BE_OK && train && !pair.output.cells) {
            status = be__pull_refuse(pull, BE_EINVAL, "a train pair with an \"output\"");
        }
        if (status == BE_OK && before + *n == PAIRS_MAX) {
            status = be__pull_refuse(pull, BE_ELIMIT, "a task of at most %d pairs", PAIRS_MAX);
        }
        if (status == BE_OK && !make_room(d, &d->pairs, (before + *n + 1) * sizeof pair)) {
            status = no_memory(pull->error);
        }
        if (status == BE_OK) {
            ((be_arc_example *)d->pairs.items)[before + (*n)++] = pair;
        }
    }
    return status;
}

/* Make a task of the n_train + n_test pairs in d->pairs. */
static be_status close_task(be_arc_data *d, const char *name, size_t name_size, size_t n_train,
                            size_t n_test, be_error *error)
{
    size_t bytes = (n_train + n_test) * sizeof(be_arc_example);
    be_arc_puzzle task = {.name = keep_name(d, name, name_size),
                          .n_train = n_train,
                          .n_test = n_test,
                          .pairs = keep(d, bytes ? bytes : 1)};
    if (!task.name || !task.pairs) {
        return no_memory(error);
    }
    if (bytes > 0) {
        memcpy(task.pairs, d->pairs.items, bytes);
    }
    return add_task(d, &task, error);
}

/* The two lists may come in either order; the pairs of train come first. */
static void train_first(be_arc_example *pairs, size_t n_test, size_t n_train)
{
    for (size_t i = 0; i < n_train; i++) { /* few: a task's pairs */
        be_arc_example pair = pairs[n_test + i];
        memmove(pairs + i + 1, pairs + i, n_test * sizeof *pairs);
        pairs[i] = pair;
    }
}

/* The rest of a task whose object has been entered and its first key read, if it has one. */
static be_status read_task(be_arc_data *d, be__pull *pull, bool more, const char *name,
                           size_t name_size)
{
    size_t n[2] = {0, 0};
    bool seen[2] = {false, false}, test_came_first = false;
    be_status status = BE_OK;
    while (status == BE_OK && more) {
        bool train = be__pull_key_is(pull, "train");
        if (!train && !be__pull_key_is(pull, "test")) {
            status = be__pull_skip(pull);
        } else if (seen[!train]) {
            status = be__pull_refuse(pull, BE_EINVAL, "each list once");
        } else {
            seen[!train] = true;
            test_came_first |= train && seen[1];
            status = read_pairs(d, pull, train, n[0] + n[1], &n[!train]);
        }
        status = status ? status : be__pull_next(pull, &more);
    }
    if (status) {
        return status;
    }
    if (!seen[0] || n[0] + n[1] == 0) {
        return be__pull_refuse(pull, BE_EINVAL,
                               "a task: {\"train\": [pair, ...], \"test\": [pair, ...]}");
    }
    if (test_came_first) {
        train_first(d->pairs.items, n[1], n[0]);
    }
    return close_task(d, name, name_size, n[0], n[1], pull->error);
}

/* The outputs of a task's test pairs: an array of grids. */
static be_status read_solutions(be_arc_data *d, be__pull *pull)
{
    const be__pull_level *level = &pull->level[pull->depth - 1];
    uint32_t *slot = d->slots > 0 ? slot_of(d, level->key, level->key_size) : NULL;
    if (!slot || !*slot) {
        return be__pull_refuse(pull, BE_EINVAL, "solutions behind the file of their challenges");
    }
    be_arc_puzzle *task = &d->tasks[*slot - 1];
    be_status status = be__pull_enter(pull, '[', "an array of output grids");
    size_t n = 0;
    bool more;
    while (status == BE_OK && (status = be__pull_next(pull, &more)) == BE_OK && more) {
        status = n == task->n_test
                     ? be__pull_refuse(pull, BE_EINVAL, "%zu output grids", task->n_test)
                     : read_grid(d, pull, &task->pairs[task->n_train + n++].output);
    }
    return status == BE_OK && n < task->n_test
               ? be__pull_refuse(pull, BE_EINVAL, "%zu output grids", task->n_test)
               : status;
}

/* {"id": task, ...} or {"id": [grid, ...], ...}; the first key has been read. */
static be_status read_collection(be_arc_data *d, be__pull *pull)
{
    be_status status = BE_OK;
    size_t before = d->count;
    for (bool more = true; status == BE_OK && more;) {
        const be__pull_level level = pull->level[pull->depth - 1];
        if (be__pull_peek(pull) == '[') {
            status = read_solutions(d, pull);
        } else {
            uint32_t *slot = d->slots > 0 ? slot_of(d, level.key, level.key_size) : NULL;
            bool again = slot && *slot > before;
            status = again ? be__pull_refuse(pull, BE_EINVAL, "each task once")
                           : be__pull_enter(pull, '{', "a task, or an array of output grids");
            status = status ? status : be__pull_next(pull, &more);
            status = status ? status : read_task(d, pull, more, level.key, level.key_size);
        }
        status = status ? status : be__pull_next(pull, &more);
    }
    return status;
}

static be_status read_document(be_arc_data *d, be__pull *pull, const char *name)
{
    be_status status;
    if (be__pull_peek(pull) == '[') {
        size_t n;
        status = read_pairs(d, pull, true, 0, &n);
        if (status == BE_OK && n == 0) {
            status = be__pull_refuse(pull, BE_EINVAL, "at least one pair");
        }
        return status ? status : close_task(d, name, strlen(name), n, 0, pull->error);
    }
    bool more;
    status = be__pull_enter(pull, '{', "a task, tasks by name, or an array of pairs");
    status = status ? status : be__pull_next(pull, &more);
    if (status) {
        return status;
    }
    bool task = !more || be__pull_key_is(pull, "train") || be__pull_key_is(pull, "test") ||
                (be__pull_peek(pull) != '{' && be__pull_peek(pull) != '[');
    return task ? read_task(d, pull, more, name, strlen(name)) : read_collection(d, pull);
}

be_status be_arc_data_parse(be_arc_data *data, const char *name, const char *text, size_t size,
                            be_error *error)
{
    size_t before = data->count, large = data->n_large;
    be__pull pull;
    be__pull_open(&pull, text, size, error);
    be_status status = read_document(data, &pull, name);
    status = status ? status : be__pull_close(&pull);
    if (status) {
        truncate_to(data, before);
        data->n_large = large;
    }
    return status;
}

/* ---- files ---------------------------------------------------------------------------------- */

static bool ends_with(const char *name, const char *end)
{
    size_t n = strlen(name), m = strlen(end);
    return n > m && strcmp(name + n - m, end) == 0;
}

static be_status load_file(be_arc_data *d, const char *path, be_error *error)
{
    const char *slash = strrchr(path, '/');
    char name[BE_ARC_NAME_SIZE];
    snprintf(name, sizeof name, "%s", slash ? slash + 1 : path);
    if (ends_with(name, ".json")) {
        name[strlen(name) - 5] = 0;
    }
    be_text text;
    be_text_init(&text, d->allocator);
    be_status status = be_file_read(path, FILE_BYTES_MAX, &text, error);
    status = status ? status : be_arc_data_parse(d, name, text.bytes, text.size, error);
    be_text_clear(&text);
    return status;
}

/* Files of tasks, or those of solutions, which need the tasks there. */
static bool is_wanted(const char *name, bool solutions)
{
    return ends_with(name, ".json") && !ends_with(name, "sample_submission.json") &&
           ends_with(name, "solutions.json") == solutions;
}

static int not_hidden(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static be_status load_folder(be_arc_data *d, const char *folder, bool deeper, bool solutions,
                             be_error *error);

static be_status load_entry(be_arc_data *d, const char *folder, const char *name, bool deeper,
                            bool solutions, be_error *error)
{
    char path[PATH_SIZE];
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= PATH_SIZE) {
        return be_error_set(error, BE_ELIMIT, "paths of at most %d bytes", PATH_SIZE - 1);
    }
    struct stat about;
    bool wanted = is_wanted(name, solutions);
    if (stat(path, &about) != 0) {
        return wanted ? be_error_set(error, BE_EIO, "%s: %s", path, strerror(errno)) : BE_OK;
    }
    if (S_ISDIR(about.st_mode)) {
        return deeper ? load_folder(d, path, false, solutions, error) : BE_OK;
    }
    if (!S_ISREG(about.st_mode) || !wanted) {
        return BE_OK;
    }
    be_error inner = {0};
    be_status status = load_file(d, path, &inner);
    if (status && error) {
        *error = inner;
        if (inner.line > 0) {
            be_error_at(error, status, inner.line, inner.offset, "%s, in %s", inner.expected, name);
        }
    }
    return status;
}

static be_status load_folder(be_arc_data *d, const char *folder, bool deeper, bool solutions,
                             be_error *error)
{
    struct dirent **entries;
    int n = scandir(folder, &entries, not_hidden, by_bytes);
    if (n < 0) {
        return be_error_set(error, BE_EIO, "%s: %s", folder, strerror(errno));
    }
    be_status status = BE_OK;
    for (int i = 0; i < n; i++) {
        if (status == BE_OK) {
            status = load_entry(d, folder, entries[i]->d_name, deeper, solutions, error);
        }
        free(entries[i]);
    }
    free(entries);
    return status;
}

be_status be_arc_data_load(be_arc_data *data, const char *path, be_error *error)
{
    size_t before = data->count;
    struct stat about;
    if (stat(path, &about) != 0 || !S_ISDIR(about.st_mode)) {
        return load_file(data, path, error);
    }
    be_status status = load_folder(data, path, true, false, error);
    status = status ? status : load_folder(data, path, true, true, error);
    if (status == BE_OK && data->count == before) {
        status = be_error_set(error, BE_EINVAL, "a folder with task files (*.json)");
    }
    if (status) {
        truncate_to(data, before);
    }
    return status;
}

be_status be_arc_data_bundled(be_arc_data *data, const char *name)
{
    size_t before = data->count;
    for (size_t i = 0; i < BE__COUNT_OF(bundled); i++) {
        if (name && strcmp(name, bundled[i].name) != 0) {
            continue;
        }
        be_status status = be_arc_data_parse(data, bundled[i].name, bundled[i].text,
                                             strlen(bundled[i].text), NULL);
        if (status) {
            truncate_to(data, before);
            return status;
        }
    }
    return data->count > before ? BE_OK : BE_EDOMAIN;
}

/* ---- what identifies a set of tasks --------------------------------------------------------- */

static void hash_in(be_hash128 *sum, const void *bytes, size_t size)
{
    be_hash128 part[2] = {*sum, be_hash(bytes, size)};
    *sum = be_hash(part, sizeof part);
}

static void hash_grid(be_hash128 *sum, const be_arc_grid *grid)
{
    unsigned char shape[8];
    for (int i = 0; i < 4; i++) {
        shape[i] = (unsigned char)(grid->rows >> 8 * i);
        shape[4 + i] = (unsigned char)(grid->columns >> 8 * i);
    }
    hash_in(sum, shape, sizeof shape);
    if (grid->cells) {
        hash_in(sum, grid->cells, (size_t)grid->rows * grid->columns);
    }
}

static be_hash128 hash_task(const be_arc_puzzle *task)
{
    be_hash128 sum = be_hash(task->name, strlen(task->name));
    for (size_t i = 0; i < task->n_train + task->n_test; i++) {
        hash_in(&sum, i < task->n_train ? "train" : "test", 4);
        hash_grid(&sum, &task->pairs[i].input);
        hash_grid(&sum, &task->pairs[i].output);
    }
    return sum;
}

be_hash128 be_arc_data_hash(const be_arc_data *data)
{
    be_hash128 sum = {0};
    for (size_t i = 0; i < data->count; i++) {
        be_hash128 task = hash_task(&data->tasks[i]);
        sum.low += task.low; /* whatever the order they were loaded in */
        sum.high ^= task.high;
    }
    return sum;
}
