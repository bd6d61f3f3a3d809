/* option_reference.h: options in as many digits as it takes, by MPFR and the textbook's formulas.
 */
#ifndef CLI_OPTION_REFERENCE_H
#define CLI_OPTION_REFERENCE_H

#include <breakeven/option.h>

/* How far `got` is from the exact value, in units in the last place of that value; a subnormal's is
 * 2^-1074. */
double reference_price_error(be_option_model model, be_option_payoff payoff, const be_option *o,
                             double got);

/* The same of a greek. The exact one is a difference quotient of prices of a thousand bits and
 * more, so it shares no formula with what it judges. */
double reference_quantity_error(be_option_model model, be_option_payoff payoff,
                                be_option_quantity quantity, const be_option *o, double got);

/* How far `got` is from the exact implied vol, in units in the last place, and, in *allowed, what
 * rounding `price` by half a unit in its last place would move it. `near` is a vol next to it. */
double reference_implied_error(be_option_model model, const be_option *o, double price, double got,
                               double *allowed);

/* Error of a function of one argument, in ulp. */
typedef enum reference_function { REFERENCE_NDTR, REFERENCE_ERFCX } reference_function;
double reference_function_error(reference_function function, double x, double got);

/* MPFR keeps constants for a thread until it is told. */
void reference_free(void);

#endif
