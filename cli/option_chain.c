/* option_chain.c: `breakeven option chain`: from quotes to forwards, and from these to implied
 * vols.
 *
 * By put-call parity call - put = discount (forward - strike): at one expiry a straight line
 * through the mid prices of the strikes that have both, each weighed by its spreads. A strike whose
 * quotes, from bid to ask, cannot lie on it is taken out, the worst first.
 *
 * American calls and puts obey no such line. There the yield is sought at which call and put of a
 * strike next to the money have one vol.
 */
#include "option_rows.h"

#include "day_count.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct {
    bool american;
} given;

enum { NEAR_STRIKES = 3 };

/* One expiry and what was found for it. */
typedef struct slice {
    double years, forward, error, discount, rate, yield;
    size_t pairs, used;
    const char *problem; /* NULL when there is a forward */
} slice;

/* A strike with a call and a put. */
typedef struct pair {
    size_t call, put;
    double strike, gap, half; /* call - put at mid; half of what both spreads leave open */
    bool out;
} pair;

typedef struct chain {
    option_rows rows;
    double *bid, *ask, *mid;
    const char **status;
    slice *slices;
    size_t n_slices;
    size_t *slice_of;
} chain;

static const char *const GOOD = "priced";

/* Quotes that say nothing are told apart at once. */
static void check_quotes(chain *c)
{
    const option_rows *rows = &c->rows;
    for (size_t i = 0; i < rows->n; i++) {
        bool one = !rows->has[OPTION_BID];
        double bid = c->bid[i] = rows->value[one ? OPTION_PRICE : OPTION_BID][i];
        double ask = c->ask[i] = rows->value[one ? OPTION_PRICE : OPTION_ASK][i];
        c->mid[i] = (bid + ask) / 2;
        c->status[i] = isnan(bid) || isnan(ask)               ? "no bid or no ask"
                       : bid <= 0                             ? "the bid is not above 0"
                       : ask < bid                            ? "the ask is below the bid"
                       : !(rows->value[OPTION_STRIKE][i] > 0) ? "strike is not above 0"
                       : !(rows->value[OPTION_YEARS][i] > 0)  ? "no time to expiry"
                                                              : GOOD;
    }
}

static void find_slices(chain *c)
{
    const double *years = c->rows.value[OPTION_YEARS];
    for (size_t i = 0; i < c->rows.n; i++) {
        size_t s = 0;
        while (s < c->n_slices && c->slices[s].years != years[i]) {
            s++;
        }
        c->slice_of[i] = s;
        if (s == c->n_slices) {
            c->slices[c->n_slices++] = (slice){.years = years[i]};
        }
    }
}

static int by_strike(const void *a, const void *b)
{
    double x = ((const pair *)a)->strike, y = ((const pair *)b)->strike;
    return (x > y) - (x < y);
}

/* The strikes of a slice that have one good call and one good put, in order. */
static size_t find_pairs(const chain *c, size_t s, pair *pairs)
{
    size_t n = 0;
    for (size_t i = 0; i < c->rows.n; i++) {
        if (c->slice_of[i] != s || c->status[i] != GOOD || c->rows.type[i] != BE_OPTION_CALL) {
            continue;
        }
        for (size_t j = 0; j < c->rows.n; j++) {
            double strike = c->rows.value[OPTION_STRIKE][i];
            if (c->slice_of[j] == s && c->status[j] == GOOD && c->rows.type[j] == BE_OPTION_PUT &&
                c->rows.value[OPTION_STRIKE][j] == strike) {
                double half = (c->ask[i] - c->bid[i] + c->ask[j] - c->bid[j]) / 2;
                pairs[n++] = (pair){.call = i,
                                    .put = j,
                                    .strike = strike,
                                    .gap = c->mid[i] - c->mid[j],
                                    .half = half};
                break;
            }
        }
    }
    qsort(pairs, n, sizeof *pairs, by_strike);
    return n;
}

/* The line through the pairs that are in: discount given, or 0 to be found. False when they are too
 * few, or no discount comes out. */
