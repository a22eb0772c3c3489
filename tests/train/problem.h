/* problem.h - small trainings that the tests of the trainer share: three clouds, or values linear in the features. */
#ifndef WINNOW_TESTS_PROBLEM_H
#define WINNOW_TESTS_PROBLEM_H

#include "winnow/trainer.h"

enum { ROWS = 700, INPUTS = 5, CLASSES = 3, HIDDEN = 9, MOST = 256 };

extern float problem_features[ROWS * INPUTS], problem_classes[ROWS], problem_values[ROWS];
extern const wn_labels problem_classification, problem_regression;

/* Local. Makes the rows. */
void problem_fill(void);

/* Local. Makes rows most of whose cells are 0. */
void problem_fill_thin(void);

/* What a training is of. */
typedef struct {
    wn_task task;
    int64_t n_rows, batch, n_lanes, n_epochs;
    double rank0_share;
    float dropout;
    bool has_hidden, has_validation;
    bool is_sparse; /* rows are kept so */
    wn_optimizer_type optimizer;
    double learning_rate;
    const unsigned char *mask;
    wn_trainer_hooks hooks;
    const wn_checkpoint_sink *checkpoints;
    wn_checkpoint **resume;
} problem;

/* 3 epochs of 11 steps. */
extern const problem problem_plain;

/* Collective. Trains on some ranks; *network is the caller's, NULL where making it failed; *epochs (n_epochs; may be
 * NULL) what the trainer told of them, plain numbers only. Validation rows are a quarter of the table's blocks. */
wn_status problem_train(const wn_ranks *ranks, const problem *p, wn_network **network, wn_epoch **epochs);

/* Local. An untrained network. */
wn_status problem_network(wn_network **network, const problem *p);

#endif
