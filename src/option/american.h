/* american.h: what the files of the American engine share.
 *
 * All of it is about one normal form: a put of strike 1 and one unit of time, with `vol` the
 * deviation over that time, rate and yield those of that time. Time to expiry t runs from 0 to 1.
 * A call is the put with spot and strike, rate and yield exchanged.
 */
#ifndef BE__OPTION_AMERICAN_H
#define BE__OPTION_AMERICAN_H

#include <breakeven/option.h>

#include "cpu/isa.h"

enum { BE__AMERICAN_LEVELS = 4, BE__AMERICAN_TERMS_MAX = 65 };

typedef struct be__american {
    double rate;
    double yield;
    double vol; /* > 0 */
} be__american;

/* One edge of the exercise region: log edge(t) = log_start - side * sqrt(h), where h is the
 * Chebyshev series sum term[m] T_m(2 x - 1) in x = (t / span)^(1/4), 0 for x = 0; later than span
 * it stays. */
typedef struct be__edge {
    double span;
    double side;      /* 1: exercise below it, it falls with t; -1: above, it rises */
    double log_start; /* where it is just before expiry */
    int level;        /* 0 to 3: 8, 16, 32, 64 nodes */
    double term[BE__AMERICAN_TERMS_MAX];
    double change; /* the last Newton step, of the log of the edge, in the mean over time */
} be__edge;

/* What early exercise adds to the European value, and its first two derivatives by spot. */
typedef struct be__premium {
    double value, slope, bend;
} be__premium;

typedef struct be__american_kernel {
    /* Find the terms of an edge whose side, log_start and level are given, over the whole unit of
     * time of `put`. A guess is made unless `refine`, which starts from terms of the level below.
     * Newton steps until one is below tolerance or `steps` were done. False: it broke down. */
    bool (*solve)(const be__american *put, bool refine, int steps, double tolerance,
                  be__edge *edge);

    /* The premium at spot e^log_spot for the exercise region below one edge, or between two: then
     * it ends at time `until` to expiry. `above` may be NULL. quadrature: 0, 1, 2 for 32, 80, 128
     * points. */
    be__premium (*premium)(const be__american *put, const be__edge *below, const be__edge *above,
                           double until, double log_spot, int quadrature);

    /* Value, slope and bend of the European put at spot e^log_spot. */
    be__premium (*european)(const be__american *put, double log_spot);
} be__american_kernel;

extern const be__american_kernel *const be__american_variant[BE_ISA_COUNT];
extern const be__american_kernel be__american_base, be__american_avx2, be__american_avx512;

/* Value by the methods that check (american_checks.c); boundaries are NaN. vol * sqrt(years) > 0.
 */
be_american be__american_binomial(const be_option *option);

/* Value by finite differences; `american` or held to expiry, with n cash dividends in order of
 * time, under one of the models of be_option_cash_dividends. */
be_american be__option_differences(const be_option *option, bool american, be_dividend_model model,
                                   size_t n, const be_cash_dividend *dividend);

/* log of the edge at time t to expiry. */
double be__edge_log(const be__edge *edge, double t);

#endif
