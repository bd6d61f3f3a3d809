/* sequence.c: states as text, the sequence a state gives out, and the two forms' states. */
#include "lfsr/machine.h"

#include <string.h>

/* ---- states as text ------------------------------------------------------------------------- */

static be_status parse_hex(const be_lfsr *lfsr, const char *text, size_t begin, size_t size,
                           uint64_t *state, be_error *error)
{
    size_t bit = 0;
    for (size_t i = size; i-- > begin;) {
        char c = text[i];
        int value = c >= '0' && c <= '9'                 ? c - '0'
                    : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
                                                         : -1;
        if (value < 0) {
            return be_error_at(error, BE_EINVAL, 0, i, "a hexadecimal digit");
        }
        for (int b = 0; b < 4; b++, bit++) {
            if (bit < lfsr->n) {
                state[bit] = (uint64_t)(value >> b & 1);
            } else if (value >> b & 1) {
                return be_error_at(error, BE_EINVAL, 0, i, "a word of %zu bits, one for each cell",
                                   lfsr->n);
            }
        }
    }
    for (; bit < lfsr->n; bit++) {
        state[bit] = 0;
    }
    return size > begin ? BE_OK : be_error_at(error, BE_EINVAL, 0, begin, "a hexadecimal digit");
}

be_status be_lfsr_state_parse(const be_lfsr *lfsr, const char *text, size_t size, uint64_t *state,
                              be_error *error)
{
    if (size >= 2 && text[0] == '0' && (text[1] | 32) == 'x' && lfsr->field.q == 2) {
        return parse_hex(lfsr, text, 2, size, state, error);
    }
    size_t at = 0;
    for (size_t i = 0; i < lfsr->n; i++) {
        if (i > 0 && (at == size || text[at] != ',')) {
            return be_error_at(error, BE_EINVAL, 0, at,
                               "a comma: a state has a number for each of %zu cells", lfsr->n);
        }
        at += i > 0;
        size_t begin = at;
        uint64_t value = 0;
        for (; at < size && text[at] >= '0' && text[at] <= '9' && value < lfsr->field.q; at++) {
            value = value * 10 + (uint64_t)(text[at] - '0');
        }
        if (at == begin || value >= lfsr->field.q) {
            return be_error_at(error, BE_EINVAL, 0, begin, "a number below %llu%s",
                               (unsigned long long)lfsr->field.q,
                               lfsr->field.q == 2 ? ", or a word such as 0x1f" : "");
        }
        state[i] = value;
    }
    return at == size ? BE_OK
                      : be_error_at(error, BE_EINVAL, 0, at,
                                    "the end: a state has a number for each of %zu cells", lfsr->n);
}

void be_lfsr_state_format(const be_lfsr *lfsr, const uint64_t *state, be_text *text)
{
    if (lfsr->field.q > 2) {
        for (size_t i = 0; i < lfsr->n; i++) {
            be_text_printf(text, i ? ",%llu" : "%llu", (unsigned long long)state[i]);
        }
        return;
    }
    be_text_puts(text, "0x");
    for (size_t d = (lfsr->n + 3) / 4; d-- > 0;) {
        unsigned value = 0;
        for (size_t i = 4 * d; i < 4 * d + 4 && i < lfsr->n; i++) {
            value |= (unsigned)state[i] << (i - 4 * d);
        }
        be_text_printf(text, "%x", value);
    }
}

void be_lfsr_state_default(const be_lfsr *lfsr, uint64_t *state)
{
    for (size_t i = 0; i < lfsr->n; i++) {
        state[i] = lfsr->constant ? 0 : 1;
    }
}

/* ---- running -------------------------------------------------------------------------------- */

static be_status check_state(const be_lfsr *lfsr, const uint64_t *state)
{
    for (size_t i = 0; i < lfsr->n; i++) {
        if (state[i] >= lfsr->field.q) {
            return BE_EINVAL;
        }
    }
    return BE_OK;
}

be_status be_lfsr_sequence(const be_lfsr *lfsr, uint64_t *state, size_t count, uint64_t *symbols)
{
    be__lfsr_machine machine;
    be_status status = check_state(lfsr, state);
    status = status ? status : be__lfsr_machine_init(lfsr, &machine);
    if (status) {
        return status;
    }
    size_t out = be__lfsr_output(lfsr);
    if (lfsr->field.q > 2) {
        for (size_t t = 0; t < count; t++) {
            if (symbols) {
                symbols[t] = state[out];
            }
            be__lfsr_machine_step(&machine, state);
        }
        be__lfsr_machine_clear(&machine);
        return BE_OK;
    }
    uint64_t *s = be__allocate_zeroed(lfsr->allocator, machine.n_words, sizeof *s);
    if (!s) {
        be__lfsr_machine_clear(&machine);
        return BE_ENOMEM;
    }
    for (size_t i = 0; i < lfsr->n; i++) {
        s[i / 64] |= state[i] << i % 64;
    }
    for (size_t t = 0; t < count; t++) {
        if (symbols) {
            symbols[t] = be__lfsr_bit(s, out) ^ lfsr->inverted;
        }
        be__lfsr_machine_step_bits(&machine, s);
    }
    for (size_t i = 0; i < lfsr->n; i++) {
        state[i] = be__lfsr_bit(s, i);
    }
    be__release(lfsr->allocator, s, machine.n_words, sizeof *s);
    be__lfsr_machine_clear(&machine);
    return BE_OK;
}

/* Let o_0 ... o_{n-1} be the first symbols given out: those are the cells of the Fibonacci state.
 * Galois gives out o_j = g_{n-1-j} + sum over i < j of c_{n-j+i} o_i, which is solved for g one
 * cell after the other. */
be_status be_lfsr_state_other(const be_lfsr *lfsr, const uint64_t *state, uint64_t *other)
{
    size_t n = lfsr->n;
    if (lfsr->form == BE_LFSR_MATRIX || lfsr->constant) {
        return BE_EDOMAIN;
    }
    be__field *f;
    be_status status = check_state(lfsr, state);
    status = status ? status : be__lfsr_field(&lfsr->field, &f);
    if (status) {
        return status;
    }
    bool from_galois = lfsr->form == BE_LFSR_GALOIS;
    const uint64_t *known = from_galois ? other : state; /* the symbols o */
    for (size_t j = 0; j < n; j++) {
        uint32_t sum = 0;
        for (size_t i = 0; i < j; i++) {
            sum = be__field_add(
                f, sum,
                be__field_mul(f, (uint32_t)lfsr->coefficients[n - j + i], (uint32_t)known[i]));
        }
        if (from_galois) {
            other[j] = be__field_add(f, (uint32_t)state[n - 1 - j], sum);
        } else {
            other[n - 1 - j] = be__field_sub(f, (uint32_t)state[j], sum);
        }
    }
    be__field_destroy(f);
    return BE_OK;
}
