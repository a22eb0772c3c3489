/* profile_sums.h - what a recipe keeps of its profile so that a profile of other files can be added to it, bit by bit
 * as if they had been read together: exact sums of raw cells, all levels and terms with their counts, which files and
 * by which options. `winnow merge` adds them (merge.h); what does not add (quantiles, what was held back) is refused.
 */
#ifndef WINNOW_PROFILE_SUMS_H
#define WINNOW_PROFILE_SUMS_H

#include "winnow/recipe.h"

/* A file whose rows were profiled. */
typedef struct {
    char *name; /* owned */
    int64_t n_bytes, mtime, n_rows;
} wn_profile_file;

/* Local. From here on the recipe's profile is kept in sums (recipe->sums), which are of the catalog's files. The rules
 * are set before. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_profile_sums_begin(wn_recipe *recipe, const wn_catalog *catalog);

/* Local. The recipe says why its profile does not add (copied), and keeps no sums. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_profile_sums_refuse(wn_recipe *recipe, const char *why);

/* Local. */
void wn_profile_sums_free(wn_profile_sums *sums);

/* Local. Why nothing is kept; NULL where it is. The options. Borrowed. */
const char *wn_profile_sums_refusal(const wn_profile_sums *sums);
const char *wn_profile_sums_options(const wn_profile_sums *sums);

/* Local. Says by which options the recipe was made (a text, copied). Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_profile_sums_set_options(wn_profile_sums *sums, const char *options);

/* Local. The sums in a recipe's file, which wn_recipe_write has put there, into a recipe that was read from it. Fails:
 * WN_NO_INPUT, WN_BAD_DATA, WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_profile_sums_read(wn_recipe *recipe, const char *path);

/* Local. Bytes that the sums of n columns take at most, levels and terms apart. */
size_t wn_profile_sums_bytes(size_t n_columns);

/* Local. Adds what another recipe has to a recipe's sums, classes, gaps of texts and ledger; both have the rules of the
 * same options. What was fitted is then out of date: wn_profile_fit. The names are of their files, for messages. Fails:
 * WN_BAD_DATA where columns, types or classes differ or a file is in both, WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_profile_add(wn_recipe *recipe, const char *name, const wn_recipe *other,
                                     const char *other_name);

/* Local. Fits the recipe's columns, encoders and features from its sums: all but quantiles, which become NaN. Fails:
 * WN_BAD_DATA as the profile of a run does, WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_profile_fit(wn_recipe *recipe);

#endif
