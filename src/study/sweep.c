/* sweep.c: a study of workloads.
 *
 * Two engines serve one size of one workload. The automatic setting has one to itself, so that what
 * it learns comes from its own runs alone; all forced settings share the other, where nothing that
 * is learned decides anything. Both are new for each size: sizes do not teach one another.
 *
 * A turn of a setting:   [one run, if runs are short]  t0  batch of runs  t1  [pause]
 *                         cpu0                                                 cpu1
 * The first run warms the caches and wakes the helpers, so short runs are measured hot, called back
 * to back; the pause lets helpers that still spin go to sleep, so that their spinning is charged to
 * the setting that caused it and not to the next.
 */
#include "study/parts.h"

#include "base/base.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum {
    SHORT_NS = 1000 * 1000, /* runs below this are called in batches that last as long, and warmed
                               up in every turn: the clock is then nothing, and waking 10 % of it */
    PAUSE_NS = 200 * 1000,  /* several times what a helper spins before it parks */
    SIZES_DEFAULT = 5,
    SIZES_DEFAULT_MAX = 32,
    DECISIONS_MAX = 4096,
    TIMELINE_SLICES = 256 /* of the traced batch: a picture of it, not a record */
};

typedef struct sweep {
    const be_workload *workload;
    void *instance;
    be_engine *automatic;
    be_engine *forced;
    const be_cancel *cancel;
    const be_study_setting *settings;
    size_t n;
    size_t batch;
    be_hash128 digest;
} sweep;

static be_status run_once(const sweep *s, be_engine *engine, be_error *error)
{
    be_error inner = {.expected = ""};
    be_for_options options = {.size = sizeof options, .cancel = s->cancel, .error = &inner};
    be_status status = s->workload->run(engine, s->instance, &options);
    if (status) {
        be_error_set(error, status, "%.80s (%s of size %zu)",
                     *inner.expected ? inner.expected : be_status_text(status), s->workload->name,
                     s->n);
    }
    return status;
}

typedef struct cpu_time {
    double user_ns;
    double system_ns;
} cpu_time;

static double timeval_ns(struct timeval t)
{
    return (double)t.tv_sec * 1e9 + (double)t.tv_usec * 1e3;
}

static cpu_time process_cpu(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (cpu_time){timeval_ns(usage.ru_utime), timeval_ns(usage.ru_stime)};
}

static bool same(be_hash128 a, be_hash128 b)
{
    return a.low == b.low && a.high == b.high;
}

static be_status turn(void *ctx, size_t index, be_study_sample *sample, be_error *error)
{
    const sweep *s = ctx;
    const be_study_setting *setting = &s->settings[index];
    bool automatic = setting->force.schedule == BE_SCHEDULE_AUTO;
    be_engine *engine = automatic ? s->automatic : s->forced;
    if (!automatic) {
        be_engine_force(engine, &setting->force);
    }
    cpu_time cpu = process_cpu();
    bool warm = s->batch > 1;
    be_status status = warm ? run_once(s, engine, error) : BE_OK;
    uint64_t begin = be_now_ns();
    for (size_t i = 0; !status && i < s->batch; i++) {
        status = run_once(s, engine, error);
    }
    uint64_t end = be_now_ns();
    if (status) {
        return status;
    }
    if (setting->force.schedule != BE_SCHEDULE_SEQUENTIAL) {
        nanosleep(&(struct timespec){.tv_nsec = PAUSE_NS}, NULL);
    }
    cpu_time after = process_cpu();
    double runs = (double)s->batch + warm;
    *sample = (be_study_sample){
        .wall_ns = (double)(end - begin) / (double)s->batch,
        .user_ns = (after.user_ns - cpu.user_ns) / runs,
        .system_ns = (after.system_ns - cpu.system_ns) / runs,
    };
    if (!same(s->workload->digest(s->instance), s->digest)) {
        return be_error_set(error, BE_EMISMATCH,
                            "%s of size %zu: '%s' gives another result than the sequential run",
                            s->workload->name, s->n, setting->name);
    }
    return BE_OK;
}

/* The sequential run: what every digest is compared with, and how long a run takes. */
static be_status measure_reference(sweep *s, be_error *error)
{
    be_engine_force(s->forced, &(be_force){.schedule = BE_SCHEDULE_SEQUENTIAL});
    for (s->batch = 1;; s->batch *= 2) {
        uint64_t begin = be_now_ns();
        for (size_t i = 0; i < s->batch; i++) {
            be_status status = run_once(s, s->forced, error);
            if (status) {
                return status;
            }
        }
        uint64_t elapsed = be_now_ns() - begin;
        if (s->batch == 1) {
            s->digest = s->workload->digest(s->instance);
        }
        if (elapsed >= SHORT_NS) {
            return BE_OK;
        }
    }
}

