#include "filters.h"

#include <errno.h>
#include <limits.h>
#include <lzf.h>

/* A bare LZF stream (liblzf), as h5py writes it; the size is in the client data, for HDF5's library alone. */
wn_status wn_lzf_undo(wn_decoder *decoder, wn_stage *stage)
{
    (void)decoder;
    if (stage->n_in == 0 || stage->n_in > UINT_MAX)
        return wn_stage_damaged(stage, "no stream");
    unsigned most = stage->capacity > UINT_MAX ? UINT_MAX : (unsigned)stage->capacity;
    stage->n_out = lzf_decompress(stage->in, (unsigned)stage->n_in, stage->out, most);
    if (stage->n_out == 0)
        return wn_stage_damaged(stage, errno == E2BIG ? "more bytes than the chunk has" : "damaged");
    return WN_OK;
}

size_t wn_lzf_size(const wn_stage *stage)
{
    return stage->filter->n_values > 2 ? stage->filter->values[2] : 0;
}
