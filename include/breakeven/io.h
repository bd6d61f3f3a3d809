/* io.h: text in and out: one deterministic JSON writer, one strict JSON reader, files that appear
 * whole or not at all, tables of numbers from CSV. */
#ifndef BREAKEVEN_IO_H
#define BREAKEVEN_IO_H

#include <breakeven/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- a growing text ------------------------------------------------------------------------- */

/* Bytes that grow, always ended by a zero that is not counted. A failure (no memory, or more than
 * `cap` bytes) sticks: that call and later ones add nothing, and be_text_status tells it. Set `cap`
 * after be_text_init. */
typedef struct be_text {
    char *bytes;
    size_t size;
    size_t capacity;
    size_t cap; /* 0: none */
    be_status status;
    const be_allocator *allocator;
} be_text;

BE_API void be_text_init(be_text *text, const be_allocator *allocator); /* NULL: malloc */
BE_API void be_text_clear(be_text *text); /* empty again, and no failure */
BE_API void be_text_add(be_text *text, const char *bytes, size_t size);
BE_API void be_text_puts(be_text *text, const char *string);
BE_API void be_text_printf(be_text *text, const char *format, ...) BE_PRINTF(2, 3);
BE_API be_status be_text_status(const be_text *text);

/* ---- JSON out ------------------------------------------------------------------------------- */

/* Writes JSON into a be_text: byte for byte the same for the same calls. Members appear in call
 * order; doubles correctly rounded to the fewest digits that read back exactly, never in the
 * locale's way; a NaN or an infinity as null; each byte of invalid UTF-8 as U+FFFD. Indented by two
 * spaces unless `compact`. A call out of place (a value without its key, an end of the other kind)
 * makes the text fail with BE_EINVAL, a 65th level with BE_ELIMIT. */
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
BE_API void be_json_u64(be_json_writer *json, uint64_t value); /* be_json_parse: <= INT64_MAX */
BE_API void be_json_i64(be_json_writer *json, int64_t value);
BE_API void be_json_double(be_json_writer *json, double value);
BE_API void be_json_bool(be_json_writer *json, bool value);
BE_API void be_json_null(be_json_writer *json);
/* A value that is JSON already, as it is: it is not looked into. */
BE_API void be_json_raw(be_json_writer *json, const char *bytes, size_t size);

/* ---- JSON in -------------------------------------------------------------------------------- */

/* A parsed document; values point into it. Any value may be the root. Threads may read the same
 * document. */
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

/* Parse text[0, size). BE_EINVAL where it is not JSON (RFC 8259) in valid UTF-8, repeats a key in
 * an object, holds \u0000, or a number that fits neither int64_t nor a finite double; BE_ELIMIT
 * beyond 64 levels of nesting or 2 GiB. *error (may be NULL) then has the line, the offset in that
 * line at which parsing stopped (just past the refused token), and what was expected. The locale
 * plays no part. */
BE_API BE_CHECK be_status be_json_parse(const char *text, size_t size, be_json **json,
                                        be_error *error);
BE_API void be_json_destroy(be_json *json); /* may be NULL */
BE_API const be_json_value *be_json_root(const be_json *json);

/* In what follows a value may be NULL, which is answered as a value of the wrong type; so
 * be_json_text(be_json_get(object, "name")) needs one check, not two. */
BE_API be_json_type be_json_typeof(const be_json_value *value); /* BE_JSON_NULL for NULL */
BE_API const be_json_value *be_json_get(const be_json_value *object, const char *key); /* or NULL */
BE_API size_t be_json_size(const be_json_value *array_or_object); /* 0 for anything else */
BE_API const be_json_value *be_json_at(const be_json_value *array, size_t index); /* or NULL */

/* Step through an object in the order it was written. Start with *key NULL; each call sets *key to
 * the next member's key and returns its value, and NULL (with *key NULL) after the last. */
BE_API const be_json_value *be_json_next(const be_json_value *object, const char **key);

BE_API int64_t be_json_integer(const be_json_value *value);  /* 0 unless an integer */
BE_API double be_json_number(const be_json_value *value);    /* NaN unless a number */
BE_API bool be_json_boolean(const be_json_value *value);     /* false unless true */
BE_API const char *be_json_text(const be_json_value *value); /* NULL unless a string */

/* ---- files ---------------------------------------------------------------------------------- */

/* Read a whole file ("-": standard input) and add it to text. BE_ELIMIT when it has more than
 * max_bytes, BE_EIO when the system says no, text's own failure when text cannot hold it; text then
 * has what it had before. The error's words name the file and what the system said. */
BE_API BE_CHECK be_status be_file_read(const char *path, size_t max_bytes, be_text *text,
                                       be_error *error);

