/* sensitivity.h - how much worse a network gets when one of its layers is pruned, and how a total sparsity is best
 * dealt out over the layers. Private to src/compress. */
#ifndef WINNOW_COMPRESS_SENSITIVITY_H
#define WINNOW_COMPRESS_SENSITIVITY_H

#include "winnow/compress.h"

#include <stdatomic.h>

/* The rows and rules by which a snapshot is scored. */
typedef struct {
    const wn_compress_options *options; /* borrowed, like the two below */
    const wn_labels *labels;
    const wn_dataset *sample;
    const unsigned char *protect;    /* (n_parameters) */
    const atomic_bool *is_abandoned; /* no score is wanted any more; NULL: they all are */
} wn_scorer;

typedef struct {
    double loss, metric;
} wn_score;

/* Local. Loss and metric on the sample of the network under a mask (NULL: none), its weights as they would be coded.
 * Fails: WN_NO_MEMORY, WN_STOPPED where it is abandoned. */
WN_MUST_USE wn_status wn_scorer_score(const wn_scorer *scorer, const wn_network *network, const unsigned char *mask,
                                      wn_score *score);

/* The sparsities at which a layer is tried. */
enum { WN_SPARSITIES = 8 };

/* How the loss rises with a layer's sparsity. */
typedef struct {
    bool is_known;
    size_t n_layers;
    double (*rise)[WN_SPARSITIES]; /* (n_layers), never falling; owned */
} wn_sensitivity;

/* Local. Prunes each layer alone to each sparsity, and scores. A later scan counts as much as all before it together.
 * Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_sensitivity_scan(wn_sensitivity *sensitivity, const wn_scorer *scorer,
                                          const wn_network *network);
void wn_sensitivity_clear(wn_sensitivity *sensitivity);

/* Local. Into a copy that is zero or an earlier copy of the same network's. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_sensitivity_copy(wn_sensitivity *copy, const wn_sensitivity *sensitivity);

/* What each layer can have: of n weights at least n_least and at most n_most are kept. */
typedef struct {
    size_t n, n_least, n_most;
} wn_layer_room;

/* Local. round((1 - sparsity) x all weights), as near as the rooms allow. */
size_t wn_layer_rooms_wanted(const wn_layer_room *rooms, size_t n_layers, double sparsity);

/* Local. Brings n_kept (n_layers), of this total, to the wanted one: what is left over goes to, or comes from, the
 * layers in turn where there is room. */
void wn_layer_rooms_settle(const wn_layer_room *rooms, size_t n_layers, size_t total, size_t wanted, size_t *n_kept);

/* Local. Deals round((1 - sparsity) x all weights) (as near as the rooms allow) kept weights out to the layers: each
 * gets the largest sparsity at which its loss alone rises by no more than the same amount; with sensitivity NULL, all
 * get the same. n_kept (n_layers). */
void wn_sensitivity_deal(const wn_sensitivity *sensitivity, const wn_layer_room *rooms, size_t n_layers,
                         double sparsity, size_t *n_kept);

#endif
