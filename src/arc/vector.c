/* vector.c: the table of primitives in words, and calls of single primitives in JSON. */
#include "arc/prims_ops.h"
#include "arc/runner.h"
#include "arc/value_json.h"

#include <breakeven/arc.h>

#include <stdio.h>

/* ---- the table ------------------------------------------------------------------------------ */

size_t be_arc_primitive_count(void)
{
    return BE__PRIMS;
}

size_t be_arc_primitive_find(const char *name)
{
    int id = be__arc_find(name, strlen(name));
    return id < 0 ? SIZE_MAX : (size_t)id;
}

/* "fill(grid: Grid, value: Integer, patch: Patch) -> Grid" */
static void write_signature(char *to, size_t room, const be__prim_info *prim)
{
    size_t at = (size_t)snprintf(to, room, "%s(", prim->name);
    const char *param = prim->params;
    for (unsigned k = 0; k < prim->arity; k++) {
        int length = (int)strcspn(param, " ");
        at += (size_t)snprintf(to + at, room - at, "%s%.*s: %s", k ? ", " : "", length, param,
                               be__type_words(prim->types[k]));
        param += length + 1;
    }
    snprintf(to + at, room - at, ") -> %s", be__type_words(prim->result));
}

void be_arc_primitive_describe(size_t i, char memory[BE_ARC_PRIMITIVE_SIZE],
                               be_arc_primitive *primitive)
{
    const be__prim_info *prim = &be__prims[i];
    write_signature(memory, BE_ARC_PRIMITIVE_SIZE, prim);
    *primitive = (be_arc_primitive){.name = prim->name,
                                    .signature = memory,
                                    .meaning = prim->meaning,
                                    .errors = prim->errors,
                                    .example = prim->example,
                                    .gives = prim->gives};
}

/* ---- single calls --------------------------------------------------------------------------- */

enum {
    ARGS_MAX = 8,
    JSON_HEIGHT_MAX = 30 /* containers within containers: two levels of JSON each, of 64 */
};

/* What a question could not be read for: a limit, or not in the form. */
static be_status unreadable(const be__machine *m, const char *expected, be_error *error)
{
    return m->error ? be_error_set(error, BE_ELIMIT, "values within the limits (%s)",
                                   be__error_name(m->error))
                    : be_error_set(error, BE_EINVAL, "%s", expected);
}

/* Read the arguments; *n on entry the room. */
static be_status read_args(be__machine *m, const be_json_value *list, be__value *args, size_t *n,
                           be_error *error)
{
    if (be_json_typeof(list) != BE_JSON_ARRAY || be_json_size(list) > *n) {
        return be_error_set(error, BE_EINVAL, "an array of at most %zu arguments", *n);
    }
    *n = be_json_size(list);
    for (size_t k = 0; k < *n; k++) {
        const char *expected = NULL;
        args[k] = be__value_read(m, be_json_at(list, k), &expected);
        if (!args[k]) {
            return unreadable(m, expected, error);
        }
    }
    return BE_OK;
}

static void write_error(be_json_writer *json, be__error_class class)
{
    be_json_object(json);
    be_json_key(json, "err");
    be_json_string(json, be__error_name(class));
    be_json_object_end(json);
}

/* {"fn", "a", "call"} */
static be_status answer_call(be__machine *m, const be_json_value *question, be_json_writer *json,
                             be_error *error)
{
    const char *name = be_json_text(be_json_get(question, "fn"));
    int id = name ? be__arc_find(name, strlen(name)) : -1;
    if (id < 0) {
        return be_error_set(error, BE_EINVAL, "\"fn\", the name of a primitive, or \"op\"");
    }
    be__value args[ARGS_MAX], argument = BE__NONE;
    size_t n = ARGS_MAX;
    const be_json_value *call = be_json_get(question, "call");
    be_status status = read_args(m, be_json_get(question, "a"), args, &n, error);
    if (status == BE_OK && call) {
        const char *expected = NULL;
        argument = be__value_read(m, call, &expected);
        status = argument ? BE_OK : unreadable(m, expected, error);
    }
    if (status) {
        return status;
    }
    be__machine_refuel(m);
    be__value result = be__arc_apply(m, (unsigned)id, args, n);
    if (result && call) {
        result = be__arc_call(m, result, &argument, 1);
    }
    if (result && be__height(result) > JSON_HEIGHT_MAX) {
        result = be__raise(m, BE__HEIGHT_ERROR);
    }
    if (!result) {
        write_error(json, m->error);
        return BE_OK;
    }
    be_json_object(json);
    be_json_key(json, "r");
    if (!be__value_write(m, json, result)) {
        return be_error_set(error, BE_ELIMIT, "a result within the limits");
    }
    be_json_object_end(json);
    return BE_OK;
}

