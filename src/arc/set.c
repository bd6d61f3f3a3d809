/* set.c: frozensets with CPython's table, so that they iterate in CPython's order.
 *
 * The table is open addressing over a power of two of slots. An element's first slot is hash &
 * mask; a slot and, where that stays inside the table, the nine after it are looked at, then the
 * next slot is 5 * slot + 1 + perturb with perturb shifted right by five each time. After an
 * insertion that makes the table three fifths full, a table of more than four times the elements
 * (twice, past 50,000) is filled from the old one slot by slot. Deleted elements leave their slot
 * marked. Since CPython 3.7, and the same up to 3.13.
 *
 * Here the table holds 32-bit indices into the elements, which are kept densely: in the order of
 * adding while the set is built, in the order of slots (which is the order of iteration) when done.
 *
 * Sets of functions, which CPython orders by address, iterate in the order of adding.
 */
#include "arc/objects.h"

#include <stdlib.h>

/* Forcing goes from a set to its sources, so many deep. */
enum { SOURCES_MAX = 100 };

enum { PROBES = 9, PERTURB_SHIFT = 5, FIRST_MASK = 7, LARGE = 50000 };

#define DELETED UINT32_MAX

static uint32_t empty_slots[FIRST_MASK + 1];
static be__value no_keys[1];

be__set_object be__empty_set_object = {
    .head = {.kind = BE__SET, .hashed = true, .height = 1, .hash = 133146708735736},
    .mask = FIRST_MASK,
    .slot = empty_slots,
    .key = no_keys,
};

/* Where the hash leads in a table: `slot` is the first empty slot on the way. */
static inline size_t first_empty(const uint32_t *slot, size_t mask, int64_t hash)
{
    size_t perturb = (size_t)hash;
    size_t i = (size_t)hash & mask;
    for (;;) {
        size_t last = i + PROBES <= mask ? i + PROBES : i;
        for (size_t k = i; k <= last; k++) {
            if (slot[k] == 0) {
                return k;
            }
        }
        perturb >>= PERTURB_SHIFT;
        i = (i * 5 + 1 + perturb) & mask;
    }
}

/* ---- building ------------------------------------------------------------------------------- */

void be__build(be__builder *b, be__machine *m)
{
    b->m = m;
    b->key = b->small_key;
    b->hash = b->small_hash;
    b->n = b->used = b->fill = 0;
    b->room = BE__COUNT_OF(b->small_key);
    b->mask = FIRST_MASK;
    b->slot = b->small;
    memset(b->small, 0, sizeof b->small);
}

/* Room for one more entry. */
static bool make_room(be__builder *b)
{
    if (b->used >= b->m->limits.items) {
        be__raise(b->m, BE__ITEMS_ERROR);
        return false;
    }
    size_t room = (size_t)b->room * 4;
    be__value *key = be__take(b->m, room * sizeof *key);
    int64_t *hash = be__take(b->m, room * sizeof *hash);
    if (!key || !hash) {
        return false;
    }
    memcpy(key, b->key, b->n * sizeof *key);
    memcpy(hash, b->hash, b->n * sizeof *hash);
    b->key = key;
    b->hash = hash;
    b->room = (uint32_t)room;
    return true;
}

/* A table of more than `least` slots, filled from the present one slot by slot. */
static bool resize(be__builder *b, size_t least)
{
    size_t slots = FIRST_MASK + 1;
    while (slots <= least) {
        slots *= 2;
    }
    uint32_t *slot = be__take(b->m, slots * sizeof *slot);
    if (!slot) {
        return false;
    }
    memset(slot, 0, slots * sizeof *slot);
    for (size_t k = 0; k <= b->mask; k++) {
        uint32_t entry = b->slot[k];
        if (entry != 0 && entry != DELETED) {
            slot[first_empty(slot, slots - 1, b->hash[entry - 1])] = entry;
        }
    }
    b->slot = slot;
    b->mask = (uint32_t)(slots - 1);
    b->fill = b->used;
    return true;
}

