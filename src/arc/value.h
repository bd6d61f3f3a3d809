/* value.h: the values that programs in arc-dsl's form compute with, as CPython would have them.
 *
 * A value is one 64-bit word. Its low three bits say what it is:
 *
 *     HEAP    a pointer to a tuple, a grid, a set or a closure; the word 0 is "an error was raised"
 *     INT     61 bits, signed
 *     PAIR    the tuple (i, j) of two ints of 29 bits
 *     CELL    the tuple (c, (i, j)): c of 12 bits, i and j of 24
 *     TRIPLE  the tuple (a, b, c) of three ints of 20 bits
 *     ATOM    None, False, True, NaN, inf, -inf
 *     PRIM    a primitive, as a function value
 *
 * Tuples are made by be__tuple() and friends alone, which pack whatever fits: so two packed words
 * are equal values only when they are the same word. A tuple with a bool in it is never packed. A
 * grid is a tuple of equal rows of ints -128..127, kept as bytes; the same tuple may also be there
 * as a heap tuple of rows, and every function here takes both.
 *
 * Sets (frozensets; there is no other kind) have the iteration order CPython gives them, which
 * depends on how they were built: see set.c. A set that is known to have been built by adding
 * distinct elements one by one is left "pending", and its table built when its order or membership
 * is first asked for.
 *
 * All memory comes from the machine's arena, and nothing is freed on its own: be__machine_reset
 * forgets every value at once. A value may cache its hash, rows or table in place, so a value
 * belongs to one machine, and be__settle must be called on what shall outlive a rewind.
 */
#ifndef BE__ARC_VALUE_H
#define BE__ARC_VALUE_H

#include "base/base.h"

#include <string.h>

typedef uint64_t be__value;

enum { BE__HEAP, BE__INT, BE__PAIR, BE__CELL, BE__TRIPLE, BE__ATOM, BE__PRIM, BE__TAG_MASK = 7 };

#define BE__RAISED ((be__value)0) /* in place of a value: machine->error says what */
#define BE__NONE ((be__value)(0 << 3 | BE__ATOM))
#define BE__FALSE ((be__value)(1 << 3 | BE__ATOM))
#define BE__TRUE ((be__value)(2 << 3 | BE__ATOM))
#define BE__NAN ((be__value)(3 << 3 | BE__ATOM))
#define BE__INFINITY ((be__value)(4 << 3 | BE__ATOM))
#define BE__MINUS_INFINITY ((be__value)(5 << 3 | BE__ATOM))

/* ---- errors and limits ---------------------------------------------------------------------- */

/* CPython's exception classes, then our limits. */
#define BE__ERRORS(X)                                                                              \
    X(TYPE, "TypeError")                                                                           \
    X(VALUE, "ValueError")                                                                         \
    X(INDEX, "IndexError")                                                                         \
    X(KEY, "KeyError")                                                                             \
    X(ATTRIBUTE, "AttributeError")                                                                 \
    X(ZERO_DIVISION, "ZeroDivisionError")                                                          \
    X(STOP_ITERATION, "StopIteration")                                                             \
    X(RUNTIME, "RuntimeError")                                                                     \
    X(RECURSION, "RecursionError")                                                                 \
    X(OVERFLOW, "OverflowError")                                                                   \
    X(NAME, "NameError")                                                                           \
    X(UNBOUND, "UnboundLocalError")                                                                \
    X(FUEL, "limit: fuel")                                                                         \
    X(BYTES, "limit: bytes")                                                                       \
    X(INTEGER, "limit: integer size")                                                              \
    X(ITEMS, "limit: container size")                                                              \
    X(HEIGHT, "limit: containers within containers")                                               \
    X(OUTPUT, "limit: output size")

typedef enum be__error_class {
    BE__NO_ERROR,
#define X(id, name) BE__##id##_ERROR,
    BE__ERRORS(X)
#undef X
        BE__ERROR_CLASSES
} be__error_class;

/* "TypeError" and so on; "" for BE__NO_ERROR. */
BE_PRIVATE const char *be__error_name(be__error_class error);

/* What a program may use up. */
typedef struct be__limits {
    uint64_t fuel;  /* steps: a call costs one, and one for every item of what it makes */
    uint32_t depth; /* calls within calls: past it RecursionError, as CPython at 1000 */
    uint32_t items; /* of one container, cells of one grid */
} be__limits;

/* 20 million steps, depth 980, 2^18 items. */
BE_PRIVATE extern const be__limits be__default_limits;

