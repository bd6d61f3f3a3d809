/* json_pull.c: JSON read value by value. */
#include "io/json_pull.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void be__pull_open(be__pull *pull, const char *text, size_t size, be_error *error)
{
    bool marked = size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0;
    pull->text = text;
    pull->cursor = text + (marked ? 3 : 0);
    pull->end = text + size;
    pull->error = error;
    pull->depth = 0;
}

/* The path to the item in hand, at most `size` bytes, cut at its end. */
static void print_path(const be__pull *pull, char *path, size_t size)
{
    size_t n = (size_t)snprintf(path, size, "$");
    for (size_t i = 0; i < pull->depth && n < size; i++) {
        const be__pull_level *l = &pull->level[i];
        if (l->object && l->key) {
            n += (size_t)snprintf(path + n, size - n, ".%.*s",
                                  (int)(l->key_size < 24 ? l->key_size : 24), l->key);
        } else if (!l->object) {
            n += (size_t)snprintf(path + n, size - n, "[%zu]", l->index);
        }
    }
}

be_status be__pull_refuse(be__pull *pull, be_status status, const char *format, ...)
{
    char expected[BE_EXPECTED_SIZE], path[80];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(expected, sizeof expected, format, arguments);
    va_end(arguments);
    print_path(pull, path, sizeof path);
    size_t line = 1;
    const char *line_start = pull->text;
    for (const char *p = pull->text; p < pull->cursor; p++) {
        if (*p == '\n') {
            line++;
            line_start = p + 1;
        }
    }
    return be_error_at(pull->error, status, line, (size_t)(pull->cursor - line_start), "%s at %s",
                       expected, path);
}

static char peek(const be__pull *pull)
{
    return pull->cursor < pull->end ? *pull->cursor : '\0';
}

char be__pull_peek(be__pull *pull)
{
    for (;; pull->cursor++) {
        char c = peek(pull);
        if (c != ' ' && c != '\n' && c != '\r' && c != '\t') {
            return c;
        }
    }
}

