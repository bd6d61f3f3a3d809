/* arc_run.c: how long do arc-dsl's solvers take on all pairs of their tasks, how long do mutants of
 * them, and what does CPython take for the former?
 *
 *     arc_run [SOLVERS [TASKS [VERIFIERS]]]
 *
 * SOLVERS is arc-dsl's solvers.py (or BREAKEVEN_ARC_DSL), TASKS its folder of tasks (or
 * BREAKEVEN_ARC_DATA), VERIFIERS another text of programs; without them nothing is measured. Beside
 * each text CPython looks for dsl.py, and runs the same programs on the same pairs in its own
 * process, one round in turn with ours; loading is not counted there.
 *
 * Variants of `run`: sequential, two workers, the engine's choice; all three give the same results,
 * by a hash of every output, error and fuel. `load` reads and parses tasks and programs. Mutants
 * have one word of one line replaced by another of the same text; `early` stops a mutant at its
 * first wrong demo, `alone` runs it on all demos and shares nothing, `behaviours` runs it on all
 * demos in a graph and counts those that differ in what they give.
 */
#include <breakeven/arc.h>
#include <breakeven/io.h>

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 7, PYTHON_ROUNDS = 3, MUTANTS = 200, MUTANT_ROUNDS = 3, TEXT_MAX = 16 << 20 };

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "arc_run: %s\n", what);
    exit(1);
}

static void *allocate(size_t n, size_t size)
{
    void *memory = calloc(n + 1, size);
    if (!memory) {
        die("no memory");
    }
    return memory;
}

/* ---- programs and jobs ---------------------------------------------------------------------- */

typedef struct text {
    be_text bytes;
    void *memory;
    size_t size;
    const be_arc_programs *programs;
} text;

static void parse_text(text *t)
{
    be_arena arena = be_arena_over(t->memory, t->size);
    be_error error;
    if (be_arc_parse(t->bytes.bytes, t->bytes.size, NULL, &arena, &t->programs, &error)) {
        fprintf(stderr, "arc_run: %zu:%zu: expected %s\n", error.line, error.offset + 1,
                error.expected);
        exit(1);
    }
}

static void read_text(const char *path, text *t)
{
    be_text_init(&t->bytes, NULL);
    if (be_file_read(path, TEXT_MAX, &t->bytes, NULL)) {
        die("a text of programs cannot be read");
    }
}

static void ready_text(text *t)
{
    t->size = (32 << 10) + 64 * t->bytes.size;
    t->memory = allocate(t->size, 1);
    parse_text(t);
}

typedef struct jobs {
    size_t n;
    be_arc_job *job;
    const be_arc_grid **expected;
} jobs;

/* Each program on all pairs of the task it is named after, but for one task. */
static jobs pair_up(const be_arc_programs *programs, const be_arc_data *data, const char *without)
{
    size_t room = 0;
    for (size_t i = 0; i < be_arc_data_count(data); i++) {
        const be_arc_puzzle *task = be_arc_data_task(data, i);
        room += task->n_train + task->n_test;
    }
    room *= 2;
    jobs j = {.job = allocate(room, sizeof *j.job), .expected = allocate(room, sizeof *j.expected)};
    for (size_t i = 0; i < be_arc_programs_count(programs); i++) {
        size_t t = be_arc_data_find(data, be_arc_program_task(programs, i));
        if (t == SIZE_MAX || (without && strcmp(without, be_arc_program_task(programs, i)) == 0)) {
            continue;
        }
        const be_arc_puzzle *task = be_arc_data_task(data, t);
        for (size_t k = 0; k < task->n_train + task->n_test && j.n < room; k++) {
            j.expected[j.n] = &task->pairs[k].output;
            j.job[j.n] = (be_arc_job){programs, i, &task->pairs[k].input};
            j.n++;
        }
    }
    return j;
}