typedef enum be__order {
    BE__ORDER_CPYTHON, /* sets iterate as in CPython 3.8 and later */
    BE__ORDER_SORTED,  /* sets iterate in ascending order of their elements, see be__compare_any */
} be__order;

struct be__lore;

struct be__replay;
struct be__union;

/* An evaluation's state: memory, what is left of the limits, the error raised. One thread's. */
typedef struct be__machine {
    struct be__lore *lore; /* objects.h: kept from run to run; NULL in a small memory */
    unsigned char *cursor; /* the arena: memory[0, size) of the caller, a bump pointer */
    unsigned char *end;
    unsigned char *memory;
    unsigned char *base; /* behind the lore, where the arena begins */
    uint64_t fuel;       /* left */
    uint32_t depth;      /* left */
    be__limits limits;   /* as given */
    be__order order;
    bool strict;       /* go through sets in their order, whether it shows or not */
    unsigned mistaken; /* how often that turned out too late */
    uint64_t kept; /* counts what was made to outlive the call in which its memory was taken: caches
                      in older values, and what a caller of this header keeps between calls */
    be__error_class error; /* why BE__RAISED came back */
    int error_prim;        /* the primitive in which, or -1 */
} be__machine;

/* memory[0, size), aligned to 16, stays the caller's; it need not be touched or cleared, and is the
 * byte cap. limits may be NULL (be__default_limits). */
BE_PRIVATE void be__machine_init(be__machine *m, void *memory, size_t size,
                                 const be__limits *limits);

/* Forget all values and errors, and give the limits anew. */
BE_PRIVATE void be__machine_reset(be__machine *m);

/* Give the limits anew and forget the error; values stay. */
BE_PRIVATE void be__machine_refuel(be__machine *m);

/* Note an error, unless one is noted already, and return BE__RAISED. */
BE_PRIVATE be__value be__raise(be__machine *m, be__error_class error);

/* size bytes aligned to 16, or NULL with BE__BYTES_ERROR raised. */
static inline void *be__take(be__machine *m, size_t size)
{
    size = (size + 15) & ~(size_t)15;
    if (BE__UNLIKELY(size > (size_t)(m->end - m->cursor))) {
        be__raise(m, BE__BYTES_ERROR);
        return NULL;
    }
    void *taken = m->cursor;
    m->cursor += size;
    return taken;
}

/* Pay for n steps; false with BE__FUEL_ERROR raised when there are not that many left. */
static inline bool be__charge(be__machine *m, uint64_t n)
{
    if (BE__UNLIKELY(m->fuel < n)) {
        m->fuel = 0;
        be__raise(m, BE__FUEL_ERROR);
        return false;
    }
    m->fuel -= n;
    return true;
}

/* Pay for a container of n items; false with BE__ITEMS_ERROR or BE__FUEL_ERROR raised. */
static inline bool be__charge_items(be__machine *m, uint64_t n)
{
    if (BE__UNLIKELY(n > m->limits.items)) {
        be__raise(m, BE__ITEMS_ERROR);
        return false;
    }
    return be__charge(m, n);
}

/* Containers within containers: what walks a value recurses that deep. */
enum { BE__HEIGHT_MAX = 200 };

/* ---- heap kinds ----------------------------------------------------------------------------- */

enum { BE__TUPLE, BE__GRID, BE__SET, BE__CLOSURE };

typedef struct be__head {
    uint8_t kind;
    uint8_t hashed : 1;
    uint8_t pending : 1; /* a set: `key` is the order of adding, there is no table yet */
    uint8_t dummies : 1; /* a set: its CPython table would hold deleted entries */
    uint8_t frozen : 1;  /* a pending set: what was built so is copied once more */
    uint8_t planar : 1;  /* a set of cells, no two of which are at one place */
    uint8_t eight : 1; /* a pending set of 8: the first four as a set, joined (|) with the others */
    uint16_t height;   /* containers within containers, 1 for one of packed words */
    uint32_t n;        /* items, rows, elements, captured values */
    int64_t hash;      /* when `hashed` */
} be__head;

typedef struct be__tuple_object {
    be__head head;
    be__value item[];
} be__tuple_object;

enum { BE__NO_COLOR = INT16_MIN };

typedef struct be__grid_object {
    be__head head; /* n: rows, at least 1 */
    uint32_t columns;
    int16_t most;          /* mostcolor once asked for, else BE__NO_COLOR */
    const be__value *rows; /* the rows as tuples once asked for, else NULL */
    int8_t cell[];         /* row by row without gaps */
} be__grid_object;

