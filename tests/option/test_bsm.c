/* test_bsm.c: prices against exact ones, the laws they obey, and what is refused. */
#include "table.h"

#include <breakeven/base.h>
#include <breakeven/cpu.h>

#include <string.h>

/* ---- against exact prices ------------------------------------------------------------------- */

static double worst_error(const char *name, double allowed)
{
    be_csv *csv = read_table(name);
    double worst = 0;
    size_t rows = be_csv_rows(csv);
    CHECK(rows > 30);
    for (size_t i = 0; i < rows; i++) {
        be_option o = option_at(csv, i);
        be_option_status status = BE_OPTION_STATUS_COUNT;
        double got = be_option_price(BE_OPTION_MERTON, &o, &status);
        double exact = cell(csv, PRICE, i);
        double error = fabs(got - exact - cell(csv, REST, i)) / ulp(exact);
        CHECK_SAY(status == BE_OPTION_OK && error <= allowed,
                  "%s row %zu: %.17g instead of %.17g, %.2f ulp", name, i, got, exact, error);
        worst = fmax(worst, error);
    }
    be_csv_destroy(csv);
    return worst;
}

static void prices_are_within_4_ulp_of_the_50_digit_ones(void **state)
{
    (void)state;
    double worst = worst_error("bsm.csv", 4);
    print_message("# worst error %.2f ulp\n", worst);
    CHECK(worst > 0.5); /* the table's last digits are read and count */
}

/* Its values have 17 digits: up to half an ulp of their own. */
static void prices_agree_with_the_independent_table(void **state)
{
    (void)state;
    worst_error("option_oracle.csv", 4.5);
}

/* ---- one option ----------------------------------------------------------------------------- */

static double priced(be_option o)
{
    be_option_status status = BE_OPTION_STATUS_COUNT;
    double price = be_option_price(BE_OPTION_MERTON, &o, &status);
    CHECK_SAY(status == BE_OPTION_OK, "%s: spot %g strike %g years %g vol %g rate %g dividend %g",
              be_option_status_text(status), o.spot, o.strike, o.years, o.vol, o.rate, o.dividend);
    return price;
}

static be_option with_type(be_option o, be_option_type type)
{
    o.type = type;
    return o;
}

/* exp(10^-low..high), either end as likely. */
static double spread(be_random *random, double low, double high)
{
    return pow(10, low + (high - low) * be_random_unit(random));
}

/* Option `item` of an endless book that reaches every branch. */
static be_option any_option(uint64_t item)
{
    be_random random;
    be_random_init(&random, 4, item);
    double strike = spread(&random, -2, 5);
    double deviation = spread(&random, -6, 1);
    double years = spread(&random, -3, 2);
    double distance = 20 * (be_random_unit(&random) - 0.5);
    double log_ratio = fmax(-20, fmin(20, distance * deviation));
    return (be_option){.type = (be_option_type)be_random_below(&random, 2),
                       .spot = strike * exp(log_ratio),
                       .strike = strike,
                       .years = years,
                       .vol = deviation / sqrt(years),
                       .rate = 0.3 * (be_random_unit(&random) - 0.5) / years,
                       .dividend = 0.3 * (be_random_unit(&random) - 0.5) / years};
}

enum { MANY = 20000 };

static void a_call_less_a_put_is_the_forward(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < MANY; i++) {
        be_option o = any_option(i);
        double call = priced(with_type(o, BE_OPTION_CALL));
        double put = priced(with_type(o, BE_OPTION_PUT));
        be_option no_strike = with_type(o, BE_OPTION_CALL), no_spot = with_type(o, BE_OPTION_PUT);
        no_strike.strike = 0;
        no_spot.spot = 0;
        double spot_leg = priced(no_strike), strike_leg = priced(no_spot);
        double largest = fmax(fmax(call, put), fmax(spot_leg, strike_leg));
        double gap = call - put - (spot_leg - strike_leg);
        CHECK_SAY(fabs(gap) <= 4 * ulp(largest), "item %d: %g of %g", (int)i, gap, largest);
        CHECK_SAY(call <= spot_leg * (1 + 1e-15) && put <= strike_leg * (1 + 1e-15) && call >= 0 &&
                      put >= 0,
                  "item %d: call %g of %g, put %g of %g", (int)i, call, spot_leg, put, strike_leg);
    }
}

