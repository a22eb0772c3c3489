#include "output.h"

#include "winnow/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static wn_status add_names(wn_csv_output *output, size_t dataset, char *const *names)
{
    wn_status status = WN_OK;
    const wn_csv_layout *layout = output->layout;
    const char **columns = NULL;
    size_t n = 0;
    TRY(wn_new(&columns, layout->datasets[dataset].width));
    for (size_t c = 0; c < layout->n_columns; c++) {
        if (layout->dataset[c] == dataset)
            columns[n++] = names[c];
    }
    TRY(wn_table_writer_set_columns(output->writer, dataset, columns, n));
done:
    wn_free(columns);
    return status;
}

static wn_status add_dataset(wn_csv_output *output, size_t i, char *const *names)
{
    wn_status status = WN_OK;
    size_t dataset;
    const wn_csv_dataset *d = &output->layout->datasets[i];
    wn_table_storage storage = {.n_rows = output->layout->n_rows, .is_placed = d->storage != WN_CSV_LONG_TEXTS};
    if (d->storage != WN_CSV_NUMBERS) {
        TRY(wn_table_writer_add_texts(output->writer, d->name, d->cell_bytes, &storage, &dataset));
    } else {
        TRY(wn_table_writer_add_sized(output->writer, d->name, d->type, &d->width, d->width > 1, &storage, &dataset));
        if (d->width > 1)
            TRY(add_names(output, dataset, names));
    }
    if (storage.is_placed)
        TRY(wn_table_writer_place(output->writer, dataset, &output->offsets[i]));
done:
    return status;
}

static wn_status make_file(wn_csv_output *output, const char *path, char *const *names)
{
    wn_status status = WN_OK;
    TRY(wn_table_writer_open_ordered(&output->writer, path));
    for (size_t i = 0; i < output->layout->n_datasets; i++)
        TRY(add_dataset(output, i, names));
    TRY(wn_string_copy(&output->path, wn_table_writer_part(output->writer)));
done:
    return status;
}

static wn_status open_part(wn_csv_output *output)
{
    output->descriptor = open(output->path, O_WRONLY | O_CLOEXEC);
    if (output->descriptor >= 0)
        return WN_OK;
    return wn_fail(WN_IO, "%s: cannot be opened by all ranks: %s", output->path, strerror(errno));
}

wn_status wn_csv_output_open(const wn_ranks *ranks, wn_csv_output *output, const char *path,
                             const wn_csv_layout *layout, char *const *names)
{
    *output = (wn_csv_output){.layout = layout, .descriptor = -1};
    wn_status status = wn_new(&output->offsets, layout->n_datasets);
    if (status == WN_OK && ranks->rank == 0)
        status = make_file(output, path, names);
    TRY(wn_ranks_agree(ranks, status));
    TRY(wn_ranks_broadcast(ranks, 0, output->offsets, layout->n_datasets * sizeof *output->offsets));
    TRY(wn_ranks_broadcast_text(ranks, 0, &output->path));
    TRY(wn_ranks_agree(ranks, open_part(output)));
done:
    if (status != WN_OK)
        wn_csv_output_close(output);
    return status;
}

wn_status wn_csv_output_write(const wn_csv_output *output, size_t dataset, int64_t first, size_t n, const char *cells)
{
    const wn_csv_dataset *d = &output->layout->datasets[dataset];
    size_t row_bytes = d->width * d->cell_bytes, left = n * row_bytes;
    int64_t at = output->offsets[dataset] + first * (int64_t)row_bytes;
    while (left > 0) {
        ssize_t written = pwrite(output->descriptor, cells, left, at);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return wn_fail(WN_IO, "%s: cannot be written: %s", output->path, strerror(errno));
        cells += written;
        at += written;
        left -= (size_t)written;
    }
    return WN_OK;
}

wn_status wn_csv_output_append(wn_csv_output *output, size_t dataset, const char *const *texts, size_t n)
{
    return wn_table_writer_append(output->writer, dataset, texts, n);
}

static wn_status close_part(wn_csv_output *output)
{
    int failed = close(output->descriptor);
    output->descriptor = -1;
    return failed == 0 ? WN_OK : wn_fail(WN_IO, "%s: cannot be written: %s", output->path, strerror(errno));
}

/* Other hosts' bytes are on the disk when they have synced them. */
wn_status wn_csv_output_finish(const wn_ranks *ranks, wn_csv_output *output)
{
    wn_status status = WN_OK;
    if (ranks->rank != 0 && fsync(output->descriptor) != 0)
        status = wn_fail(WN_IO, "%s: cannot be written: %s", output->path, strerror(errno));
    if (status == WN_OK)
        status = close_part(output);
    TRY(wn_ranks_agree(ranks, status));
    TRY(wn_ranks_agree(ranks, ranks->rank == 0 ? wn_table_writer_finish(output->writer) : WN_OK));
done:
    return status;
}

void wn_csv_output_close(wn_csv_output *output)
{
    if (output->descriptor >= 0)
        close(output->descriptor);
    wn_table_writer_close(output->writer);
    wn_free(output->offsets);
    wn_free(output->path);
    *output = (wn_csv_output){.descriptor = -1};
}
