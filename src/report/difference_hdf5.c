#include "difference.h"
#include "values.h"
#include "winnow/memory.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { PATH_SIZE = 512, NAME_SIZE = 256, SLAB = 1 << 18 };

typedef struct {
    wn_difference *difference;
    const char *const *paths; /* of the two files */
    hid_t files[2];
    const char *const *skipped;
} walk;

static bool is_skipped(const walk *w, const char *path)
{
    const char *last = strrchr(path, '/') + 1;
    for (const char *const *s = w->skipped; *s; s++)
        if (strcmp(*s, path) == 0 || strcmp(*s, last) == 0)
            return true;
    return false;
}

/* "/ranking/anova[7]", "/pca/components[2,5]" of a value's number. */
static void name_value(const wn_values *values, const char *path, size_t i, char name[PATH_SIZE])
{
    size_t index[WN_VALUES_DIMS];
    int n = snprintf(name, PATH_SIZE, "%s", path);
    for (int d = values->n_dims - 1; d >= 0; d--) {
        index[d] = i % values->dims[d];
        i /= values->dims[d];
    }
    for (int d = 0; d < values->n_dims && n < PATH_SIZE; d++)
        n += snprintf(name + n, PATH_SIZE - (size_t)n, "%s%zu%s", d == 0 ? "[" : ",", index[d],
                      d + 1 == values->n_dims ? "]" : "");
}

static void differ(const walk *w, const wn_values *values, const char *path, size_t i, wn_value first, wn_value second)
{
    char name[PATH_SIZE];
    name_value(values, path, i, name);
    if (values->kind == WN_VALUES_INTEGERS)
        wn_difference_set(w->difference, "%s: %lld against %lld", name, (long long)first.integer,
                          (long long)second.integer);
    else
        wn_difference_numbers(w->difference, name, first.real, second.real);
}

static bool is_same(wn_values_kind kind, wn_value a, wn_value b)
{
    if (kind == WN_VALUES_INTEGERS)
        return a.integer == b.integer;
    return a.real == b.real || (isnan(a.real) && isnan(b.real));
}

/* In pieces of whole rows. */
static wn_status compare_numbers(const walk *w, const char *path, const wn_values values[2])
{
    wn_status status = WN_OK;
    wn_value *cells[2] = {NULL, NULL};
    size_t n_rows = values->n_rows, row_size = values->row_size;
    size_t step = row_size < SLAB ? SLAB / (row_size + 1) + 1 : 1;
    step = values->is_attribute || step > n_rows ? n_rows : step;
    TRY(wn_new(&cells[0], step * row_size));
    TRY(wn_new(&cells[1], step * row_size));
    for (size_t first = 0; first < n_rows && row_size > 0; first += step) {
        size_t n = first + step <= n_rows ? step : n_rows - first;
        for (size_t side = 0; side < 2; side++)
            TRY(wn_values_read(&values[side], first, n, cells[side]));
        for (size_t i = 0; i < n * row_size; i++) {
            if (is_same(values->kind, cells[0][i], cells[1][i]))
                continue;
            differ(w, values, path, first * row_size + i, cells[0][i], cells[1][i]);
            goto done;
        }
    }
done:
    wn_free(cells[1]);
    wn_free(cells[0]);
    return status;
}

static wn_status compare_texts(const walk *w, const char *path, const wn_values values[2])
{
    wn_status status = WN_OK;
    char **texts[2] = {NULL, NULL}, name[PATH_SIZE];
    size_t n = values->n_rows * values->row_size;
    TRY(wn_values_texts(&values[0], &texts[0]));
    TRY(wn_values_texts(&values[1], &texts[1]));
    for (size_t i = 0; i < n && !w->difference->is_found; i++) {
        if (strcmp(texts[0][i], texts[1][i]) == 0)
            continue;
        name_value(values, path, i, name);
        wn_difference_set(w->difference, "%s: %s against %s", name, texts[0][i], texts[1][i]);
    }
done:
    wn_values_free_texts(texts[1], n);
    wn_values_free_texts(texts[0], n);
    return status;
}

static void shape_text(const wn_values *values, char text[PATH_SIZE])
{
    int n = snprintf(text, PATH_SIZE, "(");
    for (int d = 0; d < values->n_dims; d++)
        n +=
            snprintf(text + n, PATH_SIZE - (size_t)n, "%s%llu", d > 0 ? ", " : "", (unsigned long long)values->dims[d]);
    snprintf(text + n, PATH_SIZE - (size_t)n, ")");
}

/* Datasets or attributes, which it closes. */
static wn_status compare_values(const walk *w, const char *path, hid_t first, hid_t second, bool is_attribute)
{
    wn_status status = WN_OK;
    wn_values values[2] = {{0}, {0}};
    char shapes[2][PATH_SIZE];
    wn_status opened = wn_values_open(&values[0], first, is_attribute);
    status = wn_values_open(&values[1], second, is_attribute);
    TRY(opened != WN_OK ? opened : status);
    if (!wn_values_same_shape(&values[0], &values[1])) {
        shape_text(&values[0], shapes[0]);
        shape_text(&values[1], shapes[1]);
        wn_difference_set(w->difference, "%s: shape %s against %s", path, shapes[0], shapes[1]);
    } else if (values[0].kind != values[1].kind) {
        wn_difference_set(w->difference, "%s: another type", path);
    } else {
        TRY(values->kind == WN_VALUES_TEXTS ? compare_texts(w, path, values) : compare_numbers(w, path, values));
    }
done:
    wn_values_close(&values[1]);
    wn_values_close(&values[0]);
    return status;
}

