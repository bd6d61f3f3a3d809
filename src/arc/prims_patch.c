/* prims_patch.c: primitives on places, sets of places, and objects. */
#include "arc/points.h"
#include "arc/prims_plain.h"

#include <stdlib.h>

/* ---- reading patches ------------------------------------------------------------------------ */

bool be__unpack2(be__machine *m, be__value v, be__value *a, be__value *b)
{
    be__view view;
    if (!be__view_of(m, v, &view)) {
        return false;
    }
    if (view.n != 2) {
        be__raise(m, BE__VALUE_ERROR);
        return false;
    }
    *a = view.item[0];
    *b = view.item[1];
    return true;
}

bool be__unpack_ints(be__machine *m, be__value v, int64_t *a, int64_t *b)
{
    be__value x, y;
    if (!be__unpack2(m, v, &x, &y)) {
        return false;
    }
    if (!be__is_int(x) || !be__is_int(y)) {
        be__type_error(m);
        return false;
    }
    *a = be__int_of(x);
    *b = be__int_of(y);
    return true;
}

/* The elements of a patch that are not all packed alike: (colour, place) if `object`. */
static bool read_mixed(be__machine *m, const be__view *view, bool object, be__points *p)
{
    be__value *word = be__take_values(m, view->n), *color = be__take_values(m, view->n);
    if (!word || !color || !be__charge(m, view->n)) {
        return false;
    }
    p->n = view->n;
    p->object = object;
    for (size_t k = 0; k < view->n; k++) {
        be__value place = view->item[k];
        int64_t i, j;
        if ((p->object && !be__unpack2(m, view->item[k], &color[k], &place)) ||
            !be__unpack_ints(m, place, &i, &j)) {
            return false;
        }
        if (!be__fits(i, BE__CELL_BITS) || !be__fits(j, BE__CELL_BITS)) {
            be__raise(m, BE__INTEGER_ERROR);
            return false;
        }
        word[k] = be__small_pair(i, j);
    }
    p->word = word;
    p->color = color;
    p->cells = false;
    return true;
}

bool be__points_of(be__machine *m, be__value v, bool ordered, be__points *p)
{
    be__view view;
    *p = (be__points){0};
    if (be__is_set(v) && !ordered && be__set_of(v)->head.pending) {
        view.item = be__set_of(v)->key;
        view.n = be__length(v);
    } else if (!be__view_of(m, v, &view)) {
        return false;
    }
    p->word = view.item;
    p->n = view.n;
    if (view.n == 0) {
        return true;
    }
    if (BE__LIKELY(be__is_set(v))) {
        unsigned of = be__set_of(v)->of;
        p->cells = p->object = of == BE__CELL;
        if (of == BE__CELL || of == BE__PAIR) {
            return true;
        }
        if (!be__view_of(m, v, &view)) { /* which element is the first matters */
            return false;
        }
    }
    be__value second = be__op_item(m, view.item[0], 1);
    return second && read_mixed(m, &view, be__is_tuple(second), p);
}

bool be__object_of(be__machine *m, be__value v, be__points *p)
{
    be__view view;
    *p = (be__points){0};
    return be__view_of(m, v, &view) && read_mixed(m, &view, true, p);
}

static be__box box_around(const be__points *p)
{
    int64_t top = INT64_MAX, left = INT64_MAX, bottom = INT64_MIN, right = INT64_MIN;
    for (size_t k = 0; k < p->n; k++) {
        int64_t i = be__point_i(p, k), j = be__point_j(p, k);
        top = i < top ? i : top;
        bottom = i > bottom ? i : bottom;
        left = j < left ? j : left;
        right = j > right ? j : right;
    }
    return (be__box){(int32_t)top, (int32_t)left, (int32_t)bottom, (int32_t)right};
}

bool be__box_of(be__machine *m, be__value patch, be__box *box)
{
    be__set_object *set = be__is_set(patch) ? be__set_of(patch) : NULL;
    if (set && set->boxed) {
        *box = set->box;
        return true;
    }
    be__points p;
    uint64_t fuel = m->fuel; /* what a set keeps costs nobody fuel, whoever asks first */
    m->fuel = UINT64_MAX;
    bool read = be__points_of(m, patch, false, &p);
    m->fuel = fuel;
    if (!read) {
        return false;
    }
    if (p.n == 0) {
        be__raise(m, BE__VALUE_ERROR);
        return false;
    }
    *box = box_around(&p);
    if (set) {
        set->box = *box;
        set->boxed = true;
    }
    return true;
}

/* ---- new patches ---------------------------------------------------------------------------- */

/* n <= items limit was charged by whoever knew n; keys to be filled and given to
 * be__set_of_distinct. */
static be__value *keys(be__machine *m, size_t n)
{
    return be__charge_items(m, n) ? be__take_values(m, n) : NULL;
}

