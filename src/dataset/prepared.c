#include "prepared_table.h"

#include "winnow/memory.h"

enum { SHARD_BYTES = 128 << 20, MOST_SHARDS = 10000 };

static size_t shard_bytes = SHARD_BYTES;

void wn_prepared_shard_bytes(size_t n)
{
    shard_bytes = n > 0 ? n : SHARD_BYTES;
}

int64_t wn_prepared_shard_rows(size_t n_inputs)
{
    int64_t rows = (int64_t)(shard_bytes / sizeof(float) / (n_inputs > 0 ? n_inputs : 1));
    return rows > 0 ? rows : 1;
}

/* Blocks of a shard: of about as many rows as a shard has, but no more shards than a directory bears. */
static int64_t shard_blocks(const wn_catalog *catalog, size_t n_inputs)
{
    int64_t n_blocks = catalog->n_blocks, block_rows = (catalog->n_rows + n_blocks - 1) / n_blocks;
    int64_t blocks = wn_prepared_shard_rows(n_inputs) / block_rows, least = (n_blocks + MOST_SHARDS - 1) / MOST_SHARDS;
    blocks = blocks < n_blocks ? blocks : n_blocks;
    return blocks > least ? blocks : least;
}

/* Rows that are kept of each block of the table, on every rank. */
static wn_status count_kept(const wn_ranks *ranks, const wn_rows *rows, int64_t *kept)
{
    static const wn_row_status kinds[] = {WN_ROW_TRAIN, WN_ROW_VALIDATION, WN_ROW_TEST};
    wn_status status = WN_OK;
    size_t n = (size_t)rows->catalog->n_blocks;
    int64_t *counts = NULL;
    TRY(wn_ranks_agree(ranks, wn_new(&counts, n)));
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        TRY(wn_rows_count_blocks(ranks, rows, kinds[k], counts));
        for (size_t b = 0; b < n; b++)
            kept[b] += counts[b];
    }
done:
    wn_free(counts);
    return status;
}

static wn_status cut(wn_prepared *prepared, const wn_catalog *catalog, const int64_t *kept, size_t n_inputs)
{
    int64_t step = shard_blocks(catalog, n_inputs), n_most = (catalog->n_blocks + step - 1) / step;
    wn_status status = wn_new(&prepared->shards, (size_t)n_most);
    for (int64_t first = 0; status == WN_OK && first < catalog->n_blocks; first += step) {
        wn_prepared_shard shard = {.blocks = {first, first + step}};
        shard.blocks.last = shard.blocks.last < catalog->n_blocks ? shard.blocks.last : catalog->n_blocks;
        for (int64_t b = shard.blocks.first; b < shard.blocks.last; b++)
            shard.n_rows += kept[b];
        if (shard.n_rows > 0)
            prepared->shards[prepared->n_shards++] = shard;
        prepared->n_rows += shard.n_rows;
    }
    return status;
}

wn_status wn_prepared_cut(const wn_ranks *ranks, wn_prepared *prepared, const wn_rows *rows, size_t n_inputs)
{
    wn_status status = WN_OK;
    wn_prepared made = {0};
    int64_t *kept = NULL;
    TRY(wn_ranks_agree(ranks, wn_new(&kept, (size_t)rows->catalog->n_blocks)));
    TRY(count_kept(ranks, rows, kept));
    TRY(wn_ranks_agree(ranks, cut(&made, rows->catalog, kept, n_inputs)));
    *prepared = made;
    made = (wn_prepared){0};
done:
    wn_free(kept);
    wn_prepared_clear(&made);
    return status;
}

void wn_prepared_clear(wn_prepared *prepared)
{
    wn_free(prepared->shards);
    *prepared = (wn_prepared){0};
}

size_t wn_prepared_datasets(const wn_recipe *recipe, wn_prepared_dataset datasets[WN_PREPARED_DATASETS])
{
    size_t n = 0;
    datasets[n++] = (wn_prepared_dataset){"features", WN_STORE_FLOAT32, wn_recipe_n_inputs(recipe), 0};
    datasets[n++] = (wn_prepared_dataset){"row", WN_STORE_INT64, 0, 0};
    datasets[n++] = (wn_prepared_dataset){"split", WN_STORE_UINT8, 0, 0};
    const wn_labels *labels = &recipe->labels;
    if (recipe->label_name[0] != '\0')
        datasets[n++] = (wn_prepared_dataset){
            .name = "label",
            .type = wn_labels_are_integers(labels) ? WN_STORE_INT64 : WN_STORE_FLOAT64,
            .text_bytes = wn_labels_longest(labels),
        };
    return n;
}

wn_status wn_prepared_name(wn_table_writer *writer, const wn_recipe *recipe)
{
    wn_status status = WN_OK;
    const char **names = NULL;
    if (recipe->projection != NULL)
        return WN_OK;
    TRY(wn_new(&names, recipe->n_selected));
    for (size_t j = 0; j < recipe->n_selected; j++)
        names[j] = recipe->feature_names[recipe->selected[j]];
    TRY(wn_table_writer_set_columns(writer, 0, names, recipe->n_selected));
done:
    wn_free(names);
    return status;
}

wn_status wn_prepared_join(const char *path, const wn_prepared *prepared, const char *const *names,
                           const wn_recipe *recipe)
{
    wn_status status = WN_OK;
    wn_table_writer *writer = NULL;
    wn_table_part *parts = NULL;
    wn_prepared_dataset datasets[WN_PREPARED_DATASETS];
    size_t n = wn_prepared_datasets(recipe, datasets), unused;
    TRY(wn_new(&parts, prepared->n_shards));
    for (size_t s = 0; s < prepared->n_shards; s++)
        parts[s] = (wn_table_part){.file = names[s], .n_rows = prepared->shards[s].n_rows};
    TRY(wn_table_writer_open_ordered(&writer, path));
    for (size_t d = 0; d < n; d++)
        if (datasets[d].text_bytes > 0)
            TRY(wn_table_writer_add_virtual_texts(writer, datasets[d].name, datasets[d].text_bytes, parts,
                                                  prepared->n_shards, &unused));
        else
            TRY(wn_table_writer_add_virtual(writer, datasets[d].name, datasets[d].type, &datasets[d].width,
                                            datasets[d].width > 0, parts, prepared->n_shards, &unused));
    TRY(wn_prepared_name(writer, recipe));
    TRY(wn_table_writer_finish(writer));
done:
    wn_table_writer_close(writer);
    wn_free(parts);
    return status;
}
