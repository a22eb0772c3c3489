#include "stored_dataset.h"

#include "hdf5_file.h"
#include "winnow/hdf5_filters.h"

#include <stdio.h>
#include <string.h>

enum { CHUNK_BYTES = 512 << 10, MOST_CHUNK_ROWS = 8192 };

size_t wn_store_bytes(wn_store_type type)
{
    switch (type) {
    case WN_STORE_BOOL:
    case WN_STORE_INT8:
    case WN_STORE_UINT8:
        return 1;
    case WN_STORE_INT16:
        return 2;
    case WN_STORE_INT32:
    case WN_STORE_FLOAT32:
        return 4;
    default:
        return 8;
    }
}

static hid_t memory_type(wn_store_type type)
{
    switch (type) {
    case WN_STORE_UINT8:
        return H5T_NATIVE_UINT8;
    case WN_STORE_INT64:
        return H5T_NATIVE_INT64;
    case WN_STORE_FLOAT32:
        return H5T_NATIVE_FLOAT;
    case WN_STORE_FLOAT64:
        return H5T_NATIVE_DOUBLE;
    case WN_STORE_INT8:
        return H5T_NATIVE_INT8;
    case WN_STORE_INT16:
        return H5T_NATIVE_INT16;
    case WN_STORE_UINT64:
        return H5T_NATIVE_UINT64;
    default:
        return H5T_NATIVE_INT32;
    }
}

hid_t wn_stored_type(const wn_stored_dataset *d)
{
    return d->own_type >= 0 ? d->own_type : memory_type(d->type);
}

hid_t wn_stored_text_type(size_t n_bytes)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    if (type >= 0 && H5Tset_size(type, n_bytes > 0 ? n_bytes : H5T_VARIABLE) >= 0 &&
        H5Tset_strpad(type, n_bytes > 0 ? H5T_STR_NULLPAD : H5T_STR_NULLTERM) >= 0 &&
        H5Tset_cset(type, H5T_CSET_UTF8) >= 0)
        return type;
    wn_hdf5_release(type);
    return -1;
}

hid_t wn_stored_bool_type(void)
{
    int8_t no = 0, yes = 1;
    hid_t type = H5Tenum_create(H5T_NATIVE_INT8);
    if (type >= 0 && H5Tenum_insert(type, "FALSE", &no) >= 0 && H5Tenum_insert(type, "TRUE", &yes) >= 0)
        return type;
    wn_hdf5_release(type);
    return -1;
}

size_t wn_stored_chunk_rows(const wn_stored_dataset *d)
{
    size_t row_bytes = H5Tget_size(wn_stored_type(d));
    for (int i = 1; i < d->rank; i++)
        row_bytes *= (size_t)d->dims[i];
    size_t rows = 1;
    while (rows < MOST_CHUNK_ROWS && 2 * rows * row_bytes <= CHUNK_BYTES)
        rows *= 2;
    return rows;
}

static herr_t set_chunks(hid_t creation, const wn_stored_dataset *d, const wn_table_storage *storage)
{
    hsize_t chunk[WN_STORED_MOST_DIMS];
    memcpy(chunk, d->dims, sizeof chunk);
    chunk[0] = storage->chunk_rows;
    herr_t result = H5Pset_chunk(creation, d->rank, chunk);
    if (result >= 0 && storage->shuffle && H5Tget_size(wn_stored_type(d)) > 1)
        result = H5Pset_shuffle(creation);
    if (result >= 0 && storage->compression > 0)
        result = H5Pset_deflate(creation, (unsigned)storage->compression);
    const unsigned level = (unsigned)storage->zstd;
    if (result >= 0 && storage->zstd > 0)
        result = H5Pset_filter(creation, WN_HDF5_FILTER_ZSTD, H5Z_FLAG_OPTIONAL, 1, &level);
    return result;
}

