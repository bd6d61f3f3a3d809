/* doctor.c: `breakeven doctor` tells what this machine offers and what was decided from it. What is
 * not there is said to be not available; no zero stands for it. */
#include "cli.h"

#include <breakeven/cpu.h>

#include <dlfcn.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

/* All that is told, gathered first, so that the text and the JSON cannot differ. */
typedef struct facts {
    char cpu[BE_CPU_NAME_SIZE];
    be_isa isa_best, isa_used;
    long cpus_online; /* -1: unknown */
    be_engine_info engine;
    be_clock_info clock;
    char clock_source[32]; /* of the kernel; "" when it does not say */
    be_witness witness;
    bool counters;
    be_error why_no_counters;
    struct utsname system;
    char c_library[64];
    char xxhash[32], jansson[32]; /* "" when built in */
    char cache[PATH_MAX];         /* "" when neither XDG_CACHE_HOME nor HOME says where */
    bool cache_exists;
} facts;

/* The first line of a small file, or "". */
static void read_line(const char *path, char *line, int size)
{
    FILE *file = fopen(path, "r");
    if (!file || !fgets(line, size, file)) {
        line[0] = '\0';
    }
    line[strcspn(line, "\n")] = '\0';
    if (file) {
        fclose(file);
    }
}

/* Versions of the libraries that are loaded, which may be newer than the headers were. */
static void find_libraries(facts *f)
{
    unsigned (*xxhash)(void);
    const char *(*jansson)(void);
    *(void **)&xxhash = dlsym(RTLD_DEFAULT, "XXH_versionNumber");
    *(void **)&jansson = dlsym(RTLD_DEFAULT, "jansson_version_str");
    if (xxhash) {
        unsigned v = xxhash();
        snprintf(f->xxhash, sizeof f->xxhash, "%u.%u.%u", v / 10000, v / 100 % 100, v % 100);
    }
    if (jansson) {
        snprintf(f->jansson, sizeof f->jansson, "%s", jansson());
    }
    if (!confstr(_CS_GNU_LIBC_VERSION, f->c_library, sizeof f->c_library)) {
        f->c_library[0] = '\0';
    }
}

static void find_cache(facts *f)
{
    if (!cli_cache_folder(f->cache, sizeof f->cache)) {
        f->cache[0] = '\0';
    }
    f->cache_exists = f->cache[0] && access(f->cache, X_OK) == 0;
}

static void gather(facts *f, cli_call *call)
{
    be_cpu_name(f->cpu);
    f->isa_best = be_cpu_best();
    f->isa_used = be_cpu_isa();
    f->cpus_online = sysconf(_SC_NPROCESSORS_ONLN);
    be_engine_describe(cli_engine(call), &f->engine);
    be_clock_describe(&f->clock);
    read_line("/sys/devices/system/clocksource/clocksource0/current_clocksource", f->clock_source,
              sizeof f->clock_source);
    f->witness = be_tracer_witness();
    f->counters = be_counters_check(&f->why_no_counters) == BE_OK;
    uname(&f->system);
    find_libraries(f);
    find_cache(f);
}

/* ---- as text -------------------------------------------------------------------------------- */

static void section(const cli_call *call, const char *title)
{
    printf("\n%s%s%s\n", cli_paint(call, CLI_YELLOW), title, cli_paint(call, CLI_PLAIN));
}

static void BE_PRINTF(2, 3) fact(const char *label, const char *format, ...)
{
    char text[PATH_MAX + 100];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    printf("  %-14s%s\n", label, text);
}

static const char *plural(double n)
{
    return n == 1 ? "" : "s";
}

static void print_processor(const facts *f)
{
    fact("name", "%s", *f->cpu ? f->cpu : "not told by the CPU");
    if (f->isa_used < f->isa_best) {
        fact("instructions", "%s, limited by BREAKEVEN_ISA; the CPU has %s",
             be_isa_name(f->isa_used), be_isa_name(f->isa_best));
    } else {
        fact("instructions", "%s", be_isa_name(f->isa_used));
    }
    if (f->counters) {
        fact("counters", "available");
    } else {
        fact("counters", "not available: %s", f->why_no_counters.expected);
    }
}

