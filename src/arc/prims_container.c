/* prims_container.c: primitives on tuples and sets of anything. */
#include "arc/prims_ops.h"

/* ---- filtering and mapping ------------------------------------------------------------------ */

/* Where results of a loop over n items go: at most n of them. */
typedef struct be__list {
    be__value *item;
    size_t n;
} be__list;

static bool list_of(be__machine *m, size_t room, be__list *list)
{
    list->n = 0;
    list->item = be__charge(m, room) ? be__take_values(m, room) : NULL;
    return list->item != NULL;
}

/* type(like)(the list). Items of a set that were kept from one are distinct. */
static be__value finish(be__machine *m, be__value like, const be__list *list, bool distinct)
{
    return distinct && be__is_set(like) ? be__set_of_distinct(m, list->item, list->n)
                                        : be__like(m, like, list->item, list->n);
}

be__value be__filtered(be__machine *m, be__value container, be__keep *keep, be__value with)
{
    be__view view;
    be__list kept;
    be__loose loose;
    if (!be__go_through(m, container, &view, &loose) || !list_of(m, view.n, &kept)) {
        return BE__RAISED;
    }
    uint32_t *from = loose.on ? be__take(m, (view.n + 1) * sizeof *from) : NULL;
    if (loose.on && !from) {
        return BE__RAISED;
    }
    for (size_t k = 0; k < view.n; k++) {
        int keeps = keep(m, view.item[k], with);
        if (BE__UNLIKELY(keeps < 0)) {
            if (!be__in_order(m, &loose)) {
                return BE__RAISED;
            }
            be__value result = be__filtered(m, container, keep, with);
            be__order_found(m);
            return result;
        }
        kept.item[kept.n] = view.item[k];
        if (from) {
            from[kept.n] = (uint32_t)k;
        }
        kept.n += keeps != 0;
    }
    return from ? be__set_picked(m, kept.item, from, kept.n, container)
                : finish(m, container, &kept, true);
}

static int holds(be__machine *m, be__value item, be__value condition)
{
    be__value answer = be__call1(m, condition, item);
    if (!answer) {
        be__in_generator(m);
        return -1;
    }
    return be__truth(answer);
}

be__value be__run_sfilter(be__machine *m, const be__value *a)
{
    return be__filtered(m, a[0], holds, a[1]);
}

be__value be__run_apply(be__machine *m, const be__value *a)
{
    be__view view;
    be__list made;
    if (!be__view_of(m, a[1], &view) || !list_of(m, view.n, &made)) {
        return BE__RAISED;
    }
    for (size_t k = 0; k < view.n; k++) {
        made.item[made.n] = be__call1(m, a[0], view.item[k]);
        if (!made.item[made.n++]) {
            return be__in_generator(m);
        }
    }
    return finish(m, a[1], &made, false);
}

be__value be__run_rapply(be__machine *m, const be__value *a)
{
    be__view view;
    be__list made;
    if (!be__view_of(m, a[0], &view) || !list_of(m, view.n, &made)) {
        return BE__RAISED;
    }
    for (size_t k = 0; k < view.n; k++) {
        made.item[made.n] = be__call1(m, view.item[k], a[1]);
        if (!made.item[made.n++]) {
            return be__in_generator(m);
        }
    }
    return finish(m, a[0], &made, false);
}

be__value be__run_papply(be__machine *m, const be__value *a)
{
    be__view x, y;
    be__list made;
    if (!be__view_of(m, a[1], &x) || !be__view_of(m, a[2], &y) || !list_of(m, x.n, &made)) {
        return BE__RAISED;
    }
    for (size_t k = 0; k < x.n && k < y.n; k++) {
        made.item[made.n] = be__call2(m, a[0], x.item[k], y.item[k]);
        if (!made.item[made.n++]) {
            return be__in_generator(m);
        }
    }
    return be__tuple(m, made.item, made.n);
}

