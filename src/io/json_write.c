/* json_write.c: JSON, the same bytes for the same calls.
 *
 * The writer's state is one bit per open level: `first` says nothing was written there yet,
 * `in_object` what the level is. Every value goes through open_value, which puts the comma, the
 * line break and the indentation; a call that does not fit the state (a value without its key, an
 * end that closes the other kind) makes the text fail with BE_EINVAL instead of writing what no
 * reader would take.
 */
#include "io/io.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 64 };

void be_json_init(be_json_writer *json, be_text *text, bool compact)
{
    *json = (be_json_writer){.text = text, .compact = compact};
}

static void fail(be_json_writer *json, be_status status)
{
    if (!json->text->status) {
        json->text->status = status;
    }
}

static uint64_t level_bit(const be_json_writer *json)
{
    return UINT64_C(1) << (json->depth - 1);
}

static bool in_object(const be_json_writer *json)
{
    return json->depth > 0 && (json->in_object & level_bit(json));
}

static void break_line(be_json_writer *json)
{
    if (!json->compact) {
        be_text_add(json->text, "\n", 1);
        for (unsigned i = 0; i < json->depth; i++) {
            be_text_add(json->text, "  ", 2);
        }
    }
}

/* What stands before a member or an element: the comma if it is not the first, and a new line. */
static void separate(be_json_writer *json)
{
    if (json->depth == 0) {
        return;
    }
    if (json->first & level_bit(json)) {
        json->first &= ~level_bit(json);
    } else {
        be_text_add(json->text, ",", 1);
    }
    break_line(json);
}

static void open_value(be_json_writer *json)
{
    if (in_object(json)) {
        if (!json->after_key) {
            fail(json, BE_EINVAL);
        }
        json->after_key = false;
    } else {
        separate(json);
    }
}

static void open_level(be_json_writer *json, const char *bracket, bool object)
{
    open_value(json);
    if (json->depth == DEPTH_MAX) {
        fail(json, BE_ELIMIT);
        return;
    }
    be_text_add(json->text, bracket, 1);
    json->depth++;
    json->first |= level_bit(json);
    json->in_object =
        object ? json->in_object | level_bit(json) : json->in_object & ~level_bit(json);
}

static void close_level(be_json_writer *json, const char *bracket, bool object)
{
    if (json->depth == 0 || in_object(json) != object || json->after_key) {
        fail(json, BE_EINVAL);
        return;
    }
    bool empty = json->first & level_bit(json);
    json->depth--;
    if (!empty) {
        break_line(json);
    }
    be_text_add(json->text, bracket, 1);
}

void be_json_object(be_json_writer *json)
{
    open_level(json, "{", true);
}

void be_json_object_end(be_json_writer *json)
{
    close_level(json, "}", true);
}

void be_json_array(be_json_writer *json)
{
    open_level(json, "[", false);
}

void be_json_array_end(be_json_writer *json)
{
    close_level(json, "]", false);
}

size_t be__utf8_length(const unsigned char *bytes, size_t left)
{
    unsigned char lead = bytes[0];
    size_t length = lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (length == 0 || lead > 0xF4 || length > left) {
        return 0;
    }
    for (size_t i = 1; i < length; i++) {
        unsigned char low = 0x80, high = 0xBF;
        if (i == 1) {
            low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : low;
            high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : high;
        }
        if (bytes[i] < low || bytes[i] > high) {
            return 0;
        }
    }
    return length;
}

static void add_escaped(be_text *text, unsigned char c)
{
    static const char *const short_form[256] = {
        ['"'] = "\\\"", ['\\'] = "\\\\", ['\b'] = "\\b", ['\f'] = "\\f",
        ['\n'] = "\\n", ['\r'] = "\\r",  ['\t'] = "\\t",
    };
    if (short_form[c]) {
        be_text_puts(text, short_form[c]);
    } else {
        be_text_printf(text, "\\u%04x", c);
    }
}

static void add_string(be_text *text, const char *string, size_t size)
{
    const unsigned char *bytes = (const unsigned char *)string;
    be_text_add(text, "\"", 1);
    size_t plain = 0; /* bytes[plain, i) wait to be copied as they are */
    size_t i = 0;
    while (i < size) {
        unsigned char c = bytes[i];
        size_t length = be__utf8_length(bytes + i, size - i);
        if (length > 0 && c >= 0x20 && c != '"' && c != '\\') {
            i += length;
            continue;
        }
        be_text_add(text, string + plain, i - plain);
        if (length == 0) {
            be_text_puts(text, "\xEF\xBF\xBD");
        } else {
            add_escaped(text, c);
        }
        plain = ++i;
    }
    be_text_add(text, string + plain, size - plain);
    be_text_add(text, "\"", 1);
}

void be_json_key(be_json_writer *json, const char *key)
{
    if (!in_object(json) || json->after_key) {
        fail(json, BE_EINVAL);
        return;
    }
    separate(json);
    add_string(json->text, key, strlen(key));
    be_text_puts(json->text, json->compact ? ":" : ": ");
    json->after_key = true;
}

void be_json_string(be_json_writer *json, const char *string)
{
    be_json_string_n(json, string, strlen(string));
}

void be_json_string_n(be_json_writer *json, const char *bytes, size_t size)
{
    open_value(json);
    add_string(json->text, bytes, size);
}

void be_json_u64(be_json_writer *json, uint64_t value)
{
    open_value(json);
    be_text_printf(json->text, "%" PRIu64, value);
}

void be_json_i64(be_json_writer *json, int64_t value)
{
    open_value(json);
    be_text_printf(json->text, "%" PRId64, value);
}

/* A decimal of up to DBL_DIG digits survives the way through a normal double, so a number that has
 * so short a form is found at once; a subnormal may need fewer, so there the search starts at 1. */
void be_json_double(be_json_writer *json, double value)
{
    if (!isfinite(value)) {
        be_json_null(json);
        return;
    }
    open_value(json);
    if (value == 0) {
        be_text_puts(json->text, signbit(value) ? "-0.0" : "0");
        return;
    }
    char digits[40];
    int precision = fabs(value) < DBL_MIN ? 1 : DBL_DIG;
    do {
        snprintf(digits, sizeof digits, "%.*g", precision, value);
    } while (strtod(digits, NULL) != value && precision++ < DBL_DECIMAL_DIG);
    /* Whatever is no part of a number in C is the locale's decimal point, of one or more bytes. */
    size_t whole = strspn(digits, "-0123456789e+");
    be_text_add(json->text, digits, whole);
    if (digits[whole]) {
        size_t point = strcspn(digits + whole, "0123456789");
        be_text_add(json->text, ".", 1);
        be_text_puts(json->text, digits + whole + point);
    }
}

void be_json_bool(be_json_writer *json, bool value)
{
    open_value(json);
    be_text_puts(json->text, value ? "true" : "false");
}

void be_json_raw(be_json_writer *json, const char *bytes, size_t size)
{
    open_value(json);
    be_text_add(json->text, bytes, size);
}

void be_json_null(be_json_writer *json)
{
    open_value(json);
    be_text_puts(json->text, "null");
}
