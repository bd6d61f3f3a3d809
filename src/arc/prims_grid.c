/* prims_grid.c: primitives on grids of bytes.
 *
 * Each of them asks be__as_grid for the bytes, and leaves what is no such grid, or what would not
 * give one, to its namesake in prims_plain.c, which is also what it is tested against.
 */
#include "arc/objects.h"
#include "arc/points.h"
#include "arc/prims_plain.h"

#include <endian.h>

/* The grid in bytes with at least one row and column, or NULL. */
static const be__grid_object *grid_of(be__machine *m, be__value v)
{
    const be__grid_object *grid = be__as_grid(m, v);
    return grid && grid->columns > 0 ? grid : NULL;
}

/* Whether v is an int of a byte. */
static inline bool is_byte(be__value v)
{
    return be__tag(v) == BE__INT && be__fits((int64_t)v >> 3, 8);
}

static inline int8_t byte_of(be__value v)
{
    return (int8_t)((int64_t)v >> 3);
}

static inline size_t cells_of(const be__grid_object *grid)
{
    return (size_t)grid->head.n * grid->columns;
}

/* The result of a function that may have run out of something. */
static inline be__value of_grid(const be__grid_object *grid)
{
    return grid ? be__of_grid(grid) : BE__RAISED;
}

static be__grid_object *copy_of(be__machine *m, const be__grid_object *grid)
{
    be__grid_object *copy = be__grid_new(m, grid->head.n, grid->columns);
    if (copy) {
        memcpy(copy->cell, grid->cell, cells_of(grid));
    }
    return copy;
}

/* ---- colours -------------------------------------------------------------------------------- */

enum { COLORS = 256 };

/* Count the cells of each colour; colour c at [c + 128]. */
static void count_colors(const be__grid_object *grid, uint32_t count[COLORS])
{
    uint32_t other[COLORS] = {0}; /* neighbours are often alike: two counters in turn */
    memset(count, 0, COLORS * sizeof *count);
    size_t n = cells_of(grid), k = 0;
    for (; k + 2 <= n; k += 2) {
        count[grid->cell[k] + 128]++;
        other[grid->cell[k + 1] + 128]++;
    }
    if (k < n) {
        count[grid->cell[k] + 128]++;
    }
    for (k = 0; k < COLORS; k++) {
        count[k] += other[k];
    }
}

/* The colours there are in the order of their first cells, as values; returns how many. */
static size_t first_seen(const be__grid_object *grid, be__value color[COLORS])
{
    bool seen[COLORS] = {false};
    size_t found = 0;
    for (size_t k = 0; k < cells_of(grid); k++) {
        int8_t c = grid->cell[k];
        if (!seen[c + 128]) {
            seen[c + 128] = true;
            color[found++] = be__small(c);
        }
    }
    return found;
}

/* The colour with the most (sign 1) or the fewest cells (-1); ties by order of the set of colours.
 */
static be__value color_by_count(be__machine *m, const be__grid_object *grid, int sign)
{
    uint32_t count[COLORS];
    count_colors(grid, count);
    size_t best = COLORS, ties = 0;
    for (size_t c = 0; c < COLORS; c++) {
        if (count[c] == 0) {
            continue;
        }
        int64_t more = best == COLORS ? 1 : sign * ((int64_t)count[c] - (int64_t)count[best]);
        best = more > 0 ? c : best;
        ties = more > 0 ? 1 : ties + (more == 0);
    }
    if (ties == 1) {
        return be__small((int64_t)best - 128);
    }
    be__value color[COLORS];
    size_t n = first_seen(grid, color);
    be__value set = be__set_of_items(m, color, n);
    const be__value *key = set ? be__set_keys(m, set) : NULL;
    for (size_t k = 0; key && k < n; k++) {
        if (count[be__int_of(key[k]) + 128] == count[best]) {
            return key[k];
        }
    }
    return BE__RAISED;
}

static be__value mostcolor(be__machine *m, const be__grid_object *grid)
{
    be__grid_object *known = be__grid_of(be__of_grid(grid));
    if (known->most == BE__NO_COLOR) {
        uint64_t fuel = m->fuel; /* what a grid keeps costs nobody fuel, whoever asks first */
        m->fuel = UINT64_MAX;
        be__value most = color_by_count(m, grid, 1);
        m->fuel = fuel;
        if (!most) {
            return BE__RAISED;
        }
        known->most = (int16_t)be__int_of(most);
    }
    return be__small(known->most);
}

