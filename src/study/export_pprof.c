/* export_pprof.c: pprof's profile.proto, gzipped: a sample for each phase, with its self time over
 * all threads and how many spans there were.
 *
 * Field numbers are those of proto/profile.proto in pprof's tree. The gzip file holds stored blocks
 * (RFC 1951, 3.2.4): these profiles are small, and the library needs no compressor for them.
 */
#include "study/export.h"

#include <string.h>

enum {
    PROFILE_SAMPLE_TYPE = 1,
    PROFILE_SAMPLE = 2,
    PROFILE_LOCATION = 4,
    PROFILE_FUNCTION = 5,
    PROFILE_STRING = 6,
    PROFILE_DURATION = 10,
    TYPE_NAME = 1,
    TYPE_UNIT = 2,
    SAMPLE_LOCATION = 1,
    SAMPLE_VALUE = 2,
    LOCATION_ID = 1,
    LOCATION_LINE = 4,
    LINE_FUNCTION = 1,
    FUNCTION_ID = 1,
    FUNCTION_NAME = 2,
    BLOCK_MAX = 65535
};

/* The first of the table of strings are these. */
enum { STRING_EMPTY, STRING_TIME, STRING_NS, STRING_SPANS, STRING_COUNT, STRING_NAMES };

static void sample_type(be_text *profile, be_text *message, unsigned name, unsigned unit)
{
    be__pb_number(message, TYPE_NAME, name);
    be__pb_number(message, TYPE_UNIT, unit);
    be__pb_message(profile, PROFILE_SAMPLE_TYPE, message);
}

/* Each row is a location and a function of its own: the same name at another place is another. */
static void build(const struct be__trace *trace, be_text *profile, be_text *message, be_text *inner)
{
    sample_type(profile, message, STRING_SPANS, STRING_COUNT);
    sample_type(profile, message, STRING_TIME, STRING_NS);
    for (size_t i = 0; i < trace->n_rows; i++) {
        for (size_t row = i; row != SIZE_MAX; row = trace->parents[row]) {
            be__pb_varint(inner, row + 1);
        }
        be__pb_message(message, SAMPLE_LOCATION, inner);
        be__pb_varint(inner, trace->rows[i].count);
        be__pb_varint(inner, trace->rows[i].self_ns);
        be__pb_message(message, SAMPLE_VALUE, inner);
        be__pb_message(profile, PROFILE_SAMPLE, message);
    }
    for (size_t i = 0; i < trace->n_rows; i++) {
        be__pb_number(inner, LINE_FUNCTION, i + 1);
        be__pb_number(message, LOCATION_ID, i + 1);
        be__pb_message(message, LOCATION_LINE, inner);
        be__pb_message(profile, PROFILE_LOCATION, message);
        be__pb_number(message, FUNCTION_ID, i + 1);
        be__pb_number(message, FUNCTION_NAME, STRING_NAMES + i);
        be__pb_message(profile, PROFILE_FUNCTION, message);
    }
    static const char *const first[STRING_NAMES] = {"", "time", "nanoseconds", "spans", "count"};
    for (size_t i = 0; i < STRING_NAMES; i++) {
        be__pb_string(profile, PROFILE_STRING, first[i]);
    }
    for (size_t i = 0; i < trace->n_rows; i++) {
        be__pb_string(profile, PROFILE_STRING, trace->rows[i].name);
    }
    be__pb_number(profile, PROFILE_DURATION, be_trace_report_totals(trace->report)->wall_ns);
}

/* RFC 1952, section 8. */
static uint32_t crc32(const char *bytes, size_t size)
{
    uint32_t crc = ~UINT32_C(0);
    for (size_t i = 0; i < size; i++) {
        crc ^= (unsigned char)bytes[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0xedb88320) : 0);
        }
    }
    return ~crc;
}

static void little_endian(be_text *out, uint64_t value, size_t n)
{
    for (; n > 0; n--, value >>= 8) {
        char byte = (char)(value & 0xff);
        be_text_add(out, &byte, 1);
    }
}

static void gzip(const char *bytes, size_t size, be_text *out)
{
    static const char head[] = {0x1f, (char)0x8b, 8, 0, 0, 0, 0, 0, 0, (char)0xff};
    be_text_add(out, head, sizeof head);
    size_t done = 0;
    do {
        size_t n = size - done < BLOCK_MAX ? size - done : BLOCK_MAX;
        little_endian(out, done + n == size, 1);
        little_endian(out, n, 2);
        little_endian(out, ~n & 0xffff, 2);
        be_text_add(out, bytes + done, n);
        done += n;
    } while (done < size);
    little_endian(out, crc32(bytes, size), 4);
    little_endian(out, size & UINT32_MAX, 4);
}

void be__export_pprof(const struct be__trace *trace, be_text *out)
{
    be_text profile, message, inner;
    be_text_init(&profile, out->allocator);
    be_text_init(&message, out->allocator);
    be_text_init(&inner, out->allocator);
    build(trace, &profile, &message, &inner);
    if (be_text_status(&profile)) {
        out->status = out->status ? out->status : be_text_status(&profile);
    } else {
        gzip(profile.bytes, profile.size, out);
    }
    be_text_clear(&profile);
    be_text_clear(&message);
    be_text_clear(&inner);
}
