#include "winnow/ranks.h"

#include "testing.h"
#include "winnow/memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N_VALUES = 1000 };

/* Pieces of one value, of a number that does not divide the rest, smaller than a value, and the default. */
static const size_t PIECES[] = {8, 72, 3, 0};
enum { N_PIECES = sizeof PIECES / sizeof *PIECES };

static void test_parts(void)
{
    static const int64_t sizes[] = {0, 1, 4, 5, 100, 101, (int64_t)1 << 60};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int n_parts = 1; n_parts <= 7; n_parts++) {
            int64_t next = 0;
            for (int part = 0; part < n_parts; part++) {
                wn_range range = wn_range_part(sizes[i], n_parts, part);
                int64_t n = range.last - range.first;
                CU_ASSERT_EQUAL(range.first, next);
                CU_ASSERT(n == sizes[i] / n_parts || n == sizes[i] / n_parts + 1);
                next = range.last;
            }
            CU_ASSERT_EQUAL(next, sizes[i]);
        }
}

static int64_t value_of(int rank, size_t i)
{
    return (int64_t)((i * 37 + (size_t)rank * 1009) % 2003) - 1000;
}

static void check_sum_and_max(size_t n)
{
    int64_t sums[N_VALUES], most[N_VALUES];
    size_t wrong = 0;
    for (size_t i = 0; i < n; i++)
        sums[i] = most[i] = value_of(test_ranks.rank, i);
    CHECK_OK(wn_ranks_sum(&test_ranks, sums, n));
    CHECK_OK(wn_ranks_max(&test_ranks, most, n));
    for (size_t i = 0; i < n; i++) {
        int64_t sum = 0, greatest = INT64_MIN;
        for (int r = 0; r < test_ranks.size; r++) {
            sum += value_of(r, i);
            greatest = value_of(r, i) > greatest ? value_of(r, i) : greatest;
        }
        wrong += sums[i] != sum || most[i] != greatest ? 1 : 0;
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void test_sum_and_max(void)
{
    for (size_t p = 0; p < N_PIECES; p++) {
        wn_ranks_piece_bytes(PIECES[p]);
        check_sum_and_max(N_VALUES);
        check_sum_and_max(1);
        check_sum_and_max(0);
    }
    CHECK_OK(wn_ranks_sum(&test_ranks, NULL, 0));
}

/* Numbers of which each rank has every size-th, their signs and gaps included. */
static void test_unite(void)
{
    static const double NUMBERS[] = {-0.0, 1e300, -INFINITY, 3, NAN, -2.5, 0, 1e-310};
    double values[N_VALUES], wanted[N_VALUES];
    for (size_t p = 0; p < N_PIECES; p++) {
        wn_ranks_piece_bytes(PIECES[p]);
        for (size_t i = 0; i < N_VALUES; i++) {
            wanted[i] = NUMBERS[i % 8];
            values[i] = i % (size_t)test_ranks.size == (size_t)test_ranks.rank ? wanted[i] : 0;
        }
        CHECK_OK(wn_ranks_unite(&test_ranks, values, sizeof values));
        CU_ASSERT_EQUAL(memcmp(values, wanted, sizeof values), 0);
    }
    CHECK_OK(wn_ranks_unite(&test_ranks, NULL, 0));
}

static void test_agree(void)
{
    int last = test_ranks.size - 1;
    char wanted[64];
    bool is_alone = test_ranks.size == 1, is_last = test_ranks.rank == last;
    CHECK_OK(wn_ranks_agree(&test_ranks, WN_OK));
    /* The largest wins, whoever has it; its message is everywhere and names the rank. */
    wn_status mine = is_last ? wn_fail(WN_IO, "disk %d", last) : wn_fail(WN_BAD_DATA, "cell %d", test_ranks.rank);
    CU_ASSERT_EQUAL(wn_ranks_agree(&test_ranks, mine), WN_IO);
    snprintf(wanted, sizeof wanted, is_alone ? "disk %d" : "rank %d: disk %d", last, last);
    CU_ASSERT_STRING_EQUAL(wn_status_message(), wanted);
    /* Agreed again, the rank is not named twice. */
    CU_ASSERT_EQUAL(wn_ranks_agree(&test_ranks, is_last ? WN_IO : WN_OK), WN_IO);
    CU_ASSERT_STRING_EQUAL(wn_status_message(), wanted);
    /* Of equals the lowest rank's; a message that only begins alike is named too. */
    CU_ASSERT_EQUAL(wn_ranks_agree(&test_ranks, wn_fail(WN_IO, "rank %s", "method")), WN_IO);
    CU_ASSERT_STRING_EQUAL(wn_status_message(), is_alone ? "rank method" : "rank 0: rank method");
    CHECK_OK(wn_ranks_agree(&test_ranks, WN_OK));
}

static void test_broadcast(void)
{
    char bytes[N_VALUES];
    for (size_t p = 0; p < N_PIECES; p++)
        for (int root = 0; root < test_ranks.size; root++) {
            size_t wrong = 0;
            wn_ranks_piece_bytes(PIECES[p]);
            for (size_t i = 0; i < N_VALUES; i++)
                bytes[i] = (char)(test_ranks.rank == root ? (i + (size_t)root) % 100 : 101);
            CHECK_OK(wn_ranks_broadcast(&test_ranks, root, bytes, N_VALUES));
            for (size_t i = 0; i < N_VALUES; i++)
                wrong += bytes[i] != (char)((i + (size_t)root) % 100);
            CU_ASSERT_EQUAL(wrong, 0);
        }
    wn_ranks_piece_bytes(0);
}

static void check_text(int root, char *sent)
{
    char *text = test_ranks.rank == root ? sent : NULL;
    CHECK_OK(wn_ranks_broadcast_text(&test_ranks, root, &text));
    CU_ASSERT_EQUAL(text == NULL, sent == NULL);
    if (text != NULL && sent != NULL)
        CU_ASSERT_STRING_EQUAL(text, sent);
    CU_ASSERT(test_ranks.rank != root || text == sent);
    if (test_ranks.rank != root)
        wn_free(text);
}

static void test_broadcast_text(void)
{
    char text[] = "sensors.h5", empty[] = "";
    size_t before = wn_memory_used();
    wn_ranks_piece_bytes(4);
    for (int root = 0; root < test_ranks.size; root++) {
        check_text(root, text);
        check_text(root, empty);
        check_text(root, NULL);
    }
    wn_ranks_piece_bytes(0);
    CU_ASSERT_EQUAL(wn_memory_used(), before);
}

/* From every rank to the next; all but rank 0 receive first, so that not all of the ring wait for each other. */
static void check_pass_on(size_t n)
{
    unsigned char mine[N_VALUES], theirs[N_VALUES] = {0};
    int next = (test_ranks.rank + 1) % test_ranks.size,
        last = (test_ranks.rank + test_ranks.size - 1) % test_ranks.size;
    size_t wrong = 0;
    for (size_t i = 0; i < n; i++)
        mine[i] = (unsigned char)(value_of(test_ranks.rank, i) & 0xff);
    if (test_ranks.rank != 0)
        CHECK_OK(wn_ranks_receive(&test_ranks, last, theirs, n));
    CHECK_OK(wn_ranks_send(&test_ranks, next, mine, n));
    if (test_ranks.rank == 0)
        CHECK_OK(wn_ranks_receive(&test_ranks, last, theirs, n));
    for (size_t i = 0; i < n; i++)
        wrong += theirs[i] != (unsigned char)(value_of(last, i) & 0xff);
    CU_ASSERT_EQUAL(wrong, 0);
}

static void test_send_and_receive(void)
{
    for (size_t p = 0; p < N_PIECES && test_ranks.size > 1; p++) {
        wn_ranks_piece_bytes(PIECES[p]);
        check_pass_on(N_VALUES);
        check_pass_on(1);
        check_pass_on(0);
    }
    wn_ranks_piece_bytes(0);
}

/* Rank r brings r x r elements of 24 bytes: rank 0 none. */
static void test_gather_all(void)
{
    int64_t mine[32][3], (*all)[3] = NULL;
    size_t n_mine = (size_t)(test_ranks.rank * test_ranks.rank), n = 0, at = 0, wrong = 0;
    for (size_t i = 0; i < n_mine && i < 32; i++)
        for (size_t k = 0; k < 3; k++)
            mine[i][k] = value_of(test_ranks.rank, 3 * i + k);
    for (size_t p = 0; p < N_PIECES; p++) {
        wn_ranks_piece_bytes(PIECES[p]);
        at = 0;
        if (!CHECK_OK(
                wn_ranks_gather_all(&test_ranks, n_mine > 0 ? mine : NULL, n_mine, sizeof *mine, (void **)&all, &n)))
            continue;
        for (int r = 0; r < test_ranks.size; r++)
            for (size_t i = 0; i < (size_t)(r * r); i++, at++)
                for (size_t k = 0; k < 3 && at < n; k++)
                    wrong += all[at][k] != value_of(r, 3 * i + k);
        CU_ASSERT_EQUAL(n, at);
        CU_ASSERT_EQUAL(wrong, 0);
        wn_free(all);
    }
    wn_ranks_piece_bytes(0);
}

static size_t n_sent(int from, int to, bool is_empty)
{
    return is_empty ? 0 : (size_t)((from * 3 + to * 5) % 4);
}

static void check_exchange(bool is_empty)
{
    size_t n_to[8], n_from[8], n_send = 0, at = 0, wrong = 0;
    int64_t send[64] = {0}, *received = NULL;
    for (int r = 0; r < test_ranks.size; r++) {
        n_to[r] = n_sent(test_ranks.rank, r, is_empty);
        for (size_t i = 0; i < n_to[r]; i++)
            send[n_send++] = test_ranks.rank * 10000 + r * 100 + (int64_t)i;
    }
    if (!CHECK_OK(wn_ranks_exchange(&test_ranks, send, n_to, sizeof *send, (void **)&received, n_from)))
        return;
    for (int r = 0; r < test_ranks.size; r++) {
        CU_ASSERT_EQUAL(n_from[r], n_sent(r, test_ranks.rank, is_empty));
        for (size_t i = 0; i < n_from[r]; i++)
            wrong += received[at++] != r * 10000 + test_ranks.rank * 100 + (int64_t)i;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    wn_free(received);
}

/* What came so far: bytes of ranks in any order, each rank's together. */
typedef struct {
    unsigned char bytes[64];
    size_t n;
    wn_status answer;
} dealt;

static wn_status take_dealt(void *context, const void *bytes, size_t n)
{
    dealt *came = context;
    CU_ASSERT(n > 0 && came->n + n <= sizeof came->bytes);
    memcpy(came->bytes + came->n, bytes, n);
    came->n += n;
    return came->answer == WN_OK ? WN_OK : wn_fail(came->answer, "not taken");
}

/* The bytes of rank `from` for rank `to` begin with from x 16 + to and go up. One rank fails to take them. */
static void check_deal(bool is_empty, wn_status answer)
{
    size_t n_to[8], n = 0, wrong = 0, expected = 0;
    unsigned char send[64] = {0};
    dealt came = {.answer = test_ranks.rank == test_ranks.size - 1 ? answer : WN_OK};
    for (int r = 0; r < test_ranks.size; r++) {
        n_to[r] = n_sent(test_ranks.rank, r, is_empty);
        expected += n_sent(r, test_ranks.rank, is_empty);
        for (size_t i = 0; i < n_to[r]; i++)
            send[n++] = (unsigned char)(test_ranks.rank * 16 + r + (int)i);
    }
    wn_status status = wn_ranks_deal(&test_ranks, send, n_to, take_dealt, &came);
    int64_t both[2] = {status, -(int64_t)status};
    CHECK_OK(wn_ranks_max(&test_ranks, both, 2));
    CU_ASSERT_EQUAL(both[0], -both[1]);
    CU_ASSERT(status == WN_OK || status == answer);
    if (status != WN_OK)
        return;
    CU_ASSERT_EQUAL(came.n, expected);
    for (size_t at = 0; at < came.n;) {
        int from = came.bytes[at] / 16;
        for (size_t i = 0; i < n_sent(from, test_ranks.rank, is_empty); i++)
            wrong += came.bytes[at++] != from * 16 + test_ranks.rank + (int)i;
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void test_exchange(void)
{
    size_t before = wn_memory_used();
    for (size_t p = 0; p < N_PIECES; p++) {
        wn_ranks_piece_bytes(PIECES[p]);
        check_exchange(false);
        check_exchange(true);
        check_deal(false, WN_OK);
        check_deal(true, WN_OK);
        check_deal(false, WN_IO);
    }
    CU_ASSERT_EQUAL(wn_memory_used(), before);
}

/* An allocation of the last rank fails: all have the status, none leaks. */
static wn_status use_memory(void)
{
    wn_status status = WN_OK;
    size_t n_to[8] = {0}, n_from[8], n = 0;
    int64_t number = test_ranks.rank, *all = NULL, *received = NULL;
    char sent[] = "text", *text = test_ranks.rank == 0 ? sent : NULL;
    dealt came = {.n = 0};
    n_to[0] = 1;
    TRY(wn_ranks_gather_all(&test_ranks, &number, 1, sizeof number, (void **)&all, &n));
    TRY(wn_ranks_exchange(&test_ranks, &number, n_to, sizeof number, (void **)&received, n_from));
    TRY(wn_ranks_deal(&test_ranks, &number, n_to, take_dealt, &came));
    TRY(wn_ranks_broadcast_text(&test_ranks, 0, &text));
done:
    wn_free(all);
    wn_free(received);
    if (test_ranks.rank != 0)
        wn_free(text);
    return status;
}

static void test_allocation(void)
{
    size_t before = wn_memory_used();
    wn_status status = WN_NO_MEMORY;
    for (int64_t nth = 1; nth < 30 && status != WN_OK; nth++) {
        wn_memory_fail_at(test_ranks.rank == test_ranks.size - 1 ? nth : 0);
        status = use_memory();
        wn_memory_fail_at(0);
        CU_ASSERT(status == WN_OK ? nth > 4 : status == WN_NO_MEMORY);
        CU_ASSERT_EQUAL(wn_memory_used(), before);
        int64_t both[2] = {status, -(int64_t)status};
        CHECK_OK(wn_ranks_max(&test_ranks, both, 2));
        CU_ASSERT_EQUAL(both[0], -both[1]);
    }
    CU_ASSERT_EQUAL(status, WN_OK);
}

static const wn_test tests[] = {{"parts of a range", test_parts},
                                {"sums and maxima in pieces", test_sum_and_max},
                                {"parts of one whole", test_unite},
                                {"one status for all", test_agree},
                                {"bytes of one rank", test_broadcast},
                                {"text of one rank", test_broadcast_text},
                                {"bytes from one rank to one", test_send_and_receive},
                                {"all parts on every rank", test_gather_all},
                                {"parts from all to all", test_exchange},
                                {"an allocation that fails on one rank", test_allocation}};

TEST_MAIN("comm/ranks", tests)
