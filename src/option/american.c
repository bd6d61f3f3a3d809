/* american.c: American options: regimes, accuracy, and the public functions.
 *
 * A call is a put with spot and strike, rate and yield exchanged, so that everything here is puts.
 * By the signs of rate r and yield q a put of strike K is
 *
 *     r <= 0, q >= r    never exercised early: European
 *     r > 0, or r = 0   exercised below one edge, which starts at expiry from K min(1, r / q)
 *     q < r < 0         exercised between an edge that falls from K and one that rises from K r /
 * q, until they meet. Each obeys an equation without the other: on its side of the region nothing
 * changes when the region goes on to the other side for ever. So they are found one by one, and
 * where they cross the region ends.
 *
 * A method by collocation starts on 8 nodes, and goes to 16 and 32 where the last terms of the
 * series say that it has to.
 */
#include "option/american.h"

#include "base/base.h"
#include "option/elementary.h"

#include <math.h>
#include <string.h>

const be__american_kernel *const be__american_variant[BE_ISA_COUNT] = {
    [BE_ISA_BASE] = &be__american_base,
#if BE_HAVE_AVX2
    [BE_ISA_AVX2] = &be__american_avx2,
#endif
#if BE_HAVE_AVX512
    [BE_ISA_AVX512] = &be__american_avx512,
#endif
};

/* What a method by collocation does: the level it starts on; Newton steps until one moves the log
 * of the edge by less than `tolerance` in the mean; the next level where the end of the series,
 * weighed by how much it can matter to the price, exceeds `last`; the quadrature of the premium. */
static const struct effort {
    int level;
    double tolerance, last;
    int quadrature;
} EFFORTS[] = {
    [BE_AMERICAN_FAST] = {0, 1e-4, 1.2e-5, 0},
    [BE_AMERICAN_STANDARD] = {1, 2e-6, 1e-7, 1},
    [BE_AMERICAN_EXACT] = {1, 1e-8, 3e-10, 2},
};
enum { STEPS_MAX = 12 };
static const double SETTLED = 1e-6; /* a finer series that still moves by more is not taken */

/* ---- the exercise region -------------------------------------------------------------------- */

/* Of a put of strike 1 and one unit of time. */
typedef struct region {
    int n_edges;    /* 0: never exercised early; 2: exercised between the edges */
    be__edge below; /* exercised below it, over times to expiry [0, until] */
    be__edge above;
    double until;
} region;

double be__edge_log(const be__edge *edge, double t)
{
    double z = t < edge->span ? 2 * sqrt(sqrt(t / edge->span)) - 1 : 1, b1 = 0, b2 = 0;
    for (int m = 8 << edge->level; m > 0; m--) {
        double b = 2 * z * b1 - b2 + edge->term[m];
        b2 = b1;
        b1 = b;
    }
    double h = z * b1 - b2 + edge->term[0];
    return edge->log_start - edge->side * (h > 0 ? sqrt(h) : 0);
}

/* How much the value may be wrong by, from the last two terms of the series. */
static double unresolved(const be__american *put, const be__edge *edge)
{
    int n = 8 << edge->level;
    double h = 0;
    for (int m = 0; m <= n; m++) {
        h += edge->term[m];
    }
    double last = fabs(edge->term[n - 1]) + fabs(edge->term[n]);
    return last / sqrt(fmax(h, 1e-300)) * (fabs(put->rate) + fabs(put->yield));
}

