/* forwarding.h - an accumulator that adds a block of features wherever the pass adds one of cells. The features are
 * made by a step before it (extraction.h, feature_pass.h). Private to src/prepare. */
#ifndef WINNOW_PREPARE_FORWARDING_H
#define WINNOW_PREPARE_FORWARDING_H

#include "winnow/accumulator.h"

typedef struct {
    const wn_block *block; /* what is added; borrowed */
    wn_accumulator inner;  /* what it is added to */
} wn_forwarding;

/* Local. In its erased form, with the integers of the inner one; borrowed. */
wn_accumulator wn_forwarding_accumulator(wn_forwarding *forwarding);

#endif
