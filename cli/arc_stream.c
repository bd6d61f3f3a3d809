/* arc_stream.c: programs line by line, for search programs in any language: `breakeven arc serve`,
 * which answers each line before it reads the next, and `breakeven arc run --stream`, which takes a
 * file of programs and a file of inputs. */
#include "arc_programs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- lines ---------------------------------------------------------------------------------- */

typedef struct reader {
    FILE *file;
    const char *path;
    char *line;
    size_t capacity;
    size_t number;
    be_json *json;
    const be_json_value *root; /* of the line in hand */
    be_error error;            /* why it is no JSON, when root is NULL */
} reader;

static int open_reader(const cli_call *call, const char *path, reader *r)
{
    *r = (reader){.path = path, .file = strcmp(path, "-") == 0 ? stdin : fopen(path, "r")};
    if (r->file) {
        return CLI_DONE;
    }
    be_error error;
    be_status status = be_error_set(&error, BE_EIO, "%s: %s", path, strerror(errno));
    return cli_fail(call, status, &error, path);
}

static void close_reader(reader *r)
{
    be_json_destroy(r->json);
    free(r->line);
    if (r->file && r->file != stdin) {
        fclose(r->file);
    }
}

/* Go to the next line that is not blank; false at the end. */
static bool next_line(reader *r)
{
    ssize_t size;
    be_json_destroy(r->json);
    r->json = NULL;
    r->root = NULL;
    do {
        size = getline(&r->line, &r->capacity, r->file);
        r->number++;
    } while (size > 0 && strspn(r->line, " \t\r\n") == (size_t)size);
    if (size <= 0) {
        return false;
    }
    if (be_json_parse(r->line, (size_t)size, &r->json, &r->error) == BE_OK) {
        r->root = be_json_root(r->json);
    }
    return true;
}

/* The line in hand is not what was expected. */
static int refuse_line(const cli_call *call, const reader *r, const char *expected)
{
    be_error error;
    be_error_at(&error, BE_EINVAL, r->number, r->root ? 0 : r->error.offset, "%s",
                r->root ? expected : r->error.expected);
    return cli_fail(call, BE_EINVAL, &error, r->path);
}

/* ---- programs and grids from JSON ----------------------------------------------------------- */

typedef struct parsed {
    void *memory;
    const be_arc_programs *programs; /* NULL: the text was refused */
    be_error error;
} parsed;

static parsed parse_source(const char *source)
{
    size_t size = strlen(source), bytes = (32 << 10) + 64 * size;
    parsed p = {.memory = cli_allocate(NULL, bytes, 1)};
    be_arena arena = be_arena_over(p.memory, bytes);
    if (be_arc_parse(source, size, arc_given.entry, &arena, &p.programs, &p.error)) {
        p.programs = NULL;
    }
    return p;
}

/* A grid of colours 0-9; its cells are malloc's. NULL for what is none. */
static uint8_t *read_grid(const be_json_value *value, be_arc_grid *grid)
{
    size_t rows = be_json_size(value), columns = be_json_size(be_json_at(value, 0));
    if (be_json_typeof(value) != BE_JSON_ARRAY || rows * columns == 0 || rows > 1 << 16) {
        return NULL;
    }
    uint8_t *cells = cli_allocate(NULL, rows * columns, 1);
    for (size_t i = 0; i < rows * columns; i++) {
        const be_json_value *row = be_json_at(value, i / columns);
        const be_json_value *cell = be_json_at(row, i % columns);
        int64_t color = be_json_integer(cell);
        if (be_json_size(row) != columns || be_json_typeof(cell) != BE_JSON_INTEGER || color < 0 ||
            color > 9) {
            free(cells);
            return NULL;
        }
        cells[i] = (uint8_t)color;
    }
    *grid = (be_arc_grid){(uint32_t)rows, (uint32_t)columns, cells};
    return cells;
}

/* ---- serve ---------------------------------------------------------------------------------- */

typedef struct server {
    cli_call *call;
    const be_arc_data *data;
    be_arc_runner *runner;
} server;