static bool find_edge(const be__american_kernel *kernel, const struct effort *effort,
                      const be__american *put, double side, double log_start, be__edge *edge)
{
    /* The edge comes to its place in eternity like e^(-pace t). */
    double drift = put->rate - put->yield - put->vol * put->vol / 2;
    double pace = drift * drift / (2 * put->vol * put->vol) + put->rate;
    double span = side > 0 && pace > 38 ? 38 / pace : 1;
    be__american part = {put->rate * span, put->yield * span, put->vol * sqrt(span)};
    /* With a yield little above the rate the edge starts below the strike, but soon forgets it: a
     * bend that the first level has never resolved. */
    bool bent = side > 0 && log_start < 0 && -log_start < 1.5 * put->vol;
    *edge = (be__edge){.span = span,
                       .side = side,
                       .log_start = log_start,
                       .level = effort->level + (bent && effort->level > 0)};
    for (bool refine = false;; refine = true, edge->level++) {
        be__edge coarse = *edge;
        bool found = kernel->solve(&part, refine, STEPS_MAX, effort->tolerance, edge);
        if (refine && !(found && edge->change <= fmax(effort->tolerance, SETTLED))) {
            *edge = coarse;
            edge->level--;
            return true;
        }
        if (!found) {
            return false;
        }
        if (edge->level + 1 == BE__AMERICAN_LEVELS || unresolved(put, edge) <= effort->last) {
            return true;
        }
    }
}

/* Both edges over [0, until] units of time; *gap tells how far apart they end. */
static bool find_both(const be__american_kernel *kernel, const struct effort *effort,
                      const be__american *put, double until, region *r, double *gap)
{
    be__american part = {put->rate * until, put->yield * until, put->vol * sqrt(until)};
    double start = be__log_ratio(put->rate, put->yield).high;
    if (!find_edge(kernel, effort, &part, 1, 0, &r->below) ||
        !find_edge(kernel, effort, &part, -1, start, &r->above)) {
        return false;
    }
    *gap = be__edge_log(&r->below, 1) - be__edge_log(&r->above, 1);
    r->below.span *= until;
    r->above.span *= until;
    r->until = until;
    return isfinite(*gap);
}

/* The region between two edges, which may close before expiry is one unit away. Each edge is smooth
 * to a little beyond the crossing, and breaks down later. */
static void find_band(const be__american_kernel *kernel, const struct effort *effort,
                      const be__american *put, region *r)
{
    const struct effort *quick = &EFFORTS[BE_AMERICAN_FAST];
    double gap, open = 0, closed = 1, until = 1;
    if (find_both(kernel, effort, put, 1, r, &gap) && gap >= 0) {
        return;
    }
    for (int k = 0; k < 60; k++) {
        bool found = find_both(kernel, quick, put, until, r, &gap);
        if (found && gap < 0) {
            break;
        }
        *(found ? &open : &closed) = until;
        until = open > 0 ? (open + closed) / 2 : closed / 2;
    }
    /* Where the series cross, and again on the better ones that end there. */
    for (int k = 0; k < 4; k++) {
        double low = 0, high = until;
        for (int j = 0; j < 60; j++) {
            double at = (low + high) / 2;
            bool apart = be__edge_log(&r->below, at) >= be__edge_log(&r->above, at);
            *(apart ? &low : &high) = at;
        }
        /* A little beyond, so that the next series cross inside. */
        until = low * (k < 3 ? 1 + 1e-3 : 1);
        until = until < 1 ? until : 1;
        if (!find_both(kernel, effort, put, until, r, &gap)) {
            r->n_edges = 0;
            return;
        }
    }
}

static void find_region(be_american_method method, const be__american *put, region *r)
{
    const be__american_kernel *kernel = be__american_variant[be__cpu_best()];
    const struct effort *effort = &EFFORTS[method];
    *r = (region){.until = 1};
    if (put->rate < 0 ? put->yield >= put->rate : put->rate == 0 && put->yield >= 0) {
        return;
    }
    if (put->rate < 0) {
        r->n_edges = 2;
        find_band(kernel, effort, put, r);
        return;
    }
    double start = put->yield > put->rate ? be__log_ratio(put->rate, put->yield).high : 0;
    r->n_edges = 1;
    find_edge(kernel, effort, put, 1, start, &r->below);
}

/* ---- values --------------------------------------------------------------------------------- */

static double power_of_e(double x)
{
    be__power power = be__exp((be__pair){x, 0});
    return ldexp(1 + power.less_one.high, power.exponent);
}

