/* report.c: a study as JSON, as hyperfine's JSON, and as Markdown. */
#include "study/members.h"
#include "study/parts.h"

#include "base/base.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

/* ---- JSON ----------------------------------------------------------------------------------- */

static const char *schedule_name(be_schedule schedule)
{
    static const char *const name[] = {[BE_SCHEDULE_AUTO] = "automatic",
                                       [BE_SCHEDULE_SEQUENTIAL] = "sequential",
                                       [BE_SCHEDULE_STATIC] = "static",
                                       [BE_SCHEDULE_DYNAMIC] = "dynamic"};
    return name[schedule];
}

void be__machine_members(be_json_writer *json, const be_machine *m)
{
    static const char *const limit[] = {
        [BE_LIMIT_AFFINITY] = "affinity", [BE_LIMIT_QUOTA] = "quota", [BE_LIMIT_CONFIG] = "config"};
    text(json, "cpu", m->cpu);
    whole(json, "cpus", m->cpus);
    boolean(json, "virtual_cpus", m->virtual_cpus);
    whole(json, "workers", m->workers);
    text(json, "workers_limit", limit[m->limit]);
    number(json, "cpu_quota", m->quota > 0 ? m->quota : (double)NAN);
    whole(json, "memory_bytes", m->memory_bytes);
    text(json, "system", m->system);
    text(json, "compiler", m->compiler);
    text(json, "clock", m->clock);
    number(json, "clock_ns", m->clock_ns);
}

static void write_config(be_json_writer *json, const be_study_config *config)
{
    be_json_key(json, "settings");
    be_json_object(json);
    whole(json, "seed", config->seed);
    text(json, "input", config->input);
    whole(json, "budget_ns", config->budget_ns);
    exact(json, "precision", config->precision);
    text(json, "interval", "of the median, order statistics");
    whole(json, "min_rounds", config->min_rounds);
    whole(json, "max_rounds", config->max_rounds);
    whole(json, "warmups", config->warmups);
    be_json_object_end(json);
}

static void write_summary(be_json_writer *json, const char *key, const be_summary *s)
{
    be_json_key(json, key);
    be_json_object(json);
    number(json, "min", s->min);
    number(json, "median", s->median.value);
    number(json, "median_low", s->median.low);
    number(json, "median_high", s->median.high);
    exact(json, "confidence", s->confidence);
    number(json, "mean", s->mean);
    number(json, "max", s->max);
    number(json, "sd", s->sd);
    number(json, "total", s->total);
    be_json_object_end(json);
}

/* What the point's fit says of a forced worker count, beside what was measured. */
static double predicted(const be_study_point *point, const be_study_setting *s)
{
    double wall_ns;
    bool known = point->fitted && s->scaling && s->workers > 0 &&
                 be_study_predict(&point->fit, s->workers, &wall_ns) == BE_OK;
    return known ? wall_ns : (double)NAN;
}

static void write_setting(be_json_writer *json, const be_study_point *point,
                          const be_study_setting *s, bool command)
{
    be_json_object(json);
    text(json, "name", s->name);
    text(json, "command", s->command);
    text(json, "schedule", command ? NULL : schedule_name(s->force.schedule));
    be_json_key(json, "workers");
    if (s->workers) {
        be_json_u64(json, s->workers);
    } else {
        be_json_null(json);
    }
    be_json_key(json, "grain");
    if (s->force.grain) {
        be_json_u64(json, s->force.grain);
    } else {
        be_json_null(json);
    }
    boolean(json, "oversubscribed", s->oversubscribed);
    whole(json, "samples", s->n_samples);
    write_summary(json, "wall_ns", &s->wall_ns);
    write_summary(json, "cpu_ns", &s->cpu_ns);
    exact(json, "ratio", s->ratio);
    number(json, "predicted_ns", predicted(point, s));
    be_json_object_end(json);
}

