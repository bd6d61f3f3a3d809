/* planted.c: a program with known faults, traced, and written in every format:
 *
 *     planted FOLDER
 *
 * "run" has a stretch of 30 ms that no span covers, between "read" and "write"; two threads wait
 * for a pool of one in "inner pool"; a phase has a hostile name; more than 100,000 phases and
 * many short spans ask for room.
 */
#include <breakeven/study.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { MS = 1000000, SIDE = 47, SPANS = 300000 };

static be_tracer *tracer;
static pthread_mutex_t pool = PTHREAD_MUTEX_INITIALIZER;

static void sleep_ms(long ms)
{
    nanosleep(&(struct timespec){0, ms * MS}, NULL);
}

static void *outer_loop(void *argument)
{
    static const be_phase outer = {"outer loop", false}, inner = {"inner pool", false};
    be_span_begin(tracer, &outer);
    for (int i = 0; i < 10; i++) {
        be_span_begin(tracer, &inner);
        pthread_mutex_lock(&pool); /* a pool with one place */
        sleep_ms(2);
        pthread_mutex_unlock(&pool);
        be_span_end(tracer);
    }
    be_span_end(tracer);
    return argument;
}

static void run_with_a_gap(void)
{
    static const be_phase run = {"run", false}, reads = {"read", false}, writes = {"write", false};
    be_span_begin(tracer, &run);
    be_span_begin(tracer, &reads);
    sleep_ms(4);
    be_span_end(tracer);
    sleep_ms(30);
    be_span_begin(tracer, &writes);
    sleep_ms(4);
    be_span_end(tracer);
    be_span_end(tracer);
}

static void many(void)
{
    static const be_phase all = {"many", false}, hostile = {"</script><b>x;\n\"\xff", false};
    static be_phase phases[SIDE];
    static char names[SIDE][16];
    for (int i = 0; i < SIDE; i++) {
        snprintf(names[i], sizeof names[i], "phase %d", i);
        phases[i].name = names[i];
    }
    be_span_begin(tracer, &all);
    for (int i = 0; i < SIDE * SIDE * SIDE; i++) {
        be_span_begin(tracer, &phases[i % SIDE]);
        be_span_begin(tracer, &phases[i / SIDE % SIDE]);
        be_span_begin(tracer, &phases[i / SIDE / SIDE]);
        be_span_end(tracer);
        be_span_end(tracer);
        be_span_end(tracer);
    }
    for (int i = 0; i < SPANS; i++) {
        be_span_begin(tracer, &hostile);
        be_span_end(tracer);
    }
    be_span_end(tracer);
}

static int write_file(const char *folder, const char *name, const be_text *text)
{
    char path[4096];
    be_error error;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (be_text_status(text) || be_file_replace(path, text->bytes, text->size, &error)) {
        fprintf(stderr, "cannot write %s\n", path);
        return 1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    be_tracer_config config = {.size = sizeof config, .slices = 1 << 16};
    if (argc != 2 || be_tracer_create(&config, &tracer)) {
        return 2;
    }
    be_tracer_enable(tracer, true);
    if (be_tracer_sample(tracer, MS)) {
        return 1;
    }
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) {
        if (pthread_create(&threads[i], NULL, outer_loop, NULL)) {
            return 1;
        }
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    run_with_a_gap();
    be_trace_report *small, *large;
    if (be_tracer_report(tracer, &small)) {
        return 1;
    }
    many();
    if (be_tracer_sample(tracer, 0) || be_tracer_report(tracer, &large)) {
        return 1;
    }
    int failed = 0;
    be_text text;
    for (int large_too = 0; large_too < 2; large_too++) {
        be_trace_report *report = large_too ? large : small;
        for (be_trace_format f = BE_TRACE_TEXT; f < BE_TRACE_FORMAT_COUNT; f++) {
            char name[64];
            snprintf(name, sizeof name, "%s.%s", large_too ? "large" : "small",
                     be_trace_format_name(f));
            be_text_init(&text, NULL);
            if (f == BE_TRACE_RUN) {
                be_run run = {.size = sizeof run, .title = "planted", .profile = report};
                be_run_json(&run, &text);
            } else {
                be_trace_export(report, f, "</script>planted", &text);
            }
            failed |= write_file(argv[1], name, &text);
            be_text_clear(&text);
        }
    }
    be_trace_report_destroy(small);
    be_trace_report_destroy(large);
    be_tracer_destroy(tracer);
    return failed;
}