/* A contract as the put that it is, in its own units of time and money. */
typedef struct contract {
    bool call;
    double spot, strike, years, vol, rate, yield; /* of the put */
    double log_spot;                              /* of spot / strike */
    be__american put;
} contract;

static contract as_put(const be_option *o)
{
    bool call = o->type == BE_OPTION_CALL;
    contract c = {.call = call,
                  .spot = call ? o->strike : o->spot,
                  .strike = call ? o->spot : o->strike,
                  .years = o->years,
                  .vol = o->vol,
                  .rate = call ? o->dividend : o->rate,
                  .yield = call ? o->rate : o->dividend};
    c.put = (be__american){c.rate * c.years, c.yield * c.years, c.vol * sqrt(c.years)};
    return c;
}

/* An edge at time t to expiry as a spot. */
static double boundary_of(const contract *c, const be__edge *edge, double t)
{
    double log_edge = be__edge_log(edge, t);
    return c->call ? c->spot * power_of_e(-log_edge) : c->strike * power_of_e(log_edge);
}

/* What the put's numbers are for the option that was asked for. v, slope and bend are those of the
 * put of strike 1 at spot m; theta is per unit of the put's time. */
static be_american told(const contract *c, double v, double slope, double bend, double theta,
                        const region *r)
{
    double k = c->strike, m = c->spot / c->strike, now = c->strike - c->spot;
    double most = c->rate < 0 ? k * power_of_e(-c->put.rate) : k;
    double price = k * v > now ? k * v : now;
    price = price < most ? price : most;
    be_american a = {.price = price > 0 ? price : 0,
                     .delta = c->call ? v - m * slope : slope,
                     .gamma = c->call ? m * m * bend / k : bend / k,
                     .theta = k * theta / c->years,
                     .boundary = (double)NAN,
                     .boundary_far = (double)NAN};
    if (r->n_edges && r->until == 1) {
        a.boundary = boundary_of(c, &r->below, 1);
        if (r->n_edges == 2) {
            a.boundary_far = boundary_of(c, &r->above, 1);
        }
    }
    return a;
}

static be_american valued(be_american_method method, const contract *c, const region *r)
{
    const be__american_kernel *kernel = be__american_variant[be__cpu_best()];
    const be__american *p = &c->put;
    double x = c->log_spot, m = c->spot / c->strike;
    if (r->n_edges && r->until == 1 && x <= be__edge_log(&r->below, 1) &&
        (r->n_edges == 1 || x >= be__edge_log(&r->above, 1))) {
        return told(c, 1 - m, -1, 0, 0, r);
    }
    be__premium v = kernel->european(p, x);
    if (r->n_edges) {
        be__premium more = kernel->premium(p, &r->below, r->n_edges == 2 ? &r->above : NULL,
                                           r->until, x, EFFORTS[method].quadrature);
        v = (be__premium){v.value + more.value, v.slope + more.slope, v.bend + more.bend};
    }
    double theta = p->rate * v.value - (p->rate - p->yield) * m * v.slope -
                   p->vol * p->vol / 2 * m * m * v.bend;
    return told(c, v.value, v.slope, v.bend, theta, r);
}

/* Without vol the spot goes along its forwards, and the holder takes the best moment: now, at
 * expiry, or where the pay-off K e^(-rt) - S e^(-qt) is stationary. */
