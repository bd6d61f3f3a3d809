/* prims_plain.c: the grid primitives on tuples of anything; see prims_plain.h. */
#include "arc/prims_plain.h"

#include "arc/points.h"

/* ---- tuples in the making ------------------------------------------------------------------- */

/* A list that grows. */
typedef struct list {
    be__machine *m;
    be__value *item;
    size_t n, room;
} list;

static bool push(list *to, be__value v)
{
    if (!v || !be__charge(to->m, 1)) {
        return false;
    }
    if (to->n == to->room) {
        size_t room = to->room ? 2 * to->room : 16;
        be__value *item =
            room <= 2 * (size_t)to->m->limits.items ? be__take_values(to->m, room) : NULL;
        if (!item) {
            be__raise(to->m, BE__ITEMS_ERROR);
            return false;
        }
        if (to->n) {
            memcpy(item, to->item, to->n * sizeof *item);
        }
        to->item = item;
        to->room = room;
    }
    to->item[to->n++] = v;
    return true;
}

static be__value tuple_of(const list *from)
{
    return be__tuple(from->m, from->item, from->n);
}

/* A bound of a slice of n items. */
static int64_t bound(int64_t at, int64_t n)
{
    at += at < 0 ? n : 0;
    return at < 0 ? 0 : at > n ? n : at;
}

/* v[start:stop] */
static be__value slice(be__machine *m, be__value v, int64_t start, int64_t stop)
{
    be__view view;
    if (!be__is_tuple(v)) {
        return be__type_error(m);
    }
    if (!be__view_of(m, v, &view)) {
        return BE__RAISED;
    }
    int64_t n = (int64_t)view.n, from = bound(start, n), to = bound(stop, n);
    return from < to ? be__tuple(m, view.item + from, (size_t)(to - from)) : BE__EMPTY_TUPLE;
}

/* v[::-1] */
static be__value reversed(be__machine *m, be__value v)
{
    be__view view;
    if (!be__is_tuple(v)) {
        return be__type_error(m);
    }
    if (!be__view_of(m, v, &view)) {
        return BE__RAISED;
    }
    list out = {.m = m};
    for (size_t k = view.n; k-- > 0;) {
        if (!push(&out, view.item[k])) {
            return BE__RAISED;
        }
    }
    return tuple_of(&out);
}

typedef be__value row_map(be__machine *m, be__value row);

static be__value map(be__machine *m, be__value v, row_map *f)
{
    be__view view;
    list out = {.m = m};
    if (!be__view_of(m, v, &view)) {
        return BE__RAISED;
    }
    for (size_t k = 0; k < view.n; k++) {
        if (!push(&out, f(m, view.item[k]))) {
            return BE__RAISED;
        }
    }
    return tuple_of(&out);
}

/* tuple(zip(*v)) */
static be__value zipped(be__machine *m, be__value v)
{
    be__view rows, row;
    if (!be__view_of(m, v, &rows)) {
        return BE__RAISED;
    }
    size_t columns = rows.n ? SIZE_MAX : 0;
    for (size_t r = 0; r < rows.n; r++) {
        if (!be__view_of(m, rows.item[r], &row)) {
            return BE__RAISED;
        }
        columns = row.n < columns ? row.n : columns;
    }
    list out = {.m = m};
    for (size_t c = 0; c < columns; c++) {
        list column = {.m = m};
        for (size_t r = 0; r < rows.n; r++) {
            if (!be__view_of(m, rows.item[r], &row) || !push(&column, row.item[c])) {
                return BE__RAISED;
            }
        }
        if (!push(&out, tuple_of(&column))) {
            return BE__RAISED;
        }
    }
    return tuple_of(&out);
}

/* grid[i][j] */
static be__value at(be__machine *m, be__value grid, int64_t i, int64_t j)
{
    be__value row = be__op_item(m, grid, i);
    return row ? be__op_item(m, row, j) : row;
}

/* len(grid), len(grid[0]) */
static bool dims(be__machine *m, be__value grid, int64_t *rows, int64_t *columns)
{
    *rows = be__op_length(m, grid);
    be__value first = *rows < 0 ? BE__RAISED : be__op_item(m, grid, 0);
    *columns = first ? be__op_length(m, first) : -1;
    return *columns >= 0;
}

/* Every cell of the grid in the order of reading, with `use`; false where that is. */
typedef bool cell_use(void *to, be__value v, int64_t i, int64_t j);

static bool each_cell(be__machine *m, be__value grid, cell_use *use, void *to)
{
    be__view rows, row;
    if (!be__view_of(m, grid, &rows)) {
        return false;
    }
    for (size_t i = 0; i < rows.n; i++) {
        if (!be__view_of(m, rows.item[i], &row) || !be__charge(m, row.n)) {
            return false;
        }
        for (size_t j = 0; j < row.n; j++) {
            if (!use(to, row.item[j], (int64_t)i, (int64_t)j)) {
                return false;
            }
        }
    }
    return true;
}

