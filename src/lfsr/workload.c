/* workload.c: a census as a workload, and how a census is shown. */
#include "lfsr/cycles.h"

#include "base/base.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- a census to look at -------------------------------------------------------------------- */

enum { DECIMAL_SIZE = 24 };

static void fact(const be_presenter *p, const char *label, uint64_t value)
{
    char text[DECIMAL_SIZE];
    snprintf(text, sizeof text, "%" PRIu64, value);
    p->fact(p->user, label, text);
}

static void cell(const be_presenter *p, uint64_t value)
{
    char text[DECIMAL_SIZE];
    snprintf(text, sizeof text, "%" PRIu64, value);
    p->table_cell(p->user, text);
}

void be_lfsr_census_present(const be_lfsr_census *census, const be_presenter *p)
{
    static const char *const CYCLES[] = {"length", "cycles", "states"};
    static const char *const TAILS[] = {"steps to a cycle", "states"};
    char polynomial[BE_LFSR_TEXT_SIZE];
    be_lfsr_polynomial_format(census->polynomial, polynomial);
    p->fact(p->user, "polynomial", polynomial);
    fact(p, "states", UINT64_C(1) << census->degree);
    fact(p, "cycles", census->n_cycles);
    fact(p, "longest cycle", census->lengths[census->n_lengths - 1].length);
    fact(p, "states on tails", (UINT64_C(1) << census->degree) - census->tail[0]);
    p->table_begin(p->user, "cycles", CYCLES, BE__COUNT_OF(CYCLES));
    for (size_t i = 0; i < census->n_lengths; i++) {
        const be_lfsr_length *l = &census->lengths[i];
        cell(p, l->length);
        cell(p, l->cycles);
        cell(p, l->length * l->cycles);
    }
    p->table_end(p->user);
    if (census->longest_tail) {
        p->table_begin(p->user, "tails", TAILS, BE__COUNT_OF(TAILS));
        for (unsigned j = 0; j <= census->longest_tail; j++) {
            cell(p, j);
            cell(p, census->tail[j]);
        }
        p->table_end(p->user);
    }
}

/* ---- the workload --------------------------------------------------------------------------- */

typedef struct instance {
    const be_allocator *allocator;
    be__lfsr_plan *plan;
    be_lfsr_census census; /* of the last run */
} instance;

/* A polynomial of degree d from a seed: c_0 = 1, and an even number of terms, so that x + 1 divides
 * it and it has several cycles. */
static uint64_t draw(unsigned degree, uint64_t seed)
{
    be_random random;
    be_random_init(&random, seed, degree);
    uint64_t top = UINT64_C(1) << degree;
    uint64_t polynomial = top | (be_random_u64(&random) & (top - 2)) | 1;
    return degree > 1 && __builtin_parityll(polynomial) ? polynomial ^ 2 : polynomial;
}

/* The polynomial a request means. */
static be_status choose(const be_workload_request *request, uint64_t *polynomial, be_error *error)
{
    uint64_t most = UINT64_C(1) << BE_LFSR_DEGREE_MAX;
    if (request->n > most) {
        return be_error_set(error, BE_ELIMIT, "at most %" PRIu64 " states, not %zu", most,
                            request->n);
    }
    unsigned degree = 0; /* rounded up, but for 0 */
    if (request->n > 0) {
        degree = request->n > 2 ? be__lfsr_degree(request->n - 1) + 1 : 1;
    }
    if (!request->input) {
        if (degree == 0) {
            return be_error_set(error, BE_EINVAL, "at least one state");
        }
        *polynomial = draw(degree, request->seed);
        return BE_OK;
    }
    uint64_t given;
    be_status status =
        be_lfsr_polynomial_parse(request->input, strlen(request->input), &given, error);
    if (status) {
        return status;
    }
    unsigned its_degree = be__lfsr_degree(given);
    if (degree != 0 && degree != its_degree) {
        return be_error_set(error, BE_EINVAL,
                            "%" PRIu64 " states, which is what this polynomial has, not %zu",
                            UINT64_C(1) << its_degree, request->n);
    }
    *polynomial = given;
    return BE_OK;
}

static be_status bytes(const be_workload_request *request, uint64_t *n_bytes, be_error *error)
{
    uint64_t polynomial = 0;
    be_status status = choose(request, &polynomial, error);
    if (!status) {
        *n_bytes = sizeof(instance) + be_lfsr_cycles_bytes(polynomial);
    }
    return status;
}

static void destroy(void *made)
{
    instance *self = made;
    if (self) {
        be__lfsr_plan_destroy(self->plan);
        be__release(self->allocator, self, 1, sizeof *self);
    }
}

static be_status create(const be_workload_request *request, void **made, be_error *error)
{
    uint64_t polynomial = 0;
    be_status status = choose(request, &polynomial, error);
    if (status) {
        return status;
    }
    instance *self = be__allocate_zeroed(request->allocator, 1, sizeof *self);
    if (self) {
        self->allocator = request->allocator;
        self->plan = be__lfsr_plan_create(polynomial, request->allocator);
    }
    if (!self || !self->plan) {
        destroy(self);
        return be_error_set(error, BE_ENOMEM, "%" PRIu64 " bytes of memory",
                            sizeof *self + be_lfsr_cycles_bytes(polynomial));
    }
    *made = self;
    return BE_OK;
}

static size_t items(const void *made)
{
    const instance *self = made;
    return be__lfsr_plan_stretches(self->plan);
}

static be_status run(be_engine *engine, void *made, const be_for_options *options)
{
    instance *self = made;
    return be__lfsr_plan_run(engine, self->plan, options, &self->census);
}

/* Over the numbers, not over the struct with its unused places. */
static be_hash128 digest(const void *made)
{
    const be_lfsr_census *c = &((const instance *)made)->census;
    uint64_t words[1 + BE_LFSR_DEGREE_MAX + 1 + 2 * BE_LFSR_LENGTHS_MAX];
    size_t n = 0;
    words[n++] = c->polynomial;
    for (unsigned j = 0; j <= BE_LFSR_DEGREE_MAX; j++) {
        words[n++] = c->tail[j];
    }
    for (size_t i = 0; i < c->n_lengths; i++) {
        words[n++] = c->lengths[i].length;
        words[n++] = c->lengths[i].cycles;
    }
    return be_hash(words, n * sizeof words[0]);
}

static void present(const void *made, const be_presenter *presenter)
{
    be_lfsr_census_present(&((const instance *)made)->census, presenter);
}

const be_workload be_lfsr_cycles_workload = {
    .size = sizeof(be_workload),
    .name = "lfsr.cycles",
    .summary = "cycle lengths of a shift register, by enumeration of its states",
    .size_unit = "states",
    .demo_small = 64,
    .demo_large = 1 << 24,
    .bytes = bytes,
    .create = create,
    .destroy = destroy,
    .items = items,
    .run = run,
    .digest = digest,
    .present = present,
};