static void write_fit(be_json_writer *json, const be_study_point *point)
{
    be_json_key(json, "fit");
    if (!point->fitted) {
        be_json_null(json);
        return;
    }
    const be_fit *fit = &point->fit;
    be_json_object(json);
    number(json, "work_ns", fit->work_ns);
    whole(json, "worker_counts", fit->counts);
    exact(json, "largest_workers", fit->largest_workers);
    estimate(json, "per_worker_ns", fit->per_worker_ns);
    boolean(json, "extended", fit->extended);
    be_estimate none = {(double)NAN, (double)NAN, (double)NAN};
    estimate(json, "constant_ns", fit->extended ? fit->constant_ns : none);
    estimate(json, "per_worker_beside_ns", fit->extended ? fit->per_worker_beside_ns : none);
    estimate(json, "contention", fit->extended ? fit->contention : none);
    estimate(json, "coherency", fit->extended ? fit->coherency : none);
    exact(json, "peak_workers", fit->extended ? fit->peak_workers : (double)NAN);
    be_json_object_end(json);
}

static void write_whys(be_json_writer *json, const be_study_point *point)
{
    be_json_key(json, "decisions");
    be_json_array(json);
    for (size_t i = 0; i < point->n_whys; i++) {
        const be_study_why *why = &point->whys[i];
        be_json_object(json);
        text(json, "site", why->site);
        text(json, "why", be_reason_text(why->reason));
        whole(json, "count", why->count);
        number(json, "total_ns", why->total_ns);
        exact(json, "median_error", why->median_error);
        be_json_key(json, "newest");
        be_json_object(json);
        whole(json, "items", why->last.items);
        number(json, "sequential_ns", why->last.sequential_ns);
        number(json, "predicted_ns", why->last.predicted_ns);
        number(json, "actual_ns", why->last.actual_ns);
        whole(json, "invited", why->last.invited);
        whole(json, "used", why->last.used);
        whole(json, "grain", why->last.grain);
        be_json_object_end(json);
        be_json_object_end(json);
    }
    be_json_array_end(json);
}

static bool write_profile(be_json_writer *json, const be_study_point *point)
{
    be_json_key(json, "profile");
    if (!point->profile) {
        be_json_null(json);
        return true;
    }
    be_json_object(json);
    bool complete = be__profile_members(json, point->profile, NULL);
    be_json_object_end(json);
    return complete;
}

static void setting_name(be_json_writer *json, const char *key, const be_study_point *point,
                         size_t index)
{
    text(json, key, index == SIZE_MAX ? NULL : point->settings[index].name);
}

static void write_point(be_json_writer *json, const be_study_point *point, bool command)
{
    char digest[33];
    snprintf(digest, sizeof digest, "%016" PRIx64 "%016" PRIx64, point->digest.high,
             point->digest.low);
    be_json_object(json);
    whole(json, "n", point->n);
    whole(json, "items", point->items);
    whole(json, "bytes", point->bytes);
    text(json, "digest", command ? NULL : digest);
    whole(json, "batch", point->batch);
    be_json_key(json, "settings");
    be_json_array(json);
    for (size_t i = 0; i < point->n_settings; i++) {
        write_setting(json, point, &point->settings[i], command);
    }
    be_json_array_end(json);
    setting_name(json, "best", point, point->best);
    setting_name(json, "best_parallel", point, point->best_parallel);
    boolean(json, "narrow", point->narrow);
    boolean(json, "concluded", point->concluded);
    write_fit(json, point);
    write_whys(json, point);
    if (!write_profile(json, point)) {
        json->text->status = BE_ENOMEM;
    }
    be_json_key(json, "result");
    if (point->result) {
        be__study_write_result(json, point->result);
    } else {
        be_json_null(json);
    }
    be_json_object_end(json);
}