/* ---- why the automatic setting did what it did ---------------------------------------------- */

static int by_error(const void *left, const void *right)
{
    const double *a = left;
    const double *b = right;
    return (*a > *b) - (*a < *b);
}

static double median_error(const be_decision *decisions, size_t n, const be_study_why *why,
                           double *errors)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        const be_decision *d = &decisions[i];
        if (d->site == why->last.site && d->reason == why->reason && d->predicted_ns > 0 &&
            d->actual_ns > 0) {
            errors[count++] = fabs(d->predicted_ns - d->actual_ns) / d->actual_ns;
        }
    }
    if (count == 0) {
        return (double)NAN;
    }
    qsort(errors, count, sizeof *errors, by_error);
    return (errors[(count - 1) / 2] + errors[count / 2]) / 2;
}

static int by_total(const void *left, const void *right)
{
    const be_study_why *a = left;
    const be_study_why *b = right;
    return (a->total_ns < b->total_ns) - (a->total_ns > b->total_ns);
}

/* The group of a site and a reason; made when there is none yet. */
static be_study_why *group_of(be_study_why *groups, size_t *n, const be_site *site,
                              be_reason reason)
{
    size_t g = 0;
    while (g < *n && (groups[g].last.site != site || groups[g].reason != reason)) {
        g++;
    }
    if (g == *n) {
        groups[(*n)++] = (be_study_why){.site = site->name, .reason = reason, .last.site = site};
    }
    return &groups[g];
}

/* Calls too short to be timed leave no decision, and are counted by their site. */
static void add_untimed(be_engine *engine, const be_site *site, be_study_why *groups, size_t *n)
{
    be_site_stats stats;
    be_engine_site(engine, site, &stats);
    if (stats.calls <= stats.timed) {
        return;
    }
    double items = (double)stats.items / (double)stats.calls;
    be_study_why *group = group_of(groups, n, site, BE_REASON_SHORT);
    if (group->count == 0) {
        group->last.items = (size_t)items;
        group->last.used = 1;
        group->last.sequential_ns = items * stats.item_ns;
    }
    group->count += stats.calls - stats.timed;
    group->total_ns += (double)(stats.calls - stats.timed) * items * stats.item_ns;
}

/* Group the decisions by site and reason. */
static be_status collect_whys(be_study *study, be_engine *engine, be_study_point *point)
{
    be_status status = BE_ENOMEM;
    enum { GROUPS_MAX = 2 * DECISIONS_MAX }; /* each site adds one for its untimed calls */
    be_decision *decisions = be__allocate(study->allocator, DECISIONS_MAX, sizeof *decisions);
    double *errors = be__allocate(study->allocator, DECISIONS_MAX, sizeof *errors);
    be_study_why *groups = be__allocate(study->allocator, GROUPS_MAX, sizeof *groups);
    if (!decisions || !errors || !groups) {
        goto done;
    }
    size_t n = be_engine_decisions(engine, decisions, DECISIONS_MAX);
    size_t n_groups = 0;
    for (size_t i = 0; i < n; i++) {
        be_study_why *group = group_of(groups, &n_groups, decisions[i].site, decisions[i].reason);
        group->count++;
        group->total_ns += decisions[i].actual_ns;
        group->last = decisions[i];
    }
    size_t n_timed = n_groups;
    for (size_t g = 0; g < n_timed; g++) {
        size_t first = 0;
        while (groups[first].last.site != groups[g].last.site) {
            first++;
        }
        if (first == g) { /* once a site */
            add_untimed(engine, groups[g].last.site, groups, &n_groups);
        }
    }
    be_study_why *kept = be__study_keep(study, n_groups, sizeof *kept);
    if (!kept) {
        goto done;
    }
    for (size_t g = 0; g < n_groups; g++) {
        kept[g] = groups[g];
        kept[g].median_error = median_error(decisions, n, &groups[g], errors);
    }
    qsort(kept, n_groups, sizeof *kept, by_total);
    point->whys = kept;
    point->n_whys = n_groups;
    status = BE_OK;

done:
    be__release(study->allocator, decisions, DECISIONS_MAX, sizeof *decisions);
    be__release(study->allocator, errors, DECISIONS_MAX, sizeof *errors);
    be__release(study->allocator, groups, GROUPS_MAX, sizeof *groups);
    return status;
}

