/* written_chunk.h - one chunk as HDF5's own library writes it: its stored bytes, its pipeline and the cells. */
#ifndef WINNOW_TESTS_WRITTEN_CHUNK_H
#define WINNOW_TESTS_WRITTEN_CHUNK_H

#include "winnow/codec.h"

#include <hdf5.h>

typedef struct {
    wn_pipeline pipeline;
    uint32_t mask;
    unsigned char *cells; /* pipeline.chunk_bytes */
    unsigned char *stored;
    size_t n_stored;
} written_chunk;

/* Bytes that compress, and differ in every place of an element; the same for the same arguments. */
void fill_cells(unsigned char *cells, size_t n_elements, size_t size);

/* Writes n_elements of `size` bytes through the filters that `add` puts on the creation list (its filters see elements
 * of that size), reads the stored bytes back, and asks the list for the pipeline. False where HDF5 failed. */
typedef herr_t add_filters(hid_t creation);
bool written_chunk_make(written_chunk *chunk, size_t n_elements, size_t size, add_filters *add);

/* The same of one chunk of an open dataset, whose cells H5Dread gives. */
bool written_chunk_read(written_chunk *chunk, hid_t dataset, hsize_t first);
void written_chunk_clear(written_chunk *chunk);

/* A new decoder: no allocation that fails leaks; in the end the cells are right. */
void written_chunk_check_memory(const written_chunk *chunk);

#endif
