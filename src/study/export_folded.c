/* export_folded.c: folded stacks, a line "outer;inner NANOSECONDS" for each phase: the self time,
 * summed over threads. What flamegraph.pl and its heirs read. A name's own ';' and line ends become
 * ':' and a space, as those readers know no escape.
 */
#include "study/export.h"

#include <inttypes.h>

static void path(const struct be__trace *trace, size_t row, be_text *out)
{
    if (trace->parents[row] != SIZE_MAX) {
        path(trace, trace->parents[row], out);
        be_text_puts(out, ";");
    }
    for (const char *c = trace->rows[row].name; *c; c++) {
        be_text_add(out, *c == ';' ? ":" : *c == '\n' || *c == '\r' ? " " : c, 1);
    }
}

void be__export_folded(const struct be__trace *trace, be_text *out)
{
    for (size_t i = 0; i < trace->n_rows; i++) {
        if (trace->rows[i].self_ns > 0) {
            path(trace, i, out);
            be_text_printf(out, " %" PRIu64 "\n", trace->rows[i].self_ns);
        }
    }
}