static bool fit_line(const pair *pairs, size_t n, double discount, slice *s)
{
    double w = 0, wk = 0, wg = 0, wkk = 0, wkg = 0, least = 0;
    size_t used = 0;
    for (size_t i = 0; i < n; i++) {
        least = fmax(least, pairs[i].half);
    }
    least = least > 0 ? least * 1e-3 : 1; /* no quote is exact, and without spreads all weigh 1 */
    for (size_t i = 0; i < n; i++) {
        if (!pairs[i].out) {
            double sigma = fmax(pairs[i].half, least), one = 1 / (sigma * sigma);
            used++;
            w += one;
            wk += one * pairs[i].strike;
            wg += one * pairs[i].gap;
            wkk += one * pairs[i].strike * pairs[i].strike;
            wkg += one * pairs[i].strike * pairs[i].gap;
        }
    }
    double spread = w * wkk - wk * wk;
    bool found = used > 0;
    if (found && discount == 0) {
        found = used > 1 && spread > 1e-12 * w * wkk;
        discount = found ? -(w * wkg - wk * wg) / spread : 0;
        found &= discount > 0;
    }
    if (!found) {
        return false;
    }
    double mean_strike = wk / w, forward = mean_strike + wg / w / discount;
    double error = 1 / (sqrt(w) * discount);
    if (s->discount == 0) {
        /* The slope's error reaches the forward from the mean strike. */
        double lever = (forward - mean_strike) / discount * sqrt(w / spread);
        error = sqrt(error * error + lever * lever);
    }
    s->forward = forward;
    s->error = error;
    s->used = used;
    s->rate = discount;
    return true;
}

static void find_european(chain *c, size_t index, pair *pairs)
{
    slice *s = &c->slices[index];
    size_t n = s->pairs = find_pairs(c, index, pairs);
    double discount = s->discount;
    for (;;) {
        if (!fit_line(pairs, n, discount, s)) {
            s->problem = "expected a call and a put of one strike, or of two without --rate";
            return;
        }
        double found = s->rate, worst = 1;
        size_t which = n;
        for (size_t i = 0; i < n; i++) {
            double off = fabs(pairs[i].gap - found * (s->forward - pairs[i].strike));
            double allowed = pairs[i].half + 1e-9 * pairs[i].strike;
            if (!pairs[i].out && off > worst * allowed) {
                worst = off / allowed;
                which = i;
            }
        }
        if (which == n || s->used <= 3) {
            s->discount = found;
            s->rate = -log(found) / s->years;
            return;
        }
        pairs[which].out = true;
        c->status[pairs[which].call] = c->status[pairs[which].put] =
            "off parity: call and put of this strike fit no forward the others do";
    }
}

static double american_vol(const chain *c, size_t i, const slice *s, double yield, double price,
                           be_option_status *status)
{
    be_option o = {.type = (be_option_type)c->rows.type[i],
                   .spot = c->rows.value[OPTION_SPOT][i],
                   .strike = c->rows.value[OPTION_STRIKE][i],
                   .years = s->years,
                   .rate = s->rate,
                   .dividend = yield};
    return be_option_american_implied_vol(&o, price, status);
}

/* The yield at which a pair's vols agree: the call's rises with it, the put's falls. */
static bool agreeing_yield(const chain *c, const slice *s, const pair *p, double *yield)
{
    double low = -1, high = 1;
    for (int k = 0; k < 50; k++) {
        double q = (low + high) / 2;
        be_option_status a, b;
        double call = american_vol(c, p->call, s, q, c->mid[p->call], &a);
        double put = american_vol(c, p->put, s, q, c->mid[p->put], &b);
        /* Below its least value with this yield: the call wants a higher one, the put a lower. */
        bool higher = a == BE_OPTION_BELOW_INTRINSIC || a == BE_OPTION_NO_TIME_VALUE ||
                      (b == BE_OPTION_OK && a == BE_OPTION_OK && call < put);
        *(higher ? &low : &high) = q;
    }
    *yield = (low + high) / 2;
    return fabs(*yield) < 0.999;
}

static void find_american(chain *c, size_t index, pair *pairs)
{
    slice *s = &c->slices[index];
    s->pairs = find_pairs(c, index, pairs);
    double spot = 0, sum = 0, squares = 0;
    for (size_t i = 0; i < c->rows.n; i++) {
        spot = c->slice_of[i] == index ? c->rows.value[OPTION_SPOT][i] : spot;
    }
    for (size_t k = 0; k < NEAR_STRIKES; k++) {
        size_t best = s->pairs;
        for (size_t i = 0; i < s->pairs; i++) {
            bool nearer =
                best == s->pairs || fabs(pairs[i].strike - spot) < fabs(pairs[best].strike - spot);
            best = !pairs[i].out && nearer ? i : best;
        }
        double yield;
        if (best == s->pairs) {
            break;
        }
        pairs[best].out = true;
        if (agreeing_yield(c, s, &pairs[best], &yield)) {
            s->used++;
            sum += yield;
            squares += yield * yield;
        }
    }
    if (s->used == 0) {
        s->problem = "expected a call and a put of one strike near the spot";
        return;
    }
    double n = (double)s->used;
    s->yield = sum / n;
    s->forward = spot * exp((s->rate - s->yield) * s->years);
    double variance = n > 1 ? fmax(squares / n - s->yield * s->yield, 0) / (n - 1) : 0;
    s->error = s->forward * s->years * sqrt(variance);
    s->discount = exp(-s->rate * s->years);
}

