/* analysis.c: all that algebra says about a register, put together for the caller. */
#include "base/base.h"
#include "lfsr/algebra.h"
#include "lfsr/states.h"

#include <stdlib.h>
#include <string.h>

#define CENSUS_BITS_MAX ((size_t)1 << 32) /* of a census: half a gigabyte */
#define STATES_MAX ((size_t)1 << 26)      /* elements of the states that are given */

/* What an analysis points to. */
struct be_lfsr_analysis_own {
    be__structure structure;
    be__rows rows;
    be__int order, period, multiple, n_cycles;
    be__int *cycles; /* [rows.n] */
    be__int *tails;  /* [n_tails] */
    size_t n_tails;
    uint64_t *characteristic;
    uint64_t **coefficients; /* [n_divisors] */
    be_lfsr_factor *factors;
    be_lfsr_cycle_count *census;
    be_lfsr_integer *tail_views;
    uint64_t *states; /* [rows.n][n] */
};

static be_lfsr_integer view(const be__int *a)
{
    be_lfsr_integer integer;
    integer.limb = be__int_limbs(a, &integer.n);
    return integer;
}

/* ---- text ----------------------------------------------------------------------------------- */

void be_lfsr_integer_format(be_lfsr_integer integer, be_text *text)
{
    if (integer.n <= 1) {
        be_text_printf(text, "%llu", (unsigned long long)(integer.n ? integer.limb[0] : 0));
        return;
    }
    be__int a;
    be__int_init(&a);
    be__int_set_limbs(&a, integer.limb, integer.n);
    char *digits = malloc(be__int_text_size(&a));
    if (digits) {
        be__int_text(&a, digits);
        be_text_puts(text, digits);
        free(digits);
    } else {
        text->status = BE_ENOMEM;
    }
    be__int_clear(&a);
}

void be_lfsr_coefficients_format(const uint64_t *c, size_t degree, char letter, be_text *text)
{
    bool first = true;
    for (size_t i = degree + 1; i-- > 0;) {
        if (c[i] == 0) {
            continue;
        }
        if (!first) {
            be_text_puts(text, " + ");
        }
        first = false;
        if (c[i] > 1 || i == 0) {
            be_text_printf(text, i ? "%llu*" : "%llu", (unsigned long long)c[i]);
        }
        if (i > 0) {
            be_text_add(text, &letter, 1);
        }
        if (i > 1) {
            be_text_printf(text, "^%zu", i);
        }
    }
    if (first) {
        be_text_puts(text, "0");
    }
}

/* ---- parts ---------------------------------------------------------------------------------- */

static be_status view_factors(be_lfsr_analysis *analysis)
{
    struct be_lfsr_analysis_own *own = analysis->own;
    be__structure *s = &own->structure;
    own->characteristic = calloc(s->n + 1, sizeof *own->characteristic);
    own->coefficients = calloc(s->n_divisors, sizeof *own->coefficients);
    own->factors = calloc(s->n_divisors, sizeof *own->factors);
    if (!own->characteristic || !own->coefficients || !own->factors) {
        return BE_ENOMEM;
    }
    for (size_t i = 0; i <= s->n; i++) {
        own->characteristic[i] = s->characteristic.c[i];
    }
    for (size_t i = 0; i < s->n_divisors; i++) {
        const be__divisor *divisor = &s->divisor[i];
        own->coefficients[i] = calloc(divisor->poly.n, sizeof(uint64_t));
        if (!own->coefficients[i]) {
            return BE_ENOMEM;
        }
        for (size_t j = 0; j < divisor->poly.n; j++) {
            own->coefficients[i][j] = divisor->poly.c[j];
        }
        own->factors[i] = (be_lfsr_factor){.coefficients = own->coefficients[i],
                                           .degree = divisor->poly.n - 1,
                                           .exponent = divisor->exponent,
                                           .parts = divisor->parts,
                                           .n_parts = divisor->n_parts,
                                           .order = view(&divisor->order),
                                           .multiple = view(&divisor->multiple),
                                           .complete = divisor->complete};
    }
    analysis->n = s->n;
    analysis->characteristic = own->characteristic;
    analysis->factors = own->factors;
    analysis->n_factors = s->n_divisors;
    analysis->irreducible = s->n_divisors == 1 && s->divisor[0].exponent == 1;
    return BE_OK;
}

