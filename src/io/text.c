/* text.c: bytes that grow. Capacity doubles, so n bytes added one by one cost O(n); the first
 * failure stays in `status` and makes every later call a no-op, so callers check once at the end.
 */
#include "io/io.h"

#include "base/base.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { FIRST_CAPACITY = 256 };

/* What an empty text points at: the closing zero is there before anything was allocated. Never
 * written to, because capacity 0 leaves no room. */
static char no_bytes[1];

void be_text_init(be_text *text, const be_allocator *allocator)
{
    *text = (be_text){.bytes = no_bytes, .allocator = allocator};
}

void be_text_clear(be_text *text)
{
    if (text->capacity) {
        be__release(text->allocator, text->bytes, 1, text->capacity);
    }
    be_text_init(text, text->allocator);
}

bool be__text_reserve(be_text *text, size_t extra)
{
    if (text->status) {
        return false;
    }
    size_t cap = text->cap ? text->cap : SIZE_MAX - 1;
    if (text->size > cap || extra > cap - text->size) {
        text->status = BE_ELIMIT;
        return false;
    }
    if (extra < text->capacity - text->size) {
        return true;
    }
    size_t needed = text->size + extra + 1;
    size_t capacity = text->capacity ? text->capacity : FIRST_CAPACITY;
    while (capacity < needed) {
        capacity = capacity > SIZE_MAX / 2 ? needed : 2 * capacity;
    }
    char *bytes = be__allocate(text->allocator, 1, capacity);
    if (!bytes) {
        text->status = BE_ENOMEM;
        return false;
    }
    memcpy(bytes, text->bytes, text->size + 1);
    if (text->capacity) {
        be__release(text->allocator, text->bytes, 1, text->capacity);
    }
    text->bytes = bytes;
    text->capacity = capacity;
    return true;
}

void be_text_add(be_text *text, const char *bytes, size_t size)
{
    if (be__text_reserve(text, size)) {
        memcpy(text->bytes + text->size, bytes, size);
        text->size += size;
        text->bytes[text->size] = '\0';
    }
}

void be_text_puts(be_text *text, const char *string)
{
    be_text_add(text, string, strlen(string));
}

void be_text_printf(be_text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    if (length < 0) {
        text->status = text->status ? text->status : BE_EINVAL;
    } else if (be__text_reserve(text, (size_t)length)) {
        vsnprintf(text->bytes + text->size, (size_t)length + 1, format, again);
        text->size += (size_t)length;
    }
    va_end(again);
    va_end(arguments);
}

be_status be_text_status(const be_text *text)
{
    return text->status;
}
