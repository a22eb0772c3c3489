/* decoder_state.h - what a decoder holds between chunks. */
#ifndef WINNOW_CODEC_DECODER_STATE_H
#define WINNOW_CODEC_DECODER_STATE_H

#include "winnow/codec.h"
#include "winnow/scratch.h"

#include <libdeflate.h>

struct wn_decoder {
    wn_scratch stages[2]; /* between filters, in turn */
    wn_scratch blocks[2]; /* of bitshuffle */
    struct libdeflate_decompressor *deflate;
    struct ZSTD_DCtx_s *zstd; /* made when first needed */
};

#endif
