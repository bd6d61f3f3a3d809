/* lfsr_sequence.c: `breakeven lfsr sequence REGISTER`: what a register gives out. */
#include "lfsr_register.h"

#include <stdlib.h>
#include <string.h>

enum { BITS_TEXT, BITS_MSB, BITS_LSB };
static const char *const BITS[] = {"text", "msb", "lsb", NULL};

static struct {
    const char *state;
    uint64_t count;
    int bits;
} given = {.count = 64};

enum { CHUNK = 1 << 16 };

/* count symbols to stdout, a chunk at a time. A packed byte's first bit in time is its most or its
 * least significant one; the last byte is filled up with zeros. */
static void put(const be_lfsr *lfsr, const uint64_t *symbols, size_t n, bool first)
{
    if (given.bits != BITS_TEXT) {
        for (size_t i = 0; i < n; i += 8) {
            unsigned byte = 0;
            for (size_t b = 0; b < 8 && i + b < n; b++) {
                byte |= (unsigned)symbols[i + b] << (given.bits == BITS_MSB ? 7 - b : b);
            }
            putchar((int)byte);
        }
        return;
    }
    for (size_t i = 0; i < n; i++) {
        if (lfsr->field.q <= 10) {
            putchar('0' + (int)symbols[i]);
        } else {
            printf(i == 0 && first ? "%llu" : ",%llu", (unsigned long long)symbols[i]);
        }
    }
}

static int sequence(const cli_call *call, const be_lfsr *lfsr, uint64_t *state)
{
    be_error error;
    be_status status = BE_OK;
    be_lfsr_state_default(lfsr, state);
    if (given.state) {
        status = be_lfsr_state_parse(lfsr, given.state, strlen(given.state), state, &error);
        if (status) {
            return cli_fail(call, status, &error, given.state);
        }
    }
    if (given.bits != BITS_TEXT && lfsr->field.q != 2) {
        return cli_usage(call, "--bits packs bits, and this register is over GF(%llu)",
                         (unsigned long long)lfsr->field.q);
    }
    uint64_t *symbols = cli_allocate(NULL, CHUNK, sizeof *symbols);
    for (uint64_t done = 0; done < given.count && !status && !ferror(stdout); done += CHUNK) {
        size_t n = given.count - done < CHUNK ? (size_t)(given.count - done) : CHUNK;
        status = be_lfsr_sequence(lfsr, state, n, symbols);
        if (!status) {
            put(lfsr, symbols, n, done == 0);
        }
    }
    free(symbols);
    if (status) {
        return cli_fail(call, status, NULL, NULL);
    }
    if (given.bits == BITS_TEXT) {
        putchar('\n');
    }
    return CLI_DONE;
}

static int run(cli_call *call, int argc, char **argv)
{
    if (argc != 1) {
        return cli_usage(call, "expected one register, got %d operands%s", argc,
                         argc > 1 ? "; one with blanks needs quotes" : "");
    }
    be_lfsr lfsr;
    be_lfsr_reading took;
    int code = cli_lfsr_register(call, argv[0], &lfsr, &took);
    if (code) {
        return code;
    }
    uint64_t *state = cli_allocate(NULL, lfsr.n, sizeof *state);
    code = sequence(call, &lfsr, state);
    free(state);
    be_lfsr_clear(&lfsr);
    return code;
}

static const cli_option OPTIONS[] = {
    {"state", 's', "STATE",
     "begin there: 1,0,0,1 from s_0 on, or 0x9 with s_0 as bit 0 (default all "
     "ones, with a constant all zeros)",
     .text = &given.state},
    {"count", 'n', "N", "symbols to give out (default 64)", .count = &given.count, .low = 1,
     .high = UINT64_C(1) << 50},
    {"bits", 0, "ORDER",
     "text: a digit each (the default); msb, lsb: eight to a byte, the first in "
     "time as its most or least significant bit",
     .choice = &given.bits, .choices = BITS},
    CLI_LFSR_OPTIONS,
    {0}};

static const cli_example EXAMPLES[] = {
    {"lfsr sequence prbs7 -n 127", "one period of PRBS7"},
    {"lfsr sequence prbs31 -n 1M --bits msb > prbs31.bin", "125,000 bytes for an instrument"},
    {"lfsr sequence -f 3 x^3+x^2+2 --state 0,0,1", "over GF(3)"},
    {0}};

const cli_command command_lfsr_sequence = {.name = "sequence",
                                           .summary = "give out the sequence of a register",
                                           .usage =
                                               (const char *const[]){"[OPTION...] REGISTER", NULL},
                                           .examples = EXAMPLES,
                                           .description = cli_lfsr_register_help,
                                           .options = OPTIONS,
                                           .run = run};