/* ---- colours -------------------------------------------------------------------------------- */

static bool push_cell(void *to, be__value v, int64_t i, int64_t j)
{
    (void)i;
    (void)j;
    return push(to, v);
}

/* The colours of an element: of a tuple its items' items, of a set the first of each pair. */
static be__value colors(be__machine *m, be__value element)
{
    list out = {.m = m};
    be__view view;
    if (be__is_tuple(element)) {
        return each_cell(m, element, push_cell, &out) ? tuple_of(&out) : BE__RAISED;
    }
    if (!be__view_of(m, element, &view)) {
        return BE__RAISED;
    }
    for (size_t k = 0; k < view.n; k++) {
        be__value color, place;
        if (!be__unpack2(m, view.item[k], &color, &place) || !push(&out, color)) {
            return BE__RAISED;
        }
    }
    return tuple_of(&out);
}

be__value be__plain_mostcolor(be__machine *m, const be__value *a)
{
    be__value all = colors(m, a[0]);
    return all ? be__run_mostcommon(m, &all) : all;
}

be__value be__plain_leastcolor(be__machine *m, const be__value *a)
{
    be__value all = colors(m, a[0]);
    return all ? be__run_leastcommon(m, &all) : all;
}

be__value be__plain_palette(be__machine *m, const be__value *a)
{
    be__value all = colors(m, a[0]);
    be__view view;
    if (!all || !be__view_of(m, all, &view)) {
        return BE__RAISED;
    }
    be__builder b;
    be__build(&b, m);
    for (size_t k = 0; k < view.n; k++) {
        if (!be__build_add(&b, view.item[k], be__hash(view.item[k]))) {
            return BE__RAISED;
        }
    }
    return be__build_freeze(&b);
}

be__value be__plain_colorcount(be__machine *m, const be__value *a)
{
    be__view rows, row;
    int64_t count = 0;
    if (!be__view_of(m, a[0], &rows)) {
        return BE__RAISED;
    }
    for (size_t k = 0; k < rows.n; k++) {
        be__value color, place;
        if (!be__is_tuple(a[0])) {
            if (!be__unpack2(m, rows.item[k], &color, &place)) {
                return BE__RAISED;
            }
            count += be__equal(color, a[1]);
            continue;
        }
        if (!be__is_tuple(rows.item[k])) {
            return be__raise(m, BE__ATTRIBUTE_ERROR);
        }
        if (!be__view_of(m, rows.item[k], &row) || !be__charge(m, row.n)) {
            return BE__RAISED;
        }
        for (size_t j = 0; j < row.n; j++) {
            count += be__equal(row.item[j], a[1]);
        }
    }
    return be__small(count);
}

/* ---- places and objects --------------------------------------------------------------------- */

be__value be__plain_asindices(be__machine *m, const be__value *a)
{
    int64_t rows = be__op_length(m, a[0]), columns;
    if (rows <= 0) {
        return rows < 0 ? BE__RAISED : BE__EMPTY_SET;
    }
    if (!dims(m, a[0], &rows, &columns) ||
        !be__charge_items(m, (uint64_t)rows * (uint64_t)columns)) {
        return BE__RAISED;
    }
    return be__rectangle(m, &(be__box){0, 0, (int32_t)rows - 1, (int32_t)columns - 1});
}

/* Cells picked by colour: their places, or they themselves. */
typedef struct pick {
    list out;
    be__value color; /* BE__RAISED: any */
    bool cells;
} pick;

static bool pick_cell(void *to, be__value v, int64_t i, int64_t j)
{
    pick *p = to;
    if (p->color && !be__equal(v, p->color)) {
        return true;
    }
    return push(&p->out, p->cells ? be__cell(p->out.m, v, i, j) : be__pair(p->out.m, i, j));
}

static be__value picked(be__machine *m, be__value grid, be__value color, bool cells)
{
    pick p = {.out = {.m = m}, .color = color, .cells = cells};
    return each_cell(m, grid, pick_cell, &p) ? be__set_of_items(m, p.out.item, p.out.n)
                                             : BE__RAISED;
}

be__value be__plain_ofcolor(be__machine *m, const be__value *a)
{
    return picked(m, a[0], a[1], false);
}

be__value be__plain_asobject(be__machine *m, const be__value *a)
{
    return picked(m, a[0], BE__RAISED, true);
}

