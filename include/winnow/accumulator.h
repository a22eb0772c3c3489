/* accumulator.h - the erased form of a statistic, which is all that a pass needs to know of it.
 * A statistic's state is integers: int64 sums that ranks add, and int64 keys of which ranks take the maximum (a minimum
 * is kept as the complement ~key of its order key). All zero sums and WN_KEY_NONE keys are the identity: zero rows are
 * nothing special. */
#ifndef WINNOW_ACCUMULATOR_H
#define WINNOW_ACCUMULATOR_H

#include "winnow/block.h"

#include <stdbool.h>
#include <stdint.h>

#define WN_KEY_NONE INT64_MIN

/* A run of integers inside a state; borrowed. */
typedef struct {
    int64_t *data;
    size_t n;
} wn_span;

typedef struct {
    const char *name;
    /* Local. Adds a block. Fails: WN_NO_MEMORY where the state keeps cells. */
    wn_status (*add)(void *state, const wn_block *block);
    /* Local. The int64 sums, carries canonical; n = 0 where there are none. */
    wn_span (*sums)(void *state);
    /* Local. The int64 keys; n = 0 where there are none. */
    wn_span (*keys)(void *state);
    bool takes_raw; /* adds what wn_block_view says; else the block is widened first */
    /* Local. Adds the rows that `add` has kept, after the last block and before the sums are looked at; NULL where it
     * keeps none. Fails: as add. */
    wn_status (*settle)(void *state);
} wn_accumulator_ops;

typedef struct {
    const wn_accumulator_ops *ops;
    void *state; /* borrowed */
} wn_accumulator;

#endif
