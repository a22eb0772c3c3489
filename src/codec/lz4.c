#include "big_endian.h"
#include "filters.h"

#include <limits.h>
#include <lz4.h>
#include <string.h>

enum { HEADER_BYTES = 12, LENGTH_BYTES = 4 };

bool wn_lz4_block(const unsigned char *in, size_t n_in, unsigned char *out, size_t n_out)
{
    if (n_in > INT_MAX || n_out > INT_MAX)
        return false;
    return LZ4_decompress_safe((const char *)in, (char *)out, (int)n_in, (int)n_out) == (int)n_out;
}

/* One block with its length before it: as many bytes as it decodes to are stored as such. Returns how many bytes were
 * read, 0 where they are damaged. */
static size_t undo_block(const unsigned char *in, size_t n_in, unsigned char *out, size_t n_out)
{
    if (n_in < LENGTH_BYTES)
        return 0;
    size_t n = read_big_32(in);
    if (n > n_in - LENGTH_BYTES)
        return 0;
    if (n == n_out)
        memcpy(out, in + LENGTH_BYTES, n);
    else if (!wn_lz4_block(in + LENGTH_BYTES, n, out, n_out))
        return 0;
    return LENGTH_BYTES + n;
}

size_t wn_lz4_size(const wn_stage *stage)
{
    return stage->n_in < HEADER_BYTES ? 0 : read_big_64(stage->in);
}

/* The plugin's framing: bytes in all (8) and bytes a block (4), then each block's stored length (4) and bytes. */
wn_status wn_lz4_undo(wn_decoder *decoder, wn_stage *stage)
{
    (void)decoder;
    if (stage->n_in < HEADER_BYTES)
        return wn_stage_damaged(stage, "no header");
    uint64_t n = read_big_64(stage->in);
    size_t block = read_big_32(stage->in + 8), place = HEADER_BYTES;
    if (n > stage->capacity)
        return wn_stage_damaged(stage, "more bytes than the chunk has");
    if (block == 0 && n > 0)
        return wn_stage_damaged(stage, "blocks of no bytes");
    for (size_t done = 0, now; done < n; done += now) {
        now = n - done < block ? (size_t)n - done : block;
        size_t n_read = undo_block(stage->in + place, stage->n_in - place, stage->out + done, now);
        if (n_read == 0)
            return wn_stage_damaged(stage, "a damaged block");
        place += n_read;
    }
    stage->n_out = n;
    return WN_OK;
}
