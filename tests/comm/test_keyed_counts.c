#include "winnow/keyed_counts.h"

#include "testing.h"
#include "winnow/memory.h"
#include "winnow/random.h"

#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

/* Every rank adds under keys of numbers: few often, many seldom. One number has a very long text. */
enum { N_KEYS = 2500, N_ADDS = 6000, LONG_NUMBER = 11, LONG_TEXT = 1 << 20, MOST_TEXT = 100 };

typedef struct {
    wn_hash key;
    size_t number;
} keyed_number;

static keyed_number keys[N_KEYS]; /* sorted by key */
static size_t place[N_KEYS];      /* of a number among keys */
static char long_text[LONG_TEXT];

static int by_key(const void *a, const void *b)
{
    return wn_hash_compare(((const keyed_number *)a)->key, ((const keyed_number *)b)->key);
}

static void make_keys(void)
{
    for (size_t k = 0; k < N_KEYS; k++)
        keys[k] = (keyed_number){wn_hash_bytes(&k, sizeof k, 1), k};
    qsort(keys, N_KEYS, sizeof *keys, by_key);
    for (size_t k = 0; k < N_KEYS; k++)
        place[keys[k].number] = k;
    for (size_t i = 0; i < LONG_TEXT; i++)
        long_text[i] = (char)(i * 7 + i / 256);
}

static size_t number_of(wn_hash key)
{
    keyed_number wanted = {.key = key};
    const keyed_number *found = bsearch(&wanted, keys, N_KEYS, sizeof *keys, by_key);
    return found != NULL ? found->number : N_KEYS;
}

/* None, an empty one, some with zero bytes, and the long one. */
static const char *text_of(size_t number, size_t *n)
{
    static char text[MOST_TEXT];
    *n = number == LONG_NUMBER ? LONG_TEXT : number % 7 == 0 ? 0 : number % MOST_TEXT;
    for (size_t i = 0; i < MOST_TEXT; i++)
        text[i] = (char)(i % 5 == 3 ? 0 : number * i);
    return number == LONG_NUMBER ? long_text : number % 13 == 0 ? NULL : text;
}

typedef struct {
    size_t n_adds;
    size_t budget;
    bool is_backward;
    bool has_long;
} setting;

/* One in three adds of a number with a text comes without it. */
static wn_keyed_count draw_add(int rank, size_t i, const setting *use)
{
    wn_random stream = {3, WN_RANDOM_TEST, (uint64_t)rank * N_ADDS + i};
    double u = wn_random_uniform(stream, 0);
    size_t number = (size_t)(u * u * N_KEYS);
    if (number == LONG_NUMBER && !use->has_long)
        number++;
    wn_keyed_count add = {.key = keys[place[number]].key,
                          .count = (int64_t)(wn_random_bits(stream, 1) % 5) - 1,
                          .rows = (int64_t)(wn_random_bits(stream, 2) % 2),
                          .payload = (int64_t)(wn_random_bits(stream, 3) >> 1) - INT64_MAX / 2};
    if (wn_random_bits(stream, 4) % 3 != 0)
        add.text = text_of(number, &add.n_text);
    return add;
}

static size_t adds_of(int rank, const setting *use)
{
    return rank % 3 == 1 ? 0 : use->n_adds; /* some ranks have nothing */
}

typedef struct {
    int64_t count[N_KEYS], rows[N_KEYS], payload[N_KEYS];
    bool is_there[N_KEYS], has_text[N_KEYS];
    size_t n;
} naive_counts;

static naive_counts all; /* what all ranks add */

static void expect(const setting *use)
{
    all = (naive_counts){.n = 0};
    for (int r = 0; r < test_ranks.size; r++)
        for (size_t i = 0; i < adds_of(r, use); i++) {
            wn_keyed_count add = draw_add(r, i, use);
            size_t k = number_of(add.key);
            all.n += !all.is_there[k];
            if (!all.is_there[k] || add.payload < all.payload[k])
                all.payload[k] = add.payload;
            all.is_there[k] = true;
            all.has_text[k] |= add.text != NULL;
            all.count[k] += add.count;
            all.rows[k] += add.rows;
        }
}

static wn_status add_mine(wn_keyed_counts *counts, const setting *use)
{
    wn_status status = WN_OK;
    size_t n = adds_of(test_ranks.rank, use);
    for (size_t i = 0; i < n; i++) {
        wn_keyed_count add = draw_add(test_ranks.rank, use->is_backward ? n - 1 - i : i, use);
        TRY(wn_keyed_counts_add(counts, &add));
    }
done:
    return status;
}

static bool is_right(const wn_keyed_count *entry)
{
    size_t k = number_of(entry->key), n = 0;
    const char *text = k < N_KEYS ? text_of(k, &n) : NULL;
    if (k == N_KEYS || !all.is_there[k] || all.count[k] != entry->count || all.rows[k] != entry->rows ||
        all.payload[k] != entry->payload || all.has_text[k] != (entry->text != NULL))
        return false;
    return entry->text == NULL || (entry->n_text == n && memcmp(entry->text, text, n) == 0);
}

