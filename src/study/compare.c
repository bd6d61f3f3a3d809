/* compare.c: two studies of the same things, row by row: what changed, and how sure is that?
 *
 * Each document has, for every setting at every size, a median and its interval. The interval of
 * the ratio new / old follows from those two by recovering the variances (MOVER), on logarithms:
 * with medians m, limits l and u,
 *
 *     low  = log m_new - log m_old - sqrt((log m_new - log l_new)^2 + (log u_old - log m_old)^2)
 *
 * and high alike. It assumes that the two studies are independent, and no shape of the times.
 * Source: G. Y. Zou and A. Donner, "Construction of confidence limits about effect measures: a
 * general approach", Statistics in Medicine 27, 2008.
 */
#include "study/members.h"
#include "study/parts.h"

#include "base/base.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct be_comparison {
    const be_allocator *allocator;
    be_json *documents[2]; /* the rows' texts are theirs */
    be_compare_row *rows;
    size_t n, capacity;
    be_compare_totals totals;
};

be_estimate be_compare_change(be_estimate before, be_estimate after)
{
    double d = log(after.value) - log(before.value);
    double down = hypot(log(after.value) - log(after.low), log(before.high) - log(before.value));
    double up = hypot(log(after.high) - log(after.value), log(before.value) - log(before.low));
    return (be_estimate){expm1(d), expm1(d - down), expm1(d + up)};
}

be_verdict be_compare_verdict(be_estimate change, double tolerance)
{
    if (change.low >= -tolerance && change.high <= tolerance) {
        return BE_VERDICT_SAME;
    }
    if (change.low > 0) {
        return BE_VERDICT_WORSE;
    }
    return change.high < 0 ? BE_VERDICT_IMPROVED : BE_VERDICT_UNSHOWN;
}

const char *be_verdict_name(be_verdict verdict)
{
    static const char *const names[] = {[BE_VERDICT_IMPROVED] = "improved",
                                        [BE_VERDICT_SAME] = "same",
                                        [BE_VERDICT_WORSE] = "worse",
                                        [BE_VERDICT_UNSHOWN] = "no difference shown"};
    return (size_t)verdict < BE__COUNT_OF(names) ? names[verdict] : "unknown verdict";
}

/* ---- reading -------------------------------------------------------------------------------- */

/* The study in a document of either schema. */
static be_status read_study(const char *bytes, size_t size, be_json **json,
                            const be_json_value **study, be_error *error)
{
    be_status status = be_json_parse(bytes, size, json, error);
    if (status) {
        return status;
    }
    const be_json_value *root = be_json_root(*json);
    const char *schema = be_json_text(be_json_get(root, "schema"));
    *study = schema && strcmp(schema, "breakeven.run/1") == 0 ? be_json_get(root, "study") : root;
    const char *of_study = be_json_text(be_json_get(*study, "schema"));
    if (!of_study || strcmp(of_study, "breakeven.study/1") != 0) {
        be_json_destroy(*json);
        *json = NULL;
        return be_error_at(error, BE_EINVAL, 1, 0,
                           "a study: \"schema\": \"breakeven.study/1\", as `study --json` writes");
    }
    return BE_OK;
}

static be_estimate read_median(const be_json_value *setting)
{
    const be_json_value *wall = be_json_get(setting, "wall_ns");
    return (be_estimate){be_json_number(be_json_get(wall, "median")),
                         be_json_number(be_json_get(wall, "median_low")),
                         be_json_number(be_json_get(wall, "median_high"))};
}

/* Calls visit for each setting of each size of each subject; stops at the first failure. */
typedef be_status visit(void *user, const char *subject, size_t n, const char *setting,
                        be_estimate median);

static be_status each_setting(const be_json_value *study, visit *call, void *user)
{
    const be_json_value *subjects = be_json_get(study, "subjects");
    for (size_t i = 0; i < be_json_size(subjects); i++) {
        const be_json_value *subject = be_json_at(subjects, i);
        const char *name = be_json_text(be_json_get(subject, "name"));
        const be_json_value *points = be_json_get(subject, "points");
        for (size_t k = 0; k < be_json_size(points); k++) {
            const be_json_value *point = be_json_at(points, k);
            int64_t n = be_json_integer(be_json_get(point, "n"));
            const be_json_value *settings = be_json_get(point, "settings");
            for (size_t s = 0; s < be_json_size(settings); s++) {
                const be_json_value *one = be_json_at(settings, s);
                const char *setting = be_json_text(be_json_get(one, "name"));
                be_estimate median = read_median(one);
                if (!name || !setting || n < 0 || !(median.value > 0)) {
                    continue;
                }
                be_status status = call(user, name, (size_t)n, setting, median);
                if (status) {
                    return status;
                }
            }
        }
    }
    return BE_OK;
}

