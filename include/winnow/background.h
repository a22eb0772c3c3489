/* background.h - the compression stage that works on rank 0 in a thread of its own while all ranks train.
 * At fixed steps it gets a snapshot of the weights; from it, it computes masks, scales and how the compressed snapshot
 * scores on a fixed sample of validation rows. Its decision takes effect on all ranks at a fixed later step, where
 * training waits if it must: how fast the thread is changes nothing in the result. The thread never communicates; rank
 * 0's main thread shares the decision. */
#ifndef WINNOW_BACKGROUND_H
#define WINNOW_BACKGROUND_H

#include "winnow/compress.h"

typedef struct wn_background wn_background;

/* Collective. Starts the thread on rank 0. `sample` (rows on rank 0 only, selected features) and `recipe` are borrowed
 * until close. Steps are counted over both phases: 0 .. n_dense_steps-1 train the full model, from n_dense_steps on its
 * masks are applied. Fails: WN_NO_MEMORY, agreed. */
WN_MUST_USE wn_status wn_background_open(wn_background **background, const wn_ranks *ranks,
                                         const wn_compress_options *options, const wn_recipe *recipe,
                                         const wn_labels *labels, const wn_dataset *sample, int64_t n_dense_steps,
                                         int64_t n_tune_steps);

/* Collective. The trainer's before_step of either phase: hands a snapshot over at its step, and takes a decision at its
 * step. network is the one being trained (in the first phase without the projection layer, which the stage adds itself
 * from the recipe). */
WN_MUST_USE wn_status wn_background_before_step(wn_background *background, int64_t step, const wn_network *network);

/* Local. The mask in force (n_parameters of the network with projection), all 1 at first; changes only in before_step.
 * The same on all ranks. */
const unsigned char *wn_background_mask(const wn_background *background);

/* Collective. Waits for the thread, and adds what it did to the report (on every rank). */
WN_MUST_USE wn_status wn_background_close(wn_background *background, wn_compress_report *report);

#endif
