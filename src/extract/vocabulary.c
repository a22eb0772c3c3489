#include "winnow/vocabulary.h"

#include "text_index.h"
#include "winnow/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct wn_vocabulary {
    wn_text_index index;
    double *weights; /* (n) owned */
};

struct wn_term_counter {
    const wn_vocabulary *vocabulary; /* borrowed */
    uint32_t *count;                 /* (n terms) zero between texts; owned */
    /* Terms that were met, a bit each, and words of these that are not zero, a bit each: read in order they are sorted.
     */
    uint64_t *met, *met_words; /* owned */
    size_t n_words;            /* of met_words */
    size_t n_met;
};

double wn_idf(int64_t n_rows, int64_t rows)
{
    return log((double)(n_rows + 1) / (double)(rows + 1)) + 1;
}

typedef struct {
    wn_text text;
    double weight;
} weighted_term;

static int by_bytes(const void *a, const void *b)
{
    return wn_text_compare(((const weighted_term *)a)->text, ((const weighted_term *)b)->text);
}

/* Sorts the terms by bytes, and the weights with them, into texts and weights (n). */
static wn_status sort(const wn_text *terms, const double *given, size_t n, wn_text *texts, double *weights)
{
    wn_status status = WN_OK;
    weighted_term *sorted = NULL;
    TRY(wn_new(&sorted, n));
    for (size_t i = 0; i < n; i++)
        sorted[i] = (weighted_term){terms[i], given != NULL ? given[i] : 1};
    qsort(sorted, n, sizeof *sorted, by_bytes);
    for (size_t i = 0; i < n; i++) {
        texts[i] = sorted[i].text;
        weights[i] = sorted[i].weight;
    }
done:
    wn_free(sorted);
    return status;
}

wn_status wn_vocabulary_new(wn_vocabulary **vocabulary, const wn_text *terms, const double *weights, size_t n)
{
    wn_status status = WN_OK;
    wn_vocabulary *made = NULL;
    wn_text *texts = NULL;
    TRY(wn_new(&made, 1));
    TRY(wn_new(&made->weights, n));
    TRY(wn_new(&texts, n));
    TRY(sort(terms, weights, n, texts, made->weights));
    TRY(wn_text_index_init(&made->index, texts, n, "term"));
    *vocabulary = made;
    made = NULL;
done:
    wn_free(texts);
    wn_vocabulary_free(made);
    return status;
}

void wn_vocabulary_free(wn_vocabulary *vocabulary)
{
    if (vocabulary == NULL)
        return;
    wn_text_index_clear(&vocabulary->index);
    wn_free(vocabulary->weights);
    wn_free(vocabulary);
}

size_t wn_vocabulary_size(const wn_vocabulary *vocabulary)
{
    return vocabulary->index.n;
}

wn_text wn_vocabulary_term(const wn_vocabulary *vocabulary, size_t i)
{
    return vocabulary->index.texts[i];
}

double wn_vocabulary_weight(const wn_vocabulary *vocabulary, size_t i)
{
    return vocabulary->weights[i];
}

wn_status wn_term_counter_new(wn_term_counter **counter, const wn_vocabulary *vocabulary)
{
    wn_status status = WN_OK;
    wn_term_counter *made = NULL;
    size_t n = vocabulary->index.n, n_met = n / 64 + 1;
    TRY(wn_new(&made, 1));
    made->vocabulary = vocabulary;
    made->n_words = n_met / 64 + 1;
    TRY(wn_new(&made->count, n));
    TRY(wn_new(&made->met, n_met));
    TRY(wn_new(&made->met_words, made->n_words));
    *counter = made;
    made = NULL;
done:
    wn_term_counter_free(made);
    return status;
}

void wn_term_counter_free(wn_term_counter *counter)
{
    if (counter == NULL)
        return;
    wn_free(counter->count);
    wn_free(counter->met);
    wn_free(counter->met_words);
    wn_free(counter);
}

static wn_status take(void *context, wn_text term, wn_hash key)
{
    wn_term_counter *counter = context;
    size_t i = wn_text_index_find(&counter->vocabulary->index, key);
    (void)term;
    if (i == counter->vocabulary->index.n)
        return WN_OK;
    if (counter->count[i]++ == 0) {
        counter->met[i / 64] |= (uint64_t)1 << i % 64;
        counter->met_words[i / 4096] |= (uint64_t)1 << i / 64 % 64;
        counter->n_met++;
    }
    return WN_OK;
}

/* The place of the lowest bit that is set, which is then cleared. */
static size_t next_bit(uint64_t *bits)
{
    size_t bit = (size_t)__builtin_ctzll(*bits);
    *bits &= *bits - 1;
    return bit;
}

/* Takes the terms that were met out of the counter, by ascending index: columns and count x weight (n_met). */
static void drain(wn_term_counter *counter, uint32_t *column, double *value)
{
    size_t n = 0;
    for (size_t w = 0; w < counter->n_words; w++)
        while (counter->met_words[w] != 0) {
            size_t word = 64 * w + next_bit(&counter->met_words[w]);
            while (counter->met[word] != 0) {
                size_t i = 64 * word + next_bit(&counter->met[word]);
                column[n] = (uint32_t)i;
                value[n++] = (double)counter->count[i] * counter->vocabulary->weights[i];
                counter->count[i] = 0;
            }
        }
    counter->n_met = 0;
}

/* What a text that failed left behind is no part of the next one. */
static void forget(wn_term_counter *counter)
{
    size_t n = counter->vocabulary->index.n;
    memset(counter->count, 0, n * sizeof *counter->count);
    memset(counter->met, 0, (n / 64 + 1) * sizeof *counter->met);
    memset(counter->met_words, 0, counter->n_words * sizeof *counter->met_words);
    counter->n_met = 0;
}

/* Divides the row by its Euclidean length, which is summed in the order of the columns. */
static void scale(double *value, size_t n)
{
    double squares = 0;
    for (size_t i = 0; i < n; i++)
        squares += value[i] * value[i];
    double length = sqrt(squares);
    for (size_t i = 0; i < n; i++)
        value[i] /= length;
}

wn_status wn_term_counter_append(wn_term_counter *counter, wn_tokenizer *tokenizer, wn_text text, size_t first_column,
                                 wn_sparse_rows *rows)
{
    wn_status status = WN_OK;
    TRY(wn_tokenizer_read(tokenizer, text, (wn_term_sink){take, counter}));
    size_t n = counter->n_met;
    TRY(wn_sparse_rows_reserve(rows, n));
    uint32_t *column = rows->column + rows->n_entries;
    double *value = rows->value + rows->n_entries;
    drain(counter, column, value);
    scale(value, n);
    for (size_t i = 0; i < n; i++)
        column[i] += (uint32_t)first_column;
    wn_sparse_rows_end(rows, n);
done:
    if (status != WN_OK)
        forget(counter);
    return status;
}
