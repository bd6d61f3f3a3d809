/* test_study.c: studies of workloads, those that must fail, and their reports. */
#include "check.h"

#include "study/parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- workloads that misbehave --------------------------------------------------------------- */

/* One word a run, in several ways: see `planted_run`. */
typedef enum plant { BY_SPLIT, BY_RUN, FAILS, WELL } plant;

typedef struct planted {
    plant how;
    size_t n;
    unsigned runs;
    size_t out[64];
} planted;

static be_status planted_bytes(const be_workload_request *request, uint64_t *bytes, be_error *error)
{
    (void)error;
    *bytes = request->n == 64 ? sizeof(planted) : UINT64_C(1) << 50;
    return BE_OK;
}

static be_status planted_create(const be_workload_request *request, void **instance, plant how)
{
    planted *p = calloc(1, sizeof *p);
    CHECK(p && request->allocator);
    p->how = how;
    p->n = request->n;
    *instance = p;
    return BE_OK;
}

static be_status create_by_split(const be_workload_request *request, void **instance,
                                 be_error *error)
{
    (void)error;
    return planted_create(request, instance, BY_SPLIT);
}

static be_status create_by_run(const be_workload_request *request, void **instance, be_error *error)
{
    (void)error;
    return planted_create(request, instance, BY_RUN);
}

static be_status create_fails(const be_workload_request *request, void **instance, be_error *error)
{
    (void)error;
    return planted_create(request, instance, FAILS);
}

static be_status create_well(const be_workload_request *request, void **instance, be_error *error)
{
    (void)error;
    return planted_create(request, instance, WELL);
}

static size_t planted_items(const void *instance)
{
    return ((const planted *)instance)->n;
}

static be_status planted_body(void *ctx, size_t begin, size_t end, be_worker *worker)
{
    planted *p = ctx;
    for (size_t i = begin; i < end; i++) {
        if (p->how == FAILS && p->runs == 3 && i == 17) {
            return be_fail(worker, i, BE_ELIMIT);
        }
        /* BY_SPLIT is the mistake to be found: what an item gives depends on its neighbours. */
        p->out[i] = p->how == BY_SPLIT ? end - begin : p->how == BY_RUN && p->runs > 40 ? 1 : 0;
    }
    return BE_OK;
}

static be_status planted_run(be_engine *engine, void *instance, const be_for_options *options)
{
    static const be_site site = BE_SITE("planted");
    planted *p = instance;
    p->runs++;
    return be_for(engine, &site, p->n, planted_body, p, options);
}

static be_hash128 planted_digest(const void *instance)
{
    const planted *p = instance;
    return be_hash(p->out, sizeof p->out);
}

/* A table whose last row is short, one without columns, and a grid. */
static void planted_present(const void *instance, const be_presenter *to)
{
    (void)instance;
    static const char *const columns[] = {"length", "cycles"};
    static const uint8_t cells[] = {0, 1, 2, 3, 4, 9};
    char label[] = "states"; /* gone when this returns: it must be copied */
    to->fact(to->user, label, "65,536");
    memset(label, 'x', sizeof label - 1);
    to->table_begin(to->user, "census", columns, 2);
    for (char cell[] = "1"; *cell < '4'; ++*cell) {
        to->table_cell(to->user, cell);
    }
    to->table_end(to->user);
    to->picture(to->user, "grid", 2, 3, cells);
    to->table_begin(to->user, "nothing", NULL, 0);
    to->table_cell(to->user, "lost");
    to->table_end(to->user);
    to->fact(to->user, "after", "</script>");
}

static be_workload planted_workload(be_status (*create)(const be_workload_request *, void **,
                                                        be_error *))
{
    return (be_workload){.size = sizeof(be_workload),
                         .name = "planted",
                         .summary = "a mistake",
                         .size_unit = "items",
                         .demo_small = 64,
                         .demo_large = 64,
                         .bytes = planted_bytes,
                         .create = create,
                         .destroy = free,
                         .items = planted_items,
                         .run = planted_run,
                         .digest = planted_digest,
                         .present = planted_present};
}

/* ---- studies -------------------------------------------------------------------------------- */

static const size_t SIZES[] = {16, 4096};
static const unsigned WORKERS[] = {1, 2, 3};
static const size_t GRAINS[] = {8};

