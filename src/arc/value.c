/* value.c: making, reading and comparing values. value.h has the representation. */
#include "arc/objects.h"

/* ---- the machine ---------------------------------------------------------------------------- */

const be__limits be__default_limits = {.fuel = 20000000, .depth = 980, .items = 1u << 18};

const char *be__error_name(be__error_class error)
{
    static const char *const NAMES[BE__ERROR_CLASSES] = {[BE__NO_ERROR] = "",
#define X(id, name) [BE__##id##_ERROR] = name,
                                                         BE__ERRORS(X)
#undef X
    };
    return NAMES[error];
}

void be__machine_init(be__machine *m, void *memory, size_t size, const be__limits *limits)
{
    *m = (be__machine){.memory = memory,
                       .base = memory,
                       .end = (unsigned char *)memory + size,
                       .limits = limits ? *limits : be__default_limits};
    if (size >= BE__LORE_SHARE * sizeof(be__lore)) {
        m->lore = memory;
        m->lore->ready = false;
        m->base += (sizeof(be__lore) + 15) & ~(size_t)15;
    }
    be__machine_reset(m);
}

void be__machine_reset(be__machine *m)
{
    m->cursor = m->base;
    be__machine_refuel(m);
}

void be__machine_refuel(be__machine *m)
{
    m->fuel = m->limits.fuel;
    m->depth = m->limits.depth;
    m->error = BE__NO_ERROR;
    m->error_prim = -1;
    m->strict = false;
    m->mistaken = 0;
}

be__value be__raise(be__machine *m, be__error_class error)
{
    if (m->error == BE__NO_ERROR) {
        m->error = error;
    }
    return BE__RAISED;
}

/* ---- tuples --------------------------------------------------------------------------------- */

const be__tuple_object be__empty_tuple_object = {
    .head = {.kind = BE__TUPLE, .hashed = true, .hash = 5740354900026072187}};

static bool int_fits(be__value v, unsigned bits)
{
    return be__tag(v) == BE__INT && be__fits((int64_t)v >> 3, bits);
}

be__value be__tuple2(be__machine *m, be__value a, be__value b)
{
    return be__tuple(m, (be__value[]){a, b}, 2);
}

be__value be__tuple3(be__machine *m, be__value a, be__value b, be__value c)
{
    return be__tuple(m, (be__value[]){a, b, c}, 3);
}

be__value be__tuple(be__machine *m, const be__value *item, size_t n)
{
    if (n == 0) {
        return BE__EMPTY_TUPLE;
    }
    if (n == 2 && int_fits(item[0], BE__PAIR_BITS) && int_fits(item[1], BE__PAIR_BITS)) {
        return be__small_pair((int64_t)item[0] >> 3, (int64_t)item[1] >> 3);
    }
    if (n == 2 && be__tag(item[1]) == BE__PAIR && int_fits(item[0], BE__COLOR_BITS) &&
        be__fits(be__pair_i(item[1]), BE__CELL_BITS) &&
        be__fits(be__pair_j(item[1]), BE__CELL_BITS)) {
        return be__small_cell((int64_t)item[0] >> 3, be__pair_i(item[1]), be__pair_j(item[1]));
    }
    if (n == 3 && int_fits(item[0], BE__TRIPLE_BITS) && int_fits(item[1], BE__TRIPLE_BITS) &&
        int_fits(item[2], BE__TRIPLE_BITS)) {
        return be__small_triple((int64_t)item[0] >> 3, (int64_t)item[1] >> 3,
                                (int64_t)item[2] >> 3);
    }
    uint16_t height = be__height_over(m, item, n);
    be__tuple_object *tuple =
        height && be__charge_items(m, n) ? be__take(m, sizeof *tuple + n * sizeof *item) : NULL;
    if (!tuple) {
        return BE__RAISED;
    }
    tuple->head = (be__head){.kind = BE__TUPLE, .height = height, .n = (uint32_t)n};
    memcpy(tuple->item, item, n * sizeof *item);
    return (be__value)(uintptr_t)tuple;
}

/* ---- grids ---------------------------------------------------------------------------------- */

