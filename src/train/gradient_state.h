/* gradient_state.h - the lanes' gradients on this rank, and the first of the two messages that a sum takes: maxima.
 * Private to src/train. */
#ifndef WINNOW_TRAIN_GRADIENT_STATE_H
#define WINNOW_TRAIN_GRADIENT_STATE_H

#include "winnow/gradient_sum.h"

/* A run of parameters that is summed at one unit: weights or biases of a layer. */
typedef struct {
    size_t first, n, layer;
} wn_tensor;

struct wn_gradient_sum {
    size_t n_parameters, n_layers, n_tensors, n_lanes; /* lanes of this rank */
    int lane_bits;                                     /* ceil(log2 of all lanes) */
    wn_tensor *tensors;
    char (*layer_names)[sizeof(((wn_layer *)0)->name)];
    float *gradients; /* (n_lanes, stride) */
    size_t stride;
    int64_t *rows; /* (n_lanes) */
    double *losses;
    int32_t *largest;     /* (n_lanes, n_tensors) bits of each tensor's largest magnitude */
    int64_t *maxima;      /* (WN_MAX_HEAD + n_tensors) */
    int32_t *sums;        /* (n_parameters, and the tail that gradient_sum.c appends) */
    size_t blamed;        /* the first layer whose outputs were not finite on this rank; n_layers: none */
    int64_t row_alone;    /* the least row that is not finite by itself; INT64_MAX: none */
    int64_t row_in_sum;   /* the least of the rows of lanes whose sum alone is not; INT64_MAX: none */
    int64_t epoch, batch; /* for messages */
};

/* The message of maxima: a head, then the bits of each tensor's largest magnitude. */
enum {
    WN_MAX_STATUS,
    WN_MAX_STOP,
    WN_MAX_BLAME,
    WN_MAX_ROW_ALONE,
    WN_MAX_ROW_IN_SUM,
    WN_MAX_LOSS_EXPONENT,
    WN_MAX_LOSS_NOT_FINITE,
    WN_MAX_HEAD
};

/* Collective. One small message: what every rank must know before values can be sent. It lies in sum->maxima then, the
 * same on every rank; what was blamed is forgotten. `status` and failures: as wn_gradient_sum_reduce. */
WN_MUST_USE wn_status wn_gradient_maxima_agree(const wn_ranks *ranks, wn_gradient_sum *sum, wn_status status);

#endif
