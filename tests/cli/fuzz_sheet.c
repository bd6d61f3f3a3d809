/* fuzz_sheet.c: any bytes as CSV either parse to a table whose every cell can be read, or are
 * refused with a place; any text as a number and as a date is one or is none. */
#include "../../cli/day_count.h"
#include "../../cli/sheet.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool condition)
{
    if (!condition) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    be_text text;
    be_text_init(&text, NULL);
    be_text_add(&text, (const char *)data, size);
    sheet s;
    be_error error = {0};
    if (sheet_parse_csv(&text, &s, &error)) {
        need(error.status == BE_EINVAL && error.line > 0 && error.offset <= size &&
             *error.expected);
    } else {
        need(s.columns > 0 && s.columns <= SHEET_COLUMNS_MAX && s.rows <= size);
        for (size_t k = 0; k < s.rows * s.columns; k++) {
            double value = 0;
            int64_t seconds = 0;
            need(strlen(s.cell[k]) <= size);
            need(!sheet_number(s.cell[k], &value) || isfinite(value));
            if (day_count_parse(s.cell[k], true, &seconds)) {
                for (int c = 0; c <= DAY_COUNT_ACT_ACT; c++) {
                    need(fabs(day_count_years((day_count)c, 0, seconds)) < 1200);
                }
            }
        }
    }
    sheet_clear(&s);
    be_text_clear(&text);
    return 0;
}