be__grid_object *be__grid_new(be__machine *m, size_t rows, size_t columns)
{
    if (!be__charge_items(m, rows) || !be__charge_items(m, (uint64_t)rows * columns)) {
        return NULL;
    }
    be__grid_object *grid = be__take(m, sizeof *grid + rows * columns);
    if (grid) {
        grid->head = (be__head){.kind = BE__GRID, .height = 2, .n = (uint32_t)rows};
        grid->columns = (uint32_t)columns;
        grid->most = BE__NO_COLOR;
        grid->rows = NULL;
    }
    return grid;
}

be__value be__grid_from_bytes(be__machine *m, const uint8_t *cells, size_t rows, size_t columns)
{
    be__grid_object *grid = be__grid_new(m, rows, columns);
    if (!grid) {
        return BE__RAISED;
    }
    memcpy(grid->cell, cells, rows * columns);
    return be__of_grid(grid);
}

/* Row r of a grid as a tuple. */
static be__value row_of(be__machine *m, const be__grid_object *grid, size_t r)
{
    size_t n = grid->columns;
    const int8_t *cell = grid->cell + r * n;
    if (n != 1 && n <= 3) { /* packed, and so free: what a grid keeps costs nobody fuel */
        be__value item[3];
        for (size_t k = 0; k < n; k++) {
            item[k] = be__small(cell[k]);
        }
        return be__tuple(m, item, n);
    }
    be__tuple_object *tuple = be__take(m, sizeof *tuple + n * sizeof(be__value));
    if (!tuple) {
        return BE__RAISED;
    }
    tuple->head = (be__head){.kind = BE__TUPLE, .height = 1, .n = (uint32_t)n};
    for (size_t k = 0; k < n; k++) {
        tuple->item[k] = be__small(cell[k]);
    }
    return (be__value)(uintptr_t)tuple;
}

static const be__value *rows_of(be__machine *m, be__grid_object *grid)
{
    if (!grid->rows) {
        be__value *rows = be__take(m, grid->head.n * sizeof *rows);
        for (size_t r = 0; rows && r < grid->head.n; r++) {
            rows[r] = row_of(m, grid, r);
            if (!rows[r]) {
                return NULL;
            }
        }
        grid->rows = rows;
        m->kept++;
    }
    return grid->rows;
}

/* Write a tuple of ints that fit a byte to cell[0, n); false where it is not that. */
static bool row_bytes(be__value row, int8_t *cell, size_t n)
{
    switch (be__tag(row)) {
    case BE__PAIR:
        cell[0] = (int8_t)be__pair_i(row);
        cell[1] = (int8_t)be__pair_j(row);
        return be__fits(be__pair_i(row), 8) && be__fits(be__pair_j(row), 8);
    case BE__TRIPLE:
        for (unsigned k = 0; k < 3; k++) {
            cell[k] = (int8_t)be__triple_item(row, k);
            if (!be__fits(be__triple_item(row, k), 8)) {
                return false;
            }
        }
        return true;
    default:
        if (!be__is_kind(row, BE__TUPLE)) {
            return false;
        }
        for (size_t k = 0; k < n; k++) {
            be__value v = be__tuple_of(row)->item[k];
            if (!int_fits(v, 8)) {
                return false;
            }
            cell[k] = (int8_t)((int64_t)v >> 3);
        }
        return true;
    }
}

const be__grid_object *be__as_grid(be__machine *m, be__value v)
{
    if (be__is_kind(v, BE__GRID)) {
        return be__grid_of(v);
    }
    if (!be__is_kind(v, BE__TUPLE) || be__length(v) == 0) {
        return NULL;
    }
    const be__value *row = be__tuple_of(v)->item;
    size_t rows = be__length(v);
    for (size_t r = 0; r < rows; r++) {
        if (!be__is_tuple(row[r]) || be__length(row[r]) != be__length(row[0])) {
            return NULL;
        }
    }
    be__grid_object *grid = be__take(m, sizeof *grid + rows * be__length(row[0]));
    if (!grid) {
        return NULL;
    }
    grid->head = (be__head){.kind = BE__GRID, .height = 2, .n = (uint32_t)rows};
    grid->columns = (uint32_t)be__length(row[0]);
    grid->most = BE__NO_COLOR;
    grid->rows = row;
    for (size_t r = 0; r < rows; r++) {
        if (!row_bytes(row[r], grid->cell + r * grid->columns, grid->columns)) {
            return NULL;
        }
    }
    return grid;
}

