/* format.c: registers to text, in each notation, and how a text was taken. */
#include "lfsr/register.h"

#include <string.h>

/* T as it would be written under a polarity: the characteristic polynomial, or that backwards. */
static uint64_t coefficient_of_t(const be_lfsr *lfsr, be_lfsr_polarity polarity, size_t i)
{
    size_t at = polarity == BE_LFSR_FEEDBACK ? lfsr->n - i : i;
    return at == lfsr->n ? 1 : be__lfsr_negate(&lfsr->field, lfsr->coefficients[at]);
}

static void add_sum(const be_lfsr *lfsr, be_lfsr_polarity polarity, char letter, be_text *text)
{
    bool any = false;
    for (size_t i = lfsr->n + 1; i-- > 0;) {
        unsigned long long c = coefficient_of_t(lfsr, polarity, i);
        if (c == 0) {
            continue;
        }
        be_text_puts(text, any ? " + " : "");
        any = true;
        if (c > 1 || i == 0) {
            be_text_printf(text, i > 0 ? "%llu*" : "%llu", c);
        }
        if (i > 0) {
            be_text_add(text, &letter, 1);
        }
        if (i > 1) {
            be_text_printf(text, "^%zu", i);
        }
    }
}

/* Exponents of T that are greater than `least` - 1, the highest first. */
static void add_exponents(const be_lfsr *lfsr, be_lfsr_polarity polarity, size_t least,
                          be_text *text)
{
    bool any = false;
    for (size_t i = lfsr->n + 1; i-- > least;) {
        if (coefficient_of_t(lfsr, polarity, i)) {
            be_text_printf(text, any ? ",%zu" : "%zu", i);
            any = true;
        }
    }
}

static void add_hex(const be_lfsr *lfsr, be_lfsr_polarity polarity, be_lfsr_hex hex, be_text *text)
{
    size_t n = lfsr->n, bits = n + (hex == BE_LFSR_HEX_FULL);
    be_text_printf(text, "%zu'h", bits);
    for (size_t d = (bits + 3) / 4; d-- > 0;) {
        unsigned value = 0;
        for (size_t bit = 4 * d; bit < 4 * d + 4 && bit < bits; bit++) {
            size_t i = hex == BE_LFSR_HEX_REVERSED  ? n - 1 - bit
                       : hex == BE_LFSR_HEX_KOOPMAN ? bit + 1
                                                    : bit;
            value |= (unsigned)coefficient_of_t(lfsr, polarity, i) << (bit - 4 * d);
        }
        be_text_printf(text, "%x", value);
    }
}

static void add_matrix(const be_lfsr *lfsr, be_text *text)
{
    for (size_t i = 0; i < lfsr->n; i++) {
        for (size_t j = 0; j < lfsr->n; j++) {
            be_text_printf(text, "%s%llu",
                           j   ? ","
                           : i ? "],["
                               : "[[",
                           (unsigned long long)be__lfsr_entry(lfsr, i, j));
        }
    }
    be_text_puts(text, "]]");
}

static void add_list(const uint64_t *values, size_t n, bool backwards, be_text *text)
{
    for (size_t i = 0; i < n; i++) {
        be_text_printf(text, i ? ",%llu" : "%llu",
                       (unsigned long long)values[backwards ? n - 1 - i : i]);
    }
}

static bool is_xnor(const be_lfsr *lfsr)
{
    if (!lfsr->constant || lfsr->form == BE_LFSR_MATRIX || lfsr->field.q != 2) {
        return false;
    }
    for (size_t i = 0; i < lfsr->n; i++) {
        uint64_t xnor =
            lfsr->form == BE_LFSR_GALOIS ? lfsr->coefficients[i] : (uint64_t)(i == lfsr->n - 1);
        if (lfsr->constant[i] != xnor) {
            return false;
        }
    }
    return true;
}

static bool same_register(const be_lfsr *a, const be_lfsr *b)
{
    if (a->form != b->form || a->n != b->n || a->inverted != b->inverted ||
        !a->constant != !b->constant) {
        return false;
    }
    size_t cells = a->form == BE_LFSR_MATRIX ? a->n * a->n : a->n;
    const uint64_t *x = a->form == BE_LFSR_MATRIX ? a->matrix : a->coefficients;
    const uint64_t *y = b->form == BE_LFSR_MATRIX ? b->matrix : b->coefficients;
    return memcmp(x, y, cells * sizeof *x) == 0 &&
           (!a->constant || memcmp(a->constant, b->constant, a->n * sizeof *x) == 0);
}

static const be_lfsr_preset *preset_of(const be_lfsr *lfsr)
{
    size_t n;
    const be_lfsr_preset *presets = be_lfsr_presets(&n), *found = NULL;
    for (size_t i = 0; i < n && !found && lfsr->field.q == 2; i++) {
        be_lfsr other;
        be_lfsr_reading took;
        if (!be_lfsr_parse(presets[i].name, strlen(presets[i].name), &lfsr->field, NULL,
                           lfsr->allocator, &other, &took, NULL)) {
            found = same_register(lfsr, &other) ? &presets[i] : NULL;
            be_lfsr_clear(&other);
        }
    }
    return found;
}

