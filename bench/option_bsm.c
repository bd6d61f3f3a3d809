/* option_bsm.c: what does a price right to 4 ulp cost, against the textbook's formula with the C
 * library's log, exp and erfc, which has no relative accuracy out of the money?
 *
 * The baseline is that formula in a plain loop over the same columns. The book is the workload's:
 * spot 80-120, strike 100, years 0.1-2, vol 0.1-0.4, rate 0.05, half of them puts. Times are for
 * n options; divide by n.
 */
#include <breakeven/option.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROUNDS = 9 };

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "option_bsm: %s\n", what);
    exit(1);
}

static double normal(double x)
{
    return 0.5 * erfc(-x * 0.70710678118654752);
}

static void price_by_libm(const be_option_in *in, size_t n, double *price)
{
    for (size_t i = 0; i < n; i++) {
        double spot = in->spot.first[i], strike = in->strike.first[i], years = in->years.first[i];
        double deviation = in->vol.first[i] * sqrt(years);
        double carry = (in->rate.first[i] - in->dividend.first[i]) * years;
        double d1 = (log(spot / strike) + carry) / deviation + 0.5 * deviation;
        double d2 = d1 - deviation;
        double sign = in->type.first[i] == BE_OPTION_CALL ? 1 : -1;
        price[i] = sign * (spot * exp(-in->dividend.first[i] * years) * normal(sign * d1) -
                           strike * exp(-in->rate.first[i] * years) * normal(sign * d2));
    }
}

/* The formula cancels: it is right to some ulp of the spot, not of the price. */
static void check_equal(const be_option_in *in, size_t n, const double *libm, const double *ours)
{
    for (size_t i = 0; i < n; i++) {
        if (!(fabs(libm[i] - ours[i]) <= 2e-15 * in->spot.first[i])) {
            fprintf(stderr, "option_bsm: item %zu: %.17g and %.17g\n", i, libm[i], ours[i]);
            die("the two sides differ");
        }
    }
}

static int by_time(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

int main(void)
{
    static const size_t SIZES[] = {1, 100, 1000, 10000, 100000, 1000000};
    static const be_force SEQUENTIAL = {.schedule = BE_SCHEDULE_SEQUENTIAL};
    static const struct {
        const char *name;
        const be_force *force;
    } VARIANTS[] = {{"libm", NULL}, {"sequential", &SEQUENTIAL}, {"auto", NULL}};
    enum { N_VARIANTS = sizeof VARIANTS / sizeof VARIANTS[0] };

    be_engine *engine;
    if (be_engine_create(NULL, &engine)) {
        die("no engine");
    }
    printf("name,variant,n,min_ns,median_ns,max_ns\n");
    for (size_t s = 0; s < sizeof SIZES / sizeof SIZES[0]; s++) {
        size_t n = SIZES[s];
        be_option_book *book;
        double *price[2] = {calloc(n, sizeof(double)), calloc(n, sizeof(double))};
        if (be_option_book_random(n, 1, NULL, &book, NULL) || !price[0] || !price[1]) {
            die("no memory");
        }
        be_option_in in = be_option_book_columns(book);
        uint64_t ns[N_VARIANTS][ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            for (size_t v = 0; v < N_VARIANTS; v++) {
                be_for_options options = {.size = sizeof options, .force = VARIANTS[v].force};
                be_option_out out = {.value[BE_OPTION_PRICE] = {price[1], sizeof(double)}};
                uint64_t begin = be_now_ns();
                if (v == 0) {
                    price_by_libm(&in, n, price[0]);
                } else if (be_option_evaluate(engine, &in, n, &out, &options)) {
                    die("pricing failed");
                }
                ns[v][round] = be_now_ns() - begin;
                if (round == 0 && v > 0) {
                    check_equal(&in, n, price[0], price[1]);
                }
            }
        }
        for (size_t v = 0; v < N_VARIANTS; v++) {
            qsort(ns[v], ROUNDS, sizeof ns[v][0], by_time);
            printf("option_bsm,%s,%zu,%llu,%llu,%llu\n", VARIANTS[v].name, n,
                   (unsigned long long)ns[v][0], (unsigned long long)ns[v][ROUNDS / 2],
                   (unsigned long long)ns[v][ROUNDS - 1]);
        }
        free(price[0]);
        free(price[1]);
        be_option_book_destroy(book);
    }
    be_engine_destroy(engine);
    return 0;
}
