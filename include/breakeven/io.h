/* io.h: text in and out: one deterministic JSON writer, one strict JSON reader, files that appear
 * whole or not at all. */
#ifndef BREAKEVEN_IO_H
#define BREAKEVEN_IO_H

#include <breakeven/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- a growing text ------------------------------------------------------------------------- */

/* Bytes that grow, always ended by a zero that is not counted. A failure (no memory, or `cap`
 * passed) sticks: later calls do nothing and be_text_status tells it. */
typedef struct be_text {
    char *bytes;
    size_t size;
    size_t capacity;
    size_t cap; /* 0: none */
    be_status status;
    const be_allocator *allocator;
} be_text;

BE_API void be_text_init(be_text *text, const be_allocator *allocator); /* NULL: malloc */
BE_API void be_text_clear(be_text *text);
BE_API void be_text_add(be_text *text, const char *bytes, size_t size);
BE_API void be_text_puts(be_text *text, const char *string);
BE_API void be_text_printf(be_text *text, const char *format, ...) BE_PRINTF(2, 3);
BE_API be_status be_text_status(const be_text *text);

/* ---- JSON out ------------------------------------------------------------------------------- */

/* Writes JSON into a be_text: byte for byte the same for the same calls. Members appear in call
 * order; doubles in the shortest form that reads back exactly, never in the locale's way; a NaN or
 * an infinity as null; invalid UTF-8 bytes as U+FFFD. Indented by two spaces unless `compact`. */
typedef struct be_json_writer {
    be_text *text;
    bool compact;
    unsigned depth;
    uint64_t first; /* one bit per depth: nothing written there yet */
    uint64_t in_object;
    bool after_key;
} be_json_writer;

BE_API void be_json_init(be_json_writer *json, be_text *text, bool compact);
BE_API void be_json_object(be_json_writer *json);
BE_API void be_json_object_end(be_json_writer *json);
BE_API void be_json_array(be_json_writer *json);
BE_API void be_json_array_end(be_json_writer *json);
BE_API void be_json_key(be_json_writer *json, const char *key);
BE_API void be_json_string(be_json_writer *json, const char *string);
BE_API void be_json_string_n(be_json_writer *json, const char *bytes, size_t size);
BE_API void be_json_u64(be_json_writer *json, uint64_t value);
BE_API void be_json_i64(be_json_writer *json, int64_t value);
BE_API void be_json_double(be_json_writer *json, double value);
BE_API void be_json_bool(be_json_writer *json, bool value);
BE_API void be_json_null(be_json_writer *json);

/* ---- JSON in -------------------------------------------------------------------------------- */

/* A parsed document; values point into it. Depth at most 64, duplicate keys refused. */
typedef struct be_json be_json;
typedef struct be_json_value be_json_value;

typedef enum be_json_type {
    BE_JSON_NULL,
    BE_JSON_BOOL,
    BE_JSON_INTEGER,
    BE_JSON_REAL,
    BE_JSON_STRING,
    BE_JSON_ARRAY,
    BE_JSON_OBJECT
} be_json_type;

/* Parse text[0, size). On BE_EINVAL *error (may be NULL) has line, offset in bytes from the start,
 * and what was expected. */
BE_API BE_CHECK be_status be_json_parse(const char *text, size_t size, be_json **json,
                                        be_error *error);
BE_API void be_json_destroy(be_json *json);
BE_API const be_json_value *be_json_root(const be_json *json);
BE_API be_json_type be_json_typeof(const be_json_value *value);
BE_API const be_json_value *be_json_get(const be_json_value *object, const char *key); /* or NULL */
BE_API size_t be_json_size(const be_json_value *array_or_object);
BE_API const be_json_value *be_json_at(const be_json_value *array, size_t index);
/* Members of an object in the order they were written. */
BE_API const be_json_value *be_json_member(const be_json_value *object, size_t index,
                                           const char **key);
BE_API int64_t be_json_integer(const be_json_value *value);  /* 0 unless an integer */
BE_API double be_json_number(const be_json_value *value);    /* NaN unless a number */
BE_API bool be_json_boolean(const be_json_value *value);     /* false unless true */
BE_API const char *be_json_text(const be_json_value *value); /* NULL unless a string */

/* ---- files ---------------------------------------------------------------------------------- */

/* Read a whole file ("-": standard input) of at most max_bytes into text. The error's text names
 * the file and what the system said. */
BE_API BE_CHECK be_status be_file_read(const char *path, size_t max_bytes, be_text *text,
                                       be_error *error);

/* Write bytes beside path, flush them to the disk, and rename over path: a reader sees the old file
 * or the whole new one. "-": standard output. */
BE_API BE_CHECK be_status be_file_replace(const char *path, const void *bytes, size_t size,
                                          be_error *error);

#ifdef __cplusplus
}
#endif
#endif
