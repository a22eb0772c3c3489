/* decision.h - what the background stage makes of a snapshot: the mask for a sparsity. Private to src/compress. */
#ifndef WINNOW_COMPRESS_DECISION_H
#define WINNOW_COMPRESS_DECISION_H

#include "sensitivity.h"

/* A sparsity that is to be found: the largest of a ladder at which the sample's metric falls by no more than the
 * tolerance, without any fine-tuning. */
#define WN_SPARSITY_SAFE (-1.0)

/* By what a mask was made: magnitudes within layers, or saliency over all layers. */
typedef enum { WN_BY_MAGNITUDE, WN_BY_SALIENCY } wn_prune_method;

typedef struct {
    wn_prune_method method;
    double sparsity; /* over all weights, protected ones too */
    wn_score score;  /* of the snapshot under the mask */
} wn_decision;

/* Local. mask (n_parameters): for the sparsity, among the weights that `previous` keeps. Of several masks the one under
 * which the sample's loss is least: by magnitude, dealt out to the layers by their sensitivity, or evenly (a plan given
 * as a list), or by saliency (plan: auto). Scans first where nothing is known. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_decision_make(wn_sensitivity *sensitivity, const wn_scorer *scorer, const wn_network *network,
                                       const unsigned char *previous, double sparsity, unsigned char *mask,
                                       wn_decision *decision);

#endif
