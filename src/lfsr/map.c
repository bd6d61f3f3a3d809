/* map.c: a register's step on states that are single numbers.
 *
 * The step is an affine map over GF(p), the prime field, whatever q = p^k is: a state's base-q
 * digits are base-p digits, too. So the step of a state is the sum of what groups of its digits
 * become, each looked up, where sums are digit by digit; for p = 2 that is XOR, and groups are
 * bytes.
 */
#include "lfsr/enumerate.h"
#include "lfsr/machine.h"

enum { STATE_BITS_MAX = 62, GROUP_MAX = 1 << 12, P_MAX = 1 << 24, CELLS_MAX = STATE_BITS_MAX };

static uint64_t add_digits(uint64_t p, uint64_t a, uint64_t b)
{
    be_lfsr_field prime = {.p = p};
    return be__lfsr_add(&prime, a, b);
}

static uint64_t negate_digits(uint64_t p, uint64_t a)
{
    be_lfsr_field prime = {.p = p};
    return be__lfsr_negate(&prime, a);
}

/* One step of a state by the machine, cell by cell. */
static uint64_t step_cells(const be__lfsr_machine *machine, uint64_t state)
{
    const be_lfsr *lfsr = machine->lfsr;
    uint64_t q = lfsr->field.q, cells[CELLS_MAX];
    if (q == 2) {
        be__lfsr_machine_step_bits(machine, &state);
        return state;
    }
    for (size_t i = 0; i < lfsr->n; i++, state /= q) {
        cells[i] = state % q;
    }
    be__lfsr_machine_step(machine, cells);
    for (size_t i = lfsr->n; i-- > 0;) {
        state = state * q + cells[i];
    }
    return state;
}

static be_status make_tables(be__lfsr_map *map, const be__lfsr_machine *machine)
{
    uint64_t p = map->p;
    map->group = p;
    if (p > P_MAX) {
        return BE_ELIMIT;
    }
    while (map->group * p <= (p == 2 ? 256 : GROUP_MAX)) {
        map->group *= p;
    }
    for (uint64_t left = map->n_states - 1; left; left /= map->group) {
        map->n_tables++;
    }
    map->tables_size = map->n_tables * map->group;
    map->tables = be__allocate_zeroed(map->allocator, map->tables_size, sizeof *map->tables);
    if (!map->tables) {
        return BE_ENOMEM;
    }
    uint64_t minus = negate_digits(p, map->constant), place = 1;
    for (unsigned t = 0; t < map->n_tables; t++, place *= map->group) {
        uint64_t *table = map->tables + t * map->group;
        for (uint64_t digit = 1; digit < map->group && digit * place < map->n_states; digit *= p) {
            uint64_t one = add_digits(p, step_cells(machine, digit * place), minus);
            for (uint64_t v = digit; v < digit * p; v++) {
                /* v less its leading 1 was filled in before */
                table[v] = add_digits(p, table[v - digit], one);
            }
        }
    }
    return BE_OK;
}

be_status be__lfsr_map_init(const be_lfsr *lfsr, be__lfsr_map *map)
{
    be__lfsr_map m = {.n_states = 1, .every = 1, .p = lfsr->field.p, .allocator = lfsr->allocator};
    for (size_t i = 0; i < lfsr->n; i++) {
        if (__builtin_mul_overflow(m.n_states, lfsr->field.q, &m.n_states) ||
            m.n_states > UINT64_C(1) << STATE_BITS_MAX) {
            return BE_ELIMIT;
        }
        m.every *= i < lfsr->n / 3 ? lfsr->field.q : 1;
    }
    m.bits = m.p == 2 ? (unsigned)__builtin_ctzll(m.n_states) : 0;
    m.one_to_one = lfsr->form != BE_LFSR_MATRIX && lfsr->coefficients[0] != 0;
    be__lfsr_machine machine;
    be_status status = be__lfsr_machine_init(lfsr, &machine);
    if (status) {
        return status;
    }
    m.constant = step_cells(&machine, 0);
    if (lfsr->field.q == 2 && lfsr->form != BE_LFSR_MATRIX) {
        m.kind = lfsr->form == BE_LFSR_GALOIS ? BE__STEP_GALOIS : BE__STEP_FIBONACCI;
        for (size_t i = 0; i < lfsr->n; i++) {
            m.taps |= lfsr->coefficients[i] << i;
        }
    } else {
        m.kind = m.p == 2 ? BE__STEP_TABLES : BE__STEP_DIGITS;
        status = make_tables(&m, &machine);
    }
    be__lfsr_machine_clear(&machine);
    if (!status) {
        *map = m;
    }
    return status;
}

void be__lfsr_map_clear(be__lfsr_map *map)
{
    be__release(map->allocator, map->tables, map->tables_size, sizeof *map->tables);
}

uint64_t be__lfsr_map_step(const be__lfsr_map *map, uint64_t s)
{
    uint64_t sum = map->constant;
    switch (map->kind) {
    case BE__STEP_FIBONACCI:
        return (s >> 1 | (uint64_t)__builtin_parityll(s & map->taps) << (map->bits - 1)) ^ sum;
    case BE__STEP_GALOIS:
        return (s << 1 & (map->n_states - 1)) ^ (map->taps & -(s >> (map->bits - 1))) ^ sum;
    case BE__STEP_TABLES:
        for (unsigned t = 0; t < map->n_tables; t++, s >>= 8) {
            sum ^= map->tables[256 * t + (s & 255)];
        }
        return sum;
    case BE__STEP_DIGITS:
        for (unsigned t = 0; t < map->n_tables; t++, s /= map->group) {
            sum = add_digits(map->p, sum, map->tables[t * map->group + s % map->group]);
        }
        return sum;
    case BE__STEP_OTHER:
        break;
    }
    return map->other(map->ctx, s);
}
