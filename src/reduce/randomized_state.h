/* randomized_state.h - what is known between two sweeps. Private to src/reduce. */
#ifndef WINNOW_REDUCE_RANDOMIZED_STATE_H
#define WINNOW_REDUCE_RANDOMIZED_STATE_H

#include "winnow/randomized.h"
#include "winnow/sketch.h"

struct wn_randomized {
    const wn_ranks *ranks;   /* borrowed like the recipe */
    const wn_recipe *recipe; /* whose selected features these are */
    wn_randomized_options options;
    size_t p, width;
    int64_t n_rows;
    int exponent; /* features are swept as x 2^-exponent, about 1 */
    double trace; /* of the covariance */
    wn_sketch *sketch;
    double *mean;       /* (p) of the normalized features */
    double *directions; /* (width, p) orthonormal rows */
    double *products;   /* (width, p) on rank 0, like the next */
    double *root;       /* (width, p) scratch */
    double *values;     /* (width) eigenvalues of the sums as of the sweep before; of the last once it is compared */
    int n_sweeps;
    double growth;
};

/* Collective. Rank 0 makes its directions orthonormal, and shares them. Fails: WN_INTERNAL, WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_randomized_share(wn_randomized *randomized);

#endif
