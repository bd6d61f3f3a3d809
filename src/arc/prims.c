/* prims.c: the table of primitives, looking names up, and calling functions. */
#include "arc/prims_ops.h"

const be__prim_info be__prims[BE__PRIMS] = {
#define PRIM(name, arity, params, types, result, meaning, errors, example, gives)                  \
    {#name, arity, params, types, result, meaning, errors, example, gives, be__run_##name},
#include "arc/prims.def"
#undef PRIM
};

const char *be__type_words(char letter)
{
    switch (letter) {
    case 'x':
        return "Any";
    case 'b':
        return "Boolean";
    case 'i':
        return "Integer";
    case 'p':
        return "IntegerTuple";
    case 'n':
        return "Numerical";
    case 'I':
        return "IntegerSet";
    case 'G':
        return "Grid";
    case 'o':
        return "Object";
    case 'O':
        return "Objects";
    case 'd':
        return "Indices";
    case 'P':
        return "Patch";
    case 'E':
        return "Element";
    case 'Q':
        return "Piece";
    case 'T':
        return "TupleTuple";
    case 'K':
        return "ContainerContainer";
    case 't':
        return "Tuple";
    case 's':
        return "FrozenSet";
    case 'C':
        return "Container";
    case 'f':
        return "Callable";
    default:
        return NULL;
    }
}

int be__arc_find(const char *name, size_t size)
{
    static const uint8_t SIZES[BE__PRIMS] = {
    /* so that few names are looked at */
#define PRIM(name, arity, params, types, result, meaning, errors, example, gives) sizeof #name - 1,
#include "arc/prims.def"
#undef PRIM
    };
    for (unsigned id = 0; id < BE__PRIMS; id++) {
        if (SIZES[id] == size && memcmp(be__prims[id].name, name, size) == 0) {
            return (int)id;
        }
    }
    return -1;
}

int be__arc_param(unsigned prim, const char *name, size_t size)
{
    const char *at = be__prims[prim].params;
    for (int k = 0; *at; k++) {
        size_t length = strcspn(at, " ");
        if (length == size && memcmp(at, name, size) == 0) {
            return k;
        }
        at += length + (at[length] == ' ');
    }
    return -1;
}

int be__arity(be__value f)
{
    return be__tag(f) == BE__PRIM        ? be__prims[be__prim_of(f)].arity
           : be__is_kind(f, BE__CLOSURE) ? be__closure_of(f)->arity
                                         : -1;
}

be__value be__arc_apply(be__machine *m, unsigned prim, const be__value *args, size_t n)
{
    if (BE__UNLIKELY(n != be__prims[prim].arity)) {
        return be__raise(m, BE__TYPE_ERROR);
    }
    if (!be__charge(m, 1)) {
        return BE__RAISED;
    }
    unsigned char *before = m->cursor;
    uint64_t kept = m->kept;
    be__value result = be__prims[prim].run(m, args);
    if (be__tag(result) != BE__HEAP) {
        if (m->kept == kept) { /* nothing can point to what was taken meanwhile */
            m->cursor = before;
        }
    } else if (BE__UNLIKELY(!result) && m->error_prim < 0) {
        m->error_prim = (int)prim;
    }
    return result;
}

be__value be__arc_call(be__machine *m, be__value f, const be__value *args, size_t n)
{
    if (BE__LIKELY(be__tag(f) == BE__PRIM)) {
        return be__arc_apply(m, be__prim_of(f), args, n);
    }
    if (!be__is_kind(f, BE__CLOSURE) || be__closure_of(f)->arity != n) {
        return be__raise(m, BE__TYPE_ERROR);
    }
    if (BE__UNLIKELY(m->depth == 0)) {
        return be__raise(m, BE__RECURSION_ERROR);
    }
    if (!be__charge(m, 1)) {
        return BE__RAISED;
    }
    m->depth--;
    const be__closure_object *closure = be__closure_of(f);
    be__value result = closure->run(m, closure, args, n);
    m->depth++;
    return result;
}
