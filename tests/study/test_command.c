/* test_command.c: studies of processes. */
#include "check.h"

#include <breakeven/study.h>

#include <math.h>
#include <string.h>

static be_study_config short_config(void)
{
    return (be_study_config){
        .size = sizeof(be_study_config), .min_rounds = 3, .max_rounds = 3, .seed = 1};
}

static be_study *study_of(const char *const *arguments, const be_study_config *config)
{
    be_command command = {.size = sizeof command, .arguments = arguments};
    be_study *study;
    be_error error;
    be_status status = be_study_command(&command, config, &study, &error);
    CHECK_SAY(status == BE_OK, "%s", error.expected);
    return study;
}

static const be_study_subject *subject_of(const be_study *study)
{
    size_t n;
    const be_study_subject *subject = be_study_subjects(study, &n);
    CHECK(n == 1);
    return subject;
}

static void a_command_with_n_is_timed_for_1_2_4(void **state)
{
    (void)state;
    be_study_config config = short_config();
    be_study *study = study_of((const char *const[]){"sleep", "0.0{n}", NULL}, &config);
    const be_study_subject *subject = subject_of(study);
    static const char *const texts[] = {"sleep 0.01", "sleep 0.02", "sleep 0.04"};
    CHECK(strcmp(subject->name, "sleep 0.0{n}") == 0 && subject->n_points == 3);
    for (size_t i = 0; i < 3; i++) {
        const be_study_setting *setting = subject->points[i].settings;
        CHECK(subject->points[i].n == (size_t)1 << i && subject->points[i].n_settings == 1);
        CHECK(strcmp(setting->command, texts[i]) == 0);
        CHECK_SAY(setting->wall_ns.min >= 1e7 * (double)(1 << i), "%s took %g ns", setting->command,
                  setting->wall_ns.min);
        /* Asleep: wall time is not CPU time. */
        CHECK(setting->cpu_ns.median.value < setting->wall_ns.median.value);
    }
    CHECK(subject->breakeven.kind == BE_BREAKEVEN_UNKNOWN);
    be_study_destroy(study);
}

static void a_plain_command_is_one_set_of_runs(void **state)
{
    (void)state;
    be_study_config config = {.size = sizeof config, .max_rounds = 12, .seed = 1};
    be_study *study = study_of((const char *const[]){"true", NULL}, &config);
    const be_study_subject *subject = subject_of(study);
    CHECK(subject->n_points == 1 && subject->points[0].n == 0);
    CHECK(subject->points[0].n_settings == 1 && subject->points[0].settings[0].n_samples >= 10);
    be_study_destroy(study);
}

static void workers_are_put_in_and_one_of_them_is_the_sequential_run(void **state)
{
    (void)state;
    static const unsigned workers[] = {1, 2, 4};
    static const size_t sizes[] = {1, 3};
    be_study_config config = short_config();
    config.workers = workers;
    config.n_workers = 3;
    config.sizes = sizes;
    config.n_sizes = 2;
    be_study *study =
        study_of((const char *const[]){"test", "{n}{workers}", "-gt", "10", NULL}, &config);
    const be_study_subject *subject = subject_of(study);
    CHECK(subject->n_points == 2);
    const be_study_point *point = &subject->points[1];
    CHECK(point->n_settings == 3 && point->sequential == 0 && point->fitted);
    CHECK(strcmp(point->settings[2].command, "test 34 -gt 10") == 0);
    CHECK(!point->settings[0].parallel && point->settings[2].parallel);
    be_study_destroy(study);
}

static void one_argument_with_a_space_goes_to_the_shell(void **state)
{
    (void)state;
    be_study_config config = short_config();
    be_study *study = study_of((const char *const[]){"test {n} -lt 9 && exit 0", NULL}, &config);
    CHECK(subject_of(study)->n_points == 3);
    be_study_destroy(study);
}

static void refused(const char *const *arguments, be_study_config config, be_status wanted,
                    const char *part)
{
    be_command command = {.size = sizeof command, .arguments = arguments};
    be_study *study = NULL;
    be_error error = {.expected = ""};
    be_status status = be_study_command(&command, &config, &study, &error);
    CHECK_SAY(status == wanted && strstr(error.expected, part), "%s: %s", be_status_text(status),
              error.expected);
    CHECK(!study);
}

