#include "idx_table.h"

#include "idx.h"
#include "winnow/memory.h"
#include "winnow/stop.h"

#include <stdio.h>

enum { BUFFER_BYTES = 4 << 20, COMPRESSION = 4 };

static wn_status open_sources(wn_idx **sources, const char *const *paths, size_t n)
{
    wn_status status = WN_OK;
    for (size_t i = 0; i < n; i++) {
        TRY(wn_idx_open(&sources[i], paths[i]));
        if (wn_idx_rows(sources[i]) == wn_idx_rows(sources[0]))
            continue;
        status = wn_fail(WN_BAD_DATA, "%s has %zu rows, %s has %zu", paths[i], wn_idx_rows(sources[i]), paths[0],
                         wn_idx_rows(sources[0]));
        goto done;
    }
done:
    return status;
}

static wn_status copy_rows(wn_table_writer *writer, size_t dataset, wn_idx *source)
{
    wn_status status = WN_OK;
    unsigned char *cells = NULL;
    size_t row_bytes = wn_idx_row_bytes(source);
    size_t slice = row_bytes < BUFFER_BYTES ? BUFFER_BYTES / row_bytes : 1;
    TRY(wn_new(&cells, slice * row_bytes));
    for (size_t row = 0; row < wn_idx_rows(source); row += slice) {
        size_t left = wn_idx_rows(source) - row, n = left < slice ? left : slice;
        if (wn_stop_requested())
            TRY(wn_fail(WN_STOPPED, "stopped while a table was converted; what was written is removed"));
        TRY(wn_idx_read(source, cells, n));
        TRY(wn_table_writer_append(writer, dataset, cells, n));
    }
    TRY(wn_idx_check_end(source));
done:
    wn_free(cells);
    return status;
}

/* px, px2, ... for files of several dimensions, label, label2, ... for the others. */
static wn_status copy_source(wn_table_writer *writer, wn_idx *source, size_t *n_wide, size_t *n_flat)
{
    wn_status status = WN_OK;
    char name[32];
    size_t n_dims, dataset;
    const size_t *dims = wn_idx_dims(source, &n_dims);
    size_t number = n_dims > 0 ? ++*n_wide : ++*n_flat;
    snprintf(name, sizeof name, number > 1 ? "%s%zu" : "%s", n_dims > 0 ? "px" : "label", number);
    TRY(wn_table_writer_add_dataset(writer, name, wn_idx_type(source), dims, n_dims, COMPRESSION, &dataset));
    TRY(copy_rows(writer, dataset, source));
done:
    return status;
}

wn_status wn_idx_convert(const char *const *sources, size_t n_sources, const char *output)
{
    wn_status status = WN_OK;
    wn_idx **idx = NULL;
    wn_table_writer *writer = NULL;
    size_t n_wide = 0, n_flat = 0;
    TRY(wn_new(&idx, n_sources));
    TRY(open_sources(idx, sources, n_sources));
    for (size_t i = 0; i < n_sources; i++)
        TRY(wn_table_writer_refuse(output, sources[i]));
    TRY(wn_table_writer_open(&writer, output));
    for (size_t i = 0; i < n_sources; i++)
        TRY(copy_source(writer, idx[i], &n_wide, &n_flat));
    TRY(wn_table_writer_finish(writer));
done:
    wn_table_writer_close(writer);
    for (size_t i = 0; idx != NULL && i < n_sources; i++)
        wn_idx_close(idx[i]);
    wn_free(idx);
    return status;
}
