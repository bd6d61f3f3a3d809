/* harness.c: the modes of a driver; harness.h describes them. Everything is timed by the system's
 * monotonic clock, calls of less than 20 us in batches that last about as long. */
#include "harness.h"

#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

static const char sweep_header[] = "kind,n,calls,total_ns,median_ns,min_ns,max_ns,first_ns,cpu_ns,"
                                   "wall_ns,threads,parallel,errors";
static const double batch_ns = 20e3, gap_ns = 10e6, second_ns = 1e9;

enum { SAMPLES = 1 << 16, CHANGES = 16, LEAF_ITEMS = 50, MS_ITEMS = 100 /* of kind d */ };

/* A stretch of calls as it is printed. */
struct point {
    unsigned index;
    char kind; /* of items.h, or x */
    size_t n;
    size_t calls; /* to make; 0: as many as fit in the time */
    uint8_t *out, *expected;
    sweep_loop *loop; /* NULL: kind x */
};

struct tally {
    size_t calls;
    double total, first, cpu, wall;
    double sample[SAMPLES]; /* means of batches, the first so many */
    size_t n_samples;
};

static const char letters[] = {
#define LETTER(kind, ns) #kind[0],
    ITEM_KINDS(LETTER)};

static void (*const ranges[])(uint8_t *out, size_t n, size_t begin, size_t end) = {
#define RANGE(kind, ns) items_##kind,
    ITEM_KINDS(RANGE)};

static const enum item_kind changes[] = {ITEM_b, ITEM_c, ITEM_b, ITEM_e};
enum { N_CHANGES = sizeof changes / sizeof changes[0] };

