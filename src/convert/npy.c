#include "npy.h"

#include "winnow/gzip_reader.h"
#include "winnow/memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAGIC_BYTES = 8, MOST_HEADER_BYTES = 65536 };

/* A type of NumPy's, and how it is stored. */
typedef struct {
    const char *code; /* behind the mark of its byte order */
    size_t n_bytes;
    wn_store_type stored;
    size_t stored_bytes;
} cell_type;

static const cell_type types[] = {
    {"b1", 1, WN_STORE_BOOL, 1},    {"i1", 1, WN_STORE_INT8, 1},   {"u1", 1, WN_STORE_UINT8, 1},
    {"i2", 2, WN_STORE_INT16, 2},   {"u2", 2, WN_STORE_INT32, 4},  {"i4", 4, WN_STORE_INT32, 4},
    {"u4", 4, WN_STORE_INT64, 8},   {"i8", 8, WN_STORE_INT64, 8},  {"u8", 8, WN_STORE_UINT64, 8},
    {"f4", 4, WN_STORE_FLOAT32, 4}, {"f8", 8, WN_STORE_FLOAT64, 8}};

struct wn_npy {
    char *path;           /* owned */
    wn_gzip_reader *file; /* owned */
    const cell_type *type;
    bool is_big_endian;
    size_t dims[WN_NPY_MOST_DIMS], n_dims; /* dims[0]: rows */
    size_t row_cells;
    unsigned char *packed; /* bytes of rows whose cells are stored wider, owned */
    size_t packed_room;
};

/* The text of the header, ended by a zero byte; the caller frees it. */
static wn_status read_header(wn_npy *npy, char **header)
{
    wn_status status = WN_OK;
    unsigned char magic[MAGIC_BYTES], length[4] = {0};
    char *made = NULL;
    size_t n_read = 0;
    TRY(wn_gzip_reader_read(npy->file, magic, sizeof magic, &n_read));
    if (n_read != sizeof magic || memcmp(magic, "\x93NUMPY", 6) != 0 || magic[6] < 1 || magic[6] > 3)
        return wn_fail(WN_BAD_DATA, "%s: is not a .npy file", npy->path);
    TRY(wn_gzip_reader_take(npy->file, length, magic[6] == 1 ? 2 : 4));
    size_t n = length[0] | (size_t)length[1] << 8 | (size_t)length[2] << 16 | (size_t)length[3] << 24;
    if (n > MOST_HEADER_BYTES)
        return wn_fail(WN_BAD_DATA, "%s: its header of %zu bytes is damaged", npy->path, n);
    TRY(wn_new(&made, n + 1));
    TRY(wn_gzip_reader_take(npy->file, made, n));
    *header = made;
    made = NULL;
done:
    wn_free(made);
    return status;
}

/* What the header says of a key, spaces left out; "" where it does not. */
static const char *value_of(const char *header, const char *key)
{
    const char *at = strstr(header, key);
    if (at == NULL)
        return "";
    at += strlen(key);
    return at + strspn(at, ": ");
}

static wn_status take_type(wn_npy *npy, const char *header)
{
    const char *descr = value_of(header, "'descr'");
    size_t n = strcspn(descr, ",}");
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (descr[0] == '\'' && strchr("<>|=", descr[1]) != NULL && strncmp(descr + 2, types[i].code, 2) == 0 &&
            descr[4] == '\'') {
            npy->type = &types[i];
            npy->is_big_endian = descr[1] == '>';
            return WN_OK;
        }
    if (*descr == '\0')
        return wn_fail(WN_BAD_DATA, "%s: its header names no type", npy->path);
    return wn_fail(WN_UNAVAILABLE, "%s: arrays of %.*s are not converted; booleans, integers, float32 and float64 are",
                   npy->path, (int)(n < 100 ? n : 100), descr);
}

/* (3, 4) or (3,): a dimension, and whether another follows. */
static wn_status take_shape(wn_npy *npy, const char *header)
{
    const char *at = value_of(header, "'shape'");
    npy->row_cells = 1;
    if (*at++ != '(')
        return wn_fail(WN_BAD_DATA, "%s: its header names no shape", npy->path);
    for (at += strspn(at, " "); *at != ')'; at += strspn(at, ", ")) {
        char *end;
        errno = 0;
        unsigned long long dim = strtoull(at, &end, 10);
        if (end == at || errno != 0 || *at == '-' || npy->n_dims == WN_NPY_MOST_DIMS)
            return wn_fail(WN_BAD_DATA, "%s: its header has a damaged shape, or more than %d dimensions", npy->path,
                           (int)WN_NPY_MOST_DIMS);
        bool is_row = npy->n_dims > 0;
        npy->dims[npy->n_dims++] = (size_t)dim;
        if (is_row && (dim == 0 || npy->row_cells > (size_t)INT32_MAX / dim))
            return wn_fail(WN_BAD_DATA, "%s: its rows have no or too many cells", npy->path);
        npy->row_cells *= is_row ? (size_t)dim : 1;
        at = end;
    }
    return npy->n_dims > 0 ? WN_OK : wn_fail(WN_BAD_DATA, "%s: is one number, no array", npy->path);
}

