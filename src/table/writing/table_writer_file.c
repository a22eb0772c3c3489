/* The file that a table writer fills: made beside its name, and in the end verified, synced and renamed. */
#include "winnow/table_writer.h"

#include "hdf5_file.h"
#include "winnow/durable.h"
#include "winnow/memory.h"
#include "writer_state.h"

#include <sys/stat.h>
#include <unistd.h>

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
        status = wn_table_writer_fail(w, "file");
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
        status = wn_table_writer_fail(writer, "file");
        goto done;
    }
    if (!close_file(writer)) {
        status = wn_table_writer_fail(writer, "file");
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