/* What all results come to, whatever their order. */
typedef struct outcome {
    const jobs *jobs;
    uint64_t *hash; /* of each job's result */
    uint8_t *right;
} outcome;

static void note(void *user, size_t job, const be_arc_result *r)
{
    outcome *o = user;
    const uint64_t words[] = {
        r->rows, r->columns, r->fuel,
        r->cells ? be_hash(r->cells, (size_t)r->rows * r->columns * sizeof *r->cells).low
                 : be_hash(r->error, strlen(r->error)).low};
    o->hash[job] = be_hash(words, sizeof words).low;
    o->right[job] = be_arc_result_is(r, o->jobs->expected[job]);
}

/* ---- figures -------------------------------------------------------------------------------- */

static int by_time(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void print_times(const char *variant, size_t n, uint64_t *ns, size_t rounds)
{
    qsort(ns, rounds, sizeof *ns, by_time);
    printf("arc_run,%s,%zu,%llu,%llu,%llu\n", variant, n, (unsigned long long)ns[0],
           (unsigned long long)ns[rounds / 2], (unsigned long long)ns[rounds - 1]);
    fflush(stdout);
}

/* ---- CPython -------------------------------------------------------------------------------- */

static const char SCRIPT[] =
    "import importlib.util, json, os, sys, time\n"
    "solvers, tasks, without = sys.argv[1:4]\n"
    "sys.path.insert(0, os.path.dirname(os.path.abspath(solvers)))\n"
    "spec = importlib.util.spec_from_file_location('programs', solvers)\n"
    "module = importlib.util.module_from_spec(spec); spec.loader.exec_module(module)\n"
    "jobs = []\n"
    "for name, f in vars(module).items():\n"
    "    kind, _, task = name.partition('_')\n"
    "    path = os.path.join(tasks, task + '.json')\n"
    "    if kind in ('solve', 'verify') and os.path.exists(path) and task != without:\n"
    "        data = json.load(open(path))\n"
    "        for p in data['train'] + data['test']:\n"
    "            jobs.append((f, *(tuple(map(tuple, p[k])) for k in ('input', 'output'))))\n"
    "right = 0\n"
    "begin = time.perf_counter_ns()\n"
    "for f, i, o in jobs:\n"
    "    try: right += f(i) == o\n"
    "    except Exception: pass\n"
    "print(time.perf_counter_ns() - begin, right, len(jobs))\n";

/* One round in CPython; 0 when there is none, or no dsl.py. */
static uint64_t run_python(const char *solvers, const char *tasks, const char *without,
                           size_t *right)
{
    char command[8192 + sizeof SCRIPT];
    snprintf(command, sizeof command, "python3 -c \"%s\" '%s' '%s' '%s' 2>/dev/null", SCRIPT,
             solvers, tasks, without ? without : "");
    FILE *pipe = popen(command, "r");
    unsigned long long ns = 0;
    size_t n;
    if (pipe && fscanf(pipe, "%llu %zu %zu", &ns, right, &n) != 3) {
        ns = 0;
    }
    if (pipe) {
        pclose(pipe);
    }
    return ns;
}

/* ---- whole solvers -------------------------------------------------------------------------- */

static void bench_runs(be_engine *engine, const char *name, const jobs *j, const char *solvers,
                       const char *tasks, const char *without)
{
    static const struct {
        const char *name;
        be_force force;
    } VARIANTS[] = {{"sequential", {.schedule = BE_SCHEDULE_SEQUENTIAL}},
                    {"two", {.schedule = BE_SCHEDULE_DYNAMIC, .workers = 2}},
                    {"auto", {.schedule = BE_SCHEDULE_AUTO}}};
    enum { N = sizeof VARIANTS / sizeof VARIANTS[0] };
    uint64_t ns[N][ROUNDS], python[PYTHON_ROUNDS], expected = 0;
    size_t right = 0;
    outcome o = {j, allocate(j->n, sizeof *o.hash), allocate(j->n, 1)};
    for (int round = 0; round < ROUNDS; round++) {
        for (size_t v = 0; v < N; v++) {
            be_for_options options = {.size = sizeof options, .force = &VARIANTS[v].force};
            uint64_t begin = be_now_ns();
            if (be_arc_run_all(engine, NULL, j->job, j->n, note, &o, &options)) {
                die("a run failed");
            }
            ns[v][round] = be_now_ns() - begin;
            uint64_t sum = be_hash(o.hash, j->n * sizeof *o.hash).low;
            expected = round + v > 0 ? expected : sum;
            if (sum != expected) {
                die("two runs differ");
            }
        }
        size_t theirs = 0;
        if (solvers && round < PYTHON_ROUNDS) {
            python[round] = run_python(solvers, tasks, without, &theirs);
        }
        right = 0;
        for (size_t i = 0; i < j->n; i++) {
            right += o.right[i];
        }
        if (solvers && round < PYTHON_ROUNDS && python[round] > 0 && theirs != right) {
            fprintf(stderr, "arc_run: %zu right here, %zu there\n", right, theirs);
            exit(1);
        }
    }
    printf("# %s: %zu of %zu outputs right\n", name, right, j->n);
    for (size_t v = 0; v < N; v++) {
        char words[64];
        snprintf(words, sizeof words, "%s %s", name, VARIANTS[v].name);
        print_times(words, j->n, ns[v], ROUNDS);
    }
    if (solvers && python[0] > 0) {
        char words[64];
        snprintf(words, sizeof words, "%s python", name);
        print_times(words, j->n, python, PYTHON_ROUNDS);
        qsort(ns[0], ROUNDS, sizeof ns[0][0], by_time);
        printf("# %s: python / sequential = %.0f\n", name,
               (double)python[PYTHON_ROUNDS / 2] / (double)ns[0][ROUNDS / 2]);
    }
    free(o.hash);
    free(o.right);
}

/* ---- mutants -------------------------------------------------------------------------------- */

/* The words of text[0, size), as begin and size. */
static size_t find_words(const char *bytes, size_t size, size_t (*words)[2], size_t room)
{
    size_t n = 0;
    for (size_t i = 0; i < size && n < room;) {
        size_t begin = i;
        while (i < size && (isalnum((unsigned char)bytes[i]) || bytes[i] == '_')) {
            i++;
        }
        if (i > begin) {
            words[n][0] = begin;
            words[n++][1] = i - begin;
        } else {
            i++;
        }
    }
    return n;
}

typedef struct mutant {
    char *text;
    size_t size;
    size_t task;
} mutant;

static const be_arc_programs *parse_mutant(const mutant *m, be_arena arena)
{
    const be_arc_programs *programs;
    return be_arc_parse(m->text, m->size, NULL, &arena, &programs, NULL) ? NULL : programs;
}

/* One word of a function's body replaced by another of its words. False for what does not parse. */
static bool mutate(be_random *random, const char *body, size_t size, size_t task, be_arena arena,
                   mutant *m)
{
    enum { HEAD = 3 }; /* def, the function's name, its parameter */
    size_t words[1024][2], n = find_words(body, size, words, 1024);
    if (n < HEAD + 2) {
        return false;
    }
    const size_t *from = words[HEAD + be_random_below(random, n - HEAD)];
    const size_t *to = words[HEAD + be_random_below(random, n - HEAD)];
    *m = (mutant){allocate(size + from[1], 1), size - to[1] + from[1], task};
    memcpy(m->text, body, to[0]);
    memcpy(m->text + to[0], body + from[0], from[1]);
    memcpy(m->text + to[0] + from[1], body + to[0] + to[1], size - to[0] - to[1]);
    if (!parse_mutant(m, arena)) {
        free(m->text);
        return false;
    }
    return true;
}

/* Mutants of the text's functions, task by task. */
static size_t make_mutants(const text *t, const be_arc_data *data, be_arena arena, mutant *mutants,
                           size_t room)
{
    size_t n = 0, number = 0;
    for (const char *def = strstr(t->bytes.bytes, "def "); def;) {
        const char *next = strstr(def, "\ndef ");
        size_t size = next ? (size_t)(next - def) : strlen(def);
        char id[64] = "";
        size_t task =
            sscanf(def, "def %*[a-z]_%63[a-z0-9]", id) == 1 ? be_arc_data_find(data, id) : SIZE_MAX;
        be_random random;
        be_random_init(&random, 1, number++);
        for (int made = 0, tries = 0;
             task != SIZE_MAX && tries < 2 * MUTANTS && made < MUTANTS && n < room; tries++) {
            bool parses = mutate(&random, def, size, task, arena, &mutants[n]);
            made += parses;
            n += parses;
        }
        def = next ? next + 1 : NULL;
    }
    return n;
}

typedef enum manner { PARSE, EARLY, ALONE, BEHAVIOURS, N_HOWS } manner;

static int by_hash(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(be_hash128));
}