/* frozenset of the cells of each colour, for the colours in their order. */
static be__value parted(be__machine *m, be__value grid, be__value palette)
{
    be__view view;
    list out = {.m = m};
    if (!palette || !be__view_of(m, palette, &view)) {
        return BE__RAISED;
    }
    for (size_t k = 0; k < view.n; k++) {
        if (!push(&out, picked(m, grid, view.item[k], true))) {
            return BE__RAISED;
        }
    }
    return be__set_of_items(m, out.item, out.n);
}

be__value be__plain_partition(be__machine *m, const be__value *a)
{
    return parted(m, a[0], be__plain_palette(m, a));
}

be__value be__plain_fgpartition(be__machine *m, const be__value *a)
{
    be__value palette = be__plain_palette(m, a);
    be__value most = palette ? be__plain_mostcolor(m, a) : palette;
    be__value one = most ? be__set_of_items(m, &most, 1) : most;
    return one ? parted(m, a[0], be__set_minus(m, palette, one)) : one;
}

be__value be__plain_toobject(be__machine *m, const be__value *a)
{
    int64_t rows, columns;
    be__points p;
    list out = {.m = m};
    if (!dims(m, a[1], &rows, &columns)) {
        return BE__RAISED;
    }
    be__value indices = be__run_toindices(m, a); /* a set of its own, with an order of its own */
    if (!indices || !be__points_of(m, indices, true, &p)) {
        return BE__RAISED;
    }
    for (size_t k = 0; k < p.n; k++) {
        int64_t i = be__point_i(&p, k), j = be__point_j(&p, k);
        if (i >= 0 && i < rows && j >= 0 && j < columns) {
            be__value color = at(m, a[1], i, j);
            if (!color || !push(&out, be__cell(m, color, i, j))) {
                return BE__RAISED;
            }
        }
    }
    return be__set_of_items(m, out.item, out.n);
}

/* The places next to (i, j) that lie in the grid, in the order CPython's sets give them. */
static bool add_around(be__builder *to, be__value place, bool diagonal, int64_t rows,
                       int64_t columns)
{
    be__machine *m = to->m;
    be__value around = diagonal ? be__run_neighbors(m, &place) : be__run_dneighbors(m, &place);
    be__view view;
    be__builder inside;
    be__build(&inside, m);
    if (!around || !be__view_of(m, around, &view)) {
        return false;
    }
    for (size_t k = 0; k < view.n; k++) {
        int64_t i = be__pair_i(view.item[k]), j = be__pair_j(view.item[k]);
        if (i >= 0 && i < rows && j >= 0 && j < columns &&
            !be__build_add(&inside, view.item[k], be__hash(view.item[k]))) {
            return false;
        }
    }
    be__value made = be__build_end(&inside);
    return made && be__build_update(to, made);
}

be__value be__plain_objects(be__machine *m, const be__value *a)
{
    bool univalued = be__truth(a[1]), diagonal = be__truth(a[2]);
    be__value grid = a[0], background = BE__NONE;
    int64_t rows, columns;
    if (be__truth(a[3]) && !(background = be__plain_mostcolor(m, a))) {
        return BE__RAISED;
    }
    be__value all = dims(m, grid, &rows, &columns) ? be__plain_asindices(m, a) : BE__RAISED;
    be__view seeds;
    if (!all || !be__view_of(m, all, &seeds)) {
        return BE__RAISED;
    }
    be__builder objects, occupied;
    be__build(&objects, m);
    be__build(&occupied, m);
    uint8_t *used = be__take(m, (size_t)(rows * columns) + 1); /* the same as `occupied` */
    if (!used) {
        return BE__RAISED;
    }
    memset(used, 0, (size_t)(rows * columns));
    for (size_t s = 0; s < seeds.n; s++) {
        be__value seed = seeds.item[s];
        int64_t si = be__pair_i(seed), sj = be__pair_j(seed);
        if (used[si * columns + sj]) {
            continue;
        }
        be__value color = at(m, grid, si, sj);
        if (!color) {
            return BE__RAISED;
        }
        if (be__equal(color, background)) {
            continue;
        }
        be__builder object, first;
        be__build(&object, m);
        be__build(&first, m);
        be__value cell = be__cell(m, color, si, sj);
        if (!cell || !be__build_add(&object, cell, be__hash(cell)) ||
            !be__build_add(&first, seed, be__hash(seed))) {
            return BE__RAISED;
        }
        be__value frontier = be__build_end(&first);
        while (frontier && be__length(frontier) > 0) {
            be__view view;
            be__builder next;
            be__build(&next, m);
            if (!be__view_of(m, frontier, &view) || !be__charge(m, 8 * view.n)) {
                return BE__RAISED;
            }
            for (size_t k = 0; k < view.n; k++) {
                int64_t i = be__pair_i(view.item[k]), j = be__pair_j(view.item[k]);
                be__value v = at(m, grid, i, j);
                if (!v) {
                    return BE__RAISED;
                }
                if (univalued ? !be__equal(color, v) : be__equal(v, background)) {
                    continue;
                }
                cell = be__cell(m, v, i, j);
                if (!cell || !be__build_add(&object, cell, be__hash(cell)) ||
                    !be__build_add(&occupied, view.item[k], be__hash(view.item[k])) ||
                    !add_around(&next, view.item[k], diagonal, rows, columns)) {
                    return BE__RAISED;
                }
                used[i * columns + j] = 1;
            }
            be__value reached = be__build_end(&next);
            be__builder kept; /* reached - occupied, by the rule of the sets' sizes */
            be__build(&kept, m);
            if (!reached || !be__view_of(m, reached, &view)) {
                return BE__RAISED;
            }
            bool copied = view.n >> 2 > occupied.used;
            if (copied && !be__build_update(&kept, reached)) {
                return BE__RAISED;
            }
            for (size_t k = 0; k < view.n; k++) {
                be__value place = view.item[k];
                bool taken = used[be__pair_i(place) * columns + be__pair_j(place)];
                if (copied && taken) {
                    be__build_discard(&kept, place, be__hash(place));
                } else if (!copied && !taken && !be__build_add(&kept, place, be__hash(place))) {
                    return BE__RAISED;
                }
            }
            frontier = be__build_end(&kept);
        }
        be__value made = frontier ? be__build_freeze(&object) : BE__RAISED;
        if (!made || !be__build_add(&objects, made, be__hash(made))) {
            return BE__RAISED;
        }
    }
    return be__build_freeze(&objects);
}