/* What comes from wn_keyed_counts_each. */
typedef struct {
    wn_hash last;
    int64_t seen[N_KEYS];
    size_t n, wrong;
} listing;

static wn_status list(void *context, const wn_keyed_count *entry)
{
    listing *to = context;
    to->wrong += !is_right(entry) || (to->n > 0 && wn_hash_compare(to->last, entry->key) >= 0);
    to->last = entry->key;
    to->n++;
    to->seen[number_of(entry->key) % N_KEYS]++;
    return WN_OK;
}

/* Sorted by key, every entry the naive one, every key on one rank. */
static void check_entries(const wn_keyed_counts *counts)
{
    static listing listed;
    size_t wrong = 0;
    listed = (listing){.n = 0};
    CHECK_OK(wn_keyed_counts_each(counts, list, &listed));
    CU_ASSERT_EQUAL(listed.wrong, 0);
    CHECK_OK(wn_ranks_sum(&test_ranks, listed.seen, N_KEYS));
    for (size_t k = 0; k < N_KEYS; k++)
        wrong += listed.seen[k] != all.is_there[k];
    CU_ASSERT_EQUAL(wrong, 0);
}

/* How many entries that may be chosen come before this one: larger counts, then smaller keys. */
static size_t place_of(const wn_keyed_count *entry, int64_t minimum_rows)
{
    size_t before = 0;
    for (size_t k = 0; k < N_KEYS; k++)
        if (all.is_there[k] && all.rows[k] >= minimum_rows)
            before += all.count[k] > entry->count ||
                      (all.count[k] == entry->count && wn_hash_compare(keys[place[k]].key, entry->key) < 0);
    return before;
}

