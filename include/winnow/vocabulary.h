/* vocabulary.h - the terms of a text column that are features, and the sparse rows that texts become: tf and tf-idf.
 * Definitions are those of scikit-learn's TfidfVectorizer. How terms are counted is in tally.h.
 *
 * To fit: count with wn_tally_add_terms, add the counts over ranks and choose with the bound of the job
 * (keyed_counts.h), wn_vocabulary_new. Of terms equally frequent at the bound those of smaller key stay, where
 * scikit-learn keeps others.
 */
#ifndef WINNOW_VOCABULARY_H
#define WINNOW_VOCABULARY_H

#include "winnow/sparse_rows.h"
#include "winnow/tally.h"

typedef struct wn_vocabulary wn_vocabulary;

/* Local. ln((1 + n_rows) / (1 + rows)) + 1: the weight of a term that occurs in `rows` of n_rows texts (empty and
 * missing ones among them). */
double wn_idf(int64_t n_rows, int64_t rows);

/* Local. A vocabulary of distinct terms (n), copied and sorted by bytes: the order of the features. weights (n) lie
 * beside the terms: idf, or NULL for tf. The caller frees it. Fails: WN_BAD_DATA (a term twice), WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_vocabulary_new(wn_vocabulary **vocabulary, const wn_text *terms, const double *weights,
                                        size_t n);
void wn_vocabulary_free(wn_vocabulary *vocabulary);

/* Local. How many terms. */
size_t wn_vocabulary_size(const wn_vocabulary *vocabulary);

/* Local. The ith term in order, borrowed from the vocabulary. */
wn_text wn_vocabulary_term(const wn_vocabulary *vocabulary, size_t i);

/* Local. Its weight (1 for tf). */
double wn_vocabulary_weight(const wn_vocabulary *vocabulary, size_t i);

/* Scratch of one thread: counts of a vocabulary's terms in the text at hand. */
typedef struct wn_term_counter wn_term_counter;

/* Local. 8 bytes a term of the vocabulary, which is borrowed. The caller frees it. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_term_counter_new(wn_term_counter **counter, const wn_vocabulary *vocabulary);
void wn_term_counter_free(wn_term_counter *counter);

/* Local. Appends the row of a text: count x weight of the vocabulary's terms in it, divided by the row's Euclidean
 * length, by ascending index plus first_column. A text without a known term is an empty row. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_term_counter_append(wn_term_counter *counter, wn_tokenizer *tokenizer, wn_text text,
                                             size_t first_column, wn_sparse_rows *rows);

#endif