static bool append(be__builder *b, size_t slot, be__value v, int64_t hash)
{
    if (BE__UNLIKELY(b->n == b->room) && !make_room(b)) {
        return false;
    }
    b->key[b->n] = v;
    b->hash[b->n] = hash;
    b->slot[slot] = ++b->n;
    b->used++;
    b->fill++;
    if (b->fill * UINT64_C(5) < b->mask * UINT64_C(3)) {
        return true;
    }
    return resize(b, b->used > LARGE ? (size_t)b->used * 2 : (size_t)b->used * 4);
}

/* The slot where v is, or the empty one where it would go; *found says which. */
static inline size_t look_up(const uint32_t *slot, size_t mask, const be__value *key,
                             const int64_t *hashes, be__value v, int64_t hash, bool *found)
{
    size_t perturb = (size_t)hash;
    size_t i = (size_t)hash & mask;
    for (;;) {
        size_t last = i + PROBES <= mask ? i + PROBES : i;
        for (size_t k = i; k <= last; k++) {
            uint32_t entry = slot[k];
            if (entry == 0) {
                *found = false;
                return k;
            }
            if (entry != DELETED &&
                (key[entry - 1] == v ||
                 ((!hashes || hashes[entry - 1] == hash) && be__equal(key[entry - 1], v)))) {
                *found = true;
                return k;
            }
        }
        perturb >>= PERTURB_SHIFT;
        i = (i * 5 + 1 + perturb) & mask;
    }
}

bool be__build_add(be__builder *b, be__value v, int64_t hash)
{
    bool found;
    size_t slot = look_up(b->slot, b->mask, b->key, b->hash, v, hash, &found);
    return found || append(b, slot, v, hash);
}

void be__build_discard(be__builder *b, be__value v, int64_t hash)
{
    bool found;
    size_t slot = look_up(b->slot, b->mask, b->key, b->hash, v, hash, &found);
    if (found) {
        b->slot[slot] = DELETED;
        b->used--;
    }
}

/* Take over a table as it is: the builder is empty and the set's table has its size. */
static bool copy_table(be__builder *b, const be__set_object *set)
{
    size_t n = set->head.n;
    while (b->room < n) {
        if (!make_room(b)) {
            return false;
        }
    }
    memcpy(b->key, set->key, n * sizeof *b->key);
    for (size_t k = 0; k < n; k++) {
        b->hash[k] = be__hash(set->key[k]);
    }
    memcpy(b->slot, set->slot, (set->mask + (size_t)1) * sizeof *b->slot);
    b->n = b->used = b->fill = (uint32_t)n;
    return true;
}

bool be__build_update(be__builder *b, be__value other)
{
    be__set_object *set = be__set_of(other);
    size_t n = set->head.n;
    const be__value *key = be__set_keys(b->m, other);
    if (n == 0) {
        return true;
    }
    if (!key) {
        return false;
    }
    if ((b->fill + n) * 5 >= (uint64_t)b->mask * 3 && !resize(b, (b->used + n) * 2)) {
        return false;
    }
    bool fresh = b->fill == 0;
    if (fresh && b->mask == set->mask && !set->head.dummies) {
        return copy_table(b, set);
    }
    for (size_t k = 0; k < n; k++) {
        int64_t hash = be__hash(key[k]);
        if (fresh) { /* sized for all of them: no growth on the way */
            if (b->n == b->room && !make_room(b)) {
                return false;
            }
            b->key[b->n] = key[k];
            b->hash[b->n] = hash;
            b->slot[first_empty(b->slot, b->mask, hash)] = ++b->n;
            b->used++;
            b->fill++;
        } else if (!be__build_add(b, key[k], hash)) {
            return false;
        }
    }
    return true;
}

/* ---- finished sets -------------------------------------------------------------------------- */

static int by_compare_any(const void *a, const void *b, void *m)
{
    return be__compare_any(m, *(const be__value *)a, *(const be__value *)b);
}

