/* plain.c: the plain evaluator.
 *
 * A call of a function has a frame: a slot per variable, empty (the word 0) until something is
 * stored there. A function made inside another keeps a pointer to the frame it was made in, so that
 * it sees what its variables hold when it is called, as Python's do. Frames lie in the machine's
 * arena like everything else and are never freed one by one.
 */
#include "arc/plain.h"

#include "arc/prims.h"

#include <breakeven/arc.h>

typedef struct frame {
    const struct frame *outer;
    be__value slot[];
} frame;

typedef struct evaluation {
    be__machine *m;
    const struct be_arc_programs *programs;
    be__value *globals; /* [n_functions] values of the text's own level, 0 until asked for; or NULL
                           until the first is */
    const be__function *program; /* the one that is run */
    be__plain_options options;
    be__answer *answer;
} evaluation;

/* What a closure of a program's function is made of. */
typedef struct maker {
    evaluation *e;
    const be__function *function;
    const frame *outer;
} maker;

static be__value run_code(evaluation *e, const be__function *f, frame *self);

static frame *new_frame(evaluation *e, const be__function *f, const frame *outer)
{
    frame *self = be__take(e->m, sizeof *self + f->n_slots * sizeof *self->slot);
    if (self) {
        self->outer = outer;
        memset(self->slot, 0, f->n_slots * sizeof *self->slot);
    }
    return self;
}

/* Call the function with all its parameters. */
static be__value call_function(const maker *made, const be__value *args)
{
    frame *self = new_frame(made->e, made->function, made->outer);
    if (!self) {
        return BE__RAISED;
    }
    memcpy(self->slot, args, made->function->n_params * sizeof *args);
    return run_code(made->e, made->function, self);
}

static be__value run_closure(be__machine *m, const be__closure_object *self, const be__value *args,
                             size_t n)
{
    (void)m;
    (void)n; /* all of them */
    return call_function(self->code, args);
}

/* A function value. */
static be__value make(evaluation *e, const be__function *f, const frame *outer)
{
    maker *made = be__take(e->m, sizeof *made);
    if (!made || !be__charge(e->m, 1)) {
        return BE__RAISED;
    }
    *made = (maker){e, f, outer};
    be__closure_object *closure = be__closure_new(e->m, run_closure, made, f->n_params, 0);
    return closure ? be__of_closure(closure) : BE__RAISED;
}

/* What functions[i], of the text's own level, stands for: a function, or a variable's value. It is
 * the same object wherever the program says its name. */
static be__value global_value(evaluation *e, uint32_t i, bool variable)
{
    if (!e->globals) {
        size_t size = e->programs->n_functions * sizeof *e->globals;
        e->globals = be__take(e->m, size);
        if (!e->globals) {
            return BE__RAISED;
        }
        memset(e->globals, 0, size);
    }
    const be__function *f = &e->programs->functions[i];
    e->m->kept++;
    if (!e->globals[i] && variable) {
        frame *self = new_frame(e, f, NULL);
        e->globals[i] = self && be__charge(e->m, 1) ? run_code(e, f, self) : BE__RAISED;
    } else if (!e->globals[i]) {
        e->globals[i] = make(e, f, NULL);
    }
    return e->globals[i];
}

/* ---- calls with keywords and defaults ------------------------------------------------------- */

/* The function of a program that f is, or NULL. */
static const be__function *function_of(be__value f)
{
    if (!be__is_kind(f, BE__CLOSURE) || be__closure_of(f)->run != run_closure) {
        return NULL;
    }
    return ((const maker *)be__closure_of(f)->code)->function;
}

/* Give the parameters without an argument, args[i] == 0, their defaults. */
static void fill_defaults(const evaluation *e, const be__function *f, be__value *args)
{
    const be__value *defaults = e->programs->values + f->defaults;
    for (uint32_t i = f->n_params - f->n_defaults; i < f->n_params; i++) {
        args[i] = args[i] ? args[i] : defaults[i + f->n_defaults - f->n_params];
    }
}

/* Room for n arguments, none of them there; the C stack is for calls. */
static be__value *no_arguments(evaluation *e, size_t n)
{
    be__value *args = be__take(e->m, (n + 1) * sizeof *args);
    if (args) {
        memset(args, 0, n * sizeof *args);
    }
    return args;
}

static be__value call(evaluation *e, be__value f, const be__value *args, uint32_t n)
{
    const be__function *function = function_of(f);
    if (!function || n >= function->n_params || n + function->n_defaults < function->n_params) {
        return be__arc_call(e->m, f, args, n);
    }
    be__value *all = no_arguments(e, function->n_params);
    if (!all) {
        return BE__RAISED;
    }
    memcpy(all, args, n * sizeof *args);
    fill_defaults(e, function, all);
    return be__arc_call(e->m, f, all, function->n_params);
}

/* The same, and note what it cost. */
static be__value call_measured(evaluation *e, be__value f, const be__value *args, uint32_t n)
{
    unsigned prim = be__tag(f) == BE__PRIM ? be__prim_of(f) : BE__PRIMS;
    uint64_t begin = be_now_ns();
    be__value value = call(e, f, args, n);
    e->options.costs[prim].calls++;
    e->options.costs[prim].ns += be_now_ns() - begin;
    return value;
}

/* The number of the parameter of that name, or -1. */
static int param_number(const evaluation *e, be__value f, const char *name)
{
    const be__function *function = function_of(f);
    for (uint32_t i = 0; function && i < function->n_params; i++) {
        if (strcmp(e->programs->slot_names[function->slots + i], name) == 0) {
            return (int)i;
        }
    }
    return be__tag(f) == BE__PRIM ? be__arc_param(be__prim_of(f), name, strlen(name)) : -1;
}

