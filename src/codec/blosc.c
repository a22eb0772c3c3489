#include "filters.h"

#include <blosc.h>

enum { COMPRESSOR_VALUE = 6 };

/* libblosc can be built without some of its compressors; the client data say which one the table uses. */
wn_status wn_blosc_check(const wn_filter *filter)
{
    const char *name;
    if (filter->n_values <= COMPRESSOR_VALUE)
        return WN_OK;
    int code = (int)filter->values[COMPRESSOR_VALUE];
    if (blosc_compcode_to_compname(code, &name) >= 0)
        return WN_OK;
    return wn_fail(
        WN_UNAVAILABLE,
        "is compressed by blosc (HDF5 filter %d) with its compressor %d, which this libblosc was built without",
        filter->id, code);
}

size_t wn_blosc_size(const wn_stage *stage)
{
    size_t n;
    return stage->n_in >= BLOSC_MIN_HEADER_LENGTH && blosc_cbuffer_validate(stage->in, stage->n_in, &n) >= 0 ? n : 0;
}

wn_status wn_blosc_undo(wn_decoder *decoder, wn_stage *stage)
{
    (void)decoder;
    size_t n;
    if (stage->n_in < BLOSC_MIN_HEADER_LENGTH || blosc_cbuffer_validate(stage->in, stage->n_in, &n) < 0)
        return wn_stage_damaged(stage, "a damaged header");
    if (n > stage->capacity)
        return wn_stage_damaged(stage, "more bytes than the chunk has");
    int n_out = blosc_decompress_ctx(stage->in, stage->out, n, 1);
    if (n_out < 0 || (size_t)n_out != n)
        return wn_stage_damaged(stage, "damaged");
    stage->n_out = n;
    return WN_OK;
}
