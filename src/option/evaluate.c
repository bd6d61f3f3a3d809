/* evaluate.c: the public functions over options: they check the columns, choose the kernel for this
 * CPU, and hand ranges to it. */
#include "option/kernel.h"

#include "base/base.h"

#include <math.h>

be__option_evaluate_fn *const be__option_evaluate_variant[BE_ISA_COUNT] = {
    [BE_ISA_BASE] = be__option_evaluate_base,
#if BE_HAVE_AVX2
    [BE_ISA_AVX2] = be__option_evaluate_avx2,
#endif
#if BE_HAVE_AVX512
    [BE_ISA_AVX512] = be__option_evaluate_avx512,
#endif
};

be__option_implied_fn *const be__option_implied_variant[BE_ISA_COUNT] = {
    [BE_ISA_BASE] = be__option_implied_base,
#if BE_HAVE_AVX2
    [BE_ISA_AVX2] = be__option_implied_avx2,
#endif
#if BE_HAVE_AVX512
    [BE_ISA_AVX512] = be__option_implied_avx512,
#endif
};

/* ---- names ---------------------------------------------------------------------------------- */

const char *be_option_status_text(be_option_status status)
{
    static const char *const text[BE_OPTION_STATUS_COUNT] = {
        [BE_OPTION_OK] = "priced",
        [BE_OPTION_NAN] = "an input is not a number",
        [BE_OPTION_BAD_TYPE] = "type is neither call nor put",
        [BE_OPTION_BAD_SPOT] = "spot is negative or infinite",
        [BE_OPTION_BAD_STRIKE] = "strike is negative or infinite",
        [BE_OPTION_BAD_YEARS] = "years is negative or infinite",
        [BE_OPTION_BAD_VOL] = "vol is negative or infinite",
        [BE_OPTION_BAD_RATE] = "rate is out of range",
        [BE_OPTION_BAD_DIVIDEND] = "dividend is out of range",
        [BE_OPTION_BAD_SHIFT] = "shift is infinite",
        [BE_OPTION_OVERFLOW] = "the price is too large for a double",
        [BE_OPTION_BELOW_INTRINSIC] = "the price is below the option's value without vol",
        [BE_OPTION_NO_TIME_VALUE] = "the price is the option's value without vol",
        [BE_OPTION_ABOVE_MAXIMUM] = "the price is as high as no vol makes it",
        [BE_OPTION_NO_TIME] = "without time to expiry every vol gives the same price",
    };
    return (unsigned)status < BE_OPTION_STATUS_COUNT ? text[status] : "unknown status";
}

const char *be_option_model_name(be_option_model model)
{
    static const char *const names[BE_OPTION_MODEL_COUNT] = {
        [BE_OPTION_BLACK_SCHOLES] = "black-scholes",
        [BE_OPTION_BLACK_76] = "black-76",
        [BE_OPTION_MERTON] = "merton",
        [BE_OPTION_GARMAN_KOHLHAGEN] = "garman-kohlhagen",
        [BE_OPTION_BACHELIER] = "bachelier",
        [BE_OPTION_DISPLACED] = "displaced",
    };
    return (unsigned)model < BE_OPTION_MODEL_COUNT ? names[model] : "unknown model";
}

/* A quantity's name, and how often it is a derivative by years, and by vol, rate or yield. */
static const struct quantity {
    const char *name;
    int by_years, by_percent;
} QUANTITY[BE_OPTION_QUANTITY_COUNT] = {
    [BE_OPTION_PRICE] = {"price", 0, 0},
    [BE_OPTION_DELTA] = {"delta", 0, 0},
    [BE_OPTION_GAMMA] = {"gamma", 0, 0},
    [BE_OPTION_VEGA] = {"vega", 0, 1},
    [BE_OPTION_THETA] = {"theta", 1, 0},
    [BE_OPTION_RHO] = {"rho", 0, 1},
    [BE_OPTION_DIVIDEND_RHO] = {"dividend_rho", 0, 1},
    [BE_OPTION_VANNA] = {"vanna", 0, 1},
    [BE_OPTION_VOLGA] = {"volga", 0, 2},
    [BE_OPTION_CHARM] = {"charm", 1, 0},
    [BE_OPTION_VETA] = {"veta", 1, 1},
    [BE_OPTION_SPEED] = {"speed", 0, 0},
    [BE_OPTION_ZOMMA] = {"zomma", 0, 1},
    [BE_OPTION_COLOR] = {"color", 1, 0},
    [BE_OPTION_ULTIMA] = {"ultima", 0, 3},
    [BE_OPTION_DUAL_DELTA] = {"dual_delta", 0, 0},
    [BE_OPTION_DUAL_GAMMA] = {"dual_gamma", 0, 0},
    [BE_OPTION_FORWARD_DELTA] = {"forward_delta", 0, 0},
    [BE_OPTION_PREMIUM_DELTA] = {"premium_delta", 0, 0},
    [BE_OPTION_FORWARD_PREMIUM_DELTA] = {"forward_premium_delta", 0, 0},
};