/* ---- parts and turns ------------------------------------------------------------------------ */

be__value be__plain_crop(be__machine *m, const be__value *a)
{
    be__value from[2], size[2], to[2];
    for (unsigned k = 0; k < 2; k++) {
        from[k] = be__op_item(m, a[1], k);
        size[k] = from[k] ? be__op_item(m, a[2], k) : from[k];
        to[k] = size[k] ? be__op_add(m, from[k], size[k]) : size[k];
        if (!to[k]) {
            return BE__RAISED;
        }
        if (!be__is_int(from[k]) || !be__is_int(to[k])) {
            return be__type_error(m);
        }
        if (k == 0) { /* only rows that are there ask for the columns */
            be__value rows = slice(m, a[0], be__int_of(from[0]), be__int_of(to[0]));
            if (!rows || be__length(rows) == 0) {
                return rows;
            }
        }
    }
    be__value rows = slice(m, a[0], be__int_of(from[0]), be__int_of(to[0]));
    be__view view;
    list out = {.m = m};
    if (!rows || !be__view_of(m, rows, &view)) {
        return BE__RAISED;
    }
    for (size_t k = 0; k < view.n; k++) {
        if (!push(&out, slice(m, view.item[k], be__int_of(from[1]), be__int_of(to[1])))) {
            return BE__RAISED;
        }
    }
    return tuple_of(&out);
}

be__value be__plain_hmirror(be__machine *m, const be__value *a)
{
    return reversed(m, a[0]);
}

be__value be__plain_vmirror(be__machine *m, const be__value *a)
{
    return map(m, a[0], reversed);
}

be__value be__plain_dmirror(be__machine *m, const be__value *a)
{
    return zipped(m, a[0]);
}

be__value be__plain_cmirror(be__machine *m, const be__value *a)
{
    be__value turned = reversed(m, a[0]);
    turned = turned ? map(m, turned, reversed) : turned;
    return turned ? zipped(m, turned) : turned;
}

be__value be__plain_rot90(be__machine *m, const be__value *a)
{
    be__value turned = reversed(m, a[0]);
    return turned ? zipped(m, turned) : turned;
}

be__value be__plain_rot180(be__machine *m, const be__value *a)
{
    be__value turned = reversed(m, a[0]);
    return turned ? map(m, turned, reversed) : turned;
}

be__value be__plain_rot270(be__machine *m, const be__value *a)
{
    be__value turned = be__plain_rot90(m, a);
    turned = turned ? map(m, turned, reversed) : turned;
    return turned ? reversed(m, turned) : turned;
}

static be__value inner(be__machine *m, be__value row)
{
    return slice(m, row, 1, be__is_tuple(row) ? (int64_t)be__length(row) - 1 : 0);
}

be__value be__plain_trim(be__machine *m, const be__value *a)
{
    be__value rows = be__is_tuple(a[0]) && be__length(a[0]) == 0 ? a[0] : inner(m, a[0]);
    return rows ? map(m, rows, inner) : rows;
}

