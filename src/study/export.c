/* export.c: a trace for other people's viewers: which formats there are, and how slices are drawn.
 */
#include "study/export.h"

#include "base/base.h"
#include "io/io.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    const char *endings[3];
    be__exporter *exporter; /* NULL: text, or a document of its own */
} FORMATS[BE_TRACE_FORMAT_COUNT] = {
    [BE_TRACE_TEXT] = {"text", {NULL}, NULL},
    [BE_TRACE_RUN] = {"report", {".json", NULL}, NULL},
    [BE_TRACE_PERFETTO] = {"perfetto", {".perfetto-trace", ".pftrace", NULL}, be__export_perfetto},
    [BE_TRACE_CHROME] = {"chrome", {".trace.json", ".chrome.json", NULL}, be__export_chrome},
    [BE_TRACE_SPEEDSCOPE] = {"speedscope", {".speedscope.json", NULL}, be__export_speedscope},
    [BE_TRACE_FOLDED] = {"folded", {".folded", ".collapsed", NULL}, be__export_folded},
    [BE_TRACE_PPROF] = {"pprof", {".pb.gz", ".pprof", NULL}, be__export_pprof},
};

const char *be_trace_format_name(be_trace_format format)
{
    return (size_t)format < BE_TRACE_FORMAT_COUNT ? FORMATS[format].name : "unknown format";
}

static bool ends_in(const char *path, const char *ending)
{
    size_t length = strlen(path), size = strlen(ending);
    return length >= size && strcmp(path + length - size, ending) == 0;
}

be_trace_format be_trace_format_of(const char *path)
{
    be_trace_format best = BE_TRACE_TEXT;
    size_t longest = 0;
    for (size_t f = 0; f < BE_TRACE_FORMAT_COUNT; f++) {
        for (const char *const *ending = FORMATS[f].endings; *ending; ending++) {
            if (ends_in(path, *ending) && strlen(*ending) > longest) {
                longest = strlen(*ending);
                best = (be_trace_format)f;
            }
        }
    }
    return best;
}

static void add_line(void *user, const char *line)
{
    be_text_puts(user, line);
    be_text_puts(user, "\n");
}

static void fail(be_text *out, be_status status)
{
    out->status = out->status ? out->status : status;
}

void be_trace_export(const be_trace_report *report, be_trace_format format, const char *title,
                     be_text *out)
{
    if (format == BE_TRACE_TEXT) {
        be_trace_render(report, add_line, out);
        return;
    }
    if ((size_t)format >= BE_TRACE_FORMAT_COUNT || !FORMATS[format].exporter) {
        fail(out, BE_EINVAL);
        return;
    }
    struct be__trace trace = {.report = report, .title = title};
    trace.n_rows = be_trace_report_rows(report, &trace.rows);
    trace.n_tracks = be_trace_report_tracks(report, &trace.tracks);
    trace.parents = be__allocate(NULL, trace.n_rows, sizeof *trace.parents);
    if (!trace.parents) {
        fail(out, BE_ENOMEM);
        return;
    }
    for (size_t i = 0; i < trace.n_rows; i++) {
        size_t parent = i ? i - 1 : SIZE_MAX;
        while (parent != SIZE_MAX && trace.rows[parent].depth >= trace.rows[i].depth) {
            parent = trace.parents[parent];
        }
        trace.parents[i] = parent;
    }
    FORMATS[format].exporter(&trace, out);
    be__release(NULL, trace.parents, trace.n_rows, sizeof *trace.parents);
}

/* ---- drawing -------------------------------------------------------------------------------- */

/* A slice that is open: what it is, to when it really goes, and where it is drawn. */
struct open {
    const be_trace_slice *slice;
    uint64_t begin_ns, end_ns;
};

static bool lies_under(const struct be__trace *trace, size_t row, size_t above)
{
    while (row != SIZE_MAX && row > above) {
        row = trace->parents[row];
    }
    return row == above;
}

