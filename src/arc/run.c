/* run.c: programs on grids, one at a time: the public side of parsing and evaluation. */
#include "arc/output.h"
#include "arc/parse.h"
#include "arc/plain.h"
#include "arc/prims.h"
#include "arc/value_json.h"
#include "arc/runner.h"

#include <breakeven/arc.h>

#include <string.h>

/* ---- programs ------------------------------------------------------------------------------- */

be_status be_arc_parse(const char *text, size_t size, const char *entry, be_arena *keep,
                       const be_arc_programs **programs, be_error *error)
{
    return be__arc_parse(text, size, entry, keep, programs, error);
}

size_t be_arc_programs_count(const be_arc_programs *programs)
{
    return programs->n_programs;
}

const char *be_arc_program_name(const be_arc_programs *programs, size_t program)
{
    return programs->programs[program].name;
}

const char *be_arc_program_task(const be_arc_programs *programs, size_t program)
{
    return programs->programs[program].task;
}

/* ---- runners -------------------------------------------------------------------------------- */

const be_arc_settings be_arc_settings_default = {
    .fuel = 20000000, .bytes = 64 << 20, .depth = 980, .items = 1 << 18};

struct be_arc_runner {
    be__machine m;
    be_arc_settings settings;
    const be_allocator *allocator;
    be_arc_primitive_cost *costs;    /* or NULL */
    be_arc_watch *watch;             /* or NULL */
    void *user;                      /* the watcher's */
    const be_arc_programs *programs; /* that are run */
};

be_status be_arc_runner_create(const be_arc_settings *settings, const be_allocator *allocator,
                               be_arc_runner **runner)
{
    settings = settings ? settings : &be_arc_settings_default;
    be_arc_runner *r = be__allocate_zeroed(allocator, 1, sizeof *r);
    void *memory = be__allocate(allocator, 1, settings->bytes);
    if (!r || !memory) {
        be__release(allocator, r, 1, sizeof *r);
        be__release(allocator, memory, 1, settings->bytes);
        return BE_ENOMEM;
    }
    r->allocator = allocator;
    r->settings = *settings;
    be__machine_init(
        &r->m, memory, settings->bytes,
        &(be__limits){.fuel = settings->fuel, .depth = settings->depth, .items = settings->items});
    r->m.order = settings->order == BE_ARC_ORDER_SORTED ? BE__ORDER_SORTED : BE__ORDER_CPYTHON;
    *runner = r;
    return BE_OK;
}

void be_arc_runner_destroy(be_arc_runner *runner)
{
    if (runner) {
        be__release(runner->allocator, runner->m.memory, 1, runner->settings.bytes);
        be__release(runner->allocator, runner, 1, sizeof *runner);
    }
}

size_t be_arc_primitives(void)
{
    return BE__PRIMS + 1;
}

void be_arc_runner_measure(be_arc_runner *runner, be_arc_primitive_cost *costs)
{
    runner->costs = costs;
    for (unsigned i = 0; costs && i <= BE__PRIMS; i++) {
        costs[i].name = i < BE__PRIMS ? be__prims[i].name : "(closure)";
    }
}

be__machine *be__runner_machine(be_arc_runner *runner)
{
    return &runner->m;
}

/* ---- results -------------------------------------------------------------------------------- */

/* The cells of a grid held as bytes. */
static bool copy_bytes(be__machine *m, const be__grid_object *grid, be_arc_result *result)
{
    size_t n = (size_t)grid->head.n * grid->columns;
    int32_t *cells = be__take(m, n * sizeof *cells);
    for (size_t i = 0; cells && i < n; i++) {
        cells[i] = grid->cell[i];
    }
    result->rows = grid->head.n;
    result->columns = grid->columns;
    result->cells = cells;
    return cells;
}

/* The cells of any tuple of equally long tuples of ints, none of them empty; True is 1, as it
 * equals it. */
static bool copy_items(be__machine *m, be__value value, be_arc_result *result)
{
    be__view rows;
    if (!be__is_tuple(value) || be__length(value) == 0 || !be__view_of(m, value, &rows) ||
        !be__is_tuple(rows.item[0])) {
        return false;
    }
    size_t columns = be__length(rows.item[0]);
    int32_t *cells = columns > 0 && rows.n < UINT32_MAX / columns
                         ? be__take(m, rows.n * columns * sizeof *cells)
                         : NULL;
    if (!cells) {
        return false;
    }
    for (size_t r = 0; r < rows.n; r++) {
        be__view row;
        if (!be__is_tuple(rows.item[r]) || be__length(rows.item[r]) != columns ||
            !be__view_of(m, rows.item[r], &row)) {
            return false;
        }
        for (size_t c = 0; c < columns; c++) {
            int64_t cell = be__int_of(row.item[c]);
            if (!be__is_int(row.item[c]) || cell != (int32_t)cell) {
                return false;
            }
            cells[r * columns + c] = (int32_t)cell;
        }
    }
    result->rows = (uint32_t)rows.n;
    result->columns = (uint32_t)columns;
    result->cells = cells;
    return true;
}

bool be__arc_output(be__machine *m, be__value value, be_arc_result *result)
{
    if (be__is_kind(value, BE__GRID)) {
        return be__grid_of(value)->columns > 0 && copy_bytes(m, be__grid_of(value), result);
    }
    return copy_items(m, value, result);
}

