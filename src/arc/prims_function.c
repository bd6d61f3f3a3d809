/* prims_function.c: primitives that make functions of functions. */
#include "arc/prims_ops.h"

static be__value make(be__machine *m, enum be__form form, be__closure_run *run, unsigned arity,
                      const be__value *captured, size_t n)
{
    be__closure_object *closure = be__closure_new(m, run, NULL, arity, n);
    if (!closure) {
        return BE__RAISED;
    }
    closure->form = (uint8_t)form;
    memcpy(closure->captured, captured, n * sizeof *captured);
    return be__of_closure(closure);
}

static be__value run_compose(be__machine *m, const be__closure_object *self, const be__value *args,
                             size_t n)
{
    be__value inner = be__arc_call(m, self->captured[1], args, n);
    return inner ? be__call1(m, self->captured[0], inner) : BE__RAISED;
}

be__value be__run_compose(be__machine *m, const be__value *a)
{
    return make(m, BE__FORM_COMPOSE, run_compose, 1, a, 2);
}

static be__value run_chain(be__machine *m, const be__closure_object *self, const be__value *args,
                           size_t n)
{
    be__value x = be__arc_call(m, self->captured[2], args, n);
    x = x ? be__call1(m, self->captured[1], x) : x;
    return x ? be__call1(m, self->captured[0], x) : x;
}

be__value be__run_chain(be__machine *m, const be__value *a)
{
    return make(m, BE__FORM_CHAIN, run_chain, 1, a, 3);
}

static be__value run_matcher(be__machine *m, const be__closure_object *self, const be__value *args,
                             size_t n)
{
    be__value x = be__arc_call(m, self->captured[0], args, n);
    return x ? be__run_equality(m, (be__value[]){x, self->captured[1]}) : x;
}

be__value be__run_matcher(be__machine *m, const be__value *a)
{
    return make(m, BE__FORM_MATCHER, run_matcher, 1, a, 2);
}

static be__value run_fork(be__machine *m, const be__closure_object *self, const be__value *args,
                          size_t n)
{
    be__value x = be__arc_call(m, self->captured[1], args, n);
    be__value y = x ? be__arc_call(m, self->captured[2], args, n) : x;
    return y ? be__call2(m, self->captured[0], x, y) : y;
}

be__value be__run_fork(be__machine *m, const be__value *a)
{
    return make(m, BE__FORM_FORK, run_fork, 1, a, 3);
}

static be__value run_rbind(be__machine *m, const be__closure_object *self, const be__value *args,
                           size_t n)
{
    be__value all[BE__ARITY_MAX];
    memcpy(all, args, n * sizeof *all);
    all[n] = self->captured[1];
    return be__arc_call(m, self->captured[0], all, n + 1);
}

static be__value run_lbind(be__machine *m, const be__closure_object *self, const be__value *args,
                           size_t n)
{
    be__value all[BE__ARITY_MAX];
    all[0] = self->captured[1];
    memcpy(all + 1, args, n * sizeof *all);
    return be__arc_call(m, self->captured[0], all, n + 1);
}

/* What is left of a function's arguments when one is fixed; functions of another number than two
 * or three are taken for ones of four. */
static be__value bind(be__machine *m, enum be__form form, be__closure_run *run, const be__value *a)
{
    int arity = be__arity(a[0]);
    if (arity < 0) {
        return be__raise(m, BE__ATTRIBUTE_ERROR);
    }
    return make(m, form, run, arity == 2 ? 1 : arity == 3 ? 2 : 3, a, 2);
}

be__value be__run_rbind(be__machine *m, const be__value *a)
{
    return bind(m, BE__FORM_RBIND, run_rbind, a);
}

be__value be__run_lbind(be__machine *m, const be__value *a)
{
    return bind(m, BE__FORM_LBIND, run_lbind, a);
}

be__value be__run_power(be__machine *m, const be__value *a)
{
    be__value made = a[0];
    be__value n = a[1];
    if (!be__is_int(n)) {
        return be__type_error(m);
    }
    if (be__int_of(n) < 1 || be__int_of(n) > m->depth) {
        return be__raise(m, BE__RECURSION_ERROR);
    }
    for (int64_t k = 1; made && k < be__int_of(n); k++) {
        made = be__charge(m, 1) ? be__run_compose(m, (be__value[]){a[0], made}) : BE__RAISED;
    }
    return made;
}