be__closure_object *be__closure_new(be__machine *m, be__closure_run *run, const void *code,
                                    unsigned arity, size_t n)
{
    be__closure_object *closure = be__take(m, sizeof *closure + n * sizeof(be__value));
    if (closure) {
        *closure =
            (be__closure_object){.head = {.kind = BE__CLOSURE, .height = 1, .n = (uint32_t)n},
                                 .arity = (uint8_t)arity,
                                 .run = run,
                                 .code = code};
    }
    return closure;
}

/* ---- reading -------------------------------------------------------------------------------- */

/* Items of a packed tuple. */
static size_t unpack(be__value v, be__value item[3])
{
    switch (be__tag(v)) {
    case BE__PAIR:
        item[0] = be__small(be__pair_i(v));
        item[1] = be__small(be__pair_j(v));
        return 2;
    case BE__CELL:
        item[0] = be__small(be__cell_color(v));
        item[1] = be__small_pair(be__cell_i(v), be__cell_j(v));
        return 2;
    default:
        for (unsigned k = 0; k < 3; k++) {
            item[k] = be__small(be__triple_item(v, k));
        }
        return 3;
    }
}

bool be__view_of(be__machine *m, be__value v, be__view *view)
{
    switch (be__tag(v)) {
    case BE__HEAP:
        view->n = be__length(v);
        switch (be__head_of(v)->kind) {
        case BE__TUPLE:
            view->item = be__tuple_of(v)->item;
            return true;
        case BE__GRID:
            view->item = rows_of(m, be__grid_of(v));
            return view->item != NULL;
        case BE__SET:
            view->item = be__set_keys(m, v);
            return view->n == 0 || view->item != NULL;
        default:
            break;
        }
        break;
    case BE__PAIR:
    case BE__CELL:
    case BE__TRIPLE:
        view->n = unpack(v, view->packed);
        view->item = view->packed;
        return true;
    default:
        break;
    }
    be__raise(m, BE__TYPE_ERROR);
    return false;
}

be__value be__item(be__machine *m, be__value tuple, size_t k)
{
    if (be__tag(tuple) != BE__HEAP) {
        be__value item[3];
        unpack(tuple, item);
        return item[k];
    }
    if (be__head_of(tuple)->kind == BE__TUPLE) {
        return be__tuple_of(tuple)->item[k];
    }
    const be__grid_object *grid = be__grid_of(tuple);
    return grid->rows ? grid->rows[k] : row_of(m, grid, k);
}

/* ---- comparing ------------------------------------------------------------------------------ */

/* Reads the items of any tuple or of a set without a machine: what comparing and hashing needs. A
 * grid's rows are walked as bytes by those who call this. */
static size_t peek(be__value v, const be__value **item, be__value packed[3])
{
    if (be__tag(v) != BE__HEAP) {
        *item = packed;
        return unpack(v, packed);
    }
    *item = be__head_of(v)->kind == BE__SET ? be__set_of(v)->key : be__tuple_of(v)->item;
    return be__head_of(v)->n;
}

/* Whether a tuple equals n cells of a grid. */
static bool row_equal(be__value row, const int8_t *cell, size_t n)
{
    if (!be__is_tuple(row) || be__length(row) != n || be__is_kind(row, BE__GRID)) {
        return false;
    }
    const be__value *item;
    be__value packed[3];
    peek(row, &item, packed);
    for (size_t k = 0; k < n; k++) {
        if (!be__is_int(item[k]) || be__int_of(item[k]) != cell[k]) {
            return false;
        }
    }
    return true;
}

static bool grid_equal(const be__grid_object *grid, be__value other)
{
    if (be__is_kind(other, BE__GRID)) {
        const be__grid_object *b = be__grid_of(other);
        return grid->head.n == b->head.n && grid->columns == b->columns &&
               memcmp(grid->cell, b->cell, (size_t)grid->head.n * grid->columns) == 0;
    }
    const be__value *row;
    be__value packed[3];
    if (peek(other, &row, packed) != grid->head.n) {
        return false;
    }
    for (size_t r = 0; r < grid->head.n; r++) {
        if (!row_equal(row[r], grid->cell + r * grid->columns, grid->columns)) {
            return false;
        }
    }
    return true;
}