be__value be__run_mostcolor(be__machine *m, const be__value *a)
{
    const be__grid_object *grid = grid_of(m, a[0]);
    return grid ? mostcolor(m, grid) : be__plain_mostcolor(m, a);
}

be__value be__run_leastcolor(be__machine *m, const be__value *a)
{
    const be__grid_object *grid = grid_of(m, a[0]);
    return grid ? color_by_count(m, grid, -1) : be__plain_leastcolor(m, a);
}

/* frozenset of a set made of item[0, n). */
static be__value frozen(be__machine *m, const be__value *item, size_t n)
{
    be__builder b;
    be__build(&b, m);
    for (size_t k = 0; k < n; k++) {
        if (!be__build_add(&b, item[k], be__hash(item[k]))) {
            return BE__RAISED;
        }
    }
    return be__build_freeze(&b);
}

be__value be__run_palette(be__machine *m, const be__value *a)
{
    const be__grid_object *grid = grid_of(m, a[0]);
    if (!grid) {
        return be__plain_palette(m, a);
    }
    be__value color[COLORS];
    size_t n = first_seen(grid, color);
    return frozen(m, color, n);
}

be__value be__run_numcolors(be__machine *m, const be__value *a)
{
    be__value palette = be__run_palette(m, a);
    return palette ? be__small((int64_t)be__length(palette)) : palette;
}

static size_t count_of(const be__grid_object *grid, int8_t color)
{
    size_t count = 0, n = cells_of(grid);
    for (size_t k = 0; k < n; k++) {
        count += grid->cell[k] == color;
    }
    return count;
}

be__value be__run_colorcount(be__machine *m, const be__value *a)
{
    const be__grid_object *grid = is_byte(a[1]) ? grid_of(m, a[0]) : NULL;
    return grid ? be__small((int64_t)count_of(grid, byte_of(a[1]))) : be__plain_colorcount(m, a);
}

/* ---- places and objects --------------------------------------------------------------------- */

be__value be__run_asindices(be__machine *m, const be__value *a)
{
    return be__plain_asindices(m, a);
}

/* The cells of a colour (BE__NO_COLOR: all), or their places, row by row. */
static be__value picked(be__machine *m, const be__grid_object *grid, int color, bool cells)
{
    size_t n = color == BE__NO_COLOR ? cells_of(grid) : count_of(grid, (int8_t)color);
    be__value *key = be__charge_items(m, n) ? be__take_values(m, n) : NULL, *to = key;
    if (!key) {
        return BE__RAISED;
    }
    const int8_t *cell = grid->cell;
    for (int64_t i = 0; i < grid->head.n; i++) {
        for (int64_t j = 0; j < grid->columns; j++, cell++) {
            if (color == BE__NO_COLOR || *cell == color) {
                *to++ = cells ? be__small_cell(*cell, i, j) : be__small_pair(i, j);
            }
        }
    }
    be__value made = be__set_of_distinct(m, key, n);
    if (made && n > 0) {
        be__head_of(made)->planar = cells;
    }
    if (made && color == BE__NO_COLOR) {
        be__set_of(made)->boxed = true;
        be__set_of(made)->box =
            (be__box){0, 0, (int32_t)grid->head.n - 1, (int32_t)grid->columns - 1};
    }
    return made;
}

be__value be__run_ofcolor(be__machine *m, const be__value *a)
{
    const be__grid_object *grid = is_byte(a[1]) ? grid_of(m, a[0]) : NULL;
    return grid ? picked(m, grid, byte_of(a[1]), false) : be__plain_ofcolor(m, a);
}

be__value be__run_asobject(be__machine *m, const be__value *a)
{
    const be__grid_object *grid = grid_of(m, a[0]);
    return grid ? picked(m, grid, BE__NO_COLOR, true) : be__plain_asobject(m, a);
}

/* The set of all cells of each colour, for the colours in their order. */
static be__value parted(be__machine *m, const be__grid_object *grid, be__value palette)
{
    be__view view;
    be__value object[COLORS];
    if (!palette || !be__view_of(m, palette, &view)) {
        return BE__RAISED;
    }
    for (size_t k = 0; k < view.n; k++) {
        object[k] = picked(m, grid, byte_of(view.item[k]), true);
        if (!object[k]) {
            return BE__RAISED;
        }
    }
    return be__set_of_items(m, object, view.n);
}

be__value be__run_partition(be__machine *m, const be__value *a)
{
    const be__grid_object *grid = grid_of(m, a[0]);
    return grid ? parted(m, grid, be__run_palette(m, a)) : be__plain_partition(m, a);
}

