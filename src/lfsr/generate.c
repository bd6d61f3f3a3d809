/* generate.c: the sequence of a register over GF(2), as fast as memory takes it.
 *
 * If P is the characteristic polynomial, the sequence satisfies P(x)^512 = P(x^512), too: 512
 * consecutive bits are the sum of blocks of 512 bits as many blocks back as the terms of P say. So
 * each block takes a load and an XOR for each term, whatever the degree; the first n blocks are
 * stepped.
 */
#include "lfsr/machine.h"

#include <string.h>

enum { BLOCK = 8 }; /* words */

/* w[from, to) = sum over k of w[. - back[k]]; nothing is used that is not there before a stretch of
 * back[0], the least, is done. */
static void extend(uint64_t *w, size_t from, size_t to, const size_t *back, size_t n_back)
{
    for (size_t at = from; at < to;) {
        size_t n = to - at < back[0] ? to - at : back[0];
        uint64_t *restrict out = w + at;
        const uint64_t *a = out - back[0];
        if (n_back == 2) {
            const uint64_t *b = out - back[1];
            for (size_t i = 0; i < n; i++) {
                out[i] = a[i] ^ b[i];
            }
        } else if (n_back == 4) {
            const uint64_t *b = out - back[1], *c = out - back[2], *d = out - back[3];
            for (size_t i = 0; i < n; i++) {
                out[i] = a[i] ^ b[i] ^ c[i] ^ d[i];
            }
        } else {
            memcpy(out, a, n * sizeof *out);
            for (size_t k = 1; k < n_back; k++) {
                const uint64_t *b = out - back[k];
                for (size_t i = 0; i < n; i++) {
                    out[i] ^= b[i];
                }
            }
        }
        at += n;
    }
}

/* Step for words [0, n). */
static void step_words(const be__lfsr_machine *m, uint64_t *s, uint64_t *words, size_t n)
{
    size_t out = be__lfsr_output(m->lfsr);
    for (size_t w = 0; w < n; w++) {
        uint64_t word = 0;
        for (unsigned i = 0; i < 64; i++) {
            word |= (uint64_t)be__lfsr_bit(s, out) << i;
            be__lfsr_machine_step_bits(m, s);
        }
        words[w] = word;
    }
}

be_status be_lfsr_bits(const be_lfsr *lfsr, const uint64_t *state, uint64_t *words, size_t n_words)
{
    if (lfsr->field.q != 2) {
        return BE_EDOMAIN;
    }
    be__lfsr_machine m;
    be_status status = be__lfsr_machine_init(lfsr, &m);
    if (status) {
        return status;
    }
    size_t n = lfsr->n, n_back = 0;
    uint64_t *s = be__allocate_zeroed(lfsr->allocator, m.n_words, sizeof *s);
    size_t *back = be__allocate(lfsr->allocator, n, sizeof *back);
    if (!s || !back) {
        status = BE_ENOMEM;
        goto done;
    }
    for (size_t i = 0; i < n; i++) {
        if (state[i] > 1) {
            status = BE_EINVAL;
            goto done;
        }
        s[i / 64] |= state[i] << i % 64;
    }
    /* A matrix or a constant has another recurrence: those are stepped throughout. */
    bool plain = lfsr->form != BE_LFSR_MATRIX && !lfsr->constant;
    for (size_t i = n; plain && i-- > 0;) {
        if (lfsr->coefficients[i]) {
            back[n_back++] = BLOCK * (n - i);
        }
    }
    size_t stepped = plain && BLOCK * n < n_words ? BLOCK * n : n_words;
    step_words(&m, s, words, stepped);
    if (n_back > 0) {
        extend(words, stepped, n_words, back, n_back);
    } else {
        memset(words + stepped, 0, (n_words - stepped) * sizeof *words);
    }
    for (size_t w = 0; lfsr->inverted && w < n_words; w++) {
        words[w] = ~words[w];
    }
done:
    be__release(lfsr->allocator, s, m.n_words, sizeof *s);
    be__release(lfsr->allocator, back, n, sizeof *back);
    be__lfsr_machine_clear(&m);
    return status;
}
