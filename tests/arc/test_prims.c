/* Primitives and sets against vectors made by running arc-dsl under CPython: results with the
 * iteration order of every set in them, hashes, and classes of errors. */
#include "check.h"

#include "arc/prims_ops.h"
#include "arc/value_json.h"

#include <stdlib.h>

enum { MEMORY = 64 << 20 };

static be__machine machine;

static int start(void **state)
{
    *state = malloc(MEMORY);
    be__machine_init(&machine, *state, MEMORY, NULL);
    return *state == NULL;
}

static int stop(void **state)
{
    free(*state);
    return 0;
}

/* Lines of a file, parsed one by one; the caller loops while next() is true. */
typedef struct lines {
    be_text text;
    size_t at;
    size_t line;
    be_json *json;
    const be_json_value *root;
} lines;

static void open_lines(lines *l, const char *path)
{
    *l = (lines){0};
    be_text_init(&l->text, NULL);
    be_error error;
    CHECK_SAY(be_file_read(path, 16 << 20, &l->text, &error) == BE_OK, "%s", path);
}

static bool next(lines *l)
{
    be_json_destroy(l->json);
    l->json = NULL;
    if (l->at >= l->text.size) {
        be_text_clear(&l->text);
        return false;
    }
    const char *from = l->text.bytes + l->at;
    size_t size = strcspn(from, "\n");
    l->at += size + 1;
    l->line++;
    CHECK_SAY(be_json_parse(from, size, &l->json, NULL) == BE_OK, "line %zu", l->line);
    l->root = be_json_root(l->json);
    return true;
}

static be__value read(const be_json_value *json)
{
    const char *expected = NULL;
    be__value v = be__value_read(&machine, json, &expected);
    CHECK_SAY(v != BE__RAISED, "expected %s", expected ? expected : "room");
    return v;
}

static void write(be_text *text, be__value v)
{
    be_json_writer json;
    be_json_init(&json, text, true);
    CHECK(be__value_write(&machine, &json, v));
}

/* JSON written again in our writer's form. */
static void rewrite(be_json_writer *out, const be_json_value *v)
{
    const char *key = NULL;
    switch (be_json_typeof(v)) {
    case BE_JSON_NULL:
        be_json_null(out);
        break;
    case BE_JSON_BOOL:
        be_json_bool(out, be_json_boolean(v));
        break;
    case BE_JSON_INTEGER:
        be_json_i64(out, be_json_integer(v));
        break;
    case BE_JSON_STRING:
        be_json_string(out, be_json_text(v));
        break;
    case BE_JSON_ARRAY:
        be_json_array(out);
        for (size_t k = 0; k < be_json_size(v); k++) {
            rewrite(out, be_json_at(v, k));
        }
        be_json_array_end(out);
        break;
    default:
        be_json_object(out);
        for (const be_json_value *member; (member = be_json_next(v, &key));) {
            be_json_key(out, key);
            rewrite(out, member);
        }
        be_json_object_end(out);
    }
}

static bool reads_as(be__value v, const be_json_value *wanted, be_text *got)
{
    be_text want;
    be_text_init(&want, NULL);
    be_json_writer out;
    be_json_init(&out, &want, true);
    rewrite(&out, wanted);
    write(got, v);
    bool same = want.size == got->size && memcmp(want.bytes, got->bytes, got->size) == 0;
    be_text_clear(&want);
    return same;
}