be__value be__run_fgpartition(be__machine *m, const be__value *a)
{
    const be__grid_object *grid = grid_of(m, a[0]);
    if (!grid) {
        return be__plain_fgpartition(m, a);
    }
    be__value palette = be__run_palette(m, a), most = palette ? mostcolor(m, grid) : palette;
    be__value one = most ? be__set_of_items(m, &most, 1) : most;
    return one ? parted(m, grid, be__set_minus(m, palette, one)) : one;
}

be__value be__run_toobject(be__machine *m, const be__value *a)
{
    const be__grid_object *grid = grid_of(m, a[1]);
    if (!grid) {
        return be__plain_toobject(m, a);
    }
    be__value indices = be__run_toindices(m, a); /* a set of its own, with an order of its own */
    be__points p;
    if (!indices || !be__points_of(m, indices, true, &p)) {
        return BE__RAISED;
    }
    be__value *key = be__charge_items(m, p.n) ? be__take_values(m, p.n) : NULL;
    size_t n = 0;
    for (size_t k = 0; key && k < p.n; k++) {
        int64_t i = be__point_i(&p, k), j = be__point_j(&p, k);
        if ((uint64_t)i < grid->head.n && (uint64_t)j < grid->columns) {
            key[n++] = be__small_cell(grid->cell[i * grid->columns + j], i, j);
        }
    }
    be__value made = key ? be__set_of_distinct(m, key, n) : BE__RAISED;
    if (made && n > 0) {
        be__head_of(made)->planar = 1;
    }
    return made;
}

be__value be__run_objects(be__machine *m, const be__value *a)
{
    const be__grid_object *grid = m->lore ? grid_of(m, a[0]) : NULL;
    if (!grid || grid->head.n > BE__LORE_SIDE || grid->columns > BE__LORE_SIDE) {
        return be__plain_objects(m, a);
    }
    be__value background = be__truth(a[3]) ? mostcolor(m, grid) : be__small(BE__NO_COLOR);
    return background
               ? be__objects(m, grid, be__truth(a[1]), be__truth(a[2]), (int)be__int_of(background))
               : background;
}

/* ---- parts and turns ------------------------------------------------------------------------ */

/* A window on a grid: cell (r, c) of the result is the grid's cell number
 * start + r * down + c * across. */
static be__value window(be__machine *m, const be__grid_object *grid, ptrdiff_t start,
                        ptrdiff_t down, ptrdiff_t across, ptrdiff_t rows, ptrdiff_t columns)
{
    be__grid_object *out = be__grid_new(m, (size_t)rows, (size_t)columns);
    if (!out) {
        return BE__RAISED;
    }
    int8_t *to = out->cell;
    for (ptrdiff_t r = 0; r < rows; r++) {
        const int8_t *from = grid->cell + start + r * down;
        if (across == 1) {
            memcpy(to, from, (size_t)columns);
            to += columns;
            continue;
        }
        for (ptrdiff_t c = 0; c < columns; c++) {
            *to++ = from[c * across];
        }
    }
    return be__of_grid(out);
}

/* Rows [top, bottom) and columns [left, right); none of the rows gives (), none of the columns so
 * many (). */
static be__value part(be__machine *m, const be__grid_object *grid, ptrdiff_t top, ptrdiff_t bottom,
                      ptrdiff_t left, ptrdiff_t right)
{
    if (top >= bottom) {
        return BE__EMPTY_TUPLE;
    }
    if (left >= right) {
        return be__run_repeat(m, (be__value[]){BE__EMPTY_TUPLE, be__small(bottom - top)});
    }
    ptrdiff_t w = (ptrdiff_t)grid->columns;
    return window(m, grid, top * w + left, w, 1, bottom - top, right - left);
}

static be__value turned(be__machine *m, const be__value *a, unsigned prim, be__prim_run *plain)
{
    const be__grid_object *grid = grid_of(m, a[0]);
    if (!grid) {
        return plain(m, a);
    }
    ptrdiff_t h = (ptrdiff_t)grid->head.n, w = (ptrdiff_t)grid->columns;
    switch (prim) {
    case BE__PRIM_rot90:
        return window(m, grid, (h - 1) * w, 1, -w, w, h);
    case BE__PRIM_rot180:
        return window(m, grid, h * w - 1, -w, -1, h, w);
    case BE__PRIM_rot270:
        return window(m, grid, w - 1, -1, w, w, h);
    case BE__PRIM_hmirror:
        return window(m, grid, (h - 1) * w, -w, 1, h, w);
    case BE__PRIM_vmirror:
        return window(m, grid, w - 1, w, -1, h, w);
    case BE__PRIM_dmirror:
        return window(m, grid, 0, 1, w, w, h);
    default: /* cmirror */
        return window(m, grid, h * w - 1, -1, -w, w, h);
    }
}

