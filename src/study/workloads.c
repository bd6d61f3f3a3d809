/* workloads.c: the engine's own workloads, which do nothing but cost time.
 *
 * Item i starts from a random word of (seed, i) and goes through a number of dependent steps, a
 * multiply and a shift each; the result is the word at the end. In engine.even every item makes the
 * same number of steps. In engine.tail the last sixteenth of the items makes 96 times as many as
 * the others and holds 86 % of the work: an equal number of items for each thread is then far from
 * an equal amount of work.
 */
#include "study/parts.h"

#include "base/base.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { EVEN_STEPS = 64, TAIL_LIGHT_STEPS = 8, TAIL_HEAVY_STEPS = 96 * TAIL_LIGHT_STEPS };

typedef struct shape {
    unsigned light; /* steps of the first items */
    unsigned heavy; /* of the last sixteenth */
} shape;

typedef struct instance {
    shape shape;
    const be_site *site;
    const be_allocator *allocator;
    size_t n;
    uint64_t *seeds;
    uint64_t *results;
} instance;

static const be_site EVEN_SITE = BE_SITE("engine.even");
static const be_site TAIL_SITE = BE_SITE("engine.tail");

static be_status bytes_of(const be_workload_request *request, uint64_t *bytes, be_error *error)
{
    if (request->n == 0) {
        return be_error_set(error, BE_EINVAL, "at least one item");
    }
    if (request->input) {
        return be_error_set(error, BE_EINVAL, "no input: the engine's workloads make their own");
    }
    if (__builtin_mul_overflow((uint64_t)request->n, 2 * sizeof(uint64_t), bytes)) {
        return be_error_set(error, BE_ELIMIT, "fewer than 2^60 items");
    }
    return BE_OK;
}

static void destroy(void *self)
{
    instance *it = self;
    if (it) {
        be__release(it->allocator, it->seeds, it->n, sizeof *it->seeds);
        be__release(it->allocator, it->results, it->n, sizeof *it->results);
        be__release(it->allocator, it, 1, sizeof *it);
    }
}

static be_status create(const be_workload_request *request, const be_site *site, shape steps,
                        void **made, be_error *error)
{
    uint64_t bytes;
    be_status status = bytes_of(request, &bytes, error);
    if (status) {
        return status;
    }
    instance *it = be__allocate_zeroed(request->allocator, 1, sizeof *it);
    if (!it) {
        goto fail;
    }
    *it =
        (instance){.shape = steps, .site = site, .allocator = request->allocator, .n = request->n};
    it->seeds = be__allocate(request->allocator, it->n, sizeof *it->seeds);
    it->results = be__allocate_zeroed(request->allocator, it->n, sizeof *it->results);
    if (!it->seeds || !it->results) {
        goto fail;
    }
    for (size_t i = 0; i < it->n; i++) {
        be_random random;
        be_random_init(&random, request->seed, i);
        it->seeds[i] = be_random_u64(&random);
    }
    *made = it;
    return BE_OK;

fail:
    destroy(it);
    return be_error_set(error, BE_ENOMEM, "memory for %zu items", request->n);
}

static be_status create_even(const be_workload_request *request, void **made, be_error *error)
{
    return create(request, &EVEN_SITE, (shape){EVEN_STEPS, EVEN_STEPS}, made, error);
}

static be_status create_tail(const be_workload_request *request, void **made, be_error *error)
{
    return create(request, &TAIL_SITE, (shape){TAIL_LIGHT_STEPS, TAIL_HEAVY_STEPS}, made, error);
}

static size_t items(const void *self)
{
    return ((const instance *)self)->n;
}

static be_status body(void *ctx, size_t begin, size_t end, be_worker *worker)
{
    (void)worker;
    const instance *it = ctx;
    size_t heavy_from = it->n - it->n / 16;
    for (size_t i = begin; i < end; i++) {
        uint64_t x = it->seeds[i];
        unsigned steps = i < heavy_from ? it->shape.light : it->shape.heavy;
        for (unsigned k = 0; k < steps; k++) {
            x *= 0x9E3779B97F4A7C15u;
            x ^= x >> 29;
        }
        it->results[i] = x;
    }
    return BE_OK;
}

static be_status run(be_engine *engine, void *self, const be_for_options *options)
{
    static const be_phase loop = {"loop", false};
    const instance *it = self;
    be_span_begin(be_engine_tracer(engine), &loop);
    be_status status = be_for(engine, it->site, it->n, body, self, options);
    be_span_end(be_engine_tracer(engine));
    return status;
}

static be_hash128 digest(const void *self)
{
    const instance *it = self;
    return be_hash(it->results, it->n * sizeof *it->results);
}

static void present(const void *self, const be_presenter *presenter)
{
    const instance *it = self;
    char text[BE__QUANTITY_SIZE];
    presenter->fact(presenter->user, "items", be__grouped(text, it->n));
    be_hash128 hash = digest(self);
    char hex[33];
    snprintf(hex, sizeof hex, "%016" PRIx64 "%016" PRIx64, hash.high, hash.low);
    presenter->fact(presenter->user, "digest", hex);
}

static size_t encode(const void *self, size_t begin, size_t end, void *bytes, size_t capacity)
{
    const instance *it = self;
    size_t size = (end - begin) * sizeof *it->results;
    if (size <= capacity) {
        memcpy(bytes, it->results + begin, size);
    }
    return size;
}

static be_status decode(void *self, size_t begin, size_t end, const void *bytes, size_t size)
{
    const instance *it = self;
    if (end > it->n || begin > end || size != (end - begin) * sizeof *it->results) {
        return BE_EINVAL;
    }
    memcpy(it->results + begin, bytes, size);
    return BE_OK;
}

const be_workload be_engine_even_workload = {
    .size = sizeof(be_workload),
    .name = "engine.even",
    .summary = "items of equal cost that do nothing but take time",
    .size_unit = "items",
    .demo_small = 8,
    .demo_large = 200000,
    .bytes = bytes_of,
    .create = create_even,
    .destroy = destroy,
    .items = items,
    .run = run,
    .digest = digest,
    .present = present,
    .encode = encode,
    .decode = decode,
};

const be_workload be_engine_tail_workload = {
    .size = sizeof(be_workload),
    .name = "engine.tail",
    .summary = "the last sixteenth of the items holds most of the work",
    .size_unit = "items",
    .demo_small = 16,
    .demo_large = 200000,
    .bytes = bytes_of,
    .create = create_tail,
    .destroy = destroy,
    .items = items,
    .run = run,
    .digest = digest,
    .present = present,
    .encode = encode,
    .decode = decode,
};
