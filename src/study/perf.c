/* perf.c: the text of `perf script` as a tree of stacks.
 *
 * A sample is a line that begins in the first column, "comm pid time: period event:", then its
 * frames, innermost first, each on a line that begins with a blank, "address symbol+offset (file)",
 * then an empty line. Frames are walked from the outermost, under the command's name, down a tree
 * whose children are found by hash.
 */
#include "study/members.h"

#include "base/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 1024, NODES_MAX = 1 << 20, ROWS_MAX = 20000 };

typedef struct node {
    const char *name; /* into the copy of the text */
    size_t name_size;
    uint32_t parent; /* NONE: under the root */
    uint64_t self, total;
} node;

struct be_stacks {
    char *text;
    size_t size;
    node *nodes;
    uint32_t *table; /* index + 1 of a node; a power of two, at least twice the nodes */
    size_t n, capacity, n_table;
    uint64_t total;
    bool in_ns;
};

static const uint32_t NONE = UINT32_MAX;

/* ---- the tree ------------------------------------------------------------------------------- */

static size_t hash_of(uint32_t parent, const char *name, size_t size)
{
    be_hash128 hash = be_hash(name, size);
    return (size_t)((hash.low ^ (uint64_t)parent * UINT64_C(0x9e3779b97f4a7c15)) >> 3);
}

static size_t slot_of(const be_stacks *s, uint32_t parent, const char *name, size_t size)
{
    size_t at = hash_of(parent, name, size) & (s->n_table - 1);
    for (; s->table[at]; at = (at + 1) & (s->n_table - 1)) {
        const node *known = &s->nodes[s->table[at] - 1];
        if (known->parent == parent && known->name_size == size &&
            memcmp(known->name, name, size) == 0) {
            break;
        }
    }
    return at;
}

static be_status grow(be_stacks *s)
{
    size_t capacity = s->capacity ? 2 * s->capacity : 1024;
    if (s->capacity >= NODES_MAX) {
        return BE_ELIMIT;
    }
    node *nodes = be__allocate(NULL, capacity, sizeof *nodes);
    uint32_t *table = be__allocate_zeroed(NULL, 2 * capacity, sizeof *table);
    if (!nodes || !table) {
        be__release(NULL, nodes, capacity, sizeof *nodes);
        be__release(NULL, table, 2 * capacity, sizeof *table);
        return BE_ENOMEM;
    }
    if (s->nodes) {
        memcpy(nodes, s->nodes, s->n * sizeof *nodes);
    }
    be__release(NULL, s->nodes, s->capacity, sizeof *nodes);
    be__release(NULL, s->table, s->n_table, sizeof *table);
    s->nodes = nodes;
    s->table = table;
    s->capacity = capacity;
    s->n_table = 2 * capacity;
    for (size_t i = 0; i < s->n; i++) {
        s->table[slot_of(s, nodes[i].parent, nodes[i].name, nodes[i].name_size)] = (uint32_t)i + 1;
    }
    return BE_OK;
}

/* The child of that name, made where there is none; adds weight to its total. */
static be_status enter(be_stacks *s, uint32_t *at, const char *name, size_t size, uint64_t weight)
{
    if (s->n == s->capacity) {
        be_status status = grow(s);
        if (status) {
            return status;
        }
    }
    size_t slot = slot_of(s, *at, name, size);
    if (!s->table[slot]) {
        s->nodes[s->n] = (node){.name = name, .name_size = size, .parent = *at};
        s->table[slot] = (uint32_t)++s->n;
    }
    *at = s->table[slot] - 1;
    s->nodes[*at].total += weight;
    return BE_OK;
}

/* ---- the text ------------------------------------------------------------------------------- */

typedef struct span {
    const char *begin;
    size_t size;
} span;

static bool blank(char c)
{
    return c == ' ' || c == '\t';
}

static span next_word(span *rest)
{
    while (rest->size > 0 && blank(*rest->begin)) {
        rest->begin++;
        rest->size--;
    }
    span word = {rest->begin, 0};
    while (word.size < rest->size && !blank(word.begin[word.size])) {
        word.size++;
    }
    rest->begin += word.size;
    rest->size -= word.size;
    return word;
}

/* All digits: its value, below 2^60. */
static bool count_of(span word, uint64_t *value)
{
    *value = 0;
    for (size_t i = 0; i < word.size; i++) {
        if (word.begin[i] < '0' || word.begin[i] > '9' || *value >> 56) {
            return false;
        }
        *value = 10 * *value + (uint64_t)(word.begin[i] - '0');
    }
    return word.size > 0;
}

