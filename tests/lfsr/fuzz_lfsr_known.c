/* fuzz_lfsr_known.c: a file of factors is read whole, or refused with a place in it. */
#include <breakeven/lfsr.h>

#include "lfsr/primes.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    be__int *numbers = NULL;
    size_t n = 0;
    be_error error = {0};
    be_status status = be__known_read((const char *)data, size, &numbers, &n, &error);
    if (status && (error.line == 0 || error.offset > size || !error.expected[0])) {
        abort();
    }
    for (size_t i = 0; i < n; i++) { /* each number is written again as it was, but for zeros */
        char *text = malloc(be__int_text_size(&numbers[i]));
        be__int again;
        be__int_init(&again);
        if (text) {
            be__int_text(&numbers[i], text);
            size_t length = 0;
            while (text[length]) {
                length++;
            }
            if (!be__int_parse(&again, text, length) || be__int_compare(&again, &numbers[i])) {
                abort();
            }
        }
        be__int_clear(&again);
        free(text);
    }
    be__known_clear(numbers, n);
    return 0;
}
