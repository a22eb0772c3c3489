#include "table_file.h"

#include "externals.h"
#include "record.h"
#include "winnow/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_CACHE_BYTES = 32 << 20 };

static const wn_file *cataloged(const wn_table_file *file)
{
    return &file->catalog->files[file->number];
}

wn_status wn_table_file_check_size(const wn_table_file *file)
{
    struct stat info;
    if (stat(file->file.path, &info) != 0)
        return wn_fail(WN_IO, "%s: %s", file->file.path, strerror(errno));
    if (info.st_size != cataloged(file)->n_bytes)
        return wn_fail(WN_BAD_DATA, "%s: has changed since it was first looked at: %lld bytes, not %lld",
                       file->file.path, (long long)info.st_size, (long long)cataloged(file)->n_bytes);
    return wn_externals_check(cataloged(file)->externals, cataloged(file)->n_externals);
}

wn_status wn_table_file_open(wn_table_file **file, const wn_catalog *catalog, size_t number)
{
    wn_status status = WN_OK;
    wn_table_file *f = NULL;
    TRY(wn_new(&f, 1));
    f->catalog = catalog;
    f->number = number;
    f->file.id = f->file.links = -1;
    f->descriptor = -1;
    TRY(wn_new(&f->datasets, catalog->n_datasets));
    for (size_t d = 0; d < catalog->n_datasets; d++)
        f->datasets[d].id = f->datasets[d].cells_types[0] = f->datasets[d].cells_types[1] = -1;
    TRY(wn_hdf5_open(&f->file, catalog->files[number].path));
    f->file.allows_external = cataloged(f)->n_externals > 0; /* the catalog would have none otherwise */
    TRY(wn_table_file_check_size(f));
    f->descriptor = open(f->file.path, O_RDONLY | O_CLOEXEC);
    if (f->descriptor < 0)
        TRY(wn_fail(WN_NO_INPUT, "%s: %s", f->file.path, strerror(errno)));
    *file = f;
    f = NULL;
done:
    wn_table_file_close(f);
    return status;
}

void wn_table_file_close(wn_table_file *file)
{
    if (file == NULL)
        return;
    for (size_t d = 0; file->datasets != NULL && d < file->catalog->n_datasets; d++) {
        wn_hdf5_release(file->datasets[d].id);
        wn_hdf5_release(file->datasets[d].cells_types[0]);
        wn_hdf5_release(file->datasets[d].cells_types[1]);
        wn_categories_clear(&file->datasets[d].categories);
        wn_storage_clear(&file->datasets[d].storage);
    }
    if (file->descriptor >= 0)
        close(file->descriptor);
    wn_hdf5_close(&file->file);
    wn_free(file->datasets);
    wn_free(file);
}

/* The library's own cache of chunks helps where a chunk is asked for more than once: where a block ends inside it, or
 * ranges of columns share it. There it holds one row of chunks, if that is not too much; for a column that fits its
 * blocks it would be waste. */
static void set_chunk_cache(hid_t access, hid_t dataset, const wn_open_dataset *d, int64_t block_rows)
{
    enum { N_SLOTS = 4099 };
    hsize_t chunk[H5S_MAX_RANK];
    hid_t creation = H5Dget_create_plist(dataset), type = H5Dget_type(dataset);
    size_t n_bytes = 0;
    if (H5Pget_layout(creation) == H5D_CHUNKED && H5Pget_chunk(creation, H5S_MAX_RANK, chunk) == d->rank &&
        (d->rank > 1 || block_rows % (int64_t)chunk[0] != 0)) {
        n_bytes = H5Tget_size(type) * (size_t)chunk[0];
        for (int i = 1; i < d->rank && n_bytes <= MOST_CACHE_BYTES; i++)
            n_bytes *= (size_t)((d->dims[i] + chunk[i] - 1) / chunk[i] * chunk[i]);
    }
    H5Pset_chunk_cache(access, d->rank > 1 ? N_SLOTS : 1, n_bytes <= MOST_CACHE_BYTES ? n_bytes : 0, 1.0);
    wn_hdf5_release(creation);
    wn_hdf5_release(type);
}