void be_arc_runner_watch(be_arc_runner *runner, be_arc_watch *watch, void *user)
{
    runner->watch = watch;
    runner->user = user;
}

/* Tell the watcher of a value, and leave no trace of having looked at it. */
static void tell_step(void *user, uint32_t function, uint32_t slot, be__value value, uint32_t line)
{
    be_arc_runner *r = user;
    be__machine *m = &r->m;
    const be__function *f = &r->programs->functions[function];
    uint64_t fuel = m->fuel, kept = m->kept;
    unsigned char *before = m->cursor;
    m->fuel = UINT64_MAX;
    be_text text;
    be_text_init(&text, r->allocator);
    be_arc_result grid = {0};
    be__arc_output(m, value, &grid);
    bool printed = be__value_print(m, &text, value);
    r->watch(r->user, &(be_arc_step){.function = f->name,
                                     .variable = r->programs->slot_names[f->slots + slot],
                                     .line = line,
                                     .text = printed && text.bytes ? text.bytes : "...",
                                     .rows = grid.rows,
                                     .columns = grid.columns,
                                     .cells = grid.cells});
    be_text_clear(&text);
    m->fuel = fuel;
    m->error = BE__NO_ERROR;
    if (m->kept == kept) {
        m->cursor = before;
    }
}

void be_arc_run(be_arc_runner *runner, const be_arc_programs *programs, size_t program,
                const be_arc_grid *input, be_arc_result *result)
{
    be__machine *m = &runner->m;
    be__answer answer = {.prim = -1, .error = BE__BYTES_ERROR};
    runner->programs = programs;
    be__machine_reset(m);
    *result = (be_arc_result){0};
    m->fuel = UINT64_MAX; /* the input is no step of the program */
    be__value grid = be__grid_from_bytes(m, input->cells, input->rows, input->columns);
    if (grid) {
        be__machine_refuel(m);
        be__plain_run(m, programs, (uint32_t)program, grid,
                      &(be__plain_options){.pruned = runner->settings.pruned,
                                           .costs = runner->costs,
                                           .watch = runner->watch ? tell_step : NULL,
                                           .user = runner},
                      &answer);
    }
    result->fuel = answer.fuel;
    if (!answer.value) {
        result->error = be__error_name(grid ? answer.error : m->error);
        result->primitive = answer.prim < 0 ? NULL : be__prims[answer.prim].name;
        result->line = answer.line;
        result->column = answer.column;
    } else if (!be__arc_output(m, answer.value, result)) {
        result->error = m->error ? be__error_name(m->error) : "not a grid";
    }
}

bool be_arc_result_is(const be_arc_result *result, const be_arc_grid *grid)
{
    if (!result->cells || !grid->cells || result->rows != grid->rows ||
        result->columns != grid->columns) {
        return false;
    }
    for (size_t i = 0; i < (size_t)grid->rows * grid->columns; i++) {
        if (result->cells[i] != grid->cells[i]) {
            return false;
        }
    }
    return true;
}

/* ---- many at once --------------------------------------------------------------------------- */

typedef struct batch {
    const be_arc_settings *settings;
    const be_arc_job *jobs;
    be_arc_done *done;
    void *user;
} batch;

typedef struct own_runner {
    be_arc_runner *runner; /* of the settings it was last made for */
} own_runner;

static void drop_runner(void *state)
{
    be_arc_runner_destroy(((own_runner *)state)->runner);
}

static const be_slot RUNNER = {
    .name = "arc.runner", .size = sizeof(own_runner), .fini = drop_runner};
static const be_site SITE = BE_SITE("arc.run");

static be_status runner_of(be_worker *worker, const be_arc_settings *settings,
                           be_arc_runner **runner)
{
    void *state;
    be_status status = be_worker_slot(worker, &RUNNER, NULL, &state);
    if (status) {
        return status;
    }
    own_runner *own = state;
    if (own->runner && memcmp(&own->runner->settings, settings, sizeof *settings) != 0) {
        be_arc_runner_destroy(own->runner);
        own->runner = NULL;
    }
    status = own->runner ? BE_OK : be_arc_runner_create(settings, NULL, &own->runner);
    *runner = own->runner;
    return status;
}

static be_status run_jobs(void *ctx, size_t begin, size_t end, be_worker *worker)
{
    const batch *b = ctx;
    be_arc_runner *runner;
    be_status status = runner_of(worker, b->settings, &runner);
    if (status) {
        return be_fail(worker, begin, status);
    }
    for (size_t i = begin; i < end; i++) {
        const be_arc_job *job = &b->jobs[i];
        be_arc_result result;
        be_arc_run(runner, job->programs, job->program, job->input, &result);
        b->done(b->user, i, &result);
    }
    return BE_OK;
}

be_status be_arc_run_all(be_engine *engine, const be_arc_settings *settings, const be_arc_job *jobs,
                         size_t n, be_arc_done *done, void *user, const be_for_options *options)
{
    batch b = {settings ? settings : &be_arc_settings_default, jobs, done, user};
    return be_for(engine, &SITE, n, run_jobs, &b, options);
}
