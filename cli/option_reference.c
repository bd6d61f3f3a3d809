/* option_reference.c: the oracle of `option accuracy`.
 *
 * Nothing clever: the textbook's formulas, evaluated with enough bits that what cancels does not
 * matter. Every double is a binary fraction, so the inputs are exact.
 */
#include "option_reference.h"

#include <math.h>
#include <mpfr.h>

enum { PRICE_BITS = 192, GREEK_BITS = 1200, STEP_BITS = 200 };

/* An option in many bits: what a difference quotient steps along. */
typedef struct inputs {
    mpfr_t spot, strike, years, vol, rate, dividend;
    double shift;
    bool call;
} inputs;

static void inputs_init(inputs *in, const be_option *o, mpfr_prec_t bits)
{
    mpfr_inits2(bits, in->spot, in->strike, in->years, in->vol, in->rate, in->dividend,
                (mpfr_ptr)NULL);
    mpfr_set_d(in->spot, o->spot, MPFR_RNDN);
    mpfr_set_d(in->strike, o->strike, MPFR_RNDN);
    mpfr_set_d(in->years, o->years, MPFR_RNDN);
    mpfr_set_d(in->vol, o->vol, MPFR_RNDN);
    mpfr_set_d(in->rate, o->rate, MPFR_RNDN);
    mpfr_set_d(in->dividend, o->dividend, MPFR_RNDN);
    in->shift = o->shift;
    in->call = o->type == BE_OPTION_CALL;
}

static void inputs_clear(inputs *in)
{
    mpfr_clears(in->spot, in->strike, in->years, in->vol, in->rate, in->dividend, (mpfr_ptr)NULL);
}

/* y = Phi(x) */
static void normal(mpfr_t y, const mpfr_t x)
{
    mpfr_t root;
    mpfr_init2(root, mpfr_get_prec(y));
    mpfr_sqrt_ui(root, 2, MPFR_RNDN);
    mpfr_div(y, x, root, MPFR_RNDN);
    mpfr_neg(y, y, MPFR_RNDN);
    mpfr_erfc(y, y, MPFR_RNDN);
    mpfr_div_2ui(y, y, 1, MPFR_RNDN);
    mpfr_clear(root);
}

/* y = e^(-rate * years) */
static void discount(mpfr_t y, const mpfr_t rate, const mpfr_t years)
{
    mpfr_mul(y, rate, years, MPFR_RNDN);
    mpfr_neg(y, y, MPFR_RNDN);
    mpfr_exp(y, y, MPFR_RNDN);
}

static void add_signed(mpfr_t y, const mpfr_t x, bool positive)
{
    (positive ? mpfr_add : mpfr_sub)(y, y, x, MPFR_RNDN);
}

static void price_normal(mpfr_t y, be_option_payoff payoff, const inputs *in)
{
    mpfr_t gain, s, d, density, share, pi;
    mpfr_inits2(mpfr_get_prec(y), gain, s, d, density, share, pi, (mpfr_ptr)NULL);
    mpfr_sub(gain, in->spot, in->strike, MPFR_RNDN);
    mpfr_sqrt(s, in->years, MPFR_RNDN);
    mpfr_mul(s, s, in->vol, MPFR_RNDN);
    mpfr_div(d, gain, s, MPFR_RNDN);
    mpfr_sqr(density, d, MPFR_RNDN);
    mpfr_div_2ui(density, density, 1, MPFR_RNDN);
    mpfr_neg(density, density, MPFR_RNDN);
    mpfr_exp(density, density, MPFR_RNDN);
    mpfr_const_pi(pi, MPFR_RNDN);
    mpfr_mul_2ui(pi, pi, 1, MPFR_RNDN);
    mpfr_sqrt(pi, pi, MPFR_RNDN);
    mpfr_div(density, density, pi, MPFR_RNDN);
    mpfr_mul(density, density, s, MPFR_RNDN); /* s phi(d) */
    if (!in->call) {
        mpfr_neg(d, d, MPFR_RNDN);
        mpfr_neg(gain, gain, MPFR_RNDN);
    }
    normal(share, d);
    if (payoff == BE_OPTION_CASH) {
        mpfr_set(y, share, MPFR_RNDN);
    } else if (payoff == BE_OPTION_VANILLA) {
        mpfr_fma(y, gain, share, density, MPFR_RNDN);
    } else {
        mpfr_mul(y, in->spot, share, MPFR_RNDN);
        add_signed(y, density, in->call);
    }
    discount(share, in->rate, in->years);
    mpfr_mul(y, y, share, MPFR_RNDN);
    mpfr_clears(gain, s, d, density, share, pi, (mpfr_ptr)NULL);
}