static void print_workers(const facts *f, const cli_call *call)
{
    const be_engine_info *e = &f->engine;
    switch (e->limit) {
    case BE_LIMIT_AFFINITY:
        fact("workers", "%u, one for each CPU this process may run on", e->workers);
        break;
    case BE_LIMIT_QUOTA:
        fact("workers", "%u, from the CPU quota of the cgroup", e->workers);
        break;
    case BE_LIMIT_CONFIG:
        fact("workers", "%u, asked for by %s%s", e->workers, call->workers_by,
             e->affinity && e->workers > e->affinity ? "; more than there are CPUs" : "");
        break;
    }
    if (f->cpus_online > 0) {
        fact("affinity", "%u of %ld CPU%s", e->affinity, f->cpus_online,
             plural((double)f->cpus_online));
    } else {
        fact("affinity", "%u CPU%s", e->affinity, plural(e->affinity));
    }
    if (e->quota > 0) {
        fact("quota", "%.4g CPU%s", e->quota, plural(e->quota));
    } else {
        fact("quota", "none");
    }
}

static void print_clocks(const facts *f)
{
    if (f->clock.counter) {
        fact("ticks", "the CPU's own counter, steady, at %.4g MHz", 1e3 / f->clock.ns_per_tick);
    } else {
        fact("ticks", "CLOCK_MONOTONIC; the CPU's counter is not steady or not readable");
    }
    fact("kernel uses", "%s", *f->clock_source ? f->clock_source : "unknown");
    fact("one reading", "%.1f ns, so a span costs about %.0f ns", f->clock.read_ns,
         2 * f->clock.read_ns);
    fact("preemption", "%s",
         f->witness == BE_WITNESS_RSEQ ? "seen, by rseq"
                                       : "not seen: this C library or kernel registers no rseq");
}

static void print_text(const facts *f, const cli_call *call)
{
    printf("%sbreakeven %s%s\n", cli_paint(call, CLI_BOLD), be_version(),
           cli_paint(call, CLI_PLAIN));
    section(call, "Processor");
    print_processor(f);
    section(call, "Workers");
    print_workers(f, call);
    section(call, "Clocks");
    print_clocks(f);
    section(call, "Libraries");
    fact("C library", "%s", *f->c_library ? f->c_library : "unknown");
    fact("xxHash", "%s", *f->xxhash ? f->xxhash : "built in");
    fact("Jansson", "%s", *f->jansson ? f->jansson : "built in");
    section(call, "System");
    fact("kernel", "%s %s %s", f->system.sysname, f->system.release, f->system.machine);
    fact("cache", "%s%s", *f->cache ? f->cache : "none: neither XDG_CACHE_HOME nor HOME is set",
         *f->cache && !f->cache_exists ? " (made when first needed)" : "");
    if (call->terminal) {
        fact("stdout", "a terminal of %u columns, colours %s", call->width,
             call->color ? "on" : "off");
    } else {
        fact("stdout", "no terminal, colours %s", call->color ? "on" : "off");
    }
}

/* ---- as JSON -------------------------------------------------------------------------------- */

static void string_or_null(be_json_writer *json, const char *key, const char *text)
{
    be_json_key(json, key);
    if (*text) {
        be_json_string(json, text);
    } else {
        be_json_null(json);
    }
}

