/* study.h: how long does it take, where does a second core start to pay, and how sure is that?
 *
 * A study sweeps size x setting. A setting is one way to run the same work: sequential, automatic
 * (the engine decides), or forced (static split, dynamic claims of a given grain, a given worker
 * count). At each size the settings take turns, in an order shuffled anew each round from a fixed
 * seed, so that a drift of the machine meets all of them alike; rounds go on until the interval of
 * every median is narrow or the time is up. Every result's digest is compared with that of the
 * sequential run: a difference ends the study with BE_EMISMATCH.
 *
 * A command study times processes instead, sizes and worker counts put into their arguments.
 *
 * Wall time and CPU time are kept apart everywhere: wall is one clock, CPU is summed over threads.
 */
#ifndef BREAKEVEN_STUDY_H
#define BREAKEVEN_STUDY_H

#include <breakeven/batch.h>
#include <breakeven/io.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- statistics ----------------------------------------------------------------------------- */

/* A number and the interval it lies in; low and high are NaN when the data give none. */
typedef struct be_estimate {
    double value;
    double low;
    double high;
} be_estimate;

typedef struct be_summary {
    size_t n;
    double min;
    double mean;
    double max;
    double sd; /* of a sample, n - 1 below the line; 0 for n = 1 */
    double total;
    be_estimate median; /* with its interval */
    double confidence;  /* of that interval: at least 0.95 from 6 values up, below that what
                           [min, max] gives: 1 - 2^(1-n) */
} be_summary;

/* Summarise n >= 1 finite values; sorted[n] receives them in ascending order (it may be `values`).
 * The interval of the median is the narrowest symmetric pair of order statistics that covers it
 * with probability 0.95 or more. It assumes independent values and no shape of distribution.
 * Source: H. A. David and H. N. Nagaraja, "Order Statistics", 3rd ed., section 7.1. */
BE_API void be_study_summarize(const double *values, size_t n, double *sorted, be_summary *summary);

/* ---- the cost of workers -------------------------------------------------------------------- */

typedef struct be_scaling {
    double workers; /* 1 or more */
    double wall_ns;
} be_scaling;

/* T(w) = W / w + b w, where W is the measured sequential time and b what each worker costs.
 * From five distinct worker counts up there is enough to ask for more: a constant too,
 * T(w) = W / w + a + b w, and the Universal Scalability Law
 * W / T(w) = w / (1 + sigma (w - 1) + kappa w (w - 1)). */
typedef struct be_fit {
    double work_ns;            /* W */
    double largest_workers;    /* the largest w tried */
    size_t counts;             /* distinct w given */
    be_estimate per_worker_ns; /* b; the 95 % interval from three counts above 1 up */

    bool extended;                    /* the members below are filled: five counts or more */
    be_estimate constant_ns;          /* a */
    be_estimate per_worker_beside_ns; /* b of the model with a */
    be_estimate contention;           /* sigma, >= 0 */
    be_estimate coherency;            /* kappa, >= 0 */
    double peak_workers; /* sqrt((1 - sigma) / kappa): more workers are slower; infinite when kappa
                            is 0 */
} be_fit;

/* Least squares over n points; a point with workers == 1 hands nothing over and tells nothing of
 * b, so it counts only as a worker count tried. BE_EDOMAIN when no point has workers > 1, or
 * work_ns is not positive. Closed forms; the Universal Scalability Law is fitted as a line in
 * sigma and kappa after multiplying out.
 * Source: N. J. Gunther, "Guerrilla Capacity Planning", 2007, chapter 5. */
BE_API BE_CHECK be_status be_study_fit(double work_ns, const be_scaling *points, size_t n,
                                       be_fit *fit);

/* Predicted wall time with that many workers, by T(w) = W / w + b w. BE_ELIMIT past twice the
 * largest count tried: that far nothing was measured; BE_EINVAL below 1. */
BE_API BE_CHECK be_status be_study_predict(const be_fit *fit, double workers, double *wall_ns);

/* Sequential time from which w workers win under the same b: b w^2 / (w - 1), so 4 b for two.
 * Refuses as be_study_predict does; BE_EINVAL for one worker or fewer. */
BE_API BE_CHECK be_status be_study_work_to_pay(const be_fit *fit, double workers, double *work_ns);

/* ---- break-even ----------------------------------------------------------------------------- */

