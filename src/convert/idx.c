#include "idx.h"

#include "winnow/memory.h"

#include <byteswap.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

struct wn_idx {
    char *path;
    gzFile file; /* zlib passes uncompressed bytes through */
    wn_store_type type;
    size_t cell_bytes;
    size_t dims[WN_IDX_MOST_DIMS], n_dims; /* dims[0]: rows */
    size_t row_cells;
};

static wn_status fail_short(const wn_idx *idx)
{
    int code = Z_OK;
    const char *reason = gzerror(idx->file, &code);
    if (code == Z_ERRNO)
        return wn_fail(WN_IO, "%s: %s", idx->path, strerror(errno));
    bool is_known = code != Z_OK && code != Z_BUF_ERROR;
    return wn_fail(WN_BAD_DATA, "%s: truncated or damaged%s%s", idx->path, is_known ? ": " : "",
                   is_known ? reason : "");
}

static wn_status read_bytes(const wn_idx *idx, void *bytes, size_t n)
{
    char *at = bytes;
    while (n > 0) {
        unsigned piece = n < (1U << 30) ? (unsigned)n : 1U << 30;
        int got = gzread(idx->file, at, piece);
        if (got < 0 || (unsigned)got != piece)
            return fail_short(idx);
        at += piece;
        n -= piece;
    }
    return WN_OK;
}

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
    int got = gzread(idx->file, magic, sizeof magic);
    if (got == sizeof magic && (magic[0] != 0 || magic[1] != 0 || !set_type(idx, magic[2]) || magic[3] == 0))
        return wn_fail(WN_BAD_DATA, "%s: is not an IDX file", idx->path);
    if (got != sizeof magic)
        return fail_short(idx);
    if (magic[3] > WN_IDX_MOST_DIMS)
        return wn_fail(WN_UNAVAILABLE, "%s: has %d dimensions, at most %d are built", idx->path, magic[3],
                       WN_IDX_MOST_DIMS);
    idx->n_dims = magic[3];
    idx->row_cells = 1;
    for (size_t i = 0; i < idx->n_dims; i++) {
        uint32_t dim;
        TRY(read_bytes(idx, &dim, sizeof dim));
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
    wn_idx *x = NULL;
    struct stat info;
    int descriptor = -1;
    TRY(wn_new(&x, 1));
    TRY(wn_string_copy(&x->path, path));
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe is not waited for */
    if (descriptor < 0)
        TRY(wn_fail(WN_NO_INPUT, "%s: cannot be opened: %s", path, strerror(errno)));
    if (fstat(descriptor, &info) != 0 || !S_ISREG(info.st_mode))
        TRY(wn_fail(WN_BAD_DATA, "%s: is not a regular file", path));
    x->file = gzdopen(descriptor, "rb");
    if (x->file == NULL)
        TRY(wn_fail(WN_NO_MEMORY, "%s: no memory to read it", path));
    descriptor = -1;
    gzbuffer(x->file, 256 << 10);
    TRY(read_header(x));
    *idx = x;
    x = NULL;
done:
    if (descriptor >= 0)
        close(descriptor);
    wn_idx_close(x);
    return status;
}

void wn_idx_close(wn_idx *idx)
{
    if (idx == NULL)
        return;
    if (idx->file != NULL)
        gzclose(idx->file);
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
    wn_status status = read_bytes(idx, cells, n_rows * wn_idx_row_bytes(idx));
    if (status == WN_OK)
        swap_cells(cells, n_rows * idx->row_cells, idx->cell_bytes);
    return status;
}

wn_status wn_idx_check_end(wn_idx *idx)
{
    char next;
    int got = gzread(idx->file, &next, 1);
    if (got > 0)
        return wn_fail(WN_BAD_DATA, "%s: damaged: more bytes follow than its header says", idx->path);
    int code = Z_OK;
    gzerror(idx->file, &code);
    return got < 0 || code != Z_OK ? fail_short(idx) : WN_OK;
}
