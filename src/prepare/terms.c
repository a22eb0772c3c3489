#include "terms.h"

#include "encoder.h"

#include "winnow/memory.h"
#include "winnow/vocabulary.h"

#include <string.h>

/* Features are the terms in the order of their bytes; a gap has none of them. */
typedef struct {
    wn_vocabulary *vocabulary;
    int64_t ngrams;
    char *stem;
} terms;

static void terms_free(void *state)
{
    terms *kept = state;
    if (kept == NULL)
        return;
    wn_vocabulary_free(kept->vocabulary);
    wn_free(kept->stem);
    wn_free(kept);
}

static size_t terms_size(const void *state)
{
    return wn_vocabulary_size(((const terms *)state)->vocabulary);
}

static wn_status terms_name(const wn_encoder *encoder, const wn_recipe *recipe, size_t i, char **name)
{
    wn_text term = wn_vocabulary_term(((const terms *)encoder->state)->vocabulary, i);
    return wn_string_format(name, "%s=%.*s", recipe->columns[encoder->column].name, (int)term.n_bytes, term.data);
}

/* Scratch is made anew, so that threads do not share it. */
static wn_status terms_apply(const wn_encoder *encoder, const wn_recipe *recipe, const wn_raw_rows *rows, double *out,
                             size_t stride)
{
    wn_status status = WN_OK;
    const terms *kept = encoder->state;
    size_t position = recipe->columns[encoder->column].position;
    wn_tokenizer *tokenizer = NULL;
    wn_term_counter *counter = NULL;
    wn_sparse_rows row = {0};
    TRY(wn_tokenizer_new(&tokenizer, kept->stem, (size_t)kept->ngrams));
    TRY(wn_term_counter_new(&counter, kept->vocabulary));
    for (size_t i = 0; i < rows->n_rows; i++) {
        wn_sparse_rows_empty(&row);
        TRY(wn_term_counter_append(counter, tokenizer, rows->texts[i * rows->n_texts + position], 0, &row));
        for (size_t k = 0; k < row.n_entries; k++)
            out[i * stride + row.column[k]] = row.value[k];
    }
done:
    wn_sparse_rows_clear(&row);
    wn_term_counter_free(counter);
    wn_tokenizer_free(tokenizer);
    return status;
}

static wn_status write_vocabulary(const terms *kept, const wn_recipe_file *file, const char *term, const char *weight)
{
    wn_status status = WN_OK;
    size_t n = terms_size(kept);
    char **strings = NULL;
    double *weights = NULL;
    TRY(wn_new(&strings, n));
    TRY(wn_new(&weights, n));
    for (size_t i = 0; i < n; i++) {
        wn_text text = wn_vocabulary_term(kept->vocabulary, i);
        TRY(wn_string_format(&strings[i], "%.*s", (int)text.n_bytes, text.data));
        weights[i] = wn_vocabulary_weight(kept->vocabulary, i);
    }
    TRY(wn_recipe_file_put_strings(file, term, strings, n));
    TRY(wn_recipe_file_put(file, weight, H5T_NATIVE_DOUBLE, 1, &n, weights));
done:
    for (size_t i = 0; strings != NULL && i < n; i++)
        wn_free(strings[i]);
    wn_free(strings);
    wn_free(weights);
    return status;
}

static wn_status terms_write(const void *state, const wn_recipe_file *file, const char *group)
{
    wn_status status = WN_OK;
    const terms *kept = state;
    char *term = NULL, *weight = NULL;
    TRY(wn_string_format(&term, "%s/term", group));
    TRY(wn_string_format(&weight, "%s/weight", group));
    TRY(write_vocabulary(kept, file, term, weight));
    TRY(wn_recipe_file_put_integers(file, group, "ngrams", &kept->ngrams, 1));
    TRY(wn_recipe_file_put_text(file, group, "stem", kept->stem));
done:
    wn_free(term);
    wn_free(weight);
    return status;
}

