/* objects.c: connected cells as objects; see objects.h. */
#include "arc/objects.h"

#include "arc/points.h"

enum { PROBES = 9, PERTURB_SHIFT = 5, UNKNOWN = 255, SLOTS_MAX = 4096 };

/* What all objects of one call share. */
typedef struct flood {
    uint32_t rows, columns;
    bool diagonal;
    uint16_t rank[BE__LORE_PLACES];   /* 1 + the number of the object there, in the order of their
                                         finding; 0: none */
    uint16_t number[BE__LORE_PLACES]; /* of the cell in its object */
} flood;

/* How an object came about. */
struct be__replay {
    const flood *of;
    uint32_t before; /* cells in the objects found before it */
    uint16_t rank;
    uint16_t seed;
};

/* ---- a small set of places ------------------------------------------------------------------ */

/* As in set.c, of numbers of places. */
typedef struct places {
    uint16_t *slot;  /* 1 + the place, 0 empty, DELETED */
    uint16_t *other; /* the next table goes here */
    uint32_t mask, used;
} places;

#define DELETED UINT16_MAX

static void clear(places *p)
{
    p->mask = 7;
    p->used = 0;
    memset(p->slot, 0, 8 * sizeof *p->slot);
}

/* The slot with the place, or the empty one where it goes. */
static inline size_t find(const uint16_t *slot, size_t mask, int64_t hash, uint16_t entry)
{
    size_t perturb = (size_t)hash;
    size_t i = (size_t)hash & mask;
    for (;;) {
        size_t last = i + PROBES <= mask ? i + PROBES : i;
        for (size_t k = i; k <= last; k++) {
            if (slot[k] == 0 || slot[k] == entry) {
                return k;
            }
        }
        perturb >>= PERTURB_SHIFT;
        i = (i * 5 + 1 + perturb) & mask;
    }
}

static void resize(places *p, const int64_t *hash, size_t least)
{
    size_t slots = 8;
    while (slots <= least) {
        slots *= 2;
    }
    memset(p->other, 0, slots * sizeof *p->other);
    for (size_t k = 0; k <= p->mask; k++) {
        uint16_t entry = p->slot[k];
        if (entry != 0 && entry != DELETED) {
            p->other[find(p->other, slots - 1, hash[entry - 1], entry)] = entry;
        }
    }
    uint16_t *old = p->slot;
    p->slot = p->other;
    p->other = old;
    p->mask = (uint32_t)(slots - 1);
}

static inline void add(places *p, const int64_t *hash, uint16_t place)
{
    uint16_t entry = (uint16_t)(place + 1);
    size_t k = find(p->slot, p->mask, hash[place], entry);
    if (p->slot[k] == entry) {
        return;
    }
    p->slot[k] = entry;
    p->used++;
    if (p->used * 5 >= p->mask * 3) {
        resize(p, hash, (size_t)p->used * 4);
    }
}

/* ---- lore ----------------------------------------------------------------------------------- */

static const int8_t WAYS[8][2] = {{-1, 0},  {1, 0},  {0, -1}, {0, 1},
                                  {-1, -1}, {-1, 1}, {1, -1}, {1, 1}};

/* The number of the place in one of the eight directions from another. */
static inline uint16_t towards(uint16_t place, unsigned way)
{
    return (uint16_t)(place + WAYS[way][0] * BE__LORE_SIDE + WAYS[way][1]);
}

static void get_ready(be__lore *lore)
{
    for (int64_t i = 0; i < BE__LORE_SIDE; i++) {
        for (int64_t j = 0; j < BE__LORE_SIDE; j++) {
            lore->hash[i * BE__LORE_SIDE + j] = be__hash_pair(i, j);
        }
    }
    memset(lore->around, UNKNOWN, sizeof lore->around);
    memset(lore->scan, 0, sizeof lore->scan);
    lore->used = 0;
    lore->ready = true;
}