/* Bring args[0, key->n), the last of which have names, into the order of f's n parameters. False
 * where they do not fit. */
static bool order_arguments(const evaluation *e, const be__key_call *key, be__value f,
                            const be__value *args, be__value *all, uint32_t n)
{
    uint32_t first = key->n - key->n_keys;
    if (first > n) {
        return false;
    }
    memcpy(all, args, first * sizeof *args);
    for (uint32_t i = 0; i < key->n_keys; i++) {
        int at = param_number(e, f, e->programs->key_names[key->keys + i]);
        if (at < 0 || all[at]) {
            return false;
        }
        all[at] = args[first + i];
    }
    if (function_of(f)) {
        fill_defaults(e, function_of(f), all);
    }
    for (uint32_t i = 0; i < n; i++) {
        if (!all[i]) {
            return false; /* a parameter without an argument */
        }
    }
    return true;
}

static be__value call_by_key(evaluation *e, const be__key_call *key, be__value f,
                             const be__value *args)
{
    int n = be__arity(f);
    be__value *all = n >= 0 ? no_arguments(e, (size_t)n) : NULL;
    if (!all || !order_arguments(e, key, f, args, all, (uint32_t)n)) {
        return be__raise(e->m, BE__TYPE_ERROR);
    }
    return be__arc_call(e->m, f, all, (size_t)n);
}

/* ---- code ----------------------------------------------------------------------------------- */

static const frame *outwards(const frame *self, uint32_t levels)
{
    for (; levels > 0; levels--) {
        self = self->outer;
    }
    return self;
}

/* The value a variable holds. */
static be__value read_slot(evaluation *e, const frame *self, uint32_t slot, be__error_class empty)
{
    be__value value = self->slot[slot];
    return value ? value : be__raise(e->m, empty);
}

/* The first instruction that raised is where the program did. */
static be__value raised_at(const evaluation *e, const be__instruction *in)
{
    if (e->answer->line == 0) {
        e->answer->line = in->line;
        e->answer->column = in->column;
    }
    return BE__RAISED;
}

static be__value run_code(evaluation *e, const be__function *f, frame *self)
{
    be__value *stack = be__take(e->m, (f->stack + 1) * sizeof *stack); /* grows upwards */
    if (!stack) {
        return BE__RAISED;
    }
    const be__instruction *code = e->programs->code + f->begin, *in = code;
    uint32_t n_dead = e->options.pruned ? f->n_dead : 0; /* still to come: dead[0, n_dead) */
    const be__dead *dead = n_dead > 0 ? e->programs->dead + f->dead : NULL;
    for (;; in++) {
        for (; n_dead > 0 && in == code + dead[n_dead - 1].begin; n_dead--) {
            in += dead[n_dead - 1].size;
        }
        be__value value = BE__RAISED;
        switch ((be__op)in->op) {
        case BE__OP_VALUE:
            value = e->programs->values[in->arg];
            break;
        case BE__OP_LOCAL:
            value = read_slot(e, self, in->arg, BE__UNBOUND_ERROR);
            break;
        case BE__OP_OUTER:
            value = read_slot(e, outwards(self, in->level), in->arg, BE__NAME_ERROR);
            break;
        case BE__OP_GLOBAL:
        case BE__OP_FUNCTION:
            value = global_value(e, in->arg, in->op == BE__OP_GLOBAL);
            break;
        case BE__OP_MAKE:
            value = make(e, &e->programs->functions[in->arg], self);
            break;
        case BE__OP_TUPLE:
            stack -= in->arg;
            value = be__charge(e->m, 1) ? be__tuple(e->m, stack, in->arg) : BE__RAISED;
            break;
        case BE__OP_CALL:
            stack -= in->arg + 1;
            value = e->options.costs && f == e->program
                        ? call_measured(e, stack[0], stack + 1, in->arg)
                        : call(e, stack[0], stack + 1, in->arg);
            break;
        case BE__OP_CALL_KEY:
            stack -= e->programs->calls[in->arg].n + 1;
            value = call_by_key(e, &e->programs->calls[in->arg], stack[0], stack + 1);
            break;
        case BE__OP_STORE:
            self->slot[in->arg] = *--stack;
            if (e->options.watch) {
                e->options.watch(e->options.user, (uint32_t)(f - e->programs->functions), in->arg,
                                 *stack, in->line);
            }
            continue;
        case BE__OP_DROP:
            stack--;
            continue;
        case BE__OP_JUMP:
            in += in->arg;
            continue;
        case BE__OP_UNLESS:
            in += be__truth(*--stack) ? 0 : in->arg;
            continue;
        case BE__OP_RETURN:
            return *--stack;
        case BE__OP_NAME: /* parsing leaves none */
            be__raise(e->m, BE__NAME_ERROR);
        }
        if (!value) {
            return raised_at(e, in);
        }
        *stack++ = value;
        if (in->op == BE__OP_MAKE) {
            in += e->programs->functions[in->arg].size;
        }
    }
}

void be__plain_run(be__machine *m, const struct be_arc_programs *programs, uint32_t program,
                   be__value input, const be__plain_options *options, be__answer *answer)
{
    *answer = (be__answer){.prim = -1};
    evaluation e = {.m = m, .programs = programs, .options = *options, .answer = answer};
    uint64_t fuel = m->fuel;
    const be__function *f = &programs->functions[programs->programs[program].function];
    e.program = f;
    be__value *all = no_arguments(&e, f->n_params);
    if (all) {
        fill_defaults(&e, f, all);
        all[0] = input; /* whatever its default */
        answer->value = call_function(&(maker){&e, f, NULL}, all);
    }
    answer->error = m->error;
    answer->prim = answer->value ? -1 : m->error_prim;
    answer->fuel = fuel - m->fuel;
}
