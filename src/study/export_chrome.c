/* export_chrome.c: the JSON of Chrome's chrome://tracing, which Perfetto's page opens too: complete
 * events ("ph": "X") in microseconds, a thread for the spans and one for the states of each track.
 * Format: "Trace Event Format", N. Duca and D. Sinclair, 2016.
 */
#include "study/export.h"

#include <math.h>

enum { PROCESS = 1 };

struct chrome {
    be_json_writer *json;
    uint64_t thread;
    const char *category;
};

static void microseconds(be_json_writer *json, const char *key, uint64_t ns)
{
    be_json_key(json, key);
    be_json_double(json, (double)ns / 1000);
}

static void draw(void *user, bool opens, const be_trace_slice *slice, const char *name,
                 uint64_t begin_ns, uint64_t end_ns)
{
    struct chrome *chrome = user;
    be_json_writer *json = chrome->json;
    if (!opens) {
        return;
    }
    be_json_object(json);
    be_json_key(json, "name");
    be_json_string(json, name);
    be_json_key(json, "cat");
    be_json_string(json, chrome->category);
    be_json_key(json, "ph");
    be_json_string(json, "X");
    microseconds(json, "ts", begin_ns);
    microseconds(json, "dur", end_ns - begin_ns);
    be_json_key(json, "pid");
    be_json_u64(json, PROCESS);
    be_json_key(json, "tid");
    be_json_u64(json, chrome->thread);
    if (slice->count > 1) {
        be_json_key(json, "args");
        be_json_object(json);
        be_json_key(json, "merged spans");
        be_json_u64(json, slice->count);
        be_json_object_end(json);
    }
    be_json_object_end(json);
}

static void name(be_json_writer *json, const char *what, uint64_t thread, const char *of,
                 const char *more)
{
    be_text joined;
    be_text_init(&joined, json->text->allocator);
    be_text_puts(&joined, of);
    be_text_puts(&joined, more);
    be_json_object(json);
    be_json_key(json, "name");
    be_json_string(json, what);
    be_json_key(json, "ph");
    be_json_string(json, "M");
    be_json_key(json, "pid");
    be_json_u64(json, PROCESS);
    be_json_key(json, "tid");
    be_json_u64(json, thread);
    be_json_key(json, "args");
    be_json_object(json);
    be_json_key(json, "name");
    be_json_string(json, be_text_status(&joined) ? of : joined.bytes);
    be_json_object_end(json);
    be_json_object_end(json);
    be_text_clear(&joined);
}

void be__export_chrome(const struct be__trace *trace, be_text *out)
{
    be_json_writer json;
    be_json_init(&json, out, true);
    be_json_object(&json);
    be_json_key(&json, "displayTimeUnit");
    be_json_string(&json, "ns");
    be_json_key(&json, "traceEvents");
    be_json_array(&json);
    name(&json, "process_name", 0, trace->title, "");
    for (size_t track = 0; track < trace->n_tracks; track++) {
        struct chrome chrome = {&json, 2 * track + 1, "span"};
        name(&json, "thread_name", chrome.thread, trace->tracks[track], "");
        if (!be__draw_spans(trace, track, draw, &chrome)) {
            out->status = out->status ? out->status : BE_ENOMEM;
        }
        chrome = (struct chrome){&json, 2 * track + 2, "state"};
        name(&json, "thread_name", chrome.thread, trace->tracks[track], ": states");
        be__draw_states(trace, track, draw, &chrome);
    }
    be_json_array_end(&json);
    be_json_object_end(&json);
    be_text_puts(out, "\n");
}
