/* fit.c: what a worker costs, and from which size it pays.
 *
 * All models are linear in what is unknown, so least squares has a closed form. With
 * y = T - W / w the per-worker model is y = b w and the one with a constant y = a + b w;
 * multiplying the Universal Scalability Law out gives w T / W - 1 = sigma (w - 1) + kappa w (w -
 * 1).
 */
#include <breakeven/study.h>

#include "base/base.h"

#include <math.h>

/* Half of a 95 % interval is this many standard errors.
 * Source: table of Student's t, 0.975 quantile. */
static double student(size_t degrees)
{
    static const double quantile[] = {12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306,
                                      2.262,  2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120,
                                      2.110,  2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064,
                                      2.060,  2.056, 2.052, 2.048, 2.045, 2.042};
    return degrees <= BE__COUNT_OF(quantile) ? quantile[degrees - 1]
                                             : 1.960 + 2.4 / (double)degrees;
}

static be_estimate estimate(double value, double error_square, size_t degrees)
{
    if (degrees == 0) {
        return (be_estimate){value, (double)NAN, (double)NAN};
    }
    double half = student(degrees) * sqrt(error_square);
    return (be_estimate){value, value - half, value + half};
}

typedef struct row {
    double u, v, y; /* y = p u + q v */
} row;

static row per_worker_row(double work, be_scaling point)
{
    return (row){0, point.workers, point.wall_ns - work / point.workers};
}

static row constant_row(double work, be_scaling point)
{
    return (row){1, point.workers, point.wall_ns - work / point.workers};
}

static row scalability_row(double work, be_scaling point)
{
    double w = point.workers;
    return (row){w - 1, w * (w - 1), w * point.wall_ns / work - 1};
}

/* Least squares for p and q over the points with more than one worker; one of them may be held at
 * 0. */
static void solve(row (*make)(double, be_scaling), double work, const be_scaling *points, size_t n,
                  bool with_p, bool with_q, be_estimate *p, be_estimate *q)
{
    double uu = 0, uv = 0, vv = 0, uy = 0, vy = 0;
    size_t rows = 0;
    for (size_t i = 0; i < n; i++) {
        if (points[i].workers > 1) {
            row r = make(work, points[i]);
            uu += r.u * r.u;
            uv += r.u * r.v;
            vv += r.v * r.v;
            uy += r.u * r.y;
            vy += r.v * r.y;
            rows++;
        }
    }
    double determinant = uu * vv - uv * uv;
    double a = with_p && with_q ? (vv * uy - uv * vy) / determinant : with_p ? uy / uu : 0;
    double b = with_p && with_q ? (uu * vy - uv * uy) / determinant : with_q ? vy / vv : 0;
    double residual = 0;
    for (size_t i = 0; i < n; i++) {
        if (points[i].workers > 1) {
            row r = make(work, points[i]);
            double left = r.y - a * r.u - b * r.v;
            residual += left * left;
        }
    }
    size_t unknowns = (size_t)with_p + (size_t)with_q;
    size_t degrees = rows > unknowns ? rows - unknowns : 0;
    double variance = degrees ? residual / (double)degrees : 0;
    *p = estimate(a, !with_p ? 0 : variance * (with_q ? vv / determinant : 1 / uu), degrees);
    *q = estimate(b, !with_q ? 0 : variance * (with_p ? uu / determinant : 1 / vv), degrees);
}

static size_t distinct_counts(const be_scaling *points, size_t n, bool above_one)
{
    size_t counts = 0;
    for (size_t i = 0; i < n; i++) {
        size_t j = 0;
        while (j < i && points[j].workers != points[i].workers) {
            j++;
        }
        counts += j == i && (!above_one || points[i].workers > 1);
    }
    return counts;
}

/* Neither unknown of the law may be negative: one that comes out so is held at 0 and the other
 * fitted again. */
static void fit_scalability(const be_scaling *points, size_t n, be_fit *fit)
{
    double work = fit->work_ns;
    be_estimate sigma, kappa;
    solve(scalability_row, work, points, n, true, true, &sigma, &kappa);
    if (kappa.value < 0) {
        solve(scalability_row, work, points, n, true, false, &sigma, &kappa);
    } else if (sigma.value < 0) {
        solve(scalability_row, work, points, n, false, true, &sigma, &kappa);
    }
    if (sigma.value < 0 || kappa.value < 0) { /* faster than linear: nothing to charge */
        sigma.value = kappa.value = 0;
    }
    sigma.low = fmax(sigma.low, 0);
    kappa.low = fmax(kappa.low, 0);
    fit->contention = sigma;
    fit->coherency = kappa;
    fit->peak_workers =
        kappa.value > 0 ? sqrt(fmax(1 - sigma.value, 0) / kappa.value) : (double)INFINITY;
}

