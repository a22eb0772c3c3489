#include "text_cells.h"

#include "record.h"
#include "winnow/memory.h"

#include <string.h>

/* The library's memory for strings of any length is the store's; nothing of it is given back one by one. */
static void *take(size_t n, void *context)
{
    wn_text_cells *cells = context;
    char *bytes = NULL;
    if (cells->status == WN_OK)
        cells->status = wn_text_store_take(cells->store, n, &bytes);
    return cells->status == WN_OK ? bytes : NULL;
}

static void give_back(void *bytes, void *context)
{
    (void)bytes;
    (void)context;
}

/* What the buffer's cells are for H5Dread: the strings, or records of the one field. */
static void wrap_field(wn_text_cells *cells, const char *field)
{
    hid_t alone = cells->type < 0 ? -1 : wn_record_field_alone(cells->type, field);
    wn_hdf5_release(cells->type);
    cells->type = alone;
}

wn_status wn_text_cells_init(wn_text_cells *cells, const wn_hdf5_file *file, const char *path, hid_t dataset,
                             const char *field, wn_text_store *store)
{
    bool is_field = field[0] != '\0';
    *cells = (wn_text_cells){.type = is_field ? wn_record_field_type(dataset, field) : H5Dget_type(dataset),
                             .transfer = H5Pcreate(H5P_DATASET_XFER),
                             .store = store};
    bool is_right = cells->type >= 0 && cells->transfer >= 0 && H5Tget_class(cells->type) == H5T_STRING &&
                    H5Pset_vlen_mem_manager(cells->transfer, take, cells, give_back, cells) >= 0;
    if (!is_right)
        return wn_hdf5_fail(file, path, "truncated or damaged");
    cells->is_variable = H5Tis_variable_str(cells->type) > 0;
    cells->is_space_padded = H5Tget_strpad(cells->type) == H5T_STR_SPACEPAD;
    cells->ends_with_zero = cells->is_variable || H5Tget_strpad(cells->type) == H5T_STR_NULLTERM;
    cells->n_bytes = H5Tget_size(cells->type);
    if (is_field)
        wrap_field(cells, field);
    return cells->type >= 0 ? WN_OK : wn_hdf5_fail(file, path, "truncated or damaged");
}

void wn_text_cells_clear(wn_text_cells *cells)
{
    wn_hdf5_release(cells->transfer);
    wn_hdf5_release(cells->type);
    cells->transfer = cells->type = -1;
}

wn_text wn_text_cells_at(const wn_text_cells *cells, const char *buffer, size_t n)
{
    wn_text text = {.data = buffer + n * cells->n_bytes};
    if (cells->is_variable) {
        memcpy(&text.data, buffer + n * cells->n_bytes, sizeof text.data);
        text.n_bytes = text.data != NULL ? strlen(text.data) : 0;
        return text;
    }
    text.n_bytes = strnlen(text.data, cells->n_bytes);
    while (cells->is_space_padded && text.n_bytes > 0 && text.data[text.n_bytes - 1] == ' ')
        text.n_bytes--;
    return text;
}

bool wn_text_cells_is_cut(const wn_text_cells *cells, const char *buffer, size_t n)
{
    if (cells->ends_with_zero)
        return false;
    const char *text = buffer + n * cells->n_bytes;
    size_t i = strnlen(text, cells->n_bytes);
    while (i < cells->n_bytes && (text[i] == '\0' || (cells->is_space_padded && text[i] == ' ')))
        i++;
    return i < cells->n_bytes;
}

/* Texts of one run of rows; their bytes are added to *total. */
static wn_status add_run(const wn_hdf5_file *file, const char *path, hid_t dataset, wn_text_cells *cells,
                         const hsize_t *start, const hsize_t *count, int rank, int64_t *total)
{
    wn_status status = WN_OK;
    char *buffer = NULL;
    size_t n = 1;
    hid_t space = H5Dget_space(dataset), memory = H5Screate_simple(rank, count, NULL);
    for (int i = 0; i < rank; i++)
        n *= count[i];
    TRY(wn_memory_new((void **)&buffer, n, cells->n_bytes, __func__));
    if (space < 0 || memory < 0 || H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL) < 0 ||
        H5Dread(dataset, cells->type, memory, space, cells->transfer, buffer) < 0)
        status = cells->status != WN_OK ? cells->status : wn_hdf5_fail(file, path, "its texts cannot be read");
    for (size_t i = 0; i < n && status == WN_OK; i++)
        *total += (int64_t)wn_text_cells_at(cells, buffer, i).n_bytes + 1;
done:
    wn_text_store_clear(cells->store);
    wn_hdf5_release(memory);
    wn_hdf5_release(space);
    wn_free(buffer);
    return status;
}

/* Runs spread evenly over the rows. */
static wn_status sample(const wn_hdf5_file *file, const char *path, hid_t dataset, wn_text_cells *cells,
                        const hsize_t *dims, int rank, int64_t *row_bytes)
{
    enum { N_RUNS = 8, RUN_ROWS = 32 };
    wn_status status = WN_OK;
    int64_t total = 0;
    hsize_t start[H5S_MAX_RANK] = {0}, count[H5S_MAX_RANK], n_rows = 0;
    memcpy(count, dims, sizeof count);
    for (hsize_t k = 0; k < N_RUNS && dims[0] > 0; k++) {
        start[0] = dims[0] / N_RUNS * k;
        count[0] = dims[0] - start[0] < RUN_ROWS ? dims[0] - start[0] : RUN_ROWS;
        TRY(add_run(file, path, dataset, cells, start, count, rank, &total));
        n_rows += count[0];
    }
    *row_bytes = n_rows > 0 ? (total + (int64_t)n_rows - 1) / (int64_t)n_rows : 1;
done:
    return status;
}

wn_status wn_text_cells_row_bytes(const wn_hdf5_file *file, const char *path, hid_t dataset, const char *field,
                                  int64_t *row_bytes)
{
    wn_status status = WN_OK;
    wn_text_store store = {0};
    wn_text_cells cells;
    hsize_t dims[H5S_MAX_RANK] = {0};
    hid_t space = H5Dget_space(dataset);
    int rank = space < 0 ? -1 : H5Sget_simple_extent_dims(space, dims, NULL);
    TRY(wn_text_cells_init(&cells, file, path, dataset, field, &store));
    if (rank < 1)
        TRY(wn_hdf5_fail(file, path, "truncated or damaged"));
    *row_bytes = (int64_t)cells.n_bytes;
    for (int i = 1; i < rank && !cells.is_variable; i++)
        if (__builtin_mul_overflow(*row_bytes, (int64_t)dims[i], row_bytes))
            TRY(wn_fail(WN_BAD_DATA, "%s: %s: its rows are too long", file->path, path));
    if (cells.is_variable)
        TRY(sample(file, path, dataset, &cells, dims, rank, row_bytes));
done:
    wn_text_cells_clear(&cells);
    wn_text_store_clear(&store);
    wn_hdf5_release(space);
    return status;
}