/* Membership without a machine: by the table where there is one, else one by one. */
static bool has(const be__set_object *set, be__value v)
{
    if (!set->head.pending) {
        return be__set_has(NULL, (be__value)(uintptr_t)set, v);
    }
    for (size_t k = 0; k < set->head.n; k++) {
        if (be__equal(set->key[k], v)) {
            return true;
        }
    }
    return false;
}

static bool set_equal(be__set_object *a, be__set_object *b)
{
    if (a->head.n != b->head.n) {
        return false;
    }
    if (be__hash_slow((be__value)(uintptr_t)a) != be__hash_slow((be__value)(uintptr_t)b)) {
        return false;
    }
    if (memcmp(a->key, b->key, a->head.n * sizeof *a->key) == 0) {
        return true;
    }
    const be__set_object *table = a->head.pending ? b : a, *list = a->head.pending ? a : b;
    for (size_t k = 0; k < list->head.n; k++) {
        if (!has(table, list->key[k])) {
            return false;
        }
    }
    return true;
}

bool be__equal_slow(be__value a, be__value b)
{
    if (a == b) {
        return true;
    }
    if (be__is_int(a) && be__is_int(b)) {
        return be__int_of(a) == be__int_of(b);
    }
    if (be__is_set(a) && be__is_set(b)) {
        return set_equal(be__set_of(a), be__set_of(b));
    }
    if (!be__is_tuple(a) || !be__is_tuple(b) || be__length(a) != be__length(b)) {
        return false;
    }
    if (be__is_kind(a, BE__GRID)) {
        return grid_equal(be__grid_of(a), b);
    }
    if (be__is_kind(b, BE__GRID)) {
        return grid_equal(be__grid_of(b), a);
    }
    const be__value *x, *y;
    be__value packed_x[3], packed_y[3];
    size_t n = peek(a, &x, packed_x);
    peek(b, &y, packed_y);
    for (size_t k = 0; k < n; k++) {
        if (!be__equal(x[k], y[k])) {
            return false;
        }
    }
    return true;
}

static bool is_float(be__value v)
{
    return v == BE__NAN || v == BE__INFINITY || v == BE__MINUS_INFINITY;
}

/* An int on the line from -inf (INT64_MIN) to inf (INT64_MAX). */
static int64_t on_line(be__value v)
{
    return v == BE__INFINITY ? INT64_MAX : v == BE__MINUS_INFINITY ? INT64_MIN : be__int_of(v);
}

int be__less(be__machine *m, be__value a, be__value b)
{
    bool a_number = be__is_int(a) || is_float(a), b_number = be__is_int(b) || is_float(b);
    if (a_number && b_number) {
        return a != BE__NAN && b != BE__NAN && on_line(a) < on_line(b);
    }
    if (be__is_set(a) && be__is_set(b)) {
        return be__length(a) < be__length(b) && be__set_within(m, a, b);
    }
    if (!be__is_tuple(a) || !be__is_tuple(b)) {
        be__raise(m, BE__TYPE_ERROR);
        return -1;
    }
    be__view x, y;
    if (!be__view_of(m, a, &x) || !be__view_of(m, b, &y)) {
        return -1;
    }
    for (size_t k = 0; k < x.n && k < y.n; k++) {
        if (!be__equal(x.item[k], y.item[k])) {
            return be__less(m, x.item[k], y.item[k]);
        }
    }
    return x.n < y.n;
}

static int rank(be__value v)
{
    return v == BE__NONE                  ? 0
           : be__is_int(v) || is_float(v) ? 1
           : be__is_tuple(v)              ? 2
           : be__is_set(v)                ? 3
                                          : 4;
}

