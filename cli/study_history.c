/* study_history.c: `breakeven study history`, what earlier studies measured, and how it went since.
 */
#include "study_parts.h"

#include <breakeven/store.h>

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { DRAWN = 24 }; /* of a row's medians, the newest */

/* ---- where it is ---------------------------------------------------------------------------- */

/* The history's file; made folders above it when `make`. "" where there is no place. */
static const char *history_path(char path[PATH_MAX], bool make)
{
    char folder[PATH_MAX];
    if (!cli_cache_folder(folder, sizeof folder) ||
        snprintf(path, PATH_MAX, "%s/history.db", folder) >= PATH_MAX) {
        return "";
    }
    for (char *slash = folder + 1; make && slash;) {
        slash = strchr(slash, '/');
        if (slash) {
            *slash = '\0';
        }
        mkdir(folder, 0700); /* there already, mostly; opening the file tells what went wrong */
        if (slash) {
            *slash++ = '/';
        }
    }
    return path;
}

/* ---- adding --------------------------------------------------------------------------------- */

void cli_history_add(const cli_call *call, const be_study *study)
{
    char path[PATH_MAX];
    size_t n_subjects, n = 0;
    const be_study_subject *subjects = be_study_subjects(study, &n_subjects);
    be_history_entry *entries = NULL;
    for (size_t i = 0; i < n_subjects; i++) {
        for (size_t k = 0; k < subjects[i].n_points; k++) {
            const be_study_point *point = &subjects[i].points[k];
            entries = cli_allocate(entries, n + point->n_settings, sizeof *entries);
            for (size_t s = 0; s < point->n_settings; s++) {
                const be_study_setting *setting = &point->settings[s];
                entries[n++] = (be_history_entry){.begun_s = call->begun_s,
                                                  .machine = be_study_machine(study)->cpu,
                                                  .version = be_version(),
                                                  .subject = subjects[i].name,
                                                  .n = point->n,
                                                  .setting = setting->name,
                                                  .median_ns = setting->wall_ns.median.value,
                                                  .low_ns = setting->wall_ns.median.low,
                                                  .high_ns = setting->wall_ns.median.high};
            }
        }
    }
    be_history *history;
    be_error error = {.item = BE_NO_ITEM};
    be_status status = be_error_set(&error, BE_EIO, "neither XDG_CACHE_HOME nor HOME is set");
    if (*history_path(path, true)) {
        status = be_history_open(path, &history, &error);
    }
    if (!status) {
        status = be_history_add(history, entries, n, &error);
        be_history_close(history);
    }
    if (status) {
        cli_note(call, "not added to the history: %s", error.expected);
    }
    free(entries);
}

/* ---- showing -------------------------------------------------------------------------------- */

/* The rows of one workload, size and setting, oldest first. */
typedef struct series {
    char subject[80], setting[80];
    uint64_t n;
    size_t count;
    be_estimate medians[DRAWN]; /* the newest; of count - 1 at (count - 1) % DRAWN */
    uint64_t newest_s;
} series;

typedef struct page {
    const cli_call *call;
    cli_table table;
    series current;
    size_t rows;
} page;

/* Medians from the least to the most, in eight heights. */
static void draw(const series *s, size_t n, char text[4 * DRAWN + 1])
{
    static const char *const blocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    double low = INFINITY, high = 0;
    for (size_t i = 0; i < n; i++) {
        low = fmin(low, s->medians[i].value);
        high = fmax(high, s->medians[i].value);
    }
    *text = '\0';
    for (size_t i = s->count - n; i < s->count; i++) {
        double value = s->medians[i % DRAWN].value;
        double part = high > low ? (value - low) / (high - low) : 0.5;
        strcat(text, blocks[(int)fmin(7, floor(8 * part))]);
    }
}

