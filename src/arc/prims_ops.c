/* prims_ops.c: Python's operators on values, for what the primitives' types do not promise. */
#include "arc/prims_ops.h"

#include <math.h>

static bool is_number(be__value v)
{
    return be__is_int(v) || v == BE__NAN || v == BE__INFINITY || v == BE__MINUS_INFINITY;
}

static double to_double(be__value v)
{
    return be__is_int(v)             ? (double)be__int_of(v)
           : v == BE__INFINITY       ? (double)INFINITY
           : v == BE__MINUS_INFINITY ? -(double)INFINITY
                                     : (double)NAN;
}

/* The floats there are: what is finite is an int again, as 0 // inf and the like give. */
static be__value of_double(be__machine *m, double x)
{
    return isnan(x)   ? BE__NAN
           : isinf(x) ? (x > 0 ? BE__INFINITY : BE__MINUS_INFINITY)
                      : be__int(m, (int64_t)x);
}

static bool both_ints(be__value a, be__value b)
{
    return be__is_int(a) && be__is_int(b);
}

static be__value concatenate(be__machine *m, be__value a, be__value b)
{
    be__view x, y;
    if (!be__view_of(m, a, &x) || !be__view_of(m, b, &y)) {
        return BE__RAISED;
    }
    be__value *item = be__charge_items(m, x.n + y.n) ? be__take_values(m, x.n + y.n) : NULL;
    if (!item) {
        return BE__RAISED;
    }
    memcpy(item, x.item, x.n * sizeof *item);
    memcpy(item + x.n, y.item, y.n * sizeof *item);
    return be__tuple(m, item, x.n + y.n);
}

static be__value repeated(be__machine *m, be__value tuple, int64_t times)
{
    be__view x;
    if (!be__view_of(m, tuple, &x)) {
        return BE__RAISED;
    }
    if (times <= 0 || x.n == 0) {
        return BE__EMPTY_TUPLE;
    }
    if ((uint64_t)times > m->limits.items || !be__charge_items(m, x.n * (uint64_t)times)) {
        return be__raise(m, BE__ITEMS_ERROR);
    }
    size_t n = x.n * (size_t)times;
    be__value *item = be__take_values(m, n);
    for (size_t k = 0; item && k < n; k++) {
        item[k] = x.item[k % x.n];
    }
    return item ? be__tuple(m, item, n) : BE__RAISED;
}

be__value be__op_add(be__machine *m, be__value a, be__value b)
{
    if (both_ints(a, b)) {
        return be__int(m, be__int_of(a) + be__int_of(b));
    }
    if (is_number(a) && is_number(b)) {
        return of_double(m, to_double(a) + to_double(b));
    }
    return be__is_tuple(a) && be__is_tuple(b) ? concatenate(m, a, b) : be__type_error(m);
}

be__value be__op_subtract(be__machine *m, be__value a, be__value b)
{
    if (both_ints(a, b)) {
        return be__int(m, be__int_of(a) - be__int_of(b));
    }
    if (is_number(a) && is_number(b)) {
        return of_double(m, to_double(a) - to_double(b));
    }
    return be__is_set(a) && be__is_set(b) ? be__set_minus(m, a, b) : be__type_error(m);
}

be__value be__op_multiply(be__machine *m, be__value a, be__value b)
{
    if (both_ints(a, b)) {
        int64_t product;
        return __builtin_mul_overflow(be__int_of(a), be__int_of(b), &product)
                   ? be__raise(m, BE__INTEGER_ERROR)
                   : be__int(m, product);
    }
    if (is_number(a) && is_number(b)) {
        return of_double(m, to_double(a) * to_double(b));
    }
    return be__is_int(a) && be__is_tuple(b)   ? repeated(m, b, be__int_of(a))
           : be__is_tuple(a) && be__is_int(b) ? repeated(m, a, be__int_of(b))
                                              : be__type_error(m);
}

static int64_t floor_divide(int64_t a, int64_t b)
{
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

be__value be__op_floor_divide(be__machine *m, be__value a, be__value b)
{
    if (is_number(a) && is_number(b)) {
        if (be__is_int(b) && be__int_of(b) == 0) {
            return be__raise(m, BE__ZERO_DIVISION_ERROR);
        }
        if (both_ints(a, b)) {
            return be__int(m, floor_divide(be__int_of(a), be__int_of(b)));
        }
        double x = to_double(a), y = to_double(b);
        return of_double(m, isinf(x) ? (double)NAN : floor(x / y));
    }
    return be__type_error(m);
}

be__value be__op_modulo(be__machine *m, be__value a, be__value b)
{
    if (is_number(a) && is_number(b)) {
        if (be__is_int(b) && be__int_of(b) == 0) {
            return be__raise(m, BE__ZERO_DIVISION_ERROR);
        }
        if (both_ints(a, b)) {
            int64_t x = be__int_of(a), y = be__int_of(b);
            return be__int(m, x - floor_divide(x, y) * y);
        }
        return BE__NAN;
    }
    return be__type_error(m);
}

be__value be__op_negate(be__machine *m, be__value a)
{
    return be__is_int(a)             ? be__int(m, -be__int_of(a))
           : a == BE__NAN            ? BE__NAN
           : a == BE__INFINITY       ? BE__MINUS_INFINITY
           : a == BE__MINUS_INFINITY ? BE__INFINITY
                                     : be__type_error(m);
}

be__value be__op_item(be__machine *m, be__value v, int64_t k)
{
    if (!be__is_tuple(v)) {
        return be__type_error(m);
    }
    int64_t n = (int64_t)be__length(v);
    k += k < 0 ? n : 0;
    return k < 0 || k >= n ? be__raise(m, BE__INDEX_ERROR) : be__item(m, v, (size_t)k);
}

int64_t be__op_length(be__machine *m, be__value v)
{
    if (!be__is_tuple(v) && !be__is_set(v)) {
        be__type_error(m);
        return -1;
    }
    return (int64_t)be__length(v);
}

int be__op_in(be__machine *m, be__value v, be__value container)
{
    if (be__is_set(container)) {
        bool has = be__set_has(m, container, v);
        return m->error ? -1 : has;
    }
    be__view view;
    if (!be__view_of(m, container, &view) || !be__charge(m, view.n)) {
        return -1;
    }
    for (size_t k = 0; k < view.n; k++) {
        if (be__equal(view.item[k], v)) {
            return 1;
        }
    }
    return 0;
}

be__value be__in_generator(be__machine *m)
{
    if (m->error == BE__STOP_ITERATION_ERROR) {
        m->error = BE__RUNTIME_ERROR;
    }
    return BE__RAISED;
}

/* Mistaken so often, a run does without: loops within loops shall not double their work each. */
enum { MISTAKEN_MAX = 16 };

bool be__in_order(be__machine *m, const be__loose *loose)
{
    if (!loose->on || m->error >= BE__FUEL_ERROR) {
        return false;
    }
    m->error = BE__NO_ERROR;
    m->error_prim = -1;
    m->fuel = loose->fuel;
    m->mistaken++;
    m->strict = true;
    return true;
}

void be__order_found(be__machine *m)
{
    m->strict = m->mistaken >= MISTAKEN_MAX;
}

be__value be__like(be__machine *m, be__value like, be__value *item, size_t n)
{
    return be__is_set(like)     ? be__set_of_items(m, item, n)
           : be__is_tuple(like) ? be__tuple(m, item, n)
                                : be__type_error(m);
}