/* Other orders than the table's: ascending where the machine says so, as added for functions. */
static bool reorder(be__machine *m, be__value *key, size_t n)
{
    if (m->order == BE__ORDER_SORTED) {
        qsort_r(key, n, sizeof *key, by_compare_any, m);
        return true;
    }
    for (size_t k = 0; k < n; k++) {
        if (!be__is_function(key[k])) {
            return false;
        }
    }
    return n > 1;
}

/* Fill a table of the elements as they stand, whatever their slots: for orders of our own. */
static void index_anew(be__set_object *set)
{
    memset(set->slot, 0, (set->mask + (size_t)1) * sizeof *set->slot);
    for (uint32_t k = 0; k < set->head.n; k++) {
        set->slot[first_empty(set->slot, set->mask, be__hash(set->key[k]))] = k + 1;
    }
}

/* Fill in what the elements are: `of` and the height. False with BE__HEIGHT_ERROR raised. */
static bool survey(be__machine *m, be__set_object *set, const be__value *key, size_t n)
{
    unsigned tag = be__tag(key[0]);
    bool alike = tag == BE__PAIR || tag == BE__CELL || tag == BE__INT || tag == BE__TRIPLE;
    for (size_t k = 0; alike && k < n; k++) {
        alike = be__tag(key[k]) == tag;
    }
    set->of = alike ? (uint8_t)tag : BE__ATOM;
    set->head.height = alike ? 1 : be__height_over(m, key, n);
    return set->head.height > 0;
}

/* Move the builder's elements into set->key in the order of slots. */
static bool finish(be__builder *b, be__set_object *set)
{
    size_t n = b->used;
    be__value *key = be__take(b->m, (n + 1) * sizeof *key);
    uint32_t *slot = b->slot;
    if (slot == b->small) {
        slot = be__take(b->m, sizeof b->small);
        if (slot) {
            memcpy(slot, b->small, sizeof b->small);
        }
    }
    if (!key || !slot) {
        return false;
    }
    set->head.n = (uint32_t)n;
    set->head.pending = false;
    if (n > 0 && !survey(b->m, set, b->key, b->n)) {
        return false;
    }
    set->head.dummies = b->fill != b->used;
    set->mask = b->mask;
    set->slot = slot;
    uint32_t done = 0;
    for (size_t k = 0; k <= b->mask; k++) {
        uint32_t entry = slot[k];
        bool live = entry - 1 < DELETED - 1;
        key[done] = b->key[live ? entry - 1 : 0];
        done += live;
        slot[k] = live ? done : entry;
    }
    set->key = key;
    if (BE__UNLIKELY(b->m->order != BE__ORDER_CPYTHON || (n > 1 && be__is_function(key[0])))) {
        uint32_t live = 0;
        be__value *added = be__take(b->m, n * sizeof *added);
        for (uint32_t k = 0; added && k < b->n; k++) {
            bool found;
            look_up(slot, set->mask, key, NULL, b->key[k], b->hash[k], &found);
            added[live] = b->key[k];
            live += found && live < n;
        }
        if (!added) {
            return false;
        }
        if (reorder(b->m, added, n)) {
            set->key = added;
            index_anew(set);
        }
    }
    return true;
}

static be__set_object *new_set(be__machine *m)
{
    be__set_object *set = be__take(m, sizeof *set);
    if (set) {
        *set = (be__set_object){.head = {.kind = BE__SET, .height = 1}};
    }
    return set;
}

static be__value of_set(const be__set_object *set)
{
    return (be__value)(uintptr_t)set;
}

be__value be__build_end(be__builder *b)
{
    if (b->used == 0 && b->fill == 0) {
        return BE__EMPTY_SET;
    }
    be__set_object *set = be__charge_items(b->m, b->used) ? new_set(b->m) : NULL;
    return set && finish(b, set) ? of_set(set) : BE__RAISED;
}

be__value be__build_freeze(be__builder *b)
{
    be__set_object made = {.head = {.kind = BE__SET}};
    be__builder again;
    be__build(&again, b->m);
    if (!finish(b, &made) || !be__build_update(&again, of_set(&made))) {
        return BE__RAISED;
    }
    return be__build_end(&again);
}

