/* bsm.c: Black-Scholes-Merton prices.
 *
 * With F = S e^(-qT), G = K e^(-rT), x = log(F / G), s = vol sqrt(T), an option out of the money is
 * worth, whether call or put,
 *
 *     A phi(u) (R(u) - R(v)),    u = |x|/s - s/2,  v = |x|/s + s/2,  A = min(F, G),
 *
 * where R(z) = Phi(-z) / phi(z) is the Mills ratio: one exponential, and no difference of two
 * nearly equal probabilities. (A phi(u) = max(F, G) phi(v) turns the textbook's two terms into
 * one.) Far below u = 0 the same value is better had as A (1 - phi(u) (R(-u) + R(v))).
 *
 * An option in the money is worth its out-of-the-money twin more than B (1 - e^-|x|),
 * B = max(F, G), by put-call parity; both are positive, so nothing cancels there either.
 *
 * The tail: a price of 1e-300 has u^2 / 2 = 690, and its relative error is the absolute error of
 * that exponent. So everything up to the exponent is computed with about 100 bits; the rest,
 * where relative errors stay relative, in double.
 */
#include <breakeven/option.h>

#include "base/base.h"
#include "option/elementary.h"

#include <string.h>

static const double CARRY_LIMIT = 1e5; /* bounds |rate * years|, |dividend * years| */

/* Beyond these the normal distribution is 0 or 1 to all digits: a price is at most e^(CARRY_LIMIT +
 * 710) times a probability of e^(-5000^2 / 2). */
static const double DEVIATION_LIMIT = 1e4; /* bounds s */
static const double DISTANCE_LIMIT = 1e4;  /* bounds |x| / s */

/* Below it the complement is used; the left end of be__mills_fall. */
static const double MILLS_LEFT_END = -0.5;

static const be__pair ONE_BY_SQRT_2PI = {0x1.9884533d43651p-2, -0x1.cbc0d30ebfd15p-56};

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
        [BE_OPTION_OVERFLOW] = "the price is too large for a double",
    };
    return (unsigned)status < BE_OPTION_STATUS_COUNT ? text[status] : "unknown status";
}

/* ---- one option ----------------------------------------------------------------------------- */

/* amount * e^growth: what one side of the exchange is worth today. */
typedef struct leg {
    double amount;
    be__pair growth;
} leg;

/* amount * e^exponent * factor, rounded once more than its factors; may be 0 or infinite. */
static double scaled(double amount, be__pair exponent, be__pair factor)
{
    int amount_exponent;
    double significand = frexp(amount, &amount_exponent);
    be__power power = be__exp(exponent);
    be__pair e = be__sum_ordered(1, power.less_one.high);
    e.low += power.less_one.low;
    be__pair product = be__multiply(be__multiply((be__pair){significand, 0}, e), factor);
    return ldexp(product.high, amount_exponent + power.exponent);
}

static double worth(leg l)
{
    return scaled(l.amount, l.growth, (be__pair){1, 0});
}

/* The option whose pay-off is out of the money at the forward: the right to give the dearer leg for
 * `cheap`; distance is |x|, deviation is s. */
static double out_of_the_money(leg cheap, be__pair distance, be__pair deviation)
{
    if (!(distance.high < DISTANCE_LIMIT * deviation.high)) {
        return 0; /* deviation 0 comes here too */
    }
    be__pair middle = be__divide(distance, deviation);
    be__pair half = {deviation.high / 2, deviation.low / 2};
    be__pair u = be__add(middle, be__negate(half));
    be__pair v = be__add(middle, half);
    be__pair square = be__multiply(u, u);
    be__pair exponent = {-square.high / 2, -square.low / 2};

    if (u.high >= MILLS_LEFT_END) {
        be__mills mills = be__mills_fall(u, v, deviation);
        return scaled(cheap.amount, be__add(cheap.growth, exponent),
                      be__multiply(ONE_BY_SQRT_2PI, mills.fall));
    }
    be__pair span = {2 * middle.high, 2 * middle.low};
    be__mills mills = be__mills_fall(be__negate(u), v, span);
    be__pair sum = be__add(mills.at_u, be__add(mills.at_u, be__negate(mills.fall)));
    double missed = scaled(1, exponent, be__multiply(ONE_BY_SQRT_2PI, sum));
    return scaled(cheap.amount, cheap.growth, be__sum(1, -missed));
}

/* What the dearer leg exceeds the cheaper one by. */
static double in_the_money(leg dear, be__pair distance)
{
    be__power power = be__exp(be__negate(distance));
    double scale = ldexp(1, power.exponent);
    be__pair fraction = be__sum(1 - scale, -scale * power.less_one.high);
    fraction.low -= scale * power.less_one.low;
    return scaled(dear.amount, dear.growth, fraction);
}

