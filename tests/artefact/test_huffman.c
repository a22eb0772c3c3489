/* Round trips over many alphabets, the length against the entropy bound and an optimal code found by brute force of the
 * definition (merging the two rarest), and bytes that no encoder makes. */
#include "testing.h"

#include "winnow/huffman.h"
#include "winnow/memory.h"
#include "winnow/random.h"

#include <math.h>
#include <string.h>

enum { N = 20000 };

static const wn_random stream = {7, WN_RANDOM_TEST, 1};

/* Symbols of alphabet n_alphabet, the larger `skew` the rarer the high ones. */
static void draw(uint16_t *symbols, size_t n, size_t n_alphabet, double skew, uint64_t seed)
{
    for (size_t i = 0; i < n; i++) {
        double u = wn_random_uniform((wn_random){seed, WN_RANDOM_TEST, 2}, i);
        symbols[i] = (uint16_t)((double)n_alphabet * pow(u, skew));
    }
}

static void count(const uint16_t *symbols, size_t n, uint64_t *counts)
{
    memset(counts, 0, WN_HUFFMAN_ALPHABET * sizeof *counts);
    for (size_t i = 0; i < n; i++)
        counts[symbols[i]]++;
}

static bool round_trip(const uint16_t *symbols, size_t n, size_t n_alphabet, size_t *n_bytes)
{
    wn_bytes bytes = {0};
    uint16_t *back = NULL;
    size_t n_used = 0;
    bool same = CHECK_OK(wn_huffman_encode(&bytes, symbols, n, n_alphabet)) && CHECK_OK(wn_new(&back, n)) &&
                CHECK_OK(wn_huffman_decode(bytes.data, bytes.n, back, n, n_alphabet, &n_used)) && n_used == bytes.n &&
                (n == 0 || memcmp(back, symbols, n * sizeof *back) == 0);
    CU_ASSERT_TRUE(same);
    *n_bytes = bytes.n;
    wn_free(back);
    wn_bytes_clear(&bytes);
    return same;
}

static double entropy_bytes(const uint64_t *counts, size_t n)
{
    double bits = 0;
    for (size_t i = 0; i < WN_HUFFMAN_ALPHABET; i++)
        if (counts[i] > 0)
            bits += (double)counts[i] * log2((double)n / (double)counts[i]);
    return bits / 8;
}

/* Bytes of the best code without limit: the sum of all merged counts. */
static double optimal_bytes(uint64_t *counts)
{
    double bits = 0;
    for (;;) {
        size_t a = SIZE_MAX, b = SIZE_MAX;
        for (size_t i = 0; i < WN_HUFFMAN_ALPHABET; i++) {
            if (counts[i] == 0)
                continue;
            if (a == SIZE_MAX || counts[i] < counts[a]) {
                b = a;
                a = i;
            } else if (b == SIZE_MAX || counts[i] < counts[b]) {
                b = i;
            }
        }
        if (b == SIZE_MAX)
            return bits / 8;
        counts[a] += counts[b];
        counts[b] = 0;
        bits += (double)counts[a];
    }
}

static void test_round_trips(void)
{
    static uint16_t symbols[N];
    const size_t alphabets[] = {2, 3, 5, 17, 64, 255, 256, 700, 1024}, lengths[] = {1, 2, 3, 50, N};
    const double skews[] = {1, 2, 4, 12};
    size_t n_bytes;
    for (size_t a = 0; a < sizeof alphabets / sizeof *alphabets; a++)
        for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++)
            for (size_t s = 0; s < sizeof skews / sizeof *skews; s++) {
                draw(symbols, lengths[l], alphabets[a], skews[s], 100 * a + 10 * l + s);
                round_trip(symbols, lengths[l], alphabets[a], &n_bytes);
                unsigned width = 1;
                while (alphabets[a] > (size_t)1 << width)
                    width++;
                CU_ASSERT_TRUE(n_bytes <= 3 || n_bytes <= 1 + (lengths[l] * width + 7) / 8);
            }
}

static void test_size(void)
{
    static uint16_t symbols[N];
    uint64_t counts[WN_HUFFMAN_ALPHABET];
    const double skews[] = {1.3, 2, 3, 6};
    for (size_t s = 0; s < 4; s++) {
        size_t n_bytes;
        draw(symbols, N, 200, skews[s], s);
        round_trip(symbols, N, 200, &n_bytes);
        count(symbols, N, counts);
        double entropy = entropy_bytes(counts, N), best = optimal_bytes(counts);
        /* the stored table takes at most 7 bits a symbol, and some */
        CU_ASSERT_TRUE((double)n_bytes >= entropy);
        CU_ASSERT_TRUE((double)n_bytes <= 1.01 * best + 200);
        CU_ASSERT_TRUE(best <= 1.01 * entropy + N / 8.0 * 0.05);
    }
}