/* The table of more than `least` slots, filled from a table slot by slot. */
static uint32_t *relay(be__machine *m, const uint32_t *from, size_t *mask, const int64_t *hash,
                       size_t least)
{
    size_t slots = FIRST_MASK + 1;
    while (slots <= least) {
        slots *= 2;
    }
    uint32_t *slot = be__take(m, slots * sizeof *slot);
    if (slot) {
        memset(slot, 0, slots * sizeof *slot);
        for (size_t k = 0; k <= *mask; k++) {
            if (from[k]) {
                slot[first_empty(slot, slots - 1, hash[from[k] - 1])] = from[k];
            }
        }
        *mask = slots - 1;
    }
    return slot;
}

/* The elements in an order of our own: ascending, or functions as they were added. */
static const be__value *force_otherwise(be__machine *m, be__set_object *set, uint32_t *slot)
{
    size_t n = set->head.n;
    uint32_t *given = be__take(m, n * sizeof *given);
    be__value *key = be__take(m, n * sizeof *key);
    if (!given || !key) {
        return NULL;
    }
    memcpy(key, set->key, n * sizeof *key);
    bool moved = reorder(m, key, n);
    for (size_t k = 0; k < n;
         k++) { /* where each stood: ascending orders are for study, not speed */
        given[k] = (uint32_t)k;
        for (uint32_t i = 0; moved && i < n; i++) {
            if (set->key[i] == key[k]) {
                given[k] = i;
                break;
            }
        }
    }
    be__set_object table = *set;
    table.key = key;
    table.slot = slot;
    index_anew(&table);
    set->slot = slot;
    set->key = key;
    set->given = given;
    set->head.pending = false;
    m->kept++;
    return key;
}

/* Put the n distinct elements of a pending set, which have these hashes, by number into a fresh
 * table: one by one in the given order (NULL: as they are numbered), growing as it fills; then, if
 * the set is to be frozen, copied once more. Slots have 1 + the number. */
static uint32_t *lay_out(be__machine *m, const be__head *head, const int64_t *hash,
                         const uint32_t *order, uint32_t *mask_out)
{
    size_t n = head->n;
    bool frozen = head->frozen;
    size_t mask = FIRST_MASK, used = 0;
    uint32_t *slot = be__take(m, (mask + 1) * sizeof *slot);
    if (!slot) {
        return NULL;
    }
    memset(slot, 0, (mask + 1) * sizeof *slot);
    for (size_t k = 0; k < n; k++) {
        uint32_t number = order ? order[k] : (uint32_t)k;
        if (head->eight && k == 4 && !(slot = relay(m, slot, &mask, hash, 2 * n))) {
            return NULL;
        }
        slot[first_empty(slot, mask, hash[number])] = number + 1;
        used++;
        if (used * 5 >= mask * 3 &&
            !(slot = relay(m, slot, &mask, hash, used > LARGE ? used * 2 : used * 4))) {
            return NULL;
        }
    }
    size_t copy = FIRST_MASK; /* what the copy's size will be */
    if (frozen && n * 5 >= copy * 3) {
        while (copy + 1 <= n * 2) {
            copy = copy * 2 + 1;
        }
    }
    if (frozen && copy != mask && !(slot = relay(m, slot, &mask, hash, copy))) {
        return NULL;
    }
    *mask_out = (uint32_t)mask;
    return slot;
}

/* ---- sets joined ---------------------------------------------------------------------------- */

/* Sets of places, or of cells of which no two are at one place, joined one after the other: found
 * without tables on a plane around all of them, and put in order when that is asked for. */
struct be__union {
    const be__value *set;
    size_t n;
    int64_t top, left, rows, columns; /* the plane */
    bool mapped;            /* equal sets are one, and come in the order of the set of them */
    be__set_object *source; /* set[k] was made of its element number k; NULL: they stand in order */
};

enum { PLANE_SIDE = 64 };

