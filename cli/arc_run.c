/* arc_run.c: `breakeven arc run`: programs on tasks, pair by pair. */
#include "arc_programs.h"

#include <string.h>

static struct {
    bool everywhere;
    bool stream;
} given;

static const cli_option OPTIONS[] = {
    ARC_OPTIONS,
    {"all", 'a', NULL, "run every program on every task", .flag = &given.everywhere},
    {"stream", 0, NULL,
     "PROGRAMS has lines {\"id\", \"src\"} and TASK lines {\"id\", \"input\"}; print a line "
     "{\"id\", "
     "\"out\"} for each of the latter",
     .flag = &given.stream},
    {0}};

static void print_runs(const cli_call *call, const arc_runs *runs)
{
    cli_table table;
    cli_table_init(&table, "lllrl");
    static const char *const HEADING[] = {"program", "task", "pair", "fuel", "result"};
    for (size_t i = 0; i < sizeof HEADING / sizeof HEADING[0]; i++) {
        cli_table_cell(&table, CLI_BOLD, "%s", HEADING[i]);
    }
    for (size_t i = 0; i < runs->n_pairings; i++) {
        const arc_pairing *p = &runs->pairings[i];
        for (size_t k = 0; k < p->task->n_train + p->task->n_test; k++) {
            const arc_run *run = &runs->runs[p->first + k];
            bool train = k < p->task->n_train;
            char words[ARC_WORDS_SIZE];
            cli_table_cell(&table, CLI_PLAIN, "%s", k ? "" : p->program->name);
            cli_table_cell(&table, CLI_PLAIN, "%s", k ? "" : p->task->name);
            cli_table_cell(&table, CLI_PLAIN, "%s %zu", train ? "train" : "test",
                           train ? k : k - p->task->n_train);
            cli_table_cell(&table, CLI_PLAIN, "%llu", (unsigned long long)run->result.fuel);
            cli_table_cell(&table,
                           run->match                       ? CLI_GREEN
                           : run->known || !run->has_output ? CLI_RED
                                                            : CLI_PLAIN,
                           "%s", arc_run_words(words, run, &p->task->pairs[k].output));
        }
    }
    cli_table_print(&table, call);
    cli_table_clear(&table);
}

static int write_runs(const cli_call *call, const be_arc_data *data, const arc_runs *runs)
{
    char hash[ARC_HASH_SIZE];
    be_text text;
    be_text_init(&text, NULL);
    be_json_writer json;
    be_json_init(&json, &text, true);
    be_json_object(&json);
    be_json_key(&json, "schema");
    be_json_string(&json, "breakeven.arc.run/1");
    be_json_key(&json, "data");
    be_json_string(&json, arc_hash_words(hash, data));
    be_json_key(&json, "results");
    be_json_array(&json);
    for (size_t i = 0; i < runs->n_pairings; i++) {
        const arc_pairing *p = &runs->pairings[i];
        be_json_object(&json);
        be_json_key(&json, "program");
        be_json_string(&json, p->program->name);
        be_json_key(&json, "task");
        be_json_string(&json, p->task->name);
        be_json_key(&json, "pairs");
        be_json_array(&json);
        for (size_t k = 0; k < p->task->n_train + p->task->n_test; k++) {
            arc_write_run(&json, p->task, k, &runs->runs[p->first + k]);
        }
        be_json_array_end(&json);
        be_json_object_end(&json);
    }
    be_json_array_end(&json);
    be_json_object_end(&json);
    be_text_puts(&text, "\n");
    int code = cli_write_json(call, &text);
    be_text_clear(&text);
    return code;
}

static void print_summary(const be_arc_data *data, const arc_runs *runs)
{
    size_t right = 0, known = 0, errors = 0;
    for (size_t i = 0; i < runs->n_runs; i++) {
        right += runs->runs[i].match;
        known += runs->runs[i].known;
        errors += !runs->runs[i].has_output;
    }
    char hash[ARC_HASH_SIZE];
    printf("\n%zu of %zu known outputs are right, %zu runs gave no grid. Data %s, order %s.\n",
           right, known, errors, arc_hash_words(hash, data), arc_orders[arc_given.order]);
}

static int run(cli_call *call, int argc, char **argv)
{
    if (argc < 1) {
        return cli_usage(call, "expected programs");
    }
    if (given.stream && argc != 2) {
        return cli_usage(call, "expected a file of programs and a file of inputs");
    }
    if (given.stream) {
        return arc_run_stream(call, argv[0], argv[1]);
    }
    arc_programs programs = {0};
    arc_runs runs = {0};
    be_arc_data *data = NULL;
    be_arc_settings settings = arc_settings();
    int code = arc_load_programs(call, argv[0], &programs);
    code = code ? code : arc_load_data(call, argc - 1, argv + 1, &data);
    if (code == CLI_DONE) {
        arc_pair_up(&programs, data, given.everywhere, &runs);
        code = arc_run_pairings(call, &settings, true, &runs);
    }
    if (code == CLI_DONE) {
        arc_note_alone(call, &runs);
    }
    if (code == CLI_DONE && !(call->json && strcmp(call->json, "-") == 0)) {
        print_runs(call, &runs);
        print_summary(data, &runs);
    }
    if (code == CLI_DONE && call->json) {
        code = write_runs(call, data, &runs);
    }
    if (code == CLI_DONE && programs.n_refused > 0) {
        code = CLI_USAGE;
    }
    arc_runs_clear(&runs);
    be_arc_data_destroy(data);
    arc_programs_clear(&programs);
    return code;
}

static const cli_example EXAMPLES[] = {
    {"arc run solvers.py data/training", "each solver on the task it is named after"},
    {"arc run guess.py turn", "one program on a bundled task"},
    {"arc run --json guesses/ 007bbfb7.json", "a folder of programs, for a program to read"},
    {"arc run --stream programs.jsonl inputs.jsonl", "many programs, many inputs, a line each"},
    {0}};

const cli_command command_arc_run = {
    .name = "run",
    .summary = "run programs in arc-dsl's Python form on tasks",
    .usage = (const char *const[]){"[OPTION...] PROGRAMS [TASK...]", NULL},
    .examples = EXAMPLES,
    .description = "Programs run as CPython 3.8 and later would run them with arc-dsl, set order "
                   "and errors included, but on a budget of steps and memory that ends them the "
                   "same way everywhere.\n\n" ARC_PROGRAMS_HELP "\n\n" ARC_TASKS_HELP,
    .uses = CLI_USES_ENGINE | CLI_USES_JSON,
    .options = OPTIONS,
    .run = run};
