/* study.c: what a study of workloads and one of commands have in common: its memory, its settings,
 * and what follows from the samples of a point. */
#include "study/parts.h"

#include "base/base.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct be__block {
    struct be__block *next;
    size_t size; /* of the whole block */
    max_align_t data[];
};

void *be__study_keep(be_study *study, size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes) ||
        __builtin_add_overflow(bytes, sizeof(struct be__block), &bytes)) {
        return NULL;
    }
    struct be__block *block = be__allocate_zeroed(study->allocator, 1, bytes);
    if (!block) {
        return NULL;
    }
    block->next = study->blocks;
    block->size = bytes;
    study->blocks = block;
    return block->data;
}

char *be__study_keep_text(be_study *study, const char *text)
{
    size_t size = strlen(text) + 1;
    char *kept = be__study_keep(study, size, 1);
    return kept ? memcpy(kept, text, size) : NULL;
}

be_status be__study_reserve(be_study *study, size_t n_subjects, size_t points_each, be_error *error)
{
    study->points_each = points_each;
    study->subjects = be__study_keep(study, n_subjects, sizeof *study->subjects);
    study->points = be__study_keep(study, n_subjects * points_each, sizeof *study->points);
    if (!study->subjects || !study->points) {
        return be_error_set(error, BE_ENOMEM, "memory for %zu sizes", n_subjects * points_each);
    }
    study->n_subjects = n_subjects;
    return BE_OK;
}

be_study_point *be__study_points(const be_study *study, size_t subject)
{
    return study->points + subject * study->points_each;
}

void be_study_destroy(be_study *study)
{
    if (!study) {
        return;
    }
    for (size_t i = 0; i < study->n_subjects; i++) {
        const be_study_subject *subject = &study->subjects[i];
        for (size_t k = 0; k < subject->n_points; k++) {
            be_trace_report_destroy(be__study_points(study, i)[k].profile);
        }
    }
    for (struct be__block *block = study->blocks, *next; block; block = next) {
        next = block->next;
        be__release(study->allocator, block, 1, block->size);
    }
    be__release(study->allocator, study, 1, sizeof *study);
}

const be_study_subject *be_study_subjects(const be_study *study, size_t *n)
{
    *n = study->n_subjects;
    return study->subjects;
}

const be_machine *be_study_machine(const be_study *study)
{
    return &study->machine;
}

/* ---- settings of the study ------------------------------------------------------------------ */

static be_status check_config(const be_study_config *config, be_error *error)
{
    if (config->size != sizeof *config) {
        return be_error_set(error, BE_EINVAL, "a be_study_config of %zu bytes", sizeof *config);
    }
    for (size_t i = 0; i < config->n_sizes; i++) {
        if (config->sizes[i] == 0 || (i > 0 && config->sizes[i] <= config->sizes[i - 1])) {
            return be_error_set(error, BE_EINVAL, "sizes above 0 in ascending order");
        }
    }
    for (size_t i = 0; i < config->n_workers; i++) {
        if (config->workers[i] == 0 || (i > 0 && config->workers[i] <= config->workers[i - 1])) {
            return be_error_set(error, BE_EINVAL, "worker counts above 0 in ascending order");
        }
    }
    for (size_t i = 0; i < config->n_grains; i++) {
        if (config->grains[i] == 0) {
            return be_error_set(error, BE_EINVAL, "grains above 0");
        }
    }
    /* Beside the forced counts and grains: sequential, automatic, static. */
    if (config->n_workers > BE__SETTINGS_MAX - 3 ||
        config->n_grains > BE__SETTINGS_MAX - 3 - config->n_workers) {
        return be_error_set(error, BE_EINVAL, "at most %d worker counts and grains",
                            BE__SETTINGS_MAX - 3);
    }
    return BE_OK;
}

static void *keep_copy(be_study *study, const void *from, size_t n, size_t size)
{
    void *copy = be__study_keep(study, n, size);
    return copy && n ? memcpy(copy, from, n * size) : copy;
}

/* The powers of two to twice the CPUs. */
static bool default_workers(be_study *study)
{
    be_study_config *config = &study->config;
    unsigned *workers = be__study_keep(study, 32, sizeof *workers);
    if (!workers) {
        return false;
    }
    for (unsigned w = 2; w <= 2 * study->machine.cpus && config->n_workers < 32; w *= 2) {
        workers[config->n_workers++] = w;
    }
    config->workers = workers;
    return true;
}

