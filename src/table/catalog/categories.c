#include "categories.h"

#include "member_attributes.h"
#include "text_cells.h"
#include "winnow/memory.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { PATH_SIZE = WN_MEMBER_NAME_SIZE };

bool wn_categories_are_in(hid_t group)
{
    return wn_is_text_attribute(group, "encoding-type", "categorical");
}

/* The codes and the categories as members of their own. */
static wn_status read_both(wn_hdf5_file *file, const char *path, wn_members *codes, wn_members *categories)
{
    wn_status status = WN_OK;
    char name[PATH_SIZE];
    snprintf(name, sizeof name, "%s/codes", path);
    TRY(wn_members_read_one(codes, file, name));
    snprintf(name, sizeof name, "%s/categories", path);
    TRY(wn_members_read_one(categories, file, name));
    bool is_right = codes->n == 1 && categories->n == 1 && codes->items[0].width == 1 &&
                    categories->items[0].width == 1 && codes->items[0].type.kind == WN_CELL_INTEGER;
    if (!is_right)
        status =
            wn_fail(WN_BAD_DATA, "%s: %s: is called a categorical, but has no codes and categories", file->path, path);
done:
    return status;
}

wn_status wn_categories_member(wn_member *member, wn_hdf5_file *file, const char *path)
{
    wn_status status = WN_OK;
    wn_members codes = {0}, categories = {0};
    wn_member made = {0};
    TRY(read_both(file, path, &codes, &categories));
    made = codes.items[0];
    codes.items[0] = (wn_member){0};
    wn_free(made.path);
    made.path = NULL;
    made.part = WN_PART_CODES;
    made.type = categories.items[0].type;
    if (made.type.kind != WN_CELL_STRING)
        made.type.kind = WN_CELL_INTEGER; /* of few values, whatever they are */
    made.has_fill = false;
    TRY(wn_string_copy(&made.path, path));
    made.name = strrchr(made.path, '/') + 1;
    if (categories.items[0].problem != WN_OK && made.problem == WN_OK) {
        made.problem = categories.items[0].problem;
        made.problem_text = categories.items[0].problem_text;
        categories.items[0].problem_text = NULL;
    }
    *member = made;
    made = (wn_member){0};
done:
    wn_member_clear(&made);
    wn_members_clear(&codes);
    wn_members_clear(&categories);
    return status;
}

static wn_status read_texts(wn_categories *made, const wn_hdf5_file *file, const char *path, hid_t dataset)
{
    wn_status status = WN_OK;
    wn_text_cells cells;
    char *buffer = NULL, *pointers = NULL;
    TRY(wn_text_cells_init(&cells, file, path, dataset, "", &made->store));
    TRY(wn_new(&made->texts, made->n));
    if (cells.is_variable)
        TRY(wn_memory_new((void **)&pointers, made->n, cells.n_bytes, __func__));
    else
        TRY(wn_text_store_take(&made->store, made->n * cells.n_bytes, &buffer));
    buffer = cells.is_variable ? pointers : buffer;
    if (made->n > 0 && H5Dread(dataset, cells.type, H5S_ALL, H5S_ALL, cells.transfer, buffer) < 0)
        TRY(cells.status != WN_OK ? cells.status : wn_hdf5_fail(file, path, "its categories cannot be read"));
    for (size_t i = 0; i < made->n; i++) {
        made->texts[i] = wn_text_cells_at(&cells, buffer, i);
        if (wn_text_cells_is_cut(&cells, buffer, i))
            TRY(wn_fail(WN_BAD_DATA, "%s: %s: category %zu holds a zero byte", file->path, path, i));
    }
done:
    wn_free(pointers);
    wn_text_cells_clear(&cells);
    return status;
}

static wn_status read_numbers(wn_categories *made, const wn_hdf5_file *file, const char *path, hid_t dataset)
{
    wn_status status = WN_OK;
    TRY(wn_new(&made->numbers, made->n));
    if (made->n > 0 && H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, made->numbers) < 0)
        status = wn_hdf5_fail(file, path, "its categories cannot be read");