/* The smallest rectangle around a patch: rows top to bottom, columns left to right, inclusive. */
typedef struct be__box {
    int32_t top, left, bottom, right;
} be__box;

typedef struct be__set_object {
    be__head head;
    uint8_t of; /* the tag all elements have, BE__ATOM where they differ or are on the heap */
    bool boxed; /* a set of PAIR or CELL whose `box` was asked for */
    be__box box;
    uint16_t depth;  /* sources behind one another */
    uint32_t mask;   /* slots - 1, a power of two minus one */
    uint32_t *slot;  /* [mask + 1]: 1 + index into key, 0 where empty; NULL while pending */
    be__value *key;  /* [n], in iteration order once not pending */
    uint32_t *given; /* once it is no longer pending: where key[k] stood before; NULL: at k */
    /* While pending, in which order the elements are added: that of the source's iteration, where
     * key[k] goes with the source's element that stood at k; as a replay says; or as they stand. */
    struct be__set_object *source;
    const uint32_t *from; /* with a source: key[k] goes with its element number from[k]; NULL: k */
    const struct be__replay *replay; /* objects.h */
    const struct be__union *joined; /* or as the elements of these sets come, each when it is new */
} be__set_object;

struct be__closure_object;

/* What a closure of another file does when called; n arguments, exactly its arity. */
typedef be__value be__closure_run(be__machine *m, const struct be__closure_object *self,
                                  const be__value *args, size_t n);

typedef struct be__closure_object {
    be__head head; /* n: captured values */
    uint8_t form;  /* enum be__form of prims.h, for those the primitives make */
    uint8_t arity;
    be__closure_run *run;
    const void *code; /* what `run` likes */
    be__value captured[];
} be__closure_object;

BE_PRIVATE extern const be__tuple_object be__empty_tuple_object;
BE_PRIVATE extern be__set_object be__empty_set_object;
#define BE__EMPTY_TUPLE ((be__value)(uintptr_t)&be__empty_tuple_object)
#define BE__EMPTY_SET ((be__value)(uintptr_t)&be__empty_set_object)

/* ---- taking words apart --------------------------------------------------------------------- */

static inline unsigned be__tag(be__value v)
{
    return (unsigned)v & BE__TAG_MASK;
}

static inline be__head *be__head_of(be__value v)
{
    return (be__head *)(uintptr_t)v;
}

static inline bool be__is_kind(be__value v, unsigned kind)
{
    return be__tag(v) == BE__HEAP && be__head_of(v)->kind == kind;
}

static inline bool be__is_set(be__value v)
{
    return be__is_kind(v, BE__SET);
}

/* A tuple in any of its forms. */
static inline bool be__is_tuple(be__value v)
{
    unsigned tag = be__tag(v);
    return (tag >= BE__PAIR && tag <= BE__TRIPLE) ||
           (tag == BE__HEAP && be__head_of(v)->kind <= BE__GRID);
}

/* 0 for a word without heap memory; a grid counts as two containers. */
static inline unsigned be__height(be__value v)
{
    return be__tag(v) == BE__HEAP ? be__head_of(v)->height : 0;
}

/* The height of a container of these items, or 0 with BE__HEIGHT_ERROR raised. */
static inline uint16_t be__height_over(be__machine *m, const be__value *item, size_t n)
{
    unsigned height = 0;
    for (size_t k = 0; k < n; k++) {
        unsigned of = be__height(item[k]);
        height = of > height ? of : height;
    }
    if (BE__UNLIKELY(height >= BE__HEIGHT_MAX)) {
        be__raise(m, BE__HEIGHT_ERROR);
        return 0;
    }
    return (uint16_t)(height + 1);
}

/* An int, or a bool, which is one too. */
static inline bool be__is_int(be__value v)
{
    return be__tag(v) == BE__INT || v == BE__FALSE || v == BE__TRUE;
}

static inline bool be__is_function(be__value v)
{
    return be__tag(v) == BE__PRIM || be__is_kind(v, BE__CLOSURE);
}

static inline be__tuple_object *be__tuple_of(be__value v)
{
    return (be__tuple_object *)(uintptr_t)v;
}

static inline be__grid_object *be__grid_of(be__value v)
{
    return (be__grid_object *)(uintptr_t)v;
}

static inline be__set_object *be__set_of(be__value v)
{
    return (be__set_object *)(uintptr_t)v;
}

