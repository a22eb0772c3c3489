/* The group /sums of recipe.h5, written. */
#include "profile_sums.h"

#include "winnow/levels.h"
#include "winnow/memory.h"

#include <stdio.h>

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
    char name[WN_SUMS_NAME_SIZE];
    wn_accumulator state = wn_moments_accumulator(moments);
    wn_span sums = state.ops->sums(moments), keys = state.ops->keys(moments);
    TRY(wn_recipe_file_put(file, wn_sums_name(name, group, "sums"), H5T_NATIVE_INT64, 1, &sums.n, sums.data));
    TRY(wn_recipe_file_put(file, wn_sums_name(name, group, "keys"), H5T_NATIVE_INT64, 1, &keys.n, keys.data));
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
    char name[WN_SUMS_NAME_SIZE];
    TRY(wn_recipe_file_put_group(file, group));
    TRY(wn_recipe_file_put_integers(file, group, "source", &facts[0], 1));
    TRY(wn_recipe_file_put_integers(file, group, "is_complete", &facts[1], 1));
    TRY(wn_new(&numbers, 2 * all->n));
    for (size_t i = 0; i < all->n; i++) {
        numbers[i] = all->entries[i].count;
        numbers[all->n + i] = all->entries[i].rows;
    }
    TRY(write_texts(file, wn_sums_name(name, group, "value"), all, are_numbers));
    TRY(wn_recipe_file_put(file, wn_sums_name(name, group, "count"), H5T_NATIVE_INT64, 1, &all->n, numbers));
    TRY(wn_recipe_file_put(file, wn_sums_name(name, group, "rows"), H5T_NATIVE_INT64, 1, &all->n, numbers + all->n));
done:
    wn_free(numbers);
    return status;
}

wn_status wn_profile_sums_write(const wn_recipe_file *file, const wn_profile_sums *sums)
{
    wn_status status = WN_OK;
    char group[WN_SUMS_GROUP_SIZE];
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
