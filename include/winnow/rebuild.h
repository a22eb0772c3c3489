/* rebuild.h - the way back from a row's components to its features. */
#ifndef WINNOW_REBUILD_H
#define WINNOW_REBUILD_H

#include "winnow/recipe.h"

/* Local. back (k, p), the caller's: a row's features are rebuilt as mean + back' . components, which comes nearest to
 * the row among all rows of these components. For pca it is the components themselves; for others, which are not
 * orthonormal, (C C')^-1 C. Fails: WN_BAD_DATA where components depend on each other; WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_projection_rebuild(const wn_projection *projection, double *back);

#endif
