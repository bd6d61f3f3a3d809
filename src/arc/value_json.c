/* value_json.c: values from JSON and to JSON. */
#include "arc/value_json.h"

static const struct {
    const char *name;
    be__value value;
} FLOATS[] = {{"nan", BE__NAN}, {"inf", BE__INFINITY}, {"-inf", BE__MINUS_INFINITY}};

static be__value refuse(const char **expected, const char *what)
{
    *expected = what;
    return BE__RAISED;
}

static be__value read_items(be__machine *m, const be_json_value *list, bool set,
                            const char **expected)
{
    size_t n = be_json_size(list);
    be__value *item = be__take(m, (n + 1) * sizeof *item);
    if (!item) {
        return BE__RAISED;
    }
    for (size_t k = 0; k < n; k++) {
        item[k] = be__value_read(m, be_json_at(list, k), expected);
        if (!item[k]) {
            return BE__RAISED;
        }
    }
    return set ? be__set_of_items(m, item, n) : be__tuple(m, item, n);
}

static be__value read_object(be__machine *m, const be_json_value *json, const char **expected)
{
    const be_json_value *tuple = be_json_get(json, "t"), *set = be_json_get(json, "f");
    const char *name = be_json_text(be_json_get(json, "fn"));
    const char *number = be_json_text(be_json_get(json, "x"));
    const be_json_value *list = tuple ? tuple : set;
    if (be_json_size(json) != 1) {
        return refuse(expected, "one member, \"t\", \"f\", \"fn\" or \"x\"");
    }
    if (list && be_json_typeof(list) == BE_JSON_ARRAY) {
        return read_items(m, list, set != NULL, expected);
    }
    if (name) {
        int id = be__arc_find(name, strlen(name));
        return id < 0 ? refuse(expected, "the name of a primitive") : be__prim((unsigned)id);
    }
    for (size_t k = 0; number && k < BE__COUNT_OF(FLOATS); k++) {
        if (strcmp(number, FLOATS[k].name) == 0) {
            return FLOATS[k].value;
        }
    }
    return refuse(expected,
                  "{\"t\": [...]}, {\"f\": [...]}, {\"fn\": \"name\"} or {\"x\": \"nan\"}");
}

be__value be__value_read(be__machine *m, const be_json_value *json, const char **expected)
{
    switch (be_json_typeof(json)) {
    case BE_JSON_NULL:
        return BE__NONE;
    case BE_JSON_BOOL:
        return be__bool(be_json_boolean(json));
    case BE_JSON_INTEGER:
        return be__int(m, be_json_integer(json));
    case BE_JSON_OBJECT:
        return read_object(m, json, expected);
    case BE_JSON_ARRAY:
        return read_items(m, json, false, expected);
    default:
        return refuse(expected, "an integer, true, false, null, an array or an object");
    }
}

static void write_name(be_json_writer *json, const char *key, const char *name)
{
    be_json_object(json);
    be_json_key(json, key);
    if (name) {
        be_json_string(json, name);
    } else {
        be_json_null(json);
    }
    be_json_object_end(json);
}

bool be__value_write(be__machine *m, be_json_writer *json, be__value v)
{
    if (be__tag(v) == BE__INT) {
        be_json_i64(json, be__int_of(v));
        return true;
    }
    if (v == BE__NONE) {
        be_json_null(json);
        return true;
    }
    if (be__is_int(v)) {
        be_json_bool(json, v == BE__TRUE);
        return true;
    }
    for (size_t k = 0; k < BE__COUNT_OF(FLOATS); k++) {
        if (v == FLOATS[k].value) {
            write_name(json, "x", FLOATS[k].name);
            return true;
        }
    }
    if (be__is_function(v)) {
        write_name(json, "fn", be__tag(v) == BE__PRIM ? be__prims[be__prim_of(v)].name : NULL);
        return true;
    }
    be__view view;
    if (!be__view_of(m, v, &view)) {
        return false;
    }
    be_json_object(json);
    be_json_key(json, be__is_set(v) ? "f" : "t");
    be_json_array(json);
    for (size_t k = 0; k < view.n; k++) {
        if (!be__value_write(m, json, view.item[k])) {
            return false;
        }
    }
    be_json_array_end(json);
    be_json_object_end(json);
    return true;
}

bool be__value_print(be__machine *m, be_text *text, be__value v)
{
    if (be__tag(v) == BE__INT) {
        be_text_printf(text, "%lld", (long long)be__int_of(v));
        return true;
    }
    if (v == BE__NONE || be__is_int(v)) {
        be_text_puts(text, v == BE__NONE ? "None" : v == BE__TRUE ? "True" : "False");
        return true;
    }
    for (size_t k = 0; k < BE__COUNT_OF(FLOATS); k++) {
        if (v == FLOATS[k].value) {
            be_text_puts(text, FLOATS[k].name);
            return true;
        }
    }
    if (be__is_function(v)) {
        be_text_puts(text, be__tag(v) == BE__PRIM ? be__prims[be__prim_of(v)].name : "<function>");
        return true;
    }
    be__view view;
    if (!be__view_of(m, v, &view)) {
        return false;
    }
    bool set = be__is_set(v);
    be_text_puts(text, !set ? "(" : view.n ? "frozenset({" : "frozenset(");
    for (size_t k = 0; k < view.n; k++) {
        be_text_puts(text, k ? ", " : "");
        if (!be__value_print(m, text, view.item[k])) {
            return false;
        }
    }
    be_text_puts(text, !set ? (view.n == 1 ? ",)" : ")") : view.n ? "})" : ")");
    return true;
}