/* A line of the answer: the request's id, as it came. */
static void begin_answer(be_json_writer *json, be_text *text, const be_json_value *id)
{
    be_json_init(json, text, true);
    be_json_object(json);
    be_json_key(json, "id");
    if (be_json_typeof(id) == BE_JSON_INTEGER) {
        be_json_i64(json, be_json_integer(id));
    } else if (be_json_text(id)) {
        be_json_string(json, be_json_text(id));
    } else {
        be_json_null(json);
    }
}

/* End it, print it, flush it. False when nobody reads any more. */
static bool end_answer(be_json_writer *json)
{
    be_json_object_end(json);
    be_text_puts(json->text, "\n");
    bool written = be_text_status(json->text) == BE_OK &&
                   fwrite(json->text->bytes, 1, json->text->size, stdout) == json->text->size &&
                   fflush(stdout) == 0;
    be_text_clear(json->text);
    return written;
}

static void write_refusal(be_json_writer *json, const be_error *error)
{
    be_json_key(json, "error");
    be_json_object(json);
    be_json_key(json, "line");
    be_json_u64(json, error->line);
    be_json_key(json, "column");
    be_json_u64(json, error->offset + 1);
    be_json_key(json, "expected");
    be_json_string(json, error->expected);
    be_json_object_end(json);
}

static bool answer_refusal(const be_json_value *id, const char *task, const be_error *error)
{
    be_text text;
    be_json_writer json;
    be_text_init(&text, NULL);
    begin_answer(&json, &text, id);
    if (task) {
        be_json_key(&json, "task");
        be_json_string(&json, task);
    }
    write_refusal(&json, error);
    return end_answer(&json);
}

static void write_pair(const server *s, be_json_writer *json, const be_arc_programs *programs,
                       const be_arc_puzzle *task, size_t pair, bool brief)
{
    const be_arc_example *example = &task->pairs[pair];
    arc_run run = {.known = example->output.cells};
    be_arc_run(s->runner, programs, 0, &example->input, &run.result);
    run.has_output = run.result.cells;
    run.match = be_arc_result_is(&run.result, &example->output);
    if (brief) {
        be_json_bool(json, run.match);
    } else {
        arc_write_run(json, task, pair, &run);
    }
}

/* One program on one task. brief: only whether each train pair is met. */
static bool answer_task(const server *s, const be_json_value *id, const be_arc_programs *programs,
                        const be_arc_puzzle *task, bool brief)
{
    be_text text;
    be_json_writer json;
    be_text_init(&text, NULL);
    begin_answer(&json, &text, id);
    be_json_key(&json, "task");
    be_json_string(&json, task->name);
    be_json_key(&json, brief ? "demos" : "pairs");
    be_json_array(&json);
    size_t n = brief ? task->n_train : task->n_train + task->n_test;
    for (size_t k = 0; k < n; k++) {
        write_pair(s, &json, programs, task, k, brief);
    }
    be_json_array_end(&json);
    return end_answer(&json);
}

/* A request whose program was read: on the tasks it names, or on all. */
static bool answer_request(const server *s, const be_json_value *request, const parsed *p)
{
    const be_json_value *id = be_json_get(request, "id");
    const be_json_value *tasks = be_json_get(request, "tasks");
    bool brief = be_json_boolean(be_json_get(request, "brief"));
    size_t n = tasks ? be_json_size(tasks) : be_arc_data_count(s->data);
    bool going = true;
    for (size_t i = 0; i < n && going; i++) {
        const char *name = tasks ? be_json_text(be_json_at(tasks, i)) : NULL;
        size_t t = !tasks ? i : name ? be_arc_data_find(s->data, name) : SIZE_MAX;
        if (t == SIZE_MAX) {
            be_error error;
            be_error_set(&error, BE_EINVAL, "the name of a task that was loaded");
            going = answer_refusal(id, name, &error);
        } else if (!p->programs) {
            going = answer_refusal(id, be_arc_data_task(s->data, t)->name, &p->error);
        } else {
            going = answer_task(s, id, p->programs, be_arc_data_task(s->data, t), brief);
        }
    }
    return going;
}