static size_t count_distinct(be_hash128 *hashes, size_t n)
{
    size_t distinct = n > 0;
    qsort(hashes, n, sizeof *hashes, by_hash);
    for (size_t i = 1; i < n; i++) {
        distinct += by_hash(&hashes[i - 1], &hashes[i]) != 0;
    }
    return distinct;
}

typedef struct tally {
    size_t solved;   /* mutants that meet every demo */
    size_t distinct; /* behaviours */
} tally;

/* The mutants [begin, end) of one task. */
static tally run_mutants(manner how, const mutant *mutants, size_t n, const be_arc_puzzle *task,
                         be_arc_runner *runner, be_arena arena)
{
    tally t = {0};
    be_arc_battery *battery = NULL;
    be_hash128 *behaviours = allocate(n, sizeof *behaviours);
    if ((how == EARLY || how == BEHAVIOURS) &&
        be_arc_battery_create(NULL, task->pairs, task->n_train, NULL, &battery)) {
        die("no memory");
    }
    for (size_t i = 0; i < n; i++) {
        const be_arc_programs *programs = parse_mutant(&mutants[i], arena);
        be_arc_trial trial = {0};
        if (battery && be_arc_battery_try(battery, programs, 0, how == EARLY, &trial)) {
            die("no memory");
        }
        for (size_t k = 0; how == ALONE && k < task->n_train; k++) {
            be_arc_result result;
            be_arc_run(runner, programs, 0, &task->pairs[k].input, &result);
            trial.met += be_arc_result_is(&result, &task->pairs[k].output);
        }
        t.solved += trial.met == task->n_train;
        behaviours[i] = trial.behaviour;
    }
    t.distinct = how == BEHAVIOURS ? count_distinct(behaviours, n) : 0;
    be_arc_battery_destroy(battery);
    free(behaviours);
    return t;
}

