#include "winnow/keyed_counts.h"

#include "testing.h"
#include "winnow/memory.h"
#include "winnow/random.h"

#include <string.h>

enum { N_KEYS = 300, N_ADDS = 5000 };

static wn_hash key_of(size_t number)
{
    return wn_hash_bytes(&number, sizeof number, 1);
}

/* The adds of one rank: few keys often, many keys seldom. */
typedef struct {
    size_t number;
    int64_t count, payload;
} one_add;

static one_add draw_add(int rank, size_t i)
{
    wn_random stream = {3, WN_RANDOM_TEST, (uint64_t)rank * N_ADDS + i};
    double u = wn_random_uniform(stream, 0);
    int64_t count = (int64_t)(wn_random_bits(stream, 1) % 5) - 1;
    return (one_add){(size_t)(u * u * u * N_KEYS), count, (int64_t)(wn_random_bits(stream, 2) >> 1) - INT64_MAX / 2};
}

static size_t adds_of(int rank)
{
    return rank % 3 == 1 ? 0 : N_ADDS; /* some ranks have nothing */
}

typedef struct {
    int64_t count[N_KEYS], payload[N_KEYS];
    size_t n;
} naive_counts;

/* What all ranks add. */
static naive_counts expect(void)
{
    naive_counts all = {.n = 0};
    for (size_t k = 0; k < N_KEYS; k++)
        all.payload[k] = INT64_MAX;
    for (int r = 0; r < test_ranks.size; r++)
        for (size_t i = 0; i < adds_of(r); i++) {
            one_add add = draw_add(r, i);
            all.n += all.payload[add.number] == INT64_MAX;
            all.count[add.number] += add.count;
            if (add.payload < all.payload[add.number])
                all.payload[add.number] = add.payload;
        }
    return all;
}

static wn_status add_mine(wn_keyed_counts *counts)
{
    wn_status status = WN_OK;
    for (size_t i = 0; i < adds_of(test_ranks.rank); i++) {
        one_add add = draw_add(test_ranks.rank, i);
        TRY(wn_keyed_counts_add(counts, key_of(add.number), add.count, add.payload));
    }
done:
    return status;
}

static size_t number_of(wn_hash key)
{
    size_t k = 0;
    while (k < N_KEYS && wn_hash_compare(key_of(k), key) != 0)
        k++;
    return k;
}