static int sign_of(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

int be__compare_any(be__machine *m, be__value a, be__value b)
{
    int kind = rank(a);
    if (kind != rank(b)) {
        return sign_of(kind, rank(b));
    }
    if (kind == 1) {
        return a == BE__NAN || b == BE__NAN ? sign_of(a == BE__NAN, b == BE__NAN)
                                            : sign_of(on_line(a), on_line(b));
    }
    be__view x, y;
    if (kind == 0 || kind == 4 || !be__view_of(m, a, &x) || !be__view_of(m, b, &y)) {
        return sign_of(be__hash(a), be__hash(b));
    }
    for (size_t k = 0; k < x.n && k < y.n; k++) {
        int order = be__compare_any(m, x.item[k], y.item[k]);
        if (order) {
            return order;
        }
    }
    return sign_of((int64_t)x.n, (int64_t)y.n);
}

bool be__truth(be__value v)
{
    switch (be__tag(v)) {
    case BE__HEAP:
        return be__head_of(v)->kind == BE__CLOSURE || be__head_of(v)->n > 0;
    case BE__INT:
        return (int64_t)v >> 3 != 0;
    case BE__ATOM:
        return v != BE__FALSE && v != BE__NONE;
    default:
        return true;
    }
}

/* ---- hashes --------------------------------------------------------------------------------- */

static uint64_t shuffle_bits(uint64_t hash)
{
    return ((hash ^ UINT64_C(89869747)) ^ (hash << 16)) * UINT64_C(3644798167);
}

static int64_t set_hash(const be__set_object *set)
{
    uint64_t hash = 0;
    for (size_t k = 0; k < set->head.n; k++) {
        hash ^= shuffle_bits((uint64_t)be__hash(set->key[k]));
    }
    hash ^= ((uint64_t)set->head.n + 1) * UINT64_C(1927868237);
    hash ^= (hash >> 11) ^ (hash >> 25);
    hash = hash * UINT64_C(69069) + UINT64_C(907133923);
    return hash == UINT64_MAX ? 590923713 : (int64_t)hash;
}

static int64_t grid_hash(const be__grid_object *grid)
{
    uint64_t sum = BE__HASH_START;
    for (size_t r = 0; r < grid->head.n; r++) {
        uint64_t row = BE__HASH_START;
        for (size_t c = 0; c < grid->columns; c++) {
            row = be__hash_lane(row, be__hash_int(grid->cell[r * grid->columns + c]));
        }
        sum = be__hash_lane(sum, be__hash_end(row, grid->columns));
    }
    return be__hash_end(sum, grid->head.n);
}

static int64_t tuple_hash(const be__value *item, size_t n)
{
    uint64_t sum = BE__HASH_START;
    for (size_t k = 0; k < n; k++) {
        sum = be__hash_lane(sum, be__hash(item[k]));
    }
    return be__hash_end(sum, n);
}

int64_t be__hash_slow(be__value v)
{
    be__value packed[3];
    switch (be__tag(v)) {
    case BE__HEAP:
        break;
    case BE__ATOM:
        return v == BE__INFINITY         ? 314159
               : v == BE__MINUS_INFINITY ? -314159
               : v == BE__NONE           ? INT64_C(0xFCA86420)
                                         : v == BE__TRUE;
    case BE__PRIM:
        return (int64_t)v;
    case BE__INT:
        return be__hash_int((int64_t)v >> 3);
    default:
        return tuple_hash(packed, unpack(v, packed));
    }
    be__head *head = be__head_of(v);
    if (!head->hashed) {
        head->hash = head->kind == BE__TUPLE  ? tuple_hash(be__tuple_of(v)->item, head->n)
                     : head->kind == BE__GRID ? grid_hash(be__grid_of(v))
                     : head->kind == BE__SET  ? set_hash(be__set_of(v))
                                              : be__closure_of(v)->arity;
        head->hashed = true;
    }
    return head->hash;
}

bool be__settle(be__machine *m, be__value v)
{
    if (be__tag(v) != BE__HEAP || be__head_of(v)->kind == BE__GRID || v == BE__EMPTY_SET) {
        return be__tag(v) != BE__HEAP || v == BE__EMPTY_SET || rows_of(m, be__grid_of(v));
    }
    be__view view = {0};
    if (be__head_of(v)->kind == BE__CLOSURE) {
        view.item = be__closure_of(v)->captured;
        view.n = be__head_of(v)->n;
    } else if (!be__view_of(m, v, &view)) {
        return false;
    }
    for (size_t k = 0; k < view.n; k++) {
        if (!be__settle(m, view.item[k])) {
            return false;
        }
    }
    be__hash(v);
    return true;
}
