#include "written_chunk.h"

#include "testing.h"

#include "winnow/memory.h"

#include <string.h>

void fill_cells(unsigned char *cells, size_t n_elements, size_t size)
{
    uint32_t state = 12345;
    for (size_t i = 0; i < n_elements; i++)
        for (size_t k = 0; k < size; k++) {
            state = state * 1664525 + 1013904223;
            cells[i * size + k] = (unsigned char)(k % 2 == 0 ? state >> 24 & 15 : i / 16 + k);
        }
}

static bool ask_pipeline(wn_pipeline *pipeline, hid_t creation)
{
    int n = H5Pget_nfilters(creation);
    if (n < 0 || n > WN_PIPELINE_FILTERS)
        return false;
    pipeline->n_filters = (unsigned)n;
    for (unsigned i = 0; i < (unsigned)n; i++) {
        wn_filter *filter = &pipeline->filters[i];
        unsigned flags;
        size_t n_values = WN_FILTER_VALUES;
        filter->id = H5Pget_filter2(creation, i, &flags, &n_values, filter->values, 0, NULL, NULL);
        filter->n_values = (unsigned)n_values;
    }
    return true;
}

static bool read_cells(written_chunk *chunk, hid_t dataset, hsize_t first, hsize_t n)
{
    hid_t type = H5Dget_type(dataset), file_space = H5Dget_space(dataset);
    hid_t space = H5Screate_simple(1, &n, NULL);
    bool is_read = H5Sselect_hyperslab(file_space, H5S_SELECT_SET, &first, NULL, &n, NULL) >= 0 &&
                   H5Dread(dataset, type, space, file_space, H5P_DEFAULT, chunk->cells) >= 0;
    H5Sclose(space);
    H5Sclose(file_space);
    H5Tclose(type);
    return is_read;
}

bool written_chunk_read(written_chunk *chunk, hid_t dataset, hsize_t first)
{
    hid_t creation = H5Dget_create_plist(dataset), type = H5Dget_type(dataset);
    hsize_t n = 0, n_stored = 0;
    *chunk = (written_chunk){0};
    bool is_there = H5Pget_chunk(creation, 1, &n) == 1 && ask_pipeline(&chunk->pipeline, creation) &&
                    H5Dget_chunk_storage_size(dataset, &first, &n_stored) >= 0;
    chunk->pipeline.chunk_bytes = n * H5Tget_size(type);
    chunk->n_stored = n_stored;
    is_there = is_there && wn_new(&chunk->cells, chunk->pipeline.chunk_bytes) == WN_OK &&
               wn_new(&chunk->stored, n_stored) == WN_OK && read_cells(chunk, dataset, first, n) &&
               H5Dread_chunk(dataset, H5P_DEFAULT, &first, &chunk->mask, chunk->stored) >= 0;
    H5Tclose(type);
    H5Pclose(creation);
    return is_there;
}

/* szip takes numbers only. */
static hid_t new_type(size_t size)
{
    if (size == 1 || size == 2 || size == 4 || size == 8) {
        hid_t type = H5Tcopy(H5T_NATIVE_UCHAR);
        H5Tset_size(type, size);
        return type;
    }
    return H5Tcreate(H5T_OPAQUE, size);
}

static bool write_dataset(hid_t file, hsize_t n, size_t size, add_filters *add)
{
    unsigned char *cells = NULL;
    hid_t type = new_type(size), space = H5Screate_simple(1, &n, NULL);
    hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
    bool is_ready = wn_new(&cells, n * size) == WN_OK && H5Pset_chunk(creation, 1, &n) >= 0 && add(creation) >= 0;
    hid_t dataset =
        is_ready ? H5Dcreate2(file, "cells", type, space, H5P_DEFAULT, creation, H5P_DEFAULT) : H5I_INVALID_HID;
    if (is_ready)
        fill_cells(cells, n, size);
    bool is_written = dataset >= 0 && H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, cells) >= 0;
    is_written = dataset >= 0 && H5Dclose(dataset) >= 0 && is_written;
    H5Pclose(creation);
    H5Sclose(space);
    H5Tclose(type);
    wn_free(cells);
    return is_written;
}

bool written_chunk_make(written_chunk *chunk, size_t n_elements, size_t size, add_filters *add)
{
    *chunk = (written_chunk){0};
    hid_t file = H5Fcreate(test_path("chunk.h5"), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    bool is_made = file >= 0 && write_dataset(file, n_elements, size, add) && H5Fflush(file, H5F_SCOPE_GLOBAL) >= 0;
    hid_t dataset = is_made ? H5Dopen2(file, "cells", H5P_DEFAULT) : H5I_INVALID_HID;
    is_made = dataset >= 0 && written_chunk_read(chunk, dataset, 0);
    if (dataset >= 0)
        H5Dclose(dataset);
    if (file >= 0)
        H5Fclose(file);
    return is_made;
}

void written_chunk_clear(written_chunk *chunk)
{
    wn_free(chunk->cells);
    wn_free(chunk->stored);
}

static wn_status decode_anew(const written_chunk *chunk, unsigned char *decoded)
{
    wn_decoder *decoder = NULL;
    wn_status status = WN_OK;
    TRY(wn_decoder_new(&decoder));
    status = wn_decoder_decode(decoder, &chunk->pipeline, chunk->mask, chunk->stored, chunk->n_stored, decoded);
done:
    wn_decoder_free(decoder);
    return status;
}

void written_chunk_check_memory(const written_chunk *chunk)
{
    unsigned char *decoded = NULL;
    CHECK_OK(wn_new(&decoded, chunk->pipeline.chunk_bytes));
    size_t before = wn_memory_used();
    wn_status status = WN_NO_MEMORY;
    for (int64_t nth = 1; status == WN_NO_MEMORY && nth < 10; nth++) {
        wn_memory_fail_at(nth);
        status = decode_anew(chunk, decoded);
        wn_memory_fail_at(0);
        CU_ASSERT_EQUAL(wn_memory_used(), before);
    }
    CHECK_OK(status);
    CU_ASSERT_EQUAL(memcmp(decoded, chunk->cells, chunk->pipeline.chunk_bytes), 0);
    wn_free(decoded);
}