static bool keep_config(be_study *study, const be_study_config *from)
{
    be_study_config *config = &study->config;
    config->sizes = keep_copy(study, from->sizes, from->n_sizes, sizeof *from->sizes);
    config->grains = keep_copy(study, from->grains, from->n_grains, sizeof *from->grains);
    config->workers = keep_copy(study, from->workers, from->n_workers, sizeof *from->workers);
    if (from->input) {
        config->input = be__study_keep_text(study, from->input);
    }
    if (!config->sizes || !config->grains || !config->workers || (from->input && !config->input)) {
        return false;
    }
    config->budget_ns = from->budget_ns ? from->budget_ns : UINT64_C(30000000000);
    config->precision = from->precision > 0 ? from->precision : 0.02;
    config->max_rounds = from->max_rounds ? from->max_rounds : 200;
    return from->n_workers > 0 || default_workers(study);
}

be_status be__study_open(const be_study_config *config, be_study **study, be_error *error)
{
    be_status status = check_config(config, error);
    if (status) {
        return status;
    }
    const be_allocator *allocator = config->allocator ? config->allocator : be_allocator_default();
    be_study *s = be__allocate_zeroed(allocator, 1, sizeof *s);
    if (!s) {
        return be_error_set(error, BE_ENOMEM, "memory for the study");
    }
    s->allocator = allocator;
    s->begin_ns = be_now_ns();
    s->config = *config;
    status = be_machine_describe(config->engine_workers, &s->machine);
    if (!status && !keep_config(s, config)) {
        status = BE_ENOMEM;
    }
    if (status) {
        be_study_destroy(s);
        return be_error_set(error, status, "%s", be_status_text(status));
    }
    *study = s;
    return BE_OK;
}

/* ---- a point -------------------------------------------------------------------------------- */

typedef struct progress {
    const be_study_config *config;
    const char *what;
    size_t done;
    size_t total;
} progress;

static void pass_on(void *user, double fraction)
{
    progress *p = user;
    p->config->progress(p->config->progress_user, p->what,
                        ((double)p->done + fraction) / (double)p->total);
}

/* Which settings lead, and by how much. */
static void rank(be_study_setting *settings, be_study_point *point)
{
    for (size_t i = 0; i < point->n_settings; i++) {
        double median = settings[i].wall_ns.median.value;
        if (median < settings[point->best].wall_ns.median.value) {
            point->best = i;
        }
        if (settings[i].parallel &&
            (point->best_parallel == SIZE_MAX ||
             median < settings[point->best_parallel].wall_ns.median.value)) {
            point->best_parallel = i;
        }
    }
    double best = settings[point->best].wall_ns.median.value;
    for (size_t i = 0; i < point->n_settings; i++) {
        settings[i].ratio = best > 0 ? settings[i].wall_ns.median.value / best : 1;
    }
    if (point->sequential != SIZE_MAX && point->best_parallel != SIZE_MAX) {
        be_estimate s = settings[point->sequential].wall_ns.median;
        be_estimate p = settings[point->best_parallel].wall_ns.median;
        point->concluded = p.high < s.low || s.high < p.low; /* false on NaN */
    }
}

static void fit(const be_study_setting *settings, be_study_point *point)
{
    be_scaling scaling[BE__SETTINGS_MAX];
    size_t n = 0;
    for (size_t i = 0; i < point->n_settings; i++) {
        const be_study_setting *s = &settings[i];
        if (s->scaling) {
            scaling[n++] = (be_scaling){s->workers, s->wall_ns.median.value};
        }
    }
    if (point->sequential != SIZE_MAX) {
        double work = settings[point->sequential].wall_ns.median.value;
        point->fitted = be_study_fit(work, scaling, n, &point->fit) == BE_OK;
    }
}