static void every_primitive_gives_what_python_gives(void **state)
{
    (void)state;
    bool seen[BE__PRIMS] = {false};
    lines l;
    open_lines(&l, ARC_VECTORS "/prims.jsonl");
    while (next(&l)) {
        be__machine_reset(&machine);
        const char *name = be_json_text(be_json_get(l.root, "fn"));
        int id = be__arc_find(name, strlen(name));
        CHECK_SAY(id >= 0, "%s", name);
        seen[id] = true;
        be__value args[8];
        const be_json_value *list = be_json_get(l.root, "a"), *call = be_json_get(l.root, "call");
        for (size_t k = 0; k < be_json_size(list); k++) {
            args[k] = read(be_json_at(list, k));
        }
        be__value got = be__arc_apply(&machine, (unsigned)id, args, be_json_size(list));
        if (got && call) {
            got = be__call1(&machine, got, read(call));
        }
        const char *error = be_json_text(be_json_get(l.root, "err"));
        CHECK_SAY(strcmp(error ? error : "", be__error_name(machine.error)) == 0,
                  "line %zu, %s: %s", l.line, name, be__error_name(machine.error));
        be_text text;
        be_text_init(&text, NULL);
        CHECK_SAY(error || reads_as(got, be_json_get(l.root, "r"), &text), "line %zu, %s: %s",
                  l.line, name, text.bytes ? text.bytes : "");
        be_text_clear(&text);
    }
    for (unsigned id = 0; id < BE__PRIMS; id++) {
        CHECK_SAY(seen[id], "no vector for %s", be__prims[id].name);
    }
}

/* What an operation of setorder.jsonl does with the items a and b. */
static be__value set_operation(const char *op, be__value a, be__value b)
{
    be__machine *m = &machine;
    be__view x, y;
    CHECK(be__view_of(m, a, &x) && be__view_of(m, b, &y));
    be__value left = be__set_of_items(m, x.item, x.n), right = be__set_of_items(m, y.item, y.n);
    if (strcmp(op, "or") == 0 || strcmp(op, "insert") == 0) {
        return be__set_or(m, left, right);
    }
    if (strcmp(op, "and") == 0) {
        return be__set_and(m, left, right);
    }
    if (strcmp(op, "sub") == 0 || strcmp(op, "subcopy") == 0) {
        return be__set_minus(m, left, right);
    }
    if (strcmp(op, "gen") == 0) { /* frozenset(x for x in a) */
        return be__set_of_items(m, be__set_keys(m, left), x.n ? be__length(left) : 0);
    }
    be__builder set; /* "set": frozenset(set(a)); "new": frozenset(a) */
    be__build(&set, m);
    CHECK(be__build_update(&set, left));
    return strcmp(op, "set") == 0 ? be__build_end(&set) : left;
}

static void sets_iterate_and_hash_as_in_cpython(void **state)
{
    (void)state;
    lines l;
    open_lines(&l, ARC_VECTORS "/setorder.jsonl");
    while (next(&l)) {
        be__machine_reset(&machine);
        be__value items[2];
        for (unsigned k = 0; k < 2; k++) {
            const be_json_value *list = be_json_get(l.root, k ? "b" : "a");
            be__value *item = be__take(&machine, (be_json_size(list) + 1) * sizeof *item);
            for (size_t i = 0; i < be_json_size(list); i++) {
                item[i] = read(be_json_at(list, i));
            }
            items[k] = be__tuple(&machine, item, be_json_size(list));
        }
        const char *op = be_json_text(be_json_get(l.root, "op"));
        be__value set = set_operation(op, items[0], items[1]);
        be__value order = be__run_totuple(&machine, &set);
        const be_json_value *wanted = be_json_get(l.root, "order");
        CHECK_SAY(be__length(order) == be_json_size(wanted), "line %zu", l.line);
        for (size_t k = 0; k < be_json_size(wanted); k++) {
            be_text text;
            be_text_init(&text, NULL);
            CHECK_SAY(reads_as(be__item(&machine, order, k), be_json_at(wanted, k), &text),
                      "line %zu, %s, element %zu: %s", l.line, op, k, text.bytes);
            be_text_clear(&text);
        }
        CHECK_SAY(be__hash(set) == be_json_integer(be_json_get(l.root, "hash")), "line %zu",
                  l.line);
    }
}

int main(int argc, char **argv)
{
    static const struct CMUnitTest tests[] = {
        TEST(every_primitive_gives_what_python_gives),
        TEST(sets_iterate_and_hash_as_in_cpython),
    };
    if (argc > 1) {
        cmocka_set_test_filter(argv[1]);
    }
    return cmocka_run_group_tests(tests, start, stop) != 0;
}