static be_study_config short_config(void)
{
    return (be_study_config){.size = sizeof(be_study_config),
                             .sizes = SIZES,
                             .n_sizes = 2,
                             .workers = WORKERS,
                             .n_workers = 3,
                             .grains = GRAINS,
                             .n_grains = 1,
                             .min_rounds = 6,
                             .max_rounds = 6,
                             .seed = 1};
}

static be_study *engine_study(const be_study_config *config)
{
    static const be_workload *const workloads[] = {&be_engine_even_workload,
                                                   &be_engine_tail_workload};
    be_study *study;
    be_error error;
    be_status status = be_study_workloads(workloads, 2, config, &study, &error);
    CHECK_SAY(status == BE_OK, "%s", error.expected);
    return study;
}

static void every_setting_is_measured_equally_often(void **state)
{
    (void)state;
    be_study_config config = short_config();
    be_study *study = engine_study(&config);
    size_t n;
    const be_study_subject *subjects = be_study_subjects(study, &n);
    CHECK(n == 2 && strcmp(subjects[0].name, "engine.even") == 0);
    for (size_t i = 0; i < n; i++) {
        CHECK(subjects[i].n_points == 2);
        for (size_t k = 0; k < 2; k++) {
            const be_study_point *point = &subjects[i].points[k];
            static const char *const names[] = {"sequential", "automatic", "static",   "grain 8",
                                                "1 worker",   "2 workers", "3 workers"};
            CHECK(point->n == SIZES[k] && point->items == SIZES[k] && point->batch >= 1);
            CHECK(point->n_settings == 7 && point->sequential == 0 && point->automatic == 1);
            double best = (double)INFINITY;
            for (size_t s = 0; s < 7; s++) {
                const be_study_setting *setting = &point->settings[s];
                CHECK(strcmp(setting->name, names[s]) == 0);
                CHECK(setting->n_samples == 6 && setting->wall_ns.n == 6);
                CHECK(setting->wall_ns.min > 0 &&
                      setting->wall_ns.min <= setting->wall_ns.median.value &&
                      setting->wall_ns.median.value <= setting->wall_ns.max);
                CHECK(setting->parallel == (s == 2 || s == 3 || s >= 5));
                CHECK(setting->ratio >= 1);
                best = fmin(best, setting->wall_ns.median.value);
            }
            CHECK(point->settings[point->best].wall_ns.median.value == best);
            CHECK(point->fitted && point->fit.counts == 3);
            CHECK(point->fit.work_ns == point->settings[0].wall_ns.median.value);
        }
    }
    be_study_destroy(study);
}

static void more_workers_than_cpus_are_marked(void **state)
{
    (void)state;
    static const unsigned many[] = {2, 64};
    be_study_config config = short_config();
    config.workers = many;
    config.n_workers = 2;
    config.n_sizes = 1;
    be_study *study = engine_study(&config);
    size_t n;
    const be_study_point *point = be_study_subjects(study, &n)->points;
    unsigned cpus = be_study_machine(study)->cpus;
    CHECK(cpus >= 1 && cpus < 64);
    for (size_t s = 0; s < point->n_settings; s++) {
        const be_study_setting *setting = &point->settings[s];
        CHECK(setting->oversubscribed == (setting->workers > cpus));
    }
    be_study_destroy(study);
}

static void sizes_not_given_run_from_small_to_large(void **state)
{
    (void)state;
    be_study_config config = short_config();
    config.sizes = NULL;
    config.n_sizes = 0;
    config.default_sizes = 4;
    config.max_rounds = config.min_rounds = 1;
    config.n_grains = 0;
    config.budget_ns = 1;
    be_study *study = engine_study(&config);
    size_t n;
    const be_study_subject *subject = be_study_subjects(study, &n);
    CHECK(subject->n_points == 4 && subject->points[0].n == be_engine_even_workload.demo_small);
    CHECK(subject->points[3].n == be_engine_even_workload.demo_large);
    for (size_t k = 1; k < 4; k++) {
        CHECK(subject->points[k].n > subject->points[k - 1].n);
    }
    be_study_destroy(study);
}