/* The least common multiples over all factors. */
static void find_order(be_lfsr_analysis *analysis)
{
    struct be_lfsr_analysis_own *own = analysis->own;
    const be__structure *s = &own->structure;
    be__int power, term;
    be__int_init(&power);
    be__int_init(&term);
    be__int_set_u64(&own->order, 1);
    be__int_set_u64(&own->period, 1);
    be__int_set_u64(&own->multiple, 1);
    for (size_t i = 0; i < s->n_divisors; i++) {
        const be__divisor *divisor = &s->divisor[i];
        if (divisor->is_x) {
            analysis->preperiod = divisor->parts[0];
            continue;
        }
        be__int_pow(&power, s->field->p, be__log_up(s->field->p, divisor->parts[0]));
        be__int_mul(&term, &divisor->order, &power);
        be__int_lcm(&own->order, &own->order, &term);
        be__int_mul(&term, &divisor->multiple, &power);
        be__int_lcm(&own->multiple, &own->multiple, &term);
    }
    /* A constant without a fixed point takes p^ceil(log_p s->affine) steps to come round. */
    be__int_pow(&power, s->field->p, s->affine ? be__log_up(s->field->p, s->affine) : 0);
    be__int_lcm(&own->period, &own->order, &power);
    be__int_lcm(&own->multiple, &own->multiple, &power);
    if (analysis->preperiod > 0) {
        be__int_set_u64(&own->order, 0);
    }
    be__int_pow(&power, s->field->q, s->n);
    be__int_sub_u64(&power, &power, 1);
    analysis->primitive = analysis->irreducible && s->complete && analysis->preperiod == 0 &&
                          be__int_compare(&s->divisor[0].order, &power) == 0;
    analysis->order = view(&own->order);
    analysis->period = view(&own->period);
    analysis->multiple = view(&own->multiple);
    be__int_clear(&power);
    be__int_clear(&term);
}

static be_status count_cycles(be_lfsr_analysis *analysis, const be_cancel *cancel)
{
    struct be_lfsr_analysis_own *own = analysis->own;
    /* As many rows as fit, their numbers having up to n digits in base q. */
    const be__structure *structure = &own->structure;
    size_t bits = structure->n * (64 - (size_t)__builtin_clzll(structure->field->q));
    size_t max =
        CENSUS_BITS_MAX / bits < BE_LFSR_ROWS_MAX ? CENSUS_BITS_MAX / bits : BE_LFSR_ROWS_MAX;
    be_status status = be__rows_init(&own->rows, structure, max, cancel);
    size_t longest = 0;
    status = status ? status : be__tails(&own->structure, &own->tails, &longest);
    if (status) {
        return status;
    }
    own->n_tails = longest + 1;
    own->census = calloc(own->rows.n, sizeof *own->census);
    own->tail_views = calloc(own->n_tails, sizeof *own->tail_views);
    own->cycles = calloc(own->rows.n, sizeof *own->cycles);
    if (!own->census || !own->tail_views || !own->cycles) {
        return BE_ENOMEM;
    }
    be__int on_cycles;
    be__int_init(&on_cycles);
    for (size_t i = 0; i < own->rows.n; i++) {
        be__row *row = &own->rows.item[i];
        be__int_init(&own->cycles[i]);
        be__int_div(&own->cycles[i], &row->states, &row->length);
        be__int_add(&own->n_cycles, &own->n_cycles, &own->cycles[i]);
        be__int_add(&on_cycles, &on_cycles, &row->states);
        own->census[i] =
            (be_lfsr_cycle_count){.length = view(&row->length), .cycles = view(&own->cycles[i])};
    }
    for (size_t j = 0; j < own->n_tails; j++) {
        own->tail_views[j] = view(&own->tails[j]);
    }
    bool all = be__int_compare(&on_cycles, &own->tails[0]) == 0;
    be__int_clear(&on_cycles);
    analysis->census = own->census;
    analysis->n_lengths = own->rows.n;
    analysis->n_cycles = view(&own->n_cycles);
    analysis->tails = own->tail_views;
    return all ? BE_OK : BE_EMISMATCH;
}

static be_status find_states(be_lfsr_analysis *analysis, const be_lfsr *lfsr,
                             const be_cancel *cancel)
{
    struct be_lfsr_analysis_own *own = analysis->own;
    size_t n = own->structure.n;
    if (own->rows.n > STATES_MAX / n) {
        return BE_ELIMIT;
    }
    own->states = calloc(own->rows.n * n, sizeof *own->states);
    if (!own->states) {
        return BE_ENOMEM;
    }
    be_status status = be__states_of_rows(&own->structure, lfsr, &own->rows, cancel, own->states);
    for (size_t i = 0; i < own->rows.n; i++) {
        own->census[i].state = own->states + i * n;
    }
    return status;
}

/* ---- together ------------------------------------------------------------------------------- */

