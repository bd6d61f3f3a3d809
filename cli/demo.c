/* demo.c: `breakeven demo`, every workload at a size where parallel loses and one where it wins. */
#include "page.h"
#include "profile.h"
#include "workloads.h"

#include <string.h>

enum { WORKLOADS_MAX = 64 };

static struct {
    uint64_t budget_ns;
    const char *markdown;
    const char *page;
} given = {.budget_ns = UINT64_C(40000000000), .markdown = "report.md", .page = "report.html"};

static const cli_option OPTIONS[] = {
    {"budget", 0, "TIME", "stop measuring after about this long (default 40s)",
     .nanoseconds = &given.budget_ns},
    {"markdown", 0, "FILE", "write the report as Markdown to FILE (default report.md)",
     .text = &given.markdown},
    {"report", 0, "FILE", "write the report page to FILE (default report.html)",
     .text = &given.page},
    {0}};

/* "lfsr" names lfsr.cycles. */
static bool is_of(const be_workload *workload, const char *domain)
{
    size_t length = strlen(domain);
    return strncmp(workload->name, domain, length) == 0 && workload->name[length] == '.';
}

static int choose(const cli_call *call, int argc, char **argv,
                  const be_workload *chosen[WORKLOADS_MAX], size_t *n)
{
    *n = 0;
    for (int i = 0; i < argc; i++) {
        bool known = false;
        for (size_t k = 0; cli_workloads[k]; k++) {
            known |= is_of(cli_workloads[k], argv[i]);
        }
        if (!known) {
            static const char *const domains[] = {"lfsr", "option", "arc", "engine", NULL};
            char suggestion[CLI_SUGGESTION_SIZE];
            cli_suggest(suggestion, argv[i], domains);
            return cli_usage(call, "no demo called \"%.100s\"%s", argv[i], suggestion);
        }
    }
    for (size_t k = 0; cli_workloads[k] && *n < WORKLOADS_MAX; k++) {
        bool wanted = argc == 0;
        for (int i = 0; i < argc; i++) {
            wanted |= is_of(cli_workloads[k], argv[i]);
        }
        if (wanted) {
            chosen[(*n)++] = cli_workloads[k];
        }
    }
    return CLI_DONE;
}

static int write_reports(const cli_call *call, const be_study *study)
{
    be_text text;
    be_text_init(&text, NULL);
    be_study_json(study, &text);
    int code = cli_study_write(call, &text, call->json ? call->json : "report.json");
    if (!code && cli_page_built()) {
        be_text_clear(&text);
        be_text_init(&text, NULL);
        cli_run_json(call, CLI_DONE, study, NULL, NULL, NULL, NULL, &text);
        code = cli_page_write(call, &text, given.page);
    }
    be_text_clear(&text);
    if (!code) {
        be_text_init(&text, NULL);
        be_study_markdown(study,
                          BE_STUDY_BRIEF | BE_STUDY_TABLE | BE_STUDY_SUMMARY | BE_STUDY_EXPLAIN |
                              BE_STUDY_MACHINE,
                          &text);
        code = cli_study_write(call, &text, given.markdown);
        be_text_clear(&text);
    }
    return code;
}

static int run(cli_call *call, int argc, char **argv)
{
    const be_workload *chosen[WORKLOADS_MAX];
    size_t n;
    int code = choose(call, argc, argv, chosen, &n);
    if (code) {
        return code;
    }
    be_machine machine;
    be_status status = be_machine_describe(call->workers, &machine);
    if (status) {
        return cli_fail(call, status, NULL, NULL);
    }
    static const unsigned two = 2;
    cli_study_meter meter;
    cli_study_meter_begin(&meter, call);
    be_study_config config = {.size = sizeof config,
                              .default_sizes = machine.cpus > 1 ? 2 : 1,
                              .workers = &two,
                              .n_workers = 1,
                              .engine_workers = call->workers,
                              .budget_ns = given.budget_ns,
                              .seed = call->seed,
                              .cancel = cli_cancel(call),
                              .tracer = call->tracer,
                              .progress = cli_study_progress,
                              .progress_user = &meter};
    be_study *study;
    be_error error = {0};
    status = be_study_workloads(chosen, n, &config, &study, &error);
    cli_progress_end(&meter.progress);
    if (status) {
        return cli_study_fail(call, status, &error);
    }
    cli_study_show(call, study, BE_STUDY_BRIEF | BE_STUDY_MACHINE);
    code = write_reports(call, study);
    be_study_destroy(study);
    if (!code && machine.cpus == 1) {
        cli_note(call, "one CPU: the sizes where parallel wins were left out");
    }
    if (!code) {
        cli_note(call, "wrote %s and %s; `breakeven study` finds where a second core starts to pay",
                 call->json ? call->json : "report.json", given.markdown);
        if (cli_page_built()) {
            cli_note(call, "the page to look at: %s", given.page);
        } else {
            cli_note(call, "no page to look at: built without D3's modules (node-d3-*)");
        }
    }
    return code;
}

const cli_command command_demo = {
    .name = "demo",
    .summary = "every workload where parallel loses and where it wins, in a minute",
    .usage = (const char *const[]){"[lfsr] [option] [arc] [engine]", NULL},
    .examples =
        (const cli_example[]){{"demo", "all of them"}, {"demo engine", "the engine alone"}, {0}},
    .description = "Runs each workload at a small size and, with two CPUs, at a large one: "
                   "sequentially, forced to run in parallel, and as the engine chooses. Prints a "
                   "summary and writes report.json (or what --json says), report.md and the page "
                   "report.html.",
    .uses = CLI_USES_SEED | CLI_USES_JSON,
    .options = OPTIONS,
    .run = run};