static be_american along_the_forwards(const contract *c)
{
    double t = c->years, best = -1, candidates[3] = {0, t, -1};
    double up = c->yield * c->spot, down = c->rate * c->strike;
    if (up != 0 && down != 0 && (up > 0) == (down > 0) && c->yield != c->rate) {
        candidates[2] = be__log_ratio(fabs(up), fabs(down)).high / (c->yield - c->rate);
    }
    be_american a = {.boundary = (double)NAN, .boundary_far = (double)NAN, .gamma = 0};
    for (int i = 0; i < 3; i++) {
        double at = candidates[i];
        if (!(at >= 0 && at <= t)) {
            continue;
        }
        double keep = power_of_e(-c->rate * at), carry = power_of_e(-c->yield * at);
        double value = c->strike * keep - c->spot * carry;
        if (value > best) {
            best = value;
            a.price = value;
            a.delta = c->call ? keep : -carry;
            a.theta =
                at == t && t > 0 ? c->rate * c->strike * keep - c->yield * c->spot * carry : 0;
        }
    }
    if (best <= 0) {
        a.price = a.delta = a.theta = 0;
    }
    return a;
}

static be_option_status refusal(const be_option *o)
{
    static const double GROWTH_MAX = 500;
    if (isnan(o->spot) || isnan(o->strike) || isnan(o->years) || isnan(o->vol) || isnan(o->rate) ||
        isnan(o->dividend)) {
        return BE_OPTION_NAN;
    }
    if (o->type != BE_OPTION_CALL && o->type != BE_OPTION_PUT) {
        return BE_OPTION_BAD_TYPE;
    }
    if (!(o->spot >= 0 && isfinite(o->spot))) {
        return BE_OPTION_BAD_SPOT;
    }
    if (!(o->strike >= 0 && isfinite(o->strike))) {
        return BE_OPTION_BAD_STRIKE;
    }
    if (!(o->years >= 0 && isfinite(o->years))) {
        return BE_OPTION_BAD_YEARS;
    }
    if (!(o->vol >= 0 && isfinite(o->vol))) {
        return BE_OPTION_BAD_VOL;
    }
    if (!(fabs(o->rate) * o->years <= GROWTH_MAX && isfinite(o->rate))) {
        return BE_OPTION_BAD_RATE;
    }
    if (!(fabs(o->dividend) * o->years <= GROWTH_MAX && isfinite(o->dividend))) {
        return BE_OPTION_BAD_DIVIDEND;
    }
    return BE_OPTION_OK;
}

/* Below it the vol moves no price by its last digits: vol * sqrt(years). */
static const double DEVIATION_MIN = 1e-14;

static const be_american NOTHING = {(double)NAN, (double)NAN, (double)NAN,
                                    (double)NAN, (double)NAN, (double)NAN};

/* One contract at n spots, o->spot being passed over; the region is found once. */
static be_option_status value_spots(be_american_method method, const be_option *o, size_t n,
                                    const double *spot, be_american *value)
{
    be_option one = *o;
    one.spot = 1;
    be_option_status status = refusal(&one);
    for (size_t i = 0; i < n; i++) {
        value[i] = NOTHING;
    }
    if (status) {
        return status;
    }
    region r = {.n_edges = -1};
    for (size_t i = 0; i < n; i++) {
        one.spot = spot[i];
        be_option_status each = refusal(&one);
        if (each) {
            status = status ? status : each;
            continue;
        }
        contract c = as_put(&one);
        if (c.put.vol < DEVIATION_MIN || c.spot == 0 || c.strike == 0) {
            value[i] = along_the_forwards(&c);
            continue;
        }
        if (r.n_edges < 0) {
            find_region(method, &c.put, &r);
        }
        c.log_spot = be__log_ratio(c.spot, c.strike).high;
        value[i] = valued(method, &c, &r);
    }
    return status;
}

const char *be_american_method_name(be_american_method method)
{
    static const char *const names[BE_AMERICAN_METHOD_COUNT] = {[BE_AMERICAN_FAST] = "fast",
                                                                [BE_AMERICAN_STANDARD] = "standard",
                                                                [BE_AMERICAN_EXACT] = "exact",
                                                                [BE_AMERICAN_BINOMIAL] = "binomial",
                                                                [BE_AMERICAN_DIFFERENCES] =
                                                                    "differences"};
    return (unsigned)method < BE_AMERICAN_METHOD_COUNT ? names[method] : "unknown method";
}