const char *be_option_quantity_name(be_option_quantity quantity)
{
    return (unsigned)quantity < BE_OPTION_QUANTITY_COUNT ? QUANTITY[quantity].name
                                                         : "unknown quantity";
}

/* ---- columns -------------------------------------------------------------------------------- */

static const double ZERO = 0;
static const uint8_t CALL = BE_OPTION_CALL;

/* Whether a vol is needed, or sought. */
static bool completed(const be_option_in *in, bool priced, be_option_in *whole)
{
    if ((unsigned)in->model >= BE_OPTION_MODEL_COUNT ||
        (unsigned)in->payoff >= BE_OPTION_PAYOFF_COUNT || !in->spot.first || !in->strike.first ||
        !in->years.first || (priced && !in->vol.first) ||
        (!priced && in->payoff != BE_OPTION_VANILLA)) {
        return false;
    }
    const be_column zero = {&ZERO, 0};
    bool yields = in->model == BE_OPTION_MERTON || in->model == BE_OPTION_GARMAN_KOHLHAGEN;
    *whole = *in;
    whole->type = in->type.first ? in->type : (be_byte_column){&CALL, 0};
    whole->vol = priced ? in->vol : zero;
    whole->rate = in->rate.first ? in->rate : zero;
    whole->dividend = yields && in->dividend.first ? in->dividend : zero;
    if (!yields && in->model != BE_OPTION_BLACK_SCHOLES) {
        whole->dividend = whole->rate; /* a forward has no carry */
    }
    whole->shift = in->model == BE_OPTION_DISPLACED && in->shift.first ? in->shift : zero;
    return true;
}

static be__option_plan planned(const be_option_in *whole, const be_option_out *out)
{
    be__option_plan plan = {.in = *whole, .out = *out, .price_only = true};
    const be_option_units *units = &out->units;
    plan.price_only = whole->payoff == BE_OPTION_VANILLA;
    plan.yields = whole->dividend.first != &ZERO;
    plan.scaled = units->percent || units->days_per_year > 0;
    for (size_t q = 0; q < BE_OPTION_QUANTITY_COUNT; q++) {
        double scale = 1;
        for (int k = 0; units->percent && k < QUANTITY[q].by_percent; k++) {
            scale *= 0.01;
        }
        if (units->days_per_year > 0 && QUANTITY[q].by_years) {
            scale /= units->days_per_year;
        }
        plan.scale[q] = scale;
        plan.price_only &= q == BE_OPTION_PRICE || !out->value[q].first;
    }
    return plan;
}

static be_status refused(be_error *error)
{
    return be_error_set(error, BE_EINVAL,
                        "a model, a pay-off, and a column each for spot, strike, years and vol");
}

be_status be_option_evaluate_range(const be_option_in *in, size_t begin, size_t end,
                                   const be_option_out *out)
{
    be_option_in whole;
    if (!completed(in, true, &whole)) {
        return BE_EINVAL;
    }
    be__option_plan plan = planned(&whole, out);
    be__option_evaluate_variant[be__cpu_best()](&plan, begin, end);
    return BE_OK;
}

static be_status evaluate_body(void *ctx, size_t begin, size_t end, be_worker *worker)
{
    (void)worker;
    be__option_evaluate_variant[be__cpu_best()](ctx, begin, end);
    return BE_OK;
}

be_status be_option_evaluate(be_engine *engine, const be_option_in *in, size_t n,
                             const be_option_out *out, const be_for_options *options)
{
    static const be_site SITE = BE_SITE("option.evaluate");
    be_option_in whole;
    if (!completed(in, true, &whole)) {
        return refused(options ? options->error : NULL);
    }
    be__option_plan plan = planned(&whole, out);
    return be_for(engine, &SITE, n, evaluate_body, &plan, options);
}

