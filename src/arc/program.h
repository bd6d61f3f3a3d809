/* program.h: a parsed text of programs in arc-dsl's Python form.
 *
 * Functions become code for a machine with a stack; an instruction pops what it needs and pushes
 * its result. The bodies of lambdas and inner functions stand in the middle of the function that
 * makes them: MAKE goes on behind the body. Jumps are relative, so code may be moved.
 *
 *     def solve(I):                LOCAL 0            a slot: parameters first
 *         x1 = rot90(I)            PRIM, CALL 1, STORE 1
 *         return x1                ...
 *
 * A call pushes its function first, then the arguments.
 */
#ifndef BE__ARC_PROGRAM_H
#define BE__ARC_PROGRAM_H

#include "arc/value.h"

typedef enum be__op {
    BE__OP_VALUE,    /* push values[arg] */
    BE__OP_NAME,     /* while parsing only: push what names[arg] turns out to be */
    BE__OP_LOCAL,    /* push slot arg; UnboundLocalError while nothing was stored there */
    BE__OP_OUTER,    /* push slot arg of the function n levels out */
    BE__OP_GLOBAL,   /* push what functions[arg] gives, the value of a variable outside of functions
                      */
    BE__OP_FUNCTION, /* push functions[arg], one of the text's own level */
    BE__OP_MAKE,     /* push a closure of functions[arg], whose body follows, and go on behind it */
    BE__OP_TUPLE,    /* arg items */
    BE__OP_CALL,     /* arg arguments */
    BE__OP_CALL_KEY, /* calls[arg] */
    BE__OP_STORE,    /* into slot arg */
    BE__OP_DROP,
    BE__OP_JUMP,   /* arg forward from the next instruction */
    BE__OP_UNLESS, /* the same when the value popped is false */
    BE__OP_RETURN
} be__op;

typedef struct be__instruction {
    uint32_t arg;
    uint32_t line;
    uint16_t column; /* bytes from the start of the line, from 0; at most 65535 */
    uint8_t op;
    uint8_t level; /* functions around the one it belongs to; OUTER: levels out */
} be__instruction;

typedef struct be__function {
    const char *name; /* "lambda" for one */
    uint32_t line;
    uint32_t begin; /* of its code */
    uint32_t size;  /* of its code, those of inner functions counted */
    uint32_t n_params;
    uint32_t n_defaults; /* the last parameters may be left out */
    uint32_t defaults;   /* their values: values[defaults, defaults + n_defaults) */
    uint32_t n_slots;    /* parameters first */
    uint32_t slots;      /* names of its slots: slot_names[slots, slots + n_slots) */
    uint32_t stack;      /* the most values its code has on the stack */
    uint32_t dead;       /* dead[dead, dead + n_dead), the last one first */
    uint32_t n_dead;
    bool simple; /* neither jumps nor inner functions: a straight line */
} be__function;

/* A statement that the value of its function does not depend on. */
typedef struct be__dead {
    uint32_t begin; /* from where the function's code begins */
    uint32_t size;
} be__dead;

/* A call with keywords. The last n_keys of the n arguments have names. */
typedef struct be__key_call {
    uint32_t n;
    uint32_t n_keys;
    uint32_t keys; /* names of the keywords: key_names[keys, keys + n_keys) */
} be__key_call;

/* One program: a function whose name says that it is one. */
typedef struct be__program {
    const char *name; /* "solve_67a3c6ac" */
    const char *task; /* "67a3c6ac", or "" */
    uint32_t function;
} be__program;

struct be_arc_programs {
    const be__instruction *code;
    const be__function *functions;
    const be__key_call *calls;
    const char *const *key_names;
    const char *const *slot_names;
    const be__value *values;
    const be__program *programs;
    const be__dead *dead;
    uint32_t n_code, n_functions, n_programs;
};

#endif
