/* arc_check.c: `breakeven arc check`: which programs solve their tasks. */
#include "arc_programs.h"

#include <stdlib.h>
#include <string.h>

static struct {
    const char *submission;
    bool failing;
    bool time;
} given;

static const cli_option OPTIONS[] = {
    ARC_OPTIONS,
    {"failing", 'f', NULL, "list only programs that do not solve their task",
     .flag = &given.failing},
    {"time", 't', NULL, "also list the time spent in each primitive, on one worker",
     .flag = &given.time},
    {"submission", 's', "FILE",
     "write the outputs for the test inputs as a submission: two attempts each, from the two best "
     "programs of a task",
     .text = &given.submission},
    {0}};

/* What a program did on its task. */
typedef struct verdict {
    size_t right[2]; /* train and test pairs met */
    size_t known[2];
    size_t errors; /* pairs without an output grid */
} verdict;

static verdict judge(const arc_pairing *p, const arc_runs *runs)
{
    verdict v = {0};
    for (size_t k = 0; k < p->task->n_train + p->task->n_test; k++) {
        const arc_run *run = &runs->runs[p->first + k];
        v.right[k >= p->task->n_train] += run->match;
        v.known[k >= p->task->n_train] += run->known;
        v.errors += !run->has_output;
    }
    return v;
}

static bool solved(const verdict *v)
{
    return v->right[0] == v->known[0] && v->right[1] == v->known[1] && v->errors == 0;
}

static const char *verdict_word(const verdict *v)
{
    return solved(v) ? "solved" : v->errors > 0 ? "error" : "wrong";
}

/* The first pair that is not right, in words. */
static const char *first_failure(char words[ARC_WORDS_SIZE], const arc_pairing *p,
                                 const arc_runs *runs)
{
    for (size_t k = 0; k < p->task->n_train + p->task->n_test; k++) {
        const arc_run *run = &runs->runs[p->first + k];
        if (!run->has_output || (run->known && !run->match)) {
            return arc_run_words(words, run, &p->task->pairs[k].output);
        }
    }
    return "";
}

typedef struct totals {
    size_t solved, wrong, error; /* programs */
    size_t right, known;         /* pairs */
    uint64_t fuel;
} totals;

static totals sum_up(const arc_runs *runs)
{
    totals t = {0};
    for (size_t i = 0; i < runs->n_pairings; i++) {
        verdict v = judge(&runs->pairings[i], runs);
        t.solved += solved(&v);
        t.error += !solved(&v) && v.errors > 0;
        t.wrong += !solved(&v) && v.errors == 0;
        t.right += v.right[0] + v.right[1];
        t.known += v.known[0] + v.known[1];
    }
    for (size_t i = 0; i < runs->n_runs; i++) {
        t.fuel += runs->runs[i].result.fuel;
    }
    return t;
}

/* ---- the table ------------------------------------------------------------------------------ */

static void print_verdicts(const cli_call *call, const arc_runs *runs)
{
    cli_table table;
    cli_table_init(&table, "llllrl");
    static const char *const HEADING[] = {"program", "task", "train", "test", "fuel", "verdict"};
    for (size_t i = 0; i < sizeof HEADING / sizeof HEADING[0]; i++) {
        cli_table_cell(&table, CLI_BOLD, "%s", HEADING[i]);
    }
    for (size_t i = 0; i < runs->n_pairings; i++) {
        const arc_pairing *p = &runs->pairings[i];
        verdict v = judge(p, runs);
        if (given.failing && solved(&v)) {
            continue;
        }
        uint64_t fuel = 0;
        for (size_t k = 0; k < p->task->n_train + p->task->n_test; k++) {
            fuel += runs->runs[p->first + k].result.fuel;
        }
        char words[ARC_WORDS_SIZE];
        const char *why = first_failure(words, p, runs);
        cli_table_cell(&table, CLI_PLAIN, "%s", p->program->name);
        cli_table_cell(&table, CLI_PLAIN, "%s", p->task->name);
        cli_table_cell(&table, CLI_PLAIN, "%zu of %zu", v.right[0], v.known[0]);
        cli_table_cell(&table, CLI_PLAIN, "%zu of %zu", v.right[1], v.known[1]);
        cli_table_cell(&table, CLI_PLAIN, "%llu", (unsigned long long)fuel);
        cli_table_cell(&table, solved(&v) ? CLI_GREEN : CLI_RED, "%s", *why ? why : "solved");
    }
    cli_table_print(&table, call);
    cli_table_clear(&table);
}

static void print_totals(const totals *t, const be_arc_data *data, const arc_programs *programs)
{
    char hash[ARC_HASH_SIZE];
    printf("\n%zu solved, %zu wrong, %zu with errors, %zu not parsed; %zu of %zu outputs are "
           "right.\nFuel %llu. Data %s, order %s.\n",
           t->solved, t->wrong, t->error, programs->n_refused, t->right, t->known,
           (unsigned long long)t->fuel, arc_hash_words(hash, data), arc_orders[arc_given.order]);
}

