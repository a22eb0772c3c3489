#include "block_source.h"

#include "winnow/memory.h"
#include "winnow/watchdog.h"

#include <math.h>
#include <string.h>

static wn_status new_missing_labels(wn_block_source *s, const wn_reader_options *options)
{
    if (!s->catalog->has_label)
        return WN_OK;
    const wn_dataset_info *dataset = &s->catalog->datasets[s->catalog->label.dataset];
    return wn_missing_values_of(dataset, options->label_missing, options->n_label_missing, &s->label_missing,
                                &s->n_label_missing);
}

wn_status wn_block_source_init(wn_block_source *s, const wn_catalog *catalog, const wn_reader_options *options)
{
    wn_status status = WN_OK;
    *s = (wn_block_source){.catalog = catalog,
                           .infinite_is_missing = options->infinite_is_missing,
                           .through_library = options->through_library};
    TRY(wn_read_plans_new(&s->plans, catalog, options));
    TRY(new_missing_labels(s, options));
    TRY(wn_workers_new(&s->workers, options->n_threads));
    TRY(wn_new(&s->scratch_of_workers, wn_workers_count(s->workers)));
    s->fetcher = (wn_fetcher){.workers = s->workers, .scratch = s->scratch_of_workers};
done:
    return status;
}

void wn_block_source_clear(wn_block_source *s)
{
    for (size_t i = 0; s->scratch_of_workers != NULL && i < wn_workers_count(s->workers); i++)
        wn_piece_scratch_clear(&s->scratch_of_workers[i]);
    wn_free(s->scratch_of_workers);
    wn_workers_free(s->workers);
    wn_fetcher_clear(&s->fetcher);
    for (size_t i = 0; i < WN_MOST_OPEN_FILES; i++)
        wn_table_file_close(s->files[i]);
    wn_read_plans_free(s->plans, s->catalog);
    wn_free(s->label_missing);
    wn_free(s->words);
    wn_text_store_clear(&s->word_store);
    wn_scratch_clear(&s->scratch);
    *s = (wn_block_source){0};
}

