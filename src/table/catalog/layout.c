#include "layout.h"

#include "candidate.h"
#include "label.h"
#include "selection.h"
#include "text_cells.h"
#include "winnow/memory.h"

#include <stdlib.h>
#include <string.h>

/* "train/" and "/train" are the same table. */
static wn_status absolute_path(char **path, const char *table)
{
    size_t n = strlen(table);
    while (n > 0 && table[n - 1] == '/')
        n--;
    while (n > 0 && table[0] == '/') {
        table++;
        n--;
    }
    return wn_string_format(path, "/%.*s", (int)n, table);
}

static wn_status fail_missing(wn_hdf5_file *file, const char *table)
{
    char hint[512];
    if (strpbrk(table, "*?[") != NULL)
        return wn_fail(WN_UNAVAILABLE, "%s: input.table: a glob over groups is not built yet ('%s')", file->path,
                       table);
    wn_status status = wn_candidate_suggest(file, table, hint, sizeof hint);
    if (status != WN_OK)
        return status;
    return wn_fail(WN_BAD_DATA, "%s: input.table: there is no '%s'%s", file->path, table, hint);
}

static wn_status read_members(wn_layout *layout, wn_hdf5_file *file)
{
    wn_status status = WN_OK;
    hid_t object = -1;
    TRY(wn_hdf5_open_object(file, layout->table, &object));
    if (object < 0) {
        status = fail_missing(file, layout->table);
        goto done;
    }
    if (H5Iget_type(object) == H5I_DATASET) {
        TRY(wn_members_read_one(&layout->members, file, layout->table));
    } else {
        TRY(wn_candidate_check_format(file, layout->table));
        TRY(wn_members_read(&layout->members, file, layout->table));
    }
    if (layout->members.n == 0)
        status = wn_fail(WN_BAD_DATA, "%s: input.table: '%s' holds no dataset with rows", file->path, layout->table);
done:
    wn_hdf5_release(object);
    return status;
}

/* Forgets the members that neither a column nor the label uses; the order stays. */
static wn_status drop_unused(wn_layout *layout)
{
    wn_status status = WN_OK;
    size_t *number = NULL, kept = 0;
    wn_members *members = &layout->members;
    TRY(wn_new(&number, members->n));
    for (size_t i = 0; i < layout->n_columns; i++)
        number[layout->columns[i].dataset] = 1;
    if (layout->has_label)
        number[layout->label.dataset] = 1;
    for (size_t m = 0; m < members->n; m++) {
        if (number[m] == 0) {
            wn_member_clear(&members->items[m]);
            continue;
        }
        number[m] = kept;
        members->items[kept++] = members->items[m];
    }
    members->n = kept;
    for (size_t i = 0; i < layout->n_columns; i++)
        layout->columns[i].dataset = number[layout->columns[i].dataset];
    if (layout->has_label)
        layout->label.dataset = number[layout->label.dataset];
done:
    wn_free(number);
    return status;
}

