#include "unshuffle.h"

#include "testing.h"

#include <string.h>

enum { MOST_ELEMENTS = 3000, MOST_BYTES = 24, MARGIN = 64 };

static unsigned char elements[MOST_ELEMENTS * MOST_BYTES], planes[MOST_ELEMENTS * MOST_BYTES];
static unsigned char found[MOST_ELEMENTS * MOST_BYTES + MARGIN];

static void shuffle(size_t n, size_t size)
{
    for (size_t i = 0; i < n * size; i++)
        elements[i] = (unsigned char)(i * 2654435761U >> 13);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < size; k++)
            planes[k * n + i] = elements[i * size + k];
    memset(found, 0xa5, sizeof found);
}

/* The first `done` elements are right, and nothing behind them was written. */
static void check_found(size_t done, size_t size)
{
    CU_ASSERT_EQUAL(memcmp(found, elements, done * size), 0);
    for (size_t i = 0; i < MARGIN; i++)
        CU_ASSERT_EQUAL(found[done * size + i], 0xa5);
}

static const size_t counts[] = {0, 1, 7, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 1023, 2999};

static void test_best(void)
{
    for (size_t size = 1; size <= MOST_BYTES; size++)
        for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
            shuffle(counts[c], size);
            wn_unshuffle(planes, found, counts[c], size);
            check_found(counts[c], size);
        }
}

static void test_plain(void)
{
    for (size_t size = 1; size <= MOST_BYTES; size++)
        for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
            shuffle(counts[c], size);
            wn_unshuffle_plain(planes, found, 0, counts[c], size);
            check_found(counts[c], size);
        }
}

#ifdef __x86_64__

typedef size_t kernel(const unsigned char *, unsigned char *, size_t, size_t);

static void test_kernel(kernel *unshuffle, size_t size, size_t width)
{
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
        shuffle(counts[c], size);
        size_t done = unshuffle(planes, found, counts[c], size);
        CU_ASSERT_EQUAL(done, counts[c] / width * width);
        check_found(done, size);
    }
}

static void test_sse2(void)
{
    for (size_t size = 1; size <= MOST_BYTES; size++)
        test_kernel(wn_unshuffle_sse2, size, 16);
}

static void test_avx2(void)
{
    if (!__builtin_cpu_supports("avx2"))
        return;
    for (size_t size = 2; size <= 8; size *= 2)
        test_kernel(wn_unshuffle_avx2, size, 32);
    CU_ASSERT_EQUAL(wn_unshuffle_avx2(planes, found, 1000, 3), 0);
}

#else

static void test_sse2(void)
{
}

static void test_avx2(void)
{
}

#endif

static const wn_test tests[] = {
    {"the kernel of this processor, every size", test_best},
    {"plain loops, every size", test_plain},
    {"SSE2", test_sse2},
    {"AVX2 where there is such a processor", test_avx2},
};

TEST_MAIN("unshuffle", tests)
