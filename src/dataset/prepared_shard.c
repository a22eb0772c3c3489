/* One shard. Reading and writing take turns on one thread: the HDF5 library serves one at a time. */
#include "prepared_table.h"

#include "winnow/memory.h"
#include "winnow/stop.h"

#include <string.h>

enum { CHUNK_BYTES = 512 << 10, MOST_CHUNK_ROWS = 8192 };

typedef struct {
    const wn_recipe *recipe;
    const wn_catalog *catalog;
    wn_rows *rows;
    wn_reader *reader;
    wn_block *block;
    wn_table_writer *writer;
    size_t n_inputs;
    float *selected, *components; /* (capacity, ...) */
    unsigned char *split;         /* (capacity) */
    int64_t *integers;            /* (capacity) labels of classes */
    int *classes;                 /* (capacity) where these have names */
    char *texts;                  /* (capacity) those */
    int64_t *learnt;              /* (capacity) as wn_raw_rows has them */
} shard_file;

static bool is_kept(unsigned char status)
{
    return status == WN_ROW_TRAIN || status == WN_ROW_VALIDATION || status == WN_ROW_TEST;
}

static unsigned char split_of(unsigned char status)
{
    return status == WN_ROW_TRAIN ? WN_SPLIT_TRAIN : status == WN_ROW_VALIDATION ? WN_SPLIT_VALIDATION : WN_SPLIT_TEST;
}

/* The block's kept rows, moved together: selected features, labels, numbers and split. Returns how many. */
static size_t keep_rows(shard_file *s)
{
    wn_block *block = s->block;
    size_t n = 0, width = s->recipe->n_selected;
    for (size_t i = 0; i < block->n_rows; i++) {
        unsigned char status = *wn_rows_status(s->rows, block->rows[i]);
        if (!is_kept(status))
            continue;
        if (n < i)
            memmove(s->selected + n * width, s->selected + i * width, width * sizeof *s->selected);
        block->rows[n] = block->rows[i];
        block->labels[n] = block->labels[i];
        s->split[n++] = split_of(status);
    }
    return n;
}

static wn_status append_labels(shard_file *s, const wn_prepared_dataset *label, size_t n)
{
    const wn_labels *labels = &s->recipe->labels;
    if (label->text_bytes > 0) {
        for (size_t i = 0; i < n; i++)
            s->classes[i] = wn_labels_class(labels, s->block->labels[i]);
        wn_labels_spell(labels, s->classes, n, s->texts);
        return wn_table_writer_append(s->writer, WN_PREPARED_DATASETS - 1, s->texts, n);
    }
    for (size_t i = 0; label->type == WN_STORE_INT64 && i < n; i++)
        s->integers[i] = (int64_t)s->block->labels[i];
    const void *cells = label->type == WN_STORE_INT64 ? (const void *)s->integers : s->block->labels;
    return wn_table_writer_append(s->writer, WN_PREPARED_DATASETS - 1, cells, n);
}

static wn_status append(shard_file *s, size_t n)
{
    wn_status status = WN_OK;
    wn_prepared_dataset datasets[WN_PREPARED_DATASETS];
    const float *features = s->selected;
    TRY(wn_recipe_check_features(s->recipe, s->catalog, s->selected, n, s->block->rows));
    if (s->recipe->projection != NULL) {
        TRY(wn_recipe_inputs(s->recipe, s->selected, n, s->components));
        features = s->components;
    }
    TRY(wn_table_writer_append(s->writer, 0, features, n));
    TRY(wn_table_writer_append(s->writer, 1, s->block->rows, n));
    TRY(wn_table_writer_append(s->writer, 2, s->split, n));
    if (wn_prepared_datasets(s->recipe, datasets) == WN_PREPARED_DATASETS)
        TRY(append_labels(s, &datasets[WN_PREPARED_DATASETS - 1], n));
done:
    return status;
}

/* The block's rows; those of training are learnt from. */
static wn_raw_rows raw_rows(shard_file *s)
{
    wn_raw_rows rows = wn_raw_rows_of(s->block, 0, s->block->n_rows);
    for (size_t i = 0; i < rows.n_rows; i++)
        s->learnt[i] = *wn_rows_status(s->rows, s->block->rows[i]) == WN_ROW_TRAIN ? s->block->rows[i] : -1;
    rows.learnt = s->learnt;
    return rows;
}

