/* enumerate.h: a partition of all states of any map, so that a test can plant a wrong step. */
#ifndef BE__LFSR_ENUMERATE_H
#define BE__LFSR_ENUMERATE_H

#include "lfsr/register.h"

enum { BE__LFSR_TABLE_BITS = 8, BE__LFSR_TABLES_MAX = 8 };

/* How a state, a number below n_states, steps. */
typedef struct be__lfsr_map {
    uint64_t n_states;
    uint64_t every;  /* a gate is a multiple of it; divides n_states */
    bool one_to_one; /* taken to be so; else found out */
    enum {
        BE__STEP_FIBONACCI,
        BE__STEP_GALOIS,
        BE__STEP_TABLES,
        BE__STEP_DIGITS,
        BE__STEP_OTHER
    } kind;
    unsigned bits;     /* of a state, when p = 2 */
    uint64_t taps;     /* Fibonacci: which cells are summed; Galois: which take the output */
    uint64_t constant; /* step of 0 */
    /* p = 2: the sum of what each byte of the state becomes. Else of each group of digits. */
    unsigned n_tables;
    uint64_t group; /* values of a group: 256, or a power of p */
    uint64_t p;
    uint64_t *tables; /* [n_tables][group] */
    size_t tables_size;
    const be_allocator *allocator;
    uint64_t (*other)(const void *ctx, uint64_t state); /* of a test */
    const void *ctx;
} be__lfsr_map;

/* The step of a register. BE_ELIMIT: more than 2^62 states. */
BE_CHECK be_status be__lfsr_map_init(const be_lfsr *lfsr, be__lfsr_map *map);
void be__lfsr_map_clear(be__lfsr_map *map);
uint64_t be__lfsr_map_step(const be__lfsr_map *map, uint64_t state);

/* As be_lfsr_enumerate, of the map. */
BE_CHECK be_status be__lfsr_enumerate_map(be_engine *engine, const be__lfsr_map *map,
                                          be_hash128 job, const be_lfsr_enumerate_options *options,
                                          be_lfsr_partition *partition, be_error *error);
uint64_t be__lfsr_enumerate_map_bytes(const be__lfsr_map *map, unsigned workers);

#endif