static bool exists(hid_t file, const char *path)
{
    return strcmp(path, "/") == 0 || H5Lexists(file, path, H5P_DEFAULT) > 0;
}

/* Says where one file alone has something. */
static bool is_in_both(const walk *w, const char *path, bool first, bool second)
{
    if (first != second)
        wn_difference_set(w->difference, "%s: only in %s", path, w->paths[first ? 0 : 1]);
    return first && second;
}

static wn_status compare_attributes(const walk *w, const char *path, const hid_t objects[2], size_t side)
{
    H5O_info_t about;
    char name[NAME_SIZE], full[PATH_SIZE];
    if (H5Oget_info(objects[side], &about) < 0)
        return wn_fail(WN_BAD_DATA, "cannot be read");
    for (hsize_t i = 0; i < about.num_attrs && !w->difference->is_found; i++) {
        if (H5Aget_name_by_idx(objects[side], ".", H5_INDEX_NAME, H5_ITER_INC, i, name, sizeof name, H5P_DEFAULT) < 0)
            return wn_fail(WN_BAD_DATA, "an attribute cannot be read");
        snprintf(full, sizeof full, "%s/%s", strcmp(path, "/") == 0 ? "" : path, name);
        if (is_skipped(w, full) ||
            !is_in_both(w, full, H5Aexists(objects[0], name) > 0, H5Aexists(objects[1], name) > 0))
            continue;
        wn_status status = compare_values(w, full, H5Aopen(objects[0], name, H5P_DEFAULT),
                                          H5Aopen(objects[1], name, H5P_DEFAULT), true);
        if (status != WN_OK)
            return status;
    }
    return WN_OK;
}

static wn_status compare_paths(const walk *w, const char *path);

static wn_status compare_members(const walk *w, const char *path, hid_t group)
{
    H5G_info_t about;
    char name[NAME_SIZE], full[PATH_SIZE];
    if (H5Gget_info(group, &about) < 0)
        return wn_fail(WN_BAD_DATA, "cannot be read");
    for (hsize_t i = 0; i < about.nlinks && !w->difference->is_found; i++) {
        if (H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, i, name, sizeof name, H5P_DEFAULT) < 0)
            return wn_fail(WN_BAD_DATA, "a member cannot be read");
        int n = snprintf(full, sizeof full, "%s/%s", strcmp(path, "/") == 0 ? "" : path, name);
        if (n >= PATH_SIZE)
            return wn_fail(WN_BAD_DATA, "its path is too long");
        wn_status status = is_skipped(w, full) ? WN_OK : compare_paths(w, full);
        if (status != WN_OK)
            return status;
    }
    return WN_OK;
}

/* Attributes first, then what the object holds, from either side, so that what only the second has is seen. */
static wn_status compare_objects(const walk *w, const char *path, const hid_t objects[2])
{
    wn_status status = WN_OK;
    H5I_type_t types[2] = {H5Iget_type(objects[0]), H5Iget_type(objects[1])};
    if (types[0] != types[1])
        wn_difference_set(w->difference, "%s: another kind of object", path);
    for (size_t side = 0; side < 2 && !w->difference->is_found; side++) {
        TRY(compare_attributes(w, path, objects, side));
        if (types[0] == H5I_GROUP && !w->difference->is_found)
            TRY(compare_members(w, path, objects[side]));
    }
    if (types[0] == H5I_DATASET && !w->difference->is_found) {
        H5Iinc_ref(objects[0]);
        H5Iinc_ref(objects[1]);
        status = compare_values(w, path, objects[0], objects[1], false);
    }
done:
    return status;
}

static wn_status compare_paths(const walk *w, const char *path)
{
    if (!is_in_both(w, path, exists(w->files[0], path), exists(w->files[1], path)))
        return WN_OK;
    hid_t objects[2] = {H5Oopen(w->files[0], path, H5P_DEFAULT), H5Oopen(w->files[1], path, H5P_DEFAULT)};
    wn_status status = objects[0] >= 0 && objects[1] >= 0 ? compare_objects(w, path, objects)
                                                          : wn_fail(WN_BAD_DATA, "cannot be opened");
    for (size_t side = 0; side < 2; side++)
        if (objects[side] >= 0)
            H5Oclose(objects[side]);
    return status;
}

static wn_status compare_names(const walk *w, const char *const *names, size_t n_names)
{
    for (size_t side = 0; side < 2; side++)
        if (w->files[side] < 0)
            return wn_fail(WN_BAD_DATA, "%s: cannot be opened", w->paths[side]);
    for (size_t i = 0; i < n_names && !w->difference->is_found; i++) {
        wn_status status = compare_paths(w, names[i]);
        if (status != WN_OK)
            return wn_fail_prefix(status, "%s or %s, %s", w->paths[0], w->paths[1], names[i]);
    }
    return WN_OK;
}

wn_status wn_difference_hdf5(wn_difference *difference, const char *const paths[2], const char *const *names,
                             size_t n_names, const char *const *skipped)
{
    wn_status status = WN_OK;
    walk w = {.difference = difference, .paths = paths, .skipped = skipped};
    H5E_BEGIN_TRY
    {
        for (size_t side = 0; side < 2; side++)
            w.files[side] = H5Fopen(paths[side], H5F_ACC_RDONLY, H5P_DEFAULT);
        status = compare_names(&w, names, n_names);
        for (size_t side = 0; side < 2; side++)
            if (w.files[side] >= 0)
                H5Fclose(w.files[side]);
    }
    H5E_END_TRY
    return status;
}
