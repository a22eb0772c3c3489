#include "winnow/hash.h"

#include "testing.h"
#include "winnow/memory.h"

#include <stdio.h>
#include <string.h>
#include <xxhash.h>

enum { N_BYTES = 5000 };

static unsigned char bytes[N_BYTES];

static void fill(void)
{
    for (size_t i = 0; i < N_BYTES; i++)
        bytes[i] = (unsigned char)(i * i / 7 + i);
}

static void test_bytes(void)
{
    static const size_t sizes[] = {0, 1, 8, 16, 17, 240, 241, 1024, N_BYTES};
    fill();
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        XXH128_hash_t plain = XXH3_128bits(bytes, sizes[i]), seeded = XXH3_128bits_withSeed(bytes, sizes[i], 9);
        wn_hash hash = wn_hash_bytes(bytes, sizes[i], 0), other = wn_hash_bytes(bytes, sizes[i], 9);
        CU_ASSERT(hash.low == plain.low64 && hash.high == plain.high64);
        CU_ASSERT(other.low == seeded.low64 && other.high == seeded.high64);
        CU_ASSERT_NOT_EQUAL(wn_hash_compare(hash, other), 0);
    }
}

static void test_parts(void)
{
    wn_hasher *hasher = NULL;
    fill();
    if (!CHECK_OK(wn_hasher_new(&hasher, 5)))
        return;
    for (size_t first = 0, n = 1; first < N_BYTES; first += n, n = 2 * n + 1)
        wn_hasher_add(hasher, bytes + first, n < N_BYTES - first ? n : N_BYTES - first);
    CU_ASSERT_EQUAL(wn_hash_compare(wn_hasher_finish(hasher), wn_hash_bytes(bytes, N_BYTES, 5)), 0);
    CU_ASSERT_EQUAL(wn_hash_compare(wn_hasher_finish(hasher), wn_hasher_finish(hasher)), 0);
    wn_hasher_free(hasher);
    wn_hasher_free(NULL);
}

static wn_hash hash_of_texts(const char *a, const char *b)
{
    wn_hasher *hasher = NULL;
    wn_hash hash = {0, 0};
    if (CHECK_OK(wn_hasher_new(&hasher, 0))) {
        wn_hasher_add_text(hasher, a);
        wn_hasher_add_text(hasher, b);
        hash = wn_hasher_finish(hasher);
    }
    wn_hasher_free(hasher);
    return hash;
}

static void test_texts(void)
{
    CU_ASSERT_NOT_EQUAL(wn_hash_compare(hash_of_texts("ab", "c"), hash_of_texts("a", "bc")), 0);
    CU_ASSERT_NOT_EQUAL(wn_hash_compare(hash_of_texts("", "a"), hash_of_texts("a", "")), 0);
    CU_ASSERT_EQUAL(wn_hash_compare(hash_of_texts("a", "b"), hash_of_texts("a", "b")), 0);
}

static void test_order_and_text(void)
{
    char text[WN_HASH_TEXT_SIZE];
    wn_hash small = {UINT64_MAX, 1}, large = {0, 2}, near = {3, 2};
    CU_ASSERT_EQUAL(wn_hash_compare(small, large), -1);
    CU_ASSERT_EQUAL(wn_hash_compare(large, small), 1);
    CU_ASSERT_EQUAL(wn_hash_compare(large, near), -1);
    CU_ASSERT_EQUAL(wn_hash_compare(near, near), 0);
    wn_hash_text((wn_hash){0xAB, 0x1}, text);
    CU_ASSERT_STRING_EQUAL(text, "000000000000000100000000000000ab");
}

static void test_file(void)
{
    wn_hash hash = {0, 0};
    FILE *file = fopen(test_path("bytes"), "wb");
    fill();
    CU_ASSERT(file != NULL);
    if (file == NULL)
        return;
    CU_ASSERT_EQUAL(fwrite(bytes, 1, N_BYTES, file), N_BYTES);
    fclose(file);
    CHECK_OK(wn_hash_file(&hash, test_path("bytes")));
    CU_ASSERT_EQUAL(wn_hash_compare(hash, wn_hash_bytes(bytes, N_BYTES, 0)), 0);
    CU_ASSERT_EQUAL(wn_hash_file(&hash, test_path("absent")), WN_NO_INPUT);
    CU_ASSERT_PTR_NOT_NULL(strstr(wn_status_message(), "absent"));
    size_t before = wn_memory_used();
    CU_ASSERT_EQUAL(wn_hash_file(&hash, test_path("")), WN_IO); /* a directory */
    wn_memory_fail_at(1);
    CU_ASSERT_EQUAL(wn_hash_file(&hash, test_path("bytes")), WN_NO_MEMORY);
    wn_memory_fail_at(0);
    CU_ASSERT_EQUAL(wn_memory_used(), before);
}

static const wn_test tests[] = {{"bytes, as XXH3 has them", test_bytes},
                                {"the same in parts", test_parts},
                                {"texts", test_texts},
                                {"order and text", test_order_and_text},
                                {"a file", test_file}};

TEST_MAIN("base/hash", tests)
