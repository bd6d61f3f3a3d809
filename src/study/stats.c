/* stats.c: what a list of measured times says. */
#include <breakeven/study.h>

#include <math.h>
#include <stdlib.h>

static int ascending(const void *left, const void *right)
{
    const double *a = left;
    const double *b = right;
    return (*a > *b) - (*a < *b);
}

/* The median of n independent values lies outside [k-th smallest, k-th largest] when fewer than k
 * of them fall on one side of it: with probability 2 P(Binomial(n, 1/2) < k). Returns the largest k
 * for which that is at most 5 %, or 1 (the whole range) where no k does. */
static size_t median_rank(size_t n, double *confidence)
{
    double log_term = -(double)n * log(2); /* of P(Binomial = i) */
    double below = exp(log_term);          /* P(Binomial <= i) */
    double covered = 1 - 2 * below;
    size_t k = 1;
    for (size_t i = 0; k <= n / 2; i++) {
        log_term += log((double)(n - i) / (double)(i + 1));
        below += exp(log_term);
        if (2 * below > 0.05) {
            break;
        }
        covered = 1 - 2 * below;
        k++;
    }
    *confidence = covered;
    return k;
}

void be_study_summarize(const double *values, size_t n, double *sorted, be_summary *summary)
{
    double total = 0;
    for (size_t i = 0; i < n; i++) {
        total += values[i];
    }
    double mean = total / (double)n;
    double squares = 0;
    for (size_t i = 0; i < n; i++) {
        squares += (values[i] - mean) * (values[i] - mean);
        sorted[i] = values[i];
    }
    qsort(sorted, n, sizeof *sorted, ascending);
    *summary = (be_summary){
        .n = n,
        .min = sorted[0],
        .mean = mean,
        .max = sorted[n - 1],
        .sd = n > 1 ? sqrt(squares / (double)(n - 1)) : 0,
        .total = total,
        .median = {(sorted[(n - 1) / 2] + sorted[n / 2]) / 2, (double)NAN, (double)NAN},
    };
    if (n > 1) {
        size_t k = median_rank(n, &summary->confidence);
        summary->median.low = sorted[k - 1];
        summary->median.high = sorted[n - k];
    }
}
