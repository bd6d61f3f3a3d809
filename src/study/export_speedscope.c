/* export_speedscope.c: speedscope's own JSON, an evented profile for each thread.
 * Format: https://www.speedscope.app/file-format-schema.json
 */
#include "study/export.h"

static void event(be_json_writer *json, const char *type, size_t frame, uint64_t at_ns)
{
    be_json_object(json);
    be_json_key(json, "type");
    be_json_string(json, type);
    be_json_key(json, "frame");
    be_json_u64(json, frame);
    be_json_key(json, "at");
    be_json_u64(json, at_ns);
    be_json_object_end(json);
}

static void draw(void *user, bool opens, const be_trace_slice *slice, const char *name,
                 uint64_t begin_ns, uint64_t end_ns)
{
    (void)name;
    event(user, opens ? "O" : "C", slice->what, opens ? begin_ns : end_ns);
}

static void profile(const struct be__trace *trace, size_t track, uint64_t end_ns,
                    be_json_writer *json)
{
    be_json_object(json);
    be_json_key(json, "type");
    be_json_string(json, "evented");
    be_json_key(json, "name");
    be_json_string(json, trace->tracks[track]);
    be_json_key(json, "unit");
    be_json_string(json, "nanoseconds");
    be_json_key(json, "startValue");
    be_json_u64(json, 0);
    be_json_key(json, "endValue");
    be_json_u64(json, end_ns);
    be_json_key(json, "events");
    be_json_array(json);
    if (!be__draw_spans(trace, track, draw, json)) {
        json->text->status = json->text->status ? json->text->status : BE_ENOMEM;
    }
    be_json_array_end(json);
    be_json_object_end(json);
}

void be__export_speedscope(const struct be__trace *trace, be_text *out)
{
    const be_trace_slice *slices;
    size_t n = be_trace_report_spans(trace->report, &slices);
    uint64_t end_ns = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t end = slices[i].end_ns;
        end_ns = end > end_ns ? end : end_ns;
    }
    be_json_writer json;
    be_json_init(&json, out, true);
    be_json_object(&json);
    be_json_key(&json, "$schema");
    be_json_string(&json, "https://www.speedscope.app/file-format-schema.json");
    be_json_key(&json, "name");
    be_json_string(&json, trace->title);
    be_json_key(&json, "exporter");
    be_json_string(&json, "breakeven");
    be_json_key(&json, "shared");
    be_json_object(&json);
    be_json_key(&json, "frames");
    be_json_array(&json);
    for (size_t i = 0; i < trace->n_rows; i++) {
        be_json_object(&json);
        be_json_key(&json, "name");
        be_json_string(&json, trace->rows[i].name);
        be_json_object_end(&json);
    }
    be_json_array_end(&json);
    be_json_object_end(&json);
    be_json_key(&json, "profiles");
    be_json_array(&json);
    for (size_t track = 0; track < trace->n_tracks; track++) {
        profile(trace, track, end_ns, &json);
    }
    be_json_array_end(&json);
    be_json_object_end(&json);
    be_text_puts(out, "\n");
}
