/* arc_explore.c: what a program does and why: `breakeven arc trace`, `order`, `equal` and
 * `minimize`. */
#include "arc_programs.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* ---- trace ---------------------------------------------------------------------------------- */

static struct {
    uint64_t pair;
    bool test;
} trace_given;

/* A row of cells, two of them a character where there is colour. */
static void print_cells(const cli_call *call, uint32_t rows, uint32_t columns, const int32_t *cells)
{
    uint32_t step = call->color ? 2 : 1;
    for (uint32_t r = 0; r < rows; r += step) {
        printf("    ");
        for (uint32_t c = 0; c < columns; c++) {
            int32_t top = cells[(size_t)r * columns + c];
            int32_t under = r + 1 < rows ? cells[(size_t)(r + 1) * columns + c] : -1;
            if (!call->color) {
                printf("%s%d", c ? " " : "", top);
            } else if (under < 0) {
                printf("\x1b[49;38;5;%um\u2580", cli_cell_colors[(uint32_t)top % 10]);
            } else {
                printf("\x1b[38;5;%um\x1b[48;5;%um\u2580", cli_cell_colors[(uint32_t)top % 10],
                       cli_cell_colors[(uint32_t)under % 10]);
            }
        }
        printf("%s\n", call->color ? "\x1b[0m" : "");
    }
}

static void print_step(void *user, const be_arc_step *step)
{
    enum { SHORT = 400 };
    const cli_call *call = user;
    printf("%sline %u  %s%s", cli_paint(call, CLI_DIM), step->line, cli_paint(call, CLI_PLAIN),
           cli_paint(call, CLI_BOLD));
    printf("%s%s", step->variable, cli_paint(call, CLI_PLAIN));
    if (step->cells) {
        printf("  %ux%u\n", step->rows, step->columns);
        print_cells(call, step->rows, step->columns, step->cells);
        return;
    }
    bool whole = strlen(step->text) <= SHORT;
    printf(" = %.*s%s\n", SHORT, step->text, whole ? "" : "...");
}

/* Load programs and tasks from the operands. */
static int load(const cli_call *call, int n_programs, int argc, char **argv, arc_programs *programs,
                be_arc_data **data)
{
    if (argc < n_programs) {
        return cli_usage(call, "expected %s", n_programs == 1 ? "a program" : "two programs");
    }
    int code = CLI_DONE;
    for (int i = 0; i < n_programs && code == CLI_DONE; i++) {
        code = arc_load_programs(call, argv[i], programs);
    }
    return code ? code : arc_load_data(call, argc - n_programs, argv + n_programs, data);
}

static int trace_one(const cli_call *call, const arc_program *program, const be_arc_puzzle *task)
{
    size_t first = trace_given.test ? task->n_train : 0;
    size_t n = trace_given.test ? task->n_test : task->n_train;
    if (trace_given.pair >= n) {
        return cli_usage(call, "expected a pair below %zu", n);
    }
    be_arc_settings settings = arc_settings();
    be_arc_runner *runner;
    if (be_arc_runner_create(&settings, NULL, &runner)) {
        cli_out_of_memory();
    }
    const be_arc_example *example = &task->pairs[first + trace_given.pair];
    arc_run run = {.known = example->output.cells};
    be_arc_runner_watch(runner, print_step, (void *)(uintptr_t)call);
    printf("%s on %s, %s %llu\n", program->name, task->name, trace_given.test ? "test" : "train",
           (unsigned long long)trace_given.pair);
    be_arc_run(runner, program->text, program->index, &example->input, &run.result);
    run.has_output = run.result.cells;
    run.match = be_arc_result_is(&run.result, &example->output);
    char words[ARC_WORDS_SIZE];
    printf("%s\n", arc_run_words(words, &run, &example->output));
    be_arc_runner_destroy(runner);
    return CLI_DONE;
}

