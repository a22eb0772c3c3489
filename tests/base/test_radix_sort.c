#include "winnow/radix_sort.h"

#include "testing.h"
#include "winnow/memory.h"
#include "winnow/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_WIDTH = 3 };

static size_t compared_width;

static int by_words(const void *a, const void *b)
{
    const uint64_t *left = a, *right = b;
    for (size_t k = 0; k < compared_width; k++)
        if (left[k] != right[k])
            return left[k] < right[k] ? -1 : 1;
    return 0;
}

/* Words of `n_values` different values, or any where it is 0. */
static void draw(uint64_t *words, size_t n, uint64_t seed, uint64_t n_values)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t bits = wn_random_bits((wn_random){seed, WN_RANDOM_TEST, i}, 0);
        words[i] = n_values > 0 ? bits % n_values << (bits % 3 * 28) : bits;
    }
}

static void check_words(size_t n, size_t width, uint64_t n_values)
{
    uint64_t *words = NULL, *expected = NULL;
    if (CHECK_OK(wn_new(&words, n * width)) && CHECK_OK(wn_new(&expected, n * width))) {
        draw(words, n * width, n + width, n_values);
        memcpy(expected, words, n * width * sizeof *words);
        compared_width = width;
        qsort(expected, n, width * sizeof *expected, by_words);
        wn_words_sort(words, n, width);
        CU_ASSERT(memcmp(words, expected, n * width * sizeof *words) == 0);
        wn_words_sort(words, n, width); /* what is sorted stays */
        CU_ASSERT(memcmp(words, expected, n * width * sizeof *words) == 0);
    }
    wn_free(words);
    wn_free(expected);
}

static void test_words(void)
{
    static const size_t sizes[] = {0, 1, 2, 24, 25, 100, 3000, 70000};
    static const uint64_t n_values[] = {0, 1, 2, 50};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (size_t v = 0; v < sizeof n_values / sizeof *n_values; v++)
            for (size_t width = 1; width <= MOST_WIDTH; width++)
                check_words(sizes[s], width, n_values[v]);
}

static int by_double(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return left < right ? -1 : left > right;
}

static double real(size_t i)
{
    static const double edges[] = {-(double)INFINITY, (double)INFINITY, 5e-324};
    return i < 3 ? edges[i] : wn_random_normal((wn_random){9, WN_RANDOM_TEST, 0}, i) * (i % 3 == 0 ? 1e-300 : 1e5);
}

/* Most bytes of which are alike. */
static double pixel(size_t i)
{
    double brightness = wn_random_normal((wn_random){11, WN_RANDOM_TEST, 0}, i) * 100;
    return brightness > 0 ? floor(brightness) : 0;
}

/* With scratch and without. */
static void check_doubles(double (*draw_double)(size_t i), size_t n)
{
    double *doubles = NULL, *expected = NULL, *other = NULL;
    if (CHECK_OK(wn_new(&doubles, n)) && CHECK_OK(wn_new(&expected, n)) && CHECK_OK(wn_new(&other, 2 * n))) {
        for (size_t i = 0; i < n; i++)
            expected[i] = doubles[i] = other[i] = draw_double(i);
        qsort(expected, n, sizeof *expected, by_double);
        wn_doubles_sort(doubles, n);
        wn_doubles_sort_by(other, other + n, n);
        CU_ASSERT(memcmp(doubles, expected, n * sizeof *doubles) == 0);
        CU_ASSERT(memcmp(other, expected, n * sizeof *doubles) == 0);
    }
    wn_free(doubles);
    wn_free(expected);
    wn_free(other);
}

static void test_doubles(void)
{
    const size_t counts[] = {0, 1, 2, 9, 1000, 20000};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        check_doubles(real, counts[i]);
        check_doubles(pixel, counts[i]);
    }
}

static const wn_test tests[] = {{"words against qsort", test_words}, {"doubles", test_doubles}};
TEST_MAIN("base/radix_sort", tests)
