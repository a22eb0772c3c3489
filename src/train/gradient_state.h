/* gradient_state.h - the lanes' gradients on this rank, and the first of the two messages that a sum takes: maxima.
 * Private to src/train. */
#ifndef WINNOW_TRAIN_GRADIENT_STATE_H
#define WINNOW_TRAIN_GRADIENT_STATE_H

#include "winnow/column_set.h"
#include "winnow/gradient_sum.h"

/* A run of parameters that is summed at one unit: weights or biases of a layer. */
typedef struct {
    size_t first, n, layer;
} wn_tensor;

/* Gradients of sparse rows: of the weights (n_out, columns.n_all) that come first among the parameters, those of some
 * columns. All zero where rows are dense. */
typedef struct {
    size_t n_weights, n_out;
    uint32_t *of_lanes;    /* (n_lanes, columns.n_all) each lane's columns, ascending */
    size_t *n_of_lanes;    /* (n_lanes) */
    wn_column_set columns; /* of all lanes, of this rank and then of all */
    float *room;           /* (WN_SPREAD_COLUMNS, n_out) */
} wn_gradient_columns;

enum { WN_SPREAD_COLUMNS = 16 };

struct wn_gradient_sum {
    size_t n_parameters, n_layers, n_tensors, n_lanes; /* lanes of this rank */
    int lane_bits;                                     /* ceil(log2 of all lanes) */
    wn_tensor *tensors;
    char (*layer_names)[sizeof(((wn_layer *)0)->name)];
    float *gradients; /* (n_lanes, stride) */
    size_t stride;
    int64_t *rows; /* (n_lanes) */
    double *losses;
    int32_t *largest; /* (n_lanes, n_tensors) bits of each tensor's largest magnitude */
    int64_t *maxima;  /* (WN_MAX_HEAD + n_tensors) */
    int32_t *sums;    /* (n_parameters, and the tail that gradient_sum.c appends); of sparse rows the weights of
                         sparse.columns, column after column, come behind all that */
    wn_gradient_columns sparse;
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

/* Local. Room for the gradients of a layer's weights, by which parameters begin. The caller clears it. Fails:
 * WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_gradient_columns_init(wn_gradient_columns *sparse, const wn_layer *layer, size_t n_lanes);
void wn_gradient_columns_clear(wn_gradient_columns *sparse);

/* Local. The columns that lane i's gradient is of. */
void wn_gradient_columns_set(wn_gradient_columns *sparse, size_t i, const wn_column_set *columns);

/* Collective. Lists the columns of all lanes; returns through *n_values how many sums their weights are. Fails:
 * WN_INTERNAL. */
WN_MUST_USE wn_status wn_gradient_columns_agree(const wn_ranks *ranks, wn_gradient_columns *sparse, size_t n_lanes,
                                                size_t *n_values);

/* Local. sums (columns, n_out) += lane i's gradient (its columns, n_out) x 2^shift, rounded. */
void wn_gradient_columns_add(const wn_gradient_columns *sparse, size_t i, const float *gradient, int shift,
                             int32_t *sums);

/* Local. mean (n_weights) = sums (columns, n_out) x factor, 0 where no lane has the column. */
void wn_gradient_columns_mean(const wn_gradient_columns *sparse, const int32_t *sums, double factor, float *mean);

/* Collective. One small message: what every rank must know before values can be sent. It lies in sum->maxima then, the
 * same on every rank; what was blamed is forgotten. `status` and failures: as wn_gradient_sum_reduce. */
WN_MUST_USE wn_status wn_gradient_maxima_agree(const wn_ranks *ranks, wn_gradient_sum *sum, wn_status status);

#endif
