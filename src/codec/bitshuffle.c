#include "big_endian.h"
#include "decoder_state.h"
#include "filters.h"
#include "unshuffle.h"

#include <endian.h>
#include <string.h>

/* The places of the plugin's client data, its compressors, and its measures (Masui et al. 2015, bitshuffle 0.3). */
enum { SIZE_VALUE = 2, BLOCK_VALUE, COMPRESSOR_VALUE };
enum { COMPRESSOR_NONE = 0, COMPRESSOR_LZ4 = 2, COMPRESSOR_ZSTD = 3 };
enum { HEADER_BYTES = 12, LENGTH_BYTES = 4, GROUP = 8, DEFAULT_BLOCK_BYTES = 8192, DEFAULT_BLOCK_LEAST = 128 };

static unsigned value_of(const wn_filter *filter, unsigned place)
{
    return place < filter->n_values ? filter->values[place] : 0;
}

wn_status wn_bitshuffle_check(const wn_filter *filter)
{
    unsigned compressor = value_of(filter, COMPRESSOR_VALUE);
    if (compressor == COMPRESSOR_NONE || (compressor == COMPRESSOR_LZ4 && WN_HAVE_LZ4) ||
        (compressor == COMPRESSOR_ZSTD && WN_HAVE_ZSTD))
        return WN_OK;
    const char *package = compressor == COMPRESSOR_LZ4 ? "liblz4-dev" : "libzstd-dev";
    if (compressor == COMPRESSOR_LZ4 || compressor == COMPRESSOR_ZSTD)
        return wn_fail(WN_UNAVAILABLE,
                       "is compressed by bitshuffle (HDF5 filter %d), which needs a Winnow built with %s", filter->id,
                       package);
    return wn_fail(WN_UNAVAILABLE, "is compressed by bitshuffle (HDF5 filter %d) with an unknown compressor %u",
                   filter->id, compressor);
}

/* An 8 x 8 matrix of bits in a word, transposed in three steps (Warren, Hacker's Delight, 7-3): byte k, bit i becomes
 * byte i, bit k. */
static uint64_t transpose_bits(uint64_t x)
{
    uint64_t t = (x ^ (x >> 7)) & 0x00aa00aa00aa00aa;
    x ^= t ^ (t << 7);
    t = (x ^ (x >> 14)) & 0x0000cccc0000cccc;
    x ^= t ^ (t << 14);
    t = (x ^ (x >> 28)) & 0x00000000f0f0f0f0;
    return x ^ t ^ (t << 28);
}

static void transpose_groups(unsigned char *bytes, size_t n_groups)
{
    for (size_t i = 0; i < n_groups; i++) {
        uint64_t word;
        memcpy(&word, bytes + i * GROUP, sizeof word);
        word = htole64(transpose_bits(le64toh(word)));
        memcpy(bytes + i * GROUP, &word, sizeof word);
    }
}

/* (size x 8, n / 8) bytes of single bits become n elements; n is a multiple of 8. Eight rows of bits hold one byte of
 * all elements: interleaved byte by byte and transposed bit by bit they are a plane of an ordinary shuffle. */
static void unshuffle_bits(const unsigned char *in, unsigned char *planes, unsigned char *out, size_t n, size_t size)
{
    for (size_t k = 0; k < size; k++)
        wn_unshuffle(in + k * n, planes + k * n, n / GROUP, GROUP);
    transpose_groups(planes, n / GROUP * size);
    wn_unshuffle(planes, out, n, size);
}

static size_t default_block(size_t size)
{
    size_t block = DEFAULT_BLOCK_BYTES / size / GROUP * GROUP;
    return block > DEFAULT_BLOCK_LEAST ? block : DEFAULT_BLOCK_LEAST;
}

/* A chunk on its way out, block by block. */
typedef struct {
    wn_decoder *decoder;
    wn_stage *stage;
    unsigned compressor;
    size_t size;           /* bytes of an element */
    size_t n, block;       /* elements in all, and a block */
    size_t n_read, n_done; /* bytes of the stage's in and out */
} unpacking;