static wn_status write_blocks(shard_file *s, wn_range blocks, wn_agreement *agreement, bool *is_whole, int64_t *n_read)
{
    wn_status status = WN_OK;
    for (int64_t b = blocks.first; b < blocks.last; b++) {
        if (wn_stop_requested())
            TRY(wn_stop_fail("the prepared table"));
        TRY(wn_reader_read(s->reader, b, s->block));
        *n_read += (int64_t)s->block->n_rows;
        const wn_raw_rows rows = raw_rows(s);
        TRY(wn_recipe_features(s->recipe, &rows, s->selected));
        TRY(append(s, keep_rows(s)));
        if (wn_agreement_poll(agreement))
            goto done;
    }
    TRY(wn_table_writer_finish(s->writer));
    *is_whole = true;
done:
    return status;
}

static size_t chunk_rows(const wn_prepared_dataset *d, int64_t n_rows)
{
    static const size_t bytes[] = {
        [WN_STORE_UINT8] = 1, [WN_STORE_INT64] = 8, [WN_STORE_FLOAT32] = 4, [WN_STORE_FLOAT64] = 8};
    size_t row_bytes = (d->text_bytes > 0 ? d->text_bytes : bytes[d->type]) * (d->width > 0 ? d->width : 1), rows = 1;
    while (rows < MOST_CHUNK_ROWS && 2 * rows * row_bytes <= CHUNK_BYTES)
        rows *= 2;
    return (int64_t)rows < n_rows ? rows : (size_t)n_rows;
}

static wn_status add_datasets(shard_file *s, int64_t n_rows, const wn_prepared_storage *how)
{
    wn_status status = WN_OK;
    wn_prepared_dataset datasets[WN_PREPARED_DATASETS];
    size_t n = wn_prepared_datasets(s->recipe, datasets), unused;
    for (size_t i = 0; i < n; i++) {
        bool is_plain = how->compression == WN_COMPRESSION_NONE;
        wn_table_storage storage = {.n_rows = n_rows,
                                    .chunk_rows = is_plain ? 0 : chunk_rows(&datasets[i], n_rows),
                                    .shuffle = !is_plain,
                                    .compression = how->compression == WN_COMPRESSION_GZIP ? how->level : 0,
                                    .zstd = how->compression == WN_COMPRESSION_ZSTD ? how->level : 0};
        if (datasets[i].text_bytes > 0)
            TRY(wn_table_writer_add_texts(s->writer, datasets[i].name, datasets[i].text_bytes, &storage, &unused));
        else
            TRY(wn_table_writer_add_sized(s->writer, datasets[i].name, datasets[i].type, &datasets[i].width,
                                          datasets[i].width > 0, &storage, &unused));
    }
    TRY(wn_prepared_name(s->writer, s->recipe));
done:
    return status;
}

static wn_status reserve(shard_file *s)
{
    wn_status status = WN_OK;
    TRY(wn_reader_new_block(s->reader, &s->block));
    TRY(wn_new(&s->selected, s->block->capacity * s->recipe->n_selected));
    if (s->recipe->projection != NULL)
        TRY(wn_new(&s->components, s->block->capacity * s->n_inputs));
    TRY(wn_new(&s->split, s->block->capacity));
    TRY(wn_new(&s->integers, s->block->capacity));
    TRY(wn_new(&s->learnt, s->block->capacity));
    if (s->recipe->labels.names != NULL) {
        TRY(wn_new(&s->classes, s->block->capacity));
        TRY(wn_memory_new((void **)&s->texts, s->block->capacity, wn_labels_longest(&s->recipe->labels), __func__));
    }
done:
    return status;
}

wn_status wn_prepared_write(const char *path, const wn_prepared_shard *shard, wn_reader *reader, wn_rows *rows,
                            const wn_recipe *recipe, const wn_prepared_storage *storage, wn_agreement *agreement,
                            bool *is_whole, int64_t *n_read)
{
    wn_status status = WN_OK;
    shard_file s = {.recipe = recipe,
                    .catalog = rows->catalog,
                    .rows = rows,
                    .reader = reader,
                    .n_inputs = wn_recipe_n_inputs(recipe)};
    *is_whole = false;
    TRY(reserve(&s));
    TRY(wn_table_writer_open_ordered(&s.writer, path));
    TRY(add_datasets(&s, shard->n_rows, storage));
    TRY(write_blocks(&s, shard->blocks, agreement, is_whole, n_read));
done:
    wn_table_writer_close(s.writer);
    wn_free(s.texts);
    wn_free(s.classes);
    wn_free(s.learnt);
    wn_free(s.integers);
    wn_free(s.split);
    wn_free(s.components);
    wn_free(s.selected);
    wn_block_free(s.block);
    return status;
}