/* The set of f(i, j), j of b outside, i of a inside; (i, j) itself without f. */
static be__value crossed(be__machine *m, be__value f, be__value a, be__value b)
{
    be__view x, y;
    if (!be__view_of(m, b, &y)) {
        return BE__RAISED;
    }
    if (y.n == 0) {
        return BE__EMPTY_SET;
    }
    if (!be__view_of(m, a, &x) || !be__charge(m, (uint64_t)x.n * y.n)) {
        return BE__RAISED;
    }
    be__builder set;
    be__build(&set, m);
    for (size_t j = 0; j < y.n; j++) {
        for (size_t i = 0; i < x.n; i++) {
            be__value made =
                f ? be__call2(m, f, x.item[i], y.item[j]) : be__tuple2(m, x.item[i], y.item[j]);
            if (!made || !be__build_add(&set, made, be__hash(made))) {
                return be__in_generator(m);
            }
        }
    }
    return be__build_end(&set);
}

be__value be__run_product(be__machine *m, const be__value *a)
{
    return crossed(m, 0, a[0], a[1]);
}

be__value be__run_prapply(be__machine *m, const be__value *a)
{
    return crossed(m, a[0], a[1], a[2]);
}

be__value be__run_merge(be__machine *m, const be__value *a)
{
    be__view outer, inner;
    if (!be__view_of(m, a[0], &outer)) {
        return BE__RAISED;
    }
    if (be__is_set(a[0])) {
        return be__set_joined(m, outer.item, outer.n);
    }
    uint64_t n = 0;
    for (size_t k = 0; k < outer.n; k++) {
        int64_t length = be__op_length(m, outer.item[k]);
        if (length < 0) {
            return BE__RAISED;
        }
        n += (uint64_t)length;
    }
    be__list all;
    if (!be__charge_items(m, n) || !list_of(m, n, &all)) {
        return BE__RAISED;
    }
    for (size_t k = 0; k < outer.n; k++) {
        if (!be__view_of(m, outer.item[k], &inner)) {
            return BE__RAISED;
        }
        memcpy(all.item + all.n, inner.item, inner.n * sizeof *inner.item);
        all.n += inner.n;
    }
    return be__tuple(m, all.item, all.n);
}

static be__value merged(be__machine *m, be__value containers)
{
    return containers ? be__run_merge(m, &containers) : BE__RAISED;
}

be__value be__run_mfilter(be__machine *m, const be__value *a)
{
    return merged(m, be__run_sfilter(m, a));
}

/* merge(apply(f, set)), without the set of the results in between where they are sets that can be
 * joined on a plane. */
static be__value map_and_merge(be__machine *m, be__value f, be__value set)
{
    be__view view;
    be__loose loose;
    if (!be__go_through(m, set, &view, &loose)) {
        return BE__RAISED;
    }
    be__value *made = be__charge(m, view.n) ? be__take_values(m, view.n) : NULL;
    for (size_t k = 0; made && k < view.n; k++) {
        made[k] = be__call1(m, f, view.item[k]);
        if (BE__UNLIKELY(!made[k])) {
            if (!be__in_order(m, &loose)) {
                return be__in_generator(m);
            }
            be__value result = map_and_merge(m, f, set);
            be__order_found(m);
            return result;
        }
    }
    be__value joined = made ? be__set_joined_of(m, made, set, loose.on) : BE__RAISED;
    if (joined || m->error) {
        return joined;
    }
    be__value *ordered = be__take_values(m, view.n);
    if (!ordered || (view.n > 0 && !be__set_keys(m, set))) {
        return BE__RAISED;
    }
    const uint32_t *given = loose.on ? be__set_of(set)->given : NULL;
    for (size_t k = 0; k < view.n; k++) {
        ordered[k] = made[given ? given[k] : k];
    }
    return merged(m, be__set_of_items(m, ordered, view.n));
}

be__value be__run_mapply(be__machine *m, const be__value *a)
{
    return be__is_set(a[1]) ? map_and_merge(m, a[0], a[1]) : merged(m, be__run_apply(m, a));
}

be__value be__run_mpapply(be__machine *m, const be__value *a)
{
    return merged(m, be__run_papply(m, a));
}