static void a_call_is_the_put_of_the_swapped_pair(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < MANY; i++) {
        be_option o = any_option(i);
        be_option swapped = {.type = o.type == BE_OPTION_CALL ? BE_OPTION_PUT : BE_OPTION_CALL,
                             .spot = o.strike,
                             .strike = o.spot,
                             .years = o.years,
                             .vol = o.vol,
                             .rate = o.dividend,
                             .dividend = o.rate};
        double price = priced(o);
        CHECK_SAY(fabs(price - priced(swapped)) <= 8 * ulp(price), "item %d", (int)i);
    }
}

static void a_power_of_two_in_the_currency_scales_the_price_to_the_bit(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < MANY; i++) {
        be_option o = any_option(i);
        double price = priced(o);
        o.spot *= 0x1p4;
        o.strike *= 0x1p4;
        if (price >= 0x1p-1022) { /* a smaller one lost digits that scaling brings back */
            CHECK_SAY(priced(o) == 0x1p4 * price, "item %d", (int)i);
        }
    }
}

static void more_spot_less_strike_and_more_vol_never_make_a_call_cheaper(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < MANY; i++) {
        be_option o = with_type(any_option(i), BE_OPTION_CALL);
        double price = priced(o);
        be_option more = o;
        more.spot *= 1.001;
        CHECK_SAY(priced(more) >= price, "item %d, spot", (int)i);
        more = o;
        more.strike /= 1.001;
        CHECK_SAY(priced(more) >= price, "item %d, strike", (int)i);
        more = o;
        more.vol *= 1.001;
        /* In the money it may not change at all; two roundings remain. */
        CHECK_SAY(priced(more) >= price - 4 * ulp(price), "item %d, vol", (int)i);
    }
}

static void the_two_forms_meet_without_a_step(void **state)
{
    (void)state;
    /* At the money |u| = s / 2: the form changes where s passes 1. */
    be_option o = {.spot = 100, .strike = 100, .years = 1, .vol = 1 - 1e-9};
    double before = priced(o);
    o.vol = 1 + 1e-9;
    double after = priced(o);
    double slope = 100 * exp(-0.125) / sqrt(2 * 3.14159265358979323846); /* d price / d vol */
    CHECK(fabs(after - before - slope * 2e-9) < 4 * ulp(after));
}

static void without_time_the_price_is_the_pay_off_exactly(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < MANY; i++) {
        be_option o = any_option(i);
        o.years = 0;
        double gain = o.type == BE_OPTION_CALL ? o.spot - o.strike : o.strike - o.spot;
        CHECK_SAY(priced(o) == (gain > 0 ? gain : 0), "item %d", (int)i);
    }
}

static void without_volatility_the_price_is_the_discounted_pay_off_at_the_forward(void **state)
{
    (void)state;
    be_option o = {.type = BE_OPTION_CALL, .spot = 100, .strike = 100, .years = 1, .rate = 0.05};
    CHECK(priced(o) == 4.8770575499285994); /* 100 (1 - e^-0.05) */
    CHECK(priced(with_type(o, BE_OPTION_PUT)) == 0);
    o.rate = 0;
    CHECK(priced(o) == 0);
    CHECK(priced(with_type(o, BE_OPTION_PUT)) == 0);
}

static void a_leg_worth_nothing_leaves_the_other_or_nothing(void **state)
{
    (void)state;
    be_option o = {.spot = 100, .years = 2, .vol = 0.3, .rate = 0.05};
    CHECK(priced(with_type(o, BE_OPTION_CALL)) == 100);
    CHECK(priced(with_type(o, BE_OPTION_PUT)) == 0);
    o.spot = -0.0;
    CHECK(priced(with_type(o, BE_OPTION_CALL)) == 0);
    o.strike = 100;
    CHECK(priced(with_type(o, BE_OPTION_CALL)) == 0);
    CHECK(fabs(priced(with_type(o, BE_OPTION_PUT)) - 100 * exp(-0.1)) < 2e-14);
}

