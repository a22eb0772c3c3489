#include "idx.h"

#include "winnow/gzip_reader.h"
#include "winnow/memory.h"

#include <endian.h>
#include <stdbool.h>
#include <stdint.h>

struct wn_idx {
    char *path;           /* owned */
    wn_gzip_reader *file; /* owned */
    wn_store_type type;
    size_t cell_bytes;
    size_t dims[WN_IDX_MOST_DIMS], n_dims; /* dims[0]: rows */
    size_t row_cells;
};

static bool set_type(wn_idx *idx, unsigned char code)
{
    static const struct {
        unsigned char code;
        wn_store_type type;
        size_t n_bytes;
    } types[] = {{0x08, WN_STORE_UINT8, 1}, {0x09, WN_STORE_INT8, 1},    {0x0B, WN_STORE_INT16, 2},
                 {0x0C, WN_STORE_INT32, 4}, {0x0D, WN_STORE_FLOAT32, 4}, {0x0E, WN_STORE_FLOAT64, 8}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (types[i].code != code)
            continue;
        idx->type = types[i].type;
        idx->cell_bytes = types[i].n_bytes;
        return true;
    }
    return false;
}

static wn_status read_header(wn_idx *idx)
{
    wn_status status = WN_OK;
    unsigned char magic[4];
    TRY(wn_gzip_reader_take(idx->file, magic, sizeof magic));
    if (magic[0] != 0 || magic[1] != 0 || !set_type(idx, magic[2]) || magic[3] == 0)
        return wn_fail(WN_BAD_DATA, "%s: is not an IDX file", idx->path);
    if (magic[3] > WN_IDX_MOST_DIMS)
        return wn_fail(WN_UNAVAILABLE, "%s: has %d dimensions, at most %d are built", idx->path, magic[3],
                       WN_IDX_MOST_DIMS);
    idx->n_dims = magic[3];
    idx->row_cells = 1;
    for (size_t i = 0; i < idx->n_dims; i++) {
        uint32_t dim;
        TRY(wn_gzip_reader_take(idx->file, &dim, sizeof dim));
        idx->dims[i] = be32toh(dim);
        if (i > 0 && (idx->dims[i] == 0 || idx->row_cells > (size_t)INT32_MAX / idx->dims[i]))
            return wn_fail(WN_BAD_DATA, "%s: its header is damaged: rows of no or too many cells", idx->path);
        idx->row_cells *= i > 0 ? idx->dims[i] : 1;
    }
done:
    return status;
}

wn_status wn_idx_open(wn_idx **idx, const char *path)
{
    wn_status status = WN_OK;
    wn_idx *made = NULL;
    TRY(wn_new(&made, 1));
    TRY(wn_string_copy(&made->path, path));
    TRY(wn_gzip_reader_open(&made->file, path));
    TRY(read_header(made));
    *idx = made;
    made = NULL;
done:
    wn_idx_close(made);
    return status;
}

void wn_idx_close(wn_idx *idx)
{
    if (idx == NULL)
        return;
    wn_gzip_reader_close(idx->file);
    wn_free(idx->path);
    wn_free(idx);
}

size_t wn_idx_rows(const wn_idx *idx)
{
    return idx->dims[0];
}

const size_t *wn_idx_dims(const wn_idx *idx, size_t *n_dims)
{
    *n_dims = idx->n_dims - 1;
    return idx->dims + 1;
}

wn_store_type wn_idx_type(const wn_idx *idx)
{
    return idx->type;
}

size_t wn_idx_row_bytes(const wn_idx *idx)
{
    return idx->row_cells * idx->cell_bytes;
}

/* IDX is big-endian. */
static void swap_cells(void *cells, size_t n, size_t cell_bytes)
{
    uint16_t *two = cells;
    uint32_t *four = cells;
    uint64_t *eight = cells;
    for (size_t i = 0; cell_bytes == 2 && i < n; i++)
        two[i] = be16toh(two[i]);
    for (size_t i = 0; cell_bytes == 4 && i < n; i++)
        four[i] = be32toh(four[i]);
    for (size_t i = 0; cell_bytes == 8 && i < n; i++)
        eight[i] = be64toh(eight[i]);
}

wn_status wn_idx_read(wn_idx *idx, void *cells, size_t n_rows)
{
    wn_status status = wn_gzip_reader_take(idx->file, cells, n_rows * wn_idx_row_bytes(idx));
    if (status == WN_OK)
        swap_cells(cells, n_rows * idx->row_cells, idx->cell_bytes);
    return status;
}

wn_status wn_idx_check_end(wn_idx *idx)
{
    char next;
    size_t n = 0;
    wn_status status = wn_gzip_reader_read(idx->file, &next, 1, &n);
    if (status == WN_OK && n > 0)
        status = wn_fail(WN_BAD_DATA, "%s: damaged: more bytes follow than its header says", idx->path);
    return status;
}
