/* lfsr_jump.c: `breakeven lfsr jump`, `distance`, `same-cycle`, `period` and `tail`. */
#include "lfsr_register.h"

#include <stdlib.h>
#include <string.h>

static struct {
    const char *state;
    uint64_t time_ns;
} given = {.time_ns = UINT64_C(10000000000)};

/* The register of the first operand, and what the verb does with it and the others. */
typedef int verb(cli_call *call, const be_lfsr *lfsr, char **argv);

static int with_register(cli_call *call, int argc, char **argv, int n_operands,
                         const char *operands, verb *run)
{
    if (argc != n_operands) {
        return cli_usage(call, "expected %s, got %d operands", operands, argc);
    }
    be_lfsr lfsr;
    be_lfsr_reading took;
    int code = cli_lfsr_register(call, argv[0], &lfsr, &took);
    if (!code) {
        code = run(call, &lfsr, argv + 1);
        be_lfsr_clear(&lfsr);
    }
    return code;
}

/* A state of the register, to be freed; NULL, with *code, when the text is none. */
static uint64_t *read_state(const cli_call *call, const be_lfsr *lfsr, const char *text, int *code)
{
    uint64_t *state = cli_allocate(NULL, lfsr->n, sizeof *state);
    be_error error;
    be_status status = be_lfsr_state_parse(lfsr, text, strlen(text), state, &error);
    if (!status) {
        return state;
    }
    *code = cli_fail(call, status, &error, *text ? text : NULL);
    free(state);
    return NULL;
}

static int say(const cli_call *call, be_status status, const be_error *error)
{
    return status == BE_ELIMIT ? (cli_fail(call, status, error, NULL), CLI_PARTIAL)
                               : cli_fail(call, status, error, NULL);
}

static int jump(cli_call *call, const be_lfsr *lfsr, char **argv)
{
    int code = CLI_DONE;
    uint64_t *state;
    if (given.state) {
        state = read_state(call, lfsr, given.state, &code);
    } else {
        state = cli_allocate(NULL, lfsr->n, sizeof *state);
        be_lfsr_state_default(lfsr, state);
    }
    if (!state) {
        return code;
    }
    be_error error;
    be_status status = be_lfsr_jump(lfsr, state, argv[0], strlen(argv[0]), state, &error);
    if (status) {
        code = cli_fail(call, status, &error, argv[0]);
    } else {
        be_text text;
        be_text_init(&text, NULL);
        be_lfsr_state_format(lfsr, state, &text);
        puts(text.bytes ? text.bytes : "");
        be_text_clear(&text);
    }
    free(state);
    return code;
}

/* The distance as text, or what to return. */
static int find_distance(cli_call *call, const be_lfsr *lfsr, char **argv, be_text *steps,
                         bool *exists)
{
    int code = CLI_DONE;
    uint64_t *from = read_state(call, lfsr, argv[0], &code);
    uint64_t *to = from ? read_state(call, lfsr, argv[1], &code) : NULL;
    if (to) {
        be_error error;
        be_status status =
            be_lfsr_distance(lfsr, from, to, given.time_ns, cli_cancel(call), steps, &error);
        *exists = status == BE_OK;
        if (status && status != BE_EDOMAIN) {
            code = say(call, status, &error);
        }
    }
    free(from);
    free(to);
    return code;
}

static int distance(cli_call *call, const be_lfsr *lfsr, char **argv)
{
    be_text steps;
    bool exists = false;
    be_text_init(&steps, NULL);
    int code = find_distance(call, lfsr, argv, &steps, &exists);
    if (!code && exists) {
        puts(steps.bytes);
    } else if (!code) {
        cli_note(call, "%s does not lead to %s", argv[0], argv[1]);
        code = CLI_FAILED;
    }
    be_text_clear(&steps);
    return code;
}

static int find_period(cli_call *call, const be_lfsr *lfsr, const char *text, be_text *period,
                       size_t *tail)
{
    int code = CLI_DONE;
    uint64_t *state = read_state(call, lfsr, text, &code);
    if (state) {
        be_error error;
        be_status status = be_lfsr_state_period(lfsr, state, given.time_ns, cli_cancel(call),
                                                period, tail, &error);
        code = status ? say(call, status, &error) : CLI_DONE;
    }
    free(state);
    return code;
}

