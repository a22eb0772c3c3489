#include "testing.h"

#include "kernels.h"

#include <math.h>
#include <string.h>

enum { MOST = 67 * 301 };

static const size_t shapes[][2] = {{1, 1}, {1, 7}, {3, 5}, {8, 16}, {13, 10}, {64, 33}, {67, 301}};
enum { N_SHAPES = sizeof shapes / sizeof *shapes };

static float values[MOST], other[MOST], bias[512], expected[MOST];

/* Reproducible numbers in [-4, 4), some of them exactly 0. */
static void fill(float *out, size_t n, uint64_t which)
{
    wn_random stream = {7, WN_RANDOM_TEST, which};
    for (size_t i = 0; i < n; i++)
        out[i] = wn_random_bits(stream, i) % 11 == 0 ? 0.0f : (float)(8.0 * wn_random_uniform(stream, i) - 4.0);
}

static void test_bias(void)
{
    for (size_t s = 0; s < N_SHAPES; s++) {
        size_t n_rows = shapes[s][0], n_cols = shapes[s][1];
        fill(values, n_rows * n_cols, s);
        fill(bias, n_cols, s + 100);
        memcpy(other, values, sizeof values);
        wn_kernel_bias(values, bias, n_rows, n_cols);
        wn_kernel_bias_relu(other, bias, n_rows, n_cols);
        for (size_t i = 0; i < n_rows * n_cols; i++)
            CU_ASSERT_EQUAL(other[i], values[i] > 0.0f ? values[i] : 0.0f);
        fill(expected, n_rows * n_cols, s);
        for (size_t i = 0; i < n_rows * n_cols; i++)
            CU_ASSERT_EQUAL(values[i], expected[i] + bias[i % n_cols]);
    }
}

static void test_relu_keeps_nan(void)
{
    float row[9] = {0}, none[9] = {0};
    row[4] = NAN;
    wn_kernel_bias_relu(row, none, 1, 9);
    CU_ASSERT_TRUE(isnan(row[4]));
    CU_ASSERT_EQUAL(row[3], 0.0f);
}

static void test_relu_backward(void)
{
    for (size_t s = 0; s < N_SHAPES; s++) {
        size_t n = shapes[s][0] * shapes[s][1];
        fill(values, n, s);
        fill(other, n, s + 50);
        memcpy(expected, values, sizeof values);
        wn_kernel_relu_backward(values, other, 1.25f, n);
        for (size_t i = 0; i < n; i++)
            CU_ASSERT_EQUAL(values[i], other[i] > 0.0f ? expected[i] * 1.25f : 0.0f);
    }
}

static void test_column_sums(void)
{
    for (size_t s = 0; s < N_SHAPES; s++) {
        size_t n_rows = shapes[s][0], n_cols = shapes[s][1];
        fill(values, n_rows * n_cols, s);
        wn_kernel_column_sums(values, n_rows, n_cols, bias);
        for (size_t j = 0; j < n_cols; j++) {
            double sum = 0.0;
            for (size_t i = 0; i < n_rows; i++)
                sum += (double)values[i * n_cols + j];
            CHECK_CLOSE((double)bias[j], sum, 1e-5);
        }
    }
}

/* Probabilities, loss and its gradient, each from its definition in double. */
static void test_cross_entropy(void)
{
    float targets[67];
    for (size_t s = 0; s < N_SHAPES; s++) {
        size_t n_rows = shapes[s][0], n_cols = shapes[s][1], n_valid = n_rows - n_rows / 3;
        double loss = 0.0;
        fill(values, n_rows * n_cols, s);
        memcpy(other, values, sizeof values);
        memcpy(expected, values, sizeof values);
        for (size_t i = 0; i < n_rows; i++)
            targets[i] = i < n_valid ? (float)(i % n_cols) : -5.0f;
        double found = wn_kernel_cross_entropy(values, targets, n_rows, n_valid, n_cols);
        wn_kernel_softmax(other, n_rows, n_cols);
        for (size_t i = 0; i < n_rows; i++) {
            double sum = 0.0;
            for (size_t j = 0; j < n_cols; j++)
                sum += exp((double)expected[i * n_cols + j]);
            for (size_t j = 0; j < n_cols; j++) {
                double p = exp((double)expected[i * n_cols + j]) / sum;
                bool is_target = i < n_valid && j == i % n_cols;
                CHECK_CLOSE((double)other[i * n_cols + j], p, 1e-6);
                CHECK_CLOSE((double)values[i * n_cols + j], i < n_valid ? p - (is_target ? 1.0 : 0.0) : 0.0, 1e-6);
                loss -= is_target ? log(p) : 0.0;
            }
            if (i < n_valid)
                CHECK_CLOSE(wn_kernel_row_loss(expected + i * n_cols, n_cols, i % n_cols),
                            log(sum) - (double)expected[i * n_cols + i % n_cols], 1e-12);
        }
        CHECK_CLOSE(found, loss, 1e-6);
    }
}