be__value be__run_rot90(be__machine *m, const be__value *a)
{
    return turned(m, a, BE__PRIM_rot90, be__plain_rot90);
}

be__value be__run_rot180(be__machine *m, const be__value *a)
{
    return turned(m, a, BE__PRIM_rot180, be__plain_rot180);
}

be__value be__run_rot270(be__machine *m, const be__value *a)
{
    return turned(m, a, BE__PRIM_rot270, be__plain_rot270);
}

be__value be__run_hmirror(be__machine *m, const be__value *a)
{
    return be__is_tuple(a[0]) ? turned(m, a, BE__PRIM_hmirror, be__plain_hmirror)
                              : be__mirrored(m, BE__PRIM_hmirror, a[0]);
}

be__value be__run_vmirror(be__machine *m, const be__value *a)
{
    return be__is_tuple(a[0]) ? turned(m, a, BE__PRIM_vmirror, be__plain_vmirror)
                              : be__mirrored(m, BE__PRIM_vmirror, a[0]);
}

be__value be__run_dmirror(be__machine *m, const be__value *a)
{
    return be__is_tuple(a[0]) ? turned(m, a, BE__PRIM_dmirror, be__plain_dmirror)
                              : be__mirrored(m, BE__PRIM_dmirror, a[0]);
}

be__value be__run_cmirror(be__machine *m, const be__value *a)
{
    if (be__is_tuple(a[0])) {
        return turned(m, a, BE__PRIM_cmirror, be__plain_cmirror);
    }
    be__value x = be__run_vmirror(m, a);
    x = x ? be__run_dmirror(m, &x) : x;
    return x ? be__run_vmirror(m, &x) : x;
}

/* A bound of a Python slice over n items. */
static ptrdiff_t bound(int64_t at, size_t n)
{
    at += at < 0 ? (int64_t)n : 0;
    return at < 0 ? 0 : at > (int64_t)n ? (ptrdiff_t)n : (ptrdiff_t)at;
}

be__value be__run_crop(be__machine *m, const be__value *a)
{
    bool pairs = be__tag(a[1]) == BE__PAIR && be__tag(a[2]) == BE__PAIR;
    const be__grid_object *grid = pairs ? grid_of(m, a[0]) : NULL;
    if (!grid) {
        return be__plain_crop(m, a);
    }
    int64_t i = be__pair_i(a[1]), j = be__pair_j(a[1]);
    size_t h = grid->head.n, w = grid->columns;
    return part(m, grid, bound(i, h), bound(i + be__pair_i(a[2]), h), bound(j, w),
                bound(j + be__pair_j(a[2]), w));
}

be__value be__run_subgrid(be__machine *m, const be__value *a)
{
    be__value corner = be__run_ulcorner(m, a), shape = corner ? be__run_shape(m, a) : corner;
    return shape ? be__run_crop(m, (be__value[]){a[1], corner, shape}) : shape;
}

be__value be__run_trim(be__machine *m, const be__value *a)
{
    const be__grid_object *grid = grid_of(m, a[0]);
    return grid ? part(m, grid, 1, (ptrdiff_t)grid->head.n - 1, 1, (ptrdiff_t)grid->columns - 1)
                : be__plain_trim(m, a);
}

be__value be__run_tophalf(be__machine *m, const be__value *a)
{
    const be__grid_object *grid = grid_of(m, a[0]);
    return grid ? part(m, grid, 0, (ptrdiff_t)grid->head.n / 2, 0, (ptrdiff_t)grid->columns)
                : be__plain_tophalf(m, a);
}

be__value be__run_bottomhalf(be__machine *m, const be__value *a)
{
    const be__grid_object *grid = grid_of(m, a[0]);
    ptrdiff_t n = grid ? (ptrdiff_t)grid->head.n : 0;
    return grid ? part(m, grid, n / 2 + n % 2, n, 0, (ptrdiff_t)grid->columns)
                : be__plain_bottomhalf(m, a);
}

/* lefthalf and righthalf, which Python turns, cuts and turns back: of one column nothing is left.
 */