static void bench_mutants(const text *t, const be_arc_data *data)
{
    static const char *const NAMES[N_HOWS] = {"mutants parse", "mutants early", "mutants alone",
                                              "mutants behaviours"};
    size_t room = be_arc_programs_count(t->programs) * MUTANTS;
    mutant *mutants = allocate(room, sizeof *mutants);
    void *memory = allocate(1 << 20, 1);
    be_arena arena = be_arena_over(memory, 1 << 20);
    size_t n = make_mutants(t, data, arena, mutants, room);
    be_arc_runner *runner;
    if (be_arc_runner_create(NULL, NULL, &runner)) {
        die("no memory");
    }
    uint64_t ns[N_HOWS][MUTANT_ROUNDS];
    tally sum[N_HOWS];
    for (int round = 0; round < MUTANT_ROUNDS; round++) {
        for (manner how = 0; how < N_HOWS; how++) {
            sum[how] = (tally){0};
            uint64_t begin = be_now_ns();
            for (size_t i = 0, end; i < n; i = end) {
                for (end = i; end < n && mutants[end].task == mutants[i].task;) {
                    end++;
                }
                tally one = run_mutants(how, mutants + i, end - i,
                                        be_arc_data_task(data, mutants[i].task), runner, arena);
                sum[how].solved += one.solved;
                sum[how].distinct += one.distinct;
            }
            ns[how][round] = be_now_ns() - begin;
        }
        if (sum[EARLY].solved != sum[ALONE].solved || sum[BEHAVIOURS].solved != sum[ALONE].solved) {
            die("mutants solve different tasks in different ways");
        }
    }
    printf("# mutants: %zu, of which %zu solve their demos; %zu distinct behaviours\n", n,
           sum[ALONE].solved, sum[BEHAVIOURS].distinct);
    for (manner how = 0; how < N_HOWS; how++) {
        print_times(NAMES[how], n, ns[how], MUTANT_ROUNDS);
        printf("# %s: %.0f a second\n", NAMES[how],
               1e9 * (double)n / (double)ns[how][MUTANT_ROUNDS / 2]);
    }
    be_arc_runner_destroy(runner);
    for (size_t i = 0; i < n; i++) {
        free(mutants[i].text);
    }
    free(mutants);
    free(memory);
}

