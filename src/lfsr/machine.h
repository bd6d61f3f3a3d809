/* machine.h: a register made ready for stepping. */
#ifndef BE__LFSR_MACHINE_H
#define BE__LFSR_MACHINE_H

#include "lfsr/register.h"

/* Over GF(2) a state is packed into words, bit i % 64 of word i / 64 being s_i; over other fields
 * it is an array of elements. */
typedef struct be__lfsr_machine {
    const be_lfsr *lfsr;
    be__field *field;   /* q > 2 */
    size_t n_words;     /* q = 2 */
    uint64_t *taps;     /* [n_words] coefficients; of a matrix [n][n_words] its rows */
    uint64_t *constant; /* [n_words] or NULL */
    uint64_t *next;     /* [n_words] or [n]: scratch */
} be__lfsr_machine;

/* The register must outlive the machine. BE_ENOMEM. */
BE_CHECK be_status be__lfsr_machine_init(const be_lfsr *lfsr, be__lfsr_machine *machine);
void be__lfsr_machine_clear(be__lfsr_machine *machine);

/* One step of a packed state (q = 2), or of an array of elements (any other q). */
void be__lfsr_machine_step_bits(const be__lfsr_machine *machine, uint64_t *state);
void be__lfsr_machine_step(const be__lfsr_machine *machine, uint64_t *state);

static inline unsigned be__lfsr_bit(const uint64_t *words, size_t i)
{
    return words[i / 64] >> i % 64 & 1;
}

static inline void be__lfsr_flip(uint64_t *words, size_t i)
{
    words[i / 64] ^= UINT64_C(1) << i % 64;
}

#endif