/* Up to the first pid: a number or PID/TID. Empty where there is none. */
static span command_of(span line)
{
    span rest = line, command = {line.begin, 0};
    for (span word = next_word(&rest); word.size > 0; word = next_word(&rest)) {
        size_t digits = 0;
        while (digits < word.size && ((word.begin[digits] >= '0' && word.begin[digits] <= '9') ||
                                      (digits > 0 && word.begin[digits] == '/'))) {
            digits++;
        }
        if (digits == word.size && command.size > 0) {
            return command;
        }
        command.size = (size_t)(word.begin + word.size - command.begin);
    }
    return (span){line.begin, 0};
}

/* The period before the event, "250000 cpu-clock:pppH:"; false where there is none. */
static bool weight_of(span line, uint64_t *weight, bool *clock)
{
    span rest = line, before = {NULL, 0};
    uint64_t period;
    for (span word = next_word(&rest); word.size > 0; word = next_word(&rest)) {
        bool digit = word.begin[0] >= '0' && word.begin[0] <= '9'; /* of the time */
        bool event = !digit && word.begin[word.size - 1] == ':';
        if (event && before.size > 0 && count_of(before, &period)) {
            *weight = period;
            *clock = memmem(word.begin, word.size, "clock", strlen("clock")) != NULL;
            return true;
        }
        before = word;
    }
    return false;
}

/* "7f12 main+0x10 (/usr/bin/x)" is main; without a symbol, [x]. */
static span symbol_of(span line)
{
    next_word(&line); /* the address */
    while (line.size > 0 && blank(*line.begin)) {
        line.begin++;
        line.size--;
    }
    span symbol = line, file = {line.begin, 0};
    for (size_t i = line.size; i-- > 1;) {
        if (line.begin[i] == '(' && blank(line.begin[i - 1])) {
            symbol.size = i - 1;
            file = (span){line.begin + i, line.size - i};
            break;
        }
    }
    for (size_t i = symbol.size; i-- > 1;) {
        if (symbol.begin[i] == '+' && i + 2 < symbol.size && symbol.begin[i + 1] == '0' &&
            symbol.begin[i + 2] == 'x') {
            symbol.size = i;
            break;
        }
    }
    bool unknown = symbol.size == 0 || (symbol.size == strlen("[unknown]") &&
                                        memcmp(symbol.begin, "[unknown]", symbol.size) == 0);
    return unknown && file.size > 0 ? file : symbol;
}

static be_status add_sample(be_stacks *s, span command, const span *frames, size_t n,
                            uint64_t weight)
{
    uint32_t at = NONE;
    be_status status = enter(s, &at, command.begin, command.size, weight);
    for (size_t i = n; !status && i-- > 0;) {
        status = enter(s, &at, frames[i].begin, frames[i].size, weight);
    }
    if (!status) {
        s->nodes[at].self += weight;
        s->total += weight;
    }
    return status;
}

/* Every sample, weighed by its period where all are of a clock, else as one. */
static be_status read_samples(be_stacks *s, bool weigh, bool *all_clocks, be_error *error)
{
    span frames[DEPTH_MAX];
    size_t n = 0, line_number = 0;
    span command = {NULL, 0};
    uint64_t weight = 1;
    be_status status = BE_OK;
    *all_clocks = true;
    for (size_t at = 0; !status && at <= s->size; line_number++) {
        const char *end = memchr(s->text + at, '\n', s->size - at);
        span line = {s->text + at, end ? (size_t)(end - s->text) - at : s->size - at};
        at += line.size + 1;
        if (line.size > 0 && line.begin[line.size - 1] == '\r') {
            line.size--;
        }
        bool frame = line.size > 0 && blank(*line.begin);
        if (!frame && command.begin) { /* the end of the one before */
            status = add_sample(s, command, frames, n, weigh ? weight : 1);
            command.begin = NULL;
            n = 0;
        }
        if (frame && !command.begin) {
            return be_error_at(error, BE_EINVAL, line_number + 1, 0,
                               "a sample before its frames, as `perf script` prints them");
        }
        if (frame && n == DEPTH_MAX) {
            return be_error_at(error, BE_ELIMIT, line_number + 1, 0, "at most %d frames a sample",
                               DEPTH_MAX);
        }
        if (frame) {
            frames[n++] = symbol_of(line);
        } else if (line.size > 0 && *line.begin != '#') {
            bool clock = false;
            command = command_of(line);
            if (command.size == 0) {
                return be_error_at(error, BE_EINVAL, line_number + 1, 0,
                                   "a sample's command and pid, as `perf script` prints them");
            }
            *all_clocks &= weight_of(line, &weight, &clock) && clock;
        }
    }
    if (!status && s->n == 0) {
        status = be_error_at(error, BE_EINVAL, 1, 0, "samples, as `perf script` prints them");
    } else if (status) {
        be_error_set(error, status,
                     status == BE_ELIMIT ? "at most %d different stacks" : "memory for %d stacks",
                     NODES_MAX);
    }
    return status;
}