static void check_top(const wn_keyed_counts *counts, size_t limit, int64_t minimum_rows)
{
    wn_keyed_top top;
    size_t wrong = 0, n_left = 0;
    int64_t count = 0, rows = 0;
    if (!CHECK_OK(wn_keyed_counts_top(&test_ranks, counts, limit, minimum_rows, &top)))
        return;
    for (size_t k = 0; k < N_KEYS; k++) {
        n_left += all.is_there[k] && all.rows[k] >= minimum_rows;
        count += all.count[k];
        rows += all.rows[k];
    }
    CU_ASSERT_EQUAL(top.n, limit < n_left ? limit : n_left);
    for (size_t i = 0; i < top.n; i++) {
        wrong += !is_right(&top.entries[i]) || top.entries[i].rows < minimum_rows;
        wrong += i % 50 == 0 && place_of(&top.entries[i], minimum_rows) != i;
        count -= top.entries[i].count;
        rows -= top.entries[i].rows;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT(top.rest_count == count && top.rest_rows == rows && top.n_rest == (int64_t)(all.n - top.n));
    wn_keyed_top_clear(&top);
}

static wn_status add_and_partition(wn_keyed_counts **counts, const setting *use)
{
    wn_status status = WN_OK;
    TRY(wn_ranks_agree(&test_ranks, wn_keyed_counts_new(counts, use->budget, use->budget > 0 ? test_path(".") : NULL)));
    TRY(wn_ranks_agree(&test_ranks, add_mine(*counts, use)));
    TRY(wn_keyed_counts_partition(&test_ranks, *counts));
done:
    return status;
}

/* Whatever the budget and the order. */
static void test_counts(void)
{
    static const setting USES[] = {{N_ADDS, 0, false, true},
                                   {N_ADDS, 1, false, true},
                                   {N_ADDS, 1, true, true},
                                   {N_ADDS, 400000, true, true},
                                   {3, 1, false, true}};
    make_keys();
    for (size_t u = 0; u < sizeof USES / sizeof *USES; u++) {
        wn_keyed_counts *counts = NULL;
        expect(&USES[u]);
        wn_ranks_piece_bytes(u % 2 == 0 ? 50000 : 0);
        CHECK_OK(add_and_partition(&counts, &USES[u]));
        check_entries(counts);
        CHECK_OK(wn_keyed_counts_partition(&test_ranks, counts)); /* once partitioned, it stays */
        check_entries(counts);
        check_top(counts, 0, 0);
        check_top(counts, 1, 0);
        check_top(counts, 300, 2);
        check_top(counts, 300, 1000000);
        check_top(counts, 2 * N_KEYS, 1);
        wn_keyed_counts_free(counts);
    }
    wn_ranks_piece_bytes(0);
}

static void test_nothing(void)
{
    wn_keyed_counts *counts = NULL;
    wn_keyed_top top;
    CHECK_OK(wn_ranks_agree(&test_ranks, wn_keyed_counts_new(&counts, 1, test_path("."))));
    CHECK_OK(wn_keyed_counts_partition(&test_ranks, counts));
    CHECK_OK(wn_keyed_counts_top(&test_ranks, counts, 10, 0, &top));
    CU_ASSERT(top.n == 0 && top.n_rest == 0 && top.rest_count == 0);
    wn_keyed_top_clear(&top);
    wn_keyed_counts_free(counts);
    CU_ASSERT_EQUAL(wn_keyed_counts_new(&counts, 1, NULL), WN_INTERNAL);
}

/* All that was added is there again though no more than the budget could be allocated, but for a few long texts. */
static void test_budget(void)
{
    static const size_t BUDGETS[] = {64 << 10, 300 << 10};
    for (size_t b = 0; b < 4; b++) {
        setting use = {N_ADDS, BUDGETS[b % 2], false, b >= 2};
        wn_keyed_counts *counts = NULL;
        expect(&use);
        wn_memory_limit(wn_memory_used() + use.budget + 4096 + (use.has_long ? 6 * LONG_TEXT : 0));
        CHECK_OK(add_and_partition(&counts, &use));
        check_entries(counts);
        wn_memory_limit(0);
        wn_keyed_counts_free(counts);
    }
}

static size_t count_files(void)
{
    size_t n = 0;
    DIR *directory = opendir(test_path("."));
    for (struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL;)
        n += entry->d_name[0] != '.';
    if (directory != NULL)
        closedir(directory);
    return n;
}

static void check_status(wn_status status, wn_status other)
{
    int64_t both[2] = {status, -(int64_t)status};
    CU_ASSERT(status == WN_OK || status == other);
    CHECK_OK(wn_ranks_max(&test_ranks, both, 2));
    CU_ASSERT_EQUAL(both[0], -both[1]);
}

static wn_status run_all(const setting *use)
{
    wn_status status = WN_OK;
    wn_keyed_counts *counts = NULL;
    wn_keyed_top top = {0};
    TRY(add_and_partition(&counts, use));
    TRY(wn_keyed_counts_top(&test_ranks, counts, 5, 0, &top));
done:
    wn_keyed_top_clear(&top);
    wn_keyed_counts_free(counts);
    return status;
}

static void test_allocation(void)
{
    size_t before = wn_memory_used(), failures = 0;
    wn_status status = WN_NO_MEMORY;
    const setting use = {700, 1, false, false};
    for (int64_t nth = 1; nth < 1000 && status == WN_NO_MEMORY; nth++) {
        wn_memory_fail_at(test_ranks.rank == 0 ? nth : 0);
        status = run_all(&use);
        wn_memory_fail_at(0);
        CU_ASSERT_EQUAL(wn_memory_used(), before);
        check_status(status, WN_NO_MEMORY);
        failures += status != WN_OK;
    }
    CU_ASSERT_EQUAL(status, WN_OK);
    CU_ASSERT(failures > 40);
}

/* The limit on a file's size stands for a full disk, on one rank alone. */
static void test_disk_full(void)
{
    const setting use = {N_ADDS, 1, false, false};
    struct rlimit before;
    size_t failures = 0;
    CU_ASSERT_EQUAL(getrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_IGN);
    for (rlim_t size = 0; size < 100000; size += 20000) {
        struct rlimit small = {.rlim_cur = size, .rlim_max = before.rlim_max};
        if (test_ranks.rank == 0)
            CU_ASSERT_EQUAL(setrlimit(RLIMIT_FSIZE, &small), 0);
        wn_status status = run_all(&use);
        CU_ASSERT_EQUAL(setrlimit(RLIMIT_FSIZE, &before), 0);
        check_status(status, WN_IO);
        failures += status != WN_OK;
        CU_ASSERT_EQUAL(count_files(), 0);
    }
    signal(SIGXFSZ, SIG_DFL);
    CU_ASSERT(failures > 2);
}

static wn_status refuse(void *context, const wn_keyed_count *entry)
{
    (void)entry;
    return ++*(int *)context == 3 ? wn_fail(WN_BAD_DATA, "the third") : WN_OK;
}

static void test_ends(void)
{
    const setting use = {N_ADDS, 1, false, false};
    wn_keyed_counts *counts = NULL;
    int n = 0;
    CHECK_OK(add_and_partition(&counts, &use));
    CU_ASSERT_EQUAL(wn_keyed_counts_each(counts, refuse, &n), WN_BAD_DATA);
    CU_ASSERT_EQUAL(n, 3);
    wn_keyed_counts_free(counts);
}

static const wn_test tests[] = {
    {"any budget and order", test_counts},       {"nothing", test_nothing},
    {"the budget is kept", test_budget},         {"an allocation that fails on one rank", test_allocation},
    {"a full disk on one rank", test_disk_full}, {"who takes entries ends it", test_ends}};

TEST_MAIN("comm/keyed_counts", tests)