be_status be__pull_enter(be__pull *pull, char bracket, const char *expected)
{
    if (be__pull_peek(pull) != bracket) {
        return be__pull_refuse(pull, BE_EINVAL, "%s", expected);
    }
    if (pull->depth == BE__PULL_DEPTH_MAX) {
        return be__pull_refuse(pull, BE_ELIMIT, "at most %d levels", BE__PULL_DEPTH_MAX);
    }
    pull->cursor++;
    pull->level[pull->depth++] = (be__pull_level){.object = bracket == '{'};
    return BE_OK;
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

/* Past a string; the cursor is at its first quote. */
static be_status pass_string(be__pull *pull)
{
    for (pull->cursor++; peek(pull) != '"'; pull->cursor++) {
        if (pull->cursor == pull->end || (unsigned char)*pull->cursor < 0x20) {
            return be__pull_refuse(pull, BE_EINVAL, "the rest of a string");
        }
        if (*pull->cursor != '\\') {
            continue;
        }
        pull->cursor++;
        char c = peek(pull);
        if (c == 'u') {
            for (int i = 0; i < 4; i++) {
                pull->cursor++;
                if (!is_hex(peek(pull))) {
                    return be__pull_refuse(pull, BE_EINVAL, "four hexadecimal digits");
                }
            }
        } else if (c == '\0' || !strchr("\"\\/bfnrt", c)) {
            return be__pull_refuse(pull, BE_EINVAL, "an escape such as \\n");
        }
    }
    pull->cursor++;
    return BE_OK;
}

static be_status pass_key(be__pull *pull, be__pull_level *level)
{
    if (be__pull_peek(pull) != '"') {
        return be__pull_refuse(pull, BE_EINVAL, "a key in quotes");
    }
    const char *key = pull->cursor + 1;
    be_status status = pass_string(pull);
    if (status) {
        return status;
    }
    level->key = key;
    level->key_size = (size_t)(pull->cursor - key) - 1;
    if (be__pull_peek(pull) != ':') {
        return be__pull_refuse(pull, BE_EINVAL, "':'");
    }
    pull->cursor++;
    return BE_OK;
}

be_status be__pull_next(be__pull *pull, bool *more)
{
    be__pull_level *level = &pull->level[pull->depth - 1];
    char close = level->object ? '}' : ']';
    char c = be__pull_peek(pull);
    *more = c != close;
    if (!*more) {
        pull->cursor++;
        pull->depth--;
        return BE_OK;
    }
    if (level->begun) {
        if (c != ',') {
            return be__pull_refuse(pull, BE_EINVAL, "',' or '%c'", close);
        }
        pull->cursor++;
        level->index++;
    }
    level->begun = true;
    return level->object ? pass_key(pull, level) : BE_OK;
}

bool be__pull_key_is(const be__pull *pull, const char *key)
{
    const be__pull_level *level = &pull->level[pull->depth - 1];
    return level->key_size == strlen(key) && memcmp(level->key, key, level->key_size) == 0;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static void pass_digits(be__pull *pull)
{
    while (is_digit(peek(pull))) {
        pull->cursor++;
    }
}

static be_status pass_number(be__pull *pull, bool *whole)
{
    *whole = true;
    pull->cursor += peek(pull) == '-';
    if (!is_digit(peek(pull))) {
        return be__pull_refuse(pull, BE_EINVAL, "a JSON value");
    }
    if (*pull->cursor == '0') {
        pull->cursor++;
    } else {
        pass_digits(pull);
    }
    if (peek(pull) == '.') {
        *whole = false;
        pull->cursor++;
        if (!is_digit(peek(pull))) {
            return be__pull_refuse(pull, BE_EINVAL, "a digit 0-9");
        }
        pass_digits(pull);
    }
    if ((peek(pull) | 0x20) == 'e') {
        *whole = false;
        pull->cursor++;
        pull->cursor += peek(pull) == '+' || peek(pull) == '-';
        if (!is_digit(peek(pull))) {
            return be__pull_refuse(pull, BE_EINVAL, "a digit 0-9");
        }
        pass_digits(pull);
    }
    return BE_OK;
}

be_status be__pull_int(be__pull *pull, const char *expected, int64_t *value)
{
    be__pull_peek(pull);
    const char *begin = pull->cursor;
    bool whole = false;
    bool number = is_digit(peek(pull)) || peek(pull) == '-';
    be_status status = number ? pass_number(pull, &whole) : BE_OK;
    if (status) {
        return status;
    }
    int64_t sum = 0;
    bool negative = *begin == '-';
    for (const char *p = begin + negative; whole && p < pull->cursor; p++) {
        int64_t digit = *p - '0';
        whole = !__builtin_mul_overflow(sum, (int64_t)10, &sum) &&
                !__builtin_sub_overflow(sum, digit, &sum);
    }
    whole &= negative || sum != INT64_MIN;
    if (!whole) {
        pull->cursor = begin;
        return be__pull_refuse(pull, BE_EINVAL, "%s", expected);
    }
    *value = negative ? sum : -sum;
    return BE_OK;
}

static be_status pass_word(be__pull *pull)
{
    static const char *const WORDS[] = {"true", "false", "null"};
    size_t left = (size_t)(pull->end - pull->cursor);
    for (size_t i = 0; i < BE__COUNT_OF(WORDS); i++) {
        size_t size = strlen(WORDS[i]);
        if (left >= size && memcmp(pull->cursor, WORDS[i], size) == 0) {
            pull->cursor += size;
            return BE_OK;
        }
    }
    return be__pull_refuse(pull, BE_EINVAL, "a JSON value");
}

/* Past a value that is neither array nor object. */
static be_status pass_scalar(be__pull *pull)
{
    char c = be__pull_peek(pull);
    bool whole;
    return c == '"'                  ? pass_string(pull)
           : c == '-' || is_digit(c) ? pass_number(pull, &whole)
                                     : pass_word(pull);
}

be_status be__pull_skip(be__pull *pull)
{
    size_t depth = pull->depth;
    do {
        be_status status;
        char c = be__pull_peek(pull);
        status = c == '[' || c == '{' ? be__pull_enter(pull, c, "") : pass_scalar(pull);
        if (status) {
            return status;
        }
        for (bool more = false; !more && pull->depth > depth;) {
            status = be__pull_next(pull, &more);
            if (status) {
                return status;
            }
        }
    } while (pull->depth > depth);
    return BE_OK;
}

be_status be__pull_close(be__pull *pull)
{
    be__pull_peek(pull);
    return pull->cursor == pull->end
               ? BE_OK
               : be__pull_refuse(pull, BE_EINVAL, "nothing after the JSON value");
}