/* The open file, moved to the front; the one not used for longest makes room. */
static wn_status use_file(wn_block_source *s, size_t number, wn_table_file **file)
{
    wn_table_file *used = NULL;
    size_t at = 0;
    while (at < WN_MOST_OPEN_FILES && s->files[at] != NULL && s->files[at]->number != number)
        at++;
    if (at < WN_MOST_OPEN_FILES && s->files[at] != NULL) {
        used = s->files[at];
    } else {
        wn_status status = wn_table_file_open(&used, s->catalog, number);
        if (status != WN_OK)
            return status;
        at = at < WN_MOST_OPEN_FILES ? at : WN_MOST_OPEN_FILES - 1;
        wn_table_file_close(s->files[at]);
    }
    memmove(&s->files[1], &s->files[0], at * sizeof *s->files);
    s->files[0] = used;
    *file = used;
    return WN_OK;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The included columns of one dataset through the library, a slice of rows at a time. */
static wn_status read_columns(wn_block_source *s, wn_table_file *file, size_t dataset, const wn_block_extent *extent,
                              wn_cells block)
{
    wn_status status = WN_OK;
    const wn_read_plan *plan = &s->plans[dataset];
    bool has_ranges = file->datasets[dataset].rank == 2;
    size_t width = has_ranges ? plan->ranges_width : s->catalog->datasets[dataset].width;
    const size_t *picks = has_ranges ? plan->in_ranges : plan->in_row;
    size_t n_cols = s->catalog->n_cells,
           slice = least(wn_table_file_slice(file, dataset, width, plan->n_ranges), extent->n_rows);
    bool is_direct = plan->n_columns == n_cols && width == n_cols;
    if (!is_direct)
        TRY(wn_scratch_reserve(&s->scratch, slice * width * sizeof(double)));
    for (size_t row = 0; row < extent->n_rows; row += slice) {
        size_t n = least(slice, extent->n_rows - row);
        wn_cells rows = wn_cells_at(block, row * n_cols);
        wn_cells part = is_direct ? rows : (wn_cells){.data = s->scratch.bytes, .is_float32 = block.is_float32};
        TRY(wn_table_file_read(file, dataset, extent->first_row_in_file + (int64_t)row, n, plan->ranges, plan->n_ranges,
                               block.is_float32, part.data));
        for (size_t i = 0; i < plan->n_missing; i++)
            wn_cells_forget(part, n * width, plan->missing[i]);
        if (!is_direct)
            wn_cells_pick(rows, n_cols, plan->first_column, part, width, picks, plan->n_columns, n);
    }
done:
    return status;
}

/* The included columns of a dataset of strings, all rows at once. */
static wn_status read_texts(wn_block_source *s, wn_table_file *file, size_t dataset, const wn_block_extent *extent,
                            const wn_block_room *room)
{
    wn_status status = WN_OK;
    const wn_read_plan *plan = &s->plans[dataset];
    bool has_ranges = file->datasets[dataset].rank == 2;
    size_t width = has_ranges ? plan->ranges_width : s->catalog->datasets[dataset].width;
    const size_t *picks = has_ranges ? plan->in_ranges : plan->in_row;
    wn_text *read = NULL;
    TRY(wn_table_file_read_texts(file, dataset, extent->first_row_in_file, extent->n_rows, plan->ranges, plan->n_ranges,
                                 width, room->store, &read));
    for (size_t row = 0; row < extent->n_rows; row++) {
        wn_text *texts = room->texts + row * s->catalog->n_texts + s->catalog->columns[plan->first_column].place;
        for (size_t i = 0; i < plan->n_columns; i++)
            texts[i] = read[row * width + picks[i]];
    }
done:
    wn_free(read);
    return status;
}

static wn_status check_infinite(const wn_block_source *s, const wn_block_extent *extent, wn_cells block)
{
    size_t n_cols = s->catalog->n_cells, n = extent->n_rows * n_cols;
    if (s->infinite_is_missing) {
        wn_cells_forget_infinite(block, n);
        return WN_OK;
    }
    size_t at = wn_cells_find_infinite(block, n);
    if (at == n)
        return WN_OK;
    return wn_fail(WN_BAD_DATA, "%s: column '%s', row %lld: the cell is infinite", s->catalog->files[extent->file].path,
                   s->catalog->columns[at % n_cols].name,
                   (long long)extent->first_row_in_file + (long long)(at / n_cols));
}

static wn_status check_labels(const wn_block_source *s, const wn_block_extent *extent, double *labels)
{
    wn_cells cells = {.data = labels};
    for (size_t i = 0; i < s->n_label_missing; i++)
        wn_cells_forget(cells, extent->n_rows, s->label_missing[i]);
    if (s->infinite_is_missing)
        wn_cells_forget_infinite(cells, extent->n_rows);
    size_t at = wn_cells_find_infinite(cells, extent->n_rows);
    if (at == extent->n_rows)
        return WN_OK;
    return wn_fail(WN_BAD_DATA, "%s: label '%s', row %lld: the label is infinite", s->catalog->files[extent->file].path,
                   s->catalog->label.name, (long long)extent->first_row_in_file + (long long)at);
}

/* Whether all columns of a dataset are read for one. */
static bool takes_all(const wn_table_file *file, size_t dataset)
{
    return file->datasets[dataset].rank > 2 || file->catalog->datasets[dataset].part == WN_PART_NUMBERS;
}

/* The labels through the library. */
static wn_status read_labels(wn_block_source *s, wn_table_file *file, const wn_block_extent *extent, double *labels)
{
    wn_status status = WN_OK;
    const wn_column *label = &s->catalog->label;
    const wn_column_range range = {.first = label->position, .n = 1};
    bool is_whole = takes_all(file, label->dataset);
    size_t width = is_whole ? s->catalog->datasets[label->dataset].width : 1, pick = is_whole ? label->position : 0;
    size_t slice = least(wn_table_file_slice(file, label->dataset, width, 1), extent->n_rows);
    TRY(wn_scratch_reserve(&s->scratch, slice * width * sizeof(double)));
    for (size_t row = 0; row < extent->n_rows; row += slice) {
        size_t n = least(slice, extent->n_rows - row);
        TRY(wn_table_file_read(file, label->dataset, extent->first_row_in_file + (int64_t)row, n, &range, 1, false,
                               s->scratch.bytes));
        wn_cells_pick((wn_cells){.data = labels + row}, 1, 0, (wn_cells){.data = s->scratch.bytes}, width, &pick, 1, n);
    }
    TRY(check_labels(s, extent, labels));
done:
    return status;
}

wn_status wn_block_source_set_words(wn_block_source *s, const wn_text *words, size_t n)
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
    wn_free(s->words);
    wn_text_store_clear(&s->word_store);
    s->words = copies;
    s->n_words = n;
    s->word_store = store;
    copies = NULL;
    store = (wn_text_store){0};
done:
    wn_text_store_clear(&store);
    wn_free(copies);
    return status;
}