/* Make bytes[0, size) the content of the file at path: written beside it, flushed to the disk, and
 * renamed over it, so that a reader sees the old file or the whole new one, and a failure leaves
 * the old one and nothing beside. Keeps the mode of the old file; goes through a symbolic link.
 * "-" is standard output; that and whatever else is no regular file is written to directly. stdio's
 * buffers are passed by. BE_EIO, with the file and what the system said in *error. */
BE_API BE_CHECK be_status be_file_replace(const char *path, const void *bytes, size_t size,
                                          be_error *error);

/* ---- pictures ------------------------------------------------------------------------------- */

/* Add a PNG picture to text: pixels[0, width * height), row by row, each a number of one of
 * colors[0, n_colors), n_colors <= 256, as red, green, blue. Fails as text does. */
BE_API void be_png_write(be_text *text, const uint8_t *pixels, size_t width, size_t height,
                         const uint8_t (*colors)[3], size_t n_colors);

/* ---- CSV in --------------------------------------------------------------------------------- */

/* A column that the caller of be_csv_parse knows. */
typedef struct be_csv_field {
    const char *name;         /* as the header row has it */
    bool required;            /* the file must have it */
    const char *const *words; /* what a cell may say, ended by NULL; its value is the word's index.
                                 NULL: cells are numbers */
} be_csv_field;

/* A parsed table of numbers. */
typedef struct be_csv be_csv;

enum { BE_CSV_FIELDS_MAX = 64 };

/* Parse comma-separated text[0, size). The first line is a header that names the columns: some of
 * fields[0, n_fields) (at most BE_CSV_FIELDS_MAX), in any order, none twice. Each further line has
 * a cell for each of them. Spaces and tabs around a cell, empty lines, lines that begin with '#',
 * a byte order mark and a CR before the line's end are passed over. There is no quoting.
 *
 * A number is decimal, with a point whatever the locale says, and finite: 42, -.5, 1e-3; neither
 * nan nor inf nor 0x1p-3. Up to 127 characters, rounded correctly; one too small for a double is 0.
 *
 * Returns BE_EINVAL with line, offset in that line, and what was expected there; BE_ENOMEM. Linear
 * in size; holds 8 bytes a cell, from allocator (NULL: malloc), which must outlive the table.
 */
BE_API BE_CHECK be_status be_csv_parse(const char *text, size_t size, const be_csv_field *fields,
                                       size_t n_fields, const be_allocator *allocator, be_csv **csv,
                                       be_error *error);
BE_API void be_csv_destroy(be_csv *csv); /* may be NULL */

/* Lines after the header that have cells. */
BE_API size_t be_csv_rows(const be_csv *csv);

/* The values of fields[field], row by row; NULL when the text has no such column. */
BE_API const double *be_csv_column(const be_csv *csv, size_t field);

/* ---- .npy in and out ------------------------------------------------------------------------ */

/* A NumPy array file: rows of named fields (a one-dimensional structured array), or of unnamed
 * columns (a plain array of one or two dimensions). It points into the bytes it was parsed from. */
enum { BE_NPY_FIELDS_MAX = 64, BE_NPY_NAME_SIZE = 64 };

typedef struct be_npy_field {
    char name[BE_NPY_NAME_SIZE]; /* "" for the columns of a plain array */
    char kind;                   /* 'f', 'i', 'u', 'b' or 'S' (bytes), as in NumPy's descr */
    unsigned size;               /* in bytes */
    size_t offset;               /* of the first row's value in data */
    size_t stride;               /* from row to row */
} be_npy_field;

typedef struct be_npy {
    const unsigned char *data;
    size_t rows;
    size_t fields;
    be_npy_field field[BE_NPY_FIELDS_MAX];
} be_npy;

/* Parse the file's bytes, format versions 1 to 3: little-endian floats of 4 and 8 bytes, integers
 * of 1 to 8, booleans, byte strings; C or Fortran order. BE_EINVAL with the offset and what was
 * expected for anything else, objects and pickles among it. Takes no memory.
 * Source: NumPy Enhancement Proposal 1. */
BE_API BE_CHECK be_status be_npy_parse(const void *bytes, size_t size, be_npy *npy,
                                       be_error *error);

/* The value of a number in row and field; NaN for a byte string. Integers beyond 2^53 round. */
BE_API double be_npy_number(const be_npy *npy, size_t row, size_t field);

/* The bytes of an 'S' field, ended by a zero: cut at size - 1. "" for another field. */
BE_API void be_npy_string(const be_npy *npy, size_t row, size_t field, char *text, size_t size);

/* Add to `text` the file of a structured array of n rows: column[c] is [n] doubles called name[c].
 */
BE_API void be_npy_write(be_text *text, size_t n, size_t columns, const char *const *name,
                         const double *const *column);

#ifdef __cplusplus
}
#endif
#endif
