/* status.c: statuses in words, and errors that say where and what. */
#include <breakeven/base.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define STRING(x) #x
#define VERSION(major, minor, patch) STRING(major) "." STRING(minor) "." STRING(patch)

const char *be_status_text(be_status status)
{
    static const char *const text[BE_STATUS_COUNT] = {
        [BE_OK] = "done",
        [BE_EINVAL] = "malformed or out of range",
        [BE_EDOMAIN] = "no such thing exists",
        [BE_ELIMIT] = "limit reached",
        [BE_ENOMEM] = "out of memory",
        [BE_EIO] = "input or output failed",
        [BE_ECANCEL] = "cancelled",
        [BE_EDEADLINE] = "deadline passed",
        [BE_EMISMATCH] = "results differ that must be equal",
        [BE_ESYSTEM] = "not available on this machine",
    };
    return (unsigned)status < BE_STATUS_COUNT ? text[status] : "unknown status";
}

const char *be_version(void)
{
    return VERSION(BE_VERSION_MAJOR, BE_VERSION_MINOR, BE_VERSION_PATCH);
}

/* vsnprintf cuts anywhere; step back over the bytes of a UTF-8 character that lost its end. */
static void cut_at_character(char *text, size_t length)
{
    size_t start = length;
    while (start > 0 && ((unsigned char)text[start - 1] & 0xC0) == 0x80) {
        start--;
    }
    if (start == 0) {
        return;
    }
    unsigned char lead = (unsigned char)text[start - 1];
    size_t want = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    if (length - (start - 1) < want) {
        text[start - 1] = '\0';
    }
}

static be_status set(be_error *error, be_status status, size_t line, size_t offset,
                     const char *format, va_list arguments)
{
    if (error) {
        error->status = status;
        error->item = BE_NO_ITEM;
        error->line = line;
        error->offset = offset;
        int length = vsnprintf(error->expected, sizeof error->expected, format, arguments);
        if (length < 0) {
            error->expected[0] = '\0';
        } else if ((size_t)length >= sizeof error->expected) {
            cut_at_character(error->expected, sizeof error->expected - 1);
        }
    }
    return status;
}

be_status be_error_set(be_error *error, be_status status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    set(error, status, 0, 0, format, arguments);
    va_end(arguments);
    return status;
}

be_status be_error_at(be_error *error, be_status status, size_t line, size_t offset,
                      const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    set(error, status, line, offset, format, arguments);
    va_end(arguments);
    return status;
}
