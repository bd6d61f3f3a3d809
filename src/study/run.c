/* run.c: all that is known of a run in one document, schema breakeven.run/1. */
#include "study/members.h"

#include "base/base.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static void write_machine(be_json_writer *json, const be_run *run)
{
    be_json_key(json, "machine");
    if (!run->machine) {
        be_json_null(json);
        return;
    }
    be_json_object(json);
    be__machine_members(json, run->machine);
    text(json, "isa", run->isa);
    be_json_object_end(json);
}

static void write_begun(be_json_writer *json, uint64_t begun_s)
{
    char begun[40];
    struct tm utc;
    time_t seconds = (time_t)begun_s;
    bool known = begun_s > 0 && gmtime_r(&seconds, &utc) &&
                 strftime(begun, sizeof begun, "%Y-%m-%dT%H:%M:%SZ", &utc) > 0;
    text(json, "begun", known ? begun : NULL);
}

static void warn(be_json_writer *json, const char *kind, const char *sentence)
{
    be_json_object(json);
    text(json, "kind", kind);
    text(json, "text", sentence);
    be_json_object_end(json);
}

/* What keeps a reader of the study from concluding. */
static void study_warnings(be_json_writer *json, const be_study *study)
{
    size_t n, wide = 0, points = 0, oversubscribed = 0;
    const be_study_subject *subjects = be_study_subjects(study, &n);
    for (size_t i = 0; i < n; i++) {
        points += subjects[i].n_points;
        for (size_t k = 0; k < subjects[i].n_points; k++) {
            const be_study_point *point = &subjects[i].points[k];
            wide += !point->narrow && !point->concluded;
            for (size_t s = 0; s < point->n_settings; s++) {
                oversubscribed += point->settings[s].oversubscribed;
            }
        }
    }
    char sentence[160];
    if (wide > 0) {
        snprintf(sentence, sizeof sentence,
                 "at %zu of %zu sizes the times spread too much to tell sequential from parallel",
                 wide, points);
        warn(json, "noise", sentence);
    }
    if (oversubscribed > 0) {
        warn(json, "oversubscribed", "some settings ask for more workers than there are CPUs");
    }
}

void be_run_json(const be_run *run, be_text *out)
{
    be_json_writer json;
    be_json_init(&json, out, true);
    be_json_object(&json);
    text(&json, "schema", "breakeven.run/1");
    text(&json, "version", be_version());
    text(&json, "title", run->title);
    be_json_key(&json, "command_line");
    be_json_array(&json);
    for (size_t i = 0; i < run->n_arguments; i++) {
        be_json_string(&json, run->command_line[i]);
    }
    be_json_array_end(&json);
    write_begun(&json, run->begun_s);
    whole(&json, "elapsed_ns", run->elapsed_ns);
    place(&json, "exit_code", run->exit_code < 0 ? SIZE_MAX : (size_t)run->exit_code);
    text(&json, "error", run->error);
    place(&json, "seed", run->seeded ? run->seed : SIZE_MAX);
    write_machine(&json, run);
    be_json_key(&json, "warnings");
    be_json_array(&json);
    if (run->study) {
        study_warnings(&json, run->study);
    }
    if (run->profile) {
        be__profile_warnings(&json, run->profile);
    }
    be_json_array_end(&json);
    be_json_key(&json, "study");
    if (run->study) {
        be_json_object(&json);
        be__study_members(&json, run->study);
        be_json_object_end(&json);
    } else {
        be_json_null(&json);
    }
    be_json_key(&json, "compare");
    if (run->comparison) {
        be_json_object(&json);
        text(&json, "baseline", run->baseline);
        be__comparison_members(&json, run->comparison);
        be_json_object_end(&json);
    } else {
        be_json_null(&json);
    }
    be_json_key(&json, "profile");
    if (run->profile) {
        be_json_object(&json);
        if (!be__profile_members(&json, run->profile, run->engine)) {
            out->status = out->status ? out->status : BE_ENOMEM;
        }
        be_json_object_end(&json);
    } else {
        be_json_null(&json);
    }
    be_json_object_end(&json);
    be_text_puts(out, "\n");
}
