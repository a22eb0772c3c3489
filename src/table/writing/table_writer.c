#include "winnow/table_writer.h"

#include "hdf5_file.h"
#include "stored_dataset.h"
#include "winnow/durable.h"
#include "winnow/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct wn_table_writer {
    char *path, *part; /* the final name, the one while it is written */
    hid_t file;
    wn_stored_dataset *datasets;
    size_t n_datasets, capacity;
    bool has_failed;
};

/* A failed write spoils the file: remembered, so that finish cannot succeed. */
static wn_status fail_write(wn_table_writer *writer, const char *what)
{
    const wn_hdf5_file file = {.path = writer->part};
    writer->has_failed = true;
    wn_status status = wn_hdf5_fail(&file, what, "cannot be written");
    return status == WN_IO ? status : wn_fail_prefix(WN_IO, "output");
}

/* A slip of the hand must not cost a file that is no table. */
static wn_status check_target(const char *path)
{
    struct stat info;
    if (stat(path, &info) != 0)
        return WN_OK;
    if (!S_ISREG(info.st_mode))
        return wn_fail(WN_CANT_CREATE, "%s: exists and is not a regular file", path);
    if (info.st_size > 0 && H5Fis_hdf5(path) <= 0)
        return wn_fail(WN_CANT_CREATE, "%s: exists and is not an HDF5 file; it is not replaced", path);
    return WN_OK;
}

wn_status wn_table_writer_refuse(const char *path, const char *input)
{
    struct stat output, source;
    if (stat(path, &output) != 0 || stat(input, &source) != 0)
        return WN_OK;
    if (output.st_dev != source.st_dev || output.st_ino != source.st_ino)
        return WN_OK;
    return wn_fail(WN_CANT_CREATE, "%s: is read as %s, and cannot be the output too", path, input);
}

static hid_t create_file(const char *path, bool is_ordered)
{
    hid_t access = wn_hdf5_new_access(), creation = H5Pcreate(H5P_FILE_CREATE), file = -1;
    herr_t result = H5Pset_obj_track_times(creation, false); /* equal contents are equal files */
    if (result >= 0 && is_ordered)
        result = H5Pset_link_creation_order(creation, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
    if (result >= 0 && is_ordered) /* HDF5 1.8's form, which that needs anyway, has attributes of more than 64 KiB */
        result = H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_LATEST);
    if (result >= 0)
        file = H5Fcreate(path, H5F_ACC_TRUNC, creation, access);
    wn_hdf5_release(creation);
    wn_hdf5_release(access);
    return file;
}

static wn_status open_writer(wn_table_writer **writer, const char *path, bool is_ordered)
{
    wn_status status = WN_OK;
    wn_table_writer *w = NULL;
    wn_hdf5_setup();
    TRY(check_target(path));
    TRY(wn_new(&w, 1));
    w->file = -1;
    TRY(wn_string_copy(&w->path, path));
    TRY(wn_string_format(&w->part, "%s.part-%ld", path, (long)getpid()));
    TRY(wn_durable_create(w->part)); /* the library's own message is long */
    w->file = create_file(w->part, is_ordered);
    if (w->file < 0) {
        status = fail_write(w, "file");
        goto done;
    }
    *writer = w;
    w = NULL;
done:
    wn_table_writer_close(w);
    return status;
}

wn_status wn_table_writer_open(wn_table_writer **writer, const char *path)
{
    return open_writer(writer, path, false);
}

wn_status wn_table_writer_open_ordered(wn_table_writer **writer, const char *path)
{
    return open_writer(writer, path, true);
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
        status = fail_write(writer, name);
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
        return fail_write(writer, name);
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
    wn_stored_dataset d = {.id = -1, .own_type = wn_stored_text_type(n_bytes), .rank = 1};
    if (d.own_type < 0)
        return fail_write(writer, name);
    return add_parts(writer, d, name, parts, n_parts, dataset);
}

wn_status wn_table_writer_add_texts(wn_table_writer *writer, const char *name, size_t n_bytes,
                                    const wn_table_storage *storage, size_t *dataset)
{
    wn_stored_dataset d = {.id = -1, .own_type = wn_stored_text_type(n_bytes), .rank = 1, .n_rows = storage->n_rows};
    if (d.own_type < 0)
        return fail_write(writer, name);
    return add(writer, d, name, storage, dataset);
}