typedef enum be_breakeven_kind {
    BE_BREAKEVEN_UNKNOWN,     /* nothing to compare: no size, or no parallel setting */
    BE_BREAKEVEN_NOT_REACHED, /* at the largest size tried parallel does not win */
    BE_BREAKEVEN_FOUND,
    BE_BREAKEVEN_ALWAYS /* parallel wins at every size tried */
} be_breakeven_kind;

typedef struct be_breakeven {
    be_breakeven_kind kind;
    be_estimate size; /* of FOUND: where the medians cross, and between the crossings of the
                         friendliest and the harshest reading of their intervals. A crossing at or
                         below the smallest size tried reads as that size. */
    double below;     /* of FOUND: the sizes tried around it, between which its place is inferred */
    double above;
} be_breakeven;

/* The smallest size from which parallel wins at every larger size tried too, "wins" meaning that
 * the intervals do not touch. sizes[n] ascend and are > 0; sequential[n] and parallel[n] are times
 * with their intervals (without one nothing is won). Between two sizes the ratio is taken as
 * straight in log-log. */
BE_API void be_study_breakeven(const double *sizes, const be_estimate *sequential,
                               const be_estimate *parallel, size_t n, be_breakeven *breakeven);

/* ---- a study -------------------------------------------------------------------------------- */

/* Called between runs, from the thread that runs the study: fraction of the whole, 0 to 1. */
typedef void be_study_progress(void *user, const char *what, double fraction);

typedef struct be_study_config {
    size_t size;         /* sizeof(be_study_config) */
    const size_t *sizes; /* [n_sizes] ascending. None: from demo_small to demo_large */
    size_t n_sizes;
    size_t default_sizes;    /* how many then, at most 32; 1 is demo_small alone; 0: 5 */
    const unsigned *workers; /* [n_workers] forced worker counts. None: the powers of two to twice
                                the CPUs */
    size_t n_workers;
    const size_t *grains; /* [n_grains] forced grains, run with all workers */
    size_t n_grains;
    unsigned engine_workers; /* be_engine_config.workers of the engines made; 0: theirs */
    uint64_t budget_ns;      /* for the whole study, kept to one round of settings; 0: 30 s */
    double precision;  /* wanted half-width of the median's interval, as a part of the median; 0:
                          0.02 */
    size_t min_rounds; /* 0: 6, what a 95 % interval takes. Fewer only when the time is up */
    size_t max_rounds; /* 0: 200 */
    size_t warmups;    /* rounds thrown away first; 0: 3. They end after a fifth of the size's share
                          of the budget */
    uint64_t seed;     /* of the inputs and of the order of the turns */
    const char *input; /* be_workload_request.input */
    const be_cancel *cancel;
    const be_allocator *allocator;
    be_tracer *tracer;           /* may be NULL; the phases of the study itself */
    be_study_progress *progress; /* may be NULL */
    void *progress_user;
} be_study_config;

typedef struct be_study_sample {
    double wall_ns; /* of one run: the mean of a batch where runs are too short to time */
    double user_ns; /* CPU time of one run, all threads; spinning after the loop counts */
    double system_ns;
    int exit_code; /* of commands: 128 + n when killed by signal n */
} be_study_sample;

enum { BE_STUDY_NAME_SIZE = 40 };

typedef struct be_study_setting {
    char name[BE_STUDY_NAME_SIZE]; /* "sequential", "automatic", "static", "grain 64",
                                      "2 workers" */
    const char *command;           /* of a command study: with the numbers put in; else NULL */
    be_force force;                /* of a workload study */
    unsigned workers;              /* threads asked for; 0: as the engine or the command likes */
    bool parallel;                 /* forced to use two workers or more: what break-even looks at */
    bool scaling;                  /* a point of T(w): only the worker count is set */
    bool oversubscribed;           /* more workers than this process may use CPUs */
    size_t n_samples;
    const be_study_sample *samples; /* in the order they were taken */
    be_summary wall_ns;             /* of one run; total is of all timed runs */
    be_summary cpu_ns;              /* user + system; the same */
    double ratio;                   /* median / the smallest median of this size */
} be_study_setting;

/* Decisions of the automatic setting that had the same site and the same reason. Calls too short to
 * be timed count as BE_REASON_SHORT; where there are none but those, `last` has only what the site
 * knows of them. */
typedef struct be_study_why {
    const char *site;
    be_reason reason;
    size_t count;
    double total_ns;     /* wall time of them all */
    be_decision last;    /* the newest of them */
    double median_error; /* median of |predicted - actual| / actual over those predicted; NaN
                            when none was */
} be_study_why;