be_status be__study_point(be_study *study, const char *what, size_t done, size_t total,
                          be_study_setting *settings, be__turn *turn, void *ctx,
                          be_study_point *point, be_error *error)
{
    const be_study_config *config = &study->config;
    size_t n = point->n_settings;
    be_study_sample *samples = be__study_keep(study, n * config->max_rounds, sizeof *samples);
    double *scratch = be__study_keep(study, config->max_rounds, sizeof *scratch);
    if (!samples || !scratch) {
        return be_error_set(error, BE_ENOMEM, "memory for %zu samples", n * config->max_rounds);
    }
    uint64_t spent = be_now_ns() - study->begin_ns;
    uint64_t left = config->budget_ns > spent ? config->budget_ns - spent : 0;
    progress reported = {config, what, done, total};
    be__sampler sampler = {
        .turn = turn,
        .ctx = ctx,
        .n_settings = n,
        .settings = settings,
        .samples = samples,
        .scratch = scratch,
        .warmups = config->warmups,
        .min_rounds = config->min_rounds,
        .max_rounds = config->max_rounds,
        .precision = config->precision,
        .budget_ns = left / (total - done),
        .seed = config->seed + done,
        .cancel = config->cancel,
        .tracer = config->tracer,
        .progress = config->progress ? pass_on : NULL,
        .progress_user = &reported,
    };
    be_status status = be__sample(&sampler, &point->narrow, error);
    if (status) {
        return status;
    }
    for (size_t i = 0; i < n; i++) { /* a sample is the mean of a batch */
        settings[i].wall_ns.total *= (double)point->batch;
        settings[i].cpu_ns.total *= (double)point->batch;
    }
    point->settings = settings;
    rank(settings, point);
    fit(settings, point);
    study->elapsed_ns = be_now_ns() - study->begin_ns;
    return BE_OK;
}

/* ---- a subject ------------------------------------------------------------------------------ */

/* The smallest size with a cost of a worker: at larger ones it drowns in the noise of W / w. */
static size_t predicting_point(const be_study_subject *subject)
{
    for (size_t i = 0; i < subject->n_points; i++) {
        const be_study_point *point = &subject->points[i];
        if (point->n > 0 && point->fitted && point->fit.per_worker_ns.value > 0) {
            return i;
        }
    }
    return SIZE_MAX;
}

/* The size whose sequential time is 4 b, straight in log-log between the sizes tried. */
static double size_to_pay(const double *sizes, const be_estimate *sequential, size_t n,
                          double per_worker_ns)
{
    double work = 4 * per_worker_ns;
    for (size_t i = 0; i + 1 < n; i++) {
        double low = sequential[i].value;
        double high = sequential[i + 1].value;
        if (work >= low && work <= high && low < high) {
            double part = log(work / low) / log(high / low);
            return exp(log(sizes[i]) + part * log(sizes[i + 1] / sizes[i]));
        }
    }
    return (double)NAN;
}

be_status be__study_conclude(be_study *study, be_study_subject *subject)
{
    be_estimate none = {(double)NAN, (double)NAN, (double)NAN};
    subject->predicted_size = none;
    double *sizes = be__study_keep(study, subject->n_points, sizeof *sizes);
    be_estimate *sequential = be__study_keep(study, subject->n_points, sizeof *sequential);
    be_estimate *parallel = be__study_keep(study, subject->n_points, sizeof *parallel);
    if (!sizes || !sequential || !parallel) {
        return BE_ENOMEM;
    }
    size_t n = 0;
    for (size_t i = 0; i < subject->n_points; i++) {
        const be_study_point *point = &subject->points[i];
        if (point->n > 0 && point->sequential != SIZE_MAX && point->best_parallel != SIZE_MAX) {
            sizes[n] = (double)point->n;
            sequential[n] = point->settings[point->sequential].wall_ns.median;
            parallel[n++] = point->settings[point->best_parallel].wall_ns.median;
        }
    }
    be_study_breakeven(sizes, sequential, parallel, n, &subject->breakeven);
    subject->predicted_at = predicting_point(subject);
    if (subject->predicted_at != SIZE_MAX) {
        be_estimate b = subject->points[subject->predicted_at].fit.per_worker_ns;
        subject->predicted_size = (be_estimate){
            size_to_pay(sizes, sequential, n, b.value),
            size_to_pay(sizes, sequential, n, b.low),
            size_to_pay(sizes, sequential, n, b.high),
        };
    }
    return BE_OK;
}
