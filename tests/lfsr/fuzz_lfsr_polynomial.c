/* fuzz_lfsr_polynomial.c: what is read writes and reads back; what is refused says where. */
#include <breakeven/lfsr.h>

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint64_t polynomial = 0, again = 0;
    be_error error;
    char text[BE_LFSR_TEXT_SIZE];
    if (be_lfsr_polynomial_parse((const char *)data, size, &polynomial, &error)) {
        if (polynomial || error.offset > size || !error.expected[0]) {
            abort();
        }
        return 0;
    }
    if (polynomial < 2 || polynomial >> (BE_LFSR_DEGREE_MAX + 1)) {
        abort();
    }
    be_lfsr_polynomial_format(polynomial, text);
    if (be_lfsr_polynomial_parse(text, strlen(text), &again, NULL) || again != polynomial) {
        abort();
    }
    return 0;
}
