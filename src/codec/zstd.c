#include "decoder_state.h"
#include "filters.h"

#include <zstd.h>

static wn_status need_context(wn_decoder *decoder)
{
    if (decoder->zstd == NULL)
        decoder->zstd = ZSTD_createDCtx();
    return decoder->zstd != NULL ? WN_OK : wn_fail(WN_NO_MEMORY, "out of memory for a decompressor");
}

wn_status wn_zstd_block(wn_decoder *decoder, wn_stage *stage, const char **fault)
{
    wn_status status = need_context(decoder);
    if (status != WN_OK)
        return status;
    size_t n = ZSTD_decompressDCtx(decoder->zstd, stage->out, stage->capacity, stage->in, stage->n_in);
    *fault = ZSTD_isError(n) ? ZSTD_getErrorName(n) : NULL;
    stage->n_out = n;
    return WN_OK;
}

/* Frames that follow each other; the plugin writes one. */
wn_status wn_zstd_undo(wn_decoder *decoder, wn_stage *stage)
{
    const char *fault;
    wn_status status = wn_zstd_block(decoder, stage, &fault);
    return status == WN_OK && fault != NULL ? wn_stage_damaged(stage, fault) : status;
}

size_t wn_zstd_size(const wn_stage *stage)
{
    unsigned long long n = ZSTD_getFrameContentSize(stage->in, stage->n_in);
    return n == ZSTD_CONTENTSIZE_UNKNOWN || n == ZSTD_CONTENTSIZE_ERROR ? 0 : n;
}

void wn_zstd_release(wn_decoder *decoder)
{
    ZSTD_freeDCtx(decoder->zstd);
}

size_t wn_zstd_bound(size_t n)
{
    return ZSTD_compressBound(n);
}

size_t wn_zstd_encode(const unsigned char *in, size_t n, unsigned char *out, size_t capacity, int level)
{
    size_t n_out = ZSTD_compress(out, capacity, in, n, level);
    return ZSTD_isError(n_out) ? 0 : n_out;
}
