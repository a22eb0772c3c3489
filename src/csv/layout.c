#include "layout.h"

#include "winnow/memory.h"

#include <stdio.h>
#include <string.h>

enum { POINTER_BYTES = 40 }; /* what a text of its own length takes beside its bytes: a reference, an object's header */

static wn_csv_dataset number_dataset(wn_store_type type, size_t width)
{
    return (wn_csv_dataset){
        .storage = WN_CSV_NUMBERS, .type = type, .cell_bytes = wn_store_bytes(type), .width = width};
}

static wn_csv_dataset text_dataset(const wn_csv_column *column, int64_t n_rows)
{
    size_t longest = column->longest > 0 ? (size_t)column->longest : 1;
    wn_csv_dataset d = {.storage = WN_CSV_TEXTS, .cell_bytes = longest, .width = 1};
    if ((__int128)longest * n_rows > (__int128)column->n_bytes + (__int128)POINTER_BYTES * n_rows) {
        d.storage = WN_CSV_LONG_TEXTS;
        d.cell_bytes = 0;
    }
    return d;
}

/* One type for many columns of numbers; booleans among other numbers count as 0 and 1. */
static wn_store_type joined_type(const wn_csv_column *columns, size_t n)
{
    wn_csv_column all = wn_csv_column_empty();
    size_t n_numbers = 0, n_booleans = 0;
    for (size_t c = 0; c < n; c++) {
        if (wn_csv_column_is_text(&columns[c]))
            continue;
        bool is_boolean = wn_csv_column_type(&columns[c]) == WN_STORE_BOOL;
        n_numbers++;
        n_booleans += is_boolean;
        wn_csv_column column = columns[c];
        if (column.meanings == 0)
            column.meanings = WN_CSV_GAP;
        if (column.meanings & WN_CSV_BOOL) {
            column.meanings = (column.meanings & ~(unsigned)WN_CSV_BOOL) | WN_CSV_INTEGER;
            column.least = 0;
            column.greatest = 1;
        }
        wn_csv_column_merge(&all, &column);
    }
    if (n_booleans == n_numbers)
        return WN_STORE_BOOL;
    return wn_csv_column_is_text(&all) ? WN_STORE_FLOAT64 : wn_csv_column_type(&all);
}

static void place_columns(wn_csv_layout *layout, const wn_csv_column *columns, bool is_wide)
{
    size_t first = 0, n = 0;
    if (is_wide)
        layout->datasets[layout->n_datasets++] = number_dataset(joined_type(columns, layout->n_columns), 0);
    for (size_t c = 0; c < layout->n_columns; c++) {
        bool is_text = wn_csv_column_is_text(&columns[c]);
        if (is_wide && !is_text) {
            layout->dataset[c] = first;
            layout->position[c] = n++;
            continue;
        }
        layout->dataset[c] = layout->n_datasets;
        layout->datasets[layout->n_datasets++] =
            is_text ? text_dataset(&columns[c], layout->n_rows) : number_dataset(wn_csv_column_type(&columns[c]), 1);
    }
    if (is_wide)
        layout->datasets[first].width = n;
    for (size_t d = 1; d < layout->n_datasets; d++) {
        const wn_csv_dataset *last = &layout->datasets[d - 1];
        layout->datasets[d].before = last->before + last->width * last->cell_bytes;
    }
}

static bool is_taken(const char *name, char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(name, names[i]) == 0)
            return true;
    }
    return false;
}

static wn_status name_datasets(wn_csv_layout *layout, char *const *names, bool is_wide)
{
    wn_status status = WN_OK;
    for (size_t c = 0; c < layout->n_columns; c++) {
        wn_csv_dataset *d = &layout->datasets[layout->dataset[c]];
        if (!is_wide || d->storage != WN_CSV_NUMBERS)
            TRY(wn_string_copy(&d->name, names[c]));
    }
    for (int i = 0; is_wide && layout->datasets[0].name == NULL; i++) {
        char name[32] = "x";
        if (i > 0)
            snprintf(name, sizeof name, "x.%d", i);
        if (!is_taken(name, names, layout->n_columns))
            TRY(wn_string_copy(&layout->datasets[0].name, name));
    }
done:
    return status;
}

wn_status wn_csv_layout_new(wn_csv_layout **layout, const wn_csv_column *columns, char *const *names, size_t n_columns,
                            int64_t n_rows)
{
    wn_status status = WN_OK;
    wn_csv_layout *made = NULL;
    size_t n_numbers = 0;
    TRY(wn_new(&made, 1));
    made->n_columns = n_columns;
    made->n_rows = n_rows;
    TRY(wn_new(&made->datasets, n_columns + 1));
    TRY(wn_new(&made->dataset, n_columns));
    TRY(wn_new(&made->position, n_columns));
    for (size_t c = 0; c < n_columns; c++)
        n_numbers += !wn_csv_column_is_text(&columns[c]);
    place_columns(made, columns, n_numbers > WN_CSV_WIDE);
    TRY(name_datasets(made, names, n_numbers > WN_CSV_WIDE));
    *layout = made;
    made = NULL;
done:
    wn_csv_layout_free(made);
    return status;
}

void wn_csv_layout_free(wn_csv_layout *layout)
{
    if (layout == NULL)
        return;
    for (size_t d = 0; layout->datasets != NULL && d < layout->n_datasets; d++)
        wn_free(layout->datasets[d].name);
    wn_free(layout->datasets);
    wn_free(layout->dataset);
    wn_free(layout->position);
    wn_free(layout);
}

bool wn_csv_layout_is_equal(const wn_csv_layout *a, const wn_csv_layout *b)
{
    bool is = a->n_datasets == b->n_datasets;
    for (size_t d = 0; is && d < a->n_datasets; d++) {
        const wn_csv_dataset *x = &a->datasets[d], *y = &b->datasets[d];
        is = x->storage == y->storage && x->type == y->type && x->cell_bytes == y->cell_bytes && x->width == y->width;
    }
    return is && memcmp(a->dataset, b->dataset, a->n_columns * sizeof *a->dataset) == 0;
}

size_t wn_csv_layout_row_bytes(const wn_csv_layout *layout)
{
    const wn_csv_dataset *last = &layout->datasets[layout->n_datasets - 1];
    return last->before + last->width * last->cell_bytes;
}
