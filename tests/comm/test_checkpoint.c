/* Sections come back as they were put in, on every rank; no damage of the file passes. */
#include "winnow/checkpoint.h"

#include "testing.h"
#include "winnow/memory.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const double weights[] = {1.5, -0.0, 3e300, 7};
static const char text[] = "an odd number of bytes";

static wn_status make(wn_checkpoint **checkpoint)
{
    wn_status status = WN_OK;
    wn_checkpoint *made = NULL;
    TRY(wn_checkpoint_new(&made));
    TRY(wn_checkpoint_put(made, "weights", weights, sizeof weights));
    TRY(wn_checkpoint_put(made, "text", text, sizeof text));
    TRY(wn_checkpoint_put(made, "nothing", NULL, 0));
    *checkpoint = made;
    made = NULL;
done:
    wn_checkpoint_free(made);
    return status;
}

static void check_sections(const wn_checkpoint *checkpoint)
{
    double found[4] = {0};
    char words[sizeof text];
    size_t n = 99;
    CHECK_OK(wn_checkpoint_get(checkpoint, "weights", found, sizeof found));
    CU_ASSERT_EQUAL(memcmp(found, weights, sizeof weights), 0);
    CHECK_OK(wn_checkpoint_get(checkpoint, "text", words, sizeof words));
    CU_ASSERT_STRING_EQUAL(words, text);
    CU_ASSERT_PTR_NOT_NULL(wn_checkpoint_find(checkpoint, "nothing", &n));
    CU_ASSERT_EQUAL(n, 0);
    CU_ASSERT_EQUAL((uintptr_t)wn_checkpoint_find(checkpoint, "text", &n) % 16, 0);
    CU_ASSERT_PTR_NULL(wn_checkpoint_find(checkpoint, "weight", &n));
    CU_ASSERT_EQUAL(wn_checkpoint_get(checkpoint, "weights", found, sizeof found - 1), WN_IO);
    CU_ASSERT_EQUAL(wn_checkpoint_get(checkpoint, "absent", found, 0), WN_IO);
}

static void test_file(void)
{
    wn_checkpoint *made = NULL, *found = NULL;
    const char *path = test_path("state");
    if (test_ranks.rank != 0 || !CHECK_OK(make(&made)))
        return;
    check_sections(made);
    CU_ASSERT_EQUAL(wn_checkpoint_read(&found, path), WN_NO_INPUT);
    if (CHECK_OK(wn_checkpoint_write(made, path)) && CHECK_OK(wn_checkpoint_read(&found, path)))
        check_sections(found);
    CU_ASSERT_EQUAL(wn_checkpoint_write(made, test_path("absent/state")), WN_CANT_CREATE);
    wn_checkpoint_free(found);
    wn_checkpoint_free(made);
}

static long read_file(const char *path, unsigned char *bytes, size_t size)
{
    FILE *file = fopen(path, "rb");
    size_t n = file != NULL ? fread(bytes, 1, size, file) : 0;
    if (file != NULL)
        fclose(file);
    return (long)n;
}

static void write_file(const char *path, const unsigned char *bytes, size_t n)
{
    FILE *file = fopen(path, "wb");
    CU_ASSERT_PTR_NOT_NULL(file);
    if (file == NULL)
        return;
    CU_ASSERT_EQUAL(fwrite(bytes, 1, n, file), n);
    fclose(file);
}

static void check_damaged(const char *path)
{
    wn_checkpoint *found = NULL;
    CU_ASSERT_EQUAL(wn_checkpoint_read(&found, path), WN_BAD_DATA);
    CU_ASSERT_PTR_NULL(found);
    CU_ASSERT_PTR_NOT_NULL(strstr(wn_status_message(), path));
}

/* Every byte flipped, every length cut, one byte more. */
static void test_damage(void)
{
    unsigned char bytes[4096];
    wn_checkpoint *made = NULL;
    const char *path = test_path("whole"), *damaged = test_path("damaged");
    if (test_ranks.rank != 0 || !CHECK_OK(make(&made)))
        return;
    CHECK_OK(wn_checkpoint_write(made, path));
    wn_checkpoint_free(made);
    size_t n = (size_t)read_file(path, bytes, sizeof bytes);
    CU_ASSERT(n > 200 && n < sizeof bytes);
    for (size_t i = 0; i < n; i++) {
        bytes[i] ^= (unsigned char)(1u << i % 8);
        write_file(damaged, bytes, n);
        check_damaged(damaged);
        bytes[i] ^= (unsigned char)(1u << i % 8);
    }
    for (size_t length = 0; length < n; length++) {
        write_file(damaged, bytes, length);
        check_damaged(damaged);
    }
    write_file(damaged, bytes, n + 1);
    check_damaged(damaged);
}

static void test_share(void)
{
    wn_checkpoint *state = NULL, *nothing = NULL;
    bool is_root = test_ranks.rank == 0, is_made = !is_root || CHECK_OK(make(&state));
    if (is_root && is_made)
        CHECK_OK(wn_checkpoint_write(state, test_path("shared")));
    CHECK_OK(wn_checkpoint_share(&test_ranks, &state));
    if (state != NULL)
        check_sections(state);
    CU_ASSERT_PTR_NOT_NULL(state);
    CHECK_OK(wn_checkpoint_share(&test_ranks, &nothing));
    CU_ASSERT_PTR_NULL(nothing);
    wn_checkpoint_free(state);
}

/* An allocation that fails anywhere leaks nothing and leaves the old file. */
static void test_allocation(void)
{
    const char *path = test_path("kept");
    wn_checkpoint *made = NULL, *found = NULL;
    if (test_ranks.rank != 0 || !CHECK_OK(make(&made)))
        return;
    CHECK_OK(wn_checkpoint_write(made, path));
    size_t before = wn_memory_used();
    for (int64_t n = 1; n < 20; n++) {
        wn_checkpoint *other = NULL;
        wn_memory_fail_at(n);
        wn_status status = make(&other);
        if (status == WN_OK)
            status = wn_checkpoint_write(other, path);
        if (status == WN_OK)
            status = wn_checkpoint_read(&found, path);
        wn_memory_fail_at(0);
        CU_ASSERT(status == WN_OK || status == WN_NO_MEMORY);
        wn_checkpoint_free(other);
        wn_checkpoint_free(found);
        found = NULL;
        CU_ASSERT_EQUAL(wn_memory_used(), before);
        if (CHECK_OK(wn_checkpoint_read(&found, path)))
            check_sections(found);
        wn_checkpoint_free(found);
        found = NULL;
    }
    wn_checkpoint_free(made);
}

static const wn_test tests[] = {{"sections and files", test_file},
                                {"any damage is found", test_damage},
                                {"rank 0's on every rank", test_share},
                                {"allocations that fail", test_allocation}};

TEST_MAIN("comm/checkpoint", tests)