/* ---- implied volatilities ------------------------------------------------------------------- */

struct implied {
    be_option_in in;
    be_column price;
    be_out_column vol;
    be_out_byte_column status;
};

be_status be_option_implied_vol_range(const be_option_in *in, be_column price, size_t begin,
                                      size_t end, be_out_column vol, be_out_byte_column status)
{
    be_option_in whole;
    if (!completed(in, false, &whole) || !price.first) {
        return BE_EINVAL;
    }
    be__option_implied_variant[be__cpu_best()](&whole, price, begin, end, vol, status,
                                               whole.dividend.first != &ZERO);
    return BE_OK;
}

static be_status implied_body(void *ctx, size_t begin, size_t end, be_worker *worker)
{
    (void)worker;
    const struct implied *p = ctx;
    be__option_implied_variant[be__cpu_best()](&p->in, p->price, begin, end, p->vol, p->status,
                                               p->in.dividend.first != &ZERO);
    return BE_OK;
}

be_status be_option_implied_vols(be_engine *engine, const be_option_in *in, be_column price,
                                 size_t n, be_out_column vol, be_out_byte_column status,
                                 const be_for_options *options)
{
    static const be_site SITE = BE_SITE("option.implied_vols");
    struct implied p = {.price = price, .vol = vol, .status = status};
    if (!completed(in, false, &p.in) || !price.first) {
        return be_error_set(options ? options->error : NULL, BE_EINVAL,
                            "a model, a vanilla pay-off, and a column each for spot, strike, years "
                            "and price");
    }
    return be_for(engine, &SITE, n, implied_body, &p, options);
}

/* ---- one option ----------------------------------------------------------------------------- */

/* Columns of one item. */
static be_option_in columns_of(be_option_model model, const be_option *o, uint8_t *type)
{
    *type = o->type == BE_OPTION_CALL  ? BE_OPTION_CALL
            : o->type == BE_OPTION_PUT ? BE_OPTION_PUT
                                       : UINT8_MAX;
    return (be_option_in){.model = model,
                          .type = {type, 0},
                          .spot = {&o->spot, 0},
                          .strike = {&o->strike, 0},
                          .years = {&o->years, 0},
                          .vol = {&o->vol, 0},
                          .rate = {&o->rate, 0},
                          .dividend = {&o->dividend, 0},
                          .shift = {&o->shift, 0}};
}

double be_option_price(be_option_model model, const be_option *option, be_option_status *status)
{
    uint8_t type, s = BE_OPTION_NAN;
    double price = (double)NAN;
    be_option_in in = columns_of(model, option, &type);
    be_option_out out = {.value[BE_OPTION_PRICE] = {&price, 0}, .status = {&s, 0}};
    be_status done = be_option_evaluate_range(&in, 0, 1, &out);
    if (status) {
        *status = done ? BE_OPTION_NAN : (be_option_status)s;
    }
    return price;
}

be_option_status be_option_quantities(be_option_model model, be_option_payoff payoff,
                                      const be_option *option,
                                      double value[BE_OPTION_QUANTITY_COUNT])
{
    uint8_t type, s = BE_OPTION_NAN;
    be_option_in in = columns_of(model, option, &type);
    in.payoff = payoff;
    be_option_out out = {.status = {&s, 0}};
    for (size_t q = 0; q < BE_OPTION_QUANTITY_COUNT; q++) {
        value[q] = (double)NAN;
        out.value[q] = (be_out_column){&value[q], 0};
    }
    be_status done = be_option_evaluate_range(&in, 0, 1, &out);
    return done ? BE_OPTION_NAN : (be_option_status)s;
}

double be_option_implied_vol(be_option_model model, const be_option *option, double price,
                             be_option_status *status)
{
    uint8_t type, s = BE_OPTION_NAN;
    double vol = (double)NAN;
    be_option_in in = columns_of(model, option, &type);
    be_status done = be_option_implied_vol_range(
        &in, (be_column){&price, 0}, 0, 1, (be_out_column){&vol, 0}, (be_out_byte_column){&s, 0});
    if (status) {
        *status = done ? BE_OPTION_NAN : (be_option_status)s;
    }
    return vol;
}