static be__value half_across(be__machine *m, const be__value *a, bool right)
{
    const be__grid_object *grid = grid_of(m, a[0]);
    ptrdiff_t w = grid ? (ptrdiff_t)grid->columns : 0;
    if (w > 1) {
        return part(m, grid, 0, (ptrdiff_t)grid->head.n, right ? w / 2 + w % 2 : 0,
                    right ? w : w / 2);
    }
    be__value x = be__run_rot90(m, a);
    x = !x ? x : right ? be__run_bottomhalf(m, &x) : be__run_tophalf(m, &x);
    return x ? be__run_rot270(m, &x) : x;
}

be__value be__run_lefthalf(be__machine *m, const be__value *a)
{
    return half_across(m, a, false);
}

be__value be__run_righthalf(be__machine *m, const be__value *a)
{
    return half_across(m, a, true);
}

be__value be__run_hsplit(be__machine *m, const be__value *a)
{
    return be__plain_hsplit(m, a);
}

be__value be__run_vsplit(be__machine *m, const be__value *a)
{
    return be__plain_vsplit(m, a);
}

be__value be__run_hconcat(be__machine *m, const be__value *a)
{
    const be__grid_object *x = grid_of(m, a[0]), *y = x ? grid_of(m, a[1]) : NULL;
    if (!y) {
        return be__plain_hconcat(m, a);
    }
    size_t rows = x->head.n < y->head.n ? x->head.n : y->head.n;
    be__grid_object *out = be__grid_new(m, rows, (size_t)x->columns + y->columns);
    int8_t *to = out ? out->cell : NULL;
    for (size_t i = 0; out && i < rows; i++) {
        memcpy(to, x->cell + i * x->columns, x->columns);
        memcpy(to + x->columns, y->cell + i * y->columns, y->columns);
        to += x->columns + y->columns;
    }
    return of_grid(out);
}

be__value be__run_vconcat(be__machine *m, const be__value *a)
{
    const be__grid_object *x = grid_of(m, a[0]), *y = x ? grid_of(m, a[1]) : NULL;
    if (!y || x->columns != y->columns) {
        return be__plain_vconcat(m, a);
    }
    be__grid_object *out = be__grid_new(m, (size_t)x->head.n + y->head.n, x->columns);
    if (out) {
        memcpy(out->cell, x->cell, cells_of(x));
        memcpy(out->cell + cells_of(x), y->cell, cells_of(y));
    }
    return of_grid(out);
}

/* Each cell `down` times down and `across` times across, both positive. */
static be__value scaled(be__machine *m, const be__grid_object *grid, int64_t down, int64_t across)
{
    uint64_t most = m->limits.items;
    if ((uint64_t)down > most || (uint64_t)across > most) {
        return be__raise(m, BE__ITEMS_ERROR);
    }
    size_t width = grid->columns * (size_t)across;
    be__grid_object *out = be__grid_new(m, grid->head.n * (size_t)down, width);
    if (!out) {
        return BE__RAISED;
    }
    int8_t *to = out->cell;
    for (size_t i = 0; i < grid->head.n; i++) {
        const int8_t *from = grid->cell + i * grid->columns;
        for (size_t j = 0; j < grid->columns; j++) {
            memset(to + j * (size_t)across, from[j], (size_t)across);
        }
        for (int64_t k = 1; k < down; k++) {
            memcpy(to + (size_t)k * width, to, width);
        }
        to += (size_t)down * width;
    }
    return be__of_grid(out);
}

static be__value upscaled(be__machine *m, const be__value *a, bool down, bool across,
                          be__prim_run *plain)
{
    bool positive = be__is_int(a[1]) && be__int_of(a[1]) > 0;
    const be__grid_object *grid = positive ? grid_of(m, a[0]) : NULL;
    int64_t k = positive ? be__int_of(a[1]) : 0;
    return grid ? scaled(m, grid, down ? k : 1, across ? k : 1) : plain(m, a);
}

be__value be__run_hupscale(be__machine *m, const be__value *a)
{
    return upscaled(m, a, false, true, be__plain_hupscale);
}

be__value be__run_vupscale(be__machine *m, const be__value *a)
{
    return upscaled(m, a, true, false, be__plain_vupscale);
}

be__value be__run_upscale(be__machine *m, const be__value *a)
{
    return upscaled(m, a, true, true, be__plain_upscale);
}

be__value be__run_downscale(be__machine *m, const be__value *a)
{
    bool positive = be__is_int(a[1]) && be__int_of(a[1]) > 0;
    const be__grid_object *grid = positive ? grid_of(m, a[0]) : NULL;
    if (!grid) {
        return be__plain_downscale(m, a);
    }
    ptrdiff_t h = (ptrdiff_t)grid->head.n, w = (ptrdiff_t)grid->columns;
    ptrdiff_t longest = h > w ? h : w; /* any larger step does the same */
    ptrdiff_t k = be__int_of(a[1]) < longest ? (ptrdiff_t)be__int_of(a[1]) : longest;
    return window(m, grid, 0, k * w, k, (h + k - 1) / k, (w + k - 1) / k);
}