static void test_empty_and_single(void)
{
    static uint16_t symbols[N];
    size_t n_bytes;
    round_trip(symbols, 0, 5, &n_bytes);
    CU_ASSERT_EQUAL(n_bytes, 0);
    for (size_t i = 0; i < N; i++)
        symbols[i] = 777;
    round_trip(symbols, N, 1024, &n_bytes);
    CU_ASSERT_EQUAL(n_bytes, 3);
    round_trip(symbols, 1, 1024, &n_bytes);
    CU_ASSERT_EQUAL(n_bytes, 3);
}

/* Counts that grow like Fibonacci's numbers make the deepest code: the limit must hold and the code stay complete. */
static void test_limit(void)
{
    uint64_t counts[40], kraft = 0;
    unsigned char lengths[40];
    counts[0] = counts[1] = 1;
    for (size_t i = 2; i < 40; i++)
        counts[i] = counts[i - 1] + counts[i - 2];
    wn_huffman_lengths(counts, 40, WN_HUFFMAN_LENGTH, lengths);
    for (size_t i = 0; i < 40; i++) {
        CU_ASSERT_TRUE(lengths[i] >= 1 && lengths[i] <= WN_HUFFMAN_LENGTH);
        CU_ASSERT_TRUE(i == 0 || lengths[i] <= lengths[i - 1]);
        kraft += 1u << (WN_HUFFMAN_LENGTH - lengths[i]);
    }
    CU_ASSERT_EQUAL(kraft, 1u << WN_HUFFMAN_LENGTH);
}

static void test_damage(void)
{
    static uint16_t symbols[300], back[300];
    wn_bytes bytes = {0};
    size_t n_used;
    draw(symbols, 300, 60, 3, 9);
    CHECK_OK(wn_huffman_encode(&bytes, symbols, 300, 60));
    for (size_t n = 0; n < bytes.n; n++)
        CU_ASSERT_EQUAL(wn_huffman_decode(bytes.data, n, back, 300, 60, &n_used), WN_BAD_DATA);
    for (size_t i = 0; i < 8 * bytes.n; i++) { /* any flipped bit: no crash, and never more than there is */
        bytes.data[i / 8] ^= (unsigned char)(1u << i % 8);
        wn_status status = wn_huffman_decode(bytes.data, bytes.n, back, 300, 60, &n_used);
        CU_ASSERT_TRUE(status == WN_BAD_DATA || (status == WN_OK && n_used <= bytes.n));
        bytes.data[i / 8] ^= (unsigned char)(1u << i % 8);
    }
    for (uint64_t i = 0; i < 20000; i++) {
        unsigned char noise[64];
        for (size_t k = 0; k < 8; k++) {
            uint64_t bits = wn_random_bits(stream, 8 * i + k);
            memcpy(noise + 8 * k, &bits, 8);
        }
        noise[0] = (unsigned char)(1 + i % 4);
        wn_status status = wn_huffman_decode(noise, sizeof noise, back, 300, 60, &n_used);
        CU_ASSERT_TRUE(status == WN_BAD_DATA || n_used <= sizeof noise);
    }
    wn_bytes_clear(&bytes);
}

static void test_no_memory(void)
{
    static uint16_t symbols[N];
    draw(symbols, N, 200, 2, 3);
    size_t before = wn_memory_used();
    for (int64_t nth = 1; nth < 100; nth++) {
        wn_bytes bytes = {0};
        wn_memory_fail_at(nth);
        wn_status status = wn_huffman_encode(&bytes, symbols, N, 200);
        wn_memory_fail_at(0);
        wn_bytes_clear(&bytes);
        CU_ASSERT_EQUAL(wn_memory_used(), before);
        if (status == WN_OK)
            return;
        CU_ASSERT_EQUAL(status, WN_NO_MEMORY);
    }
    CU_FAIL("never succeeded");
}

static const wn_test tests[] = {{"round_trips", test_round_trips},
                                {"size", test_size},
                                {"empty_and_single", test_empty_and_single},
                                {"limit", test_limit},
                                {"damage", test_damage},
                                {"no_memory", test_no_memory}};

TEST_MAIN("huffman", tests)
