/* study.c: `breakeven study`, which measures workloads or a command over sizes and settings. */
#include "page.h"
#include "profile.h"
#include "study_parts.h"
#include "workloads.h"

#include <stdlib.h>
#include <string.h>

enum { SUBJECTS_MAX = 64, SIZES_MAX = 64, WORKERS_MAX = 4096 };

static struct {
    const char *sizes;
    cli_counts workers;
    cli_counts grains;
    uint64_t budget_ns;
    uint64_t runs;
    uint64_t warmups;
    const char *input;
    const char *load;
    const char *markdown;
    const char *page;
    const char *hyperfine;
    const char *baseline;
    const char *tolerance;
    bool no_history;
    bool explain;
    bool ignore_failure;
    bool show_output;
} given = {.tolerance = "5%"};

static const cli_option OPTIONS[] = {
    {"sizes", 0, "LIST",
     "sizes such as 1k,16k,1M; 2^10..2^20 doubles (default: the workload's; "
     "1,2,4 for a command with {n})",
     .text = &given.sizes},
    {"workers", 0, "LIST",
     "force these worker counts too; they may exceed the CPUs (default: 2, "
     "4, ... to twice the CPUs)",
     .counts = &given.workers, .low = 1, .high = WORKERS_MAX},
    {"grain", 0, "LIST", "force claims of so many items too", .counts = &given.grains, .low = 1,
     .high = UINT64_C(1) << 62},
    {"budget", 0, "TIME", "stop measuring after about this long (default 30s)",
     .nanoseconds = &given.budget_ns},
    {"runs", 'r', "N", "take N samples of each setting, no matter how they spread",
     .count = &given.runs, .low = 1, .high = 100000},
    {"warmup", 'w', "N", "run each setting N times before (default: 3, a command 1)",
     .count = &given.warmups, .low = 1, .high = 100000},
    {"input", 0, "TEXT", "input of the workload: a polynomial, a file, a folder",
     .text = &given.input},
    {"load", 0, "FILE", "take the workloads from this shared object", .text = &given.load},
    {"explain", 0, NULL, "show what the engine decided: predicted, actual, why",
     .flag = &given.explain},
    {"markdown", 0, "FILE", "write the report as Markdown too", .text = &given.markdown},
    {"report", 0, "FILE", "write the report page too: one HTML file, the results inside",
     .text = &given.page},
    {"export-json", 0, "FILE", "write the results as hyperfine's --export-json does",
     .text = &given.hyperfine},
    {"baseline", 0, "FILE",
     "compare with this JSON of an earlier study; exit with 1 on a regression",
     .text = &given.baseline},
    {"tolerance", 0, "PART", "beside --baseline: a change of so much is none (default 5%)",
     .text = &given.tolerance},
    {"no-history", 0, NULL, "do not add the medians to `study history`", .flag = &given.no_history},
    {"ignore-failure", 'i', NULL, "of a command: go on when its exit code is not 0",
     .flag = &given.ignore_failure},
    {"show-output", 0, NULL, "of a command: leave its output alone", .flag = &given.show_output},
    {0}};

/* ---- lists ---------------------------------------------------------------------------------- */

static int ascending(const void *left, const void *right)
{
    const uint64_t *a = left;
    const uint64_t *b = right;
    return (*a > *b) - (*a < *b);
}

/* Sorted, each once. */
static size_t sort_unique(uint64_t *values, size_t n)
{
    qsort(values, n, sizeof *values, ascending);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (kept == 0 || values[i] != values[kept - 1]) {
            values[kept++] = values[i];
        }
    }
    return kept;
}