static int same_cycle(cli_call *call, const be_lfsr *lfsr, char **argv)
{
    be_text text;
    size_t tails[2] = {0, 0};
    bool exists = false;
    int code = CLI_DONE;
    be_text_init(&text, NULL);
    for (int i = 0; i < 2 && !code; i++) {
        code = find_period(call, lfsr, argv[i], &text, &tails[i]);
    }
    if (!code && tails[0] == 0 && tails[1] == 0) {
        code = find_distance(call, lfsr, argv, &text, &exists);
    }
    if (!code) {
        puts(exists ? "yes" : "no");
        code = exists ? CLI_DONE : CLI_FAILED;
    }
    be_text_clear(&text);
    return code;
}

static int period(cli_call *call, const be_lfsr *lfsr, char **argv)
{
    be_text text;
    size_t tail;
    be_text_init(&text, NULL);
    int code = find_period(call, lfsr, argv[0], &text, &tail);
    if (!code) {
        puts(text.bytes);
    }
    be_text_clear(&text);
    return code;
}

static int tail(cli_call *call, const be_lfsr *lfsr, char **argv)
{
    be_text text;
    size_t steps;
    be_text_init(&text, NULL);
    int code = find_period(call, lfsr, argv[0], &text, &steps);
    if (!code) {
        printf("%zu\n", steps);
    }
    be_text_clear(&text);
    return code;
}

static int run_jump(cli_call *call, int argc, char **argv)
{
    return with_register(call, argc, argv, 2, "a register and a number of steps", jump);
}

static int run_distance(cli_call *call, int argc, char **argv)
{
    return with_register(call, argc, argv, 3, "a register and two states", distance);
}

static int run_same_cycle(cli_call *call, int argc, char **argv)
{
    return with_register(call, argc, argv, 3, "a register and two states", same_cycle);
}

static int run_period(cli_call *call, int argc, char **argv)
{
    return with_register(call, argc, argv, 2, "a register and a state", period);
}

static int run_tail(cli_call *call, int argc, char **argv)
{
    return with_register(call, argc, argv, 2, "a register and a state", tail);
}

static const cli_option JUMP_OPTIONS[] = {
    {"state", 's', "STATE", "jump from there (default all ones, with a constant all zeros)",
     .text = &given.state},
    CLI_LFSR_OPTIONS,
    {0}};

static const cli_option OPTIONS[] = {{"time", 0, "TIME",
                                      "look so long for primes that no table has (default 10s)",
                                      .nanoseconds = &given.time_ns},
                                     CLI_LFSR_OPTIONS,
                                     {0}};

#define VERB(called, function, says, operands, shows, explains, table)                             \
    const cli_command command_lfsr_##function = {                                                  \
        .name = called,                                                                            \
        .summary = says,                                                                           \
        .usage = (const char *const[]){"[OPTION...] " operands, NULL},                             \
        .examples = (const cli_example[]){{shows, explains}, {0}},                                 \
        .description = cli_lfsr_register_help,                                                     \
        .options = table,                                                                          \
        .run = run_##function}

VERB("jump", jump, "the state any number of steps on", "REGISTER N",
     "lfsr jump prbs31 1000000000000000000000", "10^21 steps on from all ones", JUMP_OPTIONS);
VERB("distance", distance, "how many steps lead from one state to another", "REGISTER STATE STATE",
     "lfsr distance prbs31 0x1 0x7fffffff", "by discrete logarithms", OPTIONS);
VERB("same-cycle", same_cycle, "whether two states are on one cycle", "REGISTER STATE STATE",
     "lfsr same-cycle x^4+x^3+x+1 0,0,0,1 0,1,0,1", "yes or no, and the exit code", OPTIONS);
VERB("period", period, "how many steps lead a state round its cycle", "REGISTER STATE",
     "lfsr period x^4+x^3+x+1 1,0,0,1", "the length of the cycle it is on or leads to", OPTIONS);
VERB("tail", tail, "how many steps lead a state to its cycle", "REGISTER STATE",
     "lfsr tail x^4+x^3+x^2 1,0,0,0", "0 when it is on one", OPTIONS);