static inline be__closure_object *be__closure_of(be__value v)
{
    return (be__closure_object *)(uintptr_t)v;
}

/* Of an int or a bool. */
static inline int64_t be__int_of(be__value v)
{
    return be__tag(v) == BE__INT ? (int64_t)v >> 3 : v == BE__TRUE;
}

static inline int64_t be__pair_i(be__value v)
{
    return (int64_t)v >> 35;
}

static inline int64_t be__pair_j(be__value v)
{
    return (int64_t)(v << 29) >> 35;
}

static inline int64_t be__cell_color(be__value v)
{
    return (int64_t)v >> 52;
}

static inline int64_t be__cell_i(be__value v)
{
    return (int64_t)(v << 12) >> 40;
}

static inline int64_t be__cell_j(be__value v)
{
    return (int64_t)(v << 36) >> 40;
}

static inline int64_t be__triple_item(be__value v, unsigned k)
{
    return (int64_t)(v << (20 * k)) >> 44;
}

static inline unsigned be__prim_of(be__value v)
{
    return (unsigned)(v >> 3);
}

/* ---- making words --------------------------------------------------------------------------- */

enum {
    BE__INT_BITS = 61,
    BE__PAIR_BITS = 29,
    BE__COLOR_BITS = 12,
    BE__CELL_BITS = 24,
    BE__TRIPLE_BITS = 20
};

static inline bool be__fits(int64_t x, unsigned bits)
{
    return (uint64_t)x + ((uint64_t)1 << (bits - 1)) < (uint64_t)1 << bits;
}

/* x must fit 61 bits. */
static inline be__value be__small(int64_t x)
{
    return (uint64_t)x << 3 | BE__INT;
}

/* BE__INTEGER_ERROR where x does not fit. */
static inline be__value be__int(be__machine *m, int64_t x)
{
    return BE__LIKELY(be__fits(x, BE__INT_BITS)) ? be__small(x) : be__raise(m, BE__INTEGER_ERROR);
}

static inline be__value be__bool(bool x)
{
    return x ? BE__TRUE : BE__FALSE;
}

static inline be__value be__prim(unsigned id)
{
    return (be__value)id << 3 | BE__PRIM;
}

/* i and j must fit 29 bits. */
static inline be__value be__small_pair(int64_t i, int64_t j)
{
    return (uint64_t)i << 35 | ((uint64_t)j << 35 >> 29) | BE__PAIR;
}

/* The colour must fit 12 bits, i and j 24. */
static inline be__value be__small_cell(int64_t color, int64_t i, int64_t j)
{
    return (uint64_t)color << 52 | ((uint64_t)i << 40 >> 12) | ((uint64_t)j << 40 >> 36) | BE__CELL;
}

/* The three must fit 20 bits. */
static inline be__value be__small_triple(int64_t a, int64_t b, int64_t c)
{
    return (uint64_t)a << 44 | ((uint64_t)b << 44 >> 20) | ((uint64_t)c << 44 >> 40) | BE__TRIPLE;
}

/* (i, j) of two ints within 61 bits. */
static inline be__value be__pair(be__machine *m, int64_t i, int64_t j);

/* The tuple (item[0], ..., item[n - 1]). */
BE_PRIVATE be__value be__tuple(be__machine *m, const be__value *item, size_t n);
BE_PRIVATE be__value be__tuple2(be__machine *m, be__value a, be__value b);
BE_PRIVATE be__value be__tuple3(be__machine *m, be__value a, be__value b, be__value c);

/* A grid of rows x columns cells to be filled by the caller at once: rows >= 1, columns >= 0, both
 * at most the item limit. NULL with the error raised; charges the cells. */
BE_PRIVATE be__grid_object *be__grid_new(be__machine *m, size_t rows, size_t columns);

static inline be__value be__of_grid(const be__grid_object *grid)
{
    return (be__value)(uintptr_t)grid;
}

/* A grid of the caller's bytes (colours 0-9 or any below 128); rows * columns of them. */
BE_PRIVATE be__value be__grid_from_bytes(be__machine *m, const uint8_t *cells, size_t rows,
                                         size_t columns);

/* v itself where it is a grid in bytes; a grid made of it where it is a tuple of equally long
 * tuples of ints that fit; NULL, and nothing raised unless memory ran out, where it is none. */
BE_PRIVATE const be__grid_object *be__as_grid(be__machine *m, be__value v);

/* A closure of n captured values, which the caller fills in. NULL with the error raised. */
BE_PRIVATE be__closure_object *be__closure_new(be__machine *m, be__closure_run *run,
                                               const void *code, unsigned arity, size_t n);

