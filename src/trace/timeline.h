/* trace/timeline.h: making slices fewer, here and in what is written of them. */
#ifndef BE__TRACE_TIMELINE_H
#define BE__TRACE_TIMELINE_H

#include "trace/tracer.h"

/* Entries of the table that be__slices_coarsen needs for n slices: a power of two. */
static inline size_t be__slices_table(size_t n)
{
    size_t size = 16;
    while (size < 2 * n) {
        size *= 2;
    }
    return size;
}

/* Join neighbours among slices[n], each track's in order, until at most `most` are left or nothing
 * more can be joined; returns how many are left. *resolution is what it was before, in the unit of
 * the slices, and grows. */
BE_PRIVATE size_t be__slices_coarsen(be_trace_slice *slices, size_t n, size_t most,
                                     uint64_t *resolution, uint32_t *table, size_t n_table);

#endif
