/* fuzz_lfsr_register.c: a register that is read writes and reads back; what is refused says where.
 * The first byte chooses the field. */
#include <breakeven/lfsr.h>

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const be_lfsr_field FIELDS[] = {{2, 2, 1, 0}, {3, 3, 1, 0}, {4, 2, 2, 7}};
    if (size == 0) {
        return 0;
    }
    const be_lfsr_field *field = &FIELDS[data[0] % 3];
    const char *text = (const char *)data + 1;
    be_lfsr lfsr, again;
    be_lfsr_reading took;
    be_error error;
    if (be_lfsr_parse(text, size - 1, field, NULL, NULL, &lfsr, &took, &error)) {
        if (error.offset > size - 1 || !error.expected[0]) {
            abort();
        }
        return 0;
    }
    be_text written;
    be_text_init(&written, NULL);
    be_lfsr_explain(&lfsr, &took, &written);
    be_text_clear(&written);
    be_lfsr_reading reading = {.kind = lfsr.form == BE_LFSR_MATRIX ? BE_LFSR_KIND_MATRIX
                                                                   : BE_LFSR_KIND_COEFFICIENTS};
    if (lfsr.n <= 512) {
        if (be_lfsr_format(&lfsr, &reading, 'x', &written) ||
            be_lfsr_parse(written.bytes, written.size, field, &reading, NULL, &again, &took,
                          &error) ||
            again.n != lfsr.n || again.form != lfsr.form) {
            abort();
        }
        be_lfsr_clear(&again);
    }
    be_text_clear(&written);
    be_lfsr_clear(&lfsr);
    return 0;
}
