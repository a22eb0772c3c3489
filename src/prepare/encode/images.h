/* images.h - features of columns that are the pixels of one image, in place of these: edges, or histograms of
 * orientations. What they are is in src/extract (image_edges.h, image_orientations.h). */
#ifndef WINNOW_PREPARE_IMAGES_H
#define WINNOW_PREPARE_IMAGES_H

#include "winnow/recipe.h"

/* Local. Adds the encoder of every image of the recipe. Fails: WN_BAD_JOB (a cell larger than an image), WN_NO_MEMORY.
 */
WN_MUST_USE wn_status wn_images_fit(wn_recipe *recipe);

#endif