/* The place on the plane of an element of a set of PAIR or CELL. */
static inline size_t on_plane(const struct be__union *u, be__value v, bool cells)
{
    int64_t i = cells ? be__cell_i(v) : be__pair_i(v), j = cells ? be__cell_j(v) : be__pair_j(v);
    return (size_t)((i - u->top) * u->columns + (j - u->left));
}

/* Whether the sets are all of PAIR or all of CELL and a plane is around them; *total their elements
 * together, *of that tag. */
static bool spread_plane(struct be__union *u, size_t *total, unsigned *of)
{
    int64_t top = INT64_MAX, left = INT64_MAX, bottom = INT64_MIN, right = INT64_MIN;
    *total = 0;
    *of = 0;
    for (size_t s = 0; s < u->n; s++) {
        if (!be__is_set(u->set[s])) {
            return false;
        }
        const be__set_object *set = be__set_of(u->set[s]);
        if (set->head.n == 0) {
            continue;
        }
        *of = *of ? *of : set->of;
        if (set->of != *of || (*of != BE__PAIR && *of != BE__CELL)) {
            return false;
        }
        *total += set->head.n;
        bool cells = *of == BE__CELL;
        for (size_t k = 0; k < set->head.n; k++) {
            be__value v = set->key[k];
            int64_t i = cells ? be__cell_i(v) : be__pair_i(v);
            int64_t j = cells ? be__cell_j(v) : be__pair_j(v);
            top = i < top ? i : top;
            bottom = i > bottom ? i : bottom;
            left = j < left ? j : left;
            right = j > right ? j : right;
        }
    }
    if (*total == 0 || bottom - top >= PLANE_SIDE || right - left >= PLANE_SIDE) {
        return false;
    }
    u->top = top;
    u->left = left;
    u->rows = bottom - top + 1;
    u->columns = right - left + 1;
    return true;
}

/* The joined elements, each once, in the order they stand in the sets' memory; how many, or 0 where
 * two of different colours are at one place. */
static size_t gather(const struct be__union *u, unsigned of, be__value *key)
{
    be__value at[PLANE_SIDE * PLANE_SIDE];
    memset(at, 0, (size_t)(u->rows * u->columns) * sizeof *at);
    size_t n = 0;
    for (size_t s = 0; s < u->n; s++) {
        const be__set_object *set = be__set_of(u->set[s]);
        for (size_t k = 0; k < set->head.n; k++) {
            be__value *there = &at[on_plane(u, set->key[k], of == BE__CELL)];
            if (*there && *there != set->key[k]) {
                return 0;
            }
            key[n] = set->key[k];
            n += *there == 0;
            *there = set->key[k];
        }
    }
    return n;
}

/* One by one, with a table. */
static be__value join_at_once(be__machine *m, const be__value *set, size_t n)
{
    be__builder b;
    be__build(&b, m);
    for (size_t s = 0; s < n; s++) {
        be__view view;
        if (!be__view_of(m, set[s], &view) || !be__charge(m, view.n)) {
            return BE__RAISED;
        }
        for (size_t k = 0; k < view.n; k++) {
            if (!be__build_add(&b, view.item[k], be__hash(view.item[k]))) {
                return BE__RAISED;
            }
        }
    }
    return be__build_end(&b);
}

/* Join on a plane; BE__RAISED without an error where that cannot be. */
static be__value join_later(be__machine *m, struct be__union u)
{
    const be__value *set = u.set;
    size_t total, n = u.n;
    unsigned of, depth = u.source ? u.source->depth : 0;
    for (size_t s = 0; s < n; s++) {
        unsigned deep = be__is_set(set[s]) ? be__set_of(set[s])->depth : 0;
        depth = deep > depth ? deep : depth;
    }
    if (depth >= SOURCES_MAX || !spread_plane(&u, &total, &of)) {
        return BE__RAISED;
    }
    be__value *key = be__charge(m, total) ? be__take(m, total * sizeof *key) : NULL;
    struct be__union *kept = key ? be__take(m, sizeof *kept) : NULL;
    if (!kept) {
        return BE__RAISED;
    }
    *kept = u;
    size_t found = gather(&u, of, key);
    if (found == 0) {
        return BE__RAISED;
    }
    be__value made = be__set_of_distinct(m, key, found);
    if (made) {
        be__set_object *joined = be__set_of(made);
        joined->joined = kept;
        joined->depth = (uint16_t)(depth + 1);
        joined->head.planar = of == BE__CELL;
        joined->boxed = true;
        joined->box = (be__box){(int32_t)u.top, (int32_t)u.left, (int32_t)(u.top + u.rows - 1),
                                (int32_t)(u.left + u.columns - 1)};
    }
    return made;
}