/* ---- matching ------------------------------------------------------------------------------- */

static be_compare_row *find(be_comparison *c, const char *subject, size_t n, const char *setting)
{
    for (size_t i = 0; i < c->n; i++) {
        be_compare_row *row = &c->rows[i];
        if (row->n == n && strcmp(row->setting, setting) == 0 &&
            strcmp(row->subject, subject) == 0) {
            return row;
        }
    }
    return NULL;
}

static be_status add_old(void *user, const char *subject, size_t n, const char *setting,
                         be_estimate median)
{
    be_comparison *c = user;
    if (c->n == c->capacity) {
        size_t capacity = c->capacity ? 2 * c->capacity : 64;
        be_compare_row *rows = be__allocate(c->allocator, capacity, sizeof *rows);
        if (!rows) {
            return BE_ENOMEM;
        }
        if (c->rows) {
            memcpy(rows, c->rows, c->n * sizeof *rows);
        }
        be__release(c->allocator, c->rows, c->capacity, sizeof *rows);
        c->rows = rows;
        c->capacity = capacity;
    }
    double none = (double)NAN;
    c->rows[c->n++] = (be_compare_row){.subject = subject,
                                       .n = n,
                                       .setting = setting,
                                       .old_ns = median,
                                       .new_ns = {none, none, none}};
    return BE_OK;
}

static be_status meet_new(void *user, const char *subject, size_t n, const char *setting,
                          be_estimate median)
{
    be_comparison *c = user;
    be_compare_row *row = find(c, subject, n, setting);
    if (row) {
        row->new_ns = median;
    } else {
        c->totals.only_new++;
    }
    return BE_OK;
}

/* Verdicts; rows that the new study has not are left out. */
static void judge(be_comparison *c)
{
    size_t kept = 0;
    for (size_t i = 0; i < c->n; i++) {
        be_compare_row row = c->rows[i];
        if (isnan(row.new_ns.value)) {
            c->totals.only_old++;
            continue;
        }
        row.change = be_compare_change(row.old_ns, row.new_ns);
        row.verdict = be_compare_verdict(row.change, c->totals.tolerance);
        row.regression = row.change.low > c->totals.tolerance;
        c->totals.regressions += row.regression;
        c->totals.verdicts[row.verdict]++;
        c->rows[kept++] = row;
    }
    c->n = kept;
}

static bool same_text(const be_json_value *a, const be_json_value *b, const char *key)
{
    const char *of_a = be_json_text(be_json_get(a, key)), *of_b = be_json_text(be_json_get(b, key));
    return of_a && of_b && strcmp(of_a, of_b) == 0;
}

be_status be_compare_studies(const be_text *before, const be_text *after, double tolerance,
                             be_comparison **comparison, int *which, be_error *error)
{
    if (!(tolerance >= 0)) {
        return be_error_set(error, BE_EINVAL, "a tolerance of 0 or more");
    }
    be_comparison *c = be__allocate_zeroed(NULL, 1, sizeof *c);
    const be_text *texts[] = {before, after};
    const be_json_value *studies[2];
    be_status status = c ? BE_OK : be_error_set(error, BE_ENOMEM, "memory for a comparison");
    for (int i = 0; !status && i < 2; i++) {
        *which = i;
        status = read_study(texts[i]->bytes, texts[i]->size, &c->documents[i], &studies[i], error);
    }
    if (!status) {
        status = each_setting(studies[0], add_old, c);
        status = status ? status : each_setting(studies[1], meet_new, c);
    }
    if (status) {
        be_comparison_destroy(c);
        return status;
    }
    const be_json_value *machines[] = {be_json_get(studies[0], "machine"),
                                       be_json_get(studies[1], "machine")};
    c->totals.tolerance = tolerance;
    c->totals.other_machine = !same_text(machines[0], machines[1], "cpu") ||
                              be_json_integer(be_json_get(machines[0], "cpus")) !=
                                  be_json_integer(be_json_get(machines[1], "cpus"));
    c->totals.other_compiler = !same_text(machines[0], machines[1], "compiler");
    judge(c);
    *comparison = c;
    return BE_OK;
}

void be_comparison_destroy(be_comparison *comparison)
{
    if (!comparison) {
        return;
    }
    be_json_destroy(comparison->documents[0]);
    be_json_destroy(comparison->documents[1]);
    be__release(NULL, comparison->rows, comparison->capacity, sizeof *comparison->rows);
    be__release(NULL, comparison, 1, sizeof *comparison);
}