/* One entry of --sizes: a number, or first..last by doubling. */
static be_status add_sizes(const char *entry, cli_counts *sizes, be_error *error)
{
    char first_text[64];
    const char *dots = strstr(entry, "..");
    size_t length = dots ? (size_t)(dots - entry) : strlen(entry);
    if (length >= sizeof first_text) {
        return be_error_at(error, BE_EINVAL, 0, 0, "a number of fewer digits");
    }
    memcpy(first_text, entry, length);
    first_text[length] = '\0';
    uint64_t first, last;
    be_status status = cli_parse_count(first_text, 1, SIZE_MAX, &first, error);
    last = first;
    if (!status && dots) {
        status = cli_parse_count(dots + 2, first, SIZE_MAX, &last, error);
        if (status) {
            error->offset += length + 2;
        }
    }
    if (status) {
        return status;
    }
    for (uint64_t size = first;; size *= 2) {
        if (sizes->n == SIZES_MAX) {
            return be_error_at(error, BE_EINVAL, 0, 0, "at most %d sizes", SIZES_MAX);
        }
        sizes->values[sizes->n++] = size;
        if (size > last / 2) {
            return BE_OK;
        }
    }
}

static int parse_sizes(const cli_call *call, cli_counts *sizes)
{
    for (const char *p = given.sizes; p;) {
        char entry[128];
        size_t length = strcspn(p, ",");
        be_error error = {0};
        be_status status = BE_EINVAL;
        if (length < sizeof entry) {
            memcpy(entry, p, length);
            entry[length] = '\0';
            status = add_sizes(entry, sizes, &error);
        } else {
            be_error_set(&error, status, "a number of fewer digits");
        }
        if (status) {
            return cli_usage(call, "--sizes %.200s: expected %s at \"%.40s\"", given.sizes,
                             error.expected, p + (error.offset < length ? error.offset : 0));
        }
        p = p[length] ? p + length + 1 : NULL;
    }
    sizes->n = sort_unique(sizes->values, sizes->n);
    return CLI_DONE;
}

/* ---- what to study -------------------------------------------------------------------------- */

static const be_workload *find(const be_workload *const *list, const char *name)
{
    for (; *list; list++) {
        if (strcmp((*list)->name, name) == 0) {
            return *list;
        }
    }
    return NULL;
}

static int unknown_workload(const cli_call *call, const be_workload *const *list, const char *name)
{
    const char *names[SUBJECTS_MAX + 1] = {0};
    char known[400] = "";
    size_t length = 0;
    for (size_t i = 0; i < SUBJECTS_MAX && list[i] && length < sizeof known; i++) {
        names[i] = list[i]->name;
        length += (size_t)snprintf(known + length, sizeof known - length, "%s%s", i ? ", " : "",
                                   names[i]);
    }
    char suggestion[CLI_SUGGESTION_SIZE];
    cli_suggest(suggestion, name, names);
    if (*suggestion) {
        return cli_usage(call, "unknown workload \"%.100s\"%s", name, suggestion);
    }
    return cli_usage(call, "unknown workload \"%.100s\"; there are %s", name, known);
}

/* The named workloads, or all of a loaded list when none is named. Returns an exit code. */
static int choose(const cli_call *call, const be_workload *const *list, int argc, char **argv,
                  const be_workload *chosen[SUBJECTS_MAX], size_t *n)
{
    *n = 0;
    if (argc > SUBJECTS_MAX) {
        return cli_usage(call, "at most %d workloads at a time", SUBJECTS_MAX);
    }
    for (int i = 0; i < argc; i++) {
        const be_workload *found = find(list, argv[i]);
        if (!found) {
            return unknown_workload(call, list, argv[i]);
        }
        chosen[(*n)++] = found;
    }
    for (; argc == 0 && list[*n] && *n < SUBJECTS_MAX; (*n)++) {
        chosen[*n] = list[*n];
    }
    return CLI_DONE;
}

/* ---- the study ------------------------------------------------------------------------------ */