static void price(mpfr_t y, be_option_model model, be_option_payoff payoff, const inputs *in)
{
    if (model == BE_OPTION_BACHELIER) {
        price_normal(y, payoff, in);
        return;
    }
    bool on_forward = model == BE_OPTION_BLACK_76 || model == BE_OPTION_DISPLACED;
    mpfr_t f, g, x, s, d1, d2;
    mpfr_inits2(mpfr_get_prec(y), f, g, x, s, d1, d2, (mpfr_ptr)NULL);
    mpfr_add_d(s, in->spot, in->shift, MPFR_RNDN);
    discount(f, on_forward ? in->rate : in->dividend, in->years);
    mpfr_mul(f, f, s, MPFR_RNDN);
    mpfr_add_d(s, in->strike, in->shift, MPFR_RNDN);
    discount(g, in->rate, in->years);
    mpfr_mul(g, g, s, MPFR_RNDN);
    mpfr_div(x, f, g, MPFR_RNDN);
    mpfr_log(x, x, MPFR_RNDN);
    mpfr_sqrt(s, in->years, MPFR_RNDN);
    mpfr_mul(s, s, in->vol, MPFR_RNDN);
    mpfr_div(x, x, s, MPFR_RNDN);
    mpfr_div_2ui(s, s, 1, MPFR_RNDN);
    mpfr_add(d1, x, s, MPFR_RNDN);
    mpfr_sub(d2, x, s, MPFR_RNDN);
    if (!in->call) {
        mpfr_neg(d1, d1, MPFR_RNDN);
        mpfr_neg(d2, d2, MPFR_RNDN);
    }
    normal(d1, d1);
    normal(d2, d2);
    mpfr_mul(f, f, d1, MPFR_RNDN);
    mpfr_mul(g, g, d2, MPFR_RNDN);
    if (payoff == BE_OPTION_VANILLA) {
        mpfr_sub(y, f, g, MPFR_RNDN);
        mpfr_setsign(y, y, 0, MPFR_RNDN);
    } else if (payoff == BE_OPTION_ASSET) {
        mpfr_set(y, f, MPFR_RNDN);
    } else {
        mpfr_div(y, g, in->strike, MPFR_RNDN);
    }
    mpfr_clears(f, g, x, s, d1, d2, (mpfr_ptr)NULL);
}

/* |got - exact| / ulp(exact) */
static double in_ulp(const mpfr_t exact, double got)
{
    mpfr_t gap;
    mpfr_init2(gap, 64);
    mpfr_sub_d(gap, exact, got, MPFR_RNDN);
    mpfr_abs(gap, gap, MPFR_RNDN);
    long exponent = mpfr_zero_p(exact) ? -1073 : (long)mpfr_get_exp(exact);
    mpfr_mul_2si(gap, gap, 53 - (exponent < -1021 ? -1021 : exponent), MPFR_RNDN);
    double error = isnan(got) ? (double)INFINITY : mpfr_get_d(gap, MPFR_RNDU);
    mpfr_clear(gap);
    return error;
}

double reference_price_error(be_option_model model, be_option_payoff payoff, const be_option *o,
                             double got)
{
    inputs in;
    mpfr_t exact;
    inputs_init(&in, o, PRICE_BITS);
    mpfr_init2(exact, PRICE_BITS);
    price(exact, model, payoff, &in);
    double error = in_ulp(exact, got);
    mpfr_clear(exact);
    inputs_clear(&in);
    return error;
}

/* ---- greeks --------------------------------------------------------------------------------- */

/* How often each input is differentiated by, and the sign: -1 for what runs with the calendar. */
static const struct derivative {
    int spot, strike, years, vol, rate, dividend, sign;
} DERIVATIVE[BE_OPTION_QUANTITY_COUNT] = {
    [BE_OPTION_PRICE] = {.sign = 1},
    [BE_OPTION_DELTA] = {.spot = 1, .sign = 1},
    [BE_OPTION_GAMMA] = {.spot = 2, .sign = 1},
    [BE_OPTION_VEGA] = {.vol = 1, .sign = 1},
    [BE_OPTION_THETA] = {.years = 1, .sign = -1},
    [BE_OPTION_RHO] = {.rate = 1, .sign = 1},
    [BE_OPTION_DIVIDEND_RHO] = {.dividend = 1, .sign = 1},
    [BE_OPTION_VANNA] = {.spot = 1, .vol = 1, .sign = 1},
    [BE_OPTION_VOLGA] = {.vol = 2, .sign = 1},
    [BE_OPTION_CHARM] = {.spot = 1, .years = 1, .sign = -1},
    [BE_OPTION_VETA] = {.vol = 1, .years = 1, .sign = -1},
    [BE_OPTION_SPEED] = {.spot = 3, .sign = 1},
    [BE_OPTION_ZOMMA] = {.spot = 2, .vol = 1, .sign = 1},
    [BE_OPTION_COLOR] = {.spot = 2, .years = 1, .sign = -1},
    [BE_OPTION_ULTIMA] = {.vol = 3, .sign = 1},
    [BE_OPTION_DUAL_DELTA] = {.strike = 1, .sign = 1},
    [BE_OPTION_DUAL_GAMMA] = {.strike = 2, .sign = 1},
};

