/* option_american.c: what do American values of a stated accuracy cost, against QuantLib's engines
 * of the same family (QD+ and fixed point, by Andersen, Lake and Offengenden) in this same run?
 *
 * Contracts: half calls, half puts; "usual" ones without a yield, with one below the rate, or a
 * negative one, and "bent" ones with a yield above the rate or about it (a call's rate and yield
 * exchanged), whose boundary takes more terms; strike 100, spots within 30 %, years 0.02-3, vols
 * 0.1-0.6. Errors are the largest of the price against BE_AMERICAN_EXACT, whose own are in
 * docs/option.md; rows of QuantLib count recalculate() of options made before. Lines:
 *
 *     name,variant,n,min_ns,median_ns,max_ns,max_error        (times for one option)
 */
#include "option_american.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { N = 250, ROUNDS = 7, KINDS = 2 };

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double between(be_random *random, double low, double high)
{
    return low + (high - low) * be_random_unit(random);
}

static be_option contract(int kind, uint64_t i)
{
    be_random random;
    be_random_init(&random, 17, i * KINDS + (uint64_t)kind);
    double r = between(&random, 0.01, 0.1), q = 0;
    if (kind == 1) {
        q = i % 2 ? r + between(&random, 0.01, 0.08) : r * between(&random, 0.97, 1.03);
    } else if (i % 3) {
        q = i % 3 == 1 ? r * be_random_unit(&random) : between(&random, -0.08, -0.005);
    }
    bool call = be_random_below(&random, 2);
    return (be_option){.type = call ? BE_OPTION_CALL : BE_OPTION_PUT,
                       .spot = 100 * exp(between(&random, -0.3, 0.3)),
                       .strike = 100,
                       .years = between(&random, 0.02, 3),
                       .vol = between(&random, 0.1, 0.6),
                       .rate = call ? q : r,
                       .dividend = call ? r : q};
}

static void ours(int method, const be_option *options, size_t n, double *price)
{
    for (size_t i = 0; i < n; i++) {
        be_american a;
        price[i] =
            be_option_american((be_american_method)method, &options[i], &a) ? (double)NAN : a.price;
    }
}

static void implied(int unused, const be_option *options, size_t n, double *vol)
{
    (void)unused;
    static double price[N];
    static double last_spot;
    if (options[0].spot != last_spot) {
        ours(BE_AMERICAN_EXACT, options, n, price);
        last_spot = options[0].spot;
    }
    for (size_t i = 0; i < n; i++) {
        vol[i] = be_option_american_implied_vol(&options[i], price[i], NULL);
    }
}

static void compare(int kind)
{
    static be_option options[N];
    static double exact[N], price[N], vols[N];
    for (uint64_t i = 0; i < N; i++) {
        options[i] = contract(kind, i);
        vols[i] = options[i].vol;
    }
    ours(BE_AMERICAN_EXACT, options, N, exact);

    const bench_side SIDES[] = {
        {"fast", ours, BE_AMERICAN_FAST, exact},
        {"standard", ours, BE_AMERICAN_STANDARD, exact},
        {"exact", ours, BE_AMERICAN_EXACT, exact},
        {"implied-vol", implied, 0, vols},
#if HAVE_QUANTLIB
        {"quantlib-qdplus", bench_quantlib, kind * BENCH_QUANTLIB_COUNT + BENCH_QUANTLIB_QDPLUS,
         exact},
        {"quantlib-fast", bench_quantlib, kind * BENCH_QUANTLIB_COUNT + BENCH_QUANTLIB_FAST, exact},
        {"quantlib-accurate", bench_quantlib, kind * BENCH_QUANTLIB_COUNT + BENCH_QUANTLIB_ACCURATE,
         exact},
#endif
    };
    enum { N_SIDES = sizeof SIDES / sizeof *SIDES, OURS = 4 };
    static double times[N_SIDES][ROUNDS];
    double error[N_SIDES] = {0};
    for (int round = 0; round < ROUNDS; round++) {
        for (int s = 0; s < N_SIDES; s++) {
            /* The slow ones on the first fifth, so that a round takes a second. */
            size_t n = s < OURS ? N : N / 5;
            uint64_t begin = be_now_ns();
            SIDES[s].run(SIDES[s].how, options, n, price);
            times[s][round] = (double)(be_now_ns() - begin) / (double)n;
            for (size_t i = 0; i < n; i++) {
                /* A price next to the pay-off says little of its vol. */
                double sign = options[i].type == BE_OPTION_CALL ? 1 : -1;
                bool tells = exact[i] > 0.01 + fmax(0, sign * (options[i].spot - 100));
                if (SIDES[s].run != implied || tells) {
                    error[s] = fmax(error[s], fabs(price[i] - SIDES[s].right[i]));
                }
            }
        }
    }
    for (int s = 0; s < N_SIDES; s++) {
        qsort(times[s], ROUNDS, sizeof times[s][0], by_size);
        printf("option_american_%s,%s,%d,%.0f,%.0f,%.0f,%.1e\n", kind ? "bent" : "usual",
               SIDES[s].name, s < OURS ? N : N / 5, times[s][0], times[s][ROUNDS / 2],
               times[s][ROUNDS - 1], error[s]);
    }
}

int main(void)
{
    printf("name,variant,n,min_ns,median_ns,max_ns,max_error\n");
    for (int kind = 0; kind < KINDS; kind++) {
        compare(kind);
    }
    return 0;
}
