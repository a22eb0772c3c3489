/* The statuses of all rows in a file, one byte a row in the order of the table: any number of ranks reads its part. */
#include "winnow/durable.h"
#include "winnow/memory.h"
#include "winnow/rows.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    FILE *file;
    const char *path;
} target;

static wn_status append(void *context, const void *bytes, size_t n)
{
    const target *to = context;
    if (n > 0 && fwrite(bytes, 1, n, to->file) != n)
        return wn_fail(WN_IO, "%s: %s", to->path, strerror(errno));
    return WN_OK;
}

static wn_status open_target(target *to)
{
    to->file = fopen(to->path, "wb");
    return to->file != NULL ? WN_OK : wn_durable_refusal(to->path);
}

/* On rank 0: what was written lasts under its name. */
static wn_status finish(target *to, const char *path)
{
    wn_status status = WN_OK;
    FILE *file = to->file;
    to->file = NULL;
    if (fclose(file) != 0)
        return wn_fail(WN_IO, "%s: %s", to->path, strerror(errno));
    TRY(wn_durable_sync(to->path));
    TRY(wn_durable_rename(to->path, path));
done:
    return status;
}

wn_status wn_rows_write(const wn_ranks *ranks, const wn_rows *rows, const char *path)
{
    wn_status status = WN_OK;
    char *beside = NULL;
    target to = {0};
    bool is_root = ranks->rank == 0;
    if (is_root)
        status = wn_string_format(&beside, "%s.part", path);
    to.path = beside;
    if (is_root && status == WN_OK)
        status = open_target(&to);
    TRY(wn_ranks_agree(ranks, status));
    TRY(wn_ranks_stream(ranks, rows->status, rows->n_rows, append, &to));
    TRY(wn_ranks_agree(ranks, is_root ? finish(&to, path) : WN_OK));
done:
    if (to.file != NULL)
        fclose(to.file);
    if (status != WN_OK && beside != NULL)
        unlink(beside);
    wn_free(beside);
    return status;
}

static wn_status read_part(const wn_rows *rows, int descriptor, const char *path)
{
    size_t done = 0;
    while (done < rows->n_rows) {
        ssize_t n = pread(descriptor, rows->status + done, rows->n_rows - done, rows->first_row + (off_t)done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return wn_fail(WN_IO, "%s: %s", path, n < 0 ? strerror(errno) : "is too short");
        done += (size_t)n;
    }
    for (size_t i = 0; i < rows->n_rows; i++)
        if (rows->status[i] >= WN_ROW_STATUSES)
            return wn_fail(WN_IO, "%s: byte %lld is no status of a row", path,
                           (long long)rows->first_row + (long long)i);
    return WN_OK;
}

static wn_status read_local(wn_rows **rows, const wn_catalog *catalog, wn_range blocks, const char *path)
{
    wn_status status = WN_OK;
    wn_rows *made = NULL;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return wn_fail(WN_IO, "%s: %s", path, strerror(errno));
    TRY(wn_rows_of_blocks(&made, catalog, blocks));
    TRY(read_part(made, descriptor, path));
    *rows = made;
    made = NULL;
done:
    wn_rows_free(made);
    close(descriptor);
    return status;
}

wn_status wn_rows_read(const wn_ranks *ranks, wn_rows **rows, const wn_catalog *catalog, wn_range blocks,
                       const char *path)
{
    wn_rows *made = NULL;
    wn_status status = wn_ranks_agree(ranks, read_local(&made, catalog, blocks, path));
    if (status == WN_OK) {
        *rows = made;
        made = NULL;
    }
    wn_rows_free(made);
    return status;
}
