/* workload.c: a loop of your own for `breakeven study`.
 *
 *     cc -O2 -fPIC -shared workload.c -o workload.so $(pkg-config --cflags --libs breakeven)
 *     breakeven study --load ./workload.so collatz.steps --sizes 1k,10k,100k
 *
 * Item i is the number of steps from i + 1 down to 1 by "halve it if even, else triple and add 1".
 * Items cost between 0 and a few hundred steps and nobody can say which beforehand: just what an
 * equal share of items for each thread is bad at.
 */
#include <breakeven/batch.h>

#include <stdio.h>

typedef struct collatz {
    const be_allocator *allocator;
    size_t n;
    uint32_t steps[];
} collatz;

static be_status bytes(const be_workload_request *request, uint64_t *size, be_error *error)
{
    if (request->n == 0 || request->n > 1000000000) {
        return be_error_set(error, BE_EINVAL, "1 to 10^9 numbers");
    }
    *size = sizeof(collatz) + request->n * sizeof(uint32_t);
    return BE_OK;
}

static be_status create(const be_workload_request *request, void **instance, be_error *error)
{
    uint64_t size = 0;
    be_status status = bytes(request, &size, error);
    if (status) {
        return status;
    }
    const be_allocator *allocator = request->allocator;
    collatz *c = allocator->allocate(allocator->user, size);
    if (!c) {
        return be_error_set(error, BE_ENOMEM, "memory for %zu numbers", request->n);
    }
    c->allocator = allocator;
    c->n = request->n;
    *instance = c;
    return BE_OK;
}

static void destroy(void *instance)
{
    collatz *c = instance;
    if (c) {
        c->allocator->release(c->allocator->user, c, sizeof *c + c->n * sizeof c->steps[0]);
    }
}

static size_t items(const void *instance)
{
    return ((const collatz *)instance)->n;
}

/* The whole parallel part: write to the places of items [begin, end), and to no other. */
static be_status count_steps(void *ctx, size_t begin, size_t end, be_worker *worker)
{
    (void)worker;
    collatz *c = ctx;
    for (size_t i = begin; i < end; i++) {
        uint32_t steps = 0;
        for (uint64_t x = i + 1; x != 1; x = x % 2 ? 3 * x + 1 : x / 2) {
            steps++;
        }
        c->steps[i] = steps;
    }
    return BE_OK;
}

static be_status run(be_engine *engine, void *instance, const be_for_options *options)
{
    static const be_site site = BE_SITE("collatz.steps");
    collatz *c = instance;
    return be_for(engine, &site, c->n, count_steps, c, options);
}

static be_hash128 digest(const void *instance)
{
    const collatz *c = instance;
    return be_hash(c->steps, c->n * sizeof c->steps[0]);
}

static void present(const void *instance, const be_presenter *presenter)
{
    const collatz *c = instance;
    size_t longest = 0;
    for (size_t i = 1; i < c->n; i++) {
        longest = c->steps[i] > c->steps[longest] ? i : longest;
    }
    char text[64];
    snprintf(text, sizeof text, "%zu, with %u steps", longest + 1, c->steps[longest]);
    presenter->fact(presenter->user, "longest way down from", text);
}

static const be_workload workload = {
    .size = sizeof(be_workload),
    .name = "collatz.steps",
    .summary = "steps from each number down to 1 by halving, or tripling and adding 1",
    .size_unit = "numbers",
    .demo_small = 10,
    .demo_large = 200000,
    .bytes = bytes,
    .create = create,
    .destroy = destroy,
    .items = items,
    .run = run,
    .digest = digest,
    .present = present,
};

BE_API extern be_workload_list be_workloads;
be_workload_list be_workloads = {&workload, NULL};
