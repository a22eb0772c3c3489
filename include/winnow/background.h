/* background.h - the compression stage that works on rank 0 in a thread of its own while all ranks train.
 * At fixed steps it gets a snapshot of the weights. In the second half of the full model's training it finds from each
 * how the loss on a fixed sample of validation rows rises when one layer is pruned; from the last one, and from the
 * snapshots of fine-tuning, it decides masks, scored on the sample with int8 weights. A decision takes effect on all
 * ranks at a fixed later step, where training waits if it must: how fast the thread is changes nothing in the result.
 * The thread never communicates; rank 0's main thread shares the decision. */
#ifndef WINNOW_BACKGROUND_H
#define WINNOW_BACKGROUND_H

#include "winnow/compress.h"

typedef struct wn_background wn_background;

/* The most rows of a sample. */
enum { WN_SAMPLE_ROWS = 8192 };

/* Collective. Starts the thread on rank 0 (without options->while_training there is none, and the same work is done
 * where the snapshot is taken). `options`, `recipe`, `labels` and `sample` (rows on rank 0 only, selected features) are
 * borrowed until close; `network`, the full model, is looked at for its shape only. Steps are counted over both phases:
 * 0 .. n_dense_steps-1 train the full model, from n_dense_steps on its masks are applied. Fails: WN_NO_MEMORY,
 * WN_BAD_JOB (options->protect), agreed. */
WN_MUST_USE wn_status wn_background_open(wn_background **background, const wn_ranks *ranks,
                                         const wn_compress_options *options, const wn_recipe *recipe,
                                         const wn_labels *labels, const wn_dataset *sample, const wn_network *network,
                                         int64_t n_dense_steps);

/* Collective. The trainer's before_step of either phase: hands a snapshot over at its step, and takes a decision at its
 * step. Where a decision is waited for, a stop request ends the waiting: WN_STOPPED, and the stage is as before the
 * call. network is the one being trained (in the first phase without the projection layer, which the stage adds itself
 * from the recipe). */
WN_MUST_USE wn_status wn_background_before_step(wn_background *background, int64_t step, const wn_network *network);

/* Local. The mask in force (n_parameters of the network with projection), all 1 at first; changes only in before_step.
 * The same on all ranks. */
const unsigned char *wn_background_mask(const wn_background *background);

/* Local, rank 0. What the stage knows, into a checkpoint, at any moment between two calls; work that is under way goes
 * on. Fails: WN_NO_MEMORY; what has failed and was not told yet. */
WN_MUST_USE wn_status wn_background_save(const wn_background *background, wn_checkpoint *checkpoint);

/* Collective. Out of a checkpoint of the same training, into a stage just opened: it decides as if it had never ended.
 * Fails: WN_NO_MEMORY; WN_IO where the checkpoint is not of such a stage, agreed. */
WN_MUST_USE wn_status wn_background_restore(wn_background *background, const wn_checkpoint *checkpoint);

/* Collective. Waits for the thread and ends it; the report (may be NULL) gets what it did (on every rank). Frees the
 * background, NULL is fine. Fails: what the thread failed with since the last decision, agreed. */
WN_MUST_USE wn_status wn_background_close(wn_background *background, wn_compress_report *report);

/* Local. Ends the thread after what it is just evaluating, and frees: for a run that comes to no end, whose checkpoint
 * is written. NULL is fine. */
void wn_background_abandon(wn_background *background);

/* Local. For tests: the thread sleeps so long before each of its works; 0 switches this off. */
void wn_background_slow_down(double seconds);

#endif
