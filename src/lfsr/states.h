/* states.h: a state for each row of a census. */
#ifndef BE__LFSR_STATES_H
#define BE__LFSR_STATES_H

#include "lfsr/algebra.h"

/* states[rows->n][n]: for each row, cells of a state on a cycle of its length. About (longest row)
 * * n^2 field operations for each factor; with a constant, n^3. BE_ELIMIT with a constant and more
 * than BE_LFSR_MATRIX_MAX cells; BE_ENOMEM, BE_ECANCEL. */
BE_CHECK be_status be__states_of_rows(const be__structure *s, const be_lfsr *lfsr,
                                      const be__rows *rows, const be_cancel *cancel,
                                      uint64_t *states);

#endif
