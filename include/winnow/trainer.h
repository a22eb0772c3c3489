/* trainer.h - data-parallel training of a network, step by step, the same bits at any rank count. */
#ifndef WINNOW_TRAINER_H
#define WINNOW_TRAINER_H

#include "winnow/lanes.h"
#include "winnow/metrics.h"
#include "winnow/optimizer.h"

#include <stdbool.h>

typedef struct {
    int64_t epoch; /* from 1 */
    double loss;   /* mean over the epoch's rows, as they were seen */
    bool has_validation;
    wn_metrics validation;
    double seconds;
} wn_epoch;

/* before_step is called on every rank at a fixed step boundary; may change the mask, never the parameters but by it.
 * step counts over all epochs, from 0; masked parameters are set to 0 after it. */
typedef struct {
    wn_status (*before_step)(void *context, int64_t step, wn_network *network); /* Collective; may be NULL */
    wn_status (*after_epoch)(void *context, const wn_epoch *epoch);             /* Local, on every rank; may be NULL */
    wn_status (*save)(void *context, wn_checkpoint *checkpoint); /* Local, rank 0: the caller's sections; may be NULL */
    void *context;
} wn_trainer_hooks;

typedef struct {
    wn_optimizer_options optimizer;
    int64_t n_epochs;
    uint64_t seed;
    const char *stage;         /* for progress: "train", "fine-tune" */
    const unsigned char *mask; /* (n_parameters), borrowed, may change in before_step; NULL: none */
    wn_trainer_hooks hooks;
    const wn_checkpoint_sink *checkpoints; /* borrowed; NULL: none are written */
    bool keeps_end;                        /* a checkpoint after the last epoch too */
    wn_checkpoint **resume;                /* to go on from, freed and NULL once restored; NULL: from the beginning */
} wn_trainer_options;

/* Collective. Trains the network in place on the lanes' dataset for n_epochs epochs; after each, metrics of
 * `validation` (may have no rows anywhere; NULL means none) go to the hook. Checkpoints are written on rank 0 between
 * steps, after before_step, when they are due, and when training stops; never of parameters that are not finite. Going
 * on from one, on any number of ranks, gives what an undisturbed training gives; before_step may then see the step
 * again that it saw last. Fails: WN_BAD_DATA where a loss is not finite (epoch, batch, layer), WN_STOPPED, what a hook
 * or a checkpoint fails with (agreed). */
WN_MUST_USE wn_status wn_trainer_run(const wn_ranks *ranks, const wn_lanes *lanes, const wn_dataset *train,
                                     const wn_dataset *validation, const wn_labels *labels,
                                     const wn_trainer_options *options, wn_network *network);

#endif