be__value be__rectangle(be__machine *m, const be__box *box)
{
    int64_t rows = (int64_t)box->bottom - box->top + 1,
            columns = (int64_t)box->right - box->left + 1;
    if (rows <= 0 || columns <= 0) {
        return BE__EMPTY_SET;
    }
    size_t n = (size_t)rows * (size_t)columns;
    be__value *key = keys(m, n), *to = key;
    if (!key) {
        return BE__RAISED;
    }
    for (int64_t i = box->top; i <= box->bottom; i++) {
        for (int64_t j = box->left; j <= box->right; j++) {
            *to++ = be__small_pair(i, j);
        }
    }
    return be__set_of_distinct(m, key, n);
}

/* A map of places: (i, j) to (base_i + ii * i + ij * j, base_j + ji * i + jj * j). */
typedef struct motion {
    int64_t base_i, ii, ij, base_j, ji, jj;
} motion;

/* The patch with every place moved, in its order; motion must be one to one. */
static be__value moved(be__machine *m, be__value patch, const motion *t)
{
    be__points p;
    bool set = be__is_set(patch) && be__set_of(patch)->of != BE__ATOM;
    if (!be__points_of(m, patch, !set, &p)) {
        return BE__RAISED;
    }
    be__value *key = keys(m, p.n);
    if (!key) {
        return BE__RAISED;
    }
    for (size_t k = 0; k < p.n; k++) {
        int64_t i = be__point_i(&p, k), j = be__point_j(&p, k);
        int64_t new_i = t->base_i + t->ii * i + t->ij * j;
        int64_t new_j = t->base_j + t->ji * i + t->jj * j;
        key[k] = p.object ? be__cell(m, be__point_color(&p, k), new_i, new_j)
                          : be__pair(m, new_i, new_j);
        if (!key[k]) {
            return BE__RAISED;
        }
    }
    if (!set) {
        return be__set_of_items(m, key, p.n);
    }
    be__value made = be__set_derived(m, key, patch);
    if (made && p.n > 0) {
        be__head_of(made)->planar = be__head_of(patch)->planar;
    }
    return made;
}

static be__value moved_by(be__machine *m, be__value patch, int64_t i, int64_t j)
{
    return moved(m, patch, &(motion){i, 1, 0, j, 0, 1});
}

be__value be__run_shift(be__machine *m, const be__value *a)
{
    int64_t length = be__op_length(m, a[0]), i, j;
    if (length < 0) {
        return BE__RAISED;
    }
    if (length == 0) {
        return a[0];
    }
    be__value x, y;
    be__points p;
    if (!be__unpack2(m, a[1], &x, &y)) {
        return BE__RAISED;
    }
    if (!be__is_int(x) || !be__is_int(y)) { /* what is wrong with the patch comes first */
        return be__points_of(m, a[0], true, &p) ? be__type_error(m) : BE__RAISED;
    }
    i = be__int_of(x);
    j = be__int_of(y);
    return moved_by(m, a[0], i, j);
}

be__value be__run_normalize(be__machine *m, const be__value *a)
{
    int64_t length = be__op_length(m, a[0]);
    if (length <= 0) {
        return length < 0 ? BE__RAISED : a[0];
    }
    be__box box;
    return be__box_of(m, a[0], &box) ? moved_by(m, a[0], -(int64_t)box.top, -(int64_t)box.left)
                                     : BE__RAISED;
}

be__value be__mirrored(be__machine *m, unsigned prim, be__value patch)
{
    int64_t length = be__op_length(m, patch);
    if (length <= 0) { /* the corner () of an empty patch has no item 0 */
        return length < 0 ? BE__RAISED
                          : be__raise(m, prim == BE__PRIM_dmirror || prim == BE__PRIM_cmirror
                                             ? BE__VALUE_ERROR
                                             : BE__INDEX_ERROR);
    }
    be__box b;
    if (!be__box_of(m, patch, &b)) {
        return BE__RAISED;
    }
    int64_t rows = (int64_t)b.top + b.bottom, columns = (int64_t)b.left + b.right;
    int64_t skew = (int64_t)b.top - b.left;
    switch (prim) {
    case BE__PRIM_hmirror:
        return moved(m, patch, &(motion){rows, -1, 0, 0, 0, 1});
    case BE__PRIM_vmirror:
        return moved(m, patch, &(motion){0, 1, 0, columns, 0, -1});
    default: /* transposed at the upper left corner */
        return moved(m, patch, &(motion){skew, 0, 1, -skew, 1, 0});
    }
}

