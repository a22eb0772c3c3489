/* recipe.h - the fitted preprocessing: what turns a raw row into what a model sees. Written as recipe.h5; the same
 * apply serves training, evaluation and `winnow apply`. */
#ifndef WINNOW_RECIPE_H
#define WINNOW_RECIPE_H

#include "winnow/block.h"
#include "winnow/catalog.h"
#include "winnow/hash.h"
#include "winnow/image_edges.h"
#include "winnow/input_rules.h"
#include "winnow/labels.h"

typedef enum {
    WN_MISSING_ERROR,
    WN_MISSING_MEAN,
    WN_MISSING_MEDIAN,
    WN_MISSING_CONSTANT,
    WN_MISSING_DROP_ROW,
    WN_MISSING_MOST_FREQUENT
} wn_missing_method;
typedef enum {
    WN_OUTLIERS_NONE,
    WN_OUTLIERS_ZSCORE,
    WN_OUTLIERS_IQR,
    WN_OUTLIERS_MAD,
    WN_OUTLIERS_QUANTILE
} wn_outlier_rule;
typedef enum { WN_OUTLIER_CLIP, WN_OUTLIER_MISSING, WN_OUTLIER_DROP_ROW, WN_OUTLIER_REPORT } wn_outlier_action;
typedef enum { WN_TRANSFORM_NONE, WN_TRANSFORM_LOG } wn_transform; /* of cleaned cells: sign(x) log(1 + |x|) */
typedef enum {
    WN_NORMALIZE_NONE,
    WN_NORMALIZE_STANDARD,
    WN_NORMALIZE_MINMAX,
    WN_NORMALIZE_ROBUST,
    WN_NORMALIZE_MAXABS
} wn_normalize_method;
typedef enum { WN_COLUMN_NUMERIC, WN_COLUMN_CATEGORICAL, WN_COLUMN_TEXT } wn_column_kind;

/* What the job says of one column, overrides resolved. */
typedef struct {
    wn_missing_method missing;
    double constant;
    wn_outlier_rule outliers;
    double limit;
    wn_outlier_action action;
    wn_normalize_method normalize;
    wn_transform transform; /* before normalization */
} wn_column_rule;

/* The terms of a text column that are to be features. */
typedef struct {
    size_t terms; /* the most frequent; 0: none are */
    bool has_idf; /* tf-idf; false: tf */
    int64_t minimum_documents;
    size_t ngrams;
    const char *stem; /* borrowed; NULL without terms */
} wn_text_rule;

/* What a category's levels become where it is encoded by the label. */
typedef struct {
    size_t folds;     /* of training rows, none of which sees its own labels; 0: not encoded so */
    double smoothing; /* rows of the mean of all that are added to those of a level */
    uint64_t seed;
} wn_target_rule;

/* Of the column of an image's first pixel, which those of the others follow in order. */
typedef struct {
    const char *name; /* borrowed; NULL: no features of an image begin here */
    wn_image_shape shape;
    size_t cell, bins; /* of orientations; 0: edges */
} wn_image_rule;

enum { WN_IMAGE_MOST = 1 << 20 }; /* of a side */

/* What was fitted for one column. mean to quartiles describe its training cells before cleaning. */
typedef struct {
    char *name;
    bool is_text;    /* strings */
    bool is_long;    /* integers of 64 bits, in the table that it is fitted to: long_integers.h */
    size_t position; /* where the column lies among a block's cells, or its texts: as in the catalog that the recipe was
                        made for at first, see wn_recipe_match */
    wn_column_rule rule;
    wn_column_kind kind;
    bool indicates;  /* a feature is to tell where cells were missing, if any are in training rows */
    size_t levels;   /* of a category that get a feature each (one_hot), or a number; 0: none do */
    bool is_ordinal; /* numbers */
    wn_target_rule target;
    wn_text_rule text;
    wn_image_rule image;
    int64_t count, missing; /* training cells: valid, missing */
    int64_t outliers;       /* training cells outside [lower, upper]; -1: the statistics pass is to count them */
    double mean, deviation, min, max, median, quartile_low, quartile_high;
    double lower, upper; /* cells outside are outliers; -inf, +inf without a rule */
    double fill;         /* for missing cells; NaN under error without gaps */
    double clean_mean, clean_deviation, clean_min, clean_max;     /* of the cleaned, transformed training cells */
    double clean_quartile_low, clean_median, clean_quartile_high; /* of the same; NaN unless normalization is robust */
    double center, scale; /* a feature is (cell - center) / scale of the cleaned, transformed cell; 0 and 1 without
                             normalization; a constant column has scale 1 */
} wn_recipe_column;