static int by_time(const void *a, const void *b)
{
    uint64_t x = ((const be_arc_primitive_cost *)a)->ns, y = ((const be_arc_primitive_cost *)b)->ns;
    return (x < y) - (x > y);
}

/* Run all once more, one after the other, and list where the time goes. */
static int print_times(const cli_call *call, const be_arc_settings *settings, const arc_runs *runs)
{
    be_arc_runner *runner;
    if (be_arc_runner_create(settings, NULL, &runner)) {
        cli_out_of_memory();
    }
    size_t n = be_arc_primitives();
    be_arc_primitive_cost *costs = cli_allocate(NULL, n, sizeof *costs);
    memset(costs, 0, n * sizeof *costs);
    be_arc_runner_measure(runner, costs);
    for (size_t i = 0; i < runs->n_pairings; i++) {
        const arc_pairing *p = &runs->pairings[i];
        for (size_t k = 0; k < p->task->n_train + p->task->n_test; k++) {
            be_arc_result result;
            be_arc_run(runner, p->program->text, p->program->index, &p->task->pairs[k].input,
                       &result);
        }
    }
    be_arc_runner_destroy(runner);
    qsort(costs, n, sizeof *costs, by_time);
    cli_table table;
    cli_table_init(&table, "lrrr");
    static const char *const HEADING[] = {"called", "calls", "time", "each"};
    for (size_t i = 0; i < sizeof HEADING / sizeof HEADING[0]; i++) {
        cli_table_cell(&table, CLI_BOLD, "%s", HEADING[i]);
    }
    for (size_t i = 0; i < n && costs[i].calls > 0; i++) {
        char time[CLI_DURATION_SIZE], each[CLI_DURATION_SIZE];
        cli_table_cell(&table, CLI_PLAIN, "%s", costs[i].name);
        cli_table_cell(&table, CLI_PLAIN, "%llu", (unsigned long long)costs[i].calls);
        cli_table_cell(&table, CLI_PLAIN, "%s", cli_format_duration(time, (double)costs[i].ns));
        cli_table_cell(&table, CLI_PLAIN, "%s",
                       cli_format_duration(each, (double)costs[i].ns / (double)costs[i].calls));
    }
    printf("\n");
    cli_table_print(&table, call);
    cli_table_clear(&table);
    free(costs);
    return CLI_DONE;
}

static int write_verdicts(const cli_call *call, const be_arc_data *data,
                          const arc_programs *programs, const arc_runs *runs)
{
    char hash[ARC_HASH_SIZE], words[ARC_WORDS_SIZE];
    totals t = sum_up(runs);
    be_text text;
    be_text_init(&text, NULL);
    be_json_writer json;
    be_json_init(&json, &text, false);
    be_json_object(&json);
    be_json_key(&json, "schema");
    be_json_string(&json, "breakeven.arc.check/1");
    be_json_key(&json, "data");
    be_json_string(&json, arc_hash_words(hash, data));
    const struct {
        const char *key;
        uint64_t value;
    } COUNTS[] = {{"solved", t.solved},       {"wrong", t.wrong},
                  {"error", t.error},         {"not_parsed", programs->n_refused},
                  {"right", t.right},         {"known", t.known},
                  {"not_run", runs->n_alone}, {"fuel", t.fuel}};
    for (size_t i = 0; i < sizeof COUNTS / sizeof COUNTS[0]; i++) {
        be_json_key(&json, COUNTS[i].key);
        be_json_u64(&json, COUNTS[i].value);
    }
    be_json_key(&json, "programs");
    be_json_array(&json);
    for (size_t i = 0; i < runs->n_pairings; i++) {
        const arc_pairing *p = &runs->pairings[i];
        verdict v = judge(p, runs);
        be_json_object(&json);
        be_json_key(&json, "program");
        be_json_string(&json, p->program->name);
        be_json_key(&json, "task");
        be_json_string(&json, p->task->name);
        be_json_key(&json, "verdict");
        be_json_string(&json, verdict_word(&v));
        static const char *const KEYS[2][2] = {{"train", "train_known"}, {"test", "test_known"}};
        for (int s = 0; s < 2; s++) {
            be_json_key(&json, KEYS[s][0]);
            be_json_u64(&json, v.right[s]);
            be_json_key(&json, KEYS[s][1]);
            be_json_u64(&json, v.known[s]);
        }
        be_json_key(&json, "first_failure");
        be_json_string(&json, first_failure(words, p, runs));
        be_json_object_end(&json);
    }
    be_json_array_end(&json);
    be_json_object_end(&json);
    be_text_puts(&text, "\n");
    int code = cli_write_json(call, &text);
    be_text_clear(&text);
    return code;
}

/* ---- a submission --------------------------------------------------------------------------- */

/* Is program a better guess for a task than b, by the train pairs alone? */
static bool is_better(const arc_pairing *a, const arc_pairing *b, const arc_runs *runs)
{
    return !b || judge(a, runs).right[0] > judge(b, runs).right[0];
}

