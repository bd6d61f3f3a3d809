/* png.c: pictures of few colours as PNG.
 *
 * Each row is told as its difference from the one above (filter 2), so that the rows of a cell but
 * the first are zeros, and zlib's stream is one block of fixed codes in which runs of one byte are
 * matches at distance 1. That is all the compression such pictures want.
 * Source: W3C, "Portable Network Graphics (PNG) Specification", 2nd edition; RFC 1950; RFC 1951.
 */
#include <breakeven/io.h>

#include "base/base.h"

#include <string.h>

/* ---- a stream of bits, checked as zlib wants ------------------------------------------------- */

typedef struct bits {
    be_text *text;
    uint32_t held;
    unsigned n;         /* bits in held */
    uint32_t low, high; /* Adler-32 of what went in */
} bits;

static void put_byte(be_text *text, unsigned byte)
{
    char c = (char)byte;
    be_text_add(text, &c, 1);
}

static void put_bits(bits *b, uint32_t value, unsigned n)
{
    b->held |= value << b->n;
    for (b->n += n; b->n >= 8; b->n -= 8, b->held >>= 8) {
        put_byte(b->text, b->held & 255);
    }
}

/* A Huffman code goes in from its top bit. */
static void put_code(bits *b, uint32_t code, unsigned n)
{
    for (unsigned i = n; i-- > 0;) {
        put_bits(b, code >> i & 1, 1);
    }
}

static void put_symbol(bits *b, unsigned symbol)
{
    if (symbol < 144) {
        put_code(b, 0x30 + symbol, 8);
    } else if (symbol < 256) {
        put_code(b, 0x190 + symbol - 144, 9);
    } else if (symbol < 280) {
        put_code(b, symbol - 256, 7);
    } else {
        put_code(b, 0xc0 + symbol - 280, 8);
    }
}

/* n times the byte that went in last. */
static void put_repeats(bits *b, uint8_t byte, size_t n)
{
    enum { LONGEST = 258, SHORT = 10 }; /* lengths whose symbols have no further bits */
    while (n >= 3) {
        size_t length = n >= LONGEST ? LONGEST : n < SHORT ? n : SHORT;
        put_symbol(b, length == LONGEST ? 285 : 254 + (unsigned)length);
        put_code(b, 0, 5); /* distance 1 */
        n -= length;
    }
    for (; n > 0; n--) {
        put_symbol(b, byte);
    }
}

static void put_row(bits *b, const uint8_t *row, size_t n)
{
    for (size_t i = 0; i < n;) {
        size_t end = i + 1;
        while (end < n && row[end] == row[i]) {
            end++;
        }
        put_symbol(b, row[i]);
        put_repeats(b, row[i], end - i - 1);
        i = end;
    }
    for (size_t i = 0; i < n; i++) {
        b->low = (b->low + row[i]) % 65521;
        b->high = (b->high + b->low) % 65521;
    }
}

/* ---- chunks --------------------------------------------------------------------------------- */

static void put_u32(be_text *text, uint32_t value)
{
    for (int shift = 24; shift >= 0; shift -= 8) {
        put_byte(text, value >> shift & 255);
    }
}

static uint32_t crc32_of(const char *bytes, size_t size)
{
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < size; i++) {
        crc ^= (unsigned char)bytes[i];
        for (int k = 0; k < 8; k++) {
            crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0xedb88320) : 0);
        }
    }
    return ~crc;
}

/* Where a chunk begins; its length and sum are filled in when it ends. */
static size_t begin_chunk(be_text *text, const char *type)
{
    size_t at = text->size;
    put_u32(text, 0);
    be_text_puts(text, type);
    return at;
}

static void end_chunk(be_text *text, size_t at)
{
    if (be_text_status(text)) {
        return;
    }
    uint32_t size = (uint32_t)(text->size - at - 8);
    for (unsigned i = 0; i < 4; i++) {
        text->bytes[at + i] = (char)(size >> (24 - 8 * i));
    }
    put_u32(text, crc32_of(text->bytes + at + 4, text->size - at - 4));
}

void be_png_write(be_text *text, const uint8_t *pixels, size_t width, size_t height,
                  const uint8_t (*colors)[3], size_t n_colors)
{
    static const char SIGNATURE[] = {(char)0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    be_text_add(text, SIGNATURE, sizeof SIGNATURE);
    size_t chunk = begin_chunk(text, "IHDR");
    put_u32(text, (uint32_t)width);
    put_u32(text, (uint32_t)height);
    be_text_add(text, "\x08\x03\0\0\0", 5); /* 8 bits, a palette, nothing special */
    end_chunk(text, chunk);
    chunk = begin_chunk(text, "PLTE");
    be_text_add(text, (const char *)colors, 3 * n_colors);
    end_chunk(text, chunk);
    chunk = begin_chunk(text, "IDAT");
    be_text_add(text, "\x78\x01", 2);
    bits b = {.text = text, .low = 1};
    put_bits(&b, 1 | 1 << 1, 3); /* the last block, fixed codes */
    uint8_t *row = be__allocate(text->allocator, width + 1, 1);
    for (size_t y = 0; row && y < height; y++) {
        row[0] = 2;
        for (size_t x = 0; x < width; x++) {
            row[1 + x] = (uint8_t)(pixels[y * width + x] - (y ? pixels[(y - 1) * width + x] : 0));
        }
        put_row(&b, row, width + 1);
    }
    if (!row) {
        text->status = BE_ENOMEM;
    }
    be__release(text->allocator, row, width + 1, 1);
    put_symbol(&b, 256);
    put_bits(&b, 0, 7); /* up to a whole byte */
    put_u32(text, b.high << 16 | b.low);
    end_chunk(text, chunk);
    end_chunk(text, begin_chunk(text, "IEND"));
}
