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

/* Local. The bytes that `in` says it decodes to (out is not looked at), 0 where it does not say. The number may be
 * hostile. */
typedef size_t wn_filter_size(const wn_stage *stage);

/* Local. Whether this build has what the client data ask for. Fails: WN_UNAVAILABLE. */
typedef wn_status wn_filter_check(const wn_filter *filter);

typedef struct {
    wn_codec codec;
    wn_filter_undo *undo;   /* NULL where it is not decoded here */
    wn_filter_check *check; /* may be NULL */
    bool keeps_bytes;       /* undone without a copy: out is not used, the first n_out bytes of in are the result */
} wn_filter_entry;

/* Local. The entry of a filter's number; NULL for none. */
const wn_filter_entry *wn_filter_entry_find(int id);

/* Local. WN_BAD_DATA with a message that names the filter of the stage. */
WN_MUST_USE wn_status wn_stage_damaged(const wn_stage *stage, const char *what);

wn_filter_undo wn_deflate_undo, wn_shuffle_undo, wn_fletcher32_undo, wn_szip_undo, wn_bzip2_undo, wn_lzf_undo;
wn_filter_undo wn_blosc_undo, wn_lz4_undo, wn_bitshuffle_undo, wn_zstd_undo;
wn_filter_size wn_bzip2_size, wn_lzf_size, wn_blosc_size, wn_lz4_size, wn_bitshuffle_size, wn_zstd_size;
wn_filter_check wn_blosc_check, wn_bitshuffle_check;

/* Local. One bare LZ4 block that must decode to n_out bytes; false where it does not. */
WN_MUST_USE bool wn_lz4_block(const unsigned char *in, size_t n_in, unsigned char *out, size_t n_out);

/* Local. Zstandard's frames of a stage; *fault is NULL, or says what is wrong with them. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_zstd_block(wn_decoder *decoder, wn_stage *stage, const char **fault);

/* Local. Gives back what a decoder holds for Zstandard. */
void wn_zstd_release(wn_decoder *decoder);

/* Local. The most bytes that n bytes become, and one frame made of them: its bytes, 0 on failure. */
size_t wn_zstd_bound(size_t n);
size_t wn_zstd_encode(const unsigned char *in, size_t n, unsigned char *out, size_t capacity, int level);

#endif
