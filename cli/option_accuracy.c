/* option_accuracy.c: `breakeven option accuracy`: the error of what this machine computes, against
 * MPFR, and the time of the same calls. */
#include "cli.h"
#include "option_reference.h"

#include <breakeven/option.h>

#include <math.h>
#include <stdlib.h>

static struct {
    uint64_t items;
} given = {.items = 20000};

/* A greek's oracle takes many prices of a thousand bits: one option in so many is judged. */
enum { GREEK_EVERY = 200, TIMED_ROUNDS = 5 };

/* ---- random options ------------------------------------------------------------------------- */

typedef enum region { MARKET, WIDE, TAILS, NEAR, N_REGIONS } region;

static const char *const REGION_NAMES[N_REGIONS] = {"market", "wide", "tails", "next to the money"};

static double between(be_random *random, double low, double high)
{
    return low + (high - low) * be_random_unit(random);
}

static double over_scales(be_random *random, double low, double high)
{
    return low * exp(log(high / low) * be_random_unit(random));
}

static be_option drawn(region r, uint64_t seed, uint64_t i)
{
    be_random random;
    be_random_init(&random, seed, i);
    be_option o = {.type = (be_option_type)be_random_below(&random, 2), .spot = 100};
    double s;
    switch (r) {
    case MARKET: /* what is quoted */
        o.spot = between(&random, 50, 200);
        o.strike = o.spot * exp(between(&random, -0.5, 0.5));
        o.years = over_scales(&random, 0.01, 5);
        o.vol = between(&random, 0.05, 0.8);
        o.rate = between(&random, -0.02, 0.1);
        o.dividend = between(&random, 0, 0.08);
        break;
    case WIDE: /* every input over its range */
        o.spot = over_scales(&random, 0.01, 1e6);
        o.strike = o.spot * exp(between(&random, -2, 2));
        o.years = over_scales(&random, 1e-4, 50);
        o.vol = over_scales(&random, 0.01, 3);
        o.rate = between(&random, -0.1, 0.3);
        o.dividend = between(&random, -0.1, 0.2);
        break;
    case TAILS: /* out of the money down to 1e-300 */
        s = over_scales(&random, 0.01, 1);
        o.years = over_scales(&random, 0.01, 10);
        o.vol = s / sqrt(o.years);
        s *= between(&random, 0, 36);
        o.strike = o.spot * exp(o.type == BE_OPTION_CALL ? s : -s);
        break;
    default: /* forwards next to the strike with little time value, on both sides */
        s = over_scales(&random, 1e-6, 0.05);
        o.years = between(&random, 0.01, 2);
        o.vol = s / sqrt(o.years);
        o.rate = between(&random, 0, 0.1);
        o.strike = o.spot * exp(o.rate * o.years + s * between(&random, -3, 3));
    }
    return o;
}

/* ---- one line of the table ------------------------------------------------------------------ */

typedef struct measured {
    char what[48];
    region region;
    uint64_t judged;
    double ns, worst, mean;
    be_option at; /* the worst */
} measured;

static const ptrdiff_t STRIDE = sizeof(be_option);

static be_option_in columns_of(be_option_model model, const be_option *o, const uint8_t *types)
{
    return (be_option_in){.model = model,
                          .type = {types, 1},
                          .spot = {&o->spot, STRIDE},
                          .strike = {&o->strike, STRIDE},
                          .years = {&o->years, STRIDE},
                          .vol = {&o->vol, STRIDE},
                          .rate = {&o->rate, STRIDE},
                          .dividend = {&o->dividend, STRIDE},
                          .shift = {&o->shift, STRIDE}};
}

