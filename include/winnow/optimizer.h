/* optimizer.h - the rules that turn a gradient into a step. Every rank applies the same step to its own copy of the
 * parameters. Definitions are PyTorch's: SGD with momentum (no dampening), Adam (Kingma and Ba 2015; weight decay
 * decoupled as in AdamW), AdaGrad (Duchi et al. 2011). */
#ifndef WINNOW_OPTIMIZER_H
#define WINNOW_OPTIMIZER_H

#include "winnow/checkpoint.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum { WN_OPTIMIZER_SGD, WN_OPTIMIZER_ADAM, WN_OPTIMIZER_ADAGRAD } wn_optimizer_type;
typedef enum { WN_SCHEDULE_CONSTANT, WN_SCHEDULE_COSINE } wn_schedule;

typedef struct {
    wn_optimizer_type type;
    double learning_rate, momentum, weight_decay;
    double beta1, beta2, epsilon; /* 0: the defaults 0.9, 0.999, 1e-8 (AdaGrad: 1e-10) */
    wn_schedule schedule;
} wn_optimizer_options;

typedef struct wn_optimizer wn_optimizer;

/* Local. State for n parameters over n_steps steps (for the schedule). The caller frees it. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_optimizer_new(wn_optimizer **optimizer, const wn_optimizer_options *options, size_t n,
                                       int64_t n_steps);
void wn_optimizer_free(wn_optimizer *optimizer);

/* Local. One step: parameters (n) from the mean gradient (n). Where mask (n) is given, parameters with mask 0 stay 0.
 */
void wn_optimizer_step(wn_optimizer *optimizer, const float *gradient, const unsigned char *mask, float *parameters);

/* Local. Before a step: the last parameter of which the step's gradient would carry the state, a momentum or a sum or
 * mean of squares, out of float32; n where there is none. A square alone is out from about 1.8e19 on. */
size_t wn_optimizer_overflow(const wn_optimizer *optimizer, const float *gradient, const float *parameters);

/* Local. Whether all that it knows is finite. */
bool wn_optimizer_is_finite(const wn_optimizer *optimizer);

/* Local. Sets the parameters (n) whose mask (n) is 0 to 0. */
void wn_optimizer_mask(const unsigned char *mask, float *parameters, size_t n);

/* Local. What it knows after its steps so far, into a checkpoint; and out of one, into an optimizer of the same options
 * and size. Fails: WN_NO_MEMORY; WN_IO where the checkpoint is not of such an optimizer. */
WN_MUST_USE wn_status wn_optimizer_save(const wn_optimizer *optimizer, wn_checkpoint *checkpoint);
WN_MUST_USE wn_status wn_optimizer_restore(wn_optimizer *optimizer, const wn_checkpoint *checkpoint);

/* Local. The learning rate of the step to come: constant, or cosine from learning_rate to 0 over n_steps. */
double wn_optimizer_learning_rate(const wn_optimizer *optimizer);

#endif
