/* lfsr_exact.h: what the verbs that ask the algebra share: factor, order, cycles, analyze. */
#ifndef CLI_LFSR_EXACT_H
#define CLI_LFSR_EXACT_H

#include "lfsr_register.h"

enum { CLI_LFSR_KNOWN_MAX = 1 << 24 }; /* bytes of a file of known factors */

/* What the options below said. */
typedef struct cli_lfsr_exact {
    uint64_t time_ns;
    const char *known;
} cli_lfsr_exact;

extern cli_lfsr_exact cli_lfsr_exact_given;

/* The options' lines, for a command's table. */
#define CLI_LFSR_EXACT_OPTIONS                                                                     \
    {"time", 0, "TIME", "look so long for factors of q^d - 1 that no table has (default 10s)",     \
     .nanoseconds = &cli_lfsr_exact_given.time_ns},                                                \
    {                                                                                              \
        "known", 0, "FILE", "numbers that may be factors of q^d - 1, in decimal",                  \
            .text = &cli_lfsr_exact_given.known                                                    \
    }

/* A paragraph on them for a verb's description. */
extern const char cli_lfsr_exact_help[];

/* Analyse a register with these options. CLI_DONE or what to return, having said what went wrong.
 */
int cli_lfsr_analyze(cli_call *call, const be_lfsr *lfsr, be_lfsr_want want,
                     be_lfsr_analysis *analysis);

/* CLI_DONE; CLI_PARTIAL, having said so, when the analysis is not complete. */
int cli_lfsr_verdict(const cli_call *call, const be_lfsr_analysis *analysis);

/* Members of an object: "field": {...}. */
void cli_lfsr_json_field(be_json_writer *json, const be_lfsr_field *field);
/* ... and all that is known of a register, up to what was wanted. */
void cli_lfsr_json_analysis(be_json_writer *json, const be_lfsr *lfsr,
                            const be_lfsr_analysis *analysis, be_lfsr_want want);

/* The same for people: lines, then tables. */
void cli_lfsr_print_analysis(const cli_call *call, const be_lfsr *lfsr,
                             const be_lfsr_analysis *analysis, be_lfsr_want want);

/* Run a verb whose operand is a register: read, analyse, print or write, exit code. `besides` (may
 * be NULL) comes in between when the analysis is complete; unless it returns CLI_DONE, nothing is
 * printed. */
int cli_lfsr_exact_run(cli_call *call, int argc, char **argv, be_lfsr_want want, const char *schema,
                       int (*besides)(cli_call *, const be_lfsr *, const be_lfsr_analysis *));

#endif
