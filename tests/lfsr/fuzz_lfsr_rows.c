/* fuzz_lfsr_rows.c: rows that are read have values of the field; what is refused says where. */
#include <breakeven/lfsr.h>

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const be_lfsr_field FIELD = {3, 3, 1, 0};
    be_lfsr_rows *rows;
    be_error error;
    if (be_lfsr_rows_parse((const char *)data, size, &FIELD, NULL, &rows, &error)) {
        if (error.line == 0 || error.offset > size || !error.expected[0]) {
            abort();
        }
        return 0;
    }
    for (size_t i = 0; i < be_lfsr_rows_count(rows); i++) {
        size_t n;
        const uint64_t *row = be_lfsr_rows_at(rows, i, &n);
        if (n == 0) {
            abort();
        }
        for (size_t j = 0; j < n; j++) {
            if (row[j] >= FIELD.q) {
                abort();
            }
        }
    }
    be_lfsr_rows_destroy(rows);
    return 0;
}
