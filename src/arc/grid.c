/* grid.c: the operations of ops.def.
 *
 * Most of them are windows: cell (r, c) of the result is the input's cell number
 * start + r * down + c * across. A turned, mirrored, halved, trimmed, cropped or thinned grid is
 * one such line. The others loop over cells.
 *
 * An operation returns false where it gives no grid: where shape() refuses, or where what it looks
 * for is not there.
 */
#include "arc/grid.h"

#include "base/base.h"

#include <string.h>

bool be_grid_equal(const be_grid *a, const be_grid *b)
{
    return be__grid_bytes(a) == be__grid_bytes(b) && memcmp(a, b, be__grid_bytes(a)) == 0;
}

unsigned be_grid_likeness(const be_grid *a, const be_grid *b)
{
    if (a->rows != b->rows || a->columns != b->columns) {
        return 0;
    }
    unsigned area = (unsigned)a->rows * a->columns;
    unsigned equal = 0;
    for (unsigned i = 0; i < area; i++) {
        equal += a->cells[i] == b->cells[i];
    }
    return area ? 1000 * equal / area : 0;
}

/* Give out its shape; false where no grid can have it. */
static bool shape(be_grid *out, ptrdiff_t rows, ptrdiff_t columns)
{
    out->rows = (uint8_t)rows;
    out->columns = (uint8_t)columns;
    return rows >= 1 && rows <= BE_GRID_SIDE_MAX && columns >= 1 && columns <= BE_GRID_SIDE_MAX;
}

static bool window(const be__call *x, ptrdiff_t start, ptrdiff_t down, ptrdiff_t across,
                   ptrdiff_t rows, ptrdiff_t columns)
{
    if (!shape(x->out, rows, columns)) {
        return false;
    }
    uint8_t *to = x->out->cells;
    for (ptrdiff_t r = 0; r < rows; r++) {
        const uint8_t *from = x->in->cells + start + r * down;
        for (ptrdiff_t c = 0; c < columns; c++) {
            *to++ = from[c * across];
        }
    }
    return true;
}

/* The part of the input that has rows [top, bottom) and columns [left, right). */
static bool part(const be__call *x, ptrdiff_t top, ptrdiff_t bottom, ptrdiff_t left,
                 ptrdiff_t right)
{
    return window(x, top * x->w + left, x->w, 1, bottom - top, right - left);
}

/* ---- symmetries ----------------------------------------------------------------------------- */

static bool op_identity(const be__call *x)
{
    return window(x, 0, x->w, 1, x->h, x->w);
}

static bool op_rot90(const be__call *x)
{
    return window(x, (x->h - 1) * x->w, 1, -x->w, x->w, x->h);
}

static bool op_rot180(const be__call *x)
{
    return window(x, x->h * x->w - 1, -x->w, -1, x->h, x->w);
}

static bool op_rot270(const be__call *x)
{
    return window(x, x->w - 1, -1, x->w, x->w, x->h);
}

static bool op_dmirror(const be__call *x)
{
    return window(x, 0, 1, x->w, x->w, x->h);
}

static bool op_vmirror(const be__call *x)
{
    return window(x, x->w - 1, x->w, -1, x->h, x->w);
}

static bool op_cmirror(const be__call *x)
{
    return window(x, x->h * x->w - 1, -1, -x->w, x->w, x->h);
}

static bool op_hmirror(const be__call *x)
{
    return window(x, (x->h - 1) * x->w, -x->w, 1, x->h, x->w);
}

/* ---- parts ---------------------------------------------------------------------------------- */

static bool op_tophalf(const be__call *x)
{
    return part(x, 0, x->h / 2, 0, x->w);
}

static bool op_bottomhalf(const be__call *x)
{
    return part(x, (x->h + 1) / 2, x->h, 0, x->w);
}

static bool op_lefthalf(const be__call *x)
{
    return part(x, 0, x->h, 0, x->w / 2);
}

static bool op_righthalf(const be__call *x)
{
    return part(x, 0, x->h, (x->w + 1) / 2, x->w);
}

static bool op_trim(const be__call *x)
{
    return part(x, 1, x->h - 1, 1, x->w - 1);
}

static bool op_downscale(const be__call *x)
{
    ptrdiff_t k = (ptrdiff_t)x->a;
    return window(x, 0, k * x->w, k, (x->h + k - 1) / k, (x->w + k - 1) / k);
}