be__value be__run_toindices(be__machine *m, const be__value *a)
{
    int64_t length = be__op_length(m, a[0]);
    if (length <= 0) {
        return length < 0 ? BE__RAISED : BE__EMPTY_SET;
    }
    be__view view;
    if (be__is_set(a[0]) && be__set_of(a[0])->of == BE__PAIR) {
        return a[0];
    }
    if (be__is_set(a[0]) && be__head_of(a[0])->planar) { /* no two of its places are one */
        size_t n = be__length(a[0]);
        const be__value *cell = be__set_of(a[0])->key;
        be__value *place = keys(m, n);
        for (size_t k = 0; place && k < n; k++) {
            place[k] = be__small_pair(be__cell_i(cell[k]), be__cell_j(cell[k]));
        }
        return place ? be__set_derived(m, place, a[0]) : BE__RAISED;
    }
    be__value second;
    if (!be__view_of(m, a[0], &view) || !(second = be__op_item(m, view.item[0], 1))) {
        return BE__RAISED;
    }
    if (!be__is_tuple(second)) {
        return a[0];
    }
    be__value *key = keys(m, view.n), color;
    for (size_t k = 0; key && k < view.n; k++) {
        if (be__tag(view.item[k]) == BE__CELL) {
            key[k] = be__small_pair(be__cell_i(view.item[k]), be__cell_j(view.item[k]));
        } else if (!be__unpack2(m, view.item[k], &color, &key[k])) {
            return BE__RAISED;
        }
    }
    return key ? be__set_of_items(m, key, view.n) : BE__RAISED;
}

be__value be__run_recolor(be__machine *m, const be__value *a)
{
    be__value indices = be__run_toindices(m, a + 1);
    be__view view;
    if (!indices) {
        return BE__RAISED;
    }
    bool pairs = be__is_set(indices) && be__set_of(indices)->of == BE__PAIR;
    if (pairs) {
        view.item = be__set_of(indices)->key;
        view.n = be__length(indices);
    } else if (!be__view_of(m, indices, &view)) {
        return BE__RAISED;
    }
    be__value *key = keys(m, view.n);
    for (size_t k = 0; key && k < view.n; k++) {
        key[k] = pairs ? be__cell(m, a[0], be__pair_i(view.item[k]), be__pair_j(view.item[k]))
                       : be__tuple2(m, a[0], view.item[k]);
        if (!key[k]) {
            return BE__RAISED;
        }
    }
    if (!key || !pairs) {
        return key ? be__set_of_items(m, key, view.n) : BE__RAISED;
    }
    be__value made = be__set_derived(m, key, indices);
    if (made && view.n > 0) {
        be__head_of(made)->planar = be__set_of(made)->of == BE__CELL;
    }
    return made;
}

/* ---- neighbours ----------------------------------------------------------------------------- */

/* The places at these offsets, added one by one. */
static be__value around(be__machine *m, be__value loc, const int8_t (*offset)[2], size_t n)
{
    be__value key[4];
    for (size_t k = 0; k < n; k++) {
        be__value i = be__op_item(m, loc, 0);
        i = i && offset[k][0] ? be__op_add(m, i, be__small(offset[k][0])) : i;
        be__value j = i ? be__op_item(m, loc, 1) : i;
        j = j && offset[k][1] ? be__op_add(m, j, be__small(offset[k][1])) : j;
        key[k] = j ? be__tuple2(m, i, j) : BE__RAISED;
        if (!key[k]) {
            return BE__RAISED;
        }
    }
    return be__set_of_items(m, key, n);
}

static const int8_t SIDES[4][2] = {{-1, 0}, {1, 0}, {0, -1}, {0, 1}};
static const int8_t CORNERS[4][2] = {{-1, -1}, {-1, 1}, {1, -1}, {1, 1}};

/* The same around a place of two ints that fit: nothing can go wrong, and all are distinct. */
static void write_around(be__value *key, be__value loc, const int8_t (*offset)[2])
{
    for (size_t k = 0; k < 4; k++) {
        key[k] = be__small_pair(be__pair_i(loc) + offset[k][0], be__pair_j(loc) + offset[k][1]);
    }
}

static bool is_place(be__value loc)
{
    return be__tag(loc) == BE__PAIR && be__fits(be__pair_i(loc), BE__CELL_BITS) &&
           be__fits(be__pair_j(loc), BE__CELL_BITS);
}

static be__value four(be__machine *m, be__value loc, const int8_t (*offset)[2])
{
    if (!is_place(loc)) {
        return around(m, loc, offset, 4);
    }
    be__value *key = keys(m, 4);
    if (!key) {
        return BE__RAISED;
    }
    write_around(key, loc, offset);
    return be__set_of_distinct(m, key, 4);
}

be__value be__run_dneighbors(be__machine *m, const be__value *a)
{
    return four(m, a[0], SIDES);
}

be__value be__run_ineighbors(be__machine *m, const be__value *a)
{
    return four(m, a[0], CORNERS);
}

be__value be__run_neighbors(be__machine *m, const be__value *a)
{
    if (!is_place(a[0])) {
        be__value direct = four(m, a[0], SIDES), across = direct ? four(m, a[0], CORNERS) : direct;
        return across ? be__set_or(m, direct, across) : BE__RAISED;
    }
    be__value *key = keys(m, 8);
    if (!key) {
        return BE__RAISED;
    }
    write_around(key, a[0], SIDES);
    write_around(key + 4, a[0], CORNERS);
    be__value made = be__set_of_distinct(m, key, 8);
    if (made) {
        be__head_of(made)->eight = 1;
    }
    return made;
}

/* ---- bounding boxes ------------------------------------------------------------------------- */

enum { TOP = 1, LEFT = 2, BOTTOM = 4, RIGHT = 8 };

