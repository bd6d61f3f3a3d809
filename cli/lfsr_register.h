/* lfsr_register.h: what the verbs of `breakeven lfsr` that take a REGISTER share. */
#ifndef CLI_LFSR_REGISTER_H
#define CLI_LFSR_REGISTER_H

#include "cli.h"

#include <breakeven/lfsr.h>

/* What the options below said. */
typedef struct cli_lfsr_given {
    uint64_t q;
    const char *modulus;
    bool characteristic, feedback, taps, coefficients, normal, reversed, koopman, full, fibonacci,
        galois, xnor;
} cli_lfsr_given;

extern cli_lfsr_given cli_lfsr_given_now;

/* The field's lines of a command's option table, and all of a register's. */
#define CLI_LFSR_FIELD_OPTIONS                                                                     \
    {"field",                                                                                      \
     'f',                                                                                          \
     "Q",                                                                                          \
     "work over GF(Q), Q a prime or a power of one (default 2)",                                   \
     .count = &cli_lfsr_given_now.q,                                                               \
     .low = 2,                                                                                     \
     .high = INT32_MAX},                                                                           \
    {                                                                                              \
        "modulus", 0, "POLYNOMIAL", "what a is a root of in GF(p^k), such as a^2+a+1",             \
            .text = &cli_lfsr_given_now.modulus                                                    \
    }

#define CLI_LFSR_OPTIONS                                                                           \
    CLI_LFSR_FIELD_OPTIONS,                                                                        \
        {"characteristic", 0, NULL, "the polynomial is the characteristic one",                    \
         .flag = &cli_lfsr_given_now.characteristic},                                              \
        {"feedback", 0, NULL, "... the feedback (connection) polynomial",                          \
         .flag = &cli_lfsr_given_now.feedback},                                                    \
        {"taps", 0, NULL, "the list is of taps: stages counted from 1",                            \
         .flag = &cli_lfsr_given_now.taps},                                                        \
        {"coefficients", 0, NULL, "the list is of coefficients, c_0 first",                        \
         .flag = &cli_lfsr_given_now.coefficients},                                                \
        {"normal", 0, NULL, "the hexadecimal word leaves out x^n",                                 \
         .flag = &cli_lfsr_given_now.normal},                                                      \
        {"reversed", 0, NULL, "... has its bits the other way round",                              \
         .flag = &cli_lfsr_given_now.reversed},                                                    \
        {"koopman", 0, NULL, "... leaves out the 1 instead", .flag = &cli_lfsr_given_now.koopman}, \
        {"full", 0, NULL, "... leaves out nothing", .flag = &cli_lfsr_given_now.full},             \
        {"fibonacci", 0, NULL, "one cell takes the sum of the taps",                               \
         .flag = &cli_lfsr_given_now.fibonacci},                                                   \
        {"galois", 0, NULL, "every tapped cell takes the output",                                  \
         .flag = &cli_lfsr_given_now.galois},                                                      \
    {                                                                                              \
        "xnor", 0, NULL, "the feedback is complemented", .flag = &cli_lfsr_given_now.xnor          \
    }

/* Paragraphs on REGISTER for a verb's description. */
extern const char cli_lfsr_register_help[];

/* The field of --field and --modulus. CLI_DONE or what to return, having said what went wrong. */
int cli_lfsr_field(const cli_call *call, be_lfsr_field *field);

/* The register of an operand, and how it was taken. A remark on stderr says what was left to a
 * default. CLI_DONE or what to return. */
int cli_lfsr_register(const cli_call *call, const char *operand, be_lfsr *lfsr,
                      be_lfsr_reading *took);

#endif