static wn_status read_vocabulary(terms *kept, const wn_recipe_file *file, const char *term, const char *weight)
{
    wn_status status = WN_OK;
    size_t n = 0;
    char **strings = NULL;
    double *weights = NULL;
    wn_text *texts = NULL;
    TRY(wn_recipe_file_dims(file, term, 1, &n));
    TRY(wn_new(&texts, n));
    TRY(wn_new(&weights, n));
    TRY(wn_new(&strings, n));
    TRY(wn_recipe_file_get_strings(file, term, strings, n));
    TRY(wn_recipe_file_get(file, weight, H5T_NATIVE_DOUBLE, n, weights));
    for (size_t i = 0; i < n; i++)
        texts[i] = (wn_text){strings[i], strlen(strings[i])};
    TRY(wn_vocabulary_new(&kept->vocabulary, texts, weights, n));
done:
    for (size_t i = 0; strings != NULL && i < n; i++)
        wn_free(strings[i]);
    wn_free(strings);
    wn_free(weights);
    wn_free(texts);
    return status;
}

static wn_status terms_read(void **state, const wn_recipe_file *file, const char *group)
{
    wn_status status = WN_OK;
    terms *kept = NULL;
    char *term = NULL, *weight = NULL;
    TRY(wn_string_format(&term, "%s/term", group));
    TRY(wn_string_format(&weight, "%s/weight", group));
    TRY(wn_new(&kept, 1));
    TRY(wn_recipe_file_get_integers(file, group, "ngrams", &kept->ngrams, 1));
    TRY(wn_recipe_file_get_text(file, group, "stem", &kept->stem));
    if (kept->ngrams < 1 || kept->ngrams > WN_NGRAMS_MAX)
        TRY(wn_fail(WN_BAD_DATA, "%s: not a recipe: %s has n-grams of %lld words", file->path, group,
                    (long long)kept->ngrams));
    TRY(read_vocabulary(kept, file, term, weight));
    *state = kept;
    kept = NULL;
done:
    terms_free(kept);
    wn_free(term);
    wn_free(weight);
    return status;
}

static void terms_hash(const void *state, wn_hasher *hasher)
{
    const terms *kept = state;
    const int64_t facts[] = {kept->ngrams, (int64_t)terms_size(kept)};
    wn_hasher_add(hasher, facts, sizeof facts);
    wn_hasher_add_text(hasher, kept->stem);
    for (size_t i = 0; i < terms_size(kept); i++) {
        wn_text term = wn_vocabulary_term(kept->vocabulary, i);
        double weight = wn_vocabulary_weight(kept->vocabulary, i);
        wn_hasher_add(hasher, &term.n_bytes, sizeof term.n_bytes);
        wn_hasher_add(hasher, term.data, term.n_bytes);
        wn_hasher_add(hasher, &weight, sizeof weight);
    }
}

const wn_encoder_ops wn_terms_ops = {.word = "terms",
                                     .size = terms_size,
                                     .name = terms_name,
                                     .apply = terms_apply,
                                     .write = terms_write,
                                     .read = terms_read,
                                     .hash = terms_hash,
                                     .free = terms_free};

wn_status wn_terms_fit(wn_recipe *recipe, size_t column, const wn_keyed_top *chosen, int64_t n_rows)
{
    wn_status status = WN_OK;
    const wn_text_rule *rule = &recipe->columns[column].text;
    terms *kept = NULL;
    wn_text *texts = NULL;
    double *weights = NULL;
    if (chosen->n == 0)
        TRY(wn_fail(WN_BAD_DATA, "column %s: no term is in %lld training rows or more", recipe->columns[column].name,
                    (long long)rule->minimum_documents));
    TRY(wn_new(&kept, 1));
    kept->ngrams = (int64_t)rule->ngrams;
    TRY(wn_string_copy(&kept->stem, rule->stem));
    TRY(wn_new(&texts, chosen->n));
    TRY(wn_new(&weights, chosen->n));
    for (size_t i = 0; i < chosen->n; i++) {
        texts[i] = (wn_text){chosen->entries[i].text, chosen->entries[i].n_text};
        weights[i] = wn_idf(n_rows, chosen->entries[i].rows);
    }
    TRY(wn_vocabulary_new(&kept->vocabulary, texts, rule->has_idf ? weights : NULL, chosen->n));
    status = wn_recipe_add_encoder(recipe, &wn_terms_ops, kept, column);
    kept = NULL;
done:
    wn_free(texts);
    wn_free(weights);
    terms_free(kept);
    return status;
}
