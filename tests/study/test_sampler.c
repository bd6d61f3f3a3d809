/* test_sampler.c: settings take turns fairly, and stop when enough is known. */
#include "check.h"

#include "study/parts.h"

#include <string.h>

enum { SETTINGS = 5, ROUNDS = 40 };

typedef struct script {
    size_t calls;
    size_t order[SETTINGS * (ROUNDS + 8)];
    double step; /* the k-th sample of a setting lasts 1000 + (k % 2) * step */
    be_status fail_at_call_7;
    be_cancel *raise_at_call_7;
} script;

static be_status turn(void *ctx, size_t setting, be_study_sample *sample, be_error *error)
{
    script *s = ctx;
    s->order[s->calls++] = setting;
    if (s->calls == 7 && s->fail_at_call_7) {
        return be_error_set(error, s->fail_at_call_7, "call 7");
    }
    if (s->calls == 7 && s->raise_at_call_7) {
        be_cancel_raise(s->raise_at_call_7);
    }
    size_t round = (s->calls - 1) / SETTINGS;
    double wall = 1000 + (double)setting + (double)(round % 2) * s->step;
    *sample = (be_study_sample){.wall_ns = wall, .user_ns = 2 * wall, .system_ns = 1};
    return BE_OK;
}

typedef struct bench {
    be_study_setting settings[SETTINGS];
    be_study_sample samples[SETTINGS * ROUNDS];
    double scratch[ROUNDS];
} bench;

static be__sampler sampler_of(bench *b, script *s)
{
    memset(b, 0, sizeof *b);
    return (be__sampler){.turn = turn,
                         .ctx = s,
                         .n_settings = SETTINGS,
                         .settings = b->settings,
                         .samples = b->samples,
                         .scratch = b->scratch,
                         .min_rounds = 6,
                         .max_rounds = ROUNDS,
                         .precision = 0.02,
                         .budget_ns = UINT64_C(60000000000),
                         .seed = 3};
}

static void every_round_gives_each_setting_one_turn_in_a_new_order(void **state)
{
    (void)state;
    static bench b;
    script s = {.step = 500}; /* never narrow */
    be__sampler sampler = sampler_of(&b, &s);
    bool narrow;
    CHECK(be__sample(&sampler, &narrow, NULL) == BE_OK && !narrow);
    CHECK(s.calls == (size_t)SETTINGS * ROUNDS);
    size_t repeats = 0;
    for (size_t round = 0; round < ROUNDS; round++) {
        const size_t *order = s.order + round * SETTINGS;
        unsigned seen = 0;
        for (size_t i = 0; i < SETTINGS; i++) {
            seen |= 1u << order[i];
        }
        CHECK_SAY(seen == (1u << SETTINGS) - 1, "round %zu: %x", round, seen);
        repeats += round > 0 && memcmp(order, order - SETTINGS, SETTINGS * sizeof *order) == 0;
    }
    CHECK_SAY(repeats < 4, "%zu rounds in the order of the one before", repeats);
}

static void the_same_seed_gives_the_same_order(void **state)
{
    (void)state;
    static bench b;
    script first = {.step = 500}, second = {.step = 500}, third = {.step = 500};
    bool narrow;
    be__sampler sampler = sampler_of(&b, &first);
    CHECK(be__sample(&sampler, &narrow, NULL) == BE_OK);
    sampler = sampler_of(&b, &second);
    CHECK(be__sample(&sampler, &narrow, NULL) == BE_OK);
    sampler = sampler_of(&b, &third);
    sampler.seed++;
    CHECK(be__sample(&sampler, &narrow, NULL) == BE_OK);
    CHECK(memcmp(first.order, second.order, sizeof first.order) == 0);
    CHECK(memcmp(first.order, third.order, sizeof first.order) != 0);
}

static void steady_settings_are_done_after_the_fewest_rounds(void **state)
{
    (void)state;
    static bench b;
    script s = {.step = 0};
    be__sampler sampler = sampler_of(&b, &s);
    sampler.warmups = 2;
    bool narrow;
    CHECK(be__sample(&sampler, &narrow, NULL) == BE_OK && narrow);
    CHECK_SAY(s.calls == (2 + 6) * (size_t)SETTINGS, "%zu calls", s.calls);
    for (size_t i = 0; i < SETTINGS; i++) {
        const be_study_setting *setting = &b.settings[i];
        double wall = 1000 + (double)i;
        CHECK(setting->n_samples == 6 && setting->wall_ns.median.value == wall);
        CHECK(setting->wall_ns.total == 6 * wall && setting->cpu_ns.mean == 2 * wall + 1);
        CHECK(setting->samples[5].user_ns == 2 * wall);
    }
}

static void a_spent_budget_still_measures_one_round(void **state)
{
    (void)state;
    static bench b;
    script s = {.step = 0};
    be__sampler sampler = sampler_of(&b, &s);
    sampler.budget_ns = 0;
    sampler.warmups = 3;
    bool narrow;
    CHECK(be__sample(&sampler, &narrow, NULL) == BE_OK && !narrow);
    CHECK(s.calls == SETTINGS && b.settings[0].n_samples == 1);
}

static void a_failing_turn_ends_it_with_its_status(void **state)
{
    (void)state;
    static bench b;
    script s = {.fail_at_call_7 = BE_EMISMATCH};
    be__sampler sampler = sampler_of(&b, &s);
    bool narrow;
    be_error error;
    CHECK(be__sample(&sampler, &narrow, &error) == BE_EMISMATCH);
    CHECK(s.calls == 7 && strcmp(error.expected, "call 7") == 0);
}

static void a_raised_flag_ends_it(void **state)
{
    (void)state;
    static bench b;
    be_cancel cancel = {0};
    script s = {.raise_at_call_7 = &cancel};
    be__sampler sampler = sampler_of(&b, &s);
    sampler.cancel = &cancel;
    bool narrow;
    CHECK(be__sample(&sampler, &narrow, NULL) == BE_ECANCEL);
    CHECK(s.calls == 7);
}

static const struct CMUnitTest tests[] = {
    TEST(every_round_gives_each_setting_one_turn_in_a_new_order),
    TEST(the_same_seed_gives_the_same_order),
    TEST(steady_settings_are_done_after_the_fewest_rounds),
    TEST(a_spent_budget_still_measures_one_round),
    TEST(a_failing_turn_ends_it_with_its_status),
    TEST(a_raised_flag_ends_it),
};
RUN_TESTS(tests)