static int run_trace(cli_call *call, int argc, char **argv)
{
    arc_programs programs = {0};
    arc_runs runs = {0};
    be_arc_data *data = NULL;
    int code = load(call, 1, argc, argv, &programs, &data);
    if (code == CLI_DONE) {
        arc_pair_up(&programs, data, false, &runs);
        arc_note_alone(call, &runs);
    }
    for (size_t i = 0; code == CLI_DONE && i < runs.n_pairings; i++) {
        code = trace_one(call, runs.pairings[i].program, runs.pairings[i].task);
    }
    arc_runs_clear(&runs);
    be_arc_data_destroy(data);
    arc_programs_clear(&programs);
    return code;
}

static const cli_option TRACE_OPTIONS[] = {
    ARC_OPTIONS,
    {"pair", 'p', "N", "the pair to run on, from 0 (default 0)", .count = &trace_given.pair},
    {"test", 't', NULL, "count test pairs instead of train pairs", .flag = &trace_given.test},
    {0}};

static const cli_example TRACE_EXAMPLES[] = {
    {"arc trace guess.py turn", "what each line gives on the first pair"},
    {"arc trace solvers.py 007bbfb7.json --pair 2", "the third train pair"},
    {0}};

const cli_command command_arc_trace = {
    .name = "trace",
    .summary = "show what every line of a program gives on one pair",
    .usage = (const char *const[]){"[OPTION...] PROGRAMS [TASK...]", NULL},
    .examples = TRACE_EXAMPLES,
    .description = "Grids are drawn, other values written as Python prints them, sets in their "
                   "order of iteration.\n\n" ARC_PROGRAMS_HELP "\n\n" ARC_TASKS_HELP,
    .options = TRACE_OPTIONS,
    .run = run_trace};

/* ---- order ---------------------------------------------------------------------------------- */

static bool same_result(const arc_run *a, const arc_run *b)
{
    const be_arc_result *x = &a->result, *y = &b->result;
    if (!x->cells || !y->cells) {
        return !x->cells && !y->cells && strcmp(x->error, y->error) == 0;
    }
    return x->rows == y->rows && x->columns == y->columns &&
           memcmp(x->cells, y->cells, (size_t)x->rows * x->columns * sizeof *x->cells) == 0;
}

/* Print the pairs of two runs of the same pairings that differ; returns how many. */
static size_t print_differences(const cli_call *call, const arc_runs *a, const arc_runs *b,
                                const char *first, const char *second)
{
    size_t differ = 0;
    cli_table table;
    cli_table_init(&table, "lllll");
    const char *const HEADING[] = {"program", "task", "pair", first, second};
    for (size_t i = 0; i < sizeof HEADING / sizeof HEADING[0]; i++) {
        cli_table_cell(&table, CLI_BOLD, "%s", HEADING[i]);
    }
    for (size_t i = 0; i < a->n_pairings; i++) {
        const arc_pairing *p = &a->pairings[i];
        for (size_t k = 0; k < p->task->n_train + p->task->n_test; k++) {
            const arc_run *x = &a->runs[p->first + k], *y = &b->runs[p->first + k];
            if (same_result(x, y)) {
                continue;
            }
            char words[2][ARC_WORDS_SIZE];
            bool train = k < p->task->n_train;
            const be_arc_grid *output = &p->task->pairs[k].output;
            cli_table_cell(&table, CLI_PLAIN, "%s", p->program->name);
            cli_table_cell(&table, CLI_PLAIN, "%s", p->task->name);
            cli_table_cell(&table, CLI_PLAIN, "%s %zu", train ? "train" : "test",
                           train ? k : k - p->task->n_train);
            cli_table_cell(&table, CLI_PLAIN, "%s", arc_run_words(words[0], x, output));
            cli_table_cell(&table, CLI_PLAIN, "%s", arc_run_words(words[1], y, output));
            differ++;
        }
    }
    if (differ > 0) {
        cli_table_print(&table, call);
        printf("\n");
    }
    cli_table_clear(&table);
    return differ;
}

