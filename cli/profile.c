/* profile.c: --profile: a command's own time, told in any of the formats of be_trace_format. */
#include "profile.h"

#include "page.h"

#include <breakeven/cpu.h>

#include <stdlib.h>
#include <string.h>

/* Samples every 2 ms: a stretch of 30 ms that no span covers is met more than ten times. Slices
 * enough for any picture; coarser ones stand for what does not fit. */
enum { PERIOD_NS = 2000000, SLICES = 1 << 17 };

const char *const cli_profile_formats[] = {"text",       "report", "perfetto", "chrome",
                                           "speedscope", "folded", "pprof",    NULL};

static be_phase whole = {.cpu = true}; /* named after the command */

static struct {
    const char *file;
    be_trace_format format;
    bool page; /* the report, in its page */
} given;

static bool names_a_page(const char *file)
{
    size_t length = strlen(file);
    return length > strlen(".html") && strcmp(file + length - strlen(".html"), ".html") == 0;
}

void cli_profile_begin(cli_call *call, const char *file, int format)
{
    given.file = file;
    given.page = names_a_page(file) && (format < 0 || format == BE_TRACE_RUN);
    given.format = given.page    ? BE_TRACE_RUN
                   : format >= 0 ? (be_trace_format)format
                                 : be_trace_format_of(file);
    be_tracer_config config = {.size = sizeof config,
                               .slices = given.format == BE_TRACE_TEXT ? 0 : SLICES};
    if (be_tracer_create(&config, &call->tracer)) {
        cli_out_of_memory();
    }
    be_tracer_enable(call->tracer, true);
    whole.name = call->path;
    be_span_begin(call->tracer, &whole);
    if (be_tracer_sample(call->tracer, PERIOD_NS)) {
        cli_note(call, "no thread for samples: the profile has none");
    }
}

void cli_run_json(const cli_call *call, int exit_code, const be_study *study,
                  const be_comparison *comparison, const char *baseline,
                  const be_trace_report *profile, be_engine *engine, be_text *text)
{
    be_machine machine;
    bool described = !study && be_machine_describe(call->workers, &machine) == BE_OK;
    be_run run = {.size = sizeof run,
                  .title = call->path,
                  .command_line = (const char *const *)call->argv,
                  .n_arguments = (size_t)call->argc,
                  .begun_s = call->begun_s,
                  .elapsed_ns = be_now_ns() - call->begun_ns,
                  .exit_code = exit_code,
                  .error = cli_error_line(),
                  .seeded = call->command->uses & CLI_USES_SEED,
                  .seed = call->seed,
                  .isa = be_isa_name(be_cpu_isa()),
                  .machine = study       ? be_study_machine(study)
                             : described ? &machine
                                         : NULL,
                  .study = study,
                  .comparison = comparison,
                  .baseline = baseline,
                  .profile = profile,
                  .engine = engine};
    be_run_json(&run, text);
}

int cli_profile_end(cli_call *call, int code, be_engine *engine)
{
    if (!call->tracer) {
        return code;
    }
    be_span_end(call->tracer);
    be_trace_report *report;
    be_status status = be_tracer_sample(call->tracer, 0);
    if (status || be_tracer_report(call->tracer, &report)) {
        cli_out_of_memory();
    }
    be_text text;
    be_text_init(&text, NULL);
    if (given.format == BE_TRACE_RUN) {
        cli_run_json(call, code, NULL, NULL, NULL, report, engine, &text);
    } else {
        be_trace_export(report, given.format, call->path, &text);
    }
    be_trace_report_destroy(report);
    if (given.page) {
        int written = cli_page_write(call, &text, given.file);
        be_text_clear(&text);
        return code ? code : written;
    }
    status = be_text_status(&text);
    be_error error = {.item = BE_NO_ITEM};
    if (!status && *given.file) {
        status = be_file_replace(given.file, text.bytes, text.size, &error);
    } else if (!status) {
        fflush(stdout); /* both may be the same terminal */
        fwrite(text.bytes, 1, text.size, stderr);
    }
    be_text_clear(&text);
    if (status) {
        int failed = cli_fail(call, status, &error, *given.file ? given.file : NULL);
        return code ? code : failed;
    }
    return code;
}
