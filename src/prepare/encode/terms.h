/* terms.h - a feature for each term of a text column's vocabulary: tf or tf-idf, as scikit-learn's TfidfVectorizer
 * defines them. Terms are counted by level_counts.h; their words and weights are src/extract's. */
#ifndef WINNOW_PREPARE_TERMS_H
#define WINNOW_PREPARE_TERMS_H

#include "winnow/keyed_counts.h"
#include "winnow/recipe.h"

/* Local. Adds the encoder of a text column from the terms that were chosen among those of n_rows training rows. Fails:
 * WN_BAD_DATA (no term), WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_terms_fit(wn_recipe *recipe, size_t column, const wn_keyed_top *terms, int64_t n_rows);

#endif