done:
    return status;
}

wn_status wn_categories_read(wn_categories *categories, wn_hdf5_file *file, const char *path)
{
    wn_status status = WN_OK;
    wn_categories made = {0};
    char name[PATH_SIZE];
    hid_t dataset = -1, space = -1, type = -1;
    snprintf(name, sizeof name, "%s/categories", path);
    TRY(wn_hdf5_open_object(file, name, &dataset));
    if (dataset < 0 || H5Iget_type(dataset) != H5I_DATASET)
        TRY(wn_fail(WN_BAD_DATA, "%s: %s: is not there any more", file->path, name));
    space = H5Dget_space(dataset);
    type = H5Dget_type(dataset);
    hssize_t n = space < 0 ? -1 : H5Sget_simple_extent_npoints(space);
    if (n < 0 || type < 0)
        TRY(wn_hdf5_fail(file, name, "truncated or damaged"));
    made.n = (size_t)n;
    TRY(H5Tget_class(type) == H5T_STRING ? read_texts(&made, file, name, dataset)
                                         : read_numbers(&made, file, name, dataset));
    *categories = made;
    made = (wn_categories){0};
done:
    wn_categories_clear(&made);
    wn_hdf5_release(type);
    wn_hdf5_release(space);
    wn_hdf5_release(dataset);
    return status;
}

void wn_categories_clear(wn_categories *categories)
{
    wn_free(categories->numbers);
    wn_free(categories->texts);
    wn_text_store_clear(&categories->store);
    *categories = (wn_categories){0};
}

static wn_status check_code(const wn_categories *categories, const wn_hdf5_file *file, const char *path, int64_t code)
{
    if (code < (int64_t)categories->n)
        return WN_OK;
    return wn_fail(WN_BAD_DATA, "%s: %s: the code %lld is of none of %zu categories", file->path, path, (long long)code,
                   categories->n);
}

static void set_cell(wn_cells cells, size_t i, double value)
{
    if (cells.is_float32)
        ((float *)cells.data)[i] = (float)value;
    else
        ((double *)cells.data)[i] = value;
}

wn_status wn_categories_numbers(const wn_categories *categories, const wn_hdf5_file *file, const char *path,
                                const int64_t *codes, size_t n, wn_cells cells)
{
    wn_status status = WN_OK;
    for (size_t i = 0; i < n; i++) {
        TRY(check_code(categories, file, path, codes[i]));
        set_cell(cells, i, codes[i] < 0 ? (double)NAN : categories->numbers[codes[i]]);
    }
done:
    return status;
}

/* A copy of the categories in the store. */
static wn_status copy_texts(const wn_categories *categories, wn_text_store *store, wn_text *copies)
{
    wn_status status = WN_OK;
    size_t n_bytes = 0, at = 0;
    char *bytes = NULL;
    for (size_t k = 0; k < categories->n; k++)
        n_bytes += categories->texts[k].n_bytes;
    TRY(wn_text_store_take(store, n_bytes, &bytes));
    for (size_t k = 0; k < categories->n; k++) {
        size_t n = categories->texts[k].n_bytes;
        if (n > 0)
            memcpy(bytes + at, categories->texts[k].data, n);
        copies[k] = (wn_text){bytes + at, n};
        at += n;
    }
done:
    return status;
}

wn_status wn_categories_texts(const wn_categories *categories, const wn_hdf5_file *file, const char *path,
                              const int64_t *codes, size_t n, wn_text_store *store, wn_text *texts)
{
    wn_status status = WN_OK;
    wn_text *copies = NULL;
    TRY(wn_new(&copies, categories->n));
    TRY(copy_texts(categories, store, copies));
    for (size_t i = 0; i < n; i++) {
        TRY(check_code(categories, file, path, codes[i]));
        texts[i] = codes[i] < 0 ? (wn_text){0} : copies[codes[i]];
    }
done:
    wn_free(copies);
    return status;
}
