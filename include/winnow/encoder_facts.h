/* encoder_facts.h - the encoders of a recipe as plain data, and a recipe of few features: for files that keep a part of
 * a recipe in their own way (artefact.h). recipe.h writes and reads whole ones. */
#ifndef WINNOW_ENCODER_FACTS_H
#define WINNOW_ENCODER_FACTS_H

#include "winnow/recipe.h"
#include "winnow/texts.h"

/* What an encoder turns a column's cells into features by. */
typedef struct {
    const char *kind; /* as wn_recipe_feature_kind says; borrowed */
    size_t column;
    /* of a category */
    bool are_numbers, has_others; /* others: there are more levels than these, which have one feature together */
    int64_t fill;                 /* the level of a gap; n_levels: one of the others; -1: gaps stay */
    size_t n_levels;
    wn_text *levels; /* (n_levels) in their order; numbers as in levels.h; owned, their bytes borrowed */
    /* of a target encoding */
    size_t n_code_features;
    float *codes; /* (n_levels + 1, n_code_features) of the levels and of all others; owned */
    /* of a text, whose levels are its terms, in the order of their bytes */
    size_t ngrams;
    const char *stem; /* borrowed */
    bool has_idf;
    int64_t n_rows;     /* training rows */
    int64_t *term_rows; /* (n_levels) those that a term is in; owned */
    /* of an image */
    wn_image_rule image;
} wn_encoder_facts;

/* Local. */
void wn_encoder_facts_clear(wn_encoder_facts *facts);

/* Local. Marks (n_columns) the columns whose cells encoders take, each image's all of its pixels; no other is changed.
 */
void wn_recipe_mark_encoded(const wn_recipe *recipe, bool *marks);

/* Local. The eth encoder of a recipe. The caller clears the facts. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_recipe_encoder(const wn_recipe *recipe, size_t e, wn_encoder_facts *facts);

/* Local. Encoders for the columns of a recipe that has none, and the features listed anew, all selected. Counts of
 * training rows are not among the facts and are 0. Fails: WN_BAD_DATA for facts that no encoder has: nothing in them is
 * trusted; WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_recipe_set_encoders(wn_recipe *recipe, const wn_encoder_facts *facts, size_t n);

/* Local. Adds the encoders to a fingerprint; nothing where there is none. */
void wn_recipe_hash_encoders(const wn_recipe *recipe, wn_hasher *hasher);

/* Local. A recipe of what the used features (n_features of them, at least one true) need: their columns with rule,
 * bounds, fill, centre and scale, of their encoders the levels that are used, labels, how cells are read. Columns and
 * features keep their order; those used are selected. No projection, scores or counts. The caller frees it. Fails:
 * WN_NO_MEMORY.
 */
WN_MUST_USE wn_status wn_recipe_narrow(wn_recipe **narrow, const wn_recipe *recipe, const bool *used);

#endif