/* Sorted by key; every entry is the naive one; marks whose they are. */
static void check_entries(const wn_keyed_counts *counts, const naive_counts *all, int64_t *seen)
{
    wn_keyed_count *entries = NULL;
    size_t n = wn_keyed_counts_size(counts), wrong = 0;
    if (!CHECK_OK(wn_keyed_counts_sorted(counts, &entries)))
        return;
    for (size_t i = 0; i < n; i++) {
        size_t k = number_of(entries[i].key);
        wrong += i > 0 && wn_hash_compare(entries[i - 1].key, entries[i].key) >= 0;
        wrong += k == N_KEYS || entries[i].count != all->count[k] || entries[i].payload != all->payload[k];
        if (k < N_KEYS)
            seen[k]++;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    wn_free(entries);
}

static void test_partition(void)
{
    wn_keyed_counts *counts = NULL;
    naive_counts all = expect();
    int64_t seen[N_KEYS] = {0}, n = 0;
    size_t wrong = 0;
    CHECK_OK(wn_ranks_agree(&test_ranks, wn_keyed_counts_new(&counts)));
    CHECK_OK(wn_ranks_agree(&test_ranks, add_mine(counts)));
    wn_ranks_piece_bytes(200);
    for (int again = 0; again < 2; again++) { /* once partitioned, it stays */
        CHECK_OK(wn_keyed_counts_partition(&test_ranks, counts));
        memset(seen, 0, sizeof seen);
        check_entries(counts, &all, seen);
        CHECK_OK(wn_ranks_sum(&test_ranks, seen, N_KEYS));
        for (size_t k = 0; k < N_KEYS; k++)
            wrong += seen[k] != (all.payload[k] != INT64_MAX);
        n = (int64_t)wn_keyed_counts_size(counts);
        CHECK_OK(wn_ranks_sum(&test_ranks, &n, 1));
        CU_ASSERT_EQUAL((size_t)n, all.n);
    }
    wn_ranks_piece_bytes(0);
    CU_ASSERT_EQUAL(wrong, 0);
    wn_keyed_counts_free(counts);
}

/* How many naive entries come before this one: larger counts, then smaller keys. */
static size_t place_of(const naive_counts *all, const wn_keyed_count *entry)
{
    size_t place = 0;
    for (size_t k = 0; k < N_KEYS; k++)
        if (all->payload[k] != INT64_MAX)
            place += all->count[k] > entry->count ||
                             (all->count[k] == entry->count && wn_hash_compare(key_of(k), entry->key) < 0)
                         ? 1
                         : 0;
    return place;
}

static void check_top(const wn_keyed_counts *counts, const naive_counts *all, size_t limit)
{
    wn_keyed_count *entries = NULL;
    size_t n = 0, wrong = 0;
    if (!CHECK_OK(wn_keyed_counts_top(&test_ranks, counts, limit, &entries, &n)))
        return;
    CU_ASSERT_EQUAL(n, limit < all->n ? limit : all->n);
    for (size_t i = 0; i < n; i++) {
        size_t k = number_of(entries[i].key);
        wrong += k == N_KEYS || entries[i].count != all->count[k] || place_of(all, &entries[i]) != i;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    wn_free(entries);
}

static void test_top(void)
{
    wn_keyed_counts *counts = NULL;
    naive_counts all = expect(), none = {.n = 0};
    CHECK_OK(wn_ranks_agree(&test_ranks, wn_keyed_counts_new(&counts)));
    check_top(counts, &none, 10);
    CHECK_OK(wn_ranks_agree(&test_ranks, add_mine(counts)));
    CHECK_OK(wn_keyed_counts_partition(&test_ranks, counts));
    check_top(counts, &all, 0);
    check_top(counts, &all, 1);
    check_top(counts, &all, 40);
    check_top(counts, &all, 2 * N_KEYS);
    wn_keyed_counts_free(counts);
}

static wn_status use_memory(void)
{
    wn_status status = WN_OK;
    wn_keyed_counts *counts = NULL;
    wn_keyed_count *entries = NULL;
    size_t n = 0;
    TRY(wn_ranks_agree(&test_ranks, wn_keyed_counts_new(&counts)));
    TRY(wn_ranks_agree(&test_ranks, add_mine(counts)));
    TRY(wn_keyed_counts_partition(&test_ranks, counts));
    TRY(wn_keyed_counts_top(&test_ranks, counts, 5, &entries, &n));
done:
    wn_free(entries);
    wn_keyed_counts_free(counts);
    return status;
}

static void test_allocation(void)
{
    size_t before = wn_memory_used();
    wn_status status = WN_NO_MEMORY;
    for (int64_t nth = 1; nth < 100 && status == WN_NO_MEMORY; nth++) {
        wn_memory_fail_at(test_ranks.rank == 0 ? nth : 0);
        status = use_memory();
        wn_memory_fail_at(0);
        CU_ASSERT_EQUAL(wn_memory_used(), before);
        CU_ASSERT(nth > 8 || status == WN_NO_MEMORY);
        int64_t both[2] = {status, -(int64_t)status};
        CHECK_OK(wn_ranks_max(&test_ranks, both, 2));
        CU_ASSERT_EQUAL(both[0], -both[1]);
    }
    CU_ASSERT_EQUAL(status, WN_OK);
}

static const wn_test tests[] = {{"partitioned by key", test_partition},
                                {"the largest counts", test_top},
                                {"an allocation that fails on one rank", test_allocation}};

TEST_MAIN("comm/keyed_counts", tests)
