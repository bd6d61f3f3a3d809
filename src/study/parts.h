/* study/parts.h: what the files of the study share. */
#ifndef BE__STUDY_PARTS_H
#define BE__STUDY_PARTS_H

#include <breakeven/study.h>

/* ---- sampler.c: settings taking turns ------------------------------------------------------- */

enum { BE__SETTINGS_MAX = 128 };

/* One sample of one setting. */
typedef be_status be__turn(void *ctx, size_t setting, be_study_sample *sample, be_error *error);

typedef struct be__sampler {
    be__turn *turn;
    void *ctx;
    size_t n_settings;          /* at most BE__SETTINGS_MAX */
    be_study_setting *settings; /* [n_settings]: samples and summaries are filled in */
    be_study_sample *samples;   /* [n_settings * max_rounds] */
    double *scratch;            /* [max_rounds] */
    size_t warmups;
    size_t min_rounds; /* >= 1 */
    size_t max_rounds; /* >= min_rounds */
    double precision;
    uint64_t budget_ns;
    uint64_t seed;
    const be_cancel *cancel; /* may be NULL */
    be_tracer *tracer;       /* may be NULL */
    void (*progress)(void *user, double fraction);
    void *progress_user;
} be__sampler;

/* Warm up, then run rounds until every median is narrow (*narrow) or the budget is used up; at
 * least one round is run, and its settings are all measured equally often. */
be_status be__sample(const be__sampler *sampler, bool *narrow, be_error *error);

/* ---- study.c: what every study holds -------------------------------------------------------- */

struct be_study {
    const be_allocator *allocator;
    struct be__block *blocks; /* everything below, freed together */
    bool command;             /* of processes, not of workloads */
    uint64_t begin_ns;
    uint64_t elapsed_ns;
    be_study_config config; /* defaults filled in; sizes, workers and grains are copies */
    be_machine machine;
    size_t n_subjects;
    be_study_subject *subjects;
    size_t points_each;
    be_study_point *points; /* [n_subjects * points_each] */
};

/* A study with its settings read and its machine described. */
be_status be__study_open(const be_study_config *config, be_study **study, be_error *error);

/* Make room for n_subjects with at most points_each points; all zeroed. */
be_status be__study_reserve(be_study *study, size_t n_subjects, size_t points_each,
                            be_error *error);
be_study_point *be__study_points(const be_study *study, size_t subject);

/* Zeroed memory that lives as long as the study; NULL when there is none. */
void *be__study_keep(be_study *study, size_t n, size_t size);
char *be__study_keep_text(be_study *study, const char *text);

/* Sample the settings of point `done` of `total` points in all and fill in what follows from the
 * samples. What is left of the budget is shared with the points to come. The caller has set
 * point->n and point->n_settings. */
be_status be__study_point(be_study *study, const char *what, size_t done, size_t total,
                          be_study_setting *settings, be__turn *turn, void *ctx,
                          be_study_point *point, be_error *error);

/* Break-even and prediction of a subject whose points are complete. */
be_status be__study_conclude(be_study *study, be_study_subject *subject);

/* ---- result.c ------------------------------------------------------------------------------- */

/* Have an instance presented and keep it. BE_ENOMEM. */
be_status be__study_keep_result(be_study *study, const be_workload *workload, const void *instance,
                                const be_study_result **kept);

/* {"facts": [], "tables": [], "pictures": []} */
void be__study_write_result(be_json_writer *json, const be_study_result *result);

/* ---- machine.c ------------------------------------------------------------------------------ */

/* Bytes that could be taken now: the least of free memory, what the cgroups leave, and the limit of
 * the address space. */
uint64_t be__memory_free(void);

/* ---- quantity.c ---------------------------------------------------------------------------- */

enum { BE__QUANTITY_SIZE = 32 };

/* "1.25 ms", "1,048,576", "22.1 GiB". */
const char *be__duration(char text[BE__QUANTITY_SIZE], double nanoseconds);
const char *be__grouped(char text[BE__QUANTITY_SIZE], uint64_t value);
const char *be__bytes(char text[BE__QUANTITY_SIZE], double bytes);

#endif
