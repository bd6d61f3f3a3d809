/* timeline.c: what ran when: slices that stay few, and the longest gaps.
 *
 * A log of slices has a fixed capacity. When it is full, its resolution r grows until half of it is
 * free: stretches of the same phase on the same track that are no further apart than r, one of them
 * no longer than r, become one slice, which keeps how many they were and how long they were
 * together. So what is long stays as it was, what is short and frequent becomes a band, and a track
 * has at most about two slices of a phase for every r of its time. New stretches join at once where
 * they can, which keeps coarsening rare. Where there are more phases than room, the shortest slices
 * are left out, and counted.
 */
#include "trace/timeline.h"

#include <string.h>

static bool joins(const be_trace_slice *slice, uint64_t begin, uint64_t end, uint64_t resolution)
{
    return begin >= slice->end_ns && begin - slice->end_ns <= resolution &&
           (end - begin <= resolution || slice->end_ns - slice->begin_ns <= resolution);
}

static size_t hash_of(uint32_t track, uint32_t what)
{
    return (size_t)(((uint64_t)track << 24 ^ what) * UINT64_C(0x9e3779b97f4a7c15) >> 32);
}

/* One pass; table has a power of two of entries, at least twice n. */
static size_t join_neighbours(be_trace_slice *slices, size_t n, uint64_t resolution,
                              uint32_t *table, size_t n_table)
{
    enum { NONE = 0 }; /* entries are indices + 1 */
    memset(table, NONE, n_table * sizeof *table);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        be_trace_slice slice = slices[i];
        size_t at = hash_of(slice.track, slice.what) & (n_table - 1);
        while (table[at] != NONE && (slices[table[at] - 1].track != slice.track ||
                                     slices[table[at] - 1].what != slice.what)) {
            at = (at + 1) & (n_table - 1);
        }
        be_trace_slice *last = table[at] != NONE ? &slices[table[at] - 1] : NULL;
        if (last && joins(last, slice.begin_ns, slice.end_ns, resolution)) {
            last->end_ns = slice.end_ns;
            last->busy_ns += slice.busy_ns;
            last->count += slice.count;
            continue;
        }
        slices[kept++] = slice;
        table[at] = (uint32_t)kept;
    }
    return kept;
}

size_t be__slices_coarsen(be_trace_slice *slices, size_t n, size_t most, uint64_t *resolution,
                          uint32_t *table, size_t n_table)
{
    uint64_t first = UINT64_MAX, last = 0;
    for (size_t i = 0; i < n; i++) {
        first = slices[i].begin_ns < first ? slices[i].begin_ns : first;
        last = slices[i].end_ns > last ? slices[i].end_ns : last;
    }
    uint64_t span = last - first, least = span / (most + 1) + 1;
    while (n > most && *resolution <= span) {
        *resolution = 2 * *resolution > least ? 2 * *resolution : least;
        n = join_neighbours(slices, n, *resolution, table, n_table);
    }
    return n;
}

/* Leave out what is short, until at most `most` are left: how short, grows in *least. */
static size_t leave_out(be_trace_slice *slices, size_t n, size_t most, uint64_t *least,
                        uint64_t *lost)
{
    while (n > most) {
        *least = *least ? 2 * *least : 1;
        size_t kept = 0;
        for (size_t i = 0; i < n; i++) {
            if (slices[i].busy_ns >= *least) {
                slices[kept++] = slices[i];
            } else {
                *lost += slices[i].count;
            }
        }
        n = kept;
    }
    return n;
}

be_status be__log_init(struct be__log *log, const be_allocator *allocator, size_t capacity)
{
    size_t n_table = be__slices_table(capacity);
    *log = (struct be__log){.capacity = capacity};
    log->slices = be__allocate(allocator, capacity, sizeof *log->slices);
    log->table = be__allocate(allocator, n_table, sizeof *log->table);
    return log->slices && log->table ? BE_OK : BE_ENOMEM;
}

void be__log_clear(struct be__log *log, const be_allocator *allocator)
{
    be__release(allocator, log->slices, log->capacity, sizeof *log->slices);
    be__release(allocator, log->table, be__slices_table(log->capacity), sizeof *log->table);
    *log = (struct be__log){0};
}

void be__log_add(struct be__log *log, uint32_t *hint, uint32_t track, uint32_t what, uint64_t begin,
                 uint64_t end)
{
    be_trace_slice *near = *hint < log->n ? &log->slices[*hint] : NULL;
    if (near && near->track == track && near->what == what &&
        joins(near, begin, end, log->resolution)) {
        near->end_ns = end;
        near->busy_ns += end - begin;
        near->count++;
        return;
    }
    if (log->n == log->capacity) {
        log->n = be__slices_coarsen(log->slices, log->n, log->capacity / 2, &log->resolution,
                                    log->table, be__slices_table(log->capacity));
        /* There may be more phases than room. */
        log->n = leave_out(log->slices, log->n, log->capacity / 2, &log->least, &log->lost);
    }
    if (end - begin < log->least) {
        log->lost++;
        return;
    }
    *hint = (uint32_t)log->n;
    log->slices[log->n++] = (be_trace_slice){.begin_ns = begin,
                                             .end_ns = end,
                                             .busy_ns = end - begin,
                                             .track = track,
                                             .what = what,
                                             .count = 1};
}

/* ---- gaps ----------------------------------------------------------------------------------- */

void be__gap_close(be_tracer *tracer, struct be__node *node, const struct be__node *before,
                   uint64_t tick)
{
    uint64_t length = tick - node->bare_since;
    if (length <= tracer->gap_floor) {
        return;
    }
    size_t at = tracer->n_gaps, shortest = 0;
    if (at < BE__GAPS) {
        tracer->n_gaps++;
    } else {
        for (size_t i = 1; i < BE__GAPS; i++) {
            const struct be__gap *gap = &tracer->gaps[i], *least = &tracer->gaps[shortest];
            shortest = gap->end - gap->begin < least->end - least->begin ? i : shortest;
        }
        at = shortest;
    }
    tracer->gaps[at] = (struct be__gap){.node = node,
                                        .after = node->left,
                                        .before = before,
                                        .begin = node->bare_since,
                                        .end = tick,
                                        .on = node->bare_on,
                                        .all = node->bare_all};
    if (tracer->n_gaps == BE__GAPS) {
        uint64_t least = UINT64_MAX;
        for (size_t i = 0; i < BE__GAPS; i++) {
            uint64_t length_i = tracer->gaps[i].end - tracer->gaps[i].begin;
            least = length_i < least ? length_i : least;
        }
        tracer->gap_floor = least;
    }
}