/* ---- painting ------------------------------------------------------------------------------- */

/* Give the places of p that lie in the grid a colour, where it has colour `under` or that is
 * BE__NO_COLOR. */
static void fill_points(be__grid_object *grid, const be__points *p, int8_t color, int under)
{
    uint64_t h = grid->head.n, w = grid->columns;
    for (size_t k = 0; k < p->n; k++) {
        uint64_t i = (uint64_t)be__point_i(p, k), j = (uint64_t)be__point_j(p, k);
        if (i < h && j < w && (under == BE__NO_COLOR || grid->cell[i * w + j] == under)) {
            grid->cell[i * w + j] = color;
        }
    }
}

/* fill and underfill of bytes; 0 without an error where plain ways are needed. */
static be__value filled(be__machine *m, be__value v, be__value color, be__value patch, bool under)
{
    const be__grid_object *grid = is_byte(color) ? grid_of(m, v) : NULL;
    be__points p;
    if (!grid || !be__points_of(m, patch, false, &p)) {
        return BE__RAISED;
    }
    be__value most = under ? mostcolor(m, grid) : be__small(0);
    be__grid_object *out = most ? copy_of(m, grid) : NULL;
    if (!out) {
        return BE__RAISED;
    }
    fill_points(out, &p, byte_of(color), under ? grid->most : BE__NO_COLOR);
    return be__of_grid(out);
}

be__value be__run_fill(be__machine *m, const be__value *a)
{
    be__value out = filled(m, a[0], a[1], a[2], false);
    return out || m->error ? out : be__plain_fill(m, a);
}

be__value be__run_underfill(be__machine *m, const be__value *a)
{
    be__value out = filled(m, a[0], a[1], a[2], true);
    return out || m->error ? out : be__plain_underfill(m, a);
}

/* paint and underpaint of bytes; 0 without an error where plain ways are needed. */
static be__value painted(be__machine *m, be__value v, be__value object, bool under)
{
    const be__grid_object *grid = grid_of(m, v);
    bool cells = be__is_set(object) && be__set_of(object)->of == BE__CELL;
    be__points p;
    if (!grid || !cells || !be__points_of(m, object, !be__head_of(object)->planar, &p)) {
        return BE__RAISED;
    }
    be__value most = under ? mostcolor(m, grid) : be__small(0);
    be__grid_object *out = most ? copy_of(m, grid) : NULL;
    uint64_t h = grid->head.n, w = grid->columns;
    for (size_t k = 0; out && k < p.n; k++) {
        uint64_t i = (uint64_t)be__cell_i(p.word[k]), j = (uint64_t)be__cell_j(p.word[k]);
        int64_t color = be__cell_color(p.word[k]);
        if (i >= h || j >= w || (under && out->cell[i * w + j] != grid->most)) {
            continue;
        }
        if (!be__fits(color, 8)) {
            return BE__RAISED;
        }
        out->cell[i * w + j] = (int8_t)color;
    }
    return of_grid(out);
}

be__value be__run_paint(be__machine *m, const be__value *a)
{
    be__value out = painted(m, a[0], a[1], false);
    return out || m->error ? out : be__plain_paint(m, a);
}

be__value be__run_underpaint(be__machine *m, const be__value *a)
{
    be__value out = painted(m, a[0], a[1], true);
    return out || m->error ? out : be__plain_underpaint(m, a);
}

be__value be__run_cover(be__machine *m, const be__value *a)
{
    be__value color = be__run_mostcolor(m, a);
    be__value out = color ? filled(m, a[0], color, a[1], false) : color;
    if (out || m->error) {
        return out;
    }
    be__value indices = be__run_toindices(m, a + 1);
    return indices ? be__plain_fill(m, (be__value[]){a[0], color, indices}) : indices;
}

be__value be__run_move(be__machine *m, const be__value *a)
{
    be__value covered = be__run_cover(m, a), shifted = covered ? be__run_shift(m, a + 1) : covered;
    return shifted ? be__run_paint(m, (be__value[]){covered, shifted}) : shifted;
}

