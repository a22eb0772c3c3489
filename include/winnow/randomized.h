/* randomized.h - leading principal components of so many features that the products of all pairs have no room: by a few
 * sweeps over the rows, each of which multiplies the covariance by some directions without forming it (sketch.h). Where
 * the products fit, pca.h is exact and reads no rows.
 *
 * The range finder of Halko, Martinsson, Tropp 2011 (SIAM Review 53, algorithms 4.4 and 5.1): normal random directions,
 * which a sweep multiplies by the covariance, made orthonormal and swept with again. Where there are blocks enough,
 * most of them are first turned towards what a part of the rows shows, by sweeps over that part alone: two sweeps over
 * all rows then do what four do from random directions. Components come from the directions of all sweeps together, a
 * block Krylov space, which n sweeps bring as far as n^2 subspace iterations (Musco, Musco 2015); and by Nystrom's
 * approximation, which makes use of the last products too, shifted to stay stable (Tropp, Yurtsever, Udell, Cevher
 * 2017, algorithm 3). scikit-learn's defaults (1.2.1, sklearn/utils/extmath.py) are n_oversamples = 10 directions
 * beyond the components and iterated_power = "auto", 4 or 7 iterations: two products with the table each and two more,
 * as much arithmetic as 5 or 8 sweeps, whose last alone it uses. Ours are half as many beyond the components as these
 * are, within bounds, and err less than those on all spectra that were tried (tests/reduce/oracle_randomized.py). It
 * ends where a sweep adds no more than WN_RANDOMIZED_GROWTH of itself to the variance of the components together, which
 * the next ones would by far less, at the latest after WN_RANDOMIZED_SWEEPS. */
#ifndef WINNOW_RANDOMIZED_H
#define WINNOW_RANDOMIZED_H

#include "winnow/feature_pass.h"
#include "winnow/moments.h"

typedef struct wn_randomized wn_randomized;

#define WN_RANDOMIZED_GROWTH 1e-3

enum { WN_RANDOMIZED_SWEEPS = 6 };

typedef struct {
    size_t n_components; /* a count; at most the rows and the selected features */
    uint64_t seed;
    bool is_single; /* sweeps multiply in float32 */
} wn_randomized_options;

/* What the fit did. */
typedef struct {
    int n_sweeps;
    double growth; /* what the last sweep added to the variance of all components, as a share of it; 1 after one */
    double orthogonality; /* max |V'V - I| of the components, checked */
} wn_randomized_report;

/* Local. Directions that are swept with; sweeps at most, which are fewer where directions come to all features. */
size_t wn_randomized_width(size_t n_components, size_t n_features);
int wn_randomized_most_sweeps(size_t n_components, size_t n_features);

/* Local. Bytes that a rank takes at most, blocks apart, with passes of a size. */
size_t wn_randomized_bytes(const wn_randomized_options *options, const wn_feature_pass_size *size);

/* Collective. The first directions, a function of (seed, feature, component), for the recipe's selected and normalized
 * features, whose moments are those of all of the recipe's features. The caller frees it. Fails: WN_BAD_DATA with fewer
 * than two rows, fewer rows or features than components, or features that do not vary; WN_UNAVAILABLE above 2^31
 * numbers a matrix; WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_randomized_new(const wn_ranks *ranks, wn_randomized **randomized,
                                        const wn_randomized_options *options, const wn_moments_summary *moments,
                                        const wn_recipe *recipe);
void wn_randomized_free(wn_randomized *randomized);

/* Collective. Before the first sweep, in place of random directions: the leading ones of a part of the rows, by two
 * sweeps over one block in eight, or fewer of a large table; nothing where there are not so many blocks. Fails: as
 * below. */
WN_MUST_USE wn_status wn_randomized_sample(wn_randomized *randomized, const wn_pass *pass, wn_rows *rows,
                                           wn_pass_cost *cost);

/* Local. Of how many blocks one is in that part. */
int64_t wn_randomized_stride(int64_t n_blocks);

/* Collective. One sweep. Fails: as wn_feature_pass_run. */
WN_MUST_USE wn_status wn_randomized_sweep(wn_randomized *randomized, const wn_pass *pass, wn_rows *rows,
                                          wn_pass_cost *cost);

/* Local. How many were made, those that were read with them. */
int wn_randomized_n_sweeps(const wn_randomized *randomized);

/* Local, rank 0. Directions and products of the sweeps so far, into a file that is whole or not there. Fails:
 * as wn_durable_create and wn_durable_rename. */
WN_MUST_USE wn_status wn_randomized_write(const wn_randomized *randomized, const char *path);

/* Collective. Makes a new one what it was when it was written, in place of a sweep. Fails: WN_NO_INPUT, WN_BAD_DATA
 * where the file is of another shape. */
WN_MUST_USE wn_status wn_randomized_read(wn_randomized *randomized, const char *path);

/* Collective. After a sweep: whether it is enough; if not, the directions of the next one. Rank 0 computes and shares.
 * Fails: WN_INTERNAL, WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_randomized_advance(wn_randomized *randomized, bool *is_done);

/* Collective. Of sweeps that are enough: the recipe's projection (method "pca", solver "randomized"). Fails:
 * WN_INTERNAL. */
WN_MUST_USE wn_status wn_randomized_finish(wn_randomized *randomized, wn_recipe *recipe, wn_randomized_report *report);

/* Collective. After the fit, one more sweep: scatter (n_components, n_components), the caller's, becomes the
 * components' covariance, to all digits. *cost is added to. Fails: as wn_randomized_sweep. */
WN_MUST_USE wn_status wn_randomized_scatter(wn_randomized *randomized, const wn_pass *pass, wn_rows *rows,
                                            double *scatter, wn_pass_cost *cost);

#endif