be__value be__plain_tophalf(be__machine *m, const be__value *a)
{
    int64_t n = be__op_length(m, a[0]);
    return n < 0 ? BE__RAISED : slice(m, a[0], 0, n / 2);
}

be__value be__plain_bottomhalf(be__machine *m, const be__value *a)
{
    int64_t n = be__op_length(m, a[0]);
    return n < 0 ? BE__RAISED : slice(m, a[0], n / 2 + n % 2, n);
}

/* n pieces of a grid side by side, or one below the other. */
static be__value split(be__machine *m, const be__value *a, bool across)
{
    int64_t size[2] = {be__op_length(m, a[0]), 0};
    be__value part = BE__RAISED;
    if (size[0] < 0 || (!across && !(part = be__op_floor_divide(m, be__small(size[0]), a[1]))) ||
        !dims(m, a[0], &size[0], &size[1])) {
        return BE__RAISED;
    }
    be__value length = be__small(size[across]);
    part = across ? be__op_floor_divide(m, length, a[1]) : part;
    be__value rest = part ? be__op_modulo(m, length, a[1]) : part;
    if (!rest) {
        return BE__RAISED;
    }
    if (!be__is_int(a[1])) {
        return be__type_error(m);
    }
    int64_t by = be__int_of(part);
    int64_t stride = by + (be__int_of(rest) != 0);
    size[across] = by;
    list out = {.m = m};
    for (int64_t k = 0; k < be__int_of(a[1]); k++) {
        be__value args[3] = {a[0], across ? be__pair(m, 0, stride * k) : be__pair(m, stride * k, 0),
                             be__pair(m, size[0], size[1])};
        if (!args[1] || !args[2] || !push(&out, be__plain_crop(m, args))) {
            return BE__RAISED;
        }
    }
    return tuple_of(&out);
}

be__value be__plain_hsplit(be__machine *m, const be__value *a)
{
    return split(m, a, true);
}

be__value be__plain_vsplit(be__machine *m, const be__value *a)
{
    return split(m, a, false);
}

be__value be__plain_hconcat(be__machine *m, const be__value *a)
{
    be__view x, y;
    list out = {.m = m};
    if (!be__view_of(m, a[0], &x) || !be__view_of(m, a[1], &y)) {
        return BE__RAISED;
    }
    for (size_t k = 0; k < x.n && k < y.n; k++) {
        if (!push(&out, be__op_add(m, x.item[k], y.item[k]))) {
            return BE__RAISED;
        }
    }
    return tuple_of(&out);
}

be__value be__plain_vconcat(be__machine *m, const be__value *a)
{
    return be__op_add(m, a[0], a[1]);
}

/* Append v `times` times; times must be an int. */
static bool push_times(list *to, be__value v, be__value times)
{
    if (!be__is_int(times)) {
        be__type_error(to->m);
        return false;
    }
    for (int64_t k = 0; k < be__int_of(times); k++) {
        if (!push(to, v)) {
            return false;
        }
    }
    return true;
}

/* Each item of a row `factor` times. */
static be__value stretched(be__machine *m, be__value row, be__value factor)
{
    be__view view;
    list out = {.m = m};
    if (!be__view_of(m, row, &view)) {
        return BE__RAISED;
    }
    for (size_t k = 0; k < view.n; k++) {
        if (!push_times(&out, view.item[k], factor)) {
            return BE__RAISED;
        }
    }
    return tuple_of(&out);
}

be__value be__plain_vupscale(be__machine *m, const be__value *a)
{
    return stretched(m, a[0], a[1]);
}

static be__value scaled(be__machine *m, const be__value *a, bool rows_too)
{
    be__view view;
    list out = {.m = m};
    if (!be__view_of(m, a[0], &view)) {
        return BE__RAISED;
    }
    for (size_t k = 0; k < view.n; k++) {
        be__value row = stretched(m, view.item[k], a[1]);
        if (!row || !push_times(&out, row, rows_too ? a[1] : be__small(1))) {
            return BE__RAISED;
        }
    }
    return tuple_of(&out);
}

be__value be__plain_hupscale(be__machine *m, const be__value *a)
{
    return scaled(m, a, false);
}

