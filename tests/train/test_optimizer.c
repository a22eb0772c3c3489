#include "testing.h"

#include "winnow/memory.h"
#include "winnow/optimizer.h"
#include "winnow/random.h"

#include <math.h>
#include <string.h>

enum { N = 133, STEPS = 12 };

static void fill(float *out, uint64_t which)
{
    wn_random stream = {21, WN_RANDOM_TEST, which};
    for (size_t i = 0; i < N; i++)
        out[i] = (float)wn_random_normal(stream, i);
}

typedef struct {
    double parameter, first, second;
} naive_state;

/* One parameter's step by the papers' formulas, in double. */
static void naive_step(const wn_optimizer_options *o, double rate, int64_t step, double g, naive_state *s)
{
    double t = (double)(step + 1);
    if (o->type != WN_OPTIMIZER_ADAM)
        g += o->weight_decay * s->parameter;
    switch (o->type) {
    case WN_OPTIMIZER_SGD:
        s->first = o->momentum * s->first + g;
        s->parameter -= rate * s->first;
        break;
    case WN_OPTIMIZER_ADAM:
        s->first = 0.9 * s->first + 0.1 * g;
        s->second = 0.999 * s->second + 0.001 * g * g;
        s->parameter -= rate * o->weight_decay * s->parameter;
        s->parameter -= rate * (s->first / (1.0 - pow(0.9, t))) / (sqrt(s->second / (1.0 - pow(0.999, t))) + 1e-8);
        break;
    case WN_OPTIMIZER_ADAGRAD:
        s->second += g * g;
        s->parameter -= rate * g / (sqrt(s->second) + 1e-10);
        break;
    }
}

static void check_steps(const wn_optimizer_options *options)
{
    wn_optimizer *optimizer = NULL;
    float parameters[N], gradient[N];
    naive_state states[N] = {{0}};
    if (!CHECK_OK(wn_optimizer_new(&optimizer, options, N, STEPS)))
        return;
    fill(parameters, 1000);
    for (size_t i = 0; i < N; i++)
        states[i].parameter = (double)parameters[i];
    for (int64_t step = 0; step < STEPS; step++) {
        double cosine = 0.5 * (1.0 + cos(M_PI * (double)step / STEPS));
        double rate = options->learning_rate * (options->schedule == WN_SCHEDULE_COSINE ? cosine : 1.0);
        CHECK_CLOSE(wn_optimizer_learning_rate(optimizer), rate, 1e-15);
        fill(gradient, (uint64_t)step);
        wn_optimizer_step(optimizer, gradient, NULL, parameters);
        for (size_t i = 0; i < N; i++)
            naive_step(options, rate, step, (double)gradient[i], &states[i]);
    }
    for (size_t i = 0; i < N; i++)
        CHECK_CLOSE((double)parameters[i], states[i].parameter, 3e-6);
    wn_optimizer_free(optimizer);
}

static void test_steps(void)
{
    for (int type = WN_OPTIMIZER_SGD; type <= WN_OPTIMIZER_ADAGRAD; type++)
        for (int variant = 0; variant < 8; variant++)
            check_steps(&(wn_optimizer_options){.type = (wn_optimizer_type)type,
                                                .learning_rate = 0.05,
                                                .momentum = variant & 1 ? 0.9 : 0.0,
                                                .weight_decay = variant & 2 ? 0.1 : 0.0,
                                                .schedule = variant & 4 ? WN_SCHEDULE_COSINE : WN_SCHEDULE_CONSTANT});
}

/* Masked parameters become 0 and stay it; the others do not notice. */
static void test_mask(void)
{
    for (int type = WN_OPTIMIZER_SGD; type <= WN_OPTIMIZER_ADAGRAD; type++) {
        wn_optimizer_options options = {.type = (wn_optimizer_type)type, .learning_rate = 0.1, .momentum = 0.5};
        wn_optimizer *masked = NULL, *plain = NULL;
        float with[N], without[N], gradient[N];
        unsigned char mask[N];
        if (!CHECK_OK(wn_optimizer_new(&masked, &options, N, 3)) || !CHECK_OK(wn_optimizer_new(&plain, &options, N, 3)))
            return;
        fill(with, 5);
        fill(without, 5);
        for (size_t i = 0; i < N; i++)
            mask[i] = i % 3 != 0;
        for (uint64_t step = 0; step < 3; step++) {
            fill(gradient, step);
            wn_optimizer_step(masked, gradient, mask, with);
            wn_optimizer_step(plain, gradient, NULL, without);
            for (size_t i = 0; i < N; i++)
                CU_ASSERT_EQUAL(with[i], mask[i] ? without[i] : 0.0f);
        }
        wn_optimizer_mask(mask, without, N);
        CU_ASSERT_EQUAL(memcmp(with, without, sizeof with), 0);
        wn_optimizer_free(plain);
        wn_optimizer_free(masked);
    }
}