static be__value side(be__machine *m, be__value patch, unsigned which)
{
    be__box b;
    if (!be__box_of(m, patch, &b)) {
        return BE__RAISED;
    }
    return be__small(which == TOP      ? b.top
                     : which == LEFT   ? b.left
                     : which == BOTTOM ? b.bottom
                                       : b.right);
}

be__value be__run_uppermost(be__machine *m, const be__value *a)
{
    return side(m, a[0], TOP);
}

be__value be__run_lowermost(be__machine *m, const be__value *a)
{
    return side(m, a[0], BOTTOM);
}

be__value be__run_leftmost(be__machine *m, const be__value *a)
{
    return side(m, a[0], LEFT);
}

be__value be__run_rightmost(be__machine *m, const be__value *a)
{
    return side(m, a[0], RIGHT);
}

/* Corners as Python takes them of anything: minima or maxima of the columns of zip(*patch). Bit k
 * of `largest`: column k's largest; with `two`, a third column raises KeyError. */
static be__value corner_of_columns(be__machine *m, be__value patch, unsigned largest, bool two)
{
    be__value indices = be__run_toindices(m, &patch);
    be__view rows, row;
    if (!indices || !be__view_of(m, indices, &rows)) {
        return BE__RAISED;
    }
    size_t columns = SIZE_MAX;
    for (size_t k = 0; k < rows.n; k++) {
        if (!be__view_of(m, rows.item[k], &row)) {
            return BE__RAISED;
        }
        columns = row.n < columns ? row.n : columns;
    }
    columns = rows.n ? columns : 0;
    be__value *corner = be__take_values(m, columns);
    if (!corner || !be__charge(m, (uint64_t)columns * rows.n)) {
        return BE__RAISED;
    }
    for (size_t c = 0; c < columns; c++) {
        if (two && c >= 2) {
            return be__raise(m, BE__KEY_ERROR);
        }
        bool max = largest >> (two ? c : 0) & 1;
        for (size_t k = 0; k < rows.n; k++) {
            if (!be__view_of(m, rows.item[k], &row)) {
                return BE__RAISED;
            }
            be__value x = row.item[c];
            int better = k == 0 ? 1 : max ? be__less(m, corner[c], x) : be__less(m, x, corner[c]);
            if (better < 0) {
                return BE__RAISED;
            }
            corner[c] = better ? x : corner[c];
        }
    }
    return be__tuple(m, corner, columns);
}

/* A corner: the sides that meet there, BOTTOM and RIGHT in `sides`. */
static be__value corner(be__machine *m, be__value patch, unsigned sides)
{
    be__set_object *set = be__is_set(patch) ? be__set_of(patch) : NULL;
    if (set && set->head.n > 0 && (set->of == BE__PAIR || set->of == BE__CELL)) {
        be__box b;
        return be__box_of(m, patch, &b) ? be__pair(m, sides & BOTTOM ? b.bottom : b.top,
                                                   sides & RIGHT ? b.right : b.left)
                                        : BE__RAISED;
    }
    unsigned largest = (sides & BOTTOM ? 1u : 0u) | (sides & RIGHT ? 2u : 0u);
    return corner_of_columns(m, patch, largest, largest == 1 || largest == 2);
}

be__value be__run_ulcorner(be__machine *m, const be__value *a)
{
    return corner(m, a[0], 0);
}

be__value be__run_urcorner(be__machine *m, const be__value *a)
{
    return corner(m, a[0], RIGHT);
}

be__value be__run_llcorner(be__machine *m, const be__value *a)
{
    return corner(m, a[0], BOTTOM);
}

be__value be__run_lrcorner(be__machine *m, const be__value *a)
{
    return corner(m, a[0], BOTTOM | RIGHT);
}

be__value be__run_corners(be__machine *m, const be__value *a)
{
    static const unsigned WHICH[4] = {0, RIGHT, BOTTOM, BOTTOM | RIGHT};
    be__value key[4];
    for (unsigned k = 0; k < 4; k++) {
        key[k] = corner(m, a[0], WHICH[k]);
        if (!key[k]) {
            return BE__RAISED;
        }
    }
    be__builder b;
    be__build(&b, m);
    for (unsigned k = 0; k < 4; k++) {
        if (!be__build_add(&b, key[k], be__hash(key[k]))) {
            return BE__RAISED;
        }
    }
    return be__build_freeze(&b);
}

be__value be__run_center(be__machine *m, const be__value *a)
{
    be__box b;
    if (!be__box_of(m, a[0], &b)) {
        return BE__RAISED;
    }
    be__value shape = be__run_shape(m, a); /* of a tuple, its own */
    return shape ? be__pair(m, b.top + be__pair_i(shape) / 2, b.left + be__pair_j(shape) / 2)
                 : shape;
}