/* The set that an operation makes of the sets of a's and b's items; 0 without an error for an
 * unknown one. */
static be__value operate(be__machine *m, const char *op, be__value a, be__value b)
{
    be__view x, y;
    if (!be__view_of(m, a, &x) || !be__view_of(m, b, &y)) {
        return BE__RAISED;
    }
    be__value left = be__set_of_items(m, x.item, x.n);
    be__value right = left ? be__set_of_items(m, y.item, y.n) : left;
    if (!right || strcmp(op, "new") == 0) {
        return right ? left : right;
    }
    if (strcmp(op, "or") == 0 || strcmp(op, "insert") == 0) {
        return be__set_or(m, left, right);
    }
    if (strcmp(op, "and") == 0) {
        return be__set_and(m, left, right);
    }
    if (strcmp(op, "sub") == 0 || strcmp(op, "subcopy") == 0) {
        return be__set_minus(m, left, right);
    }
    if (strcmp(op, "set") == 0) {
        return be__set_or(m, left, left);
    }
    return strcmp(op, "gen") != 0 || !be__view_of(m, left, &x) ? BE__RAISED
                                                               : be__set_of_items(m, x.item, x.n);
}

/* {"op", "a", "b"} */
static be_status answer_operation(be__machine *m, const be_json_value *question,
                                  be_json_writer *json, be_error *error)
{
    const char *expected = NULL;
    const be_json_value *right = be_json_get(question, "b");
    be__value a = be__value_read(m, be_json_get(question, "a"), &expected);
    be__value b = a && right ? be__value_read(m, right, &expected) : BE__EMPTY_TUPLE;
    if (!a || !b) {
        return unreadable(m, expected, error);
    }
    be__value set = operate(m, be_json_text(be_json_get(question, "op")), a, b);
    be__view view;
    if (!set || !be__view_of(m, set, &view)) {
        return unreadable(m, "\"op\" one of new, set, gen, or, insert, and, sub, subcopy", error);
    }
    be_json_object(json);
    be_json_key(json, "order");
    be_json_array(json);
    for (size_t k = 0; k < view.n; k++) {
        if (!be__value_write(m, json, view.item[k])) {
            return unreadable(m, "", error);
        }
    }
    be_json_array_end(json);
    be_json_key(json, "hash");
    be_json_i64(json, be__hash(set));
    be_json_object_end(json);
    return BE_OK;
}

be_status be_arc_vector(be_arc_runner *runner, const char *line, size_t size, be_text *answer,
                        be_error *error)
{
    be__machine *m = be__runner_machine(runner);
    be_json *json;
    be_status status = be_json_parse(line, size, &json, error);
    if (status) {
        return status;
    }
    be__machine_reset(m);
    be_text text;
    be_text_init(&text, NULL);
    be_json_writer writer;
    be_json_init(&writer, &text, true);
    const be_json_value *question = be_json_root(json);
    status = be_json_text(be_json_get(question, "op"))
                 ? answer_operation(m, question, &writer, error)
                 : answer_call(m, question, &writer, error);
    if (status == BE_OK) {
        be_text_add(answer, text.bytes, text.size);
        status = be_text_status(&text) ? be_text_status(&text) : be_text_status(answer);
    }
    be_text_clear(&text);
    be_json_destroy(json);
    return status;
}

be_status be_arc_primitive_call(be_arc_runner *runner, size_t primitive, const char *args,
                                size_t size, be_text *answer, const char **raised, be_error *error)
{
    be__machine *m = be__runner_machine(runner);
    be_json *json;
    be_status status = be_json_parse(args, size, &json, error);
    if (status) {
        return status;
    }
    be__machine_reset(m);
    be__value value[ARGS_MAX];
    size_t n = ARGS_MAX;
    status = read_args(m, be_json_root(json), value, &n, error);
    be_json_destroy(json);
    if (status) {
        return status;
    }
    be__machine_refuel(m);
    be__value result = be__arc_apply(m, (unsigned)primitive, value, n);
    if (result && !be__value_print(m, answer, result)) {
        result = BE__RAISED;
    }
    *raised = result ? NULL : be__error_name(m->error);
    if (!result) {
        be_text_puts(answer, *raised);
    }
    return be_text_status(answer);
}
