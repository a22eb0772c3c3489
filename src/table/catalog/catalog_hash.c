#include "winnow/catalog.h"

#include <string.h>

static void add_number(wn_hasher *hasher, int64_t number)
{
    wn_hasher_add(hasher, &number, sizeof number);
}

static void add_file(wn_hasher *hasher, const wn_file *file)
{
    wn_hasher_add_text(hasher, file->name);
    add_number(hasher, file->n_bytes);
    add_number(hasher, file->mtime);
    add_number(hasher, file->n_rows);
    add_number(hasher, file->block_rows);
    add_number(hasher, file->is_test);
    for (size_t i = 0; i < file->n_externals; i++) {
        const char *path = file->externals[i].path, *slash = strrchr(path, '/');
        wn_hasher_add_text(hasher, slash != NULL ? slash + 1 : path);
        add_number(hasher, file->externals[i].n_bytes);
        add_number(hasher, file->externals[i].mtime);
    }
}

static void add_dataset(wn_hasher *hasher, const wn_dataset_info *dataset)
{
    wn_hasher_add_text(hasher, dataset->path);
    add_number(hasher, (int64_t)dataset->width);
    add_number(hasher, (int64_t)dataset->kind);
    add_number(hasher, dataset->has_fill);
    wn_hasher_add(hasher, &dataset->fill, sizeof dataset->fill);
}

static void add_column(wn_hasher *hasher, const wn_column *column)
{
    wn_hasher_add_text(hasher, column->name);
    add_number(hasher, (int64_t)column->dataset);
    add_number(hasher, (int64_t)column->position);
}

wn_status wn_catalog_hash(const wn_catalog *catalog, wn_hash *hash)
{
    wn_hasher *hasher = NULL;
    wn_status status = wn_hasher_new(&hasher, 0);
    if (status != WN_OK)
        return status;
    add_number(hasher, (int64_t)catalog->n_files);
    for (size_t i = 0; i < catalog->n_files; i++)
        add_file(hasher, &catalog->files[i]);
    add_number(hasher, (int64_t)catalog->n_datasets);
    for (size_t i = 0; i < catalog->n_datasets; i++)
        add_dataset(hasher, &catalog->datasets[i]);
    add_number(hasher, (int64_t)catalog->n_columns);
    for (size_t i = 0; i < catalog->n_columns; i++)
        add_column(hasher, &catalog->columns[i]);
    add_number(hasher, catalog->has_label);
    add_column(hasher, &catalog->label);
    *hash = wn_hasher_finish(hasher);
    wn_hasher_free(hasher);
    return WN_OK;
}
