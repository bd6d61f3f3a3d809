/* profile.c: what does --profile cost a whole run? The baseline is the same run untraced.
 *
 * Each workload is run by an engine without a tracer and by one whose tracer keeps a timeline and
 * samples, as the command line's does; switching it on and off and the sampler's thread are in the
 * time. The two take turns, and their digests must be equal. The last column is the median of the
 * ratios of neighbours, traced over plain.
 */
#include <breakeven/arc.h>
#include <breakeven/lfsr.h>
#include <breakeven/option.h>
#include <breakeven/study.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 21, PERIOD_NS = 2000000, SLICES = 1 << 17 };

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "profile: %s\n", what);
    exit(1);
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* One run; traced where there is a tracer. */
static double run(const be_workload *workload, void *instance, be_engine *engine, be_tracer *tracer)
{
    static const be_phase whole = {"whole run", true};
    uint64_t begin = be_now_ns();
    if (tracer) {
        be_tracer_enable(tracer, true);
        if (be_tracer_sample(tracer, PERIOD_NS)) {
            die("no sampler");
        }
        be_span_begin(tracer, &whole);
    }
    if (workload->run(engine, instance, NULL)) {
        die("a run failed");
    }
    if (tracer) {
        be_span_end(tracer);
        if (be_tracer_sample(tracer, 0)) {
            die("no end of the sampler");
        }
        be_tracer_enable(tracer, false);
    }
    return (double)(be_now_ns() - begin);
}

int main(void)
{
    static const struct {
        const be_workload *workload;
        size_t n;
    } RUNS[] = {{&be_engine_even_workload, 3000000},
                {&be_engine_tail_workload, 3000000},
                {&be_lfsr_cycles_workload, 1 << 28},
                {&be_option_bsm_workload, 10000000},
                {&be_arc_score_workload, 79507}};
    printf("name,variant,n,min_ns,median_ns,max_ns,ratio\n");
    for (size_t r = 0; r < sizeof RUNS / sizeof RUNS[0]; r++) {
        const be_workload *workload = RUNS[r].workload;
        be_workload_request request = {.n = RUNS[r].n, .seed = 1, .allocator = NULL};
        be_tracer_config config = {.size = sizeof config, .slices = SLICES};
        be_engine_config traced = {.size = sizeof traced};
        be_engine *engine[2];
        be_tracer *tracer;
        void *instance;
        be_error error;
        if (be_tracer_create(&config, &tracer) || be_engine_create(NULL, &engine[0])) {
            die("no engine");
        }
        traced.tracer = tracer;
        if (be_engine_create(&traced, &engine[1]) ||
            workload->create(&request, &instance, &error)) {
            die("no instance");
        }
        double ns[2][ROUNDS], ratio[ROUNDS];
        be_hash128 digest = {0, 0};
        for (int round = -3; round < ROUNDS; round++) { /* three to warm up */
            double pair[2];
            for (int turn = 0; turn < 2; turn++) {
                int side = (turn + round) & 1;
                pair[side] = run(workload, instance, engine[side], side ? tracer : NULL);
                be_hash128 now = workload->digest(instance);
                if (round > -3 && memcmp(&now, &digest, sizeof now) != 0) {
                    die("the two sides differ");
                }
                digest = now;
            }
            if (round >= 0) {
                ns[0][round] = pair[0];
                ns[1][round] = pair[1];
                ratio[round] = pair[1] / pair[0];
            }
        }
        qsort(ratio, ROUNDS, sizeof *ratio, ascending);
        for (int side = 0; side < 2; side++) {
            qsort(ns[side], ROUNDS, sizeof *ns[side], ascending);
            printf("%s,%s,%zu,%.0f,%.0f,%.0f,", workload->name, side ? "profiled" : "plain",
                   RUNS[r].n, ns[side][0], ns[side][ROUNDS / 2], ns[side][ROUNDS - 1]);
            printf(side ? "%.4f\n" : "\n", ratio[ROUNDS / 2]);
        }
        workload->destroy(instance);
        be_engine_destroy(engine[0]);
        be_engine_destroy(engine[1]);
        be_tracer_destroy(tracer);
    }
    return 0;
}
