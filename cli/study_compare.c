/* study_compare.c: `breakeven study compare` and what `study --baseline` does with it. */
#include "study_parts.h"

#include "workloads.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DOCUMENT_BYTES_MAX = 256 << 20 };

static struct {
    const char *tolerance;
} given = {.tolerance = "5%"};

static const cli_option OPTIONS[] = {
    {"tolerance", 0, "PART", "a change of so much is none, and not more of one (default 5%)",
     .text = &given.tolerance},
    {0}};

int cli_tolerance(const cli_call *call, const char *text, double *tolerance)
{
    char *end;
    double value = strtod(text, &end);
    if (*end == '%') {
        value /= 100;
        end++;
    }
    if (end == text || *end || !(value >= 0 && value <= 10)) {
        return cli_usage(call, "--tolerance %.40s: expected a part such as 5%% or 0.05", text);
    }
    *tolerance = value;
    return CLI_DONE;
}

int cli_read_document(const cli_call *call, const char *path, be_text *document)
{
    be_error error = {.item = BE_NO_ITEM};
    be_text_init(document, NULL);
    be_status status = be_file_read(path, DOCUMENT_BYTES_MAX, document, &error);
    return status ? cli_fail(call, status, &error, path) : CLI_DONE;
}

int cli_compare(const cli_call *call, const be_text *before, const char *baseline,
                const be_text *after, const char *name, double tolerance,
                be_comparison **comparison)
{
    int which = 0;
    be_error error = {.item = BE_NO_ITEM};
    be_status status = be_compare_studies(before, after, tolerance, comparison, &which, &error);
    return status ? cli_fail(call, status, &error, which ? name : baseline) : CLI_DONE;
}

void cli_compare_show(const cli_call *call, const be_comparison *comparison)
{
    if (call->json && strcmp(call->json, "-") == 0) {
        return;
    }
    cli_presenter presenter;
    cli_presenter_init(&presenter, call);
    be_comparison_present(comparison, &presenter.presenter);
    cli_presenter_clear(&presenter);
}

static int run(cli_call *call, int argc, char **argv)
{
    if (argc != 2) {
        return cli_usage(call, "expected two JSON files of studies, got %d", argc);
    }
    double tolerance;
    int code = cli_tolerance(call, given.tolerance, &tolerance);
    if (code) {
        return code;
    }
    be_text before, after;
    be_comparison *comparison = NULL;
    code = cli_read_document(call, argv[0], &before);
    int second = code ? code : cli_read_document(call, argv[1], &after);
    if (second) {
        be_text_clear(&before);
        return second;
    }
    code = cli_compare(call, &before, argv[0], &after, argv[1], tolerance, &comparison);
    if (!code) {
        cli_compare_show(call, comparison);
    }
    if (!code && call->json) {
        be_text json;
        be_text_init(&json, NULL);
        be_comparison_json(comparison, argv[0], &json);
        code = cli_write_json(call, &json);
        be_text_clear(&json);
    }
    if (!code && be_comparison_totals(comparison)->regressions > 0) {
        code = CLI_FAILED;
    }
    be_comparison_destroy(comparison);
    be_text_clear(&before);
    be_text_clear(&after);
    return code;
}

const cli_command command_study_compare = {
    .name = "compare",
    .summary = "two studies side by side: improved, same, worse, or not shown",
    .usage = (const char *const[]){"OLD.json NEW.json", NULL},
    .examples =
        (const cli_example[]){{"study compare old.json new.json", "what changed, how surely"},
                              {"study compare old.json new.json --tolerance 2%",
                               "exit with 1 when a row is slower by more than that for certain"},
                              {0}},
    .description =
        "Both files are written by `study --json` or `demo`. Rows are matched by workload, size "
        "and "
        "setting. The interval is that of the ratio of the medians; \"same\" means that it lies "
        "within the tolerance, \"no difference shown\" that it is too wide to tell.",
    .uses = CLI_USES_JSON,
    .options = OPTIONS,
    .run = run};
