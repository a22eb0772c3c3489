/* encoder.h - what makes features out of a column that is more than a number: a category, a text, an image, the gaps of
 * a column. An encoder is a file with its state and these functions, fitted on training rows and then the same for all;
 * a new one is added to the table of encoders.c by its word. Columns of plain numbers have none: their cell is the
 * feature. */
#ifndef WINNOW_PREPARE_ENCODER_H
#define WINNOW_PREPARE_ENCODER_H

#include "recipe_file.h"

#include "winnow/encoder_facts.h"
#include "winnow/recipe.h"
#include "winnow/wide_columns.h"

typedef struct {
    const char *word; /* in recipe.h5 and of wn_recipe_feature_kind */
    /* Statistics are planned by the features of the pilot, whose rows have no texts. */
    bool is_sampled;
    /* Local. How many columns it takes, from its own on; NULL: one. */
    size_t (*width)(const void *state);
    /* Local. How many features. */
    size_t (*size)(const void *state);
    /* Local. The name of the ith: *name new, owned by the caller. Fails: WN_NO_MEMORY. */
    wn_status (*name)(const wn_encoder *encoder, const wn_recipe *recipe, size_t i, char **name);
    /* Local. NULL where append is always used. The features of raw rows into out (n_rows, stride), of which the first
     * `size` of a row are the encoder's and zero; NaN where a gap is not filled. Threads may call it at once. Fails:
     * WN_NO_MEMORY. */
    wn_status (*apply)(const wn_encoder *encoder, const wn_recipe *recipe, const wn_raw_rows *rows, double *out,
                       size_t stride);
    /* Local. In place of apply, where most features of a row are 0: appends the rows, entries by feature. NULL: never.
     * Where there is apply too, it serves encoders of WN_SPARSE_FEATURES or more. */
    wn_status (*append)(const wn_encoder *encoder, const wn_recipe *recipe, const wn_raw_rows *rows,
                        wn_sparse_rows *out);
    /* Local. The greatest value of a feature, 0 being the least: statistics are planned by it. NULL: 1. */
    double (*greatest)(const void *state);
    /* Local. Values of the ith feature as they lie over training rows, ascending: *n of them, at most room. Statistics
     * are planned by them in place of `greatest`. NULL: not so. Fails: WN_NO_MEMORY. */
    wn_status (*sample)(const void *state, size_t i, double *sorted, size_t room, size_t *n);
    /* Local. Writes the state into a group that is there, reads it back (new). Fails: as recipe_file.h. */
    wn_status (*write)(const void *state, const wn_recipe_file *file, const char *group);
    wn_status (*read)(void **state, const wn_recipe_file *file, const char *group);
    /* Local. The state as plain data: kind and column are the caller's. NULL, like the next: not built. Fails:
     * WN_NO_MEMORY. */
    wn_status (*describe)(const void *state, wn_encoder_facts *facts);
    /* Local. A state (new) for a column; what it is made of comes from a file. Fails: WN_BAD_DATA, WN_NO_MEMORY. */
    wn_status (*make)(void **state, const wn_recipe_column *column, const wn_encoder_facts *facts);
    /* Local. Takes away of a description what no kept feature needs. kept (features): the wanted ones before, those
     * there are after. NULL: all of them stay. */
    void (*narrow)(wn_encoder_facts *facts, bool *kept);
    /* Local. Adds the state's numbers to a fingerprint. */
    void (*hash)(const void *state, wn_hasher *hasher);
    void (*free)(void *state);
} wn_encoder_ops;

enum { WN_SPARSE_FEATURES = 16 };

struct wn_encoder {
    const wn_encoder_ops *ops;
    void *state; /* owned */
    size_t column;
    size_t first; /* of its features, once they are listed */
};

extern const wn_encoder_ops wn_one_hot_ops, wn_ordinal_ops, wn_target_ops, wn_terms_ops, wn_image_ops, wn_indicator_ops;

/* Local. How many columns an encoder takes, from its own on. */
size_t wn_encoder_width(const wn_encoder *encoder);

/* Local. A raw cell after outlier action, filling and transform. */
double wn_recipe_clean_cell(const wn_recipe_column *column, double cell);

/* Local. All features of raw rows before normalization: the dense ones into out (n_rows, wide->n_dense), and the rows
 * of its parts, which are emptied before. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_recipe_extract_wide(const wn_recipe *recipe, const wn_raw_rows *rows, double *out,
                                             wn_wide_columns *wide);

/* Local. Which features are dense, and a part for each encoder whose are sparse, in the order of encoders. The caller
 * clears it. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_recipe_wide_columns(const wn_recipe *recipe, wn_wide_columns *wide);

/* Local. The encoder of a word; NULL for none. */
const wn_encoder_ops *wn_encoder_find(const char *word);

/* Local. Adds an encoder for a column behind the others; the state is the recipe's from here on, also after a failure.
 * Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_recipe_add_encoder(wn_recipe *recipe, const wn_encoder_ops *ops, void *state, size_t column);
void wn_recipe_forget_encoders(wn_recipe *recipe);

/* Local. Lists the features anew: of every column its cell, if it is a number (or a category of numbers that no encoder
 * takes), and what its encoders make; indicators come last. All are selected. Fails: WN_BAD_DATA where there is none,
 * or two have one name, WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_recipe_list_features(wn_recipe *recipe);

/* Local. Encoders and kinds of columns as a part of recipe.h5: /columns/{kind, is_text}, /features/kind, /encoders/N.
 * Reading wants the recipe's columns, sets the encoders and which makes each feature. Fails: as recipe_file.h. */
WN_MUST_USE wn_status wn_recipe_write_encoders(const wn_recipe_file *file, const wn_recipe *recipe);
WN_MUST_USE wn_status wn_recipe_read_encoders(const wn_recipe_file *file, wn_recipe *recipe);

#endif