/* Where the places around a place of a grid iterate, as Python makes sets of them: those of the
 * four sides, joined with those of the four corners if `diagonal`, then those in the grid added to
 * a set of their own. */
static bool look_around(be__machine *m, const flood *f, uint16_t place, be__around *to)
{
    int64_t i = place / BE__LORE_SIDE, j = place % BE__LORE_SIDE;
    be__value item[2][4];
    for (unsigned k = 0; k < 8; k++) {
        item[k / 4][k % 4] = be__small_pair(i + WAYS[k][0], j + WAYS[k][1]);
    }
    be__value all = be__set_of_items(m, item[0], 4);
    be__value corners = all && f->diagonal ? be__set_of_items(m, item[1], 4) : all;
    all = corners && f->diagonal ? be__set_or(m, all, corners) : corners;
    const be__value *key = all ? be__set_keys(m, all) : NULL;
    if (!key) {
        return false;
    }
    be__builder inside;
    be__build(&inside, m);
    for (size_t k = 0; k < be__length(all); k++) {
        uint64_t y = (uint64_t)be__pair_i(key[k]), x = (uint64_t)be__pair_j(key[k]);
        if (y < f->rows && x < f->columns && !be__build_add(&inside, key[k], be__hash(key[k]))) {
            return false;
        }
    }
    to->n = 0;
    for (unsigned slot = 0; slot <= inside.mask; slot++) {
        if (inside.slot[slot] == 0) {
            continue;
        }
        be__value at = inside.key[inside.slot[slot] - 1];
        for (unsigned way = 0; way < 8; way++) {
            if (item[way / 4][way % 4] == at) {
                to->at[to->n].way = way & 7;
                to->at[to->n].slot = slot & 31;
            }
        }
        to->n++;
    }
    return true;
}

/* A machine of our own: what is worked out once must not show in the fuel and memory of the run in
 * which that happens to be. */
enum { AROUND_BYTES = 8 << 10, SCAN_BYTES = 128 << 10 };

static const be__around *around(be__machine *m, const flood *f, uint16_t place)
{
    unsigned bottom = place / BE__LORE_SIDE + 1u == f->rows;
    unsigned right = place % BE__LORE_SIDE + 1u == f->columns;
    be__around *known = &m->lore->around[f->diagonal * 4u + right * 2 + bottom][place];
    if (known->n == UNKNOWN) {
        _Alignas(16) unsigned char memory[AROUND_BYTES];
        be__machine own;
        be__machine_init(&own, memory, sizeof memory, NULL);
        if (!look_around(&own, f, place, known)) {
            known->n = UNKNOWN;
            return NULL;
        }
    }
    return known;
}

/* The places of a grid in the order in which the set of them iterates. NULL when fewer than
 * SCAN_BYTES are left, whether they are needed or not. */
static const uint16_t *scan_order(be__machine *m, uint32_t rows, uint32_t columns)
{
    be__lore *lore = m->lore;
    size_t n = (size_t)rows * columns;
    uint32_t *known = &lore->scan[rows][columns];
    if (m->end - m->cursor < SCAN_BYTES) {
        be__raise(m, BE__BYTES_ERROR);
        return NULL;
    }
    uint16_t *scan = lore->pool + (*known ? *known - 1 : lore->used);
    if (*known) {
        return scan;
    }
    be__machine own;
    be__machine_init(&own, m->cursor, SCAN_BYTES, NULL);
    be__value all = be__rectangle(&own, &(be__box){0, 0, (int32_t)rows - 1, (int32_t)columns - 1});
    const be__value *ordered = all ? be__set_keys(&own, all) : NULL;
    if (!ordered) {
        be__raise(m, BE__BYTES_ERROR);
        return NULL;
    }
    for (size_t k = 0; k < n; k++) {
        scan[k] = (uint16_t)(be__pair_i(ordered[k]) * BE__LORE_SIDE + be__pair_j(ordered[k]));
    }
    *known = 1 + lore->used;
    lore->used += (uint32_t)n;
    return scan;
}

