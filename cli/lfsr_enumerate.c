/* lfsr_enumerate.c: `breakeven lfsr enumerate REGISTER`: the cycles, by stepping every state. */
#include "lfsr_register.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct {
    const char *journal;
    uint64_t checkpoint_ns;
    const char *labels;
} given;

typedef struct meter {
    cli_progress progress;
    uint64_t shown;
} meter;

static void show_progress(void *user, uint64_t done, uint64_t total)
{
    meter *m = user;
    (void)total;
    cli_progress_add(&m->progress, done - m->shown);
    m->shown = done;
}

static void write_json(const be_lfsr_partition *p, be_text *text)
{
    be_json_writer json;
    char digest[40];
    be_json_init(&json, text, false);
    be_json_object(&json);
    be_json_key(&json, "schema");
    be_json_string(&json, "breakeven.lfsr.enumerate/1");
    be_json_key(&json, "states");
    be_json_u64(&json, p->states);
    be_json_key(&json, "cycles");
    be_json_u64(&json, p->n_cycles);
    be_json_key(&json, "lengths");
    be_json_array(&json);
    for (size_t i = 0; i < p->n_lengths; i++) {
        be_json_object(&json);
        be_json_key(&json, "length");
        be_json_u64(&json, p->lengths[i].length);
        be_json_key(&json, "cycles");
        be_json_u64(&json, p->lengths[i].cycles);
        be_json_object_end(&json);
    }
    be_json_array_end(&json);
    be_json_key(&json, "tails");
    be_json_array(&json);
    for (uint64_t j = 0; j <= p->longest_tail; j++) {
        be_json_u64(&json, p->tails[j]);
    }
    be_json_array_end(&json);
    snprintf(digest, sizeof digest, "%016llx%016llx", (unsigned long long)p->digest.high,
             (unsigned long long)p->digest.low);
    be_json_key(&json, "digest");
    be_json_string(&json, digest);
    be_json_object_end(&json);
    be_text_puts(text, "\n");
}

static void print(const cli_call *call, const be_lfsr_partition *p)
{
    printf("states: %llu\non cycles: %llu\ncycles: %llu\ndigest: %016llx%016llx\n\n",
           (unsigned long long)p->states, (unsigned long long)p->on_cycles,
           (unsigned long long)p->n_cycles, (unsigned long long)p->digest.high,
           (unsigned long long)p->digest.low);
    cli_table table;
    cli_table_init(&table, "rrr");
    cli_table_cell(&table, CLI_BOLD, "length");
    cli_table_cell(&table, CLI_BOLD, "cycles");
    cli_table_cell(&table, CLI_BOLD, "states");
    for (size_t i = 0; i < p->n_lengths; i++) {
        cli_table_cell(&table, CLI_PLAIN, "%llu", (unsigned long long)p->lengths[i].length);
        cli_table_cell(&table, CLI_PLAIN, "%llu", (unsigned long long)p->lengths[i].cycles);
        cli_table_cell(&table, CLI_PLAIN, "%llu",
                       (unsigned long long)(p->lengths[i].length * p->lengths[i].cycles));
    }
    cli_table_print(&table, call);
    cli_table_clear(&table);
    for (uint64_t j = 0; p->longest_tail && j <= p->longest_tail; j++) {
        printf("%s%llu states %llu steps from a cycle\n", j ? "" : "\n",
               (unsigned long long)p->tails[j], (unsigned long long)j);
    }
}

static const char *size_text(char text[32], uint64_t bytes)
{
    static const char *const UNIT[] = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB"};
    double size = (double)bytes;
    unsigned unit = 0;
    for (; size >= 1024 && unit < 5; unit++) {
        size /= 1024;
    }
    snprintf(text, 32, unit ? "%.1f %s" : "%.0f %s", size, UNIT[unit]);
    return text;
}

/* States, or 0 when they are more than labels could be for. */
static uint64_t states_of(const be_lfsr *lfsr)
{
    uint64_t states = 1;
    for (size_t i = 0; i < lfsr->n; i++) {
        if (__builtin_mul_overflow(states, lfsr->field.q, &states) || states >> 40) {
            return 0;
        }
    }
    return states;
}