static double price(const be_bsm *o)
{
    leg spot = {o->spot, be__negate(be__product(o->dividend, o->years))};
    leg strike = {o->strike, be__negate(be__product(o->rate, o->years))};
    leg received = o->type == BE_OPTION_CALL ? spot : strike;
    leg given = o->type == BE_OPTION_CALL ? strike : spot;

    if (o->years == 0 || received.amount == 0) {
        return received.amount > given.amount ? received.amount - given.amount : 0;
    }
    if (given.amount == 0) {
        return worth(received);
    }

    be__pair x = be__add(be__log_ratio(received.amount, given.amount),
                         be__add(received.growth, be__negate(given.growth)));
    double root = sqrt(o->years);
    be__pair root_years = be__sum_ordered(root, fma(-root, root, o->years) / (2 * root));
    be__pair deviation = {DEVIATION_LIMIT, 0};
    if (o->vol * root < DEVIATION_LIMIT) {
        deviation = be__multiply((be__pair){o->vol, 0}, root_years);
    }

    if (x.high <= 0) {
        return out_of_the_money(received, be__negate(x), deviation);
    }
    return in_the_money(received, x) + out_of_the_money(given, x, deviation);
}

static be_option_status check(const be_bsm *o)
{
    if (isnan(o->spot) || isnan(o->strike) || isnan(o->years) || isnan(o->vol) || isnan(o->rate) ||
        isnan(o->dividend)) {
        return BE_OPTION_NAN;
    }
    if (o->type != BE_OPTION_CALL && o->type != BE_OPTION_PUT) {
        return BE_OPTION_BAD_TYPE;
    }
    if (o->spot < 0 || isinf(o->spot)) {
        return BE_OPTION_BAD_SPOT;
    }
    if (o->strike < 0 || isinf(o->strike)) {
        return BE_OPTION_BAD_STRIKE;
    }
    if (o->years < 0 || isinf(o->years)) {
        return BE_OPTION_BAD_YEARS;
    }
    if (o->vol < 0 || isinf(o->vol)) {
        return BE_OPTION_BAD_VOL;
    }
    if (isinf(o->rate) || fabs(o->rate * o->years) > CARRY_LIMIT) {
        return BE_OPTION_BAD_RATE;
    }
    if (isinf(o->dividend) || fabs(o->dividend * o->years) > CARRY_LIMIT) {
        return BE_OPTION_BAD_DIVIDEND;
    }
    return BE_OPTION_OK;
}

double be_option_bsm_price(const be_bsm *option, be_option_status *status)
{
    be_option_status s = check(option);
    double result = (double)NAN;
    if (s == BE_OPTION_OK) {
        result = price(option);
        if (isinf(result)) {
            s = BE_OPTION_OVERFLOW;
            result = (double)NAN;
        }
    }
    if (status) {
        *status = s;
    }
    return result;
}

/* ---- many options --------------------------------------------------------------------------- */

struct batch {
    const be_bsm_in *in;
    const be_option_out *out;
};

static double value_at(be_column column, size_t i)
{
    double value = 0;
    if (column.first) {
        memcpy(&value, (const char *)column.first + (ptrdiff_t)i * column.stride, sizeof value);
    }
    return value;
}

static be_status price_range(void *ctx, size_t begin, size_t end, be_worker *worker)
{
    (void)worker;
    const struct batch *batch = ctx;
    const be_bsm_in *in = batch->in;
    const be_option_out *out = batch->out;
    for (size_t i = begin; i < end; i++) {
        be_bsm option = {
            .type = (be_option_type)in->type.first[(ptrdiff_t)i * in->type.stride],
            .spot = value_at(in->spot, i),
            .strike = value_at(in->strike, i),
            .years = value_at(in->years, i),
            .vol = value_at(in->vol, i),
            .rate = value_at(in->rate, i),
            .dividend = value_at(in->dividend, i),
        };
        be_option_status status;
        double result = be_option_bsm_price(&option, &status);
        if (out->price) {
            out->price[i] = result;
        }
        if (out->status) {
            out->status[i] = (uint8_t)status;
        }
    }
    return BE_OK;
}

be_status be_option_bsm(be_engine *engine, const be_bsm_in *in, size_t n, const be_option_out *out,
                        const be_for_options *options)
{
    static const be_site SITE = BE_SITE("option.bsm");
    if (!in->type.first || !in->spot.first || !in->strike.first || !in->years.first ||
        !in->vol.first) {
        return be_error_set(options ? options->error : NULL, BE_EINVAL,
                            "a column each for type, spot, strike, years and vol");
    }
    struct batch batch = {in, out};
    return be_for(engine, &SITE, n, price_range, &batch, options);
}
