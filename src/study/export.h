/* study/export.h: what the files that write a trace for other people's viewers share.
 *
 * Those viewers draw a thread as a stack of slices that lie inside one another. A slice of ours may
 * stand for many short spans and then overlap its neighbours; it is drawn as long as those were
 * together, from its begin or from the end of what was drawn before, and never beyond the slice it
 * lies in. So every drawing nests, and no time is drawn twice.
 */
#ifndef BE__STUDY_EXPORT_H
#define BE__STUDY_EXPORT_H

#include <breakeven/study.h>

struct be__trace {
    const be_trace_report *report;
    const char *title;
    const be_trace_row *rows;
    size_t n_rows;
    size_t *parents; /* [n_rows]; SIZE_MAX: a root */
    const char *const *tracks;
    size_t n_tracks;
};

/* One slice drawn from begin_ns to end_ns: opened, then, after those inside it, closed. */
typedef void be__draw(void *user, bool opens, const be_trace_slice *slice, const char *name,
                      uint64_t begin_ns, uint64_t end_ns);

/* Every span of a track, and every state of it. False: no memory for the stack. */
bool be__draw_spans(const struct be__trace *trace, size_t track, be__draw *draw, void *user);
void be__draw_states(const struct be__trace *trace, size_t track, be__draw *draw, void *user);

/* A writer of one format; out's own failure tells what went wrong. */
typedef void be__exporter(const struct be__trace *trace, be_text *out);
be__exporter be__export_chrome, be__export_perfetto, be__export_speedscope, be__export_folded,
    be__export_pprof;

/* ---- protocol buffers ----------------------------------------------------------------------- */

/* Fields of a message in the wire format: a number, bytes or an inner message, several numbers. */
void be__pb_number(be_text *out, unsigned field, uint64_t value);
void be__pb_bytes(be_text *out, unsigned field, const void *bytes, size_t size);
void be__pb_string(be_text *out, unsigned field, const char *string);
void be__pb_varint(be_text *out, uint64_t value);
/* The same with what `inner` holds, which is empty afterwards; its failure becomes out's. */
void be__pb_message(be_text *out, unsigned field, be_text *inner);

#endif
