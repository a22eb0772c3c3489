/* training_state.h - where training is between two steps, and how that goes into a checkpoint. Private to src/train. */
#ifndef WINNOW_TRAIN_TRAINING_STATE_H
#define WINNOW_TRAIN_TRAINING_STATE_H

#include "winnow/network.h"
#include "winnow/optimizer.h"

/* The step to come: number `batch` (from 0) of `epoch` (from 0); batch may be the epoch's number of steps, where only
 * its end is to come. */
typedef struct {
    int64_t epoch, batch;
    int64_t n_rows; /* seen in this epoch */
    double loss;    /* summed over them */
} wn_training_place;

/* Local. Place, parameters and optimizer, into a checkpoint, and out of one. Fails: WN_NO_MEMORY; WN_IO where the
 * checkpoint is not of such a training. */
WN_MUST_USE wn_status wn_training_save(const wn_training_place *place, const wn_network *network,
                                       const wn_optimizer *optimizer, wn_checkpoint *checkpoint);
WN_MUST_USE wn_status wn_training_restore(const wn_checkpoint *checkpoint, wn_training_place *place,
                                          wn_network *network, wn_optimizer *optimizer);

#endif