static void refused(const be_workload *workload, const be_study_config *config, be_status wanted,
                    const char *part)
{
    be_study *study = NULL;
    be_error error = {.expected = ""};
    be_status status = be_study_workloads(&workload, 1, config, &study, &error);
    CHECK_SAY(status == wanted, "%s: %s", be_status_text(status), error.expected);
    CHECK_SAY(strstr(error.expected, part), "%s", error.expected);
    CHECK(!study);
}

static void a_result_that_differs_is_a_failure(void **state)
{
    (void)state;
    static const size_t size = 64;
    be_study_config config = short_config();
    config.sizes = &size;
    config.n_sizes = 1;
    be_workload by_split = planted_workload(create_by_split);
    refused(&by_split, &config, BE_EMISMATCH, "gives another result than the sequential run");
    be_workload by_run = planted_workload(create_by_run);
    refused(&by_run, &config, BE_EMISMATCH, "planted of size 64");
}

static void a_run_that_fails_ends_the_study(void **state)
{
    (void)state;
    static const size_t size = 64;
    be_study_config config = short_config();
    config.sizes = &size;
    config.n_sizes = 1;
    be_workload fails = planted_workload(create_fails);
    refused(&fails, &config, BE_ELIMIT, "planted of size 64");
}

static void a_size_that_does_not_fit_is_refused_before_anything_runs(void **state)
{
    (void)state;
    static const size_t sizes[] = {64, 65};
    be_study_config config = short_config();
    config.sizes = sizes;
    be_workload workload = planted_workload(create_by_run);
    workload.create = NULL; /* a call would crash */
    refused(&workload, &config, BE_ELIMIT, "1.00 PiB");
    static const size_t huge[] = {SIZE_MAX};
    config.sizes = huge;
    config.n_sizes = 1;
    refused(&be_engine_even_workload, &config, BE_ELIMIT, "items");
}

static void configs_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    static const size_t descending[] = {2, 1}, zero[] = {0};
    static const unsigned no_workers[] = {0};
    be_study_config config = short_config();
    config.sizes = descending;
    refused(&be_engine_even_workload, &config, BE_EINVAL, "ascending");
    config = short_config();
    config.grains = zero;
    refused(&be_engine_even_workload, &config, BE_EINVAL, "grains");
    config = short_config();
    config.workers = no_workers;
    config.n_workers = 1;
    refused(&be_engine_even_workload, &config, BE_EINVAL, "worker counts");
    config = short_config();
    config.size--;
    refused(&be_engine_even_workload, &config, BE_EINVAL, "be_study_config");
    config = short_config();
    config.input = "anything";
    refused(&be_engine_even_workload, &config, BE_EINVAL, "no input");
}

static void a_raised_flag_cancels_the_study(void **state)
{
    (void)state;
    be_cancel cancel = {0};
    be_cancel_raise(&cancel);
    be_study_config config = short_config();
    config.cancel = &cancel;
    refused(&be_engine_even_workload, &config, BE_ECANCEL, "cancelled");
}

/* ---- memory --------------------------------------------------------------------------------- */

/* Helpers take memory too, so these are atomic. */
typedef struct rationed {
    _Atomic int64_t left; /* allocations that still succeed */
    _Atomic int64_t held; /* bytes */
} rationed;

static void *take(void *user, size_t size)
{
    rationed *r = user;
    if (r->left-- <= 0) {
        return NULL;
    }
    r->held += (int64_t)size;
    return malloc(size);
}

static void give(void *user, void *memory, size_t size)
{
    ((rationed *)user)->held -= (int64_t)size;
    free(memory);
}

static void each_allocation_may_fail(void **state)
{
    (void)state;
    static const be_workload *const workload = &be_engine_tail_workload;
    static const size_t size = 32;
    be_status status = BE_ENOMEM;
    for (int allowed = 0; status; allowed++) {
        CHECK(allowed < 1000);
        rationed r = {.left = allowed};
        be_allocator allocator = {take, give, &r};
        be_study_config config = short_config();
        config.sizes = &size;
        config.n_sizes = 1;
        config.min_rounds = config.max_rounds = 1;
        config.budget_ns = 1;
        config.allocator = &allocator;
        be_study *study = NULL;
        be_error error;
        status = be_study_workloads(&workload, 1, &config, &study, &error);
        CHECK_SAY(status == BE_OK || status == BE_ENOMEM, "after %d: %s", allowed,
                  be_status_text(status));
        be_study_destroy(study);
        CHECK_SAY(r.held == 0, "after %d: %lld bytes are not given back", allowed,
                  (long long)r.held);
    }
}