/* ---- replaying ------------------------------------------------------------------------------ */

/* Join the places around one to the front, as set |= set does. */
static void join(places *front, const int64_t *hash, const be__around *a, uint16_t place)
{
    bool empty = front->used == 0;
    if ((front->used + a->n) * 5u >= front->mask * 3) {
        resize(front, hash, (front->used + (size_t)a->n) * 2);
    }
    uint32_t mask = a->n >= 5 ? 31 : 7; /* of the table of the set that is joined */
    if (empty && front->mask == mask) {
        for (unsigned k = 0; k < a->n; k++) {
            front->slot[a->at[k].slot] = (uint16_t)(towards(place, a->at[k].way) + 1);
        }
        front->used = a->n;
        return;
    }
    for (unsigned k = 0; k < a->n; k++) {
        add(front, hash, towards(place, a->at[k].way));
    }
}

/* front - occupied, into list in the order of its iteration; returns how many. */
static size_t left_over(places *front, places *rest, const int64_t *hash, uint32_t n_occupied,
                        const bool *occupied, uint16_t *list)
{
    clear(rest);
    if (front->used >> 2 > n_occupied) { /* copied, and what is occupied deleted */
        if (front->used * 5 >= rest->mask * 3) {
            resize(rest, hash, (size_t)front->used * 2);
        }
        for (size_t k = 0; k <= front->mask; k++) {
            uint16_t entry = front->slot[k];
            if (entry && rest->mask != front->mask) {
                rest->slot[find(rest->slot, rest->mask, hash[entry - 1], entry)] = entry;
            } else if (entry) {
                rest->slot[k] = entry;
            }
        }
        uint32_t deleted = 0;
        for (size_t k = 0; k <= rest->mask; k++) {
            if (rest->slot[k] && occupied[rest->slot[k] - 1]) {
                rest->slot[k] = DELETED;
                deleted++;
            }
        }
        rest->used = front->used - deleted;
        if (deleted > rest->mask / 4) {
            resize(rest, hash, (size_t)rest->used * 4);
        }
    } else {
        for (size_t k = 0; k <= front->mask; k++) {
            uint16_t entry = front->slot[k];
            if (entry && !occupied[entry - 1]) {
                add(rest, hash, (uint16_t)(entry - 1));
            }
        }
    }
    size_t n = 0;
    for (size_t k = 0; k <= rest->mask; k++) {
        uint16_t entry = rest->slot[k];
        list[n] = (uint16_t)(entry - 1);
        n += entry != 0 && entry != DELETED;
    }
    return n;
}

uint32_t *be__replay(be__machine *m, const struct be__replay *replay, size_t n)
{
    const flood *f = replay->of;
    const int64_t *hash = m->lore->hash;
    uint16_t tables[4][SLOTS_MAX];
    uint16_t list[BE__LORE_PLACES + 1] = {replay->seed};
    bool occupied[BE__LORE_PLACES];
    uint32_t *order = be__take(m, n * sizeof *order);
    if (!order) {
        return NULL;
    }
    for (size_t p = 0; p < BE__LORE_PLACES; p++) {
        occupied[p] = f->rank[p] - 1u < replay->rank - 1u;
    }
    places front = {.slot = tables[0], .other = tables[1]};
    places rest = {.slot = tables[2], .other = tables[3]};
    uint32_t before = replay->before;
    size_t added = 0, cells = 1;
    for (;;) {
        clear(&front);
        for (size_t k = 0; k < cells; k++) {
            uint16_t place = list[k];
            if (f->rank[place] != replay->rank) {
                continue;
            }
            order[added++] = f->number[place];
            if (added == n) {
                return order;
            }
            occupied[place] = true;
            before++;
            const be__around *a = around(m, f, place);
            if (!a) {
                return NULL;
            }
            join(&front, hash, a, place);
        }
        cells = left_over(&front, &rest, hash, before, occupied, list);
    }
}