be__value be__run_extract(be__machine *m, const be__value *a)
{
    be__view view;
    if (!be__view_of(m, a[0], &view)) {
        return BE__RAISED;
    }
    for (size_t k = 0; k < view.n; k++) {
        be__value holds = be__call1(m, a[1], view.item[k]);
        if (!holds) {
            return be__in_generator(m);
        }
        if (be__truth(holds)) {
            return view.item[k];
        }
    }
    return be__raise(m, BE__STOP_ITERATION_ERROR);
}

be__value be__run_pair(be__machine *m, const be__value *a)
{
    be__view x, y;
    be__list made;
    if (!be__view_of(m, a[0], &x) || !be__view_of(m, a[1], &y) || !list_of(m, x.n, &made)) {
        return BE__RAISED;
    }
    for (size_t k = 0; k < x.n && k < y.n; k++) {
        made.item[made.n] = be__tuple2(m, x.item[k], y.item[k]);
        if (!made.item[made.n++]) {
            return BE__RAISED;
        }
    }
    return be__tuple(m, made.item, made.n);
}

/* ---- sets and tuples as such ---------------------------------------------------------------- */

be__value be__run_contained(be__machine *m, const be__value *a)
{
    int in = be__op_in(m, a[0], a[1]);
    return in < 0 ? BE__RAISED : be__bool(in);
}

be__value be__run_size(be__machine *m, const be__value *a)
{
    int64_t n = be__op_length(m, a[0]);
    return n < 0 ? BE__RAISED : be__small(n);
}

be__value be__run_combine(be__machine *m, const be__value *a)
{
    be__view x, y;
    be__list all;
    if (be__is_set(a[0]) && be__is_set(a[1])) {
        be__value *both = be__take_values(m, 2);
        if (!both) {
            return BE__RAISED;
        }
        memcpy(both, a, 2 * sizeof *both);
        return be__set_joined(m, both, 2);
    }
    if (!be__view_of(m, a[0], &x) || !be__view_of(m, a[1], &y) || !list_of(m, x.n + y.n, &all)) {
        return BE__RAISED;
    }
    memcpy(all.item, x.item, x.n * sizeof *x.item);
    memcpy(all.item + x.n, y.item, y.n * sizeof *y.item);
    return be__like(m, a[0], all.item, x.n + y.n);
}

be__value be__run_intersection(be__machine *m, const be__value *a)
{
    if (be__is_set(a[0]) && be__is_set(a[1])) {
        return be__charge(m, be__length(a[0]) + be__length(a[1])) ? be__set_and(m, a[0], a[1])
                                                                  : BE__RAISED;
    }
    if (be__tag(a[0]) == BE__ATOM && be__tag(a[1]) == BE__ATOM && be__is_int(a[0]) &&
        be__is_int(a[1])) {
        return be__bool(be__int_of(a[0]) & be__int_of(a[1]));
    }
    return be__is_int(a[0]) && be__is_int(a[1]) ? be__small(be__int_of(a[0]) & be__int_of(a[1]))
                                                : be__type_error(m);
}

static int is_not_in(be__machine *m, be__value item, be__value container)
{
    int in = be__op_in(m, item, container);
    return in < 0 ? -1 : !in;
}

be__value be__run_difference(be__machine *m, const be__value *a)
{
    return be__filtered(m, a[0], is_not_in, a[1]);
}

static int is_not(be__machine *m, be__value item, be__value value)
{
    (void)m;
    return item == BE__NAN || !be__equal(item, value);
}

be__value be__run_remove(be__machine *m, const be__value *a)
{
    return be__filtered(m, a[1], is_not, a[0]);
}

be__value be__run_other(be__machine *m, const be__value *a)
{
    be__value rest = be__run_remove(m, (be__value[]){a[1], a[0]});
    return rest ? be__run_first(m, &rest) : BE__RAISED;
}

