#include "terms.h"

#include "encoder.h"

#include "winnow/memory.h"
#include "winnow/vocabulary.h"

#include <stdlib.h>
#include <string.h>

/* Features are the terms in the order of their bytes. */
typedef struct {
    wn_vocabulary *vocabulary; /* its weights follow from the rest */
    bool has_idf;
    int64_t n_rows; /* training rows */
    int64_t *rows;  /* (terms) those that a term is in */
    int64_t ngrams;
    char *stem;
} terms;

static void terms_free(void *state)
{
    terms *kept = state;
    if (kept == NULL)
        return;
    wn_vocabulary_free(kept->vocabulary);
    wn_free(kept->rows);
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

/* A gap is a text without words, unless that is an error. Scratch is made anew, so that threads do not share it. */
static wn_status terms_append(const wn_encoder *encoder, const wn_recipe *recipe, const wn_raw_rows *rows,
                              wn_sparse_rows *out)
{
    wn_status status = WN_OK;
    const terms *kept = encoder->state;
    const wn_recipe_column *column = &recipe->columns[encoder->column];
    bool is_error = column->rule.missing == WN_MISSING_ERROR;
    wn_tokenizer *tokenizer = NULL;
    wn_term_counter *counter = NULL;
    TRY(wn_tokenizer_new(&tokenizer, kept->stem, (size_t)kept->ngrams));
    TRY(wn_term_counter_new(&counter, kept->vocabulary));
    for (size_t i = 0; i < rows->n_rows; i++) {
        wn_text text = rows->texts[i * rows->n_texts + column->position];
        TRY(is_error && text.n_bytes == 0 ? wn_sparse_rows_append_missing(out, terms_size(kept))
                                          : wn_term_counter_append(counter, tokenizer, text, 0, out));
    }
done:
    wn_term_counter_free(counter);
    wn_tokenizer_free(tokenizer);
    return status;
}

static wn_status check_facts(const wn_encoder_facts *facts)
{
    if (facts->n_levels == 0 || facts->ngrams < 1 || facts->ngrams > WN_NGRAMS_MAX)
        return wn_fail(WN_BAD_DATA, "%zu terms of up to %zu words", facts->n_levels, facts->ngrams);
    wn_status status = wn_stemmer_check(facts->stem);
    if (status != WN_OK)
        return status == WN_BAD_JOB ? wn_fail(WN_BAD_DATA, "terms by a stemmer that is not known") : status;
    for (size_t i = 0; i < facts->n_levels; i++) {
        if (i > 0 && wn_text_compare(facts->levels[i - 1], facts->levels[i]) >= 0)
            return wn_fail(WN_BAD_DATA, "terms that are not in the order of their bytes");
        if (facts->term_rows[i] < 1 || facts->term_rows[i] > facts->n_rows)
            return wn_fail(WN_BAD_DATA, "a term in %lld of %lld rows", (long long)facts->term_rows[i],
                           (long long)facts->n_rows);
    }
    return WN_OK;
}

static wn_status new_vocabulary(wn_vocabulary **vocabulary, const wn_encoder_facts *facts)
{
    wn_status status = WN_OK;
    double *weights = NULL;
    TRY(wn_new(&weights, facts->n_levels));
    for (size_t i = 0; i < facts->n_levels; i++)
        weights[i] = facts->has_idf ? wn_idf(facts->n_rows, facts->term_rows[i]) : 1;
    TRY(wn_vocabulary_new(vocabulary, facts->levels, weights, facts->n_levels));
done:
    wn_free(weights);
    return status;
}

static wn_status new_terms(void **state, const wn_encoder_facts *facts)
{
    wn_status status = WN_OK;
    terms *kept = NULL;
    TRY(check_facts(facts));
    TRY(wn_new(&kept, 1));
    kept->ngrams = (int64_t)facts->ngrams;
    kept->has_idf = facts->has_idf;
    kept->n_rows = facts->n_rows;
    TRY(wn_string_copy(&kept->stem, facts->stem));
    TRY(wn_new(&kept->rows, facts->n_levels));
    memcpy(kept->rows, facts->term_rows, facts->n_levels * sizeof *kept->rows);
    TRY(new_vocabulary(&kept->vocabulary, facts));
    *state = kept;
    kept = NULL;
done:
    terms_free(kept);
    return status;
}

static wn_status terms_make(void **state, const wn_recipe_column *column, const wn_encoder_facts *facts)
{
    if (!column->is_text)
        return wn_fail(WN_BAD_DATA, "column %s: terms of numbers", column->name);
    return new_terms(state, facts);
}

static wn_status terms_describe(const void *state, wn_encoder_facts *facts)
{
    wn_status status = WN_OK;
    const terms *kept = state;
    size_t n = terms_size(kept);
    TRY(wn_new(&facts->levels, n));
    TRY(wn_new(&facts->term_rows, n));
    for (size_t i = 0; i < n; i++)
        facts->levels[i] = wn_vocabulary_term(kept->vocabulary, i);
    memcpy(facts->term_rows, kept->rows, n * sizeof *kept->rows);
    facts->n_levels = n;
    facts->ngrams = (size_t)kept->ngrams;
    facts->stem = kept->stem;
    facts->has_idf = kept->has_idf;
    facts->n_rows = kept->n_rows;
done:
    return status;
}

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

static wn_status write_arrays(const terms *kept, const wn_recipe_file *file, const array_names *names)
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

static wn_status terms_write(const void *state, const wn_recipe_file *file, const char *group)
{
    wn_status status = WN_OK;
    const terms *kept = state;
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

static wn_status terms_read(void **state, const wn_recipe_file *file, const char *group)
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
    status = new_terms(state, &facts);
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

static void terms_hash(const void *state, wn_hasher *hasher)
{
    const terms *kept = state;
    size_t n = terms_size(kept);
    const int64_t facts[] = {kept->ngrams, kept->has_idf, kept->n_rows, (int64_t)n};
    wn_hasher_add(hasher, facts, sizeof facts);
    wn_hasher_add_text(hasher, kept->stem);
    wn_hasher_add(hasher, kept->rows, n * sizeof *kept->rows);
    for (size_t i = 0; i < n; i++) {
        wn_text term = wn_vocabulary_term(kept->vocabulary, i);
        wn_hasher_add(hasher, &term.n_bytes, sizeof term.n_bytes);
        wn_hasher_add(hasher, term.data, term.n_bytes);
    }
}

const wn_encoder_ops wn_terms_ops = {.word = "terms",
                                     .size = terms_size,
                                     .name = terms_name,
                                     .append = terms_append,
                                     .write = terms_write,
                                     .read = terms_read,
                                     .describe = terms_describe,
                                     .make = terms_make,
                                     .hash = terms_hash,
                                     .free = terms_free};

static int by_bytes(const void *a, const void *b)
{
    const wn_keyed_count *x = *(const wn_keyed_count *const *)a, *y = *(const wn_keyed_count *const *)b;
    return wn_text_compare((wn_text){x->text, x->n_text}, (wn_text){y->text, y->n_text});
}

/* The chosen terms in the order of their bytes. */
static wn_status sort_terms(const wn_keyed_top *chosen, wn_encoder_facts *facts)
{
    wn_status status = WN_OK;
    const wn_keyed_count **sorted = NULL;
    TRY(wn_new(&sorted, chosen->n));
    TRY(wn_new(&facts->levels, chosen->n));
    TRY(wn_new(&facts->term_rows, chosen->n));
    for (size_t i = 0; i < chosen->n; i++)
        sorted[i] = &chosen->entries[i];
    qsort(sorted, chosen->n, sizeof *sorted, by_bytes);
    for (size_t i = 0; i < chosen->n; i++) {
        facts->levels[i] = (wn_text){sorted[i]->text, sorted[i]->n_text};
        facts->term_rows[i] = sorted[i]->rows;
    }
    facts->n_levels = chosen->n;
done:
    wn_free(sorted);
    return status;
}

wn_status wn_terms_fit(wn_recipe *recipe, size_t column, const wn_keyed_top *chosen, int64_t n_rows)
{
    wn_status status = WN_OK;
    const wn_text_rule *rule = &recipe->columns[column].text;
    wn_encoder_facts facts = {.ngrams = rule->ngrams, .stem = rule->stem, .has_idf = rule->has_idf, .n_rows = n_rows};
    void *kept = NULL;
    if (chosen->n == 0)
        TRY(wn_fail(WN_BAD_DATA, "column %s: no term is in %lld training rows or more", recipe->columns[column].name,
                    (long long)rule->minimum_documents));
    TRY(sort_terms(chosen, &facts));
    TRY(new_terms(&kept, &facts));
    TRY(wn_recipe_add_encoder(recipe, &wn_terms_ops, kept, column));
done:
    wn_encoder_facts_clear(&facts);
    return status;
}
