/* extraction.h - features of training rows, for the accumulators of a pass. A table of numbers needs none: its cleaned
 * cells are the features. */
#ifndef WINNOW_PREPARE_EXTRACTION_H
#define WINNOW_PREPARE_EXTRACTION_H

#include "forwarding.h"

#include "winnow/pass.h"
#include "winnow/recipe.h"

enum { WN_EXTRACTION_ACCUMULATORS = 48 }; /* at most; statistics_states.h has fewer */

typedef struct {
    const wn_recipe *recipe; /* borrowed */
    wn_block *features;      /* of the block that was stepped last, wide where some are sparse; owned */
    wn_wide_columns wide;    /* the features' */
    wn_forwarding forwardings[WN_EXTRACTION_ACCUMULATORS];
    size_t n_forwardings;
} wn_extraction;

/* Local. For blocks of at most `capacity` rows. Stays where it is until it is cleared, also after a failure. Fails:
 * WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_extraction_init(wn_extraction *extraction, const wn_recipe *recipe, size_t capacity);
void wn_extraction_clear(wn_extraction *extraction);

/* Local. A step that makes the features of a block whose gaps are not filled yet; the block stays as it is. */
wn_block_step wn_extraction_step(wn_extraction *extraction);

/* Local. The accumulator that adds those features to another; at most WN_EXTRACTION_ACCUMULATORS. */
wn_accumulator wn_extraction_accumulator(wn_extraction *extraction, wn_accumulator inner);

#endif