be__value be__run_dedupe(be__machine *m, const be__value *a)
{
    be__view view;
    be__list kept;
    if (!be__view_of(m, a[0], &view) || !list_of(m, view.n, &kept)) {
        return BE__RAISED;
    }
    if (view.n > 0 && be__is_set(a[0])) {
        return be__raise(m, BE__ATTRIBUTE_ERROR);
    }
    be__builder seen;
    be__build(&seen, m);
    for (size_t k = 0; k < view.n; k++) {
        size_t before = seen.used;
        if (!be__build_add(&seen, view.item[k], be__hash(view.item[k]))) {
            return BE__RAISED;
        }
        kept.item[kept.n] = view.item[k];
        kept.n += seen.used > before;
    }
    return be__tuple(m, kept.item, kept.n);
}

be__value be__run_repeat(be__machine *m, const be__value *a)
{
    if (!be__is_int(a[1])) {
        return be__type_error(m);
    }
    int64_t n = be__int_of(a[1]);
    if (n <= 0) {
        return BE__EMPTY_TUPLE;
    }
    be__list all;
    if (!be__charge_items(m, (uint64_t)n) || !list_of(m, (size_t)n, &all)) {
        return BE__RAISED;
    }
    for (int64_t k = 0; k < n; k++) {
        all.item[k] = a[0];
    }
    return be__tuple(m, all.item, (size_t)n);
}

be__value be__run_initset(be__machine *m, const be__value *a)
{
    return be__set_of_items(m, a, 1);
}

be__value be__run_insert(be__machine *m, const be__value *a)
{
    if (!be__is_set(a[1])) {
        return be__raise(m, BE__ATTRIBUTE_ERROR);
    }
    be__value one = be__set_of_items(m, a, 1);
    return one && be__charge(m, be__length(a[1])) ? be__set_or(m, a[1], one) : BE__RAISED;
}

be__value be__run_totuple(be__machine *m, const be__value *a)
{
    if (be__is_tuple(a[0])) {
        return a[0];
    }
    be__view view;
    return be__view_of(m, a[0], &view) ? be__tuple(m, view.item, view.n) : BE__RAISED;
}

be__value be__run_first(be__machine *m, const be__value *a)
{
    be__view view;
    if (!be__view_of(m, a[0], &view)) {
        return BE__RAISED;
    }
    return view.n ? view.item[0] : be__raise(m, BE__STOP_ITERATION_ERROR);
}

be__value be__run_last(be__machine *m, const be__value *a)
{
    be__view view;
    if (!be__view_of(m, a[0], &view)) {
        return BE__RAISED;
    }
    return view.n ? view.item[view.n - 1] : be__raise(m, BE__VALUE_ERROR);
}

be__value be__run_interval(be__machine *m, const be__value *a)
{
    if (!be__is_int(a[0]) || !be__is_int(a[1]) || !be__is_int(a[2])) {
        return be__type_error(m);
    }
    int64_t start = be__int_of(a[0]), stop = be__int_of(a[1]), step = be__int_of(a[2]);
    if (step == 0) {
        return be__raise(m, BE__VALUE_ERROR);
    }
    int64_t far = step > 0 ? stop - start : start - stop, stride = step > 0 ? step : -step;
    if (far <= 0) {
        return BE__EMPTY_TUPLE;
    }
    uint64_t n = (uint64_t)((far - 1) / stride) + 1;
    be__list all;
    if (!be__charge_items(m, n) || !list_of(m, n, &all)) {
        return BE__RAISED;
    }
    for (uint64_t k = 0; k < n; k++) {
        all.item[k] = be__small(start + (int64_t)k * step);
    }
    return be__tuple(m, all.item, n);
}

/* ---- by size -------------------------------------------------------------------------------- */

/* f(item), or the item itself for None, which Python's key= takes for the identity. */
static be__value key_of(be__machine *m, be__value f, be__value item)
{
    return f == BE__NONE ? item : be__call1(m, f, item);
}

/* max (sign 1) or min (sign -1) of item[0, n), n >= 1, by f; the first among ties. */
static be__value extreme(be__machine *m, const be__view *view, be__value f, int sign)
{
    be__value best = view->item[0], best_key = key_of(m, f, best);
    for (size_t k = 1; best_key && k < view->n; k++) {
        be__value key = key_of(m, f, view->item[k]);
        int better = !key ? -1 : sign > 0 ? be__less(m, best_key, key) : be__less(m, key, best_key);
        if (better < 0) {
            return BE__RAISED;
        }
        if (better) {
            best = view->item[k];
            best_key = key;
        }
    }
    return best_key ? best : BE__RAISED;
}

