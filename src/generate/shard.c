#include "shard.h"

#include "winnow/log.h"
#include "winnow/memory.h"
#include "winnow/stop.h"

#include <stdio.h>

enum { PIECE_BYTES = 4 << 20 };

typedef struct {
    const wn_truth *truth;
    wn_range rows;
    size_t piece; /* rows made at once: whole chunks */
    wn_table_writer *writer;
    size_t numbers, first_category, label; /* datasets */
    wn_row_place place;
} shard_file;

static wn_status add_categories(const shard_file *file, const wn_table_storage *storage)
{
    wn_status status = WN_OK;
    const wn_truth *truth = file->truth;
    for (size_t k = 0; k < truth->options.n_categories; k++) {
        char name[32];
        size_t dataset;
        snprintf(name, sizeof name, "category%zu", k);
        if (truth->options.has_texts)
            TRY(wn_table_writer_add_texts(file->writer, name, wn_truth_code_bytes(truth), storage, &dataset));
        else
            TRY(wn_table_writer_add_sized(file->writer, name, wn_truth_code_type(truth), NULL, 0, storage, &dataset));
    }
done:
    return status;
}

static wn_status add_datasets(shard_file *file)
{
    wn_status status = WN_OK;
    const wn_generate_options *o = &file->truth->options;
    bool has_gaps = o->missing > 0, is_integer = o->type != WN_STORE_FLOAT32 && o->type != WN_STORE_FLOAT64;
    int64_t n_rows = file->rows.last - file->rows.first;
    wn_table_storage storage = {.n_rows = n_rows,
                                .chunk_rows = (int64_t)o->chunk_rows < n_rows ? o->chunk_rows : (size_t)n_rows,
                                .compression = o->compression,
                                .shuffle = o->shuffle};
    wn_table_storage numbers = storage, codes = storage;
    numbers.has_fill = has_gaps && is_integer;
    numbers.fill = wn_truth_gap(o->type);
    codes.has_fill = has_gaps && !o->has_texts;
    codes.fill = -1;
    TRY(wn_table_writer_add_sized(file->writer, "x", o->type, &o->n_columns, 1, &numbers, &file->numbers));
    file->first_category = file->numbers + 1;
    TRY(add_categories(file, &codes));
    TRY(wn_table_writer_add_sized(file->writer, "label", wn_truth_label_type(file->truth), NULL, 0, &storage,
                                  &file->label));
done:
    return status;
}

static wn_status reserve(shard_file *file)
{
    wn_status status = WN_OK;
    const wn_generate_options *o = &file->truth->options;
    size_t row_bytes = o->n_columns * wn_store_bytes(o->type), chunk = o->chunk_rows > 0 ? o->chunk_rows : 1;
    size_t n_rows = (size_t)(file->rows.last - file->rows.first), n_chunks = PIECE_BYTES / row_bytes / chunk;
    file->piece = chunk * (n_chunks > 0 ? n_chunks : 1);
    file->piece = file->piece < n_rows ? file->piece : n_rows;
    TRY(wn_memory_new(&file->place.numbers, file->piece, row_bytes, __func__));
    TRY(wn_memory_new(&file->place.labels, file->piece, wn_store_bytes(wn_truth_label_type(file->truth)), __func__));
    TRY(wn_memory_new(&file->place.codes, file->piece * o->n_categories, wn_truth_code_bytes(file->truth), __func__));
    file->place.stride = file->piece;
done:
    return status;
}

static wn_status append(shard_file *file, size_t n)
{
    wn_status status = WN_OK;
    size_t code_bytes = wn_truth_code_bytes(file->truth);
    TRY(wn_table_writer_append(file->writer, file->numbers, file->place.numbers, n));
    for (size_t k = 0; k < file->truth->options.n_categories; k++)
        TRY(wn_table_writer_append(file->writer, file->first_category + k,
                                   (const char *)file->place.codes + k * file->place.stride * code_bytes, n));
    TRY(wn_table_writer_append(file->writer, file->label, file->place.labels, n));
done:
    return status;
}

/* As if all ranks were as far as rank 0, which alone tells it, and whose files are the first. */
static void tell_progress(const wn_truth *truth, const wn_ranks *ranks, int64_t n_done)
{
    int n_files = (int)truth->options.n_files, own = (int)wn_range_part(n_files, ranks->size, ranks->rank).last;
    double n_own = (double)wn_range_part(truth->options.n_rows, n_files, own - 1).last;
    double n_rows = (double)truth->options.n_rows;
    wn_log_progress("generate", "rows", n_rows * ((double)n_done / n_own), n_rows);
}

static wn_status write_rows(shard_file *file, wn_row_maker *maker, wn_agreement *agreement, bool *is_whole)
{
    wn_status status = WN_OK;
    for (int64_t row = file->rows.first; row < file->rows.last; row += (int64_t)file->piece) {
        int64_t left = file->rows.last - row;
        size_t n = left < (int64_t)file->piece ? (size_t)left : file->piece;
        if (wn_stop_requested())
            return wn_fail(WN_STOPPED, "stopped while a table was made; what was written is removed");
        wn_row_maker_make(maker, row, n, &file->place);
        TRY(append(file, n));
        tell_progress(file->truth, agreement->ranks, row + (int64_t)n);
        if (wn_agreement_poll(agreement))
            return WN_OK;
    }
    TRY(wn_table_writer_finish(file->writer));
    *is_whole = true;
done:
    return status;
}

wn_status wn_shard_write(const wn_truth *truth, wn_row_maker *maker, size_t shard, const char *path,
                         wn_agreement *agreement, bool *is_whole)
{
    wn_status status = WN_OK;
    shard_file file = {.truth = truth,
                       .rows = wn_range_part(truth->options.n_rows, (int)truth->options.n_files, (int)shard)};
    *is_whole = false;
    TRY(reserve(&file));
    TRY(wn_table_writer_open(&file.writer, path));
    TRY(add_datasets(&file));
    TRY(write_rows(&file, maker, agreement, is_whole));
done:
    wn_table_writer_close(file.writer);
    wn_free(file.place.numbers);
    wn_free(file.place.codes);
    wn_free(file.place.labels);
    return status;
}
