#include "filters.h"
#include "unshuffle.h"

#include <string.h>

/* What is left after the last whole element was never shuffled. */
wn_status wn_shuffle_undo(wn_decoder *decoder, wn_stage *stage)
{
    (void)decoder;
    size_t size = stage->filter->n_values > 0 ? stage->filter->values[0] : 0;
    if (size == 0)
        return wn_stage_damaged(stage, "elements of no bytes");
    if (stage->n_in > stage->capacity)
        return wn_stage_damaged(stage, "more bytes than the chunk has");
    size_t n = stage->n_in / size;
    wn_unshuffle(stage->in, stage->out, n, size);
    memcpy(stage->out + n * size, stage->in + n * size, stage->n_in - n * size);
    stage->n_out = stage->n_in;
    return WN_OK;
}
