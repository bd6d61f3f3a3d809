/* fuzz_csv.c: any bytes either parse to a table of finite numbers or are refused with a place. */
#include <breakeven/io.h>

#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool holds)
{
    if (!holds) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const TYPES[] = {"call", "put", NULL};
    static const be_csv_field FIELDS[] = {
        {"type", false, TYPES}, {"spot", true, NULL}, {"strike", false, NULL}};
    enum { N_FIELDS = sizeof FIELDS / sizeof *FIELDS };

    be_csv *csv = NULL;
    be_error error = {0};
    be_status status = be_csv_parse((const char *)data, size, FIELDS, N_FIELDS, NULL, &csv, &error);
    if (status) {
        demand(status == BE_EINVAL && !csv && error.line > 0 && error.offset <= size &&
               error.expected[0]);
        return 0;
    }
    demand(be_csv_rows(csv) <= size && be_csv_column(csv, 1));
    for (size_t field = 0; field < N_FIELDS; field++) {
        const double *column = be_csv_column(csv, field);
        for (size_t row = 0; column && row < be_csv_rows(csv); row++) {
            demand(isfinite(column[row]));
            demand(!FIELDS[field].words || column[row] == 0 || column[row] == 1);
        }
    }
    be_csv_destroy(csv);
    return 0;
}