__attribute__((noreturn, format(printf, 1, 2))) static void die(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("sweep: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

static double clock_now(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static double now(void)
{
    return clock_now(CLOCK_MONOTONIC);
}

static double cpu(void)
{
    return clock_now(CLOCK_PROCESS_CPUTIME_ID);
}

static void sleep_until(double ns)
{
    struct timespec t = {(time_t)(ns / 1e9), 0};
    t.tv_nsec = (long)(ns - (double)t.tv_sec * 1e9);
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL)) {
    }
}

static void *memory(size_t size)
{
    void *block = aligned_alloc(64, (size + 63) / 64 * 64);
    if (!block) {
        die("no memory for %zu bytes", size);
    }
    return block;
}

static unsigned threads(void)
{
    unsigned count = 0;
    char line[256];
    FILE *status = fopen("/proc/self/status", "r");
    while (status && fgets(line, sizeof line, status)) {
        sscanf(line, "Threads: %u", &count);
    }
    if (status) {
        fclose(status);
    }
    return count;
}

/* ---- a point ---- */

static enum item_kind kind_of(const struct point *p)
{
    for (int k = 0; k < ITEM_COUNT; k++) {
        if (letters[k] == p->kind) {
            return (enum item_kind)k;
        }
    }
    return changes[N_CHANGES - 1]; /* the last that kind x leaves behind */
}

static double nominal_ns(const struct point *p)
{
    if (p->loop) {
        return items_ns[kind_of(p)] * (double)p->n;
    }
    double ns = 0;
    for (int i = 0; i < N_CHANGES; i++) {
        ns += CHANGES * items_ns[changes[i]] * (double)p->n;
    }
    return ns;
}

static void allocate(struct point *p)
{
    p->out = memory(p->n + 1);
    p->expected = memory(p->n + 1);
    ranges[kind_of(p)](p->expected, p->n, 0, p->n);
}

static void release(struct point *p)
{
    free(p->out);
    free(p->expected);
}

static struct point parse_point(unsigned index, const char *text)
{
    struct point p = {.index = index};
    int length = 0;
    sscanf(text, "%c:%zu%n:%zu%n", &p.kind, &p.n, &length, &p.calls, &length);
    if (!length || text[length] || !p.kind ||
        (p.kind != 'x' && !memchr(letters, p.kind, ITEM_COUNT))) {
        die("a point is KIND:N or KIND:N:CALLS, not %s", text);
    }
    p.loop = p.kind == 'x' ? NULL : sweep_library.loop(kind_of(&p));
    allocate(&p);
    return p;
}

/* Nothing in `out` is right. */
static void spoil(struct point *p)
{
    for (size_t i = 0; i < p->n; i++) {
        p->out[i] = (uint8_t)~p->expected[i];
    }
}

static void check(const struct point *p)
{
    if (p->kind != 'z' && memcmp(p->out, p->expected, p->n) != 0) {
        die("%c:%zu: not the bytes of the plain loop", p->kind, p->n);
    }
}

static void call_changing(const struct point *p)
{
    for (int i = 0; i < N_CHANGES; i++) {
        sweep_loop *loop = sweep_library.loop(changes[i]);
        for (int c = 0; c < CHANGES; c++) {
            loop(p->index, p->out, p->n);
        }
    }
}

static double time_calls(const struct point *p, size_t calls)
{
    sweep_loop *loop = p->loop;
    double start = now();
    for (size_t i = 0; i < calls; i++) {
        if (loop) {
            loop(p->index, p->out, p->n);
        } else {
            call_changing(p);
        }
    }
    return now() - start;
}

static void add(struct tally *t, size_t calls, double ns)
{
    t->calls += calls;
    t->total += ns;
    if (t->n_samples < SAMPLES) {
        t->sample[t->n_samples++] = ns / (double)calls;
    }
}

static struct tally *start_tally(void)
{
    static struct tally tally;
    tally.calls = tally.n_samples = 0;
    tally.total = tally.first = 0;
    tally.wall = now();
    tally.cpu = cpu();
    return &tally;
}

static void end_tally(struct tally *t)
{
    t->cpu = cpu() - t->cpu;
    t->wall = now() - t->wall;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print(const char *kind, size_t n, unsigned index, struct tally *t, unsigned n_threads)
{
    qsort(t->sample, t->n_samples, sizeof(double), ascending);
    printf("%s,%zu,%zu,%.1f,%.2f,%.2f,%.2f,%.1f,%.0f,%.0f,%u,", kind, n, t->calls, t->total,
           t->sample[t->n_samples / 2], t->sample[0], t->sample[t->n_samples - 1], t->first, t->cpu,
           t->wall, n_threads);
    if (sweep_library.explain) {
        sweep_library.explain(index, stdout);
    } else {
        fputc(',', stdout);
    }
    fputc('\n', stdout);
}

static void print_point(const struct point *p, struct tally *t)
{
    print((char[]){p->kind, 0}, p->n, p->index, t, threads());
}

static double first_call(struct point *p)
{
    spoil(p);
    double ns = time_calls(p, 1);
    check(p);
    return ns;
}

/* ---- modes ---- */

static void hot(struct point *p, double amount)
{
    double budget = amount * 1e6;
    double first = first_call(p);
    size_t batch = 1;
    for (double spent = first; spent < budget / 8;) {
        double ns = time_calls(p, batch);
        spent += ns;
        batch *= ns < batch_ns ? 2 : 1;
    }
    struct tally *t = start_tally();
    t->first = first;
    do {
        add(t, batch, time_calls(p, batch));
    } while (t->total < budget);
    end_tally(t);
    print_point(p, t);
}

/* What a caller does between its loops: work, but on little memory. */
static void be_busy(double ns)
{
    static uint8_t bytes[100];
    for (double end = now() + ns; now() < end;) {
        items_c(bytes, sizeof bytes, 0, sizeof bytes);
    }
}

static void cold(struct point *p, double amount)
{
    enum { WARM_UP = 3 };
    double first = first_call(p);
    for (int i = 0; i < WARM_UP; i++) {
        be_busy(gap_ns);
        time_calls(p, 1);
    }
    struct tally *t = start_tally();
    t->first = first;
    for (double calls = 0; calls < amount; calls++) {
        be_busy(gap_ns);
        add(t, 1, time_calls(p, 1));
    }
    end_tally(t);
    print_point(p, t);
}

static void total(struct point *p, double amount)
{
    size_t batch = (size_t)(batch_ns / nominal_ns(p));
    batch = batch < 1 ? 1 : batch;
    spoil(p);
    struct tally *t = start_tally();
    do {
        size_t rest = p->calls - t->calls;
        size_t calls = batch < rest ? batch : rest;
        add(t, calls, time_calls(p, calls));
    } while (t->calls < p->calls && t->total < amount * 1e6);
    end_tally(t);
    check(p);
    print_point(p, t);
}

static void idle(struct point *p, double amount)
{
    enum { WARM_UP = 100 };
    static const double period_ns = 1e6;
    double first = first_call(p);
    struct tally *t = NULL;
    double due = now();
    for (int i = -WARM_UP; (double)i * period_ns < amount * 1e6; i++) {
        if (i == 0) {
            t = start_tally();
            t->first = first;
        }
        double ns = time_calls(p, 1);
        if (t) {
            add(t, 1, ns);
        }
        due = due + period_ns > now() ? due + period_ns : now();
        sleep_until(due);
    }
    end_tally(t);
    print_point(p, t);

    sleep_until(now() + second_ns / 50);
    t = start_tally();
    sleep_until(now() + second_ns);
    end_tally(t);
    add(t, 1, t->wall);
    print("rest", 0, p->index, t, threads());
}

struct leaves {
    unsigned point;
    size_t n; /* leaves that are left, the current level's the last of them */
    uint8_t *out;
};

static void leaf(void *ctx, size_t i)
{
    struct leaves *leaves = ctx;
    items_d(leaves->out, leaves->n * LEAF_ITEMS, i * LEAF_ITEMS, (i + 1) * LEAF_ITEMS);
}

/* Item 1 of each level is a leaf, item 0 all that is further in. */
static void level(void *ctx, size_t i)
{
    struct leaves *leaves = ctx;
    if (i == 1 || leaves->n == 1) {
        leaf(ctx, leaves->n - 1);
        return;
    }
    struct leaves inner = {leaves->point, leaves->n - 1, leaves->out};
    sweep_library.each(inner.point, inner.n > 1 ? 2 : 1, level, &inner);
}

static double time_leaves(bool flat, size_t n, uint8_t *out)
{
    struct leaves leaves = {flat ? 0 : 1, n, out};
    double start = now();
    if (flat) {
        sweep_library.each(leaves.point, n, leaf, &leaves);
    } else {
        sweep_library.each(leaves.point, n > 1 ? 2 : 1, level, &leaves);
    }
    return now() - start;
}

static void nested(struct point *p, double amount)
{
    static struct tally tallies[2];
    struct point items = {.kind = 'd', .n = p->n * LEAF_ITEMS};
    allocate(&items);
    for (int turn = 0; turn < 2 || tallies[1].total < amount * 1e6; turn++) {
        spoil(&items);
        double ns = time_leaves(turn % 2 == 0, p->n, items.out);
        check(&items);
        struct tally *t = &tallies[turn % 2];
        if (turn < 2) {
            t->first = ns;
        } else {
            add(t, 1, ns);
        }
    }
    release(&items);
    print("flat", p->n, 0, &tallies[0], threads());
    print("nested", p->n, 1, &tallies[1], threads());
}

struct caller {
    pthread_t thread;
    sweep_loop *loop;
    uint8_t *out;
    double end;
    pthread_barrier_t *start, *counted;
    pthread_barrier_t *done;
};

static void *caller_main(void *argument)
{
    struct caller *caller = argument;
    pthread_barrier_wait(caller->start);
    caller->loop(1, caller->out, MS_ITEMS);
    caller->end = now();
    pthread_barrier_wait(caller->done);
    pthread_barrier_wait(caller->counted);
    return NULL;
}

static double call_at_once(struct caller *callers, size_t n, unsigned *n_threads)
{
    pthread_barrier_t start, done, counted;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 1 << 18);
    pthread_barrier_init(&start, NULL, (unsigned)n + 1);
    pthread_barrier_init(&done, NULL, (unsigned)n + 1);
    pthread_barrier_init(&counted, NULL, (unsigned)n + 1);
    for (size_t i = 0; i < n; i++) {
        struct caller *c = &callers[i];
        c->start = &start;
        c->done = &done;
        c->counted = &counted;
        if (pthread_create(&c->thread, &attributes, caller_main, c)) {
            die("no thread for caller %zu of %zu", i, n);
        }
    }
    sleep_until(now() + second_ns / 10); /* until all of them wait */
    double begin = now(), end = begin;
    pthread_barrier_wait(&start);
    pthread_barrier_wait(&done);
    *n_threads = threads();
    pthread_barrier_wait(&counted);
    for (size_t i = 0; i < n; i++) {
        pthread_join(callers[i].thread, NULL);
        end = callers[i].end > end ? callers[i].end : end;
    }
    pthread_barrier_destroy(&start);
    pthread_barrier_destroy(&done);
    pthread_barrier_destroy(&counted);
    pthread_attr_destroy(&attributes);
    return end - begin;
}

static void flat_caller(void *ctx, size_t i)
{
    struct caller *callers = ctx;
    items_d(callers[i].out, MS_ITEMS, 0, MS_ITEMS);
}

static void check_callers(const struct caller *callers, size_t n)
{
    uint8_t expected[MS_ITEMS];
    items_d(expected, MS_ITEMS, 0, MS_ITEMS);
    for (size_t i = 0; i < n; i++) {
        if (memcmp(callers[i].out, expected, MS_ITEMS) != 0) {
            die("caller %zu: not the bytes of the plain loop", i);
        }
        memset(callers[i].out, 0, MS_ITEMS);
    }
}

static void callers(struct point *p, double amount)
{
    static struct tally tallies[2];
    struct caller *all = memory(p->n * sizeof *all);
    uint8_t *out = memory(p->n * MS_ITEMS);
    unsigned n_threads = 0;
    memset(out, 0, p->n * MS_ITEMS);
    for (size_t i = 0; i < p->n; i++) {
        all[i] = (struct caller){.out = out + i * MS_ITEMS, .loop = sweep_library.loop(ITEM_d)};
    }
    for (double round = 0; round < amount; round++) {
        double start = now();
        sweep_library.each(0, p->n, flat_caller, all);
        add(&tallies[0], 1, now() - start);
        check_callers(all, p->n);
        add(&tallies[1], 1, call_at_once(all, p->n, &n_threads));
        check_callers(all, p->n);
    }
    print("flat", p->n, 0, &tallies[0], threads());
    print("callers", p->n, 1, &tallies[1], n_threads);
}

/* ---- the command line ---- */

static const struct mode {
    const char *name;
    void (*run)(struct point *p, double amount);
    bool sticks;
} modes[] = {
    {"hot", hot, false},         {"cold", cold, false}, {"total", total, false},
    {"stuck", total, true},      {"idle", idle, false}, {"nested", nested, false},
    {"callers", callers, false},
};

static int list_items(void)
{
    puts("kind,ns");
    for (int k = 0; k < ITEM_COUNT; k++) {
        printf("%c,%g\n", letters[k], items_ns[k]);
    }
    return 0;
}

/* Keep a CPU busy until whoever started this ends. */
static int hog(void)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;) {
        be_busy(gap_ns);
    }
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "items") == 0) {
        return list_items();
    }
    if (argc == 2 && strcmp(argv[1], "hog") == 0) {
        return hog();
    }
    const struct mode *mode = NULL;
    for (size_t m = 0; argc > 2 && m < sizeof modes / sizeof modes[0]; m++) {
        mode = strcmp(argv[2], modes[m].name) == 0 ? &modes[m] : mode;
    }
    double amount = mode && argc > 3 ? strtod(argv[3], NULL) : 0;
    if (!(amount > 0) || argc < 5 || argc - 4 > SWEEP_POINTS) {
        fprintf(stderr, "usage: %s VARIANT MODE AMOUNT KIND:N[:CALLS]..., or items, or hog\n",
                argv[0]);
        return 2;
    }
    if (mode->sticks) {
        sweep_stick_threads();
    }
    if (!sweep_library.start(argv[1])) {
        die("%s: no variant %s", argv[0], argv[1]);
    }
    puts(sweep_header);
    for (int i = 4; i < argc; i++) {
        struct point p = parse_point((unsigned)(i - 4), argv[i]);
        mode->run(&p, amount);
        fflush(stdout);
        release(&p);
    }
    /* Not through exit: a library may wait there for a thread that will never start. */
    _exit(ferror(stdout) ? 1 : 0);
}