/* Forward and discount of a slice: the user's, or from its quotes. */
static void find_forward(chain *c, size_t index, pair *pairs)
{
    slice *s = &c->slices[index];
    const option_rows *rows = &c->rows;
    size_t i = 0;
    while (c->slice_of[i] != index) {
        i++;
    }
    s->rate = rows->value[OPTION_RATE][i];
    bool curve = rows->has[OPTION_RATE] || rows->has[OPTION_DISCOUNT];
    s->discount = curve ? exp(-s->rate * s->years) : 0;
    if (!(s->years > 0)) {
        s->problem = "no time to expiry";
    } else if (rows->has[OPTION_FORWARD] || rows->has[OPTION_DIVIDEND]) {
        double spot = rows->value[OPTION_SPOT][i];
        s->yield = rows->has[OPTION_FORWARD] ? s->rate : rows->value[OPTION_DIVIDEND][i];
        s->forward = rows->has[OPTION_FORWARD] ? rows->value[OPTION_FORWARD][i]
                                               : spot * exp((s->rate - s->yield) * s->years);
        s->discount = exp(-s->rate * s->years);
    } else if (given.american) {
        find_american(c, index, pairs);
    } else {
        find_european(c, index, pairs);
    }
}

static double vol_of(const chain *c, size_t i, double price, be_option_status *status)
{
    const slice *s = &c->slices[c->slice_of[i]];
    if (given.american) {
        return american_vol(c, i, s, s->yield, price, status);
    }
    be_option o = {.type = (be_option_type)c->rows.type[i],
                   .spot = s->forward,
                   .strike = c->rows.value[OPTION_STRIKE][i],
                   .years = s->years,
                   .rate = s->rate};
    return be_option_implied_vol(BE_OPTION_BLACK_76, &o, price, status);
}

enum { FORWARD, ERROR, DISCOUNT, VOL_BID, VOL, VOL_ASK, N_RESULTS };

static void find_vols(chain *c, option_results *r)
{
    for (size_t i = 0; i < c->rows.n; i++) {
        const slice *s = &c->slices[c->slice_of[i]];
        for (size_t k = 0; k < N_RESULTS; k++) {
            r->value[k][i] = (double)NAN;
        }
        if (s->problem) {
            c->status[i] = c->status[i] == GOOD ? s->problem : c->status[i];
            continue;
        }
        r->value[FORWARD][i] = s->forward;
        r->value[ERROR][i] = s->error;
        r->value[DISCOUNT][i] = s->discount;
        if (c->status[i] != GOOD) {
            continue;
        }
        be_option_status status, ignored;
        r->value[VOL][i] = vol_of(c, i, c->mid[i], &status);
        r->value[VOL_BID][i] = vol_of(c, i, c->bid[i], &ignored);
        r->value[VOL_ASK][i] = vol_of(c, i, c->ask[i], &ignored);
        c->status[i] = be_option_status_text(status);
    }
}

static void print_slices(const cli_call *call, const chain *c)
{
    cli_table table;
    cli_table_init(&table, "rrrrrrl");
    static const char *const HEAD[] = {"years", "forward", "+-", "discount", "rate", "strikes", ""};
    for (size_t k = 0; k < 7; k++) {
        cli_table_cell(&table, CLI_BOLD, "%s", HEAD[k]);
    }
    for (size_t k = 0; k < c->n_slices; k++) {
        const slice *s = &c->slices[k];
        cli_table_cell(&table, CLI_PLAIN, "%.6g", s->years);
        if (s->problem) {
            for (int j = 0; j < 5; j++) {
                cli_table_cell(&table, CLI_PLAIN, "%s", "");
            }
        } else {
            cli_table_cell(&table, CLI_BOLD, "%.8g", s->forward);
            cli_table_cell(&table, CLI_PLAIN, "%.2g", s->error);
            cli_table_cell(&table, CLI_PLAIN, "%.8g", s->discount);
            cli_table_cell(&table, CLI_PLAIN, "%.5g", s->rate);
            cli_table_cell(&table, CLI_PLAIN, "%zu of %zu", s->used, s->pairs);
        }
        cli_table_cell(&table, CLI_RED, "%s", s->problem ? s->problem : "");
    }
    cli_table_print(&table, call);
    cli_table_clear(&table);
    printf("\n");
}