be_option_status be_option_american(be_american_method method, const be_option *option,
                                    be_american *value)
{
    if (method <= BE_AMERICAN_EXACT) {
        return value_spots(method, option, 1, &option->spot, value);
    }
    *value = NOTHING;
    be_option_status status = refusal(option);
    if (status) {
        return status;
    }
    contract c = as_put(option);
    if (c.put.vol < DEVIATION_MIN || c.spot == 0 || c.strike == 0) {
        *value = along_the_forwards(&c);
    } else if (method == BE_AMERICAN_BINOMIAL) {
        *value = be__american_binomial(option);
    } else {
        *value = be__option_differences(option, true, BE_DIVIDEND_SPOT, 0, NULL);
    }
    return BE_OPTION_OK;
}

be_status be_option_american_spots(be_american_method method, const be_option *option, size_t n,
                                   const double *spot, be_american *value, be_option_status *status)
{
    if ((unsigned)method > BE_AMERICAN_EXACT) {
        return BE_EINVAL;
    }
    be_option_status worst = value_spots(method, option, n, spot, value);
    if (status) {
        *status = worst;
    }
    return BE_OK;
}

be_status be_option_american_boundary(be_american_method method, const be_option *option, size_t n,
                                      const double *years, double *boundary, double *boundary_far,
                                      be_option_status *status)
{
    if ((unsigned)method > BE_AMERICAN_EXACT) {
        return BE_EINVAL;
    }
    be_option one = *option;
    one.spot = one.strike;
    be_option_status refused = refusal(&one);
    if (status) {
        *status = refused;
    }
    contract c = as_put(&one);
    region r = {0};
    if (!refused && c.put.vol >= DEVIATION_MIN && one.strike > 0) {
        find_region(method, &c.put, &r);
    }
    for (size_t i = 0; i < n; i++) {
        double t = years[i] / c.years;
        boundary[i] = boundary_far[i] = (double)NAN;
        if (r.n_edges && t >= 0 && t <= r.until) {
            boundary[i] = boundary_of(&c, &r.below, t);
            boundary_far[i] = r.n_edges == 2 ? boundary_of(&c, &r.above, t) : (double)NAN;
        }
    }
    return BE_OK;
}

/* ---- implied volatility --------------------------------------------------------------------- */

static double price_at(be_american_method method, be_option *o, double vol)
{
    be_american a;
    o->vol = vol;
    return be_option_american(method, o, &a) ? (double)NAN : a.price;
}

/* The vol between low and high where the price is `price`, by the secant method kept inside the
 * bracket; *slope is dprice / dvol from one call to the next. */
static double find_vol(be_american_method method, be_option *o, double price, double low,
                       double high, double start, double tolerance, double *slope)
{
    double x = start, before = 0, value_before = 0;
    for (int k = 0; k < 100; k++) {
        double value = price_at(method, o, x) - price;
        *(value > 0 ? &high : &low) = x;
        if (k > 0 && x != before && value != value_before) {
            double chord = (value - value_before) / (x - before);
            *slope = chord > 0 ? chord : *slope;
        }
        before = x;
        value_before = value;
        double next = x - value / *slope;
        if (fabs(next - x) <= tolerance * x || high - low <= 1e-15 * high) {
            return next > low && next < high ? next : x;
        }
        x = next > low && next < high ? next
            : k % 3 == 2              ? (low + high) / 2
            : next <= low             ? low + (before - low) / 4
                                      : (before + high) / 2;
    }
    return x;
}

