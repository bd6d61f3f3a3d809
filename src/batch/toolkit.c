/* toolkit.c: the options of a call that runs several loops. */
#include "batch/toolkit.h"

#include <string.h>

void be__stage_init(struct be__stage *stage, const be_for_options *options)
{
    *stage = (struct be__stage){.error.item = BE_NO_ITEM};
    if (options) {
        size_t size = options->size < sizeof *options ? options->size : sizeof *options;
        memcpy(&stage->given, options, size);
    }
    stage->inner = stage->given;
    stage->inner.size = sizeof stage->inner;
    stage->inner.done = &stage->done;
    stage->inner.error = &stage->error;
}

be_status be__stage_look(const struct be__stage *stage)
{
    if (stage->given.cancel && be_cancel_raised(stage->given.cancel)) {
        return BE_ECANCEL;
    }
    bool late = stage->given.deadline_ns && be_now_ns() >= stage->given.deadline_ns;
    return late ? BE_EDEADLINE : BE_OK;
}

be_status be__stage_end(const struct be__stage *stage, be_status status, size_t done, size_t item)
{
    if (stage->given.done) {
        *stage->given.done = done;
    }
    if (status) {
        be_error_set(stage->given.error, status, "%s", be_status_text(status));
        if (stage->given.error) {
            stage->given.error->item = item;
        }
    }
    return status;
}