static be_status trace_batch(const sweep *s, be_tracer *tracer, be_study_point *point,
                             be_error *error)
{
    static const be_phase run = {"run", false};
    be_status status = BE_OK;
    be_tracer_enable(tracer, true);
    for (size_t i = 0; !status && i < s->batch; i++) {
        be_span_begin(tracer, &run);
        status = run_once(s, s->automatic, error);
        be_span_end(tracer);
    }
    be_tracer_enable(tracer, false);
    if (status) {
        return status;
    }
    be_trace_report *report;
    status = be_tracer_report(tracer, &report);
    if (!status) {
        point->profile = report;
    }
    return status;
}

/* ---- the settings of a size ----------------------------------------------------------------- */

static void add_setting(const be_machine *machine, be_study_setting *settings, size_t *n,
                        be_force force, unsigned workers, const char *format, ...) BE_PRINTF(6, 7);

static void add_setting(const be_machine *machine, be_study_setting *settings, size_t *n,
                        be_force force, unsigned workers, const char *format, ...)
{
    be_study_setting *setting = &settings[(*n)++];
    setting->force = force;
    setting->workers = workers;
    setting->parallel = workers > 1;
    setting->oversubscribed = workers > machine->cpus;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(setting->name, sizeof setting->name, format, arguments);
    va_end(arguments);
}

static be_study_setting *make_settings(be_study *study, be_study_point *point)
{
    const be_study_config *config = &study->config;
    size_t capacity = 3 + config->n_workers + config->n_grains;
    be_study_setting *settings = be__study_keep(study, capacity, sizeof *settings);
    if (!settings) {
        return NULL;
    }
    const be_machine *machine = &study->machine;
    unsigned all = machine->workers > 1 ? machine->workers : 2;
    size_t n = 0;
    point->sequential = n;
    add_setting(machine, settings, &n, (be_force){BE_SCHEDULE_SEQUENTIAL, 1, 0}, 1, "sequential");
    point->automatic = n;
    add_setting(machine, settings, &n, (be_force){BE_SCHEDULE_AUTO, 0, 0}, 0, "automatic");
    add_setting(machine, settings, &n, (be_force){BE_SCHEDULE_STATIC, all, 0}, all, "static");
    for (size_t i = 0; i < config->n_grains; i++) {
        add_setting(machine, settings, &n, (be_force){BE_SCHEDULE_DYNAMIC, all, config->grains[i]},
                    all, "grain %zu", config->grains[i]);
    }
    for (size_t i = 0; i < config->n_workers; i++) {
        unsigned w = config->workers[i];
        settings[n].scaling = true;
        add_setting(machine, settings, &n, (be_force){BE_SCHEDULE_DYNAMIC, w, 0}, w,
                    w == 1 ? "%u worker" : "%u workers", w);
    }
    point->n_settings = n;
    return settings;
}

/* ---- sizes ---------------------------------------------------------------------------------- */

/* Two significant digits are enough for a size nobody asked for. */
static size_t rounded(double value)
{
    double step = value < 100 ? 1 : pow(10, floor(log10(value)) - 1);
    return (size_t)(round(value / step) * step);
}

/* `wanted` from demo_small to demo_large in equal ratios; fewer where two round to the same. */
static size_t spread_sizes(const be_workload *workload, size_t wanted, size_t *sizes)
{
    double ratio = (double)workload->demo_large / (double)workload->demo_small;
    size_t n = 0;
    sizes[n++] = workload->demo_small;
    for (size_t i = 1; i < wanted; i++) {
        double part = (double)i / (double)(wanted - 1);
        size_t size = i == wanted - 1 ? workload->demo_large
                                      : rounded((double)workload->demo_small * pow(ratio, part));
        if (size > sizes[n - 1]) {
            sizes[n++] = size;
        }
    }
    return n;
}

static be_workload_request request_of(const be_study *study, size_t n)
{
    return (be_workload_request){.n = n,
                                 .seed = study->config.seed,
                                 .input = study->config.input,
                                 .allocator = study->allocator};
}

/* Lay out a subject and refuse every size that cannot be, before one is run. */
static be_status plan_subject(be_study *study, const be_workload *workload, be_study_point *points,
                              be_study_subject *subject, be_error *error)
{
    size_t spread[SIZES_DEFAULT_MAX];
    const size_t *sizes = study->config.sizes;
    size_t n = study->config.n_sizes;
    if (n == 0) {
        sizes = spread;
        n = spread_sizes(workload, study->config.default_sizes, spread);
    }
    *subject = (be_study_subject){.name = workload->name,
                                  .summary = workload->summary,
                                  .size_unit = workload->size_unit,
                                  .n_points = n,
                                  .points = points};
    for (size_t i = 0; i < n; i++) {
        be_workload_request request = request_of(study, sizes[i]);
        be_study_point *point = &points[i];
        *point = (be_study_point){.n = sizes[i],
                                  .sequential = SIZE_MAX,
                                  .automatic = SIZE_MAX,
                                  .best_parallel = SIZE_MAX};
        be_status status = workload->bytes(&request, &point->bytes, error);
        if (status) {
            return status;
        }
        if (point->bytes > study->machine.memory_bytes) {
            char wanted[BE__QUANTITY_SIZE], had[BE__QUANTITY_SIZE];
            return be_error_set(error, BE_ELIMIT,
                                "a smaller size: %s of %zu %s takes %s and %s of memory is free",
                                workload->name, sizes[i], workload->size_unit,
                                be__bytes(wanted, (double)point->bytes),
                                be__bytes(had, (double)study->machine.memory_bytes));
        }
    }
    return BE_OK;
}

