/* day_count.h: dates and times of day as text, and the years between two of them. */
#ifndef CLI_DAY_COUNT_H
#define CLI_DAY_COUNT_H

#include <stdbool.h>
#include <stdint.h>

typedef enum day_count {
    DAY_COUNT_ACT_365F, /* days / 365 */
    DAY_COUNT_ACT_360,  /* days / 360 */
    DAY_COUNT_30_360,   /* months of 30 days: the bond basis of the 2006 ISDA definitions */
    DAY_COUNT_ACT_ACT   /* the days in each calendar year by that year's length: ISDA */
} day_count;

extern const char *const day_count_names[]; /* "act/365f", ..., ended by NULL */

/* Seconds since 1970 in UTC from 2026-12-18, or 2026-12-18T16:00, 2026-12-18T16:00:30+01:00 or with
 * Z for UTC; without a zone it is UTC. A date alone is its beginning, or its end when `end` is set:
 * an option that expires today has the rest of the day. Years 1900 to 2999; dates that do not exist
 * are none. */
bool day_count_parse(const char *text, bool end, int64_t *seconds);

/* Years from one moment to another; negative when `to` is earlier. */
double day_count_years(day_count convention, int64_t from, int64_t to);

#endif
