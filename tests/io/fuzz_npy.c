/* fuzz_npy.c: any bytes are refused with a place, or every value of theirs can be read. */
#include <breakeven/io.h>

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool holds)
{
    if (!holds) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    be_npy npy;
    be_error error = {0};
    if (be_npy_parse(data, size, &npy, &error)) {
        demand(error.status == BE_EINVAL && error.offset <= size && error.expected[0]);
        return 0;
    }
    demand(npy.fields > 0 && npy.fields <= BE_NPY_FIELDS_MAX);
    double sum = 0;
    for (size_t row = 0; row < npy.rows; row++) {
        size_t at = row < 1000 ? row : npy.rows - 1;
        for (size_t f = 0; f < npy.fields; f++) {
            char text[8];
            sum += be_npy_number(&npy, at, f);
            be_npy_string(&npy, at, f, text, sizeof text);
            demand(strlen(text) < sizeof text);
        }
        if (at != row) {
            break;
        }
    }
    volatile double kept = sum;
    (void)kept;
    return 0;
}
