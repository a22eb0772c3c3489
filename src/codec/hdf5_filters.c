#include "winnow/hdf5_filters.h"

#include "filters.h"

#include <hdf5.h>

/* 0, which tells the library that the filter failed; the message of the status goes where it looks for the cause, to
 * the innermost place of its error stack. */
static size_t fail(const char *filter, wn_status status)
{
    hid_t cause = status == WN_NO_MEMORY ? H5E_NOSPACE : H5E_CANTFILTER;
    H5Epush2(H5E_DEFAULT, __FILE__, filter, __LINE__, H5E_ERR_CLS, H5E_PLINE, cause, "%s", wn_status_message());
    return 0;
}

/* The library's memory takes the place of what it handed in. */
static size_t hand_over(void **buffer, size_t *buffer_size, void *bytes, size_t n_bytes, size_t n)
{
    H5free_memory(*buffer);
    *buffer = bytes;
    *buffer_size = n_bytes;
    return n;
}

/* A decoder lives for one chunk: the library may call from any thread, and this is not the fast way. */
static wn_status decode(int id, wn_stage *stage)
{
    wn_decoder *decoder = NULL;
    wn_status status = WN_OK;
    TRY(wn_decoder_new(&decoder));
    status = wn_filter_entry_find(id)->undo(decoder, stage);
done:
    wn_decoder_free(decoder);
    return status;
}

static wn_status undo_allocated(wn_stage *stage, const char *name)
{
    if (stage->capacity == 0)
        return wn_stage_damaged(stage, "damaged, or without word of how many bytes it decodes to");
    stage->out = H5allocate_memory(stage->capacity, false);
    if (stage->out == NULL)
        return wn_fail(WN_NO_MEMORY, "%s: out of memory for %zu bytes", name, stage->capacity);
    return decode(stage->filter->id, stage);
}

/* What the library hands to a filter. */
typedef struct {
    size_t n_values;
    const unsigned *values;
    size_t n_bytes;
    size_t *buffer_size;
    void **buffer;
} call;

/* The bytes that it decodes to; 0 is a failure, and leaves the buffer as it was. */
static size_t undo(int id, wn_filter_size *size, const call *c)
{
    const char *name = wn_codec_find(id)->name;
    wn_filter filter = {.id = id};
    filter.n_values = c->n_values < WN_FILTER_VALUES ? (unsigned)c->n_values : WN_FILTER_VALUES;
    for (unsigned i = 0; i < filter.n_values; i++)
        filter.values[i] = c->values[i];
    wn_stage stage = {.filter = &filter, .in = *c->buffer, .n_in = c->n_bytes};
    stage.capacity = size(&stage);
    wn_status status = undo_allocated(&stage, name);
    if (status == WN_OK)
        return hand_over(c->buffer, c->buffer_size, stage.out, stage.capacity, stage.n_out);
    H5free_memory(stage.out);
    return fail(name, status);
}

static size_t refuse_writing(const char *name)
{
    return fail(name, wn_fail(WN_UNAVAILABLE, "%s: chunks are read, not written", name));
}

#define READER(name, id)                                                                                               \
    static size_t filter_##name(unsigned flags, size_t n_values, const unsigned values[], size_t n_bytes,              \
                                size_t *buffer_size, void **buffer)                                                    \
    {                                                                                                                  \
        call c = {n_values, values, n_bytes, buffer_size, buffer};                                                     \
        return (flags & H5Z_FLAG_REVERSE) != 0 ? undo(id, wn_##name##_size, &c) : refuse_writing(#name);               \
    }

#if WN_HAVE_BZIP2
READER(bzip2, FILTER_BZIP2)
#endif
#if WN_HAVE_LZF
READER(lzf, FILTER_LZF)
#endif
#if WN_HAVE_BLOSC
READER(blosc, FILTER_BLOSC)
#endif
#if WN_HAVE_LZ4
READER(lz4, FILTER_LZ4)
#endif
READER(bitshuffle, FILTER_BITSHUFFLE)

#if WN_HAVE_ZSTD
enum { DEFAULT_LEVEL = 3 };

/* A chunk that does not shrink is stored as it is where the filter is optional. */
static size_t encode_zstd(unsigned flags, const call *c)
{
    int level = c->n_values > 0 && c->values[0] > 0 && c->values[0] <= 22 ? (int)c->values[0] : DEFAULT_LEVEL;
    size_t capacity = wn_zstd_bound(c->n_bytes);
    unsigned char *out = H5allocate_memory(capacity, false);
    size_t n = out != NULL ? wn_zstd_encode(*c->buffer, c->n_bytes, out, capacity, level) : 0;
    if (n > 0 && (n < c->n_bytes || (flags & H5Z_FLAG_OPTIONAL) == 0))
        return hand_over(c->buffer, c->buffer_size, out, capacity, n);
    H5free_memory(out);
    return 0;
}

static size_t filter_zstd(unsigned flags, size_t n_values, const unsigned values[], size_t n_bytes, size_t *buffer_size,
                          void **buffer)
{
    call c = {n_values, values, n_bytes, buffer_size, buffer};
    return (flags & H5Z_FLAG_REVERSE) != 0 ? undo(FILTER_ZSTD, wn_zstd_size, &c) : encode_zstd(flags, &c);
}
#endif

#define CLASS(name, id, can_write)                                                                                     \
    {                                                                                                                  \
        H5Z_CLASS_T_VERS, id, can_write, 1, #name, NULL, NULL, filter_##name                                           \
    }

static const H5Z_class2_t classes[] = {
#if WN_HAVE_BZIP2
    CLASS(bzip2, FILTER_BZIP2, 0),
#endif
#if WN_HAVE_LZF
    CLASS(lzf, FILTER_LZF, 0),
#endif
#if WN_HAVE_BLOSC
    CLASS(blosc, FILTER_BLOSC, 0),
#endif
#if WN_HAVE_LZ4
    CLASS(lz4, FILTER_LZ4, 0),
#endif
#if WN_HAVE_ZSTD
    CLASS(zstd, WN_HDF5_FILTER_ZSTD, 1),
#endif
    CLASS(bitshuffle, FILTER_BITSHUFFLE, 0),
};

void wn_hdf5_filters_register(void)
{
    H5PLset_loading_state(0);
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        H5Zregister(&classes[i]);
}
