/* quantity.c: numbers as people read them. */
#include "study/parts.h"

#include "base/base.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

/* Three significant digits. */
static const char *scaled(char text[BE__QUANTITY_SIZE], double value, const char *unit)
{
    double size = fabs(value);
    int decimals = size >= 99.95 || size == 0 ? 0 : size >= 9.995 ? 1 : 2;
    snprintf(text, BE__QUANTITY_SIZE, "%.*f %s", decimals, value, unit);
    return text;
}

const char *be__duration(char text[BE__QUANTITY_SIZE], double nanoseconds)
{
    static const char *const unit[] = {"ns", "us", "ms", "s"};
    size_t i = 0;
    for (; fabs(nanoseconds) >= 999.5 && i + 1 < BE__COUNT_OF(unit); i++) {
        nanoseconds /= 1000;
    }
    return scaled(text, nanoseconds, unit[i]);
}

const char *be__bytes(char text[BE__QUANTITY_SIZE], double bytes)
{
    static const char *const unit[] = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    size_t i = 0;
    for (; bytes >= 1000 && i + 1 < BE__COUNT_OF(unit); i++) {
        bytes /= 1024;
    }
    if (i == 0) {
        snprintf(text, BE__QUANTITY_SIZE, "%.0f bytes", bytes);
        return text;
    }
    return scaled(text, bytes, unit[i]);
}

const char *be__grouped(char text[BE__QUANTITY_SIZE], uint64_t value)
{
    char digits[BE__QUANTITY_SIZE];
    int n = snprintf(digits, sizeof digits, "%" PRIu64, value);
    char *to = text;
    for (int i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0) {
            *to++ = ',';
        }
        *to++ = digits[i];
    }
    *to = '\0';
    return text;
}
