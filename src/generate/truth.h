/* truth.h - what a made table is made from: the role of every column, means by class, loadings, weights.
 * In standard units (before centre and scale) an informative column is
 *     x_j = shift_j(target) + sum_k loading_jk f_k + unique_j e_j,
 * f and e standard normal, of variance 1 within a class; a redundant one is r x_source + sqrt(1 - r^2) e; a noise one
 * is e. With S the covariance within classes, the logits of the label given x are S^-1 shift . x + intercept (Fisher's
 * discriminant); a regression's target is standard normal, and its best prediction weight . x. */
#ifndef WINNOW_GENERATE_TRUTH_H
#define WINNOW_GENERATE_TRUTH_H

#include "winnow/generate.h"

typedef struct {
    wn_generate_options options; /* n_files, chunk_rows and priors settled */
    int64_t n_unique;
    size_t n_targets;      /* n_classes, or 1 */
    size_t *informative;   /* columns, (n_informative) ascending */
    size_t *redundant;     /* columns, (n_redundant) ascending */
    size_t *source;        /* (n_redundant): place in `informative` of the column that is followed */
    double *strength;      /* (n_informative): deviation of a column's means over the target */
    double *weight;        /* (n_targets, n_informative) */
    double *intercept;     /* (n_targets) */
    float *loading;        /* (n_factors, n_informative) */
    float *unique;         /* (n_informative) */
    float *shift;          /* (n_targets, n_informative) */
    float *centre, *scale; /* (n_columns) */
    double *priors;        /* (n_classes) */
    int64_t *class_end;    /* (n_classes): the unique row after the last of the class */
    float *threshold;      /* (n_levels - 1): ascending, between levels; shares fall as 1, 1/2, 1/3, ... */
    int32_t *code;         /* (n_categories, n_levels): code of a level */
} wn_truth;

/* Local. Draws a table's truth. `options` must have passed wn_generate_check. The caller frees it. Fails:
 * WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_truth_new(wn_truth **truth, const wn_generate_options *options);
void wn_truth_free(wn_truth *truth);

/* Local. Solves for the weights and intercepts, and brings the shifts to the separation (the noise) that is asked for.
 * `shift` holds their directions. By Woodbury's identity: memory and time are linear in n_informative. Fails:
 * WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_truth_weigh(wn_truth *truth);

/* Local. Whether a category column tells of the target: every second does. Its hidden normal number is then moved by a
 * class's wn_truth_category_shift, or by the target. */
bool wn_truth_category_tells(size_t category);
float wn_truth_category_shift(const wn_truth *truth, size_t target);

/* Local. What a missing cell holds in a type without NaN. */
int64_t wn_truth_gap(wn_store_type type);

/* Local. Bytes of a category: of its code, or of its text. */
size_t wn_truth_code_bytes(const wn_truth *truth);

/* Local. The types of the category columns' codes and of the label. */
wn_store_type wn_truth_code_type(const wn_truth *truth);
wn_store_type wn_truth_label_type(const wn_truth *truth);

#endif