/* What the workload presented after its last run, kept. */
typedef struct be_study_result be_study_result;

/* Hand it on, call by call. */
BE_API void be_study_result_present(const be_study_result *result, const be_presenter *presenter);

/* One size of one subject. */
typedef struct be_study_point {
    size_t n;          /* the size; 0 in a command study without {n} */
    size_t items;      /* of the main loop; 0 in a command study */
    uint64_t bytes;    /* what the workload said it holds */
    be_hash128 digest; /* of every result */
    size_t batch;      /* runs per sample */
    size_t n_settings;
    const be_study_setting *settings;
    size_t best;          /* index of the smallest median */
    size_t sequential;    /* index of the sequential setting; SIZE_MAX when there is none */
    size_t automatic;     /* of the automatic one; the same */
    size_t best_parallel; /* smallest median of the parallel ones; the same */
    bool narrow;          /* every interval reached the precision asked for */
    bool concluded;       /* the intervals of sequential and best_parallel do not touch */
    bool fitted;
    be_fit fit;
    size_t n_whys;
    const be_study_why *whys; /* longest in total first */
    be_trace_report *profile; /* one traced batch of the automatic setting, under the row "run";
                                 NULL in a command study; belongs to the study */
    const be_study_result *result; /* NULL in a command study */
} be_study_point;

/* What was studied: a workload, or a command. */
typedef struct be_study_subject {
    const char *name;      /* "lfsr.cycles", or the command as given */
    const char *summary;   /* of a workload; else "" */
    const char *size_unit; /* "states"; "" for a command */
    size_t n_points;
    const be_study_point *points;
    be_breakeven breakeven;
    size_t predicted_at; /* the point whose fit predicts: the smallest that has one with b > 0,
                            where W / w hides least of it; SIZE_MAX when none has */
    be_estimate predicted_size; /* break-even size for two workers by that fit: where the sequential
                                   time is 4 b; NaN beyond the sizes tried */
} be_study_subject;

enum { BE_MACHINE_TEXT_SIZE = 96 };

/* Where it was measured. */
typedef struct be_machine {
    char cpu[BE_MACHINE_TEXT_SIZE];      /* "unknown" where the system does not say */
    char system[BE_MACHINE_TEXT_SIZE];   /* "Linux 6.1.0 x86_64" */
    char compiler[BE_MACHINE_TEXT_SIZE]; /* that built this library */
    char clock[BE_MACHINE_TEXT_SIZE];    /* that the times come from */
    unsigned cpus;                       /* this process may run on */
    bool virtual_cpus;                   /* under a hypervisor */
    unsigned workers;                    /* the engine's choice */
    be_limit limit;                      /* what decided it */
    double quota;                        /* CPUs of the cgroup quota; 0: none */
    double clock_ns;                     /* price of one reading of the clock */
    uint64_t memory_bytes;               /* that could be taken now */
} be_machine;

/* Reads a few files of the system and measures the clock: a few milliseconds. workers, limit and
 * quota are those of an engine made with engine_workers. */
BE_API BE_CHECK be_status be_machine_describe(unsigned engine_workers, be_machine *machine);

typedef struct be_study be_study;

/* Study workloads[n]. Refuses with BE_ELIMIT, before anything is allocated or run, a size whose
 * instance would not fit into memory; passes on what the workload refuses. The workloads must
 * outlive the study. */
BE_API BE_CHECK be_status be_study_workloads(const be_workload *const *workloads, size_t n,
                                             const be_study_config *config, be_study **study,
                                             be_error *error);

typedef struct be_command {
    size_t size;                  /* sizeof(be_command) */
    const char *const *arguments; /* ended by NULL; "{n}" and "{workers}" inside are replaced. One
                                     argument alone, with a space in it, is given to sh -c */
    bool ignore_failure;          /* go on when it exits with something else than 0 */
    bool show_output;             /* leave its stdout and stderr alone; else they go to /dev/null */
} be_command;

/* Time a command: for each of config->sizes (default 1, 2, 4) when an argument has {n}, and each of
 * config->workers (default as above, from 1) when one has {workers}; the run with one worker is
 * the sequential one. At least ten runs each unless min_rounds says otherwise; one warm-up.
 * BE_EINVAL for sizes without {n} or worker counts without {workers}; BE_EIO when the command
 * cannot be started or fails: *error says how. */
