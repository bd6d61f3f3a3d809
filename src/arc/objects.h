/* objects.h: connected cells as objects, and the order of their cells when it is asked for.
 *
 * Python finds an object by a flood whose front is a set: a cell is added when it comes up in the
 * iteration of that set, so the order of the object's cells hangs on many tables of places. What
 * the objects are does not: they are found first, by a plain flood, and the order of one is
 * replayed only when it is asked for.
 */
#ifndef BE__ARC_OBJECTS_H
#define BE__ARC_OBJECTS_H

#include "arc/value.h"

/* Grids up to this many rows and columns; place (i, j) has number i * BE__LORE_SIDE + j. */
enum {
    BE__LORE_SIDE = 32,
    BE__LORE_PLACES = BE__LORE_SIDE * BE__LORE_SIDE,
    BE__LORE_POOL = 528 * 528, /* the places of all grids: 528 = 1 + 2 + ... + 32 */
    BE__LORE_SHARE = 16        /* of a machine's memory, at most, the lore takes one part in 16 */
};

/* The neighbours of a place that lie in the grid, in the order of CPython's set of them. */
typedef struct be__around {
    uint8_t n; /* at most 8; 255: not worked out yet */
    struct {
        uint8_t way : 3; /* which neighbour: number into be__ways */
        uint8_t slot : 5;
    } at[8];
} be__around;

/* What is the same in every run, worked out when first needed. */
typedef struct be__lore {
    bool ready;
    int64_t hash[BE__LORE_PLACES];         /* of the pairs */
    be__around around[8][BE__LORE_PLACES]; /* [diagonal * 4 + last column * 2 + last row] */
    /* [rows][columns]: 1 + where in `pool` the places stand in the order of asindices */
    uint32_t scan[BE__LORE_SIDE + 1][BE__LORE_SIDE + 1];
    uint32_t used;
    uint16_t pool[BE__LORE_POOL];
} be__lore;

struct be__replay;

/* objects(grid, ...) for a grid of at most BE__LORE_SIDE rows and columns on a machine with lore;
 * background BE__NO_COLOR: none. */
be__value be__objects(be__machine *m, const be__grid_object *grid, bool univalued, bool diagonal,
                      int background);

/* The order in which the n cells of an object were added, as numbers of them; NULL when memory or
 * fuel ran out. */
uint32_t *be__replay(be__machine *m, const struct be__replay *replay, size_t n);

#endif