/* A linear projection of the selected, normalized features: component = components . (feature - mean). */
typedef struct {
    char *method; /* "pca" */
    bool appends; /* a model sees the components and then the features themselves */
    size_t n_components, n_features;
    double *mean;                                   /* (n_features) */
    double *components;                             /* (n_components, n_features) */
    double *eigenvalues, *explained_variance_ratio; /* (n_components) */
    char *solver;                                   /* "lapack", "scalapack" */
    int grid[2];                                    /* process grid of the solver, 1 x 1 for lapack */
} wn_projection;

typedef struct {
    char *name;    /* "anova" */
    double *score; /* (n_features) */
} wn_recipe_score;

/* Integers (or the edges and centres that belong to them) that the fitted numbers follow from. */
typedef struct {
    char *name; /* "contingency" */
    bool is_real;
    size_t n_dims, dims[3];
    void *data; /* int64_t or double */
} wn_recipe_statistic;

/* Makes features out of a column that is more than a number: src/prepare/encode/encoder.h. */
typedef struct wn_encoder wn_encoder;

#define WN_NO_ENCODER SIZE_MAX

/* What profiles of other files are added to: profile_sums.h. */
typedef struct wn_profile_sums wn_profile_sums;

typedef struct {
    char *label_name; /* "" without a label */
    wn_labels labels;
    size_t n_columns, n_cells; /* columns of numbers come first */
    wn_recipe_column *columns;
    size_t n_encoders;
    wn_encoder *encoders; /* in the order of their features */
    size_t n_features;    /* a table of numbers has those of its columns, one by one */
    char **feature_names;
    size_t *feature_source;  /* (n_features) the column each comes from */
    size_t *feature_encoder; /* (n_features) the encoder that makes it; WN_NO_ENCODER: it is the column's cell */
    size_t n_scores;
    wn_recipe_score *scores; /* as ranked; empty without `rank` */
    char **reasons;          /* (n_features) why each stays or goes; NULL without `rank` */
    size_t n_selected;
    size_t *selected;          /* (n_selected) feature indices, best first; all in order without `rank` */
    wn_projection *projection; /* NULL without `reduce` */
    wn_ledger ledger;
    wn_input_rules input;  /* goes into compressed.wnm; recipe.h5 has job.yaml beside it */
    wn_profile_sums *sums; /* owned; NULL: the file says nothing of them, nor of why */
    size_t n_statistics;
    wn_recipe_statistic *statistics; /* what recipe.h5 has under /statistics: on rank 0, written, and not read back */
} wn_recipe;

/* Local. A recipe of n_columns with every array but scores, selected and projection; selected is all features. Names
 * are copied from the catalog. The caller frees it. */
WN_MUST_USE wn_status wn_recipe_new(wn_recipe **recipe, const wn_catalog *catalog);
void wn_recipe_free(wn_recipe *recipe);

/* Local. Whether the features are the cells, one by one. */
bool wn_recipe_is_plain(const wn_recipe *recipe);

/* Local. What kind of feature one is: "number", or the word of its encoder ("one_hot", "ordinal", "target", "terms",
 * "image", "indicator"). */
const char *wn_recipe_feature_kind(const wn_recipe *recipe, size_t feature);

/* Local. Whether it is one of an encoder that makes few features of a row other than 0. */
bool wn_recipe_feature_is_sparse(const wn_recipe *recipe, size_t feature);

/* Local. Centre and scale of a feature: its column's, 0 and 1 where an encoder makes it. */
double wn_recipe_feature_center(const wn_recipe *recipe, size_t feature);
double wn_recipe_feature_scale(const wn_recipe *recipe, size_t feature);

/* Local. Replaces the selection (copied). */
WN_MUST_USE wn_status wn_recipe_select(wn_recipe *recipe, const size_t *selected, size_t n_selected);

/* Local. Adds a ranking's scores (copied), in place of what has the name already. */
WN_MUST_USE wn_status wn_recipe_add_score(wn_recipe *recipe, const char *name, const double *score);

/* Local. Exchanges the reasons for others (n_features), or NULL. */
void wn_recipe_exchange_reasons(wn_recipe *recipe, char ***reasons);
void wn_recipe_reasons_free(char **reasons, size_t n_features);

/* Local. Adds an array of integers, or of doubles where is_real, to what is written under /statistics (copied), in
 * place of what has the name already. */
