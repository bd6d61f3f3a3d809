/* prims_number.c: primitives on numbers, pairs and truth values. */
#include "arc/prims_ops.h"

typedef be__value binary(be__machine *m, be__value a, be__value b);

/* Two numbers, or pairs item by item, or a number with both items of a pair. */
static be__value spread(be__machine *m, binary *op, be__value a, be__value b)
{
    if (be__is_int(a) && be__is_int(b)) {
        return op(m, a, b);
    }
    bool a_stays = be__is_int(a) && be__is_tuple(b), b_stays = !a_stays && !be__is_tuple(b);
    if (!a_stays && !be__is_tuple(a)) {
        return be__type_error(m);
    }
    be__value item[2];
    for (unsigned k = 0; k < 2; k++) {
        be__value x = a_stays ? a : be__op_item(m, a, k);
        be__value y = !x || b_stays ? b : be__op_item(m, b, k);
        item[k] = x && y ? op(m, x, y) : BE__RAISED;
        if (!item[k]) {
            return BE__RAISED;
        }
    }
    return be__tuple2(m, item[0], item[1]);
}

be__value be__run_add(be__machine *m, const be__value *a)
{
    if (be__tag(a[0]) == BE__PAIR && be__tag(a[1]) == BE__PAIR) {
        return be__pair(m, be__pair_i(a[0]) + be__pair_i(a[1]),
                        be__pair_j(a[0]) + be__pair_j(a[1]));
    }
    return spread(m, be__op_add, a[0], a[1]);
}

be__value be__run_subtract(be__machine *m, const be__value *a)
{
    if (be__tag(a[0]) == BE__PAIR && be__tag(a[1]) == BE__PAIR) {
        return be__pair(m, be__pair_i(a[0]) - be__pair_i(a[1]),
                        be__pair_j(a[0]) - be__pair_j(a[1]));
    }
    return spread(m, be__op_subtract, a[0], a[1]);
}

be__value be__run_multiply(be__machine *m, const be__value *a)
{
    return spread(m, be__op_multiply, a[0], a[1]);
}

be__value be__run_divide(be__machine *m, const be__value *a)
{
    return spread(m, be__op_floor_divide, a[0], a[1]);
}

typedef be__value unary(be__machine *m, be__value a);

/* An int, or the items 0 and 1 of a tuple. */
static be__value each(be__machine *m, unary *op, be__value a)
{
    if (be__is_int(a)) {
        return op(m, a);
    }
    be__value x = be__op_item(m, a, 0);
    x = x ? op(m, x) : x;
    be__value y = x ? be__op_item(m, a, 1) : x;
    y = y ? op(m, y) : y;
    return y ? be__tuple2(m, x, y) : BE__RAISED;
}

static be__value twice(be__machine *m, be__value a)
{
    return be__op_multiply(m, a, be__small(2));
}

static be__value half(be__machine *m, be__value a)
{
    return be__op_floor_divide(m, a, be__small(2));
}

static be__value one_more(be__machine *m, be__value a)
{
    return be__op_add(m, a, be__small(1));
}

static be__value one_less(be__machine *m, be__value a)
{
    return be__op_subtract(m, a, be__small(1));
}

/* -1, 0 or 1; -2 with TypeError raised for what has no sign. */
static int sign_of(be__machine *m, be__value a)
{
    if (be__equal(a, be__small(0))) {
        return 0;
    }
    int positive = be__less(m, be__small(0), a);
    return positive < 0 ? -2 : positive ? 1 : -1;
}

static be__value away_from_zero(be__machine *m, be__value a)
{
    int sign = sign_of(m, a);
    return sign < -1 ? BE__RAISED : sign ? be__op_add(m, a, be__small(sign)) : be__small(0);
}

static be__value sign(be__machine *m, be__value a)
{
    int sign = sign_of(m, a);
    return sign < -1 ? BE__RAISED : be__small(sign);
}

be__value be__run_invert(be__machine *m, const be__value *a)
{
    return each(m, be__op_negate, a[0]);
}

be__value be__run_double(be__machine *m, const be__value *a)
{
    return each(m, twice, a[0]);
}

be__value be__run_halve(be__machine *m, const be__value *a)
{
    return each(m, half, a[0]);
}

be__value be__run_increment(be__machine *m, const be__value *a)
{
    return each(m, one_more, a[0]);
}

be__value be__run_decrement(be__machine *m, const be__value *a)
{
    return each(m, one_less, a[0]);
}

be__value be__run_crement(be__machine *m, const be__value *a)
{
    return each(m, away_from_zero, a[0]);
}

be__value be__run_sign(be__machine *m, const be__value *a)
{
    return each(m, sign, a[0]);
}

be__value be__run_even(be__machine *m, const be__value *a)
{
    be__value rest = be__op_modulo(m, a[0], be__small(2));
    return rest ? be__bool(be__equal(rest, be__small(0))) : BE__RAISED;
}

be__value be__run_positive(be__machine *m, const be__value *a)
{
    int positive = be__less(m, be__small(0), a[0]);
    return positive < 0 ? BE__RAISED : be__bool(positive);
}

be__value be__run_greater(be__machine *m, const be__value *a)
{
    int greater = be__less(m, a[1], a[0]);
    return greater < 0 ? BE__RAISED : be__bool(greater);
}

be__value be__run_identity(be__machine *m, const be__value *a)
{
    (void)m;
    return a[0];
}

be__value be__run_flip(be__machine *m, const be__value *a)
{
    (void)m;
    return be__bool(!be__truth(a[0]));
}

be__value be__run_equality(be__machine *m, const be__value *a)
{
    (void)m;
    return be__bool(a[0] != BE__NAN && be__equal(a[0], a[1]));
}

be__value be__run_both(be__machine *m, const be__value *a)
{
    (void)m;
    return be__truth(a[0]) ? a[1] : a[0];
}

be__value be__run_either(be__machine *m, const be__value *a)
{
    (void)m;
    return be__truth(a[0]) ? a[0] : a[1];
}

be__value be__run_branch(be__machine *m, const be__value *a)
{
    (void)m;
    return be__truth(a[0]) ? a[1] : a[2];
}

be__value be__run_toivec(be__machine *m, const be__value *a)
{
    return be__tuple2(m, a[0], be__small(0));
}

be__value be__run_tojvec(be__machine *m, const be__value *a)
{
    return be__tuple2(m, be__small(0), a[0]);
}

be__value be__run_astuple(be__machine *m, const be__value *a)
{
    return be__tuple2(m, a[0], a[1]);
}