/* Memory is said before it is taken; what this machine has not got is refused. */
static int check_memory(cli_call *call, const be_lfsr *lfsr)
{
    uint64_t bytes = be_lfsr_enumerate_bytes(cli_engine(call), lfsr), more = 4 * states_of(lfsr);
    uint64_t there = (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGE_SIZE);
    bool fits = bytes < UINT64_MAX && (!given.labels || more);
    char need[32], have[32];
    bytes += given.labels && fits ? more : 0;
    if (!fits || bytes > there / 10 * 9) {
        be_error error;
        be_error_set(&error, BE_EINVAL,
                     "a smaller register: to tick off each state takes %s, and there are %s; "
                     "`breakeven lfsr cycles` counts the cycles without",
                     fits ? size_text(need, bytes) : "more than any machine has",
                     size_text(have, there));
        return cli_fail(call, BE_EINVAL, &error, NULL);
    }
    cli_note(call, "takes %s of memory", size_text(need, bytes));
    return CLI_DONE;
}

static int enumerate(cli_call *call, const be_lfsr *lfsr)
{
    int code = check_memory(call, lfsr);
    if (code) {
        return code;
    }
    uint64_t states = states_of(lfsr);
    uint32_t *labels = given.labels ? cli_allocate(NULL, (size_t)states, sizeof *labels) : NULL;
    meter m = {.shown = 0};
    be_lfsr_enumerate_options options = {.size = sizeof options,
                                         .cancel = cli_cancel(call),
                                         .journal = given.journal,
                                         .checkpoint_ns = given.checkpoint_ns,
                                         .labels = labels,
                                         .progress = show_progress,
                                         .user = &m};
    be_lfsr_partition p;
    be_error error;
    cli_progress_begin(&m.progress, call, "states", states);
    be_status status = be_lfsr_enumerate(cli_engine(call), lfsr, &options, &p, &error);
    cli_progress_end(&m.progress);
    if (status == BE_ECANCEL && given.journal) {
        cli_note(call, "stopped; the same command goes on from %s", given.journal);
        code = CLI_PARTIAL;
    } else if (status) {
        code = cli_fail(call, status, &error, status == BE_EINVAL ? given.journal : NULL);
    }
    if (!status && labels) {
        status = be_file_replace(given.labels, labels, (size_t)states * sizeof *labels, &error);
        code = status ? cli_fail(call, status, &error, given.labels) : CLI_DONE;
        if (status) {
            be_lfsr_partition_clear(&p);
        }
    }
    free(labels);
    if (status) {
        return code;
    }
    if (!call->json || strcmp(call->json, "-") != 0) {
        print(call, &p);
    }
    if (call->json) {
        be_text text;
        be_text_init(&text, NULL);
        write_json(&p, &text);
        code = cli_write_json(call, &text);
        be_text_clear(&text);
    }
    be_lfsr_partition_clear(&p);
    return code;
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
    if (!code) {
        code = enumerate(call, &lfsr);
        be_lfsr_clear(&lfsr);
    }
    return code;
}

static const cli_option OPTIONS[] = {
    {"journal", 0, "FILE", "write down there what is done, and go on from it",
     .text = &given.journal},
    {"checkpoint", 0, "DURATION", "time between writes to the journal (default 10s)",
     .nanoseconds = &given.checkpoint_ns},
    {"labels", 0, "FILE",
     "write the number of each state's cycle there, 4 bytes each, the lowest "
     "first",
     .text = &given.labels},
    CLI_LFSR_OPTIONS,
    {0}};

static const cli_example EXAMPLES[] = {
    {"lfsr enumerate x^24+x^7+x^2+x+1", "16 million states"},
    {"lfsr enumerate --journal run.journal x^34+x^27+x^2+x+1", "may be killed and called again"},
    {"lfsr enumerate --labels cycles.u32 x^20+x^9+x^5+1", "which cycle each state is on"},
    {0}};

const cli_command command_lfsr_enumerate = {
    .name = "enumerate",
    .summary = "find cycles and tails by stepping every state",
    .usage = (const char *const[]){"[OPTION...] REGISTER", NULL},
    .examples = EXAMPLES,
    .description =
        "Every one of the q^n states is stepped and ticked off in a bitmap; nothing is derived "
        "from "
        "the polynomial. `lfsr cycles` and `lfsr analyze` give the same census by algebra, for any "
        "size and at once: this is for who wants to see it done, or needs the labels.\n\n"
        "A state's number is the sum of s_i q^i. The digest stands for all cycles, their lengths "
        "and "
        "where they lie; it is the same for any number of workers, and however often the run was "
        "broken off and gone on with.",
    .uses = CLI_USES_ENGINE | CLI_USES_JSON,
    .options = OPTIONS,
    .run = run};