static wn_status check_lengths(wn_layout *layout, const wn_hdf5_file *file)
{
    const wn_members *members = &layout->members;
    for (size_t m = 0; m < members->n; m++) {
        wn_status status = wn_member_check(&members->items[m], file);
        if (status != WN_OK)
            return status;
    }
    const wn_member *first = &members->items[layout->columns[0].dataset];
    for (size_t m = 0; m < members->n; m++) {
        const wn_member *member = &members->items[m];
        if (member->n_rows != first->n_rows)
            return wn_fail(WN_BAD_DATA, "%s: columns of different lengths: %s has %lld rows, %s has %lld", file->path,
                           first->path, (long long)first->n_rows, member->path, (long long)member->n_rows);
    }
    layout->n_rows = first->n_rows;
    return WN_OK;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static wn_status check_unique(const wn_layout *layout, const wn_hdf5_file *file)
{
    wn_status status = WN_OK;
    const char **names = NULL;
    size_t n = layout->n_columns;
    TRY(wn_new(&names, n));
    for (size_t i = 0; i < n; i++)
        names[i] = layout->columns[i].name;
    qsort(names, n, sizeof *names, compare_names);
    for (size_t i = 1; i < n && status == WN_OK; i++) {
        if (strcmp(names[i - 1], names[i]) == 0)
            status = wn_fail(WN_BAD_DATA, "%s: two columns are called '%s'", file->path, names[i]);
    }
done:
    wn_free(names);
    return status;
}

/* Columns of numbers before those of strings, whose place in a block is counted apart. */
static wn_status place_columns(wn_layout *layout)
{
    wn_status status = WN_OK;
    wn_column *placed = NULL;
    size_t n = layout->n_columns, at = 0;
    TRY(wn_new(&placed, n));
    for (int texts = 0; texts < 2; texts++) {
        size_t first = at;
        for (size_t i = 0; i < n; i++) {
            wn_column column = layout->columns[i];
            column.is_text = layout->members.items[column.dataset].type.kind == WN_CELL_STRING;
            column.place = at - first;
            if (column.is_text == (texts == 1))
                placed[at++] = column;
        }
        layout->n_cells = texts == 0 ? at : layout->n_cells;
    }
    wn_free(layout->columns);
    layout->columns = placed;
done:
    return status;
}

enum { CODED_TEXT_BYTES = 16 }; /* categories lie in a block once */

static wn_status measure_texts(wn_layout *layout, wn_hdf5_file *file)
{
    wn_status status = WN_OK;
    hid_t dataset = -1;
    for (size_t i = layout->n_cells; i < layout->n_columns; i++) {
        const wn_member *member = &layout->members.items[layout->columns[i].dataset];
        int64_t row_bytes = 0;
        if (i > layout->n_cells && layout->columns[i].dataset == layout->columns[i - 1].dataset)
            continue;
        TRY(wn_hdf5_open_object(file, member->source, &dataset));
        if (member->part == WN_PART_CODES)
            row_bytes = CODED_TEXT_BYTES;
        else
            TRY(wn_text_cells_row_bytes(file, member->source, dataset,
                                        member->part == WN_PART_FIELD ? member->name : "", &row_bytes));
        if (__builtin_add_overflow(layout->text_bytes, row_bytes, &layout->text_bytes))
            TRY(wn_fail(WN_BAD_DATA, "%s: %s: its rows are too long", file->path, member->path));
        wn_hdf5_release(dataset);
        dataset = -1;
    }
done:
    wn_hdf5_release(dataset);
    return status;
}

/* Chunks side by side that hold n columns are n at most. */
static void add_chunks(wn_layout *layout, const wn_member *member, size_t n)
{
    size_t decoded = (size_t)member->chunk_rows * member->decode_bytes;
    layout->fetched_bytes += (n < member->n_tiles ? n : member->n_tiles) * member->tile_bytes;
    layout->decoded_bytes = decoded > layout->decoded_bytes ? decoded : layout->decoded_bytes;
}

static void measure_chunks(wn_layout *layout)
{
    for (size_t first = 0, last = 0; first < layout->n_cells; first = last) {
        size_t dataset = layout->columns[first].dataset;
        while (last < layout->n_cells && layout->columns[last].dataset == dataset)
            last++;
        bool has_label = layout->has_label && layout->label.dataset == dataset;
        add_chunks(layout, &layout->members.items[dataset], last - first + has_label);
    }
}

static void sum_up(wn_layout *layout)
{
    layout->chunk_rows = 1;
    layout->is_float32 = true;
    for (size_t i = 0; i < layout->n_columns; i++) {
        const wn_member *member = &layout->members.items[layout->columns[i].dataset];
        bool fits = wn_member_type(member, layout->columns[i].position).fits_float32;
        layout->is_float32 = layout->is_float32 && (fits || layout->columns[i].is_text);
        if (member->chunk_rows > layout->chunk_rows)
            layout->chunk_rows = member->chunk_rows;
    }
}

static wn_status read_layout(wn_layout *layout, wn_hdf5_file *file, const wn_input *input, const char *table)
{
    wn_status status = WN_OK;
    const char *key = input->label_key ? input->label_key : "input.label";
    if (table != NULL)
        TRY(absolute_path(&layout->table, table));
    else
        TRY(wn_candidate_find(&layout->table, file, input));
    TRY(read_members(layout, file));
    layout->has_label = input->label != NULL;
    if (layout->has_label) {
        TRY(wn_label_find(&layout->label, &layout->members, file, layout->table, input->label, key));
        TRY(wn_string_copy(&layout->label.name, input->label));
        layout->label.is_text =
            wn_member_type(&layout->members.items[layout->label.dataset], layout->label.position).kind ==
            WN_CELL_STRING;
    }
    TRY(wn_selection_columns(&layout->members, file, input, layout->has_label ? &layout->label : NULL, &layout->columns,
                             &layout->n_columns));
    TRY(drop_unused(layout));
    TRY(check_lengths(layout, file));
    TRY(check_unique(layout, file));
    TRY(place_columns(layout));
    TRY(measure_texts(layout, file));
    sum_up(layout);
    measure_chunks(layout);
done:
    return status;
}

wn_status wn_layout_read(wn_layout *layout, wn_hdf5_file *file, const wn_input *input, const char *table)
{
    wn_layout read = {0};
    wn_status status = read_layout(&read, file, input, table);
    if (status == WN_OK)
        *layout = read;
    else
        wn_layout_clear(&read);
    return status;
}

void wn_layout_clear(wn_layout *layout)
{
    wn_selection_free(layout->columns, layout->n_columns);
    wn_members_clear(&layout->members);
    wn_free(layout->label.name);
    wn_free(layout->table);
    *layout = (wn_layout){0};
}