double be_option_american_implied_vol(const be_option *option, double price,
                                      be_option_status *status)
{
    be_option o = *option;
    be_option_status ignored;
    status = status ? status : &ignored;
    o.vol = 0;
    *status = isnan(price) ? BE_OPTION_NAN : refusal(&o);
    if (*status) {
        return (double)NAN;
    }
    contract c = as_put(&o);
    double least = along_the_forwards(&c).price;
    double most = c.strike * (c.rate < 0 ? power_of_e(-c.rate * c.years) : 1);
    if (price <= least) {
        *status = price < least ? BE_OPTION_BELOW_INTRINSIC : BE_OPTION_NO_TIME_VALUE;
        return price < least ? (double)NAN : 0;
    }
    if (price >= most || c.years == 0) {
        *status = c.years == 0 ? BE_OPTION_NO_TIME : BE_OPTION_ABOVE_MAXIMUM;
        return price > most || c.years == 0 ? (double)NAN : (double)INFINITY;
    }
    /* The European option is worth less, so that its vol is no less. */
    be_option_status european;
    double high = be_option_implied_vol(BE_OPTION_MERTON, &o, price, &european);
    if (european || !(high < 1e3)) {
        high = 1;
        while (price_at(BE_AMERICAN_FAST, &o, high) < price && high < 1e4) {
            high *= 2;
        }
    }
    double value[BE_OPTION_QUANTITY_COUNT];
    o.vol = high;
    double slope = c.spot;
    if (!be_option_quantities(BE_OPTION_MERTON, BE_OPTION_VANILLA, &o, value) &&
        value[BE_OPTION_VEGA] > 0) {
        slope = value[BE_OPTION_VEGA];
    }
    high *= 1 + 1e-9;
    /* The chord's slope is right to some digits: a last correction of 3e-8 leaves far less than
     * 1e-10.
     */
    double rough = find_vol(BE_AMERICAN_FAST, &o, price, 0, high, high, 1e-4, &slope);
    return find_vol(BE_AMERICAN_STANDARD, &o, price, 0, high, rough, 3e-8, &slope);
}

/* ---- columns -------------------------------------------------------------------------------- */

static double item(be_column column, size_t i)
{
    double value = 0;
    if (column.first) {
        memcpy(&value, (const char *)column.first + (ptrdiff_t)i * column.stride, sizeof value);
    }
    return value;
}

static void put(be_out_column column, size_t i, double value)
{
    if (column.first) {
        memcpy((char *)column.first + (ptrdiff_t)i * column.stride, &value, sizeof value);
    }
}

static be_option option_of(const be_option_in *in, size_t i)
{
    be_option o = {.spot = item(in->spot, i),
                   .strike = item(in->strike, i),
                   .years = item(in->years, i),
                   .vol = item(in->vol, i),
                   .rate = item(in->rate, i)};
    unsigned type = in->type.first ? in->type.first[(ptrdiff_t)i * in->type.stride] : 0u;
    o.type = (be_option_type)type;
    o.dividend = in->model == BE_OPTION_BLACK_76        ? o.rate
                 : in->model == BE_OPTION_BLACK_SCHOLES ? 0
                                                        : item(in->dividend, i);
    return o;
}

static bool columns_are_there(const be_option_in *in, bool vol)
{
    return in->model <= BE_OPTION_GARMAN_KOHLHAGEN && in->payoff == BE_OPTION_VANILLA &&
           in->spot.first && in->strike.first && in->years.first && (!vol || in->vol.first);
}

static be_status refused(be_error *error)
{
    return be_error_set(error, BE_EINVAL,
                        "a model with a spot and lognormal, a vanilla pay-off, and a column each "
                        "for spot, strike and years");
}

struct americans {
    be_american_method method;
    const be_option_in *in;
    const be_american_out *out;
};

static be_status americans_body(void *ctx, size_t begin, size_t end, be_worker *worker)
{
    (void)worker;
    const struct americans *p = ctx;
    const be_american_out *out = p->out;
    double per_day = out->units.days_per_year > 0 ? 1 / out->units.days_per_year : 1;
    for (size_t i = begin; i < end; i++) {
        be_option o = option_of(p->in, i);
        be_american a;
        be_option_status status = be_option_american(p->method, &o, &a);
        put(out->price, i, a.price);
        put(out->delta, i, a.delta);
        put(out->gamma, i, a.gamma);
        put(out->theta, i, a.theta * per_day);
        put(out->boundary, i, a.boundary);
        put(out->boundary_far, i, a.boundary_far);
        if (out->status.first) {
            out->status.first[(ptrdiff_t)i * out->status.stride] = (uint8_t)status;
        }
    }
    return BE_OK;
}