/* The two best programs for a task, the earlier ones first among equals; NULL for none. */
static void best_two(const be_arc_puzzle *task, const arc_runs *runs, const arc_pairing *best[2])
{
    best[0] = best[1] = NULL;
    for (size_t i = 0; i < runs->n_pairings; i++) {
        const arc_pairing *p = &runs->pairings[i];
        if (p->task != task) {
            continue;
        }
        if (is_better(p, best[0], runs)) {
            best[1] = best[0];
            best[0] = p;
        } else if (is_better(p, best[1], runs)) {
            best[1] = p;
        }
    }
}

/* What a program gave for a test input; a single black cell where it gave nothing. */
static void write_attempt(be_json_writer *json, const char *key, const arc_pairing *p, size_t test,
                          const arc_runs *runs)
{
    static const int32_t BLACK[] = {0};
    const be_arc_result *r = p ? &runs->runs[p->first + p->task->n_train + test].result : NULL;
    be_json_key(json, key);
    if (r && r->cells) {
        arc_write_cells(json, r->rows, r->columns, r->cells);
    } else {
        arc_write_cells(json, 1, 1, BLACK);
    }
}

static int write_submission(const cli_call *call, const be_arc_data *data, const arc_runs *runs)
{
    be_text text;
    be_text_init(&text, NULL);
    be_json_writer json;
    be_json_init(&json, &text, true);
    be_json_object(&json);
    for (size_t t = 0; t < be_arc_data_count(data); t++) {
        const be_arc_puzzle *task = be_arc_data_task(data, t);
        const arc_pairing *best[2];
        best_two(task, runs, best);
        be_json_key(&json, task->name);
        be_json_array(&json);
        for (size_t i = 0; i < task->n_test; i++) {
            be_json_object(&json);
            write_attempt(&json, "attempt_1", best[0], i, runs);
            write_attempt(&json, "attempt_2", best[1] ? best[1] : best[0], i, runs);
            be_json_object_end(&json);
        }
        be_json_array_end(&json);
    }
    be_json_object_end(&json);
    be_text_puts(&text, "\n");
    be_error error;
    be_status status = be_text_status(&text);
    status = status ? be_error_set(&error, status, "%s", be_status_text(status))
                    : be_file_replace(given.submission, text.bytes, text.size, &error);
    be_text_clear(&text);
    return status ? cli_fail(call, status, &error, given.submission) : CLI_DONE;
}

/* ---- the command ---------------------------------------------------------------------------- */

static int report(cli_call *call, const be_arc_settings *settings, const be_arc_data *data,
                  const arc_programs *programs, const arc_runs *runs)
{
    int code = CLI_DONE;
    if (!(call->json && strcmp(call->json, "-") == 0)) {
        totals t = sum_up(runs);
        print_verdicts(call, runs);
        print_totals(&t, data, programs);
        code = given.time ? print_times(call, settings, runs) : CLI_DONE;
    }
    if (code == CLI_DONE && call->json) {
        code = write_verdicts(call, data, programs, runs);
    }
    if (code == CLI_DONE && given.submission) {
        code = write_submission(call, data, runs);
    }
    return code;
}

static int run(cli_call *call, int argc, char **argv)
{
    if (argc < 1) {
        return cli_usage(call, "expected programs");
    }
    arc_programs programs = {0};
    arc_runs runs = {0};
    be_arc_data *data = NULL;
    be_arc_settings settings = arc_settings();
    int code = arc_load_programs(call, argv[0], &programs);
    code = code ? code : arc_load_data(call, argc - 1, argv + 1, &data);
    if (code == CLI_DONE) {
        arc_pair_up(&programs, data, false, &runs);
        code = arc_run_pairings(call, &settings, true, &runs);
    }
    code = code ? code : report(call, &settings, data, &programs, &runs);
    if (code == CLI_DONE) {
        arc_note_alone(call, &runs);
        code = programs.n_refused > 0                   ? CLI_USAGE
               : sum_up(&runs).solved < runs.n_pairings ? CLI_FAILED
                                                        : CLI_DONE;
    }
    arc_runs_clear(&runs);
    be_arc_data_destroy(data);
    arc_programs_clear(&programs);
    return code;
}

static const cli_example EXAMPLES[] = {
    {"arc check solvers.py data/training", "which of the solvers are right"},
    {"arc check --failing --time solvers.py data/training", "what is wrong, and what takes long"},
    {"arc check guesses/ challenges.json --submission submission.json", "answers for a contest"},
    {0}};

const cli_command command_arc_check = {
    .name = "check",
    .summary = "say which programs solve their tasks",
    .usage = (const char *const[]){"[OPTION...] PROGRAMS [TASK...]", NULL},
    .examples = EXAMPLES,
    .description =
        "Solved is a program that gives every known output of its task, test pairs too. Exits with "
        "1 where one does not.\n\nA submission has two attempts for every test input of every "
        "task, chosen by the train pairs alone: {\"ID\": [{\"attempt_1\": grid, \"attempt_2\": "
        "grid}, ...]}; a single black cell stands where no program gave a grid.\n\n" //
    ARC_PROGRAMS_HELP "\n\n" ARC_TASKS_HELP,
    .uses = CLI_USES_ENGINE | CLI_USES_JSON,
    .options = OPTIONS,
    .run = run};