size_t be_comparison_rows(const be_comparison *comparison, const be_compare_row **rows)
{
    *rows = comparison->rows;
    return comparison->n;
}

const be_compare_totals *be_comparison_totals(const be_comparison *comparison)
{
    return &comparison->totals;
}

/* ---- telling -------------------------------------------------------------------------------- */

static void cell(const be_presenter *to, const char *format, ...) BE_PRINTF(2, 3);

static void cell(const be_presenter *to, const char *format, ...)
{
    char text[80];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    to->table_cell(to->user, text);
}

static void fact(const be_presenter *to, const char *label, const char *format, ...)
    BE_PRINTF(3, 4);

static void fact(const be_presenter *to, const char *label, const char *format, ...)
{
    char text[160];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    to->fact(to->user, label, text);
}

void be_comparison_present(const be_comparison *comparison, const be_presenter *to)
{
    static const char *const columns[] = {"workload", "size",   "setting",       "before",
                                          "after",    "change", "95 % interval", "verdict"};
    const be_compare_totals *totals = &comparison->totals;
    to->table_begin(to->user, "after beside before", columns, BE__COUNT_OF(columns));
    for (size_t i = 0; i < comparison->n; i++) {
        const be_compare_row *row = &comparison->rows[i];
        char before[BE__QUANTITY_SIZE], after[BE__QUANTITY_SIZE], size[BE__QUANTITY_SIZE];
        cell(to, "%.60s", row->subject);
        cell(to, "%s", be__grouped(size, row->n));
        cell(to, "%.40s", row->setting);
        cell(to, "%s", be__duration(before, row->old_ns.value));
        cell(to, "%s", be__duration(after, row->new_ns.value));
        cell(to, "%+.1f %%", 100 * row->change.value);
        if (isnan(row->change.low) || isnan(row->change.high)) {
            cell(to, "not known");
        } else {
            cell(to, "%+.1f to %+.1f %%", 100 * row->change.low, 100 * row->change.high);
        }
        cell(to, "%s%s", be_verdict_name(row->verdict), row->regression ? ": a regression" : "");
    }
    to->table_end(to->user);
    fact(to, "rows", "%zu improved, %zu same, %zu worse, %zu with no difference shown",
         totals->verdicts[BE_VERDICT_IMPROVED], totals->verdicts[BE_VERDICT_SAME],
         totals->verdicts[BE_VERDICT_WORSE], totals->verdicts[BE_VERDICT_UNSHOWN]);
    fact(to, "regressions", "%zu slower by more than %g %% for certain", totals->regressions,
         100 * totals->tolerance);
    if (totals->only_old || totals->only_new) {
        fact(to, "not compared", "%zu rows only before, %zu only after", totals->only_old,
             totals->only_new);
    }
    if (totals->other_machine || totals->other_compiler) {
        fact(to, "beware", "the two were measured %s%s%s",
             totals->other_machine ? "on different machines" : "",
             totals->other_machine && totals->other_compiler ? ", " : "",
             totals->other_compiler ? "with different compilers" : "");
    }
}

void be__comparison_members(be_json_writer *json, const be_comparison *comparison)
{
    const be_compare_totals *totals = &comparison->totals;
    exact(json, "tolerance", totals->tolerance);
    whole(json, "regressions", totals->regressions);
    boolean(json, "other_machine", totals->other_machine);
    boolean(json, "other_compiler", totals->other_compiler);
    whole(json, "only_old", totals->only_old);
    whole(json, "only_new", totals->only_new);
    be_json_key(json, "rows");
    be_json_array(json);
    for (size_t i = 0; i < comparison->n; i++) {
        const be_compare_row *row = &comparison->rows[i];
        be_json_object(json);
        text(json, "subject", row->subject);
        whole(json, "n", row->n);
        text(json, "setting", row->setting);
        estimate(json, "old_ns", row->old_ns);
        estimate(json, "new_ns", row->new_ns);
        estimate(json, "change", row->change);
        text(json, "verdict", be_verdict_name(row->verdict));
        boolean(json, "regression", row->regression);
        be_json_object_end(json);
    }
    be_json_array_end(json);
}

void be_comparison_json(const be_comparison *comparison, const char *baseline, be_text *out)
{
    be_json_writer json;
    be_json_init(&json, out, false);
    be_json_object(&json);
    text(&json, "schema", "breakeven.compare/1");
    text(&json, "baseline", baseline);
    be__comparison_members(&json, comparison);
    be_json_object_end(&json);
    be_text_puts(out, "\n");
}
