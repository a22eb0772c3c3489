/* encoded_chunk.h - chunks of the filters that HDF5's library does not bring, made by the codec libraries' own
 * compressors in the framing of the registered plugins. */
#ifndef WINNOW_TESTS_ENCODED_CHUNK_H
#define WINNOW_TESTS_ENCODED_CHUNK_H

#include "written_chunk.h"

/* One way to compress: `settings` are the filter's, in the order of its own client data where it has such. */
typedef struct {
    const char *name; /* of the filter */
    int id;
    unsigned settings[2];
    size_t (*encode)(const wn_filter *filter, const unsigned char *cells, size_t n, unsigned char *out);
} encoding;

/* All ways that this build can decode; the last one has no name. */
extern const encoding encodings[];

/* A chunk of n_elements of `size` bytes, as one filter stores it; false where the compressor failed. */
bool encoded_chunk_make(written_chunk *chunk, const encoding *how, size_t n_elements, size_t size);

#endif
