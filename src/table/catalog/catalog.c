#include "winnow/catalog.h"

#include "file_list.h"
#include "layout.h"
#include "winnow/memory.h"
#include "winnow/watchdog.h"

#include <string.h>

enum { BLOCK_BYTES = 4 << 20, FEWEST_ROWS = 256, MOST_ROWS = 65536 };
enum { MUCH_MORE = 2 }; /* bytes of chunks for one of cells that are wanted: then chunks make the block large */

/* While files are read: the layout of the first, which the others must equal. */
typedef struct {
    wn_catalog *catalog;
    wn_layout first;
} builder;

static wn_status set_file(wn_file *file, const char *path, const wn_hdf5_file *open, int64_t n_rows, bool is_test)
{
    wn_status status = wn_string_copy(&file->path, path);
    if (status != WN_OK)
        return status;
    const char *slash = strrchr(file->path, '/');
    file->name = slash != NULL ? slash + 1 : file->path;
    file->n_bytes = open->n_bytes;
    file->mtime = open->mtime;
    file->n_rows = n_rows;
    file->is_test = is_test;
    return WN_OK;
}

/* Those of all its datasets; the catalog owns them. */
static wn_status set_externals(wn_file *file, const wn_layout *layout)
{
    wn_status status = WN_OK;
    wn_externals all = {0};
    for (size_t m = 0; m < layout->members.n; m++)
        TRY(wn_externals_join(&all, &layout->members.items[m].externals));
    file->externals = all.items;
    file->n_externals = all.n;
    all = (wn_externals){0};
done:
    wn_externals_clear(&all);
    return status;
}

static wn_status add_file(builder *b, const wn_input *input, const char *path, bool is_test)
{
    wn_status status = WN_OK;
    wn_hdf5_file file = {.id = -1, .links = -1};
    wn_layout layout = {0};
    size_t index = b->catalog->n_files;
    wn_watchdog_reading(path);
    TRY(wn_hdf5_open(&file, path));
    file.allows_external = input->allow_external;
    TRY(wn_layout_read(&layout, &file, input, index == 0 ? input->table : b->first.table));
    TRY(set_file(&b->catalog->files[index], path, &file, layout.n_rows, is_test));
    b->catalog->n_files++;
    TRY(set_externals(&b->catalog->files[index], &layout));
    b->catalog->files[index].chunk_rows = (size_t)layout.chunk_rows;
    b->catalog->files[index].fetched_bytes = layout.fetched_bytes;
    b->catalog->files[index].decoded_bytes = layout.decoded_bytes;
    b->catalog->files[index].text_bytes = layout.text_bytes;
    if (index == 0) {
        b->first = layout;
        layout = (wn_layout){0};
    } else {
        TRY(wn_layout_compare(&b->first, b->catalog->files[0].path, &layout, path));
        wn_layout_widen(&b->first, &layout);
    }
done:
    wn_watchdog_reading(NULL);
    wn_layout_clear(&layout);
    wn_hdf5_close(&file);
    return status;
}

static wn_status add_files(builder *b, const wn_input *input)
{
    wn_status status = WN_OK;
    wn_file_list files = {0}, test = {0};
    TRY(wn_file_list_expand(&files, input->files, input->n_files, input->is_direct ? NULL : "input.files"));
    TRY(wn_file_list_expand(&test, input->test, input->n_test, "input.test"));
    TRY(wn_file_list_disjoint(&files, &test));
    if (files.n == 0) {
        status = wn_fail(WN_NO_INPUT, "input.files: names no file");
        goto done;
    }
    TRY(wn_new(&b->catalog->files, files.n + test.n));
    for (size_t i = 0; i < files.n; i++)
        TRY(add_file(b, input, files.paths[i], false));
    for (size_t i = 0; i < test.n; i++)
        TRY(add_file(b, input, test.paths[i], true));
done:
    wn_file_list_clear(&files);
    wn_file_list_clear(&test);
    return status;
}

static void mark_long(wn_column *column, const wn_members *members)
{
    column->is_long = wn_member_type(&members->items[column->dataset], column->position).is_long;
}

/* Columns and label go over from the first layout. */
static wn_status take_columns(wn_catalog *catalog, wn_layout *first)
{
    wn_status status = WN_OK;
    size_t n = first->members.n;
    TRY(wn_new(&catalog->datasets, n));
    catalog->n_datasets = n;
    for (size_t m = 0; m < n; m++) {
        wn_member *member = &first->members.items[m];
        catalog->datasets[m] = (wn_dataset_info){.path = member->path,
                                                 .source = member->source,
                                                 .part = member->part,
                                                 .width = member->width,
                                                 .kind = member->type.kind,
                                                 .has_half = member->type.is_half,
                                                 .has_single = member->type.is_single,
                                                 .has_fill = member->has_fill,
                                                 .fill = member->fill};
        member->path = member->source = NULL;
    }
    if (first->has_label)
        catalog->label_kind = wn_member_type(&first->members.items[first->label.dataset], first->label.position).kind;
    for (size_t i = 0; i < first->n_columns; i++)
        mark_long(&first->columns[i], &first->members);
    if (first->has_label)
        mark_long(&first->label, &first->members);
    if (!first->has_label)
        TRY(wn_string_copy(&first->label.name, ""));
    catalog->columns = first->columns;
    catalog->n_columns = first->n_columns;
    catalog->n_cells = first->n_cells;
    catalog->n_texts = first->n_columns - first->n_cells;
    catalog->has_label = first->has_label;
    catalog->label = first->label;
    catalog->is_float32 = first->is_float32;
    first->columns = NULL;
    first->n_columns = 0;
    first->label.name = NULL;
done:
    return status;
}

