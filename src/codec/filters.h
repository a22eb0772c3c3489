/* filters.h - the filters, one file each, as the decoder calls them. */
#ifndef WINNOW_CODEC_FILTERS_H
#define WINNOW_CODEC_FILTERS_H

#include "winnow/codec.h"

enum {
    FILTER_DEFLATE = 1,
    FILTER_SHUFFLE = 2,
    FILTER_FLETCHER32 = 3,
    FILTER_SZIP = 4,
    FILTER_NBIT = 5,
    FILTER_SCALEOFFSET = 6,
    FILTER_BZIP2 = 307,
    FILTER_LZF = 32000,
    FILTER_BLOSC = 32001,
    FILTER_LZ4 = 32004,
    FILTER_BITSHUFFLE = 32008,
    FILTER_ZSTD = 32015
};

/* What a filter is undone from and into. */
typedef struct {
    const wn_filter *filter;
    const unsigned char *in;
    size_t n_in;
    unsigned char *out;
    size_t capacity; /* of out; more decoded bytes than that are damage */
    size_t n_out;    /* set by the filter */
} wn_stage;

/* Local. Undoes one filter. Fails: WN_BAD_DATA, WN_NO_MEMORY. */
typedef wn_status wn_filter_undo(wn_decoder *decoder, wn_stage *stage);

typedef struct {
    wn_codec codec;
    wn_filter_undo *undo; /* NULL where it is not decoded here */
    bool keeps_bytes;     /* undone without a copy: out is not used, the first n_out bytes of in are the result */
} wn_filter_entry;

/* Local. The entry of a filter's number; NULL for none. */
const wn_filter_entry *wn_filter_entry_find(int id);

/* Local. WN_BAD_DATA with a message that names the filter of the stage. */
WN_MUST_USE wn_status wn_stage_damaged(const wn_stage *stage, const char *what);

wn_filter_undo wn_deflate_undo, wn_shuffle_undo, wn_fletcher32_undo;

#endif
