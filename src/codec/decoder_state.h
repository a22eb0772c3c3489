/* decoder_state.h - what a decoder holds between chunks. */
#ifndef WINNOW_CODEC_DECODER_STATE_H
#define WINNOW_CODEC_DECODER_STATE_H

#include "winnow/codec.h"

#include <libdeflate.h>

/* Memory that only grows. */
typedef struct {
    unsigned char *bytes;
    size_t n;
} wn_scratch;

struct wn_decoder {
    wn_scratch stages[2]; /* between filters, in turn */
    wn_scratch blocks[2]; /* of bitshuffle */
    struct libdeflate_decompressor *deflate;
    struct ZSTD_DCtx_s *zstd; /* made when first needed */
};

/* Local. Makes the scratch at least n bytes; what it held is gone. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_scratch_reserve(wn_scratch *scratch, size_t n);

#endif