WN_MUST_USE wn_status wn_recipe_add_statistic(wn_recipe *recipe, const char *name, bool is_real, size_t n_dims,
                                              const size_t *dims, const void *data);

/* Local. A new zeroed projection, to be filled and hung into a recipe, which then owns it. */
WN_MUST_USE wn_status wn_projection_new(wn_projection **projection, const char *method, size_t n_components,
                                        size_t n_features);
void wn_projection_free(wn_projection *projection);

/* Local. How many values a model sees: selected features, or components, or both. */
size_t wn_recipe_n_inputs(const wn_recipe *recipe);

/* Rows before cleaning, where each column lies at its position; borrowed. */
typedef struct {
    wn_cells cells;       /* (n_rows, n_cols) */
    const wn_text *texts; /* (n_rows, n_texts) */
    size_t n_rows, n_cols, n_texts;
    const int64_t *learnt; /* (n_rows) the number in the table of a row that something learns from, whose own label its
                              features must not tell; -1: of any other. NULL: all are others */
} wn_raw_rows;

/* Local. Rows first .. first + n_rows - 1 of a block, as they are now, which nothing learns from: `learnt` is the
 * caller's. */
wn_raw_rows wn_raw_rows_of(const wn_block *block, size_t first, size_t n_rows);

/* Local. A column's cell of one of them. */
double wn_raw_cell(const wn_raw_rows *rows, size_t row, const wn_recipe_column *column);

/* Local. Selected features: outlier action (drop_row counts as none, its missing cells take the median), filling,
 * transform, encoding, normalization in double, then one rounding to float32. out (n_rows, n_selected). Fails:
 * WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_recipe_features(const wn_recipe *recipe, const wn_raw_rows *rows, float *out);

/* Local. The same of a recipe with encoders, only those that are not 0, appended to sparse rows; numbers (n_rows) are
 * the rows' as in the catalog. Fails: as wn_recipe_check_features, WN_NO_MEMORY; some rows are appended then. */
WN_MUST_USE wn_status wn_recipe_append_features(const wn_recipe *recipe, const wn_catalog *catalog,
                                                const wn_raw_rows *rows, const int64_t *numbers, wn_sparse_rows *out);

/* Local. Whether all features (n_rows, n_selected) of rows (n_rows), numbered as in the catalog, are finite. Fails:
 * WN_BAD_DATA naming the file, the column and the row in the file of the first that is not: a gap under missing: error,
 * or a cell beyond the range of float32. */
WN_MUST_USE wn_status wn_recipe_check_features(const wn_recipe *recipe, const wn_catalog *catalog,
                                               const float *features, size_t n_rows, const int64_t *rows);

/* Local. What a model sees of such features: their projection, computed in double and rounded once, and behind it,
 * where the projection appends, the features as they are: out (n_rows, wn_recipe_n_inputs). Needs a projection. Fails:
 * WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_recipe_inputs(const wn_recipe *recipe, const float *features, size_t n_rows, float *out);

/* Local. What the drop rules make of one raw training row, cells and texts at their positions: WN_ROW_TRAIN, or why it
 * is dropped; a gap is tested before an outlier. texts is NULL where there are none. */
wn_row_status wn_recipe_judge_row(const wn_recipe *recipe, const double *cells, const wn_text *texts);

/* Local. Writes recipe.h5 (INTERFACE.md) beside its name, syncs and renames; reads it back, all but the statistics
 * and the profile's sums. The file has an HDF5 user block with a checksum of all bytes behind it, verified before the
 * library sees them. Fails: WN_IO, WN_CANT_CREATE; reading WN_NO_INPUT, WN_BAD_DATA (damaged, or not a recipe). */
WN_MUST_USE wn_status wn_recipe_write(const wn_recipe *recipe, const char *path);
WN_MUST_USE wn_status wn_recipe_read(wn_recipe **recipe, const char *path);

/* Local. The fingerprint `recipe`: hash of every number in it but the statistics (which have their own) and the
 * solver's grid; no names. */
WN_MUST_USE wn_status wn_recipe_hash(const wn_recipe *recipe, wn_hash *hash);

/* Local. Sets the position of each of the recipe's columns to where another catalog has it, so that blocks of that
 * catalog can be given to wn_recipe_features. Fails: WN_BAD_DATA naming the columns that the catalog lacks. */
WN_MUST_USE wn_status wn_recipe_match(wn_recipe *recipe, const wn_catalog *catalog);

#endif