/* y = the derivative of the given orders by central differences of step 2^-STEP_BITS: an error of
 * about 2^(-2 STEP_BITS), less the 3 STEP_BITS that three divisions magnify of GREEK_BITS. */
static void differentiate(mpfr_t y, be_option_model model, be_option_payoff payoff, inputs *in,
                          int orders[6])
{
    mpfr_ptr const along[6] = {in->spot, in->strike, in->years, in->vol, in->rate, in->dividend};
    int k = 0;
    while (k < 6 && orders[k] == 0) {
        k++;
    }
    if (k == 6) {
        price(y, model, payoff, in);
        return;
    }
    mpfr_t step, kept, below;
    mpfr_inits2(mpfr_get_prec(y), step, kept, below, (mpfr_ptr)NULL);
    mpfr_set_ui_2exp(step, 1, -STEP_BITS, MPFR_RNDN);
    mpfr_set(kept, along[k], MPFR_RNDN);
    orders[k]--;
    mpfr_sub(along[k], kept, step, MPFR_RNDN);
    differentiate(below, model, payoff, in, orders);
    mpfr_add(along[k], kept, step, MPFR_RNDN);
    differentiate(y, model, payoff, in, orders);
    orders[k]++;
    mpfr_set(along[k], kept, MPFR_RNDN);
    mpfr_sub(y, y, below, MPFR_RNDN);
    mpfr_mul_2ui(y, y, STEP_BITS - 1, MPFR_RNDN);
    mpfr_clears(step, kept, below, (mpfr_ptr)NULL);
}

double reference_quantity_error(be_option_model model, be_option_payoff payoff,
                                be_option_quantity quantity, const be_option *o, double got)
{
    const struct derivative *d = &DERIVATIVE[quantity];
    int orders[6] = {d->spot, d->strike, d->years, d->vol, d->rate, d->dividend};
    inputs in;
    mpfr_t exact;
    inputs_init(&in, o, GREEK_BITS);
    mpfr_init2(exact, GREEK_BITS);
    differentiate(exact, model, payoff, &in, orders);
    mpfr_mul_si(exact, exact, d->sign, MPFR_RNDN);
    double error = in_ulp(exact, got);
    mpfr_clear(exact);
    inputs_clear(&in);
    return error;
}

/* ---- implied volatilities ------------------------------------------------------------------- */

double reference_implied_error(be_option_model model, const be_option *o, double wanted, double got,
                               double *allowed)
{
    *allowed = 0;
    if (!(got > 0) || isinf(got)) {
        return (double)INFINITY;
    }
    inputs in;
    mpfr_t here, above, step;
    be_option at = *o;
    at.vol = got;
    inputs_init(&in, &at, PRICE_BITS);
    mpfr_inits2(PRICE_BITS, here, above, step, (mpfr_ptr)NULL);
    price(here, model, BE_OPTION_VANILLA, &in);
    mpfr_set_d(step, got, MPFR_RNDN);
    mpfr_div_2ui(step, step, 100, MPFR_RNDN);
    mpfr_add(in.vol, in.vol, step, MPFR_RNDN);
    price(above, model, BE_OPTION_VANILLA, &in);
    mpfr_sub(above, above, here, MPFR_RNDN);
    mpfr_div(above, above, step, MPFR_RNDN); /* vega */
    mpfr_sub_d(here, here, wanted, MPFR_RNDN);
    mpfr_div(here, here, above, MPFR_RNDN); /* Newton: how much too high the vol is */
    double ulp = nextafter(got, (double)INFINITY) - got;
    double error = fabs(mpfr_get_d(here, MPFR_RNDN)) / ulp;
    mpfr_set_d(step, (nextafter(wanted, (double)INFINITY) - wanted) / 2, MPFR_RNDN);
    mpfr_div(step, step, above, MPFR_RNDN);
    *allowed = fabs(mpfr_get_d(step, MPFR_RNDN)) / ulp;
    mpfr_clears(here, above, step, (mpfr_ptr)NULL);
    inputs_clear(&in);
    return error;
}

/* ---- functions ------------------------------------------------------------------------------ */

double reference_function_error(reference_function function, double x, double got)
{
    mpfr_t y, e;
    mpfr_inits2(PRICE_BITS, y, e, (mpfr_ptr)NULL);
    mpfr_set_d(y, x, MPFR_RNDN);
    if (function == REFERENCE_NDTR) {
        mpfr_set(e, y, MPFR_RNDN);
        normal(y, e);
    } else {
        mpfr_sqr(e, y, MPFR_RNDN);
        mpfr_exp(e, e, MPFR_RNDN);
        mpfr_erfc(y, y, MPFR_RNDN);
        mpfr_mul(y, y, e, MPFR_RNDN);
    }
    double error = in_ulp(y, got);
    mpfr_clears(y, e, (mpfr_ptr)NULL);
    return error;
}

void reference_free(void)
{
    mpfr_free_cache();
}
