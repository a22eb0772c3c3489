/* The bytes of all ranks arrive once, in the order of ranks, whatever the size of a piece. */
#include "winnow/ranks.h"

#include "testing.h"

#include <stdio.h>
#include <string.h>

enum { MOST = 100 };

typedef struct {
    unsigned char bytes[16 * MOST];
    size_t n, fails_at;
} received;

static wn_status take(void *context, const void *bytes, size_t n)
{
    received *to = context;
    if (to->n + n > to->fails_at)
        return wn_fail(WN_IO, "no room beyond %zu bytes", to->fails_at);
    memcpy(to->bytes + to->n, bytes, n);
    to->n += n;
    return WN_OK;
}

/* Rank r has (37 r + 13) mod MOST bytes; the last has none, and a multiple of the piece is among them. */
static size_t bytes_of(int rank, unsigned char *bytes)
{
    size_t n = rank == 2 ? 32 : (size_t)(37 * rank + 13) % MOST;
    if (rank > 0 && rank == test_ranks.size - 1)
        n = 0;
    for (size_t i = 0; i < n; i++)
        bytes[i] = (unsigned char)(31 * rank + (int)i);
    return n;
}

static void test_order(void)
{
    static const size_t pieces[] = {1, 7, 16, 1000, 0};
    unsigned char mine[MOST], wanted[16 * MOST];
    size_t n = 0, n_mine = bytes_of(test_ranks.rank, mine);
    for (int rank = 0; rank < test_ranks.size; rank++)
        n += bytes_of(rank, wanted + n);
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        received to = {.fails_at = sizeof to.bytes};
        wn_ranks_piece_bytes(pieces[i]);
        CHECK_OK(wn_ranks_stream(&test_ranks, mine, n_mine, take, &to));
        CU_ASSERT_EQUAL(to.n, test_ranks.rank == 0 ? n : 0);
        CU_ASSERT_EQUAL(memcmp(to.bytes, wanted, to.n), 0);
    }
    wn_ranks_piece_bytes(0);
}

/* What fails on rank 0 in the middle is the status of all, and nothing is left in flight. */
static void test_failure(void)
{
    unsigned char mine[MOST];
    size_t n_mine = bytes_of(test_ranks.rank, mine);
    received to = {.fails_at = 5}, after = {.fails_at = sizeof after.bytes};
    wn_ranks_piece_bytes(4);
    CU_ASSERT_EQUAL(wn_ranks_stream(&test_ranks, mine, n_mine, take, &to), WN_IO);
    CU_ASSERT_PTR_NOT_NULL(strstr(wn_status_message(), "no room beyond 5 bytes"));
    CHECK_OK(wn_ranks_stream(&test_ranks, mine, n_mine, take, &after));
    wn_ranks_piece_bytes(0);
    int64_t sum = 1;
    CHECK_OK(wn_ranks_sum(&test_ranks, &sum, 1));
    CU_ASSERT_EQUAL(sum, test_ranks.size);
}

static const wn_test tests[] = {{"order of ranks", test_order}, {"failure on rank 0", test_failure}};

TEST_MAIN("comm/stream", tests)