be__value be__set_joined(be__machine *m, const be__value *set, size_t n)
{
    be__value joined = join_later(m, (struct be__union){.set = set, .n = n});
    return joined || m->error ? joined : join_at_once(m, set, n);
}

be__value be__set_joined_of(be__machine *m, const be__value *made, be__value like, bool loose)
{
    return join_later(m, (struct be__union){.set = made,
                                            .n = be__length(like),
                                            .mapped = true,
                                            .source = loose ? be__set_of(like) : NULL});
}

/* The sets of a union in the order they come in. */
static bool order_of_sets(be__machine *m, const struct be__union *u, be__view *sets)
{
    sets->item = u->set;
    sets->n = u->n;
    if (!u->mapped) {
        return true;
    }
    if (u->source && u->source->head.pending && !be__set_force(m, u->source)) {
        return false;
    }
    const uint32_t *given = u->source ? u->source->given : NULL;
    be__value *made = be__take(m, (u->n + 1) * sizeof *made);
    for (size_t k = 0; made && k < u->n; k++) {
        made[k] = u->set[given ? given[k] : k];
    }
    be__value all = made ? be__set_of_items(m, made, u->n) : BE__RAISED;
    return all && be__view_of(m, all, sets);
}

/* The order of adding of a joined set, as numbers of its elements. */
static const uint32_t *order_of_joined(be__machine *m, const be__set_object *joined)
{
    const struct be__union *u = joined->joined;
    bool cells = joined->of == BE__CELL;
    uint32_t number[PLANE_SIDE * PLANE_SIDE]; /* 1 + that of the element there, until it came */
    uint32_t *order = be__take(m, joined->head.n * sizeof *order), n = 0;
    if (!order) {
        return NULL;
    }
    be__view sets;
    if (!order_of_sets(m, u, &sets)) {
        return NULL;
    }
    memset(number, 0, (size_t)(u->rows * u->columns) * sizeof *number);
    for (uint32_t k = 0; k < joined->head.n; k++) {
        number[on_plane(u, joined->key[k], cells)] = k + 1;
    }
    for (size_t s = 0; s < sets.n; s++) {
        const be__value *key = be__set_keys(m, sets.item[s]);
        if (!key && be__length(sets.item[s]) > 0) {
            return NULL;
        }
        for (size_t k = 0; k < be__length(sets.item[s]); k++) {
            uint32_t *there = &number[on_plane(u, key[k], cells)];
            if (*there) {
                order[n++] = *there - 1;
                *there = 0;
            }
        }
    }
    return order;
}

/* ---- forcing -------------------------------------------------------------------------------- */

/* The order of adding of elements picked from a source. */
static const uint32_t *order_of_picked(be__machine *m, const be__set_object *set)
{
    const be__set_object *source = set->source;
    uint32_t *number =
        be__take(m, source->head.n * sizeof *number); /* 1 + that of the one picked */
    uint32_t *order = be__take(m, set->head.n * sizeof *order), n = 0;
    if (!number || !order) {
        return NULL;
    }
    memset(number, 0, source->head.n * sizeof *number);
    for (uint32_t k = 0; k < set->head.n; k++) {
        number[set->from[k]] = k + 1;
    }
    for (uint32_t k = 0; k < source->head.n; k++) {
        uint32_t at = number[source->given ? source->given[k] : k];
        if (at) {
            order[n++] = at - 1;
        }
    }
    return order;
}

