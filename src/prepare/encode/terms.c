#include "terms.h"

#include "terms_state.h"

#include "winnow/memory.h"

#include <stdlib.h>
#include <string.h>

static void terms_free(void *state)
{
    wn_terms *kept = state;
    if (kept == NULL)
        return;
    wn_vocabulary_free(kept->vocabulary);
    wn_free(kept->rows);
    wn_free(kept->stem);
    wn_free(kept);
}

size_t wn_terms_size(const void *state)
{
    return wn_vocabulary_size(((const wn_terms *)state)->vocabulary);
}

static wn_status terms_name(const wn_encoder *encoder, const wn_recipe *recipe, size_t i, char **name)
{
    wn_text term = wn_vocabulary_term(((const wn_terms *)encoder->state)->vocabulary, i);
    return wn_string_format(name, "%s=%.*s", recipe->columns[encoder->column].name, (int)term.n_bytes, term.data);
}

/* A gap is a text without words, unless that is an error. Scratch is made anew, so that threads do not share it. */
static wn_status terms_append(const wn_encoder *encoder, const wn_recipe *recipe, const wn_raw_rows *rows,
                              wn_sparse_rows *out)
{
    wn_status status = WN_OK;
    const wn_terms *kept = encoder->state;
    const wn_recipe_column *column = &recipe->columns[encoder->column];
    bool is_error = column->rule.missing == WN_MISSING_ERROR;
    wn_tokenizer *tokenizer = NULL;
    wn_term_counter *counter = NULL;
    TRY(wn_tokenizer_new(&tokenizer, kept->stem, (size_t)kept->ngrams));
    TRY(wn_term_counter_new(&counter, kept->vocabulary));
    for (size_t i = 0; i < rows->n_rows; i++) {
        wn_text text = rows->texts[i * rows->n_texts + column->position];
        TRY(is_error && text.n_bytes == 0 ? wn_sparse_rows_append_missing(out, wn_terms_size(kept))
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

wn_status wn_terms_new(void **state, const wn_encoder_facts *facts)
{
    wn_status status = WN_OK;
    wn_terms *kept = NULL;
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
    return wn_terms_new(state, facts);
}

static wn_status terms_describe(const void *state, wn_encoder_facts *facts)
{
    wn_status status = WN_OK;
    const wn_terms *kept = state;
    size_t n = wn_terms_size(kept);
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

static void terms_hash(const void *state, wn_hasher *hasher)
{
    const wn_terms *kept = state;
    size_t n = wn_terms_size(kept);
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
                                     .size = wn_terms_size,
                                     .name = terms_name,
                                     .append = terms_append,
                                     .write = wn_terms_write,
                                     .read = wn_terms_read,
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
    TRY(wn_terms_new(&kept, &facts));
    TRY(wn_recipe_add_encoder(recipe, &wn_terms_ops, kept, column));
done:
    wn_encoder_facts_clear(&facts);
    return status;
}
