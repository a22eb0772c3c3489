#include "winnow/table_writer.h"

#include "hdf5_file.h"
#include "winnow/hdf5_attribute.h"
#include "winnow/memory.h"
#include "writer_state.h"

#include <string.h>

/* A failed write spoils the file: remembered, so that finish cannot succeed. */
wn_status wn_table_writer_fail(wn_table_writer *writer, const char *what)
{
    const wn_hdf5_file file = {.path = writer->part};
    writer->has_failed = true;
    wn_status status = wn_hdf5_fail(&file, what, "cannot be written");
    return status == WN_IO ? status : wn_fail_prefix(WN_IO, "output");
}

/* How it lies in the file: in its own storage, or in parts. */
typedef struct {
    const wn_table_storage *storage; /* NULL: virtual */
    const wn_table_part *parts;
    size_t n_parts;
} placement;

static wn_status add_placed(wn_table_writer *writer, wn_stored_dataset d, const char *name, placement where,
                            size_t *dataset)
{
    wn_status status = WN_OK;
    if (writer->n_datasets == writer->capacity) {
        TRY(wn_resize(&writer->datasets, 2 * writer->capacity + 8));
        writer->capacity = 2 * writer->capacity + 8;
    }
    TRY(wn_string_copy(&d.name, name));
    d.id = where.storage != NULL ? wn_stored_create(writer->file, &d, where.storage)
                                 : wn_stored_create_virtual(writer->file, &d, where.parts, where.n_parts);
    if (d.id < 0) {
        status = wn_table_writer_fail(writer, name);
        goto done;
    }
    *dataset = writer->n_datasets;
    writer->datasets[writer->n_datasets++] = d;
    d.name = NULL;
    d.own_type = -1;
done:
    wn_free(d.name);
    wn_hdf5_release(d.own_type);
    return status;
}

static wn_status add(wn_table_writer *writer, wn_stored_dataset d, const char *name, const wn_table_storage *storage,
                     size_t *dataset)
{
    return add_placed(writer, d, name, (placement){.storage = storage}, dataset);
}

static wn_status start(wn_table_writer *writer, wn_stored_dataset *d, const char *name, wn_store_type type,
                       const size_t *dims, size_t n_dims)
{
    if (n_dims >= WN_STORED_MOST_DIMS)
        return wn_fail(WN_UNAVAILABLE, "%s: a table of %zu dimensions is not built", name, n_dims + 1);
    *d = (wn_stored_dataset){.id = -1, .own_type = -1, .type = type, .rank = (int)n_dims + 1, .n_rows = -1};
    for (size_t i = 0; i < n_dims; i++)
        d->dims[i + 1] = dims[i];
    if (type == WN_STORE_BOOL && (d->own_type = wn_stored_bool_type()) < 0)
        return wn_table_writer_fail(writer, name);
    return WN_OK;
}

wn_status wn_table_writer_add_dataset(wn_table_writer *writer, const char *name, wn_store_type type, const size_t *dims,
                                      size_t n_dims, int compression, size_t *dataset)
{
    wn_stored_dataset d;
    wn_status status = start(writer, &d, name, type, dims, n_dims);
    if (status != WN_OK)
        return status;
    wn_table_storage storage = {
        .chunk_rows = wn_stored_chunk_rows(&d), .compression = compression, .shuffle = compression > 0};
    return add(writer, d, name, &storage, dataset);
}

wn_status wn_table_writer_add_sized(wn_table_writer *writer, const char *name, wn_store_type type, const size_t *dims,
                                    size_t n_dims, const wn_table_storage *storage, size_t *dataset)
{
    wn_stored_dataset d;
    wn_status status = start(writer, &d, name, type, dims, n_dims);
    if (status != WN_OK)
        return status;
    d.n_rows = storage->n_rows;
    return add(writer, d, name, storage, dataset);
}