static bool answer_line(const server *s, const reader *r)
{
    const char *source = be_json_text(be_json_get(r->root, "src"));
    if (!source) {
        be_error error = r->error;
        if (r->root) {
            be_error_set(&error, BE_EINVAL,
                         "{\"id\": ..., \"src\": program, \"tasks\": [name, "
                         "...]}");
        }
        error.line = r->number;
        return answer_refusal(be_json_get(r->root, "id"), NULL, &error);
    }
    parsed p = parse_source(source);
    bool going = answer_request(s, r->root, &p);
    free(p.memory);
    return going;
}

static int run_serve(cli_call *call, int argc, char **argv)
{
    be_arc_data *data;
    int code = arc_load_data(call, argc, argv, &data);
    if (code) {
        return code;
    }
    be_arc_settings settings = arc_settings();
    server s = {.call = call, .data = data};
    if (be_arc_runner_create(&settings, NULL, &s.runner)) {
        cli_out_of_memory();
    }
    reader r;
    code = open_reader(call, "-", &r);
    while (next_line(&r) && answer_line(&s, &r)) {
    }
    close_reader(&r);
    be_arc_runner_destroy(s.runner);
    be_arc_data_destroy(data);
    return code;
}

static const cli_option SERVE_OPTIONS[] = {ARC_OPTIONS, {0}};

static const cli_example SERVE_EXAMPLES[] = {
    {"arc serve data/training", "wait for programs on standard input"}, {0}};

const cli_command command_arc_serve = {
    .name = "serve",
    .summary = "answer programs line by line, for search programs in any language",
    .usage = (const char *const[]){"[OPTION...] [TASK...]", NULL},
    .examples = SERVE_EXAMPLES,
    .description =
        "Each line of standard input is a JSON object {\"id\": ..., \"src\": program, \"tasks\": "
        "[name, ...]}; without tasks, all are meant. The text's first program is run. The answer "
        "is a line for each task, in order, flushed: {\"id\", \"task\", \"pairs\": [{\"split\", "
        "\"index\", \"output\", \"match\", \"error\", \"fuel\"}, ...]}. With \"brief\": true it is "
        "{\"id\", \"task\", \"demos\": [whether each train pair is met, ...]}. A program that "
        "does not parse is answered with \"error\": {\"line\", \"column\", "
        "\"expected\"}.\n\n" ARC_TASKS_HELP,
    .options = SERVE_OPTIONS,
    .run = run_serve};

/* ---- run --stream --------------------------------------------------------------------------- */

typedef struct stream_program {
    char *id;
    parsed parsed;
} stream_program;

typedef struct stream {
    stream_program *programs;
    size_t n, room;
} stream;

static int by_id(const void *a, const void *b)
{
    return strcmp(((const stream_program *)a)->id, ((const stream_program *)b)->id);
}

static int read_programs(const cli_call *call, const char *path, stream *s)
{
    reader r;
    int code = open_reader(call, path, &r);
    while (code == CLI_DONE && next_line(&r)) {
        const char *id = be_json_text(be_json_get(r.root, "id"));
        const char *source = be_json_text(be_json_get(r.root, "src"));
        if (!id || !source) {
            code = refuse_line(call, &r, "{\"id\": text, \"src\": program}");
            break;
        }
        if (s->n == s->room) {
            s->room = s->room ? 2 * s->room : 64;
            s->programs = cli_allocate(s->programs, s->room, sizeof *s->programs);
        }
        stream_program *program = &s->programs[s->n++];
        *program = (stream_program){.id = strdup(id), .parsed = parse_source(source)};
        if (!program->id) {
            cli_out_of_memory();
        }
        if (!program->parsed.programs) {
            const be_error *e = &program->parsed.error;
            cli_note(call, "%s:%zu: program %s:%zu:%zu: expected %s", path, r.number, id, e->line,
                     e->offset + 1, e->expected);
        }
    }
    close_reader(&r);
    if (code == CLI_DONE && s->n > 0) {
        qsort(s->programs, s->n, sizeof *s->programs, by_id);
    }
    return code;
}