static void extreme_but_honest_inputs_have_prices(void **state)
{
    (void)state;
    /* Upper bounds, reached. */
    CHECK(priced((be_option){BE_OPTION_CALL, 100, 100, 1, 1e300, 0, 0, 0}) == 100);
    CHECK(priced((be_option){BE_OPTION_CALL, 100, 100, 1e300, 1, 0, 0, 0}) == 100);
    CHECK(priced((be_option){BE_OPTION_CALL, 100, 100, 1e6, 0.2, 0.05, 0, 0}) == 100);
    /* Lower ones. */
    CHECK(priced((be_option){BE_OPTION_PUT, 1e308, 0x1p-1074, 1, 0.2, 0, 0, 0}) == 0);
    CHECK(priced((be_option){BE_OPTION_CALL, 100, 101, 1e-300, 1e-300, 0, 0, 0}) == 0);
    CHECK(priced((be_option){BE_OPTION_CALL, 100, 100, 1e5, 0.2, 1, 1, 0}) == 0); /* e^-100000 */
    /* Subnormal spot and strike: 2^-1070 against 2^-1071, in the money by half. */
    CHECK(priced((be_option){BE_OPTION_CALL, 0x1p-1070, 0x1p-1071, 1, 0, 0, 0, 0}) == 0x1p-1071);
    /* At the money a tiny deviation is worth S s / sqrt(2 pi). */
    double tiny = priced((be_option){BE_OPTION_CALL, 1, 1, 1, 1e-200, 0, 0, 0});
    CHECK(fabs(tiny / (1e-200 * 0.39894228040143268) - 1) < 1e-15);
}

static void each_bad_input_is_named_and_gives_nan(void **state)
{
    (void)state;
    static const be_option GOOD = {BE_OPTION_CALL, 100, 100, 1, 0.2, 0.05, 0.02, 0};
    static const struct {
        size_t field;
        double value;
        be_option_status status;
    } CASES[] = {
        {offsetof(be_option, spot), -1, BE_OPTION_BAD_SPOT},
        {offsetof(be_option, spot), (double)INFINITY, BE_OPTION_BAD_SPOT},
        {offsetof(be_option, strike), -0x1p-1074, BE_OPTION_BAD_STRIKE},
        {offsetof(be_option, strike), (double)INFINITY, BE_OPTION_BAD_STRIKE},
        {offsetof(be_option, years), -1e-300, BE_OPTION_BAD_YEARS},
        {offsetof(be_option, years), (double)INFINITY, BE_OPTION_BAD_YEARS},
        {offsetof(be_option, years), 3e6, BE_OPTION_BAD_RATE},
        {offsetof(be_option, vol), -0.2, BE_OPTION_BAD_VOL},
        {offsetof(be_option, vol), (double)INFINITY, BE_OPTION_BAD_VOL},
        {offsetof(be_option, rate), -(double)INFINITY, BE_OPTION_BAD_RATE},
        {offsetof(be_option, rate), 1e6, BE_OPTION_BAD_RATE},
        {offsetof(be_option, rate), -1e308, BE_OPTION_BAD_RATE},
        {offsetof(be_option, dividend), (double)INFINITY, BE_OPTION_BAD_DIVIDEND},
        {offsetof(be_option, dividend), -1e6, BE_OPTION_BAD_DIVIDEND},
        {offsetof(be_option, dividend), -800, BE_OPTION_OVERFLOW}, /* 100 e^800 */
        {offsetof(be_option, spot), (double)NAN, BE_OPTION_NAN},
        {offsetof(be_option, strike), (double)NAN, BE_OPTION_NAN},
        {offsetof(be_option, years), (double)NAN, BE_OPTION_NAN},
        {offsetof(be_option, vol), (double)NAN, BE_OPTION_NAN},
        {offsetof(be_option, rate), (double)NAN, BE_OPTION_NAN},
        {offsetof(be_option, dividend), -(double)NAN, BE_OPTION_NAN},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        be_option o = GOOD;
        memcpy((char *)&o + CASES[i].field, &CASES[i].value, sizeof(double));
        be_option_status status = BE_OPTION_OK;
        double price = be_option_price(BE_OPTION_MERTON, &o, &status);
        CHECK_SAY(isnan(price) && status == CASES[i].status, "case %zu: %g, %s", i, price,
                  be_option_status_text(status));
        CHECK(isnan(be_option_price(BE_OPTION_MERTON, &o, NULL)));
    }
    be_option o = GOOD;
    o.type = (be_option_type)2;
    be_option_status status = BE_OPTION_OK;
    CHECK(isnan(be_option_price(BE_OPTION_MERTON, &o, &status)) && status == BE_OPTION_BAD_TYPE);
}