/* The same of a set whose order may wait, as long as f gives ints and only one of them is best;
 * with a tie the set is put in order. BE__RAISED without an error for other keys. */
static be__value extreme_of_ints(be__machine *m, be__value set, const be__view *view, be__value f,
                                 int sign)
{
    int64_t *keys = be__take(m, view->n * sizeof *keys), best = 0;
    size_t ties = 0, at = 0;
    for (size_t k = 0; keys && k < view->n; k++) {
        be__value key = key_of(m, f, view->item[k]);
        if (!key || !be__is_int(key)) {
            return BE__RAISED;
        }
        keys[k] = be__int_of(key);
        bool better = k == 0 || sign * keys[k] > sign * best;
        ties = better ? 1 : ties + (keys[k] == best);
        at = better ? k : at;
        best = better ? keys[k] : best;
    }
    if (!keys || ties == 1) {
        return keys ? view->item[at] : BE__RAISED;
    }
    const be__value *ordered = be__set_keys(m, set);
    const uint32_t *given = be__set_of(set)->given;
    for (size_t k = 0; ordered && k < view->n; k++) {
        if (keys[given ? given[k] : k] == best) {
            return ordered[k];
        }
    }
    return BE__RAISED;
}

/* max or min of a container by f, `none` for an empty one, ValueError where that is 0. */
static be__value extreme_of(be__machine *m, be__value container, be__value f, int sign,
                            be__value none)
{
    be__view view;
    be__loose loose;
    if (!be__go_through(m, container, &view, &loose)) {
        return BE__RAISED;
    }
    if (view.n == 0) {
        return none ? none : be__raise(m, BE__VALUE_ERROR);
    }
    if (!loose.on) {
        return extreme(m, &view, f, sign);
    }
    be__value best = extreme_of_ints(m, container, &view, f, sign);
    if (best || !be__in_order(m, &loose)) {
        return best;
    }
    best = extreme_of(m, container, f, sign, none);
    be__order_found(m);
    return best;
}

be__value be__run_maximum(be__machine *m, const be__value *a)
{
    return extreme_of(m, a[0], BE__NONE, 1, be__small(0));
}

be__value be__run_minimum(be__machine *m, const be__value *a)
{
    return extreme_of(m, a[0], BE__NONE, -1, be__small(0));
}

be__value be__run_argmax(be__machine *m, const be__value *a)
{
    return extreme_of(m, a[0], a[1], 1, BE__RAISED);
}

be__value be__run_argmin(be__machine *m, const be__value *a)
{
    return extreme_of(m, a[0], a[1], -1, BE__RAISED);
}

be__value be__run_valmax(be__machine *m, const be__value *a)
{
    be__value best = extreme_of(m, a[0], a[1], 1, be__small(0));
    return best ? be__call1(m, a[1], best) : BE__RAISED;
}

be__value be__run_valmin(be__machine *m, const be__value *a)
{
    be__value best = extreme_of(m, a[0], a[1], -1, be__small(0));
    return best ? be__call1(m, a[1], best) : BE__RAISED;
}

/* Of the set of a tuple's items, the one that is there most (sign 1) or least often (-1). */
static be__value commonest(be__machine *m, be__value container, int sign)
{
    be__view view;
    if (!be__view_of(m, container, &view)) {
        return BE__RAISED;
    }
    if (!be__is_tuple(container)) {
        return be__raise(m, BE__ATTRIBUTE_ERROR);
    }
    if (view.n == 0) {
        return be__raise(m, BE__VALUE_ERROR);
    }
    be__value set = be__set_of_items(m, view.item, view.n);
    const be__value *key = set ? be__set_keys(m, set) : NULL;
    if (!key || !be__charge(m, (uint64_t)view.n * be__length(set))) {
        return BE__RAISED;
    }
    be__value best = BE__RAISED;
    int64_t best_count = 0;
    for (size_t k = 0; k < be__length(set); k++) {
        int64_t count = 0;
        for (size_t i = 0; i < view.n; i++) {
            count += be__equal(view.item[i], key[k]);
        }
        if (!best || sign * count > sign * best_count) {
            best = key[k];
            best_count = count;
        }
    }
    return best;
}