enum { CHUNK = 1024 };

/* Pairs that are run together, and printed in their order. */
typedef struct chunk {
    size_t n, n_jobs;
    char *id[CHUNK];
    be_arc_grid input[CHUNK];
    uint8_t *cells[CHUNK];
    be_arc_job jobs[CHUNK];
    size_t pair_of[CHUNK]; /* of each job */
    be_text out[CHUNK];    /* of each pair; empty: null */
} chunk;

static void note_output(void *user, size_t job, const be_arc_result *result)
{
    chunk *c = user;
    if (result->cells) {
        be_json_writer json;
        be_json_init(&json, &c->out[c->pair_of[job]], true);
        arc_write_cells(&json, result->rows, result->columns, result->cells);
    }
}

static int print_chunk(cli_call *call, const be_arc_settings *settings, chunk *c)
{
    be_for_options options = {.size = sizeof options, .cancel = cli_cancel(call)};
    be_status status =
        be_arc_run_all(cli_engine(call), settings, c->jobs, c->n_jobs, note_output, c, &options);
    for (size_t i = 0; i < c->n; i++) {
        be_text line;
        be_text_init(&line, NULL);
        be_json_writer json;
        be_json_init(&json, &line, true);
        be_json_string(&json, c->id[i]);
        if (status == BE_OK) {
            printf("{\"id\":%s,\"out\":%s}\n", line.bytes,
                   c->out[i].size > 0 ? c->out[i].bytes : "null");
        }
        be_text_clear(&line);
        be_text_clear(&c->out[i]);
        free(c->id[i]);
        free(c->cells[i]);
    }
    c->n = c->n_jobs = 0;
    return status ? cli_fail(call, status, NULL, NULL) : CLI_DONE;
}

/* One line of pairs into the chunk. */
static int add_pair(const cli_call *call, const reader *r, const stream *s, chunk *c)
{
    const char *id = be_json_text(be_json_get(r->root, "id"));
    be_arc_grid input;
    uint8_t *cells = id ? read_grid(be_json_get(r->root, "input"), &input) : NULL;
    if (!cells) {
        return refuse_line(call, r, "{\"id\": text, \"input\": grid of colours 0-9}");
    }
    stream_program key = {.id = (char *)(uintptr_t)id};
    const stream_program *program =
        s->n > 0 ? bsearch(&key, s->programs, s->n, sizeof key, by_id) : NULL;
    if (!program) {
        free(cells);
        return refuse_line(call, r, "the id of a program");
    }
    size_t i = c->n++;
    c->id[i] = strdup(id);
    c->cells[i] = cells;
    c->input[i] = input;
    be_text_init(&c->out[i], NULL);
    if (!c->id[i]) {
        cli_out_of_memory();
    }
    if (program->parsed.programs) {
        c->pair_of[c->n_jobs] = i;
        c->jobs[c->n_jobs++] = (be_arc_job){program->parsed.programs, 0, &c->input[i]};
    }
    return CLI_DONE;
}

int arc_run_stream(cli_call *call, const char *programs, const char *pairs)
{
    stream s = {0};
    be_arc_settings settings = arc_settings();
    chunk *c = cli_allocate(NULL, 1, sizeof *c);
    c->n = c->n_jobs = 0;
    reader r = {0};
    int code = read_programs(call, programs, &s);
    code = code ? code : open_reader(call, pairs, &r);
    while (code == CLI_DONE && next_line(&r)) {
        code = add_pair(call, &r, &s, c);
        if (code == CLI_DONE && c->n == CHUNK) {
            code = print_chunk(call, &settings, c);
        }
    }
    if (code == CLI_DONE) {
        code = print_chunk(call, &settings, c);
    }
    close_reader(&r);
    for (size_t i = 0; i < s.n; i++) {
        free(s.programs[i].id);
        free(s.programs[i].parsed.memory);
    }
    for (size_t i = 0; i < c->n; i++) {
        free(c->id[i]);
        free(c->cells[i]);
    }
    free(s.programs);
    free(c);
    return code;
}
