/* randomized_state.h - what is known between two sweeps. Private to src/reduce. */
#ifndef WINNOW_REDUCE_RANDOMIZED_STATE_H
#define WINNOW_REDUCE_RANDOMIZED_STATE_H

#include "nystrom.h"

#include "winnow/randomized.h"
#include "winnow/sketch.h"

enum { WN_RANDOMIZED_OVERSAMPLES = 10 }; /* directions beyond the components at least, which stay random at first */

struct wn_randomized {
    const wn_ranks *ranks;   /* borrowed like the recipe */
    const wn_recipe *recipe; /* whose selected features these are */
    wn_randomized_options options;
    size_t p, width;
    int64_t n_rows;
    int exponent;         /* features are swept as x 2^-exponent, about 1 */
    double trace;         /* of the covariance */
    wn_wide_columns wide; /* of the blocks that are swept; no parts where they are dense */
    wn_sketch *sketch;
    double *mean;     /* (p) of the normalized features */
    double *basis;    /* (most sweeps x width, p) on rank 0: orthonormal directions of each sweep and of the next one,
                         zeros    where p has no more; elsewhere (width, p): those of the next one */
    double *products; /* (most sweeps x width, p) on rank 0: of the sweeps' directions */
    double *values;   /* (n_components) eigenvalues of the sums */
    double explained; /* their sum, as of the sweep that was looked at last */
    int n_sweeps;
    double growth;
};

/* Local. How many rows of a basis of so many sweeps are directions; where those of the next sweep are. */
size_t wn_randomized_n_basis(const wn_randomized *randomized, int n_sweeps);
double *wn_randomized_directions(const wn_randomized *randomized);

/* Local. What a sweep reads; borrowed. */
wn_feature_choice wn_randomized_choice(const wn_randomized *randomized);

/* Local, rank 0. Directions number `first` and on become random ones. */
void wn_randomized_draw(wn_randomized *randomized, size_t first);

/* Local, rank 0. The sweeps so far. */
wn_nystrom wn_randomized_nystrom(const wn_randomized *randomized);

/* Collective. The next directions are the last products; *is_done: these are nothing beyond those of the sweeps before.
 * Fails: as below. */
WN_MUST_USE wn_status wn_randomized_turn(wn_randomized *randomized, bool *is_done);

/* Collective. Rank 0 makes its next directions orthonormal, and shares them. *left: as wn_orthonormal_extend. Fails:
 * WN_INTERNAL, WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_randomized_share(wn_randomized *randomized, double *left);

#endif