/* Prices and greeks; quantity BE_OPTION_QUANTITY_COUNT stands for the implied vol of the price. */
static bool measure(be_option_model model, int quantity, region r, uint64_t items, uint64_t seed,
                    measured *m, const be_cancel *cancel)
{
    bool implied = quantity == BE_OPTION_QUANTITY_COUNT;
    be_option *options = cli_allocate(NULL, items, sizeof *options);
    double *values = cli_allocate(NULL, items, sizeof *values);
    double *prices = cli_allocate(NULL, items, sizeof *prices);
    uint8_t *types = cli_allocate(NULL, items, 1), *status = cli_allocate(NULL, items, 1);
    for (uint64_t i = 0; i < items; i++) {
        options[i] = drawn(r, seed, i);
        types[i] = (uint8_t)options[i].type;
        if (model == BE_OPTION_BACHELIER) {
            options[i].vol *= 100;
        }
        if (model == BE_OPTION_DISPLACED) {
            options[i].shift = 10;
        }
    }
    be_option_in in = columns_of(model, options, types);
    be_option_out out = {.status = {status, 1}};
    int asked = implied ? BE_OPTION_PRICE : quantity;
    out.value[asked] = (be_out_column){implied ? prices : values, sizeof *values};
    *m = (measured){.region = r, .ns = (double)INFINITY};
    for (int round = 0; round < TIMED_ROUNDS; round++) {
        uint64_t begin = be_now_ns();
        be_status failed = be_option_evaluate_range(&in, 0, items, &out);
        if (!failed && implied) {
            begin = be_now_ns();
            failed = be_option_implied_vol_range(&in, (be_column){prices, 8}, 0, items,
                                                 (be_out_column){values, 8},
                                                 (be_out_byte_column){status, 1});
        }
        if (failed) {
            break;
        }
        m->ns = fmin(m->ns, (double)(be_now_ns() - begin) / (double)items);
    }
    uint64_t step = quantity == BE_OPTION_PRICE || implied ? 1 : GREEK_EVERY;
    bool whole = true;
    for (uint64_t i = 0; i < items; i += step) {
        if (be_cancel_raised(cancel)) {
            whole = false;
            break;
        }
        const be_option *o = &options[i];
        double error, allowed = 0;
        if (status[i] != BE_OPTION_OK ||
            (step == 1 && fabs(implied ? prices[i] : values[i]) < 1e-300)) {
            continue;
        }
        if (implied) {
            error = reference_implied_error(model, o, prices[i], values[i], &allowed);
            error = fmax(0, error - 2 * allowed); /* 1 ulp of the price */
        } else if (quantity == BE_OPTION_PRICE) {
            error = reference_price_error(model, BE_OPTION_VANILLA, o, values[i]);
        } else {
            error = reference_quantity_error(model, BE_OPTION_VANILLA, (be_option_quantity)quantity,
                                             o, values[i]);
        }
        m->judged++;
        m->mean += error;
        if (!(error <= m->worst)) {
            m->worst = error;
            m->at = *o;
        }
    }
    m->mean /= m->judged ? (double)m->judged : 1;
    snprintf(m->what, sizeof m->what, "%s, %s",
             implied ? "implied vol" : be_option_quantity_name((be_option_quantity)quantity),
             be_option_model_name(model));
    free(options);
    free(values);
    free(prices);
    free(types);
    free(status);
    return whole;
}

/* ---- the table ------------------------------------------------------------------------------ */

static const struct job {
    be_option_model model;
    int first, last; /* quantities */
    region region;
} JOBS[] = {
    {BE_OPTION_MERTON, BE_OPTION_PRICE, BE_OPTION_PRICE, MARKET},
    {BE_OPTION_MERTON, BE_OPTION_PRICE, BE_OPTION_PRICE, WIDE},
    {BE_OPTION_MERTON, BE_OPTION_PRICE, BE_OPTION_PRICE, TAILS},
    {BE_OPTION_MERTON, BE_OPTION_PRICE, BE_OPTION_PRICE, NEAR},
    {BE_OPTION_BLACK_76, BE_OPTION_PRICE, BE_OPTION_PRICE, MARKET},
    {BE_OPTION_BACHELIER, BE_OPTION_PRICE, BE_OPTION_PRICE, MARKET},
    {BE_OPTION_DISPLACED, BE_OPTION_PRICE, BE_OPTION_PRICE, MARKET},
    {BE_OPTION_MERTON, BE_OPTION_QUANTITY_COUNT, BE_OPTION_QUANTITY_COUNT, MARKET},
    {BE_OPTION_MERTON, BE_OPTION_QUANTITY_COUNT, BE_OPTION_QUANTITY_COUNT, NEAR},
    {BE_OPTION_MERTON, BE_OPTION_DELTA, BE_OPTION_DUAL_GAMMA, MARKET},
};