/* Of an object: every cell a square, from its upper left corner. */
static be__value upscaled_object(be__machine *m, const be__value *a)
{
    int64_t n = be__op_length(m, a[0]);
    be__box box;
    be__points p;
    if (n <= 0) {
        return n < 0 ? BE__RAISED : BE__EMPTY_SET;
    }
    if (!be__box_of(m, a[0], &box)) {
        return BE__RAISED;
    }
    be__value back = be__pair(m, box.top, box.left);
    be__value args[2] = {a[0], be__pair(m, -(int64_t)box.top, -(int64_t)box.left)};
    be__value normal = back && args[1] ? be__run_shift(m, args) : BE__RAISED;
    if (!normal || !be__points_of(m, normal, true, &p)) {
        return BE__RAISED;
    }
    if (!p.object || !be__is_int(a[1])) {
        return be__type_error(m);
    }
    int64_t factor = be__int_of(a[1]);
    be__builder cells;
    be__build(&cells, m);
    for (size_t k = 0; k < p.n; k++) {
        for (int64_t i = 0; i < factor; i++) {
            for (int64_t j = 0; j < factor; j++) {
                be__value cell =
                    be__cell(m, be__point_color(&p, k), be__point_i(&p, k) * factor + i,
                             be__point_j(&p, k) * factor + j);
                if (!cell || !be__charge(m, 1) || !be__build_add(&cells, cell, be__hash(cell))) {
                    return BE__RAISED;
                }
            }
        }
    }
    be__value large = be__build_freeze(&cells);
    return large ? be__run_shift(m, (be__value[]){large, back}) : large;
}

be__value be__plain_upscale(be__machine *m, const be__value *a)
{
    return be__is_tuple(a[0]) ? scaled(m, a, true) : upscaled_object(m, a);
}

be__value be__plain_downscale(be__machine *m, const be__value *a)
{
    int64_t rows, columns;
    list out = {.m = m}, kept = {.m = m};
    if (!dims(m, a[0], &rows, &columns)) {
        return BE__RAISED;
    }
    for (int64_t i = 0; i < rows; i++) {
        list row = {.m = m};
        for (int64_t j = 0; j < columns; j++) {
            be__value rest = be__op_modulo(m, be__small(j), a[1]);
            if (!rest || (be__int_of(rest) == 0 && !push(&row, at(m, a[0], i, j)))) {
                return BE__RAISED;
            }
        }
        if (!push(&out, tuple_of(&row))) {
            return BE__RAISED;
        }
    }
    for (int64_t i = 0; i < rows; i++) {
        be__value rest = be__op_modulo(m, be__small(i), a[1]);
        if (!rest || (be__int_of(rest) == 0 && !push(&kept, out.item[i]))) {
            return BE__RAISED;
        }
    }
    return tuple_of(&kept);
}

/* ---- painting ------------------------------------------------------------------------------- */

/* list(list(row) for row in grid) */
typedef struct sheet {
    list *row;
    size_t n;
} sheet;

static bool sheet_of(be__machine *m, be__value grid, sheet *s)
{
    be__view rows, row;
    if (!be__view_of(m, grid, &rows)) {
        return false;
    }
    s->n = rows.n;
    s->row = be__take(m, (rows.n + 1) * sizeof *s->row);
    for (size_t i = 0; s->row && i < rows.n; i++) {
        s->row[i] = (list){.m = m};
        if (!be__view_of(m, rows.item[i], &row)) {
            return false;
        }
        for (size_t j = 0; j < row.n; j++) {
            if (!push(&s->row[i], row.item[j])) {
                return false;
            }
        }
    }
    return s->row != NULL;
}

static be__value grid_of(be__machine *m, const sheet *s)
{
    list out = {.m = m};
    for (size_t i = 0; i < s->n; i++) {
        if (!push(&out, tuple_of(&s->row[i]))) {
            return BE__RAISED;
        }
    }
    return tuple_of(&out);
}

/* Paint the places of a patch: in one colour, or (color = 0) in the object's own; only over `under`
 * unless that is 0. */
static be__value painted(be__machine *m, be__value grid, be__value patch, be__value color,
                         be__value under)
{
    int64_t rows, columns;
    sheet s;
    be__points p;
    if (!dims(m, grid, &rows, &columns) || !sheet_of(m, grid, &s) ||
        !(color ? be__points_of(m, patch, true, &p) : be__object_of(m, patch, &p))) {
        return BE__RAISED;
    }
    for (size_t k = 0; k < p.n; k++) {
        int64_t i = be__point_i(&p, k), j = be__point_j(&p, k);
        if (i < 0 || i >= rows || j < 0 || j >= columns) {
            continue;
        }
        if ((size_t)j >= s.row[i].n) {
            return be__raise(m, BE__INDEX_ERROR);
        }
        if (!under || be__equal(s.row[i].item[j], under)) {
            s.row[i].item[j] = color ? color : be__point_color(&p, k);
        }
    }
    return grid_of(m, &s);
}

be__value be__plain_fill(be__machine *m, const be__value *a)
{
    return painted(m, a[0], a[2], a[1], BE__RAISED);
}

be__value be__plain_paint(be__machine *m, const be__value *a)
{
    return painted(m, a[0], a[1], BE__RAISED, BE__RAISED);
}

