/* prune.h - which weights a network can do without: magnitude masks, and how sparse to be when. How much sparsity each
 * layer bears is found by the background stage (background.h). */
#ifndef WINNOW_PRUNE_H
#define WINNOW_PRUNE_H

#include "winnow/network.h"

/* Local. The number of weights (biases apart) of a layer, and of a network. */
size_t wn_layer_n_weights(const wn_layer *layer);
size_t wn_network_n_weights(const wn_network *network);

/* Local. Keeps the weights of largest magnitude in one layer: mask (n_parameters) gets 1 for the round((1 - sparsity) x
 * weights) largest of |w|, ties by position, 0 for the rest; entries of other layers stay, biases get 1. previous
 * (n_parameters; NULL: all 1): what is 0 there stays 0. protect (n_parameters; NULL: all 0): what is 1 there stays 1,
 * also where that makes more than wanted. mask may be previous. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_prune_layer(const wn_network *network, size_t layer, double sparsity,
                                     const unsigned char *previous, const unsigned char *protect, unsigned char *mask);

/* Local. Sets the parameters whose mask is 0 to 0. */
void wn_prune_apply(wn_network *network, const unsigned char *mask);

/* Local. How many weights (biases apart) a mask keeps. */
size_t wn_prune_count(const wn_network *network, const unsigned char *mask);

/* Local. The sparsity of step t of n on the gradual schedule final x (1 - (1 - t/n)^3) (Zhu and Gupta 2017). */
double wn_prune_schedule(double final, int64_t t, int64_t n);

/* Local. Which weights are never pruned: protect (n_parameters of the network with projection) gets 1 for the layers
 * named, and for the first layer's weights of the inputs that match "input/GLOB". Fails: WN_BAD_JOB where a name fits
 * no layer and no selected feature. */
WN_MUST_USE wn_status wn_prune_protect(const wn_network *network, const wn_recipe *recipe, const char *const *names,
                                       size_t n_names, unsigned char *protect);

#endif
