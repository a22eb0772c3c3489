/* lasso_screening.h - what a Lasso of screened features holds (lasso_screen.c), and its check over all features
 * (lasso_check.c). Private to src/rank. */
#ifndef WINNOW_LASSO_SCREENING_H
#define WINNOW_LASSO_SCREENING_H

#include "correlation.h"

#include "winnow/lasso_screen.h"

/* Of one run; m features are in the screen. */
typedef struct {
    const wn_statistics *statistics; /* borrowed */
    wn_correlations all;             /* of all features with the label; no pairs */
    size_t n, m, most, n_labels;
    size_t *labels;         /* (n_label_cols) columns that have paths */
    double *deviation;      /* (n_labels) */
    double *product;        /* (n_labels, n) correlations of all features with the labels */
    size_t *screen;         /* (most) features */
    unsigned char *is_in;   /* (n) */
    double *entry;          /* (most) of those in the screen, the best of the labels */
    double *weights;        /* (n_labels x CHECKED, most) at the alphas that are checked */
    double *alpha, *before; /* (n_labels x CHECKED) these, and the alpha before each */
    size_t n_taken;         /* labels whose paths were taken */
    double *slopes;         /* (n_labels x CHECKED, n) correlations with the residuals */
} wn_lasso_screening;

/* What a pass over the rows needs. */
typedef struct {
    const wn_pass *pass;
    wn_rows *rows;
    const wn_recipe *recipe;
    int *n_passes;
    wn_pass_cost *cost;
} wn_lasso_reading;

/* Collective. Fills the slopes of all checks, WN_LASSO_DIRECTIONS of them by a pass. Fails: WN_NO_MEMORY; as
 * wn_pass_run; agreed. */
WN_MUST_USE wn_status wn_lasso_check_all(wn_lasso_screening *s, const wn_lasso_reading *read);

/* Local. urge (n): how far each feature outside breaks its optimality condition, at the worst check whose duality gap
 * over all features is too large; *exact_to as the report has it. */
void wn_lasso_judge(const wn_lasso_screening *s, double *urge, double *exact_to);

#endif