be__value be__plain_underfill(be__machine *m, const be__value *a)
{
    int64_t rows, columns;
    be__value under = dims(m, a[0], &rows, &columns) ? be__plain_mostcolor(m, a) : BE__RAISED;
    return under ? painted(m, a[0], a[2], a[1], under) : under;
}

be__value be__plain_underpaint(be__machine *m, const be__value *a)
{
    int64_t rows, columns;
    be__value under = dims(m, a[0], &rows, &columns) ? be__plain_mostcolor(m, a) : BE__RAISED;
    return under ? painted(m, a[0], a[1], BE__RAISED, under) : under;
}

be__value be__plain_cellwise(be__machine *m, const be__value *a)
{
    int64_t rows, columns;
    list out = {.m = m};
    if (!dims(m, a[0], &rows, &columns)) {
        return BE__RAISED;
    }
    for (int64_t i = 0; i < rows; i++) {
        list row = {.m = m};
        for (int64_t j = 0; j < columns; j++) {
            be__value x = at(m, a[0], i, j), y = x ? at(m, a[1], i, j) : x;
            if (!y || !push(&row, be__equal(x, y) ? x : a[2])) {
                return BE__RAISED;
            }
        }
        if (!push(&out, tuple_of(&row))) {
            return BE__RAISED;
        }
    }
    return tuple_of(&out);
}

/* Each cell through up to two exchanges: from[k] becomes to[k], the first that fits. */
static be__value exchanged(be__machine *m, be__value grid, const be__value *from,
                           const be__value *to, size_t n)
{
    sheet s;
    if (!sheet_of(m, grid, &s)) {
        return BE__RAISED;
    }
    for (size_t i = 0; i < s.n; i++) {
        for (size_t j = 0; j < s.row[i].n; j++) {
            for (size_t k = 0; k < n; k++) {
                if (be__equal(s.row[i].item[j], from[k])) {
                    s.row[i].item[j] = to[k];
                    break;
                }
            }
        }
    }
    return grid_of(m, &s);
}

be__value be__plain_replace(be__machine *m, const be__value *a)
{
    return exchanged(m, a[0], a + 1, a + 2, 1);
}

be__value be__plain_switch(be__machine *m, const be__value *a)
{
    return exchanged(m, a[0], (be__value[]){a[2], a[1]}, a + 1, 2);
}

be__value be__plain_index(be__machine *m, const be__value *a)
{
    int64_t i, j, rows, columns;
    if (!be__unpack_ints(m, a[1], &i, &j) || !dims(m, a[0], &rows, &columns)) {
        return BE__RAISED;
    }
    if (!be__is_tuple(a[1]) && i >= 0 && i < rows && j >= 0 && j < columns) {
        return be__type_error(m); /* loc[0] of a set */
    }
    return i < 0 || i >= rows || j < 0 || j >= columns ? BE__NONE : at(m, a[0], i, j);
}

be__value be__plain_canvas(be__machine *m, const be__value *a)
{
    be__value rows = be__op_item(m, a[1], 0);
    list row = {.m = m}, out = {.m = m};
    if (!rows || !be__is_int(rows)) {
        return rows ? be__type_error(m) : rows;
    }
    if (be__int_of(rows) <= 0) {
        return BE__EMPTY_TUPLE;
    }
    be__value columns = be__op_item(m, a[1], 1);
    if (!columns || !push_times(&row, a[0], columns)) {
        return BE__RAISED;
    }
    be__value one = tuple_of(&row);
    return one && be__charge_items(m, row.n) && push_times(&out, one, rows) ? tuple_of(&out)
                                                                            : BE__RAISED;
}

/* ---- looking for things --------------------------------------------------------------------- */

/* Whether the object, moved by (i, j), has the colours of the grid there; its cells are looked at
 * in the order they have then, up to the first that differs. -1 with the error raised. */
static int matches_at(be__machine *m, be__value grid, be__value normal, int64_t i, int64_t j)
{
    unsigned char *before = m->cursor;
    be__points p;
    be__value moved = be__run_shift(m, (be__value[]){normal, be__small_pair(i, j)});
    if (!moved || !be__points_of(m, moved, true, &p) || !be__charge(m, 1 + p.n)) {
        return -1;
    }
    bool matches = true;
    for (size_t k = 0; matches && k < p.n; k++) {
        be__value v = at(m, grid, be__point_i(&p, k), be__point_j(&p, k));
        if (!v) {
            return -1;
        }
        matches = be__equal(v, be__point_color(&p, k));
    }
    if (moved != normal) { /* whose order was asked for before */
        m->cursor = before;
    }
    return matches;
}

