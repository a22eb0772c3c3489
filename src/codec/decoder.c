#include "decoder_state.h"

#include "filters.h"

#include "winnow/memory.h"

#include <string.h>

/* Compressors may make their input longer, by headers and by bytes that do not shrink: what is taken for possible is
 * twice the input and this. It matters only where another filter comes before a compressor. */
enum { EXPANSION_BYTES = 65536 };

wn_status wn_decoder_new(wn_decoder **decoder)
{
    wn_status status = WN_OK;
    wn_decoder *d = NULL;
    TRY(wn_new(&d, 1));
    d->deflate = libdeflate_alloc_decompressor();
    if (d->deflate == NULL) {
        status = wn_fail(WN_NO_MEMORY, "out of memory for a decompressor");
        goto done;
    }
    *decoder = d;
done:
    if (status != WN_OK)
        wn_decoder_free(d);
    return status;
}

void wn_decoder_free(wn_decoder *decoder)
{
    if (decoder == NULL)
        return;
#if WN_HAVE_ZSTD
    wn_zstd_release(decoder);
#endif
    libdeflate_free_decompressor(decoder->deflate);
    for (int i = 0; i < 2; i++) {
        wn_scratch_clear(&decoder->stages[i]);
        wn_scratch_clear(&decoder->blocks[i]);
    }
    wn_free(decoder);
}

wn_status wn_stage_damaged(const wn_stage *stage, const char *what)
{
    const wn_codec *codec = wn_codec_find(stage->filter->id);
    return wn_fail(WN_BAD_DATA, "%s: %s", codec != NULL ? codec->name : "filter", what);
}

/* The most bytes that a filter makes of n. */
static size_t bound_encoded(const wn_filter *filter, size_t n)
{
    size_t bound;
    if (filter->id == FILTER_SHUFFLE)
        return n;
    if (filter->id == FILTER_FLETCHER32)
        return n > SIZE_MAX - 4 ? SIZE_MAX : n + 4;
    if (__builtin_mul_overflow(n, 2, &bound) || __builtin_add_overflow(bound, EXPANSION_BYTES, &bound))
        return SIZE_MAX;
    return bound;
}

static bool is_undone(uint32_t mask, unsigned i)
{
    return (mask >> i & 1) == 0;
}

/* Where filter i's decoded bytes go: scratch while another filter lies before it, and the most they can be. */
static size_t bound_decoded(const wn_pipeline *pipeline, uint32_t mask, unsigned i, bool *is_last)
{
    size_t n = pipeline->chunk_bytes;
    *is_last = true;
    for (unsigned k = 0; k < i; k++)
        if (is_undone(mask, k)) {
            n = bound_encoded(&pipeline->filters[k], n);
            *is_last = false;
        }
    return n;
}

/* The decoder at work on one chunk. */
typedef struct {
    wn_decoder *decoder;
    const wn_pipeline *pipeline;
    uint32_t mask;
    unsigned char *decoded;
    unsigned turn; /* of the two scratches */
    const unsigned char *bytes;
    size_t n;
} decoding;

static wn_status undo_filter(decoding *work, unsigned i)
{
    const wn_filter *filter = &work->pipeline->filters[i];
    const wn_filter_entry *entry = wn_filter_entry_find(filter->id);
    bool is_last;
    wn_stage stage = {.filter = filter, .in = work->bytes, .n_in = work->n};
    if (entry == NULL || entry->undo == NULL)
        return wn_fail(WN_UNAVAILABLE, "HDF5 filter %d is not decoded here", filter->id);
    stage.capacity = bound_decoded(work->pipeline, work->mask, i, &is_last);
    stage.out = work->decoded;
    if (!is_last && !entry->keeps_bytes) {
        wn_scratch *scratch = &work->decoder->stages[work->turn++ % 2];
        wn_status status = wn_scratch_reserve(scratch, stage.capacity);
        if (status != WN_OK)
            return status;
        stage.out = scratch->bytes;
    }
    wn_status status = entry->undo(work->decoder, &stage);
    if (status != WN_OK)
        return status;
    work->bytes = entry->keeps_bytes ? work->bytes : stage.out;
    work->n = stage.n_out;
    return WN_OK;
}

wn_status wn_decoder_decode(wn_decoder *decoder, const wn_pipeline *pipeline, uint32_t filter_mask, const void *chunk,
                            size_t n_bytes, void *decoded)
{
    wn_status status = WN_OK;
    decoding work = {.decoder = decoder, .pipeline = pipeline, .mask = filter_mask};
    work.decoded = decoded;
    work.bytes = chunk;
    work.n = n_bytes;
    for (unsigned i = pipeline->n_filters; i-- > 0;)
        if (is_undone(filter_mask, i))
            TRY(undo_filter(&work, i));
    if (work.n != pipeline->chunk_bytes)
        return wn_fail(WN_BAD_DATA, "a chunk of %zu stored bytes decodes to %zu bytes, not %zu", n_bytes, work.n,
                       pipeline->chunk_bytes);
    if (work.bytes != work.decoded)
        memcpy(decoded, work.bytes, work.n);
done:
    return status;
}