/* The smallest part that holds the cells list[0, n). */
static bool part_around(const be__call *x, const uint16_t *list, size_t n)
{
    ptrdiff_t top = x->h, bottom = 0, left = x->w, right = 0;
    for (size_t i = 0; i < n; i++) {
        ptrdiff_t r = list[i] / x->w, c = list[i] % x->w;
        top = r < top ? r : top;
        bottom = r >= bottom ? r + 1 : bottom;
        left = c < left ? c : left;
        right = c >= right ? c + 1 : right;
    }
    return part(x, top, bottom, left, right);
}

static bool op_crop(const be__call *x)
{
    uint16_t list[BE_GRID_CELLS_MAX];
    size_t n = 0;
    for (ptrdiff_t i = 0; i < x->h * x->w; i++) {
        list[n] = (uint16_t)i;
        n += x->in->cells[i] != 0;
    }
    return part_around(x, list, n);
}

/* Close the open cells that hang together with `start` (which is open), by sides or by corners too,
 * and list them; returns how many. */
static size_t flood(const be__call *x, uint8_t *open, ptrdiff_t start, bool corners, uint16_t *list)
{
    size_t n = 0;
    open[start] = 0;
    list[n++] = (uint16_t)start;
    for (size_t i = 0; i < n; i++) {
        ptrdiff_t r = list[i] / x->w, c = list[i] % x->w;
        for (ptrdiff_t y = r > 0 ? r - 1 : 0; y <= r + 1 && y < x->h; y++) {
            for (ptrdiff_t z = c > 0 ? c - 1 : 0; z <= c + 1 && z < x->w; z++) {
                if (open[y * x->w + z] && (corners || y == r || z == c)) {
                    open[y * x->w + z] = 0;
                    list[n++] = (uint16_t)(y * x->w + z);
                }
            }
        }
    }
    return n;
}

/* The part around the object with the most (sign 1) or the fewest cells (sign -1): objects are
 * coloured cells that hang together by sides or corners. */
static bool part_of_object(const be__call *x, ptrdiff_t sign)
{
    uint8_t open[BE_GRID_CELLS_MAX];
    uint16_t list[BE_GRID_CELLS_MAX]; /* the best object, then the one in hand */
    size_t best = 0;
    memcpy(open, x->in->cells, (size_t)(x->h * x->w));
    for (ptrdiff_t i = 0; i < x->h * x->w; i++) {
        if (open[i]) {
            size_t n = flood(x, open, i, true, list + best);
            if (best == 0 || sign * ((ptrdiff_t)n - (ptrdiff_t)best) > 0) {
                memmove(list, list + best, n * sizeof list[0]);
                best = n;
            }
        }
    }
    return part_around(x, list, best);
}

static bool op_largest(const be__call *x)
{
    return part_of_object(x, 1);
}

static bool op_smallest(const be__call *x)
{
    return part_of_object(x, -1);
}

/* The rows and columns that are marked, in their order. */
static bool marked(const be__call *x, const bool *row, const bool *column)
{
    ptrdiff_t rows = 0, columns = 0;
    for (ptrdiff_t r = 0; r < x->h; r++) {
        rows += row[r];
    }
    for (ptrdiff_t c = 0; c < x->w; c++) {
        columns += column[c];
    }
    if (!shape(x->out, rows, columns)) {
        return false;
    }
    uint8_t *to = x->out->cells;
    for (ptrdiff_t r = 0; r < x->h; r++) {
        for (ptrdiff_t c = 0; c < x->w; c++) {
            if (row[r] && column[c]) {
                *to++ = x->in->cells[r * x->w + c];
            }
        }
    }
    return true;
}

static bool op_compress(const be__call *x)
{
    bool row[BE_GRID_SIDE_MAX] = {false}, column[BE_GRID_SIDE_MAX] = {false};
    for (ptrdiff_t r = 0; r < x->h; r++) {
        for (ptrdiff_t c = 0; c < x->w; c++) {
            const uint8_t *cell = x->in->cells + r * x->w + c;
            row[r] |= cell[0] != x->in->cells[r * x->w];
            column[c] |= cell[0] != x->in->cells[c];
        }
    }
    return marked(x, row, column);
}

static bool op_squeeze(const be__call *x)
{
    bool row[BE_GRID_SIDE_MAX] = {true}, column[BE_GRID_SIDE_MAX] = {true};
    for (ptrdiff_t r = 0; r < x->h; r++) {
        for (ptrdiff_t c = 0; c < x->w; c++) {
            const uint8_t *cell = x->in->cells + r * x->w + c;
            row[r] |= r > 0 && cell[0] != cell[-x->w];
            column[c] |= c > 0 && cell[0] != cell[-1];
        }
    }
    return marked(x, row, column);
}

