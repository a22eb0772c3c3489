/* statistics.h - the statistics pass over cleaned training rows: everything that normalization, PCA and ranking follow
 * from. */
#ifndef WINNOW_STATISTICS_H
#define WINNOW_STATISTICS_H

#include "winnow/contingency.h"
#include "winnow/gram.h"
#include "winnow/moments.h"
#include "winnow/pilot.h"
#include "winnow/recipe.h"

enum { WN_MOST_FOLDS = 10 };

typedef struct {
    bool gram;                 /* products of columns are wanted (pca, anova) ... */
    wn_gram_products products; /* ... these, */
    bool is_single;            /* and in single */
    size_t n_bins;             /* bins of the contingency tables; 0: none wanted */
    size_t n_folds;   /* parts of the rows without each of which statistics are wanted too; 0: none, else from 2 */
    uint64_t seed;    /* of the folds */
    const char *path; /* where rank 0 keeps the finished sums for starts to come; NULL: nowhere. Borrowed */
} wn_statistics_options;

typedef struct wn_statistics {
    wn_moments_summary *moments; /* of the features before normalization: cleaned cells, what encoders make */
    wn_gram_sums *gram;          /* NULL unless asked for */
    size_t n_bins, n_classes;    /* n_classes: classes, or bins of a real label */
    double *edges;               /* (n_features, n_bins - 1) in cleaned units, from the pilot's cleaned cells */
    int64_t *contingency;        /* (n_features, n_bins, n_classes), NULL unless asked for */
    wn_hash hash;                /* of all these integers and numbers: the fingerprint `statistics` */
    size_t n_folds;
    struct wn_statistics **without; /* (n_folds) the same of all rows but a fold's, with neither edges nor hash */
} wn_statistics;

/* Collective. Cleans the pilot's rows by the recipe, takes centre, scale and bin edges from them, makes the pass (and
 * more where the windows of robust quartiles missed; *n_passes is added to), and sets clean_mean to scale of the
 * recipe's columns (and outliers where the profile left them to be counted). On rank 0 the integers go into the
 * recipe's statistics. The caller frees it. Fails: WN_BAD_DATA where bins are asked for and
 * the input has no label; as wn_pass_run. */
WN_MUST_USE wn_status wn_statistics_run(const wn_pass *pass, wn_rows *rows, const wn_pilot *pilot, wn_recipe *recipe,
                                        const wn_statistics_options *options, wn_statistics **statistics, int *n_passes,
                                        wn_pass_cost *cost);

/* Collective. The same from the sums that a run of the same recipe and options left at options->path, read by rank 0:
 * no pass, no pilot. Fails: WN_NO_INPUT, WN_BAD_DATA where the file is damaged or of another shape, WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_statistics_read(const wn_ranks *ranks, wn_rows *rows, wn_recipe *recipe,
                                         const wn_statistics_options *options, wn_statistics **statistics);
void wn_statistics_free(wn_statistics *statistics);

#endif