static void write_subject(be_json_writer *json, const be_study_subject *subject, bool command)
{
    static const char *const kind[] = {[BE_BREAKEVEN_UNKNOWN] = "unknown",
                                       [BE_BREAKEVEN_NOT_REACHED] = "not reached",
                                       [BE_BREAKEVEN_FOUND] = "found",
                                       [BE_BREAKEVEN_ALWAYS] = "always"};
    be_json_object(json);
    text(json, "name", subject->name);
    text(json, "summary", subject->summary);
    text(json, "size_unit", subject->size_unit);
    be_json_key(json, "points");
    be_json_array(json);
    for (size_t i = 0; i < subject->n_points; i++) {
        write_point(json, &subject->points[i], command);
    }
    be_json_array_end(json);
    text(json, "breakeven", kind[subject->breakeven.kind]);
    estimate(json, "breakeven_size", subject->breakeven.size);
    exact(json, "breakeven_below", subject->breakeven.below);
    exact(json, "breakeven_above", subject->breakeven.above);
    be_json_key(json, "predicted_at");
    if (subject->predicted_at == SIZE_MAX) {
        be_json_null(json);
    } else {
        be_json_u64(json, subject->points[subject->predicted_at].n);
    }
    estimate(json, "predicted_size", subject->predicted_size);
    be_json_object_end(json);
}

void be__study_members(be_json_writer *json, const be_study *study)
{
    text(json, "schema", "breakeven.study/1");
    text(json, "version", be_version());
    text(json, "kind", study->command ? "command" : "workloads");
    be_json_key(json, "machine");
    be_json_object(json);
    be__machine_members(json, &study->machine);
    be_json_object_end(json);
    write_config(json, &study->config);
    whole(json, "elapsed_ns", study->elapsed_ns);
    be_json_key(json, "subjects");
    be_json_array(json);
    for (size_t i = 0; i < study->n_subjects; i++) {
        write_subject(json, &study->subjects[i], study->command);
    }
    be_json_array_end(json);
}

void be_study_json(const be_study *study, be_text *out)
{
    be_json_writer json;
    be_json_init(&json, out, false);
    be_json_object(&json);
    be__study_members(&json, study);
    be_json_object_end(&json);
    be_text_puts(out, "\n");
}

/* ---- hyperfine ------------------------------------------------------------------------------ */

typedef double pick(const be_study_sample *sample);

static double wall_of(const be_study_sample *sample)
{
    return sample->wall_ns;
}

static double user_of(const be_study_sample *sample)
{
    return sample->user_ns;
}

static double system_of(const be_study_sample *sample)
{
    return sample->system_ns;
}

static void mean_seconds(be_json_writer *json, const char *key, const be_study_setting *s, pick *of)
{
    double sum = 0;
    for (size_t i = 0; i < s->n_samples; i++) {
        sum += of(&s->samples[i]);
    }
    exact(json, key, sum / (double)s->n_samples / 1e9);
}

static void write_result(be_json_writer *json, const be_study_subject *subject,
                         const be_study_point *point, const be_study_setting *s)
{
    be_json_object(json);
    be_json_key(json, "command");
    if (s->command) {
        be_json_string(json, s->command);
    } else {
        char name[200];
        snprintf(name, sizeof name, "%s %zu %s", subject->name, point->n, s->name);
        be_json_string(json, name);
    }
    mean_seconds(json, "mean", s, wall_of);
    exact(json, "stddev", s->n_samples > 1 ? s->wall_ns.sd / 1e9 : (double)NAN);
    exact(json, "median", s->wall_ns.median.value / 1e9);
    mean_seconds(json, "user", s, user_of);
    mean_seconds(json, "system", s, system_of);
    exact(json, "min", s->wall_ns.min / 1e9);
    exact(json, "max", s->wall_ns.max / 1e9);
    be_json_key(json, "times");
    be_json_array(json);
    for (size_t i = 0; i < s->n_samples; i++) {
        be_json_double(json, s->samples[i].wall_ns / 1e9);
    }
    be_json_array_end(json);
    be_json_key(json, "exit_codes");
    be_json_array(json);
    for (size_t i = 0; i < s->n_samples; i++) {
        be_json_i64(json, s->samples[i].exit_code);
    }
    be_json_array_end(json);
    be_json_key(json, "parameters");
    be_json_object(json);
    char value[BE__QUANTITY_SIZE];
    if (point->n > 0) {
        snprintf(value, sizeof value, "%zu", point->n);
        text(json, "n", value);
    }
    if (s->workers > 0) {
        snprintf(value, sizeof value, "%u", s->workers);
        text(json, "workers", value);
    }
    be_json_object_end(json);
    be_json_object_end(json);
}