be__value be__plain_occurrences(be__machine *m, const be__value *a)
{
    be__value normal = be__run_normalize(m, a + 1);
    int64_t rows, columns;
    be__points p;
    list out = {.m = m};
    if (!normal || !dims(m, a[0], &rows, &columns)) {
        return BE__RAISED;
    }
    be__value shape = be__run_shape(m, a + 1);
    if (!shape || !be__points_of(m, normal, true, &p)) {
        return BE__RAISED;
    }
    int64_t down = rows - be__pair_i(shape), across = columns - be__pair_j(shape);
    if (p.n > 0 && !p.object && down >= 0 && across >= 0) {
        return be__type_error(m);
    }
    for (int64_t i = 0; i <= down; i++) { /* the empty object is found even past the edges */
        for (int64_t j = 0; j <= across; j++) {
            int occurs = matches_at(m, a[0], normal, i, j);
            if (occurs < 0 || (occurs && !push(&out, be__pair(m, i, j)))) {
                return BE__RAISED;
            }
        }
    }
    be__builder b;
    be__build(&b, m);
    for (size_t k = 0; k < out.n; k++) {
        if (!be__build_add(&b, out.item[k], be__hash(out.item[k]))) {
            return BE__RAISED;
        }
    }
    return be__build_freeze(&b);
}

/* Which lines of a grid are of one value: their numbers. */
static bool uniform_lines(be__machine *m, be__value grid, list *out)
{
    be__view rows, row;
    if (!be__view_of(m, grid, &rows)) {
        return false;
    }
    for (size_t i = 0; i < rows.n; i++) {
        if (!be__view_of(m, rows.item[i], &row)) {
            return false;
        }
        bool uniform = row.n > 0;
        for (size_t j = 1; uniform && j < row.n; j++) {
            uniform = be__equal(row.item[j], row.item[0]);
        }
        if (uniform && !push(out, be__small((int64_t)i))) {
            return false;
        }
    }
    return true;
}

/* The lines as objects, in a set. */
static be__value line_objects(be__machine *m, be__value grid, const list *lines, int64_t length,
                              bool rows)
{
    be__builder objects;
    be__build(&objects, m);
    for (size_t k = 0; k < lines->n; k++) {
        be__builder object;
        be__build(&object, m);
        for (int64_t x = 0; x < length; x++) {
            int64_t i = rows ? be__int_of(lines->item[k]) : x;
            int64_t j = rows ? x : be__int_of(lines->item[k]);
            be__value color = at(m, grid, i, j), cell = color ? be__cell(m, color, i, j) : color;
            if (!cell || !be__build_add(&object, cell, be__hash(cell))) {
                return BE__RAISED;
            }
        }
        be__value made = be__build_freeze(&object);
        if (!made || !be__build_add(&objects, made, be__hash(made))) {
            return BE__RAISED;
        }
    }
    return be__build_freeze(&objects);
}

be__value be__plain_frontiers(be__machine *m, const be__value *a)
{
    int64_t rows, columns;
    list ri = {.m = m}, ci = {.m = m};
    if (!dims(m, a[0], &rows, &columns) || !uniform_lines(m, a[0], &ri)) {
        return BE__RAISED;
    }
    be__value transposed = be__run_dmirror(m, a);
    if (!transposed || !uniform_lines(m, transposed, &ci)) {
        return BE__RAISED;
    }
    be__value across = line_objects(m, a[0], &ri, columns, true);
    be__value down = across ? line_objects(m, a[0], &ci, rows, false) : across;
    return down ? be__set_or(m, across, down) : down;
}

/* Whether the ascending list has k; *next is where to look from, and moves on. */
static bool listed(const list *l, size_t k, size_t *next)
{
    bool is = *next < l->n && be__int_of(l->item[*next]) == (int64_t)k;
    *next += is;
    return is;
}

be__value be__plain_compress(be__machine *m, const be__value *a)
{
    list ri = {.m = m}, ci = {.m = m}, out = {.m = m};
    be__view rows, row;
    if (!be__view_of(m, a[0], &rows) || !uniform_lines(m, a[0], &ri)) {
        return BE__RAISED;
    }
    be__value transposed = be__run_dmirror(m, a);
    if (!transposed || !uniform_lines(m, transposed, &ci)) {
        return BE__RAISED;
    }
    size_t next_row = 0;
    for (size_t i = 0; i < rows.n; i++) {
        if (listed(&ri, i, &next_row)) {
            continue;
        }
        list kept = {.m = m};
        if (!be__view_of(m, rows.item[i], &row)) {
            return BE__RAISED;
        }
        size_t next = 0;
        for (size_t j = 0; j < row.n; j++) {
            if (!listed(&ci, j, &next) && !push(&kept, row.item[j])) {
                return BE__RAISED;
            }
        }
        if (!push(&out, tuple_of(&kept))) {
            return BE__RAISED;
        }
    }
    return tuple_of(&out);
}
