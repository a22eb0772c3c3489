#include "label_cells.h"

#include "winnow/memory.h"
#include "winnow/sizes.h"

#include <math.h>
#include <string.h>

wn_status wn_label_cells_init(wn_label_cells *cells, const wn_catalog *catalog, const wn_reader_options *options)
{
    *cells = (wn_label_cells){.catalog = catalog, .infinite_is_missing = options->infinite_is_missing};
    if (!catalog->has_label)
        return WN_OK;
    return wn_missing_values_of(&catalog->datasets[catalog->label.dataset], options->label_missing,
                                options->n_label_missing, &cells->missing, &cells->n_missing);
}

void wn_label_cells_clear(wn_label_cells *cells)
{
    wn_free(cells->missing);
    wn_free(cells->words);
    wn_text_store_clear(&cells->word_store);
    wn_scratch_clear(&cells->scratch);
    *cells = (wn_label_cells){0};
}

static wn_status check_labels(const wn_label_cells *cells, const wn_block_extent *extent, double *labels)
{
    wn_cells all = {.data = labels};
    for (size_t i = 0; i < cells->n_missing; i++)
        wn_cells_forget(all, extent->n_rows, cells->missing[i]);
    if (cells->infinite_is_missing)
        wn_cells_forget_infinite(all, extent->n_rows);
    size_t at = wn_cells_find_infinite(all, extent->n_rows);
    if (at == extent->n_rows)
        return WN_OK;
    return wn_fail(WN_BAD_DATA, "%s: label '%s', row %lld: the label is infinite",
                   cells->catalog->files[extent->file].path, cells->catalog->label.name,
                   (long long)extent->first_row_in_file + (long long)at);
}

/* Whether all columns of a dataset are read for one. */
static bool takes_all(const wn_table_file *file, size_t dataset)
{
    return file->datasets[dataset].rank > 2 || file->catalog->datasets[dataset].part == WN_PART_NUMBERS;
}

/* The labels through the library. */
static wn_status read_numbers(wn_label_cells *cells, wn_table_file *file, const wn_block_extent *extent, double *labels)
{
    wn_status status = WN_OK;
    const wn_column *label = &cells->catalog->label;
    const wn_column_range range = {.first = label->position, .n = 1};
    bool is_whole = takes_all(file, label->dataset);
    size_t width = is_whole ? cells->catalog->datasets[label->dataset].width : 1, pick = is_whole ? label->position : 0;
    size_t slice = wn_size_min(wn_table_file_slice(file, label->dataset, width, 1), extent->n_rows);
    TRY(wn_scratch_reserve(&cells->scratch, slice * width * sizeof(double)));
    for (size_t row = 0; row < extent->n_rows; row += slice) {
        size_t n = wn_size_min(slice, extent->n_rows - row);
        TRY(wn_table_file_read(file, label->dataset, extent->first_row_in_file + (int64_t)row, n, &range, 1, false,
                               cells->scratch.bytes));
        wn_cells_pick((wn_cells){.data = labels + row}, 1, 0, (wn_cells){.data = cells->scratch.bytes}, width, &pick, 1,
                      n);
    }
    TRY(check_labels(cells, extent, labels));
done:
    return status;
}

wn_status wn_label_cells_set_words(wn_label_cells *cells, const wn_text *words, size_t n)
{
    wn_status status = WN_OK;
    wn_text *copies = NULL;
    wn_text_store store = {0};
    TRY(wn_new(&copies, n));
    for (size_t i = 0; i < n; i++) {
        char *bytes = NULL;
        TRY(wn_text_store_take(&store, words[i].n_bytes, &bytes));
        memcpy(bytes, words[i].data, words[i].n_bytes);
        copies[i] = (wn_text){bytes, words[i].n_bytes};
    }
    wn_free(cells->words);
    wn_text_store_clear(&cells->word_store);
    cells->words = copies;
    cells->n_words = n;
    cells->word_store = store;
    copies = NULL;
    store = (wn_text_store){0};
done:
    wn_text_store_clear(&store);
    wn_free(copies);
    return status;
}

/* The label's column of the rows. */
wn_status wn_label_cells_texts(wn_table_file *file, const wn_block_extent *extent, wn_text_store *store,
                               wn_text *labels)
{
    wn_status status = WN_OK;
    const wn_column *label = &file->catalog->label;
    const wn_column_range range = {.first = label->position, .n = 1};
    bool is_whole = takes_all(file, label->dataset);
    size_t width = is_whole ? file->catalog->datasets[label->dataset].width : 1, pick = is_whole ? label->position : 0;
    wn_text *read = NULL;
    TRY(wn_table_file_read_texts(file, label->dataset, extent->first_row_in_file, extent->n_rows, &range, 1, width,
                                 store, &read));
    for (size_t i = 0; i < extent->n_rows; i++)
        labels[i] = read[i * width + pick];
done:
    wn_free(read);
    return status;
}

/* The number of a label among the words; n_words for none of them, NaN for a gap. */
static double word_number(const wn_label_cells *cells, wn_text label)
{
    size_t low = 0, high = cells->n_words;
    if (label.n_bytes == 0)
        return (double)NAN;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = wn_text_compare(cells->words[middle], label);
        if (order == 0)
            return (double)middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return (double)cells->n_words;
}

/* Labels of strings as numbers of their words. */
static wn_status read_words(wn_label_cells *cells, wn_table_file *file, const wn_block_extent *extent, double *labels)
{
    wn_status status = WN_OK;
    wn_text_store store = {0};
    wn_text *texts = NULL;
    TRY(wn_new(&texts, extent->n_rows));
    TRY(wn_label_cells_texts(file, extent, &store, texts));
    for (size_t i = 0; i < extent->n_rows; i++)
        labels[i] = word_number(cells, texts[i]);
done:
    wn_free(texts);
    wn_text_store_clear(&store);
    return status;
}

wn_status wn_label_cells_read(wn_label_cells *cells, wn_table_file *file, const wn_block_extent *extent, double *labels)
{
    bool is_text = cells->catalog->datasets[cells->catalog->label.dataset].kind == WN_CELL_STRING;
    return is_text ? read_words(cells, file, extent, labels) : read_numbers(cells, file, extent, labels);
}