static void each_status_has_its_phrase(void **state)
{
    (void)state;
    for (int s = 0; s < BE_OPTION_STATUS_COUNT; s++) {
        const char *text = be_option_status_text((be_option_status)s);
        for (int earlier = 0; earlier < s; earlier++) {
            CHECK(strcmp(text, be_option_status_text((be_option_status)earlier)) != 0);
        }
    }
    CHECK(be_option_status_text((be_option_status)-1) != NULL);
}

/* ---- many options --------------------------------------------------------------------------- */

enum { BOOK = 3001 };

static struct book {
    be_option options[BOOK];
    uint8_t types[BOOK];
    double price[BOOK];
    uint8_t status[BOOK];
    be_option_in in;
} book;

/* Columns over an array of structs, with a bad item here and there, and the prices one by one. */
static void make_book(void)
{
    for (size_t i = 0; i < BOOK; i++) {
        book.options[i] = any_option(i);
        if (i % 97 == 13) {
            book.options[i].vol = -1;
        }
        if (i % 97 == 50) {
            book.options[i].rate = (double)NAN;
        }
        book.types[i] = (uint8_t)book.options[i].type;
        be_option_status status;
        book.price[i] = be_option_price(BE_OPTION_MERTON, &book.options[i], &status);
        book.status[i] = (uint8_t)status;
    }
    const ptrdiff_t stride = sizeof(be_option);
    const be_option *first = book.options;
    book.in = (be_option_in){.model = BE_OPTION_MERTON,
                             .type = {book.types, 1},
                             .spot = {&first->spot, stride},
                             .strike = {&first->strike, stride},
                             .years = {&first->years, stride},
                             .vol = {&first->vol, stride},
                             .rate = {&first->rate, stride},
                             .dividend = {&first->dividend, stride}};
}

static be_engine *new_engine(unsigned workers)
{
    be_engine_config config = {.size = sizeof config, .workers = workers};
    be_engine *engine = NULL;
    CHECK(be_engine_create(&config, &engine) == BE_OK);
    return engine;
}

static void check_same(const double *price, const uint8_t *status, const char *what)
{
    CHECK_SAY(memcmp(price, book.price, sizeof book.price) == 0, "prices, %s", what);
    CHECK_SAY(memcmp(status, book.status, sizeof book.status) == 0, "statuses, %s", what);
}

static void a_bad_item_spoils_only_its_own_slot(void **state)
{
    (void)state;
    make_book();
    be_engine *engine = new_engine(0);
    static double price[BOOK];
    static uint8_t status[BOOK];
    be_option_out out = {.value[BE_OPTION_PRICE] = {price, 8}, .status = {status, 1}};
    CHECK(be_option_evaluate(engine, &book.in, BOOK, &out, NULL) == BE_OK);
    check_same(price, status, "plain");
    size_t bad = 0;
    for (size_t i = 0; i < BOOK; i++) {
        bool spoilt = i % 97 == 13 || i % 97 == 50;
        CHECK(isnan(price[i]) == spoilt && (status[i] != BE_OPTION_OK) == spoilt);
        bad += spoilt;
    }
    CHECK(bad > 50);
    be_engine_destroy(engine);
}

static void every_split_and_worker_count_gives_the_same_bits(void **state)
{
    (void)state;
    make_book();
    static const size_t GRAINS[] = {0, 1, 7, 64, 1000, BOOK + 5};
    static double price[BOOK];
    static uint8_t status[BOOK];
    be_option_out out = {.value[BE_OPTION_PRICE] = {price, 8}, .status = {status, 1}};
    for (unsigned workers = 1; workers <= 5; workers++) {
        be_engine *engine = new_engine(workers);
        for (int schedule = BE_SCHEDULE_AUTO; schedule <= BE_SCHEDULE_DYNAMIC; schedule++) {
            for (size_t g = 0; g < sizeof GRAINS / sizeof *GRAINS; g++) {
                be_force force = {(be_schedule)schedule, workers, GRAINS[g]};
                size_t done = 0;
                be_for_options options = {.size = sizeof options, .force = &force, .done = &done};
                memset(price, 0, sizeof price);
                memset(status, 0xFF, sizeof status);
                CHECK(be_option_evaluate(engine, &book.in, BOOK, &out, &options) == BE_OK);
                CHECK(done == BOOK);
                check_same(price, status, "forced");
            }
        }
        be_engine_destroy(engine);
    }
}