static void end_series(page *p)
{
    const series *s = &p->current;
    if (s->count == 0) {
        return;
    }
    size_t n = s->count < DRAWN ? s->count : DRAWN;
    char curve[4 * DRAWN + 1], newest[CLI_DURATION_SIZE], day[32];
    draw(s, n, curve);
    be_estimate last = s->medians[(s->count - 1) % DRAWN];
    time_t when = (time_t)s->newest_s;
    struct tm utc;
    strftime(day, sizeof day, "%Y-%m-%d", gmtime_r(&when, &utc));
    cli_table_cell(&p->table, CLI_PLAIN, "%s", s->subject);
    cli_table_cell(&p->table, CLI_PLAIN, "%llu", (unsigned long long)s->n);
    cli_table_cell(&p->table, CLI_PLAIN, "%s", s->setting);
    cli_table_cell(&p->table, CLI_PLAIN, "%zu", s->count);
    cli_table_cell(&p->table, CLI_PLAIN, "%s", day);
    cli_table_cell(&p->table, CLI_BOLD, "%s", cli_format_duration(newest, last.value));
    if (s->count > 1) {
        be_estimate change = be_compare_change(s->medians[(s->count - 2) % DRAWN], last);
        cli_table_cell(&p->table, CLI_PLAIN, "%+.1f %%", 100 * change.value);
        cli_table_cell(&p->table, CLI_PLAIN, "%s",
                       be_verdict_name(be_compare_verdict(change, 0.05)));
    } else {
        cli_table_cell(&p->table, CLI_DIM, "-");
        cli_table_cell(&p->table, CLI_DIM, "-");
    }
    cli_table_cell(&p->table, CLI_PLAIN, "%s", curve);
    p->rows++;
}

static be_status take(void *user, const be_history_entry *e)
{
    page *p = user;
    series *s = &p->current;
    bool same = s->count > 0 && s->n == e->n && strcmp(s->subject, e->subject) == 0 &&
                strcmp(s->setting, e->setting) == 0;
    if (!same) {
        end_series(p);
        *s = (series){.n = e->n};
        snprintf(s->subject, sizeof s->subject, "%.79s", e->subject);
        snprintf(s->setting, sizeof s->setting, "%.79s", e->setting);
    }
    s->medians[s->count++ % DRAWN] = (be_estimate){e->median_ns, e->low_ns, e->high_ns};
    s->newest_s = e->begun_s;
    return BE_OK;
}

static int run(cli_call *call, int argc, char **argv)
{
    if (argc > 1) {
        return cli_usage(call, "expected at most one workload, got %d", argc);
    }
    char path[PATH_MAX];
    struct stat there;
    if (!*history_path(path, false) || stat(path, &there) != 0) {
        cli_note(call, "no history yet: `breakeven study` adds to it");
        return CLI_DONE;
    }
    be_history *history;
    be_error error = {.item = BE_NO_ITEM};
    be_status status = be_history_open(path, &history, &error);
    if (status) {
        return cli_fail(call, status, &error, NULL);
    }
    page p = {.call = call};
    static const char *const heads[] = {"workload", "size",   "setting", "studies", "newest",
                                        "median",   "change", "verdict", "course"};
    cli_table_init(&p.table, "lrlrlrrll");
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        cli_table_cell(&p.table, CLI_BOLD, "%s", heads[i]);
    }
    status = be_history_read(history, argc ? argv[0] : NULL, take, &p, &error);
    be_history_close(history);
    if (!status) {
        end_series(&p);
        if (p.rows > 0) {
            cli_table_print(&p.table, call);
        } else {
            cli_note(call, "nothing in the history of %.100s", argc ? argv[0] : "anything");
        }
    }
    cli_table_clear(&p.table);
    return status ? cli_fail(call, status, &error, NULL) : CLI_DONE;
}

const cli_command command_study_history = {
    .name = "history",
    .summary = "what earlier studies measured, and its course",
    .usage = (const char *const[]){"[WORKLOAD]", NULL},
    .examples = (const cli_example[]){{"study history", "every row, oldest to newest"},
                                      {"study history engine.even", "of one workload"},
                                      {0}},
    .description =
        "Every `study` adds its medians to history.db in $XDG_CACHE_HOME/breakeven, an SQLite "
        "database, unless it is told --no-history. The change is that of the newest median beside "
        "the one before, the course goes from the least to the most of the newest 24.",
    .run = run};
