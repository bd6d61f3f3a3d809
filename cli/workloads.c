/* workloads.c: every workload the command line knows by name. A domain adds its line here. */
#include "workloads.h"

#include <breakeven/arc.h>
#include <breakeven/lfsr.h>
#include <breakeven/option.h>

#include <string.h>

const be_workload *const cli_workloads[] = {
    &be_lfsr_cycles_workload, &be_option_bsm_workload,  &be_arc_score_workload,
    &be_engine_even_workload, &be_engine_tail_workload, NULL,
};

void cli_study_meter_begin(cli_study_meter *meter, const cli_call *call)
{
    meter->shown = 0;
    cli_progress_begin(&meter->progress, call, "study", 1000);
}

void cli_study_progress(void *user, const char *what, double fraction)
{
    cli_study_meter *meter = user;
    uint64_t thousandths = (uint64_t)(1000 * fraction);
    meter->progress.what = what;
    if (thousandths > meter->shown) {
        cli_progress_add(&meter->progress, thousandths - meter->shown);
        meter->shown = thousandths;
    }
}

int cli_study_fail(const cli_call *call, be_status status, const be_error *error)
{
    int code = cli_fail(call, status, error, NULL);
    return status == BE_ELIMIT ? CLI_USAGE : code;
}

void cli_study_show(const cli_call *call, const be_study *study, unsigned parts)
{
    if (call->json && strcmp(call->json, "-") == 0) {
        return;
    }
    cli_presenter presenter;
    cli_presenter_init(&presenter, call);
    be_study_present(study, parts, &presenter.presenter);
    cli_presenter_clear(&presenter);
}

int cli_study_write(const cli_call *call, const be_text *text, const char *path)
{
    be_error error;
    be_status status = be_text_status(text);
    if (status) {
        return cli_fail(call, status, NULL, NULL);
    }
    fflush(stdout);
    status = be_file_replace(path, text->bytes, text->size, &error);
    return status ? cli_fail(call, status, &error, path) : CLI_DONE;
}