static void a_price_does_not_depend_on_its_neighbours_or_place(void **state)
{
    (void)state;
    make_book();
    be_engine *engine = new_engine(0);
    for (size_t begin = 0; begin < BOOK; begin += 37) {
        size_t n = BOOK - begin < 53 ? BOOK - begin : 53;
        const be_option *first = &book.options[begin];
        const ptrdiff_t stride = sizeof(be_option);
        be_option_in in = {.model = BE_OPTION_MERTON,
                           .type = {book.types + begin, 1},
                           .spot = {&first->spot, stride},
                           .strike = {&first->strike, stride},
                           .years = {&first->years, stride},
                           .vol = {&first->vol, stride},
                           .rate = {&first->rate, stride},
                           .dividend = {&first->dividend, stride}};
        double price[53];
        be_option_out out = {.value[BE_OPTION_PRICE] = {price, 8}};
        CHECK(be_option_evaluate(engine, &in, n, &out, NULL) == BE_OK);
        CHECK_SAY(memcmp(price, book.price + begin, n * sizeof *price) == 0, "from %zu", begin);
    }
    be_engine_destroy(engine);
}

static void avx2_and_avx512_agree_to_the_bit_and_base_within_16_ulp(void **state)
{
    (void)state;
    make_book();
    be_isa best = be_cpu_isa();
    static double value[BE_ISA_COUNT][BE_OPTION_QUANTITY_COUNT][BOOK];
    static uint8_t status[BE_ISA_COUNT][BOOK];
    for (be_isa isa = BE_ISA_BASE; isa <= best; isa++) {
        be_option_out out = {.status = {status[isa], 1}};
        for (size_t q = 0; q < BE_OPTION_QUANTITY_COUNT; q++) {
            out.value[q] = (be_out_column){value[isa][q], 8};
        }
        CHECK(be_cpu_limit(isa) == BE_OK);
        CHECK(be_option_evaluate_range(&book.in, 0, BOOK, &out) == BE_OK);
    }
    CHECK(be_cpu_limit(best) == BE_OK);
    for (size_t i = 0; i < BOOK; i++) {
        for (be_isa isa = BE_ISA_BASE; isa < best; isa++) {
            CHECK(status[isa][i] == status[best][i]);
        }
        double base = value[BE_ISA_BASE][BE_OPTION_PRICE][i],
               price = value[best][BE_OPTION_PRICE][i];
        CHECK_SAY(isnan(price) || fabs(base - price) <= 16 * ulp(price), "item %zu: %.17g, %.17g",
                  i, base, price);
    }
    if (best == BE_ISA_AVX512) {
        for (size_t k = 0; k < BOOK * BE_OPTION_QUANTITY_COUNT; k++) {
            const double *a = &value[BE_ISA_AVX2][k / BOOK][k % BOOK];
            const double *b = &value[BE_ISA_AVX512][k / BOOK][k % BOOK];
            CHECK_SAY(memcmp(a, b, sizeof *a) == 0 || (isnan(*a) && isnan(*b)), "%s of %zu: %a, %a",
                      be_option_quantity_name((be_option_quantity)(k / BOOK)), k % BOOK, *a, *b);
        }
    }
}