static wn_status decompress(const unpacking *work, const unsigned char *in, size_t n_in, size_t n_out)
{
    unsigned char *out = work->decoder->blocks[0].bytes;
    (void)in, (void)n_in, (void)n_out, (void)out;
#if WN_HAVE_LZ4
    if (work->compressor == COMPRESSOR_LZ4)
        return wn_lz4_block(in, n_in, out, n_out) ? WN_OK : wn_stage_damaged(work->stage, "a damaged block");
#endif
#if WN_HAVE_ZSTD
    if (work->compressor == COMPRESSOR_ZSTD) {
        const char *fault;
        wn_stage block = {.filter = work->stage->filter, .in = in, .n_in = n_in, .out = out, .capacity = n_out};
        wn_status status = wn_zstd_block(work->decoder, &block, &fault);
        if (status != WN_OK)
            return status;
        return fault == NULL && block.n_out == n_out ? WN_OK : wn_stage_damaged(work->stage, "a damaged block");
    }
#endif
    return wn_fail(WN_UNAVAILABLE, "bitshuffle: compressor %u is not built in", work->compressor);
}

/* *bits points at the next n_bytes of shuffled bits, decompressed where they are compressed. */
static wn_status next_bits(unpacking *work, size_t n_bytes, const unsigned char **bits)
{
    const unsigned char *in = work->stage->in + work->n_read;
    size_t n_left = work->stage->n_in - work->n_read, n = n_bytes;
    *bits = in;
    if (work->compressor != COMPRESSOR_NONE) {
        if (n_left < LENGTH_BYTES)
            return wn_stage_damaged(work->stage, "cut off");
        n = read_big_32(in);
        in += LENGTH_BYTES;
        n_left -= LENGTH_BYTES;
        work->n_read += LENGTH_BYTES;
    }
    if (n > n_left)
        return wn_stage_damaged(work->stage, "cut off");
    work->n_read += n;
    if (work->compressor == COMPRESSOR_NONE)
        return WN_OK;
    *bits = work->decoder->blocks[0].bytes;
    return decompress(work, in, n, n_bytes);
}

static wn_status undo_block(unpacking *work, size_t n)
{
    const unsigned char *bits;
    size_t n_bytes = n * work->size;
    wn_status status = next_bits(work, n_bytes, &bits);
    if (status != WN_OK)
        return status;
    unshuffle_bits(bits, work->decoder->blocks[1].bytes, work->stage->out + work->n_done, n, work->size);
    work->n_done += n_bytes;
    return WN_OK;
}

/* Whole blocks, then one of what still makes groups of eight, then the rest as it is. */
static wn_status undo_blocks(unpacking *work)
{
    wn_status status = WN_OK;
    size_t n_grouped = work->n / GROUP * GROUP, most = work->block < n_grouped ? work->block : n_grouped;
    for (int i = 0; i < 2; i++)
        TRY(wn_scratch_reserve(&work->decoder->blocks[i], most * work->size));
    for (size_t i = 0; i < n_grouped; i += work->block)
        TRY(undo_block(work, n_grouped - i < work->block ? n_grouped - i : work->block));
    size_t n_rest = (work->n - n_grouped) * work->size;
    if (work->stage->n_in - work->n_read < n_rest)
        return wn_stage_damaged(work->stage, "cut off");
    memcpy(work->stage->out + work->n_done, work->stage->in + work->n_read, n_rest);
    work->stage->n_out = work->n_done + n_rest;
done:
    return status;
}

size_t wn_bitshuffle_size(const wn_stage *stage)
{
    if (value_of(stage->filter, COMPRESSOR_VALUE) == COMPRESSOR_NONE)
        return stage->n_in;
    return stage->n_in < HEADER_BYTES ? 0 : read_big_64(stage->in);
}

/* Where bits are compressed, a header has bytes in all (8) and bytes a block (4), each block its stored length (4). */
wn_status wn_bitshuffle_undo(wn_decoder *decoder, wn_stage *stage)
{
    unpacking work = {.decoder = decoder, .stage = stage, .compressor = value_of(stage->filter, COMPRESSOR_VALUE)};
    size_t n_bytes = wn_bitshuffle_size(stage);
    work.size = value_of(stage->filter, SIZE_VALUE);
    work.block = value_of(stage->filter, BLOCK_VALUE);
    if (work.size == 0 || n_bytes % work.size != 0)
        return wn_stage_damaged(stage, "no whole elements");
    if (n_bytes > stage->capacity)
        return wn_stage_damaged(stage, "more bytes than the chunk has");
    if (work.compressor != COMPRESSOR_NONE) {
        if (stage->n_in < HEADER_BYTES)
            return wn_stage_damaged(stage, "no header");
        work.block = read_big_32(stage->in + 8) / work.size;
        work.n_read = HEADER_BYTES;
    }
    work.n = n_bytes / work.size;
    work.block = work.block > 0 ? work.block : default_block(work.size);
    if (work.block % GROUP != 0)
        return wn_stage_damaged(stage, "blocks of no whole groups of eight elements");
    return undo_blocks(&work);
}
