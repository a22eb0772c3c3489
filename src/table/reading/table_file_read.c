/* Runs of rows of one dataset, through the HDF5 library. */
#include "table_file.h"

#include "text_cells.h"
#include "winnow/memory.h"

#include <fcntl.h>
#include <string.h>

enum { SLICE_BYTES = 16 << 20, MOST_SLICE_BYTES = 1 << 30 };

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
