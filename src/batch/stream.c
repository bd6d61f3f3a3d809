/* stream.c: a loop over items that are made on demand. One window of memory is filled by the source
 * and emptied by the loop, over and over; the window bounds what is in flight. */
#include "batch/toolkit.h"

struct stream {
    be_sink *sink;
    void *ctx;
    const void *items;
    size_t first; /* of the window, in the stream */
};

static be_status run_window(void *ctx, size_t begin, size_t end, be_worker *worker)
{
    const struct stream *s = ctx;
    return s->sink(s->ctx, s->items, s->first, begin, end, worker);
}

/* Fill the window; *count < capacity says that the stream is over, or stopped with a status. */
static be_status fill(be_source *source, void *ctx, const struct be__stage *stage,
                      unsigned char *items, size_t item_size, size_t capacity, size_t *count,
                      bool *source_failed)
{
    *count = 0;
    *source_failed = false;
    while (*count < capacity) {
        be_status status = be__stage_look(stage);
        if (status) {
            return status;
        }
        size_t got = 0;
        status = source(ctx, items + *count * item_size, capacity - *count, &got);
        *source_failed = status != BE_OK;
        if (status || got == 0) {
            return status;
        }
        *count += got;
    }
    return BE_OK;
}

be_status be_stream(be_engine *engine, const be_site *site, be_source *source, be_sink *sink,
                    void *ctx, size_t item_size, size_t max_in_flight,
                    const be_for_options *options)
{
    struct be__stage stage;
    be__stage_init(&stage, options);
    if (max_in_flight == 0) {
        return be__stage_end(&stage, BE_EINVAL, 0, BE_NO_ITEM);
    }
    unsigned char *items = be__engine_allocate(engine, max_in_flight, item_size);
    if (!items) {
        return be__stage_end(&stage, BE_ENOMEM, 0, BE_NO_ITEM);
    }
    struct stream s = {.sink = sink, .ctx = ctx, .items = items};
    size_t count;
    be_status status;
    do {
        bool source_failed;
        be_status filled =
            fill(source, ctx, &stage, items, item_size, max_in_flight, &count, &source_failed);
        /* What came before a failure of the source is done; it is the next item that failed. */
        status = be_for(engine, site, count, run_window, &s, &stage.inner);
        if (status) {
            bool item_failed = stage.error.item != BE_NO_ITEM;
            be__stage_end(&stage, status, s.first + stage.done,
                          item_failed ? s.first + stage.error.item : BE_NO_ITEM);
        } else if (filled) {
            status = filled;
            be__stage_end(&stage, status, s.first + count,
                          source_failed ? s.first + count : BE_NO_ITEM);
        }
        s.first += count;
    } while (!status && count == max_in_flight);
    if (!status) {
        be__stage_end(&stage, BE_OK, s.first, BE_NO_ITEM);
    }
    be__engine_release(engine, items, max_in_flight, item_size);
    return status;
}
