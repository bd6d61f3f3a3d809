/* arc_programs.c: what the verbs of `breakeven arc` share. */
#include "arc_programs.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { TEXT_BYTES_MAX = 16 << 20, PATH_SIZE = 4096, FOLDERS_MAX = 8 };

/* ---- programs ------------------------------------------------------------------------------- */

/* What a text's programs lie in. */
typedef struct arc_memory {
    struct arc_memory *next;
    char *path;
    char *stem;
    void *parsed;
} arc_memory;

void arc_programs_clear(arc_programs *programs)
{
    for (arc_memory *m = programs->memory; m;) {
        arc_memory *next = m->next;
        free(m->path);
        free(m->stem);
        free(m->parsed);
        free(m);
        m = next;
    }
    free(programs->items);
    *programs = (arc_programs){0};
}

static char *copy_text(const char *text, size_t size)
{
    char *copy = cli_allocate(NULL, size + 1, 1);
    memcpy(copy, text, size);
    copy[size] = '\0';
    return copy;
}

/* A file's name without its folder and ".py". */
static char *stem_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    size_t size = strlen(name);
    size_t end = size > 3 && strcmp(name + size - 3, ".py") == 0 ? size - 3 : size;
    return copy_text(name, end);
}

static void add_programs(arc_programs *programs, const be_arc_programs *text, const char *path,
                         const char *stem)
{
    for (size_t i = 0; i < be_arc_programs_count(text); i++) {
        if (programs->n == programs->room) {
            programs->room = programs->room ? 2 * programs->room : 64;
            programs->items =
                cli_allocate(programs->items, programs->room, sizeof *programs->items);
        }
        const char *task = be_arc_program_task(text, i);
        programs->items[programs->n++] =
            (arc_program){.text = text,
                          .index = i,
                          .name = *task ? be_arc_program_name(text, i) : stem,
                          .task = *task ? task : stem,
                          .path = path};
    }
}