be_status be_lfsr_analyze(const be_lfsr *lfsr, const be_lfsr_analyze_options *options,
                          be_lfsr_analysis *analysis, be_error *error)
{
    be_lfsr_analyze_options asked = {.size = sizeof asked, .want = BE_LFSR_WANT_ORDER};
    if (options) {
        if (options->size != sizeof asked) {
            return be_error_set(error, BE_EINVAL, "options of this version's size");
        }
        asked = *options;
    }
    be__int *known = NULL;
    size_t n_known = 0;
    be_lfsr_analysis made = {.own = calloc(1, sizeof *made.own)};
    if (!made.own) {
        return be_error_set(error, BE_ENOMEM, "memory for an analysis");
    }
    struct be_lfsr_analysis_own *own = made.own;
    be__int_init(&own->order);
    be__int_init(&own->period);
    be__int_init(&own->multiple);
    be__int_init(&own->n_cycles);
    be_status status = asked.known
                           ? be__known_read(asked.known, asked.known_size, &known, &n_known, error)
                           : BE_OK;
    status = status ? status : be__structure_init(&own->structure, lfsr, asked.cancel, error);
    if (status) {
        goto done;
    }
    made.complete = true;
    if (asked.want >= BE_LFSR_WANT_ORDER) {
        be__effort effort = {.cancel = asked.cancel,
                             .deadline_ns = asked.time_ns ? be_now_ns() + asked.time_ns : 0,
                             .known = known,
                             .n_known = n_known};
        status = be__structure_orders(&own->structure, &effort);
        made.complete = own->structure.complete;
    }
    status = status ? status : view_factors(&made);
    if (!status && asked.want >= BE_LFSR_WANT_ORDER) {
        find_order(&made);
    }
    if (!status && asked.want >= BE_LFSR_WANT_CENSUS && made.complete) {
        status = count_cycles(&made, asked.cancel);
    }
    if (!status && asked.want >= BE_LFSR_WANT_STATES && made.complete) {
        status = find_states(&made, lfsr, asked.cancel);
    }
    if (status == BE_ELIMIT) {
        be_error_set(error, status, "fewer cycle lengths: they do not fit in memory");
    } else if (status) {
        be_error_set(error, status, "%s", be_status_text(status));
    }
done:
    be__known_clear(known, n_known);
    if (status) {
        be_lfsr_analysis_clear(&made);
        return status;
    }
    *analysis = made;
    return BE_OK;
}

be_status be_lfsr_certificate(const be_lfsr *lfsr, const be_lfsr_analysis *analysis,
                              const be_lfsr_analyze_options *options, be_text *text,
                              be_error *error)
{
    if (!lfsr->coefficients || lfsr->field.k != 1 || lfsr->constant) {
        return be_error_set(error, BE_EINVAL,
                            "a register said by a polynomial over a prime field, without a "
                            "constant, for a certificate");
    }
    if (!analysis->complete || analysis->n_lengths == 0 || analysis->n != lfsr->n) {
        return be_error_set(error, BE_EINVAL, "the complete census of this register");
    }
    be__effort effort = {0};
    if (options) {
        effort.cancel = options->cancel;
        effort.deadline_ns = options->time_ns ? be_now_ns() + options->time_ns : 0;
    }
    const struct be_lfsr_analysis_own *own = analysis->own;
    be_status status = be__certificate(&own->structure, &own->rows, lfsr, &effort, text);
    if (status == BE_EDOMAIN) {
        return be_error_set(error, status, "more time to prove that a factor of q^d - 1 is prime");
    }
    return status ? be_error_set(error, status, "%s", be_status_text(status)) : BE_OK;
}

void be_lfsr_analysis_clear(be_lfsr_analysis *analysis)
{
    struct be_lfsr_analysis_own *own = analysis->own;
    if (own) {
        for (size_t i = 0; own->cycles && i < own->rows.n; i++) {
            be__int_clear(&own->cycles[i]);
        }
        for (size_t i = 0; i < own->n_tails; i++) {
            be__int_clear(&own->tails[i]);
        }
        for (size_t i = 0; own->coefficients && i < own->structure.n_divisors; i++) {
            free(own->coefficients[i]);
        }
        be__rows_clear(&own->rows);
        be__structure_clear(&own->structure);
        be__int_clear(&own->order);
        be__int_clear(&own->period);
        be__int_clear(&own->multiple);
        be__int_clear(&own->n_cycles);
        free(own->cycles);
        free(own->tails);
        free(own->characteristic);
        free(own->coefficients);
        free(own->factors);
        free(own->census);
        free(own->tail_views);
        free(own->states);
        free(own);
    }
    *analysis = (be_lfsr_analysis){0};
}
