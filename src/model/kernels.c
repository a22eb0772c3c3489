#include "kernels.h"

#include <math.h>
#include <string.h>

void wn_kernel_bias(float *z, const float *bias, size_t n_rows, size_t n_cols)
{
    for (size_t i = 0; i < n_rows; i++) {
        float *restrict row = z + i * n_cols;
        for (size_t j = 0; j < n_cols; j++)
            row[j] += bias[j];
    }
}

void wn_kernel_bias_relu(float *z, const float *bias, size_t n_rows, size_t n_cols)
{
    for (size_t i = 0; i < n_rows; i++) {
        float *restrict row = z + i * n_cols;
        for (size_t j = 0; j < n_cols; j++) {
            float sum = row[j] + bias[j];
            row[j] = sum < 0.0f ? 0.0f : sum;
        }
    }
}

void wn_kernel_relu_backward(float *restrict delta, const float *restrict output, float scale, size_t n)
{
    for (size_t i = 0; i < n; i++)
        delta[i] *= output[i] > 0.0f ? scale : 0.0f;
}

void wn_kernel_column_sums(const float *delta, size_t n_rows, size_t n_cols, float *sums)
{
    memset(sums, 0, n_cols * sizeof *sums);
    for (size_t i = 0; i < n_rows; i++) {
        const float *restrict row = delta + i * n_cols;
        for (size_t j = 0; j < n_cols; j++)
            sums[j] += row[j];
    }
}

wn_dropout_rule wn_dropout_rule_of(float share)
{
    double threshold = floor((double)share * 0x1p32);
    if (threshold > 0x1p32 - 256.0)
        threshold = 0x1p32 - 256.0;
    return (wn_dropout_rule){(uint32_t)threshold, (float)(0x1p32 / (0x1p32 - threshold))};
}

/* A bijection of 32 bits whose every output bit depends on all input bits (Wellons 2018, "lowbias32"). */
static inline uint32_t mix(uint32_t x)
{
    x ^= x >> 16;
    x *= 0x7feb352dU;
    x ^= x >> 15;
    x *= 0x846ca68bU;
    x ^= x >> 16;
    return x;
}

/* One Philox draw a row; units are counted on from it by mixing, which the compiler turns into vector code. */
void wn_kernel_dropout(float *output, size_t n_rows, size_t n_cols, wn_random stream, wn_dropout_rule rule)
{
    for (size_t i = 0; i < n_rows; i++) {
        float *restrict row = output + i * n_cols;
        uint64_t bits = wn_random_bits(stream, i);
        uint32_t low = (uint32_t)bits, high = (uint32_t)(bits >> 32), n = (uint32_t)n_cols;
        for (uint32_t j = 0; j < n; j++)
            row[j] *= mix(mix(j ^ low) ^ high) < rule.threshold ? 0.0f : rule.scale;
    }
}

static float row_max(const float *row, size_t n)
{
    float largest = row[0];
    for (size_t j = 1; j < n; j++)
        largest = row[j] > largest ? row[j] : largest;
    return largest;
}

/* Stable: the exponentials are of row - max, at most 1. Returns their sum. */
static float exponentials(float *row, size_t n, float largest)
{
    float sum = 0.0f;
    for (size_t j = 0; j < n; j++) {
        row[j] = expf(row[j] - largest);
        sum += row[j];
    }
    return sum;
}

void wn_kernel_softmax(float *logits, size_t n_rows, size_t n_cols)
{
    for (size_t i = 0; i < n_rows; i++) {
        float *row = logits + i * n_cols;
        float sum = exponentials(row, n_cols, row_max(row, n_cols));
        for (size_t j = 0; j < n_cols; j++)
            row[j] /= sum;
    }
}

double wn_kernel_cross_entropy(float *logits, const float *targets, size_t n_rows, size_t n_valid, size_t n_cols)
{
    double loss = 0.0;
    for (size_t i = 0; i < n_valid; i++) {
        float *row = logits + i * n_cols;
        size_t target = (size_t)targets[i];
        float largest = row_max(row, n_cols);
        double distance = (double)largest - (double)row[target];
        float sum = exponentials(row, n_cols, largest);
        loss += log((double)sum) + distance;
        for (size_t j = 0; j < n_cols; j++)
            row[j] /= sum;
        row[target] -= 1.0f;
    }
    memset(logits + n_valid * n_cols, 0, (n_rows - n_valid) * n_cols * sizeof *logits);
    return loss;
}

double wn_kernel_squared_error(float *outputs, const float *targets, size_t n_rows, size_t n_valid)
{
    double loss = 0.0;
    for (size_t i = 0; i < n_valid; i++) {
        float error = outputs[i] - targets[i];
        loss += (double)error * (double)error;
        outputs[i] = 2.0f * error;
    }
    memset(outputs + n_valid, 0, (n_rows - n_valid) * sizeof *outputs);
    return loss;
}

double wn_kernel_row_loss(const float *logits, size_t n_cols, size_t target)
{
    double largest = (double)row_max(logits, n_cols), sum = 0.0;
    for (size_t j = 0; j < n_cols; j++)
        sum += exp((double)logits[j] - largest);
    return log(sum) + largest - (double)logits[target];
}