/* Whole chunk rows nearest BLOCK_BYTES, held between the bounds. */
static int64_t block_rows(int64_t chunk_rows, int64_t row_bytes)
{
    if (chunk_rows > MOST_ROWS)
        return MOST_ROWS;
    int64_t chunk_bytes = 0;
    if (__builtin_mul_overflow(chunk_rows, row_bytes, &chunk_bytes) || chunk_bytes > 2 * (int64_t)BLOCK_BYTES)
        chunk_bytes = 2 * (int64_t)BLOCK_BYTES + 1;
    int64_t rows = (2 * BLOCK_BYTES + chunk_bytes) / (2 * chunk_bytes) * chunk_rows;
    if (rows < FEWEST_ROWS)
        rows = (FEWEST_ROWS + chunk_rows - 1) / chunk_rows * chunk_rows;
    return rows > MOST_ROWS ? MOST_ROWS / chunk_rows * chunk_rows : rows;
}

static void cut_blocks(wn_catalog *catalog)
{
    int64_t cell_bytes = (int64_t)catalog->n_cells * (catalog->is_float32 ? 4 : 8);
    for (size_t i = 0; i < catalog->n_files; i++) {
        wn_file *file = &catalog->files[i];
        file->first_row = catalog->n_rows;
        file->first_block = catalog->n_blocks;
        int64_t fetched = (int64_t)file->fetched_bytes, bytes = fetched > MUCH_MORE * cell_bytes ? fetched : cell_bytes;
        file->block_rows = block_rows((int64_t)file->chunk_rows, bytes + file->text_bytes);
        catalog->n_rows += file->n_rows;
        catalog->n_blocks += (file->n_rows + file->block_rows - 1) / file->block_rows;
        catalog->n_test_rows += file->is_test ? file->n_rows : 0;
    }
}

wn_status wn_catalog_read(wn_catalog **catalog, const wn_input *input)
{
    wn_status status = WN_OK;
    builder b = {0};
    TRY(wn_new(&b.catalog, 1));
    TRY(add_files(&b, input));
    TRY(take_columns(b.catalog, &b.first));
    cut_blocks(b.catalog);
    *catalog = b.catalog;
    b.catalog = NULL;
done:
    wn_layout_clear(&b.first);
    wn_catalog_free(b.catalog);
    return status;
}

void wn_catalog_free(wn_catalog *catalog)
{
    if (catalog == NULL)
        return;
    for (size_t i = 0; catalog->files != NULL && i < catalog->n_files; i++) {
        wn_externals externals = {catalog->files[i].externals, catalog->files[i].n_externals};
        wn_externals_clear(&externals);
        wn_free(catalog->files[i].path);
    }
    for (size_t i = 0; catalog->datasets != NULL && i < catalog->n_datasets; i++) {
        wn_free(catalog->datasets[i].path);
        wn_free(catalog->datasets[i].source);
    }
    for (size_t i = 0; catalog->columns != NULL && i < catalog->n_columns; i++)
        wn_free(catalog->columns[i].name);
    wn_free(catalog->label.name);
    wn_free(catalog->files);
    wn_free(catalog->datasets);
    wn_free(catalog->columns);
    wn_free(catalog);
}

int64_t wn_catalog_run_blocks(const wn_catalog *catalog)
{
    enum { RUN_ROWS = 1024, LEAST_RUNS = 64 };
    int64_t most = catalog->n_blocks / LEAST_RUNS;
    if (most <= 1)
        return 1;
    int64_t rows = (catalog->n_rows + catalog->n_blocks - 1) / catalog->n_blocks, run = (RUN_ROWS + rows / 2) / rows;
    run = run < most ? run : most;
    return run > 1 ? run : 1;
}

wn_range wn_catalog_part(const wn_catalog *catalog, int n_parts, int part)
{
    int64_t n = catalog->n_blocks, run = wn_catalog_run_blocks(catalog);
    wn_range runs = wn_range_part((n + run - 1) / run, n_parts, part);
    int64_t first = runs.first * run, last = runs.last * run;
    return (wn_range){first < n ? first : n, last < n ? last : n};
}

wn_block_extent wn_catalog_block(const wn_catalog *catalog, int64_t index)
{
    size_t low = 0, high = catalog->n_files;
    while (high - low > 1) { /* the last file whose first block is not beyond; files without rows have none */
        size_t middle = low + (high - low) / 2;
        if (catalog->files[middle].first_block <= index)
            low = middle;
        else
            high = middle;
    }
    const wn_file *file = &catalog->files[low];
    int64_t first = (index - file->first_block) * file->block_rows;
    int64_t left = file->n_rows - first;
    return (wn_block_extent){.file = low,
                             .first_row = file->first_row + first,
                             .first_row_in_file = first,
                             .n_rows = (size_t)(left < file->block_rows ? left : file->block_rows)};
}

const wn_file *wn_catalog_file_of(const wn_catalog *catalog, int64_t row)
{
    size_t f = 0;
    while (f + 1 < catalog->n_files && catalog->files[f + 1].first_row <= row)
        f++;
    return &catalog->files[f];
}
