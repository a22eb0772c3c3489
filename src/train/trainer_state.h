/* trainer_state.h - what one training knows between its steps, and who is to blame where numbers leave float32. Private
 * to src/train. */
#ifndef WINNOW_TRAIN_TRAINER_STATE_H
#define WINNOW_TRAIN_TRAINER_STATE_H

#include "training_state.h"

#include "winnow/gradient_sum.h"
#include "winnow/trainer.h"

typedef struct {
    const wn_ranks *ranks;
    const wn_lanes *lanes;
    const wn_dataset *train, *validation;
    const wn_labels *labels;
    const wn_trainer_options *options;
    wn_network *network;
    size_t n_lanes, share; /* lanes of this rank; rows of one lane in one step */
    wn_optimizer *optimizer;
    wn_gradient_sum *sum;
    wn_workspace *workspace;
    float *mean; /* (n_parameters) the step's gradient */
    float *rows,
        *targets; /* (share, n_inputs), (share): one lane's part of a batch; rows is NULL where they are sparse */
    wn_sparse_batch *batch; /* NULL where they are dense */
    int64_t *picked;        /* (share) rows of the dataset that are laid out; -1: none, a row of zeros */
    size_t *places;         /* (share) of rows that are looked for */
    int64_t *order;         /* (rows here) lane after lane, in the order of this epoch */
    size_t *order_first;    /* (n_lanes + 1) */
    bool has_validation;
    wn_training_place place;
    wn_status pending; /* what failed on this rank since the last message; the next one carries it */
} wn_trainer;

/* Local. Picks a lane's rows of step s of the epoch and lays them out; zero rows fill the share up. Returns how many
 * are rows. */
size_t wn_trainer_gather(wn_trainer *t, size_t lane, int64_t s);

/* Local. Lays out the rows that were picked, with their targets. */
void wn_trainer_lay_out(wn_trainer *t);

/* Local. The gradient of the rows that are laid out, as wn_network_gradient, of sparse ones as
 * wn_network_gradient_sparse. Returns their loss. */
double wn_trainer_gradient(wn_trainer *t, size_t n_valid, wn_dropout_draw draw, float *gradient);

/* Local. Blames the least row among the n of which a lane's gradient was just made that is bad alone: the last one of
 * the shortest run of rows, in the table's order, that is bad together. Where that one is not, only the sum is bad, or
 * a later row: each is tried. Training has ended. */
void wn_trainer_blame(wn_trainer *t, size_t lane, int64_t s, size_t n, wn_dropout_draw draw);

/* Collective. Whether the step's gradient (t->mean, the same on all ranks, of n_rows rows) leaves the optimizer's state
 * finite: before it is taken. Fails: WN_BAD_DATA, naming layer and row. */
WN_MUST_USE wn_status wn_trainer_check_step(wn_trainer *t, int64_t step, int64_t n_rows);

/* Local. What a step makes is judged by the next loss; the last step has none. The same on every rank. Fails:
 * WN_BAD_DATA, naming the layer. */
WN_MUST_USE wn_status wn_trainer_check_end(const wn_trainer *t);

#endif
