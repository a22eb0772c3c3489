/* terms_state.h - the state of the encoder of texts. Private to terms*.c. */
#ifndef WINNOW_PREPARE_TERMS_STATE_H
#define WINNOW_PREPARE_TERMS_STATE_H

#include "encoder.h"

#include "winnow/vocabulary.h"

/* Features are the terms in the order of their bytes. */
typedef struct {
    wn_vocabulary *vocabulary; /* its weights follow from the rest */
    bool has_idf;
    int64_t n_rows; /* training rows */
    int64_t *rows;  /* (terms) those that a term is in */
    int64_t ngrams;
    char *stem;
} wn_terms;

/* Local. A state (new) of what facts say; nothing in them is trusted. Fails: WN_BAD_DATA, WN_UNAVAILABLE (a stemmer
 * that is not built in), WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_terms_new(void **state, const wn_encoder_facts *facts);

/* Local. How many terms. */
size_t wn_terms_size(const void *state);

/* Local. Into a group of recipe.h5 that is there, and back (new). Fails: as recipe_file.h. */
WN_MUST_USE wn_status wn_terms_write(const void *state, const wn_recipe_file *file, const char *group);
WN_MUST_USE wn_status wn_terms_read(void **state, const wn_recipe_file *file, const char *group);

#endif
