/* prims_ops.h: what the files of primitives share: Python's operators, and short hands.
 *
 * A primitive first tries the shapes its types promise; whatever else it is given goes the way the
 * Python text would go, one operation after the other, so that it raises what Python raises.
 */
#ifndef BE__ARC_PRIMS_OPS_H
#define BE__ARC_PRIMS_OPS_H

#include "arc/prims.h"

/* One function for each line of the table: be__run_hmirror(m, args). */
#define PRIM(name, arity, params, types, result, meaning, errors, example, gives)                  \
    be__prim_run be__run_##name;
#include "arc/prims.def"
#undef PRIM

/* a + b, a - b, a * b, a // b, a % b, -a as Python has them for ints, bools, tuples (+ and *), sets
 * (-), and the three floats. */
be__value be__op_add(be__machine *m, be__value a, be__value b);
be__value be__op_subtract(be__machine *m, be__value a, be__value b);
be__value be__op_multiply(be__machine *m, be__value a, be__value b);
be__value be__op_floor_divide(be__machine *m, be__value a, be__value b);
be__value be__op_modulo(be__machine *m, be__value a, be__value b);
be__value be__op_negate(be__machine *m, be__value a);

/* v[k]: TypeError for what has no items by number, IndexError past the end; k may be negative. */
be__value be__op_item(be__machine *m, be__value v, int64_t k);

/* len(v), or -1 with TypeError raised. */
int64_t be__op_length(be__machine *m, be__value v);

/* v in container: 1, 0, or -1 with TypeError raised. */
int be__op_in(be__machine *m, be__value v, be__value container);

/* An error raised inside a generator: StopIteration comes out of it as RuntimeError. */
be__value be__in_generator(be__machine *m);

/* Loops over sets whose order may wait: be__set_loose gives the elements as they lie in memory, and
 * the order of the result is found when it is asked for. All functions are pure, so that makes no
 * difference, except for which of several errors comes first. */
typedef struct be__loose {
    uint64_t fuel;
    bool on;
} be__loose;

/* Go through v, loosely where that may be. */
static inline bool be__go_through(be__machine *m, be__value v, be__view *view, be__loose *loose)
{
    loose->fuel = m->fuel;
    loose->on = be__set_loose(m, v, view);
    return loose->on || be__view_of(m, v, view);
}

/* After an error in such a loop: whether to begin again, in order. Then be__order_found is called
 * afterwards. */
bool be__in_order(be__machine *m, const be__loose *loose);
void be__order_found(be__machine *m);

/* type(container)(item for item in container if keep(item, with)); keep gives 1, 0, or -1 with an
 * error raised. */
typedef int be__keep(be__machine *m, be__value item, be__value with);
be__value be__filtered(be__machine *m, be__value container, be__keep *keep, be__value with);

static inline be__value be__type_error(be__machine *m)
{
    return be__raise(m, BE__TYPE_ERROR);
}

/* Room for n values, at least one. */
static inline be__value *be__take_values(be__machine *m, size_t n)
{
    return be__take(m, (n ? n : 1) * sizeof(be__value));
}

/* type(like)(items): a tuple or a set of item[0, n), whose memory it may keep. TypeError where
 * `like` is no container. */
be__value be__like(be__machine *m, be__value like, be__value *item, size_t n);

/* hmirror, vmirror or dmirror of a patch. */
be__value be__mirrored(be__machine *m, unsigned prim, be__value patch);

/* f(x) and f(x, y). */
static inline be__value be__call1(be__machine *m, be__value f, be__value x)
{
    return be__arc_call(m, f, &x, 1);
}

static inline be__value be__call2(be__machine *m, be__value f, be__value x, be__value y)
{
    return be__arc_call(m, f, (be__value[]){x, y}, 2);
}

#endif
