/* The group /sums of recipe.h5. */
#include "profile_sums.h"

#include "winnow/levels.h"
#include "winnow/memory.h"

#include <stdio.h>
#include <string.h>

enum { GROUP_SIZE = 40, NAME_SIZE = 64 };

static const char *name_of(char name[NAME_SIZE], const char *group, const char *what)
{
    snprintf(name, NAME_SIZE, "%s/%s", group, what);
    return name;
}

static wn_status write_files(const wn_recipe_file *file, const wn_profile_sums *sums)
{
    wn_status status = WN_OK;
    size_t n = sums->n_files;
    char **names = NULL;
    int64_t *numbers = NULL; /* bytes, then times, then rows */
    TRY(wn_new(&names, n));
    TRY(wn_new(&numbers, 3 * n));
    for (size_t i = 0; i < n; i++) {
        names[i] = sums->files[i].name;
        numbers[i] = sums->files[i].n_bytes;
        numbers[n + i] = sums->files[i].mtime;
        numbers[2 * n + i] = sums->files[i].n_rows;
    }
    TRY(wn_recipe_file_put_strings(file, "sums/files/name", names, n));
    TRY(wn_recipe_file_put(file, "sums/files/bytes", H5T_NATIVE_INT64, 1, &n, numbers));
    TRY(wn_recipe_file_put(file, "sums/files/time", H5T_NATIVE_INT64, 1, &n, numbers + n));
    TRY(wn_recipe_file_put(file, "sums/files/rows", H5T_NATIVE_INT64, 1, &n, numbers + 2 * n));
done:
    wn_free(numbers);
    wn_free(names);
    return status;
}

static wn_status write_moments(const wn_recipe_file *file, const char *group, wn_moments *moments)
{
    wn_status status = WN_OK;
    char name[NAME_SIZE];
    wn_accumulator state = wn_moments_accumulator(moments);
    wn_span sums = state.ops->sums(moments), keys = state.ops->keys(moments);
    TRY(wn_recipe_file_put(file, name_of(name, group, "sums"), H5T_NATIVE_INT64, 1, &sums.n, sums.data));
    TRY(wn_recipe_file_put(file, name_of(name, group, "keys"), H5T_NATIVE_INT64, 1, &keys.n, keys.data));
done:
    return status;
}

static wn_status write_texts(const wn_recipe_file *file, const char *name, const wn_keyed_top *all, bool are_numbers)
{
    wn_status status = WN_OK;
    char **strings = NULL;
    double *numbers = NULL;
    TRY(wn_new(&strings, all->n));
    TRY(wn_new(&numbers, all->n));
    for (size_t i = 0; i < all->n; i++) {
        wn_text text = {all->entries[i].text, all->entries[i].n_text};
        if (are_numbers)
            numbers[i] = wn_level_value(text);
        else
            TRY(wn_string_format(&strings[i], "%.*s", (int)text.n_bytes, text.data));
    }
    if (are_numbers)
        TRY(wn_recipe_file_put(file, name, H5T_NATIVE_DOUBLE, 1, &all->n, numbers));
    else
        TRY(wn_recipe_file_put_strings(file, name, strings, all->n));
done:
    for (size_t i = 0; strings != NULL && i < all->n; i++)
        wn_free(strings[i]);
    wn_free(strings);
    wn_free(numbers);
    return status;
}

static wn_status write_levels(const wn_recipe_file *file, const char *group, const wn_profile_levels *levels,
                              bool are_numbers)
{
    wn_status status = WN_OK;
    const wn_keyed_top *all = &levels->all;
    const int64_t facts[] = {(int64_t)levels->column, levels->is_complete};
    int64_t *numbers = NULL; /* counts, then rows */
    char name[NAME_SIZE];
    TRY(wn_recipe_file_put_group(file, group));
    TRY(wn_recipe_file_put_integers(file, group, "source", &facts[0], 1));
    TRY(wn_recipe_file_put_integers(file, group, "is_complete", &facts[1], 1));
    TRY(wn_new(&numbers, 2 * all->n));
    for (size_t i = 0; i < all->n; i++) {
        numbers[i] = all->entries[i].count;
        numbers[all->n + i] = all->entries[i].rows;
    }
    TRY(write_texts(file, name_of(name, group, "value"), all, are_numbers));
    TRY(wn_recipe_file_put(file, name_of(name, group, "count"), H5T_NATIVE_INT64, 1, &all->n, numbers));
    TRY(wn_recipe_file_put(file, name_of(name, group, "rows"), H5T_NATIVE_INT64, 1, &all->n, numbers + all->n));
done:
    wn_free(numbers);
    return status;
}

