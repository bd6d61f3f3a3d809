/* presets.c: registers by name.
 *
 * Pseudo-random sequences are said as their recommendations say them: a chain of n stages, the sum
 * of the named ones fed back to the first. That is a feedback polynomial; PRBS7, x^7 + x^6 + 1, is
 * s_t = s_{t-6} + s_{t-7}, and its characteristic polynomial is x^7 + x + 1.
 *
 * CRCs have the parameters of Williams' model; the register is what the hardware steps when it is
 * fed zeros, the Galois form of the generator polynomial.
 */
#include "lfsr/register.h"

#include <string.h>

#define PRBS(n, taps, invert, from)                                                                \
    {                                                                                              \
        .name = "prbs" #n, .text = "taps:" taps, .inverted = invert, .source = from                \
    }
/* clang-format off */
#define CRC(called, other, bits, p, i, in, out, x, c)                                              \
    {                                                                                              \
        .name = called, .alias = other, .text = "galois:hex:" #bits "'h" #p,                       \
        .source = "catalogue of parametrised CRC algorithms", .width = bits,                       \
        .poly = UINT64_C(0x##p), .init = UINT64_C(0x##i), .refin = in, .refout = out,              \
        .xorout = UINT64_C(0x##x), .check = UINT64_C(0x##c)                                        \
    }

static const be_lfsr_preset PRESETS[] = {
    PRBS(7, "7,6", false, "IEEE 802.3, ITU-T V.29"),
    PRBS(9, "9,5", false, "ITU-T O.150"),
    PRBS(10, "10,7", false, "as in bit error testers"),
    PRBS(11, "11,9", false, "ITU-T O.150"),
    PRBS(13, "13,12,2,1", false, "IEEE 802.3 clause 94"),
    PRBS(15, "15,14", true, "ITU-T O.150"),
    PRBS(16, "16,14,13,11", false, "as in bit error testers"),
    PRBS(20, "20,17", false, "ITU-T O.150"),
    PRBS(23, "23,18", true, "ITU-T O.150"),
    PRBS(29, "29,27", true, "ITU-T O.150"),
    PRBS(31, "31,28", true, "ITU-T O.150"),
    {.name = "xorshift32", .text = "xorshift:32,<<13,>>17,<<5", .source = "Marsaglia, 2003"},
    {.name = "xorshift64", .text = "xorshift:64,<<13,>>7,<<17", .source = "Marsaglia, 2003"},
    {.name = "xorshift128", .text = "xorshift:32*4,<<11,>>8,>>19", .source = "Marsaglia, 2003"},
    CRC("crc-3/gsm", NULL, 3, 3, 0, false, false, 7, 4),
    CRC("crc-4/g-704", "crc-4/itu", 4, 3, 0, true, true, 0, 7),
    CRC("crc-5/usb", NULL, 5, 05, 1f, true, true, 1f, 19),
    CRC("crc-5/g-704", "crc-5/itu", 5, 15, 0, true, true, 0, 07),
    CRC("crc-6/g-704", "crc-6/itu", 6, 03, 0, true, true, 0, 06),
    CRC("crc-7/mmc", "crc-7", 7, 09, 0, false, false, 0, 75),
    CRC("crc-8/smbus", "crc-8", 8, 07, 00, false, false, 00, f4),
    CRC("crc-8/autosar", NULL, 8, 2f, ff, false, false, ff, df),
    CRC("crc-8/bluetooth", NULL, 8, a7, 00, true, true, 00, 26),
    CRC("crc-8/dvb-s2", NULL, 8, d5, 00, false, false, 00, bc),
    CRC("crc-8/maxim-dow", "crc-8/maxim", 8, 31, 00, true, true, 00, a1),
    CRC("crc-8/nrsc-5", NULL, 8, 31, ff, false, false, 00, f7),
    CRC("crc-8/rohc", NULL, 8, 07, ff, true, true, 00, d0),
    CRC("crc-8/sae-j1850", NULL, 8, 1d, ff, false, false, ff, 4b),
    CRC("crc-8/wcdma", NULL, 8, 9b, 00, true, true, 00, 25),
    CRC("crc-10/atm", "crc-10", 10, 233, 000, false, false, 000, 199),
    CRC("crc-11/flexray", "crc-11", 11, 385, 01a, false, false, 000, 5a3),
    CRC("crc-12/dect", NULL, 12, 80f, 000, false, false, 000, f5b),
    CRC("crc-15/can", "crc-15", 15, 4599, 0000, false, false, 0000, 059e),
    CRC("crc-16/arc", "crc-16", 16, 8005, 0000, true, true, 0000, bb3d),
    CRC("crc-16/dect-x", NULL, 16, 0589, 0000, false, false, 0000, 007f),
    CRC("crc-16/dnp", NULL, 16, 3d65, 0000, true, true, ffff, ea82),
    CRC("crc-16/ibm-3740", "crc-16/ccitt-false", 16, 1021, ffff, false, false, 0000, 29b1),
    CRC("crc-16/ibm-sdlc", "x-25", 16, 1021, ffff, true, true, ffff, 906e),
    CRC("crc-16/kermit", "crc-ccitt", 16, 1021, 0000, true, true, 0000, 2189),
    CRC("crc-16/modbus", "modbus", 16, 8005, ffff, true, true, 0000, 4b37),
    CRC("crc-16/profibus", NULL, 16, 1dcf, ffff, false, false, ffff, a819),
    CRC("crc-16/t10-dif", NULL, 16, 8bb7, 0000, false, false, 0000, d0db),
    CRC("crc-16/usb", NULL, 16, 8005, ffff, true, true, ffff, b4c8),
    CRC("crc-16/xmodem", "xmodem", 16, 1021, 0000, false, false, 0000, 31c3),
    CRC("crc-17/can-fd", NULL, 17, 1685b, 00000, false, false, 00000, 04f03),
    CRC("crc-21/can-fd", NULL, 21, 102899, 000000, false, false, 000000, 0ed841),
    CRC("crc-24/ble", NULL, 24, 00065b, 555555, true, true, 000000, c25a56),
    CRC("crc-24/openpgp", "crc-24", 24, 864cfb, b704ce, false, false, 000000, 21cf02),
    CRC("crc-32/aixm", "crc-32q", 32, 814141ab, 0, false, false, 0, 3010bf7f),
    CRC("crc-32/autosar", NULL, 32, f4acfb13, ffffffff, true, true, ffffffff, 1697d06a),
    CRC("crc-32/base91-d", "crc-32d", 32, a833982b, ffffffff, true, true, ffffffff, 87315576),
    CRC("crc-32/bzip2", NULL, 32, 04c11db7, ffffffff, false, false, ffffffff, fc891918),
    CRC("crc-32/cksum", "cksum", 32, 04c11db7, 00000000, false, false, ffffffff, 765e7680),
    CRC("crc-32/iscsi", "crc-32c", 32, 1edc6f41, ffffffff, true, true, ffffffff, e3069283),
    CRC("crc-32/iso-hdlc", "crc-32", 32, 04c11db7, ffffffff, true, true, ffffffff, cbf43926),
    CRC("crc-32/jamcrc", NULL, 32, 04c11db7, ffffffff, true, true, 00000000, 340bc6d9),
    CRC("crc-32/mpeg-2", NULL, 32, 04c11db7, ffffffff, false, false, 00000000, 0376e6e7),
    CRC("crc-32/xfer", NULL, 32, 000000af, 00000000, false, false, 00000000, bd0be338),
    CRC("crc-40/gsm", NULL, 40, 0004820009, 0, false, false, ffffffffff, d4164fc646),
    CRC("crc-64/ecma-182", "crc-64", 64, 42f0e1eba9ea3693, 0, false, false, 0, 6c40df5f0b497347),
    CRC("crc-64/go-iso", NULL, 64, 000000000000001b, ffffffffffffffff, true, true,
        ffffffffffffffff, b90956c775a41001),
    CRC("crc-64/we", NULL, 64, 42f0e1eba9ea3693, ffffffffffffffff, false, false,
        ffffffffffffffff, 62ec59e3f1a4f00a),
    CRC("crc-64/xz", NULL, 64, 42f0e1eba9ea3693, ffffffffffffffff, true, true,
        ffffffffffffffff, 995dc9bbdf1939fa),
};
/* clang-format on */

const be_lfsr_preset *be_lfsr_presets(size_t *n)
{
    *n = BE__COUNT_OF(PRESETS);
    return PRESETS;
}

static bool same_name(const char *name, const char *given, size_t size)
{
    if (!name || strlen(name) != size) {
        return false;
    }
    for (size_t i = 0; i < size; i++) {
        char c = given[i];
        if ((c >= 'A' && c <= 'Z' ? c | 0x20 : c) != name[i]) {
            return false;
        }
    }
    return true;
}

const be_lfsr_preset *be_lfsr_preset_find(const char *name, size_t size)
{
    for (size_t i = 0; i < BE__COUNT_OF(PRESETS); i++) {
        if (same_name(PRESETS[i].name, name, size) || same_name(PRESETS[i].alias, name, size)) {
            return &PRESETS[i];
        }
    }
    return NULL;
}

uint64_t be_lfsr_crc(const be_lfsr_preset *preset, const void *bytes, size_t size)
{
    const unsigned char *b = bytes;
    uint64_t top = UINT64_C(1) << (preset->width - 1), mask = top | (top - 1), r = preset->init;
    for (size_t i = 0; i < 8 * size; i++) {
        unsigned bit = b[i / 8] >> (preset->refin ? i % 8 : 7 - i % 8) & 1;
        bool out = (r & top) != 0;
        r = (r << 1 & mask) ^ (out != bit ? preset->poly : 0);
    }
    if (preset->refout) {
        uint64_t reflected = 0;
        for (unsigned i = 0; i < preset->width; i++) {
            reflected |= (r >> i & 1) << (preset->width - 1 - i);
        }
        r = reflected;
    }
    return r ^ preset->xorout;
}