/* Means of the columns of zip(*tuple). */
static be__value center_of_columns(be__machine *m, be__value tuple)
{
    be__value indices = be__run_toindices(m, &tuple);
    be__value columns = indices ? be__plain_dmirror(m, &indices) : indices;
    be__view column, item;
    if (!columns || !be__view_of(m, columns, &column)) {
        return BE__RAISED;
    }
    be__value *mean = be__take_values(m, column.n);
    for (size_t k = 0; mean && k < column.n; k++) {
        be__value sum = be__small(0);
        if (!be__view_of(m, column.item[k], &item)) {
            return BE__RAISED;
        }
        for (size_t i = 0; sum && i < item.n; i++) {
            sum = be__op_add(m, sum, item.item[i]);
        }
        mean[k] = sum ? be__op_floor_divide(m, sum, be__small((int64_t)be__length(tuple))) : sum;
        if (!mean[k]) {
            return BE__RAISED;
        }
    }
    return mean ? be__tuple(m, mean, column.n) : BE__RAISED;
}

be__value be__run_centerofmass(be__machine *m, const be__value *a)
{
    int64_t n = be__op_length(m, a[0]);
    be__points p;
    if (n <= 0) {
        return n < 0 ? BE__RAISED : BE__EMPTY_TUPLE;
    }
    if (!be__is_set(a[0])) {
        return center_of_columns(m, a[0]);
    }
    if (!be__points_of(m, a[0], false, &p)) {
        return BE__RAISED;
    }
    int64_t i = 0, j = 0;
    for (size_t k = 0; k < p.n; k++) {
        i += be__point_i(&p, k);
        j += be__point_j(&p, k);
    }
    be__value down = be__op_floor_divide(m, be__small(i), be__small(n));
    return be__tuple2(m, down, be__op_floor_divide(m, be__small(j), be__small(n)));
}

/* Rows and columns of a patch's box, 0 for an empty patch. */
static bool extent(be__machine *m, be__value patch, int64_t *rows, int64_t *columns)
{
    int64_t n = be__op_length(m, patch);
    be__box b;
    *rows = *columns = 0;
    if (n <= 0) {
        return n == 0;
    }
    if (!be__box_of(m, patch, &b)) {
        return false;
    }
    *rows = (int64_t)b.bottom - b.top + 1;
    *columns = (int64_t)b.right - b.left + 1;
    return true;
}

be__value be__run_height(be__machine *m, const be__value *a)
{
    int64_t rows, columns;
    if (be__is_tuple(a[0])) {
        return be__small((int64_t)be__length(a[0]));
    }
    return extent(m, a[0], &rows, &columns) ? be__small(rows) : BE__RAISED;
}

be__value be__run_width(be__machine *m, const be__value *a)
{
    int64_t rows, columns;
    if (be__is_kind(a[0], BE__GRID)) {
        return be__small(be__grid_of(a[0])->columns);
    }
    if (be__is_tuple(a[0])) {
        if (be__length(a[0]) == 0) {
            return be__small(0);
        }
        be__value first = be__item(m, a[0], 0);
        int64_t n = first ? be__op_length(m, first) : -1;
        return n < 0 ? BE__RAISED : be__small(n);
    }
    return extent(m, a[0], &rows, &columns) ? be__small(columns) : BE__RAISED;
}

be__value be__run_shape(be__machine *m, const be__value *a)
{
    be__value rows = be__run_height(m, a), columns = rows ? be__run_width(m, a) : rows;
    return columns ? be__tuple2(m, rows, columns) : columns;
}

be__value be__run_portrait(be__machine *m, const be__value *a)
{
    be__value shape = be__run_shape(m, a);
    return shape ? be__bool(be__pair_i(shape) > be__pair_j(shape)) : shape;
}

be__value be__run_square(be__machine *m, const be__value *a)
{
    if (be__is_tuple(a[0])) {
        be__value first = be__op_item(m, a[0], 0);
        int64_t n = first ? be__op_length(m, first) : -1;
        return n < 0 ? BE__RAISED : be__bool((size_t)n == be__length(a[0]));
    }
    int64_t rows, columns;
    return extent(m, a[0], &rows, &columns)
               ? be__bool(rows == columns && (size_t)(rows * columns) == be__length(a[0]))
               : BE__RAISED;
}

/* Of any piece: height and width, and its length. */
static bool measured(be__machine *m, const be__value *a, int64_t *rows, int64_t *columns)
{
    be__value shape = be__run_shape(m, a);
    if (!shape) {
        return false;
    }
    *rows = be__pair_i(shape);
    *columns = be__pair_j(shape);
    return true;
}

be__value be__run_vline(be__machine *m, const be__value *a)
{
    int64_t rows, columns;
    return measured(m, a, &rows, &columns)
               ? be__bool((size_t)rows == be__length(a[0]) && columns == 1)
               : BE__RAISED;
}

be__value be__run_hline(be__machine *m, const be__value *a)
{
    int64_t rows, columns;
    return measured(m, a, &rows, &columns)
               ? be__bool((size_t)columns == be__length(a[0]) && rows == 1)
               : BE__RAISED;
}