static void test_softmax_of_large_logits(void)
{
    float row[3] = {1e30f, -1e30f, 1e30f}, targets[1] = {1.0f};
    wn_kernel_softmax(row, 1, 3);
    CU_ASSERT_EQUAL(row[0], 0.5f);
    CU_ASSERT_EQUAL(row[1], 0.0f);
    float far[3] = {90.0f, -90.0f, 0.0f};
    CHECK_CLOSE(wn_kernel_cross_entropy(far, targets, 1, 1, 3), 180.0, 1e-12);
    float broken[3] = {0.0f, NAN, 1.0f};
    CU_ASSERT_TRUE(isnan(wn_kernel_cross_entropy(broken, targets, 1, 1, 3)));
    float endless[3] = {0.0f, 1.0f, INFINITY};
    CU_ASSERT_FALSE(isfinite(wn_kernel_cross_entropy(endless, targets, 1, 1, 3)));
}

static void test_squared_error(void)
{
    float targets[67];
    double loss = 0.0;
    fill(values, 67, 1);
    fill(targets, 67, 2);
    memcpy(expected, values, 67 * sizeof *values);
    double found = wn_kernel_squared_error(values, targets, 67, 40);
    for (size_t i = 0; i < 67; i++) {
        double error = (double)expected[i] - (double)targets[i];
        loss += i < 40 ? error * error : 0.0;
        CHECK_CLOSE((double)values[i], i < 40 ? 2.0 * error : 0.0, 1e-6);
    }
    CHECK_CLOSE(found, loss, 1e-6);
}

/* A unit's draw depends on its row and place alone; the share that is silenced is what was asked for. */
static void test_dropout(void)
{
    wn_dropout_rule rule = wn_dropout_rule_of(0.25f);
    wn_random stream = {1, WN_RANDOM_DROPOUT, 5};
    size_t n_silent = 0;
    for (size_t i = 0; i < MOST; i++)
        values[i] = other[i] = 3.0f;
    wn_kernel_dropout(values, 67, 301, stream, rule);
    wn_kernel_dropout(other, 20, 301, stream, rule);
    CU_ASSERT_EQUAL(memcmp(values, other, 20 * 301 * sizeof *values), 0);
    for (size_t i = 0; i < MOST; i++) {
        n_silent += values[i] == 0.0f;
        CU_ASSERT_TRUE(values[i] == 0.0f || values[i] == 4.0f);
    }
    double deviation = sqrt(MOST * 0.25 * 0.75);
    CU_ASSERT_TRUE(fabs((double)n_silent - MOST * 0.25) < 5.0 * deviation);
    CU_ASSERT_EQUAL(wn_dropout_rule_of(0.0f).scale, 1.0f);
    CU_ASSERT_TRUE(isfinite(wn_dropout_rule_of(0.9999999f).scale));
}

static const wn_test tests[] = {
    {"bias and relu", test_bias},
    {"relu keeps NaN", test_relu_keeps_nan},
    {"relu backward", test_relu_backward},
    {"column sums", test_column_sums},
    {"softmax cross-entropy", test_cross_entropy},
    {"softmax of large and broken logits", test_softmax_of_large_logits},
    {"squared error", test_squared_error},
    {"dropout", test_dropout},
};

TEST_MAIN("model/kernels", tests)
