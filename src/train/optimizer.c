#include "winnow/optimizer.h"

#include "fixed_point.h"
#include "winnow/memory.h"

#include <math.h>

/* Steps are float32 as PyTorch's are: constants are made in double and rounded once. */
struct wn_optimizer {
    wn_optimizer_options options;
    size_t n;
    int64_t step, n_steps; /* steps done, steps in all */
    float *first, *second; /* momentum, or Adam's first moment; Adam's second moment, or AdaGrad's sum of squares */
};

static double default_of(double value, double otherwise)
{
    return value > 0.0 ? value : otherwise;
}

static void fill_defaults(wn_optimizer_options *options)
{
    options->beta1 = default_of(options->beta1, 0.9);
    options->beta2 = default_of(options->beta2, 0.999);
    options->epsilon = default_of(options->epsilon, options->type == WN_OPTIMIZER_ADAGRAD ? 1e-10 : 1e-8);
}

wn_status wn_optimizer_new(wn_optimizer **optimizer, const wn_optimizer_options *options, size_t n, int64_t n_steps)
{
    wn_status status = WN_OK;
    wn_optimizer *made = NULL;
    bool has_first =
        options->type == WN_OPTIMIZER_ADAM || (options->type == WN_OPTIMIZER_SGD && options->momentum != 0.0);
    bool has_second = options->type != WN_OPTIMIZER_SGD;

    TRY(wn_new(&made, 1));
    made->options = *options;
    fill_defaults(&made->options);
    made->n = n;
    made->n_steps = n_steps;
    if (has_first)
        TRY(wn_new(&made->first, n));
    if (has_second)
        TRY(wn_new(&made->second, n));
    *optimizer = made;
    made = NULL;
done:
    wn_optimizer_free(made);
    return status;
}

void wn_optimizer_free(wn_optimizer *optimizer)
{
    if (optimizer == NULL)
        return;
    wn_free(optimizer->first);
    wn_free(optimizer->second);
    wn_free(optimizer);
}

double wn_optimizer_learning_rate(const wn_optimizer *optimizer)
{
    double rate = optimizer->options.learning_rate;
    if (optimizer->options.schedule == WN_SCHEDULE_CONSTANT || optimizer->n_steps <= 0)
        return rate;
    double part = (double)optimizer->step / (double)optimizer->n_steps;
    return part >= 1.0 ? 0.0 : rate * 0.5 * (1.0 + cos(M_PI * part));
}

static void sgd_step(const wn_optimizer *optimizer, const float *restrict gradient, float *restrict parameters)
{
    float rate = (float)wn_optimizer_learning_rate(optimizer), decay = (float)optimizer->options.weight_decay;
    for (size_t i = 0; i < optimizer->n; i++)
        parameters[i] -= rate * (gradient[i] + decay * parameters[i]);
}

static void momentum_step(wn_optimizer *optimizer, const float *restrict gradient, float *restrict parameters)
{
    float rate = (float)wn_optimizer_learning_rate(optimizer), decay = (float)optimizer->options.weight_decay;
    float momentum = (float)optimizer->options.momentum;
    float *restrict velocity = optimizer->first;
    for (size_t i = 0; i < optimizer->n; i++) {
        float v = velocity[i] * momentum + (gradient[i] + decay * parameters[i]);
        velocity[i] = v;
        parameters[i] -= rate * v;
    }
}

static void adam_step(wn_optimizer *optimizer, const float *restrict gradient, float *restrict parameters)
{
    const wn_optimizer_options *options = &optimizer->options;
    double rate = wn_optimizer_learning_rate(optimizer), t = (double)(optimizer->step + 1);
    float keep = (float)(1.0 - rate * options->weight_decay), epsilon = (float)options->epsilon;
    float beta1 = (float)options->beta1, rest1 = (float)(1.0 - options->beta1);
    float beta2 = (float)options->beta2, rest2 = (float)(1.0 - options->beta2);
    float step_size = (float)(rate / (1.0 - pow(options->beta1, t)));
    float correction = (float)sqrt(1.0 - pow(options->beta2, t));
    float *restrict mean = optimizer->first, *restrict square = optimizer->second;
    for (size_t i = 0; i < optimizer->n; i++) {
        float g = gradient[i], m = mean[i] * beta1 + g * rest1, v = square[i] * beta2 + g * g * rest2;
        mean[i] = m;
        square[i] = v;
        parameters[i] = parameters[i] * keep - step_size * (m / (sqrtf(v) / correction + epsilon));
    }
}