static void what_cannot_start_or_fails_is_told(void **state)
{
    (void)state;
    static const size_t sizes[] = {1};
    static const unsigned workers[] = {1};
    be_study_config config = short_config();
    refused((const char *const[]){"./no-such-program", NULL}, config, BE_EIO,
            "cannot start ./no-such-program: No such file");
    refused((const char *const[]){"/dev/null", NULL}, config, BE_EIO, "Permission denied");
    refused((const char *const[]){"false", NULL}, config, BE_EIO, "exit code 1 from: false");
    refused((const char *const[]){"kill -9 $$", NULL}, config, BE_EIO, "killed by signal 9");
    refused((const char *const[]){"", NULL}, config, BE_EINVAL, "a command");
    refused((const char *const[]){NULL}, config, BE_EINVAL, "a command");
    config.sizes = sizes;
    config.n_sizes = 1;
    refused((const char *const[]){"true", NULL}, config, BE_EINVAL, "{n}");
    config = short_config();
    config.workers = workers;
    config.n_workers = 1;
    refused((const char *const[]){"true", "{n}", NULL}, config, BE_EINVAL, "{workers}");
}

static void failures_may_be_ignored_and_are_recorded(void **state)
{
    (void)state;
    be_study_config config = short_config();
    be_command command = {.size = sizeof command,
                          .arguments = (const char *const[]){"exit 3; true", NULL},
                          .ignore_failure = true};
    be_study *study;
    be_error error;
    CHECK(be_study_command(&command, &config, &study, &error) == BE_OK);
    CHECK(subject_of(study)->points[0].settings[0].samples[2].exit_code == 3);
    be_study_destroy(study);
}

/* What `hyperfine --export-json` writes for each result, but for memory_usage_byte. Source:
 * hyperfine 1.15, src/benchmark/benchmark_result.rs. */
static void the_export_has_the_members_hyperfine_writes(void **state)
{
    (void)state;
    static const char *const members[] = {"command", "mean",       "stddev",    "median",
                                          "user",    "system",     "min",       "max",
                                          "times",   "exit_codes", "parameters"};
    be_study_config config = short_config();
    be_study *study = study_of((const char *const[]){"sleep", "0.00{n}", NULL}, &config);
    be_text text;
    be_text_init(&text, NULL);
    be_study_hyperfine_json(study, &text);
    be_study_destroy(study);
    be_json *json;
    be_error error;
    CHECK(be_text_status(&text) == BE_OK);
    CHECK(be_json_parse(text.bytes, text.size, &json, &error) == BE_OK);
    const be_json_value *results = be_json_get(be_json_root(json), "results");
    CHECK(be_json_size(results) == 3);
    for (size_t i = 0; i < 3; i++) {
        const be_json_value *result = be_json_at(results, i);
        CHECK(be_json_size(result) == sizeof members / sizeof members[0]);
        const char *key = NULL;
        for (size_t k = 0; be_json_next(result, &key); k++) {
            CHECK(strcmp(key, members[k]) == 0);
        }
        const be_json_value *times = be_json_get(result, "times");
        CHECK(be_json_size(times) == 3);
        double sum = 0;
        for (size_t k = 0; k < 3; k++) {
            sum += be_json_number(be_json_at(times, k));
        }
        CHECK(fabs(be_json_number(be_json_get(result, "mean")) - sum / 3) < 1e-9);
        CHECK(be_json_number(be_json_get(result, "min")) >= 0.001); /* seconds */
        CHECK(be_json_integer(be_json_at(be_json_get(result, "exit_codes"), 0)) == 0);
        const char *n = be_json_text(be_json_get(be_json_get(result, "parameters"), "n"));
        CHECK(n && strcmp(n, ((const char *const[]){"1", "2", "4"})[i]) == 0);
    }
    be_json_destroy(json);
    be_text_clear(&text);
}

static const struct CMUnitTest tests[] = {
    TEST(a_command_with_n_is_timed_for_1_2_4),
    TEST(a_plain_command_is_one_set_of_runs),
    TEST(workers_are_put_in_and_one_of_them_is_the_sequential_run),
    TEST(one_argument_with_a_space_goes_to_the_shell),
    TEST(what_cannot_start_or_fails_is_told),
    TEST(failures_may_be_ignored_and_are_recorded),
    TEST(the_export_has_the_members_hyperfine_writes),
};
RUN_TESTS(tests)
