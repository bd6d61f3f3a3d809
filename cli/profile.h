/* profile.h: --profile, and the document of a run. */
#ifndef CLI_PROFILE_H
#define CLI_PROFILE_H

#include "cli.h"

#include <breakeven/study.h>

/* What --profile-as may say, ended by NULL; the names of be_trace_format. */
extern const char *const cli_profile_formats[];

/* Start tracing this call. file: "" for stderr; format: index into cli_profile_formats, or negative
 * where the file's ending decides. */
void cli_profile_begin(cli_call *call, const char *file, int format);

/* Tell what was recorded, where a call is traced; returns the exit code, which a profile that
 * cannot be written makes a failure. engine may be NULL. */
int cli_profile_end(cli_call *call, int code, be_engine *engine);

/* Append all that is known of this call as JSON, breakeven.run/1. study, comparison (with the file
 * `baseline`) and profile may be NULL; exit_code negative while it is not known. */
void cli_run_json(const cli_call *call, int exit_code, const be_study *study,
                  const be_comparison *comparison, const char *baseline,
                  const be_trace_report *profile, be_engine *engine, be_text *text);

#endif