be__value be__run_backdrop(be__machine *m, const be__value *a)
{
    int64_t n = be__op_length(m, a[0]);
    be__box b;
    if (n <= 0) {
        return n < 0 ? BE__RAISED : BE__EMPTY_SET;
    }
    return be__box_of(m, a[0], &b) ? be__rectangle(m, &b) : BE__RAISED;
}

be__value be__run_delta(be__machine *m, const be__value *a)
{
    be__value all = be__run_backdrop(m, a);
    be__value indices = all ? be__run_toindices(m, a) : all;
    if (!indices || be__length(all) == 0) {
        return indices ? all : indices;
    }
    return be__op_subtract(m, all, indices);
}

/* The outline of a box: two upright lines, then two lying ones, joined as Python joins sets. */
static be__value outline(be__machine *m, const be__box *b)
{
    be__value line[4];
    for (unsigned k = 0; k < 4; k++) {
        be__box part = *b;
        if (k == 0) {
            part.right = b->left;
        } else if (k == 1) {
            part.left = b->right;
        } else if (k == 2) {
            part.bottom = b->top;
        } else {
            part.top = b->bottom;
        }
        line[k] = be__rectangle(m, &part);
        if (!line[k]) {
            return BE__RAISED;
        }
    }
    be__value upright = be__set_or(m, line[0], line[1]);
    be__value lying = upright ? be__set_or(m, line[2], line[3]) : upright;
    be__value all = lying ? be__set_or(m, upright, lying) : lying;
    if (!all) {
        return BE__RAISED;
    }
    be__builder frozen;
    be__build(&frozen, m);
    return be__build_update(&frozen, all) ? be__build_end(&frozen) : BE__RAISED;
}

static be__value outline_at(be__machine *m, be__value patch, int32_t out)
{
    be__box b;
    if (!be__box_of(m, patch, &b)) {
        return BE__RAISED;
    }
    int32_t top = b.top - out, left = b.left - out, bottom = b.bottom + out, right = b.right + out;
    return outline(m, &(be__box){top < bottom ? top : bottom, left < right ? left : right,
                                 top < bottom ? bottom : top, left < right ? right : left});
}

be__value be__run_inbox(be__machine *m, const be__value *a)
{
    return outline_at(m, a[0], -1);
}

be__value be__run_outbox(be__machine *m, const be__value *a)
{
    return outline_at(m, a[0], 1);
}

be__value be__run_box(be__machine *m, const be__value *a)
{
    int64_t n = be__op_length(m, a[0]), top, left, bottom, right;
    if (n <= 0 || be__is_set(a[0])) {
        return n < 0 ? BE__RAISED : n == 0 ? a[0] : outline_at(m, a[0], 0);
    }
    be__value from = be__run_ulcorner(m, a), to = from ? be__run_lrcorner(m, a) : from;
    if (!to || !be__unpack_ints(m, from, &top, &left) || !be__unpack_ints(m, to, &bottom, &right)) {
        return BE__RAISED;
    }
    return outline(m, &(be__box){(int32_t)top, (int32_t)left, (int32_t)bottom, (int32_t)right});
}

/* ---- two patches ---------------------------------------------------------------------------- */

/* Whether two patches share a row, or a column. */
static be__value matching(be__machine *m, const be__value *a, bool rows)
{
    be__points x, y;
    if (!be__points_of(m, a[0], false, &x) || !be__points_of(m, a[1], false, &y)) {
        return BE__RAISED;
    }
    if (x.n == 0 || y.n == 0) {
        return BE__FALSE;
    }
    be__box p = box_around(&x), q = box_around(&y);
    int64_t low = rows ? p.top : p.left, high = rows ? p.bottom : p.right;
    int64_t from = rows ? q.top : q.left, to = rows ? q.bottom : q.right;
    low = from > low ? from : low;
    high = to < high ? to : high;
    if (low > high) {
        return BE__FALSE;
    }
    size_t lines = (size_t)(high - low) + 1;
    uint8_t *seen =
        be__charge_items(m, lines) && be__charge(m, x.n + y.n) ? be__take(m, lines) : NULL;
    if (!seen) {
        return BE__RAISED;
    }
    memset(seen, 0, lines);
    for (size_t k = 0; k < x.n; k++) {
        uint64_t at = (uint64_t)((rows ? be__point_i(&x, k) : be__point_j(&x, k)) - low);
        if (at < lines) {
            seen[at] = 1;
        }
    }
    for (size_t k = 0; k < y.n; k++) {
        uint64_t at = (uint64_t)((rows ? be__point_i(&y, k) : be__point_j(&y, k)) - low);
        if (at < lines && seen[at]) {
            return BE__TRUE;
        }
    }
    return BE__FALSE;
}

be__value be__run_hmatching(be__machine *m, const be__value *a)
{
    return matching(m, a, true);
}

be__value be__run_vmatching(be__machine *m, const be__value *a)
{
    return matching(m, a, false);
}