static void add_json(be_json_writer *json, const measured *m)
{
    be_json_object(json);
    be_json_key(json, "what");
    be_json_string(json, m->what);
    be_json_key(json, "region");
    be_json_string(json, REGION_NAMES[m->region]);
    be_json_key(json, "judged");
    be_json_u64(json, m->judged);
    be_json_key(json, "ns");
    be_json_double(json, m->ns);
    be_json_key(json, "worst_ulp");
    be_json_double(json, m->worst);
    be_json_key(json, "mean_ulp");
    be_json_double(json, m->mean);
    be_json_object_end(json);
}

static void add_row(cli_table *table, const measured *m)
{
    cli_table_cell(table, CLI_PLAIN, "%s", m->what);
    cli_table_cell(table, CLI_PLAIN, "%s", REGION_NAMES[m->region]);
    cli_table_cell(table, CLI_PLAIN, "%llu", (unsigned long long)m->judged);
    cli_table_cell(table, CLI_PLAIN, "%.1f", m->ns);
    cli_table_cell(table, CLI_BOLD, "%.2f", m->worst);
    cli_table_cell(table, CLI_PLAIN, "%.2f", m->mean);
    cli_table_cell(table, CLI_PLAIN, "%s %.17g %.17g %.17g %.17g %.17g %.17g",
                   m->at.type == BE_OPTION_CALL ? "call" : "put", m->at.spot, m->at.strike,
                   m->at.years, m->at.vol, m->at.rate, m->at.dividend);
}

static int run(cli_call *call, int argc, char **argv)
{
    (void)argv;
    if (argc != 0) {
        return cli_usage(call, "expected no operand, got %d", argc);
    }
    const be_cancel *cancel = cli_cancel(call);
    be_text text;
    be_text_init(&text, NULL);
    be_json_writer json;
    be_json_init(&json, &text, false);
    be_json_object(&json);
    be_json_key(&json, "schema");
    be_json_string(&json, "breakeven.option.accuracy/1");
    be_json_key(&json, "rows");
    be_json_array(&json);
    cli_table table;
    cli_table_init(&table, "llrrrrl");
    static const char *const HEADING[] = {"what",
                                          "region",
                                          "judged",
                                          "ns each",
                                          "worst ulp",
                                          "mean ulp",
                                          "at type spot strike years vol rate dividend"};
    for (size_t c = 0; c < sizeof HEADING / sizeof *HEADING; c++) {
        cli_table_cell(&table, CLI_BOLD, "%s", HEADING[c]);
    }
    bool whole = true;
    for (size_t j = 0; whole && j < sizeof JOBS / sizeof *JOBS; j++) {
        for (int q = JOBS[j].first; whole && q <= JOBS[j].last; q++) {
            measured m;
            whole = measure(JOBS[j].model, q, JOBS[j].region, given.items, call->seed, &m, cancel);
            add_row(&table, &m);
            add_json(&json, &m);
        }
    }
    reference_free();
    be_json_array_end(&json);
    be_json_object_end(&json);
    be_text_puts(&text, "\n");
    int code = whole ? CLI_DONE : CLI_INTERRUPTED;
    if (!call->json || call->json[0] != '-') {
        cli_table_print(&table, call);
    }
    if (call->json && whole) {
        code = cli_write_json(call, &text);
    }
    cli_table_clear(&table);
    be_text_clear(&text);
    return code;
}

static const cli_option OPTIONS[] = {{"items", 0, "N", "options for each line (default 20000)",
                                      .count = &given.items, .low = 1, .high = UINT64_C(1) << 32},
                                     {0}};

static const cli_example EXAMPLES[] = {
    {"option accuracy", "errors and times of this machine, in a minute"},
    {"option accuracy --items 10M --seed 7", "more of other options, overnight"},
    {0}};

const cli_command command_option_accuracy = {
    .name = "accuracy",
    .summary = "measured errors of all of these, and their times",
    .usage = (const char *const[]){"[OPTION...]", NULL},
    .examples = EXAMPLES,
    .description =
        "Draws random options, evaluates them as `option price` does, on one core, and compares "
        "each with MPFR: prices with the textbook's formula in 192 bits, greeks (one option in "
        "200) "
        "with difference quotients of prices in 1,200, implied volatilities by the price they "
        "give. "
        "Errors are in units in the last place of the exact value; those of an implied volatility "
        "are what remains beyond the last bit of its price. Prices below 1e-300 are left out.",
    .uses = CLI_USES_SEED | CLI_USES_JSON,
    .options = OPTIONS,
    .run = run};