static wn_status take_order(const wn_npy *npy, const char *header)
{
    const char *order = value_of(header, "'fortran_order'");
    if (strncmp(order, "True", 4) == 0 && npy->n_dims > 1)
        return wn_fail(WN_UNAVAILABLE,
                       "%s: is stored column after column (Fortran's order): save it by rows, with "
                       "numpy.ascontiguousarray",
                       npy->path);
    if (strncmp(order, "True", 4) != 0 && strncmp(order, "False", 5) != 0)
        return wn_fail(WN_BAD_DATA, "%s: its header names no order", npy->path);
    return WN_OK;
}

wn_status wn_npy_open(wn_npy **npy, const char *path)
{
    wn_status status = WN_OK;
    wn_npy *made = NULL;
    char *header = NULL;
    TRY(wn_new(&made, 1));
    TRY(wn_string_copy(&made->path, path));
    TRY(wn_gzip_reader_open(&made->file, path));
    TRY(read_header(made, &header));
    TRY(take_type(made, header));
    TRY(take_shape(made, header));
    TRY(take_order(made, header));
    *npy = made;
    made = NULL;
done:
    wn_free(header);
    wn_npy_close(made);
    return status;
}

void wn_npy_close(wn_npy *npy)
{
    if (npy == NULL)
        return;
    wn_gzip_reader_close(npy->file);
    wn_free(npy->packed);
    wn_free(npy->path);
    wn_free(npy);
}

size_t wn_npy_rows(const wn_npy *npy)
{
    return npy->dims[0];
}

const size_t *wn_npy_dims(const wn_npy *npy, size_t *n_dims)
{
    *n_dims = npy->n_dims - 1;
    return npy->dims + 1;
}

wn_store_type wn_npy_type(const wn_npy *npy)
{
    return npy->type->stored;
}

size_t wn_npy_row_bytes(const wn_npy *npy)
{
    return npy->row_cells * npy->type->stored_bytes;
}

/* Turns the bytes of n cells of `width` bytes about. */
static void swap(unsigned char *bytes, size_t n, size_t width)
{
    for (size_t i = 0; i < n; i++, bytes += width)
        for (size_t b = 0; b < width / 2; b++) {
            unsigned char byte = bytes[b];
            bytes[b] = bytes[width - 1 - b];
            bytes[width - 1 - b] = byte;
        }
}

/* Unsigned integers behind which zero bytes come, which makes signed ones of twice the width (little-endian). */
static void widen(const unsigned char *packed, size_t n, size_t width, unsigned char *cells)
{
    memset(cells, 0, 2 * n * width);
    for (size_t i = 0; i < n; i++)
        memcpy(cells + 2 * i * width, packed + i * width, width);
}

static wn_status reserve(wn_npy *npy, size_t n)
{
    wn_status status = WN_OK;
    if (n > npy->packed_room)
        TRY(wn_resize(&npy->packed, n));
    npy->packed_room = n > npy->packed_room ? n : npy->packed_room;
done:
    return status;
}

wn_status wn_npy_read(wn_npy *npy, void *cells, size_t n_rows)
{
    wn_status status = WN_OK;
    size_t n = n_rows * npy->row_cells, width = npy->type->n_bytes;
    bool is_wider = npy->type->stored_bytes > width;
    if (is_wider)
        TRY(reserve(npy, n * width));
    unsigned char *bytes = is_wider ? npy->packed : cells;
    TRY(wn_gzip_reader_take(npy->file, bytes, n * width));
    if (npy->is_big_endian)
        swap(bytes, n, width);
    if (is_wider)
        widen(bytes, n, width, cells);
done:
    return status;
}

wn_status wn_npy_check_end(wn_npy *npy)
{
    char next;
    size_t n = 0;
    wn_status status = wn_gzip_reader_read(npy->file, &next, 1, &n);
    return status == WN_OK && n > 0 ? wn_fail(WN_BAD_DATA, "%s: bytes follow its last row", npy->path) : status;
}
