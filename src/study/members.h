/* study/members.h: members of the study's JSON documents, a key and its value at once. */
#ifndef BE__STUDY_MEMBERS_H
#define BE__STUDY_MEMBERS_H

#include <breakeven/study.h>

#include <math.h>

/* A picosecond is finer than anything measured and keeps the figures short. */
static inline void number(be_json_writer *json, const char *key, double value)
{
    be_json_key(json, key);
    be_json_double(json, round(value * 1000) / 1000);
}

/* Dimensionless, or of any size: nothing is rounded away. */
static inline void exact(be_json_writer *json, const char *key, double value)
{
    be_json_key(json, key);
    be_json_double(json, value);
}

static inline void whole(be_json_writer *json, const char *key, uint64_t value)
{
    be_json_key(json, key);
    be_json_u64(json, value);
}

/* An index or a count that may not be there: SIZE_MAX is null. */
static inline void place(be_json_writer *json, const char *key, size_t value)
{
    be_json_key(json, key);
    if (value == SIZE_MAX) {
        be_json_null(json);
    } else {
        be_json_u64(json, value);
    }
}

static inline void text(be_json_writer *json, const char *key, const char *value)
{
    be_json_key(json, key);
    if (value) {
        be_json_string(json, value);
    } else {
        be_json_null(json);
    }
}

static inline void boolean(be_json_writer *json, const char *key, bool value)
{
    be_json_key(json, key);
    be_json_bool(json, value);
}

static inline void estimate(be_json_writer *json, const char *key, be_estimate e)
{
    be_json_key(json, key);
    be_json_object(json);
    exact(json, "value", e.value);
    exact(json, "low", e.low);
    exact(json, "high", e.high);
    be_json_object_end(json);
}

/* report.c: members of a machine and of a study, in an object that is open. */
void be__machine_members(be_json_writer *json, const be_machine *machine);
void be__study_members(be_json_writer *json, const be_study *study);

/* compare.c: in an object that is open. */
void be__comparison_members(be_json_writer *json, const be_comparison *comparison);

/* profile.c: where the time went, in an object that is open. False: no memory. */
bool be__profile_members(be_json_writer *json, const be_trace_report *report, be_engine *engine);
/* The lists of warnings that a profile gives, in an array that is open. */
void be__profile_warnings(be_json_writer *json, const be_trace_report *report);

#endif