/* Without times, so that equal contents are equal files. */
static hid_t new_creation(const wn_stored_dataset *d, const wn_table_storage *storage)
{
    hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
    herr_t result = H5Pset_obj_track_times(creation, false);
    if (result >= 0 && storage->chunk_rows > 0)
        result = set_chunks(creation, d, storage);
    if (result >= 0 && storage->has_fill)
        result = H5Pset_fill_value(creation, H5T_NATIVE_INT64, &storage->fill);
    bool has_pointers = d->own_type >= 0 && H5Tis_variable_str(d->own_type) > 0;
    if (result >= 0 && d->n_rows >= 0 && !has_pointers) /* every row is written anyway */
        result = H5Pset_fill_time(creation, H5D_FILL_TIME_NEVER);
    if (result >= 0 && storage->is_placed)
        result = H5Pset_alloc_time(creation, H5D_ALLOC_TIME_EARLY);
    if (result >= 0)
        return creation;
    wn_hdf5_release(creation);
    return -1;
}

static bool is_ascii(const char *text)
{
    while ((unsigned char)*text - 1U < 127)
        text++;
    return *text == 0;
}

static hid_t new_links(const char *name)
{
    hid_t links = H5Pcreate(H5P_LINK_CREATE);
    herr_t result = H5Pset_create_intermediate_group(links, 1);
    if (result >= 0 && !is_ascii(name))
        result = H5Pset_char_encoding(links, H5T_CSET_UTF8);
    if (result >= 0)
        return links;
    wn_hdf5_release(links);
    return -1;
}

static hid_t create(hid_t file, const wn_stored_dataset *d, hid_t creation)
{
    hsize_t dims[WN_STORED_MOST_DIMS], most[WN_STORED_MOST_DIMS];
    memcpy(dims, d->dims, sizeof dims);
    if (d->n_rows >= 0)
        dims[0] = (hsize_t)d->n_rows;
    memcpy(most, dims, sizeof most);
    if (d->n_rows < 0)
        most[0] = H5S_UNLIMITED;
    hid_t id = -1, space = H5Screate_simple(d->rank, dims, most);
    hid_t links = new_links(d->name);
    if (creation >= 0 && space >= 0 && links >= 0)
        id = H5Dcreate2(file, d->name, wn_stored_type(d), space, links, creation, H5P_DEFAULT);
    wn_hdf5_release(links);
    wn_hdf5_release(space);
    return id;
}

hid_t wn_stored_create(hid_t file, const wn_stored_dataset *d, const wn_table_storage *storage)
{
    hid_t creation = new_creation(d, storage), id = create(file, d, creation);
    wn_hdf5_release(creation);
    return id;
}

/* Rows [first, first + part->n_rows) are those of the dataset of the same name in the part. */
static herr_t map_part(hid_t creation, const wn_stored_dataset *d, const wn_table_part *part, int64_t first)
{
    hsize_t dims[WN_STORED_MOST_DIMS], start[WN_STORED_MOST_DIMS] = {(hsize_t)first}, count[WN_STORED_MOST_DIMS];
    char name[256];
    memcpy(dims, d->dims, sizeof dims);
    memcpy(count, d->dims, sizeof count);
    dims[0] = (hsize_t)d->n_rows;
    count[0] = (hsize_t)part->n_rows;
    if ((size_t)snprintf(name, sizeof name, "/%s", d->name) >= sizeof name)
        return -1;
    hid_t space = H5Screate_simple(d->rank, dims, NULL), source = H5Screate_simple(d->rank, count, NULL);
    herr_t result = space < 0 || source < 0 ? -1 : H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL);
    if (result >= 0)
        result = H5Pset_virtual(creation, space, part->file, name, source);
    wn_hdf5_release(source);
    wn_hdf5_release(space);
    return result;
}

hid_t wn_stored_create_virtual(hid_t file, const wn_stored_dataset *d, const wn_table_part *parts, size_t n_parts)
{
    int64_t first = 0;
    hid_t id = -1, creation = H5Pcreate(H5P_DATASET_CREATE);
    herr_t result = H5Pset_obj_track_times(creation, false);
    for (size_t i = 0; result >= 0 && i < n_parts; i++) {
        result = map_part(creation, d, &parts[i], first);
        first += parts[i].n_rows;
    }
    if (result >= 0)
        id = create(file, d, creation);
    wn_hdf5_release(creation);
    return id;
}