static inline be__value be__of_closure(const be__closure_object *closure)
{
    return (be__value)(uintptr_t)closure;
}

static inline be__value be__pair(be__machine *m, int64_t i, int64_t j)
{
    if (BE__LIKELY(be__fits(i, BE__PAIR_BITS) && be__fits(j, BE__PAIR_BITS))) {
        return be__small_pair(i, j);
    }
    be__value a = be__int(m, i), b = be__int(m, j);
    return a && b ? be__tuple2(m, a, b) : BE__RAISED;
}

/* ---- reading containers --------------------------------------------------------------------- */

/* The items of a tuple, or the elements of a set in iteration order. Items of packed tuples lie in
 * `packed`: a view is not copied. */
typedef struct be__view {
    const be__value *item;
    size_t n;
    be__value packed[3];
} be__view;

/* False with TypeError ("not iterable") or a limit raised. */
BE_PRIVATE BE_CHECK bool be__view_of(be__machine *m, be__value v, be__view *view);

/* Elements of a set in iteration order; NULL only when memory ran out. */
BE_PRIVATE const be__value *be__set_force(be__machine *m, be__set_object *set);
static inline const be__value *be__set_keys(be__machine *m, be__value v)
{
    be__set_object *set = be__set_of(v);
    return BE__LIKELY(!set->head.pending) ? set->key : be__set_force(m, set);
}

/* Items of a tuple in any form, elements of a set; v must be one of them. */
static inline size_t be__length(be__value v)
{
    unsigned tag = be__tag(v);
    return tag == BE__HEAP ? be__head_of(v)->n : tag == BE__TRIPLE ? 3 : 2;
}

/* Item k < length of a tuple in any form. BE__RAISED when memory ran out. */
BE_PRIVATE be__value be__item(be__machine *m, be__value tuple, size_t k);

/* ---- comparing ------------------------------------------------------------------------------ */

/* a == b. Never raises; NaN equals itself here (as inside containers). */
BE_PRIVATE bool be__equal_slow(be__value a, be__value b);
static inline bool be__equal(be__value a, be__value b)
{
    /* Packed words of one tag are equal only if they are the same word. */
    return a == b || (((be__tag(a) == BE__HEAP || be__tag(b) == BE__HEAP ||
                        be__tag(a) == BE__ATOM || be__tag(b) == BE__ATOM)) &&
                      be__equal_slow(a, b));
}

/* a < b as Python says it: ints, floats, tuples item by item, sets by inclusion. 1 or 0; -1 with
 * TypeError raised where Python raises it. */
BE_PRIVATE int be__less(be__machine *m, be__value a, be__value b);

/* A total order of all values for BE__ORDER_SORTED: kinds first (None, numbers, tuples, sets,
 * functions), numbers by value, tuples item by item, sets by their sorted elements. <0, 0, >0. */
BE_PRIVATE int be__compare_any(be__machine *m, be__value a, be__value b);

/* bool(v). */
BE_PRIVATE bool be__truth(be__value v);

/* hash(v), exactly CPython's; functions and None, which CPython hashes by address, by what they
 * are. Never raises. */
BE_PRIVATE int64_t be__hash_slow(be__value v);

/* The steps of CPython's tuple hash, after xxHash: start, one lane per item, end. */
#define BE__HASH_START UINT64_C(2870177450012600261)
static inline uint64_t be__hash_lane(uint64_t sum, int64_t hash)
{
    sum += (uint64_t)hash * UINT64_C(14029467366897019727);
    sum = sum << 31 | sum >> 33;
    return sum * UINT64_C(11400714785074694791);
}

static inline int64_t be__hash_end(uint64_t sum, size_t n)
{
    sum += n ^ (BE__HASH_START ^ UINT64_C(3527539));
    return sum == UINT64_MAX ? 1546275796 : (int64_t)sum;
}

/* Of an int within 61 bits. */
static inline int64_t be__hash_int(int64_t x)
{
    return x == -1 ? -2 : x;
}

static inline int64_t be__hash_pair(int64_t i, int64_t j)
{
    return be__hash_end(
        be__hash_lane(be__hash_lane(BE__HASH_START, be__hash_int(i)), be__hash_int(j)), 2);
}

static inline int64_t be__hash_cell(int64_t color, int64_t i, int64_t j)
{
    return be__hash_end(
        be__hash_lane(be__hash_lane(BE__HASH_START, be__hash_int(color)), be__hash_pair(i, j)), 2);
}

