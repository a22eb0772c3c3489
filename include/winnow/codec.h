/* codec.h - undoes the filters of an HDF5 chunk outside of HDF5's library: raw bytes in, cells out.
 * HDF5's library is not thread-safe and its filters are slow; here any number of threads decode at once, each with a
 * decoder of its own, and no HDF5 handle is needed. The pipeline is what H5Pget_filter2 says of a dataset, the bytes
 * and the mask what H5Dread_chunk hands out. For H5Dread itself to know these filters see hdf5_filters.h. */
#ifndef WINNOW_CODEC_H
#define WINNOW_CODEC_H

#include "winnow/status.h"

#include <stdbool.h>
#include <stdint.h>

enum { WN_PIPELINE_FILTERS = 32, WN_FILTER_VALUES = 32 };

/* One filter with its client data. Values beyond the 32nd are left out: no filter that is decoded here has as many. */
typedef struct {
    int id;
    unsigned n_values;
    unsigned values[WN_FILTER_VALUES];
} wn_filter;

/* The filters in the order in which they were applied when the chunk was written. */
typedef struct {
    unsigned n_filters;
    size_t chunk_bytes; /* of a decoded chunk: cells of the chunk's full shape x bytes of a cell */
    wn_filter filters[WN_PIPELINE_FILTERS];
} wn_pipeline;

typedef enum {
    WN_CODEC_HERE,         /* wn_decoder_decode undoes it */
    WN_CODEC_THROUGH_HDF5, /* HDF5's own library has to: nbit, scaleoffset, and szip where libaec was missing */
    WN_CODEC_LEFT_OUT,     /* its library was missing when Winnow was built */
    WN_CODEC_FOREIGN       /* Winnow does not have it */
} wn_codec_place;

typedef struct {
    int id;              /* HDF5's registered number */
    const char *name;    /* "deflate" */
    const char *package; /* NULL, or of what the build needs, or of a plugin that has a foreign one */
    wn_codec_place place;
} wn_codec;

/* Local. The i-th filter that Winnow knows by name, NULL after the last; static memory. */
const wn_codec *wn_codec_at(size_t i);

/* Local. The filter of a number; NULL where nothing is known of it. */
const wn_codec *wn_codec_find(int id);

/* Local. Where chunks of this pipeline are decoded: *place is WN_CODEC_HERE where every filter is undone here, else
 * WN_CODEC_THROUGH_HDF5 (take H5Dread). Fails: WN_UNAVAILABLE for a filter that neither has, with its number and the
 * package that has it. */
WN_MUST_USE wn_status wn_codec_check(const wn_pipeline *pipeline, wn_codec_place *place);

/* What one thread needs to decode: buffers between two filters, and the libraries' own state. */
typedef struct wn_decoder wn_decoder;

/* Local. A decoder for chunks of any pipelines, one after the other; the caller frees it. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_decoder_new(wn_decoder **decoder);
void wn_decoder_free(wn_decoder *decoder);

/* Local. Undoes the filters of a stored chunk of n_bytes, last to first, but for those whose bit is set in filter_mask
 * (bit i is filter i), into the pipeline->chunk_bytes bytes of `decoded`. The bytes may be hostile: nothing is read or
 * written beyond the two buffers, whose contents are open after a failure. The buffers must not overlap.
 * Fails: WN_BAD_DATA for damaged bytes and for a size other than chunk_bytes, WN_UNAVAILABLE for a filter that is not
 * decoded here, both naming the filter; WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_decoder_decode(wn_decoder *decoder, const wn_pipeline *pipeline, uint32_t filter_mask,
                                        const void *chunk, size_t n_bytes, void *decoded);

#endif