static void forget(be_stacks *s)
{
    be__release(NULL, s->nodes, s->capacity, sizeof *s->nodes);
    be__release(NULL, s->table, s->n_table, sizeof *s->table);
    s->nodes = NULL;
    s->table = NULL;
    s->n = s->capacity = s->n_table = 0;
    s->total = 0;
}

be_status be_stacks_read(const char *text, size_t size, be_stacks **stacks, be_error *error)
{
    be_stacks *s = be__allocate_zeroed(NULL, 1, sizeof *s);
    if (s) {
        s->size = size;
        s->text = be__allocate(NULL, size + 1, 1);
    }
    if (!s || !s->text) {
        be_stacks_destroy(s);
        return be_error_set(error, BE_ENOMEM, "memory for stacks");
    }
    for (size_t i = 0; i < size; i++) { /* our JSON holds no zero byte */
        s->text[i] = text[i] ? text[i] : '?';
    }
    be_status status = read_samples(s, false, &s->in_ns, error);
    if (!status && s->in_ns) { /* again, by their periods */
        bool clocks;
        forget(s);
        status = read_samples(s, true, &clocks, error);
    }
    if (status) {
        be_stacks_destroy(s);
        return status;
    }
    *stacks = s;
    return BE_OK;
}

void be_stacks_destroy(be_stacks *stacks)
{
    if (!stacks) {
        return;
    }
    forget(stacks);
    be__release(NULL, stacks->text, stacks->size + 1, 1);
    be__release(NULL, stacks, 1, sizeof *stacks);
}

/* ---- as JSON -------------------------------------------------------------------------------- */

static int descending(const void *left, const void *right)
{
    const uint64_t *a = left;
    const uint64_t *b = right;
    return (*a < *b) - (*a > *b);
}

/* The total a stack must exceed to be written: a parent's is never below its child's, so what is
 * kept is a tree. A parent keeps as its own what its lost children had. */
static uint64_t threshold(const be_stacks *s, uint64_t *totals)
{
    if (s->n <= ROWS_MAX) {
        return 0;
    }
    for (size_t i = 0; i < s->n; i++) {
        totals[i] = s->nodes[i].total;
    }
    qsort(totals, s->n, sizeof *totals, descending);
    return totals[ROWS_MAX];
}

void be_stacks_json(const be_stacks *s, const char *source, be_text *out)
{
    be_json_writer json;
    uint64_t *self = be__allocate(NULL, s->n, sizeof *self);
    uint32_t *row = be__allocate(NULL, s->n, sizeof *row);
    if (!self || !row) {
        out->status = out->status ? out->status : BE_ENOMEM;
        goto done;
    }
    uint64_t least = threshold(s, self);
    uint32_t n_rows = 0;
    for (size_t i = 0; i < s->n; i++) { /* parents have lower indices */
        bool kept = s->nodes[i].total > least;
        row[i] = kept ? n_rows++ : NONE;
        self[i] = s->nodes[i].self;
    }
    for (size_t i = s->n; i-- > 0;) {
        if (row[i] == NONE && s->nodes[i].parent != NONE) {
            self[s->nodes[i].parent] += self[i];
        }
    }
    be_json_init(&json, out, true);
    be_json_object(&json);
    text(&json, "source", source);
    text(&json, "unit", s->in_ns ? "ns" : "samples");
    be_json_key(&json, "name");
    be_json_array(&json);
    for (size_t i = 0; i < s->n; i++) {
        if (row[i] != NONE) {
            be_json_string_n(&json, s->nodes[i].name, s->nodes[i].name_size);
        }
    }
    be_json_array_end(&json);
    be_json_key(&json, "parent");
    be_json_array(&json);
    for (size_t i = 0; i < s->n; i++) {
        if (row[i] != NONE) {
            uint32_t parent = s->nodes[i].parent;
            be_json_i64(&json, parent == NONE ? -1 : (int64_t)row[parent]);
        }
    }
    be_json_array_end(&json);
    be_json_key(&json, "total");
    be_json_array(&json);
    for (size_t i = 0; i < s->n; i++) {
        if (row[i] != NONE) {
            be_json_u64(&json, s->nodes[i].total);
        }
    }
    be_json_array_end(&json);
    be_json_key(&json, "self");
    be_json_array(&json);
    for (size_t i = 0; i < s->n; i++) {
        if (row[i] != NONE) {
            be_json_u64(&json, self[i]);
        }
    }
    be_json_array_end(&json);
    be_json_object_end(&json);
done:
    be__release(NULL, self, s->n, sizeof *self);
    be__release(NULL, row, s->n, sizeof *row);
}