wn_status wn_table_writer_set_columns(wn_table_writer *writer, size_t dataset, const char *const *names, size_t n_names)
{
    hsize_t n = n_names;
    hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate_simple(1, &n, NULL), attribute = -1;
    if (type >= 0 && space >= 0 && H5Tset_size(type, H5T_VARIABLE) >= 0 && H5Tset_cset(type, H5T_CSET_UTF8) >= 0)
        attribute = H5Acreate2(writer->datasets[dataset].id, "columns", type, space, H5P_DEFAULT, H5P_DEFAULT);
    bool is_written = attribute >= 0 && H5Awrite(attribute, type, names) >= 0;
    wn_status status = is_written ? WN_OK : fail_write(writer, writer->datasets[dataset].name);
    wn_hdf5_release(attribute);
    wn_hdf5_release(space);
    wn_hdf5_release(type);
    return status;
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
        status = fail_write(writer, d->name);
    wn_hdf5_release(memory);
    wn_hdf5_release(space);
    return status;
}

wn_status wn_table_writer_place(wn_table_writer *writer, size_t dataset, int64_t *offset)
{
    wn_stored_dataset *d = &writer->datasets[dataset];
    haddr_t at = d->n_rows > 0 ? H5Dget_offset(d->id) : 0;
    if (at == HADDR_UNDEF)
        return fail_write(writer, d->name);
    d->dims[0] = (hsize_t)d->n_rows;
    *offset = (int64_t)at;
    return WN_OK;
}

const char *wn_table_writer_part(const wn_table_writer *writer)
{
    return writer->part;
}

static wn_status check_lengths(const wn_table_writer *writer)
{
    for (size_t i = 0; i < writer->n_datasets; i++) {
        const wn_stored_dataset *d = &writer->datasets[i];
        if (d->dims[0] != writer->datasets[0].dims[0])
            return wn_fail(WN_INTERNAL, "%s: datasets of different lengths were written", writer->path);
        if (d->n_rows >= 0 && d->dims[0] != (hsize_t)d->n_rows)
            return wn_fail(WN_INTERNAL, "%s: %s lacks rows", writer->path, d->name);
    }
    return WN_OK;
}

static bool close_file(wn_table_writer *writer)
{
    bool is_closed = true;
    for (size_t i = 0; i < writer->n_datasets; i++) {
        is_closed = (writer->datasets[i].id < 0 || H5Dclose(writer->datasets[i].id) >= 0) && is_closed;
        writer->datasets[i].id = -1;
        wn_hdf5_release(writer->datasets[i].own_type);
        writer->datasets[i].own_type = -1;
    }
    is_closed = (writer->file < 0 || H5Fclose(writer->file) >= 0) && is_closed;
    writer->file = -1;
    return is_closed;
}

/* What was written opens and is as long as it should be. */
static wn_status verify(const wn_table_writer *writer)
{
    wn_status status = WN_OK;
    wn_hdf5_file file = {.id = -1, .links = -1};
    TRY(wn_hdf5_open(&file, writer->part));
    for (size_t i = 0; i < writer->n_datasets && status == WN_OK; i++) {
        hsize_t dims[H5S_MAX_RANK] = {0};
        hid_t id = H5Dopen2(file.id, writer->datasets[i].name, H5P_DEFAULT), space = id < 0 ? -1 : H5Dget_space(id);
        if (space < 0 || H5Sget_simple_extent_dims(space, dims, NULL) < 1 || dims[0] != writer->datasets[i].dims[0])
            status = wn_fail(WN_IO, "%s: %s was not written whole", writer->part, writer->datasets[i].name);
        wn_hdf5_release(space);
        wn_hdf5_release(id);
    }
done:
    wn_hdf5_close(&file);
    return status == WN_OK ? WN_OK : wn_fail_prefix(WN_IO, "verifying the output");
}

wn_status wn_table_writer_finish(wn_table_writer *writer)
{
    wn_status status = WN_OK;
    if (writer->has_failed)
        return wn_fail(WN_IO, "%s: an earlier write failed", writer->path);
    TRY(check_lengths(writer));
    if (H5Fflush(writer->file, H5F_SCOPE_LOCAL) < 0) {
        status = fail_write(writer, "file");
        goto done;
    }
    if (!close_file(writer)) {
        status = fail_write(writer, "file");
        goto done;
    }
    TRY(wn_durable_sync(writer->part));
    TRY(verify(writer));
    TRY(wn_durable_rename(writer->part, writer->path));
    wn_free(writer->part);
    writer->part = NULL;
done:
    return status;
}

void wn_table_writer_close(wn_table_writer *writer)
{
    if (writer == NULL)
        return;
    close_file(writer);
    if (writer->part != NULL)
        unlink(writer->part);
    for (size_t i = 0; i < writer->n_datasets; i++)
        wn_free(writer->datasets[i].name);
    wn_free(writer->datasets);
    wn_free(writer->part);
    wn_free(writer->path);
    wn_free(writer);
}
