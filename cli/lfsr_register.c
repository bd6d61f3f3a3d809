/* lfsr_register.c: a REGISTER operand and the options that say how to read it. */
#include "lfsr_register.h"

#include <string.h>

cli_lfsr_given cli_lfsr_given_now = {.q = 2};

const char cli_lfsr_register_help[] =
    "REGISTER is a polynomial (x^16+x^5+x^3+x^2+1, x**16+..., 2*x^3+x+1 over GF(3)), its exponents "
    "(16,5,3,2,0), taps (taps:16,14,13,11), coefficients (coefficients:1,1,0,1), a hexadecimal "
    "word "
    "with its width (16'h1021 or 0x1021/16), a matrix ([[0,1],[1,1]]), xorshift words "
    "(xorshift:32,<<13,>>17,<<5) or a preset: prbs7 to prbs31, crc-32, crc-16/xmodem and more "
    "(`lfsr convert --presets`). Registers with ; between them are one whose output is the sum.\n\n"
    "The polynomial is the characteristic one, x^4 + x + 1 for s[t+4] = s[t+1] + s[t], unless "
    "--feedback or \"feedback:\" in front says that it is 1 + f_1 x + f_2 x^2 + ... for s[t] = "
    "f_1 s[t-1] + f_2 s[t-2] + ..., as taps are. Whatever an option says can stand in front, too: "
    "galois:koopman:16'h8810.";

/* The modulus, a polynomial in a over GF(p), as an integer; 0 and *error on failure. */
static uint64_t read_modulus(const char *text, uint64_t q, be_error *error)
{
    uint64_t p = 2;
    while (q % p != 0) {
        p++;
    }
    be_lfsr_field prime;
    be_lfsr lfsr;
    be_lfsr_reading took, assume = {.kind = BE_LFSR_KIND_POLYNOMIAL};
    char copy[BE_LFSR_MODULUS_TEXT_SIZE];
    size_t n = strlen(text);
    if (n >= sizeof copy) {
        be_error_set(error, BE_EINVAL, "a shorter modulus");
        return 0;
    }
    for (size_t i = 0; i <= n; i++) {
        copy[i] = text[i];
        if (text[i] == 'a' || text[i] == 'x') {
            copy[i] = text[i] == 'a' ? 'x' : '?';
        }
    }
    if (be_lfsr_field_init(p, 0, &prime, error) ||
        be_lfsr_parse(copy, n, &prime, &assume, NULL, &lfsr, &took, error)) {
        return 0;
    }
    uint64_t modulus = 1;
    bool fits = lfsr.n <= 16;
    for (size_t i = lfsr.n; fits && i-- > 0;) {
        modulus = modulus * p + (p - lfsr.coefficients[i]) % p;
    }
    be_lfsr_clear(&lfsr);
    if (!fits) {
        be_error_set(error, BE_EINVAL, "a modulus of degree 16 at most");
        return 0;
    }
    return modulus;
}

int cli_lfsr_field(const cli_call *call, be_lfsr_field *field)
{
    const cli_lfsr_given *g = &cli_lfsr_given_now;
    be_error error;
    uint64_t modulus = 0;
    if (g->modulus) {
        modulus = read_modulus(g->modulus, g->q, &error);
        if (modulus == 0) {
            return cli_fail(call, error.status, &error, g->modulus);
        }
    }
    be_status status = be_lfsr_field_init(g->q, modulus, field, &error);
    return status ? cli_fail(call, BE_EINVAL, &error, NULL) : CLI_DONE;
}

/* What the options say beside the text; CLI_USAGE when two of them exclude each other. */
static int assumption(const cli_call *call, be_lfsr_reading *assume)
{
    const cli_lfsr_given *g = &cli_lfsr_given_now;
    *assume = (be_lfsr_reading){.xnor = g->xnor};
    if (g->characteristic && g->feedback) {
        return cli_usage(call, "expected --characteristic or --feedback, got both");
    }
    if (g->fibonacci && g->galois) {
        return cli_usage(call, "expected --fibonacci or --galois, got both");
    }
    if (g->taps && g->coefficients) {
        return cli_usage(call, "expected --taps or --coefficients, got both");
    }
    if (g->normal + g->reversed + g->koopman + g->full > 1) {
        return cli_usage(call, "expected one of --normal, --reversed, --koopman and --full");
    }
    assume->polarity_said = g->characteristic || g->feedback;
    assume->polarity = g->feedback ? BE_LFSR_FEEDBACK : BE_LFSR_CHARACTERISTIC;
    assume->form_said = g->fibonacci || g->galois;
    assume->form = g->galois ? BE_LFSR_GALOIS : BE_LFSR_FIBONACCI;
    assume->kind = g->taps           ? BE_LFSR_KIND_TAPS
                   : g->coefficients ? BE_LFSR_KIND_COEFFICIENTS
                                     : BE_LFSR_KIND_ANY;
    assume->hex_said = g->normal || g->reversed || g->koopman || g->full;
    assume->hex = g->reversed  ? BE_LFSR_HEX_REVERSED
                  : g->koopman ? BE_LFSR_HEX_KOOPMAN
                  : g->full    ? BE_LFSR_HEX_FULL
                               : BE_LFSR_HEX_NORMAL;
    return CLI_DONE;
}

int cli_lfsr_register(const cli_call *call, const char *operand, be_lfsr *lfsr,
                      be_lfsr_reading *took)
{
    be_lfsr_field field;
    be_lfsr_reading assume;
    be_error error;
    int code = assumption(call, &assume);
    code = code ? code : cli_lfsr_field(call, &field);
    if (code) {
        return code;
    }
    be_status status =
        be_lfsr_parse(operand, strlen(operand), &field, &assume, NULL, lfsr, took, &error);
    if (status) {
        return cli_fail(call, status == BE_ELIMIT ? BE_EINVAL : status, &error,
                        *operand ? operand : NULL);
    }
    be_text text;
    be_text_init(&text, NULL);
    be_lfsr_explain(lfsr, took, &text);
    if (text.size > 0) {
        cli_note(call, "%s", text.bytes);
    }
    be_text_clear(&text);
    return CLI_DONE;
}