static void columns_may_be_unaligned_reversed_broadcast_or_absent(void **state)
{
    (void)state;
    enum { N = 5 };
    be_engine *engine = new_engine(0);
    unsigned char bytes[1 + N * 9];
    for (size_t i = 0; i < N; i++) {
        double spot = 90.0 + 5 * (double)i;
        memcpy(bytes + 1 + 9 * i, &spot, sizeof spot);
    }
    const double strikes[N] = {104, 103, 102, 101, 100}, years = 0.5, vol = 0.25;
    const uint8_t put = BE_OPTION_PUT;
    be_option_in in = {.model = BE_OPTION_MERTON,
                       .type = {&put, 0},
                       .spot = {(const double *)(const void *)(bytes + 1), 9},
                       .strike = {strikes + N - 1, -(ptrdiff_t)sizeof *strikes},
                       .years = {&years, 0},
                       .vol = {&vol, 0}};
    double price[N];
    uint8_t status[N];
    CHECK(be_option_evaluate(
              engine, &in, N,
              &(be_option_out){.value[BE_OPTION_PRICE] = {price, 8}, .status = {status, 1}},
              NULL) == BE_OK);
    for (size_t i = 0; i < N; i++) {
        be_option o = {.type = BE_OPTION_PUT,
                       .spot = 90.0 + 5 * (double)i,
                       .strike = 100.0 + (double)i,
                       .years = 0.5,
                       .vol = 0.25};
        CHECK_SAY(price[i] == priced(o) && status[i] == BE_OPTION_OK, "item %zu: %g", i, price[i]);
    }
    be_engine_destroy(engine);
}

static void outputs_that_are_not_wanted_may_be_absent(void **state)
{
    (void)state;
    make_book();
    be_engine *engine = new_engine(0);
    static uint8_t status[BOOK];
    CHECK(be_option_evaluate(engine, &book.in, BOOK, &(be_option_out){.status = {status, 1}},
                             NULL) == BE_OK);
    CHECK(memcmp(status, book.status, sizeof status) == 0);
    CHECK(be_option_evaluate(engine, &book.in, BOOK, &(be_option_out){0}, NULL) == BE_OK);
    CHECK(be_option_evaluate(engine, &book.in, 0, &(be_option_out){.status = {status, 1}}, NULL) ==
          BE_OK);
    be_engine_destroy(engine);
}

static void a_missing_column_is_refused(void **state)
{
    (void)state;
    make_book();
    be_engine *engine = new_engine(0);
    double price[BOOK];
    be_option_out out = {.value[BE_OPTION_PRICE] = {price, 8}};
    for (int missing = 0; missing < 4; missing++) {
        be_option_in in = book.in;
        be_column *const doubles[] = {&in.spot, &in.strike, &in.years, &in.vol};
        doubles[missing]->first = NULL;
        be_error error = {0};
        be_for_options options = {.size = sizeof options, .error = &error};
        CHECK(be_option_evaluate(engine, &in, BOOK, &out, &options) == BE_EINVAL);
        CHECK(error.status == BE_EINVAL && error.expected[0]);
        CHECK(be_option_evaluate(engine, &in, BOOK, &out, NULL) == BE_EINVAL);
    }
    be_engine_destroy(engine);
}

static const struct CMUnitTest TESTS[] = {
    TEST(prices_are_within_4_ulp_of_the_50_digit_ones),
    TEST(prices_agree_with_the_independent_table),
    TEST(a_call_less_a_put_is_the_forward),
    TEST(a_call_is_the_put_of_the_swapped_pair),
    TEST(a_power_of_two_in_the_currency_scales_the_price_to_the_bit),
    TEST(more_spot_less_strike_and_more_vol_never_make_a_call_cheaper),
    TEST(the_two_forms_meet_without_a_step),
    TEST(without_time_the_price_is_the_pay_off_exactly),
    TEST(without_volatility_the_price_is_the_discounted_pay_off_at_the_forward),
    TEST(a_leg_worth_nothing_leaves_the_other_or_nothing),
    TEST(extreme_but_honest_inputs_have_prices),
    TEST(each_bad_input_is_named_and_gives_nan),
    TEST(each_status_has_its_phrase),
    TEST(a_bad_item_spoils_only_its_own_slot),
    TEST(every_split_and_worker_count_gives_the_same_bits),
    TEST(a_price_does_not_depend_on_its_neighbours_or_place),
    TEST(avx2_and_avx512_agree_to_the_bit_and_base_within_16_ulp),
    TEST(columns_may_be_unaligned_reversed_broadcast_or_absent),
    TEST(outputs_that_are_not_wanted_may_be_absent),
    TEST(a_missing_column_is_refused),
};
RUN_TESTS(TESTS)
