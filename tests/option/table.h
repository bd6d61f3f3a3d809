/* table.h: reads the tables of tests/data for the option tests. */
#ifndef TESTS_OPTION_TABLE_H
#define TESTS_OPTION_TABLE_H

#include "check.h"

#include <breakeven/io.h>
#include <breakeven/option.h>

#include <math.h>

enum { TYPE, SPOT, STRIKE, YEARS, VOL, RATE, DIVIDEND, PRICE, REST, N_FIELDS };

/* The table at TEST_DATA/name; TEST_DATA is the folder. */
static be_csv *read_table(const char *name)
{
    static const char *const TYPES[] = {"call", "put", NULL};
    static const be_csv_field FIELDS[N_FIELDS] = {
        [TYPE] = {"type", true, TYPES},        [SPOT] = {"spot", true, NULL},
        [STRIKE] = {"strike", true, NULL},     [YEARS] = {"years", true, NULL},
        [VOL] = {"vol", true, NULL},           [RATE] = {"rate", true, NULL},
        [DIVIDEND] = {"dividend", true, NULL}, [PRICE] = {"price", true, NULL},
        [REST] = {"rest", false, NULL}};

    char path[4096];
    snprintf(path, sizeof path, "%s/%s", TEST_DATA, name);
    be_text text;
    be_text_init(&text, NULL);
    be_error error = {0};
    be_csv *csv = NULL;
    be_status status = be_file_read(path, 1 << 24, &text, &error);
    if (!status) {
        status = be_csv_parse(text.bytes, text.size, FIELDS, N_FIELDS, NULL, &csv, &error);
    }
    CHECK_SAY(!status, "%s:%zu: expected %s", path, error.line, error.expected);
    be_text_clear(&text);
    return csv;
}

static double cell(const be_csv *csv, int field, size_t row)
{
    const double *column = be_csv_column(csv, (size_t)field);
    return column ? column[row] : 0;
}

static be_option option_at(const be_csv *csv, size_t row)
{
    return (be_option){.type = (be_option_type)cell(csv, TYPE, row),
                       .spot = cell(csv, SPOT, row),
                       .strike = cell(csv, STRIKE, row),
                       .years = cell(csv, YEARS, row),
                       .vol = cell(csv, VOL, row),
                       .rate = cell(csv, RATE, row),
                       .dividend = cell(csv, DIVIDEND, row)};
}

static double ulp(double x)
{
    return nextafter(fabs(x), (double)INFINITY) - fabs(x);
}

#endif
