/* option_american.h: what the two files of this benchmark share. */
#ifndef BENCH_OPTION_AMERICAN_H
#define BENCH_OPTION_AMERICAN_H

#include <breakeven/option.h>

typedef struct bench_side {
    const char *name;
    void (*run)(int how, const be_option *options, size_t n, double *result);
    int how;
    const double *right; /* what the result ought to be */
} bench_side;

enum { BENCH_QUANTLIB_QDPLUS, BENCH_QUANTLIB_FAST, BENCH_QUANTLIB_ACCURATE, BENCH_QUANTLIB_COUNT };

#ifdef __cplusplus
extern "C"
#endif
    void
    bench_quantlib(int engine, const be_option *options, size_t n, double *price);

#endif
