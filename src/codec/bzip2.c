#include "filters.h"

#include <bzlib.h>
#include <limits.h>
#include <stdlib.h>

static bool begin(bz_stream *stream, const wn_stage *stage)
{
    *stream = (bz_stream){0};
    if (stage->n_in > UINT_MAX || BZ2_bzDecompressInit(stream, 0, 0) != BZ_OK)
        return false;
    stream->next_in = (char *)(uintptr_t)stage->in; /* the library reads it only */
    stream->avail_in = (unsigned)stage->n_in;
    return true;
}

wn_status wn_bzip2_undo(wn_decoder *decoder, wn_stage *stage)
{
    (void)decoder;
    bz_stream stream;
    if (!begin(&stream, stage))
        return wn_fail(WN_NO_MEMORY, "out of memory for a decompressor");
    unsigned most = stage->capacity > UINT_MAX ? UINT_MAX : (unsigned)stage->capacity;
    stream.next_out = (char *)stage->out;
    stream.avail_out = most;
    int result = BZ2_bzDecompress(&stream);
    stage->n_out = most - stream.avail_out;
    BZ2_bzDecompressEnd(&stream);
    if (result == BZ_MEM_ERROR)
        return wn_fail(WN_NO_MEMORY, "out of memory for a decompressor");
    if (result == BZ_OK && stream.avail_out == 0)
        return wn_stage_damaged(stage, "more bytes than the chunk has");
    return result == BZ_STREAM_END ? WN_OK : wn_stage_damaged(stage, "damaged, or its checksum differs");
}

/* Nothing in a stream says how long it will be: it is decoded once to know. */
size_t wn_bzip2_size(const wn_stage *stage)
{
    char piece[8192];
    size_t n = 0;
    int result = BZ_OK;
    bz_stream stream;
    if (!begin(&stream, stage))
        return 0;
    while (result == BZ_OK && (stream.avail_in > 0 || stream.avail_out == 0)) {
        stream.next_out = piece;
        stream.avail_out = sizeof piece;
        result = BZ2_bzDecompress(&stream);
        n += sizeof piece - stream.avail_out;
    }
    BZ2_bzDecompressEnd(&stream);
    return result == BZ_STREAM_END ? n : 0;
}