static int check(const cli_call *call, const option_rows *rows)
{
    bool quotes = rows->has[OPTION_BID] && rows->has[OPTION_ASK];
    if (!quotes && (rows->has[OPTION_BID] || rows->has[OPTION_ASK] || !rows->has[OPTION_PRICE])) {
        return cli_usage(call, "expected columns bid and ask, or price");
    }
    if (!rows->has[OPTION_TYPE]) {
        return cli_usage(call, "expected a column type");
    }
    if (given.american && (!rows->has[OPTION_SPOT] || !rows->has[OPTION_RATE])) {
        return cli_usage(call, "--american expects --spot and --rate");
    }
    if (rows->has[OPTION_DIVIDEND] && !rows->has[OPTION_SPOT]) {
        return cli_usage(call, "--dividend-yield expects --spot");
    }
    return CLI_DONE;
}

static int run(cli_call *call, int argc, char **argv)
{
    chain c = {.n_slices = 0};
    int code = option_rows_read(call, argc, argv, 1u << OPTION_BID, &c.rows);
    if (code == CLI_DONE) {
        code = check(call, &c.rows);
    }
    if (code == CLI_DONE) {
        size_t n = c.rows.n;
        c.bid = cli_allocate(NULL, n + 1, sizeof *c.bid);
        c.ask = cli_allocate(NULL, n + 1, sizeof *c.ask);
        c.mid = cli_allocate(NULL, n + 1, sizeof *c.mid);
        c.status = cli_allocate(NULL, n + 1, sizeof *c.status);
        c.slices = cli_allocate(NULL, n + 1, sizeof *c.slices);
        c.slice_of = cli_allocate(NULL, n + 1, sizeof *c.slice_of);
        pair *pairs = cli_allocate(NULL, n + 1, sizeof *pairs);
        option_results r = {.command = "chain",
                            .columns = N_RESULTS,
                            .name = {"forward", "forward_error", "discount_factor", "vol_bid",
                                     "implied_vol", "vol_ask"},
                            .status = c.status};
        for (size_t k = 0; k < N_RESULTS; k++) {
            r.value[k] = cli_allocate(NULL, n + 1, sizeof *r.value[k]);
        }
        check_quotes(&c);
        find_slices(&c);
        for (size_t s = 0; s < c.n_slices; s++) {
            find_forward(&c, s, pairs);
        }
        find_vols(&c, &r);
        if (!option_rows_given.csv && (!call->json || strcmp(call->json, "-") != 0)) {
            print_slices(call, &c);
        }
        code = option_rows_show(call, &c.rows, &r);
        for (size_t k = 0; k < N_RESULTS; k++) {
            free(r.value[k]);
        }
        free(pairs);
    }
    free(c.bid);
    free(c.ask);
    free(c.mid);
    free(c.status);
    free(c.slices);
    free(c.slice_of);
    option_rows_clear(&c.rows);
    return code;
}

static const cli_option OPTIONS[] = {
    {"american", 0, NULL, "the quotes are of American options", .flag = &given.american},
    OPTION_ROWS_OPTIONS,
    {0}};

static const cli_example EXAMPLES[] = {
    {"option chain --rate 0.04 quotes.csv", "forwards by parity, then vols by strike and expiry"},
    {"option chain --american --spot 100 --rate 0.04 --csv quotes.csv",
     "American quotes: the yield at which calls and puts agree"},
    {"option chain --spot 100 --rate 0.04 --dividend-yield 0.01 quotes.csv",
     "with your own curve and dividends"},
    {0}};

const cli_command command_option_chain = {
    .name = "chain",
    .summary = "forwards and implied vols from bid and ask quotes",
    .usage = (const char *const[]){"[OPTION...] FILE", NULL},
    .examples = EXAMPLES,
    .description =
        "FILE has a row for each quote: type, strike, years or expiry, bid and ask (or price). At "
        "each expiry the forward comes from put-call parity over the strikes with both a call and "
        "a "
        "put, weighed by their spreads, with its standard error; without --rate the discount "
        "factor comes from the same line. Quotes that cannot be used keep their place and say why: "
        "no bid, a crossed market, off parity, below intrinsic value.\n\n"
        "vol_bid and vol_ask are the implied vols of bid and ask, implied_vol that of their mean.",
    .uses = CLI_USES_JSON,
    .options = OPTIONS,
    .run = run};
