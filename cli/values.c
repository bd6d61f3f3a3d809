/* values.c: numbers, durations, and the name somebody meant. */
#include "cli.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

/* ---- counts --------------------------------------------------------------------------------- */

/* Digits at *text, in base 10, or 16 after 0x. False when there are none or they do not fit. */
static bool digits(const char **text, uint64_t *value)
{
    uint64_t base = 10, sum = 0;
    const char *p = *text;
    if (p[0] == '0' && (p[1] == 'x' || p[1] == 'X') && isxdigit((unsigned char)p[2])) {
        base = 16;
        p += 2;
    }
    const char *first = p;
    for (; base == 16 ? isxdigit((unsigned char)*p) : isdigit((unsigned char)*p); p++) {
        uint64_t digit = isdigit((unsigned char)*p)
                             ? (uint64_t)(*p - '0')
                             : (uint64_t)(tolower((unsigned char)*p) - 'a') + 10;
        if (__builtin_mul_overflow(sum, base, &sum) || __builtin_add_overflow(sum, digit, &sum)) {
            return false;
        }
    }
    *text = p;
    *value = sum;
    return p > first;
}

/* *value *= base^exponent; false when that does not fit. */
static bool scale(uint64_t *value, uint64_t base, uint64_t exponent)
{
    if (base == 0 && exponent > 0) {
        *value = 0;
    }
    for (; exponent > 0 && base > 1 && *value > 0; exponent--) {
        if (__builtin_mul_overflow(*value, base, value)) {
            return false;
        }
    }
    return true;
}

/* 1,048,576 and up as the power of two it may be: limits are such numbers. */
static void format_bound(char text[24], uint64_t value)
{
    int power = 63 - __builtin_clzll(value | 1);
    if (power >= 20 && (value & (value - 1)) == 0) {
        snprintf(text, 24, "2^%d", power);
    } else {
        snprintf(text, 24, "%" PRIu64, value);
    }
}

/* One count at *text, which moves behind it. */
static be_status count_at(const char *start, const char **text, uint64_t low, uint64_t high,
                          uint64_t *value, be_error *error)
{
    static const char SUFFIXES[] = "kMGTPE";
    if (low == 0 && high == 0) {
        high = UINT64_MAX;
    }
    const char *p = *text;
    size_t offset = (size_t)(p - start);
    uint64_t sum, exponent;
    bool fits;
    if (!isdigit((unsigned char)*p)) {
        return be_error_at(error, BE_EINVAL, 0, offset, "a whole number such as 1000, 16k or 2^10");
    }
    fits = digits(&p, &sum);
    const char *suffix = *p ? strchr(SUFFIXES, *p == 'K' ? 'k' : *p) : NULL;
    if (fits && *p == '^' && isdigit((unsigned char)p[1])) {
        uint64_t base = sum;
        p++;
        sum = 1;
        fits = digits(&p, &exponent) && scale(&sum, base, exponent);
    } else if (fits && *p == 'e' && isdigit((unsigned char)p[1])) {
        p++;
        fits = digits(&p, &exponent) && scale(&sum, 10, exponent);
    } else if (fits && suffix) {
        uint64_t steps = (uint64_t)(suffix - SUFFIXES) + 1;
        bool binary = p[1] == 'i';
        p += binary ? 2 : 1;
        fits = scale(&sum, binary ? 1024 : 1000, steps);
    }
    if (!fits || sum < low || sum > high) {
        char bounds[2][24];
        format_bound(bounds[0], low);
        format_bound(bounds[1], high);
        return be_error_at(error, BE_EINVAL, 0, offset, "a whole number from %s to %s", bounds[0],
                           high == UINT64_MAX ? "2^64 - 1" : bounds[1]);
    }
    *text = p;
    *value = sum;
    return BE_OK;
}

be_status cli_parse_count(const char *text, uint64_t low, uint64_t high, uint64_t *value,
                          be_error *error)
{
    const char *p = text;
    uint64_t sum = 0;
    be_status status = count_at(text, &p, low, high, &sum, error);
    if (!status && *p) {
        status = be_error_at(error, BE_EINVAL, 0, (size_t)(p - text),
                             "nothing more, or one of k, M, G, Ki, Mi, Gi");
    }
    if (!status) {
        *value = sum;
    }
    return status;
}

be_status cli_parse_counts(const char *text, uint64_t low, uint64_t high, cli_counts *counts,
                           be_error *error)
{
    cli_counts list = {0};
    const char *p = text;
    for (;;) {
        if (list.n == CLI_LIST_MAX) {
            return be_error_at(error, BE_EINVAL, 0, (size_t)(p - text), "at most %d numbers",
                               CLI_LIST_MAX);
        }
        be_status status = count_at(text, &p, low, high, &list.values[list.n], error);
        if (status) {
            return status;
        }
        list.n++;
        if (*p == '\0') {
            *counts = list;
            return BE_OK;
        }
        if (*p != ',') {
            return be_error_at(error, BE_EINVAL, 0, (size_t)(p - text), "a comma or the end");
        }
        p++;
    }
}