BE_API BE_CHECK be_status be_study_command(const be_command *command, const be_study_config *config,
                                           be_study **study, be_error *error);

/* May be NULL. */
BE_API void be_study_destroy(be_study *study);

BE_API const be_study_subject *be_study_subjects(const be_study *study, size_t *n);
BE_API const be_machine *be_study_machine(const be_study *study);

/* ---- reports -------------------------------------------------------------------------------- */

/* What to present, or-ed together. */
typedef enum be_study_part {
    BE_STUDY_BRIEF = 1, /* a row a size: sequential, best forced, automatic, what was chosen, why */
    BE_STUDY_TABLE = 2, /* a table a size: every setting */
    BE_STUDY_SUMMARY = 4, /* break-even, fits, warnings */
    BE_STUDY_EXPLAIN = 8, /* decisions: predicted, actual, why */
    BE_STUDY_MACHINE = 16
} be_study_part;

/* Hand the parts, in that order, to a presenter (its `picture` is not called). */
BE_API void be_study_present(const be_study *study, unsigned parts, const be_presenter *presenter);

/* Append the study as JSON, schema "breakeven.study/1": the same members in the same order for
 * every study; what is not known is null. Times in nanoseconds. be_text_status tells failure. */
BE_API void be_study_json(const be_study *study, be_text *text);

/* Append it in the form of hyperfine's --export-json, one result a setting, times in seconds. */
BE_API void be_study_hyperfine_json(const be_study *study, be_text *text);

/* Append the parts as Markdown. */
BE_API void be_study_markdown(const be_study *study, unsigned parts, be_text *text);

/* ---- comparing ------------------------------------------------------------------------------ */

typedef enum be_verdict {
    BE_VERDICT_IMPROVED, /* faster, for certain */
    BE_VERDICT_SAME,     /* for certain not further apart than the tolerance */
    BE_VERDICT_WORSE,    /* slower, for certain */
    BE_VERDICT_UNSHOWN,  /* the interval holds both: no difference shown */
    BE_VERDICT_COUNT
} be_verdict;

BE_API const char *be_verdict_name(be_verdict verdict); /* "no difference shown" */

/* after / before - 1 with its interval at the level of theirs; without an interval on either side
 * its limits are NaN. Values and limits are > 0.
 * Source: G. Y. Zou and A. Donner, Statistics in Medicine 27, 2008, on logarithms. */
BE_API be_estimate be_compare_change(be_estimate before, be_estimate after);

/* tolerance >= 0: 0.05 takes five per cent either way as the same. */
BE_API be_verdict be_compare_verdict(be_estimate change, double tolerance);

typedef struct be_compare_row {
    const char *subject; /* these belong to the comparison */
    size_t n;
    const char *setting;
    be_estimate old_ns, new_ns; /* medians of wall time */
    be_estimate change;         /* new / old - 1 */
    be_verdict verdict;
    bool regression; /* slower by more than the tolerance, for certain */
} be_compare_row;

typedef struct be_compare_totals {
    double tolerance;
    size_t verdicts[BE_VERDICT_COUNT];
    size_t regressions;
    size_t only_old, only_new; /* rows that the other study has not */
    bool other_machine, other_compiler;
} be_compare_totals;

/* Two studies side by side. */
typedef struct be_comparison be_comparison;

/* Compare two JSON documents, breakeven.study/1 or the study in a breakeven.run/1, by subject, size
 * and setting. BE_EINVAL for a text that is neither, with where and what in *error and 0 or 1 in
 * *which; BE_ENOMEM. */
BE_API BE_CHECK be_status be_compare_studies(const be_text *before, const be_text *after,
                                             double tolerance, be_comparison **comparison,
                                             int *which, be_error *error);
BE_API void be_comparison_destroy(be_comparison *comparison); /* may be NULL */
BE_API size_t be_comparison_rows(const be_comparison *comparison, const be_compare_row **rows);
BE_API const be_compare_totals *be_comparison_totals(const be_comparison *comparison);

/* A table and the totals, for a presenter (its `picture` is not called). */
BE_API void be_comparison_present(const be_comparison *comparison, const be_presenter *presenter);

/* Append as JSON, schema "breakeven.compare/1": docs/report.md. baseline: a file's name. */
BE_API void be_comparison_json(const be_comparison *comparison, const char *baseline,
                               be_text *text);

/* ---- the document of a run ------------------------------------------------------------------ */

