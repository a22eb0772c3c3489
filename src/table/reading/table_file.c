#include "table_file.h"

#include "externals.h"
#include "record.h"
#include "text_cells.h"
#include "winnow/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SLICE_BYTES = 16 << 20, MOST_SLICE_BYTES = 1 << 30, MOST_CACHE_BYTES = 32 << 20 };

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

size_t wn_table_file_slice(const wn_table_file *file, size_t dataset, size_t width, size_t n_ranges)
{
    size_t row_bytes = width * sizeof(double), chunk = file->datasets[dataset].slice_rows;
    size_t rows = SLICE_BYTES / row_bytes;
    bool is_chunk_by_chunk = n_ranges > 1 && chunk > 1;
    if (rows >= chunk && !is_chunk_by_chunk)
        return rows / chunk * chunk;
    if (chunk <= MOST_SLICE_BYTES / row_bytes)
        return chunk;
    return rows > 0 ? rows : 1;
}

/* A run of rows of some columns, and where they go: `at` in rows of `width` cells of a memory type. */
typedef struct {
    hid_t type, transfer;
    hsize_t start[H5S_MAX_RANK], count[H5S_MAX_RANK], width, at;
} slab;

/* One hyperslab of the file into one of the memory with the same shape: for unlike shapes the library goes cell by
 * cell. */
static wn_status read_slab(const wn_table_file *file, size_t dataset, const slab *s, void *cells)
{
    const wn_open_dataset *d = &file->datasets[dataset];
    hsize_t dims[H5S_MAX_RANK], to[H5S_MAX_RANK] = {0};
    wn_status status = WN_OK;
    memcpy(dims, s->count, sizeof dims);
    if (d->rank == 2) {
        dims[1] = s->width;
        to[1] = s->at;
    }
    hid_t space = H5Dget_space(d->id), memory = H5Screate_simple(d->rank, dims, NULL);
    if (space < 0 || memory < 0 || H5Sselect_hyperslab(space, H5S_SELECT_SET, s->start, NULL, s->count, NULL) < 0 ||
        H5Sselect_hyperslab(memory, H5S_SELECT_SET, to, NULL, s->count, NULL) < 0 ||
        H5Dread(d->id, s->type, memory, space, s->transfer, cells) < 0)
        status = wn_hdf5_fail(&file->file, file->catalog->datasets[dataset].path,
                              "its rows cannot be read: truncated or damaged");
    wn_hdf5_release(memory);
    wn_hdf5_release(space);
    return status;
}

static wn_status read_ranges(const wn_table_file *file, size_t dataset, slab *s, const wn_column_range *ranges,
                             size_t n_ranges, void *cells)
{
    wn_status status = WN_OK;
    for (size_t i = 0; i < n_ranges; i++)
        s->width += ranges[i].n;
    for (size_t i = 0; i < n_ranges; i++) {
        s->start[1] = ranges[i].first;
        s->count[1] = ranges[i].n;
        TRY(read_slab(file, dataset, s, cells));
        s->at += ranges[i].n;
    }
done:
    return status;
}

static wn_status read_rows(const wn_table_file *file, size_t dataset, slab *s, int64_t first, size_t n_rows,
                           const wn_column_range *ranges, size_t n_ranges, void *cells)
{
    const wn_open_dataset *d = &file->datasets[dataset];
    s->start[0] = (hsize_t)first;
    memcpy(s->count, d->dims, sizeof s->count);
    s->count[0] = n_rows;
    return d->rank == 2 ? read_ranges(file, dataset, s, ranges, n_ranges, cells) : read_slab(file, dataset, s, cells);
}

/* Codes (n_rows, new) of categories. */
static wn_status read_codes(const wn_table_file *file, size_t dataset, int64_t first, size_t n_rows, int64_t **codes)
{
    wn_status status = WN_OK;
    int64_t *read = NULL;
    slab s = {.type = H5T_NATIVE_INT64, .transfer = H5P_DEFAULT};
    TRY(wn_new(&read, n_rows));
    TRY(read_rows(file, dataset, &s, first, n_rows, NULL, 0, read));
    *codes = read;
    read = NULL;
done:
    wn_free(read);
    return status;
}