/* ---- all of it ------------------------------------------------------------------------------ */

static be_arc_data *load(const char *tasks)
{
    be_arc_data *data;
    if (be_arc_data_create(NULL, &data) || be_arc_data_load(data, tasks, NULL)) {
        die("the tasks cannot be read");
    }
    return data;
}

static void bench_load(const char *solvers, const char *tasks)
{
    uint64_t ns[ROUNDS];
    size_t n = 0;
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t begin = be_now_ns();
        be_arc_data *data = load(tasks);
        text t;
        read_text(solvers, &t);
        ready_text(&t);
        ns[round] = be_now_ns() - begin;
        n = be_arc_data_count(data);
        be_arc_data_destroy(data);
        be_text_clear(&t.bytes);
        free(t.memory);
    }
    print_times("load", n, ns, ROUNDS);
}

static void bench_text(be_engine *engine, const char *name, const char *path, const char *tasks,
                       const be_arc_data *data)
{
    text t;
    read_text(path, &t);
    ready_text(&t);
    jobs all = pair_up(t.programs, data, NULL);
    jobs most = pair_up(t.programs, data, "a64e4611");
    bench_runs(engine, name, &all, path, tasks, NULL);
    if (most.n < all.n) {
        char words[64];
        snprintf(words, sizeof words, "%s but a64e4611", name);
        bench_runs(engine, words, &most, NULL, NULL, NULL);
    }
    if (strcmp(name, "solvers") == 0) {
        bench_mutants(&t, data);
    }
}

int main(int argc, char **argv)
{
    const char *solvers = argc > 1 ? argv[1] : getenv("BREAKEVEN_ARC_DSL");
    const char *tasks = argc > 2 ? argv[2] : getenv("BREAKEVEN_ARC_DATA");
    be_engine *engine;
    if (be_engine_create(NULL, &engine)) {
        die("no engine");
    }
    if (!solvers || !tasks) {
        printf("# BREAKEVEN_ARC_DSL or BREAKEVEN_ARC_DATA is not set: nothing to measure\n");
        be_engine_destroy(engine);
        return 0;
    }
    printf("name,variant,n,min_ns,median_ns,max_ns\n");
    be_arc_data *data = load(tasks);
    bench_load(solvers, tasks);
    bench_text(engine, "solvers", solvers, tasks, data);
    if (argc > 3) {
        bench_text(engine, "verifiers", argv[3], tasks, data);
    }
    be_arc_data_destroy(data);
    be_engine_destroy(engine);
    return 0;
}
