/* prims.h: the primitives of arc-dsl, their table, and how functions are called.
 *
 *     int id = be__arc_find("hmirror");
 *     be__value flipped = be__arc_apply(&machine, id, &grid, 1);
 *     if (!flipped) { ... machine.error, machine.error_prim ... }
 */
#ifndef BE__ARC_PRIMS_H
#define BE__ARC_PRIMS_H

#include "arc/value.h"

/* The primitives in the order of prims.def. */
enum {
#define PRIM(name, arity, params, types, result, meaning, errors, example, gives) BE__PRIM_##name,
#include "arc/prims.def"
#undef PRIM
    BE__PRIMS
};

enum { BE__ARITY_MAX = 4 };

typedef be__value be__prim_run(be__machine *m, const be__value *args);

/* A line of the table. */
typedef struct be__prim_info {
    const char *name;
    uint8_t arity;
    const char *params;  /* names of the parameters, one space between */
    const char *types;   /* a letter of be__type_words each */
    char result;         /* the result's letter */
    const char *meaning; /* one sentence */
    const char *errors;  /* what it raises and when, or "" */
    const char *example; /* arguments in Python's notation */
    const char *gives;   /* what it gives for them, in CPython's order */
    be__prim_run *run;
} be__prim_info;

BE_PRIVATE extern const be__prim_info be__prims[BE__PRIMS];

/* "Grid" for 'G' and so on: arc-dsl's own names of types. NULL for other letters. */
BE_PRIVATE const char *be__type_words(char letter);

/* The primitive of that name (size bytes), or -1. Constant time. */
BE_PRIVATE int be__arc_find(const char *name, size_t size);

/* The position of a parameter's name, or -1. */
BE_PRIVATE int be__arc_param(unsigned prim, const char *name, size_t size);

/* Call primitive prim with n arguments. BE__RAISED with machine->error, TypeError for another
 * number of arguments than its arity. */
BE_PRIVATE be__value be__arc_apply(be__machine *m, unsigned prim, const be__value *args, size_t n);

/* Call any value: a primitive or a closure; TypeError for what is neither, or takes another number
 * of arguments. */
BE_PRIVATE be__value be__arc_call(be__machine *m, be__value f, const be__value *args, size_t n);

/* What kind of closure: its captured values follow the order of the primitive's parameters. */
enum be__form {
    BE__FORM_OTHER, /* made elsewhere, such as a lambda of a program */
    BE__FORM_RBIND,
    BE__FORM_LBIND,
    BE__FORM_COMPOSE,
    BE__FORM_CHAIN,
    BE__FORM_FORK,
    BE__FORM_MATCHER,
};

/* How many arguments a function takes; -1 for what is no function. */
BE_PRIVATE int be__arity(be__value f);

#endif