static wn_status read_coded(const wn_table_file *file, size_t dataset, int64_t first, size_t n_rows, wn_cells cells)
{
    wn_status status = WN_OK;
    int64_t *codes = NULL;
    TRY(read_codes(file, dataset, first, n_rows, &codes));
    TRY(wn_categories_numbers(&file->datasets[dataset].categories, &file->file, file->catalog->datasets[dataset].path,
                              codes, n_rows, cells));
done:
    wn_free(codes);
    return status;
}

static wn_status read_coded_texts(const wn_table_file *file, size_t dataset, int64_t first, size_t n_rows,
                                  wn_text_store *store, wn_text **texts)
{
    wn_status status = WN_OK;
    int64_t *codes = NULL;
    wn_text *read = NULL;
    TRY(read_codes(file, dataset, first, n_rows, &codes));
    TRY(wn_new(&read, n_rows));
    TRY(wn_categories_texts(&file->datasets[dataset].categories, &file->file, file->catalog->datasets[dataset].path,
                            codes, n_rows, store, read));
    *texts = read;
    read = NULL;
done:
    wn_free(read);
    wn_free(codes);
    return status;
}

wn_status wn_table_file_read(wn_table_file *file, size_t dataset, int64_t first, size_t n_rows,
                             const wn_column_range *ranges, size_t n_ranges, bool is_float32, void *cells)
{
    const wn_dataset_info *info = &file->catalog->datasets[dataset];
    if (info->part == WN_PART_CODES)
        return read_coded(file, dataset, first, n_rows, (wn_cells){.data = cells, .is_float32 = is_float32});
    slab s = {.type = is_float32 ? H5T_NATIVE_FLOAT : H5T_NATIVE_DOUBLE, .transfer = H5P_DEFAULT};
    if (info->part == WN_PART_NUMBERS)
        s.type = file->datasets[dataset].cells_types[is_float32];
    return read_rows(file, dataset, &s, first, n_rows, ranges, n_ranges, cells);
}

wn_status wn_table_file_read_texts(wn_table_file *file, size_t dataset, int64_t first, size_t n_rows,
                                   const wn_column_range *ranges, size_t n_ranges, size_t width, wn_text_store *store,
                                   wn_text **texts)
{
    wn_status status = WN_OK;
    wn_text_cells cells;
    wn_text *read = NULL;
    char *buffer = NULL, *pointers = NULL;
    size_t n = n_rows * width, n_bytes;
    const wn_dataset_info *info = &file->catalog->datasets[dataset];
    if (info->part == WN_PART_CODES)
        return read_coded_texts(file, dataset, first, n_rows, store, texts);
    const char *field = info->part == WN_PART_FIELD ? info->path + strlen(info->source) + 1 : "";
    TRY(wn_text_cells_init(&cells, &file->file, info->path, file->datasets[dataset].id, field, store));
    if (__builtin_mul_overflow(n, cells.n_bytes, &n_bytes))
        TRY(wn_fail(WN_NO_MEMORY, "%s: %s: its rows are too long", file->file.path,
                    file->catalog->datasets[dataset].path));
    TRY(wn_new(&read, n));
    if (cells.is_variable)
        TRY(wn_new(&pointers, n_bytes));
    else
        TRY(wn_text_store_take(store, n_bytes, &buffer));
    buffer = cells.is_variable ? pointers : buffer;
    slab s = {.type = cells.type, .transfer = cells.transfer};
    status = read_rows(file, dataset, &s, first, n_rows, ranges, n_ranges, buffer);
    if (cells.status != WN_OK)
        status = wn_fail(cells.status, "%s: %s: no memory for its texts", file->file.path,
                         file->catalog->datasets[dataset].path);
    TRY(status);
    for (size_t i = 0; i < n; i++) {
        read[i] = wn_text_cells_at(&cells, buffer, i);
        if (wn_text_cells_is_cut(&cells, buffer, i))
            TRY(wn_fail(WN_BAD_DATA, "%s: %s, row %lld: a text holds a zero byte", file->file.path, info->path,
                        (long long)first + (long long)(i / width)));
    }
    *texts = read;
    read = NULL;
done:
    wn_free(pointers);
    wn_free(read);
    wn_text_cells_clear(&cells);
    return status;
}