/* What is known of a run. What is not is NULL or 0 (exit_code: negative), and null in the JSON. */
typedef struct be_run {
    size_t size;                     /* sizeof(be_run) */
    const char *title;               /* "breakeven arc score" */
    const char *const *command_line; /* [n_arguments], program first */
    size_t n_arguments;
    uint64_t begun_s;    /* seconds since 1970, UTC */
    uint64_t elapsed_ns; /* wall time */
    int exit_code;
    const char *error; /* why it failed, in a line */
    bool seeded;       /* seed counts */
    uint64_t seed;
    const char *isa; /* "avx2": instructions that kernels use */
    const be_machine *machine;
    const be_study *study;
    const be_comparison *comparison; /* of the study with a baseline */
    const char *baseline;            /* its file */
    const be_trace_report *profile;
    be_engine *engine; /* whose decisions belong to the profile */
} be_run;

/* Append the run as JSON, schema "breakeven.run/1": docs/report.md describes it. Compact, and below
 * 5 MB whatever was traced: small phases and slices are merged. be_text_status tells failure. */
BE_API void be_run_json(const be_run *run, be_text *text);

/* ---- stacks from elsewhere ------------------------------------------------------------------ */

/* Native stacks that another profiler sampled. */
typedef struct be_stacks be_stacks;

/* Read the output of `perf script` for samples with call graphs. A sample counts as its period
 * where all are of a clock (the unit is then ns), else as one. BE_EINVAL with the line where text
 * is no such output, BE_ELIMIT beyond 1,024 frames a sample or 2^20 different stacks, BE_ENOMEM. */
BE_API BE_CHECK be_status be_stacks_read(const char *text, size_t size, be_stacks **stacks,
                                         be_error *error);
BE_API void be_stacks_destroy(be_stacks *stacks); /* may be NULL */

/* Append as JSON: the member `native` of a profile, docs/report.md. At most 20,000 stacks; smaller
 * ones become the own time of what they lie in. */
BE_API void be_stacks_json(const be_stacks *stacks, const char *source, be_text *text);

/* ---- traces for other viewers --------------------------------------------------------------- */

/* How a trace is written. All but TEXT, RUN and what says "self times" need the timeline of
 * be_tracer_config.slices. */
typedef enum be_trace_format {
    BE_TRACE_TEXT,       /* be_trace_render */
    BE_TRACE_RUN,        /* the document of be_run_json: .json */
    BE_TRACE_PERFETTO,   /* Perfetto's TrackEvents: .perfetto-trace, .pftrace */
    BE_TRACE_CHROME,     /* Chrome's trace events: .trace.json, .chrome.json */
    BE_TRACE_SPEEDSCOPE, /* speedscope's evented profiles: .speedscope.json */
    BE_TRACE_FOLDED,     /* folded stacks of self times, for flame graphs: .folded, .collapsed */
    BE_TRACE_PPROF,      /* pprof's profile.proto of self times, gzipped: .pb.gz, .pprof */
    BE_TRACE_FORMAT_COUNT
} be_trace_format;

BE_API const char *be_trace_format_name(be_trace_format format); /* "perfetto" */

/* The format that a file's ending asks for; TEXT where none does. */
BE_API be_trace_format be_trace_format_of(const char *path);

/* Append a report in that format, `title` naming the process. RUN is refused with BE_EINVAL: it has
 * more to say than a report. Linear in the slices; be_text_status tells failure. */
BE_API void be_trace_export(const be_trace_report *report, be_trace_format format,
                            const char *title, be_text *text);

/* ---- workloads ------------------------------------------------------------------------------ */

/* The engine's own: items of equal cost, and items whose last sixteenth holds most of the work. */
BE_API extern const be_workload be_engine_even_workload;
BE_API extern const be_workload be_engine_tail_workload;

/* Workloads from a shared object that exports BE_WORKLOADS_SYMBOL; a path without a slash is in the
 * current folder. BE_EIO when the system cannot
 * load it, BE_EINVAL when it has no such list or was built for another layout of be_workload.
 * *workloads[*n] stay valid until be_study_unload. */
typedef struct be_study_library be_study_library;
BE_API BE_CHECK be_status be_study_load(const char *path, be_study_library **library,
                                        const be_workload *const **workloads, size_t *n,
                                        be_error *error);
BE_API void be_study_unload(be_study_library *library); /* may be NULL */

#ifdef __cplusplus
}
#endif
#endif
