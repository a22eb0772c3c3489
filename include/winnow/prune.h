/* prune.h - which weights a network can do without: magnitude masks, and how sparse each layer may become. */
#ifndef WINNOW_PRUNE_H
#define WINNOW_PRUNE_H

#include "winnow/network.h"

/* Local. The number of weights (biases apart) of a layer. */
size_t wn_layer_n_weights(const wn_layer *layer);

/* Local. Keeps the weights of largest magnitude in one layer: mask (n_parameters) gets 1 for the round((1 - sparsity) x
 * weights) largest of |w|, ties by position, 0 for the rest; entries of other layers stay, biases get 1. Fails:
 * WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_prune_layer(const wn_network *network, size_t layer, double sparsity, unsigned char *mask);

/* Local. Sets the parameters whose mask is 0 to 0. */
void wn_prune_apply(wn_network *network, const unsigned char *mask);

/* Local. The sparsity of step t of n on the gradual schedule final x (1 - (1 - t/n)^3) (Zhu and Gupta 2017). */
double wn_prune_schedule(double final, int64_t t, int64_t n);

#endif