void be_study_hyperfine_json(const be_study *study, be_text *out)
{
    be_json_writer json;
    be_json_init(&json, out, false);
    be_json_object(&json);
    be_json_key(&json, "results");
    be_json_array(&json);
    for (size_t i = 0; i < study->n_subjects; i++) {
        const be_study_subject *subject = &study->subjects[i];
        for (size_t k = 0; k < subject->n_points; k++) {
            const be_study_point *point = &subject->points[k];
            for (size_t s = 0; s < point->n_settings; s++) {
                write_result(&json, subject, point, &point->settings[s]);
            }
        }
    }
    be_json_array_end(&json);
    be_json_object_end(&json);
    be_text_puts(out, "\n");
}

/* ---- Markdown ------------------------------------------------------------------------------- */

typedef struct markdown {
    be_text *out;
    size_t n_columns;
    size_t column;
    bool in_facts; /* a list of facts is open: no blank line between its lines */
} markdown;

/* What is text in a cell or a line stays text. */
static void escaped(be_text *out, const char *string)
{
    for (const char *c = string; *c; c++) {
        if (*c == '\n') {
            be_text_puts(out, " ");
            continue;
        }
        if (*c == '|' || *c == '*' || *c == '_' || *c == '`' || *c == '\\' || *c == '[') {
            be_text_puts(out, "\\");
        }
        if (*c == '<') {
            be_text_puts(out, "&lt;");
        } else {
            be_text_add(out, c, 1);
        }
    }
}

static void markdown_fact(void *user, const char *label, const char *value)
{
    markdown *m = user;
    be_text_puts(m->out, m->in_facts ? "- **" : "\n- **");
    escaped(m->out, label);
    be_text_puts(m->out, "**: ");
    escaped(m->out, value);
    be_text_puts(m->out, "\n");
    m->in_facts = true;
}

static void markdown_table_begin(void *user, const char *title, const char *const *columns,
                                 size_t n_columns)
{
    markdown *m = user;
    m->in_facts = false;
    m->n_columns = n_columns;
    m->column = 0;
    be_text_puts(m->out, "\n### ");
    escaped(m->out, title);
    be_text_puts(m->out, "\n\n|");
    for (size_t i = 0; i < n_columns; i++) {
        be_text_printf(m->out, " %s |", columns[i]);
    }
    be_text_puts(m->out, "\n|");
    for (size_t i = 0; i < n_columns; i++) {
        be_text_puts(m->out, i == 0 ? "---|" : "---:|");
    }
    be_text_puts(m->out, "\n");
}

static void markdown_table_cell(void *user, const char *cell)
{
    markdown *m = user;
    be_text_puts(m->out, m->column == 0 ? "| " : " ");
    escaped(m->out, cell);
    be_text_puts(m->out, " |");
    if (++m->column == m->n_columns) {
        be_text_puts(m->out, "\n");
        m->column = 0;
    }
}

static void markdown_table_end(void *user)
{
    (void)user;
}

void be_study_markdown(const be_study *study, unsigned parts, be_text *out)
{
    markdown m = {.out = out};
    be_presenter presenter = {.user = &m,
                              .fact = markdown_fact,
                              .table_begin = markdown_table_begin,
                              .table_cell = markdown_table_cell,
                              .table_end = markdown_table_end};
    be_text_puts(out, "# Breakeven study\n");
    be_study_present(study, parts, &presenter);
}