bool be__draw_spans(const struct be__trace *trace, size_t track, be__draw *draw, void *user)
{
    const be_trace_slice *slices;
    size_t n = be_trace_report_spans(trace->report, &slices), deepest = 0, depth = 0;
    for (size_t i = 0; i < trace->n_rows; i++) {
        deepest = trace->rows[i].depth > deepest ? trace->rows[i].depth : deepest;
    }
    struct open *stack = be__allocate(NULL, deepest + 1, sizeof *stack);
    if (!stack) {
        return false;
    }
    uint64_t cursor = 0;
    for (size_t i = 0; i <= n; i++) {
        const be_trace_slice *slice = i < n ? &slices[i] : NULL;
        if (slice && slice->track != track) {
            continue;
        }
        while (depth > 0 && (!slice || slice->begin_ns >= stack[depth - 1].slice->end_ns ||
                             slice->what == stack[depth - 1].slice->what ||
                             !lies_under(trace, slice->what, stack[depth - 1].slice->what))) {
            const struct open *top = &stack[--depth];
            draw(user, false, top->slice, trace->rows[top->slice->what].name, top->begin_ns,
                 top->end_ns);
            cursor = top->end_ns;
        }
        if (!slice) {
            break;
        }
        uint64_t begin = slice->begin_ns > cursor ? slice->begin_ns : cursor;
        uint64_t end = begin + slice->busy_ns;
        if (depth > 0 && end > stack[depth - 1].end_ns) {
            end = stack[depth - 1].end_ns;
            uint64_t earlier = end > slice->busy_ns ? end - slice->busy_ns : 0;
            begin = earlier > cursor ? earlier : cursor;
        }
        cursor = begin;
        stack[depth++] = (struct open){slice, begin, end};
        draw(user, true, slice, trace->rows[slice->what].name, begin, end);
    }
    be__release(NULL, stack, deepest + 1, sizeof *stack);
    return true;
}

void be__draw_states(const struct be__trace *trace, size_t track, be__draw *draw, void *user)
{
    const be_trace_slice *slices;
    size_t n = be_trace_report_states(trace->report, &slices);
    uint64_t cursor = 0;
    for (size_t i = 0; i < n; i++) {
        const be_trace_slice *slice = &slices[i];
        if (slice->track != track) {
            continue;
        }
        uint64_t begin = slice->begin_ns > cursor ? slice->begin_ns : cursor;
        cursor = begin + slice->busy_ns;
        const char *name = be_state_name((be_state)slice->what);
        draw(user, true, slice, name, begin, cursor);
        draw(user, false, slice, name, begin, cursor);
    }
}

/* ---- protocol buffers: https://protobuf.dev/programming-guides/encoding ---------------------- */

void be__pb_varint(be_text *out, uint64_t value)
{
    char bytes[10];
    size_t n = 0;
    for (; value >= 0x80; value >>= 7) {
        bytes[n++] = (char)(value | 0x80);
    }
    bytes[n++] = (char)value;
    be_text_add(out, bytes, n);
}

void be__pb_number(be_text *out, unsigned field, uint64_t value)
{
    be__pb_varint(out, (uint64_t)field << 3);
    be__pb_varint(out, value);
}

void be__pb_bytes(be_text *out, unsigned field, const void *bytes, size_t size)
{
    be__pb_varint(out, (uint64_t)field << 3 | 2);
    be__pb_varint(out, size);
    be_text_add(out, bytes, size);
}

/* Readers refuse text that is not UTF-8: each byte of what is not becomes U+FFFD. */
void be__pb_string(be_text *out, unsigned field, const char *string)
{
    static const char instead[] = "\xef\xbf\xbd";
    const unsigned char *bytes = (const unsigned char *)string;
    size_t left = strlen(string), size = 0;
    for (size_t i = 0, n; i < left; i += n ? n : 1) {
        n = be__utf8_length(bytes + i, left - i);
        size += n ? n : sizeof instead - 1;
    }
    be__pb_varint(out, (uint64_t)field << 3 | 2);
    be__pb_varint(out, size);
    for (size_t i = 0, n; i < left; i += n ? n : 1) {
        n = be__utf8_length(bytes + i, left - i);
        be_text_add(out, n ? string + i : instead, n ? n : sizeof instead - 1);
    }
}

void be__pb_message(be_text *out, unsigned field, be_text *inner)
{
    if (inner->status) {
        fail(out, inner->status);
    }
    be__pb_bytes(out, field, inner->bytes, inner->size);
    inner->size = 0;
}
