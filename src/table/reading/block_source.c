#include "block_source.h"

#include "winnow/memory.h"
#include "winnow/sizes.h"
#include "winnow/watchdog.h"

#include <math.h>
#include <string.h>

wn_status wn_block_source_init(wn_block_source *s, const wn_catalog *catalog, const wn_reader_options *options)
{
    wn_status status = WN_OK;
    *s = (wn_block_source){.catalog = catalog,
                           .infinite_is_missing = options->infinite_is_missing,
                           .through_library = options->through_library};
    wn_fetcher_init(&s->fetcher);
    TRY(wn_read_plans_new(&s->plans, catalog, options));
    TRY(wn_label_cells_init(&s->labels, catalog, options));
    TRY(wn_workers_new(&s->workers, options->n_threads));
    TRY(wn_new(&s->scratch_of_workers, wn_workers_count(s->workers)));
    s->fetcher.workers = s->workers;
    s->fetcher.scratch = s->scratch_of_workers;
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
    wn_label_cells_clear(&s->labels);
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
           slice = wn_size_min(wn_table_file_slice(file, dataset, width, plan->n_ranges), extent->n_rows);
    bool is_direct = plan->n_columns == n_cols && width == n_cols;
    if (!is_direct)
        TRY(wn_scratch_reserve(&s->scratch, slice * width * sizeof(double)));
    for (size_t row = 0; row < extent->n_rows; row += slice) {
        size_t n = wn_size_min(slice, extent->n_rows - row);
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

wn_status wn_block_source_label_texts(wn_block_source *s, const wn_block_extent *extent, wn_text_store *store,
                                      wn_text *labels)
{
    wn_status status = WN_OK;
    wn_table_file *file = NULL;
    size_t dataset = s->catalog->label.dataset;
    wn_watchdog_reading(s->catalog->files[extent->file].path);
    TRY(use_file(s, extent->file, &file));
    TRY(wn_table_file_open_dataset(file, dataset, &s->plans[dataset]));
    TRY(wn_label_cells_texts(file, extent, store, labels));
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
        return wants_label ? wn_label_cells_read(&s->labels, file, &target->extent, target->labels) : WN_OK;
    if (!s->through_library && wn_fetcher_takes(file, dataset, &target->extent))
        return wn_fetcher_fetch(&s->fetcher, reading, file, dataset, plan);
    if (wants_label)
        TRY(wn_label_cells_read(&s->labels, file, &target->extent, target->labels));
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
                                        .label_missing = s->labels.missing,
                                        .n_label_missing = s->labels.n_missing,
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