/* Least distance of two patches, of which the second is moved by (i, j); -1 when one is empty. */
static int64_t distance(const be__points *x, const be__points *y, int64_t i, int64_t j)
{
    int64_t least = -1;
    for (size_t k = 0; k < x->n; k++) {
        int64_t xi = be__point_i(x, k) - i, xj = be__point_j(x, k) - j;
        for (size_t l = 0; l < y->n; l++) {
            int64_t d = llabs(xi - be__point_i(y, l)) + llabs(xj - be__point_j(y, l));
            least = (uint64_t)d < (uint64_t)least ? d : least;
        }
    }
    return least;
}

static int64_t manhattan(be__machine *m, const be__value *a)
{
    be__points x, y = {0};
    if (!be__points_of(m, a[0], false, &x) || (x.n && !be__points_of(m, a[1], false, &y)) ||
        !be__charge(m, (uint64_t)x.n * y.n / 16)) {
        return -1;
    }
    int64_t least = distance(&x, &y, 0, 0);
    if (least < 0) {
        be__raise(m, BE__VALUE_ERROR);
    }
    return least;
}

be__value be__run_manhattan(be__machine *m, const be__value *a)
{
    int64_t least = manhattan(m, a);
    return least < 0 ? BE__RAISED : be__small(least);
}

be__value be__run_adjacent(be__machine *m, const be__value *a)
{
    int64_t least = manhattan(m, a);
    return least < 0 ? BE__RAISED : be__bool(least == 1);
}

be__value be__run_position(be__machine *m, const be__value *a)
{
    be__value x = be__run_toindices(m, a);
    x = x ? be__run_center(m, &x) : x;
    be__value y = x ? be__run_toindices(m, a + 1) : x;
    y = y ? be__run_center(m, &y) : y;
    if (!y) {
        return BE__RAISED;
    }
    int64_t xi = be__pair_i(x), xj = be__pair_j(x), yi = be__pair_i(y), yj = be__pair_j(y);
    int64_t down = xi < yi ? 1 : -1, right = xj < yj ? 1 : -1;
    return xi == yi   ? be__small_pair(0, right)
           : xj == yj ? be__small_pair(down, 0)
                      : be__small_pair(down, right);
}

be__value be__run_gravitate(be__machine *m, const be__value *a)
{
    enum { STEPS = 42 };
    be__value from = be__run_center(m, a), to = from ? be__run_center(m, a + 1) : from;
    be__value vertical = to ? matching(m, a, false) : to;
    be__points x, y;
    if (!vertical || !be__points_of(m, a[0], false, &x) || !be__points_of(m, a[1], false, &y)) {
        return BE__RAISED;
    }
    int64_t i = 0, j = 0;
    if (vertical == BE__TRUE) {
        i = be__pair_i(from) < be__pair_i(to) ? 1 : -1;
    } else {
        j = be__pair_j(from) < be__pair_j(to) ? 1 : -1;
    }
    int64_t steps = 0;
    for (; steps < STEPS; steps++) {
        if (!be__charge(m, 1 + (uint64_t)x.n * y.n / 16)) {
            return BE__RAISED;
        }
        if (distance(&x, &y, -steps * i, -steps * j) == 1) {
            break;
        }
    }
    return be__small_pair(steps * i, steps * j);
}

be__value be__run_bordering(be__machine *m, const be__value *a)
{
    be__box b;
    if (!be__box_of(m, a[0], &b)) {
        return BE__RAISED;
    }
    if (b.top == 0 || b.left == 0) {
        return BE__TRUE;
    }
    int64_t rows = be__op_length(m, a[1]);
    if (rows < 0 || b.bottom == rows - 1) {
        return rows < 0 ? BE__RAISED : BE__TRUE;
    }
    be__value first = be__op_item(m, a[1], 0);
    int64_t columns = first ? be__op_length(m, first) : -1;
    return columns < 0 ? BE__RAISED : be__bool(b.right == columns - 1);
}

/* ---- lines ---------------------------------------------------------------------------------- */

/* n places from (i, j) on, in steps. */
static be__value line(be__machine *m, int64_t i, int64_t j, int64_t di, int64_t dj, int64_t n)
{
    be__value *key = keys(m, (size_t)n);
    for (int64_t k = 0; key && k < n; k++) {
        key[k] = be__pair(m, i + k * di, j + k * dj);
        if (!key[k]) {
            return BE__RAISED;
        }
    }
    return key ? be__set_of_distinct(m, key, (size_t)n) : BE__RAISED;
}

be__value be__run_connect(be__machine *m, const be__value *a)
{
    int64_t ai, aj, bi, bj;
    be__value x, y;
    if (!be__unpack2(m, a[0], &x, &y) || !be__unpack2(m, a[1], &x, &y) ||
        !be__unpack_ints(m, a[0], &ai, &aj) || !be__unpack_ints(m, a[1], &bi, &bj)) {
        return BE__RAISED;
    }
    int64_t i = ai < bi ? ai : bi, j = aj < bj ? aj : bj;
    int64_t rows = llabs(ai - bi), columns = llabs(aj - bj);
    if (rows == 0) {
        return line(m, i, j, 0, 1, columns + 1);
    }
    if (columns == 0) {
        return line(m, i, j, 1, 0, rows + 1);
    }
    return rows != columns      ? BE__EMPTY_SET
           : bi - ai == bj - aj ? line(m, i, j, 1, 1, rows + 1)
                                : line(m, i, j + columns, 1, -1, rows + 1);
}

