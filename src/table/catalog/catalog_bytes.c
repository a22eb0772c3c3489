#include "catalog_bytes.h"

#include "winnow/memory.h"

#include <string.h>

/* One description of the form serves both ways: each field is put or got by where the cursor goes. */
typedef struct {
    unsigned char *bytes; /* NULL: only counts */
    const unsigned char *from;
    size_t at, n;
} cursor;

static bool is_reading(const cursor *c)
{
    return c->from != NULL;
}

static wn_status pass_bytes(cursor *c, void *field, size_t n)
{
    if (is_reading(c)) {
        if (n > c->n - c->at)
            return wn_fail(WN_INTERNAL, "a catalog's bytes end too early");
        memcpy(field, c->from + c->at, n);
    } else if (c->bytes != NULL) {
        memcpy(c->bytes + c->at, field, n);
    }
    c->at += n;
    return WN_OK;
}

#define PASS(c, field) TRY(pass_bytes((c), &(field), sizeof(field)))

static wn_status pass_text(cursor *c, char **text)
{
    wn_status status = WN_OK;
    size_t n = is_reading(c) ? 0 : strlen(*text);
    PASS(c, n);
    if (is_reading(c)) {
        if (n > c->n - c->at)
            return wn_fail(WN_INTERNAL, "a catalog's bytes end too early");
        TRY(wn_new(text, n + 1));
    }
    TRY(pass_bytes(c, *text, n));
done:
    return status;
}

/* Their number, on the way in the array for them, and each. */
static wn_status pass_externals(cursor *c, wn_file *file)
{
    wn_status status = WN_OK;
    size_t n = file->n_externals;
    PASS(c, n);
    if (is_reading(c)) {
        TRY(wn_new(&file->externals, n));
        file->n_externals = n;
    }
    for (size_t i = 0; i < n; i++) {
        TRY(pass_text(c, &file->externals[i].path));
        PASS(c, file->externals[i].n_bytes);
        PASS(c, file->externals[i].mtime);
    }
done:
    return status;
}

static wn_status pass_file(cursor *c, wn_file *file)
{
    wn_status status = WN_OK;
    TRY(pass_text(c, &file->path));
    PASS(c, file->n_bytes);
    PASS(c, file->mtime);
    PASS(c, file->n_rows);
    PASS(c, file->first_row);
    PASS(c, file->first_block);
    PASS(c, file->block_rows);
    PASS(c, file->is_test);
    PASS(c, file->text_bytes);
    PASS(c, file->chunk_rows);
    PASS(c, file->fetched_bytes);
    PASS(c, file->decoded_bytes);
    TRY(pass_externals(c, file));
    const char *slash = strrchr(file->path, '/');
    file->name = slash != NULL ? slash + 1 : file->path;
done:
    return status;
}

static wn_status pass_dataset(cursor *c, wn_dataset_info *dataset)
{
    wn_status status = WN_OK;
    TRY(pass_text(c, &dataset->path));
    TRY(pass_text(c, &dataset->source));
    PASS(c, dataset->part);
    PASS(c, dataset->width);
    PASS(c, dataset->kind);
    PASS(c, dataset->has_half);
    PASS(c, dataset->has_single);
    PASS(c, dataset->has_fill);
    PASS(c, dataset->fill);
done:
    return status;
}

static wn_status pass_column(cursor *c, wn_column *column)
{
    wn_status status = WN_OK;
    TRY(pass_text(c, &column->name));
    PASS(c, column->dataset);
    PASS(c, column->position);
    PASS(c, column->is_text);
    PASS(c, column->is_long);
    PASS(c, column->place);
done:
    return status;
}

/* The counts, and on the way in the arrays for them. */
static wn_status pass_counts(cursor *c, wn_catalog *catalog)
{
    wn_status status = WN_OK;
    size_t n_files = catalog->n_files, n_datasets = catalog->n_datasets, n_columns = catalog->n_columns;
    PASS(c, n_files);
    PASS(c, n_datasets);
    PASS(c, n_columns);
    if (!is_reading(c))
        goto done;
    TRY(wn_new(&catalog->files, n_files));
    catalog->n_files = n_files;
    TRY(wn_new(&catalog->datasets, n_datasets));
    catalog->n_datasets = n_datasets;
    TRY(wn_new(&catalog->columns, n_columns));
    catalog->n_columns = n_columns;
done:
    return status;
}

static wn_status pass_catalog(cursor *c, wn_catalog *catalog)
{
    wn_status status = WN_OK;
    TRY(pass_counts(c, catalog));
    for (size_t i = 0; i < catalog->n_files; i++)
        TRY(pass_file(c, &catalog->files[i]));
    for (size_t i = 0; i < catalog->n_datasets; i++)
        TRY(pass_dataset(c, &catalog->datasets[i]));
    for (size_t i = 0; i < catalog->n_columns; i++)
        TRY(pass_column(c, &catalog->columns[i]));
    PASS(c, catalog->n_cells);
    PASS(c, catalog->n_texts);
    PASS(c, catalog->has_label);
    TRY(pass_column(c, &catalog->label));
    PASS(c, catalog->label_kind);
    PASS(c, catalog->is_float32);
    PASS(c, catalog->n_rows);
    PASS(c, catalog->n_blocks);
    PASS(c, catalog->n_test_rows);
done:
    return status;
}

wn_status wn_catalog_to_bytes(const wn_catalog *catalog, unsigned char **bytes, size_t *n)
{
    wn_status status = WN_OK;
    wn_catalog source = *catalog; /* not changed: nothing is read into it */
    cursor count = {0}, put = {0};
    TRY(pass_catalog(&count, &source));
    TRY(wn_new(&put.bytes, count.at));
    TRY(pass_catalog(&put, &source));
    *bytes = put.bytes;
    *n = count.at;
    put.bytes = NULL;
done:
    wn_free(put.bytes);
    return status;
}

wn_status wn_catalog_from_bytes(wn_catalog **catalog, const unsigned char *bytes, size_t n)
{
    wn_status status = WN_OK;
    wn_catalog *read = NULL;
    cursor get = {.from = bytes, .n = n};
    TRY(wn_new(&read, 1));
    TRY(pass_catalog(&get, read));
    *catalog = read;
    read = NULL;
done:
    wn_catalog_free(read);
    return status;
}
