/* batch/toolkit.h: what the stages on top of be_for share: three doors into the engine, and the
 * options of a call that runs several loops.
 *
 * A stage runs be_for over something else than the caller's items (blocks, windows, positions in a
 * list), so it runs with options of its own, and tells the caller in the caller's items.
 */
#ifndef BE__BATCH_TOOLKIT_H
#define BE__BATCH_TOOLKIT_H

#include <breakeven/batch.h>

/* From the engine's allocator, within its memory cap; NULL when there is none. */
void *be__engine_allocate(be_engine *engine, size_t n, size_t size);
void be__engine_release(be_engine *engine, void *memory, size_t n, size_t size);

/* The item that the last be_fail on this worker named. */
size_t be__worker_failed_item(const be_worker *worker);

struct be__stage {
    be_for_options given; /* the caller's, in full size */
    be_for_options inner; /* for the be_for inside: the same, but done and error come here */
    size_t done;
    be_error error; /* error.item: where the last be_for inside failed, or BE_NO_ITEM */
};

/* The stage must not move afterwards. options may be NULL. */
void be__stage_init(struct be__stage *stage, const be_for_options *options);

/* BE_OK, BE_ECANCEL or BE_EDEADLINE: for what a stage does itself. */
be_status be__stage_look(const struct be__stage *stage);

/* Tell the caller how it ended, in the caller's items; returns status. */
be_status be__stage_end(const struct be__stage *stage, be_status status, size_t done, size_t item);

#endif