static wn_status read_shape(wn_open_dataset *d, const wn_table_file *file, const char *path, size_t expected_width)
{
    hid_t space = H5Dget_space(d->id), creation = H5Dget_create_plist(d->id);
    hsize_t chunk[H5S_MAX_RANK], width = 1;
    d->rank = space < 0 ? -1 : H5Sget_simple_extent_dims(space, d->dims, NULL);
    d->slice_rows = 1;
    if (creation >= 0 && H5Pget_layout(creation) == H5D_CHUNKED && H5Pget_chunk(creation, H5S_MAX_RANK, chunk) > 0)
        d->slice_rows = (size_t)chunk[0];
    wn_hdf5_release(creation);
    wn_hdf5_release(space);
    for (int i = 1; i < d->rank; i++)
        width *= d->dims[i];
    if (d->rank < 1 || (int64_t)d->dims[0] != cataloged(file)->n_rows || width != expected_width)
        return wn_fail(WN_BAD_DATA, "%s: %s: has changed since it was first looked at", file->file.path, path);
    return WN_OK;
}

/* A cache is chosen at opening, by what only an open dataset tells. */
static wn_status open_dataset(wn_table_file *file, wn_open_dataset *d, const wn_dataset_info *info)
{
    wn_status status = WN_OK;
    hid_t access = H5Pcreate(H5P_DATASET_ACCESS), again = -1;
    TRY(wn_hdf5_open_object(&file->file, info->source, &d->id));
    if (d->id < 0 || access < 0 || H5Iget_type(d->id) != H5I_DATASET) {
        status = wn_fail(WN_BAD_DATA, "%s: %s: is not there any more", file->file.path, info->path);
        goto done;
    }
    TRY(read_shape(d, file, info->path, info->part == WN_PART_WHOLE ? info->width : 1));
    set_chunk_cache(access, d->id, d, cataloged(file)->block_rows);
    wn_hdf5_release(d->id);
    d->id = -1;
    again = H5Dopen2(file->file.id, info->source, access);
    if (again < 0)
        status = wn_hdf5_fail(&file->file, info->path, "truncated or damaged");
    else
        d->id = again;
done:
    wn_hdf5_release(access);
    if (status != WN_OK) {
        wn_hdf5_release(d->id);
        d->id = -1;
    }
    return status;
}

/* What reading parts of a dataset needs beside it: then its bytes are no cells. */
static wn_status open_part(wn_table_file *file, wn_open_dataset *d, const wn_dataset_info *info)
{
    wn_status status = WN_OK;
    if (info->part == WN_PART_WHOLE)
        return WN_OK;
    d->storage.kind = WN_STORAGE_LIBRARY;
    if (info->part == WN_PART_CODES)
        TRY(wn_categories_read(&d->categories, &file->file, info->path));
    for (int is_float32 = 0; is_float32 < 2 && info->part == WN_PART_NUMBERS; is_float32++)
        d->cells_types[is_float32] = wn_record_cells_type(d->id, is_float32 != 0);
    if (info->part == WN_PART_NUMBERS &&
        (d->cells_types[0] < 0 || H5Tget_size(d->cells_types[0]) != info->width * sizeof(double)))
        status = wn_fail(WN_BAD_DATA, "%s: %s: has changed since it was first looked at", file->file.path, info->path);
    if ((info->part == WN_PART_CODES) && (d->categories.numbers == NULL) != (info->kind == WN_CELL_STRING))
        status = wn_fail(WN_BAD_DATA, "%s: %s: its categories are of another type than elsewhere", file->file.path,
                         info->path);
done:
    return status;
}

wn_status wn_table_file_open_dataset(wn_table_file *file, size_t dataset, const wn_read_plan *plan)
{
    wn_status status = WN_OK;
    wn_open_dataset *d = &file->datasets[dataset];
    const wn_catalog *catalog = file->catalog;
    char *elsewhere = NULL;
    if (d->id >= 0)
        return WN_OK;
    TRY(open_dataset(file, d, &catalog->datasets[dataset]));
    TRY(wn_storage_read(&d->storage, d->id, plan, catalog->has_label && catalog->label.dataset == dataset,
                        catalog->label.position));
    TRY(wn_hdf5_elsewhere(&elsewhere, &file->file, d->id));
    TRY(open_part(file, d, &catalog->datasets[dataset]));
    if (elsewhere != NULL && d->storage.kind == WN_STORAGE_CONTIGUOUS) /* the bytes of another file */
        d->storage.kind = WN_STORAGE_LIBRARY;
done:
    wn_free(elsewhere);
    return status;
}