static void write_json(const facts *f, const cli_call *call, be_text *text)
{
    static const char *const LIMITS[] = {[BE_LIMIT_AFFINITY] = "affinity",
                                         [BE_LIMIT_QUOTA] = "quota",
                                         [BE_LIMIT_CONFIG] = "override"};
    be_json_writer json;
    be_json_init(&json, text, false);
    be_json_object(&json);
    string_or_null(&json, "schema", "breakeven.doctor/1");
    string_or_null(&json, "version", be_version());

    be_json_key(&json, "cpu");
    be_json_object(&json);
    string_or_null(&json, "name", f->cpu);
    string_or_null(&json, "isa", be_isa_name(f->isa_used));
    string_or_null(&json, "isa_best", be_isa_name(f->isa_best));
    be_json_key(&json, "counters");
    be_json_bool(&json, f->counters);
    string_or_null(&json, "counters_reason", f->counters ? "" : f->why_no_counters.expected);
    be_json_object_end(&json);

    be_json_key(&json, "workers");
    be_json_object(&json);
    be_json_key(&json, "count");
    be_json_u64(&json, f->engine.workers);
    string_or_null(&json, "decided_by", LIMITS[f->engine.limit]);
    string_or_null(&json, "override", call->workers_by ? call->workers_by : "");
    be_json_key(&json, "affinity_cpus");
    be_json_u64(&json, f->engine.affinity);
    be_json_key(&json, "quota_cpus");
    if (f->engine.quota > 0) {
        be_json_double(&json, f->engine.quota);
    } else {
        be_json_null(&json);
    }
    be_json_object_end(&json);

    be_json_key(&json, "clock");
    be_json_object(&json);
    string_or_null(&json, "ticks", f->clock.counter ? "cpu" : "monotonic");
    be_json_key(&json, "ns_per_tick");
    be_json_double(&json, f->clock.ns_per_tick);
    be_json_key(&json, "read_ns");
    be_json_double(&json, f->clock.read_ns);
    string_or_null(&json, "kernel_source", f->clock_source);
    string_or_null(&json, "preemption_witness", f->witness == BE_WITNESS_RSEQ ? "rseq" : "");
    be_json_object_end(&json);

    be_json_key(&json, "libraries");
    be_json_object(&json);
    string_or_null(&json, "c", f->c_library);
    string_or_null(&json, "xxhash", f->xxhash);
    string_or_null(&json, "jansson", f->jansson);
    be_json_object_end(&json);

    be_json_key(&json, "system");
    be_json_object(&json);
    string_or_null(&json, "kernel", f->system.sysname);
    string_or_null(&json, "release", f->system.release);
    string_or_null(&json, "machine", f->system.machine);
    string_or_null(&json, "cache", f->cache);
    be_json_object_end(&json);

    be_json_key(&json, "stdout");
    be_json_object(&json);
    be_json_key(&json, "terminal");
    be_json_bool(&json, call->terminal);
    be_json_key(&json, "color");
    be_json_bool(&json, call->color);
    be_json_object_end(&json);
    be_json_object_end(&json);
    be_text_puts(text, "\n");
}

/* ---- the command ---------------------------------------------------------------------------- */

static int run(cli_call *call, int argc, char **argv)
{
    if (argc > 0) {
        return cli_usage(call, "expected no operand, got \"%.100s\"", argv[0]);
    }
    static facts f;
    gather(&f, call);
    if (!call->json || strcmp(call->json, "-") != 0) {
        print_text(&f, call);
    }
    if (!call->json) {
        return CLI_DONE;
    }
    be_text text;
    be_text_init(&text, NULL);
    write_json(&f, call, &text);
    int code = cli_write_json(call, &text);
    be_text_clear(&text);
    return code;
}

static const cli_example EXAMPLES[] = {
    {"doctor", "what this machine offers, and what decided the worker count"},
    {"doctor --json=machine.json", "the same for a program, to go with measured figures"},
    {"doctor -j 4", "what an override of the worker count leads to"},
    {0}};

const cli_command command_doctor = {
    .name = "doctor",
    .summary = "tell what this machine offers, and what decided the worker count",
    .usage = (const char *const[]){"[OPTION...]", NULL},
    .examples = EXAMPLES,
    .description =
        "The worker count is the number of threads that may work on one loop, the caller counted: "
        "the CPUs of the affinity mask, or the cgroup's quota rounded down, whichever is less; "
        "-j and BREAKEVEN_WORKERS override both.\n\n"
        "The clock is calibrated and its price measured at each call. A hardware counter counts as "
        "available when it counted something.",
    .uses = CLI_USES_ENGINE | CLI_USES_JSON,
    .run = run};
