#include "filters.h"

#include <szlib.h>

/* The places of HDF5's client data for szip. */
enum { MASK_VALUE, BLOCK_VALUE, BITS_VALUE, SCANLINE_VALUE, N_SZIP_VALUES, LENGTH_BYTES = 4 };

static bool makes_sense(const wn_filter *filter)
{
    const unsigned *values = filter->values;
    if (filter->n_values < N_SZIP_VALUES)
        return false;
    unsigned block = values[BLOCK_VALUE], bits = values[BITS_VALUE], scanline = values[SCANLINE_VALUE];
    return block >= 2 && block % 2 == 0 && block <= SZ_MAX_PIXELS_PER_BLOCK && scanline >= block &&
           scanline <= SZ_MAX_PIXELS_PER_SCANLINE && bits >= 1 && (bits <= 32 || bits == 64);
}

static size_t stored_size(const wn_stage *stage)
{
    const unsigned char *in = stage->in;
    if (stage->n_in < LENGTH_BYTES)
        return 0;
    return in[0] | (size_t)in[1] << 8 | (size_t)in[2] << 16 | (size_t)in[3] << 24;
}

/* The decoded length (4, little-endian), then the stream. */
wn_status wn_szip_undo(wn_decoder *decoder, wn_stage *stage)
{
    (void)decoder;
    size_t n = stored_size(stage), n_out = n;
    if (!makes_sense(stage->filter))
        return wn_stage_damaged(stage, "client data without sense");
    if (n == 0 || stage->n_in == LENGTH_BYTES)
        return wn_stage_damaged(stage, "no stream");
    if (n > stage->capacity)
        return wn_stage_damaged(stage, "more bytes than the chunk has");
    SZ_com_t how = {.options_mask = (int)stage->filter->values[MASK_VALUE],
                    .bits_per_pixel = (int)stage->filter->values[BITS_VALUE],
                    .pixels_per_block = (int)stage->filter->values[BLOCK_VALUE],
                    .pixels_per_scanline = (int)stage->filter->values[SCANLINE_VALUE]};
    int result =
        SZ_BufftoBuffDecompress(stage->out, &n_out, stage->in + LENGTH_BYTES, stage->n_in - LENGTH_BYTES, &how);
    if (result == SZ_MEM_ERROR)
        return wn_fail(WN_NO_MEMORY, "out of memory for a decompressor");
    if (result != SZ_OK || n_out != n)
        return wn_stage_damaged(stage, "damaged");
    stage->n_out = n;
    return WN_OK;
}
