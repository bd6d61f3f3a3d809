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
