/* american_checks.c: slow ways to American values that share nothing with the fast one: a tree, and
 * finite differences, which also know cash dividends.
 */
#include "option/american.h"

#include <math.h>

static const double NONE = (double)NAN;

static double pay_off(const be_option *o, double spot)
{
    double gain = o->type == BE_OPTION_CALL ? spot - o->strike : o->strike - spot;
    return gain > 0 ? gain : 0;
}

/* ---- a tree --------------------------------------------------------------------------------- */

enum { TREE_STEPS = 1001 };

/* Leisen and Reimer's inversion of the normal distribution (Peizer and Pratt's second). */
static double inverted(double z)
{
    double n = TREE_STEPS, w = z / (n + 1.0 / 3 + 0.1 / (n + 1));
    double half = sqrt(0.25 - 0.25 * exp(-w * w * (n + 1.0 / 6)));
    return z < 0 ? 0.5 - half : 0.5 + half;
}

/* Source: D. Leisen and M. Reimer, "Binomial models for option valuation", 1996. */
be_american be__american_binomial(const be_option *o)
{
    double dt = o->years / TREE_STEPS, growth = exp((o->rate - o->dividend) * dt);
    double keep = exp(-o->rate * dt), s = o->vol * sqrt(o->years);
    double d2 = (log(o->spot / o->strike) + (o->rate - o->dividend) * o->years) / s - s / 2;
    double p = inverted(d2), p_up = inverted(d2 + s);
    double up = growth * p_up / p, down = growth * (1 - p_up) / (1 - p);
    double value[TREE_STEPS + 1], early[3] = {0}, spots[3] = {0};
    for (int i = 0; i <= TREE_STEPS; i++) {
        value[i] = pay_off(o, o->spot * exp(i * log(up) + (TREE_STEPS - i) * log(down)));
    }
    for (int n = TREE_STEPS - 1; n >= 0; n--) {
        double spot = o->spot * exp(n * log(down)), ratio = up / down;
        for (int i = 0; i <= n; i++, spot *= ratio) {
            double held = keep * (p * value[i + 1] + (1 - p) * value[i]);
            double taken = pay_off(o, spot);
            value[i] = held > taken ? held : taken;
            if (n == 2) {
                early[i] = value[i];
                spots[i] = spot;
            }
        }
    }
    /* A parabola through the three values two steps from now. */
    double lower = (early[1] - early[0]) / (spots[1] - spots[0]);
    double upper = (early[2] - early[1]) / (spots[2] - spots[1]);
    double bend = 2 * (upper - lower) / (spots[2] - spots[0]);
    double delta = lower + bend * (o->spot - (spots[0] + spots[1]) / 2);
    double middle = early[1] + (o->spot - spots[1]) * (delta + bend * (spots[1] - o->spot) / 2);
    return (be_american){.price = value[0],
                         .delta = delta,
                         .gamma = bend,
                         .theta = (middle - value[0]) / (2 * dt),
                         .boundary = NONE,
                         .boundary_far = NONE};
}

/* ---- finite differences --------------------------------------------------------------------- */

enum { POINTS = 801, STEPS = 400, START_STEPS = 4 };

/* Values over the log of the (net) spot, a grid with the spot at its middle. */
typedef struct field {
    const be_option *option;
    bool american, escrowed;
    double x0, dx;
    double spot[POINTS];
    double value[POINTS];
    double
        push[POINTS]; /* what the right of exercise adds per unit of time, from the step before */
} field;

/* What exercise pays at point i when the dividends to come are worth `escrow`. */
static double exercised(const field *f, int i, double escrow)
{
    return pay_off(f->option, f->spot[i] + (f->escrowed ? escrow : 0));
}

/* One step of dt back in time, implicit by `theta`; then the right of exercise by operator
 * splitting (S. Ikonen and J. Toivanen, "Operator splitting methods for American option pricing",
 * 2004). */
static void step_back(field *f, double dt, double theta, double escrow)
{
    const be_option *o = f->option;
    double s2 = o->vol * o->vol, drift = o->rate - o->dividend - s2 / 2;
    double low = s2 / (2 * f->dx * f->dx) - drift / (2 * f->dx);
    double high = s2 / (2 * f->dx * f->dx) + drift / (2 * f->dx);
    double middle = -(low + high) - o->rate;
    double right[POINTS], factor[POINTS];
    for (int i = 1; i < POINTS - 1; i++) {
        double flow = low * f->value[i - 1] + middle * f->value[i] + high * f->value[i + 1];
        right[i] = f->value[i] + dt * ((1 - theta) * flow + f->push[i]);
    }
    /* At the ends the value is linear in the spot. */
    double a = -theta * dt * low, b = 1 - theta * dt * middle, c = -theta * dt * high;
    const double *s = f->spot;
    double left = (s[2] - s[0]) / (s[2] - s[1]),
           top = (s[POINTS - 1] - s[POINTS - 3]) / (s[POINTS - 2] - s[POINTS - 3]);
    double b_first = b + a * left, c_first = c + a * (1 - left);
    double b_last = b + c * top, a_last = a + c * (1 - top);
    factor[1] = c_first / b_first;
    right[1] /= b_first;
    for (int i = 2; i < POINTS - 1; i++) {
        double below = i == POINTS - 2 ? a_last : a;
        double pivot = (i == POINTS - 2 ? b_last : b) - below * factor[i - 1];
        factor[i] = c / pivot;
        right[i] = (right[i] - below * right[i - 1]) / pivot;
    }
    double *v = f->value;
    v[POINTS - 2] = right[POINTS - 2];
    for (int i = POINTS - 3; i > 0; i--) {
        v[i] = right[i] - factor[i] * v[i + 1];
    }
    v[0] = left * v[1] + (1 - left) * v[2];
    v[POINTS - 1] = top * v[POINTS - 2] + (1 - top) * v[POINTS - 3];
    for (int i = 0; f->american && i < POINTS; i++) {
        double taken = exercised(f, i, escrow), held = v[i] - dt * f->push[i];
        v[i] = taken > held ? taken : held;
        f->push[i] = taken > held ? (taken - held) / dt : 0;
    }
}