/* A gradient that the state cannot take is told before the step, and one just below is not; a step then agrees. */
static void check_overflow(const wn_optimizer_options *options, float most, float more, bool after_some)
{
    wn_optimizer *optimizer = NULL;
    float parameters[N], gradient[N];
    if (!CHECK_OK(wn_optimizer_new(&optimizer, options, N, STEPS)))
        return;
    fill(parameters, 1);
    for (uint64_t step = 0; after_some && step < 3; step++) {
        fill(gradient, step);
        wn_optimizer_step(optimizer, gradient, NULL, parameters);
    }
    fill(gradient, 9);
    gradient[3] = gradient[N - 5] = most;
    CU_ASSERT_EQUAL(wn_optimizer_overflow(optimizer, gradient, parameters), N);
    gradient[3] = gradient[N - 5] = -more;
    CU_ASSERT_EQUAL(wn_optimizer_overflow(optimizer, gradient, parameters), N - 5);
    gradient[N - 5] = 1;
    CU_ASSERT_EQUAL(wn_optimizer_overflow(optimizer, gradient, parameters), 3);
    CU_ASSERT_TRUE(wn_optimizer_is_finite(optimizer));
    wn_optimizer_step(optimizer, gradient, NULL, parameters);
    CU_ASSERT_FALSE(wn_optimizer_is_finite(optimizer));
    wn_optimizer_free(optimizer);
}

static void test_overflow(void)
{
    for (int after_some = 0; after_some < 2; after_some++) {
        wn_optimizer_options options = {.type = WN_OPTIMIZER_ADAM, .learning_rate = 0.1};
        check_overflow(&options, 1.8e19f, 1e20f, after_some);
        options.type = WN_OPTIMIZER_ADAGRAD;
        check_overflow(&options, 1.8e19f, 1.9e19f, after_some);
        options = (wn_optimizer_options){.type = WN_OPTIMIZER_SGD, .learning_rate = 0.1, .momentum = 0.9};
        check_overflow(&options, 3e38f, INFINITY, after_some);
    }
}

/* Momentum grows beyond float32 by gradients that are not. */
static void test_growing_momentum(void)
{
    wn_optimizer_options options = {.type = WN_OPTIMIZER_SGD, .learning_rate = 1e-3, .momentum = 0.9};
    wn_optimizer *optimizer = NULL;
    float parameters[N] = {0}, gradient[N] = {0};
    if (!CHECK_OK(wn_optimizer_new(&optimizer, &options, N, STEPS)))
        return;
    gradient[7] = 2e38f;
    CU_ASSERT_EQUAL(wn_optimizer_overflow(optimizer, gradient, parameters), N);
    wn_optimizer_step(optimizer, gradient, NULL, parameters);
    CU_ASSERT_EQUAL(wn_optimizer_overflow(optimizer, gradient, parameters), 7);
    wn_optimizer_free(optimizer);
}

static void test_failing_allocations(void)
{
    const wn_optimizer_options options = {.type = WN_OPTIMIZER_ADAM, .learning_rate = 0.1};
    wn_optimizer *optimizer = NULL;
    size_t used = wn_memory_used();
    wn_status status = WN_NO_MEMORY;
    for (int64_t nth = 1; status != WN_OK && nth < 20; nth++) {
        wn_memory_fail_at(nth);
        status = wn_optimizer_new(&optimizer, &options, N, 3);
        wn_memory_fail_at(0);
        CU_ASSERT_TRUE(status == WN_OK || (status == WN_NO_MEMORY && optimizer == NULL && wn_memory_used() == used));
    }
    CU_ASSERT_EQUAL(status, WN_OK);
    wn_optimizer_free(optimizer);
    CU_ASSERT_EQUAL(wn_memory_used(), used);
}

static const wn_test tests[] = {
    {"steps against naive ones", test_steps},
    {"mask", test_mask},
    {"overflow", test_overflow},
    {"growing momentum", test_growing_momentum},
    {"failing allocations", test_failing_allocations},
};

TEST_MAIN("train/optimizer", tests)