/* The smallest p >= 1 with cell i equal to cell i + p for all i where both are there: shifted by p
 * lines of `length` cells that are `step` apart, of `n` lines that are `stride` apart. */
static ptrdiff_t smallest_shift(const uint8_t *cells, ptrdiff_t n, ptrdiff_t stride,
                                ptrdiff_t length, ptrdiff_t step)
{
    for (ptrdiff_t p = 1; p < n; p++) {
        bool same = true;
        for (ptrdiff_t i = 0; same && i + p < n; i++) {
            for (ptrdiff_t k = 0; same && k < length; k++) {
                same = cells[i * stride + k * step] == cells[(i + p) * stride + k * step];
            }
        }
        if (same) {
            return p;
        }
    }
    return n;
}

static bool op_period(const be__call *x)
{
    ptrdiff_t rows = smallest_shift(x->in->cells, x->h, x->w, x->w, 1);
    ptrdiff_t columns = smallest_shift(x->in->cells, x->w, 1, x->h, x->w);
    return part(x, 0, rows, 0, columns);
}

/* ---- larger grids --------------------------------------------------------------------------- */

static bool op_upscale(const be__call *x)
{
    ptrdiff_t k = (ptrdiff_t)x->a;
    if (!shape(x->out, k * x->h, k * x->w)) {
        return false;
    }
    uint8_t *to = x->out->cells;
    for (ptrdiff_t r = 0; r < k * x->h; r++) {
        for (ptrdiff_t c = 0; c < x->w; c++) {
            for (ptrdiff_t i = 0; i < k; i++) {
                *to++ = x->in->cells[r / k * x->w + c];
            }
        }
    }
    return true;
}

/* The input and beside it the input again, or its mirror image. */
static bool beside(const be__call *x, bool mirrored)
{
    if (!shape(x->out, x->h, 2 * x->w)) {
        return false;
    }
    uint8_t *to = x->out->cells;
    for (ptrdiff_t r = 0; r < x->h; r++) {
        const uint8_t *from = x->in->cells + r * x->w;
        for (ptrdiff_t c = 0; c < x->w; c++) {
            to[c] = from[c];
            to[x->w + c] = from[mirrored ? x->w - 1 - c : c];
        }
        to += 2 * x->w;
    }
    return true;
}

static bool op_hrepeat(const be__call *x)
{
    return beside(x, false);
}

static bool op_hreflect(const be__call *x)
{
    return beside(x, true);
}

/* The input and below it the input again, or its mirror image. */
static bool below(const be__call *x, bool mirrored)
{
    if (!shape(x->out, 2 * x->h, x->w)) {
        return false;
    }
    for (ptrdiff_t r = 0; r < 2 * x->h; r++) {
        ptrdiff_t from = r < x->h ? r : mirrored ? 2 * x->h - 1 - r : r - x->h;
        memcpy(x->out->cells + r * x->w, x->in->cells + from * x->w, (size_t)x->w);
    }
    return true;
}

static bool op_vrepeat(const be__call *x)
{
    return below(x, false);
}

static bool op_vreflect(const be__call *x)
{
    return below(x, true);
}

static bool op_selftile(const be__call *x)
{
    if (!shape(x->out, x->h * x->h, x->w * x->w)) {
        return false;
    }
    uint8_t *to = x->out->cells;
    for (ptrdiff_t r = 0; r < x->h * x->h; r++) {
        for (ptrdiff_t c = 0; c < x->w * x->w; c++) {
            uint8_t tile = x->in->cells[r / x->h * x->w + c / x->w];
            *to++ = tile ? x->in->cells[r % x->h * x->w + c % x->w] : 0;
        }
    }
    return true;
}

/* ---- two halves ----------------------------------------------------------------------------- */

/* The left and right half cell by cell: the left's cell where `keep` has the bit of what is
 * coloured (1: left alone, 2: right alone, 4: both), the right's where the left is background. */
static bool halves(const be__call *x, unsigned keep)
{
    ptrdiff_t half = x->w / 2;
    if (!shape(x->out, x->h, half)) {
        return false;
    }
    uint8_t *to = x->out->cells;
    for (ptrdiff_t r = 0; r < x->h; r++) {
        for (ptrdiff_t c = 0; c < half; c++) {
            uint8_t left = x->in->cells[r * x->w + c];
            uint8_t right = x->in->cells[r * x->w + x->w - half + c];
            unsigned which = left && right ? 4 : right ? 2 : 1;
            *to++ = keep & which ? (left ? left : right) : 0;
        }
    }
    return true;
}