/* The order of adding of a pending set, as numbers of its elements; NULL: as they stand. */
static bool order_of(be__machine *m, be__set_object *set, const uint32_t **order)
{
    *order = NULL;
    if (set->source) {
        if (set->source->head.pending && !be__set_force(m, set->source)) {
            return false;
        }
        *order = set->from ? order_of_picked(m, set) : set->source->given;
        return *order != NULL || !set->from;
    } else if (set->replay) {
        *order = be__replay(m, set->replay, set->head.n);
        return *order != NULL;
    } else if (set->joined) {
        *order = order_of_joined(m, set);
        return *order != NULL;
    }
    return true;
}

static const be__value *force(be__machine *m, be__set_object *set)
{
    size_t n = set->head.n;
    const uint32_t *order;
    int64_t *hash = be__take(m, n * sizeof *hash);
    if (!hash || !order_of(m, set, &order)) {
        return NULL;
    }
    for (size_t k = 0; k < n; k++) {
        hash[k] = be__hash(set->key[k]);
    }
    uint32_t corners[8]; /* of eight, the last four come in the order of their own set */
    if (set->head.eight) {
        uint32_t own[FIRST_MASK + 1] = {0}, done = 4;
        for (uint32_t k = 4; k < 8; k++) {
            corners[k - 4] = k - 4;
            own[first_empty(own, FIRST_MASK, hash[k])] = k;
        }
        for (uint32_t k = 0; k <= FIRST_MASK; k++) {
            if (own[k]) {
                corners[done++] = own[k];
            }
        }
        order = corners;
    }
    uint32_t *slot = lay_out(m, &set->head, hash, order, &set->mask);
    uint32_t *given = slot ? be__take(m, (n + 1) * sizeof *given) : NULL;
    be__value *key = given ? be__take(m, (n + 1) * sizeof *key) : NULL;
    if (!key) {
        return NULL;
    }
    uint32_t done = 0;
    for (size_t k = 0; k <= set->mask; k++) { /* without branches: which slots are taken is noise */
        uint32_t entry = slot[k], at = entry ? entry - 1 : 0;
        given[done] = at;
        key[done] = set->key[at];
        done += entry != 0;
        slot[k] = entry ? done : 0;
    }
    if (BE__UNLIKELY(m->order != BE__ORDER_CPYTHON || be__is_function(key[0]))) {
        return force_otherwise(m, set, slot);
    }
    set->slot = slot;
    set->key = key;
    set->given = given;
    set->head.pending = false;
    m->kept++;
    return key;
}

const be__value *be__set_force(be__machine *m, be__set_object *set)
{
    uint64_t fuel = m->fuel; /* whether the order is asked for does not show in the fuel */
    m->fuel = UINT64_MAX;
    const be__value *key = force(m, set);
    m->fuel = fuel;
    return key;
}

be__value be__set_of_distinct(be__machine *m, be__value *key, size_t n)
{
    if (n == 0) {
        return BE__EMPTY_SET;
    }
    be__set_object *set = be__charge_items(m, n) ? new_set(m) : NULL;
    if (!set || !survey(m, set, key, n)) {
        return BE__RAISED;
    }
    set->head.n = (uint32_t)n;
    set->head.pending = true;
    set->key = key;
    return of_set(set);
}

be__value be__set_of_items(be__machine *m, const be__value *item, size_t n)
{
    be__builder b;
    be__build(&b, m);
    for (size_t k = 0; k < n; k++) {
        if (!be__build_add(&b, item[k], be__hash(item[k]))) {
            return BE__RAISED;
        }
    }
    return be__build_end(&b);
}

/* The depth of what has this source: from SOURCES_MAX on a source is put in order at once. The same
 * whether others have asked for the source's order before. */
static uint16_t depth_after(const be__set_object *source)
{
    return (uint16_t)(source->depth < SOURCES_MAX ? source->depth + 1 : 0);
}

