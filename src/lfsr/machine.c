/* machine.c: stepping. Over GF(2) 64 cells at a time, over other fields cell by cell. */
#include "lfsr/machine.h"

#include <string.h>

static uint64_t *packed(const uint64_t *bits, size_t n, const be_allocator *allocator)
{
    uint64_t *words = be__allocate_zeroed(allocator, (n + 63) / 64, sizeof *words);
    for (size_t i = 0; words && i < n; i++) {
        words[i / 64] |= bits[i] << i % 64;
    }
    return words;
}

/* Rows of a matrix over GF(2), or the coefficients. */
static uint64_t *packed_taps(const be_lfsr *lfsr, size_t n_words)
{
    if (lfsr->form != BE_LFSR_MATRIX) {
        return packed(lfsr->coefficients, lfsr->n, lfsr->allocator);
    }
    uint64_t *rows = be__allocate_zeroed(lfsr->allocator, lfsr->n * n_words, sizeof *rows);
    for (size_t i = 0; rows && i < lfsr->n; i++) {
        for (size_t j = 0; j < lfsr->n; j++) {
            rows[i * n_words + j / 64] |= lfsr->matrix[i * lfsr->n + j] << j % 64;
        }
    }
    return rows;
}

static size_t taps_size(const be__lfsr_machine *m)
{
    return m->lfsr->form == BE_LFSR_MATRIX ? m->lfsr->n * m->n_words : m->n_words;
}

be_status be__lfsr_machine_init(const be_lfsr *lfsr, be__lfsr_machine *machine)
{
    be__lfsr_machine m = {.lfsr = lfsr};
    be_status status = BE_OK;
    if (lfsr->field.q == 2) {
        m.n_words = (lfsr->n + 63) / 64;
        m.taps = packed_taps(lfsr, m.n_words);
        m.next = be__allocate_zeroed(lfsr->allocator, m.n_words, sizeof *m.next);
        if (lfsr->constant) {
            m.constant = packed(lfsr->constant, lfsr->n, lfsr->allocator);
        }
        if (!m.taps || !m.next || (lfsr->constant && !m.constant)) {
            status = BE_ENOMEM;
        }
    } else {
        m.next = be__allocate_zeroed(lfsr->allocator, lfsr->n, sizeof *m.next);
        status = m.next ? be__lfsr_field(&lfsr->field, &m.field) : BE_ENOMEM;
    }
    if (status) {
        be__lfsr_machine_clear(&m);
        return status;
    }
    *machine = m;
    return BE_OK;
}

void be__lfsr_machine_clear(be__lfsr_machine *m)
{
    const be_allocator *allocator = m->lfsr->allocator;
    be__release(allocator, m->taps, taps_size(m), sizeof(uint64_t));
    be__release(allocator, m->constant, m->n_words, sizeof(uint64_t));
    be__release(allocator, m->next, m->n_words ? m->n_words : m->lfsr->n, sizeof(uint64_t));
    be__field_destroy(m->field);
}

/* ---- over GF(2) ----------------------------------------------------------------------------- */

static void shift_down(uint64_t *s, size_t n_words)
{
    for (size_t w = 0; w + 1 < n_words; w++) {
        s[w] = s[w] >> 1 | s[w + 1] << 63;
    }
    s[n_words - 1] >>= 1;
}

static void shift_up(uint64_t *s, size_t n_words)
{
    for (size_t w = n_words - 1; w > 0; w--) {
        s[w] = s[w] << 1 | s[w - 1] >> 63;
    }
    s[0] <<= 1;
}

void be__lfsr_machine_step_bits(const be__lfsr_machine *m, uint64_t *s)
{
    size_t n = m->lfsr->n, n_words = m->n_words;
    switch (m->lfsr->form) {
    case BE_LFSR_FIBONACCI: {
        uint64_t sum = 0;
        for (size_t w = 0; w < n_words; w++) {
            sum ^= s[w] & m->taps[w];
        }
        shift_down(s, n_words);
        s[(n - 1) / 64] |= (uint64_t)__builtin_parityll(sum) << (n - 1) % 64;
        break;
    }
    case BE_LFSR_GALOIS: {
        uint64_t out = be__lfsr_bit(s, n - 1);
        s[(n - 1) / 64] &= ~(UINT64_C(1) << (n - 1) % 64);
        shift_up(s, n_words);
        for (size_t w = 0; w < n_words; w++) {
            s[w] ^= m->taps[w] & -out;
        }
        break;
    }
    case BE_LFSR_MATRIX:
        memset(m->next, 0, n_words * sizeof *m->next);
        for (size_t w = 0; w < n_words; w++) {
            for (uint64_t left = s[w]; left; left &= left - 1) {
                const uint64_t *row = m->taps + (64 * w + (size_t)__builtin_ctzll(left)) * n_words;
                for (size_t v = 0; v < n_words; v++) {
                    m->next[v] ^= row[v];
                }
            }
        }
        memcpy(s, m->next, n_words * sizeof *s);
        break;
    }
    for (size_t w = 0; m->constant && w < n_words; w++) {
        s[w] ^= m->constant[w];
    }
}

/* ---- over any field ------------------------------------------------------------------------- */

static uint64_t add_product(const be__field *f, uint64_t sum, uint64_t a, uint64_t b)
{
    return be__field_add(f, (uint32_t)sum, be__field_mul(f, (uint32_t)a, (uint32_t)b));
}

void be__lfsr_machine_step(const be__lfsr_machine *m, uint64_t *s)
{
    const be_lfsr *lfsr = m->lfsr;
    const be__field *f = m->field;
    size_t n = lfsr->n;
    uint64_t sum = 0, out = s[n - 1];
    switch (lfsr->form) {
    case BE_LFSR_FIBONACCI:
        for (size_t i = 0; i < n; i++) {
            sum = add_product(f, sum, lfsr->coefficients[i], s[i]);
        }
        memmove(s, s + 1, (n - 1) * sizeof *s);
        s[n - 1] = sum;
        break;
    case BE_LFSR_GALOIS:
        for (size_t i = n; i-- > 0;) {
            s[i] = add_product(f, i ? s[i - 1] : 0, lfsr->coefficients[i], out);
        }
        break;
    case BE_LFSR_MATRIX:
        for (size_t j = 0; j < n; j++) {
            uint64_t cell = 0;
            for (size_t i = 0; i < n; i++) {
                cell = add_product(f, cell, s[i], lfsr->matrix[i * n + j]);
            }
            m->next[j] = cell;
        }
        memcpy(s, m->next, n * sizeof *s);
        break;
    }
    for (size_t i = 0; lfsr->constant && i < n; i++) {
        s[i] = be__field_add(f, (uint32_t)s[i], (uint32_t)lfsr->constant[i]);
    }
}