/* Parse one file. */
static be_status load_text(const char *path, arc_programs *programs, be_error *error)
{
    be_text text;
    be_text_init(&text, NULL);
    be_status status = be_file_read(path, TEXT_BYTES_MAX, &text, error);
    if (status == BE_OK) {
        size_t bytes = (32 << 10) + 64 * text.size;
        arc_memory *memory = cli_allocate(NULL, 1, sizeof *memory);
        *memory = (arc_memory){.next = programs->memory,
                               .path = copy_text(path, strlen(path)),
                               .stem = stem_of(path),
                               .parsed = cli_allocate(NULL, bytes, 1)};
        programs->memory = memory;
        be_arena arena = be_arena_over(memory->parsed, bytes);
        const be_arc_programs *parsed;
        status = be_arc_parse(text.bytes, text.size, arc_given.entry, &arena, &parsed, error);
        if (status == BE_OK) {
            add_programs(programs, parsed, memory->path, memory->stem);
        }
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

static bool is_python(const char *name)
{
    size_t size = strlen(name);
    return size > 3 && strcmp(name + size - 3, ".py") == 0;
}

static int load_folder(const cli_call *call, const char *folder, unsigned depth,
                       arc_programs *programs);

static int load_entry(const cli_call *call, const char *folder, const char *name, unsigned depth,
                      arc_programs *programs)
{
    char path[PATH_SIZE];
    struct stat about;
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= PATH_SIZE ||
        stat(path, &about) != 0) {
        return CLI_DONE;
    }
    if (S_ISDIR(about.st_mode)) {
        return depth < FOLDERS_MAX ? load_folder(call, path, depth + 1, programs) : CLI_DONE;
    }
    if (S_ISREG(about.st_mode) && is_python(name)) {
        be_error error;
        be_status status = load_text(path, programs, &error);
        if (status == BE_ENOMEM || status == BE_EIO) {
            return cli_fail(call, status, &error, path);
        }
        if (status) {
            cli_fail(call, status, &error, path);
            programs->n_refused++;
        }
    }
    return CLI_DONE;
}

static int load_folder(const cli_call *call, const char *folder, unsigned depth,
                       arc_programs *programs)
{
    struct dirent **entries;
    int n = scandir(folder, &entries, not_hidden, by_bytes);
    if (n < 0) {
        be_error error;
        be_status status = be_error_set(&error, BE_EIO, "%s: %s", folder, strerror(errno));
        return cli_fail(call, status, &error, folder);
    }
    int code = CLI_DONE;
    for (int i = 0; i < n; i++) {
        if (code == CLI_DONE) {
            code = load_entry(call, folder, entries[i]->d_name, depth, programs);
        }
        free(entries[i]);
    }
    free(entries);
    return code;
}

int arc_load_programs(const cli_call *call, const char *path, arc_programs *programs)
{
    struct stat about;
    if (stat(path, &about) != 0 || !S_ISDIR(about.st_mode)) {
        be_error error;
        be_status status = load_text(path, programs, &error);
        return status ? cli_fail(call, status, &error, path) : CLI_DONE;
    }
    int code = load_folder(call, path, 0, programs);
    if (code == CLI_DONE && programs->n + programs->n_refused == 0) {
        be_error error;
        be_status status = be_error_set(&error, BE_EINVAL, "a folder with programs (*.py)");
        return cli_fail(call, status, &error, path);
    }
    return code;
}

/* ---- tasks ---------------------------------------------------------------------------------- */

/* NAME, NAME.json and the like below the folder of BREAKEVEN_ARC_DATA: the path, or NULL. */
static const char *find_below(const char *folder, const char *name, char path[PATH_SIZE])
{
    static const char *const PLACES[] = {"", "training/", "evaluation/", "data/training/",
                                         "data/evaluation/"};
    struct stat about;
    for (size_t i = 0; folder && i < sizeof PLACES / sizeof PLACES[0]; i++) {
        int size = snprintf(path, PATH_SIZE, "%s/%s%s.json", folder, PLACES[i], name);
        if (size < PATH_SIZE && stat(path, &about) == 0) {
            return path;
        }
    }
    return NULL;
}

static int load_operand(const cli_call *call, const char *operand, be_arc_data *data)
{
    struct stat about;
    char path[PATH_SIZE];
    if (strcmp(operand, "-") != 0 && stat(operand, &about) != 0 && !strchr(operand, '/')) {
        be_status status = be_arc_data_bundled(data, operand);
        if (status != BE_EDOMAIN) {
            return status ? cli_fail(call, status, NULL, operand) : CLI_DONE;
        }
        const char *found = find_below(getenv("BREAKEVEN_ARC_DATA"), operand, path);
        operand = found ? found : operand;
    }
    be_error error;
    be_status status = be_arc_data_load(data, operand, &error);
    return status ? cli_fail(call, status, &error, operand) : CLI_DONE;
}

int arc_load_data(const cli_call *call, int argc, char **argv, be_arc_data **data)
{
    if (be_arc_data_create(NULL, data)) {
        cli_out_of_memory();
    }
    const char *folder = getenv("BREAKEVEN_ARC_DATA");
    int code = CLI_DONE;
    for (int i = 0; i < argc && code == CLI_DONE; i++) {
        code = load_operand(call, argv[i], *data);
    }
    if (argc == 0 && folder && *folder) {
        code = load_operand(call, folder, *data);
    } else if (argc == 0) {
        be_status status = be_arc_data_bundled(*data, NULL);
        code = status ? cli_fail(call, status, NULL, NULL) : CLI_DONE;
    }
    if (code) {
        be_arc_data_destroy(*data);
        *data = NULL;
        return code;
    }
    if (be_arc_data_large(*data) > 0) {
        cli_note(call, "%zu grids are larger than 30x30", be_arc_data_large(*data));
    }
    return CLI_DONE;
}

/* ---- runs ----------------------------------------------------------------------------------- */

static void add_pairing(arc_runs *runs, const arc_program *program, const be_arc_puzzle *task,
                        size_t *room)
{
    if (runs->n_pairings == *room) {
        *room = *room ? 2 * *room : 64;
        runs->pairings = cli_allocate(runs->pairings, *room, sizeof *runs->pairings);
    }
    runs->pairings[runs->n_pairings++] =
        (arc_pairing){.program = program, .task = task, .first = runs->n_runs};
    runs->n_runs += task->n_train + task->n_test;
}

void arc_pair_up(const arc_programs *programs, const be_arc_data *data, bool everywhere,
                 arc_runs *runs)
{
    size_t room = 0;
    for (size_t i = 0; i < programs->n; i++) {
        const arc_program *program = &programs->items[i];
        size_t own = be_arc_data_find(data, program->task);
        bool any = everywhere || (own == SIZE_MAX && program->task == program->name);
        if (!any && own == SIZE_MAX) {
            runs->n_alone++;
        } else if (!any) {
            add_pairing(runs, program, be_arc_data_task(data, own), &room);
        }
        for (size_t t = 0; any && t < be_arc_data_count(data); t++) {
            add_pairing(runs, program, be_arc_data_task(data, t), &room);
        }
    }
}

typedef struct collecting {
    const be_arc_job *jobs;
    const be_arc_example **examples;
    arc_run *runs;
    bool keep_cells;
} collecting;

static void collect(void *user, size_t job, const be_arc_result *result)
{
    const collecting *c = user;
    arc_run *run = &c->runs[job];
    const be_arc_grid *expected = &c->examples[job]->output;
    *run = (arc_run){.result = *result,
                     .has_output = result->cells,
                     .known = expected->cells,
                     .match = be_arc_result_is(result, expected)};
    run->result.cells = NULL;
    if (c->keep_cells && result->cells) {
        size_t n = (size_t)result->rows * result->columns;
        int32_t *cells = cli_allocate(NULL, n, sizeof *cells);
        memcpy(cells, result->cells, n * sizeof *cells);
        run->result.cells = cells;
    }
}

int arc_run_pairings(cli_call *call, const be_arc_settings *settings, bool keep_cells,
                     arc_runs *runs)
{
    be_arc_job *jobs = cli_allocate(NULL, runs->n_runs + 1, sizeof *jobs);
    const be_arc_example **examples = cli_allocate(NULL, runs->n_runs + 1, sizeof *examples);
    size_t n = 0;
    for (size_t i = 0; i < runs->n_pairings; i++) {
        const arc_pairing *p = &runs->pairings[i];
        for (size_t k = 0; k < p->task->n_train + p->task->n_test; k++) {
            examples[n] = &p->task->pairs[k];
            jobs[n] = (be_arc_job){p->program->text, p->program->index, &examples[n]->input};
            n++;
        }
    }
    runs->runs = cli_allocate(NULL, n + 1, sizeof *runs->runs);
    memset(runs->runs, 0, (n + 1) * sizeof *runs->runs);
    collecting c = {jobs, examples, runs->runs, keep_cells};
    be_for_options options = {.size = sizeof options, .cancel = cli_cancel(call)};
    be_status status = be_arc_run_all(cli_engine(call), settings, jobs, n, collect, &c, &options);
    free(jobs);
    free((void *)examples);
    return status ? cli_fail(call, status, NULL, NULL) : CLI_DONE;
}

void arc_note_alone(const cli_call *call, const arc_runs *runs)
{
    if (runs->n_alone > 0) {
        cli_note(call, "%zu programs were not run: their tasks are not among those given",
                 runs->n_alone);
    }
}

void arc_runs_clear(arc_runs *runs)
{
    for (size_t i = 0; runs->runs && i < runs->n_runs; i++) {
        free((void *)(uintptr_t)runs->runs[i].result.cells);
    }
    free(runs->runs);
    free(runs->pairings);
    *runs = (arc_runs){0};
}

/* ---- in words and JSON ---------------------------------------------------------------------- */

static size_t count_wrong(const be_arc_result *result, const be_arc_grid *expected)
{
    size_t wrong = 0;
    for (size_t i = 0; i < (size_t)expected->rows * expected->columns; i++) {
        wrong += result->cells[i] != expected->cells[i];
    }
    return wrong;
}

const char *arc_run_words(char words[ARC_WORDS_SIZE], const arc_run *run,
                          const be_arc_grid *expected)
{
    const be_arc_result *r = &run->result;
    if (!run->has_output) {
        char line[24] = "";
        if (r->line > 0) {
            snprintf(line, sizeof line, ", line %u", r->line);
        }
        snprintf(words, ARC_WORDS_SIZE, "%s%s%s%s", r->error, r->primitive ? " in " : "",
                 r->primitive ? r->primitive : "", line);
    } else if (!run->known) {
        snprintf(words, ARC_WORDS_SIZE, "%ux%u", r->rows, r->columns);
    } else if (run->match) {
        snprintf(words, ARC_WORDS_SIZE, "right");
    } else if (r->rows != expected->rows || r->columns != expected->columns) {
        snprintf(words, ARC_WORDS_SIZE, "wrong: %ux%u, not %ux%u", r->rows, r->columns,
                 expected->rows, expected->columns);
    } else if (r->cells) {
        snprintf(words, ARC_WORDS_SIZE, "wrong: %zu of %zu cells", count_wrong(r, expected),
                 (size_t)r->rows * r->columns);
    } else {
        snprintf(words, ARC_WORDS_SIZE, "wrong");
    }
    return words;
}

void arc_write_cells(be_json_writer *json, uint32_t rows, uint32_t columns, const int32_t *cells)
{
    be_json_array(json);
    for (uint32_t r = 0; r < rows; r++) {
        be_json_array(json);
        for (uint32_t c = 0; c < columns; c++) {
            be_json_i64(json, cells[(size_t)r * columns + c]);
        }
        be_json_array_end(json);
    }
    be_json_array_end(json);
}

static void write_error(be_json_writer *json, const be_arc_result *r)
{
    be_json_object(json);
    be_json_key(json, "class");
    be_json_string(json, r->error);
    if (r->line > 0) {
        be_json_key(json, "line");
        be_json_u64(json, r->line);
        be_json_key(json, "column");
        be_json_u64(json, r->column + 1);
    }
    if (r->primitive) {
        be_json_key(json, "primitive");
        be_json_string(json, r->primitive);
    }
    be_json_object_end(json);
}

void arc_write_run(be_json_writer *json, const be_arc_puzzle *task, size_t pair, const arc_run *run)
{
    bool train = pair < task->n_train;
    be_json_object(json);
    be_json_key(json, "split");
    be_json_string(json, train ? "train" : "test");
    be_json_key(json, "index");
    be_json_u64(json, train ? pair : pair - task->n_train);
    be_json_key(json, "output");
    if (run->result.cells) {
        arc_write_cells(json, run->result.rows, run->result.columns, run->result.cells);
    } else {
        be_json_null(json);
    }
    be_json_key(json, "match");
    if (run->known) {
        be_json_bool(json, run->match);
    } else {
        be_json_null(json);
    }
    be_json_key(json, "error");
    if (run->has_output) {
        be_json_null(json);
    } else {
        write_error(json, &run->result);
    }
    be_json_key(json, "fuel");
    be_json_u64(json, run->result.fuel);
    be_json_object_end(json);
}

const char *arc_hash_words(char words[ARC_HASH_SIZE], const be_arc_data *data)
{
    be_hash128 hash = be_arc_data_hash(data);
    snprintf(words, ARC_HASH_SIZE, "%016llx%016llx", (unsigned long long)hash.high,
             (unsigned long long)hash.low);
    return words;
}

/* ---- options -------------------------------------------------------------------------------- */

const char *const arc_orders[] = {"cpython", "sorted", NULL};

arc_options arc_given = {.fuel = 20000000, .bytes = 64 << 20};

be_arc_settings arc_settings(void)
{
    be_arc_settings settings = be_arc_settings_default;
    settings.fuel = arc_given.fuel;
    settings.bytes = arc_given.bytes;
    settings.order = arc_given.order ? BE_ARC_ORDER_SORTED : BE_ARC_ORDER_CPYTHON;
    settings.pruned = arc_given.pruned;
    return settings;
}