be__value be__run_cellwise(be__machine *m, const be__value *a)
{
    const be__grid_object *x = is_byte(a[2]) ? grid_of(m, a[0]) : NULL;
    const be__grid_object *y = x ? grid_of(m, a[1]) : NULL;
    if (!y || y->head.n < x->head.n || y->columns < x->columns) {
        return be__plain_cellwise(m, a);
    }
    be__grid_object *out = be__grid_new(m, x->head.n, x->columns);
    int8_t otherwise = byte_of(a[2]);
    for (size_t i = 0; out && i < x->head.n; i++) {
        const int8_t *p = x->cell + i * x->columns, *q = y->cell + i * y->columns;
        int8_t *to = out->cell + i * x->columns;
        for (size_t j = 0; j < x->columns; j++) {
            to[j] = p[j] == q[j] ? p[j] : otherwise;
        }
    }
    return of_grid(out);
}

be__value be__run_replace(be__machine *m, const be__value *a)
{
    const be__grid_object *grid = is_byte(a[1]) && is_byte(a[2]) ? grid_of(m, a[0]) : NULL;
    if (!grid) {
        return be__plain_replace(m, a);
    }
    be__grid_object *out = be__grid_new(m, grid->head.n, grid->columns);
    int8_t from = byte_of(a[1]), to = byte_of(a[2]);
    for (size_t k = 0; out && k < cells_of(grid); k++) {
        out->cell[k] = grid->cell[k] == from ? to : grid->cell[k];
    }
    return of_grid(out);
}

be__value be__run_switch(be__machine *m, const be__value *a)
{
    const be__grid_object *grid = is_byte(a[1]) && is_byte(a[2]) ? grid_of(m, a[0]) : NULL;
    if (!grid) {
        return be__plain_switch(m, a);
    }
    be__grid_object *out = be__grid_new(m, grid->head.n, grid->columns);
    int8_t x = byte_of(a[1]), y = byte_of(a[2]);
    for (size_t k = 0; out && k < cells_of(grid); k++) {
        int8_t c = grid->cell[k];
        out->cell[k] = c == y ? x : c == x ? y : c;
    }
    return of_grid(out);
}

be__value be__run_index(be__machine *m, const be__value *a)
{
    const be__grid_object *grid = be__tag(a[1]) == BE__PAIR ? grid_of(m, a[0]) : NULL;
    if (!grid) {
        return be__plain_index(m, a);
    }
    uint64_t i = (uint64_t)be__pair_i(a[1]), j = (uint64_t)be__pair_j(a[1]);
    return i < grid->head.n && j < grid->columns ? be__small(grid->cell[i * grid->columns + j])
                                                 : BE__NONE;
}

be__value be__run_canvas(be__machine *m, const be__value *a)
{
    bool whole = is_byte(a[0]) && be__tag(a[1]) == BE__PAIR;
    int64_t rows = whole ? be__pair_i(a[1]) : 0, columns = whole ? be__pair_j(a[1]) : 0;
    if (rows <= 0 || columns <= 0) {
        return be__plain_canvas(m, a);
    }
    be__grid_object *out = be__grid_new(m, (size_t)rows, (size_t)columns);
    if (out) {
        memset(out->cell, byte_of(a[0]), cells_of(out));
    }
    return of_grid(out);
}

/* ---- looking for things --------------------------------------------------------------------- */

enum { SIDE_MAX = 64 };

/* Bit j of mask[i]: whether cell (i, j) has the colour. Eight cells at a time: a byte of `differs`
 * is 0 where they agree, `zero` has its top bit set just there, and a multiplication brings the
 * eight bits together. */
static void mask_color(const be__grid_object *grid, int8_t color, uint64_t *mask)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), low = ones * 0x7f;
    size_t w = grid->columns;
    for (size_t i = 0; i < grid->head.n; i++) {
        mask[i] = 0;
        for (size_t j = 0; j < w; j += 8) {
            uint8_t eight[8] = {0};
            memcpy(eight, grid->cell + i * w + j, w - j < 8 ? w - j : 8);
            uint64_t differs;
            memcpy(&differs, eight, sizeof differs);
            differs = le64toh(differs) ^ ones * (uint8_t)color;
            uint64_t zero = ~(((differs & low) + low) | differs | low);
            mask[i] |= (((zero >> 7) * UINT64_C(0x0102040810204080)) >> 56) << j;
        }
        mask[i] &= UINT64_MAX >> (SIDE_MAX - w);
    }
}