/* The label's column of the rows. */
static wn_status read_label_texts(wn_table_file *file, const wn_block_extent *extent, wn_text_store *store,
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
static double word_number(const wn_block_source *s, wn_text label)
{
    size_t low = 0, high = s->n_words;
    if (label.n_bytes == 0)
        return (double)NAN;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = wn_text_compare(s->words[middle], label);
        if (order == 0)
            return (double)middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return (double)s->n_words;
}

/* Labels of strings as numbers of their words. */
static wn_status read_words(wn_block_source *s, wn_table_file *file, const wn_block_extent *extent, double *labels)
{
    wn_status status = WN_OK;
    wn_text_store store = {0};
    wn_text *texts = NULL;
    TRY(wn_new(&texts, extent->n_rows));
    TRY(read_label_texts(file, extent, &store, texts));
    for (size_t i = 0; i < extent->n_rows; i++)
        labels[i] = word_number(s, texts[i]);
done:
    wn_free(texts);
    wn_text_store_clear(&store);
    return status;
}

wn_status wn_block_source_label_texts(wn_block_source *s, const wn_block_extent *extent, wn_text_store *store,
                                      wn_text *labels)
{
    wn_status status = WN_OK;
    wn_table_file *file = NULL;
    size_t dataset = s->catalog->label.dataset;
    wn_watchdog_reading(s->catalog->files[extent->file].path);
    TRY(use_file(s, extent->file, &file));
    TRY(wn_table_file_open_dataset(file, dataset, &s->plans[dataset]));
    TRY(read_label_texts(file, extent, store, labels));
    TRY(wn_table_file_check_size(file));
done:
    wn_watchdog_reading(NULL);
    return status;
}

/* What a reading wants of one dataset: handed to the workers, or read here and now. */
static wn_status start_dataset(wn_block_source *s, wn_table_file *file, size_t dataset, const wn_block_room *room,
                               wn_reading *reading)
{
    wn_status status = WN_OK;
    const wn_piece_target *target = &reading->target;
    const wn_read_plan *plan = &s->plans[dataset];
    bool wants_label = s->catalog->has_label && s->catalog->label.dataset == dataset && target->labels != NULL;
    bool is_text = s->catalog->datasets[dataset].kind == WN_CELL_STRING;
    bool wants_cells = plan->n_columns > 0 && (is_text ? room->texts != NULL : target->cells.data != NULL);
    if (!wants_label && !wants_cells)
        return WN_OK;
    TRY(wn_table_file_open_dataset(file, dataset, plan));
    if (is_text && wants_cells)
        TRY(read_texts(s, file, dataset, &target->extent, room));
    if (is_text)
        return wants_label ? read_words(s, file, &target->extent, target->labels) : WN_OK;
    if (!s->through_library && wn_fetcher_takes(file, dataset, &target->extent))
        return wn_fetcher_fetch(&s->fetcher, reading, file, dataset, plan);
    if (wants_label)
        TRY(read_labels(s, file, &target->extent, target->labels));
    if (wants_cells)
        TRY(read_columns(s, file, dataset, &target->extent, target->cells));
    reading->is_unchecked |= wants_cells;
done:
    return status;
}

wn_status wn_block_source_start(wn_block_source *s, const wn_block_extent *extent, const wn_block_room *room,
                                wn_reading *reading)
{
    wn_status status = WN_OK;
    wn_table_file *file = NULL;
    reading->n_used = 0;
    reading->is_unchecked = false;
    reading->target = (wn_piece_target){.catalog = s->catalog,
                                        .extent = *extent,
                                        .cells = room->cells,
                                        .labels = room->labels,
                                        .infinite_is_missing = s->infinite_is_missing,
                                        .label_missing = s->label_missing,
                                        .n_label_missing = s->n_label_missing,
                                        .lock = PTHREAD_MUTEX_INITIALIZER};
    for (size_t i = 0; !s->catalog->has_label && room->labels != NULL && i < extent->n_rows; i++)
        room->labels[i] = NAN;
    wn_watchdog_reading(s->catalog->files[extent->file].path);
    TRY(use_file(s, extent->file, &file));
    wn_fetcher_forget(&s->fetcher, extent);
    for (size_t d = 0; d < s->catalog->n_datasets; d++)
        TRY(start_dataset(s, file, d, room, reading));
    TRY(wn_table_file_check_size(file));
done:
    wn_watchdog_reading(NULL);
    return status;
}

wn_status wn_block_source_finish(wn_block_source *s, wn_reading *reading)
{
    const wn_piece_target *target = &reading->target;
    wn_watchdog_reading(s->catalog->files[target->extent.file].path);
    wn_fetcher_finish(&s->fetcher, reading);
    wn_watchdog_reading(NULL);
    if (target->status != WN_OK)
        return wn_fail(target->status, "%s", target->message);
    return reading->is_unchecked ? check_infinite(s, &target->extent, target->cells) : WN_OK;
}
