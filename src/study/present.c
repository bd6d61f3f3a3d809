/* present.c: a study in facts and tables, for whoever shows them: the terminal, Markdown. */
#include "study/parts.h"

#include "base/base.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

enum {
    CELL_SIZE = 128,
    FAR_APART = 16 /* sizes this far from each other say little of what is between them */
};

/* A median known worse than this is worth a warning, whatever precision was asked for. */
static const double NOISY = 0.05;

/* ---- facts and cells ------------------------------------------------------------------------ */

static void cell(const be_presenter *p, const char *format, ...) BE_PRINTF(2, 3);
static void fact(const be_presenter *p, const char *label, const char *format, ...) BE_PRINTF(3, 4);

enum { LINE_SIZE = 400 };

static void cell(const be_presenter *p, const char *format, ...)
{
    char line[LINE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    p->table_cell(p->user, line);
}

static void fact(const be_presenter *p, const char *label, const char *format, ...)
{
    char line[LINE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    p->fact(p->user, label, line);
}

static void time_cell(const be_presenter *p, double nanoseconds)
{
    char text[BE__QUANTITY_SIZE];
    cell(p, "%s", be__duration(text, nanoseconds));
}

/* "1,024 states"; a command's size has no unit: "n = 1,024". */
static const char *size_text(char text[CELL_SIZE], const be_study_subject *subject, double size)
{
    char number[BE__QUANTITY_SIZE];
    be__grouped(number, (uint64_t)(size + 0.5));
    if (*subject->size_unit) {
        snprintf(text, CELL_SIZE, "%s %.60s", number, subject->size_unit);
    } else {
        snprintf(text, CELL_SIZE, "n = %s", number);
    }
    return text;
}

/* Sizes between those tried are good to two digits. */
static double two_digits(double value)
{
    double step = value < 100 ? 1 : pow(10, floor(log10(value)) - 1);
    return round(value / step) * step;
}

static const be_study_setting *setting_at(const be_study_point *point, size_t index)
{
    return index == SIZE_MAX ? NULL : &point->settings[index];
}

/* ---- brief ---------------------------------------------------------------------------------- */

/* How many times as fast as the sequential setting; 1 where no difference is shown. */
static void gain_cell(const be_presenter *p, const be_study_point *point,
                      const be_study_setting *setting)
{
    const be_study_setting *sequential = setting_at(point, point->sequential);
    if (!setting || !sequential) {
        cell(p, "-");
        return;
    }
    be_estimate s = sequential->wall_ns.median;
    be_estimate t = setting->wall_ns.median;
    if (t.low > s.high || t.high < s.low) {
        cell(p, "%.2fx", s.value / t.value);
    } else {
        cell(p, "1x");
    }
}

static void median_cell(const be_presenter *p, const be_study_setting *setting)
{
    if (setting) {
        time_cell(p, setting->wall_ns.median.value);
    } else {
        cell(p, "-");
    }
}

static void present_times(const be_study *study, const be_presenter *p)
{
    static const char *const columns[] = {"workload", "size",      "sequential", "parallel",
                                          "gain",     "automatic", "gain"};
    p->table_begin(p->user, "Wall time: sequential, forced to be parallel, and as Breakeven chose",
                   columns, BE__COUNT_OF(columns));
    for (size_t i = 0; i < study->n_subjects; i++) {
        const be_study_subject *subject = &study->subjects[i];
        for (size_t k = 0; k < subject->n_points; k++) {
            const be_study_point *point = &subject->points[k];
            const be_study_setting *parallel = setting_at(point, point->best_parallel);
            const be_study_setting *automatic = setting_at(point, point->automatic);
            char text[CELL_SIZE];
            cell(p, "%s", subject->name);
            cell(p, "%s", size_text(text, subject, (double)point->n));
            median_cell(p, setting_at(point, point->sequential));
            median_cell(p, parallel);
            gain_cell(p, point, parallel);
            median_cell(p, automatic);
            gain_cell(p, point, automatic);
        }
    }
    p->table_end(p->user);
}

/* Wall time of a traced run that no phase below it covers. */
static void unaccounted_cell(const be_presenter *p, const be_study_point *point)
{
    const be_trace_row *rows;
    size_t n = point->profile ? be_trace_report_rows(point->profile, &rows) : 0;
    if (n == 0 || rows[0].leaf || rows[0].wall_ns == 0) {
        cell(p, "-");
        return;
    }
    time_cell(p, (double)rows[0].unaccounted_ns / (double)rows[0].count);
}

static void present_reasons(const be_study *study, const be_presenter *p)
{
    static const char *const columns[] = {"workload", "size", "threads", "unaccounted", "because"};
    p->table_begin(p->user,
                   "What Breakeven chose, and the wall time of a run no phase accounts for",
                   columns, BE__COUNT_OF(columns));
    for (size_t i = 0; i < study->n_subjects; i++) {
        const be_study_subject *subject = &study->subjects[i];
        for (size_t k = 0; k < subject->n_points; k++) {
            const be_study_point *point = &subject->points[k];
            const be_study_why *why = point->n_whys ? &point->whys[0] : NULL;
            char number[BE__QUANTITY_SIZE];
            cell(p, "%s", subject->name);
            cell(p, "%s", be__grouped(number, point->n));
            cell(p, "%u", why ? why->last.used : 1);
            unaccounted_cell(p, point);
            cell(p, "%s",
                 why ? be_reason_text(why->reason) : "every call was too short to be timed");
        }
    }
    p->table_end(p->user);
}

static void present_brief(const be_study *study, const be_presenter *p)
{
    present_times(study, p);
    fact(p, "gain", "times as fast as sequential; 1x where no difference is shown");
    present_reasons(study, p);
}

/* ---- every setting -------------------------------------------------------------------------- */

static void wall_cells(const be_presenter *p, const be_summary *wall)
{
    time_cell(p, wall->median.value);
    time_cell(p, wall->min);
    time_cell(p, wall->mean);
    time_cell(p, wall->max);
    time_cell(p, wall->sd);
}

/* Half of the widest interval of a median, as a part of it; infinite when there is none. */
static double widest_interval(const be_study_point *point, const be_study_setting **widest)
{
    double width = -1;
    *widest = point->settings;
    for (size_t i = 0; i < point->n_settings; i++) {
        be_estimate e = point->settings[i].wall_ns.median;
        double half = isnan(e.low) ? (double)INFINITY : (e.high - e.low) / 2 / e.value;
        if (half > width) {
            width = half;
            *widest = &point->settings[i];
        }
    }
    return width;
}

static void interval_fact(const be_presenter *p, const be_study_point *point)
{
    const be_study_setting *widest;
    double half = widest_interval(point, &widest);
    if (isfinite(half)) {
        fact(p, "intervals", "all medians are known to %.1f %% or better", 100 * half);
    }
}

static void fit_facts(const be_presenter *p, const be_study_point *point)
{
    if (!point->fitted) {
        return;
    }
    const be_fit *fit = &point->fit;
    char b[BE__QUANTITY_SIZE], low[BE__QUANTITY_SIZE], high[BE__QUANTITY_SIZE];
    be__duration(b, fit->per_worker_ns.value);
    if (isnan(fit->per_worker_ns.low)) {
        fact(p, "fit", "T(w) = W/w + b w with b = %s; an interval takes three counts above 1", b);
    } else {
        fact(p, "fit", "T(w) = W/w + b w with b = %s (%s to %s)", b,
             be__duration(low, fit->per_worker_ns.low),
             be__duration(high, fit->per_worker_ns.high));
    }
    if (!fit->extended) {
        fact(p, "fit",
             "a constant beside b, or a scalability law, takes five worker counts: fewer points "
             "give no interval for so many unknowns");
        return;
    }
    fact(p, "fit", "T(w) = W/w + a + b w with a = %s, b = %s",
         be__duration(low, fit->constant_ns.value),
         be__duration(high, fit->per_worker_beside_ns.value));
    char peak[64] = "no count found at which more are slower";
    if (isfinite(fit->peak_workers)) {
        snprintf(peak, sizeof peak, "best at %.3g workers", fit->peak_workers);
    }
    fact(p, "fit",
         "scalability law: contention %.3g (%.3g to %.3g), coherency %.3g (%.3g to %.3g), %s",
         fit->contention.value, fit->contention.low, fit->contention.high, fit->coherency.value,
         fit->coherency.low, fit->coherency.high, peak);
}

static void oversubscribed_fact(const be_presenter *p, const be_study *study,
                                const be_study_point *point)
{
    char names[LINE_SIZE] = "";
    size_t length = 0;
    for (size_t i = 0; i < point->n_settings && length < sizeof names; i++) {
        if (point->settings[i].oversubscribed) {
            length += (size_t)snprintf(names + length, sizeof names - length, "%s%s",
                                       length ? ", " : "", point->settings[i].name);
        }
    }
    if (length) {
        fact(p, "more threads than CPUs", "%s, on %u CPU%s", names, study->machine.cpus,
             study->machine.cpus == 1 ? "" : "s");
    }
}

static void present_point(const be_study *study, const be_study_subject *subject,
                          const be_study_point *point, const be_presenter *p)
{
    static const char *const columns[] = {"setting", "median", "min",   "mean", "max",
                                          "sd",      "total",  "ratio", "CPU"};
    char size[CELL_SIZE], title[LINE_SIZE];
    snprintf(title, sizeof title, "%s, %s: wall time of a run, %zu samples of %zu each",
             subject->name, size_text(size, subject, (double)point->n),
             point->settings[0].n_samples, point->batch);
    p->table_begin(p->user, title, columns, BE__COUNT_OF(columns));
    for (size_t i = 0; i < point->n_settings; i++) {
        const be_study_setting *setting = &point->settings[i];
        cell(p, "%s", setting->name);
        wall_cells(p, &setting->wall_ns);
        time_cell(p, setting->wall_ns.total);
        cell(p, "%.2f", setting->ratio);
        time_cell(p, setting->cpu_ns.mean);
    }
    p->table_end(p->user);
    interval_fact(p, point);
    oversubscribed_fact(p, study, point);
    fit_facts(p, point);
}

static double mean_of(const be_study_setting *setting, bool system)
{
    double sum = 0;
    for (size_t i = 0; i < setting->n_samples; i++) {
        sum += system ? setting->samples[i].system_ns : setting->samples[i].user_ns;
    }
    return sum / (double)setting->n_samples;
}

static double fastest_of_all(const be_study_subject *subject)
{
    double fastest = (double)INFINITY;
    for (size_t k = 0; k < subject->n_points; k++) {
        const be_study_point *point = &subject->points[k];
        fastest = fmin(fastest, point->settings[point->best].wall_ns.median.value);
    }
    return fastest;
}

/* All calls of a command in one table, relative to the fastest. The command is the title; a row
 * tells the numbers put in. */
static void present_command(const be_study *study, const be_study_subject *subject,
                            const be_presenter *p)
{
    static const char *const columns[] = {"n",  "workers", "median", "min",    "mean", "max",
                                          "sd", "runs",    "user",   "system", "ratio"};
    bool sized = subject->points[0].n > 0;
    bool by_workers = subject->points[0].settings[0].workers > 0;
    const char *shown[BE__COUNT_OF(columns)];
    size_t n_shown = 0;
    for (size_t c = 0; c < BE__COUNT_OF(columns); c++) {
        if ((c != 0 || sized) && (c != 1 || by_workers)) {
            shown[n_shown++] = columns[c];
        }
    }
    char title[LINE_SIZE];
    snprintf(title, sizeof title, "%s: wall time of a run", subject->name);
    double fastest = fastest_of_all(subject);
    p->table_begin(p->user, title, shown, n_shown);
    for (size_t k = 0; k < subject->n_points; k++) {
        const be_study_point *point = &subject->points[k];
        for (size_t i = 0; i < point->n_settings; i++) {
            const be_study_setting *setting = &point->settings[i];
            if (sized) {
                cell(p, "%zu", point->n);
            }
            if (by_workers) {
                cell(p, "%u", setting->workers);
            }
            wall_cells(p, &setting->wall_ns);
            cell(p, "%zu", setting->n_samples);
            time_cell(p, mean_of(setting, false));
            time_cell(p, mean_of(setting, true));
            cell(p, "%.2f", setting->wall_ns.median.value / fastest);
        }
    }
    p->table_end(p->user);
    for (size_t k = 0; k < subject->n_points; k++) {
        fit_facts(p, &subject->points[k]);
    }
    oversubscribed_fact(p, study, &subject->points[0]);
}

static void present_table(const be_study *study, const be_presenter *p)
{
    for (size_t i = 0; i < study->n_subjects; i++) {
        const be_study_subject *subject = &study->subjects[i];
        if (study->command) {
            present_command(study, subject, p);
            continue;
        }
        for (size_t k = 0; k < subject->n_points; k++) {
            present_point(study, subject, &subject->points[k], p);
        }
    }
}

/* ---- what follows --------------------------------------------------------------------------- */

static void breakeven_fact(const be_presenter *p, const be_study_subject *subject)
{
    const be_breakeven *found = &subject->breakeven;
    const be_study_point *last = &subject->points[subject->n_points - 1];
    char size[CELL_SIZE], low[BE__QUANTITY_SIZE], high[BE__QUANTITY_SIZE];
    switch (found->kind) {
    case BE_BREAKEVEN_UNKNOWN:
        return;
    case BE_BREAKEVEN_NOT_REACHED:
        fact(p, subject->name,
             "break-even not reached: parallel does not win at %s, the largest "
             "size tried",
             size_text(size, subject, (double)last->n));
        return;
    case BE_BREAKEVEN_ALWAYS:
        fact(p, subject->name, "parallel wins at every size tried, from %s up",
             size_text(size, subject, (double)subject->points[0].n));
        return;
    case BE_BREAKEVEN_FOUND:
        if (found->above > FAR_APART * found->below) {
            fact(p, subject->name, "break-even between %s and %s: sizes in between would tell",
                 be__grouped(low, (uint64_t)found->below), size_text(size, subject, found->above));
        } else {
            fact(p, subject->name, "break-even at %s (%s to %s)",
                 size_text(size, subject, two_digits(found->size.value)),
                 be__grouped(low, (uint64_t)two_digits(found->size.low)),
                 be__grouped(high, (uint64_t)two_digits(found->size.high)));
        }
        return;
    }
}

static void prediction_fact(const be_presenter *p, const be_study_subject *subject)
{
    double work;
    if (subject->predicted_at == SIZE_MAX) {
        return;
    }
    const be_study_point *point = &subject->points[subject->predicted_at];
    if (be_study_work_to_pay(&point->fit, 2, &work)) {
        return;
    }
    char text[BE__QUANTITY_SIZE], at[CELL_SIZE], size[CELL_SIZE];
    be__duration(text, work);
    size_text(at, subject, (double)point->n);
    if (isnan(subject->predicted_size.value)) {
        fact(p, subject->name, "by the fit at %s two workers pay from %s of work", at, text);
    } else {
        fact(p, subject->name, "by the fit at %s two workers pay from %s of work, about %s", at,
             text, size_text(size, subject, two_digits(subject->predicted_size.value)));
    }
}

static void noise_facts(const be_presenter *p, const be_study_subject *subject,
                        const be_study_point *point)
{
    char size[CELL_SIZE] = "";
    if (point->n > 0) {
        size_text(size, subject, (double)point->n);
    }
    const be_study_setting *widest;
    double half = widest_interval(point, &widest);
    if (isinf(half)) {
        fact(p, "noise", "%s %s: one sample each, so no interval; allow more time", subject->name,
             size);
    } else if (half > NOISY) {
        fact(p, "noise", "%s %s: the median of '%s' is known to %.1f %% only", subject->name, size,
             widest->name, 100 * half);
    }
    if (point->sequential != SIZE_MAX && point->best_parallel != SIZE_MAX && !point->concluded) {
        fact(p, "undecided", "%s %s: no difference shown between sequential and '%s'",
             subject->name, size, point->settings[point->best_parallel].name);
    }
}

static void present_summary(const be_study *study, const be_presenter *p)
{
    for (size_t i = 0; i < study->n_subjects; i++) {
        const be_study_subject *subject = &study->subjects[i];
        breakeven_fact(p, subject);
        prediction_fact(p, subject);
        for (size_t k = 0; k < subject->n_points; k++) {
            noise_facts(p, subject, &subject->points[k]);
        }
    }
}

/* ---- why ------------------------------------------------------------------------------------ */

static void present_explain(const be_study *study, const be_presenter *p)
{
    static const char *const columns[] = {"site",      "calls",  "items",  "alone",
                                          "predicted", "actual", "off by", "asked",
                                          "used",      "grain",  "because"};
    for (size_t i = 0; i < study->n_subjects; i++) {
        const be_study_subject *subject = &study->subjects[i];
        for (size_t k = 0; !study->command && k < subject->n_points; k++) {
            const be_study_point *point = &subject->points[k];
            char size[CELL_SIZE], title[LINE_SIZE];
            size_text(size, subject, (double)point->n);
            if (point->n_whys == 0) {
                fact(p, subject->name, "%s: no call was long enough to be timed, all ran at once",
                     size);
                continue;
            }
            snprintf(title, sizeof title,
                     "%s, %s: decisions of the automatic setting, the newest "
                     "of each kind",
                     subject->name, size);
            p->table_begin(p->user, title, columns, BE__COUNT_OF(columns));
            for (size_t w = 0; w < point->n_whys; w++) {
                const be_study_why *why = &point->whys[w];
                cell(p, "%s", why->site);
                cell(p, "%zu", why->count);
                cell(p, "%zu", why->last.items);
                time_cell(p, why->last.sequential_ns);
                time_cell(p, why->last.predicted_ns);
                time_cell(p, why->last.actual_ns);
                if (isnan(why->median_error)) {
                    cell(p, "-");
                } else {
                    cell(p, "%.0f %%", 100 * why->median_error);
                }
                cell(p, "%u", why->last.invited);
                cell(p, "%u", why->last.used);
                cell(p, "%zu", why->last.grain);
                cell(p, "%s", be_reason_text(why->reason));
            }
            p->table_end(p->user);
        }
    }
}

/* ---- where ---------------------------------------------------------------------------------- */

static void present_machine(const be_study *study, const be_presenter *p)
{
    static const char *const limit[] = {[BE_LIMIT_AFFINITY] = "the CPUs it may run on",
                                        [BE_LIMIT_QUOTA] = "the cgroup's CPU quota",
                                        [BE_LIMIT_CONFIG] = "the caller"};
    const be_machine *m = &study->machine;
    fact(p, "measured on", "%u %sCPU%s, %s", m->cpus, m->virtual_cpus ? "virtual " : "",
         m->cpus == 1 ? "" : "s", m->cpu);
    if (!study->command) {
        fact(p, "workers", "%u, decided by %s", m->workers, limit[m->limit]);
    }
    fact(p, "system", "%s", m->system);
    fact(p, "built by", "%s, version %s", m->compiler, be_version());
    fact(p, "clock", "%s, %.1f ns a reading", m->clock, m->clock_ns);
    char text[BE__QUANTITY_SIZE];
    fact(p, "took", "%s; intervals are of the median, by order statistics, 95 %%",
         be__duration(text, (double)study->elapsed_ns));
}

void be_study_present(const be_study *study, unsigned parts, const be_presenter *presenter)
{
    static void (*const present[])(const be_study *, const be_presenter *) = {
        present_brief, present_table, present_summary, present_explain, present_machine};
    for (size_t i = 0; i < BE__COUNT_OF(present); i++) {
        if (parts >> i & 1) {
            present[i](study, presenter);
        }
    }
}