be__value be__set_derived(be__machine *m, be__value *key, be__value like)
{
    be__set_object *source = be__set_of(like);
    if (source->head.pending && source->depth >= SOURCES_MAX && !be__set_force(m, source)) {
        return BE__RAISED;
    }
    size_t n = source->head.n;
    be__value made = be__set_of_distinct(m, key, n);
    if (made && n > 0) {
        be__set_of(made)->source = source->head.pending ? source : NULL; /* else as it iterates */
        be__set_of(made)->depth = depth_after(source);
    }
    return made;
}

bool be__set_loose(const be__machine *m, be__value v, be__view *view)
{
    if (m->strict || !be__is_set(v) || !be__head_of(v)->pending) {
        return false;
    }
    view->item = be__set_of(v)->key;
    view->n = be__length(v);
    return true;
}

be__value be__set_picked(be__machine *m, be__value *key, const uint32_t *from, size_t n,
                         be__value like)
{
    be__set_object *source = be__set_of(like);
    if (source->depth >= SOURCES_MAX && source->head.pending && !be__set_force(m, source)) {
        return BE__RAISED;
    }
    be__value made = be__set_of_distinct(m, key, n);
    if (made && n > 0) {
        be__set_of(made)->source = source;
        be__set_of(made)->from = from;
        be__set_of(made)->depth = depth_after(source);
        be__head_of(made)->planar = source->head.planar;
    }
    return made;
}

bool be__set_has(be__machine *m, be__value v, be__value element)
{
    be__set_object *set = be__set_of(v);
    if (set->head.n == 0 || !be__set_keys(m, v)) {
        return false;
    }
    bool found;
    look_up(set->slot, set->mask, set->key, NULL, element, be__hash(element), &found);
    return found;
}

/* ---- algebra -------------------------------------------------------------------------------- */

be__value be__set_or(be__machine *m, be__value a, be__value b)
{
    be__builder to;
    be__build(&to, m);
    if (!be__build_update(&to, a) || (a != b && !be__build_update(&to, b))) {
        return BE__RAISED;
    }
    return be__build_end(&to);
}

be__value be__set_and(be__machine *m, be__value a, be__value b)
{
    if (be__length(b) > be__length(a)) {
        be__value other = a;
        a = b;
        b = other;
    }
    be__builder to;
    be__build(&to, m);
    const be__value *key = be__set_keys(m, b);
    for (size_t k = 0; key && k < be__length(b); k++) {
        if (be__set_has(m, a, key[k]) && !be__build_add(&to, key[k], be__hash(key[k]))) {
            return BE__RAISED;
        }
    }
    return m->error ? BE__RAISED : be__build_end(&to);
}

be__value be__set_minus(be__machine *m, be__value a, be__value b)
{
    be__builder to;
    be__build(&to, m);
    size_t n = be__length(a), without = be__length(b);
    if (n >> 2 > without) { /* copy, then delete */
        const be__value *key = be__set_keys(m, b);
        if (!be__build_update(&to, a) || (without && !key)) {
            return BE__RAISED;
        }
        for (size_t k = 0; k < without; k++) {
            be__build_discard(&to, key[k], be__hash(key[k]));
        }
        if (to.fill - to.used > to.mask / 4 &&
            !resize(&to, to.used > LARGE ? (size_t)to.used * 2 : (size_t)to.used * 4)) {
            return BE__RAISED;
        }
        return be__build_end(&to);
    }
    const be__value *key = be__set_keys(m, a);
    for (size_t k = 0; key && k < n; k++) {
        if (!be__set_has(m, b, key[k]) && !be__build_add(&to, key[k], be__hash(key[k]))) {
            return BE__RAISED;
        }
    }
    return m->error ? BE__RAISED : be__build_end(&to);
}

bool be__set_within(be__machine *m, be__value a, be__value b)
{
    if (be__length(a) > be__length(b)) {
        return false;
    }
    const be__value *key = be__set_of(a)->key;
    for (size_t k = 0; k < be__length(a); k++) {
        if (!be__set_has(m, b, key[k])) {
            return false;
        }
    }
    return true;
}
