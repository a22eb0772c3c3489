/* The terms of a text column in recipe.h5. */
#include "terms_state.h"

#include "winnow/memory.h"

#include <string.h>

/* Names of the arrays in a group of recipe.h5. The weights are there to be read; they follow from the rows. */
typedef struct {
    char *term, *rows, *weight;
} array_names;

static wn_status name_arrays(array_names *names, const char *group)
{
    wn_status status = WN_OK;
    TRY(wn_string_format(&names->term, "%s/term", group));
    TRY(wn_string_format(&names->rows, "%s/rows", group));
    TRY(wn_string_format(&names->weight, "%s/weight", group));
done:
    return status;
}

static void forget_names(array_names *names)
{
    wn_free(names->term);
    wn_free(names->rows);
    wn_free(names->weight);
}

static wn_status write_arrays(const wn_terms *kept, const wn_recipe_file *file, const array_names *names)
{
    wn_status status = WN_OK;
    size_t n = wn_terms_size(kept);
    char **strings = NULL;
    double *weights = NULL;
    TRY(wn_new(&strings, n));
    TRY(wn_new(&weights, n));
    for (size_t i = 0; i < n; i++) {
        wn_text text = wn_vocabulary_term(kept->vocabulary, i);
        TRY(wn_string_format(&strings[i], "%.*s", (int)text.n_bytes, text.data));
        weights[i] = wn_vocabulary_weight(kept->vocabulary, i);
    }
    TRY(wn_recipe_file_put_strings(file, names->term, strings, n));
    TRY(wn_recipe_file_put(file, names->rows, H5T_NATIVE_INT64, 1, &n, kept->rows));
    TRY(wn_recipe_file_put(file, names->weight, H5T_NATIVE_DOUBLE, 1, &n, weights));
done:
    for (size_t i = 0; strings != NULL && i < n; i++)
        wn_free(strings[i]);
    wn_free(strings);
    wn_free(weights);
    return status;
}

wn_status wn_terms_write(const void *state, const wn_recipe_file *file, const char *group)
{
    wn_status status = WN_OK;
    const wn_terms *kept = state;
    const int64_t has_idf = kept->has_idf;
    array_names names = {0};
    TRY(name_arrays(&names, group));
    TRY(write_arrays(kept, file, &names));
    TRY(wn_recipe_file_put_integers(file, group, "ngrams", &kept->ngrams, 1));
    TRY(wn_recipe_file_put_integers(file, group, "has_idf", &has_idf, 1));
    TRY(wn_recipe_file_put_integers(file, group, "n_rows", &kept->n_rows, 1));
    TRY(wn_recipe_file_put_text(file, group, "stem", kept->stem));
done:
    forget_names(&names);
    return status;
}

/* Fills n_levels, levels and term_rows; *strings (new) hold the terms. */
static wn_status read_arrays(wn_encoder_facts *facts, const wn_recipe_file *file, const array_names *names,
                             char ***strings)
{
    wn_status status = WN_OK;
    size_t n = 0;
    TRY(wn_recipe_file_dims(file, names->term, 1, &n));
    TRY(wn_new(strings, n));
    facts->n_levels = n;
    TRY(wn_new(&facts->levels, n));
    TRY(wn_new(&facts->term_rows, n));
    TRY(wn_recipe_file_get_strings(file, names->term, *strings, n));
    TRY(wn_recipe_file_get(file, names->rows, H5T_NATIVE_INT64, n, facts->term_rows));
    for (size_t i = 0; i < n; i++)
        facts->levels[i] = (wn_text){(*strings)[i], strlen((*strings)[i])};
done:
    return status;
}

wn_status wn_terms_read(void **state, const wn_recipe_file *file, const char *group)
{
    wn_status status = WN_OK;
    wn_encoder_facts facts = {0};
    array_names names = {0};
    char **strings = NULL, *stem = NULL;
    int64_t ngrams = 0, has_idf = 0;
    TRY(name_arrays(&names, group));
    TRY(wn_recipe_file_get_integers(file, group, "ngrams", &ngrams, 1));
    TRY(wn_recipe_file_get_integers(file, group, "has_idf", &has_idf, 1));
    TRY(wn_recipe_file_get_integers(file, group, "n_rows", &facts.n_rows, 1));
    TRY(wn_recipe_file_get_text(file, group, "stem", &stem));
    TRY(read_arrays(&facts, file, &names, &strings));
    facts.ngrams = (size_t)ngrams;
    facts.has_idf = has_idf != 0;
    facts.stem = stem;
    status = wn_terms_new(state, &facts);
    if (status == WN_BAD_DATA)
        status = wn_fail_prefix(status, "%s: not a recipe: %s", file->path, group);
done:
    for (size_t i = 0; strings != NULL && i < facts.n_levels; i++)
        wn_free(strings[i]);
    wn_free(strings);
    wn_free(stem);
    forget_names(&names);
    wn_encoder_facts_clear(&facts);
    return status;
}