/* Beside the baseline, whose text is in `baseline`; returns an exit code. */
static int compare(const cli_call *call, const be_study *study, const be_text *baseline,
                   be_comparison **comparison)
{
    double tolerance;
    int code = cli_tolerance(call, given.tolerance, &tolerance);
    if (code) {
        return code;
    }
    be_text now;
    be_text_init(&now, NULL);
    be_study_json(study, &now);
    be_status status = be_text_status(&now);
    code = status ? cli_fail(call, status, NULL, NULL)
                  : cli_compare(call, baseline, given.baseline, &now, "this study", tolerance,
                                comparison);
    be_text_clear(&now);
    if (!code) {
        cli_compare_show(call, *comparison);
    }
    return code;
}

static int report(const cli_call *call, const be_study *study, bool command,
                  const be_text *baseline)
{
    unsigned parts = BE_STUDY_TABLE | BE_STUDY_SUMMARY | BE_STUDY_MACHINE;
    parts |= command ? 0 : BE_STUDY_BRIEF;
    parts |= given.explain ? BE_STUDY_EXPLAIN : 0;
    cli_study_show(call, study, parts);
    cli_study_curves(call, study);
    if (!given.no_history) {
        cli_history_add(call, study);
    }

    be_comparison *comparison = NULL;
    int code = given.baseline ? compare(call, study, baseline, &comparison) : CLI_DONE;
    be_text text;
    be_text_init(&text, NULL);
    if (!code && call->json) {
        be_study_json(study, &text);
        code = cli_write_json(call, &text);
    }
    bool regressed = comparison && be_comparison_totals(comparison)->regressions > 0;
    if (!code && given.page) {
        be_text_clear(&text);
        be_text_init(&text, NULL);
        cli_run_json(call, regressed ? CLI_FAILED : CLI_DONE, study, comparison, given.baseline,
                     NULL, NULL, &text);
        code = cli_page_write(call, &text, given.page);
    }
    if (!code && given.hyperfine) {
        be_text_clear(&text);
        be_text_init(&text, NULL);
        be_study_hyperfine_json(study, &text);
        code = cli_study_write(call, &text, given.hyperfine);
    }
    if (!code && given.markdown) {
        be_text_clear(&text);
        be_text_init(&text, NULL);
        be_study_markdown(study, parts, &text);
        code = cli_study_write(call, &text, given.markdown);
    }
    be_text_clear(&text);
    be_comparison_destroy(comparison);
    return !code && regressed ? CLI_FAILED : code;
}

static int study_command(const cli_call *call, const be_study_config *config, char **argv,
                         const be_text *baseline)
{
    if (given.load || given.input || given.grains.n || given.explain) {
        return cli_usage(call,
                         "--load, --input, --grain and --explain are for workloads, not for a "
                         "command");
    }
    be_command command = {.size = sizeof command,
                          .arguments = (const char *const *)argv,
                          .ignore_failure = given.ignore_failure,
                          .show_output = given.show_output};
    be_study *study;
    be_error error = {0};
    be_status status = be_study_command(&command, config, &study, &error);
    if (status) {
        return cli_study_fail(call, status, &error);
    }
    int code = report(call, study, true, baseline);
    be_study_destroy(study);
    return code;
}

static int study_workloads(const cli_call *call, const be_study_config *config, int argc,
                           char **argv, const be_text *baseline)
{
    if (given.ignore_failure || given.show_output) {
        return cli_usage(call, "--ignore-failure and --show-output are for a command, after --");
    }
    const be_workload *const *list = cli_workloads;
    be_study_library *library = NULL;
    be_error error = {0};
    be_status status = BE_OK;
    size_t n;
    if (given.load) {
        status = be_study_load(given.load, &library, &list, &n, &error);
        if (status) {
            return cli_fail(call, status, &error, NULL);
        }
    }
    const be_workload *chosen[SUBJECTS_MAX];
    int code = choose(call, list, argc, argv, chosen, &n);
    if (!code) {
        be_study *study;
        status = be_study_workloads(chosen, n, config, &study, &error);
        code = status ? cli_study_fail(call, status, &error) : report(call, study, false, baseline);
        if (!status) {
            be_study_destroy(study);
        }
    }
    be_study_unload(library);
    return code;
}

