/* symbols.c: sequences from text and from packed bits. */
#include "lfsr/register.h"

static bool blank(char c)
{
    return c == ' ' || c == ',' || (c >= '\t' && c <= '\r');
}

/* Digits stand alone when q <= 10: 0110 is four symbols. Above, numbers are parted. */
static be_status read_text(const char *text, size_t size, uint64_t q, uint64_t *symbols, size_t *n,
                           be_error *error)
{
    size_t line = 1, line_begin = 0, count = 0;
    for (size_t at = 0; at < size; at++) {
        if (text[at] == '\n') {
            line++;
            line_begin = at + 1;
        } else if (text[at] == '#') {
            while (at + 1 < size && text[at + 1] != '\n') {
                at++;
            }
        } else if (!blank(text[at])) {
            size_t begin = at;
            uint64_t value = 0;
            bool digits = text[at] >= '0' && text[at] <= '9';
            while (digits && value < q) {
                value = value * 10 + (uint64_t)(text[at] - '0');
                if (q <= 10 || at + 1 == size || text[at + 1] < '0' || text[at + 1] > '9') {
                    break;
                }
                at++;
            }
            if (!digits || value >= q) {
                return be_error_at(error, BE_EINVAL, line, begin - line_begin, "a symbol 0 to %llu",
                                   (unsigned long long)(q - 1));
            }
            symbols[count++] = value;
        }
    }
    *n = count;
    return BE_OK;
}

be_status be_lfsr_symbols_parse(const char *text, size_t size, const be_lfsr_field *field,
                                be_lfsr_packing packing, const be_allocator *allocator,
                                uint64_t **symbols, size_t *n, be_error *error)
{
    if (packing != BE_LFSR_SYMBOLS_TEXT && field->q != 2) {
        return be_error_set(error, BE_EINVAL, "GF(2), to have bits packed");
    }
    size_t room = packing == BE_LFSR_SYMBOLS_TEXT ? size : 8 * size, count = room;
    uint64_t *all = be__allocate(allocator, room, sizeof *all);
    if (!all) {
        return be_error_set(error, BE_ENOMEM, "memory for %zu symbols", room);
    }
    be_status status = BE_OK;
    if (packing == BE_LFSR_SYMBOLS_TEXT) {
        status = read_text(text, size, field->q, all, &count, error);
    } else {
        for (size_t i = 0; i < room; i++) {
            unsigned char byte = (unsigned char)text[i / 8];
            all[i] = byte >> (packing == BE_LFSR_SYMBOLS_MSB ? 7 - i % 8 : i % 8) & 1;
        }
    }
    if (status) {
        be__release(allocator, all, room, sizeof *all);
        return status;
    }
    if (count < room) { /* as many as there are, so that who releases them knows how many */
        uint64_t *fewer = be__allocate(allocator, count, sizeof *fewer);
        for (size_t i = 0; fewer && i < count; i++) {
            fewer[i] = all[i];
        }
        be__release(allocator, all, room, sizeof *all);
        if (!fewer) {
            return be_error_set(error, BE_ENOMEM, "memory for %zu symbols", count);
        }
        all = fewer;
    }
    *symbols = all;
    *n = count;
    return BE_OK;
}

void be_lfsr_symbols_release(uint64_t *symbols, size_t n, const be_allocator *allocator)
{
    be__release(allocator, symbols, n, sizeof *symbols);
}