static int run_order(cli_call *call, int argc, char **argv)
{
    arc_programs programs = {0};
    arc_runs runs[2] = {{0}, {0}};
    be_arc_data *data = NULL;
    int code = load(call, 1, argc, argv, &programs, &data);
    for (int i = 0; i < 2 && code == CLI_DONE; i++) {
        be_arc_settings settings = arc_settings();
        settings.order = i ? BE_ARC_ORDER_SORTED : BE_ARC_ORDER_CPYTHON;
        arc_pair_up(&programs, data, false, &runs[i]);
        code = arc_run_pairings(call, &settings, true, &runs[i]);
    }
    if (code == CLI_DONE) {
        arc_note_alone(call, &runs[0]);
        size_t differ = print_differences(call, &runs[0], &runs[1], "cpython", "sorted");
        printf("%zu of %zu results change when sets iterate in sorted order.\n", differ,
               runs[0].n_runs);
        code = differ > 0 ? CLI_FAILED : CLI_DONE;
    }
    arc_runs_clear(&runs[0]);
    arc_runs_clear(&runs[1]);
    be_arc_data_destroy(data);
    arc_programs_clear(&programs);
    return code;
}

static const cli_option ORDER_OPTIONS[] = {ARC_OPTIONS, {0}};

static const cli_example ORDER_EXAMPLES[] = {
    {"arc order solvers.py data/training", "which solvers lean on the order of sets"}, {0}};

const cli_command command_arc_order = {
    .name = "order",
    .summary = "say whether results depend on the order in which sets iterate",
    .usage = (const char *const[]){"[OPTION...] PROGRAMS [TASK...]", NULL},
    .examples = ORDER_EXAMPLES,
    .description =
        "Runs the programs twice, with CPython's order and with sets sorted, and lists "
        "the pairs whose results differ. Exits with 1 where there are any. Programs that "
        "pass may still depend on other orders.\n\n" ARC_PROGRAMS_HELP "\n\n" ARC_TASKS_HELP,
    .uses = CLI_USES_ENGINE,
    .options = ORDER_OPTIONS,
    .run = run_order};

/* ---- equal ---------------------------------------------------------------------------------- */

static int run_equal(cli_call *call, int argc, char **argv)
{
    arc_programs programs[2] = {{0}, {0}};
    arc_runs runs[2] = {{0}, {0}};
    be_arc_data *data = NULL;
    be_arc_settings settings = arc_settings();
    int code = argc < 2 ? cli_usage(call, "expected two programs") : CLI_DONE;
    for (int i = 0; i < 2 && code == CLI_DONE; i++) {
        code = arc_load_programs(call, argv[i], &programs[i]);
        if (code == CLI_DONE && programs[i].n != 1) {
            code = cli_usage(call, "expected one program in %s, found %zu (see --entry)", argv[i],
                             programs[i].n);
        }
    }
    code = code ? code : arc_load_data(call, argc - 2, argv + 2, &data);
    for (int i = 0; i < 2 && code == CLI_DONE; i++) {
        arc_pair_up(&programs[i], data, true, &runs[i]);
        code = arc_run_pairings(call, &settings, true, &runs[i]);
    }
    if (code == CLI_DONE) {
        size_t differ = print_differences(call, &runs[0], &runs[1], argv[0], argv[1]);
        printf("%zu of %zu results differ.\n", differ, runs[0].n_runs);
        code = differ > 0 ? CLI_FAILED : CLI_DONE;
    }
    for (int i = 0; i < 2; i++) {
        arc_runs_clear(&runs[i]);
        arc_programs_clear(&programs[i]);
    }
    be_arc_data_destroy(data);
    return code;
}

static const cli_option EQUAL_OPTIONS[] = {ARC_OPTIONS, {0}};

static const cli_example EQUAL_EXAMPLES[] = {
    {"arc equal old.py new.py data/training", "on every input of 400 tasks"}, {0}};

const cli_command command_arc_equal = {
    .name = "equal",
    .summary = "say whether two programs give the same on every input",
    .usage = (const char *const[]){"[OPTION...] PROGRAM PROGRAM [TASK...]", NULL},
    .examples = EQUAL_EXAMPLES,
    .description = "Both programs run on all pairs of all tasks, train and test. Errors are the "
                   "same when their class is. Exits with 1 where any result "
                   "differs.\n\n" ARC_TASKS_HELP,
    .uses = CLI_USES_ENGINE,
    .options = EQUAL_OPTIONS,
    .run = run_equal};

/* ---- minimize ------------------------------------------------------------------------------- */

/* A program as lines of text, some of them left out. */
typedef struct draft {
    char **line;
    size_t n;
} draft;