static void adagrad_step(wn_optimizer *optimizer, const float *restrict gradient, float *restrict parameters)
{
    float rate = (float)wn_optimizer_learning_rate(optimizer), decay = (float)optimizer->options.weight_decay;
    float epsilon = (float)optimizer->options.epsilon;
    float *restrict square = optimizer->second;
    for (size_t i = 0; i < optimizer->n; i++) {
        float g = gradient[i] + decay * parameters[i], s = square[i] + g * g;
        square[i] = s;
        parameters[i] -= rate * (g / (sqrtf(s) + epsilon));
    }
}

/* The state of one parameter after a step, as the step makes it. */
static float next_state(const wn_optimizer *optimizer, size_t i, float gradient, float parameter)
{
    const wn_optimizer_options *options = &optimizer->options;
    float g = gradient + (float)options->weight_decay * parameter;
    switch (options->type) {
    case WN_OPTIMIZER_ADAM:
        return optimizer->second[i] * (float)options->beta2 + gradient * gradient * (float)(1.0 - options->beta2);
    case WN_OPTIMIZER_ADAGRAD:
        return optimizer->second[i] + g * g;
    default:
        return optimizer->first != NULL ? optimizer->first[i] * (float)options->momentum + g : 0.0f;
    }
}

/* Adam's mean of squares stays below the largest of them: most gradients need no look at the state. */
static bool is_harmless(const wn_optimizer *optimizer, const float *gradient)
{
    enum { BITS_OF_2_POW_60 = (127 + 60) << 23 };
    if (optimizer->options.type == WN_OPTIMIZER_SGD && optimizer->first == NULL)
        return true;
    return optimizer->options.type == WN_OPTIMIZER_ADAM &&
           wn_fixed_largest_bits(gradient, optimizer->n) < BITS_OF_2_POW_60;
}

size_t wn_optimizer_overflow(const wn_optimizer *optimizer, const float *gradient, const float *parameters)
{
    if (is_harmless(optimizer, gradient))
        return optimizer->n;
    for (size_t i = optimizer->n; i-- > 0;)
        if (!isfinite(next_state(optimizer, i, gradient[i], parameters[i])))
            return i;
    return optimizer->n;
}

bool wn_optimizer_is_finite(const wn_optimizer *optimizer)
{
    return (optimizer->first == NULL || wn_fixed_are_finite(optimizer->first, optimizer->n)) &&
           (optimizer->second == NULL || wn_fixed_are_finite(optimizer->second, optimizer->n));
}

void wn_optimizer_mask(const unsigned char *restrict mask, float *restrict parameters, size_t n)
{
    for (size_t i = 0; i < n; i++)
        parameters[i] = mask[i] ? parameters[i] : 0.0f;
}

void wn_optimizer_step(wn_optimizer *optimizer, const float *gradient, const unsigned char *mask, float *parameters)
{
    switch (optimizer->options.type) {
    case WN_OPTIMIZER_SGD:
        if (optimizer->first != NULL)
            momentum_step(optimizer, gradient, parameters);
        else
            sgd_step(optimizer, gradient, parameters);
        break;
    case WN_OPTIMIZER_ADAM:
        adam_step(optimizer, gradient, parameters);
        break;
    case WN_OPTIMIZER_ADAGRAD:
        adagrad_step(optimizer, gradient, parameters);
        break;
    }
    if (mask != NULL)
        wn_optimizer_mask(mask, parameters, optimizer->n);
    optimizer->step++;
}

static const char STEP[] = "optimizer/step", FIRST[] = "optimizer/first", SECOND[] = "optimizer/second";

wn_status wn_optimizer_save(const wn_optimizer *optimizer, wn_checkpoint *checkpoint)
{
    wn_status status = WN_OK;
    size_t n_bytes = optimizer->n * sizeof(float);
    TRY(wn_checkpoint_put(checkpoint, STEP, &optimizer->step, sizeof optimizer->step));
    if (optimizer->first != NULL)
        TRY(wn_checkpoint_put(checkpoint, FIRST, optimizer->first, n_bytes));
    if (optimizer->second != NULL)
        TRY(wn_checkpoint_put(checkpoint, SECOND, optimizer->second, n_bytes));
done:
    return status;
}

wn_status wn_optimizer_restore(wn_optimizer *optimizer, const wn_checkpoint *checkpoint)
{
    wn_status status = WN_OK;
    size_t n_bytes = optimizer->n * sizeof(float);
    TRY(wn_checkpoint_get(checkpoint, STEP, &optimizer->step, sizeof optimizer->step));
    if (optimizer->first != NULL)
        TRY(wn_checkpoint_get(checkpoint, FIRST, optimizer->first, n_bytes));
    if (optimizer->second != NULL)
        TRY(wn_checkpoint_get(checkpoint, SECOND, optimizer->second, n_bytes));
done:
    return status;
}