/* ---- durations ------------------------------------------------------------------------------ */

static const struct unit {
    const char *name;
    double ns;
} UNITS[] = {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"m", 60e9}, {"h", 3600e9}, {0}};

be_status cli_parse_duration(const char *text, uint64_t *nanoseconds, be_error *error)
{
    const char *p = text;
    double value = 0, place = 1;
    if (!isdigit((unsigned char)*p)) {
        return be_error_at(error, BE_EINVAL, 0, 0, "a duration such as 30s, 1.5s or 200ms");
    }
    for (; isdigit((unsigned char)*p); p++) {
        value = 10 * value + (*p - '0');
    }
    if (*p == '.' && isdigit((unsigned char)p[1])) {
        for (p++; isdigit((unsigned char)*p); p++) {
            place /= 10;
            value += place * (*p - '0');
        }
    }
    for (const struct unit *u = UNITS; u->name; u++) {
        if (strcmp(p, u->name) == 0) {
            double total = value * u->ns;
            if (!(total < 0x1p63)) {
                return be_error_at(error, BE_EINVAL, 0, 0, "a duration below 292 years");
            }
            *nanoseconds = (uint64_t)(total + 0.5);
            return BE_OK;
        }
    }
    return be_error_at(error, BE_EINVAL, 0, (size_t)(p - text), "one of ns, us, ms, s, m, h");
}

const char *cli_format_duration(char text[CLI_DURATION_SIZE], double nanoseconds)
{
    double magnitude = fabs(nanoseconds);
    const struct unit *u = magnitude < 999.5     ? &UNITS[0]
                           : magnitude < 999.5e3 ? &UNITS[1]
                           : magnitude < 999.5e6 ? &UNITS[2]
                                                 : &UNITS[3];
    double value = nanoseconds / u->ns;
    int places = fabs(value) < 9.995 ? 2 : fabs(value) < 99.95 ? 1 : 0;
    snprintf(text, CLI_DURATION_SIZE, "%.*f %s", places, value, u->name);
    return text;
}

/* ---- did you mean --------------------------------------------------------------------------- */

enum { NAME_MAX_LENGTH = 48 };

/* Edits from a to b: insert, delete, replace, swap two neighbours (optimal string alignment).
 * Source: F. Damerau, "A technique for computer detection and correction of spelling errors", 1964.
 */
static unsigned edits(const char *a, const char *b)
{
    unsigned rows[3][NAME_MAX_LENGTH + 1];
    size_t n = strlen(a), m = strlen(b);
    unsigned *before = rows[0], *above = rows[1], *row = rows[2];
    for (size_t j = 0; j <= m; j++) {
        above[j] = (unsigned)j;
    }
    for (size_t i = 1; i <= n; i++) {
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= m; j++) {
            int x = tolower((unsigned char)a[i - 1]), y = tolower((unsigned char)b[j - 1]);
            unsigned best = above[j - 1] + (x != y);
            best = above[j] + 1 < best ? above[j] + 1 : best;
            best = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
            if (i > 1 && j > 1 && x == tolower((unsigned char)b[j - 2]) &&
                y == tolower((unsigned char)a[i - 2]) && before[j - 2] + 1 < best) {
                best = before[j - 2] + 1;
            }
            row[j] = best;
        }
        unsigned *oldest = before;
        before = above;
        above = row;
        row = oldest;
    }
    return above[m];
}

/* How far off a name is; a name that begins with what was given is nearest, one that has it inside
 * comes next. */
static unsigned distance(const char *given, const char *name)
{
    size_t length = strlen(given);
    if (strncasecmp(given, name, length) == 0) {
        return 0;
    }
    if (length >= 3 && strcasestr(name, given)) {
        return 1;
    }
    return edits(given, name);
}

const char *cli_suggest(char suggestion[CLI_SUGGESTION_SIZE], const char *given,
                        const char *const *names)
{
    enum { SHOWN = 3 };
    const char *nearest[SHOWN];
    size_t n = 0, length = strlen(given), dashes = strspn(given, "-");
    suggestion[0] = '\0';
    if (length == dashes || length > NAME_MAX_LENGTH) {
        return suggestion;
    }
    unsigned best = 1 + (unsigned)(length - dashes) / 3; /* farther than that is another word */
    for (size_t i = 0; names[i]; i++) {
        if (strlen(names[i]) > NAME_MAX_LENGTH) {
            continue;
        }
        unsigned far = distance(given, names[i]);
        if (far < best) {
            best = far;
            n = 0;
        }
        if (far == best && far < length - dashes && n < SHOWN) {
            nearest[n++] = names[i];
        }
    }
    size_t size = 0;
    for (size_t i = 0; i < n; i++) {
        const char *between = i == 0 ? "; did you mean " : i + 1 < n ? ", " : " or ";
        size += (size_t)snprintf(suggestion + size, CLI_SUGGESTION_SIZE - size, "%s%s%s", between,
                                 nearest[i], i + 1 == n ? "?" : "");
    }
    return suggestion;
}