be_status be_option_americans(be_engine *engine, be_american_method method, const be_option_in *in,
                              size_t n, const be_american_out *out, const be_for_options *options)
{
    static const be_site SITE = BE_SITE("option.americans");
    if (!columns_are_there(in, true) || (unsigned)method >= BE_AMERICAN_METHOD_COUNT) {
        return refused(options ? options->error : NULL);
    }
    struct americans p = {method, in, out};
    return be_for(engine, &SITE, n, americans_body, &p, options);
}

struct american_vols {
    const be_option_in *in;
    be_column price;
    be_out_column vol;
    be_out_byte_column status;
};

static be_status american_vols_body(void *ctx, size_t begin, size_t end, be_worker *worker)
{
    (void)worker;
    const struct american_vols *p = ctx;
    for (size_t i = begin; i < end; i++) {
        be_option o = option_of(p->in, i);
        be_option_status status;
        put(p->vol, i, be_option_american_implied_vol(&o, item(p->price, i), &status));
        if (p->status.first) {
            p->status.first[(ptrdiff_t)i * p->status.stride] = (uint8_t)status;
        }
    }
    return BE_OK;
}

be_status be_option_american_implied_vols(be_engine *engine, const be_option_in *in,
                                          be_column price, size_t n, be_out_column vol,
                                          be_out_byte_column status, const be_for_options *options)
{
    static const be_site SITE = BE_SITE("option.american_implied_vols");
    if (!columns_are_there(in, false) || !price.first) {
        return refused(options ? options->error : NULL);
    }
    struct american_vols p = {in, price, vol, status};
    return be_for(engine, &SITE, n, american_vols_body, &p, options);
}

/* ---- cash dividends ------------------------------------------------------------------------- */

be_option_status be_option_cash_dividends(be_dividend_model model, bool american,
                                          const be_option *option, size_t n,
                                          const be_cash_dividend *dividend, be_american *value)
{
    *value = NOTHING;
    be_option_status status = refusal(option);
    double last = 0, worth = 0;
    for (size_t k = 0; !status && k < n; k++) {
        double years = dividend[k].years, amount = dividend[k].amount;
        if (!(years >= last && years <= option->years && amount >= 0 && isfinite(amount))) {
            status = BE_OPTION_BAD_DIVIDEND;
        }
        last = years;
        worth += amount * power_of_e(-option->rate * years);
    }
    if (!status && worth > option->spot) {
        status = BE_OPTION_BAD_DIVIDEND;
    }
    if (status) {
        return status;
    }
    if (!(option->vol * sqrt(option->years) > 1e-6) || option->spot == worth ||
        option->strike == 0) {
        return BE_OPTION_BAD_VOL;
    }
    if (model == BE_DIVIDEND_ESCROWED && !american) {
        be_option net = *option;
        net.spot -= worth;
        double quantity[BE_OPTION_QUANTITY_COUNT];
        status = be_option_quantities(BE_OPTION_MERTON, BE_OPTION_VANILLA, &net, quantity);
        if (!status) {
            /* With time the worth of the dividends grows at the rate, and the net spot falls. */
            *value = (be_american){.price = quantity[BE_OPTION_PRICE],
                                   .delta = quantity[BE_OPTION_DELTA],
                                   .gamma = quantity[BE_OPTION_GAMMA],
                                   .theta = quantity[BE_OPTION_THETA] -
                                            option->rate * worth * quantity[BE_OPTION_DELTA],
                                   .boundary = (double)NAN,
                                   .boundary_far = (double)NAN};
        }
        return status;
    }
    *value = be__option_differences(option, american, model, n, dividend);
    return BE_OPTION_OK;
}