static bool op_both(const be__call *x)
{
    return halves(x, 4);
}

static bool op_either(const be__call *x)
{
    return halves(x, 7);
}

static bool op_differ(const be__call *x)
{
    return halves(x, 3);
}

/* ---- cells ---------------------------------------------------------------------------------- */

static bool op_fall(const be__call *x)
{
    shape(x->out, x->h, x->w);
    memset(x->out->cells, 0, (size_t)(x->h * x->w));
    for (ptrdiff_t c = 0; c < x->w; c++) {
        ptrdiff_t floor = x->h;
        for (ptrdiff_t r = x->h - 1; r >= 0; r--) {
            uint8_t cell = x->in->cells[r * x->w + c];
            if (cell) {
                x->out->cells[--floor * x->w + c] = cell;
            }
        }
    }
    return true;
}

static bool op_hollow(const be__call *x)
{
    op_identity(x);
    for (ptrdiff_t r = 1; r < x->h - 1; r++) {
        for (ptrdiff_t c = 1; c < x->w - 1; c++) {
            const uint8_t *cell = x->in->cells + r * x->w + c;
            if (cell[-x->w] && cell[-1] && cell[1] && cell[x->w]) {
                x->out->cells[r * x->w + c] = 0;
            }
        }
    }
    return true;
}

/* Every cell through a table of colours. */
static bool recolour(const be__call *x, const uint8_t becomes[10])
{
    shape(x->out, x->h, x->w);
    for (ptrdiff_t i = 0; i < x->h * x->w; i++) {
        x->out->cells[i] = becomes[x->in->cells[i]];
    }
    return true;
}

/* The commonest colour but the background, the lowest of equals; 0 when nothing is coloured. */
static uint8_t commonest(const be__call *x)
{
    unsigned count[10] = {0};
    for (ptrdiff_t i = 0; i < x->h * x->w; i++) {
        count[x->in->cells[i]]++;
    }
    uint8_t best = 0;
    for (uint8_t colour = 1; colour < 10; colour++) {
        if (count[colour] > (best ? count[best] : 0)) {
            best = colour;
        }
    }
    return best;
}

static bool op_invert(const be__call *x)
{
    return recolour(x, (uint8_t[10]){commonest(x)});
}

static bool op_unify(const be__call *x)
{
    uint8_t becomes[10] = {0};
    memset(becomes + 1, commonest(x), 9);
    return recolour(x, becomes);
}

static bool op_replace(const be__call *x)
{
    uint8_t becomes[10] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    becomes[x->a] = (uint8_t)x->b;
    return recolour(x, becomes);
}

static bool op_switch(const be__call *x)
{
    uint8_t becomes[10] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    becomes[x->a] = (uint8_t)x->b;
    becomes[x->b] = (uint8_t)x->a;
    return recolour(x, becomes);
}

static bool on_border(const be__call *x, ptrdiff_t i)
{
    ptrdiff_t r = i / x->w, c = i % x->w;
    return r == 0 || r == x->h - 1 || c == 0 || c == x->w - 1;
}

static bool op_enclosed(const be__call *x)
{
    uint8_t open[BE_GRID_CELLS_MAX] = {0};
    uint16_t list[BE_GRID_CELLS_MAX];
    for (ptrdiff_t i = 0; i < x->h * x->w; i++) {
        open[i] = x->in->cells[i] == 0;
    }
    for (ptrdiff_t i = 0; i < x->h * x->w; i++) {
        if (open[i] && on_border(x, i)) {
            flood(x, open, i, false, list);
        }
    }
    op_identity(x);
    for (ptrdiff_t i = 0; i < x->h * x->w; i++) {
        if (open[i]) {
            x->out->cells[i] = (uint8_t)x->a;
        }
    }
    return true;
}

static bool op_frame(const be__call *x)
{
    op_identity(x);
    for (ptrdiff_t i = 0; i < x->h * x->w; i++) {
        if (on_border(x, i)) {
            x->out->cells[i] = (uint8_t)x->a;
        }
    }
    return true;
}

const be__step be__steps[BE__STEPS] = {
#define OP(name, arity, a, b, words) {#name, arity, a, b, op_##name},
#include "arc/ops.def"
#undef OP
};