/* ---- the study ------------------------------------------------------------------------------ */

static be_status study_point(be_study *study, const be_workload *workload, size_t done,
                             size_t total, be_study_point *point, be_error *error)
{
    const be_study_config *config = &study->config;
    be_status status = BE_OK;
    sweep s = {.workload = workload, .cancel = config->cancel, .n = point->n};
    be_tracer *tracer = NULL;
    be_engine_config engine = {
        .size = sizeof engine, .workers = config->engine_workers, .allocator = study->allocator};
    be_tracer_config trace = {
        .size = sizeof trace, .allocator = study->allocator, .slices = TIMELINE_SLICES};
    be_study_setting *settings = make_settings(study, point);
    be_workload_request request = request_of(study, point->n);
    s.settings = settings;
    if (!settings || be_tracer_create(&trace, &tracer) || be_engine_create(&engine, &s.forced)) {
        status = BE_ENOMEM;
    }
    engine.tracer = tracer;
    if (status || be_engine_create(&engine, &s.automatic)) {
        status = be_error_set(error, BE_ENOMEM, "memory for two engines");
        goto done;
    }
    static const be_phase input = {"make input", true}, reference = {"reference run", true};
    be_span_begin(config->tracer, &input);
    status = workload->create(&request, &s.instance, error);
    be_span_next(config->tracer, &reference);
    if (!status) {
        point->items = workload->items(s.instance);
        status = measure_reference(&s, error);
    }
    be_span_end(config->tracer);
    if (status) {
        goto done;
    }
    point->digest = s.digest;
    point->batch = s.batch;
    status = be__study_point(study, workload->name, done, total, settings, turn, &s, point, error);
    if (!status) {
        status = be__study_keep_result(study, workload, s.instance, &point->result);
        if (status) {
            be_error_set(error, status, "memory for the result");
        }
    }
    if (status) {
        goto done;
    }
    static const be_phase traced = {"traced runs", true};
    be_span_begin(config->tracer, &traced);
    status = collect_whys(study, s.automatic, point);
    if (status) {
        be_error_set(error, status, "memory for the decisions");
    } else {
        status = trace_batch(&s, tracer, point, error);
    }
    be_span_end(config->tracer);

done:
    workload->destroy(s.instance);
    be_engine_destroy(s.automatic);
    be_engine_destroy(s.forced);
    be_tracer_destroy(tracer);
    return status;
}

be_status be_study_workloads(const be_workload *const *workloads, size_t n,
                             const be_study_config *config, be_study **study, be_error *error)
{
    if (config->default_sizes > SIZES_DEFAULT_MAX) {
        return be_error_set(error, BE_EINVAL, "at most %d default sizes", SIZES_DEFAULT_MAX);
    }
    be_study *s;
    be_status status = be__study_open(config, &s, error);
    if (status) {
        return status;
    }
    s->config.min_rounds = config->min_rounds ? config->min_rounds : 6;
    s->config.warmups = config->warmups ? config->warmups : 3;
    s->config.default_sizes = config->default_sizes ? config->default_sizes : SIZES_DEFAULT;
    status =
        be__study_reserve(s, n, config->n_sizes ? config->n_sizes : s->config.default_sizes, error);
    if (status) {
        goto fail;
    }
    size_t total = 0;
    for (size_t i = 0; i < n; i++) {
        status = plan_subject(s, workloads[i], be__study_points(s, i), &s->subjects[i], error);
        if (status) {
            goto fail;
        }
        total += s->subjects[i].n_points;
    }
    size_t done = 0;
    for (size_t i = 0; i < n; i++) {
        be_study_point *points = be__study_points(s, i);
        for (size_t k = 0; k < s->subjects[i].n_points; k++) {
            status = study_point(s, workloads[i], done++, total, &points[k], error);
            if (status) {
                goto fail;
            }
        }
        status = be__study_conclude(s, &s->subjects[i]);
        if (status) {
            be_error_set(error, status, "memory for the conclusion");
            goto fail;
        }
    }
    *study = s;
    return BE_OK;

fail:
    be_study_destroy(s);
    return status;
}