/* For each colour a bit mask of every row: who matches an object ands the rows of its colours. */
be__value be__run_occurrences(be__machine *m, const be__value *a)
{
    const be__grid_object *grid = grid_of(m, a[0]);
    bool cells = be__is_set(a[1]) && be__set_of(a[1])->of == BE__CELL;
    be__points p;
    be__box box;
    if (!grid || !cells || grid->head.n > SIDE_MAX || grid->columns > SIDE_MAX) {
        return be__plain_occurrences(m, a);
    }
    if (!be__points_of(m, a[1], false, &p) || !be__box_of(m, a[1], &box)) {
        return BE__RAISED;
    }
    int64_t h = grid->head.n, w = grid->columns;
    int64_t rows = (int64_t)box.bottom - box.top + 1, columns = (int64_t)box.right - box.left + 1;
    if (rows > h || columns > w) {
        return BE__EMPTY_SET;
    }
    int16_t number[COLORS]; /* of a colour among those of the object, or -1 */
    memset(number, -1, sizeof number);
    size_t colors = 0;
    for (size_t k = 0; k < p.n; k++) {
        int64_t c = be__cell_color(p.word[k]);
        if (!be__fits(c, 8)) {
            return BE__EMPTY_SET;
        }
        if (number[c + 128] < 0) {
            number[c + 128] = (int16_t)colors++;
        }
    }
    uint64_t(*mask)[SIDE_MAX] = be__take(m, colors * sizeof *mask);
    struct {
        const uint64_t *row;
        unsigned right;
    } *probe = be__take(m, p.n * sizeof *probe);
    if (!mask || !probe || !be__charge(m, (uint64_t)p.n + (uint64_t)h * (uint64_t)w)) {
        return BE__RAISED;
    }
    for (int color = 0; color < COLORS; color++) {
        if (number[color] >= 0) {
            mask_color(grid, (int8_t)(color - 128), mask[number[color]]);
        }
    }
    for (size_t k = 0; k < p.n; k++) {
        probe[k].row =
            mask[number[be__cell_color(p.word[k]) + 128]] + (be__cell_i(p.word[k]) - box.top);
        probe[k].right = (unsigned)(be__cell_j(p.word[k]) - box.left);
    }
    uint64_t all = UINT64_MAX >> (SIDE_MAX - (w - columns + 1));
    uint64_t at[SIDE_MAX]; /* bit j of at[i]: the object is at (i, j) */
    size_t n = 0;
    for (int64_t i = 0; i + rows <= h; i++) {
        uint64_t fits = all;
        for (size_t k = 0; fits && k < p.n; k++) {
            fits &= probe[k].row[i] >> probe[k].right;
        }
        at[i] = fits;
        n += (size_t)__builtin_popcountll(fits);
    }
    be__value *key = be__take_values(m, n), *to = key;
    for (int64_t i = 0; key && i + rows <= h; i++) {
        for (uint64_t fits = at[i]; fits; fits &= fits - 1) {
            *to++ = be__small_pair(i, __builtin_ctzll(fits));
        }
    }
    be__value found = key ? be__set_of_distinct(m, key, n) : BE__RAISED;
    if (found && n > 0) {
        be__head_of(found)->frozen = 1;
    }
    return found;
}

be__value be__run_frontiers(be__machine *m, const be__value *a)
{
    return be__plain_frontiers(m, a);
}

be__value be__run_compress(be__machine *m, const be__value *a)
{
    const be__grid_object *grid = grid_of(m, a[0]);
    if (!grid || grid->columns > SIDE_MAX) {
        return be__plain_compress(m, a);
    }
    size_t h = grid->head.n, w = grid->columns, rows = 0, columns = 0;
    bool mixed_column[SIDE_MAX] = {false};
    for (size_t i = 0; i < h; i++) {
        const int8_t *cell = grid->cell + i * w;
        bool mixed = false;
        for (size_t j = 0; j < w; j++) {
            mixed |= cell[j] != cell[0];
            mixed_column[j] |= cell[j] != grid->cell[j];
        }
        rows += mixed;
    }
    for (size_t j = 0; j < w; j++) {
        columns += mixed_column[j];
    }
    if (rows == 0 || columns == 0) {
        return be__plain_compress(m, a);
    }
    be__grid_object *out = be__grid_new(m, rows, columns);
    int8_t *to = out ? out->cell : NULL;
    for (size_t i = 0; out && i < h; i++) {
        const int8_t *cell = grid->cell + i * w;
        bool mixed = false;
        for (size_t j = 0; j < w; j++) {
            mixed |= cell[j] != cell[0];
        }
        for (size_t j = 0; mixed && j < w; j++) {
            if (mixed_column[j]) {
                *to++ = cell[j];
            }
        }
    }
    return of_grid(out);
}