static int run(cli_call *call, int argc, char **argv)
{
    if (argc == 0 && !given.load) {
        return cli_usage(call, "expected a workload, or a command after --");
    }
    cli_counts sizes = {0};
    int code = parse_sizes(call, &sizes);
    if (!code && given.page) {
        code = cli_page_check(call);
    }
    double tolerance;
    code = code ? code : cli_tolerance(call, given.tolerance, &tolerance);
    if (code) {
        return code;
    }
    /* Read before anything is measured: a mistake is told at once. */
    be_text baseline;
    be_text_init(&baseline, NULL);
    if (given.baseline) {
        code = cli_read_document(call, given.baseline, &baseline);
    }
    if (code) {
        be_text_clear(&baseline);
        return code;
    }
    size_t size_list[SIZES_MAX], grain_list[CLI_LIST_MAX];
    unsigned worker_list[CLI_LIST_MAX];
    for (size_t i = 0; i < sizes.n; i++) {
        size_list[i] = (size_t)sizes.values[i];
    }
    size_t n_workers = sort_unique(given.workers.values, given.workers.n);
    for (size_t i = 0; i < n_workers; i++) {
        worker_list[i] = (unsigned)given.workers.values[i];
    }
    size_t n_grains = sort_unique(given.grains.values, given.grains.n);
    for (size_t i = 0; i < n_grains; i++) {
        grain_list[i] = (size_t)given.grains.values[i];
    }
    cli_study_meter meter;
    cli_study_meter_begin(&meter, call);
    be_study_config config = {.size = sizeof config,
                              .sizes = size_list,
                              .n_sizes = sizes.n,
                              .workers = worker_list,
                              .n_workers = n_workers,
                              .grains = grain_list,
                              .n_grains = n_grains,
                              .engine_workers = call->workers,
                              .budget_ns = given.budget_ns,
                              .min_rounds = (size_t)given.runs,
                              .max_rounds = (size_t)given.runs,
                              .warmups = (size_t)given.warmups,
                              .seed = call->seed,
                              .input = given.input,
                              .cancel = cli_cancel(call),
                              .tracer = call->tracer,
                              .progress = cli_study_progress,
                              .progress_user = &meter};
    code = call->separated ? study_command(call, &config, argv, &baseline)
                           : study_workloads(call, &config, argc, argv, &baseline);
    be_text_clear(&baseline);
    cli_progress_end(&meter.progress);
    return code;
}

const cli_command command_study = {
    .name = "study",
    .summary = "measure a workload or a command: when does a second core pay?",
    .usage = (const char *const[]){"WORKLOAD...", "-- COMMAND [ARGUMENT...]",
                                   "--load FILE [WORKLOAD...]", NULL},
    .commands = (const cli_command *const[]){&command_study_compare, &command_study_history, NULL},
    .examples =
        (const cli_example[]){{"study engine.even --sizes 1..1M", "one workload over twenty sizes"},
                              {"study engine.tail --sizes 10k --grain 16,256 --explain",
                               "forced grains beside the engine's own choice, and why it chose"},
                              {"study -- sleep 0.0{n}", "time a command, here with n = 1, 2 and 4"},
                              {"study --sizes 1k,1M --workers 1,2,4 -- ./prog {n} {workers}",
                               "what workers cost your program, and from which size they pay"},
                              {"study engine.even --baseline old.json",
                               "is it slower than it was, and how sure is that?"},
                              {"study --load ./mine.so --json=report.json", "loops of your own"},
                              {0}},
    .description =
        "Each size is run sequentially, as the engine chooses, and in forced settings. They take "
        "turns in a shuffled order until the median of each is known to 2 % or the budget is "
        "used up; every result must equal the sequential one.\n\n"
        "Wall time is that of one run, after warm-up; short runs are called back to back in "
        "batches. CPU time is that of all threads.",
    .uses = CLI_USES_SEED | CLI_USES_JSON,
    .options = OPTIONS,
    .run = run};
