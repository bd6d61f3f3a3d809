// option_american_quantlib.cpp: QuantLib's side of option_american.c.
#include "option_american.h"

#include <ql/exercise.hpp>
#include <ql/instruments/vanillaoption.hpp>
#include <ql/pricingengines/vanilla/qdfpamericanengine.hpp>
#include <ql/processes/blackscholesprocess.hpp>
#include <ql/quotes/simplequote.hpp>
#include <ql/settings.hpp>
#include <ql/termstructures/volatility/equityfx/blackconstantvol.hpp>
#include <ql/termstructures/yield/flatforward.hpp>
#include <ql/time/calendars/nullcalendar.hpp>
#include <ql/time/daycounters/actual365fixed.hpp>

#include <cmath>
#include <vector>

using namespace QuantLib;

namespace
{

// Days to expiry are whole: rates and vol are bent so that r T and vol sqrt(T) are the option's
// own.
VanillaOption made(int engine, const be_option &o)
{
    const Date today(1, January, 2024);
    Settings::instance().evaluationDate() = today;
    const int days = static_cast<int>(std::ceil(o.years * 365));
    const double bend = o.years * 365 / days;
    const Actual365Fixed count;
    const auto flat = [&](double rate) {
        return Handle<YieldTermStructure>(ext::make_shared<FlatForward>(today, rate * bend, count));
    };
    const auto process = ext::make_shared<BlackScholesMertonProcess>(
        Handle<Quote>(ext::make_shared<SimpleQuote>(o.spot)), flat(o.dividend), flat(o.rate),
        Handle<BlackVolTermStructure>(ext::make_shared<BlackConstantVol>(
            today, NullCalendar(), o.vol * std::sqrt(bend), count)));
    VanillaOption option(ext::make_shared<PlainVanillaPayoff>(
                             o.type == BE_OPTION_CALL ? Option::Call : Option::Put, o.strike),
                         ext::make_shared<AmericanExercise>(today, today + days));
    if (engine == BENCH_QUANTLIB_QDPLUS) {
        option.setPricingEngine(ext::make_shared<QdPlusAmericanEngine>(process));
    } else {
        option.setPricingEngine(ext::make_shared<QdFpAmericanEngine>(
            process, engine == BENCH_QUANTLIB_FAST ? QdFpAmericanEngine::fastScheme()
                                                   : QdFpAmericanEngine::accurateScheme()));
    }
    return option;
}

} // namespace

extern "C" void bench_quantlib(int engine, const be_option *options, size_t n, double *price)
{
    static std::vector<VanillaOption> ready[2 * BENCH_QUANTLIB_COUNT];
    for (size_t i = ready[engine].size(); i < n; i++) {
        ready[engine].push_back(made(engine % BENCH_QUANTLIB_COUNT, options[i]));
    }
    for (size_t i = 0; i < n; i++) {
        try {
            ready[engine][i].recalculate();
            price[i] = ready[engine][i].NPV();
        } catch (const std::exception &) {
            price[i] = NAN;
        }
    }
}