wn_status wn_profile_sums_write(const wn_recipe_file *file, const wn_profile_sums *sums)
{
    wn_status status = WN_OK;
    char group[GROUP_SIZE];
    const int64_t facts[] = {sums->is_float32, (int64_t)sums->n_levels};
    TRY(wn_recipe_file_put_group(file, "sums"));
    TRY(wn_recipe_file_put_text(file, "sums", "refusal", sums->refusal != NULL ? sums->refusal : ""));
    if (sums->refusal != NULL)
        goto done;
    TRY(wn_recipe_file_put_text(file, "sums", "options", sums->options));
    TRY(wn_recipe_file_put_integers(file, "sums", "is_float32", &facts[0], 1));
    TRY(wn_recipe_file_put_integers(file, "sums", "n_levels", &facts[1], 1));
    TRY(write_files(file, sums));
    TRY(write_moments(file, "sums/raw", sums->raw));
    if (sums->transformed != NULL)
        TRY(write_moments(file, "sums/transformed", sums->transformed));
    for (size_t i = 0; i < sums->n_levels; i++) {
        snprintf(group, sizeof group, "sums/levels/%zu", i);
        TRY(write_levels(file, group, &sums->levels[i], !sums->recipe->columns[sums->levels[i].column].is_text));
    }
done:
    return status;
}

static wn_status read_numbers(const wn_recipe_file *file, const char *name, size_t n, int64_t **numbers)
{
    wn_status status = WN_OK;
    int64_t *read = NULL;
    TRY(wn_new(&read, n));
    TRY(wn_recipe_file_get(file, name, H5T_NATIVE_INT64, n, read));
    *numbers = read;
    read = NULL;
done:
    wn_free(read);
    return status;
}

static wn_status read_files(const wn_recipe_file *file, wn_profile_sums *sums)
{
    wn_status status = WN_OK;
    size_t n = 0;
    char **names = NULL;
    int64_t *bytes = NULL, *times = NULL, *rows = NULL;
    TRY(wn_recipe_file_dims(file, "sums/files/name", 1, &n));
    TRY(wn_new(&names, n));
    TRY(wn_recipe_file_get_strings(file, "sums/files/name", names, n));
    TRY(read_numbers(file, "sums/files/bytes", n, &bytes));
    TRY(read_numbers(file, "sums/files/time", n, &times));
    TRY(read_numbers(file, "sums/files/rows", n, &rows));
    TRY(wn_new(&sums->files, n));
    for (size_t i = 0; i < n; i++)
        sums->files[i] = (wn_profile_file){names[i], bytes[i], times[i], rows[i]};
    sums->n_files = n;
    wn_free(names);
    names = NULL;
done:
    for (size_t i = 0; names != NULL && i < n; i++)
        wn_free(names[i]);
    wn_free(names);
    wn_free(bytes);
    wn_free(times);
    wn_free(rows);
    return status;
}

static wn_status read_moments(const wn_recipe_file *file, const char *group, size_t n_cols, wn_moments **moments)
{
    wn_status status = WN_OK;
    char name[NAME_SIZE];
    wn_moments *read = NULL;
    TRY(wn_moments_new(&read, n_cols));
    wn_accumulator state = wn_moments_accumulator(read);
    wn_span sums = state.ops->sums(read), keys = state.ops->keys(read);
    TRY(wn_recipe_file_get(file, name_of(name, group, "sums"), H5T_NATIVE_INT64, sums.n, sums.data));
    TRY(wn_recipe_file_get(file, name_of(name, group, "keys"), H5T_NATIVE_INT64, keys.n, keys.data));
    wn_moments_free(*moments);
    *moments = read;
    read = NULL;
done:
    wn_moments_free(read);
    return status;
}

/* Values of all entries behind each other. */
static wn_status place_texts(wn_keyed_top *all, char *const *strings, const double *numbers)
{
    wn_status status = WN_OK;
    size_t n_bytes = 0, at = 0;
    for (size_t i = 0; i < all->n; i++)
        n_bytes += strings != NULL ? strlen(strings[i]) : sizeof *numbers;
    TRY(wn_new(&all->texts, n_bytes));
    for (size_t i = 0; i < all->n; i++) {
        wn_level_bytes number = wn_level_number(numbers[i]);
        wn_text text =
            strings != NULL ? (wn_text){strings[i], strlen(strings[i])} : (wn_text){number.bytes, sizeof number.bytes};
        memcpy(all->texts + at, text.data, text.n_bytes);
        all->entries[i].text = (const char *)all->texts + at;
        all->entries[i].n_text = text.n_bytes;
        all->entries[i].key = wn_hash_bytes(text.data, text.n_bytes, 0);
        at += text.n_bytes;
    }
done:
    return status;
}