be_status be_study_fit(double work_ns, const be_scaling *points, size_t n, be_fit *fit)
{
    size_t above_one = distinct_counts(points, n, true);
    if (above_one == 0 || !(work_ns > 0)) {
        return BE_EDOMAIN;
    }
    *fit = (be_fit){.work_ns = work_ns, .counts = distinct_counts(points, n, false)};
    for (size_t i = 0; i < n; i++) {
        fit->largest_workers = fmax(fit->largest_workers, points[i].workers);
    }
    be_estimate none;
    solve(per_worker_row, work_ns, points, n, false, true, &none, &fit->per_worker_ns);
    if (above_one < 3) {
        fit->per_worker_ns.low = fit->per_worker_ns.high = (double)NAN;
    }
    fit->extended = fit->counts >= 5;
    if (fit->extended) {
        solve(constant_row, work_ns, points, n, true, true, &fit->constant_ns,
              &fit->per_worker_beside_ns);
        fit_scalability(points, n, fit);
    }
    return BE_OK;
}

static be_status check_range(const be_fit *fit, double workers, double least)
{
    if (!(workers >= least)) {
        return BE_EINVAL;
    }
    return workers > 2 * fit->largest_workers ? BE_ELIMIT : BE_OK;
}

be_status be_study_predict(const be_fit *fit, double workers, double *wall_ns)
{
    be_status status = check_range(fit, workers, 1);
    if (status) {
        return status;
    }
    *wall_ns =
        workers > 1 ? fit->work_ns / workers + fit->per_worker_ns.value * workers : fit->work_ns;
    return BE_OK;
}

be_status be_study_work_to_pay(const be_fit *fit, double workers, double *work_ns)
{
    be_status status = check_range(fit, workers, 1);
    if (!status && workers == 1) {
        status = BE_EINVAL;
    }
    if (status) {
        return status;
    }
    *work_ns = fit->per_worker_ns.value * workers * workers / (workers - 1);
    return BE_OK;
}

/* ---- break-even ----------------------------------------------------------------------------- */

/* How to read the intervals: the middle, in parallel's favour, or against it. */
typedef enum reading { MEDIANS, FRIENDLY, HARSH } reading;

/* log(parallel / sequential): below 0 where parallel wins. Against a time without an interval
 * nothing wins in the harsh reading: NaN is not below 0. */
static double log_ratio(be_estimate sequential, be_estimate parallel, reading how)
{
    double s = sequential.value;
    double p = parallel.value;
    if (how == FRIENDLY) {
        s = fmax(sequential.high, s); /* the value where there is no bound */
        p = fmin(parallel.low, p);
    } else if (how == HARSH) {
        s = sequential.low;
        p = parallel.high;
    }
    return log(p / s);
}

/* The first size from which parallel wins to the end; n when it does not at the end. */
static size_t first_win(const be_estimate *sequential, const be_estimate *parallel, size_t n,
                        reading how)
{
    while (n > 0 && log_ratio(sequential[n - 1], parallel[n - 1], how) < 0) {
        n--;
    }
    return n;
}

/* Where the ratio crosses 1 in front of sizes[first]; the smallest size when that is the first. */
static double crossing(const double *sizes, const be_estimate *sequential,
                       const be_estimate *parallel, size_t n, reading how)
{
    size_t first = first_win(sequential, parallel, n, how);
    if (first == 0) {
        return sizes[0];
    }
    double above = log_ratio(sequential[first - 1], parallel[first - 1], how);
    double under = log_ratio(sequential[first], parallel[first], how);
    if (isnan(above)) {
        return sizes[first];
    }
    double part = above / (above - under);
    return exp(log(sizes[first - 1]) + part * (log(sizes[first]) - log(sizes[first - 1])));
}

void be_study_breakeven(const double *sizes, const be_estimate *sequential,
                        const be_estimate *parallel, size_t n, be_breakeven *breakeven)
{
    be_estimate none = {(double)NAN, (double)NAN, (double)NAN};
    *breakeven = (be_breakeven){n ? BE_BREAKEVEN_NOT_REACHED : BE_BREAKEVEN_UNKNOWN, none,
                                (double)NAN, (double)NAN};
    size_t first = first_win(sequential, parallel, n, HARSH);
    if (first == n) {
        return;
    }
    if (first == 0) {
        breakeven->kind = BE_BREAKEVEN_ALWAYS;
        return;
    }
    /* A win in the harsh reading is one in the others: they cross at sizes[first] or before. */
    breakeven->kind = BE_BREAKEVEN_FOUND;
    breakeven->size = (be_estimate){crossing(sizes, sequential, parallel, n, MEDIANS),
                                    crossing(sizes, sequential, parallel, n, FRIENDLY),
                                    crossing(sizes, sequential, parallel, n, HARSH)};
    size_t friendly = first_win(sequential, parallel, n, FRIENDLY);
    breakeven->below = sizes[friendly > 0 ? friendly - 1 : 0];
    breakeven->above = sizes[first];
}