/* The value at a spot between grid points, by a cubic; constant below the grid. */
static double between(const field *f, const double *value, double spot)
{
    double x = spot > 0 ? (log(spot) - f->x0) / f->dx : 0;
    int i = x < 1 ? 1 : x > POINTS - 3 ? POINTS - 3 : (int)x;
    double t = x - i;
    if (x <= 0) {
        return value[0];
    }
    return value[i - 1] * -t * (t - 1) * (t - 2) / 6 + value[i] * (t + 1) * (t - 1) * (t - 2) / 2 -
           value[i + 1] * (t + 1) * t * (t - 2) / 2 + value[i + 2] * (t + 1) * t * (t - 1) / 6;
}

/* Just before a dividend of `amount` the spot is that much higher than just after. */
static void pay(field *f, double amount)
{
    double after[POINTS];
    for (int i = 0; i < POINTS; i++) {
        after[i] = f->value[i];
        f->push[i] = 0;
    }
    for (int i = 0; i < POINTS; i++) {
        f->value[i] = between(f, after, f->spot[i] - amount);
        if (f->american) {
            double taken = pay_off(f->option, f->spot[i]);
            f->value[i] = f->value[i] > taken ? f->value[i] : taken;
        }
    }
}

/* Crank and Nicolson's steps with the first few implicit ones (R. Rannacher 1984), from expiry to
 * the next dividend, and so on. */
be_american be__option_differences(const be_option *o, bool american, be_dividend_model model,
                                   size_t n, const be_cash_dividend *dividend)
{
    field f = {.option = o, .american = american, .escrowed = model == BE_DIVIDEND_ESCROWED};
    double worth = 0;
    for (size_t k = 0; k < n; k++) {
        worth += dividend[k].amount * exp(-o->rate * dividend[k].years);
    }
    double s = o->vol * sqrt(o->years), drift = fabs(o->rate - o->dividend - o->vol * o->vol / 2);
    double centre = log(f.escrowed ? o->spot - worth : o->spot);
    double width = 5.5 * s + drift * o->years + fabs(centre - log(o->strike)) * (s < 0.3);
    if (!f.escrowed) {
        width += -log1p(-worth / o->spot);
    }
    f.dx = 2 * width / (POINTS - 1);
    f.x0 = centre - width;
    for (int i = 0; i < POINTS; i++) {
        f.spot[i] = exp(f.x0 + i * f.dx);
        /* The mean of the pay-off over the cell: its kink costs no order of accuracy. */
        double low = exp(f.x0 + (i - 0.5) * f.dx), high = exp(f.x0 + (i + 0.5) * f.dx);
        double kink = fmin(fmax(o->strike, low), high);
        f.value[i] = (pay_off(o, low) + pay_off(o, kink)) / 2 * (kink - low) +
                     (pay_off(o, kink) + pay_off(o, high)) / 2 * (high - kink);
        f.value[i] /= high - low;
    }
    double now = 0, escrow = 0, after[POINTS] = {0};
    for (size_t k = n + 1; k-- > 0;) {
        double begin = k > 0 ? dividend[k - 1].years : 0,
               end = k < n ? dividend[k].years : o->years;
        double length = end - begin;
        int steps = (int)ceil(STEPS * length / o->years);
        for (int j = 0; j < steps; j++) {
            double dt = length / steps;
            int parts = j == 0 ? START_STEPS : 1;
            for (int part = 0; part < parts; part++) {
                escrow *= exp(-o->rate * dt / parts);
                for (int i = 0; i < POINTS; i++) {
                    after[i] = f.value[i];
                }
                now = dt / parts;
                step_back(&f, now, j == 0 ? 1 : 0.5, escrow);
            }
        }
        if (k > 0) {
            escrow += dividend[k - 1].amount;
            if (!f.escrowed) {
                pay(&f, dividend[k - 1].amount);
            }
        }
    }
    int mid = POINTS / 2;
    const double *v = f.value, *x = f.spot;
    double lower = (v[mid] - v[mid - 1]) / (x[mid] - x[mid - 1]);
    double upper = (v[mid + 1] - v[mid]) / (x[mid + 1] - x[mid]);
    double bend = 2 * (upper - lower) / (x[mid + 1] - x[mid - 1]);
    return (be_american){.price = v[mid],
                         .delta = lower + bend * (x[mid] - x[mid - 1]) / 2,
                         .gamma = bend,
                         .theta = (after[mid] - v[mid]) / now,
                         .boundary = NONE,
                         .boundary_far = NONE};
}
