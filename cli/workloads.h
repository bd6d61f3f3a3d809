/* workloads.h: the workloads of all domains, and what `study` and `demo` do alike with a study. */
#ifndef CLI_WORKLOADS_H
#define CLI_WORKLOADS_H

#include "cli.h"

#include <breakeven/study.h>

extern const be_workload *const cli_workloads[]; /* ended by NULL */

/* Progress of a study on stderr: config->progress = cli_study_progress, progress_user = this. */
typedef struct cli_study_meter {
    cli_progress progress;
    uint64_t shown; /* thousandths */
} cli_study_meter;

void cli_study_meter_begin(cli_study_meter *meter, const cli_call *call);
be_study_progress cli_study_progress;

/* What a failed study exits with, having said why: a size that cannot be is bad input. */
int cli_study_fail(const cli_call *call, be_status status, const be_error *error);

/* Show parts of a study on stdout, unless that is where --json goes. */
void cli_study_show(const cli_call *call, const be_study *study, unsigned parts);

/* Write one of the study's texts to a file; returns an exit code, having said what went wrong. */
int cli_study_write(const cli_call *call, const be_text *text, const char *path);

#endif
