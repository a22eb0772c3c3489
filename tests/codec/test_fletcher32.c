#include "winnow/codec.h"

#include "testing.h"

#include "winnow/memory.h"

#include <string.h>

enum { MOST_BYTES = 300000 };

static unsigned char *stored, *decoded;
static wn_decoder *decoder;

static void test_first(void)
{
    CHECK_OK(wn_new(&stored, MOST_BYTES + 4));
    CHECK_OK(wn_new(&decoded, MOST_BYTES));
    CHECK_OK(wn_decoder_new(&decoder));
}

static void test_last(void)
{
    wn_decoder_free(decoder);
    wn_free(decoded);
    wn_free(stored);
    CU_ASSERT_EQUAL(wn_memory_used(), 0);
}

/* Word by word modulo 65535; multiples of it are written as 65535, and only a sum of nothing is 0. */
static uint64_t add_modulo(uint64_t sum, uint64_t number)
{
    return sum + number == 0 ? 0 : (sum + number - 1) % 65535 + 1;
}

static uint32_t sum_naively(const unsigned char *bytes, size_t n)
{
    uint64_t low = 0, high = 0;
    for (size_t i = 0; i < n; i += 2) {
        low = add_modulo(low, (uint64_t)bytes[i] << 8 | (i + 1 < n ? bytes[i + 1] : 0));
        high = add_modulo(high, low);
    }
    return (uint32_t)(high << 16 | low);
}

static void put_sum(uint32_t sum, size_t n)
{
    for (int k = 0; k < 4; k++)
        stored[n + (size_t)k] = (unsigned char)(sum >> 8 * k);
}

static wn_status decode(size_t n)
{
    wn_pipeline pipeline = {.n_filters = 1, .chunk_bytes = n, .filters = {{.id = 3}}};
    return wn_decoder_decode(decoder, &pipeline, 0, stored, n + 4, decoded);
}

static void check_sum(size_t n)
{
    uint32_t sum = sum_naively(stored, n);
    put_sum(sum, n);
    CHECK_OK(decode(n));
    CU_ASSERT_EQUAL(memcmp(decoded, stored, n), 0);
    put_sum((sum & 0xff00ff) << 8 | (sum >> 8 & 0xff00ff), n); /* as HDF5 1.6.2 wrote it */
    CHECK_OK(decode(n));
    put_sum(sum + 2, n);
    CU_ASSERT_EQUAL(decode(n), WN_BAD_DATA);
}

static void check_lengths(void)
{
    for (size_t n = 0; n < 3000; n++)
        check_sum(n);
    check_sum(MOST_BYTES);
    check_sum(MOST_BYTES - 1);
}

static void test_noise(void)
{
    uint64_t state = 1;
    for (size_t i = 0; i < MOST_BYTES; i++) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        stored[i] = (unsigned char)(state >> 56);
    }
    check_lengths();
}

/* The largest sums that there can be, and the least. */
static void test_extremes(void)
{
    memset(stored, 0, MOST_BYTES);
    for (size_t n = 0; n < 100; n++)
        check_sum(n);
    for (size_t n = 0; n < 3000; n++) {
        memset(stored, 0xff, n);
        check_sum(n);
    }
    memset(stored, 0xff, MOST_BYTES);
    check_sum(MOST_BYTES);
}

static const wn_test tests[] = {
    {"new", test_first},
    {"noise of every length", test_noise},
    {"zeros and ones", test_extremes},
    {"free", test_last},
};

TEST_MAIN("fletcher32", tests)
