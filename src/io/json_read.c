/* json_read.c: the one file that knows Jansson. A be_json and a be_json_value are its json_t under
 * another name.
 *
 * Four things are ours. A zero byte is refused first: Jansson overlooks one after a number. The
 * nesting is bounded before Jansson recurses into it. The parse runs in the C locale of this
 * thread, because Jansson reads numbers with strtod and mends a decimal point of one byte only. And
 * its errors become a line, the offset in it, and what was expected.
 */
#include "io/io.h"

#include "base/base.h"

#include <jansson.h>

#include <limits.h>
#include <locale.h>
#include <math.h>
#include <string.h>

enum { DEPTH_MAX = 64 };

static const json_t *node_of(const be_json_value *value)
{
    return (const json_t *)(const void *)value;
}

static const be_json_value *value_of(const json_t *node)
{
    return (const be_json_value *)(const void *)node;
}

/* The place `position` bytes into the text, as its line and the offset in that line. */
static be_status refuse(be_error *error, be_status status, const char *text, size_t position,
                        const char *expected)
{
    size_t line = 1;
    size_t line_start = 0;
    for (size_t i = 0; i < position; i++) {
        if (text[i] == '\n') {
            line++;
            line_start = i + 1;
        }
    }
    return be_error_at(error, status, line, position - line_start, "%s", expected);
}

/* Where the text opens a level too deep, or `size`. Brackets in strings do not count. */
static size_t find_too_deep(const char *text, size_t size)
{
    size_t depth = 0;
    bool in_string = false;
    for (size_t i = 0; i < size; i++) {
        char c = text[i];
        if (in_string) {
            in_string = c != '"';
            i += c == '\\';
        } else if (c == '"') {
            in_string = true;
        } else if (c == '[' || c == '{') {
            if (depth++ == DEPTH_MAX) {
                return i;
            }
        } else if ((c == ']' || c == '}') && depth > 0) {
            depth--;
        }
    }
    return size;
}

/* What Jansson expected, by the way it says so. */
static const char *expected_instead(const json_error_t *said)
{
    static const struct {
        const char *said, *expected;
    } table[] = {
        {"invalid token", "a JSON value"},
        {"unexpected token", "a JSON value"},
        {"']'", "',' or ']'"},
        {"'}'", "',' or '}'"},
        {"':'", "':'"},
        {"string or '}'", "a string or '}'"},
        {"invalid escape", "a valid escape"},
        {"invalid Unicode", "a whole UTF-16 surrogate pair"},
        {"unexpected newline", "the end of the string before that of the line"},
        {"control character", "control characters written as \\u00XX"},
    };
    for (size_t i = 0; i < BE__COUNT_OF(table); i++) {
        if (strncmp(said->text, table[i].said, strlen(table[i].said)) == 0) {
            return table[i].expected;
        }
    }
    return "valid JSON";
}

static be_status refuse_syntax(be_error *error, const char *text, size_t size,
                               const json_error_t *said)
{
    const char *expected;
    switch (json_error_code(said)) {
    case json_error_unknown: /* Jansson gave up without a word: malloc did */
        return be_error_set(error, BE_ENOMEM, "memory for the parsed text");
    case json_error_invalid_utf8:
        expected = "valid UTF-8";
        break;
    case json_error_premature_end_of_input:
        expected = "the rest of the JSON text, which ends too early";
        break;
    case json_error_end_of_input_expected:
        expected = "the end of the JSON text";
        break;
    case json_error_duplicate_key:
        expected = "a key that this object does not have yet";
        break;
    case json_error_numeric_overflow:
        expected = "an integer of 64 bits or a finite number";
        break;
    case json_error_null_character:
    case json_error_null_byte_in_key:
        expected = "a string without \\u0000";
        break;
    default:
        expected = expected_instead(said);
    }
    size_t position = (size_t)said->position;
    return refuse(error, BE_EINVAL, text, position < size ? position : size, expected);
}

be_status be_json_parse(const char *text, size_t size, be_json **json, be_error *error)
{
    if (size > INT_MAX) {
        return be_error_set(error, BE_ELIMIT, "at most %d bytes of JSON", INT_MAX);
    }
    const char *zero = memchr(text, '\0', size);
    if (zero) {
        return refuse(error, BE_EINVAL, text, (size_t)(zero - text), "text without zero bytes");
    }
    size_t too_deep = find_too_deep(text, size);
    if (too_deep < size) {
        return refuse(error, BE_ELIMIT, text, too_deep, "at most 64 levels of nesting");
    }
    locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!c_locale) {
        return be_error_set(error, BE_ENOMEM, "memory for the C locale");
    }
    locale_t callers_locale = uselocale(c_locale);
    json_error_t said;
    json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &said);
    uselocale(callers_locale);
    freelocale(c_locale);
    if (!root) {
        return refuse_syntax(error, text, size, &said);
    }
    *json = (be_json *)(void *)root;
    return BE_OK;
}

void be_json_destroy(be_json *json)
{
    json_decref((json_t *)(void *)json);
}

const be_json_value *be_json_root(const be_json *json)
{
    return (const be_json_value *)(const void *)json;
}

be_json_type be_json_typeof(const be_json_value *value)
{
    static const be_json_type type[] = {
        [JSON_OBJECT] = BE_JSON_OBJECT, [JSON_ARRAY] = BE_JSON_ARRAY,
        [JSON_STRING] = BE_JSON_STRING, [JSON_INTEGER] = BE_JSON_INTEGER,
        [JSON_REAL] = BE_JSON_REAL,     [JSON_TRUE] = BE_JSON_BOOL,
        [JSON_FALSE] = BE_JSON_BOOL,    [JSON_NULL] = BE_JSON_NULL,
    };
    return value ? type[json_typeof(node_of(value))] : BE_JSON_NULL;
}

const be_json_value *be_json_get(const be_json_value *object, const char *key)
{
    return value_of(json_object_get(node_of(object), key));
}

size_t be_json_size(const be_json_value *array_or_object)
{
    const json_t *node = node_of(array_or_object);
    return json_is_object(node) ? json_object_size(node) : json_array_size(node);
}

const be_json_value *be_json_at(const be_json_value *array, size_t index)
{
    return value_of(json_array_get(node_of(array), index));
}

const be_json_value *be_json_next(const be_json_value *object, const char **key)
{
    /* Iterating does not change the object; Jansson's iterators just cannot say so. */
    json_t *node = (json_t *)(uintptr_t)object;
    void *iterator =
        *key ? json_object_iter_next(node, json_object_key_to_iter(*key)) : json_object_iter(node);
    *key = iterator ? json_object_iter_key(iterator) : NULL;
    return value_of(json_object_iter_value(iterator));
}

int64_t be_json_integer(const be_json_value *value)
{
    return json_integer_value(node_of(value));
}

double be_json_number(const be_json_value *value)
{
    const json_t *node = node_of(value);
    return json_is_number(node) ? json_number_value(node) : (double)NAN;
}

bool be_json_boolean(const be_json_value *value)
{
    return json_is_true(node_of(value));
}

const char *be_json_text(const be_json_value *value)
{
    return json_string_value(node_of(value));
}
