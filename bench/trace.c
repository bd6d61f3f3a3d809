/* trace.c: what does looking cost? The baseline is the clock alone: one bare reading for a chained
 * span, two for a span with both ends. All variants wrap the same nothing, or the same dependent
 * arithmetic of about 40 ns, whose result is compared.
 *
 *     empty   nothing between; the price back to back
 *     work    around the arithmetic; the row without spans is the arithmetic alone
 *
 * A batch is n spans. "begin+end" leaves the folding of full rings out: its batches fit in a ring,
 * which is folded before each. "begin+end+fold" has it in. "disabled" is a begin and an end.
 */
#include "os/clock.h"
#include "os/rseq.h"
#include "trace/account.h"

#include <breakeven/trace.h>

#include <stdio.h>
#include <stdlib.h>

enum { SPANS = 500, LONG = 20000, BATCHES = 301 };

static const be_phase PHASE = {"phase", false};
static be_tracer *tracer, *off;
static volatile uint64_t sink;

static uint64_t arithmetic(uint64_t x)
{
    for (int i = 0; i < 40; i++) {
        x = x * 6364136223846793005u + 1442695040888963407u;
    }
    return x;
}

static uint64_t clock_once(uint64_t x)
{
    sink = be__ticks();
    return x;
}

static uint64_t clock_twice(uint64_t x)
{
    sink = be__ticks();
    sink = be__ticks();
    return x;
}

static uint64_t begin_end(uint64_t x)
{
    be_span_begin(tracer, &PHASE);
    be_span_end(tracer);
    return x;
}

static uint64_t chained(uint64_t x)
{
    be_span_next(tracer, &PHASE);
    return x;
}

static uint64_t mark(uint64_t x)
{
    be__account_mark(tracer, BE_STATE_CLAIM);
    return x;
}

static uint64_t count(uint64_t x)
{
    be_count(tracer, BE_COUNT_ITEMS, 1);
    return x;
}

static uint64_t disabled(uint64_t x)
{
    be_span_begin(off, &PHASE);
    be_span_end(off);
    return x;
}

static uint64_t witness(uint64_t x)
{
    be__witness_arm();
    sink = be__witness_fired();
    return x;
}

static uint64_t nothing(uint64_t x)
{
    return x;
}

static uint64_t work(uint64_t x)
{
    return arithmetic(x);
}

static uint64_t work_in_span(uint64_t x)
{
    be_span_begin(tracer, &PHASE);
    x = arithmetic(x);
    be_span_end(tracer);
    return x;
}

static uint64_t work_chained(uint64_t x)
{
    be_span_next(tracer, &PHASE);
    return arithmetic(x);
}

typedef uint64_t variant_fn(uint64_t x);

/* Always inlined with a constant variant, so that each has a loop of its own and no call through a
 * pointer. */
static inline __attribute__((always_inline)) uint64_t batch(variant_fn *variant, int n, uint64_t *x)
{
    uint64_t start = be__ticks(), value = 1;
    for (int i = 0; i < n; i++) {
        value = variant(value);
        __asm__ volatile("" : "+r"(value));
    }
    uint64_t ticks = be__ticks() - start;
    *x = value;
    return ticks;
}

#define VARIANTS(V)                                                                                \
    V(clock_once, "clock", SPANS)                                                                  \
    V(clock_twice, "clock-twice", SPANS)                                                           \
    V(begin_end, "begin+end", SPANS)                                                               \
    V(begin_end, "begin+end+fold", LONG)                                                           \
    V(chained, "chained", SPANS)                                                                   \
    V(mark, "mark", SPANS)                                                                         \
    V(count, "count", SPANS)                                                                       \
    V(nothing, "nothing", SPANS)                                                                   \
    V(disabled, "disabled", SPANS)                                                                 \
    V(witness, "witness", SPANS)                                                                   \
    V(work, "work", SPANS)                                                                         \
    V(work_in_span, "work-begin+end", SPANS)                                                       \
    V(work_chained, "work-chained", SPANS)

#define BATCH_FUNCTION(variant, name, n)                                                           \
    static uint64_t batch_##variant##_##n(uint64_t *x)                                             \
    {                                                                                              \
        return batch(variant, n, x);                                                               \
    }
VARIANTS(BATCH_FUNCTION)

static const struct {
    const char *name;
    int n;
    uint64_t (*batch)(uint64_t *x);
} variants[] = {
#define ROW(variant, name, n) {name, n, batch_##variant##_##n},
    VARIANTS(ROW)};

enum { VARIANT_COUNT = sizeof variants / sizeof variants[0] };

/* A report folds everything. */
static void empty_the_rings(void)
{
    be_trace_report *report;
    if (be_tracer_report(tracer, &report) != BE_OK) {
        exit(1);
    }
    be_trace_report_destroy(report);
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(void)
{
    if (be_tracer_create(NULL, &tracer) || be_tracer_create(NULL, &off)) {
        return 1;
    }
    be_tracer_enable(tracer, true);
    static double ns[VARIANT_COUNT][BATCHES];
    static uint64_t results[VARIANT_COUNT];
    for (int i = 0; i < BATCHES; i++) { /* interleaved, so that noise hits all alike */
        for (int v = 0; v < VARIANT_COUNT; v++) {
            empty_the_rings();
            uint64_t ticks = variants[v].batch(&results[v]);
            ns[v][i] = (double)ticks * be__ns_per_tick() / variants[v].n;
        }
    }
    if (results[VARIANT_COUNT - 1] != results[VARIANT_COUNT - 2] ||
        results[VARIANT_COUNT - 1] != results[VARIANT_COUNT - 3]) {
        fprintf(stderr, "trace: spans changed a result\n");
        return 1;
    }
    printf("name,variant,n,min_ns,median_ns,max_ns\n");
    for (int v = 0; v < VARIANT_COUNT; v++) {
        qsort(ns[v], BATCHES, sizeof(double), ascending);
        printf("trace,%s,%d,%.2f,%.2f,%.2f\n", variants[v].name, variants[v].n, ns[v][0],
               ns[v][BATCHES / 2], ns[v][BATCHES - 1]);
    }
    be_tracer_destroy(tracer);
    be_tracer_destroy(off);
    return 0;
}
