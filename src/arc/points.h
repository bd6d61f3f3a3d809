/* points.h: patches (sets of indices or of cells) as primitives read them. */
#ifndef BE__ARC_POINTS_H
#define BE__ARC_POINTS_H

#include "arc/prims_ops.h"

/* The cells of a patch. A patch is an object when the second item of its first element is a tuple.
 * `word` has a PAIR (the place) or a CELL (colour and place) for each; where `cells` is false and
 * the patch is an object, `color` has the colours, which may be any values. */
typedef struct be__points {
    const be__value *word;
    const be__value *color;
    size_t n;
    bool object;
    bool cells;
} be__points;

/* Read patch v, in iteration order if `ordered`, else in any. False with what Python raises for
 * what is no patch: TypeError, IndexError, ValueError. Places must be ints of 24 bits. */
BE_CHECK bool be__points_of(be__machine *m, be__value v, bool ordered, be__points *points);

/* Read v as cells (colour, (i, j)) whatever its first element. */
BE_CHECK bool be__object_of(be__machine *m, be__value v, be__points *points);

static inline int64_t be__point_i(const be__points *p, size_t k)
{
    return p->cells ? be__cell_i(p->word[k]) : be__pair_i(p->word[k]);
}

static inline int64_t be__point_j(const be__points *p, size_t k)
{
    return p->cells ? be__cell_j(p->word[k]) : be__pair_j(p->word[k]);
}

/* The place as a PAIR. */
static inline be__value be__point(const be__points *p, size_t k)
{
    return p->cells ? be__small_pair(be__cell_i(p->word[k]), be__cell_j(p->word[k])) : p->word[k];
}

/* Of an object. */
static inline be__value be__point_color(const be__points *p, size_t k)
{
    return p->cells ? be__small(be__cell_color(p->word[k])) : p->color[k];
}

/* (color, (i, j)) for a colour of any kind. */
static inline be__value be__cell(be__machine *m, be__value color, int64_t i, int64_t j)
{
    if (BE__LIKELY(be__tag(color) == BE__INT && be__fits((int64_t)color >> 3, BE__COLOR_BITS) &&
                   be__fits(i, BE__CELL_BITS) && be__fits(j, BE__CELL_BITS))) {
        return be__small_cell((int64_t)color >> 3, i, j);
    }
    be__value place = be__pair(m, i, j);
    return place ? be__tuple2(m, color, place) : place;
}

/* The bounding box of a patch with cells. False with ValueError for an empty one, or what
 * be__points_of raises. */
BE_CHECK bool be__box_of(be__machine *m, be__value patch, be__box *box);

/* a, b of a tuple or set of two: TypeError, ValueError as Python's unpacking. */
BE_CHECK bool be__unpack2(be__machine *m, be__value v, be__value *a, be__value *b);

/* The same of two ints. */
BE_CHECK bool be__unpack_ints(be__machine *m, be__value v, int64_t *a, int64_t *b);

/* The set of all places in a box, row by row; empty where the box is. */
be__value be__rectangle(be__machine *m, const be__box *box);

#endif
