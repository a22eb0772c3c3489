#include "decoder_state.h"
#include "filters.h"

/* A zlib stream; like in HDF5, what follows its end is ignored. */
wn_status wn_deflate_undo(wn_decoder *decoder, wn_stage *stage)
{
    size_t n_read;
    enum libdeflate_result result = libdeflate_zlib_decompress_ex(decoder->deflate, stage->in, stage->n_in, stage->out,
                                                                  stage->capacity, &n_read, &stage->n_out);
    if (result == LIBDEFLATE_INSUFFICIENT_SPACE)
        return wn_stage_damaged(stage, "more bytes than the chunk has");
    if (result != LIBDEFLATE_SUCCESS)
        return wn_stage_damaged(stage, "damaged, or its checksum differs");
    return WN_OK;
}
