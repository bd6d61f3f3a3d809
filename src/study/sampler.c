/* sampler.c: settings take turns until their medians are known well enough.
 *
 * A round gives each setting one turn, in an order of its own: what the machine does in the
 * meantime (another process, a changing frequency) falls on all of them alike, and no setting
 * always follows the same other one.
 */
#include "study/parts.h"

#include <math.h>

static void shuffle(size_t *order, size_t n, uint64_t seed, uint64_t round)
{
    be_random random;
    be_random_init(&random, seed, round);
    for (size_t i = 0; i < n; i++) {
        order[i] = i;
    }
    for (size_t i = n; i > 1; i--) {
        size_t j = (size_t)be_random_below(&random, i);
        size_t swap = order[i - 1];
        order[i - 1] = order[j];
        order[j] = swap;
    }
}

static be_status run_round(const be__sampler *s, uint64_t round, size_t *slot, be_error *error)
{
    size_t order[BE__SETTINGS_MAX];
    shuffle(order, s->n_settings, s->seed, round);
    for (size_t i = 0; i < s->n_settings; i++) {
        be_study_sample sample;
        be_status status = s->turn(s->ctx, order[i], &sample, error);
        /* A child that Ctrl-C killed too has failed, but that is not the news. */
        if (s->cancel && be_cancel_raised(s->cancel)) {
            return be_error_set(error, BE_ECANCEL, "%s", be_status_text(BE_ECANCEL));
        }
        if (status) {
            return status;
        }
        if (slot) {
            s->samples[order[i] * s->max_rounds + *slot] = sample;
        }
    }
    return BE_OK;
}

/* Returns true when the median's interval is within the precision. */
static bool summarize(const be__sampler *s, size_t i, size_t rounds)
{
    be_study_setting *setting = &s->settings[i];
    const be_study_sample *samples = s->samples + i * s->max_rounds;
    setting->samples = samples;
    setting->n_samples = rounds;
    for (size_t k = 0; k < rounds; k++) {
        s->scratch[k] = samples[k].user_ns + samples[k].system_ns;
    }
    be_study_summarize(s->scratch, rounds, s->scratch, &setting->cpu_ns);
    for (size_t k = 0; k < rounds; k++) {
        s->scratch[k] = samples[k].wall_ns;
    }
    be_study_summarize(s->scratch, rounds, s->scratch, &setting->wall_ns);
    be_estimate median = setting->wall_ns.median;
    return setting->wall_ns.confidence >= 0.95 &&
           (median.high - median.low) / 2 <= s->precision * median.value;
}

be_status be__sample(const be__sampler *s, bool *narrow, be_error *error)
{
    static const be_phase warm_up = {"warm-up", true}, samples = {"samples", true};
    uint64_t begin = be_now_ns();
    uint64_t round = 0;
    be_status status = BE_OK;
    be_span_begin(s->tracer, &warm_up);
    for (; !status && round < s->warmups && be_now_ns() - begin < s->budget_ns / 5; round++) {
        status = run_round(s, round, NULL, error);
    }
    bool enough = false;
    be_span_next(s->tracer, &samples);
    for (size_t rounds = 0; !status && !enough && rounds < s->max_rounds; round++) {
        status = run_round(s, round, &rounds, error);
        if (status) {
            break;
        }
        rounds++;
        bool all_narrow = true;
        for (size_t i = 0; i < s->n_settings; i++) {
            all_narrow &= summarize(s, i, rounds);
        }
        *narrow = all_narrow;
        uint64_t spent = be_now_ns() - begin;
        enough = spent >= s->budget_ns || (all_narrow && rounds >= s->min_rounds);
        if (s->progress) {
            double by_time = (double)spent / (double)s->budget_ns;
            s->progress(s->progress_user, fmin(by_time, 1));
        }
    }
    be_span_end(s->tracer);
    return status;
}