/* ---- reports -------------------------------------------------------------------------------- */

/* The names of all members in order. Lists whose length is the machine's affair are left out. */
static void collect_keys(const be_json_value *value, be_text *keys)
{
    if (be_json_typeof(value) == BE_JSON_ARRAY) {
        for (size_t i = 0; i < be_json_size(value); i++) {
            collect_keys(be_json_at(value, i), keys);
        }
    }
    if (be_json_typeof(value) != BE_JSON_OBJECT) {
        return;
    }
    const char *key = NULL;
    for (const be_json_value *member; (member = be_json_next(value, &key));) {
        be_text_printf(keys, "%s\n", key);
        if (strcmp(key, "decisions") != 0 && strcmp(key, "profile") != 0) {
            collect_keys(member, keys);
        }
    }
}

static be_json *parsed(const be_text *text)
{
    be_json *json;
    be_error error;
    CHECK(be_text_status(text) == BE_OK);
    be_status status = be_json_parse(text->bytes, text->size, &json, &error);
    CHECK_SAY(status == BE_OK, "line %zu: %s", error.line, error.expected);
    return json;
}

static void json_has_the_same_members_in_every_study(void **state)
{
    (void)state;
    be_text keys[2];
    for (unsigned i = 0; i < 2; i++) {
        be_study_config config = short_config();
        config.seed = 1 + i;
        config.max_rounds = config.min_rounds = 6 - 5 * i; /* one sample leaves intervals null */
        be_study *study = engine_study(&config);
        be_text text;
        be_text_init(&text, NULL);
        be_study_json(study, &text);
        be_study_destroy(study);
        be_json *json = parsed(&text);
        const be_json_value *root = be_json_root(json);
        CHECK(strcmp(be_json_text(be_json_get(root, "schema")), "breakeven.study/1") == 0);
        const be_json_value *subject = be_json_at(be_json_get(root, "subjects"), 0);
        const be_json_value *point = be_json_at(be_json_get(subject, "points"), 0);
        CHECK(strlen(be_json_text(be_json_get(point, "digest"))) == 32);
        be_text_init(&keys[i], NULL);
        collect_keys(root, &keys[i]);
        be_json_destroy(json);
        be_text_clear(&text);
    }
    CHECK(keys[0].size > 0 && strcmp(keys[0].bytes, keys[1].bytes) == 0);
    be_text_clear(&keys[0]);
    be_text_clear(&keys[1]);
}

static void a_digest_depends_on_the_seed_and_on_nothing_else(void **state)
{
    (void)state;
    be_hash128 digest[3];
    for (int i = 0; i < 3; i++) {
        be_study_config config = short_config();
        config.n_sizes = 1;
        config.seed = i == 2 ? 2 : 1;
        config.n_workers = i == 0 ? 3 : 1;
        be_study *study = engine_study(&config);
        size_t n;
        digest[i] = be_study_subjects(study, &n)->points[0].digest;
        be_study_destroy(study);
    }
    CHECK(digest[0].low == digest[1].low && digest[0].high == digest[1].high);
    CHECK(digest[0].low != digest[2].low);
}

static size_t count(const char *text, const char *part)
{
    size_t n = 0;
    for (const char *p = text; (p = strstr(p, part)); p += strlen(part)) {
        n++;
    }
    return n;
}

static void markdown_has_a_table_a_size_and_escapes_names(void **state)
{
    (void)state;
    be_study_config config = short_config();
    be_workload named = be_engine_even_workload;
    named.name = "a|b<c>";
    const be_workload *workload = &named;
    be_study *study;
    be_error error;
    CHECK(be_study_workloads(&workload, 1, &config, &study, &error) == BE_OK);
    be_text text;
    be_text_init(&text, NULL);
    be_study_markdown(study, BE_STUDY_BRIEF | BE_STUDY_TABLE | BE_STUDY_MACHINE, &text);
    CHECK(be_text_status(&text) == BE_OK);
    CHECK(count(text.bytes, "\n### ") == 2 + 2);
    CHECK(count(text.bytes, "\n| sequential |") == 2);
    CHECK(count(text.bytes, "a\\|b&lt;c>") == 3 * 2 && count(text.bytes, "a|b") == 0);
    CHECK(strstr(text.bytes, "**measured on**"));
    be_text_clear(&text);
    be_study_destroy(study);
}