/* ---- finding -------------------------------------------------------------------------------- */

/* The cells of the object that place `seed` belongs to, which get its rank; returns how many. */
static size_t spread(flood *f, const int8_t *color, bool univalued, int background, uint16_t seed,
                     uint16_t rank, uint16_t *list)
{
    size_t n = 1, ways = f->diagonal ? 8 : 4;
    list[0] = seed;
    f->rank[seed] = rank;
    for (size_t k = 0; k < n; k++) {
        uint32_t i = list[k] / BE__LORE_SIDE, j = list[k] % BE__LORE_SIDE;
        for (unsigned way = 0; way < ways; way++) {
            uint32_t y = i + (uint32_t)WAYS[way][0], x = j + (uint32_t)WAYS[way][1];
            if (y >= f->rows || x >= f->columns) {
                continue;
            }
            uint16_t place = towards(list[k], way);
            if (f->rank[place] == 0 &&
                (univalued ? color[place] == color[seed] : color[place] != background)) {
                f->rank[place] = rank;
                list[n++] = place;
            }
        }
    }
    return n;
}

/* The object of the cells list[0, n). */
static be__value object_of(be__machine *m, flood *f, const int8_t *color, const uint16_t *list,
                           size_t n, uint32_t before)
{
    be__value *key = be__take(m, n * sizeof *key);
    struct be__replay *replay = key && n > 1 ? be__take(m, sizeof *replay) : NULL;
    if (!key || (n > 1 && !replay)) {
        return BE__RAISED;
    }
    for (size_t k = 0; k < n; k++) {
        f->number[list[k]] = (uint16_t)k;
        key[k] = be__small_cell(color[list[k]], list[k] / BE__LORE_SIDE, list[k] % BE__LORE_SIDE);
    }
    be__value made = be__set_of_distinct(m, key, n);
    if (made) {
        be__set_object *set = be__set_of(made);
        set->head.frozen = 1;
        set->head.planar = 1;
        set->replay = replay;
        if (replay) {
            *replay = (struct be__replay){f, before, f->rank[list[0]], list[0]};
        }
    }
    return made;
}

be__value be__objects(be__machine *m, const be__grid_object *grid, bool univalued, bool diagonal,
                      int background)
{
    if (!m->lore->ready) {
        get_ready(m->lore);
    }
    size_t n = (size_t)grid->head.n * grid->columns;
    const uint16_t *scan = scan_order(m, grid->head.n, grid->columns);
    flood *f = scan && be__charge(m, 8 * n) ? be__take(m, sizeof *f) : NULL;
    be__value *key = f ? be__take(m, n * sizeof *key) : NULL;
    if (!key) {
        return BE__RAISED;
    }
    f->rows = grid->head.n;
    f->columns = grid->columns;
    f->diagonal = diagonal;
    memset(f->rank, 0, sizeof f->rank);
    int8_t color[BE__LORE_PLACES];
    for (size_t i = 0; i < f->rows; i++) {
        memcpy(color + i * BE__LORE_SIDE, grid->cell + i * f->columns, f->columns);
    }
    uint16_t list[BE__LORE_PLACES];
    size_t found = 0;
    uint32_t before = 0;
    for (size_t k = 0; k < n; k++) {
        uint16_t seed = scan[k];
        if (f->rank[seed] || color[seed] == background) {
            continue;
        }
        size_t size = spread(f, color, univalued, background, seed, (uint16_t)(found + 1), list);
        key[found] = object_of(m, f, color, list, size, before);
        if (!key[found++]) {
            return BE__RAISED;
        }
        before += (uint32_t)size;
    }
    be__value all = be__set_of_distinct(m, key, found);
    if (all && found > 0) {
        be__set_of(all)->head.frozen = 1;
    }
    return all;
}
