/* day_count.c: calendars. Days are counted from 1970-01-01 as in H. Hinnant, "chrono-compatible
 * low-level date algorithms". */
#include "day_count.h"

#include <stddef.h>
#include <string.h>

const char *const day_count_names[] = {"act/365f", "act/360", "30/360", "act/act", NULL};

enum { DAY = 86400 };

typedef struct date {
    int64_t year;
    int month, day;
} date;

static int64_t days_of(date d)
{
    int64_t y = d.year - (d.month <= 2);
    int64_t era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
    int64_t of_year = (153 * (d.month + (d.month > 2 ? -3 : 9)) + 2) / 5 + d.day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static date date_of(int64_t days)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097, of_era = days - era * 146097;
    int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * y + y / 4 - y / 100);
    int64_t m = (5 * of_year + 2) / 153;
    int month = (int)(m < 10 ? m + 3 : m - 9);
    return (date){y + era * 400 + (month <= 2), month, (int)(of_year - (153 * m + 2) / 5 + 1)};
}

static bool leap(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* n digits at *text as a number; the text moves behind them. */
static bool digits(const char **text, int n, int *value)
{
    *value = 0;
    for (int i = 0; i < n; i++, (*text)++) {
        if (**text < '0' || **text > '9') {
            return false;
        }
        *value = *value * 10 + (**text - '0');
    }
    return true;
}

static bool take(const char **text, char c)
{
    return **text == c && (*text)++;
}

bool day_count_parse(const char *text, bool end, int64_t *seconds)
{
    static const int LENGTHS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year, month, day, hour = 0, minute = 0, second = 0, zone_hour = 0, zone_minute = 0;
    if (!digits(&text, 4, &year) || !take(&text, '-') || !digits(&text, 2, &month) ||
        !take(&text, '-') || !digits(&text, 2, &day) || year < 1900 || year > 2999 || month < 1 ||
        month > 12 || day < 1 || day > LENGTHS[month - 1] + (month == 2 && leap(year))) {
        return false;
    }
    int64_t at = days_of((date){year, month, day}) * DAY;
    if (*text == '\0') {
        *seconds = at + (end ? DAY : 0);
        return true;
    }
    if ((!take(&text, 'T') && !take(&text, ' ')) || !digits(&text, 2, &hour) || !take(&text, ':') ||
        !digits(&text, 2, &minute) || (take(&text, ':') && !digits(&text, 2, &second)) ||
        hour > 23 || minute > 59 || second > 59) {
        return false;
    }
    bool east = *text == '+';
    if (take(&text, '+') || take(&text, '-')) {
        if (!digits(&text, 2, &zone_hour) || (take(&text, ':'), false) ||
            !digits(&text, 2, &zone_minute) || zone_hour > 14 || zone_minute > 59) {
            return false;
        }
    } else {
        take(&text, 'Z');
    }
    int64_t zone = zone_hour * 3600 + zone_minute * 60;
    *seconds = at + hour * 3600 + minute * 60 + second - (east ? zone : -zone);
    return *text == '\0';
}

static int64_t floor_days(int64_t seconds)
{
    return seconds >= 0 ? seconds / DAY : -((DAY - 1 - seconds) / DAY);
}

/* The part of its year that has gone by, and the year. */
static double year_fraction(int64_t seconds, int64_t *year)
{
    date d = date_of(floor_days(seconds));
    *year = d.year;
    int64_t begin = days_of((date){d.year, 1, 1}) * DAY;
    return (double)(seconds - begin) / DAY / (leap(d.year) ? 366 : 365);
}

double day_count_years(day_count convention, int64_t from, int64_t to)
{
    double days = (double)(to - from) / DAY;
    switch (convention) {
    case DAY_COUNT_ACT_360:
        return days / 360;
    case DAY_COUNT_30_360: {
        int64_t first = floor_days(from), last = floor_days(to);
        date a = date_of(first), b = date_of(last);
        int day_a = a.day == 31 ? 30 : a.day;
        int day_b = b.day == 31 && day_a == 30 ? 30 : b.day;
        double of_day = (double)((to - last * DAY) - (from - first * DAY)) / DAY;
        return ((double)(360 * (b.year - a.year) + 30 * (b.month - a.month) + day_b - day_a) +
                of_day) /
               360;
    }
    case DAY_COUNT_ACT_ACT: {
        int64_t year_a, year_b;
        double a = year_fraction(from, &year_a), b = year_fraction(to, &year_b);
        return (double)(year_b - year_a) + b - a;
    }
    default:
        return days / 365;
    }
}