static void clear_draft(draft *d)
{
    for (size_t i = 0; i < d->n; i++) {
        free(d->line[i]);
    }
    free(d->line);
}

static void add_line(draft *d, const char *text, size_t size)
{
    d->line = cli_allocate(d->line, d->n + 1, sizeof *d->line);
    char *line = cli_allocate(NULL, size + 1, 1);
    memcpy(line, text, size);
    line[size] = '\0';
    d->line[d->n++] = line;
}

static bool in_name(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* The variable that a line assigns, by its place in the line; 0 for a line of another kind. */
static size_t target_size(const char *line, const char **target)
{
    const char *c = line + strspn(line, " \t");
    size_t size = 0;
    while (in_name(c[size])) {
        size++;
    }
    const char *after = c + size + strspn(c + size, " \t");
    *target = c;
    return c > line && after[0] == '=' && after[1] != '=' ? size : 0;
}

/* The draft without line `gone`, the name it assigns replaced by another below it. */
static void write_without(const draft *d, size_t gone, const char *by, size_t by_size,
                          be_text *text)
{
    const char *name = "";
    size_t size = gone < d->n ? target_size(d->line[gone], &name) : 0;
    for (size_t i = 0; i < d->n; i++) {
        const char *c = d->line[i];
        while (i != gone && *c) {
            size_t word = 0;
            while (in_name(c[word])) {
                word++;
            }
            bool replaced = i > gone && word == size && memcmp(c, name, size) == 0 && size > 0;
            be_text_add(text, replaced ? by : c, replaced ? by_size : word ? word : 1);
            c += word ? word : 1;
        }
        if (i != gone) {
            be_text_puts(text, "\n");
        }
    }
}

typedef struct minimizing {
    const be_arc_data *data;
    be_arc_runner *runner;
    be_hash128 behaviour; /* to be kept */
    size_t tries;
} minimizing;

static be_hash128 hash_of(const be_arc_result *r)
{
    const uint64_t words[] = {
        r->rows, r->columns,
        r->cells ? be_hash(r->cells, (size_t)r->rows * r->columns * sizeof *r->cells).low
                 : be_hash(r->error, strlen(r->error)).low};
    return be_hash(words, sizeof words);
}

/* What a text does on all pairs of the program's tasks; false for what does not parse. */
static bool behaviour_of(const minimizing *m, const char *task, const be_text *text,
                         be_hash128 *behaviour)
{
    size_t bytes = (32 << 10) + 64 * text->size;
    void *memory = cli_allocate(NULL, bytes, 1);
    be_arena arena = be_arena_over(memory, bytes);
    const be_arc_programs *programs;
    bool parsed =
        be_arc_parse(text->bytes, text->size, arc_given.entry, &arena, &programs, NULL) == BE_OK;
    size_t own = be_arc_data_find(m->data, task);
    *behaviour = (be_hash128){0};
    for (size_t t = 0; parsed && t < be_arc_data_count(m->data); t++) {
        const be_arc_puzzle *puzzle = be_arc_data_task(m->data, t);
        for (size_t k = 0; (own == SIZE_MAX || own == t) && k < puzzle->n_train + puzzle->n_test;
             k++) {
            be_arc_result result;
            be_arc_run(m->runner, programs, 0, &puzzle->pairs[k].input, &result);
            const be_hash128 both[] = {*behaviour, hash_of(&result)};
            *behaviour = be_hash(both, sizeof both);
        }
    }
    free(memory);
    return parsed;
}

/* Does the draft do the same without line `gone`, its name meaning `by`? Then it is left out. */
static bool try_without(minimizing *m, const char *task, draft *d, size_t gone, const char *by,
                        size_t by_size)
{
    be_text text;
    be_hash128 behaviour;
    be_text_init(&text, NULL);
    write_without(d, gone, by, by_size, &text);
    m->tries++;
    bool same = be_text_status(&text) == BE_OK && behaviour_of(m, task, &text, &behaviour) &&
                memcmp(&behaviour, &m->behaviour, sizeof behaviour) == 0;
    if (same) {
        clear_draft(d);
        *d = (draft){0};
        for (const char *c = text.bytes; *c; c += strcspn(c, "\n") + 1) {
            add_line(d, c, strcspn(c, "\n"));
        }
    }
    be_text_clear(&text);
    return same;
}

/* Leave out line i, if the program does the same with another name in place of the one it assigns:
 * one of its own words, or one assigned before. */
static bool shorten_at(minimizing *m, const char *task, draft *d, size_t i)
{
    const char *target;
    if (target_size(d->line[i], &target) == 0) {
        return false;
    }
    char line[1000];
    snprintf(line, sizeof line, "%s", strchr(target, '=') + 1);
    for (char *c = line; *c;) {
        size_t word = 0;
        while (in_name(c[word])) {
            word++;
        }
        if (word > 0 && try_without(m, task, d, i, c, word)) {
            return true;
        }
        c += word ? word : 1;
    }
    for (size_t k = 0; k < i; k++) {
        const char *name;
        char copy[200];
        size_t size = target_size(d->line[k], &name);
        if (size > 0 && size < sizeof copy) {
            memcpy(copy, name, size);
            if (try_without(m, task, d, i, copy, size)) {
                return true;
            }
        }
    }
    return false;
}

static int minimize(cli_call *call, const be_arc_data *data, const arc_program *program)
{
    be_arc_settings settings = arc_settings();
    minimizing m = {.data = data};
    be_error error;
    be_text text;
    be_text_init(&text, NULL);
    be_status status = be_file_read(program->path, 1 << 20, &text, &error);
    if (status) {
        return cli_fail(call, status, &error, program->path);
    }
    if (be_arc_runner_create(&settings, NULL, &m.runner)) {
        cli_out_of_memory();
    }
    draft d = {0};
    behaviour_of(&m, program->task, &text, &m.behaviour);
    for (const char *c = text.bytes; *c; c += strcspn(c, "\n") + (strchr(c, '\n') != NULL)) {
        add_line(&d, c, strcspn(c, "\n"));
    }
    size_t before = d.n;
    for (size_t i = d.n; i-- > 0 && !be_cancel_raised(cli_cancel(call));) {
        if (shorten_at(&m, program->task, &d, i)) {
            i = d.n; /* from the end again: what was needed may no longer be */
        }
    }
    for (size_t i = 0; i < d.n; i++) {
        printf("%s\n", d.line[i]);
    }
    cli_note(call, "%zu lines fewer, after %zu tries", before - d.n, m.tries);
    clear_draft(&d);
    be_text_clear(&text);
    be_arc_runner_destroy(m.runner);
    return CLI_DONE;
}

static int run_minimize(cli_call *call, int argc, char **argv)
{
    arc_programs programs = {0};
    be_arc_data *data = NULL;
    int code = load(call, 1, argc, argv, &programs, &data);
    if (code == CLI_DONE && programs.n != 1) {
        code = cli_usage(call, "expected one program, found %zu (see --entry)", programs.n);
    }
    if (code == CLI_DONE && strcmp(argv[0], "-") == 0) {
        code = cli_usage(call, "expected a file, which can be read twice");
    }
    code = code ? code : minimize(call, data, &programs.items[0]);
    be_arc_data_destroy(data);
    arc_programs_clear(&programs);
    return code;
}

static const cli_option MINIMIZE_OPTIONS[] = {ARC_OPTIONS, {0}};

static const cli_example MINIMIZE_EXAMPLES[] = {
    {"arc minimize guess.py turn", "the program without the lines it can do without"}, {0}};

const cli_command command_arc_minimize = {
    .name = "minimize",
    .summary = "leave out the lines that a program's results do not need",
    .usage = (const char *const[]){"[OPTION...] PROGRAM [TASK...]", NULL},
    .examples = MINIMIZE_EXAMPLES,
    .description =
        "Prints the program without every line that can be left out while each result on the "
        "tasks stays the same, errors too; the name such a line assigns is replaced by one of the "
        "names in it, or by one assigned before. What is left is a program from which no single "
        "line can go that way. Lines of one assignment each are looked at.\n\n" ARC_TASKS_HELP,
    .options = MINIMIZE_OPTIONS,
    .run = run_minimize};