static inline int64_t be__hash(be__value v)
{
    switch (be__tag(v)) {
    case BE__INT:
        return be__hash_int((int64_t)v >> 3);
    case BE__PAIR:
        return be__hash_pair(be__pair_i(v), be__pair_j(v));
    case BE__CELL:
        return be__hash_cell(be__cell_color(v), be__cell_i(v), be__cell_j(v));
    default:
        return be__hash_slow(v);
    }
}

/* Build all that is pending in v, so that it may outlive a rewind of the arena past what is taken
 * later. False when memory ran out. */
BE_PRIVATE BE_CHECK bool be__settle(be__machine *m, be__value v);

/* ---- building sets -------------------------------------------------------------------------- */

/* A set in the making, with CPython's table: insertion, growth, order. */
typedef struct be__builder {
    be__machine *m;
    be__value *key; /* in order of adding, gaps where deleted */
    int64_t *hash;
    uint32_t n;    /* entries in key and hash */
    uint32_t used; /* of them not deleted */
    uint32_t fill; /* used, and deleted ones that still hold a slot */
    uint32_t room; /* of key and hash */
    uint32_t mask;
    uint32_t *slot; /* 1 + index into key; 0 empty, UINT32_MAX deleted */
    uint32_t small[8];
    be__value small_key[8];
    int64_t small_hash[8];
} be__builder;

/* Start an empty set. */
BE_PRIVATE void be__build(be__builder *b, be__machine *m);

/* set.add(v). False when memory or the item limit ran out, or v holds nothing hashable. */
BE_PRIVATE BE_CHECK bool be__build_add(be__builder *b, be__value v, int64_t hash);

/* set.update(other), other a set: presizes as CPython does. */
BE_PRIVATE BE_CHECK bool be__build_update(be__builder *b, be__value set);

/* set.discard(v). */
BE_PRIVATE void be__build_discard(be__builder *b, be__value v, int64_t hash);

/* The set as it stands. The builder is spent. Charges its items. */
BE_PRIVATE be__value be__build_end(be__builder *b);

/* frozenset(b): the set copied once more, as CPython copies (the table may shrink). */
BE_PRIVATE be__value be__build_freeze(be__builder *b);

/* The set made by adding key[0, n), known to be distinct, one by one; key becomes the set's own
 * memory, which the machine's arena must hold. Pending. Charges its items. */
BE_PRIVATE be__value be__set_of_distinct(be__machine *m, be__value *key, size_t n);

/* The same for what is made of each element of `like` in its iteration order, key[k] of the element
 * that is number k in like's memory; nothing is asked of like's order now. */
BE_PRIVATE be__value be__set_derived(be__machine *m, be__value *key, be__value like);

/* Elements of a set whose order may wait, in the order of its memory. False where it may not: it is
 * known already, or an error has to be found in order, see be__in_order. */
BE_PRIVATE bool be__set_loose(const be__machine *m, be__value v, be__view *view);

/* The n of its elements that are key[k], number from[k] when be__set_loose gave them. */
BE_PRIVATE be__value be__set_picked(be__machine *m, be__value *key, const uint32_t *from, size_t n,
                                    be__value like);

/* merge(frozenset(made of e for e in like)), made[k] of element k as be__set_loose gave it
 * (`loose`) or in order; `made` stays where it is. BE__RAISED without an error where that is no
 * union of places on a plane. */
BE_PRIVATE be__value be__set_joined_of(be__machine *m, const be__value *made, be__value like,
                                       bool loose);

/* frozenset(e for set in sets for e in set), n sets that stay where they are. */
BE_PRIVATE be__value be__set_joined(be__machine *m, const be__value *set, size_t n);

/* frozenset(items): one by one, duplicates dropped. */
BE_PRIVATE be__value be__set_of_items(be__machine *m, const be__value *item, size_t n);

/* v in set. Never raises but for memory; then false. */
BE_PRIVATE bool be__set_has(be__machine *m, be__value set, be__value v);

/* Set algebra as CPython's operators do it, in its order. Both are sets. */
BE_PRIVATE be__value be__set_or(be__machine *m, be__value a, be__value b);
BE_PRIVATE be__value be__set_and(be__machine *m, be__value a, be__value b);
BE_PRIVATE be__value be__set_minus(be__machine *m, be__value a, be__value b);

/* a <= b. */
BE_PRIVATE bool be__set_within(be__machine *m, be__value a, be__value b);

#endif