/* A presenter that writes down its calls. */
static void told_fact(void *user, const char *label, const char *value)
{
    be_text_printf(user, "fact %s=%s\n", label, value);
}

static void told_table_begin(void *user, const char *title, const char *const *columns, size_t n)
{
    be_text_printf(user, "table %s", title);
    for (size_t i = 0; i < n; i++) {
        be_text_printf(user, " %s", columns[i]);
    }
}

static void told_table_cell(void *user, const char *text)
{
    be_text_printf(user, "|%s", text);
}

static void told_table_end(void *user)
{
    be_text_puts(user, "\n");
}

static void told_picture(void *user, const char *title, size_t rows, size_t columns,
                         const uint8_t *cells)
{
    be_text_printf(user, "picture %s %zux%zu", title, rows, columns);
    for (size_t i = 0; i < rows * columns; i++) {
        be_text_printf(user, " %d", cells[i]);
    }
    be_text_puts(user, "\n");
}

static void what_the_workload_presents_is_kept(void **state)
{
    (void)state;
    static const size_t size = 64;
    be_workload shows = planted_workload(create_well);
    const be_workload *workload = &shows;
    be_study_config config = short_config();
    config.sizes = &size;
    config.n_sizes = 1;
    be_study *study;
    be_error error;
    CHECK(be_study_workloads(&workload, 1, &config, &study, &error) == BE_OK);
    size_t n;
    const be_study_result *result = be_study_subjects(study, &n)->points->result;
    be_text told[2], json;
    for (unsigned i = 0; i < 2; i++) {
        be_text_init(&told[i], NULL);
        be_presenter presenter = {.user = &told[i],
                                  .fact = told_fact,
                                  .table_begin = told_table_begin,
                                  .table_cell = told_table_cell,
                                  .table_end = told_table_end,
                                  .picture = told_picture};
        if (i == 0) {
            planted_present(NULL, &presenter);
        } else {
            be_study_result_present(result, &presenter);
        }
    }
    CHECK_SAY(strcmp(told[0].bytes, told[1].bytes) == 0, "%s", told[1].bytes);

    be_text_init(&json, NULL);
    be_json_writer writer;
    be_json_init(&writer, &json, true);
    be__study_write_result(&writer, result);
    CHECK_SAY(strcmp(json.bytes,
                     "{\"facts\":[{\"label\":\"states\",\"value\":\"65,536\"},"
                     "{\"label\":\"after\",\"value\":\"</script>\"}],"
                     "\"tables\":[{\"title\":\"census\",\"columns\":[\"length\",\"cycles\"],"
                     "\"rows\":[[\"1\",\"2\"],[\"3\"]]},"
                     "{\"title\":\"nothing\",\"columns\":[],\"rows\":[]}],"
                     "\"pictures\":[{\"title\":\"grid\",\"rows\":2,\"columns\":3,"
                     "\"cells\":\"012349\"}]}") == 0,
              "%s", json.bytes);
    be_study_destroy(study);
    for (unsigned i = 0; i < 2; i++) {
        be_text_clear(&told[i]);
    }
    be_text_clear(&json);
}

static const struct CMUnitTest tests[] = {
    TEST(every_setting_is_measured_equally_often),
    TEST(more_workers_than_cpus_are_marked),
    TEST(sizes_not_given_run_from_small_to_large),
    TEST(a_result_that_differs_is_a_failure),
    TEST(a_run_that_fails_ends_the_study),
    TEST(a_size_that_does_not_fit_is_refused_before_anything_runs),
    TEST(configs_that_make_no_sense_are_refused),
    TEST(a_raised_flag_cancels_the_study),
    TEST(each_allocation_may_fail),
    TEST(json_has_the_same_members_in_every_study),
    TEST(a_digest_depends_on_the_seed_and_on_nothing_else),
    TEST(what_the_workload_presents_is_kept),
    TEST(markdown_has_a_table_a_size_and_escapes_names),
};
RUN_TESTS(tests)