be__value be__run_mostcommon(be__machine *m, const be__value *a)
{
    return commonest(m, a[0], 1);
}

be__value be__run_leastcommon(be__machine *m, const be__value *a)
{
    return commonest(m, a[0], -1);
}

/* ---- order ---------------------------------------------------------------------------------- */

/* Insert item k of key[0, n) (and of value) into the sorted items before it, from `sorted` on, as
 * CPython's binary insertion does: after those that are not greater. */
static bool insertion_sort(be__machine *m, be__value *key, be__value *value, size_t n,
                           size_t sorted)
{
    for (size_t k = sorted; k < n; k++) {
        be__value pivot = key[k], moved = value[k];
        size_t left = 0, right = k;
        while (left < right) {
            size_t middle = left + (right - left) / 2;
            int less = be__less(m, pivot, key[middle]);
            if (less < 0) {
                return false;
            }
            if (less) {
                right = middle;
            } else {
                left = middle + 1;
            }
        }
        memmove(key + left + 1, key + left, (k - left) * sizeof *key);
        memmove(value + left + 1, value + left, (k - left) * sizeof *value);
        key[left] = pivot;
        value[left] = moved;
    }
    return true;
}

static void reverse(be__value *v, size_t n)
{
    for (size_t k = 0; k < n / 2; k++) {
        be__value other = v[k];
        v[k] = v[n - 1 - k];
        v[n - 1 - k] = other;
    }
}

/* The run that begins key[0, n), n >= 1: ascending, or strictly descending and then reversed.
 * Returns its length, 0 with the error raised. */
static size_t first_run(be__machine *m, be__value *key, be__value *value, size_t n)
{
    size_t run = 1;
    int down = 0;
    for (; run < n; run++) {
        int less = be__less(m, key[run], key[run - 1]);
        if (less < 0) {
            return 0;
        }
        if (run == 1) {
            down = less;
        } else if (less != down) {
            break;
        }
    }
    if (down) {
        reverse(key, run);
        reverse(value, run);
    }
    return run;
}

/* Stable, by halves where it is long; up to 63 items with the very comparisons of CPython's sort,
 * which decide the result where keys are only partly ordered. */
static bool sort(be__machine *m, be__value *key, be__value *value, size_t n)
{
    if (n < 2) {
        return true;
    }
    if (n < 64) {
        size_t run = first_run(m, key, value, n);
        return run && insertion_sort(m, key, value, n, run);
    }
    size_t half = n / 2;
    be__value *from_key = be__take_values(m, half), *from = be__take_values(m, half);
    if (!from_key || !from || !be__charge(m, n) || !sort(m, key, value, half) ||
        !sort(m, key + half, value + half, n - half)) {
        return false;
    }
    memcpy(from_key, key, half * sizeof *key);
    memcpy(from, value, half * sizeof *value);
    size_t i = 0, j = half, k = 0;
    while (i < half) {
        int less = j < n ? be__less(m, key[j], from_key[i]) : 0;
        if (less < 0) {
            return false;
        }
        key[k] = less ? key[j] : from_key[i];
        value[k++] = less ? value[j++] : from[i++];
    }
    return true;
}

be__value be__run_order(be__machine *m, const be__value *a)
{
    be__view view;
    be__list keys, items;
    if (!be__view_of(m, a[0], &view) || !list_of(m, view.n, &keys) || !list_of(m, view.n, &items)) {
        return BE__RAISED;
    }
    for (size_t k = 0; k < view.n; k++) {
        keys.item[k] = key_of(m, a[1], view.item[k]);
        if (!keys.item[k]) {
            return BE__RAISED;
        }
        items.item[k] = view.item[k];
    }
    return sort(m, keys.item, items.item, view.n) ? be__tuple(m, items.item, view.n) : BE__RAISED;
}