static wn_status add_parts(wn_table_writer *writer, wn_stored_dataset d, const char *name, const wn_table_part *parts,
                           size_t n_parts, size_t *dataset)
{
    d.n_rows = 0;
    for (size_t i = 0; i < n_parts; i++)
        d.n_rows += parts[i].n_rows;
    wn_status status = add_placed(writer, d, name, (placement){.parts = parts, .n_parts = n_parts}, dataset);
    if (status == WN_OK)
        writer->datasets[*dataset].dims[0] = (hsize_t)d.n_rows;
    return status;
}

wn_status wn_table_writer_add_virtual(wn_table_writer *writer, const char *name, wn_store_type type, const size_t *dims,
                                      size_t n_dims, const wn_table_part *parts, size_t n_parts, size_t *dataset)
{
    wn_stored_dataset d;
    wn_status status = start(writer, &d, name, type, dims, n_dims);
    return status == WN_OK ? add_parts(writer, d, name, parts, n_parts, dataset) : status;
}

wn_status wn_table_writer_add_virtual_texts(wn_table_writer *writer, const char *name, size_t n_bytes,
                                            const wn_table_part *parts, size_t n_parts, size_t *dataset)
{
    wn_stored_dataset d = {.id = -1, .own_type = wn_hdf5_text_type(n_bytes), .rank = 1};
    if (d.own_type < 0)
        return wn_table_writer_fail(writer, name);
    return add_parts(writer, d, name, parts, n_parts, dataset);
}

wn_status wn_table_writer_add_texts(wn_table_writer *writer, const char *name, size_t n_bytes,
                                    const wn_table_storage *storage, size_t *dataset)
{
    wn_stored_dataset d = {.id = -1, .own_type = wn_hdf5_text_type(n_bytes), .rank = 1, .n_rows = storage->n_rows};
    if (d.own_type < 0)
        return wn_table_writer_fail(writer, name);
    return add(writer, d, name, storage, dataset);
}

wn_status wn_table_writer_set_columns(wn_table_writer *writer, size_t dataset, const char *const *names, size_t n_names)
{
    const wn_stored_dataset *d = &writer->datasets[dataset];
    hid_t type = wn_hdf5_text_type(0);
    bool is_written = type >= 0 && wn_hdf5_put_attribute(d->id, ".", "columns", type, n_names, names);
    wn_hdf5_release(type);
    return is_written ? WN_OK : wn_table_writer_fail(writer, d->name);
}

wn_status wn_table_writer_append(wn_table_writer *writer, size_t dataset, const void *cells, size_t n_rows)
{
    wn_status status = WN_OK;
    wn_stored_dataset *d = &writer->datasets[dataset];
    hsize_t start[WN_STORED_MOST_DIMS] = {d->dims[0]}, count[WN_STORED_MOST_DIMS];
    hid_t space = -1, memory = -1;
    if (n_rows == 0)
        return WN_OK;
    memcpy(count, d->dims, sizeof count);
    count[0] = n_rows;
    d->dims[0] += n_rows;
    bool is_written = d->n_rows >= 0 || H5Dset_extent(d->id, d->dims) >= 0;
    if (is_written) {
        space = H5Dget_space(d->id);
        memory = H5Screate_simple(d->rank, count, NULL);
        is_written = space >= 0 && memory >= 0 &&
                     H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL) >= 0 &&
                     H5Dwrite(d->id, wn_stored_type(d), memory, space, H5P_DEFAULT, cells) >= 0;
    }
    if (!is_written)
        status = wn_table_writer_fail(writer, d->name);
    wn_hdf5_release(memory);
    wn_hdf5_release(space);
    return status;
}

wn_status wn_table_writer_place(wn_table_writer *writer, size_t dataset, int64_t *offset)
{
    wn_stored_dataset *d = &writer->datasets[dataset];
    haddr_t at = d->n_rows > 0 ? H5Dget_offset(d->id) : 0;
    if (at == HADDR_UNDEF)
        return wn_table_writer_fail(writer, d->name);
    d->dims[0] = (hsize_t)d->n_rows;
    *offset = (int64_t)at;
    return WN_OK;
}