/* Whether the notation can say this register at all. */
static bool can_say(const be_lfsr *lfsr, const be_lfsr_reading *reading)
{
    bool needs_constant = false; /* of the polynomial that is written */
    switch (reading->kind) {
    case BE_LFSR_KIND_MATRIX:
        return lfsr->n <= BE_LFSR_MATRIX_MAX;
    case BE_LFSR_KIND_PRESET:
        return true;
    case BE_LFSR_KIND_ANY:
    case BE_LFSR_KIND_XORSHIFT:
        return false;
    case BE_LFSR_KIND_COEFFICIENTS:
        break;
    case BE_LFSR_KIND_HEX:
        needs_constant =
            reading->polarity == BE_LFSR_FEEDBACK || reading->hex == BE_LFSR_HEX_KOOPMAN;
        break;
    case BE_LFSR_KIND_TAPS:
        needs_constant = true;
        break;
    case BE_LFSR_KIND_EXPONENTS:
    case BE_LFSR_KIND_POLYNOMIAL:
        needs_constant = reading->polarity == BE_LFSR_FEEDBACK;
        break;
    }
    bool bits_only =
        reading->kind != BE_LFSR_KIND_POLYNOMIAL && reading->kind != BE_LFSR_KIND_COEFFICIENTS;
    return lfsr->form != BE_LFSR_MATRIX && !(bits_only && lfsr->field.q != 2) &&
           !(needs_constant && lfsr->coefficients[0] == 0);
}

be_status be_lfsr_format(const be_lfsr *lfsr, const be_lfsr_reading *reading, char letter,
                         be_text *text)
{
    const be_lfsr_preset *preset = reading->kind == BE_LFSR_KIND_PRESET ? preset_of(lfsr) : NULL;
    if (!can_say(lfsr, reading) || (reading->kind == BE_LFSR_KIND_PRESET && !preset)) {
        return BE_EDOMAIN;
    }
    if (preset) {
        be_text_puts(text, preset->name);
        return be_text_status(text);
    }
    bool xnor = is_xnor(lfsr);
    if (reading->xnor && !xnor) {
        return BE_EDOMAIN;
    }
    if (lfsr->inverted) {
        be_text_puts(text, "inverted:");
    }
    if (reading->kind == BE_LFSR_KIND_MATRIX) {
        xnor = false;
    } else if (lfsr->form == BE_LFSR_GALOIS && !reading->form_said) {
        be_text_puts(text, "galois:");
    }
    if (lfsr->constant && !xnor) {
        be_text_puts(text, "affine=");
        add_list(lfsr->constant, lfsr->n, false, text);
        be_text_puts(text, ":");
    } else if (xnor && !reading->xnor) {
        be_text_puts(text, "xnor:");
    }
    switch (reading->kind) {
    case BE_LFSR_KIND_POLYNOMIAL:
        add_sum(lfsr, reading->polarity, letter, text);
        break;
    case BE_LFSR_KIND_EXPONENTS:
        add_exponents(lfsr, reading->polarity, 0, text);
        break;
    case BE_LFSR_KIND_TAPS:
        add_exponents(lfsr, reading->polarity, 1, text);
        break;
    case BE_LFSR_KIND_COEFFICIENTS:
        add_list(lfsr->coefficients, lfsr->n, reading->polarity == BE_LFSR_FEEDBACK, text);
        break;
    case BE_LFSR_KIND_HEX:
        add_hex(lfsr, reading->polarity, reading->hex, text);
        break;
    case BE_LFSR_KIND_MATRIX:
        add_matrix(lfsr, text);
        break;
    case BE_LFSR_KIND_ANY:
    case BE_LFSR_KIND_PRESET:
    case BE_LFSR_KIND_XORSHIFT:
        break;
    }
    return be_text_status(text);
}

void be_lfsr_explain(const be_lfsr *lfsr, const be_lfsr_reading *took, be_text *text)
{
    static const char *const KIND[] = {
        "",         "", "exponents of ", "taps of ", "coefficients of ", "a hexadecimal word of ",
        "a matrix", "", "xorshift words"};
    static const char *const HEX[] = {"normal", "reversed", "Koopman", "full"};
    static const char *const POLARITY[] = {"characteristic", "feedback"};
    bool guessed_list = !took->kind_said && took->kind == BE_LFSR_KIND_EXPONENTS;
    bool guessed_hex = !took->hex_said && took->kind == BE_LFSR_KIND_HEX;
    bool guessed_polarity =
        lfsr->form != BE_LFSR_MATRIX && !took->polarity_said &&
        (took->kind == BE_LFSR_KIND_POLYNOMIAL || guessed_list || took->kind == BE_LFSR_KIND_HEX ||
         took->kind == BE_LFSR_KIND_EXPONENTS);
    if (!guessed_list && !guessed_hex && !guessed_polarity) {
        return;
    }
    be_text_printf(text, "taken as %sthe %s polynomial", KIND[took->kind],
                   POLARITY[took->polarity]);
    if (guessed_polarity && lfsr->coefficients[0] == be__lfsr_negate(&lfsr->field, 1)) {
        be_text_puts(text, "; with --feedback the characteristic one is ");
        add_sum(lfsr, BE_LFSR_FEEDBACK, 'x', text);
        be_text_puts(text, ", and sequences run backwards");
    } else if (guessed_polarity) {
        be_text_puts(text, "; --feedback would ask for a constant term of 1");
    }
    if (guessed_list) {
        be_text_puts(text, "; with --taps these are stages, with --coefficients c_0, c_1, ...");
    }
    if (guessed_hex) {
        be_text_printf(text, "; bits in the %s order, and --reversed, --koopman, --full differ",
                       HEX[took->hex]);
    }
}