be__value be__run_shoot(be__machine *m, const be__value *a)
{
    enum { FAR = 42 };
    be__value to[2];
    for (unsigned k = 0; k < 2; k++) {
        be__value start = be__op_item(m, a[0], k), step = start ? be__op_item(m, a[1], k) : start;
        be__value way = step ? be__op_multiply(m, be__small(FAR), step) : step;
        to[k] = way ? be__op_add(m, start, way) : way;
        if (!to[k]) {
            return BE__RAISED;
        }
    }
    be__value end = be__tuple2(m, to[0], to[1]);
    return end ? be__run_connect(m, (be__value[]){a[0], end}) : BE__RAISED;
}

/* 30 places whose free coordinate counts from 0, and whose other is that of a place. */
static be__value frontier(be__machine *m, be__value place, bool column)
{
    enum { LENGTH = 30 };
    be__value key[LENGTH];
    for (unsigned k = 0; k < LENGTH; k++) {
        be__value fixed = be__op_item(m, place, column);
        key[k] = !fixed   ? BE__RAISED
                 : column ? be__tuple2(m, be__small(k), fixed)
                          : be__tuple2(m, fixed, be__small(k));
        if (!key[k]) {
            return BE__RAISED;
        }
    }
    return be__set_of_items(m, key, LENGTH);
}

be__value be__run_vfrontier(be__machine *m, const be__value *a)
{
    return frontier(m, a[0], true);
}

be__value be__run_hfrontier(be__machine *m, const be__value *a)
{
    return frontier(m, a[0], false);
}

/* ---- objects -------------------------------------------------------------------------------- */

be__value be__run_color(be__machine *m, const be__value *a)
{
    if (be__is_set(a[0]) && be__set_of(a[0])->of == BE__CELL && be__head_of(a[0])->pending) {
        const be__value *cell = be__set_of(a[0])->key;
        size_t n = be__length(a[0]), same = 1;
        while (same < n && be__cell_color(cell[same]) == be__cell_color(cell[0])) {
            same++;
        }
        if (same == n) { /* whichever is the first */
            return be__small(be__cell_color(cell[0]));
        }
    }
    be__value first = be__run_first(m, a);
    return first ? be__op_item(m, first, 0) : first;
}

/* The set of what be__filtered keeps. */
static be__value filtered_set(be__machine *m, be__value container, be__keep *keep, be__value with)
{
    be__value kept = be__filtered(m, container, keep, with);
    be__view view;
    if (!kept || be__is_set(kept)) {
        return kept;
    }
    return be__view_of(m, kept, &view) ? be__set_of_items(m, view.item, view.n) : BE__RAISED;
}

static int has_color(be__machine *m, be__value object, be__value color)
{
    be__value first = be__run_color(m, &object);
    if (!first) {
        be__in_generator(m);
        return -1;
    }
    return be__equal(first, color);
}

be__value be__run_colorfilter(be__machine *m, const be__value *a)
{
    return filtered_set(m, a[0], has_color, a[1]);
}

static int has_size(be__machine *m, be__value item, be__value size)
{
    int64_t length = be__op_length(m, item);
    return length < 0 ? -1 : be__equal(be__small(length), size);
}

be__value be__run_sizefilter(be__machine *m, const be__value *a)
{
    return filtered_set(m, a[0], has_size, a[1]);
}

/* hperiod and vperiod: the smallest shift left (or up) by p that puts the part that stays at or
 * right of (below) the edge onto cells of the object. */
static be__value period(be__machine *m, be__value object, bool across)
{
    be__value normal = be__run_normalize(m, &object);
    be__value extent = !normal  ? normal
                       : across ? be__run_width(m, &normal)
                                : be__run_height(m, &normal);
    be__points p;
    if (!extent) {
        return BE__RAISED;
    }
    if (be__int_of(extent) <= 1) {
        return extent;
    }
    if (!be__points_of(m, normal, false, &p)) {
        return BE__RAISED;
    }
    if (!p.object) {
        return be__type_error(m);
    }
    for (int64_t by = 1; by < be__int_of(extent); by++) {
        bool fits = be__charge(m, p.n);
        for (size_t k = 0; fits && k < p.n; k++) {
            int64_t i = be__point_i(&p, k) - (across ? 0 : by);
            int64_t j = be__point_j(&p, k) - (across ? by : 0);
            if ((across ? j : i) >= 0) {
                be__value cell = be__cell(m, be__point_color(&p, k), i, j);
                fits = cell && be__set_has(m, normal, cell);
            }
        }
        if (fits || m->error) {
            return m->error ? BE__RAISED : be__small(by);
        }
    }
    return extent;
}

be__value be__run_hperiod(be__machine *m, const be__value *a)
{
    return period(m, a[0], true);
}

be__value be__run_vperiod(be__machine *m, const be__value *a)
{
    return period(m, a[0], false);
}
