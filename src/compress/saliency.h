/* saliency.h - how much the loss on the sample hangs on each weight: w^2 times the diagonal of the empirical Fisher
 * information, the second-order term of the loss when the weight is set to 0 (LeCun, Denker, Solla 1990; Theis et al.
 * 2018). Unlike magnitudes it compares weights of different layers. Private to src/compress. */
#ifndef WINNOW_COMPRESS_SALIENCY_H
#define WINNOW_COMPRESS_SALIENCY_H

#include "sensitivity.h"

/* Local. A network of the same shape (new, owned by the caller) whose parameters are |w| sqrt(F): F the sum of squared
 * gradients of the loss over at most 256 equal runs of the sample's rows. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_saliency_measure(const wn_scorer *scorer, const wn_network *network, wn_network **saliency);

/* Local. As wn_sensitivity_deal: n_kept (n_layers) are the weights above one threshold of saliency for all layers,
 * among those that `previous` (n_parameters) keeps. */
void wn_saliency_deal(const wn_network *saliency, const unsigned char *previous, const wn_layer_room *rooms,
                      double sparsity, size_t *n_kept);

#endif