static wn_status read_values(const wn_recipe_file *file, const char *name, wn_keyed_top *all, bool are_numbers)
{
    wn_status status = WN_OK;
    char **strings = NULL;
    double *numbers = NULL;
    TRY(wn_new(&numbers, all->n));
    if (are_numbers) {
        TRY(wn_recipe_file_get(file, name, H5T_NATIVE_DOUBLE, all->n, numbers));
    } else {
        TRY(wn_new(&strings, all->n));
        TRY(wn_recipe_file_get_strings(file, name, strings, all->n));
    }
    TRY(place_texts(all, strings, numbers));
done:
    for (size_t i = 0; strings != NULL && i < all->n; i++)
        wn_free(strings[i]);
    wn_free(strings);
    wn_free(numbers);
    return status;
}

static wn_status read_level(const wn_recipe_file *file, const char *group, const wn_recipe *recipe,
                            wn_profile_levels *levels)
{
    wn_status status = WN_OK;
    char name[NAME_SIZE];
    int64_t source = 0, is_complete = 0, *counts = NULL, *rows = NULL;
    wn_keyed_top *all = &levels->all;
    size_t n = 0;
    TRY(wn_recipe_file_get_integers(file, group, "source", &source, 1));
    TRY(wn_recipe_file_get_integers(file, group, "is_complete", &is_complete, 1));
    TRY(wn_recipe_file_dims(file, name_of(name, group, "value"), 1, &n));
    if (source < 0 || source >= (int64_t)recipe->n_columns)
        TRY(wn_fail(WN_BAD_DATA, "%s: not a recipe: %s is of no column", file->path, group));
    TRY(read_numbers(file, name_of(name, group, "count"), n, &counts));
    TRY(read_numbers(file, name_of(name, group, "rows"), n, &rows));
    TRY(wn_new(&all->entries, n));
    all->n = n;
    for (size_t i = 0; i < n; i++)
        all->entries[i] = (wn_keyed_count){.count = counts[i], .rows = rows[i]};
    TRY(read_values(file, name_of(name, group, "value"), all, !recipe->columns[source].is_text));
    levels->column = (size_t)source;
    levels->is_complete = is_complete != 0;
done:
    wn_free(counts);
    wn_free(rows);
    return status;
}

static wn_status read_all_levels(const wn_recipe_file *file, wn_profile_sums *sums)
{
    wn_status status = WN_OK;
    char group[GROUP_SIZE];
    int64_t n = 0;
    TRY(wn_recipe_file_get_integers(file, "sums", "n_levels", &n, 1));
    if (n < 0 || n > (int64_t)sums->recipe->n_columns)
        TRY(wn_fail(WN_BAD_DATA, "%s: not a recipe: it has levels of %lld columns", file->path, (long long)n));
    TRY(wn_new(&sums->levels, (size_t)n));
    for (; sums->n_levels < (size_t)n; sums->n_levels++) {
        snprintf(group, sizeof group, "sums/levels/%zu", sums->n_levels);
        status = read_level(file, group, sums->recipe, &sums->levels[sums->n_levels]);
        if (status != WN_OK) {
            wn_keyed_top_clear(&sums->levels[sums->n_levels].all);
            goto done;
        }
    }
done:
    return status;
}

static wn_status read_kept(const wn_recipe_file *file, wn_profile_sums *sums)
{
    wn_status status = WN_OK;
    int64_t is_float32 = 0;
    TRY(wn_recipe_file_get_text(file, "sums", "options", &sums->options));
    TRY(wn_recipe_file_get_integers(file, "sums", "is_float32", &is_float32, 1));
    sums->is_float32 = is_float32 != 0;
    TRY(read_files(file, sums));
    TRY(read_moments(file, "sums/raw", sums->recipe->n_cells, &sums->raw));
    if (sums->transformed != NULL)
        TRY(read_moments(file, "sums/transformed", sums->n_transformed, &sums->transformed));
    TRY(read_all_levels(file, sums));
done:
    return status;
}

wn_status wn_profile_sums_read(wn_recipe *recipe, const char *path)
{
    wn_status status = WN_OK;
    wn_recipe_file file = {H5I_INVALID_HID, path};
    wn_profile_sums *sums = NULL;
    char *refusal = NULL;
    TRY(wn_recipe_file_open(&file, path));
    TRY(wn_profile_sums_new(&sums, recipe));
    TRY(wn_recipe_file_get_text(&file, "sums", "refusal", &refusal));
    if (refusal[0] == '\0')
        TRY(read_kept(&file, sums));
    if (refusal[0] != '\0') {
        sums->refusal = refusal;
        refusal = NULL;
    }
    wn_profile_sums_free(recipe->sums);
    recipe->sums = sums;
    sums = NULL;
done:
    wn_recipe_file_close(&file);
    wn_profile_sums_free(sums);
    wn_free(refusal);
    return status;
}
