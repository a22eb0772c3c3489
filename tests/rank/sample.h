/* sample.h - a small labelled table, its statistics as the pass over it would make them, and a recipe for it. */
#ifndef WINNOW_TESTS_RANK_SAMPLE_H
#define WINNOW_TESTS_RANK_SAMPLE_H

#include "testing.h"

#include "winnow/statistics.h"

typedef enum {
    SAMPLE_SHIFTED,   /* normal, its mean by class (or by the label) */
    SAMPLE_FAR,       /* the same about a mean 1e9 times its spread */
    SAMPLE_CONSTANT,  /* 0.1 */
    SAMPLE_SEPARATED, /* one value a class (or a line in the label) */
    SAMPLE_NOISE,     /* normal, whatever the class */
    SAMPLE_TINY,      /* SHIFTED about 0, times 1e-12 */
    SAMPLE_STEPS,     /* few values: 0, 1, 2 */
    SAMPLE_TWIN,      /* SHIFTED again */
    SAMPLE_COLS
} sample_column;

typedef struct {
    size_t n_rows, n_classes;  /* n_classes 0: a real label */
    double *cells;             /* (n_rows, SAMPLE_COLS) */
    double *labels;            /* (n_rows): 0 .. n_classes - 1, or real */
    wn_statistics *statistics; /* all of it, with n_bins bins */
    wn_recipe *recipe;         /* features in the reverse order of columns, c7 ... c0 */
} sample;

/* Local. False after a failed check. The caller clears it, also then. */
bool sample_fill(sample *table, size_t n_rows, size_t n_classes, size_t n_bins);
void sample_clear(sample *table);

/* Local. The column that a feature comes from. */
sample_column sample_source(const sample *table, size_t feature);

#endif
