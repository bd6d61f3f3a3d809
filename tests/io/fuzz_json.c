/* fuzz_json.c: whatever the bytes are, the reader takes them or says where it stopped; what it took
 * is written, read and written again to the same bytes; and as a string they can be written, and
 * read back. */
#include <breakeven/io.h>

#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 64 };

static void demand(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void copy(be_json_writer *out, const be_json_value *value, unsigned depth)
{
    demand(depth <= DEPTH_MAX);
    const char *key = NULL;
    switch (be_json_typeof(value)) {
    case BE_JSON_NULL:
        be_json_null(out);
        break;
    case BE_JSON_BOOL:
        be_json_bool(out, be_json_boolean(value));
        break;
    case BE_JSON_INTEGER:
        be_json_i64(out, be_json_integer(value));
        break;
    case BE_JSON_REAL:
        be_json_double(out, be_json_number(value));
        break;
    case BE_JSON_STRING:
        be_json_string(out, be_json_text(value));
        break;
    case BE_JSON_ARRAY:
        be_json_array(out);
        for (size_t i = 0; i < be_json_size(value); i++) {
            copy(out, be_json_at(value, i), depth + 1);
        }
        be_json_array_end(out);
        break;
    case BE_JSON_OBJECT:
        be_json_object(out);
        for (const be_json_value *member; (member = be_json_next(value, &key));) {
            demand(be_json_get(value, key) == member);
            be_json_key(out, key);
            copy(out, member, depth + 1);
        }
        be_json_object_end(out);
        break;
    }
}

static void write_out(const be_json *json, be_text *text)
{
    be_json_writer out;
    be_text_init(text, NULL);
    be_json_init(&out, text, false);
    copy(&out, be_json_root(json), 0);
    demand(be_text_status(text) == BE_OK);
}

static void read_and_write_twice(const char *bytes, size_t size)
{
    be_json *json;
    be_error error = {0};
    be_status status = be_json_parse(bytes, size, &json, &error);
    if (status) {
        size_t lines = 1;
        for (size_t i = 0; i < size; i++) {
            lines += bytes[i] == '\n';
        }
        demand(status == BE_EINVAL || status == BE_ELIMIT);
        demand(error.line >= 1 && error.line <= lines && error.offset <= size);
        demand(error.expected[0] != '\0');
        return;
    }
    be_text once, twice;
    write_out(json, &once);
    be_json_destroy(json);
    demand(be_json_parse(once.bytes, once.size, &json, NULL) == BE_OK);
    write_out(json, &twice);
    be_json_destroy(json);
    demand(once.size == twice.size && memcmp(once.bytes, twice.bytes, once.size) == 0);
    be_text_clear(&once);
    be_text_clear(&twice);
}

static void write_as_string(const char *bytes, size_t size)
{
    be_text text;
    be_json_writer out;
    be_text_init(&text, NULL);
    be_json_init(&out, &text, true);
    be_json_string_n(&out, bytes, size);
    demand(be_text_status(&text) == BE_OK);
    be_json *json;
    be_status status = be_json_parse(text.bytes, text.size, &json, NULL);
    demand((status == BE_OK) == (memchr(bytes, '\0', size) == NULL));
    if (!status) {
        be_json_destroy(json);
    }
    be_text_clear(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *bytes = (const char *)data;
    read_and_write_twice(bytes, size);
    write_as_string(bytes, size);
    return 0;
}
